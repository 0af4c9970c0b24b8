"""Additional duties between states as facts with citations: ``tariffs.csv``, written from the notices that it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from assets.schema import table

TABLES = ("tariff_measures", "tariff_coverage")
_FILE = Path(__file__).with_name("tariffs.csv")
FACTS = ("tariffs.csv",)
COVERED = (date(2018, 1, 1), date(2026, 2, 20))
"""What came after the judgment of 20 February 2026 (section 122, other answers) was not read: then the rate is unknown."""


def tables(_: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """Return ``core.tariff_measures`` and ``core.tariff_coverage``."""
    rows = pl.read_csv(_FILE, infer_schema=False).with_columns(
        pl.col("date_announced", "valid_from", "valid_to").str.to_date("%Y-%m-%d"),
        pl.col("rate_low", "rate_high").cast(pl.Float64),
    )
    pairs = [(*pair, *COVERED) for pair in (("USA", "CHN"), ("CHN", "USA"))]
    measures, coverage = (table(f"core.{name}") for name in TABLES)
    coverage_rows = pl.DataFrame(pairs, schema=list(coverage.polars), orient="row")
    return {TABLES[0]: measures.conform(rows), TABLES[1]: coverage.conform(coverage_rows)}
