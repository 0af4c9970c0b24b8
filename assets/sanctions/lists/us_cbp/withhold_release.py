"""Withhold release orders and findings on forced labour: from a transcription of the table of U.S. Customs and Border Protection.

Each order is a listing: a party may be under a withhold release order and, later, under a finding. The lasting id is made of
kind, day and name (``WRO:1991-11-14:yunnan-machinery``). What is revoked leaves the table. Some orders are directed at the goods
of a place or at ships instead of a firm; they are listings like the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.transcribed import stage_transcribed

URL = "https://www.cbp.gov/trade/forced-labor/withhold-release-orders-and-findings"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription; see ``transcribed.stage_transcribed``. ``programs`` is WRO or FINDING."""
    return stage_transcribed(files, "Withhold release orders", "WRO", URL, _reads, _orders)


def _orders(slug: str, day: date | None, notes: str) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = "FINDING" if notes.startswith("Finding") else "WRO"
    yield f"{kind}:{day or 'undated'}:{slug}", {"programs": kind}


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    for clause in notes.split("; ")[1:]:
        kind, mark, text = clause.partition(": ")
        if kind in ("Industry", "Merchandise", "Remarks"):
            found.note(native_id, kind.casefold(), text)
        else:
            found.note(native_id, "remarks", f"{kind}{mark}{text}")
    return {}


READERS = {"us_cbp_wro": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
