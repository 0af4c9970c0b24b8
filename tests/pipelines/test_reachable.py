"""Before a live refresh: is there a network at all?"""

import socket
import threading

import pytest

from assets.errors import BilateralError
from pipelines.ingest.fetch.network import addresses_of, refuse_offline
from pipelines.ingest.sources import load_sources


def test_one_host_that_answers_is_enough_and_those_that_refuse_are_named_with_the_reason_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = f"http://127.0.0.1:{closed.getsockname()[1]}/a"
    with socket.create_server(("127.0.0.1", 0)) as server:
        refuse_offline([refusing, f"http://127.0.0.1:{server.getsockname()[1]}/b", "https://no.such.host.invalid/"])
    with pytest.raises(BilateralError, match=r"no network: none of 1 hosts could be reached \(127\.0\.0\.1: .*refused\)"):
        refuse_offline([refusing], wait_s=3600)


def test_a_lookup_that_hangs_is_not_waited_for() -> None:
    hanging = threading.Event()

    def hang(host: str, port: int, timeout_s: float) -> None:  # noqa: ARG001 as a connection is asked for
        hanging.wait()

    with pytest.raises(BilateralError, match=r"a\.example: no answer within 0\.2 s"):
        refuse_offline(["https://a.example/b"], connect=hang, wait_s=0.2)
    hanging.set()


def test_of_many_hosts_some_are_asked_of_the_declared_sources_or_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    asked = set[tuple[str, int]]()

    def connect(host: str, port: int, timeout_s: float) -> None:  # noqa: ARG001 as a connection is asked for
        asked.add((host, port))
        raise OSError("down")

    def asked_of(addresses: list[str], **options: int) -> set[tuple[str, int]]:
        asked.clear()
        with pytest.raises(BilateralError, match="there seems to be no network"):
            refuse_offline(addresses, connect=connect, **options)
        return set(asked)

    some = asked_of([f"https://h{i}.example/" for i in range(20)], most=5)
    assert some == {(f"h{n}.example", 443) for n in (0, 4, 8, 12, 16)}
    source = load_sources()["us_ofac_sdn"]
    assert set() < asked_of(addresses_of([source])) <= {(host, 443) for host in source.hosts}
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert asked_of(addresses_of([source])) == {("proxy.example", 3128)}
