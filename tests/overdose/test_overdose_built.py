"""Known answers through the macros and marts, on real files of all sources of the domain; and months out of 12-month sums."""

import gzip
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.schema import SQL, declared
from pipelines.checks.expectations import from_checks
from pipelines.publish.scripts import scripts, scripts_in_order
from tests.overdose.conftest import Ledger, Vintages

pytestmark = pytest.mark.real_data

FINAL_MONTHS = """
    SELECT m.period_end, m.deaths, o.value
    FROM overdose_monthly_as_known(DATE '2019-05-01') AS m
    JOIN core.overdose_observations AS o
        ON o.actor_id = m.actor_id AND o.drug = m.drug AND o.period_end = m.period_end
        AND o.source = 'us_cdc_wonder' AND o.measure = 'deaths_month' AND o.basis = 'final'
    WHERE m.actor_id = 'USA' AND m.drug = 'T40.4' AND m.basis = 'reported' AND year(m.period_end) IN (2015, 2016)
    ORDER BY m.period_end
"""


@pytest.fixture(scope="module")
def built(
    real_data: Path, real_ledger: Ledger, wonder_: Vintages, nida_: Vintages, cbp: Vintages, census: Vintages
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of the overdose sources alone, with all marts and macros."""
    folder = real_data / "overdose"
    final = folder / "final"
    book = next(final.glob("nida_*.xlsx"))
    seized = [("2022-11-15", "nationwide-drugs-fy19-fy22.csv"), ("2023-11-08", "nationwide-drugs-fy20-fy23.csv")]
    people = {p.name: p.read_bytes() for p in (folder / "population").glob("*.csv")}
    exports = [
        (day, {p.name: p.read_bytes() for p in final.glob(names)})
        for day, names in (("2018-04-28", "*_national.txt"), ("2025-10-25", "*_MANUAL_DOWNLOAD.csv"))
    ]
    frames = [
        ("overdose_observations", real_ledger.rows("overdose_observations")),
        ("overdose_vintages", real_ledger.rows("overdose_vintages")),
        ("overdose_observations", wonder_.fold(*exports)),
        ("overdose_observations", nida_.fold(("2024-05-02", {book.name: book.read_bytes()}))),
        ("drug_seizures", cbp.fold(*[(d, {n: gzip.decompress((folder / "cbp" / f"{n}.gz").read_bytes())}) for d, n in seized])),
        ("populations", census.fold(("2025-10-14", people))),
    ]
    con = duckdb.connect()
    con.execute("CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA meta")
    for table in declared().values():
        columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
        con.execute(f"CREATE TABLE {table.name} ({columns})")
    for name, frame in frames:
        con.register("given", frame)
        con.execute(f"INSERT INTO core.{name} BY NAME SELECT * FROM given")
        con.unregister("given")
    derived = {script.name for script in scripts("derive")}
    for script in scripts_in_order():
        if script.name not in derived:
            con.execute(script.text)
    yield con
    con.close()


def ask(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.sql(query).fetchall()


def total(
    con: duckdb.DuckDBPyConnection, day: str, end: str, actor: str = "USA", basis: str = "reported", measure: str = "deaths_12m"
) -> float:
    query = f"""SELECT value FROM overdose_as_known(DATE '{day}') WHERE actor_id = '{actor}' AND measure = '{measure}'
        AND drug = 'all' AND basis = '{basis}' AND period_end = DATE '{end}'"""
    [(value,)] = ask(con, query)
    return float(value)


def test_shares_of_synthetic_opioids_are_the_published_ones(built: duckdb.DuckDBPyConnection, answers: dict[str, Any]) -> None:
    final = """SELECT deaths, deaths_all, share FROM marts.overdose_shares WHERE source = 'us_nida_final' AND drug = 'T40.4'
        AND measure = 'deaths_year' AND period_end = DATE '2022-12-31'"""
    [(deaths, deaths_all, share)] = ask(built, final)
    assert {"total": deaths_all, "t404": deaths, "share": round(share, 3)} == answers["final-2022"]
    provisional = """SELECT round(share, 3) FROM overdose_shares_as_known(DATE '2025-10-01') WHERE actor_id = 'USA'
        AND drug = 'T40.4' AND measure = 'deaths_12m' AND basis = 'reported' AND period_end = DATE '2023-08-31'"""
    assert ask(built, provisional) == [(answers["share-august-2023"]["share"],)]


@pytest.mark.trap("us_cdc_vsrr", "all-causes")
def test_figures_of_the_us_and_of_new_york_state_are_those_known_on_a_day(
    built: duckdb.DuckDBPyConnection, answers: dict[str, Any]
) -> None:
    assert {b: total(built, "2024-05-01", "2023-11-30", basis=b) for b in ("reported", "predicted")} == answers["november-2023"]
    assert {day: total(built, day, "2017-05-31") for day in answers["may-2017"]} == answers["may-2017"]
    parts = {"NY": "US-NY-XNYC", "YC": "US-NY-NYC", "sum": "US-NY"}
    assert {k: total(built, "2024-05-01", "2023-11-30", actor) for k, actor in parts.items()} == answers["new-york-2023"]
    measures = {"all_cause": "all_cause_deaths_12m", "overdose": "deaths_12m"}
    found = {k: total(built, "2019-05-01", "2017-05-31", measure=m) for k, m in measures.items()}
    assert found == answers["all-causes-2017"]
    assert ask(built, "SELECT max(deaths_all) < 200000 FROM marts.overdose_shares") == [(True,)]


def test_the_second_serialisation_is_a_vintage_of_its_own_that_revised_nothing(
    built: duckdb.DuckDBPyConnection, answers: dict[str, Any]
) -> None:
    revised = "SELECT count(*) FROM core.overdose_observations WHERE '2019-04-30' IN (known_from, known_to)"
    assert ask(built, revised) == [(answers["same-vintage"]["revisions"],)]
    held = "SELECT n_periods, last_period_end FROM core.overdose_vintages WHERE known_from = '2019-04-30' AND actor_id = 'USA'"
    assert ask(built, f"{held} AND drug = 'T40.4' AND basis = 'reported'") == [(45, date(2018, 9, 30))]


def test_no_mart_offers_the_sum_of_rolling_rows(built: duckdb.DuckDBPyConnection, answers: dict[str, Any]) -> None:
    numbers = "FROM duckdb_columns() WHERE schema_name = 'marts' AND data_type = 'DOUBLE'"
    wrong = answers["year-2022"]["wrong"]
    for table, column in ask(built, f"SELECT table_name, column_name {numbers}"):
        assert ask(built, f'SELECT 1 FROM marts.{table} WHERE "{column}" = {wrong} LIMIT 1') == [], (table, column)
    december = """SELECT deaths FROM marts.overdose_changes WHERE actor_id = 'USA' AND drug = 'all' AND basis = 'reported'
        AND measure = 'deaths_12m' AND period_end = DATE '2022-12-31'"""
    assert ask(built, december) == [(answers["year-2022"]["right"],)]


def test_pounds_and_age_adjusted_rates_are_the_published_ones_and_crude_rates_others(
    built: duckdb.DuckDBPyConnection, answers: dict[str, Any]
) -> None:
    seized = """SELECT 'FY' || fiscal_year, round(sum(quantity_lbs), 1) FROM core.drug_seizures
        WHERE known_to IS NULL AND drug = 'Fentanyl' AND fiscal_year IN (2022, 2023) GROUP BY ALL"""
    assert dict(ask(built, seized)) == answers["fentanyl-seized"]
    adjusted = """SELECT value FROM overdose_latest() WHERE source = 'us_nida_final' AND measure = 'age_adjusted_rate_year'
        AND (drug, year(period_end)) IN (('all', 2022), ('T40.4', 2021), ('T40.4', 2022)) ORDER BY drug DESC, period_end"""
    assert [v for (v,) in ask(built, adjusted)] == list(answers["rate-2022"].values())
    crude = """SELECT deaths, population, round(rate_per_100k, 2) FROM marts.overdose_rates WHERE source = 'us_nida_final'
        AND drug = 'all' AND measure = 'deaths_year' AND period_end = DATE '2022-12-31'"""
    assert ask(built, crude) == [(107_941, 333_287_562, 32.39)]


def test_the_vintages_that_the_press_reported_of_are_not_held_so_that_nothing_of_them_is_known(
    built: duckdb.DuckDBPyConnection,
) -> None:
    held = ask(built, "SELECT DISTINCT known_from FROM core.overdose_vintages WHERE known_from >= '2023-01-01' ORDER BY 1")
    assert held == [(datetime(2024, 4, 17),), (datetime(2025, 9, 17),)]
    newest = "SELECT max(period_end) FROM overdose_as_known(DATE '2023-12-22') WHERE source = 'us_cdc_vsrr'"
    assert ask(built, newest) == [(date(2018, 9, 30),)]


def test_months_of_2015_and_2016_are_within_20_deaths_of_the_final_ones(built: duckdb.DuckDBPyConnection) -> None:
    differences = sorted(abs(deaths - final) for _, deaths, final in ask(built, FINAL_MONTHS))
    assert (len(differences), differences[12] <= 5, differences[-1] <= 20) == (24, True, True)


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
def test_twelve_months_of_a_calendar_year_are_its_row_of_december_exactly(built: duckdb.DuckDBPyConnection) -> None:
    years = ask(
        built,
        """SELECT year(m.period_end), sum(m.deaths), any_value(o.value)
        FROM overdose_monthly_as_known(DATE '2019-05-01') AS m
        JOIN overdose_as_known(DATE '2019-05-01') AS o
            ON o.source = 'us_cdc_vsrr' AND o.measure = 'deaths_12m' AND o.actor_id = m.actor_id AND o.drug = m.drug
            AND o.basis = m.basis AND o.period_end = make_date(year(m.period_end), 12, 31)
        WHERE m.actor_id = 'USA' AND m.drug = 'T40.4' AND m.basis = 'reported' GROUP BY ALL ORDER BY 1""",
    )
    assert [(year, months == december) for year, months, december in years] == [(year, True) for year in (2015, 2016, 2017)]


def test_months_say_which_first_year_and_which_vintage_they_come_from(built: duckdb.DuckDBPyConnection) -> None:
    [(base, known_from, n)] = ask(
        built,
        "SELECT base, known_from, count(*) FROM overdose_monthly_as_known(DATE '2019-05-01') "
        "WHERE actor_id = 'USA' AND drug = 'T40.4' AND basis = 'reported' GROUP BY ALL",
    )
    assert base.startswith("2014-01 to 2014-12")
    assert (known_from, n) == (datetime(2019, 4, 30), 45)
    # before the first year was known there are no months
    assert ask(built, "SELECT count(deaths) FROM overdose_monthly_as_known(DATE '2018-01-01')") == [(0,)]
    of_new_york = """SELECT count(*), count(deaths_change) FROM overdose_monthly_as_known(DATE '2024-05-01')
        WHERE actor_id = 'US-NY' AND drug = 'all' AND basis = 'reported'"""
    assert ask(built, of_new_york) == [(107, 106)]


def test_the_claim_of_two_thirds_holds_for_final_2022_and_not_before(built: duckdb.DuckDBPyConnection) -> None:
    rows = ask(built, (SQL / "examples" / "13_fentanyl_two_thirds.sql").read_text(encoding="utf-8"))
    final = {row[3].year: (row[4], row[5], row[6], row[7]) for row in rows if row[1] == "final"}
    assert final[2020] == (56_516, 91_799, 0.6156, False)
    assert final[2021] == (70_601, 106_699, 0.6617, False)
    assert final[2022] == (73_838, 107_941, 0.6841, True)
    then = [(row[1], row[3], row[6], row[8]) for row in rows if row[0] == "newest known on 2023-12-22"]
    assert then == [
        ("predicted", date(2018, 9, 30), 0.4577, datetime(2019, 4, 24)),
        ("reported", date(2018, 9, 30), 0.4532, datetime(2019, 4, 24)),
    ]
    since = [(row[1], row[4], row[5], row[6], row[7]) for row in rows if row[0] == "to August 2023, as known now"]
    assert ("reported", 77_581, 111_451, 0.6961, True) in since


def test_the_best_series_is_final_to_2022_and_goes_on_with_provisional_years(built: duckdb.DuckDBPyConnection) -> None:
    rows = ask(
        built,
        "SELECT year, deaths, basis, counts_by FROM marts.overdose_best WHERE actor_id = 'USA' AND drug = 'T40.4' ORDER BY year",
    )
    assert [row[0] for row in rows] == [*range(1999, rows[-1][0] + 1)]
    assert rows[-1][0] >= 2024
    held = {year: (deaths, basis, counts_by) for year, deaths, basis, counts_by in rows}
    assert [held[year] for year in (2018, 2019, 2020)] == [(n, "final", "residence") for n in (31_335, 36_359, 56_516)]
    assert {held[year][1:] for year in range(2023, rows[-1][0] + 1)} == {("predicted", "occurrence")}


def test_a_jurisdiction_that_never_shows_a_drug_class_says_so(built: duckdb.DuckDBPyConnection) -> None:
    hidden = """SELECT actor_id, list(DISTINCT missing_reason) FROM marts.overdose_best WHERE drug = 'T40.5'
        AND actor_id IN ('US-LA', 'US-CT') GROUP BY actor_id HAVING count(deaths) = 0"""
    assert ask(built, hidden) == [("US-LA", ["never_reported"])]


def test_the_checks_of_the_marts_pass_on_real_vintages(built: duckdb.DuckDBPyConnection) -> None:
    checks = [e for e in from_checks() if e.table.startswith(("marts.overdose_", "marts.revision_"))]
    assert checks
    assert [(e.table, e.name) for e in checks if ask(built, str(e.query))] == []


@pytest.mark.parametrize(
    "macro", ["overdose_as_known", *(f"overdose_{m}_as_known" for m in ("monthly", "shares", "changes", "rates", "best"))]
)
def test_no_macro_looks_ahead_on_any_day_between_vintages(built: duckdb.DuckDBPyConnection, macro: str) -> None:
    moments = ask(built, "SELECT DISTINCT known_from FROM core.overdose_observations")
    for (moment,) in moments:
        [(newest,)] = ask(built, f"SELECT max(known_from) FROM {macro}(TIMESTAMP '{moment - timedelta(seconds=1)}')")
        assert newest is None or newest < moment
