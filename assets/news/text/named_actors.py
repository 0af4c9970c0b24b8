"""Finding the actors that a text names: a gazetteer of names with tenures, matched exactly.

Names are matched as they are written (``US`` is a state, ``us`` is a pronoun), at word boundaries, and of overlapping names
the longest counts. A name that stands for nobody (``South China Morning Post``) is in the gazetteer too: it swallows the
names inside it. The names themselves are kept with the actors, in ``assets.actors``.

A name that actors of several states have (``Congress``, ``Georgia``, ``People's Party``, a city) is nobody, unless the text
around it names the state of one of them: as its owner (``the Indian Congress``), in its sentence, or in the text. So it is with
what an organisation is called once it was named (``the bloc``, ``the Council``).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick

from assets.actors.lookups import lookups, party_of
from assets.actors.office_holders import BESIDE, IN_TERM
from assets.news.text import sentences

if TYPE_CHECKING:
    import polars as pl

UNDATED = 0.7
"""Confidence is multiplied by this where a name has a tenure and the day of the text is not known."""

SHOUTED = 0.8
"""... where the name is written in capitals throughout, as headlines do (``CHINA``)."""

AMBIGUOUS_CAPITALS = 0.5
"""... where a name of two or three capitals stands in a line of capitals: ``TELL US MORE``."""

IN_CONTEXT = 0.3
"""A reading of at most this certainty counts only where the text names its state."""

HALF_OF_A_LAND = 0.25
"""Certainty of ``North`` and ``South``: of such readings only those behind ``the`` and before no name count, where the text names
one of the two."""

_OTHER_HALF: Mapping[str | None, str] = {"PRK": "KOR", "KOR": "PRK"}

RIVALS = 0.15
"""Readings whose certainties are nearer than this are rivals: neither is taken for the other without a sign in the text."""

FORMER = "ELI"
"""Sector of one who has held an office and no longer does: CAMEO's and PLOVER's word for elites out of office."""

_SHORTEST_SHOUT = 4
"""Shorter names in capitals are too often something else (``XI`` the numeral, ``MAY``)."""


@dataclass(frozen=True)
class Mention:
    """An actor named in a text: the columns of ``core.mentions`` that the text alone gives."""

    sentence: int
    char_start: int
    char_end: int
    surface: str
    actor_id: str
    country_id: str | None
    sector: str | None
    confidence: float

    @property
    def party(self) -> str:
        """Whom the actor acts for: its state, else its organisation."""
        return party_of(self.actor_id, self.country_id)


class Reading(NamedTuple):
    """What a name may stand for: an actor, within its tenure; or nobody (``actor_id`` None)."""

    actor_id: str | None
    country_id: str | None
    sector: str | None
    valid_from: date | None
    valid_to: date | None
    certainty: float

    @property
    def has_tenure(self) -> bool:
        """Whether the name stands for the actor only for a time."""
        return self.valid_from is not None or self.valid_to is not None

    @property
    def party(self) -> str | None:
        """Whom the actor acts for: its state, else its organisation; None where the name stands for nobody."""
        return None if self.actor_id is None else party_of(self.actor_id, self.country_id)

    @property
    def is_surname(self) -> bool:
        """Whether the name is the mere surname of somebody in office."""
        return self.has_tenure and self.certainty in (IN_TERM, BESIDE)

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in the tenure, which is half-open."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Gazetteer:
    """Names ready for matching: pattern i of the automaton has ``readings[i]`` and weakens confidence by ``weights[i]``."""

    automaton: AhoCorasick
    readings: tuple[tuple[Reading, ...], ...]
    weights: tuple[float, ...]


def gazetteer(surfaces: pl.DataFrame) -> Gazetteer:
    """Build the automaton.

    Args:
        surfaces: ``surface``, ``actor_id`` (NULL: stands for nobody), ``country_id``, ``sector``, ``valid_from``,
            ``valid_to`` (days, half-open, NULL: unbounded), ``certainty`` (0 to 1). Several rows a surface where several
            actors have the name.
    """
    columns = ("surface", *Reading._fields)
    rows = surfaces.select(columns).sort(columns, nulls_last=True).iter_rows()
    return _gazetteer((surface, Reading._make(rest)) for surface, *rest in rows)


def _gazetteer(rows: Iterable[tuple[str, Reading]]) -> Gazetteer:
    names: dict[str, list[Reading]] = {}
    for surface, reading in rows:
        if surface:
            names.setdefault(surface, []).append(reading)
    patterns = {name: (tuple(readings), 1.0) for name, readings in names.items()}
    for name, readings in names.items():
        if len(name) >= _SHORTEST_SHOUT and name.upper() not in patterns:
            patterns[name.upper()] = (tuple(readings), SHOUTED)
    return Gazetteer(
        AhoCorasick(list(patterns)),
        tuple(readings for readings, _ in patterns.values()),
        tuple(weight for _, weight in patterns.values()),
    )


@cache
def known_names(own_actors: Path | None = None) -> Gazetteer:
    """The gazetteer of the actors of this project and of those in a folder of the user's own, built once per process."""
    return _gazetteer(
        (s.surface, Reading(s.actor_id, s.country_id, s.sector, _day(s.valid_from), _day(s.valid_to), s.certainty))
        for s in lookups(own_actors).surfaces
    )


def _day(stated: str | None) -> date | None:
    return None if stated is None else date.fromisoformat(stated)


def document(text: str, title: str | None = None) -> str:
    """Return the string in which the offsets of mentions count: title, line break, text; the text alone without a title.

    JSON can write half of a pair of surrogates, which no encoding has: U+FFFD stands in its place.
    """
    whole = text if title is None else f"{title}\n{text}"
    return whole if whole.isascii() else _HALF_OF_A_PAIR.sub("\ufffd", whole)


_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")


def sentence_starts(text: str, title: str | None = None) -> list[int]:
    """Return where the sentences of ``document(text, title)`` start. The title is sentence 0 whatever is in it."""
    if title is None:
        return [start for start, _ in sentences.spans(text)]
    shift = len(title) + 1
    return [0, *(start + shift for start, _ in sentences.spans(text))]


def mentions_of(
    text: str, on: date | None, title: str | None = None, names: Gazetteer | None = None, own_actors: Path | None = None
) -> list[Mention]:
    """Find the actors that a text names.

    Args:
        text: body of the article.
        on: day of the text; None where unknown: names with a tenure then count with less confidence.
        title: headline, if the text has one.
        names: gazetteer; that of the project by default.
        own_actors: folder of actors that the user added.

    Returns:
        Mentions in the order of the text, none overlapping; ``document(text, title)[char_start:char_end] == surface``.
    """
    terms = _terms(own_actors) if names is None else {}
    names = known_names(own_actors) if names is None else names
    whole = document(text, title)
    found = []
    matches = [m for m in names.automaton.find_matches_as_indexes(whole, overlapping=True) if _is_whole_word(whole, m[1], m[2])]
    joined = {start - 1 for _, start, _ in matches} & {end for *_, end in matches}
    for pattern, start, end in matches:
        fitting = [r for r in names.readings[pattern] if on is None or r.holds_on(on)]
        if any(r.is_surname for r in fitting) and (on is None or _is_of_a_longer_name(whole, start, end, joined)):
            fitting = [r for r in fitting if not r.is_surname]
        if any(r.certainty == HALF_OF_A_LAND for r in fitting) and not _is_a_half(whole, start, end):
            continue
        if _is_of_a_name(whole, start, end):
            continue
        if fitting:
            found.append((start, -end, pattern, fitting))
    if not found:
        return []
    found.sort(key=lambda match: match[:2])
    starts = sentence_starts(text, title)
    places: list[_Place] = []
    free_from = 0
    for start, minus_end, pattern, fitting in found:
        if start < free_from:
            continue
        end = free_from = -minus_end
        if all(r.actor_id is not None for r in fitting):
            places.append(_Place(start, end, bisect_right(starts, start) - 1, pattern, fitting))
    settled = _settled(whole, places)
    mentions: list[Mention] = []
    certainties: list[float] = []
    for place, reading in settled:
        surface = whole[place.start : place.end]
        confidence = _confidence(reading, place.readings, on) * names.weights[place.pattern]
        if len(surface) < _SHORTEST_SHOUT and surface.isupper() and _is_shouted(whole, place.start, place.end):
            confidence *= AMBIGUOUS_CAPITALS
        mentions.append(
            Mention(
                sentence=place.sentence,
                char_start=place.start,
                char_end=place.end,
                surface=surface,
                actor_id=reading.actor_id or "",
                country_id=reading.country_id,
                sector=reading.sector if reading.has_tenure else _sector_on(reading, terms.get(reading.actor_id or "", ()), on),
                confidence=round(confidence, 3),
            )
        )
        certainties.append(reading.certainty)
    kept = [
        m
        for i, m in enumerate(mentions)
        if (certainties[i] == 1 or not _is_of_another_state(whole, mentions, i, own_actors))
        and not _is_town_of_the_union(whole, mentions, i)
    ]
    return _as_defined(whole, kept)


def _as_defined(whole: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions with abbreviations as the text defines them: after ``Republic of Cyprus (ROC)`` ROC is Cyprus throughout."""
    meant: dict[str, Mention] = {}
    for m in mentions:
        found = _DEFINED.match(whole, m.char_end)
        if found is not None and _is_short_for(found[1], whole[max(0, m.char_end - 80) : m.char_end]):
            meant.setdefault(found[1], m)
    return [
        m
        if (one := meant.get(m.surface)) is None
        else replace(m, actor_id=one.actor_id, country_id=one.country_id, sector=one.sector)
        for m in mentions
    ]


_DEFINED = re.compile(r" \(([A-Z]{2,6})\)")


def _is_short_for(short: str, before: str) -> bool:
    """Whether letters are the first ones of the last words of a text, of all words or of those written with a capital."""
    words = re.findall(r"[^\W\d_]+", before)
    return any("".join(w[0] for w in of).upper().endswith(short) for of in (words, [w for w in words if w[0].isupper()]))


@dataclass(frozen=True)
class _Place:
    """A name in a text with the readings that fit the day; ``pattern`` is its number in the gazetteer."""

    start: int
    end: int
    sentence: int
    pattern: int
    readings: list[Reading]

    def best(self) -> Reading | None:
        """The reading that counts whatever the text says; None where readings of several states rival each other."""
        best = max(self.readings, key=lambda r: r.certainty)
        if best.certainty <= IN_CONTEXT:
            return None
        rivals = {r.party for r in self.readings if r.certainty > max(IN_CONTEXT, best.certainty - RIVALS)}
        return best if len(rivals) == 1 else None

    @property
    def is_shared(self) -> bool:
        """Whether actors of several states have this name."""
        return len({r.party for r in self.readings}) > 1 or self.readings[0].certainty <= IN_CONTEXT


def _settled(whole: str, places: Sequence[_Place]) -> list[tuple[_Place, Reading]]:
    """Each place with the reading that counts; without those that stay several states' names."""
    sure = [(p, r) for p in places if not p.is_shared and (r := p.best()) is not None]
    if len(sure) == len(places):
        return sure
    chosen = []
    for place in places:
        reading = place.best()
        if place.is_shared:
            reading = _by_context(whole, place, sure, reading)
        if reading is not None:
            chosen.append((place, reading))
    return chosen


def _by_context(whole: str, place: _Place, sure: Sequence[tuple[_Place, Reading]], otherwise: Reading | None) -> Reading | None:
    """The reading whose state the text names: as the owner of the name, in the sentence, or anywhere; else ``otherwise``."""
    owners = [
        r
        for p, r in sure
        if r.country_id is not None
        and (_OWNS.fullmatch(whole, p.end, place.start) or _OWNED.fullmatch(whole, place.end, p.start))
    ]
    if owners:
        return _only(place.readings, owners)
    for named in ([r for p, r in sure if p.sentence == place.sentence], [r for _, r in sure]):
        found = _only(place.readings, named)
        if found is not None:
            return found
    return otherwise


def _only(readings: Sequence[Reading], named: Sequence[Reading]) -> Reading | None:
    """The one reading whose party is among those named. A part of a state is so only where other parts of it are named."""
    found: dict[str | None, Reading] = {}
    parts = {(r.actor_id or "")[:3] for r in named if _is_part(r)}
    parties = {r.party for r in named}
    is_part_or_state = any(_is_part(r) for r in readings)
    for r in sorted(readings, key=lambda r: -r.certainty):
        if _is_part(r):
            is_named = (r.actor_id or "")[:3] in parts
        elif is_part_or_state:
            # "Georgia" among states is the state; beside the states of the union it is one of them
            is_named = not parts and bool(parties - {x.country_id for x in readings if _is_part(x)})
        else:
            other_half = _OTHER_HALF.get(r.country_id) if r.certainty == HALF_OF_A_LAND else None
            is_named = not parties.isdisjoint({r.party, other_half} - {None})
        if is_named:
            found.setdefault(r.party, r)
    return next(iter(found.values())) if len(found) == 1 else None


def _is_part(reading: Reading) -> bool:
    """Whether a reading is a part of a state by ISO 3166-2 (``US-GA``)."""
    return (reading.actor_id or "")[2:3] == "-"


def _confidence(reading: Reading, fitting: Sequence[Reading], on: date | None) -> float:
    """How surely the name stands for the actor: less where others have an equal claim, or where the day is not known."""
    equal = {r.actor_id for r in fitting if r.certainty == reading.certainty and r.country_id == reading.country_id}
    confidence = reading.certainty / len(equal)
    return confidence * UNDATED if on is None and reading.has_tenure else confidence


def _sector_on(reading: Reading, terms: Sequence[tuple[str, date, date | None]], on: date | None) -> str | None:
    """The sector on a day: that of the office held then, ``FORMER`` after one, that of the actor else."""
    if on is None or not terms:
        return reading.sector
    held = [sector for sector, start, end in terms if start <= on and (end is None or on < end)]
    if held:
        return held[0]
    return FORMER if any(end is not None and end <= on for _, _, end in terms) else reading.sector


@cache
def _terms(own_actors: Path | None) -> dict[str, list[tuple[str, date, date | None]]]:
    """Terms of office by actor: sector, first day, day after the last."""
    found: dict[str, list[tuple[str, date, date | None]]] = {}
    for actor, sector, start, end in lookups(own_actors).terms:
        found.setdefault(actor, []).append((sector, date.fromisoformat(start), _day(end)))
    return found


def _is_of_another_state(text: str, mentions: Sequence[Mention], i: int, own_actors: Path | None) -> bool:
    """Whether a body's name that several states have stands with the name of another one: ``the Philippine Congress``."""
    mine = mentions[i]
    if mine.actor_id not in _bodies(own_actors):
        return False
    before, after = mentions[i - 1] if i else None, mentions[i + 1] if i + 1 < len(mentions) else None
    owner = before if before is not None and _OWNS.fullmatch(text, before.char_end, mine.char_start) else None
    if owner is None and after is not None and _OWNED.fullmatch(text, mine.char_end, after.char_start):
        owner = after
    return owner is not None and owner.actor_id == owner.country_id != mine.country_id


def _is_town_of_the_union(text: str, mentions: Sequence[Mention], i: int) -> bool:
    """Whether a name is that of a town in one of the United States that is said to be there: ``Moscow, Idaho``.

    In a list (``Mexico, Texas and Arizona``) each is what it is called.
    """
    if i + 1 == len(mentions) or mentions[i].country_id == mentions[i + 1].country_id:
        return False
    part = mentions[i + 1]
    is_there = part.actor_id.startswith("US-") and text[mentions[i].char_end : part.char_start] == ", "
    return is_there and _GOES_ON.match(text, part.char_end) is None


_GOES_ON = re.compile(r",? (?:and|or)\b|, [A-Z][\w ]*,? (?:and|or)\b")
_OWNS, _OWNED = re.compile(r"(['’]s?)? "), re.compile(r" of (the )?")


@cache
def _bodies(own_actors: Path | None) -> frozenset[str]:
    """Ids of all bodies."""
    return frozenset(actor for actor, known in lookups(own_actors).actors.items() if known.kind == "body")


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether a name is a word of its own, and not part of another. ``US$`` is a currency and ``Xi'an`` a city."""
    if end < len(text) and (_runs_on(text[end - 1], text[end]) or text[end] == "$" or _PART_OF_NAME.match(text, end)):
        return False
    return start == 0 or not _runs_on(text[start - 1], text[start])


_PART_OF_NAME = re.compile(r"['’](?!(?:s|S|d|ll|re|ve)\b)[^\W\d_]")
"""An apostrophe inside a word that is neither a possessive nor a contraction."""


def _is_a_half(text: str, start: int, end: int) -> bool:
    """Whether ``North`` stands as ``the North`` does, and in no name of more words (``the North Sea``, ``North-South talks``)."""
    return text[max(0, start - 4) : start] in ("the ", "The ") and not _is_of_a_longer_name(text, start, end)


def _is_of_a_longer_name(text: str, start: int, end: int, joined: Container[int] = ()) -> bool:
    """Whether a surname stands in a name of more words: ``Cherie Blair``, ``Clinton County``, ``Bush-era``.

    ``joined``: where hyphens stand between two names, as in ``Obama-Putin talks``.
    """
    if any(text[at : at + 1] == "-" and at not in joined for at in (start - 1, end) if at >= 0):
        return True
    before, after = _CAPITAL_BEFORE.search(text, max(0, start - 40), start), _CAPITAL_AFTER.match(text, end)
    if before is not None and before[1].strip(".") not in _BEFORE_A_SURNAME:
        return True
    return after is not None and not (_AT_THE_HEAD.search(text, max(0, start - 3), start) and _is_title_case(text, start))


def _is_of_a_name(text: str, start: int, end: int) -> bool:
    """Whether the name of a town stands in that of a person, a club or a lake: ``Mori Takeo``, ``Lake Turkana``."""
    if text[start:end] not in lookups().places:
        return False
    before = _CAPITAL_BEFORE.search(text, max(0, start - 40), start)
    return (
        before is not None
        and before[1].isalpha()
        and before[1] not in _BEFORE_A_SURNAME
        and before[1] not in _words_of_states()
        and not _is_title_case(text, start)
    )


@cache
def _words_of_states() -> frozenset[str]:
    """Last words of the names of states: ``Chinese``, ``States``. A town behind one is a town."""
    states = {actor for actor, known in lookups().actors.items() if known.kind == "state"}
    return frozenset(s.surface.rpartition(" ")[2] for s in lookups().surfaces if s.actor_id in states and s.certainty == 1)


_CAPITAL_BEFORE = re.compile(r"\b([A-Z][\w'’.-]*) $")
_CAPITAL_AFTER = re.compile(r" (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z]\w")
_AT_THE_HEAD = re.compile(r"(?:\A|\n|[,;:‘“\"] ?)\Z")
_WORDS = """
A After Although And As At Because Before But By Despite Did Does During Even For From Had Has How However If In Is Last Like
Meanwhile Mr Mrs Ms No Now Of On Or President Since So Still That The Then There This Though To Today Under Until What When Where
While Why Will With Yesterday Yet Monday Tuesday Wednesday Thursday Friday Saturday Sunday
"""
_BEFORE_A_SURNAME = frozenset(_WORDS.split())
"""Words in capitals that stand before a surname without being of the name: at the head of a sentence, and titles."""


def _is_title_case(text: str, at: int) -> bool:
    """Whether the line around a place writes nearly all its long words with a capital."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    words = re.findall(r"[^\W\d_]{4,}", text[start : None if end < 0 else end][:300])
    return len(words) > 2 and sum(w[0].isupper() for w in words) >= 0.8 * len(words)


def _runs_on(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word. Chinese, Japanese and Korean have no boundary to look for."""
    return _is_of_word(left) and _is_of_word(right) and not (_is_east_asian(left) or _is_east_asian(right))


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_" or (char > "\u02ff" and unicodedata.category(char)[0] == "M")


def _is_east_asian(char: str) -> bool:
    return char > "\u2e7f" and (
        char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"
    )


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Whether the line around a name holds other letters and no small one."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    around = text[line_start:start] + text[end : None if line_end < 0 else line_end]
    return around.isupper()
