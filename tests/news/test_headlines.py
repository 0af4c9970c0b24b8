"""Tables of headlines among the articles, and feeds."""

import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.news.articles import feed_articles, fold
from assets.news.articles import read as articles
from tests.depth import examples

CSV = """outlet,section,captured,published,title
CGTN,CHINA,2022-Apr-18 00:03:12,"23:59, 14-Apr-2022","Beijing says talks ""useful"", more to come"
My Gazette,WORLD,2022-Apr-18 00:03:12,2022-04-14 23:59,Washington reacts
CGTN,CHINA,2022-Apr-18 00:03:12,soon,Undated
CGTN,CHINA,2022-Apr-18 00:03:12,2022-04-14,
"""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Example News</title><language>en-us</language>
<item><title>Beijing &amp; Washington talk</title><link>https://www.example.org/a?utm_source=rss</link><guid>1</guid>
<pubDate>Fri, 22 Dec 2023 08:30:00 +0800</pubDate><description>What was said.</description></item>
<item><title>Undated</title><link>https://m.scmp.com/b</link></item>
<item><description>no title</description></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Register</title><entry><title>A rule</title>
<link href="https://www.federalregister.gov/d/1"/><updated>2023-11-17T00:00:00Z</updated>
<published>2023-11-16T13:45:00Z</published></entry></feed>"""

PAGE = (
    "<html><body><article><h1>Talk</h1><p>Officials of China and the US met on Friday for two hours.</p></article></body></html>"
)


def snapshot(name: str, day: int, files: dict[str, str]) -> StagedSnapshot:
    found = feed_articles.stage({file: data.encode() for file, data in files.items()})
    return StagedSnapshot(name, datetime(2024, 1, day, 8), True, found.facts, found.frames)


def test_a_headline_is_an_article_without_text_dated_as_its_outlet_writes_it() -> None:
    found = articles.stage({"headlines.csv": CSV.encode()})
    rows = found.frames["articles"].select(
        "row", "outlet", "outlet_country", "title", "published_at", "published_precision", "text"
    )
    assert rows.rows() == [
        (1, "CGTN", "CHN", 'Beijing says talks "useful", more to come', datetime(2022, 4, 14, 15, 59), "minute", None),
        (2, "My Gazette", None, "Washington reacts", datetime(2022, 4, 14), "day", None),
        (3, "CGTN", "CHN", "Undated", None, "unknown", None),
    ]
    assert found.rejects.select("row", "column", "reason").rows() == [
        (3, "published", "not a time of a form that is known: date unknown"),
        (4, None, "the row has no headline"),
    ]
    assert (found.n_read, found.n_rejected) == (4, 1)


def test_the_same_headline_in_two_files_is_one_article_in_which_actors_are_found(fold_in_batches: Any) -> None:
    found = articles.stage({"a.csv": CSV.encode(), "b.csv": CSV.encode()})
    history = fold_in_batches(fold.fold, [StagedSnapshot("1", datetime(2024, 1, 1), True, found.facts, found.frames)])
    assert history.all("articles").collect().height == 3
    assert history.all("mentions").select("actor_id", "sentence").sort("actor_id").collect().rows() == [("CHN", 0), ("USA", 0)]


def test_other_separators_and_names_of_columns_are_read_and_a_table_without_headlines_is_a_reject() -> None:
    for separator in (";", "\t"):
        text = "\n".join(
            separator.join(row) for row in (("Date", "Headline", "Link"), ("2022-04-14", "X acts", "https://bbc.com/x"))
        )
        (row,) = articles.stage({"a.tsv": text.encode()}).frames["articles"].to_dicts()
        assert (row["title"], row["outlet"], row["published_precision"]) == ("X acts", "BBC", "day")
    for data in ("a,b\n1,2\n", "", "just text", "\0"):
        found = articles.stage({"a.csv": data.encode()})
        assert (found.frames["articles"].height, found.rejects["reason"][0][:22]) == (0, "no table of headlines:")


@given(st.binary(max_size=200), st.integers(0, 400))
@examples(60)
def test_mutated_tables_end_in_rejects(inserted: bytes, at: int) -> None:
    data = CSV.encode()
    found = articles.stage({"a.csv": data[:at] + inserted + data[at:]})
    assert found.n_read == found.frames["articles"].height + (found.n_rejected or 0)


@pytest.mark.real_data
def test_the_real_headlines_are_read_and_dated(real_data: Path) -> None:
    data = gzip.decompress((real_data / "news/headlines/headlines_until_2022-06.csv.gz").read_bytes())
    found = articles.stage({"headlines.csv": data})
    rows = found.frames["articles"]
    assert (found.n_read, found.n_rejected, rows.height) == (23868, 424, 23444)
    assert rows["published_at"].null_count() == 0
    assert dict(rows["published_precision"].value_counts().iter_rows()) == {"second": 39 + 7331, "minute": 9165 + 2908 + 4001}


def test_an_entry_of_a_feed_is_an_article_without_its_summary() -> None:
    found = feed_articles.stage({"example.xml": RSS.encode()})
    rows = found.frames["articles"].select(
        "url_canonical", "outlet", "outlet_country", "language", "title", "published_at", "published_precision", "text"
    )
    at = datetime(2023, 12, 22, 0, 30)
    assert rows.rows() == [
        ("https://example.org/a", "Example News", None, "en", "Beijing & Washington talk", at, "second", None),
        ("https://scmp.com/b", "South China Morning Post", "HKG", "en", "Undated", None, "unknown", None),
    ]
    assert found.rejects["reason"].to_list() == ["the article has no text"]


def test_a_time_of_updating_is_no_time_of_publication_and_what_is_no_feed_is_a_reject() -> None:
    (row,) = feed_articles.stage({"r.xml": ATOM.encode()}).frames["articles"].to_dicts()
    assert (row["published_at"], row["outlet"]) == (datetime(2023, 11, 16, 13, 45), "Federal Register")
    (row,) = feed_articles.stage({"r.xml": ATOM.replace("published", "created_x").encode()}).frames["articles"].to_dicts()
    assert row["published_at"] is None
    for data in (b"", b"<html><body>not found</body></html>", b"\xff\xfe\x00", b"{}"):
        found = feed_articles.stage({"x.xml": data})
        assert found.frames["articles"].is_empty()
        assert found.rejects["reason"].to_list() == ["not a feed (RSS, Atom or RDF)"]


def test_the_text_of_a_page_takes_the_place_of_its_entry_and_an_entry_shown_again_brings_nothing_new(
    fold_in_batches: Any,
) -> None:
    meta = '{"url": "https://example.org/a", "published": "2023-12-22"}'
    first = snapshot("1", 1, {"example.xml": RSS, "p.html": PAGE, "p.html.meta.json": meta})
    assert first.frames["articles"].select("url_canonical", pl.col("text").is_not_null()).rows() == [
        ("https://example.org/a", True),
        ("https://scmp.com/b", False),
    ]
    batches = [first, snapshot("2", 2, {"example.xml": RSS})]
    at_once, one_by_one = (
        fold_in_batches(feed_articles.fold, *b).all("articles").collect().sort("article_id")
        for b in ([batches], [[s] for s in batches])
    )
    assert at_once["source"].to_list() == ["feeds"] * 2
    assert at_once.equals(one_by_one)


@given(st.binary(max_size=200), st.integers(0, 700))
@examples(60)
def test_mutated_feeds_end_in_rejects(inserted: bytes, at: int) -> None:
    data = RSS.encode()
    found = feed_articles.stage({"x.xml": data[:at] + inserted + data[at:]})
    assert found.n_read == found.frames["articles"].height + (found.n_rejected or 0)
