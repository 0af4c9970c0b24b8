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

    def load(con: duckdb.DuckDBPyConnection, table: Table, files: list[Path], rows: str | None) -> None:
        found.append((table.name, len(files)))
        loading.load(con, table, files, most=300, rows=rows)

    monkeypatch.setattr(warehouse, "load", load)
    return found


def day(archive: Path, number: int) -> Path:
    made.gdelt_days(archive, 1, share=SHARE, first=FIRST + timedelta(days=number))
    return archive


def of_events(loaded: Loaded) -> set[tuple[str, int]]:
    """What was loaded; several tables are at once, in any order."""
    found = {(name, n) for name, n in loaded if name in ("core.events", "core.event_reports", "core.event_days") and n}
    loaded.clear()
    return found


def test_a_day_more_is_put_behind_the_others_and_a_day_that_comes_late_too(
    tmp_path: Path, empty: Warehouse, loaded: Loaded
) -> None:
    assert empty.refresh(day(day(tmp_path / "first", 0), 1)).published
    of_events(loaded)
    for archive, number in (("next", 2), ("late", -1)):
        assert empty.refresh(day(tmp_path / archive, number)).published
        assert of_events(loaded) == {("core.events", 1), ("core.event_reports", 1)}
    assert empty.rows("SELECT count(DISTINCT CAST(known_from AS DATE)) FROM core.events") == [(4,)]
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb", at_least=100)


def test_where_days_alone_are_kept_of_most_pairs_a_day_more_is_put_behind_and_another_setting_builds_anew(
    tmp_path: Path, empty: Warehouse, loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, single = "FROM marts.dyad_day ORDER BY ALL", "SELECT count(*) FROM core.events"
    assert empty.refresh(day(day(tmp_path / "first", 0), 1)).published
    all_days, all_events = empty.rows(days), empty.rows(single)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "USA-RUS")
    # of the real files fewer than half of the rows stay: with the same setting that would be refused
    assert empty.refresh(tmp_path / "first").published
    assert empty.rows(days) == all_days
    (kept,), (counted,) = (*empty.rows(single), *empty.rows("SELECT sum(n_rows) FROM core.event_days"))
    assert 0 < kept < all_events[0][0]
    assert kept + counted == all_events[0][0]
    loaded.clear()
    assert not empty.refresh(tmp_path / "first").published
    assert empty.refresh(day(tmp_path / "next", 2)).published
    assert of_events(loaded) == {("core.events", 1), ("core.event_reports", 1), ("core.event_days", 1)}
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb", at_least=100)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "all")
    assert empty.refresh(tmp_path / "next").published
    assert empty.rows("SELECT count(*) FROM core.event_days") == [(0,)]
    assert as_the_whole_way(empty, tmp_path / "whole2.duckdb", at_least=100)


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
