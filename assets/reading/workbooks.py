"""The sheets of a workbook as rows of text.

Belongs here: what no workbook may be (cut, damaged, a bomb). Does not: which sheet is wanted, or what a cell means.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import fastexcel
import polars as pl

from assets.errors import Quarantine

_MOST_BYTES_UNZIPPED = 100_000_000
"""The largest that is read, NIDA's of 2024, unpacks to 1 MB."""
_MOST_SHEETS = 50


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
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise Quarantine(f"{name}: the workbook cannot be read ({error}): it is cut or damaged. {kept}") from None
        if size > _MOST_BYTES_UNZIPPED:
            raise Quarantine(f"{name} unpacks to {size:,} bytes: this is not the download. {kept}")
    try:
        book = fastexcel.read_excel(data)
        found = [(s, book.load_sheet(s, header_row=None, dtypes="string").to_polars()) for s in book.sheet_names[:_MOST_SHEETS]]
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise Quarantine(f"{name}: the workbook cannot be read ({reason}): it is cut, damaged, or no workbook. {kept}") from None
    for title, frame in found:
        yield title, frame.rows()
