"""Tables and answers as files: Parquet, CSV or a workbook, with a ``datapackage.json`` that describes them.

Every export has a connection of its own, which can write into one folder and read nothing but the published file. All is written
into a hidden folder below the target and put in place at the end, file by file: what is there under its name is whole.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from assets.errors import BilateralError
from pipelines.share.cite import Build, build_of, sources_of, table_named
from pipelines.share.package import Column, ExportedTable, field_type, package
from pipelines.util.checksummed import sha256_of
from pipelines.util.readers import connect_for_readers, quoted
from pipelines.util.suggest import sql_error

DESCRIPTION = "datapackage.json"
_MOST_SHEET_ROWS = 1_048_575
_MOST_CELL_LENGTH = 32_767
_FIRST_SHEET_DAY = date(1900, 3, 1)
"""Workbooks count days from 1900 and hold a 29 February that never was; earlier days are written as text."""
_OTHER_WAY = "nothing was written. Take --format parquet or csv, or a query"
_FORMULA = r"^[=+\-@\t\r]"


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported: a table of the file, or a query under a name."""

    name: str
    query: str
    is_table: bool


def wanted(con: DuckDBPyConnection, what: str | None) -> list[ExportRequest]:
    """All tables, a table by its name, or a query (anything with a blank or bracket). Raises BilateralError for anything else."""
    if what is None:
        names = [row[0] for row in con.execute("SELECT DISTINCT table_name FROM meta.columns ORDER BY 1").fetchall()]
        return [ExportRequest(name, f"FROM {name}", is_table=True) for name in names]
    if re.fullmatch(r"[\w.]+", what):
        name = table_named(con, what)
        return [ExportRequest(name, f"FROM {name}", is_table=True)]
    try:
        statements = con.extract_statements(what)
    except duckdb.Error as error:
        raise BilateralError(sql_error(con, error)) from error
    if [s.type.name for s in statements] != ["SELECT"]:
        raise BilateralError("give the name of a table, or one query that reads (SELECT, FROM or WITH). Nothing was written.")
    return [ExportRequest("answer", statements[0].query.strip().rstrip(";"), is_table=False)]


def export(published: Path, what: str | None, folder: Path, form: str, *, force: bool = False) -> list[ExportedTable]:
    """Write what is asked for, with its description, below ``folder``. Raises BilateralError: a file is there, or it cannot."""
    folder = folder.expanduser().resolve()
    had_folder = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with staging(folder) as beside, connect_for_readers(published, beside) as con:
            items = wanted(con, what)
            there = [name for name in [*(f"{item.name}.{form}" for item in items), DESCRIPTION] if (folder / name).exists()]
            if there and not force:
                more = f" and {len(there) - 1:,} more" if len(there) > 1 else ""
                todo = "Name another folder, or write over it with --force."
                raise BilateralError(f"{folder / there[0]} is there already{more}: nothing was written. {todo}")
            build = build_of(con)
            files = write_all(con, items, beside, form, build)
            describe(beside, f"bilateral-{build.publication_id.lower()}", build, files)
            for name in [*(file.path for file in files), DESCRIPTION]:
                (beside / name).replace(folder / name)
    except BaseException:
        if not had_folder:
            # made for nothing
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return files


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A hidden folder below ``folder``, gone afterwards."""
    beside = Path(tempfile.mkdtemp(prefix=".bilateral-", dir=folder))
    try:
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_all(
    con: DuckDBPyConnection, items: Sequence[ExportRequest], folder: Path, form: str, build: Build, below: str = ""
) -> list[ExportedTable]:
    """Write each as a file into ``folder``; their paths are given relative to ``below`` it."""
    return [replace(file, path=f"{below}{file.path}") for item in items for file in [_write(con, item, folder, form, build)]]


def describe(folder: Path, name: str, build: Build, files: Sequence[ExportedTable]) -> None:
    """Write ``datapackage.json``."""
    text = json.dumps(package(name, build, files), ensure_ascii=False, indent=2)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _write(con: DuckDBPyConnection, item: ExportRequest, folder: Path, form: str, build: Build) -> ExportedTable:
    path = folder / f"{item.name}.{form}"
    try:
        columns = tuple(Column(row[0], row[1]) for row in con.execute(f"DESCRIBE {item.query}").fetchall())
        names = [column.name for column in columns]
        if len({name.casefold() for name in names}) < len(names):
            raise BilateralError("two columns of the query have one name: name them apart with AS. Nothing was written.")
        if form == "xlsx":
            n_rows = _write_workbook(con, item, columns, path, build)
        else:
            n_rows = _copy(con, item, columns, path, form, build)
        tables = [item.name] if item.is_table else _tables_read(con, item.query)
    except duckdb.Error as error:
        raise BilateralError(sql_error(con, error)) from error
    found = ExportedTable(item.name, path.name, form, path.stat().st_size, sha256_of(path), n_rows)
    found = replace(found, sources=tuple(sources_of(con, tables)))
    if not item.is_table:
        return replace(found, columns=columns, query=item.query)
    rows = con.execute(
        """SELECT column_name, type, is_key, description, table_description, vocabulary, warnings FROM meta.columns
           WHERE table_name = ? ORDER BY position""",
        [item.name],
    ).fetchall()
    columns = tuple(Column(name, kind, text, tuple(words), tuple(warnings)) for name, kind, _, text, _, words, warnings in rows)
    return replace(found, description=rows[0][4], columns=columns, key=tuple(name for name, _, is_key, *_ in rows if is_key))


def _tables_read(con: DuckDBPyConnection, query: str) -> list[str]:
    """Tables that a query reads, through macros too: as its plan names them."""
    plan = "\n".join(row[-1] for row in con.execute(f"EXPLAIN (FORMAT json) {query}").fetchall())
    known = [row[0] for row in con.execute("SELECT DISTINCT table_name FROM meta.columns ORDER BY 1").fetchall()]
    return [name for name in known if re.search(rf"\b{re.escape(name)}\b", plan)]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(column: Column) -> str:
    """A column for a format of text: lists and structures as JSON, bytes as figures."""
    name = _quoted(column.name)
    if field_type(column.type) in ("array", "object"):
        return f"CASE WHEN {name} IS NOT NULL THEN CAST(to_json({name}) AS VARCHAR) END AS {name}"
    return f"hex({name}) AS {name}" if column.type == "BLOB" else name


def _copy(con: DuckDBPyConnection, item: ExportRequest, columns: Sequence[Column], path: Path, form: str, build: Build) -> int:
    if form == "parquet":
        marks = f"{{publication_id: '{build.publication_id}', table_name: '{item.name}'}}"
        how = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {marks}"
        query = item.query
    else:
        how = "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%f', DATEFORMAT '%Y-%m-%d'"
        query = f"SELECT {', '.join(map(_as_text, columns))} FROM ({item.query}\n)"
    ((n_rows,),) = con.execute(f"COPY ({query}\n) TO {quoted(path)} ({how})").fetchall()
    return int(n_rows)


def like_formulas(path: Path) -> int:
    """Cells of a CSV that a spreadsheet would take for a formula, since they begin with = + - @ and are no number."""
    import csv

    csv.field_size_limit(1 << 30)
    n = 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            n += sum(1 for value in row if re.match(_FORMULA, value) and not re.fullmatch(r"[+-]?[\d.]+(?:e[+-]?\d+)?", value))
    return n


def _write_workbook(con: DuckDBPyConnection, item: ExportRequest, columns: Sequence[Column], path: Path, build: Build) -> int:
    """Write one sheet, in which texts are texts. Raises BilateralError where it has more rows or longer texts than one holds."""
    import xlsxwriter

    cursor = con.execute(f"SELECT {', '.join(map(_as_text, columns))} FROM ({item.query}\n)")
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    # closed whatever happens: it keeps temporary files open
    with closing(xlsxwriter.Workbook(str(path), options)) as book:
        book.set_properties({"title": item.name, "comments": f"publication_id {build.publication_id}", "created": build.built_at})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet = book.add_worksheet(item.name[:31])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [column.name for column in columns], book.add_format({"bold": True}))
        number = 0
        for number, row in enumerate(chain.from_iterable(iter(lambda: cursor.fetchmany(10_000), [])), 1):
            if number > _MOST_SHEET_ROWS:
                raise BilateralError(
                    f"{item.name} has more rows than a sheet can hold ({_MOST_SHEET_ROWS:,}): {_OTHER_WAY} that gives fewer."
                )
            for at, value in enumerate(map(_of_sheet, row)):
                if isinstance(value, str) and len(value) > _MOST_CELL_LENGTH:
                    raise BilateralError(
                        f"{item.name}, row {number:,}: {columns[at].name} has {len(value):,} characters, and a cell can hold "
                        f"{_MOST_CELL_LENGTH:,}: {_OTHER_WAY} without this column."
                    )
                # an empty text is one, and no empty cell
                write = sheet.write_string if isinstance(value, str) else sheet.write
                if value is not None:
                    write(number, at, value, formats.get(type(value)))
    return number


def _of_sheet(value: Any) -> Any:
    """A value as a cell holds it: as text what a workbook knows no day, or no whole number, for."""
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return value if day >= _FIRST_SHEET_DAY and getattr(value, "tzinfo", None) is None else value.isoformat()
    is_number = isinstance(value, (int, float)) and abs(value) < 2**53
    return value if value is None or is_number else str(value)
