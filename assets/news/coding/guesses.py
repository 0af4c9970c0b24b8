"""Pairs that no rule has a code for: the classifier says what they are, or that they are no event."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from assets.news.coding import lexicon as lx
from assets.news.coding.coreference import Parties
from assets.news.coding.earlier import MOST_BEFORE, MOST_HERE, Earlier
from assets.news.coding.frame import DENIED, HYPOTHETICAL, INTENDED, ONGOING, PAST, Frame
from assets.news.coding.frames import Frames
from assets.news.coding.placed_actors import Actor, PlacedActor
from assets.news.coding.proposed import ProposedEvent, Words
from assets.news.coding.subject import Subjects
from assets.news.coding.target import Targets
from assets.news.coding.tense import is_sport

MOST_PARTIES = 5
"""Parties of a sentence that are paired: what names more is a list."""

PAIR, BACK, EARLIER = "pair", "back", "earlier"
"""Rules of pairs of which nothing is read, of those of which the way back is, of the same word, and of those that the sentence
does not name both."""


class Guesses:
    """Guesses on one sentence."""

    def __init__(self, parties: Parties, frames: Frames, subjects: Subjects, targets: Targets, read: Words) -> None:
        self.s = parties.s
        self.parties = parties
        self.frames = frames
        self.subjects = subjects
        self.targets = targets
        self.read = read

    def guesses(self, proposed: Sequence[ProposedEvent]) -> list[ProposedEvent]:
        """Pairs of the sentence that no event covers: subject and object of a verb, or parties that follow each other."""
        s = self.s
        if is_sport(self.frames):
            return []
        covered = {(t.source.party, t.target.party) for t in proposed} | {(t.target.party, t.source.party) for t in proposed}
        found: list[ProposedEvent] = []

        def add(v: int, sources: Sequence[Actor], targets: Sequence[Actor], rule: str) -> None:
            for a in sources:
                for b in targets:
                    pair = (a.party, b.party)
                    if a.party != b.party and pair not in covered:
                        covered.update((pair, pair[::-1]))
                        found.append(
                            ProposedEvent(
                                v,
                                a,
                                b,
                                Frame("", self._modality_of_verb(v), rule),
                                self.subjects.reporter(v),
                                a.inferred or b.inferred,
                            )
                        )

        def add_both(v: int, sides: Sequence[Actor]) -> None:
            for a in sides:
                for b in sides:
                    if a.party != b.party and (a.party, b.party) not in covered:
                        frame = Frame("", self._modality_of_verb(v), "guess_joint")
                        found.append(ProposedEvent(v, a, b, frame, self.subjects.reporter(v), a.inferred or b.inferred))
            covered.update((a.party, b.party) for a in sides for b in sides)

        triggers = {t.trigger for t in proposed}
        for v in range(len(s)):
            if (
                v in triggers
                or not s.is_verb(v)
                or s.deps[v] in ("aux", "auxpass")
                or v in self.read.consumed
                or s.lemmas[v] in lx.SAY
            ):
                continue
            if s.lemmas[v] in lx.STATIVE:
                self.read.is_silent = True
                continue
            below = self.subjects.subject(v)
            if self.frames.is_passive(v):
                agents = self.subjects.agents(v)
                add(v, agents, below or self.targets.target(v, agents), "guess_passive")
            elif below:
                targets = self.targets.target(v, below)
                add(v, below, targets, "guess_verb")
                if not targets and len({a.party for a in below}) > 1:
                    add_both(v, below)
        if not proposed and not found and not (self.read.is_silent or self.read.is_open):
            firm = [a for a in self.parties.actors if a.country_id is not None]
            for one, other in pairwise(firm):
                between = [i for i in range(one.head, other.head + 1) if 0 <= i < len(s)]
                verb = next((i for i in between if s.is_verb(i) and s.deps[i] not in ("aux", "auxpass")), None)
                if verb is not None and s.words[verb] == ":" and other.head != other.anchor:
                    continue  # "Maltese mayor: Libyan sailors to get beds"
                v = (
                    verb
                    if verb is not None
                    else next((i for i in between if lx.NOUNS.get(s.lemmas[i]) or lx.VERBS.get(s.lemmas[i])), one.head)
                )
                add(v, [one], [other], "guess_order")
        return found

    def pairs(self, proposed: Sequence[ProposedEvent]) -> list[ProposedEvent]:
        """Every directed pair of parties named in the sentence that nothing else proposes, each once.

        None of a game, of a list of many parties, nor where the rules read that nothing happened. Their word is the one between
        the two in the tree.
        """
        parties: dict[str, PlacedActor] = {}
        for a in (*self.parties.actors, *self.parties.speakers):
            parties.setdefault(a.party, a)
        if not 1 < len(parties) <= MOST_PARTIES or self.read.is_silent or is_sport(self.frames):
            return []
        covered = {(t.source.party, t.target.party) for t in proposed}
        read = {(t.target.party, t.source.party, t.trigger) for t in proposed if t.frame.code}
        found = []
        for a, b in permutations(parties.values(), 2):
            if (a.party, b.party) not in covered:
                v = self._word_between(a.head, b.head)
                frame = Frame("", self._modality_of_verb(v), BACK if (a.party, b.party, v) in read else PAIR)
                found.append(ProposedEvent(v, a, b, frame, None, a.inferred or b.inferred))
        return found

    def with_earlier(self, proposed: Sequence[ProposedEvent], earlier: Earlier) -> list[ProposedEvent]:
        """Every directed pair with a party that only earlier sentences name, which nothing else proposes, each once.

        Their word is the verb above the party that the sentence names, else its main one.
        """
        here: dict[str, PlacedActor] = {}
        for a in (*self.parties.actors, *self.parties.speakers):
            here.setdefault(a.party, a)
        known = [a for party, a in earlier.parties().items() if party not in here][:MOST_BEFORE]
        if not known or len(here) > MOST_HERE or is_sport(self.frames):
            return []
        s = self.s
        covered = {(t.source.party, t.target.party) for t in proposed}
        top = next((i for i in range(len(s)) if s.heads[i] == i), 0)
        found: list[ProposedEvent] = []
        sides: tuple[Actor, ...] = (*here.values(), *known)
        for one, other in permutations(sides, 2):
            if (one.party, other.party) in covered or (one.party in here and other.party in here):
                continue
            named = here.get(one.party) or here.get(other.party)
            v = top if named is None else self._word_between(named.head, named.head)
            found.append(ProposedEvent(v, one, other, Frame("", self._modality_of_verb(v), EARLIER), None, inferred=True))
        return found

    def _word_between(self, one: int, other: int) -> int:
        """The word that links two in the tree: the first verb of the lexicon, else noun, else the first verb, else the top."""
        s = self.s
        up, down = [one, *s.ancestors(one)], [other, *s.ancestors(other)]
        shared = next((i for i in up if i in down), up[-1])
        path: list[int] = [*up[1 : up.index(shared) + 1], *(reversed(down[1 : down.index(shared)]) if shared in down else ())]
        path += list(s.ancestors(shared))
        verbs = [i for i in path if s.is_verb(i) and s.deps[i] not in ("aux", "auxpass")]
        known = [i for i in verbs if s.lemmas[i] in lx.VERBS] or [i for i in path if s.lemmas[i] in lx.NOUNS]
        chosen: int = (known or verbs or path or [one])[0]
        return chosen

    def _modality_of_verb(self, v: int) -> str:
        auxiliaries = self.frames.auxiliaries(v)
        if self.frames.is_negated(v):
            return DENIED
        if auxiliaries & {"would", "might", "could", "may"}:
            return HYPOTHETICAL
        if auxiliaries & lx.FUTURE or (self.s.tags[v] == "VB" and self.s.deps[v] == "ROOT"):
            return INTENDED
        return ONGOING if self.s.tags[v] == "VBG" and "be" in auxiliaries else PAST
