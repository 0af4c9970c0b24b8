"""The fold of vintages: revisions, withdrawals, predicted values, New York, and what must hold of any history."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import StagedSnapshot
from assets.overdose import observations, vsrr
from tests.depth import examples
from tests.overdose.conftest import Ledger, Vsrr

SHORT = "State,Year,Month,Indicator,Data Value,Percent Complete,Footnote"
KEY = ["actor_id", "measure", "drug", "basis", "period_end"]
FIRST, SECOND, THIRD, FOURTH = "2018-06-13", "2018-07-11", "2018-08-15", "2018-09-12"


def at(day: str) -> datetime:
    return datetime.fromisoformat(day)


def fold(od: Vsrr, *vintages: tuple[Sequence[Mapping[str, object]], str, bool], columns: str | None = None) -> pl.DataFrame:
    """Fold vintages (rows, day, complete) and give the rows."""
    layout = {} if columns is None else {"columns": columns}
    return od.fold(*[od.snapshot(od.stage(rows, **layout), day, complete=complete) for rows, day, complete in vintages])


def brief(rows: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return rows.select(*columns, "value", "missing_reason", "known_from", "known_to").rows()


def test_a_row_with_a_predicted_value_becomes_two_observations_of_one_period(od: Vsrr) -> None:
    found = fold(od, ([{"Data Value": 120, "Predicted Value": 126, "Footnote Symbol": "*"}], FIRST, True))
    assert brief(found, "actor_id", "basis", "period_start", "period_end", "row_number", "vintage_scope") == [
        ("US-AK", "predicted", date(2017, 6, 1), date(2018, 5, 31), 1, "complete", 126.0, None, at(FIRST), None),
        ("US-AK", "reported", date(2017, 6, 1), date(2018, 5, 31), 1, "complete", 120.0, None, at(FIRST), None),
    ]
    assert found.select("is_provisional", "percent_complete", "known_basis", "source", "is_derived").unique().rows() == [
        (True, 100.0, "snapshot", "us_cdc_vsrr", False)
    ]


def test_a_period_is_the_twelve_months_that_end_with_the_month(od: Vsrr) -> None:
    rows = [{"Data Value": 120, "Month": m, "Year": y} for m, y in (("February", 2016), ("December", 2017), ("January", 2018))]
    assert fold(od, (rows, FIRST, True)).select("period_start", "period_end").rows() == [
        (date(2015, 3, 1), date(2016, 2, 29)), (date(2017, 1, 1), date(2017, 12, 31)), (date(2017, 2, 1), date(2018, 1, 31)),
    ]  # fmt: skip


@pytest.mark.trap("us_cdc_vsrr", "last-digits")
def test_a_changed_value_ends_the_old_row_and_fewer_digits_completeness_and_marks_do_not(od: Vsrr) -> None:
    found = fold(od, ([{"Data Value": 120}], FIRST, True), ([{"Data Value": 131}], SECOND, True))
    assert brief(found, "snapshot_id") == [
        (f"sha of {FIRST}", 120.0, None, at(FIRST), at(SECOND)),
        (f"sha of {SECOND}", 131.0, None, at(SECOND), None),
    ]
    digits = [{"Indicator": "Percent with drugs specified", "Data Value": n} for n in ("80.8766281589967", "80.876628159")]
    found = fold(od, (digits[:1], FIRST, True), (digits[1:], SECOND, True))
    assert found["value"].to_list() == [80.8766281589967]
    early = {"Data Value": 120, "Footnote Symbol": "*", "Percent Complete": "99.5+", "Percent Pending Investigation": 1.5}
    late = {"Data Value": 120, "Footnote Symbol": "**", "Percent Complete": 100, "Percent Pending Investigation": 0}
    found = fold(od, ([early], FIRST, True), ([late], SECOND, True))
    columns = ["is_provisional", "percent_complete", "percent_complete_is_lower_bound", "percent_pending", "snapshot_id"]
    assert found.select(columns).rows() == [(True, 99.5, True, 1.5, f"sha of {FIRST}")]


@pytest.mark.trap("us_cdc_vsrr", "withdrawn")
def test_a_key_that_a_complete_vintage_no_longer_holds_is_withdrawn_once_in_each_basis_until_it_comes_back(od: Vsrr) -> None:
    gone = {"State": "WV", "Indicator": "Methadone (T40.3)", "Data Value": 50, "Predicted Value": 55}
    stays: dict[str, object] = {"Data Value": 120}
    vintages = [([gone, stays], FIRST, True), ([stays], SECOND, True), ([stays], THIRD, True), ([gone, stays], FOURTH, True)]
    assert brief(fold(od, *vintages).filter(pl.col("actor_id") == "US-WV"), "basis", "row_number") == [
        row
        for basis, value in (("predicted", 55.0), ("reported", 50.0))
        for row in (
            (basis, 1, value, None, at(FIRST), at(SECOND)),
            (basis, None, None, "withdrawn", at(SECOND), at(FOURTH)),
            (basis, 1, value, None, at(FOURTH), None),
        )
    ]


@pytest.mark.trap("us_cdc_vsrr", "withdrawn")
def test_a_partial_vintage_adds_and_revises_and_withdraws_nothing(od: Vsrr) -> None:
    found = fold(
        od,
        ([{"State": "WV", "Data Value": 50}, {"Data Value": 120}], FIRST, True),
        ([{"Data Value": 131}, {"State": "OH", "Data Value": 7}], SECOND, False),
    )
    assert brief(found.filter(pl.col("known_to").is_null()), "actor_id", "vintage_scope") == [
        ("US-AK", "partial", 131.0, None, at(SECOND), None),
        ("US-OH", "partial", 7.0, None, at(SECOND), None),
        ("US-WV", "complete", 50.0, None, at(FIRST), None),
    ]


def test_rows_that_cannot_be_read_withdraw_neither_their_key_nor_what_they_may_be(od: Vsrr) -> None:
    found = fold(
        od, ([{"Data Value": 120}], FIRST, True), ([{"Data Value": "abc"}, {"State": "WY", "Data Value": 1}], SECOND, True)
    )
    assert brief(found.filter(pl.col("actor_id") == "US-AK")) == [(120.0, None, at(FIRST), None)]
    series = [{"State": s, "Month": m, "Data Value": 120} for s in ("AK", "WV") for m in ("April", "May")]
    found = fold(od, (series, FIRST, True), ([series[0], series[1] | {"Month": "Mai"}], SECOND, True))
    assert found.filter(pl.col("missing_reason") == "withdrawn")["actor_id"].to_list() == ["US-WV", "US-WV"]
    head, row = od.csv([{"Data Value": 4, "Month": "June"}]).splitlines()
    ragged = vsrr.stage({"vsrr.csv": b"\n".join([head, row + b",more", row, b""])})
    before = od.stage([{"Data Value": 120}])
    found = od.fold(od.snapshot(before, FIRST, complete=True), od.snapshot(ragged, SECOND, complete=True))
    assert "withdrawn" not in found["missing_reason"].to_list()


def test_what_is_suppressed_later_or_leaked_is_null_with_its_reason(od: Vsrr) -> None:
    found = fold(od, ([{"Data Value": 7}], FIRST, True), ([{"Footnote": "Data suppressed (<10)."}], SECOND, True))
    assert brief(found) == [(7.0, None, at(FIRST), at(SECOND)), (None, "suppressed", at(SECOND), None)]
    found = fold(od, ([{"Footnote": "Data suppressed (<10).", "Predicted Value": 10}], FIRST, True))
    assert brief(found, "basis") == [
        ("predicted", None, "suppressed", at(FIRST), None),
        ("reported", None, "suppressed", at(FIRST), None),
    ]
    assert fold(od, ([{"Data Value": 120}], FIRST, True))["basis"].to_list() == ["reported"]


def test_a_predicted_value_that_is_no_longer_printed_becomes_null_once_and_not_where_the_column_is_absent(od: Vsrr) -> None:
    before = ([{"Data Value": 120, "Predicted Value": 126}], FIRST, True)
    low = {"Footnote": "Data not shown due to low data quality."}
    for cells, reason in (({"Data Value": 120}, "not_published"), (low, "low_quality")):
        found = fold(od, before, ([cells], SECOND, True), ([cells], THIRD, True))
        assert brief(found.filter(pl.col("basis") == "predicted")) == [
            (126.0, None, at(FIRST), at(SECOND)),
            (None, reason, at(SECOND), None),
        ]
    first, second = od.stage(before[0]), od.stage([{"Data Value": 121}], SHORT)
    found = od.fold(od.snapshot(first, FIRST, complete=True), od.snapshot(second, SECOND, complete=True))
    assert brief(found.filter(pl.col("basis") == "predicted")) == [(126.0, None, at(FIRST), None)]


@pytest.mark.trap("us_cdc_vsrr", "missing-is-not-zero")
def test_a_predicted_value_does_not_outlive_the_suppression_of_the_reported_one(od: Vsrr) -> None:
    first = od.snapshot(od.stage([{"Data Value": 12, "Predicted Value": 13}]), FIRST, complete=True)
    second = od.snapshot(od.stage([{"Footnote": "Data suppressed (<10)."}], SHORT), SECOND, complete=False)
    assert brief(od.fold(first, second).filter(pl.col("known_to").is_null()), "basis") == [
        ("predicted", None, "suppressed", at(SECOND), None),
        ("reported", None, "suppressed", at(SECOND), None),
    ]


def test_an_empty_cell_of_a_transcription_says_nothing(od: Vsrr) -> None:
    columns = "State,Year,Month,Indicator,Data Value,Predicted Value"
    first = od.snapshot(od.stage([{"State": "US", "Data Value": 105384, "Predicted Value": 109527}]), FIRST, complete=True)
    press = od.stage(
        [{"State": "US", "Predicted Value": 109999}, {"State": "US", "Month": "June", "Predicted Value": 1}], columns
    )
    found = od.fold(first, od.snapshot(press, SECOND, complete=False))
    assert brief(found.filter(pl.col("known_to").is_null()), "basis", "period_end") == [
        ("predicted", date(2018, 5, 31), 109999.0, None, at(SECOND), None),
        ("predicted", date(2018, 6, 30), 1.0, None, at(SECOND), None),
        ("reported", date(2018, 5, 31), 105384.0, None, at(FIRST), None),
    ]


def new_york(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return brief(rows.filter(pl.col("actor_id") == "US-NY"), "is_derived", "row_number")


def test_new_york_is_the_sum_of_its_two_parts_but_not_of_percents(od: Vsrr) -> None:
    first, second = ([{"State": "NY", "Data Value": 30 + n}, {"State": "YC", "Data Value": 20 - n}] for n in (0, 1))
    assert new_york(fold(od, (first, FIRST, True), (second, SECOND, True))) == [(True, None, 50.0, None, at(FIRST), None)]
    rows = [{"State": s, "Indicator": "Percent with drugs specified", "Data Value": 40} for s in ("NY", "YC")]
    assert new_york(fold(od, (rows, FIRST, True))) == []


def test_new_york_is_known_over_the_overlap_of_its_parts_and_null_for_the_reason_of_a_part(od: Vsrr) -> None:
    state: dict[str, object] = {"State": "NY", "Data Value": 30}
    city: dict[str, object] = {"State": "YC", "Data Value": 20}
    more = city | {"Data Value": 21}
    assert new_york(fold(od, ([state], FIRST, False), ([city], SECOND, False), ([more], THIRD, False))) == [
        (True, None, 50.0, None, at(SECOND), at(THIRD)),
        (True, None, 51.0, None, at(THIRD), None),
    ]
    hidden: dict[str, object] = {"State": "YC", "Footnote": "Data suppressed (<10)."}
    vintages = [[state, city], [state, hidden], [state], [state, city]]
    found = fold(od, *((rows, day, True) for rows, day in zip(vintages, (FIRST, SECOND, THIRD, FOURTH), strict=True)))
    assert new_york(found) == [
        (True, None, 50.0, None, at(FIRST), at(SECOND)),
        (True, None, None, "suppressed", at(SECOND), at(THIRD)),
        (True, None, None, "withdrawn", at(THIRD), at(FOURTH)),
        (True, None, 50.0, None, at(FOURTH), None),
    ]


MAY, JUNE, JULY = date(2018, 5, 31), date(2018, 6, 30), date(2018, 7, 31)


def held(od: Vsrr, *vintages: tuple[Sequence[Mapping[str, object]], str, bool], columns: str | None = None) -> pl.DataFrame:
    layout = {} if columns is None else {"columns": columns}
    return od.folded(*[od.snapshot(od.stage(rows, **layout), day, complete=c) for rows, day, c in vintages]).rows(
        observations.VINTAGES
    )


def spans(rows: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return rows.select(*columns, "first_period_end", "last_period_end", "n_periods").rows()


def test_a_series_is_held_from_its_first_to_its_last_month_and_hidden_ones_have_rows(od: Vsrr) -> None:
    found = held(od, ([{"Data Value": 120}, {"Month": "July", "Data Value": 121}], FIRST, True))
    assert spans(found, "actor_id", "measure", "drug", "basis", "counts_by", "vintage_scope") == [
        ("US-AK", "deaths_12m", "all", "reported", "occurrence", "complete", MAY, JULY, 2)
    ]
    assert found.select("source", "snapshot_id", "known_from").rows() == [
        ("us_cdc_vsrr", f"sha of {FIRST}", datetime.fromisoformat(FIRST))
    ]
    rows: list[dict[str, object]] = [{"Data Value": 120}, {"Month": "June", "Footnote": "Data suppressed (<10)."}]
    assert spans(held(od, (rows, FIRST, True))) == [(MAY, JUNE, 2)]
    rows = [{"Data Value": 120}, {"Month": "June", "Data Value": 121, "Predicted Value": 130}]
    assert spans(held(od, (rows, FIRST, True)), "basis") == [("predicted", JUNE, JUNE, 1), ("reported", MAY, JUNE, 2)]


def test_a_vintage_without_the_column_holds_no_predicted_series_though_such_values_still_stand(od: Vsrr) -> None:
    first, second = [{"Data Value": 120, "Predicted Value": 130}], [{"Data Value": 121}]
    ledger = od.folded(
        od.snapshot(od.stage(first), FIRST, complete=True), od.snapshot(od.stage(second, SHORT), SECOND, complete=True)
    )
    assert spans(ledger.rows(observations.VINTAGES), "basis", "snapshot_id") == [
        ("predicted", f"sha of {FIRST}", MAY, MAY, 1),
        ("reported", f"sha of {FIRST}", MAY, MAY, 1),
        ("reported", f"sha of {SECOND}", MAY, MAY, 1),
    ]
    standing = ledger.rows(observations.TABLE).filter(pl.col("basis") == "predicted")
    assert standing.select("value", "known_to").rows() == [(130.0, None)]


def test_a_transcription_holds_only_what_somebody_wrote_down(od: Vsrr) -> None:
    columns = "State,Year,Month,Period,Indicator,Data Value,State Name,Predicted Value"
    rows = [{"State": "US", "Month": "May", "Predicted Value": 130}, {"State": "US", "Month": "June", "Data Value": 121}]
    assert spans(held(od, (rows, FIRST, False), columns=columns), "basis", "vintage_scope") == [
        ("predicted", "partial", MAY, MAY, 1),
        ("reported", "partial", JUNE, JUNE, 1),
    ]


def test_new_york_is_held_over_the_months_that_both_of_its_parts_have_and_not_for_percents(od: Vsrr) -> None:
    state = [{"State": "NY", "Month": m, "Data Value": 30} for m in ("May", "June")]
    city = [{"State": "YC", "Month": m, "Data Value": 20} for m in ("June", "July")]
    found = held(od, ([*state, *city], FIRST, True))
    assert spans(found.filter(pl.col("actor_id") == "US-NY")) == [(JUNE, JUNE, 1)]
    assert spans(held(od, (state, FIRST, True)).filter(pl.col("actor_id") == "US-NY")) == []
    rows = [{"State": s, "Indicator": "Percent with drugs specified", "Data Value": 40} for s in ("NY", "YC")]
    assert sorted(held(od, (rows, FIRST, True))["actor_id"]) == ["US-NY-NYC", "US-NY-XNYC"]


def test_a_vintage_that_repeats_another_has_rows_of_its_own_and_changes_no_observation(od: Vsrr) -> None:
    ledger = od.folded(*[od.snapshot(od.stage(od.whole()), day, complete=True) for day in (FIRST, SECOND)])
    first, second = ledger.rows(observations.VINTAGES).group_by("snapshot_id").len()["len"]
    assert first == second > 0
    assert ledger.rows(observations.TABLE)["known_from"].unique().to_list() == [datetime.fromisoformat(FIRST)]
    # they are closed rows, so that a fold does not read them
    assert ledger.open(observations.VINTAGES).is_empty()


def test_a_vintage_is_known_since_the_update_that_the_portal_states(od: Vsrr) -> None:
    page = {"state": "AK", "year": "2018", "month": "May", "indicator": "Number of Drug Overdose Deaths", "data_value": "120"}
    files = {
        "page-0001.json": json.dumps([page | {"percent_complete": "100"}]).encode(),
        "views.json": json.dumps({"id": "xkb8-kh2a", "rowsUpdatedAt": 1_531_000_000}).encode(),
    }
    ledger = od.folded(od.snapshot(vsrr.stage(files), THIRD, complete=False))
    for table in (observations.VINTAGES, observations.TABLE):
        assert ledger.rows(table)["known_from"].to_list() == [datetime(2018, 7, 7, 21, 46, 40)]


LOW = {"Footnote": "Data suppressed (<10)."}
CELLS = st.sampled_from([
    None, {"Data Value": 5}, {"Data Value": 50}, {"Data Value": 50, "Predicted Value": 51},
    {"Data Value": 50, "Predicted Value": 52}, LOW, LOW | {"Predicted Value": 10}, {"Predicted Value": 40}, {},
])  # fmt: skip
NAMES = [(state, month) for state in ("NY", "YC", "AK") for month in ("April", "May")]
VINTAGES = st.lists(st.tuples(st.lists(CELLS, min_size=6, max_size=6), st.booleans()), min_size=1, max_size=5)
Drawn = list[tuple[list[dict[str, object] | None], bool]]
"""Vintages as they are drawn: the cells of each name, None where it has no row, and whether the vintage is complete."""
DAYS = [f"2018-{month:02}-13" for month in range(7, 13)]


def snapshots(od: Vsrr, vintages: Drawn) -> list[StagedSnapshot]:
    return [
        od.snapshot(
            od.stage({"State": s, "Month": m} | c for (s, m), c in zip(NAMES, cells, strict=True) if c is not None),
            day,
            complete=complete,
        )
        for day, (cells, complete) in zip(DAYS, vintages, strict=False)
    ]


def expected(vintages: Drawn) -> list[dict[tuple[Any, str], tuple[Any, str | None]]]:
    """What is known after each vintage, worked out row by row: (name, basis) to (value, reason)."""
    known: dict[tuple[Any, str], tuple[Any, str | None]] = {}
    after = []
    for cells, complete in vintages:
        for name, cell in zip(NAMES, cells, strict=True):
            if cell is None:
                if complete:
                    known |= {k: (None, "withdrawn") for k in known if k[0] == name}
                continue
            value, predicted, hidden = cell.get("Data Value"), cell.get("Predicted Value"), "Footnote" in cell
            reason = None if value is not None else "suppressed" if hidden else "not_published"
            known[name, "reported"] = (value, reason)
            if predicted is not None:
                known[name, "predicted"] = (None, reason) if hidden else (predicted, None)
            elif known.get((name, "predicted"), (None, None))[0] is not None:
                known[name, "predicted"] = (None, reason or "not_published")
        after.append(dict(known))
    return after


ACTORS = {"NY": "US-NY-XNYC", "YC": "US-NY-NYC", "AK": "US-AK"}
ENDS = {"April": date(2018, 4, 30), "May": date(2018, 5, 31)}


@examples(40, usual=5)
@given(vintages=VINTAGES, cut=st.integers(0, 5))
def test_what_is_known_at_a_moment_is_what_the_last_vintage_that_held_the_key_said(od: Vsrr, vintages: Drawn, cut: int) -> None:
    taken = snapshots(od, vintages)
    rows = od.fold(*taken)
    for day, wanted in zip(DAYS, expected(vintages), strict=False):
        known = rows.filter((pl.col("known_from") <= at(day)) & (pl.col("known_to").is_null() | (pl.col("known_to") > at(day))))
        columns = ("actor_id", "period_end", "basis", "value", "missing_reason")
        found = {(a, end, b): (v, why) for a, end, b, v, why in known.filter(~pl.col("is_derived")).select(columns).rows()}
        assert found == {(ACTORS[s], ENDS[m], basis): v for ((s, m), basis), v in wanted.items()}
        # New York is the sum of its parts at every moment
        state, city, whole = (
            known.filter(pl.col("actor_id") == a).select("basis", "period_end", "value")
            for a in ("US-NY-XNYC", "US-NY-NYC", "US-NY")
        )
        parts = state.join(city, on=["basis", "period_end"])
        summed = parts.select("basis", "period_end", value=pl.col("value") + pl.col("value_right"))
        assert_frame_equal(whole, summed, check_row_order=False)
    # intervals chain without gap or overlap, the last is open, and each row says something else than the one before it
    before = [pl.col(c).shift().over(KEY, order_by="known_from") for c in ("value", "missing_reason", "known_from")]
    following = pl.col("known_from").shift(-1).over(KEY, order_by="known_from")
    assert rows.filter(pl.col("known_to").ne_missing(following)).is_empty()
    assert rows.filter(pl.col("known_from") >= pl.col("known_to")).is_empty()
    same = pl.col("value").eq_missing(before[0]) & pl.col("missing_reason").eq_missing(before[1])
    assert rows.filter(same & before[2].is_not_null()).is_empty()
    assert_frame_equal(rows, od.fold(*taken, cut=cut))
    vintages_at_once, in_steps = (od.folded(*taken, cut=n).rows(observations.VINTAGES) for n in (0, cut))
    assert_frame_equal(vintages_at_once, in_steps, check_row_order=False)


@pytest.mark.trap("us_cdc_vsrr", "all-months")
@pytest.mark.real_data
def test_a_complete_vintage_holds_every_series_without_a_gap(real_ledger: Ledger) -> None:
    rows = real_ledger.rows(observations.VINTAGES).filter(pl.col("vintage_scope") == "complete", pl.col("basis") == "reported")
    first, last = pl.col("first_period_end"), pl.col("last_period_end")
    months = (last.dt.year() - first.dt.year()).cast(pl.Int32) * 12 + last.dt.month() - first.dt.month() + 1
    assert rows.filter(pl.col("n_periods") != months).is_empty()
    n_series = rows.filter(pl.col("actor_id") != "US-NY").group_by("known_from").len().sort("known_from")["len"].to_list()
    assert n_series == [239, 266, 266, 296, 296]
