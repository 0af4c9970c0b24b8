"""Judging snapshots: which of them are to be judged, which feed the core, and the verdict on each. Pure functions.

Guards on bytes are asked where bytes come in (``pipelines.ingest.guards``), and their verdict is in the receipt. Here what
staging found is compared with the guards on rows and with the last complete snapshot before.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.contracts import RowGuard, SourceCode, StagedInfo
from assets.errors import BilateralError
from assets.schema import table
from pipelines.ingest.decisions import Reviews
from pipelines.ingest.receipts import Receipt

SNAPSHOTS = table("meta.snapshots").polars
WAITING = "waiting"
"""In a baseline, the vintage that size alone refused and a later one may confirm."""


def to_judge(names: Sequence[str], judged: pl.DataFrame) -> tuple[list[str], bool]:
    """Snapshots to be judged, and whether that is all: what is older than the newest good one changes the later verdicts."""
    known = set(judged["snapshot"])
    fresh = [name for name in names if name not in known]
    newest = judged.filter(pl.col("verdict").is_in(["accepted", "unchanged"]))["snapshot"].max()
    if fresh and isinstance(newest, str) and fresh[0] < newest:
        return list(names), True
    return fresh, False


def feeding(receipts: Sequence[Receipt], before: Receipt | None) -> list[str]:
    """The folders of those receipts (a run up to the newest, in order) that feed the core: each differs from the last one.

    An ``unchanged`` one is among them where an older snapshot was taken in later and came between it and the one that it
    equals. ``before``: the last accepted receipt before them.
    """
    last = None if before is None else before.snapshot_id
    fed = []
    for receipt in receipts:
        if receipt.verdict in ("accepted", "unchanged") and receipt.snapshot_id != last:
            fed.append(receipt.snapshot)
            last = receipt.snapshot_id
    return fed


@dataclass(frozen=True)
class AcceptedSnapshot:
    """A snapshot that goes into a fold: an accepted one, or a repeat of the last accepted one."""

    name: str
    snapshot_id: str
    retrieved_at: datetime
    complete: bool
    facts: Mapping[str, Any]
    is_repeat: bool = False
    n_rows: int = 0
    retrieved_on: date | None = None


@dataclass(frozen=True)
class SnapshotVerdicts:
    """Verdicts on a run of snapshots: ``records`` of ``meta.snapshots``, and those ``accepted``, which go into the fold.

    ``baseline``: the last complete accepted one, with which the next is compared; under ``WAITING`` who waits since then.
    """

    records: list[dict[str, Any]]
    accepted: list[AcceptedSnapshot]
    baseline: dict[str, Any] | None


def judge(
    code: SourceCode,
    receipts: Sequence[Receipt],
    staged: Mapping[str, Mapping[str, Any]],
    fed: Collection[str],
    baseline: dict[str, Any] | None,
    guard: RowGuard,
    reviews: Reviews,
) -> SnapshotVerdicts:
    """Judge snapshots in order of retrieval; a complete accepted one is the baseline of the next.

    One that size alone refuses waits. A later one that size alone refuses too, and that agrees with it
    (``SourceCode.agree``), is accepted: what both lack is withdrawn then. The first stays out, since nobody could know on its
    day what confirms it.

    ``staged``: by folder, what staging noted. ``fed``: folders of those that feed the core. ``baseline``: as the last
    judgement left it. ``guard``: bounds on rows. Raises BilateralError where a snapshot that feeds the core is not staged
    yet.
    """
    base = None if baseline is None else StagedInfo.of(baseline)
    waiting = None if baseline is None or baseline.get(WAITING) is None else StagedInfo.of(baseline[WAITING])
    records: list[dict[str, Any]] = []
    accepted: list[AcceptedSnapshot] = []
    for receipt in receipts:
        record = snapshot_record(receipt)
        if receipt.snapshot in fed:
            found = staged.get(receipt.snapshot)
            if found is None:
                raise BilateralError(f"{code.source} {receipt.snapshot}: not staged yet; materialize staged/{code.source}_rows")
            info = StagedInfo.of(found)
            verdict, is_complete, waiting = _verdict(code, found, info, (base, waiting), guard, reviews)
            record |= verdict
            if is_complete is not None:
                on, rows = receipt.retrieved_on, info.n_read
                of = (info.snapshot_id, info.retrieved_at, is_complete, info.facts)
                accepted.append(AcceptedSnapshot(receipt.snapshot, *of, n_rows=rows, retrieved_on=on))
            if is_complete:
                base, waiting = info, None
        elif receipt.verdict == "quarantined" and reviews.rejects(receipt.snapshot_id):
            record["reason"] = reviews.kept_out(receipt.snapshot_id, receipt.reason)
        records.append(record)
    kept = None if base is None else base.entry() | {WAITING: None if waiting is None else waiting.entry()}
    return SnapshotVerdicts(records, accepted, kept)


def _verdict(
    code: SourceCode,
    found: Mapping[str, Any],
    info: StagedInfo,
    before: tuple[StagedInfo | None, StagedInfo | None],
    guard: RowGuard,
    reviews: Reviews,
) -> tuple[dict[str, Any], bool | None, StagedInfo | None]:
    """Columns of the verdict, whether it is complete (None: quarantined), who waits after it. ``before``: baseline, who waits."""
    base, waiting = before
    counts = {"n_rows": found["n_read"], "n_rejected": found["n_rejected"]}
    if found["refusal"] is not None:
        return counts | {"verdict": "quarantined", "reason": found["refusal"]}, None, waiting
    judgement = code.judge_whole(info, base, guard)
    refusals, warnings = judgement.refusals, judgement.warnings
    if reviews.rejects(info.snapshot_id):
        refusals = (reviews.kept_out(info.snapshot_id, "; ".join(refusals)),)
    elif refusals and reviews.accepts(info.snapshot_id):
        warnings += (reviews.in_spite_of(info.snapshot_id, "; ".join(refusals)),)
        refusals = ()
    elif judgement.is_of_size and info.is_ended:
        if waiting is not None and code.agree(info, waiting, guard):
            confirmed = f"{confirms(waiting.retrieved_at)}, so what both lack is withdrawn"
            warnings += (f"accepted though {'; '.join(refusals)}: {confirmed}",)
            refusals = ()
        elif waiting is None or code.judge_whole(info, waiting, guard).refusals:
            waiting = info
    warnings += idle_corrections(found, judgement.complete)
    counts |= {"warnings": "; ".join(warnings) or None}
    if refusals:
        return counts | {"verdict": "quarantined", "reason": "; ".join(refusals)}, None, waiting
    return counts | {"verdict": "accepted", "is_complete": judgement.complete}, judgement.complete, waiting


def confirms(retrieved_at: datetime) -> str:
    """What is said of an accepted snapshot that confirms the one retrieved then, which size alone had refused."""
    return f"that of {retrieved_at:%Y-%m-%d %H:%M:%S} UTC agrees with it"


def idle_corrections(found: Mapping[str, Any], is_complete: bool) -> tuple[str, ...]:
    """Corrections that did not find what they expect, in sentences. A row that a part of the whole lacks says nothing."""
    return (*found.get("mended", ()), *(found.get("missing", ()) if is_complete else ()))


def snapshot_record(receipt: Receipt) -> dict[str, Any]:
    """A receipt as a row of ``meta.snapshots``, without what staging and judging add to it."""
    first = receipt.files[0] if receipt.files else None
    when = ("retrieved_at", "retrieved_precision", "retrieved_basis")
    return {
        **dict.fromkeys(SNAPSHOTS),
        **{name: getattr(receipt, name) for name in ("source", *when, "snapshot", "snapshot_id", "verdict", "reason")},
        **{name: getattr(first, name, None) for name in ("url", "http_status", "etag", "last_modified")},
        "n_bytes": sum(f.n_bytes for f in receipt.files),
        "n_files": len(receipt.files),
    }


def with_repeats(accepted: Sequence[AcceptedSnapshot], receipts: Sequence[Receipt], last: str | None) -> list[AcceptedSnapshot]:
    """Put repeats of the last accepted bytes (``last``: their id) in between; a repeat of what was refused confirms nothing."""
    by_name = {f.name: f for f in accepted}
    found = []
    for receipt in receipts:
        fed = by_name.get(receipt.snapshot)
        if fed is not None:
            found.append(fed)
            last = fed.snapshot_id
        elif receipt.verdict == "unchanged" and receipt.snapshot_id is not None and receipt.snapshot_id == last:
            on, at = receipt.retrieved_on, receipt.retrieved_at
            found.append(AcceptedSnapshot(receipt.snapshot, receipt.snapshot_id, at, True, {}, is_repeat=True, retrieved_on=on))
    return found


def batches(fed: Sequence[AcceptedSnapshot], rows_at_once: int | None) -> Iterator[Sequence[AcceptedSnapshot]]:
    """Snapshots to be folded together: all, or as many as hold so many rows. A fold gives the same either way."""
    batch: list[AcceptedSnapshot] = []
    n_rows = 0
    for f in fed:
        if batch and rows_at_once is not None and n_rows + f.n_rows > rows_at_once:
            yield batch
            batch, n_rows = [], 0
        batch.append(f)
        n_rows += f.n_rows
    if batch:
        yield batch
