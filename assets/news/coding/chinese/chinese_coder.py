"""Events of a text in Chinese, clause by clause: the acts of the lexicon between the actors that stand around them.

There is no parser and no model. A sentence is cut into clauses; in each, an act takes as its source the party before it and as
its target the one after it, or the one that a small word marks (对, 向, 把, 被). A clause without a subject goes on with that of
the one before. Not, will and if before an act give its modality. What cannot be told is left out: an event without two parties
is none, a date that is not stated is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assets.actors.lookups import party_of
from assets.news.coding.chinese.chinese_dates import Dated, dates_in
from assets.news.coding.chinese.chinese_lexicon import ACTS, SHORT, Word, simplified, words_in
from assets.news.text import named_actors, sentences

CONFIDENCE = 0.7
"""Of every event. Of two held-out samples .90 and .97 had the right pair and class; both are of the pen of the lexicon."""

_CLAUSES = re.compile(r"[，,；;：:]")
_SHORT_RUN = re.compile(
    f"[{''.join(SHORT)}]{{2,3}}(?=两国|双方|三国|三方|关系|元首|首脑|外长|防长|会谈|会晤|经贸|贸易|联合|边境|战略|高层|军方|领导人)"
)
_SHORT_OFFICE = re.compile(
    f"(?<![{''.join(SHORT)}\u5317\u5357])(?P<state>[{''.join(SHORT)}])(?:国防部|外交部|财政部|商务部|外长|防长|财长|总统|总理|首相|军方|国会|议会|海军|空军|大使馆|驻.大使)"
)
"""A state in one character before an office: ``俄外交部``."""

_ANSWERS = "反制"
"""An act that answers another: without an object it meets the other party of the clause before."""

_ENDS_WITH_STATE = {
    "访华": "CHN", "访美": "USA", "访俄": "RUS", "访日": "JPN", "访韩": "KOR", "访印": "IND", "访朝": "PRK", "访台": "TWN",
}  # fmt: skip
"""Visits that hold the name of the host."""

_BACK_TO_IT = re.compile("对此|予以|加以|就此")
"""Before an act without an object: it meets whom the clause before was about."""

_INVITED = re.compile(r"应.{1,20}?邀请")
"""An invitation that only tells why somebody comes."""

_FROM_IT = re.compile("进口|采购|购买|撤|引进")
"""After a place from which something is taken: ``从立陶宛进口牛肉``."""

_NOT_TO_GO = re.compile("(?:不得|切勿|暂勿|避免|谨慎)\\Z")

_MEDIATED = re.compile("在.{1,12}(?:斡旋|调解|调停|协调|见证|主持)下")
"""Says who brought the parties of what follows together."""

_JOINED = re.compile(r"(?:和|与|同|及|以及|、).{0,6}")
"""What joins two parties that act together."""

_AGREED = ("030", "057", "0871", "080")
"""Acts that two who stand together as subject do with each other, where no third is named."""

_ADJACENT = 6
"""Characters that may stand between a small word and the party that it marks: ``对三家 美国 企业``."""


@dataclass(frozen=True)
class Party:
    """A party in a clause; ``start`` and ``end`` are its place in the sentence."""

    start: int
    end: int
    actor_id: str
    country_id: str | None
    sector: str | None

    @property
    def side(self) -> str:
        """What makes two of them different parties."""
        return party_of(self.actor_id, self.country_id)


@dataclass(frozen=True)
class Found:
    """An event: the two parties, what, how real it is, when, and the sentence (``start``, ``end``) that says so."""

    source: Party
    target: Party
    code: str
    modality: str
    when: Dated | None
    start: int
    end: int


def events_in(text: str, published: date | None, own_actors: Path | None = None) -> list[Found]:
    """Code a text.

    Args:
        text: in simplified or traditional characters.
        published: day of publication; None where unknown.
        own_actors: folder of actors that the user added.

    Returns:
        Events in the order of the text, each once.
    """
    plain = simplified(text)
    named = named_actors.mentions_of(plain, published, own_actors=own_actors)
    found: dict[tuple[str, str, str, str], Found] = {}
    for start, end in sentences.spans(plain):
        inside = [m for m in named if start <= m.char_start < end]
        for event in _of_sentence(plain, start, end, inside, published):
            key = (event.source.side, event.target.side, event.code, event.modality)
            found.setdefault(key, event)
    return list(found.values())


def _of_sentence(
    text: str, start: int, end: int, named: Sequence[named_actors.Mention], published: date | None
) -> Iterator[Found]:
    dates = dates_in(text[start:end], published)
    subject: Party | None = None
    last_pair: list[Party] = []
    mediator: Party | None = None
    condition = False
    at = start
    cuts = [*(m.start() + start for m in _CLAUSES.finditer(text[start:end])), end]
    for cut in cuts:
        words = [replace(w, start=w.start + at, end=w.end + at) for w in words_in(text[at:cut])]
        parties = _parties(text, at, cut, named, words)
        clause = _Clause(text, at, cut, words, parties, subject, last_pair)
        for one, other, act in clause.events():
            # "will" after "if" is what would follow, and stays an intention
            modality = clause.modality(act, condition)
            when = _date_of(dates, at - start, cut - start) if modality == "past" else None
            ends = start + len(text[start:end].rstrip())
            yield Found(one, other, act.value, modality, when, start, ends)
            if mediator is not None and mediator.side not in (one.side, other.side):
                yield Found(mediator, one, "045", modality, when, start, ends)
        if (told := _MEDIATED.search(text, at, cut)) is not None:
            hosts = [m for m in named if told.start() <= m.char_start < told.end()]
            found = [Party(m.char_start, m.char_end, m.actor_id, m.country_id, m.sector) for m in hosts]
            mediator = found[0] if found else None
        condition = any(w.kind == "if" for w in words)
        subject = clause.subject() or subject
        if len({p.side for p in parties}) == 2:
            last_pair = _distinct(parties)
        at = cut + 1


def _distinct(parties: Sequence[Party]) -> list[Party]:
    return list({p.side: p for p in reversed(parties)}.values())[::-1]


def _date_of(dates: Sequence[Dated], start: int, end: int) -> Dated | None:
    """The date of a clause: its own, else the one of the sentence where there is only one."""
    own = [d for d in dates if start <= d.start < end]
    if own:
        return own[0]
    return dates[0] if len(dates) == 1 else None


def _parties(text: str, start: int, end: int, named: Sequence[named_actors.Mention], words: Sequence[Word]) -> list[Party]:
    """The parties of a clause in order: names that touch are one, the finer one, with the sector that a role after them shows."""
    found = [Party(m.char_start, m.char_end, m.actor_id, m.country_id, m.sector) for m in named if start <= m.char_start < end]
    taken = [(p.start, p.end) for p in found]
    for run in _SHORT_RUN.finditer(text, start, end):
        if not any(a < run.end() and run.start() < b for a, b in taken):
            for i, char in enumerate(run[0], run.start()):
                found.append(Party(i, i + 1, SHORT[char], SHORT[char] if SHORT[char] != "EU" else None, None))
    for one in _SHORT_OFFICE.finditer(text, start, end):
        a, b = one.span("state")
        if not any(x <= a < y for x, y in taken):
            found = [p for p in found if not b <= p.start < one.end()]
            found.append(Party(a, b, SHORT[one["state"]], SHORT[one["state"]] if one["state"] != "欧" else None, None))
    found.sort(key=lambda p: p.start)
    roles = {w.start: w for w in words if w.kind == "role"}
    merged: list[Party] = []
    for party in found:
        end_of_role = party.end
        sector = party.sector
        role = next((roles[i] for i in range(party.end, party.end + _ADJACENT) if i in roles), None)
        if role is not None and not _breaks(words, party.end, role.start):
            end_of_role = role.end
            sector = role.value if party.sector is None or party.actor_id == party.country_id else party.sector
        party = replace(party, end=end_of_role, sector=sector)
        before = merged[-1] if merged else None
        if before is not None and before.side == party.side and party.start - before.end <= 1:
            finer = party if len(party.actor_id) > len(before.actor_id) else before
            merged[-1] = replace(finer, start=before.start, end=party.end, sector=party.sector or before.sector)
        else:
            merged.append(party)
    return [p for p in merged if not _is_place(words, p) or _FROM_IT.match(text, p.end)]


def _breaks(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether a word that parts phrases stands between two places."""
    return any(start <= w.start < end and w.kind not in ("role", "other") for w in words)


def _is_place(words: Sequence[Word], party: Party) -> bool:
    """Whether something only takes place there: ``在巴黎``."""
    return any(w.kind == "at" and w.end == party.start for w in words)


@dataclass(frozen=True)
class _Clause:
    """A clause with its words and parties, and what the one before left: a subject, and the last pair."""

    text: str
    start: int
    end: int
    words: Sequence[Word]
    parties: Sequence[Party]
    carried: Party | None
    last_pair: Sequence[Party]

    def events(self) -> Iterator[tuple[Party, Party, Word]]:
        """Source, target and act of each event; both directions of what is mutual."""
        if any(w.kind == "deny" for w in self.words):
            return
        content_from = self.end
        for act in (w for w in self.words if w.kind in ACTS):
            if act.start >= content_from:
                return
            if self.text[act.end : act.end + 1] == "的":
                # it only tells which one is meant: "the president who visits"
                continue
            if act.kind == "say" and act.value != "045":
                content_from = act.end
            if act.kind == "visit" and _NOT_TO_GO.search(self.text[self.start : act.start]):
                continue
            if _INVITED.search(self.text[self.start : act.end]) and act.value == "022":
                continue
            together = self._together(act)
            pair = self._pair(act)
            if together and act.value in _AGREED and (pair is None or pair[1] in together):
                yield together[0], together[1], act
                yield together[1], together[0], act
                continue
            if pair is None or pair[0].side == pair[1].side:
                continue
            if together and act.kind in ("act", "say", "visit") and pair[1] not in together:
                yield from ((one, pair[1], act) for one in together)
                continue
            yield *pair, act
            if act.kind != "mutual" and (beside := self._beside(pair[1])) is not None and beside.side != pair[0].side:
                yield pair[0], beside, act
            if act.kind == "mutual" or (act.kind == "act" and self._says_both() and pair[0] in self.parties):
                yield pair[1], pair[0], act
            if act.value == "045":
                yield from ((pair[0], p, act) for p in _distinct(self.parties) if p.side not in (pair[0].side, pair[1].side))

    def _first_after(self, act: Word, source: Party) -> Party | None:
        return next((p for p in self.parties if p.start >= act.end and p.side != source.side), None)

    def _beside(self, party: Party) -> Party | None:
        """Who stands right after a party and shares its place: ``谴责韩美联合军演``."""
        after = next((p for p in self.parties if p.start >= party.end and p.side != party.side), None)
        if after is None or after.start - party.end > 1:
            return None
        return after if after.start == party.end or _JOINED.fullmatch(self.text[party.end : after.start]) else None

    def _together(self, act: Word) -> list[Party]:
        """The two who stand together as subject of an act: ``韩国和日本``; none where one stands alone."""
        before = [p for p in self.parties if p.end <= act.start]
        if len(before) < 2 or any(w.kind in ("by", "take") for w in self.words if w.end <= act.start):
            return []
        one, other = before[0], before[1]
        joined = one.end == other.start or _JOINED.fullmatch(self.text[one.end : other.start]) is not None
        between = any(w.kind in (*ACTS, "to") and one.end <= w.start < other.start for w in self.words)
        return [one, other] if joined and not between and one.side != other.side else []

    def subject(self) -> Party | None:
        """Who the clause is about: its first party that no small word marks."""
        return next((p for p in self.parties if self._mark(p) is None), None)

    def modality(self, act: Word, after_condition: bool) -> str:
        """How real an act is: denied, hypothetical, intended or past."""
        before = [w for w in self.words if w.end <= act.start]
        if any(w.kind == "not" for w in before):
            return "denied"
        if any(w.kind == "if" for w in before):
            return "hypothetical"
        if any(w.kind == "will" or (w.kind == "take" and not self._takes(w)) for w in before):
            return "intended"
        return "hypothetical" if after_condition and self.subject() is None else "past"

    def _takes(self, word: Word) -> bool:
        """Whether 将 takes an object, as 把 does, and is no future: a party follows, then a list or an act without an object."""
        if word.value == "把" or any(w.kind == "list" for w in self.words):
            return True
        taken = next((p for p in self.parties if word.end <= p.start <= word.end + _ADJACENT), None)
        if taken is None:
            return False
        between = any(word.end <= w.start < taken.start and w.kind not in ("role", "other") for w in self.words)
        acts = [w for w in self.words if w.kind == "act" and w.start >= taken.end]
        return not between and bool(acts) and not any(p.start >= acts[0].end for p in self.parties)

    def _pair(self, act: Word) -> tuple[Party, Party] | None:
        before = [p for p in self.parties if p.end <= act.start]
        about = next((w for w in self.words if w.value == "就" and w.end <= act.start), None)
        if about is not None and any(w.kind == "say" and w.start >= act.end for w in self.words):
            # what is told after 就 is what the other act is about: its subject stands there
            inside = [p for p in before if p.start >= about.end]
            return (inside[0], other) if inside and (other := self._first_after(act, inside[0])) is not None else None
        after = [p for p in self.parties if p.start >= act.end and not self._act_between(act, p)]
        by = [p for p in before if self._mark(p) == "by"]
        passive = next((w for w in self.words if w.kind == "by" and w.end <= act.start), None)
        if passive is not None:
            targets = [p for p in before if p.end <= passive.start] or ([self.carried] if self.carried else [])
            return (by[-1], targets[-1]) if by and targets else None
        back = self.carried if _BACK_TO_IT.search(self.text[self.start : act.end]) else None
        marked = [p for p in before if self._mark(p) in ("to", "take")]
        joint = [p for p in before if self._mark(p) == "with"]
        free = [p for p in before if self._mark(p) is None]
        source = free[0] if free else self.carried
        if act.kind == "mutual":
            return self._mutual(before, after, free, joint, source)
        if source is None:
            return None
        others = [p for p in (*marked, *after) if p.side != source.side]
        if not others and back is not None and back.side not in {p.side for p in self.parties}:
            others = [back]
        others = others or [p for p in joint if p.side != source.side]
        if act.kind == "list":
            others = [p for p in (*marked, *free[1:], *after) if p.side != source.side]
        if act.kind == "visit" and not others and (host := _ENDS_WITH_STATE.get(self.text[act.start : act.end])):
            others = [Party(act.end - 1, act.end, host, host, None)] if host != source.side else []
        if not others and self._says_both():
            others = [p for p in free[1:] if p.side != source.side]
        if not others and (back or self._says_both() or _ANSWERS in self.text[act.start : act.end]):
            others = [p for p in self.last_pair if p.side != source.side]
        return (source, others[0]) if others else None

    def _mutual(
        self,
        before: Sequence[Party],
        after: Sequence[Party],
        free: Sequence[Party],
        joint: Sequence[Party],
        source: Party | None,
    ) -> tuple[Party, Party] | None:
        """The two of a mutual act: A 同 B, A 会见 B, A B 两国, or the last pair for 双方."""
        if self._says_both() and len(self.last_pair) == 2 and len(_distinct(before)) < 2:
            return self.last_pair[0], self.last_pair[1]
        hosted = next((w.end for w in self.words if w.kind == "host" or w.value == "045"), None)
        if hosted is not None and len(guests := _distinct([p for p in before if p.start >= hosted])) > 1:
            return guests[0], guests[1]
        if source is None:
            return None
        others = [p for p in (*joint, *after, *free[1:]) if p.side != source.side]
        others += [p for p in before if self._mark(p) == "to" and p.side != source.side]
        return (source, others[0]) if others else None

    def _says_both(self) -> bool:
        return any(w.kind == "both" for w in self.words)

    def _act_between(self, act: Word, party: Party) -> bool:
        """Whether another act stands between: not one that only tells which party is meant (来访的)."""
        return any(
            w.kind in ACTS and act.end <= w.start < party.start and self.text[w.end : w.end + 1] != "的" for w in self.words
        )

    def _mark(self, party: Party) -> str | None:
        """The small word right before a party, if one marks it: by, to, with, take."""
        marks = [
            w
            for w in self.words
            if w.kind in ("by", "to", "with", "take")
            and w.end <= party.start <= w.end + _ADJACENT
            and not any(w.end <= p.start < party.start for p in self.parties)
            and not any(w.end <= x.start < party.start and x.kind not in ("role", "other") for x in self.words)
        ]
        if not marks or (marks[-1].kind == "take" and not self._takes(marks[-1])):
            return None
        return marks[-1].kind
