"""Changes as an Atom feed (RFC 4287): a file that any reader of feeds can subscribe to, without a server.

An entry is what one publication was the first to hold of one list or source, of one kind and day. Its id is made of these four
and so stays the same in every later feed. All texts come from the web: they are escaped as HTML, and that once more as XML.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape

_NAMESPACE = uuid.UUID("6f0b7a52-6b0c-5f0e-9a55-0d4d5b2f6c11")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {
    "listing_added": ("listing added", "listings added"),
    "listing_removed": ("listing removed", "listings removed"),
    "listing_modified": ("listing modified", "listings modified"),
    "count_new": ("new count", "new counts"),
    "count_revised": ("count revised", "counts revised"),
    "event_new": ("new event", "new events"),
    "article_new": ("new article", "new articles"),
    "source_stale": ("source gone stale", "sources gone stale"),
}


@dataclass(frozen=True)
class Change:
    """One change, as the macro ``changes`` gives it."""

    what: str
    actor_id: str | None = None
    target_id: str | None = None
    date: date | None = None
    old_value: float | None = None
    new_value: float | None = None
    unit: str | None = None
    detail: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Entry:
    """Changes of one kind, list or source, day and publication. ``n``: all of them; ``changes``: those that are shown."""

    publication_id: str | None
    kind: str
    topic: str
    day: date
    n: int
    updated: datetime
    changes: tuple[Change, ...]

    @property
    def id(self) -> str:
        """The same in every feed."""
        return _urn(f"{self.publication_id}|{self.kind}|{self.topic}|{self.day}")

    @property
    def title(self) -> str:
        """What it tells, in a line."""
        return f"{self.topic}: {self.n:,} {_WORDS[self.kind][self.n != 1]}, known since {self.day}"


@dataclass(frozen=True)
class Feed:
    """What stands on top of a feed, and its entries. ``first``: the oldest publication that the file knows of names the feed."""

    first: str
    publication_id: str
    built_at: datetime
    origin: str
    entries: tuple[Entry, ...]


def atom(feed: Feed) -> str:
    """The feed as XML."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        _element("id", _urn(f"feed|{feed.first}")),
        _element("title", "Bilateral-relations warehouse: what changed"),
        _element(
            "subtitle",
            f"Publication {feed.publication_id}. Lists, revised counts, events, articles, sources gone stale.",
        ),
        _element("updated", _moment(max([feed.built_at, *(entry.updated for entry in feed.entries)]))),
        "<author>" + _element("name", "Bilateral-relations warehouse") + "</author>",
        _element("generator", "bilateral changes"),
        _element("rights", "Each source has its own terms: meta.sources and 'bilateral cite' have them."),
    ]
    for entry in feed.entries:
        lines += [
            "<entry>",
            _element("id", entry.id),
            _element("title", entry.title),
            _element("updated", _moment(entry.updated)),
            f'<category term="{_xml(entry.kind)}"/>',
            f'<category term="{_xml(entry.topic)}"/>',
            f'<content type="html">{_xml("".join(_content(entry)))}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _content(entry: Entry) -> Iterator[str]:
    yield "<ul>"
    for change in entry.changes:
        yield f"<li>{_told(change)}</li>"
    yield "</ul>"
    if (left := entry.n - len(entry.changes)) > 0:
        yield f"<p>and {left:,} more: bilateral changes --since {entry.day}</p>"


def _told(change: Change) -> str:
    """A change in a line of HTML; what it is about is a link where the address is one of the web."""
    what = html.escape(change.what)
    if change.url is not None and re.match(r"https?://", change.url):
        what = f'<a href="{html.escape(change.url)}">{what}</a>'
    parts = [what]
    if pair := " to ".join(html.escape(x) for x in (change.actor_id, change.target_id) if x is not None):
        parts.append(f"({pair})")
    if change.date is not None:
        parts.append(f"{change.date}")
    if change.unit is not None:
        before = "" if change.old_value is None else f" instead of {_value(change.old_value)}"
        parts.append(f"{_value(change.new_value)}{before} {html.escape(change.unit)}")
    if change.detail:
        parts.append(html.escape(change.detail))
    return ", ".join(parts).replace(", (", " (")


def _value(value: float | None) -> str:
    if value is None:
        return "no value"
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def _urn(text: str) -> str:
    return uuid.uuid5(_NAMESPACE, text).urn


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _xml(text: str) -> str:
    return escape(_NOT_IN_XML.sub(" ", text), {'"': "&quot;"})


def _element(name: str, text: str) -> str:
    return f"<{name}>{_xml(text)}</{name}>"
