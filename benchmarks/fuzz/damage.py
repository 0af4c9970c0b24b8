"""Ways in which bytes are damaged, drawn from a seed: what disks, proxies, editors and unfriendly people do to a file."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from lxml import etree

from tests.fuzz import HOSTILE_JSON

MOST_BYTES = 60_000
"""No damaged file becomes larger: tries are to be many."""
TOKENS: tuple[bytes, ...] = (
    b"", b"\0", b'"', b"'", b'""', b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n\r\n", b"\x1a", b"\x85",
    b"\x80", b"\xed\xa0\x80",
    b"<", b">", b"/>", b"&", b"&a;", b"&#0;", b"&#xD800;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.1'?>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<html>", b"\t", b",", b";", b"|", b"{", b"}", b"[", b"]", b"-0-", b"-0- ", b"0", b"-1",
    b"1e308", b"NaN", b"inf", b"9" * 400, b"0" * 5_000, b"0001-01-01", b"9999-12-31", b"2023-02-30", b"31/02/2023",
    b"Feb 29, 2023", b"1899-12-31T24:00:00Z", b"20230230000000", b" " * 3_000, b"(" * 3_000, b"a.k.a. " * 300, b"; and " * 300,
    b"=cmd|' /C calc'!A0", b"../../etc/passwd", "‮ İ １２ ﷽ \u0000".encode(), "中华人民共和国".encode("gb18030"),
)  # fmt: skip
"""What stands where something else is expected."""
_CELL = re.compile(rb"[^\t,;|<>\n\r]+")
_NUMBER = re.compile(rb"\d+")


def damaged(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Damage a file once or several times.

    Args:
        chance: what draws the damage.
        data: the file.
        others: files of other layouts, of which parts may be mixed in.
    """
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3, 6))):
        way = STRUCTURED.get(data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]) if chance.random() < 0.5 else None
        data = (way or chance.choice(WAYS))(chance, data, others)[:MOST_BYTES]
    return data


def reshaped(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Change what a file says, once or several times, and leave it readable: columns, cells, rows, elements, values."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        way = STRUCTURED.get(data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]) or chance.choice(SHAPED)
        data = way(chance, data, others)[:MOST_BYTES]
    return data


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randint(0, len(data))


def _flip(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _overwrite(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(chance, data)
    return data[:at] + chance.choice(TOKENS) + data[at + chance.choice((0, 1, 5, 40, 400)) :]


def _drop(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(chance, data)
    return data[:at] + data[at + chance.choice((1, 8, 100, 2_000)) :]


def _repeat(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(chance, data)
    piece = data[at : at + chance.choice((1, 20, 300, 5_000))]
    return data[:at] + piece * chance.choice((2, 2, 5, 50)) + data[at + len(piece) :]


def _cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: _place(chance, data)]


def _lines(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            del lines[one]
        case 2:
            lines.insert(other, lines[one])
        case _:
            lines = lines[len(lines) // 2 :] * 2
    return b"".join(lines)


def _cell(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    cells = [m.span() for m in _CELL.finditer(data)]
    if not cells:
        return data
    start, end = chance.choice(cells)
    return data[:start] + chance.choice(TOKENS) + data[end:]


def _column(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A column of a table empty, gone, twice, under another name, in another's place, or one row down."""
    text = data.decode("latin-1")
    sign = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error:
        return _cell(chance, data, others)
    widest = max(map(len, rows), default=0)
    if widest < 2:
        return _cell(chance, data, others)
    one, other = chance.randrange(widest), chance.randrange(widest)
    full = [row for row in rows if len(row) > max(one, other)]
    match chance.randrange(6):
        case 0:
            for row in full[1:]:
                row[one] = ""
        case 1:
            for row in full:
                del row[one]
        case 2:
            for row in full:
                row.insert(other, row[one])
        case 3:
            for row in full[:1]:
                row[one] = chance.choice((row[one] + " (new)", row[other], "", "x"))
        case 4:
            for row in full[chance.randrange(2) :]:
                row[one], row[other] = row[other], row[one]
        case _:
            cells = [row[one] for row in full[1:]]
            for row, cell in zip(full[1:], cells[-1:] + cells[:-1], strict=True):
                row[one] = cell
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign).writerows(rows)
    return out.getvalue().encode("latin-1")


def _number(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    numbers = [m.span() for m in _NUMBER.finditer(data)]
    if not numbers:
        return data
    start, end = chance.choice(numbers)
    new = chance.choice((b"0", b"-1", b"99", b"13", b"2147483648", b"18446744073709551616", b"9" * 50, b"1.5", b"", b"0x1F"))
    return data[:start] + new + data[end:]


def _mix(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others) if others else data
    at, start = _place(chance, data), _place(chance, other)
    return data[:at] + other[start : start + chance.choice((50, 500, 5_000))] + data[at:]


def _saved_otherwise(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "latin-1", "cp1252", "utf-8-sig", "utf-32", "shift_jis")), "replace")


def _json_value(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Another value somewhere in a JSON file; of other files a cell."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return _cell(chance, data, others)
    places: list[tuple[Any, Any]] = []
    stack = [content]
    while stack:
        node = stack.pop()
        if isinstance(node, (dict, list)):
            children = list(node.items() if isinstance(node, dict) else enumerate(node))
            places += [(node, key) for key, _ in children]
            stack += [child for _, child in children]
    if not places:
        return json.dumps(chance.choice(HOSTILE_JSON)).encode()
    node, key = chance.choice(places)
    if chance.random() < 0.2:
        del node[key]
    else:
        node[key] = chance.choice(HOSTILE_JSON)
    return json.dumps(content).encode()


def _element(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """An element of an XML file gone, twice, elsewhere, empty or with another text; of other files a cell."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return _cell(chance, data, others)
    found = [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None]
    if not found:
        return data
    one, other = chance.choice(found), chance.choice(found)
    text = "".join(c for c in chance.choice(TOKENS).decode("utf-8", "replace") if c.isprintable())
    parent = one.getparent()
    match chance.randrange(6):
        case 0:
            parent.remove(one)
        case 1:
            parent.append(etree.fromstring(etree.tostring(one, with_tail=False)))
        case 2:
            other.append(etree.fromstring(etree.tostring(one, with_tail=False)))
        case 3:
            one.clear()
        case 4 if one.attrib:
            one.attrib[chance.choice(list(one.attrib))] = text
        case _:
            one.text = text
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _member(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A part of a packed file (a workbook) damaged, and packed again; other files are cut."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return _cut(chance, data, others)
    if not parts:
        return data
    name = chance.choice(list(parts))
    parts[name] = chance.choice((_element, _element, _number, _overwrite, _flip, _cut))(chance, parts[name], others)
    packed_again = io.BytesIO()
    with zipfile.ZipFile(packed_again, "w", zipfile.ZIP_DEFLATED) as out:
        for part, content in parts.items():
            out.writestr(part, content)
    return packed_again.getvalue()


STRUCTURED = {b"<": _element, b"{": _json_value, b"[": _json_value, b"P": _member}
"""By first byte the way that leaves a file readable and changes what it says: half of all damage, or most is refused at once."""
WAYS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _flip, _overwrite, _drop, _repeat, _cut, _lines, _cell, _cell, _number, _mix, _saved_otherwise,
)  # fmt: skip
"""The ways; those twice in it come twice as often."""
SHAPED = (_column, _column, _column, _cell, _number, _lines)
"""Those that leave a table a table."""
