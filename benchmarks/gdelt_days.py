"""``python -m benchmarks.gdelt_days ARCHIVE WAREHOUSE``: import, stage and fold the GDELT slots of an archive, nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

from assets.contract import Room
from assets.news.room import SOURCES
from pipelines.intake.archive import import_archive
from pipelines.intake.raw_store import RawStore
from pipelines.intake.sources import load_sources
from pipelines.layers.core import CoreStore
from pipelines.layers.fingerprint import fingerprint_of
from pipelines.layers.staged import StagedStore


def main() -> None:
    """Run it on the archive and the warehouse that the command line names."""
    archive, warehouse = map(Path, sys.argv[1:3])
    source = load_sources()["gdelt_v2_events"]
    code = next(c for c in SOURCES if c.source == source.id)
    room = Room("news", (code,))
    raw, staged, core = RawStore(warehouse / "raw"), StagedStore(warehouse / "staged"), CoreStore(warehouse / "core")
    mark = fingerprint_of(code, room)
    import_archive(raw, source, archive)
    staged.stage(code, raw, mark)
    core.promote(core.fold(room, raw, staged, {source.id: source.rows}, {}, {source.id: mark})[0])


if __name__ == "__main__":
    main()
