"""How coded events are held against expected ones. Pure functions; what runs the coder is ``quality.py``.

Rules of matching:

- An event is a directed pair of countries (``country_id``) and a class. Events inside one country, and events of actors
  that belong to no country (organisations), are left out on both sides.
- Per sentence a pair counts once, a pair with a class once. What is coded and not expected is wrong, also where the sentence
  does tell it: the labels say what counts.
- The class is the PLOVER event of 2021 of the CAMEO code; the codes that have none (roots 01 and 02) are the classes ``01``
  and ``02``. An expected event may accept further classes or codes, where the conventions leave it open.
- A visit has two ends. Where CONSULT is expected one way only, CONSULT coded the other way too is neither right nor wrong.
- The sign of an event is that of its quad (Schrodt's: 1 and 2 cooperation, 3 and 4 conflict); for roots 01 and 02, where
  one quad holds a denial and a praise, it is that of the Goldstein value, and 0 is no sign.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise

from assets.actors.registry import cameo_codes


@dataclass(frozen=True)
class Expected:
    """An event that a sentence tells. ``labels`` and ``codes`` are accepted; ``label`` is the one for the confusion table."""

    source: str
    target: str
    label: str
    labels: frozenset[str]
    codes: frozenset[str] = frozenset()
    modality: str | None = None
    event_date: date | None = None
    date_precision: str | None = None


@dataclass(frozen=True)
class Coded:
    """An event that a coder gave, between two different countries."""

    source: str
    target: str
    code: str
    confidence: float
    modality: str
    event_date: date | None
    event_date_end: date | None
    date_precision: str

    @property
    def label(self) -> str:
        """PLOVER event of 2021, or the root where there is none."""
        return label(self.code)

    @property
    def sign(self) -> str | None:
        """``cooperation``, ``conflict`` or None."""
        return sign(self.code)


@dataclass(frozen=True)
class Item:
    """A sentence with what is expected of it and, once coded, what came out."""

    id: str
    text: str
    published: date | None
    expected: tuple[Expected, ...]
    coded: tuple[Coded, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What was right among what was coded, and what was found among what was expected."""

    right: int = 0
    coded: int = 0
    found: int = 0
    expected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.right + other.right, self.coded + other.coded, self.found + other.found, self.expected + other.expected
        )

    @property
    def precision(self) -> float:
        """Right among coded."""
        return self.right / self.coded if self.coded else 0.0

    @property
    def recall(self) -> float:
        """Found among expected."""
        return self.found / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@cache
def _codes() -> dict[str, tuple[str | None, int, float]]:
    rows = cameo_codes().select("cameo_code", "plover_event", "quad_schrodt", "goldstein").iter_rows()
    return {code: (event, quad, goldstein or 0.0) for code, event, quad, goldstein in rows}


def label(code: str) -> str:
    """PLOVER event of 2021 of a CAMEO code, or its root where there is none."""
    return _codes()[code][0] or code[:2]


def quad(code: str) -> int:
    """Schrodt's quad of a CAMEO code."""
    return _codes()[code][1]


def sign(code: str) -> str | None:
    """``cooperation``, ``conflict`` or None (see the head of the module)."""
    _, number, goldstein = _codes()[code]
    if code[:2] in ("01", "02"):
        return "cooperation" if goldstein > 0 else "conflict" if goldstein < 0 else None
    return "cooperation" if number <= 2 else "conflict"


def label_sign(name: str) -> str | None:
    """Sign of a class; None for those without a PLOVER event."""
    signs = {sign(code) for code, (event, _, _) in _codes().items() if event == name}
    return signs.pop() if len(signs) == 1 else None


def is_right(event: Coded, expected: Expected) -> bool:
    """Say whether pair and class agree."""
    return (event.source, event.target) == (expected.source, expected.target) and (
        event.label in expected.labels or event.code in expected.codes
    )


def _other_end(event: Coded, item: Item) -> bool:
    """The other end of an expected visit: neither right nor wrong."""
    dyads = {(e.source, e.target) for e in item.expected}
    return (
        event.label == "CONSULT"
        and (event.source, event.target) not in dyads
        and any((e.target, e.source) == (event.source, event.target) and "CONSULT" in e.labels for e in item.expected)
    )


def dyads(item: Item) -> Counts:
    """Count the directed pairs of countries of one sentence."""
    coded = {(e.source, e.target) for e in item.coded if not _other_end(e, item)}
    expected = {(e.source, e.target) for e in item.expected}
    both = len(coded & expected)
    return Counts(both, len(coded), both, len(expected))


def dyads_with_class(item: Item) -> Counts:
    """Count the directed pairs with their class of one sentence."""
    coded = {(e.source, e.target, e.label): e for e in item.coded if not _other_end(e, item)}
    right = sum(any(is_right(e, x) for x in item.expected) for e in coded.values())
    found = sum(any(is_right(e, x) for e in item.coded) for x in item.expected)
    return Counts(right, len(coded), found, len(item.expected))


def total(items: Iterable[Item], measure: Callable[[Item], Counts]) -> Counts:
    """Sum a measure over sentences."""
    return sum((measure(i) for i in items), Counts())


def interval(items: Sequence[Item], measure: Callable[[Item], Counts], draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % interval of F1 by drawing sentences with replacement; the same items give the same interval."""
    counts = [measure(i) for i in items]
    dice = random.Random(20211)
    values = sorted(sum(dice.choices(counts, k=len(counts)), Counts()).f1 for _ in range(draws))
    return (values[int(draws * 0.025)], values[int(draws * 0.975)]) if values else (0.0, 0.0)


@dataclass
class Signs:
    """Coded events whose pair was expected, and those among them with the wrong sign."""

    coded: int = 0
    wrong: int = 0
    errors: list[tuple[Item, Coded]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of wrong signs."""
        return self.wrong / self.coded if self.coded else 0.0


def signs(items: Iterable[Item]) -> Signs:
    """Count wrong signs among the events whose pair is expected, where the expected events have one sign."""
    counted = Signs()
    for item in items:
        for event in item.coded:
            at_pair = [x for x in item.expected if (x.source, x.target) == (event.source, event.target)]
            wanted = {label_sign(name) for x in at_pair for name in x.labels}
            if not at_pair or len(wanted) != 1 or None in wanted or any(is_right(event, x) for x in at_pair):
                counted.coded += bool(at_pair)
                continue
            counted.coded += 1
            if event.sign is not None and event.sign not in wanted:
                counted.wrong += 1
                counted.errors.append((item, event))
    return counted


def confusion(items: Iterable[Item]) -> Counter[tuple[str, str]]:
    """Count (expected class, coded class) over expected events; ``-`` where the pair was not coded at all."""
    counted: Counter[tuple[str, str]] = Counter()
    for item in items:
        for x in item.expected:
            here = [e for e in item.coded if (e.source, e.target) == (x.source, x.target)]
            right = any(is_right(e, x) for e in here)
            counted[x.label, x.label if right else here[0].label if here else "-"] += 1
    return counted


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """Mean over the classes that are expected of the F1 of each; pairs are (expected, coded)."""
    counted = Counter(pairs)
    names = sorted({x for x, _ in counted})
    values = []
    for name in names:
        right = counted[name, name]
        coded = sum(n for (_, c), n in counted.items() if c == name)
        expected = sum(n for (x, _), n in counted.items() if x == name)
        values.append(2 * right / (coded + expected) if right else 0.0)
    return sum(values) / len(values) if values else 0.0


def accuracy(pairs: Iterable[tuple[object, object]]) -> float:
    """Share of equal pairs."""
    known = list(pairs)
    return sum(a == b for a, b in known) / len(known) if known else 0.0


@dataclass(frozen=True)
class Bin:
    """Events of like confidence: how many, how sure on the mean, how many right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def reliability(items: Iterable[Item], edges: Sequence[float] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)) -> list[Bin]:
    """Sort all coded events by confidence and give the share of right ones (pair and class) in each bin."""
    events = [
        (e.confidence, any(is_right(e, x) for x in item.expected))
        for item in items
        for e in item.coded
        if not _other_end(e, item)
    ]
    bins = []
    for low, high in pairwise(edges):
        inside = [(c, r) for c, r in events if low <= c < high or (high == edges[-1] and c == high)]
        n = len(inside)
        if n:
            bins.append(Bin(low, high, n, sum(c for c, _ in inside) / n, sum(r for _, r in inside) / n))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance between confidence and share of right events, weighted by the events of each bin."""
    n = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.right) for b in bins) / n if n else 0.0
