"""Dates in Chinese texts: ``2023年11月15日``, ``11月15日``, ``15日``, ``昨日``, ``周三``, ``上周五``, ``上月``.

A date without a year or a month is the last such day on or before publication, and a day of the week the last one; without a day
of publication only dates that state their year are resolved. What is to come (``下周``, ``明年``) is no date of what happened.
"""

from __future__ import annotations

import re
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

    Args:
        text: the text.
        published: day of publication; None where unknown.
    """
    found = [d for d in _absolute(text, published) if d is not None]
    if published is not None:
        found += _relative(text, published)
    found.sort(key=lambda d: (d.start, -d.end))
    kept: list[Dated] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _absolute(text: str, published: date | None) -> list[Dated | None]:
    found = [_stated(m, published) for m in _ABSOLUTE.finditer(text)]
    if published is not None:
        for match in _DAY.finditer(text):
            day = _last_with(published, None, _number(match["day"]))
            found.append(None if day is None else _of_day(match, day))
    return found


def _stated(match: re.Match[str], published: date | None) -> Dated | None:
    if match["only_year"]:
        first = date(_year(match["only_year"]), 1, 1)
        return Dated(*match.span(), When(first, date(first.year + 1, 1, 1), "year"))
    month = _number(match["month"])
    day = _number(match["day"]) if match["day"] else None
    year = _year(match["year"]) if match["year"] else None
    if year is None and published is None:
        return None
    if day is None:
        if not 1 <= month <= 12:
            return None
        if year is None and published is not None:
            year = published.year if month <= published.month else published.year - 1
        return None if year is None else Dated(*match.span(), _of_month(year, month))
    if year is None and published is not None:
        last = _last_with(published, month, day)
        return None if last is None else _of_day(match, last)
    try:
        return _of_day(match, date(year or 1, month, day))
    except ValueError:
        return None


def _relative(text: str, published: date) -> list[Dated]:
    found = [_of_day(m, published + timedelta(days=_RELATIVE[m[0]])) for m in _WORD.finditer(text)]
    for match in _WEEKDAY.finditer(text):
        monday = published - timedelta(days=published.weekday())
        day = monday + timedelta(days=_WEEKDAYS[match["day"]])
        if match["which"] == "上":
            day -= timedelta(days=7)
        elif match["which"] == "下" or (match["which"] in ("本", "这") and day > published):
            continue
        elif day > published:
            day -= timedelta(days=7)
        found.append(_of_day(match, day))
    for match in _MONTH.finditer(text):
        last_month = published.replace(day=1) - timedelta(days=1)
        month = published if match[0] == "本月" else last_month
        found.append(Dated(*match.span(), _of_month(month.year, month.month)))
    for match in _YEAR.finditer(text):
        year = published.year - (match[0] == "去年")
        found.append(Dated(*match.span(), When(date(year, 1, 1), date(year + 1, 1, 1), "year")))
    return found


def _of_day(match: re.Match[str], day: date) -> Dated:
    return Dated(match.start(), match.end(), When(day, day + timedelta(days=1), "day"))


def _of_month(year: int, month: int) -> When:
    return When(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1), "month")


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
    return int("".join(str(_DIGITS.get(c, c)) for c in text)) or 1


def _number(text: str) -> int:
    """A number of at most two digits, in figures or words: ``十一`` is 11, ``二十`` is 20."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return _DIGITS.get(tens, 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
