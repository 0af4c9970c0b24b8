"""Lookups and corrections: which cells they change, which they leave, and what a declaration may say."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.amendments import Amendment, Value, amend, contradictions

DAY = date(2024, 5, 31)
PARTIES = pl.DataFrame({"id": ["a", "b", "c"], "country": ["Untied Kingdom", "France", None], "listed_on": [DAY, None, DAY]})


def lookup(expected: Value, value: Value, column: str = "country", **where: Value) -> Amendment:
    return Amendment("lookup", "parties", column, expected, value, "a slip", tuple(where.items()))


def correction(
    expected: Value, value: Value, column: str = "country", days: tuple[date | None, date | None] = (None, None), **where: Value
) -> Amendment:
    return Amendment("correction", "parties", column, expected, value, "a slip", tuple(where.items()), "a notice", *days)


@pytest.mark.parametrize(
    ("amendments", "column", "expected"),
    [
        ([lookup("Untied Kingdom", "United Kingdom")], "country", ["United Kingdom", "France", None]),
        ([lookup(None, "Malta", id="c")], "country", ["Untied Kingdom", "France", "Malta"]),
        ([lookup(None, "Malta", id="a")], "country", ["Untied Kingdom", "France", None]),
        ([correction(DAY, date(2024, 5, 30), "listed_on", id="c")], "listed_on", [DAY, None, date(2024, 5, 30)]),
        ([correction(None, "Malta", id="c")], "country", ["Untied Kingdom", "France", "Malta"]),
        (
            [lookup("Untied Kingdom", "United Kingdom"), correction("Untied Kingdom", "Ireland", id="a")],
            "country",
            ["Ireland", "France", None],
        ),
        # for the snapshots of its days alone
        ([correction("France", "Francia", days=(DAY, DAY), id="b")], "country", ["Untied Kingdom", "Francia", None]),
        ([correction("France", "Francia", days=(date(2024, 6, 1), None), id="b")], "country", ["Untied Kingdom", "France", None]),
        (
            [correction("France", "Francia", days=(None, date(2024, 5, 30)), id="b")],
            "country",
            ["Untied Kingdom", "France", None],
        ),
    ],
)
def test_a_correction_amends_its_cell_before_a_lookup_any(amendments: list[Amendment], column: str, expected: list[Any]) -> None:
    for order in (amendments, amendments[::-1]):
        found = amend({"parties": PARTIES}, order, DAY)
        assert (found.frames["parties"][column].to_list(), found.mended, found.missing) == (expected, (), ())


def test_a_correction_that_finds_another_value_or_no_row_changes_nothing_and_says_so_and_what_is_kept_names_row_and_values() -> (
    None
):
    found = amend({"parties": PARTIES}, [correction("Frace", "France", id="b")], DAY)
    assert_frame_equal(found.frames["parties"], PARTIES)
    (text,) = found.mended
    assert text.startswith("correction of parties.country (id=b): expected Frace, found France which it would set: nothing was")
    assert "delete it" in text
    found = amend({"parties": PARTIES}, [correction("x", "y", id="z")], DAY)
    assert (found.mended, len(found.missing), "no row is named by that" in found.missing[0]) == ((), 1, True)
    found = amend({"others": PARTIES, "parties": PARTIES.drop("country")}, [correction("France", "Francia", id="b")], DAY)
    assert (found.n_cells, found.mended, found.missing) == ((), (), ())
    later = correction("France", "Francia", days=(date(2024, 6, 1), None), id="b")
    assert amend({"parties": PARTIES}, [later], DAY).n_cells == ()
    change = correction(DAY, date(2024, 5, 30), "listed_on", id="c")
    record = amend({"parties": PARTIES}, [change, lookup("nowhere", "x")], DAY).record()
    assert record["amendments"] == [
        {
            "kind": "correction", "frame": "parties", "column": "listed_on", "key": '{"id": "c"}', "expected": "2024-05-31",
            "value": "2024-05-30", "n_cells": 1, "reason": "a slip", "reference": "a notice",
        }
    ]  # fmt: skip


def test_amendments_of_which_the_order_would_matter_contradict_each_other_and_those_that_never_meet_do_not() -> None:
    for amendments, said in (
        ((lookup("a", "b"), lookup("b", "c")), "it sets b, which another lookup amends"),
        ((lookup("a", "b"), correction("b", "c", id="x")), "it sets b, which another correction amends"),
        ((lookup("a", "b"), lookup("a", "c")), "a is amended twice"),
        ((lookup("a", "a"),), "which is the same"),
        ((correction("a", "b", id="x"), lookup("x", "y", "id")), "its row is named by id, which is amended itself"),
        ((correction("a", "b", id="x"), correction("b", "a", id="y")), None),
        ((correction("a", "b", days=(None, DAY), id="x"), correction("b", "a", days=(date(2024, 6, 1), None), id="x")), None),
        ((lookup("a", "b"), lookup("b", "c", "id")), None),
    ):
        found = list(contradictions(amendments))
        assert found == [] if said is None else any(said in text for text in found)


WORDS = st.sampled_from(["a", "b", "c", "d", None])
FRAMES = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), WORDS, WORDS), max_size=6)
ANY = st.builds(
    lambda column, expected, value, key: (
        lookup(expected, value, column) if key is None else correction(expected, value, column=column, id=key)
    ),
    st.sampled_from(["x", "y"]),
    WORDS,
    WORDS,
    st.sampled_from([None, "1", "2", "3"]),
)


def cell_by_cell(rows: list[Any], amendments: list[Amendment]) -> list[Any]:
    """The same by hand: each cell by the correction that names its row, else by the lookup of its value."""
    result = []
    for row in rows:
        cells = dict(zip(("id", "x", "y"), row, strict=True))
        new = dict(cells)
        for a in sorted(amendments, key=lambda a: a.kind != "lookup"):
            if all(cells[c] == v for c, v in a.where) and cells[a.column] == a.expected:
                new[a.column] = a.value
        result.append(tuple(new.values()))
    return result


def agreeing(amendments: list[Amendment]) -> list[Amendment]:
    """As many of them, in order, as do not contradict each other."""
    kept: list[Amendment] = []
    for amendment in amendments:
        kept += [] if list(contradictions([*kept, amendment])) else [amendment]
    return kept


@given(FRAMES, st.lists(ANY, max_size=5).map(agreeing), st.randoms())
def test_no_other_cell_is_touched_whatever_the_order(rows: list[Any], amendments: list[Amendment], random: Any) -> None:
    frame = pl.DataFrame(rows, schema={"id": pl.String, "x": pl.String, "y": pl.String}, orient="row")
    once = amend({"parties": frame, "others": frame}, amendments, DAY)
    assert once.frames["parties"].rows() == cell_by_cell(rows, amendments)
    assert_frame_equal(once.frames["others"], frame)
    shuffled = random.sample(amendments, len(amendments))
    assert_frame_equal(amend({"parties": frame}, shuffled, DAY).frames["parties"], once.frames["parties"])
    assert_frame_equal(amend(once.frames, amendments, DAY).frames["parties"], once.frames["parties"])
