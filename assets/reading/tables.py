"""Tables in delimited text: rows of cells, with or without quotation, with or without a header.

Belongs here: delimiter, quotation, the spelling of column names, rows of another width, a header that stands twice, a cut
end. Does not: what a cell means.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import polars as pl

from assets.contracts import MOST_VALUE, REJECTS, Reject
from assets.errors import Quarantine, first_few

LONGEST_CELL = 131_072
"""A longer cell is what a quotation mark that is astray swallows."""

_Cell = TypeVar("_Cell", str, str | None)


def delimiter_of(text: str, among: str = ",\t") -> str:
    """The delimiter that stands most often in the first line that is not empty; the first of ``among`` where none does."""
    head = re.match(r"[\r\n]*([^\r\n]*)", text)
    return max(among, key=head[1].count) if head is not None else among[0]


def column_name(cell: str | None) -> str:
    """A column's name in one spelling: portals write ``Data Value`` in a file and ``data_value`` in their interface."""
    return re.sub(r"[\s_]+", "_", (cell or "").strip().casefold())


def csv_rows(name: str, text: str, kept: str, delimiter: str | None = None, *, strict: bool = True) -> list[list[str]]:
    """Rows of cells of a text with quotation, blank ones too. Lines end in LF, CRLF or a bare CR.

    Args:
        name: of the file.
        text: its text.
        kept: what stands after a refusal, and what to do.
        delimiter: None: the text tells.
        strict: whether quotation marks that do not match are refused, or read as they may be meant.

    Raises:
        Quarantine: the quotes do not match, or a cell is beyond all bounds: it is cut, or damaged.
    """
    # newline="": the reader itself knows the ends of lines, and those within a cell stay as they are
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or delimiter_of(text), strict=strict)
    rows: list[list[str]] = []
    # the csv module has one bound for the whole process: who reads sets it, so that it never depends on what was read before
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows.extend(reader)
    except csv.Error as error:
        held = [row for row in rows if not is_blank(row)]
        twice = " Its header stands in it a second time: two downloads in one file." if held[:1] and held[0] in held[1:] else ""
        raise Quarantine(
            f"{name} is cut or damaged at line {reader.line_num:,}: after {len(held):,} rows the CSV cannot be read ({error}); "
            f"it is cut or a quote is missing.{twice} {kept}"
        ) from error
    return rows


def is_blank(cells: Iterable[str | None]) -> bool:
    """Whether nothing stands in a row."""
    return not any(cell and cell.strip() for cell in cells)


@dataclass(frozen=True)
class ByWidth(Generic[_Cell]):
    """Rows below a header, each with its number (from 1, header not counted): as wide as the header, or not."""

    whole: list[tuple[int, Sequence[_Cell]]]
    ragged: list[tuple[int, Sequence[_Cell]]]
    n_blank: int
    """Rows of another width in which nothing stands."""


def by_width(
    name: str, header: Sequence[_Cell], records: Iterable[Sequence[_Cell]], kept: str, *, may_be_cut: bool = True
) -> ByWidth[_Cell]:
    """Tell the rows that are as wide as the header from the others.

    Args:
        name: of the file.
        header: its cells.
        records: the rows that follow.
        kept: what stands after a refusal, and what to do.
        may_be_cut: whether a last row that is too short means that the file was cut. A line break behind it may say otherwise.

    Raises:
        Quarantine: the header stands in it twice, or the last row is cut.
    """
    width = len(header)
    numbered = list(enumerate(records, start=1))
    again = next((number for number, cells in numbered if cells == header), None)
    if again is not None:
        raise Quarantine(f"{name}: the header stands in it a second time, in row {again:,}: two downloads in one file. {kept}")
    others = [(number, cells) for number, cells in numbered if len(cells) != width]
    whole = [(number, cells) for number, cells in numbered if len(cells) == width] if others else numbered
    found = ByWidth(whole, [(number, cells) for number, cells in others if not is_blank(cells)], 0)
    n_blank = len(others) - len(found.ragged)
    if may_be_cut and found.ragged:
        number, last = found.ragged[-1]
        if len(last) < len(header) and (not found.whole or number > found.whole[-1][0]):
            raise Quarantine(f"{name}: it is cut in its last line: its last row has {len(last)} of {len(header)} fields. {kept}")
    return ByWidth(found.whole, found.ragged, n_blank)


def refuse_repeated(name: str, names: Sequence[str], kept: str) -> None:
    """Raise Quarantine where two columns have one name: which of them counts cannot be known."""
    twice = sorted(c[:40] for c, n in Counter(names).items() if c and n > 1)
    if twice:
        raise Quarantine(f"{name}: in its header {first_few(twice)} stands more than once. {kept}")


def header_of(name: str, text: str, kept: str) -> list[str]:
    """Names in the first row that is not blank, as ``column_name`` spells them."""
    first = next((cells for cells in csv_rows(name, text, kept) if not is_blank(cells)), [])
    return [column_name(cell) for cell in first]


def cells_by_name(
    name: str, text: str, columns: Collection[str], kept: str, besides: Iterable[str] = ()
) -> tuple[list[tuple[int, dict[str, str]]], list[Reject], int]:
    """Rows of a table with a header as mappings from its names; blank rows are left out.

    Args:
        name: of the file.
        text: its text.
        columns: names that the header must have, as ``column_name`` spells them.
        kept: what stands after a refusal, and what to do.
        besides: names that it may lack: their cells are then empty.

    Returns:
        Row number (from 1, header and blank rows not counted) with its cells; rejects for rows of another width; how many
        rows were read.

    Raises:
        Quarantine: a column is missing or stands twice, the header is in the file twice, or the file is cut.
    """
    rows = [cells for cells in csv_rows(name, text, kept) if not is_blank(cells)]
    header = [column_name(c) for c in rows[0]] if rows else []
    missing = [c for c in columns if c not in header]
    if missing:
        raise Quarantine(
            f"{name}: the header lacks {', '.join(missing)}; it begins with {', '.join(rows[0])[:120] if rows else 'nothing'!r}. "
            f"Another layout, or not the list. {kept}"
        )
    refuse_repeated(name, header, kept)
    found = by_width(name, rows[0], rows[1:], kept, may_be_cut=not text.endswith(("\n", "\r")))
    absent = dict.fromkeys(besides, "")
    good = [(number, absent | {c: v.strip() for c, v in zip(header, cells, strict=True)}) for number, cells in found.whole]
    bad: list[Reject] = [
        (name, number, None, ", ".join(cells)[:MOST_VALUE], f"{len(cells)} columns where the header has {len(header)}")
        for number, cells in found.ragged
    ]
    return good, bad, len(rows) - 1


def lines_of(text: str) -> list[str]:
    """The lines of a text without quotation: they end in LF or CRLF, and the last may lack it. NUL is replaced."""
    lines = text.replace("\0", "\ufffd").split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def frame_of_lines(
    file: str, lines: Sequence[str], names: Sequence[str], nulls: Collection[str], kept: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split lines at their tabs into columns.

    Args:
        file: its name, for the rejects.
        lines: rows, without the header.
        names: columns. Rows may have empty cells after them.
        nulls: cells that mean that there is nothing, beside the empty one.
        kept: what stands after a refusal, and what to do.

    Returns:
        Text columns ``names`` with ``row`` (from 1), white space around values removed; and the rows of another width as
        rejects.

    Raises:
        Quarantine: most rows have another width: the layout is not the one that was expected.
    """
    split = [line.split("\t") for line in lines]
    width = len(names)
    good, rejects = [], []
    for row, found in enumerate(split, start=1):
        if len(found) > width and not any(found[width:]):
            found = found[:width]
        if len(found) == width:
            good.append((row, *found))
        else:
            rejects.append((file, row, None, "\t".join(found)[:MOST_VALUE], f"{len(found)} columns instead of {width}"))
    if len(rejects) > len(good):
        usual = Counter(len(found) for found in split).most_common(1)[0][0]
        raise Quarantine(
            f"{file}: {len(rejects):,} of {len(lines):,} rows have not the {width} columns expected (most have {usual}). "
            f"Has the layout changed? {kept}"
        )
    frame = pl.DataFrame(good, schema={"row": pl.Int64, **dict.fromkeys(names, pl.String)}, orient="row")
    cells = pl.col(list(names)).str.strip_chars()
    return (
        frame.with_columns(pl.when(~cells.is_in(["", *nulls])).then(cells)),
        pl.DataFrame(rejects, schema=REJECTS, orient="row"),
    )
