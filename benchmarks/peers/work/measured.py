"""How the files of this folder report: one line of JSON. Only the standard library: they run in many environments."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def report(ways: dict[str, Callable[[Path], dict[str, Any]]]) -> None:
    """Do the work that the arguments name (folder, way), and print what it took and gave.

    A way may give ``processor`` and ``clock`` itself, where part of what it does is preparation.
    """
    folder, way = Path(sys.argv[1]), sys.argv[2]
    clock, processor = time.perf_counter(), time.process_time()
    given = ways[way](folder)
    took = {"processor": time.process_time() - processor, "clock": time.perf_counter() - clock}
    print(json.dumps(took | given))


class Timer:
    """Seconds since the start, of processor and by the clock."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def took(self) -> dict[str, float]:
        """As the result of a way names them."""
        return {"processor": time.process_time() - self.processor, "clock": time.perf_counter() - self.clock}
