"""What becomes of a snapshot that comes in, by what stands before it: accepted, unchanged, quarantined or failed.

No file is touched here but to read the receipts that are asked for.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.ingest.attempts import Basis
from pipelines.ingest.receipts import FileReceipt, Origin, Precision, Receipt, folder_name, of_moment, snapshot_id
from pipelines.ingest.reviews import Reviews
from pipelines.ingest.sources import Source


@dataclass(frozen=True)
class Decision:
    """The receipt that an attempt gets; ``is_new``: it is yet to be written; ``has_data``: and the bytes with it."""

    receipt: Receipt
    is_new: bool
    has_data: bool


class SnapshotDecider:
    """Decides what becomes of the snapshots of one source, in whatever order they come.

    Decisions count for later ones before they are written, so that files may be compressed and written in parallel.
    """

    def __init__(self, source: Source, names: list[str], receipt_of: Callable[[str], Receipt], reviews: Reviews) -> None:
        """Take the sorted folders that there are of a source; ``receipt_of`` gives the receipt in one of them.

        ``reviews``: what people decided on its snapshots.
        """
        self._reviews = reviews
        self._stored = receipt_of
        self._source = source
        self._names = names
        self._decided: dict[str, Receipt] = {}

    def held(self, retrieved_at: datetime) -> list[Receipt]:
        """The receipts that there are for that moment."""
        return [self._receipt(name) for name in of_moment(self._names, retrieved_at)]

    def decide(
        self,
        retrieved_at: datetime,
        files: tuple[FileReceipt, ...],
        refusal: str | None,
        *,
        origin: Origin,
        warnings: tuple[str, ...] = (),
        precision: Precision = "second",
        basis: Basis | None = None,
        cut: tuple[str, ...] | None = None,
    ) -> Decision:
        """Decide on a snapshot.

        Args:
            retrieved_at: when it was retrieved; a naive moment is UTC.
            files: its files as ``describe`` gives them; files without a hash where nothing was served.
            refusal: what a guard says against it, or why nothing was served.
            origin: where it came from.
            warnings: what was unusual.
            precision: ``day`` where only the day is known; ``retrieved_at`` is then its last second.
            basis: what the moment rests on, where it is said.
            cut: what was cut from the files, as the receipt keeps it.
        """
        moment = folder_name(retrieved_at)
        identity = snapshot_id(files)
        for receipt in (*self.held(retrieved_at), *(self._held_as_midnight(retrieved_at) if precision == "day" else ())):
            if receipt.snapshot_id == identity and (identity is not None or receipt.reason == refusal):
                is_final = receipt.verdict != "quarantined"
                return Decision(receipt, is_new=False, has_data=False) if is_final else self.review(receipt)
        new = Receipt(
            source=self._source.id,
            snapshot=self._free_name(moment, identity or hashlib.sha256((refusal or "").encode("utf-8", "replace")).hexdigest()),
            retrieved_at=datetime.fromisoformat(moment).replace(tzinfo=None),
            verdict="failed",
            reason=refusal,
            snapshot_id=identity,
            origin=origin,
            files=files,
            warnings=warnings,
            retrieved_precision=precision,
            retrieved_basis=basis,
            cut=cut,
        )
        if identity is None:
            return self._remember(new, has_data=False)
        if self._reviews.rejects(identity):
            refusal = self._reviews.kept_out(identity, refusal)
        standing, repeated = self._before(new.snapshot, identity)
        if standing is not None and standing.snapshot_id == identity:
            same = standing.same_as or standing.snapshot
            return self._remember(replace(new, verdict="unchanged", reason=None, same_as=same), has_data=False)
        same_as = None if repeated is None else repeated.same_as or repeated.snapshot
        if refusal is None:
            decided = replace(new, verdict="accepted", same_as=same_as)
        elif self._reviews.accepts(identity):
            said = self._reviews.in_spite_of(identity, refusal)
            decided = replace(new, verdict="accepted", reason=None, same_as=same_as, warnings=(*warnings, said))
        elif repeated is None:
            decided = replace(new, verdict="quarantined")
        else:
            again = f"{refusal} (the same bytes were quarantined at {repeated.retrieved_at:%Y-%m-%d %H:%M:%S} UTC)"
            decided = replace(new, verdict="quarantined", reason=again, same_as=same_as)
        return self._remember(decided, has_data=same_as is None)

    def review(self, receipt: Receipt) -> Decision:
        """Decide on a quarantined snapshot again: accepted next to its first receipt where a person has reviewed it."""
        if not self._reviews.accepts(receipt.snapshot_id):
            return Decision(receipt, is_new=False, has_data=False)
        accepted = replace(
            receipt,
            snapshot=f"{receipt.snapshot}~reviewed",
            verdict="accepted",
            reason=None,
            same_as=receipt.same_as or receipt.snapshot,
            warnings=(*receipt.warnings, self._reviews.in_spite_of(receipt.snapshot_id, receipt.reason)),
        )
        at = bisect_left(self._names, accepted.snapshot)
        if self._names[at : at + 1] == [accepted.snapshot]:
            return Decision(self._receipt(accepted.snapshot), is_new=False, has_data=False)
        return self._remember(accepted, has_data=False)

    def _held_as_midnight(self, last_second: datetime) -> list[Receipt]:
        """Receipts of that day's 00:00 from an archive: an earlier version read a folder named by a day as its first instant."""
        return [r for r in self.held(datetime(last_second.year, last_second.month, last_second.day)) if r.origin != "live"]

    def _receipt(self, name: str) -> Receipt:
        decided = self._decided.get(name)
        return decided if decided is not None else self._stored(name)

    def _remember(self, receipt: Receipt, *, has_data: bool) -> Decision:
        insort(self._names, receipt.snapshot)
        self._decided[receipt.snapshot] = receipt
        return Decision(receipt, is_new=True, has_data=has_data)

    def _free_name(self, moment: str, digest: str) -> str:
        taken = {receipt.snapshot for receipt in self.held(datetime.fromisoformat(moment))}
        return next(name for name in (moment, f"{moment}~{digest[:8]}", f"{moment}~{digest}") if name not in taken)

    def _before(self, name: str, identity: str) -> tuple[Receipt | None, Receipt | None]:
        """What stood before that folder, and the quarantined snapshot with these bytes since then, if there is one."""
        repeated = None
        for earlier in reversed(self._names[: bisect_left(self._names, name)]):
            receipt = self._receipt(earlier)
            if receipt.verdict in ("accepted", "unchanged"):
                return receipt, repeated
            if receipt.verdict == "quarantined" and receipt.snapshot_id == identity and repeated is None:
                repeated = receipt
        return None, repeated
