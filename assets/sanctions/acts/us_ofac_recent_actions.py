"""OFAC's page of recent actions: each action a link ``/recent-actions/YYYYMMDD`` (a second one of a day ends in ``_33``).

Titles say in OFAC's words what was done ("Counter Narcotics Designations"). Only the links are read, whatever surrounds them,
since the markup of the page has changed more often than its addresses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import partial

import polars as pl
from lxml import etree, html

from assets.contracts import (
    MOST_VALUE,
    REJECTS,
    Judgement,
    Reject,
    RowGuard,
    SourceCode,
    Staged,
    StagedInfo,
    judge_fill,
    judge_rows,
)
from assets.errors import Quarantine
from assets.reading.bytes import decode
from assets.reading.html import refuse_many_attributes
from assets.sanctions.acts.documents import DOCUMENTS, TABLE, fold_documents
from assets.sanctions.reading.one_list import KEPT

REGISTER = "us_ofac_recent_actions"
SITE = "https://ofac.treasury.gov/recent-actions/"
_ADDRESS = re.compile(r"^(?:https://ofac\.treasury\.gov)?/recent-actions/((\d{4})(\d{2})(\d{2})(?:_\d+)?)/?$")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read saved pages.

    Args:
        files: one or more pages (HTML), by any name.

    Returns:
        The frame ``documents``, the day of the address as day of publication and of effect.

    Raises:
        Quarantine: no file, or a page without a link to an action.
    """
    rows: dict[str, tuple[object, ...]] = {}
    rejects: list[Reject] = []
    n_read = 0
    for name, data in sorted(files.items()):
        n_before = n_read
        for number, (address, title) in enumerate(_links(name, data), 1):
            found = _ADDRESS.match(address)
            if found is None:
                continue
            n_read += 1
            key = found.group(1)
            try:
                day = date(*map(int, found.groups()[1:]))
            except ValueError:
                rejects.append((name, number, "href", address[:MOST_VALUE], "the address holds no day"))
                continue
            if not title:
                rejects.append((name, number, "title", address[:MOST_VALUE], "the link has no words"))
                continue
            rows.setdefault(
                key,
                (
                    len(rows) + 1,
                    key,
                    "USA.OFAC",
                    "register",
                    None,
                    None,
                    title,
                    None,
                    None,
                    None,
                    day,
                    day,
                    None,
                    None,
                    SITE + key,
                ),
            )
        if n_read == n_before:
            raise Quarantine(f"{name} holds no link to an action of OFAC (/recent-actions/YYYYMMDD): another page. {KEPT}")
    if not n_read:
        raise Quarantine(f"OFAC's recent actions: a snapshot is one page or several, this one holds none. {KEPT}")
    frame = pl.DataFrame(list(rows.values()), schema=DOCUMENTS, orient="row")
    return Staged({"documents": frame}, pl.DataFrame(rejects, schema=REJECTS, orient="row"), n_read)


def judge(info: StagedInfo, _baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a page by its rows. It shows the newest actions alone and withdraws nothing."""
    return Judgement((judge_rows(info, None, guard) + judge_fill(info, None, guard)).refusals, complete=False)


def _links(name: str, data: bytes) -> list[tuple[str, str]]:
    """Address and words of each link."""
    text = re.sub(r"^\s*<\?xml[^>]*>", "", decode(data, errors="replace").replace("\0", ""))
    try:
        refuse_many_attributes(text)
        page = html.fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Quarantine(f"{name} is empty or no web page ({str(error)[:120]}). {KEPT}") from error
    links = page.iter("a")
    return [(a.get("href") or "", " ".join(a.text_content().split())) for a in links if isinstance(a.tag, str)]


SOURCE = SourceCode(REGISTER, (TABLE,), stage, partial(fold_documents, REGISTER), judge, frames={"documents": DOCUMENTS})
