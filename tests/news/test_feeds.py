"""The project's own table of feeds: whose feeds they are, and whose texts are kept."""

from __future__ import annotations

from urllib.parse import urlsplit

from assets.news.articles import addresses
from pipelines.intake.fetch.feeds import read_feeds

INTERNATIONAL = {"UN News"}
"""Outlets that belong to no state."""


def test_each_feed_is_of_an_outlet_whose_state_is_known() -> None:
    outlets = {feed.outlet: addresses.outlet_of(feed.outlet, feed.url) for feed in read_feeds(None)}
    assert {name for name, known in outlets.items() if known is None or known.country_id is None} == INTERNATIONAL


def test_an_address_is_read_once() -> None:
    urls = [feed.url for feed in read_feeds(None)]
    assert len(set(urls)) == len(urls)


def test_text_is_kept_of_works_of_the_federal_government_alone() -> None:
    kept = [urlsplit(feed.url).hostname or "" for feed in read_feeds(None) if feed.keep_text]
    assert kept
    assert [host for host in kept if not host.endswith(".gov")] == []
