"""Feeds and their pages, against a server on this machine: robots.txt, pauses, what is held and what is left out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from assets.news.articles import feed_articles
from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.feeds import Feed, _joined, read_feeds
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import FileSpec
from pipelines.settings import FetchSettings
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import Said, Server

NOW = datetime(2023, 11, 16, 12)


def rss(*items: tuple[str, str]) -> bytes:
    entries = "".join(f"<item><title>T</title><link>{link}</link><pubDate>{day}</pubDate></item>" for link, day in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{entries}</channel></rss>'.encode()


RSS = rss(("/a", "Thu, 16 Nov 2023 10:00:00 GMT"), ("/b", "")).replace(b"<pubDate></pubDate>", b"")
SOURCE = a_source(files={"x": FileSpec()}, max_bytes=1_000_000, max_line_bytes=100_000).model_copy(
    update={"id": "feeds", "files": {"*": FileSpec(index="feeds", kind="html", may_be_empty=True)}, "live": "fetch", "hosts": ()}
)


@dataclass
class Site:
    """A site whose pages a test scripts, and visits of it; ``pauses``: those between two requests."""

    server: Server
    store: RawStore
    pauses: list[float] = field(default_factory=list)
    keep_text: bool = True

    def take(self, hours: int = 0) -> Receipt:
        visit = FetchContext(
            SOURCE, FetchSettings(timeout_s=1, max_tries=1, feeds=Path("feeds.csv")), NOW + timedelta(hours=hours), self.store,
            policy=FetchPolicy(loopback=True), sleep=self.pauses.append,
        )  # fmt: skip
        (receipt,) = self.store.take(SOURCE, fetch(visit), origin="live").receipts
        return receipt

    def held(self, receipt: Receipt) -> Mapping[str, bytes]:
        return self.store.read("feeds", receipt.snapshot)


@pytest.fixture
def site(server: Server, store: RawStore, monkeypatch: pytest.MonkeyPatch) -> Site:
    for path, body in (("/feed", RSS), ("/a", b"<html>A</html>"), ("/b", b"<html>B</html>")):
        server.on(path, body)
    made = Site(server, store)
    # a table allows https only; a server on this machine has none
    listed = lambda _: [Feed("press", server.url("/feed"), "Press Office", made.keep_text)]  # noqa: E731
    monkeypatch.setattr("pipelines.ingest.fetch.feeds.read_feeds", listed)
    return made


def test_a_feed_and_its_pages_are_one_snapshot_and_a_page_that_is_held_is_not_asked_for_again(site: Site) -> None:
    receipt = site.take()
    held = site.held(receipt)
    assert receipt.verdict == "accepted"
    assert held["press.xml"] == RSS
    said = [json.loads(held[f]) for f in sorted(held) if f.endswith(".meta.json")]
    assert {s["url"][-2:]: s.get("published") for s in said} == {"/a": "2023-11-16T10:00:00Z", "/b": None}
    assert {s["outlet"] for s in said} == {"Press Office"}
    site.take(hours=1)
    assert site.server.paths.count("/a") == 1


@pytest.mark.parametrize("keep", [True, False])
def test_a_page_whose_text_the_feed_carries_is_not_asked_for_and_whether_it_may_be_kept_is_noted(site: Site, keep: bool) -> None:
    carried = RSS.replace(b"</item>", b"<content:encoded>&lt;p&gt;Text.&lt;/p&gt;</content:encoded></item>", 1)
    namespace = b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    site.server.on("/feed", carried.replace(b"<rss ", namespace, 1))
    site.keep_text = keep
    held = site.held(site.take())
    assert json.loads(held["press.xml.meta.json"]) == {"keep_text": keep}
    assert site.server.paths == ["/robots.txt", "/feed", *(["/b"] if keep else [])]
    texts = feed_articles.stage(held).frames["articles"]["text"].to_list()
    assert ("Text." in texts) == keep


def test_robots_txt_is_respected_and_a_site_that_refuses_it_is_left_alone(site: Site) -> None:
    site.server.on("/robots.txt", b"User-agent: *\nDisallow: /*b$\n")
    assert site.take().warnings == ("press: the robots.txt of 127.0.0.1 does not allow '/b'",)
    assert site.server.paths == ["/robots.txt", "/feed", "/a"]
    site.server.asked.clear()
    site.server.on("/robots.txt", Said(403))
    receipt = site.take(hours=1)
    assert (receipt.verdict, site.server.paths) == ("failed", ["/robots.txt"])
    assert "the robots.txt of 127.0.0.1 could not be read (127.0.0.1 answered HTTP 403" in (receipt.reason or "")


def test_a_page_that_failed_is_left_alone_for_days_is_no_article_and_does_not_stop_the_others(site: Site) -> None:
    site.server.on("/a", Said(404, b"no"))
    receipt = site.take()
    assert (receipt.verdict, "/b" in site.server.paths, "not found" in receipt.warnings[0]) == ("accepted", True, True)
    staged = feed_articles.stage(site.held(receipt))
    assert staged.rejects.height == 0
    assert not [file for file in staged.frames["articles"]["file"] if "failed" in file]
    asked = []
    for hours in (1, 80):
        site.take(hours)
        asked.append(site.server.paths.count("/a"))
    assert asked == [1, 2]


def test_the_pause_that_a_site_asks_for_lies_between_two_requests_unless_it_is_too_long(site: Site) -> None:
    site.server.on("/robots.txt", b"User-agent: *\nCrawl-delay: 7\nDisallow:\n")
    site.take()
    assert len(site.pauses) == 2
    assert all(6 < p <= 7 for p in site.pauses)
    site.server.asked.clear()
    site.server.on("/feed", rss(("/c", "")))
    site.server.on("/robots.txt", b"User-agent: *\nCrawl-delay: 999999999\n")
    receipt = site.take(hours=1)
    assert (len(site.pauses), site.server.paths) == (2, ["/robots.txt", "/feed"])
    asks = "asks for a pause of 999,999,999 s between two requests, longer than this run waits: try again later"
    assert receipt.warnings == (f"press: 127.0.0.1 {asks}",)


def test_a_mistake_in_the_table_of_feeds_is_named(tmp_path: Path) -> None:
    listed = tmp_path / "mine.csv"
    for row, says in (
        ("press,http://example.org/feed,P,true", "row 1: url: expected an address that begins with https://"),
        ("press,https://example.org/feed,P,yes", "row 1: keep_text: expected true or false, not 'yes'"),
        ("a b,https://example.org/feed,P,true", "row 1: feed: expected a short name"),
    ):
        listed.write_text(f"feed,url,outlet,keep_text\n{row}\n")
        with pytest.raises(BilateralError, match=says):
            read_feeds(listed)


# what a site says to do harm, or by mistake --------------------------------------------------------------------------------


def test_a_feed_whose_bytes_are_a_path_is_not_opened_as_a_file(site: Site, tmp_path: Path) -> None:
    inner = tmp_path / "inner.xml"
    inner.write_bytes(rss(("/a", "")))
    site.server.on("/feed", str(inner).encode())
    assert [f.name for f in site.take().files] == ["press.xml"]
    assert "/a" not in site.server.paths


@pytest.mark.parametrize(
    "link", ["http://[bad", "http://[::1", "javascript:alert(1)", "https://a:99999999/x", "http://metadata:PORT/a",
             "http://localhost:PORT/a", "http://127.1:PORT/a", "http://169.254.169.254:PORT/a"],
)  # fmt: skip
def test_a_link_that_is_no_address_or_of_another_site_leaves_the_other_pages_alone(site: Site, link: str) -> None:
    site.server.on("/feed", rss((link.replace("PORT", str(site.server.world.port)), ""), ("/b", "")))
    receipt = site.take()
    assert (receipt.verdict, site.server.paths) == ("accepted", ["/robots.txt", "/feed", "/b"])
    (warning,) = receipt.warnings
    assert "PORT" not in link or "is not on the site of the feed (127.0.0.1)" in warning


@pytest.mark.parametrize("day", ["0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "-1"])
def test_a_day_that_no_calendar_has_is_unknown(site: Site, day: str) -> None:
    site.server.on("/feed", rss(("/a", day)))
    receipt = site.take()
    (said,) = [json.loads(data) for name, data in site.held(receipt).items() if name.endswith(".meta.json")]
    assert (receipt.verdict, "published" in said) == ("accepted", False)


@pytest.mark.parametrize("delay", ["²", "9" * 5000, "nan", "inf", "-1", "1e999", "soon"])
def test_a_crawl_delay_that_is_no_number_is_the_own_pause(site: Site, delay: str) -> None:
    site.server.on("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    receipt = site.take()
    assert (receipt.verdict, receipt.warnings) == ("accepted", ())
    assert all(0 < pause <= 1 for pause in site.pauses)


PAGES = [b"http://[bad", b"\xff\xfe", b"<rss><channel><item><link>&#xD800;</link></item>", b"<a" * 50_000]


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_feed_serves_ends_as_its_own_trouble(site: Site, page: bytes) -> None:
    site.server.on("/feed", page)
    receipt = site.take()
    assert (receipt.verdict, receipt.files[0].name) == ("accepted", "press.xml")


def test_a_feed_over_which_the_reader_of_feeds_stumbles_is_kept_and_told_in_words(site: Site) -> None:
    """An entry in the link of another, below a damaged declaration: feedparser ends in a KeyError of its own."""
    within = b"<link>/b<item><title>B</title><link>/c</link><31/02/2023>B</title></item></link>"
    site.server.on("/feed", RSS.replace(b"<link>/b</link>", within))
    receipt = site.take()
    assert (receipt.verdict, [f.name for f in receipt.files]) == ("accepted", ["press.xml"])
    (warning,) = receipt.warnings
    assert "damaged in a way that the reader of feeds does not get over (KeyError: 'links'); its bytes are kept" in warning


@given(st.text() | st.text(alphabet="htps:/[]@.%#?0123456789a\ud800").map(lambda rest: f"http://{rest}"))
def test_any_link_is_an_address_with_a_host_or_none(link: str) -> None:
    url = _joined("https://example.org/feed", link)
    assert url is None or urlsplit(url).hostname


def test_a_link_without_a_scheme_is_one_of_the_feeds_own_host() -> None:
    assert [_joined("https://example.org/feed", link) for link in ("/a", "//b.org/c", "http://b.org", "ftp://b.org")] == [
        "https://example.org/a", "https://b.org/c", "http://b.org", None,
    ]  # fmt: skip
