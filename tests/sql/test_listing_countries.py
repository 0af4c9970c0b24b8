"""Whom a listing is aimed at: which evidence makes a target state, what takes precedence, and since when it was known."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.conftest import Warehouse, check

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


@pytest.mark.trap("us_ofac_sdn", "place-of-birth")
def test_nothing_a_place_of_birth_a_remark_or_a_flag_makes_no_target_state_and_is_shown_as_weak(listed: Warehouse) -> None:
    assert targets(listed) == [(None, None, None)]
    state(listed, "CHN", "place_of_birth")
    state(listed, "RUS", "remark")
    tell(listed, "PAN", "flag")
    assert targets(listed) == [(None, None, None)]
    assert listed.ask("SELECT country_id, basis, strength, is_target FROM marts.listing_countries ORDER BY 1") == [
        ("CHN", "place_of_birth", "weak", False), ("PAN", "flag", "weak", False), ("RUS", "remark", "weak", False),
    ]  # fmt: skip
    assert listed.ask("SELECT count(*) FROM marts.dyad_day") == [(0,)]


@pytest.mark.parametrize("basis", ["identifier", "other_list", "linked_party", "registry"])
def test_what_else_shows_a_state_makes_it_a_target_where_the_list_states_none(listed: Warehouse, basis: str) -> None:
    tell(listed, "CHN", basis)
    assert targets(listed) == [("CHN", basis, "2023-01-10T00:00:00")]
    assert listed.ask("SELECT strength, evidence, is_target FROM marts.listing_countries") == [("derived", "uscc 9142", True)]


def test_what_the_list_states_takes_precedence_and_of_it_an_address_before_a_place_of_registration(listed: Warehouse) -> None:
    tell(listed, "IRN", "identifier")
    tell(listed, "CHN", "other_list")
    state(listed, "CYP", "registration")
    assert [t[:2] for t in targets(listed)] == [("CYP", "registration")]
    state(listed, "RUS", "nationality")
    state(listed, "CHN", "address")
    assert [t[:2] for t in targets(listed)] == [("CHN", "address"), ("RUS", "nationality")]


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
        of = {"listing_id": f"us_list:{number}"}
        put_version(warehouse, **of, valid_from=day, known_from=day)
        if number < 20:
            state(warehouse, "CHN", "nationality", **of, known_from=day)
    assert sorted(warehouse.build().ask(check("listing_dyads__targets_are_known")), key=str) == [
        ("us_list", 2023, None, 20, 20),
        ("us_list", None, "2023-05-01T00:00:00", 20, 20),
    ]


def test_beside_counts_by_state_stands_how_many_listings_have_none(listed: Warehouse) -> None:
    of, known = {"listing_id": "us_list:2"}, {"known_from": "2023-01-11"}
    put_version(listed, **of, **known, valid_from="2023-01-11")
    state(listed, "CHN", "nationality", **of, **known)
    query = "FROM target_unknown_days('2023-01-09', '2023-01-12') ORDER BY date"
    counts = [(0, 0, 0, 0), (1, 1, 1, 1), (1, 2, 0, 1), (1, 2, 0, 0)]
    assert listed.build().ask(query) == [("USA", f"2023-01-{day:02}", *of_day) for day, of_day in enumerate(counts, 9)]


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
