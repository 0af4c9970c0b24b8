"""Acts, put together of three things: what lists show, documents of registers, and the reviewed record.

An act that several of these report is one row, and what is certain of it is taken from the first of: the reviewed record, the
register, the lists. They are taken for one where

- the record cites the document (same volume and page, or its number);
- a change of a listing cites a page of the document (eCFR cites the page of the entry, not the first of the rule);
- list, sort and day are the same, and the program where the record names one.

The day of a change that comes from comparing editions is an upper bound. It is taken for the day before only where an act is
cited for that day, none is for the day itself, and the edition of that day did not yet show it (``_pinned``): OFAC publishes
in the evening of Washington too. What lists alone show keeps its own day, one act for each list, day and sort, and
one more for what they show under drug programs.

An act has up to four days, each with what it rests on (``BASES``): announced, signed, published in a register, in force. It
counts by the day on which it was announced, and where that is not known by the first of the others (``_counted_day``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from assets.days import last_instant
from assets.sanctions.acts.document_sorts import names_of_states, sort_of, states_named
from assets.sanctions.facts.lists import lists
from assets.schema import table

TABLES = ("official_acts", "official_act_events", "official_act_states", "official_act_terms", "official_act_coverage")
FACTS = ("reviewed.csv", "coverage.csv", "terms.csv")
HERE = Path(__file__).parent
SORT_OF_KIND = {"added": "listing", "removed": "delisting", "suspended": "suspension", "resumed": "resumption"}
"""Sort of act by the kind of a change; other changes of a listing (a corrected name, another program) are not acts."""
EFFECT_OF_SORT = {"listing": "imposed", "delisting": "eased", "suspension": "eased", "resumption": "imposed"}
LATE = timedelta(days=1)
"""How long after a cited act the next edition of a list may first show it."""
DAYS = ("date_announced", "date_signed", "date_published", "date_in_force")
RETROACTIVE = timedelta(days=31)
"""How long before its publication an act may be in force and known: rules are on public inspection and in force some days before
they are printed; what is said to have been in force for longer (exclusions from duties) was not known then."""
PRINTED_LATER = ("us_ofac_sdn", "us_ofac_cons", "us_bis_dpl")
"""Lists whose acts the Federal Register prints days or weeks later: a change on the day of a document is of another act."""
MOST_PROGRAMS = 5
DRUG_PROGRAMS = ("SDNT", "ILLICIT-DRUGS")
"""Beginnings of the names of OFAC's programs on drugs (Kingpin Act and Executive Orders 12978 and 14059)."""
_DRUGS = re.compile(
    r"fentanyl|opioid|narcotic|controlled substance|illicit drug|list i chemical|immediate precursor|drug traffick", re.IGNORECASE
)
_CITED = re.compile(r"\b(\d{2,3}) FR (\d{1,6})\b")
_NUMBER = re.compile(r"\b\d{4}-\d{5}\b")


_Day = tuple[str, str, date]
"""A list, a sort of act, and a day."""


@dataclass
class _Act:
    """An act while it is put together. ``program``: of a list, only changes under it belong to the act."""

    row: dict[str, Any]
    states: dict[str, str] = field(default_factory=dict)
    program: str | None = None
    topics: tuple[str, ...] = ()
    changes: list[dict[str, Any]] = field(default_factory=list)


def gather(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """Make the tables of acts (``TABLES``) of all core tables of the domain."""
    documents = rows("act_documents").filter(pl.col("known_to").is_null()).collect()
    held = rows("sanction_lists").select("list_id", "authority_id")
    spans = rows("list_coverage").filter(pl.col("known_to").is_null()).join(held, on="list_id").collect()
    return acts(changes_of(rows), documents, reviewed()) | {"official_act_coverage": coverage(spans, documents)}


@cache
def reviewed() -> pl.DataFrame:
    """The reviewed record: an act a row, its states joined by ``;``."""
    return pl.read_csv(HERE / "reviewed.csv", try_parse_dates=True)


def changes_of(rows: Callable[[str], pl.LazyFrame]) -> pl.DataFrame:
    """Changes of listings that are acts, with the programs that the listing then had: later ones say nothing of the act."""
    changes = rows("sanction_events").filter(pl.col("kind").is_in(SORT_OF_KIND))
    # a list may tell its programs after the change itself
    then = pl.max_horizontal("known_at", pl.col("known_from").min().over("event_id"))
    programs = (
        rows("sanction_programs")
        .select("listing_id", "program", "known_from", "known_to")
        .join(changes.select("listing_id", "event_id", "known_at"), on="listing_id")
        .filter(pl.col("known_from") <= then, pl.col("known_to").is_null() | (pl.col("known_to") >= then))
        .group_by("event_id")
        .agg(pl.col("program").unique().sort().alias("programs"))
    )
    return changes.join(programs, on="event_id", how="left").sort("event_date", "event_id").collect()


def acts(changes: pl.DataFrame, documents: pl.DataFrame, record: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows of ``core.official_acts``, and of its events, states and terms.

    Args:
        changes: rows of ``core.sanction_events`` that are acts, with a list column ``programs``.
        documents: open rows of ``core.act_documents``.
        record: the reviewed record.
    """
    found = {row["act_id"]: _of_record(row) for row in record.iter_rows(named=True)}
    by_citation = {c: act for act in found.values() for c in _keys(act.row["citation"])}
    pages: dict[str, list[tuple[int, int, _Act]]] = defaultdict(list)
    for document in documents.sort("publication_date", "document_id").iter_rows(named=True):
        known = next((by_citation[k] for k in _keys(document["citation"], document["document_number"]) if k in by_citation), None)
        act = known or _same_day(found.values(), document) or _of_document(document)
        if act is None:
            continue
        _add_document(act, document)
        found[act.row["act_id"]] = act
        cited = _CITED.search(document["citation"] or "")
        if cited is not None:
            first = document["start_page"] or int(cited.group(2))
            pages[cited.group(1)].append((first, document["end_page"] or first, act))
    belongs: list[tuple[str, str, str, str]] = []
    cited_on = _by_day(found.values())
    days_shown = {(c["list_id"], SORT_OF_KIND[c["kind"]], c["event_date"]) for c in changes.iter_rows(named=True)}
    for change in changes.iter_rows(named=True):
        sort = SORT_OF_KIND[change["kind"]]
        act, basis = _citing(pages, change["citation"]), "citation"
        if act is None or act.row["list_id"] not in (None, change["list_id"]):
            act, basis = _pinned(cited_on, days_shown, change, sort), "day"
        if act is None:
            made = _of_change(change, sort)
            act = found.setdefault(made.row["act_id"], made)
        act.changes.append(change)
        belongs.append((change["event_id"], act.row["act_id"], change["listing_id"], basis))
    for act in found.values():
        _sum_up(act)
    whole = list(found.values())
    return {
        "official_acts": _frame("official_acts", [a.row for a in whole]).sort("authority_id", "date", "act_id"),
        "official_act_events": pl.DataFrame(
            belongs, schema=["event_id", "act_id", "listing_id", "basis"], orient="row",
            schema_overrides=dict.fromkeys(("event_id", "act_id", "listing_id", "basis"), pl.String),
        ).sort("act_id", "event_id"),
        "official_act_states": _frame(
            "official_act_states",
            [{"act_id": a.row["act_id"], "state_id": s, "basis": basis} for a in whole for s, basis in sorted(a.states.items())],
        ).sort("act_id", "state_id"),
        "official_act_terms": _frame("official_act_terms", [row for a in whole for row in _terms(a)])
        .unique()
        .sort("act_id", "kind", "term"),
    }  # fmt: skip


_WHY = {
    "both": "Every addition and removal of the list is held over these days",
    "additions": "Additions of parties that a later edition still shows; who left before it is missing",
    "some": "What was entered or printed of the list, not all",
}
"""Why acts of listing count as complete or not, by what is covered of the list (``core.list_coverage``)."""


def coverage(spans: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``core.official_act_coverage``: what is said of the record, and of what the lists and registers hold.

    Args:
        spans: open rows of ``core.list_coverage``, with the authority of each list.
        documents: open rows of ``core.act_documents``.
    """
    said = pl.read_csv(HERE / "coverage.csv", try_parse_dates=True).with_columns(pl.lit(None, pl.String).alias("list_id"))
    rows = said.to_dicts()
    for span in spans.iter_rows(named=True):
        for sort in ("listing", "delisting") if span["covers"] != "additions" else ("listing",):
            rows.append(
                {
                    "authority_id": span["authority_id"],
                    "sort": sort,
                    "list_id": span["list_id"],
                    "covered_from": span["covered_from"],
                    "covered_until": span["covered_to"] - timedelta(days=1),
                    "is_complete": span["covers"] == "both",
                    "basis": _WHY[span["covers"]],
                }
            )
    for (register, authority), part in documents.filter(pl.col("authority_id").is_not_null()).group_by(
        "register", "authority_id"
    ):
        days = part["publication_date"]
        rows.append(
            {
                "authority_id": authority,
                "sort": "other",
                "covered_from": days.min(),
                "covered_until": days.max(),
                "is_complete": False,
                "basis": f"Documents that the search of {register} gave",
            }
        )
    return _frame("official_act_coverage", rows).sort("authority_id", "sort", "covered_from", "list_id", "basis")


@cache
def _words() -> dict[tuple[str, str], list[str]]:
    """Terms by kind and by what they are of: a list, an authority, a sort of act, the beginning of a program's name."""
    rows = pl.read_csv(HERE / "terms.csv").iter_rows()
    return {(kind, key): terms.split(";") for kind, key, terms in rows}


@cache
def _beginnings(program: str) -> tuple[str, ...]:
    """The beginnings of names of programs that have terms, and with which this name begins."""
    return tuple(key for kind, key in _words() if kind == "program" and program.startswith(key))


def _terms(act: _Act) -> Iterable[dict[str, Any]]:
    """Rows of ``core.official_act_terms``."""
    words, row = _words(), act.row
    programs = {p for c in act.changes for p in c["programs"] or ()} | ({act.program} if act.program else set())
    of_programs = sorted({key for p in programs for key in _beginnings(p)})
    keys = [("list", row["list_id"]), ("authority", row["authority_id"]), ("measure", row["sort"])]
    keys += [("program", key) for key in of_programs]
    found = [("topic", term) for term in act.topics] + [(k, term) for k, key in keys for term in words.get((k, key or ""), ())]
    return ({"act_id": row["act_id"], "kind": kind, "term": term} for kind, term in found)


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    declared = table(f"core.{name}")
    schema = declared.empty().schema
    return declared.conform(pl.DataFrame([{c: r.get(c) for c in schema} for r in rows], schema=schema))


def _keys(citation: str | None, number: str | None = None) -> list[str]:
    """By what an act is known in the Federal Register: volume and page, and number."""
    text = citation or ""
    return [*(" FR ".join(c) for c in _CITED.findall(text)), *_NUMBER.findall(text), *([number] if number else [])]


def _of_record(row: Mapping[str, Any]) -> _Act:
    states = dict.fromkeys((row["states"] or "").split(";"), row["states_basis"]) if row["states"] else {}
    cited = _CITED.search(row["citation"] or "")
    page = None if cited is None else f"https://www.federalregister.gov/citation/{cited.group(1)}-FR-{cited.group(2)}"
    kept = ("act_id", "authority_id", "sort", "effect", "list_id", "n_parties", "subject", "title", "citation", "verified_by")
    act = _Act(
        {**{c: row[c] for c in kept}, "url": row["url"] or page, "origin": "reviewed"},
        states,
        row["program"],
        tuple((row["terms"] or "").split(";")) if row["terms"] else (),
    )
    for day in DAYS:
        basis = "statement" if day == "date_announced" or row["citation"] is None else "citation"
        _add_day(act.row, day, row[day], basis)
    # what is known to be in force, and not when it was announced or printed, was known on that day at the latest
    act.row["known_from"] = last_instant(next(d for c in DAYS if (d := act.row.get(c)) is not None))
    return act


def _add_day(row: dict[str, Any], column: str, day: date | None, basis: str) -> None:
    """Note a day and what it rests on; one that the record has stands, and rests on the register where that says the same."""
    if day is not None and row.get(column) in (None, day):
        row |= {column: day, f"{column}_basis": basis}


def _counted_day(row: Mapping[str, Any]) -> date:
    """The day by which an act counts: that of its announcement, else the first of the others; not one before it was known."""
    announced, signed, published, in_force = (row.get(column) for column in DAYS)
    printed = min((d for d in (signed, published) if d is not None), default=None)
    is_known = in_force is not None and (printed is None or printed - RETROACTIVE <= in_force < printed)
    days: tuple[date | None, ...] = (announced, in_force if is_known else None, printed)
    return next(day for day in days if day is not None)


def words_of(summary: str) -> list[str]:
    """The words of a summary on which a decision rests: states by name, and what makes drugs the subject, each once."""
    found = [*names_of_states(summary), *(m.group() for m in _DRUGS.finditer(summary))]
    return list(dict.fromkeys(found))


def _of_document(document: Mapping[str, Any]) -> _Act | None:
    if document["authority_id"] is None:
        return None
    sort, effect, list_id = sort_of(document["authority_id"], document["title"])
    texts = (document["title"], document["abstract"], document["summary_words"])
    row = {
        "act_id": document["document_id"],
        "authority_id": document["authority_id"],
        "sort": sort,
        "effect": effect,
        "list_id": list_id,
        "subject": "drugs" if sort == "scheduling" or any(_DRUGS.search(t or "") for t in texts) else None,
        "title": document["title"],
        "origin": "register",
        "verified_by": "files",
        "known_from": document["known_from"],
    }
    return _Act(row, dict.fromkeys(states_named(*texts), "named"))


def _add_document(act: _Act, document: Mapping[str, Any]) -> None:
    """What a document says of an act that may be known from the record."""
    row = act.row
    # OFAC's page is the announcement itself
    printed = "date_announced" if document["register"] == "us_ofac_recent_actions" else "date_published"
    _add_day(row, printed, document["publication_date"], "register")
    _add_day(row, "date_signed", document["signing_date"], "register")
    _add_day(row, "date_in_force", document["effective_date"], "register")
    for column in ("citation", "url", "snapshot_id"):
        row[column] = row.get(column) or document[column]
    row["verified_by"] = "files"


def _same_day(found: Iterable[_Act], document: Mapping[str, Any]) -> _Act | None:
    """The act of the record that an entry of OFAC's page reports: the same list, sort and day. Days often have one act alone."""
    if document["register"] != "us_ofac_recent_actions":
        return None
    sort, _, list_id = sort_of(document["authority_id"], document["title"])
    return next(
        (
            a
            for a in found
            if a.row["origin"] == "reviewed"
            and (a.row["list_id"], a.row["sort"], a.row.get("date_announced")) == (list_id, sort, document["publication_date"])
        ),
        None,
    )


def _by_day(found: Iterable[_Act]) -> dict[_Day, list[_Act]]:
    """Acts by list, sort and each of their days; the record before the registers, those of one program before those of none."""
    by_day: dict[_Day, list[_Act]] = defaultdict(list)
    for act in sorted(found, key=lambda a: (a.row["origin"] != "reviewed", a.program is None)):
        is_later = act.row["list_id"] in PRINTED_LATER and act.row["act_id"].startswith("us_federal_register:")
        if act.row["list_id"] is not None and not is_later:
            for day in {d for column in DAYS if (d := act.row.get(column)) is not None}:
                by_day[act.row["list_id"], act.row["sort"], day].append(act)
    return by_day


def _citing(pages: Mapping[str, Sequence[tuple[int, int, _Act]]], citation: str | None) -> _Act | None:
    """The act on whose pages the citation of a change lies: of two that share a page the one that begins there."""
    cited = _CITED.search(citation or "")
    if cited is None:
        return None
    page = int(cited.group(2))
    held = [(first, act) for first, last, act in pages.get(cited.group(1), ()) if first <= page <= last]
    return max(held, key=lambda f: f[0])[1] if held else None


def _pinned(
    cited_on: Mapping[_Day, Sequence[_Act]], days_shown: Container[_Day], change: Mapping[str, Any], sort: str
) -> _Act | None:
    """The cited act to whose day a change belongs: one of its own day, else of the day before where its day is a bound.

    Authorities act under several programs on one day: a change belongs to an act of its program, or that names none. An action
    enters the list as a whole: where the edition of the day before showed changes, a later one is another action.
    """
    list_id, day, programs = change["list_id"], change["event_date"], change["programs"] or ()
    earliest, before = change["event_date_earliest"], day - LATE
    is_late = earliest is not None and earliest <= before and (list_id, sort, before) not in days_shown
    acts = (*cited_on.get((list_id, sort, day), ()), *(cited_on.get((list_id, sort, before), ()) if is_late else ()))
    return next((a for a in acts if a.program is None or a.program in programs), None)


def _of_change(change: Mapping[str, Any], sort: str) -> _Act:
    is_on_drugs = any(p.startswith(DRUG_PROGRAMS) for p in change["programs"] or ())
    act = _Act(
        {
            "act_id": f"{change['list_id']}:{change['event_date']}:{sort}" + (":drugs" if is_on_drugs else ""),
            "authority_id": change["authority_id"],
            "sort": sort,
            "effect": EFFECT_OF_SORT[sort],
            "list_id": change["list_id"],
            "subject": "drugs" if is_on_drugs else None,
            "title": None,
            "origin": "listings",
            "verified_by": "files",
            "known_from": change["known_at"],
        }
    )
    if change["date_published"] is None:
        _add_day(act.row, "date_in_force", change["event_date"], "compared" if change["event_date_earliest"] else "list")
    else:
        _add_day(act.row, "date_published", change["date_published"], "list")
        _add_day(act.row, "date_in_force", change["date_effective"], "list")
    return act


@cache
def _list_names() -> dict[str, str]:
    return {i: re.sub(r" *\(.*\)$", "", name) for i, name in lists().select("list_id", "name").iter_rows()}


_DONE = {"listing": "added to", "delisting": "removed from", "suspension": "suspended on", "resumption": "in force again on"}


def _sum_up(act: _Act) -> None:
    """What the changes that belong to an act say of it."""
    row, changes = act.row, act.changes
    row["date"] = _counted_day(row)
    if not changes:
        return
    n = len({c["listing_id"] for c in changes})
    row["n_parties"] = row.get("n_parties") or n
    row["known_from"] = min(row["known_from"], *(c["known_at"] for c in changes))
    row["snapshot_id"] = row.get("snapshot_id") or min((c["known_at"], c["snapshot_id"]) for c in changes)[1]
    row["programs"] = _most(p for c in changes for p in c["programs"] or ())
    row["citation"] = row.get("citation") or _first(c["citation"] for c in changes)
    row["url"] = row.get("url") or _first(c["url"] for c in changes if n == 1 or c["citation"])
    row["verified_by"] = "files"
    if row["origin"] == "listings":
        earliest = [c["event_date_earliest"] for c in changes]
        row["date_earliest"] = None if None in earliest else min(earliest)
        parties = "1 party" if n == 1 else f"{n:,} parties"
        who = f": {changes[0]['name']}" if n == 1 else ""
        who += " (drug programs)" if row["subject"] == "drugs" else ""
        row["title"] = f"{parties} {_DONE[row['sort']]} the {_list_names()[row['list_id']]}{who}"


def _most(programs: Iterable[str]) -> str | None:
    """Programs, the most frequent first."""
    counted = sorted(Counter(programs).items(), key=lambda c: (-c[1], c[0]))
    return "; ".join(p for p, _ in counted[:MOST_PROGRAMS]) or None


def _first(values: Iterable[str | None]) -> str | None:
    """The most frequent value, among equals the first in order."""
    counted = Counter(v for v in values if v)
    return min(counted, key=lambda v: (-counted[v], v)) if counted else None
