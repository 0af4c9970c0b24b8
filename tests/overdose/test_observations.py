"""The fold of vintages: revisions, withdrawals, predicted values, New York, and what must hold of any history."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import StagedSnapshot
from assets.overdose import observations, vsrr
from tests.depth import examples
from tests.overdose.conftest import Ledger, od
from tests.told import tables_say, told

DAYS = [f"2018-{month:02}-13" for month in range(6, 12)]
KEY = ["actor_id", "measure", "drug", "basis", "period_end"]
LAYOUTS = {"short": "State,Year,Month,Indicator,Data Value,Percent Complete,Footnote"}
LAYOUTS |= {"press": "State,Year,Month,Indicator,Data Value,Predicted Value"}
CELLS_OF = {"hidden": {"Footnote": "Data suppressed (<10)."}, "low": {"Footnote": "Data not shown due to low data quality."}}
INDICATORS = {"%": "Percent with drugs specified", "methadone": "Methadone (T40.3)"}


def at(day: str) -> datetime:
    return datetime.fromisoformat(day)


def rows_of(text: str) -> list[dict[str, object]]:
    """Rows as ``AK=120/126 AK.June.methadone=hidden``: place, month (May) and year (2018), indicator (all), value, predicted."""
    rows: list[dict[str, object]] = []
    for word in text.split():
        name, _, cells = word.partition("=")
        place, *more = name.split(".")
        value, _, predicted = cells.partition("/")
        row: dict[str, object] = {"State": place, "Predicted Value": predicted}
        row |= CELLS_OF.get(value, {"Data Value": value})
        for part in more:
            row |= {"Indicator": INDICATORS[part]} if part in INDICATORS else {"Year" if part.isdigit() else "Month": part}
        rows.append(row)
    return rows


def held(*vintages: str) -> Ledger:
    """What is held after vintages of one month after another: ``part: rows``, or ``press:`` or ``short:`` for another layout."""
    snapshots = []
    for day, text in zip(DAYS, vintages, strict=False):
        *marks, rows = text.split(": ")
        layout = [LAYOUTS[mark] for mark in marks if mark in LAYOUTS]
        snapshots.append(od.snapshot(od.stage(rows_of(rows), *layout), day, complete="part" not in marks))
    return od.folded(*snapshots)


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """With the number of the vintage in place of its moment and its file."""
    moments = {at(day): str(n) for n, day in enumerate(DAYS, 1)}
    files = {f"sha of {day}": str(n) for n, day in enumerate(DAYS, 1)}
    known = [pl.col(c).replace_strict(moments, return_dtype=pl.String) for c in ("known_from", "known_to") if c in frame.columns]
    return frame.with_columns(known).with_columns(pl.col("snapshot_id").replace_strict(files, return_dtype=pl.String))


KNOWN = "value missing_reason known_from known_to"
SPAN = "first_period_end last_period_end n_periods"
SCENARIOS: dict[str, Sequence[str]] = {
    "a row with a predicted value is two observations of one period": ("AK=120/126",
        f"rows actor_id basis period_start period_end row_number vintage_scope {KNOWN}: "
        "US-AK|predicted|2017-06-01|2018-05-31|1|complete|126.0|-|1|- / "
        "US-AK|reported|2017-06-01|2018-05-31|1|complete|120.0|-|1|-",
        "rows is_provisional percent_complete known_basis source is_derived counts_by dataset: "
        "-|100.0|snapshot|us_cdc_vsrr|False|occurrence|xkb8-kh2a / -|100.0|snapshot|us_cdc_vsrr|False|occurrence|xkb8-kh2a"),
    "a period is the twelve months that end with the month": ("AK.February.2016=1 AK.December.2017=1 AK.January=1",
        "rows period_start period_end: 2015-03-01|2016-02-29 / 2017-01-01|2017-12-31 / 2017-02-01|2018-01-31"),
    "a changed value ends the old row": ("AK=120", "AK=131", f"rows snapshot_id {KNOWN}: 1|120.0|-|1|2 / 2|131.0|-|2|-"),
    "fewer digits end none": ("AK.%=80.8766281589967", "AK.%=80.876628159", "rows value: 80.8766281589967"),
    "what a complete vintage no longer holds is withdrawn once in each basis until it comes back": (
        "WV.methadone=50/55 AK=120", "AK=120", "AK=120", "WV.methadone=50/55 AK=120",
        f"rows basis row_number {KNOWN} actor_id=US-WV: predicted|1|55.0|-|1|2 / reported|1|50.0|-|1|2 / "
        "predicted|-|-|withdrawn|2|4 / reported|-|-|withdrawn|2|4 / predicted|1|55.0|-|4|- / reported|1|50.0|-|4|-"),
    "a partial vintage adds and revises and withdraws nothing": ("WV=50 AK=120", "part: AK=131 OH=7",
        f"rows actor_id vintage_scope {KNOWN} known_to=-: US-AK|partial|131.0|-|2|- / US-OH|partial|7.0|-|2|- / "
        "US-WV|complete|50.0|-|1|-"),
    "a row that cannot be read withdraws not its key": ("AK=120", "AK=abc WY=1", f"rows {KNOWN} actor_id=US-AK: 120.0|-|1|-"),
    "a row of a month that cannot be read withdraws nothing of its series": (
        "AK.April=1 AK=1 WV.April=1 WV=1", "AK.April=1 AK.Mai=1", "rows actor_id missing_reason=withdrawn: US-WV / US-WV"),
    "what is suppressed later is null with its reason": ("AK=7", "AK=hidden", f"rows {KNOWN}: 7.0|-|1|2 / -|suppressed|2|-"),
    "a prediction that leaks is null with the reason": ("AK=hidden/10",
        f"rows basis {KNOWN}: predicted|-|suppressed|1|- / reported|-|suppressed|1|-"),
    "without a prediction there is none": ("AK=120", "rows basis: reported"),
    "a predicted value that is no longer printed is null once": (
        "AK=120/126", "AK=120", "AK=120", f"rows {KNOWN} basis=predicted: 126.0|-|1|2 / -|not_published|2|-"),
    "a predicted value of low quality is null once": ("AK=120/126", "AK=low", "AK=low",
        f"rows {KNOWN} basis=predicted: 126.0|-|1|2 / -|low_quality|2|-"),
    "a file without the column says nothing of a predicted value": (
        "AK=120/126", "short: AK=121", f"rows {KNOWN} basis=predicted: 126.0|-|1|-",
        f"vintages basis snapshot_id {SPAN}: predicted|1|2018-05-31|2018-05-31|1 / reported|1|2018-05-31|2018-05-31|1 / "
        "reported|2|2018-05-31|2018-05-31|1"),
    "a predicted value does not outlive the suppression of the reported one": ("AK=12/13", "part: short: AK=hidden",
        f"rows basis {KNOWN} known_to=-: predicted|-|suppressed|2|- / reported|-|suppressed|2|-"),
    "an empty cell of a transcription says nothing": ("US=105384/109527", "part: press: US=/109999 US.June=/1",
        f"rows basis period_end {KNOWN} known_to=-: reported|2018-05-31|105384.0|-|1|- / "
        "predicted|2018-05-31|109999.0|-|2|- / predicted|2018-06-30|1.0|-|2|-"),
    "New York is the sum of its two parts": ("NY=30 YC=20", "NY=31 YC=19",
        f"rows is_derived row_number {KNOWN} actor_id=US-NY: True|-|50.0|-|1|-"),
    "New York is no sum of percents": ("NY.%=40 YC.%=40", "rows value actor_id=US-NY:",
        "vintages actor_id: US-NY-NYC / US-NY-XNYC"),
    "New York is known over the overlap of its parts": (
        "part: NY=30", "part: YC=20", "part: YC=21", f"rows {KNOWN} actor_id=US-NY: 50.0|-|2|3 / 51.0|-|3|-"),
    "New York is null for the reason of a part": ("NY=30 YC=20", "NY=30 YC=hidden", "NY=30", "NY=30 YC=20",
        f"rows is_derived row_number {KNOWN} actor_id=US-NY: True|-|50.0|-|1|2 / True|-|-|suppressed|2|3 / "
        "True|-|-|withdrawn|3|4 / True|-|50.0|-|4|-"),
    "a series is held from its first to its last month": ("AK=120 AK.July=121",
        f"vintages actor_id measure drug basis counts_by vintage_scope source snapshot_id known_from {SPAN}: "
        "US-AK|deaths_12m|all|reported|occurrence|complete|us_cdc_vsrr|1|1|2018-05-31|2018-07-31|2"),
    "hidden months are held": ("AK=120 AK.June=hidden", f"vintages {SPAN}: 2018-05-31|2018-06-30|2"),
    "a series of predicted values is its own": ("AK=120 AK.June=121/130",
        f"vintages basis {SPAN}: predicted|2018-06-30|2018-06-30|1 / reported|2018-05-31|2018-06-30|2"),
    "a transcription holds only what somebody wrote down": ("part: press: US=/130 US.June=121",
        f"vintages basis vintage_scope {SPAN}: predicted|partial|2018-05-31|2018-05-31|1 / "
        "reported|partial|2018-06-30|2018-06-30|1"),
    "New York is held over the months that both of its parts have": (
        "NY=30 NY.June=30 YC.June=20 YC.July=20", f"vintages {SPAN} actor_id=US-NY: 2018-06-30|2018-06-30|1"),
    "a part alone is not New York": ("NY=30 NY.June=30", f"vintages {SPAN} actor_id=US-NY:"),
}  # fmt: skip


@pytest.mark.trap("us_cdc_vsrr", "withdrawn")
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_after_these_vintages_the_tables_say(scenario: Sequence[str]) -> None:
    ledger = held(*(text for text in scenario if not text.startswith(("rows ", "vintages "))))
    tables = {"rows": observations.TABLE, "vintages": observations.VINTAGES}
    said = (text for text in scenario if text.startswith(("rows ", "vintages ")))
    tables_say(lambda name: numbered(ledger.rows(tables[name])), *said)


def test_fewer_pending_records_and_another_mark_are_no_revision_and_a_ragged_row_withdraws_nothing() -> None:
    early = {"Data Value": 120, "Footnote Symbol": "*", "Percent Complete": "99.5+", "Percent Pending Investigation": 1.5}
    late = {"Data Value": 120, "Footnote Symbol": "**", "Percent Complete": 100, "Percent Pending Investigation": 0}
    found = od.fold(*(od.snapshot(od.stage([row]), day, complete=True) for row, day in zip((early, late), DAYS, strict=False)))
    columns = "is_provisional percent_complete percent_complete_is_lower_bound percent_pending snapshot_id"
    assert told(found, columns) == f"True|99.5|True|1.5|sha of {DAYS[0]}"
    head, row = od.csv([{"Data Value": 4, "Month": "June"}]).splitlines()
    ragged = vsrr.stage({"vsrr.csv": b"\n".join([head, row + b",more", row, b""])})
    found = od.fold(
        od.snapshot(od.stage([{"Data Value": 120}]), DAYS[0], complete=True), od.snapshot(ragged, DAYS[1], complete=True)
    )
    assert "withdrawn" not in found["missing_reason"].to_list()


def test_a_vintage_that_repeats_another_has_rows_of_its_own_and_changes_no_observation() -> None:
    ledger = od.folded(*[od.snapshot(od.stage(od.whole()), day, complete=True) for day in DAYS[:2]])
    first, second = ledger.rows(observations.VINTAGES).group_by("snapshot_id").len()["len"]
    assert first == second > 0
    assert ledger.rows(observations.TABLE)["known_from"].unique().to_list() == [at(DAYS[0])]
    # they are closed rows, so that a fold does not read them
    assert ledger.open(observations.VINTAGES).is_empty()


def test_a_vintage_is_known_since_the_update_that_the_portal_states() -> None:
    page = {"state": "AK", "year": "2018", "month": "May", "indicator": "Number of Drug Overdose Deaths", "data_value": "120"}
    files = {
        "page-0001.json": json.dumps([page | {"percent_complete": "100"}]).encode(),
        "views.json": json.dumps({"id": "xkb8-kh2a", "rowsUpdatedAt": 1_531_000_000}).encode(),
    }
    ledger = od.folded(od.snapshot(vsrr.stage(files), DAYS[2], complete=False))
    for table in (observations.VINTAGES, observations.TABLE):
        assert ledger.rows(table)["known_from"].to_list() == [datetime(2018, 7, 7, 21, 46, 40)]


LOW = {"Footnote": "Data suppressed (<10)."}
CELLS = st.sampled_from([
    None, {"Data Value": 5}, {"Data Value": 50}, {"Data Value": 50, "Predicted Value": 51},
    {"Data Value": 50, "Predicted Value": 52}, LOW, LOW | {"Predicted Value": 10}, {"Predicted Value": 40}, {},
])  # fmt: skip
NAMES = [(state, month) for state in ("NY", "YC", "AK") for month in ("April", "May")]
VINTAGES = st.lists(st.tuples(st.lists(CELLS, min_size=6, max_size=6), st.booleans()), min_size=1, max_size=5)
Drawn = list[tuple[list[dict[str, object] | None], bool]]
"""Vintages as they are drawn: the cells of each name, None where it has no row, and whether the vintage is complete."""


def snapshots(vintages: Drawn) -> list[StagedSnapshot]:
    return [
        od.snapshot(
            od.stage({"State": s, "Month": m} | c for (s, m), c in zip(NAMES, cells, strict=True) if c is not None),
            day,
            complete=complete,
        )
        for day, (cells, complete) in zip(DAYS, vintages, strict=False)
    ]


def expected(vintages: Drawn) -> list[dict[tuple[Any, str], tuple[Any, str | None]]]:
    """What is known after each vintage, worked out row by row: (name, basis) to (value, reason)."""
    known: dict[tuple[Any, str], tuple[Any, str | None]] = {}
    after = []
    for cells, complete in vintages:
        for name, cell in zip(NAMES, cells, strict=True):
            if cell is None:
                if complete:
                    known |= {k: (None, "withdrawn") for k in known if k[0] == name}
                continue
            value, predicted, hidden = cell.get("Data Value"), cell.get("Predicted Value"), "Footnote" in cell
            reason = None if value is not None else "suppressed" if hidden else "not_published"
            known[name, "reported"] = (value, reason)
            if predicted is not None:
                known[name, "predicted"] = (None, reason) if hidden else (predicted, None)
            elif known.get((name, "predicted"), (None, None))[0] is not None:
                known[name, "predicted"] = (None, reason or "not_published")
        after.append(dict(known))
    return after


ACTORS = {"NY": "US-NY-XNYC", "YC": "US-NY-NYC", "AK": "US-AK"}
ENDS = {"April": date(2018, 4, 30), "May": date(2018, 5, 31)}


@examples(40, usual=5)
@given(vintages=VINTAGES, cut=st.integers(0, 5))
def test_what_is_known_at_a_moment_is_what_the_last_vintage_that_held_the_key_said(vintages: Drawn, cut: int) -> None:
    taken = snapshots(vintages)
    rows = od.fold(*taken)
    for day, wanted in zip(DAYS, expected(vintages), strict=False):
        known = rows.filter((pl.col("known_from") <= at(day)) & (pl.col("known_to").is_null() | (pl.col("known_to") > at(day))))
        columns = ("actor_id", "period_end", "basis", "value", "missing_reason")
        found = {(a, end, b): (v, why) for a, end, b, v, why in known.filter(~pl.col("is_derived")).select(columns).rows()}
        assert found == {(ACTORS[s], ENDS[m], basis): v for ((s, m), basis), v in wanted.items()}
        # New York is the sum of its parts at every moment
        state, city, whole = (
            known.filter(pl.col("actor_id") == a).select("basis", "period_end", "value")
            for a in ("US-NY-XNYC", "US-NY-NYC", "US-NY")
        )
        parts = state.join(city, on=["basis", "period_end"])
        summed = parts.select("basis", "period_end", value=pl.col("value") + pl.col("value_right"))
        assert_frame_equal(whole, summed, check_row_order=False)
    # intervals chain without gap or overlap, the last is open, and each row says something else than the one before it
    before = [pl.col(c).shift().over(KEY, order_by="known_from") for c in ("value", "missing_reason", "known_from")]
    following = pl.col("known_from").shift(-1).over(KEY, order_by="known_from")
    assert rows.filter(pl.col("known_to").ne_missing(following)).is_empty()
    assert rows.filter(pl.col("known_from") >= pl.col("known_to")).is_empty()
    same = pl.col("value").eq_missing(before[0]) & pl.col("missing_reason").eq_missing(before[1])
    assert rows.filter(same & before[2].is_not_null()).is_empty()
    assert_frame_equal(rows, od.fold(*taken, cut=cut))
    vintages_at_once, in_steps = (od.folded(*taken, cut=n).rows(observations.VINTAGES) for n in (0, cut))
    assert_frame_equal(vintages_at_once, in_steps, check_row_order=False)


@pytest.mark.real_data
def test_a_complete_vintage_holds_every_series_without_a_gap(real_ledger: Ledger) -> None:
    rows = real_ledger.rows(observations.VINTAGES).filter(pl.col("vintage_scope") == "complete", pl.col("basis") == "reported")
    first, last = pl.col("first_period_end"), pl.col("last_period_end")
    months = (last.dt.year() - first.dt.year()).cast(pl.Int32) * 12 + last.dt.month() - first.dt.month() + 1
    assert rows.filter(pl.col("n_periods") != months).is_empty()
    n_series = rows.filter(pl.col("actor_id") != "US-NY").group_by("known_from").len().sort("known_from")["len"].to_list()
    assert n_series == [239, 266, 266, 296, 296]
