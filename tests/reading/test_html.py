"""Pages with tags that would keep their parser busy for minutes are refused before it sees them."""

import pytest

from assets.errors import Quarantine
from assets.news.articles import read as articles
from assets.news.articles.feed_articles import UnreadableFeed, parsed_feed
from assets.news.articles.texts import text_of_markup
from assets.reading.html import MOST_ATTRIBUTES, refuse_many_attributes
from assets.reading.xml import whole_document
from assets.sanctions.acts import us_ofac_recent_actions
from assets.sanctions.lists.us_dhs import uflpa

MANY = "<p " + " ".join(f'a{n}="x"' for n in range(40_000)) + ">text</p>"
PAGE = f"<!doctype html><html><head><title>A</title></head><body>{MANY}</body></html>"


def test_an_article_with_a_tag_of_forty_thousand_attributes_is_rejected_in_words() -> None:
    """It took lxml 38 s, in one call that no deadline stops."""
    found = articles.stage({"a.html": PAGE.encode()})
    assert found.frames["articles"].is_empty()
    (reason,) = found.rejects["reason"]
    assert "a tag <p> with 40,000 attributes: no page has so many" in reason


@pytest.mark.parametrize(
    ("stage", "file"),
    [(uflpa.stage, "uflpa-entity-list.html"), (us_ofac_recent_actions.stage, "recent-actions.html")],
)
def test_a_list_that_is_read_from_a_page_is_refused(stage: object, file: str) -> None:
    with pytest.raises(Quarantine, match="40,000 attributes"):
        stage({file: PAGE.encode()})  # type: ignore[operator]


def test_a_feed_is_unreadable() -> None:
    """Feedparser took half a minute for 20,000."""
    with pytest.raises(UnreadableFeed, match="40,000 attributes"):
        parsed_feed(f"<rss><channel><item>{MANY}</item></channel></rss>".encode())


def test_the_text_that_a_feed_carries_is_left_unread() -> None:
    assert text_of_markup(MANY) == ""


@pytest.mark.parametrize(
    "page",
    [
        f"<!-- <a x=' --> {MANY}",  # a quote within a comment ends no tag
        MANY.replace('"x"', '">"'),
        MANY.replace(" a", "/a"),
        f"<script>'<a '</script>{MANY}",
    ],
)
def test_the_look_counts_as_the_parser_does(page: str) -> None:
    with pytest.raises(ValueError, match="40,000 attributes"):
        refuse_many_attributes(page)


@pytest.mark.parametrize("page", ["", "\0" * 9_000, "<" * 9_000, "<p " + "a='x' " * 9_000 + ">", f"<!-- {MANY} -->"])
def test_what_is_no_such_tag_passes_the_look(page: str) -> None:
    refuse_many_attributes(page)


def test_xml_has_no_such_limit_since_its_parser_looks_names_up() -> None:
    assert len(whole_document("a.xml", MANY.encode(), "").attrib) == 40_000


def test_a_tag_may_have_more_attributes_than_any_page_has() -> None:
    assert MOST_ATTRIBUTES > 10
