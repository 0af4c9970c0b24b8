"""The built-in record: what is in it, what is not, and that it is a base upon which everything else is put."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from assets.news.published.coded_texts import CODED
from assets.news.published.coded_texts import SOURCE as CODED_TEXTS
from assets.sanctions.lists.us_ofac.remarks import kept_of
from pipelines.ingest import record as packs
from pipelines.ingest.backfill import Copy, Keeper, plan
from pipelines.ingest.receipts import Basis, Http
from pipelines.ingest.record_cuts import CUTS
from pipelines.ingest.sources import load_sources
from pipelines.record.make import FILE, PARTS, make
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import RECORD, Settings
from tests.pipelines.publishers import Publishers
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse
from tests.whole.test_replayed import ofac

SDN = "us_ofac_sdn"
WHOLE = "DOB 24 Nov 1990; POB Hubei, China; nationality China; Passport C18165248 (Hong Kong); a.k.a. 'WEAK'; Linked To: ACME."
KEPT = "POB China; nationality China; a.k.a. 'WEAK'; Linked To: ACME; (Hong Kong)."
MOST_BYTES = 15_000_000


def record_of(folder: Path, **vintages: bytes) -> Path:
    """A record of vintages of the SDN list, by the day of each."""
    folder.mkdir()
    rows, files = [], []
    for day, data in sorted(vintages.items()):
        cut = CUTS[SDN]("sdn.csv", data) or b""
        moment = day.removeprefix("d").replace("_", "-")
        files.append((f"{moment}/sdn.csv", cut))
        rows.append((SDN, moment, "commit", "sdn.csv", len(cut), packs.digest_of(cut), "terms", "made up"))
    packs.write_pack(packs.pack_of(SDN, folder), iter(files))
    with (folder / packs.CONTENTS).open("w", newline="") as table:
        csv.writer(table).writerows([packs.COLUMNS, *rows])
    return folder


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch, empty: Warehouse) -> Callable[..., Warehouse]:
    """Refreshes an empty warehouse from a record, to what is published or to core alone."""

    def refresh(record: Path, *, publish: bool = True) -> Warehouse:
        with monkeypatch.context() as patch:
            patch.setattr("pipelines.services.ingest.import_record", partial(packs.import_record, folder=record))
            patch.setattr("pipelines.ingest.origin.contents", partial(packs.contents, record))
            project = Opened(Settings(warehouse=empty.folder, data_docs=False))
            taken_in(project, "record", publish=publish)
            assert project.report.exit_code == 0, project.report
        return empty

    return refresh


def taken_in(project: Opened, origin: str, *, publish: bool = True) -> None:
    Ingest(project).choose_origin(origin)
    Transform(project).fold("actors")
    Ingest(project).ingest(SDN)
    Transform(project).stage(SDN)
    Transform(project).fold("sanctions")
    if publish:
        Publish(project).build("test")
        Publish(project).publish()


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
    return warehouse.rows(
        "SELECT native_id, kind FROM core.sanction_events JOIN core.sanction_listings USING (listing_id) GROUP BY ALL"
    )


def test_remarks_keep_names_states_and_links_and_no_birth_or_document() -> None:
    assert kept_of(WHOLE, "person") == KEPT
    assert kept_of(KEPT, "person") == KEPT
    assert kept_of("Tax ID No. 123 (China); Email Address a@b.cn.", "entity") == "Tax ID No. 123 (China)."
    assert kept_of("DOB 1990; Gender Male.", "person") is None


def test_of_nonproliferation_sanctions_each_imposition_is_kept_and_no_other_note() -> None:
    imposed = "Authority: CBW Act; imposed 8/7/2003; status: Active; Vol. 68, No. 152, 08/07/03, Federal Register"
    earlier = "Authority: INA; imposed 2/13/2001; status: Expired on 02/13/03; Vol. 66, No. 37, 02/23/01, Federal Register"
    stated = {"name": "A", "country": "Jordan", "address": None}
    stated["notes"] = f"{imposed} | {earlier} | Location: Amman | Includes any successor"
    kept = json.loads(CUTS["us_state_isn"]("list.json", json.dumps({"entities": [stated]}).encode()) or b"")
    assert kept["entities"] == [stated | {"notes": f"{imposed} | {earlier}"}]


def test_what_a_cut_took_and_a_whole_vintage_brings_is_known_from_then_on_and_no_act(
    refreshed: Callable[..., Warehouse], tmp_path: Path
) -> None:
    record = record_of(tmp_path / "record", d2023_01_01=sdn({1: WHOLE}), d2023_01_02=sdn({1: WHOLE}, more=1))
    warehouse = refreshed(record, publish=False)
    put(tmp_path / "live", SDN, "2023-01-03", "sdn.csv", sdn({1: WHOLE}, more=1))
    put(tmp_path / "live", SDN, "2023-01-04", "sdn.csv", sdn({1: WHOLE, 2: "nationality Iran."}, more=1))
    assert warehouse.refresh(tmp_path / "live").exit_code == 0
    assert warehouse.rows("SELECT known_from::DATE::VARCHAR FROM core.sanction_birth_dates") == [("2023-01-03",)]
    assert sorted(events(warehouse)) == [("2", "modified"), ("41", "added")]


def test_a_vintage_of_the_record_between_whole_ones_takes_nothing_away(
    refreshed: Callable[..., Warehouse], tmp_path: Path
) -> None:
    warehouse = refreshed(record_of(tmp_path / "record", d2023_01_02=sdn({1: WHOLE}), d2023_01_04=sdn({1: WHOLE})), publish=False)
    for day in ("2023-01-01", "2023-01-03"):
        put(tmp_path / "archive", SDN, day, "sdn.csv", sdn({1: WHOLE}))
    assert warehouse.refresh(tmp_path / "archive").exit_code == 0
    assert events(warehouse) == []
    assert warehouse.rows("SELECT remarks FROM core.sanction_listings WHERE native_id = '1' AND known_to IS NULL") == [(WHOLE,)]
    held = warehouse.rows("SELECT snapshot[:10], retrieved_basis FROM meta.snapshots WHERE verdict = 'accepted' ORDER BY 1")
    assert held == [("2023-01-01", None), ("2023-01-02", "commit"), ("2023-01-03", None), ("2023-01-04", "commit")]
    assert warehouse.rows("SELECT origin FROM meta.build") == [("real",)]


def test_a_later_edition_of_the_record_supersedes_the_earlier_one_and_nothing_else(
    refreshed: Callable[..., Warehouse], tmp_path: Path
) -> None:
    warehouse = refreshed(record_of(tmp_path / "first", d2023_01_01=sdn(), d2023_01_02=sdn(more=2)), publish=False)
    put(tmp_path / "live", SDN, "2023-01-03", "sdn.csv", sdn(more=3))
    assert warehouse.fold(tmp_path / "live").report.exit_code == 0
    refreshed(record_of(tmp_path / "second", d2023_01_01=sdn(), d2023_01_02=sdn(more=1)))
    snapshots = warehouse.rows("SELECT snapshot[:10], n_rows FROM meta.snapshots ORDER BY 1")
    assert snapshots == [("2023-01-01", 40), ("2023-01-02", 41), ("2023-01-03", 43)]
    starts = "SELECT native_id, valid_from::VARCHAR FROM core.sanction_listings WHERE valid_from IS NOT NULL ORDER BY 1"
    assert warehouse.rows(starts) == [("41", "2023-01-02"), ("42", "2023-01-03"), ("43", "2023-01-03")]
    before = (warehouse.folder / "bilateral.duckdb").stat().st_mtime_ns
    refreshed(tmp_path / "second")
    assert (warehouse.folder / "bilateral.duckdb").stat().st_mtime_ns == before


def test_what_a_later_edition_may_not_pass_on_leaves_the_store_and_nothing_else_does(tmp_path: Path) -> None:
    project = Opened(Settings(warehouse=tmp_path / "warehouse"))
    put(tmp_path / "archive", SDN, "2023-01-03", "sdn.csv", sdn(more=3))
    Ingest(project).choose_origin(str(tmp_path / "archive"))
    Ingest(project).ingest(SDN)
    first = {"d2023_01_01": sdn(), "d2023_01_02": sdn(more=2)}
    held = []
    for number, days in enumerate((first, {"d2023_01_02": first["d2023_01_02"]}, {})):
        packs.import_record(project.raw, project.sources[SDN], record_of(tmp_path / str(number), **days))
        held.append([name[:10] for name in Opened(project.settings).raw.snapshots(SDN)])
    assert held == [["2023-01-01", "2023-01-02", "2023-01-03"], ["2023-01-02", "2023-01-03"], ["2023-01-03"]]


def test_a_live_refresh_upon_the_record_loses_no_vintage_of_it(
    refreshed: Callable[..., Warehouse], world: Publishers, tmp_path: Path
) -> None:
    warehouse = refreshed(record_of(tmp_path / "record", d2023_01_01=sdn(), d2023_01_02=sdn(more=1)))
    vintages = "SELECT snapshot, snapshot_id, verdict, n_rows FROM meta.snapshots WHERE source = 'us_ofac_sdn' ORDER BY 1"
    before = warehouse.rows(vintages)
    world.by_host = ofac({"SDN.CSV": sdn(more=2)}, {})
    taken_in(Opened(Settings(warehouse=warehouse.folder, data_docs=False, timeout_s=5, backoff_s=0.01)), "live")
    after = warehouse.rows(vintages)
    assert after[:2] == before
    assert [(verdict, n) for _, _, verdict, n in after[2:]] == [("accepted", 42)]
    starts = "SELECT native_id FROM core.sanction_listings WHERE valid_from IS NOT NULL ORDER BY 1"
    assert warehouse.rows(starts) == [("41",), ("42",)]
    refreshed(tmp_path / "record")
    assert warehouse.rows(vintages) == after, "the record upon what is live takes nothing away either"


def test_a_whole_file_of_the_moment_of_a_cut_vintage_fills_it_in(refreshed: Callable[..., Warehouse], tmp_path: Path) -> None:
    record = record_of(tmp_path / "record", d2023_01_01=sdn({1: WHOLE}), d2023_01_02=sdn({1: WHOLE}, more=1))
    warehouse = refreshed(record, publish=False)
    project = Opened(Settings(warehouse=warehouse.folder))
    keeper = Kept([Copy(datetime(2023, 1, day, 23, 59, 59), "sdn.csv", str(day)) for day in (1, 2)])
    planned = plan(project.sources[SDN], keeper, project.raw, None, None, datetime(2024, 1, 1))
    assert len(planned.snapshots) == 2, "neither is held whole"
    for day, more in (("2023-01-01", 0), ("2023-01-02", 1)):
        put(tmp_path / "archive", SDN, day, "sdn.csv", sdn({1: WHOLE}, more=more))
    assert warehouse.refresh(tmp_path / "archive").exit_code == 0
    assert warehouse.rows("SELECT remarks FROM core.sanction_listings WHERE native_id = '1' AND known_to IS NULL") == [(WHOLE,)]
    assert events(warehouse) == [("41", "added")]
    held = Opened(Settings(warehouse=warehouse.folder)).raw
    assert plan(project.sources[SDN], keeper, held, None, None, datetime(2024, 1, 1)).snapshots == []


def test_a_warehouse_of_the_made_up_sample_is_not_gone_on_with(first: Warehouse) -> None:
    for receipt in first.folder.glob("raw/*/*/receipt.json"):
        text = re.sub(r'\n "sha256": "\w+",?|,\n "seal[^\n]*', "", receipt.read_text())
        receipt.write_text(text.replace('"origin": "archive"', '"origin": "sample"'))
    for command in (("refresh", "--from", "record"), ("backfill", SDN, "--git", "/nonexistent", "sdn.csv")):
        refused = first.run(*command)
        assert (refused.code, "partly made up" in refused.err) == (1, True), refused.err


# the record itself ----------------------------------------------------------------------------------------------------


def files() -> Iterator[tuple[str, str, bytes]]:
    """Source, name and bytes of every file of the record."""
    for source in packs.contents():
        for moment, members in packs.read_pack(packs.pack_of(source)):
            yield from ((source, f"{source}/{moment}/{name}", data) for name, data in members.items())


def test_the_record_is_what_its_table_says_small_and_passed_on_on_stated_terms() -> None:
    said = {(s, f"{s}/{v.name}/{f.name}"): f.sha256 for s, of in packs.contents().items() for v in of for f in v.files}
    assert {(source, name): packs.digest_of(data) for source, name, data in files()} == said
    assert set(packs.contents()) == set(PARTS) <= set(load_sources())
    assert sum(path.stat().st_size for path in RECORD.rglob("*") if path.is_file()) < MOST_BYTES
    with (RECORD / packs.CONTENTS).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert {row["source"]: row["terms"] for row in rows} == {source: part.terms for source, part in PARTS.items()}
    assert all(row["made_of"] and row["basis"] for row in rows)


def test_the_record_holds_no_birth_street_or_document_of_a_person_and_of_a_release_no_word_but_its_title() -> None:
    clause = re.compile(rb"\bDOB \d|\bPassport [A-Z0-9]|\bNational ID No|\bGender (?:Fem|M)ale|@[a-z0-9-]+\.[a-z]{2}")
    for source, name, data in files():
        if source in (SDN, "us_ofac_cons", "us_csl", "us_bis_dpl"):
            assert clause.search(data) is None, (name, clause.search(data))
        if name.endswith("add.csv"):
            rows = csv.reader(data.decode().replace("\x1a", "").splitlines())
            assert {row[2] for row in rows} == {"-0- "}, name
    ((_, members),) = packs.read_pack(packs.pack_of(CODED_TEXTS))
    releases = [json.loads(line) for line in members[FILE].splitlines()]
    stated = {"title", "url", "outlet", "language", "published", "coder", "coder_version", "events"}
    assert {name for release in releases for name in release} <= stated
    assert {name for release in releases for event in release["events"] for name in event} <= set(CODED)


@pytest.mark.parametrize(
    ("day", "n"), [("2024-01-08", 541), ("2025-01-06", 835), ("2025-11-08", 1086), ("2025-12-24", 1120), ("2026-06-02", 1189)]
)
def test_chinese_parties_by_address_are_those_of_the_address_files(record: Warehouse, day: str, n: int) -> None:
    """By current knowledge; on the first of the days by what was known then, since some addresses changed later."""
    at = f"TIMESTAMP '{day} 23:59:59'"
    listed = f"listed_as_known(DATE '{day}', {at})" if day == "2024-01-08" else f"listed_on(DATE '{day}')"
    then = f"AND a.known_from <= {at} AND coalesce(a.known_to > {at}, true)" if day == "2024-01-08" else ""
    found = record.rows(
        f"""SELECT count(DISTINCT l.listing_id) FROM {listed} AS l JOIN core.sanction_addresses AS a USING (listing_id)
            WHERE l.list_id = '{SDN}' AND a.country_id IN ('CHN', 'HKG', 'MAC') {then}"""
    )
    assert found == [(n,)]


def test_months_from_2018_to_2026_have_what_the_record_is_for(record: Warehouse) -> None:
    """Listings in force have a value in each of the 102 months, a lower bound at least; deaths by T40.4 in 88 of 96.

    The file that says so is one that a page can load.
    """
    assert (record.folder / "bilateral.duckdb").stat().st_size <= 40_000_000
    panel = """SELECT count(*), count(n_listings_in_force), count(n_listings_added) FROM dyad_panel('USA', 'CHN', 'month')
               WHERE source_id = 'USA' AND period_end BETWEEN DATE '2018-01-31' AND DATE '2026-06-30'"""
    assert record.rows(panel) == [(102, 102, 71)]
    deaths = """SELECT count(DISTINCT period_end) FROM overdose_latest() WHERE actor_id = 'USA' AND drug = 'T40.4'
                AND measure = 'deaths_12m' AND value IS NOT NULL AND period_end BETWEEN DATE '2018-01-31' AND DATE '2025-12-31'"""
    assert record.rows(deaths) == [(88,)]
    assert record.rows("SELECT origin, count(*) FROM meta.build GROUP BY ALL") == [("record", 1)]


def test_the_record_made_anew_of_the_real_files_is_the_same(real_data: Path, tmp_path: Path) -> None:
    make(real_data, tmp_path)
    assert (tmp_path / packs.CONTENTS).read_bytes() == (RECORD / packs.CONTENTS).read_bytes()
