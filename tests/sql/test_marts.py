"""The marts on tiny tables: what is counted, where, and what stays unknown."""

import json
import re
from typing import Any

import pytest

from assets.schema import SQL
from pipelines.checks.expectations import Expectation, from_checks
from pipelines.publish.scripts import scripts
from tests.sql import conftest
from tests.sql.conftest import Row, Warehouse, listing

MARTS = sorted((SQL / "marts").glob("*.sql"))
PANEL = (
    "source_id target_id {} n_events n_reports n_verbal_cooperation n_material_cooperation n_verbal_conflict "
    "n_material_conflict goldstein_sum goldstein_mean n_listings_added n_listings_removed n_listings_in_force coverage_share"
)
CONTRACT = {
    "dyad_day": PANEL.format("date"),
    "dyad_month": PANEL.format("period_end"),
    "actor_day": "actor_id date seizures",
    "actor_month": "actor_id period_end seizures",
    "timeline": "date source_id target_id kind headline magnitude citation url known_from",
    "corroborations": "event_id sanction_event_id lag_days score act_id n_events n_reports reasons",
}


def covered(w: Warehouse, first: str = "2023-11-01", last: str = "2023-11-30") -> None:
    w.put("core.sanction_lists", {"covered_from": first, "covered_until": last})


def event(number: int, *of: Any, **other: Any) -> Row:
    """An event. Each has a party of its own, so that they are not taken for one event told several times."""
    return conftest.event(number, *of, **({"source_name": f"party {number}"} | other))


def in_force(w: Warehouse) -> list[int | None]:
    of_pair = "WHERE source_id = 'USA' AND target_id = 'CHN' ORDER BY date"
    return [n for (n,) in w.ask(f"SELECT n_listings_in_force FROM marts.dyad_day {of_pair}")]


def test_a_mart_says_what_a_row_is_describes_every_column_and_is_an_empty_table_of_an_empty_warehouse(empty: Warehouse) -> None:
    described = "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name = ?"
    for path in MARTS:
        text = path.read_text(encoding="utf-8")
        grain = re.search(r"\A-- .+\.\n-- grain: (.+)\n", text)
        assert grain is not None, path
        assert len(re.findall(r"^CREATE (?:TABLE|VIEW) ", text, re.MULTILINE)) == 1
        columns = dict(empty.ask(described, path.stem))
        assert {*grain[1].split(", "), *CONTRACT.get(path.stem, "").split()} <= columns.keys()
        assert all(columns.values()), path
        assert empty.ask(f"SELECT count(*) FROM marts.{path.stem}") == [(0,)]
    assert empty.ask("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'marts' AND data_type = 'HUGEINT'") == []


# --- dyad_day: events and coverage ---


@pytest.mark.trap("gdelt_v2_events", "missing-slots")
@pytest.mark.trap("icews", "no-slots")
def test_a_missing_slot_is_a_gap_not_a_quiet_day_and_what_is_told_of_a_gap_still_counts(warehouse: Warehouse) -> None:
    slots = [("2023-11-01", 96), ("2023-11-02", 95), ("2023-11-04", 96), ("2023-11-05", 8), ("2023-11-06", 0)]
    warehouse.put("core.events", event(1, "2023-10-31"), event(2, "2023-11-05"), event(3, "2023-11-05", None))
    warehouse.put("core.news_coverage", *({"date": day, "n_slots": n, "coverage_share": n / 96} for day, n in slots))
    warehouse.put("core.news_coverage", {"date": "2023-11-06", "source": "other"})
    columns = "n_events, n_reports, n_verbal_cooperation, n_material_conflict, n_goldstein, goldstein_sum, goldstein_mean"
    days = f"SELECT date, {columns}, coverage_share FROM marts.dyad_day WHERE source_id = ? ORDER BY ALL"
    none, unknown, one = (0, 0, 0, 0, 0, 0.0, None), (None,) * 7, (1, 1, 1, 0, 1, 1.0, 1.0)
    assert warehouse.build().ask(days, "USA") == [
        ("2023-10-31", *one, None),
        ("2023-11-01", *none, 1.0),
        ("2023-11-02", *unknown, 95 / 96),
        ("2023-11-03", *unknown, None),
        ("2023-11-04", *none, 1.0),
        ("2023-11-05", *one, 8 / 96),
        ("2023-11-06", *none, 1.0),
    ]
    of_china = [unknown, none, unknown, unknown, none, unknown, none]
    assert [row[1:8] for row in warehouse.ask(days, "CHN")] == of_china
    actors = "SELECT n_events_as_source, n_events_as_target FROM marts.actor_day WHERE actor_id = ? ORDER BY date"
    gap, zero = (None, None), (0, 0)
    assert warehouse.ask(actors, "USA") == [(1, None), zero, gap, gap, zero, (1, None), zero]
    assert warehouse.ask(actors, "CHN") == [(None, 1), zero, gap, gap, zero, (None, 2), zero], "whoever the other side is"


def test_a_day_held_of_a_pair_is_quiet_for_that_pair_alone_and_not_before_it_was_known(warehouse: Warehouse) -> None:
    warehouse.put("core.events", event(1), event(2, target="RUS"))
    held = [{"date": f"2023-11-0{n}", "known_from": f"2023-11-0{n} 23:59:59"} for n in (1, 2, 4)]
    warehouse.put("core.news_pair_coverage", *held)
    days = "SELECT n_events, coverage_share FROM marts.dyad_day WHERE source_id = 'USA' AND target_id = ? ORDER BY date"
    unknown = (None, None)
    assert warehouse.build().ask(days, "CHN") == [(1, 1.0), (0, 1.0), unknown, (0, 1.0)]
    assert warehouse.ask(days, "RUS") == [(1, None), unknown, unknown, unknown]
    then = "dyad_days_as_known('USA', 'CHN', TIMESTAMP '2023-11-04 12:00')"
    assert warehouse.ask(f"SELECT max(date) FROM {then} WHERE coverage_share IS NOT NULL") == [("2023-11-02",)]
    month = "SELECT n_events, coverage_share, n_days FROM dyad_panel('CHN', 'USA', 'month') WHERE source_id = 'CHN'"
    assert warehouse.ask(month) == [(0, 0.75, 4)]


def test_the_quads_of_a_day_are_those_of_schrodt_and_the_mean_leaves_out_events_without_a_value(warehouse: Warehouse) -> None:
    of_a_day = enumerate(((2, -3.0), (3, -2.0), (3, None), (4, -1.0)))
    warehouse.put("core.events", *(event(n, quad_schrodt=q, quad_gdelt=1, goldstein=g) for n, (q, g) in of_a_day))
    assert warehouse.build().ask(
        "SELECT n_events, n_verbal_cooperation, n_material_cooperation, n_verbal_conflict, n_material_conflict, "
        "n_goldstein, goldstein_sum, goldstein_mean FROM marts.dyad_day WHERE source_id = 'USA'"
    ) == [(4, 0, 1, 2, 1, 3, -6.0, -2.0)]


# --- dyad_day: listings ---


def test_a_listing_counts_from_its_first_day_and_no_longer_on_the_day_of_its_removal(warehouse: Warehouse) -> None:
    covered(warehouse, "2023-11-01", "2023-11-05")
    listing(warehouse, 1, "2023-11-02", "2023-11-04")
    assert in_force(warehouse.build()) == [0, 1, 1, 0, 0]
    changes = "SELECT date, n_listings_added, n_listings_removed FROM marts.dyad_day"
    assert warehouse.ask(f"{changes} WHERE n_listings_added + n_listings_removed > 0 ORDER BY date") == [
        ("2023-11-02", 1, 0), ("2023-11-04", 0, 1),
    ]  # fmt: skip


def test_a_country_dropped_while_the_listing_stands_no_longer_makes_a_target(warehouse: Warehouse) -> None:
    covered(warehouse, "2023-11-01", "2023-11-03")
    listing(warehouse, 1, "2023-11-01")
    warehouse.change("UPDATE core.sanction_countries SET known_to = '2023-11-02'")
    warehouse.put("core.sanction_countries", {"listing_id": "us_list:1", "country_id": "RUS", "known_from": "2023-11-02"})
    assert warehouse.build().ask("SELECT DISTINCT target_id FROM marts.listing_dyads") == [("RUS",)]


def test_a_reissued_id_leaves_the_count_as_it_was_and_is_neither_added_nor_removed(warehouse: Warehouse) -> None:
    covered(warehouse, "2023-11-01", "2023-11-03")
    listing(warehouse, 1, None, "2023-11-02")
    listing(warehouse, 2, "2023-11-02")
    warehouse.change("DELETE FROM core.sanction_events")
    reissued = {"event_id": "r", "kind": "reissued", "event_date": "2023-11-02", "listing_id": "us_list:2"}
    warehouse.put("core.sanction_events", reissued)
    assert in_force(warehouse.build()) == [1, 1, 1]
    assert warehouse.ask("SELECT sum(n_listings_added + n_listings_removed)::INT FROM marts.dyad_day") == [(0,)]


def test_outside_the_days_that_lists_cover_what_stood_is_carried_on_and_none_is_unknown(warehouse: Warehouse) -> None:
    covered(warehouse, "2023-11-02", "2023-11-03")
    listing(warehouse, 1, "2023-11-02")
    warehouse.put("core.events", event(1, "2023-11-01"), event(2, "2023-11-04"))
    assert in_force(warehouse.build()) == [None, 1, 1, 1]
    of_china = "SELECT count(n_listings_in_force), count(n_listings_added) FROM marts.dyad_day WHERE source_id = 'CHN'"
    assert warehouse.ask(of_china) == [(0, 0)]


def test_a_body_of_the_un_counts_for_the_un_and_a_party_of_the_own_state_against_it_alone(
    warehouse: Warehouse,
) -> None:
    warehouse.put("core.actors", {"actor_id": "UN", "kind": "organisation"})
    warehouse.put("core.actors", {"actor_id": "UN.SC", "kind": "body", "parent_id": "UN"})
    warehouse.put("core.sanction_lists", {"authority_id": "UN.SC", "covered_from": "2023-11-01", "covered_until": "2023-11-01"})
    listing(warehouse, 1, None)
    dyads = "SELECT source_id, target_id, n_listings_in_force FROM marts.dyad_day ORDER BY 1"
    assert warehouse.build().ask(dyads) == [("CHN", "UN", None), ("UN", "CHN", 1)]
    warehouse.change("UPDATE core.sanction_lists SET authority_id = 'CHN'")
    assert warehouse.build().ask(dyads) == []
    own = "SELECT n_listings_in_force_against, n_listings_in_force_by FROM marts.actor_day WHERE actor_id = 'CHN'"
    assert warehouse.ask(own) == [(1, 1)]


# --- actors ---


def deaths(value: float | None, known: str, until: str | None = None, period: str = "2023-05-31", **other: Any) -> Row:
    row = {"value": value, "period_start": "2022-06-01", "period_end": period, "known_from": known, "known_to": until}
    return row | {"counts_by": "occurrence"} | other


def test_the_figure_of_a_morning_is_the_newest_period_known_and_predicted_where_there_is_one(warehouse: Warehouse) -> None:
    """A figure that is withdrawn gives way to the period before; of a jurisdiction there are figures alone."""
    warehouse.put("core.actors", {"actor_id": "US-MI", "kind": "subdivision", "name": "Michigan", "country_id": "USA"})
    covered(warehouse)
    warehouse.put(
        "core.overdose_observations",
        deaths(100, "2023-09-13T12:00:00", period="2023-04-30"),
        deaths(111, "2023-10-11", "2023-11-15"),
        deaths(112, "2023-10-11", "2023-11-15", basis="predicted"),
        deaths(None, "2023-11-15", "2024-02-14", missing_reason="withdrawn"),
        deaths(120, "2024-02-14"),
        deaths(999, "2023-10-11", measure="all_cause_deaths_12m"),
        deaths(70, "2023-10-11", drug="T40.4"),
        deaths(7, "2023-11-10", actor_id="US-MI"),
    )
    figure = "deaths_12m_known, deaths_12m_known_period_end, deaths_12m_known_basis"
    days = f"SELECT date, {figure} FROM marts.actor_day WHERE actor_id = 'USA'"
    found = {day: row for day, *row in warehouse.build().ask(days)}
    april, may = [100.0, "2023-04-30", "reported"], "2023-05-31"
    assert found["2023-09-13"] == [None, None, None]
    assert found["2023-09-14"] == found["2023-10-10"] == found["2023-11-15"] == april
    assert found["2023-10-11"] == found["2023-11-14"] == [112.0, may, "predicted"]
    assert found["2024-02-14"] == [120.0, may, "reported"]
    columns = "n_events_as_source, n_listings_in_force_against, n_listings_in_force_by, deaths_12m_known"
    michigan = f"SELECT {columns} FROM marts.actor_day WHERE actor_id = 'US-MI' AND date = '2023-11-15'"
    assert warehouse.ask(michigan) == [(None, None, None, 7.0)]


def hold(w: Warehouse, *cells: tuple[str, str, str]) -> None:
    """Vintages that hold May 2023 of a series: since when they are known, drug and basis."""
    series = {"source": "us_cdc_vsrr", "actor_id": "USA", "measure": "deaths_12m", "counts_by": "occurrence", "n_periods": 1}
    series |= {"first_period_end": "2023-05-31", "last_period_end": "2023-05-31"}
    rows = ({"known_from": known, "snapshot_id": known, "drug": drug, "basis": basis} for known, drug, basis in cells)
    w.put("core.overdose_vintages", *(series | row for row in rows))


def test_a_month_holds_the_latest_and_the_first_figure_and_a_share_never_mixes_two_bases_or_moments(warehouse: Warehouse) -> None:
    first, second = "2023-10-11", "2024-02-14"
    warehouse.put(
        "core.overdose_observations",
        deaths(100, first, second, basis="predicted"),
        deaths(110, second, basis="predicted"),
        deaths(90, first, second),
        deaths(94, second),
        deaths(70, first, drug="T40.4"),
        deaths(77, second, drug="T40.4", basis="predicted"),
    )
    of_class = ((first, "T40.4", "reported"), (second, "T40.4", "predicted"))
    hold(warehouse, (first, "all", "predicted"), (second, "all", "predicted"), *of_class)
    asked = "SELECT {} FROM marts.actor_month WHERE actor_id = 'USA' AND period_end = '2023-05-31'"
    figures = "deaths_12m_reported, deaths_12m_reported_first, deaths_12m_reported_first_known_from, deaths_12m_predicted"
    assert warehouse.build().ask(asked.format(figures)) == [(94.0, 90.0, f"{first}T00:00:00", 110.0)]
    shares = "t404_share, t404_share_basis, t404_share_first, t404_share_first_known_from"
    assert warehouse.ask(asked.format(shares)) == [(0.7, "predicted", 0.7, f"{second}T00:00:00")]


def test_a_share_takes_both_its_parts_from_one_vintage(warehouse: Warehouse) -> None:
    """As of North Carolina: the total was revised by a vintage that no longer held the class."""
    first, second = "2024-02-14", "2024-04-17"
    figures = (deaths(4000, first, second), deaths(3375, second), deaths(3190, first, drug="T40.4"))
    warehouse.put("core.overdose_observations", *figures)
    hold(warehouse, (first, "all", "reported"), (first, "T40.4", "reported"), (second, "all", "reported"))
    ask = "SELECT deaths, deaths_all, vintage_date, vintage_age_days FROM overdose_shares_as_known('2024-05-01')"
    assert warehouse.build().ask(ask) == [(3190.0, 4000.0, "2024-02-14", 77)]
    shares = "SELECT t404_share, t404_share_first FROM marts.actor_month WHERE t404_share IS NOT NULL"
    assert warehouse.ask(shares) == [(0.7975, 0.7975)]


def test_a_count_older_than_its_source_allows_is_no_longer_the_one_known(warehouse: Warehouse) -> None:
    warehouse.put("core.overdose_observations", deaths(100, "2023-10-11"), deaths(90, "2023-10-11", period="2023-04-30"))
    hold(warehouse, ("2023-11-08", "all", "reported"))
    warehouse.put("meta.sources", {"source": "us_cdc_vsrr", "max_age_days": 62})
    warehouse.put("core.news_coverage", {"date": "2024-03-01"})
    of = ("", "_period_end", "_vintage_date", "_vintage_age_days", "_missing_reason")
    columns = ", ".join(f"deaths_12m_known{name}" for name in of)
    ask = f"SELECT date, {columns} FROM marts.actor_day WHERE actor_id = 'USA' AND date IN {{}} ORDER BY 1"
    assert warehouse.build().ask(ask.format(("2023-11-08", "2024-01-09", "2024-01-10"))) == [
        ("2023-11-08", 100.0, "2023-05-31", "2023-11-08", 0, None),
        ("2024-01-09", 100.0, "2023-05-31", "2023-11-08", 62, None),
        ("2024-01-10", None, "2023-05-31", "2023-11-08", 63, "too_old"),
    ]


def test_seizures_are_added_up_over_areas_fentanyl_apart_and_of_a_morning_are_of_the_newest_month_known(
    warehouse: Warehouse,
) -> None:
    may = {"period_end": "2023-05-31", "drug": "Fentanyl", "n_events": 3, "quantity_kg": 2.5, "known_from": "2023-06-20 09:00"}
    april = {"period_end": "2023-04-30", "drug": "Heroin", "n_events": 2, "quantity_kg": 1.0, "known_from": "2023-05-20"}
    more = (may | {"region": "T", "known_to": "2023-12-01"}, may | {"drug": "Heroin", "n_events": 1, "quantity_kg": 1.0})
    warehouse.put("core.drug_seizures", may, may | {"region": "S"}, *more, april, april | {"region": "S"})
    months = "SELECT period_end, seizures, seized_kg, seizures_fentanyl, seized_kg_fentanyl FROM marts.actor_month"
    assert warehouse.build().ask(f"{months} WHERE seizures > 0 ORDER BY 1") == [
        ("2023-04-30", 4, 2.0, None, None), ("2023-05-31", 7, 6.0, 6, 5.0),
    ]  # fmt: skip
    days = ("2023-05-20", "2023-06-20", "2023-06-21")
    ask = f"SELECT seizures, seizures_period_end FROM marts.actor_day WHERE date IN {days} ORDER BY date"
    assert warehouse.ask(ask) == [(4, "2023-04-30"), (4, "2023-04-30"), (10, "2023-05-31")]


# --- timeline ---


def test_a_line_of_the_timeline_is_an_event_a_listing_an_act_or_an_article_of_two_states(warehouse: Warehouse) -> None:
    """The same words on one day are one line, a listing is known no earlier than its state, and what has no date is left out."""
    covered(warehouse)
    listing(warehouse, 1, "2023-11-02", states="")
    warehouse.put("core.sanction_countries", {"listing_id": "us_list:1", "country_id": "CHN", "known_from": "2023-11-20"})
    warehouse.put("core.cameo_codes", {"cameo_code": "041", "description": "Consult"})
    warehouse.put(
        "core.events",
        event(1, "2023-11-15", n_reports=4, url="later", known_from="2023-11-16", cameo_code="041"),
        event(2, "2023-11-15", n_reports=2, url="first", known_from="2023-11-15", cameo_code="041"),
        event(3, "2022-08-01", date_precision="month", known_from="2023-11-15"),
    )
    act(warehouse, "rule", "2023-11-17", title="A rule", citation="88 FR 1")
    # what lists alone show is there as listings
    act(warehouse, "edition", "2023-11-17", title="2 parties added", origin="listings")
    dated = {"article_id": "dated", "title": "A summit", "published_at": "2023-11-16"}
    warehouse.put("core.articles", dated, {"article_id": "undated", "title": "Another", "published_precision": "unknown"})
    named = [(article, at, state) for article in ("dated", "undated") for at, state in enumerate(("USA", "CHN", "USA"))]
    warehouse.put("core.mentions", *({"article_id": a, "char_start": at, "country_id": state} for a, at, state in named))
    columns = "date, date_precision, source_id, target_id, kind, headline, magnitude, coalesce(url, citation), known_from"
    us_china, added = ("USA", "CHN"), "Added to the Entity List: PARTY 1"
    assert warehouse.build().ask(f"SELECT {columns}::DATE, fact_id, n_facts, n_reports FROM marts.timeline ORDER BY 1") == [
        ("2022-08-01", "month", *us_china, "event", "USA -> CHN: CAMEO 040", 1.0, None, "2023-11-15", "e3", 1, 1),
        ("2023-11-02", "day", *us_china, "sanction", added, None, None, "2023-11-20", "1:added", 1, 1),
        ("2023-11-15", "day", *us_china, "event", "USA -> CHN: Consult", 1.0, "first", "2023-11-15", "e2", 2, 6),
        ("2023-11-16", "day", "CHN", "USA", "article", "A summit", None, None, "2023-11-20", "dated", 1, 1),
        ("2023-11-17", "day", *us_china, "act", "A rule", None, "88 FR 1", "2023-11-10", "rule", 1, 1),
    ]  # fmt: skip


# --- acts, and the events that tell of them ---


def act(
    w: Warehouse, act_id: str, day: str, topics: str = "", *, listings: tuple[int, ...] = (), states: str = "CHN", **other: Any
) -> None:
    """An act of BIS on a state, with the topics by which a sentence names it, and the listings that it adds."""
    of, days = {"act_id": act_id}, {"date": day} | ({} if "date_in_force" in other else {"date_published": day})
    w.put("core.official_acts", of | days | other)
    w.put("core.official_act_states", *(of | {"state_id": state} for state in states.split()))
    terms = [of | {"term": t} for t in ("sanction", "blacklist")] + [of | {"kind": "topic", "term": t} for t in topics.split()]
    w.put("core.official_act_terms", *terms)
    w.put("core.official_act_events", *(of | {"event_id": f"{n}:added", "listing_id": f"us_list:{n}"} for n in listings))


def told(number: int, day: str, sentence: str, code: str = "163", **other: Any) -> Row:
    """An event with the sentence that tells of it."""
    return event(number, day, **({"cameo_code": code, "evidence": sentence} | other))


NOV_15 = "2023-11-15"
RULE = {"act_id": "rule", "day": NOV_15, "topics": "fentanyl"}
TWO_EDITIONS = [{"act_id": n, "day": d, "date_earliest": "2023-11-14", "date_in_force": d, "term": ("program", "drug")}
                for n, d in (("before", "2023-11-14"), ("later", "2023-11-17"))]  # fmt: skip
MATCHED: dict[str, tuple[list[Row], list[Row], list[tuple[Any, ...]]]] = {
    "the act whose subject its sentence names": (
        [{"act_id": "drugs", "day": "2023-11-14", "topics": "fentanyl"}, {"act_id": "chips", "day": NOV_15, "topics": "chip"}],
        [told(1, NOV_15, "Washington sanctions makers of fentanyl in China")],
        [("drugs", 1, "topic", 0.88)],
    ),
    "no addition to a list by a ban of goods, another direction or another sort": (
        [RULE],
        [
            told(1, NOV_15, "Washington bans imports of Chinese energy"),
            told(2, NOV_15, "US closes its airspace to Chinese flights", "160"),
            told(3, NOV_15, "US suspends imports of fruit", "162"),
            told(4, NOV_15, "China sanctions makers of fentanyl", source="CHN", target="USA"),
            told(5, NOV_15, "US lifts sanctions on makers of fentanyl", "085"),
        ],
        [],
    ),
    "the only act that fits where a sentence names nothing": (
        [RULE],
        [told(1, NOV_15, "Washington announces sanctions on China")],
        [("rule", 0, "only", 0.7)],
    ),
    "none of two that fit where a sentence names nothing": (
        [RULE, {"act_id": "two", "day": "2023-11-13", "topics": "chip"}],
        [told(1, NOV_15, "Washington announces sanctions on China")],
        [],
    ),
    "an act from a day before it on, and the later the less": (
        [RULE | {"authority_id": "USA.OFAC"}],
        [told(n, f"2023-11-{n}", "US sanctions makers of fentanyl") for n in (13, 14, 20, 23)],
        [("rule", -1, "topic", 0.7), ("rule", 5, "topic", 0.6)],
    ),
    "a rule of BIS, days before it is published": (
        [{"act_id": "rule", "day": NOV_15, "term": ("list", "blacklist")}],
        [told(1, "2023-11-12", "US puts firms on a trade blacklist")],
        [("rule", -3, "list", 0.64)],
    ),
    "the act of the day before, not that of the later edition": (
        TWO_EDITIONS,
        [told(1, NOV_15, "US sanctions makers of drugs")],
        [("before", 1, "program", 0.73)],
    ),
}
"""What an event is matched with: the acts, the events, and the act, lag, name and score of each match."""


@pytest.mark.parametrize("what", MATCHED)
def test_an_event_is_matched_with(warehouse: Warehouse, what: str) -> None:
    acts, events, expected = MATCHED[what]
    warehouse.put("core.actors", {"actor_id": "USA.OFAC", "kind": "body", "name": "OFAC", "country_id": "USA"})
    for row in acts:
        act(warehouse, **{name: value for name, value in row.items() if name != "term"})
        if "term" in row:
            kind, term = row["term"]
            warehouse.put("core.official_act_terms", {"act_id": row["act_id"], "kind": kind, "term": term})
    warehouse.put("core.events", *events)
    asked = "SELECT act_id, lag_days, named_by, score FROM marts.act_reports ORDER BY event_id"
    assert warehouse.build().ask(asked) == expected


def test_the_party_that_a_sentence_names_or_a_person_whom_it_calls_sanctioned_gives_the_change_of_that_party(
    warehouse: Warehouse,
) -> None:
    covered(warehouse)
    for n, name in ((1, "Wuhan Example Chemical"), (2, "Other Works"), (3, "EXAMPLE, Ivan")):
        listing(warehouse, n, NOV_15, **({"party_type": "person", "name": name} if n == 3 else {}))
        warehouse.put("core.sanction_names", {"listing_id": f"us_list:{n}", "name": name})
    act(warehouse, "rule", NOV_15, listings=(1, 2, 3), states="")
    act(warehouse, "other", NOV_15, "fruit")
    sentences = ("US sanctions Other Works of China", "US sanctions Example over drugs", "US sanctions firms after Example spoke")
    warehouse.put("core.events", *(told(n, NOV_15, sentence) for n, sentence in enumerate(sentences)))
    asked = "SELECT event_id, act_id, sanction_event_id, named_by FROM marts.act_reports ORDER BY 1"
    assert warehouse.build().ask(asked) == [("e0", "rule", "2:added", "party"), ("e1", "rule", "3:added", "party")]


def test_several_reports_of_an_act_are_one_corroboration_with_a_count_and_reasons_in_words(warehouse: Warehouse) -> None:
    act(warehouse, "rule", "2023-11-14", "fentanyl")
    warehouse.put(
        "core.events",
        told(1, "2023-11-15", "US sanctions makers of fentanyl", n_reports=3),
        told(2, "2023-11-14", "US sanctions fentanyl suppliers", n_reports=2),
        told(3, "2023-11-16", "US blacklists fentanyl suppliers", "160"),
    )
    reasons = "speaks of fentanyl; tells of a measure of its sort: sanction; on the day of the act"
    assert warehouse.build().ask(
        "SELECT act_id, event_id, lag_days, n_events, n_reports, event_ids, known_from, reasons FROM marts.corroborations"
    ) == [("rule", "e2", 0, 3, 6, ["e2", "e1", "e3"], "2023-11-20T00:00:00", reasons)]


def test_an_act_is_of_its_states_both_ways_where_it_is_talks_and_of_the_states_of_its_parties(warehouse: Warehouse) -> None:
    covered(warehouse)
    for number, country in enumerate(("CHN", "CHN", "RUS"), 1):
        listing(warehouse, number, NOV_15, states=country)
    act(warehouse, "parties", NOV_15, listings=(1, 2, 3), states="")
    act(warehouse, "talks", NOV_15, sort="dialogue", effect="cooperation")
    act(warehouse, "rule", NOV_15)
    # antidumping duties are no act between states, and neither is what changed between editions months apart
    act(warehouse, "nails", NOV_15, sort="trade_remedy", effect=None)
    act(warehouse, "within a month", NOV_15, date_earliest="2023-10-15")
    act(warehouse, "within five", NOV_15, date_earliest="2023-06-15")
    asked = "SELECT act_id, source_id, target_id, n_parties, basis FROM marts.official_act_dyads ORDER BY ALL"
    assert warehouse.build().ask(asked) == [
        ("parties", "USA", "CHN", 2, "party"),
        ("parties", "USA", "RUS", 1, "party"),
        ("rule", "USA", "CHN", None, "stated"),
        ("talks", "CHN", "USA", None, "stated"),
        ("talks", "USA", "CHN", None, "stated"),
        ("within a month", "USA", "CHN", None, "stated"),
    ]


def test_an_act_is_without_news_only_where_the_news_of_its_days_is_held_and_none_reports_it(warehouse: Warehouse) -> None:
    days = {"told of the pair": "2023-11-10", "nothing is held": "2024-02-10", "all slots": "2023-11-01",
            "all of the pair": "2023-12-20", "counted": "2024-01-01", "quiet": "2024-01-06", "told": "2024-01-16"}  # fmt: skip
    for name, day in days.items():
        act(warehouse, name, day, "fentanyl")
    warehouse.put("core.events", *(event(n, f"2023-11-{10 + n}", "CHN", "USA") for n in (1, 2, 3)))
    held = [f"2023-11-0{n}" for n in (1, 2, 3, 4)] + [f"2024-01-{n:02}" for n in range(1, 20)]
    warehouse.put("core.news_coverage", *({"date": day} for day in held))
    warehouse.put("core.news_pair_coverage", *({"date": f"2023-12-{n}"} for n in (20, 21, 22, 23)))
    of_january = (told(4, "2024-01-16", "US sanctions fentanyl makers"), event(5, "2024-01-17"))
    # an event that is only counted may have told of it
    warehouse.put("core.event_days", {"event_date": "2024-01-04", "source_country_id": "CHN", "target_country_id": "USA"})
    warehouse.put("core.events", *(row | {"known_from": "2024-01-20"} for row in of_january))
    assert warehouse.build().ask("SELECT act_id, basis, n_events, n_days_told FROM marts.acts_without_news ORDER BY act_id") == [
        ("all of the pair", "all slots", 0, 0),
        ("all slots", "all slots", 0, 0),
        ("quiet", "all slots", 0, 0),
        ("told of the pair", "events of the pair", 3, 3),
    ]


def test_news_is_without_an_act_only_where_all_acts_of_its_sort_are_held(warehouse: Warehouse) -> None:
    """A list without cover hides it, unless it cannot name the target."""
    days = {"covered_from": "2023-11-01", "covered_until": "2023-11-30"}
    warehouse.put("core.official_act_coverage", days, days | {"sort": "tariff", "is_complete": False})
    sentences = [(15, "US sanctions China"), (3, "US sanctions China"), (15, "US raises tariffs on China"), (15, "US moves")]
    warehouse.put("core.events", *(told(n, f"2023-11-{day:02}", said) for n, (day, said) in enumerate(sentences, 1)))
    asked = "SELECT event_id, sort, basis FROM marts.news_without_act"
    assert warehouse.build().ask(asked) == [("e1", "listing", "all of them")]
    warehouse.put("core.sanction_lists", {}, {"list_id": "of_few", "target_ids": ["RUS"]})
    warehouse.change("UPDATE core.official_act_coverage SET list_id = 'us_list'")
    warehouse.put("core.official_act_coverage", {"list_id": "of_few", "is_complete": False})
    assert warehouse.build().ask(asked) == [("e1", "listing", "all of them")]
    warehouse.change("UPDATE core.sanction_lists SET target_ids = ['CHN'] WHERE list_id = 'of_few'")
    assert warehouse.build().ask(asked) == []


def test_every_listed_party_becomes_an_actor_with_its_newest_name_and_first_country(warehouse: Warehouse) -> None:
    covered(warehouse)
    listing(warehouse, 1, "2023-11-02", "2023-11-16")
    warehouse.change("UPDATE core.sanction_listings SET name = 'OLD' WHERE valid_to IS NULL")
    others = ({"country_id": "AAA", "basis": "address", "known_to": "2023-11-16"}, {"country_id": "BBB", "basis": "remark"})
    warehouse.put("core.sanction_countries", *({"listing_id": "us_list:1"} | other for other in others))
    statement = (SQL / "derive" / "actors_parties.sql").read_text(encoding="utf-8")
    for _ in range(2):
        warehouse.change(statement)
    asked = "SELECT kind, name, country_id, sector FROM core.actors WHERE actor_id LIKE 'us_list:%'"
    assert warehouse.ask(asked) == [("entity", "PARTY 1", "CHN", None)]


# --- the checks can fail ---

BREAK = {
    "grain_is_unique": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "calendar_is_complete": "DELETE FROM {t} WHERE {d} = (SELECT {d} FROM {t} GROUP BY ALL ORDER BY {d} LIMIT 1 OFFSET 1)",
    "code_stands_for_one_state": "UPDATE {t} SET ccode = 2",
    "states_have_codes": "DELETE FROM marts.state_years",
    "no_self_dyads": "UPDATE {t} SET target_id = source_id",
    "both_directions": "DELETE FROM {t} WHERE source_id = 'CHN'",
    "dyad_day zero_only_where_covered": "UPDATE {t} SET n_events = 0, coverage_share = 95 / 96",
    "actor_day zero_only_where_covered": "UPDATE {t} SET n_events_as_target = 0, coverage_share = NULL",
    "in_force_follows_intervals": "UPDATE {t} SET n_listings_in_force = n_listings_in_force + 1 WHERE from_date >= '2023-11-10'",
    "weeks_and_months_have_its_sums": "UPDATE marts.dyad_month SET n_events = n_events + 1 WHERE n_events IS NOT NULL",
    "held_is_before_plus_added_less_removed": "UPDATE {t} SET n_added = n_added + 1",
    "words_are_of_their_vocabularies": "UPDATE {t} SET {w} = 'no such word'",
    "in_force_matches_listings": "UPDATE {t} SET n_listings_in_force = n_listings_in_force + 1",
    "events_add_up": "UPDATE {t} SET n_events = n_events + 1 WHERE n_events > 0",
    "official_acts_add_up": "UPDATE {t} SET n_official_acts = coalesce(n_official_acts, 0) + 1",
    "acts_add_up": "UPDATE {t} SET n_listings_added = 0 WHERE n_listings_added > 0",
    "no_look_ahead": "UPDATE core.overdose_observations SET known_from = known_from + INTERVAL 1 DAY",
    "latest_matches_core": "UPDATE {t} SET deaths_12m_reported = deaths_12m_reported + 1",
    "date_and_headline_are_known": "UPDATE {t} SET headline = NULL",
    "facts_add_up": "DELETE FROM {t} WHERE kind = 'sanction'",
    "every_listing_is_there": "DELETE FROM {t}",
    "targets_are_known": (
        "INSERT INTO {t} SELECT t.* REPLACE (t.listing_id || n.range AS listing_id, NULL AS target_id) FROM {t} AS t, range(9) n"
    ),
    "lists_name_whom_they_may": "UPDATE core.sanction_lists SET target_ids = ['RUS']",
    "every_name_has_words": "UPDATE {t} SET words = []",
    "dyad_month is_sum_of_days": "UPDATE {t} SET n_reports = n_reports + 1",
    "actor_month is_sum_of_days": "UPDATE {t} SET n_events_as_target = n_events_as_target + 1",
    "dyad_day values_in_range": "UPDATE {t} SET coverage_share = 1.5",
    "dyad_month values_in_range": "UPDATE {t} SET goldstein_mean = -11",
    "actor_day values_in_range": "UPDATE {t} SET n_listings_in_force_by = -1",
    "actor_month values_in_range": "UPDATE {t} SET t404_share = 1.2",
    "corroborations values_in_range": "UPDATE {t} SET lag_days = 9",
    "corroborations ids_exist": "UPDATE {t} SET act_id = 'x'",
    "act_reports name_the_act": "UPDATE {t} SET named_by = 'measure'",
    "official_act_dyads no_trade_remedies": "UPDATE core.official_acts SET sort = 'trade_remedy'",
    "acts_without_news nothing_tells_of_them": "UPDATE {t} SET act_id = 'told'",
    "news_without_act coverage_says_so": "DELETE FROM core.official_act_coverage",
    "events_one_a_day every_row_is_in_one_event": "DELETE FROM {t} WHERE event_id = 'e1'",
    "events_one_a_day same_key_once": "INSERT INTO {t} SELECT * REPLACE ('x' AS event_id) FROM {t}",
    "events_one_a_day counts_hold": "UPDATE {t} SET n_outlets = n_reports + 1",
    "event_counts reports_add_up": "UPDATE {t} SET n_reports = n_reports + 1",
    "self_dyad_day events_add_up": "DELETE FROM {t}",
    "dyad_undated rows_add_up": "DELETE FROM {t}",
    "article_listings surface_stands_there": "UPDATE {t} SET surface = 'x'",
    "list_changes counts_hold": "UPDATE {t} SET n_in_force = n_listed + 1",
    "tension_index unknown_is_not_calm": "UPDATE {t} SET tension = 0, rated_from = NULL",
}
CHECKS = [e for e in from_checks() if e.table.startswith("marts.")]
ELSEWHERE = ("marts.overdose_", "marts.revision_analysis", "marts.claims_judged", "marts.tension_index-rated")
"""What is tried elsewhere: in test_overdose_derived, on counts that go together, in test_claims_judged, in test_one_a_day."""
HERE = [e for e in CHECKS if not f"{e.table}-{e.name}".startswith(ELSEWHERE)]


@pytest.fixture(scope="module")
def full(shared: Warehouse) -> Warehouse:
    """A little of everything, built."""
    w, late = shared, {"known_from": "2023-12-20"}
    covered(w, "2023-10-01", "2023-12-20")
    listing(w, 1, None, "2023-11-16")
    listing(w, 2, "2023-11-02")
    listing(w, 3, "2023-11-02", "2023-11-02")
    of_3, of_5 = "2023-11-03", "2023-11-05"
    w.put("core.events", event(1, of_3, cameo_code="163"), event(2, of_3), event(3, of_5, "CHN", "USA"), event(4, of_5, "CHN"))
    w.put("core.events", event(5, None, date_precision="unknown"), told(10, of_3, "US sanctions fentanyl"))
    w.put("core.events", *(event(n, f"2023-12-0{n - 2}", "CHN", "USA", **late) for n in (6, 7, 8, 9)))
    w.put("core.events", told(11, "2023-12-15", "US sanctions it", **late))
    w.put("core.event_days", {"event_date": of_3, "source_country_id": "RUS", "target_country_id": "CHN"})
    w.put("core.news_coverage", {"date": of_3}, {"date": "2023-11-04"})
    act(w, "told", of_3, "fentanyl")
    act(w, "untold", "2023-12-04", "fruit")
    w.put("core.official_act_coverage", {"covered_from": "2023-12-01", "covered_until": "2023-12-20"})
    w.put("core.sanction_names", {"listing_id": "us_list:2", "name": "Wuhan Example Chemical"})
    decided = {"listing_id": "us_list:1", "other_id": "us_list:2", "rule": "alike", "is_same": False}
    w.put("core.party_decisions", decided | {"evidence": "e", "objection": "o"})
    codes = {"USA": "2", "CHN": "710", "RUS": "365"}
    w.put("core.actor_codes", *({"scheme": "cow", "code": code, "actor_id": who} for who, code in codes.items()))
    year = {"covered_from": "2023-01-01", "covered_until": "2023-12-31"}
    w.put("core.tariff_coverage", {"source_id": "USA", "target_id": "CHN"} | year)
    w.put("core.actor_aliases", {"scheme": "surface", "alias": "Commerce's bureau", "actor_id": "USA.BIS"})
    article = {"article_id": "a", "title": "Tariffs on fentanyl", "text": "Wuhan Example Chemical sold it."}
    w.put("core.articles", article | {"published_at": "2023-12-01"})
    w.put(
        "core.overdose_observations",
        deaths(100, "2023-10-11", "2023-11-15"),
        deaths(104, "2023-11-15"),
        deaths(70, "2023-11-15", drug="T40.4"),
        deaths(90, "2023-09-11", period="2023-03-31"),
    )
    return w.build()


@pytest.mark.parametrize("check", HERE, ids=lambda e: f"{e.table}-{e.name}")
def test_a_check_passes_on_sound_marts_and_finds_broken_ones(full: Warehouse, check: Expectation) -> None:
    assert check.query is not None
    assert full.ask(check.query) == []
    table = check.table.split(".")[1]
    statement = BREAK.get(f"{table} {check.name}") or BREAK[check.name]
    (word, *_) = [*next(s for s in scripts("marts") if s.name == table).vocabularies, ""]
    # a view has the rows of its table
    spoilt = f"marts.{table.replace('_day', '_spans')}" if table in ("dyad_day", "actor_day") else check.table
    statement = statement.format(t=spoilt, d="period_end" if table.endswith("month") else "from_date", w=word)
    assert full.broken(check.query, statement) != []


def test_the_spans_of_a_calendar_are_stored_in_order(warehouse: Warehouse) -> None:
    """The joins must keep the order of the spans, whichever side the planner takes for the smaller one."""
    covered(warehouse)
    for number, (day, country) in enumerate([("2023-11-20", "CHN"), ("2023-11-05", "RUS"), ("2023-11-11", "IRN")]):
        listing(warehouse, number, day, states=country)
    ordered = "row_number() OVER (ORDER BY source_id, target_id, from_date)"
    spans = f"SELECT rowid + 1 AS place, {ordered} AS number FROM marts.dyad_spans"
    ((n, misplaced),) = warehouse.build().ask(f"SELECT count(*), count(*) FILTER (place <> number) FROM ({spans})")
    assert (n > 6, misplaced) == (True, 0)
    assert warehouse.ask("SELECT count(*) FROM marts.dyad_day") == [(180,)]


@pytest.mark.parametrize("mart", ["actor_spans", "dyad_spans"])
def test_a_calendar_of_days_streams_in_order_and_is_neither_sorted_nor_searched_day_by_day(
    warehouse: Warehouse, mart: str
) -> None:
    warehouse.build()
    text = (SQL / "marts" / f"{mart}.sql").read_text(encoding="utf-8")
    before, _, rest = text.partition(f"CREATE TABLE marts.{mart} AS")
    # millions of wide rows: sorted, they take the memory of the whole build
    warehouse.con.execute(before)
    (node,) = json.loads(warehouse.con.execute(f"EXPLAIN (FORMAT json) {rest.partition(';')[0]}").fetchall()[0][1])
    passed = []
    while (name := node["name"].strip()) != "ORDER_BY":
        # what a WITH holds comes first, its result last; of a join the side that streams comes first
        node = node["children"][-1 if name == "CTE" else 0]
        passed.append(name)
    assert set(passed) <= {"CTE", "PROJECTION", "HASH_JOIN", "CROSS_PRODUCT", "FILTER"}
