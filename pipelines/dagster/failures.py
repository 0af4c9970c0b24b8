"""Why a step of a run failed, in words for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.cannot_write import text_in_words

if TYPE_CHECKING:
    import dagster as dg


def failure_in_words(event: dg.DagsterEvent, folder: Path) -> str:
    """Why a step failed, as a sentence for people; ``folder``: of the warehouse."""
    data = event.step_failure_data
    error = data.error if data is not None else None
    # the reason lies deepest, unless somebody wrote it down for people
    while error is not None and error.cause is not None and error.cls_name != BilateralError.__name__:
        error = error.cause
    text = "unknown reason" if error is None else error.message.strip().splitlines()[0]
    text = text.removeprefix(f"{BilateralError.__module__}.{BilateralError.__name__}: ")
    return f"step {event.step_key} failed: {text_in_words(text, folder) or text}"
