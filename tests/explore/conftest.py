"""A published file of one number, small enough to be replaced at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest


def write(path: Path, n: int) -> None:
    """Put a file with one number in the place of another one, as a publication does."""
    draft = path.with_name("draft.duckdb")
    with duckdb.connect(str(draft)) as con:
        con.execute(f"CREATE SCHEMA core; CREATE TABLE core.t AS SELECT {n} AS n")
        con.execute(
            "CREATE SCHEMA meta; CREATE TABLE meta.build AS SELECT 'live' AS origin, TIMESTAMP '2026-01-02 03:04' AS built_at"
        )
    draft.replace(path)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "bilateral.duckdb"
    write(path, 1)
    return path
