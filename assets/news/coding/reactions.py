"""Who reacts to a deed, where whose it is stands elsewhere: ``Brazil condemned the raid``, ``US arms rebels, Ankara furious``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.coreference import Parties
from assets.news.coding.frame import PAST, Frame
from assets.news.coding.frames import Frames
from assets.news.coding.placed_actors import Actor, PlacedActor
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.subject import Subjects
from assets.news.coding.target import Targets

_CODES = frozenset({"016", "051", "110", "111", "120"})
"""Codes of verbs that answer a deed: denial, praise, disapproval, rejection."""

_BY_THEMSELVES = frozenset({"balk", "bristle", "complain", "demur", "fulminate", "fume", "object", "protest", "rage", "seethe"})
"""Verbs of anger that need no object."""

_FURIOUS = lx.ANGRY | lx.words("enraged furious incensed indignant irate livid outraged")

_DEEDS = lx.ATTACKS | lx.OUTRAGES | lx.words(
    "accord allegation arrest blockade charge claim closure decision demand deployment expulsion handover killing law move news "
    "offer order plan pullout release ruling siege step test verdict vote withdrawal"
)  # fmt: skip
"""Nouns that stand for a deed told before, with ``the`` or ``this``."""

_THAT_ONE = lx.words("the this that these those")


class Reactions:
    """Reads the reactions of one sentence."""

    def __init__(self, parties: Parties, frames: Frames, subjects: Subjects, targets: Targets) -> None:
        self.s = parties.s
        self.parties = parties
        self.frames = frames
        self.subjects = subjects
        self.targets = targets

    def reactions(self, proposed: Sequence[ProposedEvent]) -> Iterator[ProposedEvent]:
        """The reactions to what the sentence tells, or to what the text told last.

        Args:
            proposed: what is read of the sentence already.
        """
        triggers = {t.trigger for t in proposed}
        for v in range(len(self.s)):
            code = "" if v in triggers else self._code(v)
            if not code:
                continue
            who = self._named_before(v) or self.subjects.subject(v)
            if not who or self.targets.target(v, who):
                continue
            for one in who:
                whose = self._whose(v, one, code, proposed)
                if whose is not None:
                    inferred = one.inferred or whose.inferred
                    yield ProposedEvent(v, one, whose, Frame(code, PAST, "reaction"), self.subjects.reporter(v), inferred)

    def _code(self, v: int) -> str:
        """The code of a word that answers a deed; empty where it does not, or where it names what it is about itself."""
        s, frames = self.s, self.frames
        if frames.is_negated(v) or frames.auxiliaries(v) & (lx.FUTURE | lx.POSSIBILITY | lx.OBLIGATION | {"would"}):
            return ""
        if self._named_before(v) and (s.lemmas[v] in _FURIOUS or s.lemmas[v] in _BY_THEMSELVES):
            return "110"
        if s.tags[v] in ("JJ", "VBN") and s.lemmas[v] in _FURIOUS:
            return "110" if s.child(v, "nsubj", "nsubjpass") is not None or s.deps[v] == "acomp" else ""
        if not s.is_verb(v) or s.tags[v] == "VB" or frames.is_passive(v):
            return ""
        lemma, joined = frames.key(v)
        thing = s.child(v, "dobj")
        if thing is None:
            is_alone = not any(s.deps[c] in ("ccomp", "xcomp", "acomp", "attr", "oprd", "prep") for c in s.children[v])
            return "110" if lemma in _BY_THEMSELVES and is_alone else ""
        code = lx.VERBS.get(joined) or lx.VERBS.get(lemma) or ""
        return code if code in _CODES and self._is_of_a_deed(thing) else ""

    def _named_before(self, v: int) -> list[PlacedActor]:
        """Who is named next to a word with which a headline ends: ``Ankara furious``, ``as Phnom Penh protests``."""
        s = self.s
        is_last = v + 1 == len(s) or not s.words[v + 1][:1].isalnum()
        names = [a for a in self.parties.actors if s.tags[a.anchor] in ("NNP", "NNPS")]
        return [a for a in names if is_last and v > 0 and a.end == s.ends[v - 1]]

    def _is_of_a_deed(self, noun: int) -> bool:
        s = self.s
        if s.lemmas[noun] in ("it", "this", "that"):
            return True
        shown = any(s.lemmas[c] in _THAT_ONE for c in s.children[noun])
        return shown and (s.lemmas[noun] in _DEEDS or s.lemmas[noun] in lx.NOUNS)

    def _whose(self, v: int, one: Actor, code: str, proposed: Sequence[ProposedEvent]) -> Actor | None:
        """Whose deed it is: of this sentence, else of the last that the text told; the sign of both must agree."""
        here = [
            t for t in proposed
            if t.source.party != one.party and _may_answer(code, t.code, to_another=t.target.party != one.party)
        ]  # fmt: skip
        if here:
            before = [t for t in here if t.trigger < v]
            return before[-1].source if before else here[0].source
        named = {a.party: a for a in self.parties.actors if a.country_id is not None and a.party != one.party}
        if named:
            return next(iter(named.values())) if len(named) == 1 else None
        for source, told in reversed(self.parties.discourse.deeds):
            if source.party != one.party and _may_answer(code, told, to_another=False):
                return source
        return None


def _may_answer(code: str, deed: str, *, to_another: bool) -> bool:
    """Whether a reaction of this code is one to a deed of that code: anger may be at what was done for another, too."""
    if deed[:2] == "01" or (deed[:2] == "02" and code != "120"):
        return False
    if code == "016":
        return deed[:2] in ("11", "09", "13")
    return code == "120" or is_cooperative(deed) == (code[:2] == "05") or (to_another and code[:2] == "11")
