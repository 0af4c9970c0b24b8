"""What stands for the packaged actors: a hash over the files of facts, the code that reads them and the version of Polars.

What is made of them is kept by it (``assets.kept_or_made``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_ROOT = FOLDER.parents[1]


def facts() -> list[Path]:
    """The files that say who is who, and the declarations of their tables."""
    declared = (_ROOT / "sql" / "core" / f"{table}.sql" for table in ("actors", "actor_aliases", "cameo_codes"))
    return sorted((*(FOLDER / "data").glob("*.csv"), *declared))


def code() -> list[Path]:
    """The modules that make something of the facts."""
    return sorted(
        (
            *FOLDER.glob("*.py"),
            *(_ROOT / "assets" / name for name in ("__init__.py", "schema.py", "errors.py", "kept_or_made.py")),
        )
    )


def content_of(files: Iterable[Path], *more: str) -> str:
    """A hash over names and bytes of files, and more."""
    total = sha256("\n".join(more).encode())
    for path in files:
        total.update(f"\n{path.name} {sha256(path.read_bytes()).hexdigest()}".encode())
    return total.hexdigest()


_RUNNING = content_of(code())
"""The code that this process runs: a long one may outlive what stands in the files."""


def content() -> str | None:
    """What stands for the packaged actors; None where other code than this process runs lies on the disk."""
    return None if content_of(code()) != _RUNNING else content_of(facts(), _RUNNING, version("polars"), sys.version)
