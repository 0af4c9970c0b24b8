"""A panel shows every dated fact, and what is in force is comparable over time."""

from typing import Any

import pytest

from tests.sql.conftest import Warehouse, check, tell

FOLLOWS, MATCHES, SHOWN, SUMS = (
    f"dyad_day__{name}"
    for name in ("in_force_follows_intervals", "in_force_matches_listings", "acts_add_up", "weeks_and_months_have_its_sums")
)


def put(w: Warehouse, of: str, start: str | None, end: str | None = None, **more: Any) -> None:
    """A listing of a Chinese party with the events that it has."""
    basis = {"valid_from_basis": "source_field"} if start else {}
    w.put("core.sanction_listings", {"listing_id": of, "valid_from": start, "valid_to": end} | basis | more)
    w.fill("sanction_countries listing_id country_id", f"{of} CHN")
    for kind, day in (("added", start), ("removed", end)):
        if day is not None:
            w.fill("sanction_events listing_id event_id kind event_date", f"{of} {of}{kind} {kind} {day}")


@pytest.fixture
def held(warehouse: Warehouse) -> Warehouse:
    """Two lists: one held from 10 to 20 November, one in a vintage of 15 November alone, which states its days of addition."""
    tell(
        warehouse, "core sanction_lists covered_from covered_until: 2023-11-10 2023-11-20",
        "core sanction_lists list_id name kind: us_other Other blocking",
        "INSERT INTO core.list_coverage VALUES "
        "('us_other', 'additions', '2019-01-01', '2023-11-16', 'stated_days', '2023-11-10', 'snapshot', NULL, 's')",
        "put us_list:1 - actor_id=P1", "put us_list:2 2023-11-12 2023-11-14 actor_id=P2", "put us_other:3 2019-05-03",
        "put us_other:4 2023-11-12 party_type=vessel actor_id=P2", put=put,
    )  # fmt: skip
    warehouse.cover("us_other", "2023-11-15", "2023-11-15")
    return warehouse


def days(w: Warehouse, columns: str, *dates: str, of: str = "marts.dyad_day", target: str = "CHN") -> str:
    on = ", ".join(f"'{d}'" for d in dates)
    return w.told(f"{columns} FROM {of} WHERE source_id = 'USA' AND target_id = '{target}' AND date IN ({on}) ORDER BY date")


EXACT = "n_listings_added, n_listings_removed, are_listings_exact, lists_covered"
STOCK = "n_listings_in_force, n_listings_certain, n_listings_not_contradicted, n_listings_possible"
OTHER = "n_parties_in_force, n_listings_without_vessels, n_listings_came_into_view, n_listings_left_view, n_listings_comparable"
ONE, BOTH = "['us_list']", "['us_list', 'us_other']"
A_DAY = {
    "2019-05-03": "1|-|False|[]|1|1|-|2|1|1|0|0|2", "2019-05-04": "-|-|False|[]|1|1|-|2|1|1|0|0|2",
    "2023-11-09": "-|-|False|[]|1|1|-|2|1|1|0|0|2", "2023-11-10": f"-|-|False|{ONE}|2|2|-|2|2|2|1|0|2",
    "2023-11-12": f"2|-|False|{ONE}|4|4|-|4|3|3|0|0|4", "2023-11-13": f"-|-|False|{ONE}|4|4|-|4|3|3|0|0|4",
    "2023-11-14": f"-|1|False|{ONE}|3|3|-|3|3|2|0|0|3", "2023-11-15": f"0|0|True|{BOTH}|3|3|0|3|3|2|0|0|3",
    "2023-11-16": f"-|-|False|{ONE}|3|1|2|3|3|2|0|0|3", "2023-11-20": f"-|-|False|{ONE}|3|1|2|3|3|2|0|0|3",
}  # fmt: skip


def test_a_day_has_the_additions_that_are_dated_what_is_in_force_and_what_came_into_view_alone(held: Warehouse) -> None:
    """A dated addition counts whatever lists are covered, and what is in force is carried on after the last vintage."""
    assert days(held, f"{EXACT}, {STOCK}, {OTHER}", *A_DAY).split(" / ") == [*A_DAY.values()]
    assert held.told("min(date) FROM marts.dyad_day") == "2019-05-03"


def test_a_count_is_exact_where_every_list_that_can_name_the_target_is_covered_and_may_be_0_there(held: Warehouse) -> None:
    """A list that can name Russian parties alone is no ground to doubt a count of Chinese ones, and has none of its own."""
    held.cover("us_other", "2023-11-10", "2023-11-14")
    assert days(held, EXACT, "2023-11-13", "2023-11-17") == f"0|0|True|{BOTH} / -|-|False|{ONE}"
    tell(
        held, "DELETE FROM core.list_coverage WHERE list_id = 'us_other' AND covered_from = '2023-11-10'",
        "UPDATE core.sanction_lists SET target_ids = ['RUS'] WHERE list_id = 'us_other'",
        "DELETE FROM core.sanction_listings WHERE list_id = 'us_other'",
    )  # fmt: skip
    asked, exact = f"{EXACT}, n_lists_held, n_lists_covered", f"0|0|True|{ONE}|1|1"
    assert days(held, asked, "2023-11-13", "2023-11-15") == f"{exact} / {exact}"
    held.fill("sanction_listings listing_id actor_id valid_from", "us_list:9 R 2023-11-13")
    held.fill("sanction_countries listing_id country_id", "us_list:9 RUS")
    assert days(held, "are_listings_exact, n_lists_held", "2023-11-13", "2023-11-15", target="RUS") == "False|2 / True|2"
    assert days(held, asked, "2023-11-13", of="dyad_days_as_known('USA', 'CHN', '2023-12-01')") == exact


def test_a_list_has_a_panel_of_its_own_with_even_cover(held: Warehouse) -> None:
    asked = "date, n_days, n_days_covered, n_listings_added, n_listings_removed, n_listings_in_force, is_after_vintage FROM"
    assert held.told(f"{asked} dyad_list_panel('us_list', 'CHN', 'month')") == "2023-11-01|11|11|1|1|1|False"
    quarters = held.told(f"{asked} dyad_list_panel('us_other', 'CHN', 'quarter') WHERE n_listings_added > 0")
    assert quarters == "2019-04-01|59|0|1|-|1|False / 2023-10-01|51|1|1|-|2|False"
    tell(
        held, "FROM dyad_list_panel('us_other', 'CHN', 'year') => !grain must be day, week, month or quarter, not year",
        "FROM dyad_list_panel('nowhere', 'CHN', 'month') => !there is no list nowhere",
        "FROM dyad_list_panel('us_list', 'Chnia', 'month') => !'Chnia' is not an actor id: did you mean CHN",
    )  # fmt: skip


SPOILT = {
    SHOWN: ("spans SET n_listings_added = NULL WHERE from_date = '2019-05-03'", "list_spans SET n_listings_removed = NULL",
            "list_spans SET n_listings_added = 2 WHERE list_id = 'us_other' AND n_listings_added = 1"),
    FOLLOWS: ("spans SET n_listings_in_force = 9 WHERE from_date >= '2023-11-16'", "spans SET n_listings_came_into_view = 0",
              "spans SET n_listings_comparable = n_listings_in_force", "spans SET n_listings_added = n_listings_added + 1",
              "spans SET n_listings_removed = 1 WHERE to_date > '2023-11-17'"),
    SUMS: ("month SET n_listings_in_force = 9", "month SET n_listings_removed = 2", "spans SET to_date = to_date + 1",
           "month SET n_days = n_days - 1 WHERE n_listings_added > 0"),
    MATCHES: ("spans SET n_listings_in_force = n_listings_in_force - 1", "spans SET n_listings_possible = 1",
              "spans SET n_parties_in_force = 9"),
}  # fmt: skip


def test_a_fact_that_is_not_shown_and_a_step_that_nothing_explains_are_found(held: Warehouse) -> None:
    held.build()
    for name, spoilt in SPOILT.items():
        held.finds(check(name), *(f"UPDATE marts.dyad_{spoil}" for spoil in spoilt))
    changes = check("list_changes__held_is_before_plus_added_less_removed")
    held.finds(changes, "UPDATE marts.list_changes SET n_removed = n_removed + 1")


def test_a_ship_that_has_the_state_of_its_operator_is_counted_apart(held: Warehouse) -> None:
    tell(
        held, "core sanction_listings listing_id actor_id party_type valid_from: us_list:9 P9 vessel 2023-11-12",
        "core target_evidence listing_id country_id basis strength known_from: us_list:9 CHN linked_party derived 2023-11-10",
        "core sanction_events listing_id event_id kind event_date: us_list:9 ship added 2023-11-12",
        "count(*) FILTER (is_by_link), count(*) FROM marts.listing_dyads WHERE target_id = 'CHN' => 1|5",
    )  # fmt: skip
    asked = "n_listings_added, n_listings_in_force, n_listings_by_link"
    assert days(held, asked, "2023-11-11", "2023-11-12", "2023-11-13") == "-|2|- / 2|4|1 / -|4|1"
    assert [held.ask(check(name)) for name in (FOLLOWS, MATCHES, SHOWN)] == [[], [], []]
