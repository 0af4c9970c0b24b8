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
CODE = SourceCode("a_list", (), lambda _: Staged({}, pl.DataFrame(), 0), lambda *_: Folded({}), identity=LIST)
GUARD = RowGuard(min_share=0.9)
FIRST = datetime(2020, 1, 1)


def vintage(ids: Sequence[object], day: int = 0, *, twice: bool = False, **facts: Any) -> StagedInfo:
    """What is remembered of a list of these ids, so many days after the first; ``twice``: each row stands in it twice."""
    frame = pl.DataFrame({"native_id": [str(i) for i in ids], "name": [f"Party {i}" for i in ids]})
    frames, on = {"listings": pl.concat([frame, frame]) if twice else frame}, FIRST + timedelta(days=day)
    n, identities = frames["listings"].height, LIST.samples(frames)
    return StagedInfo(f"{on}{ids}", on, n, 0, facts, count_filled(frames), identities, is_ended=True)


def counted(n: int, day: int) -> StagedInfo:
    return StagedInfo(f"{n}", FIRST + timedelta(days=day), n, 0, {})


def refusals(now: StagedInfo, then: StagedInfo) -> tuple[str, ...]:
    return CODE.judge_whole(now, then, GUARD).refusals


def test_the_longer_ago_the_last_vintage_or_edition_the_more_may_have_gone_but_half_a_list_served_twice_is_not_the_list() -> None:
    for days, n_refusals in ((1, 1), (150, 1), (720, 0)):
        assert len(judge_rows(counted(375, days), counted(639, 0), RowGuard(min_share=0.85)).refusals) == n_refusals, days
    assert "below the limit of 20% after 9,000 days" in judge_rows(counted(190, 9000), counted(1000, 0), GUARD).refusals[0]
    assert refusals(vintage(range(60), 1, published="2020-01-01"), vintage(range(100), published="2018-01-01")) == ()
    judged = CODE.judge_whole(vintage(range(50), 1, twice=True), vintage(range(100)), GUARD)
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


def judged(*vintages: StagedInfo, after: SnapshotVerdicts | None = None) -> SnapshotVerdicts:
    named = {f"{v.retrieved_at:%Y-%m-%dT%H%M%SZ}": v for v in vintages}
    receipts = [Receipt("a_list", n, v.retrieved_at, "accepted", None, v.snapshot_id, "live") for n, v in named.items()]
    staged = {name: v.entry() | {"refusal": None} for name, v in named.items()}
    return judge(CODE, receipts, staged, [*named], None if after is None else after.baseline, GUARD, NONE)


def verdicts(found: SnapshotVerdicts) -> str:
    return " ".join(record["verdict"] for record in found.records)


WHOLE, SHORT = vintage(range(100)), vintage(range(60), 1)


def test_what_waits_is_confirmed_by_a_second_vintage_and_ended_by_a_full_list() -> None:
    found = judged(WHOLE, SHORT, vintage(range(61), 8))
    assert verdicts(found) == "accepted quarantined accepted"
    assert "2020-01-02 00:00:00 UTC agrees with it, so what both lack is withdrawn" in found.records[2]["warnings"]
    assert [fed.name for fed in found.accepted] == ["2020-01-01T000000Z", "2020-01-09T000000Z"]
    assert verdicts(judged(vintage(range(61), 8), after=judged(WHOLE, SHORT))) == "accepted"
    full_between = judged(WHOLE, SHORT, vintage(range(101), 2), vintage(range(61), 9))
    assert verdicts(full_between) == "accepted quarantined accepted quarantined"
    unended = StagedInfo.of(vintage(range(61), 8).entry() | {"is_ended": False})
    for why, second in (("too soon", vintage(range(61), 7)), ("others", vintage(range(40, 100), 8)), ("no end", unended)):
        assert verdicts(judged(WHOLE, SHORT, second)) == "accepted quarantined quarantined", why


def test_a_file_ends_in_a_mark_of_its_own_or_does_not() -> None:
    ended = (b"<a>\n</a>\n", b'\xef\xbb\xbf{"a": 1}', b"[1]", b"1,a\r\n\x1a", b"<a>" + b" " * 3_000_000 + b"</a>")
    assert [data[:20] for data in ended if not ends_by_itself({"file": data})] == []
    assert [data for data in (b"1,a\r\n", b"<a>\n<b", b'{"a": [1', b"") if ends_by_itself({"file": data})] == []


def filled(**columns: list[Any]) -> StagedInfo:
    return StagedInfo("a", FIRST, 100, 0, {}, count_filled({"rows": pl.DataFrame(columns)}))


def of_100(day: int, note: int = 0) -> StagedInfo:
    """A hundred rows, of which so many hold a day and a note."""
    return filled(day=[1] * day + [None] * (100 - day), note=[1] * note + [None] * (100 - note))


@pytest.mark.parametrize(
    ("least", "now", "before", "refusal"),
    [
        (0, of_100(39), of_100(80), "day"),
        (0, of_100(40), of_100(80), None),
        (0.5, of_100(49), of_100(80), "day"),
        (0.1, of_100(9), of_100(80), "day"),
        (0.1, filled(a=[1]), None, "column day of rows is filled in 0 of 1 rows (0.0%), below the limit of 10%: has the layout"),
        (0.1, filled(day=[]), of_100(80), None),
    ],
)
def test_a_declared_column_may_not_fall_below_its_share_nor_below_half_of_the_last(
    least: float, now: StagedInfo, before: StagedInfo | None, refusal: str | None
) -> None:
    found = judge_fill(now, before, RowGuard(fill={"rows": {"day": least}})).refusals
    assert [refusal in text for text in found if refusal is not None] == [True] * (refusal is not None)
    assert len(found) == (refusal is not None)


def test_a_column_that_lost_half_is_told_and_each_source_declares_those_that_give_its_rows_a_meaning() -> None:
    found = judge_fill(of_100(80, 10), of_100(80, 90), RowGuard(fill={"rows": {"day": 0.5}}))
    lost = "columns that lost more than half of their values: rows.note (10 of 100, before 90 of 100)"
    assert found == Judgement(warnings=(lost,))
    assert judge_fill(of_100(20), of_100(80, 90), RowGuard(min_share=0, fill={"rows": {"day": 0.1}})) == Judgement()
    assert count_filled({"rows": pl.DataFrame({"cited": [["a"], []]})})["rows"]["cited"] == 1
    frames = {"listings": pl.DataFrame({"native_id": range(10)}), "countries": pl.DataFrame({"country_id": []})}
    info = StagedInfo("b", FIRST, 10, 0, {}, count_filled(frames))
    assert judge_fill(info, None, RowGuard(fill={"countries": {"country_id": 0.5}}), per="listings").refusals != ()
    # a snapshot of articles, or of texts coded elsewhere, is refused only where it holds none
    assert [s.id for s in load_sources().values() if not s.rows.fill] == ["feeds", "articles", "coded_texts"]


def test_an_older_edition_is_refused_and_a_day_to_come_not_believed() -> None:
    def of(published: str, day: int = 1) -> StagedInfo:
        return vintage(range(100), day, published=published)

    text = "it is of 2018-12-31 by its own word, the last accepted snapshot of 2019-12-31: an older edition"
    assert text in refusals(of("2018-12-31"), of("2019-12-31", 0))[0]
    assert refusals(of("2019-12-31"), of("2019-12-31", 0)) == refusals(of("2020-01-02"), of("2062-02-27", 0)) == ()
