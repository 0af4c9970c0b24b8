"""One writer at a time per warehouse folder, across processes; and across machines, where a database keeps the lock."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import Timeout

from assets.errors import BilateralError
from pipelines.util.atomic_files import set_aside, write_json

SAY_AGAIN_S = 60
"""How often who waits for another refresh says so, seconds."""
ASK_AGAIN_S = 0.1
"""How often it is asked whether the lock is free, seconds."""
MARK = ".lock-in-postgresql"
"""File in a folder whose lock a database keeps: who only knows of the file lock would write beside those who hold the other."""
_FREED_AFTER = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""A machine that goes down says no goodbye: within a minute the server notices, and frees what it held."""


class WriterLock:
    """The lock under which every step writes: reentrant, freed by the system when its process ends; who waits says for whom."""

    def __init__(self, folder: Path, wait_s: float, database: str | None = None) -> None:
        """The lock of a folder, for which ``wait_s`` seconds are waited.

        ``database``: address of the PostgreSQL database that keeps it; without one a file in the folder does, which only holds
        between machines where the file system has locks that do.
        """
        self._folder = folder
        self._wait_s = wait_s
        self._database = database
        self._lock = self._of("")
        self._of_sources: dict[str, _Polled] = {}
        self._writer_file = folder / ".writer.json"

    def _of(self, source: str) -> _Polled:
        if self._database is not None:
            return _DatabaseLock(self._folder, self._database, source)
        return _FileLock(self._folder / ".locks" / source if source else self._folder / ".lock")

    @contextmanager
    def held(self, say: Callable[[str], None], source: str | None = None) -> Iterator[None]:
        """Hold the lock; ``say`` is called with whom it waits for.

        ``source``: only what is staged of it is written: other sources may be staged beside it, by other processes.
        Raises BilateralError where it was not free in time, or was lost while it was held.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._refuse_the_other_lock()
        file = self._folder / ".lock"
        if file.is_symlink() or file.is_dir():
            set_aside(file)  # neither can be held by anybody
        is_outermost = not self._lock.is_locked
        of_source = None
        if source is not None and is_outermost:
            of_source = self._of_sources[source] = self._of_sources.get(source) or self._of(source)
        self._acquire(self._lock, say, shared=source is not None)
        try:
            if of_source is not None:
                self._acquire(of_source, say)
            try:
                if is_outermost:
                    writer = {"process": os.getpid(), "computer": platform.node(), "since": datetime.now(UTC).isoformat()}
                    write_json(self._writer_file, writer)
                yield
            finally:
                if of_source is not None:
                    of_source.release()
        finally:
            self._lock.release()

    def _refuse_the_other_lock(self) -> None:
        mark = self._folder / MARK
        if self._database is not None:
            mark.touch()
        elif mark.exists():
            raise BilateralError(
                f"the lock of {self._folder} is kept by PostgreSQL, and this process was not told where: set BILATERAL_LOCK as "
                f"for the others. Nothing was changed. Where no process uses that database any more, delete {mark}."
            )

    def _acquire(self, lock: _Polled, say: Callable[[str], None], *, shared: bool = False) -> None:
        deadline = time.monotonic() + self._wait_s
        patience = 0.0
        while True:
            try:
                lock.acquire(patience, shared=shared)
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


class _Polled(threading.local):
    """A lock that its thread may take again while it holds it, and that is freed when its process ends, however it ends."""

    def __init__(self) -> None:
        self._depth = 0

    @property
    def is_locked(self) -> bool:
        """Whether this thread holds it."""
        return self._depth > 0

    def acquire(self, timeout: float, *, shared: bool = False) -> None:
        """Take it, alone or with others that share it. Raises Timeout where it was not free within so many seconds."""
        deadline = time.monotonic() + timeout
        if self._depth:
            self._refuse_lost()
        else:
            while not self._take(shared=shared):
                if time.monotonic() >= deadline:
                    raise Timeout(repr(self))
                time.sleep(ASK_AGAIN_S)
        self._depth += 1

    def release(self) -> None:
        """Give it up; it is free when that was done as often as it was taken."""
        self._depth -= 1
        if self._depth == 0:
            self._free()

    def _take(self, *, shared: bool) -> bool:
        raise NotImplementedError

    def _free(self) -> None:
        raise NotImplementedError

    def _refuse_lost(self) -> None:
        """Raise BilateralError where it is not held any more."""


class _FileLock(_Polled):
    """A lock of the system on a file, which stays; ``filelock`` knows none that is shared but in a database."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path, self._file = path, -1

    def _take(self, *, shared: bool) -> bool:
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
        return True

    def _free(self) -> None:
        os.close(self._file)  # and with it the lock


class _DatabaseLock(_Polled):
    """An advisory lock of a PostgreSQL session, by the number of the warehouse: each thread has a session of its own.

    The server frees it when the session ends. A session may also end while its process goes on (the server was restarted):
    then another may hold the lock, so each step that takes it again looks whether the session is still there.
    """

    def __init__(self, folder: Path, database: str, source: str = "") -> None:
        super().__init__()
        self._folder, self._database, self._source = folder, database, source
        self._session: Any = None

    def _free(self) -> None:
        session, self._session = self._session, None
        # suppressed: it is gone already, and the lock with it
        with suppress(Exception), closing(session), session.cursor() as cursor:
            # the server notices a moment late that a session has ended, and the next one may not want to wait
            cursor.execute("SELECT pg_advisory_unlock_all()")

    def _take(self, *, shared: bool) -> bool:
        self._session = self._session or self._connect()
        return bool(self._ask(f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}(%s)", self._key()))

    def _key(self) -> int:
        digest = hashlib.sha256((id_of(self._folder) + self._source).encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)

    def _ask(self, query: str, *values: object) -> Any:
        import psycopg2

        try:
            with self._session.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchone()[0]
        except psycopg2.Error as error:
            self._session = None
            raise self._unusable(error) from None

    def _refuse_lost(self) -> None:
        try:
            if self._session is None or self._session.closed:
                raise BilateralError("its session has ended")
            self._ask("SELECT 1")
        except BilateralError as error:
            raise BilateralError(
                f"the lock of {self._folder} was lost: the session with the PostgreSQL database that keeps it has ended, and "
                "another refresh may be writing. This one stops here; what it finished is kept. Refresh again."
            ) from error

    def _connect(self) -> Any:
        try:
            import psycopg2
        except ImportError:
            raise BilateralError(
                "BILATERAL_LOCK needs a driver of PostgreSQL: pip install -e '.[postgres]'. Nothing was changed."
            ) from None
        try:
            session = psycopg2.connect(self._database, application_name="bilateral", options=_FREED_AFTER, connect_timeout=10)
        except psycopg2.Error as error:
            raise self._unusable(error) from None
        session.autocommit = True
        return session

    def _unusable(self, error: Exception) -> BilateralError:
        # what the driver says of an address that it cannot read has parts of it, which may be the password
        lines = str(error).strip().splitlines()
        is_of_server = type(error).__name__ in ("OperationalError", "InterfaceError", "AdminShutdown") and lines
        why = lines[0] if is_of_server else "its address is not one"
        return BilateralError(
            f"the PostgreSQL database of BILATERAL_LOCK cannot be used: {why}. "
            f"It keeps the lock of {self._folder}, without which nothing is written. Nothing was changed."
        )


ID_FILE = ".warehouse-id"


def id_of(folder: Path) -> str:
    """The number by which processes know a warehouse whose folder they see under other names; the first to ask gives it one."""
    file = folder / ID_FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{ID_FILE}.{uuid.uuid4().hex}"
        draft.write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")
        try:
            with suppress(FileExistsError):
                file.hardlink_to(draft)
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
