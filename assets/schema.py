"""The declared tables: ``sql/core`` and ``sql/meta`` read once, the only place where columns, types and keys stand.

DuckDB itself parses the declarations; Polars schemas, keys, vocabularies, comments and the data dictionary are read back
from its catalogue. The published tables are made from these declarations without their constraints (an index per key
would cost more than the table): the constraints become expectations, which are run on the data before publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import polars as pl

from assets.errors import BilateralError

SQL = Path(__file__).resolve().parents[1] / "sql"


WARNINGS = {
    "aggregation_hazard": "Values overlap, or are parts of several wholes: adding them up over rows counts the same thing twice.",
    "early_release": "The newest values are provisional and known to be biased; they will be revised.",
    "estimated_values": "Values are worked out from others by a stated method, not observed: an error in one goes into many.",
    "not_comparable": "Made in another way than figures of the same name elsewhere, or than those beside them: do not compare.",
    "reports_not_events": "Counts of attention: one event may have any number of reports.",
}
"""The vocabulary of usage warnings: the words of a line ``-- warning: word [column]: text`` and what each means."""


@dataclass(frozen=True)
class UsageWarning:
    """What a reader of a table, column or macro must not overlook. ``column`` is None where all of it is meant."""

    word: str
    column: str | None
    text: str

    @property
    def shown(self) -> str:
        """As it stands in comments: the word in capitals, and the text."""
        return f"{self.word.replace('_', ' ').upper()}: {self.text}"


@dataclass(frozen=True)
class Newest:
    """Where the newest date of a table's rows is read: a column, and what names the source (a column or a text in quotes)."""

    column: str
    source: str | None


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
    """A declared table. ``name`` is the full SQL name (``core.events``).

    ``packed``: how columns are stored whose method is declared, so that DuckDB does not try them all at every load. Long texts,
    such as addresses, with zstd (``packed:``): of its own accord DuckDB packs each text by itself, a quarter as well. Ids and
    words that repeat with a dictionary (``dictionary:``).

    ``in_runs_of``: a column of moments that is never NULL; the table is sorted within runs of days of it, not as a whole.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    checks: tuple[tuple[tuple[str, ...], str], ...]
    references: tuple[Reference, ...]
    polars: pl.Schema
    order: tuple[str, ...]
    newest: Newest | None = None
    warnings: tuple[UsageWarning, ...] = ()
    packed: Mapping[str, str] = field(default_factory=dict)
    in_runs_of: str | None = None

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
    _run(con, schema, _texts(schema))


def _texts(schema: str) -> dict[str, str]:
    """The declarations of ``sql/<schema>`` by table, with their warnings in their comments."""
    return {
        path.stem: with_warnings(path.read_text(encoding="utf-8"), f"sql/{schema}/{path.name}")
        for path in sorted((SQL / schema).glob("*.sql"))
    }


_REFERENCED = re.compile(r"\bREFERENCES (?:\w+\.)?(\w+)")


def _run(con: duckdb.DuckDBPyConnection, schema: str, texts: Mapping[str, str]) -> None:
    """Run declarations by table, referenced tables first."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    referenced = {name: set(_REFERENCED.findall(text)) & (texts.keys() - {name}) for name, text in texts.items()}
    for name in TopologicalSorter(referenced).static_order():
        try:
            con.execute(texts[name])
        except duckdb.CatalogException as error:
            raise BilateralError(f"sql/{schema}/{name}.sql names a table that does not exist: {error}") from error


_HEADER = re.compile(r"^-- ([a-z]+(?: [a-z]+)?): *(.+)$", re.MULTILINE)


def headers(text: str, word: str) -> list[str]:
    """What the head of an SQL file says of ``word``, from its lines ``-- word: ...`` before the first statement."""
    head = re.split(r"^(?!--)", text, maxsplit=1, flags=re.MULTILINE)[0]
    return [value.strip() for found, value in _HEADER.findall(head) if found == word]


def names_in(text: str) -> tuple[str, ...]:
    """Names of columns, parted by commas."""
    return tuple(c.strip() for c in text.split(","))


def vocabularies(text: str, where: str) -> dict[str, tuple[str, ...]]:
    """The words that columns of a mart may hold, from its line ``-- vocabularies: kind: event, act; basis: core.claims.unit``.

    The full name of a core column stands for the words of that column. ``where`` names the file in errors.
    """
    found = {}
    for line in headers(text, "vocabularies"):
        for part in line.split("; "):
            column, _, listed = part.partition(": ")
            words: list[str] = []
            for item in names_in(listed):
                table, _, other = item.rpartition(".")
                if table and (table not in declared() or not declared()[table].vocabulary(other)):
                    raise BilateralError(f"{where}: '-- vocabularies: {part}' names {item}, which is no column with a vocabulary")
                words += declared()[table].vocabulary(other) if table else [item]
            found[column] = tuple(dict.fromkeys(words))
    return found


def usage_warnings(text: str, where: str) -> tuple[UsageWarning, ...]:
    """The usage warnings in the head of an SQL file. ``where`` names it in errors: a word that is not in the vocabulary."""
    found = []
    for line in headers(text, "warning"):
        parts = re.fullmatch(r"(\w+)(?: (\w+))?: (.+)", line)
        if parts is None or parts[1] not in WARNINGS:
            raise BilateralError(
                f"{where}: '-- warning: {line}' should be '-- warning: word [column]: text', the word one of: "
                f"{', '.join(WARNINGS)}"
            )
        found.append(UsageWarning(parts[1], parts[2], parts[3]))
    return tuple(found)


def with_warnings(text: str, where: str) -> str:
    """The text of an SQL file with the usage warnings of its head put at the end of the comments that it makes.

    Raises BilateralError where a warning is of a column that has no comment.
    """
    for warning in usage_warnings(text, where):
        what = r"(?:TABLE|VIEW|MACRO|MACRO TABLE) [\w.]+" if warning.column is None else rf"COLUMN [\w.]+\.{warning.column}"
        found = list(re.finditer(rf"^COMMENT ON {what} IS '.*(?=';$)", text, flags=re.MULTILINE))
        if len(found) != 1:
            raise BilateralError(
                f"{where}: '-- warning: {warning.word}' needs one comment to stand in, of {warning.column or 'the whole'}"
            )
        end = found[0].end()
        text = f"{text[:end]} {warning.shown.replace(chr(39), chr(39) * 2)}{text[end:]}"
    return text


def _newest(text: str, where: str) -> Newest | None:
    for line in headers(text, "newest"):
        parts = re.fullmatch(r"(\w+)(?: by (\w+|'\w+'))?", line)
        if parts is None:
            raise BilateralError(
                f"{where}: '-- newest: {line}' should be '-- newest: column by source', the source a column or a text"
            )
        return Newest(parts[1], parts[2])
    return None


def _declaration(name: str) -> str:
    return (SQL / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")


_COMMENT = re.compile(r"""^COMMENT ON (?:TABLE|COLUMN) ([\w."]+) IS\s+'((?:[^']|'')*)';$""", re.MULTILINE)


@cache
def declared() -> dict[str, Table]:
    """All declared tables by full name, read once per process."""
    return _parsed()


_DECLARING = ("core", "meta")
"""Folders of ``sql`` with declarations of tables."""


def _parsed() -> dict[str, Table]:
    comments: dict[str, str] = {}

    def kept(found: re.Match[str]) -> str:
        comments[found[1].replace('"', "")] = found[2].replace("''", "'")
        return ""

    with duckdb.connect(config={"threads": 1}) as con:
        for schema in _DECLARING:
            # to DuckDB a comment is a change of the whole table: hundreds of them take six times as long as the tables
            _run(con, schema, {name: _COMMENT.sub(kept, text) for name, text in _texts(schema).items()})
        tables = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        columns = con.execute(
            """SELECT schema_name || '.' || table_name, column_name, data_type, NOT is_nullable
               FROM duckdb_columns() WHERE schema_name IN ('core', 'meta') ORDER BY 1, column_index"""
        ).fetchall()
        constraints = con.execute(
            """SELECT schema_name || '.' || table_name, constraint_type, constraint_column_names, expression,
                      referenced_table, referenced_column_names
               FROM duckdb_constraints() WHERE schema_name IN ('core', 'meta') ORDER BY constraint_index"""
        ).fetchall()
        types = _polars_types(con, {c[2] for c in columns})
    found = {}
    for (name,) in tables:
        mine = [c for c in constraints if c[0] == name]
        own = [Column(c[1], c[2], comments.pop(f"{name}.{c[1]}", ""), c[3]) for c in columns if c[0] == name]
        text = _declaration(name)
        key = next((tuple(c[2]) for c in mine if c[1] == "PRIMARY KEY"), ())
        found[name] = Table(
            name=name,
            comment=comments.pop(name, ""),
            columns=tuple(own),
            key=key,
            checks=tuple((tuple(c[2]), c[3]) for c in mine if c[1] == "CHECK"),
            references=tuple(
                Reference(tuple(c[2]), f"{name.split('.')[0]}.{c[4]}", tuple(c[5])) for c in mine if c[1] == "FOREIGN KEY"
            ),
            polars=pl.Schema({c.name: types[c.type] for c in own}),
            order=next(map(names_in, headers(text, "sorted by")), ()) or key or (own[0].name,),
            newest=_newest(text, name),
            warnings=usage_warnings(text, name),
            packed=_packed(text, name, [c.name for c in own]),
            in_runs_of=_in_runs_of(text, name, [c[1] for c in columns if c[0] == name and c[2] == "TIMESTAMP" and c[3]]),
        )
    if comments:
        raise BilateralError(f"sql: these comments are of no table and no column: {', '.join(sorted(comments))}")
    return found


def _polars_types(con: duckdb.DuckDBPyConnection, types: Iterable[str]) -> dict[str, pl.DataType]:
    """The Polars type of each SQL type, as DuckDB gives it: all in one empty frame."""
    asked = sorted(types)
    empty = pl.DataFrame(con.sql(f"SELECT {', '.join(f'CAST(NULL AS {t}) AS t{i}' for i, t in enumerate(asked))} LIMIT 0"))
    return dict(zip(asked, empty.dtypes, strict=True))


PACKED = {"packed": "zstd", "dictionary": "dict_fsst"}
"""Lines on top of a declaration that name columns, of long texts and of short ones, and how DuckDB stores them."""


def _packed(text: str, where: str, columns: Sequence[str]) -> Mapping[str, str]:
    """How columns are stored that a line such as ``-- packed: a, b`` names; an error where there is no such column."""
    named = {name: (word, how) for word, how in PACKED.items() for line in headers(text, word) for name in names_in(line)}
    if unknown := sorted(named.keys() - set(columns)):
        raise BilateralError(f"{where}: '-- {named[unknown[0]][0]}:' names {', '.join(unknown)}, which is no column of the table")
    return {name: how for name, (_, how) in named.items()}


def _in_runs_of(text: str, where: str, moments: Sequence[str]) -> str | None:
    """The column that a line ``-- runs of: a`` names; an error where it is none of moments that are always known."""
    named = next(iter(headers(text, "runs of")), None)
    if named is not None and named not in moments:
        raise BilateralError(f"{where}: '-- runs of: {named}' names no column that is TIMESTAMP NOT NULL")
    return named


def table(name: str) -> Table:
    """The declared table of that full name (``core.events``)."""
    return declared()[name]
