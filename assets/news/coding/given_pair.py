"""What the rules say of two parties that are named in a text by given strings, before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from assets.actors.lookups import lookups
from assets.news.coding import lexicon as lx
from assets.news.coding.clauses import Clauses
from assets.news.coding.frame import PAST, Frame
from assets.news.coding.interface import Text
from assets.news.coding.parse import LONGEST, Sentence
from assets.news.coding.parse import sentences as parsed
from assets.news.coding.placed_actors import PlacedActor, actors_in
from assets.news.coding.proposed import ProposedEvent
from assets.news.text import named_actors, sentences


def proposed_between(
    text: Text, source: str, target: str, own_actors: Path | None = None
) -> tuple[ProposedEvent, Clauses, int, int]:
    """What the rules say of two parties named in a text, with the sentence and its place, before any model is asked."""
    whole = named_actors.document(text.text, text.title)
    start, end = _span_with(text, whole, source, target)
    sentence = next(parsed([whole[start:end]]))
    named = named_actors.mentions_of(text.text, text.published, text.title, own_actors=own_actors)
    one = _placed(sentence, whole, start, end, source, named, "source")
    other = _placed(sentence, whole, start, end, target, named, "target")
    rest = [a for a in actors_in(sentence, _inside(named, start, end), start) if not (_overlap(a, one) or _overlap(a, other))]
    clauses = Clauses(sentence, [one, other], bystanders=rest)
    candidate = _relation(clauses, one, other)
    return replace(candidate, source=_own(one, own_actors), target=_own(other, own_actors)), clauses, start, end


def _inside(named: Sequence[named_actors.Mention], start: int, end: int) -> list[named_actors.Mention]:
    return [m for m in named if m.char_start >= start and m.char_end <= end]


def _overlap(one: PlacedActor, other: PlacedActor) -> bool:
    return one.start < other.end and other.start < one.end


def _find(whole: str, words: str, start: int = 0) -> int:
    at = whole.find(words, start)
    return at if at >= 0 else whole.lower().find(words.lower(), start)


def _span_with(text: Text, whole: str, source: str, target: str) -> tuple[int, int]:
    """The first sentence that holds both strings, else as much of the text as is parsed."""
    shift = 0 if text.title is None else len(text.title) + 1
    for start, end in sentences.spans(text.text):
        words = whole[start + shift : end + shift]
        if _find(words, source) >= 0 and _find(words, target) >= 0 and end - start <= LONGEST:
            return start + shift, end + shift
    return 0, min(len(whole), LONGEST)


def _placed(
    sentence: Sentence, whole: str, start: int, end: int, words: str, named: Sequence[named_actors.Mention], party: str
) -> PlacedActor:
    """An actor for a string of the text: the words that it covers, and whom the gazetteer knows in it."""
    at = _find(whole[start:end], words)
    first, last = (at, at + len(words)) if at >= 0 else (0, 0)
    known = next((m for m in reversed(named) if m.char_start - start < last and m.char_end - start > first), None)
    mention = named_actors.Mention(
        0, first, max(last, first + 1), words, known.actor_id if known is not None else "", party,
        known.sector if known is not None else None, known.confidence if known is not None else 0.5,
    )  # fmt: skip
    found = actors_in(sentence, [mention], 0)
    if not found:
        return PlacedActor(
            actor_id=mention.actor_id,
            country_id=party,
            sector=mention.sector,
            confidence=0.0,
            head=0,
            anchor=0,
            start=first,
            end=last,
        )
    return replace(found[0], inferred=known is not None)


def _own(actor: PlacedActor, own_actors: Path | None) -> PlacedActor:
    """The actor with its own state again, which was left out so that the two are always different parties."""
    if not actor.actor_id:
        return replace(actor, country_id=None, inferred=False)
    return replace(actor, country_id=_countries(own_actors).get(actor.actor_id), inferred=False)


@cache
def _countries(own_actors: Path | None) -> dict[str, str | None]:
    return {actor: known.country_id for actor, known in lookups(own_actors).actors.items()}


def _relation(clauses: Clauses, one: PlacedActor, other: PlacedActor) -> ProposedEvent:
    """What the rules say of a given pair: the event between the two, else the event nearest to them, else a statement."""
    candidate = clauses.events()
    for t in candidate:
        if t.source.party == one.party and t.target.party == other.party:
            return t
    for t in candidate:
        if t.source.party == other.party and t.target.party == one.party:
            return replace(t, source=one, target=other)
    s = clauses.s
    candidates = [i for i in (one.head, *s.ancestors(one.head), other.head, *s.ancestors(other.head)) if s.is_verb(i)]
    candidates += [i for i in range(len(s)) if s.is_verb(i)]
    for i in candidates:
        frame = clauses.frames.of(i)
        if frame is not None:
            return ProposedEvent(i, one, other, frame)
    for i in range(len(s)):
        if s.tags[i][:2] == "NN" and s.lemmas[i] in lx.NOUNS:
            return ProposedEvent(i, one, other, Frame(lx.NOUNS[s.lemmas[i]], PAST, "noun_near"))
    root = next((i for i in range(len(s)) if s.heads[i] == i), 0)
    return ProposedEvent(root, one, other, Frame("010", PAST, "none"))
