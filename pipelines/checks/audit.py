"""What is expected of tables, checked in a DuckDB file as SQL: the verdicts of Great Expectations in a tenth of the time.

All conditions on single rows of a table are checked in one scan, and every other expectation in one query.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType

import duckdb

from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import MOST_ROWS, Limits, Validation, by_table, outcome
from pipelines.util.readers import reading

log = logging.getLogger(__name__)


def validate(database: Path, expectations: Sequence[Expectation], limits: Limits = MappingProxyType({})) -> list[Validation]:
    """Check a closed DuckDB file: one Validation each, in order; one that raised is an ``error``. ``limits``: of DuckDB."""
    with reading(database, limits) as con:
        outcomes = {(v.table_name, v.expectation): v for mine in by_table(expectations) for v in _of_table(con, mine)}
    return [outcomes[e.table, e.name] for e in expectations]


def _of_table(con: duckdb.DuckDBPyConnection, mine: Sequence[Expectation]) -> Iterator[Validation]:
    together = [e for e in mine if e.where]
    counts: dict[str, tuple[int, int]] = {}
    if len(together) > 1:
        filters = ", ".join(f"count(*) FILTER (WHERE {e.where})" for e in together)
        try:
            n_rows, *offending = _row(con, f"SELECT count(*), {filters} FROM {mine[0].table}")
            counts = {e.name: (n_rows, n) for e, n in zip(together, offending, strict=True)}
        except duckdb.Error as fault:
            _raise_if_interrupted(fault)  # else one of them cannot be asked: each is, by itself
    for e in mine:
        try:
            n_rows, n = counts.get(e.name) or _counted(con, e)
        except duckdb.Error as fault:
            _raise_if_interrupted(fault)
            log.exception("checking %s %s", e.table, e.name)
            yield outcome(e, "error", f"{type(fault).__name__}: {fault}")
            continue
        observed: object = {"element_count": n_rows, "unexpected_count": n} if e.columns else n
        yield outcome(e, "failed" if n else "passed", observed, n, _offending(con, e) if n else None)


def _counted(con: duckdb.DuckDBPyConnection, e: Expectation) -> tuple[int, ...]:
    """The rows of the table (0 where a query is all there is) and how many offend."""
    if e.where:
        return _row(con, f"SELECT count(*), count(*) FILTER (WHERE {e.where}) FROM {e.table}")
    if e.query:
        return _row(con, f"SELECT 0, count(*) FROM ({e.query}\n) AS broken")
    names = _names(e)
    # hashes of all keys take a fraction of the memory of the keys, which may be addresses
    n_rows, n_hashes = _row(con, f"SELECT count(*), count(DISTINCT hash({names})) FROM {e.table}")
    if n_rows == n_hashes:
        return n_rows, 0
    # one pass over the groups: to mark each row of a large table costs more
    return n_rows, *_row(
        con,
        f"SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT count(*) AS n FROM {e.table} WHERE {_is_whole(e)} GROUP BY {names}) "
        "WHERE n > 1",
    )


def _names(e: Expectation) -> str:
    return ", ".join(f'"{c}"' for c in e.columns)


def _is_whole(e: Expectation) -> str:
    """The condition that no column of a key is missing: as in Great Expectations, a missing value equals no other."""
    return " AND ".join(f'"{c}" IS NOT NULL' for c in e.columns)


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(con.execute(query).fetchall()[0])


def _raise_if_interrupted(fault: duckdb.Error) -> None:
    """A query that was ended by a signal says nothing of the data."""
    if isinstance(fault, duckdb.InterruptException):
        raise fault


def _offending(con: duckdb.DuckDBPyConnection, e: Expectation) -> str | None:
    """The first rows, or values of the one column, that offend, as JSON."""
    names = _names(e)
    if not e.columns:
        query = e.query
    elif e.query:
        query = f"SELECT {names} FROM ({e.query})"
    else:
        query = f"SELECT {names} FROM {e.table} WHERE {_is_whole(e)} QUALIFY count(*) OVER (PARTITION BY {names}) > 1"
    try:
        result = con.execute(query)
        columns = [d[0] for d in result.description or []]
        rows = result.fetchmany(MOST_ROWS)
    except Exception:
        # that it failed is known: the rows are for whoever looks into it
        log.exception("showing the rows of %s %s", e.table, e.name)
        return None
    shown = [row[0] if len(e.columns) == 1 else dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(shown, default=str)
