"""``python -m benchmarks.layers SOURCE ARCHIVE WAREHOUSE``: import, stage and fold one source of an archive, nothing else.

Prints processor seconds and peak memory after each step.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from assets.contracts import DomainPackage
from pipelines.domains import packages
from pipelines.ingest.archive import import_archive
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import load_sources
from pipelines.storage.core import CoreStore
from pipelines.storage.fingerprint import fingerprint_of
from pipelines.storage.staged import StagedStore


def main() -> None:
    """Run it on the source, the archive and the warehouse that the command line names."""
    name, archive, warehouse = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    source = load_sources()[name]
    code = next(c for c in packages()[source.domain].sources if c.source == name)
    package = DomainPackage(source.domain, (code,))
    raw, staged, core = RawStore(warehouse / "raw"), StagedStore(warehouse / "staged"), CoreStore(warehouse / "core")
    mark = fingerprint_of(code, package)
    _tell("started")
    import_archive(raw, source, archive)
    _tell("imported")
    staged.stage(code, raw, mark, core.judged(core.current(source.domain), name, mark))
    _tell("staged")
    candidate, _, failed = core.fold(package, raw, staged, {name: source.rows}, {}, {name: mark})
    if failed:
        sys.exit("; ".join(failed))
    core.promote(candidate)
    _tell("folded")


def _tell(step: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:<10}{time.process_time():>9.2f} s of processor time so far, peak {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
