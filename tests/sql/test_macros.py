"""The table macros: what holds now, what was known then, and no look-ahead."""

from collections.abc import Callable
from typing import Any

import pytest

from assets.sanctions.reading.names import GENERIC_WORDS, LEGAL_FORMS, LITTLE_WORDS, distinctive_words, transliterations, words
from tests.sql.conftest import Warehouse, event, tell

IN_OCTOBER = "2023-10-03"


def put_aliases(w: Warehouse, *said: str) -> None:
    """How actors are written: scheme, alias, actor."""
    w.fill("actor_aliases scheme alias actor_id", *said)


LISTINGS = "core sanction_listings listing_id actor_id name valid_from valid_to known_from known_to"
FIGURE = "2022-06-01 2023-05-31"
ALIASES = "core actor_aliases scheme alias actor_id"
GROUP = ("source_id, n_events, n_listings_added, n_listings_in_force FROM group_panel({}, 'USA', 'month') ORDER BY 1 => "
         "CHN|2|-|- / USA|-|3|3")  # fmt: skip
THEN = ("listings_as_known(DATE '{0}')", "listed_as_known(DATE '2020-12-01', DATE '{0}')")
STORIES = {
    # listed 2020-06-05, removed with effect of 2023-11-16, published on the 17th
    "what was removed stood on past days, no change is known before it is published, and a state is found as people write it": (
        "core sanction_lists covered_from covered_until: 2020-05-22 2023-12-28",
        f"{LISTINGS}: us_list:1 us_list:1 A 2020-06-05 - 2020-05-22 2023-11-17 / us_list:1 us_list:1 A 2020-06-05 2023-11-16 "
        "2023-11-17 -",
        "core sanction_countries listing_id country_id known_from known_to: us_list:1 CHN 2020-05-22 2023-11-17",
        "UPDATE core.actors SET name = 'China' WHERE actor_id = 'CHN'",
        f"{ALIASES}: surface 中国 CHN / country_name China CHN / iso2 US USA / fips CH CHN",
        *(f"count(*) FROM listed_on('{day}') => {n}" for day, n in (
            ("2020-06-04", 0), ("2020-06-05", 1), ("2023-11-15", 1), ("2023-11-16", 0), ("2023-11-17", 0))),
        *(f"count(*) FROM listed_as_known(DATE '2023-11-16', {known}) => {n}" for known, n in (
            ("'2023-11-16'", 1), ("'2023-11-16 23:59:59'", 1), ("DATE '2023-11-17'", 0), ("'2024-01-01'", 0))),
        "count(*) FROM listed_as_known('2023-11-15', '2020-05-21') => 0",
        *(f"actor_named('{name}') => {actor}" for name, actor in (
            ("CHN", "CHN"), ("中国", "CHN"), ("china", "CHN"), ("US", "USA"), ("CH", "-"), ("Atlantis", "-"))),
        "listing_id, target_id FROM list_on('us_list', 'China', '2023-11-15') => us_list:1|CHN",
        "FROM list_on('us_list', 'China', '2023-11-16') =>", "FROM list_on('us_list', 'USA', '2023-11-15') =>",
        "FROM list_on('nowhere', 'China', '2023-11-15') => !there is no list nowhere",
        *(f"max(n_listings_in_force) FROM dyad_list_panel('us_list', '{state}', 'quarter') => 1" for state in ("中国", "CHN")),
    ),
    "a left censored listing is in force on every earlier day and an edited one stands once": (
        f"{LISTINGS}: us_list:1 a PARTY - - 2023-11-10 - / us_list:2 b OLD 2023-11-01 - 2023-11-10 2023-11-12 / "
        "us_list:2 b NEW 2023-11-01 - 2023-11-12 -", "listing_id FROM listed_on('1999-01-01') => us_list:1",
        "listing_id, name FROM listed_on('2023-11-05') ORDER BY 1 => us_list:1|PARTY / us_list:2|NEW",
        "name FROM listed_as_known('2023-11-05', '2023-11-11') ORDER BY listing_id => PARTY / OLD",
    ),
    "a figure known on a day is the version that stood at its first instant, and one that is withdrawn is NULL and not gone": (
        "core overdose_observations value missing_reason known_from known_to period_start period_end: "
        f"1 - 2023-10-11T12:00 2024-02-14 {FIGURE} / 2 - 2024-02-14 2024-03-01 {FIGURE} / - withdrawn 2024-03-01 - {FIGURE}",
        *(f"value FROM overdose_as_known({known}) => {value}" for known, value in (
            ("DATE '2023-10-11'", ""), ("DATE '2023-10-12'", 1.0), ("'2024-02-13 23:59'", 1.0), ("'2024-02-14'", 2.0))),
        "value, missing_reason FROM overdose_latest() => -|withdrawn", "value FROM overdose_first_release() => 1.0",
    ),
    "an actor error says what is wrong": (
        "UPDATE core.actors SET name = CASE actor_id WHEN 'CHN' THEN 'China' WHEN 'RUS' THEN 'Russia' ELSE name END",
        "core actors actor_id kind country_id: CHN.MFA body CHN",
        "actor_error('CHN'), actor_error(NULL) => -|-",
        *(f"actor_error('{name}') => '{name}' is not an actor id: did you mean CHN (China)?" for name in ("china", "Chima")),
        "actor_error('CHN.MFA') => 'CHN.MFA' is no state: what it does counts for CHN",
    ),
    "a party of two states of a group counts once": (
        "core actors actor_id name country_id: HKG HKG HKG / MAC MAC MAC",
        "core sanction_lists covered_from covered_until: 2023-11-01 2023-11-30", "listing 0|2023-11-10|states=CHN HKG",
        "listing 1 2023-11-10", "listing 2 2023-11-10 states=MAC", "event 0 2023-11-12 HKG USA", "event 1 2023-11-12 CHN USA",
        "event 2 2023-11-12 CHN HKG", GROUP.format("'CHN', ['HKG', 'MAC']"),
        "FROM group_panel('CHN', ['HK'], 'USA', 'month') => !'HK' is not an actor id",
        f"{ALIASES}: iso2 CN CHN / iso2 HK HKG / iso2 MO MAC",
        GROUP.format("'CN', ['HK', 'MO']"),
    ),
    "who is on all of some lists is found, since when": (
        "core actors actor_id kind name: both entity both / one entity one / gone entity gone",
        "core sanction_lists list_id: a / b",
        "core sanction_listings listing_id actor_id valid_to valid_from: a:both both - 2020-01-01 / b:both both - 2021-06-01 / "
        "a:one one - 2020-01-01 / a:gone gone - 2020-01-01 / b:gone gone 2022-01-01 2021-06-01",
        "actor_id, listing_ids, since FROM on_lists(['a', 'b']) => both|['a:both', 'b:both']|2021-06-01",
        "actor_id FROM on_lists(['a']) => both / gone / one", "FROM on_lists(['a', 'nowhere']) => !there is no list nowhere",
    ),
    "as known then nothing says until when a version stood or of whom it was found to be later": (
        "core sanction_lists covered_from covered_until: 2020-01-01 2023-12-28",
        f"{LISTINGS}: us_list:1 CHN.FIRM Before 2020-06-05 - 2020-06-05 2022-01-01 / us_list:1 CHN.FIRM After 2020-06-05 - "
        "2022-01-01 -",
        "core party_actors listing_id actor_id known_from known_to: us_list:1 us_list:1 2020-06-05 2023-01-01 / "
        "us_list:1 CHN.FIRM 2023-01-01 -",
        *(f"name, actor_id, known_to FROM {macro.format(known)} WHERE known_to IS NULL => {found}"
          for macro in THEN for known, found in (("2021-01-01", "Before|us_list:1|-"), ("2022-06-01",
          "After|us_list:1|-"), ("2023-06-01", "After|CHN.FIRM|-"))),
    ),
    "economic sanctions are counted by their code whatever the PLOVER class": (
        "event 0 cameo_code=163 plover_event=COERCE", "event 1 cameo_code=172 plover_event=COERCE",
        "event 2 cameo_code=085 plover_event=RETREAT", "event 3 cameo_code=164 plover_event=SANCTION",
        *(f"n_economic_sanctions, n_sanctions_eased, n_sanction FROM marts.{mart} WHERE source_id = 'USA' AND n_events > 0 "
          "=> 2|1|1"
          for mart in ("dyad_day", "dyad_month")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_the_macros(warehouse: Warehouse, what: str) -> None:
    tell(warehouse, *STORIES[what])


def with_a_pair(w: Warehouse) -> Warehouse:
    """Events, listings edited, removed and dated ahead, and lists of two authorities, over some weeks."""
    w.fill("actors actor_id kind name country_id", "CHN.MOFCOM|body|Ministry of Commerce|CHN")
    lists = ("us_list USA.BIS 2023-10-20 2023-12-05", "cn_list CHN.MOFCOM 2023-11-01 2023-11-20")
    w.fill("sanction_lists list_id authority_id covered_from covered_until", *lists)
    w.fill(
        "sanction_listings listing_id name valid_from valid_to known_from known_to",
        "us_list:1 PARTY - - 2023-10-20 2023-11-14T22:00", "us_list:1 PARTY - 2023-11-14 2023-11-14T22:00 -",
        "us_list:2 PARTY 2023-11-07 - 2023-11-08 2023-11-25", "us_list:2 EDITED 2023-11-07 - 2023-11-25 -",
        "us_list:3 PARTY 2023-12-01 - 2023-11-20 -", "cn_list:1 PARTY 2023-11-03 - 2023-11-03 -",
    )  # fmt: skip
    w.fill(
        "sanction_countries listing_id country_id known_from known_to basis",
        "us_list:1 CHN 2023-10-20 2023-11-14T22:00 nationality", "us_list:2 CHN 2023-11-08 - nationality",
        "us_list:2 RUS 2023-11-25 - address", "us_list:3 CHN 2023-11-20 - nationality", "cn_list:1 USA 2023-11-03 - nationality",
    )  # fmt: skip
    w.fill(
        "sanction_events event_id listing_id kind event_date known_at",
        "a us_list:1 removed 2023-11-14 2023-11-14T22:00", "b us_list:2 added 2023-11-07 2023-11-08",
        "c us_list:3 added 2023-12-01 2023-11-20", "d cn_list:1 added 2023-11-03 2023-11-03",
    )  # fmt: skip
    for number, line in enumerate((
        "2023-10-15 USA CHN 2023-11-15", "2023-11-15 USA CHN 2023-11-15", "2023-11-15 CHN USA 2023-11-16",
        "2023-11-30 CHN USA 2023-12-02", "2023-12-03 RUS CHN 2023-12-03",
    )):  # fmt: skip
        *sides, known = line.split()
        w.put("core.events", event(number, *sides, known_from=known, goldstein=number - 2.5, quad_schrodt=number % 4 + 1))
    quarters = (f"2023-11-{d} 0.25 2023-11-{d}T06:00" for d in range(13, 18))
    w.fill("news_coverage date coverage_share known_from", *quarters, *(f"2023-11-{d} 1 2023-11-{d}" for d in (18, 19)))
    return w.build()


@pytest.fixture(scope="module")
def pair(another: Callable[[], Warehouse]) -> Warehouse:
    return with_a_pair(another())


def test_a_panel_has_both_directions_by_day_and_week_and_by_month_is_the_mart(pair: Warehouse) -> None:
    days = pair.told("source_id, min(date), max(period_end), count(*) FROM dyad_panel('CHN', 'USA', 'day') GROUP BY 1 ORDER BY 1")
    assert days == "CHN|2023-10-15|2023-12-05|52 / USA|2023-10-15|2023-12-05|52"
    week = "date, period_end, n_days, n_events, n_listings_removed, n_listings_in_force FROM dyad_panel('USA', 'CHN', 'week')"
    assert pair.told(f"{week} WHERE source_id = 'USA' AND date = '2023-11-13'") == "2023-11-13|2023-11-19|7|1|1|1"
    columns = ", ".join(r[0] for r in pair.ask("DESCRIBE marts.dyad_month"))
    mart = pair.ask(
        f"SELECT {columns} FROM marts.dyad_month WHERE list_sort([source_id, target_id]) = ['CHN', 'USA'] ORDER BY ALL"
    )
    assert pair.ask(f"SELECT {columns} FROM dyad_panel('USA', 'CHN', 'month') ORDER BY ALL") == mart
    assert len(mart) == 6
    assert pair.told("event_id FROM events_between('USA', 'CHN')") == "e0 / e1 / e2 / e3"
    assert pair.told("FROM dyad_panel_as_known('USA', 'CHN', 'day', '2020-01-01')") == ""
    said = "=> !grain must be day, week, month, quarter or year, not"
    tell(
        pair, f"FROM dyad_panel('USA', 'CHN', 'hour') {said} hour", f"FROM dyad_panel('USA', 'RUS', NULL) {said} NULL",
        f"FROM dyad_panel_as_known('USA', 'CHN', 'hour', '2023-11-15') {said} hour",
    )  # fmt: skip


OF_A_PAIR = (
    "dyad_panel({}, 'month')", "dyad_panel_as_known({}, 'month', '2023-12-15')", "dyad_days_as_known({}, '2023-12-15')",
    "events_one_a_day_as_known({}, '2023-12-15')", "events_between({})", "duty_rate({}, DATE '2023-11-15')",
)  # fmt: skip
"""Macros that are asked of two states."""


def test_a_macro_takes_states_as_people_write_them_and_says_what_may_have_been_meant(pair: Warehouse) -> None:
    put_aliases(pair, "iso2 US USA", "country_name China CHN", "surface 中国 CHN", "fips USs USA")
    pair.build()
    for call in OF_A_PAIR:
        asked = (f"FROM {call.format(p)} ORDER BY ALL" for p in ("'USA', 'CHN'", "'us', 'China'", "'US', '中国'"))
        of_ids, *others = map(pair.ask, asked)
        assert others == [of_ids, of_ids] != [[], []]
        unknown = (call.format(states) for states in ("'USs', 'CHN'", "'CHN', 'USs'"))
        tell(pair, *(f"FROM {asked} => !'USs' is not an actor id: did you mean USA " for asked in unknown))


def test_all_that_is_known_by_now_gives_the_panel_of_now_and_all_dyads_the_days_of_each_and_without_a_moment_none(
    pair: Warehouse,
) -> None:
    for of in (("USA", "CHN", "day"), ("RUS", "CHN", "week"), ("USA", "USA", "month")):
        now = pair.ask("FROM dyad_panel(?, ?, ?) ORDER BY ALL", *of)
        for end in ("'9999-12-31'", "TIMESTAMP 'infinity'"):
            assert pair.ask(f"FROM dyad_panel_as_known(?, ?, ?, {end}) ORDER BY ALL", *of) == now, of
    of_all = "FROM dyad_days_as_known(NULL, NULL, ?) WHERE list_sort([source_id, target_id]) = ['CHN', 'USA'] ORDER BY ALL"
    known = "2023-11-15 12:00:00"
    assert pair.ask(of_all, known) == pair.ask("FROM dyad_days_as_known('USA', 'CHN', ?) ORDER BY ALL", known) != []
    of_pair = ("events_one_a_day_as_known('USA', 'CHN', NULL)", "dyad_days_as_known('USA', 'CHN', NULL)")
    panels = ("dyad_panel_as_known('USA', 'CHN', 'day', NULL)", "dyad_panel_as_known(NULL, NULL, 'day', end_of_time())")
    for call in ("listing_dyads_as_known(NULL)", *of_pair, *panels, "dyad_panel(NULL, NULL, 'day')"):
        assert pair.ask(f"FROM {call}") == [], call


@pytest.mark.parametrize("known", ["2023-10-21", "2023-11-08", "2023-11-15", "2023-11-21", "2023-12-02"])
def test_what_was_known_then_is_what_a_warehouse_of_that_moment_says(warehouse: Warehouse, known: str) -> None:
    pair = with_a_pair(warehouse)
    then = pair.ask("FROM dyad_panel_as_known('USA', 'CHN', 'day', ?)", known)
    pair.con.execute("SET VARIABLE known = ?::TIMESTAMP", [known])
    tables = ("sanction_listings", "sanction_countries", "events", "news_coverage")
    for statement in (
        *(f"DELETE FROM core.{t} WHERE known_from > $" for t in tables),
        *(f"UPDATE core.{t} SET known_to = NULL WHERE known_to > $" for t in tables[:2]),
        "DELETE FROM core.sanction_events WHERE known_at > $",
        "UPDATE core.sanction_lists SET covered_until = least(covered_until, ($ - INTERVAL 1 SECOND)::DATE)",
        "DELETE FROM core.sanction_lists WHERE covered_until < covered_from",
        "UPDATE core.list_coverage SET covered_to = least(covered_to, ($ - INTERVAL 1 SECOND)::DATE + 1)",
        "DELETE FROM core.list_coverage WHERE covered_to <= covered_from",
    ):
        pair.change(statement.replace("$", "getvariable('known')"))
    assert then == pair.build().ask("FROM dyad_panel('USA', 'CHN', 'day')") != []


def test_a_day_is_as_covered_as_its_slots_were_out_by_then(pair: Warehouse) -> None:
    ask = "SELECT coverage_share, n_events FROM dyad_days_as_known('USA', 'CHN', ?) WHERE source_id = 'USA' AND date = ?"
    moments = ("2023-11-18", "2023-11-18 12:10", "2023-11-18 23:44:59", "2023-11-18 23:45", "2023-11-19")
    shares = [(1 / 96, None), (49 / 96, None), (95 / 96, None), (1.0, 0), (1.0, 0)]
    assert [pair.ask(ask, k, "2023-11-18")[0] for k in moments] == shares
    shares_before = [pair.ask(ask, f"2023-11-17 {hour}:00", "2023-11-17")[0][0] for hour in ("06", "07", "23")]
    assert shares_before == [1 / 96, 5 / 96, 0.25]


def between(number: int, source: str, target: str, day: str = "2023-11-12", **other: Any) -> dict[str, Any]:
    """An event of actors, with the states of those that have one."""
    states = (None if actor in ("EU", "UN", "NATO") or actor[:3] in ("EU.", "UN.") else actor[:3] for actor in (source, target))
    return event(number, day, *states, source_id=source, target_id=target, **other)


def test_an_event_between_a_state_and_a_body_of_it_comes_once(warehouse: Warehouse) -> None:
    body = "CHN.MOFCOM"
    warehouse.fill("actors actor_id kind country_id", f"{body} body CHN", "EU organisation -")
    sides = ((body, body), (body, "CHN"), ("CHN", "CHN"), ("EU", body), ("CHN", "EU"), ("EU", "USA"))
    warehouse.put("core.events", *(between(n, source, target) for n, (source, target) in enumerate(sides)))
    asked = {("CHN", body): "01", (body, "CHN"): "01", ("CHN", "CHN"): "012", (body, body): "0", ("EU", "CHN"): "34",
             ("CHN", "EU"): "34", (body, "EU"): "3", ("USA", "EU"): "5"}  # fmt: skip
    found = {of: warehouse.told("substr(event_id, 2) FROM events_between(?, ?)", *of).replace(" / ", "") for of in asked}
    assert found == asked


# --- find_party


def with_letters(w: Warehouse) -> Warehouse:
    w.con.register("letters", transliterations().to_arrow())
    w.change("INSERT INTO core.transliterations SELECT * FROM letters")
    return w.build()


@pytest.fixture(scope="module")
def parties(shared: Warehouse) -> Warehouse:
    """Five firms and a person, one with an alias, one removed."""
    shared.put("core.sanction_lists", {})
    names = ("HUAWEI TECHNOLOGIES CO., LTD.|-", "Ministry of Public Security's Institute of Forensic Science of China|2023-11-16",
             "SUZHOU XIAOLI CO., LTD|-", "HEBEI CRE TRADING CO., LTD|-", "WANG, Hongfei|-", "3M TRADING LIMITED|-")  # fmt: skip
    rows = (f"us_list:{n}|{IN_OCTOBER}|{name}" for n, name in enumerate(names))
    shared.fill("sanction_listings listing_id valid_from name valid_to", *rows)
    shared.fill("sanction_names listing_id name", "us_list:3|SOCIÉTÉ MÜLLER S.A.", "us_list:4|王洪飞")
    return with_letters(shared)


def found(warehouse: Warehouse, name: str) -> list[str]:
    return [r[0] for r in warehouse.ask("SELECT listing_id FROM find_party(?)", name)]


def test_a_party_is_found_whatever_the_case_the_accents_and_the_order_of_its_words_and_none_by_a_common_word(
    parties: Warehouse,
) -> None:
    asked = {
        "Huawei Technologies": "0", "huawei": "0", "Huawai Tecnologies": "0", "Institute of Forensic Science": "1",
        "Forensic Science Institute, Ministry of Public Security, Beijing, China": "1", "Institut of Forensic Sciense": "1",
        "Hongfei Wang": "4", "H. Wang": "4", "王洪飞": "4", "societe Muller": "3", "3m trading": "5",
    }  # fmt: skip
    assert {name: found(parties, name)[0][-1] for name in asked} == asked
    for name in ("Ltd", "CO., LIMITED", "GmbH", "LLC of the", "", "...", "Apple Inc.", "Siemens Trading Co., Ltd", "3", "21",
                 "Liimted", "4M Trading"):  # fmt: skip
        assert found(parties, name) == [], name


def test_a_match_says_score_reason_alias_list_and_interval_and_mart_macros_and_resolution_fold_names_alike(
    parties: Warehouse,
) -> None:
    tell(
        parties,
        "score, reason, matched_name, matched_kind, list_id, name, valid_from, valid_to FROM find_party('Société Müller') => "
        "1.0|same words: muller, societe|SOCIÉTÉ MÜLLER S.A.|aka|us_list|HEBEI CRE TRADING CO., LTD|2023-10-03|-",
        "valid_from, valid_to FROM find_party('Institute of Forensic Science') => 2023-10-03|2023-11-16",
        "asked_no, asked, listing_id FROM find_parties(['nobody at all', 'huawei', 'Hongfei Wang']) => "
        "2|huawei|us_list:0 / 3|Hongfei Wang|us_list:4", "name FROM marts.party_names WHERE words <> "
        "list_distinct(distinctive_words(name)) =>",
    )  # fmt: skip
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
    w, smic = another(), "CHN.SMIC"
    bodies = ("CHN.MPS|body|Ministry of Public Security|CHN", f"{smic}|firm|Semiconductor Manufacturing|CHN")
    w.fill("actors actor_id kind name country_id", *bodies)
    put_aliases(w, "surface 公安部 CHN.MPS", f"surface 中芯国际 {smic}", f"surface SMIC {smic}")
    w.fill("sanction_lists covered_from covered_until", "2020-01-01 2024-01-01")
    names = ("Ministry of Public Security's Institute of Forensic Science of China", "Ministry of Public Security",
             "Chip Works International", "T-MOTOR", "Ministry of State Security")  # fmt: skip
    rows = (f"us_list:{n}|{IN_OCTOBER}|{name}|{smic if n == 2 else f'us_list:{n}'}" for n, name in enumerate(names))
    w.fill("sanction_listings listing_id valid_from name actor_id", *rows)
    w.fill("sanction_countries listing_id country_id", *(f"us_list:{n} {'RUS' if n == 1 else 'CHN'}" for n in range(5)))
    return with_letters(w)


def test_what_the_registry_knows_a_body_or_firm_by_finds_its_listings_also_where_a_full_name_begins_with_it(
    known: Warehouse,
) -> None:
    for asked in ("MPS", "公安部"):
        ((listing, reason),) = known.ask("SELECT listing_id, reason FROM find_party(?)", asked)
        assert listing == "us_list:0", "what its name finds in its state"
        assert reason.startswith("CHN.MPS by the registry (Ministry of Public Security); ")
    reason = "CHN.SMIC by the registry (Semiconductor Manufacturing): it is this party"
    for asked in ("中芯国际", "SMIC", "smic"):
        assert known.told("listing_id, score, reason FROM find_party(?)", asked) == f"us_list:2|1.0|{reason}"
    for asked in ("中芯国际集成电路制造有限公司", "上海中芯国际集成电路有限公司"):
        assert known.told("listing_id, score FROM find_party(?)", asked) == "us_list:2|0.95"
    # neither a name within another, a legal form, another letter, nor a small acronym
    for asked in ("一二三四五中芯国际有限公司", "阿里巴巴集团控股有限公司", "SMIX", "Toyota", "Toyota Motor Corporation", "mps"):
        assert found(known, asked) == [], asked


def test_a_body_counts_for_its_state_else_for_its_organisation_of_which_the_eu_and_the_un_are_sides_of_dyads(
    warehouse: Warehouse,
) -> None:
    w, of_day = warehouse, {"event_date_end": "2023-11-13", "known_from": "2023-11-12"}
    bodies = ("EU.COUNCIL body EU", "UN.SC body UN", "stateless entity -")
    w.fill("actors actor_id kind parent_id", *(f"{actor} organisation -" for actor in ("EU", "UN", "NATO")), *bodies)
    states = {"CHN": "CHN", "USA.BIS": "USA", "EU.COUNCIL": "EU", "EU": "EU", "stateless": "stateless"}
    assert states.items() <= dict(w.build().ask("SELECT actor_id, state_of(a) FROM core.actors AS a")).items()
    told = (("EU.COUNCIL", "RUS"), ("EU", "RUS"), ("RUS", "EU"), ("UN.SC", "RUS"), ("EU", "UN"), ("NATO", "RUS"))
    w.put("core.events", *(between(n, source, target, **of_day) for n, (source, target) in enumerate(told)))
    w.fill("news_coverage date", "2023-11-12")
    held = {("EU", "RUS"): 2, ("RUS", "EU"): 1, ("UN", "RUS"): 1, ("RUS", "UN"): 0, ("EU", "UN"): 1, ("UN", "EU"): 0}
    days = "SELECT source_id, target_id, n_events FROM {} WHERE date = '2023-11-12'"
    assert {(a, b): n for a, b, n in w.build().ask(days.format("marts.dyad_day"))} == held
    for a, b in (("EU", "RUS"), ("UN", "RUS"), ("EU", "UN")):
        for macro in (f"dyad_panel('{a}', '{b}', 'day')", f"dyad_panel_as_known('{b}', '{a}', 'day', DATE '2023-12-01')"):
            assert {(a, b): n for a, b, n in w.ask(days.format(macro))} == {(x, y): held[x, y] for x, y in ((a, b), (b, a))}
    assert w.told("count(*) FROM events_between('EU', 'RUS')") == "3"
    assert w.told("n_events_as_source FROM marts.actor_day WHERE actor_id = 'EU' AND date = '2023-11-12'") == "3"
    assert w.told("count(*) FROM marts.timeline WHERE 'EU' IN (source_id, target_id)") == "3"
