"""The little language in which lists print a party: name, aliases and addresses in one cell.

``Name, a.k.a., the following two aliases:``, a line for each alias behind a dash, then the addresses joined by ``;``; older
entries write all on one line. Where a list has these in cells of their own, the cells become the same ``Party``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assets.sanctions.reading.names import slug

_DASH = r"(?:—|–|--|-(?=\s))"
_ALSO = r"(?:\b[afn]\.?\s?k\.?\s?a\b\.?|\b[AFN]\.\s?K\.\s?A\b\.?)"
"""In small letters, or with its stops: AKA may be a name."""
_MARK = re.compile(rf"(?<![\s,;])[\s,;]*+\(?\s*+{_ALSO}[.,:]*\s*")
"""Begins where its run of separators does, and gives none of it back: else long runs of them take more than linear time."""
_FOLLOWING = re.compile(r"(?:the\s+)?following\s+(?:([\w-]+)\s+)?alias(?:es)?\s*[:;,]?\s*", re.IGNORECASE)
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBERS = {word: number for number, word in enumerate(ONES)} | {"thirty": 30, "forty": 40}
_ABBREVIATED = re.compile(
    r"(?:^|[\s.,(])(?:Co|Ltd|Ltda|Inc|Corp|Bhd|Sdn|Pvt|Pte|Pty|Jr|Sr|Dr|Mr|Mrs|Eng|St|No|Nos|Dept|Univ|Inst|Intl|Mfg|Tech|Tic|San"
    r"|Sti|LLC|GmbH|[A-Z](?:\.[A-Z])*|(?:[a-z]\.)+[a-z])\.?$"
)
_LEGAL = re.compile(
    r"(?:Ltd|LTD|Ltda|Limited|LIMITED|Inc|INC|Incorporated|L\.?L\.?C|LLP|L\.?P\b|Co\b|CO\b|Corp|Company|S\.?A\b|S\.?L\b"
    r"|S\.?[Rr]\.?[Ll]\b|s\.?r\.?o|S\.?p\.?A|G\.?m\.?b\.?H|GMBH|A\.?G\b|B\.?V\b|N\.?V\b|Pte|PTE|Pvt|PVT|Pty|Sdn|SDN|Bhd|BHD|[A-Z]{0,2}JSC"
    r"|OOO|AO\b|OAO|PAO|ZAO|FZE|FZC|FZCO|FZ|PLC|plc|Jr|Sr|II|d\.o\.o|a\.s|A\.S|A\.Ş|Lda|C\.A|K\.K|SARL|SRL|S\.A\.R\.L|MMC|M\.M\.C)"
    r"[\s.,;)]*"
)
_SEPARATOR = re.compile(r"[,;]")
_UNIT = re.compile(
    r"institut|plant|bureau|design|concern|company|corporation|center|centre|factory|academy|universit|works|association"
    r"|enterprise|laborator|department|division|branch|group",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?:no\.?|p\.?\s?o\.?|room|rm|building|bldg|floor|flat|unit|house|suite|office|plot|km|street|ulitsa|ul\.|\d)", re.I
)
_AFFILIATES = re.compile(r"\n(?:affiliated entities|subordinate institut\w*)\s*:?\s*(?=\n)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\(\s*see (?:also )?alternate address(?:es)?[^)]*\)\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Party:
    """What the cell of an entity holds.

    ``affiliates``: the affiliated entities that it names behind its addresses. ``former``: those aliases that are former names.
    """

    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    affiliates: str | None = None
    former: tuple[str, ...] = ()


@lru_cache(20_000)
def read_party(cell: str, wide_names: frozenset[str] = frozenset()) -> Party:
    """Name, aliases and addresses of an entity's cell.

    Args:
        cell: its text, line breaks kept: ``Name, a.k.a., the following two aliases:``, a line for each alias behind a dash,
            then the addresses joined by ``;``. Older entries write all on one line.
        wide_names: names (as slugs) that stand for several entries: a parent whose parts are listed one by one. Behind such a
            name the next segment, where it names a part and no street, belongs to the name.
    """
    lines = [" ".join(line.replace("\u00a0", " ").split()) for line in cell.split("\n")]
    text, _, below = re.sub(_AFFILIATES, "\0", "\n".join(line for line in lines if line), count=1).partition("\0")
    affiliates = flat(below)
    mark = _MARK.search(text)
    following = _FOLLOWING.match(text, mark.end()) if mark is not None else None
    if mark is None:
        name, rest = _split_name(text.replace("\n", ", " if ";" not in text else " "), wide_names)
        return Party(name, (), _addresses(rest), affiliates)
    name = tidy(text[: mark.start()].replace("\n", " "))
    if not name:
        return Party(tidy(text.replace("\n", " ")))
    if following is not None:
        aliases, rest = _listed_aliases(text[following.end() :], _number(following.group(1)))
    else:
        aliases, rest = _inline_aliases(text[mark.start() : mark.end()], text[mark.end() :])
    known = tuple(dict.fromkeys(a for a in aliases if slug(a) and a != name))
    is_former = re.match(r"\W*f", mark.group(), re.IGNORECASE) is not None
    return Party(name, known, _addresses(rest), affiliates, known if is_former else ())


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if word.isdigit():
        return int(word)
    tens, _, ones = word.casefold().replace("twentyone", "twenty-one").partition("-")
    found = _NUMBERS.get(tens)
    return None if found is None else found + _NUMBERS.get(ones, 0)


def tidy(text: str) -> str:
    """Without what joins parts: leading dashes and ``and``, trailing separators."""
    text = re.sub(rf"^(?:[\s,;:]|{_DASH}|and\s+(?={_DASH}))+", "", text)
    return " ".join(text[: _end_of_last_part(text)].split()).strip('“”" ')


def _end_of_last_part(text: str) -> int:
    """Where the separators at the end begin, an ``and`` or ``or`` behind one of them included.

    A loop, since a pattern for it tries each way to share out the blanks between its parts: their number doubles with each.
    """
    end = len(text)
    while end:
        if text[end - 1].isspace() or text[end - 1] in ",;:":
            end -= 1
            continue
        word = next((w for w in ("and", "or") if text.endswith(w, 0, end)), None)
        if word is None:
            return end
        at = end - len(word)
        while at and text[at - 1].isspace():
            at -= 1
        if not at or text[at - 1] not in ";,":
            return end
        end = at
    return 0


def _without_stop(text: str) -> str:
    """Without a final full stop that ends a sentence and no abbreviation."""
    text = re.sub(r"\.{2,}$", ".", text)
    return text if not text.endswith(".") or _ends_in_abbreviation(text[:-1]) else text[:-1].rstrip()


def _ends_in_abbreviation(text: str) -> bool:
    """Looked for in the last letters alone: no abbreviation is longer."""
    return _ABBREVIATED.search(text, max(0, len(text) - 40)) is not None


def _listed_aliases(text: str, number: int | None) -> tuple[list[str], str]:
    """Aliases behind dashes, and what follows them."""
    head, *items = re.split(rf"(?:^|(?<=[\s;,:])){_DASH}\s*|(?:^|(?<=\n))-", text)
    if not items:
        head, items = "", re.split(";", text, maxsplit=(number or 1) - 1) if number != 1 else [text]
    if number is not None and number < len(items):
        # a dash inside an address is no alias
        items = [*items[: number - 1], "-".join(items[number - 1 :])]
    *before, last = items
    aliases = [_without_stop(tidy(item)) for item in before]
    alias, rest = _last_alias(last)
    return [*aliases, alias], f"{tidy(head)} {rest}".strip() if tidy(head) else rest


def _last_alias(text: str) -> tuple[str, str]:
    """The last alias and the addresses behind it: on lines of their own, or after a full stop or semicolon."""
    line, newline, rest = text.partition("\n")
    if newline:
        return _without_stop(tidy(line)), rest
    for stop in re.finditer(r"[.;]\s+(?=[A-Z0-9#“\"'(])", text):
        head = text[: stop.start()]
        ahead = text[stop.end() :]
        if not _ends_in_abbreviation(head) or _STREET.match(ahead):
            return _without_stop(tidy(text[: stop.start() + (text[stop.start()] == ".")])), ahead
    return _without_stop(tidy(text)), ""


def _inline_aliases(mark: str, text: str) -> tuple[list[str], str]:
    """Aliases written after ``a.k.a.`` on the line of the name: in brackets, or up to the next segment."""
    flat = text.replace("\n", " ")
    if "(" in mark and ")" in flat:
        inside, _, rest = flat.partition(")")
        return [_without_stop(tidy(part)) for part in re.split(rf"[;]|,?\s*{_ALSO}[.,]*\s*", inside)], tidy(rest)
    if "(" in mark:
        return [_without_stop(tidy(part)) for part in re.split(rf"[;]|,?\s*{_ALSO}[.,]*\s*", flat)], ""
    aliases = []
    rest = flat
    while True:
        alias, rest = _split_name(rest)
        aliases.append(alias)
        again = re.match(rf"[\s,;]*(?:and\s+)?{_ALSO}[.,]*\s*", rest)
        if again is None:
            return aliases, rest
        rest = rest[again.end() :]


def _split_name(text: str, wide_names: frozenset[str] = frozenset()) -> tuple[str, str]:
    """A name and what follows it: up to a semicolon, or a comma that no legal form follows."""
    flat = " ".join(text.split())
    # each comma is looked at where it stands: to cut the text at each of thousands takes time by their square
    for cut in _SEPARATOR.finditer(flat):
        start = cut.end() + flat.startswith(" ", cut.end())
        if cut.group() == "," and (
            _LEGAL.match(flat, start) or (wide_names and _names_a_part(flat[: cut.start()], flat[start:], wide_names))
        ):
            continue
        return _without_stop(tidy(flat[: cut.start()])), flat[start:]
    return _without_stop(tidy(flat)), ""


def _names_a_part(before: str, behind: str, wide_names: frozenset[str]) -> bool:
    segment = _SEPARATOR.split(behind, maxsplit=1)[0]
    return slug(tidy(before)) in wide_names and _UNIT.search(segment) is not None and not _STREET.match(segment)


def _addresses(text: str) -> tuple[str, ...]:
    flat = tidy(_ELSEWHERE.sub("", re.sub(r"(?<=\.)\n", "; ", text).replace("\n", " ")))
    parts = (re.sub(r"^(?:and|or)\b[\s,]*", "", tidy(part)) for part in flat.split(";"))
    return tuple(dict.fromkeys(p for part in parts if (p := _without_stop(tidy(part))) and re.search(r"\w", p)))


def party_of_cells(row: Mapping[str, Any], wide_names: frozenset[str] = frozenset()) -> Party:
    """What the cells of an entry say; in the JSON of others name, aliases and address stand apart, mostly."""
    if "aliases" not in row:
        return read_party(row["entity"], wide_names)
    aliases, address = list(row["aliases"]), row["address"]
    if aliases:
        last, rest = _last_alias(aliases[-1])
        if _STREET.match(rest):
            aliases[-1], address = last, f"{rest}; {address}"
    party = read_party(row["entity"]) if _MARK.search(row["entity"]) else Party(tidy(row["entity"]))
    known = tuple(dict.fromkeys(a for a in (*party.aliases, *aliases) if slug(a)))
    former = (*party.former, *(a for a in row.get("former", ()) if a in known))
    return Party(party.name, known, _addresses(address), row.get("affiliates"), former)


def flat(text: str) -> str | None:
    """The lines of a cell as one, joined by ``; ``; None where it is empty."""
    return "; ".join(part for line in text.split("\n") if (part := " ".join(line.split()).strip(" ;"))) or None
