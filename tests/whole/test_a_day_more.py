"""A new day of GDELT is put behind those that the published file holds: all tables and verdicts are those of a whole build."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assets.schema import Table
from benchmarks import made
from pipelines.layers import core
from pipelines.publish import loading, warehouse
from tests.depth import DEEP
from tests.whole.conftest import Warehouse
from tests.whole.test_short_way import as_the_whole_way, news, sanctions

FIRST = datetime(2019, 10, 2)
SHARE = 0.002

Loaded = list[tuple[str, int]]
"""Of each load of rows of Parquet files the table and the number of files."""


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Loaded:
    found: Loaded = []

    def load(con: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> None:
        found.append((table.name, len(files)))
        loading.load(con, table, files, most=300)

    monkeypatch.setattr(warehouse, "load", load)
    return found


def day(archive: Path, number: int) -> Path:
    made.gdelt_days(archive, 1, share=SHARE, first=FIRST + timedelta(days=number))
    return archive


def of_events(loaded: Loaded) -> Loaded:
    found = [(name, n) for name, n in loaded if name in ("core.events", "core.event_reports") and n]
    loaded.clear()
    return found


def test_a_day_more_is_put_behind_the_others_and_a_day_that_comes_late_too(
    tmp_path: Path, empty: Warehouse, loaded: Loaded
) -> None:
    assert empty.refresh(day(day(tmp_path / "first", 0), 1)).published
    of_events(loaded)
    for archive, number in (("next", 2), ("late", -1)):
        assert empty.refresh(day(tmp_path / archive, number)).published
        assert of_events(loaded) == [("core.events", 1), ("core.event_reports", 1)]
    assert empty.rows("SELECT count(DISTINCT CAST(known_from AS DATE)) FROM core.events") == [(4,)]
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb", at_least=100)


@pytest.mark.skipif(not DEEP, reason="the first days of such a sequence are asked the same")
@pytest.mark.parametrize("seed", range(10))
def test_after_any_sequence_of_days_and_other_news_the_published_file_is_what_the_whole_way_builds(
    tmp_path: Path, empty: Warehouse, loaded: Loaded, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(core, "MOST_PARTS", 4)
    chance = random.Random(seed)
    days = list(range(12))
    if seed % 2:
        chance.shuffle(days)

    def one_day(archive: Path, _: random.Random, number: int) -> None:
        day(archive, days[number])

    steps: list[Callable[[Path, random.Random, int], None]] = [one_day, one_day, one_day, sanctions, news]
    for number in range(12):
        archive = tmp_path / f"a{number}"
        chance.choice(steps if number > 1 else [one_day])(archive, chance, number)
        assert empty.refresh(archive).published
        if number % 4 == 3:
            assert as_the_whole_way(empty, tmp_path / f"whole{number}.duckdb", at_least=100)
    assert any(n == 1 for _, n in of_events(loaded))
