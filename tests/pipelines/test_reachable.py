"""Before a live refresh: is there a network at all?"""

import socket
import threading
from collections.abc import Iterator

import pytest

from assets.errors import BilateralError
from pipelines.ingest.fetch.network import addresses_of, refuse_offline
from pipelines.ingest.sources import load_sources


@pytest.fixture
def listening() -> Iterator[int]:
    """The port of a server of this machine that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def refusing() -> int:
    """A port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_one_host_that_answers_is_enough(listening: int, refusing: int) -> None:
    refuse_offline([f"http://127.0.0.1:{refusing}/a", f"http://127.0.0.1:{listening}/b", "https://no.such.host.invalid/"])


def test_servers_that_refuse_are_named_with_the_reason_at_once(refusing: int) -> None:
    with pytest.raises(BilateralError, match=r"no network: none of 1 hosts could be reached \(127\.0\.0\.1: .*refused\)"):
        refuse_offline([f"http://127.0.0.1:{refusing}/"], wait_s=3600)


def test_a_lookup_that_hangs_is_not_waited_for() -> None:
    hanging = threading.Event()

    def hang(host: str, port: int, timeout_s: float) -> None:  # noqa: ARG001 as a connection is asked for
        hanging.wait()

    with pytest.raises(BilateralError, match=r"a\.example: no answer within 0\.2 s"):
        refuse_offline(["https://a.example/b"], connect=hang, wait_s=0.2)
    hanging.set()


def test_of_many_hosts_some_are_asked() -> None:
    asked = []

    def connect(host: str, port: int, timeout_s: float) -> None:  # noqa: ARG001 as a connection is asked for
        asked.append(host)
        raise OSError("down")

    with pytest.raises(BilateralError, match="none of 5 hosts"):
        refuse_offline([f"https://h{i}.example/" for i in range(20)], connect=connect, most=5)
    assert sorted(asked) == ["h0.example", "h12.example", "h16.example", "h4.example", "h8.example"]


def test_the_hosts_are_those_of_the_declared_sources_or_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    source, asked = load_sources()["us_ofac_sdn"], set[tuple[str, int]]()

    def connect(host: str, port: int, timeout_s: float) -> None:  # noqa: ARG001 as a connection is asked for
        asked.add((host, port))
        raise OSError("down")

    for proxy, expected in (
        (None, {(host, 443) for host in source.hosts}),
        ("http://proxy.example:3128", {("proxy.example", 3128)}),
    ):
        asked.clear()
        if proxy is not None:
            monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(BilateralError, match="there seems to be no network"):
            refuse_offline(addresses_of([source]), connect=connect)
        assert asked
        assert asked <= expected
