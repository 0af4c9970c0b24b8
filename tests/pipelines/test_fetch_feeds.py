"""Feeds and their pages, against a server on this machine: robots.txt, pauses, what is held and what is left out."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from assets.news.articles import feed_articles
from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.feeds import _is_same_site, _joined, own_table, read_feeds
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import FileSpec, Source, load_sources
from pipelines.settings import FetchSettings
from tests.pipelines.examples import a_source

NOW = datetime(2023, 11, 16, 12)
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'
    "<item><title>Talks resume</title><link>/a</link><pubDate>Thu, 16 Nov 2023 10:00:00 GMT</pubDate></item>"
    "<item><title>No day</title><link>/b</link></item></channel></rss>"
)


@dataclass
class Site:
    """A site whose pages a test scripts, and what was asked of it."""

    address: str
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            status, body = served.pages.get(self.path, (404, b"no"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        served = Site(f"http://127.0.0.1:{listening.server_port}")
        served.pages = {"/feed": (200, RSS.encode()), "/a": (200, b"<html>A</html>"), "/b": (200, b"<html>B</html>")}
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield served
        listening.shutdown()


def feeds_source() -> Source:
    files = {"*": FileSpec(index="feeds", kind="html", may_be_empty=True)}
    made = a_source(files={"x": FileSpec()}, max_bytes=1_000_000, max_line_bytes=100_000)
    return made.model_copy(update={"id": "feeds", "files": files, "live": "fetch", "hosts": ()})


def table(tmp_path: Path, keep: str = "true", path: str = "/feed") -> Path:
    # the table allows https only; a server on this machine has none
    listed = tmp_path / "feeds.csv"
    listed.write_text(f"feed,url,outlet,keep_text\npress,https://press.example.org{path},Press Office,{keep}\n")
    return listed


def take(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, *, hours: int = 0, keep: str = "true", pauses: list[float]
) -> Receipt:
    listed = table(tmp_path, keep)
    found = [f.__class__(f.feed, f"{site.address}/feed", f.outlet, f.keep_text) for f in read_feeds(listed)]
    monkeypatch.setattr("pipelines.ingest.fetch.feeds.read_feeds", lambda _: found)
    store, of = RawStore(tmp_path / "raw"), feeds_source()
    visit = FetchContext(
        of,
        FetchSettings(timeout_s=1, max_tries=1, feeds=listed),
        NOW + timedelta(hours=hours),
        store,
        policy=FetchPolicy(loopback=True),
        sleep=pauses.append,
    )
    (receipt,) = store.take(of, fetch(visit), origin="live").receipts
    return receipt


def test_a_feed_and_its_pages_are_one_snapshot(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    held = RawStore(tmp_path / "raw").read("feeds", receipt.snapshot)
    assert receipt.verdict == "accepted"
    assert held["press.xml"] == RSS.encode()
    said = [json.loads(held[f]) for f in sorted(held) if f.endswith(".meta.json")]
    assert {s["url"].removeprefix(site.address): s.get("published") for s in said} == {"/a": "2023-11-16T10:00:00Z", "/b": None}
    assert {s["outlet"] for s in said} == {"Press Office"}


@pytest.mark.parametrize("keep", ["true", "false"])
def test_a_page_whose_text_the_feed_carries_is_not_asked_for_and_whether_it_may_be_kept_is_noted(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, keep: str
) -> None:
    carried = RSS.replace("</item>", "<content:encoded>&lt;p&gt;Text.&lt;/p&gt;</content:encoded></item>", 1)
    carried = carried.replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ', 1)
    site.pages["/feed"] = (200, carried.encode())
    receipt = take(tmp_path, site, monkeypatch, keep=keep, pauses=[])
    held = RawStore(tmp_path / "raw").read("feeds", receipt.snapshot)
    assert json.loads(held["press.xml.meta.json"]) == {"keep_text": keep == "true"}
    assert len([name for name in held if name.endswith(".html")]) == (1 if keep == "true" else 0)
    texts = feed_articles.stage(held).frames["articles"]["text"].to_list()
    assert ("Text." in texts) == (keep == "true")


def test_pages_are_left_alone_where_their_text_may_not_be_kept(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = take(tmp_path, site, monkeypatch, keep="false", pauses=[])
    assert [f.name for f in receipt.files] == ["press.xml"]
    assert site.asked == ["/robots.txt", "/feed"]


def test_a_page_that_is_held_is_not_asked_for_again(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    take(tmp_path, site, monkeypatch, pauses=[])
    take(tmp_path, site, monkeypatch, hours=1, pauses=[])
    assert site.asked.count("/a") == 1


def test_robots_txt_is_respected(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/robots.txt"] = (200, b"User-agent: *\nDisallow: /b\n")
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert "/b" not in site.asked
    assert receipt.warnings == ("press: the robots.txt of 127.0.0.1 does not allow '/b'",)


def test_a_site_that_refuses_its_robots_txt_is_left_alone(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/robots.txt"] = (403, b"")
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert (receipt.verdict, site.asked) == ("failed", ["/robots.txt"])
    assert "the robots.txt of 127.0.0.1 could not be read (127.0.0.1 answered HTTP 403" in (receipt.reason or "")


def test_a_page_that_failed_is_left_alone_for_days_and_is_no_article(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/a"] = (403, b"no")
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    staged = feed_articles.stage(RawStore(tmp_path / "raw").read("feeds", receipt.snapshot))
    assert staged.rejects.height == 0
    assert not [file for file in staged.frames["articles"]["file"] if "failed" in file]
    take(tmp_path, site, monkeypatch, hours=1, pauses=[])
    assert site.asked.count("/a") == 1
    take(tmp_path, site, monkeypatch, hours=80, pauses=[])
    assert site.asked.count("/a") == 2


def test_the_pause_that_a_site_asks_for_lies_between_two_requests(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/robots.txt"] = (200, b"User-agent: *\nCrawl-delay: 7\nDisallow:\n")
    pauses: list[float] = []
    take(tmp_path, site, monkeypatch, pauses=pauses)
    assert len(pauses) == 2
    assert all(6 < p <= 7 for p in pauses)


def test_a_page_that_is_gone_does_not_stop_the_others(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    del site.pages["/a"]
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert receipt.verdict == "accepted"
    assert "/b" in site.asked
    assert "not found" in receipt.warnings[0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("press,http://example.org/feed,P,true", "row 1: url: expected an address that begins with https://"),
        ("press,https://example.org/feed,P,yes", "row 1: keep_text: expected true or false, not 'yes'"),
        ("a b,https://example.org/feed,P,true", "row 1: feed: expected a short name"),
    ],
)
def test_a_mistake_in_the_table_of_feeds_is_named(tmp_path: Path, row: str, says: str) -> None:
    listed = tmp_path / "mine.csv"
    listed.write_text(f"feed,url,outlet,keep_text\n{row}\n")
    with pytest.raises(BilateralError, match=says):
        read_feeds(listed)


def test_the_table_that_the_source_declares_can_be_read() -> None:
    assert len(read_feeds(own_table(load_sources()["feeds"]))) >= 3


# what a site says to do harm, or by mistake --------------------------------------------------------------------------------


def rss(*items: tuple[str, str]) -> bytes:
    entries = "".join(f"<item><title>T</title><link>{link}</link><pubDate>{day}</pubDate></item>" for link, day in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{entries}</channel></rss>'.encode()


def test_a_feed_whose_bytes_are_a_path_is_not_opened_as_a_file(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "inner.xml"
    inner.write_bytes(rss(("/a", "")))
    site.pages["/feed"] = (200, str(inner).encode())
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert [f.name for f in receipt.files] == ["press.xml"]
    assert "/a" not in site.asked


@pytest.mark.parametrize("link", ["http://[bad", "http://[::1", "javascript:alert(1)", "https://a:99999999/x"])
def test_a_link_that_is_no_address_leaves_the_other_pages_alone(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    site.pages["/feed"] = (200, rss((link, ""), ("/b", "")))
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert (receipt.verdict, "/b" in site.asked) == ("accepted", True)
    assert len(receipt.warnings) == 1


@pytest.mark.parametrize("day", ["0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "-1"])
def test_a_day_that_no_calendar_has_is_unknown(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    site.pages["/feed"] = (200, rss(("/a", day)))
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    held = RawStore(tmp_path / "raw").read("feeds", receipt.snapshot)
    (said,) = [json.loads(held[f]) for f in held if f.endswith(".meta.json")]
    assert (receipt.verdict, "published" in said) == ("accepted", False)


@pytest.mark.parametrize("delay", ["²", "9" * 5000, "nan", "inf", "-1", "1e999", "soon"])
def test_a_crawl_delay_that_is_no_number_is_the_own_pause(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, delay: str
) -> None:
    site.pages["/robots.txt"] = (200, f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    pauses: list[float] = []
    receipt = take(tmp_path, site, monkeypatch, pauses=pauses)
    assert (receipt.verdict, receipt.warnings) == ("accepted", ())
    assert all(0 < pause <= 1 for pause in pauses)


def test_a_pause_longer_than_a_run_waits_leaves_the_site_for_later(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/robots.txt"] = (200, b"User-agent: *\nCrawl-delay: 999999999\n")
    pauses: list[float] = []
    receipt = take(tmp_path, site, monkeypatch, pauses=pauses)
    assert (pauses, site.asked) == ([], ["/robots.txt", "/feed"])
    assert receipt.warnings == (
        "press: 127.0.0.1 asks for a pause of 999,999,999 s between two requests, longer than this run waits: try again later",
    )


def test_rules_of_robots_txt_may_hold_wildcards(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/robots.txt"] = (200, b"User-agent: *\nDisallow: /*b$\n")
    take(tmp_path, site, monkeypatch, pauses=[])
    assert ("/a" in site.asked, "/b" in site.asked) == (True, False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "169.254.169.254", "metadata"])
def test_a_site_without_a_registered_domain_leads_to_no_other(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    link = site.address.replace("127.0.0.1", host) + "/a"
    site.pages["/feed"] = (200, rss((link, ""), ("/b", "")))
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert (receipt.verdict, "/a" in site.asked, "/b" in site.asked) == ("accepted", False, True)
    assert "is not on the site of the feed (127.0.0.1)" in receipt.warnings[0]


@pytest.mark.parametrize(
    "page", [b"http://[bad", b"\xff\xfe", b"<rss><channel><item><link>&#xD800;</link></item>", b"<a" * 50_000]
)
def test_whatever_a_feed_serves_ends_as_its_own_trouble(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, page: bytes
) -> None:
    site.pages["/feed"] = (200, page)
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert (receipt.verdict, receipt.files[0].name) == ("accepted", "press.xml")


def test_a_feed_over_which_the_reader_of_feeds_stumbles_is_kept_and_told_in_words(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry in the link of another, below a damaged declaration: feedparser ends in a KeyError of its own."""
    page = RSS.replace("<link>/b</link>", "<link>/b<item><title>B</title><link>/c</link><31/02/2023>B</title></item></link>")
    site.pages["/feed"] = (200, page.encode())
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    assert (receipt.verdict, [f.name for f in receipt.files]) == ("accepted", ["press.xml"])
    assert receipt.warnings == (
        "press: the feed is damaged in a way that the reader of feeds does not get over (KeyError: 'links'); "
        "its bytes are kept, and none of its pages was asked for",
    )


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("www.example.org", "feeds.example.org", True),
        ("a.co.uk", "b.co.uk", False),
        ("a.github.io", "b.github.io", False),
        ("localhost", "localhost", False),
        ("10.0.0.1", "10.0.0.1", False),
    ],
)
def test_two_hosts_are_of_one_site_by_their_registered_domain(one: str, other: str, is_same: bool) -> None:
    assert _is_same_site(one, other) == is_same


@given(st.text() | st.text(alphabet="htps:/[]@.%#?0123456789a\ud800").map(lambda rest: f"http://{rest}"))
def test_any_link_is_an_address_with_a_host_or_none(link: str) -> None:
    url = _joined("https://example.org/feed", link)
    assert url is None or urlsplit(url).hostname
