"""What was read of articles so far: rows, rejects, and what is stated about an article apart from its text."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import polars as pl

from assets.news.articles import addresses
from assets.news.articles.texts import clean, without_boilerplate
from assets.news.gdelt.fold import short_hash

SOURCE = "articles"

STAGED = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "article_id": pl.String(),
        "url": pl.String(),
        "url_canonical": pl.String(),
        "outlet": pl.String(),
        "outlet_country": pl.String(),
        "language": pl.String(),
        "title": pl.String(),
        "published_at": pl.Datetime("us"),
        "published_precision": pl.String(),
        "text": pl.String(),
    }
)
"""One row per article; ``row`` is its place in its file, from 1."""


@dataclass
class Meta:
    """What is stated about an article apart from its text."""

    url: str | None = None
    outlet: str | None = None
    language: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    published_precision: str = "unknown"

    def or_else(self, other: Meta) -> Meta:
        """Return this with the gaps filled from ``other``."""
        dated = self if self.published_at is not None else other
        filled = {f.name: getattr(self if getattr(self, f.name) is not None else other, f.name) for f in fields(Meta)}
        return Meta(**{**filled, "published_precision": dated.published_precision})


@dataclass
class Reading:
    """What was read so far: articles and rejects as rows of their frames, and the number of source rows."""

    articles: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[Any, ...]] = field(default_factory=list)
    n_read: int = 0
    unread_dates: dict[tuple[str, str], None] = field(default_factory=dict)
    """File and name of columns (or keys) that look like a date where none of a known name is: their articles have no date."""

    def add(self, file: str, row: int, text: str | None, meta: Meta, native_id: str | None = None) -> None:
        """Count an article; one without text is a reject, unless ``text`` is None: then it is a headline alone."""
        title = (" ".join(meta.title.split()) or None) if meta.title is not None else None
        if text is not None:
            cleaned = without_boilerplate(text)
            text = text if text == cleaned else cleaned.rstrip()
        if not (title or "" if text is None else text.strip()):
            self.reject(file, row, "the article has no text")
            return
        self.n_read += 1
        address = addresses.canonical(meta.url)
        outlet = addresses.outlet_of(meta.outlet, meta.url)
        identity = address or meta.url or native_id
        if identity is None:
            # what is only a headline is the same whichever file it comes in
            identity = f"{meta.outlet}\n{title}\n{meta.published_at}" if text is None else file
        self.articles.append(
            (
                file,
                row,
                short_hash(f"{identity}\n{text or ''}"),
                meta.url,
                address,
                None if outlet is None else outlet.name,
                None if outlet is None else outlet.country_id,
                meta.language,
                title,
                meta.published_at,
                meta.published_precision,
                text,
            )
        )

    def reject(self, file: str, row: int | None, reason: str, value: str | None = None) -> None:
        """Count a source row that is no article."""
        self.n_read += 1
        self.rejects.append((file, row, None, value, reason))

    def note(self, file: str, row: int | None, column: str, value: object, reason: str) -> None:
        """Note a value that cannot be read; its article is kept without it."""
        self.rejects.append((file, row, column, clean(str(value))[:200], reason))
