"""The sources of the news domain and the functions that read, judge and fold them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from assets.contracts import DomainPackage, SourceCode
from assets.news.articles import feed_articles
from assets.news.articles import read as articles
from assets.news.articles.fold import fold as fold_articles
from assets.news.articles.reading import SOURCE as ARTICLES
from assets.news.articles.reading import STAGED
from assets.news.coding.fold import with_events
from assets.news.coding.jsonl import default_coder
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from assets.news.gdelt import mentions as gdelt_mentions
from assets.news.gdelt import themes as gdelt_themes
from assets.news.published import coded_files, coded_texts, icews, polecat

ROWS_AT_ONCE = 250_000
"""Rows of GDELT that are folded together: about a day."""

_OF_GDELT = ("events", "event_reports", "event_days", "news_coverage")
"""Core tables of GDELT. ``event_days`` is left to the build, which counts the events that a published file is not to hold one by
one: the fold keeps them all."""

_PUBLISHED: tuple[SourceCode, ...] = (
    SourceCode(
        source=gdelt.SOURCE,
        tables=_OF_GDELT,
        stage=gdelt.stage,
        fold=events.fold,
        late=events.fold_late,
        rows_at_once=ROWS_AT_ONCE,
        frames={"events": gdelt.STAGED},
    ),
    SourceCode(
        source=gdelt_mentions.SOURCE,
        tables=("gdelt_mentions", "news_coverage"),
        stage=gdelt_mentions.stage,
        fold=gdelt_mentions.fold,
        late=gdelt_mentions.fold_late,
        rows_at_once=ROWS_AT_ONCE,
        frames={"mentions": gdelt_mentions.STAGED},
    ),
    SourceCode(
        source=gdelt_themes.SOURCE,
        tables=("gdelt_themes",),
        stage=gdelt_themes.stage,
        fold=gdelt_themes.fold,
        late=gdelt_themes.fold_late,
        rows_at_once=ROWS_AT_ONCE,
        frames={"themes": gdelt_themes.STAGED},
    ),
    SourceCode(
        source=gdelt.SOURCE_V1,
        tables=(*_OF_GDELT, "news_pair_coverage"),
        stage=gdelt.stage_v1,
        fold=events.fold_v1,
        late=events.fold_late_v1,
        judge=gdelt.judge_v1,
        rows_at_once=ROWS_AT_ONCE,
        frames={"events": gdelt.STAGED},
    ),
    SourceCode(
        source=icews.SOURCE,
        tables=("events", "event_reports"),
        stage=icews.stage,
        fold=icews.fold,
        judge=coded_files.judge,
        frames={"events": coded_files.STAGED},
    ),
    SourceCode(
        source=polecat.SOURCE,
        tables=("events", "event_reports"),
        stage=polecat.stage,
        fold=polecat.fold,
        judge=coded_files.judge,
        frames={"events": coded_files.STAGED},
    ),
)


def sources(own_actors: Path | None = None) -> tuple[SourceCode, ...]:
    """The sources of the domain; ``own_actors``: folder of actors of the user, for which articles are searched too."""
    coder = partial(default_coder, own_actors)
    return (
        *_PUBLISHED,
        SourceCode(
            source=ARTICLES,
            tables=("articles", "mentions", "claims", "events", "event_reports"),
            stage=articles.stage,
            fold=with_events(partial(fold_articles, own_actors=own_actors), ARTICLES, coder),
            judge=articles.judge,
            frames={"articles": STAGED},
        ),
        SourceCode(
            source=coded_texts.SOURCE,
            tables=("articles", "mentions", "claims", "events", "event_reports"),
            stage=coded_texts.stage,
            fold=partial(coded_texts.fold, own_actors=own_actors),
            frames={"articles": STAGED, "events": coded_texts.EVENTS},
        ),
        SourceCode(
            source=feed_articles.SOURCE,
            tables=("articles", "mentions", "claims", "events", "event_reports"),
            stage=feed_articles.stage,
            fold=with_events(partial(feed_articles.fold, own_actors=own_actors), feed_articles.SOURCE, coder),
            judge=feed_articles.judge,
            frames={"articles": STAGED},
        ),
    )


SOURCES = sources()
"""The sources with the actors of the project alone."""


def package(own_actors: Path | None = None) -> DomainPackage:
    """The domain. ``own_actors``: folder with actors and aliases of a user, whom articles may name."""
    return DomainPackage("news", sources(own_actors), own_files=own_actors)
