"""The words of dates: months, numbers, weekdays, and what must stand or must not stand next to them."""

from __future__ import annotations

import re

from assets.reading import months


def _words(text: str) -> list[str]:
    return text.split()


_WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
WEEKDAYS = {name[:3]: number for number, name in enumerate(_WEEKDAYS)}
_NUMBERS = {w: n for n, w in enumerate(_words("zero one two three four five six seven eight nine ten eleven twelve"))} | {
    "a": 1, "an": 1, "the": 1, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "final": 4, "last": 4}

MONTH = (
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

_FEASTS = (
    r"Christmas|New\sYear|Good\sFriday|Easter|Ramadan|Eid(?:\sal-\w+)?|Passover|Yom\sKippur|Hanukkah|Diwali|Nowruz|Ashura"
    r"|Pentecost|Halloween|Thanksgiving|(?:Lunar|Chinese)\sNew\sYear|Spring\sFestival|Mid-Autumn\sFestival|Golden\sWeek"
)
_FEAST_DAYS = (
    r"Independence|Liberation|Victory|Bastille|Labou?r|May|Memorial|National|Republic"
    r"|Veterans|Armistice|Boxing|Unity|Canada|Anzac"
)
_FEAST = rf"(?:{_FEASTS})(?:['’]s)?(?:\s(?:Eve|Day|Sunday|Monday|weekend))?|(?:{_FEAST_DAYS})\sDay"
"""Days that have a name: on which day of which year they fall is not read."""
_IN = r"(?:(?<=[Oo]ver\s)|(?<=uring\s)|(?<=ghout\s)|(?<=[Ii]n\s))"

ATOM = re.compile(
    rf"""
    (?<![A-Za-z0-9_$€£¥#]) (?:
      (?=\d) (?:
        (?P<iso>(?P<iso_y>\d{{4}})(?P<iso_s>[-/.])(?P<iso_m>\d{{1,2}})(?P=iso_s)(?P<iso_d>\d{{1,2}})(?:T\d\d[\d:.+]*Z?)?(?![\d]))
      | (?P<han>(?P<han_y>\d{{4}})年(?:(?P<han_m>\d{{1,2}})月(?:(?P<han_d>\d{{1,2}})日)?)?)
      | (?P<num>(?P<num_a>\d{{1,2}})(?P<num_s>[/.-])(?P<num_b>\d{{1,2}})(?P=num_s)(?P<num_y>(?:19|20)\d\d)(?!\d))
      | (?P<dmy>(?<![\d][.,:/-])(?P<dmy_d>\d{{1,2}}){_NTH}
            (?:\s*(?:[-–—]|\bto\b|\band\b|\bthrough\b)\s*(?P<dmy_e>\d{{1,2}}){_NTH})?
            [\s-]+(?:of\s+)?(?P<dmy_m>{MONTH})(?:,?[\s-]+(?:of\s+)?(?P<dmy_y>{_YEAR}))?)
      | (?P<decade>(?P<decade_y>(?:1[5-9]|20)\d0)['’]?s\b(?!-))
      | (?P<years>(?<![.,:/-])(?P<years_a>{_YEAR})\s*[-–—/]\s*(?P<years_b>{_YEAR}|\d\d(?![\w/.-])))
      | (?P<year>(?<![.,:/])(?P<year_y>{_YEAR}))
      )
    | (?=[JFMASOND]) (?:
        (?P<mdy>(?P<mdy_m>{MONTH})\s+(?P<mdy_d>\d{{1,2}}){_NTH}(?![\w%:/]|[.,]\d)
            (?:\s*(?:[-–—]|\bto\b|\bthrough\b)\s*(?P<mdy_e>\d{{1,2}}){_NTH}(?![\w%:/]|[.,]\d))?
            (?:,?\s+(?P<mdy_y>{_YEAR}))?)
      | (?P<month>(?P<month_m>{MONTH})(?:,?\s+(?:of\s+)?(?P<month_y>{_YEAR}))?)
      )
    | (?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?<=[Oo]n\s)(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)(?!\w)
    | (?=[QqHhFf]) (?:
        (?P<short>(?P<short_u>[QH])(?P<short_n>[1-4])(?:\s+(?:of\s+)?(?P<short_y>{_YEAR}))?(?!\w))
      | (?P<fiscal>(?:[Ff]iscal(?:\s+year)?\s+|FY\s?)(?:20)?\d\d(?!\w))
      )
    | (?P<unread>(?<=[Oo]n\s)the\s\d{{1,2}}(?:st|nd|rd|th)
            (?=\s*(?:[,.;:]|$)|\s+of\s+(?:the|this|last)\s+month|\s+(?:that|and|to|at|in)\b)
      | {_IN}the\s(?:spring|summer|autumn|fall|winter|holidays)(?!\s+(?:of|Olympics?|Games|War|Palace|Offensive)\b)
      | (?i:the\s+)?(?:{_FEAST})
      | (?i:(?:the\s+)?eve\s+of\s+(?:the|a|an|his|her|its|their)\b|the\s+other\s+day|back\s+then|some\s+time\s+ago|long\s+ago)
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

WORD = re.compile(r"\d|[A-Za-z]{3,}")
TRIGGERS = frozenset(
    [*"0123456789", *(n for name in months.NAMES for n in (name, name[:3], name.upper())), "Sept", *_WEEKDAYS]
    + [*WEEKDAYS, "Tues", "Thur", "Thurs"]
    + [
        w
        for word in _words(
            "yesterday today tonight tomorrow overnight morning afternoon evening night nights day days week weeks weekend "
            "month months quarter year years decade decades half spring summer autumn fall winter ago hours minutes "
            "fortnight fortnights eve other long back some holidays "
            "christmas new good easter ramadan eid passover yom hanukkah diwali nowruz ashura pentecost halloween thanksgiving "
            "lunar chinese golden mid"
        )
        for w in (word, word.capitalize())
    ]
)

BEFORE = re.compile(
    r"(?i:(?<![\w-])(?P<mod>last|next|this|early|mid|late|since|between|until|till|before|after|from|by|"
    r"the\s+(?:start|beginning|middle|end)\s+of|the|in|on|during|of|past|following|coming|start\s+of|end\s+of)[\s-]+)$"
)
OFFSET = re.compile(
    rf"(?i:(?<![\w-])(?P<n>{_NUMBER}|the)\s+(?P<unit>day|week|month|year|decade)s?\s+(?P<way>after|before|following|prior\s+to)"
    r"\s+(?:(?:the|a|an|its|their|his|her|that)\s+)?)$"
)
ENDING = re.compile(
    rf"(?i:(?<![\w-])(?:(?P<n>{_NUMBER})[\s-]+)?(?P<unit>day|week|month|quarter|year)s?(?:[\s-]period)?\s+"
    r"(?:to|through|ending|ended|up\s+to)\s+(?:in\s+|on\s+)?(?:the\s+end\s+of\s+|end[\s-])?)$"
)
OF_YEAR = re.compile(r"(?i:,?\s+(?:of\s+)?(?P<word>last|this|next|the\s+same|that|the\s+previous|the\s+following)\s+year\b)")
OF_WEEK = re.compile(r"(?i:\s+(?:of\s+)?(?P<word>last|this|next)\s+week\b)")
EDGE_OF = re.compile(r"(?i:\b(?:start|beginning|middle|end)\s+of\s+)$")
WEEK_OF = re.compile(r"(?i:\bthe\s+week\s+of\s+)$")
YEARS_LISTED = re.compile(r"\b(?:1[5-9]|20)\d\d,\s+$")
ONWARD = re.compile(r"(?i:\s+(?:on|onwards?)\b(?!\s+(?:the|a|its|their|[A-Z])))")
JOIN = re.compile(
    r"(?i:\s*(?:(?P<and>,?\s+and\s)|,?\s+(?:to|until|till|through)\s|[-–—])\s*(?P<part>(?:early|mid|late)[\s-]+)?(?:the\s+)?)"
)
LIST = re.compile(r"(?i:,\s+|\s+(?:and|or)\s+)")

_FUTURE = re.compile(
    r"\b(?:will|shall|would|is to|are to|pencilled\s+in\s+for|(?:postponed|delayed|put\s+off)\s+(?:to|until|till)"
    r"|(?:set|due|scheduled|slated|expected|poised|planned|planning|supposed|likely|back)"
    r"\s+(?:to|for|on|in)|plans?\s+(?:to|for|an?|joint|new|more)|intends?\s+to|going\s+to|aims?\s+to|hopes?\s+to|upcoming|ahead\s+of|vows?\s+to)"
    r"\b|['’]ll\b|^(?:[A-Z][\w.’'-]*,?\s+){1,4}to\s+[a-z]+\b"
)
_NOT_FUTURE = re.compile(
    r"\b(?:said|says|told|announced|reported|added|warned|confirmed|agreed|decided|pledged|promised|declared|stated|disclosed"
    r"|signed|was|were|had|did|met|after)\b"
)

YEAR_AFTER = _words(
    "the a in since of during from until till by before after throughout late early mid year around circa and to for through "
    "between last this its their our that summer spring autumn fall winter start end back or than as on"
)
"""Words before four digits that make them a year."""
NOT_COUNTED = re.compile(
    r"(?i:[\s-]+(?:people|troops|soldiers|men|women|children|workers|refugees|migrants|tons?|tonnes|dollars|euros|yuan|barrels|"
    r"miles|kilometers|kilometres|km|metres|meters|feet|percent|per\s+cent|points|times|homes|cases|deaths|jobs|companies|"
    r"agenda|vision|goals|villagers|prisoners|police|officers|civilians|members|firms|ships|vehicles|missiles|pages|hours|acres|hectares|mw|megawatts)\b)"
)
MONTH_AFTER = _words(
    "in since until till last next this early mid late during through between by the of from and to before after for about "
    "every each past ending ended throughout on"
)
NAME_FOLLOWS = re.compile(
    r"(?:['’]s\b|\s+(?:said|says|told|took|takes|met|meets|called|calls|urged|urges|will|would|has|had|is|was|and\s+her|be|not|have|also|become|need|face"
    r"|government|cabinet|administration|ministry|resigned|warned|refused|wants|Day)\b)"
)
VERB_FOLLOWS = re.compile(r"\s+(?:on|for|to|through|against|in|past|out|of\s+the)\b")
OTHER_NAME = re.compile(r"\s+[A-Z][a-z]+")
_LAST_WORD = re.compile(r"([\w]+)[\s(“\"‘'-]*$")
NO_WEEKDAY_BEFORE = _words("Black Good Super Ash Bloody Palm Easter Shrove Holy Fat Giving Cyber Blue Maundy")
NO_WEEKDAY_AFTER = re.compile(r"\s+(?:Times|Telegraph|Mirror|Mail|Express|Herald|Post|Tribune|Independent|Prayers)\b")
NO_MONTH_BEFORE = _words("Long Theresa Minister Mr Ms Mrs PM Premier Women Death Salt Freedom Brian Fredric James")
NAMED_DAYS = (
    # (month, day, year, the words that follow): days that are known by their date alone
    (9, 11, 2001, re.compile(r"\s+(?:terror(?:ist)?\s+)?(?:attacks?|hijack)")),
    (1, 6, 2021, re.compile(r"\s+(?:Capitol|insurrection|riot|attack\s+on\s+the\s+(?:US\s+|U\.S\.\s+)?Capitol)")),
    (10, 7, 2023, re.compile(r"\s+(?:Hamas|attacks?|massacre)")),
    (6, 4, 1989, re.compile(r"\s+(?:crackdown|massacre|Tiananmen)")),
)

_CLAUSE_ENDS = re.compile(r"[.!?][\"'”’)]*\s|;\s|\n")


def speaks_of_future(text: str, at: int) -> bool:
    """Say whether the clause before the offset refers to what is still to come."""
    before = text[max(0, at - 160) : at]
    before = _CLAUSE_ENDS.split(before)[-1].lstrip()
    last = None
    for last in _FUTURE.finditer(before):  # noqa: B007 - the last match is wanted
        pass
    return last is not None and _NOT_FUTURE.search(before, last.end()) is None


def last_word(text: str, at: int) -> str:
    """Return the last word before an offset, the empty text where there is none."""
    m = _LAST_WORD.search(text[max(0, at - 24) : at])
    return "" if m is None else m[1]


def int_of(digits: str | None) -> int | None:
    """Return the number that digits write."""
    return None if digits is None else int(digits)


def month_of(name: str) -> int:
    """Return the number of a month by its name or abbreviation."""
    return months.BY_ANY[name.rstrip(".").casefold()]


def number_of(word: str | None) -> int | None:
    """Return the number that a word or digits say; None where they say none."""
    if word is None:
        return None
    return int(word) if word.isdecimal() else _NUMBERS.get(word.casefold())
