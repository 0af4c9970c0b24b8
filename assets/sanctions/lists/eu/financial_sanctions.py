"""The consolidated list of financial sanctions of the European Union: from its XML or CSV (version 1.1) to the staged shape.

XML: root export (attribute generationDate) with one sanctionEntity a party; everything stands in attributes. CSV: separated by
semicolons, a header of 118 columns (September 2026), several rows a party (one for each alias, address, birth, document,
citizenship), each with the columns of the party; quotes stand bare in cells, and no cell holds a line break: one is written as
a backslash and an n, and each remark stands in parentheses.

Names stand in no order of rank, and new ones come first as often as last. The name of a listing is the one that was entered
first (the lowest logicalId), so that a further spelling is no edit of the listing: ``_main``.

``designationDate`` is the day of listing. ``publicationDate`` and ``entryIntoForceDate`` are those of the regulation that
amended the entry last (O. Deripaska: listed 2022-04-08, amended 2024-09-13): they are kept as a note and never taken for the
day of listing. Many older entries state no day. The lasting key is logicalId, which both layouts have in all editions; older
editions of the XML lack the EU reference number.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from assets.contracts import Staged, open_file
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.xml import Element, XmlFile, begins_as_xml, children, clean, expect_root, texts
from assets.sanctions.reading.dates import PartialDate, between, iso_date, partial_date
from assets.sanctions.reading.gather import Gatherer, judge_list
from assets.sanctions.reading.one_list import KEPT

ROOT = "export"
DETAILS = ("names", "countries", "identifiers", "addresses", "birth_dates", "birth_places", "notes")
PARTY_TYPES = {"person": "person", "p": "person", "enterprise": "entity", "e": "entity"}
ID_COLUMN = "Entity_LogicalId"
NEEDED = (ID_COLUMN, "NameAlias_WholeName", "Entity_DesignationDate")
SCHEMES = {
    "passport": "passport",
    "diplomaticpassport": "passport",
    "id": "national_id",
    "ssn": "ssn",
    "fiscalcode": "tax_id",
    "regnumber": "registration",
    "swiftbic": "swift_bic",
    "imo": "imo",
}
"""Scheme by identificationTypeCode; another one is other, with its description in the note."""
CONTACTS = (("mail", "email"), ("web", "website"), ("phone", "phone"), ("tel", "phone"), ("fax", "fax"))
"""Scheme of a contactInfo by a part of its key."""
_FLAGS = {
    "diplomatic": "diplomatic",
    "knownExpired": "expired",
    "knownFalse": "false",
    "reportedLost": "reported lost",
    "revokedByIssuer": "revoked by its issuer",
}
_UNKNOWN = ("unknown", "")
_LOW = re.compile(r"\blow?[\s-]+quality\b", re.IGNORECASE)
"""A remark that calls a name weak; ``lo quality`` is a slip of the list's."""
_QUALITY = re.compile(r"\(?(?:good|low?)[\s-]+quality(?:[\s-]+(?:al\w*|a\.?k\.?a\.?))?\)?[.;]?", re.IGNORECASE)
"""A remark on the quality of a name and on nothing else."""
_BREAK = "\\n"
"""How the CSV writes a line break within a cell."""
_BETWEEN_CONTACTS = re.compile(r";|,(?=\s|www\.|https?:|\+|[^\s,;@]+@)")
_FEWEST_DIGITS = 5
"""Digits of a telephone number; what has fewer is the end of the number before (``33 44 10 20, 21``)."""

Values = Callable[[str], str | None]
"""Value of an attribute by its name in the XML, cleaned; None where it is empty."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one edition of the list.

    Args:
        files: one XML or CSV file, whatever its name; of several the XML counts.

    Returns:
        ``listings`` and the details in the staged shape: programs is the programme of the entry's regulation. The CSV does not
        tell weak aliases apart unless a remark does: there all are strong. Remarks on names, births and citizenships are notes
        that begin with what they are on. Facts: see ``Gatherer.staged``, and ``format``.

    Raises:
        Quarantine: no file is the list; or it is empty, HTML, cut, or holds nobody.
    """
    if not files:
        raise Quarantine("the snapshot holds no file. The last good list stands; add the full list as XML or CSV.")
    name = min(files, key=lambda name: (not begins_as_xml(files, name), name))
    found = Gatherer(name, DETAILS)
    with open_file(files, name) as stream:
        if begins_as_xml(files, name):
            xml = XmlFile(stream, name, KEPT)
            expect_root(xml, ROOT)
            for _, record in xml.records("sanctionEntity"):
                _read_party(found, _Record(record))
            return found.staged(
                iso_date(xml.root.attributes.get("generationDate")), format="eu xml", unread_elements=xml.unread()
            )
        return _stage_csv(stream.read(), name, found)


# what an entry says, in either layout ------------------------------------------------------------------------------------


class _Record:
    """An entry of the XML: groups of attributes by the name of their element."""

    def __init__(self, element: Element) -> None:
        self._element = element
        self.value: Values = _attributes(element)
        self.remarks = list(texts(element, "remark"))

    def groups(self, name: str) -> Iterator[tuple[Values, list[str], list[Values]]]:
        """Values of each such element, its remarks, and its contacts."""
        for child in children(self._element, name):
            contacts = [_attributes(contact) for contact in children(child, "contactInfo")]
            yield _attributes(child), list(texts(child, "remark")), contacts

    @property
    def publication_url(self) -> str | None:
        return next(texts(self._element, "regulation", "publicationUrl"), None)


class _Rows:
    """An entry of the CSV: the same groups, out of the rows that have them."""

    _COLUMNS: Mapping[str, Mapping[str, str]] = {
        "": {
            "logicalId": "Entity_LogicalId",
            "euReferenceNumber": "Entity_EU_ReferenceNumber",
            "unitedNationId": "Entity_UnitedNationId",
            "designationDate": "Entity_DesignationDate",
            "designationDetails": "Entity_DesignationDetails",
        },
        "subjectType": {"code": "Entity_SubjectType_ClassificationCode", "classificationCode": "Entity_SubjectType"},
        "regulation": {
            "programme": "Entity_Regulation_Programme",
            "numberTitle": "Entity_Regulation_NumberTitle",
            "publicationDate": "Entity_Regulation_PublicationDate",
            "entryIntoForceDate": "Entity_Regulation_EntryIntoForceDate",
        },
        "nameAlias": {
            n: f"NameAlias_{n[0].upper()}{n[1:]}"
            for n in ("wholeName", "firstName", "middleName", "lastName", "function", "title", "gender", "logicalId")
        },
        "address": {
            n: f"Address_{n[0].upper()}{n[1:]}"
            for n in ("street", "poBox", "place", "city", "zipCode", "region", "countryIso2Code", "countryDescription")
        },
        "birthdate": {
            "birthdate": "BirthDate_BirthDate",
            "dayOfMonth": "BirthDate_Day",
            "monthOfYear": "BirthDate_Month",
            **{
                n: f"BirthDate_{n[0].upper()}{n[1:]}"
                for n in (
                    "year", "yearRangeFrom", "yearRangeTo", "circa", "calendarType", "place", "city", "region",
                    "countryIso2Code", "countryDescription",
                )
            },
        },
        "identification": {
            "identificationTypeCode": "Identification_TypeCode",
            "identificationTypeDescription": "Identification_TypeDescription",
            "issueDate": "Identification_IssuedDate",
            **{
                n: f"Identification_{n[0].upper()}{n[1:]}"
                for n in (
                    "number", "latinNumber", "issuedBy", "validFrom", "validTo", "countryIso2Code", "countryDescription",
                    "region", "nameOnDocument", *_FLAGS,
                )
            },
        },
        "citizenship": {
            "countryIso2Code": "Citizenship_CountryIso2Code",
            "countryDescription": "Citizenship_CountryDescription",
        },
    }  # fmt: skip
    _REMARKS: Mapping[str, str] = {
        "nameAlias": "NameAlias_Remark",
        "address": "Address_Remark",
        "birthdate": "BirthDate_Remark",
        "identification": "Identification_Remark",
        "citizenship": "Citizenship_Remark",
    }

    def __init__(self, rows: list[Mapping[str, str]]) -> None:
        self._rows = rows
        self.value: Values = self._values(rows[0], "")
        self.remarks = list(dict.fromkeys(remark for row in rows for remark in _apart(row.get("Entity_Remark"))))

    def groups(self, name: str) -> Iterator[tuple[Values, list[str], list[Values]]]:
        remark = self._REMARKS.get(name, "")
        seen: set[tuple[tuple[str, str], ...]] = set()
        for row in self._rows:
            held = tuple((c, row[c]) for c in (*self._COLUMNS[name].values(), remark) if c in row)
            if not held or held in seen:
                continue
            seen.add(held)
            written = _apart(row.get("Address_ContactInfo")) if name == "address" else []
            contacts: list[Values] = [{"key": "other", "value": contact}.get for contact in written]
            yield self._values(row, name), _apart(row.get(remark)), contacts

    @property
    def publication_url(self) -> str | None:
        return self._rows[0].get("Entity_Regulation_PublicationUrl")

    def _values(self, row: Mapping[str, str], name: str) -> Values:
        columns = self._COLUMNS[name]
        return lambda attribute: clean(row.get(columns.get(attribute, ""), "").replace(_BREAK, " "))


def _apart(cell: str | None) -> list[str]:
    r"""The remarks of a cell of the CSV, ``(first)\n(second)``, each without its parentheses; a break within one is a blank."""
    remarks: list[str] = []
    depth = 0
    for line in (cell or "").split(_BREAK):
        if depth > 0:
            remarks[-1] += f" {line}"
        else:
            remarks.append(line.strip())
        depth = max(depth, 0) + line.count("(") - line.count(")")
    return [found for remark in remarks if (found := clean(remark[1:-1] if _is_wrapped(remark) else remark)) is not None]


def _is_wrapped(text: str) -> bool:
    """Whether the parenthesis that opens a text is closed by its last sign, and not before."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth <= 0:
            return place > 0 and place == len(text) - 1
    return False


def _attributes(element: Element) -> Values:
    return lambda name: clean(element.get(name))


# an entry ---------------------------------------------------------------------------------------------------------------


def _read_party(found: Gatherer, entry: _Record | _Rows) -> None:
    native_id = entry.value("logicalId")
    names = [(name, value, remarks) for value, remarks, _ in entry.groups("nameAlias") if (name := _name(value)) is not None]
    names.sort(key=lambda named: _entered(named[1]("logicalId")))
    codes = [code for value, _, _ in entry.groups("subjectType") for c in ("code", "classificationCode") if (code := value(c))]
    regulations = [value for value, _, _ in entry.groups("regulation")]
    listed_on = _day(entry.value("designationDate"))
    titles = [text for _, value, _ in names for a in ("title", "function") if (text := value(a)) is not None]
    good = found.party(
        native_id,
        _main(names),
        next((PARTY_TYPES[code.casefold()] for code in codes if code.casefold() in PARTY_TYPES), None),
        title="; ".join(dict.fromkeys(titles)) or None,
        remarks=" ".join(entry.remarks) or None,
        programs="] [".join(dict.fromkeys(p for value in regulations if (p := value("programme")) is not None)) or None,
        listed_on=listed_on,
        listed_on_basis=None if listed_on is None else "source_field",
    )
    if not good or native_id is None:
        return
    for name, value, remarks in names:
        is_weak = value("strong") == "false" or _is_called_weak(remarks)
        found.name(native_id, name, "aka", "weak" if is_weak else "strong")
        _remarks_on(found, native_id, "name_remark", name, [r for r in remarks if _QUALITY.fullmatch(r) is None])
        found.note(native_id, "gender", {"M": "Male", "F": "Female"}.get(value("gender") or ""))
    found.identifier(native_id, "eu_reference", entry.value("euReferenceNumber"))
    found.identifier(native_id, "un_reference", entry.value("unitedNationId"))
    for value, remarks, _ in entry.groups("citizenship"):
        found.stated_country(native_id, _country(found, value), "citizenship")
        _remarks_on(found, native_id, "citizenship_remark", _shown(value), remarks)
    for value, remarks, contacts in entry.groups("address"):
        _address(found, native_id, value, remarks, contacts)
    for value, remarks, _ in entry.groups("birthdate"):
        _birth(found, native_id, value, remarks)
    for value, remarks, _ in entry.groups("identification"):
        _identification(found, native_id, value, remarks)
    found.note(native_id, "designation", entry.value("designationDetails"))
    for value in regulations:
        act = (
            value("numberTitle"),
            _labelled("published", value("publicationDate")),
            _labelled("in force", value("entryIntoForceDate")),
        )
        text = ", ".join(part for part in (*act, entry.publication_url) if part is not None)
        found.note(native_id, "last_amended_by", text or None)


def _main(names: Iterable[tuple[str, Values, list[str]]]) -> str | None:
    """The name of the listing: of those that no remark calls weak, and in Latin letters, the first.

    The mark ``strong`` is left out, since the CSV lacks it and both layouts must give one name.
    """
    return min(names, key=lambda named: (_is_called_weak(named[2]), not _is_latin(named[0])), default=(None,))[0]


def _entered(logical_id: str | None) -> float:
    """Place of a name in the order of entry; one without a number keeps its place in the file, after those that have one."""
    return int(logical_id) if logical_id is not None and re.fullmatch(r"[0-9]{1,15}", logical_id) else float("inf")


def _is_called_weak(remarks: Iterable[str]) -> bool:
    return any(_LOW.search(remark) for remark in remarks)


def _is_latin(name: str) -> bool:
    """Whether no letter is of another script; signs that stand for an apostrophe are of none."""
    return name.isascii() or all(unicodedata.name(c, "").startswith(("LATIN", "MODIFIER")) for c in name if c.isalpha())


def _remarks_on(found: Gatherer, native_id: str, kind: str, what: str | None, remarks: Iterable[str]) -> None:
    """Remarks on a part of the entry: each a note that begins with the part it is on."""
    for remark in remarks:
        found.note(native_id, kind, remark if what is None else f"{what}: {remark}")


def _name(value: Values) -> str | None:
    return value("wholeName") or clean(" ".join(value(part) or "" for part in ("firstName", "middleName", "lastName")))


def _country(found: Gatherer, value: Values) -> str | None:
    name, code = value("countryDescription"), value("countryIso2Code")
    return None if (name or "").casefold() in _UNKNOWN and code in (None, "00") else found.country(name, code)


def _shown(value: Values) -> str | None:
    """The country as the list writes it; None where it is unknown."""
    country = value("countryDescription")
    return None if country is None or country.casefold() in _UNKNOWN else country


def _part(value: Values, name: str) -> str | None:
    """A part of an address or a place of birth; a dash fills in for one that is not known."""
    part = value(name)
    return part if part is not None and re.search(r"\w", part) else None


def _address(found: Gatherer, native_id: str, value: Values, remarks: list[str], contacts: Iterable[Values]) -> None:
    city = ", ".join(p for name in ("city", "region", "zipCode") if (p := _part(value, name)) is not None) or None
    parts = (_part(value, "street"), _labelled("PO Box", _part(value, "poBox")), _part(value, "place"), city)
    shown = _shown(value)
    note = "; ".join(remarks) or None
    if any(part is not None for part in (*parts, shown)):
        found.address(native_id, parts, city, shown, _country(found, value), note)
    else:
        found.note(native_id, "address", note)
    for contact in contacts:
        key = (contact("key") or "").casefold()
        scheme = next((s for part, s in CONTACTS if part in key), "contact")
        for one in _contacts(scheme, contact("value")):
            found.identifier(native_id, scheme, one)


def _contacts(scheme: str, text: str | None) -> list[str]:
    """The addresses or numbers that stand in one value; of a contact of no stated kind, commas part nothing."""
    contacts: list[str] = []
    for piece in (text or "").split(";") if scheme == "contact" else _BETWEEN_CONTACTS.split(text or ""):
        is_end = scheme in ("phone", "fax") and contacts and sum(c.isdigit() for c in piece) < _FEWEST_DIGITS
        if (one := clean(piece)) is None:
            continue
        if is_end:
            contacts[-1] += f", {one}"
        else:
            contacts.append(one)
    return contacts


def _birth(found: Gatherer, native_id: str, value: Values, remarks: list[str]) -> None:
    when = _birth_date(value)
    written = value("birthdate") or value("year")
    if when is not None or written is not None:
        found.birth_date(native_id, written if when is None else when.text, when)
    if value("calendarType") not in (None, "GREGORIAN"):
        found.note(native_id, "birth_calendar", value("calendarType"))
    place = ", ".join(p for p in (*(_part(value, name) for name in ("place", "city", "region")), _shown(value)) if p is not None)
    found.birth_place(native_id, place or None, _country(found, value))
    _remarks_on(found, native_id, "birth_remark", (written if when is None else when.text) or place or None, remarks)


def _birth_date(value: Values) -> PartialDate | None:
    is_circa = value("circa") == "true"
    if (day := _day(value("birthdate"))) is not None:
        return partial_date(day.year, day.month, day.day, is_circa=is_circa)
    if value("calendarType") not in (None, "GREGORIAN"):
        # the year and the month are of that calendar
        return None
    year, month, day_of_month = (_number(value(part)) for part in ("year", "monthOfYear", "dayOfMonth"))
    if year is not None:
        return partial_date(year, month, day_of_month if month else None, is_circa=is_circa)
    first, last = (_number(value(part)) for part in ("yearRangeFrom", "yearRangeTo"))
    if first is None or last is None:
        return None
    return between(partial_date(first), partial_date(last), is_circa=is_circa)


def _identification(found: Gatherer, native_id: str, value: Values, remarks: list[str]) -> None:
    code = (value("identificationTypeCode") or "other").casefold()
    parts = [
        None if code in SCHEMES else value("identificationTypeDescription"),
        _labelled("issued by", value("issuedBy")),
        _labelled("region", value("region")),
        _labelled("name on document", value("nameOnDocument")),
        _labelled("issued", value("issueDate")),
        _labelled("valid from", value("validFrom")),
        _labelled("valid until", value("validTo")),
        *(text for flag, text in _FLAGS.items() if value(flag) == "true"),
        *remarks,
    ]
    note = "; ".join(t for t in parts if t is not None) or None
    for number in dict.fromkeys((value("number"), value("latinNumber"))):
        if number is not None and re.search(r"\w", number):
            found.identifier(native_id, SCHEMES.get(code, "other"), number, _country(found, value), note)


def _labelled(what: str, value: str | None) -> str | None:
    return None if value is None else f"{what} {value}"


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,4}", text) else None


def _day(text: str | None) -> date | None:
    """YYYY-MM-DD, as both layouts write days; DD/MM/YYYY as the CSV writes some."""
    if text is None:
        return None
    found = re.match(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", text)
    return iso_date(text if found is None else f"{found[3]}-{found[2]}-{found[1]}")


# the CSV ------------------------------------------------------------------------------------------------------------------


def _stage_csv(data: bytes, name: str, found: Gatherer) -> Staged:
    text = read_text(name, data, KEPT, errors="replace")
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip(" ;\0")]
    header = _cells(lines[0], None) if lines else []
    if not set(NEEDED) <= set(header):
        lacks = ", ".join(c for c in NEEDED if c not in header)
        raise Quarantine(f"{name} is not the list: its header lacks {lacks}; it begins with {text[:60]!r}. {KEPT}")
    parties: dict[str, list[Mapping[str, str]]] = {}
    published = None
    for number, line in enumerate(lines[1:], 1):
        cells = _cells(line, len(header))
        if len(cells) != len(header):
            if number == len(lines) - 1:
                raise Quarantine(f"{name} is cut in its last line, {number:,} ({line[:60]!r}). {KEPT}")
            place = header.index(ID_COLUMN)
            held = clean(cells[place]) if place < len(cells) else None
            found.reject_unreadable(
                number,
                held if held is not None and held.isdigit() else None,
                line,
                f"{len(cells)} columns where the header has {len(header)}",
            )
            continue
        row = {column: value for column, cell in zip(header, cells, strict=True) if (value := clean(cell)) is not None}
        if ID_COLUMN not in row:
            found.n_read += 1
            found.reject_unreadable(number, None, line, "the id is missing")
            continue
        published = published or _day(row.get("fileGenerationDate"))
        parties.setdefault(row[ID_COLUMN], []).append(row)
    for rows in parties.values():
        _read_party(found, _Rows(rows))
    return found.staged(published, format="eu csv")


def _cells(line: str, width: int | None) -> list[str]:
    """Cells of a line: quoted where quotes are used as quotes, else as they stand between the semicolons."""
    try:
        quoted = next(csv.reader([line], delimiter=";"), [])
    except csv.Error:
        quoted = []
    return quoted if quoted and (width is None or len(quoted) == width) else line.split(";")


READERS = {"eu_fsf": (stage, judge_list)}
"""By source: how its bytes are read, and how a snapshot is judged."""
