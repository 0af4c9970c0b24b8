"""The events that verbs express: who is on which side, by voice, by rule, and by what only some verbs do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.coreference import Parties
from assets.news.coding.frame import PAST, Frame
from assets.news.coding.frames import Frames
from assets.news.coding.noun_events import NounEvents
from assets.news.coding.placed_actors import Actor, PlacedActor, in_phrase, without_place
from assets.news.coding.proposed import Pairing, ProposedEvent, Words, others
from assets.news.coding.subject import Subjects
from assets.news.coding.target import Targets
from assets.news.coding.tense import in_time

_MOVES = frozenset({"087", "154", "150", "152", "166"})
"""Moves of forces: a passive without a doer has the forces as its source."""

_BY_THE_STATE = frozenset({"173", "172", "116", "090", "174", "171", "112"})
"""Acts of authorities: where a passive names no doer, the state in which it happened did it."""


_KEPT_OUT = frozenset({"ban", "banish", "bar", "debar", "deport", "eject", "evict", "exclude", "expel", "oust"})
"""What is done to those who must not be in a place: where a passive names no doer, the state of the place did it."""


@dataclass(frozen=True)
class Sides:
    """Who does it and to whom; ``inferred`` where the text before had to be asked for the doer."""

    sources: Sequence[Actor]
    targets: Sequence[Actor]
    inferred: bool = False


class VerbEvents:
    """Events of the verbs of one sentence."""

    def __init__(
        self,
        parties: Parties,
        frames: Frames,
        subjects: Subjects,
        targets: Targets,
        pairing: Pairing,
        nouns: NounEvents,
        read: Words,
    ) -> None:
        self.s = parties.s
        self.parties = parties
        self.frames = frames
        self.subjects = subjects
        self.targets = targets
        self.pairing = pairing
        self.nouns = nouns
        self.read = read

    def of_verb(self, v: int, frame: Frame) -> list[ProposedEvent]:
        """The events of a verb with its frame."""
        s = self.s
        if s.lemmas[v] == "request" and s.deps[v] == "advcl":
            return []
        asked = self._on_request(v, frame.modality)
        if asked:
            return asked
        if v in self.read.unreal and frame.modality == PAST and s.deps[v] in ("relcl", "acl", "pcomp", "xcomp"):
            return []
        frame = self._by_crowd(v, frame)
        if frame.code == "062" and len({a.party for a in self.subjects.subject(v)}) == 1 and not self._has_partner(v):
            frame = replace(frame, code="150")
        if frame.rule == "receive":
            return self.pairing.pairs(v, self._givers(v, frame.noun), self.subjects.subject(v), frame)
        if frame.rule == "refuge":
            # "Malian herders found refuge in Ghana": who lets them in gives it
            guests = self.subjects.subject(v)
            hosts = [a for i in (v, frame.noun or v) for a in self.parties.under(i, "in", "from", "with", "at")]
            return self.pairing.pairs(v, others(hosts, guests), guests, frame)
        carried = self.carried(v)
        if carried is not None:
            return carried
        is_passive = self.frames.is_passive(v) and frame.rule not in ("must", "should")
        sides = self._of_passive(v, frame) if is_passive else self._of_active(v, frame)
        if not isinstance(sides, Sides):
            return sides
        sources, targets = sides.sources, sides.targets
        if len({a.party for a in sources}) > 1 and any(s.lemmas[c] == "other" and s.deps[c] == "dobj" for c in s.children[v]):
            # "blame each other"
            return [t for a in sources for t in self.pairing.pairs(v, [a], others(sources, [a]), frame)]
        return self.pairing.pairs(v, sources, self._settled_targets(v, frame, sources, targets), frame, sides.inferred)

    def _on_request(self, v: int, modality: str) -> list[ProposedEvent]:
        """What is done at the request of another is cooperation, whatever the verb."""
        asked = self.asked_by(v)
        if not asked:
            return []
        s = self.s
        legal = any(s.lemmas[j] in lx.LEGAL for i in (v, *s.ancestors(v)) for j in s.subtree(i))
        done = Frame("063" if legal else "060", modality, "as_requested")
        return self.pairing.pairs(v, self.subjects.subject(v), asked, done)

    def _of_passive(self, v: int, frame: Frame) -> Sides | list[ProposedEvent]:
        """The two sides of a verb in the passive, or the events themselves where nothing more is to be asked."""
        s = self.s
        sources = self.subjects.agents(v)
        below = self.subjects.subject(v)
        if not sources:
            if frame.rule == "as_requested":
                return []
            if frame.rule in ("urge", "demand"):
                # as in "Peru urged to return relics: Bolivian official"
                return self.pairing.pairs(v, self.parties.speakers, below, frame)
            if s.lemmas[v] in ("expect", "schedule", "set", "suppose"):
                return []
            if frame.code[:3] in _BY_THE_STATE:
                # "Spanish smugglers were arrested in Morocco"
                sources = others(self.parties.under(v, "in"), below)
            elif s.lemmas[v] in _KEPT_OUT:
                # "a Kenyan pastor was barred from Uganda"
                sources = others(self.parties.under(v, "from", "in"), below)
        targets: Sequence[Actor] = others(below, sources)
        inferred = False
        if not sources and below and frame.code[:2] >= "08":
            known = self.parties.discourse.sources.get(below[0].party)
            sources = [_state(known)] if known is not None and known.country_id is not None else []
            inferred = True
        if not sources and frame.code[:3] in _MOVES and self._is_armed(v):
            # "Russian troops withdrawn from Ukraine"
            targets = self.targets.target(v, below) or others(self.subjects.speaker_of(v), below)
            return self.pairing.pairs(v, below, targets, frame)
        if not sources and not is_cooperative(frame.code):
            self.read.is_open = True
        if not sources and frame.code[:3] in ("057", "087"):
            sources = self.subjects.speaker_of(v)
        if not sources and below and frame.code[:3] in ("040", "046", "160", "164"):
            sources, targets = below, []
        targets = targets or self.targets.target(v, sources)
        if not targets and self.subjects.agents(v) and frame.code[:2] not in ("03", "04", "06", "19"):
            return []  # "was recognised by Nepal and Iraq": they did it together, not to each other
        return Sides(sources, targets, inferred)

    def _of_active(self, v: int, frame: Frame) -> Sides | list[ProposedEvent]:
        """The two sides of a verb in the active voice, or the events themselves where nothing more is to be asked."""
        sources = self.subjects.subject(v)
        if frame.rule in ("must", "should") and frame.complement is not None:
            is_passive = self.frames.is_passive(frame.complement)
            addressed = self.subjects.agents if is_passive else self.subjects.subject
            targets = others(addressed(frame.complement), sources)
            return Sides(sources, targets) if targets else []
        if frame.rule == "call_for":
            # "calls for Eritrean pullout" is said to Eritrea, "calls for calm in Mali" to nobody
            owners = [a for a in self.parties.under(v, "for") if self._is_owner(a)]
            if not owners:
                self._silence(v)
            return self.pairing.pairs(v, sources, owners, frame)
        is_asked = frame.rule in ("urge", "demand")
        if is_asked and self._is_said_to_others(v, frame):
            self._silence(v)
            return []
        addressed_here = others(self.subjects.object_of(v), sources) if is_asked else []
        return Sides(sources, addressed_here or self.targets.target(v, sources))

    def _silence(self, v: int) -> None:
        self.read.consumed.add(v)
        self.read.is_silent = True

    def _settled_targets(self, v: int, frame: Frame, sources: Sequence[Actor], targets: Sequence[Actor]) -> Sequence[Actor]:
        """The targets, less those that are only mentioned, and with those whose role the grammar does not say."""
        s = self.s
        own = {a.party for a in sources}
        if frame.code[:3] in ("063", "084") and not self.frames.is_passive(v):
            # "Albania extradites Korean trader to Italy": to whom, not whom
            noun = s.child(v, "dobj")
            receivers = self.parties.under(v, "to") or (self.parties.under(noun, "to") if noun is not None else [])
            targets = others(receivers, sources) or targets
        if frame.code[:2] in ("04", "19"):
            # "clash over Libya", "speak over Iran"
            targets = [a for a in targets if not self._is_over(v, a)]
        if s.lemmas[v] == "discuss" and len(own) > 1:
            targets = []  # what they discuss is no party
        if len(own) > 1 and frame.code[:2] in ("03", "04", "05", "06") and frame.rule != "opinion":
            # "the US and China will hold talks in Stockholm": the other side is among those who act, unless named with "with"
            is_with_others = bool(others(self.parties.under(v, "with", "to"), sources)) or self._has_object(v, targets)
            targets = targets if is_with_others else []
        if not targets and frame.code[:2] in ("02", "03", "05", "06", "07", "10") and len(own) == 1:
            targets = others(self._place_of(v), sources)
        return targets

    def _is_said_to_others(self, v: int, frame: Frame) -> bool:
        """``urges its citizens to leave Mali``: those who are urged are no state."""
        s = self.s
        if frame.complement is None or self.subjects.object_of(v):
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
        """Whether the name comes before a thing of the actor's: ``Eritrean pullout``."""
        return isinstance(actor, PlacedActor) and self.s.deps[actor.anchor] in ("amod", "poss", "compound", "nmod")

    def _is_over(self, v: int, actor: Actor) -> bool:
        """Whether the actor comes after ``over`` below the verb: ``clash over Libya``."""
        s = self.s
        if not isinstance(actor, PlacedActor):
            return False
        preposition = s.heads[actor.head]
        return s.lemmas[preposition] == "over" and s.heads[preposition] == v

    def asked_by(self, v: int) -> Sequence[Actor]:
        """Who asked for what the verb expresses: ``as requested by X``, ``at the request of X``, ``upon a request from X``."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "advcl" and s.lemmas[c] == "request":
                return self.subjects.agents(c)
            if s.deps[c] == "prep" and s.lemmas[c] in ("at", "upon", "on"):
                for p in s.children[c]:
                    if s.lemmas[p] == "request":
                        owners, others, _ = self.nouns.around(p)
                        return owners or others
        return []

    def _givers(self, v: int, noun: int | None) -> Sequence[Actor]:
        """From whom something is received."""
        found = self.parties.under(v, "from", "by")
        if not found and noun is not None:
            found = self.parties.under(noun, "from", "by", "of") or in_phrase(self.s, noun, self.parties.actors)
        return found

    def carried(self, v: int) -> list[ProposedEvent] | None:
        """``Help for India arrived from Sri Lanka``: the thing is the subject, and who sends it comes after ``from``."""
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
            self.parties.under(v, "from")
            or self.parties.under(noun, "from", "of", "by")
            or [a for c in s.children[noun] if s.deps[c] in ("poss", "amod", "compound") for a in self.parties.actors_of(c)]
        )
        targets = (
            self.parties.under(noun, "for", "to") or self.parties.under(v, "in", "to", "at") or self.targets.target(v, sources)
        )
        return self.pairing.pairs(v, sources, [a for a in targets if a.party not in {b.party for b in sources}], frame)

    def _is_armed(self, v: int) -> bool:
        noun = self.s.child(v, "nsubj", "nsubjpass")
        return noun is not None and (self.s.lemmas[noun] in lx.TROOPS or lx.SECTOR.get(self.s.lemmas[noun]) == "MIL")

    def joint_act(self, v: int) -> list[ProposedEvent]:
        """``Armenia, Iran to expand freight corridor``: what two states do to a thing of theirs is cooperation."""
        s = self.s
        if s.lemmas[v] not in lx.MAKING or not any(s.deps[c] == "dobj" for c in s.children[v]) or self.frames.is_passive(v):
            return []
        sources = self.subjects.subject(v)
        if len({a.party for a in sources}) < 2 or self.targets.target(v, sources):
            return []
        return self.pairing.pairs(v, sources, [], in_time(self.frames, v, Frame("060", PAST, "joint_act")))

    def _has_partner(self, v: int) -> bool:
        """Whether ``with`` or ``alongside`` somebody is below a verb."""
        return any(self.s.lemmas[j] in ("with", "alongside", "together", "and") for j in self.s.subtree(v))

    def _place_of(self, v: int) -> Sequence[Actor]:
        """Where the one is who acts: ``Dutch premier in Kyiv, promises air defence``."""
        noun = self.s.child(v, "nsubj")
        return [] if noun is None else self.parties.under(noun, "in")

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

    def as_asked(self, v: int) -> list[ProposedEvent]:
        """What is done at the request of another, where the verb expresses no event of its own."""
        return self._on_request(v, PAST)


def _state(actor: Actor) -> Actor:
    """The state of an actor of an earlier sentence."""
    return replace(without_place(actor), actor_id=actor.country_id or actor.actor_id, sector=None, inferred=True)
