"""What a domain must provide for a source: pure functions from bytes to staged rows, a judgement, and a fold into core tables.

Bytes become staged frames (``stage``), the sequence of staged snapshots is judged (``judge``), and the accepted ones are
folded in order of retrieval (``fold``). None of these reads or writes a file; the runner in ``pipelines.storage`` does.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

import polars as pl

from assets.errors import first_few
from assets.identities import Identity, Overlap, overlap

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


Filled = Mapping[str, Mapping[str, int]]
"""By staged frame and column, the number of rows in which the column is filled; the frame's rows stand under the name ``""``."""

ALL_ROWS = ""
"""In ``Filled``, the name under which the number of a frame's rows stands: no column has it."""

GROWS_DAYS = 180
"""Days between two snapshots in which a list may lose once more what ``RowGuard.min_share`` lets it lose at once. Of the SDN list
of 2015 28 % were gone three years later, of OFAC's consolidated list of 2018 42 % after two, of the Denied Persons List of 2019
25 % after three: no file was cut. With 180 days all pairs of real vintages pass."""
LEAST_SHARE = 0.2
"""However long ago the last one was, a snapshot that has less of it is left to a person."""
AGREES_DAYS = 7
"""Days after which a second vintage counts as one of its own, and not as the same fault of the publisher's service."""


@dataclass(frozen=True)
class StagedInfo:
    """What is remembered of a staged snapshot without its rows.

    ``filled``: see ``Filled``. ``identities``: samples as ``Identity.samples`` gives them. ``is_ended``: its files end in marks
    of their own (``ends_by_itself``), so that none of them was cut.
    """

    snapshot_id: str
    retrieved_at: datetime
    n_read: int
    n_rejected: int
    facts: Mapping[str, Any]
    filled: Filled = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    is_ended: bool = False

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> StagedInfo:
        """From what staging noted, or from an ``entry``."""
        known = {f.name: record[f.name] for f in fields(cls) if f.name in record}
        numbers = {name: record[name] or 0 for name in ("n_read", "n_rejected")}
        return cls(**known | numbers | {"retrieved_at": datetime.fromisoformat(record["retrieved_at"])})

    def entry(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"retrieved_at": self.retrieved_at.isoformat()}

    @property
    def own_day(self) -> date | None:
        """The day that the snapshot says it is of, where it says one that can be: none of after its retrieval."""
        told = self.facts.get("published") or self.facts.get("newest_text")
        day = None if told is None else date.fromisoformat(told)
        return None if day is None or day > self.retrieved_at.date() + timedelta(days=1) else day

    def days_after(self, earlier: StagedInfo) -> int:
        """Days since an earlier one: by retrieval, or by what both say of themselves where that is longer."""
        retrieved = (self.retrieved_at.date() - earlier.retrieved_at.date()).days
        own = (self.own_day - earlier.own_day).days if self.own_day is not None and earlier.own_day is not None else 0
        return max(retrieved, own, 0)


@dataclass(frozen=True)
class Judgement:
    """Whether a staged snapshot may feed the core.

    ``refusals``: reasons to quarantine (none = accepted). ``warnings``: shown, nothing stops. ``complete``: it becomes
    the baseline with which later snapshots are compared; a partial one does not. ``falls``: those of the refusals that speak of
    nothing but size, which a later vintage can confirm.
    """

    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True
    falls: tuple[str, ...] = ()

    def __add__(self, other: Judgement) -> Judgement:
        """Both, each sentence once; complete where both are."""
        both = {n: tuple(dict.fromkeys((*getattr(self, n), *getattr(other, n)))) for n in ("refusals", "warnings", "falls")}
        return Judgement(**both, complete=self.complete and other.complete)

    @property
    def is_of_size(self) -> bool:
        """Whether size alone speaks against it."""
        return bool(self.refusals) and set(self.refusals) == set(self.falls)


def fallen(*texts: str) -> Judgement:
    """Refused for size."""
    return Judgement(texts, falls=texts)


@dataclass(frozen=True)
class RowGuard:
    """Bounds on what a snapshot may lack of the last accepted complete one, and on the share of rejected rows.

    ``min_share``: of the rows, and of the identities, how many must still be there in the next snapshot; ``least`` says how many
    after a longer time. ``max_share``: more rows than that are told. ``max_rejected_share``: more unreadable rows are fatal.
    ``max_set_aside_share``: of the rows of a core table that a source fills, how many may break a rule of rows and be set
    aside; beyond that it is the source that is not to be believed, and it keeps its last core. ``fill``: by staged frame, the
    columns that give a row its meaning (key, name, day, target), each with the least share of rows in which it is filled. Below
    it, and below half of what the last snapshot filled, is fatal (``judge_fill``); of all other columns it is told. Where
    ``min_share`` is 0, each snapshot is a batch of its own, and none is compared with the one before.
    """

    min_share: float = 0.9
    max_share: float = 1.25
    max_rejected_share: float = 0.01
    max_set_aside_share: float = 0.01
    fill: Mapping[str, Mapping[str, float]] = field(default_factory=dict, hash=False)

    def least(self, info: StagedInfo, baseline: StagedInfo) -> float:
        """Share of the baseline that must still be there, by the days between the two."""
        grown: float = self.min_share ** (1 + info.days_after(baseline) / GROWS_DAYS)
        return min(self.min_share, max(grown, LEAST_SHARE))


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


Stage = Callable[[Mapping[str, bytes]], Staged]
Judge = Callable[[StagedInfo, StagedInfo | None, RowGuard], Judgement]
Fold = Callable[[History, Iterable[StagedSnapshot]], Folded]


def judge_rows(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a snapshot by its row count against the last accepted complete one, by what its source declares."""
    judged = Judgement()
    if info.n_read == 0:
        judged += Judgement(("it holds no rows",))
    elif info.n_rejected > guard.max_rejected_share * info.n_read:
        text = f"{info.n_rejected:,} of {info.n_read:,} rows cannot be read (limit {guard.max_rejected_share:.1%})"
        judged += Judgement((f"{text}: has the layout changed?",))
    if baseline is not None and baseline.n_read and info.n_read:
        text = f"{info.n_read:,} rows where {_last(baseline)} had {baseline.n_read:,}"
        least = guard.least(info, baseline)
        if info.n_read < least * baseline.n_read:
            judged += fallen(f"{text}: below {_limit(least, info, baseline)}; a cut file is not a mass delisting")
        elif info.n_read > guard.max_share * baseline.n_read:
            judged += Judgement(warnings=(f"{text}: above {guard.max_share:.0%}",))
    return judged


def _last(baseline: StagedInfo) -> str:
    return f"the last accepted snapshot ({baseline.retrieved_at:%Y-%m-%d %H:%M} UTC)"


def _limit(least: float, info: StagedInfo, baseline: StagedInfo) -> str:
    days = info.days_after(baseline)
    return f"the limit of {least:.0%}" + (f" after {days:,} days" if days else "")


def count_filled(frames: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, int]]:
    """Count the rows of each staged frame, and per column those in which it is filled (``Filled``). An empty list fills none."""
    found = {}
    for name, frame in frames.items():
        counts = {column: frame.height - frame[column].null_count() for column in frame.columns}
        counts |= {c: int((frame[c].list.len() > 0).sum()) for c, kind in frame.schema.items() if isinstance(kind, pl.List)}
        found[name] = {ALL_ROWS: frame.height, **counts}
    return found


FEW_FILLED = 20
"""Cells of a column that no guard declares, and one in ten of its rows, below which nobody is told that it is emptier."""


def judge_fill(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard, per: str | None = None) -> Judgement:
    """Judge how far columns are filled: a reader that stopped seeing one, or a column that is not served any more.

    Refused where a column that ``guard.fill`` declares is filled in fewer rows than it asks, or in less than half as many as in
    the last accepted snapshot. Any other column that lost half is told, where both snapshots have one layout. A column that a
    frame lacks counts as empty; a frame without rows that another gives its measure is not judged.

    Args:
        info: the snapshot, with the counts of ``count_filled``.
        baseline: the last accepted complete one.
        guard: of its source.
        per: the frame whose rows columns of all frames are measured by (countries per listing); without it each by its own.
    """

    def share(of: StagedInfo, frame: str, column: str) -> tuple[int, int]:
        measured_by = frame if per is None or per not in of.filled else per
        n_rows = of.filled.get(measured_by, {}).get(ALL_ROWS, 0)
        return of.filled.get(frame, {}).get(column, 0), n_rows

    judged = Judgement()
    for frame, columns in guard.fill.items():
        for column, least in columns.items():
            n, n_rows = share(info, frame, column)
            before, of = (0, 0) if baseline is None else share(baseline, frame, column)
            asked = max(least, before / of / 2 if of and guard.min_share else 0.0)
            if n_rows and n < asked * n_rows:
                # rounded down, lest 89.96 % be shown as the limit of 90 % that it is below
                part = math.floor(1000 * n / n_rows) / 10
                text = f"column {column} of {frame} is filled in {n:,} of {n_rows:,} rows ({part:.1f}%)"
                last = f"where the last accepted snapshot had {before:,} of {of:,}"
                why = f"below the limit of {100 * least:g}%" if asked == least else last
                judged += Judgement((f"{text}, {why}: has the layout changed?",))
    if baseline is None or not guard.min_share or baseline.facts.get("format") != info.facts.get("format"):
        return judged
    lost = []
    for frame, counts in baseline.filled.items():
        for column in counts.keys() - guard.fill.get(frame, {}).keys() - {ALL_ROWS}:
            (n, n_rows), (before, of) = share(info, frame, column), share(baseline, frame, column)
            if of and n_rows and before >= max(FEW_FILLED, of / 10) and n / n_rows < before / of / 2:
                lost.append(f"{frame}.{column} ({n:,} of {n_rows:,}, before {before:,} of {of:,})")
    text = f"columns that lost more than half of their values: {first_few(sorted(lost))}"
    return judged + Judgement(warnings=(text,) if lost else ())


def ends_by_itself(files: Mapping[str, bytes]) -> bool:
    """Whether each file ends in a mark of its own: the closing tag or bracket, OFAC's 0x1A, the directory of a zip file."""

    def is_ended(name: str) -> bool:
        with open_file(files, name) as stream:
            head = stream.read(4096)
            tail = head
            while piece := stream.read(1 << 20):
                tail = (tail + piece)[-4096:]
        begin, end = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1], tail.rstrip(b" \t\r\n\x00")[-1:]
        return end == b"\x1a" or begin + end in (b"<>", b"{}", b"[]") or (head[:4] == b"PK\x03\x04" and b"PK\x05\x06" in tail)

    return bool(files) and all(is_ended(name) for name in files)


def n_rejected(staged: Staged) -> int:
    """How many of the rows that the guards count were rejected."""
    return staged.rejects.height if staged.n_rejected is None else staged.n_rejected


@dataclass(frozen=True)
class SourceCode:
    """The pure functions of one source and the core tables (bare names) they fill.

    ``takes_repeats``: an unchanged answer says something too (a list that was looked at and still held nobody new).
    ``rows_at_once``: snapshots of no more rows are folded together, so that a long backfill needs no more memory than a day.
    ``frames``: the staged frames that ``stage`` may give, with their columns: what guards and amendments may name.
    ``late``: the fold of snapshots that are older than some that were folded already, where it can give the rows that folding in
    order would give; it raises ``OutOfOrder`` where it cannot. Without it such a snapshot makes its source fold again from raw.
    ``identity``: what says who or what a row is, where snapshots are compared by that.
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
    identity: Identity | None = None

    def remembered(self, snapshot_id: str, retrieved_at: datetime, staged: Staged, files: Mapping[str, bytes]) -> StagedInfo:
        """What is remembered of a snapshot that was read from these files. Only one with an identity is ever confirmed."""
        counts = staged.n_read, n_rejected(staged), staged.facts, count_filled(staged.frames)
        if self.identity is None:
            return StagedInfo(snapshot_id, retrieved_at, *counts)
        return StagedInfo(snapshot_id, retrieved_at, *counts, self.identity.samples(staged.frames), ends_by_itself(files))

    def judge_whole(self, info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
        """Judge by the source's own function and by its columns; a complete one also by whom it still holds, and by its day.

        A partial one (a transcription of a few figures) may rightly lack columns.
        """
        judged = self.judge(info, baseline, guard)
        if not judged.complete:
            return judged
        judged += judge_fill(info, baseline, guard, None if self.identity is None else self.identity.frame)
        return judged if baseline is None else judged + self._judge_identities(info, baseline, guard) + _judge_day(info, baseline)

    def agree(self, info: StagedInfo, earlier: StagedInfo, guard: RowGuard) -> bool:
        """Whether a vintage confirms an earlier one that size alone refused: both whole, days apart, other bytes, one list."""
        if not (info.is_ended and earlier.is_ended) or info.snapshot_id == earlier.snapshot_id:
            return False
        if info.retrieved_at - earlier.retrieved_at < timedelta(days=AGREES_DAYS):
            return False
        return self._overlap(info, earlier) is not None and not self.judge_whole(info, earlier, guard).refusals

    def _overlap(self, info: StagedInfo, baseline: StagedInfo) -> Overlap | None:
        """What of the baseline is still there: by id; by name too where ids are made, or where the layout has changed."""
        of = [overlap(baseline.identities[n], info.identities[n]) for n in ("ids", "names") if _have(n, info, baseline)]
        has_other_ids = self.identity is not None and self.identity.are_made
        has_other_ids |= bool(info.facts.get("ids_are_made")) or info.facts.get("format") != baseline.facts.get("format")
        return max((o for o in of[: None if has_other_ids else 1] if o is not None), key=lambda o: o.kept, default=None)

    def _judge_identities(self, info: StagedInfo, baseline: StagedInfo, guard: RowGuard) -> Judgement:
        found, least = self._overlap(info, baseline), guard.least(info, baseline)
        if found is None or found.kept >= least:
            return Judgement()
        text = (
            f"of what {_last(baseline)} held {found.kept:.1%} are still there, below {_limit(least, info, baseline)}: a part is "
            "missing, or the ids are others"
        )
        # what is left of a list was on it before; other ids are no matter of size
        return fallen(text) if found.known >= guard.min_share else Judgement((text,))


def _have(name: str, *infos: StagedInfo) -> bool:
    return all(name in info.identities for info in infos)


def _judge_day(info: StagedInfo, baseline: StagedInfo) -> Judgement:
    """A snapshot that says its own day may not be older than the last accepted one."""
    if info.own_day is None or baseline.own_day is None or info.own_day >= baseline.own_day:
        return Judgement()
    text = f"it is of {info.own_day} by its own word, the last accepted snapshot of {baseline.own_day}: an older edition"
    return Judgement((f"{text}, saved late? File it under the day on which it was retrieved",))


Derive = Callable[[Callable[[str], pl.LazyFrame]], dict[str, pl.DataFrame]]


@dataclass(frozen=True)
class CrossSource:
    """Core tables of a domain that are made of the folded tables of all its sources: which parties are one, and the like.

    ``derive`` gets a function from a table's bare name to all of its rows, and gives whole tables. It runs whenever a source
    of the domain has changed. A domain without sources may have such tables too: reference tables, made of files that it holds.
    """

    tables: tuple[str, ...]
    derive: Derive


@dataclass(frozen=True)
class DomainPackage:
    """A domain: its sources, and the core tables that it alone fills.

    Attributes:
        domain: name of the domain, which is that of its folder.
        sources: what each source is read, judged and folded by.
        across: the tables that are made across the sources, if there are any.
        own_files: folder with CSV files of a user that the functions of the domain read besides their own, if there is one.
    """

    domain: str
    sources: tuple[SourceCode, ...] = ()
    cross_source: CrossSource | None = None
    own_files: Path | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Bare names of the domain's core tables, each once, in order of the sources that fill them."""
        cross_source = () if self.cross_source is None else self.cross_source.tables
        return tuple(dict.fromkeys([*(t for s in self.sources for t in s.tables), *cross_source]))

    def sources_of(self, table: str) -> list[str]:
        """Ids of the sources that fill a table (bare name): all of them where it is made across them."""
        made_across = self.cross_source is not None and table in self.cross_source.tables
        return [s.source for s in self.sources if made_across or table in s.tables]
