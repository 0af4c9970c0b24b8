"""The Federal Register's search (``/api/v1/documents.json``), asked for the agencies whose acts are directed abroad.

An answer is an object with ``results``, a list of documents, or one document. Only what the register says of a document is kept,
not its text. The body that acts is the first of its agencies that is in the registry of actors; of a presidential document the
White House; of a document whose agencies are not stated the body with which its summary begins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Any

import polars as pl

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
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.sanctions.acts.documents import DOCUMENTS, TABLE, fold_documents
from assets.sanctions.reading.entries import read_day
from assets.sanctions.reading.one_list import KEPT

REGISTER = "us_federal_register"
AGENCIES = {
    "industry-and-security-bureau": "USA.BIS",
    "foreign-assets-control-office": "USA.OFAC",
    "trade-representative-office-of-united-states": "USA.USTR",
    "drug-enforcement-administration": "USA.DEA",
    "executive-office-of-the-president": "USA.WHITE_HOUSE",
    "homeland-security-department": "USA.DHS",
    "state-department": "USA.STATE",
    "defense-department": "USA.DOD",
    "commerce-department": "USA.COMMERCE",
    "justice-department": "USA.DOJ",
    "treasury-department": "USA.TREASURY",
    "international-trade-administration": "USA.ITA",
    "international-trade-commission": "USA.ITC",
    "u-s-customs-and-border-protection": "USA.CBP",
    "federal-communications-commission": "USA.FCC",
}
"""Actor by the slug of an agency, the finer body before its department."""
BODIES = {
    "Bureau of Industry and Security": "USA.BIS",
    "Office of Foreign Assets Control": "USA.OFAC",
    "Trade Representative": "USA.USTR",
    "Drug Enforcement Administration": "USA.DEA",
    "International Trade Commission": "USA.ITC",
    "International Trade Administration": "USA.ITA",
    "Customs and Border Protection": "USA.CBP",
    "Federal Communications Commission": "USA.FCC",
    "Homeland Security": "USA.DHS",
    "Department of State": "USA.STATE",
    "Department of Defense": "USA.DOD",
    "DoD": "USA.DOD",
    "Department of Commerce": "USA.COMMERCE",
    "Department of Justice": "USA.DOJ",
    "Department of the Treasury": "USA.TREASURY",
    "Health and Human Services": "USA.HHS",
    "Food and Drug Administration": "USA.FDA",
    "Centers for Disease Control and Prevention": "USA.CDC",
}
"""Actor by how a summary names it (or its secretary)."""
OPENING = 160
"""Characters of a summary within which the body that acts is named: it is the subject of the first sentence."""
OWN_WORDS = {
    "USA.ITC": r"^The Commission (?:hereby gives notice\b.*\bTariff Act\b|instituted the subject (?:five-year )?reviews?\b)",
    "USA.COMMERCE": r"\b(?:Department of Commerce \(Commerce\)|Commerce) "
    r"(?:is|has|finds|determine[sd]|preliminarily|received|continues)\b",
    "USA.DHS": r"\bthe Secretary of Homeland Security has determined\b",
}
"""How bodies say that they act behind the name of whoever asked, ordered or judged, or without one of these names."""
SITE = "https://www.federalregister.gov/d/"
LONGEST_NOTICE = 1096
"""Days between publication and effect beyond which a day is a slip (rules may come into force in steps over years)."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read answers of the search.

    Args:
        files: one or more JSON files, by any name.

    Returns:
        The frame ``documents`` (``DOCUMENTS``). A document without number, title or day of publication is a reject.

    Raises:
        Quarantine: no file, or one that is empty, a web page, no JSON, or no answer of the register.
    """
    if not files:
        raise Quarantine(f"The Federal Register: a snapshot is one file or several, this one holds none. {KEPT}")
    rows: dict[str, tuple[Any, ...]] = {}
    rejects: list[Reject] = []
    n_read = 0
    for name, data in sorted(files.items()):
        for number, document in enumerate(_documents(name, data), 1):
            n_read += 1
            if not isinstance(document, dict):
                rejects.append((name, number, None, str(document)[:MOST_VALUE], "not a document"))
                continue
            key, title, published = (
                _text(document, "document_number"),
                _text(document, "title"),
                _day(document, "publication_date"),
            )
            if key is None or title is None or published is None:
                missing = next(c for c in ("document_number", "title", "publication_date") if _absent(document, c))
                value = str(document.get(missing))[:MOST_VALUE]
                rejects.append((name, number, missing, value, "a document needs its number, title and day of publication"))
                continue
            effective = _day(document, "effective_on")
            if effective is not None and abs((effective - published).days) > LONGEST_NOTICE:
                rejects.append((name, number, "effective_on", str(effective), "years from publication: kept without it"))
                effective = None
            signed = _day(document, "signing_date")
            if signed is not None and not timedelta(0) <= published - signed <= timedelta(LONGEST_NOTICE):
                rejects.append((name, number, "signing_date", str(signed), "after publication or years before: kept without it"))
                signed = None
            authority, authority_basis = _authority(document)
            first, last = (_page(document.get(c)) for c in ("start_page", "end_page"))
            if first is None or last is None or last < first:
                first, last = None, None
            rows[key] = (
                len(rows) + 1 if key not in rows else rows[key][0], key, authority, authority_basis, _text(document, "type"),
                _text(document, "citation"), title, _text(document, "abstract"), _text(document, "summary_words"),
                signed, published, effective, first, last, _text(document, "html_url") or SITE + key,
            )  # fmt: skip
    frame = pl.DataFrame(list(rows.values()), schema=DOCUMENTS, orient="row")
    n_lost = sum(column not in ("effective_on", "signing_date") for _, _, column, _, _ in rejects)
    facts = {"n_documents": frame.height, "n_without_authority": frame["authority_id"].null_count()}
    return Staged({"documents": frame}, pl.DataFrame(rejects, schema=REJECTS, orient="row"), n_read, facts, n_lost)


def judge(info: StagedInfo, _baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge an answer by its rows. It is a search and withdraws nothing: a shorter one is no smaller register."""
    judgement = judge_rows(info, None, guard) + judge_fill(info, None, guard)
    n = info.facts["n_without_authority"]
    warnings = () if not n else (f"{n:,} documents name no body of the registry of actors as their agency: they make no acts",)
    return Judgement(judgement.refusals, warnings, complete=False)


def _documents(name: str, data: bytes) -> list[Any]:
    content = read_json(name, read_text(name, data, KEPT, errors="replace"), KEPT)
    if isinstance(content, dict) and content.get("count") == 0:
        return []
    found = content.get("results", [content]) if isinstance(content, dict) else content
    if not isinstance(found, list) or not any(isinstance(d, dict) and "document_number" in d for d in found):
        raise Quarantine(f"{name} is JSON without documents of the Federal Register (document_number). {KEPT}")
    return found


def _text(document: Mapping[str, Any], column: str) -> str | None:
    value = document.get(column)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _day(document: Mapping[str, Any], column: str) -> Any:
    return read_day(document.get(column))


def _absent(document: Mapping[str, Any], column: str) -> bool:
    return (_day if column == "publication_date" else _text)(document, column) is None


def _page(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000 else None


def _authority(document: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The body that acts, and whether the register states it or its summary."""
    if _text(document, "type") == "Presidential Document":
        return "USA.WHITE_HOUSE", "register"
    agencies = document.get("agencies")
    if isinstance(agencies, list) and agencies:
        slugs = {_text(a, "slug") for a in agencies if isinstance(a, dict)}
        actor = next((actor for slug, actor in AGENCIES.items() if slug in slugs), None)
        return actor, None if actor is None else "register"
    # of the built-in record, from which summaries were cut
    read = _text(document, "summary_body")
    actor = read if read in BODIES.values() or read in OWN_WORDS else body_named(_text(document, "abstract") or "")
    return actor, None if actor is None else "summary"


@cache
def _bodies() -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(map(re.escape, BODIES)) + r")\b")


def body_named(summary: str) -> str | None:
    """The body with which a summary begins; None where another one, with its acronym in brackets, stands before it."""
    own = next((actor for actor, words in OWN_WORDS.items() if re.search(words, summary, re.DOTALL)), None)
    found = _bodies().search(summary[:OPENING])
    # behind an agency that is none of these, a part of this one or not, who acts is not certain
    if own is not None or found is None or re.search(r"\([A-Z][A-Za-z-]*[A-Z]\b", summary[: found.start()]):
        return own
    return BODIES[found.group(1)]


SOURCE = SourceCode(REGISTER, (TABLE,), stage, partial(fold_documents, REGISTER), judge, frames={"documents": DOCUMENTS})
