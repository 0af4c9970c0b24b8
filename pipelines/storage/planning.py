"""What a fold of one source is to do: its snapshots judged, in order or with late ones among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.contracts import Fold, OutOfOrder, RowGuard, SourceCode
from pipelines.ingest.decisions import Reviews
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.storage.late import as_base, late_runs, refuse_other_verdicts
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
        """Judge snapshots of which some come before known ones.

        Raises:
            OutOfOrder: what is known would be judged otherwise, or the source must be folded in order.
        """
        if self.code.late is None or self.code.takes_repeats:
            raise OutOfOrder("its snapshots are folded in order")
        late: list[AcceptedSnapshot] = []
        runs, tail = late_runs(names, known)
        held = set(known["snapshot"])
        for run in runs:
            base = None if run.base is None else as_base(self.staged.record(self.code.source, run.base))
            if missing := [n for n in run.names if n in held and self.staged.record(self.code.source, n) is None]:
                raise OutOfOrder(f"{missing[0]} is not staged any more")
            _, judged = self._judged(run.names, base)
            refuse_other_verdicts(judged, known)
            late += [f for f in judged.accepted if f.name not in held]
            known = _with_records(known.filter(~pl.col("snapshot").is_in(list(run.names))), judged)
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
