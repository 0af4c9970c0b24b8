"""The Dagster project as a whole: its graph, its checks, and runs of its jobs on the sample in this process."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines.checks.expectations import Expectation, Severity
from pipelines.dagster.build import _ask_live, build_definitions
from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.metadata import days_key, folded_key, raw_key, staged_key
from pipelines.domains import DOMAINS
from pipelines.ingest.origin import note_origin
from pipelines.maintenance.verify import differences
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse
from pipelines.settings import ROOT, Settings
from tests.made_up import SAMPLE
from tests.whole.conftest import one_for_all, sample_for_all

PUBLISHED = dg.AssetKey(["warehouse", "bilateral"])


@dataclass(frozen=True)
class Assembled:
    """A project put together, and what Dagster makes of it."""

    project: Warehouse
    definitions: dg.Definitions

    @cached_property
    def specs(self) -> dict[str, dg.AssetSpec]:
        return {s.key.to_user_string(): s for s in self.definitions.resolve_all_asset_specs()}

    @cached_property
    def checks(self) -> dict[tuple[str, str], dg.AssetCheckSpec]:
        assets = [a for a in self.definitions.assets or () if isinstance(a, dg.AssetsDefinition)]
        alone = [a for a in self.definitions.asset_checks or () if isinstance(a, dg.AssetChecksDefinition)]
        specs = [c for a in (*assets, *alone) for c in a.check_specs]
        found = {(c.asset_key.to_user_string(), c.name): c for c in specs}
        assert len(found) == len(specs)
        return found

    def asset(self, key: dg.AssetKey) -> dg.AssetsDefinition:
        return next(a for a in self.definitions.assets or () if isinstance(a, dg.AssetsDefinition) and key in a.keys)

    def run(self, job: str, **options: Any) -> dg.ExecuteInProcessResult:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        with dg.DagsterInstance.ephemeral() as instance:
            return self.definitions.resolve_job_def(job).execute_in_process(
                instance=instance, run_config=quiet, raise_on_error=False, **options
            )


def assembled(project: Warehouse) -> Assembled:
    return Assembled(project, build_definitions(project))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    """The project on an empty folder: only its definitions are looked at."""
    return assembled(Warehouse(Settings(warehouse=tmp_path_factory.mktemp("definitions"))))


# what is defined ------------------------------------------------------------------------------------------------------


def selection(whole: Assembled, job: str) -> list[str]:
    chosen = whole.definitions.resolve_job_def(job).asset_layer.executable_asset_keys
    return sorted(k.to_user_string() for k in chosen)


def test_every_asset_has_a_description_a_group_kinds_and_owners_and_the_columns_of_its_declaration(whole: Assembled) -> None:
    bare = {k for k, s in whole.specs.items() if not (s.description and s.group_name and s.kinds and s.owners)}
    assert bare == set()
    assert "default" not in {s.group_name for s in whole.specs.values()}
    # an asset that others depend on and nobody defines would be a stub without any of it
    assert {k.to_user_string() for k in whole.definitions.resolve_asset_graph().get_all_asset_keys()} == set(whole.specs)
    for key in (k for k in whole.specs if k.startswith("core/")):
        columns = whole.specs[key].metadata["dagster/column_schema"].columns
        declaration = declared()[key.replace("/", ".")]
        assert [(c.name, c.type) for c in columns] == [(c.name, c.type) for c in declaration.columns]
        assert all(c.description for c in columns)
    warned = {k: {t for t in s.tags if t.startswith("warning/")} for k, s in whole.specs.items()}
    assert warned["core/overdose_observations"] == {"warning/aggregation_hazard", "warning/early_release"}
    assert warned["core/actors"] == set()
    assert "REPORTS NOT EVENTS: n_events counts" in (whole.specs["marts/dyad_day"].description or "")


def test_every_asset_leads_to_the_code_that_makes_it(whole: Assembled) -> None:
    places = {
        key: [(str(r.label), r.line_number) for r in spec.metadata["dagster/code_references"].code_references]
        for key, spec in whole.specs.items()
    }
    for label, line in (place for found in places.values() for place in found):
        lines = (ROOT / label).read_text(encoding="utf-8").splitlines()
        assert line == 1 or re.match(r"\s*(def |@)", lines[int(line or 0) - 1]), (label, line)
    for key, files in {
        "raw/us_cdc_vsrr": ["assets/overdose/vsrr.yml"],
        "staged/us_cdc_vsrr_rows": ["assets/overdose/vsrr.py"],
        "core/overdose_vintages": ["sql/core/overdose_vintages.sql", "assets/overdose/observations.py"],
        "marts/dyad_day": ["sql/marts/dyad_day.sql"],
    }.items():
        assert [label for label, _ in places[key]] == files


def shown_at(e: Expectation) -> tuple[str, str]:
    schema, table = e.table.split(".")
    if schema == "marts" or (schema == "core" and e.scope == "domain"):
        return f"{schema}/{table}", "expectations_hold"
    return "warehouse/build", "core_tables_hold_as_built"


def test_every_expectation_is_named_in_the_check_of_its_table_and_those_of_the_build_block(whole: Assembled) -> None:
    # tables that no source fills are not folded: what their declaration asks for is looked at in the build alone
    expected = whole.project.build_expectations()
    core = {(k, "holds_what_came_in") for k in whole.specs if k.startswith("core/")}
    of_sources = {
        (key(source).to_user_string(), name)
        for source in whole.project.sources
        for key, name in (
            (raw_key, "new_snapshots_are_accepted"), (staged_key, "snapshots_are_taken"), (staged_key, "data_are_fresh"),
        )
    }  # fmt: skip
    days = {c for c in whole.checks if c[1] == "days_are_whole"}
    assert set(whole.checks) == {shown_at(e) for e in expected} | core | of_sources | days
    for e in expected:
        check = whole.checks[shown_at(e)]
        named = e.name if shown_at(e)[0] != "warehouse/build" else f"{e.table} {e.name}"
        assert f"`{named}` ({e.severity}): " in (check.description or ""), (e.table, e.name)
    on_the_build = {k for k in whole.checks if k[0].startswith(("warehouse/", "marts/"))}
    assert {k for k, c in whole.checks.items() if c.blocking} == on_the_build
    sql = whole.checks["core/overdose_observations", "expectations_hold"].metadata["sql"].value
    assert "class_not_above_total\n```sql\n" in sql
    packages = {(e.table, e.name, e.scope) for d in ("actors", *DOMAINS) for e in whole.project.expectations(d)}
    whole_build = {(e.table, e.name, e.scope) for e in expected}
    assert packages <= whole_build
    assert {e for e in whole_build - packages if e[2] == "domain"} == set()


def test_days_of_gdelt_are_partitions_of_an_asset_of_their_own_backfilled_in_one_run(whole: Assembled) -> None:
    asset = whole.asset(days_key("gdelt_v2_events"))
    days = asset.partitions_def
    assert isinstance(days, dg.DailyPartitionsDefinition)
    assert days.get_first_partition_key() == "2013-04-01"
    assert days.timezone == "UTC"
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()


def test_there_is_a_job_for_each_domain_for_all_and_to_audit_each_with_a_schedule_that_is_switched_on_by_hand(
    whole: Assembled,
) -> None:
    jobs = {j.name: whole.definitions.resolve_job_def(j.name) for j in whole.definitions.jobs or ()}
    assert set(jobs) == {"audit_published", "refresh_all", *(f"refresh_{domain}" for domain in DOMAINS)}
    # days of the past are taken in by hand
    assert set(selection(whole, "refresh_all")) == {k for k, s in whole.specs.items() if s.partitions_def is None}
    for domain in DOMAINS:
        groups = {whole.specs[k].group_name for k in selection(whole, f"refresh_{domain}")}
        assert groups == {"actors", domain, "marts", "publication"}
    assert [name for name, job in jobs.items() if job.partitions_def is not None] == [], "none asks for a day before it starts"
    schedules = [s for s in whole.definitions.schedules or () if isinstance(s, dg.ScheduleDefinition)]
    assert {(s.job_name, s.default_status) for s in schedules} == {(name, dg.DefaultScheduleStatus.STOPPED) for name in jobs}


def test_keys_tables_and_files_have_one_name_and_lead_from_every_source_to_the_published_file(whole: Assembled) -> None:
    for schema in ("core", "marts"):
        files = {f"{schema}/{p.stem}" for p in (SQL / schema).glob("*.sql")}
        assert {k for k in whole.specs if k.startswith(f"{schema}/")} == files
        assert {whole.specs[k].metadata["dagster/table_name"] for k in files} == {k.replace("/", ".") for k in files}
    sources = whole.project.sources.values()
    of_sources = {key(s.id).to_user_string() for s in sources for key in (raw_key, staged_key, folded_key)}
    days = {days_key(s.id).to_user_string() for s in sources if s.days_since is not None}
    assert {k for k in whole.specs if k.startswith(("raw/", "staged/", "folded/"))} == of_sources | days
    parents = {k: {d.asset_key.to_user_string() for d in s.deps} for k, s in whole.specs.items()}
    above: set[str] = set()
    todo = {PUBLISHED.to_user_string()}
    while todo:
        above |= todo
        todo = {p for k in todo for p in parents[k]} - above
    assert above == {k for k, s in whole.specs.items() if s.partitions_def is None}
    assert {k for k, ps in parents.items() if not ps and k.startswith(("staged/", "marts/", "warehouse/"))} == set()


def test_loading_the_definitions_imports_neither_great_expectations_nor_trafilatura(tmp_path: Path) -> None:
    heavy = ("great_expectations", "trafilatura", "pandas")
    code = f"import sys, pipelines.definitions; print([m for m in {heavy!r} if m in sys.modules])"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("BILATERAL_", "DAGSTER_"))}
    env["BILATERAL_WAREHOUSE"] = str(tmp_path)
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True).stdout == b"[]\n"


def test_dagster_reports_to_nobody_what_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "dagster"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    prepare_dagster_home(Settings(warehouse=tmp_path))
    assert yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))["telemetry"] == {"enabled": False}
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert not instance.telemetry_enabled


# what is run ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refreshed:
    """A run of refresh_all."""

    assembled: Assembled
    events: Sequence[dg.DagsterEvent]

    @cached_property
    def materializations(self) -> dict[str, Mapping[str, Any]]:
        """Metadata of the one materialization of each asset; the notes of days of a partitioned source are left out."""
        found: dict[str, Mapping[str, Any]] = {}
        for event in self.events:
            made = event.step_materialization_data.materialization if event.is_step_materialization else None
            if made is not None and made.partition is None:
                assert made.asset_key.to_user_string() not in found
                found[made.asset_key.to_user_string()] = {k: v.value for k, v in made.metadata.items()}
        return found


@pytest.fixture(scope="module")
def of_all(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """A run of the job, all of it, on one vintage of one list."""
    project = Warehouse(Settings(warehouse=tmp_path_factory.mktemp("refreshed") / "warehouse", data_docs=False))
    Ingest(project).choose_origin(str(one_for_all(tmp_path_factory).folder.parent / "a"))
    made = assembled(project)
    result = made.run("refresh_all")
    assert result.success
    return Refreshed(made, result.all_events)


@pytest.fixture(scope="module")
def of_sample(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The run by which the command line has made the warehouse of the sample, of the sources in it, as Dagster keeps it."""
    folder = sample_for_all(tmp_path_factory).folder
    with dg.DagsterInstance.from_config(str(folder / "dagster")) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("refresh_all", dg.DagsterRunStatus.SUCCESS)
        events = [e.dagster_event for e in instance.all_logs(run.run_id) if e.dagster_event is not None]
    return Refreshed(assembled(Warehouse(Settings(warehouse=folder, data_docs=False))), events)


def test_a_whole_run_materializes_every_asset_of_the_job_and_publishes_what_the_command_line_does(
    of_all: Refreshed, of_sample: Refreshed, small: Path
) -> None:
    whole = selection(of_all.assembled, "refresh_all")
    assert sorted(of_all.materializations) == whole
    in_play = [k for k in whole if is_filled(k) or k.startswith(("core/", "marts/", "warehouse/"))]
    assert sorted(of_sample.materializations) == in_play
    # duties are of the other domains, of which that one has none
    found = differences(small / "bilateral.duckdb", of_all.assembled.project.settings.published)
    assert [text for text in found if not text.startswith(("core.tariff_", "marts.tariff_", "marts.duty_"))] == []


IN_THE_SAMPLE = {folder.name for folder in SAMPLE.iterdir() if folder.is_dir()}


NOT_IN_THE_SAMPLE = {"marts/event_counts", "marts/news_without_act", "marts/party_candidates"} | {
    f"core/{table}"
    for table in [
        "act_documents",
        "county_overdoses",
        "drug_harms",
        "event_days",
        "gdelt_mentions",
        "gdelt_themes",
        "list_mirrors",
        "news_pair_coverage",
        "un_agreement",
        "un_ideal_points",
        "un_votes",
    ]
}


def is_filled(key: str) -> bool:
    """Whether the sample brings anything of an asset."""
    layer, name = key.split("/")
    is_of_a_source = layer in ("raw", "staged", "folded")
    return re.sub("_(rows|history)$", "", name) in IN_THE_SAMPLE if is_of_a_source else key not in NOT_IN_THE_SAMPLE


def test_every_materialization_has_a_row_count_a_preview_its_newest_date_and_its_snapshots(
    of_sample: Refreshed, of_all: Refreshed
) -> None:
    counts = {key: metadata["dagster/row_count"] for key, metadata in of_all.materializations.items() if key.startswith("raw/")}
    assert {key for key, n in counts.items() if n} == {"raw/us_ofac_sdn"}
    for key, metadata in of_sample.materializations.items():
        if key == "marts/news_without_act":  # how many acts the coder misses changes with every coder
            continue
        assert (metadata["dagster/row_count"] > 0) is is_filled(key), key
        if is_filled(key):
            previews = [v for k, v in metadata.items() if k.startswith("preview")]
            assert previews, key
            assert all(p.schema.columns for p in previews), key
        if key.startswith("core/"):
            declaration = declared()[key.replace("/", ".")]
            assert ("newest_date" in metadata) == (declaration.newest is not None), key
            if "snapshot_id" in {c.name for c in declaration.columns}:
                assert metadata["n_snapshots"] == len(metadata["snapshot_ids"]), key
                assert (metadata["n_snapshots"] > 0) is is_filled(key), key
    assert of_sample.materializations["core/sanction_events"]["newest_date"] == "2025-05-14"
    published = of_sample.materializations["warehouse/bilateral"]
    with duckdb.connect(str(of_sample.assembled.project.settings.published), read_only=True) as con:
        n = con.execute("SELECT sum(n_rows)::BIGINT FROM meta.row_counts").fetchall()[0][0]
    assert published["dagster/row_count"] == n
    assert "core.sanction_events" in {record.data["table_name"] for record in published["preview"].records}


def test_every_check_is_evaluated_and_shows_its_status(of_all: Refreshed) -> None:
    evaluations = [e.asset_check_evaluation_data for e in of_all.events if e.event_type_value == "ASSET_CHECK_EVALUATION"]
    found = {(e.asset_key.to_user_string(), e.check_name): e for e in evaluations}
    assert len(found) == len(evaluations)
    assert set(found) == {c for c in of_all.assembled.checks if c[1] != "days_are_whole"}
    project = of_all.assembled.project
    empty = {f"raw/{s}" for s in project.sources if not project.raw.snapshots(s)}
    assert empty
    # a source of which nothing is held must not look like a good one
    warned = {asset: e.description or "" for (asset, _), e in found.items() if not e.passed}
    assert set(warned) == empty
    assert all(text.startswith("no data of it yet; ") for text in warned.values())
    assert {e.metadata["status"].value for e in evaluations if e.passed} <= {"passed", "skipped"}


def days_marked(events: Sequence[dg.DagsterEvent], source: str) -> list[str]:
    """The partitions of the days of a source that a run marked as materialized."""
    made = [e.step_materialization_data.materialization for e in events if e.is_step_materialization]
    return sorted(str(m.partition) for m in made if m.asset_key == days_key(source))


def test_a_refresh_marks_the_days_that_are_held_whole_and_no_others(of_sample: Refreshed) -> None:
    # the sample has whole days of GDELT 1.0 (a file each), and single slots of GDELT 2.0
    files = of_sample.assembled.project.raw.receipts("gdelt_v1_events")
    whole = {f.name[:8] for receipt in files for f in receipt.files}
    assert {str(d).replace("-", "") for d in days_marked(of_sample.events, "gdelt_v1_events")} == whole
    assert days_marked(of_sample.events, "gdelt_v2_events") == []


def test_days_asked_for_are_taken_in_and_one_that_is_not_whole_stays_open_with_a_warning(tmp_path: Path) -> None:
    project = Warehouse(Settings(warehouse=tmp_path))
    Ingest(project).choose_origin(str(SAMPLE))
    asset = days_key("gdelt_v2_events")
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [assembled(project).asset(asset)],
            resources={"warehouse": project},
            instance=instance,
            partition_key="2023-11-15",
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert result.success
    assert project.raw.snapshots("gdelt_v2_events")
    assert days_marked(result.all_events, "gdelt_v2_events") == []
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.WARN
    assert check.description == "not whole: 2023-11-15. Ask again later; slots that were never published stay missing"


class Stricter(Warehouse):
    """A project that expects one thing more, which does not hold: that there are no lists."""

    def __init__(self, settings: Settings, severity: Severity) -> None:
        super().__init__(settings)
        query = "FROM core.sanction_lists"
        self.more = Expectation("core.sanction_lists", "there_are_none", severity, "No list is held.", query, "build")

    def build_expectations(self) -> list[Expectation]:
        return [*super().build_expectations(), self.more]


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse of one vintage of forty parties, of which tests take a copy."""
    return one_for_all(tmp_path_factory).folder


def outdated_copy(warehouse: Path, copy: Path) -> Path:
    """A copy of a warehouse whose published file another version of the code has built, so that it is built again."""
    shutil.copytree(warehouse, copy)
    with duckdb.connect(str(copy / "bilateral.duckdb")) as con:
        con.execute("UPDATE meta.build SET code_fingerprint = 'another'")
    return copy


def evaluation_of(result: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    return next(e for e in result.get_asset_check_evaluations() if e.check_name == name)


def steps(result: dg.ExecuteInProcessResult, kind: str) -> Sequence[str | None]:
    return [e.step_key for e in result.all_events if e.event_type_value == kind]


def test_a_critical_check_that_fails_shows_the_offending_rows_and_keeps_the_build_from_being_published(
    small: Path, tmp_path: Path
) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    before = (folder / "bilateral.duckdb").read_bytes()
    project = Stricter(Settings(warehouse=folder, data_docs=False), "critical")
    result = assembled(project).run("refresh_overdose")
    assert not result.success
    assert "build" in steps(result, "STEP_START")
    assert "publish" not in steps(result, "STEP_START")
    assert project.report.blocked
    failed = evaluation_of(result, "core_tables_hold_as_built")
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.ERROR)
    metadata: dict[str, Any] = {k: v.value for k, v in failed.metadata.items()}
    assert (metadata["status"], metadata["n_failed"]) == ("failed", 1)
    (found,) = metadata["found"].records
    assert list(found.data.values()) == ["core.sanction_lists there_are_none", "failed", "1", ""]
    assert [r["list_id"] for r in metadata["offending_rows"]["core.sanction_lists there_are_none"]] == ["us_ofac_sdn"]
    # nor is it published by materializing the file alone
    again = assembled(Warehouse(Settings(warehouse=folder, data_docs=False)))
    assert not again.run("refresh_overdose", asset_selection=[PUBLISHED]).success
    assert (folder / "bilateral.duckdb").read_bytes() == before


def test_a_build_whose_audit_was_cut_off_cannot_be_published_by_materializing_the_file_alone(small: Path, tmp_path: Path) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    before = (folder / "bilateral.duckdb").read_bytes()
    project = Warehouse(Settings(warehouse=folder, data_docs=False))
    project.draft.parent.mkdir()
    shutil.copy(folder / "bilateral.duckdb", project.draft)
    with duckdb.connect(str(project.draft)) as con:
        con.execute("DELETE FROM meta.validations")
    assert not assembled(project).run("refresh_overdose", asset_selection=[PUBLISHED]).success
    assert (folder / "bilateral.duckdb").read_bytes() == before


def test_a_warning_that_fails_is_shown_and_blocks_nothing(small: Path, tmp_path: Path) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    project = Stricter(Settings(warehouse=folder, data_docs=False), "warning")
    result = assembled(project).run("refresh_overdose")
    assert result.success
    assert project.report.published
    warned = evaluation_of(result, "core_tables_hold_as_built")
    assert (warned.passed, warned.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert warned.description == "core.sanction_lists there_are_none warns: No list is held."
    metadata = {k: v.value for k, v in warned.metadata.items()}
    assert (metadata["status"], metadata["n_failed"], metadata["n_warnings"]) == ("warning", 0, 1)
    with duckdb.connect(str(folder / "bilateral.duckdb"), read_only=True) as con:
        query = "SELECT status FROM meta.validations WHERE expectation = 'there_are_none'"
        assert con.execute(query).fetchall() == [("failed",)]


def test_a_mart_is_made_alone_with_what_is_made_of_it_checked_and_published(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(small, folder)
    before = folder / "bilateral.duckdb"
    first = before.stat().st_ino
    project = Warehouse(Settings(warehouse=folder, data_docs=False))
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [a for a in assembled(project).definitions.assets or () if isinstance(a, dg.AssetsDefinition)],
            selection=[dg.AssetKey(["marts", "dyad_month"])],
            instance=instance,
            resources={"warehouse": project},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert result.success
    made = {e.step_materialization_data.materialization.asset_key.path[-1] for e in result.get_asset_materialization_events()}
    assert "dyad_month" in made
    assert {"dyad_spans", "party_names"}.isdisjoint(made)
    assert project.report.published
    assert before.stat().st_ino != first
    assert differences(small / "bilateral.duckdb", before) == []


def test_a_mart_is_not_made_alone_of_a_file_that_other_code_has_built(small: Path, tmp_path: Path) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    project = Warehouse(Settings(warehouse=folder, data_docs=False))
    with pytest.raises(BilateralError, match="Run a refresh"):
        Publish(project).rebuild_marts(["dyad_month"])


def test_a_run_of_a_schedule_fails_without_a_network_and_keeps_to_the_folder_that_a_person_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(_: object) -> None:
        raise BilateralError("there seems to be no network")

    monkeypatch.setattr("pipelines.ingest.fetch.network.refuse_offline", offline)
    project = Warehouse(Settings(warehouse=tmp_path))
    tags = {"dagster/schedule_name": "refresh_overdose_schedule"}
    assert not assembled(project).run("refresh_overdose", tags=tags).success
    assert not (tmp_path / "raw").exists()
    assert project.chosen_origin == "live"
    project = Warehouse(Settings(warehouse=tmp_path))
    note_origin(tmp_path, str(tmp_path / "archive"))
    _ask_live(project)
    assert project.chosen_origin is None
