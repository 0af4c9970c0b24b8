"""GDELT slots: bytes to typed rows, and rows folded into events, reports and coverage."""

import csv
import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news.conftest import Memory, folded, folded_any_way, gdelt_row
from tests.told import told

SLOT = "20191024143000.export.CSV"
LATER = "20191024144500.export.CSV"
URL = "https://www.example.org/news/1"


def staged(*rows: str, file: str = SLOT) -> tuple[pl.DataFrame, str]:
    found = gdelt.stage({file: ("\n".join(rows) + "\n").encode()})
    assert found.n_read == len(rows) == found.frames["events"].height + found.rejects.height
    return found.frames["events"], told(found.rejects, "row column value reason")


def test_a_row_is_typed_its_codes_stay_text_and_its_place_and_organisations_are_those_that_gdelt_says() -> None:
    events, rejects = staged(gdelt_row(EventCode="010", QuadClass="1", GoldsteinScale="0.0"))
    assert rejects == ""
    assert events.row(0, named=True) == {
        "file": SLOT, "row": 1, "global_event_id": 881990832, "event_date": date(2019, 10, 24),
        "actor1_code": "USAGOV", "actor1_country_code": "USA", "actor1_group_code": None, "actor1_type_code": "GOV",
        "actor2_code": "CHN", "actor2_country_code": "CHN", "actor2_group_code": None, "actor2_type_code": None,
        "event_code": "010", "quad_class": 1, "goldstein": 0.0, "n_articles": 4, "place_country_code": None,
        "place_adm1_code": None, "added_at": datetime(2019, 10, 24, 14, 30), "source_url": URL,
    }  # fmt: skip
    of_city = gdelt_row(ActionGeo_CountryCode="CH", ActionGeo_ADM1Code="CH22", Actor1KnownGroupCode="WTO")
    rows, _ = staged(of_city, gdelt_row(GLOBALEVENTID="2", ActionGeo_CountryCode="CH", ActionGeo_ADM1Code="CH"))
    events = fold.events_of(rows.with_columns(snapshot_id=pl.lit("s")))
    assert told(events, "place_country_id place_adm1 source_organization target_organization") == "CHN|CH22|WTO|- / CHN|-|-|-"
    # quad classes, dates a year back, quotes and missing values are kept as landed
    events, rejects = staged(
        gdelt_row(EventCode="090", SQLDATE="20181024", GoldsteinScale=""),
        gdelt_row(EventCode="141", QuadClass="3", Actor1Name='"UNITED STATES', SOURCEURL='https://example.org/"a"'),
    )
    assert (rejects, events["source_url"][1]) == ("", 'https://example.org/"a"')
    assert told(events, "quad_class event_date goldstein") == "2|2018-10-24|- / 3|2019-10-24|7.0"
    row = gdelt_row(SOURCEURL="https://example.org/X", Actor2Name="Y").encode().replace(b"X", b"\xe9").replace(b"Y", b"\xff")
    found = gdelt.stage({SLOT: b"\xef\xbb\xbf" + row + b"\r\n" + gdelt_row().encode() + b"\r\n"})
    assert (found.frames["events"]["source_url"].to_list(), found.rejects.height) == (["https://example.org/\ufffd", URL], 0)


def test_a_bad_value_rejects_its_row_alone_and_says_why() -> None:
    bad = """EventCode 85 not a CAMEO event code
        GLOBALEVENTID x1 not a number
        SQLDATE 20191324 not a date (YYYYMMDD)
        SQLDATE 2019102 not a date (YYYYMMDD)
        SQLDATE 20191027 the event is dated after it was known (DATEADDED)
        DATEADDED 20191024 not a time within a day of the slot 2019-10-24 14:30 UTC
        DATEADDED 20301024143000 not a time within a day of the slot 2019-10-24 14:30 UTC
        QuadClass 5 not a quad class from 1 to 4
        QuadClass - not a quad class from 1 to 4
        GoldsteinScale 10.5 not a number in [-10, 10]
        GoldsteinScale nan not a number in [-10, 10]
        NumArticles 0 not a count of at least 1"""
    cases = [line.split(maxsplit=2) for line in bad.splitlines()]
    events, rejects = staged(
        gdelt_row(), *(gdelt_row(**{c: "" if v == "-" else v}) for c, v, _ in cases), gdelt_row(EventCode="10")
    )
    assert told(events, "row event_code") == "1|085 / 14|10", "10 is the root 'demand'; 85 is no code"
    assert rejects == " / ".join(f"{n}|{column}|{value}|{reason}" for n, (column, value, reason) in enumerate(cases, start=2))


@pytest.mark.trap("gdelt_v2_events", "gdelt-1-files")
def test_a_file_of_gdelt_1_of_anything_else_or_a_cut_one_is_quarantined_and_named_as_such() -> None:
    whole = (gdelt_row() + "\n").encode() * 3
    for data, reason in (
        *((("\t" * (width - 1) + "\n").encode() * 2, rf"2 of 2 rows have {width} columns.*GDELT 1\.0") for width in (57, 58)),
        (b"", "file is empty"),
        (b"<html><body>Not found</body></html>", "1 columns.*web page"),
        (b"a\tb\n", "2 columns.*changed its layout"),
        (whole[:-60], r"the last row ends after .* of 61 columns: the file was cut"),
    ):
        with pytest.raises(Quarantine, match=reason):
            gdelt.stage({SLOT: data})
    for name in ("events.csv", "20191024143100.export.CSV", "20191324143000.export.CSV", "20191024.export.CSV"):
        with pytest.raises(Quarantine, match=r"none is a GDELT 2\.0 event slot"):
            gdelt.stage({name: whole})
    assert gdelt.stage({SLOT: whole[:-1]}).frames["events"].height == 3  # a missing line break alone is no cut


def test_a_folder_may_hold_several_slots_and_what_else_lies_there_is_a_reject() -> None:
    files = {LATER: gdelt_row(DATEADDED="20191024144500"), SLOT: gdelt_row(), "20191024143000.mentions.CSV": "x"}
    found = gdelt.stage({name: text.encode() for name, text in files.items()})
    assert (found.facts, found.n_read) == ({"slots": ["20191024143000", "20191024144500"]}, 3)
    assert found.frames["events"]["file"].to_list() == [SLOT, LATER]
    assert found.rejects["file"].to_list() == ["20191024143000.mentions.CSV"]


def test_a_row_too_wide_or_too_narrow_is_a_reject_alone_and_row_numbers_stay_those_of_the_file() -> None:
    events, rejects = staged(gdelt_row(), "a\tb", gdelt_row(), gdelt_row())
    assert (events["row"].to_list(), rejects) == ([1, 3, 4], "2|-|a\tb|2 columns instead of 61")
    rows = [gdelt_row(GLOBALEVENTID=str(n)) for n in range(200)]
    wide, shifted, narrow = rows[150] + "\tmore", rows[150].replace("\t", "", 1), rows[150].rpartition("\t")[0]
    for first, second, expected in (
        (rows[20], wide, "151|62 columns instead of 61"),
        (rows[20], shifted, "151|60 columns instead of 61"),
        (rows[20], narrow, "151|60 columns instead of 61"),
        # one too wide beside one too narrow does not pass for a whole file
        (rows[20] + "\tmore", narrow, "21|62 columns instead of 61 / 151|60 columns instead of 61"),
    ):
        changed = [*rows[:20], first, *rows[21:150], second, *rows[151:]]
        found = gdelt.stage({SLOT: ("\n".join(changed) + "\n").encode(), LATER: (gdelt_row() + "\n").encode()})
        assert told(found.rejects, "row reason") == expected
        assert found.frames["events"].height == 201 - found.rejects.height


CELL = st.text(st.characters(exclude_characters="\t\n"), max_size=12) | st.from_regex(r"-?[0-9]{1,20}(\.[0-9]+)?", fullmatch=True)
ROWS = st.lists(st.dictionaries(st.sampled_from(gdelt.NEEDED), CELL, max_size=2), max_size=5)


@given(ROWS, st.integers(0, 4000), st.binary(max_size=3) | st.binary(max_size=400))
@examples(140)
def test_mutated_rows_and_arbitrary_bytes_end_in_quarantine_or_rejects(
    rows: list[dict[str, str]], at: int, inserted: bytes
) -> None:
    data = "\n".join(gdelt_row(**row) for row in rows).encode("utf-8", "surrogatepass")
    found = staged_or_none(gdelt.stage, {SLOT: data[:at] + inserted + data[at:]})
    if found is not None:
        assert found.n_read == found.frames["events"].height + found.rejects.height
        assert found.rejects["reason"].null_count() == 0


@pytest.mark.real_data
def test_the_columns_of_the_codebook_the_shape_of_a_real_slot_and_a_real_file_of_gdelt_1(real_data: Path) -> None:
    folder = real_data / "news/gdelt"
    with (folder / "columns.csv").open(encoding="utf-8") as file:
        assert tuple(row["name"] for row in csv.DictReader(file) if row["file"] == gdelt.SOURCE) == gdelt.COLUMNS
    found = gdelt.stage({SLOT: gzip.decompress((folder / f"{SLOT}.gz").read_bytes())})
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
    assert {("09", 2), ("14", 3)} <= set(joined.select(pl.col("event_code").str.slice(0, 2), "quad_class").iter_rows())
    with zipfile.ZipFile(io.BytesIO((folder / "20141124.export.CSV.zip").read_bytes())) as archive:
        data = archive.read(archive.namelist()[0])
    with pytest.raises(Quarantine, match=r"58 columns.*GDELT 1\.0"):
        gdelt.stage({"20141124000000.export.CSV": data})


def slot(at: str, *rows: str, name: str | None = None) -> StagedSnapshot:
    """A staged snapshot that holds one slot, retrieved when it began."""
    found = gdelt.stage({f"{at}.export.CSV": "\n".join(rows).encode()})
    assert found.rejects.is_empty(), found.rejects
    return StagedSnapshot(name or at, datetime.strptime(at, "%Y%m%d%H%M%S"), True, found.facts, found.frames)  # noqa: DTZ007


def of_slots(*times: str) -> list[StagedSnapshot]:
    """A slot of one event each."""
    return [slot(at, gdelt_row(GLOBALEVENTID=at[:12], DATEADDED=at)) for at in times]


def events_of(*rows: dict[str, str]) -> Memory:
    """The history that the events of one slot leave."""
    given = (gdelt_row(GLOBALEVENTID=str(n), **row) for n, row in enumerate(rows))
    return folded(fold.fold, [slot("20191024143000", *given)])


@pytest.mark.trap("gdelt_v2_events", "no-modality")
@pytest.mark.trap("gdelt_v2_events", "two-quad-classes")
def test_an_event_has_its_parties_its_codes_in_both_schemes_and_its_origin() -> None:
    event = folded(fold.fold, [slot("20191024143000", gdelt_row())]).rows("events").row(0, named=True)
    assert {column: value for column, value in event.items() if value is not None} == {
        "event_id": "gdelt_v2_events:881990832", "event_date": date(2019, 10, 24), "event_date_end": date(2019, 10, 25),
        "date_precision": "day", "source_id": "USA", "source_country_id": "USA", "source_sector": "GOV", "target_id": "CHN",
        "target_country_id": "CHN", "cameo_code": "085", "cameo_root": "08", "plover_event": "RETREAT", "goldstein": 7.0,
        "quad_schrodt": 2, "quad_gdelt": 2, "modality": "past", "coder": "gdelt", "coder_version": "2.0", "n_reports": 4,
        "known_from": datetime(2019, 10, 24, 14, 30), "known_basis": "date_added", "url": URL,
        "origin": "gdelt_v2_events", "origin_id": "881990832", "snapshot_id": "20191024143000", "row_number": 1,
    }  # fmt: skip
    codes = """090|2|3|ACCUSE / 141|3|4|PROTEST / 085|2|2|RETREAT / 081|2|2|CONCEDE / 163|4|4|COERCE / 161|4|4|SANCTION /
        175|4|4|ASSAULT / 010|1|1|- / 020|1|1|-""".replace("\n       ", "")
    memory = events_of(*({"EventCode": code[:3], "QuadClass": code[4]} for code in codes.split(" / ")))
    assert memory.told("events", "cameo_code quad_gdelt quad_schrodt plover_event") == codes


@pytest.mark.trap("gdelt_v2_events", "not-iso")
def test_actor_codes_are_cameo_only_states_are_countries_and_an_address_is_a_report_with_its_outlet() -> None:
    known = """TWN=TWN|TWN HKG=HKG|HKG MAC=MAC|MAC ROM=ROU|ROU TMP=TLS|TLS GZS=PSE|PSE WSB=PSE|PSE AFG/TAL=AFG|AFG
        EUR=REG.EUR|- EUR/EEC=EU|- WST/NAT=NATO|- /UNO=UN|- QQQ=-|- =-|-"""
    codes = known.split()
    parts = [code.partition("=")[0].partition("/") for code in codes]
    memory = events_of(*({"Actor2CountryCode": country, "Actor2KnownGroupCode": group} for country, _, group in parts))
    assert memory.told("events", "target_id target_country_id") == " / ".join(code.partition("=")[2] for code in codes)
    memory = events_of(*({"Actor1Type1Code": code} for code in ("MIL", "XYZ", "")))
    assert memory.told("events", "source_sector") == "MIL / - / -"
    memory = events_of({}, {"SOURCEURL": "BBC Monitoring"}, {"SOURCEURL": ""})
    assert memory.told("event_reports", "event_id report_id url outlet") == (
        f"gdelt_v2_events:0|{URL}|{URL}|example.org / gdelt_v2_events:1|BBC Monitoring|-|-"
    )


@pytest.mark.parametrize("later", ["20191024144500", "20191025000000"])
def test_the_first_of_two_rows_with_one_id_counts_across_snapshots_and_days(later: str) -> None:
    first = slot("20191024143000", *(gdelt_row(GLOBALEVENTID="5", NumArticles=n) for n in "19"))
    second = slot(later, *(gdelt_row(GLOBALEVENTID=n, DATEADDED=later) for n in "56"))
    memory = folded(fold.fold, [first], [second])
    assert memory.told("events", "origin_id snapshot_id n_reports") == f"5|20191024143000|1 / 6|{later}|4"
    # history is not read while ids go up
    assert folded(fold.fold, *([s] for s in of_slots("20191024143000", later))).n_reads == 0


@pytest.mark.trap("gdelt_v2_events", "missing-slots")
def test_a_missing_slot_is_a_gap_a_day_without_slots_is_absent_and_a_slot_taken_in_twice_counts_once() -> None:
    memory = folded(fold.fold, of_slots("20191024143000", "20191024150000", "20191026000000"))
    assert memory.told("news_coverage", "date n_slots n_slots_expected coverage_share known_from") == (
        f"2019-10-24|2|96|{2 / 96}|2019-10-24T14:30 / 2019-10-26|1|96|{1 / 96}|2019-10-26T00:00"
    )
    once, again = (slot("20191024143000", gdelt_row(), name=name) for name in "ab")
    memory = folded(fold.fold, [once], [again])
    assert (memory.told("news_coverage", "n_slots"), memory.told("events", "snapshot_id")) == ("1", "a")
    day = of_slots(*(f"20191024{minute // 60:02}{minute % 60:02}00" for minute in range(0, 1440, 15)))
    assert folded(fold.fold, day).told("news_coverage", "coverage_share") == "1.0"


def test_folding_in_steps_gives_what_folding_at_once_gives() -> None:
    slots = {"20191024143000": "78", "20191024144500": "89", "20191023000000": "19", "20191025001500": "72"}
    folded_any_way(
        fold.fold,
        [slot(s, *(gdelt_row(GLOBALEVENTID=i, DATEADDED=s, SQLDATE=s[:8]) for i in ids)) for s, ids in slots.items()],
        *("events", "event_reports", "news_coverage"),
    )
