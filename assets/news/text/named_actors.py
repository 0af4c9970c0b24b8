"""Finding the actors that a text names: a gazetteer of names with tenures, matched exactly.

Names are matched as they are written (``US`` is a state, ``us`` is a pronoun), at word boundaries, and of overlapping names
the longest counts. A name that stands for nobody (``South China Morning Post``) is in the gazetteer too: it swallows the
names inside it. The names themselves are kept with the actors, in ``assets.actors``.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from ahocorasick_rs import AhoCorasick

from assets.actors import registry
from assets.news.text import sentences

UNDATED = 0.7
"""Confidence is multiplied by this where a name has a tenure and the day of the text is not known."""

SHOUTED = 0.8
"""... where the name is written in capitals throughout, as headlines do (``CHINA``)."""

AMBIGUOUS_CAPITALS = 0.5
"""... where a name of two or three capitals stands in a line of capitals: ``TELL US MORE``."""

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


@dataclass(frozen=True)
class Reading:
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
    names: dict[str, list[Reading]] = {}
    columns = ("surface", "actor_id", "country_id", "sector", "valid_from", "valid_to", "certainty")
    for surface, *reading in surfaces.select(columns).sort(columns, nulls_last=True).iter_rows():
        if surface:
            names.setdefault(surface, []).append(Reading(*reading))
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
    return gazetteer(registry.surfaces(own_actors))


def document(text: str, title: str | None = None) -> str:
    """Return the string in which the offsets of mentions count: title, line break, text; the text alone without a title."""
    return text if title is None else f"{title}\n{text}"


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
    names = known_names(own_actors) if names is None else names
    whole = document(text, title)
    found = []
    for pattern, start, end in names.automaton.find_matches_as_indexes(whole, overlapping=True):
        if _is_whole_word(whole, start, end):
            reading = _reading(names.readings[pattern], on)
            if reading is not None:
                found.append((start, -end, pattern, reading))
    if not found:
        return []
    found.sort(key=lambda match: match[:2])
    starts = sentence_starts(text, title)
    mentions: list[Mention] = []
    certainties: list[float] = []
    free_from = 0
    for start, minus_end, pattern, (actor, confidence) in found:
        if start < free_from:
            continue
        end = free_from = -minus_end
        if actor.actor_id is None:
            continue
        surface = whole[start:end]
        confidence *= names.weights[pattern]
        if len(surface) < _SHORTEST_SHOUT and surface.isupper() and _is_shouted(whole, start, end):
            confidence *= AMBIGUOUS_CAPITALS
        mentions.append(
            Mention(
                sentence=bisect_right(starts, start) - 1,
                char_start=start,
                char_end=end,
                surface=surface,
                actor_id=actor.actor_id,
                country_id=actor.country_id,
                sector=actor.sector,
                confidence=round(confidence, 3),
            )
        )
        certainties.append(actor.certainty)
    return [m for i, m in enumerate(mentions) if certainties[i] == 1 or not _is_of_another_state(whole, mentions, i, own_actors)]


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


_OWNS, _OWNED = re.compile(r"(['’]s?)? "), re.compile(r" of (the )?")


@cache
def _bodies(own_actors: Path | None) -> frozenset[str]:
    """Ids of all bodies."""
    return frozenset(registry.actors(own_actors).filter(kind="body")["actor_id"])


def _reading(readings: tuple[Reading, ...], on: date | None) -> tuple[Reading, float] | None:
    """Choose what a name stands for on a day, and with what confidence; None where it stands for nothing then.

    The reading with the highest certainty counts. Where several actors have an equal claim, the first by id is taken
    with the confidence divided by their number.
    """
    if len(readings) == 1 and not readings[0].has_tenure:
        return readings[0], readings[0].certainty
    fitting = [r for r in readings if on is None or r.holds_on(on)]
    if not fitting:
        return None
    for reading in fitting:
        if reading.actor_id is None:
            return reading, 1.0
    best = max(r.certainty for r in fitting)
    equal = [r for r in fitting if r.certainty == best]
    chosen = equal[0]
    confidence = best / len({r.actor_id for r in equal})
    return chosen, confidence * UNDATED if on is None and chosen.has_tenure else confidence


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether a name is a word of its own, and not part of another. ``US$`` is a currency and ``Xi'an`` a city."""
    if end < len(text) and (_runs_on(text[end - 1], text[end]) or text[end] == "$" or _PART_OF_NAME.match(text, end)):
        return False
    return start == 0 or not _runs_on(text[start - 1], text[start])


_PART_OF_NAME = re.compile(r"['’](?!(?:s|S|d|ll|re|ve)\b)[^\W\d_]")
"""An apostrophe inside a word that is neither a possessive nor a contraction."""


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


def rows(
    articles: Iterable[tuple[str, str | None, str, date | None]],
    names: Gazetteer | None = None,
    own_actors: Path | None = None,
) -> pl.DataFrame:
    """Mentions of many articles.

    Args:
        articles: ``(article_id, title, text, day of publication or None)``.
        names: gazetteer; that of the project by default.
        own_actors: folder of actors that the user added.

    Returns:
        The columns of ``core.mentions`` without ``known_from``.
    """
    found = [
        (article, m.sentence, m.char_start, m.char_end, m.surface, m.actor_id, m.country_id, m.sector, m.confidence)
        for article, title, text, on in articles
        for m in mentions_of(text, on, title, names, own_actors)
    ]
    return pl.DataFrame(found, schema=_ROW, orient="row")


_ROW = pl.Schema(
    {
        "article_id": pl.String(),
        "sentence": pl.Int32(),
        "char_start": pl.Int32(),
        "char_end": pl.Int32(),
        "surface": pl.String(),
        "actor_id": pl.String(),
        "country_id": pl.String(),
        "sector": pl.String(),
        "confidence": pl.Float64(),
    }
)
