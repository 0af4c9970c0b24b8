"""Lookups and corrections: what the declaration of a source amends in what its reader gives.

A lookup puts a value in place of a dirty one wherever it occurs in a column, or fills empty cells of another column of its row
(the country of a misspelt name). A correction sets one named cell, where it finds
the value that it expects; else it changes nothing and says so, since the publisher has corrected it or the row is gone. All of
them look at what the reader gave, none at what another one made of it: so their order does not matter, and amending twice is
amending once. ``contradictions`` names the declarations of which that would not be true.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any, Literal

import polars as pl

from assets.contracts import Staged

Value = str | int | float | bool | date | None
"""What a cell holds; None where it is empty."""


@dataclass(frozen=True)
class Amendment:
    """One value in place of another, in a column of a staged frame.

    Attributes:
        kind: ``lookup`` for all rows that are alike, ``correction`` for a named one.
        frame: name of the staged frame.
        column: the column.
        expected: the value that it must find.
        value: what is put in its place.
        reason: why, for people.
        where: the values of other columns that name the row or rows.
        reference: where that can be read: an address, a notice.
        first_day: day of retrieval (UTC) of the first snapshot that it is for; None for all earlier ones.
        last_day: that of the last snapshot; None for all later ones.
    """

    kind: Literal["lookup", "correction"]
    frame: str
    column: str
    expected: Value
    value: Value
    reason: str
    where: tuple[tuple[str, Value], ...] = ()
    reference: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    def is_for(self, day: date) -> bool:
        """Whether it is for a snapshot that was retrieved on this day (UTC)."""
        return (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)

    @property
    def key(self) -> str | None:
        """The row or rows that it names by other columns, as JSON; None where it names none."""
        return json.dumps(dict(self.where), default=str, ensure_ascii=False) if self.where else None

    def __str__(self) -> str:
        """As people read it: ``correction of listings.listed_on (native_id=QDi.001)``."""
        named = ", ".join(f"{column}={_shown(value)}" for column, value in self.where)
        return f"{self.kind} of {self.frame}.{self.column}" + (f" ({named})" if named else "")


@dataclass(frozen=True)
class Amended:
    """Frames after their amendments.

    Attributes:
        frames: the frames.
        n_cells: each amendment that was for the snapshot and found its frame, with the number of cells that it changed.
        mended: corrections that found another value than they expect, in sentences.
        missing: corrections whose row is not there, in sentences; in a snapshot that is not complete that says nothing.
    """

    frames: dict[str, pl.DataFrame]
    n_cells: tuple[tuple[Amendment, int], ...] = ()
    mended: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """What is kept of it with a staged snapshot, as JSON takes it."""
        rows = [_as_row(amendment, n) for amendment, n in self.n_cells if n or amendment.kind == "correction"]
        return {"amendments": rows, "mended": list(self.mended), "missing": list(self.missing)}


def amend(frames: Mapping[str, pl.DataFrame], amendments: Sequence[Amendment], day: date) -> Amended:
    """Amend the staged frames of a snapshot that was retrieved on ``day`` (UTC).

    A frame or column that the snapshot lacks says nothing, so nothing is asked of it. No other cell is touched.
    """
    amended = dict(frames)
    n_cells: list[tuple[Amendment, int]] = []
    mended, missing = [], []
    cells: dict[tuple[str, str], pl.Expr] = {}
    due = [
        a
        for a in amendments
        if a.is_for(day) and a.frame in frames and {a.column, *dict(a.where)} <= set(frames[a.frame].columns)
    ]
    # a correction is about one row, so it counts more than a lookup of the same value
    for amendment in sorted(due, key=lambda a: a.kind != "lookup"):
        frame, column = frames[amendment.frame], pl.col(amendment.column)
        dtype = frame.schema[amendment.column]
        row = pl.all_horizontal(pl.lit(True), *(_is(c, v, frame.schema[c]) for c, v in amendment.where))
        hit = row & _is(amendment.column, amendment.expected, dtype)
        n = frame.select(hit.sum()).item()
        n_cells.append((amendment, n))
        if n:
            place = (amendment.frame, amendment.column)
            cells[place] = pl.when(hit).then(pl.lit(amendment.value, dtype)).otherwise(cells.get(place, column))
        elif amendment.kind == "correction":
            found = frame.filter(row)[amendment.column]
            if len(found):
                mended.append(f"{amendment}: {_why_not_corrected(amendment, found[0])}")
            else:
                missing.append(f"{amendment}: no row is named by that any more; nothing was changed. {WHAT_TO_DO}")
    for (name, of_column), cell in cells.items():
        # each expression reads the frame as the reader gave it
        amended[name] = amended[name].with_columns(frames[name].select(cell.alias(of_column))[of_column])
    return Amended(amended, tuple(n_cells), tuple(mended), tuple(missing))


WHAT_TO_DO = "End the correction with the last day that needs it (snapshots: {until: ...}), or delete it."


def _why_not_corrected(amendment: Amendment, found: Any) -> str:
    difference = f"expected {_shown(amendment.expected)}, found {_shown(found)}"
    already = " which it would set" if found == amendment.value else ""
    return f"{difference}{already}: nothing was changed, the publisher has mended or changed it. {WHAT_TO_DO}"


def _is(column: str, value: Value, dtype: pl.DataType) -> pl.Expr:
    return pl.col(column).eq_missing(pl.lit(value, dtype))


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _as_row(amendment: Amendment, n: int) -> dict[str, Any]:
    shown = {name: None if v is None else str(v) for name, v in (("expected", amendment.expected), ("value", amendment.value))}
    return {
        "kind": amendment.kind,
        "frame": amendment.frame,
        "column": amendment.column,
        "key": amendment.key,
        **shown,
        "n_cells": n,
        "reason": amendment.reason,
        "reference": amendment.reference,
    }


# what a declaration may say -----------------------------------------------------------------------------------------


def misfits(amendments: Sequence[Amendment], frames: Mapping[str, pl.Schema]) -> Iterator[str]:
    """What of the amendments does not fit the staged frames that a domain declares of a source, in sentences."""
    for a in amendments:
        schema = frames.get(a.frame)
        if schema is None:
            yield f"{a}: the reader gives no frame {a.frame!r}; expected one of {', '.join(frames) or 'none: it declares none'}"
            continue
        for column, values in ((a.column, (a.expected, a.value)), *((c, (v,)) for c, v in a.where)):
            if column not in schema:
                yield f"{a}: the frame {a.frame} has no column {column!r}; expected one of {', '.join(schema)}"
                continue
            for value in values:
                if not _fits(value, schema[column]):
                    yield f"{a}: {column} holds {schema[column]}, not {value!r} ({type(value).__name__})"
        if a.column == "row":
            yield f"{a}: row is the place of a row in the file and is not amended"


def _fits(value: Value, dtype: pl.DataType) -> bool:
    if value is None:
        return True
    if isinstance(value, bool):
        return dtype == pl.Boolean
    if isinstance(value, int):
        return dtype.is_numeric()
    if isinstance(value, float):
        return dtype.is_float()
    return dtype == (pl.Date if isinstance(value, date) else pl.String)


def contradictions(amendments: Sequence[Amendment]) -> Iterator[str]:
    """Amendments of which the order would matter, or that would do more when they are done twice, in sentences."""
    amended = {(a.frame, a.column) for a in amendments}
    for a in amendments:
        if a.expected == a.value and type(a.expected) is type(a.value):
            yield f"{a}: it puts {_shown(a.value)} in place of {_shown(a.expected)}, which is the same"
        for column, _ in a.where:
            if (a.frame, column) in amended:
                yield f"{a}: its row is named by {column}, which is amended itself: name the row by another column"
    for a, b in combinations(amendments, 2):
        if (a.frame, a.column) != (b.frame, b.column) or not _may_meet(a, b):
            continue
        if a.kind == b.kind and a.expected == b.expected:
            yield f"{a}: {_shown(a.expected)} is amended twice"
        for first, then in ((a, b), (b, a)):
            if first.value == then.expected:
                yield f"{first}: it sets {_shown(first.value)}, which another {then.kind} amends: say at once what shall stand"


def _may_meet(a: Amendment, b: Amendment) -> bool:
    """Whether both may be about one cell of one snapshot."""
    other = dict(b.where)
    if any(column in other and other[column] != value for column, value in a.where):
        return False
    begins = max(a.first_day or date.min, b.first_day or date.min)
    return begins <= min(a.last_day or date.max, b.last_day or date.max)


def as_cut(staged: Staged, unknown: Collection[str]) -> Staged:
    """What a reader gave of files that were cut, without the frames and columns of which nothing is known any more.

    Args:
        staged: of the reader.
        unknown: frames, and columns as ``frame.column``.

    Returns:
        The same with the fact ``is_cut``. A column of listings is dropped, for which what was known stays; of another frame it is
        NULL.
    """
    frames = {name: frame for name, frame in staged.frames.items() if name not in unknown}
    for name, column in (what.split(".") for what in unknown if "." in what):
        if column in (frame := frames.get(name, pl.DataFrame())).columns:
            nothing = pl.lit(None, frame.schema[column]).alias(column)
            frames[name] = frame.drop(column) if name == "listings" else frame.with_columns(nothing)
    return replace(staged, frames=frames, facts=staged.facts | {"is_cut": True})
