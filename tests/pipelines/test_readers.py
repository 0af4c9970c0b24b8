"""A connection for readers reads one file and nothing else."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.errors import BilateralError
from pipelines.cli import main
from pipelines.util import readers
from pipelines.util.readers import connect_for_readers, refuse_what_does_not_read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of one table, and a file beside it that is nobody's business."""
    with duckdb.connect(str(tmp_path / "bilateral.duckdb")) as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.t AS SELECT 7 AS n")
    (tmp_path / "secret.csv").write_text("secret\n42\n", encoding="utf-8")
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path))
    return tmp_path


@pytest.fixture
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_for_readers(folder / "bilateral.duckdb") as opened:
        yield opened


REACHING = [
    "COPY core.t TO '{folder}/out.csv'",
    "EXPLAIN ANALYZE COPY core.t TO '{folder}/out.csv'",
    "EXPLAIN (ANALYZE, FORMAT json) COPY core.t TO '{folder}/out.csv'",
    "PREPARE p AS COPY core.t TO '{folder}/out.csv'",
    "FROM core.t; COPY core.t TO '{folder}/out.csv'",
    "/* a */ COPY (SELECT 1) TO '{folder}/bilateral.duckdb'",
    "USE temp; DETACH bilateral; COPY (SELECT 1) TO '{folder}/bilateral.duckdb'",
    "EXPORT DATABASE '{folder}/out'",
    "FROM read_csv('{folder}/secret.csv')",
    "FROM '{folder}/secret.csv'",
    "FROM read_text('{folder}/secret.csv')",
    "FROM glob('{folder}/*')",
    "ATTACH '{folder}/other.duckdb' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "FROM 'http://127.0.0.1:9/x.csv'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET threads = 64",
    "SET temp_directory = '{folder}/elsewhere'",
    "INSERT INTO core.t VALUES (8)",
]


@pytest.mark.parametrize("query", REACHING)
def test_a_query_reaches_nothing_beyond_the_published_file(folder: Path, query: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p.name: hashlib.sha256(p.read_bytes()).digest() for p in folder.iterdir()}
    for form in ("table", "csv"):
        assert main(["sql", query.format(folder=folder), "--format", form]) == 1
        out, err = capsys.readouterr()
        assert err.startswith("bilateral: ")
        assert ("42" in out, "Traceback" in err) == (False, False)
    assert {p.name: hashlib.sha256(p.read_bytes()).digest() for p in folder.iterdir()} == before


def test_a_refusal_says_what_to_do_instead_and_a_query_without_a_statement_is_told_to_be_empty(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sql", f"FROM read_csv('{folder}/secret.csv')"])
    main(["sql", f"COPY core.t TO '{folder}/out.csv'"])
    lines_said = capsys.readouterr().err.splitlines()
    assert len(lines_said) == 2
    assert all("--format csv (or json) > FILE" in line and "ATTACH" in line for line in lines_said)
    for query in ("", " ", ";", "/* later */"):
        assert main(["sql", query]) == 1
        assert "nothing was asked: the query is empty" in capsys.readouterr().err


READING = [
    "FROM core.t",
    "WITH a AS (SELECT n FROM core.t) FROM a",
    "SELECT n FROM t",
    "EXPLAIN FROM core.t",
    "EXPLAIN ANALYZE FROM core.t",
    "DESCRIBE core.t",
    "SUMMARIZE core.t",
    "SHOW ALL TABLES",
    "CREATE TEMP TABLE mine AS FROM core.t; FROM mine",
    "SET VARIABLE x = 1; SELECT getvariable('x')",
    "PIVOT core.t ON n USING count(*)",
    "SELECT json_extract('{\"a\": 1}', '$.a')",
    "SELECT TIMESTAMPTZ '2020-01-01 00:00:00+00' AT TIME ZONE 'America/New_York'",
]


def test_what_only_reads_is_answered(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("USE core")
    for query in READING:
        refuse_what_does_not_read(con, query)
        assert con.execute(query).fetchall()


def test_a_name_in_a_query_is_no_variable_of_the_program_and_a_large_sort_still_spills(con: duckdb.DuckDBPyConnection) -> None:
    query = con.sql("SELECT 'of the program' AS secret")  # noqa: F841
    with pytest.raises(duckdb.CatalogException):
        con.sql("FROM query")
    spill, allowed = con.execute("SELECT current_setting('temp_directory'), current_setting('allowed_directories')").fetchall()[0]
    assert spill in str(allowed)


def test_a_file_that_is_not_there_or_is_damaged_is_told_in_words(folder: Path) -> None:
    with pytest.raises(BilateralError, match=r"no\.duckdb does not exist yet"):
        connect_for_readers(folder / "no.duckdb")
    (folder / "bilateral.duckdb").write_bytes(b"DUCK" * 5_000)
    with pytest.raises(BilateralError, match=r"bilateral\.duckdb cannot be opened: "):
        connect_for_readers(folder / "bilateral.duckdb")


def test_a_file_that_is_replaced_while_it_is_opened_is_opened_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB opens a path several times; a publication in between gave the header of one version and the body of another."""
    file, following = folder / "bilateral.duckdb", folder / "following.duckdb"
    with duckdb.connect(str(following)) as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.t AS SELECT 8 AS n")
    connect, opened = duckdb.connect, []

    def connected(*given: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        opened.append(given)
        if not following.exists():
            return connect(*given, **options)
        following.replace(file)
        raise duckdb.Error("Failed to load metadata pointer (id 3, idx 58, ptr 4179340454199820291)")

    monkeypatch.setattr(duckdb, "connect", connected)
    with connect_for_readers(file) as con:
        assert con.execute("FROM core.t").fetchall() == [(8,)]
    assert len(opened) == 2


def test_what_is_held_open_is_read_with_its_settings_and_can_be_let_go(folder: Path) -> None:
    file = folder / "bilateral.duckdb"
    with readers.held_open(file, {"threads": 1}), readers.held_open(file):
        with readers.reading(file) as con:
            assert con.execute("SELECT current_setting('threads')").fetchall() == [(1,)]
        readers.let_go(file)
        with duckdb.connect(str(file)) as con:
            con.execute("INSERT INTO core.t VALUES (2)")
        with readers.reading(file, {"threads": 2}) as con:
            assert con.execute("SELECT current_setting('threads'), count(*) FROM core.t").fetchall() == [(2, 2)]
    assert readers._held == {}
    for name in ("absent.duckdb", "secret.csv"):
        with readers.held_open(folder / name):
            assert readers._held == {}
