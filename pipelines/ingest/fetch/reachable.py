"""Whether a refresh from live sources can reach anything at all: asked before anything that takes long.

Without a network each source is tried again and again until its deadline, and hours pass before the last has failed.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from queue import Empty, Queue
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from assets.errors import BilateralError
from pipelines.ingest.sources import Source

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
