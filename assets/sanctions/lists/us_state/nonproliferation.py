"""Nonproliferation sanctions of the Department of State: from a transcription of its master list to typed rows.

The list keeps what has expired or was lifted. Each imposition under an authority is a listing; the lasting id is made of
authority, day and name (``INKSNA:2018-04-30:mojtaba-ghasemi``). The day is that of the determination; the notice follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.transcribed import cited_day, stage_transcribed

URL = "https://www.state.gov/nonproliferation-sanctions/"
PROGRAMS = {
    "Iran, North Korea, and Syria Nonproliferation Act Sanctions (INKSNA)": "INKSNA",
    "Iran and Syria Nonproliferation Act": "ISNA",
    "Iran Nonproliferation Act": "INA",
    "Executive Order 13382": "EO13382",
    "Executive Order 12938": "EO12938",
    "Missile Sanctions laws": "MISSILE",
    "Chemical and Biological Weapons Control and Warfare Elimination Act (CBW Act)": "CBW",
    "Export-Import Bank Act": "EXIM",
    "Transfer of Lethal Military Equipment": "LETHAL-MILITARY",
    "Iran-Iraq Arms Nonpro Act of 1992": "IRAN-IRAQ",
    "Nuclear Proliferation Prevention Act": "NPPA",
    "Countering America’s Adversaries Through Sanctions Act (CAATSA) Section 231": "CAATSA231",
}
"""Program by the name of the authority; ISNA and INA are what INKSNA was called before 2006 and before 2005."""
_IMPOSED = re.compile(r"Authority: (?P<authority>.+?); imposed (?P<day>[^;]*); status: (?P<status>[^;]*); ?(?P<citation>.*)")
_ENDED = re.compile(
    r"(?:expired|lifted|terminated|waived|.*all other sanctions removed|all provisions expired)\D*([0-9/]+)$", re.I
)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription; see ``transcribed.stage_transcribed``."""
    return stage_transcribed(files, "Nonproliferation sanctions", "ISN", URL, _reads, _orders)


def _orders(slug: str, day: date | None, notes: str) -> Iterator[tuple[str, dict[str, Any]]]:
    impositions = [m for part in notes.split(" | ") if (m := _IMPOSED.match(part))]
    if not impositions:
        yield f"ISN:{day or 'undated'}:{slug}", {}
    for found in impositions:
        start = day_in(found["day"], "%m/%d/%Y", "%m/%d/%y")
        program = PROGRAMS.get(found["authority"], "ISN")
        end = _ENDED.match(found["status"])
        until = None if end is None else day_in(end[1], "%m/%d/%y", "%m/%d/%Y")
        is_told = until is None and found["status"] != "Active"
        yield (
            f"{program}:{start or 'undated'}:{slug}",
            {
                "programs": program,
                "listed_on": start,
                "listed_on_basis": None if start is None else "federal_register",
                "published_on": _published(cited_day(found["citation"]), start),
                "ends_on": until,
                # an imposition says at once when it expires
                "ends_on_basis": None if until is None else "source_field" if "xpired" in found["status"] else "official_notice",
                "citation": found["citation"].strip() or None,
                "remarks": f"imposed {found['day']}" if start is None else found["status"] if is_told else None,
            },
        )


def _published(notice: date | None, start: date | None) -> date | None:
    """The day of the notice that imposed it. One of later years lifted it; one from before the determination is a slip."""
    if notice is None or start is None:
        return notice
    return max(notice, start) if abs((notice - start).days) <= 366 else None


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    for part in notes.split(" | "):
        kind, mark, text = part.partition(": ")
        if kind == "Location" and mark:
            found.note(native_id, "location", text)
        elif not part.startswith("Authority: "):
            found.note(native_id, "reason", part)
    return {}


READERS = {"us_state_isn": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
