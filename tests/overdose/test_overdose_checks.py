"""Each check of sql/checks on observations and vintages: it passes on good rows and real ones, and finds rows that break it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.contracts import Judgement, Staged, StagedSnapshot
from assets.overdose import observations
from assets.overdose.observations import TABLE, VINTAGES
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.overdose.conftest import Ledger, Vsrr

CHECKS = {e.name: e for e in from_checks() if e.table in ("core.overdose_observations", "core.overdose_vintages")}
US = pl.col("actor_id") == "USA"
TOTAL = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == "all")
REPORTED = pl.col("basis") == "reported"
NOW = pl.col("known_to").is_null()
MARCH = pl.col("period_end") == date(2018, 3, 31)


@contextmanager
def holding(rows: pl.DataFrame, vintages: pl.DataFrame | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        held = table(f"core.{VINTAGES}").empty() if vintages is None else vintages
        for given, frame in ((TABLE, rows), (VINTAGES, held)):
            con.register("given_rows", frame)
            con.execute(f"CREATE TABLE core.{given} AS SELECT * FROM given_rows")
        yield con


def found(name: str, rows: pl.DataFrame, vintages: pl.DataFrame | None = None) -> list[tuple[Any, ...]]:
    with holding(rows, vintages) as con:
        return con.sql(str(CHECKS[name].query)).fetchall()


def offending(name: str, rows: pl.DataFrame, vintages: pl.DataFrame | None = None) -> int:
    return len(found(name, rows, vintages))


@pytest.fixture(scope="module")
def good_ledger(od: Vsrr) -> Ledger:
    """Two complete vintages, the second revised and a month longer, and a partial one of the US alone."""
    first = od.stage(od.whole(("January", "February", "March")))
    second = od.stage(od.whole(("January", "February", "March", "April"), plus=3))
    april = [r for r in od.whole(("April",)) if r["State"] == "US" and r["Indicator"].startswith("Number of Drug")]
    us = [r | {"Data Value": 2730} for r in april]
    return od.folded(
        od.snapshot(first, "2018-08-15", complete=True),
        od.snapshot(second, "2018-09-12", complete=True),
        od.snapshot(od.stage(us), "2018-10-17", complete=False),
    )


@pytest.fixture(scope="module")
def good(good_ledger: Ledger) -> pl.DataFrame:
    return good_ledger.rows(TABLE)


def having(rows: pl.DataFrame, where: pl.Expr, **values: object) -> pl.DataFrame:
    """``rows`` with other values where ``where`` holds."""
    return rows.with_columns(
        pl.when(where).then(v if isinstance(v, pl.Expr) else pl.lit(v)).otherwise(pl.col(c)).cast(rows.schema[c]).alias(c)
        for c, v in values.items()
    )


BAD: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "us_is_sum_of_jurisdictions": lambda r: r.filter(pl.col("actor_id") != "US-NY-NYC"),
    "class_not_above_total": lambda r: having(r, (pl.col("drug") == "T40.4") & US & MARCH, value=5000.0),
    "predicted_class_not_above_total": lambda r: having(
        r, (pl.col("drug") == "T40.4") & US & MARCH & ~REPORTED, value=5000.0
    ),
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
    "reported_not_above_predicted": lambda r: having(r, US & TOTAL & REPORTED & NOW & MARCH, value=pl.col("value") * 1.03),
    "small_counts_are_suppressed": lambda r: having(
        r, (pl.col("actor_id") == "US-AK") & TOTAL & NOW, value=9.0, known_from=datetime(2019, 9, 11)
    ),
    "state_totals_move_slowly": lambda r: having(r, (pl.col("actor_id") == "US-AK") & TOTAL & NOW & MARCH, value=1300.0),
    "state_totals_are_revised_little": lambda r: having(
        r, (pl.col("actor_id") == "US-AK") & TOTAL & REPORTED & NOW & MARCH, value=pl.col("value") * 1.16
    ),
    "class_of_states_not_above_us": lambda r: having(r, US & (pl.col("drug") == "T40.4") & REPORTED & NOW & MARCH, value=270.0),
}  # fmt: skip
"""Observations that break the rule of a check."""

BAD_VINTAGES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "closed_years_do_not_change": lambda v: v.with_columns(last_closed_period_end=date(2018, 1, 31)),
    "series_are_all_there": lambda v: v.with_columns(known_from=pl.col("known_from").dt.offset_by("8y")),
    "newest_month_never_goes_back": lambda v: having(
        v, pl.col("snapshot_id").str.contains("09-12"), last_period_end=date(2018, 2, 28)
    ),
    "published_some_months_later": lambda v: v.with_columns(known_from=pl.col("known_from").dt.offset_by("4mo")),
}  # fmt: skip
"""Vintages that break the rule of a check."""


def test_every_check_passes_on_good_rows_and_on_empty_tables(good_ledger: Ledger, good: pl.DataFrame) -> None:
    assert sorted([*BAD, *BAD_VINTAGES]) == sorted(CHECKS)
    for held in (holding(good, good_ledger.rows(VINTAGES)), holding(good.clear())):
        with held as con:
            assert [name for name, check in CHECKS.items() if con.sql(str(check.query)).fetchall()] == []


@pytest.mark.trap("us_cdc_vsrr", "reported-and-predicted")
@pytest.mark.trap("us_cdc_vsrr", "classes-of-states")
@pytest.mark.trap("us_cdc_vsrr", "classes-within")
@pytest.mark.trap("us_cdc_vsrr", "records-pending")
@pytest.mark.trap("us_cdc_vsrr", "small-counts")
@pytest.mark.trap("us_cdc_vsrr", "slow-totals")
@pytest.mark.trap("us_cdc_vsrr", "size-of-revisions")
@pytest.mark.trap("us_cdc_vsrr", "series-times-months")
@pytest.mark.trap("us_cdc_vsrr", "newest-month")
def test_every_check_fails_where_its_rule_is_broken(good_ledger: Ledger, good: pl.DataFrame) -> None:
    vintages = good_ledger.rows(VINTAGES)
    assert [name for name, broken in BAD.items() if not offending(name, broken(good), vintages)] == []
    assert [name for name, broken in BAD_VINTAGES.items() if not offending(name, good, broken(vintages))] == []


@pytest.mark.trap("us_cdc_vsrr", "classes-within")
def test_a_predicted_class_may_exceed_the_one_that_contains_it_by_its_rounding(good: pl.DataFrame) -> None:
    of_all = good.filter(US & TOTAL & MARCH & ~REPORTED & NOW)["value"].item()
    here = US & MARCH & ~REPORTED & NOW & (pl.col("drug") == "T40.4")
    for more, n in ((1, 0), (2, 1)):
        rows = having(good, here, value=of_all + more)
        assert (offending("class_not_above_total", rows), offending("predicted_class_not_above_total", rows)) == (0, n)


def test_a_class_that_a_partial_vintage_revises_alone_is_not_compared_with_what_stood(od: Vsrr, good: pl.DataFrame) -> None:
    heroin = {"Data Value": 950, "Month": "April", "Indicator": "Heroin (T40.1)"}
    newer = od.fold(od.snapshot(od.stage([heroin]), "2018-11-14", complete=False))
    key = ["actor_id", "measure", "drug", "basis", "period_end"]
    stood = good.join(newer.select(key), on=key, how="anti")
    assert newer.height
    assert offending("class_not_above_total", pl.concat([stood, newer])) == 0
    assert offending("class_not_above_total", pl.concat([stood, newer.with_columns(vintage_scope=pl.lit("complete"))])) > 0


@pytest.mark.trap("us_cdc_vsrr", "classes-within")
@pytest.mark.real_data
def test_no_critical_check_holds_back_any_of_the_real_vintages(
    every_real_vintage: dict[str, tuple[Staged, Judgement, datetime]],
) -> None:
    """As the runner meets them: each upon those before it, and after the last all checks pass but for the large revisions."""
    ledger, last = Ledger(), max(every_real_vintage)
    for day, (staged, judgement, at) in every_real_vintage.items():
        if judgement.refusals:
            continue
        ledger.take(observations.fold(ledger, [StagedSnapshot(day, at, judgement.complete, staged.facts, staged.frames)]))
        rows, vintages = ledger.rows(TABLE), ledger.rows(VINTAGES)
        judged = {name for name, e in CHECKS.items() if e.severity == "critical" or day == last}
        with holding(rows, vintages) as con:
            broken = {name for name in judged if con.sql(str(CHECKS[name].query)).fetchall()}
        assert broken <= {"state_totals_are_revised_little"}, day
    assert day.startswith("2025-09")


@pytest.mark.trap("us_cdc_vsrr", "size-of-revisions")
@pytest.mark.real_data
def test_the_large_revisions_of_real_vintages_are_found_and_stop_nothing(real_rows: pl.DataFrame) -> None:
    check = "state_totals_are_revised_little"
    assert CHECKS[check].severity == "warning"
    revised = {row[0]: row[-2] / row[-1] - 1 for row in sorted(found(check, real_rows), key=lambda row: row[-2] / row[-1])}
    assert revised == pytest.approx({"US-MI": 0.433, "US-TN": 0.321, "US-NC": 0.172, "US-RI": 0.176}, abs=0.001)


@pytest.mark.trap("us_cdc_vsrr", "finalised-years")
def test_a_closed_month_may_lose_a_count_below_ten_and_a_few_last_digits_and_no_more(od: Vsrr) -> None:
    percent: dict[str, object] = {"Indicator": "Percent with drugs specified", "Footnote Symbol": "**"}
    first: list[dict[str, object]] = [{"Footnote Symbol": "**", "Data Value": 9}, percent | {"Data Value": "80.8766281589967"}]
    second: list[dict[str, object]] = [
        {"Footnote Symbol": "**", "Footnote": "Data suppressed (<10)."},
        percent | {"Data Value": "80.876628159"},
    ]

    def changed(*vintages: tuple[str, Sequence[Mapping[str, object]]]) -> list[tuple[Any, ...]]:
        ledger = od.folded(*[od.snapshot(od.stage(rows), day, complete=True) for day, rows in vintages])
        return found("closed_years_do_not_change", ledger.rows(TABLE), ledger.rows(VINTAGES))

    assert changed(("2019-04-24", first), ("2019-09-11", second)) == []
    # also where it was closed only after its value came
    steps = (("2018-09-12", 120, "*"), ("2019-04-24", 120, "**"), ("2019-09-11", 121, "**"))
    assert changed(*((day, [{"Data Value": n, "Footnote Symbol": sign}]) for day, n, sign in steps)) == [
        ("US-AK", "deaths_12m", "all", date(2018, 5, 31), 120.0, 121.0, datetime(2019, 9, 11))
    ]


@pytest.mark.trap("us_cdc_vsrr", "place-of-death")
def test_deaths_by_residence_and_by_occurrence_are_two_series(good: pl.DataFrame) -> None:
    both = pl.concat([good, good.with_columns(counts_by=pl.lit("residence"))])
    assert [offending(name, both) for name in ("one_open_row_per_key", "known_intervals_chain")] == [0, 0]


@pytest.mark.trap("us_cdc_vsrr", "sum-of-jurisdictions")
@pytest.mark.trap("us_cdc_vsrr", "puerto-rico")
def test_new_york_and_puerto_rico_are_outside_the_sum_that_hidden_parts_bound(good: pl.DataFrame, od: Vsrr) -> None:
    for lost in ("US-AK", "US-NY-XNYC", "US-NY-NYC"):
        assert offending("us_is_sum_of_jurisdictions", good.filter(pl.col("actor_id") != lost)) > 0
    more = good.filter(pl.col("actor_id") == "US-AK").with_columns(actor_id=pl.lit("US-PR"))
    assert "US-NY" in good["actor_id"]
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, more])) == 0
    rows = [r for r in od.whole(("May",), plus=9) if r["Indicator"].startswith("Number of Drug")]
    partial = od.fold(od.snapshot(od.stage(rows), "2018-11-14", complete=False))
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, partial])) == 0
    assert offending("us_is_sum_of_jurisdictions", pl.concat([good, partial.filter(pl.col("actor_id") != "US-AK")])) > 0
    hidden = having(good, (pl.col("actor_id") == "US-AK") & NOW, value=None, missing_reason="suppressed")
    assert offending("us_is_sum_of_jurisdictions", hidden) == 0


def test_a_predicted_value_that_was_known_while_the_reported_one_was_hidden_is_found_though_it_ended(good: pl.DataFrame) -> None:
    hidden = (pl.col("actor_id") == "US-AK") & REPORTED & (pl.col("drug") == "T40.4") & ~NOW
    assert offending("no_predicted_where_suppressed", having(good, hidden, value=None, missing_reason="low_quality")) > 0


def test_a_month_that_came_with_a_partial_vintage_and_stands_unchanged_is_no_gap(good: pl.DataFrame) -> None:
    mixed = having(good, US & TOTAL & (pl.col("period_end") == date(2018, 2, 28)), vintage_scope="partial")
    assert offending("months_without_gaps", mixed) == 0
