"""What the tests of the sanctions domain share: small vintages, a history in memory, and the checks run on it."""

from __future__ import annotations

import gzip
import lzma
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.contracts import Folded, Staged, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.sanctions.reading.shape import DETAILS, LISTINGS
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.told import tables_say

COUNTRY_IDS = {
    "china": "CHN", "hong kong": "HKG", "iran": "IRN", "korea, north": "PRK", "mexico": "MEX", "russia": "RUS",
}  # fmt: skip
OWN = ("title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner")


_NODE = re.compile(r"""\s*(?:([\w-]+)(?:\[((?:"[^"]*"|[^]"])*)\])?\s*(<|:\s*((?:;;|[^;<>])*))?|(>))\s*;?""")


def xml(short: str) -> str:
    """XML from a short form of it, in which an end needs no name: ``list[day=1]<party<name: A;; B; born: 1970> party>``."""
    found: list[str] = []
    opened: list[str] = []
    for name, attributes, kind, value, end in _NODE.findall(short):
        tag = name + "".join(f' {n}="{v}"' for n, v in re.findall(r'([\w:-]+)="?((?<=")[^"]*|[^\s"]*)', attributes))
        if end:
            found.append(f"</{opened.pop()}>")
        elif kind == "<":
            opened.append(name)
            found.append(f"<{tag}>")
        else:
            text = value.strip().replace(";;", ";")
            found.append(f"<{tag}>{text}</{name}>" if kind else f"<{tag}/>")
    assert not opened, f"without an end: {opened}"
    return "".join(found)


class Memory:
    """A history in memory, as the runner gives it to a fold: closed rows appended, all else replaced."""

    def __init__(self) -> None:
        self.notes: Mapping[str, Any] = {}
        self._open: dict[str, pl.DataFrame] = {}
        self._closed: dict[str, list[pl.DataFrame]] = {}
        self._kept: Mapping[str, pl.DataFrame] = {}
        self._all: dict[str, pl.LazyFrame] = {}

    def open(self, name: str) -> pl.DataFrame:
        return self._open.get(name, table(f"core.{name}").empty())

    def all(self, name: str) -> pl.LazyFrame:
        if name not in self._all:
            of, frames = table(f"core.{name}"), [self.open(name), *self._closed.get(name, [])]
            filled = [of.conform(frame) for frame in frames if not frame.is_empty()]
            self._all[name] = (pl.concat(filled).sort(of.key) if filled else of.empty()).lazy()
        return self._all[name]

    def kept(self, name: str) -> pl.DataFrame | None:
        return self._kept.get(name)

    def after(self, folded: Folded) -> Memory:
        later = Memory()
        later._kept = folded.kept
        later.notes = folded.notes
        later._open = self._open | folded.open
        names = {*self._closed, *folded.closed}
        later._closed = {n: [*self._closed.get(n, []), *([folded.closed[n]] if n in folded.closed else [])] for n in names}
        return later

    def rows(self, name: str, *columns: str, **equal: Any) -> list[tuple[Any, ...]]:
        """Rows of a table, in the order of its key: these columns, where others have these values."""
        frame = self.all(name).collect()
        for column, value in equal.items():
            frame = frame.filter(pl.col(column).eq_missing(value))
        return frame.select(columns).rows()

    def shows(self, *said: str) -> None:
        """Fails unless its tables are as said (``tables_say``), named without ``sanction_``."""
        others = ("act_documents", "program_aliases", "list_mirrors", "list_coverage")
        tables_say(lambda name: self.all(name if name in others else f"sanction_{name}").collect(), *said)


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """With dates where days are written as text."""
    days = ("listed_on", "published_on", "ends_on", "valid_from", "valid_to", "born_from", "born_before")
    return {c: date.fromisoformat(v) if c in days and isinstance(v, str) else v for c, v in row.items()}


def vintage(
    when: str,
    listings: Sequence[Mapping[str, Any]],
    *,
    aliases: Sequence[tuple[str, str, str]] | None = None,
    addresses: Sequence[tuple[str, str | None]] | None = None,
    details: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    facts: Mapping[str, Any] | None = None,
    complete: bool = True,
) -> StagedSnapshot:
    """A staged vintage, of 15:00 on a day of 2023 unless it says more: what a listing does not give is filled in."""
    when = f"2023-{when}T15:00" if len(when) == len("01-02") else when
    columns = ("native_id", "name", "party_type", "programs", *OWN, "remarks")
    blank = {"name": "ACME", "party_type": "entity", "programs": "SDGT"}
    rows = [_dated({"row": n} | dict.fromkeys(columns) | blank | dict(row)) for n, row in enumerate(listings, 1)]
    schema = {c: t for c, t in LISTINGS.items() if c in ("row", *columns) or any(c in row for row in rows)}
    frames = {"listings": pl.DataFrame(rows, schema=schema, orient="row")}
    if aliases is not None:
        names = pl.DataFrame(aliases, schema=dict.fromkeys(("native_id", "kind", "name"), pl.String), orient="row")
        frames["names"] = names.with_columns(pl.lit("strong").alias("quality"))
    if addresses is not None:
        places = pl.DataFrame(addresses, schema=dict.fromkeys(("native_id", "address"), pl.String), orient="row")
        country = pl.col("address").str.to_lowercase().replace_strict(COUNTRY_IDS, default=None, return_dtype=pl.String)
        frames["addresses"] = places.with_columns(country.alias("country_id"), pl.col("address").alias("country_raw"))
    for name, given in (details or {}).items():
        frames[name] = pl.DataFrame([_dated(row) for row in given], schema=DETAILS[name], orient="row")
    return StagedSnapshot(f"sha-{when}", datetime.fromisoformat(when), complete, facts or {}, frames)


def the(staged: Staged, frame: str, *columns: str) -> list[tuple[Any, ...]]:
    return staged.frames[frame].select(columns).rows()


def holds(staged: Staged, *said: str) -> None:
    """Fails unless the frames of what was read, its ``rejects`` or its ``facts`` are as said (``tables_say``)."""
    facts = pl.DataFrame({name: [None if fact is None else str(fact)] for name, fact in staged.facts.items()})
    frames = staged.frames | {"rejects": staged.rejects, "facts": facts}
    tables_say(frames.__getitem__, *said)


def refuses(read: Callable[[Any], object], *cases: tuple[str, Any]) -> None:
    """Fails unless what stands beside each reason is quarantined for it."""
    for said, given in cases:
        with pytest.raises(Quarantine, match=said):
            pytest.fail(f"not refused as {said!r}: {read(given)}")


def unpacked(path: Path) -> bytes:
    """A real file; the test is skipped where it is absent."""
    if not path.exists():
        pytest.skip(f"real_data: there is no {path.name}")
    return {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix, bytes)(path.read_bytes())


def info(staged: Staged, when: str = "2023-10-04") -> StagedInfo:
    n_rejected = staged.rejects.height if staged.n_rejected is None else staged.n_rejected
    return StagedInfo("sha", datetime.fromisoformat(when), staged.n_read, n_rejected, staged.facts)


def snapshot(staged: Staged, when: str) -> StagedSnapshot:
    return StagedSnapshot(f"sha-{when}", datetime.fromisoformat(when), True, staged.facts, staged.frames)


BASE = ("sanction_lists", "list_coverage", "sanction_listings", "sanction_programs", "sanction_events", "program_aliases")


def offending(history: Memory, spoil: str = "", only: str | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that the checks of sql/checks (``only`` one) find wrong in a history, spoilt by SQL before, by check."""
    found = {}
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("CREATE SCHEMA core")
        frames = {name: history.all(name).collect() for name in (*BASE, *(f"sanction_{n}" for n in DETAILS))}
        for name, frame in frames.items():
            con.register("rows_of_it", frame)
            con.execute(f"CREATE TABLE core.{name} AS FROM rows_of_it")
        con.execute(spoil)
        for check in from_checks():
            name = check.table.removeprefix("core.")
            # no row of a detail that is not there offends
            asked = name in BASE or (name in frames and not frames[name].is_empty())
            if asked and check.query is not None and only in (None, f"{name}: {check.name}"):
                rows = con.execute(check.query).fetchall()
                if rows:
                    found[f"{check.table}: {check.name}"] = rows
    return found
