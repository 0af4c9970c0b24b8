"""What OFAC's XML layouts share: the labels of features and documents, and how a labelled value is read.

The labels are those of the reference values of SDN_ADVANCED.XML; SDN.XML and SDN_ENHANCED.XML use the same. In the CSVs the same
statements are clauses of the Remarks, so the kinds are those of their grammar (``clauses``): a passport has one scheme, whichever
file says so. What stands under a label that the grammar does not know is an identifier of the scheme other where the label is
that of a document or reads like that of a number, else a note of its own kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from assets.reading.xml import clean
from assets.sanctions.lists.us_ofac.remark_grammar import LABELLED, Labelled
from assets.sanctions.lists.us_ofac.remarks import production
from assets.sanctions.reading.dates import PartialDate, between, partial_date
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.names import snake

DETAILS = ("names", "countries", "identifiers", "addresses", "birth_dates", "birth_places", "links", "notes")
PARTY_TYPES = {"individual": "person", "entity": "entity", "vessel": "vessel", "aircraft": "aircraft"}
ALIAS_KINDS = {"a.k.a.": "aka", "f.k.a.": "fka", "n.k.a.": "nka"}
SDN_LIST = "SDN List"
COLUMN_OF = {
    "title": "title",
    "vessel call sign": "call_sign",
    "vessel type": "vessel_type",
    "vessel flag": "vessel_flag",
    "vessel owner": "vessel_owner",
    "vessel tonnage": "tonnage",
    "vessel gross registered tonnage": "gross_registered_tonnage",
}
"""Column of a listing by the label of a feature, in small letters."""
COUNTRY_BASES = {
    "nationality country": "nationality",
    "citizenship country": "citizenship",
    "nationality of registration": "registration",
    "registration country": "registration",
}
IS_ID = re.compile(r"[1-9][0-9]{0,9}")
_ASSET = re.compile(r"digital currency address\s*-\s*(\S+)", re.IGNORECASE)
_NUMBERS = re.compile(
    r"\b(no\.?|number|id|code|certificate|registration|registry|licen[cs]e|permit|card|passport|fein)\b|#|\.\w\.", re.IGNORECASE
)
"""What the label of an identifier holds that the grammar does not know; other labels are those of statements."""
OTHER = "other"
"""Scheme of an identifier whose label the grammar does not know: the label stands in its note."""
_LINKED = "Linked To:"


def native_id_of(text: str | None) -> str | None:
    """The id of a party, which is its ent_num in the CSVs; None where it is no whole number above 0."""
    return text.strip() if text is not None and IS_ID.fullmatch(text.strip()) else None


def last_first(last: str | None, first: str | None) -> str | None:
    """``LAST, First``, as the CSVs write the names of persons."""
    return f"{last}, {first}" if last is not None and first is not None else last or first


def alias_kind(written: str | None) -> str:
    """aka, fka or nka; what is written otherwise is an alias like any."""
    return ALIAS_KINDS.get((written or "").casefold(), "aka")


def labelled(what: str, value: str | None) -> str | None:
    """A value with what it is, for a note; None where there is none."""
    return None if value is None else f"{what} {value}"


def span(first: date | None, last: date | None, is_circa: bool) -> PartialDate | None:
    """From one day to another, both included: a day, month, year or interval."""
    if first is None or last is None:
        return None
    start = partial_date(first.year, first.month, first.day)
    return between(start, partial_date(last.year, last.month, last.day), is_circa=is_circa)


def read_address(found: Gatherer, native_id: str, parts: Mapping[str, str | None], country: str | None) -> None:
    """An address in one line, as the CSVs write it: street, city with region and postal code, country.

    Args:
        found: what is read so far.
        native_id: whose it is.
        parts: by their names in the XML in small letters: address1 to address3, city, state/province, region, postal code.
        country: its country as written.
    """
    place = ", ".join(p for name in ("city", "state/province", "region") if (p := parts.get(name)) is not None)
    town = clean(" ".join(p for p in (place, parts.get("postal code")) if p))
    street = [parts.get(f"address{n}") for n in "123"]
    found.address(native_id, (*street, town), town, country, found.country(country))


def read_statement(
    found: Gatherer, native_id: str, label: str | None, value: str | None, country_id: str | None, note: str | None
) -> None:
    """A labelled value: an identifier where the label is that of one, else a note."""
    if value is None:
        found.note(native_id, snake(label or "") or "unread", note)
        return
    kind = _kind(label or "", value)
    if kind is None and not _NUMBERS.search(label or ""):
        found.note(native_id, snake(label or "") or "unread", value if note is None else f"{value} ({note})")
    elif kind is not None and kind[0] == "notes":
        found.note(native_id, kind[1], kind[2] if note is None else f"{kind[2]} ({note})")
    else:
        read_identifier(found, native_id, label or "", value, country_id, note)


def read_identifier(found: Gatherer, native_id: str, label: str, value: str, country_id: str | None, note: str | None) -> None:
    """A document, number or electronic address, under the scheme of its label; who issued it is a country by remark."""
    kind = _kind(label, value)
    scheme = kind[1] if kind is not None and kind[0] == "identifiers" else OTHER
    if (asset := _ASSET.match(label)) is not None:
        scheme = f"crypto:{asset[1].upper()}"
    if value.upper().startswith("IMO ") and scheme in ("vessel_registration", "identification_number", "registration"):
        scheme, value = "imo", value[4:].strip()
    shown = label.strip(" :") if scheme == OTHER else "previous" if label.casefold().startswith("previous ") else None
    said = "; ".join(text for text in (shown, note) if text)
    found.identifier(native_id, scheme, value, country_id, said or None)
    found.stated_country(native_id, country_id, "remark")


def linked_to(remarks: str | None) -> list[str]:
    """Parties after ``Linked To:``, each up to the bracket that closes it or to the next semicolon."""
    linked = []
    for text in (remarks or "").split(_LINKED)[1:]:
        depth, name = 0, ""
        for sign in text:
            if (sign == ")" and not depth) or sign == ";":
                break
            depth += (sign == "(") - (sign == ")")
            name += sign
        if (found := clean(name.rstrip(". "))) is not None:
            linked.append(found)
    return linked


def _kind(label: str, value: str) -> tuple[str, str, str] | None:
    """What a labelled value gives by the grammar of the Remarks: detail, sort, and the words that are kept."""
    known = _by_label().get(_key(label))
    if known is not None and known.rest != "clause":
        return known.gives, known.sort, value
    reading = production(f"{label} {value}")
    if reading is None or reading.gives not in ("identifiers", "notes"):
        return None
    return reading.gives, reading.sort, reading.text


@cache
def _by_label() -> dict[str, Labelled]:
    return {_key(text): kind for kind in LABELLED if kind.gives in ("identifiers", "notes") for text in kind.labels}


def _key(label: str) -> str:
    return label.replace("\u2019", "'").casefold().strip(" :-")
