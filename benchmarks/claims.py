"""How well claims are read: sentences of the project's own, labelled before the rules were run on them.

``tests/news/labelled/claims.csv`` holds a line per claim, or one line for a sentence that has none to be found (other measures,
money, ages, plans, denials). ``part`` says which sentences were used to mend the rules (``dev``) and which were not (``held``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from assets.news.claims.claim import Claim, claims_of

LABELS = Path(__file__).resolve().parents[1] / "tests" / "news" / "labelled" / "claims.csv"
PARTS = {"dev": "of these, those that the rules were mended after", "held": "of these, those that they were not"}

Read = tuple[object, ...]
"""What is compared of a claim: measure, drug, comparator, numbers, place, who, whom, first and last day."""


@dataclass(frozen=True)
class Sentence:
    """A labelled sentence. ``kind``: claim, unjudgeable (nothing is held of it) or none."""

    id: str
    part: str
    kind: str
    text: str
    published: date
    expected: frozenset[Read]


@dataclass(frozen=True)
class Measured:
    """Claims found with all of their parts right, claims found, and claims that are there."""

    n_right: int
    n_found: int
    n_expected: int
    n_sentences: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right as a whole."""
        return self.n_right / self.n_found

    @property
    def recall(self) -> float:
        """Share of what is there that was found as a whole."""
        return self.n_right / self.n_expected


def sentences() -> list[Sentence]:
    """The labelled sentences, in the order of the file."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["id"], []).append(row)
    return [
        Sentence(
            name,
            of[0]["part"],
            of[0]["kind"],
            of[0]["text"],
            date.fromisoformat(of[0]["published"]),
            frozenset(_expected(row) for row in of if row["measure"]),
        )
        for name, of in rows.items()
    ]


def _expected(row: Mapping[str, str]) -> Read:
    names = ("drug", "comparator", "place", "source", "target", "period_from", "period_to")
    drug, comparator, place, source, target, first, last = (row[name] or None for name in names)
    upper = float(Fraction(row["number_to"])) if row["number_to"] else None
    return (row["measure"], drug, comparator, _rounded(float(Fraction(row["number"]))), upper, place, source, target, first, last)


def _rounded(number: float) -> float:
    return round(number, 3)


def read(claim: Claim) -> Read:
    """A claim that was found, as it is compared."""
    first, last = (None if day is None else day.isoformat() for day in (claim.period_from, claim.period_to))
    number = _rounded(claim.number)
    return (
        claim.measure, claim.drug, claim.comparator, number, claim.number_to, claim.actor_id, claim.source_id, claim.target_id,
        first, last,
    )  # fmt: skip


def measure(labelled: list[Sentence]) -> Measured:
    """Find the claims of sentences, each a text of its own, and compare them with the labels."""
    n_right = n_found = n_expected = 0
    for one in labelled:
        found = [read(claim) for claim in claims_of(one.text, one.published)]
        n_right += sum(claim in one.expected for claim in found)
        n_found += len(found)
        n_expected += len(one.expected)
    return Measured(n_right, n_found, n_expected, len(labelled))
