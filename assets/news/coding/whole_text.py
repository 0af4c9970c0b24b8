"""What a text as a whole says of a pair that one of its sentences may tell of.

News tell of few: whom a text tells to have done something to somebody, and the two of whom it tells most, are the likelier side
of what another of its sentences leaves open; a pair of which no other sentence tells is more often two names in passing. How
much that counts was fitted out of fold (``training.calibrate``); the numbers stand in the card of the weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assets.news.coding.odds import logit

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
