"""Workbooks as bytes."""

import io
import struct
import zipfile
from collections.abc import Iterable

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(rows: str | Iterable[bytes]) -> bytes:
    """A workbook of one sheet with these rows, as XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _PARTS.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in [rows.encode()] if isinstance(rows, str) else rows:
                sheet.write(row)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def old_workbook(rows: int, *cells: tuple[int, int]) -> bytes:
    """An ``.xls`` of one sheet that says it has so many rows, with a number at each of these places.

    [MS-XLS] records in a stream of [MS-CFB]: sector 0 has the chains, 1 the directory, 2 to 9 the stream.
    """

    def record(kind: int, form: str, *values: object) -> bytes:
        return struct.pack(f"<HH{form}", kind, struct.calcsize(f"<{form}"), *values)

    begin, end = (record(0x809, "HHHHII", 0x600, kind, 0, 0, 0, 0) for kind in (5, 16)), record(0xA, "")
    book = next(begin)
    book += record(0x85, "IBBBB1s", len(book) + 17, 0, 0, 1, 0, b"S") + end
    book += next(begin) + record(0x200, "IIHHH", 0, rows, 0, 1, 0)
    book += b"".join(record(0x203, "HHHd", row, column, 0, 1.0) for row, column in cells) + end
    last, none = 0xFFFFFFFE, 0xFFFFFFFF
    entries = [
        struct.pack("<64sHBBIII36sIQ", name.encode("utf-16-le"), 2 * len(name) + 2, kind, 1, none, none, child, b"", start, size)
        for name, kind, child, start, size in (("Root Entry", 5, 1, last, 0), ("Workbook", 2, none, 2, 4096))
    ]
    header = struct.pack("<8s16x5H10x", bytes.fromhex("d0cf11e0a1b11ae1"), 62, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 1, 1, 0, 4096, last, 0, last, 0, 0).ljust(512 - len(header), b"\xff")
    chains = struct.pack("<10I", 0xFFFFFFFD, last, *range(3, 10), last).ljust(512, b"\xff")
    return header + chains + b"".join(entries).ljust(512, b"\0") + book.ljust(4096, b"\0")
