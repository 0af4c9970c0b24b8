"""What a fold of one source is to do: its snapshots judged, in order or with late ones among them.

A source whose facts are never changed (a slot of GDELT) gives the same rows in whatever order its snapshots come, but for what
two of them both hold. Its ``SourceCode`` names a fold for late ones, and a late day then costs a day.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.contracts import Fold, OutOfOrder, RowGuard, SourceCode, StagedInfo
from pipelines.ingest.decisions import Reviews
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.storage.manifest import NewSnapshot
from pipelines.storage.snapshot_status import SNAPSHOTS, AcceptedSnapshot, SnapshotVerdicts, judge, with_repeats
from pipelines.storage.staged import StagedStore, fed_by


@dataclass(frozen=True)
class Plan:
    """What is to be folded. ``folds``: functions and the snapshots for each, one after the other. ``snapshots``: all verdicts."""

    folds: tuple[tuple[Fold, Sequence[AcceptedSnapshot]], ...]
    snapshots: pl.DataFrame
    baseline: dict[str, Any] | None


@dataclass(frozen=True)
class SourcePlanner:
    """What judging and folding one source takes."""

    code: SourceCode
    raw: RawStore
    staged: StagedStore
    guard: RowGuard
    reviews: Reviews

    def judge(self, todo: Sequence[str], known: pl.DataFrame, baseline: dict[str, Any] | None) -> Plan:
        """Judge snapshots that come after all known ones (rows of ``meta.snapshots``)."""
        receipts, judged = self._judged(todo, baseline)
        fed: Sequence[AcceptedSnapshot] = judged.accepted
        if self.code.takes_repeats:
            before_them = known.filter(pl.col("verdict") == "accepted")["snapshot_id"]
            fed = with_repeats(fed, receipts, before_them[-1] if len(before_them) else None)
        return Plan(((self.code.fold, fed),), _with_records(known, judged), judged.baseline)

    def judge_late(self, names: Sequence[str], known: pl.DataFrame, baseline: dict[str, Any] | None) -> Plan:
        """Judge snapshots of which some are older than known ones. Raises OutOfOrder where all are to be folded in order."""
        if self.code.late is None or self.code.takes_repeats:
            raise OutOfOrder("its snapshots are folded in order")
        late: list[AcceptedSnapshot] = []
        runs, tail = late_runs(names, known)
        judged_before = set(known["snapshot"])
        for run, base_name in runs:
            names = [name for name in (base_name, *run) if name is not None and name in judged_before]
            staged: dict[str, Any] = {name: self.staged.record(self.code.source, name) for name in names}
            if missing := [name for name, record in staged.items() if record is None]:
                raise OutOfOrder(f"{missing[0]} is not staged any more")
            base = None if base_name is None else StagedInfo.of(staged[base_name]).entry()
            _, judged = self._judged(run, base)
            before = _verdicts(known)
            for record in judged.records:
                name, verdict = record["snapshot"], (record["verdict"], record["is_complete"])
                if before.get(name, verdict) != verdict:
                    raise OutOfOrder(f"{name} is judged otherwise than before")
            late += [f for f in judged.accepted if f.name not in judged_before]
            known = _with_records(known.filter(~pl.col("snapshot").is_in(run)), judged)
        after = self.judge(tail, known, baseline)
        return Plan(((self.code.late, late), *after.folds), after.snapshots, after.baseline)

    def _judged(self, names: Sequence[str], baseline: dict[str, Any] | None) -> tuple[list[Receipt], SnapshotVerdicts]:
        source = self.code.source
        receipts = [self.raw.receipt(source, name) for name in names]
        feeds = fed_by(self.raw, source, names)
        found = {name: record for name in feeds if (record := self.staged.record(source, name)) is not None}
        return receipts, judge(self.code, receipts, found, set(feeds), baseline, self.guard, self.reviews)


def _with_records(known: pl.DataFrame, judged: SnapshotVerdicts) -> pl.DataFrame:
    """Rows of ``meta.snapshots`` with those of what was judged, in order of retrieval."""
    return pl.concat([known, pl.DataFrame(judged.records, schema=SNAPSHOTS, orient="row")]).sort("snapshot")


def new_snapshots(snapshots: pl.DataFrame, fresh: Collection[str]) -> list[NewSnapshot]:
    """Those of the judged snapshots that were seen for the first time."""
    columns = ("source", "snapshot", "verdict", "reason", "warnings", "n_rows", "n_rejected")
    return [NewSnapshot(*row) for row in snapshots.filter(pl.col("snapshot").is_in(list(fresh))).select(columns).iter_rows()]


def late_runs(names: Sequence[str], known: pl.DataFrame) -> tuple[list[tuple[list[str], str | None]], list[str]]:
    """The runs that late snapshots make among all ``names``, in order, and the new ones that come after all that is known.

    A run: from the first late snapshot to the first known one after it, and the known one with which its first is compared.
    What is judged after a complete accepted snapshot is judged by that one alone, so a run ends with it. Raises OutOfOrder
    where no known snapshot (rows of ``meta.snapshots``) ends a run.
    """
    verdicts = _verdicts(known)
    newest = max((n for n, (verdict, _) in verdicts.items() if verdict in ("accepted", "unchanged")), default="")
    runs: list[tuple[list[str], str | None]] = []
    run: list[str] = []
    base: str | None = None
    for name in names:
        if run or (name not in verdicts and name < newest):
            run.append(name)
        if verdicts.get(name) == ("accepted", True):
            if run:
                runs.append((run, base))
            run, base = [], name
    if run:
        raise OutOfOrder(f"no complete snapshot is known after {run[0]}")
    return runs, [name for name in names if name > newest and name not in verdicts]


def _verdicts(known: pl.DataFrame) -> dict[str, tuple[str, bool | None]]:
    """By snapshot its verdict, and whether it is complete."""
    return {name: (verdict, whole) for name, verdict, whole in known.select("snapshot", "verdict", "is_complete").iter_rows()}
