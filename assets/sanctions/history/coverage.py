"""Which days the history of a list covers: editions close to each other cover what lies between them, others leave a gap.

Rows of ``core.list_coverage``, in both clocks. A span that a later edition extends is closed and opened again, so that a
question as of a moment sees what was covered then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from assets.contracts import History
from assets.sanctions.facts.lists import max_gap_of
from assets.sanctions.history.versioned_rows import Row, closed, known

TABLE = "list_coverage"
DAY = timedelta(days=1)
Span = tuple[date, date]
"""First day and the day after the last one."""


class Coverage:
    """The coverage of one list while its editions are folded."""

    def __init__(self, list_id: str, history: History | None = None) -> None:
        self.list_id = list_id
        self.open: list[Row] = [] if history is None else history.open(TABLE).to_dicts()
        self.closed: list[Row] = []
        self._gap = timedelta(days=max_gap_of(list_id) or 0)

    def covers(self, what: str) -> bool:
        """Whether anything is covered in this way so far."""
        return any(row["covers"] == what for row in self.open)

    def see(self, covers: str, spans: Iterable[Span], basis: str, known_at: datetime, snapshot_id: str) -> None:
        """Add days that are covered, known since ``known_at``; moments never go back."""
        before = {(r["covered_from"], r["covered_to"]): r for r in self.open if r["covers"] == covers}
        after = merged([*before, *spans], self._gap)
        gone = [row for span, row in before.items() if span not in after]
        fresh = known(known_at, snapshot_id) | {
            "list_id": self.list_id,
            "covers": covers,
            "basis": basis,
            "known_basis": "snapshot",
        }
        self.closed += closed([row for row in gone if row["known_from"] < known_at], known_at)
        self.open = [row for row in self.open if not any(row is other for other in gone)]
        self.open += [fresh | {"covered_from": start, "covered_to": end} for start, end in after if (start, end) not in before]

    def see_edition(self, day: date, stated: pl.Series, known_at: datetime, snapshot_id: str) -> None:
        """A whole edition of ``day``; ``stated``: the days of addition that it states, NULL where it states none."""
        self.see("both", [(day, day + DAY)], "editions", known_at, snapshot_id)
        first = stated.min()
        if not stated.null_count() and isinstance(first, date) and first <= day:
            self.see("additions", [(first, day + DAY)], "stated_days", known_at, snapshot_id)

    def see_part(self, day: date, known_at: datetime, snapshot_id: str) -> None:
        """An incomplete edition: it says something, but not all. Where the list was seen whole, that says more."""
        if not self.covers("both"):
            self.see("some", [(day, day + DAY)], "parts", known_at, snapshot_id)


def merged(spans: Iterable[Span], gap: timedelta) -> list[Span]:
    """Spans in order, those joined of which one begins at most ``gap`` after the last day of the other."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - (found[-1][1] - DAY) <= max(gap, DAY):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def of_record(list_id: str, first: date, until: date, known_at: datetime, snapshot_id: str) -> Row:
    """The row of a record of notices that keeps what has ended: all days since its first notice, each known on its day."""
    return known(known_at, snapshot_id) | {
        "list_id": list_id,
        "covers": "both",
        "covered_from": first,
        "covered_to": until + DAY,
        "basis": "record",
        "known_basis": "publication",
    }
