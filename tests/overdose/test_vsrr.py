"""One vintage of VSRR: layouts, vocabulary, traps, and the judgement."""

import calendar
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.overdose import vsrr
from assets.schema import table
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import COLUMNS_2019, od
from tests.told import told

COLUMNS_2017 = "State,State Name,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,Footnote"
MONTHS = calendar.month_name[1:]
HIDDEN: dict[str, object] = {"Footnote": "Data suppressed (<10)."}


def seen(columns: str, rows: Sequence[Mapping[str, object]], layout: str = COLUMNS_2019) -> str:
    """These columns of rows of months that follow one another."""
    each = [{"Month": MONTHS[n % 12], "Year": 2017 + n // 12} | dict(row) for n, row in enumerate(rows)]
    return told(od.stage(each, layout).frames["observations"], columns)


def test_the_layouts_of_2017_to_2024_and_transcriptions_are_read_whatever_case_and_order() -> None:
    data = b"\xef\xbb\xbf" + od.csv([{"State": "US", "Year": 2017, "Data Value": "66,324"}], COLUMNS_2017)
    staged = vsrr.stage({"vsrr.csv": data})
    rows = staged.frames["observations"]
    columns = "row actor_id measure drug unit period_end value predicted"
    assert told(rows, columns) == "1|USA|deaths_12m|all|deaths|2017-05-31|66324.0|-"
    assert (rows.schema, staged.facts["has_predicted"], staged.facts["is_transcription"]) == (vsrr.STAGED, False, False)
    row = {"State Name": "AK", "Data Value": 120, "Predicted Value": 126, "Footnote": "Underreported due to incomplete data"}
    short = "State,State Name,Year,Month,Indicator,Data Value,Predicted Value,Percent Complete,Footnote"
    for layout, provisional in ((short, "True"), (COLUMNS_2019.replace("Footnote,Footnote Symbol,", ""), "-")):
        assert seen("value predicted is_provisional", [row], layout) == f"120.0|126.0|{provisional}"
    assert od.stage([{"Data Value": 1}], "State,Year,Month,Indicator,Data Value,Predicted Value").facts["is_transcription"]
    staged = vsrr.stage({"x.csv": b"data_value,STATE,indicator,  Year ,month\n7,ak,methadone  (t40.3),2018,MAY\n"})
    assert told(staged.frames["observations"], "actor_id drug value") == "US-AK|T40.3|7.0"
    # the interface leaves out the keys of empty cells
    common = {"state": "AK", "year": "2018", "indicator": "Methadone (T40.3)", "percent_complete": "100"}
    said = [common | {"month": "May", "data_value": "12", "predicted_value": "13", "footnote_symbol": "**"}]
    said.append(common | {"month": "June", "footnote": "Underreported due to incomplete data.  Data suppressed (<10)."})
    staged = vsrr.stage({"xkb8-kh2a.json": json.dumps(said).encode()})
    assert told(staged.frames["observations"], "row value predicted missing_reason") == "1|12.0|13.0|- / 2|-|-|suppressed"


def test_every_encoding_and_line_end_gives_the_same_rows_and_blank_lines_are_none() -> None:
    text = od.csv([{"Data Value": 5, "Footnote": "déjà"}, {"Data Value": 6, "Month": "June"}]).decode()
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        for line_end in ("\n", "\r\n", "\r"):
            staged = vsrr.stage({"x.csv": text.replace("\n", line_end).encode(encoding)})
            assert (staged.frames["observations"]["value"].to_list(), staged.n_read) == ([5.0, 6.0], 2)
    head, first, second = text.encode().splitlines()
    staged = vsrr.stage({"x.csv": b"\n".join([head, first, b"", b"," * 11, second, b" ", b""])})
    assert (staged.n_read, staged.facts["n_blank_lines"]) == (2, 3)
    assert staged.frames["observations"]["row"].to_list() == [1, 4]


HEAD = b"State,Year,Month,Indicator,Data Value"
NO_VINTAGES = {
    "the file is blank": [b"", b"\n\n,,\n", b"," * 1000],
    "without the columns State, Year, Month, Indicator, Data Value": [b"<!DOCTYPE html><html><body>Access Denied</body></html>"],
    "without the column Data Value": [HEAD.replace(b"Data ", b"") + b"\nAK,2018,May,Number of Deaths,4\n"],
    "data_value stands more than once": [HEAD + b",data_value\nAK,2018,May,Number of Deaths,4,4\n"],
    "the CSV cannot be read": [HEAD + b'\nAK,2018,May,"Number of De', HEAD + b'\nAK,2018,May,"' + b"x" * 200_000 + b'",4\n'],
    "its last row has 3 of 5 fields": [HEAD + b"\nAK,2018,May,Number of Deaths,4\nAK,2018,Ju"],
    "1,001 columns": [b"a," * 1000],
    "neither in UTF-8": [b"\x81\xff\x8d"],
    "the JSON cannot be read": [b"[" * 100_000, b'[{"state": "AK"'],
    "one object ('code', 'message')": [b'{"code": "throttled", "message": "x"}'],
    "halves of characters": [b'[{"state": "\\ud800", "year": "2018"}]'],
    "without the columns": [b"[]"],
}


@pytest.mark.parametrize("says", NO_VINTAGES)
def test_bytes_that_are_no_vintage_are_refused_with_a_reason_for_a_person(says: str) -> None:
    for data in NO_VINTAGES[says]:
        with pytest.raises(Quarantine) as refusal:
            vsrr.stage({"x.csv": data})
        assert says in str(refusal.value)
        assert "the bytes are kept" in str(refusal.value)


@pytest.mark.trap("us_cdc_vsrr", "all-causes")
@pytest.mark.trap("us_cdc_vsrr", "new-york")
def test_each_indicator_becomes_measure_drug_and_unit_and_ny_is_the_state_without_the_city() -> None:
    drugs = "T40.5 T40.1 T40.3 T40.2 T43.6 T40.4 T40.0-T40.4,T40.6 T40.2,T40.3 T40.2-T40.4"
    assert seen("measure drug unit", [{"Indicator": i, "Data Value": 50} for i in vsrr.INDICATORS]) == (
        "all_cause_deaths_12m|all|deaths / deaths_12m|all|deaths / pct_drugs_specified|all|percent / "
        + " / ".join(f"deaths_12m|{drug}|deaths" for drug in drugs.split())
    )
    rows = [{"State": s, "Data Value": 50} for s in ("US", "NY", "YC", "PR", "DC", "WY")]
    assert seen("actor_id", rows) == "USA / US-NY-XNYC / US-NY-NYC / US-PR / US-DC / US-WY"


@pytest.mark.trap("us_cdc_vsrr", "percents-and-counts")
def test_a_row_that_cannot_be_read_is_rejected_with_the_cell_and_the_others_stay() -> None:
    bad = [
        ("State", "ZZ"), ("State", ""), ("Indicator", "Fentanyl (T40.41)"), ("Year", "18"), ("Year", "٢٠١٨"), ("Month", "Maj"),
        ("Period", "1 month"), ("Data Value", "-4"), ("Data Value", "4.5"), ("Data Value", "abc"), ("Data Value", "1,03"),
        ("Data Value", "nan"), ("Data Value", "9" * 400), ("Predicted Value", "4.5"),
    ]  # fmt: skip
    percent = {"Indicator": "Percent with drugs specified", "Data Value": "101"}
    staged = od.stage([{"Data Value": 4, "Month": "June"}, *({"Data Value": 4, c: v} for c, v in bad), percent])
    assert (staged.frames["observations"]["row"].to_list(), staged.n_read) == ([1], 16)
    assert staged.rejects.select("file", "row", "column", "value").rows() == [
        ("vsrr.csv", row, column.lower().replace(" ", "_"), value[:200] or None)
        for row, (column, value) in enumerate([*bad, ("Data Value", "101")], start=2)
    ]


@pytest.mark.trap("us_cdc_vsrr", "unique-key")
def test_a_key_twice_is_kept_once_or_not_believed_and_a_row_of_another_width_rejected() -> None:
    head, first, second = od.csv([{"Data Value": 4}, {"Data Value": 5, "Month": "June"}]).splitlines()
    ragged = vsrr.stage({"x.csv": b"\n".join([head, first + b",more", second, b""])})
    same = od.stage([{"Data Value": 4}, {"Data Value": 4}])
    other = od.stage([{"Data Value": 4}, {"Data Value": 5}, {"Data Value": 6, "Month": "June"}])
    assert [s.frames["observations"]["row"].to_list() for s in (ragged, same, other)] == [[2], [1], [3]]
    assert told(ragged.rejects, "row reason") == "1|13 fields where the header has 12"
    assert told(same.rejects, "row reason") == "2|the same as row 1"
    assert (ragged.n_read, other.rejects["row"].to_list()) == (2, [1, 2])


@pytest.mark.trap("us_cdc_vsrr", "missing-is-not-zero")
@pytest.mark.trap("us_cdc_vsrr", "no-predicted-where-hidden")
def test_an_empty_value_has_the_reason_of_its_footnote_and_a_footnote_takes_no_value_away() -> None:
    notes = {
        "Underreported due to incomplete data.  Data not shown due to low data quality.": "low_quality",
        "Underreported due to incomplete data. Data suppressed (<10).": "suppressed",
        "X.  Data suppressed (<10).  Data not shown due to low data quality.": "low_quality_and_suppressed",
        "Numbers may differ from published reports using final data.": "not_published",
        "": "not_published",
    }
    found = seen("value missing_reason", [{"Footnote": note} for note in notes])
    assert found == " / ".join(f"-|{reason}" for reason in notes.values())
    assert seen("value missing_reason", [{"Data Value": 9} | HIDDEN]) == "9.0|-"
    staged = od.stage([{"Data Value": 4, "Percent Complete": "most"}])
    assert (staged.facts["n_unread_percents"], staged.rejects.is_empty()) == (1, True)
    staged = od.stage([HIDDEN | {"Predicted Value": 10}])
    assert (told(staged.frames["observations"], "value predicted is_leak"), staged.facts["n_leaks"]) == ("-|-|True", 1)


@pytest.mark.trap("us_cdc_vsrr", "records-pending")
def test_a_provisional_year_is_told_by_symbol_or_text_and_percent_complete_may_be_a_lower_bound() -> None:
    final = "Numbers may differ from published reports using final data. See Technical Notes."
    marks = [("Underreported due to incomplete data.", "*"), (final, "**"), (final, ""), ("", "")]
    marks.append(("*Likely underreported due to incomplete data", ""))
    rows = [{"Data Value": 4, "Footnote": note, "Footnote Symbol": symbol} for note, symbol in marks]
    assert seen("is_provisional", rows) == "True / False / False / - / True"
    rows = [{"Data Value": 4, "Percent Complete": text} for text in ("100", "99+", "99.5+", "98.8", "", "?")]
    found = seen("percent_complete percent_complete_is_lower_bound", rows)
    assert found == "100.0|False / 99.0|True / 99.5|True / 98.8|False / -|- / -|-"


Rows = list[dict[str, Any]]
WHOLE, TWO = od.whole(), od.whole(("January", "March"))
LONGER = od.whole(("January", "February", "March", "April"))
OPIOIDS = {"State": "AK", "Month": "March", "Indicator": "Opioids (T40.0-T40.4,T40.6)", "Data Value": 90}
US = {"State": "US"}
PARTS: Rows = [HIDDEN, {"State": "NY", "Data Value": 30}, {"State": "YC", "Data Value": 40}]
XYLAZINE = [{"State": "AK", "Month": m, "Indicator": "Xylazine", "Data Value": 5} for m in MONTHS[:3]]


def but(*lacking: str, of: Rows = WHOLE) -> Rows:
    """Rows without those that have all of these parts (of state, month and indicator)."""
    return [r for r in of if not all(part in (r["State"], r["Month"]) or part in r["Indicator"] for part in lacking)]


LOST = but("AK", "February", "Heroin")
JUDGED: dict[str, tuple[Rows, Rows | None, bool | None, list[str], list[str]]] = {
    "whole": (WHOLE, None, True, [], []),
    "no heroin": (but("Heroin"), None, False, [], ["partial, it withdraws nothing: no rows of Heroin (T40.1)"]),
    "no longer opioids": (WHOLE, [*WHOLE, OPIOIDS], False, [], []),
    "newly opioids": ([*WHOLE, OPIOIDS], WHOLE, True, [], []),
    "neither Alaska nor the US": ([r for r in WHOLE if r["State"] not in ("AK", "US")], WHOLE, False, [], []),
    "a state that lost its drugs": (but("AK", "T40"), LONGER, True, ["93 rows where the last accepted"], []),
    "one row": ([{"Data Value": 4}], WHOLE, False, [], []),
    "one month of three": (od.whole(("March",)), WHOLE, True, ["36 rows where the last accepted snapshot"], []),
    "without the city": (but("YC"), None, True, [
        "Number of Deaths: the US is not the sum",
        "Number of Drug Overdose Deaths: the US is not the sum of its jurisdictions in 3 of 3 months; "
        "first 2018-01: US 2,703, sum 1,801, difference 902 (absent: AL, AR, AZ, CA, CO and 45 more)",
    ], []),
    "with Puerto Rico": ([*WHOLE, {"State": "PR", "Month": "March", "Data Value": 70}], None, True, [], []),
    "too few states to compare": ([US | {"Data Value": 70000}, {"Data Value": 120}], None, False, [], []),
    "hidden parts may add up": ([*PARTS, US | {"Data Value": 75}], None, False, [], []),
    "hidden parts cannot add up": ([*PARTS, US | {"Data Value": 69}], None, False, ["not the sum"], []),
    "an old complete one": (WHOLE, od.whole(("February", "March", "April")), True, [
        "its newest month is 2018-03, that of the last complete vintage 2018-04"], []),
    "an old partial one": ([{"Data Value": 4, "Month": "January"}], WHOLE, False, [], []),
    "new words": ([*WHOLE, *XYLAZINE], None, True, [], ["unknown indicators (rows rejected): 'Xylazine' (3)"]),
    "unreadable": ([r | {"Data Value": "n/a"} if "T40" in r["Indicator"] else r for r in WHOLE], None, None, [
        "rows cannot be read"], []),
    "empty": ([], None, None, ["it holds no rows"], []),
    "nothing to use": ([{"State": "ZZ"}], None, None, ["none of its 1 rows can be used"], []),
    "a month is missing": (TWO, None, True, ["36 months are missing within its series: rows were lost"], []),
    "a month is missing as before": (TWO, TWO, True, [], ["36 months are missing"]),
    "a month is missing of a partial one": (but("Heroin", of=TWO), None, False, [], []),
    "a month is missing of one series": (LOST, WHOLE, True, [], ["1 months are missing within its series: withdrawn"]),
    "a month is rejected": ([r | ({} if r in LOST else {"Data Value": "many"}) for r in WHOLE], None, True, [], []),
    "a series is lost": (but("AK", "Heroin"), WHOLE, True, [], [
        "35 series (place and indicator) where the last complete vintage had 36"]),
    "notes that contradict": ([{"Data Value": 9} | HIDDEN, {"Month": "June"}], None, False, [], [
        "1 counts stand beside a footnote that says they are not shown: kept",
        "1 empty counts have no footnote that says why: not_published"]),
}  # fmt: skip
"""Rows, those of the last good vintage, whether it is complete, and what its refusals and some of its warnings say."""


@pytest.mark.trap("us_cdc_vsrr", "jurisdictions")
@pytest.mark.trap("us_cdc_vsrr", "sum-of-jurisdictions")
@pytest.mark.trap("us_cdc_vsrr", "puerto-rico")
@pytest.mark.trap("us_cdc_vsrr", "all-months")
@pytest.mark.trap("us_cdc_vsrr", "series-times-months")
@pytest.mark.trap("us_cdc_vsrr", "empty-by-footnote")
@pytest.mark.parametrize("case", JUDGED.values(), ids=JUDGED)
def test_a_vintage_is_complete_partial_or_refused(case: tuple[Rows, Rows | None, bool | None, list[str], list[str]]) -> None:
    rows, before, complete, refusals, warnings = case
    judged = od.judge(od.stage(rows), None if before is None else od.stage(before))
    assert complete is None or judged.complete is complete
    assert bool(judged.refusals) == bool(refusals), judged.refusals
    for words in (*refusals, *warnings):
        assert any(words in said for said in (judged.refusals if words in refusals else judged.warnings)), judged


@pytest.mark.trap("us_cdc_vsrr", "newest-month")
def test_months_to_come_are_refused_and_a_lag_and_new_columns_are_warnings() -> None:
    on = {day: od.judge(od.stage(WHOLE), retrieved_at=day) for day in ("2018-03-30", "2018-03-31", "2019-01-16", "2019-06-01")}
    assert [len(judged.refusals) for judged in on.values()] == [1, 0, 0, 0]
    assert "it counts deaths to 2018-03-31, and was retrieved on 2018-03-30" in on["2018-03-30"].refusals[0]
    assert on["2019-01-16"].warnings == ()
    assert any("ended more than a year" in said for said in on["2019-06-01"].warnings)
    staged = od.stage(WHOLE, f"{COLUMNS_2019},Surprise")
    assert od.judge(staged).warnings == ("columns that are not known and not used: surprise",)


def holds_what_it_promises(data: bytes) -> None:
    """Stage, judge and fold; only Quarantine may be raised, and what comes out has the declared form."""
    staged = staged_or_none(vsrr.stage, {"x.csv": data})
    if staged is None:
        return
    rows = staged.frames["observations"]
    assert rows.height + staged.rejects.height == staged.n_read
    assert (rows.schema, staged.frames["unreadable"].schema) == (vsrr.STAGED, vsrr.UNREADABLE)
    assert not rows.select(vsrr.KEY).is_duplicated().any()
    assert (rows["value"].is_null() == rows["missing_reason"].is_not_null()).all()
    assert rows.filter(pl.col("value").is_infinite() | pl.col("value").is_nan() | (pl.col("value") < 0)).is_empty()
    od.judge(staged, od.stage(WHOLE))
    known = od.fold(od.snapshot(staged, "2026-01-14", complete=True))
    assert known.schema == table("core.overdose_observations").polars


@examples(60)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=8, max_size=8), max_size=5))
def test_any_text_in_every_cell_is_read_or_rejected_or_refused(cells: list[list[str]]) -> None:
    columns = "State,Year,Month,Indicator,Data Value,Percent Complete,Predicted Value,Footnote"
    holds_what_it_promises(od.csv([dict(zip(columns.split(","), row, strict=True)) for row in cells], columns))


@pytest.mark.real_data
@examples(25)
@given(data=st.data())
def test_a_damaged_vintage_of_each_real_layout_is_read_or_rejected_or_refused(real_data: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted((real_data / "overdose" / "vsrr").glob("*.csv.gz"))))
    good = gzip.decompress(path.read_bytes())[:40_000]
    good = good[: good.rfind(b"\n") + 1]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(good)))
        patch = data.draw(st.binary(max_size=4) | st.sampled_from([b"", b'"', b",", b"\n", b"\x00"]))
        good = good[:place] + patch + good[place + data.draw(st.integers(0, 200)) :]
    holds_what_it_promises(good)


def test_a_snapshot_survives_being_written_as_json_and_parquet(tmp_path: Path) -> None:
    staged = od.stage(WHOLE)
    whole = od.snapshot(staged, "2019-01-16", complete=True)
    for name, frame in staged.frames.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    frames = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in staged.frames}
    facts = json.loads(json.dumps(staged.facts))
    again = StagedSnapshot(whole.snapshot_id, whole.retrieved_at, True, facts, frames)
    assert od.fold(again).equals(od.fold(whole))
