"""What is worked out of overdose counts: months, shares, changes, rates, revisions; and that none of it looks ahead."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from assets.schema import declared, usage_warnings
from pipelines.checks.expectations import Expectation, from_checks
from pipelines.publish.scripts import scripts
from tests.sql.conftest import Warehouse

MACROS = ("overdose_monthly_as_known", "overdose_shares_as_known", "overdose_changes_as_known", "overdose_rates_as_known",
          "overdose_best_as_known")  # fmt: skip
FINAL = {"source": "us_cdc_wonder", "measure": "deaths_month", "basis": "final", "counts_by": "residence"}


def month_end(year: int, month: int) -> str:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1]).isoformat()


def observed(w: Warehouse, value: float | None, period_end: str, known_from: str = "2019-01-01", **other: Any) -> None:
    """A figure of the US, by where people died."""
    row = {"value": value, "period_end": period_end, "known_from": known_from, "counts_by": "occurrence"}
    w.put("core.overdose_observations", row | {"period_start": "2014-02-01"} | other)


def vintage(w: Warehouse, ends: list[str], known: str, drug: str = "T40.4", scope: str = "complete") -> None:
    """The periods of a series of the US that a vintage holds."""
    of = {"source": "us_cdc_vsrr", "actor_id": "USA", "measure": "deaths_12m", "basis": "reported", "counts_by": "occurrence"}
    of |= {"snapshot_id": scope, "known_from": known, "vintage_scope": scope, "drug": drug}
    w.put("core.overdose_vintages", of | {"first_period_end": ends[0], "last_period_end": ends[-1], "n_periods": len(ends)})


def put_sums(
    w: Warehouse, sums: Sequence[float | None], known: str = "2019-01-01", first: tuple[int, int] = (2015, 1), drug: str = "T40.4"
) -> None:
    """Twelve-month sums of the US from a month on, and the series that the vintage holds."""
    ends = [month_end(first[0], first[1] + n) for n in range(len(sums))]
    for end, value in zip(ends, sums, strict=True):
        observed(w, value, end, known, drug=drug)
    vintage(w, ends, known, drug)


def put_base(w: Warehouse, months: list[float | None], known: str = "2018-01-01") -> None:
    """Final counts of the months of 2014."""
    for n, value in enumerate(months, 1):
        observed(w, value, month_end(2014, n), known, drug="T40.4", period_start=f"2014-{n:02}-01", **FINAL)


def people(w: Warehouse, *years: int, population: int = 1_000_000, series: str = "acs1") -> None:
    for year in years:
        row = {"actor_id": "USA", "year": year, "series": series, "population": population}
        w.put("core.populations", row | {"source": "us_census_population"})


def rolling(months: list[float]) -> list[float]:
    return [sum(months[n : n + 12]) for n in range(1, len(months) - 11)]


MONTHS = [100.0 + n + 10 * (n % 5) for n in range(36)]
"""Deaths of 36 months from January 2014."""


def test_months_are_worked_out_exactly_from_sums_of_one_vintage_and_a_first_year(warehouse: Warehouse) -> None:
    put_base(warehouse, [*MONTHS[:12]])
    put_sums(warehouse, rolling(MONTHS))
    # a later vintage gives three months of the series only, with gaps between them: sums of two are never subtracted
    for end in (month_end(2015, n) for n in (21, 23, 24)):
        ended = "UPDATE core.overdose_observations SET known_to = '2020-01-01' WHERE measure = 'deaths_12m' AND period_end = ?"
        warehouse.change(ended, [end])
        observed(warehouse, 9999.0, end, "2020-01-01", drug="T40.4")
    vintage(warehouse, [month_end(2015, n) for n in (21, 23, 24)], "2020-01-01", scope="partial")
    warehouse.build()
    months = warehouse.ask("SELECT deaths FROM marts.overdose_monthly ORDER BY period_end")
    assert [m for (m,) in months] == pytest.approx(MONTHS[12:])
    assert warehouse.ask("SELECT DISTINCT base, method FROM marts.overdose_monthly") == [
        ("2014-01 to 2014-12, WONDER final, residents", "first year + changes of the 12-month sums")
    ]
    assert warehouse.ask("SELECT count(*) FROM marts.overdose_monthly WHERE is_recent") == [(6,)]


def test_without_a_first_year_only_the_change_is_known_and_a_suppressed_month_leaves_its_name_unknown_not_zero(
    warehouse: Warehouse,
) -> None:
    put_sums(warehouse, rolling(MONTHS))
    rows = warehouse.build().ask("SELECT deaths, deaths_change FROM marts.overdose_monthly ORDER BY period_end")
    deaths, (first, *changes) = zip(*rows, strict=True)
    assert {first, *deaths} == {None}
    assert changes == pytest.approx([MONTHS[n] - MONTHS[n - 12] for n in range(13, 36)])
    put_base(warehouse, [None, *MONTHS[1:12]])
    by_name = "SELECT month(period_end), count(deaths) FROM marts.overdose_monthly GROUP BY 1 ORDER BY 1"
    assert warehouse.build().ask(by_name) == [(1, 0), *((n, 2) for n in range(2, 13))]


def test_a_sum_that_is_not_shown_leaves_the_months_after_it_unknown(warehouse: Warehouse) -> None:
    sums: list[float | None] = [*rolling(MONTHS)]
    sums[3] = None
    put_base(warehouse, [*MONTHS[:12]])
    put_sums(warehouse, sums)
    warehouse.build()
    unknown = warehouse.ask("SELECT period_end FROM marts.overdose_monthly WHERE deaths IS NULL ORDER BY 1")
    assert [d for (d,) in unknown] == ["2015-04-30", "2015-05-31", "2016-04-30", "2016-05-31"]


def test_a_share_is_of_one_source_period_and_basis_and_a_change_on_the_twelve_months_before(warehouse: Warehouse) -> None:
    put_sums(warehouse, [200.0, *(100.0 + n for n in range(13))])
    put_sums(warehouse, [400.0], drug="all")
    observed(warehouse, 500.0, "2015-01-31", drug="all", basis="predicted")
    observed(warehouse, 81.5, "2015-01-31", drug="all", measure="pct_drugs_specified", unit="percent")
    shares = "SELECT drug, basis, share, pct_drugs_specified FROM marts.overdose_shares"
    assert warehouse.build().ask(shares) == [("T40.4", "reported", 0.5, 81.5)]
    changes = "SELECT period_end, deaths_change, change_share FROM marts.overdose_changes ORDER BY 1"
    assert warehouse.ask(changes) == [
        ("2016-01-31", -89.0, pytest.approx(-0.445)), ("2016-02-29", 12.0, pytest.approx(0.12)),
    ]  # fmt: skip


def test_a_rate_uses_the_population_of_the_year_or_says_that_it_is_carried(warehouse: Warehouse) -> None:
    put_sums(warehouse, [50.0, 60.0], first=(2020, 12))
    people(warehouse, 2019)
    people(warehouse, 2021, population=1_200_000)
    people(warehouse, 2020, population=7, series="acs5")
    warehouse.build()
    rows = warehouse.ask(
        "SELECT period_end, population_year, is_population_carried, rate_per_100k FROM marts.overdose_rates ORDER BY 1"
    )
    assert rows == [("2020-12-31", 2019, True, pytest.approx(5.0)), ("2021-01-31", 2021, False, pytest.approx(5.0))]
    # and before it was published it is not used
    then = "SELECT population_year FROM overdose_rates_as_known(?) WHERE period_end = '2021-01-31'"
    assert [warehouse.ask(then, day) for day in ("2021-07-01", "2022-10-01")] == [[(2019,)], [(2021,)]]


def test_revisions_are_described_by_size_and_age(warehouse: Warehouse) -> None:
    first, second, third = ("2019-01-01", "2019-02-01", "2019-03-01")
    for known, until, value in ((first, second, 100.0), (second, third, 109.5), (third, None, 110.0)):
        observed(warehouse, value, "2018-07-31", known, drug="all", known_to=until)
    warehouse.build()
    assert warehouse.ask(
        "SELECT first_value, latest_value, n_revisions, revision_share, publication_lag_days, days_to_settle "
        "FROM marts.revision_analysis"
    ) == [(100.0, 110.0, 2, pytest.approx(0.1), 154, 31)]


@pytest.mark.parametrize("macro", MACROS)
def test_nothing_that_became_known_later_changes_an_answer_about_an_earlier_moment(warehouse: Warehouse, macro: str) -> None:
    put_base(warehouse, [*MONTHS[:12]], known="2018-01-01")
    put_sums(warehouse, rolling(MONTHS))
    put_sums(warehouse, [2 * s for s in rolling(MONTHS)], drug="all")
    people(warehouse, *range(2014, 2017))
    warehouse.build()
    query = f"SELECT * FROM {macro}('2019-06-01') ORDER BY ALL"
    before = warehouse.ask(query)
    assert before
    # everything is revised, a month is added, and the final counts of the first year are corrected, all later
    later = "TIMESTAMP '2019-07-01' AS known_from"
    month_more = "last_day(last_period_end + INTERVAL 1 MONTH) AS last_period_end, n_periods + 1 AS n_periods"
    warehouse.change("UPDATE core.overdose_observations SET known_to = '2019-07-01' WHERE known_to IS NULL")
    for table, other in (("observations", "value * 3 AS value, NULL AS known_to"), ("vintages", month_more)):
        of = f"core.overdose_{table}"
        warehouse.change(f"INSERT INTO {of} BY NAME SELECT * REPLACE ({later}, {other}) FROM {of}")
    assert warehouse.ask(query) == before


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
def test_no_table_offers_a_sum_over_overlapping_periods(warehouse: Warehouse) -> None:
    put_sums(warehouse, [1000.0] * 12, first=(2022, 1), drug="all")
    warehouse.change("UPDATE core.overdose_observations SET value = 1000, source = 'us_cdc_vsrr'")
    warehouse.build()
    numbers = "data_type IN ('DOUBLE', 'BIGINT', 'INTEGER', 'HUGEINT')"
    of_marts = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts'"
    for name, column in warehouse.ask(f"{of_marts} AND {numbers}"):
        assert warehouse.ask(f'SELECT 1 FROM marts.{name} WHERE "{column}" = 12000 LIMIT 1') == []


def test_describe_warns_of_naive_sums(empty: Warehouse) -> None:
    comments = dict(
        empty.ask("SELECT table_name, comment FROM duckdb_tables() UNION ALL SELECT view_name, comment FROM duckdb_views()")
    )
    marts = [f"overdose_{name}" for name in ("best", "changes", "monthly", "rates", "shares")]
    for comment in (declared()["core.overdose_observations"].comment, *(comments[m] for m in (*marts, "revision_analysis"))):
        assert "AGGREGATION HAZARD" in comment
        assert "never add" in comment
    daily = empty.ask("SELECT comment FROM duckdb_columns() WHERE table_name = 'actor_day' AND column_name = 'deaths_12m_known'")
    assert "AGGREGATION HAZARD" in daily[0][0]
    of_macros = {s.name: usage_warnings(s.text, s.name) for s in scripts("macros") if s.name.startswith("overdose_")}
    assert [name for name, warnings in of_macros.items() if not warnings] == []


# looking ahead by a join -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_vintages(shared: Warehouse) -> Warehouse:
    """Sums of 2015 and 2016 as known from 2019-01-01, all revised on 2019-03-01, with a first year and populations."""
    warehouse = shared
    put_base(warehouse, [*MONTHS[:12]], known="2018-01-01")
    put_sums(warehouse, rolling(MONTHS), known="2019-01-01")
    put_sums(warehouse, [2 * s for s in rolling(MONTHS)], known="2019-01-01", drug="all")
    warehouse.change("UPDATE core.overdose_observations SET known_to = '2019-03-01' WHERE measure = 'deaths_12m'")
    put_sums(warehouse, [s + 7 for s in rolling(MONTHS)], known="2019-03-01")
    put_sums(warehouse, [2 * s + 7 for s in rolling(MONTHS)], known="2019-03-01", drug="all")
    people(warehouse, *range(2014, 2017))
    return warehouse.build()


def test_a_join_of_days_with_an_answer_of_that_day_finds_nothing_that_became_known_later(two_vintages: Warehouse) -> None:
    w = two_vintages
    day = "DATE '2019-02-28'"
    joined = f"FROM marts.actor_day AS d JOIN {{}} AS o USING (actor_id) WHERE d.date = {day}"
    for macro in MACROS[:-1]:
        assert w.ask(f"SELECT DISTINCT o.known_from {joined.format(f'{macro}({day})')}") == [("2019-01-01T00:00:00",)]
        # the mart of current knowledge, joined in its place, gives itself away by its known_from
        naive = joined.format(f"marts.{macro.removesuffix('_as_known')}")
        assert w.ask(f"SELECT count(*) > 0, count(*) FILTER (o.known_from <= d.date) {naive}") == [(True, 0)]


def test_the_figures_of_a_day_and_of_a_first_release_are_those_of_a_vintage_known_that_morning(two_vintages: Warehouse) -> None:
    w = two_vintages
    days = "actor_id = 'USA' AND date IN ('2019-02-28', '2019-03-01')"
    figures = w.ask(f"SELECT date, deaths_12m_known FROM marts.actor_day WHERE {days} ORDER BY date")
    newest = 2 * rolling(MONTHS)[-1]
    assert figures == [("2019-02-28", newest), ("2019-03-01", newest + 7)]
    looked_ahead = w.ask(
        "SELECT count(*) FROM marts.actor_day AS d JOIN core.overdose_observations AS o "
        "ON o.actor_id = d.actor_id AND o.period_end = d.deaths_12m_known_period_end AND o.value = d.deaths_12m_known "
        "AND o.basis = d.deaths_12m_known_basis AND o.measure = 'deaths_12m' AND o.drug = 'all' WHERE o.known_from > d.date"
    )
    assert looked_ahead == [(0,)]
    first = "SELECT DISTINCT known_from::DATE FROM overdose_first_release() WHERE measure = 'deaths_12m'"
    assert w.ask(first) == [("2019-01-01",)]
    # a mart of months is of one vintage and not of the newest value of each month
    months = "SELECT DISTINCT known_from::DATE FROM marts.overdose_monthly WHERE drug = 'T40.4'"
    assert w.ask(months) == [("2019-03-01",)]


# the checks can fail ---------------------------------------------------------------------------------------------------

CHECKS = [e for e in from_checks() if e.table.startswith(("marts.overdose_", "marts.revision_analysis"))]
BREAK = {
    "grain_is_unique": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "final_where_one_is_held": "UPDATE {t} SET missing_reason = 'not_held' WHERE deaths IS NOT NULL",
    "years_without_holes": "DELETE FROM {t} WHERE year = 2015",
    "years_add_up": "UPDATE {t} SET deaths = deaths + 1",
    "us_months_are_not_below_zero": "UPDATE {t} SET deaths = -1",
    "words_are_of_their_vocabularies": "UPDATE {t} SET counts_by = 'no such word'",
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda e: f"{e.table}-{e.name}")
def test_a_check_passes_on_sound_marts_and_finds_broken_ones(two_vintages: Warehouse, check: Expectation) -> None:
    assert check.query is not None
    assert two_vintages.ask(check.query) == []
    statements = [BREAK[check.name].format(t=check.table)]
    if two_vintages.ask("SELECT 1 FROM duckdb_views() WHERE schema_name || '.' || view_name = ?", check.table):
        # what a view gives can be broken in a table of its name
        made = f"CREATE TABLE marts.rows_now AS FROM {check.table}"
        name = check.table.removeprefix("marts.")
        statements = [made, f"DROP VIEW {check.table}", f"ALTER TABLE marts.rows_now RENAME TO {name}", *statements]
    assert two_vintages.broken(check.query, *statements) != []
