"""How the layers write a file: under another name first, so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("w", encoding="utf-8") as out:
        json.dump(content, out, indent=1, default=str)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet under a temporary name of its own, then rename: two that write the same do not meet in one draft."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    frame.write_parquet(draft, compression="lz4")
    draft.replace(path)


def merge_parquet(files: Sequence[Path], path: Path) -> None:
    """Write the rows of many files to one, in their order and piece by piece: they need not fit into memory."""
    draft = path.with_name(f".{path.name}.new")
    pl.scan_parquet(list(files)).sink_parquet(draft, compression="lz4", maintain_order=True)
    draft.replace(path)
