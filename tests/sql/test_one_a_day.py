"""Reports and events apart: one event a day per pair of parties and code, across origins; what panels leave out; tension."""

from datetime import date, timedelta
from typing import Any

import pytest

from assets.schema import SQL
from pipelines.publish.loading import make_by_day
from tests.sql import conftest
from tests.sql.conftest import Row, Warehouse, check


def event(number: int, **other: Any) -> Row:
    """An event of two states that are its parties themselves."""
    row = conftest.event(number, **({"origin": "gdelt_v2_events"} | other))
    return {"source_id": row["source_country_id"], "target_id": row["target_country_id"]} | row


def covered(w: Warehouse, n: int = 30) -> None:
    w.put("core.news_coverage", *({"date": f"2023-11-{1 + i:02}"} for i in range(n)))


def once(w: Warehouse, columns: str) -> list[tuple[Any, ...]]:
    return w.build().ask(f"SELECT {columns} FROM marts.events_one_a_day ORDER BY event_id")


def report(number: int, report_id: str, day: int, outlet: str | None = None) -> Row:
    return {"event_id": f"e{number}", "report_id": report_id, "outlet": outlet, "known_from": f"2023-11-{day:02}"}


@pytest.mark.trap("gdelt_v2_events", "reports")
def test_an_act_that_many_articles_report_is_one_event_with_all_its_reports(warehouse: Warehouse) -> None:
    warehouse.put("core.events", event(1, n_reports=4, known_from="2023-11-02"), event(2, n_reports=6, known_from="2023-11-01"))
    reports = (report(1, "a", 2, "x.org"), report(2, "a", 1, "x.org"), report(2, "b", 1, "y.org"))
    warehouse.put("core.event_reports", *reports)
    assert once(warehouse, "event_id, n_rows, n_reports, n_outlets, first_seen, event_ids") == [
        ("e2", 2, 10, 2, "2023-11-01T00:00:00", ["e1", "e2"])
    ]
    assert warehouse.ask("SELECT n_events, n_reports FROM marts.dyad_day WHERE source_id = 'USA'") == [(1, 10)]


def test_another_day_code_sector_or_direction_is_another_event_and_more_reports_held_than_counted_are_what_counts(
    warehouse: Warehouse,
) -> None:
    back = {"source": "CHN", "target": "USA"}
    others = ({"day": "2023-11-02"}, {"cameo_code": "042"}, {"source_sector": "GOV"}, {"target_sector": "BUS"}, back)
    warehouse.put("core.events", event(1), *(event(n, **other) for n, other in enumerate(others, 2)))
    warehouse.put("core.event_reports", *(report(1, str(i), 20) for i in range(3)))
    assert once(warehouse, "n_reports, n_outlets") == [(3, 0), *[(1, 0)] * 5]


def test_two_origins_that_code_one_act_make_one_event_and_parties_that_one_origin_names_apart_are_apart(
    warehouse: Warehouse,
) -> None:
    named = ("Wilbur Ross", "United States", "Wilbur Ross")
    warehouse.put("core.events", *(event(n, origin="icews", target_name=name) for n, name in enumerate(named, 1)), event(4))
    second = {"day": "2023-11-02"}
    of_icews = event(7, origin="icews", source_name="United States", target_name="China", **second)
    warehouse.put("core.events", event(5, **second), event(6, origin="gdelt_v1_events", **second), of_icews)
    assert once(warehouse, "event_ids, origins") == [
        (["e1", "e3"], ["icews"]),
        (["e2", "e4"], ["gdelt_v2_events", "icews"]),
        (["e5", "e6", "e7"], ["gdelt_v1_events", "gdelt_v2_events", "icews"]),
    ]


def test_an_event_without_a_cameo_code_is_identified_by_its_plover_class(warehouse: Warehouse) -> None:
    plover = {"origin": "polecat", "cameo_code": None, "goldstein": None, "quad_schrodt": 4}
    warehouse.put("core.events", event(1, plover_event="SANCTION", **plover), event(2, plover_event="COERCE", **plover))
    assert once(warehouse, "plover_event, cameo_code") == [("SANCTION", None), ("COERCE", None)]
    counts = "n_events, n_sanction, n_coerce, n_agree, n_no_plover, n_goldstein, n_material_conflict"
    assert warehouse.ask(f"SELECT {counts} FROM marts.dyad_day WHERE source_id = 'USA'") == [(2, 1, 1, 0, 0, 0, 2)]


def test_what_is_only_intended_or_denied_or_of_unknown_date_is_no_event_of_the_day_and_is_counted_apart(
    warehouse: Warehouse,
) -> None:
    no_event: list[Row] = [{"modality": m} for m in ("intended", "hypothetical", "denied")]
    no_event += [{"day": None, "date_precision": "unknown"}, {"day": "2023-08-01", "date_precision": "month"}]
    no_event += [{"day": "2020-01-01", "date_precision": "year"}, {"day": "1972-02-21"}, {"day": "2030-01-01"}]
    in_no_panel = [event(8, target="USA"), event(9, target=None)]
    warehouse.put("core.events", event(0), *(event(n, **row) for n, row in enumerate(no_event, 11)), *in_no_panel)
    assert once(warehouse, "event_id") == [("e0",), ("e8",), ("e9",)]
    assert warehouse.ask("SELECT target_id, date FROM marts.dyad_day WHERE n_events > 0") == [("CHN", "2023-11-01")]
    dates = "n_undated, n_date_unknown, n_month_only, n_year_only, n_out_of_range, n_intended, n_hypothetical, n_denied"
    assert warehouse.ask(f"SELECT target_id, {dates} FROM marts.dyad_undated") == [("CHN", 3, 1, 1, 1, 2, 1, 1, 1)]


def test_self_dyads_stand_apart_and_in_no_panel(warehouse: Warehouse) -> None:
    warehouse.put("core.events", event(1, source="CHN", quad_schrodt=4, goldstein=-5))
    asked = "SELECT actor_id, date, n_events, n_material_conflict, goldstein_sum FROM marts.self_dyad_day"
    assert warehouse.build().ask(asked) == [("CHN", "2023-11-01", 1, 1, -5.0)]
    assert warehouse.ask("SELECT count(*) FROM marts.dyad_day") == [(0,)]


def test_goldstein_sums_are_apart_by_sign_and_shares_are_of_the_events(warehouse: Warehouse) -> None:
    warehouse.put(
        "core.events",
        event(1, goldstein=3.0, plover_event="CONSULT"),
        event(2, goldstein=-5.0, cameo_code="163", quad_schrodt=4, plover_event="COERCE"),
        event(3, goldstein=-2.0, cameo_code="111", quad_schrodt=3, plover_event="ACCUSE"),
        event(4, goldstein=0.0, cameo_code="010", plover_event=None),
    )
    sums = "goldstein_sum, goldstein_pos_sum, goldstein_neg_sum"
    columns = f"{sums}, conflict_share, material_conflict_share, n_consult, n_no_plover"
    warehouse.build()
    for panel in ("marts.dyad_day", "marts.dyad_month", "dyad_panel('USA', 'CHN', 'week')"):
        found = warehouse.ask(f"SELECT {columns} FROM {panel} WHERE source_id = 'USA'")
        assert found == [(-4.0, 3.0, -7.0, 0.5, 0.25, 1, 1)]


@pytest.mark.trap("gdelt_v2_mentions", "no-coverage")
def test_slots_with_reports_alone_make_no_day_covered(warehouse: Warehouse) -> None:
    warehouse.put("core.events", event(1))
    warehouse.put("core.news_coverage", {"date": "2023-11-02", "source": "gdelt_v2_mentions", "covers": "reports"})
    warehouse.put("core.news_coverage", {"date": "2023-11-03"})
    warehouse.build()
    for panel in ("marts.dyad_day", "dyad_days_as_known('USA', 'CHN', DATE '2023-12-01')"):
        found = warehouse.ask(f"SELECT date, n_events, coverage_share FROM {panel} WHERE source_id = 'USA' ORDER BY 1")
        assert found == [("2023-11-01", 1, None), ("2023-11-02", None, None), ("2023-11-03", 0, 1.0)]


def test_what_was_known_then_counts_only_the_reports_of_then(warehouse: Warehouse) -> None:
    warehouse.put("core.events", event(1, known_from="2023-11-02"), event(2, known_from="2023-11-05", n_reports=7))
    warehouse.put("core.event_reports", *(report(1, str(day), day, f"{day}.org") for day in (2, 3, 4)))
    warehouse.build()
    ask = "SELECT n_rows, n_reports, n_outlets FROM events_one_a_day_as_known('USA', 'CHN', ?)"
    days = ("2023-11-01", "2023-11-03", "2023-11-30")
    assert [warehouse.ask(ask, day) for day in days] == [[], [(1, 2, 2)], [(2, 10, 3)]]
    assert warehouse.ask("SELECT n_rows, n_reports, n_outlets FROM marts.events_one_a_day") == [(2, 10, 3)]


def test_the_mart_made_some_days_at_a_time_is_the_mart_made_at_once(warehouse: Warehouse) -> None:
    """Of two of three days a row is known weeks later, of one a row is known the day before, in UTC."""
    late = {"known_from": "2023-12-01"}
    warehouse.put("core.events", event(1, known_from="2023-11-01"), event(2, n_reports=5, **late))
    third = {"day": "2023-11-03"} | late
    warehouse.put("core.events", event(3, day="2023-11-02", known_from="2023-11-01"), event(4, target="RUS", **third))
    warehouse.put("core.events", event(5, origin="icews", **third), event(6, modality="denied", **third))
    warehouse.put("core.event_reports", report(1, "a", 1, "x.org"), report(1, "b", 30, "y.org"), report(3, "a", 2, "x.org"))
    rows = "FROM marts.events_one_a_day ORDER BY ALL"
    at_once = warehouse.build().ask(rows)
    warehouse.con.execute("DROP TABLE marts.events_one_a_day")
    text = (SQL / "marts" / "events_one_a_day.sql").read_text(encoding="utf-8")
    make_by_day(warehouse.con, "events_one_a_day", text, most=2)
    said = "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'events_one_a_day' AND comment IS NOT NULL"
    assert warehouse.ask(said) == [(len(at_once[0]),)]
    assert warehouse.ask(rows) == at_once
    assert len(at_once) == 4


# --- tension


def month_of_events(w: Warehouse, n: int, n_covered: int) -> None:
    fights = {"quad_schrodt": 4, "goldstein": -5}
    days = (event(i, day=f"2023-11-{1 + i:02}", known_from="2023-12-01") for i in range(n))
    w.put("core.events", *(day | (fights if 1 <= i <= 3 else {}) for i, day in enumerate(days)))
    covered(w, n_covered)


NOVEMBER = "FROM marts.tension_index WHERE source_id = 'USA' AND period_end = '2023-11-30'"


def test_the_index_is_the_mean_of_the_share_of_conflict_and_of_the_goldstein_mean(warehouse: Warehouse) -> None:
    month_of_events(warehouse, 12, 30)
    columns = "n_events, conflict_score, goldstein_score, tension, tension_relative, coverage_share"
    # 3 of 12 are material conflict; the mean of 9 x 1 and 3 x -5 is -0.5
    assert warehouse.build().ask(f"SELECT {columns} {NOVEMBER}") == [(12, 25.0, 52.5, 38.75, 100.0, 1.0)]


@pytest.mark.parametrize(
    ("first", "n", "every", "rated"),
    [
        ("2023-11-01", 30, 1, {"2023-11-30"}),
        ("2023-11-16", 30, 1, {"2023-12-31"}),
        ("2023-11-01", 29, 1, set()),
        ("2023-10-02", 31, 2, set()),
    ],
    ids=["in a month", "over its end", "29 days", "every other day"],
)
def test_the_index_has_a_value_wherever_30_days_of_events_are_held_and_no_other(
    warehouse: Warehouse, first: str, n: int, every: int, rated: set[str]
) -> None:
    """No slots are held: what reports of articles tell of each day is enough to say what the events are made of."""
    days = [str(date.fromisoformat(first) + timedelta(every * i)) for i in range(n)]
    fights = {"quad_schrodt": 4, "goldstein": -5.0, "known_from": "2023-12-31"}
    warehouse.put("core.events", *(event(i, day=day, **fights) for i, day in enumerate(days)))
    rating = "SELECT period_end, tension, rated_to - rated_from FROM marts.tension_index"
    ask = f"{rating} WHERE source_id = 'USA' AND tension IS NOT NULL"
    assert warehouse.build().ask(ask) == [(day, 87.5, 29) for day in rated]
    query = check("tension_index__rated_where_days_are_held")
    assert warehouse.ask(query) == []
    assert len(warehouse.broken(query, "UPDATE marts.tension_index SET tension = NULL")) == len(rated)


def test_a_month_that_is_not_covered_has_few_events_or_none_has_no_index_and_not_0(warehouse: Warehouse) -> None:
    month_of_events(warehouse, 12, 22)
    ask = f"SELECT n_events, conflict_share, tension {NOVEMBER}"
    assert warehouse.build().ask(ask) == [(12, 0.25, None)]
    warehouse.change("DELETE FROM core.news_coverage")
    covered(warehouse)
    warehouse.change("DELETE FROM core.events WHERE event_date >= '2023-11-07'")
    assert warehouse.build().ask(ask) == [(6, 0.5, None)]
    warehouse.change("UPDATE core.events SET event_date = '2023-10-31'")
    assert warehouse.build().ask(ask) == [(0, None, None)]


def test_a_month_of_heavy_fighting_and_talks_is_no_calmer_by_intensity_than_one_of_lighter_fighting(warehouse: Warehouse) -> None:
    """The composition alone says otherwise: the talks of March lower its tension below that of July."""
    codes = {3: ("190", "193", "036", "040"), 7: ("190",), 8: ("190",)}
    of_codes = {code: {"quad_schrodt": 1, "goldstein": 4.0} for code in ("036", "040")}
    of_codes |= {code: {"quad_schrodt": 4, "goldstein": -10.0} for code in ("190", "193")}
    of_all = {"source": "RUS", "target": "UKR", "known_from": "2022-12-01"}
    told = [(f"2022-{month:02}-{n:02}", code) for month, of_a_day in codes.items() for n in range(1, 31) for code in of_a_day]
    rows = (event(n, day=day, cameo_code=code, **of_codes[code], **of_all) for n, (day, code) in enumerate(told))
    warehouse.put("core.events", *rows)
    # of August a few days are held whole: what others tell of it says what it was made of, and not how much there was
    held = [f"2022-{month:02}-{day:02}" for month, days in ((3, 31), (7, 31), (8, 5)) for day in range(1, days + 1)]
    warehouse.put("core.news_coverage", *({"date": day} for day in held))
    march, july, august = warehouse.build().ask(
        "SELECT round(tension, 2), round(intensity, 4) FROM marts.tension_index "
        "WHERE source_id = 'RUS' AND target_id = 'UKR' AND month(period_end) IN (3, 7, 8) ORDER BY period_end"
    )
    # half of March's events are material conflict, with a mean of -3; all of July's are, with -10
    assert (march, july, august) == ((57.5, round(60 / 31, 4)), (100.0, round(30 / 31, 4)), (100.0, None))
