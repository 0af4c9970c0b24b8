"""``bilateral describe``: the data dictionary, from the published file itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument

from assets.errors import BilateralError
from pipelines.cli.app import command, read_settings
from pipelines.cli.terminal import cell, say, styled

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_VALUES = 40
"""Most different values of a column that are listed with their number of rows."""


def _tables_and_macros(incomplete: str) -> list[str]:
    """Names of the published file that begin so; none where there is no file: a completion must not fail."""
    from pipelines.util.suggest import names_of

    try:
        return [name for name in names_of(read_settings().published) if incomplete in name]
    except Exception:
        return []


@command(
    ("bilateral describe", "all tables and macros"),
    ("bilateral describe dyad_day", "columns with units, warnings and vocabularies"),
    ("bilateral describe listed_on", "what a macro takes and gives, each column with its meaning, with an example"),
)
def describe(
    table: Annotated[
        str | None,
        Argument(
            metavar="TABLE",
            help="A table or macro: core.events, dyad_day, listed_on, ... Without it all.",
            show_default=False,
            autocompletion=_tables_and_macros,
        ),
    ] = None,
) -> int:
    """Tables, columns, units, warnings, vocabularies, sources; parameters, result and an example of a macro.

    TABLE.COLUMN gives the values of a column in the file, MACRO.COLUMN what a column of a macro means.
    """
    settings = read_settings()
    from pipelines.util.readers import connect_for_readers
    from pipelines.util.suggest import did_you_mean, macros, tables

    with connect_for_readers(settings.published) as con:
        if table is None:
            _all(con)
        elif not (_table(con, table) or _macro(con, table.partition("(")[0]) or _column(con, table)):
            meant = did_you_mean(table.partition("(")[0], [*tables(con), *macros(con)])
            raise BilateralError(f"There is no table and no macro {table}.{meant} 'bilateral describe' lists all.")
    return 0


def _all(con: DuckDBPyConnection) -> None:
    rows = con.execute(
        """SELECT table_name, n_rows, any_value(table_description)
           FROM meta.columns LEFT JOIN meta.row_counts USING (table_name) GROUP BY ALL ORDER BY table_name"""
    ).fetchall()
    for name, n, text in rows:
        print(f"{styled(name, 'bold')}  ({'' if n is None else f'{n:,} rows'})")
        say(text, "    ")
    for call, text in _macros(con):
        print(f"{styled(call, 'bold')}  (macro)")
        say(text, "    ")


def _macros(con: DuckDBPyConnection) -> list[tuple[str, str | None]]:
    """Name and parameters of each macro as it is called, and its comment."""
    return con.execute(
        """SELECT DISTINCT function_name || '(' || array_to_string(parameters, ', ') || ')', comment FROM duckdb_functions()
           WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND schema_name = 'main' ORDER BY 1"""
    ).fetchall()


def _columns(con: DuckDBPyConnection, table: str, column: str | None = None) -> list[tuple[Any, ...]]:
    """Table, column, type, key, vocabulary, meaning of the column and of the table: of all columns of a table, or of one."""
    return con.execute(
        """SELECT table_name, column_name, type, is_key, vocabulary, description, table_description FROM meta.columns
           WHERE (table_name = $table OR split_part(table_name, '.', 2) = $table) AND column_name = coalesce($column, column_name)
           ORDER BY table_name, position""",
        {"table": table, "column": column},
    ).fetchall()


def _columns_of_macro(con: DuckDBPyConnection, macro: str) -> list[tuple[Any, ...]]:
    """Name, type, key, vocabulary and meaning of what a macro gives."""
    query = (
        "SELECT column_name, type, false, vocabulary, description FROM meta.macro_columns WHERE macro_name = ? ORDER BY position"
    )
    return con.execute(query, [macro]).fetchall()


def _print_column(column: str, kind: str, is_key: bool, vocabulary: Sequence[str], text: str) -> None:
    print(f"  {styled(column, 'bold')}  {kind}{'  key' if is_key else ''}")
    say(text, "      ")
    if vocabulary:
        say(f"One of: {', '.join(vocabulary)}.", "      ")


def _table(con: DuckDBPyConnection, name: str) -> bool:
    """Print the tables of a name with their columns and sources; false where there is none."""
    rows = _columns(con, name)
    for table, columns in groupby(rows, key=lambda row: row[0]):
        print(styled(table, "bold"))
        for number, (_, *column, text) in enumerate(columns):
            say("" if number else text, "    ")
            _print_column(*column)
        query = (
            "SELECT source, title, publisher, licence, citation FROM meta.sources WHERE list_contains(tables, ?) ORDER BY source"
        )
        for row in con.execute(query, [table.removeprefix("core.")]).fetchall() if table.startswith("core.") else ():
            say("source {}: {} ({}). Licence: {}. Cite: {}".format(*row), "  ")
    return bool(rows)


def _column(con: DuckDBPyConnection, name: str) -> bool:
    """Print one column of a table, with its values where they are few, or of a macro; false where there is no such column."""
    table, _, column = name.rpartition(".")
    rows = _columns(con, table, column)
    for found, *declared, _ in rows:
        print(styled(found, "bold"))
        _print_column(*declared)
        if declared[1] in ("VARCHAR", "BOOLEAN"):
            # both names are those of the dictionary, not what was typed
            query = f'SELECT "{column}", count(*) FROM {found} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_VALUES + 1}'
            counts = con.execute(query).fetchall()
            if counts and len(counts) <= _MOST_VALUES:
                say("In this file: " + ", ".join(f"{cell(value)} {n:,}" for value, n in counts) + ".", "      ")
    given = [row for row in _columns_of_macro(con, table) if row[0] == column]
    for row in given:
        print(styled(table, "bold") + "  (macro)")
        _print_column(*row)
    return bool(rows or given)


def _macro(con: DuckDBPyConnection, name: str) -> bool:
    """Print a macro with its parameters, what it gives and an example; false where there is none of that name."""
    found = [call for call, _ in _macros(con) if call.startswith(f"{name}(")]
    for call in found:
        print(f"{styled(call, 'bold')}  (macro)")
        ((description, notes, result, columns, example),) = con.execute(
            "SELECT description, notes, result, columns, example FROM meta.macros WHERE macro_name = ?", [name]
        ).fetchall()
        say(description, "    ")
        for note in notes:
            say(note, "  ")
        say(f"gives: {result}", "  ")
        if columns:
            print("  columns:")
            for row in _columns_of_macro(con, name):
                _print_column(*row)
        print("  example:")
        say(example, "    ")
    return bool(found)
