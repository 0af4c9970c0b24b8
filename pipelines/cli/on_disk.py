"""What a warehouse folder holds, read without the libraries that fill it, so that ``bilateral status`` answers at once.

Folders and JSON as ``pipelines.intake.raw_store`` and ``pipelines.layers.core`` write them; these own the layout.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z(?:~[0-9a-z]+)*")


def snapshots(warehouse: Path, source: str) -> list[str]:
    """Names of all attempts at a source, in order of time."""
    try:
        with os.scandir(warehouse / "raw" / source) as entries:
            return sorted(entry.name for entry in entries if _FOLDER.fullmatch(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def receipt(warehouse: Path, source: str, snapshot: str) -> dict[str, str]:
    """The receipt of an attempt; empty where there is none that can be read."""
    try:
        found = json.loads((warehouse / "raw" / source / snapshot / "receipt.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def decision(warehouse: Path, source: str, snapshot: str) -> str:
    """The last decision of a person on a snapshot, in words; empty where there is none."""
    for path in sorted((warehouse / "raw" / source / "reviews").glob(f"{snapshot}.*.json"), reverse=True):
        try:
            found = json.loads(path.read_bytes())
            return f"{found['ruling']}ed by {found['by']} on {found['at'][:10]}: {found['reason']}"
        except (OSError, ValueError, KeyError, TypeError):
            return f"{path.name} is damaged"
    return ""


def heartbeat(path: Path) -> dict[str, Any] | None:
    """How the last refresh ended (``pipelines.keeping.alerts``); None where there is nothing that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def last_origin(warehouse: Path) -> str:
    """The origin last used: sample, live or a folder."""
    try:
        return str(json.loads((warehouse / "origin.json").read_text(encoding="utf-8"))["last"])
    except (OSError, ValueError, KeyError, TypeError):
        return "sample"


def kind(warehouse: Path) -> Literal["sample", "real"] | None:
    """Whether the raw store holds the sample or real snapshots; None where it holds neither (failed attempts are none)."""
    raw = warehouse / "raw"
    for source in sorted(p.name for p in raw.iterdir() if p.is_dir()) if raw.is_dir() else ():
        for name in snapshots(warehouse, source):
            found = receipt(warehouse, source, name)
            if found.get("verdict", "failed") != "failed":
                return "sample" if found.get("origin") == "sample" else "real"
    return None


def idle_corrections(warehouse: Path, source: str, snapshot: str) -> list[str]:
    """Corrections that did not find what they expect in a staged snapshot, in sentences."""
    try:
        found = json.loads((warehouse / "staged" / source / snapshot / "staged.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [*found.get("mended", ()), *found.get("missing", ())]


def judged(warehouse: Path, con: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The verdicts of the cores, which judge the content of snapshots, by source and snapshot."""
    files: list[str] = []
    for manifest in sorted((warehouse / "core").glob("*/current.json")):
        try:
            sources = json.loads(manifest.read_text(encoding="utf-8"))["sources"].values()
        except (OSError, ValueError, KeyError, AttributeError):
            continue
        parts = manifest.parent / "parts"
        files += [str(parts / s["snapshots"]) for s in sources if s.get("snapshots") and (parts / s["snapshots"]).exists()]
    if not files:
        return {}
    rows = con.execute("SELECT source, snapshot, verdict FROM read_parquet(?, union_by_name = true)", [files]).fetchall()
    return {(source, snapshot): verdict for source, snapshot, verdict in rows}
