"""The parties of a sentence: who is named where, each as it may act, with the sector that the words around the name show.

A text that a state speaks, as the releases of its ministries do, has a speaker (``Text.speaker``: the state of the outlet that
published it). ``We``, ``our``, ``I`` and the like are then mentions of that state, outside quotation marks, and so are its
offices (``the Deputy Secretary``). In a transcript they are so only where one of the state's own people speaks: a line that
begins ``SECRETARY BLINKEN:`` names who.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assets.actors.lookups import party_of
from assets.news.coding.interface import Text
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


_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|I|[Mm]y|us|[Tt]he (?:Department|Administration|Ministry))\b")
_OFFICES = {
    "USA": re.compile(
        r"(?<!State )\b(?:(?:Acting|Principal|Deputy|Under|Assistant|Senior|Special|Presidential|Vice|National) )*"
        r"(?:Secretary(?: of (?:State|Defense|Commerce|Treasury))?(?![ -](?:General|of Foreign))|President(?= Biden|\b(?! [A-Z]))"
        r"|Envoy|Representative|Ambassador|Counselor|Security Advisor|Press Secretary|Official)\b"
        r"(?: for (?:[A-Z][\w-]+,? (?:and )?)+)?"
        r"(?: (?:Antony J\. |Wendy R?\.? ?)?[A-Z][\w’'-]+)?"
    ),
    "GBR": re.compile(r"\b[Tt]he (?:Foreign|Defence|Home) Secretary\b"),
}
"""By state the offices by which its own releases call its people, with a surname: ``Under Secretary Porter``."""

_QUOTED = re.compile(r"[“\"][^”\"\n]{0,600}[”\"]")
_TURN = re.compile(r"^(?:[A-Z][A-Z.'’-]+ ){0,5}[A-Z][A-Z.'’-]+:", re.MULTILINE)
_OF_SEVERAL = re.compile(
    r"\bjoint (?:statement|declaration|communiqu)|\bG-?(?:7|20)\b|\bstatement (?:of|by) the foreign ministers", re.I
)
_OWN_TURNS = re.compile(
    r"SECRETARY|PRESIDENT BIDEN|THE PRESIDENT|VICE PRESIDENT|PSAKI|PRICE|AMBASSADOR|SPOKESPERSON|ADMINISTRATION"
)
"""How transcripts of the State Department and the White House name their own people."""

_OTHER_PRESIDENT = re.compile(r"\bPresident (?!Biden|Joe|Joseph|of\b)[A-Z]")
_OF_ANOTHER = re.compile(r"\)?(?:['’]s?)? (?:(?:the|former|[A-Z][\w-]*) ){0,4}\Z")


def joined(whole: str, named: Sequence[Mention], text: Text) -> list[Mention]:
    """The mentions of a text with those of its speaker, in order.

    Args:
        whole: title, line break, text.
        named: those by name.
        text: its ``speaker`` is asked; a statement of several states speaks for none of them alone.
    """
    if text.speaker is None or _OF_SEVERAL.search(whole[: len(text.title or "") or 200]):
        return list(named)
    silent = [m.span() for m in _QUOTED.finditer(whole)]
    turns = [*(m.start() for m in _TURN.finditer(whole)), len(whole)]
    if len(turns) > 3:
        silent += [(a, b) for a, b in pairwise(turns) if not _OWN_TURNS.search(whole[a : whole.index(":", a)])]
    offices = _OFFICES.get(text.speaker)
    places = [m.span() for m in _FIRST_PERSON.finditer(whole)]
    is_of_another = "Biden" not in whole and _OTHER_PRESIDENT.search(whole) is not None
    for m in offices.finditer(whole) if offices is not None else ():
        if is_of_another and m[0] == "President":
            continue  # "the Secretary and the President" are ours and the one whom the text names
        before = next((n for n in reversed(named) if n.char_end <= m.start()), None)
        if before is None or before.party == text.speaker or not _OF_ANOTHER.match(whole[before.char_end : m.start()]):
            places.append(m.span())
    taken = [(m.char_start, m.char_end) for m in named]
    found = [
        Mention(0, a, b, whole[a:b], text.speaker, text.speaker, "GOV", 0.9)
        for a, b in places
        if all(b <= x or a >= y for x, y in (*taken, *silent))
    ]
    return sorted([*named, *found], key=lambda m: m.char_start)
