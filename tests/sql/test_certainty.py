"""Nothing sounds surer than it is: what macros and panels say of days in gaps, after the last edition and before the first."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.sql.conftest import Row, Warehouse

FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)
COVERED = (("2022-01-10", "2022-02-10"), ("2022-08-01", "2022-08-01"), ("2023-05-01", "2023-06-30"))
"""Days on which the list is covered: two gaps lie between them."""


def listing(number: int, **dates: Any) -> Row:
    basis = "left_censored" if dates.get("valid_from") is None else dates.pop("basis", "snapshot_diff")
    listing_id = f"us_list:{number}"
    return {"listing_id": listing_id, "actor_id": listing_id, "name": f"PARTY {number}", "valid_from_basis": basis} | dates


def with_gaps(w: Warehouse) -> Warehouse:
    """A list with two gaps: who was there before, who came and went in a covered span, who came in a gap, who left in one."""
    w.put("core.sanction_lists", {})
    w.change("UPDATE core.sanction_lists SET covered_from = '2022-01-10', covered_until = '2023-06-30'")
    for first, last in COVERED:
        w.cover("us_list", first, last)
    gone = {"valid_to_basis": "snapshot_diff"}
    w.put(
        "core.sanction_listings",
        listing(0, valid_from=None),
        listing(1, valid_from="2022-01-20", valid_from_earliest="2022-01-19",
                valid_to="2022-02-01", valid_to_earliest="2022-01-31", **gone),
        listing(2, valid_from="2022-08-01", valid_from_earliest="2022-02-10"),
        listing(3, valid_from=None, valid_to="2023-05-01", valid_to_earliest="2022-08-01", **gone),
        listing(4, valid_from="2022-05-05", basis="federal_register"),
    )  # fmt: skip
    w.put("core.sanction_countries", *({"listing_id": f"us_list:{n}", "country_id": "CHN"} for n in range(5)))
    for number, kind, day in ((1, "added", "2022-01-20"), (1, "removed", "2022-02-01"), (2, "added", "2022-08-01"),
                              (3, "removed", "2023-05-01"), (4, "added", "2022-05-05")):  # fmt: skip
        of = {"event_id": f"{number}:{kind}", "listing_id": f"us_list:{number}", "kind": kind}
        w.put("core.sanction_events", of | {"event_date": day, "known_at": day})
    w.put("core.news_coverage", {"date": str(LAST)}, {"date": str(FIRST), "coverage_share": 0.25})
    w.put("core.events", {"event_id": "e", "event_date": str(FIRST), "source_country_id": "CHN", "target_country_id": "USA"})
    return w.build()


@pytest.fixture(scope="module")
def gaps(shared: Warehouse) -> Warehouse:
    return with_gaps(shared)


@pytest.fixture
def own(warehouse: Warehouse) -> Warehouse:
    """For tests that change it."""
    return with_gaps(warehouse)


def is_covered(day: date) -> bool:
    return any(first <= day.isoformat() <= last for first, last in COVERED)


def test_a_listing_is_certain_or_possible_by_what_was_seen_before_and_after(gaps: Warehouse) -> None:
    days = {
        "2021-06-01": ("", "03"), "2022-01-19": ("03", ""), "2022-01-25": ("013", ""), "2022-05-04": ("03", "2"),
        "2022-05-06": ("034", "2"), "2022-08-01": ("0234", ""), "2022-12-31": ("024", "3"), "2023-05-01": ("024", ""),
        "2023-07-01": ("", "024"),
    }  # fmt: skip
    for day, (certain, possible) in days.items():
        expected = {**dict.fromkeys(certain, "certain"), **dict.fromkeys(possible, "possible")}
        assert {i[-1]: c for i, c in gaps.ask("SELECT listing_id, certainty FROM listed_on(?)", day)} == expected, day


def test_additions_that_a_gap_bunches_onto_one_day_are_distinguished(gaps: Warehouse) -> None:
    assert gaps.ask(
        "SELECT date, n_listings_added, n_listings_added_within_gap FROM marts.dyad_day "
        "WHERE source_id = 'USA' AND n_listings_added > 0 ORDER BY date"
    ) == [("2022-01-20", 1, 0), ("2022-05-05", 1, None), ("2022-08-01", 1, 1)]
    of_list = "SELECT n_added, n_added_within_gap FROM list_days('2022-08-01', '2022-08-01') WHERE target_id = 'CHN'"
    assert gaps.ask(of_list) == [(1, 1)]


def test_with_a_second_list_that_is_not_covered_counts_are_lower_bounds_and_none_is_unknown(own: Warehouse) -> None:
    own.put("core.sanction_lists", {"list_id": "us_other"})
    of_other = "SELECT * REPLACE ('us_other' AS list_id, 'some' AS covers) FROM core.list_coverage LIMIT 1"
    own.change(f"INSERT INTO core.list_coverage {of_other}")
    own.build()
    ask = """SELECT n_listings_added, n_listings_removed, n_listings_in_force, n_lists_held, n_lists_covered
        FROM marts.dyad_day WHERE source_id = 'USA' AND date = ?"""
    assert own.ask(ask, "2022-01-20") == [(1, None, 3, 2, 1)]
    assert own.ask(ask, "2022-05-06") == [(None, None, 3, 2, 0)]


def test_what_it_means_that_a_party_is_not_found_is_said_in_words(gaps: Warehouse) -> None:
    answers = {
        "2022-01-15": "Covered: who is not found was not listed that day.",
        "2021-06-01": "The first vintage here is of 2022-01-10: who had left the list by then is missing.",
        "2022-05-06": "There is no vintage between 2022-02-10 and 2022-08-01: who came and went between them is missing.",
        "2024-06-01": "The last vintage here is of 2023-06-30: who came since is missing, and who is listed may have left.",
    }
    assert {day: gaps.ask("SELECT answer FROM list_coverage_on(?)", day)[0][0] for day in answers} == answers


def test_what_was_known_rests_on_a_vintage_of_an_age(own: Warehouse) -> None:
    own.change("UPDATE core.list_coverage SET known_from = covered_to - 1")
    own.change("UPDATE core.sanction_listings SET known_from = '2022-01-10'")
    ask = "SELECT DISTINCT vintage_date, vintage_age_days FROM listed_as_known(?, ?)"
    assert own.ask(ask, "2022-07-01", "2022-07-02") == [("2022-02-10", 142)]
    assert own.ask(ask, "2022-08-02", "2022-08-02") == [("2022-08-01", 1)]


def test_listings_of_no_known_state_stand_beside_every_count_by_state(own: Warehouse) -> None:
    own.change("DELETE FROM core.sanction_countries WHERE listing_id = 'us_list:3'")
    own.build()
    days = """SELECT date, n_listings_in_force, n_listings_target_unknown FROM {} WHERE source_id = 'USA' AND target_id = 'CHN'
        AND date IN ('2022-01-15', '2022-01-25', '2022-05-06', '2023-05-01') ORDER BY date"""
    counts = [("2022-01-15", 1, 1), ("2022-01-25", 2, 1), ("2022-05-06", 2, 1), ("2023-05-01", 3, 0)]
    assert own.ask(days.format("marts.dyad_day")) == counts
    assert own.ask(days.format("dyad_panel_as_known('USA', 'CHN', 'day', '2026-01-01')")) == counts
    assert own.ask(
        "SELECT date, n_listings_target_unknown FROM list_days('2022-01-25', '2023-05-01') WHERE target_id = 'CHN' "
        "AND date IN ('2022-01-25', '2022-05-06', '2023-05-01') ORDER BY date"
    ) == [("2022-01-25", 1), ("2022-05-06", None), ("2023-05-01", 0)]


ACTS = "SELECT date, n_official_acts FROM {} WHERE source_id = 'USA' AND target_id = 'CHN' AND date IN {} ORDER BY date"
ACT_DAYS = ("2022-01-15", "2022-01-20", "2022-05-06", "2022-05-07")


def test_acts_are_counted_on_their_day_and_0_only_where_every_sort_that_is_held_is_complete(own: Warehouse) -> None:
    act = {"date": "2022-01-20", "known_from": "2022-01-20 23:59:59"}
    own.put("core.official_acts", {"act_id": "rule"} | act, {"act_id": "tariff", "sort": "tariff"} | act)
    own.put("core.official_acts", {"act_id": "in a gap", "date": "2022-05-06", "known_from": "2022-05-06 23:59:59"})
    own.put("core.official_act_states", {"act_id": "rule"}, {"act_id": "in a gap"}, {"act_id": "tariff", "basis": "concerns"})
    own.build()
    # the list covers the first two days; an act that concerns a state is not directed at it
    held = [("2022-01-15", 0), ("2022-01-20", 1), ("2022-05-06", 1), ("2022-05-07", None)]
    assert own.ask(ACTS.format("marts.dyad_day", ACT_DAYS)) == held
    then = "dyad_panel_as_known('USA', 'CHN', 'day', TIMESTAMP '2022-05-06 12:00')"
    own.change("UPDATE core.list_coverage SET known_from = '2022-01-10'")
    assert own.ask(ACTS.format(then, ACT_DAYS[:3])) == held[:2]
    own.put(
        "core.official_act_coverage",
        {"sort": "tariff", "state_id": "CHN", "covered_from": "2022-01-18", "covered_until": "2022-02-01", "is_complete": False},
    )
    own.build()
    assert own.ask(ACTS.format("marts.dyad_day", ACT_DAYS)) == [("2022-01-15", None), *held[1:]]
    own.change("UPDATE core.official_act_coverage SET is_complete = true, covered_from = '2022-01-12'")
    own.build()
    assert own.ask(ACTS.format("marts.dyad_day", ACT_DAYS)) == held
    last = ("2022-02-01", "2022-02-02")
    assert own.ask(ACTS.format("marts.dyad_day", last)) == [("2022-02-01", 0), ("2022-02-02", None)]
    own.change("UPDATE core.official_act_coverage SET subject = 'drugs'")
    own.build()
    assert own.ask(ACTS.format("marts.dyad_day", ACT_DAYS)) == [("2022-01-15", None), *held[1:]]


NOT_COVERED = [day for n in range((LAST - FIRST).days + 1) if not is_covered(day := FIRST + timedelta(n))]


@pytest.fixture(scope="module")
def not_covered(gaps: Warehouse) -> Warehouse:
    """The same, with all days of four years that the list does not cover."""
    gaps.con.execute("CREATE TEMP TABLE drawn AS SELECT unnest(?::DATE[]) AS date", [NOT_COVERED])
    return gaps


def test_no_day_that_is_not_covered_is_0(not_covered: Warehouse) -> None:
    assert len(NOT_COVERED) > 1_300
    is_0 = "d.source_id = 'USA' AND least(n_listings_added, n_listings_removed, n_listings_in_force) = 0"
    of_list = "coalesce(n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force) IS NOT NULL"
    for panel, wrong in (
        ("marts.dyad_day", is_0),
        ("dyad_panel_as_known('USA', 'CHN', 'day', '2026-01-01')", is_0),
        ("list_days('2021-01-01', '2024-12-31')", of_list),
        ("marts.actor_day", "coalesce(n_listings_in_force_against, n_listings_in_force_by) IS NOT NULL"),
    ):
        assert not_covered.ask(f"SELECT d.* FROM {panel} AS d JOIN drawn USING (date) WHERE {wrong}") == [], panel


def test_no_day_that_is_not_covered_has_a_bare_no(not_covered: Warehouse) -> None:
    """Whoever may have been listed is possible, and the list says that it does not cover the day."""
    may = """SELECT n.date, l.listing_id FROM drawn AS n JOIN core.sanction_listings AS l
        ON coalesce(l.valid_from_earliest <= n.date, l.valid_from <= n.date, true) AND coalesce(n.date < l.valid_to, true)"""
    shown = "SELECT n.date, l.listing_id FROM drawn AS n, LATERAL (FROM listed_on(n.date)) AS l"
    assert not_covered.ask(f"({may} EXCEPT ALL {shown}) UNION ALL ({shown} EXCEPT ALL {may})") == []
    answers = """SELECT count(*) = (SELECT count(*) FROM drawn), bool_or(c.is_covered), bool_and(c.answer NOT LIKE 'Covered%')
        FROM drawn AS n, LATERAL (FROM list_coverage_on(n.date)) AS c"""
    assert not_covered.ask(answers) == [(True, False, True)]


def test_a_party_asked_for_by_name_is_possible_from_the_edition_before_it_came(own: Warehouse) -> None:
    ask = "SELECT certainty FROM find_parties_on(['PARTY 1'], ?) WHERE name = 'PARTY 1'"
    own.put("core.sanction_names", *({"listing_id": f"us_list:{n}", "name": f"PARTY {n}", "kind": "primary"} for n in range(5)))
    own.build()
    answers = [own.ask(ask, day) for day in ("2022-01-18", "2022-01-19", "2022-01-20", "2022-02-01")]
    assert answers == [[], [("possible",)], [("certain",)], []]
