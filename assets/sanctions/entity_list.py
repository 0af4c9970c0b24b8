"""The Entity List as records of Federal Register rules: from the bytes of rules.csv to typed rows.

The layout is this project's own; people turn rules into rows. rules.csv is UTF-8 with a header, one row per rule, entity and
destination, and holds all records so far (it only grows). Columns, in any order:

- ``document_number``: of the rule in the Federal Register (``2023-25557``). May be blank where the citation is given: a number
  that could not be confirmed is left out rather than guessed.
- ``citation``: of the rule (``88 FR 80112``). May be blank where the document number is given.
- ``publication_date``: day of publication, from which on the change is known. Required, YYYY-MM-DD.
- ``effective_date``: first day on which the change is in force. Required, YYYY-MM-DD; at most a year after publication.
- ``announced_date``: day of an earlier announcement. May be blank; kept as a detail of the event.
- ``action``: ``add``, ``remove`` or ``modify``. Required. A ``remove`` without country removes the entity as a whole. A
  ``modify`` states the entry as it now reads: name and party type, and aliases and reason where they are given; its country,
  where given and not on record, is one under which the entity was listed before the record begins.
- ``entity_key``: our own lasting id of the entity: small letters, digits, hyphens. Required.
- ``name``: as the rule writes it. Required.
- ``aliases``: joined by ``; ``. May be blank.
- ``party_type``: person, entity (also where blank), vessel, aircraft.
- ``country``: the destination under which the rule lists the entity. May be blank.
- ``reason``: in a few words. May be blank.
- ``url``: of the rule. May be blank.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.sanctions.stated import contradictions
from pipelines.contract import REJECTS, Staged
from pipelines.errors import Quarantine

FILE = "rules.csv"
RULES = pl.Schema(
    {
        "row": pl.Int64,
        "document_number": pl.String,
        "citation": pl.String,
        "publication_date": pl.Date,
        "effective_date": pl.Date,
        "announced_date": pl.Date,
        "action": pl.String,
        "entity_key": pl.String,
        "name": pl.String,
        "aliases": pl.String,
        "party_type": pl.String,
        "country_id": pl.String,
        "reason": pl.String,
        "url": pl.String,
    }
)
COLUMNS = tuple("country" if c == "country_id" else c for c in RULES.names()[1:])
MAY_BE_ABSENT = ("announced_date",)
ACTIONS = ("add", "remove", "modify")
PARTY_TYPES = ("person", "entity", "vessel", "aircraft")
EARLIEST = date(1997, 2, 3)
"""The Entity List was first published on 1997-02-03 (62 FR 4910)."""
LONGEST_NOTICE = timedelta(days=366)
MOST_VALUE = 200


class _Unreadable(ValueError):
    """A cell that cannot be read: ``column`` and, as the message, the reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the record of rules.

    Args:
        files: ``rules.csv``.

    Returns:
        Frame ``rules`` with the columns of RULES. Rejected are rows that cannot be read, a repeated row, and a row that
        contradicts the record: an addition of what is listed, the removal of a destination that is not.

    Raises:
        Quarantine: the file is missing, empty, HTML, cut, not UTF-8, or has other columns.
    """
    if FILE not in files:
        held = ", ".join(sorted(files)) or "no file"
        raise Quarantine(f"{FILE} is missing (the snapshot holds {held}). The last good record stands; add the file.")
    header, lines = _lines(files[FILE])
    rows: list[dict[str, Any]] = []
    rejects: list[tuple[str, int, str | None, str, str]] = []
    seen: dict[tuple[Any, ...], int] = {}
    country_ids = code_map("country_name")
    for number, cells in enumerate(lines, 1):
        if len(cells) != len(header):
            text = ",".join(cells)[:MOST_VALUE]
            rejects.append((FILE, number, None, text, f"{len(cells)} columns where the header has {len(header)}"))
            continue
        raw = {c: v.strip() for c, v in zip(header, cells, strict=True)}
        try:
            row = _rule(raw, country_ids)
        except _Unreadable as problem:
            rejects.append((FILE, number, problem.column, raw.get(problem.column, "")[:MOST_VALUE], str(problem)))
            continue
        key = (row["document_number"] or row["citation"], row["entity_key"], row["action"], row["country_id"])
        if key in seen:
            rejects.append((FILE, number, None, ", ".join(str(k) for k in key)[:MOST_VALUE], f"row {seen[key]} says the same"))
            continue
        seen[key] = number
        rows.append({"row": number} | row)
    rules = pl.DataFrame(rows, schema=RULES, orient="row")
    wrong = contradictions(rules)
    rejects += [(FILE, row["row"], "action", row["action"], wrong[row["row"]]) for row in rows if row["row"] in wrong]
    rejects.sort(key=lambda r: r[1])
    good = rules.filter(~pl.col("row").is_in(list(wrong)))
    return Staged({"rules": good}, pl.DataFrame(rejects, schema=REJECTS, orient="row"), len(lines))


def _lines(data: bytes) -> tuple[list[str], list[list[str]]]:
    """Header and rows of cells."""
    kept = "The last good record stands; mend the file and import it again."
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Quarantine(f"{FILE} is not UTF-8 (byte {error.start:,}): save it as CSV in UTF-8. {kept}") from error
    if not text.strip():
        raise Quarantine(f"{FILE} is empty ({len(data):,} bytes). {kept}")
    if text.lstrip().startswith("<"):
        raise Quarantine(f"{FILE} is a web page or XML, not the record of rules. {kept}")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [cells for cells in reader if cells]
    except csv.Error as error:
        raise Quarantine(f"{FILE}, line {reader.line_num:,}: {error}; the file is cut or a quote is missing. {kept}") from error
    header = [c.strip().casefold() for c in lines[0]]
    missing = [c for c in COLUMNS if c not in header and c not in MAY_BE_ABSENT]
    unknown = [c for c in header if c not in COLUMNS]
    twice = sorted({c for c in header if header.count(c) > 1})
    if missing or unknown or twice:
        told = {"missing": missing, "unknown": unknown, "twice": twice}
        text = "; ".join(f"{what}: {', '.join(columns)}" for what, columns in told.items() if columns)
        raise Quarantine(f"{FILE} has other columns than the layout ({text[:500]}). {kept}")
    if len(lines) > 1 and len(lines[-1]) < len(header) and not text.endswith("\n"):
        raise Quarantine(f"{FILE} is cut in its last line: {len(lines[-1])} of {len(header)} columns. {kept}")
    return header, lines[1:]


def _rule(raw: Mapping[str, str], country_ids: Mapping[str, str]) -> dict[str, Any]:
    """One row in types. Raises _Unreadable."""
    if not raw["document_number"] and not raw["citation"]:
        raise _Unreadable("document_number", "must be given where the citation is blank")
    if not raw["name"]:
        raise _Unreadable("name", "must be given")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", raw["entity_key"]):
        raise _Unreadable("entity_key", "must be small letters, digits and single hyphens")
    action, party_type = raw["action"].casefold(), raw["party_type"].casefold() or "entity"
    if action not in ACTIONS:
        raise _Unreadable("action", "must be add, remove or modify")
    if party_type not in PARTY_TYPES:
        raise _Unreadable("party_type", f"must be one of {', '.join(PARTY_TYPES)}, or blank for an entity")
    country = raw["country"].casefold()
    if country and country not in country_ids:
        raise _Unreadable("country", "is no country that the registry of actors knows")
    published, effective = _day("publication_date", raw["publication_date"]), _day("effective_date", raw["effective_date"])
    announced = _day("announced_date", raw["announced_date"]) if raw.get("announced_date") else None
    for column, day in (("publication_date", published), ("effective_date", effective)):
        if day < EARLIEST:
            raise _Unreadable(column, f"must not be before {EARLIEST}, when the list began")
    if effective > published + LONGEST_NOTICE:
        raise _Unreadable("effective_date", "must not be more than a year after publication")
    if announced is not None and announced > published:
        raise _Unreadable("announced_date", "must not be after publication")
    return {
        "document_number": raw["document_number"] or None,
        "citation": raw["citation"] or None,
        "publication_date": published,
        "effective_date": effective,
        "announced_date": announced,
        "action": action,
        "entity_key": raw["entity_key"],
        "name": raw["name"],
        "aliases": raw["aliases"] or None,
        "party_type": party_type,
        "country_id": country_ids[country] if country else None,
        "reason": raw["reason"] or None,
        "url": raw["url"] or None,
    }


def _day(column: str, text: str) -> date:
    # date.fromisoformat alone also takes 20231117 and 2023-W46-5
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise _Unreadable(column, "must be a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Unreadable(column, "is no day of the calendar") from error
