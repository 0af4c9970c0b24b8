"""A verb with a noun of its object: imposed sanctions, called for an end to the embargo, received aid from."""

from __future__ import annotations

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import appeal_for, demand_for, intent_to, refusal_of, threat_of
from assets.news.coding.frame import PAST, Frame, FrameReader
from assets.news.coding.object_rules import ObjectRule, VerbAndNoun
from assets.news.coding.object_rules import object_rule as first_rule

_PHRASE_VERBS = frozenset(verb for verbs, _, _ in lx.PHRASES for verb in verbs)
_PHRASE_DEPS = frozenset(
    {"dobj", "prep", "prt", "advmod", "oprd", "attr", "nsubjpass", "xcomp", "ccomp", "acomp", "dative", "npadvmod"}
)

_OPINIONS = {
    **dict.fromkeys(("welcome", "hail", "praise", "applaud", "laud", "celebrate", "cheer"), "051"),
    **dict.fromkeys(("condemn", "criticize", "criticise", "denounce", "deplore", "decry", "lament"), "111"),
}
"""Verbs that say what somebody thinks of an act, and their code."""


_REFUGE = frozenset({"asylum", "haven", "refuge", "sanctuary", "shelter"})
_THERE = frozenset({"in", "from", "with", "at"})


def with_object(frames: FrameReader, v: int) -> Frame | None:
    """What a verb expresses with the first noun of its object that expresses something with it."""
    s = frames.s
    for noun in frames.objects(v):
        if s.lemmas[noun] in lx.ACTS_OF_LIFTING and _is_of(frames, noun, lx.SANCTIONS):
            return _of_act(frames, v, "085", "lift_sanctions", noun)
        frame = _with_act(frames, v, noun)
        if frame is not None:
            return frame
        rule = object_rule(frames, v, noun)
        if rule is not None:
            return Frame(rule.code or "", PAST, rule.name, noun=noun)
        if s.lemmas[v] in lx.APPROVE and s.deps[noun] in ("dobj", "nsubjpass") and s.lemmas[noun] in lx.NOUNS:
            return Frame(lx.NOUNS[s.lemmas[noun]], PAST, "approve", noun=noun)
    return None


def _with_act(frames: FrameReader, v: int, noun: int) -> Frame | None:
    """A verb with the noun of an act and what is acted on: ``called for an end to the embargo``."""
    s = frames.s
    act = lx.NOMINAL.get(s.lemmas[noun])
    if act is None:
        return None
    if s.lemmas[v] in ("call", "appeal", "press", "push", "plead") and s.deps[noun] == "pobj":
        for inner in _inner_nouns(frames, noun):
            rule = object_rule(frames, v, inner, act)
            if rule is not None and rule.code is not None:
                asked = demand_for if s.lemmas[v] in ("press", "push") else appeal_for
                return Frame(asked(rule.code), PAST, "urge", noun=noun)
    if s.deps[noun] in ("dobj", "nsubjpass"):
        for c in (*s.children[noun], *(s.children[v] if s.lemmas[v] in ("put", "call", "bring") else ())):
            below = s.child(c, "pobj") if s.deps[c] == "prep" and s.lemmas[c] in ("of", "in", "to") else None
            rule = object_rule(frames, v, below, act) if below is not None else None
            if rule is not None and rule.code is not None:
                return _of_act(frames, v, rule.code, rule.name, noun)
    return None


def _inner_nouns(frames: FrameReader, noun: int) -> list[int]:
    """Nouns after ``of``, ``to`` and ``in`` below a noun."""
    s = frames.s
    return [
        p
        for c in s.children[noun]
        if s.deps[c] == "prep" and s.lemmas[c] in ("of", "in", "to")
        for p in s.children[c]
        if s.deps[p] == "pobj"
    ]


def _of_act(frames: FrameReader, v: int, code: str, rule: str, noun: int) -> Frame:
    """A verb with an act as its object: ``announced a suspension of links``, ``demanded the withdrawal of troops``."""
    opinion = _OPINIONS.get(frames.s.lemmas[v])
    if opinion is not None:
        return Frame(opinion, PAST, "opinion", noun=noun)  # whose act it is, who has the opinion does not tell
    if frames.is_in(v, lx.REFUSE | {"block"}):
        return Frame(refusal_of(code), PAST, "refuse", noun=noun)
    if frames.is_in(v, lx.DEMAND):
        return Frame(demand_for(code), PAST, "demand", noun=noun)
    if frames.is_in(v, lx.URGE) and frames.s.lemmas[v] not in ("want",):
        return Frame(appeal_for(code), PAST, "urge", noun=noun)
    if frames.is_in(v, lx.AGREE):
        return Frame(intent_to(code), PAST, "agree", noun=noun)
    if frames.is_in(v, lx.THREATEN | {"mull", "consider", "weigh"}):
        return Frame(threat_of(code), PAST, "threaten", noun=noun)
    return Frame(code, PAST, rule, noun=noun)


def object_rule(frames: FrameReader, v: int, n: int, act: str | None = None) -> ObjectRule | None:
    """What a verb means with a noun of its object; None where the two express nothing.

    Args:
        frames: the sentence.
        v: the verb.
        n: the noun.
        act: the verb that a noun between the two stands for (``suspension of`` links: ``suspend``).
    """
    lemma, key = (frames.s.lemmas[v], frames.key(v)[1]) if act is None else (act, act)
    rule = first_rule(VerbAndNoun(frames, v, n, act, lemma, key))
    return rule if rule is not None and rule.code is not None else None


def _is_of(frames: FrameReader, n: int, words: frozenset[str]) -> bool:
    s = frames.s
    for c in s.children[n]:
        if s.lemmas[c] in ("of", "on") and s.deps[c] == "prep":
            return any(frames.noun_in(p, words) for p in s.children[c] if s.deps[p] == "pobj")
        if s.deps[c] in ("compound",) and s.lemmas[c] in words:
            return True
    return False


def received(frames: FrameReader, v: int, lemma: str) -> Frame | None:
    """``received aid from``, ``drew criticism from``: reported by the one to whom it was done."""
    s = frames.s
    if lemma not in lx.RECEIVE | {"find", "take"} or frames.is_passive(v):
        return None
    noun = s.child(v, "dobj")
    if noun is not None and s.lemmas[noun] in _REFUGE and any(s.lemmas[c] in _THERE for i in (v, noun) for c in s.children[i]):
        return Frame("075", PAST, "refuge", noun=noun)
    if noun is None and s.deps[v] == "relcl":
        noun = s.heads[v]
    if noun is not None and 0 < noun < v and s.lemmas[noun] in ("that", "which"):
        noun -= 1  # "aid that Qatar got from Sudan"
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
    if lemma not in lx.RECEIVE:
        return None
    for words, code in lx.RECEIVED:
        if frames.noun_in(noun, words):
            return Frame(code, PAST, "receive", noun=noun)
    return None


def driven_out(frames: FrameReader, v: int, lemma: str) -> Frame | None:
    """``forced``, ``kicked`` or ``drove`` somebody ``out``."""
    if lemma not in ("force", "throw", "kick", "drive", "order", "push"):
        return None
    if any(frames.noun_in(n, lx.SANCTIONS | lx.REQUESTS | lx.LAWSUITS | lx.DEALS) for n in frames.objects(v)):
        return None
    out = any(frames.s.lemmas[c] == "out" for c in frames.s.children[v])
    return Frame("174", PAST, "phrase") if out else None


def set_phrase(frames: FrameReader, v: int, lemma: str) -> Frame | None:
    """A set phrase of the lexicon: ``bury`` + ``hatchet``."""
    s = frames.s
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
