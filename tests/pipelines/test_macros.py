"""Macros never answer from another file than their own; the data dictionary and their comments are what the SQL says."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.schema import SQL, declared
from pipelines.publish import macros
from pipelines.publish.macros import bound, guard_of, header
from pipelines.publish.scripts import scripts
from tests.pipelines import table_docs as dictionary
from tests.pipelines.examples import a_published_file

REFUSED = "these macros read the database in use: say use and the name of their own database first"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    return {name: a_published_file(folder / f"{name}.duckdb", name, n) for name, n in (("older", 2), ("newer", 5))}


@pytest.fixture
def con(files: dict[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both files attached to a database of the user's own."""
    with duckdb.connect() as opened:
        for name, path in files.items():
            opened.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        yield opened


def count(con: duckdb.DuckDBPyConnection, macro: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {macro}(DATE '2023-11-15')").fetchall()[0][0])


def test_a_macro_answers_from_its_own_file_in_use_and_is_refused_otherwise(con: duckdb.DuckDBPyConnection) -> None:
    for in_use, other, n in (("older", "newer", 2), ("newer", "older", 5)):
        con.execute(f"USE {in_use}")
        assert (count(con, "listed_on"), count(con, f"{in_use}.listed_on")) == (n, n)
        with pytest.raises(duckdb.CatalogException, match=REFUSED):
            count(con, f"{other}.listed_on")
    plan = con.execute("EXPLAIN FROM listed_on(DATE '2023-11-15')").fetchall()[0][1]
    assert ("publication" in plan, "CASE" in plan) == (False, False), "the guard costs nothing"
    con.execute("USE memory")
    with pytest.raises(duckdb.CatalogException):
        count(con, "older.listed_on")
    con.execute("CREATE SCHEMA core; CREATE TABLE core.overdose_observations AS FROM older.core.overdose_observations")
    with pytest.raises(duckdb.CatalogException, match=REFUSED):
        con.execute("SELECT count(*) FROM newer.overdose_latest()")
    # one made of other macros lacks these first
    with pytest.raises(duckdb.CatalogException):
        count(con, "newer.listed_on")


def test_every_macro_that_reads_is_bound(con: duckdb.DuckDBPyConnection) -> None:
    texts = {s.name: s.text for s in scripts("macros") if s.needs}
    assert len(texts) > 20
    # what a macro that takes a table is given
    panel = "SELECT 'USA' AS source_id, 'CHN' AS target_id, DATE '2023-11-15' AS date"
    con.execute(f"CREATE TEMP TABLE panel AS {panel}")
    con.execute("CREATE TEMP TABLE cases AS SELECT 'a' AS case_id, date AS from_date, NULL::DATE AS to_date, * FROM panel")
    con.execute("USE older")
    for name, text in texts.items():
        call = header(text).call(name)
        with pytest.raises(duckdb.CatalogException) as refusal:
            con.execute(f"FROM newer.{call}" if " AS TABLE" in text else f"SELECT newer.{call}")
        assert REFUSED in str(refusal.value), name


def test_two_publications_have_two_guards_and_two_macros_in_a_file_none() -> None:
    assert guard_of(["run", "2024-01-01"]) == guard_of(["run", "2024-01-01"]) != guard_of(["run", "2024-01-02"])
    one = "CREATE OR REPLACE MACRO f(x) AS x;\nCOMMENT ON MACRO f IS 'F.';\n"
    assert bound(one, "g") == "CREATE OR REPLACE MACRO f(x) AS CASE WHEN g() THEN (x\n) END;\nCOMMENT ON MACRO f IS 'F.';\n"
    for text in (one + one, "CREATE OR REPLACE MACRO f(x) AS x;\n"):
        with pytest.raises(ValueError, match="expected one macro"):
            bound(text, "g")


def test_the_file_says_what_a_macro_takes_and_gives_and_which_words_a_column_holds(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = con.execute(
        "SELECT parameters, is_table, columns[:2], notes, result, example FROM older.meta.macros WHERE macro_name = 'listed_on'"
    ).fetchall()
    assert row[:3] == (["d"], True, ["listing_id VARCHAR", "list_id VARCHAR"])
    assert row[3] == ["d: the day (DATE or text), in the authority's time zone."]
    assert row[4].startswith("the columns of core.sanction_listings")
    assert "FROM listed_on(DATE '2023-11-15')" in row[5]
    n_macros = con.execute(
        "SELECT count(DISTINCT function_name) FROM duckdb_functions() WHERE database_name = 'older' AND schema_name = 'main'"
    ).fetchall()
    assert con.execute("SELECT count(*) FROM older.meta.macros").fetchall() == n_macros
    query = "SELECT vocabulary FROM older.meta.columns WHERE table_name = 'core.events' AND column_name = 'modality'"
    ((words,),) = con.execute(query).fetchall()
    assert "past" in words
    assert set(words) == set(declared()["core.events"].vocabulary("modality"))


def test_the_written_dictionary_and_the_comment_of_each_macro_are_what_the_sql_says() -> None:
    pages = [dictionary.INDEX, *dictionary.PAGES.glob("*.md")]
    written = {page: page.read_text(encoding="utf-8") for page in pages}
    assert written == dictionary.dictionary(), f"docs/tables is out of date; renew it with: {dictionary.COMMAND}"
    for path in (SQL / "macros").glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        found = re.search(rf"^COMMENT ON MACRO (?:TABLE )?{path.stem} IS '(.+)';$", text, re.MULTILINE)
        said = None if found is None else found[1].replace("''", "'")
        assert said == header(text).first_sentence, f"{path.name}: end it with COMMENT ON MACRO ... IS '<first sentence>';"


def heads(**texts: str) -> dict[str, macros.Header]:
    body = "-- Example: FROM {0}();\nCREATE OR REPLACE MACRO {0}() AS TABLE SELECT 1;"
    return {name: header(f"-- It is.\n{text}\n{body.format(name)}") for name, text in texts.items()}


def test_a_column_of_a_macro_means_what_its_header_says_or_what_it_means_where_it_comes_from_else_the_build_stops() -> None:
    headers = heads(
        a="-- Result: the columns of core.t, then n, word.\n-- Column n: Number of\n-- things.\n-- Column word (x, y): A word.",
        b="-- Result: rows.\n-- As in: a",
    )
    assert headers["a"].lines == ("It is.", "Result: the columns of core.t, then n, word.")
    tables = {"core.t": {"id": macros.MacroColumn("The id."), "n": macros.MacroColumn("Another.")}}
    found = macros.meanings({"a": ["id", "n", "word"], "b": ["word", "id"]}, headers, tables)
    said = {column: given.description for column, given in found["a"].items()}
    assert said == {"id": "The id.", "n": "Number of things.", "word": "A word."}
    assert [(column, given.vocabulary) for column, given in found["b"].items()] == [("word", ("x", "y")), ("id", ())]
    for head, says in (
        ("-- Result: rows.", "a.sql: say what n means"),
        ("-- Result: rows.\n-- Column n: N.\n-- Column m: M.", "a.sql: there is no column m in what it gives"),
        ("-- Result: rows.\n-- As in: core.u", "core.u, which is no table and no macro"),
    ):
        with pytest.raises(ValueError, match=says):
            macros.meanings({"a": ["n"]}, heads(a=head), {})
