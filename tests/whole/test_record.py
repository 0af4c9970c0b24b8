"""Where vintages come from: the built-in record upon which all else is put, publishers that misbehave, keepers of old copies."""

import csv
import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from assets.news.published.coded_texts import CODED
from assets.news.published.coded_texts import SOURCE as CODED_TEXTS
from assets.sanctions.lists.us_ofac.remarks import kept_of
from pipelines.domains import DOMAINS
from pipelines.ingest import record as packs
from pipelines.ingest.backfill import Copy, Keeper, plan
from pipelines.ingest.receipts import Basis, Http
from pipelines.ingest.record_cuts import CUTS
from pipelines.ingest.sources import load_sources
from pipelines.maintenance.verify import differences
from pipelines.record.make import FILE, PARTS, make
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.settings import RECORD
from tests.pipelines.publishers import Asked, Publisher, Publishers, Said, listening
from tests.pipelines.test_backfill import ADDRESS, Wayback
from tests.pipelines.test_fetch_publishers import BUCKET, GOOD, HTML, SLS
from tests.real_files import SDN_BUNDLE, expand
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Done, Warehouse, ended, steps

WHOLE = "DOB 24 Nov 1990; POB Hubei, China; nationality China; Passport C18165248 (Hong Kong); a.k.a. 'WEAK'; Linked To: ACME."
KEPT = "POB China; nationality China; a.k.a. 'WEAK'; Linked To: ACME; (Hong Kong)."
REMARKS = "SELECT remarks FROM core.sanction_listings WHERE native_id = '1' AND known_to IS NULL"
STARTS = "SELECT native_id, valid_from::VARCHAR FROM core.sanction_listings WHERE valid_from IS NOT NULL ORDER BY 1"
MOST_BYTES = 15_000_000


def record_of(folder: Path, *data: bytes, since: int = 1, step: int = 1) -> Path:
    """A record of vintages of the SDN list on days of January 2023."""
    folder.mkdir()
    rows, files = [], []
    for n, content in enumerate(data):
        day = since + n * step
        cut, moment = CUTS[SDN]("sdn.csv", content) or b"", f"2023-01-{day:02}"
        files.append((f"{moment}/sdn.csv", cut))
        rows.append((SDN, moment, "commit", "sdn.csv", len(cut), packs.digest_of(cut), "terms", "made up"))
    packs.write_pack(packs.pack_of(SDN, folder), iter(files))
    with (folder / packs.CONTENTS).open("w", newline="") as table:
        csv.writer(table).writerows([packs.COLUMNS, *rows])
    return folder


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch, empty: Warehouse) -> Callable[..., Warehouse]:
    def refresh(record: Path, *, publish: bool = True) -> Warehouse:
        with monkeypatch.context() as patch:
            patch.setattr("pipelines.services.ingest.import_record", partial(packs.import_record, folder=record))
            patch.setattr("pipelines.ingest.origin.contents", partial(packs.contents, record))
            report = steps(empty.project(), "record", SDN, publish=publish)
            assert report.exit_code == 0, report
        return empty

    return refresh


@dataclass
class Kept(Keeper):
    """Who keeps copies that nobody reads."""

    found: list[Copy]
    basis: Basis = "commit"
    pause_s: float = 0

    def copies(self) -> tuple[list[Copy], list[str]]:
        return self.found, []

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        raise AssertionError(f"only the plan is asked for, not {limit:,} bytes of {copy.name}")


def events(warehouse: Warehouse) -> list[tuple[str, ...]]:
    listed = "core.sanction_events JOIN core.sanction_listings USING (listing_id)"
    return warehouse.rows(f"SELECT DISTINCT native_id, kind FROM {listed} ORDER BY ALL")


def test_remarks_keep_names_states_and_links_and_no_birth_or_document_and_each_imposition_no_other_note() -> None:
    for remarks, kind, kept in (
        (WHOLE, "person", KEPT),
        (KEPT, "person", KEPT),
        ("Tax ID No. 123 (China); Email Address a@b.cn.", "entity", "Tax ID No. 123 (China)."),
        ("DOB 1990; Gender Male.", "person", None),
    ):
        assert kept_of(remarks, kind) == kept
    imposed = "Authority: CBW Act; imposed 8/7/2003; status: Active; Vol. 68, No. 152, 08/07/03, Federal Register"
    earlier = "Authority: INA; imposed 2/13/2001; status: Expired on 02/13/03; Vol. 66, No. 37, 02/23/01, Federal Register"
    stated = {"name": "A", "country": "Jordan", "address": None}
    stated["notes"] = f"{imposed} | {earlier} | Location: Amman | Includes any successor"
    cut = json.loads(CUTS["us_state_isn"]("list.json", json.dumps({"entities": [stated]}).encode()) or b"")
    assert cut["entities"] == [stated | {"notes": f"{imposed} | {earlier}"}]


def test_what_a_cut_took_and_a_whole_vintage_brings_is_known_from_then_on(
    refreshed: Callable[..., Warehouse], tmp_path: Path
) -> None:
    warehouse = refreshed(record_of(tmp_path / "record", sdn({1: WHOLE}), sdn({1: WHOLE}, more=1)), publish=False)
    live = (sdn({1: WHOLE}, more=1), sdn({1: WHOLE, 2: "nationality Iran."}, more=1))
    assert warehouse.refresh(vintages(tmp_path / "live", *live, since=3)).exit_code == 0
    assert warehouse.rows("SELECT known_from::DATE::VARCHAR FROM core.sanction_birth_dates") == [("2023-01-03",)]
    assert events(warehouse) == [("2", "modified"), ("41", "added")]


def test_a_vintage_of_the_record_between_whole_ones_takes_nothing(refreshed: Callable[..., Warehouse], tmp_path: Path) -> None:
    whole = sdn({1: WHOLE})
    warehouse = refreshed(record_of(tmp_path / "record", whole, whole, since=2, step=2), publish=False)
    for day in (1, 3):
        vintages(tmp_path / "archive", whole, since=day)
    assert warehouse.refresh(tmp_path / "archive").exit_code == 0
    assert (events(warehouse), warehouse.rows(REMARKS)) == ([], [(WHOLE,)])
    held = warehouse.rows("SELECT snapshot[:10], retrieved_basis FROM meta.snapshots WHERE verdict = 'accepted' ORDER BY 1")
    assert held == [("2023-01-01", None), ("2023-01-02", "commit"), ("2023-01-03", None), ("2023-01-04", "commit")]
    assert warehouse.rows("SELECT origin FROM meta.build") == [("real",)]


def test_a_later_edition_of_the_record_supersedes_the_earlier_one_alone(
    refreshed: Callable[..., Warehouse], world: Publishers, tmp_path: Path
) -> None:
    warehouse = refreshed(record_of(tmp_path / "first", sdn(), sdn(more=2)), publish=False)
    assert warehouse.fold(vintages(tmp_path / "live", sdn(more=3), since=3)).report.exit_code == 0
    refreshed(record_of(tmp_path / "second", sdn(), sdn(more=1)))
    held = "SELECT snapshot[:10], n_rows FROM meta.snapshots WHERE verdict = 'accepted' ORDER BY snapshot"
    before = [("2023-01-01", 40), ("2023-01-02", 41), ("2023-01-03", 43)]
    starts = [("41", "2023-01-02"), ("42", "2023-01-03"), ("43", "2023-01-03")]
    assert (warehouse.rows(held), warehouse.rows(STARTS)) == (before, starts)
    built = warehouse.file.stat().st_mtime_ns
    refreshed(tmp_path / "second")
    assert warehouse.file.stat().st_mtime_ns == built
    world.by_host = ofac({"SDN.CSV": sdn(more=4)}, {})
    steps(warehouse.project(timeout_s=5, backoff_s=0.01), "live", SDN)
    *kept, (_, n) = after = warehouse.rows(held)
    assert (kept, n) == (before, 44)
    assert [native for native, _ in warehouse.rows(STARTS)] == ["41", "42", "43", "44"]
    refreshed(tmp_path / "second")
    assert warehouse.rows(held) == after, "the record upon what is live takes nothing away either"


def test_what_a_later_edition_may_not_pass_on_leaves_the_store_and_nothing_else_does(tmp_path: Path, empty: Warehouse) -> None:
    project = empty.project()
    Ingest(project).choose_origin(str(vintages(tmp_path / "archive", sdn(more=3), since=3)))
    Ingest(project).ingest(SDN)
    held: list[list[int]] = []
    for since, data in ((1, (sdn(), sdn(more=2))), (2, (sdn(more=2),)), (1, ())):
        packs.import_record(project.raw, project.sources[SDN], record_of(tmp_path / str(len(held)), *data, since=since))
        held.append([int(name[8:10]) for name in empty.project().raw.snapshots(SDN)])
    assert held == [[1, 2, 3], [2, 3], [3]]


def test_a_whole_file_of_the_moment_of_a_cut_vintage_fills_it_in(refreshed: Callable[..., Warehouse], tmp_path: Path) -> None:
    whole = (sdn({1: WHOLE}), sdn({1: WHOLE}, more=1))
    warehouse = refreshed(record_of(tmp_path / "record", *whole), publish=False)
    keeper = Kept([Copy(datetime(2023, 1, day, 23, 59, 59), "sdn.csv", str(day)) for day in (1, 2)])

    def n_planned() -> int:
        project = warehouse.project()
        return len(plan(project.sources[SDN], keeper, project.raw, None, None, datetime(2024, 1, 1)).snapshots)

    assert n_planned() == 2, "neither is held whole"
    assert warehouse.refresh(vintages(tmp_path / "archive", *whole)).exit_code == 0
    assert (warehouse.rows(REMARKS), events(warehouse), n_planned()) == ([(WHOLE,)], [("41", "added")], 0)


def test_a_warehouse_of_the_made_up_sample_is_not_gone_on_with(first: Warehouse) -> None:
    for receipt in first.folder.glob("raw/*/*/receipt.json"):
        text = re.sub(r'\n "sha256": "\w+",?|,\n "seal[^\n]*', "", receipt.read_text())
        receipt.write_text(text.replace('"origin": "archive"', '"origin": "sample"'))
    for command in (("refresh", "--from", "record"), ("backfill", SDN, "--git", "/nonexistent", "sdn.csv")):
        refused = first.run(*command)
        assert (refused.code, "partly made up" in refused.err) == (1, True), refused.err


def test_the_record_is_what_its_table_says_small_and_holds_no_birth_street_or_document_of_a_person() -> None:
    clause = re.compile(rb"\bDOB \d|\bPassport [A-Z0-9]|\bNational ID No|\bGender (?:Fem|M)ale|@[a-z0-9-]+\.[a-z]{2}")
    found = {}
    for source in packs.contents():
        for moment, members in packs.read_pack(packs.pack_of(source)):
            for file, data in members.items():
                found[source, name := f"{source}/{moment}/{file}"] = packs.digest_of(data)
                assert source not in (SDN, "us_ofac_cons", "us_csl", "us_bis_dpl") or clause.search(data) is None, name
                if name.endswith("add.csv"):
                    rows = csv.reader(data.decode().replace("\x1a", "").splitlines())
                    assert {row[2] for row in rows} == {"-0- "}, name
    assert found == {(s, f"{s}/{v.name}/{f.name}"): f.sha256 for s, of in packs.contents().items() for v in of for f in v.files}
    assert set(packs.contents()) == set(PARTS) <= set(load_sources())
    assert sum(path.stat().st_size for path in RECORD.rglob("*") if path.is_file()) < MOST_BYTES
    with (RECORD / packs.CONTENTS).open(encoding="utf-8", newline="") as table:
        stated = list(csv.DictReader(table))
    assert {row["source"]: row["terms"] for row in stated} == {source: part.terms for source, part in PARTS.items()}
    assert all(row["made_of"] and row["basis"] for row in stated)
    # of a release no word but its title
    ((_, members),) = packs.read_pack(packs.pack_of(CODED_TEXTS))
    releases = [json.loads(line) for line in members[FILE].splitlines()]
    keys = {"title", "url", "outlet", "language", "published", "coder", "coder_version", "events"}
    assert {name for release in releases for name in release} <= keys
    assert {name for release in releases for event in release["events"] for name in event} <= set(CODED)


def test_the_record_has_chinese_parties_by_address_and_what_it_is_for_in_each_month(
    record: Warehouse,
) -> None:
    """By current knowledge; on the first of the days by what was known then, since some addresses changed later."""
    days = {"2024-01-08": 541, "2025-01-06": 835, "2025-11-08": 1086, "2025-12-24": 1120, "2026-06-02": 1189}
    for day, n in days.items():
        at = f"TIMESTAMP '{day} 23:59:59'"
        listed = f"listed_as_known(DATE '{day}', {at})" if day == "2024-01-08" else f"listed_on(DATE '{day}')"
        then = f"AND a.known_from <= {at} AND coalesce(a.known_to > {at}, true)" if day == "2024-01-08" else ""
        found = record.rows(
            f"""SELECT count(DISTINCT l.listing_id) FROM {listed} AS l JOIN core.sanction_addresses AS a USING (listing_id)
                WHERE l.list_id = '{SDN}' AND a.country_id IN ('CHN', 'HKG', 'MAC') {then}"""
        )
        assert found == [(n,)], day
    # listings in force have a value in each of the 102 months, a lower bound at least; deaths by T40.4 in 88 of 96
    panel = """SELECT count(*), count(n_listings_in_force), count(n_listings_added) FROM dyad_panel('USA', 'CHN', 'month')
               WHERE source_id = 'USA' AND period_end BETWEEN DATE '2018-01-31' AND DATE '2026-06-30'"""
    assert record.rows(panel) == [(102, 102, 71)]
    deaths = """SELECT count(DISTINCT period_end) FROM overdose_latest() WHERE actor_id = 'USA' AND drug = 'T40.4'
                AND measure = 'deaths_12m' AND value IS NOT NULL AND period_end BETWEEN DATE '2018-01-31' AND DATE '2025-12-31'"""
    assert record.rows(deaths) == [(88,)]
    assert record.rows("SELECT origin, count(*) FROM meta.build GROUP BY ALL") == [("record", 1)]
    assert record.file.stat().st_size <= 40_000_000, "a page can load it"


def test_the_record_made_anew_of_the_real_files_is_the_same(real_data: Path, tmp_path: Path) -> None:
    make(real_data, tmp_path)
    assert (tmp_path / packs.CONTENTS).read_bytes() == (RECORD / packs.CONTENTS).read_bytes()


UN, BLOB = "scsanctions.un.org", "unsolprodfiles.blob.core.windows.net"
CANADA, TRADE = "www.international.gc.ca", "data.trade.gov"
SOURCES = (SDN, "us_ofac_cons", "un_sc", "ca_sema", "us_csl")


def at_first(bad: list[Said], good: Publisher) -> Publisher:
    left = iter(bad)
    return lambda asked: next(left, None) or good(asked)


def ofac(files: dict[str, bytes], bad: dict[str, list[Said]]) -> dict[str, Publisher]:
    """A firewall that looks at the agent, and a bucket to which each download leads."""

    def service(asked: Asked) -> Said:
        if re.match(r"Mozilla/\d", asked.headers["user-agent"]) is None or len(asked.headers["user-agent"]) < 40:
            return Said(403, HTML)
        return Said(302, b"", {"Location": f"https://{BUCKET}/{asked.path.rpartition('/')[2]}?X-Amz-Signature=1"})

    def bucket(asked: Asked) -> Said:
        name = asked.path[1:].partition("?")[0]
        waiting = bad.get(name, [])
        if waiting:
            return waiting.pop(0)
        return Said(200, files[name], {"ETag": f'"{len(files[name])}"'}) if name in files else Said(404, b"")

    return {SLS: service, BUCKET: bucket}


def verdicts_of_a_live_refresh(warehouse: Warehouse, later: timedelta) -> dict[str, tuple[str, str]]:
    project = warehouse.project(timeout_s=0.6, deadline_s=30, backoff_s=0.01)
    project.now = lambda: datetime.now(UTC) + later
    steps(project, "live", *SOURCES, publish=False)
    for domain in DOMAINS:
        Transform(project).fold(domain)
    Publish(project).build("test")
    assert not project.report.blocked, [v for v in project.report.validations if v.blocks]
    Publish(project).publish()
    newest = {source: project.raw.receipt(source, project.raw.snapshots(source)[-1]) for source in SOURCES}
    return {source: (receipt.verdict, str(receipt.reason)) for source, receipt in newest.items()}


MADE_UP = {"SDN.CSV": sdn(), "CONS_PRIM.CSV": sdn()} | {
    name: GOOD[s] for name, s in {"sema-lmes.xml": "ca_sema", "consolidated.xml": "un_sc", "consolidated.csv": "us_csl"}.items()
}
REAL = {
    **{f"{part.upper()}.CSV": f"sanctions/ofac_full/wm2021-07_{part}.csv.gz" for part in ("sdn", "add", "alt")},
    **{f"CONS_{p.upper()}.CSV": f"sanctions/ofac_full/wm2025-12_cons_{p}.csv.gz" for p in ("prim", "add", "alt")},
    "sema-lmes.xml": "more/ca_sema/sema-lmes_2025-05-25.xml.gz",
    "consolidated.xml": "sanctions/un/un_consolidated_2026-02-27.xml.gz",
    "consolidated.csv": "more/us_csl/2022-05-16/consolidated.csv.gz",
}


@pytest.mark.parametrize("of", ["made-up lists", pytest.param("real lists", marks=pytest.mark.real_data)])
def test_a_live_refresh_survives_publishers(world: Publishers, empty: Warehouse, of: str, request: pytest.FixtureRequest) -> None:
    """On the first day all goes wrong, on the second it mends.

    What is known of whom: OFAC's firewall and bucket (September 2026), the UN's redirect to a blob store, pages for files,
    an address that began to ask for a key, bursts of 500, first bytes that come late, answers that are cut.
    """
    real = request.getfixturevalue("real_data") if of == "real lists" else None
    files = MADE_UP if real is None else {name: gzip.decompress((real / path).read_bytes()) for name, path in REAL.items()}
    cut = {name: [Said(200, files[name][:-50], length=len(files[name]))] * 2 for name in ("SDN.CSV", "ADD.CSV") if name in files}
    late = {"CONS_PRIM.CSV": [Said(200, files["CONS_PRIM.CSV"], pause_s=1.0)]}
    good: dict[str, Publisher] = {
        CANADA: lambda _: Said(200, files["sema-lmes.xml"]),
        TRADE: lambda _: Said(200, files["consolidated.csv"], {"Content-Type": "text/csv"}),
        UN: lambda _: Said(302, b"", {"Location": f"https://{BLOB}/consolidated.xml"}),
        BLOB: at_first([Said(500), Said(503, b"", {"Retry-After": "1"})], lambda _: Said(200, files["consolidated.xml"])),
    }
    key = {"Location": "https://api.example.org/login?key=missing"}
    world.by_host = ofac(files, cut | late) | good | {CANADA: lambda _: Said(200, HTML), TRADE: lambda _: Said(302, b"", key)}
    first = verdicts_of_a_live_refresh(empty, timedelta(0))
    # what came cut, late or with 500 before it was asked for again is here; what is no file is not
    accepted = dict.fromkeys(SOURCES[:3], "accepted")
    assert {s: verdict for s, (verdict, _) in first.items()} == accepted | {"ca_sema": "quarantined", "us_csl": "failed"}
    assert "a web page (HTML) where xml was expected" in first["ca_sema"][1]
    assert "not asked: api.example.org is not a host that the source declares" in first["us_csl"][1]
    counts = "SELECT list_id, count(*) FROM core.sanction_listings GROUP BY 1"
    held = dict(empty.rows(counts))
    assert accepted.keys() <= held.keys()
    world.by_host = ofac(files, {}) | good
    second = verdicts_of_a_live_refresh(empty, timedelta(hours=1))
    unchanged = dict.fromkeys(SOURCES[:3], "unchanged")
    assert {s: verdict for s, (verdict, _) in second.items()} == unchanged | {"ca_sema": "accepted", "us_csl": "accepted"}
    now = dict(empty.rows(counts))
    assert ("ca_sema" in now, {name: now[name] for name in held}) == (True, held)
    counted = empty.rows("SELECT verdict, count(*) FROM meta.snapshots GROUP BY 1 ORDER BY 1")
    assert counted == [("accepted", 5), ("failed", 1), ("quarantined", 1), ("unchanged", 3)]


KILLED_AT_A_SNAPSHOT = """
import os, signal, sys
folder, limit, seen = sys.argv[1] + "/raw/", int(sys.argv[2]), 0

def hook(event, args):
    global seen
    if event == "os.rename" and str(args[1]).startswith(folder):
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
from pipelines.cli.backfill import BackfillRequest, backfill
from pipelines.ingest.fetch.http import FetchPolicy
from pipelines.settings import Settings
sys.exit(backfill(Settings(), BackfillRequest("us_ofac_sdn", archive=sys.argv[3], pause_s=0), FetchPolicy(loopback=True)))
"""
"""A backfill in a process that kills itself as it puts the n-th snapshot into its place (0: never)."""


def is_as_at_once(warehouse: Warehouse, archive: Path, at_once: Warehouse) -> bool:
    project = warehouse.project()
    Ingest(project).choose_origin("live")
    Transform(project).fold("actors")
    Transform(project).stage(SDN)
    for domain in DOMAINS:
        Transform(project).fold(domain)
    Publish(project).build("test")
    assert not project.report.blocked
    Publish(project).publish()
    at_once.refresh(archive)
    columns = "source, snapshot, snapshot_id, verdict, reason, n_bytes, n_files, n_rows, n_rejected, is_complete"
    verdicts = [w.rows(f"SELECT {columns} FROM meta.snapshots ORDER BY ALL") for w in (warehouse, at_once)]
    differing = differences(warehouse.file, at_once.file)
    return verdicts[0] == verdicts[1] and [d for d in differing if d.startswith(("core.", "marts."))] == []


def test_a_backfill_of_thirty_captures_killed_twice_is_as_the_archive_taken_in_at_once(tmp_path: Path, empty: Warehouse) -> None:
    def backfilled(killed_at: int = 0) -> Done:
        return ended(empty.begun("-c", KILLED_AT_A_SNAPSHOT, str(empty.folder), str(killed_at), f"{wayback.base}/cdx/search/cdx"))

    page = b"<!DOCTYPE html><html><title>x</title></html>"
    damage = {3: page, 8: b"", 14: sdn()[:700], 21: b"Access Denied", 27: b"\x1f\x8b\x08" * 99}
    archive = tmp_path / "archive"
    with listening() as world:
        wayback = Wayback(world)
        world.by_host[f"127.0.0.1:{world.port}"] = wayback.answer
        captures = wayback.captures[ADDRESS] = {}
        for number in range(1, 31):
            moment = datetime(2020, 1, 1) + timedelta(days=9 * number, seconds=number)
            data = damage.get(number, sdn({1: f"nationality of {number // 4}."}, more=number // 3))
            captures[f"{moment:%Y%m%d%H%M%S}"] = Said(200, data)
            put(archive, SDN, f"{moment:%Y-%m-%dT%H%M%SZ}", "sdn.csv", data)
        assert [backfilled(at).code < 0 for at in (7, 9)] == [True, True]
        done = backfilled()
        n_asked = sum("id_/" in asked.path for asked in world.asked)
        again = backfilled()
    assert (done.code, "captures to ingest" in done.out, "14 are here already" in done.out) == (3, True, True), done
    assert (again.code, "nothing to ingest; 30 are here already" in again.out) == (0, True), again
    assert n_asked <= 32, "each once at most, and the two again at which it was killed"
    assert is_as_at_once(empty, archive, Warehouse(tmp_path / "at-once"))
    assert empty.rows("SELECT count(*) FROM meta.snapshots WHERE verdict = 'quarantined'") == [(5,)]
    assert empty.rows("SELECT DISTINCT retrieved_basis FROM meta.snapshots") == [("capture",)]


def test_a_backfill_that_cannot_be_asked_for_is_answered_in_words_and_a_plan_asks_nobody(empty: Warehouse) -> None:
    for asked, code, said in (
        (("us_ofac_snd",), 1, "did you mean"),
        ((SDN, "--from", "May"), 1, "expected a date as YYYY-MM-DD"),
        ((SDN, "--via", "git"), 1, "give --git ADDRESS PATH"),
        ((SDN, "--zenodo", "x", "*.csv"), 1, "expected the number of a record"),
        ((SDN, "--archive", "web.archive.org"), 1, "expected an address that begins with https://"),
        (("icews",), 1, "names no addresses"),
        (("un_sc", "--via", "ofac"), 1, "is no list of ofac's service"),
        ((SDN, "--pair", "USA-CHN"), 1, "does not come in days of events; gdelt does"),
        (("gdelt", "--pair", "USA"), 1, "expected two states such as USA-CHN"),
        (("gdelt", "--pair", "USA-EUR"), 1, "expected two states such as USA-CHN"),
        (("gdelt_v2_events", "--pair", "USA-CHN"), 1, "expected two states such as USA-CHN"),
        (
            ("gdelt", "--pair", "USA-CHN", "--from", "2018-01-01", "--to", "2018-12-31", "--dry-run"), 0,
            "gdelt_v1_events: 365 days, 2018-01-01 to 2018-12-31, the events between USA and CHN alone",
        ),
    ):  # fmt: skip
        done = empty.run("backfill", *asked)
        assert (done.code, said.casefold() in (done.out if code == 0 else done.err).casefold()) == (code, True), (asked, done)
        assert not (empty.folder / "raw").exists()


@pytest.mark.real_data
def test_the_history_of_a_real_repository_is_as_its_archive(tmp_path: Path, empty: Warehouse, real_data: Path) -> None:
    days = ("--from", "2021-08-01", "--to", "2021-10-31")
    expand(real_data / SDN_BUNDLE, archive := tmp_path / "archive" / SDN)
    for folder in archive.iterdir():
        if folder.name >= "2021-11":
            (folder / "sdn.csv").unlink()
            folder.rmdir()
    n_vintages = len(list(archive.iterdir()))
    done = empty.run("backfill", SDN, *days, "--git", str(real_data / SDN_BUNDLE), "sdn.csv")
    assert (done.code, f"{n_vintages} accepted" in done.out) == (0, True), done
    assert is_as_at_once(empty, archive.parent, Warehouse(tmp_path / "at-once"))
