"""What is worked out of overdose counts: months, shares, changes, rates, revisions; and that none of it looks ahead."""

from calendar import monthrange
from collections.abc import Sequence
from typing import Any

import pytest

from assets.schema import declared, usage_warnings
from pipelines.checks.expectations import Expectation, from_checks
from pipelines.publish.scripts import scripts
from tests.sql.conftest import Warehouse, tell

MACROS = ("overdose_monthly_as_known", "overdose_shares_as_known", "overdose_changes_as_known", "overdose_rates_as_known",
          "overdose_best_as_known")  # fmt: skip
FINAL = {"source": "us_cdc_wonder", "measure": "deaths_month", "basis": "final", "counts_by": "residence"}


def month_end(year: int, month: int) -> str:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return f"{year}-{month:02}-{monthrange(year, month)[1]}"


def observed(w: Warehouse, value: float | str | None, period_end: str, known_from: str = "2019-01-01", **other: Any) -> None:
    """A figure of the US, by where people died."""
    row = {"value": value, "period_end": period_end, "known_from": known_from, "counts_by": "occurrence"}
    w.put("core.overdose_observations", row | {"period_start": "2014-02-01"} | other)


def vintage(w: Warehouse, ends: Sequence[str], known: str, drug: str = "T40.4", scope: str = "complete") -> None:
    """The periods of a series of the US that a vintage holds."""
    head = "source actor_id measure basis counts_by snapshot_id vintage_scope known_from drug first_period_end last_period_end"
    row = f"us_cdc_vsrr USA deaths_12m reported occurrence {scope} {scope} {known} {drug} {ends[0]} {ends[-1]} {len(ends)}"
    w.fill(f"overdose_vintages {head} n_periods", row)


def put_sums(
    w: Warehouse, sums: Sequence[float | None], known: str = "2019-01-01", first: tuple[int, int] = (2015, 1), drug: str = "T40.4"
) -> None:
    """Twelve-month sums of the US from a month on, and the series that the vintage holds."""
    ends = [month_end(first[0], first[1] + n) for n in range(len(sums))]
    for end, value in zip(ends, sums, strict=True):
        observed(w, value, end, known, drug=drug)
    vintage(w, ends, known, drug)


def put_base(w: Warehouse, months: Sequence[float | None]) -> None:
    """Final counts of the months of 2014."""
    for n, value in enumerate(months, 1):
        observed(w, value, month_end(2014, n), "2018-01-01", drug="T40.4", period_start=f"2014-{n:02}-01", **FINAL)


def people(w: Warehouse, year: str, population: str = "1000000", series: str = "acs1") -> None:
    w.fill("populations year population series actor_id source", f"{year} {population} {series} USA us_census_population")


MONTHS = [100.0 + n + 10 * (n % 5) for n in range(36)]
"""Deaths of 36 months from January 2014."""
SUMS = [sum(MONTHS[n : n + 12]) for n in range(1, 25)]
TWICE = [2 * s for s in SUMS]
PEOPLE = ("people 2014", "people 2015", "people 2016")


def test_months_are_worked_out_exactly_from_sums_of_one_vintage_and_a_first_year(warehouse: Warehouse) -> None:
    """A later vintage gives three months of the series only, with gaps between them: sums of two are never subtracted."""
    put_base(warehouse, MONTHS[:12])
    put_sums(warehouse, SUMS)
    ends = [month_end(2015, n) for n in (21, 23, 24)]
    for end in ends:
        of = f"WHERE measure = 'deaths_12m' AND period_end = '{end}'"
        warehouse.change(f"UPDATE core.overdose_observations SET known_to = '2020-01-01' {of}")
        observed(warehouse, 9999.0, end, "2020-01-01", drug="T40.4")
    vintage(warehouse, ends, "2020-01-01", scope="partial")
    months = warehouse.build().ask("SELECT deaths FROM marts.overdose_monthly ORDER BY period_end")
    assert [m for (m,) in months] == pytest.approx(MONTHS[12:])
    tell(
        warehouse, "DISTINCT base, method FROM marts.overdose_monthly => "
        "2014-01 to 2014-12, WONDER final, residents|first year + changes of the 12-month sums",
        "count(*) FROM marts.overdose_monthly WHERE is_recent => 6",
    )  # fmt: skip


def test_without_a_first_year_only_the_change_is_known_and_what_is_not_shown_leaves_its_months_unknown_not_zero(
    warehouse: Warehouse,
) -> None:
    put_sums(warehouse, SUMS)
    rows = warehouse.build().ask("SELECT deaths, deaths_change FROM marts.overdose_monthly ORDER BY period_end")
    deaths, (first, *changes) = zip(*rows, strict=True)
    assert {first, *deaths} == {None}
    assert changes == pytest.approx([MONTHS[n] - MONTHS[n - 12] for n in range(13, 36)])
    put_base(warehouse, [None, *MONTHS[1:12]])
    by_name = "SELECT month(period_end), count(deaths) FROM marts.overdose_monthly GROUP BY 1 ORDER BY 1"
    assert warehouse.build().ask(by_name) == [(1, 0), *((n, 2) for n in range(2, 13))]
    tell(
        warehouse, f"UPDATE core.overdose_observations SET value = {MONTHS[0]} WHERE value IS NULL",
        "UPDATE core.overdose_observations SET value = NULL WHERE measure = 'deaths_12m' AND period_end = '2015-04-30'",
        "period_end FROM marts.overdose_monthly WHERE deaths IS NULL ORDER BY 1 => "
        "2015-04-30 / 2015-05-31 / 2016-04-30 / 2016-05-31",
    )  # fmt: skip


STORIES = {
    "a share is of one source, period and basis and a change on the twelve months before": (
        "sums 2015-1 200 " + " ".join(map(str, range(100, 113))), "sums 2015-1 400 drug=all",
        "observed 500 2015-01-31 drug=all basis=predicted",
        "observed 81.5 2015-01-31 drug=all measure=pct_drugs_specified unit=percent",
        "drug, basis, share, pct_drugs_specified FROM marts.overdose_shares => T40.4|reported|0.5|81.5",
        "period_end, deaths_change, round(change_share, 9) FROM marts.overdose_changes ORDER BY 1 => "
        "2016-01-31|-89.0|-0.445 / 2016-02-29|12.0|0.12",
    ),
    "a rate uses the population of the year or says that it is carried, and none before it was published": (
        "sums 2020-12 50 60", "people 2019", "people 2021|1200000|acs1", "people 2020|7|acs5",
        "period_end, population_year, is_population_carried, round(rate_per_100k, 9) FROM marts.overdose_rates "
        "ORDER BY 1 => 2020-12-31|2019|True|5.0 / 2021-01-31|2021|False|5.0",
        *(f"population_year FROM overdose_rates_as_known('{known}') WHERE period_end = '2021-01-31' => {year}"
          for known, year in (("2021-07-01", 2019), ("2022-10-01", 2021))),
    ),
    "a share is of one vintage: a month that the newer vintage of all deaths leaves out keeps both counts of the older": (
        "sums 2015-1 10 20 30", "sums 2015-1 100 200 300 drug=all",
        "UPDATE core.overdose_observations SET known_to = '2020-01-01' WHERE drug <> 'all' OR month(period_end) <> 2",
        *(f"observed {n} {end} 2020-01-01 drug={drug}" for drug, n, end in (
            ("T40.4", 40, "2015-01-31"), ("T40.4", 50, "2015-02-28"), ("T40.4", 60, "2015-03-31"),
            ("all", 160, "2015-01-31"), ("all", 480, "2015-03-31"))),
        "gave 2015-01-31,2015-02-28,2015-03-31 2020-01-01 T40.4", "gave 2015-01-31,2015-03-31 2020-01-01 all",
        "deaths, deaths_all, share, vintage_date FROM marts.overdose_shares ORDER BY period_end => "
        "40.0|160.0|0.25|2020-01-01 / 20.0|200.0|0.1|2019-01-01 / 60.0|480.0|0.125|2020-01-01",
    ),
    "revisions are described by size and age": (
        "observed 100 2018-07-31 2019-01-01 drug=all known_to=2019-02-01",
        "observed 109.5 2018-07-31 2019-02-01 drug=all known_to=2019-03-01", "observed 110 2018-07-31 2019-03-01 drug=all",
        "first_value, latest_value, n_revisions, round(revision_share, 9), publication_lag_days, days_to_settle "
        "FROM marts.revision_analysis => 100.0|110.0|2|0.1|154|31",
    ),
}  # fmt: skip


def sums(w: Warehouse, first: str, *values: str, drug: str = "T40.4") -> None:
    year, month = map(int, first.split("-"))
    put_sums(w, [float(value) for value in values], first=(year, month), drug=drug)


def gave(w: Warehouse, ends: str, known: str, drug: str) -> None:
    vintage(w, ends.split(","), known, drug, "partial")


@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_what_is_worked_out(warehouse: Warehouse, what: str) -> None:
    tell(warehouse, *STORIES[what], observed=observed, sums=sums, gave=gave, people=people)


@pytest.mark.parametrize("macro", MACROS)
def test_nothing_that_became_known_later_changes_an_answer_about_an_earlier_moment(warehouse: Warehouse, macro: str) -> None:
    """Everything is revised, a month is added, and the final counts of the first year are corrected, all later."""
    put_base(warehouse, MONTHS[:12])
    put_sums(warehouse, SUMS)
    put_sums(warehouse, TWICE, drug="all")
    tell(warehouse, *PEOPLE, people=people)
    query = f"SELECT * FROM {macro}('2019-06-01') ORDER BY ALL"
    before = warehouse.build().ask(query)
    assert before
    later = "TIMESTAMP '2019-07-01' AS known_from"
    month_more = "last_day(last_period_end + INTERVAL 1 MONTH) AS last_period_end, n_periods + 1 AS n_periods"
    warehouse.change("UPDATE core.overdose_observations SET known_to = '2019-07-01' WHERE known_to IS NULL")
    for table, other in (("observations", "value * 3 AS value, NULL AS known_to"), ("vintages", month_more)):
        of = f"core.overdose_{table}"
        warehouse.change(f"INSERT INTO {of} BY NAME SELECT * REPLACE ({later}, {other}) FROM {of}")
    assert warehouse.ask(query) == before


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
def test_no_table_offers_a_sum_over_overlapping_periods_and_each_warns_of_one(warehouse: Warehouse, empty: Warehouse) -> None:
    put_sums(warehouse, [1000.0] * 12, first=(2022, 1), drug="all")
    warehouse.change("UPDATE core.overdose_observations SET source = 'us_cdc_vsrr'")
    numbers = "data_type IN ('DOUBLE', 'BIGINT', 'INTEGER', 'HUGEINT')"
    of_marts = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'marts'"
    for name, column in warehouse.build().ask(f"{of_marts} AND {numbers}"):
        assert warehouse.ask(f'SELECT 1 FROM marts.{name} WHERE "{column}" = 12000 LIMIT 1') == []
    found = "SELECT table_name, comment FROM duckdb_tables() UNION ALL SELECT view_name, comment FROM duckdb_views()"
    comments = dict(empty.ask(found)) | {"core": declared()["core.overdose_observations"].comment}
    marts = [f"overdose_{name}" for name in ("best", "changes", "monthly", "rates", "shares")]
    assert [m for m in ("core", "revision_analysis", *marts) if not re_add(comments[m])] == []
    daily = empty.ask("SELECT comment FROM duckdb_columns() WHERE table_name = 'actor_day' AND column_name = 'deaths_12m_known'")
    assert "AGGREGATION HAZARD" in daily[0][0]
    of_macros = {s.name: usage_warnings(s.text, s.name) for s in scripts("macros") if s.name.startswith("overdose_")}
    assert [name for name, warnings in of_macros.items() if not warnings] == []


def re_add(comment: str) -> bool:
    return "AGGREGATION HAZARD" in comment and "never add" in comment


@pytest.fixture(scope="module")
def two_vintages(shared: Warehouse) -> Warehouse:
    """Sums of 2015 and 2016 as known from 2019-01-01, all revised on 2019-03-01, with a first year and populations."""
    put_base(shared, MONTHS[:12])
    put_sums(shared, SUMS)
    put_sums(shared, TWICE, drug="all")
    shared.change("UPDATE core.overdose_observations SET known_to = '2019-03-01' WHERE measure = 'deaths_12m'")
    put_sums(shared, [s + 7 for s in SUMS], "2019-03-01")
    put_sums(shared, [s + 7 for s in TWICE], "2019-03-01", drug="all")
    tell(shared, *PEOPLE, people=people)
    return shared.build()


def test_a_join_of_days_with_an_answer_of_that_day_finds_nothing_that_became_known_later(two_vintages: Warehouse) -> None:
    day = "DATE '2019-02-28'"
    joined = f"FROM marts.actor_day AS d JOIN {{}} AS o USING (actor_id) WHERE d.date = {day}"
    for macro in MACROS[:-1]:
        assert two_vintages.told(f"DISTINCT o.known_from::DATE {joined.format(f'{macro}({day})')}") == "2019-01-01"
        # the mart of current knowledge, joined in its place, gives itself away by its known_from
        naive = joined.format(f"marts.{macro.removesuffix('_as_known')}")
        assert two_vintages.told(f"count(*) > 0, count(*) FILTER (o.known_from <= d.date) {naive}") == "True|0"


def test_the_figures_of_a_day_and_of_a_first_release_are_those_of_a_vintage_known_that_morning(two_vintages: Warehouse) -> None:
    """A mart of months is of one vintage and not of the newest value of each month."""
    tell(
        two_vintages, "deaths_12m_known FROM marts.actor_day WHERE actor_id = 'USA' AND date IN ('2019-02-28', '2019-03-01') "
        f"ORDER BY date => {TWICE[-1]} / {TWICE[-1] + 7}",
        "count(*) FROM marts.actor_day AS d JOIN core.overdose_observations AS o "
        "ON o.actor_id = d.actor_id AND o.period_end = d.deaths_12m_known_period_end AND o.value = d.deaths_12m_known "
        "AND o.basis = d.deaths_12m_known_basis AND o.measure = 'deaths_12m' AND o.drug = 'all' WHERE o.known_from > d.date => 0",
        "DISTINCT known_from::DATE FROM overdose_first_release() WHERE measure = 'deaths_12m' => 2019-01-01",
        "DISTINCT known_from::DATE FROM marts.overdose_monthly WHERE drug = 'T40.4' => 2019-03-01",
    )  # fmt: skip


CHECKS = [e for e in from_checks() if e.table.startswith(("marts.overdose_", "marts.revision_analysis"))]
BREAK = {
    "grain_is_unique": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "final_where_one_is_held": "UPDATE {t} SET missing_reason = 'not_held' WHERE deaths IS NOT NULL",
    "years_without_holes": "DELETE FROM {t} WHERE year = 2015", "years_add_up": "UPDATE {t} SET deaths = deaths + 1",
    "us_months_are_not_below_zero": "UPDATE {t} SET deaths = -1",
    "words_are_of_their_vocabularies": "UPDATE {t} SET counts_by = 'no such word'",
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda e: f"{e.table}-{e.name}")
def test_a_check_passes_on_sound_marts_and_finds_broken_ones(two_vintages: Warehouse, check: Expectation) -> None:
    assert two_vintages.ask(str(check.query)) == []
    statements = [BREAK[check.name].format(t=check.table)]
    if two_vintages.ask("SELECT 1 FROM duckdb_views() WHERE schema_name || '.' || view_name = ?", check.table):
        # what a view gives can be broken in a table of its name
        made = f"CREATE TABLE marts.rows_now AS FROM {check.table}"
        name = check.table.removeprefix("marts.")
        statements = [made, f"DROP VIEW {check.table}", f"ALTER TABLE marts.rows_now RENAME TO {name}", *statements]
    assert two_vintages.broken(str(check.query), *statements) != []
