"""Who does what to whom in a sentence: source and target of every verb and noun that tells an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.frames import DENIED, HYPOTHETICAL, INTENDED, ONGOING, PAST, Frame, Frames
from assets.news.coding.parse import Sentence
from assets.news.coding.placed_actors import Actor, PlacedActor, in_phrase, without_place


@dataclass(frozen=True)
class ProposedEvent:
    """One event that a sentence tells, directed."""

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
class Discourse:
    """What earlier sentences of a text leave: the last one who acted, the last pair, and who bore which words.

    Actors are kept without their place, which means nothing in another sentence.
    """

    subject: Actor | None = None
    pair: tuple[Actor, Actor] | None = None
    named: dict[str, Actor] = field(default_factory=dict)
    sources: dict[str, Actor] = field(default_factory=dict)

    def saw(self, sentence: Sentence, actors: Sequence[PlacedActor]) -> None:
        """Take in the actors of a sentence after it was read."""
        for a in actors:
            for word in sentence.text[a.start : a.end].lower().split():
                if word in lx.ANAPHORA:
                    self.named[word] = without_place(a)
            if sentence.lemmas[a.head] in lx.ANAPHORA:
                self.named[sentence.lemmas[a.head]] = without_place(a)
        states: dict[str, Actor] = {}
        for a in actors:
            if a.country_id is not None:
                states.setdefault(a.country_id, without_place(a))
        if len(states) == 2:
            one, other = states.values()
            self.pair = (one, other)


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


class Clauses:
    """Reads the events of one sentence."""

    def __init__(self, sentence: Sentence, actors: Sequence[PlacedActor], discourse: Discourse | None = None) -> None:
        self.s = sentence
        tail = set() if sentence.speaker is None else set(sentence.subtree(sentence.speaker))
        self.speakers = [a for a in actors if a.head in tail or a.anchor in tail]
        self.actors = [a for a in actors if a not in self.speakers and not self._is_topic(a)]
        self.frames = Frames(sentence)
        self.discourse = discourse if discourse is not None else Discourse()
        self._consumed: set[int] = set()
        self._unreal: set[int] = set()
        self._is_silent = False
        self._subjects: dict[int, Sequence[Actor]] = {}
        self._linked = self._links()

    def _is_topic(self, actor: PlacedActor) -> bool:
        """Whether a state only names what is spoken of: ``Ukraine crisis``, ``war in Ukraine``, ``Japan-bound``."""
        s = self.s
        i = actor.anchor
        if (
            s.deps[i] == "pobj"
            and s.lemmas[s.heads[i]] in ("in", "over")
            and s.lemmas[s.heads[s.heads[i]]] in lx.TOPICS | {"war"}
        ):
            return True
        if s.text[actor.end :].startswith(("-bound", "-listed", "-born")):
            return True
        while s.deps[i] in ("compound", "amod", "nmod", "conj") and s.heads[i] != i:
            i = s.heads[i]
        return i != actor.anchor and s.lemmas[i] in lx.TOPICS

    # --- actors of a noun phrase ---

    def _links(self) -> dict[int, list[PlacedActor]]:
        """Parties named side by side at the beginning of a headline (``China, US to resume talks``), by place of each."""
        s = self.s
        found: dict[int, list[PlacedActor]] = {}
        for one, other in pairwise(self.actors):
            between = s.text[one.end : other.start].strip()
            if between in (",", "and", "&", ", and") and one.party != other.party and (one.start < 5 or one.start in found):
                group = found.get(one.start, [one])
                group.append(other)
                found[one.start] = found[other.start] = group
        return found

    def actors_of(self, noun: int) -> Sequence[Actor]:
        """The actors that a noun phrase or pronoun stands for or is about."""
        s = self.s
        lemma = s.lemmas[noun]
        if s.tags[noun] in ("PRP", "PRP$") or lemma in lx.PRONOUNS:
            return self._of_pronoun(noun)
        if s.tags[noun] in ("WDT", "WP"):
            verb = s.heads[noun]
            if s.deps[verb] == "relcl":
                return self.actors_of(s.heads[verb])
            return []
        found = in_phrase(s, noun, self.actors)
        if found:
            more = [b for a in found for b in self._linked.get(a.start, ()) if b not in found]
            return [*found, *dict.fromkeys(more)]
        if self._is_pair(noun) and self.discourse.pair is not None:
            return [replace(a, inferred=True) for a in self.discourse.pair]
        if lemma in self.discourse.named and any(s.lemmas[c] in ("the", "this", "that", "its") for c in s.children[noun]):
            return [replace(self.discourse.named[lemma], inferred=True)]
        return []

    def _is_pair(self, noun: int) -> bool:
        s = self.s
        return (
            s.lemmas[noun] in lx.PAIR_NOUNS
            and s.tags[noun] == "NNS"
            and any(s.lemmas[c] in ("two", "both") for c in s.children[noun])
        )

    def _of_pronoun(self, noun: int) -> Sequence[Actor]:
        """The last one who acted: in this sentence the subject of a verb before it, else of an earlier sentence."""
        s = self.s
        if s.lemmas[noun] in ("we", "us", "our", "i", "you", "my", "your"):
            return []
        verb = s.heads[noun]
        for up in s.ancestors(verb):
            if s.is_verb(up) or s.deps[up] == "ROOT":
                subject = s.child(up, "nsubj", "nsubjpass")
                if subject is not None and subject != noun and s.tags[subject] not in ("PRP", "WDT", "WP"):
                    found = in_phrase(s, subject, self.actors)
                    if found:
                        return [replace(a, inferred=True) for a in found]
        before = [i for i in range(noun) if s.deps[i] in ("nsubj", "nsubjpass") and s.tags[i] not in ("PRP", "WDT", "WP")]
        for i in before:
            found = in_phrase(s, i, self.actors)
            if found:
                return [replace(a, inferred=True) for a in found]
        return [replace(self.discourse.subject, inferred=True)] if self.discourse.subject is not None else []

    # --- subject ---

    def subject(self, v: int, depth: int = 0) -> Sequence[Actor]:
        """Who does what the verb tells (grammatical subject; of a passive: who undergoes it)."""
        if v not in self._subjects:
            self._subjects[v] = []
            self._subjects[v] = self._subject(v, depth)
        return self._subjects[v]

    def _subject(self, v: int, depth: int) -> Sequence[Actor]:
        s = self.s
        if depth > 8:
            return []
        nouns = [c for c in s.children[v] if s.deps[c] in ("nsubj", "nsubjpass", "csubj")]
        if nouns:
            # "Kenyan president, senior officials of Chad discuss": parsers make two subjects of the two
            own = self.actors_of(nouns[0])
            more = [a for n in nouns[1:] if n < v for a in in_phrase(s, n, self.actors)] if own else []
            return [*own, *(a for a in more if a not in own)]
        dep, up = s.deps[v], s.heads[v]
        if up == v:
            return []
        if dep in ("aux", "auxpass"):
            return self.subject(up, depth + 1)
        if dep in ("xcomp", "ccomp"):
            if self.frames.is_in(up, lx.OBJECT_CONTROL) or s.lemmas[up] in lx.OBJECT_CONTROL:
                found = self.object_of(up)
                if found:
                    return found
            return self.subject(up, depth + 1)
        if dep in ("advcl", "acl", "relcl") and s.tags[up][:2] == "NN" and s.heads[up] == up and self._is_infinitive(v):
            # "Ghana, Togo presidents to hold summit"
            return self.actors_of(up)
        if dep in ("conj", "advcl", "dep", "parataxis", "prep", "acomp"):
            if s.is_verb(up) or s.deps[up] in ("ROOT", "xcomp", "ccomp", "acomp", "relcl", "acl", "advcl"):
                if dep == "advcl" and s.tags[v] == "VB" and s.lemmas[up] in lx.OBJECT_CONTROL:
                    found = self.object_of(up)
                    if found:
                        return found
                found = self.subject(up, depth + 1)
                if not found and dep == "conj" and s.deps[up] == "ccomp":
                    # "Washington said ..., and had kept up pressure": joined to the clause above
                    found = self.subject(s.heads[up], depth + 1)
                return found
            return []
        if dep == "pcomp":
            verb = s.heads[up]
            if s.is_verb(verb):
                if s.lemmas[verb] in lx.OBJECT_CONTROL:
                    found = self.object_of(verb)
                    if found:
                        return found
                return self.subject(verb, depth + 1)
            return self.actors_of(verb)
        if dep == "relcl":
            return self.actors_of(up)
        if dep == "acl":
            if s.tags[v] == "VB":
                owner = [a for a in in_phrase(s, up, self.actors) if a.head != up]
                if owner:
                    return owner
                verb = s.heads[up]
                return self.subject(verb, depth + 1) if s.is_verb(verb) else []
            return self.actors_of(up)
        return []

    def _is_infinitive(self, v: int) -> bool:
        return self.s.tags[v] == "VB" and any(self.s.tags[c] == "TO" for c in self.s.children[v])

    def object_of(self, v: int) -> Sequence[Actor]:
        """Actors of the object of a verb, or of its preposition ``on``, ``to``, ``for`` (``called on China to``)."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] in ("dobj", "dative", "nsubjpass"):
                found = self.actors_of(c)
                if found:
                    return found
        for c in s.children[v]:
            if s.deps[c] in ("prep", "dative") and s.lemmas[c] in ("on", "upon", "to", "for", "with"):
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found = self.actors_of(p)
                        if found:
                            return found
        for c in s.children[v]:
            # "urged China to release": parsers often make China the subject of the infinitive
            if s.deps[c] in ("ccomp", "xcomp"):
                noun = s.child(c, "nsubj", "nsubjpass")
                if noun is not None:
                    return self.actors_of(noun)
        return []

    def agents(self, v: int) -> Sequence[Actor]:
        """Who does what a passive verb tells: ``by`` somebody."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "agent" or (s.deps[c] == "prep" and s.lemmas[c] == "by"):
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        return self.actors_of(p)
        for c in s.children[v]:
            # "was given documents by the Philippines": parsers hang the agent on the object
            if s.deps[c] in ("dobj", "oprd"):
                return self._under(c, "by")
        return []

    # --- target ---

    def target(self, v: int, sources: Sequence[Actor]) -> Sequence[Actor]:
        """The nearest actors below a verb, other than those who act."""
        own = {a.party for a in sources}
        costs = self._costs(v)
        reached: list[tuple[float, Actor]] = []
        for a in self.actors:
            cost = min(costs.get(a.head, 99), costs.get(a.anchor, 99))
            if cost < 99 and a.party not in own:
                reached.append((cost, a))
        for i, cost in costs.items():
            if self._is_pair(i) or (
                self.s.tags[i][:2] == "NN" and self.s.lemmas[i] in self.discourse.named and not in_phrase(self.s, i, self.actors)
            ):
                reached += [(cost + 0.5, a) for a in self.actors_of(i) if a.party not in own]
        for i, cost in costs.items():
            if self.s.tags[i] == "PRP" and self.s.lemmas[i] in lx.PRONOUNS:
                reached += [(cost, a) for a in self._speaker_of(v) if a.party not in own]
            elif self.s.tags[i] == "PRP$" and self.s.lemmas[self.s.heads[i]] in lx.TERRITORY:
                # "Palau says a Chinese ship entered its waters"
                reached += [(cost + 1, a) for a in self._speaker_of(v) if a.party not in own]
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

    def _speaker_of(self, v: int) -> Sequence[Actor]:
        """Who says what the verb tells: an ``it`` in reported speech is most often the speaker."""
        s = self.s
        for i in (v, *s.ancestors(v)):
            if s.deps[i] == "ccomp" and s.lemmas[s.heads[i]] in lx.SAY:
                return [replace(a, inferred=True) for a in self.subject(s.heads[i])]
        return []

    def _above(self, v: int, own: set[str]) -> Sequence[Actor]:
        """The object that stands before its verb: ``Australia, which China had accused``, ``it was Greece that they struck``."""
        s = self.s
        up = s.heads[v]
        if s.child(v, "nsubj") is None or any(s.deps[c] == "dobj" and s.tags[c][:2] == "NN" for c in s.children[v]):
            return []
        if s.deps[v] == "relcl":
            return [a for a in self.actors_of(up) if a.party not in own]
        if s.deps[v] in ("ccomp", "relcl", "advcl") and s.lemmas[up] == "be":
            noun = s.child(up, "attr")
            return [] if noun is None else [a for a in self.actors_of(noun) if a.party not in own]
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

    # --- events ---

    def events(self, *, guess: bool = False) -> list[ProposedEvent]:
        """All events of the sentence in the order of their words.

        Args:
            guess: also pairs that no rule has a code for: subject and object of verbs that the lexicon does not know, and
                parties that follow each other in a sentence that tells nothing else. Their code is empty; a classifier must
                say what they are, or that they are none.
        """
        s = self.s
        proposed: list[ProposedEvent] = []
        if s.text.rstrip().endswith("?"):
            return []  # who asks tells nothing
        order = sorted(range(len(s)), key=self._depth)
        for i in order:
            if i in self._consumed:
                continue
            if s.is_verb(i) or (s.deps[i] in ("ROOT", "ccomp", "conj") and s.tags[i][:2] in ("JJ", "NN")):
                if s.deps[i] in ("aux", "auxpass"):
                    continue
                frame = self.frames.of(i)
                if frame is None:
                    proposed += self._as_asked(i) or self._carried(i) or self._joint_act(i)
                    continue
                said = self.frames.said(i, frame) if self.speakers and s.heads[i] == i else None
                if said is not None:
                    # "Estonia must pay: Finnish minister"
                    self._swallow(i)
                    self._unreal.update(s.subtree(i))
                    proposed += self._pairs(i, self.speakers, self.subject(i), said)
                    continue
                self._consume(i, frame)
                if frame.rule == "unreal":
                    self._consumed.add(i)
                    self._consumed.update(j for c in s.children[i] if s.deps[c] == "prep" for j in s.subtree(c))
                    self._is_silent = True
                    continue
                proposed += self._of_verb(i, frame)
        proposed += self._guest()
        nouns = [i for i in range(len(s)) if s.tags[i][:2] == "NN" and i not in self._consumed and i not in self._unreal]
        for i in nouns:
            proposed += self._of_noun(i)
        if guess:
            proposed += self._guesses(proposed)
        return sorted(proposed, key=lambda t: t.trigger)

    def _guest(self) -> list[ProposedEvent]:
        """A headline without a verb: ``French president in Astana, uranium on agenda``."""
        s = self.s
        top = next((i for i in range(len(s)) if s.heads[i] == i), 0)
        if s.tags[top][:2] != "NN" or s.lemmas[top] not in lx.SECTOR or lx.SECTOR[s.lemmas[top]] not in ("GOV", "LEG"):
            return []
        guests = self.actors_of(top)
        hosts = [a for a in self._under(top, "in") if a.party not in {b.party for b in guests}]
        return self._pairs(top, guests, hosts, Frame("042", PAST, "guest")) if hosts else []

    def _guesses(self, proposed: Sequence[ProposedEvent]) -> list[ProposedEvent]:
        s = self.s
        if self.frames.is_sport():
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
                                v, a, b, Frame("", self._modality_of_verb(v), rule), self.reporter(v), a.inferred or b.inferred
                            )
                        )

        def add_both(v: int, sides: Sequence[Actor]) -> None:
            for a in sides:
                for b in sides:
                    if a.party != b.party and (a.party, b.party) not in covered:
                        frame = Frame("", self._modality_of_verb(v), "guess_joint")
                        found.append(ProposedEvent(v, a, b, frame, self.reporter(v), a.inferred or b.inferred))
            covered.update((a.party, b.party) for a in sides for b in sides)

        triggers = {t.trigger for t in proposed}
        for v in range(len(s)):
            if (
                v in triggers
                or not s.is_verb(v)
                or s.deps[v] in ("aux", "auxpass")
                or v in self._consumed
                or s.lemmas[v] in lx.SAY
            ):
                continue
            if s.lemmas[v] in lx.STATIVE:
                self._is_silent = True
                continue
            below = self.subject(v)
            if self.frames.is_passive(v):
                agents = self.agents(v)
                add(v, agents, below or self.target(v, agents), "guess_passive")
            elif below:
                targets = self.target(v, below)
                add(v, below, targets, "guess_verb")
                if not targets and len({a.party for a in below}) > 1:
                    add_both(v, below)
        if not proposed and not found and not self._is_silent:
            firm = [a for a in self.actors if a.country_id is not None]
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

    def _modality_of_verb(self, v: int) -> str:
        auxiliaries = self.frames.auxiliaries(v)
        if self.frames.is_negated(v):
            return DENIED
        if auxiliaries & {"would", "might", "could", "may"}:
            return HYPOTHETICAL
        if auxiliaries & lx.FUTURE or (self.s.tags[v] == "VB" and self.s.deps[v] == "ROOT"):
            return INTENDED
        return ONGOING if self.s.tags[v] == "VBG" and "be" in auxiliaries else PAST

    def _depth(self, i: int) -> int:
        return sum(1 for _ in self.s.ancestors(i))

    def _consume(self, v: int, frame: Frame) -> None:
        """What is demanded, promised, refused or threatened did not happen: its verb and nouns tell nothing on their own."""
        s = self.s
        if frame.complement is not None:
            self._swallow(frame.complement)
            for j in range(frame.complement + 1, len(s)):
                # "urges Japan to apologise, pay Korean workers": the second is asked for too, wherever the parser hangs it
                if s.tags[j] in ("VB", "VBP") and s.words[j - 1] == "," and s.heads[j] in (v, frame.complement):
                    self._swallow(j)
                    self._unreal.update(s.subtree(j))
        if frame.noun is not None:
            self._consumed.update(self._chain(frame.noun))
        if frame.code[:2] in ("03", "08", "12", "13", "15", "16"):
            self._consumed.update(c for c in s.children[v] if s.deps[c] in ("dobj", "nsubjpass"))
            self._consumed.update(
                p
                for c in s.children[v]
                if s.deps[c] == "prep" and s.lemmas[c] in ("of", "from", "with", "to")
                for p in s.children[c]
                if s.deps[p] == "pobj" and s.lemmas[p] in lx.TALKS | lx.DEALS
            )
        if frame.code[:3] in ("055", "016") or frame.code[:2] == "11":
            # "apologised for spying on", "condemned the firm for arming": what is spoken of
            for c in s.children[v]:
                if s.deps[c] == "prep" and s.child(c, "pcomp") is not None:
                    self._unreal.update(s.subtree(c))
        if frame.code[:2] in ("02", "03", "10", "12", "13") or frame.modality in (DENIED, HYPOTHETICAL, INTENDED):
            for c in s.children[v]:
                if s.deps[c] in ("dobj", "prep", "xcomp", "ccomp", "nsubjpass", "advcl") and s.lemmas[c] not in lx.ASIDE:
                    if s.deps[c] == "advcl" and s.child(c, "mark") is not None and c != frame.complement:
                        continue
                    self._unreal.update(s.subtree(c))

    def _chain(self, noun: int) -> list[int]:
        """A noun and the nouns that it is ``of`` (``a range of exchanges``)."""
        s = self.s
        return [noun, *(p for c in s.children[noun] if s.lemmas[c] in ("of", "on") for p in s.children[c] if s.deps[p] == "pobj")]

    def _swallow(self, verb: int) -> None:
        s = self.s
        self._consumed.add(verb)
        for c in s.children[verb]:
            if (s.deps[c] == "conj" and s.is_verb(c) and s.child(c, "nsubj", "nsubjpass") is None) or s.deps[c] in (
                "xcomp",
                "ccomp",
            ):
                self._swallow(c)

    def reporter(self, v: int) -> Actor | None:
        """Who says it, where a verb of saying stands above or beside the verb."""
        s = self.s
        for i in (v, *s.ancestors(v)):
            up = s.heads[i]
            if s.deps[i] == "ccomp" and s.lemmas[up] in lx.SAY:
                return next(iter(self.subject(up)), None)
            for c in s.children[i]:
                if s.deps[c] in ("parataxis", "ccomp") and s.lemmas[c] in lx.SAY and s.child(c, "nsubj") is not None and c != v:
                    return next(iter(self.subject(c)), None)
        return next(iter(self.speakers), None)

    def _of_verb(self, v: int, frame: Frame) -> list[ProposedEvent]:
        s = self.s
        sources: Sequence[Actor]
        targets: Sequence[Actor]
        if s.lemmas[v] == "request" and s.deps[v] == "advcl":
            return []
        asked = self._asked_by(v)
        if asked:
            legal = any(s.lemmas[j] in lx.LEGAL for i in (v, *s.ancestors(v)) for j in s.subtree(i))
            done = Frame("063" if legal else "060", frame.modality, "as_requested")
            found = self._pairs(v, self.subject(v), asked, done)
            if found:
                return found
        if v in self._unreal and frame.modality == PAST and s.deps[v] in ("relcl", "acl", "pcomp", "xcomp"):
            return []
        inferred = False
        frame = self._by_crowd(v, frame)
        if frame.code == "062" and len({a.party for a in self.subject(v)}) == 1 and not self._has_partner(v):
            frame = replace(frame, code="150")
        if frame.rule == "receive":
            return self._pairs(v, self._givers(v, frame.noun), self.subject(v), frame)
        carried = self._carried(v)
        if carried is not None:
            return carried
        if self.frames.is_passive(v) and frame.rule not in ("must", "should"):
            sources = self.agents(v)
            below = self.subject(v)
            if not sources and frame.rule == "as_requested":
                return []
            if not sources and frame.rule in ("urge", "demand"):
                # "Peru urged to return relics: Bolivian official"
                return self._pairs(v, self.speakers, below, frame)
            if not sources and s.lemmas[v] in ("expect", "schedule", "set", "suppose"):
                return []
            if not sources and frame.code[:3] in _BY_THE_STATE:
                # "Spanish smugglers were arrested in Morocco"
                sources = [a for a in self._under(v, "in") if a.party not in {b.party for b in below}]
            targets = [a for a in below if a.party not in {b.party for b in sources}]
            if not sources and below and frame.code[:2] >= "08":
                known = self.discourse.sources.get(below[0].party)
                sources = [_state(known)] if known is not None and known.country_id is not None else []
                inferred = True
            if not sources and frame.code[:3] in _MOVES and self._is_armed(v):
                # "Russian troops withdrawn from Ukraine"
                sources, below = below, []
                targets = self.target(v, sources) or [a for a in self._speaker_of(v) if a.party not in {b.party for b in sources}]
                return self._pairs(v, sources, targets, frame)
            if not sources and not is_cooperative(frame.code):
                self._is_silent = True
            if not sources and frame.code[:3] in ("057", "087"):
                sources = self._speaker_of(v)
            if not sources and below and frame.code[:3] in ("040", "046", "160", "164"):
                sources, targets = below, []
            if not targets:
                targets = self.target(v, sources)
        else:
            sources = self.subject(v)
            if frame.rule in ("must", "should") and frame.complement is not None:
                addressed = self.agents if self.frames.is_passive(frame.complement) else self.subject
                targets = [a for a in addressed(frame.complement) if a.party not in {b.party for b in sources}]
                if not targets:
                    return []
            else:
                if frame.rule == "call_for":
                    # "calls for Eritrean pullout" is said to Eritrea, "calls for calm in Mali" to nobody
                    owners = [a for a in self._under(v, "for") if self._is_owner(a)]
                    if not owners:
                        self._consumed.add(v)
                        self._is_silent = True
                    return self._pairs(v, sources, owners, frame)
                if frame.rule in ("urge", "demand") and self._is_said_to_others(v, frame):
                    self._consumed.add(v)
                    self._is_silent = True
                    return []
                targets = self.object_of(v) if frame.rule in ("urge", "demand") else []
                targets = [a for a in targets if a.party not in {b.party for b in sources}] or self.target(v, sources)
        if len({a.party for a in sources}) > 1 and any(s.lemmas[c] == "other" and s.deps[c] == "dobj" for c in s.children[v]):
            # "blame each other"
            return [t for a in sources for t in self._pairs(v, [a], [b for b in sources if b.party != a.party], frame)]
        if frame.code[:3] in ("063", "084") and not self.frames.is_passive(v):
            # "Albania extradites Korean trader to Italy": to whom, not whom
            noun = s.child(v, "dobj")
            receivers = self._under(v, "to") or (self._under(noun, "to") if noun is not None else [])
            targets = [a for a in receivers if a.party not in {b.party for b in sources}] or targets
        if frame.code[:2] in ("04", "19"):
            # "clash over Libya", "speak over Iran"
            targets = [a for a in targets if not self._is_over(v, a)]
        if s.lemmas[v] == "discuss" and len({a.party for a in sources}) > 1:
            targets = []  # what they discuss is no party
        if len({a.party for a in sources}) > 1 and frame.code[:2] in ("03", "04", "05", "06"):
            # "the US and China will hold talks in Stockholm": the other side is among those who act, unless named with "with"
            own = {a.party for a in sources}
            if not any(a.party not in own for a in self._under(v, "with", "to")) and not self._has_object(v, targets):
                targets = []
        if not targets and frame.code[:2] in ("02", "03", "05", "06", "07", "10") and len({a.party for a in sources}) == 1:
            targets = [a for a in self._place_of(v) if a.party != sources[0].party]
        return self._pairs(v, sources, targets, frame, inferred)

    def _is_said_to_others(self, v: int, frame: Frame) -> bool:
        """``urges its citizens to leave Mali``: those who are urged are no state."""
        s = self.s
        if frame.complement is None or self.object_of(v):
            return False
        noun = s.child(v, "dobj")
        if noun is None:
            noun = s.child(frame.complement, "nsubj")
        if noun is None:
            on = next((c for c in s.children[v] if s.deps[c] == "prep" and s.lemmas[c] in ("on", "upon")), None)
            noun = s.child(on, "pobj") if on is not None else None
        return noun is not None and s.tags[noun][:2] == "NN" and any(s.tags[c] == "TO" for c in s.children[frame.complement])

    def _has_object(self, v: int, targets: Sequence[Actor]) -> bool:
        """Whether one of the targets is the object of a verb and not merely below it."""
        s = self.s
        objects = {c for c in s.children[v] if s.deps[c] in ("dobj", "dative")}
        return any(
            a.head in objects or (s.heads[a.head] in objects and s.deps[a.head] != "prep")
            for a in targets
            if isinstance(a, PlacedActor)
        )

    def _is_owner(self, actor: Actor) -> bool:
        """Whether the name stands before a thing of the actor's: ``Eritrean pullout``."""
        return isinstance(actor, PlacedActor) and self.s.deps[actor.anchor] in ("amod", "poss", "compound", "nmod")

    def _is_over(self, v: int, actor: Actor) -> bool:
        """Whether the actor stands after ``over`` below the verb: ``clash over Libya``."""
        s = self.s
        if not isinstance(actor, PlacedActor):
            return False
        preposition = s.heads[actor.head]
        return s.lemmas[preposition] == "over" and s.heads[preposition] == v

    def _asked_by(self, v: int) -> Sequence[Actor]:
        """Who asked for what the verb tells: ``as requested by X``, ``at the request of X``, ``upon a request from X``."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "advcl" and s.lemmas[c] == "request":
                return self.agents(c)
            if s.deps[c] == "prep" and s.lemmas[c] in ("at", "upon", "on"):
                for p in s.children[c]:
                    if s.lemmas[p] == "request":
                        owners, others, _ = self._around(p)
                        return owners or others
        return []

    def _pairs(
        self, v: int, sources: Sequence[Actor], targets: Sequence[Actor], frame: Frame, inferred: bool = False
    ) -> list[ProposedEvent]:
        parties = {a.party for a in sources}
        reporter = self.reporter(v)
        if not sources:
            return []
        joint = len(parties) > 1 and not targets
        reciprocal = joint or (frame.code[:3] in _RECIPROCAL and bool(targets))
        if frame.code[:2] in ("15", "19") and self._together(v, joint):
            frame, reciprocal = replace(frame, code="062", rule="together"), True
        if joint:
            if not (frame.code[:2] in ("03", "04", "05", "06", "12", "16", "19") or self.frames.is_in(v, lx.RECIPROCAL_VERBS)):
                return []
            targets = sources
        if not targets and frame.code[:2] == "03" and self.discourse.pair is not None:
            other = [a for a in self.discourse.pair if a.party not in parties]
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

    def _under(self, i: int, *prepositions: str) -> Sequence[Actor]:
        """Actors after one of the prepositions below a word."""
        s = self.s
        for c in s.children[i]:
            if s.deps[c] in ("prep", "agent", "dative") and s.lemmas[c] in prepositions:
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found = self.actors_of(p)
                        if found:
                            return found
        return []

    def _givers(self, v: int, noun: int | None) -> Sequence[Actor]:
        """From whom something is received."""
        found = self._under(v, "from", "by")
        if not found and noun is not None:
            found = self._under(noun, "from", "by", "of") or in_phrase(self.s, noun, self.actors)
        return found

    def _carried(self, v: int) -> list[ProposedEvent] | None:
        """``Help for India arrived from Sri Lanka``: the thing is the subject, and who sends it stands after ``from``."""
        s = self.s
        if s.lemmas[v] not in lx.ARRIVES:
            return None
        noun = s.child(v, "nsubj")
        rescuers = noun is not None and self.frames.noun_in(noun, lx.RESCUERS) and self.frames.topic(noun, lx.RESCUE)
        if noun is None or not (rescuers or self.frames.noun_in(noun, lx.AID | lx.ARMS | {"gift", "electricity", "oil"})):
            return None
        traded = self.frames.noun_in(noun, frozenset({"gas", "electricity", "oil"}))
        arms = self.frames.noun_in(noun, lx.ARMS - {"gas"})
        frame = Frame("061" if traded else "072" if arms else "070", PAST, "carried")
        sources = (
            self._under(v, "from")
            or self._under(noun, "from", "of", "by")
            or [a for c in s.children[noun] if s.deps[c] in ("poss", "amod", "compound") for a in self.actors_of(c)]
        )
        targets = self._under(noun, "for", "to") or self._under(v, "in", "to", "at") or self.target(v, sources)
        return self._pairs(v, sources, [a for a in targets if a.party not in {b.party for b in sources}], frame)

    def _is_armed(self, v: int) -> bool:
        noun = self.s.child(v, "nsubj", "nsubjpass")
        return noun is not None and (self.s.lemmas[noun] in lx.TROOPS or lx.SECTOR.get(self.s.lemmas[noun]) == "MIL")

    def _joint_act(self, v: int) -> list[ProposedEvent]:
        """``Armenia, Iran to expand freight corridor``: what two states do to a thing of theirs is cooperation."""
        s = self.s
        if s.lemmas[v] not in lx.MAKING or not any(s.deps[c] == "dobj" for c in s.children[v]) or self.frames.is_passive(v):
            return []
        sources = self.subject(v)
        if len({a.party for a in sources}) < 2 or self.target(v, sources):
            return []
        return self._pairs(v, sources, [], self.frames.in_time(v, Frame("060", PAST, "joint_act")))

    def _has_partner(self, v: int) -> bool:
        """Whether ``with`` or ``alongside`` somebody stands below a verb."""
        return any(self.s.lemmas[j] in ("with", "alongside", "together", "and") for j in self.s.subtree(v))

    def _place_of(self, v: int) -> Sequence[Actor]:
        """Where the one is who acts: ``Dutch premier in Kyiv, promises air defence``."""
        noun = self.s.child(v, "nsubj")
        return [] if noun is None else self._under(noun, "in")

    def _by_crowd(self, v: int, frame: Frame) -> Frame:
        """What crowds do to another state is protest, whatever the verb says of armies."""
        s = self.s
        noun = s.child(v, "nsubj")
        if noun is None or frame.code[:2] in ("14", "04", "05", "06", "07"):
            return frame
        crowd = s.lemmas[noun] in lx.CROWDS or lx.SECTOR.get(s.lemmas[noun]) in ("EDU", "LAB", "AGR", "OPP")
        if not crowd or s.lemmas[v] not in lx.CROWD_ACTS:
            return frame
        violent = s.lemmas[v] in lx.VIOLENT
        return replace(frame, code="145" if violent else "144" if s.lemmas[v] in lx.BLOCKING else "141", rule="crowd")

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

    def _as_asked(self, v: int) -> list[ProposedEvent]:
        """What is done at the request of another is cooperation, whatever the verb."""
        asked = self._asked_by(v)
        if not asked:
            return []
        s = self.s
        legal = any(s.lemmas[j] in lx.LEGAL for i in (v, *s.ancestors(v)) for j in s.subtree(i))
        return self._pairs(v, self.subject(v), asked, Frame("063" if legal else "060", PAST, "as_requested"))

    # --- nouns ---

    def _of_noun(self, n: int) -> list[ProposedEvent]:
        s = self.s
        lemma = s.lemmas[n]
        if lemma in lx.UNDER and s.deps[n] == "pobj" and s.lemmas[s.heads[n]] == "under":
            return self._of_being_under(n)
        code = lx.NOUNS.get(lemma)
        if lemma == "call" and self._under(n, "with"):
            code = "041"
        if lemma == "conference" and self.frames.is_for_press(n):
            return []
        lifting = lemma in ("lifting", "removal", "easing", "relaxation", "waiver", "suspension", "imposition")
        if code is None and not lifting:
            return []
        if s.deps[n] in ("compound", "amod") and lemma not in ("strike",):
            return []
        if lifting:
            inner = next((p for c in s.children[n] if s.lemmas[c] == "of" for p in s.children[c] if s.deps[p] == "pobj"), None)
            if inner is None or not self.frames.noun_in(inner, lx.SANCTIONS):
                return []
            code = "163" if lemma == "imposition" else "085"
        assert code is not None
        modality = self._modality_of(n)
        if modality == DENIED and s.lemmas[s.heads[n]] == "be" and s.deps[n] == "attr":
            # "there were no talks"
            self._is_silent = True
            return []
        fate = s.lemmas[s.heads[n]] if s.deps[n] in ("nsubj", "nsubjpass") else ""
        if fate in lx.ENDS:
            if code[:2] == "04":
                code = "120" if fate in ("collapse", "fail", "founder", "stall", "break") else "164"
            elif code[:2] in ("05", "06", "07"):
                code = "162" if code[:2] == "07" else "160"
            elif not is_cooperative(code):
                code = "080"
        if lemma == "rally" and self.frames.is_of_markets():
            self._is_silent = True
            return []
        if code == "061" and s.deps[n] == "nsubj" and s.lemmas[s.heads[n]] in lx.CHANGES:
            # "exports to Vietnam grew": figures of trade tell no event
            self._is_silent = True
            return []
        owners, others, between = self._around(n)
        if code[:2] == "04" and not owners and not others and s.deps[n] == "pobj" and s.lemmas[s.heads[n]] in ("in", "for", "at"):
            # "Greek, Turkish ministers in first meeting"
            above = s.heads[s.heads[n]]
            if s.tags[above][:2] == "NN" and s.heads[above] == above:
                between = self.actors_of(above)
                between = between if len({a.party for a in between}) > 1 else []
        if between:
            frame = Frame(code, modality, "noun")
            return self._pairs(n, between, [], frame) if code[:2] in ("03", "04", "05", "06", "19") else []
        parties = {a.party for a in owners}
        others = [a for a in others if a.party not in parties]
        if not owners or not others:
            if code[:3] in ("040", "046") and not owners and not others:
                return self._talks_of_pair(n, code, modality)
            owners, others = self._with_subject(n, code, owners, others)
            if not owners or not others:
                return []
        frame = Frame(code, modality, "noun")
        return self._pairs(n, owners, others, frame)

    def _of_being_under(self, n: int) -> list[ProposedEvent]:
        """``Iran under fire from Israel``, ``came under pressure from``."""
        s = self.s
        sources = self._under(n, "from", "by") or self._under(s.heads[s.heads[n]], "from", "by")
        up = s.heads[s.heads[n]]
        targets = self.subject(up) if s.is_verb(up) else self.actors_of(up)
        targets = [a for a in targets if a.party not in {b.party for b in sources}]
        return self._pairs(n, sources, targets, Frame(lx.UNDER[s.lemmas[n]], self._modality_of(n), "under"))

    def _with_subject(
        self, n: int, code: str, owners: Sequence[Actor], others: Sequence[Actor]
    ) -> tuple[Sequence[Actor], Sequence[Actor]]:
        """For talks with one side named, the other is who the clause is about."""
        if code[:2] != "04" or owners or not others:
            return owners, others
        s = self.s
        for up in s.ancestors(n):
            if s.is_verb(up):
                for v in (up, *s.ancestors(up)):
                    if s.is_verb(v):
                        found = [a for a in self.subject(v) if a.party not in {b.party for b in others}]
                        if found:
                            return found, others
        return owners, others

    def _talks_of_pair(self, n: int, code: str, modality: str) -> list[ProposedEvent]:
        """``Communication has resumed``: between the two of whom the sentence or the text last spoke."""
        s = self.s
        if s.deps[n] not in ("nsubj", "nsubjpass") or s.lemmas[s.heads[n]] not in (
            "resume", "restart", "continue", "begin", "start", "open", "reopen", "hold", "restore",
        ):  # fmt: skip
            return []
        if self.discourse.pair is None or {a.party for a in self.actors} - {a.party for a in self.discourse.pair}:
            return []
        pair = [replace(a, inferred=True) for a in self.discourse.pair]
        return self._pairs(n, pair, [], Frame(code, modality, "noun_pair"))

    def _around(self, n: int) -> tuple[Sequence[Actor], Sequence[Actor], Sequence[Actor]]:
        """Who stands before a noun or after ``by``; who stands after ``on``, ``to``, ``with``; and pairs (``between``)."""
        s = self.s
        owners: list[Actor] = []
        others: list[Actor] = []
        between: list[Actor] = []
        for c in s.children[n]:
            if s.deps[c] in ("poss", "amod", "compound", "nmod"):
                owners += self.actors_of(c) if s.tags[c] not in ("PRP$",) else self._of_pronoun(c)
            elif s.deps[c] in ("prep", "agent") and s.lemmas[c] not in lx.ASIDE:
                if s.lemmas[c] in ("in", "at", "on") and s.lemmas[n] in lx.TALKS - lx.VISITS:
                    continue  # where they talk, and of what
                for p in s.children[c]:
                    if s.deps[p] != "pobj":
                        continue
                    found = self.actors_of(p)
                    if s.lemmas[c] in ("between", "among"):
                        between += found
                    elif s.lemmas[c] == "by":
                        owners += found
                    elif s.lemmas[c] == "of" and self.frames.noun_in(p, lx.SANCTIONS):
                        inner_owners, inner_others, _ = self._around(p)
                        owners += inner_owners
                        others += inner_others
                    elif s.lemmas[c] == "from" and lx.NOUNS.get(s.lemmas[n], "")[:2] in (
                        "10",
                        "02",
                        "11",
                        "13",
                        "07",
                        "16",
                        "12",
                    ):
                        owners += found
                    elif s.lemmas[c] in ("on", "to", "with", "against", "in", "for", "of", "at", "from", "over", "into"):
                        others += found
        if s.lemmas[n] in lx.VISITS and len({a.party for a in owners}) == 2 and not others:
            # "Pelosi's Taiwan visit": the guest stands before the host
            guest = min(owners, key=lambda a: a.start if isinstance(a, PlacedActor) else -1)  # "its Taiwan visit"
            return [guest], [a for a in owners if a.party != guest.party], []
        if len({a.party for a in owners}) == 2 and not others and lx.NOUNS.get(s.lemmas[n], "")[:2] in ("04", "05", "06", "19"):
            return [], [], owners
        return owners, others, between if len({a.party for a in between}) > 1 else []

    def _modality_of(self, n: int) -> str:
        s = self.s
        for up in s.ancestors(n):
            if s.is_verb(up):
                auxiliaries = self.frames.auxiliaries(up)
                if self.frames.is_negated(up):
                    return DENIED
                if auxiliaries & lx.FUTURE or s.lemmas[up] in lx.INTEND:
                    return INTENDED
                if auxiliaries & {"would", "might", "could", "may", "should"}:
                    return HYPOTHETICAL
                if s.tags[up] == "VB" and s.deps[up] == "ROOT":
                    return INTENDED
                return ONGOING if s.tags[up] == "VBG" and "be" in auxiliaries else PAST
        return PAST


def _state(actor: Actor) -> Actor:
    """The state of an actor of an earlier sentence."""
    return replace(without_place(actor), actor_id=actor.country_id or actor.actor_id, sector=None, inferred=True)


_MOVES = frozenset({"087", "154", "150", "152", "166"})
_RECIPROCAL = frozenset({"036", "040", "041", "042", "043", "044", "046", "057"})
_BY_THE_STATE = frozenset({"173", "172", "116", "090", "174", "171", "112"})
_MIRROR = {"042": "043", "043": "042"}
