"""The bytes of one row, cut out of the file that a source served, whatever its format.

A table says in which row of its file a row stood ("from 1", after the header where there is one), not at which byte. So
every record that may be meant is looked at, and the one is taken that holds most of what the row says. One that holds
nothing of it is never shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

_OWN = frozenset({"snapshot_id", "row_number", "source", "origin", "list_id", "file", "coder", "coder_version"})
"""Columns that this project fills: a file that holds such a word proves nothing."""
_MOST_WITNESSES = 60
_ZIP = b"PK\x03\x04"
_JSON_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Cut:
    """One record of a file.

    ``place``: where it stands, in words. ``start``, ``end``: its bytes, from 0. ``columns``: those of the row whose values it
    holds.
    """

    place: str
    start: int
    end: int
    data: bytes
    columns: tuple[str, ...]


def witnesses(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By column, the ways in which a file may write the value; without what this project itself says of the row."""
    found = {}
    for column, value in row.items():
        if column in _OWN or column.startswith("known_") or value is None or isinstance(value, bool):
            continue
        if forms := tuple(dict.fromkeys(form.casefold() for form in _forms(value) if form)):
            found[column] = forms
    return dict(list(found.items())[:_MOST_WITNESSES])


def _forms(value: Any) -> Iterator[str]:
    if isinstance(value, datetime):
        yield from _forms(value.date())
        yield f"{value:%Y%m%d%H%M%S}"
    elif isinstance(value, date):
        yield value.isoformat()
        yield f"{value:%Y%m%d}"
        yield f"{value:%m/%d/%Y}"
        yield f"{value.month}/{value.day}/{value.year}"
        yield f"{value:%d %b %Y}"
    elif isinstance(value, int):
        yield str(value)
        yield f"{value:,}"
    elif isinstance(value, float):
        yield repr(value)
        if value.is_integer():
            yield from _forms(int(value))
    elif isinstance(value, str) and len(value) > 1:
        yield value
        # ids of this project begin with the id of the source
        yield value.rpartition(":")[2]


def cut_out(data: bytes, row_number: int, row: Mapping[str, Any]) -> Cut | None:
    """The record of a file that is the ``row_number``-th (from 1) and holds most of what the row says.

    Args:
        data: the file, as served.
        row_number: as the table says it.
        row: the row of the table, by column.

    Returns:
        None where the format cannot be cut (a workbook), the row is not there, or no record that may be meant holds anything
        of the row.
    """
    if row_number < 1 or is_workbook(data):
        return None
    says = witnesses(row)
    best: Cut | None = None
    for place, start, end in _candidates(data, row_number):
        record = data[start:end]
        text = _text(record)
        columns = tuple(column for column, forms in says.items() if any(_holds(text, form) for form in forms))
        if columns and (best is None or len(columns) > len(best.columns)):
            best = Cut(place, start, end, record, columns)
    return best


def is_workbook(data: bytes) -> bool:
    """Whether a file is packed in itself, so that a row of it is no run of its bytes."""
    return data.startswith(_ZIP)


def passage(data: bytes, text: str) -> Cut | None:
    """Where a text (the evidence of an event) stands in a file, letter for letter; None where it does not."""
    for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
        try:
            wanted = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if wanted and (at := data.find(wanted)) >= 0:
            line = data.count(b"\n", 0, at) + 1
            return Cut(f"line {line:,}", at, at + len(wanted), wanted, ("evidence",))
    return None


def _text(record: bytes) -> str:
    if b"\x00" in record[:100]:
        text = record.decode("utf-16-le" if record[1:2] == b"\x00" else "utf-16-be", "replace")
    else:
        try:
            text = record.decode("utf-8")
        except UnicodeDecodeError:
            text = record.decode("cp1252", "replace")
    text = text.replace('""', '"')
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    if "&" in text:
        for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            text = text.replace(entity, letter)
    return text.casefold()


def _holds(text: str, form: str) -> bool:
    """Whether a text holds a value as a whole word: 12 is not in 112."""
    at = text.find(form)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(form) : at + len(form) + 1]
        if not ((before.isalnum() and form[0].isalnum()) or (after.isalnum() and form[-1].isalnum())):
            return True
        at = text.find(form, at + 1)
    return False


def _candidates(data: bytes, number: int) -> Iterator[tuple[str, int, int]]:
    """Place, first byte and end of each record that may be the ``number``-th."""
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head in (b"{", b"["):
        yield from _of_json(data, number)
    elif head == b"<":
        yield from _of_xml(data, number)
    yield from _of_lines(data, number)


def _of_lines(data: bytes, number: int) -> Iterator[tuple[str, int, int]]:
    """The record of a table of that number, with one line of header and without; and the line of that number itself."""
    # a record may go over several lines where a cell has line breaks within its quotes
    for record, (line, start, end) in enumerate(_records(data), 1):
        if record == number + 1:
            yield f"line {line:,} (row {number:,} after the header)", start, end
            break
        if record == number:
            yield f"line {line:,} (row {number:,})", start, end
    lines = 0
    at = 0
    while lines < number - 1 and (newline := data.find(b"\n", at)) >= 0:
        lines, at = lines + 1, newline + 1
    if lines == number - 1 and at < len(data):
        end = data.find(b"\n", at)
        yield f"line {number:,}", at, len(data) if end < 0 else end


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Line (from 1), first byte and end of each record of a delimited file. UTF-16 is cut at its own line breaks."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    newline, quote = (b"\n\x00", b'"\x00') if data[:2] == b"\xff\xfe" else (b"\x00\n", b'\x00"') if wide else (b"\n", b'"')
    at, line = 2 if wide else 0, 1
    while at < len(data):
        end, looked, n_quotes, lines = at, at, 0, 0
        while True:
            end = data.find(newline, looked)
            end = len(data) if end < 0 else end
            n_quotes += data.count(quote, looked, end)
            lines += 1
            if n_quotes % 2 == 0 or end == len(data):
                break
            looked = end + len(newline)
            if lines > 1000:  # a quote that is never closed is a mark of inches, no begin of a cell
                end, lines = data.find(newline, at), 1
                break
        yield line, at, end - (1 if data[end - 1 : end] == b"\r" else 0)
        at, line = end + len(newline), line + lines


def _of_json(data: bytes, number: int) -> Iterator[tuple[str, int, int]]:
    """The element of that number of each array, however deep, and the lines of a file of JSON lines (as lines)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    lead = len(data) - len(text.encode("utf-8"))
    for path, start, end in _elements(text, number):
        first = lead + len(text[:start].encode("utf-8"))
        yield f"element {number:,} of {path or 'the array'}", first, first + len(text[start:end].encode("utf-8"))


def _elements(text: str, number: int) -> Iterator[tuple[str, int, int]]:
    """Path, first character and end of the ``number``-th element of the arrays of objects, at most three levels deep."""
    decoder = json.JSONDecoder()

    def space(at: int) -> int:
        found = _JSON_SPACE.match(text, at)
        return at if found is None else found.end()

    def walk(at: int, path: str, depth: int) -> Iterator[tuple[str, int, int] | int]:
        at = space(at)
        if text[at] == "[" and depth < 3:
            at, n = space(at + 1), 0
            while text[at] != "]":
                n += 1
                _, end = decoder.raw_decode(text, at)
                if n == number:
                    yield path, at, end
                at = space(end)
                at = space(at + 1) if text[at] == "," else at
            yield at + 1
        elif text[at] == "{" and depth < 3:
            at = space(at + 1)
            while text[at] != "}":
                key, end = decoder.raw_decode(text, at)
                at = space(end) + 1
                for found in walk(at, f"{path}.{key}" if path else str(key), depth + 1):
                    if isinstance(found, int):
                        at = space(found)
                    else:
                        yield found
                at = space(at + 1) if text[at] == "," else at
            yield at + 1
        else:
            yield decoder.raw_decode(text, at)[1]

    try:
        for found in walk(0, "", 0):
            if not isinstance(found, int):
                yield found
    except (ValueError, IndexError, RecursionError):
        return


def _of_xml(data: bytes, number: int) -> Iterator[tuple[str, int, int]]:
    """The element of that number at each of the upper levels of a document."""
    depth, counts, starts = 0, {2: 0, 3: 0, 4: 0}, dict[int, tuple[str, int]]()
    found: list[tuple[str, int, int]] = []
    parser = expat.ParserCreate()

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth in counts:
            counts[depth] += 1
            if counts[depth] == number:
                starts[depth] = (name, parser.CurrentByteIndex)

    def end(_: str) -> None:
        nonlocal depth
        if depth in starts:
            name, first = starts.pop(depth)
            close = data.find(b">", parser.CurrentByteIndex)
            found.append((f"element {number:,} ({name}, level {depth})", first, close + 1))
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    # expat expands no external entity by itself, and bounds the growth of internal ones
    with suppress(expat.ExpatError):
        parser.Parse(data, True)
    # the whole record before a part of it that says as much
    yield from sorted(found, key=lambda place: place[1])


def shown(data: bytes, most: int = 2_000) -> str:
    """Bytes as a person reads them: as text where they are text, cut at ``most`` characters with a mark that says so."""
    text = data.decode("utf-8", "backslashreplace")
    text = "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= most else f"{text[:most]}... ({len(data):,} bytes in all)"


def best_of(cuts: Sequence[tuple[str, Cut]]) -> list[tuple[str, Cut]]:
    """Of cuts from several files those that hold most of the row: more than one where they hold as much."""
    most = max((len(cut.columns) for _, cut in cuts), default=0)
    return [(file, cut) for file, cut in cuts if len(cut.columns) == most]
