"""Many small JSON files, one in each folder of a source, read from one file beside them.

Ten thousands of receipts take minutes of opening and parsing, and a few tenths of a second in one file. It is a copy: where it is
missing, damaged, or older than a file, that file is read itself; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

INDEX = ".index"
"""Name of the file, in the folder of the source."""
_BLOCK = b"#block"


class SmallFiles:
    """The files ``folder/*/name``, as far as they were noted.

    The index is made of blocks, each of which is added by one write and bears its own hash: what a killed run left of a block,
    and a flipped byte, are noticed. A file counts as noted with its size and time.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Open the index of a folder; nothing is read before it is asked for."""
        self._folder, self._name = folder, name
        self._held: dict[str, tuple[int, int, bytes]] | None = None
        self._fresh: dict[str, tuple[int, int, bytes]] = {}
        self._is_whole = True

    def get(self, snapshot: str) -> dict[str, Any] | None:
        """The content of the file in a folder, where it is noted as it is now; None: it is to be read itself."""
        held = self._read()
        known = self._fresh.get(snapshot) or held.get(snapshot)
        if known is None or known[:2] != self._signature(snapshot):
            return None
        content: dict[str, Any] = json.loads(known[2])
        return content

    def note(self, snapshot: str, content: dict[str, Any]) -> None:
        """Note what stands in the file of a folder (and was found to be whole); it is kept by ``save``."""
        signature = self._signature(snapshot)
        if signature is not None:
            self._fresh[snapshot] = (*signature, json.dumps(content, separators=(",", ":"), default=str).encode())

    def save(self) -> None:
        """Add what was noted to the index; where that cannot be written, the files are read themselves the next time."""
        if not self._fresh:
            return
        held = self._read()
        lines = self._fresh if self._is_whole else held | self._fresh
        block = b"".join(b"%s\t%d\t%d\t%s\n" % (name.encode(), *entry) for name, entry in sorted(lines.items()))
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if self._is_whole else os.O_TRUNC)
            target = os.open(self._folder / INDEX, flags, 0o666)
            try:
                os.write(target, b"%s %s %d\n" % (_BLOCK, hashlib.sha256(block).hexdigest().encode(), len(block)) + block)
            finally:
                os.close(target)
            self._is_whole = True
        self._held = held | self._fresh
        self._fresh = {}

    def _signature(self, snapshot: str) -> tuple[int, int] | None:
        try:
            state = (self._folder / snapshot / self._name).stat()
        except OSError:
            return None
        return state.st_size, state.st_mtime_ns

    def _read(self) -> dict[str, tuple[int, int, bytes]]:
        if self._held is None:
            try:
                data = (self._folder / INDEX).read_bytes()
            except OSError:
                data = b""
            self._held, self._is_whole = _blocks_in(data)
        return self._held


def _blocks_in(data: bytes) -> tuple[dict[str, tuple[int, int, bytes]], bool]:
    """What the whole blocks at the beginning of an index hold, and whether that is all of it."""
    found: dict[str, tuple[int, int, bytes]] = {}
    place = 0
    while place < len(data):
        end = data.find(b"\n", place)
        head = data[place:end].split(b" ") if end >= 0 else []
        if len(head) != 3 or head[0] != _BLOCK or not head[2].isdigit():
            return found, False
        block = data[end + 1 : end + 1 + int(head[2])]
        if len(block) != int(head[2]) or hashlib.sha256(block).hexdigest().encode() != head[1]:
            return found, False
        for line in block.splitlines():
            name, size, moment, content = line.split(b"\t", 3)
            found[name.decode()] = (int(size), int(moment), content)
        place = end + 1 + len(block)
    return found, True
