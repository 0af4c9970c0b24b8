"""Canada's harms: three layouts, marks of what is missing, periods that are not stated, and vintages."""

import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.history import fold_whole
from assets.overdose import canada
from tests.overdose.conftest import Ledger

L1 = "Substance,Source,Specific_Measure,Type_Event,Region,PRUID,Time_Period,Unit,Aggregator,Disaggregator,Value"
L2 = "Substance,Source,Specific_Measure,Type_Event,Region,PRUID,Time_Period,Year_Quarter,Aggregator,Disaggregator,Unit,Value"
L3 = "Substance,Source,Specific_Measure,Region,PRUID,Time_Period,Year_Quarter,Aggregator,Disaggregator,Unit,Value"
DEATHS = "Total apparent opioid toxicity deaths"
VALID = f"{L3}\nOpioids,Deaths,Overall numbers,British Columbia,59,By quarter,2021 Q2,,,Number,541\n".encode()
FIGURE = ("actor_id", "substance", "manner", "unit", "period_start", "period_end", "value", "missing_reason")


def stage(*lines: str) -> Staged:
    return canada.stage({"SubstanceHarmsData.csv": "\n".join([*lines, ""]).encode()})


def figures(staged: Staged) -> list[tuple[Any, ...]]:
    return staged.frames["harms"].select(FIGURE).rows()


def test_two_layouts_with_periods_give_the_same_figure() -> None:
    second = stage(L2, f"Opioids,Deaths,Overall numbers,{DEATHS},British Columbia,59,By quarter,2021 Q2,,,Number,541")
    third = stage(L3, "Opioids,Deaths,Overall numbers,British Columbia,59,By quarter,2021 Q2,,,Number,541")
    assert figures(second) == figures(third)
    assert figures(third) == [("CA-BC", "opioids", "all", "count", date(2021, 4, 1), date(2021, 6, 30), 541.0, None)]


@pytest.mark.trap("ca_opioid", "no-period")
def test_a_series_without_periods_has_them_by_its_order_only_where_it_is_of_all_of_them() -> None:
    years = [f"Opioids,Deaths,Type of opioids breakdown,{DEATHS},Canada,1,By year,Percent,{y},Fentanyl,5" for y in (2016, 2017)]
    whole = [f"Opioids,Deaths,Overall numbers,{DEATHS},Canada,1,By year,Number,,,{n}" for n in (2825, 3916)]
    short = f"Opioids,Deaths,Overall numbers,{DEATHS},Yukon,60,By year,Number,,,7"
    staged = stage(L1, *years, *whole, short)
    found = staged.frames["harms"].filter(substance="opioids").select("period_start", "period_basis", "value")
    assert found.rows() == [(date(2016, 1, 1), "order", 2825.0), (date(2017, 1, 1), "order", 3916.0)]
    assert staged.rejects["row"].to_list() == [5]


@pytest.mark.trap("ca_opioid", "marks")
@pytest.mark.trap("ca_opioid", "part-of-a-year")
def test_a_mark_is_no_number_and_says_why_and_a_part_of_a_year_is_a_period_of_its_own() -> None:
    for mark, reason in {"-1": "suppressed", "Suppr.": "suppressed", "-2": "not_available", "n/a": "not_available"}.items():
        staged = stage(L3, f"Opioids,Deaths,Overall numbers,Nunavut,62,By year,2022,,,Number,{mark}")
        assert figures(staged) == [("CA-NU", "opioids", "all", "count", date(2022, 1, 1), date(2022, 12, 31), None, reason)]
    staged = stage(L3, "Opioids,Deaths,Overall numbers,Canada,1,By year,2025 (Jan to Sep),,,Number,4162")
    assert [row[4:6] for row in figures(staged)] == [(date(2025, 1, 1), date(2025, 9, 30))]


@pytest.mark.trap("ca_opioid", "share-of-what")
def test_a_type_is_a_share_of_the_events_that_the_file_names_or_of_none_named() -> None:
    second = stage(
        L2, "Opioids,Deaths,Type of opioids,Accidental apparent opioid deaths,Ontario,35,By year,2021,2021,Fentanyl,Percent,86"
    )
    third = stage(L3, "Opioids,Deaths,Type of opioids,Ontario,35,By year,2021,2021,Fentanyl,Percent,86")
    assert [row[:4] for row in figures(second) + figures(third)] == [
        ("CA-ON", "fentanyl", "accidental", "percent"),
        ("CA-ON", "fentanyl", "not_stated", "percent"),
    ]


def test_what_is_not_read_is_counted_what_cannot_be_is_rejected_and_another_table_refused() -> None:
    given = [("Sex", "Canada", 5), ("Overall numbers", "Atlantis", 5), ("Overall numbers", "Canada", "five")]
    staged = stage(L3, *(f"Opioids,Deaths,{what},{place},1,By year,2021,,,Number,{n}" for what, place, n in given))
    assert (staged.n_read, staged.facts["n_left_out"]) == (2, 1)
    assert staged.rejects.select("row", "column").rows() == [(2, "region"), (3, "value")]
    with pytest.raises(Quarantine, match="it lacks the columns aggregator"):
        stage("a,b", "1,2")


VINTAGES = {"2021-06-30": "DataFest2021", "2023-02-21": "bryceeppler", "2026-04-20": "RiddhiMandal"}


@pytest.fixture(scope="module")
def real(real_data: Path) -> dict[str, Staged]:
    folder = real_data / "more" / "ca_opioid"
    return {
        day: canada.stage({"a.csv": gzip.decompress((folder / f"SubstanceHarmsData_{name}.csv.gz").read_bytes())})
        for day, name in VINTAGES.items()
    }


@pytest.mark.real_data
def test_every_row_of_the_real_files_is_read_rejected_or_left_out(real: dict[str, Staged]) -> None:
    assert [(s.n_read, s.rejects.height, s.facts["n_left_out"]) for s in real.values()] == [
        (3103, 351, 5957),
        (4711, 66, 10227),
        (6792, 0, 17672),
    ]
    assert all(s.frames["harms"].height + s.rejects.height == s.n_read for s in real.values())


@pytest.mark.trap("ca_opioid", "revised")
@pytest.mark.real_data
def test_deaths_of_a_year_as_known_at_each_vintage(real: dict[str, Staged], answers: dict[str, Any]) -> None:
    ledger = Ledger()
    for day, staged in real.items():
        snapshot = StagedSnapshot(day, datetime.fromisoformat(day), True, {}, staged.frames)
        ledger.take(fold_whole(canada.SOURCE, canada.FOLDED, ledger, [snapshot]))
    of_all = {"actor_id": "CAN", "measure": "apparent_deaths", "substance": "opioids", "manner": "all", "unit": "count"}
    rows = ledger.rows("drug_harms").filter(**of_all)
    found = {
        f"{first.year}{'' if (last - first).days > 360 else f'Q{last.month // 3}'} as of {known:%Y-%m}": value
        for first, last, known, value in rows.select("period_start", "period_end", "known_from", "value").iter_rows()
    }
    expected = answers["canada-opioid-deaths"]
    assert {part: found[part] for part in expected} == expected


@pytest.mark.real_data
def test_periods_by_order_are_those_that_the_next_vintage_states(real: dict[str, Staged]) -> None:
    """Most quarters of apparent opioid deaths to 2018 stand unrevised, or nearly so, in the file that states them."""
    of_deaths = {"measure": "apparent_deaths", "substance": "opioids", "unit": "count"}
    first, second = (s.frames["harms"].filter(**of_deaths) for s in list(real.values())[:2])
    key = [k for k in canada.KEY if k != "unit"]
    both = first.filter(period_basis="order").join(second, on=key, suffix="_stated").drop_nulls(["value", "value_stated"])
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days()
    early = both.filter(pl.col("period_end") < date(2019, 1, 1), days < 100)
    near = early.filter((pl.col("value") - pl.col("value_stated")).abs() <= 3 + pl.col("value_stated") * 0.1)
    assert early.height > 100
    assert near.height > 0.9 * early.height
