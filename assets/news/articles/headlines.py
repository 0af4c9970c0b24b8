"""Tables of headlines: CSV or tab separated text with a header, one headline a row. Only which cell is what belongs here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from assets.reading.tables import column_name, delimiter_of

NAMES = {
    "title": ("title", "headline", "headlines", "head_line"),
    "published": ("published", "published_at", "publish_date", "publication_date", "pubdate", "date", "datetime", "time",
        "timestamp"),
    "outlet": ("outlet", "publisher", "publication", "newspaper", "source_name", "source", "site", "domain", "media"),
    "url": ("url", "link", "href", "web_url", "address"),
    "language": ("language", "lang"),
    "text": ("text", "body", "content", "article"),
}  # fmt: skip
"""Names that a column may have, the surest first. Other columns (section, captured) are not read."""

_SEPARATORS = ",\t;|"
_LONGEST_CELL = 20_000_000
"""Some tables hold the text of an article in a cell."""


@dataclass(frozen=True)
class Headline:
    """A row of a table; a cell that is empty is None."""

    title: str | None
    published: str | None
    outlet: str | None
    url: str | None
    language: str | None
    text: str | None


_LOOKED_AT = 50
"""Rows that are looked at to tell which column holds dates."""


def columns_of(text: str) -> dict[str, list[str]]:
    """First cells of the columns of a table that are not read, by name; none where a column of publication dates is known."""
    lines, separator = _lines(text)
    try:
        header, *rows = islice(csv.reader(lines, delimiter=separator), 1 + _LOOKED_AT)
    except (csv.Error, ValueError):
        return {}
    names = [_plain(name) for name in header]
    if any(name in NAMES["published"] for name in names):
        return {}
    known = {name for all_names in NAMES.values() for name in all_names}
    return {
        header[i].strip(): [row[i] for row in rows if i < len(row)] for i, name in enumerate(names) if name and name not in known
    }


def _lines(text: str) -> tuple[list[str], str]:
    """Lines of a table and what separates its cells."""
    lines = text.splitlines(keepends=True) if "\n" not in text else [f"{line}\n" for line in text.split("\n")]
    csv.field_size_limit(_LONGEST_CELL)
    return lines, delimiter_of(next(iter(lines), ""), _SEPARATORS)


def _plain(name: str) -> str:
    return column_name(name.strip().strip('"'))


def rows_of(text: str) -> Iterator[Headline] | None:
    """Return the rows of a table of headlines, or None where the first line names no column of headlines.

    A row with more or fewer cells than the header is read as far as it goes: its headline is there or it is not.
    """
    lines, separator = _lines(text)
    try:
        header = next(csv.reader(lines[:1], delimiter=separator), [])
    except csv.Error:
        return None
    names = [_plain(name) for name in header]
    places = {what: next((names.index(name) for name in known if name in names), None) for what, known in NAMES.items()}
    return None if places["title"] is None else _rows(lines, separator, places)


def _rows(lines: list[str], separator: str, places: dict[str, int | None]) -> Iterator[Headline]:
    reader = csv.reader(islice(lines, 1, None), delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # a cell that is too long, or a line break where none may be: the row has no headline
            yield Headline(None, None, None, None, None, None)
            continue
        if cells:
            found = {what: _cell(cells, place) for what, place in places.items()}
            yield Headline(**found)


def _cell(cells: list[str], place: int | None) -> str | None:
    return (cells[place].strip() or None) if place is not None and place < len(cells) else None
