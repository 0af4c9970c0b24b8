"""Names against the names of a list: who is first, how often an ordinary name raises an alarm, and how long it takes.

Of each peer the threshold of an alarm is the score that one ordinary name in a hundred exceeds.
"""

from __future__ import annotations

import importlib
import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measured import report

Ranked = list[tuple[float, str]]
"""The best parties of a name, the likest first: score, party."""
Rank = Callable[[Sequence[str], Sequence[str]], list[Ranked]]
LOOKED_AT = 60


def _measured(folder: Path, made: Callable[[list[tuple[str, str, str]]], Rank]) -> dict[str, Any]:
    sets = json.loads((folder / "screening.json").read_text(encoding="utf-8"))
    rank = made(sets["held"])
    begun, clock = time.process_time(), time.perf_counter()
    ordinary = rank(sets["ordinary"], ["person"] * len(sets["ordinary"]))
    took = {"processor": time.process_time() - begun, "clock": time.perf_counter() - clock}
    one = []
    for name in sets["ordinary"][:10]:
        begun = time.process_time()
        rank([name], ["person"])
        one.append(time.process_time() - begun)
    best = sorted((ranked[0][0] if ranked else 0.0 for ranked in ordinary), reverse=True)
    threshold = best[math.ceil(len(best) / 100)]
    found = {"one_ms": 1e3 * sorted(one)[len(one) // 2]}
    for what in ("aliases", "perturbed"):
        asked = sets[what]
        ranks = rank([a["asked"] for a in asked], [a["party_type"] for a in asked])
        share = [_share(r, a["same"]) for r, a in zip(ranks, asked, strict=True)]
        found[f"{what}_first"] = sum(share) / len(asked)
        found[f"{what}_alarmed"] = sum(s for s, r in zip(share, ranks, strict=True) if r and r[0][0] > threshold) / len(asked)
    return {**took, **found, "threshold": threshold}


def _share(ranked: Ranked, same: list[str]) -> float:
    """1 where the party is first; where several share the first place, its share of them."""
    first = [party for score, party in ranked if score == ranked[0][0] and score > 0]
    return sum(party in same for party in first) / len(first) if first else 0.0


def ours(folder: Path) -> dict[str, Any]:
    screening, pl = importlib.import_module("assets.sanctions.screening"), importlib.import_module("polars")

    def made(held: list[tuple[str, str, str]]) -> Rank:
        rows = [(number, party, screening.distinct_words(name)) for number, (party, name, _) in enumerate(held)]
        index = screening.NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))

        def rank(asked: Sequence[str], _: Sequence[str]) -> list[Ranked]:
            found: list[Ranked] = [[] for _ in asked]
            columns = index.candidates(list(asked)).select("asked_no", "score", "name_no")
            for number, score, name_no in columns.iter_rows():
                found[number - 1].append((score, held[name_no][0]))
            return found

        return rank

    return _measured(folder, made)


def _rapidfuzz(scorer: str) -> Callable[[Path], dict[str, Any]]:
    def way(folder: Path) -> dict[str, Any]:
        fuzz, process = importlib.import_module("rapidfuzz.fuzz"), importlib.import_module("rapidfuzz.process")
        utils, np = importlib.import_module("rapidfuzz.utils"), importlib.import_module("numpy")

        def made(held: list[tuple[str, str, str]]) -> Rank:
            names = [utils.default_process(name) for _, name, _ in held]

            def rank(asked: Sequence[str], _: Sequence[str]) -> list[Ranked]:
                found = []
                for begin in range(0, len(asked), 100):
                    part = [utils.default_process(name) for name in asked[begin : begin + 100]]
                    for scores in process.cdist(part, names, scorer=getattr(fuzz, scorer)):
                        best: dict[str, float] = {}
                        for at in np.argsort(-scores, kind="stable")[:LOOKED_AT]:
                            best.setdefault(held[at][0], float(scores[at]))
                        found.append([(score, party) for party, score in best.items()])
                return found

            return rank

        return _measured(folder, made)

    return way


def logic_v2(folder: Path) -> dict[str, Any]:
    matching = importlib.import_module("nomenklatura.matching")
    proxy = importlib.import_module("followthemoney.proxy").EntityProxy
    fuzz, process = importlib.import_module("rapidfuzz.fuzz"), importlib.import_module("rapidfuzz.process")
    utils, np = importlib.import_module("rapidfuzz.utils"), importlib.import_module("numpy")
    schemata = {"person": "Person", "entity": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}
    algorithm, config = matching.LogicV2, matching.LogicV2.default_config()
    numbers = iter(range(10**9))

    def entity(names: list[str], party_type: str) -> Any:
        # what it has made of an entity is kept by its id: each has its own
        given = {"id": f"n{next(numbers)}", "schema": schemata[party_type], "properties": {"name": names}}
        return proxy.from_dict(given, cleaned=True)

    def made(held: list[tuple[str, str, str]]) -> Rank:
        own: dict[str, list[str]] = {}
        for party, name, _ in held:
            own.setdefault(party, []).append(name)
        kind = {party: party_type for party, _, party_type in held}
        entities = {party: entity(names, kind[party]) for party, names in own.items()}
        names = [utils.default_process(name) for _, name, _ in held]

        def rank(asked: Sequence[str], party_types: Sequence[str]) -> list[Ranked]:
            found = []
            for name, party_type in zip(asked, party_types, strict=True):
                scores = process.cdist([utils.default_process(name)], names, scorer=fuzz.token_set_ratio)[0]
                near = dict.fromkeys(held[at][0] for at in np.argsort(-scores, kind="stable")[:LOOKED_AT])
                query = entity([name], party_type)
                ranked = [(algorithm.compare(query, entities[party], config).score, party) for party in near]
                found.append(sorted(ranked, key=lambda r: -r[0]))
            return found

        return rank

    return _measured(folder, made)


if __name__ == "__main__":
    report(
        {
            "ours": ours,
            "token_sort": _rapidfuzz("token_sort_ratio"),
            "token_set": _rapidfuzz("token_set_ratio"),
            "WRatio": _rapidfuzz("WRatio"),
            "logic_v2": logic_v2,
        }
    )
