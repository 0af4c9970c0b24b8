"""What is done to ``bilateral refresh`` from outside: its files, its processes, its user, its readers. Deep.

Of each: the published file is the old one or the new one, and complete; no traceback; a sentence and the exit code say what
happened; the next refresh heals; each byte of raw that was not touched is still there. ``docs/operations/faults.md`` has the rows
and what came of them. What is harmed is a copy; most refreshes run in this process, without Dagster where the fault does not
concern it: a process of its own takes as long again, a run of Dagster three times as long.
"""

import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.contracts import SourceCode
from assets.errors import BilateralError
from pipelines.ingest.archive import files_in
from pipelines.ingest.guards import inspect
from pipelines.ingest.origin import note_origin
from pipelines.ingest.sources import Source, load_sources
from pipelines.maintenance.verify import LayerCheck, verify_core, verify_published, verify_raw, verify_staged
from pipelines.services.ingest import Ingest
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.depth import DEEP
from tests.fuzz import staged_or_none
from tests.reading.test_saved_again import CODES, SEEDS
from tests.reading.workbook import old_workbook, workbook
from tests.whole.archives import put, sdn
from tests.whole.conftest import Done, Warehouse, ended
from tests.whole.simulated_year import World, damage, damaged, is_whole, looked_at

pytestmark = pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: refreshes by the dozen")

SDN = "us_ofac_sdn"
SEED = 1
DEADLINE_S = 900


@pytest.fixture
def held(one: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> Warehouse:
    return copy_of(one)


@pytest.fixture
def more(one: Warehouse) -> Path:
    """An archive with a vintage of two parties more."""
    return one.folder.parent / "b"


def asked(archive: Path) -> tuple[str, ...]:
    return "refresh", "--from", str(archive), "--only", "sanctions"


def refresh(warehouse: Warehouse, archive: Path, **env: str) -> Done:
    """In this process."""
    done = warehouse.run(*asked(archive), **env)
    assert "Traceback" not in done.out + done.err, done.out + done.err
    assert "please report" not in done.out + done.err, done.out + done.err
    return done


def begun(warehouse: Warehouse, archive: Path, *through: str, **env: str) -> subprocess.Popen[str]:
    return warehouse.begun("-m", "pipelines.cli", *asked(archive), through=through, **env)


def n_listings(warehouse: Warehouse) -> int:
    assert is_whole(warehouse.folder)
    return int(warehouse.rows("SELECT count(*) FROM core.sanction_listings")[0][0])


def bytes_of_raw(warehouse: Warehouse) -> set[bytes]:
    """What raw holds, wherever it lies."""
    return {p.read_bytes() for p in warehouse.folder.glob("raw/*/**/*.zst") if p.is_file()}


def says(done: Done) -> str:
    return " ".join((done.out + done.err).split())


def heals(warehouse: Warehouse, archive: Path) -> None:
    """By the next refresh; after it nothing is left to do."""
    assert n_listings(warehouse) in (40, 42)
    done = refresh(warehouse, archive)
    assert done.code in (0, 3), done.out + done.err
    assert n_listings(warehouse) == 42
    assert refresh(warehouse, archive).code == 0


# files of a warehouse ------------------------------------------------------------------------------------------------------

KINDS = {
    "raw file": f"raw/{SDN}/*/*.zst",
    "receipt": f"raw/{SDN}/*/receipt.json",
    "folder of raw": f"raw/{SDN}/2*",
    "staged rows": f"staged/{SDN}/*/*.parquet",
    "staged record": f"staged/{SDN}/*/staged.json",
    "folder of staged": f"staged/{SDN}/2*",
    "open rows": f"core/sanctions/parts/{SDN}.sanction_listings.*.open.parquet",
    "judged snapshots": f"core/sanctions/parts/{SDN}.snapshots.*.parquet",
    "parts": "core/sanctions/parts",
    "manifest": "core/sanctions/current.json",
    "manifest of actors": "core/actors/current.json",
    "published file": "bilateral.duckdb",
    "note of the published file": "published.json",
    "note of the origin": "origin.json",
    "what is remembered": "state.db",
    "heartbeat": "heartbeat.json",
    "feed": "changes.atom",
    "who writes": ".writer.json",
    "lock": ".lock",
}
WAYS = ("truncated", "missing", "a folder", "a link")
NOTES = ("heartbeat", "feed", "who writes", "lock", "folder of staged")
"""Of which nothing hangs: they are written again, or left, without a word."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_becomes_of_a_file_is_told_and_healed_by_the_next_refresh(
    held: Warehouse, more: Path, kind: str, way: str
) -> None:
    before = bytes_of_raw(held)
    world = World(held.folder, more, random.Random(SEED), number=1)
    told = damaged(KINDS[kind], way)(world, [])
    assert told or kind in NOTES
    assert n_listings(held) == 42
    healed = world.refresh()
    assert healed.code == 0, healed.told
    assert before <= bytes_of_raw(held)
    assert [finding for finding in looked_at(held.folder) if "taken out of use" not in finding.what] == []


N_FLIPS, N_HEALED = 800, 10


def layer_of(project: Opened, path: Path) -> LayerCheck:
    match path.relative_to(project.folder).parts[0]:
        case "raw":
            return verify_raw(project.raw, project.sources)
        case "staged":
            return verify_staged(project.staged)
        case "core":
            return verify_core(project.core, project.packages)
        case _:
            return verify_published(project.settings.published)


def test_no_flipped_bit_goes_unseen_or_ends_a_refresh(held: Warehouse, more: Path) -> None:
    """Each is found by who verifies; with some of them a new vintage comes, and then the refresh has to heal."""
    patterns = (
        "raw/*/*/*.zst",
        "raw/*/*/receipt.json",
        "staged/*/*/*",
        "core/*/parts/*",
        "core/*/current.json",
        "bilateral.duckdb",
    )
    files = [p for pattern in patterns for p in sorted(held.folder.glob(pattern)) if p.stat().st_size]
    chance = random.Random(SEED)
    unseen = []
    for number in range(N_FLIPS):
        path = chance.choice(files)
        whole = path.read_bytes()
        damage(chance, path, "flipped")
        flipped = path.read_bytes()
        project = Opened(Settings(warehouse=held.folder, data_docs=False), lambda _: None)
        if not layer_of(project, path).findings:
            unseen.append(str(path.relative_to(held.folder)))
        path.write_bytes(whole)
        if number % (N_FLIPS // N_HEALED) == 0:
            copy = Warehouse(held.folder.parent / "flipped")
            shutil.copytree(held.folder, copy.folder)
            (copy.folder / path.relative_to(held.folder)).write_bytes(flipped)
            world = World(copy.folder, more, chance, number=1)
            assert world.refresh().code in (0, 3)
            healed = world.refresh()
            assert healed.code == 0, (path, healed.told)
            assert n_listings(copy) == 42
            shutil.rmtree(copy.folder)
    assert unseen == []


# processes -----------------------------------------------------------------------------------------------------------------


@contextmanager
def in_the_middle(warehouse: Warehouse, archive: Path, line: str) -> Iterator[subprocess.Popen[str]]:
    """A refresh that has said a line; afterwards no byte of raw is missing."""
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


MOMENTS = ("new snapshots", "history updated", "building the warehouse")


@pytest.mark.parametrize("way", ["ctrl-c twice", "stopped and continued", "killed"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_refresh_that_is_ended_or_stopped_loses_nothing_and_the_next_one_ends(
    held: Warehouse, more: Path, moment: str, way: str
) -> None:
    with in_the_middle(held, more, moment) as child:
        if way == "ctrl-c twice":
            child.send_signal(signal.SIGINT)
            time.sleep(0.05)
            child.send_signal(signal.SIGINT)
            assert ended(child).code in (130, -signal.SIGINT)
        elif way == "killed":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            os.killpg(child.pid, signal.SIGSTOP)
            waiting = refresh(held, more, BILATERAL_WAIT_S="2")
            assert (waiting.code, "is still writing" in says(waiting), n_listings(held)) == (1, True, 40)
            os.killpg(child.pid, signal.SIGCONT)
            assert ended(child).code == 0
            assert n_listings(held) == 42
    heals(held, more)


BY_THE_UI = """
import sys
import dagster as dg
from pipelines.definitions import defs
with dg.DagsterInstance.get() as instance:
    job = defs.resolve_job_def("refresh_sanctions")
    sys.exit(not job.execute_in_process(instance=instance, raise_on_error=False).success)
"""


@pytest.mark.parametrize("other", ["the command line", "the UI"])
def test_two_refreshes_at_once_both_end_well(held: Warehouse, more: Path, other: str) -> None:
    if other == "the UI":
        note_origin(held.folder, str(more))
        env = {"DAGSTER_HOME": str(held.folder / "dagster")}
        children = [held.begun("-c", BY_THE_UI, **env), begun(held, more)]
    else:
        children = [begun(held, more), begun(held, more)]
    done = [child.communicate(timeout=DEADLINE_S) for child in children]
    assert [child.returncode for child in children] == [0, 0], done
    assert n_listings(held) == 42
    assert refresh(held, more).code == 0


# users, rights, clocks -----------------------------------------------------------------------------------------------------

NOBODY = 65_534
MERE = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
"""Begins a command of root's that may do no more than others: it owns its files, and rights hold for it."""
FOLDERS = ("", "raw", f"raw/{SDN}", "staged", f"staged/{SDN}", "core", "core/sanctions", "core/sanctions/parts", "dagster")


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root, and setpriv of util-linux")
@pytest.mark.parametrize(
    ("folder", "how"), [(folder, ("another user's", "read-only")[n % 2]) for n, folder in enumerate(FOLDERS)]
)
def test_a_folder_that_may_not_be_written_is_named_and_left_as_it_is(held: Warehouse, more: Path, folder: str, how: str) -> None:
    before = bytes_of_raw(held)
    path = held.folder / folder
    mode = path.stat().st_mode
    if how == "another user's":
        os.chown(path, NOBODY, NOBODY)
    path.chmod(0o555 if how == "read-only" else 0o755)
    done = ended(begun(held, more, *MERE))
    if done.code:  # a vintage may need nothing new in the folder itself, but in those below it
        assert done.code in (1, 3), done
        assert re.search(r"cannot be written|could not be written|Permission denied|may not write", says(done)), says(done)
    assert n_listings(held) in ((40, 42) if done.code else (42,))
    assert before <= bytes_of_raw(held)
    os.chown(path, 0, 0)
    path.chmod(mode)
    world = World(held.folder, more, random.Random(SEED), number=1)
    assert world.refresh().code == 0
    assert n_listings(held) == 42


@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs faketime")
def test_a_clock_that_goes_a_day_forth_and_back_stops_no_refresh(held: Warehouse, tmp_path: Path) -> None:
    for number, by in enumerate(("+1d", "+0d", "-1d", "+0d"), 2):
        put(tmp_path / "a", SDN, f"2023-01-0{number}", "sdn.csv", sdn(more=number))
        done = ended(begun(held, tmp_path / "a", "faketime", "-f", by, DONT_FAKE_MONOTONIC="1"))
        assert done.code == 0, (by, done)
        assert n_listings(held) == 40 + number
    assert held.rows("SELECT count(*), count(DISTINCT publication_id) FROM meta.publications") == [(5, 5)]


# what readers are given ----------------------------------------------------------------------------------------------------

SPEND_MB, SPEND_S = 4_000, 60


def a_packed_bomb(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open(name, "w", force_zip64=True) as file:
        for _ in range(4_000):
            file.write(bytes(1 << 20))
    return out.getvalue()


def _long_cells() -> Iterator[bytes]:
    cell = b'<row><c t="inlineStr"><is><t>' + b"x" * 1_000 + b"</t></is></c></row>"
    for _ in range(1_000):
        yield cell * 1_000


def a_million_laughs() -> bytes:
    named = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a0 'ha'>{named}]><a>&a9;</a>".encode()


MILLION = 1_000_000
BOMBS: dict[str, Callable[[], bytes]] = {
    "a million columns": lambda: (",".join(f"c{n}" for n in range(MILLION)) + "\n" + ",".join("1" * MILLION) + "\n").encode(),
    "JSON a million deep": lambda: b"[" * MILLION + b"]" * MILLION,
    "XML a million deep": lambda: b"<a>" * MILLION + b"</a>" * MILLION,
    "a million laughs": a_million_laughs,
    "a workbook of long cells": lambda: workbook(_long_cells()),
    "a workbook of two cells far apart": lambda: workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "an old workbook of two cells far apart": lambda: old_workbook(2, (0, 0), (65_535, 255)),
    "an old workbook of two billion rows": lambda: old_workbook(2**31, (0, 0)),
    "a zip": lambda: a_packed_bomb("member"),
    "a gzip": lambda: gzip.compress(bytes(4_000_000_000), 1),
}
SUFFIXES = {"a zip": ".zip", "a gzip": ".gz"}


def highest_mb() -> int:
    """The most memory that this process had since it was last asked."""
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


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_by_each_reader(bomb: str) -> None:
    """Packed ones by eight of them, since what unpacks is one for all."""
    data, sources = BOMBS[bomb](), load_sources()
    seeds = random.Random(SEED).sample(SEEDS, 8) if bomb in SUFFIXES else SEEDS
    most, longest, came = 0, 0.0, Counter[str]()
    for source, name, _ in seeds:
        highest_mb()
        before, started = highest_mb(), time.process_time()
        what = read_as_in_a_refresh(sources[source], CODES[source], name + SUFFIXES.get(bomb, ""), data)
        spent, used = time.process_time() - started, highest_mb() - before
        assert used < SPEND_MB, (source, name, used)
        assert spent < SPEND_S, (source, name, spent)
        most, longest = max(most, used), max(longest, spent)
        came[what.partition(":")[0]] += 1
        if bomb in SUFFIXES:
            assert "larger than" in what, what
    print(f"{bomb}: {len(seeds)} readers, {dict(came)}; at most {most:,} MB and {longest:.1f} s", flush=True)


MANY, EACH = 200, 40
MEASURED = ("files", "bytes", "files of Dagster", "bytes of Dagster")


def measured(folder: Path) -> dict[str, int]:
    files = [p for p in folder.rglob("*") if p.is_file() and "raw" not in p.relative_to(folder).parts]
    of_dagster = [p for p in files if "dagster" in p.relative_to(folder).parts]
    sizes = (len(files), sum(p.stat().st_size for p in files), len(of_dagster), sum(p.stat().st_size for p in of_dagster))
    return dict(zip(MEASURED, sizes, strict=True))


def test_many_small_refreshes_cost_no_more_than_what_came_in(held: Warehouse, tmp_path: Path) -> None:
    """200 vintages, each folded by itself; each fortieth by the whole command. Printed: processor time, files and bytes."""
    rows = []
    for number in range(1, MANY + 1):
        day = date(2023, 1, 1) + timedelta(days=number)
        put(tmp_path / "a", SDN, day.isoformat(), "sdn.csv", sdn(without=(1 + number % 37,), more=number // 10))
        if number % EACH:
            project = Opened(Settings(warehouse=held.folder, data_docs=False), lambda _: None)
            Ingest(project).choose_origin(str(tmp_path / "a"))
            Ingest(project).ingest(SDN)
            Transform(project).stage(SDN)
            Transform(project).fold("sanctions")
            assert project.report.exit_code == 0
            continue
        started = time.process_time()
        done = refresh(held, tmp_path / "a")
        assert done.code == 0, done.out + done.err
        rows.append({"n": number, "seconds": round(time.process_time() - started, 1)} | measured(held.folder))
        print(json.dumps(rows[-1]), flush=True)
    first, middle, last = rows[1], rows[len(rows) // 2], rows[-1]
    for name in MEASURED:
        per = [(b[name] - a[name]) / (b["n"] - a["n"]) for a, b in ((first, middle), (middle, last))]
        assert per[1] <= 1.5 * max(per[0], 1), (name, rows)
