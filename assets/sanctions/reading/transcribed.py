"""Lists that their publisher gives out as PDF or web page only, transcribed by others to one JSON layout.

``{"list_id", "source_file", "extracted", "count", "entities": [{"name", "aliases", "country", "address", "status",
"effective_date", "federal_register", "notes"}]}``. What the notes mean is for the module of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.dates import cited_days, day_in
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

SPEAKS_OF = ("names", "countries", "identifiers", "addresses", "notes")
DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %b %Y")

Reads = Callable[[Gatherer, str, str], dict[str, Any]]
"""From the frames, the listing's id and its notes to columns of the listing; notes identifiers and notes by the way."""
Orders = Callable[[str, date | None, str], Iterable[tuple[str, dict[str, Any]]]]
"""From the id of a name, the stated day and the notes to the listings of an entity: the lasting id and the columns of each."""


def stage_transcribed(
    files: Mapping[str, bytes], what: str, program: str, url: str, reads: Reads, orders: Orders | None = None
) -> Staged:
    """Read a transcription.

    Args:
        files: the file, by any name.
        what: the list, for messages.
        program: its program.
        url: its official page.
        reads: what the notes of the list mean.
        orders: where each order on a party is a listing: which there are; else the party is one.

    Returns:
        Frames of ``shape``; the lasting id is the name without case and marks, or that of ``orders``. Facts:
        ``list_id``, ``source_file``, ``count`` as the file states them, ``published`` (by the name of the source file),
        ``n_repeated``, ``unknown_countries``.

    Raises:
        Quarantine: not one file, empty, HTML, not this layout, cut, or with fewer entities than it says.
    """
    name, data = one_file(files, what)
    content = read_json(name, read_text(name, data, KEPT, errors="replace"), KEPT)
    entities = content.get("entities") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(entities, list):
        raise Quarantine(f"{name} is JSON without a list of entities: another layout, or not the list. {KEPT}")
    count = content.get("count")
    if isinstance(count, int) and count != len(entities):
        raise Quarantine(
            f"{name} says that it holds {count:,} entities and holds {len(entities):,}: it is cut or damaged. {KEPT}"
        )
    found = Gatherer(name, SPEAKS_OF, ids="name")
    found.n_read = len(entities)
    for number, entity in enumerate(entities, 1):
        party = _text(entity.get("name")) if isinstance(entity, dict) else ""
        slug, notes = slug_as_written(party), _text(entity.get("notes")) if isinstance(entity, dict) else ""
        if not slug:
            found.party("", party, "entity", row=number, value=str(entity))
            continue
        effective = found.day(number, "effective_date", _text(entity.get("effective_date")), DAY_FORMATS, "YYYY-MM-DD")
        for native_id, own in ((slug, {}),) if orders is None else orders(slug, effective, notes):
            citation = own.pop("citation", None) or _text(entity.get("federal_register"))
            columns: dict[str, Any] = {
                "programs": program,
                "listed_on": effective,
                "listed_on_basis": None if effective is None else "federal_register" if citation else "source_field",
                "published_on": cited_day(citation),
                "citation": citation or None,
                "url": url,
            }
            listing = found.party(native_id, party, _type_of(party), row=number)
            columns |= own | reads(found, native_id, notes)
            if listing is not None and listing["row"] == number:
                listing |= columns
            _details(found, native_id, party, entity)
    return found.staged(
        published=_edition(_text(content.get("source_file"))),
        list_id=_text(content.get("list_id")),
        source_file=_text(content.get("source_file")),
        count=count if isinstance(count, int) else None,
        n_repeated=found.n_joined,
    )


def _edition(source_file: str) -> date | None:
    """The day of an edition by the name of its file; of one that names a month alone, the first: it may be no newer."""
    named = re.search(r"\d{4}-\d\d-\d\d", source_file)
    month = re.search(r"\b([A-Z][a-z]{2,8})-(\d{4})\b", source_file)
    if named is not None:
        return day_in(named[0], "%Y-%m-%d")
    return None if month is None else day_in(f"1 {month[1]} {month[2]}", "%d %B %Y", "%d %b %Y")


def cited_day(citation: str) -> date | None:
    """The first day that a citation names: ``91 FR 35189 (June 10, 2026)``, ``Vol. 83, No. 43, 03/05/18``."""
    written = re.findall(r"\b[A-Z][a-z]+ \d{1,2}, \d{4}", citation)
    days = [d for d in (day_in(text, *DAY_FORMATS) for text in written) if d is not None]
    return min([*days, *cited_days(citation)], default=None)


def _type_of(party: str) -> str:
    return "vessel" if party.startswith("Fishing Vessel: ") else "entity"


def _details(found: Gatherer, native_id: str, party: str, entity: Mapping[str, Any]) -> None:
    country = _text(entity.get("country"))
    # the order's kind stands in the place of a country where it is directed at ships
    if country != "Fishing Vessels":
        found.stated_country(native_id, found.country(country), "list_destination")
    for alias in entity["aliases"] if isinstance(entity.get("aliases"), list) else []:
        if slug_as_written(_text(alias)) and _text(alias) != party:
            found.name(native_id, _text(alias))
    for address in filter(None, (a.strip() for a in _text(entity.get("address")).split(";"))):
        last = address.split(",")[-1].strip()
        found.address_line(native_id, address, country_of(last), last if country_of(last) else None)
    found.note(native_id, "status", _text(entity.get("status")))


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
