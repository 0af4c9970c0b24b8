"""Chinese military companies under section 1260H: from a transcription of the Department's notice to typed rows.

The notice in the Federal Register repeats the whole list each time. The day in the file is that of the notice it was taken
from, not that of a firm's first listing; earlier notices are earlier snapshots.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assets.contracts import Staged
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.transcribed import stage_transcribed

PROGRAM = "1260H"
URL = "https://www.federalregister.gov/documents/search?conditions%5Bterm%5D=%22section+1260H%22"
_SECTION = re.compile(r"\(Section (1260H(?:\([^)]*\))+)\)")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription; see ``transcribed.stage_transcribed``."""
    return stage_transcribed(files, "Section 1260H list", PROGRAM, URL, _reads)


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    for section in dict.fromkeys(_SECTION.findall(notes)):
        found.note(native_id, "legal_basis", f"Section {section}")
    found.note(native_id, "reason", notes)
    return {}


READERS = {"us_dod_1260h": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
