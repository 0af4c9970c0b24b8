"""Removing what nothing names: how much, and what is never touched."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.dagster.runs import beyond
from tests.whole.conftest import Warehouse


def files(folder: Path) -> dict[str, int]:
    """All files and their sizes, but those of Dagster, whose storage is opened, and who wrote last."""
    found = {str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    return {name: size for name, size in found.items() if not name.startswith(("dagster/", ".writer", ".lock"))}


def litter(folder: Path) -> dict[str, int]:
    """Put leftovers of every kind into a warehouse; their bytes by folder."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = {
        f"raw/us_ofac_sdn/.tmp-{os.uname().nodename}-{gone.pid}-abc/sdn.csv.zst": 10,
        "staged/us_ofac_sdn/.2023-01-01T000000Z.new/listings.parquet": 20,
        "staged/us_ofac_sdn/1999-01-01T000000Z/staged.json": 30,
        "core/sanctions/parts/us_ofac_sdn.sanction_names.0123.open.parquet": 40,
        "core/sanctions/parts/.x.parquet.new": 50,
        ".build/bilateral.duckdb": 60,
    }
    for name, size in left.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * size)
    return {"raw": 10, "staged": 50, "core": 90, ".build": 60}


def test_leftovers_go_and_nothing_else_does_and_the_bytes_are_said_by_folder(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    warehouse = copy_of(sample)
    before = files(warehouse.folder)
    expected = litter(warehouse.folder)
    littered = files(warehouse.folder)
    dry = warehouse.run("gc", "--dry-run")
    assert dry.code == 0, dry.err
    assert "named by no manifest" in dry.out
    assert "210 bytes would be freed (nothing was removed)" in dry.out
    assert files(warehouse.folder) == littered
    done = json.loads(warehouse.run("gc", "--format", "json").out)
    assert {name: found["bytes"] for name, found in done["folders"].items()} == expected
    assert files(warehouse.folder) == before
    assert "nothing to remove" in warehouse.run("gc").out


def test_a_build_that_a_reader_has_open_stays(sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> None:
    warehouse = copy_of(sample)
    build = warehouse.folder / ".build" / "bilateral.duckdb"
    build.parent.mkdir()
    build.write_bytes((warehouse.folder / "bilateral.duckdb").read_bytes())
    reader = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", reader, str(build)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert warehouse.run("gc").code == 0
        assert build.exists()
        process.communicate("")
    assert warehouse.run("gc").code == 0
    assert not build.exists()


def record(number: int, job: str, days: int, status: dg.DagsterRunStatus = dg.DagsterRunStatus.SUCCESS) -> dg.RunRecord:
    at = datetime(2026, 1, 1) - timedelta(days=days)
    run = dg.DagsterRun(job_name=job, run_id=str(number), status=status)
    return dg.RunRecord(number, run, create_timestamp=at, update_timestamp=at)


@pytest.mark.parametrize(("keep_runs", "keep_days", "gone"), [(100, 90, ["4", "5"]), (2, 365, ["2", "4", "5"]), (100, 365, [])])
def test_runs_go_that_are_old_or_many_but_the_newest_of_each_job_and_those_under_way(
    keep_runs: int, keep_days: int, gone: list[str]
) -> None:
    records = [
        record(0, "refresh_news", 0, dg.DagsterRunStatus.STARTED),
        record(1, "refresh_news", 1),
        record(2, "refresh_news", 2),
        record(3, "refresh_all", 200),
        record(4, "refresh_news", 201),
        record(5, "refresh_all", 202, dg.DagsterRunStatus.FAILURE),
        record(6, "refresh_news", 203, dg.DagsterRunStatus.STARTED),
    ]
    found = beyond(records, keep_runs, keep_days, datetime(2026, 1, 1, tzinfo=UTC))
    assert [r.dagster_run.run_id for r in found] == gone


def test_an_old_run_goes_with_its_log_and_the_ui_still_knows_the_others(
    one: Warehouse, copy_of: Callable[[Warehouse], Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = copy_of(one)
    asked = ("refresh", "--only", "sanctions", "--from", str(one.folder.parent / "b"))
    assert warehouse.run(*asked).code == 0
    logs = warehouse.folder / "dagster" / "history" / "runs"
    assert len(list(logs.glob("*-*.db"))) == 2
    done = json.loads(warehouse.run("gc", "--keep-runs", "1", "--format", "json").out)
    assert done["runs"] == 1
    assert done["folders"]["dagster"]["bytes"] > 100_000
    assert len(list(logs.glob("*-*.db"))) == 1
    monkeypatch.setenv("DAGSTER_HOME", str(warehouse.folder / "dagster"))
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert len(instance.all_logs(run.run_id)) > 10
        assert instance.get_latest_materialization_event(dg.AssetKey(["raw", "us_ofac_sdn"])) is not None
