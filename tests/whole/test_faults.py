"""Faults of disks, clocks, files, processes and users: nothing is lost, nothing half-published, and a sentence says what.

Of each: the published file is the old one or the new one, and complete; no traceback; the next refresh heals; each byte of raw
that was not touched is still there. ``docs/operations/faults.md`` has what came of each. What is harmed is a copy; most
refreshes run in this process, without Dagster where the fault does not concern it: a run of Dagster takes three times as long.
"""

import gzip
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from assets.contracts import SourceCode
from assets.errors import BilateralError
from pipelines.ingest.archive import files_in
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.guards import inspect
from pipelines.ingest.origin import note_origin
from pipelines.ingest.receipts import Attempt
from pipelines.ingest.sources import Source, load_sources
from pipelines.maintenance.quarantine import decide
from pipelines.maintenance.verify import LayerCheck, verify_core, verify_published, verify_raw, verify_staged
from pipelines.publish import checksum
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from tests.depth import DEEP
from tests.fuzz import staged_or_none
from tests.reading.test_saved_again import CODES, SEEDS, TEXTS
from tests.reading.workbook import old_workbook, workbook
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Copy, Done, Warehouse, ended
from tests.whole.simulated_year import LAYERS, World, damage, damaged, is_whole, looked_at
from tests.whole.simulated_year import refresh as in_steps

SEED = 1
DEADLINE_S = 900
deep = pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: a refresh that builds takes seconds")


def asked(archive: Path) -> tuple[str, ...]:
    return "refresh", "--from", str(archive), "--only", "sanctions"


def refresh(warehouse: Warehouse, archive: Path, **env: str) -> Done:
    done = warehouse.run(*asked(archive), **env)
    assert not re.search("Traceback|please report", done.out + done.err), done.out + done.err
    return done


def begun(warehouse: Warehouse, archive: Path, *through: str, **env: str) -> subprocess.Popen[str]:
    return warehouse.begun("-m", "pipelines.cli", *asked(archive), through=through, **env)


def says(done: Done) -> str:
    return " ".join((done.out + done.err).split())


def n_listings(warehouse: Warehouse) -> int:
    assert is_whole(warehouse.folder)
    return warehouse.n_listings()


def bytes_of_raw(warehouse: Warehouse) -> set[bytes]:
    """What raw holds, wherever it lies."""
    return {p.read_bytes() for p in warehouse.folder.glob("raw/*/**/*.zst") if p.is_file()}


def heals(warehouse: Warehouse, archive: Path) -> None:
    assert n_listings(warehouse) in (40, 42)
    assert refresh(warehouse, archive).code in (0, 3)
    assert n_listings(warehouse) == 42
    assert refresh(warehouse, archive).code == 0


class Disk:
    """A file system in memory of a size in kilobytes, with a copy of a warehouse on it."""

    def __init__(self, where: Path) -> None:
        self.where, self.warehouse = where, Warehouse(where / "warehouse")

    def mount(self, held: Warehouse, more_kb: int) -> None:
        self.where.mkdir()
        kb = more_kb + sum(-(-path.stat().st_blocks // 2) for path in held.folder.rglob("*"))
        command = ["mount", "-t", "tmpfs", "-o", f"size={kb}k", "tmpfs", str(self.where)]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounted.returncode:
            pytest.skip(f"no file system can be mounted here (needs root): {mounted.stderr.strip()}")
        shutil.copytree(held.folder, self.warehouse.folder)

    def again(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.where)], check=True, capture_output=True)

    def fill(self, free: int) -> Path:
        filler = self.where / "filler"
        filler.write_bytes(bytes(max(0, shutil.disk_usage(self.where).free - free)))
        return filler


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path / "disk")
    yield found
    if found.where.is_mount():
        subprocess.run(["umount", "-l", str(found.where)], check=True)


root_alone = pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root may mount a file system")


@root_alone
def test_on_a_full_disk_a_refresh_says_so_and_leaves_all_as_it_was(sample: Warehouse, disk: Disk, tmp_path: Path) -> None:
    put(tmp_path / "b", SDN, "2023-01-02", "sdn.csv", sdn())
    disk.mount(sample, 4_000)
    before = disk.warehouse.file.read_bytes()
    disk.fill(100_000)
    full = refresh(disk.warehouse, tmp_path / "b")
    assert full.code == 1, full
    assert "cannot be written: the disk is full" in full.out + full.err
    assert "Make room and refresh again" in full.out + full.err
    assert disk.warehouse.file.read_bytes() == before
    assert disk.warehouse.run("sql", "SELECT 1").code == 0, "readers go on"


@deep
@root_alone
def test_wherever_the_space_ends_the_next_refresh_goes_on_once_there_is_more(one: Warehouse, more: Path, disk: Disk) -> None:
    """With ever more free at the start it ends in raw, in core, in the build, in the publication, and at last nowhere."""
    disk.mount(one, 60_000)
    warehouse, free, tried = disk.warehouse, 0, 0
    while free < 60_000:
        filler = disk.fill(free * 1024)
        before = warehouse.file.read_bytes()
        full = in_steps(warehouse.folder, more)
        filler.unlink()
        if full.code == 0:
            break
        tried += 1
        assert "cannot be written: the disk is full" in " ".join(full.told), full.told
        assert full.code == 3 or warehouse.file.read_bytes() == before
        assert is_whole(warehouse.folder)
        assert not list((warehouse.folder / "core").rglob("*.new")), "what was half written is gone"
        healed = in_steps(warehouse.folder, more)
        assert (healed.code, n_listings(warehouse)) == (0, 42), healed.told
        shutil.rmtree(warehouse.folder)
        shutil.copytree(one.folder, warehouse.folder)
        free = free * 4 // 3 + 20
    print(f"{tried} sizes, the last of {free:,} kB free")
    assert tried > 10


@deep
def test_a_limit_on_the_size_of_files_is_told_like_a_full_disk(first: Warehouse, more: Path) -> None:
    """What can be tried without root: the build's file would become larger than this process may write."""
    most = first.file.stat().st_size * 3 // 4
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))\n"
        "from pipelines.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY, "the tests run without such a limit"
    before = first.file.read_bytes()
    done = ended(first.begun("-c", program, *asked(more)))
    assert (done.code, "cannot be written: the file would be larger than this process may write" in says(done)) == (1, True), done
    assert first.file.read_bytes() == before
    assert (refresh(first, more).code, n_listings(first)) == (0, 42)


@deep
@root_alone
def test_a_file_system_that_is_read_only_is_named_and_left_as_it_is(one: Warehouse, more: Path, disk: Disk) -> None:
    disk.mount(one, 50_000)
    disk.again("ro")
    done = refresh(disk.warehouse, more)
    assert done.code == 1
    assert f"{disk.warehouse.folder}: the folder of the warehouse cannot be written: Read-only file system" in done.err
    assert (n_listings(disk.warehouse), disk.warehouse.run("status").code) == (40, 0), "readers go on"
    disk.again("rw")
    assert refresh(disk.warehouse, more).code == 0


def test_a_changed_published_file_is_noticed_and_no_decision_taken_by_a_clock_set_back(sample: Warehouse, copy_of: Copy) -> None:
    """A disk or a person changed it: what readers get is made again, not left until the next list comes."""
    project = (warehouse := copy_of(sample)).project()
    data, before = warehouse.file.read_bytes(), warehouse.file.stat()
    for how in ("flipped", "truncated", "missing"):
        assert Publish(project).is_up_to_date(["sanctions"]), how
        if how == "flipped":  # among the rows: where its versions cannot be read it is made again without a word of why
            warehouse.file.write_bytes(data[:-100_000] + bytes([data[-100_000] ^ 1]) + data[-99_999:])
        else:
            damage(random.Random(1), warehouse.file, how)
        assert not Publish(project).is_up_to_date(["sanctions"]), how
        if how == "flipped":
            assert "its bytes are not those that were published" in " ".join(project.report.problems)
        warehouse.file.write_bytes(data)
        os.utime(warehouse.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    # the last decision counts: one that bears an earlier moment than another would not
    name = f"{SDN}/{project.raw.snapshots(SDN)[0]}"
    decide(project, name, "reject", "A", "a reason", datetime(2026, 1, 2))
    with pytest.raises(BilateralError, match=r"Set the clock right\. Nothing was decided"):
        decide(project, name, "reject", "A", "another", datetime(2026, 1, 1))


@deep
@pytest.mark.parametrize("how", ["truncated", "missing"])
def test_a_damaged_note_of_the_published_file_is_made_again_by_any_refresh(one: Warehouse, first: Warehouse, how: str) -> None:
    """Until the next list came, a published file that was altered would have passed."""
    damage(random.Random(1), first.folder / "published.json", how)
    assert in_steps(first.folder, one.folder.parent / "a").code == 0
    assert checksum.is_as_published(first.file)


@deep
def test_a_part_of_core_over_which_the_checks_stumble_is_made_again_at_once(tmp_path: Path, empty: Warehouse) -> None:
    """Its source, or its domain, stayed as it was for a fold or for checks that could not be run, again with each refresh."""
    for day, without in enumerate(((), (3,)), 1):
        assert empty.refresh(vintages(tmp_path / "a", sdn(without=without), since=day)).exit_code == 0
    part = sorted(empty.folder.glob(f"core/sanctions/parts/{SDN}.sanction_listings.*.closed.parquet"))[0]
    damage(random.Random(1), part, "truncated")
    report = empty.refresh(vintages(tmp_path / "a", sdn(without=(4,)), since=3))
    assert (report.published, report.not_promoted) == (True, []), report
    assert any(part.name in text for text in report.problems)
    assert any("made again from raw" in text for text in report.problems)
    assert empty.rows("SELECT count(*) FROM listed_on(DATE '2023-01-03')") == [(39,)]


@pytest.mark.parametrize(
    ("file", "said", "todo"),
    [
        ("history/runs.db", "Dagster's record of its runs is damaged", "Move this folder away"),
        ("dagster.yaml", "dagster.yaml cannot be read", "delete it: the next refresh writes it again"),
    ],
)
def test_a_damaged_storage_of_dagster_is_named(sample: Warehouse, copy_of: Copy, file: str, said: str, todo: str) -> None:
    warehouse = copy_of(sample)
    (path := warehouse.folder / "dagster" / file).parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{: [ damaged" * 500)
    (warehouse.folder / "state.db").unlink()  # something is to be done
    done = warehouse.run("refresh", "--only", "news")
    told = says(done)
    found = (done.code, "nothing new" in done.out, said in told, todo in told, "Traceback" in told)
    assert found == (3, True, True, True, False), told


KINDS = LAYERS | {
    "folder of raw": f"raw/{SDN}/2*", "folder of staged": f"staged/{SDN}/2*", "parts": "core/sanctions/parts",
    "open rows": f"core/sanctions/parts/{SDN}.sanction_listings.*.open.parquet", "heartbeat": "heartbeat.json",
    "judged snapshots": f"core/sanctions/parts/{SDN}.snapshots.*.parquet", "manifest of actors": "core/actors/current.json",
    "feed": "changes.atom", "who writes": ".writer.json", "lock": ".lock",
}  # fmt: skip
NOTES = ("heartbeat", "feed", "who writes", "lock", "folder of staged")
"""Of which nothing hangs: they are written again, or left, without a word."""


@deep
@pytest.mark.parametrize("way", ["truncated", "missing", "a folder", "a link"])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_a_file_is_told_and_healed_by_a_refresh(first: Warehouse, more: Path, kind: str, way: str) -> None:
    before = bytes_of_raw(first)
    world = World(first.folder, more, random.Random(SEED), number=1)
    assert damaged(KINDS[kind], way)(world, []) or kind in NOTES
    assert n_listings(first) == 42
    healed = world.refresh()
    assert healed.code == 0, healed.told
    assert before <= bytes_of_raw(first)
    assert [finding for finding in looked_at(first.folder) if "taken out of use" not in finding.what] == []


N_FLIPS, N_HEALED = 800, 10
FLIPPED = ("raw/*/*/*.zst", "raw/*/*/receipt.json", "staged/*/*/*", "core/*/parts/*", "core/*/current.json", "bilateral.duckdb")


def findings_of(project: Opened, path: Path) -> LayerCheck:
    layers = {
        "raw": partial(verify_raw, project.raw, project.sources), "staged": partial(verify_staged, project.staged),
        "core": partial(verify_core, project.core, project.packages),
    }  # fmt: skip
    return layers.get(path.relative_to(project.folder).parts[0], partial(verify_published, project.settings.published))()


@deep
def test_no_flipped_bit_goes_unseen_or_ends_a_refresh(first: Warehouse, more: Path) -> None:
    """Each is found by who verifies; with some of them a new vintage comes, and then the refresh has to heal."""
    files = [p for pattern in FLIPPED for p in sorted(first.folder.glob(pattern)) if p.stat().st_size]
    chance, unseen = random.Random(SEED), []
    for number in range(N_FLIPS):
        path = chance.choice(files)
        whole = path.read_bytes()
        damage(chance, path, "flipped")
        flipped = path.read_bytes()
        if not findings_of(first.project(lambda _: None), path).findings:
            unseen.append(str(path.relative_to(first.folder)))
        path.write_bytes(whole)
        if number % (N_FLIPS // N_HEALED) == 0:
            copy = Warehouse(first.folder.parent / "flipped")
            shutil.copytree(first.folder, copy.folder)
            (copy.folder / path.relative_to(first.folder)).write_bytes(flipped)
            world = World(copy.folder, more, chance, number=1)
            assert world.refresh().code in (0, 3)
            healed = world.refresh()
            assert (healed.code, n_listings(copy)) == (0, 42), (path, healed.told)
            shutil.rmtree(copy.folder)
    assert unseen == []


@contextmanager
def in_the_middle(warehouse: Warehouse, archive: Path, line: str) -> Iterator[subprocess.Popen[str]]:
    before = bytes_of_raw(warehouse)
    child = begun(warehouse, archive, PYTHONUNBUFFERED="1")
    assert child.stdout is not None
    assert any(line in said for said in child.stdout), line
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate(timeout=DEADLINE_S)
    assert before <= bytes_of_raw(warehouse)


@deep
@pytest.mark.parametrize("way", ["ctrl-c twice", "stopped and continued", "killed"])
@pytest.mark.parametrize("moment", ["new snapshots", "history updated", "building the warehouse"])
def test_a_refresh_that_is_ended_or_stopped_loses_nothing(first: Warehouse, more: Path, moment: str, way: str) -> None:
    with in_the_middle(first, more, moment) as child:
        if way == "ctrl-c twice":
            child.send_signal(signal.SIGINT)
            time.sleep(0.05)
            child.send_signal(signal.SIGINT)
            assert ended(child).code in (130, -signal.SIGINT)
        elif way == "killed":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            os.killpg(child.pid, signal.SIGSTOP)
            waiting = refresh(first, more, BILATERAL_WAIT_S="2")
            assert (waiting.code, "is still writing" in says(waiting), n_listings(first)) == (1, True, 40)
            os.killpg(child.pid, signal.SIGCONT)
            assert (ended(child).code, n_listings(first)) == (0, 42)
    heals(first, more)


BY_THE_UI = """
import sys
import dagster as dg
from pipelines.definitions import defs
with dg.DagsterInstance.get() as instance:
    job = defs.resolve_job_def("refresh_sanctions")
    sys.exit(not job.execute_in_process(instance=instance, raise_on_error=False).success)
"""


@deep
@pytest.mark.parametrize("other", ["the command line", "the UI"])
def test_two_refreshes_at_once_both_end_well(first: Warehouse, more: Path, other: str) -> None:
    if other == "the UI":
        note_origin(first.folder, str(more))
        children = [first.begun("-c", BY_THE_UI, DAGSTER_HOME=str(first.folder / "dagster")), begun(first, more)]
    else:
        children = [begun(first, more), begun(first, more)]
    done = [child.communicate(timeout=DEADLINE_S) for child in children]
    assert [child.returncode for child in children] == [0, 0], done
    assert n_listings(first) == 42
    assert refresh(first, more).code == 0


NOBODY = 65_534
MERE = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
"""Begins a command of root's that may do no more than others: it owns its files, and rights hold for it."""
FOLDERS = ("", "raw", f"raw/{SDN}", "staged", f"staged/{SDN}", "core", "core/sanctions", "core/sanctions/parts", "dagster")


@deep
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root, and setpriv of util-linux")
@pytest.mark.parametrize(("folder", "how"), [(f, ("another user's", "read-only")[n % 2]) for n, f in enumerate(FOLDERS)])
def test_a_folder_that_may_not_be_written_is_named_and_left_as_it_is(first: Warehouse, more: Path, folder: str, how: str) -> None:
    before, path = bytes_of_raw(first), first.folder / folder
    mode = path.stat().st_mode
    if how == "another user's":
        os.chown(path, NOBODY, NOBODY)
    path.chmod(0o555 if how == "read-only" else 0o755)
    done = ended(begun(first, more, *MERE))
    if done.code:  # a vintage may need nothing new in the folder itself, but in those below it
        assert done.code in (1, 3), done
        assert re.search(r"cannot be written|could not be written|Permission denied|may not write", says(done)), says(done)
    assert n_listings(first) in ((40, 42) if done.code else (42,))
    assert before <= bytes_of_raw(first)
    os.chown(path, 0, 0)
    path.chmod(mode)
    assert World(first.folder, more, random.Random(SEED), number=1).refresh().code == 0
    assert n_listings(first) == 42


@deep
@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime")
def test_a_clock_that_goes_a_day_forth_and_back_stops_no_refresh(first: Warehouse, tmp_path: Path) -> None:
    for number, by in enumerate(("+1d", "+0d", "-1d", "+0d"), 2):
        archive = vintages(tmp_path / "a", sdn(more=number), since=number)
        done = ended(begun(first, archive, "faketime", "-f", by, DONT_FAKE_MONOTONIC="1"))
        assert (done.code, n_listings(first)) == (0, 40 + number), (by, done)
    assert first.rows("SELECT count(*), count(DISTINCT publication_id) FROM meta.publications") == [(5, 5)]


def test_a_live_source_is_not_asked_with_a_clock_that_was_set_back(empty: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    project = empty.project(lambda _: None)
    project.chosen_origin = "live"
    asked: list[datetime] = []

    def answered(visit: FetchContext, _: object) -> Iterator[Attempt]:
        asked.append(visit.now)
        yield Attempt(visit.moment, {"uflpa-entity-list.html": TEXTS["us_dhs_uflpa"][0][1]})

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", answered)
    for day in (5, 4, 6):
        project.now = partial(datetime, 2023, 1, day, tzinfo=UTC)
        Ingest(project).ingest("us_dhs_uflpa")
    assert [moment.day for moment in asked] == [5, 6]
    (told,) = project.report.problems
    assert "The clock was set back, or was ahead then" in told


def test_where_the_note_of_the_origin_is_damaged_or_gone_it_is_asked_for_in_words(tmp_path: Path, empty: Warehouse) -> None:
    project, archive = empty.project(lambda _: None), vintages(tmp_path / "a", sdn())
    Ingest(project).choose_origin(str(archive))
    assert len(Ingest(project).ingest(SDN)) == 1
    whole = (note := project.folder / "origin.json").read_text()
    for content in ("{", "[]", "", "{}", None):
        note.write_text(whole)
        assert Ingest(project).choose_origin(None) == str(archive.resolve())
        note.unlink() if content is None else note.write_text(content)
        with pytest.raises(BilateralError, match=r"origin\.json is missing or damaged.*Say it once: --from live, or --from DIR"):
            Ingest(project).choose_origin(None)
        assert Ingest(project).choose_origin(str(archive)) == str(archive.resolve()), content


SPEND_MB, SPEND_S = 4_000, 60
MILLION = 1_000_000


def a_packed_bomb(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(name, "w", force_zip64=True) as file:
        for _ in range(4_000):
            file.write(bytes(1 << 20))
    return out.getvalue()


def _long_cells() -> Iterator[bytes]:
    cell = b'<row><c t="inlineStr"><is><t>' + b"x" * 1_000 + b"</t></is></c></row>"
    yield from (cell * 1_000 for _ in range(1_000))


def a_million_laughs() -> bytes:
    named = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a0 'ha'>{named}]><a>&a9;</a>".encode()


FAR_APART = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
BOMBS: dict[str, Callable[[], bytes]] = {
    "a million columns": lambda: (",".join(f"c{n}" for n in range(MILLION)) + "\n" + ",".join("1" * MILLION) + "\n").encode(),
    "JSON a million deep": lambda: b"[" * MILLION + b"]" * MILLION,
    "XML a million deep": lambda: b"<a>" * MILLION + b"</a>" * MILLION,
    "a million laughs": a_million_laughs,
    "a workbook of long cells": lambda: workbook(_long_cells()),
    "a workbook of two cells far apart": lambda: workbook(FAR_APART),
    "an old workbook of two cells far apart": lambda: old_workbook(2, (0, 0), (65_535, 255)),
    "an old workbook of two billion rows": lambda: old_workbook(2**31, (0, 0)),
    "a zip": lambda: a_packed_bomb("member"),
    "a gzip": lambda: gzip.compress(bytes(4_000_000_000), 1),
}
SUFFIXES = {"a zip": ".zip", "a gzip": ".gz"}


def highest_mb() -> int:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) // 1024


def read_as_in_a_refresh(source: Source, code: SourceCode, name: str, data: bytes) -> str:
    """What became of a file; other files that the snapshot should have are not asked for, so that each reader is reached."""
    try:
        files = files_in(name, data, source, source.max_bytes)
    except BilateralError as refusal:
        return f"not unpacked: {refusal}"
    refusal_of_bytes = inspect(files, source)
    if refusal_of_bytes is not None and not re.search("missing from the snapshot|has no such file", refusal_of_bytes):
        return f"not read: {refusal_of_bytes}"
    return "refused" if staged_or_none(code.stage, files) is None else "read"


@deep
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_by_each_reader(bomb: str) -> None:
    """Packed ones by eight of them, since what unpacks is one for all."""
    data, sources, suffix = BOMBS[bomb](), load_sources(), SUFFIXES.get(bomb, "")
    seeds = random.Random(SEED).sample(SEEDS, 8) if suffix else SEEDS
    most, longest, came = 0, 0.0, Counter[str]()
    for source, name, _ in seeds:
        highest_mb()
        before, started = highest_mb(), time.process_time()
        what = read_as_in_a_refresh(sources[source], CODES[source], name + suffix, data)
        spent, used = time.process_time() - started, highest_mb() - before
        assert used < SPEND_MB, (source, name, used)
        assert spent < SPEND_S, (source, name, spent)
        assert not suffix or "larger than" in what, what
        most, longest = max(most, used), max(longest, spent)
        came[what.partition(":")[0]] += 1
    print(f"{bomb}: {len(seeds)} readers, {dict(came)}; at most {most:,} MB and {longest:.1f} s", flush=True)


MANY, EACH = 200, 40
MEASURED = ("files", "bytes", "files of Dagster", "bytes of Dagster")


def measured(folder: Path) -> dict[str, int]:
    files = [p for p in folder.rglob("*") if p.is_file() and "raw" not in p.relative_to(folder).parts]
    of_dagster = [p for p in files if "dagster" in p.relative_to(folder).parts]
    sizes = (len(files), sum(p.stat().st_size for p in files), len(of_dagster), sum(p.stat().st_size for p in of_dagster))
    return dict(zip(MEASURED, sizes, strict=True))


@deep
def test_many_small_refreshes_cost_no_more_than_what_came_in(first: Warehouse, tmp_path: Path) -> None:
    """200 vintages, each folded by itself; each fortieth by the whole command. Printed: processor time, files and bytes."""
    rows = []
    for number in range(1, MANY + 1):
        day = date(2023, 1, 1) + timedelta(days=number)
        put(tmp_path / "a", SDN, day.isoformat(), "sdn.csv", sdn(without=(1 + number % 37,), more=number // 10))
        if number % EACH:
            project = first.project(lambda _: None)
            Ingest(project).choose_origin(str(tmp_path / "a"))
            Ingest(project).ingest(SDN)
            Transform(project).stage(SDN)
            Transform(project).fold("sanctions")
            assert project.report.exit_code == 0
            continue
        started = time.process_time()
        done = refresh(first, tmp_path / "a")
        assert done.code == 0, done.out + done.err
        rows.append({"n": number, "seconds": round(time.process_time() - started, 1)} | measured(first.folder))
        print(json.dumps(rows[-1]), flush=True)
    for name in MEASURED:
        per = [(b[name] - a[name]) / (b["n"] - a["n"]) for a, b in pairwise((rows[1], rows[len(rows) // 2], rows[-1]))]
        assert per[1] <= 1.5 * max(per[0], 1), (name, rows)
