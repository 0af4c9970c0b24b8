"""Feeds of news (RSS, Atom, RDF) and the pages that they name, from bytes to articles.

A snapshot holds each feed as served (``<feed>.xml``), beside it whether its text may be kept (``<feed>.xml.meta.json``, where it
was fetched; else the table of feeds says so of a feed of that name) and pages (``.html``) with what their feed says of them
(``.meta.json``). An entry becomes an article: title, time, address, outlet, and the text that the feed carries
(``content:encoded``) where text may be kept; its summary is not kept. A page becomes an article with text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from time import struct_time
from typing import Any

import feedparser
import polars as pl

from assets.contracts import REJECTS, Folded, History, Staged, StagedSnapshot
from assets.news.articles import addresses
from assets.news.articles.fold import fold as fold_articles
from assets.news.articles.read import judge as judge_articles
from assets.news.articles.read import stage as stage_articles
from assets.news.articles.reading import STAGED, Meta, Reading
from assets.news.articles.stated import as_written, language_of
from assets.news.articles.texts import clean, json_of, text_of_markup
from assets.reading.html import refuse_many_attributes

STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)
"""What broken feeds have made feedparser and the parsers below it raise; it does not say what it may."""


class UnreadableFeed(ValueError):
    """The bytes are damaged in a way that feedparser does not get over."""


def parsed_feed(data: bytes, **options: Any) -> Any:
    """Read a feed (RSS, Atom, RDF).

    Args:
        data: as served.
        options: of ``feedparser.parse``, beside that nothing is made harmless here: whoever shows a text escapes it.

    Returns:
        A ``feedparser.FeedParserDict``; without a version and entries where the bytes are no feed.

    Raises:
        UnreadableFeed: feedparser raised an error; the text says which, for whoever looks at the bytes.
    """
    try:
        refuse_many_attributes(data)
        # In a stream: feedparser takes bytes that are a path for one and would read that file of this machine.
        return feedparser.parse(io.BytesIO(data), sanitize_html=False, **options)
    except STUMBLES as error:
        said = f"{type(error).__name__}: {error}"[:200]
        raise UnreadableFeed(f"the feed is damaged in a way that the reader of feeds does not get over ({said})") from error


def text_carried(entry: Any) -> str | None:
    """The text that a feed carries of an entry (``content:encoded``, Atom's ``content``); None where it carries none."""
    markup = max((c["value"] for c in entry.get("content", ()) if isinstance(c.get("value"), str)), key=len, default="")
    return text_of_markup(markup) or None


SOURCE = "feeds"

MARK = ".meta.json"
FAILED = ".failed.json"
"""What the fetcher notes of a page that could not be had; it says nothing of an article."""
_PAGES = (".html", ".htm", ".meta.json")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the articles of one snapshot.

    Args:
        files: name to bytes. A page or what is said of it is read as ``assets.news.articles.read`` does; all else is a feed.

    Returns:
        Frame ``articles`` (``assets.news.articles.reading.STAGED``). An entry whose page is in the snapshot is not repeated
        without its text. Rejects as there; ``facts["n_articles"]``: accepted articles.
    """
    reading = Reading()
    files = {name: data for name, data in files.items() if not name.endswith(FAILED)}
    beside = {file: files[f"{file}{MARK}"] for file in files if f"{file}{MARK}" in files and not file.lower().endswith(_PAGES)}
    pages = stage_articles(
        {n: data for n, data in files.items() if n.lower().endswith(_PAGES) and n.removesuffix(MARK) not in beside}
    )
    with_text = set(pages.frames["articles"]["url_canonical"].drop_nulls())
    for file in sorted(files):
        if not file.lower().endswith(_PAGES):
            said = json_of(beside[file]) if file in beside else {"keep_text": file.removesuffix(".xml") in _with_texts()}
            keeps = isinstance(said, dict) and said.get("keep_text") is True
            _read_feed(reading, file, files[file], with_text, keeps=keeps)
    entries = pl.DataFrame(reading.articles, schema=STAGED, orient="row")
    rejects = pl.DataFrame(reading.rejects, schema=REJECTS, orient="row")
    whole = sum(column is None for _, _, column, _, _ in reading.rejects)
    return Staged(
        frames={"articles": pl.concat([pages.frames["articles"], entries])},
        rejects=pl.concat([pages.rejects, rejects]),
        n_read=pages.n_read + reading.n_read,
        facts={"n_articles": pages.facts["n_articles"] + entries.height},
        n_rejected=(pages.n_rejected or 0) + whole,
    )


@cache
def _with_texts() -> frozenset[str]:
    """The feeds of the project's own table whose terms allow to keep their texts."""
    table = pl.read_csv(Path(__file__).with_name("feeds.csv"), infer_schema=False)
    return frozenset(table.filter(keep_text="true")["feed"])


def _read_feed(reading: Reading, file: str, data: bytes, with_text: set[str], *, keeps: bool) -> None:
    try:
        feed = parsed_feed(data, resolve_relative_uris=False)
    except UnreadableFeed as error:
        reading.reject(file, None, str(error))
        return
    if not feed.get("version") and not feed.entries:
        reading.reject(file, None, "not a feed (RSS, Atom or RDF)")
        return
    title, language = _text(feed.feed, "title"), _text(feed.feed, "language")
    for row, entry in enumerate(feed.entries, start=1):
        url = _text(entry, "link")
        if addresses.canonical(url) in with_text:
            continue
        known = addresses.outlet_of(None, url)
        outlet = known.name if known is not None and known.country_id is not None else (title or (known.name if known else None))
        meta = Meta(url=url, outlet=outlet, title=_text(entry, "title"), language=language_of(language or ""))
        _date(reading, file, row, entry, known, meta)
        text = text_carried(entry) if keeps else None
        if text is not None and meta.title is not None:
            text = text.removeprefix(f"{meta.title}\n")
        reading.add(file, row, text, meta, _text(entry, "id"))


def _date(reading: Reading, file: str, row: int, entry: Any, outlet: addresses.Outlet | None, meta: Meta) -> None:
    """Add the time of publication as the entry writes it; a time of updating is none."""
    written = _text(entry, "published")
    if written is None:
        return
    moment = as_written(written, None if outlet is None else outlet.timezone)
    parsed = entry.get("published_parsed")
    if moment is None and isinstance(parsed, struct_time):
        # a form that only feedparser knows; it has taken a time without an offset for UTC, so only its day is kept
        try:
            moment = datetime(parsed.tm_year, parsed.tm_mon, parsed.tm_mday), "day"
        except ValueError:
            moment = None
    if moment is None:
        reading.note(file, row, "published", written, "not a time of a form that is known: date unknown")
    else:
        meta.published_at, meta.published_precision = moment


def _text(found: Any, name: str) -> str | None:
    value = found.get(name)
    return (clean(value).strip() or None) if isinstance(value, str) else None


def fold(history: History, snapshots: Iterable[StagedSnapshot], own_actors: Path | None = None) -> Folded:
    """Add new articles as ``assets.news.articles.fold.fold`` does.

    An entry says nothing new of an article whose text is held, be it with a text that the feed edited: a feed shows its entries
    for days.
    """
    held = history.all("articles").filter(pl.col("text").is_not_null()).select("url_canonical").collect()["url_canonical"]
    with_text = set(held.drop_nulls())

    def without_repeats() -> Iterable[StagedSnapshot]:
        for snapshot in snapshots:
            rows = snapshot.frames["articles"]
            is_entry = pl.col("text").is_null() | ~pl.col("file").str.to_lowercase().str.ends_with(".html")
            is_repeat = is_entry & pl.col("url_canonical").is_in(list(with_text)).fill_null(False)
            kept = rows.filter(~is_repeat)
            with_text.update(kept.filter(pl.col("text").is_not_null())["url_canonical"].drop_nulls())
            yield replace(snapshot, frames={**snapshot.frames, "articles": kept})

    return fold_articles(history, without_repeats(), SOURCE, own_actors)


judge = judge_articles
"""``assets.news.articles.read.judge``: a snapshot without any article is refused."""
