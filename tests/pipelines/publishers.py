"""A server on this machine that answers for all publishers as they are known to answer, each under its own name and address.

The sources are asked as they are declared, by their real addresses: a map leads each host to this server, which tells them
apart by the Host header. What is known of whom stands with each answer in ``test_fetch_publishers.py``.
"""

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
from pipelines.ingest.fetch.network import GuardedTransport
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested, Receipt
from pipelines.ingest.sources import Source
from pipelines.settings import FetchSettings

NOW = datetime(2023, 11, 16, 12, 7)
FAST = FetchSettings(timeout_s=0.5, deadline_s=5, max_tries=2, backoff_s=0.001, max_wait_s=2)


@dataclass
class Asked:
    """A request as it came: by host, path with its query, and headers in small letters."""

    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Said:
    """An answer: status, headers, body; ``length``: what the server says it is (-1: nothing); ``pause_s``: before its first byte.

    ``drip_s``: before each further one.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    pause_s: float = 0.0
    drip_s: float = 0.0


Publisher = Callable[[Asked], Said]


@dataclass
class Publishers:
    """By host who answers, what was asked, and how many requests to one host were under way at once."""

    port: int
    by_host: dict[str, Publisher] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    under_way: Counter[str] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)
    pause_s: float = 0.0
    bad_certificates: set[str] = field(default_factory=set)

    def open_client(self, settings: FetchSettings, _: FetchPolicy) -> httpx.Client:
        """A client of which every connection leads to this server, by the project's own transport with its deadlines."""
        return httpx.Client(transport=_Map(self), timeout=settings.timeout_s, follow_redirects=False)

    def of(self, host: str) -> list[Asked]:
        """What was asked of a host."""
        return [asked for asked in self.asked if asked.host == host]


@dataclass
class Server:
    """The server under its own address, by path with a list of answers, of which the last one stays."""

    world: Publishers
    answers: dict[str, list[Said]] = field(default_factory=dict)

    @property
    def asked(self) -> list[Asked]:
        return self.world.asked

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.world.asked]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.world.port}{path}"

    def on(self, path: str, *answers: Said | bytes) -> None:
        self.answers[path] = [Said(body=a) if isinstance(a, bytes) else a for a in answers]

    def answer(self, asked: Asked) -> Said:
        answers = self.answers.get(asked.path, [Said(404, b"<html>Not Found</html>")])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class _Map(httpx.BaseTransport):
    def __init__(self, known: Publishers) -> None:
        self._known = known
        self._inner = GuardedTransport(lambda *_: ["127.0.0.1"], loopback=True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https" and request.url.host in self._known.bad_certificates:
            raise httpx.ConnectError("the certificate is not that of the host") from ssl.SSLCertVerificationError()
        # the Host header was made of the declared address and stays
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._known.port)
        headers = [*request.headers.multi_items(), ("x-scheme", request.url.scheme)]
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        )

    def close(self) -> None:
        self._inner.close()


def visit(of: Source, store: RawStore, settings: FetchSettings = FAST, hours: float = 0, **more: Any) -> FetchContext:
    """A visit so many hours after ``NOW``, which may ask this machine and waits for nothing."""
    usual: dict[str, Any] = {"now": NOW + timedelta(hours=hours), "policy": FetchPolicy(loopback=True), "sleep": lambda _: None}
    return FetchContext(of, settings, raw=store, **(usual | more))


def fetched(of: Source, store: RawStore, *given: Any, days: Sequence[date] | None = None, **more: Any) -> Ingested:
    """What a visit finds and the store takes."""
    return store.take(of, fetch(visit(of, store, *given, **more), days), origin="live")


def one(taken: Ingested) -> Receipt:
    """The only receipt."""
    (receipt,) = taken.receipts
    return receipt


def failed(taken: Ingested) -> str:
    """Why the one attempt failed."""
    receipt = one(taken)
    assert receipt.verdict == "failed"
    return receipt.reason or ""


@contextmanager
def listening() -> Iterator[Publishers]:
    """The server, for as long as it is needed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.do_GET(self.rfile.read(int(self.headers["content-length"])))

        def do_GET(self, body: bytes = b"") -> None:
            headers: Message = self.headers
            asked = Asked(headers["host"], self.path, {name.lower(): value for name, value in headers.items()}, body)
            with lock:
                known.asked.append(asked)
                known.under_way[asked.host] += 1
                known.most_at_once[asked.host] = max(known.most_at_once[asked.host], known.under_way[asked.host])
            time.sleep(known.pause_s)
            publisher = known.by_host.get(asked.host)
            said = Said(404, b"<html>Not Found</html>") if publisher is None else publisher(asked)
            with lock:
                known.under_way[asked.host] -= 1
            time.sleep(said.pause_s)
            self.close_connection = said.length is not None  # who waits for the rest learns that none comes
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if said.status != 304 and said.length != -1:
                self.send_header("Content-Length", str(len(said.body) if said.length is None else said.length))
            with suppress(OSError):  # who asked may have gone
                self.end_headers()
                for piece in [bytes([b]) for b in said.body] if said.drip_s else [said.body]:
                    self.wfile.write(piece)
                    time.sleep(said.drip_s)

        def log_message(self, *_: Any) -> None:
            return

    lock = threading.Lock()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        known = Publishers(server.server_port)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield known
        server.shutdown()
