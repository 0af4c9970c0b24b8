"""Feeds and their pages, against a server on this machine: robots.txt, pauses, what is held and left out; no secret is told."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from assets.news.articles import feed_articles
from pipelines.cli.app import read_settings
from pipelines.ingest.fetch.feeds import Feed, _joined, read_feeds
from pipelines.ingest.fetch.secrets import HIDDEN, Veil, secrets_in
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt, Gap, Http, Note, Receipt
from pipelines.ingest.sources import FileSpec
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import NOW, Said, Server, fetched, one


def rss(*items: tuple[str, str]) -> bytes:
    entries = "".join(f"<item><title>T</title><link>{link}</link><pubDate>{day}</pubDate></item>" for link, day in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{entries}</channel></rss>'.encode()


RSS = rss(("/a", "Thu, 16 Nov 2023 10:00:00 GMT"), ("/b", "")).replace(b"<pubDate></pubDate>", b"")
FEEDS = a_source(id="feeds", files={"*": FileSpec(index="feeds", kind="html", may_be_empty=True)}, live="fetch", hosts=())


@dataclass
class Site:
    """A site whose pages a test scripts, and visits of it; ``pauses``: those between two requests."""

    server: Server
    store: RawStore
    feeds: list[Feed]
    pauses: list[float] = field(default_factory=list)

    def take(self, hours: int = 0) -> Receipt:
        settings = FetchSettings(timeout_s=1, max_tries=1, feeds=Path("feeds.csv"))
        return one(fetched(FEEDS, self.store, settings, hours, sleep=self.pauses.append))

    def held(self, receipt: Receipt) -> Mapping[str, bytes]:
        return self.store.read("feeds", receipt.snapshot)

    def notes(self, receipt: Receipt) -> list[dict[str, str]]:
        """What is noted beside the pages."""
        return [json.loads(data) for name, data in sorted(self.held(receipt).items()) if name.endswith(".meta.json")]


@pytest.fixture
def site(server: Server, store: RawStore, monkeypatch: pytest.MonkeyPatch) -> Site:
    for path, body in (("/feed", RSS), ("/a", b"<html>A</html>"), ("/b", b"<html>B</html>")):
        server.on(path, body)
    # a table allows https only; a server on this machine has none
    made = Site(server, store, [Feed("press", server.url("/feed"), "Press Office", True)])
    monkeypatch.setattr("pipelines.ingest.fetch.feeds.read_feeds", lambda _: made.feeds)
    return made


def test_a_feed_and_its_pages_are_one_snapshot_and_a_page_that_is_held_or_failed_is_left_alone_for_days(site: Site) -> None:
    more = RSS.replace(b"</channel>", b"<item><title>T</title><link>/gone</link></item></channel>")
    site.server.on("/feed", more)
    receipt = site.take()
    held = site.held(receipt)
    assert (receipt.verdict, held["press.xml"], "not found" in receipt.warnings[0]) == ("accepted", more, True)
    dated, undated = sorted(site.notes(receipt), key=lambda n: n["url"])
    assert (dated["url"][-2:], dated["published"], dated["outlet"]) == ("/a", "2023-11-16T10:00:00Z", "Press Office")
    assert (undated["url"][-2:], undated.get("published"), undated["outlet"]) == ("/b", None, "Press Office")
    staged = feed_articles.stage(held)
    assert staged.rejects.height == 0
    assert not [file for file in staged.frames["articles"]["file"] if "failed" in file]
    counts = []
    for hours in (1, 80):
        site.take(hours)
        counts.append([site.server.paths.count(path) for path in ("/a", "/gone")])
    assert counts == [[1, 1], [1, 2]]


@pytest.mark.parametrize("keep", [True, False])
def test_a_page_whose_text_the_feed_carries_is_not_asked_for_and_whether_it_may_be_kept_is_noted(site: Site, keep: bool) -> None:
    carried = RSS.replace(b"</item>", b"<content:encoded>&lt;p&gt;Text.&lt;/p&gt;</content:encoded></item>", 1)
    namespace = b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    site.server.on("/feed", carried.replace(b"<rss ", namespace, 1))
    site.feeds = [replace(site.feeds[0], keep_text=keep)]
    held = site.held(site.take())
    assert json.loads(held["press.xml.meta.json"]) == {"keep_text": keep}
    assert site.server.paths == ["/robots.txt", "/feed", *(["/b"] if keep else [])]
    assert ("Text." in feed_articles.stage(held).frames["articles"]["text"].to_list()) == keep


def test_robots_txt_is_respected_with_its_pause_and_a_site_that_refuses_it_is_left_alone(site: Site) -> None:
    site.server.on("/robots.txt", b"User-agent: *\nCrawl-delay: 7\nDisallow: /*b$\n")
    assert site.take().warnings == ("press: the robots.txt of 127.0.0.1 does not allow '/b'",)
    assert site.server.paths == ["/robots.txt", "/feed", "/a"]
    (pause,) = site.pauses
    assert 6 < pause <= 7
    site.server.asked.clear()
    site.server.on("/feed", rss(("/c", "")))
    site.server.on("/robots.txt", b"User-agent: *\nCrawl-delay: 999999999\n")
    asks = "asks for a pause of 999,999,999 s between two requests, longer than this run waits: try again later"
    assert site.take(1).warnings == (f"press: 127.0.0.1 {asks}",)
    assert (len(site.pauses), site.server.paths) == (1, ["/robots.txt", "/feed"])
    site.server.asked.clear()
    site.server.on("/robots.txt", Said(403))
    receipt = site.take(2)
    assert (receipt.verdict, site.server.paths) == ("failed", ["/robots.txt"])
    assert "the robots.txt of 127.0.0.1 could not be read (127.0.0.1 answered HTTP 403" in (receipt.reason or "")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("press,http://me:s3cret@example.org/feed,P,true", "row 1: url: expected an address that begins with https://"),
        ("press,https://example.org/feed,P,yes", "row 1: keep_text: expected true or false, not 'yes'"),
        ("a b,https://example.org/feed,P,true", "row 1: feed: expected a short name"),
    ],
)
def test_a_mistake_in_the_table_of_feeds_is_named_without_a_password(tmp_path: Path, row: str, says: str) -> None:
    (tmp_path / "mine.csv").write_text(f"feed,url,outlet,keep_text\n{row}\n")
    with pytest.raises(BilateralError, match=says) as refused:
        read_feeds(tmp_path / "mine.csv")
    assert "s3cret" not in str(refused.value)


# what a site says to do harm, or by mistake --------------------------------------------------------------------------------


# an entry in the link of another, below a damaged declaration: feedparser ends in a KeyError of its own
WITHIN = RSS.replace(b"<link>/b</link>", b"<link>/b<item><title>B</title><link>/c</link><31/02/2023>B</title></item></link>")
LINKS = ("http://[bad", "http://[::1", "javascript:alert(1)", "https://a:99999999/x", "http://metadata:PORT/a",
         "http://localhost:PORT/a", "http://127.1:PORT/a", "http://169.254.169.254:PORT/a")  # fmt: skip
DAYS = ("0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "-1")
DELAYS = ("²", "9" * 5000, "nan", "inf", "-1", "1e999", "soon")
PAGES = (b"http://[bad", b"\xff\xfe", b"<rss><channel><item><link>&#xD800;</link></item>", b"<a" * 50_000, b"FILE")
ELSEWHERE = "is not on the site of the feed (127.0.0.1)"


@pytest.mark.parametrize(
    ("path", "body", "asked", "says"),
    [
        *(("/feed", rss((link, ""), ("/b", "")), ["/b"], ELSEWHERE if "PORT" in link else "press: ") for link in LINKS),
        *(("/feed", rss(("/a", day)), ["/a"], None) for day in DAYS),
        *(("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n".encode(), ["/a", "/b"], None) for delay in DELAYS),
        *(("/feed", page, [], "") for page in PAGES),
        ("/feed", WITHIN, [], "that the reader of feeds does not get over (KeyError: 'links'); its bytes are kept"),
    ],
)
def test_whatever_a_site_serves_is_kept_and_costs_no_other_page(
    site: Site, tmp_path: Path, path: str, body: bytes, asked: list[str], says: str | None
) -> None:
    """A link that is no address or of another site, a day of no calendar, a pause that is no number, bytes that are a path."""
    (tmp_path / "inner.xml").write_bytes(rss(("/a", "")))
    port = str(site.server.world.port).encode()
    site.server.on(path, body.replace(b"PORT", port).replace(b"FILE", bytes(tmp_path / "inner.xml")))
    receipt = site.take()
    assert (receipt.verdict, site.server.paths) == ("accepted", ["/robots.txt", "/feed", *asked])
    assert (receipt.warnings == ()) if says is None else (says in "".join(receipt.warnings))
    assert all(0 < pause <= 1 for pause in site.pauses)
    dated = [note["url"][-2:] for note in site.notes(receipt) if "published" in note]
    assert dated == (["/a"] if path == "/robots.txt" else [])


@given(st.text() | st.text(alphabet="htps:/[]@.%#?0123456789a\ud800").map(lambda rest: f"http://{rest}"))
def test_any_link_is_an_address_with_a_host_or_none_and_one_without_a_scheme_of_the_feeds_own(link: str) -> None:
    known = {"/a": "https://example.org/a", "//b.org/c": "https://b.org/c", "http://b.org": "http://b.org", "ftp://b.org": None}
    assert {link: _joined("https://example.org/feed", link) for link in known} == known
    url = _joined("https://example.org/feed", link)
    assert url is None or urlsplit(url).hostname


# secrets: a token in a header, an address or a setting is told to its server, and stands nowhere else ------------------------

TOKEN = "s3cret-t0ken/+x"


@pytest.mark.parametrize("token", [TOKEN, f"{TOKEN}\n", f" {TOKEN}é"], ids=["refused", "with-a-line-break", "no-ascii"])
def test_a_token_in_a_header_stands_in_no_receipt_message_or_log(
    server: Server, store: RawStore, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], token: str
) -> None:
    """A library that refuses a header says which, in its message and its traceback."""
    server.on("/rows?$order=:id&$limit=2&$offset=0", Said(403))
    rows = FileSpec(url=server.url("/rows"), pages="socrata", page_rows=2, kind="json")
    of = a_source(files={"page-*.json": rows}, hosts=("127.0.0.1",), live="fetch")
    with caplog.at_level(logging.WARNING):  # as refresh.log
        receipt = one(fetched(of, store, FetchSettings(timeout_s=1, max_tries=1, socrata_token=token)))
    assert receipt.verdict == "failed"
    assert "s3cret" not in str(receipt) + caplog.text + "".join(capfd.readouterr())
    assert not [p for p in store.root.rglob("*") if p.is_file() and b"s3cret" in p.read_bytes()]
    told = [asked.headers.get("x-app-token") for asked in server.asked]
    assert told == ([TOKEN] if token == TOKEN else []), "only its server is told, or nobody"


def test_a_key_in_the_address_of_a_feed_stands_in_what_was_served_alone(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    ask = f"?api_key={TOKEN}"
    links = (f"/page?access_token={TOKEN}", f"/gone?token={TOKEN}")
    site.server.on(f"/feed{ask}", rss(*((link, "") for link in links)))
    site.server.on(links[0], b"<html>A</html>")
    site.server.on(f"/moved{ask}", Said(302, headers={"Location": f"https://elsewhere.example.org/x?was={TOKEN}"}))
    paths = {"one": "/feed", "two": "/moved", "three": "/none"}
    site.feeds = [replace(site.feeds[0], feed=name, url=site.server.url(path + ask)) for name, path in paths.items()]
    receipt = site.take()
    assert receipt.verdict == "accepted"
    assert any(ask in path for path in site.server.paths), "the server is told"
    assert sum(str(f.url).endswith(f"={HIDDEN}") for f in receipt.files) >= 2
    assert "s3cret" not in str(receipt) + caplog.text
    assert [name for name, data in site.held(receipt).items() if b"s3cret" in data] == ["one.xml"], "as served"
    site.take(1)
    assert site.server.paths.count(links[0]) == 1, "a page that is held is not asked for again"


def test_settings_are_shown_without_their_secrets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    secret = {"socrata_token": TOKEN, "alert_urls": f"json://{TOKEN}@x"}
    assert TOKEN not in repr(Settings(**secret))  # type: ignore[arg-type]
    monkeypatch.setenv("BILATERAL_SOCRATA_TOKEN", f"mysql://me:{TOKEN}@db/x")
    assert TOKEN not in repr(read_settings()) + "".join(capsys.readouterr())


def test_what_is_secret_in_an_address_is_told_by_the_names_of_its_parameters_and_hidden_the_longest_first() -> None:
    for address, found in (
        ("https://a.example.org/f?format=rss&api_key=abcd%2Fef", {"abcd%2Fef", "abcd/ef"}),
        ("https://me:pass-word@a.example.org/f", {"pass-word"}),
        ("https://a.example.org/f?X-Amz-Signature=0123abcd&page=12345", {"0123abcd"}),
        ("https://a.example.org/f?key=abc", set()),
        ("https://[bad", set()),
    ):
        assert secrets_in(address) == found, address
    veil = Veil.of(FetchSettings(socrata_token="abcd"), ["https://x.example.org/?key=abcdef"])
    assert veil.text("abcdef abcd abc") == f"{HIDDEN} {HIDDEN} abc"
    attempt = Attempt(NOW, {"a": b"abcd"}, "abcd", {"a": Http("https://x/?t=abcd")}, ("abcd",))
    assert veil.over(attempt) == Attempt(NOW, {"a": b"abcd"}, HIDDEN, {"a": Http(f"https://x/?t={HIDDEN}")}, (HIDDEN,))
    assert [veil.over(Note("abcd")), veil.over(Gap(NOW))] == [Note(HIDDEN), Gap(NOW)]
