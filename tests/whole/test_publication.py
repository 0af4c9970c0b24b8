"""A reader sees whole versions only; a killed refresh leaves the published file as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, Warehouse


def test_a_reader_in_a_loop_sees_only_whole_versions_through_ten_refreshes(tmp_path: Path, empty: Warehouse) -> None:
    def vintage(number: int) -> Path:
        archive = tmp_path / f"a{number}"
        put(archive, "us_ofac_sdn", f"2023-01-{number:02}", "sdn.csv", sdn(more=number))
        return archive

    assert empty.run("refresh", "--from", str(vintage(1)), "--only", "sanctions").code == 0
    file, seen, errors, stop = str(empty.folder / "bilateral.duckdb"), set(), [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                with duckdb.connect(file, read_only=True) as con:
                    n_rows, noted, checks = con.execute(
                        """SELECT (SELECT count(*) FROM core.sanction_listings),
                                  (SELECT n_rows FROM meta.row_counts WHERE table_name = 'core.sanction_listings'),
                                  (SELECT count(*) FROM meta.validations WHERE status = 'passed')"""
                    ).fetchall()[0]
                seen.add((n_rows, noted, checks > 50))
            except duckdb.Error as error:
                errors.append(str(error))
            time.sleep(0.02)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(2, 12):
            assert empty.run("refresh", "--from", str(vintage(number)), "--only", "sanctions").code == 0
    finally:
        stop.set()
        reader.join()
    assert errors == []
    assert all(n_rows == noted and checked for n_rows, noted, checked in seen)
    assert {n_rows for n_rows, _, _ in seen} == {40 + n for n in range(1, 12)}


@pytest.mark.parametrize("after", ["nothing", "new snapshots", "checking it", "building", "auditing"])
def test_a_refresh_killed_at_any_point_leaves_the_published_file_and_the_next_succeeds(
    tmp_path: Path, empty: Warehouse, after: str
) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    assert empty.run("refresh", "--from", str(tmp_path / "a"), "--only", "sanctions").code == 0
    before = (empty.folder / "bilateral.duckdb").read_bytes()
    put(tmp_path / "b", "us_ofac_sdn", "2023-01-02", "sdn.csv", sdn(more=2))
    command = [sys.executable, "-m", "pipelines.cli", "refresh", "--from", str(tmp_path / "b"), "--only", "sanctions"]
    with subprocess.Popen(command, cwd=ROOT, env=empty.environment(), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if after == "nothing" or after in line:
                break
        time.sleep(0.15)
        child.send_signal(signal.SIGKILL)
    assert (empty.folder / "bilateral.duckdb").read_bytes() == before
    done = empty.run("refresh", "--from", str(tmp_path / "b"), "--only", "sanctions")
    assert done.code == 0, done.out + done.err
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(42,)]
    assert not (empty.folder / ".build").exists()
