"""The DuckDB file: built beside the live one from the current core, and put in its place in one step.

One function owns each step: ``build`` writes, ``pipelines.publish.audit`` validates, ``publish`` replaces. A reader that
holds the published file open keeps reading the old one; to see the new one, close and connect again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import duckdb
import polars as pl

from assets.errors import BilateralError
from assets.schema import SQL, declared
from pipelines import progress
from pipelines.publish import (
    by_day,
    dyads_in_place,
    extending,
    grams_in_place,
    in_parts,
    in_place,
    names_known,
    side_by_side,
    single_events,
)
from pipelines.publish.audit import Validation
from pipelines.publish.loading import load
from pipelines.publish.macros import bound
from pipelines.publish.meta_rows import (
    SAID_BY_THE_CODE,
    insert,
    insert_rows,
    make_guard,
    write_newest_dates,
    write_publications,
    write_validations,
    write_what_the_code_says,
)
from pipelines.publish.recorded import counts_of, published_versions, recorded_made_of, rows_in, sizes_of, table_sizes
from pipelines.publish.scripts import Script, scripts, scripts_in_order, with_folders
from pipelines.publish.side_by_side import Work
from pipelines.settings import ROOT

log = logging.getLogger(__name__)
T = TypeVar("T")

BESIDES = (
    "audit",
    "by_day",
    "dyads_in_place",
    "expectations",
    "extending",
    "grams_in_place",
    "in_parts",
    "in_place",
    "loading",
    "macros",
    "meta",
    "meta_rows",
    "names_known",
    "recorded",
    "scripts",
    "side_by_side",
    "single_events",
)
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
    # a draft that is cut off is made anew, never recovered: to log what is written to it would wait for the disk sixty times
    layout = f"ROW_GROUP_SIZE {ROW_GROUP_SIZE}, STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE no_wal_writes"
    con.execute(f"ATTACH '{quoted}' AS bilateral ({layout})")
    con.execute("USE bilateral")
    return con


def _make_all_declared(con: duckdb.DuckDBPyConnection) -> None:
    for schema in ("core", "marts", "meta"):
        con.execute(f"CREATE SCHEMA {schema}")
    for table in declared().values():
        in_place.make_declared(con, table)


SINGLE_EVENTS = "single_events"
"""Among the versions of what a file was made of: what it takes of single events; absent where all of them."""

_OF_SINGLE_EVENTS = frozenset({single_events.EVENTS, single_events.REPORTS, single_events.DAYS})


def made_of(core: Mapping[str, str], empty: Set[str] = frozenset()) -> dict[str, str]:
    """Hash of what each table of core and marts is made of, by full name; without those that depend on more than tables.

    Args:
        core: the same of what is loaded, per core table (bare name).
        empty: full names of core tables that have no rows: what is empty without them depends on nothing else.
    """
    found = {f"core.{name}": _hash(name, digest) for name, digest in core.items()}
    for folder, script in with_folders():
        if folder == "macros":
            continue
        tables = script.writes if folder == "derive" else (f"marts.{script.name}",)
        needs = sorted({*script.needs, *(tables if folder == "derive" else ())})
        if not empty.isdisjoint(script.empty_without):
            needs = []
        known = script.is_of_tables_alone and all(name in found for name in needs)
        digest = _hash(script.name, *(found[name] for name in needs)) if known else ""
        for name in tables:
            found.pop(name, None)
            if known:
                found[name] = _hash(name, digest)
    return found


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join((code_fingerprint(), *parts)).encode()).hexdigest()[:16]


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
    taken: Mapping[str, str] = MappingProxyType({}),
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
        taken: what core tables take of their files where not all rows (``single_events.rows_of``), by full name; ``loaded`` and
            ``parts`` stand for what is taken.
        memory_limit: of DuckDB.
        threads: of DuckDB.

    Returns:
        What of ``before`` it left where it was.

    Raises:
        BilateralError: where a table or script outgrows the memory limit.
    """
    digests = made_of(loaded, {f"core.{name}" for name, content in core.items() if len(content) == 0})
    earlier = recorded_made_of(before) if take_over else {}
    same = frozenset(name for name, digest in digests.items() if earlier.get(name) == digest)
    is_same_code = take_over and published_versions(before).get("code") == code_fingerprint() if before is not None else False
    grown = extending.grown(extending.noted(before), parts, same) if is_same_code else {}
    rest = (meta, before, digests, parts, taken)
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
    taken: Mapping[str, str],
    same: frozenset[str],
    grown: extending.Grown,
    memory_limit: str,
    threads: int,
) -> Built:
    counts_before = counts_of(before)
    if before is not None and published_versions(before).get(SINGLE_EVENTS, "") != single_events.digest(taken):
        # other rows are taken of the same: that they are fewer says nothing
        counts_before = {name: n for name, n in counts_before.items() if name not in _OF_SINGLE_EVENTS}
    is_copy = bool(same or grown) and before is not None and in_place.copied(before, target)
    if not is_copy:
        grown = {}
    with connect(target, memory_limit, threads) as con:
        if same or grown:
            quoted = str(before).replace("'", "''")
            con.execute(f"ATTACH '{quoted}' AS earlier (READ_ONLY)")
        if is_copy:
            anew = {f"marts.{script.name}" for script in scripts("marts")} - same - RENEWED - by_day.MARTS - {grams_in_place.MART}
            in_place.clear(con, {*same, *grown, *SAID_BY_THE_CODE, "meta.publications"}, sorted(anew))
        else:
            with _at_once(con):
                _make_all_declared(con)
        if taken:
            for script in scripts("macros"):
                if script.name in single_events.MACROS:
                    con.execute(script.text)
        at_once = threads if _n_bytes(core.values()) < MANY_BYTES else 1

        def fill(name: str, con: duckdb.DuckDBPyConnection) -> None:
            with _within(memory_limit, f"core.{name}"):
                if f"core.{name}" in grown:
                    load(con, declared()[f"core.{name}"], grown[f"core.{name}"], rows=taken.get(f"core.{name}"))
                else:
                    _load(con, f"core.{name}", core[name], same, taken.get(f"core.{name}"), is_copy=is_copy)

        # what is taken of a table may depend on the rows of another one
        read = {name: re.findall(r"\bcore\.(\w+)", taken.get(f"core.{name}", "")) for name in core}
        works = [Work(name, partial(fill, name), frozenset(read[name])) for name in core]
        _do(con, works, "loading", "tables", at_once)
        with _at_once(con):
            for name, frame in meta.items():
                insert(con, f"meta.{name}", frame)
            write_publications(con, None if is_copy else before)
            guard = make_guard(con, _publication(meta.get("build")))
        renewed, dyads = _run_scripts(con, guard, same, grown, memory_limit, at_once, is_copy=is_copy)
        if same or grown:
            con.execute("DETACH earlier")
        with _within(memory_limit, "the end of the build"):
            with _at_once(con):
                if not is_copy:
                    is_same_code = before is not None and published_versions(before).get("code") == code_fingerprint()
                    write_what_the_code_says(con, before if is_same_code else None)
                write_newest_dates(con)
            con.execute("CHECKPOINT")
        counts = rows_in(con)
        known = sizes_of(before, same | renewed | grown.keys(), counts) if before is not None and is_copy else {}
        sizes = known | table_sizes(con, sorted(counts.keys() - known.keys()))
        noted = {name: list(part.content) for name, part in parts.items() if declared()[name].in_runs_of is not None}
        rows = [
            (name, n, counts_before.get(name), sizes.get(name, 0), digests.get(name), noted.get(name))
            for name, n in sorted(counts.items())
        ]
        insert_rows(con, "meta.row_counts", rows)
    return Built(dyads, {name: counts_before[name] for name in grown})


MANY_BYTES = 50_000_000
"""Bytes of all core files (Parquet) from which on one thing at a time is loaded or made: it has all the memory, and all cores."""


def _n_bytes(core: Iterable[Sequence[Path] | pl.DataFrame]) -> int:
    sizes = (part.estimated_size() if isinstance(part, pl.DataFrame) else sum(p.stat().st_size for p in part) for part in core)
    return sum(map(int, sizes))


def _do(con: duckdb.DuckDBPyConnection, works: Sequence[Work[T]], what: str, unit: str, at_once: int) -> dict[str, T]:
    """Do works on the file in use, several at once; ``what`` and ``unit``: as who watches is told."""
    with progress.task(what, len(works), unit) as advance:

        def counted(work: Work[T], con: duckdb.DuckDBPyConnection) -> T:
            found = work.do(con)
            advance(1)
            return found

        (here,) = con.execute("SELECT current_database()").fetchall()[0]
        each = [replace(work, do=partial(counted, work)) for work in works]
        return side_by_side.done(con, each, at_once, lambda further: further.execute(f"USE {here}"))


def _load(
    con: duckdb.DuckDBPyConnection,
    name: str,
    content: Sequence[Path] | pl.DataFrame,
    same: frozenset[str],
    rows: str | None,
    *,
    is_copy: bool,
) -> None:
    """Fill a core table: from the file before where it was made of the same, else from its frame or files, sorted."""
    if name in same:
        if not is_copy:
            con.execute(f"INSERT INTO {name} BY NAME FROM earlier.{name}")
    elif isinstance(content, pl.DataFrame):
        insert(con, name, content)
    else:
        load(con, declared()[name], content, rows=rows)


def _run_scripts(
    con: duckdb.DuckDBPyConnection,
    guard: str,
    same: frozenset[str],
    grown: extending.Grown,
    memory_limit: str,
    at_once: int,
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

    def make(script: Script, con: duckdb.DuckDBPyConnection) -> None:
        nonlocal dyads
        name = f"marts.{script.name}"
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
                    in_parts.make(con, name, script.text)
            elif script in marts and name in by_day.MARTS:
                if is_copy and by_day.renew(con, name, extending.days_that_changed(con, grown, same)):
                    renewed.add(name)
                else:
                    con.execute(f"DROP TABLE IF EXISTS {name}")
                    by_day.make(con, name, script.text)
            elif script in marts and is_copy and name == grams_in_place.MART:
                if grams_in_place.renew(con, script.text):
                    renewed.add(name)
                else:
                    con.execute(f"DROP TABLE {name}")
                    con.execute(script.text)
            elif script in marts and name == names_known.MART and is_copy and names_known.can_be_taken(same):
                con.execute(names_known.text_with_known(script.text))
            elif script in marts:
                in_parts.make(con, name, script.text)
            else:
                con.execute(script.text)

    def is_held(script: Script) -> bool:
        if script in derived and {*same, *grown}.issuperset(derived[script]):
            return True  # they were loaded as derived before
        return is_copy and ((script in marts and f"marts.{script.name}" in same) or script in macros - to_bind)

    works = [
        Work(script.path, partial(make, script), script.after, is_of_this_thread=_is_alone(script))
        for script in scripts_in_order()
        if not is_held(script)
    ]
    if at_once > 1:
        con.execute("SET threads = 1")  # of each of several at once: more would wait for each other
    _do(con, works, "building", "tables and macros", at_once)
    if at_once > 1:
        con.execute(f"SET threads = {at_once}")
    return frozenset(renewed), dyads


def _is_alone(script: Script) -> bool:
    """Whether no other such script may be run beside it: it sets what DuckDB does, or makes temporary tables."""
    return f"marts.{script.name}" in RENEWED or re.search(r"^SET |\bTEMP\b", script.text, re.MULTILINE) is not None


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


def _publication(build: pl.DataFrame | None) -> list[str]:
    return [str(now())] if build is None else [str(value) for row in build.rows() for value in row]


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


def record_validations(target: Path, validations: Sequence[Validation]) -> None:
    """Write ``meta.validations`` of a closed file."""
    with connect(target) as con:
        write_validations(con, validations)
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


def now() -> datetime:
    """The present moment, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
