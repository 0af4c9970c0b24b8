"""Seals: a JSON file that bears the hash of its own content, so that a flipped byte in it is noticed when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEAL = "seal"


class BrokenSeal(ValueError):
    """The content of a file is not what was written."""


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its seal, to be written as JSON; what JSON has no form for is written as text."""
    plain: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return plain | {SEAL: _seal_of(plain)}


def unsealed(entry: Any) -> tuple[dict[str, Any], bool]:
    """What was sealed, and whether it was: files of earlier versions bear no seal.

    Raises:
        BrokenSeal: it is not what was written, or no JSON object.
    """
    if not isinstance(entry, dict):
        raise BrokenSeal("expected a JSON object")
    content = {key: value for key, value in entry.items() if key != SEAL}
    if SEAL not in entry:
        return content, False
    if entry[SEAL] != _seal_of(content):
        raise BrokenSeal("its content does not fit its seal: it was changed or damaged after it was written")
    return content, True


def read_sealed(path: Path) -> tuple[dict[str, Any], bool]:
    """The content of a JSON file, and whether it bears a seal.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no JSON, or not what was written.
    """
    return unsealed(json.loads(path.read_text(encoding="utf-8")))


def _seal_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
