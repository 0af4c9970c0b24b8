"""One text as a line of JSON: what every command that takes texts reads of it, and how it writes what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def day_of(record: Mapping[str, Any], *keys: str) -> date | None:
    """The day on which a text was published; None where it states none.

    Args:
        record: the text.
        keys: names under which it may be stated; the first that is given counts.

    Raises:
        ValueError: it is no ISO date; the message is for people.
    """
    for key in keys:
        stated = record.get(key)
        if stated is None or stated == "":
            continue
        try:
            return date.fromisoformat(str(stated)[:10])
        except ValueError:
            raise ValueError(f'"{key}" must be an ISO date (2023-12-22) or null, not {str(stated)[:40]!r}') from None
    return None


def json_line(values: Mapping[str, Any]) -> str:
    """JSON that can be written as UTF-8: half a surrogate pair, which JSON can escape and UTF-8 cannot hold, stays escaped."""
    line = json.dumps(values, ensure_ascii=False, default=date.isoformat)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(values, default=date.isoformat)
    return line
