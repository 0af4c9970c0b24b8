"""Canada's harms: three layouts, marks of what is missing, periods that are not stated, and vintages."""

import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import Staged, StagedSnapshot
from assets.history import fold_whole
from assets.overdose import canada
from tests.overdose.conftest import Ledger, Vintages
from tests.told import told

CANADA = Vintages("ca_opioid")
L1 = "Substance,Source,Specific_Measure,Type_Event,Region,PRUID,Time_Period,Unit,Aggregator,Disaggregator,Value"
L2 = "Substance,Source,Specific_Measure,Type_Event,Region,PRUID,Time_Period,Year_Quarter,Aggregator,Disaggregator,Unit,Value"
L3 = "Substance,Source,Specific_Measure,Region,PRUID,Time_Period,Year_Quarter,Aggregator,Disaggregator,Unit,Value"
DEATHS = "Total apparent opioid toxicity deaths"


def csv(*lines: str) -> bytes:
    """A table whose rows, but for the first, are of deaths by opioids."""
    return "\n".join([lines[0], *(f"Opioids,Deaths,{line}" for line in lines[1:]), ""]).encode()


VALID = csv(L3, "Overall numbers,British Columbia,59,By quarter,2021 Q2,,,Number,541")


@pytest.mark.trap("ca_opioid", "marks")
@pytest.mark.trap("ca_opioid", "part-of-a-year")
@pytest.mark.trap("ca_opioid", "share-of-what")
def test_layouts_with_periods_give_the_same_figure_a_mark_says_why_and_a_type_is_a_share_of_the_events_named() -> None:
    figure = "actor_id substance manner unit period_start period_end value missing_reason"
    second = csv(L2, f"Overall numbers,{DEATHS},British Columbia,59,By quarter,2021 Q2,,,Number,541")
    for data in (second, VALID):
        assert CANADA.told(data, figure) == "CA-BC|opioids|all|count|2021-04-01|2021-06-30|541.0|-"
    for mark, reason in {"-1": "suppressed", "Suppr.": "suppressed", "-2": "not_available", "n/a": "not_available"}.items():
        data = csv(L3, f"Overall numbers,Nunavut,62,By year,2022,,,Number,{mark}")
        assert CANADA.told(data, figure) == f"CA-NU|opioids|all|count|2022-01-01|2022-12-31|-|{reason}"
    part = csv(L3, "Overall numbers,Canada,1,By year,2025 (Jan to Sep),,,Number,4162")
    assert CANADA.told(part, "period_start period_end") == "2025-01-01|2025-09-30"
    second = csv(L2, "Type of opioids,Accidental apparent opioid deaths,Ontario,35,By year,2021,2021,Fentanyl,Percent,86")
    third = csv(L3, "Type of opioids,Ontario,35,By year,2021,2021,Fentanyl,Percent,86")
    for data, manner in ((second, "accidental"), (third, "not_stated")):
        assert CANADA.told(data, "actor_id substance manner unit") == f"CA-ON|fentanyl|{manner}|percent"


@pytest.mark.trap("ca_opioid", "no-period")
def test_a_series_without_periods_has_them_by_its_order_only_where_it_is_of_all_of_them() -> None:
    years = [f"Type of opioids breakdown,{DEATHS},Canada,1,By year,Percent,{y},Fentanyl,5" for y in (2016, 2017)]
    whole = [f"Overall numbers,{DEATHS},Canada,1,By year,Number,,,{n}" for n in (2825, 3916)]
    staged = CANADA.stage(csv(L1, *years, *whole, f"Overall numbers,{DEATHS},Yukon,60,By year,Number,,,7"))
    found = staged.frames["harms"].filter(substance="opioids")
    assert told(found, "period_start period_basis value") == "2016-01-01|order|2825.0 / 2017-01-01|order|3916.0"
    assert staged.rejects["row"].to_list() == [5]
    # what is not read is counted, what cannot be is rejected, and another table refused
    given = [("Sex", "Canada", 5), ("Overall numbers", "Atlantis", 5), ("Overall numbers", "Canada", "five")]
    staged = CANADA.stage(csv(L3, *(f"{what},{place},1,By year,2021,,,Number,{n}" for what, place, n in given)))
    assert (staged.n_read, staged.facts["n_left_out"], told(staged.rejects, "row column")) == (2, 1, "2|region / 3|value")
    assert "it lacks the columns aggregator" in CANADA.refused(b"a,b\n1,2\n")


VINTAGES = {"2021-06-30": "DataFest2021", "2023-02-21": "bryceeppler", "2026-04-20": "RiddhiMandal"}


@pytest.fixture(scope="module")
def real(real_data: Path) -> dict[str, Staged]:
    files = {day: real_data / "more" / "ca_opioid" / f"SubstanceHarmsData_{name}.csv.gz" for day, name in VINTAGES.items()}
    return {day: CANADA.stage(gzip.decompress(path.read_bytes())) for day, path in files.items()}


@pytest.mark.trap("ca_opioid", "revised")
@pytest.mark.real_data
def test_every_row_of_the_real_files_counts_and_deaths_of_a_year_are_those_known_at_each_vintage(
    real: dict[str, Staged], answers: dict[str, Any]
) -> None:
    read = [(s.n_read, s.rejects.height, s.facts["n_left_out"]) for s in real.values()]
    assert read == [(3103, 351, 5957), (4711, 66, 10227), (6792, 0, 17672)]
    assert all(s.frames["harms"].height + s.rejects.height == s.n_read for s in real.values())
    ledger = Ledger()
    for day, staged in real.items():
        snapshot = StagedSnapshot(day, datetime.fromisoformat(day), True, {}, staged.frames)
        ledger.take(fold_whole(canada.SOURCE, canada.FOLDED, ledger, [snapshot]))
    of_all = {"actor_id": "CAN", "measure": "apparent_deaths", "substance": "opioids", "manner": "all", "unit": "count"}
    rows = ledger.rows("drug_harms").filter(**of_all).select("period_start", "period_end", "known_from", "value")
    found = {
        f"{first.year}{'' if (last - first).days > 360 else f'Q{last.month // 3}'} as of {known:%Y-%m}": value
        for first, last, known, value in rows.iter_rows()
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
