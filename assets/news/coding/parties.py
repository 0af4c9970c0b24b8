"""The parties of a sentence: who is named where, each as it may act, with the sector that the words around the name show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.actors.lookups import party_of
from assets.news.text.named_actors import Mention

_DATELINE = re.compile(
    r"(?:[A-Z][A-Z'.-]+[ ,]*){1,3}"  # the place, in capitals: LA PAZ
    r"(?:[A-Z][a-z]+ ?)?"  # its country: KAMPALA, Uganda
    r"(?:, ?)?"  # then the day, the agency, or both
    r"(?:(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?: ?\([^)]{2,30}\))?|\([^)]{2,30}\))"
    r" ?(?:--?|[–—:]) ?"
)
"""Where a report was sent from (``SARAJEVO, Oct. 3 (Agency) -``): nobody who acts."""

_SAME_PHRASE = re.compile(r"(?:['’]s?)?(?: [\w.-]+){0,3} ")
"""What may stand between two names of one phrase: ``Russian President Putin``."""


@dataclass(frozen=True)
class Actor:
    """One who may act or be acted upon.

    Attributes:
        start, end: offsets of the name in the sentence; both 0 where the sentence does not name the actor.
    """

    actor_id: str
    country_id: str | None
    sector: str | None
    confidence: float
    start: int = 0
    end: int = 0

    @property
    def party(self) -> str:
        """What makes two actors different parties: the state, or the organisation that belongs to none."""
        return party_of(self.actor_id, self.country_id)

    @property
    def is_named(self) -> bool:
        """Whether the sentence names the actor."""
        return self.end > self.start


def actor_of(mention: Mention, start: int = 0, end: int = 0) -> Actor:
    """The actor of a mention, placed in a sentence."""
    return Actor(mention.actor_id, mention.country_id, mention.sector, mention.confidence, start, end)


def after_dateline(text: str) -> int:
    """Where a sentence begins behind the place that it was sent from; 0 where it names none."""
    found = _DATELINE.match(text)
    return found.end() if found is not None else 0


def actors_in(sentence: str, mentions: Sequence[Mention], offset: int) -> list[Actor]:
    """All names of a sentence in order, without those of its dateline; ``offset`` is where it begins in the mentions' text."""
    sent_from = after_dateline(sentence)
    return [actor_of(m, m.char_start - offset, m.char_end - offset) for m in mentions if m.char_start - offset >= sent_from]


def phrases(sentence: str, actors: Sequence[Actor]) -> dict[str, list[list[Actor]]]:
    """By party, in the order of the sentence, its names: those of one phrase (``Russian President Putin``) together."""
    found: dict[str, list[list[Actor]]] = {}
    for a in actors:
        of = found.setdefault(a.party, [])
        if of and _SAME_PHRASE.fullmatch(sentence, of[-1][-1].end, a.start) is not None:
            of[-1].append(a)
        else:
            of.append([a])
    return found


def actor_in(phrase: Sequence[Actor]) -> Actor:
    """Who acts in a phrase: of ``Russian President Putin`` the person."""
    return max(phrase, key=lambda a: len(a.actor_id))
