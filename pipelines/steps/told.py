"""What steps tell of themselves, as plain values: Dagster's assets hand it on, and so does the recorder of the command line.

None of it needs Dagster, whose import takes longer than a small refresh.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, ...]
"""Name of an asset: its layer, and what it is called there. The graph of the UI shows the last part alone: these differ in it."""

BUILD: Key = ("warehouse", "build")
PUBLISHED: Key = ("warehouse", "bilateral")
REPORTS: Key = ("warehouse", "reports")


def raw(source: str) -> Key:
    """The bytes of a source as served."""
    return ("raw", source)


def staged(source: str) -> Key:
    """The typed rows of a source, on which its checks are shown."""
    return ("staged", f"{source}_rows")


def days(source: str) -> Key:
    """The asset whose partitions are the days of a source that comes in slots."""
    return ("raw", f"{source}_days")


def core(table: str) -> Key:
    """A core table by its bare name."""
    return ("core", table)


def mart(name: str) -> Key:
    """A mart by its bare name."""
    return ("marts", name)


# forms of what is told, beside text and numbers -----------------------------------------------------------------------


@dataclass(frozen=True)
class Markdown:
    """Text with Markdown in it."""

    text: str


@dataclass(frozen=True)
class Json:
    """A value as JSON."""

    value: Any


@dataclass(frozen=True)
class Address:
    """The address of a page."""

    text: str


@dataclass(frozen=True)
class FilePath:
    """Where a file lies."""

    text: str


@dataclass(frozen=True)
class Columns:
    """Columns of a table: name, type, description (or None) of each."""

    columns: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True)
class Lineage:
    """By column of a mart the columns that it is made of: names such as ``core.sanction_listings.list_id``."""

    made_of: Mapping[str, Sequence[str]]


Metadata = Mapping[str, Any]
Shown = Metadata | Callable[[], Metadata]
"""What is shown beside an asset: values, or what finds them where it is called. A process that tells need not wait for that."""


# what a step tells ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """An asset was made. ``version``: of its data, where they have one. ``partition``: the day that is now whole."""

    key: Key
    shown: Shown = field(default_factory=dict)
    version: str | None = None
    partition: str | None = None

    def metadata(self) -> Metadata:
        """What is shown beside it."""
        return self.shown() if callable(self.shown) else self.shown


@dataclass(frozen=True)
class Checked:
    """The result of a check. ``is_error``: no mere warning. ``is_blocking``: such an error keeps later steps from running."""

    key: Key
    name: str
    passed: bool
    is_error: bool
    description: str | None
    metadata: Metadata
    is_blocking: bool = False

    @property
    def blocks(self) -> bool:
        """Whether later steps must not run."""
        return self.is_blocking and self.is_error and not self.passed


@dataclass(frozen=True)
class Remark:
    """A line for the log of the run. ``level``: as Python's ``logging`` counts."""

    text: str
    level: int


Told = Made | Checked | Remark


@dataclass(frozen=True)
class Fault:
    """Why a step failed: the exception as text, with its traceback, and what caused it."""

    message: str
    stack: list[str]
    cls_name: str
    cause: Fault | None = None

    @classmethod
    def of(cls, error: BaseException) -> Fault:
        """The fault of an exception that was raised."""
        return cls._of(traceback.TracebackException.from_exception(error))

    @classmethod
    def _of(cls, found: traceback.TracebackException) -> Fault:
        name = found.exc_type.__name__ if found.exc_type is not None else "Exception"
        cause = None if found.__cause__ is None else cls._of(found.__cause__)
        return cls("".join(found.format_exception_only()), found.stack.format(), name, cause)
