"""``be`` with an adjective, a noun or a participle: ready, opposed, concerned, prepared to."""

from __future__ import annotations

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import demand_for, intent_to, is_cooperative, refusal_of
from assets.news.coding.frame import PAST, Frame, FrameReader
from assets.news.coding.tense import negated


def predicate(frames: FrameReader, v: int) -> Frame | None:
    """``be`` with an adjective or a noun: ready, willing, opposed, critical, concerned."""
    s = frames.s
    word = s.child(v, "acomp", "attr") if s.deps[v] != "acomp" else v
    if word is None:
        # "is against lifting sanctions"
        word = next((c for c in s.children[v] if s.deps[c] == "prep" and s.lemmas[c] == "against"), None)
        inner = s.child(word, "pcomp") if word is not None else None
        embedded = frames.of(inner) if inner is not None else None
        return Frame(refusal_of(embedded.code), PAST, "opposed", inner) if embedded is not None else None
    inner = frames.complement(word) or frames.complement(v)
    embedded = frames.of(inner) if inner is not None else None
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
        return negated(frames, v, frame) if frames.is_negated(v) else frame
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
        return Frame("012" if frames.is_negated(v) else "013", PAST, "hopeful", inner)
    if s.lemmas[word] in ("pessimistic", "gloomy", "sceptical", "skeptical", "downbeat"):
        return Frame("012", PAST, "hopeful", inner)
    if s.lemmas[word] in ("grateful", "thankful", "proud", "supportive", "appreciative"):
        return Frame("051", PAST, "grateful")
    if s.lemmas[word] == "sorry":
        return Frame("055", PAST, "grateful")
    return None


def participle(frames: FrameReader, v: int, lemma: str) -> Frame | None:
    """``is opposed to``, ``is prepared to``: the passive in form only."""
    s = frames.s
    if s.child(v, "auxpass") is None or s.child(v, "agent") is not None:
        return None
    inner = frames.complement(v)
    embedded = frames.of(inner) if inner is not None else None
    if lemma == "oppose":
        return Frame(refusal_of(embedded.code) if embedded is not None else "120", PAST, "opposed", inner)
    if lemma in ("concern", "worry", "alarm"):
        return Frame("110", PAST, "concerned")
    frame = Frame(intent_to(embedded.code if embedded is not None else "030"), PAST, "ready", inner)
    return negated(frames, v, frame) if frames.is_negated(v) else frame
