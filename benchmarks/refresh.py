"""What a refresh takes from end to end: the sample first, nothing new, one vintage upon the SDN history and upon all real files.

``python -m benchmarks.refresh [WAREHOUSE]`` prints a line of JSON each, of a process of its own each. ``WAREHOUSE``: a folder in
which the warehouse of all real files but the last vintage of the SDN list is kept, and found again by the next call: to make it
takes minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.made_up import SAMPLE
from tests.real_files import FOLDER as REAL
from tests.real_files import SDN_BUNDLE, expand
from tests.whole.archives import catalogued

ROOT = Path(__file__).resolve().parents[1]
SDN = "us_ofac_sdn"


@dataclass(frozen=True)
class Took:
    """What a refresh took: seconds by the clock and of the processor (its children with it), peak memory, events of Dagster."""

    name: str
    seconds: float
    processor_seconds: float
    memory_mb: float
    n_events: int
    exit_code: int


def refresh(name: str, warehouse: Path, origin: str) -> Took:
    """Run ``bilateral refresh`` on a warehouse and measure it."""
    before = _runs(warehouse)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BILATERAL_", "DAGSTER_"))}
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "refresh", "--from", origin],
        cwd=ROOT,
        env={**kept, "BILATERAL_WAREHOUSE": str(warehouse)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    return Took(
        name,
        round(time.perf_counter() - started, 2),
        round(usage.ru_utime + usage.ru_stime, 2),
        round(usage.ru_maxrss / 1024),
        sum(_events(path) for path in _runs(warehouse) - before),
        os.waitstatus_to_exitcode(status),
    )


def _runs(warehouse: Path) -> set[Path]:
    return {path for path in (warehouse / "dagster" / "history" / "runs").glob("*.db") if path.stem.count("-") == 4}


def _events(path: Path) -> int:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as con:
        (n_events,) = con.execute("SELECT count(*) FROM event_logs").fetchone()
    return int(n_events)


def archives(folder: Path) -> tuple[Path, Path]:
    """Two archives: all real files but the last vintage of the SDN list, and that one."""
    before, last = folder / "before", folder / "last"
    expand(REAL / SDN_BUNDLE, before / SDN)
    for source, moment, path in catalogued(REAL):
        target = before / source / moment / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.resolve())
    newest = max((before / SDN).iterdir())
    (last / SDN).mkdir(parents=True)
    shutil.move(newest, last / SDN / newest.name)
    return before, last


def of_the_history(tmp: Path, before: Path, last: Path) -> list[Took]:
    """The SDN history alone: all but the last two vintages first, then one, the last one, nothing new.

    The last one is what a day costs: the plan of its run in Dagster is known from the one before.
    """
    first, one = tmp / "history-first", tmp / "history-one"
    (first / SDN).mkdir(parents=True)
    *earlier, newest = sorted((before / SDN).iterdir())
    for vintage in earlier:
        (first / SDN / vintage.name).symlink_to(vintage)
    (one / SDN).mkdir(parents=True)
    (one / SDN / newest.name).symlink_to(newest)
    warehouse = tmp / "history"
    return [
        refresh("the SDN history but two vintages, first", warehouse, str(first)),
        refresh("the SDN history, a vintage", warehouse, str(one)),
        refresh("the SDN history, one vintage", warehouse, str(last)),
        refresh("the SDN history, nothing new", warehouse, str(last)),
    ]


def measure(kept: Path | None = None) -> list[Took]:
    """Measure all; without the real files the sample alone."""
    with tempfile.TemporaryDirectory(prefix="bilateral-bench-") as name:
        tmp = Path(name)
        found = [
            refresh("sample, first", tmp / "sample", str(SAMPLE)),
            refresh("sample, nothing new", tmp / "sample", str(SAMPLE)),
        ]
        if not (REAL / SDN_BUNDLE).exists():
            print("refresh: the real files are absent (BILATERAL_REAL_DATA), the sample alone is measured", file=sys.stderr)
            return found
        before, last = archives(tmp)
        found += of_the_history(tmp, before, last)
        base = tmp / "base" if kept is None else kept
        if not (base / "bilateral.duckdb").exists():
            found.append(refresh("all real files but the last vintage, first", base, str(before)))
        # a change of the code since it was made must not count as one of the data
        refresh("nothing new, perhaps with another code", base, str(before))
        warehouse = tmp / "warehouse"
        shutil.copytree(base, warehouse)
        return [
            *found,
            refresh("all real files, one vintage", warehouse, str(last)),
            refresh("all real files, nothing new", warehouse, str(last)),
            refresh("all real files, nothing new, from the large archive", warehouse, str(before)),
        ]


def main() -> int:
    """Print what was measured, a line of JSON each; the exit code is 1 where a refresh failed."""
    found = measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    for took in found:
        print(json.dumps(asdict(took)))
    return int(any(took.exit_code == 1 for took in found))


if __name__ == "__main__":
    sys.exit(main())
