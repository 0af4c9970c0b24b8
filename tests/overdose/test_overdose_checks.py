"""Each check of sql/checks on this table: it passes on good rows, and on real ones, and fails on rows that break its rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from pipelines.expectations import from_checks

CHECKS = {e.name: e for e in from_checks() if e.table == "core.overdose_observations"}
US = pl.col("actor_id") == "USA"
TOTAL = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == "all")
REPORTED = pl.col("basis") == "reported"
NOW = pl.col("known_to").is_null()
MARCH = pl.col("period_end") == date(2018, 3, 31)


def offending(name: str, rows: pl.DataFrame) -> int:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.register("given_rows", rows)
        con.execute("CREATE TABLE core.overdose_observations AS SELECT * FROM given_rows")
        return con.sql(str(CHECKS[name].query)).pl().height


@pytest.fixture(scope="module")
def good(od) -> pl.DataFrame:
    """Two complete vintages, the second revised and a month longer, and a partial one of the US alone."""
    first = od.stage(od.whole(("January", "February", "March")))
    second = od.stage(od.whole(("January", "February", "March", "April"), plus=3))
    us = [
        r | {"Data Value": 2730}
        for r in od.whole(("April",))
        if r["State"] == "US" and r["Indicator"].startswith("Number of Drug")
    ]
    return od.fold(
        od.snapshot(first, "2018-08-15", complete=True),
        od.snapshot(second, "2018-09-12", complete=True),
        od.snapshot(od.stage(us), "2018-10-17", complete=False),
    )


def having(rows: pl.DataFrame, where: pl.Expr, **values: object) -> pl.DataFrame:
    """``rows`` with other values where ``where`` holds."""
    return rows.with_columns(
        pl.when(where).then(v if isinstance(v, pl.Expr) else pl.lit(v)).otherwise(pl.col(c)).cast(rows.schema[c]).alias(c)
        for c, v in values.items()
    )


BAD: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "us_is_sum_of_jurisdictions": lambda r: r.filter(pl.col("actor_id") != "US-NY-NYC"),
    "class_not_above_total": lambda r: having(r, (pl.col("drug") == "T40.4") & US & MARCH, value=5000.0),
    "overdoses_not_above_all_causes": lambda r: having(
        r, (pl.col("drug") == "all") & (pl.col("unit") == "deaths"),
        measure=pl.when(pl.col("measure") == "deaths_12m").then(pl.lit("all_cause_deaths_12m")).otherwise(pl.lit("deaths_12m")),
    ),
    "months_without_gaps": lambda r: r.filter(~(US & TOTAL & (pl.col("period_end") == date(2018, 2, 28)))),
    "known_intervals_chain": lambda r: having(r, ~NOW, known_to=datetime(2018, 9, 11)),
    "one_open_row_per_key": lambda r: having(r, US & TOTAL & MARCH, known_to=None),
    "period_is_twelve_months": lambda r: having(r, US, period_start=pl.col("period_start").dt.offset_by("1mo")),
    "no_period_after_known": lambda r: having(r, US, period_end=date(2019, 1, 31)),
    "us_total_moves_slowly": lambda r: having(r, US & TOTAL & REPORTED & NOW & MARCH, value=pl.col("value") * 1.09),
    "us_total_is_revised_little": lambda r: having(r, US & TOTAL & REPORTED & NOW & MARCH, value=pl.col("value") * 0.93),
    "no_predicted_where_suppressed": lambda r: having(
        r, (pl.col("actor_id") == "US-AK") & REPORTED & (pl.col("drug") == "T40.4") & NOW, value=None, missing_reason="suppressed"
    ),
    "few_records_pending": lambda r: having(r, US & MARCH, percent_pending=5.5),
    "new_york_is_sum_of_its_parts": lambda r: having(r, (pl.col("actor_id") == "US-NY") & NOW & MARCH, value=1.0),
}  # fmt: skip


def test_every_check_of_the_table_is_tried_both_ways():
    assert set(BAD) == set(CHECKS)


@pytest.mark.parametrize("name", BAD)
def test_it_passes_on_good_rows(name, good):
    assert offending(name, good) == 0


@pytest.mark.parametrize("name", BAD)
def test_it_passes_on_an_empty_table(name, good):
    assert offending(name, good.clear()) == 0


@pytest.mark.parametrize("name", BAD)
def test_it_fails_where_its_rule_is_broken(name, good):
    assert offending(name, BAD[name](good)) > 0


@pytest.mark.real_data
@pytest.mark.parametrize("name", BAD)
def test_it_passes_on_the_real_vintages(name, real_rows):
    assert offending(name, real_rows) == 0


@pytest.mark.parametrize("state", ["AK", "NY", "YC"])
def test_the_loss_of_any_jurisdiction_shows_in_the_sum(state, good):
    actor = {"AK": "US-AK", "NY": "US-NY-XNYC", "YC": "US-NY-NYC"}[state]
    assert offending("us_is_sum_of_jurisdictions", good.filter(pl.col("actor_id") != actor)) > 0


def test_new_york_as_a_whole_and_puerto_rico_are_outside_the_sum(good):
    more = good.filter(pl.col("actor_id") == "US-AK").with_columns(actor_id=pl.lit("US-PR"))
    assert "US-NY" in good["actor_id"]
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, more])) == 0


def test_a_partial_vintage_that_holds_all_jurisdictions_is_compared_too(od, good):
    rows = [r for r in od.whole(("May",), plus=9) if r["Indicator"].startswith("Number of Drug")]
    partial = od.fold(od.snapshot(od.stage(rows), "2018-11-14", complete=False))
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, partial])) == 0
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, partial.filter(pl.col("actor_id") != "US-AK")])) > 0


def test_a_hidden_part_leaves_only_an_upper_bound(good):
    hidden = having(good, (pl.col("actor_id") == "US-AK") & NOW, value=None, missing_reason="suppressed")
    assert offending("us_is_sum_of_jurisdictions", hidden) == 0


def test_a_predicted_value_that_was_known_while_the_reported_one_was_hidden_is_found_though_it_ended(good):
    once = having(
        good,
        (pl.col("actor_id") == "US-AK") & REPORTED & (pl.col("drug") == "T40.4") & ~NOW,
        value=None,
        missing_reason="low_quality",
    )
    assert offending("no_predicted_where_suppressed", once) > 0


def test_a_month_that_came_with_a_partial_vintage_and_stands_unchanged_is_no_gap(good):
    mixed = having(good, US & TOTAL & (pl.col("period_end") == date(2018, 2, 28)), vintage_scope="partial")
    assert offending("months_without_gaps", mixed) == 0
