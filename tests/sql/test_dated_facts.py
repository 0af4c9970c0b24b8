"""A panel shows every dated fact, and what is in force is comparable over time."""

from typing import Any

import duckdb
import pytest

from tests.sql.conftest import Warehouse, check

LIST = "us_list"
FOLLOWS, MATCHES, SHOWN = (
    f"dyad_day__{name}" for name in ("in_force_follows_intervals", "in_force_matches_listings", "acts_add_up")
)


def put(w: Warehouse, number: int, start: str | None, *, list_id: str = LIST, end: str | None = None, **more: Any) -> None:
    """A listing of a Chinese party with the events that it has."""
    ids = {"listing_id": f"{list_id}:{number}", "list_id": list_id, "name": f"PARTY {number}"}
    row: dict[str, Any] = ids | {"actor_id": f"P{number}", "valid_from": start, "valid_to": end, "known_from": "2023-11-10"}
    row |= {"valid_from_basis": "source_field" if start else "left_censored"} | more
    w.put("core.sanction_listings", row)
    w.put("core.sanction_countries", {"listing_id": ids["listing_id"], "country_id": "CHN"})
    for kind, day in (("added", start), ("removed", end)):
        if day is not None:
            w.put("core.sanction_events", ids | {"event_id": f"{list_id}{number}{kind}", "kind": kind, "event_date": day})


@pytest.fixture
def held(warehouse: Warehouse) -> Warehouse:
    """Two lists: one held from 10 to 20 November, one in a vintage of 15 November alone, which states its days of addition."""
    warehouse.put("core.sanction_lists", {"covered_from": "2023-11-10", "covered_until": "2023-11-20"})
    warehouse.put("core.sanction_lists", {"list_id": "us_other", "name": "Other", "kind": "blocking"})
    warehouse.change(
        "INSERT INTO core.list_coverage VALUES "
        "('us_other', 'additions', '2019-01-01', '2023-11-16', 'stated_days', '2023-11-10', 'snapshot', NULL, 's')"
    )
    warehouse.cover("us_other", "2023-11-15", "2023-11-15")
    put(warehouse, 1, None)
    put(warehouse, 2, "2023-11-12", end="2023-11-14")
    put(warehouse, 3, "2019-05-03", list_id="us_other")
    put(warehouse, 4, "2023-11-12", list_id="us_other", party_type="vessel", actor_id="P2")
    return warehouse


def days(w: Warehouse, columns: str, *dates: str, of: str = "marts.dyad_day", target: str = "CHN") -> list[tuple[Any, ...]]:
    on = ", ".join(f"'{d}'" for d in dates)
    where = f"source_id = 'USA' AND target_id = '{target}' AND date IN ({on})"
    return w.build().ask(f"SELECT {columns} FROM {of} WHERE {where} ORDER BY date")


EXACT = "n_listings_added, n_listings_removed, are_listings_exact, lists_covered"
STOCK = "n_listings_in_force, n_listings_certain, n_listings_not_contradicted, n_listings_possible"
OTHER = "n_parties_in_force, n_listings_without_vessels, n_listings_came_into_view, n_listings_left_view, n_listings_comparable"


def test_a_day_has_the_additions_that_are_dated_what_is_in_force_and_what_came_into_view_alone(held: Warehouse) -> None:
    """A dated addition counts whatever lists are covered, and what is in force is carried on after the last vintage."""
    on = ("2019-05-03", "2019-05-04", "2023-11-09", *(f"2023-11-{n}" for n in (10, 12, 13, 14, 15, 16, 20)))
    assert days(held, f"date, {EXACT}, {STOCK}, {OTHER}", *on) == [
        ("2019-05-03", 1, None, False, [], 1, 1, None, 2, 1, 1, 0, 0, 2),
        ("2019-05-04", None, None, False, [], 1, 1, None, 2, 1, 1, 0, 0, 2),
        ("2023-11-09", None, None, False, [], 1, 1, None, 2, 1, 1, 0, 0, 2),
        ("2023-11-10", None, None, False, [LIST], 2, 2, None, 2, 2, 2, 1, 0, 2),
        ("2023-11-12", 2, None, False, [LIST], 4, 4, None, 4, 3, 3, 0, 0, 4),
        ("2023-11-13", None, None, False, [LIST], 4, 4, None, 4, 3, 3, 0, 0, 4),
        ("2023-11-14", None, 1, False, [LIST], 3, 3, None, 3, 3, 2, 0, 0, 3),
        ("2023-11-15", 0, 0, True, [LIST, "us_other"], 3, 3, 0, 3, 3, 2, 0, 0, 3),
        ("2023-11-16", None, None, False, [LIST], 3, 1, 2, 3, 3, 2, 0, 0, 3),
        ("2023-11-20", None, None, False, [LIST], 3, 1, 2, 3, 3, 2, 0, 0, 3),
    ]
    assert held.ask("SELECT min(date) FROM marts.dyad_day") == [("2019-05-03",)]


def test_a_count_is_exact_where_every_list_that_can_name_the_target_is_covered_and_may_be_0_there(held: Warehouse) -> None:
    """A list that can name Russian parties alone is no ground to doubt a count of Chinese ones, and has none of its own."""
    held.cover("us_other", "2023-11-10", "2023-11-14")
    both = [LIST, "us_other"]
    assert days(held, EXACT, "2023-11-13", "2023-11-17") == [(0, 0, True, both), (None, None, False, [LIST])]
    held.change("DELETE FROM core.list_coverage WHERE list_id = 'us_other' AND covered_from = '2023-11-10'")
    held.change("UPDATE core.sanction_lists SET target_ids = ['RUS'] WHERE list_id = 'us_other'")
    held.change("DELETE FROM core.sanction_listings WHERE list_id = 'us_other'")
    asked, exact = f"{EXACT}, n_lists_held, n_lists_covered", (0, 0, True, [LIST], 1, 1)
    assert days(held, asked, "2023-11-13", "2023-11-15") == [exact, exact]
    of_russia = {"listing_id": "us_list:9", "list_id": LIST, "name": "R", "actor_id": "R", "valid_from": "2023-11-13"}
    held.put("core.sanction_listings", of_russia)
    held.put("core.sanction_countries", {"listing_id": "us_list:9", "country_id": "RUS"})
    found = days(held, "are_listings_exact, n_lists_held", "2023-11-13", "2023-11-15", target="RUS")
    assert found == [(False, 2), (True, 2)]
    assert days(held, asked, "2023-11-13", of="dyad_days_as_known('USA', 'CHN', '2023-12-01')") == [exact]


def test_a_list_has_a_panel_of_its_own_with_even_cover(held: Warehouse) -> None:
    held.build()
    columns = "date, n_days, n_days_covered, n_listings_added, n_listings_removed, n_listings_in_force, is_after_vintage"
    asked = f"SELECT {columns} FROM"
    assert held.ask(f"{asked} dyad_list_panel('us_list', 'CHN', 'month')") == [("2023-11-01", 11, 11, 1, 1, 1, False)]
    quarters = held.ask(f"{asked} dyad_list_panel('us_other', 'CHN', 'quarter') WHERE n_listings_added > 0")
    assert quarters == [("2019-04-01", 59, 0, 1, None, 1, False), ("2023-10-01", 51, 1, 1, None, 2, False)]
    for wrong, said in (
        ("'us_other', 'CHN', 'year'", "grain must be day, week, month or quarter, not year"),
        ("'nowhere', 'CHN', 'month'", "there is no list nowhere"),
        ("'us_list', 'Chnia', 'month'", "'Chnia' is not an actor id: did you mean CHN"),
    ):
        with pytest.raises(duckdb.Error, match=said):
            held.ask(f"FROM dyad_list_panel({wrong})")


def test_a_fact_that_is_not_shown_and_a_step_that_nothing_explains_are_found(held: Warehouse) -> None:
    held.build()
    for name, spoil in (
        (SHOWN, "dyad_spans SET n_listings_added = NULL WHERE from_date = '2019-05-03'"),
        (SHOWN, "dyad_list_spans SET n_listings_added = 2 WHERE list_id = 'us_other' AND n_listings_added = 1"),
        (SHOWN, "dyad_list_spans SET n_listings_removed = NULL"),
        (FOLLOWS, "dyad_spans SET n_listings_in_force = 9 WHERE from_date >= '2023-11-16'"),
        (FOLLOWS, "dyad_spans SET n_listings_came_into_view = 0"),
        (FOLLOWS, "dyad_spans SET n_listings_comparable = n_listings_in_force"),
        (MATCHES, "dyad_spans SET n_listings_in_force = n_listings_in_force - 1"),
        (MATCHES, "dyad_spans SET n_listings_possible = 1"),
        (MATCHES, "dyad_spans SET n_parties_in_force = 9"),
    ):
        assert held.ask(check(name)) == []
        assert held.broken(check(name), f"UPDATE marts.{spoil}") != [], spoil


def test_a_ship_that_has_the_state_of_its_operator_is_counted_apart(held: Warehouse) -> None:
    of = {"listing_id": f"{LIST}:9"}
    ship = {"list_id": LIST, "name": "SHIP", "actor_id": "P9", "party_type": "vessel", "valid_from": "2023-11-12"}
    held.put("core.sanction_listings", of | ship)
    evidence = {"basis": "linked_party", "strength": "derived", "evidence": "us_list:1: nationality", "known_from": "2023-11-10"}
    held.put("core.target_evidence", of | {"country_id": "CHN"} | evidence)
    held.put("core.sanction_events", of | {"event_id": "ship", "list_id": LIST, "kind": "added", "event_date": "2023-11-12"})
    asked = "n_listings_added, n_listings_in_force, n_listings_by_link"
    assert days(held, asked, "2023-11-11", "2023-11-12", "2023-11-13") == [(None, 2, None), (2, 4, 1), (None, 4, 1)]
    assert held.ask("SELECT count(*) FILTER (is_by_link), count(*) FROM marts.listing_dyads WHERE target_id = 'CHN'") == [(1, 5)]
    assert [held.ask(check(name)) for name in (FOLLOWS, MATCHES, SHOWN)] == [[], [], []]
