"""What each part of the event coder adds, and what more sentences add (``python -m benchmarks.quality --long``).

On the held-out sentences of two writers: by coders with parts left out, and by coders whose models saw a part of the training
sentences alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assets.news.coding import judgement, model
from assets.news.coding.coder import RuleCoder
from assets.news.coding.encoder import Encoder
from assets.news.coding.interface import Coder
from assets.news.coding.judgement import Judge
from assets.news.coding.training import train
from assets.news.coding.training.pairs import share_of
from benchmarks import quality, scoring


def variants() -> dict[str, Coder]:
    """Coders with parts left out."""
    whole = judgement.judge()
    alone = judgement.read(model.WEIGHTS, model.CARD, None)
    found: dict[str, Coder] = {"rules": RuleCoder(rules_only=True), "rules and linear models": RuleCoder(alone)}
    if whole.encoder is not None:
        by_encoder = replace(whole.settings, words=0.0, rule={}, event={"base": 0.0, "encoder": 1.0})
        found["encoder alone judges what is proposed"] = RuleCoder(Judge(whole.classifier, whole.encoder, by_encoder))
        found["all"] = RuleCoder(whole)
    return found


def variant_rows(name: str, coder: Coder) -> list[list[object]]:
    """Score a coder on both sets of held-out sentences: a row each."""
    rows: list[list[object]] = []
    for kind, name_of_file in (("wire copy", "heldout-wire"), ("sentences", "heldout")):
        file = quality.LABELLED / f"{name_of_file}.jsonl"
        items = quality.run(coder, quality.labelled(file))
        pairs, classes = scoring.total(items, scoring.dyads), scoring.total(items, scoring.dyads_with_class)
        given = {str(k): v for k, v in quality.relation_rows(quality.labelled_relations(coder, file))}
        f1, quads = (given[f"macro-F1 over the {what}"] for what in ("16 classes of 2021", "four quads"))
        signs = f"{scoring.signs(items).share:.1%}"
        rows.append([name, kind, pairs.precision, pairs.recall, classes.f1, signs, quality.false_alarms(items), f1, quads])
    return rows


def shares(encoders: dict[int, Path]) -> Iterator[tuple[str, Coder]]:
    """Give coders whose models saw a part of the training sentences: linear models, and the encoder where there is one."""
    whole = judgement.judge()
    for percent in (25, 50, 100):
        classifier = train.fit(train.prepare(share_of(train.training_sentences(), percent)))
        alone = judgement.read(model.WEIGHTS, model.CARD, None).settings
        yield f"{percent} %, rules and linear models", RuleCoder(Judge(classifier, None, alone))
        if percent in encoders:
            yield f"{percent} %, all", RuleCoder(Judge(classifier, Encoder(encoders[percent]), whole.settings))


HEADER = (
    "coder", "held-out", "pair precision", "pair recall", "pair and class F1", "wrong signs", "false alarms",
    "class given the pair, macro-F1", "quads",
)  # fmt: skip


def what_parts_add() -> str:
    """Measure coders with parts left out."""
    return quality.table(HEADER, [row for name, coder in variants().items() for row in variant_rows(name, coder)])


def what_sentences_add(encoders: dict[int, Path]) -> str:
    """Measure coders whose models saw a part of the training sentences."""
    return quality.table(HEADER, [row for name, coder in shares(encoders) for row in variant_rows(name, coder)])
