"""Drug seizures: fiscal years, keys, and what each file changes."""

import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.overdose import seizures
from tests.overdose.conftest import Vintages

HEAD = "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)"


def csv(*rows: tuple[object, ...], head: str = HEAD) -> bytes:
    """Rows of (fiscal year, month, drug, events, pounds) in one area, or with the other cells given at the end."""
    lines = []
    for year, month, drug, events, pounds, *place in rows:
        component, region, land, area = place or ["Field Operations", "Southwest Border", "Land Only", "LAREDO FIELD OFFICE"]
        lines.append(f"{year},{month},{component},{region},{land},{area},{drug},{events},{pounds}")
    return "\n".join([head, *lines, ""]).encode()


def staged(*rows: tuple[object, ...]) -> pl.DataFrame:
    return seizures.stage({"any name.csv": csv(*rows)}).frames["seizures"]


def brief(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return rows.select("period_end", "quantity_lbs", "known_from", "known_to").rows()


def test_the_fiscal_year_begins_in_october_of_the_year_before() -> None:
    months = {"OCT": date(2022, 10, 31), "DEC": date(2022, 12, 31), "JAN": date(2023, 1, 31), "SEP": date(2023, 9, 30)}
    found = staged(*((2023, month, "Fentanyl", 1, 2.5) for month in months))
    assert found.sort("period_end").select("period_end", "fiscal_year").rows() == [(end, 2023) for end in months.values()]


def test_quantities_are_kept_in_both_units_however_written_and_without_one(cbp: Vintages) -> None:
    assert staged(("2025 (FYTD)", "OCT", "Fentanyl", 1, 2.5))["period_end"].to_list() == [date(2024, 10, 31)]
    found = cbp.fold(("2023-11-08", {"x.csv": csv((2023, "OCT", "Fentanyl", 1, 100))}))
    assert found.select("actor_id", "quantity_lbs", "quantity_kg").rows() == [("USA", 100.0, 45.359237)]
    assert staged((2020, "AUG", "Lsd", 1, "8.81849048e-05"))["quantity_lbs"].to_list() == [8.81849048e-05]
    read = seizures.stage({"x.csv": csv((2020, "AUG", "Lsd", 1, 0), (2020, "SEP", "Lsd", 1, -2))})
    assert (read.frames["seizures"]["quantity_lbs"].to_list(), read.facts["n_without_quantity"]) == ([0.0], 1)
    assert read.rejects["reason"].to_list() == ["not a quantity in pounds"]
    assert staged((2020, "AUG", "Other Drugs**", 1, 2))["drug"].to_list() == ["Other Drugs"]


def test_areas_are_part_of_the_key_and_what_stands_twice_or_lacks_it_is_refused() -> None:
    place = ["Field Operations", "Southwest Border", "Other", "LAREDO FIELD OFFICE"]
    found = staged((2020, "AUG", "Lsd", 1, 2), (2020, "AUG", "Lsd", 1, 3, *place))
    assert found.select("land_filter", "quantity_lbs").rows() == [("Land Only", 2.0), ("Other", 3.0)]
    read = seizures.stage({"x.csv": csv((2020, "AUG", "Lsd", 1, 2), (2020, "AUG", "Lsd", 1, 3))})
    assert (read.frames["seizures"].height, read.rejects.height) == (0, 2)
    with pytest.raises(Quarantine, match="columns that tell land filter are missing"):
        seizures.stage({"x.csv": csv((2020, "AUG", "Lsd", 1, 2), head=HEAD.replace("Land Filter", "Filter"))})


@pytest.mark.trap("us_cbp_drug_seizures", "versions")
def test_every_file_is_a_vintage(cbp: Vintages) -> None:
    first = ("2023-01-01", {"x.csv": csv((2022, "AUG", "Fentanyl", 1, 10), (2022, "SEP", "Fentanyl", 1, 20))})
    second = ("2023-02-01", {"x.csv": csv((2022, "AUG", "Fentanyl", 1, 11), (2022, "SEP", "Fentanyl", 1, 20))})
    assert brief(cbp.fold(first, second)) == [
        (date(2022, 8, 31), 10.0, datetime(2023, 1, 1), datetime(2023, 2, 1)),
        (date(2022, 8, 31), 11.0, datetime(2023, 2, 1), None),
        (date(2022, 9, 30), 20.0, datetime(2023, 1, 1), None),
    ]


def test_a_year_that_a_file_drops_stays_and_a_row_gone_from_a_month_it_holds_is_closed(cbp: Vintages) -> None:
    first = ("2022-11-15", {"x.csv": csv((2019, "AUG", "Fentanyl", 1, 10), (2020, "AUG", "Fentanyl", 1, 20))})
    second = ("2023-11-08", {"x.csv": csv((2020, "AUG", "Fentanyl", 1, 20), (2023, "AUG", "Fentanyl", 1, 30))})
    assert cbp.fold(first, second)["known_to"].null_count() == 3
    assert cbp.fold(first, second, cut=1).equals(cbp.fold(first, second))
    first = ("2022-11-15", {"x.csv": csv((2020, "AUG", "Fentanyl", 1, 10), (2020, "AUG", "Heroin", 1, 20))})
    second = ("2023-11-08", {"x.csv": csv((2020, "AUG", "Fentanyl", 1, 10))})
    assert cbp.fold(first, second, cut=1).equals(cbp.fold(first, second))
    assert brief(cbp.fold(first, second)) == [
        (date(2020, 8, 31), 10.0, datetime(2022, 11, 15), None),
        (date(2020, 8, 31), 20.0, datetime(2022, 11, 15), datetime(2023, 11, 8)),
    ]


@pytest.mark.trap("us_cbp_drug_seizures", "fewer-rows")
def test_files_with_fewer_rows_old_or_of_months_to_come_are_refused(cbp: Vintages) -> None:
    whole = cbp.stage({"x.csv": csv(*[(2020, "AUG", f"Drug {i}", 1, 1) for i in range(20)], (2019, "AUG", "Lsd", 1, 1))})
    cut = cbp.stage({"x.csv": csv(*[(2020, "AUG", f"Drug {i}", 1, 1) for i in range(18)])})
    assert "fiscal year 2020 has 18 rows" in cbp.judge(cut, "2023-11-08", (whole, "2022-11-15")).refusals[0]
    old = cbp.stage({"x.csv": csv((2020, "AUG", "Lsd", 1, 1))})
    new = cbp.stage({"x.csv": csv((2020, "SEP", "Lsd", 1, 1))})
    assert "saved late" in cbp.judge(old, "2023-11-08", (new, "2022-11-15")).refusals[0]
    assert "was retrieved on 2020-08-01" in cbp.judge(new, "2020-08-01").refusals[0]
    none = cbp.stage({"x.csv": csv((2020, "AUG", "Lsd", 1, -1))})
    assert "none of its 1 rows can be used" in cbp.judge(none, "2023-11-08").refusals


@pytest.mark.trap("us_cbp_drug_seizures", "fewer-rows")
@pytest.mark.real_data
def test_two_real_files_share_identical_years_and_the_one_that_is_dropped_stays(
    real_data: Path, cbp: Vintages, answers: dict[str, Any]
) -> None:
    days = {"nationwide-drugs-fy19-fy22.csv": "2022-11-15", "nationwide-drugs-fy20-fy23.csv": "2023-11-08"}
    folder = real_data / "overdose" / "cbp"
    files = [(day, {name: gzip.decompress((folder / f"{name}.gz").read_bytes())}) for name, day in days.items()]
    before: tuple[Staged, str] | None = None
    for day, given in files:
        found = cbp.stage(given)
        assert (found.rejects.height, cbp.judge(found, day, before).refusals) == (0, ())
        assert {n_months for _, n_months in found.facts["fiscal_years"].values()} == {12}
        before = (found, day)
    assert found.facts["n_without_quantity"] == 39
    real = cbp.fold(*files)
    assert real["known_to"].null_count() == real.height
    assert sorted(real["fiscal_year"].unique()) == [2019, 2020, 2021, 2022, 2023]
    assert real.filter(pl.col("known_from") == datetime(2023, 11, 8))["fiscal_year"].unique().to_list() == [2023]
    fentanyl = real.filter(drug="Fentanyl").group_by("fiscal_year").agg(pl.col("quantity_lbs").sum().round(1))
    pounds = {f"FY{year}": lbs for year, lbs in fentanyl.rows() if year in (2022, 2023)}
    assert pounds == answers["fentanyl-seized"]
