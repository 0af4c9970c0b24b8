"""The checks on seizures, populations and counties: each passes on good rows and finds the row that breaks its rule."""

from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from assets.schema import table
from pipelines.checks.expectations import from_checks

KNOWN = datetime(2023, 11, 8)


def offending(check: str, rows: pl.DataFrame) -> int:
    """How many rows the check of that file name gives back."""
    name, rule = check.split("__", 1)
    [found] = [e for e in from_checks() if (e.table, e.name) == (f"core.{name}", rule)]
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.register("given", table(f"core.{name}").conform(rows))
        con.execute(f"CREATE TABLE core.{name} AS SELECT * FROM given")
        return len(con.sql(found.query or "").fetchall())


def seizures(*rows: dict[str, object]) -> pl.DataFrame:
    usual = {
        "actor_id": "USA", "region": "Southwest Border", "component": "Office", "land_filter": "Other", "area": "LAREDO",
        "drug": "Fentanyl", "period_end": date(2022, 10, 31), "fiscal_year": 2023, "n_events": 1, "quantity_lbs": 100.0,
        "quantity_kg": 45.359237, "known_from": KNOWN, "known_to": None, "source": "us_cbp_drug_seizures", "snapshot_id": "x",
    }  # fmt: skip
    return pl.DataFrame(
        [usual | row for row in rows], schema_overrides={"known_to": pl.Datetime("us"), "known_from": pl.Datetime("us")}
    )


def months(year: int, n: int) -> list[dict[str, object]]:
    ends = pl.date_range(date(year - 1, 10, 1), date(year, 9, 1), "1mo", eager=True).dt.month_end().to_list()
    return [{"period_end": end, "fiscal_year": year} for end in ends[:n]]


def populations(nation: int, n_states: int = 51, year: int = 2022) -> pl.DataFrame:
    actors = [f"US-{i}" for i in range(n_states)] + ["US-PR", "USA"]
    persons = [10] * n_states + [3, nation]
    rows = {"actor_id": actors, "year": year, "series": "acs1", "population": persons, "is_derived": False}
    return pl.DataFrame(rows | {"source": "us_census_population", "snapshot_id": "x"})


def counties(*rows: dict[str, object]) -> pl.DataFrame:
    usual = {
        "fips": "01001", "actor_id": "US-AL", "name": "Autauga County", "period_start": date(2022, 4, 1),
        "period_end": date(2023, 3, 31), "deaths": 25, "missing_reason": None, "known_from": KNOWN, "known_basis": "snapshot",
        "known_to": None, "source": "us_cdc_county_overdose", "snapshot_id": "x",
    }  # fmt: skip
    overrides: dict[str, pl.DataType | type[pl.DataType]] = {
        "known_to": pl.Datetime("us"),
        "known_from": pl.Datetime("us"),
        "missing_reason": pl.String,
    }
    return pl.DataFrame([usual | row for row in rows], schema_overrides=overrides)


LATER = datetime(2024, 11, 8)


CASES = {
    "drug_seizures__fiscal_year_fits_month": (seizures({}), seizures({"fiscal_year": 2022})),
    "drug_seizures__fiscal_years_have_twelve_months": (
        seizures(*months(2022, 12), *months(2023, 5)), seizures(*months(2022, 11), *months(2023, 5)),
    ),
    "drug_seizures__kilograms_are_pounds": (seizures({}), seizures({"quantity_kg": 100.0})),
    "drug_seizures__versions_do_not_overlap": (
        seizures({"known_to": LATER}, {"known_from": LATER}), seizures({}, {"known_from": LATER}),
    ),
    "populations__nation_is_sum_of_states": (populations(510), populations(513)),
    "populations__no_one_year_estimate_of_2020": (populations(510), populations(510, year=2020)),
    "county_overdoses__no_counts_below_ten": (counties({"deaths": 0}, {"fips": "01003"}), counties({"deaths": 9})),
    "county_overdoses__one_open_row_per_key": (
        counties({"known_to": LATER}, {"known_from": LATER}), counties({"known_to": LATER}),
    ),
    "county_overdoses__no_period_after_known": (counties({}), counties({"known_from": datetime(2023, 3, 1)})),
}  # fmt: skip


@pytest.mark.trap("us_census_population", "no-2020")
def test_a_check_passes_on_good_rows_and_finds_bad_ones() -> None:
    for check, (good, bad) in CASES.items():
        assert offending(check, good) == 0, check
        assert offending(check, bad) > 0, check
