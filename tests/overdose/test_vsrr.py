"""One vintage of VSRR: layouts, vocabulary, traps, and the judgement."""

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
from tests.overdose.conftest import COLUMNS_2019, Vsrr
from tests.told import told

COLUMNS_2017 = "State,State Name,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,Footnote"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def observations(od: Vsrr, rows: Sequence[Mapping[str, object]], *columns: str, **layout: str) -> list[tuple[Any, ...]]:
    """These columns of rows of months that follow one another."""
    each = [{"Month": MONTHS[n % 12], "Year": 2017 + n // 12} | dict(row) for n, row in enumerate(rows)]
    return od.stage(each, **layout).frames["observations"].select(*columns).rows()


def test_the_layouts_of_2017_to_2024_and_transcriptions_are_read_whatever_case_and_order(od: Vsrr) -> None:
    data = b"\xef\xbb\xbf" + od.csv([{"State": "US", "Year": 2017, "Data Value": "66,324"}], COLUMNS_2017)
    staged = vsrr.stage({"vsrr.csv": data})
    rows = staged.frames["observations"]
    assert (
        told(rows, "row actor_id measure drug unit period_end value predicted")
        == "1|USA|deaths_12m|all|deaths|2017-05-31|66324.0|-"
    )
    assert (rows.schema, staged.facts["has_predicted"]) == (vsrr.STAGED, False)
    columns = "State,State Name,Year,Month,Indicator,Data Value,Predicted Value,Percent Complete,Footnote"
    row = {"State Name": "AK", "Data Value": 120, "Predicted Value": 126, "Footnote": "Underreported due to incomplete data"}
    assert observations(od, [row], "value", "predicted", "is_provisional", columns=columns) == [(120.0, 126.0, True)]
    columns = COLUMNS_2019.replace("Footnote,Footnote Symbol,", "")
    assert observations(od, [row], "value", "predicted", "is_provisional", columns=columns) == [(120.0, 126.0, None)]
    staged = od.stage([{"Data Value": 1}], "State,Year,Month,Indicator,Data Value,Predicted Value")
    assert [s.facts["is_transcription"] for s in (staged, od.stage([{"Data Value": 1}]))] == [True, False]
    staged = vsrr.stage({"x.csv": b"data_value,STATE,indicator,  Year ,month\n7,ak,methadone  (t40.3),2018,MAY\n"})
    assert told(staged.frames["observations"], "actor_id drug value") == "US-AK|T40.3|7.0"


def test_json_of_the_api_leaves_out_the_keys_of_empty_cells() -> None:
    common = {"state": "AK", "year": "2018", "indicator": "Methadone (T40.3)", "percent_complete": "100"}
    rows = [
        common | {"month": "May", "data_value": "12", "predicted_value": "13", "footnote_symbol": "**"},
        common | {"month": "June", "footnote": "Underreported due to incomplete data.  Data suppressed (<10)."},
    ]
    staged = vsrr.stage({"xkb8-kh2a.json": json.dumps(rows).encode()})
    assert told(staged.frames["observations"], "row value predicted missing_reason") == "1|12.0|13.0|- / 2|-|-|suppressed"


def test_every_encoding_and_line_end_gives_the_same_rows(od: Vsrr) -> None:
    text = od.csv([{"Data Value": 5, "Footnote": "déjà"}, {"Data Value": 6, "Month": "June"}]).decode()
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        for line_end in ("\n", "\r\n", "\r"):
            staged = vsrr.stage({"x.csv": text.replace("\n", line_end).encode(encoding)})
            assert (staged.frames["observations"]["value"].to_list(), staged.n_read) == ([5.0, 6.0], 2)


def test_blank_lines_are_no_rows_and_an_unknown_column_is_a_warning(od: Vsrr) -> None:
    head, first, second = od.csv([{"Data Value": 5}, {"Data Value": 6, "Month": "June"}]).splitlines()
    staged = vsrr.stage({"x.csv": b"\n".join([head, first, b"", b"," * 11, second, b" ", b""])})
    assert (staged.n_read, staged.facts["n_blank_lines"]) == (2, 3)
    assert staged.frames["observations"]["row"].to_list() == [1, 4]
    staged = vsrr.stage({"x.csv": od.csv(od.whole(), f"{COLUMNS_2019},Surprise")})
    assert staged.facts["unknown_columns"] == ["surprise"]
    assert od.judge(staged).warnings == ("columns that are not known and not used: surprise",)


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


def test_a_vintage_is_one_file() -> None:
    for files in ({}, {"a.csv": b"", "b.csv": b""}):
        with pytest.raises(Quarantine, match=f"The snapshot holds {len(files)} files"):
            vsrr.stage(files)


@pytest.mark.trap("us_cdc_vsrr", "all-causes")
def test_each_indicator_becomes_measure_drug_and_unit_with_its_codes_as_printed(od: Vsrr) -> None:
    rows = [{"Indicator": indicator, "Data Value": 50} for indicator in vsrr.INDICATORS]
    drugs = "T40.5 T40.1 T40.3 T40.2 T43.6 T40.4 T40.0-T40.4,T40.6 T40.2,T40.3 T40.2-T40.4"
    assert observations(od, rows, "measure", "drug", "unit") == [
        ("all_cause_deaths_12m", "all", "deaths"),
        ("deaths_12m", "all", "deaths"),
        ("pct_drugs_specified", "all", "percent"),
        *(("deaths_12m", drug, "deaths") for drug in drugs.split()),
    ]


@pytest.mark.trap("us_cdc_vsrr", "new-york")
@pytest.mark.trap("us_cdc_vsrr", "jurisdictions")
def test_ny_is_the_state_without_the_city_and_all_jurisdictions_are_known(od: Vsrr) -> None:
    rows = [{"State": s, "Data Value": 50} for s in ("US", "NY", "YC", "PR", "DC", "WY")]
    assert [actor for (actor,) in observations(od, rows, "actor_id")] == [
        "USA", "US-NY-XNYC", "US-NY-NYC", "US-PR", "US-DC", "US-WY",
    ]  # fmt: skip
    assert len(vsrr.JURISDICTIONS) == 54


@pytest.mark.trap("us_cdc_vsrr", "percents-and-counts")
def test_a_row_that_cannot_be_read_is_rejected_with_the_cell_and_the_others_stay(od: Vsrr) -> None:
    bad = [
        ("State", "ZZ"), ("State", ""), ("Indicator", "Fentanyl (T40.41)"), ("Year", "18"), ("Year", "٢٠١٨"), ("Month", "Maj"),
        ("Period", "1 month"), ("Data Value", "-4"), ("Data Value", "4.5"), ("Data Value", "abc"), ("Data Value", "1,03"),
        ("Data Value", "nan"), ("Data Value", "9" * 400), ("Predicted Value", "4.5"),
    ]  # fmt: skip
    percent = {"Indicator": "Percent with drugs specified", "Data Value": "101"}
    staged = od.stage([{"Data Value": 4, "Month": "June"}, *({"Data Value": 4, c: v} for c, v in bad), percent])
    assert staged.frames["observations"]["row"].to_list() == [1]
    assert staged.rejects.select("file", "row", "column", "value").rows() == [
        ("vsrr.csv", row, column.lower().replace(" ", "_"), value[:200] or None)
        for row, (column, value) in enumerate([*bad, ("Data Value", "101")], start=2)
    ]
    assert staged.n_read == 16


@pytest.mark.trap("us_cdc_vsrr", "unique-key")
def test_a_key_twice_is_kept_once_or_not_believed_and_a_row_of_another_width_rejected(od: Vsrr) -> None:
    head, first, second = od.csv([{"Data Value": 4}, {"Data Value": 5, "Month": "June"}]).splitlines()
    staged = vsrr.stage({"x.csv": b"\n".join([head, first + b",more", second, b""])})
    assert told(staged.rejects, "row reason") == "1|13 fields where the header has 12"
    assert staged.n_read == 2
    staged = od.stage([{"Data Value": 4}, {"Data Value": 4}])
    assert staged.frames["observations"]["row"].to_list() == [1]
    assert told(staged.rejects, "row reason") == "2|the same as row 1"
    staged = od.stage([{"Data Value": 4}, {"Data Value": 5}, {"Data Value": 6, "Month": "June"}])
    assert staged.frames["observations"]["row"].to_list() == [3]
    assert staged.rejects["row"].to_list() == [1, 2]


@pytest.mark.trap("us_cdc_vsrr", "missing-is-not-zero")
def test_an_empty_value_has_the_reason_of_its_footnote_and_is_never_zero(od: Vsrr) -> None:
    notes = {
        "Underreported due to incomplete data.  Data not shown due to low data quality.": "low_quality",
        "Underreported due to incomplete data. Data suppressed (<10).": "suppressed",
        "X.  Data suppressed (<10).  Data not shown due to low data quality.": "low_quality_and_suppressed",
        "Numbers may differ from published reports using final data.": "not_published",
        "": "not_published",
    }
    found = observations(od, [{"Footnote": note} for note in notes], "value", "missing_reason")
    assert found == [(None, reason) for reason in notes.values()]


@pytest.mark.trap("us_cdc_vsrr", "no-predicted-where-hidden")
def test_footnotes_and_unreadable_completeness_take_no_value_away_but_a_leaked_prediction_goes(od: Vsrr) -> None:
    row = {"Data Value": 9, "Footnote": "Data suppressed (<10)."}
    assert observations(od, [row], "value", "missing_reason") == [(9.0, None)]
    staged = od.stage([{"Data Value": 4, "Percent Complete": "most"}])
    assert staged.facts["n_unread_percents"] == 1
    assert staged.rejects.is_empty()
    staged = od.stage([{"Footnote": "Data suppressed (<10).", "Predicted Value": 10}])
    assert told(staged.frames["observations"], "value predicted is_leak") == "-|-|True"
    assert staged.facts["n_leaks"] == 1


@pytest.mark.trap("us_cdc_vsrr", "records-pending")
def test_a_provisional_year_is_told_by_symbol_or_text_and_percent_complete_may_be_a_lower_bound(od: Vsrr) -> None:
    final = "Numbers may differ from published reports using final data. See Technical Notes."
    marks = [("Underreported due to incomplete data.", "*", True), (final, "**", False), (final, "", False), ("", "", None)]
    marks.append(("*Likely underreported due to incomplete data", "", True))
    rows = [{"Data Value": 4, "Footnote": note, "Footnote Symbol": symbol} for note, symbol, _ in marks]
    assert observations(od, rows, "is_provisional") == [(provisional,) for *_, provisional in marks]
    stated: dict[str, tuple[float | None, bool | None]] = {
        "100": (100.0, False),
        "99+": (99.0, True),
        "99.5+": (99.5, True),
        "98.8": (98.8, False),
    }
    stated |= {"": (None, None), "?": (None, None)}
    rows = [{"Data Value": 4, "Percent Complete": text} for text in stated]
    assert observations(od, rows, "percent_complete", "percent_complete_is_lower_bound") == [*stated.values()]


@pytest.mark.trap("us_cdc_vsrr", "jurisdictions")
def test_a_vintage_is_complete_with_the_nine_indicators_and_those_of_the_last_complete_one(od: Vsrr) -> None:
    judgement = od.judge(od.stage(od.whole()))
    assert (judgement.refusals, judgement.warnings, judgement.complete) == ((), (), True)
    rows = [r for r in od.whole() if r["Indicator"] != "Heroin (T40.1)"]
    judgement = od.judge(od.stage(rows))
    assert (judgement.refusals, judgement.complete) == ((), False)
    assert judgement.warnings == ("partial, it withdraws nothing: no rows of Heroin (T40.1)",)
    more = [{"State": "AK", "Month": "March", "Indicator": "Opioids (T40.0-T40.4,T40.6)", "Data Value": 90}]
    assert od.judge(od.stage(od.whole()), od.stage(od.whole() + more)).complete is False
    assert od.judge(od.stage(od.whole() + more), od.stage(od.whole())).complete is True
    rows = [r for r in od.whole() if r["State"] not in ("AK", "US")]
    judgement = od.judge(od.stage(rows), od.stage(od.whole()))
    assert (judgement.refusals, judgement.complete) == ((), False)
    rows = [r for r in od.whole() if not (r["State"] == "AK" and "T40" in r["Indicator"])]
    assert od.judge(od.stage(rows), od.stage(od.whole() + od.whole(("April",)))).complete is True


def test_a_partial_vintage_escapes_the_row_guard_and_a_complete_one_does_not(od: Vsrr) -> None:
    before = od.stage(od.whole(("January", "February", "March")))
    assert od.judge(od.stage([{"Data Value": 4}]), before).refusals == ()
    [refusal] = od.judge(od.stage(od.whole(("March",))), before).refusals
    assert "36 rows where the last accepted snapshot" in refusal


@pytest.mark.trap("us_cdc_vsrr", "sum-of-jurisdictions")
@pytest.mark.trap("us_cdc_vsrr", "puerto-rico")
def test_the_us_must_be_the_sum_of_its_jurisdictions_where_they_can_be_compared(od: Vsrr) -> None:
    rows = [r for r in od.whole() if r["State"] != "YC"]
    refusals = od.judge(od.stage(rows)).refusals
    assert len(refusals) == 2
    assert refusals[1].startswith(
        "Number of Drug Overdose Deaths: the US is not the sum of its jurisdictions in 3 of 3 months; "
        "first 2018-01: US 2,703, sum 1,801, difference 902 (absent: AL, AR, AZ, CA, CO and 45 more)"
    )
    assert od.judge(od.stage([*od.whole(), {"State": "PR", "Month": "March", "Data Value": 70}])).refusals == ()
    assert od.judge(od.stage([{"State": "US", "Data Value": 70000}, {"State": "AK", "Data Value": 120}])).refusals == ()
    hidden: dict[str, object] = {"State": "AK", "Footnote": "Data suppressed (<10)."}
    parts: list[dict[str, object]] = [hidden, {"State": "NY", "Data Value": 30}, {"State": "YC", "Data Value": 40}]
    assert od.judge(od.stage([*parts, {"State": "US", "Data Value": 75}])).refusals == ()
    assert len(od.judge(od.stage([*parts, {"State": "US", "Data Value": 69}])).refusals) == 1


@pytest.mark.trap("us_cdc_vsrr", "newest-month")
def test_months_to_come_and_old_complete_vintages_are_refused_and_a_lag_is_a_warning(od: Vsrr) -> None:
    [refusal] = od.judge(od.stage(od.whole()), retrieved_at="2018-03-30").refusals
    assert "it counts deaths to 2018-03-31, and was retrieved on 2018-03-30" in refusal
    assert od.judge(od.stage(od.whole()), retrieved_at="2018-03-31").refusals == ()
    refusals = od.judge(od.stage(od.whole()), od.stage(od.whole(("February", "March", "April")))).refusals
    assert any("its newest month is 2018-03, that of the last complete vintage 2018-04" in r for r in refusals)
    assert od.judge(od.stage([{"Data Value": 4, "Month": "January"}]), od.stage(od.whole())).refusals == ()
    assert any("ended more than a year" in w for w in od.judge(od.stage(od.whole()), retrieved_at="2019-06-01").warnings)


def test_new_words_are_warnings_and_unreadable_or_no_rows_refused(od: Vsrr) -> None:
    new = [{"State": "AK", "Month": m, "Indicator": "Xylazine", "Data Value": 5} for m in ("January", "February", "March")]
    judgement = od.judge(od.stage([*od.whole(), *new]))
    assert (judgement.refusals, judgement.complete) == ((), True)
    assert judgement.warnings == ("unknown indicators (rows rejected): 'Xylazine' (3)",)
    rows = od.whole()
    broken = [r | {"Data Value": "n/a"} if "T40" in r["Indicator"] else r for r in rows]
    assert any("rows cannot be read" in r for r in od.judge(od.stage(broken)).refusals)
    assert "it holds no rows" in od.judge(od.stage([])).refusals
    assert od.judge(od.stage([{"State": "ZZ"}])).refusals == ("none of its 1 rows can be used",)


@pytest.mark.trap("us_cdc_vsrr", "all-months")
def test_a_complete_vintage_in_which_months_are_missing_is_refused_unless_others_lacked_them(od: Vsrr) -> None:
    january_and_march = od.whole(("January", "March"))
    judged = od.judge(od.stage(january_and_march))
    assert any("36 months are missing within its series: rows were lost" in reason for reason in judged.refusals)
    # a partial one withdraws nothing, so that a month that it leaves out says nothing
    few = [row for row in january_and_march if row["Indicator"] == "Number of Drug Overdose Deaths"]
    assert od.judge(od.stage(few)).refusals == ()
    of_both = od.stage(od.whole(("January", "March")))
    assert od.judge(of_both, of_both).refusals == ()
    rows = od.whole(("January", "February", "March"))
    gone = [r for r in rows if (r["State"], r["Month"], r["Indicator"]) != ("AK", "February", "Heroin (T40.1)")]
    judged = od.judge(od.stage(gone), od.stage(rows))
    assert (judged.complete, judged.refusals) == (True, ())
    assert "1 months are missing within its series: withdrawn where they were held" in judged.warnings
    rows = [r | ({"Data Value": "many"} if r not in gone else {}) for r in rows]
    staged = od.stage(rows)
    assert (staged.facts["n_gaps"], od.judge(staged).refusals) == (1, ())


@pytest.mark.trap("us_cdc_vsrr", "series-times-months")
def test_series_that_a_complete_vintage_has_lost_are_reported(od: Vsrr) -> None:
    whole = od.whole()
    without = [row for row in whole if not (row["State"] == "AK" and row["Indicator"] == "Heroin (T40.1)")]
    judged = od.judge(od.stage(without), od.stage(whole))
    assert (judged.complete, judged.refusals) == (True, ())
    assert any("35 series (place and indicator) where the last complete vintage had 36" in w for w in judged.warnings)


@pytest.mark.trap("us_cdc_vsrr", "empty-by-footnote")
def test_a_footnote_and_its_count_that_contradict_each_other_are_reported(od: Vsrr) -> None:
    rows: list[dict[str, object]] = [{"Data Value": 9, "Footnote": "Data suppressed (<10)."}, {"Month": "June"}]
    warnings = od.judge(od.stage(rows)).warnings
    assert any("1 counts stand beside a footnote that says they are not shown: kept" in w for w in warnings)
    assert any("1 empty counts have no footnote that says why: not_published" in w for w in warnings)


def holds_what_it_promises(od: Vsrr, data: bytes) -> None:
    """Stage, judge and fold; only Quarantine may be raised, and what comes out has the declared form."""
    staged = staged_or_none(vsrr.stage, {"x.csv": data})
    if staged is None:
        return
    rows = staged.frames["observations"]
    assert rows.height + staged.rejects.height == staged.n_read
    assert rows.schema == vsrr.STAGED
    assert staged.frames["unreadable"].schema == vsrr.UNREADABLE
    assert not rows.select(vsrr.KEY).is_duplicated().any()
    assert (rows["value"].is_null() == rows["missing_reason"].is_not_null()).all()
    assert rows.filter(pl.col("value").is_infinite() | pl.col("value").is_nan() | (pl.col("value") < 0)).is_empty()
    json.dumps(staged.facts)
    od.judge(staged, od.stage(od.whole()))
    known = od.fold(od.snapshot(staged, "2026-01-14", complete=True))
    assert known.schema == table("core.overdose_observations").polars


@examples(60)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=8, max_size=8), max_size=5))
def test_any_text_in_every_cell_is_read_or_rejected_or_refused(od: Vsrr, cells: list[list[str]]) -> None:
    columns = "State,Year,Month,Indicator,Data Value,Percent Complete,Predicted Value,Footnote"
    holds_what_it_promises(od, od.csv([dict(zip(columns.split(","), row, strict=True)) for row in cells], columns))


@pytest.mark.real_data
@examples(25)
@given(data=st.data())
def test_a_damaged_vintage_of_each_real_layout_is_read_or_rejected_or_refused(
    od: Vsrr, real_data: Path, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted((real_data / "overdose" / "vsrr").glob("*.csv.gz"))))
    good = gzip.decompress(path.read_bytes())[:40_000]
    good = good[: good.rfind(b"\n") + 1]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(good)))
        patch = data.draw(st.binary(max_size=4) | st.sampled_from([b"", b'"', b",", b"\n", b"\x00"]))
        good = good[:place] + patch + good[place + data.draw(st.integers(0, 200)) :]
    holds_what_it_promises(od, good)


def test_a_snapshot_survives_being_written_as_json_and_parquet(od: Vsrr, tmp_path: Path) -> None:
    staged = od.stage(od.whole())
    for name, frame in staged.frames.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    frames = {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in staged.frames}
    facts = json.loads(json.dumps(staged.facts))
    again = StagedSnapshot("sha of 2019-01-16", od.info(staged).retrieved_at, True, facts, frames)
    assert od.fold(again).equals(od.fold(od.snapshot(staged, "2019-01-16", complete=True)))
