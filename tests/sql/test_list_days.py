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


def counts(w: Warehouse, target: str, day: str) -> list[tuple[object, ...]]:
    return w.ask(
        "SELECT n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force FROM list_days(?, ?) WHERE target_id = ?",
        day,
        day,
        target,
    )


@pytest.mark.parametrize(
    ("target", "day", "row"),
    [
        ("CHN", "2023-11-09", (0, 0, 0, 0, 1, 1)),
        ("CHN", "2023-11-10", (2, 0, 0, 0, 3, 3)),
        ("CHN", "2023-11-11", (0, 0, 0, 0, 3, 3)),
        ("CHN", "2023-11-12", (0, 0, 1, 0, 3, 2)),
        ("CHN", "2023-11-19", (0, 0, 0, 1, 3, 3)),
        ("CHN", "2023-11-20", (0, 1, 0, 0, 2, 2)),
        ("CHN", "2023-12-31", (0, 0, 0, 0, 2, 2)),
        ("CHN", "2024-06-01", (None, None, None, None, None, None)),
        ("RUS", "2023-11-15", (0, 0, 0, 0, 1, 0)),
        ("ALL", "2023-11-10", (2, 0, 0, 0, 3, 3)),
    ],
)
def test_a_day_has_its_changes_and_what_stands(lists: Warehouse, target: str, day: str, row: tuple[int, ...]) -> None:
    assert counts(lists, target, day) == [row]


def test_every_day_of_a_span_is_there_once_and_a_target_without_a_listing_has_none(lists: Warehouse) -> None:
    assert counts(lists, "IRN", "2023-11-10") == []
    rows = lists.ask("SELECT count(*), count(DISTINCT date) FROM list_days('2023-11-01', '2023-11-30') WHERE target_id = 'CHN'")
    assert rows == [(30, 30)]
