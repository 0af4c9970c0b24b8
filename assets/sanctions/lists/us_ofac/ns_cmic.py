"""OFAC's Non-SDN Chinese Military-Industrial Complex Companies: from a transcription of its PDF to typed rows.

Two days are stated of each firm: that of its listing, from which on it was known, and the effective date, from which on US
persons may not buy its securities. The first is when it was published, the second is the first day in force. OFAC's file of
all non-SDN lists holds the same firms: see list_mirrors.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.contracts import Staged
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.transcribed import stage_transcribed

PROGRAM = "CMIC-EO13959"
URL = "https://ofac.treasury.gov/consolidated-sanctions-list/ns-cmic-list"
LISTING = "Listing Date (CMIC)"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription; see ``transcribed.stage_transcribed``."""
    return stage_transcribed(files, "NS-CMIC list", PROGRAM, URL, _reads)


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    """Clauses ``Kind: value`` joined by ``; ``."""
    columns: dict[str, Any] = {}
    for clause in filter(None, (c.strip() for c in notes.split(";"))):
        kind, _, value = (p.strip() for p in clause.partition(":"))
        if kind == LISTING:
            columns["published_on"] = day_in(value, "%d %b %Y", "%Y-%m-%d")
        elif kind == "USCC" and value:
            number, _, country = value.partition("(")
            found.identifier(native_id, "uscc", number.strip(), found.country(country.strip(") ")))
        elif kind != "Program":
            found.note(native_id, kind.casefold().replace(" ", "_") if value else "unread", value or clause)
    return columns


READERS = {"us_ofac_cmic": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
