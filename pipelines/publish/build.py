"""The DuckDB file: built beside the live one from the current core, and put in its place in one step.

A reader that holds the published file open keeps reading the old one; to see the new one, close and connect again.
"""

import hashlib
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

import duckdb
import polars as pl

from assets import progress
from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines.checks.validations import Validation, now
from pipelines.ingest.raw_files import sync_folder
from pipelines.publish.checksum import published_versions
from pipelines.publish.loading import DAYS, EVENTS, MACROS, MARTS_BY_DAY, REPORTS, digest_of, load, make_by_day
from pipelines.publish.macros import bound, guard_of
from pipelines.publish.meta import (
    SAYS_THE_CODE,
    insert,
    insert_rows,
    rows_in,
    table_sizes,
    write_newest_dates,
    write_publications,
    write_validations,
    write_what_the_code_says,
)
from pipelines.publish.scripts import Script, scripts, scripts_in_order, with_what_reads_them
from pipelines.settings import ROOT
from pipelines.util.atomic_files import put
from pipelines.util.readers import quoted, reading

log = logging.getLogger(__name__)


@cache
def code_fingerprint() -> str:
    """Hash of what turns a core into a published file: the SQL, the modules that build and check, and DuckDB."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    modules = [p for package in ("checks", "publish") for p in (ROOT / "pipelines" / package).glob("*.py")]
    for path in sorted([*SQL.rglob("*.sql"), *modules, ROOT / "assets" / "schema.py"]):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


ROW_GROUP_SIZE = 32_768
"""Rows that are skipped or read together. Most questions ask for one party, actor or pair in tables that are sorted by these:
with groups of DuckDB's usual 122,880 rows they read whole tables; with 16,384 the file is a thirtieth larger and no faster."""

STORAGE_VERSION = "v1.4.0"
"""Oldest DuckDB that can open the file, as the page's engine does. The layout of 1.2 takes a tenth more room."""

BLOCK_SIZE = 65_536
"""Bytes of a block. With DuckDB's usual 262,144 the file of the built-in record is a third larger: many tables are small."""


def connect(path: Path, memory_limit: str = "1GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Open a file for writing within the limits of the settings. Every writer must: another one joins the row groups."""
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "preserve_insertion_order": True})
    con.execute("SET temp_directory = ?", [str(path.with_suffix(".tmp"))])
    # it would be drawn into standard output, log files included
    con.execute("SET enable_progress_bar = false")
    # a draft that is cut off is made anew, never recovered: to log what is written to it would wait for the disk sixty times
    layout = f"ROW_GROUP_SIZE {ROW_GROUP_SIZE}, BLOCK_SIZE {BLOCK_SIZE}, STORAGE_VERSION '{STORAGE_VERSION}'"
    con.execute(f"ATTACH {quoted(path)} AS bilateral ({layout}, RECOVERY_MODE no_wal_writes)")
    con.execute("USE bilateral")
    return con


def _make_declared(con: duckdb.DuckDBPyConnection) -> None:
    """Make all declared tables, with comments and without constraints (they are expectations: an index costs more)."""
    for schema in ("core", "marts", "meta"):
        con.execute(f"CREATE SCHEMA {schema}")
    for table in declared().values():
        packed = {name: f" USING COMPRESSION {how}" for name, how in table.packed.items()}
        columns = ", ".join(f'"{c.name}" {c.type}{packed.get(c.name, "")}' for c in table.columns)
        con.execute(f"CREATE TABLE {table.name} ({columns})")
        _comment(con, "TABLE", table.name, table.comment)
        for column in table.columns:
            _comment(con, "COLUMN", f'{table.name}."{column.name}"', column.comment)


def _comment(con: duckdb.DuckDBPyConnection, what: str, name: str, text: str) -> None:
    con.execute(f"COMMENT ON {what} {name} IS {quoted(text)}")


BEFORE = "published_before"
"""The name under which a build attaches the file published now, to copy what is unchanged."""
SINGLE_EVENTS = "single_events"
"""Among the versions of what a file was made of: what it takes of single events; absent where all of them."""


def build(
    target: Path,
    core: Mapping[str, Sequence[Path] | pl.DataFrame],
    meta: Mapping[str, pl.DataFrame],
    *,
    before: Path | None,
    taken: Mapping[str, str] = MappingProxyType({}),
    unchanged: Collection[str] = (),
    memory_limit: str = "1GB",
    threads: int = 2,
) -> None:
    """Write a whole warehouse file.

    ``core``: per core table (bare name) its Parquet files, or a frame; others stay empty. ``meta``: frames for
    ``meta.sources``, ``snapshots``, ``amendments``, ``rejects`` and ``build``. ``before``: the file published now, whose row
    counts are noted beside the new ones. ``taken``: what core tables (full name) take of their files where not all rows
    (``rows_of_single_events``). ``unchanged``: tables (full names) whose rows are copied from ``before``, since they would be the
    same. Raises BilateralError where a table or script outgrows the memory limit.
    """
    counts_before = _counts_of(before)
    if before is not None and published_versions(before).get(SINGLE_EVENTS, "") != digest_of(taken):
        # other rows are taken of the same: that they are fewer says nothing
        counts_before = {name: n for name, n in counts_before.items() if name not in (EVENTS, REPORTS, DAYS)}
    with connect(target, memory_limit, threads) as con:
        with _at_once(con):
            _make_declared(con)
        if unchanged:
            con.execute(f"ATTACH {quoted(before)} AS {BEFORE} (READ_ONLY)")
        if taken:
            for script in scripts("macros"):
                if script.name in MACROS:
                    con.execute(script.text)
        # which reports are taken depends on which events are
        for name in progress.each(sorted(core, key=lambda name: name != "events"), "loading", "tables"):
            content = core[name]
            with _within(memory_limit, f"core.{name}"):
                if f"core.{name}" in unchanged:
                    con.execute(f"INSERT INTO core.{name} FROM {BEFORE}.core.{name}")
                elif isinstance(content, pl.DataFrame):
                    insert(con, f"core.{name}", content)
                else:
                    load(con, declared()[f"core.{name}"], content, rows=taken.get(f"core.{name}"))
        with _at_once(con):
            for name, frame in meta.items():
                insert(con, f"meta.{name}", frame)
            write_publications(con, before)
            guard = guard_of([str(now())] if "build" not in meta else [str(value) for value in meta["build"].row(0)])
            con.execute(f"CREATE MACRO {guard}() AS true")
        for script in progress.each(scripts_in_order(), "building", "tables and macros"):
            _run(con, script, memory_limit, guard, unchanged)
        with _within(memory_limit, "the end of the build"):
            with _at_once(con):
                if unchanged:
                    for name in SAYS_THE_CODE:
                        con.execute(f"INSERT INTO {name} FROM {BEFORE}.{name}")
                else:
                    write_what_the_code_says(con)
                write_newest_dates(con)
            con.execute("CHECKPOINT")
        counts = rows_in(con, {name: counts_before[name] for name in unchanged if name in counts_before})
        sizes = table_sizes(con)
        rows = [(name, n, counts_before.get(name), sizes.get(name, 0)) for name, n in sorted(counts.items())]
        insert_rows(con, "meta.row_counts", rows)


def _counts_of(before: Path | None) -> dict[str, int]:
    """Rows per table of the file before; none where it is damaged: it is to be replaced, and must not keep its successor away."""
    if before is None:
        return {}
    try:
        with reading(before) as con:
            return dict(con.execute("SELECT table_name, n_rows FROM meta.row_counts").fetchall())
    except duckdb.Error:
        log.exception("counting the rows of %s", before)
        return {}


def rebuild(target: Path, names: Collection[str], memory_limit: str = "1GB", threads: int = 2) -> list[str]:
    """Make marts (bare names) of a copy of the published file again, with all made of them; returns the names of those made."""
    made = with_what_reads_them(names)
    with connect(target, memory_limit, threads) as con:
        views = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'marts'").fetchall()}
        for script in made:
            con.execute(f"DROP {'VIEW' if script.name in views else 'TABLE'} marts.{script.name}")
            _run(con, script, memory_limit)
        counts = rows_in(con)
        for script in made:
            n = counts[f"marts.{script.name}"]
            con.execute("UPDATE meta.row_counts SET n_rows = ? WHERE table_name = ?", [n, f"marts.{script.name}"])
        con.execute("CHECKPOINT")
    return [script.name for script in made]


def _run(
    con: duckdb.DuckDBPyConnection, script: Script, memory_limit: str, guard: str = "", unchanged: Collection[str] = ()
) -> None:
    """Run a script of a build. ``guard``: what binds a macro to its file; one that reads no table says the same everywhere."""
    name = f"marts.{script.name}"
    with _within(memory_limit, f"{script.name}.sql"), _at_once(con):
        if script.folder == "derive" and script.needs and script.needs <= set(unchanged):
            return  # it is done in the rows that were copied
        if script.folder == "marts" and name in unchanged:
            for statement in con.extract_statements(script.text):
                made = f"CREATE TABLE {name} AS"
                con.execute(f"{made} FROM {BEFORE}.{name}" if made in statement.query else statement)
        elif script.folder == "macros" and script.needs:
            con.execute(bound(script.text, guard))
        elif script.folder == "marts" and script.name in MARTS_BY_DAY:
            make_by_day(con, script.name, script.text)
        else:
            con.execute(script.text)


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


def record_validations(target: Path, validations: Sequence[Validation]) -> None:
    """Write ``meta.validations`` of a closed file."""
    with connect(target) as con:
        write_validations(con, validations)
        con.execute("CHECKPOINT")


def publish(target: Path, published: Path) -> None:
    """Put a validated file in place of the published one, in one step that survives a power cut."""
    with target.open("rb") as written:
        os.fsync(written.fileno())
    put(target, published)
    sync_folder(published.parent)
