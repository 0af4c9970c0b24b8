"""Dagster's event log in SQLite with files that stay open and are not synced at every event.

Dagster loads this class where ``dagster.yaml`` names it (``event_log_storage``). Its own storage makes an engine and opens the
file for each event, and waits for the disk each time. A refresh writes more than a thousand events, most of them checks.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from dagster import StringSource
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

WAIT_S = 60
"""How long a write waits for another process that reads or writes the log, seconds."""

OPEN_FILES = 8
"""How many files are kept open at most: each run has one, and the web server looks at many."""


class KeptOpenEventLog(SqliteEventLogStorage):
    """The storage that it extends, with one engine per file, used by one thread at a time.

    A power cut may lose the end of a log, never data: snapshots, Parquet and the published file are synced by their writers.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log in the folder ``base_dir``, which is made where it is missing."""
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._together: dict[str, Connection] | None = None
        self._in_use = Lock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """What ``config`` in ``dagster.yaml`` has: ``home``, Dagster's folder, below which the log lies where it always did."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> KeptOpenEventLog:
        """The storage of a ``dagster.yaml``; called by Dagster."""
        return cls(str(Path(config_value["home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # a file that was not opened yet may have to be made, which Dagster's own way does
        if shard not in self._initialized_dbs:
            with super()._connect(shard) as first:
                yield first
            return
        if self._together is not None:
            yield self._in_transaction(shard, self._together)
            return
        with self._in_use, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write what is stored while this lasts in one transaction a file; by the one thread that uses the log."""
        self._together = {}
        try:
            yield
        except BaseException:
            self._end_together("rollback")
            raise
        self._end_together("commit")

    def _in_transaction(self, shard: str, together: dict[str, Connection]) -> Connection:
        if shard not in together:
            together[shard] = self._engine(shard).connect()
            together[shard].begin()
        return together[shard]

    def _end_together(self, how: Literal["commit", "rollback"]) -> None:
        connections, self._together = self._together or {}, None
        for connection in connections.values():
            getattr(connection, how)()
            connection.close()

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=QueuePool,
                pool_size=1,
                connect_args={"timeout": WAIT_S, "check_same_thread": False},
            )
            event.listen(engine, "connect", _do_not_sync)
        self._engines[shard] = engine
        while len(self._engines) > OPEN_FILES:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def dispose(self) -> None:
        """Close all files."""
        with self._in_use:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()


def _do_not_sync(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
