"""Panels with the codes of states, and the years of states that they are joined by."""

import pytest

from assets.actors import registry, state_codes
from assets.schema import SQL
from pipelines.publish.meta import insert
from tests.sql.conftest import Warehouse
from tests.sql.test_marts import event


@pytest.fixture
def coded(warehouse: Warehouse) -> Warehouse:
    warehouse.con.execute("DELETE FROM core.actors")
    insert(warehouse.con, "core.actors", registry.actors())
    insert(warehouse.con, "core.actor_codes", state_codes.codes())
    return warehouse


def test_a_panel_has_the_codes_of_both_sides_in_its_year(coded: Warehouse) -> None:
    coded.put("core.events", event(1, "2005-11-01", "USA", "SRB"), event(2, "2007-11-01", "USA", "SRB"))
    assert coded.build().ask(
        "WITH panel AS (FROM dyad_panel('USA', 'SRB', 'year')) "
        "SELECT date, n_events, ccode1, ccode2, gwcode1, gwcode2, target_iso3 "
        "FROM with_codes('panel') WHERE source_id = 'USA' ORDER BY ALL"
    ) == [
        ("2005-01-01", 1, 2, 345, 2, 345, "SCG"),
        ("2006-01-01", None, 2, 345, 2, 340, "SRB"),
        ("2007-01-01", 1, 2, 345, 2, 340, "SRB"),
    ]


def test_in_the_year_of_a_change_the_code_of_its_last_day_holds(coded: Warehouse) -> None:
    states = "('DEU', 'DDR', 'CSK', 'CZE')"
    query = f"SELECT actor_id, ccode FROM marts.state_years WHERE year = ? AND actor_id IN {states} ORDER BY ALL"
    coded.build()
    assert coded.ask(query, 1990) == [("CSK", 315), ("CZE", None), ("DDR", 265), ("DEU", 255)]
    assert coded.ask(query, 1993) == [("CZE", 316), ("DEU", 255)]


def test_no_year_has_a_code_twice(coded: Warehouse) -> None:
    check = (SQL / "checks/state_years__code_stands_for_one_state.sql").read_text(encoding="utf-8")
    assert coded.build().ask(check) == []
    coded.put("core.actor_codes", {"scheme": "cow", "code": "2", "actor_id": "ABW", "valid_from": "2020-01-01"})
    coded.put("core.events", event(1, "2022-11-01", "USA", "CAN"))
    found = coded.build().ask(check)
    assert [row for row in found if row[0] == 2022] == [(2022, "cow", "2", ["ABW", "USA"])]
