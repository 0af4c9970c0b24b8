"""Each check of sql/checks on tables of the domain: it passes on good rows and real ones, and finds rows that break it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.contracts import StagedSnapshot
from assets.overdose import observations
from assets.overdose.observations import TABLE, VINTAGES
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.overdose.conftest import Judged, Ledger, od

ALL = {(e.table.removeprefix("core."), e.name): e for e in from_checks()}
CHECKS = {name: check for (of, name), check in ALL.items() if of in (TABLE, VINTAGES)}
US, ALASKA = pl.col("actor_id") == "USA", pl.col("actor_id") == "US-AK"
TOTAL = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == "all")
REPORTED, NOW, FENTANYL = pl.col("basis") == "reported", pl.col("known_to").is_null(), pl.col("drug") == "T40.4"
MARCH = pl.col("period_end") == date(2018, 3, 31)
VALUE = pl.col("value")


@contextmanager
def holding(**tables: pl.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for given, frame in tables.items():
            con.register("given_rows", frame)
            con.execute(f"CREATE TABLE core.{given} AS SELECT * FROM given_rows")
        yield con


def found(name: str, rows: pl.DataFrame, vintages: pl.DataFrame | None = None) -> list[tuple[Any, ...]]:
    held = table(f"core.{VINTAGES}").empty() if vintages is None else vintages
    with holding(overdose_observations=rows, overdose_vintages=held) as con:
        return con.sql(str(CHECKS[name].query)).fetchall()


def offending(name: str, rows: pl.DataFrame, vintages: pl.DataFrame | None = None) -> int:
    return len(found(name, rows, vintages))


@pytest.fixture(scope="module")
def good_ledger() -> Ledger:
    """Two complete vintages, the second revised and a month longer, and a partial one of the US alone."""
    longer = od.whole(("January", "February", "March", "April"), plus=3)
    april = [r for r in od.whole(("April",)) if r["State"] == "US" and r["Indicator"].startswith("Number of Drug")]
    return od.folded(
        od.snapshot(od.stage(od.whole()), "2018-08-15", complete=True),
        od.snapshot(od.stage(longer), "2018-09-12", complete=True),
        od.snapshot(od.stage([r | {"Data Value": 2730} for r in april]), "2018-10-17", complete=False),
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


OTHER_MEASURE = pl.when(TOTAL).then(pl.lit("all_cause_deaths_12m")).otherwise(pl.lit("deaths_12m"))
HERE = US & TOTAL & REPORTED & NOW & MARCH
BAD: dict[str, pl.Expr | tuple[pl.Expr, dict[str, object]]] = {
    "us_is_sum_of_jurisdictions": pl.col("actor_id") != "US-NY-NYC",
    "class_not_above_total": (FENTANYL & US & MARCH, {"value": 5000.0}),
    "predicted_class_not_above_total": (FENTANYL & US & MARCH & ~REPORTED, {"value": 5000.0}),
    "overdoses_not_above_all_causes": ((pl.col("drug") == "all") & (pl.col("unit") == "deaths"), {"measure": OTHER_MEASURE}),
    "months_without_gaps": ~(US & TOTAL & (pl.col("period_end") == date(2018, 2, 28))),
    "known_intervals_chain": (~NOW, {"known_to": datetime(2018, 9, 11)}),
    "one_open_row_per_key": (US & TOTAL & MARCH, {"known_to": None}),
    "period_is_twelve_months": (US, {"period_start": pl.col("period_start").dt.offset_by("1mo")}),
    "no_period_after_known": (US, {"period_end": date(2019, 1, 31)}),
    "us_total_moves_slowly": (HERE, {"value": VALUE * 1.09}),
    "us_total_is_revised_little": (HERE, {"value": VALUE * 0.93}),
    "no_predicted_where_suppressed": (ALASKA & REPORTED & FENTANYL & NOW, {"value": None, "missing_reason": "suppressed"}),
    "few_records_pending": (US & MARCH, {"percent_pending": 5.5}),
    "new_york_is_sum_of_its_parts": ((pl.col("actor_id") == "US-NY") & NOW & MARCH, {"value": 1.0}),
    "reported_not_above_predicted": (HERE, {"value": VALUE * 1.03}),
    "small_counts_are_suppressed": (ALASKA & TOTAL & NOW, {"value": 9.0, "known_from": datetime(2019, 9, 11)}),
    "state_totals_move_slowly": (ALASKA & TOTAL & NOW & MARCH, {"value": 1300.0}),
    "state_totals_are_revised_little": (ALASKA & TOTAL & REPORTED & NOW & MARCH, {"value": VALUE * 1.16}),
    "class_of_states_not_above_us": (US & FENTANYL & REPORTED & NOW & MARCH, {"value": 270.0}),
}
"""What to change, or to keep, of good observations so that the rule of a check is broken."""
KNOWN_LATER = pl.col("known_from").dt.offset_by
BAD_VINTAGES: dict[str, tuple[pl.Expr, dict[str, object]]] = {
    "closed_years_do_not_change": (pl.lit(True), {"last_closed_period_end": date(2018, 1, 31)}),
    "series_are_all_there": (pl.lit(True), {"known_from": KNOWN_LATER("8y")}),
    "newest_month_never_goes_back": (pl.col("snapshot_id").str.contains("09-12"), {"last_period_end": date(2018, 2, 28)}),
    "published_some_months_later": (pl.lit(True), {"known_from": KNOWN_LATER("4mo")}),
}


@pytest.mark.trap("us_cdc_vsrr", "reported-and-predicted")
@pytest.mark.trap("us_cdc_vsrr", "classes-of-states")
@pytest.mark.trap("us_cdc_vsrr", "small-counts")
@pytest.mark.trap("us_cdc_vsrr", "slow-totals")
def test_every_check_passes_on_good_rows_and_on_empty_tables_and_fails_where_its_rule_is_broken(
    good_ledger: Ledger, good: pl.DataFrame
) -> None:
    assert sorted([*BAD, *BAD_VINTAGES]) == sorted(CHECKS)
    vintages = good_ledger.rows(VINTAGES)
    for rows, held in ((good, vintages), (good.clear(), vintages.clear())):
        with holding(overdose_observations=rows, overdose_vintages=held) as con:
            assert [name for name, check in CHECKS.items() if con.sql(str(check.query)).fetchall()] == []
    broken = {k: good.filter(how) if isinstance(how, pl.Expr) else having(good, how[0], **how[1]) for k, how in BAD.items()}
    assert [name for name, rows in broken.items() if not offending(name, rows, vintages)] == []
    of_vintages = {name: having(vintages, where, **values) for name, (where, values) in BAD_VINTAGES.items()}
    assert [name for name, held in of_vintages.items() if not offending(name, good, held)] == []


@pytest.mark.trap("us_cdc_vsrr", "classes-within")
@pytest.mark.trap("us_cdc_vsrr", "place-of-death")
def test_a_check_allows_what_rounding_partial_vintages_and_two_ways_of_counting_explain(good: pl.DataFrame) -> None:
    # a predicted class may exceed the one that contains it by its rounding
    of_all = good.filter(US & TOTAL & MARCH & ~REPORTED & NOW)["value"].item()
    for more, n in ((1, 0), (2, 1)):
        rows = having(good, US & MARCH & ~REPORTED & NOW & FENTANYL, value=of_all + more)
        assert (offending("class_not_above_total", rows), offending("predicted_class_not_above_total", rows)) == (0, n)
    # a class that a partial vintage revises alone is not compared with what stood
    heroin = {"Data Value": 950, "Month": "April", "Indicator": "Heroin (T40.1)"}
    newer = od.fold(od.snapshot(od.stage([heroin]), "2018-11-14", complete=False))
    stood = good.join(newer, on=["actor_id", "measure", "drug", "basis", "period_end"], how="anti")
    for scope, n in (("partial", 0), ("complete", 1)):
        rows = pl.concat([stood, newer.with_columns(vintage_scope=pl.lit(scope))])
        assert min(1, offending("class_not_above_total", rows)) == n
    # a month that came with a partial vintage and stands unchanged is no gap
    mixed = having(good, US & TOTAL & (pl.col("period_end") == date(2018, 2, 28)), vintage_scope="partial")
    assert offending("months_without_gaps", mixed) == 0
    # a predicted value that was known while the reported one was hidden is found though it ended
    hidden = having(good, ALASKA & REPORTED & FENTANYL & ~NOW, value=None, missing_reason="low_quality")
    assert offending("no_predicted_where_suppressed", hidden) > 0
    both = pl.concat([good, good.with_columns(counts_by=pl.lit("residence"))])
    assert [offending(name, both) for name in ("one_open_row_per_key", "known_intervals_chain")] == [0, 0]


def test_new_york_and_puerto_rico_are_outside_the_sum_that_hidden_parts_bound(good: pl.DataFrame) -> None:
    rows = [r for r in od.whole(("May",), plus=9) if r["Indicator"].startswith("Number of Drug")]
    partial = od.fold(od.snapshot(od.stage(rows), "2018-11-14", complete=False))
    puerto_rico = good.filter(ALASKA).with_columns(actor_id=pl.lit("US-PR"))
    assert "US-NY" in good["actor_id"]
    for added, is_sum in (
        *((good.filter(pl.col("actor_id") != lost), False) for lost in ("US-AK", "US-NY-XNYC", "US-NY-NYC")),
        (pl.concat([good, puerto_rico]), True),
        (pl.concat([good, partial]), True),
        (pl.concat([good, partial.filter(~ALASKA)]), False),
        (having(good, ALASKA & NOW, value=None, missing_reason="suppressed"), True),
    ):
        assert (offending("us_is_sum_of_jurisdictions", added) == 0) is is_sum


@pytest.mark.trap("us_cdc_vsrr", "size-of-revisions")
@pytest.mark.real_data
def test_no_critical_check_holds_back_any_of_the_real_vintages_and_large_revisions_are_told(every_real_vintage: Judged) -> None:
    """As the runner meets them: each upon those before it, and after the last all checks pass but for the large revisions."""
    ledger, last, large = Ledger(), max(every_real_vintage), "state_totals_are_revised_little"
    for day, (staged, judgement, at) in every_real_vintage.items():
        if judgement.refusals:
            continue
        ledger.take(observations.fold(ledger, [StagedSnapshot(day, at, judgement.complete, staged.facts, staged.frames)]))
        rows, vintages = ledger.rows(TABLE), ledger.rows(VINTAGES)
        judged = {name for name, e in CHECKS.items() if e.severity == "critical" or day == last}
        with holding(overdose_observations=rows, overdose_vintages=vintages) as con:
            broken = {name for name in judged if con.sql(str(CHECKS[name].query)).fetchall()}
        assert broken <= {large}, day
    assert day.startswith("2025-09")


@pytest.mark.real_data
def test_the_large_revisions_of_real_vintages_are_found_and_stop_nothing(real_rows: pl.DataFrame) -> None:
    revisions = sorted((row[-2] / row[-1] - 1, row[0]) for row in found("state_totals_are_revised_little", real_rows))
    assert {state: share for share, state in revisions} == pytest.approx(
        {"US-MI": 0.433, "US-TN": 0.321, "US-NC": 0.172, "US-RI": 0.176}, abs=0.001
    )
    assert CHECKS["state_totals_are_revised_little"].severity == "warning"


@pytest.mark.trap("us_cdc_vsrr", "finalised-years")
def test_a_closed_month_may_lose_a_count_below_ten_and_a_few_last_digits_and_no_more() -> None:
    def changed(*vintages: tuple[str, Sequence[Mapping[str, object]]]) -> list[tuple[Any, ...]]:
        staged = [(day, od.stage({"Footnote Symbol": "**", **row} for row in rows)) for day, rows in vintages]
        ledger = od.folded(*[od.snapshot(found, day, complete=True) for day, found in staged])
        return found("closed_years_do_not_change", ledger.rows(TABLE), ledger.rows(VINTAGES))

    percents = [{"Indicator": "Percent with drugs specified", "Data Value": n} for n in ("80.8766281589967", "80.876628159")]
    hidden = {"Footnote": "Data suppressed (<10)."}
    assert changed(("2019-04-24", [{"Data Value": 9}, percents[0]]), ("2019-09-11", [hidden, percents[1]])) == []
    # also where it was closed only after its value came
    steps = (("2018-09-12", 120, "*"), ("2019-04-24", 120, "**"), ("2019-09-11", 121, "**"))
    assert changed(*((day, [{"Data Value": n, "Footnote Symbol": sign}]) for day, n, sign in steps)) == [
        ("US-AK", "deaths_12m", "all", date(2018, 5, 31), 120.0, 121.0, datetime(2019, 9, 11))
    ]


SOONER, LATER = datetime(2023, 11, 8), datetime(2024, 11, 8)
HELD: dict[str, dict[str, Any]] = {
    "drug_seizures": {
        "actor_id": "USA", "region": "Southwest Border", "component": "Office", "land_filter": "Other", "area": "LAREDO",
        "drug": "Fentanyl", "period_end": date(2022, 10, 31), "fiscal_year": 2023, "n_events": 1, "quantity_lbs": 100.0,
        "quantity_kg": 45.359237, "known_from": SOONER, "known_to": None, "source": "us_cbp_drug_seizures", "snapshot_id": "x",
    },
    "county_overdoses": {
        "fips": "01001", "actor_id": "US-AL", "name": "Autauga County", "period_start": date(2022, 4, 1),
        "period_end": date(2023, 3, 31), "deaths": 25, "missing_reason": None, "known_from": SOONER, "known_basis": "snapshot",
        "known_to": None, "source": "us_cdc_county_overdose", "snapshot_id": "x",
    },
    "populations": {
        "year": 2022, "series": "acs1", "population": 10, "is_derived": False, "source": "us_census_population",
        "snapshot_id": "x",
    },
}  # fmt: skip
Given = list[dict[str, Any]]


def months(year: int, n: int) -> Given:
    ends = pl.date_range(date(year - 1, 10, 1), date(year, 9, 1), "1mo", eager=True).dt.month_end().to_list()
    return [{"period_end": end, "fiscal_year": year} for end in ends[:n]]


def nation(persons: int, year: int = 2022) -> Given:
    named = {f"US-{i}": 10 for i in range(51)} | {"US-PR": 3, "USA": persons}
    return [{"actor_id": actor, "population": n, "year": year} for actor, n in named.items()]


TWO_KNOWN: Given = [{"known_to": LATER}, {"known_from": LATER}]
CASES: dict[tuple[str, str], tuple[Given, Given]] = {
    ("drug_seizures", "fiscal_year_fits_month"): ([{}], [{"fiscal_year": 2022}]),
    ("drug_seizures", "fiscal_years_have_twelve_months"): (
        months(2022, 12) + months(2023, 5),
        months(2022, 11) + months(2023, 5),
    ),
    ("drug_seizures", "kilograms_are_pounds"): ([{}], [{"quantity_kg": 100.0}]),
    ("drug_seizures", "versions_do_not_overlap"): (TWO_KNOWN, [{}, {"known_from": LATER}]),
    ("populations", "nation_is_sum_of_states"): (nation(510), nation(513)),
    ("populations", "no_one_year_estimate_of_2020"): (nation(510), nation(510, 2020)),
    ("county_overdoses", "no_counts_below_ten"): ([{"deaths": 0}, {"fips": "01003"}], [{"deaths": 9}]),
    ("county_overdoses", "one_open_row_per_key"): (TWO_KNOWN, [{"known_to": LATER}]),
    ("county_overdoses", "no_period_after_known"): ([{}], [{"known_from": datetime(2023, 3, 1)}]),
}


@pytest.mark.trap("us_census_population", "no-2020")
@pytest.mark.parametrize("check", CASES, ids=".".join)
def test_a_check_passes_on_good_rows_and_finds_bad_ones(check: tuple[str, str]) -> None:
    of, _ = check
    types = table(f"core.{of}").polars
    for given, is_good in zip(CASES[check], (True, False), strict=True):
        rows = pl.DataFrame([HELD[of] | row for row in given], schema_overrides={c: types[c] for c in (*HELD[of], "actor_id")})
        with holding(**{of: table(f"core.{of}").conform(rows)}) as con:
            assert (con.sql(str(ALL[check].query)).fetchall() == []) is is_good
