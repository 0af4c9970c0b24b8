"""Progress on a terminal: a bar for what is under way, with the time left, below the lines that stay."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from assets.progress import Advance, watched_by
from pipelines.cli.app import plain
from pipelines.cli.terminal import is_terminal

_REDRAWN_PER_S = 4


class Bars:
    """A watcher that draws: one bar for each piece of work under way, which goes when the work is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def task(self, what: str, total: int | None, unit: str) -> Iterator[Advance]:
        """A bar for as long as the work lasts; short work of one step gets none."""
        if total is not None and total < 2:
            yield lambda _: None
            return
        scale, unit = (1e6, "MB") if unit == "bytes" else (1, unit)
        of = unit if total is None else f"of {total / scale:,.0f} {unit}"
        bar = self._progress.add_task(what, total=None if total is None else total / scale, of=of)
        try:
            yield lambda n: self._progress.advance(bar, n / scale)
        finally:
            self._progress.remove_task(bar)


class Lines:
    """A watcher without a terminal: a line of what is done each minute of work that takes longer."""

    def __init__(self, say: Callable[[str], None], every_s: float = 60.0) -> None:
        self._say, self._every_s = say, every_s

    @contextmanager
    def task(self, what: str, total: int | None, unit: str) -> Iterator[Advance]:
        """A line each minute, for as long as the work lasts."""
        done, last = 0, time.monotonic()

        def advance(n: int) -> None:
            nonlocal done, last
            done += n
            if unit != "bytes" and time.monotonic() - last >= self._every_s:
                last = time.monotonic()
                self._say(f"{what}: {done:,} {unit}" if total is None else f"{what}: {done:,} of {total:,} {unit}")

        yield advance


@contextmanager
def bars() -> Iterator[Callable[[str], None]]:
    """Show progress while this lasts, without a terminal a line a minute; what is yielded prints a line that stays."""
    if not is_terminal(sys.stdout):
        with watched_by(Lines(lambda line: print(plain(line), file=sys.stderr, flush=True))):
            yield lambda line: print(plain(line), flush=True)
        return
    console = Console(force_terminal=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(None),
        TextColumn("{task.completed:,.0f} {task.fields[of]}"),
        TimeRemainingColumn(compact=True),
    )
    progress = Progress(*columns, console=console, transient=True, refresh_per_second=_REDRAWN_PER_S, expand=True)
    with progress, watched_by(Bars(progress)):
        yield lambda line: console.print(plain(line), markup=False, highlight=False, soft_wrap=True)
