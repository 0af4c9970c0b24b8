"""County counts, on files made to the published layout: codes, suppression, the vintage that a file states."""

import json
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from assets.errors import Quarantine
from assets.overdose import county
from tests.overdose.conftest import Vintages
from tests.told import told

HEAD = (
    "Data as of,Year,Month,ST_ABBREV,STATE_NAME,COUNTYNAME,FIPS,STATEFIPS,COUNTYFIPS,CODE2013,Provisional Drug Overdose Deaths,"
    "Footnote,Percentage Of Records Pending Investigation,HistoricalDataCompletenessNote,MonthEndingDate,Start Date,End Date"
)
SUPPRESSED = "Numbers less than 10 are suppressed."


def csv(*rows: tuple[object, ...], as_of: str = "09/13/2023") -> bytes:
    """Rows of (year, month, FIPS, deaths, footnote)."""
    lines = [
        f'{as_of},{year},{month},AL,Alabama,"Autauga County",{fips},1,1,3,{deaths},{note},0.2,,{month}/28/{year},,'
        for year, month, fips, deaths, note in rows
    ]
    return "\n".join([HEAD, *lines, ""]).encode()


def staged(*rows: tuple[object, ...]) -> pl.DataFrame:
    return county.stage({"any.csv": csv(*rows)}).frames["counties"]


def brief(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return rows.select("fips", "deaths", "missing_reason", "known_basis", "known_from", "known_to").rows()


@pytest.mark.trap("us_cdc_county_overdose", "lost-zero")
@pytest.mark.trap("us_cdc_county_overdose", "blank-counts")
def test_codes_get_their_zero_back_blank_counts_are_suppressed_and_a_period_is_twelve_months() -> None:
    found = staged((2023, 3, 1001, 25, ""), (2023, 3, "48113", 900, ""))
    assert told(found, "fips actor_id") == "01001|US-AL / 48113|US-TX"
    found = staged((2023, 3, "01001", "", SUPPRESSED), (2023, 3, "01003", 0, ""), (2023, 3, "01005", "", "Low data quality."))
    assert told(found, "deaths missing_reason") == "-|suppressed / 0|- / -|low_quality"
    assert told(staged((2023, 2, "01001", 25, "")), "period_start period_end") == "2022-03-01|2023-02-28"


API = b"""[{"data_as_of": "2023-09-13T00:00:00.000", "year": "2023", "month": "3", "fips": "1001", "countyname": "Autauga County",
  "provisional_drug_overdose": "25", "percentage_of_records_pending": "0.2"},
  {"data_as_of": "2023-09-13T00:00:00.000", "year": "2023", "month": "3", "fips": "1003"}]"""


def test_the_interface_writes_shorter_names_and_leaves_out_empty_cells() -> None:
    found = county.stage({"page.json": API})
    columns = ["fips", "deaths", "missing_reason", "percent_pending", "as_of"]
    assert found.frames["counties"].select(columns).rows() == [
        ("01001", 25, None, 20.0, date(2023, 9, 13)),
        ("01003", None, "suppressed", None, date(2023, 9, 13)),
    ]


@pytest.mark.trap("us_cdc_county_overdose", "share-called-percentage")
def test_the_percentage_of_pending_records_is_published_as_a_share_and_held_in_percent() -> None:
    shares = {"0": 0.0, "0.0029": 0.29, "0.07": 7.0, "1": 100.0, "0.29%": 0.29, "7": None, "101%": None, "": None}
    common = {"year": "2023", "month": "3", "provisional_drug_overdose": "25"}
    rows = [common | {"fips": str(1001 + 2 * n), "percentage_of_records_pending": cell} for n, cell in enumerate(shares)]
    found = county.stage({"page.json": json.dumps(rows).encode()}).frames["counties"]
    assert found.sort("fips")["percent_pending"].to_list() == [*shares.values()]
    for cell, percent in shares.items():
        data = csv((2023, 3, "01001", 25, "")).replace(b",,0.2,,", f",,{cell},,".encode())
        assert county.stage({"x.csv": data}).frames["counties"]["percent_pending"].to_list() == [percent]


@pytest.mark.trap("us_cdc_county_overdose", "blank-counts")
def test_rows_that_mean_nothing_are_rejected() -> None:
    bad = [(2023, 3, "99001", 25, ""), (2023, 3, "01000", 25, ""), (2023, 13, "01001", 25, ""), (2023, 3, "01001", 4, "")]
    reasons = county.stage({"x.csv": csv(*bad)}).rejects["reason"].to_list()
    assert len(reasons) == 4
    assert reasons[:2] == ["no FIPS code of a county in a state"] * 2
    assert reasons[-1] == "a count of 1 to 9, which is never published"


def test_two_vintages_in_one_file_and_pages_that_share_a_row_are_refused() -> None:
    data = csv((2023, 3, "01001", 25, "")) + csv((2023, 4, "01001", 26, ""), as_of="10/11/2023").split(b"\n", 1)[1]
    with pytest.raises(Quarantine, match="the rows state 2 vintages"):
        county.stage({"x.csv": data})
    rows = [{"year": "2023", "month": str(m), "fips": "1001", "provisional_drug_overdose": "25"} for m in (1, 2, 3)]
    pages = {"page-0001.json": json.dumps(rows[:2]).encode(), "page-0002.json": json.dumps(rows[2:]).encode()}
    assert county.stage(pages).frames["counties"].height == 3
    with pytest.raises(Quarantine, match="stand on more than one of 2 pages"):
        county.stage(pages | {"page-0002.json": json.dumps(rows[1:]).encode()})


def test_a_vintage_was_known_on_its_stated_day_unless_it_differs_from_what_was_retrieved_later(county_: Vintages) -> None:
    first = ("2023-10-01", {"x.csv": csv((2023, 3, "01001", 25, ""))})
    second = ("2023-11-01", {"x.csv": csv((2023, 3, "01001", 26, ""))})
    assert brief(county_.fold(first)) == [("01001", 25, None, "publication", datetime(2023, 9, 13, 23, 59, 59), None)]
    assert [r[3:5] for r in brief(county_.fold(first, second))] == [
        ("publication", datetime(2023, 9, 13, 23, 59, 59)),
        ("snapshot", datetime(2023, 11, 1)),
    ]


def test_a_revision_a_suppression_and_a_withdrawal(county_: Vintages) -> None:
    first = csv((2023, 3, "01001", 25, ""), (2023, 3, "01003", 12, ""), (2023, 3, "01005", 30, ""))
    second = csv((2023, 3, "01001", 27, ""), (2023, 3, "01003", "", SUPPRESSED), as_of="12/13/2023")
    days = datetime(2023, 9, 13, 23, 59, 59), datetime(2023, 12, 13, 23, 59, 59)
    vintages = [("2023-10-01", {"x.csv": first}), ("2024-01-01", {"x.csv": second})]
    found = county_.fold(*vintages)
    assert brief(found) == [
        ("01001", 25, None, "publication", *days),
        ("01001", 27, None, "publication", days[1], None),
        ("01003", 12, None, "publication", *days),
        ("01003", None, "suppressed", "publication", days[1], None),
        ("01005", 30, None, "publication", *days),
        ("01005", None, "withdrawn", "publication", days[1], None),
    ]
    assert county_.fold(*vintages, cut=1).equals(found)


@pytest.mark.trap("us_cdc_county_overdose", "absent-states")
def test_a_partial_vintage_withdraws_nothing(county_: Vintages) -> None:
    whole = county_.stage({"x.csv": csv((2023, 3, "01001", 25, ""), (2023, 3, "48113", 900, ""))})
    part = csv((2023, 3, "48113", 901, ""), as_of="12/13/2023")
    assert county_.judge(county_.stage({"x.csv": part}), "2024-01-01", (whole, "2023-10-01")).complete is False
    found = county_.fold(("2024-01-01", {"x.csv": part}), complete=False)
    assert found["missing_reason"].null_count() == 1


def test_a_vintage_after_its_retrieval_and_an_older_one_than_the_last_are_refused(county_: Vintages) -> None:
    data = county_.stage({"x.csv": csv((2023, 3, "01001", 25, ""))})
    assert "its vintage is 2023-09-13" in county_.judge(data, "2023-08-01").refusals[0]
    older = county_.stage({"x.csv": csv((2023, 3, "01001", 25, ""), as_of="06/14/2023")})
    assert "saved late" in county_.judge(older, "2023-11-01", (data, "2023-10-01")).refusals[0]
    none = county_.stage({"x.csv": csv((2023, 3, "99001", 25, ""))})
    assert "none of its 1 rows can be used" in county_.judge(none, "2023-11-01").refusals


WHOLE = csv((2023, 3, "01001", 25, ""), (2023, 3, "01003", "", SUPPRESSED))
