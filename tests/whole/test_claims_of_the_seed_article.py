"""The claim of the article that the project began with, judged on real files: its text, final counts, what the press told."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.made_up import SAMPLE
from tests.whole.archives import catalogued
from tests.whole.conftest import Warehouse

TRANSCRIBED = SAMPLE / "us_cdc_vsrr" / "2023-05-17" / "us_rows.csv"
"""Two figures for 2022 that the press told of CDC's release of that day; no real vintage between 2019 and 2024 is at hand."""
THEN = "verdict, reason, round(figure, 3), figure_to::VARCHAR, vintage_date::VARCHAR, vintage_age_days"
NOW = "verdict_now, round(figure_now, 3), figure_now_to::VARCHAR, basis_now"


def judged(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.rows(f"SELECT {THEN}, {NOW} FROM marts.claims_judged WHERE surface = 'more than two-thirds'")


def final_share(warehouse: Warehouse, year: int) -> list[tuple[Any, ...]]:
    """What the final count of a year says of the claim."""
    return warehouse.rows(
        f"""WITH asked AS (
            SELECT c.* REPLACE (end_of_time() AS known_from, DATE '{year}-01-01' AS period_from, DATE '{year}-12-31' AS period_to)
            FROM core.claims AS c WHERE c.surface = 'more than two-thirds')
        SELECT round(f.figure, 3), f.basis, claim_admits(a.comparator, a.low, a.high, f.figure)
        FROM claim_figures('asked') AS f, asked AS a"""
    )


@pytest.mark.real_data
def test_two_thirds_are_supported_by_what_was_known_then_and_by_final_2022_and_not_by_2021(
    real_data: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    for source, moment, path in catalogued(real_data):
        is_article = source == "articles" and path.suffix == ".txt"
        is_early = source == "us_cdc_vsrr" and moment.startswith("2019-04-24")
        if is_article or is_early or source == "us_nida_final":
            target = archive / source / moment
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    (article,) = (archive / "articles").glob("*/*.txt")
    article.with_name(f"{article.name}.meta.json").write_text('{"published": "2023-12-22", "outlet": "South China Morning Post"}')
    warehouse = Warehouse(tmp_path / "warehouse")
    assert warehouse.refresh(archive).published
    # of the vintages at hand the newest then was more than four years old: it does not count against the article
    too_old = "too old: the newest period of which a figure was known then had ended 1909 days before"
    now = ("supported", 0.684, "2022-12-31", "final")
    assert [row[:3] + row[6:] for row in judged(warehouse)] == [("cannot be checked", too_old, 0.458, *now)]
    assert final_share(warehouse, 2022) == [(0.684, "final", True)]
    assert final_share(warehouse, 2021) == [(0.662, "final", False)]
    # with what the press had told in May 2023 it is borne out by what a reader of that day could know
    target = archive / "us_cdc_vsrr" / "2023-05-17"
    target.mkdir()
    shutil.copy(TRANSCRIBED, target)
    assert warehouse.refresh(archive).published
    assert judged(warehouse) == [("supported", None, 0.683, "2022-12-31", "2023-05-17", 219, *now)]
