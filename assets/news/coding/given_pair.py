"""Two parties that are named in a text by given strings, as the encoder reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from assets.actors.lookups import lookups
from assets.news.coding.earlier import NOTHING
from assets.news.coding.interface import Text
from assets.news.coding.pairs import Pair, pair
from assets.news.coding.parties import Actor, actors_in
from assets.news.coding.pieces import LONGEST
from assets.news.text import named_actors, phrase_roles, sentences


def given(text: Text, source: str, target: str, own_actors: Path | None = None) -> tuple[Pair, int, int]:
    """The pair with the first sentence that names both (else the beginning of the text), and where that begins and ends."""
    whole = named_actors.document(text.text, text.title)
    start, end = _span_with(text, whole, source, target)
    sentence = whole[start:end]
    found = named_actors.mentions_of(text.text, text.published, text.title, own_actors=own_actors)
    named = actors_in(sentence, [m for m in phrase_roles.with_roles(whole, found) if start <= m.char_start < end], start)
    one, other = (_placed(sentence, words, named, party) for words, party in ((source, "source"), (target, "target")))
    rest = [a for a in named if not (_overlap(a, one) or _overlap(a, other))]
    read = pair(sentence, rest, NOTHING, one, other)
    return replace(read, source=_own(one, own_actors), target=_own(other, own_actors)), start, end


def _overlap(one: Actor, other: Actor) -> bool:
    return one.start < other.end and other.start < one.end


def _find(whole: str, words: str) -> int:
    at = whole.find(words)
    return at if at >= 0 else whole.lower().find(words.lower())


def _span_with(text: Text, whole: str, source: str, target: str) -> tuple[int, int]:
    shift = 0 if text.title is None else len(text.title) + 1
    for start, end in sentences.spans(text.text):
        words = whole[start + shift : end + shift]
        if _find(words, source) >= 0 and _find(words, target) >= 0 and end - start <= LONGEST:
            return start + shift, end + shift
    return 0, min(len(whole), LONGEST)


def _placed(sentence: str, words: str, named: Sequence[Actor], party: str) -> Actor:
    """An actor for a string of the text, as a party of its own, so that the two are always different ones."""
    at = _find(sentence, words) if words else -1
    first, last = (at, at + len(words)) if at >= 0 else (0, 0)
    known = next((a for a in reversed(named) if a.start < last and a.end > first), None)
    if known is None:
        return Actor("", party, None, 0.0, first, last)
    return replace(known, country_id=party, start=first, end=last)


def _own(actor: Actor, own_actors: Path | None) -> Actor:
    """The actor with its own state again."""
    return replace(actor, country_id=_countries(own_actors).get(actor.actor_id) if actor.actor_id else None)


@cache
def _countries(own_actors: Path | None) -> dict[str, str | None]:
    return {actor: known.country_id for actor, known in lookups(own_actors).actors.items()}
