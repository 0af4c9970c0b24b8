"""Thirty days of GDELT by two workers, one of which is killed in the middle, with Dagster and the lock on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psutil
import pytest

from pipelines.sealed import sha256_of
from pipelines.settings import SAMPLE
from tests.cluster.machines import ROOT, postgres, scheduler, worker
from tests.cluster.slots import SOURCE, put_slots, rows_of
from tests.depth import DEEP

pytestmark = [
    pytest.mark.skipif(find_spec("distributed") is None, reason="the extra 'cluster' is not installed"),
    pytest.mark.skipif(not DEEP, reason="takes minutes: BILATERAL_DEEP_TESTS=1"),
]

N_DAYS = 30
N_ROWS = 200
"""Rows of each of the 96 slots of a day: a tenth of real ones; three batches of a fold."""
DEADLINE_S = 3600


def refresh(archive: Path, warehouse: Path, **settings: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(archive), "--only", "news"]
    env = os.environ | {"BILATERAL_WAREHOUSE": str(warehouse), "BILATERAL_REPORTS": "", "BILATERAL_DATA_DOCS": "false"} | settings
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(running: subprocess.Popen[str]) -> str:
    out, _ = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 0, out
    return out


def files(warehouse: Path) -> dict[str, str]:
    return {
        str(path.relative_to(warehouse)): sha256_of(path)
        for layer in ("staged", "core")
        for path in (warehouse / layer).rglob("*.parquet")
    }


def sums(warehouse: Path) -> list[tuple[object, ...]]:
    """What is published: rows of each table, and a sum over all of its events."""
    with duckdb.connect(str(warehouse / "bilateral.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT table_name, n_rows FROM meta.row_counts ORDER BY ALL").fetchall()
        return rows + con.execute("SELECT 'events', sum(hash(e)::DECIMAL(38, 0)) FROM core.events AS e").fetchall()


def dagster_on(database: str, home: Path) -> dict[str, str]:
    """Dagster's storage in a database, by the file that is there to be copied."""
    at = urlsplit(database)
    home.mkdir(parents=True)
    text = (ROOT / "docs" / "deploy" / "dagster-postgres.yaml").read_text(encoding="utf-8")
    (home / "dagster.yaml").write_text(text.replace("port: 5432", f"port: {at.port}"), encoding="utf-8")
    return {
        "DAGSTER_HOME": str(home),
        "DAGSTER_PG_HOST": str(at.hostname),
        "DAGSTER_PG_USER": str(at.username),
        "DAGSTER_PG_PASSWORD": "",
        "DAGSTER_PG_DB": at.path.strip("/"),
    }


def kill_when_at_work(one: subprocess.Popen[bytes], warehouse: Path, running: subprocess.Popen[str]) -> int:
    """Kill a worker and its nanny once a tenth of the slots is staged, as a machine goes down; how many slots were then."""
    deadline = time.monotonic() + DEADLINE_S
    while (n := len(list((warehouse / "staged" / SOURCE).glob("2*")))) < 96 * N_DAYS / 10:
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for process in [psutil.Process(one.pid), *psutil.Process(one.pid).children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    return n


def test_a_month_by_two_workers_of_which_one_dies_is_the_month_by_one_process(tmp_path: Path) -> None:
    rows = [row for path in sorted((SAMPLE / SOURCE).glob("*/*.CSV")) for row in rows_of(path)]
    archive, alone, together = tmp_path / "archive", tmp_path / "alone", tmp_path / "together"
    n = put_slots(archive, (rows * 3)[:N_ROWS], datetime(2023, 9, 1), N_DAYS)
    assert n == 96 * N_DAYS * N_ROWS
    ended(refresh(archive, alone))
    with ExitStack() as stack:
        database = stack.enter_context(postgres(tmp_path / "postgres" / "server"))
        address = stack.enter_context(scheduler(tmp_path))
        stack.enter_context(worker(tmp_path, address, "one"))
        two = stack.enter_context(worker(tmp_path, address, "two"))
        settings = {"BILATERAL_DASK": address, "BILATERAL_LOCK": database} | dagster_on(database, tmp_path / "dagster")
        running = refresh(archive, together, **settings)
        at = kill_when_at_work(two, together, running)
        assert at < 96 * N_DAYS, "it was killed in the middle"
        said = ended(running)
    assert "done in this process" not in said, "the other worker did what the dead one was given"
    assert files(together) == files(alone)
    assert sums(together) == sums(alone)
    assert not (together / "dagster" / "history").exists(), "Dagster kept its runs in the database"
