"""Each family of sources asked at its declared address, of a server that answers as its publisher is known to.

Known from public reports of people who fetch the same files, from the publishers' documentation, and from headers that others
have recorded; none of it was seen by this project, which has not met the real servers (docs/limits.md).
"""

import gzip
import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fuzz.fuzzed_fetcher import zipped
from pipelines.cli.doctor import REPORT, ask_online
from pipelines.ingest.fetch.http import FetchPolicy, Requester
from pipelines.ingest.fetch.probe import FIRST_BYTES, ProbeResult, ask_each
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested
from pipelines.ingest.sources import Source, load_sources
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.publishers import FAST, Asked, Publisher, Publishers, Said, failed, fetched, one
from tests.reading.test_saved_again import SDN, SEEDS
from tests.whole.archives import sdn

SOURCES = load_sources()
GOOD = {source: data for source, _, data in SEEDS}
HTML = b"<!DOCTYPE html><html><head><title>Access Denied</title></head><body>Reference&#32;&#35;18</body></html>"
PATIENT = FAST.model_copy(update={"timeout_s": 2})


def take(world: Publishers, store: RawStore, source: Source | str, hours: int = 0, **settings: Any) -> Ingested:
    of, asked = SOURCES[source] if isinstance(source, str) else source, PATIENT.model_copy(update=settings)
    return fetched(of, store, asked, hours, policy=FetchPolicy(), open_client=world.open_client)


def with_etag(body: bytes, kind: str, **headers: str) -> Publisher:
    """Serves a file with an ETag, and 304 where that is the one that is held."""
    etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'

    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == etag:
            return Said(304, headers={"ETag": etag})
        return Said(200, body, {"ETag": etag, "Content-Type": kind, "Last-Modified": "Thu, 16 Nov 2023 10:00:00 GMT", **headers})

    return answer


BUCKET = "wc2h-sls-prod-public-published.s3.us-gov-west-1.amazonaws.com"
SLS = "sanctionslistservice.ofac.treas.gov"


def ofac(world: Publishers, files: dict[str, bytes]) -> None:
    signed = iter(range(1_000))

    def service(asked: Asked) -> Said:
        agent = asked.headers.get("user-agent", "")
        if re.match(r"Mozilla/\d", agent) is None or len(agent) < 40:
            return Said(403, HTML, {"Server": "awselb/2.0", "Content-Type": "text/html"})
        name = asked.path.rpartition("/")[2]
        if name not in files:
            return Said(404, b"", {"Content-Type": "application/json"})
        there = f"https://{BUCKET}/{name}?X-Amz-Expires=300&X-Amz-Signature={next(signed)}"
        return Said(302, b"", {"Location": there, "Set-Cookie": "AWSALB=abc; Expires=Thu, 23 Nov 2023 12:07:00 GMT; Path=/"})

    def bucket(asked: Asked) -> Said:
        return with_etag(files[asked.path[1:].partition("?")[0]], "application/octet-stream", Server="AmazonS3")(asked)

    world.by_host = {SLS: service, BUCKET: bucket}


def test_ofacs_lists_come_from_the_bucket_once_and_refusals_are_mended_by_a_next_run(world: Publishers, store: RawStore) -> None:
    ofac(world, {"SDN.CSV": sdn(), "CONS_PRIM.CSV": SDN})
    agent = "Mozilla/5.0 (compatible; x)"
    assert "firewall may refuse the user agent that was sent" in failed(take(world, store, "us_ofac_sdn", user_agent=agent))
    first = one(take(world, store, "us_ofac_sdn", hours=1))
    assert (first.verdict, first.files[0].url) == ("accepted", f"https://{SLS}/api/download/SDN.CSV")
    assert all("left out" in w for w in first.warnings), "the optional files were not there"
    assert one(take(world, store, "us_ofac_sdn", hours=2)).verdict == "unchanged"
    # the signature is another each time, and the mark of the bytes counts all the same
    assert [a.headers.get("if-none-match") is not None for a in world.of(BUCKET)] == [False, True]
    assert not any("cookie" in a.headers for a in world.asked), "a cookie of the balancer is not carried along"
    expired = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    bucket = world.by_host[BUCKET]
    world.by_host[BUCKET] = lambda _: Said(403, expired, {"Content-Type": "application/xml"})
    failed(take(world, store, "us_ofac_cons"))
    world.by_host[BUCKET] = bucket
    assert one(take(world, store, "us_ofac_cons", hours=2)).verdict == "accepted"


REGISTER = "www.federalregister.gov"


def test_a_wall_for_programs_is_named_and_for_the_ecfr_the_bulk_file_of_govinfo_asked(world: Publishers, store: RawStore) -> None:
    wall = Said(302, HTML, {"Location": "https://unblock.federalregister.gov", "Content-Type": "text/html"})
    world.by_host = {REGISTER: lambda _: wall, "www.ecfr.gov": lambda _: wall}
    for source in ("us_federal_register", "us_bis_meu"):
        reason = failed(take(world, store, source))
        assert "redirects to https://unblock.federalregister.gov" in reason
        assert "not a host that the source declares" in reason
    world.by_host["www.govinfo.gov"] = lambda _: Said(200, GOOD["us_bis_meu"], {"Content-Type": "application/xml"})
    receipt = one(take(world, store, "us_bis_meu", hours=1))
    there = "https://www.govinfo.gov/bulkdata/ECFR/title-15/ECFR-title15.xml"
    assert (receipt.verdict, receipt.files[0].url) == ("accepted", there)
    assert "had from www.govinfo.gov instead" in receipt.warnings[0]


def slots(*minutes: str) -> tuple[dict[str, bytes], bytes]:
    """Files of GDELT by the path of each, and the index of all."""
    names = (f"202311161{m}00.export.CSV" for m in minutes)
    files = {f"/gdeltv2/{name}.zip": zipped(name, f"{name[9:12]}\t2\n".encode()) for name in names}
    sums = {path: hashlib.md5(data, usedforsecurity=False).hexdigest() for path, data in files.items()}
    lines = (f"{len(files[path])} {md5} http://data.gdeltproject.org{path}\n" for path, md5 in sums.items())
    return files, "".join(lines).encode()


def test_slots_come_late_badly_certified_or_too_long(world: Publishers, store: RawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is written first; a bucket answers 404 in XML until the file is copied, and the next run has it."""
    files, index = slots("200", "145", "130", "115")
    there = {path: data for path, data in files.items() if "200" not in path}

    def bucket(asked: Asked) -> Said:
        if asked.path.endswith(".txt"):
            return Said(200, index, {"Server": "UploadServer", "x-goog-hash": "crc32c=AAAAAA==", "Cache-Control": "no-cache"})
        missing = Said(404, b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code></Error>")
        return Said(200, there[asked.path], {"Content-Type": "application/zip"}) if asked.path in there else missing

    def verdicts() -> list[str]:
        world.asked.clear()
        return [r.verdict for r in take(world, store, "gdelt_v2_events").receipts]

    world.by_host = {"data.gdeltproject.org": bucket}
    with monkeypatch.context() as over:
        over.setattr(Requester, "is_over", property(lambda _: len(world.asked) >= 4))
        short = take(world, store, "gdelt_v2_events")
    assert [r.verdict for r in short.receipts] == ["accepted"] * 2
    assert any("files are left for the next run" in note for note in short.notes)
    assert verdicts() == ["accepted", "failed"]
    assert {a.headers["x-scheme"] for a in world.asked} == {"https"}, "also where its index writes http"
    there = files
    # so it was until 2026; what comes is compared with its checksum
    world.bad_certificates = {"data.gdeltproject.org"}
    assert verdicts() == ["accepted"]
    assert {a.headers["x-scheme"] for a in world.asked} == {"http"}
    world.asked.clear()
    reason = failed(take(world, store, "un_sc", visit_s=1e-9))
    assert ("the 0 s for this source are over; what is left is for the next run" in reason, world.asked) == (True, [])


def test_no_host_is_asked_for_two_things_at_once_and_all_name_themselves(world: Publishers, store: RawStore) -> None:
    """A run over every source that is fetched, at publishers that take their time."""
    world.pause_s = 0.005
    asked = [s for s in SOURCES.values() if s.live == "fetch" and s.id != "feeds"]
    hosts = {host for source in asked for host in source.hosts}
    world.by_host = dict.fromkeys(hosts, lambda _: Said(503, b"busy", {"Retry-After": "1"}))
    for source in asked:
        failed(take(world, store, source, census_key="a key"))
    assert {a.host for a in world.asked} >= hosts - {BUCKET, "unsolprodfiles.blob.core.windows.net", REGISTER}
    assert set(world.most_at_once.values()) == {1}
    assert all("bilateral-relations-warehouse" in a.headers["user-agent"] for a in world.asked)
    # a file that is refused as often as it may be asked for is left
    tries = {s.id: max(PATIENT.max_tries, s.max_tries or 0) for s in asked}
    assert all(len(world.of(host)) <= sum(tries[s.id] * len(s.files) for s in asked if host in s.hosts) for host in hosts)


def test_a_source_may_send_no_more_than_it_declares_in_all_its_files(world: Publishers, store: RawStore) -> None:
    """The budget is that of the visit, not of each file: what the first has used the second may not."""
    declared = SOURCES["us_ofac_sdn"].model_copy(update={"max_bytes": 3_000})
    ofac(world, {"SDN.CSV": sdn()[:2_900] + b"\r\n\x1a", "ADD.CSV": b"1,1,x\r\n" * 100, "ALT.CSV": b"1,1,x\r\n" * 100})
    receipt = one(take(world, store, declared))
    assert sum(f.n_bytes for f in receipt.files) <= 3_000
    assert sum("larger than" in w for w in receipt.warnings) == 2


def asked(world: Publishers, store: RawStore, source: str, settings: FetchSettings = PATIENT) -> dict[str, ProbeResult]:
    answers = ask_each([SOURCES[source]], settings, datetime(2026, 12, 1, tzinfo=UTC), store, open_with=world.open_client)
    return {a.file: a for a in answers}


def test_what_a_source_serves_is_told_and_reported_without_taking_it_in_and_what_is_held_already(
    world: Publishers, store: RawStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ofac(world, {"SDN.CSV": sdn()})
    answers = asked(world, store, "us_ofac_sdn")
    assert answers["sdn.csv"].says == f"would be accepted; there are no data of it yet; from {BUCKET}"
    assert (answers["sdn.csv"].status, answers["sdn.csv"].n_bytes, answers["sdn.csv"].is_good) == (200, len(sdn()), True)
    assert (answers["add.csv"].is_good, "not found: has the file moved?" in answers["add.csv"].says) == (False, True)
    assert store.snapshots("us_ofac_sdn") == []
    take(world, store, "us_ofac_sdn")
    assert "unchanged by its own word" in asked(world, store, "us_ofac_sdn")["sdn.csv"].says
    assert ask_online(Settings(warehouse=tmp_path / "warehouse", timeout_s=2, deadline_s=5), open_with=world.open_client) == 3
    report = (tmp_path / "warehouse" / REPORT).read_text()
    assert f"| us_ofac_sdn | sdn.csv | {SLS} | 200 | {len(sdn()):,} |" in report
    assert str(tmp_path) not in report, "the report can be sent"
    out = capsys.readouterr().out
    assert ("addresses answer with what would be accepted" in out, "FIX" in out) == (True, True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(200, HTML), "would be refused: a web page (HTML) where xml was expected"),
        (Said(200, b""), "would be refused: 0 bytes"),
        (Said(200, gzip.compress(HTML), {"Content-Encoding": "gzip"}), "would be refused: a web page"),
        (Said(403, HTML), "forbidden: its firewall may refuse the user agent"),
        (Said(500), "an error on its side"),
        (Said(302, b"", {"Location": "https://unblock.example.org/captcha"}), "not asked: unblock.example.org is not a host"),
        (Said(302, b"", {"Location": "http://169.254.169.254/"}), "is not a host that the source declares"),
        (Said(200, b"<CONSOLIDATED_LIST>" + b" " * 300_000), "would be accepted"),
        (Said(206, b"<CONSOLIDATED_LIST>", {"Content-Range": "bytes 0-18/50000000"}), "50,000,000 bytes, more than 40,000,000"),
    ],
)  # fmt: skip
def test_an_address_is_asked_once_and_its_misbehaviour_told(world: Publishers, store: RawStore, said: Said, told: str) -> None:
    world.by_host = {"scsanctions.un.org": lambda _: said}
    assert told in asked(world, store, "un_sc")["consolidated.xml"].says
    assert [a.headers["range"] for a in world.asked] == [f"bytes=0-{FIRST_BYTES - 1}"]


def test_feeds_are_asked_at_their_sites_and_a_key_is_needed_and_not_shown(world: Publishers, store: RawStore) -> None:
    def census(one: Asked) -> Said:
        return Said(302, b"", {"Location": "/data/missing_key.html", "X-DataWebAPI-KeyError": f"bad key {one.path[-9:]}"})

    world.by_host = {"api.census.gov": census}
    assert all("set BILATERAL_CENSUS_KEY" in a.says for a in asked(world, store, "us_census_population").values())
    assert world.asked == []
    with_key = PATIENT.model_copy(update={"census_key": "s3cretkey"})
    answers = asked(world, store, "us_census_population", with_key)
    assert all("does not take the key" in a.says and "s3cretkey" not in a.says for a in answers.values())
    world.by_host = {"ustr.gov": lambda _: Said(200, b"<rss></rss>")}
    assert [name for name, a in asked(world, store, "feeds").items() if a.is_good] == ["ustr"]
