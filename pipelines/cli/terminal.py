"""How answers look: tables that fit the terminal, CSV or JSON, colour where somebody sees it, plain text everywhere else.

A width of None stands for no terminal: lines are as long as they need to be, for ``grep`` and files.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import IO, TYPE_CHECKING, Any

from rich.cells import cell_len, chop_cells

from pipelines.cli.app import plain, tell

if TYPE_CHECKING:
    import duckdb

ROWS_ON_A_TERMINAL = 1_000
"""Rows of a table that a terminal shows where no number is asked for."""
_LOOK_AHEAD = 1_000
"""Rows that the widths of columns are decided on; later rows are folded into these widths."""
_GAP = "  "
_NARROWEST = 12
"""Narrowest column that text is folded into: below this, rows are shown as records, a column a line."""


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person looks at the stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of(stream: IO[str]) -> int | None:
    """Columns that a line may have: those of the terminal; None where nobody looks: as many as it needs."""
    return max(20, shutil.get_terminal_size().columns) if is_terminal(stream) else None


def has_colour(stream: IO[str]) -> bool:
    """Whether colour may be used: on a terminal, unless NO_COLOR is set."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


def styled(text: str, style: str, stream: IO[str] | None = None) -> str:
    """The text in a style (bold, dim, red, green, yellow), where the stream shows colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if has_colour(stream or sys.stdout) else text


def cell(value: Any) -> str:
    """A value as a table shows it, in the manner of DuckDB's own shell; what is not known is NULL."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return f"[{', '.join(map(cell, value))}]"
        case dict():
            return "{" + ", ".join(f"{k}: {cell(v)}" for k, v in value.items()) + "}"
        case _:
            return plain(str(value))


def write_table(
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    out: IO[str],
    *,
    width: int | None = None,
    show: Callable[[Any], str] = cell,
) -> None:
    """Write rows as a table that fits; long texts are folded, not cut. Where not even that fits: as records.

    ``width``: columns that a line may have where ``out`` is no terminal; None: as many as it needs. ``show``: a value as
    text.
    """
    width = width_of(out) or width
    remaining = iter(rows)
    first = list(islice(remaining, _LOOK_AHEAD))
    is_right = [_is_number([row[i] for row in first]) for i in range(len(names))]
    shown = [[show(v) for v in row] for row in first]
    widest = [max(map(cell_len, chain([name], *(row[i].split("\n") for row in shown)))) for i, name in enumerate(names)]
    all_rows = chain(shown, ([show(v) for v in row] for row in remaining))
    widths = widest if width is None else _fitted(names, widest, width)
    if widths is None:
        _write_records(names, all_rows, out, width or 80)
        return
    # where nothing limits the width, a later and longer row makes its line longer
    limits: list[int | None] = [None] * len(names) if width is None else list(widths)
    out.write(styled(_line(names, widths, is_right), "bold", out) + "\n")
    out.write(styled(_GAP.join("─" * w for w in widths), "dim", out) + "\n")
    for row in all_rows:
        folded = [_folded(text, limit) for text, limit in zip(row, limits, strict=True)]
        for line in zip_longest(*folded, fillvalue=""):
            out.write(_line(line, widths, is_right) + "\n")


def _is_number(values: Sequence[Any]) -> bool:
    known = [v for v in values if v is not None]
    return bool(known) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in known)


def _fitted(names: Sequence[str], widest: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit: the widest columns give way, none below what is legible. None where that is not enough."""
    least = [min(w, max(_NARROWEST, cell_len(name))) for name, w in zip(names, widest, strict=True)]
    room = width - len(_GAP) * (len(widest) - 1)
    if sum(least) > room:
        return None

    def cut(most: int) -> list[int]:
        return [max(lowest, min(w, most)) for w, lowest in zip(widest, least, strict=True)]

    most = next(n for n in range(min(room, max(widest)), -1, -1) if sum(cut(n)) <= room)
    widths = cut(most)
    for i in [i for i, w in enumerate(widest) if widths[i] == most < w][: room - sum(widths)]:
        widths[i] += 1
    return widths


def _folded(text: str, width: int | None) -> list[str]:
    """Lines of a text, at most ``width`` cells each: broken between words, within one only where it is longer than a line."""
    if width is None or (cell_len(text) <= width and "\n" not in text):
        return text.split("\n")
    return [line for part in text.split("\n") for line in _fold(part, width)]


def _fold(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        *whole, line = chop_cells(word, width) if cell_len(word) > width else [word]
        yield from whole
    yield line


def fold(text: str, width: int | None, indent: str = "") -> str:
    """A text in lines that fit, each after ``indent``; it bears no style."""
    return "\n".join(indent + line for line in _folded(plain(text), None if width is None else max(20, width - len(indent))))


def say(text: str | None, indent: str = "") -> None:
    """Print a text, if there is one, in lines that fit."""
    if text:
        print(fold(text, width_of(sys.stdout), indent))


def section(title: str, lines: Sequence[str], before: str = "") -> None:
    """Print a title and the lines below it; nothing where there are none."""
    if lines:
        print(before + styled(title, "bold"))
    for line in lines:
        say(line, "  ")


def _line(cells: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    parts = []
    for text, width, right in zip(cells, widths, is_right, strict=True):
        pad = " " * (width - cell_len(text))
        parts.append(pad + text if right else text + pad)
    return _GAP.join(parts).rstrip()


def _write_records(names: Sequence[str], rows: Iterable[Sequence[str]], out: IO[str], width: int) -> None:
    """Each row as a block of its own, a column a line."""
    label = min(max(map(cell_len, names)), max(_NARROWEST, width // 2))
    for n, row in enumerate(rows, 1):
        title = f"── row {n:,} "
        out.write(styled(title + "─" * max(0, min(width, 60) - cell_len(title)), "dim", out) + "\n")
        for name, text in zip(names, row, strict=True):
            of_name = _folded(name, label) if cell_len(name) <= label else chop_cells(name, label)
            of_text = _folded(text, max(_NARROWEST, width - label - len(_GAP)))
            for left, right in zip_longest(of_name, of_text, fillvalue=""):
                out.write(f"{left}{' ' * (label - cell_len(left))}{_GAP}{right}".rstrip() + "\n")


def write_answer(cursor: duckdb.DuckDBPyConnection, form: str, limit: int | None, width: int | None = None) -> int:
    """Write the rows of a cursor as table, csv or json; return their number. That there are more is said on standard error.

    ``limit``: 0: all; None: all, but ``ROWS_ON_A_TERMINAL`` of a table there. ``width``: as in ``write_table``.
    """
    if cursor.description is None:
        return 0
    if limit is None and form == "table" and is_terminal(sys.stdout):
        limit = ROWS_ON_A_TERMINAL
    n = 0
    rows = chain.from_iterable(iter(lambda: cursor.fetchmany(10_000), []))

    def counted() -> Iterator[tuple[Any, ...]]:
        nonlocal n
        for row in islice(rows, limit or None):
            n += 1
            yield row

    write_rows([d[0] for d in cursor.description], counted(), form, width)
    sys.stdout.flush()
    if next(rows, None) is not None:
        tell(f"the first {n:,} rows; there are more: --limit 0 gives all of them, --format csv > FILE keeps them")
    return n


def write_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], form: str, width: int | None = None) -> None:
    """Rows on standard output: a table, CSV, or one JSON array of objects."""
    out = sys.stdout
    if form == "table":
        write_table(names, rows, out, width=width)
    elif form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(["" if v is None else _plain(v) for v in row] for row in rows)
    else:
        before = "["
        for row in rows:
            out.write(before + "\n")
            json.dump(dict(zip(names, map(_plain, row), strict=True)), out, ensure_ascii=False)
            before = ","
        out.write("[]\n" if before == "[" else "\n]\n")


def print_json(content: object) -> None:
    """Write JSON for a program: moments and days as ISO text."""
    print(json.dumps(content, indent=1, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    """A value as JSON has it: dates and times as ISO text, whole decimals as integers, what is not finite as null."""
    match value:
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(v) for v in value]
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)
