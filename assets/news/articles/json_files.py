"""Articles in JSON: an object, a list of objects, or an object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.news.articles.reading import Reading
from assets.news.articles.stated import meta_of
from assets.news.articles.texts import clean, json_of, text_in
from assets.reading.bytes import is_utf_16


def read_json(reading: Reading, file: str, data: bytes) -> None:
    """Read an object, or a list of objects."""
    found = json_of(data)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        reading.reject(file, None, "not JSON with an object or a list of objects")
        return
    for row, one in enumerate(found, start=1):
        _read_object(reading, file, row, one)


def read_json_lines(reading: Reading, file: str, data: bytes) -> None:
    """Read an object a line."""
    for row, found in values_by_line(data):
        _read_object(reading, file, row, found)


def values_by_line(data: bytes) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line that is not empty; None where it is no JSON."""
    if is_utf_16(data):
        # a line of UTF-16 does not end with the byte of a line break
        data = (text_in(data) or "").encode()
    for row, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield row, json_of(line)


def _read_object(reading: Reading, file: str, row: int, found: object) -> None:
    if not isinstance(found, dict):
        reading.reject(file, row, "not a JSON object")
        return
    text = found.get("text")
    if not isinstance(text, str):
        reading.reject(file, row, 'the article has no "text"', None if text is None else clean(str(text))[:200])
        return
    native_id = found.get("id")
    meta = meta_of(reading, file, row, found)
    reading.add(file, row, clean(text), meta, clean(native_id) if isinstance(native_id, str) else None)
