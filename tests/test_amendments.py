"""Lookups and corrections: which cells they change, which they leave, and what a declaration may say."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.amendments import Amendment, Value, amend, contradictions, misfits

DAY = date(2024, 5, 31)
PARTIES = pl.DataFrame({"id": ["a", "b", "c"], "country": ["Untied Kingdom", "France", None], "listed_on": [DAY, None, DAY]})


def lookup(expected: Value, value: Value, column: str = "country") -> Amendment:
    return Amendment("lookup", "parties", column, expected, value, "a slip")


def correction(
    expected: Value,
    value: Value,
    *,
    column: str = "country",
    since: date | None = None,
    until: date | None = None,
    **where: Value,
) -> Amendment:
    return Amendment("correction", "parties", column, expected, value, "a slip", tuple(where.items()), "a notice", since, until)


def amended(*amendments: Amendment, column: str = "country", day: date = DAY) -> list[Any]:
    return amend({"parties": PARTIES}, amendments, day).frames["parties"][column].to_list()


def test_a_lookup_puts_its_value_where_the_dirty_one_stands_or_fills_empty_cells_beside_another() -> None:
    assert amended(lookup("Untied Kingdom", "United Kingdom")) == ["United Kingdom", "France", None]
    beside = Amendment("lookup", "parties", "country", None, "Malta", "a slip", (("id", "c"),))
    assert amended(beside) == ["Untied Kingdom", "France", "Malta"]
    full = Amendment("lookup", "parties", "country", None, "Malta", "a slip", (("id", "a"),))
    found = amend({"parties": PARTIES}, [full], DAY)
    assert (found.frames["parties"]["country"][0], found.mended, found.missing) == ("Untied Kingdom", (), ())


def test_a_correction_sets_its_cell_alone_before_any_lookup_also_an_empty_one() -> None:
    assert amended(correction(DAY, date(2024, 5, 30), column="listed_on", id="c"), column="listed_on") == [
        DAY, None, date(2024, 5, 30),
    ]  # fmt: skip
    assert amended(correction(None, "Malta", id="c")) == ["Untied Kingdom", "France", "Malta"]
    both = lookup("Untied Kingdom", "United Kingdom"), correction("Untied Kingdom", "Ireland", id="a")
    assert amended(*both) == amended(*reversed(both)) == ["Ireland", "France", None]


def test_a_correction_that_finds_another_value_or_no_row_changes_nothing_and_says_so() -> None:
    found = amend({"parties": PARTIES}, [correction("Frace", "France", id="b")], DAY)
    assert_frame_equal(found.frames["parties"], PARTIES)
    (text,) = found.mended
    assert text.startswith("correction of parties.country (id=b): expected Frace, found France which it would set: nothing was")
    assert "delete it" in text
    found = amend({"parties": PARTIES}, [correction("x", "y", id="z")], DAY)
    assert (found.mended, len(found.missing)) == ((), 1)
    assert "no row is named by that" in found.missing[0]
    found = amend({"others": PARTIES, "parties": PARTIES.drop("country")}, [correction("France", "Francia", id="b")], DAY)
    assert (found.n_cells, found.mended, found.missing) == ((), (), ())


def test_a_correction_is_for_the_snapshots_of_its_days_alone() -> None:
    before, after = date(2024, 5, 30), date(2024, 6, 1)
    for since, until, is_due in ((None, None, True), (DAY, DAY, True), (after, None, False), (None, before, False)):
        found = amend({"parties": PARTIES}, [correction("France", "Francia", id="b", since=since, until=until)], DAY)
        assert ("Francia" in found.frames["parties"]["country"], len(found.n_cells)) == (is_due, is_due)


def test_what_is_kept_names_the_row_the_values_and_the_number_of_cells() -> None:
    change = correction(DAY, date(2024, 5, 30), column="listed_on", id="c")
    record = amend({"parties": PARTIES}, [change, lookup("nowhere", "x")], DAY).record()
    assert record["amendments"] == [
        {
            "kind": "correction", "frame": "parties", "column": "listed_on", "key": '{"id": "c"}', "expected": "2024-05-31",
            "value": "2024-05-30", "n_cells": 1, "reason": "a slip", "reference": "a notice",
        }
    ]  # fmt: skip


SCHEMA = {"parties": PARTIES.schema}


def test_a_name_or_type_that_does_not_fit_the_frames_is_reported() -> None:
    for amendment, said in (
        (Amendment("lookup", "partys", "country", "x", "y", "r"), "no frame 'partys'; expected one of parties"),
        (lookup("x", "y", "county"), "no column 'county'; expected one of id, country, listed_on"),
        (correction("x", "y", ids="a"), "no column 'ids'"),
        (lookup("x", 1), "country holds String, not 1 (int)"),
        (lookup("2024-05-31", DAY, "listed_on"), "listed_on holds Date, not '2024-05-31' (str)"),
    ):
        (problem,) = misfits([amendment], {"parties": PARTIES.schema})
        assert said in problem


def test_amendments_of_which_the_order_would_matter_contradict_each_other_and_those_that_never_meet_do_not() -> None:
    for amendments, said in (
        ((lookup("a", "b"), lookup("b", "c")), "it sets b, which another lookup amends"),
        ((lookup("a", "b"), correction("b", "c", id="x")), "it sets b, which another correction amends"),
        ((lookup("a", "b"), lookup("a", "c")), "a is amended twice"),
        ((lookup("a", "a"),), "which is the same"),
        ((correction("a", "b", id="x"), lookup("x", "y", "id")), "its row is named by id, which is amended itself"),
        ((correction("a", "b", id="x"), correction("b", "a", id="y")), None),
        ((correction("a", "b", id="x", until=DAY), correction("b", "a", id="x", since=date(2024, 6, 1))), None),
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
def test_no_other_cell_is_touched_and_neither_order_nor_repetition_matters(
    rows: list[Any], amendments: list[Amendment], random: Any
) -> None:
    frame = pl.DataFrame(rows, schema={"id": pl.String, "x": pl.String, "y": pl.String}, orient="row")
    once = amend({"parties": frame, "others": frame}, amendments, DAY)
    assert once.frames["parties"].rows() == cell_by_cell(rows, amendments)
    assert_frame_equal(once.frames["others"], frame)
    shuffled = random.sample(amendments, len(amendments))
    assert_frame_equal(amend({"parties": frame}, shuffled, DAY).frames["parties"], once.frames["parties"])
    assert_frame_equal(amend(once.frames, amendments, DAY).frames["parties"], once.frames["parties"])
