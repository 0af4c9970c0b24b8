"""Dates in Chinese texts: ``2023年11月15日``, ``11月15日``, ``15日``, ``昨日``, ``周三``, ``上周五``, ``上月``.

A date without a year or a month is the last such day on or before publication, and a day of the week the last one; without a day
of publication only dates that state their year are resolved. What is to come (``下周``, ``明年``) is no date of what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class When:
    """A time: first day, day after the last, precision (day, month, year)."""

    first: date
    end: date
    precision: str


@dataclass(frozen=True)
class Dated:
    """A date where it stands in a text."""

    start: int
    end: int
    when: When


_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_NUMBER = r"[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}"
_ABSOLUTE = re.compile(
    rf"(?:(?P<year>[0-9０-９]{{4}}|[〇零一二三四五六七八九]{{4}})年)?(?P<month>{_NUMBER})月(?:(?P<day>{_NUMBER})[日号])?"
    r"|(?P<only_year>[0-9０-９]{4}|[〇零一二三四五六七八九]{4})年"
)
_DAY = re.compile(rf"(?<![0-9０-９月年一二三四五六七八九十])(?P<day>{_NUMBER})[日号](?![本元内])")
_RELATIVE = {"今天": 0, "今日": 0, "今早": 0, "今晨": 0, "今晚": 0, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2, "前日": -2}
_WORD = re.compile("|".join(_RELATIVE))
_WEEKDAY = re.compile(r"(?P<which>上|本|这|下)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_MONTH = re.compile(r"上个?月|本月")
_YEAR = re.compile(r"去年|今年")


def dates_in(text: str, published: date | None) -> list[Dated]:
    """Find the dates of a text in simplified characters, in order, none overlapping.

    A date beyond the calendar (before the year 1, after 9999) is none.

    Args:
        text: the text.
        published: day of publication; None where unknown.
    """
    found = [
        d for pattern, read in _READ.items() for m in pattern.finditer(text) if (d := _within(read, m, published)) is not None
    ]
    found.sort(key=lambda d: (d.start, -d.end))
    kept: list[Dated] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _within(read: _Read, match: re.Match[str], published: date | None) -> Dated | None:
    try:
        when = read(match, published)
    except (ValueError, OverflowError):
        return None  # no day of the calendar
    return None if when is None else Dated(*match.span(), when)


def _stated(match: re.Match[str], published: date | None) -> When | None:
    if match["only_year"]:
        return _of_year(_year(match["only_year"]))
    month = _number(match["month"])
    day = _number(match["day"]) if match["day"] else None
    year = _year(match["year"]) if match["year"] else None
    if year is None:
        if published is None:
            return None
        if day is not None:
            return _of_day(_last_with(published, month, day))
        year = published.year if month <= published.month else published.year - 1
    return _of_month(year, month) if day is None else _of_day(date(year, month, day))


def _day_alone(match: re.Match[str], published: date | None) -> When | None:
    return None if published is None else _of_day(_last_with(published, None, _number(match["day"])))


def _near(match: re.Match[str], published: date | None) -> When | None:
    return None if published is None else _of_day(published + timedelta(days=_RELATIVE[match[0]]))


def _weekday(match: re.Match[str], published: date | None) -> When | None:
    if published is None:
        return None
    days = _WEEKDAYS[match["day"]] - published.weekday()
    if match["which"] == "上":
        days -= 7
    elif match["which"] == "下" or (match["which"] in ("本", "这") and days > 0):
        return None
    elif days > 0:
        days -= 7
    return _of_day(published + timedelta(days=days))


def _month(match: re.Match[str], published: date | None) -> When | None:
    if published is None:
        return None
    month = published if match[0] == "本月" else published.replace(day=1) - timedelta(days=1)
    return _of_month(month.year, month.month)


def _this_or_last_year(match: re.Match[str], published: date | None) -> When | None:
    return None if published is None else _of_year(published.year - (match[0] == "去年"))


_Read = Callable[[re.Match[str], date | None], When | None]
_READ: dict[re.Pattern[str], _Read] = {
    _ABSOLUTE: _stated, _DAY: _day_alone, _WORD: _near, _WEEKDAY: _weekday, _MONTH: _month, _YEAR: _this_or_last_year
}  # fmt: skip


def _of_day(day: date | None) -> When | None:
    return None if day is None else When(day, day + timedelta(days=1), "day")


def _of_month(year: int, month: int) -> When:
    return When(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1), "month")


def _of_year(year: int) -> When:
    return When(date(year, 1, 1), date(year + 1, 1, 1), "year")


def _last_with(published: date, month: int | None, day: int) -> date | None:
    """The last day on or before publication with this number, in this month where one is given; within four years."""
    year, at = published.year, month or published.month
    for _ in range(12 if month is None else 5):
        try:
            found = date(year, at, day)
        except ValueError:
            found = None
        if found is not None and found <= published:
            return found
        if month is None and at > 1:
            at -= 1
        else:
            year, at = year - 1, month or 12
    return None


def _year(text: str) -> int:
    return int("".join(str(_DIGITS.get(c, c)) for c in text))


def _number(text: str) -> int:
    """A number of at most two digits, in figures or words: ``十一`` is 11, ``二十`` is 20."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return _DIGITS.get(tens, 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
