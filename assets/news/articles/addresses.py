"""Addresses of articles and the outlets behind them: one form for one page, and who publishes it where.

``outlets.csv`` holds facts: domain, name, the state of the outlet, whether it speaks for it, and the time zone in which its
pages write times without
an offset (only where that is known). An outlet that is not there has no country.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

FACTS = ("outlets.csv",)
_TABLE = Path(__file__).resolve().parent / FACTS[0]

_TRACKING = re.compile(
    r"utm_.*|pk_.*|mtm_.*|ns_(?:campaign|mchannel|source|linkname|fee)|at_(?:medium|campaign|custom\d|link.*|format|ptr_name|bbc.*)"
    r"|hsa_.*|_hs(?:enc|mi)|mc_[ce]id|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|twclid|ttclid|cmpid|cmp|ref_src"
    r"|ref_url|ref|smid|smtyp|spm|ito|icid|ncid|ocid|tpcc|xtor|s_cid|wt\.mc_id|guccounter|soc_src|soc_trk|__twitter_impression"
    r"|embedded-checkout|pgtype|fb_ref|amp|outputtype",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from, or which form of the page is wanted; none of them names another article."""

_MOBILE = re.compile(r"^(?:www\d?|m|mobile|amp|touch|wap|edition)\.(?=[^.]+\.)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]++\.)+[\w-]+")
_MOST_LAYERS = 5

_AMP_CACHE = re.compile(r"^/(?:amp/)?(?:[acvi]/)?(?:s/)?(?P<page>[^/]+\.[^/]+/.*)$")


@dataclass(frozen=True)
class Outlet:
    """Who publishes: name, state, and the time zone of times without an offset; None where not known.

    ``speaks_for`` is the state in whose name its texts speak, as those of a ministry do; None of a newspaper.
    """

    name: str
    country_id: str | None
    timezone: str | None
    speaks_for: str | None = None


def canonical(url: str | None) -> str | None:
    """Return the one form of an address: https, no www or mobile host, no AMP, no tracking, no fragment.

    courlan keeps mobile and AMP addresses apart, or drops parameters that name the article (the README of the domain).

    Returns:
        None where there is no web address. Two addresses of one page give one form; that two pages never do is meant, but
        nothing on the web promises it.
    """
    found = None if url is None else _simpler(url)
    for _ in range(_MOST_LAYERS):
        # an address may hide behind another one, or end in /amp/amp
        again = None if found is None else _simpler(found)
        if again == found:
            return found
        found = again
    return found


def _simpler(url: str) -> str | None:
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").casefold()
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.casefold() not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    path, query = parts.path, parts.query
    if host.endswith(".cdn.ampproject.org") or (host in ("www.google.com", "google.com") and path.startswith("/amp/")):
        behind = _AMP_CACHE.match(path)
        if behind is not None:
            return f"https://{unquote(behind['page'])}" + (f"?{query}" if query else "")
    shorter = _MOBILE.sub("", host)
    while shorter != host:
        host, shorter = shorter, _MOBILE.sub("", shorter)
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"^/amp(?=/.)", "", path)
    path = re.sub(r"(?:/amp/?|\.amp)$", "", path).rstrip("/")
    path = re.sub(r"\.amp(?=\.html?$)", "", path)
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    at = f"{host}:{port}" if port not in (None, 80, 443) else host
    return f"https://{at}{path}" + (f"?{urlencode(kept)}" if kept else "")


@cache
def _outlets() -> tuple[dict[str, Outlet], dict[str, Outlet]]:
    """Outlets by domain, and by name in small letters without blanks."""
    by_domain: dict[str, Outlet] = {}
    by_name: dict[str, Outlet] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            state = row["country_id"] or None
            outlet = Outlet(row["outlet"], state, row["timezone"] or None, state if row["speaks_for_state"] else None)
            by_domain[row["domain"]] = outlet
            for name in (row["outlet"], *filter(None, row["also"].split("|"))):
                by_name.setdefault(_folded(name), outlet)
    return by_domain, by_name


def _folded(name: str) -> str:
    return re.sub(r"[^\w]", "", name.casefold())


@lru_cache(maxsize=65_536)
def outlet_of(name: str | None, url: str | None) -> Outlet | None:
    """Return who publishes an article.

    Args:
        name: outlet as the article states it; None where it states none.
        url: its address.

    Returns:
        The outlet under the name that the article states, or else that of the table, or else the host. None: unknown.
    """
    by_domain, by_name = _outlets()
    found = by_name.get(_folded(name)) if name is not None else None
    address = canonical(url)
    host = None if address is None else address.removeprefix("https://").partition("/")[0].partition(":")[0].partition("?")[0]
    domain = host
    while found is None and domain is not None and "." in domain:
        found = by_domain.get(domain)
        domain = domain.partition(".")[2]
    if found is None:
        shown = name if name is not None else host
        return None if shown is None else Outlet(shown, None, None)
    return found if name is None else replace(found, name=name)


def speaker_of(name: str | None, url: str | None) -> str | None:
    """The state in whose name an article speaks; None of all but the releases of its own ministries."""
    found = outlet_of(name, url)
    return None if found is None else found.speaks_for
