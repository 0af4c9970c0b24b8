"""The suite that measures this project beside others: what it makes of runs, and that it says where a peer is faster."""

from typing import Any

from benchmarks.peers.running import Run, ratio
from benchmarks.peers.screening_sets import Listed, drawn, halves


def run(processor: float, **figures: Any) -> Run:
    return Run(processor, 2 * processor, 100.0, figures)


def test_a_ratio_is_that_of_runs_of_one_turn_so_that_a_busy_moment_meets_both() -> None:
    # the second turn was three times slower for both
    assert ratio([run(2), run(6), run(2)], [run(1), run(3), run(1)]) == 2
    assert ratio([], [run(1)]) is None


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
