"""How stored files are read: compared with their hash first, so that no parser sees a file in which a bit has flipped.

A JSON file bears the hash of its own content, its seal. That of any other file is noted when it is written. Parsers of Parquet
are native code: a flipped bit makes them panic, abort the process, or give other rows.
"""

import hashlib
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEAL = "seal"


class ChecksumMismatch(ValueError):
    """The content of a file is not what was written."""


def with_checksum(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its seal, to be written as JSON; what JSON has no form for is written as text."""
    plain: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return plain | {SEAL: _seal_of(plain)}


def without_checksum(entry: Any) -> tuple[dict[str, Any], bool]:
    """What was sealed, and whether it was (an earlier version wrote no seal). Raises ChecksumMismatch."""
    if not isinstance(entry, dict):
        raise ChecksumMismatch("expected a JSON object")
    content = {key: value for key, value in entry.items() if key != SEAL}
    if SEAL not in entry:
        return content, False
    if entry[SEAL] != _seal_of(content):
        raise ChecksumMismatch("its content does not fit its seal: it was changed or damaged after it was written")
    return content, True


def read_checksummed(path: Path) -> tuple[dict[str, Any], bool]:
    """The content of a JSON file, and whether it bears a seal. Raises OSError, or ValueError where it is not what was written."""
    try:
        return without_checksum(json.loads(path.read_text(encoding="utf-8")))
    except IsADirectoryError as error:
        raise ChecksumMismatch("a folder stands in its place") from error


def _seal_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class Compared:
    """Files that were compared with their hash: each once, for as long as its size, time and place on the disk are the same."""

    def __init__(self) -> None:
        self._as_written: dict[Path, tuple[str, int, int, int]] = {}

    def what_is_wrong(self, path: Path, digest: str) -> str:
        """How a file differs from what was written with this SHA-256, in words; empty where it does not."""
        try:
            at = path.stat()
            known = (digest, at.st_size, at.st_mtime_ns, at.st_ino)
            if self._as_written.get(path) == known:
                return ""
            if not stat.S_ISREG(at.st_mode):
                return "it is no file"  # to read a pipe or a device might never end
            if sha256_of(path) != digest:
                return "its bytes are not those that were written"
        except OSError as error:
            return "it is missing" if isinstance(error, FileNotFoundError) else str(error.strerror or error)
        self._as_written[path] = known
        return ""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
