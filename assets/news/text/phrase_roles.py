"""The sector that the words around a name show: ``US troops`` are MIL, ``rebels in Aleppo`` REB, ``the Turkish opposition`` OPP.

A mention of a state or a place has no sector of its own. The noun phrase that it stands in often tells one: words after the
name (``Chinese foreign ministry``), or before ``of``, ``in`` or ``from`` and the name (``the president of France``). The words
and their sectors are in ``assets/actors/data/roles.csv``; a heavier word (``rebel``, ``opposition``) outweighs a lighter one
(``leader``), of equal ones the last counts, since it heads the phrase. No grammar is read: where a word of another kind comes
first, there is no sector.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.actors.lookups import lookups
from assets.news.text.named_actors import FORMER, Gazetteer, Mention, document, mentions_of

if TYPE_CHECKING:
    import polars as pl

BACKED = 0.5
"""Confidence is multiplied by this where the name only tells whose friend another one is: ``US-backed rebels``."""

_WORD = re.compile(r"[^\W\d_](?:[\w’'.&-]*[\w])?")
_GAP = re.compile(r"[ \t]+|['’]s?[ \t]+|[ \t]*-[ \t]*")
_POSSESSIVE = re.compile(r"['’]s?(?=\s)")
_SIDE = re.compile(r"-(?:backed|allied|aligned|supported|sponsored|funded|trained|armed|held|occupied|controlled|friendly)\b")
_FOR_OR_AGAINST = re.compile(r"\b(?:pro|anti)[- ]$", re.IGNORECASE)
_OF = re.compile(r"\b(of|in|from|across|around) (?:the |neighbouring |neighboring |northern |southern |eastern |western )?$")
_IN = re.compile(r"\b(?:in|near|outside|across|around|at|from) (?:the |central |downtown )?$")
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x|[Oo]usted|[Dd]eposed|[Tt]oppled)[ -](?:[^\W\d_][\w’'-]* ){0,3}$")
_BASED = re.compile(r"-[Bb]ased\b")
_MISSION_IN = re.compile(r"\b[A-Z]\w+ Mission in (?:the )?$")
_OFFICE_FOR = re.compile(r"\b(?:[Ee]nvoys?|[Rr]epresentatives?|[Cc]oordinators?) (?:for|on) (?:the )?$")
_LONGEST = 6
_STOP_WORDS = """
a an the and or but nor that which who whom whose when while as if than then so to for on at by with against
after before over under into about between during since until is are was were be been being has have had will
would can could may might must shall should do does did not no it its he his she her they their says say said
tells told tell warns urges calls
"""
_STOP = frozenset(_STOP_WORDS.split())
_ACTS_FOR_A_STATE = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG", "REB", "OPP", "PRM"})
_OFFICES = frozenset({"GOV", "MIL", "LEG", "COP", "SPY", "JUD"})


@dataclass(frozen=True)
class _Role:
    """A word or words for a role in a text."""

    start: int
    end: int
    sector: str
    weight: int


def with_roles(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions with the sectors that their phrases show.

    Args:
        text: the string that the offsets of the mentions count in.
        mentions: in the order of the text, none overlapping.
    """
    found: list[Mention] = []
    claimed = 0
    for i, mention in enumerate(mentions):
        end_of_room = mentions[i + 1].char_start if i + 1 < len(mentions) else len(text)
        role = None
        if _SIDE.match(text, mention.char_end) or _is_of_others(text, mention, end_of_room):
            mention = replace(mention, confidence=round(mention.confidence * BACKED, 3))
        elif mention.sector is None or mention.actor_id == mention.country_id:
            start_of_room = max(claimed, mentions[i - 1].char_end if i else 0)
            right = list(_after(text, mention.char_end, end_of_room))
            role = _best(right) or _best(list(_before(text, start_of_room, mention.char_start)))
            claimed = max((r.end for r in right), default=mention.char_end)
        if role is not None:
            sector: str | None = role.sector
        elif mention.actor_id == mention.country_id and _IN.search(text, max(0, mention.char_start - 40), mention.char_start):
            # a capital as a place, not as its government
            sector = None
        else:
            sector = mention.sector
        if sector in _OFFICES and _FORMER.search(text, max(0, mention.char_start - 60), mention.char_start):
            sector = FORMER
        found.append(replace(mention, sector=sector))
    return [_as_the_next(text, found, i) for i in range(len(found))]


def parties_of(text: str, on: date | None, title: str | None = None, *, own_actors: Path | None = None) -> list[Mention]:
    """The mentions that may be parties to an event: all but places in which something merely happens, and what others are for.

    ``a gallery in Chicago`` is no act towards the United States, and ``pro-Russian rebels`` are not Russia's; ``rebels in
    Aleppo``, ``visits Qingdao`` and ``anti-China bill`` name a party.
    """
    whole = document(text, title)
    found = mentions_of(text, on, title, own_actors=own_actors)
    ends = [m.char_start for m in found[1:]] + [len(whole)]

    def takes_part(i: int) -> bool:
        is_setting = _is_setting(whole, found[i], found[i - 1].char_end if i else 0)
        return not (is_setting or _is_of_others(whole, found[i], ends[i]) or _is_in_title(whole, found, i))

    return [m for i, m in enumerate(found) if takes_part(i)]


def _is_in_title(text: str, found: Sequence[Mention], i: int) -> bool:
    """Whether a name is of what an office or a body is for: ``Special Envoy for Iran Malley``, ``Rome-based agencies``.

    What repeats it goes with it (``for the Democratic People's Republic of Korea (DPRK) Kim``).
    """
    m = found[i]
    before = text[max(0, m.char_start - 60) : m.char_start]
    if _BASED.match(text, m.char_end) or _MISSION_IN.search(before) or _OFFICE_FOR.search(before):
        return True
    if i and found[i - 1].party == m.party and _REPEATS.fullmatch(text, found[i - 1].char_end, m.char_start):
        return _is_in_title(text, found, i - 1)
    return False


_REPEATS = re.compile(r" \(|\)? ")


def _is_setting(text: str, mention: Mention, start_of_room: int) -> bool:
    if mention.surface not in lookups().places or not _IN.search(text, max(0, mention.char_start - 40), mention.char_start):
        return False
    role = _best(list(_before(text, start_of_room, mention.char_start)))
    return role is None or role.sector not in _ACTS_FOR_A_STATE


def _is_of_others(text: str, mention: Mention, end_of_room: int) -> bool:
    """Whether a name tells only for or against whom other people are: ``anti-American protesters``."""
    if not _FOR_OR_AGAINST.search(text, max(0, mention.char_start - 8), mention.char_start):
        return False
    return _best(list(_after(text, mention.char_end, end_of_room))) is not None


def _as_the_next(text: str, mentions: Sequence[Mention], i: int) -> Mention:
    """A mention without a sector right before one of its own state has that one's: ``Russia's Putin``."""
    mention = mentions[i]
    if mention.sector is not None or i + 1 == len(mentions):
        return mention
    follows = mentions[i + 1]
    if follows.country_id != mention.country_id or not _GAP.fullmatch(text, mention.char_end, follows.char_start):
        return mention
    return replace(mention, sector=follows.sector)


def _best(roles: Sequence[_Role]) -> _Role | None:
    """The heaviest role, of equal ones the last; one out of office where a word says so."""
    if not roles:
        return None
    heaviest = max(r.weight for r in roles)
    best = [r for r in roles if r.weight == heaviest][-1]
    is_former = any(r.sector == FORMER for r in roles) and any(r.sector in _OFFICES for r in roles)
    return replace(best, sector=FORMER) if is_former else best


def _after(text: str, start: int, end: int) -> Iterator[_Role]:
    """The roles in the phrase that goes on after a name."""
    possessive = _POSSESSIVE.match(text, start, end)
    at = possessive.end() if possessive else start
    if at < end and not text[at].isspace():
        return
    unknown = 0
    words = _words_after(text, at, end)
    i = 0
    while i < len(words):
        role, taken = _role_at(text, words, i)
        if role is not None:
            yield role
            unknown = 0
            i += taken
            continue
        word = text[words[i][0] : words[i][1]]
        unknown += 1
        if unknown > 2 or word.lower() in _STOP or (word.islower() and word.endswith(("ed", "s", "ing", "ly"))):
            return
        i += 1


def _before(text: str, start: int, end: int) -> Iterator[_Role]:
    """The roles right before ``of``, ``in`` or ``from`` and a name: the last words, and a role before these."""
    link = _OF.search(text, max(start, end - 40), end)
    if link is None:
        return
    words = _words_before(text, start, link.start())
    for size in (3, 2, 1):
        if len(words) >= size:
            role, taken = _role_at(text, words, len(words) - size)
            if role is not None and taken == size:
                if len(words) > size:
                    leading, one = _role_at(text, words, len(words) - size - 1)
                    if leading is not None and one == 1:
                        yield leading
                yield role
                return


def _words_after(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the words from a place on that only blanks part."""
    spans: list[tuple[int, int]] = []
    at = start
    for match in _WORD.finditer(text, start, end):
        if text[at : match.start()].strip(" ") or len(spans) == _LONGEST:
            break
        spans.append(match.span())
        at = match.end()
    return spans


def _words_before(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the words up to a place that only blanks part."""
    spans: list[tuple[int, int]] = []
    at = end
    for match in reversed(list(_WORD.finditer(text, max(start, end - 60), end))):
        if text[match.end() : at].strip(" ") or len(spans) == _LONGEST:
            break
        spans.insert(0, match.span())
        at = match.start()
    return spans


def _role_at(text: str, words: Sequence[tuple[int, int]], i: int) -> tuple[_Role | None, int]:
    """The longest role that begins with a word, and how many words it has."""
    for size in (3, 2, 1):
        if i + size <= len(words):
            start, end = words[i][0], words[i + size - 1][1]
            found = lookups().roles.get(_plain(text[a:b] for a, b in words[i : i + size]))
            if found is not None:
                return _Role(start, end, *found), size
    return None, 0


def _plain(words: Iterable[str]) -> str:
    """Words as the table has them: in small letters, the last without its possessive."""
    return re.sub(r"['’]s?$", "", " ".join(words).lower())


def rows(
    articles: Iterable[tuple[str, str | None, str, date | None]], names: Gazetteer | None = None, own_actors: Path | None = None
) -> pl.DataFrame:
    """Mentions of many articles.

    Args:
        articles: ``(article_id, title, text, day of publication or None)``.
        names: gazetteer; that of the project by default.
        own_actors: folder of actors that the user added.

    Returns:
        The columns of ``core.mentions`` without ``known_from``.
    """
    import polars as pl

    found = [
        (article, m.sentence, m.char_start, m.char_end, m.surface, m.actor_id, m.country_id, m.sector, m.confidence)
        for article, title, text, on in articles
        for m in with_roles(document(text, title), mentions_of(text, on, title, names, own_actors))
    ]
    columns = {
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
    return pl.DataFrame(found, schema=columns, orient="row")
