"""Every ordered pair of the parties of a sentence, as the encoder reads it: names masked, with what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

from assets.news.coding.earlier import MOST_BEFORE, MOST_HERE, NOTHING, Earlier
from assets.news.coding.encoder import BREAK, masked
from assets.news.coding.parties import Actor, by_party


@dataclass(frozen=True)
class Pair:
    """Two parties that a sentence may tell of.

    Attributes:
        pieces: the masked sentence, the same for both directions.
        is_swapped: the source is the party that is named second.
    """

    source: Actor
    target: Actor
    pieces: tuple[str, ...]
    is_swapped: bool

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

    Args:
        sentence: its text.
        actors: all that it names, in order.
        earlier: what was said before it.
    """
    here = dict(list(by_party(sentence, actors).items())[:MOST_HERE])
    before = [a for party, a in earlier.parties().items() if party not in here][:MOST_BEFORE]
    sides = (*here.values(), *before)
    if len(sides) < 2:
        return []
    return [pair(sentence, actors, earlier, one, other) for one, other in permutations(sides, 2)]


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
