"""The published file as readers get it: nothing but this file can be read through it, and nothing at all be written.

DuckDB's ``read_only`` protects the database alone: a query could still write any file (``COPY ... TO``), read any
(``read_csv``), attach another database or install an extension. DuckDB only, so that a query answers at once.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from assets.errors import BilateralError

_EXPLAIN = re.compile(r"\s*EXPLAIN\b(?:\s*\([^()]*\)|\s+ANALYZE\b)?", re.IGNORECASE)

_ALLOWED = frozenset({"SELECT", "SET", "CREATE", "PRAGMA", "MULTI", "CALL", "RELATION", "DROP", "TRANSACTION"})
"""Kinds of statements that readers may run: those that read, and those that make temporary tables, macros and variables.

``COPY``, ``ATTACH`` and ``DETACH`` matter most: the published file itself stays on DuckDB's list of allowed paths, and once
it were detached, ``COPY`` could write over it."""


_held: dict[Path, tuple[tuple[int, int, int], duckdb.DuckDBPyConnection]] = {}
"""Files that this process holds open for itself: which file lay there, and the connection that holds it."""


@contextmanager
def held_open(path: Path, config: Mapping[str, str | int] = MappingProxyType({})) -> Iterator[None]:
    """Hold a file, which is not written meanwhile, open for ``reading`` while this lasts, if it is there and can be read."""
    con = None
    with suppress(duckdb.Error, OSError):
        con = duckdb.connect(str(path), read_only=True, config=dict(config)) if path.exists() and _of_held(path) is None else None
    if con is None:
        yield
        return
    with held(path, con):
        yield


@contextmanager
def held(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have a connection hold its file open for ``reading`` while this lasts; then, or where it is let go, it is closed."""
    _held[path] = (_which(path), con)
    try:
        yield
    finally:
        let_go(path)
        con.close()


@contextmanager
def reading(path: Path, config: Mapping[str, str | int] = MappingProxyType({})) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file for questions of this program, read-only: the one that is held open, if it is. Raises duckdb.Error."""
    held = _of_held(path)
    with duckdb.connect(str(path), read_only=True, config=dict(config)) if held is None else held.cursor() as con:
        yield con


def _of_held(path: Path) -> duckdb.DuckDBPyConnection | None:
    """The connection that holds a file open; None where there is none. One that was replaced since is let go."""
    if path not in _held:
        return None
    which, con = _held[path]
    with suppress(OSError):
        if _which(path) == which:
            return con
    let_go(path)
    return None


def let_go(path: Path) -> None:
    """Hold a file open no longer, where it was: for who opens it in another way."""
    _, con = _held.pop(path, (None, None))
    if con is not None:
        con.close()


MOST_OPENINGS = 20
"""Openings of one file until one meets no publication: each would have to be met by another one within milliseconds."""


def _opened_whole(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a file that may be replaced at any moment: again, where another one lies there by now. Raises BilateralError.

    DuckDB opens a path three times: with a publication in between it has one version's header and another's body.
    """
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    for _ in range(MOST_OPENINGS):
        try:
            before = _which(path)
            return duckdb.connect(str(path), read_only=True, config=options)
        except (duckdb.Error, OSError) as error:
            if isinstance(error, OSError) or _which(path) == before:
                raise BilateralError(f"{path} cannot be opened: {error}") from error
    raise BilateralError(f"{path} cannot be opened: it was replaced each time. Ask again.")


def _which(path: Path) -> tuple[int, int, int]:
    """Which file lies at a path now."""
    found = path.stat()
    return found.st_ino, found.st_ctime_ns, found.st_size


def connect_for_readers(path: Path, folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a warehouse file for queries of people: read-only, no other file, no network, no extension, no setting changed.

    ``folder``: where files may be written, for an export. Raises BilateralError where there is no warehouse file.
    """
    if not path.exists():
        raise BilateralError(f"{path} does not exist yet: run 'bilateral refresh' (or 'make demo') first.")
    con = _opened_whole(path)
    # a bar that is drawn into standard output is no row
    con.execute("SET enable_progress_bar = false")
    # a name in a query is a table, never a variable of this program
    con.execute("SET python_enable_replacements = false")
    if folder is not None:
        con.execute("SET allowed_directories = ?", [[str(folder)]])
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def quoted(text: object) -> str:
    """A text, or a path, as SQL writes it."""
    return "'{}'".format(str(text).replace("'", "''"))


def records(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of an answer, each by the names of its columns."""
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def refuse_what_does_not_read(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise BilateralError for a statement that does more than read, or for none; duckdb.ParserException for what is no SQL."""
    statements = con.extract_statements(query)
    if not statements:
        raise BilateralError("nothing was asked: the query is empty, or a remark alone.")
    for statement in statements:
        kind = statement.type.name
        if kind == "EXPLAIN":
            # with ANALYZE it runs what it explains
            inner, n_found = _EXPLAIN.subn("", statement.query, count=1)
            if n_found and len(inner) < len(statement.query):
                refuse_what_does_not_read(con, inner)
                continue
        if kind not in _ALLOWED:
            raise BilateralError(f"{kind} is refused. {WHAT_TO_DO}")


WHAT_TO_DO = (
    "'bilateral sql' reads the published file and nothing else: no other file, no extension, no network, no setting changed. "
    "Nothing was written. To export rows: --format csv (or json) > FILE, or 'bilateral export'. To join files or keep tables of "
    "your own: open a DuckDB of your own and ATTACH the published file there (docs/querying.md, 'Opening the file')."
)


def in_words(error: duckdb.Error) -> str:
    """What DuckDB says, and what to do where it refused something that readers may not do."""
    text = str(error)
    locked = "configuration has been locked" in text
    if isinstance(error, duckdb.PermissionException) or locked or "attached in read-only mode" in text:
        return f"{text.splitlines()[0]}. {WHAT_TO_DO}"
    return text
