"""'Did you mean': the names of a published file that are like one that it does not have."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipelines.util.readers import connect_for_readers, in_words

_NO_TABLE = re.compile(r'Table with name "?([\w.]+)"? does not exist')
_NO_FUNCTION = re.compile(r"(?:Table |Scalar |Aggregate )*Function with name \"?(\w+)\"? does not exist")
_NO_COLUMN = re.compile(r'Referenced column "([^"]+)" not found|does not have a column named "([^"]+)"')


def did_you_mean(name: str, known: Iterable[str], *, most: int = 3) -> str:
    """' Did you mean a, b or c?' with names like this one (a table without its schema too); empty where none is."""
    by_key: dict[str, str] = {}
    for full in known:
        by_key.setdefault(full.casefold(), full)
        by_key.setdefault(full.rpartition(".")[2].casefold(), full)
    wanted = name.casefold()
    close = difflib.get_close_matches(wanted, by_key, 2 * most, 0.7)
    close += difflib.get_close_matches(wanted.rpartition(".")[2], by_key, 2 * most, 0.7)
    close += [key for key in by_key if len(wanted) > 3 and wanted.rpartition(".")[2] in key]
    found = list(dict.fromkeys(by_key[key] for key in close))[:most]
    if not found:
        return ""
    return f" Did you mean {' or '.join([', '.join(found[:-1]), found[-1]] if len(found) > 1 else found)}?"


def tables(con: DuckDBPyConnection) -> list[str]:
    """Full names of the tables of the file."""
    query = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1"
    return [name for (name,) in con.execute(query).fetchall()]


def macros(con: DuckDBPyConnection) -> list[str]:
    """Names of the macros of the file."""
    query = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type LIKE '%macro' AND NOT internal"
    return sorted(name for (name,) in con.execute(query).fetchall())


def names_of(published: Path) -> list[str]:
    """Names of the tables and macros of a published file."""
    with connect_for_readers(published) as con:
        return [*tables(con), *macros(con)]


def sql_error(con: DuckDBPyConnection, error: duckdb.Error) -> str:
    """What DuckDB says of a query, and which table, macro or column may have been meant."""
    text = in_words(error)
    first = text.split("\nDid you mean")[0].split("\nCandidate bindings")[0].rstrip()
    if found := _NO_TABLE.search(text):
        meant = did_you_mean(found[1], [*tables(con), *macros(con)])
        return f"There is no table {found[1]}.{meant} 'bilateral describe' lists all."
    if found := _NO_FUNCTION.search(text):
        of_duckdb = "".join(f" Did you mean {name}?" for name in re.findall(r'Did you mean "([^"]+)"', text)[:1])
        close = did_you_mean(found[1], macros(con)) or of_duckdb
        return f"There is no function {found[1]}.{close} 'bilateral describe' lists the macros."
    if found := _NO_COLUMN.search(text):
        name = found[1] or found[2]
        bound = re.findall(r'"([^"]+)"', text.partition("Candidate bindings")[2])
        meant = did_you_mean(name, bound)
        query = """SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_columns()
                   WHERE column_name = ? AND schema_name IN ('core', 'marts', 'meta') ORDER BY 1"""
        if not meant and (elsewhere := [table for (table,) in con.execute(query, [name]).fetchall()]):
            meant = f" There is one in {', '.join(elsewhere[:5])}{' and others' if len(elsewhere) > 5 else ''}."
        if not meant and bound:
            meant = f" Some that are there: {', '.join(bound[:5])}."
        return f"There is no column {name} in what the query reads.{meant} 'bilateral describe TABLE' lists those of a table."
    return first if first != text and not text.startswith("There") else text
