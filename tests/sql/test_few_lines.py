"""Smaller questions: codes of states, cases of sanctions, lists by day, changes, articles by the words of their titles."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.actors import registry, state_codes
from assets.schema import SQL
from pipelines.publish.meta import insert
from tests.sql.conftest import Warehouse, event, listing

# --- codes of states, and the years of states that they are joined by


@pytest.fixture
def coded(warehouse: Warehouse) -> Warehouse:
    warehouse.con.execute("DELETE FROM core.actors")
    insert(warehouse.con, "core.actors", registry.actors())
    insert(warehouse.con, "core.actor_codes", state_codes.codes())
    return warehouse


def test_a_panel_has_the_codes_of_both_sides_in_its_year_of_which_the_last_day_holds(coded: Warehouse) -> None:
    coded.put("core.events", event(1, "2005-11-01", "USA", "SRB"), event(2, "2007-11-01", "USA", "SRB"))
    assert coded.build().ask(
        "WITH panel AS (FROM dyad_panel('USA', 'SRB', 'year')) "
        "SELECT date, n_events, ccode1, ccode2, gwcode1, gwcode2, target_iso3 "
        "FROM with_codes('panel') WHERE source_id = 'USA' ORDER BY ALL"
    ) == [
        ("2005-01-01", 1, 2, 345, 2, 345, "SCG"),
        ("2006-01-01", None, 2, 345, 2, 340, "SRB"),
        ("2007-01-01", 1, 2, 345, 2, 340, "SRB"),
    ]
    states = "('DEU', 'DDR', 'CSK', 'CZE')"
    query = f"SELECT actor_id, ccode FROM marts.state_years WHERE year = ? AND actor_id IN {states} ORDER BY ALL"
    assert coded.ask(query, 1990) == [("CSK", 315), ("CZE", None), ("DDR", 265), ("DEU", 255)]
    assert coded.ask(query, 1993) == [("CZE", 316), ("DEU", 255)]


def test_no_year_has_a_code_twice(coded: Warehouse) -> None:
    check = (SQL / "checks/state_years__code_stands_for_one_state.sql").read_text(encoding="utf-8")
    assert coded.build().ask(check) == []
    coded.put("core.actor_codes", {"scheme": "cow", "code": "2", "actor_id": "ABW", "valid_from": "2020-01-01"})
    coded.put("core.events", event(1, "2022-11-01", "USA", "CAN"))
    found = coded.build().ask(check)
    assert [row for row in found if row[0] == 2022] == [(2022, "cow", "2", ["ABW", "USA"])]


# --- cases of sanctions, and what is here of each


def test_a_case_has_what_was_in_force_or_done_while_it_went_on(warehouse: Warehouse) -> None:
    warehouse.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    listing(warehouse, 1, "2020-06-05")
    warehouse.put("core.official_acts", {"act_id": "x", "date": "2021-03-31", "date_announced": "2021-03-31"})
    warehouse.put("core.official_act_states", {"act_id": "x", "state_id": "RUS"})
    cases = {
        ("listed", "USA", "CHN", "2021-01-01", None): (1, 0, "listings"),
        ("before it", "USA", "CHN", "2019-06-01", "2020-06-04"): (0, 0, "none, covered"),
        ("acted", "USA", "RUS", "2021-03-01", "2021-03-31"): (0, 1, "acts"),
        ("nothing", "USA", "RUS", "2021-04-01", "2021-04-30"): (0, 0, "none, covered"),
        ("long ago", "USA", "RUS", "1991-08-19", "1991-08-22"): (0, 0, "none, not covered"),
        ("others", None, "RUS", "2021-01-01", None): (None, None, "not looked up"),
    }
    warehouse.build().con.execute(
        "CREATE TABLE cases (case_id TEXT, source_id TEXT, target_id TEXT, from_date DATE, to_date DATE)"
    )
    warehouse.con.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?)", [list(case) for case in cases])
    found = warehouse.ask("SELECT case_id, n_listings, n_acts, verdict FROM case_cover('cases')")
    assert sorted(found) == sorted((case[0], *answer) for case, answer in cases.items())


# --- lists by target state, day by day


def test_every_day_of_a_span_is_there_once_with_its_changes_and_what_stands(warehouse: Warehouse) -> None:
    """One party from before, one added and removed, and one of two states that was suspended for a week."""
    w = warehouse
    w.put("core.sanction_lists", {"covered_from": "2023-11-01", "covered_until": "2023-12-31"})
    spans = ((None, None, "CHN"), ("2023-11-10", "2023-11-20", "CHN"), ("2023-11-10", None, "CHN RUS"))
    for number, (start, end, states) in enumerate(spans):
        listing(w, number, start, end, states)
    week = {"valid_from": "2023-11-12", "valid_to": "2023-11-19", "known_from": "2023-11-12"}
    w.put("core.sanction_statuses", {"listing_id": "us_list:2", "status": "suspended"} | week)
    columns = "n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force"
    days = w.build().ask(f"SELECT target_id, date, {columns} FROM list_days('2023-11-01', '2023-12-31') ORDER BY ALL")
    assert len(days) == len({row[:2] for row in days}) == 3 * 61, "a target without a listing has none"
    found = {(target, day[5:]): counts for target, day, *counts in days}
    china = {
        "11-09": [0, 0, 0, 0, 1, 1], "11-10": [2, 0, 0, 0, 3, 3], "11-11": [0, 0, 0, 0, 3, 3], "11-12": [0, 0, 1, 0, 3, 2],
        "11-19": [0, 0, 0, 1, 3, 3], "11-20": [0, 1, 0, 0, 2, 2], "12-31": [0, 0, 0, 0, 2, 2],
    }  # fmt: skip
    assert {day: found["CHN", day] for day in china} == china
    assert (found["RUS", "11-15"], found["ALL", "11-10"]) == ([0, 0, 0, 0, 1, 0], [2, 0, 0, 0, 3, 3])
    assert w.ask(f"SELECT DISTINCT {columns} FROM list_days('2024-06-01', '2024-06-01')") == [(None,) * 6]


# --- what changed, as it became known

ALL = "changes('0001-01-01', '2030-01-01')"


@pytest.fixture(scope="module")
def changed(another: Callable[[], Warehouse]) -> Warehouse:
    """Two vintages of one count, a party added, renamed and removed, an event, an article, a source that is late."""
    w = another()
    count = {"counts_by": "occurrence", "period_end": "2022-12-31"}
    w.put("core.overdose_observations",
          count | {"value": 100, "known_from": "2023-05-10", "known_to": "2023-06-14", "snapshot_id": "a"},
          count | {"value": 100, "known_from": "2023-06-14", "known_to": "2023-07-12", "snapshot_id": "b"},
          count | {"value": 104, "known_from": "2023-07-12", "known_to": "2023-08-16", "snapshot_id": "c"},
          count | {"value": None, "missing_reason": "withdrawn", "known_from": "2023-08-16", "snapshot_id": "d"})  # fmt: skip
    of_list = {"listing_id": "us_list:1", "country_id": "CHN", "snapshot_id": "c"}
    for day, kind, detail in (("2023-11-01", "added", None), ("2023-11-02", "modified", "name"), ("2023-11-03", "removed", None)):
        of_day = {"event_id": f"us_list:1:{kind}", "event_date": day, "known_at": f"{day} 12:00"}
        w.put("core.sanction_events", of_list | of_day | {"kind": kind, "detail": detail})
    sides = {"source_id": "USA", "target_id": "CHN", "plover_event": "CONSULT", "origin": "articles", "snapshot_id": "c"}
    w.put("core.events", event(1, "2023-11-15", **sides))
    w.put("core.articles", {"article_id": "x", "title": "Talks", "source": "articles", "snapshot_id": "c"})
    newest = {"newest_date": "2023-01-31", "title": "Late", "url": "https://example.org"}
    w.put("meta.sources", {"source": "late", "stale_after_days": 10, "cadence": "weekly"} | newest, {"source": "never"} | newest)
    for name in "abcd":
        w.put("meta.snapshots", {"source": "s", "snapshot": name, "snapshot_id": name, "verdict": "accepted"})
    w.put("meta.publications",
          {"publication_id": "first", "built_at": "2024-01-01", "snapshots": ["s/b", "s/c"]},
          # the oldest vintage came last
          {"publication_id": "second", "built_at": "2024-02-01", "snapshots": ["s/a", "s/d"]})  # fmt: skip
    return w.build()


def test_a_count_is_new_once_then_revised_and_belongs_to_the_publication_that_first_held_it(changed: Warehouse) -> None:
    columns = "known_from::DATE, kind, old_value, new_value, detail, publication_id"
    # the version of June changes nothing that was counted
    assert changed.ask(f"SELECT {columns} FROM {ALL} WHERE kind LIKE 'count%' ORDER BY known_from") == [
        ("2023-05-10", "count_new", None, 100.0, None, "second"),
        ("2023-07-12", "count_revised", 100.0, 104.0, None, "first"),
        ("2023-08-16", "count_revised", 104.0, None, "withdrawn", "second"),
    ]
    query = "SELECT new_value FROM changes('2023-05-10', '2023-07-12') WHERE kind LIKE 'count%'"
    assert changed.ask(query) == [(100.0,)]


def test_listings_events_and_articles_are_new_when_they_are_known_each_with_an_id(changed: Warehouse) -> None:
    found = changed.ask(f"SELECT kind, date, topic, target_id, detail FROM {ALL} WHERE kind LIKE 'listing%' ORDER BY date")
    assert found == [
        ("listing_added", "2023-11-01", "us_list", "CHN", None),
        ("listing_modified", "2023-11-02", "us_list", "CHN", "modified: name"),
        ("listing_removed", "2023-11-03", "us_list", "CHN", None),
    ]
    found = changed.ask(f"SELECT kind, known_from, what FROM {ALL} WHERE kind IN ('event_new', 'article_new') ORDER BY kind")
    assert found == [("article_new", "2023-11-20T00:00:00", "Talks"), ("event_new", "2023-11-20T00:00:00", "USA CONSULT CHN")]
    assert changed.ask(f"SELECT count(*), count(DISTINCT change_id) FROM {ALL}") == [(9, 9)]


def test_a_source_is_stale_from_the_day_after_its_last_and_only_where_an_age_is_declared(changed: Warehouse) -> None:
    assert changed.ask(f"SELECT topic, known_from FROM {ALL} WHERE kind = 'source_stale'") == [("late", "2023-02-11T00:00:00")]
    assert changed.ask("SELECT topic FROM changes('2023-01-01', '2023-02-11') WHERE kind = 'source_stale'") == []


# --- articles by the words of their titles, and their topics

TITLES = {
    "a": "China’s fentanyl pledge: tariffs stay",
    "b": "Fentanyl seizures fall",
    "c": "中美关税谈判",
    "d": "Économie: les tarifs",
    "e": "A tariffed word is no word of the list",
    "f": None,
}


def test_articles_are_found_by_all_words_of_a_search_and_topics_by_whole_words_or_chinese_anywhere(warehouse: Warehouse) -> None:
    dated = ({"article_id": i, "title": t, "published_at": f"2023-11-{day}"} for day, (i, t) in enumerate(TITLES.items(), 10))
    warehouse.put("core.articles", {"article_id": "g", "title": "Talks on talks"}, *dated)
    warehouse.build()
    searches = {"fentanyl": "ba", "TARIFFS Fentanyl": "a", "china": "a", "关税谈判": "c", "economie": "d", "nothing": "", "": ""}
    found = {words: warehouse.ask(f"SELECT article_id FROM articles_with('{words}')") for words in searches}
    assert {words: "".join(article for (article,) in rows) for words, rows in found.items()} == searches
    once = warehouse.ask("SELECT word FROM marts.title_words WHERE article_id = 'g'")
    assert once == [("on",), ("talks",)], "a word stands once a title"
    assert warehouse.ask("SELECT article_id, topic, terms FROM marts.article_topics ORDER BY ALL") == [
        ("a", "drugs", ["fentanyl"]),
        ("a", "tariffs", ["tariffs"]),
        ("b", "drugs", ["fentanyl"]),
        ("c", "tariffs", ["关税"]),
        ("g", "meetings", ["talks"]),
    ]
    # a term is written as titles are compared
    assert warehouse.ask("SELECT term FROM topic_terms() WHERE trim(plain_text(term)) <> term") == []
    assert warehouse.ask("SELECT topic, term FROM topic_terms() GROUP BY ALL HAVING count(*) > 1") == []


WORDS = (
    "trump biden xi huawei tariffs tariff fentanyl sanctions taiwan xinjiang trade soybeans tiktok chips summit visa spy missile "
    "covid hong"
)


@pytest.mark.real_data
def test_each_word_finds_the_headlines_that_hold_it(real_data: Path, warehouse: Warehouse) -> None:
    rows = pl.read_csv(real_data / "news/headlines/headlines_until_2022-06.csv.gz", infer_schema=False)
    titles = [title for title in rows["title"].to_list() if title]
    with_ids = [[str(n) for n in range(len(titles))], titles]
    warehouse.con.execute("INSERT INTO core.articles (article_id, title) SELECT unnest(?), unnest(?)", with_ids)
    counts = dict(warehouse.build().ask("SELECT word, count(*) FROM marts.title_words GROUP BY word"))
    plain = [set(re.findall(r"[a-z0-9]+", re.sub(r"['’]s\b", "", title.lower()))) for title in titles]
    assert {w: counts.get(w, 0) for w in WORDS.split()} == {w: sum(w in words for words in plain) for w in WORDS.split()}
