"""A feed's bytes as feedparser reads them, or in words why it cannot; and the text that an entry carries."""

from __future__ import annotations

import io
from typing import Any

import feedparser

from assets.news.articles.texts import text_of_markup
from assets.reading.html import refuse_many_attributes

STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)
"""What broken feeds have made feedparser and the parsers below it raise; it does not say what it may."""


class UnreadableFeed(ValueError):
    """The bytes are damaged in a way that feedparser does not get over."""


def parsed_feed(data: bytes, **options: Any) -> Any:
    """Read a feed (RSS, Atom, RDF).

    Args:
        data: as served.
        options: of ``feedparser.parse``, beside that nothing is made harmless here: whoever shows a text escapes it.

    Returns:
        A ``feedparser.FeedParserDict``; without a version and entries where the bytes are no feed.

    Raises:
        UnreadableFeed: feedparser raised an error; the text says which, for whoever looks at the bytes.
    """
    try:
        refuse_many_attributes(data)
        # In a stream: feedparser takes bytes that are a path for one and would read that file of this machine.
        return feedparser.parse(io.BytesIO(data), sanitize_html=False, **options)
    except STUMBLES as error:
        said = f"{type(error).__name__}: {error}"[:200]
        raise UnreadableFeed(f"the feed is damaged in a way that the reader of feeds does not get over ({said})") from error


def text_carried(entry: Any) -> str | None:
    """The text that a feed carries of an entry (``content:encoded``, Atom's ``content``); None where it carries none."""
    markup = max((c["value"] for c in entry.get("content", ()) if isinstance(c.get("value"), str)), key=len, default="")
    return text_of_markup(markup) or None
