"""A workbook that spans more than any download is refused before its reader asks for the memory."""

import io
import zipfile

import pytest

from assets.errors import Quarantine
from assets.reading.workbooks import sheets
from tests.reading.workbook import old_workbook, workbook


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='a1'><v>1</v></c></row><row r='1048576'><c r='xfd1048576'><v>1</v></c></row>",
        f'<row r="1">{"<c><v>1</v></c>" * 16_384}</row><row r="1048576"><c><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_are_refused(rows: str) -> None:
    """1.4 kilobytes asked for 500 GB, which aborted the process, and every refresh with it."""
    with pytest.raises(Quarantine, match="a sheet of 17,179,869,184 cells"):
        list(sheets("a.xlsx", workbook(rows), ""))


def test_a_sheet_is_read_wherever_it_begins() -> None:
    rows = '<row r="1048575"><c r="XFC1048575"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert list(sheets("a.xlsx", workbook(rows), "")) == [("S", [("1", None), (None, "2")])]


@pytest.mark.parametrize(
    ("rows", "cells", "says"),
    [
        (2, [(0, 0), (65_535, 255)], "16,777,216 cells"),
        (2**31, [(0, 0)], "memory allocation of [0-9]+ bytes failed"),
    ],
)
def test_an_old_workbook_does_not_end_the_process(rows: int, cells: list[tuple[int, int]], says: str) -> None:
    """One flipped bit in the number of rows that a sheet says it has, and its reader aborted."""
    assert list(sheets("a.xls", old_workbook(2, (0, 0), (1, 1)), "")) == [("S", [("1", None), (None, "1")])]
    with pytest.raises(Quarantine, match=says):
        list(sheets("a.xls", old_workbook(rows, *cells), ""))


def test_a_sheet_in_an_encoding_that_nobody_knows_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("sheet1.xml", "<?xml version='1.0' encoding='UTF-18446744073709551616'?><sheetData/>")
    with pytest.raises(Quarantine, match="unknown encoding"):
        list(sheets("a.xlsx", packed.getvalue(), ""))
