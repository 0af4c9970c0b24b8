"""The fold of articles into ``core.articles``, ``core.mentions`` and ``core.claims``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from assets import schema
from assets.contracts import Folded, History, StagedSnapshot
from assets.days import known_of_day, last_instants
from assets.news.articles import clusters
from assets.news.articles.reading import SOURCE, STAGED
from assets.news.claims.claim import claims_in
from assets.news.text import phrase_roles


def fold(history: History, snapshots: Iterable[StagedSnapshot], source: str = SOURCE, own_actors: Path | None = None) -> Folded:
    """Add new articles, the actors that they name and what they claim in numbers.

    The first snapshot that holds an article counts. An article without a date stays open: a later snapshot that brings
    the same text with its date replaces it, and its mentions are found again with the tenures of that day, its claims with the
    periods that it gives; its cluster stays.
    All others are closed at once. Whether an article is known, and of what it is a copy, is asked of three columns of history
    (some 100 characters an article), never of its text.

    Args:
        history: what earlier folds left.
        snapshots: accepted snapshots of ``stage`` in order of retrieval.
        source: source id.
        own_actors: folder of actors that the user added.

    Returns:
        ``articles``, ``mentions`` and ``claims``, the undated ones open.
    """
    seen = pl.concat(
        [
            pl.DataFrame(schema={**STAGED, "snapshot_id": pl.String, "retrieved_at": pl.Datetime("us")}),
            *(
                s.frames["articles"].with_columns(
                    pl.lit(s.snapshot_id).alias("snapshot_id"), pl.lit(s.retrieved_at, pl.Datetime("us")).alias("retrieved_at")
                )
                for s in snapshots
            ),
        ]
    )
    # a stable sort: dated before undated, and in the order of arrival among each
    first = seen.sort(pl.col("published_at").is_null(), maintain_order=True).unique(
        "article_id", keep="first", maintain_order=True
    )
    held = (
        history.all("articles")
        .select("article_id", "cluster_id", "buckets", pl.col("published_at").is_null().alias("is_undated"))
        .collect()
    )
    known = held.join(first.select("article_id"), on="article_id", how="semi").select("article_id", "is_undated")
    is_dated = pl.col("published_at").is_not_null()
    new = first.join(known, on="article_id", how="left", maintain_order="left").filter(
        pl.col("is_undated").is_null() | (pl.col("is_undated") & is_dated)
    )
    # in the order in which they came, so that it does not matter in how many folds they came
    came = (
        seen.unique("article_id", keep="first", maintain_order=True)
        .join(held, on="article_id", how="anti", maintain_order="left")
        .select("article_id", pl.coalesce("text", "title").alias("words"))
    )
    placed = pl.concat([clusters.clustered(came, held), held.select("article_id", "cluster_id", "buckets")])
    articles = articles_of(new.join(placed, on="article_id", how="left", maintain_order="left"), source)
    found = {"mentions": mentions_in(articles, own_actors), "claims": claims_in(articles, own_actors)}
    dated = articles.filter(is_dated).select("article_id")

    def still_open(table: str, fresh: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([history.open(table), fresh]).join(dated, on="article_id", how="anti", maintain_order="left")

    return Folded(
        open={table: still_open(table, fresh) for table, fresh in {"articles": articles, **found}.items()},
        closed={
            "articles": articles.filter(is_dated),
            **{t: rows.join(dated, on="article_id", how="semi", maintain_order="left") for t, rows in found.items()},
        },
    )


def articles_of(rows: pl.DataFrame, source: str = SOURCE) -> pl.DataFrame:
    """Turn staged articles into rows of ``core.articles``.

    Args:
        rows: ``STAGED`` with ``snapshot_id``, ``retrieved_at``, ``cluster_id`` and ``buckets``.
        source: source id.
    """
    day = pl.col("published_at").dt.date()
    is_day = pl.col("published_precision") == "day"
    of_day = known_of_day(day, pl.col("retrieved_at"))
    known_at = pl.when(is_day).then(of_day).otherwise("published_at")
    is_seen_first = is_day & (of_day == pl.col("retrieved_at")) & (of_day < last_instants(day))
    return schema.table("core.articles").conform(
        rows.select(
            *(c for c in STAGED if c != "row"),
            "cluster_id",
            "buckets",
            "snapshot_id",
            pl.coalesce(known_at, "retrieved_at").alias("known_from"),
            pl.when(known_at.is_null() | is_seen_first)
            .then(pl.lit("snapshot"))
            .otherwise(pl.lit("published"))
            .alias("known_basis"),
            pl.lit(source).alias("source"),
        )
    )


def mentions_in(articles: pl.DataFrame, own_actors: Path | None = None) -> pl.DataFrame:
    """Find the rows of ``core.mentions`` for rows of ``core.articles``. An undated article is read without a day."""
    days = articles.select("article_id", "title", pl.col("text").fill_null(""), pl.col("published_at").dt.date())
    found = phrase_roles.rows(days.iter_rows(), own_actors=own_actors).join(
        articles.select("article_id", "known_from"), on="article_id", how="left", maintain_order="left"
    )
    return schema.table("core.mentions").conform(found)
