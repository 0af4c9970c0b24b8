"""The Entity List: which kind of evidence a file is, the record of rules, and when a snapshot is not to be believed.

A snapshot may hold any of these, under any name; what a file is follows from its content:

- the XML of part 744 in eCFR, on any day (``ecfr``), or the list as JSON that others made of it;
- answers of the Federal Register's API, an index of its documents as CSV, the raw text or XML of its rules
  (``federal_register``);
- the record of rules, ``rules.csv``, which people keep.

The record's layout is this project's own; people turn rules into rows. It is UTF-8 with a header, one row per rule, entity and
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
- ``entity_key``: our own lasting id of the entity: small letters, digits, hyphens. Required. It is the id of the listing under
  the first destination; under each further one a dot and the destination follow.
- ``name``: as the rule writes it. Required.
- ``aliases``: joined by ``; ``. May be blank.
- ``party_type``: person, entity (also where blank), vessel, aircraft.
- ``country``: the destination under which the rule lists the entity. May be blank.
- ``reason``: in a few words. May be blank.
- ``url``: of the rule. May be blank.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.contracts import MOST_VALUE, REJECTS, Judgement, RowGuard, Staged, StagedInfo, fallen
from assets.errors import Quarantine
from assets.reading.bytes import decode, refuse_blank
from assets.reading.json import read_json
from assets.reading.tables import by_width, csv_rows
from assets.sanctions.lists.us_bis import ecfr, federal_register
from assets.sanctions.reading.entries import Reading, judge_texts, read_records
from assets.sanctions.reading.rule_record import contradictions

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
KEPT = "The last good evidence stands; mend the file and import it again."


class _Unreadable(ValueError):
    """A cell that cannot be read: ``column`` and, as the message, the reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read a snapshot.

    Args:
        files: any of the kinds above, by name.

    Returns:
        Frames for the kinds that are there: ``rules`` with the columns of RULES; ``entries`` (``reading.entries.ENTRIES``);
        ``documents`` (``federal_register.DOCUMENTS``) and ``actions``, with the columns of RULES, entity_key NULL. Rejected are
        rows that cannot be read, a repeated row of the record and one that contradicts it (an addition of what is listed, the
        removal of a destination that is not), and orders of a rule that cannot be read for certain; these count as no rows.

    Raises:
        Quarantine: no file, or one that is empty, a web page, cut, not UTF-8, or of no kind above; two records of rules.
    """
    if not files:
        raise Quarantine(f"{FILE} is missing, and so is any other file. The last good evidence stands; add a file.")
    reading = Reading()
    documents: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    remarks: list[tuple[str, int, str | None, str, str]] = []
    rules: pl.DataFrame | None = None
    for name, data in sorted(files.items()):
        if ecfr.is_xml(data):
            root = ecfr.parse_xml(name, data)
            if not federal_register.is_rule_xml(root):
                ecfr.read_supplement(reading, name, root, ecfr.ENTITY_LIST)
                continue
            _keep_document(federal_register.read_rule_xml(name, root, len(documents) + 1), documents, actions, remarks, reading)
            continue
        text = _decoded(name, data)
        if federal_register.is_raw_text(text):
            _keep_document(federal_register.read_raw_text(name, text, len(documents) + 1), documents, actions, remarks, reading)
        elif text.lstrip()[:1] in ("{", "["):
            content = read_json(name, text, KEPT)
            if federal_register.is_document(content):
                rows, bad = federal_register.read_documents(name, content, len(documents) + 1)
                documents += rows
                reading.rejects += bad
                reading.n_read += len(rows) + len(bad)
            else:
                read_records(reading, name, content, "bis-entity-list")
        else:
            header, lines = _lines(name, text)
            if federal_register.is_index(header):
                rows, bad = federal_register.read_index(name, header, lines, len(documents) + 1)
                documents += rows
                reading.rejects += bad
                reading.n_read += len(rows) + len(bad)
            elif rules is not None:
                raise Quarantine(f"{name} is a second record of rules in one snapshot: which one holds? {KEPT}")
            else:
                rules = _read_rules(name, header, lines, reading)
    frames: dict[str, pl.DataFrame] = {}
    if rules is not None:
        frames["rules"] = rules
    if documents:
        frames["documents"] = pl.DataFrame(documents, schema=federal_register.DOCUMENTS, orient="row")
    if actions:
        frames["actions"] = pl.DataFrame(actions, schema=RULES, orient="row")
    staged = reading.staged(frames)
    facts = staged.facts | {
        "n_rules": 0 if rules is None else rules.height,
        "n_documents": len(documents),
        "n_actions": len(actions),
        "n_uncertain_orders": len(remarks),
    }
    noted = pl.DataFrame(remarks, schema=REJECTS, orient="row")
    kept = {k: f for k, f in staged.frames.items() if k != "entries" or f.height}
    return Staged(kept, pl.concat([staged.rejects, noted]), staged.n_read, facts, staged.rejects.height)


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a snapshot: its texts as ``judge_texts`` does, and the record of rules, which grows but for corrections."""
    judged = judge_texts(info, baseline, guard)
    had = 0 if baseline is None else baseline.facts.get("n_rules", 0)
    has = info.facts.get("n_rules", 0)
    if has and has < had:
        text = f"{has:,} rows in the record of rules where the last accepted one had {had:,}"
        judged += fallen(f"{text}: it is cut") if has < guard.min_share * had else Judgement(warnings=(text,))
    if info.facts.get("n_uncertain_orders"):
        text = f"{info.facts['n_uncertain_orders']:,} orders of rules cannot be read for certain (see the rejects)"
        judged += Judgement(warnings=(f"{text}: the next text of the list shows what they did",))
    says_whole = bool(has or info.facts.get("n_entries"))
    knew_text = baseline is not None and bool(baseline.facts.get("n_entries"))
    return judged + Judgement(complete=says_whole and not (knew_text and not info.facts.get("n_entries")))


def _keep_document(
    read: tuple[dict[str, Any] | None, list[dict[str, Any]], list[tuple[str, int, str | None, str, str]]],
    documents: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    remarks: list[tuple[str, int, str | None, str, str]],
    reading: Reading,
) -> None:
    """Keep what was read of one document; one without number or day is a rejected row, an uncertain order a remark."""
    document, changes, bad = read
    reading.n_read += 1
    if document is None:
        reading.rejects += bad
        return
    documents.append(document)
    actions += changes
    remarks += bad


def _decoded(name: str, data: bytes) -> str:
    refuse_blank(name, data, KEPT)
    try:
        text = decode(data, legacy=None)
    except UnicodeDecodeError as error:
        raise Quarantine(f"{name} is not UTF-8 (byte {error.start:,}): save it as UTF-8. {KEPT}") from error
    if text.lstrip().startswith("<") and not federal_register.is_raw_text(text):
        raise Quarantine(f"{name} is a web page, no evidence on the list. {KEPT}")
    return text


def _read_rules(name: str, header: list[str], lines: list[list[str]], reading: Reading) -> pl.DataFrame:
    """The record of rules, without the rows that cannot be read or contradict it; these go to the rejects."""
    _check_layout(name, header)
    rows: list[dict[str, Any]] = []
    seen: dict[tuple[Any, ...], int] = {}
    country_ids = code_map("country_name")
    reading.n_read += len(lines)
    for number, cells in enumerate(lines, 1):
        if len(cells) != len(header):
            text = ",".join(cells)[:MOST_VALUE]
            reading.rejects.append((name, number, None, text, f"{len(cells)} columns where the header has {len(header)}"))
            continue
        raw = {c: v.strip() for c, v in zip(header, cells, strict=True)}
        try:
            row = _rule(raw, country_ids)
        except _Unreadable as problem:
            value = raw.get(problem.column, "")[:MOST_VALUE]
            reading.rejects.append((name, number, problem.column, value, str(problem)))
            continue
        key = (row["document_number"] or row["citation"], row["entity_key"], row["action"], row["country_id"])
        if key in seen:
            repeated = ", ".join(str(k) for k in key)[:MOST_VALUE]
            reading.rejects.append((name, number, None, repeated, f"row {seen[key]} says the same"))
            continue
        seen[key] = number
        rows.append({"row": number} | row)
    rules = pl.DataFrame(rows, schema=RULES, orient="row")
    wrong = contradictions(rules)
    reading.rejects += [(name, row["row"], "action", row["action"], wrong[row["row"]]) for row in rows if row["row"] in wrong]
    return rules.filter(~pl.col("row").is_in(list(wrong)))


def _lines(name: str, text: str) -> tuple[list[str], list[list[str]]]:
    """Header in small letters, and rows of cells."""
    lines = [cells for cells in csv_rows(name, text, KEPT, ",") if cells]
    if lines:
        by_width(name, lines[0], lines[1:], KEPT, may_be_cut=not text.endswith("\n"))
    return [c.strip().casefold() for c in lines[0]], lines[1:]


def _check_layout(name: str, header: list[str]) -> None:
    """Raise Quarantine where a CSV has other columns than the record of rules."""
    missing = [c for c in COLUMNS if c not in header and c not in MAY_BE_ABSENT]
    unknown = [c for c in header if c not in COLUMNS]
    twice = sorted(c for c, n in Counter(header).items() if n > 1)
    if missing or unknown or twice:
        odd = {"missing": missing, "unknown": unknown, "twice": twice}
        text = "; ".join(f"{what}: {', '.join(columns)}" for what, columns in odd.items() if columns)
        raise Quarantine(f"{name} has other columns than the record of rules ({text[:500]}). {KEPT}")


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


READERS = {"us_bis_entity_list": (stage, judge)}
"""By source: how its bytes are read, and how a snapshot is judged."""
