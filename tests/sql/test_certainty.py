"""Nothing sounds surer than it is: what macros and panels say of days in gaps, after the last edition and before the first."""

from datetime import date, timedelta

import pytest

from tests.sql.conftest import Warehouse, tell

FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)
COVERED = (("2022-01-10", "2022-02-10"), ("2022-08-01", "2022-08-01"), ("2023-05-01", "2023-06-30"))
"""Days on which the list is covered: two gaps lie between them."""
OF_CHINA = "WHERE source_id = 'USA' AND target_id = 'CHN' AND date IN"


def with_gaps(w: Warehouse) -> Warehouse:
    """A list with two gaps: who was there before, who came and went in a covered span, who came in a gap, who left in one."""
    of = "listing_id valid_from valid_from_basis valid_from_earliest valid_to valid_to_earliest valid_to_basis"
    changes = ("1 added 2022-01-20", "1 removed 2022-02-01", "2 added 2022-08-01", "3 removed 2023-05-01", "4 added 2022-05-05")
    tell(
        w, "core sanction_lists list_id: us_list",
        "UPDATE core.sanction_lists SET covered_from = '2022-01-10', covered_until = '2023-06-30'",
        f"core sanction_listings {of}: us_list:0 - left_censored - - - - / "
        "us_list:1 2022-01-20 snapshot_diff 2022-01-19 2022-02-01 2022-01-31 snapshot_diff / "
        "us_list:2 2022-08-01 snapshot_diff 2022-02-10 - - - / us_list:3 - left_censored - 2023-05-01 2022-08-01 snapshot_diff / "
        "us_list:4 2022-05-05 federal_register - - - -",
        "UPDATE core.sanction_listings SET name = replace(listing_id, 'us_list:', 'PARTY ')",
        "core sanction_countries country_id listing_id: " + " / ".join(f"CHN us_list:{n}" for n in range(5)),
        f"core news_coverage date coverage_share: {LAST} 1 / {FIRST} 0.25", f"event 0 {FIRST} CHN USA",
    )  # fmt: skip
    for number, kind, day in map(str.split, changes):
        columns, row = "event_id listing_id kind event_date known_at", f"{number}{kind} us_list:{number} {kind} {day} {day}"
        w.fill(f"sanction_events {columns}", row)
    for first, last in COVERED:
        w.cover("us_list", first, last)
    return w.build()


@pytest.fixture(scope="module")
def gaps(shared: Warehouse) -> Warehouse:
    return with_gaps(shared)


@pytest.fixture
def own(warehouse: Warehouse) -> Warehouse:
    """For tests that change it."""
    return with_gaps(warehouse)


def test_a_listing_is_certain_or_possible_by_what_was_seen_before_and_after(gaps: Warehouse) -> None:
    days = {
        "2021-06-01": ("", "03"), "2022-01-19": ("03", ""), "2022-01-25": ("013", ""), "2022-05-04": ("03", "2"),
        "2022-05-06": ("034", "2"), "2022-08-01": ("0234", ""), "2022-12-31": ("024", "3"), "2023-05-01": ("024", ""),
        "2023-07-01": ("", "024"),
    }  # fmt: skip
    for day, (certain, possible) in days.items():
        expected = {**dict.fromkeys(certain, "certain"), **dict.fromkeys(possible, "possible")}
        assert {i[-1]: c for i, c in gaps.ask("SELECT listing_id, certainty FROM listed_on(?)", day)} == expected, day


def test_additions_that_a_gap_bunches_are_distinguished_and_that_a_party_is_not_found_is_explained(gaps: Warehouse) -> None:
    tell(
        gaps, "date, n_listings_added, n_listings_added_within_gap FROM marts.dyad_day WHERE source_id = 'USA' "
        "AND n_listings_added > 0 ORDER BY date => 2022-01-20|1|0 / 2022-05-05|1|- / 2022-08-01|1|1",
        "n_added, n_added_within_gap FROM list_days('2022-08-01', '2022-08-01') WHERE target_id = 'CHN' => 1|1",
        *(f"answer FROM list_coverage_on('{day}') => {answer}" for day, answer in {
            "2022-01-15": "Covered: who is not found was not listed that day.",
            "2021-06-01": "The first vintage here is of 2022-01-10: who had left the list by then is missing.",
            "2022-05-06": "There is no vintage between 2022-02-10 and 2022-08-01: who came and went between them is missing.",
            "2024-06-01": "The last vintage here is of 2023-06-30: who came since is missing, and who is listed may have left.",
        }.items()),
    )  # fmt: skip


NONE_IN_GAPS = f"FROM marts.dyad_day {OF_CHINA} ('2022-01-15', '2022-01-20', '2022-05-06', '2022-05-07') ORDER BY date"
STORIES = {
    "with a second list that is not covered counts are lower bounds and none is unknown": (
        "core sanction_lists list_id: us_other",
        "INSERT INTO core.list_coverage SELECT * REPLACE ('us_other' AS list_id, 'some' AS covers) FROM core.list_coverage "
        "LIMIT 1",
        "n_listings_added, n_listings_removed, n_listings_in_force, n_lists_held, n_lists_covered FROM marts.dyad_day "
        f"{OF_CHINA} ('2022-01-20', '2022-05-06') ORDER BY date => 1|-|3|2|1 / -|-|3|2|0",
    ),
    "what was known rests on a vintage of an age": (
        "UPDATE core.list_coverage SET known_from = covered_to - 1",
        "UPDATE core.sanction_listings SET known_from = '2022-01-10'",
        "DISTINCT vintage_date, vintage_age_days FROM listed_as_known('2022-07-01', '2022-07-02') => 2022-02-10|142",
        "DISTINCT vintage_date, vintage_age_days FROM listed_as_known('2022-08-02', '2022-08-02') => 2022-08-01|1",
    ),
    "an edition that comes late and fills a gap ends it within the life of a version": (
        "UPDATE core.list_coverage SET known_to = '2024-01-01' WHERE covered_from = '2022-08-01'",
        "INSERT INTO core.list_coverage SELECT * REPLACE ('2022-02-11' AS covered_from, '2024-01-01' AS known_from, "
        "NULL AS known_to) FROM core.list_coverage WHERE covered_from = '2022-08-01'",
        "INSERT INTO core.party_actors VALUES ('us_list:2', 'other', NULL, '2024-02-01', NULL)",
        *(f"actor_id, is_within_gap FROM listings_as_known('{known}') WHERE listing_id = 'us_list:2' => {found}"
          for known, found in (
              ("2023-12-31 23:59:59", "us_list:2|True"), ("2024-01-01", "us_list:2|False"), ("2024-02-01", "other|False"))),
        *(f"certainty FROM listed_as_known('2022-05-04', '{known}') WHERE listing_id = 'us_list:2' => {found}"
          for known, found in (("2023-12-31 23:59:59", "possible"), ("2024-01-01", ""))),
    ),
    "listings of no known state stand beside every count by state": (
        "DELETE FROM core.sanction_countries WHERE listing_id = 'us_list:3'",
        *(f"n_listings_in_force, n_listings_target_unknown FROM {panel} "
          f"{OF_CHINA} ('2022-01-15', '2022-01-25', '2022-05-06', '2023-05-01') ORDER BY date => 1|1 / 2|1 / 2|1 / 3|0"
          for panel in ("marts.dyad_day", "dyad_panel_as_known('USA', 'CHN', 'day', '2026-01-01')")),
        "n_listings_target_unknown FROM list_days('2022-01-25', '2023-05-01') WHERE target_id = 'CHN' "
        "AND date IN ('2022-01-25', '2022-05-06', '2023-05-01') ORDER BY date => 1 / - / 0",
    ),
    # the list covers the first two days; an act that concerns a state is not directed at it
    "acts are counted on their day and 0 only where every sort that is held is complete": (
        "core official_acts act_id date known_from sort: rule|2022-01-20|2022-01-20 23:59:59|listing / "
        "tariff|2022-01-20|2022-01-20 23:59:59|tariff / in a gap|2022-05-06|2022-05-06 23:59:59|listing",
        "core official_act_states act_id basis: rule|stated / in a gap|stated / tariff|concerns",
        f"n_official_acts {NONE_IN_GAPS} => 0 / 1 / 1 / -", "UPDATE core.list_coverage SET known_from = '2022-01-10'",
        "n_official_acts FROM dyad_panel_as_known('USA', 'CHN', 'day', TIMESTAMP '2022-05-06 12:00') "
        f"{OF_CHINA} ('2022-01-15', '2022-01-20', '2022-05-06') ORDER BY date => 0 / 1",
        "core official_act_coverage sort state_id covered_from covered_until is_complete: tariff CHN 2022-01-18 2022-02-01 false",
        f"n_official_acts {NONE_IN_GAPS} => - / 1 / 1 / -",
        "UPDATE core.official_act_coverage SET is_complete = true, covered_from = '2022-01-12'",
        f"n_official_acts {NONE_IN_GAPS} => 0 / 1 / 1 / -",
        f"n_official_acts FROM marts.dyad_day {OF_CHINA} ('2022-02-01', '2022-02-02') ORDER BY date => 0 / -",
        "UPDATE core.official_act_coverage SET subject = 'drugs'", f"n_official_acts {NONE_IN_GAPS} => - / 1 / 1 / -",
    ),
    "a party asked for by name is possible from the edition before it came": (
        "core sanction_names listing_id name kind: " + " / ".join(f"us_list:{n}|PARTY {n}|primary" for n in range(5)),
        *(f"certainty FROM find_parties_on(['PARTY 1'], '{day}') WHERE name = 'PARTY 1' => {found}" for day, found in (
            ("2022-01-18", ""), ("2022-01-19", "possible"), ("2022-01-20", "certain"), ("2022-02-01", ""))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_gaps(own: Warehouse, what: str) -> None:
    tell(own, *STORIES[what])


def test_no_day_that_is_not_covered_is_0_or_has_a_bare_no(gaps: Warehouse) -> None:
    """Whoever may have been listed is possible, and the list says that it does not cover the day: on all days of four years."""
    days = [str(FIRST + timedelta(n)) for n in range((LAST - FIRST).days + 1)]
    not_covered = [day for day in days if not any(first <= day <= last for first, last in COVERED)]
    assert len(not_covered) > 1_300
    gaps.con.execute("CREATE TEMP TABLE drawn AS SELECT unnest(?::DATE[]) AS date", [not_covered])
    is_0 = "d.source_id = 'USA' AND least(n_listings_added, n_listings_removed, n_listings_in_force) = 0"
    of_list = "coalesce(n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force) IS NOT NULL"
    for panel, wrong in (
        ("marts.dyad_day", is_0),
        ("dyad_panel_as_known('USA', 'CHN', 'day', '2026-01-01')", is_0),
        ("list_days('2021-01-01', '2024-12-31')", of_list),
        ("marts.actor_day", "coalesce(n_listings_in_force_against, n_listings_in_force_by) IS NOT NULL"),
    ):
        assert gaps.ask(f"SELECT d.* FROM {panel} AS d JOIN drawn USING (date) WHERE {wrong}") == [], panel
    may = """SELECT n.date, l.listing_id FROM drawn AS n JOIN core.sanction_listings AS l
        ON coalesce(l.valid_from_earliest <= n.date, l.valid_from <= n.date, true) AND coalesce(n.date < l.valid_to, true)"""
    shown = "SELECT n.date, l.listing_id FROM drawn AS n, LATERAL (FROM listed_on(n.date)) AS l"
    assert gaps.ask(f"({may} EXCEPT ALL {shown}) UNION ALL ({shown} EXCEPT ALL {may})") == []
    answers = """SELECT count(*) = (SELECT count(*) FROM drawn), bool_or(c.is_covered), bool_and(c.answer NOT LIKE 'Covered%')
        FROM drawn AS n, LATERAL (FROM list_coverage_on(n.date)) AS c"""
    assert gaps.ask(answers) == [(True, False, True)]
