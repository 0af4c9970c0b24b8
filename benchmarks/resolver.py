"""How well phrases become actors: ``python -m benchmarks.resolver`` prints the table of docs/quality.md."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from pathlib import Path

from assets.news.text.named_actors import mentions_of
from assets.news.text.phrase_roles import with_roles

PHRASES = Path(__file__).parents[1] / "tests" / "actors" / "labelled" / "phrases.csv"
DAY = date(2020, 1, 1)
"""The day of a phrase that states none."""


def resolved(phrase: str, on: date) -> tuple[str | None, str | None]:
    """Actor (the state, else the actor itself) and sector of a phrase: of the first mention that has a sector, else the first."""
    found = with_roles(phrase, mentions_of(phrase, on))
    if not found:
        return None, None
    best = next((m for m in found if m.sector), found[0])
    return best.country_id or best.actor_id, best.sector


def main() -> None:
    """Print for each kind of phrase how many have the right actor, the right sector too, and another state's actor."""
    resolved("", DAY)
    began = time.process_time()
    counts: dict[str, Counter[str]] = {}
    with PHRASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected = row["actor"] or None
            found, sector = resolved(row["phrase"], date.fromisoformat(row["date"]) if row["date"] else DAY)
            is_right = found == expected
            for kind in (row["kind"], "all"):
                one = counts.setdefault(kind, Counter())
                one["phrases"] += 1
                one["actor"] += is_right
                one["both"] += is_right and (expected is None or (sector or "") in row["sector"].split("/"))
                one["wrong"] += found is not None and not is_right
    print("| phrases | n | actor | actor and sector | another's actor |\n| --- | --- | --- | --- | --- |")
    for kind, one in counts.items():
        n = one["phrases"]
        print(f"| {kind} | {n} | {one['actor'] / n:.3f} | {one['both'] / n:.3f} | {one['wrong']} |")
    print(f"{time.process_time() - began:.2f} s of processor time")


if __name__ == "__main__":
    main()
