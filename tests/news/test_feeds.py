"""The project's own table of feeds: whose feeds they are, and whose texts are kept; and feeds that do harm."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assets.news.articles import addresses, feed_articles
from pipelines.intake.fetch.feeds import own_table, read_feeds
from pipelines.intake.sources import load_sources

FEEDS = read_feeds(own_table(load_sources()["feeds"]))
INTERNATIONAL = {"UN News"}
"""Outlets that belong to no state."""


def test_each_feed_is_of_an_outlet_whose_state_is_known() -> None:
    outlets = {feed.outlet: addresses.outlet_of(feed.outlet, feed.url) for feed in FEEDS}
    assert {name for name, known in outlets.items() if known is None or known.country_id is None} == INTERNATIONAL


def test_an_address_is_read_once() -> None:
    urls = [feed.url for feed in FEEDS]
    assert len(set(urls)) == len(urls)


def test_text_is_kept_of_works_of_the_federal_government_alone() -> None:
    kept = [urlsplit(feed.url).hostname or "" for feed in FEEDS if feed.keep_text]
    assert kept
    assert [host for host in kept if not host.endswith(".gov")] == []


def item(link: str = "https://www.example.org/a", day: str = "Thu, 16 Nov 2023 10:00:00 GMT") -> bytes:
    entry = f"<item><title>Talks resume</title><link>{link}</link><pubDate>{day}</pubDate></item>"
    return f'<rss version="2.0"><channel><title>T</title>{entry}</channel></rss>'.encode()


def test_a_feed_whose_bytes_are_a_path_is_no_feed_and_that_file_is_not_read(tmp_path: Path) -> None:
    inner = tmp_path / "inner.xml"
    inner.write_bytes(item())
    staged = feed_articles.stage({"press.xml": str(inner).encode()})
    assert staged.frames["articles"].height == 0
    assert staged.rejects["reason"].to_list() == ["not a feed (RSS, Atom or RDF)"]


@pytest.mark.parametrize("day", ["0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", f"Thu, 16 Nov {10**20}"])
def test_an_entry_with_a_day_that_no_calendar_has_is_an_article_without_a_date(day: str) -> None:
    staged = feed_articles.stage({"press.xml": item(day=day)})
    assert staged.frames["articles"]["published_at"].to_list() == [None]
    assert staged.rejects["column"].to_list() == ["published"]


def test_an_entry_whose_link_is_no_address_does_not_stop_the_others() -> None:
    staged = feed_articles.stage({"press.xml": item("http://[bad"), "other.xml": item()})
    assert staged.frames["articles"]["url_canonical"].to_list() == ["https://example.org/a", None]


def test_a_feed_over_which_the_reader_of_feeds_stumbles_is_rejected_in_words_and_the_others_are_read() -> None:
    inner = b"<item><title>B</title><link>https://www.example.org/c</link><31/02/2023>B</title></item>"
    damaged = item().replace(b"</link>", inner + b"</link>", 1)
    staged = feed_articles.stage({"press.xml": damaged, "other.xml": item()})
    assert staged.frames["articles"]["url_canonical"].to_list() == ["https://example.org/a"]
    assert staged.rejects.select("file", "reason").rows() == [
        ("press.xml", "the feed is damaged in a way that the reader of feeds does not get over (KeyError: 'links')")
    ]
