"""What becomes of a snapshot that comes in: accepted, unchanged, quarantined or failed, by what stands before it and by reviews.

A review is what a person decided on a snapshot that a guard refused: accepted in spite of it, or rejected for good. It is a file
of its own, ``raw/<source>/reviews/<snapshot>.<moment>.json``: who, when, why. It is about bytes, so it holds wherever they come
again. The last one counts. A declaration's ``reviewed`` accepts too.
"""

import hashlib
import json
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import Literal

from assets.errors import BilateralError
from pipelines.ingest.receipts import Attempt, FileReceipt, Origin, Receipt, folder_name, of_moment, snapshot_id
from pipelines.ingest.sources import Source
from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, with_checksum

REVIEWS = "reviews"
Ruling = Literal["accept", "reject"]


@dataclass(frozen=True)
class Review:
    """A decision of a person on the bytes of a snapshot. ``at``: naive UTC. ``refusal``: what the guard said."""

    source: str
    snapshot: str
    snapshot_id: str
    ruling: Ruling
    by: str
    at: datetime
    reason: str
    refusal: str | None = None

    @property
    def words(self) -> str:
        """Who decided what, when and why."""
        return f"{self.ruling}ed by {self.by} on {self.at:%Y-%m-%d %H:%M} UTC: {self.reason}"


@dataclass(frozen=True)
class Reviews:
    """What counts of a source: its declaration's ids, and of each snapshot that a person decided on the last decision."""

    declared: frozenset[str] = frozenset()
    last: Mapping[str, Review] = field(default_factory=dict)

    def accepts(self, snapshot_id: str | None) -> bool:
        """Whether a person accepts these bytes."""
        review = self.last.get(snapshot_id or "")
        return review.ruling == "accept" if review is not None else snapshot_id in self.declared

    def rejects(self, snapshot_id: str | None) -> bool:
        """Whether a person keeps these bytes out."""
        review = self.last.get(snapshot_id or "")
        return review is not None and review.ruling == "reject"

    def in_spite_of(self, snapshot_id: str | None, refusal: str | None) -> str:
        """What is said of a snapshot that is accepted though a guard refuses it."""
        review = self.last.get(snapshot_id or "")
        if review is None:
            return f"reviewed and accepted by a person in spite of: {refusal}"
        return f"reviewed and {review.words}; in spite of: {refusal}"

    def kept_out(self, snapshot_id: str | None, refusal: str | None) -> str:
        """What is said of a snapshot that a person rejects."""
        words = self.last[snapshot_id or ""].words
        return f"reviewed and {words}" + (f"; {refusal}" if refusal else "")

    @property
    def digest(self) -> str:
        """Hash of what is accepted and rejected; empty where nothing is."""
        accepted = sorted({*self.declared, *self.last})
        rulings = [(name, self.accepts(name), self.rejects(name)) for name in accepted]
        return hashlib.sha256(json.dumps(rulings).encode()).hexdigest()[:12] if rulings else ""


NONE = Reviews()
"""Nobody decided anything."""


def reviews_in(folder: Path, source: str, declared: Sequence[str] = ()) -> Reviews:
    """What counts of a source; ``folder``: that of the source in the raw store."""
    return Reviews(frozenset(declared), {review.snapshot_id: review for review in all_reviews(folder, source)})


def all_reviews(folder: Path, source: str) -> list[Review]:
    """All decisions on snapshots of a source, in order of time. Raises BilateralError where one is not as it was written."""
    found = []
    for path in sorted((folder / REVIEWS).glob("[!.]*.json")):
        try:
            entry, _ = read_checksummed(path)
            review = Review(**entry | {"at": datetime.fromisoformat(entry["at"].removesuffix("Z"))})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            todo = "Restore it, or delete it and decide again ('bilateral quarantine show')."
            raise BilateralError(f"{path}: this decision on a snapshot of {source} cannot be read ({error}). {todo}") from error
        found.append(review)
    return sorted(found, key=lambda review: review.at)


def keep_review(folder: Path, review: Review) -> Path:
    """Write a decision; ``folder``: that of the source in the raw store."""
    (folder / REVIEWS).mkdir(parents=True, exist_ok=True)
    path = folder / REVIEWS / f"{review.snapshot}.{review.at:%Y-%m-%dT%H%M%S%f}Z.json"
    write_json(path, with_checksum(asdict(review) | {"at": f"{review.at.isoformat()}Z"}))
    return path


@dataclass(frozen=True)
class Decision:
    """The receipt that an attempt gets; ``is_new``: it is yet to be written; ``has_data``: and the bytes with it."""

    receipt: Receipt
    is_new: bool
    has_data: bool


class SnapshotDecider:
    """Decides on the snapshots of one source, in any order; decisions count for later ones before they are written."""

    def __init__(self, source: Source, names: list[str], receipt_of: Callable[[str], Receipt], reviews: Reviews) -> None:
        """``names``: the sorted folders of the source; ``receipt_of``: the receipt in one; ``reviews``: what people decided."""
        self._reviews = reviews
        self._stored = receipt_of
        self._source = source
        self._names = names
        self._decided: dict[str, Receipt] = {}

    def held(self, retrieved_at: datetime) -> list[Receipt]:
        """The receipts that there are for that moment."""
        return [self._receipt(name) for name in of_moment(self._names, retrieved_at)]

    def decide(self, attempt: Attempt, files: tuple[FileReceipt, ...], refusal: str | None, origin: Origin) -> Decision:
        """Decide on an attempt, its files described; ``refusal``: what a guard says, or why nothing was served."""
        retrieved_at, identity = attempt.moment, snapshot_id(files)
        moment = folder_name(retrieved_at)
        # an earlier version read a folder of an archive that is named by a day as its first instant
        midnight = self.held(datetime.combine(retrieved_at, time.min)) if attempt.precision == "day" else ()
        held = self.held(retrieved_at)
        for receipt in (*held, *(r for r in midnight if r.origin != "live")):
            if receipt.snapshot_id == identity and (identity is not None or receipt.reason == refusal):
                is_final = receipt.verdict != "quarantined"
                return Decision(receipt, is_new=False, has_data=False) if is_final else self.review(receipt)
        digest = identity or hashlib.sha256((refusal or "").encode("utf-8", "replace")).hexdigest()
        taken, names = {r.snapshot for r in held}, (moment, f"{moment}~{digest[:8]}", f"{moment}~{digest}")
        new = Receipt(
            source=self._source.id,
            snapshot=next(name for name in names if name not in taken),
            retrieved_at=datetime.fromisoformat(moment).replace(tzinfo=None),
            verdict="failed",
            reason=refusal,
            snapshot_id=identity,
            origin=origin,
            files=files,
            warnings=attempt.warnings,
            retrieved_precision=attempt.precision,
            retrieved_basis=attempt.basis,
            cut=attempt.cut,
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
            decided = replace(new, verdict="accepted", reason=None, same_as=same_as, warnings=(*attempt.warnings, said))
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

    def _receipt(self, name: str) -> Receipt:
        decided = self._decided.get(name)
        return decided if decided is not None else self._stored(name)

    def _remember(self, receipt: Receipt, *, has_data: bool) -> Decision:
        insort(self._names, receipt.snapshot)
        self._decided[receipt.snapshot] = receipt
        return Decision(receipt, is_new=True, has_data=has_data)

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
