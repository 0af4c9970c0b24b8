"""Whom a listing is aimed at: which evidence makes a target state, what takes precedence, and since when it was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from assets.schema import SQL

if TYPE_CHECKING:
    from conftest import Warehouse

ONE = "us_list:1"


@pytest.fixture
def listed(warehouse: Warehouse) -> Warehouse:
    """One listing, known since 2023-01-10, of which nothing says a state yet."""
    warehouse.put("core.sanction_lists", {"covered_from": "2023-01-01", "covered_until": "2023-12-31"})
    put_version(warehouse)
    return warehouse


def put_version(w: Warehouse, **columns: Any) -> None:
    row = {"listing_id": ONE, "actor_id": ONE, "name": "PARTY", "valid_from": "2023-01-10", "known_from": "2023-01-10"}
    w.put("core.sanction_listings", row | columns)


def state(w: Warehouse, country: str, basis: str, **columns: Any) -> None:
    w.put(
        "core.sanction_countries",
        {"listing_id": ONE, "country_id": country, "basis": basis, "known_from": "2023-01-10"} | columns,
    )


def tell(w: Warehouse, country: str, basis: str, **columns: Any) -> None:
    strength = "weak" if basis == "flag" else "derived"
    row = {"listing_id": ONE, "country_id": country, "basis": basis, "strength": strength, "evidence": "uscc 9142"}
    w.put("core.target_evidence", row | {"known_from": "2023-01-10"} | columns)


def targets(w: Warehouse, known: str = "2030-01-01") -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = w.build().ask(
        f"SELECT target_id, target_basis, country_known_from FROM listing_dyads_as_known(TIMESTAMP '{known}') ORDER BY 1"
    )
    return rows


def test_a_listing_of_which_nothing_shows_a_state_has_none(listed: Warehouse) -> None:
    assert targets(listed) == [(None, None, None)]


@pytest.mark.parametrize("basis", ["place_of_birth", "remark"])
def test_a_place_of_birth_and_a_remark_make_no_target_state_and_are_shown_as_weak(listed: Warehouse, basis: str) -> None:
    state(listed, "CHN", basis)
    assert targets(listed) == [(None, None, None)]
    assert listed.ask("SELECT country_id, basis, strength, is_target FROM marts.listing_countries") == [
        ("CHN", basis, "weak", False)
    ]


def test_a_flag_makes_no_target_state(listed: Warehouse) -> None:
    tell(listed, "PAN", "flag")
    assert targets(listed) == [(None, None, None)]


@pytest.mark.parametrize("basis", ["identifier", "other_list", "linked_party", "registry"])
def test_what_else_shows_a_state_makes_it_a_target_where_the_list_states_none(listed: Warehouse, basis: str) -> None:
    tell(listed, "CHN", basis)
    assert targets(listed) == [("CHN", basis, "2023-01-10T00:00:00")]
    assert listed.ask("SELECT strength, evidence, is_target FROM marts.listing_countries") == [("derived", "uscc 9142", True)]


def test_what_the_list_states_takes_precedence_over_what_else_shows_a_state(listed: Warehouse) -> None:
    state(listed, "RUS", "nationality")
    state(listed, "CHN", "address")
    state(listed, "CYP", "registration")
    tell(listed, "IRN", "identifier")
    assert [t[:2] for t in targets(listed)] == [("CHN", "address"), ("RUS", "nationality")]


def test_a_place_of_registration_comes_after_an_address_and_before_the_issuer_of_a_number(listed: Warehouse) -> None:
    state(listed, "CYP", "registration")
    tell(listed, "RUS", "identifier")
    tell(listed, "CHN", "other_list")
    assert [t[:2] for t in targets(listed)] == [("CYP", "registration")]


def test_a_state_that_a_later_snapshot_states_counts_for_the_whole_life_and_was_not_known_before(listed: Warehouse) -> None:
    state(listed, "CHN", "address", known_from="2023-06-01")
    assert targets(listed, "2023-05-31") == [(None, None, None)]
    assert targets(listed, "2023-06-01") == [("CHN", "address", "2023-06-01T00:00:00")]
    assert listed.ask("SELECT valid_from FROM marts.listing_dyads WHERE target_id = 'CHN'") == [("2023-01-10",)]


def test_a_state_is_known_since_the_first_thing_that_showed_it(listed: Warehouse) -> None:
    tell(listed, "CHN", "identifier")
    state(listed, "CHN", "address", known_from="2023-06-01")
    assert targets(listed) == [("CHN", "address", "2023-01-10T00:00:00")]
    assert targets(listed, "2023-03-01") == [("CHN", "identifier", "2023-01-10T00:00:00")]


def test_a_statement_that_comes_later_takes_the_place_of_what_was_derived_before(listed: Warehouse) -> None:
    tell(listed, "CYP", "identifier")
    state(listed, "RUS", "nationality", known_from="2023-06-01")
    assert [t[0] for t in targets(listed, "2023-03-01")] == ["CYP"]
    assert [t[0] for t in targets(listed)] == ["RUS"]


def test_of_a_removed_listing_what_stood_until_its_removal_shows_its_state(listed: Warehouse) -> None:
    listed.change("UPDATE core.sanction_listings SET known_to = '2023-09-01'")
    put_version(listed, valid_to="2023-09-01", known_from="2023-09-01")
    tell(listed, "IRN", "identifier", known_to="2023-02-01")
    tell(listed, "CHN", "identifier", known_to="2023-09-01")
    assert [t[0] for t in targets(listed)] == ["CHN"]


def test_a_listing_of_an_unknown_state_is_a_warning_by_year_of_addition_and_against_the_additions_before(
    warehouse: Warehouse,
) -> None:
    warehouse.put("core.sanction_lists", {"covered_from": "2022-01-01", "covered_until": "2023-12-31"})
    for number in range(40):
        day = "2022-05-01" if number < 20 else "2023-05-01"
        row = {
            "listing_id": f"us_list:{number}",
            "actor_id": f"us_list:{number}",
            "name": "P",
            "valid_from": day,
            "known_from": day,
        }
        warehouse.put("core.sanction_listings", row)
        if number < 20:
            warehouse.put("core.sanction_countries", {"listing_id": f"us_list:{number}", "country_id": "CHN", "known_from": day})
    query = (SQL / "checks" / "listing_dyads__targets_are_known.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
    assert sorted(warehouse.build().ask(query), key=str) == [
        ("us_list", 2023, None, 20, 20),
        ("us_list", None, "2023-05-01T00:00:00", 20, 20),
    ]


def test_beside_counts_by_state_stands_how_many_listings_have_none(listed: Warehouse) -> None:
    row = {
        "listing_id": "us_list:2",
        "actor_id": "us_list:2",
        "name": "OTHER",
        "valid_from": "2023-01-11",
        "known_from": "2023-01-11",
    }
    listed.put("core.sanction_listings", row)
    listed.put("core.sanction_countries", {"listing_id": "us_list:2", "country_id": "CHN", "known_from": "2023-01-11"})
    query = "FROM target_unknown_days('2023-01-09', '2023-01-12') ORDER BY date"
    assert listed.build().ask(query) == [
        ("USA", "2023-01-09", 0, 0, 0, 0),
        ("USA", "2023-01-10", 1, 1, 1, 1),
        ("USA", "2023-01-11", 1, 2, 0, 1),
        ("USA", "2023-01-12", 1, 2, 0, 0),
    ]


@pytest.fixture
def back(listed: Warehouse) -> Warehouse:
    """The listing ended on 2023-03-01, as one of China, and came back on 2023-06-01, as one of Russia, until 2023-09-01."""
    w = listed
    w.con.execute("UPDATE core.sanction_listings SET known_to = '2023-03-01'")
    put_version(w, valid_to="2023-03-01", known_from="2023-03-01")
    state(w, "CHN", "nationality", known_to="2023-03-01")
    put_version(w, valid_from="2023-06-01", known_from="2023-06-01", known_to="2023-09-01")
    put_version(w, valid_from="2023-06-01", known_from="2023-09-01", valid_to="2023-09-01")
    state(w, "RUS", "nationality", known_from="2023-06-01", known_to="2023-09-01")
    for kind, day in (("added", "2023-01-10"), ("removed", "2023-03-01"), ("added", "2023-06-01"), ("removed", "2023-09-01")):
        row = {"event_id": f"{ONE}:{kind}:{day}", "listing_id": ONE, "kind": kind, "event_date": day, "known_at": day}
        w.put("core.sanction_events", row)
        w.put("core.official_acts", {"act_id": f"{kind} {day}", "date": day, "known_from": day})
        w.put("core.official_act_events", {"act_id": f"{kind} {day}", "event_id": row["event_id"], "listing_id": ONE})
    return w


def test_a_party_that_comes_back_with_another_state_is_of_each_in_its_own_time(back: Warehouse) -> None:
    rows = back.build().ask("SELECT target_id, valid_from, valid_to FROM marts.listing_dyads ORDER BY valid_from")
    assert rows == [("CHN", "2023-01-10", "2023-03-01"), ("RUS", "2023-06-01", "2023-09-01")]
    assert targets(back, "2023-06-02") == [
        ("CHN", "nationality", "2023-01-10T00:00:00"),
        ("RUS", "nationality", "2023-06-01T00:00:00"),
    ]


def test_what_was_done_to_a_party_that_comes_back_with_another_state_counts_for_the_state_of_then(back: Warehouse) -> None:
    expected = [
        ("CHN", "2023-01-10", 1, 0, 1), ("CHN", "2023-03-01", 0, 1, 0),
        ("RUS", "2023-06-01", 1, 0, 1), ("RUS", "2023-09-01", 0, 1, 0),
    ]  # fmt: skip
    counts = "SELECT target_id, date, n_listings_added, n_listings_removed, n_listings_in_force"
    some = "WHERE source_id = 'USA' AND n_listings_added + n_listings_removed > 0 ORDER BY date"
    w = back.build()
    assert w.ask(f"{counts} FROM marts.dyad_day {some}") == expected
    assert w.ask(f"{counts} FROM (FROM dyad_days_as_known(NULL, NULL, DATE '2024-01-01')) {some}") == expected
    acted = [(state, day) for state, day, *_ in expected]
    assert w.ask("SELECT target_id, date FROM marts.official_act_dyads ORDER BY date") == acted
    assert w.ask("SELECT target_id, date FROM marts.timeline WHERE kind = 'sanction' ORDER BY date") == acted
    assert w.ask(
        "SELECT target_id, date, n_listings_added FROM group_panel('CHN', ['RUS'], 'USA', 'day') "
        "WHERE source_id = 'USA' AND n_listings_added > 0 ORDER BY date"
    ) == [("CHN", "2023-01-10", 1), ("CHN", "2023-06-01", 1)]


def test_an_event_whose_day_was_corrected_belongs_to_the_nearest_period(back: Warehouse) -> None:
    back.con.execute("UPDATE core.sanction_events SET event_date = event_date + 3")
    rows = back.build().ask(
        "WITH held AS (SELECT * FROM marts.listing_dyads) SELECT event_id, valid_from "
        "FROM other_periods('held', end_of_time()) ORDER BY 1"
    )
    assert rows == [
        (f"{ONE}:added:2023-01-10", "2023-06-01"),
        (f"{ONE}:added:2023-06-01", "2023-01-10"),
        (f"{ONE}:removed:2023-03-01", "2023-06-01"),
        (f"{ONE}:removed:2023-09-01", "2023-01-10"),
    ]
