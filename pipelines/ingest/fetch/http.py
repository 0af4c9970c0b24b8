"""One request of the live fetcher: what may be asked of whom, how often, and what a refusal means.

Polite: time-outs, few tries with growing pauses, Retry-After respected, conditional requests, an honest user agent. Safe:
only hosts that the source declares, only addresses of the public internet, each redirect checked before it is followed,
nothing larger than declared, one deadline for a file from its first byte to its last. Whatever goes wrong is a failed
receipt with a reason. The retries are here and not in a transport, since a body that is cut on its way
must be asked for again too, and since a server that asks for a longer pause than we wait must not be asked before its time.
"""

import math
import random
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.archive import gunzip
from pipelines.ingest.fetch.network import AddressRefused, GuardedTransport, Resolve, is_loopback, resolve
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Http
from pipelines.ingest.sources import Source
from pipelines.settings import FetchSettings
from pipelines.util.disk_errors import chain_of

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_KEY = frozenset({"missing_key.html", "invalid_key.html"})
"""Pages to which api.census.gov redirects a query without a key that it knows (seen 2026-05-12); their status is 200."""


@dataclass(frozen=True)
class FetchPolicy:
    """Which addresses may be asked. ``loopback``: those of this machine too, for tests alone: no setting leads here."""

    loopback: bool = False
    resolve: Resolve = resolve

    def refusal(self, url: httpx.URL, source: Source, *, has_checksum: bool) -> str | None:
        """Why an address must not be asked, None where it may. ``has_checksum``: a published checksum will be verified."""
        if self.loopback and is_loopback(url.host):
            return None
        if url.host.casefold().rstrip(".") not in source.hosts:
            declared = ", ".join(source.hosts)
            return f"{url.host or 'an address without a host'} is not a host that the source declares ({declared})"
        if url.scheme != "https" and not (url.scheme == "http" and has_checksum and source.http_with_checksum):
            return f"{url} is not https"
        if url.port is not None or url.userinfo:
            return f"{url} names a port or a user, which no source does"
        return None


@dataclass(frozen=True)
class Response:
    """A whole answer. ``body`` is None for 304, not modified.

    ``address``: who answered after all redirects; ``memento_datetime``: the moment that an archive says the bytes are of;
    ``n_bytes``: the size that was stated, where the beginning alone was read.
    """

    http: Http
    body: bytes | None
    address: str = ""
    memento_datetime: str | None = None
    n_bytes: int | None = None


@dataclass(eq=False)
class Failure(Exception):
    """Why a file could not be had; ``wait_s``: the pause that the server asks for, ``is_tls``: no safe connection."""

    reason: str
    _: KW_ONLY
    http: Http
    may_retry: bool = False
    wait_s: float | None = None
    is_tls: bool = False

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Requester:
    """One client and what the requests of one visit have in common.

    ``until``: when the visit must be over (``time.monotonic``). ``first_bytes``: of each answer no more is read.
    """

    client: httpx.Client
    source: Source
    settings: FetchSettings
    policy: FetchPolicy
    sleep: Callable[[float], None]
    until: float = math.inf
    first_bytes: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether the time for this source is over: what is left of it is for the next run."""
        return time.monotonic() >= self.until

    def ask(
        self,
        url: str,
        limit: int,
        headers: Mapping[str, str] | None = None,
        *,
        has_checksum: bool = False,
        posted: bytes | None = None,
    ) -> Response:
        """Ask for one file, again where that may help. ``posted``: the JSON to send with it. Raises Failure, the last reason."""
        if self.is_over:
            reason = f"not asked: the {self.settings.visit_s:,.0f} s for this source are over; what is left is for the next run"
            raise Failure(reason, http=Http(url))
        deadline = min(time.monotonic() + self.settings.deadline_s, self.until)
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._ask_once(url, limit, headers or {}, deadline, has_checksum, posted)
            except Failure as failure:
                if not failure.may_retry:
                    raise
                backoff = self.settings.backoff_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                wait = min(backoff, self.settings.max_wait_s) if failure.wait_s is None else failure.wait_s
                if wait > self.settings.max_wait_s:
                    reason = f"{failure.reason}; it asks to wait {wait:,.0f} s, longer than this run waits: try again later"
                elif attempt == self.settings.max_tries:
                    reason = f"{failure.reason}; asked {attempt} times"
                elif time.monotonic() + wait > deadline:
                    reason = f"{failure.reason}; asked {attempt} times in {self.settings.deadline_s:,.0f} s"
                else:
                    self.sleep(wait)
                    continue
                raise Failure(reason, http=failure.http) from failure

    def _ask_once(
        self, url: str, limit: int, headers: Mapping[str, str], deadline: float, has_checksum: bool, posted: bytes | None
    ) -> Response:
        said = Http(url)
        address = url
        try:
            for _ in range(self.settings.max_redirects + 1):
                refusal = self.policy.refusal(httpx.URL(address), self.source, has_checksum=has_checksum)
                if refusal is not None:
                    raise AddressRefused(refusal)
                # gzip only: unpacked here and not by httpx, which takes a cut one for a whole one.
                sent = {"user-agent": self.settings.agent, "accept": "*/*", "accept-encoding": "gzip", **headers}
                method = "GET" if posted is None else "POST"
                with self.client.stream(
                    method, address, headers=sent, content=posted, follow_redirects=False, extensions={"deadline": deadline}
                ) as response:
                    said = Http(url, response.status_code, response.headers.get("etag"), response.headers.get("last-modified"))
                    if response.status_code in _REDIRECTS and "location" in response.headers:
                        address = urljoin(address, response.headers["location"])
                        if (name := httpx.URL(address).path.rpartition("/")[2]) in _NO_KEY:
                            said_why = response.headers.get("x-datawebapi-keyerror", name.removesuffix(".html").replace("_", " "))
                            raise Failure(f"{_host(url)} does not take the key that was sent: {said_why[:200]}", http=said)
                        continue
                    return self._read(response, limit, headers, said)
        except AddressRefused as error:
            came = "" if address == url else f"{_host(url)} redirects to {address[:200]}; "
            raise Failure(f"{came}not asked: {error}", http=said) from None
        except httpx.TimeoutException:
            if time.monotonic() >= deadline:
                reason = f"no whole answer from {_host(address)} within {self.settings.deadline_s:,g} s: too slow, stopped"
                raise Failure(reason, http=said) from None
            reason = f"no answer from {_host(address)} within {self.settings.timeout_s:g} s"
            raise Failure(reason, http=said, may_retry=True) from None
        except httpx.TransportError as error:
            if any(isinstance(one, ssl.SSLError) for one in chain_of(error)):
                raise Failure(f"no safe connection to {_host(address)} (TLS): {error}", http=said, is_tls=True) from None
            is_protocol = isinstance(error, httpx.RemoteProtocolError)
            what = f"the answer of {_host(address)} was cut" if is_protocol else f"{_host(address)} cannot be reached"
            raise Failure(f"{what}: {error or type(error).__name__}", http=said, may_retry=True) from None
        except (httpx.InvalidURL, ValueError) as error:
            raise Failure(f"{address[:200]!r} is not an address: {error}", http=said) from None
        raise Failure(f"more than {self.settings.max_redirects} redirects, the last to {address[:200]}", http=said)

    def _begin(self, response: httpx.Response, wanted: int) -> bytes:
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) >= wanted:
                break
        if response.headers.get("content-encoding", "").strip().casefold() in ("gzip", "x-gzip"):
            with suppress(zlib.error):
                return zlib.decompressobj(wbits=31).decompress(bytes(body), wanted)
        return bytes(body[:wanted])

    def _read(self, response: httpx.Response, limit: int, headers: Mapping[str, str], said: Http) -> Response:
        host = response.request.url.host
        status = response.status_code
        if status == 304 and any(name.startswith("if-") for name in headers):
            return Response(said, None)
        if status != 200 and not (status == 206 and "range" in headers):
            wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC)) if status in _RETRIED else None
            raise Failure(_status_reason(status, host, self.settings.agent), http=said, may_retry=status in _RETRIED, wait_s=wait)
        declared = response.headers.get("content-length", "")
        length = int(declared) if declared.isdecimal() and len(declared) < 16 else None
        too_large = Failure(f"the answer of {host} is larger than {limit:,} bytes (max_bytes in its declaration)", http=said)
        if self.first_bytes is not None:
            first = self._begin(response, self.first_bytes)
            return Response(said, first, str(response.request.url), n_bytes=_size(response, length))
        if length is not None and length > limit:
            raise too_large
        body = bytearray()
        with progress.task(f"{self.source.id}: {host}", length, "bytes") as advance:
            for piece in response.iter_raw():
                body += piece
                if len(body) > limit:
                    raise too_large
                advance(len(piece))
        if length is not None and len(body) != length:
            raise Failure(f"the answer of {host} was cut: {len(body):,} of {length:,} bytes", http=said, may_retry=True)
        encoding = response.headers.get("content-encoding", "identity").strip().casefold()
        if encoding in ("gzip", "x-gzip"):
            try:
                body = bytearray(gunzip(bytes(body), limit, f"the answer of {host}") if body else b"")
            except BilateralError as error:
                raise Failure(str(error), http=said, may_retry=True) from None
        elif encoding not in ("", "identity"):
            raise Failure(f"{host} answers in the encoding {encoding[:40]!r}, which was not asked for", http=said)
        return Response(said, bytes(body), str(response.request.url), response.headers.get("memento-datetime"))


def open_client(settings: FetchSettings, policy: FetchPolicy) -> httpx.Client:
    """A client that follows no redirect by itself and connects to public addresses only, by the proxy of the environment."""
    transport = GuardedTransport(policy.resolve, loopback=policy.loopback)
    return httpx.Client(transport=transport, timeout=settings.timeout_s, follow_redirects=False)


@dataclass(frozen=True)
class FetchContext:
    """One visit to a source: whom to ask, when (``now``; naive is UTC), and what the raw store has of it. It stores nothing."""

    source: Source
    settings: FetchSettings
    now: datetime
    raw: RawStore
    policy: FetchPolicy = FetchPolicy()
    open_client: Callable[[FetchSettings, FetchPolicy], httpx.Client] = open_client
    sleep: Callable[[float], None] = time.sleep

    @property
    def moment(self) -> datetime:
        """``now`` as naive UTC, as all moments of the raw store."""
        return self.now if self.now.tzinfo is None else self.now.astimezone(UTC).replace(tzinfo=None)

    @contextmanager
    def asker(self) -> Iterator[Requester]:
        """What asks, with a client that is closed at the end."""
        # the settings, or what the declaration of the source asks for where that is more patient
        asked = {name: getattr(self.source, name) for name in ("timeout_s", "max_tries", "backoff_s")}
        longer = {name: value for name, value in asked.items() if value is not None and value > getattr(self.settings, name)}
        settings = self.settings.model_copy(update=longer)
        with self.open_client(settings, self.policy) as client:
            until = time.monotonic() + settings.visit_s
            yield Requester(client, self.source, settings, self.policy, self.sleep, until=until)


def _size(response: httpx.Response, length: int | None) -> int | None:
    """Bytes of the whole file, by the range that was answered or by its length."""
    whole = response.headers.get("content-range", "").rpartition("/")[2]
    return int(whole) if whole.isdecimal() and len(whole) < 16 else length if response.status_code == 200 else None


def _host(address: str) -> str:
    return httpx.URL(address).host


def _status_reason(status: int, host: str, agent: str) -> str:
    said = f"{host} answered HTTP {status}"
    if status == 403:
        return f"{said}, forbidden: its firewall may refuse the user agent that was sent, {agent!r}; see its settings"
    if status in (404, 410):
        return f"{said}, not found: has the file moved? See the official page of the source"
    if status == 429:
        return f"{said}, too many requests"
    return f"{said}, an error on its side" if status >= 500 else f"{said} where 200 was expected"


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date; None where it holds neither."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, ((until if until.tzinfo is not None else until.replace(tzinfo=UTC)) - now).total_seconds())
