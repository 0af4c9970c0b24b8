"""Texts in, JSON lines out: ``code`` and ``resolve``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assets.errors import BilateralError
from pipelines.cli.answers import tell
from pipelines.cli.input import lines_of

if TYPE_CHECKING:
    from pipelines.settings import Settings

_TELL_EVERY_S = 15
"""Seconds after which a long run says how far it is."""


def code(settings: Settings, file: str | None) -> int:
    """``bilateral code``: events coded from texts; exit code 1 where a line could not be coded."""
    from assets.news.coding.jsonl import code_lines, default_coder

    n_bad = n_skipped = 0
    told = time.monotonic()
    with lines_of(file) as lines:
        for number, line in enumerate(code_lines(lines, default_coder(settings.actors)), 1):
            print(line.json)
            n_bad += line.is_error
            n_skipped += line.is_skipped
            if time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                tell(f"{number:,} lines written so far")
    if n_skipped:
        tell(f"{n_skipped:,} texts in other languages than English and Chinese were skipped; each has a line {{id, skipped}}")
    if n_bad:
        tell(f"{n_bad:,} lines could not be coded; each has a line {{id, error}} in its place")
    return 1 if n_bad else 0


def resolve(settings: Settings, file: str | None) -> int:
    """``bilateral resolve``: actors named in texts."""
    with lines_of(file) as lines:
        for line in _mentions(lines, settings):
            print(line)
    return 0


def _mentions(lines: Iterable[str], settings: Settings) -> Iterator[str]:
    from assets.news.coding.jsonl import day_of, json_line
    from assets.news.text.named_actors import document, mentions_of
    from assets.news.text.phrase_roles import with_roles

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _record(line, number)
        try:
            day = day_of(record, "date", "published")
        except ValueError as error:
            raise BilateralError(f"line {number}: {error}") from error
        text, title = record["text"], record.get("title")
        found = mentions_of(text, day, title, own_actors=settings.actors)
        for mention in with_roles(document(text, title), found):
            yield json_line({"id": record.get("id"), **asdict(mention)})


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BilateralError(f"line {number}: not JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise BilateralError(f"line {number}: expected an object with at least 'text'")
    if not isinstance(record.get("title"), (str, type(None))):
        raise BilateralError(f"line {number}: title is {type(record['title']).__name__}, expected a string")
    return record
