"""The table macros: what holds now, what was known then, and no look-ahead."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

from assets.sanctions.reading.names import GENERIC_WORDS, LEGAL_FORMS, LITTLE_WORDS, distinctive_words, transliterations, words
from assets.schema import SQL, declared
from tests.sql.conftest import Warehouse, event, listing

MACROS = sorted((SQL / "macros").glob("*.sql"))
OPEN_END = "9999-12-31"


def put_listing(warehouse: Warehouse, **row: Any) -> None:
    warehouse.put("core.sanction_listings", {"listing_id": "us_list:1", "actor_id": "us_list:1", "name": "PARTY"} | row)


@pytest.fixture(scope="module")
def institute(another: Callable[[], Warehouse]) -> Warehouse:
    """Listed 2020-06-05, removed with effect of 2023-11-16, published on the 17th; and how people write China and the US."""
    w, before = another(), {"known_from": "2020-05-22", "known_to": "2023-11-17"}
    w.put("core.sanction_lists", {"covered_from": "2020-05-22", "covered_until": "2023-12-28"})
    put_listing(w, valid_from="2020-06-05", **before)
    put_listing(w, valid_from="2020-06-05", valid_to="2023-11-16", known_from="2023-11-17")
    w.put("core.sanction_countries", {"listing_id": "us_list:1", "country_id": "CHN"} | before)
    w.put("core.actors", {"actor_id": "USA", "name": "United States"}, {"actor_id": "CHN", "name": "China"})
    put_aliases(w, surface="中国 CHN", country_name="China CHN", iso2="US USA", fips="CH CHN")
    return w.build()


def put_aliases(w: Warehouse, **by_scheme: str) -> None:
    """How actors are written: by scheme an alias and the id."""
    pairs = ((scheme, *said.split()) for scheme, said in by_scheme.items())
    w.put("core.actor_aliases", *({"scheme": scheme, "alias": alias, "actor_id": actor} for scheme, alias, actor in pairs))


def test_a_macro_file_makes_one_macro_of_its_name_and_documents_it() -> None:
    for path in MACROS:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"CREATE OR REPLACE MACRO (\w+)\(", text) == [path.stem]
        assert re.match(r"-- .+\.[\s\S]*-- (?:.*\. )?Result: [\s\S]*-- Example: ", text), path


def test_a_macro_gives_the_columns_of_the_table_that_it_answers_for(empty: Warehouse) -> None:
    of_tables = {
        "core.sanction_listings": ("listed_on('2023-11-15')", "listed_as_known('2023-11-15', '2023-11-15')"),
        "core.overdose_observations": ("overdose_latest()", "overdose_as_known('2023-11-15')", "overdose_first_release()"),
        "core.events": ("events_between('USA', 'CHN')",),
    }
    for table, calls in of_tables.items():
        columns = [c.name for c in declared()[table].columns]
        for call in calls:
            assert [r[0] for r in empty.ask(f"DESCRIBE FROM {call}")][: len(columns)] == columns, call
    of_marts = {r[:2] for mart in ("dyad_day", "dyad_month") for r in empty.ask(f"DESCRIBE marts.{mart}")}
    for call in ("dyad_panel('USA', 'CHN', 'day')", "dyad_panel_as_known('USA', 'CHN', 'day', '2023-11-15')"):
        assert of_marts <= {r[:2] for r in empty.ask(f"DESCRIBE FROM {call}")}


def test_what_was_removed_stood_on_past_days_and_no_change_is_known_before_it_is_published(institute: Warehouse) -> None:
    days = ["2020-06-04", "2020-06-05", "2023-11-15", "2023-11-16", "2023-11-17"]
    assert [institute.ask("SELECT count(*) FROM listed_on(?)", d)[0][0] for d in days] == [0, 1, 1, 0, 0]
    ask = "SELECT count(*) FROM listed_as_known(DATE '2023-11-16', ?)"
    moments = ("2023-11-16", "2023-11-16 23:59:59", date(2023, 11, 17), "2024-01-01")
    assert [institute.ask(ask, k)[0][0] for k in moments] == [1, 1, 0, 0]
    assert institute.ask("SELECT count(*) FROM listed_as_known('2023-11-15', '2020-05-21')") == [(0,)]


def test_a_left_censored_listing_is_in_force_on_every_earlier_day_and_an_edited_one_stands_once(warehouse: Warehouse) -> None:
    put_listing(warehouse, valid_from=None, valid_from_basis="left_censored")
    put_listing(warehouse, listing_id="us_list:2", valid_from="2023-11-01", name="OLD", known_to="2023-11-12")
    put_listing(warehouse, listing_id="us_list:2", valid_from="2023-11-01", name="NEW", known_from="2023-11-12")
    ask = "SELECT listing_id, name FROM listed_on(?) ORDER BY 1"
    assert warehouse.build().ask(ask, "1999-01-01") == [("us_list:1", "PARTY")]
    assert warehouse.ask(ask, "2023-11-05") == [("us_list:1", "PARTY"), ("us_list:2", "NEW")]
    assert ("us_list:2", "OLD") in warehouse.ask("SELECT listing_id, name FROM listed_as_known('2023-11-05', '2023-11-11')")


def test_a_figure_known_on_a_day_is_the_version_that_stood_at_its_first_instant(warehouse: Warehouse) -> None:
    """One that is withdrawn is NULL by current knowledge, and not gone."""
    row = {"period_start": "2022-06-01", "period_end": "2023-05-31"}
    warehouse.put(
        "core.overdose_observations",
        row | {"value": 1, "known_from": "2023-10-11 12:00:00", "known_to": "2024-02-14"},
        row | {"value": 2, "known_from": "2024-02-14", "known_to": "2024-03-01"},
        row | {"value": None, "missing_reason": "withdrawn", "known_from": "2024-03-01"},
    )
    w = warehouse.build()
    moments = (date(2023, 10, 11), date(2023, 10, 12), "2024-02-13 23:59", "2024-02-14")
    assert [w.ask("SELECT value FROM overdose_as_known(?)", k) for k in moments] == [[], [(1.0,)], [(1.0,)], [(2.0,)]]
    assert w.ask("SELECT value, missing_reason FROM overdose_latest()") == [(None, "withdrawn")]
    assert w.ask("SELECT value FROM overdose_first_release()") == [(1.0,)]


def with_a_pair(w: Warehouse) -> Warehouse:
    """Events, listings edited, removed and dated ahead, and lists of two authorities, over some weeks."""
    w.put("core.actors", {"actor_id": "CHN.MOFCOM", "kind": "body", "name": "Ministry of Commerce", "country_id": "CHN"})
    of_china = {"list_id": "cn_list", "authority_id": "CHN.MOFCOM", "covered_from": "2023-11-01", "covered_until": "2023-11-20"}
    w.put("core.sanction_lists", {"covered_from": "2023-10-20", "covered_until": "2023-12-05"}, of_china)
    before = {"listing_id": "us_list:1", "valid_from": None, "valid_from_basis": "left_censored"}
    put_listing(w, **before, known_from="2023-10-20", known_to="2023-11-14 22:00")
    put_listing(w, **before, valid_to="2023-11-14", known_from="2023-11-14 22:00")
    put_listing(w, listing_id="us_list:2", valid_from="2023-11-07", known_from="2023-11-08", known_to="2023-11-25")
    put_listing(w, listing_id="us_list:2", valid_from="2023-11-07", name="EDITED", known_from="2023-11-25")
    put_listing(w, listing_id="us_list:3", valid_from="2023-12-01", known_from="2023-11-20")
    put_listing(w, listing_id="cn_list:1", list_id="cn_list", valid_from="2023-11-03", known_from="2023-11-03")
    for listing_id, country, known, more in (
        ("us_list:1", "CHN", "2023-10-20", {"known_to": "2023-11-14 22:00"}),
        ("us_list:2", "CHN", "2023-11-08", {}),
        ("us_list:2", "RUS", "2023-11-25", {"basis": "address"}),
        ("us_list:3", "CHN", "2023-11-20", {}),
        ("cn_list:1", "USA", "2023-11-03", {}),
    ):
        w.put("core.sanction_countries", {"listing_id": listing_id, "country_id": country, "known_from": known} | more)
    for listing_id, kind, day, known in (
        ("us_list:1", "removed", "2023-11-14", "2023-11-14 22:00"),
        ("us_list:2", "added", "2023-11-07", "2023-11-08"),
        ("us_list:3", "added", "2023-12-01", "2023-11-20"),
        ("cn_list:1", "added", "2023-11-03", "2023-11-03"),
    ):
        change = {"event_id": f"{kind} {listing_id}", "kind": kind, "event_date": day, "known_at": known}
        w.put("core.sanction_events", change | {"listing_id": listing_id, "list_id": listing_id[:-2]})
    for number, (day, known, source, target) in enumerate((
        ("2023-10-15", "2023-11-15", "USA", "CHN"),
        ("2023-11-15", "2023-11-15", "USA", "CHN"),
        ("2023-11-15", "2023-11-16", "CHN", "USA"),
        ("2023-11-30", "2023-12-02", "CHN", "USA"),
        ("2023-12-03", "2023-12-03", "RUS", "CHN"),
    )):  # fmt: skip
        measured = {"known_from": known, "goldstein": number - 2.5, "quad_schrodt": number % 4 + 1}
        w.put("core.events", event(number, day, source, target, **measured))
    w.put(
        "core.news_coverage",
        *({"date": f"2023-11-{d}", "coverage_share": 0.25, "known_from": f"2023-11-{d} 06:00"} for d in range(13, 18)),
        *({"date": f"2023-11-{d}", "known_from": f"2023-11-{d}"} for d in (18, 19)),
    )
    return w.build()


@pytest.fixture(scope="module")
def pair(another: Callable[[], Warehouse]) -> Warehouse:
    return with_a_pair(another())


def test_a_panel_has_both_directions_by_day_and_week_and_by_month_is_the_mart(pair: Warehouse) -> None:
    assert pair.ask(
        "SELECT source_id, target_id, min(date), max(period_end), count(*) "
        "FROM dyad_panel('CHN', 'USA', 'day') GROUP BY ALL ORDER BY 1"
    ) == [("CHN", "USA", "2023-10-15", "2023-12-05", 52), ("USA", "CHN", "2023-10-15", "2023-12-05", 52)]
    assert pair.ask(
        "SELECT date, period_end, n_days, n_events, n_listings_removed, n_listings_in_force "
        "FROM dyad_panel('USA', 'CHN', 'week') WHERE source_id = 'USA' AND date = '2023-11-13'"
    ) == [("2023-11-13", "2023-11-19", 7, 1, 1, 1)]
    columns = ", ".join(r[0] for r in pair.ask("DESCRIBE marts.dyad_month"))
    mart = pair.ask(
        f"SELECT {columns} FROM marts.dyad_month WHERE list_sort([source_id, target_id]) = ['CHN', 'USA'] ORDER BY ALL"
    )
    assert pair.ask(f"SELECT {columns} FROM dyad_panel('USA', 'CHN', 'month') ORDER BY ALL") == mart
    assert len(mart) == 6
    assert pair.ask("SELECT event_id FROM events_between('USA', 'CHN')") == [("e0",), ("e1",), ("e2",), ("e3",)]
    assert pair.ask("FROM dyad_panel_as_known('USA', 'CHN', 'day', '2020-01-01')") == []


def test_an_unknown_grain_is_an_error_that_says_what_is_possible(pair: Warehouse) -> None:
    for call in ("dyad_panel('USA', 'CHN', 'hour')", "dyad_panel('USA', 'RUS', NULL)",
                 "dyad_panel_as_known('USA', 'CHN', 'hour', '2023-11-15')"):  # fmt: skip
        with pytest.raises(duckdb.Error, match=r"grain must be day, week, month, quarter or year, not (hour|NULL)"):
            pair.ask(f"FROM {call}")


OF_A_PAIR = (
    "dyad_panel({}, 'month')",
    "dyad_panel_as_known({}, 'month', '2023-12-15')",
    "dyad_days_as_known({}, '2023-12-15')",
    "events_one_a_day_as_known({}, '2023-12-15')",
    "events_between({})",
    "duty_rate({}, DATE '2023-11-15')",
)
"""Macros that are asked of two states."""


def test_a_macro_takes_states_as_people_write_them_and_says_what_may_have_been_meant(pair: Warehouse) -> None:
    put_aliases(pair, iso2="US USA", country_name="China CHN", surface="中国 CHN", fips="USs USA")
    pair.build()
    for call in OF_A_PAIR:
        of_ids, *others = (
            pair.ask(f"FROM {call.format(p)} ORDER BY ALL") for p in ("'USA', 'CHN'", "'us', 'China'", "'US', '中国'")
        )
        assert others == [of_ids, of_ids] != [[], []]
        for unknown in ("'USs', 'CHN'", "'CHN', 'USs'"):
            with pytest.raises(duckdb.Error, match=r"'USs' is not an actor id: did you mean USA "):
                pair.ask(f"FROM {call.format(unknown)}")


def test_an_actor_error_says_what_is_wrong(warehouse: Warehouse) -> None:
    warehouse.put("core.actors", {"actor_id": "CHN", "name": "China"}, {"actor_id": "RUS", "name": "Russia"})
    warehouse.put("core.actors", {"actor_id": "CHN.MFA", "kind": "body", "country_id": "CHN"})
    answers = {
        "CHN": None,
        None: None,
        "china": "'china' is not an actor id: did you mean CHN (China)?",
        "Chima": "'Chima' is not an actor id: did you mean CHN (China)?",
        "CHN.MFA": "'CHN.MFA' is no state: what it does counts for CHN",
    }
    warehouse.build()
    assert {asked: warehouse.ask("SELECT actor_error(?)", asked)[0][0] for asked in answers} == answers


@pytest.mark.parametrize(("a", "b", "grain"), [("USA", "CHN", "day"), ("RUS", "CHN", "week"), ("USA", "USA", "month")])
def test_all_that_is_known_by_now_gives_the_panel_of_now(pair: Warehouse, a: str, b: str, grain: str) -> None:
    now = pair.ask("FROM dyad_panel(?, ?, ?) ORDER BY ALL", a, b, grain)
    assert pair.ask("FROM dyad_panel_as_known(?, ?, ?, ?) ORDER BY ALL", a, b, grain, OPEN_END) == now
    assert pair.ask("FROM dyad_panel_as_known(?, ?, ?, TIMESTAMP 'infinity') ORDER BY ALL", a, b, grain) == now


def test_without_a_pair_the_days_of_all_dyads_are_those_of_each_and_without_a_moment_there_are_none(pair: Warehouse) -> None:
    of_all = "FROM dyad_days_as_known(NULL, NULL, ?) WHERE list_sort([source_id, target_id]) = ['CHN', 'USA'] ORDER BY ALL"
    known = "2023-11-15 12:00:00"
    assert pair.ask(of_all, known) == pair.ask("FROM dyad_days_as_known('USA', 'CHN', ?) ORDER BY ALL", known) != []
    of_pair = ("events_one_a_day_as_known('USA', 'CHN', NULL)", "dyad_days_as_known('USA', 'CHN', NULL)")
    panels = ("dyad_panel_as_known('USA', 'CHN', 'day', NULL)", "dyad_panel_as_known(NULL, NULL, 'day', end_of_time())")
    for call in ("listing_dyads_as_known(NULL)", *of_pair, *panels, "dyad_panel(NULL, NULL, 'day')"):
        assert pair.ask(f"FROM {call}") == [], call


def test_a_body_counts_for_its_state_else_for_its_organisation(warehouse: Warehouse) -> None:
    bodies = {"EU": {"kind": "organisation"}, "EU.COUNCIL": {"kind": "body", "parent_id": "EU"}, "stateless": {"kind": "entity"}}
    warehouse.put("core.actors", *({"actor_id": actor} | row for actor, row in bodies.items()))
    states = {"CHN": "CHN", "USA.BIS": "USA", "EU.COUNCIL": "EU", "EU": "EU", "stateless": "stateless"}
    found = dict(warehouse.build().ask("SELECT actor_id, state_of(a) FROM core.actors AS a"))
    assert {actor: found[actor] for actor in states} == states


@pytest.mark.parametrize("known", ["2023-10-21", "2023-11-08", "2023-11-15", "2023-11-21", "2023-12-02"])
def test_what_was_known_then_is_what_a_warehouse_of_that_moment_says(warehouse: Warehouse, known: str) -> None:
    pair = with_a_pair(warehouse)
    then = pair.ask("FROM dyad_panel_as_known('USA', 'CHN', 'day', ?)", known)
    pair.con.execute("SET VARIABLE known = ?::TIMESTAMP", [known])
    tables = ("sanction_listings", "sanction_countries", "events", "news_coverage")
    cut = [
        *(f"DELETE FROM core.{t} WHERE known_from > $" for t in tables),
        *(f"UPDATE core.{t} SET known_to = NULL WHERE known_to > $" for t in tables[:2]),
        "DELETE FROM core.sanction_events WHERE known_at > $",
        "UPDATE core.sanction_lists SET covered_until = least(covered_until, ($ - INTERVAL 1 SECOND)::DATE)",
        "DELETE FROM core.sanction_lists WHERE covered_until < covered_from",
        "UPDATE core.list_coverage SET covered_to = least(covered_to, ($ - INTERVAL 1 SECOND)::DATE + 1)",
        "DELETE FROM core.list_coverage WHERE covered_to <= covered_from",
    ]
    for statement in cut:
        pair.change(statement.replace("$", "getvariable('known')"))
    pair.build()
    assert then == pair.ask("FROM dyad_panel('USA', 'CHN', 'day')") != []


def test_a_day_is_as_covered_as_its_slots_were_out_by_then(pair: Warehouse) -> None:
    ask = "SELECT coverage_share, n_events FROM dyad_days_as_known('USA', 'CHN', ?) WHERE source_id = 'USA' AND date = ?"
    moments = ("2023-11-18", "2023-11-18 12:10", "2023-11-18 23:44:59", "2023-11-18 23:45", "2023-11-19")
    shares = [(1 / 96, None), (49 / 96, None), (95 / 96, None), (1.0, 0), (1.0, 0)]
    assert [pair.ask(ask, k, "2023-11-18")[0] for k in moments] == shares
    shares_before = [pair.ask(ask, f"2023-11-17 {hour}:00", "2023-11-17")[0][0] for hour in ("06", "07", "23")]
    assert shares_before == [1 / 96, 5 / 96, 0.25]


def test_an_event_between_a_state_and_a_body_of_it_comes_once(warehouse: Warehouse) -> None:
    body, union = "CHN.MOFCOM", {"actor_id": "EU", "kind": "organisation"}
    warehouse.put("core.actors", {"actor_id": body, "kind": "body", "country_id": "CHN"}, union)
    sides = ((body, body), (body, "CHN"), ("CHN", "CHN"), ("EU", body), ("CHN", "EU"), ("EU", "USA"))
    warehouse.put("core.events", *(between(n, source, target) for n, (source, target) in enumerate(sides)))
    asked = {("CHN", body): "01", (body, "CHN"): "01", ("CHN", "CHN"): "012", (body, body): "0", ("EU", "CHN"): "34",
             ("CHN", "EU"): "34", (body, "EU"): "3", ("USA", "EU"): "5"}  # fmt: skip
    warehouse.build()
    found = {pair: warehouse.ask("SELECT event_id FROM events_between(?, ?)", *pair) for pair in asked}
    assert {pair: "".join(event_id[1:] for (event_id,) in rows) for pair, rows in found.items()} == asked


def between(number: int, source: str, target: str, day: str = "2023-11-12", **other: Any) -> dict[str, Any]:
    """An event of actors, with the states of those that have one."""
    states = (None if actor in ("EU", "UN", "NATO") or actor[:3] in ("EU.", "UN.") else actor[:3] for actor in (source, target))
    return event(number, day, *states, source_id=source, target_id=target, **other)


# --- find_party ---


@pytest.fixture(scope="module")
def parties(shared: Warehouse) -> Warehouse:
    """Five firms and a person, one with an alias, one removed."""
    shared.put("core.sanction_lists", {})
    names = ["HUAWEI TECHNOLOGIES CO., LTD.", "Ministry of Public Security's Institute of Forensic Science of China",
             "SUZHOU XIAOLI PHARMATECH CO., LTD", "HEBEI CRE TRADING CO., LTD", "WANG, Hongfei",
             "3M TRADING LIMITED"]  # fmt: skip
    for number, name in enumerate(names):
        of, end = f"us_list:{number}", "2023-11-16" if number == 1 else None
        put_listing(shared, listing_id=of, actor_id=of, name=name, valid_from="2023-10-03", valid_to=end)
    for number, name in ((3, "SOCIÉTÉ MÜLLER S.A."), (4, "王洪飞")):
        shared.put("core.sanction_names", {"listing_id": f"us_list:{number}", "name": name})
    return with_letters(shared)


def with_letters(w: Warehouse) -> Warehouse:
    w.con.register("letters", transliterations().to_arrow())
    w.change("INSERT INTO core.transliterations SELECT * FROM letters")
    return w.build()


def found(warehouse: Warehouse, name: str) -> list[str]:
    return [r[0] for r in warehouse.ask("SELECT listing_id FROM find_party(?)", name)]


def test_a_party_is_found_whatever_the_case_the_accents_and_the_order_of_its_words(parties: Warehouse) -> None:
    asked = {
        "Huawei Technologies": "0", "huawei": "0", "Huawai Tecnologies": "0", "Institute of Forensic Science": "1",
        "Forensic Science Institute, Ministry of Public Security, Beijing, China": "1", "Institut of Forensic Sciense": "1",
        "Hongfei Wang": "4", "H. Wang": "4", "王洪飞": "4", "societe Muller": "3", "3m trading": "5",
    }  # fmt: skip
    assert {name: found(parties, name)[0][-1] for name in asked} == asked


def test_a_legal_form_or_a_common_word_finds_nobody(parties: Warehouse) -> None:
    for name in ("Ltd", "CO., LIMITED", "GmbH", "LLC of the", "", "...", "Apple Inc.", "Siemens Trading Co., Ltd", "3", "21",
                 "Liimted", "4M Trading"):  # fmt: skip
        assert found(parties, name) == [], name


def test_a_match_says_score_reason_alias_list_and_interval_also_of_a_removed_party(parties: Warehouse) -> None:
    columns = "score, reason, matched_name, matched_kind, list_id, name, valid_from, valid_to"
    of = ("SOCIÉTÉ MÜLLER S.A.", "aka", "us_list", "HEBEI CRE TRADING CO., LTD", "2023-10-03", None)
    assert parties.ask(f"SELECT {columns} FROM find_party('Société Müller')") == [(1.0, "same words: muller, societe", *of)]
    removed = parties.ask("SELECT valid_from, valid_to FROM find_party('Institute of Forensic Science')")
    assert removed == [("2023-10-03", "2023-11-16")]
    of_many = parties.ask("SELECT asked_no, asked, listing_id FROM find_parties(['nobody at all', 'huawei', 'Hongfei Wang'])")
    assert of_many == [(2, "huawei", "us_list:0"), (3, "Hongfei Wang", "us_list:4")]


def test_mart_macros_and_resolution_fold_names_alike(parties: Warehouse) -> None:
    assert parties.ask("SELECT name FROM marts.party_names WHERE words <> list_distinct(distinctive_words(name))") == []
    for name in ("Société d'Études S.A.", "U.S.S.R. Works", "Владимир Путин", "AL-ASSAD, Bashar", "No. 21 (Wuhan) Co., Ltd",
                 "海康威视", "阿里巴巴集团控股有限公司", "日本原燃株式会社", "PUBLIC JOINT STOCK COMPANY EXAMPLE"):  # fmt: skip
        of_sql = parties.ask("SELECT name_words(?), distinctive_words(?)", name, name)
        assert of_sql == [(list(words(name)), list(distinctive_words(name)))]
    assert list(distinctive_words(name)) == ["joint", "stock", "example"]
    kept = "SELECT list_filter(?, lambda word: NOT {}(word))"
    assert parties.ask(kept.format("is_idle_word"), sorted(LEGAL_FORMS | LITTLE_WORDS)) == [([],)]
    assert parties.ask(kept.format("is_generic_word"), [*sorted(GENERIC_WORDS), "sichuan"]) == [(["sichuan"],)]


@pytest.fixture(scope="module")
def known(another: Callable[[], Warehouse]) -> Warehouse:
    """What the registry of actors knows besides the lists: a ministry, a firm and its Chinese name."""
    w = another()
    bodies = (("CHN.MPS", "body", "Ministry of Public Security"), ("CHN.SMIC", "firm", "Semiconductor Manufacturing"))
    w.put("core.actors", *({"actor_id": i, "kind": kind, "name": name, "country_id": "CHN"} for i, kind, name in bodies))
    for said in ("公安部 CHN.MPS", "中芯国际 CHN.SMIC", "SMIC CHN.SMIC"):
        put_aliases(w, surface=said)
    for number, (name, bearer, state) in enumerate((
        ("Ministry of Public Security's Institute of Forensic Science of China", None, "CHN"),
        ("Ministry of Public Security", None, "RUS"),
        ("Chip Works International", "CHN.SMIC", "CHN"),
        ("T-MOTOR", None, "CHN"),
        ("Ministry of State Security", None, "CHN"),
    )):  # fmt: skip
        listing_id = f"us_list:{number}"
        put_listing(w, listing_id=listing_id, actor_id=bearer or listing_id, name=name, valid_from="2023-10-03")
        w.put("core.sanction_countries", {"listing_id": listing_id, "country_id": state})
    w.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    return with_letters(w)


def test_an_acronym_and_a_chinese_name_of_a_body_find_what_its_name_finds_in_its_state(known: Warehouse) -> None:
    for asked in ("MPS", "公安部"):
        ((listing, reason),) = known.ask("SELECT listing_id, reason FROM find_party(?)", asked)
        assert listing == "us_list:0"
        assert reason.startswith("CHN.MPS by the registry (Ministry of Public Security); ")


def test_a_name_that_the_registry_knows_a_firm_by_finds_its_listings_also_where_a_full_one_begins_with_it(
    known: Warehouse,
) -> None:
    for asked in ("中芯国际", "SMIC", "smic"):
        assert known.ask("SELECT listing_id, score, reason FROM find_party(?)", asked) == [
            ("us_list:2", 1.0, "CHN.SMIC by the registry (Semiconductor Manufacturing): it is this party")
        ]
    for asked in ("中芯国际集成电路制造有限公司", "上海中芯国际集成电路有限公司"):
        assert known.ask("SELECT listing_id, score FROM find_party(?)", asked) == [("us_list:2", 0.95)]
    # neither a name within another, a legal form, another letter, nor a small acronym
    for asked in ("一二三四五中芯国际有限公司", "阿里巴巴集团控股有限公司", "SMIX", "Toyota", "Toyota Motor Corporation", "mps"):
        assert found(known, asked) == [], asked


def test_a_party_of_two_states_of_a_group_counts_once(warehouse: Warehouse) -> None:
    w = warehouse
    w.states("HKG", "MAC")
    w.put("core.sanction_lists", {"covered_from": "2023-11-01", "covered_until": "2023-11-30"})
    for number, states in enumerate(("CHN HKG", "CHN", "MAC")):
        listing(w, number, "2023-11-10", states=states)
    sides = (("HKG", "USA"), ("CHN", "USA"), ("CHN", "HKG"))
    w.put("core.events", *(event(n, "2023-11-12", *of) for n, of in enumerate(sides)))
    w.build()
    ask = """SELECT source_id, target_id, n_events, n_listings_added, n_listings_in_force
        FROM group_panel('CHN', ['HKG', 'MAC'], 'USA', 'month') ORDER BY source_id"""
    assert w.ask(ask) == [("CHN", "USA", 2, None, None), ("USA", "CHN", None, 3, 3)]
    with pytest.raises(duckdb.Error, match="'HK' is not an actor id"):
        w.ask("FROM group_panel('CHN', ['HK'], 'USA', 'month')")
    for said in ("CN CHN", "HK HKG", "MO MAC"):
        put_aliases(w, iso2=said)
    assert w.build().ask(ask.replace("'CHN', ['HKG', 'MAC']", "'CN', ['HK', 'MO']")) == w.ask(ask)


def test_a_state_is_found_as_people_write_it_and_a_list_is_asked_by_it_and_a_day(institute: Warehouse) -> None:
    actors = {"CHN": "CHN", "中国": "CHN", "china": "CHN", "US": "USA", "CH": None, "Atlantis": None}
    assert {name: institute.ask("SELECT actor_named(?)", name)[0][0] for name in actors} == actors
    asked = "SELECT listing_id, target_id FROM list_on('us_list', '{}', '{}')"
    assert institute.ask(asked.format("China", "2023-11-15")) == [("us_list:1", "CHN")]
    assert institute.ask(asked.format("China", "2023-11-16")) == institute.ask(asked.format("USA", "2023-11-15")) == []
    with pytest.raises(duckdb.Error, match="there is no list nowhere"):
        institute.ask("FROM list_on('nowhere', 'China', '2023-11-15')")
    panel = "SELECT date, n_listings_in_force FROM dyad_list_panel('us_list', '{}', 'quarter')"
    assert institute.ask(panel.format("中国")) == institute.ask(panel.format("CHN")) != []


def test_who_is_on_all_of_some_lists(warehouse: Warehouse) -> None:
    w = warehouse
    w.put("core.actors", *({"actor_id": actor, "kind": "entity", "name": actor} for actor in ("both", "one", "gone")))
    w.put("core.sanction_lists", {"list_id": "a"}, {"list_id": "b"})
    rows = (("a", "both", None), ("b", "both", None), ("a", "one", None), ("a", "gone", None), ("b", "gone", "2022-01-01"))
    for list_id, actor, end in rows:
        listing = {"listing_id": f"{list_id}:{actor}", "list_id": list_id, "actor_id": actor, "valid_to": end}
        put_listing(w, **listing, valid_from="2020-01-01" if list_id == "a" else "2021-06-01")
    w.build()
    both = w.ask("SELECT actor_id, listing_ids, since FROM on_lists(['a', 'b'])")
    assert both == [("both", ["a:both", "b:both"], "2021-06-01")]
    assert [row[0] for row in w.ask("SELECT actor_id FROM on_lists(['a'])")] == ["both", "gone", "one"]
    with pytest.raises(duckdb.Error, match="there is no list nowhere"):
        w.ask("FROM on_lists(['a', 'nowhere'])")


def test_as_known_then_nothing_says_until_when_a_version_stood_or_of_whom_it_was_found_to_be_later(warehouse: Warehouse) -> None:
    w = warehouse
    w.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2023-12-28"})
    row = {"actor_id": "CHN.FIRM", "valid_from": "2020-06-05"}
    put_listing(w, **row, name="Before", known_from="2020-06-05", known_to="2022-01-01")
    put_listing(w, **row, name="After", known_from="2022-01-01")
    alone = {"listing_id": "us_list:1", "actor_id": "us_list:1", "known_from": "2020-06-05", "known_to": "2023-01-01"}
    w.put("core.party_actors", alone, alone | {"actor_id": "CHN.FIRM", "known_from": "2023-01-01", "known_to": None})
    w.build()
    asked = {"2021-01-01": ("Before", "us_list:1"), "2022-06-01": ("After", "us_list:1"), "2023-06-01": ("After", "CHN.FIRM")}
    for known, (name, actor_id) in asked.items():
        for macro in (f"listings_as_known(DATE '{known}')", f"listed_as_known(DATE '2020-12-01', DATE '{known}')"):
            assert w.ask(f"SELECT name, actor_id, known_to FROM {macro} WHERE known_to IS NULL") == [(name, actor_id, None)]


def test_the_eu_and_the_un_are_sides_of_dyads_with_their_bodies_and_nato_is_none(warehouse: Warehouse) -> None:
    w = warehouse
    w.put("core.actors", *({"actor_id": actor, "kind": "organisation"} for actor in ("EU", "UN", "NATO")))
    bodies = {"EU.COUNCIL": "EU", "UN.SC": "UN"}
    w.put("core.actors", *({"actor_id": body, "kind": "body", "parent_id": of} for body, of in bodies.items()))
    told = (("EU.COUNCIL", "RUS"), ("EU", "RUS"), ("RUS", "EU"), ("UN.SC", "RUS"), ("EU", "UN"), ("NATO", "RUS"))
    of_day = {"event_date_end": "2023-11-13", "known_from": "2023-11-12"}
    w.put("core.events", *(between(n, source, target, **of_day) for n, (source, target) in enumerate(told)))
    w.put("core.news_coverage", {"date": "2023-11-12"})
    w.build()
    held = {("EU", "RUS"): 2, ("RUS", "EU"): 1, ("UN", "RUS"): 1, ("RUS", "UN"): 0, ("EU", "UN"): 1, ("UN", "EU"): 0}
    days = "SELECT source_id, target_id, n_events FROM {} WHERE date = '2023-11-12'"
    assert {(a, b): n for a, b, n in w.ask(days.format("marts.dyad_day"))} == held
    for a, b in (("EU", "RUS"), ("UN", "RUS"), ("EU", "UN")):
        for macro in (f"dyad_panel('{a}', '{b}', 'day')", f"dyad_panel_as_known('{b}', '{a}', 'day', DATE '2023-12-01')"):
            assert {(a, b): n for a, b, n in w.ask(days.format(macro))} == {(x, y): held[x, y] for x, y in ((a, b), (b, a))}
    assert w.ask("SELECT count(*) FROM events_between('EU', 'RUS')") == [(3,)]
    assert w.ask("SELECT n_events_as_source FROM marts.actor_day WHERE actor_id = 'EU' AND date = '2023-11-12'") == [(3,)]
    assert w.ask("SELECT count(*) FROM marts.timeline WHERE 'EU' IN (source_id, target_id)") == [(3,)]


def test_economic_sanctions_are_counted_by_their_code_whatever_the_plover_class(warehouse: Warehouse) -> None:
    w = warehouse
    told = (("163", "COERCE"), ("172", "COERCE"), ("085", "RETREAT"), ("164", "SANCTION"))
    w.put("core.events", *(event(n, cameo_code=code, plover_event=plover) for n, (code, plover) in enumerate(told)))
    ask = "SELECT n_economic_sanctions, n_sanctions_eased, n_sanction FROM marts.{} WHERE source_id = 'USA' AND n_events > 0"
    assert w.build().ask(ask.format("dyad_day")) == w.ask(ask.format("dyad_month")) == [(2, 1, 1)]
