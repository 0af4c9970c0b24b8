"""One writer at a time per warehouse folder, across processes."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assets.errors import BilateralError

SAY_AGAIN_S = 60
"""How often who waits for another refresh says so, seconds."""


class WriterLock:
    """The lock under which every step writes.

    Reentrant, since a refresh of the command line holds it from its start to its end. The system
    frees it when its process ends, however it ends. Who waits says for whom, again each minute.
    """

    def __init__(self, folder: Path, wait_s: float) -> None:
        """The lock of ``folder``; ``wait_s``: how long to wait for another writer, seconds."""
        self._folder = folder
        self._wait_s = wait_s
        self._lock = FileLock(folder / ".lock")
        self._writer_file = folder / ".writer.json"

    @contextmanager
    def held(self, say: Callable[[str], None]) -> Iterator[None]:
        """Hold the lock; ``say`` is called with whom it waits for.

        Raises:
            BilateralError: it was not free in time.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        is_outermost = not self._lock.is_locked
        self._acquire(say)
        try:
            if is_outermost:
                writer = {"process": os.getpid(), "computer": platform.node(), "since": datetime.now(UTC).isoformat()}
                self._writer_file.write_text(json.dumps(writer), encoding="utf-8")
            yield
        finally:
            self._lock.release()

    def _acquire(self, say: Callable[[str], None]) -> None:
        deadline = time.monotonic() + self._wait_s
        patience = 0.0
        while True:
            try:
                self._lock.acquire(timeout=patience)
                return
            except Timeout:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise BilateralError(
                        f"{self._writer()} is still writing to {self._folder} after {self._wait_s:,.0f} s of waiting; "
                        "nothing was changed. Wait for it to end, or end that process, then refresh again. "
                        "BILATERAL_WAIT_S says how long to wait."
                    ) from None
                say(f"waiting for {self._writer()}, which is writing to {self._folder} (at most {left:,.0f} s more)")
                patience = min(left, SAY_AGAIN_S)

    def _writer(self) -> str:
        """Who holds the lock, as a sentence for people."""
        try:
            writer = json.loads(self._writer_file.read_text(encoding="utf-8"))
            since = datetime.fromisoformat(writer["since"])
            return f"another refresh (process {writer['process']} on {writer['computer']}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
        except (OSError, ValueError, KeyError, TypeError):
            return "another refresh"  # it has the lock and has not said yet who it is
