"""Rows of the sanctions tables, as both kinds of history write them: by comparing snapshots and from stated rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from assets.contracts import StagedSnapshot
from assets.schema import table

Row = dict[str, Any]


def day_of(moment: datetime, zone: str) -> date:
    """The day in ``zone`` of a naive UTC ``moment``: 2021-12-16 01:42 UTC is 2021-12-15 in New York."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def day_of_snapshot(snapshot: StagedSnapshot, zone: str) -> date:
    """The day of a snapshot at an authority in ``zone``: the day that its archive names, else that of its moment."""
    return day_of(snapshot.retrieved_at, zone) if snapshot.retrieved_on is None else snapshot.retrieved_on


def comparable_name(name: str) -> str:
    """A name without case, punctuation and repeated blanks, to recognise a re-issued id."""
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


def event_id(listing_id: str, kind: str, known_at: datetime, program: str | None = None) -> str:
    """Key of an event: listing, kind and moment, and the program where there is one event per program."""
    return ":".join([listing_id, kind, f"{known_at.isoformat()}Z", *([] if program is None else [program])])


def known(known_from: datetime, snapshot_id: str) -> Row:
    """The columns of a row that is current from ``known_from`` on."""
    return {"known_from": known_from, "known_to": None, "snapshot_id": snapshot_id}


def closed(rows: Iterable[Row], known_to: datetime) -> list[Row]:
    """``rows`` as superseded from ``known_to`` on."""
    return [row | {"known_to": known_to} for row in rows]


def revised(
    rows: Sequence[Row], key: Sequence[str], wanted: Iterable[tuple[str, ...]], fresh_columns: Row
) -> tuple[list[Row], list[Row], list[Row]]:
    """Compare open rows without valid time with what is wanted.

    Args:
        rows: open rows.
        key: the columns that say what a row is about.
        wanted: what should be open, as tuples in the order of ``key``.
        fresh_columns: the other columns of a row that was not open.

    Returns:
        Rows that stay, rows that are wanted no more, and rows for what was not open.
    """
    there = {tuple(row[c] for c in key): row for row in rows}
    asked = dict.fromkeys(wanted)
    stay = [row for k, row in there.items() if k in asked]
    gone = [row for k, row in there.items() if k not in asked]
    fresh = [fresh_columns | dict(zip(key, k, strict=True)) for k in asked if k not in there]
    return stay, gone, fresh


def frame_of(name: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows of the core table ``name`` in its declared columns, in an order that depends on the rows alone."""
    return sorted_by_key(name, pl.DataFrame(list(rows), schema=table(f"core.{name}").polars, orient="row"))


def sorted_by_key(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` of the core table ``name``, sorted by the table's key."""
    return frame.sort(table(f"core.{name}").key)
