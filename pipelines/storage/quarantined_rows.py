"""Rows that break a rule of rows: they are set aside, and the remaining rows are published.

Such a row (``Expectation.is_of_rows``) goes together with all versions of the same thing (half a history would say that the other
half never was), and with the rows that refer to it by a declared reference. The folds' files stay whole; the manifest lists
copies without these rows. Where more of a source's rows than its declared share would go, the source is refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from assets.contracts import RowGuard
from assets.schema import Table, declared
from pipelines.checks.expectations import Expectation, name_of
from pipelines.checks.validations import MOST_ROWS, Validation
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest
from pipelines.util.atomic_files import put, write_parquet
from pipelines.util.readers import records

_COLUMNS = ("source", "snapshot_id", "table_name", "key", "file", "row", "rule", "reason")
SET_ASIDE = pl.Schema(dict.fromkeys(_COLUMNS, pl.String()) | {"row": pl.Int64()})
"""A row for each row that was set aside and each rule for which it was; ``key`` is that of its table, as JSON."""

HANDFUL = 5
"""So many rows of a table may be set aside whatever the share, as long as they are no more than half of them."""


@dataclass(frozen=True)
class BrokenRule:
    """Rows of a core table (full name) that break a rule, named by ``values`` of some of its columns."""

    table: str
    rule: str
    reason: str
    values: pl.DataFrame


def unit(table: Table) -> tuple[str, ...]:
    """The columns that name one thing through all its versions: the key without the moment since when a version was known."""
    return tuple(c for c in table.key if c != "known_from") or table.key


def offences(con: duckdb.DuckDBPyConnection, expectations: Sequence[Expectation]) -> list[BrokenRule]:
    """Ask which rows break these rules of rows. ``con``: a database with the tables that the rules read."""
    found = []
    for e in expectations:
        columns = ", ".join(f'"{c}"' for c in e.rows)
        values = pl.DataFrame(con.sql(f"SELECT DISTINCT {columns} FROM ({e.query}) AS broken"))
        table = e.rows_of or e.table
        of_table = {c: t for c, t in declared()[table].polars.items() if c in e.rows}
        found.append(BrokenRule(table, e.name, e.description, values.select(*of_table).cast(pl.Schema(of_table))))
    return found


def set_aside(
    core: CoreStore, manifest: Manifest, broken: Sequence[BrokenRule], guards: Mapping[str, RowGuard], tables: Sequence[str]
) -> tuple[Manifest, dict[str, str]]:
    """Set rows of a candidate aside that break a rule, and what refers to them in ``tables`` (bare names).

    ``guards``: per source the share of its rows of a table that may go; the default for one without. Returns the manifest
    without these rows (the same where none was found) and per refused source the reason; where there is one, the manifest is
    the one given.
    """
    units: dict[str, pl.DataFrame] = {}
    listed: list[pl.DataFrame] = []
    doubted: dict[str, str] = {}
    queue = [(offence, True) for offence in broken]
    while queue:
        offence, is_own = queue.pop(0)
        table = declared()[offence.table]
        columns = list(unit(table))
        before = units.get(table.name, table.empty().select(columns))
        named = _published(core, manifest, table, offence.values).collect()
        if is_own and not doubted:
            # a row that breaks two rules is listed for both
            again = named.join(before, on=columns, how="semi", nulls_equal=True, maintain_order="left")
            listed.append(_listing(table, again, offence))
        found = named.select(columns).unique(maintain_order=True)
        fresh = found.join(before, on=columns, how="anti", nulls_equal=True, maintain_order="left")
        if fresh.is_empty():
            continue
        units[table.name] = pl.concat([before, fresh])
        for source, n, n_rows in _counts(core, manifest, table, units[table.name]):
            most = max(HANDFUL, guards.get(source, RowGuard()).max_set_aside_share * n_rows)
            if n > most or 2 * n > n_rows:
                doubted.setdefault(source, f"{n:,} of its {n_rows:,} rows of {table.name} break {offence.rule}: {offence.reason}")
        if doubted:
            continue  # what else it would take along is not worth the work, but every such source is to be named
        rows = _published(core, manifest, table, fresh).collect()
        listed.append(_listing(table, rows, offence))
        queue += [(referring, False) for referring in _referring(rows, table, offence, tables)]
    if doubted or not units:
        return manifest, doubted
    return _without(core, manifest, units, listed), {}


def _published(core: CoreStore, manifest: Manifest, table: Table, values: pl.DataFrame) -> pl.LazyFrame:
    """The published rows of a table with these values; ``_source`` is theirs, ``_file`` the one in which they were folded."""
    parts = core.parts(manifest.domain)
    scans = [
        pl.scan_parquet(parts / file).with_columns(_source=pl.lit(source), _file=pl.lit(whole))
        for source in manifest.sources
        for whole, file in manifest.published_files(source, table.name.split(".")[1])
    ]
    none = table.empty().lazy().with_columns(_source=pl.lit(None, pl.String), _file=pl.lit(None, pl.String))
    return pl.concat([none, *(s.join(values.lazy(), on=values.columns, how="semi", nulls_equal=True) for s in scans)])


def _counts(core: CoreStore, manifest: Manifest, table: Table, units: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Per source: how many of its rows of the table are set aside, those of earlier rounds included, and how many it has."""
    parts = core.parts(manifest.domain)
    found = []
    for source, n in _published(core, manifest, table, units).group_by("_source").agg(pl.len()).sort("_source").collect().rows():
        files = manifest.published_files(source, table.name.split(".")[1])
        n_folded, n_now = (
            pl.scan_parquet([parts / f for f in of]).select(pl.len()).collect().item() for of in zip(*files, strict=True)
        )
        found.append((source, n + n_folded - n_now, n_folded))
    return found


def _listing(table: Table, rows: pl.DataFrame, offence: BrokenRule) -> pl.DataFrame:
    named = rows.with_row_index("_n").join(offence.values, on=offence.values.columns, how="semi", nulls_equal=True)["_n"]
    own = set(named)
    listed = []
    for n, row in enumerate(rows.iter_rows(named=True)):
        reason = offence.reason if n in own else f"another version of it was quarantined: {offence.reason}"
        key = json.dumps({c: row[c] for c in table.key}, default=str, ensure_ascii=False)
        where = (row.get("file"), row.get("row_number"))
        listed.append((row["_source"], row.get("snapshot_id"), table.name, key, *where, offence.rule, reason))
    return pl.DataFrame(listed, schema=SET_ASIDE, orient="row")


def _referring(rows: pl.DataFrame, table: Table, offence: BrokenRule, tables: Sequence[str]) -> Iterator[BrokenRule]:
    """What refers to rows that are set aside, by the declared references of the domain's tables."""
    for name in tables:
        child = declared()[f"core.{name}"]
        for ref in child.references:
            if ref.table != table.name:
                continue
            names = zip(ref.referenced, ref.columns, strict=True)
            values = rows.select(pl.col(there).alias(here) for there, here in names).unique(maintain_order=True)
            text = f"the row of {table.name} to which it refers was quarantined ({offence.rule})"
            yield BrokenRule(child.name, name_of(ref), text, values)


def _without(core: CoreStore, manifest: Manifest, units: Mapping[str, pl.DataFrame], listed: Sequence[pl.DataFrame]) -> Manifest:
    """Write the listing, and copies of the files in which rows of these units (by full name of the table) stand."""
    parts = core.parts(manifest.domain)
    listing = pl.concat([rows_of(core, manifest), *listed]).unique().sort(["table_name", "key", "rule", "source"])
    digest = hashlib.sha256(repr(listing.rows()).encode()).hexdigest()[:12]
    kept = dict(manifest.kept)
    for name, values in units.items():
        for whole in _published(core, manifest, declared()[name], values).select("_file").unique().collect()["_file"]:
            file = f"{whole.removesuffix('.parquet')}.without-{digest}.parquet"
            draft, scan = parts / f".{file}.new", pl.scan_parquet(parts / manifest.kept.get(whole, whole))
            rest = scan.join(values.lazy(), on=values.columns, how="anti", nulls_equal=True, maintain_order="left")
            rest.sink_parquet(draft, compression="lz4")
            put(draft, parts / file)
            core.wrote(parts / file)
            kept[whole] = file
    file = f"set_aside.{digest}.parquet"
    write_parquet(listing, parts / file)
    core.wrote(parts / file)
    return replace(manifest, set_aside=file, kept=kept)


def rows_of(core: CoreStore, manifest: Manifest) -> pl.DataFrame:
    """What a manifest has set aside: rows of ``SET_ASIDE``."""
    if manifest.set_aside is None:
        return pl.DataFrame(schema=SET_ASIDE)
    return pl.read_parquet(core.parts(manifest.domain) / manifest.set_aside)


def with_counts(validations: Sequence[Validation], listing: pl.DataFrame) -> list[Validation]:
    """Say with each outcome how many rows were set aside by its rule; which, where nothing else offends."""
    found: dict[tuple[str, str], list[str]] = {}
    for table, rule, key in listing.select("table_name", "rule", "key").iter_rows():
        found.setdefault((table, rule), []).append(key)
    marked = []
    for v in validations:
        keys = found.get((v.table_name, v.expectation), [])
        if keys:
            shown = v.offending_rows or f"[{', '.join(keys[:MOST_ROWS])}]"
            v = replace(v, n_set_aside=len(keys), offending_rows=shown)
        marked.append(v)
    return marked


def lines(listing: pl.DataFrame) -> list[str]:
    """A line for each source, table and rule: how many rows were set aside, and why."""
    counts = listing.group_by("source", "table_name", "rule").agg(pl.len(), pl.col("reason").min()).sort(pl.all())
    return [
        f"{source}: {n:,} {'row' if n == 1 else 'rows'} of {table} quarantined by {rule}: {reason}"
        for source, table, rule, n, reason in counts.iter_rows()
    ]


def blamed(
    con: duckdb.DuckDBPyConnection, expectation: Expectation, candidate: Manifest, current: Manifest, sources: Sequence[str]
) -> set[str]:
    """The sources to blame for a rule of a table that fails; empty where that cannot be determined.

    They are those that its rows name, else the one that alone has changed what it says in that table since ``current``.
    """
    name = expectation.table.split(".")[1]
    changed = {s for s in sources if s in candidate.sources and candidate.sources[s] != current.sources.get(s)}
    filling = {s for s in changed if candidate.published_files(s, name)}
    if expectation.query:
        rows = records(con.execute(expectation.query))
        columns = [c for c in ("source", "list_id", "origin", "listing_id", "event_id") if rows and c in rows[0]]
        named = {str(row[c]).split(":")[0] for row in rows for c in columns[:1]}
        if named and named <= changed:
            return named
    return filling if len(filling) == 1 else set()
