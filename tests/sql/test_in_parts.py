"""Marts that are made in parts are, row by row and in their order, the marts made at once."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from assets.schema import headers
from pipelines.publish import in_parts
from pipelines.publish.scripts import scripts
from tests.depth import examples
from tests.sql.conftest import Warehouse

IN_PARTS = [script for script in scripts("marts") if headers(script.text, "in parts")]


def rows(con: duckdb.DuckDBPyConnection, mart: str) -> list[tuple[Any, ...]]:
    return con.execute(f"FROM marts.{mart} ORDER BY rowid").fetchall()


def held(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    """Single events of one pair over two months, counted ones of others, and a listing of a pair of which nothing is told."""
    warehouse.states("FRA", "IRN")
    days = [f"2023-{month}-{day:02}" for month in (11, 12) for day in (1, 2, 9, 30)]
    warehouse.put(
        "core.events",
        *(
            {
                "event_id": f"e{number}",
                "origin": "gdelt_v2_events",
                "event_date": day,
                "source_id": "USA",
                "source_country_id": "USA",
                "target_id": "CHN",
                "target_country_id": "CHN",
            }
            for number, day in enumerate(days)
        ),
    )
    pairs = [("CHN", "USA"), ("FRA", "RUS"), ("RUS", "FRA"), ("RUS", "USA"), ("RUS", "RUS"), ("FRA", None)]
    warehouse.put(
        "core.event_days",
        *(
            {"event_date": day, "source_id": s, "source_country_id": s, "target_id": t, "target_country_id": t, "n_reports": 2}
            for s, t in pairs
            for day in days[: 2 if s == "FRA" else 8]
        ),
    )
    warehouse.put("core.sanction_lists", {"covered_from": "2023-11-01", "covered_until": "2023-12-05"})
    warehouse.put("core.sanction_listings", {"listing_id": "us_list:1", "name": "PARTY", "valid_from": "2023-11-05"})
    warehouse.put("core.sanction_countries", {"listing_id": "us_list:1", "country_id": "IRN"})
    return warehouse.build().con


def test_the_days_and_months_of_dyads_say_that_they_are_made_in_parts() -> None:
    assert {script.name for script in IN_PARTS} == {"dyad_day", "dyad_month"}


@pytest.mark.parametrize("script", IN_PARTS, ids=lambda script: script.name)
@pytest.mark.parametrize("most", [1, 4, 9])
def test_a_mart_made_in_parts_has_the_rows_of_the_mart_made_at_once_in_their_order(
    warehouse: Warehouse, script: Any, most: int
) -> None:
    con = held(warehouse)
    at_once = rows(con, script.name)
    con.execute(f"DROP TABLE marts.{script.name}")
    assert len(in_parts.conditions_of(con, script.text, most)) > 1
    in_parts.make(con, f"marts.{script.name}", script.text, most)
    assert rows(con, script.name) == at_once
    assert ("IRN", "USA") in {row[:2] for row in at_once}
    said = "SELECT count(*) FROM duckdb_columns() WHERE table_name = ? AND comment IS NOT NULL"
    assert con.execute(said, [script.name]).fetchall() == [(len(at_once[0]),)]
    assert con.execute("SELECT current_setting('disabled_optimizers')").fetchall() == [("",)]


def test_what_is_small_is_made_at_once_and_what_says_nothing_of_parts_too(warehouse: Warehouse) -> None:
    con = held(warehouse)
    assert in_parts.conditions_of(con, IN_PARTS[0].text) == [in_parts.ALL]
    assert in_parts.conditions_of(con, "-- grain: a, b\nCREATE TABLE marts.x AS\nSELECT 1;", 0) == [in_parts.ALL]


def test_a_part_of_days_counts_the_events_of_that_part_alone(warehouse: Warehouse) -> None:
    con = held(warehouse)
    script = next(script for script in IN_PARTS if script.name == "dyad_day")
    query = in_parts.query_of(script.text)
    con.execute("SET disabled_optimizers = 'build_side_probe_side'")
    for condition in in_parts.conditions_of(con, script.text, 4):
        plan = con.execute(f"EXPLAIN ANALYZE SELECT * FROM (\n{query}\n) AS made WHERE {condition}").fetchall()[0][1]
        grouped = con.execute(
            f"""SELECT count(*) FROM (SELECT DISTINCT source_id, target_id, date FROM (
                    SELECT source_id, target_id, date FROM marts.events_one_a_day
                    UNION ALL SELECT source_id, target_id, date FROM marts.event_counts)
                WHERE source_id <> target_id AND {condition})"""
        ).fetchall()[0][0]
        assert re.search(rf"\b{grouped} rows?\b", plan)


def test_a_form_that_is_not_known_is_an_error(warehouse: Warehouse) -> None:
    con = held(warehouse)
    with pytest.raises(BilateralError, match="should be '-- in parts: a, b by days"):
        in_parts.conditions_of(con, "-- in parts: source_id of marts.dyad_day\nSELECT 1;")
    with pytest.raises(BilateralError, match="one CREATE TABLE"):
        in_parts.query_of("CREATE VIEW marts.x AS\nSELECT 1;")


@examples(60)
@given(
    st.dictionaries(st.tuples(st.sampled_from("bdfh"), st.sampled_from("bdfh")), st.integers(1, 9), min_size=1),
    st.integers(1, 20),
)
def test_each_pair_is_in_one_part_and_the_parts_follow_each_other(held: dict[tuple[str, str], int], most: int) -> None:
    days = sorted((a, b, n) for (a, b), n in held.items())
    parts = list(in_parts._conditions("a", "b", days, most))
    pairs = [(a, b) for a in "abcdefghi" for b in "abcdefghi"]
    values = ", ".join(f"('{a}', '{b}')" for a, b in pairs)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE x AS FROM (VALUES {values}) AS x (a, b)")
        found = [con.execute(f"SELECT a, b FROM x WHERE {part} ORDER BY ALL").fetchall() for part in parts]
    assert [pair for part in found for pair in part] == pairs
    for part in found:
        sizes = [held[pair] for pair in part if pair in held]
        assert sum(sizes) <= most or len(sizes) == 1
