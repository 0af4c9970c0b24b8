"""Fixtures of the overdose room: tiny vintages as CSV, a history in memory, and the real vintages folded once."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.overdose import observations, vsrr
from pipelines.contract import Folded, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot
from pipelines.schema import table

COLUMNS_2019 = (
    "State,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,"
    "State Name,Footnote,Footnote Symbol,Predicted Value"
)


class Memory:
    """A history that earlier folds left, kept in memory. Closed rows cannot be asked for: the fold must not need them."""

    def __init__(self) -> None:
        self.notes: Mapping[str, Any] = {}
        self._open = table("core.overdose_observations").empty()
        self._closed = self._open

    def open(self, name: str) -> pl.DataFrame:
        assert name == "overdose_observations"
        return self._open

    def all(self, name: str) -> pl.LazyFrame:
        raise AssertionError("a fold in proportion to the vintage does not read what is closed")

    def take(self, folded: Folded) -> None:
        self._open = folded.open["overdose_observations"]
        self._closed = pl.concat([self._closed, folded.closed["overdose_observations"]])

    @property
    def rows(self) -> pl.DataFrame:
        return pl.concat([self._open, self._closed]).sort("actor_id", "measure", "drug", "basis", "period_end", "known_from")


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

    def whole(self, months: Sequence[str] = ("January", "February", "March"), plus: int = 0) -> list[dict[str, object]]:
        """Rows of a complete vintage of Alaska, New York and the US: the nine indicators of 2017 in months of 2018."""
        counts = {"Number of Deaths": 9000, "Number of Drug Overdose Deaths": 900}
        rows: list[dict[str, object]] = []
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

    def info(self, staged: Staged, retrieved_at: str = "2019-01-16") -> StagedInfo:
        return StagedInfo("f" * 64, datetime.fromisoformat(retrieved_at), staged.n_read, staged.rejects.height, staged.facts)

    def judge(self, staged: Staged, baseline: Staged | None = None, retrieved_at: str = "2019-01-16") -> Judgement:
        before = None if baseline is None else self.info(baseline, "2018-12-12")
        return vsrr.judge(self.info(staged, retrieved_at), before, self.guard)

    def snapshot(self, staged: Staged, day: str, *, complete: bool) -> StagedSnapshot:
        return StagedSnapshot(f"sha of {day}", datetime.fromisoformat(day), complete, staged.facts, staged.frames)

    def fold(self, *snapshots: StagedSnapshot, cut: int = 0) -> pl.DataFrame:
        """All rows after these vintages, sorted; the first ``cut`` are folded before the rest."""
        history = Memory()
        for some in (snapshots[:cut], snapshots[cut:]):
            history.take(observations.fold(history, some))
        return history.rows


@pytest.fixture(scope="session")
def od() -> Vsrr:
    return Vsrr()


@pytest.fixture(scope="session")
def real_vintages(real_data: Path) -> dict[str, tuple[Staged, Judgement, datetime]]:
    """Vintages of the catalogue in order, staged and judged as the runner does it: retrieval day to outcome."""
    catalogue = pl.read_csv(real_data / "CATALOG.csv").filter(pl.col("source") == "us_cdc_vsrr").sort("retrieved_at")
    found, baseline = {}, None
    for path, day in catalogue.select("path", "retrieved_at").iter_rows():
        staged = vsrr.stage({Path(path).stem: gzip.decompress((real_data / path).read_bytes())})
        info = StagedInfo(day, datetime.fromisoformat(day), staged.n_read, staged.rejects.height, staged.facts)
        judgement = vsrr.judge(info, baseline, Vsrr.guard)
        if judgement.complete and not judgement.refusals:
            baseline = info
        found[day] = (staged, judgement, info.retrieved_at)
    return found


@pytest.fixture(scope="session")
def real_rows(real_vintages: Mapping[str, tuple[Staged, Judgement, datetime]], od: Vsrr) -> pl.DataFrame:
    """What is known after all good vintages of the catalogue."""
    return od.fold(
        *[
            StagedSnapshot(day, at, judgement.complete, staged.facts, staged.frames)
            for day, (staged, judgement, at) in real_vintages.items()
            if not judgement.refusals
        ]
    )
