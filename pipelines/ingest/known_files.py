"""Folders of archives whose bytes are held already, known by path, size and time of their files: they are not read again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Collection
from pathlib import Path

from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import Source
from pipelines.util.state import JUST_NOW_NS, State


class KnownFiles:
    """What is remembered of one source in one archive; ``save`` remembers what was noted."""

    def __init__(self, state: State, source: Source, folder: Path, *, trust: bool = True) -> None:
        """Read what is remembered.

        Args:
            state: of the warehouse.
            source: its declaration says which file stands for what: another one, and all is read again.
            folder: the archive.
            trust: whether what is remembered counts; if not, all is read again and noted anew.
        """
        self._state, self._kind = state, f"archives/{source.id}/{folder.resolve()}"
        self._declared = hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16]
        self._known = {n: (v, json.loads(snapshot)) for n, (v, snapshot) in state.entries(self._kind).items()} if trust else {}
        self._noted: dict[str, tuple[str, str]] = {}

    def signature(self, path: Path) -> str | None:
        """Names, sizes and times of the files of a folder; None where these say nothing: an odd file, or one just written."""
        found = [self._declared]
        try:
            for entry in sorted(path.iterdir()):
                state = entry.stat()
                if not entry.is_file() or state.st_mtime_ns > time.time_ns() - JUST_NOW_NS:
                    return None
                found.append(f"{entry.name} {state.st_size} {state.st_mtime_ns}")
        except OSError:
            return None
        return "\n".join(found) if len(found) > 1 else None

    def holds(self, name: str, signature: str | None, snapshots: Collection[str]) -> bool:
        """Whether the files of a folder were taken in as one of these snapshots, and are as they were then."""
        known = self._known.get(name)
        if known is None or known[0] != signature or known[1] not in snapshots:
            return False
        self._noted[name] = known
        return True

    def note(self, name: str, signature: str | None, receipt: Receipt) -> None:
        """Note that a folder was taken in. Of one that could not be read nothing is: it may be readable the next time."""
        if signature is not None and receipt.snapshot_id is not None:
            self._noted[name] = (signature, receipt.snapshot)

    def save(self) -> None:
        """Remember what was noted, where it is not what was read."""
        if self._noted != self._known:
            self._state.put(self._kind, self._noted, alone=True)
