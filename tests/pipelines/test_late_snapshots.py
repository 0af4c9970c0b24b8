"""Slots of GDELT that come late: they are folded as they come, and give what all slots in order give."""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import DomainPackage, OutOfOrder
from assets.news.domain import SOURCES
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import load_sources
from pipelines.storage.core import CoreStore
from pipelines.storage.planning import late_runs
from pipelines.storage.staged import StagedStore
from tests.depth import examples
from tests.made_up import SAMPLE

SOURCE = load_sources()["gdelt_v2_events"]
CODE = next(code for code in SOURCES if code.source == SOURCE.id)
HERE = DomainPackage("news", (CODE,))
LINE = next(SAMPLE.glob(f"{SOURCE.id}/*/*.CSV")).read_text(encoding="utf-8").splitlines()[0].split("\t")
FIRST = datetime(2022, 8, 2, 15)


def slot(number: int, ids: Sequence[int], *, is_bad: bool = False) -> dict[str, bytes]:
    """A slot a quarter of an hour after the one before, with these events; a bad one holds nothing that can be read."""
    at = f"{FIRST + timedelta(minutes=15 * number):%Y%m%d%H%M%S}"
    sqldate = "no day" if is_bad else at[:8]
    rows = ["\t".join([str(i), sqldate, *LINE[2:59], at, f"https://example.org/{number}/{i}"]) for i in ids]
    return {f"{at}.export.CSV": ("\n".join(rows) + "\n").encode()}


class Slots:
    """Three layers, and slots that are taken in and folded in any order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.core = CoreStore(folder / "core")

    def take(self, slots: dict[int, dict[str, bytes]]) -> None:
        raw, staged = RawStore(self.folder / "raw"), StagedStore(self.folder / "staged")
        for number, files in slots.items():
            raw.put(SOURCE, FIRST + timedelta(minutes=15 * number), files, origin="archive")
        staged.stage(CODE, raw, "any", self.core.judged("news", SOURCE.id, "any"))
        candidate, _, failed = self.core.fold(HERE, raw, staged, {SOURCE.id: SOURCE.rows}, {}, {SOURCE.id: "any"})
        assert failed == []
        self.core.promote(candidate)

    def files(self, table: str) -> set[str]:
        return {path.name for path in self.core.files(self.core.current("news"), table)}

    def tables(self) -> dict[str, pl.DataFrame]:
        current = self.core.current("news")
        # days are counted by a build alone
        found = {t: pl.read_parquet(files) for t in CODE.tables if (files := self.core.files(current, t))}
        return {t: frame.sort(frame.columns[:2]) for t, frame in found.items()} | {"snapshots": self.core.snapshots(current)}


def test_a_late_slot_is_added_to_what_is_held_and_nothing_else_is_written_again(tmp_path: Path) -> None:
    wh, in_order = Slots(tmp_path), Slots(tmp_path / "in_order")
    for number in (0, 1, 3):
        wh.take({number: slot(number, [100 + number])})
    before = wh.files("events")
    wh.take({2: slot(2, [102])})
    assert before < wh.files("events")
    assert len(wh.files("events")) == len(before) + 1
    in_order.take({number: slot(number, [100 + number]) for number in range(4)})
    for name, frame in in_order.tables().items():
        assert_frame_equal(wh.tables()[name], frame)
    # an event that a late slot held first is taken from it
    wh.take({5: slot(5, [5, 6])})
    wh.take({4: slot(4, [5])})
    urls = dict(wh.tables()["events"].select("origin_id", "url").iter_rows())
    assert (urls["5"], urls["6"]) == ("https://example.org/4/5", "https://example.org/5/6")


def test_a_late_slot_without_a_known_one_after_it_is_folded_in_order() -> None:
    known = pl.DataFrame({"snapshot": ["s1", "s3"], "verdict": ["accepted", "unchanged"], "is_complete": [True, None]})
    with pytest.raises(OutOfOrder, match="after s2"):
        late_runs(["s1", "s2", "s3"], known)


@given(
    order=st.permutations(range(6)),
    cuts=st.sets(st.integers(1, 5)),
    shared=st.integers(0, 9),
    bad=st.sets(st.integers(0, 5), max_size=2),
)
@examples(60, usual=6)
def test_slots_in_any_order_give_what_they_give_in_order(order: list[int], cuts: set[int], shared: int, bad: set[int]) -> None:
    # two slots may hold one event, and some hold nothing that can be read
    slots = {n: slot(n, [10 * n, 10 * n + 1, *([999] if n in (shared, shared - 2) else [])], is_bad=n in bad) for n in range(6)}
    with tempfile.TemporaryDirectory() as folder:
        mixed, in_order = Slots(Path(folder) / "mixed"), Slots(Path(folder) / "in_order")
        in_order.take(slots)
        bounds = [0, *sorted(cuts), 6]
        for start, end in pairwise(bounds):
            mixed.take({n: slots[n] for n in order[start:end]})
        for name, frame in in_order.tables().items():
            assert_frame_equal(mixed.tables()[name], frame)
