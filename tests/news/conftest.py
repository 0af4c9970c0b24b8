"""Fixtures of the news domain: a history in memory, and rows of a GDELT slot."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl
import pytest

from assets import schema
from assets.contracts import Fold, Folded, StagedSnapshot
from assets.news.gdelt import events as gdelt


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


@pytest.fixture
def fold_in_batches() -> Callable[..., Memory]:
    """A function that folds snapshots batch after batch and gives the history they leave."""

    def run(fold: Fold, *batches: Iterable[StagedSnapshot]) -> Memory:
        memory = Memory()
        for batch in batches:
            memory.take(fold(memory, batch))
        return memory

    return run


@pytest.fixture
def gdelt_row() -> Callable[..., str]:
    """A function that writes one row of a slot (no line break); keywords replace columns."""

    def row(**values: str) -> str:
        usual = {
            "GLOBALEVENTID": "881990832", "SQLDATE": "20191024",
            "Actor1Code": "USAGOV", "Actor1CountryCode": "USA", "Actor1Type1Code": "GOV",
            "Actor2Code": "CHN", "Actor2CountryCode": "CHN",
            "EventCode": "085", "EventBaseCode": "085", "EventRootCode": "08", "QuadClass": "2", "GoldsteinScale": "7.0",
            "NumMentions": "4", "NumSources": "1", "NumArticles": "4", "AvgTone": "-1.5",
            "DATEADDED": "20191024143000", "SOURCEURL": "https://www.example.org/news/1",
        } | values  # fmt: skip
        return "\t".join(usual.get(column, "") for column in gdelt.COLUMNS)

    return row
