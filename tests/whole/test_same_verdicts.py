"""What is asked as plain SQL gets the verdicts of Great Expectations: on good data, and on data spoiled in every column."""

import shutil
from collections import Counter
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.checks import audit, gx
from pipelines.checks.validations import Validation
from pipelines.dagster.build import build_definitions
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.conftest import Warehouse

ODD = {
    "VARCHAR": ("'odd {table}'", "''"),
    "BOOLEAN": ("NOT {column}",),
    "DATE": ("DATE '1492-01-01'", "DATE '2999-01-01'"),
    "TIMESTAMP": ("TIMESTAMP '1492-01-01'", "TIMESTAMP '2999-01-01'"),
    "VARCHAR[]": ("['odd']",),
}
"""Values that nobody means, by type of column; of any other type they are numbers, or nothing."""
ODD_NUMBERS = ("TRY_CAST('-7' AS {type})", "TRY_CAST('30000' AS {type})")


def spoil(database: Path) -> None:
    """Add copies of a row to each table of core and marts: as it is, and for each column without it and with odd values."""
    with duckdb.connect(str(database)) as con:
        tables = con.execute(
            """SELECT schema_name || '.' || table_name, list({name: column_name, type: data_type} ORDER BY column_index)
               FROM duckdb_columns() JOIN duckdb_tables() USING (schema_name, table_name)
               WHERE schema_name IN ('core', 'marts') GROUP BY ALL ORDER BY 1"""
        ).fetchall()
        for table, columns in tables:
            if con.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,):
                con.execute(f"INSERT INTO {table} DEFAULT VALUES")
            con.execute(f"CREATE OR REPLACE TEMP TABLE one AS FROM {table} ORDER BY ALL DESC LIMIT 1")
            con.execute(f"INSERT INTO {table} FROM one")
            for column in columns:
                name = f'"{column["name"]}"'
                for odd in ("NULL", *ODD.get(column["type"], ODD_NUMBERS)):
                    value = odd.format(table=table, column=name, type=column["type"])
                    con.execute(f"INSERT INTO {table} SELECT * REPLACE ({value} AS {name}) FROM one")


def verdicts(found: list[Validation]) -> dict[tuple[str, str], tuple[object, ...]]:
    """Status and how many offend by table and expectation; of an empty column Great Expectations counts nothing."""
    return {(v.table_name, v.expectation): (v.status, v.n_unexpected or 0) for v in found}


def test_both_ways_to_ask_give_the_same_verdicts(sample: Warehouse, tmp_path: Path) -> None:
    expectations = Opened(Settings(warehouse=sample.folder)).build_expectations()
    spoiled = tmp_path / "spoiled.duckdb"
    shutil.copy(sample.folder / "bilateral.duckdb", spoiled)
    spoil(spoiled)
    mine, theirs = (verdicts(ask(spoiled, expectations)) for ask in (audit.validate, gx.validate))
    assert mine == theirs
    statuses = Counter(status for status, _ in mine.values())
    assert statuses["failed"] > len(expectations) * 0.8, statuses
    assert statuses["failed"] + statuses["passed"] == len(expectations)


def a_file_that_was_altered(sample: Warehouse, folder: Path) -> Warehouse:
    """The sample's published file alone, with a list in it twice."""
    warehouse = Warehouse(folder / "warehouse")
    warehouse.folder.mkdir()
    shutil.copy(sample.folder / "bilateral.duckdb", warehouse.folder)
    with duckdb.connect(str(warehouse.folder / "bilateral.duckdb")) as con:
        con.execute("INSERT INTO core.sanction_lists FROM core.sanction_lists LIMIT 1")
    return warehouse


def test_where_a_verdict_is_another_than_the_recorded_one_the_weekly_job_fails_and_the_whole_audit_says_it(
    sample: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Opened.build_expectations
    # all of them are asked above
    monkeypatch.setattr(Opened, "build_expectations", lambda self: [e for e in every(self) if "sanction_list" in e.table])
    altered = a_file_that_was_altered(sample, tmp_path)
    done = []
    for warehouse in (sample, altered):
        job = build_definitions(Opened(Settings(warehouse=warehouse.folder))).resolve_job_def("audit_published")
        done.append(job.execute_in_process(raise_on_error=False))
    assert [result.success for result in done] == [True, False]
    (failure,) = [e for e in done[1].all_events if e.event_type is dg.DagsterEventType.STEP_FAILURE]
    told = altered.run("verify", "--audit")
    for said in (str(failure.event_specific_data), told.out):
        assert "core.sanction_lists key_is_unique: failed, recorded when it was published: passed" in said
    assert (told.code, "1 critical and 0 warnings do not" in told.out) == (1, True)
