"""How often the coder gives an event of an article the date that the text states for it, and none where it states none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets.actors.lookups import party_of
from assets.news.coding.interface import Coder, Event, Text
from benchmarks import scoring

KEPT, OPEN = "kept", "open"
"""Articles whose labels of dates were not looked at when the rules were written, and those that were."""
STATED = ("the same days", "days that meet them", "unknown", "other days")
UNSTATED = ("unknown", "the day of the report", "other days")


def dates_in_articles(coder: Coder, path: Path) -> list[list[object]]:
    """Return rows of counts: of the events found whose date is labelled, what date they have.

    An event is found where the same sentence gives one of the same pair; among several, those of a right class count.
    """
    rows = [r for line in path.read_text(encoding="utf-8").splitlines() if "dates" in (r := json.loads(line))]
    texts = [Text(r["id"], r["text"], date.fromisoformat(r["published"])) for r in rows]
    counts: dict[str, Counter[str]] = {part: Counter() for part in (KEPT, OPEN)}
    for row, (text, events) in zip(rows, coder.code(texts), strict=True):
        for expected in row["events"]:
            given = _found(expected, row["sentences"][expected["sentence"]][0], events)
            if "date_precision" in expected and given:
                counts[row["dates"]][_verdict(expected, given, text.published)] += 1
    named = {KEPT: "not looked at when the rules were written", OPEN: "looked at"}
    return [
        [named[part], what, sum(of[f"{kind}: {v}"] for v in verdicts), *_shares(of, kind, verdicts)]
        for part, of in counts.items()
        for what, kind, verdicts in (("a date is stated", "stated", STATED), ("none is stated", "unstated", UNSTATED))
    ]


def _shares(counts: Counter[str], kind: str, verdicts: Sequence[str]) -> list[object]:
    said = {v: counts[f"{kind}: {v}"] for v in verdicts}
    columns = ("the same days", "days that meet them", "unknown", "the day of the report", "other days")
    return [said.get(c, "") for c in columns]


def _found(expected: dict[str, Any], start: int, events: Sequence[Event]) -> list[Event]:
    pair = party_of(expected["source"], None), party_of(expected["target"], None)
    of_pair = [
        e
        for e in events
        if e.evidence_start == start
        and (party_of(e.source_id or "", e.source_country_id), party_of(e.target_id or "", e.target_country_id)) == pair
    ]
    labels = {scoring.label(c) for c in [expected["cameo"], *expected.get("cameo_also", ())]}
    return [e for e in of_pair if scoring.label(e.cameo_code) in labels] or of_pair


def _verdict(expected: dict[str, Any], given: Sequence[Event], published: date | None) -> str:
    """Say of the events given for one how their days stand to those labelled; the best of them counts."""
    known = [(e.event_date, e.event_date_end) for e in given if e.event_date is not None and e.event_date_end is not None]
    if "event_date" not in expected:
        if len(known) < len(given):
            return "unstated: unknown"
        return "unstated: the day of the report" if any(first == published for first, _ in known) else "unstated: other days"
    first, end = days_of(expected)
    if (first, end) in known:
        return "stated: the same days"
    if any(a < end and first < b for a, b in known):
        return "stated: days that meet them"
    return "stated: unknown" if len(known) < len(given) else "stated: other days"


def days_of(event: dict[str, Any]) -> tuple[date, date]:
    """Return the first day of a labelled date and the day after its last."""
    first = date.fromisoformat(event["event_date"])
    if event["date_precision"] == "interval":
        return first, date.fromisoformat(event["event_date_end"])
    if event["date_precision"] == "year":
        return first, date(first.year + 1, 1, 1)
    if event["date_precision"] == "month":
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, first + timedelta(days=1)
