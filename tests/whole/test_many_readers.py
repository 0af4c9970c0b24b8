"""Many readers through many publications: no error, and only whole versions.

Each reader is a process of its own, as each analyst is: within one process DuckDB gives a second connection the file that the
first one opened. Half of them open the file as the commands do, half attach it as the documents say: a plain
``duckdb.connect(path)`` opens it three times, and may meet two versions.
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from pipelines.publish import build as warehouse
from pipelines.publish import checksum
from tests.depth import DEEP
from tests.pipelines.examples import a_published_file
from tests.whole.conftest import ROOT

READERS, PUBLICATIONS = (32, 200) if DEEP else (4, 6)
ROWS = (300, 7)
"""Listings of the versions, which follow each other in turn: a mixture would have another count than it notes."""
DEADLINE_S = 900
"""What hangs ends after so long; a deep run takes two minutes on two cores that have nothing else to do."""
PAUSE_S = 0.025 * READERS if DEEP else 0.05
"""Of a reader between two looks. One takes 30 ms of a processor: without a pause that grows with their number, a hundred readers
leave nothing to whoever publishes."""

READER = """
import json, os, sys, time, duckdb
from pathlib import Path
from pipelines.util.readers import connect_for_readers
def attached(file):
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")  # on a busy computer a query takes long enough for one
    con.execute(f"ATTACH '{file}' AS w (TYPE duckdb, READ_ONLY)")
    con.execute("USE w")
    return con
opened = (connect_for_readers, attached)[int(sys.argv[5]) % 2]
os.nice(10)  # on a computer that is all taken up it is readers who wait
parent = os.getppid()
file, end, seen, n, kept, wrong = Path(sys.argv[1]), Path(sys.argv[2]), set(), 0, 0, []
pause, until = float(sys.argv[3]), time.monotonic() + float(sys.argv[4])
print("reading", flush=True)
while not end.exists() and os.getppid() == parent and time.monotonic() < until:
    try:
        with opened(file) as con:
            query = "SELECT count(*), any_value(publication_id) FROM core.sanction_listings, meta.build"
            first, begun = con.execute(query).fetchall()[0], os.stat(file).st_ino
            time.sleep(0.5 if n % 5 == 4 else 0.01)  # a version that is open stays what it is, also where others follow it
            noted = con.execute("SELECT n_rows FROM meta.row_counts WHERE table_name = 'core.sanction_listings'").fetchall()[0][0]
            names = con.execute("SELECT count(DISTINCT listing_id) FROM core.sanction_listings").fetchall()[0][0]
            kept += os.stat(file).st_ino != begun
        n += 1
        seen.add(first[1])
        if not first[0] == noted == names or first[1] != f"run-{noted}":
            wrong.append([*first, noted, names])
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    time.sleep(pause)
print(json.dumps({"n": n, "kept": kept, "seen": sorted(seen), "wrong": wrong[:3], "n_wrong": len(wrong)}))
"""


def a_small_file(path: Path, run: str, n: int) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute(
            f"""CREATE SCHEMA core; CREATE SCHEMA meta;
            CREATE TABLE core.sanction_listings AS SELECT 'us_ofac_sdn:' || i AS listing_id FROM range({n}) AS t(i);
            CREATE TABLE meta.row_counts AS SELECT 'core.sanction_listings' AS table_name, {n} AS n_rows;
            CREATE TABLE meta.build AS SELECT '{run}' AS publication_id, TIMESTAMP '2024-01-01' AS built_at"""
        )
    return path


def test_readers_meet_whole_versions_alone_through_many_publications(tmp_path: Path) -> None:
    versions = [tmp_path / f"{n}.duckdb" for n in ROWS]
    for path, n in zip(versions, ROWS, strict=True):
        (a_published_file if DEEP else a_small_file)(path, f"run-{n}", n)
    published, draft, end = tmp_path / "bilateral.duckdb", tmp_path / "draft.duckdb", tmp_path / "end"

    def publish(number: int) -> None:
        shutil.copy(versions[number % len(versions)], draft)
        checksum.note_publication(draft, published)
        warehouse.publish(draft, published)
        assert checksum.is_as_published(published)

    publish(0)
    until = time.monotonic() + DEADLINE_S
    command = [sys.executable, "-c", READER, str(published), str(end), str(PAUSE_S), str(DEADLINE_S)]
    readers = [
        subprocess.Popen([*command, str(n)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n in range(READERS)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n"
        for number in range(1, PUBLICATIONS + 1):
            publish(number)
            assert time.monotonic() < until, f"{number} of {PUBLICATIONS} publications in {DEADLINE_S} s"
            time.sleep(0.3 if DEEP else 0.05)
        end.touch()
        found = [reader.communicate(timeout=120) for reader in readers]
    finally:
        end.touch()
        for reader in readers:
            if reader.poll() is None:
                reader.kill()
                reader.communicate()
    assert [err for _, err in found if err] == []
    told = [json.loads(out) for out, _ in found]
    looks, kept = (sum(t[what] for t in told) for what in ("n", "kept"))
    print(f"{READERS} readers, {PUBLICATIONS} publications, {looks:,} looks, in {kept:,} of them another version was published")
    assert [t["wrong"] for t in told if t["n_wrong"]] == []
    assert {name for t in told for name in t["seen"]} == {f"run-{n}" for n in ROWS}
    assert min(t["n"] for t in told) > 0
