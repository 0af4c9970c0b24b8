"""Tables as text, to be compared whole: cells between bars, rows between slashes, a dash where nothing is known."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl


def told(rows: pl.DataFrame | Iterable[Sequence[Any]], columns: str = "") -> str:
    """Rows as text, such as ``added|2023-01-09|- / removed|2023-02-01|CHN``; of a frame, these columns."""
    found = rows.select(columns.split() or pl.all()).rows() if isinstance(rows, pl.DataFrame) else rows
    return " / ".join("|".join(map(_cell, row)) for row in found)


def tables_say(frame: Callable[[str], pl.DataFrame], *said: str) -> None:
    """Fails unless tables are as said: ``listings name valid_to native_id=2: ALPHA|- / BETA|2023-01-09``, where 2 is the id."""
    for asked, expected in (re.split(r":(?: |$)", text, maxsplit=1) for text in said):
        name, *words = asked.split()
        found = frame(name)
        for column, _, value in (word.partition("=") for word in words if "=" in word):
            found = found.filter(pl.col(column).is_null() if value == "-" else pl.col(column).cast(pl.String) == value)
        text = told(found, " ".join(w for w in words if "=" not in w))
        assert text == expected, f"{asked}: {text}\nand not {expected}"


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto" if value.second or value.microsecond else "minutes")
    return "-" if value is None else str(value)
