"""Smaller questions: codes of states, cases of sanctions, lists by day, changes, articles by the words of their titles."""

import re
from pathlib import Path

import polars as pl
import pytest

from assets.actors import registry, state_codes
from pipelines.publish.meta import insert
from tests.sql.conftest import Warehouse, check, tell


@pytest.fixture
def coded(warehouse: Warehouse) -> Warehouse:
    warehouse.con.execute("DELETE FROM core.actors")
    insert(warehouse.con, "core.actors", registry.actors())
    insert(warehouse.con, "core.actor_codes", state_codes.codes())
    return warehouse


def test_a_panel_has_the_codes_of_both_sides_in_its_year_of_which_the_last_day_holds_and_no_year_a_code_twice(
    coded: Warehouse,
) -> None:
    query, twice = check("state_years__code_stands_for_one_state"), (2022, "cow", "2", ["ABW", "USA"])
    assert coded.build().ask(query) == []
    states = "marts.state_years WHERE actor_id IN ('DEU', 'DDR', 'CSK', 'CZE') AND year ="
    tell(
        coded, "event 1 2005-11-01 USA SRB", "event 2 2007-11-01 USA SRB",
        "WITH panel AS (FROM dyad_panel('USA', 'SRB', 'year')) SELECT date, n_events, ccode1, ccode2, gwcode1, gwcode2, "
        "target_iso3 "
        "FROM with_codes('panel') WHERE source_id = 'USA' ORDER BY ALL => 2005-01-01|1|2|345|2|345|SCG / "
        "2006-01-01|-|2|345|2|340|SRB / 2007-01-01|1|2|345|2|340|SRB",
        f"actor_id, ccode FROM {states} 1990 ORDER BY ALL => CSK|315 / CZE|- / DDR|265 / DEU|255",
        f"actor_id, ccode FROM {states} 1993 ORDER BY ALL => CZE|316 / DEU|255",
        "core actor_codes scheme code actor_id valid_from: cow 2 ABW 2020-01-01", "event 3 2022-11-01 USA CAN",
    )  # fmt: skip
    assert [row for row in coded.build().ask(query) if row[0] == 2022] == [twice]


CASES = (
    "listed USA CHN 2021-01-01 -: 1|0|listings", "before USA CHN 2019-06-01 2020-06-04: 0|0|none, covered",
    "acted USA RUS 2021-03-01 2021-03-31: 0|1|acts", "nothing USA RUS 2021-04-01 2021-04-30: 0|0|none, covered",
    "old USA RUS 1991-08-19 1991-08-22: 0|0|none, not covered", "others - RUS 2021-01-01 -: -|-|not looked up",
)  # fmt: skip


def test_a_case_has_what_was_in_force_or_done_while_it_went_on(warehouse: Warehouse) -> None:
    tell(
        warehouse, "core sanction_lists covered_from covered_until: 2020-01-01 2024-01-01", "listing 1 2020-06-05",
        "core official_acts act_id date date_announced: x 2021-03-31 2021-03-31",
        "core official_act_states act_id state_id: x RUS",
    )  # fmt: skip
    columns = "case_id TEXT, source_id TEXT, target_id TEXT, from_date DATE, to_date DATE"
    warehouse.build().con.execute(f"CREATE TABLE cases ({columns})")
    rows = [[None if cell == "-" else cell for cell in case.partition(":")[0].split()] for case in CASES]
    warehouse.con.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?)", rows)
    found = warehouse.told("case_id, n_listings, n_acts, verdict FROM case_cover('cases')").split(" / ")
    assert sorted(found) == sorted(f"{case.split()[0]}|{case.partition(': ')[2]}" for case in CASES)


CHINA = {
    "11-09": [0, 0, 0, 0, 1, 1], "11-10": [2, 0, 0, 0, 3, 3], "11-11": [0, 0, 0, 0, 3, 3], "11-12": [0, 0, 1, 0, 3, 2],
    "11-19": [0, 0, 0, 1, 3, 3], "11-20": [0, 1, 0, 0, 2, 2], "12-31": [0, 0, 0, 0, 2, 2],
}  # fmt: skip


def test_every_day_of_a_span_is_there_once_with_its_changes_and_what_stands(warehouse: Warehouse) -> None:
    """One party from before, one added and removed, and one of two states that was suspended for a week."""
    w = warehouse
    tell(
        w, "core sanction_lists covered_from covered_until: 2023-11-01 2023-12-31", "listing 0 -",
        "listing 1 2023-11-10 2023-11-20", "listing 2|2023-11-10|states=CHN RUS",
        "core sanction_statuses listing_id status valid_from valid_to known_from: us_list:2 suspended 2023-11-12 2023-11-19 "
        "2023-11-12",
    )  # fmt: skip
    columns = "n_added, n_removed, n_suspended, n_resumed, n_listed, n_in_force"
    days = w.build().ask(f"SELECT target_id, date, {columns} FROM list_days('2023-11-01', '2023-12-31') ORDER BY ALL")
    assert len(days) == len({row[:2] for row in days}) == 3 * 61, "a target without a listing has none"
    found = {(target, day[5:]): counts for target, day, *counts in days}
    assert {day: found["CHN", day] for day in CHINA} == CHINA
    assert (found["RUS", "11-15"], found["ALL", "11-10"]) == ([0, 0, 0, 0, 1, 0], [2, 0, 0, 0, 3, 3])
    assert w.told(f"DISTINCT {columns} FROM list_days('2024-06-01', '2024-06-01')") == "-|-|-|-|-|-"


ALL = "FROM changes('0001-01-01', '2030-01-01')"
COUNT = "occurrence 2022-12-31"


def test_what_changed_is_told_once_as_it_became_known_with_the_publication_that_first_held_it(warehouse: Warehouse) -> None:
    """Two vintages of one count, a party added, renamed and removed, an event, an article, a source that is late.

    A version that changes nothing is none, the oldest vintage came last, and a source is stale where an age is declared.
    """
    change = "core sanction_events event_id kind detail event_date known_at listing_id country_id snapshot_id"
    tell(
        warehouse,
        "core overdose_observations counts_by period_end value known_from known_to snapshot_id missing_reason: "
        f"{COUNT} 100 2023-05-10 2023-06-14 a - / {COUNT} 100 2023-06-14 2023-07-12 b - / "
        f"{COUNT} 104 2023-07-12 2023-08-16 c - / {COUNT} - 2023-08-16 - d withdrawn",
        f"{change}: a added - 2023-11-01 2023-11-01T12:00 us_list:1 CHN c / m modified name 2023-11-02 2023-11-02T12:00 "
        "us_list:1 "
        "CHN c / r removed - 2023-11-03 2023-11-03T12:00 us_list:1 CHN c",
        "event 1 2023-11-15 USA CHN source_id=USA target_id=CHN plover_event=CONSULT origin=articles snapshot_id=c",
        "core articles article_id title source snapshot_id: x Talks articles c",
        "INSERT INTO meta.sources (source, newest_date, title, url, stale_after_days, cadence) VALUES "
        "('late', '2023-01-31', 'Late', 'https://a.org', 10, 'weekly'), ('never', '2023-01-31', 'Never', 'https://a.org', "
        "NULL, NULL)",
        "INSERT INTO meta.snapshots (source, snapshot, snapshot_id, verdict) SELECT 's', n, n, 'accepted' FROM unnest(['a', "
        "'b', 'c', "
        "'d']) AS t(n)", "INSERT INTO meta.publications (publication_id, built_at, snapshots) VALUES "
        "('first', '2024-01-01', ['s/b', 's/c']), ('second', '2024-02-01', ['s/a', 's/d'])",
        f"known_from::DATE, kind, old_value, new_value, detail, publication_id {ALL} WHERE kind LIKE 'count%' ORDER BY 1 => "
        "2023-05-10|count_new|-|100.0|-|second / 2023-07-12|count_revised|100.0|104.0|-|first / "
        "2023-08-16|count_revised|104.0|-|withdrawn|second",
        "new_value FROM changes('2023-05-10', '2023-07-12') WHERE kind LIKE 'count%' => 100.0",
        f"kind, date, topic, target_id, detail {ALL} WHERE kind LIKE 'listing%' ORDER BY date => "
        "listing_added|2023-11-01|us_list|CHN|- / listing_modified|2023-11-02|us_list|CHN|modified: name / "
        "listing_removed|2023-11-03|us_list|CHN|-",
        f"kind, known_from::DATE, what {ALL} WHERE kind IN ('event_new', 'article_new') ORDER BY kind => "
        "article_new|2023-11-20|Talks / event_new|2023-11-20|USA CONSULT CHN",
        f"count(*), count(DISTINCT change_id) {ALL} => 9|9",
        f"topic, known_from::DATE {ALL} WHERE kind = 'source_stale' => late|2023-02-11",
        "topic FROM changes('2023-01-01', '2023-02-11') WHERE kind = 'source_stale' =>",
    )  # fmt: skip


def test_articles_are_found_by_all_words_of_a_search_and_topics_by_whole_words_or_chinese_anywhere(warehouse: Warehouse) -> None:
    """A word stands once a title, and a term is written as titles are compared."""
    titles = ("China’s fentanyl pledge: tariffs stay", "Fentanyl seizures fall", "中美关税谈判", "Économie: les tarifs",
              "A tariffed word is no word of the list", "-")  # fmt: skip
    dated = (f"{i}|{title}|2023-11-1{n}" for n, (i, title) in enumerate(zip("abcdef", titles, strict=True)))
    warehouse.fill("articles article_id title published_at", "g|Talks on talks|-", *dated)
    searches = {"fentanyl": "ba", "TARIFFS Fentanyl": "a", "china": "a", "关税谈判": "c", "economie": "d", "nothing": "", "": ""}
    found = {words: warehouse.told(f"article_id FROM articles_with('{words}')").replace(" / ", "") for words in searches}
    assert found == searches
    tell(
        warehouse, "word FROM marts.title_words WHERE article_id = 'g' => on / talks",
        "article_id, topic, terms FROM marts.article_topics ORDER BY ALL => a|drugs|['fentanyl'] / a|tariffs|['tariffs'] / "
        "b|drugs|['fentanyl'] / c|tariffs|['关税'] / g|meetings|['talks']",
        "term FROM topic_terms() WHERE trim(plain_text(term)) <> term =>",
        "topic, term FROM topic_terms() GROUP BY ALL HAVING count(*) > 1 =>",
    )  # fmt: skip


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
