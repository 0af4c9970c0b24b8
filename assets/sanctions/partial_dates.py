"""Dates of which only a part is known, as lists give those of births: a day, a month, a year, or an interval of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from assets.sanctions.remarks import birth_date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EARLIEST, LATEST = 1500, 2100
"""Years outside of these are taken for slips of the pen."""


@dataclass(frozen=True)
class PartialDate:
    """The days on which it may have been: from ``first`` to the day before ``before``.

    ``precision``: day, month, year, or interval. ``is_circa``: about then, by the list's word.
    """

    first: date
    before: date
    precision: str
    is_circa: bool = False

    @property
    def text(self) -> str:
        """As OFAC writes it: 24 Nov 1990, Nov 1990, 1990, 1959 to 1962, circa 1962."""
        if self.precision == "interval":
            first, last = self.first, self.before - timedelta(days=1)
            if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
                written = f"{first.year:04} to {last.year:04}"
            else:
                written = f"{_day(first)} to {_day(last)}"
        else:
            written = {"day": _day, "month": _month, "year": lambda d: f"{d.year:04}"}[self.precision](self.first)
        return f"circa {written}" if self.is_circa else written


def partial_date(year: int, month: int | None = None, day: int | None = None, *, is_circa: bool = False) -> PartialDate | None:
    """A date with what is known of it; None where there is no such day or the year is out of range."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        first = date(year, month or 1, (day or 1) if month else 1)
    except ValueError:
        return None
    if month and day:
        return PartialDate(first, first + timedelta(days=1), "day", is_circa)
    if month:
        return PartialDate(first, (first + timedelta(days=31)).replace(day=1), "month", is_circa)
    return PartialDate(first, date(year + 1, 1, 1), "year", is_circa)


def between(start: PartialDate | None, end: PartialDate | None, *, is_circa: bool = False) -> PartialDate | None:
    """From one partial date to another: what it turns out to be (all days of a year are that year). None where it ends first."""
    if start is None or end is None or end.before <= start.first:
        return None
    first, before = start.first, end.before
    for year, month, day in ((first.year, first.month, first.day), (first.year, first.month, None), (first.year, None, None)):
        whole = partial_date(year, month, day, is_circa=is_circa)
        if whole is not None and (whole.first, whole.before) == (first, before):
            return whole
    return PartialDate(first, before, "interval", is_circa)


def written_date(text: str) -> PartialDate | None:
    """Read a date of birth as lists write it (see ``remarks.birth_date``); None where it is none."""
    read = birth_date(text)
    return None if read is None else PartialDate(read.born_from, read.born_before, read.precision, read.is_circa)


def iso_date(text: str | None) -> date | None:
    """The day of a text that begins with YYYY-MM-DD; None where it does not, or where there is no such day."""
    try:
        return None if text is None else date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _day(day: date) -> str:
    return f"{day.day:02} {MONTHS[day.month - 1]} {day.year:04}"


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year:04}"
