"""Which word of a sentence each of its dates belongs to, and which of them an event takes.

- A date belongs to the nearest verb above it, one inside a noun phrase (``the January accord``, ``the war of 1950``) to the noun.
- An event takes the date of its own word, else of the nearest clause above it. It does not take it across the border of a clause
  that tells of another time: a relative clause (``Peru, which had closed the border``), what came before or after, the reason,
  a second main clause with a subject of its own (unless the date opens the sentence).
- Downwards it takes the only date that no such border parts from it; what is asked for, promised or threatened has a time of
  its own (``asked for a reunion in October``). A participle (``shows linked to Chad on Sunday``) is none where the date is a day
  of the news: parsers give it to the nearest word.
- ``a day after Lima expelled the envoy`` dates what is told after it: counted back from the date of the clause above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assets.news.coding.date_phrases import DateMention
from assets.news.coding.date_words import OFFSET, number_of
from assets.news.coding.parse import Sentence

_OTHER_TIMES = frozenset({"after", "before", "since", "because", "although", "though", "until", "unless", "if", "following"})
_WITH_CONTENT = frozenset({"01", "02", "03", "10", "11", "12", "13"})
"""Roots of CAMEO whose object is what is said, asked for, promised, refused or threatened."""
_REASONS = _OTHER_TIMES | {"over", "despite"}
_INSIDE_NOUNS = frozenset({"compound", "poss", "nmod", "amod", "nummod"})
_WHEN = frozenset({"in", "at", "during"})
"""Before a noun with a date of its own: what was done ``in the war of 1950`` was done then."""
_PARTS = frozenset({"morning", "afternoon", "evening", "night", "day", "week", "weekend", "month", "year"})
"""Nouns that a date names the whole of: ``Thursday night`` belongs to what was done then."""
_CLIMB = 6
_HAS, _HAD = frozenset({"has", "have", "'s", "'ve"}), frozenset({"had", "'d"})
_WEEK = timedelta(days=7)
"""Words from a date to the verb that it belongs to, at most."""


@dataclass(frozen=True)
class Apart:
    """A distance in time from a clause: its number and unit, +1 where what is told came before, and the date of the clause."""

    number: int
    unit: str
    way: int
    base: DateMention | None


class DatedWords:
    """The dates of one sentence by the word that they belong to."""

    def __init__(self, s: Sentence, dates: Sequence[DateMention], start: int, published: date | None) -> None:
        """Place the dates, whose offsets count in the text in which the sentence begins at ``start``."""
        self.s = s
        self.published = published
        self._of_nouns: set[int] = set()
        self.words: list[list[int]] = []
        self._owner: dict[int, tuple[DateMention, int]] = {}
        self._placed: list[tuple[int, DateMention]] = []
        self._distances: list[tuple[int, int, str, int]] = []
        for d in dates:
            words = [i for i in range(len(s)) if s.starts[i] < d.end - start and s.ends[i] > d.start - start]
            if not words:
                continue
            distance = OFFSET.fullmatch(s.text[d.start - start : d.end - start] + " ") if d.precision == "unknown" else None
            if distance is not None:
                way = -1 if distance["way"].casefold().startswith(("before", "prior")) else 1
                self._distances.append((words[-1], number_of(distance["n"]) or 1, distance["unit"].casefold(), way))
                continue
            self.words.append(words)
            owner = self._owner_of(words)
            self._owner.setdefault(owner, (d, words[-1]))
            self._placed.append((owner, d))

    def of(self, trigger: int) -> DateMention | None:
        """The date of the trigger or of the nearest clause above it, where no border parts the two."""
        opens_only = False
        for step in (trigger, *self.s.ancestors(trigger)):
            if step in self._owner and (not opens_only or self._opens(step)):
                return self._owner[step][0]
            border = self._border(step)
            if border == "other":
                return None
            opens_only = opens_only or border == "beside"
        return None

    def of_what_tells_it(self, trigger: int) -> DateMention | None:
        """The date on which a plan or threat was told: that of the verb above it, not of what is planned."""
        s = self.s
        for step in (trigger, *s.ancestors(trigger)):
            if step in self._owner and (s.tags[step] == "VBD" or self._has_auxiliary(step, _HAD)):
                return self._owner[step][0]
            if self._border(step) is not None:
                return None
        return None

    def apart(self, trigger: int) -> Apart | None:
        """The distance in time that stands before the clause of the trigger, with the date from which it is counted."""
        s = self.s
        for word, number, unit, way in self._distances:
            top = s.heads[word] if s.deps[word] == "mark" else word
            if trigger in s.subtree(top):
                return Apart(number, unit, way, None if s.heads[top] == top else self.of(s.heads[top]))
        return None

    def reached(self, trigger: int, code: str) -> DateMention | None:
        """The only date of the sentence, where it stands in the clause of the trigger or in one that goes on with it."""
        if len(self._placed) != 1 or self._placed[0][0] in self._of_nouns:
            return None
        owner, only = self._placed[0]
        above = {trigger, *self.s.ancestors(trigger)}
        for step in (owner, *self.s.ancestors(owner)):
            if step in above:
                return only if all(self._border(n) is None for n in self._up_to(trigger, step)) else None
            if not self._goes_on(step, only, code):
                return None
        return None

    def _goes_on(self, n: int, only: DateMention, code: str) -> bool:
        """Whether what begins with word ``n`` downwards is of the time of what stands above it."""
        dep = self.s.deps[n]
        if dep == "acl" and self._is_news(only):
            return True
        if dep == "advcl":
            return self._is_meanwhile(n)
        return self._border(n) is None and not (dep in ("xcomp", "ccomp") and code[:2] in _WITH_CONTENT)

    def _is_news(self, d: DateMention) -> bool:
        if d.event_date is None or self.published is None or d.precision != "day":
            return False
        return self.published - d.event_date < _WEEK

    def is_before_the_news(self, trigger: int) -> bool:
        """Whether the trigger names what was before the news: ``after the summit``, ``Chad, which had left the pact``."""
        return any(self._border(step) == "other" for step in (trigger, *self.s.ancestors(trigger)))

    def _up_to(self, word: int, top: int) -> Iterator[int]:
        for step in (word, *self.s.ancestors(word)):
            if step == top:
                return
            yield step

    def _owner_of(self, words: Sequence[int]) -> int:
        s = self.s
        node = min(words, key=lambda i: sum(1 for _ in s.ancestors(i)))
        up = s.heads[node]
        for _ in range(_CLIMB):
            if s.is_verb(up) or s.heads[up] == up:
                break
            inside = s.deps[node] in _INSIDE_NOUNS or s.lemmas[node] == "of"
            dated = s.tags[up][:2] == "NN" and s.lemmas[up] not in _PARTS
            if inside and dated and not (s.deps[up] == "pobj" and s.lemmas[s.heads[up]] in _WHEN):
                self._of_nouns.add(up)
                break
            node, up = up, s.heads[up]
        subject = s.child(up, "nsubj", "nsubjpass") if s.deps[up] == "ccomp" else None
        if subject is not None and s.heads[up] < words[0] < subject:
            return s.heads[up]  # "said on Monday it had left", whose date the parser gives to what was said
        return up

    def _opens(self, verb: int) -> bool:
        """Whether the date of a verb stands before its subject."""
        subject = self.s.child(verb, "nsubj", "nsubjpass")
        return subject is not None and self._owner[verb][1] < subject

    def _border(self, n: int) -> str | None:
        """What begins with word ``n`` downwards: a clause of another time, one beside the main clause, or none of these."""
        s = self.s
        dep, head = s.deps[n], s.heads[n]
        if dep == "relcl" or (dep == "acl" and s.tags[n] in ("VBN", "VBD")):
            return "other"
        if dep == "advcl" and any(s.lemmas[c] in _OTHER_TIMES for c in s.children[n] if s.deps[c] in ("mark", "advmod")):
            return "other"
        if dep == "pobj" and s.words[head].casefold() in _REASONS:
            return "other"
        if dep == "conj" and s.is_verb(n):
            if self._is_perfect(n) and not self._is_perfect(head):
                return "other"
            return "beside" if s.child(n, "nsubj", "nsubjpass") is not None else None
        return None

    def _is_perfect(self, verb: int) -> bool:
        return self._has_auxiliary(verb, _HAS)

    def _has_auxiliary(self, verb: int, words: frozenset[str]) -> bool:
        return any(self.s.words[c].casefold() in words for c in self.s.children[verb] if self.s.deps[c] == "aux")

    def _is_meanwhile(self, verb: int) -> bool:
        """Whether a clause tells when: ``apologised when his guest came in May``."""
        return any(
            self.s.lemmas[c] in ("when", "while", "as") for c in self.s.children[verb] if self.s.deps[c] in ("mark", "advmod")
        )
