"""All that knows Dagster: assets, checks, jobs, schedules, the refresh as a run of its engine, the development server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy.pool import NullPool, QueuePool

_make_engine = sqlalchemy.create_engine
_engines: dict[str, sqlalchemy.Engine] = {}
_kept: dict[str, sqlalchemy.Engine] | None = None


class _Kept(QueuePool):
    """Connections that stay, though Dagster disposes of an engine after each event."""

    def dispose(self) -> None:
        """Keep them."""

    def recreate(self) -> QueuePool:
        """Go on with them."""
        return self


def one_engine_a_file(url: Any, **how: Any) -> sqlalchemy.Engine:
    """One engine for each SQLite file: Dagster makes one for each of 1,400 events. Without a pool it holds no connection."""
    if how.get("poolclass") is not NullPool or not str(url).startswith("sqlite:///"):
        return _make_engine(url, **how)
    engines, pool = (_engines, NullPool) if _kept is None else (_kept, _Kept)
    key = f"{url} {how}"
    if key not in engines:
        engines[key] = _make_engine(url, **how | {"poolclass": pool})
        if pool is _Kept:
            # without a wait for the disk at each commit a power cut may lose the last events, and damages no file
            sqlalchemy.event.listen(engines[key], "connect", lambda con, _: con.execute("PRAGMA synchronous = NORMAL"))
    return engines[key]


@contextmanager
def storage_kept_open() -> Iterator[None]:
    """Have a run keep Dagster's SQLite files open, and wait for the disk a few times, not ten times for each of its events.

    Dagster opens and closes a file for each event, and the last connection to close one copies its log into it.
    """
    global _kept
    _kept = {}
    try:
        yield
    finally:
        for engine in _kept.values():
            QueuePool.dispose(engine.pool)  # type: ignore[arg-type]
        _kept = None


# before Dagster is imported, which keeps the function; where it was imported before (its own web server), nothing changes
sqlalchemy.create_engine = one_engine_a_file
