"""Who does what to whom in a sentence: its verbs from the top down, then the nouns that no verb has used, then guesses."""

from __future__ import annotations

from collections.abc import Sequence

from assets.news.coding import lexicon as lx
from assets.news.coding.complement_frames import said
from assets.news.coding.constructions import Pair, is_asked, ruled_out
from assets.news.coding.coreference import Discourse, Parties
from assets.news.coding.earlier import NOTHING, Earlier
from assets.news.coding.frame import DENIED, HYPOTHETICAL, INTENDED, PAST, Frame
from assets.news.coding.frames import Frames
from assets.news.coding.guesses import Guesses
from assets.news.coding.noun_events import NounEvents
from assets.news.coding.parse import Sentence
from assets.news.coding.placed_actors import PlacedActor
from assets.news.coding.proposed import Pairing, ProposedEvent, Words
from assets.news.coding.reactions import Reactions
from assets.news.coding.subject import Subjects
from assets.news.coding.target import Targets
from assets.news.coding.verb_events import VerbEvents

_MAKES = frozenset({"cause", "coax", "compel", "force", "get", "help", "lead", "oblige", "persuade", "prompt"})
"""Verbs that say of another that it did what the verb below them says."""

_CLAIMS = frozenset({"demand", "insist", "urge"})


class Clauses:
    """Reads the events of one sentence."""

    def __init__(
        self,
        sentence: Sentence,
        actors: Sequence[PlacedActor],
        discourse: Discourse | None = None,
        bystanders: Sequence[PlacedActor] = (),
        earlier: Earlier = NOTHING,
    ) -> None:
        """Make a reader of a sentence.

        Args:
            sentence: parsed sentence.
            actors: those that it names.
            discourse: what earlier sentences left.
            bystanders: others that it names, who take part in nothing: their names are masked where names are.
            earlier: what was said before it.
        """
        self.s = sentence
        self.earlier = earlier
        self.named = (*actors, *bystanders)
        self.parties = Parties(sentence, actors, discourse if discourse is not None else Discourse())
        self.frames = Frames(sentence)
        self.read = Words()
        self.subjects = Subjects(self.parties, self.frames)
        self.pairing = Pairing(self.parties, self.subjects, self.frames)
        targets = Targets(self.parties, self.subjects)
        self.nouns = NounEvents(self.parties, self.frames, self.subjects, self.pairing, self.read)
        self.verbs = VerbEvents(self.parties, self.frames, self.subjects, targets, self.pairing, self.nouns, self.read)
        self.guessing = Guesses(self.parties, self.frames, self.subjects, targets, self.read)
        self.answers = Reactions(self.parties, self.frames, self.subjects, targets)

    @property
    def actors(self) -> Sequence[PlacedActor]:
        """The parties that the sentence names, other than its speakers and topics."""
        return self.parties.actors

    def events(self, *, guess: bool = False, pairs: bool = False) -> list[ProposedEvent]:
        """All events of the sentence in the order of their words.

        Args:
            pairs: also every other directed pair of parties that the sentence names, and those with parties named before it, for
                an encoder to judge.
            guess: also pairs that no rule has a code for: subject and object of verbs that the lexicon does not know, and
                parties that follow each other in a sentence that expresses nothing else. Their code is empty; a classifier must
                say what they are, or that they are not events.
        """
        s = self.s
        proposed: list[ProposedEvent] = []
        if s.text.rstrip().endswith("?"):
            return []  # who asks expresses no event
        order = sorted(range(len(s)), key=self._depth)
        for i in order:
            if i in self.read.consumed:
                continue
            if s.is_verb(i) or (s.deps[i] in ("ROOT", "ccomp", "conj") and s.tags[i][:2] in ("JJ", "NN")):
                if s.deps[i] in ("aux", "auxpass"):
                    continue
                frame = self.frames.of(i)
                if frame is None:
                    proposed += self.verbs.as_asked(i) or self.verbs.carried(i) or self.verbs.joint_act(i)
                    continue
                asked = said(self.frames, i, frame) if self.parties.speakers and s.heads[i] == i else None
                if asked is not None:
                    # as in "Estonia must pay: Finnish minister"
                    self._swallow(i)
                    self.read.unreal.update(s.subtree(i))
                    proposed += self.pairing.pairs(i, self.parties.speakers, self.subjects.subject(i), asked)
                    continue
                self._consume(i, frame)
                if frame.rule == "unreal":
                    self.read.consumed.add(i)
                    self.read.consumed.update(j for c in s.children[i] if s.deps[c] == "prep" for j in s.subtree(c))
                    self.read.is_open |= frame.modality == HYPOTHETICAL
                    self.read.is_silent |= frame.modality != HYPOTHETICAL
                    continue
                proposed += self.verbs.of_verb(i, frame)
        proposed += self._guest()
        nouns = [i for i in range(len(s)) if s.tags[i][:2] == "NN" and i not in self.read.consumed and i not in self.read.unreal]
        for i in nouns:
            proposed += self.nouns.of_noun(i)
        proposed += list(self.answers.reactions(proposed))
        read = proposed = [t for t in proposed if self._is_told(t, proposed)]
        if guess:
            proposed = proposed + [t for t in self.guessing.guesses(proposed) if self._is_told(t, read)]
        if pairs:
            proposed = proposed + [t for t in self.guessing.pairs(proposed) if self._is_told(t, read)]
            proposed = proposed + self.guessing.with_earlier(proposed, self.earlier)
        return sorted(proposed, key=lambda t: t.trigger)

    def _is_told(self, event: ProposedEvent, read: Sequence[ProposedEvent]) -> bool:
        """Whether neither a construction rules an event out nor a question mark."""
        if is_asked(self.s, event.trigger):
            return False
        if not isinstance(event.source, PlacedActor) or not isinstance(event.target, PlacedActor):
            return True
        pair = Pair(self.parties, self.frames, self.subjects, event.source, event.target, read)
        return ruled_out(pair, was_read=bool(event.frame.code)) is None

    def _guest(self) -> list[ProposedEvent]:
        """A headline without a verb: ``French president in Astana, uranium on agenda``."""
        s = self.s
        top = next((i for i in range(len(s)) if s.heads[i] == i), 0)
        if s.tags[top][:2] != "NN" or s.lemmas[top] not in lx.SECTOR or lx.SECTOR[s.lemmas[top]] not in ("GOV", "LEG"):
            return []
        guests = self.parties.actors_of(top)
        hosts = [a for a in self.parties.under(top, "in") if a.party not in {b.party for b in guests}]
        return self.pairing.pairs(top, guests, hosts, Frame("042", PAST, "guest")) if hosts else []

    def _depth(self, i: int) -> int:
        return sum(1 for _ in self.s.ancestors(i))

    def _consume(self, v: int, frame: Frame) -> None:
        """What is demanded, promised, refused or threatened did not happen: its verb and nouns express nothing on their own."""
        s = self.s
        if frame.complement is not None and not self._came_about(v, frame):
            self._swallow(frame.complement)
            for j in range(frame.complement + 1, len(s)):
                # "urges Japan to apologise, pay Korean workers": the second is asked for too, wherever the parser attaches it
                if s.tags[j] in ("VB", "VBP") and s.words[j - 1] == "," and s.heads[j] in (v, frame.complement):
                    self._swallow(j)
                    self.read.unreal.update(s.subtree(j))
        if frame.noun is not None:
            self.read.consumed.update(self._chain(frame.noun))
        if frame.code[:2] in ("03", "08", "12", "13", "15", "16"):
            self.read.consumed.update(c for c in s.children[v] if s.deps[c] in ("dobj", "nsubjpass"))
            self.read.consumed.update(
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
                    self.read.unreal.update(s.subtree(c))
        if s.lemmas[v] in _CLAIMS:
            # "Libya must hand over the smugglers, Athens demanded": what is demanded was not done
            for c in s.children[v]:
                if s.deps[c] == "ccomp" and not lx.OBLIGATION.isdisjoint(self.frames.auxiliaries(c)):
                    self._swallow(c)
        if frame.code[:2] in ("02", "03", "10", "12", "13") or frame.modality in (DENIED, HYPOTHETICAL, INTENDED):
            for c in s.children[v]:
                if c == frame.complement and self._came_about(v, frame):
                    continue
                if s.deps[c] in ("dobj", "prep", "xcomp", "ccomp", "nsubjpass", "advcl") and s.lemmas[c] not in lx.ASIDE:
                    if s.deps[c] == "advcl" and s.child(c, "mark") is not None and c != frame.complement:
                        continue
                    self.read.unreal.update(s.subtree(c))

    def _came_about(self, v: int, frame: Frame) -> bool:
        """Whether what others are made to do was done: ``forced Togo to release``; not so after ``urged`` or ``will force``."""
        return self.s.lemmas[v] in _MAKES and frame.modality == PAST and not self.frames.is_negated(v)

    def _chain(self, noun: int) -> list[int]:
        """A noun and the nouns that it is ``of`` (``a range of exchanges``)."""
        s = self.s
        return [noun, *(p for c in s.children[noun] if s.lemmas[c] in ("of", "on") for p in s.children[c] if s.deps[p] == "pobj")]

    def _swallow(self, verb: int) -> None:
        s = self.s
        self.read.consumed.add(verb)
        for c in s.children[verb]:
            if (s.deps[c] == "conj" and s.is_verb(c) and s.child(c, "nsubj", "nsubjpass") is None) or s.deps[c] in (
                "xcomp",
                "ccomp",
            ):
                self._swallow(c)
