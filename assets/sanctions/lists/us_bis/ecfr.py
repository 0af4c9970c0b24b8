"""Lists printed in the Code of Federal Regulations (the supplements to 15 CFR part 744): from a text to its entries.

What belongs here: the XML of eCFR, the JSON that others make of the same text, and the small languages inside their cells
(name, aliases and addresses in one cell; the chain of Federal Register citations). What does not: the history, which
``stated`` writes from these entries.

A text is the list as it stood on one day. Its entries name the destination (the country under which they are printed), and
the chain of citations tells when the entry was added and changed: the first is the listing, the others are amendments.
Citations are read for their dates. Pages are kept, and never compared with those of another source: this text cites the page
of the entry, others the first page of the rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any

import polars as pl
from lxml import etree

from assets.actors.registry import code_map
from assets.contract import REJECTS, Judgement, RowGuard, Staged, StagedInfo
from assets.errors import Quarantine
from assets.sanctions.reading.countries import country_of_address
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.names import slug
from assets.sanctions.reading.text_files import MOST_VALUE, Reject, read_json

_TEXTS = pl.List(pl.String())
ENTRIES = pl.Schema(
    {
        "row": pl.Int64(),
        "file": pl.String(),
        "format": pl.String(),
        "text_date": pl.Date(),
        "destination": pl.String(),
        "country_id": pl.String(),
        "entry_key": pl.String(),
        "name": pl.String(),
        "aliases": _TEXTS,
        "former_names": _TEXTS,
        "addresses": _TEXTS,
        "address_countries": _TEXTS,
        "license_requirement": pl.String(),
        "license_policy": pl.String(),
        "reason": pl.String(),
        "affiliates": pl.String(),
        "citation": pl.String(),
        "cited": pl.List(pl.Date()),
        "cited_as": _TEXTS,
        "listed_on": pl.Date(),
    }
)
"""One row per entry of a text. ``text_date``: the day of the text, NULL where only the snapshot tells it. ``entry_key``:
destination and name in letters that survive punctuation (``chn.huawei-technologies-co-ltd``). ``cited`` and ``cited_as``: the
citations in order, as days (NULL where none can be read) and as written. ``listed_on``: first day in force, where the list
states one beside citations."""

EARLIEST = date(1990, 1, 1)
ENTITY_LIST, UNVERIFIED_LIST, MILITARY_END_USERS = 4, 6, 7
"""Numbers of the supplements."""

_KEPT = "The last good text stands; fetch the file again."
_CITATION = re.compile(
    r"(?<!\d)(\d{2,3})\s+F\.?\s*R\.?\s+(\d{1,6})(?:[^0-9]{0,40}?(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})))?(?![\d/])", re.IGNORECASE
)
_PLAIN_CELL = re.compile(r"\d{2,3} FR \d{1,6}, \d{1,2}/\d{1,2}/\d{2}(?:\.?[\n;]\s?\d{2,3} FR \d{1,6}, \d{1,2}/\d{1,2}/\d{2})*\.?")
_DASH = r"(?:—|–|--|-(?=\s))"
_ALSO = r"(?:\b[afn]\.?\s?k\.?\s?a\b\.?|\b[AFN]\.\s?K\.\s?A\b\.?)"
"""In small letters, or with its stops: AKA may be a name."""
_MARK = re.compile(rf"(?<![\s,;])[\s,;]*+\(?\s*+{_ALSO}[.,:]*\s*")
"""Begins where its run of separators does, and gives none of it back: else long runs of them take more than linear time."""
_FOLLOWING = re.compile(r"(?:the\s+)?following\s+(?:([\w-]+)\s+)?alias(?:es)?\s*[:;,]?\s*", re.IGNORECASE)
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBERS = {word: number for number, word in enumerate(ONES)} | {"thirty": 30, "forty": 40}
_ABBREVIATED = re.compile(
    r"(?:^|[\s.,(])(?:Co|Ltd|Ltda|Inc|Corp|Bhd|Sdn|Pvt|Pte|Pty|Jr|Sr|Dr|Mr|Mrs|Eng|St|No|Nos|Dept|Univ|Inst|Intl|Mfg|Tech|Tic|San"
    r"|Sti|LLC|GmbH|[A-Z](?:\.[A-Z])*|(?:[a-z]\.)+[a-z])\.?$"
)
_LEGAL = re.compile(
    r"(?:Ltd|LTD|Ltda|Limited|LIMITED|Inc|INC|Incorporated|L\.?L\.?C|LLP|L\.?P\b|Co\b|CO\b|Corp|Company|S\.?A\b|S\.?L\b"
    r"|S\.?[Rr]\.?[Ll]\b|s\.?r\.?o|S\.?p\.?A|G\.?m\.?b\.?H|GMBH|A\.?G\b|B\.?V\b|N\.?V\b|Pte|PTE|Pvt|PVT|Pty|Sdn|SDN|Bhd|BHD|[A-Z]{0,2}JSC"
    r"|OOO|AO\b|OAO|PAO|ZAO|FZE|FZC|FZCO|FZ|PLC|plc|Jr|Sr|II|d\.o\.o|a\.s|A\.S|A\.Ş|Lda|C\.A|K\.K|SARL|SRL|S\.A\.R\.L|MMC|M\.M\.C)"
    r"[\s.,;)]*"
)
_UNIT = re.compile(
    r"institut|plant|bureau|design|concern|company|corporation|center|centre|factory|academy|universit|works|association"
    r"|enterprise|laborator|department|division|branch|group",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?:no\.?|p\.?\s?o\.?|room|rm|building|bldg|floor|flat|unit|house|suite|office|plot|km|street|ulitsa|ul\.|\d)", re.I
)
_AFFILIATES = re.compile(r"\n(?:affiliated entities|subordinate institut\w*)\s*:?\s*(?=\n)", re.IGNORECASE)
_COLUMNS = ("country", "entity", "license_requirement", "license_policy", "citation")
_BREAKS, _NOTES = ("BR", "P", "FP", "LI"), ("SU", "SUP", "FTREF")
_ELSEWHERE = re.compile(r"\(\s*see (?:also )?alternate address(?:es)?[^)]*\)\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Party:
    """What the cell of an entity holds.

    ``affiliates``: the affiliated entities that it names behind its addresses. ``former``: those aliases that are former names.
    """

    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    affiliates: str | None = None
    former: tuple[str, ...] = ()


# cells ----------------------------------------------------------------------------------------------------------------


@cache
def destination(heading: str) -> tuple[str, str | None]:
    """Short key of a heading of the list and its country_id, None where the registry of actors knows no such country.

    Hong Kong has been printed under China since 2020-12-23, so that its entries have the key of China at all times: they
    went on under another heading. The country stays the one of the heading.
    """
    text = " ".join(heading.replace("’", "'").split()).strip(" .:,")
    country_ids = code_map("country_name")
    country = country_ids.get(text.casefold())
    if country is None and " region of " in text.casefold():
        country = country_ids.get(text.casefold().rpartition(" region of ")[2])
    if country is None or " region of " in text.casefold():
        return slug(text) or "unknown", country
    return {"HKG": "chn"}.get(country, country.casefold()), country


def read_citations(cell: str) -> list[tuple[date | None, str]]:
    """Citations of a cell, in order, as (day, ``88 FR 80131``); the day is None where none can be read.

    Read in spite of a missing comma, a line break before the day, a year of four digits, and words in between.
    """
    return [(_day_of_citation(day), f"{volume} FR {page}") for volume, page, day in _CITATION.findall(cell)]


def is_plain_citation(cell: str) -> bool:
    """Whether a cell is written as the list mostly writes it: ``88 FR 80131, 11/17/23.``, one citation a line."""
    return _PLAIN_CELL.fullmatch(cell.strip()) is not None


def _day_of_citation(text: str) -> date | None:
    if not text:
        return None
    month, day, year = map(int, text.split("/"))
    if year < 100:
        year += 1900 if year >= 90 else 2000
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if read >= EARLIEST else None


@lru_cache(20_000)
def read_party(cell: str, wide_names: frozenset[str] = frozenset()) -> Party:
    """Name, aliases and addresses of an entity's cell.

    Args:
        cell: its text, line breaks kept: ``Name, a.k.a., the following two aliases:``, a line for each alias behind a dash,
            then the addresses joined by ``;``. Older entries write all on one line.
        wide_names: names (as slugs) that stand for several entries: a parent whose parts are listed one by one. Behind such a
            name the next segment, where it names a part and no street, belongs to the name.
    """
    lines = [" ".join(line.replace("\u00a0", " ").split()) for line in cell.split("\n")]
    text, _, below = re.sub(_AFFILIATES, "\0", "\n".join(line for line in lines if line), count=1).partition("\0")
    affiliates = _flat(below)
    mark = _MARK.search(text)
    following = _FOLLOWING.match(text, mark.end()) if mark is not None else None
    if mark is None:
        name, rest = _split_name(text.replace("\n", ", " if ";" not in text else " "), wide_names)
        return Party(name, (), _addresses(rest), affiliates)
    name = _tidy(text[: mark.start()].replace("\n", " "))
    if not name:
        return Party(_tidy(text.replace("\n", " ")))
    if following is not None:
        aliases, rest = _listed_aliases(text[following.end() :], _number(following.group(1)))
    else:
        aliases, rest = _inline_aliases(text[mark.start() : mark.end()], text[mark.end() :])
    told = tuple(dict.fromkeys(a for a in aliases if slug(a) and a != name))
    is_former = re.match(r"\W*f", mark.group(), re.IGNORECASE) is not None
    return Party(name, told, _addresses(rest), affiliates, told if is_former else ())


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if word.isdigit():
        return int(word)
    tens, _, ones = word.casefold().replace("twentyone", "twenty-one").partition("-")
    found = _NUMBERS.get(tens)
    return None if found is None else found + _NUMBERS.get(ones, 0)


def _tidy(text: str) -> str:
    """Without what joins parts: leading dashes and ``and``, trailing separators."""
    text = re.sub(rf"^(?:[\s,;:]|{_DASH}|and\s+(?={_DASH}))+", "", text)
    return " ".join(text[: _end_of_last_part(text)].split()).strip('“”" ')


def _end_of_last_part(text: str) -> int:
    """Where the separators at the end begin, an ``and`` or ``or`` behind one of them included.

    A loop, since a pattern for it tries each way to share out the blanks between its parts: their number doubles with each.
    """
    end = len(text)
    while end:
        if text[end - 1].isspace() or text[end - 1] in ",;:":
            end -= 1
            continue
        word = next((w for w in ("and", "or") if text.endswith(w, 0, end)), None)
        if word is None:
            return end
        at = end - len(word)
        while at and text[at - 1].isspace():
            at -= 1
        if not at or text[at - 1] not in ";,":
            return end
        end = at
    return 0


def _without_stop(text: str) -> str:
    """Without a final full stop that ends a sentence and no abbreviation."""
    text = re.sub(r"\.{2,}$", ".", text)
    return text if not text.endswith(".") or _ends_in_abbreviation(text[:-1]) else text[:-1].rstrip()


def _ends_in_abbreviation(text: str) -> bool:
    """Looked for in the last letters alone: no abbreviation is longer."""
    return _ABBREVIATED.search(text, max(0, len(text) - 40)) is not None


def _listed_aliases(text: str, number: int | None) -> tuple[list[str], str]:
    """Aliases behind dashes, and what follows them."""
    head, *items = re.split(rf"(?:^|(?<=[\s;,:])){_DASH}\s*|(?:^|(?<=\n))-", text)
    if not items:
        head, items = "", re.split(";", text, maxsplit=(number or 1) - 1) if number != 1 else [text]
    if number is not None and number < len(items):
        # a dash inside an address is no alias
        items = [*items[: number - 1], "-".join(items[number - 1 :])]
    *before, last = items
    aliases = [_without_stop(_tidy(item)) for item in before]
    alias, rest = _last_alias(last)
    return [*aliases, alias], f"{_tidy(head)} {rest}".strip() if _tidy(head) else rest


def _last_alias(text: str) -> tuple[str, str]:
    """The last alias and the addresses behind it: on lines of their own, or after a full stop or semicolon."""
    line, newline, rest = text.partition("\n")
    if newline:
        return _without_stop(_tidy(line)), rest
    for stop in re.finditer(r"[.;]\s+(?=[A-Z0-9#“\"'(])", text):
        head = text[: stop.start()]
        ahead = text[stop.end() :]
        if not _ends_in_abbreviation(head) or _STREET.match(ahead):
            return _without_stop(_tidy(text[: stop.start() + (text[stop.start()] == ".")])), ahead
    return _without_stop(_tidy(text)), ""


def _inline_aliases(mark: str, text: str) -> tuple[list[str], str]:
    """Aliases written after ``a.k.a.`` on the line of the name: in brackets, or up to the next segment."""
    flat = text.replace("\n", " ")
    if "(" in mark and ")" in flat:
        inside, _, rest = flat.partition(")")
        return [_without_stop(_tidy(part)) for part in re.split(rf"[;]|,?\s*{_ALSO}[.,]*\s*", inside)], _tidy(rest)
    if "(" in mark:
        return [_without_stop(_tidy(part)) for part in re.split(rf"[;]|,?\s*{_ALSO}[.,]*\s*", flat)], ""
    aliases = []
    rest = flat
    while True:
        alias, rest = _split_name(rest)
        aliases.append(alias)
        again = re.match(rf"[\s,;]*(?:and\s+)?{_ALSO}[.,]*\s*", rest)
        if again is None:
            return aliases, rest
        rest = rest[again.end() :]


def _split_name(text: str, wide_names: frozenset[str] = frozenset()) -> tuple[str, str]:
    """A name and what follows it: up to a semicolon, or a comma that no legal form follows."""
    flat = " ".join(text.split())
    at = 0
    while True:
        cut = re.compile(r"[,;]").search(flat, at)
        if cut is None:
            return _without_stop(_tidy(flat)), ""
        ahead = flat[cut.end() :].lstrip()
        name = _tidy(flat[: cut.start()])
        segment = re.split(r"[,;]", ahead, maxsplit=1)[0]
        if cut.group() == "," and (
            _LEGAL.match(ahead) or (slug(name) in wide_names and _UNIT.search(segment) and not _STREET.match(segment))
        ):
            at = cut.end()
            continue
        return _without_stop(name), ahead


def _addresses(text: str) -> tuple[str, ...]:
    flat = _tidy(_ELSEWHERE.sub("", re.sub(r"(?<=\.)\n", "; ", text).replace("\n", " ")))
    parts = (re.sub(r"^(?:and|or)\b[\s,]*", "", _tidy(part)) for part in flat.split(";"))
    return tuple(dict.fromkeys(p for part in parts if (p := _without_stop(_tidy(part))) and re.search(r"\w", p)))


# judgement ------------------------------------------------------------------------------------------------------------


def judge_texts(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge texts of a list: by what cannot be read, and by the newest text against that of the last accepted snapshot.

    A text older than that one is compared with nothing, since a list of the past is shorter; it is no baseline either.
    """
    facts = info.facts
    refusals, warnings = [], []
    if info.n_read == 0:
        refusals.append("it holds no rows")
    elif info.n_rejected > guard.max_rejected_share * info.n_read:
        refusals.append(
            f"{info.n_rejected:,} of {info.n_read:,} rows cannot be read (limit {guard.max_rejected_share:.1%}): "
            "has the layout changed?"
        )
    has = facts.get("n_in_newest_text", 0)
    had = 0 if baseline is None else baseline.facts.get("n_in_newest_text", 0)
    is_past = baseline is not None and bool(had) and bool(has) and _day_of_text(info) < _day_of_text(baseline)
    if baseline is not None and had and has and not is_past:
        last = f"the last accepted one ({_day_of_text(baseline)})"
        if has < guard.min_share * had:
            refusals.append(
                f"{has:,} entries where {last} had {had:,}: below the limit of {guard.min_share:.0%}; "
                "a cut text is no mass delisting"
            )
        elif has > guard.max_share * had:
            warnings.append(f"{has:,} entries where {last} had {had:,}: above {guard.max_share:.0%}")
        gone = [
            f"{d} ({n:,})"
            for d, n in baseline.facts["n_by_destination"].items()
            if n >= 20 and d not in facts["n_by_destination"]
        ]
        if gone and baseline.facts.get("formats") == facts.get("formats"):
            warnings.append(f"no entry any more under {', '.join(gone[:5])}: was a heading not read?")
    if facts.get("unknown_destinations"):
        warnings.append(
            f"no country is known for the headings {', '.join(facts['unknown_destinations'][:5])}: "
            "their entries count for no state; add the name to assets/actors/data/aliases_country_names.csv"
        )
    if has and facts["n_without_date"]:
        warnings.append(f"{facts['n_without_date']:,} entries have no readable day of listing: their start is unknown")
    return Judgement(tuple(refusals), tuple(warnings), complete=not is_past)


def _day_of_text(info: StagedInfo) -> str:
    return info.facts.get("newest_text") or info.retrieved_at.date().isoformat()


# texts ----------------------------------------------------------------------------------------------------------------


def is_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not is_web_page(data)


def is_web_page(data: bytes) -> bool:
    """Whether the bytes begin as HTML does."""
    return re.match(rb"[\xef\xbb\xbf\s]*<(?:!doctype\s+html|html|head|body)\b", data[:2000], re.IGNORECASE) is not None


def parse_xml(name: str, data: bytes) -> etree._Element:
    """Root of an XML document, nothing outside it read. Raises Quarantine."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Quarantine(f"{name} is no whole XML document ({str(error)[:200]}): cut or damaged. {_KEPT}") from error
    if root is None:
        raise Quarantine(f"{name} is an empty XML document. {_KEPT}")
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


@dataclass
class Reading:
    """Entries read so far, and what could not be read. ``n_read`` counts the entries of the texts, read or not."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    n_read: int = 0

    def staged(self, frames: Mapping[str, pl.DataFrame] | None = None) -> Staged:
        """The snapshot: frame ``entries`` beside ``frames``, and the facts that ``judge_texts`` and people need."""
        entries = pl.DataFrame(self.entries, schema=ENTRIES, orient="row")
        unknown = entries.filter(pl.col("country_id").is_null())["destination"].unique().sort().to_list()
        cells = entries["citation"].drop_nulls().to_list()
        days = [e["text_date"] for e in self.entries]
        last = None if None in days else max(days, default=None)
        newest = entries.filter(pl.col("text_date").eq_missing(pl.lit(last, pl.Date)))
        facts = {
            "n_entries": entries.height,
            "newest_text": None if last is None else last.isoformat(),
            "n_in_newest_text": newest.height,
            "n_by_destination": dict(Counter(newest["destination"]).most_common()),
            "formats": sorted(set(entries["format"])),
            "unknown_destinations": unknown,
            "n_odd_citations": sum(not is_plain_citation(cell) for cell in cells),
            "n_undated_citations": sum(day is None for cell in cells for day, _ in read_citations(cell)),
            "n_without_date": entries.filter(pl.col("cited").list.first().is_null(), pl.col("listed_on").is_null()).height,
        }
        rejects = pl.DataFrame(sorted(self.rejects, key=lambda r: r[:2]), schema=REJECTS, orient="row")
        return Staged({"entries": entries} | dict(frames or {}), rejects, self.n_read, facts)


def read_supplement(reading: Reading, name: str, root: etree._Element, number: int) -> None:
    """Read a supplement to part 744 out of the XML of eCFR (``/api/versioner/v1/full/{date}/title-15.xml?part=744``).

    The supplement is a table: country, entity, for the Entity List license requirement and license review policy, and the
    Federal Register citation. A blank country is that of the row before. A row with an entity and nothing else goes on with
    the entry before it. Raises Quarantine where the document has no such supplement.
    """
    wanted = re.compile(rf"supplement\s+no\.?\s*{number}\s+to\s+part\s+744\b", re.IGNORECASE)
    found = [e for e in root.iter() if isinstance(e.tag, str) and wanted.match(_label(e))]
    if not found:
        raise Quarantine(f"{name} holds no Supplement No. {number} to Part 744: is it the XML of part 744? {_KEPT}")
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
    add_entries(reading, name, "ecfr", _date_in(name), rows)


def _label(element: etree._Element) -> str:
    """By what a division of the document is known: its number, else its heading."""
    label = element.get("N") or ""
    if not label and _tag(element).startswith("DIV"):
        label = next((text_of(child) for child in element if _tag(child) == "HEAD"), "")
    return " ".join(label.split())


def table_rows(element: etree._Element, width: int) -> Iterator[dict[str, str]]:
    """Rows of the tables in an element, by column: TABLE with TR and TD, or GPOTABLE with ROW and ENT."""
    columns = _COLUMNS if width == 5 else (_COLUMNS[0], _COLUMNS[1], _COLUMNS[4])
    for row in element.iter():
        if _tag(row) not in ("TR", "ROW"):
            continue
        cells = [c for c in row if _tag(c) in ("TD", "ENT")]
        if len(cells) == width - 1:
            # the country spans the rows below it
            texts = dict.fromkeys(_COLUMNS, "") | _cells(columns[1:], cells)
        elif len(cells) >= width:
            texts = dict.fromkeys(_COLUMNS, "") | _cells(columns, cells)
        elif len(cells) == 1:
            texts = dict.fromkeys(_COLUMNS, "") | _cells(columns[:1], cells)
        else:
            continue
        yield texts


def _cells(columns: Iterable[str], cells: Iterable[etree._Element]) -> dict[str, str]:
    return {c: text_of(cell, with_notes=c.startswith("license")) for c, cell in zip(columns, cells, strict=False)}


def read_records(reading: Reading, name: str, content: Any, list_id: str) -> None:
    """Read a list as JSON that others made of it; see ``record_rows``."""
    day, rows = record_rows(reading, name, content, list_id)
    add_entries(reading, name, "records", day, rows)


def record_rows(reading: Reading, name: str, content: Any, list_id: str) -> tuple[date | None, list[dict[str, Any]]]:
    """The day and the rows of a list as JSON: ``{"list_id", "extracted", "count", "entities": [...]}``.

    An entity has ``name``, ``country`` and, where known, ``aliases``, ``address``, ``federal_register``, ``effective_date``
    and ``notes``; one that is none is noted in ``reading``. Raises Quarantine where it is another list, or holds fewer
    entities than it says.
    """
    records = content.get("entities") if isinstance(content, dict) else content
    if not isinstance(records, list):
        raise Quarantine(f"{name} has no list of entities: expected the key 'entities'. {_KEPT}")
    if isinstance(content, dict):
        named = content.get("list_id")
        if isinstance(named, str) and named != list_id:
            raise Quarantine(f"{name} is the list {named[:60]!r}, expected {list_id!r}: it lies in the wrong folder. {_KEPT}")
        count = content.get("count")
        if isinstance(count, int) and count != len(records):
            raise Quarantine(f"{name} says that it holds {count:,} entities and holds {len(records):,}: it is cut. {_KEPT}")
    day = read_day(content.get("extracted")) if isinstance(content, dict) else None
    about = "license_requirement" if list_id == "bis-entity-list" else "reason"
    rows = []
    for number, record in enumerate(records, 1):
        cells = _record(record, about)
        if cells is None:
            reading.n_read += 1
            reading.rejects.append((name, number, None, repr(record)[:MOST_VALUE], "is no entity with a name and texts"))
        else:
            rows.append(cells)
    return day or _date_in(name), rows


def _record(record: Any, about: str) -> dict[str, Any] | None:
    """An entity of the JSON in the columns of a table; None where it has no name or its values are no texts."""
    if not isinstance(record, dict) or not isinstance(record.get("name"), str) or not record["name"].strip():
        return None
    texts = {c: record.get(c) or "" for c in ("country", "address", "federal_register", "effective_date", "notes")}
    aliases = record.get("aliases") or []
    if not all(isinstance(v, str) for v in texts.values()):
        return None
    if not isinstance(aliases, list) or not all(isinstance(a, str) for a in aliases):
        return None
    return dict.fromkeys(_COLUMNS, "") | {
        "country": texts["country"],
        "entity": record["name"],
        "aliases": [a for alias in aliases if (a := _tidy(alias))],
        "address": texts["address"],
        "citation": texts["federal_register"],
        "listed_on": texts["effective_date"],
        about: texts["notes"],
    }


def read_day(text: Any) -> date | None:
    """A day written ``2026-07-09`` or ``June 21, 2022``; None for anything else."""
    if not isinstance(text, str):
        return None
    return day_in(" ".join(text.split())[:40], "%Y-%m-%d", "%B %d, %Y", earliest=EARLIEST)


def _date_in(name: str) -> date | None:
    """The day that a file carries in its name (``part744_2023-12-01.xml``)."""
    found = re.search(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)", name)
    return None if found is None else read_day(found.group(1))


def add_entries(reading: Reading, name: str, form: str, text_date: date | None, rows: list[dict[str, Any]]) -> None:
    """Append the entries of one text. Of entries with one key the one cited first has the plain key, the others a number.

    Args:
        reading: takes in the entries, and the rows without a name or a country.
        name: of the file.
        form: how the text was made; texts of two forms differ in details without an act.
        text_date: its day, where it tells one.
        rows: cells by column, as the table of eCFR has them; or with ``aliases``, ``former``, ``address`` and ``affiliates``
            read, with ``listed_on`` and ``reason``.
    """
    reading.n_read += len(rows)
    parties = [_party(row) for row in rows]
    keys = Counter((destination(row["country"])[0], slug(party.name)) for row, party in zip(rows, parties, strict=True))
    wide = frozenset(key for (_, key), n in keys.items() if n > 1)
    read: list[dict[str, Any]] = []
    for number, (row, first) in enumerate(zip(rows, parties, strict=True), 1):
        party = _party(row, wide) if slug(first.name) in wide else first
        if not slug(party.name) or not row["country"].strip():
            why = "has no country" if slug(party.name) else "has no readable name"
            reading.rejects.append((name, number, None, row["entity"][:MOST_VALUE], f"the entry {why}"))
            continue
        place, country = destination(row["country"])
        cited = read_citations(row["citation"])
        read.append(
            {
                "row": number,
                "file": name,
                "format": form,
                "text_date": text_date,
                "destination": " ".join(row["country"].split()),
                "country_id": country,
                "entry_key": f"{place}.{slug(party.name)}",
                "name": party.name,
                "aliases": list(party.aliases),
                "former_names": list(party.former),
                "addresses": list(party.addresses),
                "address_countries": [country_of_address(a) for a in party.addresses],
                "license_requirement": _flat(row["license_requirement"]),
                "license_policy": _flat(row["license_policy"]),
                "reason": _flat(row.get("reason", "")),
                "affiliates": party.affiliates,
                "citation": _flat(row["citation"]),
                "cited": [day for day, _ in cited],
                "cited_as": [written for _, written in cited],
                "listed_on": read_day(row.get("listed_on")),
            }
        )
    again: Counter[str] = Counter()
    for entry in sorted(read, key=lambda e: ((e["cited"] or [None])[0] or date.max, e["row"])):
        again[entry["entry_key"]] += 1
        if again[entry["entry_key"]] > 1:
            entry["entry_key"] += f".{again[entry['entry_key']]}"
    reading.entries += read


def _party(row: Mapping[str, Any], wide_names: frozenset[str] = frozenset()) -> Party:
    """What the cells of an entry say; in the JSON of others name, aliases and address stand apart, mostly."""
    if "aliases" not in row:
        return read_party(row["entity"], wide_names)
    aliases, address = list(row["aliases"]), row["address"]
    if aliases:
        last, rest = _last_alias(aliases[-1])
        if _STREET.match(rest):
            aliases[-1], address = last, f"{rest}; {address}"
    party = read_party(row["entity"]) if _MARK.search(row["entity"]) else Party(_tidy(row["entity"]))
    told = tuple(dict.fromkeys(a for a in (*party.aliases, *aliases) if slug(a)))
    former = (*party.former, *(a for a in row.get("former", ()) if a in told))
    return Party(party.name, told, _addresses(address), row.get("affiliates"), former)


def _flat(text: str) -> str | None:
    return "; ".join(part for line in text.split("\n") if (part := " ".join(line.split()).strip(" ;"))) or None


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
        raise Quarantine(f"the snapshot holds no file. {_KEPT}")
    reading = Reading()
    for name, data in sorted(files.items()):
        if is_xml(data):
            read_supplement(reading, name, parse_xml(name, data), supplement)
            continue
        if not data.strip() or is_web_page(data):
            what = "empty" if not data.strip() else "a web page"
            raise Quarantine(f"{name} is {what}, not the list. {_KEPT}")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Quarantine(f"{name} is not UTF-8 (byte {error.start:,}): it is damaged. {_KEPT}") from error
        content = read_json(name, text)
        read_records(reading, name, content, list_id)
    return reading.staged()


READERS = {
    "us_bis_meu": (partial(stage_list, supplement=MILITARY_END_USERS, list_id="bis-meu"), judge_texts),
    "us_bis_uvl": (partial(stage_list, supplement=UNVERIFIED_LIST, list_id="bis-uvl"), judge_texts),
}
"""By source: how its bytes are read, and how a snapshot is judged."""
