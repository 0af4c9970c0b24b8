"""One writer at a time per warehouse folder, across processes; and across machines whose file system shares its locks."""

from __future__ import annotations

import fcntl
import json
import math
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from assets.errors import BilateralError
from pipelines.util.atomic_files import set_aside, write_json

SAY_AGAIN_S = 60
"""How often who waits for another refresh says so, seconds."""
ASK_AGAIN_S = 0.1
"""How often it is asked whether the lock is free, seconds."""


class WriterLock:
    """The lock under which every step writes: reentrant, freed by the system when its process ends; who waits says for whom."""

    def __init__(self, folder: Path, wait_s: float) -> None:
        """The lock of a folder, for which ``wait_s`` seconds are waited."""
        self._folder, self._wait_s = folder, wait_s
        self._lock = _FileLock(folder / ".lock")
        self._of_sources: dict[str, _FileLock] = {}
        self._writer_file = folder / ".writer.json"

    @contextmanager
    def held(self, say: Callable[[str], None], source: str | None = None) -> Iterator[None]:
        """Hold the lock (``source``: of that alone is written). Raises BilateralError where it was not free in time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / ".lock"
        if file.is_symlink() or file.is_dir():
            set_aside(file)  # neither can be held by anybody
        is_outermost = not self._lock.depth
        with self._acquired(self._lock, say, shared=source is not None):
            of_source = None
            if source is not None and is_outermost:
                of_source = self._of_sources.setdefault(source, _FileLock(self._folder / ".locks" / source))
            with nullcontext() if of_source is None else self._acquired(of_source, say):
                if is_outermost:
                    writer = {"process": os.getpid(), "computer": platform.node(), "since": datetime.now(UTC).isoformat()}
                    write_json(self._writer_file, writer)
                yield

    @contextmanager
    def _acquired(self, lock: _FileLock, say: Callable[[str], None], *, shared: bool = False) -> Iterator[None]:
        begun, said = time.monotonic(), -math.inf
        while not lock.acquire(shared=shared):
            now = time.monotonic()
            left = begun + self._wait_s - now
            if left <= 0:
                todo = "Wait for it to end, or end it, then refresh again. BILATERAL_WAIT_S says how long to wait."
                who = f"{self._writer()} is still writing to {self._folder} after {self._wait_s:,.0f} s"
                raise BilateralError(f"{who}; nothing was changed. {todo}")
            if now - said >= SAY_AGAIN_S:
                said = now
                say(f"waiting for {self._writer()}, which is writing to {self._folder} (at most {left:,.0f} s more)")
            time.sleep(min(left, ASK_AGAIN_S))
        try:
            yield
        finally:
            lock.release()

    def _writer(self) -> str:
        """Who holds the lock, as a sentence for people."""
        try:
            writer = json.loads(self._writer_file.read_text(encoding="utf-8"))
            since = datetime.fromisoformat(writer["since"])
            return f"another refresh (process {writer['process']} on {writer['computer']}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
        except (OSError, ValueError, KeyError, TypeError):
            return "another refresh"  # it has the lock and has not said yet who it is


class _FileLock(threading.local):
    """A lock of the system on a file, which stays; a thread that holds it may take it again. ``filelock`` shares none."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, -1
        self.depth = 0

    def acquire(self, *, shared: bool = False) -> bool:
        """Take it, alone or with others that share it; False where it is not free."""
        if not self.depth:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BaseException as error:
                os.close(file)
                if isinstance(error, BlockingIOError):
                    return False
                raise
            self._file = file
        self.depth += 1
        return True

    def release(self) -> None:
        """Give it up; it is free when that was done as often as it was taken."""
        self.depth -= 1
        if self.depth == 0:
            os.close(self._file)  # and with it the lock
