"""A refresh of the command line does what Dagster's job does, and its run stands in Dagster's storage as one of that job."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.execution.api import create_execution_plan

from pipelines.dagster.build import build_definitions
from pipelines.dagster.code_location import of_job
from pipelines.dagster.home import prepare_dagster_home
from pipelines.keeping.verifying import differences
from pipelines.project import Project
from pipelines.publish import warehouse as published
from pipelines.settings import Settings
from pipelines.steps import recording
from pipelines.steps.order import steps_of
from tests.whole.archives import put, sdn
from tests.whole.conftest import Done, Warehouse

SDN = "us_ofac_sdn"
Seen = dict[str, Any]


@contextmanager
def instance_of(warehouse: Warehouse) -> Iterator[dg.DagsterInstance]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(warehouse.folder / "dagster"))
        prepare_dagster_home(Settings(warehouse=warehouse.folder))
        with dg.DagsterInstance.get() as instance:
            yield instance


def last_run(instance: dg.DagsterInstance) -> dg.DagsterRun:
    (record,) = instance.get_run_records(limit=1)
    return record.dagster_run


def events_of(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterEvent]:
    return [e.dagster_event for e in instance.all_logs(run_id) if e.dagster_event is not None]


# the same steps, the same order ---------------------------------------------------------------------------------------


def test_the_steps_of_the_command_line_are_those_of_the_job_and_need_the_same(tmp_path: Path) -> None:
    project = Project(Settings(warehouse=tmp_path))
    groups = {name: [c.source for c in room.sources] for name, room in project.rooms.items()}
    steps = steps_of(project, groups, "a run")
    job = build_definitions(project).resolve_job_def("refresh_all")
    plan = create_execution_plan(job)
    theirs: dict[str, Any] = {step.key: step for step in plan.step_dict.values()}
    assert {s.name for s in steps} == set(theirs)

    def all_needed(step: str, needs: Mapping[str, frozenset[str]]) -> frozenset[str]:
        direct = needs[step]
        return direct.union(*(all_needed(one, needs) for one in direct))

    ours = {s.name: s.needs for s in steps}
    of_dagster = {key: frozenset(step.get_execution_dependency_keys()) for key, step in theirs.items()}
    before: set[str] = set()
    for step in steps:
        assert all_needed(step.name, ours) == all_needed(step.name, of_dagster), step.name
        assert step.needs <= before, step.name
        before.add(step.name)
        outputs = [o.properties for o in theirs[step.name].step_outputs]
        assert set(step.plan.makes) == {tuple(p.asset_key.path) for p in outputs if p.asset_key is not None}
        checks = {(tuple(p.asset_check_key.asset_key.path), p.asset_check_key.name) for p in outputs if p.asset_check_key}
        assert set(step.plan.checks) == checks


# the same tables, the same events -------------------------------------------------------------------------------------


def shown(value: Any, folder: Path) -> str:
    """What is shown, without what differs between two runs of the same: folders, moments, sizes, numbers of runs."""
    text = str(value).replace(str(folder), "")
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?Z?", "a moment", text)
    return re.sub(r"publication_id.{0,80}", "publication_id", text)


def seen_in(instance: dg.DagsterInstance, run: dg.DagsterRun, folder: Path) -> Seen:
    """What the UI shows of a run."""
    found: Seen = {}
    for event in events_of(instance, run.run_id):
        kind = event.event_type_value
        if kind == "ASSET_MATERIALIZATION":
            made = event.step_materialization_data.materialization
            name = f"{event.step_key} made {made.asset_key.to_user_string()} {made.partition}"
            assert name not in found
            metadata = {k: shown(v, folder) for k, v in made.metadata.items() if k != "bytes"}
            tags = made.tags or {}
            # of what: the numbers of events and runs differ, what is named does not
            version = tags.get("dagster/data_version") if "dagster/data_version_is_user_provided" in tags else None
            found[name] = (metadata, sorted(tags), version)
        elif kind == "ASSET_CHECK_EVALUATION":
            checked = event.asset_check_evaluation_data
            name = f"{event.step_key} checked {checked.asset_key.to_user_string()} {checked.check_name}"
            assert name not in found
            metadata = {k: shown(v, folder) for k, v in checked.metadata.items()}
            assert checked.target_materialization_data is not None
            is_of_run = checked.target_materialization_data.run_id == run.run_id
            found[name] = (checked.passed, checked.severity, checked.description, checked.blocking, is_of_run, metadata)
    return found


def test_both_ways_publish_the_same_tables_and_show_the_same_in_dagster(sample: Warehouse, empty: Warehouse) -> None:
    with instance_of(sample) as instance:
        run = last_run(instance)
        assert run.is_success
        assert run.remote_job_origin == of_job("refresh_all")
        # by this tag the page of a job finds its runs
        by_location = dg.RunsFilter(tags={".dagster/repository": "__repository__@pipelines.definitions"})
        assert run.run_id in instance.get_run_ids(by_location)
        stats = {s.step_key: s.status for s in instance.get_run_step_stats(run.run_id)}
        assert {status.value for status in stats.values() if status is not None} == {"SUCCESS"}
        assert run.job_snapshot_id is not None
        assert instance.has_job_snapshot(run.job_snapshot_id)
        by_command = seen_in(instance, run, sample.folder)
    project = Project(Settings(warehouse=empty.folder))
    project.choose_origin("sample")
    project.tells_at_end = False
    with instance_of(empty) as instance:
        result = (
            build_definitions(project)
            .resolve_job_def("refresh_all")
            .execute_in_process(
                instance=instance,
                asset_selection=sorted(run.asset_selection or ()),
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        )
        assert result.success
        theirs = last_run(instance)
        by_dagster = seen_in(instance, theirs, empty.folder)
        assert sorted(stats) == sorted(s.step_key for s in instance.get_run_step_stats(theirs.run_id))
    assert sorted(by_command) == sorted(by_dagster)
    assert {k: v for k, v in by_command.items() if v != by_dagster[k]} == {}
    assert differences(sample.folder / "bilateral.duckdb", empty.folder / "bilateral.duckdb") == []


# what goes wrong ------------------------------------------------------------------------------------------------------


def refreshed(warehouse: Warehouse, archive: Path) -> Done:
    return warehouse.run("refresh", "--from", str(archive), "--only", "sanctions")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    return tmp_path / "a"


def test_a_step_that_fails_is_shown_with_why_and_what_needs_it_is_skipped(
    empty: Warehouse, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(published, "build", lambda *_, **__: 1 / 0)
        done = refreshed(empty, archive)
    assert done.code == 1
    assert "step build failed: ZeroDivisionError: division by zero" in done.out
    with instance_of(empty) as instance:
        run = last_run(instance)
        assert run.status == dg.DagsterRunStatus.FAILURE
        events = events_of(instance, run.run_id)
        (failure,) = [e for e in events if e.event_type_value == "STEP_FAILURE"]
        assert failure.step_key == "build"
        assert failure.step_failure_data.error is not None
        assert "division by zero" in failure.step_failure_data.error.message
        assert any("test_recording.py" in line for line in failure.step_failure_data.error.stack)
        assert {e.step_key for e in events if e.event_type_value == "STEP_SKIPPED"} == {"publish", "reports"}
        # what should have been made and was not: the UI shows it as failed
        announced = [e.asset_key for e in events if e.event_type_value == "ASSET_MATERIALIZATION_PLANNED"]
        planned = {key.to_user_string() for key in announced if key is not None}
        assert {"marts/party_names", "warehouse/build", "warehouse/bilateral", "warehouse/reports"} <= planned
        assert "core/sanction_listings" not in planned
    done = refreshed(empty, archive)
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize("how", ["it is not there", "it does not end"])
def test_a_recorder_that_fails_is_told_and_keeps_nothing_from_being_published(
    empty: Warehouse, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (tmp_path / "never_ends.py").write_text("import time\ntime.sleep(600)\n")
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        patch.setattr(recording, "MODULE", "never_ends" if how == "it does not end" else "no_such_module")
        patch.setattr(recording, "PATIENCE_S", 1.0)
        done = refreshed(empty, archive)
    assert done.code == 3, done.out + done.err
    assert "Dagster's record of this run is not complete" in done.out
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(40,)]
    with instance_of(empty) as instance:
        assert instance.get_runs() == []
    # the next one tells all that was not told
    put(archive, SDN, "2023-01-02", "sdn.csv", sdn(more=1))
    assert refreshed(empty, archive).code == 0
    with instance_of(empty) as instance:
        assert last_run(instance).is_success
        assert instance.get_latest_materialization_event(dg.AssetKey(["core", "actors"])) is not None


def test_a_plan_is_put_together_once_for_the_same_steps(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse], tmp_path: Path
) -> None:
    warehouse = copy_of(sample)
    # real data replaces the sample, and then there is one vintage more
    for day in (1, 2, 3):
        put(tmp_path / "a", SDN, f"2023-01-0{day}", "sdn.csv", sdn(more=day))
        assert refreshed(warehouse, tmp_path / "a").code in (0, 3)
    with instance_of(warehouse) as instance:
        one, other = (r.dagster_run for r in instance.get_run_records(limit=2))
        assert one.run_id != other.run_id
        assert one.job_snapshot_id == other.job_snapshot_id
        assert one.execution_plan_snapshot_id == other.execution_plan_snapshot_id
    plans = json.loads((warehouse.folder / "dagster" / "plans.json").read_bytes())
    # that of the sample, and that of a list alone
    assert len(plans) == 2
