"""The Remarks cell of OFAC's lists: from text to countries, weak names, births, identifiers, links and notes.

Remarks are clauses joined by ``; `` and ended by a full stop (``DOB 24 Nov 1990; POB Hubei, China; nationality China; Passport
C18165248 (China); a.k.a. 'WEAK'.``). The kinds of clauses stand in ``clauses``. A clause that none of them recognises is kept
as it stands, as a note of kind unread; of remarks that are cut the last clause too, since it may have lost its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import NamedTuple

import polars as pl

from assets.actors.registry import code_map
from assets.sanctions.history.compared.snapshot import RemarksReader
from assets.sanctions.lists.us_ofac.remark_grammar import LABELLED, SHAPED, Labelled
from assets.sanctions.reading.countries import country_at_the_end, country_named
from assets.sanctions.reading.dates import written_date
from assets.sanctions.reading.shape import DETAILS

CUT_AT = 1000
"""Characters that the column holds; what is longer goes on in the file of comments."""
UNREAD = "unread"

_ALT = re.compile(r"alt\.? +", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\(([^()]+)\)")
_TAIL = re.compile(
    r"(?P<value>.+?)(?P<tail>(?: ?\((?!\w*\) ?\d)[^()]*\))*(?:,? ?\b(?:issued|expires|expired|valid)\b.*)?)", re.DOTALL
)
_CRYPTO = re.compile(r"-? *(?:(?P<asset>[A-Z0-9]{2,8}) +)?(?P<value>\S+)")
_AS_IT_STANDS = frozenset({"interpol_notice", "ticker", "un_locode", "email", "website", "phone", "fax", "telex"})
"""Schemes whose values hold blanks or parentheses of their own."""


@dataclass
class Remarks:
    """What remarks say, each in the order of the text and once: rows of the frames of ``shape.DETAILS`` without native_id.

    ``n_clauses``: clauses of the text, recognised or not.
    """

    countries: dict[tuple[str, str], None] = field(default_factory=dict)
    names: dict[tuple[str, str, str], None] = field(default_factory=dict)
    identifiers: dict[tuple[str, str, str | None, str | None], None] = field(default_factory=dict)
    birth_dates: dict[tuple[str, date, date, str, bool], None] = field(default_factory=dict)
    birth_places: dict[tuple[str, str | None], None] = field(default_factory=dict)
    links: dict[tuple[str, str, str | None], None] = field(default_factory=dict)
    notes: dict[tuple[str, str], None] = field(default_factory=dict)
    n_clauses: int = 0


READ = ("countries", "names", "identifiers", "birth_dates", "birth_places", "links", "notes")
"""The details that remarks can hold."""


def details_of(listings: pl.DataFrame, country_ids: Mapping[str, str] | None = None) -> dict[str, pl.DataFrame]:
    """Read the remarks of listings.

    Args:
        listings: native_id and remarks.
        country_ids: country_id by case-folded country name; the registry of actors by default.

    Returns:
        The frames of ``shape.DETAILS`` that remarks can fill, rows in the order of the text.
    """
    ids = code_map("country_name") if country_ids is None else country_ids
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in READ}
    for native_id, text in listings.select("native_id", "remarks").drop_nulls().iter_rows():
        remarks = read_remarks(text, ids)
        for name in READ:
            if found := getattr(remarks, name):
                rows[name] += [(native_id, *row) for row in found]
    # by columns: taken row by row, polars asks the type of each value
    return {name: pl.DataFrame(list(zip(*found, strict=True)), schema=DETAILS[name]) for name, found in rows.items()}


def reader(country_ids: Mapping[str, str] | None = None) -> RemarksReader:
    """What the fold of OFAC's lists needs to know of remarks. ``country_ids``: as ``details_of`` takes them.

    The names in remarks are weak ones. Remarks that are cut lack their full stop; a file of comments brings the rest.
    """
    return RemarksReader(
        read=partial(details_of, country_ids=country_ids),
        quality="weak",
        bases=("nationality", "citizenship", "registration", "place_of_birth", "remark"),
        is_continued=lambda old, new: not old.endswith(".") and new.startswith(old),
        kept=kept_of,
    )


def read_remarks(text: str | None, country_ids: Mapping[str, str]) -> Remarks:
    """Read the remarks of one listing.

    Args:
        text: the Remarks cell; None where the list gives none.
        country_ids: country_id by case-folded country name. A place that is none of these gives no country.

    Returns:
        What the clauses say. A country in parentheses (``Passport C18165248 (China)``) has the basis remark.
    """
    found = Remarks()
    for clause, is_whole in _clauses(text or ""):
        found.n_clauses += 1
        if not is_whole or not _read(clause, found, country_ids):
            found.notes[UNREAD, clause] = None
    return found


# what is passed on ----------------------------------------------------------------------------------------------------

OF_FIRMS = frozenset({
    "uscc", "registration", "company_number", "tax_id", "chamber_of_commerce", "license", "lei", "duns", "swift_bic", "imo",
    "vessel_registration", "mmsi", "aircraft_serial", "tail_number", "identification_number",
})  # fmt: skip
"""Schemes of numbers that name a firm, a ship or an aircraft: of these they are kept, of persons none is."""
DATED = ("listing_date", "effective_date")


def kept_of(text: str | None, party_type: str) -> str | None:
    """Remarks with what the built-in record passes on alone: other names, links, states, and numbers of firms and ships.

    Of a place of birth the state is kept, and of a state in parentheses behind what is cut (``Passport C18165248 (China)``) that
    state. What is kept of what was kept is the same.

    Args:
        text: the Remarks cell.
        party_type: person, entity, vessel or aircraft.
    """
    ids = code_map("country_name")
    kept: dict[str, None] = {}
    within: dict[str, None] = {}
    for clause, is_whole in _clauses(text or ""):
        reading = production(clause) if is_whole else None
        if reading is not None and (
            reading.gives in ("names", "countries")
            or (reading.gives == "links" and not reading.sort.endswith("_of"))
            or (reading.gives == "identifiers" and party_type != "person" and reading.sort in OF_FIRMS)
            or (reading.gives == "notes" and reading.sort in DATED)
        ):
            kept[clause] = None
        elif reading is not None and reading.gives == "birth_places":
            state, words = country_at_the_end(reading.text, ids), reading.text.split(", ")
            ends = (", ".join(words[at:]) for at in range(len(words) - 1, -1, -1))
            if (end := next((e for e in ends if state is not None and country_at_the_end(e, ids) == state), None)) is not None:
                kept[f"POB {end}"] = None
        else:
            within |= {f"({inner.strip()})": None for inner in _PARENTHESIS.findall(clause) if inner.strip().casefold() in ids}
    clauses = [*kept, *(state for state in within if not any(state in clause for clause in kept))]
    return "; ".join(clauses) + "." if clauses else None


# clauses --------------------------------------------------------------------------------------------------------------


def is_cut(text: str | None) -> bool:
    """Whether remarks fill their column and do not end as remarks end: the rest is in the file of comments."""
    return text is not None and CUT_AT - 1 <= len(text) <= CUT_AT and not text.endswith(".")


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """The clauses of a text, each with whether it is whole. A quoted name or that of a linked party may hold a semicolon."""
    last_is_cut = is_cut(text)
    parts = [p for part in text.removesuffix(".").split("; ") for p in _apart(part.strip(" ;"))]
    clauses: list[str] = []
    for part in parts:
        if part.startswith("(Linked To") and part.endswith(")"):
            part = _IN_PARENTHESES.sub(r"\1", part)
        if clauses and (_is_open(clauses[-1]) or (_is_link(clauses[-1]) and production(part) is None)):
            clauses[-1] += f"; {part}"
        else:
            clauses.append(part)
    for number, clause in enumerate(clauses, 1):
        yield clause, not (last_is_cut and number == len(clauses))


def _apart(part: str) -> list[str]:
    """Clauses that a semicolon without a blank parts, where each is one."""
    if ";" in part and all(production(piece) is not None for piece in part.split(";")):
        return part.split(";")
    return [part] if part else []


def _is_open(clause: str) -> bool:
    """Whether a clause opens a quoted name and does not close it."""
    return _OPENS.match(clause) is not None and not clause.endswith("'")


_IN_PARENTHESES = re.compile(r"^\((Linked To:? .+)\)$", re.DOTALL)
_OPENS = re.compile(r"(?:alt\. )?[afn]\.k\.a\.:? '")


def _is_link(clause: str) -> bool:
    return clause.startswith("Linked To")


@cache
def _by_first_word() -> dict[str, tuple[tuple[str, Labelled], ...]]:
    """Labels, lower case, by their first word, the longest first."""
    found: dict[str, list[tuple[str, Labelled]]] = {}
    for kind in LABELLED:
        for label in kind.labels:
            found.setdefault(_first_word(label), []).append((label.lower(), kind))
    return {word: tuple(sorted(labels, key=lambda x: -len(x[0]))) for word, labels in found.items()}


def _first_word(text: str) -> str:
    return _WORD.match(text)[0].lower()  # type: ignore[index]  # it matches the empty text too


_WORD = re.compile(r"[^\s:#]*")


class Reading(NamedTuple):
    """How a clause was recognised: what it gives, of which sort, and the words that are kept.

    ``is_alternative``: after alt. ``label``: what the list calls a number of a kind that is not declared.
    """

    gives: str
    sort: str
    text: str
    is_alternative: bool
    label: str | None = None


def production(clause: str) -> Reading | None:
    """Recognise one clause; None where no kind of clause in ``clauses`` fits it."""
    alt = _ALT.match(clause)
    body = clause[alt.end() :] if alt is not None else clause
    lower = body.lower()
    for label, kind in _by_first_word().get(_first_word(body), ()):
        if lower.startswith(label) and (kept := _rest(body, len(label), kind)) is not None:
            return Reading(kind.gives, kind.sort, kept, alt is not None)
    for shape in SHAPED:
        if (match := shape.form.fullmatch(body)) is not None:
            groups = match.groupdict()
            sort = f"{groups['sort'].lower()}_of" if groups.get("sort") else shape.sort
            return Reading(shape.gives, sort, groups.get("name") or body, alt is not None, groups.get("label"))
    return None


def _rest(body: str, at: int, kind: Labelled) -> str | None:
    """What a kind of clause keeps of its text, whose label ends ``at``; None where what follows does not fit."""
    after = body[at:]
    if kind.rest == "clause":
        return body if not after[:1].isalpha() else None
    if after[:1].isalnum() and body[at - 1].isalnum():
        return None
    rest = after.lstrip(" :#-") if kind.sort != "phone" else after.lstrip(" :#")
    rest = rest.removeprefix("No. ").strip()
    if not rest or (kind.rest == "number" and not any(c.isdigit() for c in rest)):
        return None
    if kind.rest == "date" and written_date(rest) is None:
        return None
    return rest


def _read(clause: str, found: Remarks, country_ids: Mapping[str, str]) -> bool:
    """Take in what a clause says; whether it was recognised."""
    reading = production(clause)
    if reading is None:
        found.countries |= _countries_within(clause, country_ids)
        return False
    text = reading.text
    if reading.gives == "countries":
        if (country := country_named(text, country_ids)) is not None:
            found.countries[country, reading.sort] = None
        else:
            # a state that the registry does not know, or a word that is none: what was said is kept
            found.notes[reading.sort if reading.sort != "registration" else "nationality_of_registration", text] = None
    elif reading.gives == "birth_places":
        state = country_at_the_end(text, country_ids)
        found.birth_places[text, state] = None
        if state is not None:
            found.countries[state, "place_of_birth"] = None
    elif reading.gives == "names":
        found.names[text, reading.sort, "weak"] = None
    elif reading.gives == "links":
        found.links[reading.sort, text, None] = None
    else:
        within = _countries_within(clause, country_ids)
        found.countries |= within
        if within and _PARENTHESIS.fullmatch(clause):
            return True  # a state alone, behind which something was cut
        if reading.gives == "birth_dates":
            born = written_date(text)
            if born is not None:
                found.birth_dates[text, born.first, born.before, born.precision, born.is_circa] = None
        elif reading.gives == "identifiers":
            found.identifiers[_identifier(reading, country_ids)] = None
        else:
            found.notes[reading.sort, text] = None
    return True


def _identifier(reading: Reading, country_ids: Mapping[str, str]) -> tuple[str, str, str | None, str | None]:
    """Scheme, value, country that issued it, and what is said of it."""
    scheme, text = reading.sort, reading.text
    said = ([] if reading.label is None else [reading.label]) + (["alternative"] if reading.is_alternative else [])
    if scheme == "crypto":
        match = _CRYPTO.fullmatch(text)
        if match is None:
            return scheme, text, None, "; ".join(said) or None
        return (f"crypto:{match['asset']}" if match["asset"] else scheme), match["value"], None, "; ".join(said) or None
    if scheme in _AS_IT_STANDS:
        return scheme, text, None, "; ".join(said) or None
    match = _TAIL.fullmatch(text)
    value, tail = (text, "") if match is None else (match["value"].rstrip(" ,"), match["tail"])
    country = None
    for inner in _PARENTHESIS.findall(tail):
        issuer = country_ids.get(inner.strip().casefold())
        if issuer is not None:
            country, tail = issuer, tail.replace(f"({inner})", "", 1)
    if rest := " ".join(tail.split()).strip(" ,"):
        said.append(rest)
    if value.upper().startswith("IMO "):
        scheme, value = "imo", value[4:].strip()
    return scheme, value, country, "; ".join(said) or None


# countries ------------------------------------------------------------------------------------------------------------


def _countries_within(clause: str, country_ids: Mapping[str, str]) -> dict[tuple[str, str], None]:
    """Countries in parentheses, with the basis remark."""
    if "(" not in clause:
        return {}
    names = (inner.strip().casefold() for inner in _PARENTHESIS.findall(clause))
    return {(country_ids[name], "remark"): None for name in names if name in country_ids}
