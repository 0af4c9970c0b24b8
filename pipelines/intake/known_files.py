"""Folders of archives whose bytes are held already, known by path, size and time of their files: they are not read again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from pathlib import Path

from pipelines.intake.receipts import Receipt
from pipelines.intake.sources import Source
from pipelines.layers.atomic_files import make_folder, write_json
from pipelines.sealed import read_sealed, sealed
from pipelines.unchanged import JUST_NOW_NS

Signature = list[list[str | int]]


class Seen:
    """What is noted of one source in one archive; ``save`` writes it."""

    def __init__(self, file: Path, source: Source, folder: Path, *, trust: bool = True) -> None:
        """Read what is noted.

        Args:
            file: where it is noted, for all archives from which the source was taken in.
            source: its declaration says which file stands for what: another one, and all is read again.
            folder: the archive.
            trust: whether what is noted counts; if not, all is read again and noted anew.
        """
        self._file = file
        declared = hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16]
        self._archive = f"{folder.resolve()} as {declared}"
        try:
            self._all: dict[str, dict[str, tuple[Signature, str]]] = read_sealed(file)[0]
        except (OSError, ValueError):
            self._all = {}
        self._known = self._all.get(self._archive, {}) if trust else {}
        self._noted: dict[str, tuple[Signature, str]] = {}

    def signature(self, path: Path) -> Signature | None:
        """Names, sizes and times of the files of a folder; None where these say nothing: an odd file, or one just written."""
        found: Signature = []
        try:
            for entry in sorted(path.iterdir()):
                state = entry.stat()
                if not entry.is_file() or state.st_mtime_ns > time.time_ns() - JUST_NOW_NS:
                    return None
                found.append([entry.name, state.st_size, state.st_mtime_ns])
        except OSError:
            return None
        return found or None

    def holds(self, name: str, signature: Signature | None, snapshots: Collection[str]) -> bool:
        """Whether the files of a folder were taken in as one of these snapshots, and are as they were then."""
        known = self._known.get(name)
        if known is None or signature is None or known[0] != signature or known[1] not in snapshots:
            return False
        self._noted[name] = known
        return True

    def note(self, name: str, signature: Signature | None, receipt: Receipt) -> None:
        """Note that a folder was taken in. Of one that could not be read nothing is: it may be readable the next time."""
        if signature is not None and receipt.snapshot_id is not None:
            self._noted[name] = (signature, receipt.snapshot)

    def save(self) -> None:
        """Write what is noted, where it is not what was read."""
        if self._noted != self._all.get(self._archive):
            make_folder(self._file.parent)
            write_json(self._file, sealed(self._all | {self._archive: self._noted}))
