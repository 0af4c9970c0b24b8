"""Connections of the fetcher: where they may lead, and until when.

A name is resolved here, every address that it leads to is looked at, and the connection is made to an address that was
looked at: asking the name server again at that moment could give another answer (DNS rebinding). The deadline of a request
counts for all of it, the connection, the handshake, headers and body: a server that sends a byte now and then passes every
time-out that counts between two bytes.

The lookup of a name alone is bounded by the system's resolver.

Proxies of the environment (HTTPS_PROXY, NO_PROXY) are used. Behind one, the proxy resolves the name and connects: names
that resolve here are looked at as well, but where the connection leads then is for the proxy to say.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, Queue
from typing import Any
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


class DeadlinePassed(Exception):
    """The time for the whole of a request is over."""


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
    """Whether an address is one of the public internet: not private, shared, loopback, link-local, multicast or reserved.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by that as well.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_global, _carried(found)))


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


def _is_global(found: IPv4Address | IPv6Address) -> bool:
    return found.is_global and not (found.is_multicast or found.is_reserved) and all(found not in net for net in _INNER)


def public_addresses(host: str, port: int, resolve: Resolve, *, loopback: bool) -> list[str]:
    """The addresses behind a host that may be connected to.

    Args:
        host: a name, or an address in any way of writing that the resolver takes (``127.1``, ``0x7f000001``).
        port: for the resolver.
        resolve: asks the name server, once.
        loopback: addresses of this machine may be connected to as well.

    Raises:
        AddressRefused: one of them is not public; a name that leads to public and to inner addresses is refused whole.
        OSError, UnicodeError: the host has no address.
    """
    found = resolve(host, port)
    for address in found:
        if not is_public(address) and not (loopback and is_loopback(address)):
            leads = "is" if address == host else f"leads to {address},"
            raise AddressRefused(f"{host} {leads} an address that is not of the public internet")
    return found


class _Clock:
    """When the request under way must be over, in ``time.monotonic``."""

    def __init__(self) -> None:
        self.deadline = math.inf

    def left(self, timeout: float | None) -> float | None:
        """The time-out of the next step, no longer than what is left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise DeadlinePassed
        shorter = left if timeout is None else min(timeout, left)
        return None if math.isinf(shorter) else shorter

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Say of a time-out that it was the deadline where it was."""
        try:
            yield
        except httpcore.TimeoutException:
            self.left(None)
            raise


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._clock.watch():
            return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._clock.watch():
            self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with self._clock.watch():
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to addresses that ``permitted`` gives for a host and a port; TLS still checks the name."""

    def __init__(self, permitted: Resolve, clock: _Clock) -> None:
        self._permitted = permitted
        self._clock = clock
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        try:
            addresses = self._permitted(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        for address in addresses:
            try:
                with self._clock.watch():
                    left = self._clock.left(timeout)
                    stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
                return _Stream(stream, self._clock)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class GuardedTransport(httpx.BaseTransport):
    """HTTP over connections to permitted addresses, within the ``deadline`` (``time.monotonic``) of a request's extensions."""

    def __init__(self, resolve: Resolve, *, loopback: bool = False) -> None:
        self._clock = _Clock()
        self._loopback = loopback
        self._ssl = httpx.create_ssl_context()
        self._permitted: Resolve = lambda host, port: public_addresses(host, port, resolve, loopback=loopback)
        # The proxy is the choice of whoever runs this, and mostly within their own network.
        self._to_proxy = _Backend(resolve, self._clock)
        self._direct = httpcore.ConnectionPool(ssl_context=self._ssl, network_backend=_Backend(self._permitted, self._clock))
        self._by_proxy: dict[str, httpcore.HTTPProxy] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises AddressRefused, DeadlinePassed, or the errors of httpx."""
        self._clock.deadline = request.extensions.get("deadline", math.inf)
        url = request.url
        wanted = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            answer = self._pool(url).handle_request(wanted)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        proxies = getproxies()
        address = proxies.get(url.scheme) or proxies.get("all")
        if address is None or (self._loopback and is_loopback(url.host)) or proxy_bypass(url.host):
            return self._direct
        with suppress(OSError, UnicodeError):  # where a proxy is needed, names of the world often have no address
            self._permitted(url.host, url.port or 443)
        if address not in self._by_proxy:
            self._by_proxy[address] = self._open_proxy(address)
        return self._by_proxy[address]

    def _open_proxy(self, address: str) -> httpcore.HTTPProxy:
        try:
            proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
        except (ValueError, httpx.InvalidURL):
            proxy = None
        if proxy is None or proxy.url.scheme not in ("http", "https"):
            raise BilateralError(
                "the proxy of the environment (HTTPS_PROXY): expected an address that begins with http:// or https://"
            )
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(
                scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=proxy.url.raw_path
            ),
            proxy_auth=proxy.raw_auth,
            ssl_context=self._ssl,
            network_backend=self._to_proxy,
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in (self._direct, *self._by_proxy.values()):
            pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _as_httpx():
            self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """The errors of httpcore as those of httpx, which have the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
    except httpcore.UnsupportedProtocol as error:
        raise httpx.UnsupportedProtocol(str(error)) from error


WAIT_S = 5.0
"""How long the hosts have to answer, all together, seconds."""
MOST_HOSTS = 8
"""Hosts that are asked: enough that one which is down says nothing about the network."""

Connect = Callable[[str, int, float], None]
"""Connect to a host and a port within some seconds, and close at once; OSError where that fails."""


def connect(host: str, port: int, timeout_s: float) -> None:
    """Open a connection as the system resolves the name, and close it."""
    socket.create_connection((host, port), timeout_s).close()


def addresses_of(sources: Iterable[Source]) -> list[tuple[str, int]]:
    """Hosts and ports that a run over these sources connects to first; that of the proxy where there is one."""
    found: dict[tuple[str, int], None] = {}
    proxies = getproxies()
    for source in sources:
        for spec in source.files.values():
            if spec.url is None:
                continue
            parts = urlsplit(spec.url)
            proxy = proxies.get(parts.scheme)
            if proxy and not proxy_bypass(parts.hostname or ""):
                parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            if parts.hostname:
                found[parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)] = None
    return list(found)


def refuse_offline(
    addresses: Collection[tuple[str, int]], *, connect: Connect = connect, wait_s: float = WAIT_S, most: int = MOST_HOSTS
) -> None:
    """Return as soon as one of the hosts answers.

    Args:
        addresses: hosts and ports; of many, ``most`` that lie evenly among them are asked. Without any, nothing is said.
        connect: makes a connection.
        wait_s: how long to wait for the first answer.
        most: hosts that are asked.

    Raises:
        BilateralError: none of them answers.
    """
    listed = list(addresses)
    asked = listed[:: max(1, -(-len(listed) // most))]
    if not asked:
        return
    answers: Queue[tuple[str, str | None]] = Queue()

    def ask(host: str, port: int) -> None:
        try:
            connect(host, port, wait_s)
        except (OSError, UnicodeError) as error:
            answers.put((host, getattr(error, "strerror", None) or str(error) or type(error).__name__))
        else:
            answers.put((host, None))

    for host, port in asked:
        # a lookup that hangs in the system's resolver cannot be ended: its thread is left to itself
        threading.Thread(target=ask, args=(host, port), daemon=True).start()
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
        "nothing was changed. Where a proxy is needed, set HTTPS_PROXY; files that you have already are taken in with "
        "'bilateral refresh --from DIR'."
    )
