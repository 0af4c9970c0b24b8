"""What sources serve, made harmless: text for HTML and SVG, and addresses that may be links."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

# XML knows none of these; the marks of writing direction could make a line read as another one
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def plain(value: Any) -> str:
    """Text for a place between tags or in a quoted attribute: nothing in it is markup."""
    return escape(_UNSEEN.sub(" ", str(value)), quote=True)


def link(address: str | None, shown: str) -> str:
    """Text as a link where the address is one of the web, else the text alone: an address of another kind may be a script."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return plain(shown)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return plain(shown)
    return f'<a href="{plain(address)}" rel="noopener noreferrer">{plain(shown)}</a>'
