"""``python -m benchmarks.cluster [DAYS [ROWS]]``: days of GDELT taken in by one process, and by one with two workers.

``python -m benchmarks.cluster lists`` takes in all real files of lists instead, 260 vintages of OFAC's SDN list among them.

The days are made of the rows of a real slot (``BILATERAL_REAL_DATA``), 96 slots a day with ROWS rows each, each slot a snapshot
of its own as the live fetcher makes them. Measured are the steps up to the fold, in processor seconds (user and system), which
a busy machine changes less than the clock; what follows, checks and build, is the same for both. PostgreSQL keeps the lock. The
Parquet files of both are compared.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.refresh import SDN, archives
from pipelines.intake.sources import load_sources
from pipelines.layers.manifest import Manifest
from pipelines.project import Project
from pipelines.sealed import sha256_of
from pipelines.settings import Settings
from tests.cluster.machines import ROOT, postgres, scheduler, worker
from tests.cluster.slots import put_slots
from tests.real_files import FOLDER as REAL


def seconds() -> float:
    """Processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def steps(archive: Path, domain: str) -> None:
    """Do the steps of a refresh of what an archive has on the warehouse of the settings; print what each took as JSON."""
    project = Project(Settings(), say=lambda _: None)
    project.choose_origin(str(archive))
    found: dict[str, Any] = {}

    def measured(name: str, step: Callable[[], object]) -> None:
        clock, before = time.perf_counter(), seconds()
        step()
        found[name] = [round(seconds() - before, 2), round(time.perf_counter() - clock, 2)]

    measured("load the code", lambda: project.rooms)
    sources = [code.source for code in project.rooms[domain].sources if (archive / code.source).is_dir()]
    with project.lock():
        measured("take in", lambda: [project.ingest(source) for source in sources])
        measured("stage", lambda: [project.stage(source) for source in sources])
        measured("fold", lambda: project.core.promote(_folded(project, domain)))
    found["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["problems"] = project.report.problems
    print(json.dumps(found))


def _folded(project: Project, domain: str) -> Manifest:
    """What is folded, with nothing made across its sources: that is for the refresh in any case."""
    room = replace(project.rooms[domain], across=None)
    guards = {code.source: project.sources[code.source].rows for code in room.sources}
    prints = {code.source: project.fingerprint(code.source) for code in room.sources}
    return project.core.fold(room, project.raw, project.staged, guards, {}, prints, project._helpers)[0]


def run(archive: Path, domain: str, warehouse: Path, **env: str) -> dict[str, Any]:
    """Do the steps in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cluster", "--steps", str(archive), domain]
    settings = os.environ | {"BILATERAL_WAREHOUSE": str(warehouse)} | env
    done = subprocess.run(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def of_tree(pid: int) -> tuple[float, int]:
    """Processor seconds of a process and those below it, and the most memory of one of them, MB."""
    import psutil

    one = psutil.Process(pid)
    tree = [one, *one.children(recursive=True)]
    used = [p.cpu_times() for p in tree]
    status = [Path(f"/proc/{p.pid}/status").read_text(encoding="ascii") for p in tree]
    most = max(int(text.split("VmHWM:")[1].split()[0]) for text in status)
    return sum(u.user + u.system for u in used), most // 1024


def files(warehouse: Path) -> dict[str, str]:
    """The Parquet files of a warehouse with their hashes."""
    return {str(p.relative_to(warehouse)): sha256_of(p) for p in sorted(warehouse.rglob("*.parquet"))}


def disk(warehouse: Path) -> dict[str, float]:
    """MB of each layer."""
    layers = {name: list((warehouse / name).rglob("*")) for name in ("raw", "staged", "core")}
    return {name: round(sum(p.stat().st_size for p in paths if p.is_file()) / 1e6, 1) for name, paths in layers.items()}


def days_of_slots(archive: Path, n_days: int, n_rows: int) -> str:
    """Write days of GDELT into an archive; return what it is."""
    text = gzip.decompress((REAL / "news/gdelt/20191024143000.export.CSV.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()][:n_rows]
    n = put_slots(archive, rows, datetime(2019, 10, 1), n_days)
    return f"{n_days} days, {n_days * 96:,} slots, {n:,} rows"


def all_lists(folder: Path) -> tuple[Path, str]:
    """An archive of all real files below a folder; and what it has of lists."""
    archive, last = archives(folder)
    for vintage in (last / SDN).iterdir():
        vintage.rename(archive / SDN / vintage.name)
    n = {p.name: len(list(p.iterdir())) for p in sorted(archive.iterdir()) if load_sources()[p.name].domain == "sanctions"}
    return archive, f"snapshots: {n}"


def main() -> None:
    """Measure, and print."""
    of_lists = sys.argv[1:] == ["lists"]
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        tmp = Path(made)
        if of_lists:
            domain, (archive, what) = "sanctions", all_lists(tmp / "files")
        else:
            n_days, n_rows = (int(sys.argv[n]) if len(sys.argv) > n else usual for n, usual in ((1, 30), (2, 1979)))
            domain, archive = "news", tmp / "archive"
            what = days_of_slots(archive, n_days, n_rows)
        print(what, flush=True)
        alone = run(archive, domain, tmp / "alone")
        print("alone", json.dumps(alone), json.dumps(disk(tmp / "alone")), flush=True)
        lock = stack.enter_context(postgres(tmp / "pg" / "server"))
        address = stack.enter_context(scheduler(tmp))
        workers = [stack.enter_context(worker(tmp, address, name)) for name in ("one", "two")]
        together = run(archive, domain, tmp / "together", BILATERAL_DASK=address, BILATERAL_LOCK=lock)
        print("with two workers", json.dumps(together), json.dumps(disk(tmp / "together")))
        print("each worker, processor seconds and MB", [of_tree(one.pid) for one in workers])
        same = files(tmp / "alone") == files(tmp / "together")
        print(f"{len(files(tmp / 'alone')):,} Parquet files, {'equal' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--steps"]:
        steps(Path(sys.argv[2]), sys.argv[3])
    else:
        main()
