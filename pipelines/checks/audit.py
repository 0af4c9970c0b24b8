"""What is expected of tables, checked in a DuckDB file as SQL: the verdicts of Great Expectations in a tenth of the time.

Its engine asks each expectation in several queries and adds more time than they take; here all conditions on single rows of a
table are checked in one scan, and every other expectation in one query.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

import duckdb

from assets.schema import declared
from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import MOST_ROWS, Limits, Validation, by_table, not_run, now, of_tables
from pipelines.util import parallel, progress
from pipelines.util.readers import reading

log = logging.getLogger(__name__)


def validate(database: Path, expectations: Sequence[Expectation], limits: Limits = MappingProxyType({})) -> list[Validation]:
    """Ask what is expected of a DuckDB file.

    Args:
        database: closed DuckDB file with the tables (or views) that the expectations name.
        expectations: what to ask.
        limits: configuration of DuckDB (``memory_limit``, ``threads``); without it DuckDB takes most of the machine.

    Returns:
        One Validation per expectation, in the order given. An expectation that raised is an ``error``, not a failure.
    """
    with reading(database, limits) as con:
        found = _of_tables(con, expectations, int(limits.get("threads", 1)))
        outcomes = {(v.table_name, v.expectation): v for of_table in found for v in of_table}
    return [outcomes[e.table, e.name] for e in expectations]


MANY_ROWS = 1_000_000
"""Rows of a table from which on one query at a time is asked of a file: it has all the memory, and keeps all cores busy."""


def _of_tables(con: duckdb.DuckDBPyConnection, asked: Sequence[Expectation], threads: int) -> Iterable[list[Validation]]:
    """What is found of each table: of a small file with a thread for each query and several queries at once."""
    if threads == 1 or _most_rows(con) >= MANY_ROWS:
        return (list(_of_table(con, mine)) for mine in by_table(asked))
    with progress.task("checking", len(asked), "checks") as advance:

        def ask(mine: Sequence[Expectation], con: duckdb.DuckDBPyConnection) -> list[Validation]:
            found = list(_of_table(con, mine))
            advance(len(mine))
            return found

        # those that take longest first
        tables = sorted(of_tables(asked).items(), key=lambda table: -len(table[1]))
        works = [parallel.Work(name, partial(ask, mine)) for name, mine in tables]
        con.execute("SET threads = 1")
        try:
            return parallel.done(con, works, threads).values()
        finally:
            con.execute(f"SET threads = {threads}")


def _most_rows(con: duckdb.DuckDBPyConnection) -> int:
    """Rows of the largest table; of views, which do not say it themselves, those are counted that may be large."""
    (most,) = _row(con, "SELECT coalesce(max(estimated_size), 0) FROM duckdb_tables()")
    views = con.execute("SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    in_runs = [name for (name,) in views if name in declared() and declared()[name].in_runs_of is not None]
    return max(most, *(_row(con, f"SELECT count(*) FROM {name}")[0] for name in in_runs), 0)


def _of_table(con: duckdb.DuckDBPyConnection, mine: Sequence[Expectation]) -> Iterator[Validation]:
    table = mine[0].table
    together = [e for e in mine if e.where]
    counts: dict[str, int] = {}
    n_of_table: int | None = None
    if len(together) > 1:
        filters = ", ".join(f"count(*) FILTER (WHERE {e.where})" for e in together)
        try:
            n_of_table, *found = _row(con, f"SELECT count(*), {filters} FROM {table}")
            counts = {e.name: n for e, n in zip(together, found, strict=True)}
        except duckdb.Error as fault:
            _raise_if_interrupted(fault)  # else one of them cannot be asked: each is, by itself
    for e in mine:
        try:
            if e.name in counts:
                n_rows, n = n_of_table or 0, counts[e.name]
            elif (n_all := _rows_if_unique(con, e, n_of_table)) is not None:
                n_rows, n = n_all, 0
            else:
                n_rows, n = _row(con, _counting(e))
        except duckdb.Error as fault:
            _raise_if_interrupted(fault)
            log.exception("checking %s %s", e.table, e.name)
            yield not_run(e, f"{type(fault).__name__}: {fault}")
            continue
        observed: object = {"element_count": n_rows, "unexpected_count": n} if e.columns else n
        yield Validation(
            table_name=e.table,
            expectation=e.name,
            severity=e.severity,
            status="failed" if n else "passed",
            description=e.description,
            observed=json.dumps(observed),
            n_unexpected=n,
            offending_rows=_offending(con, e) if n else None,
            validated_at=now(),
        )


MANY_KEYS = 1_000_000
"""Rows from which on the hashes of keys are sorted, not grouped: two fifths of the time, and less memory."""
MOST_KEYS = 16_000_000
"""Hashes that are sorted at a time: 128 MB, twice while they are read."""


def _rows_if_unique(con: duckdb.DuckDBPyConnection, e: Expectation, n_rows: int | None) -> int | None:
    """The rows of a table in which no two keys have the same hash, so that none stands twice; None where that is not said.

    Hashes of all keys take a fraction of the memory of the keys, which may be addresses. ``n_rows``: of the table, where known.
    """
    if e.query:
        return None
    key = f"hash({', '.join(map(_quoted, e.columns))})"
    if n_rows is None:
        (n_rows,) = _row(con, f"SELECT count(*) FROM {e.table}")
    if n_rows < MANY_KEYS:
        (most,) = _row(con, f"SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM {e.table} GROUP BY {key})")
        return n_rows if most <= 1 else None
    n_parts = -(-n_rows // MOST_KEYS)
    for part in range(n_parts):
        # the same hash is in the same part
        hashes = con.execute(f"SELECT {key} AS of_key FROM {e.table} WHERE {key} % {n_parts} = {part}").fetchnumpy()["of_key"]
        hashes.sort()
        if (hashes[1:] == hashes[:-1]).any():
            return None
    return n_rows


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(con.execute(query).fetchall()[0])


def _raise_if_interrupted(fault: duckdb.Error) -> None:
    """A query that was ended by a signal says nothing of the data."""
    if isinstance(fault, duckdb.InterruptException):
        raise fault


def _offending(con: duckdb.DuckDBPyConnection, e: Expectation) -> str | None:
    try:
        result = con.execute(_showing(e))
        names = [d[0] for d in result.description or []]
        rows = result.fetchmany(MOST_ROWS)
    except Exception:
        # that it failed is known: the rows are for whoever looks into it
        log.exception("showing the rows of %s %s", e.table, e.name)
        return None
    is_value = len(e.columns) == 1
    shown = [row[0] if is_value else dict(zip(names, row, strict=True)) for row in rows]
    return json.dumps(shown, default=str)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _counting(e: Expectation) -> str:
    """The query that gives the rows of the table (0 where a query is all there is) and how many offend."""
    if e.where:
        return f"SELECT count(*), count(*) FILTER (WHERE {e.where}) FROM {e.table}"
    if e.query:
        return f"SELECT 0, count(*) FROM ({e.query}\n) AS broken"
    held = " AND ".join(f"{_quoted(c)} IS NOT NULL" for c in e.columns)
    # one pass over the groups: to mark each row of a large table costs more
    return (
        f"SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (WHERE n > 1 AND is_held), 0)::BIGINT FROM (\n"
        f"    SELECT count(*) AS n, {held} AS is_held FROM {e.table} GROUP BY {', '.join(map(_quoted, e.columns))}\n)"
    )


def _showing(e: Expectation) -> str:
    """The query that gives what offends: rows, or the values of the columns that it is about."""
    names = ", ".join(map(_quoted, e.columns))
    if not e.columns:
        return e.query
    if e.query:
        return f"SELECT {names} FROM ({e.query}) AS broken"
    # as in Great Expectations, a value that is missing equals no other
    held = " AND ".join(f"{_quoted(c)} IS NOT NULL" for c in e.columns)
    return f"SELECT {names} FROM {e.table} WHERE {held} QUALIFY count(*) OVER (PARTITION BY {names}) > 1"
