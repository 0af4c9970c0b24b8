"""The event log that keeps its files open holds the same events as Dagster's own, for whoever reads it next."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.dagster.event_log import OPEN_FILES, KeptOpenEventLog
from pipelines.dagster.home import DAGSTER_YAML, EARLIER_DAGSTER_YAML, prepare_dagster_home
from pipelines.settings import Settings


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="numbers")])
def numbers() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants the bare class of a result with checks
    """Something that leaves events."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="holds", passed=True)])


def events(home: Path, monkeypatch: pytest.MonkeyPatch, storage: type) -> list[str]:
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with dg.DagsterInstance.get() as instance:
        assert type(instance.event_log_storage) is storage
        result = dg.materialize([numbers], instance=instance)
    # another process reads what was written
    with dg.DagsterInstance.get() as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey("numbers")) is not None
        return [str(e.dagster_event.event_type_value) for e in instance.all_logs(result.run_id) if e.dagster_event is not None]


def test_every_event_of_a_run_is_there_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    theirs = events(own, monkeypatch, SqliteEventLogStorage)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "kept"))
    prepare_dagster_home(Settings(warehouse=tmp_path))
    assert events(tmp_path / "kept", monkeypatch, KeptOpenEventLog) == theirs


def test_a_log_that_dagster_itself_wrote_is_read_on_and_the_other_way_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    for yaml in (EARLIER_DAGSTER_YAML, DAGSTER_YAML, EARLIER_DAGSTER_YAML):
        (tmp_path / "dagster.yaml").write_text(yaml)
        with dg.DagsterInstance.get() as instance:
            dg.materialize([numbers], instance=instance)
            runs = instance.get_runs()
            logs = [instance.all_logs(r.run_id, of_type=dg.DagsterEventType.RUN_SUCCESS) for r in runs]
            assert all(logs)
    assert len(runs) == 3


def test_what_is_written_together_is_there_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    prepare_dagster_home(Settings(warehouse=tmp_path))

    def tell(instance: dg.DagsterInstance, *texts: str) -> object:
        for text in texts:
            instance.report_engine_event(text, job_name="a job", run_id="a run")
        return None

    def told(instance: dg.DagsterInstance) -> list[str]:
        return [str(e.dagster_event.message) for e in instance.all_logs("a run") if e.dagster_event is not None]

    with dg.DagsterInstance.get() as instance:
        log = instance.event_log_storage
        assert isinstance(log, KeptOpenEventLog)
        tell(instance, "alone")
        with log.together():
            tell(instance, "one", "two")
            # who writes sees it already, others do not yet
            assert told(instance) == ["alone", "one", "two"]
            with dg.DagsterInstance.get() as other:
                assert told(other) == ["alone"]
        with pytest.raises(AssertionError), log.together():
            assert tell(instance, "three") is not None, "a fault while it is written"
        tell(instance, "four")
        assert told(instance) == ["alone", "one", "two", "four"]


def test_no_more_files_are_kept_open_than_declared(tmp_path: Path) -> None:
    storage = KeptOpenEventLog(str(tmp_path))
    for number in range(OPEN_FILES + 3):
        for _ in range(2):
            with storage.run_connection(f"run{number}") as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM event_logs").scalar() == 0
    assert len(storage._engines) == OPEN_FILES
    storage.dispose()
    assert len(storage._engines) == 0


@pytest.mark.parametrize("found", [None, EARLIER_DAGSTER_YAML, DAGSTER_YAML + "retention: {}\n"])
def test_a_dagster_yaml_of_this_project_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    if found is not None:
        (tmp_path / "dagster.yaml").write_text(found)
    prepare_dagster_home(Settings(warehouse=tmp_path))
    assert (tmp_path / "dagster.yaml").read_text() == DAGSTER_YAML


def test_a_dagster_yaml_of_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: true\n")
    prepare_dagster_home(Settings(warehouse=tmp_path))
    assert (tmp_path / "dagster.yaml").read_text() == "telemetry:\n  enabled: true\n"
