"""``python -m benchmarks [NAME ...]``: definitions, sample, history, sources. Prints seconds and peak memory."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("BILATERAL_REAL_DATA", ROOT.parent / "shared" / "data"))
BILATERAL = [sys.executable, "-m", "pipelines.cli"]


def row(name: str, seconds: float, memory_mb: float | None = None, note: str = "") -> None:
    """Print one measurement."""
    print(f"{name:<58}{seconds:>9.3f} s{'' if memory_mb is None else f'{memory_mb:>9,.0f} MB'}  {note}", flush=True)


def run(name: str, command: list[str], warehouse: Path, expected: int = 0) -> None:
    """Measure a command in a process of its own: wall time and peak resident memory."""
    started = time.perf_counter()
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "BILATERAL_WAREHOUSE": str(warehouse)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = child.stdout.read() if child.stdout is not None else b""
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    row(name, seconds, usage.ru_maxrss / 1024, "" if code == expected else f"EXIT {code}")
    if code != expected:
        print(output.decode()[-3000:])


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bilateral-bench-") as name:
        yield Path(name)


def definitions() -> None:
    """Loading the Dagster definitions, from a new interpreter."""
    with folder() as tmp:
        run("python, import of dagster alone (floor)", [sys.executable, "-c", "import dagster"], tmp)
        run("definitions loaded", [sys.executable, "-c", "import pipelines.definitions"], tmp)


def sample() -> None:
    """The built-in sample, first and again."""
    with folder() as tmp:
        run("refresh from the sample, first", [*BILATERAL, "refresh", "--from", "sample"], tmp)
        run("refresh from the sample, nothing new", [*BILATERAL, "refresh"], tmp)
        run("bilateral sql", [*BILATERAL, "sql", "SELECT count(*) FROM core.events"], tmp)


def _history(tmp: Path) -> Path | None:
    tool = REAL.parent / "tools" / "expand_sdn_history"
    if not tool.exists():
        print("history: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return None
    archive = tmp / "archive"
    subprocess.run([str(tool), str(archive / "us_ofac_sdn")], check=True)
    return archive


def _floor(archive: Path) -> None:
    """Reading every vintage with Polars and comparing it with the one before: what any implementation must do."""
    started = time.perf_counter()
    before: pl.DataFrame | None = None
    for path in sorted(archive.glob("us_ofac_sdn/*/sdn.csv")):
        frame = pl.read_csv(
            path, has_header=False, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True, null_values="-0- "
        )
        if before is not None:
            frame.join(before, on=frame.columns, how="anti", nulls_equal=True)
            before.join(frame, on=frame.columns, how="anti", nulls_equal=True)
        before = frame
    row("floor: Polars reads 260 vintages, compares each with the last", time.perf_counter() - started)


def history() -> None:
    """The 260 vintages of the SDN list: all at once, one more, all again."""
    with folder() as tmp:
        archive = _history(tmp)
        if archive is None:
            return
        _floor(archive)
        vintages = sorted((archive / "us_ofac_sdn").iterdir())
        later = tmp / "later" / "us_ofac_sdn"
        later.mkdir(parents=True)
        shutil.move(vintages[-1], later / vintages[-1].name)
        warehouse = tmp / "warehouse"
        run("259 SDN vintages imported, folded, audited, published", [*BILATERAL, "refresh", "--from", str(archive)], warehouse)
        run("one further vintage, published", [*BILATERAL, "refresh", "--from", str(later.parent)], warehouse)
        run("all imported again, nothing new", [*BILATERAL, "refresh", "--from", str(archive)], warehouse)
        shutil.move(later / vintages[-1].name, vintages[-1])
        whole = tmp / "whole"
        run("260 SDN vintages imported, folded, audited, published", [*BILATERAL, "refresh", "--from", str(archive)], whole)
        _fold_one(archive, vintages[-1], tmp)
        _queries(whole / "bilateral.duckdb")


def _fold_one(archive: Path, vintage: Path, tmp: Path) -> None:
    """Fold one further vintage, without Dagster, the audit and the build."""
    from assets.sanctions.code import SOURCES
    from pipelines.archive import import_archive
    from pipelines.layers import CoreStore, Room, StagedStore, fingerprint
    from pipelines.raw_store import RawStore
    from pipelines.sources import load_sources

    source = load_sources()["us_ofac_sdn"]
    code = next(c for c in SOURCES if c.source == source.id)
    room = Room("sanctions", (code,), code.tables)
    raw, staged, core = RawStore(tmp / "one" / "raw"), StagedStore(tmp / "one" / "staged"), CoreStore(tmp / "one" / "core")
    aside = tmp / "aside"
    shutil.move(vintage, aside)
    mark = fingerprint("sanctions", room.tables)
    import_archive(raw, source, archive)
    staged.stage(code, raw, mark)
    core.promote(core.fold(room, raw, staged, {source.id: source.rows}, {}, mark)[0])
    shutil.move(aside, vintage)
    started = time.perf_counter()
    import_archive(raw, source, archive)
    row("one further vintage: imported (the other 259 hashed again)", time.perf_counter() - started)
    started = time.perf_counter()
    staged.stage(code, raw, mark, core.judged("sanctions", source.id, mark))
    core.promote(core.fold(room, raw, staged, {source.id: source.rows}, {}, mark)[0])
    row("one further vintage: staged and folded", time.perf_counter() - started)


def _queries(file: Path) -> None:
    with duckdb.connect(str(file), read_only=True) as con:
        for query in (
            "SELECT count(*) FROM listed_on(DATE '2023-11-15')",
            "SELECT count(*) FROM listed_as_known(DATE '2023-11-15', TIMESTAMP '2023-11-20')",
            "FROM dyad_panel('USA', 'CHN', 'day')",
            "FROM dyad_panel('USA', 'CHN', 'month')",
            "FROM dyad_panel_as_known('USA', 'CHN', 'month', DATE '2023-01-01')",
            "FROM find_party('wuhan shuokang')",
        ):
            con.execute(query).fetchall()
            started = time.perf_counter()
            for _ in range(20):
                con.execute(query).fetchall()
            row(query, (time.perf_counter() - started) / 20, note="mean of 20, connection open")


def sources() -> None:
    """A day of GDELT in one file, and all vintages of VSRR: bytes to staged rows, and the fold."""
    from assets.news import gdelt
    from assets.overdose.code import SOURCES
    from pipelines.archive import import_archive
    from pipelines.layers import CoreStore, Room, StagedStore, fingerprint
    from pipelines.raw_store import RawStore
    from pipelines.sources import load_sources

    if not REAL.exists():
        print("sources: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return
    packed = gzip.compress(gzip.decompress((REAL / "news/gdelt/20191024143000.export.CSV.gz").read_bytes()) * 90)
    started = time.perf_counter()
    data = gzip.decompress(packed)
    row("floor: decompress 190,000 GDELT rows", time.perf_counter() - started, note=f"{len(data) / 1e6:,.0f} MB")
    started = time.perf_counter()
    staged = gdelt.stage({"20191024143000.export.CSV": data})
    row("stage 190,000 GDELT rows", time.perf_counter() - started, note=f"{staged.n_read:,} rows")
    with folder() as tmp:
        with (REAL / "CATALOG.csv").open(encoding="utf-8") as catalog:
            entries = [e for e in csv.DictReader(catalog) if e["source"] == "us_cdc_vsrr"]
        for entry in entries:
            target = tmp / "archive" / "us_cdc_vsrr" / entry["retrieved_at"]
            target.mkdir(parents=True)
            shutil.copy(REAL / entry["path"], target)
        (code,) = SOURCES
        source, room = load_sources()[code.source], Room("overdose", SOURCES, code.tables)
        mark = fingerprint("overdose", room.tables)
        raw, held, core = RawStore(tmp / "raw"), StagedStore(tmp / "staged"), CoreStore(tmp / "core")
        started = time.perf_counter()
        import_archive(raw, source, tmp / "archive")
        held.stage(code, raw, mark)
        core.promote(core.fold(room, raw, held, {source.id: source.rows}, {}, mark)[0])
        row("all VSRR vintages imported, staged, judged, folded", time.perf_counter() - started, note=f"{len(entries)} vintages")


MEASURES: dict[str, Callable[[], None]] = {"definitions": definitions, "sample": sample, "history": history, "sources": sources}


def main() -> None:
    """Run the named measurements, all of them without a name."""
    for name in sys.argv[1:] or list(MEASURES):
        MEASURES[name]()


if __name__ == "__main__":
    main()
