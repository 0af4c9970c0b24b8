"""Works on one DuckDB file, several at once: of a small query most is planning, which one core does while others wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import duckdb

T = TypeVar("T")


@dataclass(frozen=True)
class Work(Generic[T]):
    """A piece of work.

    ``needs``: names of those that must be done before it. ``is_of_this_thread``: whether it is done on the connection that was
    given, as what works with temporary tables is.
    """

    name: str
    do: Callable[[duckdb.DuckDBPyConnection], T]
    needs: frozenset[str] = frozenset()
    is_of_this_thread: bool = False


@dataclass
class _Doing(Generic[T]):
    """What is left to do, and what came of the rest. ``waiting`` and ``fault`` are read and changed under ``changes``."""

    waiting: list[Work[T]]
    changes: threading.Condition = field(default_factory=threading.Condition)
    found: dict[str, T] = field(default_factory=dict)
    fault: BaseException | None = None

    def work(self, con: duckdb.DuckDBPyConnection, *, is_helper: bool) -> None:
        while (work := self._next(is_helper=is_helper)) is not None:
            found = work.do(con)
            with self.changes:
                self.found[work.name] = found
                self.changes.notify_all()

    def _next(self, *, is_helper: bool) -> Work[T] | None:
        """The first that can be done now; None where there is none left, or another one failed."""
        with self.changes:
            while True:
                mine = [w for w in self.waiting if not (is_helper and w.is_of_this_thread)]
                if self.fault is not None or not mine:
                    return None
                # what a helper cannot do waits for this thread alone
                can_be_done = [w for w in mine if self.found.keys() >= w.needs]
                ready = next((w for w in can_be_done if w.is_of_this_thread), next(iter(can_be_done), None))
                if ready is not None:
                    self.waiting.remove(ready)
                    return ready
                self.changes.wait()

    def end(self, fault: BaseException) -> None:
        with self.changes:
            self.fault = self.fault or fault
            self.changes.notify_all()


def _what_this_thread_waits_for_first(works: Sequence[Work[T]]) -> list[Work[T]]:
    """The same works, those first that must be done before one of this thread: it alone can do these."""
    needed: set[str] = set()
    for work in reversed(works):
        if work.is_of_this_thread or work.name in needed:
            needed |= {work.name, *work.needs}
    return sorted(works, key=lambda work: work.name not in needed)


def done(
    con: duckdb.DuckDBPyConnection,
    works: Sequence[Work[T]],
    at_once: int,
    begin: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
) -> dict[str, T]:
    """Do all works; return what came of each, by name. The first fault ends it, and is raised when what had begun is done.

    Args:
        con: the connection of this thread, which does its part.
        works: in an order in which they can be done one after the other.
        at_once: how many at a time.
        begin: called with each further connection before it is used: it has the settings of the file, not those of ``con``.
    """
    names = {work.name for work in works}
    n_helpers = min(at_once, len(works)) - 1
    ordered = works if n_helpers < 1 else _what_this_thread_waits_for_first(works)
    doing = _Doing([Work(w.name, w.do, w.needs & names, w.is_of_this_thread) for w in ordered])
    if n_helpers < 1:
        doing.work(con, is_helper=False)
        return doing.found
    cursors = [con.cursor() for _ in range(n_helpers)]

    def help_with(cursor: duckdb.DuckDBPyConnection) -> None:
        try:
            if begin is not None:
                begin(cursor)
            doing.work(cursor, is_helper=True)
        except BaseException as fault:  # raised where it is waited for
            doing.end(fault)

    helpers = [threading.Thread(target=help_with, args=(cursor,), daemon=True) for cursor in cursors]
    for helper in helpers:
        helper.start()
    try:
        doing.work(con, is_helper=False)
        for helper in helpers:
            helper.join()
    except BaseException as fault:
        doing.end(fault)
        for cursor in cursors:
            cursor.interrupt()
        raise
    finally:
        for helper in helpers:
            helper.join()
        for cursor in cursors:
            cursor.close()
    if doing.fault is not None:
        raise doing.fault
    return doing.found
