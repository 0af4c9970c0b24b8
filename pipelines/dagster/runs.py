"""Which of Dagster's runs are alive, why their steps failed, how long they are kept, and an end for those that died.

A killed run cannot write that it has ended: Dagster would show it as running for ever. So each run keeps a file of its own locked
while its process lives; the system releases the lock however that ends.
"""

import logging
import os
import platform
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from filelock import FileLock, Timeout

from assets.errors import BilateralError
from pipelines.maintenance.cleanup import size_of
from pipelines.util.disk_errors import text_in_words

PROCESS_TAG = "bilateral/process"
"""The tag of a run: computer and number of the process that does its work."""

WHY_DEAD = (
    "The process of this run ended without a word: it was killed, or the computer went down. The published file is as it was, "
    "nothing half-written is read, and the next refresh goes on from here."
)

_held: dict[Path, FileLock] = {}
log = logging.getLogger(__name__)


def _folder(instance: dg.DagsterInstance) -> Path:
    return Path(instance.root_directory) / "alive"


def _lock(folder: Path, run_id: str) -> FileLock:
    # any thread of the process may hold or judge it
    return FileLock(folder / f"{run_id}.lock", timeout=0, thread_local=False)


def hold(instance: dg.DagsterInstance, run_id: str) -> None:
    """Keep the lock of a run until this process ends; where it is held already, nothing happens."""
    folder = _folder(instance)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run_id}.lock"
    if path in _held:
        return
    # between making the file and locking it nobody may judge it
    with FileLock(folder / ".judging"):
        lock = _lock(folder, run_id)
        lock.acquire()
    _held[path] = lock


def release(instance: dg.DagsterInstance, run_id: str) -> None:
    """Give up the lock of a run that has ended in this process, and delete its file."""
    path = _folder(instance) / f"{run_id}.lock"
    lock = _held.pop(path, None)
    if lock is not None:
        with FileLock(path.parent / ".judging"):
            lock.release()
            path.unlink(missing_ok=True)


def begin(instance: dg.DagsterInstance, run_id: str) -> None:
    """Say that this process runs ``run_id``, and end the runs that died before. Of a run kept in memory nothing is said."""
    if not instance.is_persistent:
        return
    try:
        hold(instance, run_id)
        if instance.has_run(run_id):
            instance.add_run_tags(run_id, {PROCESS_TAG: f"{platform.node()} {os.getpid()}"})
        close_dead(instance)
    except Exception:
        # what is shown of other runs must not keep this one from its work
        log.exception("looking after runs that died")


def close_dead(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs whose process is gone (nobody holds their lock) as failed, or canceled where that was asked; return their ids."""
    if not instance.is_persistent:
        return []
    folder = _folder(instance)
    folder.mkdir(parents=True, exist_ok=True)
    ended = []
    under_way = [dg.DagsterRunStatus[name] for name in ("NOT_STARTED", "STARTING", "STARTED", "CANCELING")]
    with FileLock(folder / ".judging"):
        for record in instance.get_run_records(dg.RunsFilter(statuses=under_way)):
            run = record.dagster_run
            # the record was read before: its process may have ended in good order since
            has_lock = (folder / f"{run.run_id}.lock").exists()
            if has_lock and _is_free(folder, run.run_id) and not _is_finished(instance, run.run_id):
                if run.status == dg.DagsterRunStatus.CANCELING:
                    instance.report_run_canceled(run, WHY_DEAD)
                else:
                    instance.report_run_failed(run, WHY_DEAD)
                if instance.event_log_storage.supports_global_concurrency_limits:
                    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
                ended.append(run.run_id)
        # the files of runs that have ended and whose process is gone
        for path in folder.glob("*.lock"):
            if _is_finished(instance, path.stem) and _is_free(folder, path.stem):
                path.unlink(missing_ok=True)
    return ended


def _is_free(folder: Path, run_id: str) -> bool:
    if folder / f"{run_id}.lock" in _held:
        return False
    lock = _lock(folder, run_id)
    try:
        lock.acquire()
    except Timeout:
        return False
    lock.release()
    return True


def _is_finished(instance: dg.DagsterInstance, run_id: str) -> bool:
    run = instance.get_run_by_id(run_id)
    return run is None or run.is_finished


def beyond(records: Sequence[dg.RunRecord], keep_runs: int, keep_days: int, now: datetime) -> list[dg.RunRecord]:
    """The ended runs (newest first) that are too many or too old, but the newest of each job, which says how it went."""
    seen: set[str] = set()
    found = []
    for number, record in enumerate(records):
        run = record.dagster_run
        is_newest = run.job_name not in seen
        seen.add(run.job_name)
        # times of the records are UTC, with or without saying so
        is_old = now - record.update_timestamp.replace(tzinfo=UTC) > timedelta(days=keep_days)
        if run.is_finished and not is_newest and (number >= keep_runs or is_old):
            found.append(record)
    return found


def clear_runs(instance: dg.DagsterInstance, keep_runs: int, keep_days: int, *, dry_run: bool) -> tuple[int, int]:
    """Delete the runs that are ``beyond``, with their logs; return their number and bytes (0 where PostgreSQL keeps them)."""
    if not instance.is_persistent:
        return 0, 0
    if not dry_run:
        close_dead(instance)
    home = Path(instance.root_directory)
    records = sorted(instance.get_run_records(), key=lambda r: r.create_timestamp, reverse=True)
    old = beyond(records, keep_runs, keep_days, datetime.now(UTC))
    shared = [path for path in (home / "history" / "runs" / "index.db", home / "history" / "runs.db") if path.exists()]
    n_bytes = 0 if dry_run else sum(map(size_of, shared))
    for run_id in [record.dagster_run.run_id for record in old]:
        places = _places(home, run_id)
        n_bytes += sum(map(size_of, places))
        if not dry_run:
            instance.delete_run(run_id)
            for path in places:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if dry_run:
        return len(old), n_bytes
    for path in shared if old else ():
        # where another process is using the file, it stays as it is
        with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as con, suppress(sqlite3.OperationalError):
            con.execute("VACUUM")
    return len(old), max(0, n_bytes - sum(map(size_of, shared)))


def _places(home: Path, run_id: str) -> list[Path]:
    """Where Dagster keeps what a run said, each with what SQLite has beside it."""
    runs = home / "history" / "runs"
    found = [*runs.glob(f"{run_id}.db*"), home / "storage" / run_id, home / "alive" / f"{run_id}.lock"]
    return [path for path in found if path.exists()]


def failure_message(step: str | None, error: Any, folder: Path) -> str:
    """Why a step failed, for people; ``error`` as Dagster's events have it: ``message``, ``cls_name`` and ``cause``, or None."""
    # the reason lies deepest, unless somebody wrote it down for people
    while error is not None and error.cause is not None and error.cls_name != BilateralError.__name__:
        error = error.cause
    text = "unknown reason" if error is None else error.message.strip().splitlines()[0]
    text = text.removeprefix(f"{BilateralError.__module__}.{BilateralError.__name__}: ")
    return f"step {step} failed: {text_in_words(text, folder) or text}"
