"""Exports of CDC WONDER: what they count, by their trailer, and what each changes in what was known."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import Quarantine
from assets.overdose import wonder
from assets.overdose.observations import EXPORTED, EXPORTED_KEY
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages
from tests.told import told

DAY = "2018-05-01"
UCD = (
    "X40 (Accidental poisoning by analgesics), X41 (Accidental), X42 (Narcotics [hallucinogens], not"
    '"\n"elsewhere classified), X43 (Other), X44 (Other), X60 (Self), X61 (Self), X62 (Self), X63 (Self), X64 (Self), X85'
    '"\n"(Assault by drugs), Y10 (Undetermined), Y11 (Undetermined), Y12 (Undetermined), Y13 (Undetermined), Y14 (Undetermined)'
)
LISTED = (
    "Drug poisonings (overdose) Unintentional (X40-X44); Drug poisonings (overdose) Suicide (X60-X64); Drug poisonings (overdose)"
    " Homicide (X85); Drug poisonings (overdose) Undetermined (Y10-Y14)"
)


def trailer(
    *more: str,
    dataset: str = "Multiple Cause of Death, 1999-2016",
    ucd: str | None = f"UCD - ICD-10 Codes: {UCD}",
    mcd: str | None = "MCD - ICD-10 Codes: T40.4 (Other synthetic narcotics)",
    asked: str = "Apr 28, 2018 4:49:25 PM",
) -> str:
    lines = [f"Dataset: {dataset}", "Query Parameters:", "Title: a title", "Gender: All", "States: All", mcd, ucd, *more]
    body = "".join(f'"{line}"\n' for line in lines if line is not None)
    after = f'"Group By: Year, Month"\n"Show Totals: True"\n"---"\n"Query Date: {asked}"\n"---"\nCaveats:\n"1. One: two"\n'
    return f'"---"\n{body}{after}'


def monthly(values: Mapping[str, object], end: str = "", *, year: int = 2016) -> bytes:
    """A national export by month, with tabs; ``values`` by the number of the month."""
    rows = [
        f'\t"{year}"\t"{year}"\t"{m}., {year}"\t"{year}/{m}"\t{v}\tNot Applicable\tNot Applicable\n' for m, v in values.items()
    ]
    head = '"Notes"\t"Year"\t"Year Code"\t"Month"\t"Month Code"\tDeaths\tPopulation\tCrude Rate\n'
    return (head + "".join(rows) + end).encode()


def by_state(*rows: str, place: str = "State", end: str = "") -> bytes:
    head = (
        f"Notes,Year,Year Code,Month,Month Code,{place},{place} Code,Multiple Cause of death,Multiple Cause of death Code,"
        "Deaths,Population,Crude Rate"
    )
    return "\n".join([head, *rows, ""]).encode() + end.encode()


def row(year: int, month: int, state: str, deaths: object, *, mark: str = "", code: str = "T40.4") -> str:
    stated = f'"M., {year}{mark}",{year}/{month:02d}'
    return f',{year}{mark},{year},{stated},Place,{state},"A drug, of many",{code},{deaths},Not Applicable,Not Applicable'


def staged(data: bytes, name: str = "any name.txt") -> pl.DataFrame:
    return wonder.stage({name: data}).frames["observations"]


def refused(data: bytes) -> str:
    with pytest.raises(Quarantine) as caught:
        wonder.stage({"export.txt": data})
    return str(caught.value)


def test_the_drug_comes_from_the_query_and_not_from_the_name_of_the_file() -> None:
    found = staged(monthly({"01": 28}, trailer(mcd="MCD - ICD-10 Codes: T40.1 (Heroin)")), "fentanyl.txt")
    columns = ["actor_id", "measure", "drug", "basis", "counts_by", "dataset", "value", "period_start", "period_end", "unit"]
    assert found.select(columns).rows() == [
        ("USA", "deaths_month", "T40.1", "final", "residence", "D77", 28.0, date(2016, 1, 1), date(2016, 1, 31), "deaths")
    ]


def test_the_list_of_overdoses_is_known_in_both_ways_of_choosing_it_and_a_wrong_one_refused_with_the_difference() -> None:
    for ucd in (f"UCD - ICD-10 Codes: {UCD}", f"UCD - Drug/Alcohol Induced Causes: {LISTED}"):
        assert staged(monthly({"01": 28}, trailer(ucd=ucd)))["is_query_stated"].to_list() == [True]
    for wrong, why in (
        ("UCD - ICD-10 Codes: X42 (Accidental poisoning by narcotics)", "absent: X40,X41,X43,X44,X60-X64,X85,Y10-Y14"),
        (f"UCD - ICD-10 Codes: X45 (Alcohol), {UCD}", "not wanted: X45"),
        ("UCD - ICD-10 Codes: X40-X49 (Accidental poisoning)", "not wanted: X45-X49"),
        ("UCD - ICD-10 Codes: All", "every cause"),
        (None, "every cause"),
        ("UCD - Drug/Alcohol Induced Causes: Drug poisonings (overdose) Unintentional (X40-X44)", "absent: X60-X64"),
    ):
        assert why in refused(monthly({"01": 28}, trailer(ucd=wrong)))


def test_codes_come_from_the_query_as_their_set_and_from_no_wrong_box() -> None:
    assert "not drugs" in refused(monthly({"01": 28}, trailer(mcd=f"MCD - ICD-10 Codes: {UCD}", ucd=None)))
    several = (
        "MCD - ICD-10 Codes: T40.2 (Other opioids), T40.3 (Methadone), T40.4 (Synthetic narcotics), T40.6 (Other and unspecified)"
    )
    assert staged(monthly({"01": 28}, trailer(mcd=several)))["drug"].to_list() == ["T40.2-T40.4,T40.6"]
    assert staged(monthly({"01": 28}, trailer(mcd=None)))["drug"].to_list() == ["all"]
    assert "two lists" in refused(monthly({"01": 28}, trailer("MCD - ICD-10 Codes: T40.1 (Heroin)")))


def test_an_export_of_a_part_of_the_population_is_refused_but_for_states_that_the_rows_name() -> None:
    for choice in ("Gender: Female", "Ten-Year Age Groups: 15-24 years; 25-34 years", "States: Kansas (20)"):
        assert "only a part" in refused(monthly({"01": 28}, trailer(choice)))
    assert staged(by_state(row(2018, 1, "20", 28), end=trailer("States: Kansas (20)")))["actor_id"].to_list() == ["US-KS"]
    chosen, other = (
        by_state(
            row(2018, 1, "20", 28),
            place="Residence State",
            end=trailer(f"{states}: Kansas (20)", dataset="Provisional Mortality Statistics, 2018 through Last Week"),
        )
        for states in ("Residence States", "Occurrence States")
    )
    assert told(staged(chosen), "actor_id dataset") == "US-KS|D176"
    assert "only a part" in refused(other)


def test_groups_by_month_are_read_and_by_age_or_of_another_data_base_refused() -> None:
    head = "Notes\tMonth\tMonth Code\tDeaths\tPopulation\tCrude Rate\n"
    rows = '\t"Jan., 2021 (provisional)"\t"2021/01"\t9396\tNot Applicable\tNot Applicable\n'
    data = (head + rows + trailer(dataset="Provisional Mortality Statistics, 2018 through Last Month")).encode()
    assert told(staged(data), "period_end is_provisional value") == "2021-01-31|True|9396.0"
    data = b"Notes,Year,Year Code,Five-Year Age Groups,Five-Year Age Groups Code,Deaths\n,2016,2016,15-19,15-19,28\n"
    assert "grouped by more" in refused(data)
    assert "none of Multiple Cause" in refused(monthly({"01": 28}, trailer(dataset="Natality, 2007-2022")))


@pytest.mark.trap("us_cdc_wonder", "suppressed")
def test_suppressed_and_left_out_cells_are_not_zero() -> None:
    found = staged(monthly({"01": "Suppressed", "02": 0, "03": "1,028"}, trailer()))
    assert told(found, "value missing_reason") == "-|suppressed / 0.0|- / 1028.0|-"
    assert staged(by_state(row(2018, 1, "01", 12), row(2018, 3, "01", 12))).height == 2


@pytest.mark.trap("us_cdc_wonder", "totals")
def test_totals_are_no_deaths_and_bound_the_sum_of_their_rows() -> None:
    total = '"Total"\t"2016"\t"2016"\t\t\t60\tNot Applicable\tNot Applicable\n"Total"\t\t\t\t\t60\t\t\n'
    found = wonder.stage({"x.txt": monthly({"01": 28, "02": 32}, total + trailer())})
    assert (found.n_read, found.frames["observations"].height, found.facts["exports"]["x.txt"]["n_totals"]) == (2, 2, 2)
    total = '"Total"\t"2016"\t"2016"\t\t\t59\tNot Applicable\tNot Applicable\n'
    assert "its total of 2016 is 59 and its rows add up to 60" in refused(monthly({"01": 28, "02": 32}, total + trailer()))
    total = '"Total"\t"2016"\t"2016"\t\t\t999\t\t\n'
    months = {f"{m:02d}": 20 for m in range(1, 13)}
    assert "add up to 240" in refused(monthly(months, total + trailer()))
    assert staged(monthly(months | {"12": "Suppressed"}, total + trailer())).height == 12


@pytest.mark.trap("us_cdc_wonder", "codes-of-months")
def test_polluted_texts_of_year_and_month_are_read_by_their_codes() -> None:
    data = by_state(
        ',2023 ,2023,"Dec., 2023 ",2023/12,Alabama,01,Other synthetic narcotics,T40.4,86,Not Applicable,Not Applicable',
        row(2025, 3, "01", 37, mark=" (provisional and partial)"),
        row(2024, 3, "01", 40, mark=" (provisional)"),
        place="Residence State",
    )
    found = staged(data)
    assert (
        told(found, "period_end basis dataset is_provisional is_partial")
        == "2023-12-31|reported|D176|False|False / 2025-03-31|reported|D176|True|True / 2024-03-31|reported|D176|True|False"
    )


@pytest.mark.trap("us_cdc_wonder", "residence")
def test_deaths_by_occurrence_are_apart_and_new_york_is_whole() -> None:
    found = staged(by_state(row(2023, 1, "01", 12), place="Occurrence State"))
    assert told(found, "counts_by dataset") == "occurrence|D176"
    assert staged(by_state(row(2018, 1, "36", 200)))["actor_id"].to_list() == ["US-NY"]
    read = wonder.stage({"x.csv": by_state(row(2018, 1, "01", 12), row(2018, 1, "01", 99, code="J96.9"))})
    assert (read.frames["observations"]["drug"].to_list(), read.rejects.height) == (["T40.4"], 0)


@pytest.mark.trap("us_cdc_wonder", "crude-rates")
def test_an_export_by_year_gives_counts_and_age_adjusted_rates_and_unreliable_ones_are_null() -> None:
    head = "Notes\tState\tState Code\tYear\tYear Code\tDeaths\tPopulation\tCrude Rate\tAge Adjusted Rate\n"
    rows = (
        "\tAlabama\t01\t2020 \t2020\t1136\t4921532\t23.1\t18.9\n\tAlaska\t02\t2020 \t2020\t15\t731158\tUnreliable\tUnreliable\n"
    )
    found = staged((head + rows + trailer()).encode())
    assert found["period_start"].unique().to_list() + found["period_end"].unique().to_list() == [
        date(2020, 1, 1),
        date(2020, 12, 31),
    ]
    assert told(found, "actor_id measure unit value missing_reason") == (
        "US-AL|deaths_year|deaths|1136.0|- / US-AL|age_adjusted_rate_year|per_100k|18.9|- / "
        "US-AK|deaths_year|deaths|15.0|- / US-AK|age_adjusted_rate_year|per_100k|-|unreliable"
    )


def test_a_population_that_does_not_give_the_crude_rate_is_told(wonder_: Vintages) -> None:
    head = "Notes\tState\tState Code\tYear\tYear Code\tDeaths\tPopulation\tCrude Rate\n"
    for population, n_off in (("4921532", 0), ("731158", 1), ("Not Applicable", 0)):
        found = wonder.stage({"x.txt": f"{head}\tAlabama\t01\t2020\t2020\t1136\t{population}\t23.1\n{trailer()}".encode()})
        assert sum("crude rates" in warning for warning in wonder_.judge(found, "2025-01-07").warnings) == n_off


def test_rows_that_cannot_be_read_or_differ_are_rejected_and_a_cut_file_refused() -> None:
    data = by_state(row(2018, 1, "01", "abc"), row(2018, 13, "01", 12), row(2018, 1, "99", 12), row(2018, 2, "01", 12))
    found = wonder.stage({"x.csv": data})
    assert told(found.rejects, "row reason") == (
        "1|neither a whole number of deaths nor Suppressed / 2|no year and month that can be read / "
        "3|a state that is not known by its code"
    )
    found = wonder.stage({"x.csv": by_state(row(2018, 1, "01", 12), row(2018, 1, "01", 13))})
    assert (found.frames["observations"].height, found.rejects.height) == (0, 2)
    assert "cut" in refused(by_state(row(2018, 1, "01", 12), ",2018,2018,Jan")[:-1])


@pytest.mark.trap("us_cdc_wonder", "no-trailer")
def test_the_trailer_gives_the_moment_of_the_query_and_what_is_counted(wonder_: Vintages) -> None:
    assert staged(monthly({"01": 28}, trailer()))["asked_at"].to_list() == [datetime(2018, 4, 28, 20, 49, 25)]
    winter = staged(monthly({"01": 28}, trailer(asked="Dec 1, 2017 12:05:00 AM")))
    assert winter["asked_at"].to_list() == [datetime(2017, 12, 1, 5, 5)]
    found = wonder_.stage({"x.csv": by_state(row(2021, 1, "01", 12))})
    assert found.frames["observations"]["is_query_stated"].to_list() == [False]
    assert "cannot be checked: x.csv" in wonder_.judge(found, DAY).warnings[0]
    assert "nothing tells which deaths" in refused(monthly({"01": 28}))
    text = monthly({"01": 28}, trailer(ucd="UCD - ICD-10 Codes: X40-X44, X60-X64, X85, Y10-Y14")).decode()
    commas = "\n".join(line.replace("\t", ",") + ",,,," * ("\t" not in line) for line in text.splitlines())
    assert staged(commas.encode())["is_query_stated"].to_list() == [True]


def test_without_trailer_the_data_set_is_identified_by_the_years_where_they_leave_only_one() -> None:
    for years, dataset in (((1999, 2020), "D77"), ((2018, 2023), "D157"), ((2018, 2020), None), ((2021,), "D157")):
        assert set(staged(by_state(*[row(y, 1, "01", 12) for y in years]))["dataset"]) == {dataset}


def test_an_export_was_known_when_it_was_asked_and_joined_ones_are_refused(wonder_: Vintages) -> None:
    assert "joined by hand" in refused(by_state(row(1999, 1, "01", 12), row(2023, 1, "01", 12)))
    found = wonder_.fold(("2025-10-25", {"x.txt": monthly({"01": 28}, trailer())}))
    assert brief(found) == [(28.0, "query", datetime(2018, 4, 28, 20, 49, 25), None)]
    found = wonder_.fold(("2018-04-28", {"x.txt": monthly({"01": 28}, trailer())}))
    assert brief(found) == [(28.0, "snapshot", datetime(2018, 4, 28), None)]


def test_several_exports_are_one_snapshot_and_the_newer_data_set_goes_first(wonder_: Vintages) -> None:
    older = by_state(row(2017, 1, "01", 9), row(2018, 1, "01", 12), row(2019, 1, "01", 20))
    newer = by_state(row(2018, 1, "01", 13), row(2019, 1, "01", 20), row(2021, 1, "01", 30))
    found = wonder_.stage({"d77.csv": older, "d157.csv": newer})
    rows = found.frames["observations"].sort("period_end")
    assert told(rows, "dataset value") == "D77|9.0 / D157|13.0 / D157|20.0 / D157|30.0"
    assert "1 figures stand in two of its files" in " ".join(wonder_.judge(found, DAY).warnings)


def brief(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    return rows.select("value", "known_basis", "known_from", "known_to").rows()


@pytest.mark.trap("us_cdc_wonder", "nothing-withdrawn")
def test_older_exports_and_data_sets_revise_nothing_and_withdraw_nothing(wonder_: Vintages) -> None:
    first = ("2018-05-01", {"x.txt": monthly({"01": 28, "02": 30}, trailer())})
    second = ("2019-05-01", {"x.txt": monthly({"01": 29}, trailer(asked="Apr 1, 2019 1:00:00 PM"))})
    assert sorted(brief(wonder_.fold(first, second))) == [
        (28.0, "query", datetime(2018, 4, 28, 20, 49, 25), datetime(2019, 4, 1, 17)),
        (29.0, "query", datetime(2019, 4, 1, 17), None),
        (30.0, "query", datetime(2018, 4, 28, 20, 49, 25), None),
    ]
    newer = ("2019-05-01", {"x.txt": monthly({"01": 29}, trailer(asked="Apr 1, 2019 1:00:00 PM"))})
    older = ("2020-05-01", {"x.txt": monthly({"01": 28, "02": 30}, trailer())})
    assert wonder_.fold(newer, older).filter(pl.col("known_to").is_null())["value"].sort().to_list() == [29.0, 30.0]
    newer = ("2024-05-01", {"x.csv": by_state(row(2018, 1, "01", 13), row(2021, 1, "01", 30))})
    older = ("2025-05-01", {"x.csv": by_state(row(2017, 1, "01", 9), row(2018, 1, "01", 12))})
    found = wonder_.fold(newer, older)
    assert found["value"].sort().to_list() == [9.0, 13.0, 30.0]
    assert found["known_to"].null_count() == 3
    for vintages in ((first, second), (newer, older)):
        assert wonder_.fold(*vintages, cut=1).equals(wonder_.fold(*vintages))


def test_provisional_and_final_are_apart_and_unended_periods_no_counts(wonder_: Vintages) -> None:
    both = {
        "final.csv": by_state(row(2021, 1, "01", 30)),
        "provisional.csv": by_state(row(2021, 1, "01", 31), place="Residence State"),
    }
    assert told(wonder_.fold(("2024-05-01", both)), "basis value") == "final|30.0 / reported|31.0"
    data = by_state(row(2025, 1, "01", 30), row(2025, 4, "01", 3, mark=" (provisional and partial)"), place="Residence State")
    assert wonder_.fold(("2025-04-20", {"x.csv": data}))["period_end"].to_list() == [date(2025, 1, 31)]


WHOLE = monthly({"01": 28, "02": "Suppressed"}, '"Total"\t"2016"\t"2016"\t\t\t99\t\t\n' + trailer("Weekday: All"))


@examples(60)
@given(cells=st.lists(st.lists(st.text(max_size=8), min_size=12, max_size=12), max_size=4))
def test_any_text_in_every_cell_is_read_or_rejected_or_refused(wonder_: Vintages, cells: list[list[str]]) -> None:
    rows = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in cells]
    data = by_state(*rows, place="Residence State")
    found = staged_or_none(wonder_.stage, {"x.txt": data})
    if found is not None:
        observed = found.frames["observations"]
        assert observed.schema == EXPORTED
        assert not observed.select(EXPORTED_KEY).is_duplicated().any()
        assert (observed["value"].is_null() == observed["missing_reason"].is_not_null()).all()
        json.dumps(found.facts)
        wonder_.judge(found, DAY)
        wonder_.fold(("2026-01-01", {"x.txt": data}))


@pytest.mark.real_data
def test_real_exports_give_their_drug_agree_and_sum_below_the_nation(real_data: Path, wonder_: Vintages) -> None:
    folder = real_data / "overdose" / "final"
    files = [{p.name: p.read_bytes() for p in folder.glob(names)} for names in ("*_national.txt", "*_MANUAL_DOWNLOAD.csv")]
    assert [len(f) for f in files] == [4, 3]
    real = wonder_.fold(("2018-04-28", files[0]), ("2025-10-25", files[1]))
    national = real.filter(pl.col("actor_id") == "USA")
    assert sorted(national["drug"].unique()) == ["T40.1", "T40.2", "T40.4", "T40.5"]
    assert national["is_query_stated"].all()
    assert real["known_to"].null_count() == real.height == 336 + 8_643
    final = real.filter((pl.col("drug") == "T40.4") & (pl.col("basis") == "final") & (pl.col("period_end").dt.year() == 2016))
    assert final.filter(pl.col("actor_id") == "USA")["value"].sum() == 19_413
    assert 0.9 < final.filter(pl.col("actor_id") != "USA")["value"].sum() / 19_413 < 1
