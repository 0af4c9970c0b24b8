"""Lists by target state, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse


@pytest.fixture(scope="module")
def lists(shared: Warehouse) -> Warehouse:
    """A list with one party from before, one added and removed, and one of two states that was suspended for a week."""
    w = shared
    w.put("core.sanction_lists", {"covered_from": "2023-11-01", "covered_until": "2023-12-31"})
    for number, (start, end) in enumerate(((None, None), ("2023-11-10", "2023-11-20"), ("2023-11-10", None))):
        listing_id = f"us_list:{number}"
        basis = "left_censored" if start is None else "snapshot_diff"
        w.put("core.sanction_listings", {"listing_id": listing_id, "actor_id": listing_id, "name": f"PARTY {number}",
              "valid_from": start, "valid_to": end, "valid_from_basis": basis})  # fmt: skip
        w.put("core.sanction_countries", {"listing_id": listing_id, "country_id": "CHN"})
    w.put("core.sanction_countries", {"listing_id": "us_list:2", "country_id": "RUS"})
    w.put("core.sanction_statuses", {"listing_id": "us_list:2", "status": "suspended", "valid_from": "2023-11-12",
          "valid_to": "2023-11-19", "known_from": "2023-11-12"})  # fmt: skip
    return w.build()


def test_every_day_of_a_span_is_there_once_with_its_changes_and_what_stands(lists: Warehouse) -> None:
    columns = "n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force"
    days = lists.ask(f"SELECT target_id, date, {columns} FROM list_days('2023-11-01', '2023-12-31') ORDER BY ALL")
    assert len(days) == len({row[:2] for row in days}) == 3 * 61, "a target without a listing has none"
    found = {(target, day[5:]): counts for target, day, *counts in days}
    china = {
        "11-09": [0, 0, 0, 0, 1, 1], "11-10": [2, 0, 0, 0, 3, 3], "11-11": [0, 0, 0, 0, 3, 3], "11-12": [0, 0, 1, 0, 3, 2],
        "11-19": [0, 0, 0, 1, 3, 3], "11-20": [0, 1, 0, 0, 2, 2], "12-31": [0, 0, 0, 0, 2, 2],
    }  # fmt: skip
    assert {day: found["CHN", day] for day in china} == china
    assert (found["RUS", "11-15"], found["ALL", "11-10"]) == ([0, 0, 0, 0, 1, 0], [2, 0, 0, 0, 3, 3])
    later = f"SELECT DISTINCT {columns} FROM list_days('2024-06-01', '2024-06-01')"
    assert lists.ask(later) == [(None,) * 6]
