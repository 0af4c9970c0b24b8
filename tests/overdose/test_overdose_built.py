"""Known answers on real files of all sources of the domain: vintages as judged and folded, then through the macros and marts."""

import gzip
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.schema import SQL, declared
from pipelines.checks.expectations import from_checks
from pipelines.publish.scripts import scripts, scripts_in_order
from tests.overdose.conftest import Judged, Ledger, Vintages

pytestmark = pytest.mark.real_data
Answers = dict[str, dict[str, float]]


def test_of_the_real_vintages_one_lacks_the_city_and_all_others_are_taken_without_a_rejected_row(
    real_vintages: Judged, real_rows: pl.DataFrame, answers: Answers
) -> None:
    good = {day: (j.complete, s.n_read, s.rejects.height) for day, (s, j, _) in real_vintages.items() if not j.refusals}
    read = {"2017-12-16": 6_931, "2018-04-30": 8_778, "2018-10-15": 10_374, "2019-04-24": 13_320, "2019-04-30": 13_320}
    partial = {"2024-04-17": (False, 5_671, 0), "2025-09-17": (False, 141, 0)}
    assert good == {day: (True, n, 0) for day, n in read.items()} | partial
    staged, judgement, _ = real_vintages["2019-10-15"]
    assert [r.split("; first")[0] for r in judgement.refusals] == [
        f"Number of {deaths}: the US is not the sum of its jurisdictions in 50 of 50 months"
        for deaths in ("Deaths", "Drug Overdose Deaths")
    ]
    assert "difference 794 (absent: YC)" in judgement.refusals[1]
    assert (staged.facts["n_blank_lines"], staged.n_read, staged.facts["n_leaks"]) == (599, 23_100, answers["leaks-2019"]["rows"])
    assert staged.frames["observations"].filter(pl.col("value").is_null() & pl.col("predicted").is_not_null()).is_empty()
    # the drug detail of West Virginia is withdrawn by the vintage of April 2019
    gone = real_rows.filter(missing_reason="withdrawn").group_by("actor_id", "basis", "known_from", "known_to").len()
    april = datetime(2019, 4, 24), None
    assert sorted(gone.rows()) == [("US-WV", "predicted", *april, 273), ("US-WV", "reported", *april, 312)]


@pytest.fixture(scope="module")
def built(real_data: Path, real_ledger: Ledger) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of the overdose sources alone, with all marts and macros."""
    folder = real_data / "overdose"
    final = folder / "final"
    book = next(final.glob("nida_*.xlsx"))
    days = {"2022-11-15": "nationwide-drugs-fy19-fy22.csv", "2023-11-08": "nationwide-drugs-fy20-fy23.csv"}
    seized = [(day, gzip.decompress((folder / "cbp" / f"{name}.gz").read_bytes())) for day, name in days.items()]
    people = {p.name: p.read_bytes() for p in (folder / "population").glob("*.csv")}
    exports = [
        (day, {p.name: p.read_bytes() for p in final.glob(names)})
        for day, names in (("2018-04-28", "*_national.txt"), ("2025-10-25", "*_MANUAL_DOWNLOAD.csv"))
    ]
    frames = [
        ("overdose_observations", real_ledger.rows("overdose_observations")),
        ("overdose_vintages", real_ledger.rows("overdose_vintages")),
        ("overdose_observations", Vintages("us_cdc_wonder").fold(*exports)),
        ("overdose_observations", Vintages("us_nida_final").fold(("2024-05-02", {book.name: book.read_bytes()}))),
        ("drug_seizures", Vintages("us_cbp_drug_seizures").fold(*seized)),
        ("populations", Vintages("us_census_population").fold(("2025-10-14", people))),
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


@pytest.mark.trap("us_cdc_vsrr", "all-causes")
def test_figures_are_those_known_on_a_day(built: duckdb.DuckDBPyConnection, answers: Answers) -> None:
    def total(day: str, end: str, actor: str = "USA", basis: str = "reported", measure: str = "deaths_12m") -> float:
        query = f"""SELECT value FROM overdose_as_known(DATE '{day}') WHERE actor_id = '{actor}' AND measure = '{measure}'
            AND drug = 'all' AND basis = '{basis}' AND period_end = DATE '{end}'"""
        [(value,)] = ask(built, query)
        return float(value)

    assert {b: total("2024-05-01", "2023-11-30", basis=b) for b in ("reported", "predicted")} == answers["november-2023"]
    assert {day: total(day, "2017-05-31") for day in answers["may-2017"]} == answers["may-2017"]
    parts = {"NY": "US-NY-XNYC", "YC": "US-NY-NYC", "sum": "US-NY"}
    assert {k: total("2024-05-01", "2023-11-30", actor) for k, actor in parts.items()} == answers["new-york-2023"]
    measures = {"all_cause": "all_cause_deaths_12m", "overdose": "deaths_12m"}
    assert {k: total("2019-05-01", "2017-05-31", measure=m) for k, m in measures.items()} == answers["all-causes-2017"]
    # what the press reported of between two vintages is not held, so that nothing of it is known
    held = ask(built, "SELECT DISTINCT known_from FROM core.overdose_vintages WHERE known_from >= '2023-01-01' ORDER BY 1")
    assert held == [(datetime(2024, 4, 17),), (datetime(2025, 9, 17),)]
    newest = "SELECT max(period_end) FROM overdose_as_known(DATE '2023-12-22') WHERE source = 'us_cdc_vsrr'"
    assert ask(built, newest) == [(date(2018, 9, 30),)]


@pytest.mark.trap("us_cdc_vsrr", "last-digits")
def test_the_second_serialisation_is_a_vintage_of_its_own_that_revised_nothing(
    built: duckdb.DuckDBPyConnection, answers: Answers
) -> None:
    revised = "SELECT count(*) FROM core.overdose_observations WHERE '2019-04-30' IN (known_from, known_to)"
    assert ask(built, revised) == [(answers["same-vintage"]["revisions"],)]
    held = "SELECT n_periods, last_period_end FROM core.overdose_vintages WHERE known_from = '2019-04-30' AND actor_id = 'USA'"
    assert ask(built, f"{held} AND drug = 'T40.4' AND basis = 'reported'") == [(45, date(2018, 9, 30))]


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
def test_no_mart_offers_the_sum_of_rolling_rows(built: duckdb.DuckDBPyConnection, answers: Answers) -> None:
    numbers = "FROM duckdb_columns() WHERE schema_name = 'marts' AND data_type = 'DOUBLE'"
    year = answers["year-2022"]
    for table, column in ask(built, f"SELECT table_name, column_name {numbers}"):
        assert ask(built, f'SELECT 1 FROM marts.{table} WHERE "{column}" = {year["wrong"]} LIMIT 1') == [], (table, column)
    of_the_us = "actor_id = 'USA' AND drug = 'all' AND basis = 'reported' AND measure = 'deaths_12m' AND year(period_end) = 2022"
    december = f"SELECT deaths FROM marts.overdose_changes WHERE {of_the_us} AND month(period_end) = 12"
    assert ask(built, december) == [(year["right"],)]
    assert ask(built, f"SELECT sum(value) FROM overdose_latest() WHERE {of_the_us}") == [(year["wrong"],)]


def test_shares_pounds_and_rates_are_the_published_ones(built: duckdb.DuckDBPyConnection, answers: Answers) -> None:
    final = """SELECT deaths, deaths_all, share FROM marts.overdose_shares WHERE source = 'us_nida_final' AND drug = 'T40.4'
        AND measure = 'deaths_year' AND period_end = DATE '2022-12-31'"""
    [(deaths, deaths_all, share)] = ask(built, final)
    assert {"total": deaths_all, "t404": deaths, "share": round(share, 3)} == answers["final-2022"]
    provisional = """SELECT round(share, 3) FROM overdose_shares_as_known(DATE '2025-10-01') WHERE actor_id = 'USA'
        AND drug = 'T40.4' AND measure = 'deaths_12m' AND basis = 'reported' AND period_end = DATE '2023-08-31'"""
    assert ask(built, provisional) == [(answers["share-august-2023"]["share"],)]
    assert ask(built, "SELECT max(deaths_all) < 200000 FROM marts.overdose_shares") == [(True,)]
    seized = """SELECT 'FY' || fiscal_year, round(sum(quantity_lbs), 1) FROM core.drug_seizures
        WHERE known_to IS NULL AND drug = 'Fentanyl' AND fiscal_year IN (2022, 2023) GROUP BY ALL"""
    assert dict(ask(built, seized)) == answers["fentanyl-seized"]
    adjusted = """SELECT value FROM overdose_latest() WHERE source = 'us_nida_final' AND measure = 'age_adjusted_rate_year'
        AND (drug, year(period_end)) IN (('all', 2022), ('T40.4', 2021), ('T40.4', 2022)) ORDER BY drug DESC, period_end"""
    assert [v for (v,) in ask(built, adjusted)] == list(answers["rate-2022"].values())
    crude = """SELECT deaths, population, round(rate_per_100k, 2) FROM marts.overdose_rates WHERE source = 'us_nida_final'
        AND drug = 'all' AND measure = 'deaths_year' AND period_end = DATE '2022-12-31'"""
    assert ask(built, crude) == [(107_941, 333_287_562, 32.39)]


def test_months_add_up_to_their_years_come_near_the_final_ones_and_say_what_they_come_from(
    built: duckdb.DuckDBPyConnection,
) -> None:
    monthly = "overdose_monthly_as_known(DATE '2019-05-01') AS m"
    of_the_us = "m.actor_id = 'USA' AND m.drug = 'T40.4' AND m.basis = 'reported'"
    same = "o.actor_id = m.actor_id AND o.drug = m.drug"
    years = f"""SELECT year(m.period_end), sum(m.deaths) = any_value(o.value) FROM {monthly}
        JOIN overdose_as_known(DATE '2019-05-01') AS o ON o.source = 'us_cdc_vsrr' AND o.measure = 'deaths_12m' AND {same}
            AND o.basis = m.basis AND o.period_end = make_date(year(m.period_end), 12, 31)
        WHERE {of_the_us} GROUP BY ALL ORDER BY 1"""
    assert ask(built, years) == [(year, True) for year in (2015, 2016, 2017)]
    final = f"""SELECT abs(m.deaths - o.value) FROM {monthly}
        JOIN core.overdose_observations AS o ON {same} AND o.period_end = m.period_end
            AND o.source = 'us_cdc_wonder' AND o.measure = 'deaths_month' AND o.basis = 'final'
        WHERE {of_the_us} AND year(m.period_end) IN (2015, 2016) ORDER BY 1"""
    off = [n for (n,) in ask(built, final)]
    assert (len(off), off[12] <= 5, off[-1] <= 20) == (24, True, True)
    stated = ask(built, f"SELECT left(base, 18), known_from, count(*) FROM {monthly} WHERE {of_the_us} GROUP BY ALL")
    assert stated == [("2014-01 to 2014-12", datetime(2019, 4, 30), 45)]
    # before the first year was known there are no months
    assert ask(built, "SELECT count(deaths) FROM overdose_monthly_as_known(DATE '2018-01-01')") == [(0,)]
    of_new_york = """SELECT count(*), count(deaths_change) FROM overdose_monthly_as_known(DATE '2024-05-01')
        WHERE actor_id = 'US-NY' AND drug = 'all' AND basis = 'reported'"""
    assert ask(built, of_new_york) == [(107, 106)]


def test_the_claim_of_two_thirds_holds_for_final_2022_and_not_before(built: duckdb.DuckDBPyConnection) -> None:
    rows = ask(built, (SQL / "examples" / "13_fentanyl_two_thirds.sql").read_text(encoding="utf-8"))
    final = {row[3].year: row[4:8] for row in rows if row[1] == "final" and row[3].year >= 2020}
    assert final == {
        2020: (56_516, 91_799, 0.6156, False),
        2021: (70_601, 106_699, 0.6617, False),
        2022: (73_838, 107_941, 0.6841, True),
    }
    newest = date(2018, 9, 30), datetime(2019, 4, 24)
    assert [(row[1], row[6], row[3], row[8]) for row in rows if row[0] == "newest known on 2023-12-22"] == [
        ("predicted", 0.4577, *newest),
        ("reported", 0.4532, *newest),
    ]
    since = [(row[1], *row[4:8]) for row in rows if row[0] == "to August 2023, as known now"]
    assert ("reported", 77_581, 111_451, 0.6961, True) in since


def test_the_best_series_is_final_to_2022_goes_on_with_provisional_years_and_says_what_is_never_shown(
    built: duckdb.DuckDBPyConnection,
) -> None:
    best = (
        "SELECT year, deaths, basis, counts_by FROM marts.overdose_best WHERE actor_id = 'USA' AND drug = 'T40.4' ORDER BY year"
    )
    held = {year: row for year, *row in ask(built, best)}
    assert list(held) == [*range(1999, max(2024, *held) + 1)]
    assert [held[year] for year in (2018, 2019, 2020)] == [[n, "final", "residence"] for n in (31_335, 36_359, 56_516)]
    assert all(row[1:] == ["predicted", "occurrence"] for year, row in held.items() if year >= 2023)
    hidden = """SELECT actor_id, list(DISTINCT missing_reason) FROM marts.overdose_best WHERE drug = 'T40.5'
        AND actor_id IN ('US-LA', 'US-CT') GROUP BY actor_id HAVING count(deaths) = 0"""
    assert ask(built, hidden) == [("US-LA", ["never_reported"])]


def test_the_checks_of_the_marts_pass_on_real_vintages(built: duckdb.DuckDBPyConnection) -> None:
    checks = [e for e in from_checks() if e.table.startswith(("marts.overdose_", "marts.revision_"))]
    assert checks
    assert [(e.table, e.name) for e in checks if ask(built, str(e.query))] == []


@pytest.mark.parametrize("of", ["", "_monthly", "_shares", "_changes", "_rates", "_best"])
def test_no_macro_looks_ahead_on_any_day_between_vintages(built: duckdb.DuckDBPyConnection, of: str) -> None:
    for (moment,) in ask(built, "SELECT DISTINCT known_from FROM core.overdose_observations"):
        before = moment - timedelta(seconds=1)
        [(newest,)] = ask(built, f"SELECT max(known_from) FROM overdose{of}_as_known(TIMESTAMP '{before}')")
        assert newest is None or newest < moment
