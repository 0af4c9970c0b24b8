"""Events of our own articles: coding what a fold of articles adds, into ``core.events`` and ``core.event_reports``.

``with_events`` wraps a fold of articles (``assets.news.articles.fold.fold``, that of the feeds): the articles that it adds are
coded in the same step, so that an event always has its article. Copies of one text (the same ``cluster_id``) are coded
once: the first reports the events, each later one is a report of them. An article without a date stays open, and so do its
events: when a later snapshot brings its date, both are replaced.

English and Chinese are coded: an article in another language, or without one and in other letters, adds no events. Where the
coder fails on an article, the article stays without events, and a reject says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from assets import progress, schema
from assets.contracts import FOLD_REJECTS, Folded, History, StagedSnapshot
from assets.news.articles.addresses import speaker_of
from assets.news.coding.interface import Coder, Text, code_each
from assets.news.coding.jsonl import default_coder, scaled

ArticleFold = Callable[[History, Iterable[StagedSnapshot]], Folded]

_LETTERS = 0.7
"""Share of a-z among the letters of a text below which it is not English."""


_HAN = 0.5
"""Share of Chinese characters among the letters of a text above which it may be Chinese."""


def with_events(fold: ArticleFold, origin: str, coder: Callable[[], Coder] = default_coder) -> ArticleFold:
    """Return a fold of articles that also codes them.

    Args:
        fold: gives ``articles`` (open: those without a date) and ``mentions``.
        origin: source id, the ``origin`` of the events.
        coder: makes the coder when the first article is to be coded.

    Returns:
        A fold that also gives ``events`` and ``event_reports``, open where their article is.
    """

    def folded(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        result = fold(history, snapshots)
        closed = result.closed.get("articles", schema.table("core.articles").empty())
        before = history.open("articles").select("article_id")
        opened = result.open["articles"]
        fresh = pl.concat([closed, opened.join(before, on="article_id", how="anti")])
        events, reports, rejects = coded(fresh, history, origin, coder)
        still_open = opened.select("article_id")
        kept = history.open("events").join(still_open, on="article_id", how="semi", maintain_order="left")
        kept_reports = history.open("event_reports").join(still_open, on="article_id", how="semi", maintain_order="left")

        def of(frame: pl.DataFrame, *, undated: bool) -> pl.DataFrame:
            how = "semi" if undated else "anti"
            return frame.join(still_open, on="article_id", how=how, maintain_order="left")  # type: ignore[arg-type]

        return Folded(
            open={
                **result.open,
                "events": pl.concat([kept, of(events, undated=True)]),
                "event_reports": pl.concat([kept_reports, of(reports, undated=True)]),
            },
            closed={
                **result.closed,
                "events": of(events, undated=False),
                "event_reports": of(reports, undated=False),
            },
            notes=result.notes,
            rejects=pl.concat([result.rejects, rejects]),
        )

    return folded


def coded(
    articles: pl.DataFrame, history: History, origin: str, coder: Callable[[], Coder] = default_coder
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Code articles that are new.

    Args:
        articles: rows of ``core.articles``.
        history: what earlier folds left; asked only for the clusters of copies.
        origin: source id.
        coder: makes the coder.

    Returns:
        Rows of ``core.events`` and of ``core.event_reports``; and rejects, one for each article on which the coder failed.
    """
    empty = schema.table("core.events").empty(), schema.table("core.event_reports").empty(), FOLD_REJECTS.to_frame()
    if articles.is_empty():
        return empty
    copies = articles.filter(pl.col("cluster_id").is_not_null() & (pl.col("cluster_id") != pl.col("article_id")))
    first_of = _dated_originals(copies, articles, history)
    own = articles.filter(pl.col("article_id").is_in(list(first_of)).not_() & (is_english() | is_chinese()))
    events, rejects = events_of(own, origin, coder)
    coded_events = events.select("event_id", "article_id", "known_from")
    if first_of:
        before = history.all("events").filter(pl.col("article_id").is_in(sorted(set(first_of.values()))))
        coded_events = pl.concat([coded_events, before.select("event_id", "article_id", "known_from").collect()])
    return events, reports_of(coded_events, articles, first_of), rejects


def _dated_originals(copies: pl.DataFrame, articles: pl.DataFrame, history: History) -> dict[str, str]:
    """Article to the article whose copy it is, where that one has a date: one without is still to be replaced."""
    if copies.is_empty():
        return {}
    wanted = copies["cluster_id"].unique().to_list()
    is_first = pl.col("article_id").is_in(wanted) & pl.col("published_at").is_not_null()
    known = set(articles.filter(is_first)["article_id"])
    known |= set(history.all("articles").filter(is_first).select("article_id").collect()["article_id"])
    return {article: first for article, first in copies.select("article_id", "cluster_id").iter_rows() if first in known}


def is_english() -> pl.Expr:
    """Whether an article is to be coded: its language is stated as English, or not stated and its letters are a to z."""
    words = pl.coalesce("text", "title").fill_null("")
    letters = words.str.count_matches(r"\p{L}")
    latin = words.str.count_matches(r"[A-Za-z]")
    return (pl.col("language") == "en").fill_null(False) | (pl.col("language").is_null() & (latin > _LETTERS * letters))


def is_chinese() -> pl.Expr:
    """Whether an article is to be coded as Chinese: its language is stated so, or not stated and its letters are Chinese."""
    words = pl.coalesce("text", "title").fill_null("")
    chinese = words.str.count_matches(r"\p{Han}")
    is_so = (chinese > words.str.count_matches(r"\p{L}") * _HAN) & (chinese > 0)
    return (pl.col("language") == "zh").fill_null(False) | (pl.col("language").is_null() & is_so)


def events_of(
    articles: pl.DataFrame, origin: str, coder: Callable[[], Coder] = default_coder
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Code articles into rows of ``core.events``; the second frame holds a reject for each article on which the coder failed.

    Args:
        articles: rows of ``core.articles`` in English or Chinese. An article without text is coded by its headline.
        origin: source id.
        coder: makes the coder.
    """
    empty = schema.table("core.events").empty()
    if articles.is_empty():
        return empty, FOLD_REJECTS.to_frame()
    chosen = coder()
    texts = (
        Text(article, text or "", day, title, speaker_of(outlet, url))
        for article, text, day, title, outlet, url in articles.select(
            "article_id", "text", pl.col("published_at").dt.date(), "title", "outlet", "url"
        ).iter_rows()
    )
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    with progress.task(f"{origin}: coding", articles.height, "articles") as advance:
        for one in code_each(chosen, texts):
            rows += (
                {**scaled(event, chosen), "article_id": one.text.id, "origin_id": f"{one.text.id}:{n}"}
                for n, event in enumerate(one.events, start=1)
            )
            if one.problem is not None:
                failed[one.text.id] = one.problem
            advance(1)
    rejects = _rejects(articles, failed)
    if not rows:
        return empty, rejects
    frame = pl.DataFrame(rows, schema={c: t for c, t in empty.schema.items() if c in rows[0]})
    events = schema.table("core.events").conform(
        frame.join(
            articles.select("article_id", "url", "known_from", "known_basis", "snapshot_id"),
            on="article_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.format(f"{origin}:{{}}", "origin_id").alias("event_id"),
            pl.lit(1, pl.Int32).alias("n_reports"),
            pl.lit(origin).alias("origin"),
        )
        .pipe(not_after_known)
    )
    return events, rejects


def not_after_known(events: pl.DataFrame) -> pl.DataFrame:
    """Events whose stated time lies after their article was known have none: what was to come is not what was reported.

    ``EU gives Croatia final approval to adopt euro currency in 2023``, held since September 2022 and without a date of its
    own: 2023 is when the currency is to come; when the approval was given is not known. Of an article with a date the coder
    sees to this itself. A time that only ends later (``in 2022``) ends with the day on which the article was known.
    """
    known = pl.col("known_from").dt.date()
    is_ahead = pl.col("event_date").is_not_null() & (pl.col("event_date") > known)
    day_after = known + pl.duration(days=1)
    ends_ahead = ~is_ahead & (pl.col("event_date_end") > day_after)
    return events.with_columns(
        event_date=pl.when(~is_ahead).then("event_date"),
        event_date_end=pl.when(~is_ahead).then(pl.when(ends_ahead).then(day_after).otherwise("event_date_end")),
        date_precision=pl.when(is_ahead).then(pl.lit("unknown")).otherwise("date_precision"),
    )


def _rejects(articles: pl.DataFrame, failed: Mapping[str, str]) -> pl.DataFrame:
    """A reject for each article on which the coder failed: it names the article, which stays, and what is lost."""
    of_failed = articles.filter(pl.col("article_id").is_in(list(failed)))
    return of_failed.select(
        "snapshot_id",
        "file",
        pl.lit(None, pl.Int64).alias("row"),
        pl.lit("text").alias("column"),
        pl.coalesce("title", "text").str.slice(0, 200).alias("value"),
        pl.format(
            "{}; article {} is kept, its events are missing", pl.col("article_id").replace_strict(failed), "article_id"
        ).alias("reason"),
    ).cast(dict(FOLD_REJECTS))  # type: ignore[arg-type]


def reports_of(coded_events: pl.DataFrame, articles: pl.DataFrame, first_of: dict[str, str]) -> pl.DataFrame:
    """Rows of ``core.event_reports``: every article with the events that it, or the text it copies, reports.

    Args:
        coded_events: ``event_id``, the ``article_id`` that was coded, and since when the event was known. A copy may have
            appeared earlier than the text that came in first: it is a report of the event from then on, not before.
        articles: new rows of ``core.articles``.
        first_of: article to the one that was coded in its place.
    """
    coded_as = articles.select(
        "article_id",
        pl.col("article_id").replace(first_of).alias("coded"),
        "url",
        "outlet",
        pl.col("published_at").alias("reported_at"),
        "known_from",
    )
    coded_events = coded_events.rename({"article_id": "coded", "known_from": "event_known_from"})
    return schema.table("core.event_reports").conform(
        coded_as.join(coded_events, on="coded", how="inner", maintain_order="left").select(
            "event_id",
            # a copy may have the address of the first (another version of its text): the id keeps the two apart
            pl.when(pl.col("coded") == pl.col("article_id"))
            .then(pl.coalesce("url", "article_id"))
            .otherwise("article_id")
            .alias("report_id"),
            "url",
            "outlet",
            "article_id",
            "reported_at",
            pl.max_horizontal("known_from", "event_known_from").alias("known_from"),
        )
    )
