"""What measures the project: runs beside peers, labels of real headlines, corroborations that a reader labelled."""

import csv

from assets.actors.registry import actors, cameo_codes
from benchmarks import headlines
from benchmarks.corroborations import Pair, measure, measure_file, pair_of
from benchmarks.peers.running import Run, ratio
from benchmarks.peers.screening_sets import Listed, drawn, halves
from benchmarks.scoring import Expected
from tests.whole.conftest import Warehouse


def test_a_ratio_is_that_of_runs_of_one_turn_so_that_a_busy_moment_meets_both() -> None:
    # the second turn was three times slower for both
    mine, theirs = ([Run(n, 2 * n, 100.0, {}) for n in runs] for runs in ((2, 6, 2), (1, 3, 1)))
    assert (ratio(mine, theirs), ratio([], theirs)) == (2, None)


def test_pairs_are_drawn_alike_each_time_half_of_them_misspelt_and_no_party_twice() -> None:
    names = [Listed(str(n), f"PARTY NUMBER {n}", "entity", False) for n in range(40)]
    names += [Listed(str(n), f"OTHER CALLING {n}", "entity", True) for n in range(40)]
    names += [Listed("40", "Party Number 7", "entity", False), Listed("1", "other calling 1", "entity", True)]
    pairs = drawn(names, 20)
    assert pairs == drawn(names, 20) != drawn(names, 20, seed=6)
    assert [p.is_misspelt for p in pairs] == [p.asked != p.alias for p in pairs] == [False, True] * 10
    assert len({p.party for p in pairs}) == 20
    assert {k: len(v) for k, v in halves(pairs).items()} == {"tune": 10, "report": 10}


def test_labels_of_headlines_name_actors_and_codes_that_exist_and_agreement_counts_pairs_of_which_both_are_sure() -> None:
    known, codes = set(actors()["actor_id"]), set(cameo_codes()["cameo_code"])
    with headlines.LABELS.open(encoding="utf-8", newline="") as file:
        seen = [r for r in csv.DictReader(file) if r["source_id"]]
    assert {r[side] for r in seen for side in ("source_id", "target_id")} <= known
    assert {c for r in seen for c in r["cameo_codes"].split("/")} <= codes
    assert all(r["source_id"] != r["target_id"] for r in seen)

    def read(kind: str, sure: frozenset[str]) -> dict[str, list[Expected]]:
        return {"h": [Expected("USA", "RUS", kind, frozenset({kind})), Expected("RUS", "UKR", "ASSAULT", sure)]}

    a, b = read("COERCE", frozenset()), read("SANCTION", frozenset({"ASSAULT"}))
    assert (headlines.agreement(a, b, ["h", "i"]), headlines.agreement(a, {}, ["h"])) == ((1, 0, 0), (0, 1, 0))


def test_precision_counts_labelled_corroborations_alone_and_the_right_ones_that_are_missed(sample: Warehouse) -> None:
    given: dict[Pair, float] = {("e1", "a"): 0.9, ("e2", "a"): 0.7, ("e3", "b"): 0.8}
    found = measure(given, {("e1", "a"): True, ("e2", "a"): False, ("e4", "b"): True})
    assert (found.n_given, found.n_labelled, found.n_right, found.n_missed) == (3, 2, 1, 1)
    assert (found.precision, found.by_score["0.9"], found.by_score["0.7"]) == (0.5, (1, 1), (0, 1))
    # a pair is one whatever number the event has in its text
    one = pair_of(["articles:4b2d:1", "USA", "RUS", "163"], "act")
    assert one == pair_of(["articles:4b2d:12", "USA", "RUS", "160"], "act") == ("articles:4b2d", "USA", "RUS", "16", "act")
    assert pair_of(["gdelt:1234", "USA", "RUS", "163"], "act") == ("gdelt:1234", "USA", "RUS", "16", "act")
    found = measure_file(sample.file)
    assert found.n_labelled >= 40
    assert found.precision is not None
    assert found.precision >= 0.9
    assert found.n_missed <= 5
