"""Text out of bytes, without what a page adds around it."""

from __future__ import annotations

import re
from typing import Any

from assets.reading.bytes import decode
from assets.reading.html import refuse_many_attributes
from assets.reading.json import NotJson, value_of

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_FURNITURE = frozenset(
    {
        "related posts", "leave a comment", "advertisement", "skip advertisement", "read more", "related stories",
        "related articles", "related topics", "share this article", "share this story", "most read", "most popular",
        "recommended for you", "you may also like", "also read", "sign up for our newsletter", "subscribe now",
        "all rights reserved", "more on this story", "post a comment", "view comments", "show comments",
        "back to top", "print this article", "follow us",
    }
)  # fmt: skip
_BLOCKS = ("p", "br", "div", "li", "tr", "blockquote", "section", "article", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
_CAPTION_WORDS = 4
"""Shorter lines that stand twice may be meant so (a refrain, a score); a caption is a sentence or nearly one."""


def without_boilerplate(text: str) -> str:
    """Drop the lines that a page adds around its text: the length of a film, links to more, a caption printed twice.

    A dropped line takes the empty lines after it along. All other characters stay as they are.
    """
    kept: list[str] = []
    last, dropping = "", False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if not bare:
            if not dropping:
                kept.append(line)
            continue
        dropping = (
            _CLOCK.fullmatch(bare) is not None
            or bare.lower().rstrip(":.!") in _FURNITURE
            or (bare == last and len(bare.split()) >= _CAPTION_WORDS)
        )
        if not dropping:
            kept.append(line)
            last = bare
    return "".join(kept)


def text_of_markup(markup: str) -> str:
    """The text of a piece of HTML as a feed carries it: a line for each paragraph, heading, row and item; empty where none."""
    from lxml import etree, html

    try:
        refuse_many_attributes(markup)
        tree = html.fragment_fromstring(markup, create_parent="div")
    except (ValueError, etree.LxmlError):
        return ""
    for unread in tree.xpath("//script | //style | //iframe | //form | //comment() | //processing-instruction()"):
        unread.drop_tree()
    for element in tree.iter(*_BLOCKS):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    lines = (" ".join(line.split()) for line in clean(str(tree.text_content())).splitlines())
    return "\n".join(line for line in lines if line)


def split_title(text: str) -> tuple[str | None, str]:
    """Return title and body of a text: the first line is a title if an empty line follows and no full stop ends it."""
    first, _, rest = text.partition("\n")
    followed_by_empty_line = rest.partition("\n")[0].strip() == ""
    if not rest.strip() or not followed_by_empty_line or first.rstrip().rstrip("\"'”’)").endswith((".", "。")):
        return None, text
    return first.strip(), rest.lstrip()


def text_in(data: bytes, encoding: str = "utf-8") -> str | None:
    """The text of a file; None where it is none. A mark at the beginning counts more than ``encoding``.

    No other encoding is guessed: a page or a file of a user's own is in the one that it declares.
    """
    try:
        text = decode(data, encoding=encoding, legacy=None)
    except (UnicodeError, LookupError):
        return None
    return None if "\0" in text else clean(text)


def clean(text: str) -> str:
    """Replace what JSON can write and a table cannot hold: NUL, and halves of surrogate pairs."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def json_of(data: bytes) -> Any:
    """Return the JSON value that bytes hold; None where they hold none (or null)."""
    text = text_in(data)
    if text is None:
        return None
    try:
        return value_of(text)
    except NotJson:
        return None
