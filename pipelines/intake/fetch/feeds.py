"""Feeds of news, and the pages that they name where the user may keep their text.

Which feeds are read is a table: the project's own (``assets/news/articles/feeds.csv``) or a user's. A snapshot holds each feed as
served, and for each page that is new the page as served and, beside it, what the feed says of it. A site's robots.txt and the
pause that it asks for are respected, per host.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import feedparser
import httpx
import polars as pl
from tld import get_fld

from assets.errors import BilateralError
from pipelines.intake.fetch.asking import PRODUCT, Asker, Failure, FetchPolicy, FetchSettings, open_client
from pipelines.intake.raw_store import Http, RawStore, Taken
from pipelines.intake.sources import ASSETS, Source

OWN_FEEDS = ASSETS / "news" / "articles" / "feeds.csv"
COLUMNS = ("feed", "url", "outlet", "keep_text")
MOST_PAGES = 50
"""New pages of one feed that are asked for in one run."""
MOST_RECEIPTS = 500
"""Newest snapshots that are looked through for pages that are held: half a month of hourly runs."""


@dataclass(frozen=True)
class Feed:
    """A feed to read. ``keep_text``: its terms allow the user to keep the text of its pages, so the pages are asked for."""

    feed: str
    url: str
    outlet: str
    keep_text: bool


def read_feeds(path: Path | None) -> list[Feed]:
    """Read a table of feeds (CSV with the columns feed, url, outlet, keep_text).

    Raises:
        BilateralError: the file cannot be read, lacks a column, or a row is not as it should be; the row is named.
    """
    where = path or OWN_FEEDS
    try:
        rows = pl.read_csv(where, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BilateralError(f"{where.name}: the table of feeds cannot be read: {error}") from None
    missing = [c for c in COLUMNS if c not in rows.columns]
    if missing:
        raise BilateralError(f"{where.name}: the table of feeds lacks the columns {', '.join(missing)}")
    found: list[Feed] = []
    for number, (feed, url, outlet, keep) in enumerate(rows.select(COLUMNS).iter_rows(), 1):
        if not (feed or "").replace("-", "").isalnum() or any(f.feed == feed for f in found):
            raise BilateralError(f"{where.name}, row {number}: feed: expected a short name of its own (letters, digits, -)")
        if not (url or "").startswith("https://") or urlsplit(url).hostname is None:
            raise BilateralError(f"{where.name}, row {number}: url: expected an address that begins with https://, not {url!r}")
        if keep not in ("true", "false"):
            raise BilateralError(f"{where.name}, row {number}: keep_text: expected true or false, not {keep!r}")
        found.append(Feed(feed, url, outlet or urlsplit(url).hostname or "", keep == "true"))
    return found


@dataclass
class _Host:
    """What one host asks of robots, and when it was asked last."""

    robots: RobotFileParser
    pause_s: float
    asked_at: float = field(default=float("-inf"))


@dataclass
class _Reader:
    """A run over the feeds: the hosts met so far, and what was read."""

    client: httpx.Client
    source: Source
    settings: FetchSettings
    policy: FetchPolicy
    sleep: Callable[[float], None]
    hosts: dict[str, _Host] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    http: dict[str, Http] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def ask(self, url: str, site: str) -> tuple[bytes, Http]:
        """Ask for a page of a site, after the pause that its host asks for, and only if its robots.txt allows it."""
        parts = urlsplit(url)
        here = (parts.hostname or "").casefold()
        if not self.policy.loopback and (here != site and _domain(url) != _domain(f"https://{site}")):
            raise Failure(f"{url[:200]} is not on the site of the feed ({site})", http=Http(url))
        allowed = self.source.model_copy(update={"hosts": tuple({here, site})})
        asker = Asker(self.client, allowed, self.settings, self.policy, self.sleep)
        host = self._host(asker, url)
        if not host.robots.can_fetch(PRODUCT, url):
            raise Failure(f"the robots.txt of {here} does not allow {parts.path[:100]!r}", http=Http(url))
        wait = host.asked_at + host.pause_s - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        host.asked_at = time.monotonic()
        answer = asker.ask(url, self.source.max_bytes - sum(map(len, self.files.values())))
        return answer.body or b"", answer.http

    def _host(self, asker: Asker, url: str) -> _Host:
        parts = urlsplit(url)
        if parts.netloc not in self.hosts:
            address = urljoin(url, "/robots.txt")
            robots = RobotFileParser(address)
            try:
                answer = asker.ask(address, 1_000_000)
                robots.parse((answer.body or b"").decode("utf-8", "replace").splitlines())
            except Failure as failure:
                # no file: all is allowed; a refusal or a fault: nothing is, until it answers
                robots.parse([] if failure.http.status in (404, 410) else ["User-agent: *", "Disallow: /"])
            delay = robots.crawl_delay(PRODUCT)
            pause = self.settings.feed_pause_s if delay is None else max(float(delay), self.settings.feed_pause_s)
            self.hosts[parts.netloc] = _Host(robots, pause)
        return self.hosts[parts.netloc]

    def read(self, feed: Feed, held: set[str]) -> None:
        """Read a feed and its new pages. What goes wrong is a trouble, and leaves the others alone."""
        site = (urlsplit(feed.url).hostname or "").casefold()
        try:
            body, self.http[f"{feed.feed}.xml"] = self.ask(feed.url, site)
        except Failure as failure:
            self.troubles.append(f"{feed.feed}: {failure.reason}")
            self.http[f"{feed.feed}.xml"] = failure.http
            return
        self.files[f"{feed.feed}.xml"] = body
        if not feed.keep_text:
            return
        new = [(url, entry) for url, entry in _entries(body, feed.url) if url not in held]
        if len(new) > MOST_PAGES:
            self.troubles.append(f"{feed.feed}: {len(new):,} new pages, {MOST_PAGES} of them asked for")
        for url, entry in new[:MOST_PAGES]:
            name = f"{feed.feed}--{hashlib.sha256(url.encode()).hexdigest()[:16]}.html"
            try:
                self.files[name], self.http[name] = self.ask(url, site)
            except Failure as failure:
                self.troubles.append(f"{feed.feed}: {failure.reason}")
                continue
            said = {"url": url, "outlet": feed.outlet} | {k: v for k, v in entry.items() if v is not None}
            self.files[f"{name}.meta.json"] = json.dumps(said, ensure_ascii=False).encode()


def fetch_feeds(
    store: RawStore,
    source: Source,
    settings: FetchSettings,
    *,
    now: datetime,
    policy: FetchPolicy | None = None,
    client_factory: Callable[[FetchSettings], httpx.Client] = open_client,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Read all feeds of the table, as one snapshot.

    Args:
        store: where it goes.
        source: the source of the feeds.
        settings: time-outs, tries, user agent, the table of feeds and the pause per host.
        now: the moment of retrieval; a naive one is UTC.
        policy: which addresses may be asked; the strict one by default.
        client_factory: makes the HTTP client.
        sleep: waits between two requests.

    Returns:
        One receipt; feeds and pages that could not be had are its warnings. Failed where no feed answered.

    Raises:
        BilateralError: the table of feeds is not as it should be, or the raw store cannot be written.
    """
    feeds = read_feeds(settings.feeds)
    held = _held(store, source.id)
    with client_factory(settings) as client:
        reader = _Reader(client, source, settings, policy or FetchPolicy(), sleep)
        for feed in feeds:
            reader.read(feed, held)
    if not reader.files:
        reason = "; ".join(reader.troubles) or "the table of feeds is empty"
        return Taken((store.put_failed(source, now, reason, origin="live", http=reader.http),))
    http = {name: reader.http[name] for name in reader.files if name in reader.http}
    return Taken((store.put(source, now, reader.files, origin="live", http=http, warnings=tuple(reader.troubles)),))


def _entries(body: bytes, base: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Addresses of a feed's entries, with what the feed says of each: title and time of publication."""
    for entry in feedparser.parse(body, sanitize_html=False).entries:
        link = entry.get("link")
        if isinstance(link, str) and link:
            moment = entry.get("published_parsed")
            published = None if moment is None else datetime(*moment[:6]).isoformat() + "Z"
            yield urljoin(base, link), {"title": entry.get("title"), "published": published}


def _held(store: RawStore, source: str) -> set[str]:
    """Addresses of the pages that earlier snapshots hold."""
    found: set[str] = set()
    for number, receipt in enumerate(store.receipts(source)):
        if number == MOST_RECEIPTS:
            break
        found |= {f.url for f in receipt.files if f.url is not None and f.name.endswith(".html") and f.sha256 is not None}
    return found


def _domain(url: str) -> str | None:
    return get_fld(url, fail_silently=True)
