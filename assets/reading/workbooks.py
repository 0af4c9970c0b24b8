"""The sheets of a workbook as rows of text.

Belongs here: what no workbook may be (cut, damaged, a bomb). Does not: which sheet is wanted, or what a cell means.
"""

from __future__ import annotations

import io
import lzma
import pickle
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import TypeAlias
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
_XLS = bytes.fromhex("d0cf11e0")
_MOST_BYTES_OF_READER = 2_000_000_000
_APART = """
import contextlib, pickle, sys
with contextlib.suppress(ImportError, OSError, ValueError):  # not every system has it
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (300, 300))
    resource.setrlimit(resource.RLIMIT_AS, ({most}, {most}))
sys.path = {path}
from assets.reading import workbooks
found = workbooks._read(sys.stdin.buffer.read())
sys.stdout.buffer.write(pickle.dumps(found))
"""
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
    LookupError,  # an encoding that nobody knows
)
"""What reading a damaged zip file, or the XML in it, raises."""
Sheets: TypeAlias = list[tuple[str, list[tuple[str | None, ...]]]]
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
    found = _read_apart(data) if data.startswith(_XLS) else _read(data)
    if isinstance(found, str):
        raise Quarantine(f"{name}: the workbook cannot be read ({found[:120]}): it is cut, damaged, or no workbook. {kept}")
    yield from found


def _read(data: bytes) -> Sheets | str:
    """The sheets, or why there are none."""
    try:
        book = fastexcel.read_excel(data)
        found = [book.load_sheet(name, header_row=None, dtypes="string") for name in book.sheet_names[:_MOST_SHEETS]]
        if (n_cells := sum(sheet.width * sheet.total_height for sheet in found)) > _MOST_CELLS:
            return f"{n_cells:,} cells, most of them empty"
        return [(sheet.name, sheet.to_polars().rows()) for sheet in found]
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError, OSError) as error:
        return str(error).partition("\n")[0] or type(error).__name__


def _read_apart(data: bytes) -> Sheets | str:
    """The same of an ``.xls``, in a process with a limit.

    Its reader asks for the memory that the file says a sheet needs, and where it gets none it aborts the process: one flipped bit
    ended every refresh.
    """
    program = _APART.format(path=sys.path, most=_MOST_BYTES_OF_READER)
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=False)
    if done.returncode:
        return done.stderr.decode(errors="replace").strip().partition("\n")[0] or "its reader was ended"
    found: Sheets | str = pickle.loads(done.stdout)
    return found


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
