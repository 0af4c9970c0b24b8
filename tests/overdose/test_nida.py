"""NIDA's workbook: the sheets, rows and years that are taken over, and what they change."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from assets.overdose.observations import EXPORTED
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages
from tests.told import told

NIDA = Vintages("us_nida_final")
COUNTS, RATES = "Number Drug OD Deaths", "Rate Drug OD Deaths"
Rows = list[list[Any]]
ABOVE: dict[str, Rows] = {
    COUNTS: [["Number of National Drug Overdose Deaths* Involving Select Drugs"], []],
    RATES: [["Rate of National Drug Overdose Deaths*"], ["Rates are Age-Adjusted per 100,000 population"]],
}
FILE = "nida_overdose_data_1999-2022_5.2.2024.xlsx"
TOTAL: list[Any] = ["  Total Overdose Deaths", 91799, 106699, 107941, 2.06]
STANDARD: list[Any] = ["  Total Overdose Deaths", 28.3, 32.4, 32.6, 2]


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


def book(*counts: Sequence[object], years: tuple[object, ...] = (2020, 2021, 2022)) -> bytes:
    header: list[object] = [None, *years, "2015-2022 Fold Change"]
    return workbook({COUNTS: [*ABOVE[COUNTS], header, *counts], RATES: [*ABOVE[RATES], header, STANDARD]})


WHOLE = book(TOTAL, ["Heroin4", None, 9173, 5871])


@pytest.mark.trap("us_nida_final", "blank-cells")
def test_a_row_is_counts_or_age_adjusted_rates_by_year_read_by_value_and_a_blank_cell_is_null() -> None:
    found = NIDA.read({"x.xlsx": WHOLE})
    figure = "actor_id drug basis counts_by unit period_start period_end value"
    assert told(found.filter(measure="deaths_year", drug="all"), figure) == " / ".join(
        f"USA|all|final|residence|deaths|{year}-01-01|{year}-12-31|{n}.0"
        for year, n in zip((2020, 2021, 2022), TOTAL[1:4], strict=True)
    )
    assert told(found.filter(measure="age_adjusted_rate_year"), "unit value") == "per_100k|28.3 / per_100k|32.4 / per_100k|32.6"
    assert told(found.filter(drug="T40.1"), "value missing_reason") == "-|not_published / 9173.0|- / 5871.0|-"
    found = NIDA.read(
        {"x.xlsx": book(["Total Overdose Deaths", ("SUM(B5:B6)", 91799), 106699, 107941], years=(2021, "2022", 2023.0))}
    )
    assert (found["value"][0], sorted(found["period_end"].dt.year().unique())) == (91799, [2021, 2022, 2023])


def test_rows_and_sheets_of_a_sex_an_age_a_group_of_two_drugs_and_of_none_are_not_taken_over() -> None:
    left_out = ("  Female", " Cocaine AND Any Opioid", " Cocaine WITHOUT Any Opioid", " Select Opioids1a AND Synthetic Opioids")
    rows: Rows = [TOTAL, *([name, 1, 2, 3] for name in left_out), [" Cocaine5", 10, 20, 30], ["5Cocaine ICD-10 codes (T40.5)"]]
    found = NIDA.stage({"x.xlsx": book(*rows)})
    assert (sorted(found.frames["observations"]["drug"].unique()), found.facts["n_rows_not_taken"]) == (["T40.5", "all"], 4)
    header: list[Any] = [None, 2020, 2021, 2022]
    few: list[Any] = ["Total Overdose Deaths", 1, 2, 3]
    sheets: dict[str, Rows] = {
        "15-24": [["Number of National Drug Overdose Deaths*, Ages 15-24 Years Old"], header, few],
        COUNTS: [*ABOVE[COUNTS], header, TOTAL],
        "Groups": [["Rate of National Drug Overdose Deaths, by Demographic"], ["Rates are Age-Adjusted"], header, few],
        RATES: [*ABOVE[RATES], header, STANDARD],
    }
    assert NIDA.read({"x.xlsx": workbook(sheets)})["value"].to_list() == [91799, 106699, 107941, 28.3, 32.4, 32.6]


def test_wrong_codes_or_numbers_are_rejected_and_a_workbook_that_lacks_a_sheet_or_years_refused() -> None:
    read = NIDA.stage({"x.xlsx": book(TOTAL, ["Heroin4", 1, 2, 3], ["4Heroin ICD-10 codes (T40.0-T40.1)"])})
    assert read.frames["observations"]["drug"].unique().to_list() == ["all"]
    assert "its note gives the codes T40.0,T40.1" in read.rejects["reason"][0]
    read = NIDA.stage({"x.xlsx": book(["Total Overdose Deaths", 91799, "n/a", 10.5])})
    assert told(read.rejects, "column value") == "2021|n/a / 2022|10.5"
    only = workbook({COUNTS: [*ABOVE[COUNTS], [None, 2020, 2021, 2022], TOTAL]})
    says = {only: "no sheet has age-adjusted rates"} | dict.fromkeys((b"", b"PK\x03\x04", b"abc"), "cannot be read")
    assert [data for data, words in says.items() if words not in NIDA.refused({"x.xlsx": data})] == []
    old, new = (NIDA.stage({"x.xlsx": book(TOTAL, years=(y, y + 1, y + 2))}) for y in (2019, 2020))
    assert "an old workbook, saved late" in NIDA.judge(old, "2025-05-02", (new, "2024-05-02")).refusals[0]
    assert NIDA.judge(new, "2025-05-02", (old, "2024-05-02")).refusals == ()


def test_a_figure_of_a_later_workbook_revises_that_of_an_earlier() -> None:
    second = book(["Total Overdose Deaths", 91799, 106700, 107941])
    rows = NIDA.folded(("2024-05-02", {"x.xlsx": book(TOTAL)}), ("2025-05-02", {"x.xlsx": second}))
    of_2021 = rows.filter(pl.col("period_end").dt.year() == 2021, unit="deaths")
    days = "2024-05-02T00:00", "2025-05-02T00:00"
    assert told(of_2021, "value known_from known_to") == f"106699.0|{days[0]}|{days[1]} / 106700.0|{days[1]}|-"


CELLS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text("a5 .()T40", max_size=6)


@examples(40)
@given(rows=st.lists(st.lists(CELLS, max_size=5), max_size=4))
def test_any_cells_are_read_or_rejected_or_refused(rows: list[list[float | str | None]]) -> None:
    found = staged_or_none(NIDA.stage, {"x.xlsx": book(TOTAL, *rows)})
    if found is not None:
        assert found.frames["observations"].schema == EXPORTED
        json.dumps(found.facts)


@pytest.mark.real_data
def test_final_counts_rates_and_years_are_those_published(real_data: Path, answers: dict[str, Any]) -> None:
    real = NIDA.fold(("2024-05-02", {FILE: (real_data / "overdose" / "final" / FILE).read_bytes()}))
    kept = real.filter(pl.col("drug").is_in(["all", "T40.4"])).with_columns(year=pl.col("period_end").dt.year())
    held = {(m, d, y): v for m, d, y, v in kept.select("measure", "drug", "year", "value").iter_rows()}
    total, synthetic = (held["deaths_year", drug, 2022] for drug in ("all", "T40.4"))
    assert {"total": total, "t404": synthetic, "share": round(synthetic / total, 3)} == answers["final-2022"]
    rates = [held["age_adjusted_rate_year", *key] for key in (("all", 2022), ("T40.4", 2021), ("T40.4", 2022))]
    assert rates == list(answers["rate-2022"].values())
    assert (real.height, real["value"].null_count(), real["known_from"].unique().to_list()) == (480, 0, [datetime(2024, 5, 2)])
