"""Days of GDELT: with single events kept of all pairs or of some, the published file is what a build from nothing gives."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import made
from tests.depth import DEEP
from tests.whole.conftest import Warehouse
from tests.whole.test_short_way import as_the_whole_way

FIRST = datetime(2019, 10, 2)
SHARE = 0.002


def day(archive: Path, number: int) -> Path:
    made.gdelt_days(archive, 1, share=SHARE, first=FIRST + timedelta(days=number))
    return archive


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: four refreshes; test_single_events.py asks the panels")
def test_where_days_alone_are_kept_of_most_pairs_the_days_of_dyads_are_the_same(
    tmp_path: Path, empty: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, single = "FROM marts.dyad_day ORDER BY ALL", "SELECT count(*) FROM core.events"
    assert empty.refresh(day(day(tmp_path / "first", 0), 1)).published
    all_days, all_events = empty.rows(days), empty.rows(single)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "USA-RUS,USA-CHN")
    # of the real files fewer than half of the rows stay: with the same setting that would be refused
    assert empty.refresh(tmp_path / "first").published
    assert empty.rows(days) == all_days
    (kept,), (counted,) = (*empty.rows(single), *empty.rows("SELECT sum(n_rows) FROM core.event_days"))
    assert 0 < kept < all_events[0][0]
    assert kept + counted == all_events[0][0]
    assert not empty.refresh(tmp_path / "first").published
    assert empty.refresh(day(tmp_path / "next", 2)).published
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb", at_least=100)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "all")
    assert empty.refresh(tmp_path / "next").published
    assert empty.rows("SELECT count(*) FROM core.event_days") == [(0,)]
    assert as_the_whole_way(empty, tmp_path / "whole2.duckdb", at_least=100)
