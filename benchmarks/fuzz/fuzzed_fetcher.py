"""Servers that say anything at the fetcher of every source that is fetched: whatever is said ends as that source's attempt.

Two ways: answers that are made in this process (status, headers, bodies, redirects, robots.txt, faults of the connection), and
bytes sent by a server on this machine, which meet the connection's own code too.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
import socket
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx

from benchmarks.fuzz.damage import TOKENS, damaged
from benchmarks.fuzz.tries import Tries
from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
from pipelines.ingest.fetch.network import AddressRefused
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt, Finding
from pipelines.ingest.sources import FileSpec, Source, load_sources
from pipelines.settings import FetchSettings
from tests.reading.test_saved_again import SEEDS

NOW = datetime(2023, 11, 16, 12, 7)
LAST_DEFENCE = ("the fetcher failed on what was served", "what it serves cannot be read")
"""What a fault of this program on an answer is called where it is caught last: told to nobody before, so a failure here."""
MOST_REQUESTS = 3_000
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>Talks resume</title><link>/a</link>'
    b"<pubDate>Thu, 16 Nov 2023 10:00:00 GMT</pubDate></item><item><title>B</title><link>https://www.example.org/b?c=1#d</link>"
    b"</item></channel></rss>"
)
ROBOTS = b"User-agent: *\nCrawl-delay: 2\nDisallow: /private\nAllow: /*.html$\nSitemap: https://www.example.org/s.xml\n"
HEADERS = (
    "etag",
    "last-modified",
    "retry-after",
    "content-encoding",
    "content-length",
    "location",
    "set-cookie",
    "x",
    "content-type",
)
VALUES = (
    b"", b"0", b"5", b"-1", b"9" * 400, b"1e9", "²".encode(), b"gzip", b"br", b"identity", b"Thu, 16 Nov 2023 10:00:00 GMT",
    b"Thu, 16 Nov 99999 10:00:00 GMT", b"Mon, 31 Feb 2023 25:61:61 +9999", b'"abc"', b'W/"\xff\xfe"', b"\xed\xa0\x80", b"/a",
    b"//",
    b"https://[bad", b"https://files.example.com:99999/", b"http://169.254.169.254/latest", b"file:///etc/passwd", b"https://",
    b"javascript:alert(1)", b"?a=" + b"b" * 9_000, b"%00%ff", b"\t", b"a=b; Path=/; Expires=never",
)  # fmt: skip


def zipped(name: str, data: bytes) -> bytes:
    """A file as a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(name, data)
    return packed.getvalue()


SLOT = zipped("20231116113000.export.CSV", b"1\t2\t3\n")
DAY = zipped("20231115.export.CSV", b"1\t2\t3\n")
_BODIES = {source: data for source, _, data in SEEDS}


def good_body(source: Source, url: httpx.URL) -> bytes:
    """What a server might well answer to this."""
    path = url.path
    if path.endswith("/robots.txt"):
        return ROBOTS
    if "lastupdate" in path or "masterfilelist" in path:
        md5 = hashlib.md5(SLOT, usedforsecurity=False).hexdigest()
        moments = [NOW.replace(minute=0) - timedelta(minutes=15 * n) for n in range(3)]
        names = [f"{m:%Y%m%d%H%M%S}.{kind}.CSV.zip" for m in moments for kind in ("export", "mentions")]
        return "".join(f"{len(SLOT)} {md5} http://data.gdeltproject.org/gdeltv2/{name}\n" for name in names).encode()
    if path.endswith("md5sums"):
        md5 = hashlib.md5(DAY, usedforsecurity=False).hexdigest()
        return "".join(f"{md5}  202311{n:02}.export.CSV.zip\n" for n in range(10, 16)).encode()
    if path.endswith(".zip") or path.endswith(".ZIP"):
        return DAY if "/events/" in path else SLOT
    if source.id == "feeds":
        return FEED if path.endswith("/rss") else b"<html><title>T</title><p>Text.</p></html>"
    if path.endswith("views.json") or "/api/views/" in path:
        return json.dumps({"rowsUpdatedAt": 5, "columns": []}).encode()
    if "documents.json" in path:
        following = (
            {"next_page_url": "https://www.federalregister.gov/api/v1/documents.json?page=2"} if "page" not in str(url) else {}
        )
        return json.dumps({"count": 1, "results": [], **following}).encode()
    if path.endswith(".json"):
        return b'[{"a": "1"}, {"a": "2"}]'
    return _BODIES.get(source.id, b"a,b\n1,2\n")


@dataclass
class Unruly(httpx.BaseTransport):
    """Answers as the draw says. ``calm``: the share of answers that are as they should be."""

    chance: random.Random
    source: Source
    calm: float
    n_asked: int = 0
    others: list[bytes] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """An answer, or a fault of the connection."""
        self.n_asked += 1
        assert self.n_asked < MOST_REQUESTS, "asks without end"
        body, chance = good_body(self.source, request.url), self.chance
        if chance.random() < self.calm:
            return httpx.Response(200, headers={"etag": '"1"'}, stream=httpx.ByteStream(body))
        match chance.randrange(8):
            case 0:
                raise chance.choice(
                    (httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"),
                     AddressRefused("inner"), httpx.ReadError(""), httpx.UnsupportedProtocol("x"), httpx.WriteError("gone"))
                )  # fmt: skip
            case 1 | 2 | 3:
                body = damaged(chance, body, self.others)
            case 4:
                body = gzip.compress(body)[: chance.choice((None, 5, 20, -4))]
            case _:
                pass
        status = chance.choice(
            (200, 200, 200, 206, 301, 302, 304, 307, 403, 404, 410, 429, 500, 503, 100, 199, 204, 418, 599, 999)
        )
        headers = [(chance.choice(HEADERS).encode(), chance.choice(VALUES)) for _ in range(chance.randrange(4))]
        if status in (301, 302, 307) and chance.random() < 0.8:
            headers.append((b"location", chance.choice(VALUES)))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def asked_sources() -> list[Source]:
    """The sources that are fetched, as declared, and one of each way of paging with small pages."""
    found = [s for s in load_sources().values() if s.live == "fetch"]
    vsrr = next(s for s in found if s.id == "us_cdc_vsrr")
    small = {n: f.model_copy(update={"page_rows": 2}) if f.pages else f for n, f in vsrr.files.items()}
    return [*found, vsrr.model_copy(update={"files": small})]


def try_fetcher(seed: int, n: int) -> Iterator[Tries]:
    """``n`` visits to sources in turn, each with answers of its own; some are kept, so that later ones are conditional."""
    tries = Tries("fetcher: answers")
    sources = asked_sources()
    with tempfile.TemporaryDirectory(prefix="bilateral-fuzz-") as folder:
        feeds = Path(folder) / "feeds.csv"
        with feeds.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(
                [("feed", "url", "outlet", "keep_text"), ("a", "https://www.example.org/rss", "A", "true"),
                 ("b", "https://news.example.com/rss", "B", "false")]
            )  # fmt: skip
        store = RawStore(Path(folder) / "raw")
        for number in range(n):
            chance = random.Random(f"{seed}/fetcher/{number}")
            source = sources[number % len(sources)]
            label = f"fetcher {source.id}, seed {seed}, try {number}"
            settings = FetchSettings(
                timeout_s=0.3, deadline_s=5, max_tries=2, backoff_s=0, feeds=feeds, feed_pause_s=0,
                socrata=chance.choice(("api", "soda3", "bulk")), socrata_token=chance.choice((None, "T")),
            )  # fmt: skip
            slept: list[float] = []
            transport = Unruly(chance, source, chance.choice((0.0, 0.5, 0.9)))
            visit = FetchContext(
                source, settings, NOW + timedelta(hours=number), store, sleep=slept.append,
                open_client=partial(_client, transport),
            )  # fmt: skip
            with tries.one(label):
                findings = list(fetch(visit))
                assert sum(slept) <= settings.max_wait_s * (1 + transport.n_asked), "sleeps longer than it may"
                _look(tries, findings, label)
                if number % 40 < len(sources) // 8:
                    store.take(source, findings, origin="live")
    yield tries


def _client(transport: Unruly, settings: FetchSettings, _: FetchPolicy) -> httpx.Client:
    return httpx.Client(transport=transport, timeout=settings.timeout_s, follow_redirects=False)


def _look(tries: Tries, findings: Sequence[Finding], label: str) -> None:
    for finding in findings:
        if not isinstance(finding, Attempt):
            tries.outcomes["gaps and notes"] += 1
            continue
        tries.outcomes["nothing could be had" if finding.files is None else "bytes"] += 1
        said = " ".join([finding.reason or "", *finding.warnings])
        assert finding.files is not None or finding.reason, "a failed attempt without a reason"
        if any(words in said for words in LAST_DEFENCE):
            tries.fail(f"last defence: {said[said.find(':') :][:90]}", label, said[:300])


# bytes from a server ---------------------------------------------------------------------------------------------------

_GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nETag: "1"\r\nConnection: close\r\n\r\na,b\n1,2\n'
_HEADS: tuple[bytes, ...] = (
    _GOOD,
    b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na,b\n\r\n4\r\n1,2\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"a,b\n1,2\n"),
    b"HTTP/1.0 503 Busy\r\nRetry-After: 0\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\n\r\n",
)


@contextmanager
def listening(answers: Iterator[bytes]) -> Iterator[int]:
    """A port of this machine at which each connection gets the next bytes, whatever it asks."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.settimeout(0.5)
                        connection.recv(65_536)
                        connection.sendall(next(answers))
                    except (OSError, StopIteration):
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(2)


def try_connections(seed: int, n: int) -> Iterator[Tries]:
    """``n`` visits to a server on this machine that sends damaged answers as they are."""
    tries = Tries("fetcher: bytes of a server")
    chance = random.Random(f"{seed}/connection")

    def answers() -> Iterator[bytes]:
        while True:
            yield damaged(chance, chance.choice(_HEADS), (*_HEADS, *TOKENS))

    declared = next(s for s in load_sources().values() if s.id == "us_ofac_cons")
    with tempfile.TemporaryDirectory(prefix="bilateral-fuzz-") as folder, listening(answers()) as port:
        held = RawStore(Path(folder))
        source = declared.model_copy(update={"files": {"cons_prim.csv": FileSpec(url=f"http://127.0.0.1:{port}/a")}})
        settings = FetchSettings(timeout_s=0.2, deadline_s=2, max_tries=2, backoff_s=0)
        for number in range(n):
            label = f"connection, seed {seed}, about try {number}"
            with tries.one(label):
                visit = FetchContext(source, settings, NOW, held, policy=FetchPolicy(loopback=True), sleep=lambda _: None)
                _look(tries, list(fetch(visit)), label)
    yield tries
