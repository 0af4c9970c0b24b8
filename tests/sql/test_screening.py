"""Screening against the names of a real list: perturbed names are found first, ordinary names hardly ever."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from assets.sanctions.reading.names import distinctive_words, transliterations

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

NAMES = Path(__file__).parent / "screening"


def fill(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    con.register("frame", frame.to_arrow())
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")
    con.unregister("frame")


@pytest.fixture(scope="module")
def real_list(shared: Warehouse, sdn_history: Path) -> Warehouse:
    """The newest vintage of the SDN List held."""
    newest = max((sdn_history / "us_ofac_sdn").iterdir())
    staged = ofac.stage({"sdn.csv": (newest / "sdn.csv").read_bytes()}).frames["listings"]
    listings = staged.select(
        pl.format("us_ofac_sdn:{}", "native_id").alias("listing_id"),
        pl.format("us_ofac_sdn:{}", "native_id").alias("actor_id"),
        pl.lit("us_ofac_sdn").alias("list_id"),
        "name",
        "party_type",
    )
    fill(shared.con, "core.sanction_listings", listings)
    fill(shared.con, "core.transliterations", transliterations())
    return shared.build()


@pytest.mark.real_data
def test_95_in_100_perturbed_names_are_found_first(real_list: Warehouse) -> None:
    names = pl.read_csv(NAMES / "perturbed.csv")
    found = real_list.ask("SELECT asked_no, listing_id, name, score FROM find_parties(?)", names["asked"].to_list())
    first: dict[int, list[tuple[str, str]]] = {}
    best: dict[int, float] = {}
    for number, listing_id, name, score in found:
        # listings of one name are all first
        if score == best.setdefault(number, score):
            first.setdefault(number, []).append((listing_id, name))
    missed = [
        (asked, name)
        for number, (asked, listing_id, name) in enumerate(names.select("asked", "listing_id", "name").iter_rows(), 1)
        if not any(
            i == listing_id or sorted(distinctive_words(n)) == sorted(distinctive_words(name)) for i, n in first.get(number, ())
        )
    ]
    assert len(missed) <= 15, missed


@pytest.mark.real_data
def test_at_most_1_in_100_ordinary_names_raises_an_alarm(real_list: Warehouse) -> None:
    names = pl.read_csv(NAMES / "ordinary.csv")["asked"].to_list()
    alarms = real_list.ask("SELECT DISTINCT asked FROM find_parties(?)", names)
    assert len(alarms) <= 10, alarms
