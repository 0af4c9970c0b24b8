"""The coder on JSON lines: what ``bilateral code`` reads and writes.

In: ``{"id", "text", "published" (ISO date or null; "date" where it lacks), "title"?, "speaker"?}`` a line; ``speaker`` is the
state in whose name a release speaks, by default that of its ``outlet`` or ``url`` where that is a ministry. Out: an event a
line, with the columns of ``core.events`` and ``id``. A line that also holds ``source`` and ``target``, strings of the text,
gives exactly one event: the relation between these two. A line that is none of this, or on which the coder fails, gives one
line ``{"id", "error"}`` in its place, one whose text is in a language that is not coded a line ``{"id", "skipped"}``, and the
others go on. An event of a Chinese text has a ``coder`` of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from assets.actors.lookups import lookups
from assets.news.articles.addresses import speaker_of
from assets.news.coding import languages
from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Coder, Event, Text, code_each, relation_or_failure

_CHUNK = 256


@cache
def default_coder(own_actors: Path | None = None) -> Coder:
    """The coder of this project, with the actors in a folder of the user's own, made once per process."""
    return languages.ByLanguage(EventCoder(own_actors=own_actors), own_actors)


_chinese_version = cache(languages.chinese_version)


def scaled(event: Event, coder: Coder) -> dict[str, Any]:
    """An event with everything that its CAMEO code implies, in the names of the columns of ``core.events``."""
    is_chinese = event.language == "zh"
    columns = {name: value for name, value in asdict(event).items() if name != "language"}
    return columns | {
        **lookups().cameo[event.cameo_code]._asdict(),
        "coder": languages.CHINESE if is_chinese else coder.name,
        "coder_version": _chinese_version() if is_chinese else coder.version,
    }


@dataclass(frozen=True)
class Line:
    """A line of output. ``is_error``: it holds no event but says why there is none; ``is_skipped``: its language is not coded."""

    json: str
    is_error: bool = False
    is_skipped: bool = False


def code_lines(lines: Iterable[str], coder: Coder | None = None) -> Iterator[Line]:
    """Code JSON lines.

    Args:
        lines: JSON objects, one a line; empty lines are skipped.
        coder: that of the project by default.

    Returns:
        Events and errors as JSON lines, in the order of the texts and within a text in that of its sentences.
    """
    coder = default_coder() if coder is None else coder
    remaining = iter(lines)
    number = 0
    while chunk := list(islice(remaining, _CHUNK)):
        asked = []
        for line in chunk:
            number += 1
            if line.strip():
                asked.append((number, _read(line, number)))
        texts = [one for _, one in asked if isinstance(one, Text)]
        coded = code_each(coder, texts)
        for where, one in asked:
            if isinstance(one, Line):
                yield one
                continue
            if isinstance(one, Text):
                result = next(coded)
                events, problem = result.events, result.problem
                language = None if problem else languages.not_coded(one)
            else:
                found = relation_or_failure(coder, *one)
                events, problem = ([], found) if isinstance(found, str) else ([found], None)
                language = None
            name = one.id if isinstance(one, Text) else one[0].id
            yield from (_written(name, event, coder) for event in events)
            if problem is not None:
                yield _error(name, f"line {where}: {problem}")
            elif language is not None:
                yield Line(json_line({"id": name, "skipped": f"line {where}: {language}"}), is_skipped=True)


def _read(line: str, number: int) -> Text | tuple[Text, str, str] | Line:
    """A text, a text with two parties, or the error to be written in its place."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return _error(None, f"line {number}: not JSON")
    if not isinstance(found, dict):
        return _error(None, f"line {number}: not a JSON object")
    name = found.get("id")
    if not isinstance(found.get("text"), str):
        return _error(name, f'line {number}: "text" must be a string')
    try:
        day = day_of(found, "published", "date")
    except ValueError as error:
        return _error(name, f"line {number}: {error}")
    title = found.get("title")
    speaker, outlet, url = (value if isinstance(value := found.get(key), str) else None for key in ("speaker", "outlet", "url"))
    speaker = speaker or speaker_of(outlet, url)
    text = Text(name, found["text"], day, title if isinstance(title, str) and title.strip() else None, speaker)
    source, target = found.get("source"), found.get("target")
    if isinstance(source, str) and isinstance(target, str) and source and target:
        return text, source, target
    return text


def _written(name: Any, event: Event, coder: Coder) -> Line:
    return Line(json_line({"id": name, **scaled(event, coder)}))


def _error(name: Any, reason: str) -> Line:
    return Line(json_line({"id": name, "error": reason}), is_error=True)


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
