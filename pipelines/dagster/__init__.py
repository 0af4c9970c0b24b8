"""All that knows Dagster: assets, checks, jobs, schedules, the refresh as a run of its engine, the development server."""

from typing import Any

import sqlalchemy
from sqlalchemy.pool import NullPool

_make_engine = sqlalchemy.create_engine
_engines: dict[str, sqlalchemy.Engine] = {}


def one_engine_a_file(url: Any, **how: Any) -> sqlalchemy.Engine:
    """One engine for each SQLite file: Dagster makes one for each of 1,400 events. Without a pool it holds no connection."""
    if how.get("poolclass") is not NullPool or not str(url).startswith("sqlite:///"):
        return _make_engine(url, **how)
    key = f"{url} {how}"
    if key not in _engines:
        _engines[key] = _make_engine(url, **how)
    return _engines[key]


# before Dagster is imported, which keeps the function; where it was imported before (its own web server), nothing changes
sqlalchemy.create_engine = one_engine_a_file
