"""The DuckDB file: built beside the live one from the current core, and put in its place in one step.

One function owns each step: ``build`` writes, ``pipelines.publish.audit`` validates, ``publish`` replaces. A reader that
holds the published file open keeps reading the old one; to see the new one, close and connect again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

import duckdb
import polars as pl

from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines import progress
from pipelines.publish import by_day, checksum, dyads_in_place, extending, in_place
from pipelines.publish.audit import Validation
from pipelines.publish.loading import load
from pipelines.publish.macros import Given, bound, guard_of, header, meanings
from pipelines.publish.scripts import Script, scripts, scripts_in_order, with_folders
from pipelines.settings import ROOT

log = logging.getLogger(__name__)


BESIDES = ("audit", "by_day", "dyads_in_place", "expectations", "extending", "in_place", "loading", "macros", "meta", "scripts")
"""Modules beside this one by which a published file becomes what it is."""


@cache
def code_fingerprint() -> str:
    """Hash of what turns a core into a published file: the SQL, this module, those that name and ask checks, and DuckDB."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for path in [
        *sorted(SQL.rglob("*.sql")),
        Path(__file__),
        ROOT / "assets" / "schema.py",
        *(ROOT / "pipelines" / "publish" / f"{name}.py" for name in BESIDES),
    ]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


ROW_GROUP_SIZE = 8192
"""Rows that are skipped or read together. Most questions ask for one party, actor or pair in tables that are sorted by these:
with groups of DuckDB's usual 122,880 rows they read whole tables."""

STORAGE_VERSION = "v1.2.0"
"""Oldest DuckDB that can open the file. Its layout takes a twentieth (sample) to a seventh (all real sources) more room than the
newest one, and is read as fast."""


def connect(path: Path, memory_limit: str = "1GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Open a file for writing within the limits of the settings. Every writer must: another one joins the row groups."""
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "preserve_insertion_order": True})
    con.execute("SET temp_directory = ?", [str(path.with_suffix(".tmp"))])
    # it would be drawn into standard output, log files included
    con.execute("SET enable_progress_bar = false")
    quoted = str(path).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS bilateral (ROW_GROUP_SIZE {ROW_GROUP_SIZE}, STORAGE_VERSION '{STORAGE_VERSION}')")
    con.execute("USE bilateral")
    return con


def _make_all_declared(con: duckdb.DuckDBPyConnection) -> None:
    for schema in ("core", "marts", "meta"):
        con.execute(f"CREATE SCHEMA {schema}")
    for table in declared().values():
        in_place.make_declared(con, table)


def _insert(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    con.register("_frame", frame.to_arrow())
    con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM _frame")
    con.unregister("_frame")


def _insert_rows(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows into a declared table at once: one statement a row takes longer than all else that is done to them."""
    _insert(con, name, pl.DataFrame(rows, schema=declared()[name].polars, orient="row"))


def made_of(core: Mapping[str, str]) -> dict[str, str]:
    """Hash of what each table of core and marts is made of, by full name; without those that depend on more than tables.

    Args:
        core: the same of what is loaded, per core table (bare name).
    """
    found = {f"core.{name}": _hash(name, digest) for name, digest in core.items()}
    for folder, script in with_folders():
        if folder == "macros":
            continue
        tables = script.writes if folder == "derive" else (f"marts.{script.name}",)
        needs = sorted({*script.needs, *(tables if folder == "derive" else ())})
        known = script.is_of_tables_alone and all(name in found for name in needs)
        digest = _hash(script.name, *(found[name] for name in needs)) if known else ""
        for name in tables:
            found.pop(name, None)
            if known:
                found[name] = _hash(name, digest)
    return found


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join((code_fingerprint(), *parts)).encode()).hexdigest()[:16]


def recorded_made_of(path: Path | None) -> dict[str, str]:
    """What a warehouse file says that its tables were made of; nothing where it is of an earlier version or cannot be read."""
    if path is None:
        return {}
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            rows = con.execute("SELECT table_name, made_of FROM meta.row_counts WHERE made_of IS NOT NULL").fetchall()
    except duckdb.Error:
        return {}
    return dict(rows)


@dataclass(frozen=True)
class Built:
    """What a build left where it was in the file before.

    ``dyads``: the pairs whose days were put in place of those before, where all others are as they were; None where all are made.
    ``grown``: the rows that each table had of which all are still there, by full name; the new ones are behind them.
    """

    dyads: dyads_in_place.RenewedDyads | None = None
    grown: Mapping[str, int] = field(default_factory=dict)


def build(
    target: Path,
    core: Mapping[str, Sequence[Path] | pl.DataFrame],
    meta: Mapping[str, pl.DataFrame],
    *,
    before: Path | None,
    loaded: Mapping[str, str] = MappingProxyType({}),
    parts: Mapping[str, extending.Parts] = MappingProxyType({}),
    take_over: bool = False,
    memory_limit: str = "1GB",
    threads: int = 2,
) -> Built:
    """Write a whole warehouse file.

    Args:
        target: file to write; it must not exist.
        core: per core table (bare name) its Parquet files, or a frame. A table that is not named stays empty.
        meta: frames for ``meta.sources``, ``meta.snapshots``, ``meta.amendments``, ``meta.rejects`` and ``meta.build``.
        before: the file published now, whose row counts are noted beside the new ones; None where there is none.
        loaded: per core table (bare name) a hash that stands for its content.
        parts: per core table (full name) its files with a hash each: those that ``before`` holds are not loaded again.
        take_over: take the tables from ``before`` that were made of the same by this code, in a copy of it. Those that depend
            on a core table which ``loaded`` does not name are always made anew. ``before`` must be as it was published: what
            is taken over is not read.
        memory_limit: of DuckDB.
        threads: of DuckDB.

    Returns:
        What of ``before`` it left where it was.

    Raises:
        BilateralError: where a table or script outgrows the memory limit.
    """
    digests = made_of(loaded)
    earlier = recorded_made_of(before) if take_over else {}
    same = frozenset(name for name, digest in digests.items() if earlier.get(name) == digest)
    is_same_code = take_over and published_versions(before).get("code") == code_fingerprint() if before is not None else False
    grown = extending.grown(extending.noted(before), parts, same) if is_same_code else {}
    rest = (meta, before, digests, parts)
    try:
        return _build(target, core, *rest, same, grown, memory_limit, threads)
    except duckdb.Error as fault:
        if not (same or grown) or isinstance(fault, duckdb.InterruptException):
            raise
        # a damaged file must not keep the next one from being built
        log.exception("taking tables from %s", before)
        for path in (target, target.with_name(f"{target.name}.wal")):
            path.unlink(missing_ok=True)
        return _build(target, core, *rest, frozenset(), {}, memory_limit, threads)


def _build(
    target: Path,
    core: Mapping[str, Sequence[Path] | pl.DataFrame],
    meta: Mapping[str, pl.DataFrame],
    before: Path | None,
    digests: Mapping[str, str],
    parts: Mapping[str, extending.Parts],
    same: frozenset[str],
    grown: extending.Grown,
    memory_limit: str,
    threads: int,
) -> Built:
    counts_before = _counts_of(before)
    is_copy = bool(same or grown) and before is not None and in_place.copied(before, target)
    if not is_copy:
        grown = {}
    with connect(target, memory_limit, threads) as con:
        if same or grown:
            quoted = str(before).replace("'", "''")
            con.execute(f"ATTACH '{quoted}' AS earlier (READ_ONLY)")
        if is_copy:
            anew = {f"marts.{script.name}" for script in scripts("marts")} - same - RENEWED - {by_day.MART}
            in_place.clear(con, {*same, *grown, *SAID_BY_THE_CODE, "meta.publications"}, sorted(anew))
        else:
            with _at_once(con):
                _make_all_declared(con)
        for name, content in progress.each(list(core.items()), "loading", "tables"):
            with _within(memory_limit, f"core.{name}"):
                if f"core.{name}" in grown:
                    load(con, declared()[f"core.{name}"], grown[f"core.{name}"])
                else:
                    _load(con, f"core.{name}", content, same, is_copy=is_copy)
        with _at_once(con):
            for name, frame in meta.items():
                _insert(con, f"meta.{name}", frame)
            _write_publications(con, None if is_copy else before)
            guard = _make_guard(con, meta.get("build"))
        renewed, dyads = _run_scripts(con, guard, same, grown, memory_limit, is_copy=is_copy)
        if same or grown:
            con.execute("DETACH earlier")
        with _within(memory_limit, "the end of the build"):
            with _at_once(con):
                if not is_copy:
                    _write_what_the_code_says(con, before)
                _write_newest_dates(con)
            con.execute("CHECKPOINT")
    counts = row_counts(target)
    known = _sizes_of(before, same | renewed | grown.keys(), counts) if is_copy else {}
    with connect(target, memory_limit, threads) as con:
        sizes = known | table_sizes(con, sorted(counts.keys() - known.keys()))
        noted = {name: list(part.content) for name, part in parts.items() if declared()[name].in_runs_of is not None}
        rows = [
            (name, n, counts_before.get(name), sizes.get(name, 0), digests.get(name), noted.get(name))
            for name, n in sorted(counts.items())
        ]
        _insert_rows(con, "meta.row_counts", rows)
    return Built(dyads, {name: counts_before[name] for name in grown})


def _load(
    con: duckdb.DuckDBPyConnection, name: str, content: Sequence[Path] | pl.DataFrame, same: frozenset[str], *, is_copy: bool
) -> None:
    """Fill a core table: from the file before where it was made of the same, else from its frame or files, sorted."""
    if name in same:
        if not is_copy:
            con.execute(f"INSERT INTO {name} BY NAME FROM earlier.{name}")
    elif isinstance(content, pl.DataFrame):
        _insert(con, name, content)
    else:
        load(con, declared()[name], content)


def _run_scripts(
    con: duckdb.DuckDBPyConnection,
    guard: str,
    same: frozenset[str],
    grown: extending.Grown,
    memory_limit: str,
    *,
    is_copy: bool,
) -> tuple[frozenset[str], dyads_in_place.RenewedDyads | None]:
    """Run all scripts whose tables are not taken over.

    Returns the tables in which only some rows were put in place of others, and the pairs whose rows these are.
    """
    # a macro that reads no table says the same everywhere
    to_bind = {script for script in scripts("macros") if script.needs}
    macros, marts = set(scripts("macros")), set(scripts("marts"))
    derived = {script: script.writes for script in scripts("derive")}
    renewed: set[str] = set()
    dyads: dyads_in_place.RenewedDyads | None = None
    for script in progress.each(scripts_in_order(), "building", "tables and macros"):
        name = f"marts.{script.name}"
        if script in derived and {*same, *grown}.issuperset(derived[script]):
            continue  # they were loaded as derived before
        if is_copy and ((script in marts and name in same) or script in macros - to_bind):
            continue
        with _within(memory_limit, f"{script.name}.sql"), _at_once(con):
            if script in marts and name in same:
                _take(con, script)
            elif script in to_bind:
                con.execute(bound(script.text, guard))
            elif is_copy and name in RENEWED:
                dyads = _renew(con, name, dyads)
                if dyads is not None:
                    renewed.add(name)
                else:
                    con.execute(f"DROP TABLE {name}")
                    con.execute(script.text)
            elif name == by_day.MART:
                if is_copy and by_day.renew(con, extending.days_that_changed(con, grown, same)):
                    renewed.add(name)
                else:
                    con.execute(f"DROP TABLE IF EXISTS {name}")
                    by_day.make(con, script.text)
            else:
                con.execute(script.text)
    return frozenset(renewed), dyads


RENEWED = frozenset({"marts.dyad_day", "marts.dyad_month"})
"""Marts of which a copy of the published file keeps the rows that are as they were."""


def _renew(
    con: duckdb.DuckDBPyConnection, name: str, days: dyads_in_place.RenewedDyads | None
) -> dyads_in_place.RenewedDyads | None:
    """Put the rows of a mart of a copy that changed in place of those before; None where all of it is to be made anew."""
    if name == "marts.dyad_day":
        macro = next(script for script in scripts("macros") if script.name == "dyad_days")
        return dyads_in_place.renew_days(con, macro.text)
    if days is not None:
        dyads_in_place.renew_months(con)
    return days


def _sizes_of(before: Path | None, kept: Collection[str], counts: Mapping[str, int]) -> dict[str, int]:
    """The bytes that tables take which lie where they lay: to ask it of the largest takes longer than most marts."""
    with duckdb.connect(str(before), read_only=True) as con:
        rows = con.execute("SELECT table_name, n_bytes, n_rows FROM meta.row_counts").fetchall()
    return {name: n_bytes * counts[name] // max(n_rows, 1) for name, n_bytes, n_rows in rows if name in kept}


def _counts_of(before: Path | None) -> dict[str, int]:
    """Rows per table of the file before; none where it is damaged: it is to be replaced, and must not keep its successor away."""
    try:
        return row_counts(before) if before is not None else {}
    except duckdb.Error:
        log.exception("counting the rows of %s", before)
        return {}


def _take(con: duckdb.DuckDBPyConnection, script: Script) -> None:
    """Take a mart from the file before, in its order, with what its script says of it."""
    con.execute(f"CREATE TABLE marts.{script.name} AS FROM earlier.marts.{script.name}")
    for statement in con.extract_statements(script.text):
        if not re.match(r"(?:\s|--[^\n]*\n)*CREATE TABLE ", statement.query):
            con.execute(statement)


@contextmanager
def _at_once(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Do many small things in one transaction: each one by itself would wait for the disk."""
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


@contextmanager
def _within(memory_limit: str, what: str) -> Iterator[None]:
    """Say what outgrew the memory limit, and what to do."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise BilateralError(
            f"{what} needs more memory than the {memory_limit} that DuckDB may take while it builds: nothing is lost, the "
            "published file is as it was; give it more with BILATERAL_MEMORY_LIMIT (2GB, say) and refresh"
        ) from error


def _make_guard(con: duckdb.DuckDBPyConnection, build: pl.DataFrame | None) -> str:
    """Make the function that binds the macros to this file (``pipelines.publish.macros``); return its name."""
    publication = [str(now())] if build is None else [str(value) for row in build.rows() for value in row]
    guard = guard_of(publication)
    con.execute(f"CREATE MACRO {guard}() AS true")
    return guard


def _write_publications(con: duckdb.DuckDBPyConnection, before: Path | None) -> None:
    """Fill ``meta.publications``: those that the file before knew of, and this one with the snapshots that are new in it."""
    if before is not None:
        with duckdb.connect(str(before), read_only=True) as earlier:
            known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'publications'"
            # a file of an earlier version of this program knows of none
            if earlier.execute(known).fetchall():
                _insert(con, "meta.publications", earlier.sql("FROM meta.publications").pl())
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


SAID_BY_THE_CODE = ("meta.lineage", "meta.columns", "meta.macros", "meta.macro_columns")
"""Tables that say the same in each file that this code builds, whatever the data."""

_said: dict[str, pl.DataFrame] = {}
"""Their rows, once this process has made or read them."""


def _write_what_the_code_says(con: duckdb.DuckDBPyConnection, before: Path | None) -> None:
    """Fill the tables that tell what there is: as in the file before where the same code has built it, else from the file itself.

    Each macro must be planned to know its columns, which takes longer than most marts of a small warehouse.
    """
    is_same_code = before is not None and published_versions(before).get("code") == code_fingerprint()
    # what was altered since it was published would else be taken for what the code says
    if not _said and before is not None and is_same_code and checksum.is_as_published(before):
        with duckdb.connect(str(before), read_only=True) as earlier:
            _said.update({name: earlier.sql(f"FROM {name}").pl() for name in SAID_BY_THE_CODE})
    if _said:
        for name in SAID_BY_THE_CODE:
            _insert(con, name, _said[name])
        return
    _write_lineage(con)
    _write_dictionary(con)
    _write_macros(con)
    _said.update({name: con.sql(f"FROM {name}").pl() for name in SAID_BY_THE_CODE})


def _write_lineage(con: duckdb.DuckDBPyConnection) -> None:
    _insert_rows(con, "meta.lineage", [(name, table) for name, tables in sorted(lineage().items()) for table in tables])


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
        gives = con.execute(f"DESCRIBE {head.query(name)}").fetchall() if is_table else []
        if is_table:
            types[name] = {column[0]: column[1] for column in gives}
        macros.append(
            (
                name,
                list(parameters),
                is_table,
                head.lines[0].partition(" Result: ")[0],
                list(head.notes),
                head.result,
                [f"{column[0]} {column[1]}" for column in gives],
                head.example,
            )
        )
    _insert_rows(con, "meta.macros", macros)
    tables: dict[str, dict[str, Given]] = {}
    for table, column, text, words, warnings in con.execute(
        "SELECT table_name, column_name, description, vocabulary, warnings FROM meta.columns"
    ).fetchall():
        tables.setdefault(table, {})[column] = Given(text, tuple(words), tuple(warnings))
    rows = [
        (name, column, position, types[name][column], said.description, list(said.vocabulary), list(said.warnings))
        for name, columns in meanings({name: list(columns) for name, columns in types.items()}, heads, tables).items()
        for position, (column, said) in enumerate(columns.items(), 1)
    ]
    _insert_rows(con, "meta.macro_columns", rows)


def _write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``meta.columns`` from the comments of the file itself."""
    keys = {name: d.key for name, d in declared().items()} | {f"marts.{s.name}": s.grain for s in scripts("marts")}
    con.execute("CREATE TEMP TABLE _keys (table_name VARCHAR, column_name VARCHAR)")
    con.executemany("INSERT INTO _keys VALUES (?, ?)", [(t, c) for t, columns in keys.items() for c in columns])
    warnings = {name: d.warnings for name, d in declared().items()} | {f"marts.{s.name}": s.warnings for s in scripts("marts")}
    con.execute("CREATE TEMP TABLE _words (table_name VARCHAR, column_name VARCHAR, words VARCHAR[])")
    con.executemany(
        "INSERT INTO _words VALUES (?, ?, ?)",
        [(name, c.name, list(words)) for name, d in declared().items() for c in d.columns if (words := d.vocabulary(c.name))]
        + [(f"marts.{s.name}", column, list(words)) for s in scripts("marts") for column, words in s.vocabularies.items()],
    )
    con.execute("CREATE TEMP TABLE _warnings (table_name VARCHAR, column_name VARCHAR, word VARCHAR)")
    con.executemany(
        "INSERT INTO _warnings VALUES (?, ?, ?)", [(name, w.column, w.word) for name, found in warnings.items() for w in found]
    )
    con.execute(
        """INSERT INTO meta.columns
           SELECT c.schema_name || '.' || c.table_name, c.column_name, c.column_index, c.data_type,
                  k.column_name IS NOT NULL, coalesce(c.comment, ''), coalesce(t.comment, ''),
                  (SELECT coalesce(list_sort(list(DISTINCT w.word)), []) FROM _warnings w
                   WHERE w.table_name = c.schema_name || '.' || c.table_name AND w.column_name = c.column_name),
                  (SELECT coalesce(list_sort(list(DISTINCT w.word)), []) FROM _warnings w
                   WHERE w.table_name = c.schema_name || '.' || c.table_name AND w.column_name IS NULL),
                  coalesce(v.words, [])
           FROM duckdb_columns() c
           JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
           LEFT JOIN _keys k ON k.table_name = c.schema_name || '.' || c.table_name AND k.column_name = c.column_name
           LEFT JOIN _words v ON v.table_name = c.schema_name || '.' || c.table_name AND v.column_name = c.column_name
           WHERE c.schema_name IN ('core', 'marts', 'meta') AND c.database_name = current_database()
           ORDER BY 1, 3"""
    )
    con.execute("DROP TABLE _keys")
    con.execute("DROP TABLE _warnings")
    con.execute("DROP TABLE _words")


def _write_newest_dates(con: duckdb.DuckDBPyConnection) -> None:
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


def row_counts(path: Path) -> dict[str, int]:
    """Rows per table of ``core`` and ``marts`` of a warehouse file."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('core', 'marts') ORDER BY 1"
        ).fetchall()
        return {name: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for (name,) in names}


def table_sizes(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, int]:
    """Bytes that tables take in a file that has been written to the disk; those without rows are absent.

    Pieces of columns share blocks: each counts from where it begins to where the next one does.
    """
    pieces = " UNION ALL ".join(
        f"SELECT '{name}' AS name, block_id, block_offset, additional_block_ids FROM pragma_storage_info('{name}')"
        for name in names
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


def record_validations(target: Path, validations: Sequence[Validation]) -> None:
    """Write ``meta.validations`` of a closed file."""
    names = [f.name for f in fields(Validation)]
    schema = declared()["meta.validations"].polars
    frame = pl.DataFrame([astuple(v) for v in validations], schema={n: schema[n] for n in names}, orient="row")
    with connect(target) as con:
        _insert(con, "meta.validations", frame)
        con.execute("CHECKPOINT")


def publish(target: Path, published: Path) -> None:
    """Put a validated file in place of the published one, in one step that survives a power cut."""
    with target.open("rb") as written:
        os.fsync(written.fileno())
    target.replace(published)
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def published_versions(published: Path) -> dict[str, str]:
    """Core versions and code fingerprint of the published file; empty where there is none that can be read."""
    if not published.exists():
        return {}
    try:
        with duckdb.connect(str(published), read_only=True) as con:
            row = con.execute("SELECT core_versions, code_fingerprint FROM meta.build").fetchall()[0]
        core_versions: dict[str, str] = json.loads(row[0])
    except (duckdb.Error, ValueError, IndexError):
        return {}  # damaged, or a file of something else: it is built anew
    return core_versions | {"code": row[1]}


@contextmanager
def held_open(path: Path) -> Iterator[None]:
    """Keep a file open for reading, where it is there and can be read, while others open it: only the first one takes time."""
    con = None
    with suppress(duckdb.Error):
        con = duckdb.connect(str(path), read_only=True) if path.exists() else None
    try:
        yield
    finally:
        if con is not None:
            con.close()


def now() -> datetime:
    """The present moment, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
