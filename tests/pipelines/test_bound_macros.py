"""Macros never answer from another file than their own."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.schema import declared
from pipelines.publish.macros import bound, guard_of, header
from pipelines.publish.scripts import scripts
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


def test_in_the_database_in_use_each_macro_answers_from_its_own_file_and_none_of_another(con: duckdb.DuckDBPyConnection) -> None:
    for in_use, other, n in (("older", "newer", 2), ("newer", "older", 5)):
        con.execute(f"USE {in_use}")
        assert (count(con, "listed_on"), count(con, f"{in_use}.listed_on")) == (n, n)
        with pytest.raises(duckdb.CatalogException, match=REFUSED):
            count(con, f"{other}.listed_on")
    plan = con.execute("EXPLAIN FROM listed_on(DATE '2023-11-15')").fetchall()[0][1]
    assert ("publication" in plan, "CASE" in plan) == (False, False), "the guard costs nothing"


def test_a_macro_is_refused_without_use_and_where_the_user_has_tables_of_the_same_names(con: duckdb.DuckDBPyConnection) -> None:
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
    con.execute("CREATE TEMP TABLE panel AS SELECT 'USA' AS source_id, 'CHN' AS target_id, DATE '2023-11-15' AS date")
    con.execute(
        "CREATE TEMP TABLE cases AS SELECT 'a' AS case_id, DATE '2023-11-15' AS from_date, NULL::DATE AS to_date, * FROM panel"
    )
    con.execute("USE older")
    refusals = {}
    for name, text in texts.items():
        call = header(text).call(name)
        asks = f"FROM newer.{call}" if " AS TABLE" in text else f"SELECT newer.{call}"
        with pytest.raises(duckdb.CatalogException) as refusal:
            con.execute(asks)
        refusals[name] = str(refusal.value)
    assert [name for name, text in refusals.items() if REFUSED not in text] == []


def test_two_publications_have_two_guards_and_two_macros_in_a_file_none() -> None:
    assert guard_of(["run", "2024-01-01"]) == guard_of(["run", "2024-01-01"]) != guard_of(["run", "2024-01-02"])
    one = "CREATE OR REPLACE MACRO f(x) AS x;\nCOMMENT ON MACRO f IS 'F.';\n"
    assert bound(one, "g") == "CREATE OR REPLACE MACRO f(x) AS CASE WHEN g() THEN (x\n) END;\nCOMMENT ON MACRO f IS 'F.';\n"
    for text in (one + one, "CREATE OR REPLACE MACRO f(x) AS x;\n"):
        with pytest.raises(ValueError, match="expected one macro"):
            bound(text, "g")


def test_the_file_says_what_a_macro_takes_and_gives_and_which_words_a_column_holds(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = con.execute(
        "SELECT parameters, is_table, notes, result, columns[:2], example FROM older.meta.macros WHERE macro_name = 'listed_on'"
    ).fetchall()
    parameters, is_table, notes, result, columns, example = row
    assert (parameters, is_table, columns) == (["d"], True, ["listing_id VARCHAR", "list_id VARCHAR"])
    assert notes == ["d: the day (DATE or text), in the authority's time zone."]
    assert result.startswith("the columns of core.sanction_listings")
    assert "FROM listed_on(DATE '2023-11-15')" in example
    n_macros = con.execute(
        "SELECT count(DISTINCT function_name) FROM duckdb_functions() WHERE database_name = 'older' AND schema_name = 'main'"
    ).fetchall()
    assert con.execute("SELECT count(*) FROM older.meta.macros").fetchall() == n_macros
    query = "SELECT vocabulary FROM older.meta.columns WHERE table_name = 'core.events' AND column_name = 'modality'"
    assert set(con.execute(query).fetchall()[0][0]) == set(declared()["core.events"].vocabulary("modality"))
    assert "past" in con.execute(query).fetchall()[0][0]
