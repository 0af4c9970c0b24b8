"""What tests of the news domain share: a history in memory, snapshots and their fold, and rows of a GDELT slot."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from assets import schema
from assets.contracts import Fold, Folded, Staged, StagedSnapshot
from assets.news.gdelt import events as gdelt
from tests.told import told


class Memory:
    """A history that earlier folds left, kept in memory as the runner keeps it in files."""

    def __init__(self) -> None:
        self.notes: Mapping[str, Any] = {}
        self._open: dict[str, pl.DataFrame] = {}
        self._closed: dict[str, list[pl.DataFrame]] = {}
        self.n_reads = 0

    def open(self, table: str) -> pl.DataFrame:
        return self._open.get(table, schema.table(f"core.{table}").empty())

    def all(self, table: str) -> pl.LazyFrame:
        self.n_reads += 1
        return pl.concat([self.open(table), *self._closed.get(table, [])]).lazy()

    def kept(self, name: str) -> None:
        """No fold of the domain keeps a frame."""

    def take(self, folded: Folded) -> None:
        self._open |= folded.open
        for table, rows in folded.closed.items():
            self._closed.setdefault(table, []).append(rows)
        self.notes = json.loads(json.dumps(folded.notes))

    def rows(self, table: str) -> pl.DataFrame:
        return self.all(table).collect()

    def told(self, table: str, columns: str) -> str:
        return told(self.rows(table), columns)


def snapshot(staged: Staged, name: str = "a", at: datetime = datetime(2024, 1, 1)) -> StagedSnapshot:
    return StagedSnapshot(name, at, True, staged.facts, staged.frames)


def folded(fold: Fold, *batches: Iterable[StagedSnapshot]) -> Memory:
    """The history that snapshots leave, folded batch after batch."""
    memory = Memory()
    for batch in batches:
        memory.take(fold(memory, batch))
    return memory


def folded_any_way(fold: Fold, snapshots: list[StagedSnapshot], *tables: str) -> Memory:
    """The history that snapshots leave, which is the same at once, one by one, and cut anywhere."""
    at_once = folded(fold, snapshots)
    ways = [
        folded(fold, *([s] for s in snapshots)),
        *(folded(fold, snapshots[:k], snapshots[k:]) for k in range(1, len(snapshots))),
    ]
    for table in tables:
        order = [c for c in schema.table(f"core.{table}").order if c in at_once.rows(table).columns]
        for way in ways:
            for read in (Memory.rows, Memory.open):
                assert read(way, table).sort(order).equals(read(at_once, table).sort(order)), table
            assert way.notes == at_once.notes
    return at_once


def writer(usual: Mapping[str, str], columns: Iterable[str]) -> Callable[..., str]:
    """A function that writes one row between tabs (no line break); keywords replace columns."""
    names = list(columns)
    return lambda **values: "\t".join(values.get(column, usual.get(column, "")) for column in names)


gdelt_row = writer(
    {
        "GLOBALEVENTID": "881990832", "SQLDATE": "20191024", "Actor1Code": "USAGOV", "Actor1CountryCode": "USA",
        "Actor1Type1Code": "GOV", "Actor2Code": "CHN", "Actor2CountryCode": "CHN", "EventCode": "085", "EventBaseCode": "085",
        "EventRootCode": "08", "QuadClass": "2", "GoldsteinScale": "7.0", "NumMentions": "4", "NumSources": "1",
        "NumArticles": "4", "AvgTone": "-1.5", "DATEADDED": "20191024143000", "SOURCEURL": "https://www.example.org/news/1",
    },
    gdelt.COLUMNS,
)  # fmt: skip
"""One row of a slot of GDELT."""
