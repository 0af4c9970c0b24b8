"""The project's own table of feeds: whose feeds they are, and whose texts are kept; and feeds that do harm."""

import tarfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from assets.contracts import StagedSnapshot
from assets.news.articles import addresses, feed_articles
from pipelines.ingest.fetch.feeds import own_table, read_feeds
from pipelines.ingest.sources import load_sources
from tests.news.conftest import Memory

FEEDS = read_feeds(own_table(load_sources()["feeds"]))
INTERNATIONAL = {"UN News"}
"""Outlets that belong to no state."""


def test_the_projects_feeds_are_of_outlets_of_known_states_and_text_is_kept_of_the_federal_government_alone() -> None:
    outlets = {feed.outlet: addresses.outlet_of(feed.outlet, feed.url) for feed in FEEDS}
    assert {name for name, known in outlets.items() if known is None or known.country_id is None} == INTERNATIONAL
    assert len({feed.url for feed in FEEDS}) == len(FEEDS)
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


def test_an_entry_with_a_day_that_no_calendar_has_or_a_link_that_is_no_address_stops_nothing() -> None:
    for day in ("0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", f"Thu, 16 Nov {10**20}"):
        staged = feed_articles.stage({"press.xml": item(day=day)})
        assert staged.frames["articles"]["published_at"].to_list() == [None]
        assert staged.rejects["column"].to_list() == ["published"]
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


CARRIED = b"""<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"><channel><title>T</title><item>
  <title>Talks resume</title><link>https://www.example.org/a</link><description>In short.</description><content:encoded><![CDATA[
  <h1>Talks resume</h1><p>The two <b>sides</b> met.</p><script>x()</script><ul><li>One</li><li>Two</li></ul>]]></content:encoded>
  </item></channel></rss>"""


def test_the_text_that_a_feed_carries_is_kept_where_text_may_be_kept() -> None:
    text = "The two sides met.\nOne\nTwo"
    for name, keeps, kept in (
        ("press", None, None), ("press", b"true", text), ("state-press-releases", None, text),
        ("state-press-releases", b"false", None), ("scmp-china", None, None),
    ):  # fmt: skip
        meta = {} if keeps is None else {f"{name}.xml.meta.json": b'{"keep_text": %s}' % keeps}
        staged = feed_articles.stage({f"{name}.xml": CARRIED} | meta)
        assert staged.frames["articles"].select("title", "text").rows() == [("Talks resume", kept)]
        assert (staged.n_read, staged.rejects.height) == (1, 0)


def test_a_text_that_the_feed_edits_while_it_shows_the_entry_is_no_second_article() -> None:
    history = Memory()
    for hour, data in enumerate((CARRIED, CARRIED.replace(b"sides", b"parties"))):
        staged = feed_articles.stage({"state-press-releases.xml": data})
        snapshot = StagedSnapshot(f"sha-{hour}", datetime(2026, 3, 1, hour), True, staged.facts, staged.frames)
        history.take(feed_articles.fold(history, [snapshot]))
    assert history.all("articles").collect()["text"].to_list() == ["The two sides met.\nOne\nTwo"]


@pytest.mark.real_data
def test_the_releases_of_the_state_department_s_feed_have_their_texts(real_data: Path) -> None:
    with tarfile.open(real_data / "more" / "feeds" / "state_press_releases_rss_2021-05_2022-03.tar.xz") as archive:
        captures = [archive.extractfile(member) for member in archive.getmembers() if member.name.endswith(".xml")][:20]
        pages = [capture.read() for capture in captures if capture is not None]
    frames = [feed_articles.stage({"state-press-releases.xml": page}).frames["articles"] for page in pages]
    entries = pl.concat(frames)
    assert (len(frames), entries["text"].null_count()) == (20, 0)
    assert entries.filter(pl.col("text").str.len_chars() > 500).height > 0.8 * entries.height
