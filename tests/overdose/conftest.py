"""Fixtures of the overdose domain: tiny vintages as CSV, a history in memory, and the real vintages folded once."""

import csv
import gzip
import io
import lzma
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets import schema
from assets.contracts import Folded, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.overdose import domain as code
from assets.overdose import observations, vsrr
from pipelines.ingest.sources import load_sources
from tests.told import told

COLUMNS_2019 = (
    "State,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,"
    "State Name,Footnote,Footnote Symbol,Predicted Value"
)


class Ledger:
    """A history of any tables, kept in memory; what is closed cannot be asked for."""

    def __init__(self) -> None:
        self.notes: Mapping[str, Any] = {}
        self.now: dict[str, pl.DataFrame] = {}
        self.past: dict[str, list[pl.DataFrame]] = {}

    def open(self, table: str) -> pl.DataFrame:
        return self.now.get(table, schema.table(f"core.{table}").empty())

    def kept(self, name: str) -> None:
        """No fold of the domain keeps a frame."""

    def all(self, table: str) -> pl.LazyFrame:  # noqa: ARG002 as History
        raise AssertionError("a fold in proportion to the vintage does not read what is closed")

    def take(self, folded: Folded) -> None:
        self.now |= folded.open
        for name, rows in folded.closed.items():
            self.past.setdefault(name, []).append(rows)
        self.notes = folded.notes

    def rows(self, name: str) -> pl.DataFrame:
        declared = schema.table(f"core.{name}")
        found = declared.conform(pl.concat([self.open(name), *self.past.get(name, [])]))
        return found.sort([c for c in declared.order if c in found.columns])


class Vintages:
    """Stages, judges and folds snapshots of one source with its registered code: (day, files) each."""

    def __init__(self, source: str) -> None:
        self.code = next(c for c in code.SOURCES if c.source == source)
        self.source = source

    @cached_property
    def guard(self) -> RowGuard:
        return load_sources()[self.source].rows

    def stage(self, data: bytes | Mapping[str, bytes]) -> Staged:
        return self.code.stage({"x.csv": data} if isinstance(data, bytes) else data)

    def read(self, data: bytes | Mapping[str, bytes]) -> pl.DataFrame:
        """The first frame of what is staged, from which nothing was rejected."""
        staged = self.stage(data)
        assert staged.rejects.is_empty(), staged.rejects
        return next(iter(staged.frames.values()))

    def told(self, data: bytes | Mapping[str, bytes], columns: str) -> str:
        return told(self.read(data), columns)

    def refused(self, data: bytes | Mapping[str, bytes]) -> str:
        with pytest.raises(Quarantine) as caught:
            self.stage(data)
        return str(caught.value)

    def info(self, staged: Staged, day: str) -> StagedInfo:
        n_rejected = staged.rejects.height if staged.n_rejected is None else staged.n_rejected
        return StagedInfo("f" * 64, datetime.fromisoformat(day), staged.n_read, n_rejected, staged.facts)

    def judge(self, staged: Staged | bytes, day: str, before: tuple[Staged | bytes, str] | None = None) -> Judgement:
        """The judgement of a snapshot (or of the bytes of its file), after the last good one and its day."""
        now, then = (
            None if of is None else self.info(self.stage(of[0]) if isinstance(of[0], bytes) else of[0], of[1])
            for of in ((staged, day), before)
        )
        assert now is not None
        return self.code.judge(now, then, self.guard)

    def fold(self, *vintages: tuple[str, bytes | Mapping[str, bytes]], cut: int = 0, complete: bool = True) -> pl.DataFrame:
        """All rows after these snapshots; the first ``cut`` are folded before the rest."""
        staged = [(day, self.stage(files)) for day, files in vintages]
        snapshots = [StagedSnapshot(f"sha of {d}", datetime.fromisoformat(d), complete, s.facts, s.frames) for d, s in staged]
        ledger = Ledger()
        for some in (snapshots[:cut], snapshots[cut:]):
            ledger.take(self.code.fold(ledger, some))
        return ledger.rows(self.code.tables[0])

    def folded(self, *vintages: tuple[str, bytes | Mapping[str, bytes]]) -> pl.DataFrame:
        """All rows after these snapshots, which are the same when they are folded in two steps."""
        at_once = self.fold(*vintages)
        assert self.fold(*vintages, cut=1).equals(at_once)
        return at_once


class Vsrr:
    """Writes and folds tiny vintages."""

    guard = RowGuard(min_share=0.95, max_share=1.35, max_rejected_share=0.01)

    def csv(self, rows: Iterable[Mapping[str, object]], columns: str = COLUMNS_2019) -> bytes:
        """A file in the layout of 2019 (or with other columns); cells that a row does not give are ordinary ones."""
        ordinary = {"State": "AK", "Year": 2018, "Month": "May", "Period": "12 month-ending", "Percent Complete": 100}
        ordinary |= {"Indicator": "Number of Drug Overdose Deaths", "Percent Pending Investigation": 0}
        out = io.StringIO()
        writer = csv.DictWriter(out, columns.split(","), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**ordinary, **row} for row in rows)
        return out.getvalue().encode()

    def stage(self, rows: Iterable[Mapping[str, object]], columns: str = COLUMNS_2019) -> Staged:
        return vsrr.stage({"vsrr.csv": self.csv(rows, columns)})

    def whole(self, months: Sequence[str] = ("January", "February", "March"), plus: int = 0) -> list[dict[str, Any]]:
        """Rows of a complete vintage of Alaska, New York and the US: the nine indicators of 2017 in months of 2018."""
        counts = {"Number of Deaths": 9000, "Number of Drug Overdose Deaths": 900}
        rows: list[dict[str, Any]] = []
        for month in months:
            for indicator in sorted(vsrr.INDICATORS_OF_2017):
                n = counts.get(indicator, 90) + plus
                parts: dict[str, float] = {"AK": n, "NY": n + 1, "YC": n + 2, "US": 3 * n + 3}
                if vsrr.INDICATORS[indicator].unit == "percent":
                    parts = dict.fromkeys(parts, 97.5)
                for state, value in parts.items():
                    predicted = "" if indicator in ("Number of Deaths", "Percent with drugs specified") else int(value) + 1
                    row = {"State": state, "Month": month, "Indicator": indicator, "Data Value": value}
                    rows.append({**row, "Predicted Value": predicted, "Footnote Symbol": "*"})
        return rows

    def judge(self, staged: Staged, before: Staged | None = None, retrieved_at: str = "2019-01-16") -> Judgement:
        now, then = (
            None if s is None else StagedInfo("f" * 64, datetime.fromisoformat(day), s.n_read, s.rejects.height, s.facts)
            for s, day in ((staged, retrieved_at), (before, "2018-12-12"))
        )
        assert now is not None
        return vsrr.judge(now, then, self.guard)

    def snapshot(self, staged: Staged, day: str, *, complete: bool) -> StagedSnapshot:
        return StagedSnapshot(f"sha of {day}", datetime.fromisoformat(day), complete, staged.facts, staged.frames)

    def folded(self, *snapshots: StagedSnapshot, cut: int = 0) -> Ledger:
        """What is held after these vintages; the first ``cut`` are folded before the rest."""
        ledger = Ledger()
        for some in (snapshots[:cut], snapshots[cut:]):
            ledger.take(observations.fold(ledger, some))
        return ledger

    def fold(self, *snapshots: StagedSnapshot, cut: int = 0) -> pl.DataFrame:
        """All observations after these vintages, sorted; the first ``cut`` are folded before the rest."""
        rows = self.folded(*snapshots, cut=cut).rows(observations.TABLE)
        return rows.sort("actor_id", "measure", "drug", "basis", "period_end", "known_from")


od = Vsrr()
Judged = dict[str, tuple[Staged, Judgement, datetime]]
"""Vintages in order of retrieval, staged and judged as the runner does it: retrieval day to outcome."""


def _judged(*catalogues: Path) -> Judged:
    found: Judged = {}
    baseline = None
    rows = pl.concat(pl.read_csv(catalogue, columns=["path", "source", "retrieved_at"]) for catalogue in catalogues)
    of_vsrr = rows.filter((pl.col("source") == "us_cdc_vsrr") & ~pl.col("path").str.contains("_parts/"))
    for name, day in of_vsrr.sort("retrieved_at").select("path", "retrieved_at").iter_rows():
        path = catalogues[0].parent / name
        staged = vsrr.stage({path.stem: (lzma if path.suffix == ".xz" else gzip).decompress(path.read_bytes())})
        at = datetime.fromisoformat(day).replace(tzinfo=None)
        info = StagedInfo(day, at, staged.n_read, staged.rejects.height, staged.facts)
        judgement = vsrr.judge(info, baseline, Vsrr.guard)
        if judgement.complete and not judgement.refusals:
            baseline = info
        found[day] = (staged, judgement, at)
    return found


@pytest.fixture(scope="session")
def real_vintages(real_data: Path) -> Judged:
    """The vintages of the catalogue."""
    return _judged(real_data / "CATALOG.csv")


@pytest.fixture(scope="session")
def every_real_vintage(real_data: Path) -> Judged:
    """The vintages of the catalogue and of the one in ``more``."""
    more = real_data / "more" / "CATALOG.csv"
    if not more.exists():
        pytest.skip("real_data: there is no more/CATALOG.csv")
    return _judged(real_data / "CATALOG.csv", more)


@pytest.fixture(scope="session")
def real_ledger(real_vintages: Judged) -> Ledger:
    """What is held after all good vintages of the catalogue."""
    return od.folded(
        *(
            StagedSnapshot(day, at, judgement.complete, staged.facts, staged.frames)
            for day, (staged, judgement, at) in real_vintages.items()
            if not judgement.refusals
        )
    )


@pytest.fixture(scope="session")
def real_rows(real_ledger: Ledger) -> pl.DataFrame:
    return real_ledger.rows(observations.TABLE)
