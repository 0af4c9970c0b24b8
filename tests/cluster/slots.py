"""Slots of GDELT made of the rows of a real one or of the sample, with ids and moments of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.whole.archives import put

SOURCE = "gdelt_v2_events"


def rows_of(path: Path) -> list[list[str]]:
    """The cells of each row of a slot."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def put_slots(
    archive: Path, rows: Sequence[Sequence[str]], first: datetime, days: int, slots_a_day: int = 96, first_id: int = 900_000_000
) -> int:
    """Write slots from ``first`` on into an archive, each with all rows and a snapshot of its own; return the number of rows."""
    number = first_id
    for slot in (s for s in range(96 * days) if s % 96 < slots_a_day):
        at = first + timedelta(minutes=15 * slot)
        stamp = f"{at:%Y%m%d%H%M%S}"
        lines = []
        for cells in rows:
            lines.append("\t".join([str(number), stamp[:8], *cells[2:59], stamp, cells[60]]))
            number += 1
        put(archive, SOURCE, f"{at:%Y-%m-%dT%H%M%SZ}", f"{stamp}.export.CSV", ("\n".join(lines) + "\n").encode())
    return number - first_id
