"""A refresh of the command line is a run of Dagster: its record, what fails in it, and how it is executed again."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import pytest

from pipelines.dagster.build import build_definitions
from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.refresh import QUIET
from pipelines.publish import build as published
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import ROOT, Settings
from tests.whole.conftest import Warehouse


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


def statuses(instance: dg.DagsterInstance, run_id: str) -> dict[str, str]:
    stats = instance.get_run_step_stats(run_id)
    return {s.step_key: s.status.value for s in stats if s.status is not None}


def test_nothing_of_dagster_that_is_private_is_imported() -> None:
    modules = [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    private = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        if name.startswith("dagster") and any(part.startswith("_") for part in name.split("."))
    ]
    assert private == []


def test_a_refresh_is_a_run_that_the_ui_finds_by_its_job_with_all_steps_well(sample: Warehouse) -> None:
    with instance_of(sample) as instance:
        run = last_run(instance)
        assert (run.job_name, run.is_success) == ("refresh_all", True)
        by_location = dg.RunsFilter(tags={".dagster/repository": "__repository__@pipelines.definitions"})
        assert run.run_id in instance.get_run_ids(by_location)
        assert set(statuses(instance, run.run_id).values()) == {"SUCCESS"}
        assert instance.get_latest_materialization_event(dg.AssetKey(["marts", "dyad_day"])) is not None


def test_a_step_that_fails_is_shown_with_why_and_the_run_goes_on_from_it_when_executed_again(
    one: Warehouse, first: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(published, "build", lambda *_, **__: 1 / 0)
        done = first.run("refresh", "--from", str(one.folder.parent / "b"), "--only", "sanctions")
    assert done.code == 1
    assert "step build failed: ZeroDivisionError: division by zero" in done.out
    with instance_of(first) as instance:
        failed = last_run(instance)
        assert failed.status == dg.DagsterRunStatus.FAILURE
        found = statuses(instance, failed.run_id)
        assert found["build"] == "FAILURE"
        assert not {"publish"} & set(found)
        monkeypatch.setenv("BILATERAL_WAREHOUSE", str(first.folder))
        job = dg.reconstructable(the_job)
        from_failure = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        with dg.execute_job(job, instance=instance, reexecution_options=from_failure, run_config=QUIET) as again:
            assert again.success
        assert set(statuses(instance, again.run_id)) == {"build", "publish"}
    assert first.rows("SELECT count(*) FROM core.sanction_listings") == [(42,)]


def the_job() -> dg.JobDefinition:
    return build_definitions(Opened()).resolve_job_def("refresh_sanctions")
