"""Negation and tense: whether what a word expresses was done, is going on, is meant, threatened or denied."""

from __future__ import annotations

import re
from dataclasses import replace

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import intent_to, is_cooperative, refusal_of, threat_of
from assets.news.coding.frame import DENIED, HYPOTHETICAL, INTENDED, ONGOING, PAST, Frame, FrameReader


def negated(frames: FrameReader, v: int, frame: Frame) -> Frame:
    """A frame whose word is negated: denied, or refused where it was still to come."""
    if frame.code[:2] in ("04", "06", "07") and any(frames.s.words[c].lower() == "longer" for c in frames.s.children[v]):
        return replace(frame, code="162" if frame.code[:2] == "07" else "160", rule=frame.rule + "_no_longer")
    infinitive = frames.s.tags[v] == "VB" and frames.s.deps[v] in ("ROOT", "conj") and not _headed_by_act(frames, v)
    future = infinitive or bool(frames.auxiliaries(v) & (lx.FUTURE | {"would", "can", "could"}))
    if not is_cooperative(frame.code):
        return replace(frame, modality=DENIED)
    if frame.code[:2] in ("03", "08") or (future and frame.code[:2] not in ("01", "02")):
        return replace(frame, code=refusal_of(frame.code), rule=frame.rule + "_not")
    return replace(frame, modality=DENIED)


def in_time(frames: FrameReader, v: int, frame: Frame) -> Frame:
    """Apply negation and tense."""
    s = frames.s
    if s.lemmas[v] in lx.SPORT_VERBS and is_sport(frames):
        return replace(frame, rule="unreal")
    if s.lemmas[v] == "hit" and any(s.lemmas[n] in lx.LEVELS for n in frames.objects(v)):
        return replace(frame, rule="unreal")
    if s.lemmas[v] == "rally" and is_of_markets(frames):
        return replace(frame, rule="unreal")
    if frames.is_negated(v):
        return negated(frames, v, frame)
    if frame.modality != PAST:
        return code_of_intent(frame)
    auxiliaries = frames.auxiliaries(v)
    if any(s.lemmas[c] in ("if", "whether", "unless") and s.deps[c] == "mark" for c in s.children[v]):
        return replace(frame, modality=HYPOTHETICAL, rule="unreal")
    if any(s.lemmas[c] in lx.CONDITION and s.deps[c] == "mark" for c in s.children[v]):
        return replace(frame, modality=HYPOTHETICAL)
    if auxiliaries & {"would", "could"} and "have" in auxiliaries and s.tags[v] == "VBN":
        return replace(frame, modality=HYPOTHETICAL, rule="unreal")
    if auxiliaries & {"would", "might", "could", "may"}:
        reported = "would" in auxiliaries and _is_reported(frames, v)
        if reported and _is_announced(frames, v, frame):
            return replace(frame, modality=INTENDED)
        return code_of_intent(replace(frame, modality=INTENDED if reported else HYPOTHETICAL))
    if auxiliaries & lx.FUTURE or (s.lemmas[v] != "be" and "going" in auxiliaries):
        if _is_announced(frames, v, frame):
            return replace(frame, modality=INTENDED)
        return code_of_intent(replace(frame, modality=INTENDED))
    # the future tense of headlines: "China, US to resume talks"
    infinitive = s.tags[v] == "VB" and any(s.tags[c] == "TO" for c in s.children[v])
    head = s.heads[v]
    of_headline = s.tags[head][:2] == "NN" and (
        s.deps[v] == "advcl" or (s.deps[v] in ("relcl", "xcomp") and s.heads[head] == head)  # "UN chief to meet Putin"
    )
    of_headline = of_headline or (s.deps[v] == "xcomp" and s.lemmas[s.heads[v]] in lx.SAY)
    if infinitive and (s.deps[v] in ("ROOT", "ccomp", "acl", "conj") or of_headline) and not _headed_by_act(frames, v):
        decided = frame.code[:2] in ("16", "17")  # "Latvia to shut Belarusian consulates" announces, it does not threaten
        return replace(frame, modality=INTENDED) if decided else code_of_intent(replace(frame, modality=INTENDED))
    if s.tags[v] == "VBG" and "be" in auxiliaries:
        return replace(frame, modality=ONGOING)
    return frame


def is_sport(frames: FrameReader) -> bool:
    """Whether the sentence is about a game: by its words, or by a score (``3-2``)."""
    s = frames.s
    if any(lemma in lx.SPORT and not (lemma == "league" and i and s.words[i - 1] == "Arab") for i, lemma in enumerate(s.lemmas)):
        return True
    return re.search(r"\b\d{1,3}-\d{1,3}\b", s.text) is not None


def is_of_markets(frames: FrameReader) -> bool:
    """Whether the sentence is about prices on exchanges: shares that rally protest against nobody."""
    return any(lemma in lx.MARKETS for lemma in frames.s.lemmas)


def _headed_by_act(frames: FrameReader, v: int) -> bool:
    head = frames.s.heads[v]
    return head != v and frames.s.is_verb(head) and frames.s.deps[v] == "conj" and frames.of(head) is not None


def _is_reported(frames: FrameReader, v: int) -> bool:
    head = frames.s.heads[v]
    return frames.s.deps[v] == "ccomp" and frames.s.lemmas[head] in lx.SAY


def _is_announced(frames: FrameReader, v: int, frame: Frame) -> bool:
    """Whether a measure is announced without a condition: then it is more than a threat."""
    s = frames.s
    head = s.heads[v]
    if frame.code[:2] not in ("16", "17") or s.deps[v] != "ccomp" or s.lemmas[head] not in lx.ANNOUNCE:
        return False
    return not any(s.lemmas[j] in lx.CONDITION for j in s.subtree(v))


def code_of_intent(frame: Frame) -> Frame:
    """What is meant is an intent to cooperate, or a threat."""
    root = frame.code[:2]
    if frame.modality in (INTENDED, HYPOTHETICAL):
        if "04" <= root <= "08":
            return replace(frame, code=intent_to(frame.code))
        announced = frame.rule == "decide"
        if root in ("14", "15", "18", "19", "20") or (root in ("16", "17") and not announced):
            return replace(frame, code=threat_of(frame.code))
    return frame
