"""Reports and events apart: one event a day per pair of parties and code, across origins; what panels leave out; tension."""

from datetime import date, timedelta
from typing import Any

import pytest

from assets.schema import SQL
from pipelines.publish.loading import make_by_day
from tests.sql import conftest
from tests.sql.conftest import Warehouse, check, tell

ONCE = "FROM marts.events_one_a_day ORDER BY event_id =>"
OF_US = "FROM marts.dyad_day WHERE source_id = 'USA' =>"
SIGNS = "goldstein_sum, goldstein_pos_sum, goldstein_neg_sum, conflict_share, material_conflict_share, n_consult, n_no_plover"
FIGHTS = "quad_schrodt=4 goldstein=-5"
NOVEMBER = "FROM marts.tension_index WHERE source_id = 'USA' AND period_end = '2023-11-30' =>"
COVERED = "core news_coverage date: " + " / ".join(f"2023-11-{n:02}" for n in range(1, 31))


def event(w: Warehouse, number: str, *of: Any, **other: Any) -> None:
    """An event of two states that are its parties themselves."""
    row = conftest.event(number, *of, **({"origin": "gdelt_v2_events"} | other))
    w.put("core.events", {"source_id": row["source_country_id"], "target_id": row["target_country_id"]} | row)


def report(w: Warehouse, number: str, report_id: str, day: str, outlet: str | None = None) -> None:
    w.fill("event_reports event_id report_id outlet known_from", f"e{number} {report_id} {outlet or '-'} 2023-11-{day}")


STORIES = {
    "an act that many articles report is one event with all its reports": (
        "event 1 n_reports=4 known_from=2023-11-02", "event 2 n_reports=6 known_from=2023-11-01", "report 1 a 02 x.org",
        "report 2 a 01 x.org", "report 2 b 01 y.org", "event_id, n_rows, n_reports, n_outlets, first_seen::DATE, event_ids "
        f"{ONCE} e2|2|10|2|2023-11-01|['e1', 'e2']", f"n_events, n_reports {OF_US} 1|10",
    ),
    "another day, code, sector or direction is another event, and more reports held than counted are what counts": (
        "event 1", "event 2 2023-11-02", "event 3 cameo_code=042", "event 4 source_sector=GOV", "event 5 target_sector=BUS",
        "event 6 source=CHN target=USA", "report 1 0 20", "report 1 1 20", "report 1 2 20",
        f"n_reports, n_outlets {ONCE} 3|0 / 1|0 / 1|0 / 1|0 / 1|0 / 1|0",
    ),
    "two origins that code one act make one event, and parties that one origin names apart are apart": (
        "event 1|origin=icews|target_name=Wilbur Ross", "event 2|origin=icews|target_name=United States",
        "event 3|origin=icews|target_name=Wilbur Ross", "event 4", "event 5 2023-11-02",
        "event 6 2023-11-02 origin=gdelt_v1_events",
        "event 7|2023-11-02|origin=icews|source_name=United States|target_name=China",
        f"event_ids, origins {ONCE} ['e1', 'e3']|['icews'] / ['e2', 'e4']|['gdelt_v2_events', 'icews'] / "
        "['e5', 'e6', 'e7']|['gdelt_v1_events', 'gdelt_v2_events', 'icews']",
    ),
    "an event without a CAMEO code is identified by its PLOVER class": (
        *(f"event {of} origin=polecat cameo_code=- goldstein=- quad_schrodt=4"
          for of in ("1 plover_event=SANCTION", "2 plover_event=COERCE")),
        f"plover_event, cameo_code {ONCE} SANCTION|- / COERCE|-",
        f"n_events, n_sanction, n_coerce, n_agree, n_no_plover, n_goldstein, n_material_conflict {OF_US} 2|1|1|0|0|0|2",
    ),
    "what is only intended or denied or of unknown date is no event of the day and is counted apart": (
        "event 0", *(f"event 1{n} modality={m}" for n, m in enumerate(("intended", "hypothetical", "denied"))),
        "event 14 - date_precision=unknown", "event 15 2023-08-01 date_precision=month",
        "event 16 2020-01-01 date_precision=year",
        "event 17 1972-02-21", "event 18 2030-01-01", "event 8 target=USA", "event 9 target=-", f"event_id {ONCE} e0 / e8 / e9",
        "target_id, date FROM marts.dyad_day WHERE n_events > 0 => CHN|2023-11-01",
        "target_id, n_undated, n_date_unknown, n_month_only, n_year_only, n_out_of_range, n_intended, n_hypothetical, n_denied "
        "FROM marts.dyad_undated => CHN|3|1|1|1|2|1|1|1",
    ),
    "self dyads stand apart and in no panel": (
        f"event 1 source=CHN {FIGHTS}", "count(*) FROM marts.dyad_day => 0",
        "actor_id, date, n_events, n_material_conflict, goldstein_sum FROM marts.self_dyad_day => CHN|2023-11-01|1|1|-5.0",
    ),
    "Goldstein sums are apart by sign and shares are of the events": (
        "event 1 goldstein=3 plover_event=CONSULT", f"event 2 cameo_code=163 plover_event=COERCE {FIGHTS}",
        "event 3 goldstein=-2 cameo_code=111 quad_schrodt=3 plover_event=ACCUSE",
        "event 4 goldstein=0 cameo_code=010 plover_event=-",
        *(f"{SIGNS} FROM {panel} WHERE source_id = 'USA' => -4.0|3.0|-7.0|0.5|0.25|1|1"
          for panel in ("marts.dyad_day", "marts.dyad_month", "dyad_panel('USA', 'CHN', 'week')")),
    ),
    "slots with reports alone make no day covered": (
        "event 1",
        "core news_coverage date source covers: 2023-11-02 gdelt_v2_mentions reports / 2023-11-03 gdelt_v2_events events",
        *(f"n_events, coverage_share FROM {panel} WHERE source_id = 'USA' ORDER BY date => 1|- / -|- / 0|1.0"
          for panel in ("marts.dyad_day", "dyad_days_as_known('USA', 'CHN', DATE '2023-12-01')")),
    ),
    "what was known then counts only the reports of then": (
        "event 1 known_from=2023-11-02", "event 2 known_from=2023-11-05 n_reports=7", "report 1 2 02 2.org",
        "report 1 3 03 3.org",
        "report 1 4 04 4.org", f"n_rows, n_reports, n_outlets {ONCE} 2|10|3",
        *(f"n_rows, n_reports, n_outlets FROM events_one_a_day_as_known('USA', 'CHN', '2023-11-{then}"
          for then in ("01') =>", "03') => 1|2|2", "30') => 2|10|3")),
    ),
    # 3 of 12 are material conflict; the mean of 9 x 1 and 3 x -5 is -0.5
    "the index is the mean of the share of conflict and of the Goldstein mean, and is unknown where a month has few events": (
        *(f"event {n} 2023-11-{n + 1:02} known_from=2023-12-01 {FIGHTS if 1 <= n <= 3 else ''}" for n in range(12)), COVERED,
        f"n_events, conflict_score, goldstein_score, tension, tension_relative, coverage_share {NOVEMBER} "
        "12|25.0|52.5|38.75|100.0|1.0",
        "DELETE FROM core.news_coverage WHERE date > '2023-11-22'", f"n_events, conflict_share, tension {NOVEMBER} 12|0.25|-",
        "DELETE FROM core.news_coverage", COVERED, "DELETE FROM core.events WHERE event_date >= '2023-11-07'",
        f"n_events, conflict_share, tension {NOVEMBER} 6|0.5|-", "UPDATE core.events SET event_date = '2023-10-31'",
        f"n_events, conflict_share, tension {NOVEMBER} 0|-|-",
    ),
}  # fmt: skip


@pytest.mark.trap("gdelt_v2_events", "reports")
@pytest.mark.trap("gdelt_v2_mentions", "no-coverage")
@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_events_and_tension(warehouse: Warehouse, what: str) -> None:
    tell(warehouse, *STORIES[what], event=event, report=report)


def test_the_mart_made_some_days_at_a_time_is_the_mart_made_at_once(warehouse: Warehouse) -> None:
    """Of two of three days a row is known weeks later, of one a row is known the day before, in UTC."""
    third = "2023-11-03 known_from=2023-12-01"
    tell(
        warehouse, "event 1 known_from=2023-11-01", "event 2 n_reports=5 known_from=2023-12-01", f"event 4 {third} target=RUS",
        "event 3 2023-11-02 known_from=2023-11-01", f"event 5 {third} origin=icews", f"event 6 {third} modality=denied",
        "report 1 a 01 x.org", "report 1 b 30 y.org", "report 3 a 02 x.org", event=event, report=report,
    )  # fmt: skip
    rows = "FROM marts.events_one_a_day ORDER BY ALL"
    at_once = warehouse.build().ask(rows)
    warehouse.con.execute("DROP TABLE marts.events_one_a_day")
    text = (SQL / "marts" / "events_one_a_day.sql").read_text(encoding="utf-8")
    make_by_day(warehouse.con, "events_one_a_day", text, most=2)
    said = "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'events_one_a_day' AND comment IS NOT NULL"
    assert warehouse.ask(said) == [(len(at_once[0]),)]
    assert warehouse.ask(rows) == at_once
    assert len(at_once) == 4


@pytest.mark.parametrize(
    ("first", "n", "every", "rated"),
    [("2023-11-01", 30, 1, ["2023-11-30"]), ("2023-11-16", 30, 1, ["2023-12-31"]), ("2023-11-01", 29, 1, []),
     ("2023-10-02", 31, 2, [])],
    ids=["in a month", "over its end", "29 days", "every other day"],
)  # fmt: skip
def test_the_index_has_a_value_wherever_30_days_of_events_are_held_and_no_other(
    warehouse: Warehouse, first: str, n: int, every: int, rated: list[str]
) -> None:
    """No slots are held: what reports of articles tell of each day is enough to say what the events are made of."""
    for i in range(n):
        tell(warehouse, f"event {i} {date.fromisoformat(first) + timedelta(every * i)} {FIGHTS} known_from=2023-12-31")
    ask = "period_end, tension, rated_to - rated_from FROM marts.tension_index WHERE source_id = 'USA' AND tension IS NOT NULL"
    assert warehouse.told(ask) == " / ".join(f"{day}|87.5|29" for day in rated)
    query = check("tension_index__rated_where_days_are_held")
    assert warehouse.ask(query) == []
    assert len(warehouse.broken(query, "UPDATE marts.tension_index SET tension = NULL")) == len(rated)


def test_a_month_of_heavy_fighting_and_talks_is_no_calmer_by_intensity_than_one_of_lighter_fighting(warehouse: Warehouse) -> None:
    """The composition alone says otherwise: the talks of March lower its tension below that of July.

    Of August a few days are held whole: what others tell of it says what it was made of, and not how much there was.
    """
    codes = {3: ("190", "193", "036", "040"), 7: ("190",), 8: ("190",)}
    told = [(f"2022-{month:02}-{n:02}", code) for month, of_a_day in codes.items() for n in range(1, 31) for code in of_a_day]
    rows = (f"e{n} {day} {code} {'4 -10' if code >= '190' else '1 4'} RUS UKR 2022-12-01" for n, (day, code) in enumerate(told))
    head = "events event_id event_date cameo_code quad_schrodt goldstein source_country_id target_country_id known_from"
    warehouse.fill(head, *rows)
    held = (f"2022-{month:02}-{day:02}" for month, days in ((3, 31), (7, 31), (8, 5)) for day in range(1, days + 1))
    warehouse.fill("news_coverage date", *held)
    # half of March's events are material conflict, with a mean of -3; all of July's are, with -10
    assert (
        warehouse.told(
            "round(tension, 2), round(intensity, 4) FROM marts.tension_index "
            "WHERE source_id = 'RUS' AND target_id = 'UKR' AND month(period_end) IN (3, 7, 8) ORDER BY period_end"
        )
        == f"57.5|{round(60 / 31, 4)} / 100.0|{round(30 / 31, 4)} / 100.0|-"
    )
