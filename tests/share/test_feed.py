"""The feed: valid, escaped, with ids that stay."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime

import pytest

from pipelines.share.changes import Change, Entry, Feed, atom

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = Entry("p1", "listing_added", "us_list", date(2023, 11, 15), 1, datetime(2023, 11, 16, 8), (Change("PARTY"),))
FEED = Feed("p0", "p1", datetime(2023, 11, 16, 8), "real", (ENTRY,))


def contents(*changes: Change, n: int | None = None) -> str:
    """The HTML of an entry, as a reader of feeds shows it."""
    entry = replace(ENTRY, changes=changes, n=len(changes) if n is None else n)
    found = ET.fromstring(atom(replace(FEED, entries=(entry,)))).findtext(f"{ATOM}entry/{ATOM}content")
    assert found is not None
    return found


def test_feed_and_entries_have_what_atom_asks_for() -> None:
    root = ET.fromstring(atom(FEED))
    for element in (root, *root.findall(f"{ATOM}entry")):
        assert all(element.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or "")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "us_list: 1 listing added, known since 2023-11-15"


def test_an_id_stays_when_a_later_feed_tells_more_and_differs_where_a_publication_list_kind_or_day_does() -> None:
    assert replace(ENTRY, n=9, updated=datetime(2024, 1, 1), changes=()).id == ENTRY.id
    others = [
        replace(ENTRY, publication_id="p2"),
        replace(ENTRY, kind="listing_removed"),
        replace(ENTRY, topic="eu_list"),
        replace(ENTRY, day=date(2023, 11, 16)),
    ]
    assert len({entry.id for entry in (ENTRY, *others)}) == 5


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "]]></content>", "A & B", 'a" onclick="x', "bell\x07null\x00end\ufffe"]
)
def test_a_hostile_text_is_text(text: str) -> None:
    shown = contents(Change(text, detail=text, unit=text, actor_id=text))
    assert "<script" not in shown
    assert re.findall(r"<(\w+)", shown) == ["ul", "li"]


def test_only_addresses_of_the_web_become_links_a_revision_tells_both_values_and_what_is_not_told_is_counted() -> None:
    for url, is_link in (("https://example.org/?a=1&b='\"", True), ("javascript:alert(1)", False), (None, False)):
        shown = contents(Change("PARTY", url=url))
        assert (("<a href=" in shown), "javascript" in shown) == (is_link, False)
    for old, new, told in (
        (112024.0, 112893.0, "112,893 instead of 112,024 deaths"),
        (None, 5.0, "5 deaths"),
        (9.0, None, "no value instead of 9 deaths"),
    ):
        assert told in contents(Change("deaths_12m", old_value=old, new_value=new, unit="deaths"))
    assert "and 1,999 more" in contents(Change("PARTY"), n=2000)
    assert "more" not in contents(Change("PARTY"))
