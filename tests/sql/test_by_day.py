"""``marts.events_one_a_day`` made some days at a time is what the script makes of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from assets.schema import SQL
from pipelines.publish.loading import make_by_day

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

TEXT = (SQL / "marts" / "events_one_a_day.sql").read_text(encoding="utf-8")


def rows(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("FROM marts.events_one_a_day ORDER BY ALL").fetchall()


def event(number: int, day: str, known: str, **other: Any) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "event_date": day,
        "source_country_id": "USA",
        "target_country_id": "CHN",
        "source_id": "USA",
        "target_id": "CHN",
        "origin": "gdelt_v2_events",
        "known_from": known,
    } | other


def held(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    """Three days: of two of them a row that is known weeks later, of one a row that is known the day before, in UTC."""
    warehouse.put(
        "core.events",
        event(1, "2023-11-01", "2023-11-01"),
        event(2, "2023-11-01", "2023-12-01", n_reports=5),
        event(3, "2023-11-02", "2023-11-01"),
        event(4, "2023-11-03", "2023-11-03", target_country_id="RUS", target_id="RUS"),
        event(5, "2023-11-03", "2023-12-01", origin="icews"),
        event(6, "2023-11-03", "2023-12-01", modality="denied"),
    )
    reports = [("e1", "a", "x.org", "2023-11-01"), ("e1", "b", "y.org", "2023-12-05"), ("e3", "a", "x.org", "2023-11-02")]
    warehouse.put(
        "core.event_reports", *({"event_id": e, "report_id": r, "outlet": o, "known_from": k} for e, r, o, k in reports)
    )
    return warehouse.build().con


def test_the_mart_made_some_days_at_a_time_is_the_mart_made_at_once(warehouse: Warehouse) -> None:
    con = held(warehouse)
    at_once = rows(con)
    con.execute("DROP TABLE marts.events_one_a_day")
    make_by_day(con, "events_one_a_day", TEXT, most=2)
    said = con.execute("SELECT count(*) FROM duckdb_columns() WHERE table_name = 'events_one_a_day' AND comment IS NOT NULL")
    assert said.fetchall()[0][0] == len(at_once[0])
    assert rows(con) == at_once
    assert len(at_once) == 4
