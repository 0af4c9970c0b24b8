"""Pages with tags that would keep their parser busy for minutes are refused before it sees them."""

import pytest

from assets.errors import Quarantine
from assets.news.articles import read as articles
from assets.news.articles.feed_articles import UnreadableFeed, parsed_feed
from assets.news.articles.texts import text_of_markup
from assets.reading.html import refuse_many_attributes
from assets.reading.xml import whole_document
from assets.sanctions.acts import us_ofac_recent_actions
from assets.sanctions.lists.us_dhs import uflpa

MANY = "<p " + " ".join(f'a{n}="x"' for n in range(40_000)) + ">text</p>"
PAGE = f"<!doctype html><html><head><title>A</title></head><body>{MANY}</body></html>"


def test_an_article_a_list_or_a_feed_with_a_tag_of_forty_thousand_attributes_is_refused_in_words() -> None:
    """It took lxml 38 s, in one call that no deadline stops, and feedparser half a minute for 20,000."""
    found = articles.stage({"a.html": PAGE.encode()})
    assert found.frames["articles"].is_empty()
    (reason,) = found.rejects["reason"]
    assert "a tag <p> with 40,000 attributes: no page has so many" in reason
    for stage, file in ((uflpa.stage, "uflpa-entity-list.html"), (us_ofac_recent_actions.stage, "recent-actions.html")):
        with pytest.raises(Quarantine, match="40,000 attributes"):
            stage({file: PAGE.encode()})
    with pytest.raises(UnreadableFeed, match="40,000 attributes"):
        parsed_feed(f"<rss><channel><item>{MANY}</item></channel></rss>".encode())
    assert text_of_markup(MANY) == ""
    # XML has no such limit, since its parser looks names up
    assert len(whole_document("a.xml", MANY.encode(), "").attrib) == 40_000


def test_the_look_counts_as_the_parser_does_and_what_is_no_such_tag_passes_it() -> None:
    in_comment = f"<!-- <a x=' --> {MANY}"  # a quote within a comment ends no tag
    for page in (in_comment, MANY.replace('"x"', '">"'), MANY.replace(" a", "/a"), f"<script>'<a '</script>{MANY}"):
        with pytest.raises(ValueError, match="40,000 attributes"):
            refuse_many_attributes(page)
    for page in ("", "\0" * 9_000, "<" * 9_000, "<p " + "a='x' " * 9_000 + ">", f"<!-- {MANY} -->"):
        refuse_many_attributes(page)
