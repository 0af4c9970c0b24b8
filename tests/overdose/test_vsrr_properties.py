"""Whatever the bytes: a vintage is refused as a whole, or each of its rows is read or rejected. Nothing else escapes."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.overdose import vsrr
from assets.schema import table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vsrr

HEAD = b"State,Year,Month,Indicator,Data Value,Percent Complete,Predicted Value,Footnote\n"


def holds_what_it_promises(od: Vsrr, data: bytes) -> None:
    """Stage, judge and fold; only Quarantine may be raised, and what comes out has the declared form."""
    staged = staged_or_none(vsrr.stage, {"x.csv": data})
    if staged is None:
        return
    rows = staged.frames["observations"]
    assert rows.height + staged.rejects.height == staged.n_read
    assert rows.schema == vsrr.STAGED
    assert staged.frames["unreadable"].schema == vsrr.UNREADABLE
    assert not rows.select(vsrr.KEY).is_duplicated().any()
    assert (rows["value"].is_null() == rows["missing_reason"].is_not_null()).all()
    assert rows.filter(pl.col("value").is_infinite() | pl.col("value").is_nan() | (pl.col("value") < 0)).is_empty()
    json.dumps(staged.facts)
    od.judge(staged, od.stage(od.whole()))
    known = od.fold(od.snapshot(staged, "2026-01-14", complete=True))
    assert known.schema == table("core.overdose_observations").polars


@examples(60)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=8, max_size=8), max_size=5))
def test_any_text_in_every_cell_is_read_or_rejected_or_refused(od: Vsrr, cells: list[list[str]]) -> None:
    columns = HEAD.decode().strip()
    holds_what_it_promises(od, od.csv([dict(zip(columns.split(","), row, strict=True)) for row in cells], columns))


@pytest.mark.real_data
@examples(25)
@given(data=st.data())
def test_a_damaged_vintage_of_each_real_layout_is_read_or_rejected_or_refused(
    od: Vsrr, real_data: Path, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted((real_data / "overdose" / "vsrr").glob("*.csv.gz"))))
    good = gzip.decompress(path.read_bytes())[:40_000]
    good = good[: good.rfind(b"\n") + 1]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(good)))
        patch = data.draw(st.binary(max_size=4) | st.sampled_from([b"", b'"', b",", b"\n", b"\x00"]))
        good = good[:place] + patch + good[place + data.draw(st.integers(0, 200)) :]
    holds_what_it_promises(od, good)


def test_a_snapshot_survives_being_written_as_json_and_parquet(od: Vsrr, tmp_path: Path) -> None:
    staged = od.stage(od.whole())
    for name, frame in staged.frames.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    frames = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in staged.frames}
    facts = json.loads(json.dumps(staged.facts))
    again = StagedSnapshot("sha of 2019-01-16", od.info(staged).retrieved_at, True, facts, frames)
    assert od.fold(again).equals(od.fold(od.snapshot(staged, "2019-01-16", complete=True)))
