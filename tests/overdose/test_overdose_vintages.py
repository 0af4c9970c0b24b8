"""Which series each vintage held: first and last month, months with a row, and New York over the months of both parts."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.overdose import observations, vsrr
from tests.depth import examples
from tests.overdose.conftest import Ledger, Vsrr

SHORT = "State,Year,Month,Indicator,Data Value,Percent Complete,Footnote"
FIRST, SECOND = "2018-07-11", "2018-08-15"
MAY, JUNE, JULY = (date(2018, 5, 31), date(2018, 6, 30), date(2018, 7, 31))


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
    ledger = od.folded(od.snapshot(vsrr.stage(files), FIRST, complete=False))
    for table in (observations.VINTAGES, observations.TABLE):
        assert ledger.rows(table)["known_from"].to_list() == [datetime(2018, 7, 7, 21, 46, 40)]


LOW = {"Footnote": "Data suppressed (<10)."}
CELLS = st.sampled_from([None, {}, {"Data Value": 5}, {"Data Value": 5, "Predicted Value": 6}, LOW])
NAMES = [(state, month) for state in ("NY", "YC", "AK") for month in ("April", "May")]


@examples(40, usual=3)
@given(vintages=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=5), cut=st.integers(0, 5))
def test_folding_some_and_then_the_rest_gives_the_same_series_as_all_at_once(
    od: Vsrr, vintages: list[list[dict[str, object] | None]], cut: int
) -> None:
    taken = []
    for month, cells in enumerate(vintages, 7):
        rows = [{"State": s, "Month": m} | c for (s, m), c in zip(NAMES, cells, strict=True) if c is not None]
        taken.append(od.snapshot(od.stage(rows), f"2018-{month:02}-13", complete=month % 2 == 0))
    at_once, in_steps = (ledger.rows(observations.VINTAGES) for ledger in (od.folded(*taken), od.folded(*taken, cut=cut)))
    assert_frame_equal(at_once, in_steps, check_row_order=False)


@pytest.mark.trap("us_cdc_vsrr", "all-months")
@pytest.mark.real_data
def test_a_complete_vintage_holds_every_series_without_a_gap(real_ledger: Ledger) -> None:
    rows = real_ledger.rows(observations.VINTAGES).filter(pl.col("vintage_scope") == "complete", pl.col("basis") == "reported")
    first, last = pl.col("first_period_end"), pl.col("last_period_end")
    months = (last.dt.year() - first.dt.year()).cast(pl.Int32) * 12 + last.dt.month() - first.dt.month() + 1
    assert rows.filter(pl.col("n_periods") != months).is_empty()
    n_series = rows.filter(pl.col("actor_id") != "US-NY").group_by("known_from").len().sort("known_from")["len"].to_list()
    assert n_series == [239, 266, 266, 296, 296]
