"""Tables of headlines: CSV or tab separated text with a header, one headline a row. Only which cell is what belongs here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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


@dataclass(frozen=True)
class Headline:
    """A row of a table; a cell that is empty is None."""

    title: str | None
    published: str | None
    outlet: str | None
    url: str | None
    language: str | None
    text: str | None


def rows_of(text: str) -> Iterator[Headline] | None:
    """Return the rows of a table of headlines, or None where the first line names no column of headlines.

    A row with more or fewer cells than the header is read as far as it goes: its headline is there or it is not.
    """
    lines = text.splitlines(keepends=True) if "\n" not in text else [f"{line}\n" for line in text.split("\n")]
    head = next(iter(lines), "")
    separator = max(_SEPARATORS, key=head.count)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        header = next(csv.reader([head], delimiter=separator), [])
    except csv.Error:
        return None
    names = [name.strip().strip('"').casefold().replace(" ", "_") for name in header]
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
