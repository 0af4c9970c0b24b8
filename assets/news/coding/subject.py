"""Who does what a verb expresses, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assets.news.coding import lexicon as lx
from assets.news.coding.coreference import Parties
from assets.news.coding.frames import Frames
from assets.news.coding.placed_actors import Actor, in_phrase

_DEEPEST = 8
"""Verbs that are climbed for a subject: no sentence that is read rightly has more above each other."""


class Subjects:
    """Subjects of the verbs of one sentence."""

    def __init__(self, parties: Parties, frames: Frames) -> None:
        self.s = parties.s
        self.parties = parties
        self.frames = frames
        self._subjects: dict[int, Sequence[Actor]] = {}

    def subject(self, v: int, depth: int = 0) -> Sequence[Actor]:
        """Who does what the verb expresses (grammatical subject; of a passive: who undergoes it)."""
        if v not in self._subjects:
            self._subjects[v] = []
            self._subjects[v] = self._subject(v, depth)
        return self._subjects[v]

    def _subject(self, v: int, depth: int) -> Sequence[Actor]:
        s = self.s
        if depth > _DEEPEST:
            return []
        nouns = [c for c in s.children[v] if s.deps[c] in ("nsubj", "nsubjpass", "csubj")]
        if nouns:
            # "Kenyan president, senior officials of Chad discuss": parsers make two subjects of the two
            own = self.parties.actors_of(nouns[0]) or self._of_place(v, nouns[0])
            more = [a for n in nouns[1:] if n < v for a in in_phrase(s, n, self.parties.actors)] if own else []
            return [*own, *(a for a in more if a not in own)]
        dep, up = s.deps[v], s.heads[v]
        if up == v:
            return []
        if dep in ("aux", "auxpass"):
            return self.subject(up, depth + 1)
        if dep in ("xcomp", "ccomp"):
            controls = self.frames.is_in(up, lx.OBJECT_CONTROL) or s.lemmas[up] in lx.OBJECT_CONTROL
            return (self.object_of(up) if controls else []) or self.subject(up, depth + 1)
        if dep in ("advcl", "acl", "relcl") and s.tags[up][:2] == "NN" and s.heads[up] == up and self._is_infinitive(v):
            # "Ghana, Togo presidents to hold summit"
            return self.parties.actors_of(up)
        if dep in ("conj", "advcl", "dep", "parataxis", "prep", "acomp"):
            return self._of_clause_above(v, depth)
        if dep == "pcomp":
            return self._of_gerund(s.heads[up], depth)
        if dep == "relcl":
            return self.parties.actors_of(up)
        return self._of_clause_of_noun(v, depth) if dep == "acl" else []

    def _of_place(self, v: int, noun: int) -> Sequence[Actor]:
        """Whose people act where a place comes first: ``In Accra a minister said``."""
        s = self.s
        if lx.SECTOR.get(s.lemmas[noun]) not in ("GOV", "MIL", "LEG", "JUD", "SPY", "MED") or s.tags[noun] != "NN":
            return []
        for c in s.children[v]:
            if s.deps[c] == "prep" and s.lemmas[c] == "in" and c < noun and noun < v:
                return [replace(a, inferred=True) for p in s.children[c] for a in self.parties.actors if a.head == a.anchor == p]
        return []

    def _of_clause_above(self, v: int, depth: int) -> Sequence[Actor]:
        """Who acts in a clause that is joined to another one or depends on it."""
        s = self.s
        dep, up = s.deps[v], s.heads[v]
        if not (s.is_verb(up) or s.deps[up] in ("ROOT", "xcomp", "ccomp", "acomp", "relcl", "acl", "advcl")):
            return []
        if dep == "advcl" and s.tags[v] == "VB" and s.lemmas[up] in lx.OBJECT_CONTROL:
            found = self.object_of(up)
            if found:
                return found
        found = self.subject(up, depth + 1)
        if not found and dep == "conj" and s.deps[up] == "ccomp":
            # "Washington said ..., and had kept up pressure": joined to the clause above
            found = self.subject(s.heads[up], depth + 1)
        return found

    def _of_gerund(self, above: int, depth: int) -> Sequence[Actor]:
        """Of a gerund after a preposition: who acts in the verb above, or whom that acts upon (``accused of restoring``)."""
        s = self.s
        if not s.is_verb(above):
            return self.parties.actors_of(above)
        controlled = self.object_of(above) if s.lemmas[above] in lx.OBJECT_CONTROL else []
        return controlled or self.subject(above, depth + 1)

    def _of_clause_of_noun(self, v: int, depth: int) -> Sequence[Actor]:
        """Of a clause below a noun: its owner (``China's plan to``), else who acts in the verb above; else the noun itself."""
        s = self.s
        up = s.heads[v]
        if s.tags[v] != "VB":
            return self.parties.actors_of(up)
        owner = [a for a in in_phrase(s, up, self.parties.actors) if a.head != up]
        verb = s.heads[up]
        return owner or (self.subject(verb, depth + 1) if s.is_verb(verb) else [])

    def _is_infinitive(self, v: int) -> bool:
        return self.s.tags[v] == "VB" and any(self.s.tags[c] == "TO" for c in self.s.children[v])

    def object_of(self, v: int) -> Sequence[Actor]:
        """Actors of the object of a verb, or of its preposition ``on``, ``to``, ``for`` (``called on China to``)."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] in ("dobj", "dative", "nsubjpass"):
                found = self.parties.actors_of(c)
                if found:
                    return found
        for c in s.children[v]:
            if s.deps[c] in ("prep", "dative") and s.lemmas[c] in ("on", "upon", "to", "for", "with"):
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found = self.parties.actors_of(p)
                        if found:
                            return found
        for c in s.children[v]:
            # "urged China to release": parsers often make China the subject of the infinitive
            if s.deps[c] in ("ccomp", "xcomp"):
                noun = s.child(c, "nsubj", "nsubjpass")
                if noun is not None:
                    return self.parties.actors_of(noun)
        return []

    def agents(self, v: int) -> Sequence[Actor]:
        """Who does what a passive verb expresses: ``by`` somebody."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "agent" or (s.deps[c] == "prep" and s.lemmas[c] == "by"):
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        return self.parties.actors_of(p)
        for c in s.children[v]:
            # "was given documents by the Philippines": parsers hang the agent on the object
            if s.deps[c] in ("dobj", "oprd"):
                return self.parties.under(c, "by")
        return []

    def speaker_of(self, v: int) -> Sequence[Actor]:
        """Who says what the verb expresses: an ``it`` in reported speech is most often the speaker."""
        s = self.s
        for i in (v, *s.ancestors(v)):
            if s.deps[i] == "ccomp" and s.lemmas[s.heads[i]] in lx.SAY:
                return [replace(a, inferred=True) for a in self.subject(s.heads[i])]
        return []

    def reporter(self, v: int) -> Actor | None:
        """Who says it, where a verb of saying is above or next to the verb."""
        s = self.s
        for i in (v, *s.ancestors(v)):
            up = s.heads[i]
            if s.deps[i] == "ccomp" and s.lemmas[up] in lx.SAY:
                return next(iter(self.subject(up)), None)
            for c in s.children[i]:
                if s.deps[c] in ("parataxis", "ccomp") and s.lemmas[c] in lx.SAY and s.child(c, "nsubj") is not None and c != v:
                    return next(iter(self.subject(c)), None)
        return next(iter(self.parties.speakers), None)
