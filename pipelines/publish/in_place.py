"""A copy of the published file, in which a build changes only what is made of something else than before.

The file that readers hold is never changed: it is copied, the copy is changed, and takes its place when it has passed.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import duckdb

from assets.schema import Table, declared
from pipelines.readers import reading

MOST_FREE = 0.25
"""Share of a file that may lie free, since tables were written anew in it, before all is written to a new file."""


def copied(before: Path, target: Path) -> bool:
    """Copy the published file to ``target``; False where too much of it lies free."""
    with reading(before) as con:
        n_blocks, n_free = con.execute("SELECT total_blocks, free_blocks FROM pragma_database_size()").fetchall()[0]
    if n_free > n_blocks * MOST_FREE:
        return False
    shutil.copyfile(before, target)
    return True


def make_declared(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make a declared table, with its comments and without its constraints (they are expectations: an index costs more)."""
    packed = {name: f" USING COMPRESSION {how}" for name, how in table.packed.items()}
    columns = ", ".join(f'"{c.name}" {c.type}{packed.get(c.name, "")}' for c in table.columns)
    con.execute(f"CREATE TABLE {table.name} ({columns})")
    _comment(con, "TABLE", table.name, table.comment)
    for column in table.columns:
        _comment(con, "COLUMN", f'{table.name}."{column.name}"', column.comment)


def _comment(con: duckdb.DuckDBPyConnection, what: str, name: str, text: str) -> None:
    quoted = text.replace("'", "''")
    con.execute(f"COMMENT ON {what} {name} IS '{quoted}'")


def clear(con: duckdb.DuckDBPyConnection, kept: Collection[str], marts: Collection[str]) -> None:
    """Take out of a copy what is made anew: declared tables but ``kept``, ``marts``, and the function that binds its macros.

    The room of these is free for what is written next: else the file would grow by it.
    """
    con.execute("BEGIN")
    for name in marts:
        con.execute(f"DROP TABLE {name}")
    for table in declared().values():
        if table.name not in kept:
            con.execute(f"DROP TABLE {table.name}")
            make_declared(con, table)
    guards = con.execute(
        """SELECT function_name FROM duckdb_functions()
           WHERE database_name = current_database() AND schema_name = 'meta' AND function_type = 'macro'"""
    ).fetchall()
    for (name,) in guards:
        con.execute(f'DROP MACRO meta."{name}"')
    con.execute("COMMIT")
    con.execute("CHECKPOINT")
