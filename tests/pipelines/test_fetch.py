"""The live fetcher against a server on this machine that behaves as real ones do."""

import gzip
import hashlib
import io
import random
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.gdelt import gdelt_slots, parse_index, quarter_hours, recent_slots
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy, retry_after
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested, Receipt
from pipelines.ingest.sources import FileSpec, Source
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.examples import a_source

SDN = "us_ofac_sdn"
NOW = datetime(2023, 10, 3, 18, 43, 24)
LOOPBACK = FetchPolicy(loopback=True)
FAST = FetchSettings(timeout_s=0.3, deadline_s=5, max_tries=3, backoff_s=0.001, max_wait_s=2)


@dataclass
class Reply:
    """What the server does with a request: status, headers, body; ``length`` overrides the Content-Length."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    pause_s: float = 0.0
    has_length: bool = True


@dataclass
class Server:
    """A server whose answers a test scripts: per path a list of replies, of which the last one stays."""

    address: str
    replies: dict[str, list[Reply | Callable[[dict[str, str]], Reply]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def on(self, path: str, *replies: Reply | Callable[[dict[str, str]], Reply]) -> None:
        self.replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            scripted.posted.append(self.rfile.read(int(self.headers["content-length"])))
            self.do_GET()

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            scripted.asked.append((self.path, headers))
            replies = scripted.replies.get(self.path, [Reply(404, b"<html>Not Found</html>")])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            made = reply(headers) if callable(reply) else reply
            self.close_connection = True
            try:
                self.send_response(made.status)
                for name, value in made.headers.items():
                    self.send_header(name, value)
                if made.has_length and made.status != 304:
                    self.send_header("Content-Length", str(len(made.body) if made.length is None else made.length))
                self.send_header("Connection", "close")
                self.end_headers()
                if made.pause_s:
                    for i in range(len(made.body)):
                        self.wfile.write(made.body[i : i + 1])
                        self.wfile.flush()
                        time.sleep(made.pause_s)
                else:
                    self.wfile.write(made.body)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        scripted = Server(f"http://127.0.0.1:{listening.server_port}")
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield scripted
        listening.shutdown()


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path)


def source(server: Server, paths: dict[str, str] | None = None, **changes: object) -> Source:
    files = {name: FileSpec(url=server.url(path)) for name, path in (paths or {"sdn.csv": "/sdn"}).items()}
    made = a_source(
        hosts=("files.example.org",),
        max_bytes=100_000,
        max_line_bytes=100_000,
        files={"sdn.csv": FileSpec()},
    )
    return made.model_copy(update={"files": files, "live": "fetch", **changes})


def take(store: RawStore, of: Source, hours: int = 0, settings: FetchSettings = FAST, **more: Any) -> Ingested:
    more = {"policy": LOOPBACK, "now": NOW + timedelta(hours=hours), **more}
    days = more.pop("days", None)
    return store.take(of, fetch(FetchContext(of, settings, raw=store, **more), days), origin="live")


def one(taken: Ingested) -> Receipt:
    (receipt,) = taken.receipts
    return receipt


def test_what_is_served_is_accepted_with_its_marks(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n", headers={"ETag": '"v1"', "Last-Modified": "Tue, 03 Oct 2023 18:00:00 GMT"}))
    receipt = one(take(store, source(server)))
    assert (receipt.verdict, receipt.origin, receipt.retrieved_at) == ("accepted", "live", NOW)
    (file,) = receipt.files
    assert (file.url, file.http_status, file.etag) == (server.url("/sdn"), 200, '"v1"')
    assert file.last_modified == "Tue, 03 Oct 2023 18:00:00 GMT"
    assert store.read(SDN, receipt.snapshot) == {"sdn.csv": b"1\n"}


def test_the_user_agent_is_sent(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n"))
    take(store, source(server), settings=FetchSettings(contact="https://example.org/about"))
    assert server.asked[0][1]["user-agent"] == (
        "Mozilla/5.0 (compatible; bilateral-relations-warehouse; +https://example.org/about)"
    )


def test_not_modified_is_unchanged_and_keeps_the_marks(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n", headers={"ETag": '"v1"'}), Reply(304))
    take(store, source(server))
    for hours in (1, 2):
        receipt = one(take(store, source(server), hours))
        assert (receipt.verdict, receipt.files[0].http_status, receipt.files[0].etag) == ("unchanged", 304, '"v1"')
    assert [headers.get("if-none-match") for _, headers in server.asked] == [None, '"v1"', '"v1"']


def test_the_date_of_the_last_change_is_sent_where_there_is_no_etag(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n", headers={"Last-Modified": "Tue, 03 Oct 2023 18:00:00 GMT"}))
    take(store, source(server))
    take(store, source(server), 1)
    assert server.asked[1][1]["if-modified-since"] == "Tue, 03 Oct 2023 18:00:00 GMT"


def test_a_quarantined_answer_does_not_move_the_conditions(server: Server, store: RawStore) -> None:
    good, bad = Reply(body=b"1\n", headers={"ETag": '"good"'}), Reply(body=b"<html>", headers={"ETag": '"bad"'})
    server.on("/sdn", good, bad, Reply(304))
    assert [one(take(store, source(server), h)).verdict for h in range(3)] == ["accepted", "quarantined", "unchanged"]
    assert server.asked[2][1]["if-none-match"] == '"good"'


def test_the_held_bytes_stand_for_a_file_that_is_not_modified(server: Server, store: RawStore) -> None:
    of = source(server, {"sdn.csv": "/sdn", "add.csv": "/add"})
    server.on("/sdn", Reply(body=b"1\n", headers={"ETag": '"s1"'}), Reply(body=b"2\n", headers={"ETag": '"s2"'}))
    server.on("/add", Reply(body=b"1,1\n", headers={"ETag": '"a1"'}), Reply(304))
    take(store, of)
    receipt = one(take(store, of, 1))
    assert receipt.verdict == "accepted"
    assert store.read(SDN, receipt.snapshot) == {"sdn.csv": b"2\n", "add.csv": b"1,1\n"}
    assert {f.name: (f.http_status, f.etag) for f in receipt.files} == {"sdn.csv": (200, '"s2"'), "add.csv": (304, '"a1"')}


def test_no_condition_is_sent_for_bytes_from_another_address(server: Server, store: RawStore) -> None:
    server.on("/old", Reply(body=b"1\n", headers={"ETag": '"v1"'}))
    server.on("/new", Reply(body=b"2\n"))
    take(store, source(server, {"sdn.csv": "/old"}))
    assert one(take(store, source(server, {"sdn.csv": "/new"}), 1)).verdict == "accepted"
    assert "if-none-match" not in server.asked[1][1]


def test_damaged_bytes_in_the_store_are_a_failure_and_no_traceback(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n", headers={"ETag": '"v1"'}), Reply(304))
    receipt = one(take(store, source(server)))
    (store.root / SDN / receipt.snapshot / "sdn.csv.zst").write_bytes(b"")
    failed = one(take(store, source(server), 1))
    assert failed.verdict == "failed"
    assert "sdn.csv.zst" in (failed.reason or "")


LARGE = b"1\n" * 60_000
GZIPPED = {"Content-Encoding": "gzip"}
CUT = gzip.compress(random.Random(1).randbytes(5000))[:-100]
NO_DATE = f"Tue, 03 Oct {10**20} 18:43:24 GMT"


def moved(target: str) -> Reply:
    return Reply(302, headers={"Location": target})


@pytest.mark.parametrize(
    ("replies", "verdict", "says", "n_asked"),
    [
        ([Reply(304)], "failed", "HTTP 304 where 200 was expected", 1),
        ([Reply(429, headers={"Retry-After": NO_DATE}), Reply(body=b"1\n")], "accepted", "", 2),
        ([Reply(429, headers={"Retry-After": "3600"})], "failed", "asks for a pause of 3,600 s, longer than this run waits", 1),
        ([Reply(503, b"<html>"), Reply(502), Reply(body=b"1\n")], "accepted", "", 3),
        ([Reply(503)], "failed", "sdn.csv: 127.0.0.1 answered HTTP 503, an error on its side; asked 3 times", 3),
        ([Reply(403)], "failed", "forbidden: its firewall may refuse the user agent that was sent, 'Mozilla/5.0 (", 1),
        ([Reply(404)], "failed", "HTTP 404, not found: has the file moved?", 1),
        ([Reply(body=b"<!doctype html><title>Maintenance</title>")], "quarantined", "a web page (HTML)", 1),
        ([Reply(body=b"")], "quarantined", "sdn.csv: 0 bytes", 1),
        ([Reply(body=b"", headers=GZIPPED)], "quarantined", "sdn.csv: 0 bytes", 1),
        ([Reply(body=b"1\n", length=1000)], "failed", "the answer of 127.0.0.1 was cut", 3),
        ([Reply(body=b"1\n", length=1000), Reply(body=b"1\n2\n")], "accepted", "", 2),
        ([Reply(body=gzip.compress(b"1\n"), headers=GZIPPED)], "accepted", "", 1),
        ([Reply(body=CUT, headers=GZIPPED, has_length=False)], "failed", "cut or damaged gzip", 3),
        ([Reply(body=b"x", headers={"Content-Encoding": "br"})], "failed", "encoding 'br', which was not asked for", 1),
        ([Reply(body=LARGE)], "failed", "larger than", 1),
        ([Reply(body=LARGE, has_length=False)], "failed", "larger than", 1),
        ([Reply(body=gzip.compress(LARGE), headers=GZIPPED)], "failed", "larger than", 3),
        ([moved("/sdn")], "failed", "more than 5 redirects", 6),
        *(
            ([moved(to)], "failed", f"sdn.csv: 127.0.0.1 redirects to {to}; not asked: ", 1)
            for to in (
                "https://evil.example.com/sdn.csv",
                "http://files.example.org/a",
                "ftp://files.example.org/x",
                "file:///etc",
            )
        ),
        *(([moved(to)], "failed", "", 1) for to in ("http://[broken", "https://", "//:0")),
        *(([moved(to)], "failed", "", 3) for to in ("http://127.0.0.1:99999999/x", "\x7f")),
    ],
)
def test_what_a_server_may_answer_is_taken_in_refused_or_asked_for_again(
    server: Server,
    store: RawStore,
    replies: list[Reply | Callable[[dict[str, str]], Reply]],
    verdict: str,
    says: str,
    n_asked: int,
) -> None:
    server.on("/sdn", *replies)
    receipt = one(take(store, source(server)))
    assert (receipt.verdict, says in (receipt.reason or ""), len(server.asked)) == (verdict, True, n_asked)
    assert (receipt.snapshot_id is None) == (verdict == "failed"), "what is cut or too large is never stored"
    assert server.asked[0][1]["accept-encoding"] == "gzip"
    if verdict == "accepted":
        assert store.read(SDN, receipt.snapshot)["sdn.csv"].startswith(b"1\n"), "unpacked"


def test_a_server_that_asks_for_a_pause_gets_it(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(429, b"slow down", {"Retry-After": "1"}), Reply(body=b"1\n"))
    pauses: list[float] = []
    assert one(take(store, source(server), sleep=pauses.append)).verdict == "accepted"
    assert pauses == [1.0]


def test_pauses_grow_and_vary(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(500))
    pauses: list[float] = []
    take(store, source(server), settings=FetchSettings(max_tries=5, backoff_s=2, max_wait_s=100), sleep=pauses.append)
    assert all(2 ** (n + 1) * 0.5 <= pause <= 2 ** (n + 1) * 1.5 for n, pause in enumerate(pauses))
    assert len(pauses) == 4


def test_a_redirect_within_the_declared_hosts_is_followed(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(302, headers={"Location": "/there"}))
    server.on("/there", Reply(body=b"1\n", headers={"ETag": '"v1"'}))
    receipt = one(take(store, source(server)))
    assert (receipt.verdict, receipt.files[0].url) == ("accepted", server.url("/sdn"))


def test_the_strict_policy_asks_no_server_on_this_machine(server: Server, store: RawStore) -> None:
    reason = one(take(store, source(server), policy=FetchPolicy())).reason or ""
    assert "not asked: 127.0.0.1 is not a host that the source declares (files.example.org)" in reason
    assert server.asked == []


@pytest.mark.parametrize(
    ("url", "has_checksum", "is_allowed"),
    [
        ("https://files.example.org/a", False, True),
        ("https://FILES.example.org./a", False, True),
        ("https://files.example.org:8443/a", False, False),
        ("https://user@files.example.org/a", False, False),
        ("https://files.example.org.evil.com/a", False, False),
        ("https://evil.com/files.example.org", False, False),
        ("http://files.example.org/a", False, False),
        ("http://files.example.org/a", True, True),
        ("http://127.0.0.1/a", True, False),
        ("https://localhost/a", False, False),
    ],
)
def test_only_declared_hosts_over_https_or_with_a_checksum(
    server: Server, url: str, has_checksum: bool, is_allowed: bool
) -> None:
    of = source(server, http_with_checksum=True)
    assert (FetchPolicy().refusal(httpx.URL(url), of, has_checksum=has_checksum) is None) == is_allowed


def test_a_slow_server_is_left_after_the_time_out(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1\n", pause_s=1))
    began = time.monotonic()
    receipt = one(take(store, source(server), settings=FetchSettings(timeout_s=0.1, max_tries=2, backoff_s=0.001)))
    assert "no answer from 127.0.0.1 within 0.1 s; asked 2 times" in (receipt.reason or "")
    assert time.monotonic() - began < 2


def test_a_server_that_drips_is_left_after_the_deadline(server: Server, store: RawStore) -> None:
    server.on("/sdn", Reply(body=b"1" * 1000, pause_s=0.02))
    began = time.monotonic()
    receipt = one(take(store, source(server), settings=FetchSettings(timeout_s=1, deadline_s=0.3)))
    assert receipt.reason == "sdn.csv: no whole answer from 127.0.0.1 within 0.3 s: too slow, stopped"
    assert time.monotonic() - began < 2


def test_a_server_that_is_not_there_is_a_failure(server: Server, store: RawStore) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        of = source(server, files={"sdn.csv": FileSpec(url=f"http://127.0.0.1:{free.getsockname()[1]}/sdn")})
        assert "127.0.0.1 cannot be reached" in (one(take(store, of)).reason or "")


def test_a_connection_that_is_not_safe_is_a_failure_at_once(server: Server, store: RawStore) -> None:
    of = source(server, files={"sdn.csv": FileSpec(url=server.url("/sdn").replace("http://", "https://"))})
    pauses: list[float] = []
    reason = one(take(store, of, sleep=pauses.append)).reason or ""
    assert "no safe connection to 127.0.0.1 (TLS)" in reason
    assert pauses == []


def test_an_optional_file_that_fails_is_left_out_with_a_warning(server: Server, store: RawStore) -> None:
    files = {"sdn.csv": FileSpec(url=server.url("/sdn")), "add.csv": FileSpec(url=server.url("/add"), required=False)}
    server.on("/sdn", Reply(body=b"1\n"))
    receipt = one(take(store, source(server, files=files)))
    assert (receipt.verdict, [f.name for f in receipt.files]) == ("accepted", ["sdn.csv"])
    assert "a file was left out: add.csv: 127.0.0.1 answered HTTP 404" in receipt.warnings[0]


def test_where_every_optional_file_fails_nothing_was_served(server: Server, store: RawStore) -> None:
    of = source(server, files={"rows.csv": FileSpec(url=server.url("/rows"), required=False)})
    receipt = one(take(store, of))
    assert receipt.verdict == "failed"
    assert "rows.csv: 127.0.0.1 answered HTTP 404" in (receipt.reason or "")


def test_a_source_that_is_taken_in_by_hand_is_left_with_a_note(server: Server, store: RawStore) -> None:
    taken = take(store, source(server, live="manual"))
    assert taken.receipts == ()
    assert "ingested by hand with `bilateral refresh --from DIR`" in taken.notes[0]
    assert server.asked == []


def test_a_fault_of_the_fetcher_is_a_failure_of_its_source(server: Server, store: RawStore) -> None:
    def sleep(_: float) -> None:
        raise ZeroDivisionError("a bug")

    server.on("/sdn", Reply(503))
    receipt = one(take(store, source(server), sleep=sleep))
    assert receipt.verdict == "failed"
    assert "the fetcher failed on what was served: ZeroDivisionError: a bug" in (receipt.reason or "")


def test_a_fetcher_asks_for_the_next_file_when_the_last_one_was_taken(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, 45)), publish(server, slot(15, 0))], last=2)
    visit = FetchContext(gdelt(server), FAST, slot(15, 5), store, policy=LOOPBACK)
    findings = gdelt_slots(visit, [slot(14, 45), slot(15, 0)])
    next(findings)
    assert server.paths() == ["/v2/lastupdate.txt", "/v2/20231003144500.export.CSV.zip"]
    assert isinstance(findings, Generator)
    findings.close()
    assert store.snapshots("gdelt_v2_events") == []


def test_the_default_user_agent_is_one_that_ofacs_firewall_takes() -> None:
    # Since 2026-07-30 it answers 403 to agents that do not begin with Mozilla/ and a digit or are shorter than 40 characters.
    agent = FetchSettings().agent
    assert agent == "Mozilla/5.0 (compatible; bilateral-relations-warehouse)"
    assert len(agent) >= 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_agent": "python-httpx/0.28"},
        {"user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"},
        {"user_agent": "Mozilla/5.0 (compatible; short)"},
        {"user_agent": "Mozilla/5.0 (compatible; somebody\r\nX-Other: and a header)"},
        {"user_agent": "Mozilla/5.0 (compatible; Ünïcödé of a very long name)"},
        {"contact": "somebody"},
        {"contact": "https://example.org/\r\nX: y"},
        {"timeout_s": 0},
        {"max_tries": 0},
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        FetchSettings(**wrong)
    assert [problem["loc"] for problem in refused.value.errors()] == [tuple(wrong)]


def test_an_agent_may_begin_as_a_browser_where_it_names_this_program() -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 bilateral-relations-warehouse/0.1"
    assert FetchSettings(user_agent=agent).agent == agent


def test_the_fetcher_sees_the_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILATERAL_CONTACT", "https://example.org/about")
    monkeypatch.setenv("BILATERAL_DEADLINE_S", "60")
    fetch_settings = Settings().fetch
    assert (fetch_settings.contact, fetch_settings.deadline_s, fetch_settings.backoff_s) == ("https://example.org/about", 60, 1)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("5", 5),
        (" 0 ", 0),
        ("soon", None),
        ("-1", None),
        ("9" * 400, 999_999_999),
        ("²", None),
        (f"Tue, 03 Oct {10**20} 18:43:24 GMT", None),
        ("Tue, 03 Oct 9999999999 18:43:24 GMT", None),
        ("Tue, 03 Oct -1 18:43:24 GMT", None),
        (format_datetime(NOW.replace(tzinfo=UTC) + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW.replace(tzinfo=UTC) - timedelta(seconds=90), usegmt=True), 0),
    ],
)
def test_a_pause_is_read_as_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW.replace(tzinfo=UTC)) == seconds


@given(st.text() | st.integers().map(str))
def test_any_text_of_a_pause_is_seconds_or_nothing(value: str) -> None:
    found = retry_after(value, NOW.replace(tzinfo=UTC))
    assert found is None or found >= 0


# GDELT


def slot(hour: int, minute: int) -> datetime:
    return datetime(2023, 10, 3, hour, minute)


def gdelt(server: Server) -> Source:
    files = {"*.export.CSV": FileSpec(url=server.url("/v2/lastupdate.txt"), index="slots")}
    return source(server, files=files, id="gdelt_v2_events", http_with_checksum=True)


def publish(server: Server, at: datetime, rows: bytes = b"1\t2\n", **wrong: Any) -> str:
    """Serve the file of a slot; returns its line of the index."""
    name = f"{at:%Y%m%d%H%M%S}.export.CSV"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, rows)
    packed = buffer.getvalue()
    server.on(f"/v2/{name}.zip", Reply(body=packed))
    size, md5 = wrong.get("size", len(packed)), wrong.get("md5", hashlib.md5(packed).hexdigest())
    return f"{size} {md5} {server.url(f'/v2/{name}.zip')}\n"


def index(server: Server, lines: list[str], last: int = 1) -> None:
    others = [line.replace(".export.CSV", ".mentions.CSV") for line in lines]
    server.on("/v2/lastupdate.txt", Reply(body="".join(lines[-last:] + others[-last:]).encode()))
    server.on("/v2/masterfilelist.txt", Reply(body="".join(a + b for a, b in zip(lines, others, strict=True)).encode()))


def take_slots(store: RawStore, server: Server, slots: list[datetime]) -> Ingested:
    visit = FetchContext(gdelt(server), FAST, slot(15, 5), store, policy=LOOPBACK)
    return store.take(visit.source, gdelt_slots(visit, slots), origin="live")


def test_a_slot_is_a_snapshot_of_the_moment_that_it_names(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, 45)), publish(server, slot(15, 0))])
    receipt = one(take_slots(store, server, [slot(15, 0)]))
    assert (receipt.verdict, receipt.retrieved_at) == ("accepted", slot(15, 0))
    assert store.read("gdelt_v2_events", receipt.snapshot) == {"20231003150000.export.CSV": b"1\t2\n"}
    assert "/v2/masterfilelist.txt" not in server.paths()


def test_older_slots_are_looked_up_in_the_master_list(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, m), f"{m}\n".encode()) for m in (0, 15, 30, 45)])
    taken = take_slots(store, server, [slot(14, 45), slot(14, 15)])
    assert [r.retrieved_at for r in taken.receipts] == [slot(14, 15), slot(14, 45)]
    assert server.asked[1][1]["range"].startswith("bytes=-")


def test_the_end_of_the_master_list_is_enough(server: Server, store: RawStore) -> None:
    lines = [publish(server, slot(14, m), f"{m}\n".encode()) for m in (0, 15, 30, 45)]
    index(server, lines)
    whole = "".join(lines).encode()
    server.on("/v2/masterfilelist.txt", Reply(206, whole[5:]))
    assert [r.verdict for r in take_slots(store, server, [slot(14, 15), slot(14, 30)]).receipts] == ["accepted"] * 2
    assert server.paths().count("/v2/masterfilelist.txt") == 1


def test_the_whole_master_list_is_read_where_its_end_does_not_reach(server: Server, store: RawStore) -> None:
    lines = [publish(server, slot(14, m), f"{m}\n".encode()) for m in (0, 15, 30, 45)]
    index(server, lines)
    server.on("/v2/masterfilelist.txt", Reply(206, "".join(lines)[5:].encode()), Reply(body="".join(lines).encode()))
    assert [r.verdict for r in take_slots(store, server, [slot(14, 0)]).receipts] == ["accepted"]
    assert server.paths().count("/v2/masterfilelist.txt") == 2


def test_a_slot_that_is_held_is_not_asked_for(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(15, 0))])
    take_slots(store, server, [slot(15, 0)])
    n_asked = len(server.asked)
    assert take_slots(store, server, [slot(15, 0)]) == Ingested()
    assert len(server.asked) == n_asked


def test_a_missing_slot_is_a_gap_and_one_to_come_is_not(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, 0)), publish(server, slot(14, 30))])
    wanted = [slot(14, m) for m in (0, 15, 30, 45)] + [slot(20, 0)]
    taken = take_slots(store, server, wanted)
    assert [r.retrieved_at for r in taken.receipts] == [slot(14, 0), slot(14, 30)]
    assert taken.gaps == (slot(14, 15),)


def test_slots_after_now_are_never_asked_for(server: Server, store: RawStore) -> None:
    assert take_slots(store, server, [slot(15, 15), slot(23, 0)]) == Ingested()
    assert server.asked == []


@pytest.mark.parametrize("wrong", [{"md5": "0" * 32}, {"size": 1}])
def test_a_file_that_is_not_that_of_the_index_fails(server: Server, store: RawStore, wrong: dict[str, Any]) -> None:
    index(server, [publish(server, slot(15, 0), **wrong)])
    receipt = one(take_slots(store, server, [slot(15, 0)]))
    assert receipt.verdict == "failed"
    assert "20231003150000.export.CSV.zip: not the file of the index" in (receipt.reason or "")


def test_a_slot_that_failed_is_asked_for_again(server: Server, store: RawStore) -> None:
    line = publish(server, slot(15, 0))
    index(server, [line])
    path = "/v2/20231003150000.export.CSV.zip"
    server.on(path, Reply(404), *server.replies[path])
    verdicts = [one(take_slots(store, server, [slot(15, 0)])).verdict for _ in range(2)]
    assert verdicts == ["failed", "accepted"]


def test_one_slot_that_fails_does_not_stop_the_others(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, 45), size=1), publish(server, slot(15, 0))], last=2)
    assert [r.verdict for r in take_slots(store, server, [slot(14, 45), slot(15, 0)]).receipts] == ["failed", "accepted"]


def test_an_index_that_cannot_be_had_is_a_failure(server: Server, store: RawStore) -> None:
    receipt = one(take_slots(store, server, [slot(15, 0)]))
    assert receipt.verdict == "failed"
    assert "index: 127.0.0.1 answered HTTP 404" in (receipt.reason or "")


def test_an_index_that_names_another_host_is_not_followed(server: Server, store: RawStore) -> None:
    line = publish(server, slot(15, 0)).replace(server.address, "http://evil.example.com")
    index(server, [line])
    assert "evil.example.com is not a host that" in (one(take_slots(store, server, [slot(15, 0)])).reason or "")


def test_a_live_refresh_takes_the_slots_of_the_last_day(server: Server, store: RawStore) -> None:
    index(server, [publish(server, slot(14, m), f"{m}\n".encode()) for m in (0, 15, 30, 45)])
    taken = take(store, gdelt(server), now=slot(14, 50))
    assert [r.retrieved_at for r in taken.receipts] == [slot(14, m) for m in (0, 15, 30, 45)]
    assert len(taken.gaps) == 92


def test_the_slots_of_a_day_are_full_quarters() -> None:
    assert quarter_hours(slot(14, 5), slot(14, 45)) == [slot(14, 15), slot(14, 30)]
    assert quarter_hours(slot(14, 0), slot(14, 1)) == [slot(14, 0)]
    assert quarter_hours(slot(14, 0), slot(14, 0)) == []
    assert quarter_hours(slot(14, 0), slot(13, 0)) == []
    days = recent_slots(slot(14, 0))
    assert (len(days), days[-1]) == (96, slot(14, 0))


def test_lines_of_the_index_are_read_by_their_form() -> None:
    md5 = "297A16b493de7cf6ca809a7cc31d0b93"
    text = (
        f"150383 {md5} http://data.example.org/gdeltv2/20150218230000.export.CSV.zip\n"
        f"318084 {md5} http://data.example.org/gdeltv2/20150218230000.mentions.CSV.zip\n"
        f"{md5} 20150218231500.export.CSV.zip\n"
        f"1 {md5} http://data.example.org/gdeltv2/20151318230000.export.CSV.zip\r\n"
        "nonsense\n\n"
    )
    found = parse_index(text.encode(), ".export.CSV", "slots")
    assert [(at, line.n_bytes, line.md5) for at, line in found.items()] == [(datetime(2015, 2, 18, 23), 150383, md5.lower())]


@given(st.from_regex(rb"[0-9a-f]{32}  [0-9]{8}\.export\.CSV\.zip\n", fullmatch=True) | st.binary())
def test_any_list_of_sums_gives_moments_that_lie_on_midnights(data: bytes) -> None:
    assert all(moment.time() == datetime.min.time() for moment in parse_index(data, ".export.CSV", "days", "http://h/"))


@pytest.mark.real_data
def test_the_published_master_list_is_read(real_data: Path) -> None:
    with zipfile.ZipFile(real_data / "news" / "gdelt" / "v2_masterfilelist_english.txt.zip") as archive:
        text = archive.read(archive.namelist()[0])
    found = parse_index(text, ".export.CSV", "slots")
    assert (len(found), min(found)) == (300, datetime(2015, 2, 18, 23))


# addresses with a day, zip files, pages --------------------------------------------------------------------------------


def served(server: Server, **files: FileSpec) -> Source:
    return source(server, files={name.replace("__", "."): spec for name, spec in files.items()})


def test_an_address_may_hold_the_day_in_the_time_zone_of_the_authority(server: Server, store: RawStore) -> None:
    server.on("/full/2023-10-03.xml", Reply(body=b"<a/>"))
    spec = FileSpec(url=server.url("/full/{date}.xml"), kind="xml")
    in_washington = source(server, files={"part.xml": spec}, timezone="America/New_York")
    assert one(take(store, in_washington)).verdict == "accepted"
    # 02:43 UTC of the 4th is still the 3rd in Washington
    take(store, in_washington, hours=8)
    assert server.paths() == ["/full/2023-10-03.xml", "/full/2023-10-03.xml"]


TITLES = b'{"titles": [{"number": 14, "up_to_date_as_of": "2023-09-01"}, {"number": 15, "up_to_date_as_of": "2023-09-29"}]}'


def test_the_day_of_an_address_of_the_ecfr_is_the_newest_that_its_list_of_titles_states(server: Server, store: RawStore) -> None:
    server.on("/api/versioner/v1/titles.json", Reply(body=TITLES), Reply(body=b'{"titles": []}'))
    server.on("/full/2023-09-29.xml", Reply(body=b"<a/>"))
    of = source(server, files={"part.xml": FileSpec(url=server.url("/full/{date}.xml"), ecfr_title=15, kind="xml")})
    assert one(take(store, of)).verdict == "accepted"
    receipt = one(take(store, of, hours=24))
    assert (receipt.verdict, receipt.reason is not None and "up to which day title 15" in receipt.reason) == ("failed", True)


def population(server: Server) -> Source:
    spec = FileSpec(url=server.url("/data/2022?get=NAME"), key="census_key", kind="json")
    return source(server, files={"state_pop_2022_acs1.json": spec})


def test_without_a_key_an_interface_that_asks_for_one_is_not_asked(server: Server, store: RawStore) -> None:
    receipt = one(take(store, population(server)))
    assert receipt.verdict == "failed"
    assert "answers no query without a key; set BILATERAL_CENSUS_KEY" in (receipt.reason or "")
    assert server.asked == []


def test_a_key_is_sent_and_written_nowhere(server: Server, store: RawStore) -> None:
    settings = FAST.model_copy(update={"census_key": "a secret/key"})
    server.on("/data/2022?get=NAME&key=a+secret%2Fkey", Reply(body=b'[["NAME"],["Ohio"]]'))
    receipt = one(take(store, population(server), settings=settings))
    assert receipt.verdict == "accepted"
    assert b"secret" not in receipt.to_json()
    assert receipt.files[0].url == server.url("/data/2022?get=NAME&key=***")


@pytest.mark.parametrize(
    ("headers", "why"), [({}, "invalid key"), ({"X-DataWebAPI-KeyError": "the key is not active"}, "the key is not active")]
)
def test_a_key_that_is_refused_by_a_page_is_a_failure_and_no_table(
    server: Server, store: RawStore, headers: dict[str, str], why: str
) -> None:
    settings = FAST.model_copy(update={"census_key": "a-wrong-key"})
    server.on("/data/2022?get=NAME&key=a-wrong-key", Reply(302, headers={"Location": "/data/invalid_key.html", **headers}))
    server.on("/data/invalid_key.html", Reply(body=b"<html>Invalid Key</html>"))
    receipt = one(take(store, population(server), settings=settings))
    assert (receipt.verdict, receipt.reason) == (
        "failed",
        f"state_pop_2022_acs1.json: 127.0.0.1 does not take the key that was sent: {why}",
    )


def test_one_search_that_fails_leaves_the_others_and_none_of_its_own_pages(server: Server, store: RawStore) -> None:
    more = server.url("/one/2")
    server.on("/one", Reply(body=f'{{"results": [], "next_page_url": "{more}"}}'.encode()))
    server.on("/one/2", Reply(404))
    server.on("/two", Reply(body=b'{"results": []}'))
    specs = {
        f"{name}*.json": FileSpec(url=server.url(f"/{name}"), pages="next_page_url", required=False, kind="json")
        for name in ("one", "two")
    }
    receipt = one(take(store, source(server, files=specs)))
    assert (receipt.verdict, [f.name for f in receipt.files]) == ("accepted", ["two0001.json"])
    assert "a file was left out: one*.json: 127.0.0.1 answered HTTP 404" in receipt.warnings[0]


def test_a_server_that_is_slower_than_others_is_waited_for_as_its_declaration_says(server: Server, store: RawStore) -> None:
    server.on("/slow", Reply(500), Reply(500), Reply(500), Reply(body=b"a\n"))
    of = source(server, files={"a.txt": FileSpec(url=server.url("/slow"))})
    assert one(take(store, of)).verdict == "failed"
    server.on("/slow", Reply(500), Reply(500), Reply(500), Reply(body=b"a\n"))
    patient = of.model_copy(update={"max_tries": 5})
    assert one(take(store, patient, hours=1)).verdict == "accepted"


def test_the_members_of_a_zip_file_are_kept_under_their_own_names(server: Server, store: RawStore) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("SDN_ENHANCED.XML", "<a/>")
    server.on("/zip", Reply(body=buffer.getvalue()))
    spec = FileSpec(url=server.url("/zip"), kind="xml", zipped=True)
    files = {"enhanced.zip": spec, "*.xml": FileSpec(required=False, kind="xml")}
    receipt = one(take(store, source(server, files=files)))
    assert store.read(SDN, receipt.snapshot) == {"SDN_ENHANCED.XML": b"<a/>"}


def socrata(server: Server, n_rows: int = 2, pages: Literal["socrata", "soda3"] = "socrata") -> Source:
    return served(
        server,
        views__json=FileSpec(url=server.url("/views"), kind="json", required=False),
        **{"page-*__json": FileSpec(url=server.url("/rows"), pages=pages, page_rows=n_rows, kind="json", via="api")},
        rows__csv=FileSpec(url=server.url("/bulk"), required=False, via="bulk"),
    )


def rows_at(offset: int, size: int = 2) -> str:
    return f"/rows?$order=:id&$limit={size}&$offset={offset}"


def test_pages_are_asked_for_in_the_order_of_the_rows_until_one_is_not_full(server: Server, store: RawStore) -> None:
    server.on("/views", Reply(body=b'{"rowsUpdatedAt": 5}'))
    server.on(rows_at(0), Reply(body=b'[{"a": "1"}, {"a": "2"}]'))
    server.on(rows_at(2), Reply(body=b'[{"a": "3"}]'))
    token = FetchSettings(timeout_s=0.3, max_tries=1, socrata_token="T")
    receipt = one(take(store, socrata(server), settings=token))
    assert sorted(store.read(SDN, receipt.snapshot)) == ["page-0001.json", "page-0002.json", "views.json"]
    assert [h.get("x-app-token") for path, h in server.asked] == [None, "T", "T"]
    assert "/bulk" not in server.paths()


def test_an_edition_that_is_held_is_not_asked_for_again(server: Server, store: RawStore) -> None:
    server.on("/views", Reply(body=b'{"rowsUpdatedAt": 5}'), Reply(body=b'{"rowsUpdatedAt": 5, "viewCount": 9}'))
    server.on(rows_at(0), Reply(body=b"[]"))
    take(store, socrata(server))
    assert one(take(store, socrata(server), hours=24)).verdict == "unchanged"
    assert server.paths().count(rows_at(0)) == 1


def test_a_page_that_fails_leaves_the_last_good_snapshot(server: Server, store: RawStore) -> None:
    server.on(rows_at(0), Reply(body=b'[{"a": "1"}, {"a": "2"}]'))
    server.on(rows_at(2), Reply(429, headers={"Retry-After": "0"}))
    receipt = one(take(store, socrata(server)))
    assert receipt.verdict == "failed"
    assert "too many requests; asked 3 times" in str(receipt.reason)
    assert server.paths().count(rows_at(2)) == 3


@pytest.mark.parametrize("page", [b"<html>busy</html>", b"[" * 90_000])
def test_a_page_that_is_no_json_is_a_failure(server: Server, store: RawStore, page: bytes) -> None:
    server.on(rows_at(0), Reply(body=page))
    assert f"is not JSON: it begins with {page[:6]!r}"[:-1] in str(one(take(store, socrata(server))).reason)


def test_what_a_portal_says_of_its_edition_may_be_nonsense(server: Server, store: RawStore) -> None:
    server.on("/views", Reply(body=b"[" * 40_000 + b"]" * 40_000))
    server.on(rows_at(0), Reply(body=b"[]"))
    assert [one(take(store, socrata(server), hours=n)).verdict for n in (0, 1)] == ["accepted", "unchanged"]


def test_the_bulk_file_is_asked_for_where_it_is_chosen(server: Server, store: RawStore) -> None:
    server.on("/bulk", Reply(body=b"a\n1\n"))
    receipt = one(take(store, socrata(server), settings=FetchSettings(timeout_s=0.3, max_tries=1, socrata="bulk")))
    assert list(store.read(SDN, receipt.snapshot)) == ["rows.csv"]


def test_soda3_posts_its_query_with_a_token_and_asks_nothing_without_one(server: Server, store: RawStore) -> None:
    server.on("/query", Reply(body=b"[]"))
    spec = FileSpec(url=server.url("/query"), pages="soda3", page_rows=2, kind="json", via="soda3")
    asked = source(server, files={"page-*.json": spec})
    without = FetchSettings(timeout_s=0.3, max_tries=1, socrata="soda3")
    assert "needs an application token" in str(one(take(store, asked, settings=without)).reason)
    assert server.asked == []
    with_token = FetchSettings(timeout_s=0.3, max_tries=1, socrata="soda3", socrata_token="T")
    assert one(take(store, asked, hours=1, settings=with_token)).verdict == "accepted"
    assert server.posted == [b'{"query": "SELECT *", "page": {"pageNumber": 1, "pageSize": 2}, "includeSynthetic": false}']


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(FetchSettings(socrata_token="secret"))


def test_pages_that_name_the_next_one_are_followed_on_the_same_hosts_only(server: Server, store: RawStore) -> None:
    server.on("/p1", Reply(body=f'{{"next_page_url": "{server.url("/p2")}"}}'.encode()))
    server.on("/p2", Reply(body=b'{"next_page_url": "https://elsewhere.example.org/p3"}'))
    spec = FileSpec(url=server.url("/p1"), pages="next_page_url", kind="json")
    receipt = one(take(store, source(server, files={"page-*.json": spec})))
    assert "elsewhere.example.org is not a host that" in str(receipt.reason)
    server.on("/p2", Reply(body=b'{"next_page_url": null}'))
    receipt = one(take(store, source(server, files={"page-*.json": spec}), hours=1))
    assert sorted(store.read(SDN, receipt.snapshot)) == ["page-0001.json", "page-0002.json"]


# days of GDELT 1.0 ------------------------------------------------------------------------------------------------------


def test_a_day_of_gdelt_1_is_checked_against_the_list_of_sums(server: Server, store: RawStore) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("20231001.export.CSV", "1\t2\n")
    packed = buffer.getvalue()
    md5 = hashlib.md5(packed).hexdigest()
    server.on("/events/md5sums", Reply(body=f"{md5}  20231001.export.CSV.zip\n{'0' * 32}  20231003.export.CSV.zip\n".encode()))
    server.on("/events/20231001.export.CSV.zip", Reply(body=packed))
    files = {"*.export.CSV": FileSpec(url=server.url("/events/md5sums"), index="days")}
    days = source(server, files=files, id="gdelt_v1_events", http_with_checksum=True)
    wanted = [datetime(2023, 10, day).date() for day in (1, 2, 3, 9)]
    taken = take(store, days, now=datetime(2023, 10, 4, 6), days=wanted)
    assert [(r.verdict, r.retrieved_at) for r in taken.receipts] == [
        ("accepted", datetime(2023, 10, 2)),
        ("failed", datetime(2023, 10, 4)),
    ]
    assert taken.gaps == (datetime(2023, 10, 2),)


def test_the_sums_of_gdelt_1_have_the_other_order() -> None:
    data = b"0123456789abcdef0123456789abcdef  20140122.export.CSV.zip\nsize md5 url\n"
    data += b"0123456789abcdef0123456789abcdef  99991231.export.CSV.zip\n"
    (line,) = parse_index(data, ".export.CSV", "days", "http://h/events/md5sums").values()
    assert (line.slot, line.n_bytes, line.url) == (datetime(2014, 1, 23), None, "http://h/events/20140122.export.CSV.zip")


@pytest.mark.real_data
def test_the_published_list_of_sums_lacks_four_days_of_2014(real_data: Path) -> None:
    with zipfile.ZipFile(real_data / "news/gdelt/v1_event_md5sums.txt.zip") as archive:
        data = archive.read(archive.namelist()[0])
    held = {slot - timedelta(days=1) for slot in parse_index(data, ".export.CSV", "days", "http://h/")}
    of_2014 = {datetime(2014, 1, 1) + timedelta(days=n) for n in range(365)}
    assert sorted(of_2014 - held) == [datetime(2014, 1, 23), datetime(2014, 1, 24), datetime(2014, 1, 25), datetime(2014, 3, 19)]
