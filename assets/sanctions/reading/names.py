"""Names of parties folded for comparison: the words of a name in Latin letters, with and without legal forms.

One folding for the resolution of parties and for screening. It loses case, accents, punctuation and the script of the name,
and nothing else: how alike two foldings must be is decided by those who compare them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import polars as pl
from anyascii import anyascii

from assets.sanctions.history.versioned_rows import comparable_name
from assets.schema import table

_FORMS = (
    "ab ag ao as asa bhd bv co company corp corporation cv doo dooel eirl fze fzco fzc gmbh inc incorporated jsc kft kg kk "
    "limited limitada limitd llc llp lp ltd ltda mbh nv ojsc oao ooo oy oyj pao pjsc plc pte pty pvt private sa "
    "sal sarl sas sasu sdn spa spzoo srl srls zao zrt"
)
LEGAL_FORMS = frozenset(_FORMS.split())
"""Words that say how a firm is constituted, in the spellings of the lists. They distinguish no party from another."""
_LITTLE = "and the of for de la le les el al y und et i a an in"
LITTLE_WORDS = frozenset(_LITTLE.split())
"""Articles, prepositions and conjunctions in names."""

_GENERIC = (
    "academy administration aerospace aeronautics affairs agency agricultural agriculture air army armed association "
    "astronautics authority aviation bank board bureau business center central centre chamber chemical college commerce "
    "commercial commission committee communication communications construction consulting cooperation council customs "
    "defence defense department design development directorate division economic economy education electronic electronics "
    "energy engineering enterprise enterprises equipment exchange export factory federal finance financial first force forces "
    "foreign forensic fund general global government group guard headquarters health high holding holdings import industrial "
    "industries industry information institute institution intelligence interior internal international investment "
    "investments joint justice laboratory law logistics machinery management manufacturing marine maritime materials medical "
    "military mining ministry mobile national naval navy network new nuclear office oil organization petroleum planning "
    "plant police port power production project public railway republic research sales science sciences scientific second "
    "secretariat security service services ship shipbuilding shipping space state stock strategic supply supreme system "
    "systems tech technical technological technologies technology telecom telecommunications trade trading transport "
    "transportation unit university work works world"
)
GENERIC_WORDS = frozenset(_GENERIC.split())
"""Words that the names of bodies and firms of many states share: a name of nothing else says nothing without its state."""
LONG_WORD = 8
"""So many letters make a word that is not generic a name of its own."""
MANY_WORDS = 5
"""So many distinctive words identify a name, whatever words they are."""

_APOSTROPHES = re.compile("['’`ʼ‘]")
_INITIALS = re.compile(r"\b([a-z])\.(?:([a-z])\.(?:([a-z])\.)?)?")
_PUBLIC_FIRM = re.compile(r"\bpublic (?=joint|stock|limited|company)")
"""Public belongs to the legal form here; in Ministry of Public Security it is distinctive."""
_WORD = re.compile(r"[a-z0-9]+")


def latin(name: str) -> str:
    """A name in Latin letters, letter by letter. Readings of Chinese and Korean are syllables, separated as words are."""
    if name.isascii():
        return name
    return "".join(f"{anyascii(c).strip()} " if _is_syllable(c) else anyascii(c) for c in name)


def _is_syllable(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3"


@lru_cache(maxsize=200_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in order: Latin letters and digits in lower case, ``S.A.`` as ``sa``. Other scripts by their sound."""
    plain = _APOSTROPHES.sub("", latin(name).lower())
    return tuple(_WORD.findall(_INITIALS.sub(r"\1\2\3", _PUBLIC_FIRM.sub("", plain))))


_EASTERN_FORMS = re.compile("集团|控股|股份|有限|责任|总?公司|株式会社|주식회사")
"""Legal forms in Chinese, Japanese and Korean, which are written without blanks: read by their sound they would be words."""


@lru_cache(maxsize=200_000)
def distinctive_words(name: str) -> tuple[str, ...]:
    """The words of a name that distinguish it from others: without legal forms and little words. Empty where nothing is left."""
    every = words(name if name.isascii() else _EASTERN_FORMS.sub(" ", name))
    return tuple(w for w in every if w not in LEGAL_FORMS and w not in LITTLE_WORDS)


_ACRONYM = re.compile(r"^(?:(?P<name>.+?)\s*\((?P<short>[A-Z]{2,8})\)|(?P<before>[A-Z]{2,8})\s*\((?P<in_full>.+)\))$")


def without_acronym(name: str) -> str:
    """A name without the acronym of itself beside it (``... Corporation (SMIC)``, ``ADF (Allied Democratic Forces)``)."""
    found = _ACRONYM.match(name)
    if found is None:
        return name
    full, short = found["name"] or found["in_full"], found["short"] or found["before"]
    every = words(full)
    initials = {"".join(w[0] for w in part) for part in (every, tuple(w for w in every if w not in LITTLE_WORDS))}
    return full if short.lower() in initials else name


def is_distinctive(name: str) -> bool:
    """Whether the name of a body or firm distinguishes it from those of other states.

    It has two distinctive words, one of them not generic; or a long one (``Chernomorneftegaz``); or many.
    """
    found = distinctive_words(name)
    rare = [w for w in found if w not in GENERIC_WORDS and len(w) >= 3 and not w.isdigit()]
    if len(found) == 1:
        return bool(rare) and len(found[0]) >= LONG_WORD
    return len(found) >= MANY_WORDS or bool(rare)


def person_key(name: str) -> str | None:
    """A person's name whatever the order of its words (``XI, Jinping`` and ``Jinping Xi``); None for a single word."""
    found = sorted(distinctive_words(name))
    return " ".join(found) if len(found) >= 2 else None


def entity_key(name: str) -> str | None:
    """The name of a firm, body, vessel or aircraft without legal forms and blanks; None where too little is left to tell.

    One word must have six letters, and digits alone tell nothing (``Limited 21``).
    """
    found = distinctive_words(name)
    if not found or all(w.isdigit() for w in found):
        return None
    letters = "".join(found)
    return letters if len(found) >= 2 or len(letters) >= 6 else None


_SOUNDS = "shch s|sch s|kh h|gh g|ph f|ck k|dzh j|zh s|sh s|ch s|dh d|th t|ts s|tz s|ks x|q k|c k|z s|w v|y i|j i"
_AS_HEARD = [tuple(pair.split()) for pair in _SOUNDS.split("|")]


@lru_cache(maxsize=100_000)
def consonants(word: str) -> str:
    """The sound of a word without its vowels: what romanisations have in common (``muhammad`` and ``mohamed``)."""
    for written, heard in _AS_HEARD:
        word = word.replace(written, heard)
    kept = word[:1]
    for letter in word[1:]:
        if letter not in "aeiouh" and kept[-1] != letter:
            kept += letter
    return kept


@lru_cache(maxsize=50_000)
def slug(name: str) -> str:
    """A name in small Latin letters, digits and hyphens: the same for other punctuation, quotes and accents."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(name.replace("&", " and ")).casefold()).strip("-")


def slug_as_written(name: str) -> str:
    """A name in small letters and digits of its own script, joined by hyphens; without case and punctuation."""
    return comparable_name(name).replace(" ", "-")


def snake(label: str) -> str:
    """A label as a name of our own: Owned or Controlled By -> owned_or_controlled_by."""
    return re.sub(r"\W+", "_", label.casefold()).strip("_")


@cache
def transliterations() -> pl.DataFrame:
    """Rows of ``core.transliterations``: what the library says of every letter and mark of the basic multilingual plane."""
    letters = [letter for letter in map(chr, range(0x80, 0x10000)) if unicodedata.category(letter)[0] in "LMN"]
    # as latin has it of a single letter
    read = [f"{anyascii(letter).strip()} " if _is_syllable(letter) else anyascii(letter) for letter in letters]
    found = pl.DataFrame({"letter": letters, "latin": read}, schema=table("core.transliterations").polars)
    return found.filter(pl.col("latin").str.strip_chars() != "")
