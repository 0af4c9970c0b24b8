"""Which listings are one party: pairs that were drawn by lot and labelled by their facts, and how many are decided so.

``python -m benchmarks.party_pairs FILE``: measures a published file by ``tests/sanctions/party_pairs.csv``.
``python -m benchmarks.party_pairs FILE SEED``: draws pairs of it, to be labelled.

The labels were given before the rules were made, by what the lists say (names, births, papers, addresses, offices). Two hundred
pairs were one party by the rules of then, half of them with primary names that differ; two hundred were two, half of them near
misses of the rules and half found by screening 2,500 names. A third has a name that is not in Latin letters.
``party_pairs_later.csv`` was drawn so with seed 292, later, of lists that the rules had not seen (the EU's annexes to Regulation
833/2014, the State Department's sanctions, orders of CBP), with OFAC's, BIS's and the UN's.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import combinations, groupby
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
from rapidfuzz import fuzz

from assets.sanctions.reading.names import distinctive_words
from assets.sanctions.screening import NameIndex, distinct_words

LABELS = Path(__file__).parents[1] / "tests" / "sanctions" / "party_pairs.csv"
SEED = 29
OF_EACH, NOT_LATIN = 100, 34
ASKED, LEAST_SCORE = 2_500, 0.3
_NOT_LATIN = re.compile("[\u0370-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7a3]")
_Pair = tuple[str, str]


class Measured(NamedTuple):
    """How many labelled pairs are decided as they were labelled; ``lost``: pairs of which a listing is not in the file."""

    precision: float
    recall: float
    n_joined: int
    n_one: int
    lost: int
    wrong: list[tuple[str, str, str]]


def measure(con: duckdb.DuckDBPyConnection, labels: Path = LABELS) -> Measured:
    """Compare the actors of ``core.sanction_listings`` with the labels."""
    actors = dict(con.execute("SELECT DISTINCT listing_id, actor_id FROM core.sanction_listings").fetchall())
    with labels.open(encoding="utf-8", newline="") as rows:
        pairs = [
            (row["listing_id"], row["other_id"], row["is_one"] == "true", row.get("reason", row["drawn_from"]))
            for row in csv.DictReader(rows)
        ]
    held = [pair for pair in pairs if pair[0] in actors and pair[1] in actors]
    decided = [(is_one, actors[a] == actors[b]) for a, b, is_one, _ in held]
    both, joined, one = sum(x and y for x, y in decided), sum(y for _, y in decided), sum(x for x, _ in decided)
    wrong = [(a, b, reason) for (a, b, is_one, reason), (_, is_joined) in zip(held, decided, strict=True) if is_one != is_joined]
    return Measured(both / max(joined, 1), both / max(one, 1), joined, one, len(pairs) - len(held), wrong)


def draw(con: duckdb.DuckDBPyConnection, seed: int = SEED) -> list[tuple[str, str, str]]:
    """Two ids and from what they were drawn."""
    listings = con.execute(
        """SELECT DISTINCT ON (listing_id) listing_id, actor_id, name
           FROM core.sanction_listings ORDER BY listing_id, known_from DESC"""
    ).fetchall()
    actor, primary = {i: a for i, a, _ in listings}, {i: name for i, _, name in listings}
    names = {i: {name} for i, _, name in listings}
    for i, name in con.execute("SELECT DISTINCT listing_id, name FROM core.sanction_names").fetchall():
        names[i].add(name)
    rng = random.Random(seed)
    by_actor = groupby(sorted(actor, key=lambda i: (actor[i], i)), key=actor.__getitem__)
    joined = sorted(pair for _, ids in by_actor for pair in combinations(sorted(ids), 2))
    is_near = {pair: _likeness(*(primary[i] for i in pair)) < 0.9 for pair in joined}
    refused = con.execute("SELECT DISTINCT listing_id, other_id FROM core.party_decisions WHERE NOT is_same").fetchall()
    near = sorted({_pair(a, b) for a, b in refused if b in actor and actor[a] != actor[b]})
    found = _found_by_screening(rng.sample(sorted(actor), ASKED), primary, names)
    wide = sorted({pair for pair in found if actor[pair[0]] != actor[pair[1]]}.difference(near))
    not_latin = {i for i, of_it in names.items() if any(_NOT_LATIN.search(name) for name in of_it)}
    pools = (
        ("joined near", [p for p in joined if is_near[p]]),
        ("joined plain", [p for p in joined if not is_near[p]]),
        ("apart near", near),
        ("apart wide", wide),
    )
    drawn = []
    for drawn_from, pool in pools:
        parts = [p for p in pool if not not_latin.isdisjoint(p)], [p for p in pool if not_latin.isdisjoint(p)]
        some = rng.sample(parts[0], NOT_LATIN) + rng.sample(parts[1], OF_EACH - NOT_LATIN)
        drawn += [(*pair, drawn_from) for pair in sorted(some)]
    return drawn


def _pair(a: str, b: str) -> _Pair:
    return (a, b) if a < b else (b, a)


def _likeness(a: str, b: str) -> float:
    return fuzz.token_sort_ratio(*(" ".join(distinctive_words(name)) for name in (a, b))) / 100


def _found_by_screening(asked: Sequence[str], primary: dict[str, str], names: dict[str, set[str]]) -> Iterable[_Pair]:
    held = [(i, w) for i in sorted(names) for name in sorted(names[i]) if (w := distinct_words(name))]
    rows = [(number, i, w) for number, (i, w) in enumerate(held)]
    index = NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))
    for begin in range(0, len(asked), 250):
        part = asked[begin : begin + 250]
        for no, at, score in index.candidates([primary[i] for i in part], 6).select("asked_no", "name_no", "score").iter_rows():
            if score >= LEAST_SCORE and part[no - 1] != held[at][0]:
                yield _pair(part[no - 1], held[at][0])


if __name__ == "__main__":
    with duckdb.connect(sys.argv[1], read_only=True) as published:
        if len(sys.argv) > 2:
            csv.writer(sys.stdout).writerows(draw(published, int(sys.argv[2])))
        else:
            print(measure(published))
