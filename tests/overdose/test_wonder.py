"""Exports of CDC WONDER: what they count, by their trailer, and what each changes in what was known."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.overdose.observations import EXPORTED, EXPORTED_KEY
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vintages
from tests.told import told

WONDER = Vintages("us_cdc_wonder")
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
PROVISIONAL = "Provisional Mortality Statistics, 2018 through Last Week"


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


def monthly(values: Mapping[str, object] | int, end: str = "", *, year: int = 2016) -> bytes:
    """A national export by month, with tabs; ``values`` by the number of the month, or that of January."""
    months = values if isinstance(values, Mapping) else {"01": values}
    rows = [
        f'\t"{year}"\t"{year}"\t"{m}., {year}"\t"{year}/{m}"\t{v}\tNot Applicable\tNot Applicable\n' for m, v in months.items()
    ]
    head = '"Notes"\t"Year"\t"Year Code"\t"Month"\t"Month Code"\tDeaths\tPopulation\tCrude Rate\n'
    return (head + "".join(rows) + end).encode()


def by_state(*rows: str, place: str = "State", end: str = "") -> bytes:
    head = f"Notes,Year,Year Code,Month,Month Code,{place},{place} Code,Multiple Cause of death,Multiple Cause of death Code,"
    return "\n".join([f"{head}Deaths,Population,Crude Rate", *rows, ""]).encode() + end.encode()


def row(year: int, month: int, state: str, deaths: object, *, mark: str = "", code: str = "T40.4") -> str:
    stated = f'"M., {year}{mark}",{year}/{month:02d}'
    return f',{year}{mark},{year},{stated},Place,{state},"A drug, of many",{code},{deaths},Not Applicable,Not Applicable'


def by_year(*rows: str, rate: str = "") -> bytes:
    return (
        f"Notes\tState\tState Code\tYear\tYear Code\tDeaths\tPopulation\tCrude Rate{rate}\n" + "".join(rows) + trailer()
    ).encode()


def total(deaths: int) -> str:
    return f'"Total"\t"2016"\t"2016"\t\t\t{deaths}\tNot Applicable\tNot Applicable\n'


ALABAMA = row(2018, 1, "01", 12)
KANSAS = row(2018, 1, "20", 28)
LAST_WEEK = trailer("Residence States: Kansas (20)", dataset=PROVISIONAL)
WHOLE = monthly({"01": 28, "02": "Suppressed"}, '"Total"\t"2016"\t"2016"\t\t\t99\t\t\n' + trailer("Weekday: All"))
SEVERAL = (
    "MCD - ICD-10 Codes: T40.2 (Other opioids), T40.3 (Methadone), T40.4 (Synthetic narcotics), T40.6 (Other and unspecified)"
)
COMMAS = monthly(28, trailer(ucd="UCD - ICD-10 Codes: X40-X44, X60-X64, X85, Y10-Y14")).decode().splitlines()
TWENTY = {f"{m:02d}": 20 for m in range(1, 13)}
READ: dict[str, tuple[bytes, str]] = {
    "a month of the nation": (monthly(28, trailer(mcd="MCD - ICD-10 Codes: T40.1 (Heroin)")),
        "actor_id measure drug basis counts_by dataset value period_start period_end unit: "
        "USA|deaths_month|T40.1|final|residence|D77|28.0|2016-01-01|2016-01-31|deaths"),
    "causes by code": (monthly(28, trailer()), "is_query_stated asked_at: True|2018-04-28T20:49:25"),
    "causes by list": (monthly(28, trailer(ucd=f"UCD - Drug/Alcohol Induced Causes: {LISTED}")), "is_query_stated: True"),
    "causes by ranges and with commas": (
        "\n".join(line.replace("\t", ",") + ",,,," * ("\t" not in line) for line in COMMAS).encode(), "is_query_stated: True"),
    "asked in winter": (monthly(28, trailer(asked="Dec 1, 2017 12:05:00 AM")), "asked_at: 2017-12-01T05:05"),
    "several drugs are a set": (monthly(28, trailer(mcd=SEVERAL)), "drug: T40.2-T40.4,T40.6"),
    "no drug is all": (monthly(28, trailer(mcd=None)), "drug: all"),
    "a chosen state that the rows name": (by_state(KANSAS, end=trailer("States: Kansas (20)")), "actor_id: US-KS"),
    "a chosen state of residence": (by_state(KANSAS, place="Residence State", end=LAST_WEEK), "actor_id dataset: US-KS|D176"),
    "groups by month alone": ((
        'Notes\tMonth\tMonth Code\tDeaths\tPopulation\tCrude Rate\n\t"Jan., 2021 (provisional)"\t"2021/01"\t9396\tNot Applicable'
        f"\tNot Applicable\n{trailer(dataset='Provisional Mortality Statistics, 2018 through Last Month')}").encode(),
        "period_end is_provisional value: 2021-01-31|True|9396.0"),
    "suppressed is not zero": (monthly({"01": "Suppressed", "02": 0, "03": "1,028"}, trailer()),
        "value missing_reason: -|suppressed / 0.0|- / 1028.0|-"),
    "months that are left out": (by_state(ALABAMA, row(2018, 3, "01", 12)), "value: 12.0 / 12.0"),
    "totals that fit": (monthly({"01": 28, "02": 32}, total(60) + '"Total"\t\t\t\t\t60\t\t\n' + trailer()), "value: 28.0 / 32.0"),
    "a total above hidden rows": (monthly({"01": 20, "02": "Suppressed"}, total(999) + trailer()), "value: 20.0 / -"),
    "polluted texts of year and month": (by_state(
        ',2023 ,2023,"Dec., 2023 ",2023/12,Alabama,01,Other synthetic narcotics,T40.4,86,Not Applicable,Not Applicable',
        row(2025, 3, "01", 37, mark=" (provisional and partial)"), row(2024, 3, "01", 40, mark=" (provisional)"),
        place="Residence State"), "period_end basis dataset is_provisional is_partial: 2023-12-31|reported|D176|False|False / "
        "2025-03-31|reported|D176|True|True / 2024-03-31|reported|D176|True|False"),
    "by occurrence": (by_state(row(2023, 1, "01", 12), place="Occurrence State"), "counts_by dataset: occurrence|D176"),
    "New York is whole": (by_state(row(2018, 1, "36", 200)), "actor_id: US-NY"),
    "another code of the same record": (by_state(ALABAMA, row(2018, 1, "01", 99, code="J96.9")), "drug: T40.4"),
    "rates by year": (by_year("\tAlabama\t01\t2020 \t2020\t1136\t4921532\t23.1\t18.9\n",
        "\tAlaska\t02\t2020 \t2020\t15\t731158\tUnreliable\tUnreliable\n", rate="\tAge Adjusted Rate"),
        "actor_id measure unit value missing_reason period_start: US-AL|deaths_year|deaths|1136.0|-|2020-01-01 / "
        "US-AL|age_adjusted_rate_year|per_100k|18.9|-|2020-01-01 / US-AK|deaths_year|deaths|15.0|-|2020-01-01 / "
        "US-AK|age_adjusted_rate_year|per_100k|-|unreliable|2020-01-01"),
    "years of one data set": (by_state(row(1999, 1, "01", 1), row(2020, 1, "01", 1)), "dataset: D77 / D77"),
    "years of another": (by_state(row(2018, 1, "01", 1), row(2023, 1, "01", 1)), "dataset: D157 / D157"),
    "years of two": (by_state(row(2018, 1, "01", 1), row(2020, 1, "01", 1)), "dataset: - / -"),
    "a year of one": (by_state(row(2021, 1, "01", 1)), "dataset is_query_stated: D157|False"),
}  # fmt: skip
"""An export, and what is read of it."""


@pytest.mark.trap("us_cdc_wonder", "suppressed")
@pytest.mark.trap("us_cdc_wonder", "codes-of-months")
@pytest.mark.trap("us_cdc_wonder", "residence")
@pytest.mark.trap("us_cdc_wonder", "crude-rates")
@pytest.mark.parametrize(("data", "said"), READ.values(), ids=READ)
def test_an_export_is_read_by_its_trailer_its_columns_and_its_codes_and_not_by_its_name(data: bytes, said: str) -> None:
    columns, _, expected = said.partition(": ")
    assert WONDER.told({"fentanyl.txt": data}, columns) == expected


REFUSED: dict[str, tuple[bytes, str]] = {
    "one cause": (monthly(28, trailer(ucd="UCD - ICD-10 Codes: X42 (A)")), "absent: X40,X41,X43,X44,X60-X64,X85,Y10-Y14"),
    "a cause more": (monthly(28, trailer(ucd=f"UCD - ICD-10 Codes: X45 (Alcohol), {UCD}")), "not wanted: X45"),
    "a wide range": (monthly(28, trailer(ucd="UCD - ICD-10 Codes: X40-X49 (Accidental poisoning)")), "not wanted: X45-X49"),
    "all causes": (monthly(28, trailer(ucd="UCD - ICD-10 Codes: All")), "every cause"),
    "no causes": (monthly(28, trailer(ucd=None)), "every cause"),
    "a part of the list": (monthly(28, trailer(ucd="UCD - Drug/Alcohol Induced Causes: Drug poisonings (overdose) "
        "Unintentional (X40-X44)")), "absent: X60-X64"),
    "causes in the box of drugs": (monthly(28, trailer(mcd=f"MCD - ICD-10 Codes: {UCD}", ucd=None)), "not drugs"),
    "two boxes of drugs": (monthly(28, trailer("MCD - ICD-10 Codes: T40.1 (Heroin)")), "two lists"),
    "women": (monthly(28, trailer("Gender: Female")), "only a part"),
    "ages": (monthly(28, trailer("Ten-Year Age Groups: 15-24 years; 25-34 years")), "only a part"),
    "a state that no row names": (monthly(28, trailer("States: Kansas (20)")), "only a part"),
    "states of occurrence of rows by residence": (by_state(KANSAS, place="Residence State",
        end=trailer("Occurrence States: Kansas (20)", dataset=PROVISIONAL)), "only a part"),
    "by age": (b"Notes,Year,Year Code,Five-Year Age Groups,Five-Year Age Groups Code,Deaths\n,2016,2016,15-19,15-19,28\n",
        "grouped by more"),
    "births": (monthly(28, trailer(dataset="Natality, 2007-2022")), "none of Multiple Cause"),
    "a total below its rows": (monthly({"01": 28, "02": 32}, total(59) + trailer()),
        "its total of 2016 is 59 and its rows add up to 60"),
    "a total above all rows": (monthly(TWENTY, total(999) + trailer()), "add up to 240"),
    "no trailer": (monthly(28), "nothing tells which deaths"),
    "cut": (by_state(ALABAMA, ",2018,2018,Jan")[:-1], "cut"),
    "joined": (by_state(row(1999, 1, "01", 12), row(2023, 1, "01", 12)), "joined by hand"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED)
def test_an_export_of_other_deaths_or_of_a_part_of_them_is_refused_with_the_difference(data: bytes, says: str) -> None:
    assert says in WONDER.refused(data)


@pytest.mark.trap("us_cdc_wonder", "totals")
def test_totals_are_no_deaths_and_rows_that_cannot_be_read_or_differ_are_rejected() -> None:
    found = WONDER.stage(monthly({"01": 28, "02": 32}, total(60) + '"Total"\t\t\t\t\t60\t\t\n' + trailer()))
    assert (found.n_read, found.facts["exports"]["x.csv"]["n_totals"]) == (2, 2)
    assert WONDER.read(monthly(TWENTY | {"12": "Suppressed"}, total(999) + trailer())).height == 12
    found = WONDER.stage(
        by_state(row(2018, 1, "01", "abc"), row(2018, 13, "01", 12), row(2018, 1, "99", 12), row(2018, 2, "01", 12))
    )
    assert told(found.rejects, "row reason") == (
        "1|neither a whole number of deaths nor Suppressed / 2|no year and month that can be read / "
        "3|a state that is not known by its code"
    )
    found = WONDER.stage(by_state(ALABAMA, row(2018, 1, "01", 13)))
    assert (found.frames["observations"].height, found.rejects.height) == (0, 2)


@pytest.mark.trap("us_cdc_wonder", "no-trailer")
def test_what_cannot_be_checked_or_differs_is_told_and_the_newer_data_set_goes_first() -> None:
    assert "cannot be checked: x.csv" in WONDER.judge(by_state(row(2021, 1, "01", 12)), DAY).warnings[0]
    for population, n_off in (("4921532", 0), ("731158", 1), ("Not Applicable", 0)):
        judged = WONDER.judge(by_year(f"\tAlabama\t01\t2020\t2020\t1136\t{population}\t23.1\n"), "2025-01-07")
        assert sum("crude rates" in warning for warning in judged.warnings) == n_off
    older = by_state(row(2017, 1, "01", 9), ALABAMA, row(2019, 1, "01", 20))
    newer = by_state(row(2018, 1, "01", 13), row(2019, 1, "01", 20), row(2021, 1, "01", 30))
    found = WONDER.stage({"d77.csv": older, "d157.csv": newer})
    rows = found.frames["observations"].sort("period_end")
    assert told(rows, "dataset value") == "D77|9.0 / D157|13.0 / D157|20.0 / D157|30.0"
    assert "1 figures stand in two of its files" in " ".join(WONDER.judge(found, DAY).warnings)


def brief(rows: pl.DataFrame) -> list[str]:
    return sorted(told(rows, "value known_basis known_from known_to").split(" / "))


@pytest.mark.trap("us_cdc_wonder", "nothing-withdrawn")
def test_an_export_was_known_when_it_was_asked_and_older_ones_revise_and_withdraw_nothing() -> None:
    asked = monthly(28, trailer())
    assert brief(WONDER.fold(("2025-10-25", asked))) == ["28.0|query|2018-04-28T20:49:25|-"]
    assert brief(WONDER.fold(("2018-04-28", asked))) == ["28.0|snapshot|2018-04-28T00:00|-"]
    first, second = monthly({"01": 28, "02": 30}, trailer()), monthly(29, trailer(asked="Apr 1, 2019 1:00:00 PM"))
    assert brief(WONDER.folded(("2018-05-01", first), ("2019-05-01", second))) == [
        "28.0|query|2018-04-28T20:49:25|2019-04-01T17:00",
        "29.0|query|2019-04-01T17:00|-",
        "30.0|query|2018-04-28T20:49:25|-",
    ]
    held = WONDER.fold(("2019-05-01", second), ("2020-05-01", first)).filter(pl.col("known_to").is_null())
    assert sorted(held["value"]) == [29.0, 30.0]
    newer, older = by_state(row(2018, 1, "01", 13), row(2021, 1, "01", 30)), by_state(row(2017, 1, "01", 9), ALABAMA)
    found = WONDER.folded(("2024-05-01", newer), ("2025-05-01", older))
    assert (sorted(found["value"]), found["known_to"].null_count()) == ([9.0, 13.0, 30.0], 3)
    # provisional and final figures are apart, and a period that has not ended has no counts
    both = {"final.csv": by_state(row(2021, 1, "01", 30)), "p.csv": by_state(row(2021, 1, "01", 31), place="Residence State")}
    assert told(WONDER.fold(("2024-05-01", both)), "basis value") == "final|30.0 / reported|31.0"
    data = by_state(row(2025, 1, "01", 30), row(2025, 4, "01", 3, mark=" (provisional and partial)"), place="Residence State")
    assert WONDER.fold(("2025-04-20", data))["period_end"].to_list() == [date(2025, 1, 31)]


@examples(60)
@given(cells=st.lists(st.lists(st.text(max_size=8), min_size=12, max_size=12), max_size=4))
def test_any_text_in_every_cell_is_read_or_rejected_or_refused(cells: list[list[str]]) -> None:
    rows = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in cells]
    data = by_state(*rows, place="Residence State")
    found = staged_or_none(WONDER.stage, {"x.txt": data})
    if found is not None:
        observed = found.frames["observations"]
        assert observed.schema == EXPORTED
        assert not observed.select(EXPORTED_KEY).is_duplicated().any()
        assert (observed["value"].is_null() == observed["missing_reason"].is_not_null()).all()
        json.dumps(found.facts)
        WONDER.judge(found, DAY)
        WONDER.fold(("2026-01-01", data))


@pytest.mark.real_data
def test_real_exports_give_their_drug_agree_and_sum_below_the_nation(real_data: Path) -> None:
    folder = real_data / "overdose" / "final"
    files = [{p.name: p.read_bytes() for p in folder.glob(names)} for names in ("*_national.txt", "*_MANUAL_DOWNLOAD.csv")]
    assert [len(f) for f in files] == [4, 3]
    real = WONDER.fold(("2018-04-28", files[0]), ("2025-10-25", files[1]))
    national = real.filter(pl.col("actor_id") == "USA")
    assert sorted(national["drug"].unique()) == ["T40.1", "T40.2", "T40.4", "T40.5"]
    assert national["is_query_stated"].all()
    assert real["known_to"].null_count() == real.height == 336 + 8_643
    final = real.filter((pl.col("drug") == "T40.4") & (pl.col("basis") == "final") & (pl.col("period_end").dt.year() == 2016))
    assert final.filter(pl.col("actor_id") == "USA")["value"].sum() == 19_413
    assert 0.9 < final.filter(pl.col("actor_id") != "USA")["value"].sum() / 19_413 < 1
