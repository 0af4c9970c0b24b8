"""How the voices of ``assets.news.coding.judgement`` are joined: fitted on answers about sentences that no model had seen.

In turn: how much the linear model, the encoder and the rules count for the class (greatest likelihood); for being an event at
all (logistic regression); what share of right answers the joint score is worth, by class; and the thresholds, which follow from
two stated aims. The last three are fitted on wire copy alone, the wording that texts have: older sentences of the project are
easier, and a confidence fitted on both would be too high on texts. scipy and scikit-learn are needed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.clauses import Clauses
from assets.news.coding.judgement import STRENGTHS, Settings, Voices, chance_of, code_of, in_text, is_hopeless, joined
from assets.news.coding.kinds import kind_of
from assets.news.coding.model import is_open
from assets.news.coding.odds import FLOOR, logit
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.whole_text import Features, Told, features

PRECISION_OF_PAIRS = 0.87
"""Aim: the share of the pairs given that are events, in wire copy of which a third of the sentences have none."""

PRECISION_ACROSS = 0.66
"""The same of pairs that their sentence does not name both, sentence by sentence."""

PRECISION_OF_TEXTS = 0.78
"""Aim for whole texts: the share of the pairs given of a text that it tells of in one of its sentences."""

_BEGINNINGS = (2, 3, 4, 6)
"""Of articles their first sentences are learnt from too, as if there were no more: texts come in all lengths."""

WRONG_SIGNS = 0.03
"""Aim: the share of wrong signs among the events given whose pair is right is at most this."""


@dataclass(frozen=True)
class Observed:
    """A proposed pair with what models that had not seen its sentence say of it, and what it is.

    ``kinds``: all that are right, of the events of this pair in this direction; none where it is no event. ``is_given``: the pair
    was given and only its class asked for. ``text``: the sentence. ``is_wire``: it is wire copy. ``within``: the article that it
    stands in, if it does, and as which of its sentences.
    """

    event: ProposedEvent
    clauses: Clauses
    voices: Voices
    kinds: frozenset[str]
    is_given: bool
    text: str = ""
    is_wire: bool = True
    within: tuple[str, int] = ("", 0)

    @property
    def roots(self) -> set[str]:
        """Roots that are right."""
        return {k[:2] for k in self.kinds}


def settings(observed: Sequence[Observed], roots: Sequence[str], precision: float = PRECISION_OF_PAIRS) -> Settings:
    """Fit all, in turn.

    Args:
        observed: pairs, all with what an encoder says or all without.
        roots: order of the probabilities of the linear model.
        precision: the aim for the share of the pairs given that are events.
    """
    found = _of_classes(observed, roots)
    free = [o for o in observed if not o.is_given and o.is_wire]
    found = _of_events(free, found)
    found = _of_confidence(_answers(free, roots, lambda _: found), found)
    return _with_thresholds(_answers(free, roots, lambda _: found), found, precision)


def settings_of_texts(observed: Sequence[Observed], roots: Sequence[str], named: Settings, across: Settings) -> Settings:
    """Fit what the rest of a text counts; how sure a sign must be is settled by its sentence.

    Args:
        observed: pairs of the sentences of articles, in order.
        roots: order of the probabilities of the linear model.
        named: how the voices are joined on pairs that their sentence names.
        across: the same for pairs that it does not name both.
    """
    from sklearn.linear_model import LogisticRegression

    def settings_for(o: Observed) -> Settings:
        return across if is_open(o.event) else named

    asked = [o for o in observed if o.within[0] and not o.is_given and not is_hopeless(o.event, o.voices.reading)]
    answers = _answers(asked, roots, settings_for)
    texts: dict[str, list[tuple[Observed, _Answer]]] = {}
    for o, answer in zip(asked, answers, strict=True):
        texts.setdefault(o.within[0], []).append((o, answer))
    whole = [_features(text) for text in texts.values()]
    begun = [
        _features([(o, a) for o, a in text if o.within[1] < length])
        for text in texts.values()
        for length in _BEGINNINGS
        if text[-1][0].within[1] >= length
    ]
    rows = [row for text in (*whole, *begun) for row in text]
    names = list(rows[0][0])
    fitted = LogisticRegression(C=1.0, max_iter=5000).fit([[f[n] for n in names] for f, _ in rows], [y for _, y in rows])
    weights = {"base": _rounded(fitted.intercept_[0]), **{n: _rounded(w) for n, w in zip(names, fitted.coef_[0], strict=True)}}
    found = Settings(event=weights)
    again = [
        [replace(a, chance=in_text(f, found)) for (_, a), (f, _) in zip(text, read, strict=True)]
        for text, read in zip(texts.values(), whole, strict=True)
    ]
    found = _of_confidence([a for text in again for a in text], found)
    surest = [a for text, judged in zip(texts.values(), again, strict=True) for a in _once_a_text(text, judged)]
    return replace(found, chance=_least_chance(surest, PRECISION_OF_TEXTS))


def _features(text: Sequence[tuple[Observed, _Answer]]) -> list[tuple[Features, bool]]:
    told = [Told(o.within[1], o.event.source.party, o.event.target.party, a.chance, is_open(o.event)) for o, a in text]
    return [(f, a.is_pair) for f, (_, a) in zip(features(told), text, strict=True)]


def _once_a_text(text: Sequence[tuple[Observed, _Answer]], judged: Sequence[_Answer]) -> list[_Answer]:
    """Of each pair of a text the surest answer, right where any of its sentences tells of the pair."""
    told = {(o.event.source.party, o.event.target.party) for o, a in text if a.is_pair}
    best: dict[tuple[str, str], _Answer] = {}
    for (o, _), answer in zip(text, judged, strict=True):
        pair = o.event.source.party, o.event.target.party
        if pair not in best or answer.chance > best[pair].chance:
            best[pair] = replace(answer, is_pair=pair in told)
    return list(best.values())


def _of_classes(observed: Sequence[Observed], roots: Sequence[str]) -> Settings:
    from scipy.optimize import minimize

    told = [o for o in observed if o.kinds]
    right = np.array([[r in o.roots for r in roots] for o in told])
    words = np.log(np.maximum([o.voices.roots for o in told], FLOOR))
    has_encoder = told[0].voices.reading is not None
    encoder = np.zeros_like(words)
    if has_encoder:
        encoder = np.log([[max(_roots_of(o).get(r, 0.0), FLOOR) for r in roots] for o in told])
    strengths = [s for s in STRENGTHS if any(o.voices.strength == s and o.voices.rule_root for o in told)]
    named = [[[o.voices.strength == s and o.voices.rule_root == r for r in roots] for s in strengths] for o in told]
    rule = np.array(named, dtype=float).reshape(len(told), len(strengths), len(roots))
    start = np.array([0.6 if has_encoder else 1.0, 0.4 if has_encoder else 0.0, *(0.0 for _ in strengths)])

    def loss(w: npt.NDArray[np.float64]) -> float:
        z = w[0] * words + (w[1] * encoder if has_encoder else 0.0) + np.einsum("s,nsr->nr", w[2:], rule)
        z = z - z.max(1, keepdims=True)
        e = np.exp(z)
        p = (e * right).sum(1) / e.sum(1)
        return float(-np.log(np.maximum(p, 1e-9)).mean() + 0.002 * ((w - start) ** 2).sum())

    best = minimize(loss, start, method="L-BFGS-B").x
    weight = {s: round(float(w), 4) for s, w in zip(strengths, best[2:], strict=True)}
    return Settings(words=round(float(best[0]), 4), encoder=round(float(best[1]), 4) if has_encoder else 0.0, rule=weight)


def _roots_of(o: Observed) -> dict[str, float]:
    return dict(o.voices.reading.roots) if o.voices.reading is not None else {}


def _of_events(observed: Sequence[Observed], found: Settings) -> Settings:
    from sklearn.linear_model import LogisticRegression

    has_encoder = observed[0].voices.reading is not None
    names = ["words", "inferred", *STRENGTHS, *(["encoder"] if has_encoder else [])]
    rows = []
    for o in observed:
        row = [logit(o.voices.chance), float(o.voices.inferred), *(float(o.voices.strength == s) for s in STRENGTHS)]
        rows.append(row + ([logit(o.voices.reading.chance)] if o.voices.reading is not None else []))
    fitted = LogisticRegression(C=1.0, max_iter=5000).fit(np.array(rows), [bool(o.kinds) for o in observed])
    weights = {"base": _rounded(fitted.intercept_[0]), **{n: _rounded(w) for n, w in zip(names, fitted.coef_[0], strict=True)}}
    return replace(found, event=weights)


def _rounded(x: Any) -> float:
    return round(float(x), 4)


@dataclass(frozen=True)
class _Answer:
    chance: float
    sign: float
    root: float
    label: str
    is_pair: bool
    is_right: bool
    is_sign_right: bool

    @property
    def score(self) -> float:
        return self.chance * self.root


def _answers(observed: Sequence[Observed], roots: Sequence[str], settings_for: Callable[[Observed], Settings]) -> list[_Answer]:
    answers = []
    for o in observed:
        found = settings_for(o)
        p = joined(o.voices, roots, found)
        root = roots[int(p.argmax())]
        sign = float(sum(q for q, r in zip(p, roots, strict=True) if is_cooperative(r) == is_cooperative(root)))
        chance = chance_of(o.voices, found)
        label = _label(code_of(root, o.event, o.clauses, o.voices.reading))
        is_right = label in {k.split("/")[1] for k in o.kinds}
        signs = {is_cooperative(r) for r in o.roots}
        answers.append(_Answer(chance, sign, float(p.max()), label, bool(o.kinds), is_right, is_cooperative(root) in signs))
    return answers


def _label(code: str) -> str:
    return kind_of(code).split("/")[1]


def _of_confidence(answers: Sequence[_Answer], found: Settings) -> Settings:
    """From score to share right: one slope, and what a class is better or worse than its score, drawn towards nothing."""
    from sklearn.linear_model import LogisticRegression

    answers = [a for a in answers if a.chance >= 0.2]
    labels = sorted({a.label for a in answers})
    rows = np.array([[logit(a.score), *(0.7 * (a.label == name) for name in labels)] for a in answers])
    fitted = LogisticRegression(C=0.5, max_iter=5000).fit(rows, [a.is_right for a in answers])
    slope, *offsets = fitted.coef_[0]
    by_class = {name: _rounded(0.7 * w) for name, w in zip(labels, offsets, strict=True)}
    return replace(found, confidence={"base": _rounded(fitted.intercept_[0]), "slope": _rounded(slope), **by_class})


def _with_thresholds(answers: Sequence[_Answer], found: Settings, precision: float) -> Settings:
    """The least thresholds with which the aims are met: first that of the pairs, then that of the signs among these."""
    chance = _least_chance(answers, precision)
    given = sorted((a for a in answers if a.chance >= chance and a.is_pair), key=lambda a: -a.sign)
    wrong = np.cumsum([not a.is_sign_right for a in given]) / np.arange(1, len(given) + 1)
    sign = round(given[int(np.flatnonzero(wrong <= WRONG_SIGNS)[-1])].sign, 3)
    return replace(found, chance=chance, sign=sign)


def _least_chance(answers: Sequence[_Answer], precision: float) -> float:
    answers = sorted(answers, key=lambda a: -a.chance)
    right = np.cumsum([a.is_pair for a in answers]) / np.arange(1, len(answers) + 1)
    return round(answers[int(np.flatnonzero(right >= precision)[-1])].chance, 3)
