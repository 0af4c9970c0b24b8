"""NFLIS: reports of laboratories by state, year and substance."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.overdose import nflis

HEADER = "YYYY,PERIOD,DRUG_REPORTS,SUBSTANCE_DESCRIPTION,DRUG_CATEGORY_DESCRIPTION,STATE"
ROW = "2024,2024,{},FENTANYL,{},{}"

VALID = f"{HEADER}\n{ROW.format(7, 'Fentanyl and Fentanyl-related', 'OH')}\n".encode()


def stage(*lines: str) -> Staged:
    return nflis.stage({"NFLIS.csv": "\n".join([HEADER, *lines, ""]).encode()})


def test_reports_are_of_a_state_a_year_and_a_substance() -> None:
    staged = stage(ROW.format(1425, "Fentanyl and Fentanyl-related", "NY"), ROW.format(3, "Fentanyl and Fentanyl-related", "GU"))
    assert staged.frames["reports"].select("actor_id", "substance", "period_start", "period_end", "value").rows() == [
        ("US-NY", "fentanyl", date(2024, 1, 1), date(2024, 12, 31), 1425.0),
        ("GUM", "fentanyl", date(2024, 1, 1), date(2024, 12, 31), 3.0),
    ]


@pytest.mark.trap("us_dea_nflis", "no-state")
def test_reports_of_no_state_or_of_another_drug_are_rejected() -> None:
    staged = stage(ROW.format(5, "Fentanyl and Fentanyl-related", "XX"), ROW.format(5, "Cocaine", "OH"))
    assert staged.rejects.select("row", "column").rows() == [(1, "state"), (2, "drug_category_description")]
    assert (staged.n_read, staged.frames["reports"].height) == (2, 0)


def test_another_table_is_refused() -> None:
    with pytest.raises(Quarantine, match="it lacks the columns drug_category_description"):
        nflis.stage({"a.csv": b"a,b\n1,2\n"})


@pytest.mark.real_data
def test_the_real_file_is_read_whole_but_for_reports_of_no_state(real_data: Path, answers: dict[str, Any]) -> None:
    staged = nflis.stage({"a.csv": gzip.decompress((real_data / "more/nflis/NFLIS_fent_all.csv.gz").read_bytes())})
    assert (staged.n_read, set(staged.rejects["value"])) == (6472, {"XX"})
    totals = staged.frames["reports"].group_by(year=pl.col("period_end").dt.year()).agg(pl.col("value").sum())
    found = {str(year): value for year, value in totals.iter_rows()}
    expected = answers["nflis-fentanyl"]
    assert {year: found[year] for year in expected} == expected
    assert staged.frames["reports"].height == 6469
