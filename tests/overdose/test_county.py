"""County counts, on files made to the published layout: codes, suppression, the vintage that a file states."""

import json
from collections.abc import Mapping

import pytest

from tests.overdose.conftest import Vintages
from tests.told import told

COUNTY = Vintages("us_cdc_county_overdose")
HEAD = (
    "Data as of,Year,Month,ST_ABBREV,STATE_NAME,COUNTYNAME,FIPS,STATEFIPS,COUNTYFIPS,CODE2013,Provisional Drug Overdose Deaths,"
    "Footnote,Percentage Of Records Pending Investigation,HistoricalDataCompletenessNote,MonthEndingDate,Start Date,End Date"
)
SUPPRESSED = "Numbers less than 10 are suppressed."


def csv(*rows: tuple[object, ...], as_of: str = "09/13/2023", pending: str = "0.2") -> bytes:
    """Rows of (FIPS, deaths, footnote, month of 2023), of March where they do not say when."""
    lines = []
    for fips, deaths, *more in rows:
        note, month = [*more, *["", 3][len(more) :]]
        lines.append(f'{as_of},2023,{month},AL,Alabama,"A County",{fips},1,1,3,{deaths},{note},{pending},,{month}/28/2023,,')
    return "\n".join([HEAD, *lines, ""]).encode()


def api(*rows: Mapping[str, object]) -> bytes:
    return json.dumps(
        [{"year": "2023", "month": "3", "fips": "1001", "provisional_drug_overdose": "25", **r} for r in rows]
    ).encode()


ONE = csv(("01001", 25))
WHOLE = csv(("01001", 25), ("01003", "", SUPPRESSED))
API = b"""[{"data_as_of": "2023-09-13T00:00:00.000", "year": "2023", "month": "3", "fips": "1001", "countyname": "Autauga County",
  "provisional_drug_overdose": "25", "percentage_of_records_pending": "0.2"},
  {"data_as_of": "2023-09-13T00:00:00.000", "year": "2023", "month": "3", "fips": "1003"}]"""


@pytest.mark.trap("us_cdc_county_overdose", "lost-zero")
@pytest.mark.trap("us_cdc_county_overdose", "blank-counts")
def test_codes_get_their_zero_back_blank_counts_are_suppressed_and_a_period_is_twelve_months() -> None:
    assert COUNTY.told(csv((1001, 25), ("48113", 900)), "fips actor_id") == "01001|US-AL / 48113|US-TX"
    blank = csv(("01001", "", SUPPRESSED), ("01003", 0), ("01005", "", "Low data quality."))
    assert COUNTY.told(blank, "deaths missing_reason") == "-|suppressed / 0|- / -|low_quality"
    assert COUNTY.told(csv(("01001", 25, "", 2)), "period_start period_end") == "2022-03-01|2023-02-28"
    assert COUNTY.told({"page.json": API}, "fips deaths missing_reason percent_pending as_of") == (
        "01001|25|-|20.0|2023-09-13 / 01003|-|suppressed|-|2023-09-13"
    )
    rejects = COUNTY.stage(csv(("99001", 25), ("01000", 25), ("01001", 25, "", 13), ("01001", 4))).rejects["reason"].to_list()
    assert (len(rejects), rejects[:2]) == (4, ["no FIPS code of a county in a state"] * 2)
    assert rejects[-1] == "a count of 1 to 9, which is never published"


@pytest.mark.trap("us_cdc_county_overdose", "share-called-percentage")
def test_the_percentage_of_pending_records_is_published_as_a_share_and_held_in_percent() -> None:
    shares = {"0": 0.0, "0.0029": 0.29, "0.07": 7.0, "1": 100.0, "0.29%": 0.29, "7": None, "101%": None, "": None}
    page = api(*({"fips": str(1001 + 2 * n), "percentage_of_records_pending": cell} for n, cell in enumerate(shares)))
    assert COUNTY.read({"page.json": page}).sort("fips")["percent_pending"].to_list() == [*shares.values()]
    read = {cell: COUNTY.read(csv(("01001", 25), pending=cell))["percent_pending"].item() for cell in shares}
    assert read == shares


def test_two_vintages_in_one_file_pages_that_share_a_row_and_old_or_future_vintages_are_refused() -> None:
    two = ONE + csv(("01001", 26, "", 4), as_of="10/11/2023").split(b"\n", 1)[1]
    assert "the rows state 2 vintages" in COUNTY.refused(two)
    months = [{"month": str(m)} for m in (1, 2, 3)]
    pages = {"page-0001.json": api(*months[:2]), "page-0002.json": api(months[2])}
    assert COUNTY.read(pages).height == 3
    assert "stand on more than one of 2 pages" in COUNTY.refused(pages | {"page-0002.json": api(*months[1:])})
    for now, day, before, says in (
        (ONE, "2023-08-01", None, "its vintage is 2023-09-13"),
        (csv(("01001", 25), as_of="06/14/2023"), "2023-11-01", (ONE, "2023-10-01"), "saved late"),
        (csv(("99001", 25)), "2023-11-01", None, "none of its 1 rows can be used"),
    ):
        assert says in " ".join(COUNTY.judge(now, day, before).refusals)


@pytest.mark.trap("us_cdc_county_overdose", "absent-states")
def test_a_vintage_was_known_on_its_stated_day_and_revises_suppresses_and_withdraws() -> None:
    sooner, later = "2023-09-13T23:59:59", "2023-12-13T23:59:59"
    columns = "fips deaths missing_reason known_basis known_from known_to"
    assert told(COUNTY.fold(("2023-10-01", ONE)), columns) == f"01001|25|-|publication|{sooner}|-"
    # unless it differs from what was retrieved later
    differs = COUNTY.fold(("2023-10-01", ONE), ("2023-11-01", csv(("01001", 26))))
    assert told(differs, "known_basis known_from") == f"publication|{sooner} / snapshot|2023-11-01T00:00"
    first = csv(("01001", 25), ("01003", 12), ("01005", 30))
    second = csv(("01001", 27), ("01003", "", SUPPRESSED), as_of="12/13/2023")
    assert told(COUNTY.folded(("2023-10-01", first), ("2024-01-01", second)), columns.replace("known_basis ", "")) == (
        f"01001|25|-|{sooner}|{later} / 01001|27|-|{later}|- / 01003|12|-|{sooner}|{later} / 01003|-|suppressed|{later}|- / "
        f"01005|30|-|{sooner}|{later} / 01005|-|withdrawn|{later}|-"
    )
    # a partial one withdraws nothing
    part = csv(("48113", 901), as_of="12/13/2023")
    whole = csv(("01001", 25), ("48113", 900))
    assert COUNTY.judge(part, "2024-01-01", (whole, "2023-10-01")).complete is False
    assert COUNTY.fold(("2024-01-01", part), complete=False)["missing_reason"].null_count() == 1
