"""How well events of Chinese texts are found: ``python -m benchmarks.chinese`` prints the table of docs/quality.md."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from assets.actors import registry
from assets.news.coding.chinese.chinese_coder import Found, events_in

SAMPLE = Path(__file__).with_name("training") / "labelled" / "chinese.jsonl"
_VISITS = ("042", "043")


def rows() -> list[dict[str, Any]]:
    """The labelled sentences."""
    return [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def _class(code: str) -> str:
    """PLOVER's class of a code; the root where it has none."""
    plover = dict(registry.cameo_codes().select("cameo_code", "plover_event").iter_rows())[code]
    return plover or code[:2]


def measure(split: str) -> Counter[str]:
    """Count over the sentences of a part (``dev``, ``held``, ``later``).

    Returns:
        expected, coded and right pairs (``pair``), pairs whose class is right (``class``), right modality; dates expected and
        right (``dates``, ``dated``); sentences without an event (``empty``) and those of them that were given one (``false``).
    """
    counts: Counter[str] = Counter()
    for row in rows():
        if row["split"] != split:
            continue
        expected: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for event in row["events"]:
            expected.setdefault((event["source"], event["target"]), []).append(event)
        found: dict[tuple[str, str], list[Found]] = {}
        for one in events_in(row["text"], date.fromisoformat(row["published"])):
            found.setdefault((one.source.side, one.target.side), []).append(one)
        counts["sentences"] += 1
        counts["expected"] += len(expected)
        counts["empty"] += not expected
        counts["false"] += not expected and bool(found)
        for pair, events in found.items():
            if pair in expected:
                _compare(counts, expected[pair], events)
            elif not any(e["cameo"] in _VISITS for e in expected.get(pair[::-1], [])):
                counts["coded"] += 1
    return counts


def _compare(counts: Counter[str], expected: list[dict[str, Any]], found: list[Found]) -> None:
    counts["coded"] += 1
    counts["pair"] += 1
    right = {_class(code) for e in expected for code in (e["cameo"], *e["cameo_also"])}
    counts["class"] += any(_class(f.code) in right for f in found)
    counts["modality"] += found[0].modality == expected[0]["modality"]
    if "event_date" in expected[0]:
        when = found[0].when
        counts["dates"] += 1
        counts["dated"] += when is not None and when.when.first.isoformat() == expected[0]["event_date"]


def main() -> None:
    """Print the table."""
    print("| sentences | n | expected | pair P | pair R | pair and class P | R | modality | dates | false of empty |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for split in ("dev", "held", "later"):
        c = measure(split)
        share = [c["pair"] / c["coded"], c["pair"] / c["expected"], c["class"] / c["coded"], c["class"] / c["expected"]]
        cells = [split, c["sentences"], c["expected"], *(f"{s:.2f}" for s in share)]
        cells += [f"{c['modality']} of {c['pair']}", f"{c['dated']} of {c['dates']}", f"{c['false']} of {c['empty']}"]
        print("| " + " | ".join(str(cell) for cell in cells) + " |")
    texts = [(r["text"], date.fromisoformat(r["published"])) for r in rows()] * 20
    began = time.process_time()
    for text, day in texts:
        events_in(text, day)
    print(f"{len(texts) / (time.process_time() - began):.0f} sentences a second of processor time")


if __name__ == "__main__":
    main()
