"""The Covered List of the Federal Communications Commission: from a transcription of its page to typed rows.

The list names equipment and services by who makes them. Where an entry names a class of goods and no maker, it is a listing
without a country.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.contracts import Staged
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.transcribed import stage_transcribed

URL = "https://www.fcc.gov/supplychain/coveredlist"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription; see ``transcribed.stage_transcribed``."""
    return stage_transcribed(files, "Covered List", "COVERED", URL, _reads)


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    found.note(native_id, "reason", notes)
    return {}


READERS = {"us_fcc_covered": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
