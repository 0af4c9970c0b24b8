"""Long backfills: snapshots are folded some at a time, and their files merged without being held."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.layers.atomic_files import merge_parquet
from pipelines.layers.judging import Fed, batches


def fed(*n_rows: int) -> list[Fed]:
    return [Fed(str(i), str(i), datetime(2024, 1, 1), True, {}, n_rows=n) for i, n in enumerate(n_rows)]


@pytest.mark.parametrize(
    ("rows_at_once", "expected"),
    [(None, ["0123"]), (100, ["01", "2", "3"]), (1, ["0", "1", "2", "3"]), (10_000, ["0123"])],
)
def test_snapshots_are_folded_as_many_at_a_time_as_hold_so_many_rows(rows_at_once: int | None, expected: list[str]) -> None:
    found = batches(fed(40, 60, 500, 1), rows_at_once)
    assert ["".join(f.name for f in batch) for batch in found] == expected


def test_nothing_new_is_no_batch() -> None:
    assert list(batches([], 100)) == []


def test_merged_files_hold_the_rows_of_all_in_their_order(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"id": [n, n + 1], "text": [None, "x"]}) for n in (5, 1, 3)]
    files = [tmp_path / f"{n}.parquet" for n in range(3)]
    for frame, file in zip(frames, files, strict=True):
        frame.write_parquet(file)
    merge_parquet(files, tmp_path / "merged.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "merged.parquet"), pl.concat(frames))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet", "merged.parquet"]
