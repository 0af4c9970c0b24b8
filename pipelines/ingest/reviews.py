"""What people decided on snapshots that a guard refused: accepted in spite of it, or rejected for good.

A decision is a receipt of its own, ``raw/<source>/reviews/<snapshot>.<moment>.json``: who, when, why. It is about bytes, so it
holds wherever the same bytes come again. The last decision counts. A declaration's ``reviewed`` accepts too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from assets.errors import BilateralError
from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, with_checksum

FOLDER = "reviews"
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
    """All decisions on snapshots of a source, in order of time.

    Raises:
        BilateralError: one is not as it was written: what it decided must not be guessed.
    """
    found = []
    for path in sorted((folder / FOLDER).glob("[!.]*.json")):
        try:
            entry, _ = read_checksummed(path)
            review = Review(**entry | {"at": datetime.fromisoformat(entry["at"].removesuffix("Z"))})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BilateralError(
                f"{path}: this decision on a snapshot of {source} cannot be read ({error}). Restore it from a backup, or delete "
                "it and decide again ('bilateral quarantine show')."
            ) from error
        found.append(review)
    return sorted(found, key=lambda review: review.at)


def keep_review(folder: Path, review: Review) -> Path:
    """Write a decision; ``folder``: that of the source in the raw store."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    path = folder / FOLDER / f"{review.snapshot}.{review.at:%Y-%m-%dT%H%M%S%f}Z.json"
    write_json(path, with_checksum(asdict(review) | {"at": f"{review.at.isoformat()}Z"}))
    return path
