"""Whom a listing is aimed at: which evidence makes a target state, what takes precedence, and since when it was known."""

from typing import Any

import pytest

from tests.sql.conftest import Warehouse, check, listing

ONE = "us_list:1"
STATED = ("address", "nationality", "registration", "place_of_birth", "remark")
"""Bases that a list states; what is derived of other things is kept apart."""


@pytest.fixture
def listed(warehouse: Warehouse) -> Warehouse:
    """One listing, known since 2023-01-10, of which nothing says a state yet."""
    warehouse.put("core.sanction_lists", {"covered_from": "2023-01-01", "covered_until": "2023-12-31"})
    put_version(warehouse)
    return warehouse


def put_version(w: Warehouse, **columns: Any) -> None:
    row = {"listing_id": ONE, "actor_id": ONE, "name": "PARTY", "valid_from": "2023-01-10", "known_from": "2023-01-10"}
    w.put("core.sanction_listings", row | columns)


def shows(w: Warehouse, fact: str, **columns: Any) -> None:
    """Put in what shows a state of a listing: its id, the basis, and since when it is known."""
    country, basis, since = (*fact.split(), "2023-01-10")[:3]
    row = {"listing_id": ONE, "country_id": country, "basis": basis, "known_from": since} | columns
    if basis in STATED:
        w.put("core.sanction_countries", row)
    else:
        w.put("core.target_evidence", {"strength": "weak" if basis == "flag" else "derived", "evidence": "uscc 9142"} | row)


def targets(w: Warehouse, known: str = "2030-01-01") -> str:
    columns = "target_id, target_basis, country_known_from::DATE"
    rows = w.build().ask(f"SELECT {columns} FROM listing_dyads_as_known(TIMESTAMP '{known}') ORDER BY 1")
    return ", ".join(" ".join(row) for row in rows if None not in row)


@pytest.mark.trap("us_ofac_sdn", "place-of-birth")
@pytest.mark.parametrize(
    ("facts", "known", "expected"),
    [
        ("", "2030-01-01", ""),
        ("CHN place_of_birth, RUS remark, PAN flag", "2030-01-01", ""),
        *((f"CHN {basis}", "2030-01-01", f"CHN {basis} 2023-01-10") for basis in ("identifier", "other_list")),
        *((f"CHN {basis}", "2030-01-01", f"CHN {basis} 2023-01-10") for basis in ("linked_party", "registry")),
        # what the list states takes precedence, and of it an address before a place of registration
        ("IRN identifier, CHN other_list, CYP registration", "2030-01-01", "CYP registration 2023-01-10"),
        ("IRN identifier, CYP registration, RUS nationality, CHN address", "2030-01-01",
         "CHN address 2023-01-10, RUS nationality 2023-01-10"),
        # a state that a later snapshot states was not known before
        ("CHN address 2023-06-01", "2023-05-31", ""),
        ("CHN address 2023-06-01", "2023-06-01", "CHN address 2023-06-01"),
        # it is known since the first thing that showed it
        ("CHN identifier, CHN address 2023-06-01", "2030-01-01", "CHN address 2023-01-10"),
        ("CHN identifier, CHN address 2023-06-01", "2023-03-01", "CHN identifier 2023-01-10"),
        # and a statement takes the place of what was derived before
        ("CYP identifier, RUS nationality 2023-06-01", "2023-03-01", "CYP identifier 2023-01-10"),
        ("CYP identifier, RUS nationality 2023-06-01", "2030-01-01", "RUS nationality 2023-06-01"),
    ],
)  # fmt: skip
def test_a_listing_is_aimed_at_the_states_that(listed: Warehouse, facts: str, known: str, expected: str) -> None:
    for fact in filter(None, facts.split(", ")):
        shows(listed, fact)
    assert targets(listed, known) == expected
    # for its whole life, whenever it became known
    lives = listed.ask("SELECT valid_from FROM marts.listing_dyads WHERE target_id IS NOT NULL")
    assert set(lives) <= {("2023-01-10",)}
    assert (listed.ask("SELECT count(*) FROM marts.dyad_day") == [(0,)]) == (lives == [])


def test_what_shows_a_state_is_kept_with_its_strength_and_its_evidence(listed: Warehouse) -> None:
    for fact in ("CHN place_of_birth", "RUS remark", "PAN flag", "IRN identifier"):
        shows(listed, fact)
    countries = "SELECT country_id, basis, strength, evidence, is_target FROM marts.listing_countries ORDER BY 1"
    assert listed.build().ask(countries) == [
        ("CHN", "place_of_birth", "weak", None, False),
        ("IRN", "identifier", "derived", "uscc 9142", True),
        ("PAN", "flag", "weak", "uscc 9142", False),
        ("RUS", "remark", "weak", None, False),
    ]


def test_of_a_removed_listing_what_stood_until_its_removal_shows_its_state(listed: Warehouse) -> None:
    listed.change("UPDATE core.sanction_listings SET known_to = '2023-09-01'")
    put_version(listed, valid_to="2023-09-01", known_from="2023-09-01")
    shows(listed, "IRN identifier", known_to="2023-02-01")
    shows(listed, "CHN identifier", known_to="2023-09-01")
    assert targets(listed) == "CHN identifier 2023-01-10"


def test_a_listing_of_an_unknown_state_is_a_warning_by_year_of_addition_and_against_the_additions_before(
    warehouse: Warehouse,
) -> None:
    warehouse.put("core.sanction_lists", {"covered_from": "2022-01-01", "covered_until": "2023-12-31"})
    for number in range(40):
        listing(warehouse, number, *(("2022-05-01", None, "CHN") if number < 20 else ("2023-05-01", None, "")))
    warnings = [("us_list", 2023, None, 20, 20), ("us_list", None, "2023-05-01T00:00:00", 20, 20)]
    assert sorted(warehouse.build().ask(check("listing_dyads__targets_are_known")), key=str) == warnings


def test_beside_counts_by_state_stands_how_many_listings_have_none(listed: Warehouse) -> None:
    listing(listed, 2, "2023-01-11")
    listed.change("DELETE FROM core.sanction_events")
    query = "FROM target_unknown_days('2023-01-09', '2023-01-12') ORDER BY date"
    counts = [(0, 0, 0, 0), (1, 1, 1, 1), (1, 2, 0, 1), (1, 2, 0, 0)]
    assert listed.build().ask(query) == [("USA", f"2023-01-{day:02}", *of_day) for day, of_day in enumerate(counts, 9)]


@pytest.fixture
def back(warehouse: Warehouse) -> Warehouse:
    """The listing ended on 2023-03-01, as one of China, and came back on 2023-06-01, as one of Russia, until 2023-09-01."""
    w = warehouse
    w.put("core.sanction_lists", {"covered_from": "2023-01-01", "covered_until": "2023-12-31"})
    listing(w, 1, "2023-01-10", "2023-03-01", "CHN")
    listing(w, 1, "2023-06-01", "2023-09-01", "RUS", again=" again")
    for event_id, day in w.ask("SELECT event_id, event_date FROM core.sanction_events"):
        w.put("core.official_acts", {"act_id": event_id, "date": day, "known_from": day})
        w.put("core.official_act_events", {"act_id": event_id, "event_id": event_id, "listing_id": ONE})
    return w


def test_a_party_that_comes_back_with_another_state_is_of_each_in_its_own_time(back: Warehouse) -> None:
    rows = back.build().ask("SELECT target_id, valid_from, valid_to FROM marts.listing_dyads ORDER BY valid_from")
    assert rows == [("CHN", "2023-01-10", "2023-03-01"), ("RUS", "2023-06-01", "2023-09-01")]
    assert targets(back, "2023-06-02") == "CHN nationality 2023-01-10, RUS nationality 2023-06-01"


def test_what_was_done_to_a_party_that_comes_back_with_another_state_counts_for_the_state_of_then(back: Warehouse) -> None:
    expected = [
        ("CHN", "2023-01-10", 1, 0, 1), ("CHN", "2023-03-01", 0, 1, 0),
        ("RUS", "2023-06-01", 1, 0, 1), ("RUS", "2023-09-01", 0, 1, 0),
    ]  # fmt: skip
    counts = "SELECT target_id, date, n_listings_added, n_listings_removed, n_listings_in_force"
    some = "WHERE source_id = 'USA' AND n_listings_added + n_listings_removed > 0 ORDER BY date"
    w = back.build()
    for days in ("marts.dyad_day", "dyad_days_as_known(NULL, NULL, DATE '2024-01-01')"):
        assert w.ask(f"{counts} FROM {days} {some}") == expected
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
        "FROM other_periods('held', end_of_time()) ORDER BY 2, 1"
    )
    of_first, of_second = ("1:added again", "1:removed again"), ("1:added", "1:removed")
    assert rows == [*((e, "2023-01-10") for e in of_first), *((e, "2023-06-01") for e in of_second)]
