"""Which date of a sentence an event takes: that of the clause in which its later party is named. No grammar is read.

- A clause begins at a relative pronoun, at a word that opens another time (``after``, ``before``, ``since``, ``because``), at a
  semicolon, and at ``, and`` or ``, but``. A clause of another time ends at the next comma, else with the sentence.
- Of several dates of one clause the nearest to the party counts, but none that only tells which thing is meant (``the wars of the
  1990s``), unless the event is that thing. Without one in its own clause an event of the main clause takes the date of the main
  clause, one of another time none, but for that after which it stands (``in 1996, when each side sent home four``).
- ``a day after Lima expelled the envoy`` dates what is told after it: counted back from the date of the main clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from assets.news.coding.date_phrases import DateMention
from assets.news.coding.date_words import OFFSET, number_of

_OPENS = re.compile(
    r"(?P<other>(?:,\s)?\b(?i:which|who|whose|whom|where|(?<=,\s)when|after|before|since|because|although|though|unless|following|despite)\b)"
    r"|(?P<beside>;|,\s(?:and|but|while|as)\b|\s[-–—]{1,2}\s)"
)
_ENDS = re.compile(r",\s|;|\s[-–—]{1,2}\s")
_OPENING = re.compile(r"\s*(?:(?:[Oo]n|[Ii]n|[Dd]uring|[Ee]arl\w+|[Ll]ate\w*)\s+)?(?:the\s+)?\Z")
_OF_A_NOUN = re.compile(
    r"\b(?!(?:start|beginning|middle|end|eve|part|half|week|month|day|night|morning|evening|summer|spring|autumn|winter) of)"
    r"(?P<when>(?:in|during|at) the )?\b(?P<noun>[a-z]{3,}) of (?:the )?\Z"
)
_WHEN = re.compile(r",\swhen\b")
_ARTICLES = ("the ", "a ", "its ", "their ", "his ", "her ", "this ")
_NOUNS_AFTER = re.compile(r"(?: [a-z]{3,}){1,3}")
_WEEK = timedelta(days=7)
NOUNS = {
    "lifting": "08", "removal": "08", "easing": "08", "summit": "04", "talks": "04", "meeting": "04", "visit": "04", "trip": "04",
    "agreement": "05", "accord": "05", "deal": "05", "pact": "05", "treaty": "05", "truce": "08", "attack": "19",
    "attacks": "19", "strike": "19", "strikes": "19", "raid": "19", "war": "19", "invasion": "19", "sanctions": "16",
}  # fmt: skip
"""Nouns that are an act, and its root in CAMEO."""
_PRESENT = re.compile(r"\b(?:is|are|has|have|'s|’s|says?|will)\b")


@dataclass(frozen=True)
class Apart:
    """A distance in time from the main clause: its number and unit, +1 where what is told came before, that date."""

    number: int
    unit: str
    way: int
    base: DateMention | None


@dataclass(frozen=True)
class _Clause:
    start: int
    end: int
    is_other: bool


class DatedClauses:
    """The dates of one sentence by clause; offsets of dates count in the text in which the sentence begins at ``start``."""

    def __init__(self, sentence: str, dates: Sequence[DateMention], start: int, published: date | None) -> None:
        self.sentence = sentence
        self.published = published
        self._clauses = _clauses(sentence)
        self._distances: list[tuple[int, int, str, int]] = []
        self._dates: list[tuple[int, int, DateMention]] = []
        for d in dates:
            a, b = d.start - start, d.end - start
            apart = OFFSET.fullmatch(f"{sentence[a:b]} ") if d.precision == "unknown" else None
            if apart is not None:
                way = -1 if apart["way"].casefold().startswith(("before", "prior")) else 1
                self._distances.append((b, number_of(apart["n"]) or 1, apart["unit"].casefold(), way))
            elif d.event_date is not None:
                self._dates.append((a, b, d))

    def _clause(self, at: int) -> _Clause:
        return next((c for c in reversed(self._clauses) if c.start <= at), self._clauses[0])

    def _tells_which(self, one: tuple[int, int, DateMention], root: str) -> bool:
        """Whether a date only tells which thing is meant (``the wars of the 1990s``, ``the 2015 accord``) and that is another."""
        start, end, _ = one
        of_a_noun = _OF_A_NOUN.search(self.sentence[:start])
        if of_a_noun is not None:
            return (of_a_noun["when"] is None or len(self._dates) > 1) and NOUNS.get(of_a_noun["noun"]) != root
        after = _NOUNS_AFTER.match(self.sentence, end)
        is_adjective = self.sentence[start:end].isdigit() and self.sentence[:start].endswith(_ARTICLES)
        return is_adjective and after is not None and root not in {NOUNS.get(word) for word in after[0].split()}

    def of(self, at: int, root: str = "") -> DateMention | None:
        """The date of what is told at a place of the sentence, of a root of CAMEO; None where no date of it is meant."""
        clause = self._clause(at)
        dates = [one for one in self._dates if not self._tells_which(one, root)]
        here = [one for one in dates if self._clause(one[0]) == clause]
        if here:
            return min(here, key=lambda one: min(abs(one[0] - at), abs(one[1] - at)))[2]
        if clause.is_other:
            # ``in 1996, when each side sent home four``
            before = [one for one in dates if one[1] == clause.start]
            return before[0][2] if before and _WHEN.match(self.sentence, clause.start) else None
        opening = [one for one in dates if _OPENING.match(self.sentence[: one[0]])]
        main = [one for one in dates if not self._clause(one[0]).is_other]
        return opening[0][2] if opening else main[0][2] if len(main) == 1 else None

    def of_what_tells_it(self, at: int) -> DateMention | None:
        """The date on which a plan or threat was told: one of the week before the report."""
        found = self.of(at)
        if found is None or found.event_date is None or self.published is None or found.precision != "day":
            return None
        return found if timedelta(0) <= self.published - found.event_date < _WEEK else None

    def apart(self, at: int) -> Apart | None:
        """The distance in time that stands before the clause of a place, with the date from which it is counted."""
        for end, number, unit, way in self._distances:
            if end <= at and self._clause(at).start <= end + 1 and self._clause(at).is_other:
                main = [one[2] for one in self._dates if not self._clause(one[0]).is_other]
                return Apart(number, unit, way, main[0] if main else None)
        return None

    def is_before_the_news(self, at: int) -> bool:
        """Whether a place lies in a clause of another time: ``after the summit``, ``Chad, which had left the pact``."""
        return self._clause(at).is_other

    def is_present(self, at: int) -> bool:
        """Whether the clause of a place tells in the present or perfect."""
        clause = self._clause(at)
        return _PRESENT.search(self.sentence, clause.start, clause.end) is not None


def _clauses(sentence: str) -> list[_Clause]:
    """The clauses of a sentence, in order; together they are the whole sentence."""
    cuts: list[tuple[int, bool]] = [(0, False)]
    at = 0
    while (found := _OPENS.search(sentence, at)) is not None:
        at = found.end()
        if found["other"] is None:
            cuts.append((found.start(), False))
            continue
        cuts.append((found.start(), True))
        end = _ENDS.search(sentence, at)
        if end is not None:
            cuts.append((end.start() + 1, False))
    cuts = sorted(dict(sorted(cuts)).items())
    return [_Clause(a, b, is_other) for (a, is_other), (b, _) in pairwise([*cuts, (len(sentence) + 1, False)])]
