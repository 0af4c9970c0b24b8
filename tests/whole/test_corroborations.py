"""Corroborations of the sample, measured on the pairs that a reader labelled."""

from benchmarks.corroborations import Pair, measure, measure_file, pair_of
from tests.whole.conftest import Warehouse


def test_precision_counts_labelled_pairs_alone_and_the_right_ones_that_are_missed() -> None:
    given: dict[Pair, float] = {("e1", "a"): 0.9, ("e2", "a"): 0.7, ("e3", "b"): 0.8}
    found = measure(given, {("e1", "a"): True, ("e2", "a"): False, ("e4", "b"): True})
    assert (found.n_given, found.n_labelled, found.n_right, found.n_missed) == (3, 2, 1, 1)
    assert (found.precision, found.by_score["0.9"], found.by_score["0.7"]) == (0.5, (1, 1), (0, 1))


def test_a_pair_is_one_whatever_number_the_event_has_in_its_text() -> None:
    one = pair_of(["articles:4b2d:1", "USA", "RUS", "163"], "act")
    assert one == pair_of(["articles:4b2d:12", "USA", "RUS", "160"], "act") == ("articles:4b2d", "USA", "RUS", "16", "act")
    assert pair_of(["gdelt:1234", "USA", "RUS", "163"], "act") == ("gdelt:1234", "USA", "RUS", "16", "act")


def test_the_sample_gives_right_corroborations_and_misses_few(sample: Warehouse) -> None:
    found = measure_file(sample.folder / "bilateral.duckdb")
    assert found.n_labelled >= 40
    assert found.precision is not None
    assert found.precision >= 0.9
    assert found.n_missed <= 5
