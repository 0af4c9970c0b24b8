"""What each part of the event coder adds: the same sentences and texts with one part left out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from unittest import mock

from assets.news.coding import encoder, event_date, judgement, parties, pieces
from assets.news.coding.coder import EventCoder
from assets.news.coding.judgement import PLAIN, Judge
from assets.news.coding.pieces import Earlier
from assets.news.text import phrase_roles
from benchmarks import quality, quality_articles, releases, scoring

HEADER = (
    "left out", "held-out wire copy: pair F1", "pair and class F1", "false alarms", "articles: pair and class F1",
    "official releases: pair P", "pair R", "pair and class P",
)  # fmt: skip
ARTICLES = 30
"""Held-out articles that are read for this."""


def _states_alone(*args: Any, **named: Any) -> list[Any]:
    return [m for m in _parties_of(*args, **named) if m.actor_id == m.country_id]


_parties_of = phrase_roles.parties_of


def variants() -> list[tuple[str, Judge, AbstractContextManager[object]]]:
    """What is left out, the judge without it, and what is replaced meanwhile."""
    whole = judgement.judge()

    def less(**settings: Any) -> Judge:
        return Judge(whole.encoder, replace(whole.settings, **settings))

    def patched(place: object, name: str, value: object) -> AbstractContextManager[object]:
        return mock.patch.object(place, name, value)

    return [
        ("nothing", whole, nullcontext()),
        ("names of persons, bodies and cities: those of states alone", whole,
         patched(phrase_roles, "parties_of", _states_alone)),
        ("where a report was sent from is nobody (`parties.after_dateline`)", whole,
         patched(parties, "after_dateline", lambda _: 0)),
        ("whom `we` and the offices of a release stand for (`parties.joined`)", whole,
         patched(parties, "joined", lambda _, named, __: list(named))),
        ("what was said before a sentence (`pieces.before`)", whole, patched(pieces, "before", lambda *_: Earlier())),
        ("what the rest of a text tells (`judgement.features`)", less(text={}), nullcontext()),
        ("a second class of a pair", less(second=2.0, second_of_text=2.0), nullcontext()),
        ("all settings: the encoder from one half on", Judge(whole.encoder, PLAIN), nullcontext()),
    ]  # fmt: skip


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
    rows = []
    for name, judge, replaced in variants():
        with replaced:
            rows.append(row(name, judge))
    return quality.table(HEADER, rows)


def right_codes(items: Sequence[scoring.Item]) -> tuple[int, int]:
    """Of events whose pair and class are right: how many there are, and how many have a code that is accepted."""
    right = [(e, x) for i in items for e in i.coded if (x := next((x for x in i.expected if scoring.is_right(e, x)), None))]
    return len(right), sum(e.code in x.codes for e, x in right)


def codes_and_dates() -> str:
    """Codes by the encoder's head against one code a class, and dates by their rules against the day of the report."""
    coder, rows = EventCoder(), []
    items = quality.held_out("heldout-wire")
    for name, code_of in (
        ("the head of codes", judgement.code_of),
        ("one code a class", lambda kind, _: encoder.CODES_OF_KINDS[kind]),
    ):
        with mock.patch.object(judgement, "code_of", code_of):
            n, right = right_codes(quality.run(coder, items))
            rows.append(["code of wire copy, where pair and class are right", name, n, right, right / max(n, 1)])
    for name, of in (
        ("rules of dates", event_date.Dating.of),
        ("the day of the report", lambda dating, *_: dating._published()),
    ):
        with mock.patch.object(event_date.Dating, "of", of):
            *_, stated, _ = quality_articles.dates_in_articles(coder, quality.LABELLED / "articles-wire.jsonl")
            n, same, meet = (int(str(x)) for x in stated[2:5])
            rows.append(["date in articles, where one is stated", name, n, same + meet, (same + meet) / n])
    return quality.table(["what", "by", "events", "right", "share"], rows)
