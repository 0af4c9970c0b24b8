"""What reads the published file: ``import bilateral_warehouse``, other versions of DuckDB, macros that take moments of rows."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import bilateral_warehouse
import duckdb
import pandas as pd
import polars as pl
import pytest
from bilateral_warehouse import OLDEST_DUCKDB, UnknownNameError, WarehouseError

from tests.depth import DEEP
from tests.pipelines.examples import a_published_file
from tests.whole.conftest import ROOT, Warehouse

Reader = bilateral_warehouse.Warehouse[pl.DataFrame]


@pytest.fixture(scope="session")
def reader(sample: Warehouse) -> Reader:
    return bilateral_warehouse.open(sample.file)


def test_figures_and_listings_are_those_that_a_reader_of_the_moment_had(reader: Reader) -> None:
    asked = {"actor_id": "USA", "measure": "deaths_12m", "drug": "all", "basis": "predicted"}
    then = reader.overdose(as_of="2023-12-22", columns=["period_end", "value", "unit", "known_from"], **asked)
    assert then.row(-1) == (date(2023, 5, 31), 112024.0, "deaths", datetime(2023, 10, 11, 23, 59, 59))
    now = reader.overdose(columns=["period_end", "value"], **asked)
    assert now.filter(pl.col("period_end") == date(2023, 5, 31))["value"].to_list() == [112893.0]
    assert reader.overdose().columns == reader.overdose(as_of="2023-12-22").columns
    # a removal is known from its moment on in any time zone
    for moment, n in (
        ("2023-11-17T23:00", 1),
        (datetime(2023, 11, 17, 23), 1),
        (date(2023, 11, 18), 0),
        ("2023-11-18T00:30:00+02:00", 1),
        (datetime(2023, 11, 17, 20, tzinfo=timezone(timedelta(hours=-5))), 0),
        (datetime(2023, 11, 18, tzinfo=UTC), 0),
        (None, 0),
    ):
        listed = reader.listed_on("2023-11-16", as_of=moment, columns=["name"])
        assert listed.filter(pl.col("name").str.contains("Institute of Forensic Science")).height == n, moment
        assert moment is None or listed.equals(reader.listed_as_known(date(2023, 11, 16), moment, columns=["name"]))


def test_frames_of_polars_and_pandas_are_what_the_macros_of_the_file_give(reader: Reader, sample: Warehouse) -> None:
    days = "source_id IN ('USA', 'CHN') AND target_id IN ('USA', 'CHN') AND date BETWEEN DATE '2023-11-15' AND DATE '2023-11-16'"
    then = "FROM dyad_panel_as_known('USA', 'CHN', 'week', DATE '2023-12-22')"
    for frame, query in (
        (panel := reader.dyad_panel("USA", "CHN"), "FROM dyad_panel('USA', 'CHN', 'month')"),
        (reader.dyad_panel("USA", "CHN", "week", as_of="2023-12-22"), then),
        (reader.find("Huawei").drop("asked_no", "asked"), "FROM find_party('Huawei')"),
        (reader.find(["Huawei", "ZTE"], on="2023-11-15"), "FROM find_parties_on(['Huawei', 'ZTE'], DATE '2023-11-15')"),
        (reader.timeline("China", "US", since="2023-11-15", until="2023-11-16"), f"FROM marts.timeline WHERE {days}"),
        (reader.sql("SELECT $n + 1 AS m", n=1), "SELECT 2"),
    ):
        assert sorted(frame.rows(), key=repr) == sorted(sample.rows(query), key=repr), query
    of_pandas = bilateral_warehouse.open(str(sample.file), frames="pandas").dyad_panel("USA", "CHN")
    assert isinstance(of_pandas, pd.DataFrame)
    assert of_pandas["period_end"].dt.date.tolist() == panel["period_end"].to_list()
    assert [None if pd.isna(n) else n for n in of_pandas["n_events"]] == panel["n_events"].to_list()


WRONG: list[tuple[type[WarehouseError], Callable[[Reader], object], str]] = [
    (UnknownNameError, lambda w: w.listings("Chinna"), "'Chinna' is not an actor id: did you mean CHN"),
    (UnknownNameError, lambda w: w.timeline("Chna", "USA"), "'Chna' is not an actor id: did you mean"),
    (UnknownNameError, lambda w: w.timeline("USA.BIS", "CHN"), "'USA.BIS' is no state: what it does counts for USA"),
    (UnknownNameError, lambda w: w.listed_on("2023-11-15", columns=["nmae"]), "There is no column nmae. Did you mean name?"),
    (UnknownNameError, lambda w: w.listed_on("2023-11-15", columns=['na"me']), 'There is no column na"me.'),
    (UnknownNameError, lambda w: w.overdose(drg="all"), "There is no column drg. Did you mean drug?"),
    (UnknownNameError, lambda w: w.overdose(measure="deaths_12"), "has the measure 'deaths_12'. Did you mean deaths_12m"),
    (UnknownNameError, lambda w: w.sql("SELECT n_evens FROM marts.dyad_day"), "no column n_evens. Did you mean n_events"),
    (UnknownNameError, lambda w: w.sql("FROM marts.timelin"), "There is no table timelin. Did you mean timeline?"),
    (UnknownNameError, lambda w: w.sql("FROM listed_onn('2023-11-15')"), "no function listed_onn. Did you mean listed_on?"),
    (UnknownNameError, lambda w: w.describe("dyad_pane"), "of the name dyad_pane. Did you mean dyad_panel"),
    (WarehouseError, lambda w: w.listed_on("15 November"), "'15 November' is no date: write it as 2023-11-15."),
    (WarehouseError, lambda w: w.overdose(as_of="yesterday"), "'yesterday' is no date: write it as 2023-12-22 or 2023-12-22T15"),
    (WarehouseError, lambda w: w.dyad_panel("USA", "CHN", "hour"), "grain must be day, week, month, quarter or year, not hour"),
    (WarehouseError, lambda w: w.sql("SELEC 1"), "syntax error"),
    (WarehouseError, lambda w: w.sql(" "), "no rows"),
    (WarehouseError, lambda w: w.sql("DELETE FROM core.events"), "read-only"),
]


def test_what_cannot_be_asked_is_said_in_a_sentence_with_what_was_meant(reader: Reader) -> None:
    for kind, ask, said in WRONG:
        with pytest.raises(kind) as error:
            ask(reader)
        assert said in str(error.value)
        assert "\n" not in str(error.value)


def test_a_path_without_a_published_file_is_said_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WarehouseError, match=r"none\.duckdb does not exist: 'make demo'"):
        bilateral_warehouse.open(tmp_path / "none.duckdb")
    text = tmp_path / "text.duckdb"
    text.write_text("no database")
    with pytest.raises(WarehouseError, match=r"text\.duckdb is no published warehouse"):
        bilateral_warehouse.open(text)
    with pytest.raises(WarehouseError, match="'dask' needs dask"):
        bilateral_warehouse.open(text, frames="dask")  # type: ignore[call-overload]
    monkeypatch.setattr("duckdb.__version__", "1.4.1")
    with pytest.raises(WarehouseError, match=r"DuckDB 1\.4\.1 is too old"):
        bilateral_warehouse.open(text)
    monkeypatch.undo()
    # a file that a refresh replaces is followed
    path = a_published_file(tmp_path / "it's.duckdb", "older", 2)
    w = bilateral_warehouse.open(path)
    assert (w.publication.publication_id, w.listed_on("2023-11-15").height) == ("older", 2)
    a_published_file(tmp_path / "next.duckdb", "newer", 5).replace(path)
    assert (w.publication.publication_id, w.listed_on("2023-11-15").height) == ("newer", 5)


def test_the_file_says_what_every_column_of_a_macro_means(reader: Reader) -> None:
    assert (reader.publication.origin, repr(reader)[-9:]) == ("record", ", record>")
    listed = reader.describe("listed_on")
    assert listed["column_name"].to_list() == reader.listed_on("2023-11-15").drop("vintage_date", "vintage_age_days").columns
    (certainty,) = listed.filter(pl.col("column_name") == "certainty").rows(named=True)
    assert certainty["vocabulary"] == ["certain", "possible"]
    assert "certain: the list covers the day" in certainty["description"]
    assert {"core.events", "dyad_panel"} <= set(reader.describe()["name"])
    assert reader.describe("events").equals(reader.describe("core.events"))


def test_no_word_is_in_an_answer_that_the_vocabulary_of_its_column_lacks(reader: Reader) -> None:
    query = (
        "SELECT DISTINCT macro_name, example FROM meta.macros JOIN meta.macro_columns USING (macro_name) WHERE vocabulary <> []"
    )
    n_checked = 0
    for macro, example in reader.sql(query).rows():
        if not example.startswith("FROM "):
            example = "FROM " + example.partition("FROM ")[2].partition(" WHERE ")[0].partition(" GROUP ")[0].rstrip(";")
        given = reader.sql(example.rstrip(";"))
        columns = reader.describe(macro).filter(pl.col("vocabulary").list.len() > 0)
        for column, words in columns["column_name", "vocabulary"].rows():
            assert set(given[column].drop_nulls()) <= set(words), f"{macro}.{column}"
            n_checked += given[column].drop_nulls().len() > 0
    assert n_checked > 20


VERSIONS = (".".join(map(str, OLDEST_DUCKDB)), "1.4.4", "1.5.0")
"""The oldest that is claimed (the engine of DuckDB in a browser is that), the last of its line, and the next line."""

ASK = """
import json, sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as con:
    for name, query in json.load(sys.stdin):
        try:
            print(json.dumps([name, len(con.execute(query).fetchall())]), flush=True)
        except duckdb.Error as error:
            print(json.dumps([name, str(error)]), flush=True)
"""


def answers(python: Path | str, file: Path, queries: list[tuple[str, ...]]) -> dict[str, int | str]:
    """The number of rows of each query, or why there are none; a query that does not come back within minutes is none."""
    try:
        command = [str(python), "-c", ASK, str(file)]
        done = subprocess.run(command, input=json.dumps(queries), capture_output=True, text=True, timeout=300, check=False)
        said, wrong = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        said, wrong = (late.stdout or b"").decode(), "it did not come to an end"
    found = dict(map(json.loads, said.splitlines()))
    return {name: found.get(name, wrong) for name, _ in queries}


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: wheels of DuckDB are installed")
@pytest.mark.parametrize("version", VERSIONS)
def test_each_macro_answers_in_each_version_that_is_claimed(sample: Warehouse, tmp_path: Path, version: str) -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "v")], capture_output=True, text=True, check=False)
    python = tmp_path / "v" / "bin" / "python"
    asked = [str(python), "-m", "pip", "install", "-q", "--only-binary", ":all:", f"duckdb=={version}"]
    if made.returncode or (got := subprocess.run(asked, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"DuckDB {version} cannot be installed here: {(made.stderr or got.stderr).strip()[-200:]}")
    queries: list[tuple[str, ...]] = sample.rows("SELECT macro_name, example FROM meta.macros ORDER BY 1")
    queries += [(table, f"FROM {table} LIMIT 5") for (table,) in sample.rows("SELECT table_name FROM meta.row_counts")]
    assert len(queries) > 100
    assert answers(python, sample.file, queries) == answers(sys.executable, sample.file, queries)


def test_the_documents_claim_what_is_tried() -> None:
    claimed = f"DuckDB ({VERSIONS[0]} or newer)"
    for page in ("README.md", "docs/querying.md"):
        assert claimed in (ROOT / page).read_text(encoding="utf-8"), page


MOMENTS = ("2023-10-01", "2024-02-01")
ARGUMENTS = {"d": "DATE '2023-11-15'", "a": "'USA'", "b": "'CHN'", "grain": "'month'"}


@pytest.mark.parametrize("alias", ["article", "event"])
def test_the_moments_of_rows_are_answered_like_moments_written_out(sample: Warehouse, alias: str) -> None:
    """A macro may take its moment from a row (docs/querying.md, pitfalls)."""
    found, written = {}, [f"TIMESTAMP '{m}'" for m in MOMENTS]
    rows = ", ".join(f"({m})" for m in written)
    with duckdb.connect(str(sample.file), read_only=True) as con:
        macros = con.execute(
            """SELECT DISTINCT function_name, parameters FROM duckdb_functions()
               WHERE database_name = current_database() AND function_type = 'table_macro' AND function_name LIKE '%as_known'"""
        ).fetchall()
        for name, parameters in macros:
            call = f"{name}({', '.join(ARGUMENTS.get(p, '{moment}') for p in parameters)})"
            lateral = con.execute(
                f"""SELECT count(q) FROM (VALUES {rows}) AS {alias}(known_from),
                    LATERAL (SELECT z FROM {call.format(moment=f"{alias}.known_from")} AS z) AS q
                    GROUP BY {alias}.known_from ORDER BY {alias}.known_from"""
            ).fetchall()
            alone = [con.execute(f"SELECT count(*) FROM {call.format(moment=m)}").fetchall()[0][0] for m in written]
            found[name] = ([n for (n,) in lateral] or [0] * len(MOMENTS), alone)
    assert len(found) > 10
    assert {name: both for name, both in found.items() if both[0] != both[1]} == {}
    assert any(first < second for first, second in (both[0] for both in found.values()))
