"""Steps in several processes make the tables of one, whatever becomes of a worker; sources are staged side by side."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from assets.errors import BilateralError
from pipelines.services.report import Report, keep, kept
from pipelines.storage.manifest import NewSnapshot
from pipelines.util.lock import WriterLock
from tests.depth import DEEP
from tests.made_up import SAMPLE
from tests.whole.conftest import ROOT, Warehouse

ENV = {"BILATERAL_DATA_DOCS": "false"}
deep = pytest.mark.skipif(not DEEP, reason="takes minutes: BILATERAL_DEEP_TESTS=1")


def refresh(warehouse: Warehouse, **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(SAMPLE), "--only", "overdose"]
    env = os.environ | ENV | {"BILATERAL_WAREHOUSE": str(warehouse.folder)} | env
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(running: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = running.communicate(timeout=3600)
    return running.returncode, said


def sums(warehouse: Warehouse) -> list[object]:
    """Number and hash of the rows of each table of core and marts."""
    names = warehouse.rows("SELECT table_schema || '.' || table_name FROM information_schema.tables "
                           "WHERE table_schema IN ('core', 'marts') ORDER BY ALL")  # fmt: skip
    return [(n, warehouse.rows(f"SELECT count(*), sum(hash(t)::DECIMAL(38, 0)) FROM {n} AS t")) for (n,) in names]


@contextmanager
def local_cluster(env: dict[str, str]) -> Iterator[str]:
    from distributed import LocalCluster

    # its scheduler is in this process; a worker has the environment of who refreshes
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, env=env) as cluster:
        yield cluster.scheduler_address


def first_worker(running: subprocess.Popen[str], warehouse: Warehouse) -> psutil.Process:
    """A process of a step, once one stages."""
    while running.poll() is None:
        if list((warehouse.folder / ".locks").glob("*")):
            for child in psutil.Process(running.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if "spawn_main" in " ".join(child.cmdline()):
                        return child
        time.sleep(0.05)
    raise AssertionError("no step had a process of its own")


@deep
@pytest.mark.parametrize("executor", ["multiprocess", "dask"])
def test_several_processes_make_the_tables_of_one(executor: str, empty: Warehouse, tmp_path: Path) -> None:
    if executor == "dask" and find_spec("dagster_dask") is None:
        pytest.skip("the extra 'dask' is not installed")
    one = Warehouse(tmp_path / "one")
    assert ended(refresh(one))[0] == 0
    env = ENV | {"BILATERAL_WAREHOUSE": str(empty.folder), "DAGSTER_HOME": str(empty.folder / "dagster")}
    env |= {"BILATERAL_EXECUTOR": executor, "BILATERAL_DASK": "tcp://127.0.0.1:8786"}
    with local_cluster(env) if executor == "dask" else nullcontext("") as address:
        code, said = ended(refresh(empty, **env | ({"BILATERAL_DASK": address} if address else {})))
    assert code == 0, said
    assert "snapshots: 14 accepted" in said, "what the processes have reported is put together"
    assert sums(empty) == sums(one)


@deep
def test_a_worker_that_is_killed_fails_its_step_and_the_next_refresh_makes_the_same_tables(
    empty: Warehouse, tmp_path: Path
) -> None:
    one = Warehouse(tmp_path / "one")
    assert ended(refresh(one))[0] == 0
    running = refresh(empty, BILATERAL_EXECUTOR="multiprocess")
    first_worker(running, empty).send_signal(signal.SIGKILL)
    code, said = ended(running)
    assert code == 1, said
    assert "failed" in said
    assert not (empty.folder / "bilateral.duckdb").exists()
    assert ended(refresh(empty))[0] == 0
    assert sums(empty) == sums(one)


def in_a_thread(lock: WriterLock, source: str | None) -> str:
    """What comes of taking a lock in another thread, as another process would."""
    found: list[str] = []

    def take() -> None:
        try:
            with lock.held(print, source):
                found.append("held")
        except BilateralError as refused:
            found.append(str(refused))

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(60)
    return found[0]


def test_two_sources_are_staged_side_by_side_one_is_not_staged_twice_and_nothing_else_is_done_beside_it(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path, 0)
    with lock.held(print, "us_ofac_sdn"):
        assert in_a_thread(WriterLock(tmp_path, 0), "un_sc") == "held"
        assert "still writing" in in_a_thread(WriterLock(tmp_path, 0), "us_ofac_sdn")
        assert "still writing" in in_a_thread(WriterLock(tmp_path, 0), None)
    with lock.held(print):
        assert "still writing" in in_a_thread(WriterLock(tmp_path, 0), "un_sc")
        with lock.held(print, "un_sc"):
            pass
        assert "still writing" in in_a_thread(WriterLock(tmp_path, 0), "un_sc"), "who holds it whole holds it on"
    assert in_a_thread(WriterLock(tmp_path, 0), None) == "held"


def test_what_processes_report_of_a_run_is_put_together_once(tmp_path: Path) -> None:
    new = NewSnapshot("us_cdc_vsrr", "2024-01-01T000000Z", "accepted", None, "", 3, 0)
    keep(tmp_path, "run", Report(new=[new], problems=["one"]))
    keep(tmp_path, "run", Report(new=[new], problems=["one", "two"], published=True))
    assert kept(tmp_path, "run") == Report(new=[new], problems=["one", "two"], published=True)
    assert kept(tmp_path, "run", remove=True).published
    assert kept(tmp_path, "run") == Report()
