"""Which of Dagster's runs are alive, and an end for those that died.

Dagster writes that a run has started, and a killed one cannot write that it has ended: the run would be shown as running for
ever, and hold what it held. So each run keeps a file of its own locked while its process lives. The system releases such a
lock when the process ends, however it ends; a number of a process, which is given out again, is not needed.
"""

from __future__ import annotations

import logging
import os
import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from filelock import FileLock, Timeout

PROCESS_TAG = "bilateral/process"
"""The tag of a run: computer and number of the process that does its work."""

JOBS = ("refresh_sanctions", "refresh_overdose", "refresh_news", "refresh_all")
"""The jobs whose runs are looked after, where they left no lock (an earlier version of the code ran them)."""

SILENT_FOR = timedelta(days=1)
"""A run without a lock and without this code's tag has died if nothing was heard of it for so long."""

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


def close_dead(instance: dg.DagsterInstance, now: datetime | None = None) -> list[str]:
    """Mark the runs as failed (or canceled, where that was asked for) whose process is gone, and free what they held.

    A run is dead if its lock is there and nobody holds it. One whose lock is not there may run on another computer, and is
    left alone, but for a run of this project's jobs that has no tag of a process and was silent for ``SILENT_FOR``.

    Args:
        instance: Dagster's instance; one in memory has no dead runs.
        now: the time, with zone; default the clock's.

    Returns:
        The ids of the runs that were ended.
    """
    if not instance.is_persistent:
        return []
    folder = _folder(instance)
    folder.mkdir(parents=True, exist_ok=True)
    ended = []
    with FileLock(folder / ".judging"):
        open_ones = [
            dg.DagsterRunStatus.NOT_STARTED,
            dg.DagsterRunStatus.STARTING,
            dg.DagsterRunStatus.STARTED,
            dg.DagsterRunStatus.CANCELING,
        ]
        for record in instance.get_run_records(dg.RunsFilter(statuses=open_ones)):
            run = record.dagster_run
            # the record was read before: its process may have ended in good order since
            if _is_dead(folder, record, now or datetime.now(UTC)) and not _is_finished(instance, run.run_id):
                if run.status == dg.DagsterRunStatus.CANCELING:
                    instance.report_run_canceled(run, WHY_DEAD)
                else:
                    instance.report_run_failed(run, WHY_DEAD)
                if instance.event_log_storage.supports_global_concurrency_limits:
                    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
                ended.append(run.run_id)
        _sweep(instance, folder)
    return ended


def _is_dead(folder: Path, record: dg.RunRecord, now: datetime) -> bool:
    run = record.dagster_run
    path = folder / f"{run.run_id}.lock"
    if path.exists():
        return _is_free(folder, run.run_id)
    # times of the records are UTC, with or without saying so
    silent = now - record.update_timestamp.replace(tzinfo=UTC) > SILENT_FOR
    return run.job_name in JOBS and PROCESS_TAG not in run.tags and silent


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


def _sweep(instance: dg.DagsterInstance, folder: Path) -> None:
    """Delete the files of runs that have ended and whose process is gone."""
    for path in folder.glob("*.lock"):
        if _is_finished(instance, path.stem) and _is_free(folder, path.stem):
            path.unlink(missing_ok=True)
