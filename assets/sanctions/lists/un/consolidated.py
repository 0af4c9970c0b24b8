"""The consolidated list of the United Nations Security Council: from the bytes of consolidated.xml to the staged shape.

Root CONSOLIDATED_LIST (attribute dateGenerated) with INDIVIDUALS/INDIVIDUAL and ENTITIES/ENTITY. The lasting key is
REFERENCE_NUMBER (QDi.001); DATAID changes with each amendment. LISTED_ON is the day of listing. The list states no removals:
who is gone is seen by comparing snapshots. Names are padded with blanks and broken over lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.contracts import Staged, open_file
from assets.reading.xml import Element, XmlFile, children, clean, expect_root, text_of, texts
from assets.sanctions.reading.dates import PartialDate, between, iso_date, partial_date, written_date
from assets.sanctions.reading.gather import Gatherer, judge_list
from assets.sanctions.reading.one_list import KEPT, the_one_name

ROOT = "CONSOLIDATED_LIST"
DETAILS = ("names", "countries", "identifiers", "addresses", "birth_dates", "birth_places", "notes")
PARTY_TYPES = {"INDIVIDUAL": "person", "ENTITY": "entity"}
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
SCHEMES = {
    "passport": "passport",
    "número de pasaporte": "passport",
    "numéro de passeport": "passport",
    "national identification number": "national_id",
}
LEFT = ("DATAID", "VERSIONNUM", "LIST_TYPE", "SORT_KEY", "SORT_KEY_LAST_MOD", "DELISTED_ON")
"""Elements that number a record, or that say the same of all: who is on this list is not delisted."""
_NOTICE = re.compile(r"\s*INTERPOL-UN Security Council Special Notice web link:\s*\S+\s*$")
"""Ends most comments and says the same of everybody."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one edition of the list.

    Args:
        files: one XML file, whatever its name.

    Returns:
        ``listings`` and the details in the staged shape: programs is the one list (UN_LIST_TYPE) on which the party stands,
        listed_on is LISTED_ON. Facts: see ``Gatherer.staged``, and ``programs`` (parties by list).

    Raises:
        Quarantine: there is no file or more than one; it is empty, HTML, cut, another XML, or holds nobody.
    """
    name = the_one_name(files, "Consolidated List of the UN (XML)")
    with open_file(files, name) as stream:
        xml = XmlFile(stream, name, KEPT)
        expect_root(xml, ROOT)
        found = Gatherer(name, DETAILS)
        for kind, record in xml.records(*PARTY_TYPES):
            _read_party(found, kind, record)
    programs: dict[str, int] = {}
    for party in found.parties.values():
        programs[party["programs"] or ""] = programs.get(party["programs"] or "", 0) + 1
    published = iso_date(xml.root.attributes.get("dateGenerated"))
    return found.staged(published, programs=dict(sorted(programs.items())), unread_elements=xml.unread(*LEFT))


def _read_party(found: Gatherer, kind: str, record: Element) -> None:
    native_id = text_of(record, "REFERENCE_NUMBER")
    listed_on = iso_date(text_of(record, "LISTED_ON"))
    comment = text_of(record, "COMMENTS1")
    good = found.party(
        native_id,
        clean(" ".join(text for part in NAME_PARTS for text in texts(record, part))),
        PARTY_TYPES[kind],
        title="; ".join([*texts(record, "TITLE", "VALUE"), *texts(record, "DESIGNATION", "VALUE")]) or None,
        remarks=None if comment is None else _NOTICE.sub("", comment) or None,
        programs=text_of(record, "UN_LIST_TYPE"),
        listed_on=listed_on,
        listed_on_basis=None if listed_on is None else "source_field",
    )
    if not good or native_id is None:
        return
    for script in texts(record, "NAME_ORIGINAL_SCRIPT"):
        found.name(native_id, script, "aka")
    for alias in children(record, f"{kind}_ALIAS"):
        quality = (text_of(alias, "QUALITY") or "").casefold()
        name = text_of(alias, "ALIAS_NAME")
        found.name(native_id, name, "fka" if quality.startswith("f.k.a") else "aka", "weak" if quality == "low" else "strong")
        _birth_of_alias(found, native_id, alias)
        if (note := text_of(alias, "NOTE")) is not None:
            found.note(native_id, "alias", f"{name}: {note}" if name else note)
    for nation in texts(record, "NATIONALITY", "VALUE"):
        found.stated_country(native_id, found.country(nation), "nationality")
    for address in children(record, f"{kind}_ADDRESS"):
        city = ", ".join(t for part in ("CITY", "STATE_PROVINCE", "ZIP_CODE") for t in texts(address, part)) or None
        country = text_of(address, "COUNTRY")
        note = text_of(address, "NOTE")
        street = text_of(address, "STREET")
        if street is None and city is None and country is None:
            # many addresses of branches stand in the note alone
            street, note = note, None
        found.address(native_id, (street, city), city, country, found.country(country), note)
    for birth in children(record, "INDIVIDUAL_DATE_OF_BIRTH"):
        found.birth_date(native_id, *_birth_date(birth))
    for place in children(record, "INDIVIDUAL_PLACE_OF_BIRTH"):
        country = text_of(place, "COUNTRY")
        parts = [t for part in ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY") for t in texts(place, part)]
        found.birth_place(native_id, ", ".join(parts) or text_of(place, "NOTE"), found.country(country))
    for document in children(record, "INDIVIDUAL_DOCUMENT"):
        _document(found, native_id, document)
    for body in ("SUBMITTED_BY", "SUBMITTED_ON"):
        found.note(native_id, body.lower(), text_of(record, body))
    found.note(native_id, "gender", text_of(record, "GENDER"))
    found.note(native_id, "last_amended", max(texts(record, "LAST_DAY_UPDATED", "VALUE"), default=None))


def _birth_of_alias(found: Gatherer, native_id: str, alias: Element) -> None:
    """Birth as papers in the other name state it."""
    written = text_of(alias, "DATE_OF_BIRTH")
    if written is not None:
        found.birth_date(native_id, written, written_date(written))
    country = text_of(alias, "COUNTRY_OF_BIRTH")
    parts = (text_of(alias, "CITY_OF_BIRTH"), country)
    found.birth_place(native_id, ", ".join(p for p in parts if p is not None) or None, found.country(country))


def _birth_date(birth: Element) -> tuple[str | None, PartialDate | None]:
    """What is written, and what it means: DATE, else YEAR, else FROM_YEAR to TO_YEAR, else the NOTE."""
    is_circa = (text_of(birth, "TYPE_OF_DATE") or "").casefold().startswith("approx")
    day, year, note = (text_of(birth, tag) for tag in ("DATE", "YEAR", "NOTE"))
    when = None
    if (found := iso_date(day)) is not None:
        when = partial_date(found.year, found.month, found.day, is_circa=is_circa)
    elif year is not None:
        when = _year(year, is_circa)
    elif (first := text_of(birth, "FROM_YEAR")) is not None:
        when = between(_year(first), _year(text_of(birth, "TO_YEAR") or ""), is_circa=is_circa)
    elif note is not None:
        return note, written_date(note)
    return (when.text, when) if when is not None else (day or year, None)


def _year(text: str, is_circa: bool = False) -> PartialDate | None:
    return partial_date(int(text), is_circa=is_circa) if re.fullmatch(r"[0-9]{4}", text) else None


def _document(found: Gatherer, native_id: str, document: Element) -> None:
    kind, other = text_of(document, "TYPE_OF_DOCUMENT"), text_of(document, "TYPE_OF_DOCUMENT2")
    country = text_of(document, "ISSUING_COUNTRY") or text_of(document, "COUNTRY_OF_ISSUE")
    issued = text_of(document, "DATE_OF_ISSUE")
    city = text_of(document, "CITY_OF_ISSUE")
    note = "; ".join(
        t
        for t in (other, issued and f"issued {issued}", city and f"issued in {city}", text_of(document, "NOTE"))
        if t is not None
    )
    number = text_of(document, "NUMBER")
    if number is None:
        found.note(native_id, "document", "; ".join(t for t in (kind, note or None) if t is not None) or None)
        return
    scheme = SCHEMES.get((kind or other or "").casefold(), "other")
    if scheme == "other" and kind is not None:
        note = f"{kind}; {note}" if note else kind
    found.identifier(native_id, scheme, number, found.country(country), note or None)


READERS = {"un_sc": (stage, judge_list)}
"""By source: how its bytes are read, and how a snapshot is judged."""
