"""Real headlines, read blind: what the event coder gives for them, beside what a reader sees in them.

``labelled/headlines.csv`` holds what one reader saw in 700 headlines of 2022, and a second one in 120 of these: a pair of actors
a line, with the codes that are right, and whether a careful reader could also say that there is none (such a pair counts neither
way). No headline is in it, but a hash of each; the text is in the file of headlines, which is no part of the project. 520 of them
name two states or more, 180 do not; within both they were drawn at random.

    BILATERAL_REAL_DATA=FOLDER python -m benchmarks.headlines
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from assets.actors.lookups import party_of
from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Coder
from benchmarks import quality, scoring
from benchmarks.scoring import Expected, Item

LABELS = Path(__file__).parent / "labelled" / "headlines.csv"
HEADLINES = "news/headlines/headlines_until_2022-06.csv.gz"
FIRST, SECOND = "first", "second"

Read = dict[str, list[Expected]]
"""What a reader saw in each headline, by its hash; of a doubtful pair no label is right."""


def of(title: str) -> str:
    """The hash by which a headline is known."""
    return sha256(title.encode()).hexdigest()[:16]


def labels(reader: str) -> tuple[Read, dict[str, date | None]]:
    """What a reader saw between two states, and the day of each headline."""
    seen: defaultdict[str, list[Expected]] = defaultdict(list)
    days: dict[str, date | None] = {}
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["reader"] != reader:
                continue
            days[row["headline"]] = date.fromisoformat(row["captured"]) if row["captured"] else None
            pair = quality.pair_of(*(party_of(row[side], None) for side in ("source_id", "target_id")))
            names = [scoring.label(c) for c in row["cameo_codes"].split("/")] if pair else []
            if pair:
                certain = row["is_doubtful"] == "false"
                seen[row["headline"]].append(Expected(*pair, names[0], frozenset(names if certain else ())))
    return dict(seen), days


def items(folder: Path, reader: str = FIRST) -> list[Item]:
    """The headlines that a reader read, as they stand in the folder of real files; none where it has no such file."""
    path = folder / HEADLINES
    if not path.exists():
        return []
    seen, days = labels(reader)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        titles = {of(t): t for row in csv.DictReader(file) if (t := (row["title"] or "").strip())}
    return [Item(key, titles[key], day, tuple(seen.get(key, ()))) for key, day in days.items() if key in titles]


def without_doubtful(coded: Iterable[Item]) -> list[Item]:
    """Take the pairs that a reader doubts out of what is expected and of what was given."""
    found = []
    for item in coded:
        doubtful = {(e.source, e.target) for e in item.expected if not e.labels}
        found.append(
            replace(
                item,
                expected=tuple(e for e in item.expected if (e.source, e.target) not in doubtful),
                coded=tuple(e for e in item.coded if (e.source, e.target) not in doubtful),
            )
        )
    return found


def measured(coder: Coder, folder: Path) -> list[Item]:
    """The headlines with what the coder gives for each, without doubtful pairs."""
    return without_doubtful(quality.run(coder, items(folder)))


def without_an_event(coded: Iterable[Item]) -> list[Item]:
    """Those of the headlines in which the reader saw no event at all, doubtful ones neither."""
    seen, _ = labels(FIRST)
    return [i for i in coded if i.id not in seen]


def agreement(one: Read, other: Read, both: Iterable[str]) -> tuple[int, int, int]:
    """Count the pairs that both readers saw, that the one alone saw, and the other; doubtful ones are none of these."""
    shared = only = others = 0
    for key in both:
        mine, yours = ({(e.source, e.target): bool(e.labels) for e in read.get(key, ())} for read in (one, other))
        for pair in mine.keys() | yours.keys():
            if not (mine.get(pair, True) and yours.get(pair, True)):
                continue
            shared += pair in mine and pair in yours
            only += pair in mine and pair not in yours
            others += pair in yours and pair not in mine
    return shared, only, others


def main() -> None:
    """Print the figures of the headlines."""
    coded = measured(EventCoder(), quality.REAL)
    if not coded:
        raise SystemExit("The file of headlines is absent: set BILATERAL_REAL_DATA to the folder of real files.")
    print(
        quality.table(
            ["headlines", "counted", "n", "expected", "precision", "recall", "F1", "95 % interval"],
            quality.score_rows("real headlines of 2022", coded),
        )
    )
    signs = scoring.signs(coded)
    print(
        f"wrong signs {signs.wrong} of {signs.coded}; given an event without one {quality.false_alarms(without_an_event(coded))}"
    )
    (first, _), (second, days) = labels(FIRST), labels(SECOND)
    shared, only, others = agreement(first, second, days)
    f1 = 2 * shared / (2 * shared + only + others)
    print(f"two readers of {len(days)}: {shared} pairs by both, {only} and {others} by one alone (F1 {f1:.3f})")


if __name__ == "__main__":
    main()
