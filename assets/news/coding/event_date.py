"""The date of an event: which of the dates that a sentence states belongs to it, and what holds where it states none.

- The date of its clause (``dated_clauses.py``).
- A definite noun that refers back to an earlier event of the text (``the lifting of the sanctions came as ...``) brings its date.
- Without any, a headline, the first two sentences of a text, and what is reported in the present or perfect are of the day of
  publication; other events are of unknown date.
- A planned or threatened event has the date on which that was told, else that of the report; no event is dated after it.
- The day of the report is that of the dateline, where it lies in the week before publication.
- Dates counted from the one before them (``the same day``, ``two days later``) are so from the last of the text that is as fine
  as they are: days and weeks from a day, months from a day or a month. Without one they stay unknown; the day of publication is
  never taken for it. A distance in weeks gives the seven days around, one in months a month, one in years a year; one before
  something that is named (``the day before the talks``) is counted from that, not from the last date.
- Without a day of publication only dates that state their year are known. A day at an end of the calendar (0001-01-01,
  9999-12-31) is what programs write for one that they do not know, and counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.date_spans import DAY, Days, Partial, at_distance, one_day, shift, week_of_day, whole
from assets.news.coding.date_words import number_of
from assets.news.coding.dated_clauses import NOUNS, Apart, DatedClauses
from assets.news.coding.encoder import HYPOTHETICAL, INTENDED, ONGOING
from assets.news.coding.parties import after_dateline
from assets.news.coding.pieces import Piece

_FINE_ENOUGH = {
    "day": ("day",),
    "night": ("day",),
    "week": ("day",),
    "month": ("day", "month"),
    "year": ("day", "month", "year"),
}

_SAME = re.compile(r"(?i)(?:the\s+same|that)\s+(?P<unit>day|night|week|month|year)")
_BESIDE = re.compile(r"(?i)the\s+(?P<way>following|next|previous|preceding)\s+(?P<unit>day|night|week|month|year)")
_APART = re.compile(r"(?i)(?P<n>\w+)\s+(?P<unit>day|night|week|month|year)s?\s+(?P<way>later|earlier|after|before)")
_NOTHING_NAMED = re.compile(r"\s*(?:[,.;:)\"”]|$|and\b|but\b|when\b)")

_SENTENCE_ENDS = re.compile(r"[.!?][\"'”’)]*\s|\n")


def anchored(mentions: Sequence[DateMention], text: str) -> list[DateMention]:
    """Return the mentions, in order, those that are counted from an earlier one with their days where that is known."""
    found: list[DateMention] = []
    for mention in mentions:
        days = None if mention.precision != "unknown" else _counted(mention, text, found)
        found.append(
            mention
            if days is None
            else replace(mention, event_date=days.first, event_date_end=days.end, precision=days.precision)
        )
    return found


def _counted(mention: DateMention, text: str, earlier: Sequence[DateMention]) -> Days | None:
    words, after = text[mention.start : mention.end], text[mention.end : mention.end + 8]
    match = _SAME.fullmatch(words) or _BESIDE.fullmatch(words) or _APART.fullmatch(words)
    if match is None:
        return None
    unit, said = match["unit"].casefold(), match.groupdict()
    last = earlier[-1] if earlier and not _SENTENCE_ENDS.search(text, earlier[-1].end, mention.start) else None
    if last is not None and last.precision in ("month", "year") and last.precision not in _FINE_ENOUGH[unit]:
        # ``in July 2002, and ... a week later`` is not counted from a day that was told before
        if match.re is _SAME and last.event_date is not None and last.event_date_end is not None:
            return Days(last.event_date, last.event_date_end, last.precision)
        return None
    way = (said.get("way") or "").casefold()
    if way in ("after", "before") and not _NOTHING_NAMED.match(after):
        return None
    number = number_of(said["n"]) if "n" in said else 1 if way else 0
    anchor = next((m for m in reversed(earlier) if m.precision in _FINE_ENOUGH[unit]), None)
    if anchor is None or anchor.event_date is None or number is None:
        return None
    try:
        then = shift(anchor.event_date, -number if way in ("earlier", "before", "previous", "preceding") else number, unit)
        if unit in ("day", "night"):
            return one_day(then)
        if unit == "week":
            return Days(then - 3 * DAY, then + 4 * DAY, "interval") if "n" in said else week_of_day(then)
        return whole(Partial(then.year, then.month if unit == "month" else None))
    except (ValueError, OverflowError):
        return None


_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_DATELINE = 120
_KNOWN_YEARS = range(1000, 9000)
"""Years of a day of publication that are meant; counted from others, a date would leave the calendar."""
_LEAD = 3
"""Sentences from the beginning (the title among them) that report what is new."""
_ENDS = re.compile(r"(?i)\b(?:until|till)\s+(?:the\s+)?$")
"""Before a date that something lasts to: not the day on which it was done."""


@dataclass(frozen=True)
class When:
    """First day, day after the last, precision."""

    first: date | None
    end: date | None
    precision: str


UNKNOWN = When(None, None, "unknown")


@dataclass
class Dating:
    """Dates the events of one text."""

    whole: str
    published: date | None
    _told_on: date | None = None
    _dates: list[DateMention] | None = None
    _earlier: dict[str, When] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take a day of publication that only stands for an unknown one for unknown; read the day of the dateline."""
        if self.published is not None and self.published.year not in _KNOWN_YEARS:
            self.published = None
        self._told_on = self._of_the_dateline() or self.published

    def _of_the_dateline(self) -> date | None:
        """``LONDON, Jan. 13 (wire) - ...``: what the text tells of today is of that day, where it came out in the week after."""
        if self.published is None:
            return None
        for begin in (0, self.whole.find("\n") + 1):
            dateline = self.whole[begin : begin + after_dateline(self.whole[begin : begin + _LONGEST_DATELINE])]
            day = next((d.event_date for d in resolve(dateline, self.published) if d.precision == "day"), None)
            if day is not None and timedelta(0) <= self.published - day < _WEEK:
                return day
        return None

    def of(self, piece: Piece, at: int, code: str, modality: str) -> When:
        """The date of an event of a sentence.

        Args:
            piece: the sentence.
            at: where in it the party is named that it names last.
            code: CAMEO code of the event.
            modality: that of the event.
        """
        when = self._of(piece, at, code, modality)
        if self.published is not None and when.first is not None and when.first > self.published:
            when = self._published()
        elif self.published is not None and when.end is not None and when.end > self.published + _DAY:
            when = When(when.first, self.published + _DAY, when.precision if when.precision != "day" else "interval")
        if when.first is not None and code[:2] not in ("01", "02"):
            self._earlier[_VISIT if code in _VISITS else code[:2]] = when
        return when

    def _published(self) -> When:
        if self._told_on is None:
            return UNKNOWN
        return When(self._told_on, self._told_on + _DAY, "day")

    def _of(self, piece: Piece, at: int, code: str, modality: str) -> When:
        if self._dates is None:
            self._dates = anchored(resolve(self.whole, self._told_on), self.whole)
        begin = piece.start + after_dateline(piece.words)
        inside = (d for d in self._dates if d.start >= begin and d.end <= piece.end)
        here = [d for d in inside if not _ENDS.search(self.whole, piece.start, d.start)]
        clauses = DatedClauses(piece.words, here, piece.start, self._told_on)
        if modality in (INTENDED, HYPOTHETICAL):
            told = clauses.of_what_tells_it(at)
            return self._published() if told is None else self._when(told)
        stated = clauses.of(at, code[:2])
        if stated is not None:
            return self._when(stated)
        taken_up = self._taken_up(piece.words)
        if taken_up is not None:
            return taken_up
        is_new = modality == ONGOING or piece.is_title or piece.number < _LEAD or clauses.is_present(at)
        apart = clauses.apart(at)
        if apart is not None:
            return self._apart(apart, is_new)
        return self._published() if is_new and not clauses.is_before_the_news(at) else UNKNOWN

    def _when(self, d: DateMention) -> When:
        return When(d.event_date, d.event_date_end, d.precision)

    def _apart(self, apart: Apart, is_new: bool) -> When:
        """``a day after Lima expelled the envoy``: counted from the date of the clause above, else from that of the news."""
        base = self._published() if apart.base is None and is_new else UNKNOWN if apart.base is None else self._when(apart.base)
        if base.first is None or base.precision != "day":
            return UNKNOWN
        days = at_distance(one_day(base.first), apart.number, apart.unit, -apart.way)
        return UNKNOWN if days is None else When(days.first, days.end, days.precision)

    def _taken_up(self, sentence: str) -> When | None:
        """The date of an earlier event that a definite noun of the sentence refers back to."""
        for found in _REFERS_BACK.finditer(sentence):
            when = self._earlier.get(_TAKEN_UP[found["noun"].casefold()])
            if when is None or when.first is None:
                continue
            if (found["before"] or "").strip().casefold() == "since" and self.published is not None:
                return When(when.first, self.published + _DAY, "interval")
            return when
        return None


_VISIT, _VISITS = "visit", ("042", "043")
"""A trip is no summit: ``since the summit`` is not since a visit that was told after it."""

_TAKEN_UP = NOUNS | {"visit": _VISIT, "trip": _VISIT}
_REFERS_BACK = re.compile(
    r"(?i:(?P<before>\b(?:since|at|during|on|coincided? with) )?\b(?:the|this|that) (?:[\w-]+ )?"
    rf"(?P<noun>{'|'.join(_TAKEN_UP)})\b(?(before)|[^.;]{{0,80}}? (?:came|comes|coincided|took place)\b))"
)
