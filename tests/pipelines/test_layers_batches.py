"""Long backfills: snapshots are folded some at a time, and their files merged without being held."""

import gc
import os
import weakref
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.storage.snapshot_status import AcceptedSnapshot, batches
from pipelines.storage.staged import StagedStore
from pipelines.util.atomic_files import merge_parquet


def fed(*n_rows: int) -> list[AcceptedSnapshot]:
    return [AcceptedSnapshot(str(i), str(i), datetime(2024, 1, 1), True, {}, n_rows=n) for i, n in enumerate(n_rows)]


def test_snapshots_are_folded_as_many_at_a_time_as_hold_so_many_rows() -> None:
    for rows_at_once, expected in ((None, "0123"), (100, "01 2 3"), (1, "0 1 2 3"), (10_000, "0123")):
        found = batches(fed(40, 60, 500, 1), rows_at_once)
        assert " ".join("".join(f.name for f in batch) for batch in found) == expected
    assert list(batches([], 100)) == []


def test_merged_files_hold_the_rows_of_all_in_their_order(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"id": [n, n + 1], "text": [None, "x"]}) for n in (5, 1, 3)]
    files = [tmp_path / f"{n}.parquet" for n in range(3)]
    for frame, file in zip(frames, files, strict=True):
        frame.write_parquet(file)
    merge_parquet(files, tmp_path / "merged.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "merged.parquet"), pl.concat(frames))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet", "merged.parquet"]


def test_how_far_polars_reads_ahead_is_set_for_a_merge_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, seen, scan = "POLARS_ROW_GROUP_PREFETCH_SIZE", list[str | None](), pl.scan_parquet
    monkeypatch.setattr(pl, "scan_parquet", lambda files: seen.append(os.environ.get(name)) or scan(files))  # type: ignore[func-returns-value]
    pl.DataFrame({"id": [1]}).write_parquet(tmp_path / "one.parquet")
    monkeypatch.delenv(name, raising=False)
    for before in (None, "7"):
        if before:
            monkeypatch.setenv(name, before)
        merge_parquet([tmp_path / "one.parquet"], tmp_path / "merged.parquet")
        assert os.environ.get(name) == before
    assert seen == ["1", "1"]


def test_a_fold_is_given_snapshots_one_by_one_and_none_is_kept(tmp_path: Path) -> None:
    given: list[weakref.ref[pl.DataFrame]] = []

    class Layer(StagedStore):
        def frames(self, source: str, snapshot: str) -> dict[str, pl.DataFrame]:
            frame = pl.DataFrame({"of": [f"{source} {snapshot}"]})
            given.append(weakref.ref(frame))
            return {"rows": frame}

    found = []
    for snapshot in Layer(tmp_path).snapshots("list", fed(1, 1, 1, 1)):
        found.append(snapshot.frames["rows"]["of"][0])
        del snapshot
        gc.collect()
        assert sum(frame() is not None for frame in given) == 0
    assert found == ["list 0", "list 1", "list 2", "list 3"]
