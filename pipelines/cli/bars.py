"""Progress on a terminal: a bar for what is under way, with the time left, below the lines that stay."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from pipelines.cli.terminal import is_terminal, plain
from pipelines.util.progress import Advance, watched_by

_REDRAWN_PER_S = 4


class _Amount(ProgressColumn):
    """What is done, of how much, in the unit of the task."""

    def render(self, task: Task) -> Text:
        unit = task.fields["unit"]
        if unit == "bytes":
            done, total = (None if n is None else f"{n / 1e6:,.1f}" for n in (task.completed, task.total))
            unit = "MB"
        else:
            done, total = (None if n is None else f"{n:,.0f}" for n in (task.completed, task.total))
        return Text(f"{done} {unit}" if total is None else f"{done} of {total} {unit}")


class Bars:
    """A watcher that draws: one bar for each piece of work under way, which goes when the work is done."""

    def __init__(self, progress: Progress) -> None:
        """Draw on the console of ``progress``."""
        self._progress = progress

    @contextmanager
    def task(self, what: str, total: int | None, unit: str) -> Iterator[Advance]:
        """A bar for as long as the work lasts; short work of one step gets none."""
        if total is not None and total < 2:
            yield lambda _: None
            return
        bar = self._progress.add_task(what, total=total, unit=unit)
        try:
            yield lambda n: self._progress.advance(bar, n)
        finally:
            self._progress.remove_task(bar)


@contextmanager
def bars() -> Iterator[Callable[[str], None]]:
    """Show progress while this lasts; what is yielded prints a line that stays.

    Without a terminal there are no bars, and lines are plain.
    """
    if not is_terminal(sys.stdout):
        yield lambda line: print(plain(line), flush=True)
        return
    console = Console(force_terminal=True)
    columns = (TextColumn("{task.description}"), BarColumn(None), _Amount(), TimeRemainingColumn(compact=True))
    progress = Progress(*columns, console=console, transient=True, refresh_per_second=_REDRAWN_PER_S, expand=True)
    with progress, watched_by(Bars(progress)):
        yield lambda line: console.print(plain(line), markup=False, highlight=False, soft_wrap=True)
