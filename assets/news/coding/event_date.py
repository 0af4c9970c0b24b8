"""The date of an event: which of the dates that a sentence states belongs to it, and what holds where it states none.

- The date attached to the word that expresses the event, else on the nearest clause above it (``dated_words.py``).
- A definite noun that refers back to an earlier event of the text (``the lifting of the sanctions came as ...``) brings its date.
- Without any, a headline, the first two sentences of a text, and what is reported in the present or perfect are of the day of
  publication; other events are of unknown date.
- A planned or threatened event has the date on which that was told, else that of the report; no event is dated after it.
- The day of the report is that of the dateline, where it lies in the week before publication.
- Without a day of publication only dates that state their year are known. A day at an end of the calendar (0001-01-01,
  9999-12-31) is what programs write for one that they do not know, and counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from assets.news.coding.date_anchors import anchored
from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.date_spans import at_distance, one_day
from assets.news.coding.dated_words import Apart, DatedWords
from assets.news.coding.frame import HYPOTHETICAL, INTENDED, ONGOING
from assets.news.coding.parse import Sentence
from assets.news.coding.placed_actors import after_dateline
from assets.news.coding.proposed import ProposedEvent

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

    def of(self, event: ProposedEvent, code: str, s: Sentence, start: int, end: int, number: int, *, is_title: bool) -> When:
        """The date of one event of the sentence that lies at ``start`` to ``end`` of the text."""
        when = self._of(event, code, s, start, end, number, is_title)
        if self.published is not None and when.first is not None and when.first > self.published:
            when = self._published()
        elif self.published is not None and when.end is not None and when.end > self.published + _DAY:
            when = When(when.first, self.published + _DAY, when.precision if when.precision != "day" else "interval")
        if when.first is not None and code[:2] not in ("01", "02"):
            self._earlier[code[:2]] = when
            if s.tags[event.trigger][:2] == "NN":
                self._earlier[s.lemmas[event.trigger]] = when
        return when

    def _published(self) -> When:
        if self._told_on is None:
            return UNKNOWN
        return When(self._told_on, self._told_on + _DAY, "day")

    def _of(self, event: ProposedEvent, code: str, s: Sentence, start: int, end: int, number: int, is_title: bool) -> When:
        if self._dates is None:
            self._dates = anchored(resolve(self.whole, self._told_on), self.whole)
        begin = start + after_dateline(s.text)
        here = [d for d in self._dates if d.start >= begin and d.end <= end and not _ENDS.search(self.whole, start, d.start)]
        owned = DatedWords(s, here, start, self._told_on)
        if event.frame.modality in (INTENDED, HYPOTHETICAL):
            told = owned.of_what_tells_it(event.trigger)
            return self._published() if told is None or told.event_date is None else self._when(told)
        inner = self._inside_noun(event, s, owned.words)
        if inner is not None:
            return inner
        stated = owned.of(event.trigger)
        if stated is not None:
            return self._when(stated)
        taken_up = self._taken_up(event, s)
        if taken_up is not None:
            return taken_up
        is_new = event.frame.modality == ONGOING or is_title or number < _LEAD or self._is_present(event.trigger, s)
        apart = owned.apart(event.trigger)
        if apart is not None:
            return self._apart(apart, is_new)
        only = owned.reached(event.trigger, code)
        if only is not None:
            return self._when(only)
        if is_new and not owned.is_before_the_news(event.trigger):
            return self._published()
        return UNKNOWN

    def _when(self, d: DateMention) -> When:
        return When(d.event_date, d.event_date_end, d.precision)

    def _apart(self, apart: Apart, is_new: bool) -> When:
        """``a day after Lima expelled the envoy``: counted from the date of the clause above, else from that of the news."""
        base = self._published() if apart.base is None and is_new else UNKNOWN if apart.base is None else self._when(apart.base)
        if base.first is None or base.precision != "day":
            return UNKNOWN
        days = at_distance(one_day(base.first), apart.number, apart.unit, -apart.way)
        return UNKNOWN if days is None else When(days.first, days.end, days.precision)

    def _inside_noun(self, event: ProposedEvent, s: Sentence, dates: Iterable[list[int]]) -> When | None:
        """``the November 15 summit``: the date inside a noun phrase is the noun's, whatever is counted from it."""
        n = event.trigger
        if s.is_verb(n):
            return None
        for words in dates:
            own = [
                i for i in words if s.heads[i] == n and s.deps[i] in ("compound", "nmod", "amod", "nummod", "npadvmod", "poss")
            ]
            own += [i for i in words if s.heads[i] in own]
            if own:
                inner = resolve(s.text[s.starts[min(own)] : s.ends[max(own)]], self._told_on)
                if inner:
                    return self._when(inner[0])
        return None

    def _taken_up(self, event: ProposedEvent, s: Sentence) -> When | None:
        """The date of an earlier event that a definite noun of the sentence refers back to."""
        for i in range(len(s)):
            root = _TAKEN_UP.get(s.lemmas[i])
            if root is None or i == event.trigger:
                continue
            key = s.lemmas[i] if s.lemmas[i] in self._earlier else root
            if key not in self._earlier:
                continue
            if not any(s.lemmas[c] in ("the", "this", "that") for c in s.children[i]):
                continue
            when = self._earlier[key]
            before = s.lemmas[s.heads[i]]
            if before == "since" and when.first is not None:
                last = self.published + _DAY if self.published is not None else None
                return When(when.first, last, "interval") if last is not None else when
            if before in ("come", "at", "during", "on", "coincide") or (
                s.deps[i] == "nsubj" and s.lemmas[s.heads[i]] in ("come", "take")
            ):
                return when
        return None

    def _is_present(self, trigger: int, s: Sentence) -> bool:
        for i in (trigger, *s.ancestors(trigger)):
            if s.is_verb(i):
                if s.tags[i] in ("VBP", "VBZ"):
                    return True
                auxiliaries = [c for c in s.children[i] if s.deps[c] in ("aux", "auxpass")]
                return any(s.tags[c] in ("VBP", "VBZ") for c in auxiliaries)
        return False


_TAKEN_UP = {
    "lifting": "08", "removal": "08", "easing": "08", "summit": "04", "talk": "04", "meeting": "04", "visit": "04",
    "trip": "04", "agreement": "05", "deal": "05", "attack": "19", "strike": "19", "invasion": "19", "sanction": "16",
}  # fmt: skip
