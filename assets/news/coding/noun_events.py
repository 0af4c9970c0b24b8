"""The events that nouns express: ``Russia's invasion of Ukraine``, ``talks between``, ``under fire from``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.coreference import Parties
from assets.news.coding.frame import DENIED, HYPOTHETICAL, INTENDED, ONGOING, PAST, Frame
from assets.news.coding.frames import Frames
from assets.news.coding.placed_actors import Actor, PlacedActor
from assets.news.coding.proposed import Pairing, ProposedEvent, Words, others
from assets.news.coding.subject import Subjects
from assets.news.coding.tense import is_of_markets


class NounEvents:
    """Events of the nouns of one sentence."""

    def __init__(self, parties: Parties, frames: Frames, subjects: Subjects, pairing: Pairing, read: Words) -> None:
        self.s = parties.s
        self.parties = parties
        self.frames = frames
        self.subjects = subjects
        self.pairing = pairing
        self.read = read

    def of_noun(self, n: int) -> list[ProposedEvent]:
        """The events of a noun with those around it."""
        s = self.s
        if s.lemmas[n] in lx.UNDER and s.deps[n] == "pobj" and s.lemmas[s.heads[n]] == "under":
            return self._of_being_under(n)
        known = self._code(n)
        if known is None:
            return []
        modality = self._modality_of(n)
        code = self._code_of_fate(n, known, modality)
        if code is None:
            self.read.is_silent = True
            return []
        owners, facing, between = self.around(n)
        if code[:2] == "04" and not owners and not facing:
            of_headline = self._of_headline(n)
            between = between if of_headline is None else of_headline
        frame = Frame(code, modality, "noun")
        if between:
            return self.pairing.pairs(n, between, [], frame) if code[:2] in ("03", "04", "05", "06", "19") else []
        facing = others(facing, owners)
        if not owners and not facing and code[:3] in ("040", "046"):
            return self._talks_of_pair(n, code, modality)
        if not owners or not facing:
            owners, facing = self._with_subject(n, code, owners, facing)
        return self.pairing.pairs(n, owners, facing, frame) if owners and facing else []

    def _code(self, n: int) -> str | None:
        """The code of a noun by the lexicon and the words that change it; None where it expresses no event."""
        s = self.s
        lemma = s.lemmas[n]
        if lemma in ("lifting", "removal", "easing", "relaxation", "waiver", "suspension", "imposition"):
            inner = next((p for c in s.children[n] if s.lemmas[c] == "of" for p in s.children[c] if s.deps[p] == "pobj"), None)
            if s.deps[n] in ("compound", "amod") or inner is None or not self.frames.noun_in(inner, lx.SANCTIONS):
                return None
            return "163" if lemma == "imposition" else "085"
        if lemma == "conference" and self.frames.is_for_press(n):
            return None
        if s.deps[n] in ("compound", "amod") and lemma != "strike":
            return None
        return "041" if lemma == "call" and self.parties.under(n, "with") else lx.NOUNS.get(lemma)

    def _code_of_fate(self, n: int, code: str, modality: str) -> str | None:
        """The code where the noun's verb says that it ended; None where the sentence says that there was none of it."""
        s = self.s
        verb = s.heads[n]
        if modality == DENIED and s.lemmas[verb] == "be" and s.deps[n] == "attr":
            return None  # "there were no talks"
        fate = s.lemmas[verb] if s.deps[n] in ("nsubj", "nsubjpass") else ""
        if fate in lx.ENDS:
            if code[:2] == "04":
                code = "120" if fate in ("collapse", "fail", "founder", "stall", "break") else "164"
            elif code[:2] in ("05", "06", "07"):
                code = "162" if code[:2] == "07" else "160"
            elif not is_cooperative(code):
                code = "080"
        if s.lemmas[n] == "rally" and is_of_markets(self.frames):
            return None
        if code == "061" and s.deps[n] == "nsubj" and s.lemmas[verb] in lx.CHANGES:
            return None  # "exports to Vietnam grew": figures of trade express no event
        return code

    def _of_headline(self, n: int) -> Sequence[Actor] | None:
        """The two of a headline without a verb: ``Greek, Turkish ministers in first meeting``; None where it is no such."""
        s = self.s
        if s.deps[n] != "pobj" or s.lemmas[s.heads[n]] not in ("in", "for", "at"):
            return None
        above = s.heads[s.heads[n]]
        if s.tags[above][:2] != "NN" or s.heads[above] != above:
            return None
        found = self.parties.actors_of(above)
        return found if len({a.party for a in found}) > 1 else []

    def _of_being_under(self, n: int) -> list[ProposedEvent]:
        """``Iran under fire from Israel``, ``came under pressure from``."""
        s = self.s
        sources = self.parties.under(n, "from", "by") or self.parties.under(s.heads[s.heads[n]], "from", "by")
        up = s.heads[s.heads[n]]
        targets = self.subjects.subject(up) if s.is_verb(up) else self.parties.actors_of(up)
        targets = [a for a in targets if a.party not in {b.party for b in sources}]
        return self.pairing.pairs(n, sources, targets, Frame(lx.UNDER[s.lemmas[n]], self._modality_of(n), "under"))

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
                        found = [a for a in self.subjects.subject(v) if a.party not in {b.party for b in others}]
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
        if self.parties.discourse.pair is None or {a.party for a in self.parties.actors} - {
            a.party for a in self.parties.discourse.pair
        }:
            return []
        pair = [replace(a, inferred=True) for a in self.parties.discourse.pair]
        return self.pairing.pairs(n, pair, [], Frame(code, modality, "noun_pair"))

    def around(self, n: int) -> tuple[Sequence[Actor], Sequence[Actor], Sequence[Actor]]:
        """Who comes before a noun or after ``by``; who comes after ``on``, ``to``, ``with``; and pairs (``between``)."""
        s = self.s
        owners: list[Actor] = []
        others: list[Actor] = []
        between: list[Actor] = []
        for c in s.children[n]:
            if s.deps[c] in ("poss", "amod", "compound", "nmod"):
                owners += self.parties.actors_of(c) if s.tags[c] not in ("PRP$",) else self.parties.of_pronoun(c)
            elif s.deps[c] in ("prep", "agent") and s.lemmas[c] not in lx.ASIDE:
                if s.lemmas[c] in ("in", "at", "on") and s.lemmas[n] in lx.TALKS - lx.VISITS:
                    continue  # where they talk, and of what
                for p in s.children[c]:
                    if s.deps[p] != "pobj":
                        continue
                    found = self.parties.actors_of(p)
                    if s.lemmas[c] in ("between", "among"):
                        between += found
                    elif s.lemmas[c] == "by":
                        owners += found
                    elif s.lemmas[c] == "of" and self.frames.noun_in(p, lx.SANCTIONS):
                        inner_owners, inner_others, _ = self.around(p)
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
            # "Pelosi's Taiwan visit": the guest comes before the host
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
