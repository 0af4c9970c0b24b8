"""Days, months, years and intervals: what a date that a text states comes to, and how far one lies from another."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Half-open days: ``first`` up to, not with, ``end``."""

    first: date
    end: date
    precision: str


@dataclass(frozen=True, slots=True)
class Partial:
    """A date as written: what is None was not said. ``last_day`` is the end of a range of days in one month."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None


def one_day(first: date) -> Days:
    """Return a single day."""
    return Days(first, first + DAY, "day")


def years_of(first: int, last: int, precision: str) -> Days:
    """Return whole years, the last one included."""
    return Days(date(first, 1, 1), date(last + 1, 1, 1), precision)


def whole(written: Partial) -> Days:
    """Return the days of a date with a year. Raises ValueError for a day that does not exist."""
    if written.year is None:
        raise ValueError("no year")
    if written.month is None:
        return years_of(written.year, written.year, "year")
    if written.day is None:
        first = date(written.year, written.month, 1)
        return Days(first, shift_months(first, 1), "month")
    first = date(written.year, written.month, written.day)
    if written.last_day is None or written.last_day == written.day:
        return one_day(first)
    last = date(written.year, written.month, written.last_day)
    if last < first:
        raise ValueError("the range of days runs backwards")
    return Days(first, last + DAY, "interval")


def week_of_day(day: date) -> Days:
    """Return the calendar week, from Monday, that holds a day."""
    monday = day - day.weekday() * DAY
    return Days(monday, monday + 7 * DAY, "interval")


def weekend_of(published: date, step: int, *, ahead: bool) -> Days:
    """Return Saturday and Sunday: the last that has begun, or the next where the words look ahead."""
    saturday = published - ((published.weekday() - 5) % 7) * DAY
    if ahead or step > 0:
        saturday = published + ((5 - published.weekday()) % 7) * DAY
    elif step < 0 and published.weekday() >= 5:
        saturday -= 7 * DAY
    return Days(saturday, saturday + 2 * DAY, "interval")


def quarter_of(day: date) -> Days:
    """Return the quarter of a year that holds a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Days(first, shift_months(first, 3), "interval")


def edge_in(mods: list[str]) -> str | None:
    """Return which third the words before a date name: early, mid or late; None where they name none."""
    edges = {
        "early": "early",
        "mid": "mid",
        "late": "late",
        "start of": "early",
        "beginning of": "early",
        "middle of": "mid",
        "end of": "late",
    }
    return next((edges[m] for m in mods if m in edges), None)


def cut(days: Days, edge: str | None) -> Days:
    """Return the third of a date that an edge names, all of it without one."""
    return days if edge is None else third(days, edge)


def third(days: Days, edge: str) -> Days:
    """Return the early, middle or late part of a month, a year, a decade or a week."""
    first, end = days.first, days.end
    if days.precision == "day":
        return days
    length = (end - first).days
    if length > 3000:
        one, two = date(first.year + 4, 1, 1), date(first.year + 7, 1, 1)
    elif length > 300:
        one, two = shift_months(first, 4), shift_months(first, 8)
    elif length > 27:
        one, two = first + length // 3 * DAY, first + length // 3 * 2 * DAY
    else:
        one, two = first + 2 * DAY, first + 4 * DAY
    return Days(*{"early": (first, one), "mid": (one, two), "late": (two, end)}[edge], "interval")


def shift(day: date, number: int, unit: str) -> date:
    """Return the day so many units on, back where the number is negative; of units below a day the day itself."""
    if unit in ("minute", "hour"):
        return day
    if unit in ("day", "night", "week", "fortnight"):
        return day + number * {"day": 1, "night": 1, "week": 7, "fortnight": 14}[unit] * DAY
    return shift_months(day, number * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])


def shift_months(day: date, number: int) -> date:
    """Return the day so many months on; the last of the month where that month is shorter."""
    month = day.year * 12 + day.month - 1 + number
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def at_distance(days: Days, number: int, unit: str, way: int) -> Days | None:
    """Return the days at a distance; a distance finer than the date it is measured from gives no date."""
    if days.precision == "day":
        then = shift(days.first, way * number, unit)
        if unit == "day":
            return one_day(then)
        if unit == "week":
            return Days(then - 3 * DAY, then + 4 * DAY, "interval")
        return whole(Partial(then.year, then.month if unit == "month" else None))
    if days.precision == "month" and unit in ("month", "year"):
        then = shift(days.first, way * number, unit)
        return whole(Partial(then.year, then.month))
    if days.precision == "year" and unit in ("year", "decade"):
        year = days.first.year + way * number * (10 if unit == "decade" else 1)
        return whole(Partial(year))
    return None
