"""Articles found by the words of their titles, and their topics."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

TITLES = {
    "a": "China’s fentanyl pledge: tariffs stay",
    "b": "Fentanyl seizures fall",
    "c": "中美关税谈判",
    "d": "Économie: les tarifs",
    "e": "A tariffed word is no word of the list",
    "f": None,
}


@pytest.fixture
def titled(warehouse: Warehouse) -> Warehouse:
    for day, (article_id, title) in enumerate(TITLES.items(), 10):
        warehouse.put("core.articles", {"article_id": article_id, "title": title, "published_at": f"2023-11-{day}"})
    return warehouse


def test_articles_are_found_by_all_words_of_a_search_and_a_word_stands_once_a_title(titled: Warehouse) -> None:
    titled.put("core.articles", {"article_id": "g", "title": "Talks on talks"})
    titled.build()
    searches = {
        "fentanyl": "ba",
        "TARIFFS Fentanyl": "a",
        "china": "a",
        "关税谈判": "c",
        "economie": "d",
        "nothing here": "",
        "": "",
    }
    found = {words: titled.ask(f"SELECT article_id FROM articles_with('{words}')") for words in searches}
    assert {words: "".join(article for (article,) in rows) for words, rows in found.items()} == searches
    assert titled.ask("SELECT word FROM marts.title_words WHERE article_id = 'g'") == [("on",), ("talks",)]


def test_a_topic_is_named_by_whole_words_or_by_chinese_ones_anywhere(titled: Warehouse) -> None:
    found = titled.build().ask("SELECT article_id, topic, terms FROM marts.article_topics ORDER BY ALL")
    assert found == [
        ("a", "drugs", ["fentanyl"]),
        ("a", "tariffs", ["tariffs"]),
        ("b", "drugs", ["fentanyl"]),
        ("c", "tariffs", ["关税"]),
    ]


def test_a_term_is_written_as_titles_are_compared(warehouse: Warehouse) -> None:
    assert warehouse.build().ask("SELECT term FROM topic_terms() WHERE trim(plain_text(term)) <> term") == []
    assert warehouse.ask("SELECT topic, term FROM topic_terms() GROUP BY ALL HAVING count(*) > 1") == []


WORDS = (
    *("trump", "biden", "xi", "huawei", "tariffs", "tariff", "fentanyl", "sanctions", "taiwan", "xinjiang"),
    *("trade", "soybeans", "tiktok", "chips", "summit", "visa", "spy", "missile", "covid", "hong"),
)


@pytest.mark.real_data
def test_each_word_finds_the_headlines_that_hold_it(real_data: Path, warehouse: Warehouse) -> None:
    rows = pl.read_csv(real_data / "news/headlines/headlines_until_2022-06.csv.gz", infer_schema=False)
    titles = [title for title in rows["title"].to_list() if title]
    with_ids = [[str(n) for n in range(len(titles))], titles]
    warehouse.con.execute("INSERT INTO core.articles (article_id, title) SELECT unnest(?), unnest(?)", with_ids)
    counts = dict(warehouse.build().ask("SELECT word, count(*) FROM marts.title_words GROUP BY word"))
    plain = [set(re.findall(r"[a-z0-9]+", re.sub(r"['’]s\b", "", title.lower()))) for title in titles]
    assert {word: counts.get(word, 0) for word in WORDS} == {word: sum(word in words for words in plain) for word in WORDS}
