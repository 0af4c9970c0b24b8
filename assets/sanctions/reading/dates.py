"""Days as lists write them, and dates of which only a part is known: a day, a month, a year, or an interval of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assets.reading import months

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are slips of the pen (year 20, year 3017); denials until 2056 are meant."""
EARLIEST_YEAR, LATEST_YEAR = 1500, 2100
"""Years of partial dates outside of these are slips of the pen."""
_CITED_DAY = re.compile(r"\b(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2}))\b")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
_PART = r"(?:(?:(?P<d{0}>\d{{1,2}}) )?(?P<m{0}>[A-Za-z]{{3,9}})\.? )?(?P<y{0}>\d{{4}})"
_WRITTEN = re.compile(
    r"(?P<circa>(?:circa|approximately|about|c\.) )?(?:(?:between|from) )?"
    + _PART.format(1)
    + r"(?: ?(?:to|-|and|or|through) ?"
    + _PART.format(2)
    + r")?(?: \([^()]*\))?\.?",
    re.IGNORECASE,
)


# days -----------------------------------------------------------------------------------------------------------------


def iso_date(text: str | None) -> date | None:
    """The day of a text that begins with YYYY-MM-DD; None where it does not, or where there is no such day."""
    try:
        return None if text is None else date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def day_in(text: str, *formats: str, earliest: date = EARLIEST) -> date | None:
    """The day that ``text`` writes in one of these formats, from ``earliest`` to 2199; None where it writes none."""
    for form in formats:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        if earliest <= day <= LATEST:
            return day
    return None


def cited_days(citation: str) -> list[date]:
    """Days of the notices that a chain of citations names (``76 F.R. 12318 3/7/11, 76 F.R. ...``), each once, in order."""
    days = (day_in(text, "%m/%d/%Y", "%m/%d/%y") for text in _CITED_DAY.findall(citation))
    return sorted({d for d in days if d is not None})


def published_by(citation: str | None, start: date | None) -> date | None:
    """Day on which a listing became public: that of its notice, where one notice alone is cited, within a year of the start.

    Of a chain of notices the later ones changed what is listed, so no single day is that of the whole.
    """
    days = cited_days(citation or "")
    return days[0] if len(days) == 1 and start is not None and abs((days[0] - start).days) <= 366 else None


# partial dates --------------------------------------------------------------------------------------------------------


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
            written = {"day": _day, "month": _month, "year": _year}[self.precision](self.first)
        return f"circa {written}" if self.is_circa else written


def partial_date(year: int, month: int | None = None, day: int | None = None, *, is_circa: bool = False) -> PartialDate | None:
    """A date with what is known of it; None where there is no such day or the year is out of range."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
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
    """Read a date of birth (``circa 1962``, ``Mar 1970``, ``24 Nov 1990``, ``1955-11``, ``1959 to 1962``); None where none."""
    if (iso := _ISO.fullmatch(text.strip())) is not None:
        return partial_date(int(iso[1]), int(iso[2]) or 13, None if iso[3] is None else int(iso[3]) or 32)
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    is_circa = match["circa"] is not None
    first = _part(match["d1"], match["m1"], match["y1"], is_circa)
    if match["y2"] is None:
        return first
    last = _part(match["d2"], match["m2"], match["y2"])
    if first is None or last is None or last.before <= first.first:
        return None
    # all days of a year stay the interval that the list writes
    return PartialDate(first.first, last.before, "interval", is_circa)


def _part(day: str | None, month: str | None, year: str, is_circa: bool = False) -> PartialDate | None:
    name = None if month is None else month[:3].capitalize()
    if (name is not None and name not in months.SHORT) or (day is not None and int(day) == 0):
        return None
    return partial_date(
        int(year), None if name is None else months.SHORT.index(name) + 1, None if day is None else int(day), is_circa=is_circa
    )


def _day(day: date) -> str:
    return f"{day.day:02} {months.SHORT[day.month - 1]} {day.year:04}"


def _month(day: date) -> str:
    return f"{months.SHORT[day.month - 1]} {day.year:04}"


def _year(day: date) -> str:
    return f"{day.year:04}"
