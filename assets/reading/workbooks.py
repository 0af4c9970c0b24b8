"""The sheets of a workbook as rows of text.

Belongs here: what no workbook may be (cut, damaged, a bomb). Does not: which sheet is wanted, or what a cell means.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

import fastexcel
import polars as pl

from assets.errors import Quarantine

_MOST_BYTES_UNZIPPED = 100_000_000
"""The largest that is read, NIDA's of 2024, unpacks to 1 MB."""
_MOST_SHEETS = 50
_MOST_CELLS = 10_000_000
"""Of the rectangles from the first to the last cell of each sheet, for which the reader asks for memory: two cells in far corners
asked for 500 GB, and the process was aborted. The largest real one, the United Kingdom's list, has 0.7 million."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    expat.ExpatError,
    ValueError,
    OSError,
    NotImplementedError,
    EOFError,
    RuntimeError,
)
"""What reading a damaged zip file, or the XML in it, raises."""
_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


def is_packed(data: bytes) -> bool:
    """Whether the bytes begin as an ``.xlsx`` does."""
    return data[:2] == b"PK"


def sheets(name: str, data: bytes, kept: str) -> Iterator[tuple[str, list[tuple[str | None, ...]]]]:
    """The sheets of an ``.xlsx`` or ``.xls`` as rows of text, formulas by their values.

    Args:
        name: of the file.
        data: its bytes.
        kept: what stands after a refusal, and what to do.

    Raises:
        Quarantine: no workbook can be read from the bytes, or it unpacks to more than any download.
    """
    if is_packed(data):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                size = sum(member.file_size for member in archive.infolist())
                if size > _MOST_BYTES_UNZIPPED:
                    raise Quarantine(f"{name} unpacks to {size:,} bytes: this is not the download. {kept}")
                # the sheets may have any name
                n_cells = sum(_n_cells(part) for part in map(archive.read, archive.infolist()) if b"sheetData" in part)
        except _DAMAGE as error:
            raise Quarantine(f"{name}: the workbook cannot be read ({error}): it is cut or damaged. {kept}") from None
        if n_cells > _MOST_CELLS:
            raise Quarantine(f"{name} has a sheet of {n_cells:,} cells, most of them empty: this is not the download. {kept}")
    try:
        book = fastexcel.read_excel(data)
        found = [(s, book.load_sheet(s, header_row=None, dtypes="string").to_polars()) for s in book.sheet_names[:_MOST_SHEETS]]
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise Quarantine(f"{name}: the workbook cannot be read ({reason}): it is cut, damaged, or no workbook. {kept}") from None
    for title, frame in found:
        yield title, frame.rows()


def _n_cells(part: bytes) -> int:
    """Cells of the rectangle that the cells of a part of a workbook span; 0 where it has none."""
    rows: set[int] = set()
    columns: set[int] = set()
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        kind = tag.rpartition(":")[2]
        if kind == "row":
            given = attributes.get("r", "")
            row, column = int(given) if given.isdecimal() else row + 1, 0
        elif kind == "c":
            # a cell that says no place follows the one before
            column += 1
            if (found := _CELL.fullmatch(attributes.get("r", ""))) is not None:
                row, column = int(found[2]), 0
                for letter in found[1].upper():
                    column = 26 * column + ord(letter) - 64
            rows.add(row)
            columns.add(column)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if rows else 0
