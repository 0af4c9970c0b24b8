"""GDELT slots: bytes to typed rows."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.errors import Quarantine
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.told import told

SLOT = "20191024143000.export.CSV"
Row = Callable[..., str]


def staged(*rows: str, file: str = SLOT) -> tuple[pl.DataFrame, list[tuple[object, ...]]]:
    found = gdelt.stage({file: ("\n".join(rows) + "\n").encode()})
    assert found.n_read == len(rows) == found.frames["events"].height + found.rejects.height
    return found.frames["events"], found.rejects.select("row", "column", "value", "reason").rows()


def test_a_row_is_typed_and_its_codes_stay_text(gdelt_row: Row) -> None:
    events, rejects = staged(gdelt_row(EventCode="010", QuadClass="1", GoldsteinScale="0.0"))
    assert rejects == []
    assert events.row(0, named=True) == {
        "file": SLOT, "row": 1, "global_event_id": 881990832, "event_date": date(2019, 10, 24),
        "actor1_code": "USAGOV", "actor1_country_code": "USA", "actor1_group_code": None, "actor1_type_code": "GOV",
        "actor2_code": "CHN", "actor2_country_code": "CHN", "actor2_group_code": None, "actor2_type_code": None,
        "event_code": "010", "quad_class": 1, "goldstein": 0.0, "n_articles": 4, "place_country_code": None,
        "place_adm1_code": None, "added_at": datetime(2019, 10, 24, 14, 30), "source_url": "https://www.example.org/news/1",
    }  # fmt: skip


def test_an_event_has_its_place_and_organisations_where_gdelt_says_them(gdelt_row: Row) -> None:
    of_city = gdelt_row(ActionGeo_CountryCode="CH", ActionGeo_ADM1Code="CH22", Actor1KnownGroupCode="WTO")
    rows, _ = staged(of_city, gdelt_row(GLOBALEVENTID="2", ActionGeo_CountryCode="CH", ActionGeo_ADM1Code="CH"))
    events = fold.events_of(rows.with_columns(snapshot_id=pl.lit("s")))
    assert told(events, "place_country_id place_adm1 source_organization target_organization") == "CHN|CH22|WTO|- / CHN|-|-|-"


def test_a_code_that_lost_its_zero_is_a_reject(gdelt_row: Row) -> None:
    events, rejects = staged(gdelt_row(), gdelt_row(EventCode="10"), gdelt_row(EventCode="85"))
    assert events["event_code"].to_list() == ["085", "10"], "10 is the root 'demand'; 85 is no code"
    assert rejects == [(3, "EventCode", "85", "not a CAMEO event code")]


def test_quad_classes_dates_a_year_back_quotes_and_missing_values_are_kept_as_landed(gdelt_row: Row) -> None:
    events, rejects = staged(
        gdelt_row(EventCode="090", QuadClass="2", SQLDATE="20181024", GoldsteinScale=""),
        gdelt_row(EventCode="141", QuadClass="3", Actor1Name='"UNITED STATES', SOURCEURL='https://example.org/"a"'),
    )
    assert rejects == []
    assert told(events, "quad_class event_date goldstein") == "2|2018-10-24|- / 3|2019-10-24|7.0"
    assert events["source_url"][1] == 'https://example.org/"a"'


def test_a_bad_value_rejects_its_row_alone_and_says_why(gdelt_row: Row) -> None:
    bad = [
        ("GLOBALEVENTID", "x1", "not a number"),
        ("SQLDATE", "20191324", "not a date (YYYYMMDD)"),
        ("SQLDATE", "2019102", "not a date (YYYYMMDD)"),
        ("SQLDATE", "20191027", "the event is dated after it was known (DATEADDED)"),
        ("DATEADDED", "20191024", "not a time within a day of the slot 2019-10-24 14:30 UTC"),
        ("DATEADDED", "20301024143000", "not a time within a day of the slot 2019-10-24 14:30 UTC"),
        ("QuadClass", "5", "not a quad class from 1 to 4"),
        ("QuadClass", "", "not a quad class from 1 to 4"),
        ("GoldsteinScale", "10.5", "not a number in [-10, 10]"),
        ("GoldsteinScale", "nan", "not a number in [-10, 10]"),
        ("NumArticles", "0", "not a count of at least 1"),
    ]
    events, rejects = staged(gdelt_row(), *(gdelt_row(**{column: value}) for column, value, _ in bad), gdelt_row())
    assert events["row"].to_list() == [1, 13]
    assert rejects == [(n, column, value or None, reason) for n, (column, value, reason) in enumerate(bad, start=2)]


def test_a_row_of_another_width_is_a_reject_and_row_numbers_stay_those_of_the_file(gdelt_row: Row) -> None:
    events, rejects = staged(gdelt_row(), "a\tb", gdelt_row(), gdelt_row())
    assert events["row"].to_list() == [1, 3, 4]
    assert rejects == [(2, None, "a\tb", "2 columns instead of 61")]


def test_invalid_utf8_windows_line_breaks_and_a_byte_order_mark_lose_no_row(gdelt_row: Row) -> None:
    row = gdelt_row(SOURCEURL="https://example.org/X", Actor2Name="Y").encode().replace(b"X", b"\xe9").replace(b"Y", b"\xff")
    found = gdelt.stage({SLOT: b"\xef\xbb\xbf" + row + b"\r\n" + gdelt_row().encode() + b"\r\n"})
    assert found.frames["events"]["source_url"].to_list() == ["https://example.org/\ufffd", "https://www.example.org/news/1"]
    assert found.rejects.is_empty()


@pytest.mark.trap("gdelt_v2_events", "gdelt-1-files")
def test_a_file_of_gdelt_1_or_of_anything_else_is_quarantined_and_named_as_such(gdelt_row: Row) -> None:
    for width in (57, 58):
        with pytest.raises(Quarantine, match=rf"2 of 2 rows have {width} columns.*GDELT 1\.0"):
            gdelt.stage({SLOT: ("\t" * (width - 1) + "\n").encode() * 2})
    page, other = b"<html><body>Not found</body></html>", b"a\tb\n"
    for data, reason in ((b"", "file is empty"), (page, "1 columns.*web page"), (other, "2 columns.*changed its layout")):
        with pytest.raises(Quarantine, match=reason):
            gdelt.stage({SLOT: data})
    for name in ("events.csv", "20191024143100.export.CSV", "20191324143000.export.CSV", "20191024.export.CSV"):
        with pytest.raises(Quarantine, match=r"none is a GDELT 2\.0 event slot"):
            gdelt.stage({name: gdelt_row().encode()})


def test_a_cut_file_is_quarantined_but_not_for_a_missing_line_break_alone(gdelt_row: Row) -> None:
    whole = (gdelt_row() + "\n").encode() * 3
    assert gdelt.stage({SLOT: whole[:-1]}).frames["events"].height == 3
    with pytest.raises(Quarantine, match=r"the last row ends after .* of 61 columns: the file was cut"):
        gdelt.stage({SLOT: whole[:-60]})


def test_a_folder_may_hold_several_slots_and_what_else_lies_there_is_a_reject(gdelt_row: Row) -> None:
    files = {"20191024144500.export.CSV": gdelt_row(DATEADDED="20191024144500"), SLOT: gdelt_row()}
    found = gdelt.stage({name: text.encode() for name, text in {**files, "20191024143000.mentions.CSV": "x"}.items()})
    assert found.facts == {"slots": ["20191024143000", "20191024144500"]}
    assert found.frames["events"]["file"].to_list() == [SLOT, "20191024144500.export.CSV"]
    assert found.rejects["file"].to_list() == ["20191024143000.mentions.CSV"]
    assert found.n_read == 3


CELL = st.text(st.characters(exclude_characters="\t\n"), max_size=12) | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]+)?", fullmatch=True)
ROWS = st.lists(st.dictionaries(st.sampled_from(gdelt.NEEDED), CELL, max_size=2), max_size=5)


@given(ROWS, st.integers(0, 4000), st.binary(max_size=3) | st.binary(max_size=400))
@examples(140)
def test_mutated_rows_and_arbitrary_bytes_end_in_quarantine_or_rejects(
    rows: list[dict[str, str]], at: int, inserted: bytes
) -> None:
    usual = {"GLOBALEVENTID": "1", "SQLDATE": "20191024", "EventCode": "010", "QuadClass": "1", "NumArticles": "1"}
    usual["DATEADDED"] = "20191024143000"
    data = "\n".join("\t".join((usual | row).get(c, "") for c in gdelt.COLUMNS) for row in rows).encode("utf-8", "surrogatepass")
    found = staged_or_none(gdelt.stage, {SLOT: data[:at] + inserted + data[at:]})
    if found is not None:
        assert found.n_read == found.frames["events"].height + found.rejects.height
        assert found.rejects["reason"].null_count() == 0


@pytest.mark.real_data
def test_the_columns_are_those_of_the_codebook(real_data: Path) -> None:
    with (real_data / "news/gdelt/columns.csv").open(encoding="utf-8") as file:
        names = tuple(row["name"] for row in csv.DictReader(file) if row["file"] == gdelt.SOURCE)
    assert names == gdelt.COLUMNS


@pytest.mark.real_data
def test_the_shape_of_a_real_slot_its_dates_and_its_codes(real_data: Path) -> None:
    found = gdelt.stage({SLOT: gzip.decompress((real_data / "news/gdelt/20191024143000.export.CSV.gz").read_bytes())})
    slot = found.frames["events"]
    assert (found.n_read, slot.height, found.rejects.height, found.facts) == (2111, 2111, 0, {"slots": ["20191024143000"]})
    assert slot.select(pl.col("actor1_code", "actor2_code").null_count()).row(0) == (174, 531)
    assert slot.drop_nulls(["actor1_country_code", "actor2_country_code"]).height == 590
    assert slot["source_url"].n_unique() == 425
    placed = fold.events_of(slot.with_columns(snapshot_id=pl.lit("s")))
    assert placed.select(pl.col("place_country_id", "place_adm1", "source_organization").count()).row(0) == (2072, 1524, 30)
    counts = dict(slot["event_date"].value_counts().iter_rows())
    back = (date(2018, 10, 24), date(2019, 9, 24), date(2019, 10, 17), date(2019, 10, 23))
    assert [counts[day] for day in back] == [24, 20, 7, 9]
    codes = registry.cameo_codes().select("cameo_code", "quad_gdelt", pl.col("goldstein").alias("expected"))
    joined = slot.join(codes, left_on="event_code", right_on="cameo_code")
    assert joined.filter(pl.col("quad_class") != pl.col("quad_gdelt")).is_empty()
    assert joined.filter((pl.col("goldstein") - pl.col("expected")).abs() > 1e-9).is_empty()
    roots = set(joined.select(pl.col("event_code").str.slice(0, 2), "quad_class").unique().iter_rows())
    assert {("09", 2), ("14", 3)} <= roots


@pytest.mark.real_data
def test_a_real_file_of_gdelt_1_is_quarantined(real_data: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((real_data / "news/gdelt/20141124.export.CSV.zip").read_bytes())) as archive:
        data = archive.read(archive.namelist()[0])
    with pytest.raises(Quarantine, match=r"58 columns.*GDELT 1\.0"):
        gdelt.stage({"20141124000000.export.CSV": data})


@pytest.mark.parametrize(
    "change", [lambda row: row + "\tmore", lambda row: row.replace("\t", "", 1), lambda row: row.rpartition("\t")[0]]
)
def test_one_row_too_wide_or_too_narrow_in_a_whole_file_is_a_reject_alone(gdelt_row: Row, change: Callable[[str], str]) -> None:
    rows = [gdelt_row(GLOBALEVENTID=str(n)) for n in range(200)]
    rows[150] = change(rows[150])
    found = gdelt.stage({SLOT: ("\n".join(rows) + "\n").encode(), "20191024144500.export.CSV": (gdelt_row() + "\n").encode()})
    assert found.frames["events"].height == 200
    assert [(file, row) for file, row in found.rejects.select("file", "row").rows()] == [(SLOT, 151)]
    assert found.rejects["reason"][0].endswith("columns instead of 61")


def test_a_row_too_wide_beside_one_too_narrow_does_not_pass_for_a_whole_file(gdelt_row: Row) -> None:
    rows = [gdelt_row(GLOBALEVENTID=str(n)) for n in range(200)]
    rows[20], rows[150] = rows[20] + "\tmore", rows[150].rpartition("\t")[0]
    found = gdelt.stage({SLOT: ("\n".join(rows) + "\n").encode()})
    assert told(found.rejects, "row reason") == "21|62 columns instead of 61 / 151|60 columns instead of 61"
