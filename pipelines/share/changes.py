"""What changed since a day or a publication: the macro ``changes``, and an Atom feed (RFC 4287) beside the published file.

An entry is what one publication was the first to hold of one list or source, of one kind and day. Its id is made of these four
and so stays the same in every later feed. All texts come from the web: they are escaped as HTML, and that once more as XML.
"""

from __future__ import annotations

import html
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from assets.errors import BilateralError
from assets.schema import SQL
from pipelines.util.atomic_files import put_in_place
from pipelines.util.readers import connect_for_readers

MOST_ENTRIES = 200
"""Entries of the feed: readers of feeds keep what they have seen."""
MOST_CHANGES = 50
"""Changes that an entry tells; how many more there are is said."""
BEGINNING = datetime(1, 1, 1)


@dataclass(frozen=True)
class Span:
    """Changes known from ``since`` to before ``until``; with ``after`` those that no publication built by then held."""

    since: datetime
    until: datetime
    after: datetime | None


def span_of(con: DuckDBPyConnection, since: str | None, now: datetime) -> Span:
    """``--since`` as a day or moment in UTC, a publication, or None: the one before. Raises BilateralError for anything else."""
    held = con.execute("SELECT publication_id, built_at FROM meta.publications ORDER BY built_at").fetchall()
    if since is None:
        return Span(BEGINNING, now, held[-2][1] if len(held) > 1 else None)
    if (moment := _moment(since)) is not None:
        return Span(moment, now, None)
    for publication_id, built_at in held:
        if publication_id == since:
            return Span(BEGINNING, now, built_at)
    known = ", ".join(row[0] for row in held[-5:])
    what = f"neither a date as YYYY-MM-DD nor a publication of this file (the last: {known}; all: meta.publications)"
    raise BilateralError(f"--since {since}: {what}.")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # a publication's id begins like a date and is none
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


def changes_in(con: DuckDBPyConnection, span: Span, *, in_short: bool) -> DuckDBPyConnection:
    """The changes of a span as rows, the newest first; ``in_short``: the columns that a person reads."""
    name = "changes_in_short" if in_short else "changes_in_full"
    query = (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    return con.execute(query, asdict(span))


def feed_of(con: DuckDBPyConnection, span: Span) -> Feed:
    """The changes of a span as entries of a feed."""
    query = (SQL / "queries" / "changes_by_day.sql").read_text(encoding="utf-8")
    rows = con.execute(query, asdict(span) | {"most": MOST_ENTRIES, "shown": MOST_CHANGES}).fetchall()
    ((publication, built_at, origin),) = con.execute("SELECT publication_id, built_at, origin FROM meta.build").fetchall()
    ((first,),) = con.execute("SELECT min(publication_id) FROM meta.publications").fetchall()
    entries = tuple(
        Entry(publication_id, kind, topic, day, n, updated, tuple(Change(**change) for change in changes))
        for publication_id, kind, topic, day, n, updated, changes in rows
    )
    return Feed(first, publication, built_at, origin, entries)


def write_feed(published: Path, target: Path) -> None:
    """Write the feed of a published file, in one step. Raises OSError, or duckdb.Error where the file lacks what is read."""
    with connect_for_readers(published) as con:
        # up to the moment of the build: two feeds of one file are the same to the byte
        ((built_at,),) = con.execute("SELECT built_at FROM meta.build").fetchall()
        text = atom(feed_of(con, Span(BEGINNING, built_at + timedelta(microseconds=1), None)))
    with put_in_place(target) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


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
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(root, "id", _urn(f"feed|{feed.first}"))
    _add(root, "title", "Bilateral-relations warehouse: what changed")
    _add(root, "subtitle", f"Publication {feed.publication_id}. Lists, revised counts, events, articles, sources gone stale.")
    _add(root, "updated", _zulu(max([feed.built_at, *(entry.updated for entry in feed.entries)])))
    _add(_add(root, "author"), "name", "Bilateral-relations warehouse")
    _add(root, "generator", "bilateral changes")
    _add(root, "rights", "Each source has its own terms: meta.sources and 'bilateral cite' have them.")
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", _zulu(entry.updated))
        _add(element, "category", term=entry.kind)
        _add(element, "category", term=entry.topic)
        left = entry.n - len(entry.changes)
        more = f"<p>and {left:,} more: bilateral changes --since {entry.day}</p>" if left > 0 else ""
        _add(element, "content", f"<ul>{''.join(f'<li>{_line(c)}</li>' for c in entry.changes)}</ul>{more}", type="html")
    ET.indent(root, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, {key: _NOT_IN_XML.sub(" ", value) for key, value in attributes.items()})
    element.text = None if text is None else _NOT_IN_XML.sub(" ", text)
    return element


def _line(change: Change) -> str:
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


def _zulu(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
