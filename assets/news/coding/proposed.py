"""Events as the rules propose them: a source, a target and a frame, made of the two sides of a verb or noun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assets.news.coding import lexicon as lx
from assets.news.coding.coreference import Parties
from assets.news.coding.frame import Frame
from assets.news.coding.frames import Frames
from assets.news.coding.placed_actors import Actor
from assets.news.coding.subject import Subjects


@dataclass(frozen=True)
class ProposedEvent:
    """A directed event that a sentence expresses."""

    trigger: int
    source: Actor
    target: Actor
    frame: Frame
    reporter: Actor | None = None
    inferred: bool = False

    @property
    def code(self) -> str:
        """CAMEO code."""
        return self.frame.code


@dataclass
class Words:
    """What became of the words of a sentence while it was read.

    ``consumed``: words that are part of an event already. ``unreal``: words of what was only said, asked for or denied.
    ``is_silent``: the sentence says of its parties that nothing happened, so that nothing is to be guessed. ``is_open``: it
    leaves open who did it, or tells of a condition; rules guess nothing then, an encoder may.
    """

    consumed: set[int] = field(default_factory=set)
    unreal: set[int] = field(default_factory=set)
    is_silent: bool = False
    is_open: bool = False


def others(actors: Sequence[Actor], than: Sequence[Actor]) -> list[Actor]:
    """The actors that are other parties than these."""
    parties = {a.party for a in than}
    return [a for a in actors if a.party not in parties]


class Pairing:
    """Makes events of the sides of a verb or noun."""

    def __init__(self, parties: Parties, subjects: Subjects, frames: Frames) -> None:
        self.s = parties.s
        self.parties = parties
        self.subjects = subjects
        self.frames = frames

    def pairs(
        self, v: int, sources: Sequence[Actor], targets: Sequence[Actor], frame: Frame, inferred: bool = False
    ) -> list[ProposedEvent]:
        """An event for each source and target; both ways where the act is mutual, among the sources where it has no target."""
        parties = {a.party for a in sources}
        reporter = self.subjects.reporter(v)
        if not sources:
            return []
        joint = len(parties) > 1 and not targets
        reciprocal = joint or (frame.code[:3] in _RECIPROCAL and bool(targets))
        if frame.code[:2] in ("15", "19") and self._together(v, joint):
            frame, reciprocal = replace(frame, code="062", rule="together"), True
        if joint:
            if frame.rule == "opinion":
                return []
            if not (frame.code[:2] in ("03", "04", "05", "06", "12", "16", "19") or self.frames.is_in(v, lx.RECIPROCAL_VERBS)):
                return []
            if len(parties) > 2 and frame.code[:2] in ("05", "12", "16") and frame.code != "057":
                return []  # "Germany, Russia and China abstained": not from each other
            targets = sources
        if not targets and frame.code[:2] == "03" and self.parties.discourse.pair is not None:
            other = [a for a in self.parties.discourse.pair if a.party not in parties]
            if len(other) == 1:
                targets, inferred = [replace(other[0], inferred=True)], True
        proposed = []
        for a in sources:
            for b in targets:
                if a.party == b.party:
                    continue
                proposed.append(ProposedEvent(v, a, b, frame, reporter, inferred or a.inferred or b.inferred))
                if reciprocal and not joint:
                    back = replace(frame, code=_MIRROR.get(frame.code, frame.code))
                    proposed.append(ProposedEvent(v, b, a, back, reporter, inferred or a.inferred or b.inferred))
        return proposed

    def _together(self, v: int, joint: bool) -> bool:
        """Whether armed forces of two states act side by side: a joint patrol is no attack of one on the other."""
        s = self.s
        words = {s.lemmas[j] for j in s.subtree(v)}
        if joint and s.lemmas[v] not in lx.AGAINST_EACH_OTHER and not s.tags[v].startswith("NN"):
            return bool(words & {"together", "joint", "jointly", "exercise", "drill", "alongside"})
        return any(s.lemmas[c] == "alongside" for c in s.children[v]) or (
            s.lemmas[v] in ("patrol", "drill", "sail", "train", "exercise", "parade")
            and any(s.lemmas[c] == "with" for c in s.children[v])
        )


_RECIPROCAL = frozenset({"036", "040", "041", "042", "043", "044", "046", "057"})
_MIRROR = {"042": "043", "043": "042"}
