"""Overdose counts: all real vintages imported and folded, and a vintage of today's size upon ten years of monthly ones.

The long history is made by revising a real vintage: its series stand for those of places that it does not show, and each month
brings one month more, counts of the newest six that are some percent higher than before, and predicted values revised in all
years, as the publisher's are.
"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl

from assets import schema
from assets.contracts import Folded, StagedSnapshot
from assets.overdose import observations, vsrr
from assets.overdose.domain import SOURCES, package
from assets.schema import declared
from pipelines.ingest.archive import import_archive
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import load_sources
from pipelines.publish.scripts import scripts, scripts_in_order
from pipelines.storage.core import CoreStore
from pipelines.storage.fingerprint import fingerprint_of
from pipelines.storage.staged import StagedStore

N_VINTAGES = 120
N_MONTHS_AT_FIRST = 14
"""Months of the first vintage of the long history; the one folded upon it holds 135, the size of the file of 2026."""

TABLES = (observations.TABLE, observations.VINTAGES)


class Measurement(NamedTuple):
    """What was done, how long it took, and what to know of it."""

    name: str
    seconds: float
    note: str = ""


def measure(real: Path, tmp: Path) -> Iterator[Measurement]:
    """Measure everything, in ``tmp``, from the real files in ``real``."""
    yield from catalogue(real, tmp)
    yield from ten_years(real, tmp)


# the real vintages ----------------------------------------------------------------------------------------------------


def catalogue(real: Path, tmp: Path) -> Iterator[Measurement]:
    """Import and fold every file of the catalogue that the domain takes in, then again."""
    n_snapshots = len(_copied(real, tmp / "archive"))
    declared_sources = load_sources()
    own_domain_package = package()
    marks = {code.source: fingerprint_of(code, own_domain_package) for code in SOURCES}
    raw, staged, core = RawStore(tmp / "raw"), StagedStore(tmp / "staged"), CoreStore(tmp / "core")
    guards = {code.source: declared_sources[code.source].rows for code in SOURCES}
    versions, n_new = [], []
    for name in ("all files of the catalogue imported, staged, judged, folded", "all of them again"):
        started = time.perf_counter()
        for code in SOURCES:
            import_archive(raw, declared_sources[code.source], tmp / "archive")
            mark = marks[code.source]
            staged.stage(code, raw, mark, core.judged(core.current("overdose"), code.source, mark))
        manifest, new, failed = core.fold(own_domain_package, raw, staged, guards, {}, marks)
        core.promote(manifest)
        seconds = time.perf_counter() - started
        if failed:
            raise RuntimeError("; ".join(failed))
        versions.append(manifest.version)
        n_new.append(len(new))
        results = [f"{n_snapshots} snapshots, {n_new[0]} judged"]
        if len(versions) > 1:
            results = ["the same core" if versions[0] == versions[1] else "ANOTHER CORE", f"{n_new[1]} judged"]
        yield Measurement(name, seconds, ", ".join(results))
    rows = pl.read_parquet(core.files(core.current("overdose"), observations.TABLE))
    second = datetime(2019, 4, 30)
    revised = rows.filter((pl.col("known_from") == second) | (pl.col("known_to") == second)).height
    yield Measurement("revisions by the second serialisation of one vintage", 0, f"{revised} rows")


def _copied(real: Path, archive: Path) -> set[tuple[str, str]]:
    """Lay the domain's files of the catalogue out as an archive; return its snapshots."""
    mine, found = {code.source for code in SOURCES}, set()
    with (real / "CATALOG.csv").open(encoding="utf-8") as file:
        for entry in csv.DictReader(file):
            if entry["source"] not in mine:
                continue
            head, _, tail = entry["path"].partition("{")
            pattern = head if not tail else f"{head}*{tail.partition('}')[2]}"
            target = archive / entry["source"] / entry["retrieved_at"]
            target.mkdir(parents=True, exist_ok=True)
            for path in sorted(real.glob(pattern)):
                shutil.copy(path, target)
            found.add((entry["source"], entry["retrieved_at"]))
    return found


# ten years ------------------------------------------------------------------------------------------------------------


class OnDisk:
    """A history whose open rows lie in Parquet files, as the runner keeps them; what is closed is only written."""

    notes: Mapping[str, Any]

    def __init__(self, folder: Path) -> None:
        self._folder, self.notes, self._n = folder, {}, 0
        folder.mkdir(parents=True)

    def open(self, table: str) -> pl.DataFrame:
        """Rows that stand."""
        path = self._folder / f"{table}.open.parquet"
        return pl.read_parquet(path) if path.exists() else schema.table(f"core.{table}").empty()

    def all(self, table: str) -> pl.LazyFrame:
        """All rows."""
        return pl.scan_parquet(sorted(self._folder.glob(f"{table}.*.parquet")))

    def kept(self, name: str) -> None:
        """No fold of the domain keeps a frame."""

    def take(self, folded: Folded) -> None:
        """Write what a fold gave."""
        self._n += 1
        for name, rows in folded.open.items():
            rows.write_parquet(self._folder / f"{name}.open.parquet", compression="lz4")
        for name, rows in folded.closed.items():
            rows.write_parquet(self._folder / f"{name}.{self._n:04d}.parquet", compression="lz4")
        self.notes = folded.notes


def ten_years(real: Path, tmp: Path) -> Iterator[Measurement]:
    """Fold a vintage of 85,000 rows upon one vintage and upon 120; ask as-of questions of the result."""
    model = next((real / "overdose" / "vsrr").glob("*2019-04-24*.csv.gz"))
    base = _base(vsrr.stage({"vintage.csv": gzip.decompress(model.read_bytes())}).frames["observations"])
    newest = N_MONTHS_AT_FIRST + N_VINTAGES
    data = _csv(_rows(base, newest))
    started = time.perf_counter()
    staged = vsrr.stage({"rows.csv": data})
    yield Measurement("a vintage of today's size staged", time.perf_counter() - started, f"{staged.n_read:,} rows")

    short, long = OnDisk(tmp / "short"), OnDisk(tmp / "long")
    short.take(observations.fold(short, [_snapshot(_rows(base, newest - 1), newest - 1)]))
    started = time.perf_counter()
    for number in range(N_VINTAGES):
        long.take(observations.fold(long, [_snapshot(_rows(base, N_MONTHS_AT_FIRST + number), N_MONTHS_AT_FIRST + number)]))
    yield Measurement(f"{N_VINTAGES} monthly vintages made and folded", time.perf_counter() - started)
    snapshot = _snapshot(staged.frames["observations"], newest)
    for history, name in ((short, "one vintage"), (long, f"{N_VINTAGES} vintages")):
        started = time.perf_counter()
        folded = observations.fold(history, [snapshot])
        history.take(folded)
        n_closed = folded.closed[observations.TABLE].height
        yield Measurement(f"that vintage folded upon {name}", time.perf_counter() - started, f"{n_closed:,} rows revised")
    yield from _questions(long, tmp)


def _base(real_rows: pl.DataFrame) -> pl.DataFrame:
    """630 series, each with the 45 counts of a real one of its indicator."""
    numbers = pl.col("value").fill_null(12).sort_by("period_end")
    donors = (
        real_rows.filter((pl.col("actor_id") != "USA") & (pl.col("period_end").len().over("actor_id", "measure", "drug") == 45))
        .sort("actor_id")
        .group_by("measure", "drug", "unit", "actor_id", maintain_order=True)
        .agg(value=numbers)
        .group_by("measure", "drug", "unit", maintain_order=True)
        .agg("value")
    )
    few = pl.col("actor_id").is_in(["US-LA", "US-PA"])
    total = (pl.col("measure") != "deaths_12m") | (pl.col("drug") == "all")
    return (
        pl.DataFrame({"actor_id": list(vsrr.JURISDICTIONS.values())})
        .with_row_index("place")
        .join(donors, how="cross")
        .filter(~few | total)
        .with_columns(value=pl.col("value").list.get(pl.col("place") % pl.col("value").list.len()))
        .drop("place")
    )


def _rows(base: pl.DataFrame, newest: int) -> pl.DataFrame:
    """The staged rows of the vintage whose newest month is that number of months after January 2015."""
    months = pl.DataFrame({"n": range(newest + 1)}).with_columns(
        period_end=pl.date(2015 + pl.col("n") // 12, pl.col("n") % 12 + 1, 1).dt.month_end()
    )
    counted = pl.col("value").list.get(pl.col("n") % 45)
    # the newest six months lack up to 3 %
    lacking = 1 - 0.005 * (6 - (newest - pl.col("n")).clip(0, 6))
    is_count, key = pl.col("unit") == "deaths", ("measure", "drug", "period_end")
    part = ~pl.col("actor_id").is_in(["USA", "US-PR"])
    return (
        base.join(months, how="cross")
        .with_columns(whole=counted)
        .with_columns(value=pl.when(is_count).then((pl.col("whole") * lacking).round()).otherwise("whole"))
        .with_columns(
            pl.when(is_count & (pl.col("actor_id") == "USA")).then(pl.col(c).filter(part).sum().over(key)).otherwise(c).alias(c)
            for c in ("value", "whole")
        )
        .with_columns(
            # of predicted values each release revises about two thirds, in all years
            predicted=pl.when(pl.col("measure") == "deaths_12m").then(
                pl.max_horizontal("whole", "value") + pl.col("n") * newest % 3
            ),
            missing_reason=pl.lit(None, pl.String),
            is_leak=pl.lit(False),
            is_provisional=newest - pl.col("n") < 18,
            percent_complete=pl.lit(100.0),
            percent_complete_is_lower_bound=pl.lit(False),
            percent_pending=pl.lit(0.1),
        )
        .with_row_index("row", 1)
        .select(pl.col(c).cast(kind) for c, kind in vsrr.STAGED.items())
    )


def _csv(rows: pl.DataFrame) -> bytes:
    """Rows as the portal's file."""
    codes = {actor: code for code, actor in vsrr.JURISDICTIONS.items()}
    names = {f"{s.measure} {s.drug}": indicator for indicator, s in vsrr.INDICATORS.items()}
    out = io.BytesIO()
    rows.select(
        State=pl.col("actor_id").replace_strict(codes),
        Year=pl.col("period_end").dt.year(),
        Month=pl.col("period_end").dt.strftime("%B"),
        Period=pl.lit("12 month-ending"),
        Indicator=pl.format("{} {}", "measure", "drug").replace_strict(names),
        **{
            "Data Value": pl.col("value"),
            "Percent Complete": pl.col("percent_complete"),
            "Percent Pending Investigation": pl.col("percent_pending"),
            "Footnote Symbol": pl.when("is_provisional").then(pl.lit("*")).otherwise(pl.lit("**")),
            "Predicted Value": pl.col("predicted"),
        },
    ).write_csv(out)
    return out.getvalue()


def _snapshot(rows: pl.DataFrame, newest: int) -> StagedSnapshot:
    """The vintage, retrieved in the fifth month after its newest one."""
    at = datetime(2015 + (newest + 5) // 12, (newest + 5) % 12 + 1, 14)
    facts = {"has_predicted": True, "is_transcription": False, "rows_updated_at": None, "max_period": date.max.isoformat()}
    frames = {"observations": rows, "unreadable": pl.DataFrame(schema=vsrr.UNREADABLE)}
    return StagedSnapshot(f"vintage {newest}", at, True, facts, frames)


QUESTIONS = (
    "SELECT value FROM overdose_as_known(DATE '2021-06-30') WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all'",
    "SELECT count(value), sum(value) FROM overdose_as_known(DATE '2021-06-30')",
    "SELECT deaths_change FROM overdose_monthly_as_known(DATE '2021-06-30') WHERE actor_id = 'USA' AND drug = 'T40.4'",
    "SELECT count(deaths_change) FROM overdose_monthly_as_known(DATE '2021-06-30')",
    "SELECT share FROM overdose_shares_as_known(DATE '2021-06-30') WHERE actor_id = 'USA' AND drug = 'T40.4'",
    "SELECT change_share FROM overdose_changes_as_known(DATE '2021-06-30') WHERE actor_id = 'USA' AND drug = 'all'",
)


def lay_out(con: duckdb.DuckDBPyConnection, held: Mapping[str, pl.DataFrame]) -> None:
    """Make the declared tables, these with rows, and the macros that the questions name."""
    con.execute("CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA meta")
    for name, declaration in declared().items():
        columns = ", ".join(f'"{c.name}" {c.type}' for c in declaration.columns)
        con.execute(f"CREATE TABLE {name} ({columns})")
    for name, rows in held.items():
        con.register("given", rows)
        con.execute(f"INSERT INTO core.{name} BY NAME SELECT * FROM given")
    macros = set(scripts("macros"))
    for script in scripts_in_order():
        # those that read no table are what the others are written with
        if script in macros and (script.name.startswith("overdose_") or not script.needs):
            con.execute(script.text)


def _questions(history: OnDisk, tmp: Path) -> Iterator[Measurement]:
    """As-of questions of a file with that history, as a build lays it out; and its marts."""
    with duckdb.connect(str(tmp / "ten_years.duckdb")) as con:
        lay_out(con, {name: history.all(name).sort(schema.table(f"core.{name}").order).collect() for name in TABLES})
        [(n_rows,)] = con.sql(f"SELECT count(*) FROM core.{observations.TABLE}").fetchall()
        for query in QUESTIONS:
            con.execute(query).fetchall()
            started = time.perf_counter()
            for _ in range(20):
                con.execute(query).fetchall()
            yield Measurement(query.split(" FROM ")[1], (time.perf_counter() - started) / 20, f"mean of 20, of {n_rows:,} rows")
        for script in scripts("marts"):
            if script.name.startswith(("overdose_", "revision_")):
                started = time.perf_counter()
                con.execute(script.text)
                yield Measurement(f"marts.{script.name} made", time.perf_counter() - started)
