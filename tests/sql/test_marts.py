"""The marts on tiny tables: what is counted, where, and what stays unknown."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from assets.schema import SQL
from pipelines.checks.expectations import Expectation, from_checks
from pipelines.publish.scripts import scripts
from tests.sql.conftest import Warehouse, event_is, tell

NOV_15, MAY = "2023-11-15", "2023-05-31"


def event(w: Warehouse, number: str, *of: Any, **other: Any) -> None:
    """An event. Each has a party of its own, so that they are not taken for one event told several times."""
    event_is(w, number, *of, **({"source_name": f"party {number}"} | other))


def told(w: Warehouse, number: str, day: str, sentence: str, code: str = "163", **other: Any) -> None:
    """An event with the sentence that tells of it."""
    event(w, number, day, **({"cameo_code": code, "evidence": sentence} | other))


def lists(w: Warehouse, first: str = "2023-11-01", last: str = "2023-11-30", **other: Any) -> None:
    """The days that a list covers."""
    w.put("core.sanction_lists", {"covered_from": first, "covered_until": last} | other)


def deaths(w: Warehouse, value: str, known: str, until: str | None = None, period: str = MAY, **other: Any) -> None:
    """A count of twelve months."""
    row = {"value": value, "period_start": "2022-06-01", "period_end": period, "known_from": known, "known_to": until}
    w.put("core.overdose_observations", row | {"counts_by": "occurrence"} | other)


def hold(w: Warehouse, known: str, drug: str = "all", basis: str = "reported") -> None:
    """A vintage that holds May 2023 of a series."""
    series = {"source": "us_cdc_vsrr", "actor_id": "USA", "measure": "deaths_12m", "counts_by": "occurrence", "n_periods": 1}
    series |= {"first_period_end": MAY, "last_period_end": MAY, "drug": drug, "basis": basis}
    w.put("core.overdose_vintages", series | {"known_from": known, "snapshot_id": known})


def act(
    w: Warehouse, act_id: str, day: str, terms: str = "", *, listings: str = "", states: str | None = "CHN", **row: Any
) -> None:
    """An act of BIS on a state, with the topics by which a sentence names it, or other terms, and the listings that it adds."""
    of, days = {"act_id": act_id}, {"date": day} | ({} if "date_in_force" in row else {"date_published": day})
    w.put("core.official_acts", of | days | row)
    w.put("core.official_act_states", *(of | {"state_id": state} for state in [states] if state))
    named = ("measure:sanction", "measure:blacklist", *(term if ":" in term else f"topic:{term}" for term in terms.split()))
    w.fill("official_act_terms act_id kind term", *(f"{act_id}|{term.replace(':', '|')}" for term in named))
    w.put("core.official_act_events", *(of | {"event_id": f"{n}:added", "listing_id": f"us_list:{n}"} for n in listings))


ACTIONS: dict[str, Callable[..., None]] = {do.__name__: do for do in (event, told, lists, deaths, hold, act)}


def test_a_mart_says_what_a_row_is_describes_every_column_and_is_an_empty_table_of_an_empty_warehouse(empty: Warehouse) -> None:
    described = "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name = ?"
    for path in sorted((SQL / "marts").glob("*.sql")):
        grain = re.search(r"\A-- .+\.\n-- grain: (.+)\n", path.read_text(encoding="utf-8"))
        columns = dict(empty.ask(described, path.stem))
        assert grain is not None, path
        assert set(grain[1].split(", ")) <= columns.keys(), path
        assert all(columns.values()), path
        assert empty.ask(f"SELECT count(*) FROM marts.{path.stem}") == [(0,)]
    assert empty.ask("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'marts' AND data_type = 'HUGEINT'") == []


@pytest.mark.trap("gdelt_v2_events", "missing-slots")
@pytest.mark.trap("icews", "no-slots")
def test_a_missing_slot_is_a_gap_not_a_quiet_day_and_what_is_told_of_a_gap_still_counts(warehouse: Warehouse) -> None:
    w = warehouse
    tell(w, "event 1 2023-10-31", "event 2 2023-11-05", "event 3 2023-11-05 -", **ACTIONS)
    for day, n in (("01", 96), ("02", 95), ("04", 96), ("05", 8), ("06", 0)):
        w.put("core.news_coverage", {"date": f"2023-11-{day}", "n_slots": n, "coverage_share": n / 96})
    w.fill("news_coverage date source", "2023-11-06 other")
    columns = "n_events, n_reports, n_verbal_cooperation, n_material_conflict, n_goldstein, goldstein_sum, goldstein_mean"
    days = f"SELECT {columns}, coverage_share FROM marts.dyad_day WHERE source_id = ? ORDER BY date"
    none, gap, one = (0, 0, 0, 0, 0, 0.0, None), (None,) * 7, (1, 1, 1, 0, 1, 1.0, 1.0)
    shares = (None, 1, 95 / 96, None, 1, 8 / 96, 1)
    of_us, of_china = (one, none, gap, gap, none, one, none), (gap, none, gap, gap, none, gap, none)
    assert w.build().ask(days, "USA") == [(*row, share) for row, share in zip(of_us, shares, strict=True)]
    assert [row[:7] for row in w.ask(days, "CHN")] == list(of_china)
    actors = "n_events_as_source, n_events_as_target FROM marts.actor_day WHERE actor_id = ? ORDER BY date"
    assert w.told(actors, "USA") == "1|- / 0|0 / -|- / -|- / 0|0 / 1|- / 0|0"
    assert w.told(actors, "CHN") == "-|1 / 0|0 / -|- / -|- / 0|0 / -|2 / 0|0", "whoever the other side is"


QUADS = "n_events, n_verbal_cooperation, n_material_cooperation, n_verbal_conflict, n_material_conflict, n_goldstein"
SANCTIONS = "Washington announces sanctions on China"
MATCH = "act_id, lag_days, named_by, score FROM marts.act_reports ORDER BY event_id =>"
OF_MONTH = "FROM marts.actor_month WHERE actor_id = 'USA' AND period_end = '2023-05-31' =>"
FIRST, SECOND = "2023-10-11", "2024-02-14"
STORIES = {
    "a day held of a pair is quiet for that pair alone and not before it was known": (
        "event 1", "event 2 target=RUS", "core news_pair_coverage date known_from: 2023-11-01|2023-11-01 23:59:59 / "
        "2023-11-02|2023-11-02 23:59:59 / 2023-11-04|2023-11-04 23:59:59",
        "target_id, n_events, coverage_share FROM marts.dyad_day WHERE source_id = 'USA' ORDER BY 1, date => "
        "CHN|1|1.0 / CHN|0|1.0 / CHN|-|- / CHN|0|1.0 / RUS|1|- / RUS|-|- / RUS|-|- / RUS|-|-",
        "max(date) FROM dyad_days_as_known('USA', 'CHN', TIMESTAMP '2023-11-04 12:00') WHERE coverage_share IS NOT NULL"
        " => 2023-11-02",
        "n_events, coverage_share, n_days FROM dyad_panel('CHN', 'USA', 'month') WHERE source_id = 'CHN' => 0|0.75|4",
    ),
    "the quads of a day are those of Schrodt and the mean leaves out events without a value": (
        *(f"event {of} quad_gdelt=1" for of in ("0 quad_schrodt=2 goldstein=-3", "1 quad_schrodt=3 goldstein=-2",
                                               "2 quad_schrodt=3 goldstein=-", "3 quad_schrodt=4 goldstein=-1")),
        f"{QUADS}, goldstein_sum, goldstein_mean FROM marts.dyad_day WHERE source_id = 'USA' => 4|0|1|2|1|3|-6.0|-2.0",
    ),
    "a reissued id leaves the count as it was and is neither added nor removed": (
        "lists 2023-11-01 2023-11-03", "listing 1 - 2023-11-02", "listing 2 2023-11-02", "DELETE FROM core.sanction_events",
        "core sanction_events event_id kind event_date listing_id: r reissued 2023-11-02 us_list:2",
        "n_listings_in_force, n_listings_added + n_listings_removed FROM marts.dyad_day WHERE target_id = 'CHN' ORDER BY date => "
        "1|0 / 1|0 / 1|0",
    ),
    "a body of the UN counts for the UN and a party of the own state against it alone": (
        "core actors actor_id kind parent_id: UN organisation - / UN.SC body UN",
        "lists 2023-11-01 2023-11-01 authority_id=UN.SC",
        "listing 1 -", "source_id, target_id, n_listings_in_force FROM marts.dyad_day ORDER BY 1 => CHN|UN|- / UN|CHN|1",
        "UPDATE core.sanction_lists SET authority_id = 'CHN'", "source_id FROM marts.dyad_day =>",
        "n_listings_in_force_against, n_listings_in_force_by FROM marts.actor_day WHERE actor_id = 'CHN' => 1|1",
    ),
    # a figure that is withdrawn gives way to the period before; of a jurisdiction there are figures alone
    "the figure of a morning is the newest period known and predicted where there is one": (
        "core actors actor_id kind name country_id: US-MI subdivision Michigan USA", "lists",
        "deaths 100 2023-09-13T12:00 - 2023-04-30", "deaths 111 2023-10-11 2023-11-15", "deaths 120 2024-02-14",
        "deaths 112 2023-10-11 2023-11-15 basis=predicted", "deaths - 2023-11-15 2024-02-14 missing_reason=withdrawn",
        "deaths 999 2023-10-11 measure=all_cause_deaths_12m", "deaths 70 2023-10-11 drug=T40.4",
        "deaths 7 2023-11-10 actor_id=US-MI",
        "date, deaths_12m_known, deaths_12m_known_period_end, deaths_12m_known_basis FROM marts.actor_day "
        "WHERE actor_id = 'USA' AND date IN ('2023-09-13', '2023-09-14', '2023-10-10', '2023-10-11', '2023-11-14', '2023-11-15', "
        "'2024-02-14') ORDER BY date => 2023-09-13|-|-|- / 2023-09-14|100.0|2023-04-30|reported / "
        f"2023-10-10|100.0|2023-04-30|reported / 2023-10-11|112.0|{MAY}|predicted / 2023-11-14|112.0|{MAY}|predicted / "
        f"2023-11-15|100.0|2023-04-30|reported / 2024-02-14|120.0|{MAY}|reported",
        "n_events_as_source, n_listings_in_force_against, n_listings_in_force_by, deaths_12m_known FROM marts.actor_day "
        "WHERE actor_id = 'US-MI' AND date = '2023-11-15' => -|-|-|7.0",
    ),
    "a month holds the latest and the first figure and a share never mixes two bases or moments": (
        f"deaths 100 {FIRST} {SECOND} basis=predicted", f"deaths 110 {SECOND} basis=predicted", f"deaths 90 {FIRST} {SECOND}",
        f"deaths 94 {SECOND}", f"deaths 70 {FIRST} drug=T40.4", f"deaths 77 {SECOND} drug=T40.4 basis=predicted",
        *(f"hold {day} all predicted" for day in (FIRST, SECOND)), f"hold {FIRST} T40.4", f"hold {SECOND} T40.4 predicted",
        "deaths_12m_reported, deaths_12m_reported_first, deaths_12m_reported_first_known_from::DATE, deaths_12m_predicted "
        f"{OF_MONTH} 94.0|90.0|{FIRST}|110.0",
        f"t404_share, t404_share_basis, t404_share_first, t404_share_first_known_from::DATE {OF_MONTH} "
        f"0.7|predicted|0.7|{SECOND}",
    ),
    # as of North Carolina: the total was revised by a vintage that no longer held the class
    "a share takes both its parts from one vintage": (
        f"deaths 4000 {SECOND} 2024-04-17", "deaths 3375 2024-04-17", f"deaths 3190 {SECOND} drug=T40.4", f"hold {SECOND}",
        f"hold {SECOND} T40.4", "hold 2024-04-17", "deaths, deaths_all, vintage_date, vintage_age_days "
        "FROM overdose_shares_as_known('2024-05-01') => 3190.0|4000.0|2024-02-14|77",
        "t404_share, t404_share_first FROM marts.actor_month WHERE t404_share IS NOT NULL => 0.7975|0.7975",
    ),
    "a count older than its source allows is no longer the one known": (
        f"deaths 100 {FIRST}", f"deaths 90 {FIRST} - 2023-04-30", "hold 2023-11-08", "core news_coverage date: 2024-03-01",
        "INSERT INTO meta.sources (source, max_age_days) VALUES ('us_cdc_vsrr', 62)",
        "deaths_12m_known, deaths_12m_known_period_end, deaths_12m_known_vintage_date, deaths_12m_known_vintage_age_days AS age, "
        "deaths_12m_known_missing_reason FROM marts.actor_day WHERE actor_id = 'USA' AND age IN (0, 62, 63) ORDER BY date => "
        f"100.0|{MAY}|2023-10-11|0|- / 100.0|{MAY}|2023-11-08|0|- / 100.0|{MAY}|2023-11-08|62|- / -|{MAY}|2023-11-08|63|too_old",
    ),
    "seizures are added up over areas, fentanyl apart, and of a morning are of the newest month known": (
        "core drug_seizures drug n_events quantity_kg region known_to period_end known_from: "
        + " / ".join((
            *(f"Fentanyl|3|2.5|{of}|{MAY}|2023-06-20 09:00" for of in ("R|-", "S|-", "T|2023-12-01")),
            f"Heroin|1|1.0|R|-|{MAY}|2023-06-20 09:00", *(f"Heroin|2|1.0|{of}|-|2023-04-30|2023-05-20" for of in "RS"))),
        "period_end, seizures, seized_kg, seizures_fentanyl, seized_kg_fentanyl FROM marts.actor_month WHERE seizures > 0 "
        f"ORDER BY 1 => 2023-04-30|4|2.0|-|- / {MAY}|7|6.0|6|5.0",
        "seizures, seizures_period_end FROM marts.actor_day WHERE date IN ('2023-05-20', '2023-06-20', '2023-06-21') "
        f"ORDER BY date => 4|2023-04-30 / 4|2023-04-30 / 10|{MAY}",
    ),
    # one line for the same words on a day; a listing is known no earlier than its state; what has no date is left out
    "a line of the timeline is an event, a listing, an act or an article of two states": (
        "lists", "listing 1 2023-11-02 states=",
        "core sanction_countries listing_id country_id known_from: us_list:1 CHN 2023-11-20",
        "core cameo_codes cameo_code description: 041 Consult", "event 3 2022-08-01 date_precision=month known_from=2023-11-15",
        "event 1 2023-11-15 n_reports=4 url=later known_from=2023-11-16 cameo_code=041",
        "event 2 2023-11-15 n_reports=2 url=first known_from=2023-11-15 cameo_code=041",
        "act rule|2023-11-17|title=A rule|citation=88 FR 1", "act edition 2023-11-17 title=2 origin=listings",
        "core articles article_id title published_at published_precision: dated|A summit|2023-11-16|day / none|A|-|unknown",
        "core mentions article_id char_start country_id: dated 0 USA / dated 1 CHN / dated 2 USA / none 0 USA / none 1 CHN",
        "date, date_precision, source_id, target_id, kind, headline, magnitude, coalesce(url, citation), known_from::DATE, "
        "fact_id, "
        "n_facts, n_reports FROM marts.timeline ORDER BY 1 => "
        "2022-08-01|month|USA|CHN|event|USA -> CHN: CAMEO 040|1.0|-|2023-11-15|e3|1|1 / "
        "2023-11-02|day|USA|CHN|sanction|Added to the Entity List: PARTY 1|-|-|2023-11-20|1:added|1|1 / "
        "2023-11-15|day|USA|CHN|event|USA -> CHN: Consult|1.0|first|2023-11-15|e2|2|6 / "
        "2023-11-16|day|CHN|USA|article|A summit|-|-|2023-11-20|dated|1|1 / "
        "2023-11-17|day|USA|CHN|act|A rule|-|88 FR 1|2023-11-10|rule|1|1",
    ),
    "an event is matched with the act whose subject its sentence names": (
        "act drugs 2023-11-14 fentanyl", f"act chips {NOV_15} chip",
        f"told 1|{NOV_15}|Washington sanctions makers of fentanyl in China", f"{MATCH} drugs|1|topic|0.88",
    ),
    "no addition to a list is matched with a ban of goods, another direction or another sort": (
        f"act rule {NOV_15} fentanyl", f"told 1|{NOV_15}|Washington bans imports of Chinese energy",
        f"told 2|{NOV_15}|US closes its airspace to Chinese flights|160", f"told 3|{NOV_15}|US suspends imports of fruit|162",
        f"told 4|{NOV_15}|China sanctions makers of fentanyl|source=CHN|target=USA",
        f"told 5|{NOV_15}|US lifts sanctions on makers of fentanyl|085", f"{MATCH}",
    ),
    "where a sentence names nothing the only act that fits is matched, and none of two": (
        f"act rule {NOV_15} fentanyl", f"told 1|{NOV_15}|{SANCTIONS}", f"{MATCH} rule|0|only|0.7", "act two 2023-11-13 chip",
        MATCH,
    ),
    "an act is matched from a day before it on, and the later the less": (
        "core actors actor_id kind name country_id: USA.OFAC body OFAC USA", f"act rule {NOV_15} fentanyl authority_id=USA.OFAC",
        *(f"told {n}|2023-11-{n}|US sanctions makers of fentanyl" for n in (13, 14, 20, 23)),
        f"{MATCH} rule|-1|topic|0.7 / rule|5|topic|0.6",
    ),
    "a rule of BIS is matched days before it is published": (
        f"act rule {NOV_15} list:blacklist", "told 1|2023-11-12|US puts firms on a trade blacklist", f"{MATCH} rule|-3|list|0.64",
    ),
    "the act of the day before is matched, not that of the later edition": (
        *(f"act a{n} 2023-11-{n} program:drug date_earliest=2023-11-14 date_in_force=2023-11-{n}" for n in (14, 17)),
        f"told 1|{NOV_15}|US sanctions makers of drugs", f"{MATCH} a14|1|program|0.73",
    ),
    "the party that a sentence names, or a person whom it calls sanctioned, gives the change of that party": (
        "lists", f"listing 1 {NOV_15}", f"listing 2 {NOV_15}", f"listing 3|{NOV_15}|party_type=person|name=EXAMPLE, Ivan",
        "core sanction_names listing_id name: us_list:1|Wuhan Example Chemical / us_list:2|Other Works / us_list:3|EXAMPLE, Ivan",
        f"act rule {NOV_15} listings=123 states=-", f"act other {NOV_15} fruit",
        f"told 0|{NOV_15}|US sanctions Other Works of China",
        f"told 1|{NOV_15}|US sanctions Example over drugs", f"told 2|{NOV_15}|US sanctions firms after Example spoke",
        "event_id, act_id, sanction_event_id, named_by FROM marts.act_reports ORDER BY 1 => "
        "e0|rule|2:added|party / e1|rule|3:added|party",
    ),
    "several reports of an act are one corroboration with a count and reasons in words": (
        "act rule 2023-11-14 fentanyl", f"told 1|{NOV_15}|US sanctions makers of fentanyl|n_reports=3",
        "told 2|2023-11-14|US sanctions fentanyl suppliers|n_reports=2", "told 3|2023-11-16|US blacklists fentanyl suppliers|160",
        "act_id, event_id, lag_days, n_events, n_reports, event_ids, known_from::DATE, reasons FROM marts.corroborations => "
        "rule|e2|0|3|6|['e2', 'e1', 'e3']|2023-11-20|speaks of fentanyl; tells of a measure of its sort: sanction; "
        "on the day of the act",
    ),
    # antidumping duties are no act between states, and neither is what changed between editions months apart
    "an act is of its states, both ways where it is talks, and of the states of its parties": (
        "lists", f"listing 1 {NOV_15}", f"listing 2 {NOV_15}", f"listing 3 {NOV_15} states=RUS",
        f"act parties {NOV_15} listings=123 states=-", f"act talks {NOV_15} sort=dialogue effect=cooperation",
        f"act rule {NOV_15}",
        f"act nails {NOV_15} sort=trade_remedy effect=-", f"act month {NOV_15} date_earliest=2023-10-15",
        f"act five {NOV_15} date_earliest=2023-06-15",
        "act_id, source_id, target_id, n_parties, basis FROM marts.official_act_dyads ORDER BY ALL => "
        "month|USA|CHN|-|stated / parties|USA|CHN|2|party / parties|USA|RUS|1|party / rule|USA|CHN|-|stated / "
        "talks|CHN|USA|-|stated / talks|USA|CHN|-|stated",
    ),
    # an event that is only counted may have told of it
    "an act is without news only where the news of its days is held and none reports it": (
        *(f"act {name} fentanyl" for name in ("told_of_pair 2023-11-10", "not_held 2024-02-10", "slots 2023-11-01",
                                              "pair 2023-12-20", "counted 2024-01-01", "quiet 2024-01-06", "told 2024-01-16")),
        *(f"event {n} 2023-11-{10 + n} CHN USA" for n in (1, 2, 3)),
        "core news_coverage date: " + " / ".join(f"2023-11-0{n}" for n in (1, 2, 3, 4)),
        "core news_coverage date: " + " / ".join(f"2024-01-{n:02}" for n in range(1, 20)),
        "core news_pair_coverage date: 2023-12-20 / 2023-12-21 / 2023-12-22 / 2023-12-23",
        "core event_days event_date source_country_id target_country_id: 2024-01-04 CHN USA",
        "told 4|2024-01-16|US sanctions fentanyl makers|known_from=2024-01-20", "event 5 2024-01-17 known_from=2024-01-20",
        "act_id, basis, n_events, n_days_told FROM marts.acts_without_news ORDER BY act_id => "
        "pair|all slots|0|0 / quiet|all slots|0|0 / slots|all slots|0|0 / told_of_pair|events of the pair|3|3",
    ),
    # a list without cover hides it, unless it cannot name the target
    "news is without an act only where all acts of its sort are held": (
        "core official_act_coverage covered_from covered_until sort is_complete: 2023-11-01 2023-11-30 listing true / "
        "2023-11-01 2023-11-30 tariff false", "told 1|2023-11-15|US sanctions China", "told 2|2023-11-03|US sanctions China",
        "told 3|2023-11-15|US raises tariffs on China", "told 4|2023-11-15|US moves",
        "event_id, sort, basis FROM marts.news_without_act => e1|listing|all of them",
        "core sanction_lists list_id target_ids: us_list - / of_few [RUS]",
        "UPDATE core.official_act_coverage SET list_id = 'us_list'",
        "core official_act_coverage list_id is_complete: of_few false", "event_id FROM marts.news_without_act => e1",
        "UPDATE core.sanction_lists SET target_ids = ['CHN'] WHERE list_id = 'of_few'", "event_id FROM marts.news_without_act =>",
    ),
    "every listed party becomes an actor with its newest name and first country, once": (
        "lists", "listing 1 2023-11-02 2023-11-16", "UPDATE core.sanction_listings SET name = 'OLD' WHERE valid_to IS NULL",
        "core sanction_countries listing_id country_id basis known_to: us_list:1 AAA address 2023-11-16 / us_list:1 BBB remark -",
        *[(SQL / "derive" / "actors_parties.sql").read_text(encoding="utf-8")] * 2,
        "kind, name, country_id, sector FROM core.actors WHERE actor_id LIKE 'us_list:%' => entity|PARTY 1|CHN|-",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_the_marts(warehouse: Warehouse, what: str) -> None:
    tell(warehouse, *STORIES[what], **ACTIONS)


# --- the checks can fail: what is spoilt, by check or by table and check; without a verb it is what a row is set to

BREAK = {
    "grain_is_unique": "INSERT INTO {t} SELECT * FROM {t} LIMIT 1",
    "calendar_is_complete": "DELETE FROM {t} WHERE {d} = (SELECT {d} FROM {t} GROUP BY ALL ORDER BY {d} LIMIT 1 OFFSET 1)",
    "code_stands_for_one_state": "ccode = 2", "states_have_codes": "DELETE FROM marts.state_years",
    "no_self_dyads": "target_id = source_id", "both_directions": "DELETE FROM {t} WHERE source_id = 'CHN'",
    "dyad_day zero_only_where_covered": "n_events = 0, coverage_share = 95 / 96",
    "actor_day zero_only_where_covered": "n_events_as_target = 0, coverage_share = NULL",
    "in_force_follows_intervals": "n_listings_in_force = n_listings_in_force + 1 WHERE from_date >= '2023-11-10'",
    "weeks_and_months_have_its_sums": "UPDATE marts.dyad_month SET n_events = n_events + 1 WHERE n_events IS NOT NULL",
    "held_is_before_plus_added_less_removed": "n_added = n_added + 1",
    "words_are_of_their_vocabularies": "{w} = 'no such word'",
    "in_force_matches_listings": "n_listings_in_force = n_listings_in_force + 1",
    "events_add_up": "n_events = n_events + 1 WHERE n_events > 0",
    "official_acts_add_up": "n_official_acts = coalesce(n_official_acts, 0) + 1",
    "acts_add_up": "n_listings_added = 0 WHERE n_listings_added > 0",
    "no_look_ahead": "UPDATE core.overdose_observations SET known_from = known_from + INTERVAL 1 DAY",
    "latest_matches_core": "deaths_12m_reported = deaths_12m_reported + 1", "date_and_headline_are_known": "headline = NULL",
    "facts_add_up": "DELETE FROM {t} WHERE kind = 'sanction'", "every_listing_is_there": "DELETE FROM {t}",
    "targets_are_known": "INSERT INTO {t} SELECT t.* REPLACE (listing_id || range AS listing_id, NULL AS target_id) "
                         "FROM {t} AS t, range(9)",
    "lists_name_whom_they_may": "UPDATE core.sanction_lists SET target_ids = ['RUS']", "every_name_has_words": "words = []",
    "dyad_month is_sum_of_days": "n_reports = n_reports + 1",
    "actor_month is_sum_of_days": "n_events_as_target = n_events_as_target + 1",
    "dyad_day values_in_range": "coverage_share = 1.5", "dyad_month values_in_range": "goldstein_mean = -11",
    "actor_day values_in_range": "n_listings_in_force_by = -1", "actor_month values_in_range": "t404_share = 1.2",
    "corroborations values_in_range": "lag_days = 9", "corroborations ids_exist": "act_id = 'x'",
    "act_reports name_the_act": "named_by = 'measure'", "acts_without_news nothing_tells_of_them": "act_id = 'told'",
    "official_act_dyads no_trade_remedies": "UPDATE core.official_acts SET sort = 'trade_remedy'",
    "news_without_act coverage_says_so": "DELETE FROM core.official_act_coverage",
    "events_one_a_day every_row_is_in_one_event": "DELETE FROM {t} WHERE event_id = 'e1'",
    "events_one_a_day same_key_once": "INSERT INTO {t} SELECT * REPLACE ('x' AS event_id) FROM {t}",
    "events_one_a_day counts_hold": "n_outlets = n_reports + 1", "event_counts reports_add_up": "n_reports = n_reports + 1",
    "self_dyad_day events_add_up": "DELETE FROM {t}", "dyad_undated rows_add_up": "DELETE FROM {t}",
    "article_listings surface_stands_there": "surface = 'x'", "list_changes counts_hold": "n_in_force = n_listed + 1",
    "tension_index unknown_is_not_calm": "tension = 0, rated_from = NULL",
}  # fmt: skip
ELSEWHERE = ("marts.overdose_", "marts.revision_analysis", "marts.claims_judged", "marts.tension_index-rated")
"""What is tried elsewhere: in test_overdose_derived, on counts that go together, in test_claims_judged, in test_one_a_day."""
HERE = [e for e in from_checks() if e.table.startswith("marts.") and not f"{e.table}-{e.name}".startswith(ELSEWHERE)]


@pytest.fixture(scope="module")
def full(shared: Warehouse) -> Warehouse:
    """A little of everything, built."""
    tell(
        shared, "lists 2023-10-01 2023-12-20", "listing 1 - 2023-11-16", "listing 2 2023-11-02",
        "listing 3 2023-11-02 2023-11-02",
        "event 1 2023-11-03 cameo_code=163", "event 2 2023-11-03", "event 3 2023-11-05 CHN USA", "event 4 2023-11-05 CHN",
        "event 5 - date_precision=unknown", "told 10|2023-11-03|US sanctions fentanyl", "act untold 2023-12-04 fruit",
        *(f"event {n} 2023-12-0{n - 2} CHN USA known_from=2023-12-20" for n in (6, 7, 8, 9)), "act told 2023-11-03 fentanyl",
        "told 11|2023-12-15|US sanctions it|known_from=2023-12-20", "deaths 100 2023-10-11 2023-11-15", "deaths 104 2023-11-15",
        f"deaths 70 {NOV_15} drug=T40.4", "deaths 90 2023-09-11 - 2023-03-31",
        "core party_decisions listing_id other_id rule is_same: us_list:1 us_list:2 alike false",
        "core event_days event_date source_country_id target_country_id: 2023-11-03 RUS CHN",
        "core news_coverage date: 2023-11-03 / 2023-11-04",
        "core official_act_coverage covered_from covered_until: 2023-12-01 2023-12-20",
        "core sanction_names listing_id name: us_list:2|Wuhan Example Chemical",
        "core actor_codes scheme code actor_id: cow 2 USA / cow 710 CHN / cow 365 RUS",
        "core tariff_coverage source_id target_id covered_from covered_until: USA CHN 2023-01-01 2023-12-31",
        "core actor_aliases scheme alias actor_id: surface|Commerce's bureau|USA.BIS",
        "core articles article_id title text published_at: a|Tariffs on fentanyl|Wuhan Example Chemical sold it.|2023-12-01",
        **ACTIONS,
    )  # fmt: skip
    return shared.build()


@pytest.mark.parametrize("check", HERE, ids=lambda e: f"{e.table}-{e.name}")
def test_a_check_passes_on_sound_marts_and_finds_broken_ones(full: Warehouse, check: Expectation) -> None:
    table = check.table.split(".")[1]
    statement = BREAK.get(f"{table} {check.name}") or BREAK[check.name]
    verb = "" if statement.startswith(("INSERT", "DELETE", "UPDATE")) else "UPDATE {t} SET "
    (word, *_) = [*next(s for s in scripts("marts") if s.name == table).vocabularies, ""]
    # a view has the rows of its table
    spoilt = f"marts.{table.replace('_day', '_spans')}" if table in ("dyad_day", "actor_day") else check.table
    day = "period_end" if table.endswith("month") else "from_date"
    full.finds(str(check.query), (verb + statement).format(t=spoilt, d=day, w=word))


def test_the_spans_of_a_calendar_are_stored_in_order(warehouse: Warehouse) -> None:
    """The joins must keep the order of the spans, whichever side the planner takes for the smaller one."""
    tell(
        warehouse,
        "lists",
        "listing 0 2023-11-20",
        "listing 1 2023-11-05 states=RUS",
        "listing 2 2023-11-11 states=IRN",
        **ACTIONS,
    )
    ordered = "row_number() OVER (ORDER BY source_id, target_id, from_date)"
    spans = f"SELECT rowid + 1 AS place, {ordered} AS number FROM marts.dyad_spans"
    assert warehouse.told(f"count(*) > 6, count(*) FILTER (place <> number) FROM ({spans})") == "True|0"
    assert warehouse.told("count(*) FROM marts.dyad_day") == "180"


@pytest.mark.parametrize("mart", ["actor_spans", "dyad_spans"])
def test_a_calendar_of_days_streams_in_order_and_is_neither_sorted_nor_searched_day_by_day(
    warehouse: Warehouse, mart: str
) -> None:
    """Millions of wide rows: sorted, they take the memory of the whole build."""
    text = (SQL / "marts" / f"{mart}.sql").read_text(encoding="utf-8")
    before, _, rest = text.partition(f"CREATE TABLE marts.{mart} AS")
    warehouse.build().con.execute(before)
    (node,) = json.loads(warehouse.con.execute(f"EXPLAIN (FORMAT json) {rest.partition(';')[0]}").fetchall()[0][1])
    passed = set()
    while (name := node["name"].strip()) != "ORDER_BY":
        # what a WITH holds comes first, its result last; of a join the side that streams comes first
        node = node["children"][-1 if name == "CTE" else 0]
        passed.add(name)
    assert passed <= {"CTE", "PROJECTION", "HASH_JOIN", "CROSS_PRODUCT", "FILTER"}
