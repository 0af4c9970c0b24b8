"""What may be removed from the folder of a warehouse: left over by runs that were killed, or named by nothing any more.

Never anything of raw that has its name, nor what is published, nor a file that a reader has open.
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.ingest.raw_files import is_left_over
from pipelines.services.warehouse import Warehouse

_A_DAY_S = 86_400


@dataclass(frozen=True)
class Removable:
    """Something that may go: ``path`` below the warehouse, and why."""

    path: Path
    why: str
    n_bytes: int


def removable(warehouse: Warehouse) -> list[Removable]:
    """What may go of the layers; the caller holds the lock of the warehouse, so that nothing is being written."""
    return [Removable(path, why, size_of(path)) for path, why in _found(warehouse)]


def _found(warehouse: Warehouse) -> Iterator[tuple[Path, str]]:
    folder, killed = warehouse.folder, "left by a run that was killed"
    # what is hidden in raw and was never renamed into place was never taken in
    yield from ((path, killed) for path in sorted(warehouse.raw.root.glob("*/.tmp-*")) if is_left_over(path))
    for path in sorted(warehouse.staged.root.glob("*/*")):
        if path.name.startswith("."):
            yield path, killed
        elif not (warehouse.raw.root / path.parent.name / path.name).exists():
            yield path, "of a snapshot that raw does not hold"
    for domain in warehouse.packages:
        core = warehouse.core.root / domain
        yield from ((path, killed) for path in sorted((*core.glob(".audit.duckdb*"), *core.glob(".*.new"))))
        manifest = warehouse.core.noted(domain)
        if manifest.damaged:
            continue  # what it names is not known
        parts, named = sorted(warehouse.core.parts(domain).glob("*")), manifest.files()
        yield from ((path, "named by no manifest") for path in parts if path.name not in named)
    for name in (".build", ".verify"):
        if (folder / name).exists() and not any(is_open(path) for path in (folder / name).rglob("*") if path.is_file()):
            yield folder / name, "a build that was not published"
    for pattern in ("raw/*/.index", "core/*/validations.json", "archives", "unchanged.json"):
        yield from ((path, "an earlier version used it") for path in sorted(folder.glob(pattern)))
    for path in sorted((folder / "releases").glob(".bilateral-*")):
        if time.time() - path.stat().st_mtime > _A_DAY_S:
            yield path, "left by a release that was cut off"


def is_open(path: Path) -> bool:
    """Whether a process has a DuckDB file open: each locks the file that it reads or writes."""
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(p.lstat().st_size for p in files if p.is_file() and not p.is_symlink())


def clear(found: Sequence[Removable], say: Callable[[str], None]) -> None:
    """Remove what was found; what cannot be removed is said and left."""
    for one in found:
        try:
            if one.path.is_dir():
                shutil.rmtree(one.path)
            else:
                one.path.unlink(missing_ok=True)
        except OSError as error:
            say(f"{one.path} could not be removed: {error.strerror or error}")
