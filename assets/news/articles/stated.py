"""What is stated about an article apart from its text, in a file next to it or in a JSON object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from assets.days import utc_of
from assets.news.articles.reading import Meta, Reading
from assets.news.articles.texts import clean, json_of
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


META = ".meta.json"
_TEXT_FIELDS = ("url", "outlet", "language", "title")


def sidecar_of(reading: Reading, file: str, data: bytes | None) -> Meta:
    """What the file next to an article states; nothing where there is none, or where it is noted as no JSON object."""
    if data is None:
        return Meta()
    found = json_of(data)
    if not isinstance(found, dict):
        reading.note(
            file + META, None, "meta", data[:200].decode(errors="replace"), "not a JSON object: the article is kept without it"
        )
        return Meta()
    return meta_of(reading, file + META, None, found)


def meta_of(reading: Reading, file: str, row: int | None, stated: Mapping[str, Any]) -> Meta:
    """Return what a JSON object states about an article; values of the wrong kind are noted and left out."""
    meta = Meta()
    for name in _TEXT_FIELDS:
        value = stated.get(name)
        if isinstance(value, str):
            setattr(meta, name, clean(value).strip() or None)
        elif value is not None:
            reading.note(file, row, name, value, "not a string")
    if meta.language is not None:
        meta.language = language_of(meta.language)
        if meta.language is None:
            reading.note(file, row, "language", stated["language"], "not a language code such as en or zh-CN")
    published = stated.get("published")
    if published is None:
        named = ((str(name), value) for name, value in stated.items() if name not in (*_TEXT_FIELDS, "text", "id"))
        reading.unread_dates |= {(file, clean(name)): None for name, value in named if is_like_a_date(name, [value])}
    if published is not None and published != "":
        moment = stated_time(published) if isinstance(published, str) else None
        if moment is None:
            reading.note(
                file, row, "published", published, "not an ISO date or time (2023-12-22, 2023-12-22T08:30:00+08:00): date unknown"
            )
        else:
            meta.published_at, meta.published_precision = moment
    return meta


_DATE_WORDS = frozenset(
    {"date", "dated", "day", "datetime", "time", "timestamp", "published", "publication", "posted", "pubdate"}
)


def is_like_a_date(name: str, values: Sequence[object]) -> bool:
    """Whether a column looks like a date: a word of its name says so, or most of its values are days or times."""
    filled = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not filled:
        return False
    if _DATE_WORDS & set(re.findall(r"[a-z]+", name.casefold())):
        return True
    return 2 * sum(as_written(value, None) is not None for value in filled) > len(filled)


def language_of(code: str) -> str | None:
    """Return the ISO 639-1 code that a code such as ``en`` or ``zh-CN`` begins with; None where it is none."""
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", code)
    return found[1].lower() if found is not None else None


_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?P<second>:\d{2}(?:[.,]\d+)?)?\s?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?", re.IGNORECASE
)


def stated_time(text: str) -> tuple[datetime, str] | None:
    """Return the moment (naive UTC) that an ISO text states, and how exact it is; None where it states none.

    A time without its offset is some moment of that day somewhere: only the day is taken.
    """
    text = text.strip()
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        if found["offset"] is None:
            day = date.fromisoformat(text[:10])
            return datetime(day.year, day.month, day.day), "day"
        at = datetime.fromisoformat(text[:10] + "T" + text[11:].replace(" ", "").replace(",", ".").upper())
        return at.astimezone(UTC).replace(tzinfo=None), "second" if found["second"] else "minute"
    except (ValueError, OverflowError):
        return None
