"""Rules of the Federal Register that change the Entity List: what a document is, and what of its orders can be read for certain.

Four forms are read: the answers of the API (``/api/v1/documents.json`` and ``/api/v1/documents/{number}.json``), an index of
documents as CSV, the raw text of a document (``raw_text_url``) and its XML (``full_text_xml_url``).

A rule orders changes of a supplement in sentences: under a destination, by adding, revising or removing the entries for names
in quotation marks. Such an order is read where nothing but the words of the pattern stand between the verb and the name. Any
other use of a name in quotation marks (an alias added to an entry, a word replaced) is a reject with its reason, never a
guess. In the XML the table of the rule gives additions and revisions with aliases: an entry whose only citation is the rule
itself is new.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl
from lxml import etree

from assets.actors.registry import code_map
from assets.contracts import MOST_VALUE
from assets.reading import months
from assets.sanctions.lists.us_bis.ecfr import table_rows, text_of
from assets.sanctions.reading.entries import destination, read_day
from assets.sanctions.reading.names import slug
from assets.sanctions.reading.printed_party import ONES, read_party

DOCUMENTS = pl.Schema(
    {
        "row": pl.Int64,
        "document_number": pl.String,
        "citation": pl.String,
        "publication_date": pl.Date,
        "effective_date": pl.Date,
        "title": pl.String,
        "url": pl.String,
        "start_page": pl.Int64,
        "end_page": pl.Int64,
    }
)
"""One row per document. ``start_page`` and ``end_page``: its pages in the volume of its year."""

SITE = "https://www.federalregister.gov/d/"
Reject = tuple[str, int, str | None, str, str]

_NUMBER = re.compile(r"\[FR Doc(?:\.|ument)?\s*(?:No:?\s*)?([A-Z]?\d[\w]*-\d+|E\d-\d+)", re.IGNORECASE)
_ISSUE = re.compile(r"\[Federal Register Volume (\d+), Number \d+ \(\w+, (\w+ \d{1,2}, \d{4})\)\]")
_PAGES = re.compile(r"\[Pages? (\d+)(?:-(\d+))?\]")
_MONTHS = "|".join(months.NAMES)
_EFFECTIVE = re.compile(rf"\beffective(?:\s+date)?(?:\s+(?:on|is))?:?\s+((?:{_MONTHS})\s+\d{{1,2}},\s+\d{{4}})", re.IGNORECASE)
_ORDER = re.compile(r"Supplement No\.?\s*4 to part 744(?:\s*\([^)]{0,200}\))?\s+is\s+(?:further\s+)?amended", re.IGNORECASE)
_ORDER_ENDS = re.compile(
    r"The\s+(?:additions?|revisions?|amendments?|corrections?)\b[^.]{0,80}\bas\s+follows"
    r"|Supplement No\.?\s*4 to part 744\s*(?:-|–|—)"
    r"|\bSupplement No\.?\s*[^4\s]\d* to part \d+|\[FR Doc|\bDated:|\bSection \d+\.\d+ is amended",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?P<under>\bunder\s+(?:the\s+(?:destination|heading|country|destinations)\s+(?:of|for)\s+)?)"
    r"|\b(?P<verb>adding|removing|revising|amending|correcting|redesignating|moving|transferring|replacing)\b"
    r"|``(?P<raw>.{1,2000}?)''|“(?P<curly>.{1,2000}?)”|\"(?P<straight>[^\"]+?)\"",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset(
    ("in", "alphabetical", "order", "an", "the", "for", "of", "entry", "entries", "entity", "entities", "person", "persons",
     "following", "new", "existing", "and", "or", "by", "under", "destination", "heading", "as", "follows", *ONES)
)  # fmt: skip
_ACTIONS = {"adding": "add", "removing": "remove", "revising": "modify"}


def is_document(content: Any) -> bool:
    """Whether JSON is an answer of the Federal Register: a document, or a list of them."""
    if isinstance(content, dict):
        return "document_number" in content or _documents_of(content) is not None
    return _documents_of(content) is not None


def _documents_of(content: Any) -> list[Any] | None:
    found = content.get("results") if isinstance(content, dict) else content
    if isinstance(found, list) and found and all(isinstance(d, dict) and "document_number" in d for d in found):
        return found
    return None


def read_documents(name: str, content: Any, first_row: int = 1) -> tuple[list[dict[str, Any]], list[Reject]]:
    """Documents of an answer of the API: rows of DOCUMENTS, and what cannot be read."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    found = content if isinstance(content, list) else _documents_of(content) or [content]
    for row, document in enumerate(found, first_row):
        number, published = document.get("document_number"), read_day(document.get("publication_date"))
        if not isinstance(number, str) or not number or published is None:
            why = "a document needs document_number and publication_date (YYYY-MM-DD)"
            rejects.append((name, row, None, json.dumps(document, default=str)[:MOST_VALUE], why))
            continue
        pages = [p if isinstance(p, int) and 0 < p < 1_000_000 else None for p in map(document.get, ("start_page", "end_page"))]
        effective = read_day(document.get("effective_on"))
        if effective is not None and abs((effective - published).days) > 366:
            effective = None
        rows.append(
            {
                "row": row,
                "document_number": number,
                "citation": _text(document.get("citation")),
                "publication_date": published,
                "effective_date": effective,
                "title": _text(document.get("title")),
                "url": _text(document.get("html_url")) or _text(document.get("url")) or SITE + number,
                "start_page": pages[0],
                "end_page": pages[1],
            }
        )
    return rows, rejects


def is_index(header: list[str]) -> bool:
    """Whether a CSV with this header is an index of documents."""
    return {"document_number", "publication_date", "title"} <= set(header) and "entity_key" not in header


def read_index(
    name: str, header: list[str], lines: list[list[str]], first_row: int = 1
) -> tuple[list[dict[str, Any]], list[Reject]]:
    """Documents of an index as CSV; other columns than those of the API are let be."""
    return read_documents(name, [dict(zip(header, cells, strict=False)) for cells in lines], first_row) if lines else ([], [])


def _text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


# a document -------------------------------------------------------------------------------------------------------------


def is_raw_text(text: str) -> bool:
    """Whether a text is a document of the Federal Register as its site serves it (in a page of nothing but <pre>)."""
    return _ISSUE.search(text[:5000]) is not None


def read_raw_text(name: str, text: str, row: int) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[Reject]]:
    """A document out of its raw text: its row of DOCUMENTS, the changes that it orders, and what cannot be read for certain."""
    plain = html.unescape(re.sub(r"</?(?:html|head|body|pre|title|a)\b[^<>]*>", " ", text, flags=re.IGNORECASE))
    issue, number, pages = _ISSUE.search(plain), _NUMBER.search(plain), _PAGES.search(plain)
    published = None if issue is None else read_day(issue.group(2))
    if issue is None or number is None or published is None:
        return None, [], [(name, row, None, plain.strip()[:MOST_VALUE], "the document's number or day of publication is missing")]
    first, last = (None, None) if pages is None else (int(pages.group(1)), int(pages.group(2) or pages.group(1)))
    # lines are broken at blanks and behind hyphens that stand in the text
    whole = re.sub(r"(?<=\w-)[ \t]*\n\s*(?=\w)", "", re.sub(r"\[\[Page \d+\]\]", " ", plain))
    flat = " ".join(whole.split())
    document = {
        "row": row,
        "document_number": number.group(1),
        "citation": None if first is None else f"{issue.group(1)} FR {first}",
        "publication_date": published,
        "effective_date": _effective(flat, published),
        "title": None,
        "url": SITE + number.group(1),
        "start_page": first,
        "end_page": last,
    }
    actions, rejects = _ordered(name, row, flat)
    return document, [_action(document, n, a) for n, a in enumerate(actions, 1)], rejects


def is_rule_xml(root: etree._Element) -> bool:
    """Whether XML is a document of the Federal Register."""
    return root.tag == "RULE" or root.find(".//RULE") is not None or root.find(".//FRDOC") is not None


def read_rule_xml(name: str, root: etree._Element, row: int) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[Reject]]:
    """A document out of its XML; as ``read_raw_text``. Additions and revisions come from its table."""
    flat = " ".join(text_of(root).split())
    number = _NUMBER.search(flat)
    rows = list(table_rows(root, 5))
    day = next((d for r in rows if (d := _inserted(r["citation"])[1]) is not None), None) or _filed(flat)
    if number is None or day is None:
        return None, [], [(name, row, None, flat[:MOST_VALUE], "the document's number or day of publication is missing")]
    document = {
        "row": row, "document_number": number.group(1), "citation": None, "publication_date": day,
        "effective_date": _effective(flat, day), "title": None, "url": SITE + number.group(1),
        "start_page": None, "end_page": None,
    }  # fmt: skip
    orders = " ".join(" ".join(text_of(e).split()) for e in root.iter("AMDPAR"))
    actions, rejects = _ordered(name, row, orders)
    heading = ""
    printed: dict[tuple[str, str], dict[str, Any]] = {}
    for cells in rows:
        heading = cells["country"].strip(" *") or heading
        party = read_party(cells["entity"])
        is_own, _ = _inserted(cells["citation"])
        if not slug(party.name) or not is_own:
            continue
        is_new = not re.search(r"\d{2,3} F\.?R\.? \d", cells["citation"])
        change = {"action": "add" if is_new else "modify", "name": party.name, "country_id": destination(heading)[1],
                  "aliases": "; ".join(party.aliases) or None}  # fmt: skip
        printed[destination(heading)[0], slug(party.name)] = change
    ordered = [a for a in actions if a["action"] == "remove" or (_key(a) not in printed)]
    both = [*ordered, *printed.values()]
    return document, [_action(document, n, a) for n, a in enumerate(both, 1)], rejects


def _key(action: Mapping[str, Any]) -> tuple[str, str]:
    country = action["country_id"]
    return ("chn" if country == "HKG" else str(country).casefold()), slug(action["name"])


def _inserted(citation: str) -> tuple[bool, date | None]:
    """Whether a citation is that of the rule itself, whose page was not known when it was written, and the day in it."""
    found = re.search(r"\[\s*INSERT[^\]]{0,200}\]?[^0-9]{0,20}(\d{1,2}/\d{1,2}/\d{2,4})?", citation, re.IGNORECASE)
    if found is None:
        return False, None
    day = re.search(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", citation[found.start() :])
    if day is None:
        return True, None
    year = int(day.group(3))
    try:
        return True, date(year if year > 99 else 2000 + year, int(day.group(1)), int(day.group(2)))
    except ValueError:
        return True, None


def _filed(text: str) -> date | None:
    """The day of publication as the API's XML states it beside the number of the issue, where it does."""
    found = _ISSUE.search(text)
    return None if found is None else read_day(found.group(2))


def _effective(text: str, published: date) -> date | None:
    """The day on which a document says that it takes effect; None where that is not said, or is no day near its publication."""
    start = text.find("DATES:")
    found = _EFFECTIVE.search(text[start : start + 1500]) if start >= 0 else None
    day = None if found is None else read_day(found.group(1))
    return day if day is not None and abs((day - published).days) <= 366 else None


def _action(document: Mapping[str, Any], row: int, change: Mapping[str, Any]) -> dict[str, Any]:
    """A change in the columns of a rule."""
    stated = {c: document[c] for c in ("document_number", "citation", "publication_date", "effective_date", "url")}
    unknown = dict.fromkeys(("announced_date", "entity_key", "party_type", "reason", "aliases"))
    return {"row": row, **unknown, **stated, **change}


def _ordered(name: str, row: int, text: str) -> tuple[list[dict[str, Any]], list[Reject]]:
    """Changes of Supplement No. 4 that a text orders, in order, each once."""
    actions: dict[tuple[str, str | None, str], dict[str, Any]] = {}
    rejects: list[Reject] = []
    for start in _ORDER.finditer(text):
        end = _ORDER_ENDS.search(text, start.end())
        for change, why, quoted in _read_order(text[start.end() : end.start() if end is not None else len(text)]):
            if change is None:
                rejects.append((name, row, None, quoted[:MOST_VALUE], why))
            else:
                actions.setdefault((change["action"], change["country_id"], slug(change["name"])), change)
    return list(actions.values()), rejects


def _read_order(text: str) -> Iterator[tuple[dict[str, Any] | None, str, str]]:
    """Names in quotation marks, each with the change ordered, or with the reason why that is not certain."""
    verb: str | None = None
    country: str | None = None
    plain = True
    at = 0
    for token in _TOKEN.finditer(text):
        between = text[at : token.start()]
        at = token.end()
        if token.group("under") is not None:
            heading, length = _heading(text[token.end() :])
            if heading is not None:
                country = heading
                at = token.end() + length
            continue
        if token.group("verb") is not None:
            verb, plain = token.group("verb").casefold(), True
            continue
        quoted = token.group("raw") or token.group("curly") or token.group("straight")
        plain = plain and all(_is_plain(word) for word in re.findall(r"[^\W\d_][\w'’-]*", between))
        party = _quoted_name(quoted)
        replaced = re.match(r"\s*(?:,\s*)?(?:and\s+adding\b.{0,80}\bin\s+its\s+place|in\s+its\s+place)", text[at:], re.IGNORECASE)
        if verb is None or verb not in _ACTIONS or not plain:
            yield None, "what is done with it is not ordered by adding, revising or removing the entry alone", quoted
        elif replaced is not None:
            yield None, "one wording is replaced by another: which entry that changes is not certain", quoted
        elif country is None:
            yield None, "no destination that is known stands before it", quoted
        elif not slug(party):
            yield None, "is no name", quoted
        else:
            yield {"action": _ACTIONS[verb], "name": party, "country_id": country}, "", quoted


def _is_plain(word: str) -> bool:
    """Whether a word may stand between the verb of an order and a name: of the pattern, a Roman numeral, or a demonym."""
    return word.casefold() in _PLAIN_WORDS or re.fullmatch(r"[ivx]+|[a-z]|[A-Z][a-z]+(?:ese|an|i|ish|ch)", word) is not None


def _heading(text: str) -> tuple[str | None, int]:
    """The country with which a text begins, the longest that is known, and its length."""
    country_ids = code_map("country_name")
    found: tuple[str | None, int] = (None, 0)
    for word in re.finditer(r"\S+(?=\s|$)", text[:80]):
        name = text[: word.end()].replace("’", "'").strip("\"“”`' .,:;")
        country = country_ids.get(name.casefold())
        if country is not None:
            found = country, word.end()
    return found


def _quoted_name(text: str) -> str:
    """A name without the mark that American usage draws into the quotation: ``Acme Co., Ltd.,''``."""
    return " ".join(text.split()).rstrip(",; ")
