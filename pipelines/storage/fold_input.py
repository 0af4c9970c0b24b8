"""What a fold is given: the history that earlier folds left in files, and the staged snapshots one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from assets.contracts import StagedSnapshot
from assets.schema import table
from pipelines.storage.manifest import SourceState
from pipelines.storage.snapshot_status import AcceptedSnapshot


class HistoryFiles:
    """The files of a source's state as the fold sees them."""

    def __init__(self, parts: Path, state: SourceState) -> None:
        self._parts, self._state = parts, state
        self.notes: Mapping[str, Any] = state.notes

    def open(self, name: str) -> pl.DataFrame:
        """Rows that a later snapshot may still change."""
        entry = self._state.tables.get(name)
        declared = table(f"core.{name}")
        return declared.empty() if entry is None or entry["open"] is None else pl.read_parquet(self._parts / entry["open"])

    def all(self, name: str) -> pl.LazyFrame:
        """All rows folded so far."""
        entry = self._state.tables.get(name)
        files = [] if entry is None else [f for f in (entry["open"], *entry["closed"]) if f is not None]
        declared = table(f"core.{name}")
        return declared.empty().lazy() if not files else pl.scan_parquet([self._parts / f for f in files])

    def kept(self, name: str) -> pl.DataFrame | None:
        """A frame that the last fold kept for itself."""
        file = self._state.kept.get(name)
        return None if file is None else pl.read_parquet(self._parts / file)


class Frames(Protocol):
    """Where the staged frames of a snapshot are."""

    def frames(self, source: str, snapshot: str) -> dict[str, pl.DataFrame]:
        """The staged frames of a snapshot."""
        ...


def read_ahead(source: str, staged: Frames, fed: Sequence[AcceptedSnapshot]) -> Iterator[StagedSnapshot]:
    """The snapshots one by one; beside what is made of one the next is read."""

    def read(f: AcceptedSnapshot) -> StagedSnapshot:
        frames = {} if f.is_repeat else staged.frames(source, f.name)
        return StagedSnapshot(f.snapshot_id, f.retrieved_at, f.complete, f.facts, frames, f.is_repeat, f.retrieved_on)

    if not fed:
        return
    with ThreadPoolExecutor(1, "reading") as reader:
        ahead = [reader.submit(read, fed[0])]
        for following in [*fed[1:], None]:
            # under no name of its own: it is for the fold to keep or to let go
            ready = [ahead.pop().result()]
            if following is not None:
                ahead.append(reader.submit(read, following))
            yield ready.pop()
