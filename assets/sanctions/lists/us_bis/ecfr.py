"""Lists printed in the Code of Federal Regulations (the supplements to 15 CFR part 744): from the XML of eCFR to entries.

What belongs here: the XML and its tables. What does not: the cells (``reading.printed_party``) and the entries of a text
(``reading.entries``), which other lists share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from lxml import etree

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.bytes import begins_as_markup, read_text
from assets.reading.json import read_json
from assets.reading.xml import is_web_page, whole_document
from assets.sanctions.reading.entries import COLUMNS, KEPT, Reading, add_entries, date_in, judge_texts, read_records

ENTITY_LIST, UNVERIFIED_LIST, MILITARY_END_USERS = 4, 6, 7
"""Numbers of the supplements."""
_BREAKS, _NOTES = ("BR", "P", "FP", "LI"), ("SU", "SUP", "FTREF")


def is_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does."""
    return begins_as_markup(data) and not is_web_page(data)


def parse_xml(name: str, data: bytes) -> etree._Element:
    """Root of an XML document, nothing outside it read. Raises Quarantine."""
    root: etree._Element = whole_document(name, data, KEPT)
    return root


def text_of(element: etree._Element, *, with_notes: bool = False) -> str:
    """The text of an element, a line break for each break or paragraph in it; marks of footnotes as ``[1]`` or left out."""
    parts: list[str] = []
    inside = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        tag = _tag(node)
        if event == "start":
            parts.append("\n" if tag in _BREAKS and node is not element else "")
            inside += tag in _NOTES
            parts.append(f" [{(node.text or '').strip()}]" if tag in _NOTES and with_notes else "" if inside else node.text or "")
        else:
            inside -= tag in _NOTES
            parts.append("" if inside or node is element else node.tail or "")
    return "".join(parts)


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname.upper() if isinstance(node.tag, str) else ""


def read_supplement(reading: Reading, name: str, root: etree._Element, number: int) -> None:
    """Read a supplement to part 744 out of the XML of eCFR (``/api/versioner/v1/full/{date}/title-15.xml?part=744``).

    The supplement is a table: country, entity, for the Entity List license requirement and license review policy, and the
    Federal Register citation. A blank country is that of the row before. A row with an entity and nothing else goes on with
    the entry before it. Raises Quarantine where the document has no such supplement.
    """
    wanted = re.compile(rf"supplement\s+no\.?\s*{number}\s+to\s+part\s+744\b", re.IGNORECASE)
    found = [e for e in root.iter() if isinstance(e.tag, str) and wanted.match(_label(e))]
    if not found:
        raise Quarantine(f"{name} holds no Supplement No. {number} to Part 744: is it the XML of part 744? {KEPT}")
    rows: list[dict[str, str]] = []
    heading = ""
    for cells in table_rows(found[0], 5 if number == ENTITY_LIST else 3):
        heading = re.sub(r"\(.*", "", cells["country"]).strip() or heading
        party = cells["entity"].strip()
        if not re.search(r"\w", party) or re.fullmatch(r"\[?reserved\.?\]?", party, re.IGNORECASE):
            continue
        rest = [cells[c].strip() for c in ("license_requirement", "license_policy", "citation")]
        if rows and not any(rest) and not cells["country"].strip():
            rows[-1]["entity"] += f"\n{party}"
            continue
        rows.append(cells | {"country": heading})
    add_entries(reading, name, "ecfr", date_in(name), rows)


def _label(element: etree._Element) -> str:
    """By what a division of the document is known: its number, else its heading."""
    label = element.get("N") or ""
    if not label and _tag(element).startswith("DIV"):
        label = next((text_of(child) for child in element if _tag(child) == "HEAD"), "")
    return " ".join(label.split())


def table_rows(element: etree._Element, width: int) -> Iterator[dict[str, str]]:
    """Rows of the tables in an element, by column: TABLE with TR and TD, or GPOTABLE with ROW and ENT."""
    columns = COLUMNS if width == 5 else (COLUMNS[0], COLUMNS[1], COLUMNS[4])
    for row in element.iter():
        if _tag(row) not in ("TR", "ROW"):
            continue
        cells = [c for c in row if _tag(c) in ("TD", "ENT")]
        if len(cells) == width - 1:
            # the country spans the rows below it
            texts = dict.fromkeys(COLUMNS, "") | _cells(columns[1:], cells)
        elif len(cells) >= width:
            texts = dict.fromkeys(COLUMNS, "") | _cells(columns, cells)
        elif len(cells) == 1:
            texts = dict.fromkeys(COLUMNS, "") | _cells(columns[:1], cells)
        else:
            continue
        yield texts


def _cells(columns: Iterable[str], cells: Iterable[etree._Element]) -> dict[str, str]:
    return {c: text_of(cell, with_notes=c.startswith("license")) for c, cell in zip(columns, cells, strict=False)}


def stage_list(files: Mapping[str, bytes], supplement: int, list_id: str) -> Staged:
    """Read a list of which texts are all that there is.

    Args:
        files: the XML of part 744, or JSON that others made of the list, by any name.
        supplement: number of the supplement to part 744.
        list_id: how the JSON names the list.

    Returns:
        Frame ``entries`` (ENTRIES).

    Raises:
        Quarantine: no file, or one that is empty, a web page, cut, or another list.
    """
    if not files:
        raise Quarantine(f"the snapshot holds no file. {KEPT}")
    reading = Reading()
    for name, data in sorted(files.items()):
        if is_xml(data):
            read_supplement(reading, name, parse_xml(name, data), supplement)
            continue
        content = read_json(name, read_text(name, data, KEPT, legacy=None), KEPT)
        read_records(reading, name, content, list_id)
    return reading.staged()


READERS = {
    "us_bis_meu": (partial(stage_list, supplement=MILITARY_END_USERS, list_id="bis-meu"), judge_texts),
    "us_bis_uvl": (partial(stage_list, supplement=UNVERIFIED_LIST, list_id="bis-uvl"), judge_texts),
}
"""By source: how its bytes are read, and how a snapshot is judged."""
