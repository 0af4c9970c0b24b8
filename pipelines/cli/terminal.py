"""How answers look: tables that fit the terminal, colour where somebody sees it, and plain text everywhere else.

A width of None stands for no terminal: lines are as long as they need to be, for ``grep`` and files.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any

from rich.cells import cell_len, chop_cells

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


def plain(text: str) -> str:
    """A text without control characters: what comes from a list or the web must not move the cursor of a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\n" else " " for c in text)


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
    names: Sequence[str], rows: Iterable[Sequence[Any]], out: IO[str], *, width: int | None, show: Callable[[Any], str] = cell
) -> int:
    """Write rows as a table no wider than ``width``; long texts are folded, not cut. Where not even that fits: as records.

    Returns:
        The number of rows.
    """
    remaining = iter(rows)
    first = list(islice(remaining, _LOOK_AHEAD))
    is_right = [_is_number([row[i] for row in first]) for i in range(len(names))]
    shown = [[show(v) for v in row] for row in first]
    widest = [_widest(name, (row[i] for row in shown)) for i, name in enumerate(names)]
    all_rows = chain(shown, ([show(v) for v in row] for row in remaining))
    widths = widest if width is None else _fitted(names, widest, width)
    if widths is None:
        return _write_records(names, all_rows, out, width or 80)
    # where nothing limits the width, a later and longer row makes its line longer
    limits: list[int | None] = [None] * len(names) if width is None else list(widths)
    out.write(styled(_line(names, widths, is_right), "bold", out) + "\n")
    out.write(styled(_GAP.join("─" * w for w in widths), "dim", out) + "\n")
    n = 0
    for row in all_rows:
        n += 1
        folded = [_folded(text, limit) for text, limit in zip(row, limits, strict=True)]
        for i in range(max(map(len, folded), default=1)):
            out.write(_line([f[i] if i < len(f) else "" for f in folded], widths, is_right) + "\n")
    return n


def _is_number(values: Sequence[Any]) -> bool:
    known = [v for v in values if v is not None]
    return bool(known) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in known)


def _widest(name: str, texts: Iterable[str]) -> int:
    return max([cell_len(name), *(cell_len(line) for text in texts for line in text.split("\n"))])


def _fitted(names: Sequence[str], widest: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit: the widest columns give way, none below what is legible. None where that is not enough."""
    widths = list(widest)
    least = [min(w, max(_NARROWEST, cell_len(name))) for name, w in zip(names, widest, strict=True)]
    room = width - len(_GAP) * (len(widths) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest_of_all = max((w for w, lowest in zip(widths, least, strict=True) if w > lowest))
        at = [i for i, w in enumerate(widths) if w == widest_of_all and w > least[i]]
        # down to the next one at once, else one by one
        lower = max([w for w in widths if w < widest_of_all], default=0)
        over = sum(widths) - room
        step = max(1, min(widest_of_all - lower, -(-over // len(at))))
        for i in at:
            widths[i] = max(least[i], widths[i] - step)
    spare = room - sum(widths)
    for i, w in enumerate(widest):
        if spare > 0 and widths[i] < w:
            given = min(spare, w - widths[i])
            widths[i] += given
            spare -= given
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


def _line(cells: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    parts = []
    for text, width, right in zip(cells, widths, is_right, strict=True):
        pad = " " * (width - cell_len(text))
        parts.append(pad + text if right else text + pad)
    return _GAP.join(parts).rstrip()


def _write_records(names: Sequence[str], rows: Iterable[Sequence[str]], out: IO[str], width: int) -> int:
    """Each row as a block of its own, a column a line."""
    label = min(max(map(cell_len, names)), max(_NARROWEST, width // 2))
    n = 0
    for n, row in enumerate(rows, 1):
        title = f"── row {n:,} "
        out.write(styled(title + "─" * max(0, min(width, 60) - cell_len(title)), "dim", out) + "\n")
        for name, text in zip(names, row, strict=True):
            of_name = _folded(name, label) if cell_len(name) <= label else chop_cells(name, label)
            of_text = _folded(text, max(_NARROWEST, width - label - len(_GAP)))
            for i in range(max(len(of_name), len(of_text))):
                left = of_name[i] if i < len(of_name) else ""
                right = of_text[i] if i < len(of_text) else ""
                out.write(f"{left}{' ' * (label - cell_len(left))}{_GAP}{right}".rstrip() + "\n")
    return n
