"""``python -m benchmarks.screening [fit]``: how well candidates are ranked, or the weights that rank the tuning half best.

``fit`` maximises, over the tuning half of the pairs of ``benchmarks.peers.screening_sets``, the likelihood that the party is the
first among its candidates (a conditional logit) and that the best candidate of an ordinary name is no party (a logit).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize

from assets.sanctions.screening import INTERCEPT, MEASURES, WEIGHTS, NameIndex, distinct_words
from benchmarks.peers import screening_sets as sets
from tests.real_files import FOLDER as REAL

Numbers = npt.NDArray[Any]
PENALTY = 0.05
Half = Literal["tune", "report"]


class Question(NamedTuple):
    """The measures of the candidates of a name, and which of them are its party (none for an ordinary name)."""

    measures: Numbers
    is_party: npt.NDArray[np.bool_]


def asked(half: Half) -> tuple[list[Question], list[Question]]:
    """Questions of a half: aliases that are held out of the index, and ordinary names."""
    names = sets.listed(REAL)
    pairs = sets.halves(sets.drawn(names))[half]
    own = sets.held(names, pairs)
    rows = [(number, name.party, distinct_words(name.name)) for number, name in enumerate(own)]
    index = NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))
    wanted = sets.as_asked(names, pairs)
    aliases = _questions(index, own, [w["asked"] for w in wanted], [set(w["same"]) for w in wanted])
    ordinary = sets.ordinary(half)
    return aliases, _questions(index, own, ordinary, [set() for _ in ordinary])


def _questions(index: NameIndex, own: Sequence[sets.Listed], names: list[str], same: list[set[str]]) -> list[Question]:
    places, rows, measures = index.measured(names)
    found = []
    for k, parties in enumerate(same):
        at = np.flatnonzero(places == k)
        found.append(Question(measures[at], np.array([own[row].party in parties for row in rows[at]], dtype=bool)))
    return found


def measured(aliases: Sequence[Question], ordinary: Sequence[Question], weights: Numbers) -> tuple[float, float, float]:
    """Share of aliases whose party is first; the same above 99 in 100 ordinary names; that threshold."""
    best = sorted((float((q.measures @ weights).max()) if len(q.measures) else -math.inf for q in ordinary), reverse=True)
    threshold = best[math.ceil(len(best) / 100)]
    first = [(q, q.measures @ weights) for q in aliases if len(q.measures)]
    hits = [float(scores.max()) for q, scores in first if q.is_party[scores.argmax()]]
    return len(hits) / len(aliases), sum(score > threshold for score in hits) / len(aliases), threshold


def fit(aliases: Sequence[Question], ordinary: Sequence[Question]) -> tuple[Numbers, float]:
    """Weights of the measures and the intercept. The weights decide which name of a party stands for it: hence four rounds."""
    values = np.append(np.ones(len(MEASURES)), -5.0)
    for _ in range(4):
        chosen = []
        for q in aliases:
            if q.is_party.any() and not q.is_party.all():
                own = q.measures[q.is_party]
                chosen.append(np.vstack([own[(own @ values[:-1]).argmax()], q.measures[~q.is_party]]))
        values = minimize(_loss, values, (chosen, [q.measures for q in ordinary if len(q.measures)]), jac=True).x
    return values[:-1], float(values[-1])


def _loss(values: Numbers, chosen: Sequence[Numbers], ordinary: Sequence[Numbers]) -> tuple[float, Numbers]:
    weights, intercept = values[:-1], values[-1]
    loss = PENALTY * float(weights @ weights)
    slope = np.append(2 * PENALTY * weights, 0.0)
    for measures in chosen:
        scores = measures @ weights
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        wrong = 1 / (1 + math.exp(scores[0] + intercept))
        loss += -math.log(shares[0]) - 0.5 * math.log1p(-min(wrong, 1 - 1e-12))
        slope[:-1] += shares @ measures - measures[0] - 0.5 * wrong * measures[0]
        slope[-1] -= 0.5 * wrong
    for measures in ordinary:
        best = measures[(measures @ weights).argmax()]
        alarmed = 1 / (1 + math.exp(-(best @ weights + intercept)))
        loss -= math.log1p(-min(alarmed, 1 - 1e-12))
        slope += alarmed * np.append(best, 1.0)
    return loss, slope


def main() -> int:
    """Print what the weights reach on both halves; with ``fit`` those that the tuning half asks for. Returns the exit code."""
    if not REAL.exists():
        print("screening: the real files are absent (BILATERAL_REAL_DATA)")
        return 2
    tune, report = asked("tune"), asked("report")
    weights, intercept = (WEIGHTS, INTERCEPT) if sys.argv[1:] != ["fit"] else fit(*tune)
    print(f"weights {dict(zip(MEASURES, weights.round(2).tolist(), strict=True))}, intercept {intercept:.2f}")
    for half, questions in (("tune", tune), ("report", report)):
        first, alarmed, threshold = measured(*questions, weights)
        alarm = 1 / (1 + math.exp(-(threshold + intercept)))
        print(f"{half}: first {first:.3f}, at 1 % false alarms {alarmed:.3f} (score {alarm:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
