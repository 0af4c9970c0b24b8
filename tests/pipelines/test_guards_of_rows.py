"""What a staged snapshot is refused for beside the last accepted one: whom it lacks, what its columns lack, its own day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import (
    Folded,
    Judgement,
    RowGuard,
    SourceCode,
    Staged,
    StagedInfo,
    count_filled,
    ends_by_itself,
    judge_fill,
    judge_rows,
)
from assets.identities import SAMPLE, Identity, overlap, sample
from pipelines.ingest.decisions import NONE
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import load_sources
from pipelines.storage.snapshot_status import SnapshotVerdicts, judge

LIST = Identity("listings", ("native_id",), "name")
GUARD = RowGuard(min_share=0.9)
FIRST = datetime(2020, 1, 1)
DAY = timedelta(days=1)


def code(identity: Identity = LIST) -> SourceCode:
    return SourceCode("a_list", (), lambda _: Staged({}, pl.DataFrame(), 0), lambda *_: Folded({}), identity=identity)


def vintage(
    ids: Sequence[object], names: Sequence[str] | None = None, *, on: datetime = FIRST, twice: bool = False, **facts: Any
) -> StagedInfo:
    """What is remembered of a list of these ids; ``twice``: each row stands in it twice."""
    frame = pl.DataFrame({"native_id": [str(i) for i in ids], "name": names or [f"Party {i}" for i in ids]})
    frames = {"listings": pl.concat([frame, frame]) if twice else frame}
    n, identities = frames["listings"].height, LIST.samples(frames)
    return StagedInfo(f"{on}{ids}", on, n, 0, facts, count_filled(frames), identities, is_ended=True)


def compared(now: StagedInfo, then: StagedInfo) -> Judgement:
    return code().judge_whole(now, then, GUARD)


def test_the_longer_ago_the_last_vintage_the_more_may_have_gone() -> None:
    then = StagedInfo("a", FIRST, 639, 0, {})
    for days, n_refusals in ((1, 1), (150, 1), (720, 0)):
        now = StagedInfo("b", FIRST + days * DAY, 375, 0, {})
        assert len(judge_rows(now, then, RowGuard(min_share=0.85)).refusals) == n_refusals, days


def test_time_between_editions_counts_but_half_a_list_served_twice_is_not_the_list() -> None:
    then, now = StagedInfo("a", FIRST, 1000, 0, {}), StagedInfo("b", FIRST + 9000 * DAY, 190, 0, {})
    assert "below the limit of 20% after 9,000 days" in judge_rows(now, then, GUARD).refusals[0]
    then = vintage(range(100), published="2018-01-01", on=FIRST)
    assert compared(vintage(range(60), published="2020-01-01", on=FIRST + DAY), then).refusals == ()
    judged = compared(vintage(range(50), twice=True, on=FIRST + DAY), vintage(range(100)))
    assert "50.0% are still there, below the limit of 90% after 1 days" in judged.refusals[0]
    assert judged.is_of_size


@given(st.sets(st.text(), min_size=5, max_size=60), st.sets(st.text(), max_size=60))
def test_the_overlap_of_small_lists_is_exact(then: set[str], now: set[str]) -> None:
    found = overlap(sample(then), sample(now))
    assert found is not None
    assert found.kept == pytest.approx(len(then & now) / len(then))


@given(st.integers(2 * SAMPLE, 30_000), st.floats(0.3, 1))
def test_the_overlap_of_long_lists_is_near(n: int, share: float) -> None:
    found = overlap(sample(map(str, range(n))), sample(map(str, range(int(n * share)))))
    assert found is not None
    assert found.kept == pytest.approx(share, abs=0.08)
    assert found.known == 1


def judged(*vintages: StagedInfo, accepts: SnapshotVerdicts | None = None) -> SnapshotVerdicts:
    named = {f"{v.retrieved_at:%Y-%m-%dT%H%M%SZ}": v for v in vintages}
    receipts = [Receipt("a_list", n, v.retrieved_at, "accepted", None, v.snapshot_id, "live") for n, v in named.items()]
    staged = {name: v.entry() | {"refusal": None} for name, v in named.items()}
    return judge(code(), receipts, staged, [*named], None if accepts is None else accepts.baseline, GUARD, NONE)


def verdicts(found: SnapshotVerdicts) -> list[str]:
    return [record["verdict"] for record in found.records]


def test_what_waits_is_confirmed_by_a_second_vintage_and_ended_by_a_full_list() -> None:
    whole, short = vintage(range(100)), vintage(range(60), on=FIRST + DAY)
    found = judged(whole, short, vintage(range(61), on=FIRST + 8 * DAY))
    assert verdicts(found) == ["accepted", "quarantined", "accepted"]
    assert "2020-01-02 00:00:00 UTC agrees with it, so what both lack is withdrawn" in found.records[2]["warnings"]
    assert [fed.name for fed in found.accepted] == ["2020-01-01T000000Z", "2020-01-09T000000Z"]
    assert verdicts(judged(vintage(range(61), on=FIRST + 8 * DAY), accepts=judged(whole, short))) == ["accepted"]
    full_between = judged(whole, short, vintage(range(101), on=FIRST + 2 * DAY), vintage(range(61), on=FIRST + 9 * DAY))
    assert verdicts(full_between) == ["accepted", "quarantined", "accepted", "quarantined"]


@pytest.mark.parametrize(
    "second",
    [
        vintage(range(61), on=FIRST + 7 * DAY),
        vintage(range(40, 100), on=FIRST + 8 * DAY),
        StagedInfo.of(vintage(range(61), on=FIRST + 8 * DAY).entry() | {"is_ended": False}),
    ],
    ids=["too soon", "others", "without an end"],
)
def test_what_does_not_confirm_it_is_refused_too(second: StagedInfo) -> None:
    assert verdicts(judged(vintage(range(100)), vintage(range(60), on=FIRST + DAY), second))[2] == "quarantined"


def test_a_file_ends_in_a_mark_of_its_own_or_does_not() -> None:
    ended = (b"<a>\n</a>\n", b'\xef\xbb\xbf{"a": 1}', b"[1]", b"1,a\r\n\x1a", b"<a>" + b" " * 3_000_000 + b"</a>")
    assert [data[:20] for data in ended if not ends_by_itself({"file": data})] == []
    assert [data for data in (b"1,a\r\n", b"<a>\n<b", b'{"a": [1', b"") if ends_by_itself({"file": data})] == []


def filled(days: int, notes: int, n: int = 100) -> StagedInfo:
    columns = {name: pl.Series([1] * k + [None] * (n - k), dtype=pl.Int64) for name, k in (("day", days), ("note", notes))}
    return StagedInfo("a", FIRST, n, 0, {}, count_filled({"rows": pl.DataFrame(columns)}))


def test_a_declared_column_may_not_fall_below_its_share_nor_below_half_of_the_last() -> None:
    for least, now, n_refusals in ((0, 39, 1), (0, 40, 0), (0.5, 49, 1), (0.1, 9, 1)):
        guard = RowGuard(fill={"rows": {"day": least}})
        assert len(judge_fill(filled(now, 0), filled(80, 0), guard).refusals) == n_refusals, (least, now)


def test_a_column_that_lost_half_is_told_and_one_without_rows_is_not_judged() -> None:
    found = judge_fill(filled(80, 10), filled(80, 90), RowGuard(fill={"rows": {"day": 0.5}}))
    assert found == Judgement(
        warnings=("columns that lost more than half of their values: rows.note (10 of 100, before 90 of 100)",)
    )
    lacking = StagedInfo("b", FIRST, 1, 0, {}, count_filled({"rows": pl.DataFrame({"a": [1]})}))
    text = judge_fill(lacking, None, RowGuard(fill={"rows": {"day": 0.1}})).refusals[0]
    assert text == "column day of rows is filled in 0 of 1 rows (0.0%), below the limit of 10%: has the layout changed?"
    empty = StagedInfo("b", FIRST, 1, 0, {}, count_filled({"rows": pl.DataFrame({"day": []})}))
    assert judge_fill(empty, filled(80, 0), RowGuard(fill={"rows": {"day": 0.1}})) == Judgement()
    assert count_filled({"rows": pl.DataFrame({"cited": [["a"], []]})})["rows"]["cited"] == 1
    frames = {"listings": pl.DataFrame({"native_id": range(10)}), "countries": pl.DataFrame({"country_id": []})}
    info = StagedInfo("b", FIRST, 10, 0, {}, count_filled(frames))
    assert judge_fill(info, None, RowGuard(fill={"countries": {"country_id": 0.5}}), per="listings").refusals != ()
    guard = RowGuard(min_share=0, fill={"rows": {"day": 0.1}})
    assert judge_fill(filled(20, 0), filled(80, 90), guard) == Judgement()


def test_each_source_declares_the_columns_that_give_its_rows_a_meaning() -> None:
    # a snapshot of articles, or of texts coded elsewhere, is refused only where it holds none
    assert [s.id for s in load_sources().values() if not s.rows.fill] == ["feeds", "articles", "coded_texts"]


def test_an_older_edition_is_refused_and_a_day_to_come_not_believed() -> None:
    then = vintage(range(100), published="2019-12-31")
    text = "it is of 2018-12-31 by its own word, the last accepted snapshot of 2019-12-31: an older edition"
    assert text in compared(vintage(range(100), on=FIRST + DAY, published="2018-12-31"), then).refusals[0]
    assert compared(vintage(range(100), on=FIRST + DAY, published="2019-12-31"), then).refusals == ()
    then = vintage(range(100), published="2062-02-27")
    assert compared(vintage(range(100), on=FIRST + DAY, published="2020-01-02"), then).refusals == ()
