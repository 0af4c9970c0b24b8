"""The declared tables: ``sql/core`` and ``sql/meta`` read once, the only place where columns, types and keys stand.

DuckDB itself parses the declarations; Polars schemas, keys, vocabularies, comments and the data dictionary are read back
from its catalogue. The published tables are made from these declarations without their constraints (an index per key
would cost more than the table): the constraints become expectations, which are run on the data before publication.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from assets.errors import BilateralError

SQL = Path(__file__).resolve().parents[1] / "sql"


@dataclass(frozen=True)
class Column:
    """A column of a declared table: its SQL type, and its description (with unit where it has one)."""

    name: str
    type: str
    comment: str
    not_null: bool


@dataclass(frozen=True)
class Reference:
    """A foreign key: columns of this table name a row of another."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A declared table. ``name`` is the full SQL name (``core.events``)."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    checks: tuple[tuple[tuple[str, ...], str], ...]
    references: tuple[Reference, ...]
    polars: pl.Schema
    order: tuple[str, ...]

    def vocabulary(self, column: str) -> tuple[str, ...]:
        """The words that a CHECK allows in ``column``; none where it is free."""
        for columns, rule in self.checks:
            if columns == (column,) and (words := re.fullmatch(r"\(\w+ IN \((.*)\)\)", rule)):
                return tuple(w.replace("''", "'") for w in re.findall(r"'((?:[^']|'')*)'", words[1]))
        return ()

    def empty(self) -> pl.DataFrame:
        """Return a frame without rows in the declared columns and types."""
        return pl.DataFrame(schema=self.polars)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` with its columns in declared order; columns that the frame lacks are NULL.

        Integers and floats are widened where nothing is lost. Raises BilateralError that lists every column that is
        unknown or of another type.
        """
        problems = [f"  {c}: not a column of the table" for c in frame.columns if c not in self.polars]
        exprs = []
        for column, expected in self.polars.items():
            if column not in frame.columns:
                exprs.append(pl.lit(None, expected).alias(column))
                continue
            found = frame.schema[column]
            if found == expected:
                exprs.append(pl.col(column))
            elif found == pl.Null or _same_family(found, expected):
                exprs.append(pl.col(column).cast(expected, strict=True))
            else:
                problems.append(f"  {column}: expected {expected}, found {found}")
        if problems:
            raise BilateralError(
                f"A frame does not fit {self.name} (declared in sql/{self.name.replace('.', '/')}.sql):\n" + "\n".join(problems)
            )
        return frame.select(exprs)


def _same_family(found: pl.DataType, expected: pl.DataType) -> bool:
    if found.is_integer() and expected.is_numeric():
        return True
    if found.is_float() and expected.is_float():
        return True
    return isinstance(found, pl.Datetime) and isinstance(expected, pl.Datetime) and found.time_zone == expected.time_zone


def declare(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Run every declaration of ``sql/<schema>`` on ``con``, referenced tables first."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    pending = sorted((SQL / schema).glob("*.sql"))
    while pending:
        waiting: list[Path] = []
        for path in pending:
            con.execute("BEGIN")
            try:
                con.execute(path.read_text())
            except duckdb.CatalogException as error:
                con.execute("ROLLBACK")
                waiting.append(path)
                reason = error
            else:
                con.execute("COMMIT")
        if len(waiting) == len(pending):
            raise BilateralError(
                f"sql/{schema}: these declarations name tables that do not exist: {[p.name for p in waiting]}: {reason}"
            )
        pending = waiting


_HEADER = re.compile(r"^-- ([a-z]+(?: [a-z]+)?): *(.+)$", re.MULTILINE)


def headers(text: str, word: str) -> list[str]:
    """What the head of an SQL file says of ``word``, from its lines ``-- word: ...`` before the first statement."""
    head = re.split(r"^(?!--)", text, maxsplit=1, flags=re.MULTILINE)[0]
    return [value.strip() for found, value in _HEADER.findall(head) if found == word]


def names_in(text: str) -> tuple[str, ...]:
    """Names of columns, parted by commas."""
    return tuple(c.strip() for c in text.split(","))


def _declaration(name: str) -> str:
    return (SQL / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")


@cache
def declared() -> dict[str, Table]:
    """All declared tables by full name. Read once per process."""
    with duckdb.connect() as con:
        for schema in ("core", "meta"):
            if any((SQL / schema).glob("*.sql")):
                declare(con, schema)
        tables = con.execute(
            "SELECT schema_name || '.' || table_name, coalesce(comment, '') FROM duckdb_tables() ORDER BY ALL"
        ).fetchall()
        columns = con.execute(
            """SELECT schema_name || '.' || table_name, column_name, data_type, coalesce(comment, ''), NOT is_nullable
               FROM duckdb_columns() WHERE schema_name IN ('core', 'meta') ORDER BY 1, column_index"""
        ).fetchall()
        constraints = con.execute(
            """SELECT schema_name || '.' || table_name, constraint_type, constraint_column_names, expression,
                      referenced_table, referenced_column_names
               FROM duckdb_constraints() WHERE schema_name IN ('core', 'meta') ORDER BY constraint_index"""
        ).fetchall()
        columns_of: dict[str, list[str]] = {}
        for row in columns:
            columns_of.setdefault(row[0], []).append(row[1])
        found = {}
        texts = {name: _declaration(name) for name, _ in tables}
        for name, comment in tables:
            mine = [c for c in constraints if c[0] == name]
            found[name] = Table(
                name=name,
                comment=comment,
                columns=tuple(Column(*c[1:]) for c in columns if c[0] == name),
                key=next((tuple(c[2]) for c in mine if c[1] == "PRIMARY KEY"), ()),
                checks=tuple((tuple(c[2]), c[3]) for c in mine if c[1] == "CHECK"),
                references=tuple(
                    Reference(tuple(c[2]), f"{name.split('.')[0]}.{c[4]}", tuple(c[5])) for c in mine if c[1] == "FOREIGN KEY"
                ),
                polars=con.sql(f"SELECT * FROM {name} LIMIT 0").pl().schema,
                order=next(map(names_in, headers(texts[name], "sorted by")), ())
                or next((tuple(c[2]) for c in mine if c[1] == "PRIMARY KEY"), ())
                or (columns_of[name][0],),
            )
        return found


def table(name: str) -> Table:
    """The declared table of that full name (``core.events``)."""
    return declared()[name]
