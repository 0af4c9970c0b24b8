"""A panel shows every dated fact, and what is in force is comparable over time."""

from typing import Any

import duckdb
import pytest

from tests.sql.conftest import Warehouse, check

LIST = "us_list"


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


def days(w: Warehouse, columns: str, *dates: str) -> list[tuple[Any, ...]]:
    on = ", ".join(f"'{d}'" for d in dates)
    return w.build().ask(
        f"SELECT {columns} FROM marts.dyad_day WHERE source_id = 'USA' AND target_id = 'CHN' AND date IN ({on}) ORDER BY date"
    )


def test_a_dated_addition_counts_whatever_lists_are_covered_and_none_is_unknown(held: Warehouse) -> None:
    asked = "n_listings_added, n_listings_removed, are_listings_exact, lists_covered"
    assert days(held, asked, "2019-05-03", "2019-05-04", "2023-11-12", "2023-11-13") == [
        (1, None, False, []),
        (None, None, False, []),
        (2, None, False, [LIST]),
        (None, None, False, [LIST]),
    ]
    assert held.ask("SELECT min(date) FROM marts.dyad_day") == [("2019-05-03",)]


def test_where_every_list_is_covered_a_count_is_exact_and_may_be_0(held: Warehouse) -> None:
    held.cover("us_other", "2023-11-10", "2023-11-14")
    asked = "n_listings_added, n_listings_removed, are_listings_exact, lists_covered"
    assert days(held, asked, "2023-11-13", "2023-11-17") == [(0, 0, True, [LIST, "us_other"]), (None, None, False, [LIST])]


def test_a_count_is_exact_where_the_lists_that_can_name_the_target_are_covered(held: Warehouse) -> None:
    """A list that can name Russian parties alone is no ground to doubt a count of Chinese ones, and has none of its own."""
    held.change("UPDATE core.sanction_lists SET target_ids = ['RUS'] WHERE list_id = 'us_other'")
    held.change("DELETE FROM core.sanction_listings WHERE list_id = 'us_other'")
    asked = "n_listings_added, n_listings_removed, are_listings_exact, lists_covered, n_lists_held, n_lists_covered"
    assert days(held, asked, "2023-11-13", "2023-11-15") == [(0, 0, True, [LIST], 1, 1), (0, 0, True, [LIST], 1, 1)]
    held.put(
        "core.sanction_listings",
        {"listing_id": "us_list:9", "list_id": LIST, "name": "R", "actor_id": "R", "valid_from": "2023-11-13"},
    )
    held.put("core.sanction_countries", {"listing_id": "us_list:9", "country_id": "RUS"})
    held.build()
    of_russia = "SELECT are_listings_exact, n_lists_held FROM marts.dyad_day WHERE target_id = 'RUS' AND date = '2023-11-13'"
    assert held.ask(of_russia) == [(False, 2)]
    assert held.ask(of_russia.replace("'2023-11-13'", "'2023-11-15'")) == [(True, 2)]
    then = f"SELECT {asked} FROM dyad_days_as_known('USA', 'CHN', '2023-12-01') WHERE source_id = 'USA' AND date = '2023-11-13'"
    assert held.ask(then) == [(0, 0, True, [LIST], 1, 1)]


def test_what_is_in_force_is_carried_on_after_the_last_vintage_and_a_stated_start_is_certain_until_it(held: Warehouse) -> None:
    asked = "n_listings_in_force, n_listings_certain, n_listings_not_contradicted"
    assert days(held, asked, "2023-11-15", "2023-11-16", "2023-11-20") == [(3, 3, 0), (3, 1, 2), (3, 1, 2)]
    asked = "n_listings_in_force, n_listings_certain, n_listings_possible"
    assert days(held, asked, "2019-05-03", "2023-11-09") == [(1, 1, 2), (1, 1, 2)]
    asked = "n_listings_in_force, n_parties_in_force, n_listings_without_vessels"
    assert days(held, asked, "2023-11-12", "2023-11-14") == [(4, 3, 3), (3, 3, 2)]


def test_a_change_that_nothing_dated_explains_came_into_view(held: Warehouse) -> None:
    asked = "n_listings_in_force, n_listings_came_into_view, n_listings_left_view, n_listings_comparable"
    assert days(held, asked, "2023-11-09", "2023-11-10", "2023-11-12", "2023-11-13", "2023-11-14") == [
        (1, 0, 0, 2),
        (2, 1, 0, 2),
        (4, 0, 0, 4),
        (4, 0, 0, 4),
        (3, 0, 0, 3),
    ]


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


FOLLOWS, MATCHES, SHOWN = "dyad_day__in_force_follows_intervals", "dyad_day__in_force_matches_listings", "dyad_day__acts_add_up"


def test_a_fact_that_is_not_shown_and_a_step_that_nothing_explains_are_found(held: Warehouse) -> None:
    held.build()
    for name, spoil in (
        (SHOWN, "UPDATE marts.dyad_spans SET n_listings_added = NULL WHERE from_date = '2019-05-03'"),
        (SHOWN, "UPDATE marts.dyad_list_spans SET n_listings_added = 2 WHERE list_id = 'us_other' AND n_listings_added = 1"),
        (SHOWN, "UPDATE marts.dyad_list_spans SET n_listings_removed = NULL"),
        (FOLLOWS, "UPDATE marts.dyad_spans SET n_listings_in_force = 9 WHERE from_date >= '2023-11-16'"),
        (FOLLOWS, "UPDATE marts.dyad_spans SET n_listings_came_into_view = 0"),
        (FOLLOWS, "UPDATE marts.dyad_spans SET n_listings_comparable = n_listings_in_force"),
        (MATCHES, "UPDATE marts.dyad_spans SET n_listings_in_force = n_listings_in_force - 1"),
        (MATCHES, "UPDATE marts.dyad_spans SET n_listings_possible = 1"),
        (MATCHES, "UPDATE marts.dyad_spans SET n_parties_in_force = 9"),
    ):
        assert held.ask(check(name)) == []
        held.con.execute("BEGIN")
        held.change(spoil)
        assert held.ask(check(name)) != [], spoil
        held.con.execute("ROLLBACK")


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
