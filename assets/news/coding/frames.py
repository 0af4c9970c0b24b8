"""From words to CAMEO codes: what a verb or noun says with its object, its complement, its negation and its tense.

``Frames.of(i)`` reads the word ``i`` of a sentence. The sign of an event hangs on the words around its verb: to lift
sanctions is not to impose them, and to refuse, to threaten or to promise something is not to do it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import appeal_for, demand_for, intent_to, is_cooperative, refusal_of, threat_of
from assets.news.coding.complement_rules import ComplementRule, VerbAndComplement, complement_rule
from assets.news.coding.object_rules import ObjectRule, VerbAndNoun
from assets.news.coding.object_rules import object_rule as first_rule
from assets.news.coding.parse import Sentence
from assets.news.coding.verb_rules import verb_rule

PAST, ONGOING, INTENDED, HYPOTHETICAL, DENIED = "past", "ongoing", "intended", "hypothetical", "denied"


@dataclass(frozen=True)
class Frame:
    """What a word tells: code, modality, and which words carry the sense.

    ``complement``: verb of the complement, where the event is about one (``urge`` ... ``release``). ``noun``: the object noun
    that gave the code together with a light verb. ``rule``: name of the rule, a feature of the classifier.
    """

    code: str
    modality: str
    rule: str
    complement: int | None = None
    noun: int | None = None


class Frames:
    """Reads the words of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self.s = sentence
        self._cache: dict[int, Frame | None] = {}

    # --- words around a verb ---

    def key(self, v: int) -> tuple[str, str]:
        """Lemma of a verb alone, and with its particle (``call_off``), the lemma again where it has none."""
        s = self.s
        lemma = s.lemmas[v]
        if s.tags[v].startswith("NN") and lemma.endswith("s"):
            lemma = lemma[:-1]
        particle = s.child(v, "prt")
        if particle is None and v + 1 < len(s) and s.tags[v + 1] == "RP":
            particle = v + 1  # "hands over four captives"
        if particle is not None:
            joined = f"{lemma}_{s.lemmas[particle]}"
            if particle + 1 < len(s) and f"{joined}_{s.lemmas[particle + 1]}" in lx.VERBS:
                joined = f"{joined}_{s.lemmas[particle + 1]}"
            return lemma, joined
        for c in s.children[v]:
            if s.deps[c] in ("prep", "advmod") and c == v + 1:
                joined = f"{lemma}_{s.lemmas[c]}"
                if joined in lx.VERBS or joined in lx.JOINED:
                    return lemma, joined
                if s.deps[c] == "prep" and c + 1 < len(s) and f"{joined}_{s.lemmas[c + 1]}" in lx.VERBS:
                    return lemma, f"{joined}_{s.lemmas[c + 1]}"
        return lemma, lemma

    def is_in(self, v: int, words: frozenset[str]) -> bool:
        """Whether a verb, with its particle or without, is one of the words."""
        lemma, joined = self.key(v)
        return joined in words or (joined == lemma and lemma in words)

    def auxiliaries(self, v: int) -> set[str]:
        """Lemmas of the auxiliaries of a verb, in small letters."""
        s = self.s
        found = {s.lemmas[c] for c in s.children[v] if s.deps[c] in ("aux", "auxpass")} | {
            s.words[c].lower() for c in s.children[v] if s.deps[c] == "aux"
        }
        if not found and s.deps[v] == "conj" and s.is_verb(s.heads[v]) and s.child(v, "nsubj", "nsubjpass") is None:
            return self.auxiliaries(s.heads[v]) - {"be"}
        return found

    def is_negated(self, v: int) -> bool:
        """Whether ``not``, ``never``, ``no longer`` or ``no`` before its object denies the verb."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] == "neg" or (
                s.deps[c] == "advmod" and (s.lemmas[c] in ("never", "hardly", "neither") or s.words[c].lower() == "longer")
            ):
                return True
            if s.deps[c] in ("nsubj", "nsubjpass") and any(
                s.lemmas[d] in ("neither", "no") and s.deps[d] in ("det", "preconj", "cc", "neg") for d in s.children[c]
            ):
                return True
            if s.deps[c] in ("dobj", "attr") and any(s.deps[d] in ("det", "neg") and s.lemmas[d] == "no" for d in s.children[c]):
                return True
        return False

    def is_passive(self, v: int) -> bool:
        """Whether the verb is in the passive voice."""
        s = self.s
        if s.child(v, "nsubjpass", "auxpass") is not None:
            return True
        if s.tags[v] not in ("VBN", "VBD"):
            return False
        if v + 1 < len(s) and s.tags[v + 1] == "TO" and s.lemmas[v] in lx.URGED and s.child(v, "dobj", "aux") is None:
            return True
        if s.deps[v] in ("acl",) and s.tags[v] == "VBN":
            return True
        if s.child(v, "agent") is not None:
            return True
        if s.lemmas[v] == "warn" and s.text[-1:].isalnum() and v + 1 < len(s) and s.lemmas[v + 1] in ("of", "over", "about"):
            # headlines tell in the present: what is in the past tense was done to the subject
            return True
        next_is_place = v + 1 < len(s) and (s.tags[v + 1] == "IN" or s.lemmas[v + 1] == "dead")
        if s.lemmas[v] in lx.SUFFERED and next_is_place and s.child(v, "dobj", "aux") is None:
            # "two Turks killed in Somalia bombing"
            return True
        if s.lemmas[v] in lx.CONCLUDE and s.child(v, "dobj", "aux") is None:
            # "Kyrgyzstan says ceasefire reached with Tajikistan"
            noun = s.child(v, "nsubj")
            return noun is not None and s.lemmas[noun] in lx.DEALS
        if s.deps[v] == "conj" and s.tags[v] == "VBN" and s.child(v, "nsubj", "dobj", "aux") is None:
            return self.is_passive(s.heads[v])
        return False

    def complement(self, v: int) -> int | None:
        """The verb of the complement: ``to``-infinitive, ``that``-clause, or gerund after a preposition."""
        s = self.s
        for c in s.children[v]:
            if s.deps[c] in ("xcomp", "ccomp") and (s.is_verb(c) or s.tags[c][:2] in ("JJ", "NN")) and c > v:
                return c
        for c in s.children[v]:
            if s.deps[c] == "prep":
                inner = s.child(c, "pcomp")
                if inner is not None and s.is_verb(inner):
                    return inner
        for c in s.children[v]:
            # "agreed on Friday to release": parsers often take the infinitive for a purpose
            if s.deps[c] == "advcl" and c > v and s.tags[c] == "VB" and any(s.tags[d] == "TO" for d in s.children[c]):
                return c
            if s.deps[c] in ("dobj",):
                inner = s.child(c, "acl")
                if inner is not None and s.tags[inner] == "VB":
                    return inner
        return None

    def objects(self, v: int) -> list[int]:
        """Object nouns of a verb, the subject of a passive among them, with those joined by ``and``.

        Those of its prepositions ``on``, ``with``, ``from``, ``to``, ``of``, ``for``, ``in``, ``into`` come after.
        """
        s = self.s
        passive = self.is_passive(v)
        first = [c for c in s.children[v] if s.deps[c] in ("dobj", "nsubjpass", "attr", "oprd", "dative")]
        if passive and not first and s.child(v, "nsubj") is not None:
            first = [c for c in s.children[v] if s.deps[c] == "nsubj"]
        if passive and not first and s.deps[v] == "acl":
            first = [s.heads[v]]
        if passive and not first and s.deps[v] == "conj":
            first = [c for c in s.children[s.heads[v]] if s.deps[c] == "nsubjpass"]
        found = []
        for c in first:
            found += [c, *self._joined(c)]
        for c in s.children[v]:
            if s.deps[c] == "prep" and s.lemmas[c] in _OBJECT_PREPOSITIONS:
                for p in s.children[c]:
                    if s.deps[p] == "pobj":
                        found += [p, *self._joined(p)]
        return found

    def _joined(self, i: int) -> list[int]:
        found = []
        for c in self.s.children[i]:
            if self.s.deps[c] in ("conj", "appos") and not self.s.is_verb(c):
                found += [c, *self._joined(c)]
        return found

    def noun_in(self, noun: int, words: frozenset[str]) -> bool:
        """Whether a noun is one of the words, or one that it is ``of`` (``a range of exchanges``)."""
        s = self.s
        if s.lemmas[noun] in words:
            return True
        if s.lemmas[noun] in lx.MEASURES:
            of = next((c for c in s.children[noun] if s.lemmas[c] in ("of", "for")), None)
            inner = s.child(of, "pobj") if of is not None else None
            return inner is not None and self.noun_in(inner, words)
        return False

    def is_for_press(self, n: int) -> bool:
        """Whether a conference is one for the press: who holds it meets nobody."""
        return any(self.s.deps[c] == "compound" and self.s.lemmas[c] in ("press", "news") for c in self.s.children[n])

    def topic(self, i: int, words: frozenset[str]) -> bool:
        """Whether any word below ``i`` is one of the words."""
        return any(self.s.lemmas[j] in words for j in self.s.subtree(i))

    # --- frames ---

    def of(self, i: int) -> Frame | None:
        """What word ``i`` tells; None where it is no event that the lexicon knows."""
        if i not in self._cache:
            self._cache[i] = None  # a circle of conjuncts ends here
            self._cache[i] = self._verb(i) if self._acts_as_verb(i) else None
        return self._cache[i]

    def _acts_as_verb(self, i: int) -> bool:
        s = self.s
        return s.is_verb(i) or s.deps[i] in ("xcomp", "ccomp", "acomp", "ROOT") or (s.tags[i] == "JJ" and s.deps[i] == "conj")

    def _verb(self, v: int) -> Frame | None:
        s = self.s
        lemma, joined = self.key(v)
        if lemma == "be" or s.deps[v] == "acomp":
            return self._predicate(v)
        if s.tags[v] == "VBN" and lemma in ("oppose", "prepare", "commit", "concern", "determine", "worry", "alarm"):
            stated = self._participle(v, lemma)
            if stated is not None:
                return stated
        if lemma == "give" and s.child(v, "dative") is not None:
            given = [c for c in s.children[v] if s.deps[c] in ("dobj", "npadvmod") and s.lemmas[c] in lx.TIMES]
            if given and any(s.tags[c] == "TO" for i in s.subtree(v) for c in s.children[i]):
                return Frame("139", PAST, "deadline", noun=given[0])
        if self._is_at_nobody(v, lemma):
            return Frame("010", PAST, "unreal")
        frame = (
            self._received(v, lemma)
            or self._driven_out(v, lemma)
            or self._with_complement(v, lemma)
            or self._with_object(v)
            or self._phrase(v, lemma)
            or self._alone(v, lemma, joined)
        )
        return None if frame is None else self.in_time(v, frame)

    def _predicate(self, v: int) -> Frame | None:
        """``be`` with an adjective or a noun: ready, willing, opposed, critical, concerned."""
        s = self.s
        word = s.child(v, "acomp", "attr") if s.deps[v] != "acomp" else v
        if word is None:
            # "is against lifting sanctions"
            word = next((c for c in s.children[v] if s.deps[c] == "prep" and s.lemmas[c] == "against"), None)
            inner = s.child(word, "pcomp") if word is not None else None
            embedded = self.of(inner) if inner is not None else None
            return Frame(refusal_of(embedded.code), PAST, "opposed", inner) if embedded is not None else None
        inner = self.complement(word) or self.complement(v)
        embedded = self.of(inner) if inner is not None else None
        if s.lemmas[word] in (
            "ready",
            "willing",
            "prepared",
            "prepare",
            "set",
            "eager",
            "keen",
            "poised",
            "determined",
            "committed",
        ):
            code = embedded.code if embedded is not None else "030"
            frame = Frame(intent_to(code), PAST, "ready", inner)
            return self._negated(v, frame) if self.is_negated(v) else frame
        if s.lemmas[word] in lx.UNWILLING:
            return Frame(refusal_of(embedded.code) if embedded is not None else "120", PAST, "opposed", inner)
        if s.lemmas[word] in ("adamant", "insistent") and inner is not None:
            return Frame(
                demand_for(embedded.code) if embedded is not None and is_cooperative(embedded.code) else "100",
                PAST,
                "must",
                inner,
            )
        if s.lemmas[word] in lx.SCORNFUL:
            return Frame("111", PAST, "critical")
        if s.lemmas[word] in lx.ANGRY:
            return Frame("110", PAST, "concerned")
        if s.lemmas[word] in ("hopeful", "optimistic", "confident", "upbeat", "bullish", "positive"):
            return Frame("012" if self.is_negated(v) else "013", PAST, "hopeful", inner)
        if s.lemmas[word] in ("pessimistic", "gloomy", "sceptical", "skeptical", "downbeat"):
            return Frame("012", PAST, "hopeful", inner)
        if s.lemmas[word] in ("grateful", "thankful", "proud", "supportive", "appreciative"):
            return Frame("051", PAST, "grateful")
        if s.lemmas[word] == "sorry":
            return Frame("055", PAST, "grateful")
        return None

    def _participle(self, v: int, lemma: str) -> Frame | None:
        """``is opposed to``, ``is prepared to``: the passive in form only."""
        s = self.s
        if s.child(v, "auxpass") is None or s.child(v, "agent") is not None:
            return None
        inner = self.complement(v)
        embedded = self.of(inner) if inner is not None else None
        if lemma == "oppose":
            return Frame(refusal_of(embedded.code) if embedded is not None else "120", PAST, "opposed", inner)
        if lemma in ("concern", "worry", "alarm"):
            return Frame("110", PAST, "concerned")
        frame = Frame(intent_to(embedded.code if embedded is not None else "030"), PAST, "ready", inner)
        return self._negated(v, frame) if self.is_negated(v) else frame

    def _with_complement(self, v: int, lemma: str) -> Frame | None:
        s = self.s
        inner = self.complement(v)
        if inner is None and lemma in lx.SAY:
            # "Ethiopia must stop filling its dam, Egypt says"
            before = next((c for c in s.children[v] if s.deps[c] == "ccomp" and c < v and s.is_verb(c)), None)
            return self.said(before, self.of(before)) if before is not None else None
        if inner is None:
            return None
        embedded = self.of(inner)
        code = embedded.code if embedded is not None else None
        if s.deps[inner] == "acl" and s.lemmas[s.heads[inner]] in lx.PLANS and code is not None:
            return self._plan(v, inner, code)
        if lemma == "let" and s.lemmas[inner] in ("lapse", "expire", "go"):
            return self._let(inner)
        pair = VerbAndComplement(self, v, inner, code, lemma, self.key(v)[1])
        rule = complement_rule(pair)
        if rule is None:
            return self.said(inner, embedded) if lemma in lx.SAY else None
        if rule.move is not None:
            return Frame(rule.move(pair), PAST, rule.name, inner)
        return None if embedded is None else self._taken_over(embedded, rule, inner)

    def _taken_over(self, embedded: Frame, rule: ComplementRule, inner: int) -> Frame:
        """The event of a complement that is planned, considered, decided or begun."""
        if rule.name == "decide":
            return replace(embedded, rule="decide", complement=inner, modality=INTENDED)
        if rule.name == "start":
            modality = ONGOING if embedded.modality == PAST else embedded.modality
            return replace(embedded, modality=modality, rule="start", complement=inner)
        name = _over(embedded, rule.name)
        return self._code_of_intent(replace(embedded, modality=rule.modality, rule=name, complement=inner))

    def _plan(self, v: int, inner: int, code: str) -> Frame | None:
        """A plan or threat to do something: given up (``abandoned a plan to expel``), turned down, or made."""
        if self.is_in(v, lx.LIFT | lx.HALT | {"abandon", "give_up"}):
            return Frame("160" if is_cooperative(code) else "080", PAST, "abandon_plan", inner)
        if self.is_in(v, lx.REFUSE | {"dismiss", "rebuff", "spurn", "turn_down", "block", "criticize", "denounce", "condemn"}):
            return None
        if self.s.lemmas[v] in lx.MAKES_PLANS:
            return Frame(intent_to(code) if is_cooperative(code) else threat_of(code), PAST, "plan", inner)
        return None

    def _let(self, inner: int) -> Frame | None:
        """``let sanctions lapse``, ``let the waiver expire``, ``let the hostages go``."""
        noun = self.s.child(inner, "nsubj")
        if self.s.lemmas[inner] == "go":
            return Frame("0841", PAST, "let", inner)
        if noun is None:
            return None
        return Frame("085" if self.noun_in(noun, lx.SANCTIONS | lx.RESTRICTIONS) else "160", PAST, "let", inner, noun)

    def said(self, inner: int, embedded: Frame | None) -> Frame | None:
        """``said that Sudan must return``: what others must or should do is demanded or asked for."""
        auxiliaries = self.auxiliaries(inner)
        if self.s.child(inner, "nsubj", "nsubjpass") is None:
            return None
        if "must" in auxiliaries or (embedded is None and "have" in auxiliaries and "to" in auxiliaries):
            return Frame(demand_for(embedded.code if embedded is not None else "100"), PAST, "must", inner)
        if auxiliaries & {"should", "ought"}:
            return Frame(appeal_for(embedded.code if embedded is not None else "020"), PAST, "should", inner)
        return None

    def _with_object(self, v: int) -> Frame | None:
        s = self.s
        for noun in self.objects(v):
            if s.lemmas[noun] in lx.ACTS_OF_LIFTING and self._of(noun, lx.SANCTIONS):
                return self._of_act(v, "085", "lift_sanctions", noun)
            frame = self._with_act(v, noun)
            if frame is not None:
                return frame
            rule = self.object_rule(v, noun)
            if rule is not None:
                return Frame(rule.code or "", PAST, rule.name, noun=noun)
            if s.lemmas[v] in lx.APPROVE and s.deps[noun] in ("dobj", "nsubjpass") and s.lemmas[noun] in lx.NOUNS:
                return Frame(lx.NOUNS[s.lemmas[noun]], PAST, "approve", noun=noun)
        return None

    def _with_act(self, v: int, noun: int) -> Frame | None:
        """A verb with the noun of an act and what is acted on: ``called for an end to the embargo``."""
        s = self.s
        act = lx.NOMINAL.get(s.lemmas[noun])
        if act is None:
            return None
        if s.lemmas[v] in ("call", "appeal", "press", "push", "plead") and s.deps[noun] == "pobj":
            for inner in self._inner_nouns(noun):
                rule = self.object_rule(v, inner, act)
                if rule is not None and rule.code is not None:
                    asked = demand_for if s.lemmas[v] in ("press", "push") else appeal_for
                    return Frame(asked(rule.code), PAST, "urge", noun=noun)
        if s.deps[noun] in ("dobj", "nsubjpass"):
            for c in (*s.children[noun], *(s.children[v] if s.lemmas[v] in ("put", "call", "bring") else ())):
                below = s.child(c, "pobj") if s.deps[c] == "prep" and s.lemmas[c] in ("of", "in", "to") else None
                rule = self.object_rule(v, below, act) if below is not None else None
                if rule is not None and rule.code is not None:
                    return self._of_act(v, rule.code, rule.name, noun)
        return None

    def _inner_nouns(self, noun: int) -> list[int]:
        """Nouns after ``of``, ``to`` and ``in`` below a noun."""
        s = self.s
        return [
            p
            for c in s.children[noun]
            if s.deps[c] == "prep" and s.lemmas[c] in ("of", "in", "to")
            for p in s.children[c]
            if s.deps[p] == "pobj"
        ]

    def _of_act(self, v: int, code: str, rule: str, noun: int) -> Frame:
        """A verb with an act as its object: ``announced a suspension of links``, ``demanded the withdrawal of troops``."""
        if self.is_in(v, lx.REFUSE | {"block"}):
            return Frame(refusal_of(code), PAST, "refuse", noun=noun)
        if self.is_in(v, lx.DEMAND):
            return Frame(demand_for(code), PAST, "demand", noun=noun)
        if self.is_in(v, lx.URGE) and self.s.lemmas[v] not in ("want",):
            return Frame(appeal_for(code), PAST, "urge", noun=noun)
        if self.is_in(v, lx.AGREE):
            return Frame(intent_to(code), PAST, "agree", noun=noun)
        if self.is_in(v, lx.THREATEN | {"mull", "consider", "weigh"}):
            return Frame(threat_of(code), PAST, "threaten", noun=noun)
        return Frame(code, PAST, rule, noun=noun)

    def object_rule(self, v: int, n: int, act: str | None = None) -> ObjectRule | None:
        """What a verb means with a noun of its object; None where the two tell nothing.

        Args:
            v: the verb.
            n: the noun.
            act: the verb that a noun between the two stands for (``suspension of`` links: ``suspend``).
        """
        lemma, key = (self.s.lemmas[v], self.key(v)[1]) if act is None else (act, act)
        rule = first_rule(VerbAndNoun(self, v, n, act, lemma, key))
        return rule if rule is not None and rule.code is not None else None

    def _received(self, v: int, lemma: str) -> Frame | None:
        """``received aid from``, ``drew criticism from``: told by the one to whom it was done."""
        s = self.s
        if lemma not in lx.RECEIVE or self.is_passive(v):
            return None
        noun = s.child(v, "dobj")
        if noun is None and s.deps[v] == "relcl":
            noun = s.heads[v]
        if noun is None:
            return None
        if not any(
            s.deps[c] in ("prep", "agent") and s.lemmas[c] in ("from", "by", "of", "over")
            for c in (
                *s.children[v],
                *s.children[noun],
                *(d for c in s.children[noun] for p in s.children[c] for d in s.children[p]),
            )
        ) and not any(s.deps[c] in ("amod", "poss", "compound") and s.tags[c] in ("NNP", "JJ") for c in s.children[noun]):
            return None
        for words, code in lx.RECEIVED:
            if self.noun_in(noun, words):
                return Frame(code, PAST, "receive", noun=noun)
        return None

    def _driven_out(self, v: int, lemma: str) -> Frame | None:
        if lemma not in ("force", "throw", "kick", "drive", "order", "push"):
            return None
        if any(self.noun_in(n, lx.SANCTIONS | lx.REQUESTS | lx.LAWSUITS | lx.DEALS) for n in self.objects(v)):
            return None
        out = any(self.s.lemmas[c] == "out" for c in self.s.children[v])
        return Frame("174", PAST, "phrase") if out else None

    def _phrase(self, v: int, lemma: str) -> Frame | None:
        s = self.s
        if lemma not in _PHRASE_VERBS:
            return None
        near = {
            s.lemmas[j]
            for c in s.children[v]
            if s.deps[c] in _PHRASE_DEPS
            for j in (c, *s.children[c], *(k for i in s.children[c] for k in s.children[i]))
        }
        for verbs, words, code in lx.PHRASES:
            if lemma in verbs and words & near:
                return Frame(code, PAST, "phrase")
        return None

    def _is_listing(self, n: int) -> bool:
        s = self.s
        return s.lemmas[n] in ("list", "blacklist") and s.deps[n] == "pobj"

    def _of(self, n: int, words: frozenset[str]) -> bool:
        s = self.s
        for c in s.children[n]:
            if s.lemmas[c] in ("of", "on") and s.deps[c] == "prep":
                return any(self.noun_in(p, words) for p in s.children[c] if s.deps[p] == "pobj")
            if s.deps[c] in ("compound",) and s.lemmas[c] in words:
                return True
        return False

    def _requested(self, v: int) -> bool:
        """Whether the act is done ``as requested by`` or ``at the request of`` somebody."""
        return any(self.s.lemmas[j] == "request" for j in self.s.subtree(v))

    def _alone(self, v: int, lemma: str, joined: str) -> Frame | None:
        if joined == "call_for":
            return Frame("020", PAST, "call_for")
        code = lx.VERBS.get(joined) or (lx.VERBS.get(lemma) if joined == lemma else None)
        if code is None and joined != lemma:
            code = lx.VERBS.get(lemma)
        if code is None and lemma in lx.GIVING and self._gives_thing(v):
            return Frame("070", PAST, "give")
        if code is None:
            return Frame("060", PAST, "as_requested") if self._requested_by(v) else None
        rule = verb_rule(self, v, lemma)
        if rule is None:
            return Frame(code, PAST, "verb")
        return None if rule.code is None else Frame(rule.code, PAST, rule.name)

    def _is_at_nobody(self, v: int, lemma: str) -> bool:
        """Words without an addressee: ``warns against arming rebels``, ``condemns the bombing in Mali``.

        Of an attack without its doer the place or the victims are told; they are not blamed.
        """
        s = self.s
        noun = s.child(v, "dobj")
        if lemma == "warn" and noun is None:
            return any(s.lemmas[c] == "against" and s.child(c, "pcomp") is not None for c in s.children[v])
        subject = s.child(v, "nsubj")
        if subject is not None and s.lemmas[subject] in lx.DISASTERS:
            return True
        if lemma == "decline" and noun is None and self.complement(v) is None:
            return True
        if lemma == "recall" and noun is not None and not self.noun_in(noun, lx.ENVOYS | lx.TROOPS):
            return not (s.tags[noun] in ("NNP", "NNPS", "PRP") or lx.SECTOR.get(s.lemmas[noun]))
        if lemma in ("defend", "justify") and noun is not None and s.lemmas[noun] in lx.ATTACKS | lx.GUARDED:
            return not self._is_owned(noun)
        if lemma in ("welcome", "hail", "praise") and noun is not None and s.lemmas[noun] in lx.CEASEFIRE:
            return not self._is_owned(noun)
        if lemma not in lx.CONDEMN or noun is None or s.lemmas[noun] not in lx.ATTACKS | lx.OUTRAGES:
            return False
        return not self._is_owned(noun)

    def _is_owned(self, noun: int) -> bool:
        """Whether a noun says whose it is: ``Ethiopian raid``, ``a raid by Ethiopia``."""
        s = self.s
        return any(
            (s.deps[c] in ("poss", "compound", "amod", "nmod") and s.words[c].istitle()) or s.lemmas[c] in ("by", "of")
            for c in s.children[noun]
        )

    def _requested_by(self, v: int) -> bool:
        s = self.s
        return any(
            s.lemmas[j] == "request" and s.is_verb(j) and s.deps[j] in ("advcl", "mark", "prep") and s.heads[j] == v
            for j in s.subtree(v)
        )

    def _gives_thing(self, v: int) -> bool:
        s = self.s
        noun = s.child(v, "dobj", "nsubjpass")
        return noun is not None and s.lemmas[noun] not in lx.NO_GIFTS and lx.SECTOR.get(s.lemmas[noun]) in (None, "MIL")

    def _negated(self, v: int, frame: Frame) -> Frame:
        if frame.code[:2] in ("04", "06", "07") and any(self.s.words[c].lower() == "longer" for c in self.s.children[v]):
            return replace(frame, code="162" if frame.code[:2] == "07" else "160", rule=frame.rule + "_no_longer")
        infinitive = self.s.tags[v] == "VB" and self.s.deps[v] in ("ROOT", "conj") and not self._headed_by_act(v)
        future = infinitive or bool(self.auxiliaries(v) & (lx.FUTURE | {"would", "can", "could"}))
        if not is_cooperative(frame.code):
            return replace(frame, modality=DENIED)
        if frame.code[:2] in ("03", "08") or (future and frame.code[:2] not in ("01", "02")):
            return replace(frame, code=refusal_of(frame.code), rule=frame.rule + "_not")
        return replace(frame, modality=DENIED)

    def in_time(self, v: int, frame: Frame) -> Frame:
        """Apply negation and tense."""
        s = self.s
        if s.lemmas[v] in lx.SPORT_VERBS and self.is_sport():
            return replace(frame, rule="unreal")
        if s.lemmas[v] == "hit" and any(s.lemmas[n] in lx.LEVELS for n in self.objects(v)):
            return replace(frame, rule="unreal")
        if s.lemmas[v] == "rally" and self.is_of_markets():
            return replace(frame, rule="unreal")
        if self.is_negated(v):
            return self._negated(v, frame)
        if frame.modality != PAST:
            return self._code_of_intent(frame)
        auxiliaries = self.auxiliaries(v)
        if any(s.lemmas[c] in ("if", "whether", "unless") and s.deps[c] == "mark" for c in s.children[v]):
            return replace(frame, modality=HYPOTHETICAL, rule="unreal")
        if any(s.lemmas[c] in lx.CONDITION and s.deps[c] == "mark" for c in s.children[v]):
            return replace(frame, modality=HYPOTHETICAL)
        if auxiliaries & {"would", "could"} and "have" in auxiliaries and s.tags[v] == "VBN":
            return replace(frame, modality=HYPOTHETICAL, rule="unreal")
        if auxiliaries & {"would", "might", "could", "may"}:
            reported = "would" in auxiliaries and self._is_reported(v)
            if reported and self._is_announced(v, frame):
                return replace(frame, modality=INTENDED)
            return self._code_of_intent(replace(frame, modality=INTENDED if reported else HYPOTHETICAL))
        if auxiliaries & lx.FUTURE or (s.lemmas[v] != "be" and "going" in auxiliaries):
            if self._is_announced(v, frame):
                return replace(frame, modality=INTENDED)
            return self._code_of_intent(replace(frame, modality=INTENDED))
        # the future tense of headlines: "China, US to resume talks"
        infinitive = s.tags[v] == "VB" and any(s.tags[c] == "TO" for c in s.children[v])
        head = s.heads[v]
        of_headline = s.tags[head][:2] == "NN" and (
            s.deps[v] == "advcl" or (s.deps[v] in ("relcl", "xcomp") and s.heads[head] == head)  # "UN chief to meet Putin"
        )
        of_headline = of_headline or (s.deps[v] == "xcomp" and s.lemmas[s.heads[v]] in lx.SAY)
        if infinitive and (s.deps[v] in ("ROOT", "ccomp", "acl", "conj") or of_headline) and not self._headed_by_act(v):
            decided = frame.code[:2] in ("16", "17")  # "Latvia to shut Belarusian consulates" announces, it does not threaten
            return replace(frame, modality=INTENDED) if decided else self._code_of_intent(replace(frame, modality=INTENDED))
        if s.tags[v] == "VBG" and "be" in auxiliaries:
            return replace(frame, modality=ONGOING)
        return frame

    def is_sport(self) -> bool:
        """Whether the sentence tells of a game: by its words, or by a score (``3-2``)."""
        s = self.s
        if any(lemma in lx.SPORT for lemma in s.lemmas):
            return True
        return re.search(r"\b\d{1,3}-\d{1,3}\b", s.text) is not None

    def is_of_markets(self) -> bool:
        """Whether the sentence tells of prices on exchanges: shares that rally protest against nobody."""
        return any(lemma in lx.MARKETS for lemma in self.s.lemmas)

    def _headed_by_act(self, v: int) -> bool:
        head = self.s.heads[v]
        return head != v and self.s.is_verb(head) and self.s.deps[v] == "conj" and self.of(head) is not None

    def _is_reported(self, v: int) -> bool:
        head = self.s.heads[v]
        return self.s.deps[v] == "ccomp" and self.s.lemmas[head] in lx.SAY

    def _is_announced(self, v: int, frame: Frame) -> bool:
        """Whether a measure is announced without a condition: then it is more than a threat."""
        s = self.s
        head = s.heads[v]
        if frame.code[:2] not in ("16", "17") or s.deps[v] != "ccomp" or s.lemmas[head] not in lx.ANNOUNCE:
            return False
        return not any(s.lemmas[j] in lx.CONDITION for j in s.subtree(v))

    def _code_of_intent(self, frame: Frame) -> Frame:
        root = frame.code[:2]
        if frame.modality in (INTENDED, HYPOTHETICAL):
            if "04" <= root <= "08":
                return replace(frame, code=intent_to(frame.code))
            announced = frame.rule == "decide"
            if root in ("14", "15", "18", "19", "20") or (root in ("16", "17") and not announced):
                return replace(frame, code=threat_of(frame.code))
        return frame


def _over(embedded: Frame, rule: str) -> str:
    """The rule of a verb above its complement, marked where the complement's own sense rests on more than one word."""
    return rule if embedded.rule in ("verb", "noun") else f"{rule}_composed"


_OBJECT_PREPOSITIONS = frozenset({"on", "with", "from", "to", "of", "for", "in", "into", "over", "against", "under", "off", "at"})
_PHRASE_VERBS = frozenset(verb for verbs, _, _ in lx.PHRASES for verb in verbs)
_PHRASE_DEPS = frozenset(
    {"dobj", "prep", "prt", "advmod", "oprd", "attr", "nsubjpass", "xcomp", "ccomp", "acomp", "dative", "npadvmod"}
)
