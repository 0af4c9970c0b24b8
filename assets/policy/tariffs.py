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
JUDGMENT, METALS_AGAIN = date(2026, 2, 20), date(2026, 4, 5)
COVERED = (
    ("USA", "CHN", date(2018, 1, 1), METALS_AGAIN),
    ("CHN", "USA", date(2018, 1, 1), JUDGMENT),
    ("USA", "CAN", date(2025, 1, 1), METALS_AGAIN),
    ("USA", "MEX", date(2025, 1, 1), METALS_AGAIN),
    ("CAN", "USA", date(2025, 1, 1), JUDGMENT),
)
"""Pairs and the days of which all measures were read. What others answered to the judgment of 20 February 2026 was not, nor
were the duties of section 232 of 6 April 2026: then the rate is unknown."""


def tables(_: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """Return ``core.tariff_measures`` and ``core.tariff_coverage``."""
    rows = pl.read_csv(_FILE, infer_schema=False).with_columns(
        pl.col("date_announced", "valid_from", "valid_to").str.to_date("%Y-%m-%d"),
        pl.col("rate_low", "rate_high").cast(pl.Float64),
    )
    measures, coverage = (table(f"core.{name}") for name in TABLES)
    coverage_rows = pl.DataFrame(COVERED, schema=list(coverage.polars), orient="row")
    return {TABLES[0]: measures.conform(rows), TABLES[1]: coverage.conform(coverage_rows)}
