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

from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines.checks.expectations import Expectation, Severity
from pipelines.dagster.build import _ask_live, build_definitions
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
QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


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

    @property
    def assets(self) -> list[dg.AssetsDefinition]:
        return [a for a in self.definitions.assets or () if isinstance(a, dg.AssetsDefinition)]

    def run(self, job: str, **options: Any) -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return self.definitions.resolve_job_def(job).execute_in_process(
                instance=instance, run_config=QUIET, raise_on_error=False, **options
            )

    def materialize(self, **options: Any) -> dg.ExecuteInProcessResult:
        resources = {"warehouse": self.project}
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(self.assets, resources=resources, instance=instance, run_config=QUIET, **options)


def assembled(folder: Path, of: type[Warehouse] = Warehouse, **more: Any) -> Assembled:
    project = of(Settings(warehouse=folder, data_docs=False), **more)
    return Assembled(project, build_definitions(project))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    """The project on an empty folder: only its definitions are looked at."""
    return assembled(tmp_path_factory.mktemp("definitions"))


# what is defined ------------------------------------------------------------------------------------------------------


def selection(whole: Assembled, job: str) -> list[str]:
    chosen = whole.definitions.resolve_job_def(job).asset_layer.executable_asset_keys
    return sorted(k.to_user_string() for k in chosen)


def test_every_asset_is_described_as_declared_and_leads_to_the_code_that_makes_it(whole: Assembled) -> None:
    bare = {k for k, s in whole.specs.items() if not (s.description and s.group_name and s.kinds and s.owners)}
    assert bare == {k for k, s in whole.specs.items() if s.group_name == "default"} == set()
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
    by_key = ((raw_key, "new_snapshots_are_accepted"), (staged_key, "snapshots_are_taken"), (staged_key, "data_are_fresh"))
    of_sources = {(key(source).to_user_string(), name) for source in whole.project.sources for key, name in by_key}
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
    assert {e for e in {(e.table, e.name, e.scope) for e in expected} ^ packages if e[2] == "domain" or e in packages} == set()


def test_each_domain_has_a_job_with_a_schedule_that_is_switched_on_by_hand(whole: Assembled) -> None:
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
    asset = next(a for a in whole.assets if days_key("gdelt_v2_events") in a.keys)
    days = asset.partitions_def
    assert isinstance(days, dg.DailyPartitionsDefinition)
    assert (days.get_first_partition_key(), days.timezone) == ("2013-04-01", "UTC")
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()


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
    made = assembled(tmp_path_factory.mktemp("refreshed") / "warehouse")
    Ingest(made.project).choose_origin(str(one_for_all(tmp_path_factory).folder.parent / "a"))
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
    return Refreshed(assembled(folder), events)


IN_THE_SAMPLE = {folder.name for folder in SAMPLE.iterdir() if folder.is_dir()}


def source_of(key: str) -> str:
    return re.sub("_(rows|history)$", "", key.partition("/")[2])


def test_a_run_of_all_makes_every_asset_and_what_the_command_line_does(
    of_all: Refreshed, of_sample: Refreshed, small: Path
) -> None:
    whole = selection(of_all.assembled, "refresh_all")
    assert sorted(of_all.materializations) == whole
    in_play = [k for k in whole if k.startswith(("core/", "marts/", "warehouse/")) or source_of(k) in IN_THE_SAMPLE]
    assert sorted(of_sample.materializations) == in_play
    # duties are of the other domains, of which that one has none
    found = differences(small / "bilateral.duckdb", of_all.assembled.project.settings.published)
    assert [text for text in found if not text.startswith(("core.tariff_", "marts.tariff_", "marts.duty_"))] == []


def test_what_is_made_has_its_row_count_preview_newest_date_and_snapshots(of_sample: Refreshed, of_all: Refreshed) -> None:
    counts = {key: metadata["dagster/row_count"] for key, metadata in of_all.materializations.items() if key.startswith("raw/")}
    assert {key for key, n in counts.items() if n} == {"raw/us_ofac_sdn"}
    with duckdb.connect(str(of_sample.assembled.project.settings.published), read_only=True) as con:
        n_rows = dict(con.execute("SELECT replace(table_name, '.', '/'), n_rows FROM meta.row_counts").fetchall())
    for key, metadata in of_sample.materializations.items():
        is_filled = n_rows.get(key, source_of(key) in IN_THE_SAMPLE or key.startswith("warehouse/")) > 0
        assert (metadata["dagster/row_count"] > 0) is is_filled, key
        if is_filled:
            previews = [v for k, v in metadata.items() if k.startswith("preview")]
            assert previews, key
            assert all(p.schema.columns for p in previews), key
        if key.startswith("core/"):
            declaration = declared()[key.replace("/", ".")]
            assert ("newest_date" in metadata) == (declaration.newest is not None), key
            if "snapshot_id" in {c.name for c in declaration.columns}:
                assert metadata["n_snapshots"] == len(metadata["snapshot_ids"]), key
                assert (metadata["n_snapshots"] > 0) is is_filled, key
    assert of_sample.materializations["core/sanction_events"]["newest_date"] == "2025-05-14"
    published = of_sample.materializations["warehouse/bilateral"]
    assert published["dagster/row_count"] == sum(n_rows.values())
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


def test_days_that_are_held_whole_are_marked_and_others_stay_open_with_a_warning(of_sample: Refreshed, tmp_path: Path) -> None:
    # the sample has whole days of GDELT 1.0 (a file each), and single slots of GDELT 2.0
    files = of_sample.assembled.project.raw.receipts("gdelt_v1_events")
    whole = {f.name[:8] for receipt in files for f in receipt.files}
    assert {str(d).replace("-", "") for d in days_marked(of_sample.events, "gdelt_v1_events")} == whole
    assert days_marked(of_sample.events, "gdelt_v2_events") == []
    made = assembled(tmp_path)
    Ingest(made.project).choose_origin(str(SAMPLE))
    result = made.materialize(selection=[days_key("gdelt_v2_events")], partition_key="2023-11-15")
    assert result.success
    assert made.project.raw.snapshots("gdelt_v2_events")
    assert days_marked(result.all_events, "gdelt_v2_events") == []
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
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


def evaluation_of(result: dg.ExecuteInProcessResult) -> tuple[dg.AssetCheckEvaluation, dict[str, Any]]:
    """The outcome of the check of the build, and what it shows."""
    found = next(e for e in result.get_asset_check_evaluations() if e.check_name == "core_tables_hold_as_built")
    return found, {k: v.value for k, v in found.metadata.items()}


def test_a_critical_check_that_fails_shows_the_rows_and_keeps_the_build_unpublished(small: Path, tmp_path: Path) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    before = (folder / "bilateral.duckdb").read_bytes()
    made = assembled(folder, Stricter, severity="critical")
    result = made.run("refresh_overdose")
    begun = {e.step_key for e in result.all_events if e.event_type_value == "STEP_START"}
    assert (result.success, "build" in begun, "publish" in begun, made.project.report.blocked) == (False, True, False, True)
    failed, metadata = evaluation_of(result)
    assert (failed.passed, failed.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert (metadata["status"], metadata["n_failed"]) == ("failed", 1)
    (found,) = metadata["found"].records
    assert list(found.data.values()) == ["core.sanction_lists there_are_none", "failed", "1", ""]
    assert [r["list_id"] for r in metadata["offending_rows"]["core.sanction_lists there_are_none"]] == ["us_ofac_sdn"]
    # nor is it published by materializing the file alone
    assert not assembled(folder).run("refresh_overdose", asset_selection=[PUBLISHED]).success
    # nor one of which the audit was cut off
    made.project.draft.parent.mkdir(exist_ok=True)
    shutil.copy(folder / "bilateral.duckdb", made.project.draft)
    with duckdb.connect(str(made.project.draft)) as con:
        con.execute("DELETE FROM meta.validations")
    assert not assembled(folder).run("refresh_overdose", asset_selection=[PUBLISHED]).success
    assert (folder / "bilateral.duckdb").read_bytes() == before


def test_a_warning_that_fails_is_shown_and_blocks_nothing(small: Path, tmp_path: Path) -> None:
    folder = outdated_copy(small, tmp_path / "copy")
    with pytest.raises(BilateralError, match="Run a refresh"):  # no mart is made alone of a file that other code has built
        Publish(Warehouse(Settings(warehouse=folder, data_docs=False))).rebuild_marts(["dyad_month"])
    made = assembled(folder, Stricter, severity="warning")
    result = made.run("refresh_overdose")
    assert (result.success, made.project.report.published) == (True, True)
    warned, metadata = evaluation_of(result)
    assert (warned.passed, warned.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert warned.description == "core.sanction_lists there_are_none warns: No list is held."
    assert (metadata["status"], metadata["n_failed"], metadata["n_warnings"]) == ("warning", 0, 1)
    with duckdb.connect(str(folder / "bilateral.duckdb"), read_only=True) as con:
        query = "SELECT status FROM meta.validations WHERE expectation = 'there_are_none'"
        assert con.execute(query).fetchall() == [("failed",)]


def test_a_mart_is_made_alone_with_what_is_made_of_it_checked_and_published(small: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "copy")
    published = tmp_path / "copy" / "bilateral.duckdb"
    before, alone = published.stat().st_ino, assembled(tmp_path / "copy")
    result = alone.materialize(selection=[dg.AssetKey(["marts", "dyad_month"])])
    assert (result.success, alone.project.report.published, published.stat().st_ino != before) == (True, True, True)
    made = {e.step_materialization_data.materialization.asset_key.path[-1] for e in result.get_asset_materialization_events()}
    assert "dyad_month" in made
    assert {"dyad_spans", "party_names"}.isdisjoint(made)
    assert differences(small / "bilateral.duckdb", published) == []


def test_a_schedule_fails_without_a_network_and_keeps_to_the_folder_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(_: object) -> None:
        raise BilateralError("there seems to be no network")

    monkeypatch.setattr("pipelines.ingest.fetch.network.refuse_offline", offline)
    made = assembled(tmp_path)
    assert not made.run("refresh_overdose", tags={"dagster/schedule_name": "refresh_overdose_schedule"}).success
    assert ((tmp_path / "raw").exists(), made.project.chosen_origin) == (False, "live")
    project = Warehouse(Settings(warehouse=tmp_path))
    note_origin(tmp_path, str(tmp_path / "archive"))
    _ask_live(project)
    assert project.chosen_origin is None
