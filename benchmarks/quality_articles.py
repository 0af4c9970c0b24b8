"""What an analyst would record of a whole article, and when it was: how many of its main events the coder finds, and their dates.

Main events were listed by a reader who had seen neither the labels of the sentences nor what the coder gives: two to eight an
article, without shades and repeats. Dates were labelled apart (``training/README.md``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets.actors.lookups import party_of
from assets.news.coding.interface import Coder, Event, Text
from benchmarks import quality, scoring

KEPT = {"kept": "not looked at when the rules were written", "since": "looked at since"}
"""Which labels of dates are read."""
MAIN = 20
"""Articles with labelled main events that are read."""
STATED = ("the same days", "days that meet them", "unknown", "other days")
UNSTATED = ("unknown", "the day of the report", "other days")


def dates_in_articles(coder: Coder, path: Path) -> list[list[object]]:
    """Return rows of counts: of the events found whose date is labelled, what date they have.

    An event is found where the same sentence gives one of the same pair; among several, those of a right class count.
    """
    rows = [r for line in path.read_text(encoding="utf-8").splitlines() if (r := json.loads(line)).get("dates") in KEPT]
    texts = [Text(r["id"], r["text"], date.fromisoformat(r["published"])) for r in rows]
    counts: dict[str, Counter[str]] = {part: Counter() for part in KEPT}
    for row, (text, events) in zip(rows, coder.code(texts), strict=True):
        for expected in row["events"]:
            given = _found(expected, row["sentences"][expected["sentence"]][0], events)
            if "date_precision" in expected and given:
                counts[row["dates"]][_verdict(expected, given, text.published)] += 1
    return [
        [KEPT[part], what, sum(of[f"{kind}: {v}"] for v in verdicts), *_shares(of, kind, verdicts)]
        for part, of in counts.items()
        for what, kind, verdicts in (("a date is stated", "stated", STATED), ("none is stated", "unstated", UNSTATED))
    ]


def main_events(coder: Coder, path: Path) -> list[list[object]]:
    """Return rows of counts: main events, those whose pair is found in the text, and those with a right class as well."""
    rows = [r for line in path.read_text(encoding="utf-8").splitlines() if "main" in (r := json.loads(line))][:MAIN]
    texts = [Text(r["id"], r["text"], date.fromisoformat(r["published"])) for r in rows]
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("between states", "all, organisations too")}
    for row, (_, events) in zip(rows, coder.code(texts), strict=True):
        given: dict[tuple[str, str], set[str]] = {}
        for e in events:
            given.setdefault(_sides(e), set()).add(scoring.label(e.cameo_code))
        for x in row["main"]:
            pair = party_of(x["source"], None), party_of(x["target"], None)
            found = given.get(pair, set()) | (given.get(pair[::-1], set()) if x.get("both_ways") else set())
            wanted = {scoring.label(c) for c in [x["cameo"], *x.get("cameo_also", ())]}
            between = quality.pair_of(*pair) is not None
            for name, of in counts.items():
                if between or name != "between states":
                    of["n"] += 1
                    of["pair"] += bool(found)
                    of["class"] += bool(found & wanted)
    return [
        [name, len(rows), of["n"], *(f"{of[k]} ({of[k] / max(of['n'], 1):.2f})" for k in ("pair", "class"))]
        for name, of in counts.items()
    ]


def _shares(counts: Counter[str], kind: str, verdicts: Sequence[str]) -> list[object]:
    said = {v: counts[f"{kind}: {v}"] for v in verdicts}
    columns = ("the same days", "days that meet them", "unknown", "the day of the report", "other days")
    return [said.get(c, "") for c in columns]


def _found(expected: dict[str, Any], start: int, events: Sequence[Event]) -> list[Event]:
    pair = party_of(expected["source"], None), party_of(expected["target"], None)
    of_pair = [e for e in events if e.evidence_start == start and _sides(e) == pair]
    labels = {scoring.label(c) for c in [expected["cameo"], *expected.get("cameo_also", ())]}
    return [e for e in of_pair if scoring.label(e.cameo_code) in labels] or of_pair


def _sides(e: Event) -> tuple[str, str]:
    return party_of(e.source_id or "", e.source_country_id), party_of(e.target_id or "", e.target_country_id)


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
