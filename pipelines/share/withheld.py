"""The published file without what may not be passed on: built again of the rows of its core that other sources gave."""

import tempfile
from collections.abc import Collection
from pathlib import Path

import duckdb
import polars as pl

from assets.schema import declared
from pipelines.publish import build
from pipelines.util.readers import quoted

OF_LISTINGS = ("listing_id", "other_id")
"""Columns that name a listing, which has a row for each version: no declared key can say so."""


def write_without(published: Path, target: Path, closed: Collection[str]) -> None:
    """Write the published file to ``target`` again without the rows of sources (``closed``), and what is derived of them.

    A row goes where its snapshot or source is one of these, where it names a listing or a list of theirs, or any other row
    that went. A party of several lists stays, under a name that a list that stays gives it. The checks are those of the whole
    file, without the rows that they showed. Raises BilateralError where a script outgrows the memory limit.
    """
    core = [table for name, table in declared().items() if name.startswith("core.")]
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".withheld-") as folder, duckdb.connect() as con:
        spill = quoted(Path(folder, "spill"))
        con.execute(f"SET temp_directory = {spill}; SET memory_limit = '1GB'; SET enable_progress_bar = false")
        # spilled, not kept in memory
        con.execute(f"ATTACH {quoted(Path(folder, 'kept.duckdb'))} AS kept; CREATE SCHEMA kept.core; USE kept")
        con.execute(f"ATTACH {quoted(published)} AS whole (TYPE duckdb, READ_ONLY)")
        values = {"closed": list(closed)}
        snapshots = "(SELECT snapshot_id FROM whole.meta.snapshots WHERE list_contains($closed, source))"
        con.execute(
            f"""CREATE TEMP TABLE lists AS
                SELECT list_id FROM whole.core.sanction_lists
                WHERE list_contains($closed, list_id) OR list_id IN (
                    SELECT list_id FROM whole.core.sanction_listings
                    GROUP BY list_id HAVING bool_and(snapshot_id IN {snapshots}))""",
            values,
        )
        for table in core:
            names = {column.name for column in table.columns}
            rules = ["true"]
            rules += [f"ifnull(snapshot_id NOT IN {snapshots}, true)"] if "snapshot_id" in names else []
            rules += ["NOT list_contains($closed, source)"] if "source" in names else []
            rules += ["ifnull(list_id NOT IN (FROM lists), true)"] if "list_id" in names else []
            query = f"CREATE TABLE {table.name} AS FROM whole.{table.name} WHERE {' AND '.join(rules)}"
            con.execute(query, values if "$closed" in query else None)
        for table in core:
            for name in OF_LISTINGS:
                if table.name != "core.sanction_listings" and name in {column.name for column in table.columns}:
                    con.execute(
                        f"""DELETE FROM {table.name} WHERE {name} IN (SELECT listing_id FROM whole.core.sanction_listings)
                            AND {name} NOT IN (SELECT listing_id FROM core.sanction_listings)"""
                    )
        # a listed party that no table of actors has is named by its listings alone
        con.execute(
            """CREATE TEMP TABLE parties AS
                   SELECT actor_id, min_by(name, (valid_from, listing_id)) AS name, list(name) AS names
                   FROM core.sanction_listings GROUP BY actor_id;
               DELETE FROM core.actors WHERE contains(actor_id, ':') AND actor_id NOT IN (SELECT actor_id FROM parties)
                   AND actor_id NOT IN (SELECT actor_id FROM core.party_actors);
               UPDATE core.actors AS a SET name = p.name FROM parties AS p
                   WHERE p.actor_id = a.actor_id AND contains(a.actor_id, ':') AND NOT list_contains(p.names, a.name)"""
        )
        went = True
        while went:
            went = False
            for table in core:
                for reference in table.references:
                    if not reference.table.startswith("core."):
                        continue
                    same = " AND ".join(f"r.{k} = t.{c}" for c, k in zip(reference.columns, reference.referenced, strict=True))
                    named = " AND ".join(f"t.{c} IS NOT NULL" for c in reference.columns)
                    (n,) = con.execute(
                        f"DELETE FROM {table.name} AS t WHERE {named} AND NOT EXISTS (FROM {reference.table} AS r WHERE {same})"
                    ).fetchall()[0]
                    went = went or n > 0
        files = {}
        for table in core:
            path = Path(folder, f"{table.name}.parquet")
            con.execute(f"COPY {table.name} TO {quoted(path)}")
            files[table.name.removeprefix("core.")] = [path]
        closed_here = "list_contains($closed, source)"
        frames = {
            "build": con.sql("FROM whole.meta.build"),
            "snapshots": con.sql("FROM whole.meta.snapshots"),
            "sources": con.sql(
                f"""SELECT * REPLACE (
                        CASE WHEN {closed_here} THEN 0 ELSE n_snapshots END AS n_snapshots,
                        CASE WHEN NOT {closed_here} THEN last_accepted_at END AS last_accepted_at,
                        CASE WHEN NOT {closed_here} THEN newest_date END AS newest_date)
                    FROM whole.meta.sources""",
                params=values,
            ),
            "amendments": con.sql(f"FROM whole.meta.amendments WHERE NOT {closed_here}", params=values),
            "rejects": con.sql(f"FROM whole.meta.rejects WHERE NOT {closed_here}", params=values),
        }
        build.build(target, files, {name: pl.DataFrame(found) for name, found in frames.items()}, before=None)
    with build.connect(target) as con:
        con.execute(f"ATTACH {quoted(published)} AS whole (TYPE duckdb, READ_ONLY)")
        con.execute(
            """DELETE FROM meta.publications;
               INSERT INTO meta.publications BY NAME FROM whole.meta.publications;
               INSERT INTO meta.validations BY NAME SELECT * REPLACE (NULL AS offending_rows) FROM whole.meta.validations;
               CHECKPOINT"""
        )
