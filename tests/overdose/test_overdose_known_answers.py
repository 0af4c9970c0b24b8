"""Known answers from real vintages of VSRR, and from what the press reported of others."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from assets.contracts import Judgement, Staged
from tests.overdose.conftest import Vsrr

TOTAL = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == "all")


def known(rows: pl.DataFrame, day: str, actor: str, end: date, *, basis: str = "reported", where: pl.Expr = TOTAL) -> float:
    """The one value known at the first instant of a day."""
    at = datetime.fromisoformat(day)
    value: float = rows.filter(
        where & (pl.col("actor_id") == actor) & (pl.col("period_end") == end) & (pl.col("basis") == basis),
        (pl.col("known_from") <= at) & (pl.col("known_to").is_null() | (pl.col("known_to") > at)),
    )["value"].item()
    return value


@pytest.mark.real_data
@pytest.mark.trap("us_cdc_vsrr", "all-causes")
def test_the_us_and_new_york_as_known_in_each_vintage(real_rows: pl.DataFrame, answers: dict[str, Any]) -> None:
    found = {b: known(real_rows, "2024-05-01", "USA", date(2023, 11, 30), basis=b) for b in ("reported", "predicted")}
    assert found == answers["november-2023"]
    expected = answers["may-2017"]
    assert {day: known(real_rows, day, "USA", date(2017, 5, 31)) for day in expected} == expected
    actors = {"NY": "US-NY-XNYC", "YC": "US-NY-NYC", "sum": "US-NY"}
    assert {k: known(real_rows, "2024-05-01", a, date(2023, 11, 30)) for k, a in actors.items()} == answers["new-york-2023"]
    all_causes = pl.col("measure") == "all_cause_deaths_12m"
    both = [known(real_rows, "2019-05-01", "USA", date(2017, 5, 31), where=w) for w in (all_causes, TOTAL)]
    assert both == [answers["all-causes-2017"]["all_cause"], answers["all-causes-2017"]["overdose"]]


@pytest.mark.trap("us_cdc_vsrr", "last-digits")
@pytest.mark.real_data
def test_two_serialisations_of_one_vintage_are_no_revision(
    real_rows: pl.DataFrame, real_vintages: dict[str, tuple[Staged, Judgement, datetime]], answers: dict[str, Any]
) -> None:
    staged, judgement, at = real_vintages["2019-04-30"]
    assert (judgement.refusals, judgement.complete, staged.n_read) == ((), True, 13_320)
    assert (
        real_rows.filter((pl.col("known_from") == at) | (pl.col("known_to") == at)).height == answers["same-vintage"]["revisions"]
    )


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
@pytest.mark.real_data
def test_the_year_is_the_row_of_december_and_not_the_sum_of_twelve_rolling_rows(
    od: Vsrr, real_vintages: dict[str, tuple[Staged, Judgement, datetime]], answers: dict[str, Any]
) -> None:
    staged, _, at = real_vintages["2024-04-17"]
    rows = od.fold(od.snapshot(staged, at.isoformat(), complete=False))
    us = rows.filter(TOTAL & (pl.col("actor_id") == "USA") & (pl.col("basis") == "reported"))
    year = us.filter(pl.col("period_end").dt.year() == 2022)
    assert year["value"].sum() == answers["year-2022"]["wrong"]
    december = year.filter(pl.col("period_end") == date(2022, 12, 31)).select("period_start", "value").rows()
    assert december == [(date(2022, 1, 1), answers["year-2022"]["right"])]


@pytest.mark.trap("us_cdc_vsrr", "jurisdictions")
@pytest.mark.real_data
def test_the_file_without_new_york_city_is_refused(real_vintages: dict[str, tuple[Staged, Judgement, datetime]]) -> None:
    staged, judgement, _ = real_vintages["2019-10-15"]
    assert [r.split("; first")[0] for r in judgement.refusals] == [
        "Number of Deaths: the US is not the sum of its jurisdictions in 50 of 50 months",
        "Number of Drug Overdose Deaths: the US is not the sum of its jurisdictions in 50 of 50 months",
    ]
    assert "difference 794 (absent: YC)" in judgement.refusals[1]
    assert (staged.facts["n_blank_lines"], staged.n_read) == (599, 23_100)


@pytest.mark.trap("us_cdc_vsrr", "no-predicted-where-hidden")
@pytest.mark.real_data
def test_leaked_predicted_values_are_removed(
    real_vintages: dict[str, tuple[Staged, Judgement, datetime]], answers: dict[str, Any]
) -> None:
    staged, _, _ = real_vintages["2019-10-15"]
    assert staged.facts["n_leaks"] == answers["leaks-2019"]["rows"]
    rows = staged.frames["observations"]
    assert rows.filter(pl.col("value").is_null() & pl.col("predicted").is_not_null()).is_empty()


@pytest.mark.real_data
def test_all_other_vintages_are_taken_without_a_rejected_row(
    real_vintages: dict[str, tuple[Staged, Judgement, datetime]],
) -> None:
    good = {day: (j.complete, s.n_read, s.rejects.height) for day, (s, j, _) in real_vintages.items() if not j.refusals}
    assert good == {
        "2017-12-16": (True, 6_931, 0),
        "2018-04-30": (True, 8_778, 0),
        "2018-10-15": (True, 10_374, 0),
        "2019-04-24": (True, 13_320, 0),
        "2019-04-30": (True, 13_320, 0),
        "2024-04-17": (False, 5_671, 0),
        "2025-09-17": (False, 141, 0),
    }


@pytest.mark.real_data
def test_the_drug_detail_of_west_virginia_is_withdrawn_by_the_vintage_of_2019_04(real_rows: pl.DataFrame) -> None:
    gone = real_rows.filter(pl.col("missing_reason") == "withdrawn")
    assert gone.group_by("actor_id", "basis", "known_from", "known_to").len().sort("basis").rows() == [
        ("US-WV", "predicted", datetime(2019, 4, 24), None, 273),
        ("US-WV", "reported", datetime(2019, 4, 24), None, 312),
    ]


PRESS: list[tuple[str, str, date, str, str, int]] = [
    ("PRESS-2023-09", "2023-09-13", date(2023, 4, 30), "all", "Number of Drug Overdose Deaths", 111_355),
    ("PRESS-2023-09", "2023-09-13", date(2022, 12, 31), "all", "Number of Drug Overdose Deaths", 110_757),
    ("PRESS-2023-09", "2023-09-13", date(2022, 3, 31), "all", "Number of Drug Overdose Deaths", 110_394),
    ("PRESS-2023-10", "2023-10-11", date(2023, 5, 31), "all", "Number of Drug Overdose Deaths", 112_024),
    ("PRESS-2023-10", "2023-10-11", date(2022, 5, 31), "all", "Number of Drug Overdose Deaths", 109_261),
    ("PRESS-2024-05", "2024-05-15", date(2023, 12, 31), "all", "Number of Drug Overdose Deaths", 107_543),
    ("PRESS-2024-05", "2024-05-15", date(2022, 12, 31), "all", "Number of Drug Overdose Deaths", 111_029),
    ("PRESS-2024-05", "2024-05-15", date(2023, 12, 31), "T40.4", "Synthetic opioids, excl. methadone (T40.4)", 74_702),
    ("PRESS-2024-05", "2024-05-15", date(2022, 12, 31), "T40.4", "Synthetic opioids, excl. methadone (T40.4)", 76_226),
    ("PRESS-2025-02", "2025-02-25", date(2024, 9, 30), "all", "Number of Drug Overdose Deaths", 86_882),
    ("PRESS-2025-02", "2025-02-25", date(2024, 9, 30), "T40.0-T40.4,T40.6", "Opioids (T40.0-T40.4,T40.6)", 61_393),
    ("PRESS-2025-02", "2025-02-25", date(2024, 9, 30), "T40.4", "Synthetic opioids, excl. methadone (T40.4)", 55_126),
    ("PRESS-2025-02", "2025-02-25", date(2024, 9, 30), "T43.6", "Psychostimulants with abuse potential (T43.6)", 30_689),
    ("PRESS-2025-02", "2025-02-25", date(2024, 9, 30), "T40.5", "Cocaine (T40.5)", 24_279),
]


@pytest.fixture(scope="module")
def press_rows(od: Vsrr) -> pl.DataFrame:
    """What the press reported of four releases, as transcriptions: predicted values of the US and nothing else."""
    columns = "State,Year,Month,Period,Indicator,Data Value,State Name,Predicted Value"
    releases: dict[str, list[dict[str, object]]] = {}
    for _, day, end, _, indicator, value in PRESS:
        row = {"State": "US", "Year": end.year, "Month": f"{end:%B}", "Indicator": indicator, "Predicted Value": value}
        releases.setdefault(day, []).append(row)
    return od.fold(*[od.snapshot(od.stage(rows, columns), day, complete=False) for day, rows in releases.items()])


@pytest.mark.parametrize(("day", "end", "drug", "value"), [(day, end, drug, value) for _, day, end, drug, _, value in PRESS])
def test_a_figure_of_the_press_is_known_from_its_release_on(
    press_rows: pl.DataFrame, day: str, end: date, drug: str, value: float
) -> None:
    where = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == drug)
    assert known(press_rows, day, "USA", end, basis="predicted", where=where) == value


def test_figures_of_the_press_are_known_from_their_release_and_say_nothing_of_reported_counts(press_rows: pl.DataFrame) -> None:
    at = datetime(2023, 12, 22)
    seen = press_rows.filter((pl.col("known_from") <= at) & (pl.col("known_to").is_null() | (pl.col("known_to") > at)))
    newest = seen.filter(TOTAL).sort("period_end").tail(1)
    assert newest.select("period_end", "value", "basis").rows() == [(date(2023, 5, 31), 112_024.0, "predicted")]
    assert press_rows["basis"].unique().to_list() == ["predicted"]
