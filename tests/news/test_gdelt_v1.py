"""GDELT 1.0: files of days, months and years, and the days that were never published."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import Judgement, RowGuard, StagedInfo
from assets.errors import BilateralError, Quarantine
from assets.news.domain import SOURCES
from assets.news.gdelt import events as gdelt
from assets.news.gdelt.fold import fold_v1
from tests.news.conftest import Memory, folded, folded_any_way, gdelt_row, snapshot
from tests.told import told

DAY = "20141124.export.CSV"


def line(width: int = 58, **values: str) -> str:
    usual = {
        "GLOBALEVENTID": "324845984", "SQLDATE": "20141123", "Actor1Code": "USA", "Actor1CountryCode": "USA",
        "Actor2Code": "CHN", "Actor2CountryCode": "CHN", "EventCode": "042", "QuadClass": "1", "GoldsteinScale": "1.9",
        "NumArticles": "10", "DATEADDED": "20141124", "SOURCEURL": "https://www.example.org/news/1",
    } | values  # fmt: skip
    return "\t".join(usual.get(column, "") for column in gdelt.COLUMNS_V1[:width]) + "\n"


def of_day(day: str, **values: str) -> str:
    return line(57 if day < "201304" else 58, **{"SQLDATE": day, "DATEADDED": day} | values)


def held(files: dict[str, str]) -> Memory:
    found = gdelt.stage_v1({name: text.encode() for name, text in files.items()})
    assert found.rejects.is_empty(), found.rejects
    return folded(fold_v1, [snapshot(found)])


def test_a_day_has_58_columns_and_its_date_added_is_a_day_and_before_april_2013_there_are_57_and_no_address() -> None:
    history = held({DAY: line()})
    assert history.told("events", "event_id event_date known_from coder_version url") == (
        "gdelt_v1_events:324845984|2014-11-23|2014-11-24T23:59:59|1.0|https://www.example.org/news/1"
    )
    assert history.told("event_reports", "outlet") == "example.org"
    history = held({"201303.csv": of_day("20130301")})
    assert (history.told("events", "url"), history.told("event_reports", "outlet")) == ("-", "")
    # a layout that changes in the middle is read file by file
    old, new = of_day("20130301", GLOBALEVENTID="1").encode() * 2, of_day("20130401", GLOBALEVENTID="2").encode()
    found = gdelt.stage_v1({"201303.csv": old, "20130401.export.CSV": new})
    assert (found.frames["events"]["global_event_id"].to_list(), found.n_read) == ([1, 1, 2], 3)


@pytest.mark.trap("gdelt_v1_events", "four-days")
@pytest.mark.trap("gdelt_v1_events", "days-of-events")
def test_the_days_that_were_never_published_are_gaps_and_a_year_covers_its_days_by_the_date_of_the_event() -> None:
    days = ["2014-01-22", "2014-01-26", "2014-03-18", "2014-03-20"]
    named = {f"{d.replace('-', '')}.export.CSV": of_day(d.replace("-", ""), GLOBALEVENTID=d.replace("-", "")) for d in days}
    coverage = held(named).told("news_coverage", "source date covers n_slots n_slots_expected")
    assert coverage == " / ".join(f"gdelt_v1_events|{day}|events|1|1" for day in days)
    of_year = held({"1979.csv": of_day("19790101")}).rows("news_coverage")
    assert (of_year.height, of_year["date"].min(), of_year["date"].max()) == (365, date(1979, 1, 1), date(1979, 12, 31))


def test_a_bad_value_rejects_its_row_alone_and_a_slot_or_a_name_without_its_time_is_quarantined() -> None:
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
    with pytest.raises(Quarantine, match=r"61 columns are the layout of GDELT 2\.0"):
        gdelt.stage_v1({DAY: (gdelt_row() + "\n").encode() * 2})
    for file in ("events.csv", "20141324.export.CSV", "201313.csv", "20141124.csv"):
        with pytest.raises(Quarantine, match=r"none is a GDELT 1\.0 event file"):
            gdelt.stage_v1({file: line().encode()})


def test_folding_all_days_is_folding_them_one_by_one() -> None:
    snapshots = []
    for number, day in enumerate(("20141124", "20141125", "20141124")):
        found = gdelt.stage_v1({f"{day}.export.CSV": line(GLOBALEVENTID=str(number // 2), DATEADDED=day).encode()})
        snapshots.append(snapshot(found, str(number), datetime(2024, 1, 1 + number)))
    folded_any_way(fold_v1, snapshots, "events", "event_reports", "news_coverage")


@pytest.mark.real_data
def test_every_row_of_an_excerpt_of_a_real_day_is_read(real_data: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((real_data / "news/gdelt/20141124.export.CSV.zip").read_bytes())) as archive:
        found = gdelt.stage_v1({DAY: archive.read(archive.namelist()[0])})
    rows = found.frames["events"]
    assert (rows.height, found.rejects.height, found.facts) == (100, 0, {"days": [], "excerpts": [DAY]})
    assert rows["event_date"].min() == date(2004, 11, 26)
    assert rows.filter(pl.col("added_at") != datetime(2014, 11, 24)).is_empty()


def test_a_part_of_a_day_is_no_whole_day() -> None:
    for name, dates in (
        (DAY, ("20041126", "20131124")),  # rows are in order of their dates: the first hundred are of a year and of ten years ago
        ("20141124.USA-CHN.export.CSV", ("20141123", "20141123")),  # the events of a pair, however dense their ids
    ):
        text = "".join(line(SQLDATE=day, GLOBALEVENTID=str(324845984 + n)) for n, day in enumerate(dates))
        found = gdelt.stage_v1({name: text.encode()})
        assert (found.frames["events"].height, found.facts["days"], found.facts["excerpts"]) == (2, [], [name])
        history = held({name: text})
        assert (history.rows("events").height, history.rows("news_coverage").height) == (2, 0)
    # rows picked out of a day
    for step, whole in ((1, ["2014-11-24"]), (2, ["2014-11-24"]), (50, [])):
        text = "".join(line(SQLDATE="20141124", GLOBALEVENTID=str(324845984 + step * n)) for n in range(20))
        assert gdelt.stage_v1({DAY: text.encode()}).facts["days"] == whole


def test_the_days_held_of_a_pair_are_its_own_also_a_quiet_one_and_are_known_at_their_end() -> None:
    quiet = StagedInfo("a", datetime(2014, 11, 26), 0, 0, gdelt.stage_v1({"20141125.USA-CHN.export.CSV": b""}).facts)
    code = next(s for s in SOURCES if s.source == gdelt.SOURCE_V1)
    assert code.judge_whole(quiet, None, RowGuard(fill={"events": {"event_date": 0.99}})) == Judgement()
    history = held({"20141124.USA-CHN.export.CSV": line(), "20141125.USA-CHN.export.CSV": ""})
    assert told(history.rows("news_pair_coverage")) == " / ".join(
        f"gdelt_v1_events|CHN|USA|2014-11-{day}|2014-11-{day}T23:59:59" for day in (24, 25)
    )
    assert history.rows("news_coverage").is_empty()


def test_the_events_of_a_pair_are_those_of_both_directions_as_served_and_of_no_day_none_is_said_to_be_quiet() -> None:
    pairs = [("USA", "CHN"), ("CHN", "USA"), ("USA", "USA"), ("CHN", "RUS"), ("", "CHN"), ("USA", "")]
    rows = [line(Actor1CountryCode=a, Actor2CountryCode=b).encode() for a, b in pairs]
    assert gdelt.rows_of_pair(b"".join([*rows, *rows[2:] * 20, b"cut\tshort\n"]), ("USA", "CHN")) == rows[0] + rows[1]
    for data in (b"", b"<html>busy</html>\n", b"a\tb\n" * 3):
        with pytest.raises(BilateralError, match=r"rows are no rows of a GDELT 1\.0 event file"):
            gdelt.rows_of_pair(data, ("USA", "CHN"))
