"""Why a step of a run failed, in words for people."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from assets.errors import BilateralError
from pipelines.util.disk_errors import text_in_words


class Raised(Protocol):
    """An exception as text, as ``Fault`` and Dagster's events have it."""

    @property
    def message(self) -> str:
        """Its class and what it says."""
        ...

    @property
    def cls_name(self) -> str | None:
        """The name of its class."""
        ...

    @property
    def cause(self) -> Raised | None:
        """What caused it."""
        ...


def failure_message(step: str | None, error: Raised | None, folder: Path) -> str:
    """Why a step failed, as a sentence for people; ``folder``: of the warehouse."""
    # the reason lies deepest, unless somebody wrote it down for people
    while error is not None and error.cause is not None and error.cls_name != BilateralError.__name__:
        error = error.cause
    text = "unknown reason" if error is None else error.message.strip().splitlines()[0]
    text = text.removeprefix(f"{BilateralError.__module__}.{BilateralError.__name__}: ")
    return f"step {step} failed: {text_in_words(text, folder) or text}"
