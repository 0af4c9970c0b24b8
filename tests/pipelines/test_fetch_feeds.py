"""Feeds and their pages, against a server on this machine: robots.txt, pauses, what is held and what is left out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from assets.errors import BilateralError
from pipelines.intake.fetch.asking import FetchPolicy, FetchSettings
from pipelines.intake.fetch.feeds import read_feeds
from pipelines.intake.fetch.files import fetch_source
from pipelines.intake.raw_store import RawStore, Receipt
from pipelines.intake.sources import FileSpec, Source
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

        def log_message(self, format: str, *args: Any) -> None:
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


def table(tmp_path: Path, site: Site, keep: str = "true", path: str = "/feed") -> Path:
    # the table allows https only; a server on this machine has none
    listed = tmp_path / "feeds.csv"
    listed.write_text(f"feed,url,outlet,keep_text\npress,https://press.example.org{path},Press Office,{keep}\n")
    return listed


def take(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, *, hours: int = 0, keep: str = "true", pauses: list[float]
) -> Receipt:
    listed = table(tmp_path, site, keep)
    found = [f.__class__(f.feed, f"{site.address}/feed", f.outlet, f.keep_text) for f in read_feeds(listed)]
    monkeypatch.setattr("pipelines.intake.fetch.feeds.read_feeds", lambda path: found)
    (receipt,) = fetch_source(
        RawStore(tmp_path / "raw"),
        feeds_source(),
        FetchSettings(timeout_s=1, max_tries=1, feeds=listed),
        now=NOW + timedelta(hours=hours),
        policy=FetchPolicy(loopback=True),
        client_factory=lambda settings: httpx.Client(timeout=settings.timeout_s, trust_env=False),
        sleep=pauses.append,
    ).receipts
    return receipt


def test_a_feed_and_its_pages_are_one_snapshot(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = take(tmp_path, site, monkeypatch, pauses=[])
    held = RawStore(tmp_path / "raw").read("feeds", receipt.snapshot)
    assert receipt.verdict == "accepted"
    assert held["press.xml"] == RSS.encode()
    said = [json.loads(held[f]) for f in sorted(held) if f.endswith(".meta.json")]
    assert {s["url"].removeprefix(site.address): s.get("published") for s in said} == {"/a": "2023-11-16T10:00:00Z", "/b": None}
    assert {s["outlet"] for s in said} == {"Press Office"}


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


def test_the_own_table_of_feeds_can_be_read() -> None:
    assert len(read_feeds(None)) >= 3
