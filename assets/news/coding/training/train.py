"""Training of the two small models of ``assets.news.coding.model``, and the coder out of fold.

    python -m assets.news.coding.training.train [--gold plover_gsr_dev_half.json]

Examples come from the sentences that this project labelled itself (``labelled/train-*.jsonl``) and, where the file is given,
from a half of the PLOVER gold records of the Open Event Data Alliance (CC BY-SA 4.0). The weights in the package were made
with both. Nothing is random: the same examples give the same weights. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from assets.actors import registry
from assets.news.coding import model
from assets.news.coding.cameo_moves import is_cooperative
from assets.news.coding.clauses import Clauses
from assets.news.coding.coder import Text, proposed_between
from assets.news.coding.parse import sentences
from assets.news.coding.placed_actors import actors_in
from assets.news.coding.proposed import ProposedEvent
from assets.news.text import phrase_roles

LABELLED = Path(__file__).with_name("labelled")

PLOVER_ROOTS = {
    "AGREE": "03", "CONSULT": "04", "SUPPORT": "05", "COOPERATE": "06", "AID": "07", "CONCEDE": "08", "RETREAT": "08",
    "INVESTIGATE": "09", "DEMAND": "10", "DISAPPROVE": "11", "REJECT": "12", "THREATEN": "13", "PROTEST": "14",
    "MOBILIZE": "15", "SANCTION": "16", "COERCE": "17", "ASSAULT": "18", "FIGHT": "19",
}  # fmt: skip
"""Events of the PLOVER gold records (an early vocabulary, one a root of CAMEO) to roots."""

_STATES = {"JAP": "JPN", "VTN": "VNM", "ITL": "ITA"}
"""Codes in the gold records that are not ISO 3166."""

STRENGTH_ROOT, STRENGTH_PAIR = 0.3, 0.3
"""Inverse strength of the penalty, chosen by cross-validation among 0.1, 0.3, 1 and 3."""

FOLDS = 10
_LEAST = 2
"""Examples that must show a feature before it counts."""


@dataclass(frozen=True)
class Relation:
    """One labelled event: the parties as named in the text, their states (None where none), and the root of the code."""

    source_text: str
    target_text: str
    source: str | None
    target: str | None
    root: str


@dataclass(frozen=True)
class Example:
    """A sentence with all that it expresses."""

    id: str
    text: str
    published: date | None
    relations: tuple[Relation, ...]
    origin: str

    @property
    def dyads(self) -> dict[tuple[str, str], set[str]]:
        """Directed pairs of different states, with their roots."""
        found: dict[tuple[str, str], set[str]] = {}
        for r in self.relations:
            if r.source is not None and r.target is not None and r.source != r.target:
                found.setdefault((r.source, r.target), set()).add(r.root)
        return found


def read_labelled(path: Path) -> list[Example]:
    """Sentences that the project labelled, from a file of JSON lines."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        relations = tuple(
            Relation(e["source_text"], e["target_text"], e["source"], e["target"], e["cameo"][:2]) for e in one["events"]
        )
        day = date.fromisoformat(one["published"]) if one.get("published") else None
        found.append(Example(one["id"], one["text"], day, relations, path.stem))
    return found


def training_sentences() -> list[Example]:
    """All sentences for training, in the order of their ids: which file one is in changes no weight."""
    found = [e for path in sorted(LABELLED.glob("train-*.jsonl")) for e in read_labelled(path)]
    return sorted(found, key=lambda e: e.id)


def read_plover(path: Path) -> list[Example]:
    """The PLOVER gold records. Where no target is given, the parties named as source are each other's."""
    states = set(registry.actors().filter(kind="state")["actor_id"])

    def parties(one: dict[str, Any], side: str) -> list[tuple[str, str | None]]:
        given = one.get(side) or []
        given = given if isinstance(given, list) else [given]
        found = []
        for y in given:
            code = _STATES.get(y["code"], y["code"])
            found.append((y["actorText"].split("..")[0].strip(), code if code in states else None))
        return found

    found = []
    for one in json.loads(path.read_text(encoding="utf-8")):
        root = PLOVER_ROOTS.get(one["event"])
        if root is None:
            continue
        sources, targets = parties(one, "source"), parties(one, "target")
        joint = not targets
        relations = tuple(
            Relation(a, b, c, d, root)
            for a, c in sources
            for b, d in (sources if joint else targets)
            if not joint or (a, c) != (b, d)
        )
        if not relations and sources:
            relations = (Relation(sources[0][0], "", sources[0][1], None, root),)
        elif not relations and targets:
            relations = (Relation("", targets[0][0], None, targets[0][1], root),)
        found.append(Example(one["id"], one["text"].strip(), None, relations, "plover"))
    return found


@dataclass
class Prepared:
    """An example as the models see it: relations with their features, and pairs with theirs."""

    example: Example
    relations: list[tuple[list[str], str]] = field(default_factory=list)
    proposed: list[tuple[ProposedEvent, Clauses]] = field(default_factory=list)
    between: list[tuple[ProposedEvent, Clauses, str]] = field(default_factory=list)


def prepare(examples: Sequence[Example]) -> list[Prepared]:
    """Parse the examples and let the rules read them."""
    found = []
    for example, sentence in zip(examples, sentences(e.text for e in examples), strict=True):
        one = Prepared(example)
        named = phrase_roles.parties_of(example.text, example.published)
        clauses = Clauses(sentence, actors_in(sentence, named, 0))
        one.proposed = [(event, clauses) for event in clauses.events(guess=True)]
        for r in example.relations:
            event, around, _, _ = proposed_between(
                Text(example.id, example.text, example.published), r.source_text or r.target_text, r.target_text or r.source_text
            )
            one.between.append((event, around, r.root))
            one.relations.append((model.features(event, around), r.root))
        dyads = example.dyads
        for event, clauses in one.proposed:
            roots = dyads.get((event.source.party, event.target.party), set())
            if len(roots) == 1:
                one.relations.append((model.features(event, clauses), next(iter(roots))))
        found.append(one)
    return found


def fit(prepared: Sequence[Prepared], steps: Sequence[tuple[float, float]] = ((0.0, 0.0), (1.0, 1.0))) -> model.Classifier:
    """Train both models on prepared examples."""
    rows = [row for p in prepared for row in p.relations]
    roots = sorted({root for _, root in rows})
    root_index, matrix = _matrix([names for names, _ in rows])
    root_weights = _weights(matrix, np.array([roots.index(root) for _, root in rows]), STRENGTH_ROOT)
    pairs = [
        (model.pair_features(event, clauses), (event.source.party, event.target.party) in p.example.dyads)
        for p in prepared
        for event, clauses in p.proposed
        if event.source.country_id is not None and event.target.country_id is not None
    ]
    pair_index, matrix = _matrix([names for names, _ in pairs])
    pair_weights = _weights(matrix, np.array([int(is_event) for _, is_event in pairs]), STRENGTH_PAIR)[:, -1]
    return model.Classifier(root_index, root_weights, roots, pair_index, pair_weights, model.Thresholds(), steps)


def _matrix(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], Any]:
    from scipy.sparse import csr_matrix

    counts = Counter(name for row in rows for name in set(row))
    index = {name: i for i, name in enumerate(sorted(n for n, count in counts.items() if count >= _LEAST))}
    columns = [sorted({index[n] for n in row if n in index}) for row in rows]
    indptr = np.cumsum([0, *(len(c) for c in columns)])
    indices = np.concatenate([np.array(c, dtype=np.int64) for c in columns]) if columns else np.array([], dtype=np.int64)
    return index, csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), len(index)))


def _weights(matrix: Any, classes: Any, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=1000, fit_intercept=False, tol=1e-5).fit(matrix, classes)
    return fitted.coef_.T.astype(np.float32)


def fold_of(text: str, folds: int = FOLDS) -> int:
    """The fold of a sentence, by its text: the same whatever else is in the set."""
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big") % folds


def out_of_fold(prepared: Sequence[Prepared], folds: int = FOLDS) -> Iterable[tuple[Prepared, model.Classifier]]:
    """Each example with a classifier that has not seen it."""
    for k in range(folds):
        inside = [p for p in prepared if fold_of(p.example.text, folds) == k]
        if inside:
            classifier = fit([p for p in prepared if fold_of(p.example.text, folds) != k])
            for p in inside:
                yield p, classifier


def scores_out_of_fold(pairs: Iterable[tuple[Prepared, model.Classifier]]) -> list[tuple[float, bool]]:
    """Score and rightness (dyad and root) of every event given, each by a classifier that has not seen its sentence."""
    found = []
    for p, classifier in pairs:
        dyads = p.example.dyads
        for event, clauses in p.proposed:
            if event.source.country_id is None or event.target.country_id is None:
                continue
            if not classifier.accepts(event, clauses):
                continue
            code, score = classifier.decide(event, clauses)
            found.append((score, code[:2] in dyads.get((event.source.party, event.target.party), set())))
    return found


GRID = (0.02, 0.05, 0.08, 0.15, 0.25, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.95)
"""Values at which ``sweep`` tries each threshold."""


def sweep(pairs: Sequence[tuple[Prepared, model.Classifier]]) -> Iterable[tuple[str, float, float, float, float, float]]:
    """Move one threshold at a time, the others as they are.

    Args:
        pairs: examples, each with a classifier that has not seen it.

    Returns:
        Threshold, its value; precision, recall and F1 of pair and root; and among the events whose pair is right the share
        with the wrong sign.
    """
    expected = sum(len(roots) for p, _ in pairs for roots in p.example.dyads.values())
    for field_ in fields(model.Thresholds):
        for value in GRID:
            coded = right = wrong_sign = pair_right = 0
            for p, classifier in pairs:
                classifier.thresholds = replace(model.Thresholds(), **{field_.name: value})
                found = set()
                for event, clauses in p.proposed:
                    if event.source.country_id and event.target.country_id and classifier.accepts(event, clauses):
                        found.add((event.source.party, event.target.party, classifier.decide(event, clauses)[0][:2]))
                for source, target, root in found:
                    roots = p.example.dyads.get((source, target), set())
                    coded += 1
                    right += root in roots
                    pair_right += bool(roots)
                    signs = {is_cooperative(r) for r in roots}
                    wrong_sign += bool(roots) and root not in roots and is_cooperative(root) not in signs
                classifier.thresholds = model.Thresholds()
            precision, recall = right / max(coded, 1), right / max(expected, 1)
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            yield field_.name, value, precision, recall, f1, wrong_sign / max(pair_right, 1)


def calibration(scores: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Points of a rising line from score to share of right answers (isotonic regression)."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.02, y_max=0.98, out_of_bounds="clip").fit(
        [score for score, _ in scores], [float(right) for _, right in scores]
    )
    return [(round(float(x), 4), round(float(y), 4)) for x, y in zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)]


def main() -> None:
    """Train on everything and write the weights; print what was used."""
    parser = argparse.ArgumentParser(description="Train the event coder's models.")
    parser.add_argument("--gold", type=Path, help="file of PLOVER gold records (CC BY-SA 4.0)")
    parser.add_argument("--sweep", action="store_true", help="print what other thresholds would do out of fold; write nothing")
    args = parser.parse_args()
    examples = training_sentences()
    if args.gold is not None:
        examples += read_plover(args.gold)
    prepared = prepare(examples)
    if args.sweep:
        print("threshold      value  precision  recall     F1  wrong signs")
        for name, value, *figures in sweep(list(out_of_fold(prepared))):
            print(f"{name:<14} {value:>5.2f}  {figures[0]:>9.3f}  {figures[1]:>6.3f}  {figures[2]:>5.3f}  {figures[3]:>10.1%}")
        return
    scores = scores_out_of_fold(out_of_fold(prepared))
    steps = calibration(scores)
    classifier = fit(prepared)
    about = {
        "sentences": len(examples),
        "with_gold_half": args.gold is not None,
        "command": "python -m assets.news.coding.training.train" + (" --gold FILE" if args.gold is not None else ""),
        "out_of_fold": {
            "events": len(scores),
            "share_with_pair_and_root_right": round(sum(right for _, right in scores) / len(scores), 3),
        },
    }
    model.save(classifier, steps, about, model.WEIGHTS, model.CARD)
    print(
        f"{len(examples):,} sentences, {len(classifier.root_index):,} and {len(classifier.pair_index):,} features; "
        f"{len(scores):,} events out of fold, {sum(right for _, right in scores) / len(scores):.1%} with dyad and root right"
    )


if __name__ == "__main__":
    main()
