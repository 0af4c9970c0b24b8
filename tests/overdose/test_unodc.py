"""UNODC: drugs seized and their prices, by state and year."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.errors import Quarantine
from assets.overdose import unodc

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
def test_amounts_of_one_drug_state_and_year_add_up() -> None:
    staged = unodc.stage_seizures({"a.json": seizures({}, {"Kilograms": 389.5}, {"Drug": "Heroin", "Kilograms": 0})})
    rows = staged.frames["seizures"].select("row", "actor_id", "substance", "unit", "period_start", "period_end", "value").rows()
    year = (date(2021, 1, 1), date(2021, 12, 31))
    assert rows == [(1, "USA", "fentanyl", "kilograms", *year, 12227.5), (3, "USA", "heroin", "kilograms", *year, 0.0)]
    assert (staged.n_read, staged.rejects.height) == (3, 0)


def test_what_is_no_state_year_or_amount_is_rejected() -> None:
    bad: list[dict[str, Any]] = [{"msCode": "XKX9"}, {"Year": "soon"}, {"Kilograms": -1}, {"Drug": " "}]
    staged = unodc.stage_seizures({"a.json": seizures(*bad)})
    assert staged.rejects.select("row", "column").rows() == [(1, "mscode"), (2, "year"), (3, "kilograms"), (4, "drug")]


@pytest.mark.trap("unodc_prices", "amounts")
def test_prices_are_by_gram_litre_or_piece_and_an_empty_one_is_none() -> None:
    staged = unodc.stage_prices(
        {"a.json": prices({}, {"Year": 2020, "Unit": "kg", "LevelOfSale": "Wholesale"}, {"Drug": "LSD", "Unit": "Trip"})}
    )
    assert set(staged.frames["prices"].select("measure", "substance", "unit", "value").rows()) == {
        ("retail_price", "heroin", "usd_per_gram", 141.4),
        ("retail_price_high", "heroin", "usd_per_gram", 200.0),
        ("wholesale_price", "heroin", "usd_per_gram", 0.1414),
        ("wholesale_price_high", "heroin", "usd_per_gram", 0.2),
        ("retail_price", "lsd", "usd_per_piece", 141.4),
        ("retail_price_high", "lsd", "usd_per_piece", 200.0),
    }


@pytest.mark.trap("unodc_prices", "two-prices")
def test_two_prices_of_one_thing_are_none_that_is_known() -> None:
    staged = unodc.stage_prices({"a.json": prices({}, {"Unit": "10 g"}, {"Drug": "Opium", "Unit": "Packet"})})
    assert (staged.frames["prices"].height, staged.rejects["row"].to_list()) == (0, [1, 2, 3])


def test_another_table_is_refused() -> None:
    with pytest.raises(Quarantine, match="it lacks the columns kilograms, mscode"):
        unodc.stage_seizures({"a.json": prices({})})
    with pytest.raises(Quarantine, match="it lacks the columns country/territory"):
        unodc.stage_prices({"a.json": seizures({})})


@pytest.mark.real_data
def test_the_real_tables_are_read_and_every_row_accounted_for(real_data: Path, answers: dict[str, dict[str, float]]) -> None:
    folder = real_data / "more" / "unodc"
    read = {n: gzip.decompress((folder / f"{n}.json.gz").read_bytes()) for n in ("Drug_seizures_2018_2022", "Prices_of_drugs")}
    staged = unodc.stage_seizures({"a.json": read["Drug_seizures_2018_2022"]})
    assert (staged.n_read, staged.rejects.height, staged.frames["seizures"].height) == (10_941, 0, 8_522)
    kilograms = sum(row["Kilograms"] for row in json.loads(read["Drug_seizures_2018_2022"]))
    assert staged.frames["seizures"]["value"].sum() == pytest.approx(kilograms)
    year = pl.col("period_start").dt.year()
    rows = staged.frames["seizures"].select(pl.concat_str("actor_id", "substance", year, separator=" "), "value")
    expected = answers["unodc-seizures"]
    assert {part: round(n, 2) for part, n in rows.iter_rows() if part in expected} == expected
    staged = unodc.stage_prices({"a.json": read["Prices_of_drugs"]})
    assert (staged.n_read, staged.rejects.height, staged.frames["prices"].height) == (4_646, 213, 10_409)
    level = pl.col("measure").str.strip_suffix("_price")
    rows = staged.frames["prices"].select(pl.concat_str("actor_id", "substance", level, year, separator=" "), "value")
    expected = answers["unodc-prices"]
    assert {part: round(n, 4) for part, n in rows.iter_rows() if part in expected} == expected
