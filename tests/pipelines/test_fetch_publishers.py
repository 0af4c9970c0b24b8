"""Each family of sources asked at its declared address, of a server that answers as its publisher is known to.

Known from public reports of people who fetch the same files, from the publishers' documentation, and from headers that others
have recorded; none of it was seen by this project, which has not met the real servers (docs/limits.md).
"""

import gzip
import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from benchmarks.fuzz.fuzzed_fetcher import zipped
from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.http import FetchContext, Requester
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested, Receipt
from pipelines.ingest.sources import Source, load_sources
from pipelines.settings import FetchSettings
from tests.pipelines.publishers import Asked, Publisher, Publishers, Said
from tests.reading.test_saved_again import SDN, SEEDS, STAGES
from tests.whole.archives import sdn

NOW = datetime(2023, 11, 16, 12, 7)
SETTINGS = FetchSettings(timeout_s=2, deadline_s=5, max_tries=2, backoff_s=0.001)
SOURCES = load_sources()
GOOD = {source: data for source, _, data in SEEDS}
HTML = b"<!DOCTYPE html><html><head><title>Access Denied</title></head><body>Reference&#32;&#35;18</body></html>"


def take(world: Publishers, store: RawStore, source: Source | str, hours: int = 0, **settings: Any) -> Ingested:
    of = SOURCES[source] if isinstance(source, str) else source
    visit = FetchContext(
        of, SETTINGS.model_copy(update=settings), NOW + timedelta(hours=hours), store,
        open_client=world.open_client, sleep=lambda _: None,
    )  # fmt: skip
    return store.take(of, fetch(visit), origin="live")


def one(taken: Ingested) -> Receipt:
    (receipt,) = taken.receipts
    return receipt


def with_etag(body: bytes, kind: str, **headers: str) -> Publisher:
    """Serves a file with an ETag, and 304 where that is the one that is held."""
    etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'

    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == etag:
            return Said(304, headers={"ETag": etag})
        return Said(200, body, {"ETag": etag, "Content-Type": kind, "Last-Modified": "Thu, 16 Nov 2023 10:00:00 GMT", **headers})

    return answer


# OFAC: a firewall that looks at the agent, a redirect to a bucket with a signature that expires ----------------------------

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


def test_ofacs_lists_come_from_the_bucket_and_are_not_sent_again(world: Publishers, store: RawStore) -> None:
    ofac(world, {"SDN.CSV": sdn()})
    first = one(take(world, store, "us_ofac_sdn"))
    assert (first.verdict, first.files[0].url) == ("accepted", f"https://{SLS}/api/download/SDN.CSV")
    assert all("left out" in w for w in first.warnings), "the optional files were not there"
    again = one(take(world, store, "us_ofac_sdn", hours=2))
    assert again.verdict == "unchanged"
    # the signature is another each time, and the mark of the bytes counts all the same
    assert [a.headers.get("if-none-match") is not None for a in world.of(BUCKET)] == [False, True]
    assert not any("cookie" in a.headers for a in world.asked), "a cookie of the balancer is not carried along"


def test_an_agent_that_ofacs_firewall_refuses_is_named_and_an_expired_signature_is_mended_by_the_next_run(
    world: Publishers, store: RawStore
) -> None:
    ofac(world, {"SDN.CSV": sdn(), "CONS_PRIM.CSV": SDN})
    refused = one(take(world, store, "us_ofac_sdn", user_agent="Mozilla/5.0 (compatible; x)"))
    assert refused.verdict == "failed"
    assert "its firewall may refuse the user agent that was sent" in str(refused.reason)
    assert one(take(world, store, "us_ofac_sdn", hours=1)).verdict == "accepted", "the usual agent passes"
    expired = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    bucket = world.by_host[BUCKET]
    world.by_host[BUCKET] = lambda _: Said(403, expired, {"Content-Type": "application/xml"})
    assert one(take(world, store, "us_ofac_cons")).verdict == "failed"
    world.by_host[BUCKET] = bucket
    assert one(take(world, store, "us_ofac_cons", hours=2)).verdict == "accepted"


# the UN, Switzerland, Canada, the United Kingdom, the EU, the CSL -----------------------------------------------------------


def test_the_uns_list_is_followed_to_the_store_and_a_cookie_changes_nothing(world: Publishers, store: RawStore) -> None:
    there = "https://unsolprodfiles.blob.core.windows.net/publiclegacyxmlfiles/EN/consolidatedLegacyByPRN.xml"
    world.by_host = {
        "scsanctions.un.org": lambda _: Said(301, b"", {"Location": there, "Set-Cookie": "ARRAffinity=1; HttpOnly"}),
        "unsolprodfiles.blob.core.windows.net": with_etag(GOOD["un_sc"], "application/xml", **{"x-ms-blob-type": "BlockBlob"}),
    }
    assert [one(take(world, store, "un_sc", hours=n)).verdict for n in (0, 4)] == ["accepted", "unchanged"]


@pytest.mark.parametrize(
    ("source", "host"),
    [("ch_seco", "www.sesam.search.admin.ch"), ("ca_sema", "www.international.gc.ca"),
     ("gb_sanctions", "sanctionslist.fcdo.gov.uk"), ("eu_fsf", "webgate.ec.europa.eu")],
)  # fmt: skip
def test_a_list_in_xml_comes_packed_with_a_session_that_is_not_kept(
    world: Publishers, store: RawStore, source: str, host: str
) -> None:
    """Java servers open a session with each download, name the file in a header, pack it, and know no conditions."""
    headers = {
        "Content-Encoding": "gzip", "Content-Type": "text/xml;charset=UTF-8", "Set-Cookie": "JSESSIONID=1; Path=/; Secure",
        "Content-Disposition": "attachment; filename=list.xml", "Cache-Control": "no-store", "Vary": "Accept-Encoding",
    }  # fmt: skip
    body = next(data for name, _, data in SEEDS if name == source and data.lstrip().startswith(b"<"))
    world.by_host = {host: lambda _: Said(200, gzip.compress(body), headers)}
    receipts = [one(take(world, store, source, hours=n)) for n in (0, 24)]
    assert [r.verdict for r in receipts] == ["accepted", "unchanged"]
    assert list(store.read(source, receipts[0].snapshot).values()) == [body]
    assert {a.headers["accept-encoding"] for a in world.asked} == {"gzip"}
    assert not any("cookie" in a.headers for a in world.asked)


@pytest.mark.parametrize(("source", "host"), [("us_dhs_uflpa", "www.dhs.gov"), ("us_ofac_recent_actions", "ofac.treasury.gov")])
def test_a_page_behind_a_content_network_that_refuses_is_a_failure_and_keeps_what_is_held(
    world: Publishers, store: RawStore, source: str, host: str
) -> None:
    world.by_host = {host: lambda _: Said(200, GOOD[source], {"Content-Type": "text/html; charset=UTF-8"})}
    held = one(take(world, store, source))
    assert held.verdict == "accepted"
    world.by_host = {host: lambda _: Said(403, HTML, {"Server": "AkamaiGHost", "Mime-Version": "1.0"})}
    refused = one(take(world, store, source, hours=1))
    assert (refused.verdict, "HTTP 403" in str(refused.reason)) == ("failed", True)
    assert store.last_accepted(source) == held


# the Federal Register and the eCFR: pages that shift, a wall for programs ---------------------------------------------------

REGISTER = "www.federalregister.gov"


def documents(*numbers: str, following: str | None = None) -> bytes:
    found = [
        {"document_number": n, "title": f"Rule {n}", "type": "Rule", "publication_date": "2023-10-03",
         "html_url": f"https://{REGISTER}/d/{n}", "agencies": [{"slug": "industry-and-security-bureau"}]}
        for n in numbers
    ]  # fmt: skip
    more = {} if following is None else {"next_page_url": following}
    return json.dumps({"count": len(numbers), "results": found, **more}).encode()


def test_pages_of_the_register_are_followed_and_a_document_on_two_of_them_is_one(world: Publishers, store: RawStore) -> None:
    """While pages are asked for a document is published: what stood at the end of the first stands on the second too."""
    second = f"https://{REGISTER}/api/v1/documents.json?page=2"

    def register(asked: Asked) -> Said:
        body = documents("2023-2", "2023-1") if "page=2" in asked.path else documents("2023-3", "2023-2", following=second)
        return Said(200, body, {"Content-Type": "application/json; charset=utf-8", "X-Cache": "Hit from cloudfront"})

    world.by_host = {REGISTER: register}
    receipt = one(take(world, store, "us_federal_register"))
    assert receipt.verdict == "accepted"
    pages = store.read("us_federal_register", receipt.snapshot)
    assert sorted(STAGES["us_federal_register"](pages).frames["documents"]["document_number"].unique()) == [
        "2023-1",
        "2023-2",
        "2023-3",
    ]


def test_a_wall_for_programs_is_named_and_for_the_ecfr_the_bulk_file_of_govinfo_asked(world: Publishers, store: RawStore) -> None:
    wall = Said(302, HTML, {"Location": "https://unblock.federalregister.gov", "Content-Type": "text/html"})
    world.by_host = {REGISTER: lambda _: wall, "www.ecfr.gov": lambda _: wall}
    for source in ("us_federal_register", "us_bis_meu"):
        reason = str(one(take(world, store, source)).reason)
        assert "redirects to https://unblock.federalregister.gov" in reason
        assert "not a host that the source declares" in reason
    world.by_host["www.govinfo.gov"] = lambda _: Said(200, GOOD["us_bis_meu"], {"Content-Type": "application/xml"})
    receipt = one(take(world, store, "us_bis_meu", hours=1))
    there = "https://www.govinfo.gov/bulkdata/ECFR/title-15/ECFR-title15.xml"
    assert (receipt.verdict, receipt.files[0].url) == ("accepted", there)
    assert "had from www.govinfo.gov instead" in receipt.warnings[0]


# CDC's portal and the Census ------------------------------------------------------------------------------------------------


def portal(rows: list[dict[str, str]], updated: int) -> Publisher:
    """Socrata: pages by offset, an ETag of the page, and headers that say when the data were last true."""

    def answer(asked: Asked) -> Said:
        if "/api/views/" in asked.path:
            return Said(200, json.dumps({"rowsUpdatedAt": updated}).encode(), {"Content-Type": "application/json"})
        size, offset = (int(re.search(rf"{name}=(\d+)", asked.path)[1]) for name in ("limit", "offset"))  # type: ignore[index]
        body = gzip.compress(json.dumps(rows[offset : offset + size]).encode())
        return with_etag(
            body, "application/json;charset=utf-8",
            **{"Content-Encoding": "gzip", "X-SODA2-Truth-Last-Modified": "Wed, 15 Nov 2023 14:00:00 GMT",
               "X-SODA2-Data-Out-Of-Date": "false", "Access-Control-Allow-Origin": "*"},
        )(asked)  # fmt: skip

    return answer


def test_the_portal_is_read_page_by_page_and_asked_for_rows_only_after_an_update(world: Publishers, store: RawStore) -> None:
    declared = SOURCES["us_cdc_vsrr"]
    files = {n: f.model_copy(update={"page_rows": 2}) if f.pages else f for n, f in declared.files.items()}
    small = declared.model_copy(update={"files": files})
    rows = [{"state": "US", "year": "2023", "month": "June", "indicator": "x", "data_value": str(n)} for n in range(3)]
    world.by_host = {"data.cdc.gov": portal(rows, 5)}
    first = one(take(world, store, small))
    assert {"page-0001.json", "page-0002.json", "views.json"} == {f.name for f in first.files}
    n_asked = len(world.asked)
    assert one(take(world, store, small, hours=24)).verdict == "unchanged"
    assert len(world.asked) == n_asked + 1, "the description alone"


# GDELT and feeds ------------------------------------------------------------------------------------------------------------


def slots(*minutes: str) -> tuple[dict[str, bytes], bytes]:
    """Files of GDELT by the path of each, and the index of all."""
    files = {
        f"/gdeltv2/202311161{m}00.export.CSV.zip": zipped(f"202311161{m}00.export.CSV", f"{m}\t2\n".encode()) for m in minutes
    }
    lines = (
        f"{len(data)} {hashlib.md5(data, usedforsecurity=False).hexdigest()} http://data.gdeltproject.org{path}\n"
        for path, data in files.items()
    )
    return files, "".join(lines).encode()


def test_gdelt_lists_a_slot_before_its_file_is_there_and_may_have_the_certificate_of_another(
    world: Publishers, store: RawStore
) -> None:
    """The index is written first; a bucket answers 404 in XML until the file is copied, and the next run has it."""
    files, index = slots("200", "145")
    missing = Said(404, b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code></Error>")
    there = {path: data for path, data in files.items() if "145" in path}

    def bucket(asked: Asked) -> Said:
        if asked.path.endswith(".txt"):
            return Said(200, index, {"Server": "UploadServer", "x-goog-hash": "crc32c=AAAAAA==", "Cache-Control": "no-cache"})
        return Said(200, there[asked.path], {"Content-Type": "application/zip"}) if asked.path in there else missing

    world.by_host = {"data.gdeltproject.org": bucket}
    assert [r.verdict for r in take(world, store, "gdelt_v2_events").receipts] == ["accepted", "failed"]
    assert {a.headers["x-scheme"] for a in world.asked} == {"https"}, "also where its index writes http"
    world.asked.clear()
    there = files
    # so it was until 2026; what comes is compared with its checksum
    world.bad_certificates = {"data.gdeltproject.org"}
    assert [r.verdict for r in take(world, store, "gdelt_v2_events").receipts] == ["accepted"]
    assert {a.headers["x-scheme"] for a in world.asked} == {"http"}


# politeness -----------------------------------------------------------------------------------------------------------------


def test_of_all_sources_no_host_is_asked_for_two_things_at_once_and_all_name_themselves(
    world: Publishers, store: RawStore
) -> None:
    """A run over every source that is fetched, at publishers that take their time."""
    world.pause_s = 0.005
    asked = [s for s in SOURCES.values() if s.live == "fetch" and s.id != "feeds"]
    hosts = {host for source in asked for host in source.hosts}
    world.by_host = dict.fromkeys(hosts, lambda _: Said(503, b"busy", {"Retry-After": "1"}))
    for source in asked:
        assert [r.verdict for r in take(world, store, source, census_key="a key").receipts] == ["failed"], source.id
    assert {a.host for a in world.asked} >= hosts - {BUCKET, "unsolprodfiles.blob.core.windows.net", REGISTER}
    assert set(world.most_at_once.values()) == {1}
    assert all("bilateral-relations-warehouse" in a.headers["user-agent"] for a in world.asked)
    # a file that is refused as often as it may be asked for is left
    tries = {s.id: max(SETTINGS.max_tries, s.max_tries or 0) for s in asked}
    assert all(len(world.of(host)) <= sum(tries[s.id] * len(s.files) for s in asked if host in s.hosts) for host in hosts)


def test_a_source_may_send_no_more_than_it_declares_in_all_its_files(world: Publishers, store: RawStore) -> None:
    """The budget is that of the visit, not of each file: what the first has used the second may not."""
    declared = SOURCES["us_ofac_sdn"].model_copy(update={"max_bytes": 3_000})
    ofac(world, {"SDN.CSV": sdn()[:2_900] + b"\r\n\x1a", "ADD.CSV": b"1,1,x\r\n" * 100, "ALT.CSV": b"1,1,x\r\n" * 100})
    receipt = one(take(world, store, declared))
    assert sum(f.n_bytes for f in receipt.files) <= 3_000
    assert sum("larger than" in w for w in receipt.warnings) == 2


def test_when_the_time_of_a_source_is_over_the_rest_of_it_is_left_for_the_next_run(
    world: Publishers, store: RawStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, index = slots("100", "115", "130", "145")
    world.by_host = {"data.gdeltproject.org": lambda a: Said(200, files.get(a.path, index))}
    with monkeypatch.context() as over:
        over.setattr(Requester, "is_over", property(lambda _: len(world.asked) >= 4))
        short = take(world, store, "gdelt_v2_events")
    assert [r.verdict for r in short.receipts] == ["accepted"] * 2
    assert any("files are left for the next run" in note for note in short.notes)
    assert [r.verdict for r in take(world, store, "gdelt_v2_events").receipts] == ["accepted"] * 2
    world.asked.clear()
    reason = one(take(world, store, "un_sc", visit_s=1e-9)).reason
    assert "the 0 s for this source are over; what is left is for the next run" in str(reason)
    assert world.asked == []
