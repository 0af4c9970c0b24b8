"""Which columns each column of a mart is made of: written down beside the SQL by ``tests/pipelines/column_lineage.py``."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from assets.schema import SQL

FILE = Path(__file__).with_suffix(".json")


@cache
def _read() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def written() -> dict[str, str]:
    """By mart the hash of the SQL of which its columns are written down (``fingerprint``)."""
    return {mart: entry["sql"] for mart, entry in _read().items()}


@cache
def held() -> dict[str, dict[str, tuple[str, ...]]]:
    """By mart and column the columns that it is made of (``core.events.goldstein``), as written down; in order."""
    return {mart: {column: tuple(of) for column, of in entry["columns"].items()} for mart, entry in _read().items()}


def bodies(folder: str) -> dict[str, str]:
    """The files of a folder of ``sql`` by name, without comments on what they make."""
    paths = sorted((SQL / folder).glob("*.sql"))
    return {p.stem: re.sub(r"(?m)^--.*\n", "", p.read_text(encoding="utf-8")).split("COMMENT ON")[0] for p in paths}


def fingerprint(mart: str) -> str:
    """Hash of the SQL of a mart and of all macros that it calls."""
    macros, texts = bodies("macros"), [bodies("marts")[mart]]
    called: set[str] = set()
    for text in texts:
        for name in sorted(macros.keys() - called):
            if re.search(rf"\b{name}\s*\(", text):
                called.add(name)
                texts.append(macros[name])
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
