"""The atoms of dates in a text: a month with a day, a year, a weekday, "last week", "two days ago"; each with its reader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from assets.news.coding.date_spans import (
    DAY,
    Days,
    Partial,
    one_day,
    quarter_of,
    shift,
    shift_months,
    third,
    week_of_day,
    weekend_of,
    whole,
    years_of,
)
from assets.news.coding.date_words import (
    EDGE_OF,
    JOIN,
    MONTH,
    MONTH_AFTER,
    NAME_FOLLOWS,
    NAMED_DAYS,
    NO_MONTH_BEFORE,
    NO_WEEKDAY_AFTER,
    NO_WEEKDAY_BEFORE,
    NOT_COUNTED,
    OF_YEAR,
    ORDINALS,
    OTHER_NAME,
    VERB_FOLLOWS,
    WEEKDAYS,
    YEAR_AFTER,
    YEARS_LISTED,
    int_of,
    last_word,
    month_of,
    number_of,
    speaks_of_future,
)


@dataclass(slots=True)
class Atom:
    """What the grammar found: a date as written, a weekday, or days that are known already (None: unknown)."""

    start: int
    end: int
    kind: str
    written: Partial = field(default_factory=Partial)
    weekday: int = 0
    days: Days | None = None


def atom_of(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    """Return the atom of a match, or None where the words are no date."""
    kind = str(m.lastgroup)
    kind = next(k for k in _READERS if m[k] is not None) if kind not in _READERS else kind
    try:
        return _READERS[kind](m, text, published)
    except (ValueError, OverflowError):
        return None  # the 31st of November, or a day beyond the calendar


def _settled(m: re.Match[str], kind: str, days: Days | None) -> Atom:
    return Atom(m.start(), m.end(), kind, days=days)


def _read_iso(m: re.Match[str], text: str, published: date | None) -> Atom:
    return _settled(m, "stated", one_day(date(int(m["iso_y"]), int(m["iso_m"]), int(m["iso_d"]))))


def _read_han(m: re.Match[str], text: str, published: date | None) -> Atom:
    written = Partial(int(m["han_y"]), int_of(m["han_m"]), int_of(m["han_d"]))
    return _settled(m, "stated", whole(written))


def _read_num(m: re.Match[str], text: str, published: date | None) -> Atom:
    a, b, year = int(m["num_a"]), int(m["num_b"]), int(m["num_y"])
    if a == b or a > 12 or b > 12 or m["num_s"] == ".":
        day, month = (b, a) if b > 12 and m["num_s"] != "." else (a, b)
        return _settled(m, "stated", one_day(date(year, month, day)))
    return _settled(m, "stated", None)  # 3/4/2020 is April in one country and March in another


def _read_dmy(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    return _dated(m, text, published, m["dmy_m"], m["dmy_d"], m["dmy_e"], m["dmy_y"])


def _read_mdy(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    return _dated(m, text, published, m["mdy_m"], m["mdy_d"], m["mdy_e"], m["mdy_y"])


def _dated(
    m: re.Match[str], text: str, published: date | None, month: str, day: str, last: str | None, year: str | None
) -> Atom | None:
    before = last_word(text, m.start())
    if before in ("Long", "Section", "Article", "No"):
        return None
    written = Partial(int_of(year), month_of(month), int(day), int_of(last))
    leap = Partial(2000 if year is None else written.year, *(written.month, written.day, written.last_day))
    whole(leap)  # raises for a day that no such month has
    if year is None:
        for named_month, named_day, named_year, after in NAMED_DAYS:
            if (named_month, named_day) == (written.month, written.day) and after.match(text, m.end()):
                return _settled(m, "stated", one_day(date(named_year, named_month, named_day)))
    return Atom(m.start(), m.end(), "date", written)


def _read_month(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    name, year = m["month_m"], m["month_y"]
    before = last_word(text, m.start())
    if before in NO_MONTH_BEFORE:
        return None
    if year is None and not _is_month(name, before, text, m):
        return None
    return Atom(m.start(), m.end(), "date", Partial(int_of(year), month_of(name)))


_PART_OF = re.compile(r"(?i:\b(?:month|weeks?|days?|fortnight|half|start|beginning|middle|end)\s+of\s+)$")


def _is_month(name: str, before: str, text: str, m: re.Match[str]) -> bool:
    """Say whether a month's name without day or year is the month: not a person, not the verb, not a demonstration."""
    if OF_YEAR.match(text, m.end()):
        return True
    after = before.casefold()
    led = after in MONTH_AFTER
    if name in ("May", "MAY"):
        if not led or NAME_FOLLOWS.match(text, m.end()):
            return False
        if after in ("by", "of", "for", "to", "and", "about", "before", "after", "from", "on"):
            listed = JOIN.match(text, m.end()) is not None or _joined(text, m.start())
            return listed or _PART_OF.search(text, max(0, m.start() - 16), m.start()) is not None
        return True
    if name in ("March", "MARCH", "Mar."):
        return (
            led and not (after in ("the", "this", "last", "next", "to") and VERB_FOLLOWS.match(text, m.end()) is not None)
        ) or (_joined(text, m.start()))
    if len(name.rstrip(".")) <= 3 and name != "MAY":
        return led and not OTHER_NAME.match(text, m.end())
    return led or not OTHER_NAME.match(text, m.end())


_MONTH_BEFORE = re.compile(rf"{MONTH}\s*(?:,|and|or|to|through|until|[-–—])\s*$")


def _joined(text: str, start: int) -> bool:
    """Say whether another month comes before, as in "between March and May"."""
    return _MONTH_BEFORE.search(text[max(0, start - 24) : start]) is not None


def _read_decade(m: re.Match[str], text: str, published: date | None) -> Atom:
    year = int(m["decade_y"])
    return _settled(m, "decade", years_of(year, year + 9, "interval"))


def _read_years(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    first, last = int(m["years_a"]), m["years_b"]
    end = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < end:
        month = Partial(first, int(last)) if len(last) == 2 else None
        return None if month is None else _settled(m, "stated", whole(month))  # 2019-12 is a month, 2011-12 two years
    return _settled(m, "stated", years_of(first, end, "interval"))


def _read_year(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    before = last_word(text, m.start()).casefold()
    alone = text[: m.start()].rstrip().endswith("(") and text[m.end() : m.end() + 1] == ")"
    if (
        (before not in YEAR_AFTER and not alone and not YEARS_LISTED.search(text, max(0, m.start() - 12), m.start()))
        or NOT_COUNTED.match(text, m.end())
        or text[m.end() : m.end() + 2] in ("-s", "th")
    ):
        return None
    year = int(m["year_y"])
    if (
        before in ("the", "a", "its", "their")
        and published is not None
        and year > published.year
        and not speaks_of_future(text, m.start())
    ):
        return None  # "the 2030 Agenda" is a name
    return Atom(m.start(), m.end(), "date", Partial(year))


def _read_weekday(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    if last_word(text, m.start()) in NO_WEEKDAY_BEFORE or NO_WEEKDAY_AFTER.match(text, m.end()):
        return None
    return Atom(m.start(), m.end(), "weekday", weekday=WEEKDAYS[m["weekday"][:3]])


def _read_short(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    unit, number = ("quarter", int(m["short_n"])) if m["short_u"] == "Q" else ("half", int(m["short_n"]))
    if unit == "half" and (number > 2 or m["short_y"] is None):
        return None
    return _part(m, unit, number, int_of(m["short_y"]), None, text, published)


def _read_part(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    word, unit = m["part_n"].casefold(), m["part_u"].casefold()
    year, which = int_of(m["part_y"]), m["part_w"]
    if year is None and which is None:
        if unit == "half" or word == "final":
            return None
        if word == "last":
            return _settled(m, "relative", None if published is None else quarter_of(shift_months(published, -3)))
        if last_word(text, m.start()).casefold() not in ("the", "in", "this"):
            return None
    number = ORDINALS[word] if unit == "quarter" else min(ORDINALS[word], 2)
    if unit == "half" and ORDINALS[word] == 3:
        return None
    return _part(m, unit, number, year, None if which is None else which.casefold(), text, published)


def _part(
    m: re.Match[str], unit: str, number: int, year: int | None, which: str | None, text: str, published: date | None
) -> Atom | None:
    size = 3 if unit == "quarter" else 6

    def days(y: int) -> Days:
        first = date(y, 1 + size * (number - 1), 1)
        return Days(first, shift_months(first, size), "interval")

    if year is not None:
        return _settled(m, "stated", days(year))
    if published is None:
        return _settled(m, "relative", None)
    if which in ("last", "this", "next"):
        return _settled(m, "relative", days(published.year + {"last": -1, "this": 0, "next": 1}[which]))
    y = published.year
    return _settled(m, "relative", days(y if days(y).first <= published or speaks_of_future(text, m.start()) else y - 1))


def _read_word(m: re.Match[str], text: str, published: date | None) -> Atom:
    if published is None:
        return _settled(m, "relative", None)
    shift = {"yesterday": -1, "last night": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}
    return _settled(m, "relative", one_day(published + shift.get(m["word"].casefold(), 0) * DAY))


def _read_span(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    if m["span_w"].casefold() == "the" and not EDGE_OF.search(text, max(0, m.start() - 16), m.start()):
        return None  # "the end of the year" is a date, "the man of the year" is none
    return _settled(m, "relative", None if published is None else _span(m, text, published))


def _span(m: re.Match[str], text: str, published: date) -> Days | None:
    which, unit, edge = m["span_w"].casefold(), m["span_u"].casefold(), (m["span_e"] or "").casefold()
    rolling = which == "past" or (
        which in ("last", "previous")
        and re.search(r"(?i:(?:over|in|during|for|within)\s+the\s+)$", text[max(0, m.start() - 12) : m.start()])
    )
    if which == "previous":
        return None  # previous to what the text refers to, which may not be the day of publication
    if rolling and unit in ("week", "month", "quarter", "year", "decade"):
        return _run(published, 1, unit, back=True)
    step = {"last": -1, "this": 0, "the": 0, "next": 1, "coming": 1, "past": -1}[which]
    if unit == "week":
        days = week_of_day(published + 7 * step * DAY)
        if step == 0 and not edge and not speaks_of_future(text, m.start()):
            days = Days(days.first, published + DAY, "interval")
    elif unit == "weekend":
        days = weekend_of(published, step, ahead=speaks_of_future(text, m.start()))
    elif unit == "month":
        first = shift_months(published.replace(day=1), step)
        days = Days(first, shift_months(first, 1), "month")
    elif unit == "quarter":
        days = quarter_of(shift_months(published.replace(day=1), 3 * step))
    elif unit == "year":
        days = years_of(published.year + step, published.year + step, "year")
    else:
        decade = published.year // 10 * 10 + 10 * step
        days = years_of(decade, decade + 9, "interval")
    if edge in ("early", "mid", "late"):
        return third(days, edge)
    if edge == "earlier":
        return Days(days.first, min(days.end, published + DAY), "interval") if step <= 0 else days
    if edge == "later":
        return Days(max(days.first, published), days.end, "interval")
    return days


def _read_months(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    number, which = number_of(m["months_n"]), m["months_r"]
    if number is None or not 0 < number < 12:
        return None
    if which is None:
        year = int(m["months_y"])
    elif published is None:
        return _settled(m, "relative", None)
    else:
        year = published.year + {"last": -1, "this": 0, "the": 0, "next": 1}[which.casefold()]
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    days = (first, shift_months(first, number)) if m["months_w"].casefold() == "first" else (shift_months(end, -number), end)
    return _settled(m, "stated" if which is None else "relative", Days(*days, "interval"))


def _read_run(m: re.Match[str], text: str, published: date | None) -> Atom:
    number = number_of(m["run_n"])
    if published is None or number is None:
        return _settled(m, "relative", None)
    return _settled(
        m, "relative", _run(published, number, m["run_u"].casefold(), back=m["run_w"].casefold() not in ("next", "coming"))
    )


def _run(published: date, number: int, unit: str, *, back: bool) -> Days:
    """Return the days of "the past three months", which end with the day of publication, or of "the next two weeks"."""
    if back:
        return Days(shift(published + DAY, -number, unit), published + DAY, "interval")
    return Days(published, shift(published, number, unit) + DAY, "interval")


def _read_ago(m: re.Match[str], text: str, published: date | None) -> Atom:
    number = 2 if m["ago_n"] is not None and m["ago_n"].casefold().startswith("a c") else number_of(m["ago_n"])
    unit = m["ago_u"].casefold()
    if published is None or number is None:
        return _settled(m, "relative", None)
    then = shift(published, -number, unit)
    if unit in ("week", "fortnight"):
        return _settled(m, "relative", week_of_day(then))
    if unit in ("month", "quarter"):
        return _settled(m, "relative", whole(Partial(then.year, then.month)))
    if unit == "year":
        return _settled(m, "relative", whole(Partial(then.year)))
    if unit == "decade":
        return _settled(m, "relative", years_of(then.year - 2, then.year + 2, "interval"))
    return _settled(m, "relative", one_day(then))


def _read_weekend(m: re.Match[str], text: str, published: date | None) -> Atom:
    ahead = published is not None and speaks_of_future(text, m.start())
    return _settled(m, "relative", None if published is None else weekend_of(published, 0, ahead=ahead))


def _read_season(m: re.Match[str], text: str, published: date | None) -> Atom | None:
    if m["season_y"] is not None:
        return _settled(m, "stated", whole(Partial(int(m["season_y"]))))
    if m["season_w"].casefold() == "the":
        return None
    return _settled(m, "relative", None)


def _read_unknown(m: re.Match[str], text: str, published: date | None) -> Atom:
    return _settled(m, "relative", None)


_READERS = {
    "iso": _read_iso, "han": _read_han, "num": _read_num, "dmy": _read_dmy, "mdy": _read_mdy, "month": _read_month,
    "decade": _read_decade, "years": _read_years, "year": _read_year, "weekday": _read_weekday, "short": _read_short,
    "part": _read_part, "months": _read_months, "fiscal": _read_unknown, "word": _read_word, "span": _read_span, "run": _read_run,
    "ago": _read_ago, "weekend": _read_weekend, "season": _read_season, "vague": _read_unknown, "unread": _read_unknown,
}  # fmt: skip
