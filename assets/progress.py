"""Progress of long work, for whoever watches.

The work says what it does, of how much, and each step; it does not know who watches. Without anybody the steps cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")

Advance = Callable[[int], None]
"""Called with how many more units are done."""


class Watcher(Protocol):
    """Who watches: a terminal, or nobody."""

    def task(self, what: str, total: int | None, unit: str) -> AbstractContextManager[Advance]:
        """Work begins: what, of how many units (None: nobody knows), and what a unit is (bytes, snapshots, steps, checks)."""
        ...


_watchers: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Report to this watcher for as long as this lasts."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextmanager
def task(what: str, total: int | None, unit: str) -> Iterator[Advance]:
    """Work of ``total`` units; what is yielded is called with how many more are done."""
    if not _watchers:
        yield _nothing
        return
    with _watchers[-1].task(what, total, unit) as advance:
        yield advance


def each(items: Sequence[T], what: str, unit: str) -> Iterator[T]:
    """The items one after the other; each counts as done when the next is asked for."""
    with task(what, len(items), unit) as advance:
        for item in items:
            yield item
            advance(1)


def _nothing(n: int) -> None:
    """Nobody watches."""
