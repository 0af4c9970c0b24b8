"""Damaged files at every parser: rows, rejects or a refusal with a reason; never an exception, a hang, or a mass delisting."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle

from assets.contracts import SourceCode, Staged
from benchmarks.fuzz.damage import damaged, reshaped
from benchmarks.fuzz.tries import Tries
from pipelines.domains import packages
from pipelines.ingest.guards import inspect
from pipelines.ingest.sources import load_sources
from tests.fuzz import staged_or_none
from tests.reading.test_saved_again import SEEDS
from tests.whole.archives import sdn

MOST_GONE = 0.25
"""Of the parties of a good file, the share that a damaged one that is accepted may lack; and at least ``FEW`` of them."""
FEW = 8
_SOURCES = load_sources()
_THEN = datetime(2023, 1, 1)
_CODE = {code.source: code for package in packages().values() for code in package.sources}


def seeds() -> list[tuple[str, str, bytes]]:
    """Good files of all sources, and lists long enough that a mass delisting would show."""
    return [*SEEDS, ("us_ofac_sdn", "sdn.csv", sdn(more=160))]


def try_parsers(seed: int, n: int) -> Iterator[Tries]:
    """``n`` damaged files in all, in turn over the seeds; one result a source."""
    return _try(seed, n, "parser", damaged)


def try_shapes(seed: int, n: int) -> Iterator[Tries]:
    """The same of files that keep their shape and say something else."""
    return _try(seed, n, "shape", reshaped)


def _try(seed: int, n: int, kind: str, harm: Callable[..., bytes]) -> Iterator[Tries]:
    found = seeds()
    bodies = [data for _, _, data in found if len(data) < 20_000]
    good = {(source, name, len(data)): _CODE[source].stage({name: data}) for source, name, data in found}
    counts = {source: Tries(f"{kind} {source}") for source in sorted({source for source, _, _ in found})}
    for number, (source, name, whole) in zip(range(n), cycle(found), strict=False):
        chance = random.Random(f"{seed}/{kind}/{number}")
        data = harm(chance, whole, bodies)
        tries = counts[source]
        with tries.one(f"{kind} {source} {name}, seed {seed}, try {number}"):
            inspect({name: data}, _SOURCES[source])
            staged = staged_or_none(_CODE[source].stage, {name: data})
            if staged is None:
                tries.outcomes["refused"] += 1
                continue
            before = good[source, name, len(whole)]
            tries.outcomes[_verdict(_CODE[source], staged, before)] += 1
            if gone := _delisted(_CODE[source], staged, before):
                tries.fail("MASS DELISTING", f"{kind} {source} {name}, seed {seed}, try {number}", gone)
    yield from counts.values()


def _is_accepted(code: SourceCode, staged: Staged, before: Staged) -> tuple[bool, bool]:
    """Whether a snapshot would be accepted after the good one, and whether it would be complete."""
    guard = _SOURCES[code.source].rows
    old, new = (code.remembered("", _THEN, s, {}) for s in (before, staged))
    judged = code.judge_whole(new, old, guard)
    return not judged.refusals, judged.complete


def _verdict(code: SourceCode, staged: Staged, before: Staged) -> str:
    accepted, complete = _is_accepted(code, staged, before)
    return ("accepted" if complete else "accepted as partial") if accepted else "quarantined by its rows"


def _delisted(code: SourceCode, staged: Staged, before: Staged) -> str | None:
    """What an accepted complete snapshot would delist, where that is more than a damage may."""
    if "listings" not in staged.frames or _is_accepted(code, staged, before) != (True, True):
        return None
    old, new = (set(s.frames["listings"]["native_id"].to_list()) for s in (before, staged))
    gone = len(old - new)
    return f"{gone} of {len(old)} parties gone" if gone > max(FEW, MOST_GONE * len(old)) else None
