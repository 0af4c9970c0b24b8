"""The tables of ``meta`` in a file that is being built: what there is, what it was made of, what was found of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import duckdb
import polars as pl

from assets.schema import SQL, declared
from pipelines.checks.validations import Validation
from pipelines.publish import checksum
from pipelines.publish.macros import MacroColumn, guard_of, header, meanings
from pipelines.publish.scripts import scripts
from pipelines.util.readers import reading


def insert(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Put the rows of a frame into a table, by the names of its columns."""
    con.register("_frame", frame.to_arrow())
    con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM _frame")
    con.unregister("_frame")


def insert_rows(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows into a declared table at once: one statement a row takes longer than all else that is done to them."""
    insert(con, name, pl.DataFrame(rows, schema=declared()[name].polars, orient="row"))


def make_guard(con: duckdb.DuckDBPyConnection, publication: Sequence[str]) -> str:
    """Make the function that binds the macros to this file (``pipelines.publish.macros``); return its name.

    Args:
        con: the file that is being built.
        publication: texts that no other file has together.
    """
    guard = guard_of(publication)
    con.execute(f"CREATE MACRO {guard}() AS true")
    return guard


def write_publications(con: duckdb.DuckDBPyConnection, before: Path | None) -> None:
    """Fill ``meta.publications``: those that the file before knew of, and this one with the snapshots that are new in it."""
    if before is not None:
        with reading(before) as earlier:
            known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'publications'"
            # a file of an earlier version of this program knows of none
            if earlier.execute(known).fetchall():
                insert(con, "meta.publications", earlier.sql("FROM meta.publications").pl())
    con.execute(
        """INSERT INTO meta.publications
           SELECT b.publication_id, b.built_at, b.code_fingerprint,
                  (SELECT coalesce(list(s.source || '/' || s.snapshot ORDER BY s.source, s.snapshot), []) FROM meta.snapshots AS s
                   WHERE s.verdict = 'accepted'
                     AND s.source || '/' || s.snapshot NOT IN (SELECT unnest(p.snapshots) FROM meta.publications AS p))
           FROM meta.build AS b"""
    )


def lineage() -> dict[str, tuple[str, ...]]:
    """The core tables (bare names) that each table of core and marts rests on, through other marts and through macros."""
    found = {name: {name.removeprefix("core.")} for name in declared() if name.startswith("core.")}
    for script in scripts("marts"):
        # each comes after those that it names
        found[f"marts.{script.name}"] = set().union(*(found[name] for name in script.needs if name in found))
    return {name: tuple(sorted(tables)) for name, tables in found.items()}


SAID_BY_THE_CODE = ("meta.lineage", "meta.columns", "meta.macros", "meta.macro_columns")
"""Tables that say the same in each file that this code builds, whatever the data."""


_said: dict[str, pl.DataFrame] = {}
"""Their rows, once this process has made or read them."""


def write_what_the_code_says(con: duckdb.DuckDBPyConnection, before: Path | None) -> None:
    """Fill the tables that tell what there is: as in the file before where the same code has built it, else from the file itself.

    Each macro must be planned to know its columns, which takes longer than most marts of a small warehouse.

    Args:
        con: the file that is being built.
        before: the file before; None where there is none, or another code has built it.
    """
    # what was altered since it was published would else be taken for what the code says
    if not _said and before is not None and checksum.is_as_published(before):
        with reading(before) as earlier:
            _said.update({name: earlier.sql(f"FROM {name}").pl() for name in SAID_BY_THE_CODE})
    if _said:
        for name in SAID_BY_THE_CODE:
            insert(con, name, _said[name])
        return
    _write_lineage(con)
    _write_dictionary(con)
    _write_macros(con)
    _said.update({name: con.sql(f"FROM {name}").pl() for name in SAID_BY_THE_CODE})


def _write_lineage(con: duckdb.DuckDBPyConnection) -> None:
    insert_rows(con, "meta.lineage", [(name, table) for name, tables in sorted(lineage().items()) for table in tables])


def _write_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.macros`` and ``meta.macro_columns`` from the headers of the macros and from the columns that they give."""
    made = con.execute(
        """SELECT function_name, any_value(parameters), bool_or(function_type = 'table_macro') FROM duckdb_functions()
           WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND schema_name = 'main' GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    texts = {script.name: (SQL / "macros" / f"{script.name}.sql").read_text(encoding="utf-8") for script in scripts("macros")}
    heads = {name: header(text) for name, text in texts.items()}
    types: dict[str, dict[str, str]] = {}
    macros: list[tuple[object, ...]] = []
    for name, parameters, is_table in made:
        head = heads[name]
        gives = con.execute(f"DESCRIBE {head.query(name)}").fetchall() if is_table else []
        if is_table:
            types[name] = {column[0]: column[1] for column in gives}
        macros.append(
            (
                name,
                list(parameters),
                is_table,
                head.lines[0].partition(" Result: ")[0],
                list(head.notes),
                head.result,
                [f"{column[0]} {column[1]}" for column in gives],
                head.example,
            )
        )
    insert_rows(con, "meta.macros", macros)
    tables: dict[str, dict[str, MacroColumn]] = {}
    for table, column, text, words, warnings in con.execute(
        "SELECT table_name, column_name, description, vocabulary, warnings FROM meta.columns"
    ).fetchall():
        tables.setdefault(table, {})[column] = MacroColumn(text, tuple(words), tuple(warnings))
    rows = [
        (name, column, position, types[name][column], said.description, list(said.vocabulary), list(said.warnings))
        for name, columns in meanings({name: list(columns) for name, columns in types.items()}, heads, tables).items()
        for position, (column, said) in enumerate(columns.items(), 1)
    ]
    insert_rows(con, "meta.macro_columns", rows)


def _write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.columns`` from the comments of the file itself."""
    keys = {name: d.key for name, d in declared().items()} | {f"marts.{s.name}": s.grain for s in scripts("marts")}
    con.execute("CREATE TEMP TABLE _keys (table_name VARCHAR, column_name VARCHAR)")
    con.executemany("INSERT INTO _keys VALUES (?, ?)", [(t, c) for t, columns in keys.items() for c in columns])
    warnings = {name: d.warnings for name, d in declared().items()} | {f"marts.{s.name}": s.warnings for s in scripts("marts")}
    con.execute("CREATE TEMP TABLE _words (table_name VARCHAR, column_name VARCHAR, words VARCHAR[])")
    con.executemany(
        "INSERT INTO _words VALUES (?, ?, ?)",
        [(name, c.name, list(words)) for name, d in declared().items() for c in d.columns if (words := d.vocabulary(c.name))]
        + [(f"marts.{s.name}", column, list(words)) for s in scripts("marts") for column, words in s.vocabularies.items()],
    )
    con.execute("CREATE TEMP TABLE _warnings (table_name VARCHAR, column_name VARCHAR, word VARCHAR)")
    con.executemany(
        "INSERT INTO _warnings VALUES (?, ?, ?)", [(name, w.column, w.word) for name, found in warnings.items() for w in found]
    )
    con.execute(
        """INSERT INTO meta.columns
           SELECT c.schema_name || '.' || c.table_name, c.column_name, c.column_index, c.data_type,
                  k.column_name IS NOT NULL, coalesce(c.comment, ''), coalesce(t.comment, ''),
                  (SELECT coalesce(list_sort(list(DISTINCT w.word)), []) FROM _warnings w
                   WHERE w.table_name = c.schema_name || '.' || c.table_name AND w.column_name = c.column_name),
                  (SELECT coalesce(list_sort(list(DISTINCT w.word)), []) FROM _warnings w
                   WHERE w.table_name = c.schema_name || '.' || c.table_name AND w.column_name IS NULL),
                  coalesce(v.words, [])
           FROM duckdb_columns() c
           JOIN (
               SELECT database_name, schema_name, table_name, comment FROM duckdb_tables()
               UNION ALL
               SELECT database_name, schema_name, view_name, comment FROM duckdb_views()
           ) t USING (database_name, schema_name, table_name)
           LEFT JOIN _keys k ON k.table_name = c.schema_name || '.' || c.table_name AND k.column_name = c.column_name
           LEFT JOIN _words v ON v.table_name = c.schema_name || '.' || c.table_name AND v.column_name = c.column_name
           WHERE c.schema_name IN ('core', 'marts', 'meta') AND c.database_name = current_database()
           ORDER BY 1, 3"""
    )
    con.execute("DROP TABLE _keys")
    con.execute("DROP TABLE _warnings")
    con.execute("DROP TABLE _words")


def write_newest_dates(con: duckdb.DuckDBPyConnection) -> None:
    """Note per source the newest date in its data: freshness is measured on the data, not on the download."""
    for table in declared().values():
        if table.newest is None or table.newest.source is None:
            continue
        column, source = table.newest.column, table.newest.source
        # a year is as new as its last day
        newest = f"make_date(max({column}), 12, 31)" if table.polars[column].is_integer() else f"CAST(max({column}) AS DATE)"
        con.execute(
            f"""UPDATE meta.sources SET newest_date = greatest(newest_date, n.newest)
                FROM (SELECT {source} AS source, {newest} AS newest FROM {table.name} GROUP BY 1) AS n
                WHERE n.source = sources.source"""
        )


def write_validations(con: duckdb.DuckDBPyConnection, validations: Sequence[Validation]) -> None:
    """Fill ``meta.validations``."""
    names = [f.name for f in fields(Validation)]
    schema = declared()["meta.validations"].polars
    insert(con, "meta.validations", pl.DataFrame([astuple(v) for v in validations], {n: schema[n] for n in names}, orient="row"))
