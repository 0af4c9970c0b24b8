"""At the end of a refresh: the heartbeat, and a message with what went wrong and what is watched; no secret on the disk."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import BilateralError
from pipelines.dagster.build import REPORTED_BY, build_definitions, tell_of
from pipelines.dagster.runs import WHY_DEAD
from pipelines.maintenance.alerts import Alert, write_heartbeat
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.maintenance.test_alerts import receiving
from tests.whole.archives import put, sdn
from tests.whole.conftest import Done, Warehouse

SDN = "us_ofac_sdn"


def refreshed(warehouse: Warehouse, archive: Path, url: str) -> Done:
    more = {"BILATERAL_ALERT_URLS": url, "BILATERAL_WATCH": "MADE UP PARTY 42; nobody at all"}
    return warehouse.run("refresh", "--only", "sanctions", "--from", str(archive), **more)


def test_a_refresh_tells_what_went_wrong_and_what_is_watched_and_keeps_its_secrets(first: Warehouse, tmp_path: Path) -> None:
    put(tmp_path / "b", SDN, "2023-01-02", "sdn.csv", sdn(more=2))
    put(tmp_path / "b", SDN, "2023-01-03", "sdn.csv", b"<html></html>")
    with receiving() as (url, came):
        done = refreshed(first, tmp_path / "b", url)
        nothing = refreshed(first, tmp_path / "none", url)
    assert done.code == 3, done.out + done.err
    wrong, second = came
    assert wrong["title"] == "bilateral: quarantine, stale data, watched"
    assert f"quarantine: {SDN}/2023-01-03T235959Z" in wrong["message"]
    assert "MADE UP PARTY 42" in wrong["message"].partition("watched: ")[2]
    assert "MADE UP PARTY 41" not in wrong["message"]
    assert nothing.code == 1
    assert "there is no such folder" in second["message"], "a refresh that was not even tried is told too"
    beat = json.loads((first.folder / "heartbeat.json").read_text())
    assert (beat["exit_code"], "failed refresh: all" in beat["alerts"]) == (1, True)
    assert beat["publication_id"] == first.rows("SELECT publication_id FROM meta.build")[0][0]
    written = [p for p in first.folder.rglob("*") if p.is_file() and b"a-secret-token" in p.read_bytes()]
    assert written == []
    assert "a-secret-token" not in done.out + done.err + nothing.out + nothing.err
    told = first.run("status", "--format", "json")
    status = json.loads(told.out)
    assert (told.code, status["exit_code"]) == (3, 3)
    assert status["last_refresh"]["exit_code"] == 1
    assert {s["source"]: s["verdict"] for s in status["sources"]}[SDN] == "quarantined"


def test_a_run_of_a_schedule_tells_too(empty: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    with receiving() as (url, came):
        project = Opened(Settings(warehouse=empty.folder, alert_urls=url))
        Ingest(project).choose_origin(str(tmp_path / "a"))
        job = build_definitions(project).resolve_job_def("refresh_sanctions")
        only = [dg.AssetKey(["raw", SDN])]
        with dg.DagsterInstance.ephemeral() as instance:
            tell(instance, project, job.execute_in_process(instance=instance, asset_selection=only))
            assert json.loads(empty.folder.joinpath("heartbeat.json").read_text())["exit_code"] == 0

            def no_domain_package(_: Ingest, source_id: str) -> list[object]:
                raise BilateralError(f"no room for {source_id}")

            monkeypatch.setattr(Ingest, "ingest", no_domain_package)
            tell(instance, project, job.execute_in_process(instance=instance, asset_selection=only, raise_on_error=False))
    assert json.loads(empty.folder.joinpath("heartbeat.json").read_text())["exit_code"] == 1
    (message,) = came
    assert f"no room for {SDN}" in message["message"]
    assert list((empty.folder / ".reports").iterdir()) == [], "what the run has reported is not kept any longer"


def test_a_run_that_was_killed_is_told_and_a_run_of_the_command_line_tells_itself(empty: Warehouse) -> None:
    with receiving() as (url, came), dg.DagsterInstance.ephemeral() as instance:
        project = Opened(Settings(warehouse=empty.folder, alert_urls=url))
        empty.folder.mkdir()
        job = build_definitions(project).resolve_job_def("refresh_all")
        run = instance.create_run_for_job(job, tags={REPORTED_BY: "by the command line"})
        instance.report_run_failed(run, WHY_DEAD)
        assert "alerts sent" in tell(instance, project, run)
        ended = instance.create_run_for_job(job, status=dg.DagsterRunStatus.SUCCESS, tags={REPORTED_BY: "by the command line"})
        assert "the command line reports it" in tell(instance, project, ended)
    (message,) = came
    assert message["title"].startswith("bilateral: failed refresh")
    assert WHY_DEAD in message["message"]


def tell(instance: dg.DagsterInstance, project: Opened, run: dg.ExecuteInProcessResult | dg.DagsterRun) -> str:
    """What the sensor of the end of a run does."""
    kinds = {dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE}
    now = instance.get_run_by_id(run.run_id)
    assert now is not None
    events = [e.dagster_event for e in instance.all_logs(run.run_id, of_type=kinds) if e.dagster_event is not None]
    event = events[-1] if events else dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, now.job_name)
    context = dg.build_run_status_sensor_context("tell_of", event, instance, now)
    return tell_of(context, project).skip_message or ""


def test_the_status_is_not_well_while_the_last_refresh_failed_or_held_something_back(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse], tmp_path: Path
) -> None:
    """What is published is whole then, and no snapshot was refused: nothing else would show it."""
    held = copy_of(sample)
    assert held.run("status").code == 0
    assert held.run("refresh", "--from", str(tmp_path / "nowhere")).code == 1
    told = held.run("status")
    assert told.code == 3
    assert "failed and published nothing: run 'bilateral refresh' again" in " ".join(told.out.split())
    assert held.run("refresh").code == 0
    assert held.run("status").code == 0
    back = [Alert("not promoted", "sanctions", "a check failed"), Alert("stale data", SDN, "is old")]
    write_heartbeat(held.folder / "heartbeat.json", now=datetime(2026, 1, 1), exit_code=3, publication_id=None, alerts=back)
    told = held.run("status")
    assert told.code == 3
    assert "(2026-01-01T00:00:00Z) did not promote sanctions; its last good state stays in use" in " ".join(told.out.split())
    assert json.loads(held.run("status", "--format", "json").out)["exit_code"] == 3
