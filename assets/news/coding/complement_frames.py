"""A verb with the verb of its complement: refused to meet, said that they must leave, let the waiver expire."""

from __future__ import annotations

from dataclasses import replace

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import appeal_for, demand_for, intent_to, is_cooperative, threat_of
from assets.news.coding.complement_rules import ComplementRule, VerbAndComplement, complement_rule
from assets.news.coding.frame import INTENDED, ONGOING, PAST, Frame, FrameReader
from assets.news.coding.tense import code_of_intent


def with_complement(frames: FrameReader, v: int, lemma: str) -> Frame | None:
    """What a verb expresses with the verb of its complement; None where the two express nothing."""
    s = frames.s
    inner = frames.complement(v)
    if inner is None and lemma in lx.SAY:
        # "Ethiopia must stop filling its dam, Egypt says"
        before = next((c for c in s.children[v] if s.deps[c] == "ccomp" and c < v and s.is_verb(c)), None)
        return said(frames, before, frames.of(before)) if before is not None else None
    if inner is None:
        return None
    embedded = frames.of(inner)
    code = embedded.code if embedded is not None else None
    if s.deps[inner] == "acl" and s.lemmas[s.heads[inner]] in lx.PLANS and code is not None:
        return _plan(frames, v, inner, code)
    if lemma == "let" and s.lemmas[inner] in ("lapse", "expire", "go"):
        return _let(frames, inner)
    pair = VerbAndComplement(frames, v, inner, code, lemma, frames.key(v)[1])
    rule = complement_rule(pair)
    if rule is None:
        return said(frames, inner, embedded) if lemma in lx.SAY else None
    if rule.move is not None:
        return Frame(rule.move(pair), PAST, rule.name, inner)
    return None if embedded is None else _taken_over(embedded, rule, inner)


def _taken_over(embedded: Frame, rule: ComplementRule, inner: int) -> Frame:
    """The event of a complement that is planned, considered, decided or begun."""
    if rule.name == "decide":
        return replace(embedded, rule="decide", complement=inner, modality=INTENDED)
    if rule.name == "start":
        modality = ONGOING if embedded.modality == PAST else embedded.modality
        return replace(embedded, modality=modality, rule="start", complement=inner)
    name = _over(embedded, rule.name)
    return code_of_intent(replace(embedded, modality=rule.modality, rule=name, complement=inner))


def _plan(frames: FrameReader, v: int, inner: int, code: str) -> Frame | None:
    """A plan or threat to do something: given up (``abandoned a plan to expel``), turned down, or made."""
    if frames.is_in(v, lx.LIFT | lx.HALT | {"abandon", "give_up"}):
        return Frame("160" if is_cooperative(code) else "080", PAST, "abandon_plan", inner)
    if frames.is_in(v, lx.REFUSE | {"dismiss", "rebuff", "spurn", "turn_down", "block", "criticize", "denounce", "condemn"}):
        return None
    if frames.s.lemmas[v] in lx.MAKES_PLANS:
        return Frame(intent_to(code) if is_cooperative(code) else threat_of(code), PAST, "plan", inner)
    return None


def _let(frames: FrameReader, inner: int) -> Frame | None:
    """``let sanctions lapse``, ``let the waiver expire``, ``let the hostages go``."""
    noun = frames.s.child(inner, "nsubj")
    if frames.s.lemmas[inner] == "go":
        return Frame("0841", PAST, "let", inner)
    if noun is None:
        return None
    return Frame("085" if frames.noun_in(noun, lx.SANCTIONS | lx.RESTRICTIONS) else "160", PAST, "let", inner, noun)


def said(frames: FrameReader, inner: int, embedded: Frame | None) -> Frame | None:
    """``said that Sudan must return``: what others must or should do is demanded or asked for."""
    auxiliaries = frames.auxiliaries(inner)
    if frames.s.child(inner, "nsubj", "nsubjpass") is None:
        return None
    if "must" in auxiliaries or (embedded is None and "have" in auxiliaries and "to" in auxiliaries):
        return Frame(demand_for(embedded.code if embedded is not None else "100"), PAST, "must", inner)
    if auxiliaries & {"should", "ought"}:
        return Frame(appeal_for(embedded.code if embedded is not None else "020"), PAST, "should", inner)
    return None


def _over(embedded: Frame, rule: str) -> str:
    """The rule of a verb above its complement, marked where the complement's own sense rests on more than one word."""
    return rule if embedded.rule in ("verb", "noun") else f"{rule}_composed"
