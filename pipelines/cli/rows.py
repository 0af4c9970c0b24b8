"""Rows of an answer as a table, CSV or JSON on standard output."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from pipelines.cli.answers import tell
from pipelines.cli.terminal import is_terminal, width_of, write_table

if TYPE_CHECKING:
    import duckdb

ROWS_ON_A_TERMINAL = 1_000
"""Rows of a table that a terminal shows where no number is asked for."""


def write_answer(cursor: duckdb.DuckDBPyConnection, form: str, limit: int | None, width: int | None = None) -> int:
    """Write the rows of a cursor; that there are more than were written is said on standard error.

    Args:
        cursor: what a query was executed on.
        form: table, csv or json.
        width: columns that a line of a table may have where there is no terminal; None: as many as it needs.
        limit: most rows; 0: all; None: all, but ``ROWS_ON_A_TERMINAL`` of a table on a terminal.

    Returns:
        The number of rows written.
    """
    if cursor.description is None:
        return 0
    names = [d[0] for d in cursor.description]
    if limit is None and form == "table" and is_terminal(sys.stdout):
        limit = ROWS_ON_A_TERMINAL
    rows = _Counted(_fetched(cursor), limit or None)
    if form == "table":
        write_table(names, rows, sys.stdout, width=width_of(sys.stdout) or width)
    else:
        write_rows(names, rows, form, sys.stdout)
    sys.stdout.flush()
    if rows.has_more:
        tell(f"the first {rows.n:,} rows; there are more: --limit 0 gives all of them, --format csv > FILE keeps them")
    return rows.n


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(10_000):
        yield from rows


class _Counted:
    """Rows up to a limit, their number, and whether there are more."""

    def __init__(self, rows: Iterator[tuple[Any, ...]], limit: int | None) -> None:
        self._rows, self._limit = rows, limit
        self.n = 0
        self.has_more = False

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            if self.n == self._limit:
                self.has_more = True
                return
            self.n += 1
            yield row


def write_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], form: str, out: IO[str]) -> None:
    """Rows as CSV, or as one JSON array of objects."""
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(["" if v is None else _plain(v) for v in row] for row in rows)
        return
    out.write("[")
    is_first = True
    for row in rows:
        out.write("\n" if is_first else ",\n")
        is_first = False
        json.dump(dict(zip(names, map(_plain, row), strict=True)), out, ensure_ascii=False)
    out.write("]\n" if is_first else "\n]\n")


def _plain(value: Any) -> Any:
    """A value as JSON has it: dates and times as ISO text, whole decimals as integers, what is not finite as null."""
    match value:
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(v) for v in value]
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)
