"""The checks of sql/checks on the sanctions tables: each holds on a sound history and finds what it is for."""

from datetime import date
from typing import Any

import pytest

from assets.sanctions.domain import EVERY
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac.remarks import reader
from assets.sanctions.party_history import TABLES
from pipelines.checks.expectations import from_checks, from_headers
from tests.sanctions.conftest import COUNTRY_IDS, Memory, offending, vintage

SPOILS = {
    "sanction_listings: no_two_versions_at_once": "UPDATE core.sanction_listings SET known_to = NULL",
    "sanction_listings: dates_in_range": "UPDATE core.sanction_listings SET valid_to_earliest = DATE '0023-01-09'",
    "sanction_listings: dates_as_lists_state_them": "UPDATE core.sanction_listings SET valid_from = valid_from + 90",
    "sanction_listings: bounds_where_dated_by_comparison": "UPDATE core.sanction_listings SET valid_to_earliest = NULL",
    "sanction_listings: one_actor_each": "UPDATE core.sanction_listings SET actor_id = 'x' WHERE valid_to IS NOT NULL",
    "sanction_listings: begin_with_an_event": "DELETE FROM core.sanction_events WHERE kind = 'reissued'",
    "sanction_listings: end_with_an_event": "DELETE FROM core.sanction_events WHERE kind = 'removed'",
    "sanction_listings: most_have_a_program": "DELETE FROM core.sanction_programs",
    "sanction_lists: covered_where_it_has_listings": "UPDATE core.sanction_lists SET covered_until = NULL",
    "list_coverage: spans_do_not_overlap": "INSERT INTO core.list_coverage "
    "SELECT * REPLACE (covered_from + 1 AS covered_from) FROM core.list_coverage",
    "list_coverage: says_something_of_every_list": "DELETE FROM core.list_coverage",
    "sanction_programs: belong_to_a_listing": "UPDATE core.sanction_programs SET listing_id = 'x'",
    "sanction_programs: no_two_versions_at_once": "UPDATE core.sanction_programs SET known_to = NULL",
    "sanction_programs: end_with_the_listing": "DELETE FROM core.sanction_programs WHERE valid_to IS NOT NULL; "
    "UPDATE core.sanction_programs SET known_to = NULL",
    "sanction_programs: canonical_by_the_aliases": "UPDATE core.sanction_programs SET program_raw = 'ILLICIT-DRUGS-EO'",
    "sanction_names: belong_to_a_listing": "UPDATE core.sanction_names SET listing_id = 'x'",
    "sanction_names: one_primary_name_in_force": "UPDATE core.sanction_names SET name = 'X' WHERE kind = 'primary'",
    "sanction_countries: belong_to_a_listing": "UPDATE core.sanction_countries SET listing_id = 'x'",
    "sanction_identifiers: ship_numbers_are_seven_digits": "INSERT INTO core.sanction_identifiers "
    "SELECT i.* REPLACE ('imo' AS scheme, range || '1234567' AS value) FROM core.sanction_identifiers AS i, range(9) "
    "WHERE known_to IS NULL",
    "sanction_birth_dates: in_range": "UPDATE core.sanction_birth_dates SET born_from = DATE '0070-01-01'",
    "sanction_links: point_to_who_bears_the_name": "UPDATE core.sanction_links SET linked_listing_id = listing_id",
    "sanction_notes: few_unread": "UPDATE core.sanction_notes SET kind = 'unread'",
    "sanction_statuses: lie_within_a_listing": "UPDATE core.sanction_statuses SET listing_id = 'x'",
    "sanction_statuses: no_two_at_once": "INSERT INTO core.sanction_statuses "
    "SELECT * REPLACE (valid_from + 1 AS valid_from) FROM core.sanction_statuses",
    "sanction_statuses: begin_with_an_event": "DELETE FROM core.sanction_events WHERE kind = 'suspended'",
    "sanction_events: belong_to_a_listing": "UPDATE core.sanction_events SET known_at = TIMESTAMP '2000-01-01'",
    "sanction_events: additions_and_removals_balance": "DELETE FROM core.sanction_events WHERE kind = 'added'",
    "sanction_events: not_after_the_snapshot": "UPDATE core.sanction_events SET event_date = event_date + 2",
    "sanction_events: dates_in_range": "UPDATE core.sanction_events SET event_date = event_date + 900",
    "sanction_events: reissued_without_a_gap": "UPDATE core.sanction_listings SET valid_to = valid_to - 1",
    "sanction_events: days_of_the_rule": "UPDATE core.sanction_events SET date_published = event_date + 1",
    "sanction_events: few_modified_in_one_snapshot": "INSERT INTO core.sanction_events "
    "SELECT sanction_events.* FROM core.sanction_events, range(101) WHERE kind = 'modified'",
}
SPOILED_HEADERS = {
    "stand_once": "INSERT INTO {t} SELECT * REPLACE (known_from + INTERVAL 1 HOUR AS known_from) FROM {t}",
    "closed_with_the_listing": "UPDATE {t} SET known_to = NULL",
}
SPOILS |= {
    f"{e.table.removeprefix('core.')}: {e.name}": SPOILED_HEADERS[e.name].format(t=e.table)
    for e in from_headers()
    # what is made across the lists is asked where that is tested
    if e.table.startswith("core.") and e.table.removeprefix("core.") not in TABLES
}


TEXT = (
    "DOB 1970; POB Wuhan, China; nationality China; Passport C1 (China); Gender Male; Vessel Registration Identification IMO "
    "9187629; Linked To: BETA."
)


@pytest.fixture(scope="module")
def sound() -> Any:
    """A history with every kind of change: addition, removal, edit, programs, a re-issued id, stated dates, a suspension."""
    a = {"native_id": "1", "name": "ALPHA", "remarks": TEXT}
    b, c = {"native_id": "2", "name": "BETA", "remarks": TEXT}, {"native_id": "3", "name": "GAMMA"}
    d, e = {"native_id": "4", "name": "DELTA"}, {"native_id": "6", "name": "EPSILON", "listed_on": date(2022, 5, 1)}
    where = [("1", "China"), ("2", "Iran")]
    paused = {"native_id": "6", "status": "suspended", "valid_from": date(2022, 8, 1), "valid_to": date(2022, 9, 1)}
    more = {"statuses": [paused]}
    snapshots = [
        vintage("2023-01-02T15:00", [a, b, c, e], addresses=where, details=more),
        vintage("2023-01-09T15:00", [a | {"title": "Director"}, b, c, d, e], addresses=where, details=more),
        vintage("2023-01-16T15:00", [a, c | {"native_id": "5"}, d | {"programs": "IRAN"}, e | {"ends_on": date(2023, 1, 12)}],
         addresses=where[:1], details=more),
    ]  # fmt: skip
    history = Memory()
    return history.after(fold_compared("us_ofac_sdn", history, snapshots, reader(COUNTRY_IDS)))


def test_every_check_holds_on_a_sound_history(sound: Any) -> None:
    assert offending(sound) == {}


@pytest.mark.parametrize("check", SPOILS)
def test_a_check_finds_what_it_is_for(sound: Any, check: str) -> None:
    assert offending(sound, SPOILS[check], check).keys() == {f"core.{check}"}


def test_every_check_of_the_domain_package_has_a_case_here() -> None:
    tables = {f"core.{name}" for name in (*EVERY, "program_aliases")}
    mine = {f"{e.table}: {e.name}" for e in from_checks() if e.table in tables}
    assert mine == {f"core.{name}" for name in SPOILS}
