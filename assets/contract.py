"""What a room must provide for a source: pure functions from bytes to staged rows, a judgement, and a fold into core tables.

Bytes become staged frames (``stage``), the sequence of staged snapshots is judged (``judge``), and the accepted ones are
folded in order of retrieval (``fold``). None of these reads or writes a file; the runner in ``pipelines.layers`` does.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

import polars as pl

REJECTS = pl.Schema({"file": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String})
"""Rows that could not be read: which file, row (from 1, header not counted), column, what stood there, and why not."""

Reject = tuple[str, int, str | None, str | None, str]
"""A row of ``REJECTS``."""
MOST_VALUE = 200
"""Characters of a bad value that are kept with its reason."""

FOLD_REJECTS = pl.Schema([("snapshot_id", pl.String()), *REJECTS.items()])
"""The same for what a fold could not make of rows that were read (the events of an article): of which snapshot, and why."""


@runtime_checkable
class Streams(Protocol):
    """Files of a snapshot that can be read in pieces, so that a large one need not be held whole."""

    def open(self, name: str) -> BinaryIO:
        """The file as a stream of its bytes as served."""
        ...


def open_file(files: Mapping[str, bytes], name: str) -> BinaryIO:
    """A file of a snapshot as a stream: in pieces where ``files`` can do that, else over its bytes."""
    return files.open(name) if isinstance(files, Streams) else io.BytesIO(files[name])


@dataclass(frozen=True)
class Staged:
    """One snapshot, typed: a frame per kind of row (each with ``row``, Int64, from 1), and the rows that could not be read.

    ``n_read`` counts the source rows of the file that the guards count (accepted + rejected = read); ``n_rejected`` those of
    them that were rejected, where the rejects also hold remarks on rows that were kept (None: every reject is a row).
    ``facts`` are JSON-able facts about the snapshot that ``judge`` needs (indicators present, last line, ...).
    """

    frames: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    n_read: int
    facts: dict[str, Any] = field(default_factory=dict)
    n_rejected: int | None = None


@dataclass(frozen=True)
class StagedInfo:
    """What is remembered of a staged snapshot without its rows."""

    snapshot_id: str
    retrieved_at: datetime
    n_read: int
    n_rejected: int
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """Whether a staged snapshot may feed the core.

    ``refusals``: reasons to quarantine (none = accepted). ``warnings``: shown, nothing stops. ``complete``: it becomes
    the baseline with which later snapshots are compared; a partial one does not.
    """

    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class RowGuard:
    """Bounds on the row count relative to the last accepted complete snapshot, and on the share of rejected rows.

    ``max_set_aside_share``: of the rows of a core table that a source fills, how many may break a rule of rows and be set
    aside; beyond that it is the source that is not to be believed, and it keeps its last core. Below ``min_share`` or above
    ``max_rejected_share`` is fatal, above ``max_share`` only a warning. ``fill``: by staged frame and column, the least share of
    rows in which the column is filled; below it is fatal (``judge_fill``).
    """

    min_share: float = 0.9
    max_share: float = 1.25
    max_rejected_share: float = 0.01
    max_set_aside_share: float = 0.01
    fill: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class StagedSnapshot:
    """An accepted snapshot on its way into the fold.

    ``is_repeat``: the source served the bytes of the last accepted one again; there are no frames, and what stood still stands
    at ``retrieved_at``. Only sources that ask for them (``SourceCode.takes_repeats``) see repeats.
    ``retrieved_on``: the day where an archive names only that; ``retrieved_at`` is then its last second, UTC. What is dated by
    this snapshot is dated with this day, in whatever zone the authority counts its days.
    """

    snapshot_id: str
    retrieved_at: datetime
    complete: bool
    facts: Mapping[str, Any]
    frames: Mapping[str, pl.DataFrame]
    is_repeat: bool = False
    retrieved_on: date | None = None


class History(Protocol):
    """What earlier folds left: per core table the open rows (which may still change) and everything."""

    notes: Mapping[str, Any]

    def open(self, table: str) -> pl.DataFrame:
        """Rows that a later snapshot may still change; empty with the declared schema at first."""
        ...

    def all(self, table: str) -> pl.LazyFrame:
        """All rows folded so far, open and closed."""
        ...

    def kept(self, name: str) -> pl.DataFrame | None:
        """A frame that the last fold kept for itself; None where it kept none of that name."""
        ...


@dataclass(frozen=True)
class Folded:
    """Result of a fold: ``open`` replaces the open rows, ``closed`` is appended for good, ``notes`` replaces the notes.

    ``rejects`` (``FOLD_REJECTS``) are appended too and shown in ``meta.rejects``.
    ``kept``: frames that the fold keeps for itself, in place of those it kept before. They are no tables and are not published.
    Notes are for a few words: they are read at every step of a refresh.
    """

    open: dict[str, pl.DataFrame]
    closed: dict[str, pl.DataFrame] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    rejects: pl.DataFrame = field(default_factory=lambda: FOLD_REJECTS.to_frame())
    kept: dict[str, pl.DataFrame] = field(default_factory=dict)


class OutOfOrder(Exception):
    """Late snapshots cannot be folded after those that they come before: their source must be folded again from raw."""


Join = Callable[[Mapping[str, Any], Mapping[str, Any]], Folded | None]
"""From the notes of earlier folds and those of a fold of later snapshots alone, to the open rows and notes of both together.

None where the later ones cannot stand beside the earlier ones as they are, so that they must be folded on top of them.
"""

Stage = Callable[[Mapping[str, bytes]], Staged]
Judge = Callable[[StagedInfo, StagedInfo | None, RowGuard], Judgement]
Fold = Callable[[History, Iterable[StagedSnapshot]], Folded]


def judge_rows(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a snapshot by its row count against the last accepted complete one, by what its source declares."""
    refusals, warnings = [], []
    if info.n_read == 0:
        refusals.append("it holds no rows")
    elif info.n_rejected > guard.max_rejected_share * info.n_read:
        refusals.append(
            f"{info.n_rejected:,} of {info.n_read:,} rows cannot be read (limit {guard.max_rejected_share:.1%}): "
            "has the layout changed?"
        )
    if baseline is not None and baseline.n_read and info.n_read:
        share = info.n_read / baseline.n_read
        last = f"the last accepted snapshot ({baseline.retrieved_at:%Y-%m-%d %H:%M} UTC)"
        text = f"{info.n_read:,} rows where {last} had {baseline.n_read:,}"
        if share < guard.min_share:
            refusals.append(f"{text}: below the limit of {guard.min_share:.0%}; a cut file is not a mass delisting")
        elif share > guard.max_share:
            warnings.append(f"{text}: above {guard.max_share:.0%}")
    return Judgement(tuple(refusals), tuple(warnings))


Filled = Mapping[str, Mapping[str, int]]
"""By staged frame and column, the number of rows in which the column is filled; the frame's rows stand under the name ``""``."""

ALL_ROWS = ""
"""In ``Filled``, the name under which the number of a frame's rows stands: no column has it."""


def count_filled(frames: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, int]]:
    """Count the rows of each staged frame, and per column those in which it is filled (``Filled``)."""
    return {
        name: {ALL_ROWS: frame.height, **{column: frame.height - frame[column].null_count() for column in frame.columns}}
        for name, frame in frames.items()
    }


def judge_fill(filled: Filled, guard: RowGuard) -> tuple[str, ...]:
    """Why a complete snapshot is refused for columns that are too empty: a reader that stopped seeing them, in all likelihood.

    A column that a frame lacks counts as empty. A frame without rows, and one that a snapshot rightly lacks, is not judged.
    """
    refusals = []
    for name, columns in guard.fill.items():
        counts = filled.get(name, {})
        n_rows = counts.get(ALL_ROWS, 0)
        for column, least in columns.items():
            n = counts.get(column, 0)
            if n_rows and n < least * n_rows:
                # rounded down, lest 89.96 % be shown as the limit of 90 % that it is below
                share = math.floor(1000 * n / n_rows) / 10
                refusals.append(
                    f"column {column} of {name} is filled in {n:,} of {n_rows:,} rows ({share:.1f}%), "
                    f"below the limit of {100 * least:g}%: has the layout changed?"
                )
    return tuple(refusals)


@dataclass(frozen=True)
class SourceCode:
    """The pure functions of one source and the core tables (bare names) they fill.

    ``takes_repeats``: an unchanged answer says something too (a list that was looked at and still held nobody new).
    ``rows_at_once``: snapshots of no more rows are folded together, so that a long backfill needs no more memory than a day.
    ``frames``: the staged frames that ``stage`` may give, with their columns: what guards and amendments may name.
    ``late``: the fold of snapshots that are older than some that were folded already, where it can give the rows that folding in
    order would give; it raises ``OutOfOrder`` where it cannot. Without it such a snapshot makes its source fold again from raw.
    ``join``: puts together what was folded apart; without it snapshots are folded one on top of the other. Such a fold keeps
    no frames for itself.
    """

    source: str
    tables: tuple[str, ...]
    stage: Stage
    fold: Fold
    judge: Judge = judge_rows
    takes_repeats: bool = False
    rows_at_once: int | None = None
    frames: Mapping[str, pl.Schema] = field(default_factory=dict, hash=False)
    late: Fold | None = None
    join: Join | None = None

    def judge_whole(self, info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard, filled: Filled) -> Judgement:
        """Judge by the source's own function, and a complete snapshot also by how far its columns are filled.

        A partial one (a transcription of a few figures) may rightly lack columns.
        """
        judgement = self.judge(info, baseline, guard)
        if not judgement.complete:
            return judgement
        return replace(judgement, refusals=(*judgement.refusals, *judge_fill(filled, guard)))


Derive = Callable[[Callable[[str], pl.LazyFrame]], dict[str, pl.DataFrame]]


class Earlier(Protocol):
    """What was made across the sources of a room before, by the same code, and how what it was made of differs from now."""

    def made(self, name: str) -> pl.DataFrame:
        """A table as it was made, or a frame that was kept."""
        ...

    def differing(self, table: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        """Rows of a core table (bare name) as they were and as they are, both without files that belong to both.

        A row of both may be in either: a fold writes all open rows anew.
        """
        ...


Renew = Callable[[Callable[[str], pl.LazyFrame], Earlier], dict[str, pl.DataFrame]]


@dataclass(frozen=True)
class Across:
    """Core tables of a room that are made of the folded tables of all its sources: which parties are one, and the like.

    ``derive`` gets a function from a table's bare name to all of its rows, and gives whole tables. It runs whenever a source
    of the room has changed. A room without sources may have such tables too: reference tables, made of files that it holds.
    ``kept``: names of further frames that it gives, which are no tables: they are for ``renew`` the next time.
    ``renew``: gives the same of the rows of now and of what was made of earlier ones; tables that it leaves out are as they were.
    """

    tables: tuple[str, ...]
    derive: Derive
    kept: tuple[str, ...] = ()
    renew: Renew | None = None


@dataclass(frozen=True)
class Room:
    """A domain: its sources, and the core tables that it alone fills.

    Attributes:
        domain: name of the room, which is that of its folder.
        sources: what each source is read, judged and folded by.
        across: the tables that are made across the sources, if there are any.
        own_files: folder with CSV files of a user that the functions of the room read besides their own, if there is one.
    """

    domain: str
    sources: tuple[SourceCode, ...] = ()
    across: Across | None = None
    own_files: Path | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Bare names of the room's core tables, each once, in order of the sources that fill them."""
        across = () if self.across is None else self.across.tables
        return tuple(dict.fromkeys([*(t for s in self.sources for t in s.tables), *across]))

    def sources_of(self, table: str) -> list[str]:
        """Ids of the sources that fill a table (bare name): all of them where it is made across them."""
        made_across = self.across is not None and table in self.across.tables
        return [s.source for s in self.sources if made_across or table in s.tables]
