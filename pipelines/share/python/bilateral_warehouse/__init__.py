"""Frames from a published file of the bilateral-relations warehouse, as known now or on any day (``as_of=``).

    >>> from bilateral_warehouse import listings, overdose, panel
    >>> panel("USA", "CHN", by="month", as_of="2023-12-22")                 # of warehouse/bilateral.duckdb, or file=...
    >>> listings("USA", "CHN", on="2023-11-15", file="https://example.org/releases/2026-12/")
    >>> overdose(as_of="2023-12-22", actor_id="USA", measure="deaths_12m", drug="all", basis="predicted")

``file`` (or BILATERAL_FILE) is a published file, or the address of a release: that is downloaded once and checked by its hash.
``open`` gives more: ``w = bilateral_warehouse.open(file)``, then ``w.find("Huawei")``, ``w.sql("FROM listed_on('2023-11-15')")``.

It needs DuckDB and Polars (or pandas), and of this project nothing but the file: the questions are macros that the file holds.
What columns mean, with units and usage warnings, is in the file too: ``w.describe("dyad_panel")``. NULL is "not known", never 0.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, Literal, NamedTuple, TypeAlias, TypeVar, overload

import duckdb

if TYPE_CHECKING:
    import pandas
    import polars

Frame = TypeVar("Frame")
Columns: TypeAlias = Sequence[str] | None
"""The columns wanted, in order; None: all of them."""
Day: TypeAlias = date | str
"""A day at the place of the authority or the event: a date, or text like 2023-11-15."""
Moment: TypeAlias = date | str
"""A moment in UTC: a datetime (one with a time zone is converted), a date or text. A day is its first instant: what came out on
it is not yet known."""


OLDEST_DUCKDB = (1, 4, 3)
"""Versions before it open the tables; of the macros some are refused (1.4.0, 1.4.1), and some never end (1.2, 1.3)."""


class WarehouseError(Exception):
    """No answer: no such file, an older DuckDB, a question that cannot be asked. The text says in a sentence what to do."""


class UnknownNameError(WarehouseError):
    """The file has no such actor, column, table, macro or word; the text says what may have been meant."""


class Publication(NamedTuple):
    """Which edition of the file answers. ``origin``: record, the built-in one alone, or real."""

    publication_id: str
    built_at: datetime
    origin: str


class Warehouse(Generic[Frame]):
    """A published file, only read. Each question opens it anew, and so sees the file that a refresh has put in its place.

    Every method raises ``UnknownNameError`` for a name that the file does not have, ``WarehouseError`` for what cannot be asked.
    """

    def __init__(self, path: Path, frames: str) -> None:
        self.path, self._frames = path, frames

    def __repr__(self) -> str:
        now = self.publication
        return f"<{self.path}: {now.publication_id}, {now.origin}>"

    @property
    def publication(self) -> Publication:
        """The publication that lies there now: a refresh may put another in its place between two questions."""
        return Publication(*self._rows("SELECT publication_id, built_at, origin FROM meta.build")[0])

    def listed_on(self, day: Day, *, as_of: Moment | None = None, columns: Columns = None) -> Frame:
        """Listings in force on a day, one row each, as known now or at a moment (macro ``listed_as_known``).

        Count those whose ``certainty`` is ``certain``; ``possible``: no edition of the list says so. Who is not there was not
        listed only where the list covers the day: ``w.sql("FROM list_coverage_on('2023-11-15')")``.
        """
        query = f"listed_as_known($d, {_known(as_of)}) ORDER BY list_id, listing_id"
        return self._ask(query, columns, d=_day(day), as_of=_moment(as_of))

    def listed_as_known(self, day: Day, as_of: Moment, *, columns: Columns = None) -> Frame:
        """``listed_on`` with a moment that must be said."""
        return self.listed_on(day, as_of=as_of, columns=columns)

    def listings(
        self,
        source: str | None = None,
        target: str | None = None,
        *,
        on: Day | None = None,
        as_of: Moment | None = None,
        columns: Columns = None,
    ) -> Frame:
        """Listings of a state's lists and the state of each party, ended ones too (``listing_dyads_as_known``).

        ``source``: whose lists; ``target``: whose parties; ``on``: those alone that the panel counts in force on that day.
        ``valid_from`` NULL: it was there in the first edition held. A party of several states has several rows. Ships and
        aircraft of which only the state of a linked party is known are left out.
        """
        source, target = self._actors(source or None, target or None)
        days = "seen_from <= $d AND ifnull($d < valid_to, true)"
        only = [
            "NOT is_by_link",
            *(f"{n} = ${n}" for n, v in (("source_id", source), ("target_id", target)) if v),
            *([days] if on else []),
        ]
        query = f"listing_dyads_as_known({_known(as_of)}) WHERE {' AND '.join(only)}"
        values = {"source_id": source, "target_id": target, "d": _day(on) if on else None}
        return self._ask(f"{query} ORDER BY source_id, target_id, list_id, listing_id", columns, as_of=_moment(as_of), **values)

    def overdose(self, *, as_of: Moment | None = None, columns: Columns = None, **only: str) -> Frame:
        """Overdose figures, one row per source, place, measure, drug, basis, way of counting and period (``overdose_as_known``).

        ``only``: a value of columns: actor_id="USA", measure, drug, basis, source ... ``value`` is in ``unit``: deaths, percent,
        per_100k. ``deaths_12m`` are sums over twelve months, which overlap as drugs do: never add them up.
        """
        for name, value in only.items():
            known = [str(row[0]) for row in self._rows(f"SELECT DISTINCT {_quoted([name])} FROM core.overdose_observations")]
            if value not in known:
                raise UnknownNameError(f"No overdose figure has the {name} {value!r}.{_meant(value, known)}")
        query = f"overdose_as_known({_known(as_of)}) WHERE {' AND '.join(['true', *(f'{n} = ${n}' for n in only)])}"
        order = "ORDER BY source, actor_id, measure, drug, basis, counts_by, period_end"
        return self._ask(f"{query} {order}", columns, as_of=_moment(as_of), **only)

    def dyad_panel(self, a: str, b: str, grain: str = "month", *, as_of: Moment | None = None, columns: Columns = None) -> Frame:
        """Both directions of two states by day, week, month, quarter or year (``dyad_panel_as_known``): ``source_id`` acts.

        ``n_*`` are counts in the period, ``n_listings_in_force`` the stock on its last day, ``coverage_share`` runs from 0 to 1.
        """
        macro, known = ("dyad_panel", "") if as_of is None else ("dyad_panel_as_known", ", $as_of")
        query = f"{macro}($a, $b, $grain{known}) ORDER BY source_id, target_id, period_end"
        return self._ask(query, columns, a=a, b=b, grain=grain, as_of=_moment(as_of))

    def timeline(self, a: str, b: str, *, since: Day = date.min, until: Day = date.max, columns: Columns = None) -> Frame:
        """Dated facts on two states in both directions, first and last day included, as known now (``marts.timeline``)."""
        one, other = self._actors(a, b)
        query = """marts.timeline WHERE is_pair(source_id, target_id, $a, $b) AND date BETWEEN $since AND $until
                   ORDER BY date, kind, source_id, headline"""
        return self._ask(query, columns, a=one, b=other, since=_day(since), until=_day(until))

    def find(self, names: str | Sequence[str], *, on: Day | None = None, columns: Columns = None) -> Frame:
        """Listed parties whose names are like those asked for, best first; ``on``: those listed on that day, with ``certainty``.

        ``score`` runs from 0 to 1. A similar name is no proof that it is the party.
        """
        asked = [names] if isinstance(names, str) else list(names)
        macro = "find_parties($names)" if on is None else "find_parties_on($names, $on)"
        day = None if on is None else _day(on)
        return self._ask(f"{macro} ORDER BY asked_no, score DESC, listing_id", columns, names=asked, on=day)

    def describe(self, name: str | None = None) -> Frame:
        """What there is to ask: tables and macros; or the columns of one: type, meaning with unit, vocabulary, warnings."""
        if name is None:
            return self._frame(_ALL, {})
        known = [str(row[0]) for row in self._rows(f"SELECT DISTINCT name FROM ({_COLUMNS})")]
        if name not in known and name not in (other.rpartition(".")[2] for other in known):
            raise UnknownNameError(f"There is no table, and no macro that gives one, of the name {name}.{_meant(name, known)}")
        return self._ask(f"({_COLUMNS}) WHERE $name IN (name, split_part(name, '.', 2)) ORDER BY name, position", None, name=name)

    def sql(self, query: str, **values: object) -> Frame:
        """Any question in SQL; ``values`` are its ``$name`` parameters."""
        return self._frame(query, values)

    def _actors(self, a: str | None, b: str | None) -> tuple[str | None, str | None]:
        """Actor ids of two states as people write them; an error where one is not known."""
        found = "(SELECT coalesce(actor_named($a), $a) AS one, coalesce(actor_named($b), $b) AS other)"
        ((one, other, _),) = self._rows(f"SELECT one, other, is_known_pair(one, other) FROM {found}", a=a, b=b)
        return one, other

    def _ask(self, source: str, columns: Columns, **values: object) -> Frame:
        wanted = "*" if columns is None else _quoted(columns)
        return self._frame(f"SELECT {wanted} FROM {source}", {n: v for n, v in values.items() if v is not None})

    def _frame(self, query: str, values: dict[str, object]) -> Frame:
        with self._open() as con:
            found: Any = con.sql(query, params=values or None)
            if found is None:
                raise WarehouseError("That gives no rows: ask with SELECT or FROM.")
            if self._frames == "pandas":
                return found.df()  # type: ignore[no-any-return]
            import polars

            # not found.pl(), which needs PyArrow
            return polars.DataFrame(found)  # type: ignore[return-value]

    def _rows(self, query: str, **values: str | None) -> list[tuple[Any, ...]]:
        with self._open() as con:
            return con.execute(query, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.path.is_file():
            raise WarehouseError(f"{self.path} does not exist: 'make demo' or 'bilateral refresh' makes it; a release has one.")
        # attached to a database in memory: DuckDB would hand out the file that it opened first, after it was replaced too.
        # With its type it is opened once; to find out the type DuckDB opens it before, and a publication may lie in between
        with duckdb.connect() as con:
            con.execute("SET python_enable_replacements = false")
            try:
                con.execute(f"ATTACH '{str(self.path).replace(chr(39), 2 * chr(39))}' AS warehouse (TYPE duckdb, READ_ONLY)")
                con.execute("USE warehouse")
                con.execute("SELECT publication_id FROM meta.build").fetchall()
            except duckdb.Error as error:
                text = f"{self.path} is no published warehouse that DuckDB {duckdb.__version__} can read: {_first_line(error)}"
                raise WarehouseError(text) from error
            try:
                yield con
            except duckdb.Error as error:
                raise _in_words(error) from error


@overload
def open(file: str | Path | None = None, *, sha256: str | None = None) -> Warehouse[Any]: ...
@overload
def open(
    file: str | Path | None = None, *, frames: Literal["polars"], sha256: str | None = None
) -> Warehouse[polars.DataFrame]: ...
@overload
def open(
    file: str | Path | None = None, *, frames: Literal["pandas"], sha256: str | None = None
) -> Warehouse[pandas.DataFrame]: ...
def open(file: str | Path | None = None, *, frames: str | None = None, sha256: str | None = None) -> Warehouse[Any]:
    """Open a published file.

    Args:
        file: its path, or the address of a release (its folder), which is downloaded into the cache of this user unless it lies
            there already; None: that of BILATERAL_FILE, else ``warehouse/bilateral.duckdb``.
        frames: ``"polars"`` or ``"pandas"``, where what is not known is NA, NaN or NaT by the type of the column; None: Polars
            where it is installed.
        sha256: the hash that a release must have; None: what its ``SHA256SUMS`` says. With it one that lies in the cache is
            opened without a network, and an analysis reads the same file for ever.

    Raises:
        WarehouseError: no published file, or one of another hash; DuckDB is too old; Polars or pandas is not installed.
    """
    if tuple(int(part) for part in re.findall(r"\d+", duckdb.__version__)[:3]) < OLDEST_DUCKDB:
        least = ".".join(map(str, OLDEST_DUCKDB))
        raise WarehouseError(f"DuckDB {duckdb.__version__} is too old for a published file: pip install 'duckdb>={least}'.")
    frames = frames or ("polars" if find_spec("polars") else "pandas")
    if frames not in ("polars", "pandas") or find_spec(frames) is None:
        raise WarehouseError(f"frames={frames!r} needs {frames}, which is not installed; it may be polars or pandas.")
    place = str(file or os.environ.get("BILATERAL_FILE") or Path("warehouse", "bilateral.duckdb"))
    path = _downloaded(place, sha256) if re.match(r"https?://", place) else Path(place).expanduser()
    warehouse: Warehouse[Any] = Warehouse(path, frames)
    # says at once what is wrong with the file
    warehouse.publication  # noqa: B018
    return warehouse


def panel(
    a: str, b: str, *, by: str = "month", as_of: Moment | None = None, file: str | Path | None = None, columns: Columns = None
) -> Any:
    """Both directions of two states by day, week, month, quarter or year: ``Warehouse.dyad_panel`` of ``open(file)``."""
    return open(file).dyad_panel(a, b, by, as_of=as_of, columns=columns)


def listings(
    source: str | None = None,
    target: str | None = None,
    *,
    on: Day | None = None,
    as_of: Moment | None = None,
    file: str | Path | None = None,
    columns: Columns = None,
) -> Any:
    """Listings of a state's lists, of another's parties, on a day: ``Warehouse.listings`` of ``open(file)``."""
    return open(file).listings(source, target, on=on, as_of=as_of, columns=columns)


def overdose(*, as_of: Moment | None = None, file: str | Path | None = None, columns: Columns = None, **only: str) -> Any:
    """Overdose figures, by values of their columns (``actor_id="USA"``): ``Warehouse.overdose`` of ``open(file)``."""
    return open(file).overdose(as_of=as_of, columns=columns, **only)


def _downloaded(address: str, sha256: str | None) -> Path:
    """The file of a release in the cache; it is written there only once its hash is right."""
    folder = re.sub(r"/(bilateral\.duckdb|index\.html)?$", "", address.partition("#")[0])
    if sha256 is None:
        with _requested(f"{folder}/SHA256SUMS") as answer:
            found = re.search(rb"^([0-9a-f]{64}) [ *]bilateral\.duckdb$", answer.read(1 << 20), re.MULTILINE)
        if found is None:
            raise WarehouseError(f"{folder}/SHA256SUMS names no bilateral.duckdb: is it the folder of a release?")
        sha256 = found[1].decode()
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise WarehouseError(f"{sha256!r} is no SHA-256: 64 hexadecimal digits, as in the SHA256SUMS of a release.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bilateral_warehouse" / sha256
    path = cache / "bilateral.duckdb"
    if path.is_file():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with _requested(f"{folder}/bilateral.duckdb") as answer, tempfile.TemporaryDirectory(dir=cache, prefix=".") as beside:
        draft = Path(beside, path.name)
        with draft.open("wb") as out:
            while piece := answer.read(1 << 20):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != sha256:
            raise WarehouseError(
                f"{folder}/bilateral.duckdb has the SHA-256 {digest.hexdigest()}, not {sha256}: it was not kept. "
                "The release may have been replaced meanwhile, or the download broke off: ask again."
            )
        draft.replace(path)
    return path


@contextmanager
def _requested(address: str) -> Iterator[BinaryIO]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            yield answer
    except OSError as error:
        raise WarehouseError(
            f"{address} cannot be downloaded: {error}. Is it the folder of a release? "
            "One that was downloaded before opens without a network by sha256=..."
        ) from error


_COLUMNS = """SELECT table_name AS name, position, column_name, type, description, vocabulary, warnings FROM meta.columns
    UNION ALL SELECT macro_name, position, column_name, type, description, vocabulary, warnings FROM meta.macro_columns"""
_ALL = """SELECT DISTINCT table_name AS name, 'table' AS kind, table_description AS description, 'FROM ' || table_name AS example
    FROM meta.columns UNION ALL SELECT macro_name, 'macro', description, example FROM meta.macros ORDER BY kind DESC, name"""


def _known(as_of: Moment | None) -> str:
    return "end_of_time()" if as_of is None else "$as_of"


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column.replace(chr(34), 2 * chr(34))}"' for column in columns)


def _read(text: str, example: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WarehouseError(f"{text!r} is no date: write it as {example}.") from error


def _day(day: Day) -> date:
    found = _read(day, "2023-11-15") if isinstance(day, str) else day
    return found.date() if isinstance(found, datetime) else found


def _moment(moment: Moment | None) -> datetime | None:
    found = _read(moment, "2023-12-22 or 2023-12-22T15:00 (UTC)") if isinstance(moment, str) else moment
    if not isinstance(found, datetime):
        return None if found is None else datetime(found.year, found.month, found.day)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _meant(name: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(name, known, 3) or [other for other in known if name.casefold() in other.casefold()][:3]
    return f" Did you mean {' or '.join(found)}?" if found else f" There are {', '.join(sorted(known)[:12])}." if known else ""


def _first_line(error: duckdb.Error) -> str:
    return re.sub(r"^[A-Z][\w ]* Error: ", "", str(error).splitlines()[0])


def _in_words(error: duckdb.Error) -> WarehouseError:
    text, first = str(error), _first_line(error)
    if found := re.search(r'Referenced column "(.+?)" not found', text):
        bound = re.findall(r'"([^"]+)"', text.partition("Candidate bindings")[2].partition("\n")[0])
        return UnknownNameError(f"There is no column {found[1]}.{_meant(found[1], bound)}")
    if found := re.search(r"(Table|Function) with name \"?([\w.]+)\"? does not exist", text):
        meant = re.search(r'Did you mean "([^"]+)"', text)
        return UnknownNameError(f"There is no {found[1].lower()} {found[2]}.{f' Did you mean {meant[1]}?' if meant else ''}")
    return UnknownNameError(first) if "is not an actor id" in first or "is no state" in first else WarehouseError(first)
