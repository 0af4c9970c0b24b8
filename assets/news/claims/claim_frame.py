"""Claims of articles as rows of ``core.claims``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl

from assets import schema
from assets.news.claims.claim import claims_of
from assets.news.coding.fold import is_english


def claims_in(articles: pl.DataFrame, own_actors: Path | None = None) -> pl.DataFrame:
    """Find the claims of articles.

    Args:
        articles: rows of ``core.articles``. English ones alone are read. An article without a day of publication is read
            without one.
        own_actors: folder of actors that the user added.

    Returns:
        Rows of ``core.claims``.
    """
    columns = ("article_id", "text", "title", pl.col("published_at").dt.date().alias("day"), "known_from")
    rows = [
        {"article_id": article, "published_on": day, "known_from": known_from, **asdict(claim)}
        for article, text, title, day, known_from in articles.filter(is_english()).select(columns).iter_rows()
        for claim in claims_of(text or "", day, title, own_actors)
    ]
    table = schema.table("core.claims")
    return table.conform(pl.DataFrame(rows, schema=table.polars, orient="row")) if rows else table.empty()
