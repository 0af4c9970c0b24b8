"""Cases of sanctions, and what is here of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

CASES = """WITH cases AS (
    SELECT * FROM (VALUES
        ('listed', 'USA', 'CHN', DATE '2021-01-01', NULL::DATE),
        ('before it', 'USA', 'CHN', DATE '2019-06-01', DATE '2020-06-04'),
        ('acted', 'USA', 'RUS', DATE '2021-03-01', DATE '2021-03-31'),
        ('nothing', 'USA', 'RUS', DATE '2021-04-01', DATE '2021-04-30'),
        ('long ago', 'USA', 'RUS', DATE '1991-08-19', DATE '1991-08-22'),
        ('others', NULL, 'RUS', DATE '2021-01-01', NULL)
    ) AS t (case_id, source_id, target_id, from_date, to_date)
)
"""


@pytest.fixture
def held(warehouse: Warehouse) -> Warehouse:
    warehouse.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    listing = {"listing_id": "us_list:1", "actor_id": "us_list:1", "name": "A", "valid_from": "2020-06-05"}
    warehouse.put("core.sanction_listings", listing | {"known_from": "2020-06-05"})
    warehouse.put("core.sanction_countries", {"listing_id": "us_list:1", "country_id": "CHN"})
    warehouse.put("core.official_acts", {"act_id": "x", "date": "2021-03-31", "date_announced": "2021-03-31"})
    warehouse.put("core.official_act_states", {"act_id": "x", "state_id": "RUS"})
    return warehouse.build()


def test_a_case_has_what_was_in_force_or_done_while_it_went_on(held: Warehouse) -> None:
    found = held.ask(CASES + "SELECT case_id, n_listings, n_acts, verdict FROM case_cover('cases') ORDER BY case_id")
    assert found == [
        ("acted", 0, 1, "acts"),
        ("before it", 0, 0, "none, covered"),
        ("listed", 1, 0, "listings"),
        ("long ago", 0, 0, "none, not covered"),
        ("nothing", 0, 0, "none, covered"),
        ("others", None, None, "not looked up"),
    ]
