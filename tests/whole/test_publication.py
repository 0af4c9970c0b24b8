"""A reader sees whole versions only; a killed refresh leaves the published file as it was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.publish.warehouse import ROW_GROUP_SIZE
from tests.depth import DEEP
from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, Warehouse

REFRESHES = 11 if DEEP else 4

READER = """
import json, sys, time, duckdb
file, seen = sys.argv[1], set()
print("reading", flush=True)
while True:
    with duckdb.connect(file, read_only=True) as con:
        row = con.execute('''SELECT (SELECT count(*) FROM core.sanction_listings),
            (SELECT n_rows FROM meta.row_counts WHERE table_name = 'core.sanction_listings'),
            (SELECT count(*) FROM meta.validations WHERE status = 'passed') > 50''').fetchall()[0]
    seen.add(row)
    if row[0] == int(sys.argv[2]):
        break
    time.sleep(0.005)
print(json.dumps(sorted(seen)))
"""


def test_a_reader_in_a_loop_sees_only_whole_versions_through_refreshes(tmp_path: Path, empty: Warehouse) -> None:
    def refresh(number: int) -> None:
        archive = tmp_path / f"a{number}"
        put(archive, "us_ofac_sdn", f"2023-01-{number:02}", "sdn.csv", sdn(more=number))
        assert empty.refresh(archive).exit_code == 0

    refresh(1)
    # in a process of its own: within one process DuckDB gives a second connection the file that the first one opened
    command = [sys.executable, "-c", READER, str(empty.folder / "bilateral.duckdb"), str(40 + REFRESHES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(2, REFRESHES + 1):
            refresh(number)
        out, err = reader.communicate(timeout=60)
    assert err == ""
    seen = json.loads(out)
    assert all(n_rows == noted and checked for n_rows, noted, checked in seen)
    assert {n_rows for n_rows, _, _ in seen} == {40 + n for n in range(1, REFRESHES + 1)}


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one vintage of forty parties."""
    folder = tmp_path_factory.mktemp("forty")
    put(folder / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(folder / "a").exit_code == 0
    return warehouse


@pytest.mark.parametrize("after", ["nothing", "new snapshots", "checking it", "building", "auditing"])
def test_a_refresh_killed_at_any_point_leaves_the_published_file_and_the_next_succeeds(
    tmp_path: Path, forty: Warehouse, copy_of: Callable[[Warehouse], Warehouse], after: str
) -> None:
    warehouse = copy_of(forty)
    before = (warehouse.folder / "bilateral.duckdb").read_bytes()
    put(tmp_path / "b", "us_ofac_sdn", "2023-01-02", "sdn.csv", sdn(more=2))
    command = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(tmp_path / "b"), "--only", "sanctions"]
    with subprocess.Popen(command, cwd=ROOT, env=warehouse.environment(), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if after == "nothing" or after in line:
                break
        time.sleep(0.15)
        child.send_signal(signal.SIGKILL)
    assert (warehouse.folder / "bilateral.duckdb").read_bytes() == before
    assert warehouse.refresh(tmp_path / "b").exit_code == 0
    assert warehouse.rows("SELECT count(*) FROM core.sanction_listings") == [(42,)]
    assert not (warehouse.folder / ".build").exists()


def test_tables_lie_in_small_row_groups_whoever_wrote_last(sample: Warehouse) -> None:
    """A writer that does not know their size joins them at its checkpoint."""
    ((n_groups, largest),) = sample.rows(
        "SELECT count(DISTINCT row_group_id), max(count) FROM pragma_storage_info('marts.dyad_day')"
    )
    assert n_groups > 1
    assert largest <= ROW_GROUP_SIZE
