"""What went wrong with a source is seen in Dagster, on its assets, by each run for as long as it stands."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.errors import BilateralError
from pipelines.dagster.build import build_definitions
from pipelines.dagster.metadata import core_key, raw_key, staged_key
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse
from tests.whole.test_set_aside_in_a_refresh import begins_by_a_guess, spoil

SDN = "us_ofac_sdn"
Checks = dict[tuple[str, str], tuple[bool, str]]


def run(project: Opened, archive: Path) -> Checks:
    """A run of the job of sanctions up to the core: by asset and name of check whether it passed, and its sentence."""
    Ingest(project).choose_origin(str(archive))
    definitions = build_definitions(project)
    job = definitions.resolve_job_def("refresh_sanctions")
    sources = Ingest(project).sources_in_play(["sanctions"])
    chosen = [key(s) for s in sources for key in (raw_key, staged_key)]
    chosen += [core_key(t) for d in ("actors", "sanctions") for t in project.tables(d)]
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            asset_selection=chosen,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert result.success
    found: Checks = {}
    for e in result.get_asset_check_evaluations():
        assert e.passed or e.severity == dg.AssetCheckSeverity.WARN, e
        found[e.asset_key.to_user_string(), e.check_name] = (e.passed, e.description or "")
    return found


def project_on(empty: Warehouse) -> Opened:
    return Opened(Settings(warehouse=empty.folder, data_docs=False))


RAW = ("raw/us_ofac_sdn", "new_snapshots_are_accepted")
TAKEN = ("staged/us_ofac_sdn_rows", "snapshots_are_taken")
FRESH = ("staged/us_ofac_sdn_rows", "data_are_fresh")
CURRENT = ("core/sanction_listings", "holds_what_came_in")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with a vintage of today."""
    put(tmp_path / "archive", SDN, f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H%M%SZ}", "sdn.csv", sdn(more=200))
    return tmp_path / "archive"


def test_what_is_refused_and_stale_is_shown_until_a_good_snapshot_comes(empty: Warehouse, tmp_path: Path) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", SDN, "2023-01-05", "sdn.csv", sdn(more=1))
    put(tmp_path / "a", SDN, "2023-02-01", "sdn.csv", sdn(without=tuple(range(1, 31))))
    put(tmp_path / "a", SDN, "2023-02-02", "sdn.csv", b"<!DOCTYPE html><html>maintenance</html>")
    first, again = (run(project_on(empty), tmp_path / "a") for _ in range(2))
    for found in (first, again):
        raw, taken, fresh = (found[key] for key in (RAW, TAKEN, FRESH))
        assert (raw[0], taken[0], fresh[0]) == (False, False, False)
        assert raw[1].startswith("2023-02-02T235959Z quarantined: ")
        assert "2023-02-01T235959Z quarantined: sdn.csv: 10 rows where the last accepted snapshot" in taken[1]
        assert "its newest date is 2023-01-0" in fresh[1]
        assert "it should be no more than 30: " in fresh[1]
    put(tmp_path / "a", SDN, "2023-03-01", "sdn.csv", sdn(more=2))
    assert run(project_on(empty), tmp_path / "a")[TAKEN] == (True, "")


@pytest.mark.parametrize("fault", [BilateralError("the disk is full"), ValueError("odd bytes"), None])
def test_a_source_that_cannot_be_taken_in_and_rows_that_were_set_aside_are_shown_on_it(
    empty: Warehouse, archive: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    project = project_on(empty)

    def fail(*_: object) -> None:
        assert fault is not None
        raise fault

    if fault is None:
        spoil(project, SDN, "sanction_listings", begins_by_a_guess(1))
        said = "row of core.sanction_listings quarantined by valid_from_basis_in_vocabulary"
    else:
        monkeypatch.setattr(Ingest, "_take_in", fail)
        said = f"us_ofac_sdn: .*{fault}"
    passed, sentence = run(project, archive)[TAKEN if fault is None else RAW]
    assert (passed, re.search(said, sentence) is not None) == (False, True), sentence


def test_a_source_or_domain_that_is_held_back_is_shown_on_it_and_on_its_tables_and_all_passes_before(
    empty: Warehouse, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(project_on(empty), archive)
    assert {key: found[key] for key in (RAW, TAKEN, CURRENT)} == dict.fromkeys((RAW, TAKEN, CURRENT), (True, ""))
    newer = f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%dT%H%M%SZ}"
    put(archive, SDN, newer, "sdn.csv", sdn(more=201))
    project = project_on(empty)
    spoil(project, SDN, "sanction_listings", begins_by_a_guess(40))
    found = run(project, archive)
    for key in (TAKEN, CURRENT):
        passed, sentence = found[key]
        assert not passed
        assert "valid_from_basis_in_vocabulary" in sentence
        assert f"1 snapshot waits to be taken, the newest of {newer}" in sentence
    project = project_on(empty)

    def fail(*_: object) -> None:
        raise BilateralError("nothing fits")

    monkeypatch.setattr(project.core, "fold", fail)
    found = run(project, archive)
    tables = [key for key in found if key[1] == "holds_what_came_in" and key[0] != "core/actors"]
    in_domain = [found[key] for key in tables if key[0].startswith("core/sanction_")]
    assert in_domain
    assert all(not passed and "sanctions: nothing fits" in sentence for passed, sentence in in_domain)
    assert not found[TAKEN][0]
