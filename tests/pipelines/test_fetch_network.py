"""Where a connection of the fetcher may lead, and until when; and whether there is a network at all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from assets.errors import BilateralError
from pipelines.ingest.fetch.http import FetchPolicy, open_client
from pipelines.ingest.fetch.network import AddressRefused, addresses_of, is_public, refuse_offline
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import FileSpec, load_sources
from pipelines.settings import FetchSettings
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import failed, fetched

SETTINGS = FetchSettings(timeout_s=2)
Serve = Callable[[socket.socket], object]


@contextmanager
def listening(serve: Serve) -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads the head of each request and hands the connection to ``serve``; its port, and the heads."""
    heads: list[bytes] = []

    def run() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    heads.append(connection.recv(65_536))
                    serve(connection)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server.getsockname()[1], heads
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def answers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n1\n")


def drips(head: bytes, piece: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(150):
            connection.sendall(piece)
            time.sleep(0.02)

    return serve


def leading(*addresses: str, loopback: bool = False) -> FetchPolicy:
    """Names lead to these addresses, or are not known; this machine is itself."""

    def resolve(host: str, _: int) -> list[str]:
        if host != "127.0.0.1" and not addresses:
            raise OSError("no name server here")
        return [host] if host == "127.0.0.1" else list(addresses)

    return FetchPolicy(loopback=loopback, resolve=resolve)


def refused(folder: Path, url: str, policy: FetchPolicy, deadline_s: float = 5) -> str:
    settings = FetchSettings(timeout_s=2, deadline_s=deadline_s, max_tries=2, backoff_s=0.001)
    of = a_source(hosts=("files.example.org",), files={"sdn.csv": FileSpec(url=url)}, live="fetch")
    return failed(fetched(of, RawStore(folder), settings, policy=policy))


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"a"),
    ],
    ids=["in a header", "hints", "beside a chunk", "in the body"],
)
def test_a_server_that_drips_anything_is_left_after_the_deadline(tmp_path: Path, head: bytes, piece: bytes) -> None:
    with listening(drips(head, piece)) as (port, heads):
        reason = refused(tmp_path, f"http://127.0.0.1:{port}/sdn", FetchPolicy(loopback=True), deadline_s=0.3)
    assert reason == "sdn.csv: no whole answer from 127.0.0.1 within 0.3 s: too slow, stopped"
    assert len(heads) == 1


INNER = (
    "127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 100.100.100.200 169.254.169.254 168.63.129.16 192.0.0.192 "
    "224.0.0.1 255.255.255.255 ::1 :: fe80::1%eth0 fd00:ec2::254 ff02::1 fec0::1 ::ffff:10.0.0.1 64:ff9b::a9fe:a9fe "
    "2002:7f00:1:: nonsense"
)


def test_a_host_that_leads_to_an_inner_address_or_to_none_is_not_asked_nor_a_redirect_to_it_followed(tmp_path: Path) -> None:
    assert [inner for inner in INNER.split() if is_public(inner)] == []
    assert all(map(is_public, ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822")))
    url = "https://files.example.org/sdn"
    assert refused(tmp_path / "a", url, leading("93.184.216.34", "169.254.169.254")) == (
        "sdn.csv: not asked: files.example.org leads to 169.254.169.254, an address that is not of the public internet"
    )
    moved = f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    with listening(lambda connection: connection.sendall(moved)) as (port, heads):
        reason = refused(tmp_path / "b", f"http://127.0.0.1:{port}/sdn", leading("10.0.0.1", loopback=True))
    assert f"127.0.0.1 redirects to {url}; not asked: files.example.org leads to 10.0.0.1" in reason
    assert len(heads) == 1
    reason = refused(tmp_path / "c", url, leading())
    assert "files.example.org cannot be reached: files.example.org has no address" in reason


def test_a_name_is_resolved_once_the_address_looked_at_is_connected_to_and_a_second_one_tried_where_it_does_not_answer() -> None:
    led = [["127.0.0.1"], ["10.0.0.1"]]
    policy = FetchPolicy(loopback=True, resolve=lambda *_: led.pop(0))
    with listening(answers) as (port, heads):
        url = f"http://rebound.example.org:{port}/"
        with open_client(SETTINGS, policy) as client:
            assert client.get(url).content == b"1\n"
            assert f"Host: rebound.example.org:{port}".encode() in heads[0]
            with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.1"):
                client.get(url)
        assert (led, len(heads)) == ([], 1)
        with open_client(SETTINGS, leading("127.0.0.2", "127.0.0.1", loopback=True)) as client:
            assert client.get(url).status_code == 200
        with open_client(SETTINGS, FetchPolicy()) as client, pytest.raises(AddressRefused):
            client.get(f"http://127.0.0.1:{port}/")


def test_behind_a_proxy_names_that_do_not_resolve_are_asked_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    url = "http://files.example.org/sdn"
    with listening(answers) as (port, heads):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        with open_client(SETTINGS, leading()) as client:
            assert client.get(url).content == b"1\n"
        assert heads[0].startswith(b"GET http://files.example.org/sdn HTTP/1.1")
        inner = leading("10.0.0.1")
        with open_client(SETTINGS, inner) as client, pytest.raises(AddressRefused):
            client.get(url)
        assert len(heads) == 1
    with listening(drips(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a")) as (port, _):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        slow = {"deadline": time.monotonic() + 0.3}
        with open_client(SETTINGS, leading()) as client, pytest.raises(httpx.ReadTimeout):
            client.get(url, extensions=slow)


# reachable -------------------------------------------------------------------------------------------------------------


def test_one_host_that_answers_is_enough_those_that_refuse_are_named_at_once_and_a_lookup_that_hangs_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refusing = f"http://127.0.0.1:{closed.getsockname()[1]}/a"
    with socket.create_server(("127.0.0.1", 0)) as server:
        refuse_offline([refusing, f"http://127.0.0.1:{server.getsockname()[1]}/b", "https://no.such.host.invalid/"])
    with pytest.raises(BilateralError, match=r"no network: none of 1 hosts could be reached \(127\.0\.0\.1: .*refused\)"):
        refuse_offline([refusing], wait_s=3600)
    hanging = threading.Event()
    with pytest.raises(BilateralError, match=r"a\.example: no answer within 0\.2 s"):
        refuse_offline(["https://a.example/b"], connect=lambda *_: (hanging.wait(), None)[1], wait_s=0.2)
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
