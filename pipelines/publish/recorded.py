"""What a warehouse file says of itself: what it was made of, how many rows and bytes its tables have."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import duckdb

from pipelines.util.readers import reading

log = logging.getLogger(__name__)


def published_versions(published: Path) -> dict[str, str]:
    """Core versions and code fingerprint of the published file; empty where there is none that can be read."""
    if not published.exists():
        return {}
    try:
        with reading(published) as con:
            row = con.execute("SELECT core_versions, code_fingerprint FROM meta.build").fetchall()[0]
        core_versions: dict[str, str] = json.loads(row[0])
    except (duckdb.Error, ValueError, IndexError):
        return {}  # damaged, or a file of something else: it is built anew
    return core_versions | {"code": row[1]}


def rows_in(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows per table and view of ``core`` and ``marts`` of the file that a connection is on."""
    names = con.execute(
        """SELECT table_schema || '.' || table_name FROM information_schema.tables
           WHERE table_catalog = current_database() AND table_schema IN ('core', 'marts') ORDER BY 1"""
    ).fetchall()
    each = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in names)
    return dict(con.execute(each).fetchall()) if names else {}


def table_sizes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Bytes that tables take in a file that has been written to the disk; those without rows are absent, and views.

    Pieces of columns share blocks: each counts from where it begins to where the next one does.
    """
    names = con.execute(
        """SELECT schema_name || '.' || table_name FROM duckdb_tables()
           WHERE database_name = current_database() AND schema_name IN ('core', 'marts') ORDER BY 1"""
    ).fetchall()
    pieces = " UNION ALL ".join(
        f"SELECT '{name}' AS name, block_id, block_offset, additional_block_ids FROM pragma_storage_info('{name}')"
        for (name,) in names
    )
    found = con.execute(
        f"""WITH pieces AS MATERIALIZED ({pieces}),
        size AS (SELECT max(block_size) AS of_block FROM pragma_database_size()),
        starts AS (SELECT block_id, block_offset, min(name) AS name FROM pieces WHERE block_id >= 0 GROUP BY ALL),
        parts AS (
            SELECT name, lead(block_offset, 1, (SELECT of_block FROM size)) OVER (PARTITION BY block_id ORDER BY block_offset)
                - block_offset AS n_bytes
            FROM starts
            UNION ALL
            SELECT name, (SELECT of_block FROM size) FROM (SELECT DISTINCT name, unnest(additional_block_ids) FROM pieces)
        )
        SELECT name, CAST(sum(n_bytes) AS BIGINT) FROM parts GROUP BY name"""
    ).fetchall()
    return dict(found)


def counts_of(before: Path | None) -> dict[str, int]:
    """Rows per table of the file before; none where it is damaged: it is to be replaced, and must not keep its successor away."""
    if before is None:
        return {}
    try:
        with reading(before) as con:
            return rows_in(con)
    except duckdb.Error:
        log.exception("counting the rows of %s", before)
        return {}
