"""The published file, held open for a page that lives longer than one edition of it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import BilateralError
from assets.schema import SQL
from pipelines.pages.escaping import plain
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class OpenedFile:
    """The published file as readers get it, opened again once a refresh has put another one in its place.

    A process can open a file only once with its settings locked, so all threads share one connection and each question gets a
    cursor of its own: temporary tables and variables of one are not seen by another. While a question runs, the edition that it
    began with stays; the next one after it sees the new edition.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._con: DuckDBPyConnection | None = None
        self._edition: tuple[int, ...] = ()
        self._n_running = 0

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """A connection for one question.

        Raises:
            BilateralError: where the file is not there or is no warehouse.
        """
        with self._lock:
            con = self._renewed().cursor()
            self._n_running += 1
        try:
            yield con
        finally:
            con.close()
            with self._lock:
                self._n_running -= 1

    def _renewed(self) -> DuckDBPyConnection:
        try:
            found = self._path.stat()
            edition: tuple[int, ...] = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
        except FileNotFoundError:
            edition = ()
        if self._con is not None and edition != self._edition and self._n_running == 0:
            self._con.close()
            self._con = None
        if self._con is None:
            self._con = connect_for_readers(self._path)
            self._edition = edition
        return self._con


@functools.cache
def opened(path: Path) -> OpenedFile:
    """The file of that path, the same for all who look."""
    return OpenedFile(path)


def rows(con: DuckDBPyConnection, name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a query in ``sql/queries``.

    Raises:
        duckdb.Error: the file lacks what the query reads.
    """
    query = (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    cursor = con.execute(query, values)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def said(piece: Callable[[], str]) -> str:
    """A piece of a page, or the sentence that says why there is none."""
    import duckdb

    try:
        return piece()
    except BilateralError as error:
        return f'<p class="warn" role="alert">{plain(error)}</p>'
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = plain(str(error).splitlines()[0])
        return (
            f'<p class="warn" role="alert">The published file lacks what this page reads ({reason}): it is of another '
            "version, or none of this program. <code>bilateral refresh</code> writes it anew.</p>"
        )
    except duckdb.Error as error:
        return f'<p class="warn" role="alert">The file could not be read: {plain(str(error).splitlines()[0])}.</p>'


def in_words(con: DuckDBPyConnection) -> str:
    """Which edition of the file is looked at, as a piece of a page."""
    ((origin, built_at),) = con.execute("SELECT origin, built_at FROM meta.build").fetchall()
    text = f"<p>From the file built on {built_at:%Y-%m-%d %H:%M} UTC.</p>"
    if origin == "record":
        text += "<p>This is the built-in record alone: real rows, cut to facts, which end where it ends.</p>"
    return text


def day_of(label: str, text: str) -> date | None:
    """A day that a person typed; None where nothing was.

    Raises:
        BilateralError: it is no date.
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise BilateralError(f"{label} '{text.strip()}': expected a date as YYYY-MM-DD, or nothing.") from error
