"""Days of GDELT folded apart from each other and put together: the same as one on top of the other, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contract import Fold, Join, StagedSnapshot
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as folding
from tests.depth import examples

Row = Callable[..., str]
TABLES = ("events", "event_reports", "news_coverage")


def slot(row: Row, hour: int, ids: Iterable[int]) -> StagedSnapshot:
    """A slot of 24 October 2019 (from hour 24 on of the 25th, and so on) with these ids."""
    stamp = f"201910{24 + hour // 24}{hour % 24:02}0000"
    lines = [row(GLOBALEVENTID=str(i), DATEADDED=stamp, SQLDATE=stamp[:8]) for i in ids]
    staged = gdelt.stage({f"{stamp}.export.CSV": ("\n".join(lines) + "\n").encode()})
    at = datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007  (naive UTC throughout)
    return StagedSnapshot(stamp, at, True, staged.facts, staged.frames)


def day_of_v1(row: Row, day: int, ids: Iterable[int]) -> StagedSnapshot:
    """A daily file of GDELT 1.0."""
    name = f"201311{day:02}"
    cells = [row(GLOBALEVENTID=str(i), DATEADDED=name, SQLDATE=name).split("\t") for i in ids]
    kept = [n for n, column in enumerate(gdelt.COLUMNS) if column in gdelt.COLUMNS_V1]
    text = "\n".join("\t".join(line[n] for n in kept) for line in cells) + "\n"
    staged = gdelt.stage_v1({f"{name}.export.CSV": text.encode()})
    return StagedSnapshot(name, datetime(2013, 11, day, 11), True, staged.facts, staged.frames)


def compare_ways(fold: Fold, join: Join, memory: Any, batches: list[list[StagedSnapshot]], fold_in_batches: Any) -> list[bool]:
    """Fold batches one on top of the other, and apart where they can be; which of them stood beside those before."""
    in_order = fold_in_batches(fold, *batches)
    stood = []
    for batch in batches:
        apart = fold(fold_in_batches(fold), batch)
        joined = join(memory.notes, apart.notes)
        stood.append(joined is not None)
        if joined is None:
            memory.take(fold(memory, batch))
        else:
            joined.closed.update(apart.closed)
            memory.take(joined)
    assert memory.notes == in_order.notes
    assert list(memory.notes["id_ranges"]) == list(in_order.notes["id_ranges"]), "in the same order too: notes are hashed"
    for name in TABLES:
        assert_frame_equal(memory.all(name).collect(), in_order.all(name).collect())
    return stood


def test_days_whose_ids_lie_apart_stand_beside_each_other(gdelt_row: Row, fold_in_batches: Any) -> None:
    batches = [
        [slot(gdelt_row, 22, (1, 2)), slot(gdelt_row, 24, (3,))],
        [slot(gdelt_row, 25, (4, 5))],
        [slot(gdelt_row, 50, (6,))],
    ]
    assert compare_ways(folding.fold, folding.join, fold_in_batches(folding.fold), batches, fold_in_batches) == [True] * 3


def test_a_slot_that_comes_again_is_folded_on_top_of_what_is_held(gdelt_row: Row, fold_in_batches: Any) -> None:
    batches = [[slot(gdelt_row, 1, (1, 2))], [slot(gdelt_row, 2, (2, 3))], [slot(gdelt_row, 3, (4,))]]
    found = compare_ways(folding.fold, folding.join, fold_in_batches(folding.fold), batches, fold_in_batches)
    assert found == [True, False, True]


def test_days_of_gdelt_1_stand_beside_each_other_too(gdelt_row: Row, fold_in_batches: Any) -> None:
    batches = [[day_of_v1(gdelt_row, 1, (1, 2))], [day_of_v1(gdelt_row, 2, (3,))], [day_of_v1(gdelt_row, 3, (3, 4))]]
    found = compare_ways(folding.fold_v1, folding.join_v1, fold_in_batches(folding.fold_v1), batches, fold_in_batches)
    assert found == [True, True, False]


@given(data=st.data())
@settings(examples(60, 12), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_ids_slots_hold_both_ways_give_the_same(data: st.DataObject, gdelt_row: Row, fold_in_batches: Any) -> None:
    hours = data.draw(st.lists(st.integers(0, 71), min_size=1, max_size=5, unique=True))
    slots = [
        slot(gdelt_row, hour, data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True))) for hour in hours
    ]
    cut = data.draw(st.integers(0, len(slots)))
    batches = [batch for batch in (slots[:cut], slots[cut : cut + 1], slots[cut + 1 :]) if batch]
    compare_ways(folding.fold, folding.join, fold_in_batches(folding.fold), batches, fold_in_batches)
