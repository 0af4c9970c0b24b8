"""The UK Sanctions List: from the bytes of its CSV or XML, or of the older OFSI list, to the staged shape.

Three layouts, known by content:

- UK-Sanctions-List.csv: a first line ``Report Date: ...``, a header with ``Unique ID``, then several rows a party: one for each
  name and address.
- UK-Sanctions-List.xml: root Designations with one Designation a party. It is turned into rows of the CSV's columns. Its
  SanctionsImposedIndicators repeat SanctionsImposed as a yes or no for each measure: they are not read.
- ConList.csv or .xlsx of the Office of Financial Sanctions Implementation, closed on 28 January 2026: a first line ``Last
  Updated,...``, a header with ``Group ID``, several rows a party; cells may number their values ``(1) ... (2) ...``.

The lasting key is the Unique ID (RUS0251). The OFSI list has it in Other Information, ``(UK Sanctions List Ref):RUS0251``;
a group without it is ``OFSI-<Group ID>``. What else has a label there, such as (UN Ref) or (Business Reg No), is read as the
column of the other layouts. Days are DD/MM/YYYY; an unknown part is ``dd``, ``mm``, ``00`` or a ``yy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import BinaryIO

from assets.contracts import Staged, open_file
from assets.errors import Quarantine
from assets.reading import months
from assets.reading.bytes import read_text
from assets.reading.tables import by_width, csv_rows, is_blank
from assets.reading.workbooks import is_packed, sheets
from assets.reading.xml import Element, XmlFile, begins_as_xml, children, clean, expect_root, text_of, texts
from assets.sanctions.reading.dates import PartialDate, iso_date, partial_date
from assets.sanctions.reading.gather import Gatherer, judge_list
from assets.sanctions.reading.one_list import KEPT

ROOT = "Designations"
DETAILS = ("names", "countries", "identifiers", "addresses", "birth_dates", "birth_places", "links", "notes")
PARTY_TYPES = {"individual": "person", "entity": "entity", "ship": "vessel", "aircraft": "aircraft"}
COLUMNS = {
    # the UK Sanctions List
    "unique id": "unique_id",
    "ofsi group id": "group_id",
    "un reference number": "un_reference",
    **{f"name {n}": f"name{n}" for n in range(1, 7)},
    "name type": "name_type",
    "alias strength": "alias_strength",
    "title": "title",
    "name non-latin script": "non_latin_name",
    "non-latin script type": "non_latin_script",
    "non-latin script language": "non_latin_language",
    "regime name": "regime",
    "designation type": "type",
    "designation source": "source",
    "sanctions imposed": "imposed",
    "other information": "other_information",
    "uk statement of reasons": "reasons",
    **{f"address line {n}": f"address{n}" for n in range(1, 7)},
    "address postal code": "postal_code",
    "address country": "country",
    "phone number": "phone",
    "website": "website",
    "email address": "email",
    "date designated": "designated",
    "d.o.b": "born",
    "nationality(/ies)": "nationality",
    "national identifier number": "national_id",
    "national identifier additional information": "national_id_note",
    "passport number": "passport",
    "passport additional information": "passport_note",
    "position": "position",
    "gender": "gender",
    "town of birth": "birth_town",
    "country of birth": "birth_country",
    "type of entity": "entity_type",
    "subsidiaries": "subsidiary",
    "parent company": "parent",
    "business registration number (s)": "registration",
    "imo number": "imo",
    "current owner/operator (s)": "owner",
    "previous owner/operator (s)": "former_owner",
    "current believed flag of ship": "flag",
    "previous flags": "former_flag",
    "type of ship": "ship_type",
    "tonnage of ship": "tonnage",
    "length of ship": "length",
    "year built": "year_built",
    "hull identification number (hin)": "hull_number",
    "last updated": "last_amended",
    # the OFSI list, where its headers differ
    "group id": "group_id",
    "alias type": "name_type",
    "alias quality": "alias_strength",
    "regime": "regime",
    "group type": "type",
    **{f"address {n}": f"address{n}" for n in range(1, 7)},
    "post/zip code": "postal_code",
    "uk sanctions list date designated": "designated",
    "listed on": "listed_by_ofsi",
    "dob": "born",
    "nationality": "nationality",
    "national identification number": "national_id",
    "national identification details": "national_id_note",
    "passport details": "passport_note",
}
"""Our name of a column by its header, in small letters. ``country`` is a header of the OFSI list itself."""
LABELS = {
    "un ref": "un_reference",
    "uk statement of reasons": "reasons",
    "gender": "gender",
    "phone number": "phone",
    "tel": "phone",
    "fax": "fax",
    "email address": "email",
    "website": "website",
    "type of entity": "entity_type",
    "parent company": "parent",
    "subsidiaries": "subsidiary",
    "business reg no": "registration",
    "imo number": "imo",
    "current owners": "owner",
    "flag of ship": "flag",
    "previous flags": "former_flag",
    "type of ship": "ship_type",
    "tonnage of ship": "tonnage",
    "length of ship": "length",
    "year built": "year_built",
    "uk sanctions list ref": "",
}
"""Our name of a column by its label in the OFSI list's Other Information, in small letters."""
NAME_PARTS = ("name1", "name2", "name3", "name4", "name5", "name6")
_XML_VALUES = {
    "unique_id": ("UniqueID",),
    "group_id": ("OFSIGroupID",),
    "un_reference": ("UNReferenceNumber",),
    "regime": ("RegimeName",),
    "type": ("IndividualEntityShip",),
    "source": ("DesignationSource",),
    "imposed": ("SanctionsImposed",),
    "other_information": ("OtherInformation",),
    "reasons": ("UKStatementofReasons",),
    "designated": ("DateDesignated",),
    "last_amended": ("LastUpdated",),
    "title": ("Titles", "Title"),
    "phone": ("PhoneNumbers", "PhoneNumber"),
    "website": ("Websites", "Website"),
    "email": ("EmailAddresses", "EmailAddress"),
    "born": ("IndividualDetails", "Individual", "DOBs", "DOB"),
    "nationality": ("IndividualDetails", "Individual", "Nationalities", "Nationality"),
    "position": ("IndividualDetails", "Individual", "Positions", "Position"),
    "gender": ("IndividualDetails", "Individual", "Genders", "Gender"),
    "entity_type": ("EntityDetails", "Entity", "TypeOfEntities", "TypeOfEntity"),
    "subsidiary": ("EntityDetails", "Entity", "Subsidiaries", "Subsidiary"),
    "parent": ("EntityDetails", "Entity", "ParentCompanies", "ParentCompany"),
    "registration": ("EntityDetails", "Entity", "BusinessRegistrationNumbers", "BusinessRegistrationNumber"),
    "imo": ("ShipDetails", "Ship", "IMONumbers", "IMONumber"),
    "owner": ("ShipDetails", "Ship", "CurrentOwnerOperators", "CurrentOwnerOperator"),
    "former_owner": ("ShipDetails", "Ship", "PreviousOwnerOperators", "PreviousOwnerOperator"),
    "flag": ("ShipDetails", "Ship", "CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip"),
    "former_flag": ("ShipDetails", "Ship", "PreviousFlags", "PreviousFlag"),
    "ship_type": ("ShipDetails", "Ship", "TypeOfShipDetails", "TypeOfShip"),
    "tonnage": ("ShipDetails", "Ship", "TonnageOfShipDetails", "TonnageOfShip"),
    "length": ("ShipDetails", "Ship", "LengthOfShipDetails", "LengthOfShip"),
    "year_built": ("ShipDetails", "Ship", "YearsBuilt", "YearBuilt"),
}
_XML_GROUPS: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (
        ("Names", "Name"),
        {**{f"Name{n}": f"name{n}" for n in range(1, 7)}, "NameType": "name_type", "AliasStrength": "alias_strength"},
    ),
    (
        ("NonLatinNames", "NonLatinName"),
        {
            "NameNonLatinScript": "non_latin_name",
            "NonLatinScriptType": "non_latin_script",
            "NonLatinScriptLanguage": "non_latin_language",
        },
    ),
    (
        ("Addresses", "Address"),
        {
            **{f"AddressLine{n}": f"address{n}" for n in range(1, 7)},
            "AddressPostalCode": "postal_code",
            "AddressCountry": "country",
        },
    ),
    (
        ("IndividualDetails", "Individual", "PassportDetails", "Passport"),
        {"PassportNumber": "passport", "PassportAdditionalInformation": "passport_note"},
    ),
    (
        ("IndividualDetails", "Individual", "NationalIdentifierDetails", "NationalIdentifier"),
        {"NationalIdentifierNumber": "national_id", "NationalIdentifierAdditionalInformation": "national_id_note"},
    ),
    (
        ("IndividualDetails", "Individual", "BirthDetails", "Location"),
        {"TownOfBirth": "birth_town", "CountryOfBirth": "birth_country"},
    ),
)
_IS_ID = re.compile(r"[A-Z]{3}[0-9]{3,5}")
_LABEL = re.compile(rf"\(({'|'.join(LABELS)})\)\s*:?", re.IGNORECASE)
_UN_REFERENCE = re.compile(r"[A-Z]{2}[ieIE]\.[0-9]{3}")
_NUMBERED = re.compile(r"\((\d{1,2})(?:\s*-\s*(\d{1,2}))?\)\s*(?:to\s*\((\d{1,2})\)\s*)?")
_REFERENCE = re.compile(r"\(UK Sanctions List Ref\):?\s*([A-Z]{3}[0-9]{3,5})")
_DAY = re.compile(r"([0-9]{1,2}|[d0]{2})[/.]([0-9]{1,2}|[m0]{2})[/.]([0-9]{4})", re.IGNORECASE)
_REPORT_DAY = re.compile(r"([0-9]{1,2})[-/ ]([A-Za-z]{3}|[0-9]{1,2})[A-Za-z]*[-/ ]([0-9]{4})")

Row = Mapping[str, str]


@dataclass(frozen=True)
class _Read:
    """What a file holds: rows in our names of columns, each with the number of its record; the day it gives itself."""

    rows: list[tuple[int, Row]]
    published: date | None
    layout: str
    unread: Mapping[str, int]
    """Elements that say what nobody reads."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one edition of the list.

    Args:
        files: one CSV or XML file, whatever its name; of several the XML counts, else the CSV with a Unique ID.

    Returns:
        ``listings`` and the details in the staged shape: programs are the regimes, listed_on is the day of designation (the
        OFSI list also states when its own list took the party in: a note). Facts: see ``Gatherer.staged``, ``n_rows`` and
        ``format``.

    Raises:
        Quarantine: no file is the list; or it is empty, HTML, cut, or holds nobody.
    """
    name = _file_of(files)
    found = Gatherer(name, DETAILS)
    with open_file(files, name) as stream:
        read = _xml_rows(stream, name) if begins_as_xml(files, name) else _table_rows(stream.read(), name, found)
    parties: dict[str, list[Row]] = {}
    for number, row in read.rows:
        native_id = _id_of(row)
        if native_id is None:
            found.n_read += 1
            found.reject_unreadable(number, None, _name_of(row), "the id is missing")
            continue
        parties.setdefault(native_id, []).append(row)
    for native_id, rows in parties.items():
        _read_party(found, native_id, rows)
    return found.staged(read.published, n_rows=len(read.rows), format=read.layout, unread_elements=dict(read.unread))


# files ----------------------------------------------------------------------------------------------------------------


def _file_of(files: Mapping[str, bytes]) -> str:
    """The file to read: the XML, else the CSV of the UK Sanctions List, else the first."""
    if not files:
        raise Quarantine("the snapshot holds no file. The last good list stands; add UK-Sanctions-List.csv or .xml.")
    ranked = sorted(files, key=lambda name: (not begins_as_xml(files, name), b"Unique ID" not in _head(files, name), name))
    return ranked[0]


def _head(files: Mapping[str, bytes], name: str) -> bytes:
    with open_file(files, name) as stream:
        return stream.read(5000)


def _xml_rows(stream: BinaryIO, name: str) -> _Read:
    xml = XmlFile(stream, name, KEPT)
    expect_root(xml, ROOT)
    rows: list[tuple[int, Row]] = []
    published, number = None, 0
    for kind, record in xml.records("DateGenerated", "Designation"):
        if kind == "DateGenerated":
            published = _day(clean(record.text))
            continue
        number += 1
        rows += [(number, row) for row in _rows_of(record)]
    # the measures stand in words beside the indicators
    return _Read(rows, published, "uk xml", xml.unread("SanctionsImposedIndicators"))


def _rows_of(record: Element) -> Iterator[Row]:
    """A designation as rows of the CSV's columns: one with the single values, and one for each further value."""
    single: dict[str, str] = {}
    more: list[Row] = []
    for column, path in _XML_VALUES.items():
        for value in texts(record, *path):
            if column in single:
                more.append({column: value})
            else:
                single[column] = value
    key = {"unique_id": single["unique_id"]} if "unique_id" in single else {}
    yield single
    for path, columns in _XML_GROUPS:
        for group in children(record, *path):
            more.append({column: text for tag, column in columns.items() if (text := text_of(group, tag)) is not None})
    if key:
        yield from (key | dict(row) for row in more)


def _records(data: bytes, name: str) -> list[list[str]]:
    """The rows of a CSV, or of the first sheet of a workbook, that are not blank."""
    if is_packed(data):
        lines = [[cell or "" for cell in cells] for cells in next(sheets(name, data, KEPT))[1]]
    else:
        # not strict: the list is not withheld for a quotation mark in a remark
        lines = csv_rows(name, read_text(name, data, KEPT, errors="replace").replace("\0", ""), KEPT, ",", strict=False)
    return [cells for cells in lines if not is_blank(cells)]


def _table_rows(data: bytes, name: str, found: Gatherer) -> _Read:
    records = _records(data, name)
    place = next((n for n, cells in enumerate(records[:5]) if {"unique_id", "group_id"} & set(_columns(cells))), None)
    if place is None:
        raise Quarantine(
            f"{name} is not the list: none of its first lines is a header with Unique ID or Group ID; it begins with "
            f"{', '.join(records[0])[:60] if records else ''!r}. {KEPT}"
        )
    columns = _columns(records[place])
    if not {"name6", "regime"} <= set(columns):
        raise Quarantine(f"{name}: its header lacks Name 6 or the regime: another layout, or not the list. {KEPT}")
    body = by_width(name, records[place], records[place + 1 :], KEPT)
    for number, cells in body.ragged:
        found.reject_unreadable(
            number,
            next((cell.strip() for cell in cells[:2] if _IS_ID.fullmatch(cell.strip())), None),
            ",".join(cells),
            f"{len(cells)} columns where the header has {len(columns)}",
        )
    rows: list[tuple[int, Row]] = [
        (number, {c: v for c, cell in zip(columns, cells, strict=True) if c is not None and (v := clean(cell)) is not None})
        for number, cells in body.whole
    ]
    rows = [(number, {**_labelled(row.get("other_information", "")), **row}) for number, row in rows]
    published = next((day for cells in records[:place] if (day := _day(" ".join(cells))) is not None), None)
    return _Read(rows, published, "uk csv" if "unique_id" in columns else "ofsi csv", {})


def _columns(header: Iterable[str]) -> list[str | None]:
    """Our names of the columns; None for one that is not read. ``Country`` is the address's only in the OFSI list."""
    named = [(clean(cell) or "").casefold() for cell in header]
    return [COLUMNS.get(cell) or ("country" if cell == "country" else None) for cell in named]


@cache
def _labelled(text: str) -> dict[str, str]:
    """What of Other Information stands behind a label, up to the next one, by our names of the columns."""
    parts = _LABEL.split(text)
    labelled = zip(parts[1::2], parts[2::2], strict=True)
    found = {LABELS[label.casefold()]: value for label, part in labelled if (value := clean(part))}
    found.pop("", None)
    if (reference := _UN_REFERENCE.match(found.pop("un_reference", ""))) is not None:
        # prose follows, which is the remark
        found["un_reference"] = reference[0]
    return found


# parties --------------------------------------------------------------------------------------------------------------


def _id_of(row: Row) -> str | None:
    if "unique_id" in row:
        return row["unique_id"]
    if (reference := _REFERENCE.search(row.get("other_information", ""))) is not None:
        return reference[1]
    return f"OFSI-{row['group_id']}" if "group_id" in row else None


def _name_of(row: Row) -> str | None:
    return clean(" ".join(row[part] for part in NAME_PARTS if part in row))


def _read_party(found: Gatherer, native_id: str, rows: list[Row]) -> None:
    named = [(name, row) for row in rows if (name := _name_of(row)) is not None]
    primary = next((name for name, row in named if row.get("name_type", "").casefold() == "primary name"), None)
    listed_on = min((day for value in _all(rows, "designated") if (day := _day(value)) is not None), default=None)
    ofsi_days = [day for value in _all(rows, "listed_by_ofsi") if (day := _day(value)) is not None]
    if listed_on is None:
        listed_on = min(ofsi_days, default=None)
    good = found.party(
        native_id,
        primary if primary is not None else next((name for name, _ in named), None),
        PARTY_TYPES.get(next(iter(_all(rows, "type")), "").casefold()),
        title="; ".join(_split(rows, "title") + _split(rows, "position")) or None,
        remarks=" ".join(_all(rows, "other_information")) or None,
        programs="] [".join(_all(rows, "regime")) or None,
        vessel_type=next(iter(_all(rows, "ship_type")), None),
        tonnage=next(iter(_all(rows, "tonnage")), None),
        vessel_flag=next(iter(_all(rows, "flag")), None),
        vessel_owner="; ".join(_all(rows, "owner")) or None,
        listed_on=listed_on,
        listed_on_basis=None if listed_on is None else "source_field",
    )
    if not good:
        return
    for name, row in named:
        weak = row.get("alias_strength", "").casefold().startswith("low")
        kind = "fka" if row.get("name_type", "").casefold() in ("fka", "f.k.a", "formerly known as") else "aka"
        found.name(native_id, name, kind, "weak" if weak else "strong")
    for value in _all(rows, "non_latin_name"):
        found.name(native_id, value, "aka")
    for value in _split(rows, "nationality"):
        found.stated_country(native_id, found.country(value), "nationality")
    for row in rows:
        _read_row(found, native_id, row)
    for column, scheme in (
        ("imo", "imo"),
        ("registration", "registration"),
        ("phone", "phone"),
        ("fax", "fax"),
        ("website", "website"),
        ("email", "email"),
        ("hull_number", "hull_number"),
        ("un_reference", "un_reference"),
        ("group_id", "ofsi_group"),
    ):
        for value in _split(rows, column):
            found.identifier(native_id, scheme, value)
    for value in _split(rows, "born"):
        when = _birth_date(value)
        found.birth_date(native_id, value if when is None else when.text, when)
    for column, relation in (("parent", "parent_company"), ("subsidiary", "subsidiary"), ("owner", "owner_or_operator")):
        for value in _split(rows, column):
            found.link(native_id, relation, value)
    for column, kind in (
        ("gender", "gender"),
        ("entity_type", "organization_type"),
        ("imposed", "measures"),
        ("reasons", "reason"),
        ("source", "designation_source"),
        ("year_built", "year_built"),
        ("length", "vessel_length"),
    ):
        for value in _all(rows, column):
            found.note(native_id, kind, value)
    for column, kind in (("former_flag", "former_vessel_flag"), ("former_owner", "former_vessel_owner")):
        for value in _split(rows, column):
            found.note(native_id, kind, value)
    if ofsi_days:
        found.note(native_id, "listed_by_ofsi", min(ofsi_days).isoformat())
    amended = [day for value in _all(rows, "last_amended") if (day := _day(value)) is not None]
    if amended:
        found.note(native_id, "last_amended", max(amended).isoformat())


def _read_row(found: Gatherer, native_id: str, row: Row) -> None:
    """Details whose columns belong together: a script, an address, a passport, a national number, a place of birth."""
    script = ", ".join(row[c] for c in ("non_latin_script", "non_latin_language") if c in row)
    if script and "non_latin_name" in row:
        found.note(native_id, "non_latin_script", f"{row['non_latin_name']}: {script}")
    lines = [row[f"address{n}"] for n in range(1, 7) if f"address{n}" in row]
    if lines or "postal_code" in row or "country" in row:
        city = ", ".join(p for p in (row.get("address6"), row.get("postal_code")) if p is not None) or None
        country = row.get("country")
        found.address(native_id, (*lines, row.get("postal_code")), city, country, found.country(country))
    for column in ("passport", "national_id"):
        for value in _values(row.get(column)):
            found.identifier(native_id, column, value, None, row.get(f"{column}_note"))
    towns, lands = _values(row.get("birth_town")), _values(row.get("birth_country"))
    if len(towns) == len(lands):
        places: list[tuple[str | None, str | None]] = list(zip(towns, lands, strict=True))
    elif len(lands) == 1:
        places = [(town, lands[0]) for town in towns]
    else:
        places = [*((town, None) for town in towns), *((None, land) for land in lands)]
    for town, land in places or [(None, land) for land in lands]:
        found.birth_place(native_id, ", ".join(p for p in (town, land) if p is not None), found.country(land))


# values ---------------------------------------------------------------------------------------------------------------


def _all(rows: Iterable[Row], column: str) -> list[str]:
    """The different values of a column, in order."""
    return list(dict.fromkeys(row[column] for row in rows if column in row))


def _split(rows: Iterable[Row], column: str) -> list[str]:
    """The different values of a column whose cells may number several."""
    return list(dict.fromkeys(part for value in _all(rows, column) for part in _values(value)))


def _values(cell: str | None) -> list[str]:
    """``(1) Russia (2) Cyprus`` as its parts, and ``(1) to (3) Libya (4) Morocco`` as four; any other cell as it is."""
    if cell is None or not cell.startswith(("(1)", "(1-", "(1 ")):
        return [] if cell is None else [cell]
    parts = _NUMBERED.split(cell)[1:]
    found: list[str] = []
    for first, last, to, text in zip(*(iter(parts),) * 4, strict=True):
        if (value := clean(text.rstrip(" .,;"))) is not None:
            found += [value] * max(1, int(last or to or first) - int(first) + 1)
    return found


def _day(text: str | None) -> date | None:
    """The day in a text that holds DD/MM/YYYY, DD-Mon-YYYY, or begins with YYYY-MM-DD."""
    if text is None:
        return None
    found = _REPORT_DAY.search(text)
    if found is None:
        return iso_date(text)
    month = months.BY_SHORT.get(found[2].casefold())
    number = month if month is not None else int(found[2]) if found[2].isdigit() else 0
    try:
        return date(int(found[3]), number, int(found[1]))
    except ValueError:
        return None


def _birth_date(text: str) -> PartialDate | None:
    found = _DAY.fullmatch(text)
    if found is None:
        part = re.fullmatch(r"(?:([0-9]{1,2})/)?([0-9]{4})", text)
        return None if part is None else partial_date(int(part[2]), int(part[1] or 0) or None)
    day, month = (int(part) if part.isdigit() else 0 for part in (found[1], found[2]))
    return partial_date(int(found[3]), month or None, (day or None) if month else None)


READERS = {"gb_sanctions": (stage, judge_list)}
"""By source: how its bytes are read, and how a snapshot is judged."""
