"""The rule of bitemporal comparison that all domains share."""

from datetime import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.history import close, compare

OPEN = pl.DataFrame({"id": ["a", "b", "c"], "value": [1.0, 2.0, None], "note": ["x", "y", "z"]})


def test_a_snapshot_confirms_revises_adds_and_leaves_out() -> None:
    seen = pl.DataFrame({"id": ["d", "b", "a"], "value": [4.0, 2.5, 1.0]})
    found = compare(OPEN, seen, key=["id"], values=["value"])
    assert found.unchanged["id"].to_list() == ["a"]
    assert found.superseded["id"].to_list() == ["b"]
    assert_frame_equal(found.replacing, pl.DataFrame({"id": ["b"], "value": [2.5]}))
    assert found.new["id"].to_list() == ["d"]
    assert found.absent["id"].to_list() == ["c"]


def test_null_is_a_value_fewer_digits_no_revision_and_closing_sets_known_to_alone() -> None:
    seen = pl.DataFrame({"id": ["a", "b", "c"], "value": [None, 2.0, None]}, schema={"id": pl.String, "value": pl.Float64})
    found = compare(OPEN, seen, key=["id"], values=["value"], tolerance=1e-6)
    assert found.superseded["id"].to_list() == ["a"]
    assert found.unchanged["id"].to_list() == ["b", "c"]
    held = pl.DataFrame({"id": ["a"], "value": [80.8766281589967]})
    seen = pl.DataFrame({"id": ["a"], "value": [80.876628159]})
    assert compare(held, seen, key=["id"], values=["value"], tolerance=1e-6).superseded.is_empty()
    assert compare(held, seen, key=["id"], values=["value"]).superseded.height == 1
    rows = pl.DataFrame({"id": ["a"], "known_to": [None]}, schema={"id": pl.String, "known_to": pl.Datetime("us")})
    assert close(rows, datetime(2023, 11, 17))["known_to"].to_list() == [datetime(2023, 11, 17)]


FRAMES = st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.floats(-5, 5), max_size=8).map(
    lambda d: pl.DataFrame({"id": list(d), "value": list(d.values())}, schema={"id": pl.String, "value": pl.Float64})
)


@settings(max_examples=80, deadline=None)
@given(held=FRAMES, seen=FRAMES)
def test_the_groups_split_both_sides_without_rest(held: pl.DataFrame, seen: pl.DataFrame) -> None:
    found = compare(held, seen, key=["id"], values=["value"])
    assert_frame_equal(pl.concat([found.unchanged, found.superseded, found.absent]), held, check_row_order=False)
    ids = [*found.unchanged["id"], *found.replacing["id"], *found.new["id"]]
    assert sorted(ids) == sorted(seen["id"])
