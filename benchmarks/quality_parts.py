"""What each part of the event coder adds: the same sentences and texts with one part left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from assets.news.coding import first_person, judgement
from assets.news.coding.coder import EventCoder
from assets.news.coding.judgement import PLAIN, Judge
from benchmarks import quality, releases, scoring

HEADER = (
    "left out", "held-out wire copy: pair F1", "pair and class F1", "false alarms", "articles: pair and class F1",
    "official releases: pair P", "pair R", "pair and class P",
)  # fmt: skip
ARTICLES = 30
"""Held-out articles that are read for this."""


@contextmanager
def without_speaker() -> Iterator[None]:
    """Texts without whom ``we`` stands for."""
    with mock.patch.object(first_person, "joined", lambda _, named, __: list(named)):
        yield


def variants() -> dict[str, Judge]:
    """Judges with a part left out."""
    whole = judgement.judge()
    settings = whole.settings
    return {
        "nothing": whole,
        "what the rest of a text tells (`whole_text.py`)": Judge(whole.encoder, replace(settings, text={})),
        "a second class of a pair": Judge(whole.encoder, replace(settings, second=2.0)),
        "all settings: the encoder from one half on": Judge(whole.encoder, PLAIN),
    }


def row(name: str, judge: Judge) -> list[object]:
    """Measure one coder."""
    coder = EventCoder(judge)
    wire = quality.run(coder, quality.held_out("heldout-wire"))
    articles = quality.run(coder, quality.held_articles()[:ARTICLES])
    official = releases.measured(coder, quality.REAL)
    pair, with_class = scoring.total(official, scoring.dyads), scoring.total(official, scoring.dyads_with_class)
    return [
        name, scoring.total(wire, scoring.dyads).f1, scoring.total(wire, scoring.dyads_with_class).f1, quality.false_alarms(wire),
        scoring.total(articles, scoring.dyads_with_class).f1, pair.precision, pair.recall, with_class.precision,
    ]  # fmt: skip


def what_parts_add() -> str:
    """Measure coders with parts left out."""
    rows = [row(name, judge) for name, judge in variants().items()]
    with without_speaker():
        rows.insert(1, row("whom `we` and the offices of a release stand for (`first_person.py`)", judgement.judge()))
    return quality.table(HEADER, rows)
