"""The UFLPA Entity List: the page of the Department of Homeland Security, and JSON that others make of it.

The page has a table for each clause of section 2(d)(2)(B) of the Act that lists parties, with the columns Name of Entity and
Effective Date; the clause stands above its table. A cell of the first column holds the name, aliases in brackets, and whether
subsidiaries are meant too. Both forms become the same entries: a party that stands under two clauses, or under two spellings
that differ in punctuation alone, is one entry with both clauses, in force since the earlier day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import decode, refuse_blank
from assets.reading.html import refuse_many_attributes
from assets.reading.json import read_json
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.entries import EARLIEST, Reading, add_entries, judge_texts, record_rows
from assets.sanctions.reading.names import slug
from assets.sanctions.reading.one_list import KEPT
from assets.sanctions.reading.printed_party import ONES

LIST_ID = "dhs-uflpa"
"""How the JSON names the list."""
COUNTRY = "China"
"""Not stated on the page: the Act refers to entities in China, and the JSON of others says so of every party."""
GROUNDS = {
    "i": "makes goods with forced labor in Xinjiang",
    "ii": "works with the government of Xinjiang to recruit, move or take in forced labor",
    "iv": "exported such goods to the United States",
    "v": "sources material from Xinjiang or through labor programs of its government",
}
"""What the clauses say of a party, in short. Clause (iii) is about products."""

_EXPECTED = "expected tables with the columns Name of Entity and Effective Date"
_DAYS = ("%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%m/%d/%Y", "%Y-%m-%d")
_CLAUSE = re.compile(r"2\s*\(d\)\s*\(2\)\s*\(B\)\s*\(\s*(iii|ii|iv|i|v)\s*\)", re.IGNORECASE)
_KNOWN_AS = re.compile(
    r"(?:and\s+)?(?:(?P<former>formerly(?:\s+known\s+as)?|f\.?k\.?a\b\.?)|(?:also|now)\s+known\s+as|a\.?k\.?a\b\.?"
    r"|(?:including\s+)?(?:the\s+)?(?:following\s+)?(?:(?P<number>[a-z-]{2,12}|\d{1,2})\s+)?alias(?:es)?\b)\s*[:,]?\s*",
    re.IGNORECASE,
)
_OPEN_ALIAS = re.compile(r"[\s,;]+(?=(?:and\s+)?(?:also|formerly)\s+known\s+as\s)", re.IGNORECASE)
_NEXT_ALIAS = re.compile(
    r"\s*;\s*(?:and\s+)?|,?\s+(?=and\s+(?:also|formerly)\s+known\s+as\s)"
    r"|(?:(?<=\bCo\.)|(?<=\bLtd\.)|(?<=\bLtd)|(?<=\bLimited)|(?<=\bInc\.)|(?<=\bCorp\.)|(?<=\bCorporation))\s+and\s+(?=[A-Z])"
)
"""Between aliases: a semicolon, a new mark, or an ``and`` behind a legal form (``Iron and Steel`` is one name)."""
_SCOPE = re.compile(
    r"(?:^|,?\s+)(?:and|including)\s+(?:(?:its|their)\s+(?:[\w-]+\s+){0,3}?)?(?:subsidiar(?:y|ies)|subordinate|affiliate[sd]?)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY = re.compile(r"(?:none|n/a|no entities|not applicable)\b", re.IGNORECASE)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the list.

    Args:
        files: the page, or JSON that others made of it, by any name; which it is follows from the content.

    Returns:
        Frame ``entries`` (``reading.entries.ENTRIES``), one row a party. ``listed_on`` is NULL where no day can be read.

    Raises:
        Quarantine: no file, or one that is empty, cut, another list, or a page without the tables.
    """
    if not files:
        raise Quarantine(f"the snapshot holds no file. {KEPT}")
    reading = Reading()
    for name, data in sorted(files.items()):
        refuse_blank(name, data, KEPT)
        text = decode(data, errors="replace").replace("\0", "").strip()
        if text.startswith("<"):
            form, day, rows = "page", None, _page_rows(name, text)
        else:
            day, records = record_rows(reading, name, read_json(name, text, KEPT), LIST_ID)
            form, rows = "records", [_of_record(row) for row in records]
        add_entries(reading, name, form, day, _one_a_party(rows))
    return reading.staged()


def _row(party: str, effective: str, clauses: set[str], **more: Any) -> dict[str, Any]:
    """A row in the columns of ``reading.entries``. ``effective``: the day as written."""
    name, aliases, former, scope = read_name(party)
    day = day_in(" ".join(effective.split()).rstrip(" .*"), *_DAYS, earliest=EARLIEST)
    own = {"country": COUNTRY, "entity": name, "aliases": aliases, "former": former, "affiliates": scope, "address": ""}
    blank = {"license_requirement": "", "license_policy": "", "citation": "", "note": ""}
    return blank | own | {"listed_on": "" if day is None else day.isoformat(), "clauses": clauses} | more


def _of_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of the JSON: its aliases may still hold several, its notes the clauses and the scope."""
    notes = [part for part in (p.strip() for p in record["reason"].split(";")) if part]
    clauses = {c for note in notes for c in _clauses(note)}
    scope = next((note for note in notes if _SCOPE.match(note)), None)
    rest = "; ".join(note for note in notes if note != scope and not _clauses(note))
    row = _row(record["entity"], record["listed_on"], clauses, note=rest)
    aliases, former = _read_aliases("; ".join(record["aliases"]))
    return row | {
        "country": record["country"],
        "address": record["address"],
        "citation": record["citation"],
        "aliases": row["aliases"] + aliases,
        "former": row["former"] + former,
        "affiliates": row["affiliates"] or scope,
    }


def _one_a_party(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of one party joined: its names and clauses together, the earliest day."""
    found: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        key = (row["country"].casefold(), slug(row["entity"]) or number)
        old = found.setdefault(key, row)
        if old is not row:
            found[key] = old | {
                "aliases": old["aliases"] + row["aliases"],
                "former": old["former"] + row["former"],
                "clauses": old["clauses"] | row["clauses"],
                "listed_on": min(filter(None, (old["listed_on"], row["listed_on"])), default=""),
            } | {c: old[c] or row[c] for c in ("affiliates", "address", "citation", "note")}  # fmt: skip
    for row in found.values():
        spellings: dict[str, str] = {slug(row["entity"]): ""}
        for alias in row["aliases"]:
            spellings.setdefault(slug(alias), alias)
        row["aliases"] = [alias for alias in spellings.values() if alias]
        row["former"] = [a for a in row["aliases"] if slug(a) in {slug(f) for f in row["former"]}]
        grounds = [f"UFLPA Sec. 2(d)(2)(B)({c}): {words}" for c, words in GROUNDS.items() if c in row["clauses"]]
        row["reason"] = "\n".join([*grounds, row["note"]])
    return list(found.values())


def _clauses(text: str) -> list[str]:
    return [c.casefold() for c in _CLAUSE.findall(text)]


# names ----------------------------------------------------------------------------------------------------------------


def read_name(cell: str) -> tuple[str, list[str], list[str], str | None]:
    """Name, aliases, those of them that are former names, and the words on subsidiaries, out of the cell of a name.

    Brackets that do not begin as aliases do (``(Shanshan)``, ``(XPCC)``) belong to the name.
    """
    flat = " ".join(cell.split())
    kept, named, at = [], [], 0
    for start, end in _brackets(flat):
        mark = _KNOWN_AS.match(flat, start + 1, end)
        if mark is not None:
            kept.append(flat[at:start].rstrip())
            named.append(flat[start + 1 : end])
            at = end + 1
    name = "".join([*kept, flat[at:]]).strip()
    scope = _SCOPE.search(name)
    if scope is not None and scope.start() > 0:
        name = name[: scope.start()]
    name, *more = _OPEN_ALIAS.split(name, maxsplit=1)
    read = [_read_aliases(text) for text in (*named, *more)]
    words = None if scope is None or scope.start() == 0 else scope.group().strip(" ,")
    return (
        name.strip(" ,;:") or flat,
        [a for aliases, _ in read for a in aliases],
        [f for _, former in read for f in former],
        words,
    )


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost brackets open and close; one that is not closed ends with the text."""
    depth = start = 0
    for at, letter in enumerate(text):
        if letter == "(":
            start = at if depth == 0 else start
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
            if depth == 0:
                yield start, at
    if depth:
        yield start, len(text)


def _read_aliases(text: str) -> tuple[list[str], list[str]]:
    """Aliases, and those that are former names: all that stand behind ``formerly known as`` up to another mark."""
    aliases: list[str] = []
    former: list[str] = []
    mark = _KNOWN_AS.match(text)
    number = None if mark is None or mark["number"] is None else mark["number"].casefold()
    parts = _NEXT_ALIAS.split(text)
    if number in ONES and ONES.index(number) == len(parts) + 1 and parts[-1].count(" and ") == 1:
        parts[-1:] = parts[-1].split(" and ")
    is_former = False
    for part in parts:
        mark = _KNOWN_AS.match(part)
        if mark is not None:
            is_former = mark["former"] is not None
        alias = re.sub(r"^and\s+", "", part if mark is None else part[mark.end() :]).strip(' ,;:“”"')
        if slug(alias):
            aliases.append(alias)
            former += [alias] if is_former else []
    return aliases, former


# the page -------------------------------------------------------------------------------------------------------------


def _page_rows(name: str, text: str) -> list[dict[str, Any]]:
    """Rows of the tables of parties. Raises Quarantine: the page is cut, or has no such tables."""
    folded = text.casefold()
    is_whole = re.match(r"<(?:!doctype\s+html|html)\b", folded) is not None
    if folded.count("<table") > folded.count("</table") or (is_whole and "</html" not in folded):
        raise Quarantine(f"{name} is a page that ends before its end: the download was cut. {KEPT}")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        refuse_many_attributes(text)
        page = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise Quarantine(f"{name} cannot be read as a page ({str(error)[:120]}). {KEPT}") from error
    rows: list[dict[str, Any]] = []
    n_tables = 0
    for table, before in _tables(page) if page is not None else ():
        found = list(_cells(table))
        if found:
            n_tables += 1
            # a text may name all clauses before the heading that names the one of the table
            clauses = _clauses(before)[-1:]
            rows += [_row(party, day, set(clauses)) for party, day in found if not _NOBODY.match(party)]
    if not rows:
        title = " ".join((page.findtext(".//title") or "").split())[:80] if page is not None else ""
        says = "tables without a row" if n_tables else "none"
        raise Quarantine(
            f"{name} is a page (titled {title!r}) that is not the UFLPA Entity List: {_EXPECTED}, found {says}. The request was "
            f"refused, or the page has a new layout. {KEPT}"
        )
    return rows


def _tables(page: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Tables in order, each with the text since the table before it and its caption."""
    etree.strip_elements(page, "script", "style", with_tail=False)
    texts: list[str] = []
    for event, node in etree.iterwalk(page, events=("start", "end")):
        if event == "end":
            texts.append(node.tail or "")
        elif node.tag == "table":
            caption = node.find("caption")
            yield node, "".join([*texts, "" if caption is None else _text(caption)])
            texts.clear()
        elif not any(True for _ in node.iterancestors("table")):
            texts.append(node.text or "")


def _cells(table: etree._Element) -> Iterator[tuple[str, str]]:
    """Name and day of each row below a header that names both columns."""
    columns: tuple[int, int] | None = None
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        cells = [_text(cell) for cell in row.iterchildren("td", "th")]
        header = _header(cells)
        if header is not None:
            columns = header
        elif columns is not None and columns[0] < len(cells) and re.search(r"\w", cells[columns[0]]):
            yield cells[columns[0]], cells[columns[1]] if columns[1] < len(cells) else ""


def _header(cells: list[str]) -> tuple[int, int] | None:
    """Columns of the name and of the day; None where the row is no header."""
    short = [cell.casefold() if len(cell) <= 60 else "" for cell in cells]
    names = [n for n, cell in enumerate(short) if re.search(r"\b(?:name|entity|entities)\b", cell)]
    days = [n for n, cell in enumerate(short) if re.search(r"\bdate\b", cell)]
    return (names[0], days[0]) if names and days and names[0] != days[0] else None


def _text(element: etree._Element) -> str:
    """The text of an element on one line, a blank for each break or block in it; marks of footnotes are left out."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        is_block = node.tag in ("br", "p", "li", "div")
        if event == "start":
            parts += [" " if is_block else "", "" if node.tag == "sup" else node.text or ""]
        else:
            parts += [" " if is_block else "", "" if node is element else node.tail or ""]
    return " ".join("".join(parts).split())


READERS = {"us_dhs_uflpa": (stage, judge_texts)}
"""By source: how its bytes are read, and how a snapshot is judged."""
