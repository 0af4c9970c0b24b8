"""How long runs of Dagster are kept: each leaves some megabytes of log, and a schedule makes thousands a year."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines.dagster.runs import close_dead


def beyond(records: Sequence[dg.RunRecord], keep_runs: int, keep_days: int, now: datetime) -> list[dg.RunRecord]:
    """The runs that may go: ended, and beyond the newest ``keep_runs`` or ended more than ``keep_days`` ago.

    The newest run of each job stays, so that the UI says how it went.

    Args:
        records: of all runs, the newest first.
        keep_runs: how many are kept.
        keep_days: how long.
        now: the time, with zone.
    """
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
    """Delete the runs that may go, with their logs; return how many there are, and the bytes that they take.

    Args:
        instance: Dagster's.
        keep_runs: as for ``beyond``.
        keep_days: as for ``beyond``.
        dry_run: delete nothing. Of a storage elsewhere (PostgreSQL) the bytes are not known and count as 0.
    """
    if not instance.is_persistent:
        return 0, 0
    if not dry_run:
        close_dead(instance)
    home = Path(instance.root_directory)
    records = sorted(instance.get_run_records(), key=lambda r: r.create_timestamp, reverse=True)
    old = beyond(records, keep_runs, keep_days, datetime.now(UTC))
    places = {record.dagster_run.run_id: _places(home, record.dagster_run.run_id) for record in old}
    before = _size(home, [path for paths in places.values() for path in paths])
    shared = [home / "history" / "runs" / "index.db", home / "history" / "runs.db"]
    before_shared = sum(path.stat().st_size for path in shared if path.exists())
    if dry_run or not old:
        return len(old), before
    for run_id, paths in places.items():
        instance.delete_run(run_id)
        for path in paths:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in shared:
        if path.exists():
            _compact(path)
    return len(old), before + max(0, before_shared - sum(path.stat().st_size for path in shared if path.exists()))


def _places(home: Path, run_id: str) -> list[Path]:
    """Where Dagster keeps what a run said, each with what SQLite has beside it."""
    runs = home / "history" / "runs"
    found = [*runs.glob(f"{run_id}.db*"), home / "storage" / run_id, home / "alive" / f"{run_id}.lock"]
    return [path for path in found if path.exists()]


def _size(home: Path, paths: Sequence[Path]) -> int:
    files = [p for path in paths for p in ([path] if path.is_file() else path.rglob("*")) if p.is_file()]
    return sum(path.stat().st_size for path in files if path.is_relative_to(home))


def _compact(path: Path) -> None:
    """Give the room of deleted rows back to the system; where another process is using the file, it stays as it is."""
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as con, suppress(sqlite3.OperationalError):
        con.execute("VACUUM")
