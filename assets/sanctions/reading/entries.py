"""The entries of a text that prints a list: their shape, how a snapshot of texts is judged, and the JSON that others make of one.

A text is the list as of one day. Its entries name the destination (the country under which they are printed), and
the chain of citations says when the entry was added and changed: the first is the listing, the others are amendments.
Citations are read for their dates. Pages are kept, and never compared with those of another source: this text cites the page
of the entry, others the first page of the rule.

What does not belong here: the layout of a publisher's own file, and the history, which ``history.stated`` writes from entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.contracts import MOST_VALUE, REJECTS, Judgement, Reject, RowGuard, Staged, StagedInfo, fallen, judge_rows
from assets.errors import Quarantine
from assets.sanctions.reading.countries import country_of_address
from assets.sanctions.reading.dates import day_in
from assets.sanctions.reading.names import slug
from assets.sanctions.reading.printed_party import flat, party_of_cells, tidy

KEPT = "The last good text stands; fetch the file again."


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
"""One row per entry of a text. ``text_date``: the day of the text, NULL where only the snapshot says it. ``entry_key``:
destination and name in letters that survive punctuation (``chn.huawei-technologies-co-ltd``). ``cited`` and ``cited_as``: the
citations in order, as days (NULL where none can be read) and as written. ``listed_on``: first day in force, where the list
states one beside citations."""
EARLIEST = date(1990, 1, 1)
_CITATION = re.compile(
    r"(?<!\d)(\d{2,3})\s+F\.?\s*R\.?\s+(\d{1,6})(?:[^0-9]{0,40}?(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})))?(?![\d/])", re.IGNORECASE
)
_PLAIN_CELL = re.compile(r"\d{2,3} FR \d{1,6}, \d{1,2}/\d{1,2}/\d{2}(?:\.?[\n;]\s?\d{2,3} FR \d{1,6}, \d{1,2}/\d{1,2}/\d{2})*\.?")
COLUMNS = ("country", "entity", "license_requirement", "license_policy", "citation")


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


def judge_texts(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge texts of a list: by what cannot be read, and by the newest text against that of the last accepted snapshot.

    A text older than that one is compared with nothing, since a list of the past is shorter; it is no baseline either.
    """
    facts = info.facts
    # texts differ in how many rows they hold, so that rows are judged alone and entries below
    judged, warnings = judge_rows(info, None, guard), []
    has = facts.get("n_in_newest_text", 0)
    had = 0 if baseline is None else baseline.facts.get("n_in_newest_text", 0)
    is_past = baseline is not None and bool(had) and bool(has) and _day_of_text(info) < _day_of_text(baseline)
    if baseline is not None and had and has and not is_past:
        last = f"the last accepted one ({_day_of_text(baseline)})"
        least = guard.least(info, baseline)
        if has < least * had:
            judged += fallen(
                f"{has:,} entries where {last} had {had:,}: below the limit of {least:.0%}; a cut text is no mass delisting"
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
    return judged + Judgement(warnings=tuple(warnings), complete=not is_past)


def _day_of_text(info: StagedInfo) -> str:
    return info.facts.get("newest_text") or info.retrieved_at.date().isoformat()


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
        raise Quarantine(f"{name} has no list of entities: expected the key 'entities'. {KEPT}")
    if isinstance(content, dict):
        named = content.get("list_id")
        if isinstance(named, str) and named != list_id:
            raise Quarantine(f"{name} is the list {named[:60]!r}, expected {list_id!r}: it lies in the wrong folder. {KEPT}")
        count = content.get("count")
        if isinstance(count, int) and count != len(records):
            raise Quarantine(f"{name} says that it holds {count:,} entities and holds {len(records):,}: it is cut. {KEPT}")
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
    return day or date_in(name), rows


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
    return dict.fromkeys(COLUMNS, "") | {
        "country": texts["country"],
        "entity": record["name"],
        "aliases": [a for alias in aliases if (a := tidy(alias))],
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


def date_in(name: str) -> date | None:
    """The day that a file carries in its name (``part744_2023-12-01.xml``)."""
    found = re.search(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)", name)
    return None if found is None else read_day(found.group(1))


def add_entries(reading: Reading, name: str, form: str, text_date: date | None, rows: list[dict[str, Any]]) -> None:
    """Append the entries of one text. Of entries with one key the one cited first has the plain key, the others a number.

    Args:
        reading: gets the entries, and the rows without a name or a country.
        name: of the file.
        form: how the text was made; texts of two forms differ in details without an act.
        text_date: its day, where it states one.
        rows: cells by column, as the table of eCFR has them; or with ``aliases``, ``former``, ``address`` and ``affiliates``
            read, with ``listed_on`` and ``reason``.
    """
    reading.n_read += len(rows)
    parties = [party_of_cells(row) for row in rows]
    keys = Counter((destination(row["country"])[0], slug(party.name)) for row, party in zip(rows, parties, strict=True))
    wide = frozenset(key for (_, key), n in keys.items() if n > 1)
    read: list[dict[str, Any]] = []
    for number, (row, first) in enumerate(zip(rows, parties, strict=True), 1):
        party = party_of_cells(row, wide) if slug(first.name) in wide else first
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
                "license_requirement": flat(row["license_requirement"]),
                "license_policy": flat(row["license_policy"]),
                "reason": flat(row.get("reason", "")),
                "affiliates": party.affiliates,
                "citation": flat(row["citation"]),
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
