"""Times of publication as outlets write them, to UTC with their precision. Nothing is guessed: what is not written is unknown.

Five ways of the headlines at hand, and the standard ones of feeds:

- ``2022-06-28T23:36:42.000Z`` (an ISO time with its offset), ``Tue, 28 Jun 2022 23:36:42 GMT`` (RFC 822): exact.
- ``23:59, 14-Apr-2022`` · ``Updated: 2022-06-30 09:08`` · ``Published: May 31, 2022 11:44 PM`` (and ``Updated: ...`` after
  it, which does not count) · ``2022-06-30 07:40:00``: a local time, exact where the zone of the outlet is known, else the day.
- A date alone is a day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from assets.days import utc_of
from assets.reading import months

_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<clock>\d{1,2}:\d{2})(?P<second>:\d{2}(?:[.,]\d+)?)?\s?"
    r"(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(r"(\d{1,2}):(\d{2}),?\s+(\d{1,2})[-\s]([A-Za-z]{3,9})\.?[-\s](\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})(?:,?\s+(\d{1,2}):(\d{2})\s*([AaPp])\.?[Mm]\.?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_LABEL = re.compile(r"\s*(?:published|updated|posted|modified)\s*:\s*", re.IGNORECASE)
_LONGEST = 300
"""Characters of a time with its labels; a longer text is none, and would take the patterns more than linear time."""


@lru_cache(maxsize=65_536)
def as_written(text: str, timezone: str | None) -> tuple[datetime, str] | None:
    """Return the moment (naive UTC) that a text states and how exact it is: second, minute or day.

    Args:
        text: the time as the outlet writes it.
        timezone: of the outlet; None where unknown: of a time without an offset then only the day is taken.

    Returns:
        None where no time of a known form is written.
    """
    if len(text) > _LONGEST:
        return None
    stated = _first_stated(text)
    try:
        return _iso(stated, timezone) or _local(stated, timezone) or _rfc(stated)
    except (ValueError, OverflowError):
        return None


def _first_stated(text: str) -> str:
    """Return what stands after ``Published:``, else after the first label, else the text."""
    parts = _LABEL.split(text)
    if len(parts) == 1:
        return text.strip()
    labels = [label.strip(" :\t").casefold() for label in _LABEL.findall(text)]
    for wanted in ("published", "posted"):
        if wanted in labels:
            return parts[labels.index(wanted) + 1].strip()
    return parts[1].strip()


def _iso(text: str, timezone: str | None) -> tuple[datetime, str] | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    day = date.fromisoformat(found["day"])
    if found["clock"] is None:
        return datetime(day.year, day.month, day.day), "day"
    hour, minute = map(int, found["clock"].split(":"))
    second = int(found["second"][1:3]) if found["second"] else 0
    at = datetime(day.year, day.month, day.day, hour, minute, second)
    precision = "second" if found["second"] else "minute"
    if found["offset"] is None:
        return _placed(at, precision, timezone)
    offset = found["offset"].upper()
    offset = "+00:00" if offset in ("Z", "UTC", "GMT") else offset
    return datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{offset}").astimezone(UTC).replace(tzinfo=None), precision


def _local(text: str, timezone: str | None) -> tuple[datetime, str] | None:
    clock = _CLOCK_FIRST.fullmatch(text)
    if clock is not None and (month := _month(clock[4])):
        return _placed(datetime(int(clock[5]), month, int(clock[3]), int(clock[1]), int(clock[2])), "minute", timezone)
    named = _MONTH_FIRST.fullmatch(text)
    if named is not None and (month := _month(named[1])):
        if named[4] is None:
            return datetime(int(named[3]), month, int(named[2])), "day"
        hour = int(named[4])
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if named[6] in "pP" else 0)
        return _placed(datetime(int(named[3]), month, int(named[2]), hour, int(named[5])), "minute", timezone)
    day = _DAY_FIRST.fullmatch(text)
    if day is not None and (month := _month(day[2])):
        return datetime(int(day[3]), month, int(day[1])), "day"
    return None


def _month(name: str) -> int | None:
    return months.BY_ANY.get(name.casefold())


def _placed(at: datetime, precision: str, timezone: str | None) -> tuple[datetime, str]:
    """A local time in UTC; its day alone where its zone is not known."""
    if timezone is None:
        return datetime(at.year, at.month, at.day), "day"
    return utc_of(at, timezone), precision


def _rfc(text: str) -> tuple[datetime, str] | None:
    if not re.fullmatch(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+\S+", text):
        return None
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    if at.tzinfo is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None), "second" if text.count(":") > 1 else "minute"
