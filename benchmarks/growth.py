"""How cost grows with vintages, days of GDELT, articles, listings and readers.

    python -m benchmarks.growth                        all, in sizes that take some minutes
    python -m benchmarks.growth days 1 3 10 30         one of them in these sizes
    python -m benchmarks.growth vintages 100 1000 --layers   without build, audit and Dagster

Every size is made anew from a seed (``benchmarks.made``) and refreshed in a process of its own. Printed are processor seconds
(user and system, children included), peak resident memory, what is on the disk afterwards, and the exponent between each two
sizes: 1 is in proportion.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import made
from tests.made_up import SAMPLE

ROOT = Path(__file__).resolve().parents[1]
READS = 20
"""Questions that each reader asks."""
READER = """
import sys, duckdb
from tests.made_up import SAMPLE
con = duckdb.connect(sys.argv[1], read_only=True, config={"threads": 1})
for _ in range(int(sys.argv[2])):
    con.execute("FROM dyad_panel('USA', 'CHN', 'month')").fetchall()
    con.execute("SELECT count(*) FROM listed_on(DATE '2023-11-15')").fetchall()
"""


@dataclass(frozen=True)
class Measured:
    """What a run took. ``disk_mb``: by folder of the warehouse, and the published file."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    disk_mb: dict[str, float]

    @property
    def line(self) -> str:
        """For people."""
        disk = ", ".join(f"{name} {size:,.0f}" for name, size in self.disk_mb.items())
        return f"{self.cpu_s:>9.1f} s of processor time {self.wall_s:>8.1f} s  peak {self.peak_mb:>6,.0f} MB  disk (MB): {disk}"


def in_a_process(command: Sequence[str], warehouse: Path) -> Measured:
    """Run a command in a process of its own. Raises SystemExit with its last words where it fails."""
    began = time.perf_counter()
    environment = {**os.environ, "BILATERAL_WAREHOUSE": str(warehouse)}
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{said.read().decode()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(cpu, time.perf_counter() - began, usage.ru_maxrss / 1024, disk(warehouse))


def disk(warehouse: Path) -> dict[str, float]:
    def megabytes(path: Path) -> float:
        files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        return sum(p.stat().st_size for p in files) / 1e6

    places = {"raw": "raw", "staged": "staged", "core": "core", "published": "bilateral.duckdb"}
    return {name: megabytes(warehouse / place) for name, place in places.items() if (warehouse / place).exists()}


def _vintages(archive: Path, n: int) -> str:
    made.sdn_vintages(archive, n)
    return "us_ofac_sdn"


def _days(archive: Path, n: int) -> str:
    made.gdelt_days(archive, n)
    return "gdelt_v2_events"


def _slots(archive: Path, n: int) -> str:
    """Days as a live fetch takes them, a slot at a time, with a twentieth of the rows: what 96 snapshots a day cost."""
    made.gdelt_days(archive, n, share=0.05, by_slot=True)
    return "gdelt_v2_events"


def _articles(archive: Path, n: int) -> str:
    made.articles(archive, n)
    return "articles"


def _listings(archive: Path, n: int) -> str:
    made.sdn_vintages(archive, 10, n_listings=n)
    return "us_ofac_sdn"


KINDS: dict[str, tuple[Callable[[Path, int], str], list[int]]] = {
    "vintages": (_vintages, [30, 100, 300]),
    "days": (_days, [1, 3, 10]),
    "slots": (_slots, [1, 3, 10]),
    "articles": (_articles, [1_000, 3_000, 10_000]),
    "listings": (_listings, [3_000, 9_000, 27_000]),
}


def measure(kind: str, sizes: Sequence[int], *, layers: bool = False) -> list[Measured]:
    """Measure one kind in some sizes and print what it took.

    Args:
        kind: of ``KINDS``.
        sizes: ascending.
        layers: import, stage and fold the source alone.
    """
    found: list[Measured] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bilateral-growth-") as name:
            archive, warehouse = Path(name) / "archive", Path(name) / "warehouse"
            source = KINDS[kind][0](archive, size)
            refresh = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(archive)]
            alone = [sys.executable, "-m", "benchmarks.layers", source, str(archive), str(warehouse)]
            found.append(in_a_process(alone if layers else refresh, warehouse))
        print(f"{size:>9,} {kind:<10}{found[-1].line}", flush=True)
    _tell_exponents(kind, sizes, found)
    return found


def _tell_exponents(kind: str, sizes: Sequence[int], found: Sequence[Measured]) -> None:
    powers = made.exponents([float(n) for n in sizes], [m.cpu_s for m in found])
    print(f"{'':>9} {kind:<10}exponents of processor time: {', '.join(f'{p:.2f}' for p in powers)}", flush=True)


def readers(sizes: Sequence[int]) -> None:
    """Many readers of one published file at a time: processor seconds of all, and how long all take."""
    with tempfile.TemporaryDirectory(prefix="bilateral-growth-") as name:
        warehouse = Path(name) / "warehouse"
        in_a_process([sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(SAMPLE)], warehouse)
        file = str(warehouse / "bilateral.duckdb")
        for n in sizes:
            began = time.perf_counter()
            running = [subprocess.Popen([sys.executable, "-c", READER, file, str(READS)]) for _ in range(n)]
            usages = [os.wait4(child.pid, 0)[2] for child in running]
            cpu = sum(u.ru_utime + u.ru_stime for u in usages)
            peak = max(u.ru_maxrss for u in usages) / 1024
            seconds = time.perf_counter() - began
            print(
                f"{n:>9,} {'readers':<10}{cpu:>9.1f} s of processor time {seconds:>8.1f} s  peak of each {peak:>6,.0f} MB",
                flush=True,
            )


def main() -> None:
    """Measure what the command line names."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    kinds = [word for word in words if not word.isdigit()] or [*KINDS, "readers"]
    given = [int(word) for word in words if word.isdigit()]
    if unknown := set(kinds) - {*KINDS, "readers"}:
        sys.exit(f"there is no {', '.join(unknown)}; there are {', '.join([*KINDS, 'readers'])}")
    for kind in kinds:
        if kind == "readers":
            readers(given or [1, 2, 4, 8])
        else:
            measure(kind, given or KINDS[kind][1], layers="--layers" in sys.argv)


if __name__ == "__main__":
    main()
