"""Seizures, prices and reports of laboratories: CBP by month, UNODC and NFLIS by year."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import Staged
from assets.overdose.drugs import OVERDOSE, codes, label
from tests.overdose.conftest import Vintages
from tests.told import told

CBP, NFLIS = Vintages("us_cbp_drug_seizures"), Vintages("us_dea_nflis")
SEIZURES, PRICES = Vintages("unodc_seizures"), Vintages("unodc_prices")
HEAD = "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)"
BORDER = "Field Operations,Southwest Border,Land Only,LAREDO FIELD OFFICE"


def csv(*rows: str, head: str = HEAD) -> bytes:
    """Rows as ``2023 OCT Fentanyl 1 100`` (fiscal year, month, drug, events, pounds), or with another area after a bar."""
    lines = []
    for text, _, place in (row.partition("|") for row in rows):
        year, month, drug, events, pounds = text.replace(" (", "(").split()
        lines.append(f"{year.replace('(', ' (')},{month},{place or BORDER},{drug.replace('_', ' ')},{events},{pounds}")
    return "\n".join([head, *lines, ""]).encode()


def test_a_fiscal_year_begins_in_october_and_quantities_are_kept_in_both_units_however_written() -> None:
    months = "OCT=2022-10-31 DEC=2022-12-31 JAN=2023-01-31 SEP=2023-09-30"
    rows = csv(*(f"2023 {pair[:3]} Fentanyl 1 2.5" for pair in months.split()))
    assert CBP.told(rows, "period_end fiscal_year") == " / ".join(f"{pair[4:]}|2023" for pair in months.split())
    written = csv("2025 (FYTD) OCT Other_Drugs** 1 2.5", "2020 AUG Lsd 1 8.81849048e-05", "2020 AUG Lsd 1 3|A,B,Other,C")
    assert CBP.told(written, "period_end drug land_filter quantity_lbs") == (
        "2024-10-31|Other Drugs|Land Only|2.5 / 2020-08-31|Lsd|Land Only|8.81849048e-05 / 2020-08-31|Lsd|Other|3.0"
    )
    found = CBP.fold(("2023-11-08", csv("2023 OCT Fentanyl 1 100")))
    assert told(found, "actor_id quantity_lbs quantity_kg") == "USA|100.0|45.359237"
    read = CBP.stage(csv("2020 AUG Lsd 1 0", "2020 SEP Lsd 1 -2"))
    assert (read.frames["seizures"]["quantity_lbs"].to_list(), read.facts["n_without_quantity"]) == ([0.0], 1)
    assert read.rejects["reason"].to_list() == ["not a quantity in pounds"]
    read = CBP.stage(csv("2020 AUG Lsd 1 2", "2020 AUG Lsd 1 3"))
    assert (read.frames["seizures"].height, read.rejects.height) == (0, 2)


@pytest.mark.trap("us_cbp_drug_seizures", "versions")
def test_every_file_is_a_vintage_in_which_a_dropped_year_stays_and_a_row_gone_from_a_month_is_closed() -> None:
    days = "2022-11-15", "2023-11-08"
    sooner, later = (f"{day}T00:00" for day in days)
    for first, second, expected in (
        (csv("2022 AUG Fentanyl 1 10", "2022 SEP Fentanyl 1 20"), csv("2022 AUG Fentanyl 1 11", "2022 SEP Fentanyl 1 20"),
         f"2022-08-31|10.0|{sooner}|{later} / 2022-08-31|11.0|{later}|- / 2022-09-30|20.0|{sooner}|-"),
        (csv("2019 AUG Fentanyl 1 10", "2020 AUG Fentanyl 1 20"), csv("2020 AUG Fentanyl 1 20", "2023 AUG Fentanyl 1 30"),
         f"2019-08-31|10.0|{sooner}|- / 2020-08-31|20.0|{sooner}|- / 2023-08-31|30.0|{later}|-"),
        (csv("2020 AUG Fentanyl 1 10", "2020 AUG Heroin 1 20"), csv("2020 AUG Fentanyl 1 10"),
         f"2020-08-31|10.0|{sooner}|- / 2020-08-31|20.0|{sooner}|{later}"),
    ):  # fmt: skip
        found = CBP.folded((days[0], first), (days[1], second))
        assert told(found, "period_end quantity_lbs known_from known_to") == expected


@pytest.mark.trap("us_cbp_drug_seizures", "fewer-rows")
def test_files_with_fewer_rows_old_or_of_months_to_come_or_without_a_column_are_refused() -> None:
    rows = [f"2020 AUG Drug_{i} 1 1" for i in range(20)]
    august, september = csv("2020 AUG Lsd 1 1"), csv("2020 SEP Lsd 1 1")
    for now, day, before, says in (
        (csv(*rows[:18]), "2023-11-08", csv(*rows, "2019 AUG Lsd 1 1"), "fiscal year 2020 has 18 rows"),
        (august, "2023-11-08", september, "saved late"),
        (september, "2020-08-01", None, "was retrieved on 2020-08-01"),
        (csv("2020 AUG Lsd 1 -1"), "2023-11-08", None, "none of its 1 rows can be used"),
    ):
        assert says in " ".join(CBP.judge(now, day, None if before is None else (before, "2022-11-15")).refusals)
    assert "columns that tell land filter are missing" in CBP.refused(csv(head=HEAD.replace("Land Filter", "Filter")))


@pytest.mark.real_data
def test_two_real_files_share_identical_years_and_the_one_that_is_dropped_stays(real_data: Path, answers: dict[str, Any]) -> None:
    days = {"nationwide-drugs-fy19-fy22.csv": "2022-11-15", "nationwide-drugs-fy20-fy23.csv": "2023-11-08"}
    files = [(day, gzip.decompress((real_data / "overdose" / "cbp" / f"{name}.gz").read_bytes())) for name, day in days.items()]
    before: tuple[Staged, str] | None = None
    for day, given in files:
        found = CBP.stage(given)
        assert (found.rejects.height, CBP.judge(found, day, before).refusals) == (0, ())
        assert {n_months for _, n_months in found.facts["fiscal_years"].values()} == {12}
        before = (found, day)
    assert found.facts["n_without_quantity"] == 39
    real = CBP.fold(*files)
    assert real["known_to"].null_count() == real.height
    assert sorted(real["fiscal_year"].unique()) == [2019, 2020, 2021, 2022, 2023]
    assert real.filter(known_from=datetime(2023, 11, 8))["fiscal_year"].unique().to_list() == [2023]
    fentanyl = real.filter(drug="Fentanyl").group_by("fiscal_year").agg(pl.col("quantity_lbs").sum().round(1))
    assert {f"FY{year}": lbs for year, lbs in fentanyl.rows() if year >= 2022} == answers["fentanyl-seized"]


SEIZED: dict[str, Any] = {"msCode": "USA", "Drug": "Fentanyl", "Year": 2021, "Kilograms": 11838}
PRICE: dict[str, Any] = {
    "Country/Territory": "China", "Drug": "Heroin", "LevelOfSale": "Retail", "Year": 2021, "Typical_USD": 141.4,
    "Minimum_USD": "", "Maximum_USD": 200, "Unit": "g",
}  # fmt: skip


def seizures(*rows: dict[str, Any]) -> bytes:
    return json.dumps([SEIZED | row for row in rows]).encode()


def prices(*rows: dict[str, Any]) -> bytes:
    return json.dumps([PRICE | row for row in rows]).encode()


@pytest.mark.trap("unodc_seizures", "rows-add-up")
def test_amounts_of_one_drug_state_and_year_add_up_and_what_is_none_of_them_is_rejected() -> None:
    given = seizures({}, {"Kilograms": 389.5}, {"Drug": "Heroin", "Kilograms": 0})
    assert SEIZURES.told(given, "row actor_id substance unit period_start period_end value") == (
        "1|USA|fentanyl|kilograms|2021-01-01|2021-12-31|12227.5 / 3|USA|heroin|kilograms|2021-01-01|2021-12-31|0.0"
    )
    bad = SEIZURES.stage(seizures({"msCode": "XKX9"}, {"Year": "soon"}, {"Kilograms": -1}, {"Drug": " "}))
    assert told(bad.rejects, "row column") == "1|mscode / 2|year / 3|kilograms / 4|drug"


@pytest.mark.trap("unodc_prices", "amounts")
@pytest.mark.trap("unodc_prices", "two-prices")
def test_prices_are_by_gram_litre_or_piece_an_empty_one_is_none_and_of_two_none_is_known() -> None:
    given = prices({}, {"Year": 2020, "Unit": "kg", "LevelOfSale": "Wholesale"}, {"Drug": "LSD", "Unit": "Trip"})
    assert sorted(PRICES.told(given, "measure substance unit value").split(" / ")) == [
        "retail_price_high|heroin|usd_per_gram|200.0", "retail_price_high|lsd|usd_per_piece|200.0",
        "retail_price|heroin|usd_per_gram|141.4", "retail_price|lsd|usd_per_piece|141.4",
        "wholesale_price_high|heroin|usd_per_gram|0.2", "wholesale_price|heroin|usd_per_gram|0.1414",
    ]  # fmt: skip
    staged = PRICES.stage(prices({}, {"Unit": "10 g"}, {"Drug": "Opium", "Unit": "Packet"}))
    assert (staged.frames["prices"].height, staged.rejects["row"].to_list()) == (0, [1, 2, 3])


LABS = "YYYY,PERIOD,DRUG_REPORTS,SUBSTANCE_DESCRIPTION,DRUG_CATEGORY_DESCRIPTION,STATE\n"


def reports(*rows: str) -> bytes:
    """Reports of fentanyl as ``7 OH``, or of another drug as ``7 OH Cocaine``."""
    parts = ((*row.split(), "Fentanyl and Fentanyl-related") for row in rows)
    return (LABS + "".join(f"2024,2024,{n},FENTANYL,{drug},{state}\n" for n, state, drug, *_ in parts)).encode()


@pytest.mark.trap("us_dea_nflis", "no-state")
def test_reports_are_of_a_state_a_year_and_a_substance_and_those_of_none_are_rejected() -> None:
    assert NFLIS.told(reports("1425 NY", "3 GU"), "actor_id substance period_start period_end value") == (
        "US-NY|fentanyl|2024-01-01|2024-12-31|1425.0 / GUM|fentanyl|2024-01-01|2024-12-31|3.0"
    )
    staged = NFLIS.stage(reports("5 XX", "5 OH Cocaine"))
    assert told(staged.rejects, "row column") == "1|state / 2|drug_category_description"
    assert (staged.n_read, staged.frames["reports"].height) == (2, 0)
    assert "it lacks the columns drug_category_description" in NFLIS.refused(b"a,b\n1,2\n")
    assert "it lacks the columns kilograms, mscode" in SEIZURES.refused(prices({}))
    assert "it lacks the columns country/territory" in PRICES.refused(seizures({}))


@pytest.mark.real_data
def test_the_real_tables_are_read_and_every_row_accounted_for(real_data: Path, answers: dict[str, dict[str, float]]) -> None:
    def read(name: str) -> bytes:
        return gzip.decompress((real_data / "more" / f"{name}.gz").read_bytes())

    def agrees(answer: str, parts: pl.Expr, frame: pl.DataFrame, digits: int = 4) -> None:
        expected, rows = answers[answer], frame.select(parts, "value").iter_rows()
        assert {part: round(n, digits) for part, n in rows if part in expected} == expected

    year, level = pl.col("period_end").dt.year(), pl.col("measure").str.strip_suffix("_price")
    data = read("unodc/Drug_seizures_2018_2022.json")
    staged = SEIZURES.stage(data)
    assert (staged.n_read, staged.rejects.height, staged.frames["seizures"].height) == (10_941, 0, 8_522)
    assert staged.frames["seizures"]["value"].sum() == pytest.approx(sum(row["Kilograms"] for row in json.loads(data)))
    agrees("unodc-seizures", pl.concat_str("actor_id", "substance", year, separator=" "), staged.frames["seizures"], 2)
    staged = PRICES.stage(read("unodc/Prices_of_drugs.json"))
    assert (staged.n_read, staged.rejects.height, staged.frames["prices"].height) == (4_646, 213, 10_409)
    agrees("unodc-prices", pl.concat_str("actor_id", "substance", level, year, separator=" "), staged.frames["prices"])
    staged = NFLIS.stage(read("nflis/NFLIS_fent_all.csv"))
    assert (staged.n_read, set(staged.rejects["value"]), staged.frames["reports"].height) == (6472, {"XX"}, 6469)
    totals = staged.frames["reports"].group_by(period_end=year).agg(pl.col("value").sum())
    agrees("nflis-fentanyl", pl.col("period_end").cast(pl.String), totals)


def test_a_set_of_codes_has_one_label_however_it_is_written() -> None:
    labels = {
        "T40.4": "T40.4", "T40.0-T40.4, T40.6": "T40.0-T40.4,T40.6", "T40.2-T40.3": "T40.2,T40.3", "T36-T50": "T36-T50",
        "T40.5 & T43.6": "T40.5,T43.6", "T43.0\u2013T43.2": "T43.0-T43.2", "T40.4, T40.2, T40.3": "T40.2-T40.4", "no code": "",
    }  # fmt: skip
    assert {text: label(codes(text)) for text in labels} == labels
    assert label(OVERDOSE) == "X40-X44,X60-X64,X85,Y10-Y14"
