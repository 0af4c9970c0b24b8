"""NFLIS-Drug (DEA): reports of fentanyl and related substances by forensic laboratories, by state and year.

Belongs here: the layout of the public query (``DRUG_REPORTS``, ``SUBSTANCE_DESCRIPTION``, ``STATE``, ``YYYY``). A report is one
substance identified in one item, so that reports add up over substances and salts.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assets.actors import registry
from assets.contracts import Staged
from assets.errors import KEPT, Quarantine, refusal
from assets.overdose.canada import KEY, STAGED
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, reasons, repeated, split
from assets.reading.text_frames import stripped

SOURCE = "us_dea_nflis"
_COLUMNS = ("yyyy", "period", "drug_reports", "substance_description", "drug_category_description", "state")
_FENTANYL = "Fentanyl and Fentanyl-related"
_ISLANDS = {"GU": "GUM", "VI": "VIR", "AS": "ASM", "MP": "MNP"}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one answer of the query for fentanyl-related substances. Raises Quarantine: not one file, or another layout."""
    if len(files) != 1:
        raise Quarantine(f"The snapshot holds {len(files)} files; one answer of the query is a vintage. {KEPT}")
    ((name, data),) = files.items()
    read = frame_of(name, data, KEPT)
    if missing := set(_COLUMNS) - set(read.table.columns):
        raise refusal(
            name, f"it lacks the columns {', '.join(sorted(missing))}", "Take NFLIS-Drug's public query by state and year."
        )
    cells, _ = stripped(read, _COLUMNS)
    states = {i.removeprefix("US-"): i for i in registry.us_jurisdictions().values() if len(i) == 5} | {"NY": "US-NY"} | _ISLANDS
    year = pl.col("yyyy").cast(pl.Int32, strict=False)
    typed = cells.with_columns(
        actor_id=pl.col("state").replace_strict(states, default=None, return_dtype=pl.String),
        measure=pl.lit("drug_reports"),
        substance=pl.col("substance_description").str.to_lowercase(),
        manner=pl.lit("all"),
        unit=pl.lit("count"),
        period_start=pl.date(year, 1, 1),
        period_end=pl.date(year, 12, 31),
        period_basis=pl.lit("stated"),
        value=pl.col("drug_reports").cast(pl.Float64, strict=False),
        missing_reason=pl.lit(None, pl.String),
    )
    checks = [
        ("state", pl.col("actor_id").is_not_null(), "not a state or territory that is known"),
        ("yyyy", year.is_between(1990, 2100) & (pl.col("period") == pl.col("yyyy")), "not a year"),
        ("drug_category_description", pl.col("drug_category_description") == _FENTANYL, "another query: not of fentanyl"),
        ("substance_description", pl.col("substance").is_not_null(), "no substance"),
        ("drug_reports", pl.col("value") >= 0, "not a number of reports"),
    ]
    good, bad = split(typed, checks)
    again = repeated(good, KEY, ("value",), pl.concat_str("state", "yyyy", "substance", separator=" "))
    return Staged(
        frames={"reports": good.join(again, on="row", how="anti").select(*STAGED)},
        rejects=of_file(pl.concat([read.rejects, reasons(bad, checks), again]).sort("row"), pl.lit(name)),
        n_read=cells.height + read.rejects.height,
    )
