"""What the checks of a current core found, kept beside it for as long as the same is expected of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from pipelines.layers.atomic_files import write_json
from pipelines.publish.audit import Validation
from pipelines.publish.expectations import Expectation
from pipelines.sealed import read_sealed, sealed


def keep_validations(folder: Path, expected: str, validations: Sequence[Validation]) -> None:
    """Keep in the folder of a domain's core what its checks found; ``expected``: fingerprint of what they looked for."""
    rows = [asdict(v) for v in validations]
    write_json(_file(folder), sealed({"expectations": expected, "validations": rows}))


def kept_validations(folder: Path, expected: str) -> list[Validation] | None:
    """The validations of the current core; None where there are none, or where something else is expected by now."""
    try:
        kept, _ = read_sealed(_file(folder))
    except (FileNotFoundError, ValueError):
        return None  # damaged: the checks are made again
    if kept.get("expectations") != expected:
        return None
    return [Validation(**{**r, "validated_at": datetime.fromisoformat(r["validated_at"])}) for r in kept["validations"]]


def _file(folder: Path) -> Path:
    return folder / "validations.json"


def fingerprint_of_expectations(expectations: Sequence[Expectation], editions: Sequence[str]) -> str:
    """Fingerprint of what is expected; ``editions``: of the core that is asked, and of the reference tables that are read."""
    return hashlib.sha256(repr([list(expectations), list(editions)]).encode()).hexdigest()[:16]
