"""The date of an event: which of the dates that a sentence states belongs to it, and what holds where it states none.

- The date attached to the word that expresses the event, else on the nearest clause above it.
- A definite noun that refers back to an earlier event of the text (``the lifting of the sanctions came as ...``) brings its date.
- Without any, a headline, the first two sentences of a text, and what is reported in the present or perfect are of the day of
  publication; other events are of unknown date.
- A planned or threatened event has the date of the report; no event is dated after it.
- Without a day of publication only dates that state their year are known. A day at an end of the calendar (0001-01-01,
  9999-12-31) is what programs write for one that they do not know, and counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.frame import HYPOTHETICAL, INTENDED, ONGOING
from assets.news.coding.parse import Sentence
from assets.news.coding.proposed import ProposedEvent

_DAY = timedelta(days=1)
_KNOWN_YEARS = range(1000, 9000)
"""Years of a day of publication that are meant; counted from others, a date would leave the calendar."""
_LEAD = 3
"""Sentences from the beginning (the title among them) that report what is new."""


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
    _dates: list[DateMention] | None = None
    _earlier: dict[str, When] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take a day of publication that only stands for an unknown one for unknown."""
        if self.published is not None and self.published.year not in _KNOWN_YEARS:
            self.published = None

    def of(self, event: ProposedEvent, s: Sentence, start: int, end: int, number: int, *, is_title: bool) -> When:
        """The date of one event of the sentence that lies at ``start`` to ``end`` of the text."""
        when = self._of(event, s, start, end, number, is_title)
        if self.published is not None and when.first is not None and when.first > self.published:
            when = self._published()
        elif self.published is not None and when.end is not None and when.end > self.published + _DAY:
            when = When(when.first, self.published + _DAY, when.precision if when.precision != "day" else "interval")
        if when.first is not None and event.code[:2] not in ("01", "02"):
            self._earlier[event.code[:2]] = when
            if s.tags[event.trigger][:2] == "NN":
                self._earlier[s.lemmas[event.trigger]] = when
        return when

    def _published(self) -> When:
        if self.published is None:
            return UNKNOWN
        return When(self.published, self.published + _DAY, "day")

    def _of(self, event: ProposedEvent, s: Sentence, start: int, end: int, number: int, is_title: bool) -> When:
        if event.frame.modality in (INTENDED, HYPOTHETICAL):
            return self._published()
        if self._dates is None:
            self._dates = resolve(self.whole, self.published)
        here = [d for d in self._dates if d.start >= start and d.end <= end]
        stated = self._stated(event, s, here, start)
        if stated is not None:
            return stated
        taken_up = self._taken_up(event, s)
        if taken_up is not None:
            return taken_up
        if here and len(here) == 1 and self._belongs_to_all(s, here[0], start):
            return self._when(here[0])
        if self._is_background(event.trigger, s):
            return UNKNOWN
        if event.frame.modality == ONGOING or is_title or number < _LEAD or self._is_present(event.trigger, s):
            return self._published()
        return UNKNOWN

    def _when(self, d: DateMention) -> When:
        return When(d.event_date, d.event_date_end, d.precision)

    def _stated(self, event: ProposedEvent, s: Sentence, here: list[DateMention], start: int) -> When | None:
        """The date attached to the trigger, else on the nearest word above it."""
        owners: dict[int, DateMention] = {}
        for d in here:
            words = [i for i in range(len(s)) if s.starts[i] < d.end - start and s.ends[i] > d.start - start]
            if not words:
                continue
            inner = self._inside_noun(event, s, words)
            if inner is not None:
                return inner
            top = min(words, key=lambda i: sum(1 for _ in s.ancestors(i)))
            up = s.heads[top]
            for _ in range(6):
                if s.is_verb(up) or s.heads[up] == up:
                    break
                if up == event.trigger:
                    break
                up = s.heads[up]
            owners.setdefault(up, d)
        i = event.trigger
        chain = [i, *s.ancestors(i)]
        for step in chain:
            if step in owners:
                return self._when(owners[step])
        below = [d for up, d in owners.items() if i in s.ancestors(up) and s.deps[up] in ("xcomp", "acl", "pcomp", "conj")]
        return self._when(below[0]) if below else None

    def _inside_noun(self, event: ProposedEvent, s: Sentence, words: list[int]) -> When | None:
        """``the November 15 summit``: the date inside a noun phrase is the noun's, whatever is counted from it."""
        n = event.trigger
        own = [i for i in words if s.heads[i] == n and s.deps[i] in ("compound", "nmod", "amod", "nummod", "npadvmod", "poss")]
        own += [i for i in words if s.heads[i] in own]
        if not own or s.is_verb(n):
            return None
        first, last = s.starts[min(own)], s.ends[max(own)]
        inner = resolve(s.text[first:last], self.published)
        return self._when(inner[0]) if inner else None

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

    def _is_background(self, trigger: int, s: Sentence) -> bool:
        """Whether a noun names what was before the news: ``after the Xi-Biden summit``, ``since their talks``."""
        return s.tags[trigger][:2] == "NN" and s.lemmas[s.heads[trigger]] in ("after", "since", "follow", "following", "despite")

    def _belongs_to_all(self, s: Sentence, d: DateMention, start: int) -> bool:
        return len(s) < 40 and s.starts[-1] >= 0 and d.start >= start

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
