"""Dates in the words of a text: from "a day after the November 15 summit" to a day, a month, a year or an interval.

Rules and no model. A mention is found by its atoms (a month with a day, a year, a weekday, "last week", "two days ago"),
then by what stands before and after them ("since", "early", "a day after the", "last year"). Conventions, where words are
vaguer than days:

- A date without a year is the last one on or before the day of publication, unless the clause speaks of the future.
- "last August" is the last one before the month of publication, "August last year" that of the year before.
- A week runs from Monday to Sunday; "three weeks ago" is the calendar week that holds that day.
- "early", "mid" and "late" are thirds: of a month the days 1-10, 11-20 and the rest; of a year four months each; of a
  decade the years 0-3, 4-6 and 7-9.
- "since" and "after" give the interval that ends with the day of publication; "before" gives no date.
- A season without a year is no date, for it depends on the hemisphere; with a year it is the year. A fiscal year is no
  calendar year: unknown.

Without a day of publication only dates that state their year are resolved; a relative one is still a mention, with the
precision ``unknown`` and no days. Nothing here knows today's date.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that a text states.

    Attributes:
        start: offset of its first character in the text.
        end: offset after its last character.
        event_date: the first day, None where unknown.
        event_date_end: the day after the last, None where unknown.
        precision: day, month, year, interval or unknown.
    """

    start: int
    end: int
    event_date: date | None
    event_date_end: date | None
    precision: str


@dataclass(frozen=True, slots=True)
class _Days:
    """Half-open days: ``first`` up to, not with, ``end``."""

    first: date
    end: date
    precision: str


@dataclass(frozen=True, slots=True)
class _Partial:
    """A date as written: what is None was not said. ``last_day`` is the end of a range of days in one month."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None


@dataclass(slots=True)
class _Atom:
    """What the grammar found: a date as written, a weekday, or days that are settled already (None: unknown)."""

    start: int
    end: int
    kind: str
    written: _Partial = _Partial()
    weekday: int = 0
    days: _Days | None = None


def _words(text: str) -> list[str]:
    return text.split()


_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = {name: number for number, name in enumerate(calendar.day_abbr)}
_NUMBERS = {w: n for n, w in enumerate(_words("zero one two three four five six seven eight nine ten eleven twelve"))} | {
    "a": 1, "an": 1, "the": 1, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "final": 4, "last": 4}

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)(?![\w])"
)
_YEAR = r"(?:1[5-9]|20|21)\d\d(?![\w%]|[.,]\d)"
_NTH = r"(?:st|nd|rd|th)?"
_NUMBER = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty|\d{1,3})"
)
_VAGUE = r"(?:(?:a\s+)?few|several|some|many|recent)"
_UNIT = r"(?:minute|hour|day|night|week|fortnight|month|quarter|year|decade)"

_ATOM = re.compile(
    rf"""
    (?<![A-Za-z0-9_$€£¥#]) (?:
      (?=\d) (?:
        (?P<iso>(?P<iso_y>\d{{4}})(?P<iso_s>[-/.])(?P<iso_m>\d{{1,2}})(?P=iso_s)(?P<iso_d>\d{{1,2}})(?:T\d\d[\d:.+]*Z?)?(?![\d]))
      | (?P<han>(?P<han_y>\d{{4}})年(?:(?P<han_m>\d{{1,2}})月(?:(?P<han_d>\d{{1,2}})日)?)?)
      | (?P<num>(?P<num_a>\d{{1,2}})(?P<num_s>[/.-])(?P<num_b>\d{{1,2}})(?P=num_s)(?P<num_y>(?:19|20)\d\d)(?!\d))
      | (?P<dmy>(?<![\d][.,:/-])(?P<dmy_d>\d{{1,2}}){_NTH}
            (?:\s*(?:[-–—]|\bto\b|\band\b|\bthrough\b)\s*(?P<dmy_e>\d{{1,2}}){_NTH})?
            [\s-]+(?:of\s+)?(?P<dmy_m>{_MONTH})(?:,?[\s-]+(?:of\s+)?(?P<dmy_y>{_YEAR}))?)
      | (?P<decade>(?P<decade_y>(?:1[5-9]|20)\d0)['’]?s\b(?!-))
      | (?P<years>(?<![.,:/-])(?P<years_a>{_YEAR})\s*[-–—/]\s*(?P<years_b>{_YEAR}|\d\d(?![\w/.-])))
      | (?P<year>(?<![.,:/])(?P<year_y>{_YEAR}))
      )
    | (?=[JFMASOND]) (?:
        (?P<mdy>(?P<mdy_m>{_MONTH})\s+(?P<mdy_d>\d{{1,2}}){_NTH}(?![\w%:/]|[.,]\d)
            (?:\s*(?:[-–—]|\bto\b|\bthrough\b)\s*(?P<mdy_e>\d{{1,2}}){_NTH}(?![\w%:/]|[.,]\d))?
            (?:,?\s+(?P<mdy_y>{_YEAR}))?)
      | (?P<month>(?P<month_m>{_MONTH})(?:,?\s+(?:of\s+)?(?P<month_y>{_YEAR}))?)
      )
    | (?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?<=[Oo]n\s)(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)(?!\w)
    | (?=[QqHhFf]) (?:
        (?P<short>(?P<short_u>[QH])(?P<short_n>[1-4])(?:\s+(?:of\s+)?(?P<short_y>{_YEAR}))?(?!\w))
      | (?P<fiscal>(?:[Ff]iscal(?:\s+year)?\s+|FY\s?)(?:20)?\d\d(?!\w))
      )
    | (?=[acefl-pr-twyACEFL-PR-TWY\d]) (?i:
        (?P<part>(?P<part_n>first|second|third|fourth|final|last|1st|2nd|3rd|4th)\s+(?P<part_u>quarter|half)
            (?:\s+of\s+(?:(?P<part_y>{_YEAR})|(?P<part_w>last|this|next|the)\s+year)|(?=\W|$)))
      | (?P<months>(?P<months_w>first|last|final)\s+(?P<months_n>{_NUMBER})\s+months\s+of\s+
            (?:(?P<months_y>{_YEAR})|(?P<months_r>this|last|next|the)\s+year))
      | (?P<word>the\ day\ (?:before\ yesterday|after\ tomorrow)|yesterday|today|tonight|tomorrow|overnight|last\ night
            |this\ (?:morning|afternoon|evening))
      | (?P<span>(?:(?P<span_e>earlier|later|early|late|mid)[\s-]+)?(?P<span_w>last|this|next|past|coming|previous
            |(?<=of\s)the)\s+(?P<span_u>week|weekend|month|year|quarter|decade)(?![\w-]))
      | (?P<run>(?P<run_w>last|past|previous|next|coming)\s+(?:(?P<run_n>{_NUMBER})|{_VAGUE})[\s-]+(?P<run_u>{_UNIT})s?)
      | (?P<ago>(?:(?P<ago_n>{_NUMBER}|a\s+couple\s+of)|{_VAGUE})\s+(?P<ago_u>{_UNIT})s?\s+ago)
      | (?P<weekend>(?<=the\s)weekend)
      | (?P<season>(?P<season_w>last|this|next|the)\s+(?:spring|summer|autumn|fall|winter)(?:\s+(?:of\s+)?(?P<season_y>{_YEAR}))?)
      | (?P<vague>(?:{_NUMBER}|{_VAGUE}|the)\s+(?:day|night|week|month|year|decade)s?\s+(?:earlier|later|after|before)
            |the\s+(?:previous|following|next|same|preceding)\s+(?:day|night|week|month|year)|that\s+(?:day|week|month|year)
            |(?:recent|coming)\s+(?:days|weeks|months|years|decades))
      )
    ) (?![A-Za-z0-9_])
    """,
    re.VERBOSE,
)

_WORD = re.compile(r"\d|[A-Za-z]{3,}")
_TRIGGERS = frozenset(
    [*"0123456789", *(n for name in calendar.month_name[1:] for n in (name, name[:3], name.upper())), "Sept", *calendar.day_name]
    + [*_WEEKDAYS, "Tues", "Thur", "Thurs"]
    + [
        w
        for word in _words(
            "yesterday today tonight tomorrow overnight morning afternoon evening night nights day days week weeks weekend "
            "month months quarter year years decade decades half spring summer autumn fall winter ago hours minutes "
            "fortnight fortnights"
        )
        for w in (word, word.capitalize())
    ]
)

_BEFORE = re.compile(
    r"(?i:(?<![\w-])(?P<mod>last|next|this|early|mid|late|since|between|until|till|before|after|from|by|"
    r"the\s+(?:start|beginning|middle|end)\s+of|the|in|on|during|of|past|following|coming|start\s+of|end\s+of)[\s-]+)$"
)
_OFFSET = re.compile(
    rf"(?i:(?<![\w-])(?P<n>{_NUMBER}|the)\s+(?P<unit>day|week|month|year|decade)s?\s+(?P<way>after|before|following|prior\s+to)"
    r"\s+(?:(?:the|a|an|its|their|his|her|that)\s+)?)$"
)
_ENDING = re.compile(
    rf"(?i:(?<![\w-])(?:(?P<n>{_NUMBER})[\s-]+)?(?P<unit>day|week|month|quarter|year)s?(?:[\s-]period)?\s+"
    r"(?:to|through|ending|ended|up\s+to)\s+(?:in\s+|on\s+)?(?:the\s+end\s+of\s+|end[\s-])?)$"
)
_OF_YEAR = re.compile(r"(?i:,?\s+(?:of\s+)?(?P<word>last|this|next|the\s+same|that|the\s+previous|the\s+following)\s+year\b)")
_OF_WEEK = re.compile(r"(?i:\s+(?:of\s+)?(?P<word>last|this|next)\s+week\b)")
_EDGE_OF = re.compile(r"(?i:\b(?:start|beginning|middle|end)\s+of\s+)$")
_WEEK_OF = re.compile(r"(?i:\bthe\s+week\s+of\s+)$")
_YEARS_LISTED = re.compile(r"\b(?:1[5-9]|20)\d\d,\s+$")
_ONWARD = re.compile(r"(?i:\s+(?:on|onwards?)\b(?!\s+(?:the|a|its|their|[A-Z])))")
_JOIN = re.compile(
    r"(?i:\s*(?:(?P<and>,?\s+and\s)|,?\s+(?:to|until|till|through)\s|[-–—])\s*(?P<part>(?:early|mid|late)[\s-]+)?(?:the\s+)?)"
)
_LIST = re.compile(r"(?i:,\s+|\s+(?:and|or)\s+)")

_FUTURE = re.compile(
    r"\b(?:will|shall|would|is to|are to|(?:set|due|scheduled|slated|expected|poised|planned|planning|supposed|likely|back)"
    r"\s+(?:to|for|on|in)|plans?\s+(?:to|for)|intends?\s+to|going\s+to|aims?\s+to|hopes?\s+to|upcoming|ahead\s+of|vows?\s+to)"
    r"\b|['’]ll\b|^(?:[A-Z][\w.’'-]*,?\s+){1,4}to\s+[a-z]+\b"
)
_NOT_FUTURE = re.compile(r"\b(?:said|says|told|announced|reported|added|warned|confirmed|was|were|had|did|met|after)\b")

_YEAR_AFTER = _words(
    "the a in since of during from until till by before after throughout late early mid year around circa and to for through "
    "between last this its their our that summer spring autumn fall winter start end back or than as on"
)
"""Words before four digits that make them a year."""
_NOT_COUNTED = re.compile(
    r"(?i:[\s-]+(?:people|troops|soldiers|men|women|children|workers|refugees|migrants|tons?|tonnes|dollars|euros|yuan|barrels|"
    r"miles|kilometers|kilometres|km|metres|meters|feet|percent|per\s+cent|points|times|homes|cases|deaths|jobs|companies|"
    r"agenda|vision|goals|villagers|prisoners|police|officers|civilians|members|firms|ships|vehicles|missiles|pages|hours|acres|hectares|mw|megawatts)\b)"
)
_MONTH_AFTER = _words(
    "in since until till last next this early mid late during through between by the of from and to before after for about "
    "every each past ending ended throughout on"
)
_NAME_FOLLOWS = re.compile(
    r"(?:['’]s\b|\s+(?:said|says|told|took|takes|met|meets|called|calls|urged|urges|will|would|has|had|is|was|and\s+her|be|not|have|also|become|need|face"
    r"|government|cabinet|administration|ministry|resigned|warned|refused|wants|Day)\b)"
)
_VERB_FOLLOWS = re.compile(r"\s+(?:on|for|to|through|against|in|past|out|of\s+the)\b")
_OTHER_NAME = re.compile(r"\s+[A-Z][a-z]+")
_LAST_WORD = re.compile(r"([\w]+)[\s(“\"‘'-]*$")
_NO_WEEKDAY_BEFORE = _words("Black Good Super Ash Bloody Palm Easter Shrove Holy Fat Giving Cyber Blue Maundy")
_NO_WEEKDAY_AFTER = re.compile(r"\s+(?:Times|Telegraph|Mirror|Mail|Express|Herald|Post|Tribune|Independent|Prayers)\b")
_NO_MONTH_BEFORE = _words("Long Theresa Minister Mr Ms Mrs PM Premier Women Death Salt Freedom Brian Fredric James")
_NAMED_DAYS = (
    # (month, day, year, the words that follow): days that are known by their date alone
    (9, 11, 2001, re.compile(r"\s+(?:terror(?:ist)?\s+)?(?:attacks?|hijack)")),
    (1, 6, 2021, re.compile(r"\s+(?:Capitol|insurrection|riot|attack\s+on\s+the\s+(?:US\s+|U\.S\.\s+)?Capitol)")),
    (10, 7, 2023, re.compile(r"\s+(?:Hamas|attacks?|massacre)")),
    (6, 4, 1989, re.compile(r"\s+(?:crackdown|massacre|Tiananmen)")),
)


def resolve(text: str, published: date | None) -> list[DateMention]:
    """Return the dates that ``text`` states, in order of their place, none overlapping.

    Args:
        text: a sentence or a longer text; offsets count its characters.
        published: the day of publication, or None where it is not known: then relative dates have no days.
    """
    words = _WORD.findall(text)
    if _TRIGGERS.isdisjoint(words):
        return []
    found: list[DateMention] = []
    atoms = [a for m in _ATOM.finditer(text) if (a := _atom(m, text, published)) is not None]
    position = 0
    while position < len(atoms):
        if found and atoms[position].start < found[-1].end:
            position += 1  # "last year" in "August last year"
            continue
        mention, used = _mention(atoms, position, text, published)
        position += used
        while found and mention.start < found[-1].end and found[-1].precision == "unknown":
            found.pop()  # "a day after the" is part of the date that follows
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return found


# --- atoms ----------------------------------------------------------------------------------------------------------


def _atom(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    """Return the atom of a match, or None where the words are no date."""
    kind = str(m.lastgroup)
    kind = next(k for k in _READERS if m[k] is not None) if kind not in _READERS else kind
    try:
        return _READERS[kind](m, text, published)
    except (ValueError, OverflowError):
        return None  # the 31st of November, or a day beyond the calendar


def _settled(m: re.Match[str], kind: str, days: _Days | None) -> _Atom:
    return _Atom(m.start(), m.end(), kind, days=days)


def _read_iso(m: re.Match[str], text: str, published: date | None) -> _Atom:
    return _settled(m, "stated", _day(date(int(m["iso_y"]), int(m["iso_m"]), int(m["iso_d"]))))


def _read_han(m: re.Match[str], text: str, published: date | None) -> _Atom:
    written = _Partial(int(m["han_y"]), _int(m["han_m"]), _int(m["han_d"]))
    return _settled(m, "stated", _whole(written))


def _read_num(m: re.Match[str], text: str, published: date | None) -> _Atom:
    a, b, year = int(m["num_a"]), int(m["num_b"]), int(m["num_y"])
    if a == b or a > 12 or b > 12 or m["num_s"] == ".":
        day, month = (b, a) if b > 12 and m["num_s"] != "." else (a, b)
        return _settled(m, "stated", _day(date(year, month, day)))
    return _settled(m, "stated", None)  # 3/4/2020 is April in one country and March in another


def _read_dmy(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    return _dated(m, text, published, m["dmy_m"], m["dmy_d"], m["dmy_e"], m["dmy_y"])


def _read_mdy(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    return _dated(m, text, published, m["mdy_m"], m["mdy_d"], m["mdy_e"], m["mdy_y"])


def _dated(
    m: re.Match[str], text: str, published: date | None, month: str, day: str, last: str | None, year: str | None
) -> _Atom | None:
    before = _last_word(text, m.start())
    if before in ("Long", "Section", "Article", "No"):
        return None
    written = _Partial(_int(year), _month(month), int(day), _int(last))
    leap = _Partial(2000 if year is None else written.year, *(written.month, written.day, written.last_day))
    _whole(leap)  # raises for a day that no such month has
    if year is None:
        for named_month, named_day, named_year, after in _NAMED_DAYS:
            if (named_month, named_day) == (written.month, written.day) and after.match(text, m.end()):
                return _settled(m, "stated", _day(date(named_year, named_month, named_day)))
    return _Atom(m.start(), m.end(), "date", written)


def _read_month(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    name, year = m["month_m"], m["month_y"]
    before = _last_word(text, m.start())
    if before in _NO_MONTH_BEFORE:
        return None
    if year is None and not _is_month(name, before, text, m):
        return None
    return _Atom(m.start(), m.end(), "date", _Partial(_int(year), _month(name)))


def _is_month(name: str, before: str, text: str, m: re.Match[str]) -> bool:
    """Say whether a month's name without day or year is the month: not a person, not the verb, not a demonstration."""
    if _OF_YEAR.match(text, m.end()):
        return True
    after = before.casefold()
    led = after in _MONTH_AFTER
    if name in ("May", "MAY"):
        if not led or _NAME_FOLLOWS.match(text, m.end()):
            return False
        if after in ("by", "of", "for", "to", "and", "about", "before", "after", "from", "on"):
            listed = _JOIN.match(text, m.end()) is not None or _joined(text, m.start())
            return listed or text[: m.start()].casefold().endswith("month of ")
        return True
    if name in ("March", "MARCH", "Mar."):
        return (
            led and not (after in ("the", "this", "last", "next", "to") and _VERB_FOLLOWS.match(text, m.end()) is not None)
        ) or (_joined(text, m.start()))
    if len(name.rstrip(".")) <= 3 and name != "MAY":
        return led and not _OTHER_NAME.match(text, m.end())
    return led or not _OTHER_NAME.match(text, m.end())


_MONTH_BEFORE = re.compile(rf"{_MONTH}\s*(?:,|and|or|to|through|until|[-–—])\s*$")


def _joined(text: str, start: int) -> bool:
    """Say whether another month stands before, as in "between March and May"."""
    return _MONTH_BEFORE.search(text[max(0, start - 24) : start]) is not None


def _read_decade(m: re.Match[str], text: str, published: date | None) -> _Atom:
    year = int(m["decade_y"])
    return _settled(m, "decade", _years(year, year + 9, "interval"))


def _read_years(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    first, last = int(m["years_a"]), m["years_b"]
    end = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if not first < end:
        month = _Partial(first, int(last)) if len(last) == 2 else None
        return None if month is None else _settled(m, "stated", _whole(month))  # 2019-12 is a month, 2011-12 two years
    return _settled(m, "stated", _years(first, end, "interval"))


def _read_year(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    before = _last_word(text, m.start()).casefold()
    alone = text[: m.start()].rstrip().endswith("(") and text[m.end() : m.end() + 1] == ")"
    if (
        (before not in _YEAR_AFTER and not alone and not _YEARS_LISTED.search(text, max(0, m.start() - 12), m.start()))
        or _NOT_COUNTED.match(text, m.end())
        or text[m.end() : m.end() + 2] in ("-s", "th")
    ):
        return None
    year = int(m["year_y"])
    if (
        before in ("the", "a", "its", "their")
        and published is not None
        and year > published.year
        and not _speaks_of_future(text, m.start())
    ):
        return None  # "the 2030 Agenda" is a name
    return _Atom(m.start(), m.end(), "date", _Partial(year))


def _read_weekday(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    if _last_word(text, m.start()) in _NO_WEEKDAY_BEFORE or _NO_WEEKDAY_AFTER.match(text, m.end()):
        return None
    return _Atom(m.start(), m.end(), "weekday", weekday=_WEEKDAYS[m["weekday"][:3]])


def _read_short(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    unit, number = ("quarter", int(m["short_n"])) if m["short_u"] == "Q" else ("half", int(m["short_n"]))
    if unit == "half" and (number > 2 or m["short_y"] is None):
        return None
    return _part(m, unit, number, _int(m["short_y"]), None, text, published)


def _read_part(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    word, unit = m["part_n"].casefold(), m["part_u"].casefold()
    year, which = _int(m["part_y"]), m["part_w"]
    if year is None and which is None:
        if unit == "half" or word == "final":
            return None
        if word == "last":
            return _settled(m, "relative", None if published is None else _quarter(_shift_months(published, -3)))
        if _last_word(text, m.start()).casefold() not in ("the", "in", "this"):
            return None
    number = _ORDINALS[word] if unit == "quarter" else min(_ORDINALS[word], 2)
    if unit == "half" and _ORDINALS[word] == 3:
        return None
    return _part(m, unit, number, year, None if which is None else which.casefold(), text, published)


def _part(
    m: re.Match[str], unit: str, number: int, year: int | None, which: str | None, text: str, published: date | None
) -> _Atom | None:
    size = 3 if unit == "quarter" else 6

    def days(y: int) -> _Days:
        first = date(y, 1 + size * (number - 1), 1)
        return _Days(first, _shift_months(first, size), "interval")

    if year is not None:
        return _settled(m, "stated", days(year))
    if published is None:
        return _settled(m, "relative", None)
    if which in ("last", "this", "next"):
        return _settled(m, "relative", days(published.year + {"last": -1, "this": 0, "next": 1}[which]))
    y = published.year
    return _settled(m, "relative", days(y if days(y).first <= published or _speaks_of_future(text, m.start()) else y - 1))


def _read_word(m: re.Match[str], text: str, published: date | None) -> _Atom:
    if published is None:
        return _settled(m, "relative", None)
    shift = {"yesterday": -1, "last night": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}
    return _settled(m, "relative", _day(published + shift.get(m["word"].casefold(), 0) * DAY))


def _read_span(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    if m["span_w"].casefold() == "the" and not _EDGE_OF.search(text, max(0, m.start() - 16), m.start()):
        return None  # "the end of the year" is a date, "the man of the year" is none
    return _settled(m, "relative", None if published is None else _span(m, text, published))


def _span(m: re.Match[str], text: str, published: date) -> _Days | None:
    which, unit, edge = m["span_w"].casefold(), m["span_u"].casefold(), (m["span_e"] or "").casefold()
    rolling = which == "past" or (
        which in ("last", "previous")
        and re.search(r"(?i:(?:over|in|during|for|within)\s+the\s+)$", text[max(0, m.start() - 12) : m.start()])
    )
    if which == "previous":
        return None  # previous to what the text speaks of, which may not be the day of publication
    if rolling and unit in ("week", "month", "quarter", "year", "decade"):
        return _run(published, 1, unit, back=True)
    step = {"last": -1, "this": 0, "the": 0, "next": 1, "coming": 1, "past": -1}[which]
    if unit == "week":
        days = _week(published + 7 * step * DAY)
        if step == 0 and not edge and not _speaks_of_future(text, m.start()):
            days = _Days(days.first, published + DAY, "interval")
    elif unit == "weekend":
        days = _weekend(published, step, ahead=_speaks_of_future(text, m.start()))
    elif unit == "month":
        first = _shift_months(published.replace(day=1), step)
        days = _Days(first, _shift_months(first, 1), "month")
    elif unit == "quarter":
        days = _quarter(_shift_months(published.replace(day=1), 3 * step))
    elif unit == "year":
        days = _years(published.year + step, published.year + step, "year")
    else:
        decade = published.year // 10 * 10 + 10 * step
        days = _years(decade, decade + 9, "interval")
    if edge in ("early", "mid", "late"):
        return _third(days, edge)
    if edge == "earlier":
        return _Days(days.first, min(days.end, published + DAY), "interval") if step <= 0 else days
    if edge == "later":
        return _Days(max(days.first, published), days.end, "interval")
    return days


def _read_months(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    number, which = _number(m["months_n"]), m["months_r"]
    if number is None or not 0 < number < 12:
        return None
    if which is None:
        year = int(m["months_y"])
    elif published is None:
        return _settled(m, "relative", None)
    else:
        year = published.year + {"last": -1, "this": 0, "the": 0, "next": 1}[which.casefold()]
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    days = (first, _shift_months(first, number)) if m["months_w"].casefold() == "first" else (_shift_months(end, -number), end)
    return _settled(m, "stated" if which is None else "relative", _Days(*days, "interval"))


def _read_run(m: re.Match[str], text: str, published: date | None) -> _Atom:
    number = _number(m["run_n"])
    if published is None or number is None:
        return _settled(m, "relative", None)
    return _settled(
        m, "relative", _run(published, number, m["run_u"].casefold(), back=m["run_w"].casefold() not in ("next", "coming"))
    )


def _run(published: date, number: int, unit: str, *, back: bool) -> _Days:
    """Return the days of "the past three months", which end with the day of publication, or of "the next two weeks"."""
    if back:
        return _Days(_shift(published + DAY, -number, unit), published + DAY, "interval")
    return _Days(published, _shift(published, number, unit) + DAY, "interval")


def _read_ago(m: re.Match[str], text: str, published: date | None) -> _Atom:
    number = 2 if m["ago_n"] is not None and m["ago_n"].casefold().startswith("a c") else _number(m["ago_n"])
    unit = m["ago_u"].casefold()
    if published is None or number is None:
        return _settled(m, "relative", None)
    then = _shift(published, -number, unit)
    if unit in ("week", "fortnight"):
        return _settled(m, "relative", _week(then))
    if unit in ("month", "quarter"):
        return _settled(m, "relative", _whole(_Partial(then.year, then.month)))
    if unit == "year":
        return _settled(m, "relative", _whole(_Partial(then.year)))
    if unit == "decade":
        return _settled(m, "relative", _years(then.year - 2, then.year + 2, "interval"))
    return _settled(m, "relative", _day(then))


def _read_weekend(m: re.Match[str], text: str, published: date | None) -> _Atom:
    ahead = published is not None and _speaks_of_future(text, m.start())
    return _settled(m, "relative", None if published is None else _weekend(published, 0, ahead=ahead))


def _read_season(m: re.Match[str], text: str, published: date | None) -> _Atom | None:
    if m["season_y"] is not None:
        return _settled(m, "stated", _whole(_Partial(int(m["season_y"]))))
    if m["season_w"].casefold() == "the":
        return None
    return _settled(m, "relative", None)


def _read_unknown(m: re.Match[str], text: str, published: date | None) -> _Atom:
    return _settled(m, "relative", None)


_READERS = {
    "iso": _read_iso, "han": _read_han, "num": _read_num, "dmy": _read_dmy, "mdy": _read_mdy, "month": _read_month,
    "decade": _read_decade, "years": _read_years, "year": _read_year, "weekday": _read_weekday, "short": _read_short,
    "part": _read_part, "months": _read_months, "fiscal": _read_unknown, "word": _read_word, "span": _read_span, "run": _read_run,
    "ago": _read_ago, "weekend": _read_weekend, "season": _read_season, "vague": _read_unknown,
}  # fmt: skip


# --- mentions -------------------------------------------------------------------------------------------------------


def _mention(atoms: list[_Atom], i: int, text: str, published: date | None) -> tuple[DateMention, int]:
    """Return the mention that begins with the atom ``i``, and how many atoms it used up."""
    atom, used = atoms[i], 1
    if atom.kind == "weekday" and i + 1 < len(atoms) and re.fullmatch(r",?\s+(?:the\s+)?", text[atom.end : atoms[i + 1].start]):
        following = atoms[i + 1]
        if following.kind in ("date", "stated") and (following.written.day is not None or following.kind == "stated"):
            following.start = atom.start  # "Wednesday, November 15": the date says it all
            mention, more = _mention(atoms, i + 1, text, published)
            return mention, used + more
    start, mods, offset, ending = _prefix(text, atom.start)
    end, year_word = atom.end, None
    if atom.kind == "date" and atom.written.year is None and (m := _OF_YEAR.match(text, end)):
        year_word, end = m["word"].casefold(), m.end()
    if atom.kind == "weekday" and (m := _OF_WEEK.match(text, end)):
        year_word, end = m["word"].casefold(), m.end()
    if i + 1 < len(atoms) and offset is None and ending is None:
        between = _range(atom, atoms[i + 1], mods, start, year_word, end, text, published)
        if between is not None:
            return between, 2
        if (
            atom.kind == "date"
            and year_word is None
            and atom.written.year is None
            and _LIST.fullmatch(text, end, atoms[i + 1].start)
        ):
            later = atoms[i + 1].written  # "in March and May 2020"
            if atoms[i + 1].kind == "date" and later.month is not None and later.year is not None:
                atom.written = _Partial(later.year, atom.written.month, atom.written.day, atom.written.last_day)
            elif atoms[i + 1].kind == "date" and (m := _OF_YEAR.match(text, atoms[i + 1].end)):
                year_word = m["word"].casefold()
    week_of = _WEEK_OF.search(text, max(0, start - 16), start)
    try:
        days = _days(atom, mods, year_word, text, start, published)
        if week_of is not None and days is not None and days.precision == "day":
            days = _week(days.first)
        if days is not None and offset is not None:
            days = _moved(days, *offset)
            is_dated = atom.kind == "stated" or (atom.kind == "date" and atom.written.year is not None)
            is_ahead = days is not None and published is not None and days.first > published
            if is_ahead and not (is_dated or _speaks_of_future(text, start)):
                days = None  # "a day after the November 15 summit", told on that day: which one is meant is not known
        elif days is not None and ending is not None:
            days = _Days(_shift(days.end, -ending[0], ending[1]), days.end, "interval")
        elif "before" in mods:
            days = None
        elif days is not None and ("since" in mods or "after" in mods or ("from" in mods and _ONWARD.match(text, end))):
            days = _until_published(days, published)
        elif "since" in mods:
            days = None
    except (ValueError, OverflowError):
        days = None
    start = start if week_of is None else week_of.start()
    if days is None:
        return DateMention(start, end, None, None, "unknown"), used
    return DateMention(start, end, days.first, days.end, days.precision), used


def _prefix(text: str, at: int) -> tuple[int, list[str], tuple[int, str, int] | None, tuple[int, str] | None]:
    """Read backwards what stands before an atom.

    Returns:
        the offset where the mention begins; the words that bear on it, nearest first; a distance ("a day after the") as
        (number, unit, direction); the length of a period that ends with the atom ("12 months to") as (number, unit).
    """
    start = at
    mods: list[str] = []
    cursor = at
    for _ in range(4):
        before = text[max(0, cursor - 48) : cursor]
        if m := _OFFSET.search(before):
            number = _number(m["n"]) or 1
            way = -1 if m["way"].casefold().startswith(("before", "prior")) else 1
            return cursor - len(before) + m.start(), mods, (number, m["unit"].casefold(), way), None
        if m := _ENDING.search(before):
            return cursor - len(before) + m.start(), mods, None, (_number(m["n"]) or 1, m["unit"].casefold())
        m = _BEFORE.search(before)
        if m is None:
            break
        word = m["mod"].casefold()
        word = word.removeprefix("the ").strip() if " of" in word else word
        cursor = cursor - len(before) + m.start()
        mods.append(word)
        if word in ("in", "on", "during", "of") and not (mods and word == "of"):
            break
        if word not in ("the", "in", "on", "of", "by", "until", "till", "during", "from", "before", "between"):
            start = cursor
    return start, mods, None, None


def _range(
    a: _Atom, b: _Atom, mods: list[str], start: int, year_word: str | None, end: int, text: str, published: date | None
) -> DateMention | None:
    """Return "between March and May", "from 2015 to 2019", "March 3 - May 5, 2020"; None where the two stand apart."""
    join = _JOIN.fullmatch(text, end, b.start)
    if join is None or (join["and"] and "between" not in mods) or b.kind not in ("date", "stated", "weekday", "relative"):
        return None
    if a.kind == "relative" or (a.kind == "weekday") != (b.kind == "weekday" and b.kind != "relative"):
        return None
    b_end, b_word = b.end, None
    if b.kind == "date" and b.written.year is None and (m := _OF_YEAR.match(text, b.end)):
        b_word, b_end = m["word"].casefold(), m.end()
    opening = "between" in mods or "from" in mods
    if b.kind == "relative" and not opening:
        return None
    whole_start = start
    if opening:
        word = "between" if "between" in mods else "from"
        at = text.casefold().rfind(word, max(0, start - 16), a.start)
        whole_start = at if at >= 0 and len(text.casefold()) == len(text) else start
    try:
        b_mods = [join["part"].strip(" -").casefold()] if join["part"] else []
        last = _days(b, b_mods, b_word, text, b.start, published)
        first = None if last is None else _first_of_range(a, mods, year_word, last, text, published)
    except (ValueError, OverflowError):
        first = last = None
    if first is None or last is None or not first.first < last.end:
        return DateMention(whole_start, b_end, None, None, "unknown")
    return DateMention(whole_start, b_end, first.first, last.end, "interval")


def _first_of_range(
    a: _Atom, mods: list[str], year_word: str | None, last: _Days, text: str, published: date | None
) -> _Days | None:
    """Return the first end of a range: without a year of its own it is the last such date before the other end."""
    if a.kind == "date" and a.written.year is None and year_word is None:
        return _latest(a.written, _edge(mods), last.first)
    if a.kind == "weekday":
        return _day(last.first - ((last.first.weekday() - a.weekday) % 7) * DAY)
    return _days(a, mods, year_word, text, a.start, published)


def _days(atom: _Atom, mods: list[str], word: str | None, text: str, start: int, published: date | None) -> _Days | None:
    """Return the days of one atom with the words around it, None where they are not known."""
    edge = _edge(mods)
    if atom.kind in ("stated", "relative"):
        return atom.days if edge is None or atom.days is None else _third(atom.days, edge)
    if atom.kind == "decade":
        return atom.days if edge is None or atom.days is None else _third(atom.days, edge)
    if atom.kind == "weekday":
        return None if published is None else _weekday(atom, mods, word, text, start, published)
    written = atom.written
    if written.year is not None:
        return _cut(_whole(written), edge)
    if published is None or word in ("the same", "that", "the previous", "the following"):
        return None
    if word is not None or "this" in mods:
        year = published.year + {"last": -1, "this": 0, "next": 1}[word or "this"]
        return _cut(_whole(_Partial(year, written.month, written.day, written.last_day)), edge)
    if "next" in mods or "coming" in mods:
        return _earliest(written, edge, _shift_months(published.replace(day=1), 1) if written.day is None else published + DAY)
    if "last" in mods or "past" in mods:
        return _latest(written, edge, published.replace(day=1) - DAY if written.day is None else published - DAY)
    if _speaks_of_future(text, start):
        return _earliest(written, edge, published.replace(day=1) if written.day is None else published)
    return _latest(written, edge, published)


def _weekday(atom: _Atom, mods: list[str], word: str | None, text: str, start: int, published: date) -> _Days:
    monday = published - published.weekday() * DAY
    if word is not None:
        return _day(monday + ({"last": -7, "this": 0, "next": 7}[word] + atom.weekday) * DAY)
    if "this" in mods:
        return _day(monday + atom.weekday * DAY)
    if "last" in mods or "past" in mods:
        return _day(published - ((published.weekday() - atom.weekday - 1) % 7 + 1) * DAY)
    if "next" in mods or "coming" in mods or "following" in mods:
        return _day(published + ((atom.weekday - published.weekday() - 1) % 7 + 1) * DAY)
    if _speaks_of_future(text, start):
        return _day(published + ((atom.weekday - published.weekday()) % 7) * DAY)
    return _day(published - ((published.weekday() - atom.weekday) % 7) * DAY)


def _latest(written: _Partial, edge: str | None, limit: date) -> _Days | None:
    """Return the last such date that begins on or before ``limit``."""
    for year in range(limit.year, max(limit.year - 9, 1), -1):  # nine: the 29th of February
        days = _try(_Partial(year, written.month, written.day, written.last_day), edge)
        if days is not None and days.first <= limit:
            return days
    return None


def _earliest(written: _Partial, edge: str | None, limit: date) -> _Days | None:
    """Return the first such date that begins on or after ``limit``."""
    for year in range(limit.year, min(limit.year + 9, 9998)):
        days = _try(_Partial(year, written.month, written.day, written.last_day), edge)
        if days is not None and days.first >= limit:
            return days
    return None


def _try(written: _Partial, edge: str | None) -> _Days | None:
    try:
        return _cut(_whole(written), edge)
    except ValueError:
        return None


def _until_published(days: _Days, published: date | None) -> _Days | None:
    """Return the interval of "since": from the first day to the day of publication; unknown where that is not known."""
    if published is None:
        return None
    return _Days(days.first, published + DAY, "interval") if days.first <= published else days


def _moved(days: _Days, number: int, unit: str, way: int) -> _Days | None:
    """Return the days at a distance; a distance finer than the date it is measured from gives no date."""
    if days.precision == "day":
        then = _shift(days.first, way * number, unit)
        if unit == "day":
            return _day(then)
        if unit == "week":
            return _Days(then - 3 * DAY, then + 4 * DAY, "interval")
        return _whole(_Partial(then.year, then.month if unit == "month" else None))
    if days.precision == "month" and unit in ("month", "year"):
        then = _shift(days.first, way * number, unit)
        return _whole(_Partial(then.year, then.month))
    if days.precision == "year" and unit in ("year", "decade"):
        year = days.first.year + way * number * (10 if unit == "decade" else 1)
        return _whole(_Partial(year))
    return None


# --- days -----------------------------------------------------------------------------------------------------------


def _day(first: date) -> _Days:
    return _Days(first, first + DAY, "day")


def _years(first: int, last: int, precision: str) -> _Days:
    return _Days(date(first, 1, 1), date(last + 1, 1, 1), precision)


def _whole(written: _Partial) -> _Days:
    """Return the days of a date with a year. Raises ValueError for a day that does not exist."""
    if written.year is None:
        raise ValueError("no year")
    if written.month is None:
        return _years(written.year, written.year, "year")
    if written.day is None:
        first = date(written.year, written.month, 1)
        return _Days(first, _shift_months(first, 1), "month")
    first = date(written.year, written.month, written.day)
    if written.last_day is None or written.last_day == written.day:
        return _day(first)
    last = date(written.year, written.month, written.last_day)
    if last < first:
        raise ValueError("the range of days runs backwards")
    return _Days(first, last + DAY, "interval")


def _week(day: date) -> _Days:
    monday = day - day.weekday() * DAY
    return _Days(monday, monday + 7 * DAY, "interval")


def _weekend(published: date, step: int, *, ahead: bool) -> _Days:
    """Return Saturday and Sunday: the last that has begun, or the next where the words look ahead."""
    saturday = published - ((published.weekday() - 5) % 7) * DAY
    if ahead or step > 0:
        saturday = published + ((5 - published.weekday()) % 7) * DAY
    elif step < 0 and published.weekday() >= 5:
        saturday -= 7 * DAY
    return _Days(saturday, saturday + 2 * DAY, "interval")


def _quarter(day: date) -> _Days:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return _Days(first, _shift_months(first, 3), "interval")


def _edge(mods: list[str]) -> str | None:
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


def _cut(days: _Days, edge: str | None) -> _Days:
    return days if edge is None else _third(days, edge)


def _third(days: _Days, edge: str) -> _Days:
    """Return the early, middle or late part of a month, a year, a decade or a week."""
    first, end = days.first, days.end
    if days.precision == "day":
        return days
    length = (end - first).days
    if length > 3000:
        one, two = date(first.year + 4, 1, 1), date(first.year + 7, 1, 1)
    elif length > 300:
        one, two = _shift_months(first, 4), _shift_months(first, 8)
    elif length > 27:
        one, two = first + length // 3 * DAY, first + length // 3 * 2 * DAY
    else:
        one, two = first + 2 * DAY, first + 4 * DAY
    return _Days(*{"early": (first, one), "mid": (one, two), "late": (two, end)}[edge], "interval")


def _shift(day: date, number: int, unit: str) -> date:
    if unit in ("minute", "hour"):
        return day
    if unit in ("day", "night", "week", "fortnight"):
        return day + number * {"day": 1, "night": 1, "week": 7, "fortnight": 14}[unit] * DAY
    return _shift_months(day, number * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])


def _shift_months(day: date, number: int) -> date:
    """Return the day so many months on; the last of the month where that month is shorter."""
    month = day.year * 12 + day.month - 1 + number
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# --- words ----------------------------------------------------------------------------------------------------------


def _speaks_of_future(text: str, at: int) -> bool:
    """Say whether the clause before the offset speaks of what is still to come."""
    before = text[max(0, at - 160) : at]
    before = before[max(before.rfind(". "), before.rfind("; "), -1) + 1 :].lstrip()
    last = None
    for last in _FUTURE.finditer(before):  # noqa: B007 - the last match is wanted
        pass
    return last is not None and _NOT_FUTURE.search(before, last.end()) is None


def _last_word(text: str, at: int) -> str:
    m = _LAST_WORD.search(text[max(0, at - 24) : at])
    return "" if m is None else m[1]


def _int(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _month(name: str) -> int:
    return _MONTHS[name.rstrip(".").casefold()]


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdecimal() else _NUMBERS.get(word.casefold())
