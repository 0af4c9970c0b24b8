"""The Consolidated Screening List: from the bytes of its CSV, TSV or JSON file to the parties that no list of OFAC holds.

The file joins thirteen lists. OFAC's are repeats of lists that are sources of their own here: their rows are counted and read
no further. Listings are those of the Bureau of Industry and Security (EL, DPL, UVL, MEU) and of the Department of State (DTC,
ISN); the code of the list is the program.

``_id`` is a hash of the name and the notices, so it changes with every amendment. The lasting id here is the code of the list
and the name without case and marks (``EL:huawei-technologies-co-ltd``). Rows of one list with one name (one per destination or
per notice) are one listing with all their addresses and notices, in force from the earliest start.

Layouts: 29 columns (28 in 2019, without ``_id``); JSON holds the same fields, lists in place of joined text, under
``results``. Day: YYYY-MM-DD, in single rows M/D/YYYY. Bytes that were lost on the way (``Academy?s``) stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from assets.actors.registry import us_jurisdictions
from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, fallen, judge_rows
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.reading.tables import cells_by_name
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.dates import published_by
from assets.sanctions.reading.gather import Gatherer, warnings_of
from assets.sanctions.reading.names import slug_as_written, snake
from assets.sanctions.reading.one_list import KEPT, one_file
from assets.sanctions.reading.party_types import party_type_of

MIRRORED = ("SDN", "SSI", "FSE", "PLC", "CAP", "CMIC", "NS-MBS")
"""Lists of OFAC in the file; codes that are new and whose label names the Treasury count as such too."""
TAKEN = ("EL", "DPL", "UVL", "MEU", "DTC", "ISN")
COLUMNS = ("source", "name", "addresses", "start_date", "end_date")
"""Columns that give a row its meaning; all others may be absent."""
BESIDES = ("federal_register_notice", "alt_names", "source_list_url")
FEW_ROWS = 2
"""Rows by which a list in the file may shrink without a question: one of FSE's three may be delisted."""
PARTY_TYPES = {"individual": "person", "entity": "entity", "vessel": "vessel", "aircraft": "aircraft"}
"""Party type by the file's type, in small letters; the lists of BIS and State leave it blank."""
SPEAKS_OF = ("names", "countries", "identifiers", "addresses", "notes")
NOTES = ("standard_order", "license_requirement", "license_policy")
DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
SUCCESSORS = re.compile(
    r"[\s,;]*\b(?:and\s+)?(any\s+successors?,?\s+(?:or\s+)?sub-?\s?units?,?\s+(?:or|and)\s+subsidiar\w+\b.*)$", re.I
)
"""Words on whom a listing binds besides the party; they are glued to names of ISN."""
_CODE = re.compile(r"\(([A-Z][A-Z0-9-]*)(?: List)?\)")
_US_END = re.compile(r",\s*([A-Z]{2}),\s*\d{4,5}(?:-\d{4})?$")
_SCHEMES = {
    "national_id_no": "national_id",
    "tax_id_no": "tax_id",
    "registration_number": "registration",
    "registration_id": "registration",
    "business_registration_number": "registration",
    "public_registration_number": "registration",
    "unified_social_credit_code_uscc": "uscc",
    "email_address": "email",
    "vessel_registration_identification": "imo",
}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one file.

    Args:
        files: the file, by any name: its first bytes say which layout it has.

    Returns:
        Frames of ``shape``: listings and SPEAKS_OF. ``n_read`` counts all rows. Facts: ``sources`` (rows per code of list,
        mirrored ones too), ``n_mirrored``, ``n_joined`` (rows that went into a listing of another row), ``unknown_sources``,
        ``format``.

    Raises:
        Quarantine: not one file, empty, HTML, another layout, cut, or two downloads in one.
    """
    name, data = one_file(files, "Consolidated Screening List")
    text = read_text(name, data, KEPT, errors="replace")
    found = Gatherer(name, SPEAKS_OF, ids="name")
    form = "json"
    if text.lstrip()[:1] in ("{", "["):
        rows, found.n_read = _json_rows(name, text, found)
    else:
        form = "delimited"
        rows, bad, found.n_read = cells_by_name(name, text, COLUMNS, KEPT, BESIDES)
        found.reject_rows(bad)
    sources: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    n_mirrored = 0
    for number, row in rows:
        code = code_of(row["source"])
        if code is None or not slug_as_written(row["name"]):
            column, reason = ("source", "no code of a list in it") if code is None else ("name", "the name is empty")
            found.reject_illegible(number, column, row[column], reason)
            continue
        sources[code] += 1
        if code in MIRRORED or (code not in TAKEN and "treasury" in row["source"].casefold()):
            n_mirrored += 1
            continue
        if code not in TAKEN:
            unknown[code] += 1
        listing = _listing(number, code, row, found)
        known = found.party(**listing)
        if known is not None and known["row"] != number:
            _join(known, listing)
        _details(listing["native_id"], row, found)
    return found.staged(
        sources=dict(sorted(sources.items())),
        n_mirrored=n_mirrored,
        n_joined=found.n_joined,
        unknown_sources=dict(sorted(unknown.items())),
        format=form,
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a file by its rows and by those of each list in it: a list that is gone was not emptied (2024-05-06)."""
    judged = judge_rows(info, baseline, guard)
    now: Mapping[str, int] = info.facts["sources"]
    if baseline is not None:
        least = guard.least(info, baseline)
        before: Mapping[str, int] = baseline.facts["sources"]
        low = {c: f"{c} {now.get(c, 0):,} of {n:,}" for c, n in before.items() if now.get(c, 0) < least * n}
        large = [text for c, text in low.items() if not now.get(c) or before[c] - now[c] > FEW_ROWS]
        text = (
            f"lists in it are gone or fell below {least:.0%} of the rows of the last accepted snapshot: {', '.join(low.values())}"
        )
        if large:
            judged += fallen(f"{text}; a list that fell out of the file is not a mass delisting")
        elif low:
            judged += Judgement(warnings=(text,))
    warnings = warnings_of(info)
    if info.facts["unknown_sources"]:
        named = ", ".join(f"{c} ({n:,})" for c, n in info.facts["unknown_sources"].items())
        warnings.append(f"lists in it that were not there before: {named}; kept under these programs")
    return judged + Judgement(warnings=tuple(warnings))


def code_of(source: str) -> str | None:
    """Code of the list that a row is from: what stands in parentheses in its label (``... (EL) - ...``)."""
    found = _CODE.findall(source)
    if found:
        return str(found[-1])
    return source if source in (*MIRRORED, *TAKEN) else None


def _json_rows(name: str, text: str, found: Gatherer) -> tuple[list[tuple[int, dict[str, str]]], int]:
    """Records of the JSON layout as rows of the CSV layout."""
    content = read_json(name, text, KEPT)
    records = content.get("results") if isinstance(content, dict) else content
    if not isinstance(records, list):
        raise Quarantine(f"{name} is JSON without a list of records under results: not the list. {KEPT}")
    rows: list[tuple[int, dict[str, str]]] = []
    for number, record in enumerate(records, 1):
        if isinstance(record, dict):
            row = dict.fromkeys((*COLUMNS, *BESIDES), "") | {str(k): _flat(v) for k, v in record.items()}
            rows.append((number, row))
        else:
            found.reject_illegible(number, None, str(record), "not a record")
    if records and not any(row["source"] and row["name"] for _, row in rows):
        raise Quarantine(f"{name}: no record has a source and a name: another layout, or not the list. {KEPT}")
    return rows, len(records)


def _flat(value: Any) -> str:
    """A value of the JSON layout as the CSV layout writes it: lists joined by ``; ``, parts of an address by ``, ``."""
    if isinstance(value, list):
        return "; ".join(t for t in map(_flat, value) if t)
    if isinstance(value, dict):
        order = ("address", "city", "state", "postal_code", "type", "number", "country")
        return ", ".join(t for k in order if (t := _flat(value.get(k))))
    return "" if value is None else str(value).strip()


def _listing(number: int, code: str, row: Mapping[str, str], found: Gatherer) -> dict[str, Any]:
    party, bound = row["name"], None
    match = SUCCESSORS.search(party)
    if match is not None and match.start() > 0:
        party, bound = party[: match.start()].rstrip(" ,;"), match.group(1)
    native_id = f"{code}:{slug_as_written(party) or slug_as_written(row['name'])}"
    found.note(native_id, "scope", bound)
    start, end = (
        found.day(number, column, row[column], DAY_FORMATS, "YYYY-MM-DD or M/D/YYYY") for column in ("start_date", "end_date")
    )
    return {
        "row": number,
        "native_id": native_id,
        "name": party,
        "party_type": PARTY_TYPES.get(row.get("type", "").casefold()) or party_type_of(party, code),
        "title": row.get("title") or None,
        "call_sign": row.get("call_sign") or None,
        "vessel_type": row.get("vessel_type") or None,
        "tonnage": row.get("gross_tonnage") or None,
        "gross_registered_tonnage": row.get("gross_registered_tonnage") or None,
        "vessel_flag": row.get("vessel_flag") or None,
        "vessel_owner": row.get("vessel_owner") or None,
        "remarks": row.get("remarks") or None,
        "programs": code,
        "listed_on": start,
        "listed_on_basis": None if start is None else "source_field",
        "published_on": published_by(row["federal_register_notice"], start),
        "ends_on": end,
        "ends_on_basis": None if end is None else "source_field",
        "citation": row["federal_register_notice"] or None,
        "url": row["source_list_url"] or None,
    }


def _join(known: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Put what another row of the same list and name states into ``known``: the longest span, all notices."""
    starts = [d for d in (known["listed_on"], other["listed_on"]) if d is not None]
    known["listed_on"] = min(starts, default=None)
    known["listed_on_basis"] = "source_field" if starts else None
    # without an end it does not end, whatever the other row says
    ends = [known["ends_on"], other["ends_on"]]
    known["ends_on"] = None if None in ends else max(ends)
    known["ends_on_basis"] = None if known["ends_on"] is None else "source_field"
    if other["citation"] is not None and other["citation"] not in (known["citation"] or ""):
        # of several notices none is that of the whole
        known["published_on"] = None
        known["citation"] = "; ".join(c for c in (known["citation"], other["citation"]) if c is not None)


def _details(native_id: str, row: Mapping[str, str], found: Gatherer) -> None:
    for alias in split_names(row["alt_names"]):
        found.name(native_id, alias)
    for part in row["addresses"].split(";"):
        address = re.sub(r"^and\s+", "", part.strip(" ,"))
        found.address_line(native_id, address, *_country_at_the_end(address))
    for column, basis in (("nationalities", "nationality"), ("citizenships", "citizenship")):
        for text in row.get(column, "").split("; "):
            found.stated_country(native_id, found.country(text), basis)
    for kind in NOTES:
        found.note(native_id, kind, row.get(kind))
    found.note(native_id, "legal_basis", row.get("programs"))
    for item in filter(None, row.get("ids", "").split("; ")):
        _identifier(native_id, [p.strip() for p in item.split(",")], found)


def _country_at_the_end(address: str) -> tuple[str | None, str | None]:
    """Country of an address and how it is written: its last part, a code or a name; a US state with a zip code is American."""
    last = address.rsplit(",", 1)[-1].strip()
    country = country_of(last)
    if country is not None:
        return country, last
    state = _US_END.search(address)
    is_american = (state.group(1) if state is not None else last) in us_jurisdictions()
    return ("USA" if is_american else None), None


def _identifier(native_id: str, parts: list[str], found: Gatherer) -> None:
    """``Type, value[, CC]`` since 2020, ``[CC, ]value, Type`` in 2019."""
    country = None
    if len(parts) > 2 and re.fullmatch(r"[A-Z]{2}", parts[-1]):
        country = found.country(parts.pop())
    elif len(parts) > 1 and re.fullmatch(r"[A-Z]{2}", parts[0]):
        country = found.country(parts[0])
        parts = [parts[-1], *parts[1:-1]]
    kind, value = parts[0], ", ".join(parts[1:])
    if kind and value:
        scheme = snake(kind)
        found.identifier(native_id, _SCHEMES.get(scheme, scheme), value, country)


def split_names(text: str) -> list[str]:
    """Aliases of a cell: joined by ``; ``, the last one often by ``; and ``."""
    names = (re.sub(r"^and\s+", "", n.strip()).strip(" ;") for n in text.split(";"))
    return [n for n in dict.fromkeys(names) if n]


READERS = {"us_csl": (stage, judge)}
"""By source: how its bytes are read, and how a snapshot is judged."""
