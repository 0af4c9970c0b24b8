"""Whom a verb acts upon: the nearest party below it, by a cost for each step of the grammar."""

from __future__ import annotations

from collections.abc import Sequence

from assets.news.coding import lexicon as lx
from assets.news.coding.coreference import OTHER_ONE, Parties
from assets.news.coding.placed_actors import Actor, PlacedActor, in_phrase
from assets.news.coding.subject import Subjects

_TARGET_STEPS = {
    "dobj": 0,
    "dative": 0,
    "attr": 1,
    "oprd": 1,
    "xcomp": 2,
    "acomp": 1,
    "prt": 9,
    "npadvmod": 3,
    "ccomp": 4,
    "dep": 2,
}
_PREPOSITIONS = {
    "with": 1, "against": 1, "to": 1, "on": 1, "upon": 1, "toward": 1, "towards": 1, "from": 1, "over": 2, "at": 2, "into": 2,
    "for": 2, "of": 1, "about": 2, "between": 1, "by": 3, "in": 3, "inside": 3, "near": 3, "across": 3, "through": 3, "around": 3,
    "off": 2, "along": 4, "among": 2, "under": 4, "outside": 4, "alongside": 1,
}  # fmt: skip


class Targets:
    """Targets of the verbs of one sentence."""

    def __init__(self, parties: Parties, subjects: Subjects) -> None:
        self.s = parties.s
        self.parties = parties
        self.subjects = subjects

    def target(self, v: int, sources: Sequence[Actor]) -> Sequence[Actor]:
        """The nearest actors below a verb, other than those who act."""
        own = {a.party for a in sources}
        costs = self._costs(v)
        reached: list[tuple[float, Actor]] = []
        for a in self.parties.actors:
            cost = min(costs.get(a.head, 99), costs.get(a.anchor, 99))
            if cost < 99 and a.party not in own:
                reached.append((cost, a))
        for i, cost in costs.items():
            if (
                self.parties.is_pair(i)
                or self.s.lemmas[i] in OTHER_ONE
                or (
                    self.s.tags[i][:2] == "NN"
                    and self.s.lemmas[i] in self.parties.discourse.named
                    and not in_phrase(self.s, i, self.parties.actors)
                )
            ):
                reached += [(cost + 0.5, a) for a in self.parties.actors_of(i) if a.party not in own]
        for i, cost in costs.items():
            if self.s.tags[i] == "PRP" and self.s.lemmas[i] in lx.PRONOUNS:
                reached += [(cost, a) for a in self.subjects.speaker_of(v) if a.party not in own]
            elif self.s.tags[i] == "PRP$" and self.s.lemmas[self.s.heads[i]] in lx.TERRITORY:
                # "Palau says a Chinese ship entered its waters"
                reached += [(cost + 1, a) for a in self.subjects.speaker_of(v) if a.party not in own]
        if not reached:
            return self._above(v, own)
        others = [(c, a) for c, a in reached if not self._is_talked_of(a)]
        reached = others or reached
        if any(a.country_id is not None for _, a in reached):
            # "a WTO case against China" is against China
            reached = [
                (c, a)
                for c, a in reached
                if a.country_id is not None or not isinstance(a, PlacedActor) or not self._is_in_name_of_thing(a)
            ]
        lowest = min(cost for cost, _ in reached)
        return [a for cost, a in reached if cost == lowest]

    def _is_in_name_of_thing(self, actor: PlacedActor) -> bool:
        return actor.head == actor.anchor and self.s.deps[actor.anchor] == "compound"

    def _is_talked_of(self, actor: Actor) -> bool:
        """``talks on Syria``."""
        s = self.s
        if not isinstance(actor, PlacedActor):
            return False
        prep = s.heads[actor.head]
        return s.deps[actor.head] == "pobj" and s.lemmas[prep] in ("on", "over", "about") and s.lemmas[s.heads[prep]] in lx.TALKS

    def _above(self, v: int, own: set[str]) -> Sequence[Actor]:
        """The object that comes before its verb: ``Australia, which China had accused``, ``it was Greece that they struck``."""
        s = self.s
        up = s.heads[v]
        if s.child(v, "nsubj") is None or any(s.deps[c] == "dobj" and s.tags[c][:2] == "NN" for c in s.children[v]):
            return []
        if s.deps[v] == "relcl":
            return [a for a in self.parties.actors_of(up) if a.party not in own]
        if s.deps[v] in ("ccomp", "relcl", "advcl") and s.lemmas[up] == "be":
            noun = s.child(up, "attr")
            return [] if noun is None else [a for a in self.parties.actors_of(noun) if a.party not in own]
        return []

    def _costs(self, v: int) -> dict[int, float]:
        s = self.s
        costs: dict[int, float] = {}
        todo: list[tuple[int, float, bool]] = [(v, 0, True)]
        while todo:
            i, cost, is_top = todo.pop()
            if cost >= costs.get(i, 99):
                continue
            costs[i] = cost
            for c in s.children[i]:
                step = self._step(i, c, is_top)
                if step is not None:
                    todo.append((c, cost + step, False))
        costs.pop(v, None)
        return costs

    def _step(self, i: int, c: int, is_top: bool) -> float | None:
        s = self.s
        dep = s.deps[c]
        if dep in ("prep", "agent", "dative") and s.tags[c] in ("IN", "TO", "VBG", "RP"):
            if s.lemmas[c] in lx.ASIDE or s.words[c].lower() in lx.ASIDE:
                return None
            return _PREPOSITIONS.get(s.lemmas[c], 3)
        if dep in ("pobj", "pcomp"):
            return 0
        if dep == "conj":
            return None if is_top else (0 if not s.is_verb(c) else 1)
        if dep in _TARGET_STEPS:
            return _TARGET_STEPS[dep]
        if dep == "appos" and is_top:
            return 1
        if dep == "appos" and s.lemmas[c] in lx.SECTOR and s.lemmas[i] in lx.SECTOR:
            return 0  # "writes to Omani premier, Qatari emir"
        if not is_top:
            if dep in ("amod", "compound", "nmod", "poss"):
                return 0.5
            if dep in ("nsubj", "nsubjpass"):
                return 0
            if dep in ("appos", "nummod"):
                return 0.5
            if dep in ("acl", "advcl"):
                return 4
            if dep == "relcl":
                return 6
        if dep == "advcl" and s.tags[c] in ("VB", "VBG") and s.child(c, "mark") is None:
            return 5
        return None
