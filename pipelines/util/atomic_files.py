"""How the layers write a file: under another name first, so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


def put(draft: Path, path: Path) -> None:
    """Put a file in its place; a folder that stands there is set aside, and hidden."""
    if path.is_dir() and not path.is_symlink():
        set_aside(path)
    draft.replace(path)


def make_folder(path: Path) -> None:
    """Make a folder; a file, or a link to nothing, that stands in its place is set aside, and hidden."""
    if not path.is_dir():
        if os.path.lexists(path):
            set_aside(path)
        path.mkdir(parents=True, exist_ok=True)


def set_aside(path: Path) -> None:
    """Rename what stands where something of ours belongs, beside its place."""
    path.rename(path.with_name(f".{path.name}.{uuid.uuid4().hex}.aside"))


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """A temporary name beside a file, renamed at the end; what could not be written whole leaves nothing on a full disk."""
    # a name of its own: two processes that write the same file do not meet in one draft
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    try:
        yield draft
        put(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part."""
    with put_in_place(path) as draft, draft.open("w", encoding="utf-8") as out:
        json.dump(content, out, indent=1, default=str)
        out.flush()
        os.fsync(out.fileno())


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet under a temporary name, then rename: two that write the same do not meet in one draft."""
    with put_in_place(path) as draft:
        frame.write_parquet(draft, compression="lz4")


def merge_parquet(files: Sequence[Path], path: Path) -> None:
    """Write the rows of many files to one, in their order and piece by piece: they need not fit into memory."""
    import polars as pl  # notes are written by commands that must not wait for it

    with put_in_place(path) as draft, _reading_little_ahead():
        pl.scan_parquet(list(files)).sink_parquet(draft, compression="lz4", maintain_order=True)


@contextmanager
def _reading_little_ahead() -> Iterator[None]:
    """Have Polars, which asks the environment at each scan, read one row group ahead: a month of GDELT takes 290 MB less."""
    before = os.environ.get(_AHEAD)
    os.environ[_AHEAD] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_AHEAD, None)
        else:
            os.environ[_AHEAD] = before


_AHEAD = "POLARS_ROW_GROUP_PREFETCH_SIZE"
