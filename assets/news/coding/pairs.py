"""Every ordered pair of the parties of a sentence, as the encoder reads it: names masked, with what was said before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from assets.news.coding.encoder import BREAK, masked
from assets.news.coding.parties import Actor, actor_in, phrases
from assets.news.coding.pieces import MOST_BEFORE, MOST_HERE, NOTHING, Earlier


@dataclass(frozen=True)
class Pair:
    """Two parties that a sentence may tell of.

    Attributes:
        pieces: the masked sentence, the same for both directions.
        is_swapped: the source is the party that is named second.
        within: where the sentence names one of the two more than once, each two neighbouring phrases as a pair of their own: it
            may tell of a second act (``the US took China's lab off its list after Biden met Xi``).
    """

    source: Actor
    target: Actor
    pieces: tuple[str, ...]
    is_swapped: bool
    within: tuple[Pair, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the sentence does not name both parties."""
        return not (self.source.is_named and self.target.is_named)

    @property
    def dyad(self) -> tuple[str, str]:
        """Source and target."""
        return self.source.party, self.target.party


def pairs_in(sentence: str, actors: Sequence[Actor], earlier: Earlier = NOTHING) -> list[Pair]:
    """All ordered pairs of the first parties of a sentence, and those with the parties named last before it.

    Of two parties that it does not name it is asked only where it names nobody: such pairs are three in ten of all that are
    read, the long ones, and one in seventy of the events of 150 training articles.

    Args:
        sentence: its text.
        actors: all that it names, in order.
        earlier: what was said before it.
    """
    named = dict(list(phrases(sentence, actors).items())[:MOST_HERE])
    here = {party: actor_in(of[0]) for party, of in named.items()}
    before = [a for party, a in earlier.parties().items() if party not in here][:MOST_BEFORE]
    sides = (*here.values(), *before)
    if len(sides) < 2:
        return []
    found = []
    for one, other in permutations(sides, 2):
        if here and not (one.is_named or other.is_named):
            continue
        if one.is_named != other.is_named and _is_topic(sentence, named[(one if one.is_named else other).party]):
            continue
        whole = pair(sentence, actors, earlier, one, other)
        found.append(whole if whole.is_open else replace(whole, within=_within(sentence, actors, named, whole)))
    return found


_TALK = re.compile(r"\b(?:discuss(?:ed|es|ing)?|(?:talked|spoke|exchanged views|consulted) (?:about|on))\b")
_NO_LONGER = re.compile(r"\bwith\b|;|, and\b")


def _is_topic(sentence: str, named: Iterable[Sequence[Actor]]) -> bool:
    """Whether a party is what others talk about, and not with whom: ``They also discussed the challenges posed by Iran``."""
    talk = _TALK.search(sentence)
    if talk is None:
        return False
    places = [a.start for of in named for a in of]
    return all(talk.end() <= at and sentence[at].isupper() and not _NO_LONGER.search(sentence, talk.end(), at) for at in places)


def _within(sentence: str, actors: Sequence[Actor], named: Mapping[str, list[list[Actor]]], whole: Pair) -> tuple[Pair, ...]:
    """The pairs of neighbouring phrases of two parties, where these have more than two."""
    of_source, of_target = (named[party] for party in whole.dyad)
    if len(of_source) + len(of_target) < 3:
        return ()
    order = sorted((*of_source, *of_target), key=lambda phrase: phrase[0].start)
    found = []
    for one, other in pairwise(order):
        if one[0].party != other[0].party:
            source, target = (one, other) if one[0].party == whole.source.party else (other, one)
            places = [[(a.start, a.end) for a in of] for of in (source, target, actors)]
            read = masked(sentence, *places)
            found.append(Pair(actor_in(source), actor_in(target), read.pieces, read.is_swapped))
    return tuple(found)


def pair(sentence: str, actors: Iterable[Actor], earlier: Earlier, source: Actor, target: Actor) -> Pair:
    """Two parties of a sentence: their names and those of all others are masked, wherever they stand.

    What was said before is read with a sentence that does not name both.
    """
    named = [(a.start, a.end, a) for a in actors]
    text = sentence
    if earlier.text and not (source.is_named and target.is_named):
        text = f"{earlier.text}{BREAK}{sentence}"
        named = [*((a + earlier.shift, b + earlier.shift, actor) for a, b, actor in named), *earlier.named]

    def places(actor: Actor) -> list[tuple[int, int]]:
        shift = len(text) - len(sentence)
        own = [(actor.start + shift, actor.end + shift)] if actor.is_named else []
        return own + [(start, end) for start, end, a in named if a.party and a.party == actor.party]

    found = masked(text, places(source), places(target), [(start, end) for start, end, _ in named])
    return Pair(source, target, found.pieces, found.is_swapped)


_SAY = r"(?:sa(?:id|ys?)|told|tells|report(?:s|ed)|announce[ds]?|claim(?:s|ed)|alleg(?:es|ed)|stated|according)"
_AFTER = re.compile(rf"(?:['’]s?)?(?: [\w.'’-]+){{0,6}}? {_SAY}\b")
_BEFORE = re.compile(rf"(?:\baccording to|, {_SAY}|\btold)(?: [\w'’-]+){{0,4}} \Z")
_COLON = re.compile(r"(?:['’]s?)?(?: [\w.-]+){0,3}\Z")


def reporter_of(pair: Pair, sentence: str, actors: Sequence[Actor]) -> Actor | None:
    """The actor of another party than the two whom the sentence names as its source; None where it names none."""
    for a in actors:
        if a.party in pair.dyad:
            continue
        head, tail = sentence[: a.start], sentence[a.end :]
        behind_colon = head.rstrip().endswith(":") and _COLON.match(tail.rstrip(".")) is not None
        if _AFTER.match(tail) or _BEFORE.search(head) or behind_colon:
            return a
    return None
