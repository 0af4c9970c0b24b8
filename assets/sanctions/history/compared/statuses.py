"""Suspensions: what a snapshot makes of those of one listing. Pure functions on Python rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from assets.days import last_instant
from assets.sanctions.history.compared.records import Moment
from assets.sanctions.history.versioned_rows import Row

SAID = ("status", "valid_from", "valid_to", "citation", "url")
"""Columns that a list states of a suspension."""


@dataclass
class Statuses:
    """The suspensions of a listing after a snapshot.

    ``rows``: open ones, among them those that have ended. ``superseded``: rows that these replace. ``begun`` and ``ended``:
    rows that became known to begin or to have ended. ``moved``: ends, known so far, that turn out to lie elsewhere.
    """

    rows: list[Row] = field(default_factory=list)
    superseded: list[Row] = field(default_factory=list)
    begun: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    moved: list[date | None] = field(default_factory=list)


def revised_statuses(
    rows: Sequence[Row],
    shown: Sequence[Row],
    past: date | None,
    listing_id: str,
    moment: Moment,
    known_at: datetime,
    *,
    is_record: bool = False,
) -> Statuses:
    """Suspensions updated to what the snapshot shows; one that is no longer shown has ended, and stays as a fact of the past.

    Args:
        rows: open rows.
        shown: what the snapshot shows.
        past: end of the listing, where it was removed and came back: suspensions before it ended with it.
        listing_id: of the listing.
        moment: when it was seen.
        known_at: since when the listing is known.
        is_record: what is no longer shown was written down by mistake.
    """
    found = Statuses()
    there = {(r["status"], r["valid_from"]): r for r in rows}
    asked = {(r["status"], r["valid_from"]): r for r in shown if past is None or r["valid_from"] >= past}
    for k, row in asked.items():
        old = there.pop(k, None)
        said = {c: row[c] for c in SAID}
        if old is not None and all(old[c] == v for c, v in said.items()):
            found.rows.append(old)
            continue
        # known with the listing, but not before it begins: a list that states its past shows its suspensions all at once
        since = min(moment.known_at, max(known_at, last_instant(row["valid_from"])))
        now = moment.known | {"known_from": since if old is None else moment.known_at}
        found.rows.append({"listing_id": listing_id} | said | now)
        if old is None:
            found.begun.append(found.rows[-1])
            continue
        found.superseded.append(old)
        if old["valid_to"] != row["valid_to"]:
            found.moved.append(old["valid_to"])
    over = Statuses(superseded=list(there.values())) if is_record else ended_statuses(there.values(), moment)
    found.rows += over.rows
    found.superseded += over.superseded
    found.ended = over.ended
    return found


def ended_statuses(rows: Iterable[Row], moment: Moment) -> Statuses:
    """Suspensions that are no longer shown: as they were where they had ended, else ended by now; gone where they never began."""
    found = Statuses()
    for row in rows:
        if row["valid_to"] is not None and row["valid_to"] <= moment.day:
            found.rows.append(row)
            continue
        found.superseded.append(row)
        if row["valid_from"] < moment.day:
            found.rows.append(row | moment.known | {"valid_to": moment.day})
            found.ended.append(found.rows[-1])
    return found
