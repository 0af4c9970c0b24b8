"""JSON without what a table cannot hold: halves of characters, numbers beyond all bounds."""

from __future__ import annotations

import json
import math
from typing import Any

from assets.errors import Quarantine


class NotJson(ValueError):
    """The text is no JSON; the message says where it ends to be."""


def value_of(text: str, *, numbers_as_written: bool = False) -> Any:
    """The value that a text states, as the standard library reads it.

    Args:
        text: JSON.
        numbers_as_written: numbers as the text of their digits, for tables of text: 12.50 stays so, and no number is too large.

    Raises:
        NotJson: it is none, or nested beyond all bounds.
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str) if numbers_as_written else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)[:120]) from error


def read_json(name: str, text: str, kept: str) -> Any:
    """A file as JSON. Raises Quarantine where it is none, or holds halves of characters (lone surrogates) or huge numbers."""
    try:
        content = json.loads(text, parse_int=_whole_number, parse_float=_number)
        if "\\u" in text:
            # an escape can write half of a character, which no table holds
            json.dumps(content, ensure_ascii=False).encode()
        return content
    except UnicodeEncodeError as error:
        raise Quarantine(f"{name} holds halves of characters (lone surrogates): it is damaged. {kept}") from error
    except (ValueError, RecursionError) as error:
        raise Quarantine(f"{name} is not readable as JSON ({str(error)[:120]}); the file is cut or damaged. {kept}") from error


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
