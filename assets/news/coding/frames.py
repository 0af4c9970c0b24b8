"""From words to CAMEO codes: what a verb or noun says with its object, its complement, its negation and its tense.

``Frames.of(i)`` reads the word ``i`` of a sentence. The sign of an event depends on the words around its verb: to lift
sanctions is not to impose them, and to refuse, to threaten or to promise something is not to do it.
"""

from __future__ import annotations

from assets.news.coding import lexicon as lx
from assets.news.coding.complement_frames import with_complement
from assets.news.coding.frame import PAST, Frame, FrameReader
from assets.news.coding.object_frames import driven_out, received, set_phrase, with_object
from assets.news.coding.parse import Sentence
from assets.news.coding.predicate_frames import participle, predicate
from assets.news.coding.tense import in_time
from assets.news.coding.verb_rules import verb_rule


class Frames(FrameReader):
    """Reads the words of one sentence."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self._cache: dict[int, Frame | None] = {}

    def of(self, i: int) -> Frame | None:
        """What word ``i`` expresses; None where it is no event that the lexicon knows."""
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
            return predicate(self, v)
        if s.tags[v] == "VBN" and lemma in ("oppose", "prepare", "commit", "concern", "determine", "worry", "alarm"):
            stated = participle(self, v, lemma)
            if stated is not None:
                return stated
        if lemma == "give" and s.child(v, "dative") is not None:
            given = [c for c in s.children[v] if s.deps[c] in ("dobj", "npadvmod") and s.lemmas[c] in lx.TIMES]
            if given and any(s.tags[c] == "TO" for i in s.subtree(v) for c in s.children[i]):
                return Frame("139", PAST, "deadline", noun=given[0])
        if self._is_without_target(v, lemma):
            return Frame("010", PAST, "unreal")
        frame = (
            received(self, v, lemma)
            or driven_out(self, v, lemma)
            or with_complement(self, v, lemma)
            or with_object(self, v)
            or set_phrase(self, v, lemma)
            or self._alone(v, lemma, joined)
        )
        return None if frame is None else in_time(self, v, frame)

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

    def _is_without_target(self, v: int, lemma: str) -> bool:
        """Words without an addressee: ``warns against arming rebels``, ``condemns the bombing in Mali``.

        Of an attack without its doer the place or the victims are reported; they are not blamed.
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
