"""Lists in text files, read whole: the one file of a snapshot as text, delimited rows or JSON.

Here are the failures that every format has (no file, two files, empty, a web page, cut, not readable); what a column means is
for the module of the list. Lists in XML are read by ``xml_stream``.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from assets.errors import Quarantine

KEPT = "The last good list stands; fetch again, or look at the kept bytes."
MOST_VALUE = 200
"""Characters of a bad value that are kept with its reason."""

Reject = tuple[str, int, str | None, str | None, str]
"""A row of REJECTS: file, row, column, value, reason."""


def one_file(files: Mapping[str, bytes], what: str) -> tuple[str, bytes]:
    """The only file of a snapshot. Raises Quarantine where there is none, or more than one."""
    if len(files) != 1:
        held = ", ".join(sorted(files)[:5]) or "no file"
        raise Quarantine(
            f"{what}: a snapshot is one file, this one holds {held}. Put each file in a folder of its own. "
            "The last good list stands."
        )
    return next(iter(files.items()))


def read_text(name: str, data: bytes) -> str:
    """The file as text without a byte order mark: UTF-8, else Windows-1252. Raises Quarantine: empty, or a web page."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Quarantine(f"{name} is empty ({len(data):,} bytes): an empty answer is not a mass delisting. {KEPT}")
    text = decoded(data)
    if text[:300].lstrip("\ufeff \t\r\n").startswith("<"):
        raise Quarantine(f"{name} is a web page or XML, not the list: it begins with {text.lstrip()[:40]!r}. {KEPT}")
    return text


def decoded(data: bytes) -> str:
    """Bytes as text without a byte order mark; what is not UTF-8 is taken as Windows-1252, in which copies are saved."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def delimited(name: str, text: str, delimiter: str) -> list[list[str]]:
    """Rows of cells without blank rows. Raises Quarantine where the quotes do not match or a cell is beyond all bounds."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(cells for cells in reader if any(c.strip() for c in cells))
    except csv.Error as error:
        twice = (
            " Its header stands in it a second time: two downloads in one file." if rows[:1] in ([r] for r in rows[1:]) else ""
        )
        raise Quarantine(
            f"{name} is cut or damaged at line {reader.line_num:,}, after {len(rows):,} rows ({error}).{twice} {KEPT}"
        ) from error
    return rows


def read_json(name: str, text: str) -> Any:
    """The file as JSON. Raises Quarantine where it is none, or holds halves of characters (lone surrogates) or huge numbers."""
    try:
        content = json.loads(text, parse_int=_whole_number, parse_float=_number)
        if "\\u" in text:
            # an escape can write half of a character, which no table holds
            json.dumps(content, ensure_ascii=False).encode()
        return content
    except UnicodeEncodeError as error:
        raise Quarantine(f"{name} holds halves of characters (lone surrogates): it is damaged. {KEPT}") from error
    except (ValueError, RecursionError) as error:
        raise Quarantine(f"{name} is not readable as JSON ({str(error)[:120]}); the file is cut or damaged. {KEPT}") from error


def _whole_number(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError(f"the number {text[:30]} is beyond all bounds")
    return number


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:30]} is beyond all bounds")
    return number


def delimiter_of(text: str) -> str:
    """Tab where the first line holds one, else comma."""
    return "\t" if "\t" in text.lstrip("\r\n").split("\n", 1)[0] else ","


def cells_by_name(
    name: str, rows: list[list[str]], columns: Collection[str], text: str
) -> tuple[list[tuple[int, dict[str, str]]], list[Reject], int]:
    """Rows as mappings from the header's names.

    Args:
        name: of the file.
        rows: the header and what follows.
        columns: names that the header must have, in small letters with ``_`` for blanks.
        text: the file, for how it ends.

    Returns:
        Row number (from 1, header not counted) with its cells; rejects for rows of another width; how many rows were read.

    Raises:
        Quarantine: a column is missing, the header stands in the file twice, or the last row is cut.
    """
    header = [re.sub(r"\s+", "_", c.strip().casefold()) for c in rows[0]] if rows else []
    missing = [c for c in columns if c not in header]
    if missing:
        raise Quarantine(
            f"{name}: the header lacks {', '.join(missing)}; it begins with {', '.join(rows[0])[:120] if rows else 'nothing'!r}. "
            f"Another layout, or not the list. {KEPT}"
        )
    again = next((n for n, cells in enumerate(rows[1:], 1) if cells == rows[0]), None)
    if again is not None:
        raise Quarantine(f"{name}: the header stands in it a second time, in row {again:,}: two downloads in one file. {KEPT}")
    if len(rows) > 1 and len(rows[-1]) < len(header) and not text.endswith(("\n", "\r")):
        raise Quarantine(f"{name} is cut in its last row: {len(rows[-1])} of {len(header)} columns, no line break. {KEPT}")
    good: list[tuple[int, dict[str, str]]] = []
    bad: list[Reject] = []
    for number, cells in enumerate(rows[1:], 1):
        if len(cells) == len(header):
            good.append((number, {c: v.strip() for c, v in zip(header, cells, strict=True)}))
        else:
            reason = f"{len(cells)} columns where the header has {len(header)}"
            bad.append((name, number, None, ", ".join(cells)[:MOST_VALUE], reason))
    return good, bad, len(rows) - 1
