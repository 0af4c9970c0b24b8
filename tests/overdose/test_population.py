"""Populations: two layouts, the year of a file, and the nation as the sum of its states."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import RowGuard, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.overdose import population
from assets.overdose.places import states
from assets.schema import table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Ledger, Vintages

DAY = "2025-10-14"
ALL = sorted(states())


def acs1(values: dict[str, object]) -> bytes:
    return "\n".join(["NAME,B01003_001E,state", *[f"A place,{n},{code}" for code, n in values.items()], ""]).encode()


def acs5(*rows: tuple[object, object, object]) -> bytes:
    lines = [f"{year},{code},A place,{n},ACS 5-Year Estimate,2025-10-19 21:49:10.745562" for year, code, n in rows]
    return "\n".join(["year,state_code,state_name,population,date_description,extracted_at", *lines, ""]).encode()


def staged(name: str, data: bytes) -> list[tuple[Any, ...]]:
    return population.stage({name: data}).frames["populations"].select("actor_id", "year", "series", "population").rows()


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Quarantine) as caught:
        population.stage({name: data})
    return str(caught.value)


def test_the_year_and_the_survey_of_the_bureaus_layout_are_in_its_name() -> None:
    for name in ("state_pop_2022_acs1.csv", "acs1_2022.csv", "ACS_1-2022.csv"):
        assert staged(name, acs1({"01": 5074296})) == [("US-AL", 2022, "acs1", 5074296)]
    assert "Name it as state_pop_2022_acs1.csv" in refused("states.csv", acs1({"01": 5074296}))
    assert "it has neither the columns" in refused("state_pop_2022_acs1.csv", b"a,b\n1,2\n")
    with pytest.raises(Quarantine, match="1 figures stand with different values"):
        population.stage({"2022_acs1_a.csv": acs1({"01": 1}), "2022_acs1_b.csv": acs1({"01": 2})})


def test_json_and_five_year_estimates_are_read() -> None:
    data = json.dumps([["NAME", "B01003_001E", "state"], ["Alabama", "5074296", "01"]]).encode()
    assert staged("state_pop_2022_acs1.json", data) == [("US-AL", 2022, "acs1", 5074296)]
    assert staged("any.csv", acs5((2023, 1, 5054253), (2023, 72, 3254885))) == [
        ("US-AL", 2023, "acs5", 5054253),
        ("US-PR", 2023, "acs5", 3254885),
    ]
    data = b"NAME,B01003_001E,state\nAlaska,5074296,01\nAlaska,733406,02\n"
    found = population.stage({"state_pop_2022_acs1.csv": data})
    assert found.rejects["reason"].to_list() == ["its name is that of another state than its code"]
    assert found.frames["populations"]["actor_id"].to_list() == ["US-AK"]


def test_jumps_are_told_and_rows_that_cannot_be_read_rejected() -> None:
    files = {f"state_pop_{y}_acs1.csv": acs1({"01": n}) for y, n in ((2019, 4_903_185), (2021, 5_039_877), (2022, 733_583))}
    staged = population.stage(files)
    judged = population.judge(StagedInfo("a", datetime(2025, 1, 1), staged.n_read, 0, staged.facts), None, RowGuard())
    assert judged.refusals == ()
    assert "another state: US-AL 2022: 733,583 after 5,039,877" in judged.warnings[1]
    found = population.stage({"state_pop_2022_acs1.csv": acs1({"01": "many", "99": 5, "02": 0, "04": 7})})
    number = "not a number of persons"
    assert found.rejects["reason"].to_list() == [number, "a state that is not known by its code", number]


def test_the_nation_is_the_sum_of_51_where_none_is_missing_in_the_order_of_years(census: Vintages) -> None:
    found = census.fold((DAY, {"2022_acs1.csv": acs1(dict.fromkeys(ALL, 10))}))
    assert found.filter(pl.col("actor_id") == "USA").select("population", "is_derived").rows() == [(510, True)]
    files = {"2022_acs1.csv": acs1(dict.fromkeys(ALL[1:], 10))}
    assert "USA" not in census.fold((DAY, files))["actor_id"].to_list()
    assert "no figure for the nation (acs1 2022: 51" not in " ".join(census.judge(census.stage(files), DAY).warnings)
    assert "states are missing" in " ".join(census.judge(census.stage({"2022_acs1.csv": acs1({"01": 5})}), DAY).warnings)
    files = {f"{year}_acs1.csv": acs1(dict.fromkeys(ALL, year)) for year in range(2005, 2020)}
    snapshot = StagedSnapshot("sha", datetime.fromisoformat(DAY), True, {}, census.stage(files).frames)
    found = census.code.fold(Ledger(), [snapshot]).open["populations"].filter(pl.col("actor_id") == "USA")
    assert found["year"].to_list() == list(range(2005, 2020))
    assert "none of its 1 rows can be used" in census.judge(census.stage({"2022_acs1.csv": acs1({"99": 5})}), DAY).refusals


@pytest.mark.trap("us_census_population", "newer-figures")
def test_a_newer_figure_takes_the_place_of_an_older_one_and_an_equal_one_does_not(census: Vintages) -> None:
    first = (DAY, {"2022_acs1.csv": acs1({"01": 5, "02": 6})})
    second = ("2025-11-14", {"2022_acs1.csv": acs1({"01": 5, "02": 7}), "2023_acs1.csv": acs1({"01": 8})})
    found = census.fold(first, second)
    order = ["actor_id", "year", "series"]
    assert census.fold(first, second, cut=1).sort(order).equals(found.sort(order))
    assert found.sort("year", "actor_id").select("actor_id", "year", "population", "snapshot_id").rows() == [
        ("US-AK", 2022, 7, "sha of 2025-11-14"),
        ("US-AL", 2022, 5, f"sha of {DAY}"),
        ("US-AL", 2023, 8, "sha of 2025-11-14"),
    ]


WHOLES = (acs1({"01": 5074296, "72": 3221789}), acs5((2023, 1, 5054253)))


CELLS = st.none() | st.integers() | st.text(max_size=8)


@examples(60)
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=4))
def test_any_arrays_are_read_or_rejected_or_refused(census: Vintages, rows: list[list[int | str | None]]) -> None:
    files = {"2022_acs1.csv": json.dumps([["NAME", "B01003_001E", "state"], *rows]).encode()}
    found = staged_or_none(population.stage, files)
    if found is not None:
        assert found.frames["populations"].schema == population.STAGED
        json.dumps(found.facts)
        census.judge(found, DAY)
        assert census.fold((DAY, files)).schema == table("core.populations").polars


@pytest.mark.real_data
@pytest.mark.trap("us_census_population", "no-2020")
def test_real_files_give_the_nation_and_no_one_year_estimate_of_2020(real_data: Path, census: Vintages) -> None:
    folder = real_data / "overdose" / "population"
    real = census.fold((DAY, {p.name: p.read_bytes() for p in folder.glob("*.csv")}))
    nation = real.filter((pl.col("actor_id") == "USA") & (pl.col("series") == "acs1")).select("year", "population")
    found = dict(nation.iter_rows())
    assert {y: found[y] for y in (2022, 2023, 2024)} == {2022: 333_287_562, 2023: 334_914_896, 2024: 340_110_990}
    assert real.filter((pl.col("series") == "acs1") & (pl.col("year") == 2020)).is_empty()
    assert real.filter((pl.col("series") == "acs5") & (pl.col("year") == 2020)).height == 53
