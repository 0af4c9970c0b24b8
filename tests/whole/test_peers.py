"""The suite that measures this project beside others: what it makes of runs, and that it says where a peer is faster."""

import sys
from pathlib import Path
from typing import Any

from benchmarks.peers import running
from benchmarks.peers.running import Run, ratio, run_once
from benchmarks.peers.screening_sets import Listed, drawn, halves, held


def run(processor: float, **figures: Any) -> Run:
    return Run(processor, 2 * processor, 100.0, figures)


def test_a_ratio_is_that_of_runs_of_one_turn_so_that_a_busy_moment_meets_both() -> None:
    # the second turn was three times slower for both
    assert ratio([run(2), run(6), run(2)], [run(1), run(3), run(1)]) == 2
    assert ratio([], [run(1)]) is None


def test_memory_is_that_of_the_contender_without_what_the_process_that_started_it_holds(tmp_path: Path) -> None:
    work = tmp_path / "x.py"
    work.write_text(
        f"import sys\nsys.path.insert(0, {str(running.WORK)!r})\nfrom measured import report\n"
        "report({'little': lambda _: {}, 'much': lambda _: {'n': len(bytearray(60_000_000))}})\n"
    )
    held = bytearray(200_000_000)
    little, much = (run_once(Path(sys.executable), work, tmp_path, [way]).memory_mb for way in ("little", "much"))
    assert 1 < little < 60 < much < 130 < len(held)


NAMES = [
    *(Listed(str(n), f"PARTY NUMBER {n}", "entity", False) for n in range(40)),
    Listed("40", "Party Number 7", "entity", False),
    *(Listed(str(n), f"OTHER CALLING {n}", "entity", True) for n in range(40)),
    Listed("1", "other calling 1", "entity", True),
]


def test_pairs_are_drawn_alike_each_time_half_of_them_misspelt_and_no_party_twice() -> None:
    pairs = drawn(NAMES, 20)
    assert pairs == drawn(NAMES, 20) != drawn(NAMES, 20, seed=6)
    assert [p.is_misspelt for p in pairs] == [False, True] * 10
    assert all((p.asked != p.alias) == p.is_misspelt for p in pairs)
    assert len({p.party for p in pairs}) == 20
    assert {k: len(v) for k, v in halves(pairs).items()} == {"tune": 10, "report": 10}


def test_an_alias_is_held_out_in_every_case_and_primary_names_stay() -> None:
    pairs = [p for p in drawn(NAMES, 40) if p.party == "1"]
    kept = held(NAMES, pairs)
    assert [n.name for n in NAMES if n not in kept] == ["OTHER CALLING 1", "other calling 1"]
