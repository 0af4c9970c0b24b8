"""Runs whose process is gone are ended; runs that are alive, or may be, are left alone."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import NullPool, create_engine, text

from pipelines.dagster import storage_kept_open
from pipelines.dagster.home import name_dagster_home, prepare_dagster_home
from pipelines.dagster.refresh import run_refresh
from pipelines.dagster.runs import PROCESS_TAG, WHY_DEAD, begin, close_dead, release
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse
from pipelines.settings import ROOT, Settings
from tests.whole.archives import put, sdn

HOLDER = """
import sys
import dagster as dg
from pipelines.dagster.runs import PROCESS_TAG, begin
instance = dg.DagsterInstance.get()
for run_id in sys.argv[1:]:
    begin(instance, run_id)
print("holding", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    prepare_dagster_home(Settings(warehouse=tmp_path))
    with dg.DagsterInstance.get() as found:
        yield found


@dg.op
def nothing() -> None:
    """A step."""


@dg.job(name="refresh_all")
def refresh_all() -> None:
    """A job of the name of one of ours."""
    nothing()


def a_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED) -> str:
    """The record of a run that is under way."""
    return instance.create_run_for_job(refresh_all, run_id=str(uuid.uuid4()), status=status).run_id


def run_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run


def locked(instance: dg.DagsterInstance) -> list[str]:
    """The runs of which a process says that it is alive."""
    return [p.stem for p in (Path(instance.root_directory) / "alive").glob("*.lock")]


def holder(*run_ids: str) -> subprocess.Popen[str]:
    """A process that says that it runs these runs."""
    pipe, program = subprocess.PIPE, [sys.executable, "-c", HOLDER, *run_ids]
    process = subprocess.Popen(program, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_a_run_is_ended_once_its_process_was_killed(instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture) -> None:
    log = instance.event_log_storage
    log.set_concurrency_slots("warehouse", 2)
    states = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.STARTED)
    started, canceling, alive = (a_run(instance, status) for status in states)
    for _ in range(2):
        begin(instance, alive)
    assert PROCESS_TAG in run_of(instance, alive).tags
    another = a_run(instance)  # without a lock: it may be of another computer
    with holder(started, canceling) as killed:
        for run_id in (started, alive):
            assert log.claim_concurrency_slot("warehouse", run_id, "a step").is_claimed
        assert close_dead(instance) == []
        assert [run_of(instance, run_id).status for run_id in (started, canceling, alive)] == list(states)
        killed.send_signal(signal.SIGKILL)
        killed.wait(timeout=60)
        assert sorted(close_dead(instance)) == sorted([started, canceling])
        assert [s.run_id for s in log.get_concurrency_info("warehouse").claimed_slots] == [alive]
        for run_id, after in ((started, dg.DagsterRunStatus.FAILURE), (canceling, dg.DagsterRunStatus.CANCELED)):
            assert run_of(instance, run_id).status == after
            assert WHY_DEAD in [e.dagster_event.message for e in instance.all_logs(run_id) if e.dagster_event is not None]
        # its file goes with the next look
        assert (close_dead(instance), locked(instance)) == ([], [alive])
    assert run_of(instance, another).status == dg.DagsterRunStatus.STARTED
    # the lock is held before there is a record of the run
    caplog.clear()
    early = "00000000-0000-0000-0000-000000000001"
    begin(instance, early)
    assert (caplog.records, early in locked(instance)) == ([], True)
    release(instance, early)


def test_the_lock_of_a_refresh_is_held_before_dagster_begins_its_run(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, a run would look alive."""
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    warehouse = Warehouse(Settings(warehouse=tmp_path / "w", data_docs=False))
    Ingest(warehouse).choose_origin(str(tmp_path / "a"))
    Ingest(warehouse).ingest_ahead(["us_ofac_sdn"])
    held: list[bool] = []

    def begun(_: dg.JobDefinition, *, run_id: str, **__: object) -> None:
        held.append(run_id in locked(instance))
        raise ZeroDivisionError

    monkeypatch.setattr(dg.JobDefinition, "execute_in_process", begun)
    with pytest.raises(ZeroDivisionError):
        run_refresh(warehouse, ["sanctions"])
    assert held == [True]


def test_dagster_has_an_absolute_home_and_settings_in_place_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops at an empty one, and at one below the folder that one happens to be in."""
    monkeypatch.chdir(tmp_path)
    for given, home in (("", "warehouse/dagster"), ("beside", "beside"), (None, "warehouse/dagster")):
        monkeypatch.setenv("DAGSTER_HOME", given or "")
        if given is None:
            monkeypatch.delenv("DAGSTER_HOME")
        assert name_dagster_home(Settings(warehouse=tmp_path / "warehouse")) == tmp_path / home
        assert os.environ["DAGSTER_HOME"] == str(tmp_path / home)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").mkdir()
    (tmp_path / "dagster.yaml" / "mine").write_text("x")
    prepare_dagster_home(Settings(warehouse=tmp_path))
    assert (tmp_path / "dagster.yaml").is_file()
    assert [p.read_text() for p in tmp_path.glob("dagster.yaml.*/mine")] == ["x"]


def test_a_file_of_dagster_that_is_opened_for_each_event_keeps_its_log_until_the_run_ends(tmp_path: Path) -> None:
    """To copy it into the file, and wait for the disk, at each of 2,500 closings took most of a small refresh."""
    file, log = tmp_path / "runs.db", tmp_path / "runs.db-wal"

    def at_an_event(statement: str) -> list[tuple[int]]:
        engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)  # as Dagster does
        with engine.begin() as con:
            found = con.execute(text(statement))
            rows = [tuple(row) for row in found] if found.returns_rows else []
        engine.dispose()
        return rows

    with storage_kept_open():
        for statement in ("PRAGMA journal_mode = WAL", "CREATE TABLE a (b INTEGER)", "INSERT INTO a VALUES (1)"):
            at_an_event(statement)
        assert log.stat().st_size > 0
    assert not log.exists()
    assert at_an_event("SELECT count(*) FROM a") == [(1,)]
    assert not log.exists(), "what is opened later is as SQLite has it"
