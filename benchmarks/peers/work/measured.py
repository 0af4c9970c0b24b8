"""How the files of this folder report: one line of JSON. Only the standard library: they run in many environments."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_BYTES = 8 * 2**30
"""Memory that a contender may have: one that needs more fails with an error of its own, and the machine goes on."""


def report(ways: dict[str, Callable[[Path], dict[str, Any]]]) -> None:
    """Do the work that the arguments name (folder, way), and print what it took and gave.

    A way may give ``processor`` and ``clock`` itself, where part of what it does is preparation.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    folder, way = Path(sys.argv[1]), sys.argv[2]
    clock, processor = time.perf_counter(), time.process_time()
    given = ways[way](folder)
    took = {"processor": time.process_time() - processor, "clock": time.perf_counter() - clock}
    print(json.dumps(took | given | {"memory_mb": peak_mb()}))


def peak_mb() -> float:
    """The most memory that this process has held. Linux counts to a process what its parent held, but not here."""
    try:
        (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (2**20 if sys.platform == "darwin" else 1024)


class Timer:
    """Seconds since the start, of processor and by the clock."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def took(self) -> dict[str, float]:
        """As the result of a way names them."""
        return {"processor": time.process_time() - self.processor, "clock": time.perf_counter() - self.clock}
