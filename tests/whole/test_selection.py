"""A refresh runs the steps that have something to do, and looks at the age of all sources of their domains."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.refresh import run_refresh, selected
from pipelines.domains import DOMAINS
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse
from tests.whole.test_refresh import vsrr

SDN, VSRR = "us_ofac_sdn", "us_cdc_vsrr"


def project_on(warehouse: Warehouse, archive: Path) -> Opened:
    project = Opened(Settings(warehouse=warehouse.folder, data_docs=False))
    Ingest(project).choose_origin(str(archive))
    Ingest(project).ingest_ahead(Ingest(project).sources_in_play(DOMAINS))
    return project


def in_play(warehouse: Warehouse, archive: Path) -> dict[str, list[str]]:
    return selected(project_on(warehouse, archive), DOMAINS)


def refreshed(warehouse: Warehouse, archive: Path) -> tuple[set[str], set[str]]:
    """Run the job; return its steps and the marts that it made."""
    project = project_on(warehouse, archive)
    assert run_refresh(project, DOMAINS) == []
    assert project.report.problems == []
    with dg.DagsterInstance.get() as instance:
        run = instance.get_runs(limit=1)[0]
        made = [e.dagster_event for e in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)]
        paths = [e.asset_key.path for e in made if e is not None and e.asset_key is not None]
        return {s.step_key for s in instance.get_run_step_stats(run.run_id)}, {name for at, name in paths if at == "marts"}


def test_what_has_nothing_to_do_gets_no_step(empty: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(empty.folder / "dagster"))
    prepare_dagster_home(Settings(warehouse=empty.folder))
    moment = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H%M%SZ}"
    put(tmp_path / "a", SDN, moment, "sdn.csv", sdn(more=200))
    put(tmp_path / "a", VSRR, "2023-03-01", "vsrr.csv", vsrr(70_000, 30_000))
    steps, made = refreshed(empty, tmp_path / "a")
    assert {"core_actors", "core_sanctions", "core_news", "build"} < steps
    assert {"party_names", "overdose_best"} < made
    assert in_play(empty, tmp_path / "a") == {}
    # something came: its source and domain alone, and what is published still holds all
    put(tmp_path / "b", VSRR, "2023-03-02", "vsrr.csv", vsrr(70_001, 30_000))
    steps, made = refreshed(empty, tmp_path / "b")
    steps_of_source = {f"{step}_{VSRR}" for step in ("raw", "staged", "folded")}
    assert steps == {*steps_of_source, "core_overdose", "health_overdose", "build", "publish"}
    assert "overdose_best" in made
    assert {"party_names", "title_words"}.isdisjoint(made)
    assert empty.rows("SELECT count(*) FROM listed_on(current_date)") == [(240,)]
    assert empty.rows("SELECT count(*) FROM meta.snapshots WHERE verdict = 'accepted'") == [(3,)]
    # what rests on no other domain is copied from what is published; not where a disk has spoiled that
    publish = Publish(Opened(Settings(warehouse=empty.folder)))
    unchanged = publish.unchanged(["sanctions"])
    assert {"core.events", "core.overdose_observations", "marts.events_one_a_day", "marts.overdose_best"} < unchanged
    # parties of lists become actors; and one mart asks the declarations how old a figure may be
    assert {"core.actors", "marts.dyad_spans", "marts.actor_spans", "marts.overdose_changes"}.isdisjoint(unchanged)
    assert publish.unchanged(DOMAINS) < {f"core.{table}" for table in publish.warehouse.tables("actors")}
    with (empty.folder / "bilateral.duckdb").open("ab") as file:
        file.write(b"?")
    assert publish.unchanged() == frozenset()
    # a file that a disk has spoiled: what is made of it is made again
    part = next((empty.folder / "core" / "sanctions" / "parts").glob(f"{SDN}.sanction_listings.*.open.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert in_play(empty, tmp_path / "b") == {"sanctions": [SDN]}
