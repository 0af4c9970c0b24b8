"""``bilateral describe``: the data dictionary, from the published file itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assets.errors import BilateralError
from pipelines.cli.terminal import cell, fold, styled, width_of
from pipelines.util.readers import connect_for_readers
from pipelines.util.suggest import did_you_mean, macros, tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings

_MOST_VALUES = 40
"""Most different values of a column that are listed with their number of rows."""


def describe(settings: Settings, name: str | None) -> int:
    """Print all tables and macros, or one of them, or a column (``core.events.modality``, ``listed_on.certainty``)."""
    with connect_for_readers(settings.published) as con:
        if name is None:
            _all(con)
        elif not (_table(con, name) or _macro(con, name.partition("(")[0]) or _column(con, name)):
            meant = did_you_mean(name.partition("(")[0], [*tables(con), *macros(con)])
            raise BilateralError(f"There is no table and no macro {name}.{meant} 'bilateral describe' lists all.")
    return 0


def _say(text: str, indent: str = "") -> None:
    if text:
        print(fold(text, width_of(sys.stdout), indent))


def _all(con: DuckDBPyConnection) -> None:
    rows = con.execute(
        """SELECT table_name, n_rows, any_value(table_description)
           FROM meta.columns LEFT JOIN meta.row_counts USING (table_name) GROUP BY ALL ORDER BY table_name"""
    ).fetchall()
    for name, n, text in rows:
        print(f"{styled(name, 'bold')}  ({'' if n is None else f'{n:,} rows'})")
        _say(text, "    ")
    for name, parameters, text in _made(con):
        print(f"{styled(_call(name, parameters), 'bold')}  (macro)")
        _say(text or "", "    ")


def _call(name: str, parameters: Sequence[str]) -> str:
    return f"{name}({', '.join(parameters)})"


def _made(con: DuckDBPyConnection) -> list[tuple[str, list[str], str | None]]:
    return con.execute(
        """SELECT DISTINCT function_name, parameters, comment FROM duckdb_functions()
           WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND schema_name = 'main' ORDER BY 1"""
    ).fetchall()


def _has(con: DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether the file has a column that files published earlier lack."""
    query = "SELECT 1 FROM duckdb_columns() WHERE schema_name || '.' || table_name = ? AND column_name = ?"
    return bool(con.execute(query, [table, column]).fetchall())


def _table(con: DuckDBPyConnection, name: str) -> bool:
    words = "vocabulary" if _has(con, "meta.columns", "vocabulary") else "[]"
    rows = con.execute(
        f"""SELECT table_name, column_name, type, is_key, description, table_description, {words} FROM meta.columns
            WHERE table_name = $name OR split_part(table_name, '.', 2) = $name ORDER BY table_name, position""",
        {"name": name},
    ).fetchall()
    for table, columns in groupby(rows, key=lambda row: row[0]):
        mine = list(columns)
        print(styled(table, "bold"))
        _say(mine[0][5], "    ")
        for row in mine:
            _one_column(row[1:])
        if table.startswith("core."):
            _sources(con, table.removeprefix("core."))
    return bool(rows)


def _one_column(row: Sequence[Any]) -> None:
    column, kind, is_key, text, _, words = row
    print(f"  {styled(column, 'bold')}  {kind}{'  key' if is_key else ''}")
    _say(text, "      ")
    if words:
        _say(f"One of: {', '.join(words)}.", "      ")


def _columns_of_macro(con: DuckDBPyConnection, macro: str) -> list[tuple[str, str, str, list[str]]]:
    """Name, type, meaning and vocabulary of what a macro gives; none in a file that was published earlier."""
    if not _has(con, "meta.macro_columns", "vocabulary"):
        return []
    query = "SELECT column_name, type, description, vocabulary FROM meta.macro_columns WHERE macro_name = ? ORDER BY position"
    return con.execute(query, [macro]).fetchall()


def _column(con: DuckDBPyConnection, name: str) -> bool:
    """Print one column of a table, with its values where they are few, or of a macro; false where there is no such column."""
    table, _, column = name.rpartition(".")
    words = "vocabulary" if _has(con, "meta.columns", "vocabulary") else "[]"
    rows = con.execute(
        f"""SELECT table_name, column_name, type, is_key, description, table_description, {words} FROM meta.columns
            WHERE column_name = $column AND (table_name = $table OR split_part(table_name, '.', 2) = $table) ORDER BY 1""",
        {"table": table, "column": column},
    ).fetchall()
    for found, *row in rows:
        print(styled(found, "bold"))
        _one_column(row)
        if row[1] in ("VARCHAR", "BOOLEAN"):
            _values(con, found, column)
    given = [row for row in _columns_of_macro(con, table) if row[0] == column]
    for _, kind, meaning, vocabulary in given:
        print(styled(table, "bold") + "  (macro)")
        _one_column((column, kind, False, meaning, "", vocabulary))
    return bool(rows or given)


def _values(con: DuckDBPyConnection, table: str, column: str) -> None:
    # both names are those of the dictionary, not what was typed
    query = f'SELECT "{column}", count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_VALUES + 1}'
    counts = con.execute(query).fetchall()
    if counts and len(counts) <= _MOST_VALUES:
        _say("In this file: " + ", ".join(f"{cell(value)} {n:,}" for value, n in counts) + ".", "      ")


def _sources(con: DuckDBPyConnection, table: str) -> None:
    if not _has(con, "meta.sources", "tables"):
        return
    for row in con.execute(
        "SELECT source, title, publisher, licence, citation FROM meta.sources WHERE list_contains(tables, ?) ORDER BY source",
        [table],
    ).fetchall():
        _say("source {}: {} ({}). Licence: {}. Cite: {}".format(*row), "  ")


def _macro(con: DuckDBPyConnection, name: str) -> bool:
    """Print a macro with its parameters, what it gives and an example; false where there is none of that name."""
    found = [made for made in _made(con) if made[0] == name]
    for macro, parameters, text in found:
        print(f"{styled(_call(macro, parameters), 'bold')}  (macro)")
        if not _has(con, "meta.macros", "macro_name"):
            _say(text or "", "    ")
            continue
        ((description, notes, result, columns, example),) = con.execute(
            "SELECT description, notes, result, columns, example FROM meta.macros WHERE macro_name = ?", [macro]
        ).fetchall()
        _say(description, "    ")
        for note in notes:
            _say(note, "  ")
        _say(f"gives: {result}", "  ")
        if columns:
            print("  columns:")
            for column, kind, meaning, vocabulary in _columns_of_macro(con, macro) or [(c, "", "", []) for c in columns]:
                _one_column((column, kind, False, meaning, "", vocabulary))
        print("  example:")
        _say(example, "    ")
    return bool(found)
