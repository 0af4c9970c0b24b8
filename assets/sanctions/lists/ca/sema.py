"""Canada's consolidated list of autonomous sanctions: from the bytes of sema-lmes.xml to the staged shape.

Root data-set with flat records. Names of elements are English (``Country``) or, later, English and French
(``Country-Pays``): what stands before the hyphen counts. All elements may be absent. In 2020 there were no ships and no
DateOfListing, and EntityOrShip, TitleOrShip and DateOfBirthOrShipBuildDate were Entity, Title and DateOfBirth.

The list has no ids, and schedules and items are numbered again when regulations are amended. So the lasting id is the regulations
with the name; of a ship, which may be renamed, with its IMO number. Two parties of one name under the same regulations are one.

Country names the regulations, no nationality: a Ukrainian may stand under ``Russia / Russie``. It is the program, and the state
at which the measure is directed (``list_destination``) where it is one. DateOfListing is the day of the amendment. The schedule
is the citation; the item is not read, since a new number would look like an amendment of the listing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.contracts import Staged, open_file
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, clean, expect_root, local_name, text_of
from assets.sanctions.reading.dates import PartialDate, partial_date, written_date
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, the_one_name

ROOT = "data-set"
RENAMED = {"Burma": "Myanmar (Burma)"}
"""Regulations by their former name."""
DETAILS = ("names", "countries", "identifiers", "birth_dates", "notes")
FIELDS = {
    "Country": "program", "LastName": "last", "GivenName": "given", "Entity": "entity", "EntityOrShip": "entity",
    "Title": "title", "TitleOrShip": "title", "TitleOrShipType": "title", "ShipIMONumber": "imo", "Aliases": "aliases",
    "DateOfBirth": "born", "DateOfBirthOrShipBuildDate": "born", "Schedule": "schedule", "DateOfListing": "listed_on",
    "Item": "item",
}  # fmt: skip
"""Our names of the elements, by the English ones of all layouts."""
NO_STATES = ("justice for victims", "hamas terrorist", "extremist settler", "ukraine")
"""How regulations begin that are directed at no state of their name. Those of Ukraine list who harms its sovereignty."""
_HALVES = re.compile(r"\s*\|\s*|\s+/\s+")
_IMO = re.compile(r"(?:IMO\s*)?([0-9]{7})", re.IGNORECASE)
_EITHER = re.compile(r"\s+or\s+|\s*/\s*")
_DAY_FIRST = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one edition of the list.

    Args:
        files: one XML file, whatever its name.

    Returns:
        ``listings`` and the details in the staged shape: programs are the regulations by the English name of their country.
        Facts: see ``Gatherer.staged``, ``n_joined`` (records of a party that an earlier one names) and ``programs`` (parties by
        regulations).

    Raises:
        Quarantine: there is no file or more than one; it is empty, HTML, cut, another XML, or holds nobody.
    """
    name = the_one_name(files, "Canadian list (XML)")
    with open_file(files, name) as stream:
        xml = XmlFile(stream, name, KEPT)
        expect_root(xml, ROOT)
        found = Gatherer(name, DETAILS, ids="name")
        for _, record in xml.records("record"):
            _read_record(found, _fields(record))
    if not found.parties:
        raise Quarantine(
            f"{name} holds no party that can be read ({found.n_read:,} records): an empty list is not a mass delisting. {KEPT}"
        )
    programs: dict[str, int] = {}
    for party in found.parties.values():
        programs[party["programs"]] = programs.get(party["programs"], 0) + 1
    layout = "sema dated" if any(party["listed_on"] for party in found.parties.values()) else "sema undated"
    return found.staged(
        format=layout, unread_elements=xml.unread(), n_joined=found.n_joined, programs=dict(sorted(programs.items()))
    )


def _fields(record: Element) -> dict[str, str]:
    """Texts of a record by our names of its elements; of two of one name the first that says something."""
    fields: dict[str, str] = {}
    for name in dict.fromkeys(local_name(child) for child in record.iterchildren("{*}*")):
        field = FIELDS.get(name.partition("-")[0])
        if field is not None and (text := text_of(record, name)) is not None:
            fields.setdefault(field, text)
    return fields


def _english(text: str | None) -> str | None:
    """The half before the French one."""
    return None if text is None else _HALVES.split(text, maxsplit=1)[0] or None


def _read_record(found: Gatherer, fields: Mapping[str, str]) -> None:
    found.n_read += 1
    row = found.n_read
    stated = _english(fields.get("program"))
    program = RENAMED.get(stated or "", stated)
    entity = fields.get("entity")
    name = entity or clean(f"{fields.get('given', '')} {fields.get('last', '')}")
    if program is None or not slug_as_written(program):
        found.reject_illegible(row, "Country", name, "the country of the regulations is missing")
        return
    imo = _imo(found, row, fields.get("imo"))
    party_type = "vessel" if imo is not None else "person" if entity is None else "entity"
    key = slug_as_written(name or "")
    native_id = key and f"{slug_as_written(program)}.{key if imo is None else f'imo-{imo}'}"
    listed_on = found.day(row, "DateOfListing", fields.get("listed_on", ""), ("%Y-%m-%d",), "YYYY-MM-DD")
    title = _english(fields.get("title"))
    schedule = fields.get("schedule")
    party = found.party(
        native_id,
        name,
        party_type,
        row=row,
        programs=program,
        title=title if party_type != "vessel" else None,
        vessel_type=title if party_type == "vessel" else None,
        listed_on=listed_on,
        listed_on_basis=None if listed_on is None else "source_field",
        citation=None if schedule in (None, "N/A") else f"Schedule {schedule}",
    )
    if party is None:
        return
    if listed_on is not None and (party["listed_on"] is None or listed_on < party["listed_on"]):
        party |= {"listed_on": listed_on, "listed_on_basis": "source_field"}
    if name != party["name"]:
        found.name(native_id, name)
    for alias in _aliases(fields.get("aliases", ""), party_type):
        found.name(native_id, alias)
    if not program.casefold().startswith(NO_STATES):
        found.stated_country(native_id, found.country(program), "list_destination")
    if imo is not None:
        found.identifier(native_id, "imo", imo)
    if (written := fields.get("born")) is not None:
        _date(found, row, native_id, party_type, written)


def _imo(found: Gatherer, row: int, text: str | None) -> str | None:
    match = None if text is None else _IMO.fullmatch(text)
    if text is not None and match is None:
        found.reject(row, "ShipIMONumber", text, "no IMO number of seven digits; the row is kept without it")
    return None if match is None else match[1]


def _aliases(text: str, party_type: str) -> list[str]:
    """Aliases: apart by semicolons; of persons also by commas between whole names (two words or more).

    A comma may as well stand within a name: before a legal form, in the name of a ministry, after a surname.
    """
    aliases = []
    for alias in text.split(";"):
        parts = alias.split(",")
        is_list = party_type == "person" and all(len(part.split()) > 1 for part in parts)
        aliases += parts if is_list else [alias]
    return [name for alias in aliases if (name := clean(alias)) is not None and slug_as_written(name)]


def _date(found: Gatherer, row: int, native_id: str, party_type: str, written: str) -> None:
    """A day of birth, or of the building of a ship; either of two, where the list cannot tell which."""
    whole = _when(written)
    if party_type == "person":
        either = [(written, whole)] if whole is not None else [(part, _when(part)) for part in _EITHER.split(written)]
        if all(when is not None for _, when in either):
            for part, when in either:
                found.birth_date(native_id, part if when is None else when.text, when)
        else:
            found.birth_date(native_id, written, None)
    elif party_type == "vessel" and whole is not None:
        found.note(native_id, "year_built", str(whole.first.year))
    else:
        found.reject(row, "DateOfBirthOrShipBuildDate", written, "no day or year of building; the row is kept without it")


def _when(text: str) -> PartialDate | None:
    if (match := _DAY_FIRST.fullmatch(text)) is not None:
        return partial_date(int(match[3]), int(match[2]), int(match[1]))
    return written_date(text)


READERS = {"ca_sema": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
