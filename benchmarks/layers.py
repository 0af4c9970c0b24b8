"""``python -m benchmarks.layers SOURCE ARCHIVE WAREHOUSE``: import, stage and fold one source of an archive, nothing else.

Prints processor seconds and peak memory after each step.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from assets.contract import Room
from pipelines.intake.archive import import_archive
from pipelines.intake.raw_store import RawStore
from pipelines.intake.sources import load_sources
from pipelines.layers.core import CoreStore
from pipelines.layers.fingerprint import fingerprint_of
from pipelines.layers.staged import StagedStore
from pipelines.rooms import rooms


def main() -> None:
    """Run it on the source, the archive and the warehouse that the command line names."""
    name, archive, warehouse = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    source = load_sources()[name]
    code = next(c for c in rooms()[source.domain].sources if c.source == name)
    room = Room(source.domain, (code,))
    raw, staged, core = RawStore(warehouse / "raw"), StagedStore(warehouse / "staged"), CoreStore(warehouse / "core")
    mark = fingerprint_of(code, room)
    _tell("started")
    import_archive(raw, source, archive)
    _tell("imported")
    staged.stage(code, raw, mark, core.judged(source.domain, name, mark))
    _tell("staged")
    candidate, _, failed = core.fold(room, raw, staged, {name: source.rows}, {}, {name: mark})
    if failed:
        sys.exit("; ".join(failed))
    core.promote(candidate)
    _tell("folded")


def _tell(step: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:<10}{time.process_time():>9.2f} s of processor time so far, peak {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
