"""GDELT 1.0: files of days, months and years, and the days that were never published."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Judgement, RowGuard, StagedInfo, StagedSnapshot
from assets.errors import BilateralError, Quarantine
from assets.news.domain import SOURCES
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from tests.depth import examples
from tests.fuzz import staged_or_none

Row = Callable[..., str]
DAY = "20141124.export.CSV"


def line(width: int = 58, **values: str) -> str:
    usual = {
        "GLOBALEVENTID": "324845984", "SQLDATE": "20141123", "Actor1Code": "USA", "Actor1CountryCode": "USA",
        "Actor2Code": "CHN", "Actor2CountryCode": "CHN", "EventCode": "042", "QuadClass": "1", "GoldsteinScale": "1.9",
        "NumArticles": "10", "DATEADDED": "20141124", "SOURCEURL": "https://www.example.org/news/1",
    } | values  # fmt: skip
    return "\t".join(usual.get(column, "") for column in gdelt.COLUMNS_V1[:width]) + "\n"


def folded(fold_in_batches: Any, files: dict[str, str]) -> Any:
    found = gdelt.stage_v1({name: text.encode() for name, text in files.items()})
    assert found.rejects.is_empty(), found.rejects
    return fold_in_batches(events.fold_v1, [StagedSnapshot("a", datetime(2024, 1, 1), True, found.facts, found.frames)])


def test_a_day_has_58_columns_and_its_date_added_is_a_day(fold_in_batches: Any) -> None:
    history = folded(fold_in_batches, {DAY: line()})
    event = history.all("events").collect().row(0, named=True)
    assert event["event_id"] == "gdelt_v1_events:324845984"
    assert (event["event_date"], event["known_from"]) == (date(2014, 11, 23), datetime(2014, 11, 24, 23, 59, 59))
    assert (event["coder_version"], event["url"]) == ("1.0", "https://www.example.org/news/1")
    assert history.all("event_reports").collect()["outlet"].to_list() == ["example.org"]


def test_before_april_2013_rows_have_57_columns_and_no_address(fold_in_batches: Any) -> None:
    history = folded(fold_in_batches, {"201303.csv": line(57, SQLDATE="20130301", DATEADDED="20130301")})
    assert history.all("events").collect()["url"].to_list() == [None]
    assert history.all("event_reports").collect().is_empty()


def test_a_layout_that_changes_in_the_middle_is_read_file_by_file() -> None:
    old = line(57, GLOBALEVENTID="1", SQLDATE="20130301", DATEADDED="20130301").encode() * 2
    new = line(GLOBALEVENTID="2", SQLDATE="20130401", DATEADDED="20130401").encode()
    found = gdelt.stage_v1({"201303.csv": old, "20130401.export.CSV": new})
    assert found.frames["events"]["global_event_id"].to_list() == [1, 1, 2]
    assert found.n_read == 3


@pytest.mark.trap("gdelt_v1_events", "four-days")
def test_the_days_that_were_never_published_are_gaps_and_not_quiet_days(fold_in_batches: Any) -> None:
    held = ["20140122", "20140126", "20140318", "20140320"]
    history = folded(fold_in_batches, {f"{d}.export.CSV": line(GLOBALEVENTID=d, SQLDATE=d, DATEADDED=d) for d in held})
    coverage = history.all("news_coverage").select(
        "source", pl.col("date").dt.strftime("%Y%m%d"), "covers", "n_slots", "n_slots_expected"
    )
    assert coverage.collect().rows() == [("gdelt_v1_events", day, "events", 1, 1) for day in held]


@pytest.mark.trap("gdelt_v1_events", "days-of-events")
def test_a_year_covers_its_days_by_the_date_of_the_event(fold_in_batches: Any) -> None:
    history = folded(fold_in_batches, {"1979.csv": line(57, SQLDATE="19790101", DATEADDED="19790101")})
    coverage = history.all("news_coverage").collect()
    assert (coverage.height, coverage["date"].min(), coverage["date"].max()) == (365, date(1979, 1, 1), date(1979, 12, 31))


def test_a_bad_value_rejects_its_row_alone() -> None:
    another_day = "not a day (YYYYMMDD) within a day of that of the file"
    bad = [
        ("DATEADDED", "20141124143000", another_day),
        ("DATEADDED", "20141224", another_day),
        ("SQLDATE", "20141126", "the event is dated after it was known (DATEADDED)"),
        ("EventCode", "42", "not a CAMEO event code"),
    ]
    found = gdelt.stage_v1({DAY: (line() + "".join(line(58, **{column: value}) for column, value, _ in bad)).encode()})
    assert found.frames["events"]["row"].to_list() == [1]
    assert found.rejects.select("column", "value", "reason").rows() == bad


def test_a_slot_of_gdelt_2_and_a_name_that_states_no_day_month_or_year_are_quarantined(gdelt_row: Row) -> None:
    with pytest.raises(Quarantine, match=r"61 columns are the layout of GDELT 2\.0"):
        gdelt.stage_v1({DAY: (gdelt_row() + "\n").encode() * 2})
    for file in ("events.csv", "20141324.export.CSV", "201313.csv", "20141124.csv"):
        with pytest.raises(Quarantine, match=r"none is a GDELT 1\.0 event file"):
            gdelt.stage_v1({file: line().encode()})


def test_folding_all_days_is_folding_them_one_by_one(fold_in_batches: Any) -> None:
    snapshots = []
    for number, day in enumerate(("20141124", "20141125", "20141124")):
        found = gdelt.stage_v1({f"{day}.export.CSV": line(GLOBALEVENTID=str(number // 2), DATEADDED=day).encode()})
        snapshots.append(StagedSnapshot(str(number), datetime(2024, 1, 1 + number), True, found.facts, found.frames))
    at_once, one_by_one = (fold_in_batches(events.fold_v1, *b) for b in ([snapshots], [[s] for s in snapshots]))
    for table in ("events", "event_reports", "news_coverage"):
        assert at_once.all(table).collect().equals(one_by_one.all(table).collect())


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([57, 58]))
@examples(80)
def test_mutated_files_end_in_quarantine_or_rejects(inserted: bytes, at: int, width: int) -> None:
    data = line(width).encode() * 2
    found = staged_or_none(gdelt.stage_v1, {DAY: data[:at] + inserted + data[at:]})
    if found is not None:
        assert found.n_read == found.frames["events"].height + found.rejects.height
        json.dumps(found.facts)


@pytest.mark.real_data
def test_every_row_of_an_excerpt_of_a_real_day_is_read(real_data: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((real_data / "news/gdelt/20141124.export.CSV.zip").read_bytes())) as archive:
        found = gdelt.stage_v1({DAY: archive.read(archive.namelist()[0])})
    rows = found.frames["events"]
    assert (rows.height, found.rejects.height, found.facts) == (100, 0, {"days": [], "excerpts": [DAY]})
    assert rows["event_date"].min() == date(2004, 11, 26)
    assert rows.filter(pl.col("added_at") != datetime(2014, 11, 24)).is_empty()


@pytest.mark.parametrize(
    ("name", "second"),
    [
        (DAY, {"SQLDATE": "20041126"}),  # rows are in order of their dates: the first hundred are of a year and of ten years ago
        ("20141124.USA-CHN.export.CSV", {}),  # the events of a pair, however dense their ids
    ],
)
def test_a_part_of_a_day_is_no_whole_day(fold_in_batches: Any, name: str, second: dict[str, str]) -> None:
    first = {"SQLDATE": "20131124"} if second else {}
    found = gdelt.stage_v1({name: (line(58, **second) + line(58, GLOBALEVENTID="324845985", **first)).encode()})
    assert (found.frames["events"].height, found.facts["days"], found.facts["excerpts"]) == (2, [], [name])
    history = fold_in_batches(events.fold_v1, [StagedSnapshot("a", datetime(2024, 1, 1), True, found.facts, found.frames)])
    assert history.all("events").collect().height == 2
    assert history.all("news_coverage").collect().is_empty()


def test_rows_picked_out_of_a_day_are_no_whole_day() -> None:
    for step, days in ((1, ["2014-11-24"]), (2, ["2014-11-24"]), (50, [])):
        text = "".join(line(SQLDATE="20141124", GLOBALEVENTID=str(324845984 + step * n)) for n in range(20))
        assert gdelt.stage_v1({DAY: text.encode()}).facts["days"] == days


def test_the_days_held_of_a_pair_are_its_own_also_a_quiet_one_and_are_known_at_their_end(fold_in_batches: Any) -> None:
    files = {"20141124.USA-CHN.export.CSV": line(), "20141125.USA-CHN.export.CSV": ""}
    quiet = StagedInfo("a", datetime(2014, 11, 26), 0, 0, gdelt.stage_v1({"20141125.USA-CHN.export.CSV": b""}).facts)
    code = next(s for s in SOURCES if s.source == gdelt.SOURCE_V1)
    assert code.judge_whole(quiet, None, RowGuard(fill={"events": {"event_date": 0.99}})) == Judgement()
    history = folded(fold_in_batches, files)
    assert history.all("news_pair_coverage").collect().rows() == [
        ("gdelt_v1_events", "CHN", "USA", date(2014, 11, day), datetime(2014, 11, day, 23, 59, 59)) for day in (24, 25)
    ]
    assert history.all("news_coverage").collect().is_empty()


@pytest.mark.parametrize("data", [b"", b"<html>busy</html>\n", b"a\tb\n" * 3])
def test_of_what_is_no_day_of_gdelt_no_pair_is_said_to_be_quiet(data: bytes) -> None:
    with pytest.raises(BilateralError, match=r"rows are no rows of a GDELT 1\.0 event file"):
        gdelt.rows_of_pair(data, ("USA", "CHN"))


def test_the_events_of_a_pair_are_those_of_both_directions_as_served() -> None:
    pairs = [("USA", "CHN"), ("CHN", "USA"), ("USA", "USA"), ("CHN", "RUS"), ("", "CHN"), ("USA", "")]
    rows = [line(Actor1CountryCode=a, Actor2CountryCode=b).encode() for a, b in pairs]
    assert gdelt.rows_of_pair(b"".join([*rows, *rows[2:] * 20, b"cut\tshort\n"]), ("USA", "CHN")) == rows[0] + rows[1]
