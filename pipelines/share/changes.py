"""What changed since a day or a publication: the macro ``changes``, and its feed beside the published file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from assets.schema import SQL
from pipelines.share.feed import Change, Entry, Feed, atom
from pipelines.util.atomic_files import put_in_place
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ENTRIES = 200
"""Entries of the feed: readers of feeds keep what they have seen."""
MOST_CHANGES = 50
"""Changes that an entry tells; how many more there are is said."""
BEGINNING = datetime(1, 1, 1)


@dataclass(frozen=True)
class Span:
    """Which changes are meant: those that became known from ``since`` on, before ``until``.

    Where ``after`` is not None, only those of them that no publication held which was built by then.
    """

    since: datetime
    until: datetime
    after: datetime | None


def span_of(con: DuckDBPyConnection, since: str | None, now: datetime) -> Span:
    """What ``--since`` means: a day or moment in UTC, or the id of a publication; without it the publication before this one.

    Raises BilateralError where it is neither a date nor a publication that the file knows of.
    """
    held = con.execute("SELECT publication_id, built_at FROM meta.publications ORDER BY built_at").fetchall()
    if since is None:
        return Span(BEGINNING, now, held[-2][1] if len(held) > 1 else None)
    if (moment := _moment(since)) is not None:
        return Span(moment, now, None)
    for publication_id, built_at in held:
        if publication_id == since:
            return Span(BEGINNING, now, built_at)
    known = ", ".join(row[0] for row in held[-5:])
    raise BilateralError(
        f"--since {since}: neither a date as YYYY-MM-DD nor a publication that this file knows of (the last: {known}). "
        "meta.publications has all."
    )


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
    return con.execute(query, {"since": span.since, "until": span.until, "after": span.after})


def feed_of(con: DuckDBPyConnection, span: Span) -> Feed:
    """The changes of a span as entries of a feed."""
    query = (SQL / "queries" / "changes_by_day.sql").read_text(encoding="utf-8")
    rows = con.execute(
        query,
        {"since": span.since, "until": span.until, "after": span.after, "most": MOST_ENTRIES, "shown": MOST_CHANGES},
    ).fetchall()
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
