"""Which core tables of a copy of the published file need only what is new put behind what they hold.

A core table is the rows of its Parquet files, which never change. The published file notes those that it was made of
(``meta.row_counts.parts``): where all of them are still part of the core, the others are what is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from assets.schema import declared
from pipelines.readers import reading

EVENTS, REPORTS, MENTIONS = "core.events", "core.event_reports", "core.gdelt_mentions"

MOST_NEW = 0.5
"""Share of the files of a table that may be new: above it the table is loaded anew, sorted in full runs."""
Grown = Mapping[str, Sequence[Path]]
"""New files by full name of the table."""


@dataclass(frozen=True)
class Parts:
    """The files of a core table with a hash each of what they hold, in the same order."""

    files: Sequence[Path]
    content: Sequence[str]


def noted(path: Path | None) -> dict[str, list[str]]:
    """What a warehouse file says that its core tables are made of; nothing where it is of an earlier version or damaged."""
    if path is None:
        return {}
    try:
        with reading(path) as con:
            rows = con.execute("SELECT table_name, parts FROM meta.row_counts WHERE parts IS NOT NULL").fetchall()
    except duckdb.Error:
        return {}
    return dict(rows)


def grown(before: Mapping[str, Sequence[str]], now: Mapping[str, Parts], same: frozenset[str]) -> Grown:
    """The files that are new of the tables of which all others are held; a table that is not named is the same, or made anew.

    Args:
        before: what its tables are made of, by full name.
        now: what they are to be made of, by full name.
        same: the tables of it that are made of the same as before.
    """
    found: dict[str, Sequence[Path]] = {}
    for name, parts in now.items():
        if name in same or not before.get(name) or declared()[name].in_runs_of is None:
            continue
        left = Counter(before[name])
        new = []
        for path, content in zip(parts.files, parts.content, strict=True):
            if left[content]:
                left[content] -= 1
            else:
                new.append(path)
        if not any(left.values()) and len(new) <= max(1, MOST_NEW * len(parts.files)):
            found[name] = new
    # mentions change reports that are held: only where there are none are reports what their files hold
    if MENTIONS not in now or before.get(MENTIONS) or now[MENTIONS].files:
        found.pop(REPORTS, None)
    return found


def days_that_changed(con: duckdb.DuckDBPyConnection, new: Grown, same: Collection[str]) -> set[date] | None:
    """The days on which something happened of which a new file of events or reports tells; None where any day may be.

    Args:
        con: the file, which holds the new rows by now.
        new: what they were loaded from.
        same: tables that are the same as before.
    """
    if not {EVENTS, REPORTS} <= {*new, *same}:
        return None
    events, reports = ([str(path) for path in new.get(name, ())] for name in (EVENTS, REPORTS))
    days: set[date] = set()
    if events:
        query = "SELECT DISTINCT e.event_date FROM read_parquet(?) AS e WHERE happened_on_a_day(e)"
        days |= {day for (day,) in con.execute(query, [events]).fetchall()}
    if reports:
        query = f"""SELECT DISTINCT e.event_date FROM {EVENTS} AS e
                    WHERE happened_on_a_day(e) AND e.event_id IN (SELECT r.event_id FROM read_parquet(?) AS r)"""
        days |= {day for (day,) in con.execute(query, [reports]).fetchall()}
    return days
