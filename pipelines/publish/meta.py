"""The tables of ``meta``: what a published file was made of, what there is in it, what was found of it."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import duckdb
import polars as pl

from assets.schema import SQL, Table, declared
from pipelines.checks.validations import Validation, now
from pipelines.ingest.sources import Source
from pipelines.publish.macros import MacroColumn, header, meanings
from pipelines.publish.scripts import scripts
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest
from pipelines.storage.quarantined_rows import rows_of
from pipelines.storage.staged import StagedStore
from pipelines.util.readers import reading


def meta_frames(
    core: CoreStore,
    staged: StagedStore,
    manifests: Collection[Manifest],
    sources: Collection[Source],
    *,
    tables: Mapping[str, Collection[str]],
    versions: Mapping[str, str],
    run_id: str,
    origin: str,
) -> dict[str, pl.DataFrame]:
    """Frames for ``meta.sources``, ``meta.snapshots``, ``meta.amendments``, ``meta.rejects`` and ``meta.build``.

    ``tables``: by source the core tables (bare names) with rows of it. ``versions``: editions of cores by domain, and ``code``.
    """
    schemas = declared()
    snapshots = pl.concat([core.snapshots(m) for m in manifests])
    accepted = snapshots.filter(pl.col("verdict") == "accepted")
    stated = [
        s.model_dump()
        | {
            "source": s.id,
            "max_gap_days": None if s.list is None else s.list.max_gap_days,
            "n_snapshots": accepted.filter(pl.col("source") == s.id).height,
            "last_accepted_at": accepted.filter(pl.col("source") == s.id)["retrieved_at"].max(),
            "newest_date": None,
            "tables": list(tables[s.id]),
        }
        for s in sources
    ]
    with_rejects = accepted.filter(pl.col("n_rejected") > 0).select("source", "snapshot").iter_rows()
    rejects = [
        staged.rejects(source, snapshot).with_columns(pl.lit(source).alias("source"), pl.lit(snapshot).alias("snapshot"))
        for source, snapshot in with_rejects
    ] + [core.rejects(m) for m in manifests]
    amending = {s.id for s in sources if s.amendments}
    amended = [staged.amendments(s, name) for s, name in accepted.select("source", "snapshot").iter_rows() if s in amending]
    empty = schemas["meta.rejects"].empty()
    rejects.append(_set_aside_as_rejects(core, manifests, snapshots))
    built_at = now()
    built = {
        "publication_id": publication_id(built_at, run_id, versions),
        "run_id": run_id,
        "built_at": built_at,
        "origin": origin,
        "code_fingerprint": versions["code"],
        "core_versions": json.dumps({k: v for k, v in versions.items() if k != "code"}),
    }
    return {
        "sources": pl.DataFrame(stated, schema=schemas["meta.sources"].polars),
        "snapshots": snapshots,
        "amendments": pl.concat([schemas["meta.amendments"].empty(), *amended]),
        "rejects": pl.concat([empty, *(schemas["meta.rejects"].conform(r) for r in rejects)]),
        "build": pl.DataFrame([built], schema=schemas["meta.build"].polars),
    }


def publication_id(built_at: datetime, run_id: str, versions: Mapping[str, str]) -> str:
    """The name of a publication: names sort as the publications came, and no two builds share one."""
    made_of = json.dumps([built_at.isoformat(), run_id, dict(versions)], sort_keys=True)
    return f"{built_at:%Y%m%dT%H%M%SZ}-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"


def _set_aside_as_rejects(core: CoreStore, manifests: Collection[Manifest], snapshots: pl.DataFrame) -> pl.DataFrame:
    """What was set aside, as rows of ``meta.rejects``."""
    first = (
        snapshots.filter(pl.col("verdict") == "accepted")
        .sort("snapshot")
        .unique(["source", "snapshot_id"], keep="first", maintain_order=True)
        .select("source", "snapshot_id", "snapshot")
    )
    listing = pl.concat([rows_of(core, m) for m in manifests])
    return listing.join(first, on=["source", "snapshot_id"], how="left", maintain_order="left").drop("snapshot_id")


@dataclass(frozen=True)
class _Stream:
    """A frame as the Arrow stream that it is: a Polars frame as such DuckDB reads by PyArrow, 165 MB that nothing else needs."""

    frame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def insert(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Put the rows of a frame into a table, by the names of its columns."""
    con.register("_frame", _Stream(frame))
    con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM _frame")
    con.unregister("_frame")


def insert_rows(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows into a declared table at once: one statement a row takes longer than all else that is done to them."""
    insert(con, name, pl.DataFrame(rows, schema=declared()[name].polars, orient="row"))


def write_publications(con: duckdb.DuckDBPyConnection, before: Path | None) -> None:
    """Fill ``meta.publications``: those that the file before knew of, and this one with the snapshots that are new in it."""
    if before is not None:
        with reading(before) as earlier:
            known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'publications'"
            # a file of an earlier version of this program knows of none
            if earlier.execute(known).fetchall():
                insert(con, "meta.publications", pl.DataFrame(earlier.sql("FROM meta.publications")))
    con.execute(
        """INSERT INTO meta.publications
           SELECT b.publication_id, b.built_at, b.code_fingerprint,
                  (SELECT coalesce(list(s.source || '/' || s.snapshot ORDER BY s.source, s.snapshot), []) FROM meta.snapshots AS s
                   WHERE s.verdict = 'accepted'
                     AND s.source || '/' || s.snapshot NOT IN (SELECT unnest(p.snapshots) FROM meta.publications AS p))
           FROM meta.build AS b"""
    )


def lineage() -> dict[str, tuple[str, ...]]:
    """The core tables (bare names) that each table of core and marts rests on, through other marts and through macros."""
    found = {name: {name.removeprefix("core.")} for name in declared() if name.startswith("core.")}
    for script in scripts("marts"):
        # each comes after those that it names
        found[f"marts.{script.name}"] = set().union(*(found[name] for name in script.needs if name in found))
    return {name: tuple(sorted(tables)) for name, tables in found.items()}


def domains_read(domains: Mapping[str, str]) -> dict[str, set[str]]:
    """By table and mart the domains that its rows rest on, through marts, macros and what ``sql/derive`` does to core tables.

    ``domains``: by core table (all by full names) its own. A mart that reads tables of ``meta``, which rest on more, is left out.
    """
    found = {name: {domain} for name, domain in domains.items()}
    for script in scripts("derive") * len(scripts("derive")):
        together = [found[name] for name in script.needs]
        found |= dict.fromkeys(script.needs, set().union(*together))
    for script in scripts("marts"):
        if script.needs <= found.keys():
            found[f"marts.{script.name}"] = set().union(*(found[name] for name in script.needs))
    return found


SAYS_THE_CODE = ("meta.lineage", "meta.columns", "meta.macros", "meta.macro_columns")
"""Tables that tell what there is in a file: the same whatever its data."""


def write_what_the_code_says(con: duckdb.DuckDBPyConnection) -> None:
    """Fill these tables of the file that is being built."""
    insert_rows(con, "meta.lineage", [(name, table) for name, tables in sorted(lineage().items()) for table in tables])
    _write_dictionary(con)
    _write_macros(con)


def _write_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.macros`` and ``meta.macro_columns`` from the headers of the macros and from the columns that they give."""
    made = con.execute(
        """SELECT function_name, any_value(parameters), bool_or(function_type = 'table_macro') FROM duckdb_functions()
           WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND schema_name = 'main' GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    texts = {script.name: (SQL / "macros" / f"{script.name}.sql").read_text(encoding="utf-8") for script in scripts("macros")}
    heads = {name: header(text) for name, text in texts.items()}
    types: dict[str, dict[str, str]] = {}
    macros: list[tuple[object, ...]] = []
    for name, parameters, is_table in made:
        head = heads[name]
        if is_table:
            types[name] = dict(row[:2] for row in con.execute(f"DESCRIBE {head.query(name)}").fetchall())
        gives = [f"{column} {kind}" for column, kind in types.get(name, {}).items()]
        said = (head.lines[0].partition(" Result: ")[0], list(head.notes), head.result)
        macros.append((name, list(parameters), is_table, *said, gives, head.example))
    insert_rows(con, "meta.macros", macros)
    tables: dict[str, dict[str, MacroColumn]] = {}
    for table, column, text, words, warnings in con.execute(
        "SELECT table_name, column_name, description, vocabulary, warnings FROM meta.columns"
    ).fetchall():
        tables.setdefault(table, {})[column] = MacroColumn(text, tuple(words), tuple(warnings))
    rows = [
        (name, column, position, types[name][column], meaning.description, list(meaning.vocabulary), list(meaning.warnings))
        for name, columns in meanings({name: list(columns) for name, columns in types.items()}, heads, tables).items()
        for position, (column, meaning) in enumerate(columns.items(), 1)
    ]
    insert_rows(con, "meta.macro_columns", rows)


def _write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.columns`` from the comments of the file itself, and what the declarations say of keys, words and warnings."""
    marts = {f"marts.{script.name}": script for script in scripts("marts")}
    rows = []
    for table, column, *described in con.execute(
        """SELECT c.schema_name || '.' || c.table_name AS name, c.column_name, c.column_index, c.data_type,
                  coalesce(c.comment, ''), coalesce(t.comment, '')
           FROM duckdb_columns() c
           JOIN (
               SELECT database_name, schema_name, table_name, comment FROM duckdb_tables()
               UNION ALL
               SELECT database_name, schema_name, view_name, comment FROM duckdb_views()
           ) t USING (database_name, schema_name, table_name)
           WHERE c.schema_name IN ('core', 'marts', 'meta') AND c.database_name = current_database()
           ORDER BY name, c.column_index"""
    ).fetchall():
        position, kind, text, text_of_table = described
        made = declared().get(table) or marts[table]
        key, words = (
            (made.key, made.vocabulary(column)) if isinstance(made, Table) else (made.grain, made.vocabularies.get(column, ()))
        )
        of_column, of_table = ([w.word for w in made.warnings if w.column == of] for of in (column, None))
        warnings = (sorted(set(of_column)), sorted(set(of_table)))
        rows.append((table, column, position, kind, column in key, text, text_of_table, *warnings, list(words)))
    insert_rows(con, "meta.columns", rows)


def write_newest_dates(con: duckdb.DuckDBPyConnection) -> None:
    """Note per source the newest date in its data: freshness is measured on the data, not on the download."""
    for table in declared().values():
        if table.newest is None or table.newest.source is None:
            continue
        column, source = table.newest.column, table.newest.source
        # a year is as new as its last day
        newest = f"make_date(max({column}), 12, 31)" if table.polars[column].is_integer() else f"CAST(max({column}) AS DATE)"
        con.execute(
            f"""UPDATE meta.sources SET newest_date = greatest(newest_date, n.newest)
                FROM (SELECT {source} AS source, {newest} AS newest FROM {table.name} GROUP BY 1) AS n
                WHERE n.source = sources.source"""
        )


def write_validations(con: duckdb.DuckDBPyConnection, validations: Sequence[Validation]) -> None:
    """Fill ``meta.validations``."""
    names = [f.name for f in fields(Validation)]
    schema = declared()["meta.validations"].polars
    insert(con, "meta.validations", pl.DataFrame([astuple(v) for v in validations], {n: schema[n] for n in names}, orient="row"))


def rows_in(con: duckdb.DuckDBPyConnection, known: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """Rows per table and view of ``core`` and ``marts`` of the file that a connection is on; ``known``: not to be counted."""
    names = con.execute(
        """SELECT table_schema || '.' || table_name FROM information_schema.tables
           WHERE table_catalog = current_database() AND table_schema IN ('core', 'marts') ORDER BY 1"""
    ).fetchall()
    each = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in names if name not in known)
    return {**known, **dict(con.execute(each).fetchall() if each else ())}


def table_sizes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Bytes of the tables of a file on the disk. Columns share blocks: a piece counts to where the next one begins."""
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
