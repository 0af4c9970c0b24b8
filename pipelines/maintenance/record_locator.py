"""The record of a file that a row was read from, as text: by its row number, in CSV, JSON and XML.

A table says in which row of its file a row stood (from 1, after the header where there is one). So each record that may be meant
is looked at, and that is taken which has most of the row's values. One that has none of them is never shown.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

from assets.reading.bytes import decode

_OWN = frozenset({"snapshot_id", "row_number", "source", "origin", "list_id", "file", "coder", "coder_version"})
"""Columns that this project fills: a file that has such a word proves nothing."""


@dataclass(frozen=True)
class Record:
    """One record of a file. ``place``: where it stands, in words. ``columns``: those of the row whose values it has."""

    place: str
    text: str
    columns: tuple[str, ...]


def record_of(data: bytes, row_number: int, row: Mapping[str, Any]) -> Record | None:
    """The record of a file that is the ``row_number``-th (from 1) and has most of what the row says.

    Args:
        data: the file, as served.
        row_number: as the table says it.
        row: the row of the table, by column.

    Returns:
        None where the format is packed (a workbook), or no record of that number has anything of the row.
    """
    if is_workbook(data):
        return None
    says = {c: forms for c, v in row.items() if c not in _OWN and not c.startswith("known_") and (forms := _forms(v))}
    found = []
    for place, text, values in _candidates(data, row_number):
        words = values.casefold()
        found.append(Record(place, text, tuple(c for c, forms in says.items() if any(_has(words, f) for f in forms))))
    best = max(found, key=lambda record: len(record.columns), default=None)
    return best if best is not None and best.columns else None


def passage(data: bytes, text: str) -> Record | None:
    """Where a text (the evidence of an event) stands in a file, letter for letter; None where it does not."""
    before, found, _ = decode(data, errors="replace").partition(text)
    return Record(f"line {before.count(chr(10)) + 1:,}", text, ("evidence",)) if found and text else None


def is_workbook(data: bytes) -> bool:
    """Whether a file is packed in itself, so that a row of it is no run of its bytes."""
    return data.startswith(b"PK\x03\x04")


def shown(text: str, most: int = 2_000) -> str:
    """Text as a terminal may show it, cut at ``most`` characters with a mark that says so."""
    text = "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters in all)"


def _forms(value: Any) -> tuple[str, ...]:
    """The ways in which a file may write a value, in small letters."""
    if value is None or isinstance(value, bool) or value == "":
        return ()
    if isinstance(value, date):
        return tuple(f"{value:{form}}".casefold() for form in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d %b %Y"))
    if isinstance(value, int | float):
        return (f"{value:g}", str(value), f"{value:,}")
    # ids of this project begin with the id of the source
    return (str(value).casefold(), str(value).rpartition(":")[2].casefold()) if len(str(value)) > 1 else ()


def _has(text: str, form: str) -> bool:
    """Whether a text has a value as a whole word: 12 is not in 112."""
    at = text.find(form) if form else -1
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(form) : at + len(form) + 1]
        if not ((before.isalnum() and form[0].isalnum()) or (after.isalnum() and form[-1].isalnum())):
            return True
        at = text.find(form, at + 1)
    return False


def _candidates(data: bytes, number: int) -> Iterator[tuple[str, str, str]]:
    """Place and text of each record that may be the ``number``-th, and its values as words."""
    text = decode(data, errors="replace")
    begin = text.lstrip()[:1]
    with suppress(ValueError, RecursionError):  # it may be lines that begin so
        for path, element in _elements(json.loads(text), number, "", 0) if begin in ("{", "[") else ():
            found = json.dumps(element, ensure_ascii=False)
            yield f"element {number:,} of {path or 'the array'}", found, found
    yield from _of_xml(data, number) if begin == "<" else ()
    lines = list(io.StringIO(text, newline=""))
    reader, first = csv.reader(lines), 1
    with suppress(csv.Error):
        for n, cells in enumerate(reader, 1):
            if n in (number, number + 1):
                header = " after the header" if n > number else ""
                record = "".join(lines[first - 1 : reader.line_num]).rstrip("\r\n")
                yield f"line {first:,} (row {number:,}{header})", record, " | ".join(cells)
            first = reader.line_num + 1
    if 0 < number <= len(lines):
        yield f"line {number:,}", lines[number - 1].rstrip("\r\n"), lines[number - 1]


def _of_xml(data: bytes, number: int) -> list[tuple[str, str, str]]:
    """The element of that number at each of the levels 2 to 4. All others are dropped as they are read: lists are large."""
    depth, counts, chosen, found = 0, Counter[int](), list[ElementTree.Element](), dict[int, tuple[str, str, str]]()
    with suppress(ElementTree.ParseError):
        # expat expands no entity from outside, and bounds the growth of others
        for event, one in ElementTree.iterparse(io.BytesIO(data.lstrip()), ("start", "end")):
            if event == "start":
                depth += 1
                counts[depth] += 1
                if depth in (2, 3, 4) and counts[depth] == number:
                    chosen.append(one)
                continue
            if chosen and one is chosen[-1]:
                chosen.pop()
                values = (text for e in one.iter() for text in (e.text, *e.attrib.values()) if text)
                record = ElementTree.tostring(one, encoding="unicode").strip()
                found[depth] = (f"element {number:,} ({one.tag}, level {depth})", record, " | ".join(values))
            if not chosen:
                one.clear()
            depth -= 1
    return [found[level] for level in sorted(found)]  # the whole record before a part of it that says as much


def _elements(value: Any, number: int, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Path and ``number``-th element of each array, at most three levels deep."""
    if isinstance(value, list) and 0 < number <= len(value):
        yield path, value[number - 1]
    if isinstance(value, dict) and depth < 3:
        for key, inner in value.items():
            yield from _elements(inner, number, f"{path}.{key}" if path else str(key), depth + 1)
