"""When a reader could know what a source dates with a day alone: at the last instant of that day, never before.

A source that states a day and no time may have published at any moment of it. ``known_from`` of such a row is therefore the
last second of that day in UTC, whatever the time zone of the publisher: as known on the next day (``DATE``), everything of
the day is there; as known on the day itself, nothing is. Publishers publish within the UTC day in practice; what one in
Washington dates with the day and puts out after 19:00 there (20:00 in summer) would be known up to five hours early.

A row that a snapshot showed before that second was known when the snapshot was retrieved: callers take the earlier of the two.
The day itself, as valid time, stays a day of the authority.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

LAST_SECOND = time(23, 59, 59)
"""The representation of a day's last instant; folder names of the raw store count in seconds too."""


def last_instant(day: date) -> datetime:
    """The last second of ``day`` in UTC, naive."""
    return datetime.combine(day, LAST_SECOND)


def last_instants(days: pl.Expr) -> pl.Expr:
    """``last_instant`` of a column of days; NULL where the day is."""
    return days.cast(pl.Date).dt.combine(LAST_SECOND, time_unit="us")


def known_of_day(day: pl.Expr, retrieved_at: pl.Expr) -> pl.Expr:
    """Since when what was published on a day was known: the day's last instant, or the retrieval where that came before it.

    Args:
        day: the day. One that lies after the retrieval is a slip, and stands for its first instant.
        retrieved_at: when the snapshot that shows it was retrieved.
    """
    first = day.cast(pl.Date).cast(pl.Datetime("us"))
    return pl.max_horizontal(first, pl.min_horizontal(last_instants(day), retrieved_at))


def utc_of(local: datetime, zone: str) -> datetime:
    """A local time of ``zone`` as naive UTC, of one that occurs twice the later. Raises OverflowError outside years 1 to 9999."""
    placed = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    return max(placed)
