"""A table of strings out of the bytes of one CSV or JSON file, however it was saved.

Belongs here: encodings, line ends, quotation, JSON, the spelling of column names, rows of a wrong shape. Does not: what a
cell means.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.contract import REJECTS
from assets.errors import Quarantine

SHAPE = pl.Schema([(column, kind) for column, kind in REJECTS.items() if column != "file"])
"""Rejects of one file, which need not name it."""


_MOST_COLUMNS = 100
"""No layout has more than 13; a header beyond this would only cost time."""


@dataclass(frozen=True)
class Strings:
    """What stands in a file. ``table``: ``row`` (Int64, lines after the header from 1), then a String column per column.

    ``n_blank``: lines without a character; lines of nothing but separators are still in the table. ``rejects`` (schema
    ``SHAPE``): rows that have another number of fields than the header, or are no object.
    """

    table: pl.DataFrame
    n_blank: int
    rejects: pl.DataFrame


def read_strings(name: str, data: bytes) -> Strings:
    """Read a table with a header (comma or tab), a JSON array of objects, or one of arrays; the content tells which.

    Raises:
        Quarantine: no table can be read from it, or it is cut.
    """
    return read_text(name, decode(name, data))


def read_text(name: str, text: str) -> Strings:
    """As ``read_strings``, of a text that is decoded already."""
    return _json(name, text) if text.lstrip()[:1] in ("[", "{") else _csv(name, text)


def first_sign(data: bytes) -> bytes:
    """The first byte that is neither white space nor a byte order mark; empty where there is none."""
    return data.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:1]


def is_json_array(data: bytes) -> bool:
    """Whether the bytes are a page of the portal's interface and not a table with a header."""
    return first_sign(data) == b"["


def clean(read: Strings, columns: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """The named columns as stripped text (NULL where blank or absent), and how many rows were blank and are left out."""
    cells = read.table.select(
        "row",
        *[
            (pl.col(c).str.strip_chars().replace("", None) if c in read.table.columns else pl.lit(None, pl.String)).alias(c)
            for c in columns
        ],
    )
    blank = pl.all_horizontal(pl.col(columns).is_null())
    n_blank = cells.select(blank.sum()).item()
    return cells.filter(~blank), read.n_blank + n_blank


def refusal(name: str, what: str, remedy: str = "Fetch the file again.") -> Quarantine:
    """The reason for refusing a file as a whole: what is wrong with it, and what to do."""
    return Quarantine(f"{name}: {what}. Nothing of it is used; the bytes are kept. {remedy}")


def some(words: Sequence[str], n: int = 5) -> str:
    """Name the first ``n``, and tell how many more there are."""
    return ", ".join(words[:n]) + (f" and {len(words) - n:,} more" if len(words) > n else "")


def rejected(rows: pl.DataFrame, cells: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """Rows as rejects of one file (schema ``SHAPE``), where the row as a whole cannot be used and no single column of it.

    Args:
        rows: with ``row``.
        cells: text that tells the row.
        reason: text of why it is not used.
    """
    return rows.select(
        "row",
        pl.lit(None, pl.String).alias("column"),
        cells.str.slice(0, 200).alias("value"),
        reason.alias("reason"),
    )


def repeated(rows: pl.DataFrame, key: Sequence[str], values: Sequence[str], cells: pl.Expr) -> pl.DataFrame:
    """Rejects for keys that stand more than once: all rows where their values differ, else all but the first."""
    again = (
        rows.filter(pl.struct(key).is_duplicated())
        .with_columns(
            first=pl.col("row").min().over(key),
            differ=pl.struct(values).n_unique().over(key) > 1,
        )
        .filter(pl.col("differ") | (pl.col("row") > pl.col("first")))
    )
    different = pl.lit("the key stands more than once, with different values")
    return rejected(again, cells, pl.when("differ").then(different).otherwise(pl.format("the same as row {}", "first")))


def of_file(rejects: pl.DataFrame, file: pl.Expr) -> pl.DataFrame:
    """Rejects (schema ``SHAPE``) with the name of their file: schema ``REJECTS``."""
    return rejects.select(file.alias("file"), *SHAPE)


def decode(name: str, data: bytes) -> str:
    """Decode UTF-8 and UTF-16 (by its byte order mark) and, failing these, the Windows code page of spreadsheets.

    Raises:
        Quarantine: it is text in none of them.
    """
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal(name, "the bytes are text neither in UTF-8 nor in UTF-16 nor in Windows-1252")


def csv_lines(name: str, text: str) -> list[list[str]]:
    """The lines of a CSV, by commas or tabs, as fields.

    Raises:
        Quarantine: the quotation does not close: it is cut, or damaged.
    """
    # newline="": the reader itself takes LF, CRLF and bare CR as the end of a line
    head = re.match(r"[^\r\n]*", text.lstrip("\r\n"))
    is_tabbed = head is not None and head[0].count("\t") > head[0].count(",")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter="\t" if is_tabbed else ",")
    try:
        return list(reader)
    except csv.Error as error:
        near = f"near line {reader.line_num:,} the CSV cannot be read ({error})"
        raise refusal(name, f"{near}: it is cut, or a quotation mark is astray") from None


def _csv(name: str, text: str) -> Strings:
    lines = csv_lines(name, text)
    first = next((i for i, line in enumerate(lines) if any(map(str.strip, line))), None)
    if first is None:
        raise refusal(name, "the file is blank")
    return _grid(name, lines[first], lines[first + 1 :])


def _grid(name: str, header: Sequence[str], records: Sequence[Sequence[str]]) -> Strings:
    names = _names(name, header)
    n_blank = 0
    whole: list[tuple[int, Sequence[str]]] = []
    ragged: list[tuple[int, Sequence[str]]] = []
    for row, record in enumerate(records, start=1):
        if len(record) == len(names):
            whole.append((row, record))
        elif any(map(str.strip, record)):
            ragged.append((row, record))
        else:
            n_blank += 1
    if ragged and len(ragged[-1][1]) < len(names) and (not whole or ragged[-1][0] > whole[-1][0]):
        raise refusal(name, f"it is cut: its last row has {len(ragged[-1][1])} of {len(names)} fields")
    columns = list(zip(*(record for _, record in whole), strict=True)) or [()] * len(names)
    return Strings(
        _table([row for row, _ in whole], names, columns),
        n_blank,
        _misshapen([(row, ",".join(r), f"{len(r)} fields where the header has {len(names)}") for row, r in ragged]),
    )


def _json(name: str, text: str) -> Strings:
    """The API leaves out the keys of empty cells, so the columns are those of all rows together."""
    try:
        records = json.loads(text)
        if not isinstance(records, list):
            held = ", ".join(repr(key[:40]) for key in list(records)[:6])
            raise refusal(name, f"rows were expected, and it holds one object ({held}): an error message")
        if records and all(isinstance(record, list) for record in records):
            # the Census Bureau's JSON: a header and rows, all arrays
            first, *rest = [[_cell(value) or "" for value in record] for record in records]
            return _grid(name, first, rest)
        whole = [(row, record) for row, record in enumerate(records, start=1) if isinstance(record, dict)]
        other = [(row, record) for row, record in enumerate(records, start=1) if not isinstance(record, dict)]
        keys = list(dict.fromkeys(key for _, record in whole for key in record))
        names = _names(name, keys)
        columns = [[_cell(record.get(key)) for _, record in whole] for key in keys]
        rejects = _misshapen([(row, str(record), "not an object with keys") for row, record in other])
        return Strings(_table([row for row, _ in whole], names, columns), 0, rejects)
    except UnicodeEncodeError:
        raise refusal(name, "the JSON holds halves of characters (lone surrogates)") from None
    except (ValueError, RecursionError) as error:
        raise refusal(name, f"the JSON cannot be read ({str(error)[:120]}): it is cut or damaged") from None


def _cell(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _names(name: str, header: Sequence[str]) -> list[str]:
    """Bring column names to one spelling: the portal writes ``Data Value``, the API ``data_value``."""
    if len(header) > _MOST_COLUMNS:
        raise refusal(name, f"{len(header):,} columns: this is another table")
    names = [re.sub(r"[\s_]+", "_", field.strip().lower()) or f":unnamed_{i}" for i, field in enumerate(header)]
    twice = sorted({n[:40] for n in names if names.count(n) > 1})
    if twice:
        raise refusal(name, f"in its header {', '.join(twice[:5])} stands more than once", "Remove the copy of the column.")
    if "row" in names:
        names[names.index("row")] = ":row"
    return names


def _table(rows: Sequence[int], names: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    cells = [pl.Series(n, c, pl.String) for n, c in zip(names, columns, strict=True)]
    return pl.DataFrame([pl.Series("row", rows, pl.Int64), *cells])


def _misshapen(rows: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    return pl.DataFrame([(row, None, value[:200], reason) for row, value, reason in rows], schema=SHAPE, orient="row")
