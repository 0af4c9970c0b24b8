"""Quantities as news text writes them: counts, shares and weights, with what limits them (``more than``, ``nearly``).

A quantity knows how finely it was written: 107,000 is rounded to thousands, 107,941 is not. What it admits follows from
that and from the word before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ABOUT = 0.05
"""``about`` and ``nearly`` admit so much of the number on their sides."""
_COARSE_FROM = 1000
"""Zeros at the end of a smaller count are counted, not rounded: 10 firms are ten, 110,000 deaths are about as many."""
_COARSEST = 0.1
"""Nothing is taken to be rounded to more than a tenth of itself: 100,000 is about that, not 50,000 to 150,000."""
_FRACTION_STEP = 0.05
"""A bare fraction (``two thirds``) admits half of this on either side."""
_WORDS_STEP = 0.1
"""Dozens, hundreds and more that are written out (``three dozen``, ``one hundred thousand``) are rounded to a tenth of them."""
KG_TO_LBS = 1 / 0.45359237
"""Pounds in a kilogram."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in a text.

    Attributes:
        start: first character, the limiting word included.
        end: character after the last one, the unit included.
        kind: ``C`` count, ``P`` share (0 to 1), ``W`` weight (pounds).
        comparator: exactly, more_than, at_least, less_than, at_most, nearly, about or between.
        number: the number, in the unit of the kind.
        number_to: the upper one of ``between``.
        step: to what it is rounded.
    """

    start: int
    end: int
    kind: str
    comparator: str
    number: float
    number_to: float | None
    step: float

    def admits(self) -> tuple[float | None, float | None]:
        """The least and the greatest value that it admits; None where it has no such bound."""
        n = self.number
        match self.comparator:
            case "more_than" | "at_least":
                return n, None
            case "less_than" | "at_most":
                return None, n
            case "nearly":
                return n * (1 - ABOUT), n
            case "between":
                return n, self.number_to
            case "about":
                width = max(n * ABOUT, self.step / 2)
            case _:
                width = self.step / 2
        return n - width, n + width


COMPARATORS = {
    "more_than": (
        "more than",
        "over",
        "above",
        "upwards of",
        "in excess of",
        "exceeding",
        "well over",
        "just over",
        "greater than",
    ),
    "at_least": ("at least", "no fewer than", "no less than", "not less than"),
    "less_than": ("fewer than", "less than", "under", "below"),
    "at_most": ("at most", "no more than", "not more than", "up to", "as many as", "as much as"),
    "nearly": ("nearly", "almost", "close to", "just under", "just short of", "approaching"),
    "about": ("about", "around", "roughly", "approximately", "some", "an estimated", "estimated"),
}
"""Words in front of a number, by what they say."""
_MEANS = {word: comparator for comparator, words in COMPARATORS.items() for word in words}
_PASSED = re.compile(r"\b(?:top(?:ped|ping|s)?|(?:surpass|exceed|pass|cross)(?:ed|es|ing|s)?)\s+(?:the\s+)?$", re.IGNORECASE)
"""A verb that says ``more than``."""

_ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {w: n for n, w in enumerate(_ONES, start=1)} | {w: 10 * n for n, w in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "tenth": 10, "tenths": 10,
}  # fmt: skip
_POUNDS = {"pound": 1.0, "lb": 1.0, "kg": KG_TO_LBS, "kilo": KG_TO_LBS, "ton": 2000.0, "tonne": 1000 * KG_TO_LBS}
"""Pounds in a unit; a ton is that of the United States, a tonne and a metric ton have 1,000 kg."""

_ONE = "|".join(_ONES)
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[:9])}))?|{_ONE})"
_SCALE = "|".join(_SCALES)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_NUMBER = rf"(?:{_DIGITS}(?: (?:{_SCALE}))?|(?:{_WORD}|half a|a)(?: (?:{_SCALE}))+|(?:{_WORD} |a )dozen|{_WORD})"
_FRACTION = rf"(?:(?:(?:{_ONE}|an?)[- ])?(?:{'|'.join(_PARTS)}))(?= of\b)"
_RATIO = rf"(?:{_WORD}|\d{{1,2}}) (?:out of|in)(?: every)? (?:{_WORD}|\d{{1,3}})(?= [a-z])"
_PERCENT = r"(?:\s?%|[ -]per ?cent\b)"
_WEIGHT = r"[ -]?(?P<weight>pounds?|lbs?|kgs?|kilos?|kilograms?|metric tons?|tonnes?|tons?)\b"
_LIMIT = "|".join(sorted(map(re.escape, _MEANS), key=len, reverse=True))
_ALONE = r"(?<![\w$€£¥.,-])"
"""Nothing before it that would make the number a part of something else: COVID-19, $3, 1.5."""
_QUANTITY = re.compile(
    rf"{_ALONE}(?:(?P<limit>{_LIMIT})\s+)?(?:(?:an? |the )?(?:new )?record(?: high)?(?: of)? )?{_ALONE}(?:"
    rf"(?P<fraction>{_FRACTION})|(?P<ratio>{_RATIO})"
    rf"|(?:(?P<between>between|from) )?(?P<number>{_NUMBER})(?:(?:{_PERCENT})?(?: to | and |-|–)(?P<upper>{_NUMBER}))?"
    rf"(?:(?P<percent>{_PERCENT})|{_WEIGHT})?)"
    r"(?![\w-]|[.,]\d|[€£¥%]|\s?(?:hundred|thousand|million|billion|dollars|euros|yuan|rubles|roubles|bn|percentage|years?|year-old|months?|days?|times|milligrams?|mg)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of a text in order, none overlapping. Money, years, ages and durations are none."""
    found = []
    position = 0
    while (m := _QUANTITY.search(text, position)) is not None:
        one = _quantity(text, m)
        if one is not None:
            found.append(one)
        # a year in front of a number is none, the number after it may be one: "in 2023 to 107,500"
        past = one.end if one is not None else m.end("number") if m["number"] else m.end()
        position = max(past, m.start() + 1)
    return found


def _quantity(text: str, m: re.Match[str]) -> Quantity | None:
    comparator = _MEANS.get(" ".join((m["limit"] or "").lower().split()), "exactly")
    if comparator == "exactly" and _PASSED.search(text, max(0, m.start() - 20), m.start()):
        comparator = "more_than"
    start = m.start("limit") if m["limit"] else min(m.start(g) for g in ("fraction", "ratio", "number") if m[g])
    if m["between"]:
        start = m.start("between")
    if m["fraction"] or m["ratio"]:
        number, step = _fraction(m["fraction"]) if m["fraction"] else _ratio(m["ratio"])
        return Quantity(start, m.end(), "P", comparator, number, None, step) if 0 < number < 1 else None
    kind, unit = "C", 1.0
    if m["percent"]:
        kind, unit = "P", 0.01
    elif m["weight"]:
        kind, unit = "W", _POUNDS[_singular(m["weight"])]
    if m["upper"] is None or not _is_range(m, kind):
        # "24 and 30 ..." are two numbers: the second one is looked for again
        end = m.end("number") if m["upper"] is not None else m.end()
        if m["upper"] is not None:
            kind, unit = "C", 1.0
        if kind == "C" and _YEAR.fullmatch(m["number"]):
            return None
        number, step = _value(m["number"])
        return Quantity(start, end, kind, comparator, number * unit, None, step * unit)
    (low, step), (high, _) = _value(m["number"]), _value(m["upper"])
    return Quantity(start, m.end(), kind, "between", low * unit, high * unit, step * unit)


def _is_range(m: re.Match[str], kind: str) -> bool:
    """Whether two numbers are the ends of a range: the first is smaller, and a word says so or a unit holds for both."""
    if _value(m["number"])[0] >= _value(m["upper"])[0] or (_YEAR.fullmatch(m["number"]) and kind == "C"):
        return False
    joint = m.string[m.end("number") : m.start("upper")]
    return bool(m["between"]) or "and" not in joint


def _singular(unit: str) -> str:
    unit = unit.lower().rstrip("s")
    return {"kilogram": "kg", "metric ton": "tonne"}.get(unit, unit)


def _value(written: str) -> tuple[float, float]:
    """A number and to what it is rounded."""
    words = written.lower().replace("-", " ").split()
    digits = words[0].replace(",", "")
    if digits[0].isdigit():
        scale = float(_SCALES[words[1]]) if len(words) > 1 else 1.0
        decimals = len(digits.partition(".")[2])
        number, step = float(digits) * scale, scale / 10**decimals
        zeros = len(digits) - len(digits.rstrip("0")) if decimals == 0 and scale == 1 and number >= _COARSE_FROM else 0
        return number, min(step * 10**zeros, max(step, number * _COARSEST))
    if "dozen" in words:
        number = 12.0 * _WORDS.get(words[0], 1)
        return number, number * _WORDS_STEP
    number = 0.0
    for word in words:
        if word in _SCALES:
            number = (number or 1.0) * _SCALES[word]
        elif word == "half":
            number = 0.5
        elif word != "a":
            number += _WORDS[word]
    return number, number * _WORDS_STEP if _SCALES.keys() & set(words) else 1.0


def _fraction(written: str) -> tuple[float, float]:
    words = written.lower().replace("-", " ").split()
    count = _WORDS.get(words[0], 1)
    return count / _PARTS[words[-1]], _FRACTION_STEP


def _ratio(written: str) -> tuple[float, float]:
    words = re.sub(r"\b(out|of|in|every)\b", " ", written.lower()).split()
    part, whole = (_value(w)[0] for w in (words[0], words[-1]))
    return (part / whole if 1 < whole <= 100 else 0.0), _FRACTION_STEP
