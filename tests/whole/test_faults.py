"""Faults of disks, clocks and files: nothing is lost, nothing half-published, the next refresh heals, and a sentence says what.

``docs/operations/faults.md`` names each fault with its test.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from assets.errors import BilateralError
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.receipts import Attempt
from pipelines.maintenance.quarantine import decide
from pipelines.publish import checksum
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.depth import DEEP
from tests.reading.test_saved_again import TEXTS
from tests.whole.archives import put, sdn
from tests.whole.conftest import Done, Warehouse
from tests.whole.simulated_year import damage, is_whole, refresh

SDN = "us_ofac_sdn"
UFLPA = TEXTS["us_dhs_uflpa"][0][1]


def refreshed(warehouse: Warehouse, archive: Path) -> Done:
    return warehouse.run("refresh", "--from", str(archive), "--only", "sanctions")


def vintage_of(one: Warehouse) -> Path:
    return one.folder.parent / "b"


def n_listings(warehouse: Warehouse) -> int:
    return int(warehouse.rows("SELECT count(*) FROM core.sanction_listings")[0][0])


def kilobytes(folder: Path) -> int:
    return sum(-(-path.stat().st_blocks // 2) for path in folder.rglob("*"))


# a disk that is full ------------------------------------------------------------------------------------------------------


class Disk:
    """A file system in memory of a size in kilobytes."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def mount(self, kb: int) -> None:
        self.where.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kb}k", "tmpfs", str(self.where)], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"no file system can be mounted here (needs root): {mounted.stderr.strip()}")

    def again(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.where)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path / "disk")
    yield found
    if found.where.is_mount():
        subprocess.run(["umount", "-l", str(found.where)], check=True)


ROOT_ALONE = pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root may mount a file system")
DEEP_ALONE = pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: a refresh that builds takes seconds")


@ROOT_ALONE
def test_on_a_full_disk_a_refresh_says_so_and_leaves_all_as_it_was(sample: Warehouse, disk: Disk, tmp_path: Path) -> None:
    put(tmp_path / "b", SDN, "2023-01-02", "sdn.csv", sdn())
    disk.mount(kilobytes(sample.folder) + 4_000)
    warehouse = Warehouse(disk.where / "warehouse")
    shutil.copytree(sample.folder, warehouse.folder)
    before = (warehouse.folder / "bilateral.duckdb").read_bytes()
    (disk.where / "filler").write_bytes(bytes(max(0, shutil.disk_usage(disk.where).free - 100_000)))
    full = refreshed(warehouse, tmp_path / "b")
    holds_on_a_full_disk(full)
    assert (warehouse.folder / "bilateral.duckdb").read_bytes() == before
    assert warehouse.run("sql", "SELECT 1").code == 0, "readers go on"


def holds_on_a_full_disk(full: Done) -> None:
    said = full.out + full.err
    assert full.code == 1, said
    assert "cannot be written: the disk is full" in said
    assert "Make room and refresh again" in said
    assert "Traceback" not in said
    assert "please report" not in said


@DEEP_ALONE
@ROOT_ALONE
def test_wherever_the_space_ends_the_next_refresh_goes_on_once_there_is_more(one: Warehouse, disk: Disk) -> None:
    """With ever more free at the start it ends in raw, in core, in the build, in the publication, and at last nowhere."""
    disk.mount(kilobytes(one.folder) + 60_000)
    warehouse, filler, free, tried = Warehouse(disk.where / "warehouse"), disk.where / "filler", 0, 0
    while free < 60_000:
        shutil.copytree(one.folder, warehouse.folder)
        filler.write_bytes(bytes(max(0, shutil.disk_usage(disk.where).free - free * 1024)))
        before = (warehouse.folder / "bilateral.duckdb").read_bytes()
        full = refresh(warehouse.folder, vintage_of(one))
        filler.unlink()
        if full.code == 0:
            break
        tried += 1
        assert "cannot be written: the disk is full" in " ".join(full.told), full.told
        assert full.code == 3 or (warehouse.folder / "bilateral.duckdb").read_bytes() == before
        assert is_whole(warehouse.folder)
        assert not list((warehouse.folder / "core").rglob("*.new")), "what was half written is gone"
        healed = refresh(warehouse.folder, vintage_of(one))
        assert healed.code == 0, healed.told
        assert n_listings(warehouse) == 42
        shutil.rmtree(warehouse.folder)
        free = free * 4 // 3 + 20
    print(f"{tried} sizes, the last of {free:,} kB free")
    assert tried > 10


@DEEP_ALONE
def test_a_limit_on_the_size_of_files_is_told_like_a_full_disk(one: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> None:
    """What can be tried without root: the build's file would become larger than this process may write."""
    warehouse = copy_of(one)
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))\n"
        "from pipelines.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY, "the tests run without such a limit"
    before = (warehouse.folder / "bilateral.duckdb").read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", program, "refresh", "--from", str(vintage_of(one)), "--only", "sanctions"],
        env=warehouse.environment(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "cannot be written: the file would be larger than this process may write" in said
    assert "Traceback" not in said
    assert (warehouse.folder / "bilateral.duckdb").read_bytes() == before
    assert refreshed(warehouse, vintage_of(one)).code == 0
    assert n_listings(warehouse) == 42


@DEEP_ALONE
@ROOT_ALONE
def test_a_file_system_that_is_read_only_is_named_and_left_as_it_is(one: Warehouse, disk: Disk) -> None:
    disk.mount(kilobytes(one.folder) + 50_000)
    warehouse = Warehouse(disk.where / "warehouse")
    shutil.copytree(one.folder, warehouse.folder)
    disk.again("ro")
    done = refreshed(warehouse, vintage_of(one))
    assert done.code == 1
    assert f"{warehouse.folder}: the folder of the warehouse cannot be written: Read-only file system" in done.err
    assert n_listings(warehouse) == 40, "readers go on"
    assert warehouse.run("status").code == 0
    disk.again("rw")
    assert refreshed(warehouse, vintage_of(one)).code == 0


# faults of files, clocks and sources, one by one ----------------------------------------------------------------------------


@DEEP_ALONE
def test_a_part_of_core_over_which_the_checks_stumble_is_made_again_at_once(tmp_path: Path, empty: Warehouse) -> None:
    """Its source, or its domain, stayed as it was for a fold or for checks that could not be run, again with each refresh."""
    for day, without in (("01", ()), ("02", (3,)), ("03", (4,))):
        put(tmp_path / day, SDN, f"2023-01-{day}", "sdn.csv", sdn(without=without))
    assert empty.refresh(tmp_path / "01").exit_code == 0
    assert empty.refresh(tmp_path / "02").exit_code == 0
    part = sorted(empty.folder.glob(f"core/sanctions/parts/{SDN}.sanction_listings.*.closed.parquet"))[0]
    damage(random.Random(1), part, "truncated")
    report = empty.refresh(tmp_path / "03")
    assert report.published, report
    assert report.not_promoted == []
    assert any(part.name in text for text in report.problems)
    assert any("made again from raw" in text for text in report.problems)
    assert empty.rows("SELECT count(*) FROM listed_on(DATE '2023-01-03')") == [(39,)]


@pytest.mark.parametrize("how", ["flipped", "truncated", "missing"])
def test_a_published_file_that_was_changed_is_noticed_though_nothing_is_new(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse], how: str
) -> None:
    """A disk or a person changed it: what readers get is made again, not left until the next list comes."""
    warehouse = copy_of(sample)
    project = Opened(Settings(warehouse=warehouse.folder))
    assert Publish(project).is_up_to_date(["sanctions"])
    file = warehouse.folder / "bilateral.duckdb"
    if how == "flipped":  # among the rows: where its versions cannot be read it is made again without a word of why
        data = bytearray(file.read_bytes())
        data[-100_000] ^= 1
        file.write_bytes(data)
    else:
        damage(random.Random(1), file, how)
    assert not Publish(project).is_up_to_date(["sanctions"])
    if how == "flipped":
        assert "its bytes are not those that were published" in " ".join(project.report.problems)


@DEEP_ALONE
@pytest.mark.parametrize("how", ["truncated", "missing"])
def test_a_damaged_note_of_the_published_file_is_made_again_though_nothing_is_new(
    one: Warehouse, copy_of: Callable[[Warehouse], Warehouse], how: str
) -> None:
    """Until the next list came, a published file that was altered would have passed."""
    warehouse = copy_of(one)
    damage(random.Random(1), warehouse.folder / "published.json", how)
    assert refresh(warehouse.folder, one.folder.parent / "a").code == 0
    assert checksum.is_as_published(warehouse.folder / "bilateral.duckdb")


def test_a_live_source_is_not_asked_with_a_clock_that_was_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Opened(Settings(warehouse=tmp_path / "warehouse"), lambda _: None)
    project.chosen_origin = "live"
    asked: list[datetime] = []

    def answered(visit: FetchContext, _: object) -> Iterator[Attempt]:
        asked.append(visit.now)
        yield Attempt(visit.moment, {"uflpa-entity-list.html": UFLPA})

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", answered)
    for day in (5, 4, 6):
        project.now = partial(datetime, 2023, 1, day, tzinfo=UTC)
        Ingest(project).ingest("us_dhs_uflpa")
    assert [moment.day for moment in asked] == [5, 6]
    (told,) = project.report.problems
    assert "The clock was set back, or was ahead then" in told


def test_a_decision_is_not_taken_with_a_clock_that_was_set_back(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    """The last decision counts: one that bears an earlier moment than another would not."""
    project = Opened(Settings(warehouse=copy_of(sample).folder))
    name = f"{SDN}/{project.raw.snapshots(SDN)[0]}"
    decide(project, name, "reject", "A", "a reason", datetime(2026, 1, 2))
    with pytest.raises(BilateralError, match=r"Set the clock right\. Nothing was decided"):
        decide(project, name, "reject", "A", "another", datetime(2026, 1, 1))


@pytest.mark.parametrize("content", ["{", "[]", "", "{}", None])
def test_where_the_note_of_the_origin_is_damaged_or_gone_it_is_asked_for_in_words(tmp_path: Path, content: str | None) -> None:
    project = Opened(Settings(warehouse=tmp_path / "warehouse"), lambda _: None)
    archive = tmp_path / "a"
    put(archive, SDN, "2023-01-02", "sdn.csv", sdn())
    Ingest(project).choose_origin(str(archive))
    assert len(Ingest(project).ingest(SDN)) == 1
    note = project.folder / "origin.json"
    assert Ingest(project).choose_origin(None) == str(archive.resolve())
    note.unlink() if content is None else note.write_text(content)
    with pytest.raises(BilateralError, match=r"origin\.json is missing or damaged.*Say it once: --from live, or --from DIR"):
        Ingest(project).choose_origin(None)
    assert Ingest(project).choose_origin(str(archive)) == str(archive.resolve())


@pytest.mark.parametrize(
    ("file", "says", "todo"),
    [
        ("history/runs.db", "Dagster's record of its runs is damaged", "Move this folder away"),
        ("dagster.yaml", "dagster.yaml cannot be read", "delete it: the next refresh writes it again"),
    ],
)
def test_a_damaged_storage_of_dagster_is_named_and_holds_no_data(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse], file: str, says: str, todo: str
) -> None:
    warehouse = copy_of(sample)
    path = warehouse.folder / "dagster" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{: [ damaged" * 500)
    (warehouse.folder / "state.db").unlink()  # something is to be done
    done = warehouse.run("refresh", "--only", "news")
    assert done.code == 3, done.out + done.err
    assert "nothing new" in done.out, "the data do not hang on it"
    told = " ".join((done.out + done.err).split())
    assert says in told
    assert todo in told
    assert "Traceback" not in told
