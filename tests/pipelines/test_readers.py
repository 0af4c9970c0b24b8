"""A connection for readers reads one file and nothing else."""

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.errors import BilateralError
from pipelines.cli import main
from pipelines.util import readers
from pipelines.util.readers import connect_for_readers, refuse_what_does_not_read


def made(file: Path, n: int) -> Path:
    with duckdb.connect(str(file)) as con:
        con.execute(f"CREATE SCHEMA core; CREATE TABLE core.t AS SELECT {n} AS n")
    return file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published file of one table, and one beside it that is nobody's business."""
    (tmp_path / "secret.csv").write_text("secret\n42\n", encoding="utf-8")
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path))
    return made(tmp_path / "bilateral.duckdb", 7)


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


def test_a_query_reaches_the_published_file_alone_and_is_told_what_to_do(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def state() -> dict[str, bytes]:
        return {p.name: hashlib.sha256(p.read_bytes()).digest() for p in file.parent.iterdir()}

    before = state()
    for query in REACHING:
        for form in ("table", "csv"):
            assert main(["sql", query.format(folder=file.parent), "--format", form]) == 1, query
            out, err = capsys.readouterr()
            assert (err.startswith("bilateral: "), "42" in out, "Traceback" in err) == (True, False, False), query
            assert "--format csv (or json) > FILE" in err or not query.startswith(("COPY", "FROM read_csv")), query
    assert state() == before
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


def test_what_only_reads_is_answered_a_large_sort_still_spills_and_no_variable_of_the_program_is_a_table(file: Path) -> None:
    with connect_for_readers(file) as con:
        con.execute("USE core")
        for query in READING:
            refuse_what_does_not_read(con, query)
            assert con.execute(query).fetchall()
        secret = con.sql("SELECT 'of the program' AS secret")  # noqa: F841
        with pytest.raises(duckdb.CatalogException):
            con.sql("FROM secret")
        settings = con.execute("SELECT current_setting('temp_directory'), current_setting('allowed_directories')").fetchall()
    assert settings[0][0] in str(settings[0][1])


def test_a_file_that_is_not_there_or_is_damaged_is_told_in_words(file: Path) -> None:
    with pytest.raises(BilateralError, match=r"no\.duckdb does not exist yet"):
        connect_for_readers(file.with_name("no.duckdb"))
    file.write_bytes(b"DUCK" * 5_000)
    with pytest.raises(BilateralError, match=r"bilateral\.duckdb cannot be opened: "):
        connect_for_readers(file)


def test_a_file_that_is_replaced_while_it_is_opened_is_opened_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB opens a path several times; a publication in between gave the header of one version and the body of another."""
    following = made(file.with_name("following.duckdb"), 8)
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


def test_what_is_held_open_is_read_with_its_settings_and_can_be_let_go(file: Path) -> None:
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
        with readers.held_open(file.with_name(name)):
            assert readers._held == {}
