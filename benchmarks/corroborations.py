"""Corroborations: how many of the pairs of event and act that a warehouse gives are right, on pairs that one reader labelled.

``labelled/corroborations.csv`` holds a pair a line: ids of event and act, the event's day, states and code, whether its sentence
refers to that act, and why not. No sentence is in it. The pairs are all that the days and states of events and acts put
together, given or not: those of the real files (headlines of 2022, a chronicle of 2025, the seed article) and of the sample.
The words of the reviewed record were written with the acts of the real files in view; the sample was not looked at before its
pairs had been given.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

LABELS = Path(__file__).parent / "labelled" / "corroborations.csv"
TRACKER = "news/tracker/us_china_tracker_2025-01_2025-09.txt.gz"
_DAY = re.compile(r"^((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d+, 20\d\d)\s*$", re.MULTILINE)
TOP = 100

Pair = tuple[str, ...]
"""An event and an act: the text that tells of it (or the event itself, where no text is held), the states of both sides, the root
of its code, and the act. The number of an event in its text changes with the coder, and so does not count."""


def pair_of(event: Sequence[str | None], act_id: str) -> Pair:
    """The pair of an event (its id, the states of its source and target, its code) and an act."""
    event_id, source_id, target_id, cameo_code = (value or "" for value in event)
    text = event_id.rpartition(":")[0] if event_id.count(":") == 2 else event_id
    return text, source_id, target_id, cameo_code[:2], act_id


@dataclass(frozen=True)
class Measured:
    """What comes of the pairs of a warehouse: given, of these labelled, of these right; and right ones that are not given."""

    n_given: int
    n_labelled: int
    n_right: int
    n_missed: int
    precision: float | None
    precision_at_top: float | None
    by_score: Mapping[str, tuple[int, int]]


def labels() -> dict[Pair, bool]:
    """Whether a pair is right; without those of which one text has a right and a wrong one."""
    found: dict[Pair, set[bool]] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for r in csv.DictReader(file):
            pair = pair_of([r[c] for c in ("event_id", "source_id", "target_id", "cameo_code")], r["act_id"])
            found.setdefault(pair, set()).add(r["is_right"] == "true")
    return {pair: True in verdicts for pair, verdicts in found.items() if len(verdicts) == 1}


def measure(given: Mapping[Pair, float], labelled: Mapping[Pair, bool]) -> Measured:
    """Compare pairs that are given, with their scores, with labelled ones; pairs without a label are counted and not judged."""
    judged = sorted(((score, labelled[pair]) for pair, score in given.items() if pair in labelled), reverse=True)
    right = [is_right for _, is_right in judged]
    by_score: dict[str, tuple[int, int]] = {}
    for least, most in ((0.9, 1.01), (0.8, 0.9), (0.7, 0.8), (0.6, 0.7)):
        part = [is_right for score, is_right in judged if least <= score < most]
        by_score[f"{least:.1f}"] = (sum(part), len(part))
    return Measured(
        n_given=len(given),
        n_labelled=len(judged),
        n_right=sum(right),
        n_missed=sum(is_right and pair not in given for pair, is_right in labelled.items()),
        precision=sum(right) / len(right) if right else None,
        precision_at_top=sum(right[:TOP]) / len(right[:TOP]) if right else None,
        by_score=by_score,
    )


def given_by(warehouse: Path) -> dict[Pair, float]:
    """The pairs that a published file gives, with their scores."""
    query = """SELECT e.event_id, e.source_country_id, e.target_country_id, e.cameo_code, r.act_id, r.score
        FROM marts.act_reports AS r JOIN core.events AS e USING (event_id) ORDER BY r.score"""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return {pair_of(event, act): score for *event, act, score in con.execute(query).fetchall()}


def measure_file(warehouse: Path) -> Measured:
    """Measure a published file against the labelled pairs of the events that it holds: other labels say nothing about it."""
    query = "SELECT event_id, source_country_id, target_country_id, cameo_code FROM core.events"
    with duckdb.connect(str(warehouse), read_only=True) as con:
        held = {pair_of(event, "")[:-1] for event in con.execute(query).fetchall()}
    return measure(given_by(warehouse), {pair: is_right for pair, is_right in labels().items() if pair[:-1] in held})


def put_tracker(real_data: Path, archive: Path) -> int:
    """Write the days of the chronicle into an archive, an article each; returns their number.

    The ids of the labelled events follow from these names and texts.
    """
    _, *parts = _DAY.split(gzip.decompress((real_data / TRACKER).read_bytes()).decode())
    folder = archive / "articles" / "2025-09-23"
    folder.mkdir(parents=True, exist_ok=True)
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        day = datetime.strptime(heading, "%A, %B %d, %Y").date().isoformat()  # noqa: DTZ007 - a day, not a moment
        about = {"published": day, "outlet": "US-China tracker", "title": f"US-China tracker, {day}"}
        (folder / f"tracker-{day}.txt").write_text(body.strip(), encoding="utf-8")
        (folder / f"tracker-{day}.txt.meta.json").write_text(json.dumps(about), encoding="utf-8")
    return len(parts) // 2


def report(found: Measured) -> str:
    """The figures in words."""
    shown = ["no labelled pair is given"]
    if found.precision is not None and found.precision_at_top is not None:
        shown = [
            f"{found.n_given:,} pairs given, {found.n_labelled:,} of them labelled, {found.n_right:,} right",
            f"precision {found.precision:.3f}; of the first {TOP} by score {found.precision_at_top:.3f}",
            f"{found.n_missed:,} labelled right pairs are not given",
            *(f"score from {s}: {r:,} of {n:,} right" for s, (r, n) in found.by_score.items() if n),
        ]
    return "\n".join(shown)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "archive":
        print(f"{put_tracker(Path(sys.argv[2]), Path(sys.argv[3])):,} days")
    elif len(sys.argv) == 2:
        print(report(measure_file(Path(sys.argv[1]))))
    else:
        sys.exit("python -m benchmarks.corroborations WAREHOUSE.duckdb | archive REAL_DATA ARCHIVE")
