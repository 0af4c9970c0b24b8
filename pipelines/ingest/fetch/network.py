"""Connections of the fetcher: where they may lead, and until when.

Every address that a name leads to is looked at, and one of these is connected to: to resolve it again could give another answer
(DNS rebinding). The deadline of a request counts for all of it, from the connection to the last byte: a server that sends a byte
now and then passes every time-out between two bytes. The lookup of a name alone is bounded by the system's resolver.

Proxies of the environment (HTTPS_PROXY, NO_PROXY) are used: names that resolve here are looked at, but where a proxy connects to
is for the proxy to say.
"""

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, Queue
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from assets.errors import BilateralError
from pipelines.ingest.sources import Source

Resolve = Callable[[str, int], list[str]]
"""From a host and a port to the addresses behind them; OSError or UnicodeError where there are none."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address in their last 32 bits (RFC 6052)."""
_INNER = tuple(map(ip_network, ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10")))
"""Inner addresses that Python takes for public: Azure's services for its own machines; those set aside for protocols, with
Oracle's such services (RFC 6890); the old site-local ones. Other clouds use link-local or private addresses."""


class AddressRefused(Exception):
    """A host leads to an address that is not one of the public internet."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves it, in its order."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_loopback(host: str) -> bool:
    """Whether a host is written as an address of this machine (127.0.0.1, ::1); a name is none."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an address, and any IPv4 one that it carries (mapped, 6to4, Teredo, NAT64), is one of the public internet."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global and not (one.is_multicast or one.is_reserved) and all(one not in net for net in _INNER)
        for one in _carried(found)
    )


def _carried(found: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    if isinstance(found, IPv4Address):
        yield found
    elif found.ipv4_mapped is not None:
        yield found.ipv4_mapped
    elif found in _NAT64:
        yield IPv4Address(int(found) & 0xFFFFFFFF)
    else:
        yield found
        if found.sixtofour is not None:
            yield found.sixtofour
        if found.teredo is not None:
            yield from found.teredo


def public_addresses(host: str, port: int, resolve: Resolve, *, loopback: bool) -> list[str]:
    """The addresses behind a host (in any writing: ``127.1``, ``0x7f000001``) that may be connected to.

    Raises AddressRefused where one is not public (or of this machine: ``loopback``), OSError or UnicodeError where there is none.
    """
    found = resolve(host, port)
    for address in found:
        if not is_public(address) and not (loopback and is_loopback(address)):
            leads = "is" if address == host else f"leads to {address},"
            raise AddressRefused(f"{host} {leads} an address that is not of the public internet")
    return found


class _Backend(httpcore.NetworkBackend):
    """Connects to addresses that ``permitted`` gives for a host and a port, until ``deadline``; TLS still checks the name."""

    def __init__(self, sockets: httpcore.NetworkBackend, permitted: Resolve) -> None:
        self._sockets, self._permitted = sockets, permitted
        self.deadline = math.inf

    def left(self, timeout: float | None) -> float | None:
        """The time-out of the next step, no longer than what is left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        shorter = left if timeout is None else min(timeout, left)
        return None if math.isinf(shorter) else shorter

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        try:
            addresses = self._permitted(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        for address in addresses:
            try:
                return _Stream(self._sockets.connect_tcp(address, port, self.left(timeout), *args, **options), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, backend: _Backend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout)), self._backend)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Body(httpx.SyncByteStream):
    """The body of an answer, read piece by piece."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Errors of httpcore as those of httpx, which calls them by the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class GuardedTransport(httpx.BaseTransport):
    """HTTP over connections to permitted addresses, within the ``deadline`` (``time.monotonic``) of a request's extensions."""

    def __init__(self, resolve: Resolve, *, loopback: bool = False) -> None:
        self._loopback, self._resolve = loopback, resolve
        self._ssl = httpx.create_ssl_context()
        self._permitted: Resolve = lambda host, port: public_addresses(host, port, resolve, loopback=loopback)
        self._by_proxy: dict[str | None, tuple[httpcore.ConnectionPool, _Backend]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises AddressRefused, or the errors of httpx: a time-out also where the deadline has passed."""
        url = request.url
        proxy = None if self._loopback and is_loopback(url.host) else _proxy_of(url.scheme, url.host)
        if proxy is not None:
            with suppress(OSError, UnicodeError):  # where a proxy is needed, names of the world often have no address
                self._permitted(url.host, url.port or 443)
        if proxy not in self._by_proxy:
            self._by_proxy[proxy] = self._open(proxy)
        pool, backend = self._by_proxy[proxy]
        backend.deadline = request.extensions.get("deadline", math.inf)
        place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        content, extensions = cast("httpx.SyncByteStream", request.stream), request.extensions
        asked = httpcore.Request(request.method, place, headers=request.headers.raw, content=content, extensions=extensions)
        with _as_httpx():
            answer = pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def _open(self, proxy: str | None) -> tuple[httpcore.ConnectionPool, _Backend]:
        # the proxy is the choice of whoever runs this, and mostly within their own network
        backend = _Backend(httpcore.SyncBackend(), self._permitted if proxy is None else self._resolve)
        try:
            given = None if proxy is None else httpx.Proxy(proxy)
            if given is not None and given.url.scheme not in ("http", "https"):
                raise ValueError(given.url.scheme)
        except (ValueError, httpx.InvalidURL):
            raise BilateralError("the proxy of the environment (HTTPS_PROXY): expected http://... or https://...") from None
        by = None if given is None else httpcore.Proxy(str(given.url), auth=given.raw_auth, headers=given.headers.raw)
        return httpcore.ConnectionPool(self._ssl, proxy=by, network_backend=backend), backend

    def close(self) -> None:
        """Close all connections."""
        for pool, _ in self._by_proxy.values():
            pool.close()


def _proxy_of(scheme: str, host: str) -> str | None:
    """The address of the proxy of the environment for such addresses; None where there is none, or not for this host."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    return None if not proxy or proxy_bypass(host) else proxy if "://" in proxy else f"http://{proxy}"


WAIT_S = 5.0
"""How long the hosts have to answer, all together, seconds."""
MOST_HOSTS = 8
"""Hosts that are asked: enough that one which is down says nothing about the network."""

Connect = Callable[[str, int, float], None]
"""Connect to a host and a port within some seconds, and close at once; OSError where that fails."""


def connect(host: str, port: int, timeout_s: float) -> None:
    """Open a connection as the system resolves the name, and close it."""
    socket.create_connection((host, port), timeout_s).close()


def addresses_of(sources: Iterable[Source]) -> list[str]:
    """The addresses that a run over these sources asks first."""
    return [spec.url for source in sources for spec in source.files.values() if spec.url is not None]


def refuse_offline(urls: Iterable[str], *, connect: Connect = connect, wait_s: float = WAIT_S, most: int = MOST_HOSTS) -> None:
    """Return once one of ``most`` of these hosts (or their proxies) answers; BilateralError where none does in ``wait_s``."""
    listed = list(dict.fromkeys(filter(None, map(_first_hop, urls))))
    asked = listed[:: max(1, -(-len(listed) // most))]
    if not asked:
        return
    answers: Queue[tuple[str, str | None]] = Queue()

    def ask(host: str, port: int) -> None:
        try:
            connect(host, port, wait_s)
            answers.put((host, None))
        except (OSError, UnicodeError) as error:
            answers.put((host, getattr(error, "strerror", None) or str(error) or type(error).__name__))

    for hop in asked:
        # a lookup that hangs in the system's resolver cannot be ended: its thread is left to itself
        threading.Thread(target=ask, args=hop, daemon=True).start()
    reasons: dict[str, str] = {}
    deadline = time.monotonic() + wait_s
    with suppress(Empty):
        while len(reasons) < len(asked):
            host, reason = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            if reason is None:
                return
            reasons[host] = reason
    why = "; ".join(f"{host}: {reasons.get(host, f'no answer within {wait_s:g} s')}" for host, _ in asked)
    raise BilateralError(
        f"there seems to be no network: none of {len(asked):,} hosts could be reached ({why}). Nothing was asked, "
        "nothing was changed. Where a proxy is needed, set HTTPS_PROXY; files that you have already are ingested with "
        "'bilateral refresh --from DIR'."
    )


def _first_hop(url: str) -> tuple[str, int] | None:
    """Host and port that a request to an address connects to first: those of the proxy where there is one."""
    parts = urlsplit(url)
    parts = urlsplit(_proxy_of(parts.scheme, parts.hostname or "") or url)
    return (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)) if parts.hostname else None
