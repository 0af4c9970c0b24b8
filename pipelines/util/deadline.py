"""A deadline for work that runs in the main thread: a parser that does not come to an end is stopped.

By a signal: a pattern that backtracks without end keeps Python's lock, so that no other thread runs meanwhile. What cannot be
stopped: a call into compiled code that does not ask for signals (lxml, Polars), until it returns; anything outside of the main
thread, or on a system without these timers.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LEAST_S = 300.0
"""Processor seconds that even the smallest snapshot gets: a hundred times what the slowest one of its size takes."""
S_PER_MB = 120.0
"""Further processor seconds for each million bytes as served (packed ones hold up to thirty times as many)."""
_AGAIN_S = 1.0


class OutOfTime(BaseException):
    """The deadline has passed. No ``Exception``: a parser that goes on after any fault must not go on after this one."""


def seconds_for(n_bytes: int) -> float:
    """Processor seconds in which a snapshot of so many bytes must be parsed."""
    return LEAST_S + S_PER_MB * n_bytes / 1e6


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Stop the block by OutOfTime after so many seconds of processor time, again every second where it goes on regardless."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_S)
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
