"""What is stated about an article apart from its text, in a file next to it or in a JSON object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from assets.news.articles import times
from assets.news.articles.reading import Meta, Reading
from assets.news.articles.texts import clean, json_of

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
    return 2 * sum(times.as_written(value, None) is not None for value in filled) > len(filled)


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
