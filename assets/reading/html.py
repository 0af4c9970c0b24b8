"""A look at the tags of a page before it is parsed whole.

libxml2 adds an attribute to a tag by walking over all that it has: 40,000 of them cost half a minute, within one call that no
deadline can stop. The look has the same tokenizer count them, and builds nothing: 20 ms for a million bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from lxml import etree

MOST_ATTRIBUTES = 1_000
"""Of one tag. No page or feed among the real files has more than 10; parsing as many takes a few thousandths of a second."""


def refuse_many_attributes(page: str | bytes) -> None:
    """Raise ValueError where a tag of a page, or of what is read like one, has more attributes than any page."""
    data = page.encode("utf-8", "replace") if isinstance(page, str) else page
    if len(data) > 2 * MOST_ATTRIBUTES:
        with suppress(etree.LxmlError):  # said by whoever reads it
            etree.fromstring(data, etree.HTMLParser(target=_Tags(), encoding="utf-8"))


class _Tags:
    """Takes what a parser comes upon."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise ValueError(f"a tag <{tag[:20]}> with {len(attributes):,} attributes: no page has so many")

    def close(self) -> None:
        """Nothing was built."""
