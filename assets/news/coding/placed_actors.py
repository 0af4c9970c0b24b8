"""Actors in a parsed sentence: mentions of the gazetteer as noun phrases, with the sector that the head noun shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.actors.lookups import party_of
from assets.news.coding import lexicon as lx
from assets.news.coding.parse import Sentence
from assets.news.text.named_actors import Mention

_DATELINE = re.compile(
    r"(?:[A-Z][A-Z'.-]+[ ,]*){1,3}"  # the place, in capitals: LA PAZ
    r"(?:[A-Z][a-z]+ ?)?"  # its country: KAMPALA, Uganda
    r"(?:, ?)?"  # then the day, the agency, or both
    r"(?:(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?: ?\([^)]{2,30}\))?|\([^)]{2,30}\))"
    r" ?(?:--?|[–—:]) ?"
)
"""Where a report was sent from (``SARAJEVO, Oct. 3 (Agency) -``): nobody who acts."""

_INSIDE = frozenset({"amod", "compound", "nmod", "poss", "nummod", "appos"})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One who may act or be acted upon, as an earlier sentence left it: it has no place in the sentence that is read.

    ``inferred``: the sentence does not name the actor at this point; a pronoun or the like stands for it.
    """

    actor_id: str
    country_id: str | None
    sector: str | None
    confidence: float
    inferred: bool = False

    @property
    def party(self) -> str:
        """What makes two actors different parties: the state, or the organisation that belongs to none."""
        return party_of(self.actor_id, self.country_id)


@dataclass(frozen=True, kw_only=True)
class PlacedActor(Actor):
    """An actor that the sentence names.

    ``head`` is the word that heads the phrase (``officials`` in ``US officials``), ``anchor`` the word of the name itself.
    ``start`` and ``end`` are offsets of the name in the sentence. All four hold for this one sentence: what later sentences
    remember is ``without_place``.
    """

    head: int
    anchor: int
    start: int
    end: int


def without_place(actor: Actor) -> Actor:
    """The actor for use in other sentences."""
    return Actor(
        actor_id=actor.actor_id,
        country_id=actor.country_id,
        sector=actor.sector,
        confidence=actor.confidence,
        inferred=actor.inferred,
    )


def after_dateline(text: str) -> int:
    """Where a sentence begins behind the place that it was sent from; 0 where it names none."""
    found = _DATELINE.match(text)
    return found.end() if found is not None else 0


def actors_in(sentence: Sentence, mentions: Sequence[Mention], offset: int) -> list[PlacedActor]:
    """Place the mentions of a sentence on its words.

    Args:
        sentence: parsed sentence.
        mentions: mentions that lie in it, in order.
        offset: where the sentence begins in the text that the mentions count in.

    Returns:
        One actor a phrase and party, in the order of the text: of ``Russian President Putin`` the person remains.
    """
    found: dict[tuple[int, str], PlacedActor] = {}
    sent_from = after_dateline(sentence.text)
    mentions = [m for m in mentions if m.char_start - offset >= sent_from]
    claimed: set[int] = {
        i
        for m in mentions
        for i in range(len(sentence))
        if sentence.starts[i] < m.char_end - offset and sentence.ends[i] > m.char_start - offset
    }
    for m in mentions:
        start, end = m.char_start - offset, m.char_end - offset
        words = [i for i in range(len(sentence)) if sentence.starts[i] < end and sentence.ends[i] > start]
        if not words:
            continue
        anchor = _root(sentence, words)
        head = phrase_head(sentence, anchor, claimed)
        sector = m.sector or _sector(sentence, head)
        actor = PlacedActor(
            actor_id=m.actor_id,
            country_id=m.country_id,
            sector=sector,
            confidence=m.confidence,
            head=head,
            anchor=anchor,
            start=start,
            end=end,
        )
        key = (head, actor.party)
        known = found.get(key)
        if known is None or _is_finer(actor, known):
            found[key] = actor
    return sorted(found.values(), key=lambda a: a.start)


def _is_finer(actor: Actor, known: Actor) -> bool:
    return len(actor.actor_id) > len(known.actor_id) and (known.sector is None or actor.sector is not None)


def _root(sentence: Sentence, words: Iterable[int]) -> int:
    inside = set(words)
    for i in sorted(inside, reverse=True):
        if sentence.heads[i] not in inside or sentence.heads[i] == i:
            return i
    return max(inside)


def phrase_head(sentence: Sentence, anchor: int, claimed: Iterable[int] = ()) -> int:
    """The head of the phrase of persons or bodies that a name belongs to; the name itself where it has none."""
    taken = set(claimed)
    head = anchor
    for _ in range(8):
        up, dep = sentence.heads[head], sentence.deps[head]
        if up == head:
            break
        if dep == "conj" and sentence.deps[up] in _INSIDE and stands_for_people(sentence, sentence.heads[up]):
            head = sentence.heads[up]
            continue
        if dep == "conj" and sentence.deps[up] == "pobj" and sentence.heads[head] == up:
            # "leaders of Armenia and Azerbaijan"
            above = phrase_head(sentence, up, taken - {anchor})
            if above != up:
                head = above
                continue
        if dep in _INSIDE and stands_for_people(sentence, up):
            head = up
            continue
        if dep == "pobj" and sentence.lemmas[up] in ("of", "in", "from"):
            noun = sentence.heads[up]
            sector = lx.SECTOR.get(sentence.lemmas[noun])
            if (
                sector is not None
                and (sentence.lemmas[up] != "in" or sector in lx.PEOPLE_IN)
                and not any(c in taken and sentence.deps[c] in _INSIDE for c in sentence.children[noun])
            ):
                head = noun
                continue
        break
    return head


def stands_for_people(sentence: Sentence, i: int) -> bool:
    """Whether a noun names persons or a body."""
    return sentence.tags[i] in ("NNP", "NNPS") or sentence.lemmas[i] in lx.SECTOR


def _sector(sentence: Sentence, head: int) -> str | None:
    """The sector of the phrase: by its head, else by a noun before it (``Foreign Minister Lavrov``)."""
    for i in (head, *(c for c in sentence.children[head] if sentence.deps[c] in _INSIDE)):
        sector = lx.SECTOR.get(sentence.lemmas[i])
        if sector:
            return sector
    return None


def in_phrase(sentence: Sentence, noun: int, actors: Sequence[PlacedActor]) -> list[PlacedActor]:
    """The actors that a noun phrase is about, the nearest only, with those joined to them by ``and``.

    First those that the phrase stands for, then those whose thing it is (``Israeli bulldozers``, ``Russia's demand``), then
    those in phrases that hang on it (``sanctions on Russia``).
    """
    best: dict[int, int] = {}
    todo = [(noun, 0)]
    while todo:
        i, cost = todo.pop()
        if cost >= best.get(i, 99):
            continue
        best[i] = cost
        for c in sentence.children[i]:
            step = _STEPS.get(sentence.deps[c])
            if step is not None:
                todo.append((c, cost + step))
    reached = [(min(best.get(a.head, 99), best.get(a.anchor, 99)), a) for a in actors]
    lowest = min((cost for cost, _ in reached), default=99)
    return [] if lowest == 99 else [a for cost, a in reached if cost == lowest]


_STEPS = {
    "conj": 0, "appos": 1, "amod": 1, "compound": 1, "nmod": 1, "poss": 1, "prep": 2, "pobj": 0, "pcomp": 1, "dobj": 1,
    "nummod": 1, "acl": 4, "relcl": 6, "dep": 2, "agent": 2, "npadvmod": 2,
}  # fmt: skip
