"""Lists that their publisher gives out as PDF or web page only, transcribed by others to one JSON layout.

``{"list_id", "source_file", "extracted", "count", "entities": [{"name", "aliases", "country", "address", "status",
"effective_date", "federal_register", "notes"}]}``. What the notes mean is for the module of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

SPEAKS_OF = ("names", "countries", "identifiers", "addresses", "notes")
DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %b %Y")

Reads = Callable[[Gatherer, str, str], dict[str, Any]]
"""From the frames, the listing's id and its notes to columns of the listing; notes identifiers and notes by the way."""


def stage_transcribed(files: Mapping[str, bytes], what: str, program: str, url: str, reads: Reads) -> Staged:
    """Read a transcription.

    Args:
        files: the file, by any name.
        what: the list, for messages.
        program: its program.
        url: its official page.
        reads: what the notes of the list mean.

    Returns:
        Frames of ``shape``; the lasting id is the name without case and marks. Facts: ``list_id``, ``source_file``, ``count``
        as the file states them, ``n_repeated``, ``unknown_countries``.

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
        native_id = slug_as_written(party)
        listing = found.party(native_id, party, "entity", row=number, value=str(entity))
        if listing is None:
            continue
        effective = found.day(number, "effective_date", _text(entity.get("effective_date")), DAY_FORMATS, "YYYY-MM-DD")
        citation = _text(entity.get("federal_register"))
        columns: dict[str, Any] = {
            "programs": program,
            "listed_on": effective,
            "listed_on_basis": None if effective is None else "federal_register" if citation else "source_field",
            "published_on": _cited_day(citation),
            "citation": citation or None,
            "url": url,
        }
        columns |= reads(found, native_id, _text(entity.get("notes")))
        if listing["row"] == number:
            listing |= columns
        found.stated_country(native_id, found.country(_text(entity.get("country"))), "list_destination")
        for alias in entity.get("aliases") if isinstance(entity.get("aliases"), list) else []:
            if slug_as_written(_text(alias)) and _text(alias) != party:
                found.name(native_id, _text(alias))
        for address in filter(None, (a.strip() for a in _text(entity.get("address")).split(";"))):
            last = address.split(",")[-1].strip()
            found.address_line(native_id, address, country_of(last), last if country_of(last) else None)
        found.note(native_id, "status", _text(entity.get("status")))
    return found.staged(
        list_id=_text(content.get("list_id")),
        source_file=_text(content.get("source_file")),
        count=count if isinstance(count, int) else None,
        n_repeated=found.n_joined,
    )


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _cited_day(citation: str) -> date | None:
    """Day in parentheses after a citation: ``91 FR 35189 (June 10, 2026)``."""
    found = re.search(r"\(([^)]+)\)", citation)
    return None if found is None else day_in(found.group(1).strip(), *DAY_FORMATS)
