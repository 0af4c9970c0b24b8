"""Whom a listing is aimed at: which evidence makes a target state, what takes precedence, and since when it was known."""

from typing import Any

import pytest

from tests.sql.conftest import Warehouse, check, listing, tell

OF_2023 = "core sanction_lists covered_from covered_until: 2023-01-01 2023-12-31"
VERSION = "core sanction_listings listing_id valid_from known_from known_to valid_to: us_list:1 2023-01-10"
STATED = ("address", "nationality", "registration", "place_of_birth", "remark")
"""Bases that a list states; what is derived of other things is kept apart."""


@pytest.fixture
def listed(warehouse: Warehouse) -> Warehouse:
    """One listing, known since 2023-01-10, of which nothing says a state yet."""
    tell(warehouse, OF_2023, f"{VERSION} 2023-01-10 - -")
    return warehouse


def shows(w: Warehouse, country: str, basis: str, since: str = "2023-01-10", **columns: Any) -> None:
    """Put in what shows a state of a listing: its id, the basis, and since when it is known."""
    row = {"listing_id": "us_list:1", "country_id": country, "basis": basis, "known_from": since} | columns
    if basis in STATED:
        w.put("core.sanction_countries", row)
    else:
        w.put("core.target_evidence", {"strength": "weak" if basis == "flag" else "derived", "evidence": "uscc 9142"} | row)


def targets(w: Warehouse, known: str = "2030-01-01") -> str:
    columns = "target_id, target_basis, country_known_from::DATE"
    return w.told(f"{columns} FROM listing_dyads_as_known(TIMESTAMP '{known}') WHERE target_id IS NOT NULL ORDER BY 1")


@pytest.mark.trap("us_ofac_sdn", "place-of-birth")
@pytest.mark.parametrize(
    ("facts", "known", "expected"),
    [
        ("", "2030-01-01", ""),
        ("CHN place_of_birth, RUS remark, PAN flag", "2030-01-01", ""),
        *((f"CHN {b}", "2030-01-01", f"CHN|{b}|2023-01-10") for b in ("identifier", "other_list", "linked_party", "registry")),
        # what the list states takes precedence, and of it an address before a place of registration
        ("IRN identifier, CHN other_list, CYP registration", "2030-01-01", "CYP|registration|2023-01-10"),
        ("IRN identifier, CYP registration, RUS nationality, CHN address", "2030-01-01",
         "CHN|address|2023-01-10 / RUS|nationality|2023-01-10"),
        # a state that a later snapshot states was not known before, and one that is dropped is none
        ("CHN address 2023-06-01", "2023-05-31", ""),
        ("CHN address 2023-06-01", "2023-06-01", "CHN|address|2023-06-01"),
        ("CHN nationality known_to=2023-06-01, RUS nationality 2023-06-01", "2030-01-01", "RUS|nationality|2023-06-01"),
        # it is known since the first thing that showed it
        ("CHN identifier, CHN address 2023-06-01", "2030-01-01", "CHN|address|2023-01-10"),
        ("CHN identifier, CHN address 2023-06-01", "2023-03-01", "CHN|identifier|2023-01-10"),
        # and a statement takes the place of what was derived before
        ("CYP identifier, RUS nationality 2023-06-01", "2023-03-01", "CYP|identifier|2023-01-10"),
        ("CYP identifier, RUS nationality 2023-06-01", "2030-01-01", "RUS|nationality|2023-06-01"),
    ],
)  # fmt: skip
def test_a_listing_is_aimed_at_the_states_that(listed: Warehouse, facts: str, known: str, expected: str) -> None:
    tell(listed, *(f"shows {fact}" for fact in facts.split(", ") if fact), shows=shows)
    assert targets(listed, known) == expected
    # for its whole life, whenever it became known
    lives = listed.ask("SELECT valid_from FROM marts.listing_dyads WHERE target_id IS NOT NULL")
    assert set(lives) <= {("2023-01-10",)}
    assert (listed.ask("SELECT count(*) FROM marts.dyad_day") == [(0,)]) == (lives == [])


def test_what_shows_a_state_is_kept_with_its_evidence_and_of_a_removed_listing_what_stood_until_its_removal_shows_it(
    listed: Warehouse,
) -> None:
    tell(
        listed, "shows CHN place_of_birth", "shows RUS remark", "shows PAN flag", "shows IRN identifier",
        "country_id, basis, strength, evidence, is_target FROM marts.listing_countries ORDER BY 1 => "
        "CHN|place_of_birth|weak|-|False / IRN|identifier|derived|uscc 9142|True / PAN|flag|weak|uscc 9142|False / "
        "RUS|remark|weak|-|False",
        "UPDATE core.sanction_listings SET known_to = '2023-09-01'", f"{VERSION} 2023-09-01 - 2023-09-01",
        "UPDATE core.target_evidence SET known_to = '2023-02-01' WHERE basis = 'identifier'",
        "shows CHN identifier known_to=2023-09-01", shows=shows,
    )  # fmt: skip
    assert targets(listed) == "CHN|identifier|2023-01-10"


def test_listings_of_no_known_state_are_a_warning_by_year_and_against_the_additions_before_and_stand_beside_every_count(
    warehouse: Warehouse,
) -> None:
    tell(warehouse, "core sanction_lists covered_from covered_until: 2022-01-01 2023-12-31")
    for n in range(40):
        listing(warehouse, n, *(("2022-05-01", None, "CHN") if n < 20 else ("2023-05-01", None, "")))
    warnings = [("us_list", 2023, None, 20, 20), ("us_list", None, "2023-05-01T00:00:00", 20, 20)]
    assert sorted(warehouse.build().ask(check("listing_dyads__targets_are_known")), key=str) == warnings
    tell(
        warehouse, *(f"DELETE FROM core.sanction_{table} WHERE listing_id NOT IN ('us_list:1', 'us_list:30')"
                     for table in ("listings", "events")),
        "source_id, date, * EXCLUDE (source_id, date) FROM target_unknown_days('2023-04-30', '2023-05-02') ORDER BY date => "
        "USA|2023-04-30|0|1|0|0 / USA|2023-05-01|1|2|1|1 / USA|2023-05-02|1|2|0|0",
    )  # fmt: skip


@pytest.fixture
def back(warehouse: Warehouse) -> Warehouse:
    """The listing ended on 2023-03-01, as one of China, and came back on 2023-06-01, as one of Russia, until 2023-09-01."""
    tell(
        warehouse, OF_2023, "listing 1 2023-01-10 2023-03-01 CHN", "listing 1|2023-06-01|2023-09-01|RUS|again= again",
        "INSERT INTO core.official_acts (act_id, date, known_from, authority_id, sort, effect, title, origin, verified_by) "
        "SELECT event_id, event_date, event_date, 'USA.BIS', 'listing', 'imposed', 'ACT', 'reviewed', 'files' "
        "FROM core.sanction_events",
        "INSERT INTO core.official_act_events (act_id, event_id, listing_id, basis) SELECT event_id, event_id, 'us_list:1', "
        "'day' "
        "FROM core.sanction_events",
    )  # fmt: skip
    return warehouse


def test_a_party_that_comes_back_with_another_state_and_what_was_done_to_it_are_of_each_in_its_own_time(back: Warehouse) -> None:
    counts = "target_id, date, n_listings_added, n_listings_removed, n_listings_in_force FROM"
    some = "WHERE source_id = 'USA' AND n_listings_added + n_listings_removed > 0 ORDER BY date => "
    expected = "CHN|2023-01-10|1|0|1 / CHN|2023-03-01|0|1|0 / RUS|2023-06-01|1|0|1 / RUS|2023-09-01|0|1|0"
    acted = "=> CHN|2023-01-10 / CHN|2023-03-01 / RUS|2023-06-01 / RUS|2023-09-01"
    tell(
        back, "target_id, valid_from, valid_to FROM marts.listing_dyads ORDER BY valid_from => "
        "CHN|2023-01-10|2023-03-01 / RUS|2023-06-01|2023-09-01",
        *(f"{counts} {days} {some}{expected}" for days in ("marts.dyad_day",
        "dyad_days_as_known(NULL, NULL, DATE '2024-01-01')")),
        f"target_id, date FROM marts.official_act_dyads ORDER BY date {acted}",
        f"target_id, date FROM marts.timeline WHERE kind = 'sanction' ORDER BY date {acted}",
        "target_id, date, n_listings_added FROM group_panel('CHN', ['RUS'], 'USA', 'day') "
        "WHERE source_id = 'USA' AND n_listings_added > 0 ORDER BY date => CHN|2023-01-10|1 / CHN|2023-06-01|1",
    )  # fmt: skip
    assert targets(back, "2023-06-02") == "CHN|nationality|2023-01-10 / RUS|nationality|2023-06-01"


def test_an_event_whose_day_was_corrected_belongs_to_the_nearest_period(back: Warehouse) -> None:
    tell(
        back, "UPDATE core.sanction_events SET event_date = event_date + 3", "WITH held AS (SELECT * FROM marts.listing_dyads) "
        "SELECT event_id, valid_from FROM other_periods('held', end_of_time()) ORDER BY 2, 1 => "
        "1:added again|2023-01-10 / 1:removed again|2023-01-10 / 1:added|2023-06-01 / 1:removed|2023-06-01",
    )  # fmt: skip
