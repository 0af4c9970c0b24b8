"""``python -m benchmarks [NAME ...]``: all measurements, or those of ``MEASURES`` that are named: seconds and peak memory."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from tests.made_up import SAMPLE
from tests.real_files import FOLDER as REAL
from tests.real_files import SDN_BUNDLE, expand

ROOT = Path(__file__).resolve().parents[1]
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
        run("refresh from the sample, first", [*BILATERAL, "refresh", "--from", str(SAMPLE)], tmp)
        run("refresh from the sample, nothing new", [*BILATERAL, "refresh"], tmp)
        run("bilateral sql", [*BILATERAL, "sql", "SELECT count(*) FROM core.events"], tmp)


def _history(tmp: Path) -> Path | None:
    bundle = REAL / SDN_BUNDLE
    if not bundle.exists():
        print("history: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return None
    archive = tmp / "archive"
    expand(bundle, archive / "us_ofac_sdn")
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
    from assets.contracts import DomainPackage
    from assets.sanctions.domain import sources
    from pipelines.ingest.archive import import_archive
    from pipelines.ingest.raw_store import RawStore
    from pipelines.ingest.sources import load_sources
    from pipelines.storage.core import CoreStore
    from pipelines.storage.fingerprint import fingerprint_of
    from pipelines.storage.staged import StagedStore

    source = load_sources()["us_ofac_sdn"]
    code = next(c for c in sources() if c.source == source.id)
    package = DomainPackage("sanctions", (code,))
    raw, staged, core = RawStore(tmp / "one" / "raw"), StagedStore(tmp / "one" / "staged"), CoreStore(tmp / "one" / "core")
    aside = tmp / "aside"
    shutil.move(vintage, aside)
    mark = fingerprint_of(code, package)
    import_archive(raw, source, archive)
    staged.stage(code, raw, mark)
    core.promote(core.fold(package, raw, staged, {source.id: source.rows}, {}, {source.id: mark})[0])
    shutil.move(aside, vintage)
    started = time.perf_counter()
    import_archive(raw, source, archive)
    row("one further vintage: imported (the other 259 hashed again)", time.perf_counter() - started)
    started = time.perf_counter()
    staged.stage(code, raw, mark, core.judged(core.current("sanctions"), source.id, mark))
    core.promote(core.fold(package, raw, staged, {source.id: source.rows}, {}, {source.id: mark})[0])
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


def overdose() -> None:
    """All real vintages of the overdose domain, and one of today's size upon ten years of monthly ones."""
    from benchmarks.overdose import measure

    if not REAL.exists():
        print("overdose: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return
    with folder() as tmp:
        for measured in measure(REAL, tmp):
            row(measured.name, measured.seconds, note=measured.note)


def _slots(day: datetime, rows: list[list[str]], first_id: int) -> dict[str, bytes]:
    """A day of GDELT in its 96 zip files, made of the rows of a real slot with ids and moments of their own."""
    files = {}
    for slot in range(96):
        at = f"{day + timedelta(minutes=15 * slot):%Y%m%d%H%M%S}"
        lines = []
        for number, cells in enumerate(rows):
            own = str(first_id + slot * len(rows) + number)
            lines.append("\t".join([own, at[:8], *cells[2:59], at, cells[60]]))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{at}.export.CSV", "\n".join(lines) + "\n")
        files[f"{at}.export.CSV.zip"] = packed.getvalue()
    return files


def _unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for packed in files.values():
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            found |= {name: archive.read(name) for name in archive.namelist()}
    return found


def gdelt_day() -> None:
    """A day of GDELT (96 zip files, 190,000 rows) to Parquet, beside its decompression alone."""
    from assets.news.gdelt import events as gdelt

    if not REAL.exists():
        print("gdelt_day: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return
    text = gzip.decompress((REAL / "news/gdelt/20191024143000.export.CSV.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()][:1979]
    files = _slots(datetime(2019, 10, 1), rows, 900_000_000)
    gdelt.stage(_unpacked(dict(list(files.items())[:2])))
    floor, whole = [], []
    with folder() as tmp:
        for _ in range(3):
            started = time.perf_counter()
            _unpacked(files)
            floor.append(time.perf_counter() - started)
            started = time.perf_counter()
            staged = gdelt.stage(_unpacked(files))
            staged.frames["events"].write_parquet(tmp / "day.parquet", compression="lz4", statistics=False)
            whole.append(time.perf_counter() - started)
    row("floor: decompress a day of GDELT, 96 zip files", min(floor), note="best of 3")
    row("a day of GDELT, zip to Parquet", min(whole), note=f"{staged.n_read:,} rows, {min(whole) / min(floor):.2f} x the floor")


def growth() -> None:
    """How cost grows with vintages, days of GDELT, slots, articles, listings and readers."""
    subprocess.run([sys.executable, "-m", "benchmarks.growth"], cwd=ROOT, check=False)


def headlines() -> None:
    """A million headlines clustered: real ones where they are at hand, and as many made of their words."""
    from assets.news.articles import clusters

    path = REAL / "news/headlines/headlines_until_2022-06.csv.gz"
    if not path.exists():
        print("headlines: skipped, the real files are absent (BILATERAL_REAL_DATA)")
        return
    real = pl.read_csv(gzip.decompress(path.read_bytes()))["title"].drop_nulls().to_list()
    words = [word for title in real for word in title.split()]
    choose = random.Random(1)
    titles = [
        choose.choice(real) if choose.random() < 0.3 else " ".join(choose.choices(words, k=choose.randint(6, 14)))
        for _ in range(1_000_000)
    ]
    rows = pl.DataFrame({"article_id": [f"{i:032x}" for i in range(len(titles))], "words": titles})
    known = pl.DataFrame(schema={"article_id": pl.String, "cluster_id": pl.String, "buckets": pl.List(pl.UInt64)})
    started = time.perf_counter()
    found = clusters.clustered(rows, known)
    row("a million headlines clustered", time.perf_counter() - started, note=f"{found['cluster_id'].n_unique():,} clusters")


def sdn_advanced() -> None:
    """SDN_ADVANCED.XML of 100 MB, generated, read in a process of its own."""
    from benchmarks.sdn_advanced import measure

    print(measure(100))


@contextmanager
def _published() -> Iterator[Path]:
    """The published file of the settings; where there is none one of all real files, or of the sample where these are absent."""
    from benchmarks.refresh import archives
    from pipelines.settings import Settings

    file = Settings().published
    if file.exists():
        yield file
        return
    with folder() as tmp:
        name, origin, code = "the sample", str(SAMPLE), 0
        if (REAL / SDN_BUNDLE).exists():
            # one of the real files is quarantined, as it should be
            name, origin, code = "all real files", str(archives(tmp)[0]), 3
        run(f"refresh from {name}", [*BILATERAL, "refresh", "--from", origin], tmp / "w", code)
        yield tmp / "w" / file.name


def questions() -> None:
    """The questions of the documents, asked of a published file."""
    from benchmarks.questions import main as measure

    with _published() as file:
        measure(file)


def page() -> None:
    """The numbers of a pair that lie beside the page: what a site writes for the six pairs of which most is held."""
    from pipelines.site.files import numbers_of_pair, overview, packed
    from pipelines.util.readers import connect_for_readers

    with _published() as published, connect_for_readers(published) as con:
        began = time.perf_counter()
        site = overview(con, 6)
        row("page, overview", time.perf_counter() - began)
        for pair in site["beside"]:
            began = time.perf_counter()
            size = len(packed(numbers_of_pair(con, *pair.split("-"))))
            row(f"page {pair}, {size // 1000} kB", time.perf_counter() - began)


def refresh() -> None:
    """A refresh from end to end, as JSON: the sample first, nothing new, one vintage upon all real files."""
    from benchmarks.refresh import main as measure

    measure()


MEASURES: dict[str, Callable[[], None]] = {
    "definitions": definitions,
    "sample": sample,
    "refresh": refresh,
    "history": history,
    "sdn_advanced": sdn_advanced,
    "overdose": overdose,
    "gdelt_day": gdelt_day,
    "growth": growth,
    "headlines": headlines,
    "questions": questions,
    "page": page,
}


def main() -> int:
    """Run the named measurements, all of them without a name. Returns the exit code."""
    names = sys.argv[1:] or list(MEASURES)
    if unknown := [name for name in names if name not in MEASURES]:
        print(f"there is no measurement {', '.join(unknown)}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    if len(names) == 1:
        MEASURES[names[0]]()
        return 0
    # a process begins with the peak memory of the one that started it: each measurement gets a small parent
    return max(subprocess.run([sys.executable, "-m", "benchmarks", name], cwd=ROOT, check=False).returncode for name in names)


if __name__ == "__main__":
    sys.exit(main())
