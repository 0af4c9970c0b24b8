"""Snapshots that a guard refused, and what people decide on them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import polars as pl

from assets.errors import BilateralError
from pipelines.ingest.decisions import Review, Ruling, all_reviews, keep_review
from pipelines.ingest.receipts import Receipt
from pipelines.services.warehouse import Warehouse
from pipelines.storage.snapshot_status import confirms
from pipelines.util.suggest import did_you_mean

Gate = Literal["bytes", "reading", "judgement"]
_SHORTEST = 8
"""Shortest beginning of an id that names a snapshot."""


@dataclass(frozen=True)
class QuarantinedSnapshot:
    """A snapshot that is kept out; ``gate``: by which guard (None: a person alone), ``n_times``: how often its bytes came."""

    receipt: Receipt
    gate: Gate | None
    reason: str
    n_times: int = 1
    review: Review | None = None
    is_declared: bool = False

    @property
    def name(self) -> str:
        """How a person names it."""
        return f"{self.receipt.source}/{self.receipt.snapshot}"

    @property
    def state(self) -> str:
        """What was decided, in words."""
        if self.review is not None:
            return self.review.words
        return "accepted by the declaration of its source" if self.is_declared else "waits for a decision"

    @property
    def waits(self) -> bool:
        """Whether nobody has decided on it."""
        return self.review is None and not self.is_declared


def quarantined_snapshots(warehouse: Warehouse) -> list[QuarantinedSnapshot]:
    """All snapshots kept out, newest first, the same bytes once; one that a later vintage confirmed is settled."""
    found = [one for source in warehouse.sources for one in _of_source(warehouse, source)]
    return sorted(found, key=lambda one: one.receipt.retrieved_at, reverse=True)


def _of_source(warehouse: Warehouse, source: str) -> list[QuarantinedSnapshot]:
    judged, warnings = _judged(warehouse, source)
    same: dict[str, list[QuarantinedSnapshot]] = defaultdict(list)
    for snapshot in (s for s in warehouse.raw.snapshots(source) if s not in judged or judged[s][0] == "quarantined"):
        one = _quarantined_snapshot(warehouse, warehouse.raw.receipt(source, snapshot), judged)
        if one is not None and not (one.waits and confirms(one.receipt.retrieved_at) in warnings):
            same[one.receipt.snapshot_id or one.name].append(one)
    return [replace(all_of[-1], n_times=len(all_of)) for all_of in same.values()]


def _judged(warehouse: Warehouse, source: str) -> tuple[dict[str, tuple[str, str | None]], str]:
    """Verdict and reason of the core for each snapshot of a source that it has judged, and all that it warned of."""
    core = warehouse.core.current(warehouse.sources[source].domain)
    rows = warehouse.core.snapshots(core).filter(pl.col("source") == source)
    judged = {name: (verdict, why) for name, verdict, why in rows.select("snapshot", "verdict", "reason").iter_rows()}
    return judged, "; ".join(rows["warnings"].drop_nulls())


def _quarantined_snapshot(
    warehouse: Warehouse, receipt: Receipt, judged: Mapping[str, tuple[str, str | None]]
) -> QuarantinedSnapshot | None:
    """Who keeps a snapshot out that the core did not take; None where nobody does (it was taken, or waits for a refresh)."""
    verdict, why = judged.get(receipt.snapshot, ("quarantined", None))
    if verdict != "quarantined":
        return None
    reviews = warehouse.raw.reviews(warehouse.sources[receipt.source])
    review = reviews.last.get(receipt.snapshot_id or "")
    record = warehouse.staged.record(receipt.source, receipt.snapshot) or {}
    gate: Gate | None
    if receipt.verdict == "quarantined":
        gate, reason = "bytes", receipt.reason
    elif record.get("refusal"):
        gate, reason = "reading", str(record["refusal"])
    elif receipt.snapshot in judged:
        gate, reason = None if reviews.rejects(receipt.snapshot_id) else "judgement", why
    else:
        return None
    return QuarantinedSnapshot(receipt, gate, reason or "", 1, review, receipt.snapshot_id in reviews.declared)


def receipt_named(warehouse: Warehouse, name: str) -> Receipt:
    """The receipt of ``SOURCE/SNAPSHOT``, or of an id or its beginning. Raises BilateralError where that is not one snapshot."""
    source, is_path, snapshot = name.partition("/")
    if is_path:
        if source not in warehouse.sources:
            raise BilateralError(f"{source}: not the id of a source.{did_you_mean(source, warehouse.sources)}")
        snapshots = warehouse.raw.snapshots(source)
        if snapshot not in snapshots:
            raise BilateralError(f"{source} has no snapshot {snapshot}.{did_you_mean(snapshot, snapshots)}")
        found = [warehouse.raw.receipt(source, snapshot)]
    else:
        if len(name) < _SHORTEST:
            raise BilateralError(f"{name}: give SOURCE/SNAPSHOT, or at least {_SHORTEST} characters of the id of the snapshot.")
        every = (warehouse.raw.receipt(s, n) for s in warehouse.sources for n in warehouse.raw.snapshots(s))
        by_id = {r.snapshot_id: r for r in every if r.snapshot_id is not None and r.snapshot_id.startswith(name)}
        found = list(by_id.values())
    if not found:
        raise BilateralError(f"no snapshot has an id that begins with {name}. 'bilateral quarantine list' has those that wait.")
    if len(found) > 1:
        raise BilateralError(f"{name} may be {' or '.join(f'{r.source}/{r.snapshot}' for r in found)}.")
    if found[0].snapshot_id is None:
        raise BilateralError(f"{found[0].source}/{found[0].snapshot}: nothing was served, so there is nothing to decide on.")
    return found[0]


def quarantined_snapshot(warehouse: Warehouse, receipt: Receipt) -> QuarantinedSnapshot | None:
    """Why a snapshot is kept out; None where it is not."""
    return _quarantined_snapshot(warehouse, receipt, _judged(warehouse, receipt.source)[0])


def history(warehouse: Warehouse, receipt: Receipt) -> list[Review]:
    """All decisions on the bytes of a snapshot, in order of time."""
    reviews = all_reviews(warehouse.raw.root / receipt.source, receipt.source)
    return [review for review in reviews if review.snapshot_id == receipt.snapshot_id]


def decide(warehouse: Warehouse, name: str, ruling: Ruling, by: str, reason: str, at: datetime) -> Review:
    """Note a decision on a snapshot (``at``: naive UTC). Raises BilateralError: none such, no reason, or it cannot be read."""
    if not reason.strip() or not by.strip():
        raise BilateralError("a decision needs a reason (--reason) and a name (--by). Nothing was decided.")
    receipt = receipt_named(warehouse, name)
    kept_out = quarantined_snapshot(warehouse, receipt)
    if ruling == "accept":
        if kept_out is None:
            raise BilateralError(f"{receipt.source}/{receipt.snapshot} is not kept out: there is nothing to accept.")
        if kept_out.gate == "reading":
            raise BilateralError(
                f"{kept_out.name} cannot be read, and no decision changes that: {kept_out.reason}. It stays out until the reader "
                f"of {receipt.source} can read it ('bilateral try' shows what it makes of a file). Nothing was decided."
            )
    earlier = history(warehouse, receipt)
    if earlier and earlier[-1].at >= at:
        raise BilateralError(
            f"the clock of this machine says {at:%Y-%m-%d %H:%M:%S} UTC, and the last decision on "
            f"{receipt.source}/{receipt.snapshot} was {earlier[-1].words}: one of now would be taken for older. "
            "Set the clock right. Nothing was decided."
        )
    refusal = None if kept_out is None else kept_out.reason
    review = Review(receipt.source, receipt.snapshot, receipt.snapshot_id or "", ruling, by.strip(), at, reason.strip(), refusal)
    with warehouse.lock():
        keep_review(warehouse.raw.root / receipt.source, review)
    return review
