"""NIDA's workbook: the sheets, rows and years that are taken over, and what they change."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import Quarantine
from assets.overdose import nida
from assets.overdose.observations import EXPORTED
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages

COUNTS, RATES = "Number Drug OD Deaths", "Rate Drug OD Deaths"
Rows = list[list[Any]]

ABOVE: dict[str, Rows] = {
    COUNTS: [["Number of National Drug Overdose Deaths* Involving Select Drugs"], []],
    RATES: [["Rate of National Drug Overdose Deaths*"], ["Rates are Age-Adjusted per 100,000 population"]],
}
FILE = "nida_overdose_data_1999-2022_5.2.2024.xlsx"


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook with these cells: text, numbers, and formulas (a pair of formula and value)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2024, 5, 2)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, cell in [((y, x), cell) for y, row in enumerate(rows) for x, cell in enumerate(row)]:
                if isinstance(cell, tuple):
                    sheet.write_formula(*place, cell[0], value=cell[1])
                elif isinstance(cell, str):
                    sheet.write_string(*place, cell)
                elif cell is not None:
                    sheet.write(*place, cell)
    return out.getvalue()


def book(counts: Sequence[Sequence[object]], rates: Rows | None = None, years: tuple[object, ...] = (2020, 2021, 2022)) -> bytes:
    header: list[object] = [None, *years, "2015-2022 Fold Change"]
    standard: Rows = [["  Total Overdose Deaths", 28.3, 32.4, 32.6, 2]]
    return workbook({COUNTS: [*ABOVE[COUNTS], header, *counts], RATES: [*ABOVE[RATES], header, *(rates or standard)]})


TOTAL: list[Any] = ["  Total Overdose Deaths", 91799, 106699, 107941, 2.06]


def staged(data: bytes) -> pl.DataFrame:
    return nida.stage({"x.xlsx": data}).frames["observations"]


def refused(data: bytes) -> str:
    with pytest.raises(Quarantine) as caught:
        nida.stage({"x.xlsx": data})
    return str(caught.value)


def test_a_row_is_counts_or_age_adjusted_rates_by_year_read_by_value() -> None:
    found = staged(book([TOTAL])).filter(pl.col("measure") == "deaths_year")
    columns = ["actor_id", "drug", "basis", "counts_by", "unit", "period_start", "period_end", "value"]
    assert found.select(columns).rows() == [
        ("USA", "all", "final", "residence", "deaths", date(year, 1, 1), date(year, 12, 31), deaths)
        for year, deaths in ((2020, 91799.0), (2021, 106699.0), (2022, 107941.0))
    ]
    found = staged(book([TOTAL])).filter(pl.col("measure") == "age_adjusted_rate_year")
    assert found.select("unit", "value").rows() == [("per_100k", 28.3), ("per_100k", 32.4), ("per_100k", 32.6)]
    found = staged(book([["Total Overdose Deaths", ("SUM(B5:B6)", 91799), 106699, 107941]]))
    assert found["value"][0] == 91799
    rows: Rows = [["Heroin4", 9173, 5871, 3984], ["Total Overdose Deaths", 106699, 107941, 105007]]
    found = staged(book(rows, years=(2021, "2022", 2023.0)))
    assert sorted(found["period_end"].dt.year().unique()) == [2021, 2022, 2023]


def test_rows_and_sheets_of_a_sex_an_age_a_group_of_two_drugs_and_of_none_are_not_taken_over() -> None:
    left_out = ("  Female", " Cocaine AND Any Opioid", " Cocaine WITHOUT Any Opioid", " Select Opioids1a AND Synthetic Opioids")
    rows: Rows = [TOTAL, *([name, 1, 2, 3] for name in left_out), [" Cocaine5", 10, 20, 30], ["5Cocaine ICD-10 codes (T40.5)"]]
    found = nida.stage({"x.xlsx": book(rows)})
    assert sorted(found.frames["observations"]["drug"].unique()) == ["T40.5", "all"]
    assert found.facts["n_rows_not_taken"] == 4
    header: list[Any] = [None, 2020, 2021, 2022]
    few: list[Any] = ["Total Overdose Deaths", 1, 2, 3]
    sheets: dict[str, Rows] = {
        "15-24": [["Number of National Drug Overdose Deaths*, Ages 15-24 Years Old"], header, few],
        COUNTS: [*ABOVE[COUNTS], header, TOTAL],
        "Groups": [["Rate of National Drug Overdose Deaths, by Demographic"], ["Rates are Age-Adjusted"], header, few],
        RATES: [*ABOVE[RATES], header, ["Total Overdose Deaths", 28.3, 32.4, 32.6]],
    }
    assert staged(workbook(sheets))["value"].to_list() == [91799, 106699, 107941, 28.3, 32.4, 32.6]


@pytest.mark.trap("us_nida_final", "blank-cells")
def test_blank_cells_are_null_and_wrong_codes_or_numbers_rejected() -> None:
    found = staged(book([TOTAL, ["Heroin4", None, 9173, 5871]])).filter(pl.col("drug") == "T40.1")
    assert found.select("value", "missing_reason").rows() == [(None, "not_published"), (9173.0, None), (5871.0, None)]
    rows: Rows = [TOTAL, ["Heroin4", 1, 2, 3], ["4Heroin ICD-10 codes (T40.0-T40.1)"]]
    read = nida.stage({"x.xlsx": book(rows)})
    assert read.frames["observations"]["drug"].unique().to_list() == ["all"]
    assert "its note gives the codes T40.0,T40.1" in read.rejects["reason"][0]
    read = nida.stage({"x.xlsx": book([["Total Overdose Deaths", 91799, "n/a", 10.5]])})
    assert read.rejects.select("column", "value").rows() == [("2021", "n/a"), ("2022", "10.5")]


def test_a_workbook_without_a_sheet_or_with_fewer_years_is_refused(nida_: Vintages) -> None:
    only = workbook({COUNTS: [*ABOVE[COUNTS], [None, 2020, 2021, 2022], TOTAL]})
    assert "no sheet has age-adjusted rates" in refused(only)
    old = nida_.stage({"x.xlsx": book([TOTAL], years=(2019, 2020, 2021))})
    new = nida_.stage({"x.xlsx": book([TOTAL])})
    assert "an old workbook, saved late" in nida_.judge(old, "2025-05-02", (new, "2024-05-02")).refusals[0]
    assert nida_.judge(new, "2025-05-02", (old, "2024-05-02")).refusals == ()
    for data in (b"", b"PK\x03\x04", b"abc"):
        assert "cannot be read" in refused(data)


def test_a_figure_of_a_later_workbook_revises_that_of_an_earlier(nida_: Vintages) -> None:
    first = ("2024-05-02", {"x.xlsx": book([TOTAL])})
    second = ("2025-05-02", {"x.xlsx": book([["Total Overdose Deaths", 91799, 106700, 107941]])})
    at_once = nida_.fold(first, second)
    rows = at_once.filter((pl.col("period_end") == date(2021, 12, 31)) & (pl.col("unit") == "deaths"))
    days = datetime(2024, 5, 2), datetime(2025, 5, 2)
    assert rows.select("value", "known_from", "known_to").rows() == [(106699.0, *days), (106700.0, days[1], None)]
    assert nida_.fold(first, second, cut=1).equals(at_once)


WHOLE = book([TOTAL, ["Heroin4", None, 9173, 5871]])


CELLS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text("a5 .()T40", max_size=6)


@examples(40)
@given(rows=st.lists(st.lists(CELLS, max_size=5), max_size=4))
def test_any_cells_are_read_or_rejected_or_refused(rows: list[list[float | str | None]]) -> None:
    found = staged_or_none(nida.stage, {"x.xlsx": book([TOTAL, *rows])})
    if found is not None:
        assert found.frames["observations"].schema == EXPORTED
        json.dumps(found.facts)


def figures(rows: pl.DataFrame, measure: str, drug: str, *years: int) -> list[float]:
    wanted = (pl.col("measure") == measure) & (pl.col("drug") == drug) & pl.col("period_end").dt.year().is_in(years)
    return rows.filter(wanted).sort("period_end")["value"].to_list()


@pytest.mark.real_data
def test_final_counts_rates_and_years_are_those_published(real_data: Path, nida_: Vintages, answers: dict[str, Any]) -> None:
    real = nida_.fold(("2024-05-02", {FILE: (real_data / "overdose" / "final" / FILE).read_bytes()}))
    [total], [synthetic] = figures(real, "deaths_year", "all", 2022), figures(real, "deaths_year", "T40.4", 2022)
    assert {"total": total, "t404": synthetic, "share": round(synthetic / total, 3)} == answers["final-2022"]
    found = figures(real, "age_adjusted_rate_year", "all", 2022) + figures(real, "age_adjusted_rate_year", "T40.4", 2021, 2022)
    assert found == list(answers["rate-2022"].values())
    assert (real.height, real["value"].null_count(), real["known_from"].unique().to_list()) == (480, 0, [datetime(2024, 5, 2)])
