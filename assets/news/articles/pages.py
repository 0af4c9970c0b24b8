"""Articles as web pages: the main text, and what the head of the page states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets.news.articles.reading import Meta, Reading
from assets.news.articles.stated import language_of, sidecar_of, stated_time
from assets.news.articles.texts import text_in
from assets.reading.html import refuse_many_attributes
from assets.reading.json import NotJson, value_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252"}
"""Charsets that pages declare and fill with characters of a wider one, as browsers read them."""

_HOST = re.compile(r"https?://(?:www\.)?([^/:?#\s]+)", re.IGNORECASE)

_DATE_XPATHS = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//time[@pubdate]/@datetime",
    "//meta[translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')='pubdate' or @name='publishdate'"
    " or @name='publish-date' or @name='parsely-pub-date' or @name='dc.date.issued' or @name='DC.date.issued'"
    " or @name='dcterms.issued' or @name='citation_publication_date' or @name='date']/@content",
)
"""Where pages state their date of publication in a form for machines, the surest first."""


def read_page(reading: Reading, file: str, data: bytes, sidecar: bytes | None) -> None:
    """Read a page as it was saved; what stands beside it in ``sidecar`` takes precedence over what its head states."""
    # its import takes a fifth of a second, which most runs need not spend
    import trafilatura
    from lxml.etree import LxmlError

    declared = _CHARSET.search(data, 0, 4096)
    charset = declared[1].decode().lower() if declared is not None else "utf-8"
    page = text_in(data, _WIDER.get(charset, charset))
    if page is None:
        reading.reject(file, 1, f"not text in {charset}, which the page declares or which holds by default")
        return
    try:
        refuse_many_attributes(page)
        tree = trafilatura.load_html(page)
        if tree is None:
            reading.reject(file, 1, "not HTML")
            return
        stated = sidecar_of(reading, file, sidecar).or_else(_head(tree))
        if stated.published_at is None:
            stated = _with_page_date(reading, file, tree, stated)
        found = trafilatura.bare_extraction(tree, include_comments=False)
    # the parsers do not say what a broken page makes them raise; these have been seen in them or in what they call
    except (LxmlError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        reading.reject(file, 1, f"the page cannot be read: {error}"[:300])
        return
    text = (found.text or "") if found is not None and not isinstance(found, dict) else ""
    if stated.title is not None and text.startswith(stated.title + "\n"):
        text = text[len(stated.title) :].lstrip()
    reading.add(file, 1, text, stated)


def _head(tree: HtmlElement) -> Meta:
    """Return what a page states of itself, without its date. The outlet is else the host of its address."""
    url = _first(tree, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    host = _HOST.match(url) if url is not None else None
    return Meta(
        url=url if host is not None else None,
        outlet=_first(tree, "//meta[@property='og:site_name']/@content") or (host[1].lower() if host is not None else None),
        language=language_of(_first(tree, "/html/@lang") or ""),
        title=_first(tree, "//meta[@property='og:title']/@content", "//h1[count(//h1) = 1]", "//title"),
    )


def _first(tree: HtmlElement, *xpaths: str) -> str | None:
    """Return the text of the first thing that the paths find and that has any."""
    for xpath in xpaths:
        for found in tree.xpath(xpath):
            text = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if text:
                return text
    return None


def _with_page_date(reading: Reading, file: str, tree: HtmlElement, meta: Meta) -> Meta:
    """Add the date that the page states for machines. Dates in its text, its address or its files are not searched."""
    for value in _page_dates(tree):
        moment = stated_time(value)
        if moment is None:
            reading.note(file, 1, "published", value, "the page's date is not an ISO date or time")
        else:
            meta.published_at, meta.published_precision = moment
            break
    return meta


def _page_dates(tree: HtmlElement) -> Iterator[str]:
    for xpath in _DATE_XPATHS[:1]:
        yield from map(str, tree.xpath(xpath))
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            yield from _ld_dates(value_of(str(script)))
        except (NotJson, RecursionError):
            # nested beyond all bounds: within the JSON, or in what it holds
            continue
    for xpath in _DATE_XPATHS[1:]:
        yield from map(str, tree.xpath(xpath))


def _ld_dates(node: object) -> Iterator[str]:
    """Give the ``datePublished`` of the top objects of a JSON-LD block (a list, or ``@graph``); not of what they refer to."""
    for one in node if isinstance(node, list) else [node]:
        if isinstance(one, dict):
            if isinstance(one.get("datePublished"), str):
                yield one["datePublished"]
            if isinstance(one.get("@graph"), list):
                yield from _ld_dates([n for n in one["@graph"] if isinstance(n, dict) and "@graph" not in n])
