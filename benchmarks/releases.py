"""Releases of the State Department and the White House, read whole: what the event coder gives for them, beside a reader.

``labelled/releases.csv`` holds what a reader saw in each of 200 short releases of 2021-05 to 2022-03 before a coder did, a
pair of states a line (none: no pair), with the codes that are right and whether one could also say that there is none (such a
pair counts neither way). The texts are public domain but no part of the project; a release is known by a hash of its address.
Half of them (``dev``) serve to fit thresholds, half (``test``) nothing else.

    BILATERAL_REAL_DATA=FOLDER python -m benchmarks.releases
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from assets.news.articles.addresses import outlet_of
from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Coder, Text
from benchmarks import headlines, quality, scoring
from benchmarks.scoring import Expected, Item

LABELS = Path(__file__).parent / "labelled" / "releases.csv"
FOLDER = "more/official_releases"
DEV, TEST = "dev", "test"


def labels(part: str) -> dict[str, list[Expected]]:
    """What the reader saw in each release of a part, by its hash; of a doubtful pair no label is right."""
    seen: defaultdict[str, list[Expected]] = defaultdict(list)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == part:
                found = seen[row["release"]]
                if row["source_id"]:
                    names = [scoring.label(c) for c in row["cameo_codes"].split("/")]
                    right = frozenset(names) if row["is_doubtful"] == "false" else frozenset()
                    found.append(Expected(row["source_id"], row["target_id"], names[0], right))
    return dict(seen)


def texts(folder: Path) -> dict[str, Text]:
    """All releases of the folder of real files by the hash of their address; none where it has none."""
    found = {}
    for path in sorted((folder / FOLDER).glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                outlet = outlet_of(row["outlet"], row["url"])
                key = sha256(row["url"].encode()).hexdigest()[:16]
                day = date.fromisoformat(row["published"][:10])
                found[key] = Text(key, row["text"] or "", day, row["title"], speaker=outlet.speaks_for if outlet else None)
    return found


def measured(coder: Coder, folder: Path, part: str = TEST) -> list[Item]:
    """The releases of a part with what the coder gives for each, without doubtful pairs."""
    known = texts(folder)
    wanted = {key: seen for key, seen in labels(part).items() if key in known}
    coded = coder.code([known[key] for key in wanted])
    items = [
        Item(t.id, t.text, t.published, tuple(wanted[t.id]), tuple(c for e in events if (c := quality.coded(e)) is not None))
        for t, events in coded
    ]
    return headlines.without_doubtful([replace(i, expected=i.expected) for i in items])


def cooperation(items: list[Item]) -> tuple[int, int]:
    """Cooperative events given, and those among them whose pair is not expected or is so with conflict alone."""
    given = wrong = 0
    for item in items:
        signs: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
        for x in item.expected:
            signs[x.source, x.target] |= {scoring.label_sign(name) or "cooperation" for name in x.labels}
        for pair in {(e.source, e.target) for e in item.coded if e.sign == "cooperation"}:
            given += 1
            wrong += "cooperation" not in signs[pair]
    return given, wrong


def main() -> None:
    """Print the figures of the releases."""
    coded = measured(EventCoder(), quality.REAL)
    if not coded:
        raise SystemExit("The releases are absent: set BILATERAL_REAL_DATA to the folder of real files.")
    print(quality.table(quality.HEADER, quality.score_rows("official releases, read whole", coded)))
    given, wrong = cooperation(coded)
    signs = scoring.signs(coded)
    print(f"wrong signs {signs.wrong} of {signs.coded}; cooperative pairs that are hostile or none {wrong} of {given}")


if __name__ == "__main__":
    main()
