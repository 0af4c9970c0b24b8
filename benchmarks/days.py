"""What each step of a refresh takes with days of GDELT, and how much memory: from nothing, then one more day.

    python -m benchmarks.days 10            ten days from nothing, then the eleventh
    python -m benchmarks.days 10 --parts    with each table and script of the build by itself

Steps are those of a refresh, in one process without Dagster, each measured in processor seconds (user and system), by the clock,
which says something on an idle machine alone, and by the most memory that the process held while it ran. The days are made from a
seed (``benchmarks.made``).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import made
from benchmarks.growth import ROOT, disk
from pipelines.publish import build as warehouse
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings

SOURCE = "gdelt_v2_events"
FIRST = datetime(2019, 10, 1)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory(name: str) -> int:
    """A line of what the system notes of this process, MB: ``VmHWM`` is the most since it was last set back."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split(f"{name}:")[1].split()[0]) // 1024


class Peak:
    """The most memory that this process held: since some moment, and in all."""

    def __init__(self) -> None:
        self.most = 0
        self.of_open: list[int] = []

    def begin(self) -> None:
        """Begin to look at a step, perhaps within another one."""
        self._read()
        self.of_open.append(0)

    def end(self) -> int:
        """End with the innermost step; MB."""
        self._read()
        return self.of_open.pop()

    def _read(self) -> None:
        found = _memory("VmHWM")
        self.most = max(self.most, found)
        self.of_open = [max(of, found) for of in self.of_open]
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets the system's mark back to what is held


PEAK = Peak()


@contextmanager
def _told(name: str) -> Iterator[None]:
    before, began = _seconds(), time.perf_counter()
    PEAK.begin()
    yield
    _tell_taken(name, before, began, PEAK.end())


def _tell_taken(name: str, before: float, began: float, most: int) -> None:
    taken = f"{_seconds() - before:>8.2f} s {time.perf_counter() - began:>8.2f} s by the clock"
    print(f"{name:<36}{taken}  most {most:>6,} MB, after {_memory('VmRSS'):>6,} MB", flush=True)


def steps(archive: Path, *, parts: bool) -> None:
    """Do the steps of a refresh of this source on the warehouse of the settings."""
    if parts:
        _tell_parts()
    project = Warehouse(Settings(), say=lambda _: None)
    Ingest(project).choose_origin(str(archive))
    before, began = _seconds(), time.perf_counter()
    with _told("load the code"):
        for name in project.packages:
            for code in project.packages[name].sources:
                project.fingerprint(code.source)
    with project.lock():
        with _told("actors"):
            Transform(project).fold("actors")
        with _told("take in"):
            Ingest(project).ingest(SOURCE)
        with _told("stage"):
            Transform(project).stage(SOURCE)
        with _told("fold and check"):
            for domain in project.packages:
                Transform(project).fold(domain)
        with _told("build and audit"):
            Publish(project).build("measured")
        with _told("publish"):
            Publish(project).publish()
    _tell_taken("all", before, began, PEAK.most)
    print(project.report.problems or "published", flush=True)


def _tell_parts() -> None:
    """Tell what each part of the build takes, and the checks of a core and of the build."""
    within = warehouse._within

    @contextmanager
    def told(memory_limit: str, what: str) -> Iterator[None]:
        with _told(f"  {what}"), within(memory_limit, what):
            yield

    warehouse._within = told
    _tell(Publish, "audit", "  audit")
    _tell(Publish, "_refuse_damaged", "  hash the core")
    from pipelines.storage.core import CoreStore
    from pipelines.storage.promotion import Promotion

    _tell(Promotion, "admit", "  check the candidate")
    _tell(CoreStore, "promote", "  make the candidate current")


def _tell(owner: type, name: str, what: str) -> None:
    """Tell what calls of a method take."""
    method: Callable[..., object] = getattr(owner, name)

    def told(*given: object, **named: object) -> object:
        with _told(what):
            return method(*given, **named)

    setattr(owner, name, told)


def main() -> None:
    """Measure, and print."""
    n_days = next((int(word) for word in sys.argv[1:] if word.isdigit()), 3)
    with tempfile.TemporaryDirectory(prefix="bilateral-days-") as name:
        archive, folder = Path(name) / "archive", Path(name) / "warehouse"
        made.gdelt_days(archive, n_days, first=FIRST)
        command = [sys.executable, "-m", "benchmarks.days", "--steps", str(archive), *(["--parts"] * ("--parts" in sys.argv))]
        environment = os.environ | {"BILATERAL_WAREHOUSE": str(folder), "BILATERAL_DATA_DOCS": "false"}
        print(f"{n_days} days from nothing", flush=True)
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        print(f"disk (MB): {disk(folder)}\none more day", flush=True)
        made.gdelt_days(archive, 1, first=FIRST + timedelta(days=n_days))
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    if "--steps" in sys.argv:
        steps(Path(sys.argv[sys.argv.index("--steps") + 1]), parts="--parts" in sys.argv)
    else:
        main()
