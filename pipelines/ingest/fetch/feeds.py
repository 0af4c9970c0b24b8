"""Feeds of news, and the pages that they name where the user may keep their text.

A snapshot holds each feed of the table (that of the declaration or a user's) as served, and each new page with, beside it, what
the feed says of it. A site's robots.txt, and the pause that it asks for, are respected per host.
"""

import hashlib
import io
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import struct_time
from urllib.parse import urljoin, urlsplit

import polars as pl
from protego import Protego
from tld import get_fld

from assets.errors import BilateralError
from assets.news.articles.feed_articles import FAILED, UnreadableFeed, parsed_feed, text_carried
from pipelines.ingest.fetch.http import Failure, FetchContext, Requester
from pipelines.ingest.fetch.secrets import Veil, secrets_in
from pipelines.ingest.receipts import Attempt, Finding, Http
from pipelines.ingest.sources import ASSETS, Source
from pipelines.settings import PRODUCT

COLUMNS = ("feed", "url", "outlet", "keep_text")
MOST_PAGES = 50
"""New pages of one feed that are asked for in one run."""
REST = timedelta(days=3)
"""So long a page that failed is left alone: to ask for it each hour is the surest way to be locked out."""
MOST_RECEIPTS = 500
"""Newest snapshots that are looked through for pages that are held: half a month of hourly runs."""


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Feed:
    """A feed to read. ``keep_text``: its terms allow the user to keep the text of its pages, so the pages are asked for."""

    feed: str
    url: str
    outlet: str
    keep_text: bool

    @property
    def site(self) -> str:
        """Host of the feed."""
        return (urlsplit(self.url).hostname or "").casefold()


def own_table(source: Source) -> Path:
    """The table of feeds that a source declares (``table`` beside ``index: feeds``), in the folder of its domain."""
    (table,) = [spec.table for spec in source.files.values() if spec.table is not None]
    return ASSETS / source.domain / table


def read_feeds(where: Path) -> list[Feed]:
    """Read a table of feeds (CSV with the columns ``COLUMNS``). Raises BilateralError, which names the row, where it is none."""
    try:
        # text first: of bytes that are not UTF-8 a reader of tables makes columns of garbage
        rows = pl.read_csv(io.StringIO(where.read_bytes().decode("utf-8-sig")), infer_schema=False)
    except UnicodeDecodeError as error:
        raise BilateralError(f"{where.name}: not UTF-8 (byte {error.start:,}); save it as CSV in UTF-8") from None
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
            shown = None if url is None else Veil(tuple(secrets_in(url))).text(url)
            raise BilateralError(f"{where.name}, row {number}: url: expected an address that begins with https://, not {shown!r}")
        if keep not in ("true", "false"):
            raise BilateralError(f"{where.name}, row {number}: keep_text: expected true or false, not {keep!r}")
        found.append(Feed(feed, url, outlet or urlsplit(url).hostname or "", keep == "true"))
    return found


class _TryLater(Failure):
    """A site asks for a pause that is longer than a run waits: none of its further pages is asked for."""


@dataclass
class _Host:
    """What one host asks of robots, and when it was asked last. ``unread``: why its robots.txt could not be read."""

    robots: Protego
    pause_s: float
    unread: str | None = None
    asked_at: float = field(default=float("-inf"))


@dataclass
class _Reader:
    """A run over the feeds: the hosts met so far, and what was read."""

    asker: Requester
    veil: Veil
    held: set[str]
    hosts: dict[str, _Host] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    http: dict[str, Http] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def ask(self, url: str, site: str) -> tuple[bytes, Http]:
        """Ask for a page of a site, after the pause that its host asks for, and only if its robots.txt allows it."""
        parts = urlsplit(url)
        here = (parts.hostname or "").casefold()
        if here != site and not _is_same_site(here, site):
            raise Failure(f"{url[:200]} is not on the site of the feed ({site})", http=Http(url))
        source, settings = self.asker.source, self.asker.settings
        asker = replace(self.asker, source=source.model_copy(update={"hosts": tuple({here, site})}))
        host = self._host(asker, url)
        if host.unread is not None:
            raise Failure(f"not asked: the robots.txt of {here} could not be read ({host.unread})", http=Http(url))
        if not host.robots.can_fetch(url, PRODUCT):
            raise Failure(f"the robots.txt of {here} does not allow {parts.path[:100]!r}", http=Http(url))
        wait = host.asked_at + host.pause_s - time.monotonic()
        if wait > settings.max_wait_s:
            reason = f"{here} asks for a pause of {host.pause_s:,.0f} s between two requests, longer than this run waits"
            raise _TryLater(f"{reason}: try again later", http=Http(url))
        if wait > 0:
            asker.sleep(wait)
        host.asked_at = time.monotonic()
        answer = asker.ask(url, source.max_bytes - sum(map(len, self.files.values())))
        return answer.body or b"", answer.http

    def _host(self, asker: Requester, url: str) -> _Host:
        place = urlsplit(url).netloc
        if place not in self.hosts:
            said, unread = b"", None
            try:
                said = asker.ask(urljoin(url, "/robots.txt"), 1_000_000).body or b""
            except Failure as failure:
                # no file: all is allowed; a refusal or a fault: nothing is, until it answers
                unread = None if failure.http.status in (404, 410) else failure.reason
            robots = Protego.parse(said.decode("utf-8", "replace"))
            self.hosts[place] = _Host(robots, max(robots.crawl_delay(PRODUCT) or 0.0, asker.settings.feed_pause_s), unread)
        return self.hosts[place]

    def read(self, feed: Feed) -> None:
        """Read a feed and its new pages. What goes wrong is noted, and does not affect the others."""
        name = f"{feed.feed}.xml"
        try:
            self.files[name], self.http[name] = self.ask(feed.url, feed.site)
            if b"<content" in self.files[name]:
                # what the table says now of the texts that the feed carries
                self.files[f"{name}.meta.json"] = json.dumps({"keep_text": feed.keep_text}).encode()
            if feed.keep_text:
                self._read_pages(feed, self.files[name])
        except Failure as failure:
            self.troubles.append(f"{feed.feed}: {failure.reason}")
            self.http.setdefault(name, failure.http)
        except UnreadableFeed as damage:
            self.troubles.append(f"{feed.feed}: {damage}; its bytes are kept, and none of its pages was asked for")
        except Exception as fault:  # a feed is text from outside: whatever it makes our libraries raise is a problem of that feed
            log.error("reading the feed %s\n%s", feed.feed, self.veil.fault())
            self.troubles.append(f"{feed.feed}: what it serves cannot be read: {type(fault).__name__}: {fault}")

    def _read_pages(self, feed: Feed, body: bytes) -> None:
        until = time.monotonic() + self.asker.settings.deadline_s
        new: dict[str, dict[str, str | None]] = {}
        for link, entry in _entries(body):
            url = _joined(feed.url, link)
            if url is None:
                self.troubles.append(f"{feed.feed}: the link of an entry is not an address: {link[:100]!r}")
            elif self.veil.text(url) not in self.held:
                new.setdefault(url, entry)
        if len(new) > MOST_PAGES:
            self.troubles.append(f"{feed.feed}: {len(new):,} new pages, {MOST_PAGES} of them asked for")
        pages = [*new.items()][:MOST_PAGES]
        for number, (url, entry) in enumerate(pages):
            if time.monotonic() > until:
                left = len(pages) - number
                self.troubles.append(f"{feed.feed}: {left} new pages left: its {self.asker.settings.deadline_s:,.0f} s are over")
                return
            name = f"{feed.feed}--{hashlib.sha256(url.encode()).hexdigest()[:16]}.html"
            try:
                self.files[name], self.http[name] = self.ask(url, feed.site)
            except _TryLater:
                raise
            except Failure as failure:
                self.troubles.append(f"{feed.feed}: {failure.reason}")
                failed = f"{name.removesuffix('.html')}{FAILED}"
                self.files[failed] = json.dumps({"url": self.veil.text(url), "reason": self.veil.text(failure.reason)}).encode()
                self.http[failed] = Http(url, failure.http.status)
                continue
            said = {"url": self.veil.text(url), "outlet": feed.outlet} | {k: v for k, v in entry.items() if v is not None}
            self.files[f"{name}.meta.json"] = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def fetch_feeds(visit: FetchContext) -> Finding:
    """Read all feeds of the table as one snapshot; warnings say what is missing. Raises BilateralError for a bad table."""
    feeds = read_feeds(visit.settings.feeds or own_table(visit.source))
    veil = Veil.of(visit.settings, [feed.url for feed in feeds])
    with visit.asker() as asker:
        reader = _Reader(asker, veil, _pages_held(visit))
        for feed in feeds:
            reader.read(feed)
    if not reader.files:
        reason = "; ".join(reader.troubles) or "the table of feeds is empty"
        return veil.over(Attempt(visit.moment, None, reason, reader.http))
    http = {name: reader.http[name] for name in reader.files if name in reader.http}
    return veil.over(Attempt(visit.moment, reader.files, None, http, tuple(reader.troubles)))


def _entries(body: bytes) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Links of a feed's entries without their text as written, with what the feed says of each: title and time of publication."""
    for entry in parsed_feed(body).entries:
        link = entry.get("link")
        # a feed that carries the text need not be asked for it again
        if isinstance(link, str) and link and text_carried(entry) is None:
            yield link, {"title": entry.get("title"), "published": _published(entry.get("published_parsed"))}


def _published(moment: struct_time | None) -> str | None:
    try:
        return None if moment is None else datetime(*moment[:6]).isoformat() + "Z"
    except ValueError:
        return None  # a year before the first, or after the last, that a date can have


def _joined(base: str, link: str) -> str | None:
    """The address of a link; None where it is none that can be asked for."""
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        url.encode()
        return url if parts.hostname and parts.scheme in ("https", "http") else None
    except ValueError:
        return None


def _pages_held(visit: FetchContext) -> set[str]:
    """Addresses of the pages that earlier snapshots hold, or that failed so lately that they are not asked for again."""
    return {
        f.url
        for receipt in islice(visit.raw.receipts(visit.source.id), MOST_RECEIPTS)
        for f in receipt.files
        if f.url is not None
        and f.sha256 is not None
        and (f.name.endswith(".html") or (f.name.endswith(FAILED) and visit.moment - receipt.retrieved_at < REST))
    }


def _is_same_site(one: str, other: str) -> bool:
    """Whether two hosts are below one registered domain. Hosts without one (localhost, an address) share nothing."""
    # suffixes below which anybody gets a name (github.io) separate sites as well
    domain, same = (get_fld(f"https://{host}", fail_silently=True, search_private=True) for host in (one, other))
    return domain is not None and domain == same
