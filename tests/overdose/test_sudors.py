"""SUDORS: what a download of the dashboard holds, what its marks mean, and what it changes. All figures are invented."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.overdose import sudors
from assets.overdose.observations import EXPORTED
from assets.schema import SQL, table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages
from tests.overdose.test_nida import workbook
from tests.told import told

HEAD = (
    "Jurisdiction,year,alldrug_deaths,alldrug_rate,opioids_deaths,opioids_rate,imfs_deaths,imfs_rate,opioids_percent,imfs_percent,"
    "Combo1_drugs,Combo1_deaths,Combo1_percent,nitazenes_deaths,nitazenes_percent,jan_deaths,feb_deaths,mar_deaths,apr_deaths,"
    "may_deaths,jun_deaths,jul_deaths,aug_deaths,sep_deaths,oct_deaths,nov_deaths,dec_deaths,male_deaths,male_rate,male_percent,"
    "aian_nh_deaths,hisp_rate,age_65plus_deaths,female_15_24_rate,curr_SUDtrt_deaths,naloxone_percent"
)
COLUMNS = HEAD.split(",")
MONTHS = [c for c in COLUMNS if len(c) == 10 and c.endswith("_deaths") and c[3] == "_"]
USUAL: dict[str, object] = {
    "Jurisdiction": "Alaska", "year": 2022, "alldrug_deaths": 240, "alldrug_rate": 33.1, "opioids_deaths": 180,
    "opioids_rate": 25.0, "imfs_deaths": 150, "imfs_rate": 20.9, "opioids_percent": 75.0, "imfs_percent": 62.5,
    "Combo1_drugs": "Heroin, and Cocaine", "nitazenes_deaths": 0, "nitazenes_percent": 0.0,
} | dict.fromkeys(MONTHS, 20)  # fmt: skip


IMFS = "illicitly_manufactured_fentanyls"


def saved(*rows: Mapping[str, object], columns: list[str] = COLUMNS) -> bytes:
    """A CSV of these rows; cells that a row does not give are ordinary ones."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="5", lineterminator="\n")
    writer.writeheader()
    writer.writerows(USUAL | dict(row) for row in rows)
    return out.getvalue().encode()


def stage(*rows: Mapping[str, object], columns: list[str] = COLUMNS) -> Staged:
    return sudors.stage({"any.csv": saved(*rows, columns=columns)})


def cells(row: Mapping[str, object], measure: str = "deaths_year", drug: str = "all") -> list[tuple[Any, ...]]:
    found = stage(row).frames["observations"]
    wanted = (pl.col("measure") == f"unintentional_{measure}") & (pl.col("drug") == drug)
    return found.filter(wanted).select("value", "missing_reason").rows()


def refused(data: bytes) -> str:
    with pytest.raises(Quarantine) as caught:
        sudors.stage({"any.csv": data})
    return str(caught.value)


def test_a_row_is_the_counts_and_rates_of_a_place_and_year() -> None:
    found = stage({}).frames["observations"]
    common = {"actor_id": "US-AK", "basis": "reported", "counts_by": "occurrence"}
    assert found.filter(**common).height == found.height
    year = found.filter(period_start=date(2022, 1, 1), period_end=date(2022, 12, 31))
    assert sorted(year.select("measure", "drug", "unit", "value").rows()) == [
        ("unintentional_age_adjusted_rate_year", "all", "per_100k", 33.1),
        ("unintentional_age_adjusted_rate_year", "any_opioids", "per_100k", 25.0),
        ("unintentional_age_adjusted_rate_year", IMFS, "per_100k", 20.9),
        ("unintentional_deaths_year", "all", "deaths", 240.0),
        ("unintentional_deaths_year", "any_opioids", "deaths", 180.0),
        ("unintentional_deaths_year", IMFS, "deaths", 150.0),
        ("unintentional_deaths_year", "nitazenes", "deaths", 0.0),
    ]
    months = stage({"year": 2020}).frames["observations"].filter(pl.col("measure") == "unintentional_deaths_month")
    assert months.height == 12
    assert months.sort("period_end").select("period_start", "period_end").row(1) == (date(2020, 2, 1), date(2020, 2, 29))


@pytest.mark.trap("us_cdc_sudors", "other-counts")
def test_no_measure_and_no_drug_of_another_source_is_used() -> None:
    found = stage({}).frames["observations"]
    assert found["measure"].str.starts_with("unintentional_").all()
    assert not found["drug"].str.contains(r"T[0-9]{2}").any()
    assert {f.drug for f in sudors.FIGURES.values()} == set(sudors.DRUGS.values())


@pytest.mark.trap("us_cdc_sudors", "marks")
def test_marks_of_rates_and_counts_are_no_numbers_and_9999_deaths_may_be_deaths() -> None:
    row = {"imfs_deaths": 7, "imfs_rate": "9999.0"}
    assert cells(row, "age_adjusted_rate_year", IMFS) == [(None, "unreliable")]
    assert cells(row, drug=IMFS) == [(7.0, None)]
    # counts of 0 to 9 are printed, so that the mark on a count cannot mean that it is small
    assert cells({"nitazenes_deaths": 9999, "nitazenes_percent": "9999.0"}, drug="nitazenes") == [(None, "not_published")]
    assert cells({"nitazenes_deaths": 3, "nitazenes_percent": "1.2"}, drug="nitazenes") == [(3.0, None)]
    large: dict[str, object] = {"alldrug_deaths": "12,000", "opioids_deaths": 9999, "opioids_percent": 83.3}
    assert cells(large, drug="any_opioids") == [(9999.0, None)]
    assert cells({"alldrug_deaths": 9999, "alldrug_rate": 31.0}) == [(9999.0, None)]
    assert cells({"imfs_deaths": ""}, drug=IMFS) == [(None, "not_published")]
    assert cells({}, drug="xylazine") == []


@pytest.mark.trap("us_cdc_sudors", "marks")
@pytest.mark.trap("us_cdc_sudors", "zeros-for-marks")
def test_figures_that_cannot_be_and_marks_of_programs_that_read_the_file_are_rejected(sudors_: Vintages) -> None:
    for column, bad, reason in (
        ("imfs_rate", ["8888", "7777", "<0.1", "n/a", "-3", "1e3"], "not a rate per 100,000"),
        ("imfs_deaths", ["1.5", "abc", "-1"], "not a number of deaths"),
        ("imfs_deaths", ["241"], "more deaths than of all drugs in the year"),
    ):
        for cell in bad:
            found = stage({column: cell})
            assert found.rejects.select("row", "column", "value", "reason").rows() == [(1, column, cell, reason)]
            assert found.n_rejected == 1
    # a public copy has 0.0 for every rate that was suppressed
    found = stage({"imfs_deaths": 7, "imfs_rate": "0.0"}, {"Jurisdiction": "Ohio", "imfs_deaths": 0, "imfs_rate": "0.0"})
    assert told(found.rejects, "row column") == "1|imfs_rate"
    assert "somebody has put 0 for the mark" in found.rejects["reason"][0]
    assert "1 of 2 rows cannot be read" in sudors_.judge(found, "2024-12-23").refusals[0]
    assert stage({"jan_deaths": 21}).rejects["reason"].to_list() == ["the months have more deaths than the year"] * 12
    few = stage({"jan_deaths": 19})
    assert few.rejects.height == 0
    assert sudors_.judge(few, "2024-12-23").warnings == ("in 1 rows the months have fewer deaths than the year",)


@pytest.mark.trap("us_cdc_sudors", "overall")
@pytest.mark.trap("us_cdc_sudors", "new-york")
def test_all_jurisdictions_together_are_not_the_united_states_and_bound_their_parts(sudors_: Vintages) -> None:
    found = stage({}, {"Jurisdiction": "Ohio"}, {"Jurisdiction": "Overall", "alldrug_deaths": 480})
    assert sorted(found.frames["observations"]["actor_id"].unique()) == ["US-AK", "US-OH"]
    assert found.facts["sums"] == {"2022": (480, 480)}
    judged = sudors_.judge(found, "2024-12-23")
    assert (judged.refusals, judged.warnings) == ((), ())
    more = stage({}, {"Jurisdiction": "Overall", "alldrug_deaths": 239, "imfs_deaths": 100})
    assert "its jurisdictions have 240 deaths, and all together 239" in sudors_.judge(more, "2024-12-23").refusals[0]
    fewer = sudors_.judge(stage({}, {"Jurisdiction": "Overall", "alldrug_deaths": 300}), "2024-12-23")
    assert fewer.refusals == ()
    assert "a jurisdiction is missing" in fewer.warnings[0]
    found = stage({}, {"Jurisdiction": "New York"}, {"Jurisdiction": "Overall", "alldrug_deaths": 480})
    assert found.frames["observations"]["actor_id"].unique().to_list() == ["US-AK"]
    assert (found.rejects.height, found.facts["sums"]) == (0, {"2022": (480, 480)})
    assert "1 rows of New York are not taken" in sudors_.judge(found, "2024-12-23").warnings[0]


def test_rows_without_place_or_year_of_a_wrong_shape_or_that_differ_are_rejected() -> None:
    found = stage({}, {"Jurisdiction": "Guam"}, {"year": "2020-2022"}, {"Jurisdiction": "Source: SUDORS", "year": ""})
    assert told(found.rejects, "row value") == "2|Guam 2022 / 3|Alaska 2020-2022 / 4|Source: SUDORS ?"
    assert (found.n_read, found.n_rejected) == (4, 3)
    found = stage({}, {"Jurisdiction": "Ohio"}, {"alldrug_deaths": 241}, {"Jurisdiction": " OHIO "})
    assert told(found.rejects, "row reason") == (
        "1|the key stands more than once, with different values / 3|the key stands more than once, with different values / "
        "4|the same as row 2"
    )
    assert found.facts["jurisdictions"] == ["US-OH 2022"]
    whole = saved({}, {"Jurisdiction": "Ohio"}).decode().splitlines()
    found = sudors.stage({"any.csv": "\n".join([*whole[:2], "Utah,2022,5", whole[2]]).encode()})
    assert told(found.rejects, "row reason") == "2|3 fields where the header has 36"
    assert found.facts["jurisdictions"] == ["US-AK 2022", "US-OH 2022"]


def test_columns_that_are_not_known_are_counted_and_named_and_not_guessed(sudors_: Vintages) -> None:
    found = stage({}, columns=[*COLUMNS, "medetomidine_deaths", "latitude"])
    assert (found.facts["n_columns_not_taken"], found.facts["n_columns_unknown"]) == (15, 2)
    [warning] = sudors_.judge(found, "2024-12-23").warnings
    assert warning == "2 columns are not known and not taken: medetomidine_deaths, latitude"


def test_the_workbook_says_the_same_and_two_sheets_are_refused() -> None:
    head, *text = csv.reader(io.StringIO(saved({}, {"Jurisdiction": "Ohio", "imfs_rate": 9999}).decode()))
    rows = [[float(c) if c.replace(".", "").isdigit() else c for c in row] for row in text]
    of_book = sudors.stage({"any.xlsx": workbook({"Notes": [["About these data"]], "Data": [head, *rows]})}).frames[
        "observations"
    ]
    of_table = stage({}, {"Jurisdiction": "Ohio", "imfs_rate": 9999}).frames["observations"]
    assert of_book.drop("file").equals(of_table.drop("file"))
    sheet: list[list[object]] = [["Jurisdiction", "year", "alldrug_deaths"], ["Ohio", 2022, 5]]
    assert "2 of its sheets hold a table" in refused(workbook({"Final": sheet, "Preliminary": sheet}))


def test_what_is_no_download_or_is_cut_is_refused() -> None:
    for data, says in (
        (b"<html></html>", "no line names the columns"),
        (b"PK\x03\x04", "cannot be read"),
        (saved({})[:-40], "it is cut"),
        (saved({}) + b'Ohio,"2022', "it is cut"),
        (saved({}, columns=[*COLUMNS, "imfs_rate"]), "imfs_rate stands more than once"),
        (saved({}).replace(b"alldrug_deaths", b"all_deaths"), "no line names the columns"),
    ):
        assert says in refused(data)


def test_an_older_or_unfinished_year_is_refused_and_the_same_again_changes_nothing(sudors_: Vintages) -> None:
    assert "ends on 2022-12-31" in sudors_.judge(stage({}), "2022-12-31").refusals[0]
    assert sudors_.judge(stage({}), "2023-01-01").refusals == ()
    old, new = stage({"year": 2021}, {"year": 2021, "Jurisdiction": "Ohio"}), stage({}, {"year": 2021})
    assert "an old download, saved late" in sudors_.judge(old, "2024-12-23", (new, "2024-03-01")).refusals[0]
    judged = sudors_.judge(new, "2024-12-23", (old, "2024-03-01"))
    assert (judged.refusals, judged.complete) == ((), True)
    assert judged.warnings == ("without US-OH 2021, which the last download had; what stood stays",)
    files = {"any.csv": saved({}, {"Jurisdiction": "Ohio", "imfs_rate": 9999})}
    once, twice = sudors_.fold(("2024-03-01", files)), sudors_.fold(("2024-03-01", files), ("2024-12-23", files))
    assert once.equals(twice)
    assert once["known_from"].unique().to_list() == [datetime(2024, 3, 1)]


def test_a_later_download_revises_and_withdraws_nothing(sudors_: Vintages) -> None:
    first = ("2024-03-01", {"any.csv": saved({"nitazenes_deaths": 2}, {"Jurisdiction": "Ohio"})})
    second = ("2024-12-23", {"any.csv": saved({"nitazenes_deaths": 9999, "nitazenes_percent": 9999, "imfs_deaths": 151})})
    rows = sudors_.fold(first, second)
    changed = rows.filter(pl.col("known_from") == datetime(2024, 12, 23)).sort("drug")
    assert (
        told(changed, "actor_id drug value missing_reason known_to")
        == "US-AK|illicitly_manufactured_fentanyls|151.0|-|- / US-AK|nitazenes|-|not_published|-"
    )
    assert rows.filter(pl.col("known_to") == datetime(2024, 12, 23))["value"].sort().to_list() == [2.0, 150.0]
    assert rows.filter((pl.col("actor_id") == "US-OH") & pl.col("known_to").is_null()).height == 19
    assert sudors_.fold(first, second, cut=1).equals(rows)


def test_the_rows_fit_the_table_as_it_is_declared(sudors_: Vintages) -> None:
    rows = sudors_.fold(("2024-03-01", {"any.csv": saved({}, {"Jurisdiction": "Ohio", "imfs_rate": 9999, "imfs_deaths": ""})}))
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.actors (actor_id VARCHAR PRIMARY KEY)")
        con.execute("INSERT INTO core.actors VALUES ('US-AK'), ('US-OH')")
        con.execute((SQL / "core" / "overdose_observations.sql").read_text(encoding="utf-8"))
        con.register("given", table("core.overdose_observations").conform(rows))
        con.execute("INSERT INTO core.overdose_observations BY NAME SELECT * FROM given")
        assert con.execute("SELECT count(*) FROM core.overdose_observations").fetchall() == [(rows.height,)]


WHOLE = saved({}, {"Jurisdiction": "Ohio", "imfs_rate": 9999}, {"Jurisdiction": "Overall", "alldrug_deaths": 480})
BOOK = workbook({"Data": [["Jurisdiction", "year", "alldrug_deaths", "imfs_rate"], ["Ohio", 2022, 5, 9999]]})


ROW = {
    "Jurisdiction": st.sampled_from(["Ohio", "Overall", "New York", "Guam", ""]),
    "year": st.sampled_from(["2020", "2021.0", "2022", "1999", ""]),
    "alldrug_deaths": st.sampled_from(["5", "9999", "9999.0", "1,000", "x", ""]),
    "imfs_deaths": st.text("0159.,- <", max_size=7),
    "imfs_rate": st.text("0159.,- <", max_size=7),
    "jan_deaths": st.text("09", max_size=5),
}


@examples(40)
@given(rows=st.lists(st.fixed_dictionaries({}, optional=ROW), max_size=6))
def test_any_cells_are_read_or_rejected_or_refused(rows: list[dict[str, str]]) -> None:
    found = staged_or_none(sudors.stage, {"any": saved(*rows)})
    if found is not None:
        read = found.frames["observations"]
        assert read.schema == EXPORTED
        assert (read["value"].is_null() == read["missing_reason"].is_not_null()).all()
        assert not read.select("actor_id", "measure", "drug", "period_end").is_duplicated().any()
        assert 0 <= (found.n_rejected or 0) <= found.n_read
        json.dumps(found.facts)
