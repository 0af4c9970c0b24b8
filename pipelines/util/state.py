"""What is remembered of a warehouse so as not to find it out again: one SQLite file, ``state.db``.

An entry has a kind, a key, and what it is valid for (size and time of a file, a fingerprint); asked for with anything else it is
not known. A damaged file is deleted, which is logged and costs time alone: what decides is in files of its own.
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from pipelines.util.atomic_files import set_aside

FILE = "state.db"
JUST_NOW_NS = 2_000_000_000
"""A file that was written so shortly before may change again and keep its size and its time."""

log = logging.getLogger(__name__)


class State:
    """The entries of a warehouse. Several processes may use it; nothing is held open."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def get(self, kind: str, key: str, valid: str) -> Any:
        """The value of an entry; None where it is not known, or is valid for something else."""
        found = self._read("WHERE kind = ? AND key = ?", kind, key).get(key)
        return json.loads(found[1]) if found is not None and found[0] == valid else None

    def entries(self, kind: str) -> dict[str, tuple[str, str]]:
        """All entries of a kind: by key what each is valid for, and its value as JSON."""
        return self._read("WHERE kind = ?", kind)

    def put(self, kind: str, entries: Mapping[str, tuple[str, Any]], *, alone: bool = False) -> None:
        """Remember entries: by key what each is valid for, and its value. ``alone``: others of this kind go."""
        texts = [(key, valid, json.dumps(value, separators=(",", ":"), default=str)) for key, (valid, value) in entries.items()]
        rows = [(kind, *entry, _seal(kind, *entry)) for entry in texts]
        if self.path.is_dir():
            set_aside(self.path)
        try:
            with suppress(sqlite3.OperationalError), closing(sqlite3.connect(self.path, timeout=10)) as con, con:
                con.execute("PRAGMA synchronous = OFF")  # a file that a power cut spoils is noticed, and deleted
                con.execute(
                    "CREATE TABLE IF NOT EXISTS entries (kind, key, valid, value, seal, PRIMARY KEY (kind, key)) WITHOUT ROWID"
                )
                if alone:
                    con.execute("DELETE FROM entries WHERE kind = ?", [kind])
                con.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        except sqlite3.DatabaseError as error:
            self._throw_away(error)

    def _read(self, where: str, kind: str, *more: str) -> dict[str, tuple[str, str]]:
        try:
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
                rows = con.execute(f"SELECT key, valid, value, seal FROM entries {where}", [kind, *more]).fetchall()
        except sqlite3.OperationalError:
            return {}  # it is not there yet, or cannot be read
        except sqlite3.DatabaseError as error:
            self._throw_away(error)
            return {}
        if any(seal != _seal(kind, *entry) for *entry, seal in rows):
            self._throw_away("an entry is not what was written")
            return {}
        return {key: (valid, value) for key, valid, value, _ in rows}

    def _throw_away(self, why: object) -> None:
        log.warning("%s is damaged (%s): it is deleted, and what it held is found out again", self.path, why)
        for path in (self.path, self.path.with_name(f"{FILE}-journal")):
            with suppress(OSError):
                path.unlink()


def _seal(*entry: object) -> str:
    return hashlib.sha256("\0".join(map(str, entry)).encode()).hexdigest()


class SmallFiles:
    """The JSON files ``folder/*/name``: ten thousands of receipts take minutes to open, and tenths of a second from the state."""

    def __init__(self, state: State, folder: Path, name: str) -> None:
        self._state, self._folder, self._name = state, folder, name
        self._kind = f"{folder.parent.name}/{folder.name}/{name}"
        self._known: dict[str, tuple[str, str]] | None = None
        self._fresh: dict[str, tuple[str, Any]] = {}

    def get(self, snapshot: str) -> dict[str, Any] | None:
        """The content of the file in a folder, where it is remembered as it is now; None: it is to be read itself."""
        valid = self._valid(snapshot)
        if snapshot in self._fresh:
            return self._fresh[snapshot][1] if self._fresh[snapshot][0] == valid else None
        if self._known is None:
            self._known = self._state.entries(self._kind)
        known = self._known.get(snapshot)
        found: dict[str, Any] | None = json.loads(known[1]) if known is not None and known[0] == valid else None
        return found

    def note(self, snapshot: str, content: dict[str, Any]) -> None:
        """Note what stands in the file of a folder (and was found to be whole); it is remembered by ``save``."""
        valid = self._valid(snapshot)
        if valid is not None:
            self._fresh[snapshot] = (valid, json.loads(json.dumps(content, default=str)))

    def save(self) -> None:
        """Remember what was noted."""
        if self._fresh:
            self._state.put(self._kind, self._fresh)
            self._fresh, self._known = {}, None

    def _valid(self, snapshot: str) -> str | None:
        try:
            state = (self._folder / snapshot / self._name).stat()
        except OSError:
            return None
        return f"{state.st_size} {state.st_mtime_ns}"
