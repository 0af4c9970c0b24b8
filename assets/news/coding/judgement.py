"""What is made of a pair of parties: whether it is an event, of which class, and how sure that is.

The encoder says it (``encoder``). Its chance is brought to the share of right answers, by class, in the light of what the rest of
the text tells of the pair (``whole_text``); what is as sure as ``least`` is given. These numbers stand in ``settings.json``,
fitted by ``training.settings`` on development text alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assets.errors import BilateralError
from assets.news.coding import encoder as encoders
from assets.news.coding.encoder import Encoder, Reading
from assets.news.coding.kinds import CODES_OF_KINDS, is_cooperative
from assets.news.coding.odds import logistic, logit
from assets.news.coding.pairs import Pair
from assets.news.coding.whole_text import FEWEST, Told, features

FACTS = ("settings.json",)
FILE = Path(__file__).with_name(FACTS[0])
WITHOUT_PLOVER = frozenset({"01", "02"})
"""Roots of statements and appeals, to which PLOVER has no event."""

HOPELESS = 0.05
"""Chance of a pair below which nothing else is asked."""


@dataclass(frozen=True)
class Settings:
    """From what the encoder says to what is given; weights of logistic regressions by name.

    Attributes:
        named: of the logit of (chance times class) and of each class, for pairs that their sentence names: ``base``, ``score``.
        open: the same for pairs of which it does not name both.
        text: of what the rest of a text tells, added to the chance of a pair of a text of ``whole_text.FEWEST`` sentences.
        least: confidence from which on an event is given.
        second: share of the first class that a second one of the same pair must have to be given too; above 1: none is.
    """

    named: Mapping[str, float]
    open: Mapping[str, float]
    text: Mapping[str, float]
    least: float
    second: float


PLAIN = Settings({"base": 0.0, "score": 1.0}, {"base": 0.0, "score": 1.0}, {}, 0.5, 2.0)
"""The encoder as it is."""


@dataclass(frozen=True)
class Verdict:
    """An event of a pair: its code, modality, and the chance that pair and class are right."""

    code: str
    modality: str
    confidence: float


class Judge:
    """Judges the pairs of a text. ``settings``: how sure what the encoder says must be."""

    def __init__(self, encoder: Encoder, settings: Settings) -> None:
        self.encoder = encoder
        self.settings = settings

    def reading(self, pair: Pair) -> Reading:
        """What the encoder says of a pair, in its direction."""
        return self.encoder.read(pair.pieces)[int(pair.is_swapped)]

    def given(self, pair: Pair) -> Verdict:
        """The event of a pair that is known to be one: always of a class of PLOVER."""
        reading = self.reading(pair)
        kind, p = max(((k, p) for k, p in reading.kinds.items() if k[:2] not in WITHOUT_PLOVER), key=lambda one: one[1])
        return Verdict(code_of(kind, reading), reading.modality, round(self.confidence(pair, kind, reading.chance * p), 3))

    def in_text(self, pairs: Sequence[Sequence[Pair]]) -> list[list[tuple[Pair, Verdict]]]:
        """The events of a text: pairs by sentence, in order; given are those that are sure enough, a pair's surest first."""
        read = [[(p, self.reading(p)) for p in of_sentence] for of_sentence in pairs]
        told = [
            Told(n, *p.dyad, r.chance, p.is_open)
            for n, of_sentence in enumerate(read)
            for p, r in of_sentence
            if r.chance >= HOPELESS
        ]
        weights = self.settings.text if len({t.sentence for t in told}) >= FEWEST else {}
        around = iter(features(told) if weights else [{}] * len(told))
        found: list[list[tuple[Pair, Verdict]]] = []
        for of_sentence in read:
            given = []
            for p, r in of_sentence:
                if r.chance >= HOPELESS:
                    chance = in_the_light(next(around), weights, r.chance)
                    given += [(p, v) for v in self.verdicts(p, r, chance)]
            found.append(given)
        return found

    def verdicts(self, pair: Pair, reading: Reading, chance: float) -> list[Verdict]:
        """The events of a pair that are sure enough."""
        return [
            Verdict(code_of(kind, reading), reading.modality, round(sure, 3))
            for kind, sure in self.kinds(pair, reading.kinds, chance)
        ]

    def kinds(self, pair: Pair, kinds: Mapping[str, float], chance: float) -> list[tuple[str, float]]:
        """The kinds of a pair that are sure enough, and how sure: one, or two of a sign where the second is nearly as likely."""
        (first, p), *others = sorted(kinds.items(), key=lambda one: -one[1])
        sure = self.confidence(pair, first, chance * p)
        if sure < self.settings.least:
            return []
        second, q = next((k, x) for k, x in others if label(k) != label(first))
        found = [(first, sure)]
        if is_cooperative(second) != is_cooperative(first):
            return found
        return [*found, (second, self.confidence(pair, second, chance * q))] if q >= self.settings.second * p else found

    def confidence(self, pair: Pair, kind: str, score: float) -> float:
        """The share of right answers (pair and class) among events of such a score and class."""
        w = self.settings.open if pair.is_open else self.settings.named
        return logistic(w["base"] + w["score"] * logit(score) + w.get(label(kind), 0.0))


def in_the_light(around: Mapping[str, float], weights: Mapping[str, float], chance: float) -> float:
    """The chance of a pair with what the rest of its text says of it."""
    if not weights:
        return chance
    return logistic(weights["base"] + sum(weights[name] * x for name, x in around.items()))


def label(kind: str) -> str:
    """The PLOVER event of a kind; its root where there is none."""
    return kind.split("/")[1]


def code_of(kind: str, reading: Reading) -> str:
    """The CAMEO code of a kind: the likeliest of those that the encoder tells apart."""
    return reading.codes.get(kind, CODES_OF_KINDS[kind])


def read(path: Path, encoder: Encoder) -> Judge:
    """A judge from the file of its settings.

    Raises:
        BilateralError: the file is missing or damaged.
    """
    try:
        settings = Settings(**json.loads(path.read_text(encoding="utf-8"))["settings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BilateralError(
            f"the settings of the event coder cannot be read from {path.name} ({error}); restore the file"
        ) from error
    return Judge(encoder, settings)


@cache
def judge() -> Judge:
    """The judge of the project."""
    return read(FILE, encoders.encoder())
