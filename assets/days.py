"""When a reader could know what a source dates with a day alone: at the last instant of that day, never before.

A source that states a day and no time may have published at any moment of it. ``known_from`` of such a row is therefore the
last second of the day where the source's days are counted (the ``timezone`` of sources.yml), in UTC: 2023-11-17 in Washington
ends at 2023-11-18 04:59:59 UTC, in Beijing at 2023-11-17 15:59:59. A row that a snapshot showed before that second was known
when the snapshot was retrieved: callers take the earlier of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

LAST_SECOND = time(23, 59, 59)
"""The representation of a day's last instant; folder names of the raw store count in seconds too."""


def last_instant(day: date, zone: str) -> datetime:
    """The last second of ``day`` in ``zone``, naive UTC. Where clocks change at midnight it is the second before the next day."""
    if day == date.max:
        return datetime.combine(day, LAST_SECOND)
    next_day = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return next_day.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=1)


def last_instants(days: pl.Expr, zone: str) -> pl.Expr:
    """``last_instant`` of a column of days; NULL where the day is."""

    def of(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        instants = pl.Series([last_instant(d, zone) for d in distinct], dtype=pl.Datetime("us"))
        return column.replace_strict(distinct, instants, default=None, return_dtype=pl.Datetime("us"))

    return days.map_batches(of, return_dtype=pl.Datetime("us"), is_elementwise=True)


def known_of_day(first: pl.Expr, last: pl.Expr, retrieved_at: pl.Expr) -> pl.Expr:
    """Since when what was published on a day was known: the day's last instant, or the retrieval where that came before it.

    Args:
        first: first instant of the day. A day that lies after the retrieval is a slip, and stands for its first instant.
        last: last instant of the day.
        retrieved_at: when the snapshot that shows it was retrieved.
    """
    return pl.max_horizontal(first, pl.min_horizontal(last, retrieved_at))


def utc_of(local: datetime, zone: str) -> datetime:
    """A local time of ``zone`` as naive UTC; of an hour that occurs twice (clocks go back) the later one.

    Raises:
        OverflowError: the moment lies outside the years 1 to 9999 in UTC.
    """
    placed = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    return max(placed)
