"""What is made of a pair of parties: whether it is an event, of which class, and how sure that is.

The encoder says it (``encoder``). Its chance is brought to the share of right answers, by class, in the light of what the rest of
the text tells of the pair; what is as sure as ``least`` is given, and shown with the share of right answers among what is given
in texts of its kind. These numbers stand in ``settings.json``, fitted by ``benchmarks.training.settings`` on development text.

News tell of few: whom a text tells to have done something to somebody, and the two of whom it tells most, are the likelier side
of what another of its sentences leaves open; a pair of which no other sentence tells is more often two names in passing.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assets.errors import BilateralError
from assets.news.coding import encoder as encoders
from assets.news.coding.encoder import CODES_OF_KINDS, Encoder, Reading
from assets.news.coding.pairs import Pair

FEWEST = 3
"""Sentences that may tell of something, with which a text is looked at as a whole: of two it says no more than each by itself."""

REACH = 8
"""Sentences on either side that count: a long text tells one piece of news after another."""

_NOBODY = 0.01
"""Chance that stands for a pair which is not proposed."""


@dataclass(frozen=True)
class Told:
    """A pair that a sentence may tell of: number of the sentence among those of the text, parties, and the chance by itself."""

    sentence: int
    source: str
    target: str
    chance: float
    is_open: bool


Features = dict[str, float]


def features(told: Sequence[Told]) -> list[Features]:
    """For each pair of a text, in the order of its sentences, what the sentences around say of it.

    ``dyad`` is the share of these two, either way, in all that the sentences around tell (the sum of chances), without what this
    sentence tells of them. ``source_acts`` and the like are the shares of events in which a party is on that side with another
    one. ``others`` and ``back`` are what this sentence tells of other pairs, and of the same the other way.
    """
    found, first, last = [], 0, 0
    for one in told:
        while told[first].sentence < one.sentence - REACH:
            first += 1
        while last < len(told) and told[last].sentence <= one.sentence + REACH:
            last += 1
        found.append(_features(one, told[first:last]))
    return found


def _features(one: Told, around: Sequence[Told]) -> Features:
    pair, back = (one.source, one.target), (one.target, one.source)
    acts: defaultdict[str, float] = defaultdict(float)
    acted_on: defaultdict[str, float] = defaultdict(float)
    of_dyad = others = other_way = 0.0
    for t in around:
        here, way = t.sentence == one.sentence, (t.source, t.target)
        if way != pair:
            acts[t.source] += t.chance
            acted_on[t.target] += t.chance
        if way in (pair, back):
            of_dyad += 0.0 if here else t.chance
            other_way = max(other_way, t.chance if here and way == back else 0.0)
        elif here:
            others = max(others, t.chance)
    all_told = sum(t.chance for t in around) + 0.5
    there_and_back = sum(t.chance for t in around if (t.source, t.target) == back)
    return {
        "itself": logit(one.chance),
        "open": float(one.is_open),
        "dyad": of_dyad / all_told,
        "source_acts": acts[one.source] / all_told,
        "target_acted_on": acted_on[one.target] / all_told,
        "source_acted_on": (acted_on[one.source] - there_and_back) / all_told,
        "target_acts": (acts[one.target] - there_and_back) / all_told,
        "others": logit(max(others, _NOBODY)),
        "back": logit(max(other_way, _NOBODY)),
        "short": 1 / len({t.sentence for t in around}),
    }


FLOOR = 1e-4
"""Chances are kept this far from 0 and 1."""


def logit(p: float) -> float:
    """The logarithm of the odds, of a probability kept off 0 and 1."""
    p = min(max(p, FLOOR), 1 - FLOOR)
    return math.log(p / (1 - p))


def logistic(z: float) -> float:
    """The probability with this logit."""
    return 1 / (1 + math.exp(-z))


FACTS = ("settings.json",)
FILE = Path(__file__).with_name(FACTS[0])
WITHOUT_PLOVER = frozenset({"01", "02"})
"""Roots of statements and appeals, to which PLOVER has no event."""

HOPELESS = 0.05
"""Chance of a pair below which nothing else is asked."""

WORTH_A_CLOSER_LOOK = 0.2
"""Chance of a pair, either way, from which on its phrases are read one by one."""


@dataclass(frozen=True)
class Settings:
    """From what the encoder says to what is given; weights of logistic regressions by name.

    Attributes:
        named: of what ``evidence`` says of an act and of each class, for pairs that their sentence names.
        open: the same for pairs of which it does not name both.
        text: of what the rest of a text tells, added to the chance of a pair of a text of ``FEWEST`` sentences.
        least: confidence from which on an event is given.
        second: the same of another act of a pair than the surest.
        least_of_text: as ``least``, of a text of ``FEWEST`` sentences, whose rest has said what it tells of the pair.
        second_of_text: as ``second``, of such a text.
        least_of_release: as ``least``, of a text that a state speaks; its second acts are those of a text.
        shown: by kind of text (``RELEASE`` and the like) from that confidence to the share of right answers among what is given.
    """

    named: Mapping[str, float]
    open: Mapping[str, float]
    text: Mapping[str, float]
    least: float
    second: float
    least_of_text: float
    second_of_text: float
    least_of_release: float
    shown: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def thresholds(self, of: str) -> tuple[float, float]:
        """Confidence from which on the surest act of a pair, and another one, is given in texts of a kind."""
        if of == RELEASE:
            return self.least_of_release, self.second_of_text
        return (self.least_of_text, self.second_of_text) if of == ARTICLE else (self.least, self.second)


SENTENCE, HEADLINE, ARTICLE, RELEASE = "sentence", "headline", "article", "release"
"""Kinds of text: the same confidence is right more often in one than in another."""

PLAIN = Settings({"main": 1.0}, {"main": 1.0}, {}, 0.5, 0.5, 0.5, 0.5, 0.5)
"""The encoder as it is: the likeliest class of each pair that is an event."""


@dataclass(frozen=True)
class Verdict:
    """An event of a pair: its code, modality, and the chance that pair and class are right."""

    code: str
    modality: str
    confidence: float


@dataclass(frozen=True)
class Heard:
    """What the encoder says of a pair, and of its phrases, in one direction."""

    pair: Pair
    reading: Reading
    phrases: tuple[tuple[Pair, Reading], ...] = ()

    @property
    def chance(self) -> float:
        """The chance that anything is told."""
        return max(self.reading.chance, *self.reading.acts.values())

    def of_phrases(self, kind: str) -> tuple[Pair, Reading]:
        """The phrases that tell most likely of an act of a kind, and what they tell; the whole pair where it has none."""
        return max(self.phrases, key=lambda one: one[1].acts[kind], default=(self.pair, self.reading))


class Judge:
    """Judges the pairs of a text. ``settings``: how sure what the encoder says must be."""

    def __init__(self, encoder: Encoder, settings: Settings) -> None:
        self.encoder = encoder
        self.settings = settings

    def reading(self, pair: Pair) -> Reading:
        """What the encoder says of a pair, in its direction."""
        return self.encoder.read(pair.pieces)[int(pair.is_swapped)]

    def heard(self, pair: Pair) -> Heard:
        """What the encoder says of a pair; of its phrases only where the sentence may tell something of the two."""
        there, back = self.encoder.read(pair.pieces)
        is_told = max(there.chance, back.chance) >= WORTH_A_CLOSER_LOOK
        return Heard(pair, self.reading(pair), tuple((p, self.reading(p)) for p in pair.within) if is_told else ())

    def given(self, pair: Pair) -> Verdict:
        """The event of a pair that is known to be one: always of a class of PLOVER."""
        reading = self.reading(pair)
        kind = max((k for k in reading.kinds if k[:2] not in WITHOUT_PLOVER), key=lambda k: reading.kinds[k])
        sure = self.confidence(pair, kind, evidence(Heard(pair, reading), kind, reading.chance))
        return Verdict(code_of(kind, reading), reading.modality, round(sure, 3))

    def in_text(self, pairs: Sequence[Sequence[Pair]], kind: str = SENTENCE) -> list[list[tuple[Pair, Verdict]]]:
        """The events of a text: pairs by sentence, in order; given are those that are sure enough, a pair's surest first.

        ``kind``: of the text; one of ``FEWEST`` sentences that tell of something is an article or a release.
        """
        read = [[h for h in map(self.heard, of_sentence) if h.chance >= HOPELESS] for of_sentence in pairs]
        told = [
            Told(n, *h.pair.dyad, h.reading.chance, h.pair.is_open) for n, of_sentence in enumerate(read) for h in of_sentence
        ]
        weights = self.settings.text if len({t.sentence for t in told}) >= FEWEST else {}
        around = iter(features(told) if weights else [{}] * len(told))
        kind = ARTICLE if weights and kind != RELEASE else kind
        return [
            [one for h in of_sentence for one in self.verdicts(h, in_the_light(next(around), weights, h.reading.chance), kind)]
            for of_sentence in read
        ]

    def verdicts(self, heard: Heard, chance: float, of: str) -> list[tuple[Pair, Verdict]]:
        """The events of a pair that are sure enough for a text of a kind (``of``), each with the phrases that tell it."""
        found = []
        for kind, sure in self.kinds(heard, chance, of):
            pair, reading = heard.of_phrases(kind)
            if reading.acts[kind] < 0.5:
                pair, reading = heard.pair, heard.reading
            found.append((pair, Verdict(code_of(kind, reading), reading.modality, round(self.shown(sure, kind, of), 3))))
        return found

    def shown(self, sure: float, kind: str, of: str) -> float:
        """The share of right answers among events of a kind that are given with this confidence, in texts of a kind (``of``)."""
        w = self.settings.shown.get(of)
        return sure if w is None else logistic(w["base"] + w["sure"] * logit(sure) + w.get(label(kind), 0.0))

    def kinds(self, heard: Heard, chance: float, of: str) -> list[tuple[str, float]]:
        """The kinds of a pair that are sure enough, and how sure, the surest of each class."""
        least, second = self.settings.thresholds(of)
        found: dict[str, tuple[str, float]] = {}
        for kind in heard.reading.kinds:
            sure = self.confidence(heard.pair, kind, evidence(heard, kind, chance))
            if sure >= least and sure > found.get(label(kind), ("", 0.0))[1]:
                found[label(kind)] = kind, sure
        surest = sorted(found.values(), key=lambda one: -one[1])
        return [one for n, one in enumerate(surest) if n == 0 or one[1] >= second]

    def confidence(self, pair: Pair, kind: str, told: Mapping[str, float]) -> float:
        """The share of right answers (pair and class) among events of such evidence and class."""
        w = self.settings.open if pair.is_open else self.settings.named
        return logistic(w.get("base", 0.0) + sum(w.get(name, 0.0) * x for name, x in told.items()) + w.get(label(kind), 0.0))


def evidence(heard: Heard, kind: str, chance: float) -> dict[str, float]:
    """What speaks for an act of a kind, as logits.

    Args:
        heard: what the encoder says.
        kind: root and PLOVER event.
        chance: that of the pair with what the rest of the text says of it.

    Returns:
        ``main``: that it is the main act; ``told``: that it is one of all acts; ``phrases``: how much more two phrases tell of it
        than the whole; ``second``: 1 where another kind is likelier.
    """
    r = heard.reading
    told = logit(r.acts[kind])
    return {
        "main": logit(chance * r.kinds[kind]),
        "told": told + logit(chance) - logit(r.chance),
        "phrases": max(0.0, logit(heard.of_phrases(kind)[1].acts[kind]) - told),
        "second": float(r.kinds[kind] < max(r.kinds.values())),
    }


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
