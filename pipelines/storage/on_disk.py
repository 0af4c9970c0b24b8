"""What a warehouse folder holds, read without the libraries that fill it, so that ``bilateral status`` answers at once.

Folders and JSON as ``pipelines.ingest.raw_store`` and ``pipelines.storage.core`` write them; these own the layout.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.util.checksummed import Compared, read_checksummed

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


def _content(path: Path) -> dict[str, Any]:
    """What stands in a JSON file; empty where there is none that can be read."""
    try:
        return read_checksummed(path)[0]
    except (OSError, ValueError):
        return {}


def receipt(warehouse: Path, source: str, snapshot: str) -> dict[str, str]:
    """The receipt of an attempt; empty where there is none that can be read."""
    return _content(warehouse / "raw" / source / snapshot / "receipt.json")


def decision(warehouse: Path, source: str, snapshot: str) -> str:
    """The last decision of a person on a snapshot, in words; empty where there is none."""
    for path in sorted((warehouse / "raw" / source / "reviews").glob(f"{snapshot}.*.json"), reverse=True):
        try:
            found, _ = read_checksummed(path)
            return f"{found['ruling']}ed by {found['by']} on {found['at'][:10]}: {found['reason']}"
        except (OSError, ValueError, KeyError, TypeError):
            return f"{path.name} is damaged"
    return ""


def heartbeat(path: Path) -> dict[str, Any] | None:
    """How the last refresh ended (``pipelines.maintenance.alerts``); None where there is nothing that can be read."""
    return _content(path) or None


def noted_origin(warehouse: Path) -> str | None:
    """The origin last used: record, live or a folder; None where no note says so that can be read."""
    found = _content(warehouse / "origin.json").get("last")
    return None if found is None else str(found)


def kind(warehouse: Path) -> Literal["record", "real"] | None:
    """Whether the raw store holds the built-in record alone or more; None where it holds nothing (failed attempts are none)."""
    found: Literal["record", "real"] | None = None
    raw = warehouse / "raw"
    for source in sorted(p.name for p in raw.iterdir() if p.is_dir()) if raw.is_dir() else ():
        for name in snapshots(warehouse, source):
            noted = receipt(warehouse, source, name)
            if noted.get("verdict", "failed") == "failed":
                continue
            if noted.get("origin") != "record":
                return "real"
            found = "record"
    return found


def idle_corrections(warehouse: Path, source: str, snapshot: str) -> list[str]:
    """Corrections that did not find what they expect in a staged snapshot, in sentences."""
    found = _content(warehouse / "staged" / source / snapshot / "staged.json")
    return [*found.get("mended", ()), *found.get("missing", ())]


def verdicts(warehouse: Path, con: DuckDBPyConnection) -> tuple[dict[tuple[str, str], str], list[str]]:
    """The verdicts of the cores, which judge the content of snapshots, by source and snapshot; and what of these is damaged."""
    files: list[str] = []
    damaged: list[str] = []
    compared = Compared()
    for manifest in sorted((warehouse / "core").glob("*/current.json")):
        try:
            content, _ = read_checksummed(manifest)
            noted = [(s["snapshots"], content["sums"][s["snapshots"]]) for s in content["sources"].values() if s["snapshots"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            damaged.append(f"{manifest}: it cannot be read: {error}")
            continue
        for name, digest in noted:
            path = manifest.parent / "parts" / name
            if what := compared.what_is_wrong(path, digest):
                damaged.append(f"{path}: {what}")
            else:
                files.append(str(path))
    if not files:
        return {}, damaged
    rows = con.execute("SELECT source, snapshot, verdict FROM read_parquet(?, union_by_name = true)", [files]).fetchall()
    return {(source, snapshot): verdict for source, snapshot, verdict in rows}, damaged
