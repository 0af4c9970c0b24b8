"""Weeks of daily refreshes with faults in between: at their end each table is that of weeks without, and each fault was told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.depth import DEEP
from tests.whole.simulated_year import FAULTS, Year, published_on, simulate

READER = """
import json, os, sys, time, duckdb
from pathlib import Path
parent = os.getppid()
file, end, seen = Path(sys.argv[1]), Path(sys.argv[2]), set()
print("reading", flush=True)
while not end.exists() and os.getppid() == parent:
    if file.exists():
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{file}' AS w (TYPE duckdb, READ_ONLY)")  # opens it once, a path alone several times
            con.execute("USE w")
            seen.add(con.execute('''SELECT (SELECT count(*) FROM core.sanction_listings),
                (SELECT n_rows FROM meta.row_counts WHERE table_name = 'core.sanction_listings'),
                (SELECT count(*) FROM meta.validations WHERE status = 'passed') > 50''').fetchall()[0])
    time.sleep(0.1)
print(json.dumps(sorted(seen)))
"""


def holds(year: Year) -> bool:
    return (year.failed, year.differences, year.untold) == ([], [], [])


def test_a_fortnight_with_faults_ends_as_one_without_and_a_reader_meets_whole_versions_alone(tmp_path: Path) -> None:
    end = tmp_path / "end"
    # in a process of its own: within one process DuckDB gives a second connection the file that the first one opened
    command = [sys.executable, "-c", READER, str(tmp_path / "warehouse" / "bilateral.duckdb"), str(end)]
    plan = {7: "disk full", 10: "manifest truncated"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        try:
            year = simulate(tmp_path, 14, 1, plan, lambda number: published_on(number) if number in (0, 7) else [])
        finally:
            end.touch()
        out, err = reader.communicate(timeout=60)
    assert holds(year), year
    told = {fault: " ".join(said) for _, fault, said in year.met}
    assert "is made again from raw" in told["manifest truncated"]
    assert "the disk is full" in told["disk full"]
    assert err == ""
    seen = json.loads(out)
    assert len(seen) > 1
    assert all(n_rows == noted and checked for n_rows, noted, checked in seen)


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: twenty minutes of processor time")
def test_a_year_with_a_fault_on_one_day_in_five_ends_as_one_without(tmp_path: Path) -> None:
    year = simulate(tmp_path, 365, 1)
    assert holds(year), year
    assert {fault for _, fault, _ in year.met} == set(FAULTS)
