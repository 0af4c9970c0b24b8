"""What the explorer reads: pairs of states, parties by name, and a party's life as known at a moment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipelines.explore import pair_view, party_life

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

COVERED = {"covered_from": "2019-01-01", "covered_until": "2023-12-31"}


@pytest.fixture(scope="module")
def listed(shared: Warehouse) -> Warehouse:
    """A party on two lists, taken off one; a namesake of another state; and an event of another pair."""
    w = shared
    w.put("core.sanction_lists", {"list_id": "us_list", **COVERED}, {"list_id": "us_other", "name": "Other List", **COVERED})
    for number, (listing, list_id, actor, state) in enumerate(
        (("us_list:1", "us_list", "P", "CHN"), ("us_other:9", "us_other", "P", "CHN"), ("us_list:2", "us_list", "Q", "RUS"))
    ):
        day = f"2020-01-0{number + 1}"
        w.put("core.actors", {"actor_id": f"{actor}{number}", "kind": "party", "name": actor, "country_id": state})
        w.put("core.sanction_listings", {"listing_id": listing, "list_id": list_id, "actor_id": actor, "name": "Hua Xing Optics",
              "valid_from": day, "valid_from_basis": "source_field", "known_from": f"{day} 12:00",
              "valid_to": "2023-05-01" if listing == "us_other:9" else None,
              "valid_to_basis": "source_field" if listing == "us_other:9" else None})  # fmt: skip
        w.put("core.sanction_countries", {"listing_id": listing, "country_id": state, "known_from": day})
        w.put("core.sanction_names", {"listing_id": listing, "name": "Hua Xing Optics", "kind": "primary", "known_from": day})
        w.put("core.sanction_events", {"event_id": f"{listing}:added", "event_date": day, "kind": "added", "listing_id": listing,
              "list_id": list_id, "known_at": f"{day} 12:00", "country_id": state})  # fmt: skip
    w.put("core.sanction_events", {"event_id": "us_other:9:removed", "event_date": "2023-05-01", "kind": "removed",
          "listing_id": "us_other:9", "list_id": "us_other", "known_at": "2023-05-01 12:00", "country_id": "CHN"})  # fmt: skip
    w.put(
        "core.sanction_programs",
        {"listing_id": "us_list:1", "program": "NPWMD", "program_raw": "NPWMD", "known_from": "2020-01-01"},
    )
    w.put("core.events", {"event_id": "e", "event_date": "2023-11-15", "source_id": "CHN", "source_country_id": "CHN",
          "target_id": "RUS", "target_country_id": "RUS", "plover_event": "CONSULT", "origin": "articles"})  # fmt: skip
    return w.build()


def test_each_pair_is_offered_from_both_sides_and_the_first_is_that_of_the_project(listed: Warehouse) -> None:
    found = pair_view.pairs(listed.con)
    assert list(found) == ["USA (USA)", "CHN (CHN)", "RUS (RUS)"]
    assert list(found["USA (USA)"].values()) == [("USA", "CHN"), ("USA", "RUS")]
    assert list(found["CHN (CHN)"]) == ["USA (USA)", "RUS (RUS)"]
    assert found["RUS (RUS)"]["CHN (CHN)"] == ("RUS", "CHN")


def test_a_party_is_found_once_with_all_its_lists_and_a_namesake_apart(listed: Warehouse) -> None:
    hits = party_life.find(listed.con, "optics hua xing")
    assert [(h["actor_id"], h["lists"], h["target_ids"], h["n_listings"]) for h in hits] == [
        ("P", "us_list, us_other", "CHN", 2),
        ("Q", "us_list", "RUS", 1),
    ]
    assert party_life.find(listed.con, "nobody of that name") == []
    assert party_life.find(listed.con, "  ") == []


def test_a_partys_life_has_its_listings_changes_and_names_and_as_known_does_not_look_ahead(listed: Warehouse) -> None:
    found = party_life.life(listed.con, "P", None)
    assert [(r["listing_id"], r["valid_to"], r["programs"]) for r in found.listings] == [
        ("us_list:1", None, "NPWMD"),
        ("us_other:9", date(2023, 5, 1), None),
    ]
    assert [(r["event_date"], r["kind"]) for r in found.changes] == [
        (date(2023, 5, 1), "removed"),
        (date(2020, 1, 2), "added"),
        (date(2020, 1, 1), "added"),
    ]
    assert [(r["name"], r["lists"]) for r in found.names] == [("Hua Xing Optics", "us_list, us_other")]
    found = party_life.life(listed.con, "P", date(2020, 1, 2))
    assert [(r["listing_id"], r["vintage_age_days"]) for r in found.listings] == [("us_list:1", 1)]
    assert [r["event_date"] for r in found.changes] == [date(2020, 1, 1)]
    assert party_life.life(listed.con, "P", date(2019, 6, 1)).listings == []
