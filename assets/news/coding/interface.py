"""The interface of event coders: texts in, events out.

A coder takes texts and gives, text by text, the events that they express: who did what to whom, when, how real it is, who says
so, where in the text, and how sure the coder is. Another coder is another class with the two methods of ``Coder``; the
evaluation, the command line and the fold take any.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from assets.errors import BilateralError


@dataclass(frozen=True)
class Text:
    """A text to code. ``published`` is the day of publication, None where unknown: it is never guessed.

    ``id`` is whatever the caller knows the text by. ``speaker`` is the state for which the text speaks in the first person, as a
    release of a ministry does; None for news.
    """

    id: Any
    text: str
    published: date | None = None
    title: str | None = None
    speaker: str | None = None


@dataclass(frozen=True)
class Event:
    """One event, directed. Columns as in ``core.events``; offsets count in title, line break, text.

    ``reporter_id`` is the actor that the text names as its source, if it names one. ``evidence`` is the sentence.
    """

    event_date: date | None
    event_date_end: date | None
    date_precision: str
    source_id: str | None
    source_country_id: str | None
    source_sector: str | None
    target_id: str | None
    target_country_id: str | None
    target_sector: str | None
    cameo_code: str
    modality: str
    confidence: float
    reporter_id: str | None
    evidence: str
    evidence_start: int
    evidence_end: int
    language: str = "en"


class Coder(Protocol):
    """What a coder of events offers. ``name`` and ``version`` go into the columns ``coder`` and ``coder_version``."""

    @property
    def name(self) -> str:
        """The name of the coder."""
        ...

    @property
    def version(self) -> str:
        """Another one wherever events may be others."""
        ...

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        """Give the events of each text, in the order of the texts; the same texts give the same events."""
        ...

    def relation(self, text: Text, source: str, target: str) -> Event:
        """Give the one event between two parties that are named in the text by these strings."""
        ...


@dataclass(frozen=True)
class Coded:
    """A text with its events; ``problem`` says why there are none where the coder failed on it, None where it did not."""

    text: Text
    events: list[Event]
    problem: str | None = None


def code_each(coder: Coder, texts: Iterable[Text]) -> Iterator[Coded]:
    """Code texts, some at a time, so that one on which the coder fails costs its own events and no others.

    What is no fault of a text is raised: a model that is not installed, a
    file that cannot be read, a mistake in the user's own actors, memory that runs out.
    """
    for together in in_batches(texts):
        yield from _coded(coder, together)


ENOUGH = 50_000
"""Characters of texts that are coded together: what they have alike is read at once, and progress is shown in between."""


def in_batches(texts: Iterable[Text]) -> Iterator[list[Text]]:
    """Texts in order, some short ones together."""
    batch: list[Text] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text.text)
        if size >= ENOUGH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _coded(coder: Coder, texts: Sequence[Text]) -> list[Coded]:
    try:
        return [Coded(text, events) for text, (_, events) in zip(texts, coder.code(texts), strict=True)]
    except _NOT_OF_THE_TEXT:
        raise
    except Exception as fault:
        if len(texts) == 1:
            return [Coded(texts[0], [], failure(fault))]
        return [one for text in texts for one in _coded(coder, [text])]


def relation_or_failure(coder: Coder, text: Text, source: str, target: str) -> Event | str:
    """The one event between two parties named in a text, or in words why the coder failed on it."""
    try:
        return coder.relation(text, source, target)
    except _NOT_OF_THE_TEXT:
        raise
    except Exception as fault:
        return failure(fault)


def failure(fault: Exception) -> str:
    """In words that the coder failed, with the place in its code that a report of the fault needs."""
    place = traceback.extract_tb(fault.__traceback__)[-1:]
    where = "".join(f" in {Path(p.filename).name}, {p.name}" for p in place)
    said = f": {fault}" if str(fault) else ""
    return f"the event coder failed on this text ({type(fault).__name__}{where}{said}); please report it with the text"


_NOT_OF_THE_TEXT = (BilateralError, ImportError, OSError, MemoryError)
