"""What the built-in record keeps of the files of each source: ids, names, types, programs, places, days, citations and numbers.

A cut writes the source's own layout, so that the source's own reader reads it; a cell that was cut is empty. What is cut is
declared beside it by staged frame and column: there an empty cell says that nothing is known, not that there is nothing. Cut is
what is prose and what is personal: birth dates, street addresses, documents, titles of persons.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assets.sanctions.acts.gathered import words_of
from assets.sanctions.acts.us_federal_register import body_named
from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from assets.sanctions.lists.us_ofac.remarks import CUT_AT, kept_of

FileCut = Callable[[bytes], bytes | None]
"""From the bytes of a file to those that are kept; None where nothing of it is."""


@dataclass(frozen=True)
class Cut:
    """What the record keeps of a source.

    ``of``: what is done to a file, by the end of its name (small letters), the first that fits; a file that none fits is kept as
    it is. ``unknown``: staged frames, and columns as ``frame.column``, of which nothing is known any more. ``said``: in words.
    """

    of: Mapping[str, FileCut]
    unknown: tuple[str, ...]
    said: str

    def __call__(self, name: str, data: bytes) -> bytes | None:
        """The bytes that are kept of a file."""
        return next((cut(data) for end, cut in self.of.items() if name.lower().endswith(end)), data)


_PLAIN = {"native_id", "address_number", "alias_number"}
"""Columns that the layout does not quote."""


def _legacy(columns: tuple[str, ...], keep: Callable[[list[str]], list[str]]) -> FileCut:
    """A cut of a file in OFAC's layout: the ends of it and of its lines stay, by which a reader tells whether it is whole."""

    def cut(data: bytes) -> bytes:
        ending = b"\x1a" if ofac.END_MARK in data[-16:] else b""
        newline = "\r\n" if b"\r\n" in data[:20_000] else "\n"
        lines = []
        for cells in csv.reader(io.StringIO(data.replace(ofac.END_MARK, b"").decode("utf-8-sig", "replace"), newline="")):
            cells = [cell.strip() for cell in cells]
            # copies that were saved again begin with a line of titles
            if len(cells) == len(columns) and cells[0].isdigit():
                lines.append(",".join(map(_written, columns, keep(cells))))
        return "".join(f"{line}{newline}" for line in lines).encode("utf-8") + ending

    return cut


def _written(column: str, cell: str) -> str:
    if cell in ("", ofac.NOTHING):
        return f"{ofac.NOTHING} "
    return cell if column in _PLAIN else '"{}"'.format(cell.replace('"', '""'))


@lru_cache(200_000)
def _remarks(text: str, kind: str) -> str:
    # the last clause of a cell that is full may have lost its end
    whole = text if len(text) < CUT_AT - 1 or text.endswith(".") else text.rpartition(";")[0]
    return kept_of(whole, ofac.PARTY_TYPES.get(kind.lower(), "entity")) or ""


_SDN = _legacy(ofac.SDN_COLUMNS, lambda c: [*c[:4], "", *c[5:11], _remarks(c[11], c[2])])
_ADD = _legacy(ofac.ADD_COLUMNS, lambda c: [*c[:2], "", *c[3:5], ""])
_ALT = _legacy(ofac.ALT_COLUMNS, lambda c: [*c[:4], ""])


def _table(blank: tuple[str, ...], changed: Mapping[str, Callable[[str], str]] | None = None, delimiter: str = ",") -> FileCut:
    """A cut of a table with a header: cells of the columns ``blank`` are emptied, those of ``changed`` rewritten."""

    def cut(data: bytes) -> bytes:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""), delimiter=delimiter)
        out = io.StringIO(newline="")
        names = [name for name in rows.fieldnames or () if name is not None]
        written = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        written.writerow(names)
        for row in rows:
            kept = {n: "" if n in blank else (row[n] or "") for n in names}
            written.writerow([changed[n](kept[n]) if changed and n in changed else kept[n] for n in names])
        return out.getvalue().encode("utf-8")

    return cut


def _countries_of_addresses(cell: str) -> str:
    """The state codes with which the addresses of a cell of the Consolidated Screening List end."""
    ends = [address.rsplit(",", 1)[-1].strip() for address in cell.split(";")]
    return "; ".join(dict.fromkeys(end for end in ends if len(end) == 2 and end.isupper()))


def _entities(keep_notes: Callable[[str], str | None]) -> FileCut:
    """A cut of a list that others transcribed to JSON: without addresses, and of the notes what states a fact."""

    def cut(data: bytes) -> bytes:
        content = json.loads(data)
        for entity in content["entities"]:
            entity["address"] = None
            entity["notes"] = keep_notes(entity.get("notes") or "")
        return _dumped(content)

    return cut


def _dumped(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8")


def _dumped_again(data: bytes) -> bytes:
    return _dumped(json.loads(data))


_REGISTER = ("document_number", "title", "type", "publication_date", "signing_date", "effective_on", "citation", "start_page",
             "end_page", "html_url")  # fmt: skip
"""What the Federal Register says of a document besides its agencies."""


def _documents(data: bytes) -> bytes:
    """A cut of an answer of the Federal Register: without summaries and links, with what was read from a summary."""
    content = json.loads(data)
    kept = []
    for document in content["results"]:
        summary = document.get("abstract") or ""
        agencies = [{"slug": a["slug"]} for a in document.get("agencies") or () if isinstance(a, dict) and a.get("slug")]
        read = {"agencies": agencies, "summary_body": body_named(summary), "summary_words": "; ".join(words_of(summary))}
        kept.append({c: document[c] for c in _REGISTER if document.get(c)} | {k: v for k, v in read.items() if v})
    return _dumped({"count": len(kept), "results": kept})


def _matches(pattern: str) -> Callable[[str], str | None]:
    return lambda notes: "; ".join(dict.fromkeys(re.findall(pattern, notes))) or None


_OFAC_UNKNOWN = ("listings.title", "addresses.note")
_OFAC_SAID = (
    "titles, street addresses, notes on addresses and aliases; of the remarks all but other names, nationality, citizenship, "
    "the state of birth, links to other parties and, of firms, ships and aircraft, their numbers in registers and the days of "
    "the list"
)
_CSL_BLANK = ("title", "license_requirement", "license_policy", "remarks", "dates_of_birth", "places_of_birth", "ids")

CUTS: dict[str, Cut] = {
    **{
        source: Cut(
            {main: _SDN, "add.csv": _ADD, "alt.csv": _ALT, "comments.csv": lambda _: None, ".json": _dumped_again},
            _OFAC_UNKNOWN,
            _OFAC_SAID,
        )
        for source, main in (("us_ofac_sdn", "sdn.csv"), ("us_ofac_cons", "prim.csv"))
    },
    "us_csl": Cut(
        {".csv": _table(_CSL_BLANK, {"addresses": _countries_of_addresses})},
        ("listings.title", "listings.remarks", "identifiers"),
        "addresses but for their state, titles, births, documents, remarks, licence requirements and policies",
    ),
    "us_bis_entity_list": Cut(
        {"index.csv": _table(("summary",)), ".json": _entities(lambda _: None)},
        (),
        "addresses, licence requirements and policies; summaries of rules",
    ),
    "us_bis_meu": Cut({".json": _entities(lambda _: None)}, (), "addresses and notes"),
    "us_bis_dpl": Cut(
        {".txt": _table(("Street_Address", "Postal_Code"), delimiter="\t")}, (), "street addresses and postal codes of persons"
    ),
    "us_dhs_uflpa": Cut(
        {".json": _entities(_matches(r"UFLPA Sec\. [^:;]+"))}, (), "the words of the findings; their section of the act is kept"
    ),
    "us_dod_1260h": Cut({".json": _entities(lambda _: None)}, (), "the words of the findings"),
    "us_ofac_cmic": Cut({".json": _entities(lambda notes: notes or None)}, (), "addresses"),
    "us_cbp_wro": Cut(
        {".json": _entities(_matches(r"^(?:WRO|Finding)|Merchandise: [^;]+"))},
        ("notes",),
        "the industry and remarks; the goods are kept",
    ),
    "us_fcc_covered": Cut({".json": _entities(lambda _: None)}, ("notes",), "the words of the findings"),
    "us_state_isn": Cut(
        {".json": _entities(lambda notes: " | ".join(part for part in notes.split(" | ") if part.startswith("Authority: ")))},
        ("notes",),
        "notes on places and successors; authority, day, end and citation of each imposition are kept",
    ),
    "us_federal_register": Cut(
        {".json": _documents},
        (),
        "summaries (what was read from them is kept: the body that acts where the register states none, and the states and drugs "
        "that are named), links",
    ),
}
"""By source; a source that is not here is kept as it is: numbers."""
