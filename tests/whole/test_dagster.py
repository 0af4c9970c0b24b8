"""A refresh as a run of Dagster: its steps and record, what is shown of its sources, what is told at its end, its processes."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import psutil
import pytest

from assets.errors import BilateralError
from pipelines.dagster.assets import FRESH
from pipelines.dagster.build import REPORTED_BY, build_definitions, tell_of
from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.metadata import core_key, raw_key, staged_key
from pipelines.dagster.refresh import QUIET, run_refresh, selected
from pipelines.dagster.runs import WHY_DEAD
from pipelines.domains import DOMAINS
from pipelines.maintenance.alerts import Alert, write_heartbeat
from pipelines.publish import build as published
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import Report, keep, kept
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import ROOT, Settings
from pipelines.storage.manifest import NewSnapshot
from pipelines.util.lock import WriterLock
from tests.depth import DEEP
from tests.made_up import SAMPLE
from tests.maintenance.test_alerts import receiving
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Copy, Done, Warehouse, ended, instance_of
from tests.whole.test_refresh import begins_by_a_guess, spoil, vsrr

VSRR = "us_cdc_vsrr"


def of_last_run(instance: dg.DagsterInstance) -> tuple[dg.DagsterRun, dict[str, str]]:
    run = instance.get_runs(limit=1)[0]
    return run, {s.step_key: s.status.value for s in instance.get_run_step_stats(run.run_id) if s.status is not None}


def the_job() -> dg.JobDefinition:
    return build_definitions(Opened()).resolve_job_def("refresh_sanctions")


def test_nothing_of_dagster_that_is_private_is_imported() -> None:
    modules = [path for folder in ("pipelines", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    private = re.compile(r"^\s*(?:from|import) dagster[\w.]*(?:\._| import _)", re.MULTILINE)
    assert [path for path in modules if private.search(path.read_text(encoding="utf-8"))] == []


def test_a_refresh_is_a_run_that_the_ui_finds_by_its_job_with_all_steps_well(sample: Warehouse) -> None:
    with instance_of(sample) as instance:
        run, steps = of_last_run(instance)
        assert (run.job_name, run.is_success, set(steps.values())) == ("refresh_all", True, {"SUCCESS"})
        by_location = dg.RunsFilter(tags={".dagster/repository": "__repository__@pipelines.definitions"})
        assert run.run_id in instance.get_run_ids(by_location)
        assert instance.get_latest_materialization_event(dg.AssetKey(["marts", "dyad_day"])) is not None


def test_a_step_that_fails_is_shown_with_why_and_executed_again(
    more: Path, first: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(published, "build", lambda *_, **__: 1 / 0)
        done = first.run("refresh", "--from", str(more), "--only", "sanctions")
    assert (done.code, "step build failed: ZeroDivisionError: division by zero" in done.out) == (1, True)
    with instance_of(first) as instance:
        failed, steps = of_last_run(instance)
        assert (failed.status, steps["build"], "publish" in steps) == (dg.DagsterRunStatus.FAILURE, "FAILURE", False)
        monkeypatch.setenv("BILATERAL_WAREHOUSE", str(first.folder))
        from_failure = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        job = dg.reconstructable(the_job)
        with dg.execute_job(job, instance=instance, reexecution_options=from_failure, run_config=QUIET) as again:
            assert again.success
        assert set(of_last_run(instance)[1]) == {"build", "publish"}
    assert first.n_listings() == 42


def test_what_has_nothing_to_do_gets_no_step(empty: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(empty.folder / "dagster"))
    prepare_dagster_home(Settings(warehouse=empty.folder))

    def project_on(archive: Path) -> Opened:
        Ingest(project := empty.project()).choose_origin(str(archive))
        Ingest(project).ingest_ahead(Ingest(project).sources_in_play(DOMAINS))
        return project

    def refreshed(archive: Path) -> tuple[set[str], set[str], set[str]]:
        project = project_on(archive)
        assert (run_refresh(project, DOMAINS), project.report.problems) == ([], [])
        with dg.DagsterInstance.get() as instance:
            run, steps = of_last_run(instance)
            made = [e.dagster_event for e in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)]
            paths = [e.asset_key.path for e in made if e is not None and e.asset_key is not None]
            told = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
            checks = [e.dagster_event.asset_check_evaluation_data for e in told if e.dagster_event is not None]
            of_age = {c.asset_key.path[-1].removesuffix("_rows") for c in checks if c.check_name == FRESH}
            return set(steps), {name for at, name in paths if at == "marts"}, of_age

    a, b = tmp_path / "a", tmp_path / "b"
    put(a, SDN, f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H%M%SZ}", "sdn.csv", sdn(more=200))
    put(a, VSRR, "2023-03-01", "vsrr.csv", vsrr(70_000, 30_000))
    steps, made, _ = refreshed(a)
    assert {"core_actors", "core_sanctions", "core_news", "build"} < steps
    assert {"party_names", "overdose_best"} < made
    assert selected(project_on(a), DOMAINS) == {}
    # something came: its source and domain alone, and what is published still holds all
    put(b, VSRR, "2023-03-02", "vsrr.csv", vsrr(70_001, 30_000))
    steps, made, of_age = refreshed(b)
    of_source = {f"{step}_{VSRR}" for step in ("raw", "staged", "folded")}
    assert steps == {*of_source, "core_overdose", "build", "publish"}
    assert of_age == {s.id for s in project_on(b).sources.values() if s.domain == "overdose"}
    assert made & {"overdose_best", "party_names", "title_words"} == {"overdose_best"}
    assert empty.rows("SELECT count(*) FROM listed_on(current_date)") == [(240,)]
    assert empty.rows("SELECT count(*) FROM meta.snapshots WHERE verdict = 'accepted'") == [(3,)]
    # what rests on no other domain is copied from what is published; not where a disk has spoiled that
    publish = Publish(empty.project())
    unchanged = publish.unchanged(["sanctions"])
    assert {"core.events", "core.overdose_observations", "marts.events_one_a_day", "marts.overdose_best"} < unchanged
    # parties of lists become actors; and one mart asks the declarations how old a figure may be
    assert {"core.actors", "marts.dyad_spans", "marts.actor_spans", "marts.overdose_changes"}.isdisjoint(unchanged)
    assert publish.unchanged(DOMAINS) < {f"core.{table}" for table in publish.warehouse.tables("actors")}
    with empty.file.open("ab") as file:
        file.write(b"?")
    assert publish.unchanged() == frozenset()
    # a file that a disk has spoiled: what is made of it is made again
    part = next((empty.folder / "core" / "sanctions" / "parts").glob(f"{SDN}.sanction_listings.*.open.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert selected(project_on(b), DOMAINS) == {"sanctions": [SDN]}


RAW = ("raw/us_ofac_sdn", "new_snapshots_are_accepted")
TAKEN = ("staged/us_ofac_sdn_rows", "snapshots_are_taken")
OLD_DATA = ("staged/us_ofac_sdn_rows", "data_are_fresh")
CURRENT = ("core/sanction_listings", "holds_what_came_in")


def checks_of(project: Opened, archive: Path) -> dict[tuple[str, str], tuple[bool, str]]:
    Ingest(project).choose_origin(str(archive))
    job = build_definitions(project).resolve_job_def("refresh_sanctions")
    chosen = [key(s) for s in Ingest(project).sources_in_play(["sanctions"]) for key in (raw_key, staged_key)]
    chosen += [core_key(t) for d in ("actors", "sanctions") for t in project.tables(d)]
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=chosen, run_config=quiet)
    found = result.get_asset_check_evaluations()
    assert result.success
    assert [e for e in found if not e.passed and e.severity != dg.AssetCheckSeverity.WARN] == []
    return {(e.asset_key.to_user_string(), e.check_name): (e.passed, e.description or "") for e in found}


def test_what_is_refused_and_stale_is_shown_until_a_good_snapshot_comes(empty: Warehouse, tmp_path: Path) -> None:
    archive = vintages(tmp_path / "a", sdn(), sdn(more=1))
    vintages(archive, sdn(without=tuple(range(1, 31))), b"<!DOCTYPE html><html>maintenance</html>", since=20)
    for found in (checks_of(empty.project(), archive) for _ in range(2)):
        raw, taken, fresh = (found[key] for key in (RAW, TAKEN, OLD_DATA))
        assert (raw[0], taken[0], fresh[0]) == (False, False, False)
        assert raw[1].startswith("2023-01-21T235959Z quarantined: ")
        assert "2023-01-20T235959Z quarantined: sdn.csv: 10 rows where the last accepted snapshot" in taken[1]
        assert "its newest date is 2023-01-0" in fresh[1]
        assert "it should be no more than 30: " in fresh[1]
    assert checks_of(empty.project(), vintages(archive, sdn(more=2), since=25))[TAKEN] == (True, "")


def test_a_source_or_domain_held_back_or_not_taken_in_is_shown_on_it_and_its_tables(empty: Warehouse, tmp_path: Path) -> None:
    archive, (older, newer) = tmp_path / "a", (datetime.now(UTC) - timedelta(minutes=n) for n in (60, 30))
    put(archive, SDN, f"{older:%Y-%m-%dT%H%M%SZ}", "sdn.csv", sdn(more=200))

    def fails(error: Exception) -> Callable[..., None]:
        def fail(*_: object) -> None:
            raise error

        return fail

    for error in (BilateralError("the disk is full"), ValueError("odd bytes")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Ingest, "_take_in", fails(error))
            passed, sentence = checks_of(empty.project(), archive)[RAW]
        assert (passed, re.search(f"us_ofac_sdn: .*{error}", sentence) is not None) == (False, True), sentence
    found = checks_of(empty.project(), archive)
    assert {found[key] for key in (RAW, TAKEN, CURRENT)} == {(True, "")}
    put(archive, SDN, f"{newer:%Y-%m-%dT%H%M%SZ}", "sdn.csv", sdn(more=201))
    found = checks_of(spoil(empty.project(), SDN, "sanction_listings", begins_by_a_guess(40)), archive)
    for key in (TAKEN, CURRENT):
        passed, sentence = found[key]
        assert (passed, "valid_from_basis_in_vocabulary" in sentence) == (False, True)
        assert f"1 snapshot waits to be taken, the newest of {newer:%Y-%m-%dT%H%M%SZ}" in sentence
    project = empty.project()
    project.core.fold = fails(BilateralError("nothing fits"))  # type: ignore[method-assign, assignment]
    found = checks_of(project, archive)
    in_domain = [of for key, of in found.items() if key[1] == "holds_what_came_in" and key[0].startswith("core/sanction_")]
    assert in_domain
    assert all(not passed and "sanctions: nothing fits" in sentence for passed, sentence in in_domain)
    assert not found[TAKEN][0]
    passed, sentence = checks_of(spoil(empty.project(), SDN, "sanction_listings", begins_by_a_guess(1)), archive)[TAKEN]
    assert (passed, "row of core.sanction_listings quarantined by valid_from_basis_in_vocabulary" in sentence) == (False, True)


def test_a_refresh_tells_what_went_wrong_and_what_is_watched_and_keeps_its_secrets(first: Warehouse, tmp_path: Path) -> None:
    def refreshed(archive: Path) -> Done:
        more = {"BILATERAL_ALERT_URLS": url, "BILATERAL_WATCH": "MADE UP PARTY 42; nobody at all"}
        return first.run("refresh", "--only", "sanctions", "--from", str(archive), **more)

    with receiving() as (url, came):
        done = refreshed(vintages(tmp_path / "b", sdn(more=2), b"<html></html>", since=2))
        nothing = refreshed(tmp_path / "none")
    wrong, second = came
    assert (done.code, nothing.code) == (3, 1), done.out + done.err
    assert wrong["title"] == "bilateral: quarantine, stale data, watched"
    assert f"quarantine: {SDN}/2023-01-03T235959Z" in wrong["message"]
    assert set(re.findall(r"MADE UP PARTY \d+", wrong["message"].partition("watched: ")[2])) == {"MADE UP PARTY 42"}
    assert "there is no such folder" in second["message"], "a refresh that was not even tried is told too"
    beat = json.loads((first.folder / "heartbeat.json").read_text())
    assert (beat["exit_code"], "failed refresh: all" in beat["alerts"]) == (1, True)
    assert [(beat["publication_id"],)] == first.rows("SELECT publication_id FROM meta.build")
    assert [p for p in first.folder.rglob("*") if p.is_file() and b"a-secret-token" in p.read_bytes()] == []
    assert "a-secret-token" not in done.out + done.err + nothing.out + nothing.err
    told = first.run("status", "--format", "json")
    status = json.loads(told.out)
    assert (told.code, status["exit_code"], status["last_refresh"]["exit_code"]) == (3, 3, 1)
    assert {s["source"]: s["verdict"] for s in status["sources"]}[SDN] == "quarantined"


def tell(instance: dg.DagsterInstance, project: Opened, run: dg.ExecuteInProcessResult | dg.DagsterRun) -> str:
    kinds = {dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE}
    now = instance.get_run_by_id(run.run_id)
    assert now is not None
    events = [e.dagster_event for e in instance.all_logs(run.run_id, of_type=kinds) if e.dagster_event is not None]
    event = events[-1] if events else dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, now.job_name)
    context = dg.build_run_status_sensor_context("tell_of", event, instance, now)
    return tell_of(context, project).skip_message or ""


def test_a_scheduled_or_killed_run_is_told_and_one_of_the_command_line_tells_itself(empty: Warehouse, tmp_path: Path) -> None:
    def fail(_: Ingest, source_id: str) -> list[object]:
        raise BilateralError(f"no room for {source_id}")

    with receiving() as (url, came), dg.DagsterInstance.ephemeral() as instance:
        project = Opened(Settings(warehouse=empty.folder, alert_urls=url))
        Ingest(project).choose_origin(str(vintages(tmp_path / "a", sdn())))
        job = build_definitions(project).resolve_job_def("refresh_sanctions")
        for code in (0, 1):
            with pytest.MonkeyPatch.context() as patch:
                if code:
                    patch.setattr(Ingest, "ingest", fail)
                only = [dg.AssetKey(["raw", SDN])]
                tell(instance, project, job.execute_in_process(instance=instance, asset_selection=only, raise_on_error=False))
            assert json.loads((empty.folder / "heartbeat.json").read_text())["exit_code"] == code
        assert list((empty.folder / ".reports").iterdir()) == [], "what the run has reported is not kept any longer"
        of_command = {REPORTED_BY: "by the command line"}
        instance.report_run_failed(run := instance.create_run_for_job(job, tags=of_command), WHY_DEAD)
        # in another folder: one thing is told once
        (tmp_path / "w").mkdir()
        assert "alerts sent" in tell(instance, Opened(Settings(warehouse=tmp_path / "w", alert_urls=url)), run)
        well = instance.create_run_for_job(job, status=dg.DagsterRunStatus.SUCCESS, tags=of_command)
        assert "the command line reports it" in tell(instance, project, well)
    of_schedule, killed = came
    assert f"no room for {SDN}" in of_schedule["message"]
    assert killed["title"].startswith("bilateral: failed refresh")
    assert WHY_DEAD in killed["message"]


def test_the_status_is_not_well_while_the_last_refresh_failed_or_held_back(sample: Warehouse, copy_of: Copy) -> None:
    """What is published is whole then, and no snapshot was refused: nothing else would show it."""

    def status() -> tuple[int, str]:
        told = held.run("status")
        return told.code, " ".join(told.out.split())

    held = copy_of(sample)
    assert status()[0] == 0
    assert held.run("refresh", "--from", "/nowhere").code == 1
    code, said = status()
    assert (code, "failed and published nothing: run 'bilateral refresh' again" in said) == (3, True)
    assert (held.run("refresh").code, status()[0]) == (0, 0)
    back = [Alert("not promoted", "sanctions", "a check failed"), Alert("stale data", SDN, "is old")]
    write_heartbeat(held.folder / "heartbeat.json", now=datetime(2026, 1, 1), exit_code=3, publication_id=None, alerts=back)
    code, said = status()
    assert code == json.loads(held.run("status", "--format", "json").out)["exit_code"] == 3
    assert "(2026-01-01T00:00:00Z) did not promote sanctions; its last good state stays in use" in said


def refresh(warehouse: Warehouse, **env: str) -> subprocess.Popen[str]:
    return warehouse.begun("-m", "pipelines.cli", "refresh", "--from", str(SAMPLE), "--only", "overdose", **env)


def sums(warehouse: Warehouse) -> list[object]:
    where = "WHERE table_schema IN ('core', 'marts') ORDER BY ALL"
    names = warehouse.rows(f"SELECT table_schema || '.' || table_name FROM information_schema.tables {where}")
    return [(n, warehouse.rows(f"SELECT count(*), sum(hash(t)::DECIMAL(38, 0)) FROM {n} AS t")) for (n,) in names]


@contextmanager
def local_cluster(env: dict[str, str]) -> Iterator[str]:
    from distributed import LocalCluster

    # its scheduler is in this process; a worker has the environment of who refreshes
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, env=env) as cluster:
        yield cluster.scheduler_address


def first_worker(running: subprocess.Popen[str], warehouse: Warehouse) -> psutil.Process:
    while running.poll() is None:
        if list((warehouse.folder / ".locks").glob("*")):
            for child in psutil.Process(running.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if "spawn_main" in " ".join(child.cmdline()):
                        return child
        time.sleep(0.05)
    raise AssertionError("no step had a process of its own")


@pytest.mark.skipif(not DEEP, reason="takes minutes: BILATERAL_DEEP_TESTS=1")
@pytest.mark.parametrize("executor", ["multiprocess", "dask"])
def test_several_processes_make_the_tables_of_one_though_one_is_killed(executor: str, empty: Warehouse, tmp_path: Path) -> None:
    if executor == "dask" and find_spec("dagster_dask") is None:
        pytest.skip("the extra 'dask' is not installed")
    assert ended(refresh(one := Warehouse(tmp_path / "one"))).code == 0
    if executor == "multiprocess":
        running = refresh(killed := Warehouse(tmp_path / "killed"), BILATERAL_EXECUTOR=executor)
        first_worker(running, killed).send_signal(signal.SIGKILL)
        out, err = running.communicate(timeout=3600)
        assert (running.returncode, "failed" in out + err, killed.file.exists()) == (1, True, False), out + err
        assert ended(refresh(killed)).code == 0
        assert sums(killed) == sums(one)
    env = {"DAGSTER_HOME": str(empty.folder / "dagster"), "BILATERAL_EXECUTOR": executor}
    with local_cluster(os.environ | empty.environment() | env) if executor == "dask" else nullcontext("") as address:
        done = ended(refresh(empty, **env | ({"BILATERAL_DASK": address} if address else {})))
    assert done.code == 0, done
    assert "snapshots: 14 accepted" in done.out, "what the processes have reported is put together"
    assert sums(empty) == sums(one)


def test_two_sources_are_staged_side_by_side_one_is_not_staged_twice_and_nothing_else_is_done_beside_it(tmp_path: Path) -> None:
    def in_a_thread(source: str | None) -> str:
        """What comes of taking the lock in another thread, as another process would."""
        found: list[str] = []

        def take() -> None:
            try:
                with WriterLock(tmp_path, 0).held(print, source):
                    found.append("held")
            except BilateralError as refused:
                found.append(str(refused))

        (thread := threading.Thread(target=take)).start()
        thread.join(60)
        return "waits" if "still writing" in found[0] else found[0]

    lock = WriterLock(tmp_path, 0)
    with lock.held(print, SDN):
        assert [in_a_thread(source) for source in ("un_sc", SDN, None)] == ["held", "waits", "waits"]
    with lock.held(print):
        assert in_a_thread("un_sc") == "waits"
        with lock.held(print, "un_sc"):
            pass
        assert in_a_thread("un_sc") == "waits", "who holds it whole holds it on"
    assert in_a_thread(None) == "held"


def test_what_processes_report_of_a_run_is_put_together_once(tmp_path: Path) -> None:
    new = NewSnapshot(VSRR, "2024-01-01T000000Z", "accepted", None, "", 3, 0)
    keep(tmp_path, "run", Report(new=[new], problems=["one"]))
    keep(tmp_path, "run", Report(new=[new], problems=["one", "two"], published=True))
    both = Report(new=[new], problems=["one", "two"], published=True)
    assert [kept(tmp_path, "run"), kept(tmp_path, "run", remove=True), kept(tmp_path, "run")] == [both, both, Report()]
