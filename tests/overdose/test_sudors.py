"""SUDORS: what a download of the dashboard holds, what its marks mean, and what it changes. All figures are invented."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged
from assets.overdose import sudors
from assets.overdose.observations import EXPORTED
from assets.schema import SQL, table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages
from tests.overdose.test_nida import workbook
from tests.told import told

SUDORS = Vintages("us_cdc_sudors")
HEAD = (
    "Jurisdiction,year,alldrug_deaths,alldrug_rate,opioids_deaths,opioids_rate,imfs_deaths,imfs_rate,opioids_percent,imfs_percent,"
    "Combo1_drugs,Combo1_deaths,Combo1_percent,nitazenes_deaths,nitazenes_percent,jan_deaths,feb_deaths,mar_deaths,apr_deaths,"
    "may_deaths,jun_deaths,jul_deaths,aug_deaths,sep_deaths,oct_deaths,nov_deaths,dec_deaths,male_deaths,male_rate,male_percent,"
    "aian_nh_deaths,hisp_rate,age_65plus_deaths,female_15_24_rate,curr_SUDtrt_deaths,naloxone_percent"
)
COLUMNS = HEAD.split(",")
USUAL: dict[str, object] = {
    "Jurisdiction": "Alaska", "year": 2022, "alldrug_deaths": 240, "alldrug_rate": 33.1, "opioids_deaths": 180,
    "opioids_rate": 25.0, "imfs_deaths": 150, "imfs_rate": 20.9, "opioids_percent": 75.0, "imfs_percent": 62.5,
    "Combo1_drugs": "Heroin, and Cocaine", "nitazenes_deaths": 0, "nitazenes_percent": 0.0,
} | dict.fromkeys([c for c in COLUMNS if len(c) == 10 and c[3:] == "_deaths"], 20)  # fmt: skip
OHIO: dict[str, object] = {"Jurisdiction": "Ohio"}
NEW_YORK = {"Jurisdiction": "New York"}
MARKED = OHIO | {"imfs_rate": 9999}
DAY = "2024-12-23"


def overall(deaths: int, **more: object) -> dict[str, object]:
    return {"Jurisdiction": "Overall", "alldrug_deaths": deaths} | more


def saved(*rows: Mapping[str, object], columns: list[str] = COLUMNS) -> bytes:
    """A CSV of these rows; cells that a row does not give are ordinary ones."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="5", lineterminator="\n")
    writer.writeheader()
    writer.writerows(USUAL | dict(row) for row in rows)
    return out.getvalue().encode()


def stage(*rows: Mapping[str, object], columns: list[str] = COLUMNS) -> Staged:
    return SUDORS.stage(saved(*rows, columns=columns))


@pytest.mark.trap("us_cdc_sudors", "other-counts")
def test_a_row_is_the_counts_and_rates_of_a_place_and_year_in_measures_and_drugs_of_its_own() -> None:
    found = stage({}).frames["observations"]
    assert found.filter(actor_id="US-AK", basis="reported", counts_by="occurrence").height == found.height
    year = found.filter(pl.col("measure").str.ends_with("_year"), pl.col("measure").str.starts_with("unintentional_"))
    assert told(year, "period_start period_end measure drug unit value").replace("2022-01-01|2022-12-31|unintentional_", "") == (
        "deaths_year|all|deaths|240.0 / age_adjusted_rate_year|all|per_100k|33.1 / deaths_year|any_opioids|deaths|180.0 / "
        "age_adjusted_rate_year|any_opioids|per_100k|25.0 / deaths_year|illicitly_manufactured_fentanyls|deaths|150.0 / "
        "age_adjusted_rate_year|illicitly_manufactured_fentanyls|per_100k|20.9 / deaths_year|nitazenes|deaths|0.0"
    )
    months = stage({"year": 2020}).frames["observations"].filter(measure="unintentional_deaths_month").sort("period_end")
    assert (months.height, told(months[1:2], "period_start period_end")) == (12, "2020-02-01|2020-02-29")
    assert found.height == 7 + months.height
    assert {f.drug for f in sudors.FIGURES.values()} == set(sudors.DRUGS.values())
    assert not any(drug.startswith("T") for drug in sudors.DRUGS.values())


@pytest.mark.trap("us_cdc_sudors", "marks")
def test_marks_of_rates_and_counts_are_no_numbers_and_9999_deaths_may_be_deaths() -> None:
    imfs = "illicitly_manufactured_fentanyls"
    for row, measure, drug, expected in (
        ({"imfs_deaths": 7, "imfs_rate": "9999.0"}, "age_adjusted_rate", imfs, "-|unreliable"),
        ({"imfs_deaths": 7, "imfs_rate": "9999.0"}, "deaths", imfs, "7.0|-"),
        # counts of 0 to 9 are printed, so that the mark on a count cannot mean that it is small
        ({"nitazenes_deaths": 9999, "nitazenes_percent": "9999.0"}, "deaths", "nitazenes", "-|not_published"),
        ({"nitazenes_deaths": 3, "nitazenes_percent": "1.2"}, "deaths", "nitazenes", "3.0|-"),
        ({"alldrug_deaths": "12,000", "opioids_deaths": 9999, "opioids_percent": 83.3}, "deaths", "any_opioids", "9999.0|-"),
        ({"alldrug_deaths": 9999, "alldrug_rate": 31.0}, "deaths", "all", "9999.0|-"),
        ({"imfs_deaths": ""}, "deaths", imfs, "-|not_published"),
        ({}, "deaths", "xylazine", ""),
    ):  # fmt: skip
        found = stage(row).frames["observations"].filter(measure=f"unintentional_{measure}_year", drug=drug)
        assert told(found, "value missing_reason") == expected, row


@pytest.mark.trap("us_cdc_sudors", "zeros-for-marks")
def test_figures_that_cannot_be_and_marks_of_programs_that_read_the_file_are_rejected() -> None:
    for column, bad, reason in (
        ("imfs_rate", ["8888", "7777", "<0.1", "n/a", "-3", "1e3"], "not a rate per 100,000"),
        ("imfs_deaths", ["1.5", "abc", "-1"], "not a number of deaths"),
        ("imfs_deaths", ["241"], "more deaths than of all drugs in the year"),
    ):
        for cell in bad:
            found = stage({column: cell})
            assert (told(found.rejects, "row column value reason"), found.n_rejected) == (f"1|{column}|{cell}|{reason}", 1)
    # a public copy has 0.0 for every rate that was suppressed
    found = stage({"imfs_deaths": 7, "imfs_rate": "0.0"}, OHIO | {"imfs_deaths": 0, "imfs_rate": "0.0"})
    assert told(found.rejects, "row column") == "1|imfs_rate"
    assert "somebody has put 0 for the mark" in found.rejects["reason"][0]
    assert "1 of 2 rows cannot be read" in SUDORS.judge(found, DAY).refusals[0]
    assert stage({"jan_deaths": 21}).rejects["reason"].to_list() == ["the months have more deaths than the year"] * 12
    few = stage({"jan_deaths": 19})
    assert few.rejects.height == 0
    assert SUDORS.judge(few, DAY).warnings == ("in 1 rows the months have fewer deaths than the year",)


@pytest.mark.trap("us_cdc_sudors", "overall")
@pytest.mark.trap("us_cdc_sudors", "new-york")
def test_all_jurisdictions_together_are_not_the_united_states_and_bound_their_parts() -> None:
    for rows, actors, refusal, warning in (
        (({}, OHIO, overall(480)), "US-AK US-OH", "", ""),
        (({}, overall(239, imfs_deaths=100)), "US-AK", "its jurisdictions have 240 deaths, and all together 239", ""),
        (({}, overall(300)), "US-AK", "", "a jurisdiction is missing"),
        (({}, NEW_YORK, overall(480)), "US-AK", "", "1 rows of New York are not taken"),
    ):
        found = stage(*rows)
        judged = SUDORS.judge(found, DAY)
        assert " ".join(sorted(found.frames["observations"]["actor_id"].unique())) == actors
        assert (bool(judged.refusals), found.rejects.height) == (bool(refusal), 0)
        assert refusal in " ".join(judged.refusals)
        assert warning in " ".join(judged.warnings)
        assert len(rows) == 2 or found.facts["sums"] == {"2022": (480, 480)}
    assert SUDORS.judge(stage({}, OHIO, overall(480)), DAY).warnings == ()


def test_rows_without_place_or_year_of_a_wrong_shape_or_that_differ_are_rejected_and_unknown_columns_named() -> None:
    found = stage({}, {"Jurisdiction": "Guam"}, {"year": "2020-2022"}, {"Jurisdiction": "Source: SUDORS", "year": ""})
    assert told(found.rejects, "row value") == "2|Guam 2022 / 3|Alaska 2020-2022 / 4|Source: SUDORS ?"
    assert (found.n_read, found.n_rejected) == (4, 3)
    found = stage({}, OHIO, {"alldrug_deaths": 241}, {"Jurisdiction": " OHIO "})
    differs = "the key stands more than once, with different values"
    assert told(found.rejects, "row reason") == f"1|{differs} / 3|{differs} / 4|the same as row 2"
    assert found.facts["jurisdictions"] == ["US-OH 2022"]
    whole = saved({}, OHIO).decode().splitlines()
    found = SUDORS.stage("\n".join([*whole[:2], "Utah,2022,5", whole[2]]).encode())
    assert told(found.rejects, "row reason") == "2|3 fields where the header has 36"
    assert found.facts["jurisdictions"] == ["US-AK 2022", "US-OH 2022"]
    found = stage({}, columns=[*COLUMNS, "medetomidine_deaths", "latitude"])
    assert (found.facts["n_columns_not_taken"], found.facts["n_columns_unknown"]) == (15, 2)
    told_of = ("2 columns are not known and not taken: medetomidine_deaths, latitude",)
    assert SUDORS.judge(found, DAY).warnings == told_of


def test_the_workbook_says_the_same_and_what_is_no_download_or_is_cut_is_refused() -> None:
    head, *text = csv.reader(io.StringIO(saved({}, MARKED).decode()))
    rows = [[float(c) if c.replace(".", "").isdigit() else c for c in row] for row in text]
    of_book = SUDORS.read({"any.xlsx": workbook({"Notes": [["About these data"]], "Data": [head, *rows]})})
    assert of_book.drop("file").equals(stage({}, MARKED).frames["observations"].drop("file"))
    sheet: list[list[object]] = [["Jurisdiction", "year", "alldrug_deaths"], ["Ohio", 2022, 5]]
    for data, says in (
        (workbook({"Final": sheet, "Preliminary": sheet}), "2 of its sheets hold a table"),
        (b"<html></html>", "no line names the columns"),
        (b"PK\x03\x04", "cannot be read"),
        (saved({})[:-40], "it is cut"),
        (saved({}) + b'Ohio,"2022', "it is cut"),
        (saved({}, columns=[*COLUMNS, "imfs_rate"]), "imfs_rate stands more than once"),
        (saved({}).replace(b"alldrug_deaths", b"all_deaths"), "no line names the columns"),
    ):
        assert says in SUDORS.refused(data)


def test_an_older_or_unfinished_year_is_refused_and_a_later_download_revises_and_withdraws_nothing() -> None:
    assert "ends on 2022-12-31" in SUDORS.judge(stage({}), "2022-12-31").refusals[0]
    assert SUDORS.judge(stage({}), "2023-01-01").refusals == ()
    old, new = stage({"year": 2021}, {"year": 2021} | OHIO), stage({}, {"year": 2021})
    assert "an old download, saved late" in SUDORS.judge(old, DAY, (new, "2024-03-01")).refusals[0]
    judged = SUDORS.judge(new, DAY, (old, "2024-03-01"))
    assert (judged.refusals, judged.complete) == ((), True)
    assert judged.warnings == ("without US-OH 2021, which the last download had; what stood stays",)
    once = SUDORS.fold(("2024-03-01", saved({}, MARKED)))
    assert once.equals(SUDORS.fold(("2024-03-01", saved({}, MARKED)), (DAY, saved({}, MARKED))))
    assert once["known_from"].unique().to_list() == [datetime(2024, 3, 1)]
    later = saved({"nitazenes_deaths": 9999, "nitazenes_percent": 9999, "imfs_deaths": 151})
    rows = SUDORS.folded(("2024-03-01", saved({"nitazenes_deaths": 2}, OHIO)), (DAY, later))
    changed = rows.filter(known_from=datetime(2024, 12, 23)).sort("drug")
    assert told(changed, "actor_id drug value missing_reason known_to") == (
        "US-AK|illicitly_manufactured_fentanyls|151.0|-|- / US-AK|nitazenes|-|not_published|-"
    )
    assert rows.filter(known_to=datetime(2024, 12, 23))["value"].sort().to_list() == [2.0, 150.0]
    assert rows.filter(pl.col("actor_id") == "US-OH", pl.col("known_to").is_null()).height == 19
    # the table as it is declared holds them
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.actors (actor_id VARCHAR PRIMARY KEY)")
        con.execute("INSERT INTO core.actors VALUES ('US-AK'), ('US-OH')")
        con.execute((SQL / "core" / "overdose_observations.sql").read_text(encoding="utf-8"))
        con.register("given", table("core.overdose_observations").conform(pl.concat([once, changed])))
        con.execute("INSERT INTO core.overdose_observations BY NAME SELECT * FROM given")


WHOLE = saved({}, MARKED, overall(480))
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
    found = staged_or_none(SUDORS.stage, {"any": saved(*rows)})
    if found is not None:
        read = found.frames["observations"]
        assert read.schema == EXPORTED
        assert (read["value"].is_null() == read["missing_reason"].is_not_null()).all()
        assert not read.select("actor_id", "measure", "drug", "period_end").is_duplicated().any()
        assert 0 <= (found.n_rejected or 0) <= found.n_read
        json.dumps(found.facts)
