"""Populations: two layouts, the year of a file, and the nation as the sum of its states."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.overdose import population
from assets.overdose.places import states
from assets.schema import table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Ledger, Vintages, od
from tests.told import told

CENSUS = Vintages("us_census_population")
DAY = "2025-10-14"
ALL = sorted(states())


def acs1(values: dict[str, object]) -> bytes:
    return "\n".join(["NAME,B01003_001E,state", *[f"A place,{n},{code}" for code, n in values.items()], ""]).encode()


def acs5(*rows: tuple[object, object, object]) -> bytes:
    lines = [f"{year},{code},A place,{n},ACS 5-Year Estimate,2025-10-19 21:49:10.745562" for year, code, n in rows]
    return "\n".join(["year,state_code,state_name,population,date_description,extracted_at", *lines, ""]).encode()


ALABAMA = acs1({"01": 5074296})
WHOLES = (acs1({"01": 5074296, "72": 3221789}), acs5((2023, 1, 5054253)))


def test_the_year_and_the_survey_of_the_bureaus_layout_are_in_its_name_and_that_of_others_in_their_rows() -> None:
    columns = "actor_id year series population"
    for name in ("state_pop_2022_acs1.csv", "acs1_2022.csv", "ACS_1-2022.csv"):
        assert CENSUS.told({name: ALABAMA}, columns) == "US-AL|2022|acs1|5074296"
    data = json.dumps([["NAME", "B01003_001E", "state"], ["Alabama", "5074296", "01"]]).encode()
    assert CENSUS.told({"state_pop_2022_acs1.json": data}, columns) == "US-AL|2022|acs1|5074296"
    five = acs5((2023, 1, 5054253), (2023, 72, 3254885))
    assert CENSUS.told({"any.csv": five}, columns) == "US-AL|2023|acs5|5054253 / US-PR|2023|acs5|3254885"
    for files, says in (
        ({"states.csv": ALABAMA}, "Name it as state_pop_2022_acs1.csv"),
        ({"state_pop_2022_acs1.csv": b"a,b\n1,2\n"}, "it has neither the columns"),
        ({"2022_acs1_a.csv": acs1({"01": 1}), "2022_acs1_b.csv": acs1({"01": 2})}, "1 figures stand with different values"),
    ):
        assert says in CENSUS.refused(files)


def test_jumps_are_told_and_rows_that_cannot_be_read_or_name_another_state_rejected() -> None:
    found = CENSUS.stage({"2022_acs1.csv": b"NAME,B01003_001E,state\nAlaska,5074296,01\nAlaska,733406,02\n"})
    assert found.rejects["reason"].to_list() == ["its name is that of another state than its code"]
    assert found.frames["populations"]["actor_id"].to_list() == ["US-AK"]
    found = CENSUS.stage({"2022_acs1.csv": acs1({"01": "many", "99": 5, "02": 0, "04": 7})})
    number = "not a number of persons"
    assert found.rejects["reason"].to_list() == [number, "a state that is not known by its code", number]
    files = {f"state_pop_{y}_acs1.csv": acs1({"01": n}) for y, n in ((2019, 4_903_185), (2021, 5_039_877), (2022, 733_583))}
    judged = CENSUS.judge(CENSUS.stage(files), DAY)
    assert judged.refusals == ()
    assert "another state: US-AL 2022: 733,583 after 5,039,877" in judged.warnings[1]
    assert "none of its 1 rows can be used" in CENSUS.judge(CENSUS.stage({"2022_acs1.csv": acs1({"99": 5})}), DAY).refusals


def test_the_nation_is_the_sum_of_51_where_none_is_missing_in_the_order_of_years() -> None:
    found = CENSUS.fold((DAY, {"2022_acs1.csv": acs1(dict.fromkeys(ALL, 10))}))
    assert told(found.filter(pl.col("actor_id") == "USA"), "population is_derived") == "510|True"
    files = {"2022_acs1.csv": acs1(dict.fromkeys(ALL[1:], 10))}
    assert "USA" not in CENSUS.fold((DAY, files))["actor_id"].to_list()
    assert "no figure for the nation (acs1 2022: 51" not in " ".join(CENSUS.judge(CENSUS.stage(files), DAY).warnings)
    assert "states are missing" in " ".join(CENSUS.judge(CENSUS.stage({"2022_acs1.csv": acs1({"01": 5})}), DAY).warnings)
    files = {f"{year}_acs1.csv": acs1(dict.fromkeys(ALL, year)) for year in range(2005, 2020)}
    folded = CENSUS.code.fold(Ledger(), [od.snapshot(CENSUS.stage(files), DAY, complete=True)])
    assert folded.open["populations"].filter(pl.col("actor_id") == "USA")["year"].to_list() == list(range(2005, 2020))


@pytest.mark.trap("us_census_population", "newer-figures")
def test_a_newer_figure_takes_the_place_of_an_older_one_and_an_equal_one_does_not() -> None:
    first = (DAY, {"2022_acs1.csv": acs1({"01": 5, "02": 6})})
    second = ("2025-11-14", {"2022_acs1.csv": acs1({"01": 5, "02": 7}), "2023_acs1.csv": acs1({"01": 8})})
    at_once, in_steps = (CENSUS.fold(first, second, cut=n).sort("year", "actor_id", "series") for n in (0, 1))
    assert at_once.equals(in_steps)
    assert told(at_once, "actor_id year population snapshot_id") == (
        f"US-AK|2022|7|sha of 2025-11-14 / US-AL|2022|5|sha of {DAY} / US-AL|2023|8|sha of 2025-11-14"
    )


CELLS = st.none() | st.integers() | st.text(max_size=8)


@examples(60)
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=4))
def test_any_arrays_are_read_or_rejected_or_refused(rows: list[list[int | str | None]]) -> None:
    files = {"2022_acs1.csv": json.dumps([["NAME", "B01003_001E", "state"], *rows]).encode()}
    found = staged_or_none(CENSUS.stage, files)
    if found is not None:
        assert found.frames["populations"].schema == population.STAGED
        CENSUS.judge(found, DAY)
        assert CENSUS.fold((DAY, files)).schema == table("core.populations").polars


@pytest.mark.real_data
def test_real_files_give_the_nation_and_no_one_year_estimate_of_2020(real_data: Path) -> None:
    folder = real_data / "overdose" / "population"
    real = CENSUS.fold((DAY, {p.name: p.read_bytes() for p in folder.glob("*.csv")}))
    found = dict(real.filter(actor_id="USA", series="acs1").select("year", "population").iter_rows())
    assert {y: found[y] for y in (2022, 2023, 2024)} == {2022: 333_287_562, 2023: 334_914_896, 2024: 340_110_990}
    assert [real.filter(series=series, year=2020).height for series in ("acs1", "acs5")] == [0, 53]
