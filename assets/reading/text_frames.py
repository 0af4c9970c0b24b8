"""A table with a header as a frame of text, with the rows of a wrong shape as rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.errors import Quarantine
from assets.reading.rejects import misshapen
from assets.reading.tables import by_width, column_name, csv_rows, is_blank, refuse_repeated

_MOST_COLUMNS = 100
"""No layout has more than 36; a header beyond this would only cost time."""


@dataclass(frozen=True)
class TextFrame:
    """What stands in a file. ``table``: ``row`` (Int64, lines after the header from 1), then a String column per column.

    ``n_blank``: lines without a character; lines of nothing but separators are still in the table. ``rejects`` (schema
    ``rejects.SHAPE``): rows that have another number of fields than the header, or are no object.
    """

    table: pl.DataFrame
    n_blank: int
    rejects: pl.DataFrame


def frame_of_csv(name: str, text: str, kept: str) -> TextFrame:
    """Read a table with a header, by commas or tabs. Raises Quarantine where none can be read from it, or it is cut."""
    lines = csv_rows(name, text, kept)
    first = next((i for i, line in enumerate(lines) if not is_blank(line)), None)
    if first is None:
        raise Quarantine(f"{name}: the file is blank. {kept}")
    return frame_of_rows(name, lines[first], lines[first + 1 :], kept)


def frame_of_rows(name: str, header: Sequence[str], records: Sequence[Sequence[str]], kept: str) -> TextFrame:
    """Rows below a header as a frame. Raises Quarantine: two columns of one name, a second header, or a cut last row."""
    names = names_of(name, header, kept)
    found = by_width(name, header, records, kept)
    columns = list(zip(*(record for _, record in found.whole), strict=True)) or [()] * len(names)
    ragged = [(row, ",".join(r), f"{len(r)} fields where the header has {len(names)}") for row, r in found.ragged]
    return TextFrame(frame_of_columns([row for row, _ in found.whole], names, columns), found.n_blank, misshapen(ragged))


def names_of(name: str, header: Sequence[str], kept: str) -> list[str]:
    """Names of the columns of a frame. Raises Quarantine where two columns have one name, or there are too many."""
    if len(header) > _MOST_COLUMNS:
        raise Quarantine(f"{name}: {len(header):,} columns: this is another table. {kept}")
    names = [column_name(field) or f":unnamed_{i}" for i, field in enumerate(header)]
    refuse_repeated(name, names, kept)
    return [":row" if n == "row" else n for n in names]


def frame_of_columns(rows: Sequence[int], names: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Columns of text with the numbers of their rows."""
    cells = [pl.Series(n, c, pl.String) for n, c in zip(names, columns, strict=True)]
    return pl.DataFrame([pl.Series("row", rows, pl.Int64), *cells])


def stripped(read: TextFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, int]:
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
