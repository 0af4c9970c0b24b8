"""The sources of the news room and the functions that read, judge and fold them."""

from __future__ import annotations

from assets.news import articles, events, gdelt
from pipelines.contract import SourceCode

SOURCES: tuple[SourceCode, ...] = (
    SourceCode(
        source=gdelt.SOURCE,
        tables=("events", "event_reports", "news_coverage"),
        stage=gdelt.stage,
        fold=events.fold,
    ),
    SourceCode(
        source=articles.SOURCE,
        tables=("articles", "mentions"),
        stage=articles.stage,
        fold=articles.fold,
        judge=articles.judge,
    ),
)
