"""The Denied Persons List: from the bytes of the Bureau's file to one listing per denied person.

Layouts, known by their header: the tab-separated dpl.txt (12 columns), its columns in CSV, and the CSV that the Bureau's
page has linked since 2025 (name and address in one cell, effective and expiration date, citations, type of denial).

A person has a row per address and alias, and a temporary denial order is renewed every half-year under a new effective date.
The lasting id is the name without case and marks; its rows are one listing with all addresses. It is in force from the
earliest effective date; where the list says that the order was renewed (Action: TDO RENEWAL), from the day of the first notice
cited, since the effective date is then that of the last renewal. It ends with the latest expiration date, and not at all where
a row has none. Each order with its own dates, action and citation is a note of kind ``order``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from assets.actors.registry import us_jurisdictions
from assets.contracts import Staged
from assets.reading.bytes import read_text
from assets.reading.tables import cells_by_name, header_of
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.dates import cited_days, published_by
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file
from assets.sanctions.reading.party_types import party_type_of

COLUMNS = ("name", "country", "effective_date", "expiration_date")
"""Columns that give a row its meaning."""
BESIDES = ("street_address", "city", "state", "postal_code", "standard_order", "last_update", "action", "fr_citation")
JOINED_COLUMNS = ("name_and_address", "effective_date", "expiration_date")
PROGRAM = "DPL"
URL = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl"
DAY_FORMATS = ("%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y")
_RENEWED = re.compile(r"R+ENEWAL", re.IGNORECASE)
_ALSO = re.compile(r"(?<![\s,(])[\s,(]*+\b(?:a/?k/?a|d/?b/?a)\b[\s:]*", re.IGNORECASE)
_LEGAL_FORM = re.compile(
    r"\s*(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|jr|sr|s\.?a|gmbh|pte|pvt|plc|lp|llp|fze?c?)\b\.?\s*", re.I
)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one file.

    Args:
        files: the file, by any name.

    Returns:
        Frames listings, names (a/k/a), addresses and notes of ``shape``; ``n_read`` counts rows. Facts: ``n_persons``,
        ``n_renewed`` (listings whose start is that of the first notice cited), ``n_without_country`` (rows whose country is
        not stated), ``format``.

    Raises:
        Quarantine: not one file, empty, HTML, another layout, or cut.
    """
    name, data = one_file(files, "Denied Persons List")
    text = read_text(name, data, KEPT, errors="replace")
    is_joined = JOINED_COLUMNS[0] in header_of(name, text, KEPT)
    columns = (JOINED_COLUMNS, ()) if is_joined else (COLUMNS, BESIDES)
    rows, bad, n_read = cells_by_name(name, text, columns[0], KEPT, columns[1])
    found = Gatherer(name, ("names", "addresses", "notes"), ids="name")
    found.n_read = n_read
    found.reject_rows(bad)
    persons: dict[str, list[tuple[int, dict[str, str], date | None, date | None]]] = defaultdict(list)
    n_without_country = 0
    for number, cell in rows:
        row = _separated(cell) if is_joined else cell
        party, *others = (" ".join(n.split()) for n in _ALSO.split(row["name"]))
        native_id = slug_as_written(party)
        if not native_id:
            found.reject_illegible(number, "name", row["name"], "the name is empty")
            continue
        for other in filter(slug_as_written, others):
            found.name(native_id, other)
        effective, expires = (
            found.day(number, c, row[c], DAY_FORMATS, "MM/DD/YYYY") for c in ("effective_date", "expiration_date")
        )
        persons[native_id].append((number, row | {"name": party}, effective, expires))
        n_without_country += _address(native_id, row, found)
        _order(native_id, row, effective, expires, found)
    n_renewed = 0
    for native_id, orders in persons.items():
        listing = _listing(orders)
        n_renewed += listing["listed_on_basis"] == "federal_register"
        found.party(native_id, **listing)
    return found.staged(
        n_persons=len(persons),
        n_renewed=n_renewed,
        n_without_country=n_without_country,
        format="joined" if is_joined else "separate",
    )


def _listing(orders: list[tuple[int, dict[str, str], date | None, date | None]]) -> dict[str, Any]:
    number, row, _, _ = orders[0]
    starts = [(effective, "source_field") for _, _, effective, _ in orders if effective is not None]
    for _, order, effective, _ in orders:
        cited = cited_days(order["fr_citation"])[:1] if _RENEWED.search(order["action"]) else []
        starts += [(day, "federal_register") for day in cited if effective is None or day < effective]
    start, basis = min(starts, default=(None, None))
    ends = [expires for _, _, _, expires in orders]
    end = None if any(e is None for e in ends) else max(e for e in ends if e is not None)
    if start is not None and end is not None and end < start:
        end = None
    citations = dict.fromkeys(" ".join(order["fr_citation"].split()) for _, order, _, _ in orders if order["fr_citation"])
    # spellings of one chain of notices differ from row to row: the longest says the most
    citation = max(citations, key=len, default=None)
    return {
        "row": number,
        "name": row["name"],
        "party_type": party_type_of(row["name"], PROGRAM),
        "programs": PROGRAM,
        "listed_on": start,
        "listed_on_basis": basis,
        "published_on": None if len({order[2:] for order in orders}) > 1 else published_by(citation, start),
        "ends_on": end,
        "ends_on_basis": None if end is None else "source_field",
        "citation": citation,
        "url": URL,
    }


def _separated(cell: Mapping[str, str]) -> dict[str, str]:
    """A row of the layout with name and address in one cell, as a row of the other one.

    The name ends at the first comma after which no legal form follows (``ACME, INC., 5 Road``).
    """
    parts = cell["name_and_address"].split(",")
    n = 1
    while n < len(parts) and _LEGAL_FORM.fullmatch(parts[n]):
        n += 1
    country = country_of(parts[-1]) if len(parts) > n else None
    citation = next((v for k, v in cell.items() if "citation" in k), "")
    return dict.fromkeys(BESIDES, "") | {
        "name": ",".join(parts[:n]).strip(),
        "street_address": ",".join(parts[n:]).strip(),
        "country": parts[-1].strip() if country is not None else "",
        "effective_date": cell["effective_date"],
        "expiration_date": cell["expiration_date"],
        "action": cell.get("type_of_denial", ""),
        "fr_citation": citation,
    }


def _address(native_id: str, row: Mapping[str, str], found: Gatherer) -> bool:
    """Note the address of a row; whether its country is unknown. A state of the US in either cell stands for the US."""
    raw = row["country"]
    is_in_a_state = bool({raw.upper(), row["state"].upper()} & us_jurisdictions().keys())
    country = "USA" if is_in_a_state and country_of(raw) is None else found.country(raw)
    place = [row["city"], row["state"], row["postal_code"]]
    whole = [row["street_address"], *place, *([] if row["street_address"].endswith(raw) else [raw])]
    address = ", ".join(" ".join(p.split()) for p in whole if p)
    found.address_line(native_id, address, country, raw or None, ", ".join(p for p in place if p) or None)
    return country is None


def _order(native_id: str, row: Mapping[str, str], effective: date | None, expires: date | None, found: Gatherer) -> None:
    standard = {"Y": "standard order", "N": "non-standard order"}.get(row["standard_order"].upper())
    end = "no expiration date" if expires is None else f"expires {expires}"
    parts = (f"effective {effective}", end, standard, " ".join(row["action"].split()), " ".join(row["fr_citation"].split()))
    found.note(native_id, "order", "; ".join(p for p in parts if p))


READERS = {"us_bis_dpl": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
