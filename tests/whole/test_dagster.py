"""A refresh as a run of Dagster: its steps and record, what is shown of its sources, what is told at its end, its processes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import BilateralError
from pipelines.dagster.assets import FRESH
from pipelines.dagster.build import build_definitions
from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.metadata import core_key, raw_key, staged_key
from pipelines.dagster.refresh import QUIET, run_refresh, selected
from pipelines.domains import DOMAINS
from pipelines.publish import build as published
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import ROOT, Settings
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Warehouse, instance_of
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
