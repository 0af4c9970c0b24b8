"""Dagster's event log in SQLite with files that stay open for a run.

Dagster's own storage makes an engine and opens the file anew for each event. A refresh writes more than a thousand, most of
them checks, and half of the time that they took went into opening.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import RLock

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

WAIT_S = 60
"""How long a write waits for another process that reads or writes the log, seconds."""


class _KeptOpen(SqliteEventLogStorage):
    """The storage that it extends, with one connection per file, used by one thread at a time."""

    @cached_property
    def _engines(self) -> dict[str, Engine]:
        return {}

    @cached_property
    def _lock(self) -> RLock:
        return RLock()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # a file that was not opened yet may have to be made, which Dagster's own way does
        if shard not in self._initialized_dbs:
            with super()._connect(shard) as first:
                yield first
            return
        with self._lock:
            if shard not in self._engines:
                arguments = {"timeout": WAIT_S, "check_same_thread": False}
                self._engines[shard] = create_engine(
                    self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args=arguments
                )
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()


def keep_open(instance: dg.DagsterInstance) -> None:
    """Let the event log of an instance keep its files open until it is closed. Another storage than SQLite is left alone."""
    storage = instance.event_log_storage
    if type(storage) is SqliteEventLogStorage:
        storage.__class__ = _KeptOpen
