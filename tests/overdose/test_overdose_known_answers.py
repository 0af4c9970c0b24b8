"""Known answers from real vintages of VSRR, and from what the press reported of others."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from assets.contracts import Judgement, Staged
from tests.overdose.conftest import Vsrr

TOTAL = (pl.col("measure") == "deaths_12m") & (pl.col("drug") == "all")


Judged = dict[str, tuple[Staged, Judgement, datetime]]


@pytest.mark.trap("us_cdc_vsrr", "last-digits")
@pytest.mark.real_data
def test_two_serialisations_of_one_vintage_are_no_revision(real_rows: pl.DataFrame, real_vintages: Judged) -> None:
    staged, judgement, at = real_vintages["2019-04-30"]
    assert (judgement.refusals, judgement.complete, staged.n_read) == ((), True, 13_320)
    assert real_rows.filter((pl.col("known_from") == at) | (pl.col("known_to") == at)).is_empty()


@pytest.mark.trap("us_cdc_vsrr", "rolling-sums")
@pytest.mark.real_data
def test_the_year_is_the_row_of_december_and_not_the_sum_of_twelve_rolling_rows(
    od: Vsrr, real_vintages: Judged, answers: dict[str, Any]
) -> None:
    staged, _, at = real_vintages["2024-04-17"]
    rows = od.fold(od.snapshot(staged, at.isoformat(), complete=False))
    year = rows.filter(TOTAL, pl.col("period_end").dt.year() == 2022, actor_id="USA", basis="reported")
    assert year["value"].sum() == answers["year-2022"]["wrong"]
    december = year.filter(period_end=date(2022, 12, 31)).select("period_start", "value").rows()
    assert december == [(date(2022, 1, 1), answers["year-2022"]["right"])]


@pytest.mark.trap("us_cdc_vsrr", "jurisdictions")
@pytest.mark.trap("us_cdc_vsrr", "no-predicted-where-hidden")
@pytest.mark.real_data
def test_the_file_without_new_york_city_is_refused_and_its_leaks_are_removed(
    real_vintages: Judged, answers: dict[str, Any]
) -> None:
    staged, judgement, _ = real_vintages["2019-10-15"]
    assert [r.split("; first")[0] for r in judgement.refusals] == [
        f"Number of {deaths}: the US is not the sum of its jurisdictions in 50 of 50 months"
        for deaths in ("Deaths", "Drug Overdose Deaths")
    ]
    assert "difference 794 (absent: YC)" in judgement.refusals[1]
    assert (staged.facts["n_blank_lines"], staged.n_read, staged.facts["n_leaks"]) == (599, 23_100, answers["leaks-2019"]["rows"])
    rows = staged.frames["observations"]
    assert rows.filter(pl.col("value").is_null() & pl.col("predicted").is_not_null()).is_empty()


@pytest.mark.real_data
def test_all_other_vintages_are_taken_without_a_rejected_row(real_vintages: Judged) -> None:
    good = {day: (j.complete, s.n_read, s.rejects.height) for day, (s, j, _) in real_vintages.items() if not j.refusals}
    read = {"2017-12-16": 6_931, "2018-04-30": 8_778, "2018-10-15": 10_374, "2019-04-24": 13_320, "2019-04-30": 13_320}
    partial = {"2024-04-17": (False, 5_671, 0), "2025-09-17": (False, 141, 0)}
    assert good == {day: (True, n, 0) for day, n in read.items()} | partial


@pytest.mark.real_data
def test_the_drug_detail_of_west_virginia_is_withdrawn_by_the_vintage_of_2019_04(real_rows: pl.DataFrame) -> None:
    gone = real_rows.filter(pl.col("missing_reason") == "withdrawn")
    assert gone.group_by("actor_id", "basis", "known_from", "known_to").len().sort("basis").rows() == [
        ("US-WV", "predicted", datetime(2019, 4, 24), None, 273),
        ("US-WV", "reported", datetime(2019, 4, 24), None, 312),
    ]


DRUGS = {
    "all": "Number of Drug Overdose Deaths",
    "T40.0-T40.4,T40.6": "Opioids (T40.0-T40.4,T40.6)",
    "T40.4": "Synthetic opioids, excl. methadone (T40.4)",
    "T43.6": "Psychostimulants with abuse potential (T43.6)",
    "T40.5": "Cocaine (T40.5)",
}
PRESS: dict[str, list[tuple[str, date, int]]] = {
    "2023-09-13": [
        ("all", date(2023, 4, 30), 111_355), ("all", date(2022, 12, 31), 110_757), ("all", date(2022, 3, 31), 110_394),
    ],
    "2023-10-11": [("all", date(2023, 5, 31), 112_024), ("all", date(2022, 5, 31), 109_261)],
    "2024-05-15": [
        ("all", date(2023, 12, 31), 107_543), ("all", date(2022, 12, 31), 111_029),
        ("T40.4", date(2023, 12, 31), 74_702), ("T40.4", date(2022, 12, 31), 76_226),
    ],
    "2025-02-25": [
        (drug, date(2024, 9, 30), n)
        for drug, n in {"all": 86_882, "T40.0-T40.4,T40.6": 61_393, "T40.4": 55_126, "T43.6": 30_689, "T40.5": 24_279}.items()
    ],
}  # fmt: skip
"""What the press reported of four releases: predicted values of the US and nothing else."""


def test_figures_of_the_press_are_known_from_their_release_on_and_say_nothing_of_reported_counts(od: Vsrr) -> None:
    columns = "State,Year,Month,Period,Indicator,Data Value,State Name,Predicted Value"
    snapshots = []
    for day, figures in PRESS.items():
        rows = [
            {"State": "US", "Year": end.year, "Month": f"{end:%B}", "Indicator": DRUGS[drug], "Predicted Value": n}
            for drug, end, n in figures
        ]
        snapshots.append(od.snapshot(od.stage(rows, columns), day, complete=False))
    held = od.fold(*snapshots).filter(actor_id="USA", measure="deaths_12m")
    assert held["basis"].unique().to_list() == ["predicted"]

    def known(day: str) -> pl.DataFrame:
        at = datetime.fromisoformat(day)
        return held.filter((pl.col("known_from") <= at) & (pl.col("known_to").is_null() | (pl.col("known_to") > at)))

    for day, figures in PRESS.items():
        assert set(figures) <= set(known(day).select("drug", "period_end", "value").rows())
    newest = known("2023-12-22").filter(TOTAL).sort("period_end").tail(1)
    assert newest.select("period_end", "value").rows() == [(date(2023, 5, 31), 112_024.0)]
