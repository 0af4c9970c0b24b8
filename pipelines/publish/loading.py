"""How rows of the core come into a warehouse file: sorted, and where a table is large, in runs that fit into memory.

A table whose declaration says ``-- runs of: known_from`` is sorted within runs of some hundred thousand rows that became known
one after the other. To sort all events at once takes more than their number in time and memory. A question for one pair reads a
row group or two of each run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb

from assets.schema import Table

RUN_ROWS = 400_000
"""Rows of a run: two days of GDELT. A run of whole days has more where one day has."""


def load(
    con: duckdb.DuckDBPyConnection, table: Table, files: Sequence[Path], most: int = RUN_ROWS, rows: str | None = None
) -> None:
    """Put the rows of Parquet files behind those that a table holds.

    Args:
        con: the warehouse file, open for writing.
        table: the declared table.
        files: Parquet files with its columns; none is allowed.
        most: rows of a run.
        rows: what a table in runs takes of its files, where not all (``pipelines.publish.single_events``).
    """
    if not files:
        return
    paths = [str(path) for path in files]
    order = ", ".join(f'"{column}"' for column in table.order)
    insert = f"INSERT INTO {table.name} BY NAME"
    if table.in_runs_of is None:
        con.execute(f"{insert} SELECT * FROM read_parquet(?) ORDER BY {order}", [paths])
        return
    days = con.execute(
        f'SELECT CAST("{table.in_runs_of}" AS DATE) AS day, count(*) FROM read_parquet(?) GROUP BY day ORDER BY day', [paths]
    ).fetchall()
    # the last instant of a day belongs to it, whatever its fraction of a second
    within = f'"{table.in_runs_of}" >= CAST($first AS DATE) AND "{table.in_runs_of}" < CAST($last AS DATE) + 1'
    taken = rows or f"SELECT * FROM read_parquet($files) WHERE {within}"
    for first, last in runs(days, most):
        con.execute(f"{insert} {taken} ORDER BY {order}", {"files": paths, "first": first, "last": last})


T = TypeVar("T", date, str)


def runs(days: Sequence[tuple[T, int]], most: int = RUN_ROWS) -> Iterator[tuple[T, T]]:
    """Put days (or other values) together so that each run has at most ``most`` rows, or is one day.

    Args:
        days: days with rows, ascending, and how many rows.
        most: rows of a run.

    Yields:
        The first and the last day of each run.
    """
    first: T | None = None
    last: T | None = None
    held = 0
    for day, n_rows in days:
        if first is not None and last is not None and held + n_rows > most:
            yield first, last
            first, held = None, 0
        first, last, held = first or day, day, held + n_rows
    if first is not None and last is not None:
        yield first, last
