"""The live fetcher against a server on this machine that behaves as real ones do."""

import gzip
import hashlib
import random
import socket
import zipfile
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from benchmarks.fuzz.fuzzed_fetcher import zipped
from pipelines.ingest.fetch.gdelt import gdelt_slots, parse_index
from pipelines.ingest.fetch.http import FetchPolicy, retry_after
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested, Receipt
from pipelines.ingest.sources import FileSpec, Source
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import FAST, NOW, Said, Server, failed, fetched, one, visit

SDN = "us_ofac_sdn"
DATE = "Tue, 03 Oct 2023 18:00:00 GMT"
PATIENT = FAST.model_copy(update={"max_tries": 3, "timeout_s": 0.3})
Take = Callable[..., Ingested]


def source(server: Server, files: dict[str, str | FileSpec] | None = None, **changes: object) -> Source:
    """A source of this server; ``files``: by name the path, or the whole specification."""
    given = {n: FileSpec(url=server.url(f)) if isinstance(f, str) else f for n, f in (files or {"sdn.csv": "/sdn"}).items()}
    usual = {"hosts": ("files.example.org",), "max_bytes": 100_000, "max_line_bytes": 100_000, "live": "fetch", "files": given}
    return a_source(**(usual | changes))


@pytest.fixture
def take(server: Server, store: RawStore) -> Take:
    def taken(of: Source | None = None, hours: float = 0, settings: FetchSettings = PATIENT, **more: Any) -> Ingested:
        return fetched(of or source(server), store, settings, hours, **more)

    return taken


def with_etag(body: bytes, etag: str) -> Said:
    return Said(body=body, headers={"ETag": f'"{etag}"'})


def test_what_is_held_is_asked_for_with_its_marks_and_not_sent_again(server: Server, store: RawStore, take: Take) -> None:
    server.on("/sdn", Said(body=b"1\n", headers={"ETag": '"v1"', "Last-Modified": DATE}), Said(304), Said(304))
    first = one(take(settings=FetchSettings(contact="https://example.org/about")))
    assert (first.verdict, first.origin, first.retrieved_at) == ("accepted", "live", NOW)
    (file,) = first.files
    assert (file.url, file.http_status, file.etag, file.last_modified) == (server.url("/sdn"), 200, '"v1"', DATE)
    assert store.read(SDN, first.snapshot) == {"sdn.csv": b"1\n"}
    agent = "Mozilla/5.0 (compatible; bilateral-relations-warehouse; +https://example.org/about)"
    assert server.asked[0].headers["user-agent"] == agent
    for receipt in (one(take(hours=h)) for h in (1, 2)):
        assert (receipt.verdict, receipt.files[0].http_status, receipt.files[0].etag) == ("unchanged", 304, '"v1"')
    server.on("/sdn", with_etag(b"2\n", "good"), with_etag(b"<html>", "bad"), Said(304))
    assert [one(take(hours=h)).verdict for h in (3, 4, 5)] == ["accepted", "quarantined", "unchanged"]
    marks = [asked.headers.get("if-none-match") for asked in server.asked]
    assert (marks, server.asked[1].headers["if-modified-since"]) == ([None, *['"v1"'] * 3, '"good"', '"good"'], DATE)
    server.on("/new", b"3\n")
    assert one(take(source(server, {"sdn.csv": "/new"}), 6)).verdict == "accepted"
    assert "if-none-match" not in server.asked[6].headers


def test_held_bytes_stand_for_what_is_not_modified_unless_damaged(server: Server, store: RawStore, take: Take) -> None:
    of = source(server, {"sdn.csv": "/sdn", "add.csv": "/add"})
    server.on("/sdn", with_etag(b"1\n", "s1"), with_etag(b"2\n", "s2"), Said(304))
    server.on("/add", with_etag(b"1,1\n", "a1"), Said(304))
    take(of)
    receipt = one(take(of, 1))
    assert (receipt.verdict, store.read(SDN, receipt.snapshot)) == ("accepted", {"sdn.csv": b"2\n", "add.csv": b"1,1\n"})
    assert {f.name: (f.http_status, f.etag) for f in receipt.files} == {"sdn.csv": (200, '"s2"'), "add.csv": (304, '"a1"')}
    for path in store.root.rglob("sdn.csv.zst"):
        path.write_bytes(b"")
    assert "sdn.csv.zst" in failed(take(of, 2))


LARGE, CUT = b"1\n" * 60_000, gzip.compress(random.Random(1).randbytes(5000))[:-100]
GZIPPED, NO_DATE = {"Content-Encoding": "gzip"}, f"Tue, 03 Oct {10**20} 18:43:24 GMT"
ELSEWHERE = ("https://evil.example.com/sdn.csv", "http://files.example.org/a", "ftp://files.example.org/x", "file:///etc")


def moved(target: str) -> Said:
    return Said(302, headers={"Location": target})


@pytest.mark.parametrize(
    ("answers", "verdict", "says", "n_asked"),
    [
        ([Said(304)], "failed", "HTTP 304 where 200 was expected", 1),
        ([Said(429, headers={"Retry-After": NO_DATE}), b"1\n"], "accepted", "", 2),
        ([Said(429, headers={"Retry-After": "3600"})], "failed", "asks to wait 3,600 s, longer than this run waits", 1),
        ([Said(503, b"<html>"), Said(502), b"1\n"], "accepted", "", 3),
        ([Said(503)], "failed", "sdn.csv: 127.0.0.1 answered HTTP 503, an error on its side; asked 3 times", 3),
        ([Said(403)], "failed", "forbidden: its firewall may refuse the user agent that was sent, 'Mozilla/5.0 (", 1),
        ([Said(404)], "failed", "HTTP 404, not found: has the file moved?", 1),
        ([b"<!doctype html><title>Maintenance</title>"], "quarantined", "a web page (HTML)", 1),
        ([b""], "quarantined", "sdn.csv: 0 bytes", 1),
        ([Said(headers=GZIPPED)], "quarantined", "sdn.csv: 0 bytes", 1),
        ([Said(body=b"1\n", length=1000)], "failed", "the answer of 127.0.0.1 was cut", 3),
        ([Said(body=b"1\n", length=1000), b"1\n2\n"], "accepted", "", 2),
        ([Said(body=gzip.compress(b"1\n"), headers=GZIPPED)], "accepted", "", 1),
        ([Said(body=CUT, headers=GZIPPED, length=-1)], "failed", "cut or damaged gzip", 3),
        ([Said(body=b"x", headers={"Content-Encoding": "br"})], "failed", "encoding 'br', which was not asked for", 1),
        ([LARGE], "failed", "larger than", 1),
        ([Said(body=LARGE, length=-1)], "failed", "larger than", 1),
        ([Said(body=gzip.compress(LARGE), headers=GZIPPED)], "failed", "larger than", 3),
        ([Said(body=b"1\n", drip_s=1)], "failed", "no answer from 127.0.0.1 within 0.3 s; asked 3 times", 3),
        ([moved("/sdn")], "failed", "more than 5 redirects", 6),
        *(([moved(to)], "failed", f"sdn.csv: 127.0.0.1 redirects to {to}; not asked: ", 1) for to in ELSEWHERE),
        *(([moved(to)], "failed", "", 1) for to in ("http://[broken", "https://", "//:0")),
        *(([moved(to)], "failed", "", 3) for to in ("http://127.0.0.1:99999999/x", "\x7f")),
    ],
)
def test_what_a_server_may_answer_is_taken_in_refused_or_asked_for_again(
    server: Server, store: RawStore, take: Take, answers: list[Said | bytes], verdict: str, says: str, n_asked: int
) -> None:
    server.on("/sdn", *answers)
    receipt = one(take())
    assert (receipt.verdict, says in (receipt.reason or ""), len(server.asked)) == (verdict, True, n_asked)
    assert (receipt.snapshot_id is None) == (verdict == "failed"), "what is cut or too large is never stored"
    assert server.asked[0].headers["accept-encoding"] == "gzip"
    if verdict == "accepted":
        assert store.read(SDN, receipt.snapshot)["sdn.csv"].startswith(b"1\n"), "unpacked"


def test_pauses_grow_and_vary_and_a_server_that_asks_for_one_gets_it(server: Server, take: Take) -> None:
    server.on("/sdn", Said(500))
    pauses: list[float] = []
    take(settings=FetchSettings(max_tries=5, backoff_s=2, max_wait_s=100), sleep=pauses.append)
    assert [2 ** (n + 1) * 0.5 <= pause <= 2 ** (n + 1) * 1.5 for n, pause in enumerate(pauses)] == [True] * 4
    server.on("/sdn", Said(429, b"slow down", {"Retry-After": "1"}), b"1\n")
    assert (one(take(hours=1, sleep=pauses.append)).verdict, pauses[4:]) == ("accepted", [1.0])
    server.on("/sdn", Said(500), Said(500), Said(500), b"2\n")
    assert one(take(source(server, max_tries=5), hours=2)).verdict == "accepted", "as long as its declaration says"


REFUSED = """https://files.example.org:8443/a https://user@files.example.org/a https://files.example.org.evil.com/a
    https://evil.com/files.example.org http://files.example.org/a https://localhost/a"""


def test_declared_hosts_alone_are_asked_safely_or_with_a_checksum_also_by_redirects(server: Server, take: Take) -> None:
    of = source(server, http_with_checksum=True)

    def is_allowed(url: str, *, has_checksum: bool = False) -> bool:
        return FetchPolicy().refusal(httpx.URL(url), of, has_checksum=has_checksum) is None

    assert [url for url in REFUSED.split() if is_allowed(url)] == []
    assert all(map(is_allowed, ("https://files.example.org/a", "https://FILES.example.org./a")))
    assert is_allowed("http://files.example.org/a", has_checksum=True)
    assert not is_allowed("http://127.0.0.1/a", has_checksum=True)
    server.on("/sdn", moved("/there"))
    server.on("/there", with_etag(b"1\n", "v1"))
    receipt = one(take())
    assert (receipt.verdict, receipt.files[0].url) == ("accepted", server.url("/sdn"))
    server.asked.clear()
    reason = failed(take(hours=1, policy=FetchPolicy()))
    assert "not asked: 127.0.0.1 is not a host that the source declares (files.example.org)" in reason
    assert server.asked == []


def test_what_is_not_there_not_safe_or_not_to_be_fetched_is_said(server: Server, take: Take) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = FileSpec(url=f"http://127.0.0.1:{free.getsockname()[1]}/sdn")
        assert "127.0.0.1 cannot be reached" in failed(take(source(server, {"sdn.csv": nobody})))

    def sleep(_: float) -> None:
        raise ZeroDivisionError("a bug")

    unsafe = FileSpec(url=server.url("/sdn").replace("http://", "https://"))
    assert "no safe connection to 127.0.0.1 (TLS)" in failed(take(source(server, {"sdn.csv": unsafe}), 1, sleep=sleep))
    server.on("/sdn", Said(503))
    assert "the fetcher failed on what was served: ZeroDivisionError: a bug" in failed(take(hours=2, sleep=sleep))
    server.on("/sdn", b"1\n")
    optional = FileSpec(url=server.url("/add"), required=False)
    receipt = one(take(source(server, {"sdn.csv": "/sdn", "add.csv": optional}), 3))
    assert (receipt.verdict, [f.name for f in receipt.files]) == ("accepted", ["sdn.csv"])
    assert "a file was left out: add.csv: 127.0.0.1 answered HTTP 404" in receipt.warnings[0]
    assert "add.csv: 127.0.0.1 answered HTTP 404" in failed(take(source(server, {"add.csv": optional}), 4))
    server.asked.clear()
    taken = take(source(server, live="manual"), 5)
    assert (taken.receipts, server.asked) == ((), [])
    assert "ingested by hand with `bilateral refresh --from DIR`" in taken.notes[0]


WRONG: list[dict[str, Any]] = [
    {"user_agent": "python-httpx/0.28"},
    {"user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"},
    {"user_agent": "Mozilla/5.0 (compatible; short)"},
    {"user_agent": "Mozilla/5.0 (compatible; somebody\r\nX-Other: and a header)"},
    {"user_agent": "Mozilla/5.0 (compatible; Ünïcödé of a very long name)"},
    *({"contact": text} for text in ("somebody", "https://example.org/\r\nX: y")), {"timeout_s": 0}, {"max_tries": 0},
]  # fmt: skip


def test_settings_are_of_the_environment_and_a_wrong_one_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in WRONG:
        with pytest.raises(ValidationError) as refused:
            FetchSettings(**wrong)
        assert [problem["loc"] for problem in refused.value.errors()] == [tuple(wrong)], wrong
    # Since 2026-07-30 OFAC answers 403 to agents that do not begin with Mozilla/ and a digit or are shorter than 40 characters.
    assert FetchSettings().agent == "Mozilla/5.0 (compatible; bilateral-relations-warehouse)"
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 bilateral-relations-warehouse/0.1"
    assert FetchSettings(user_agent=agent).agent == agent
    assert "secret" not in repr(FetchSettings(socrata_token="secret"))
    expected = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"BILATERAL_{name.upper()}", "")
    assert Settings() == expected
    monkeypatch.setenv("BILATERAL_CONTACT", "https://example.org/about")
    monkeypatch.setenv("BILATERAL_DEADLINE_S", "60")
    found = Settings().fetch
    assert (found.contact, found.deadline_s, found.backoff_s) == ("https://example.org/about", 60, 1)


@given(st.text() | st.integers().map(str))
def test_a_pause_is_read_as_seconds_or_as_a_date_and_any_other_text_is_none(value: str) -> None:
    now = NOW.replace(tzinfo=UTC)
    later, earlier = (format_datetime(now + timedelta(seconds=n), usegmt=True) for n in (90, -90))
    read = {"5": 5, " 0 ": 0, "9" * 400: 999_999_999, later: 90, earlier: 0}
    none = (None, "soon", "-1", "²", NO_DATE, "Tue, 03 Oct 9999999999 18:43:24 GMT", "Tue, 03 Oct -1 18:43:24 GMT")
    assert {value: retry_after(value, now) for value in (*read, *none)} == read | dict.fromkeys(none)
    found = retry_after(value, now)
    assert found is None or found >= 0


# GDELT

MASTER, LAST = "/v2/masterfilelist.txt", "/v2/lastupdate.txt"


def slot(hour: int, minute: int) -> datetime:
    return datetime(2023, 10, 3, hour, minute)


def gdelt(server: Server) -> Source:
    index = FileSpec(url=server.url(LAST), index="slots")
    return source(server, {"*.export.CSV": index}, id="gdelt_v2_events", http_with_checksum=True)


def index(server: Server, *slots: datetime, last: int = 1, **wrong: Any) -> list[str]:
    """Serve the files of some slots and their index, of which the last line may be wrong; returns its lines."""
    lines = []
    for at in slots:
        name = f"{at:%Y%m%d%H%M%S}.export.CSV"
        packed = zipped(name, b"1\t2\n")
        server.on(f"/v2/{name}.zip", packed)
        said = {"size": len(packed), "md5": hashlib.md5(packed).hexdigest()} | (wrong if at == slots[-1] else {})
        lines.append(f"{said['size']} {said['md5']} {wrong.get('base', server.url(''))}/v2/{name}.zip\n")
    others = [line.replace(".export.CSV", ".mentions.CSV") for line in lines]
    server.on(LAST, "".join(lines[-last:] + others[-last:]).encode())
    server.on(MASTER, "".join(a + b for a, b in zip(lines, others, strict=True)).encode())
    return lines


@pytest.fixture
def slots(server: Server, store: RawStore) -> Callable[..., Ingested]:
    def taken(*asked: datetime) -> Ingested:
        of = visit(gdelt(server), store, PATIENT, now=slot(15, 5))
        return store.take(of.source, gdelt_slots(of, list(asked)), origin="live")

    return taken


def shown(*receipts: Receipt) -> list[tuple[str, datetime]]:
    return [(r.verdict, r.retrieved_at) for r in receipts]


def test_a_slot_is_a_snapshot_of_its_moment_and_asked_for_once_in_turn(server: Server, store: RawStore, slots: Take) -> None:
    index(server, slot(14, 45), slot(15, 0), last=2)
    findings = gdelt_slots(visit(gdelt(server), store, now=slot(15, 5)), [slot(14, 45), slot(15, 0)])
    next(findings)
    assert server.paths == [LAST, "/v2/20231003144500.export.CSV.zip"]
    assert isinstance(findings, Generator)
    findings.close()
    assert store.snapshots("gdelt_v2_events") == []
    receipt = one(slots(slot(15, 0)))
    assert shown(receipt) == [("accepted", slot(15, 0))]
    assert store.read("gdelt_v2_events", receipt.snapshot) == {"20231003150000.export.CSV": b"1\t2\n"}
    assert MASTER not in server.paths
    server.asked.clear()
    assert slots(slot(15, 0)) == slots(slot(15, 15), slot(23, 0)) == Ingested(), "held, and after now"
    assert server.asked == []


def test_older_slots_are_found_in_the_master_list_and_a_missing_one_is_a_gap(server: Server, slots: Take, take: Take) -> None:
    lines = index(server, *(slot(14, m) for m in (0, 15, 30, 45)))
    end, whole = Said(206, "".join(lines)[5:].encode()), "".join(lines).encode()
    server.on(MASTER, end)
    assert shown(*slots(slot(14, 45), slot(14, 15)).receipts) == [("accepted", slot(14, m)) for m in (15, 45)]
    assert (server.asked[1].headers["range"][:7], server.paths.count(MASTER)) == ("bytes=-", 1)
    server.on(MASTER, end, whole)
    assert one(slots(slot(14, 0))).verdict == "accepted"
    assert server.paths.count(MASTER) == 3
    index(server, slot(13, 0), slot(13, 30))
    taken = slots(*(slot(13, m) for m in (0, 15, 30, 45)), slot(20, 0))
    assert ([r.retrieved_at for r in taken.receipts], taken.gaps) == ([slot(13, 0), slot(13, 30)], (slot(13, 15),))
    taken = take(gdelt(server), now=slot(13, 50))
    assert (taken.receipts, len(taken.gaps)) == ((), 93), "a refresh asks for those of a day"


def test_a_slot_that_failed_or_is_not_that_of_the_index_is_asked_again(server: Server, store: RawStore, slots: Take) -> None:
    assert "index: 127.0.0.1 answered HTTP 404" in failed(slots(slot(15, 0)))
    index(server, slot(15, 0), base="http://evil.example.com")
    assert "evil.example.com is not a host that" in failed(slots(slot(15, 0)))
    for wrong in ({"md5": "0" * 32}, {"size": 1}):
        index(server, slot(14, 45), slot(15, 0), last=2, **wrong)
        last = slots(slot(14, 45), slot(15, 0)).receipts[-1]
        assert (last.verdict, "20231003150000.export.CSV.zip: not the file of the index" in str(last.reason)) == ("failed", True)
    assert store.snapshots("gdelt_v2_events")[0] == "2023-10-03T144500Z", "one that fails does not stop the others"
    index(server, slot(15, 0))
    path = "/v2/20231003150000.export.CSV.zip"
    server.on(path, Said(404), *server.answers[path])
    assert [one(slots(slot(15, 0))).verdict for _ in range(2)] == ["failed", "accepted"]


def test_lines_of_the_index_are_read_by_their_form_and_the_sums_of_gdelt_1_have_the_other_order() -> None:
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
    sums = f"{md5}  20140122.export.CSV.zip\nsize md5 url\n{md5}  99991231.export.CSV.zip\n".encode()
    (line,) = parse_index(sums, ".export.CSV", "days", "http://h/events/md5sums").values()
    assert (line.slot, line.n_bytes, line.url) == (datetime(2014, 1, 23), None, "http://h/events/20140122.export.CSV.zip")


@given(st.from_regex(rb"[0-9a-f]{32}  [0-9]{8}\.export\.CSV\.zip\n", fullmatch=True) | st.binary())
def test_any_list_of_sums_gives_moments_that_lie_on_midnights(data: bytes) -> None:
    assert all(moment.time() == datetime.min.time() for moment in parse_index(data, ".export.CSV", "days", "http://h/"))


def test_the_published_lists_of_slots_and_of_sums_are_read(real_data: Path) -> None:
    def published(name: str) -> bytes:
        with zipfile.ZipFile(real_data / "news" / "gdelt" / name) as archive:
            return archive.read(archive.namelist()[0])

    slots = parse_index(published("v2_masterfilelist_english.txt.zip"), ".export.CSV", "slots")
    assert (len(slots), min(slots)) == (300, datetime(2015, 2, 18, 23))
    sums = parse_index(published("v1_event_md5sums.txt.zip"), ".export.CSV", "days", "http://h/")
    of_2014 = {datetime(2014, 1, 1) + timedelta(days=n) for n in range(365)}
    lacking = sorted(of_2014 - {slot - timedelta(days=1) for slot in sums})
    assert lacking == [datetime(2014, 1, 23), datetime(2014, 1, 24), datetime(2014, 1, 25), datetime(2014, 3, 19)]


def test_a_day_of_gdelt_1_is_checked_against_the_list_of_sums(server: Server, take: Take) -> None:
    packed = zipped("20231001.export.CSV", b"1\t2\n")
    md5 = hashlib.md5(packed).hexdigest()
    server.on("/events/md5sums", f"{md5}  20231001.export.CSV.zip\n{'0' * 32}  20231003.export.CSV.zip\n".encode())
    server.on("/events/20231001.export.CSV.zip", packed)
    files: dict[str, str | FileSpec] = {"*.export.CSV": FileSpec(url=server.url("/events/md5sums"), index="days")}
    wanted = [datetime(2023, 10, day).date() for day in (1, 2, 3, 9)]
    of = source(server, files, id="gdelt_v1_events", http_with_checksum=True)
    taken = take(of, now=datetime(2023, 10, 4, 6), days=wanted)
    assert shown(*taken.receipts) == [("accepted", datetime(2023, 10, 2)), ("failed", datetime(2023, 10, 4))]
    assert taken.gaps == (datetime(2023, 10, 2),)


# addresses with a day, keys, pages --------------------------------------------------------------------------------------

TITLES = b'{"titles": [{"number": 14, "up_to_date_as_of": "2023-09-01"}, {"number": 15, "up_to_date_as_of": "2023-09-29"}]}'


def test_an_address_may_hold_the_day_of_the_authority_or_the_newest_of_the_ecfr(server: Server, take: Take) -> None:
    server.on("/full/2023-11-16.xml", b"<a/>")
    spec = FileSpec(url=server.url("/full/{date}.xml"), kind="xml")
    in_washington = source(server, {"part.xml": spec}, timezone="America/New_York")
    assert one(take(in_washington)).verdict == "accepted"
    # 04:07 UTC of the 17th is still the 16th in Washington
    take(in_washington, hours=16)
    assert server.paths == ["/full/2023-11-16.xml"] * 2
    server.on("/api/versioner/v1/titles.json", TITLES, b'{"titles": []}')
    server.on("/full/2023-09-29.xml", b"<b/>")
    of = source(server, {"part.xml": FileSpec(url=server.url("/full/{date}.xml"), ecfr_title=15, kind="xml")}, id="us_bis_meu")
    assert one(take(of)).verdict == "accepted"
    assert "up to which day title 15" in failed(take(of, hours=24))


def test_a_key_is_needed_sent_and_written_nowhere_and_one_that_is_refused_is_a_failure(server: Server, take: Take) -> None:
    spec = FileSpec(url=server.url("/data/2022?get=NAME"), key="census_key", kind="json")
    of = source(server, {"state_pop_2022_acs1.json": spec})
    assert "answers no query without a key; set BILATERAL_CENSUS_KEY" in failed(take(of))
    assert server.asked == []
    server.on("/data/2022?get=NAME&key=a+secret%2Fkey", b'[["NAME"],["Ohio"]]')
    receipt = one(take(of, 1, FAST.model_copy(update={"census_key": "a secret/key"})))
    assert (receipt.verdict, b"secret" in receipt.to_json()) == ("accepted", False)
    assert receipt.files[0].url == server.url("/data/2022?get=NAME&key=***")
    server.on("/data/invalid_key.html", b"<html>Invalid Key</html>")
    for hours, (headers, why) in enumerate((({}, "invalid key"), ({"X-DataWebAPI-KeyError": "not active"}, "not active")), 2):
        server.on("/data/2022?get=NAME&key=wrong", Said(302, headers={"Location": "/data/invalid_key.html", **headers}))
        reason = failed(take(of, hours, FAST.model_copy(update={"census_key": "wrong"})))
        assert reason == f"state_pop_2022_acs1.json: 127.0.0.1 does not take the key that was sent: {why}"


FIRST, SECOND = (f"/rows?$order=:id&$limit=2&$offset={offset}" for offset in (0, 2))


def test_pages_are_asked_in_order_until_one_is_not_full_or_fails(server: Server, store: RawStore, take: Take) -> None:
    rows = FileSpec(url=server.url("/rows"), pages="socrata", page_rows=2, kind="json", via="api")
    views = FileSpec(url=server.url("/views"), kind="json", required=False)
    bulk = FileSpec(url=server.url("/bulk"), required=False, via="bulk")
    of = source(server, {"views.json": views, "page-*.json": rows, "rows.csv": bulk})
    server.on("/views", b'{"rowsUpdatedAt": 5}', b'{"rowsUpdatedAt": 5, "viewCount": 9}')
    server.on(FIRST, b'[{"a": "1"}, {"a": "2"}]')
    server.on(SECOND, b'[{"a": "3"}]')
    server.on("/bulk", b"a\n1\n")
    receipt = one(take(of, settings=FAST.model_copy(update={"socrata_token": "T"})))
    assert sorted(store.read(SDN, receipt.snapshot)) == ["page-0001.json", "page-0002.json", "views.json"]
    assert [(a.path, a.headers.get("x-app-token")) for a in server.asked] == [("/views", None), (FIRST, "T"), (SECOND, "T")]
    assert one(take(of, hours=24)).verdict == "unchanged", "an edition that is held is not asked for again"
    assert server.paths.count(FIRST) == 1
    receipt = one(take(of, 25, FAST.model_copy(update={"socrata": "bulk"})))
    assert sorted(store.read(SDN, receipt.snapshot)) == ["rows.csv", "views.json"]
    del server.answers["/views"]
    server.on(SECOND, Said(429, headers={"Retry-After": "0"}))
    assert "too many requests; asked 3 times" in failed(take(of, 26))
    assert server.paths.count(SECOND) == 4
    for hours, page in enumerate((b"<html>busy</html>", b"[" * 90_000), 27):
        server.on(FIRST, page)
        assert f"is not JSON: it begins with {page[:6]!r}"[:-1] in failed(take(of, hours))
    server.on("/views", b"[" * 40_000 + b"]" * 40_000)  # what a portal says of its edition may be nonsense
    server.on(FIRST, b"[]")
    assert [one(take(of, hours=n)).verdict for n in (30, 31)] == ["accepted", "unchanged"]


def test_soda3_posts_its_query_and_next_pages_are_followed_on_the_hosts(server: Server, store: RawStore, take: Take) -> None:
    server.on("/rows", b"[]")
    spec = FileSpec(url=server.url("/rows"), pages="soda3", page_rows=2, kind="json", via="soda3")
    of, soda = source(server, {"page-*.json": spec}), FAST.model_copy(update={"socrata": "soda3"})
    assert "needs an application token" in failed(take(of, settings=soda))
    assert server.asked == []
    assert one(take(of, 1, soda.model_copy(update={"socrata_token": "T"}))).verdict == "accepted"
    query = b'{"query": "SELECT *", "page": {"pageNumber": 1, "pageSize": 2}, "includeSynthetic": false}'
    assert [asked.body for asked in server.asked] == [query]
    server.on("/p1", f'{{"next_page_url": "{server.url("/p2")}"}}'.encode())
    server.on("/p2", b'{"next_page_url": "https://elsewhere.example.org/p3"}', b'{"next_page_url": null}')
    of = source(server, {"page-*.json": FileSpec(url=server.url("/p1"), pages="next_page_url", kind="json")})
    assert "elsewhere.example.org is not a host that" in failed(take(of, 2))
    receipt = one(take(of, 3))
    assert sorted(store.read(SDN, receipt.snapshot)) == ["page-0001.json", "page-0002.json"]
