"""A list whose history is stated: the fold of rules and texts, each with its own days, into the tables.

Evidence of four kinds is gathered, whatever the order in which it arrives: a record of rules (the newest one holds all), rules
as the Federal Register prints them, what is known of its documents, and texts (the list as of a day). The history is
written again from all of it, since what was known when follows from the days of publication and not from the day on which a
file arrived. The evidence is kept in frames of the fold's own (``evidence``).

An entry (a party under a destination) is one listing. What dates it, best first:

1. a rule: its effective day, known from the day of its publication;
2. the chain of citations in a text: the first is the listing, each other one an amendment, on the effective day of the rule
   published on that day where a document states it, else on that day; known from that day;
3. the day that a text states beside the entry; known since the first text that held it;
4. the comparison of two texts that follow each other: an upper bound, the day of the text before being the lower one.

An entry in the first text without a readable day has an unknown start. A text ends only what an earlier text held: a name
that only a rule gives may be written otherwise there. A text overrules the history only where it is more than LAG away
from a rule: consolidated texts follow the rules by some days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, ClassVar

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.days import last_instant
from assets.sanctions.facts.lists import authority_of, covered, page_of, timezone_of
from assets.sanctions.history.compared.snapshot import STATED
from assets.sanctions.history.coverage import DAY, Coverage
from assets.sanctions.history.coverage import TABLE as COVERAGE
from assets.sanctions.history.stated.evidence import Evidence
from assets.sanctions.history.stated.gathering import Gathering, Listing
from assets.sanctions.history.stated.story import State, Step, Story
from assets.sanctions.history.versioned_rows import Row, closed, event_id, frame_of, known, revised
from assets.sanctions.reading.rule_record import applied

TABLES = (
    "sanction_lists", "list_coverage", "sanction_listings", "sanction_names", "sanction_countries", "sanction_addresses",
    "sanction_notes", "sanction_events",
)  # fmt: skip


def fold_stated(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Write the history of a list from all evidence so far.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left; its kept frames hold the evidence.
        snapshots: frames ``rules``, ``documents``, ``actions`` (``entity_list``, ``federal_register``) and ``entries``
            (``reading.entries``), each of which may be absent.

    Returns:
        Everything as open rows, nothing closed: the next snapshot replaces it.
    """
    evidence = Evidence(history)
    zone = timezone_of(list_id)
    for snapshot in snapshots:
        evidence.add(snapshot, zone)
    until, rules = evidence.until, evidence.record
    if until is None:
        return Folded(open={name: history.open(name) for name in TABLES})
    documents = evidence.documents()
    record = list(applied(pl.DataFrame(rules, infer_schema_length=None), {})) if rules else []
    # what people have read in a rule replaces what is read by machine
    by_hand = {r["document_number"] for r in rules}
    actions = [
        documents.completed(a) for number in sorted(evidence.actions) if number not in by_hand for a in evidence.actions[number]
    ]
    gathered = Gathering(evidence, record, actions)
    texts = [text for text, _ in evidence.texts]
    tables: dict[str, list[Row]] = {name: [] for name in TABLES if name not in ("sanction_lists", COVERAGE)}
    for listing in gathered.listings.values():
        _write(tables, list_id, listing, Story(listing, texts, documents, page_of(list_id), zone).steps_in_order())
    days = [r["publication_date"] for r in rules] + [t.day for t in texts] or [a["publication_date"] for a in actions]
    dated = [rule for rule in [*rules, *actions] if rule["publication_date"] is not None]
    coverage = _coverage(list_id, evidence, tables["sanction_listings"], dated)
    return Folded(
        open={"sanction_lists": covered(list_id, min([*days, until]), until), COVERAGE: frame_of(COVERAGE, coverage)}
        | {name: frame_of(name, rows) for name, rows in tables.items()},
        notes=evidence.notes(),
        kept=evidence.kept(),
    )


def _coverage(list_id: str, evidence: Evidence, listings: Sequence[Row], rules: Sequence[Row]) -> list[Row]:
    """Which days the evidence covers: those of texts close to each other; rules that were entered one by one say something.

    A text cites the rule of each entry, so it covers the additions of those that are still in it, not of those removed before.
    """
    coverage = Coverage(list_id)
    started = [r["valid_from"] for r in listings if r["valid_from_basis"] in STATED]
    first = min(started, default=None)
    for (at, snapshot_id), found in groupby(evidence.seen_whole(), key=lambda text: (text.at, text.snapshot_id)):
        days = [text.day for text in found]
        coverage.see("both", [(day, day + DAY) for day in days], "texts", at, snapshot_id)
        if first is not None and first <= max(days):
            coverage.see("additions", [(first, max(days) + DAY)], "stated_days", at, snapshot_id)
    if rules:
        begun, ended = (pick(rules, key=lambda rule: rule["publication_date"]) for pick in (min, max))
        span = (begun["publication_date"], ended["publication_date"] + DAY)
        coverage.see("some", [span], "rules", last_instant(span[0]), begun["snapshot_id"])
        coverage.open[-1] |= {"known_basis": "publication"}
    return [*coverage.closed, *coverage.open]


def _write(tables: dict[str, list[Row]], list_id: str, listing: Listing, steps: Sequence[Step]) -> None:
    """Append the rows of one listing, whose steps are in order."""
    listing_id = f"{list_id}:{listing.native_id}"
    ids = {"listing_id": listing_id, "list_id": list_id, "native_id": listing.native_id,
           "actor_id": f"{list_id}:{listing.actor_key}"}  # fmt: skip
    version: Row | None = None
    details = _Details(listing_id)
    before: State | None = None
    for number, step in enumerate(steps):
        state, ends = step.state, step.kind == "removed"
        now = known(step.known_at, step.snapshot_id)
        columns = _version(step, version)
        if version is not None and version["known_from"] == step.known_at:
            version |= columns
        elif version is None or any(version[c] != v for c, v in columns.items()):
            if version is not None:
                tables["sanction_listings"] += closed([version], step.known_at)
            basis = "publication" if step.rules else "snapshot"
            version = ids | {"known_basis": basis} | columns | now | {"row_number": step.row}
        # what became known together with its end was never known to be in force: it has no open names and countries
        is_over = any(s.kind == "removed" and s.known_at == step.known_at for s in steps[number + 1 :])
        details.revise(None if ends or is_over else state, now)
        if step.kind != "found":
            tables["sanction_events"].append(_event(list_id, listing_id, step, before, now))
        before = None if ends else state
        if ends and version is not None:
            tables["sanction_listings"].append(version)
            version = None
    if version is not None:
        tables["sanction_listings"].append(version)
    for name, rows in details.rows.items():
        tables[name] += rows


class _Details:
    """Names, countries, addresses and notes of a listing, revised step by step."""

    KEYS: ClassVar[dict[str, tuple[str, ...]]] = {
        "sanction_names": ("name", "kind", "quality"),
        "sanction_countries": ("country_id", "basis"),
        "sanction_addresses": ("address", "country_id"),
        "sanction_notes": ("kind", "text"),
    }

    def __init__(self, listing_id: str) -> None:
        self.listing_id = listing_id
        self.rows: dict[str, list[Row]] = {name: [] for name in self.KEYS}

    def revise(self, state: State | None, now: Row) -> None:
        """Close what no longer holds and open what is new. None: the listing ended."""
        wanted: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self.KEYS}
        if state is not None:
            names = [
                (state.name, "primary"),
                *((a, "fka" if a in state.former else "aka") for a in state.aliases if a != state.name),
            ]
            countries = [(c, "list_destination") for c in state.destinations if c is not None]
            countries += [(c, "address") for _, c in state.addresses if c is not None]
            wanted = {
                "sanction_names": [(*name, "strong") for name in names],
                "sanction_countries": list(dict.fromkeys(countries)),
                "sanction_addresses": list(dict(state.addresses).items()),
                "sanction_notes": list(dict.fromkeys(state.notes)),
            }
        for name, key in self.KEYS.items():
            rows = self.rows[name]
            open_rows = [r for r in rows if r["known_to"] is None]
            stay, gone, fresh = revised(open_rows, key, wanted[name], {"listing_id": self.listing_id} | now)
            done = [r for r in rows if r["known_to"] is not None]
            done += [r for r in closed(gone, now["known_from"]) if r["known_from"] < r["known_to"]]
            self.rows[name] = done + stay + fresh


def _version(step: Step, version: Row | None) -> Row:
    """The columns of a version that a step decides."""
    state = step.state
    begins = {c: None if version is None else version[c] for c in ("valid_from", "valid_from_earliest", "valid_from_basis")}
    if step.kind in ("added", "found"):
        begins = {"valid_from": step.day, "valid_from_earliest": step.earliest, "valid_from_basis": step.basis}
    ends = step.kind == "removed"
    return {
        "party_type": state.party_type,
        "name": state.name,
        **begins,
        "valid_to": step.day if ends else None,
        "valid_to_earliest": step.earliest if ends else None,
        "valid_to_basis": step.basis if ends else None,
        "citation": "; ".join(state.citations) or None,
        "url": state.url,
        "remarks": state.reason,
    }


def _days_of_rule(step: Step) -> Row:
    """Publication and effect of the rules behind a step, each with its basis: a rule of the record states both."""
    published = min((r["publication_date"] for r in step.rules), default=None)
    is_cited = any(r["action"] == "cited" for r in step.rules)
    # of several rules of one day the last that was in effect: what an earlier rule still held begins or ends later than they say
    stated = [(r["effective_date"], r.get("effective_basis", "rule")) for r in step.rules]
    in_effect = [s for s in stated if s[1] is not None and step.day is not None and s[0] <= step.day]
    effective, basis = max(in_effect, default=(None, None))
    return {
        "date_published": published,
        "date_published_basis": None if published is None else "citation" if is_cited else "rule",
        "date_effective": effective,
        "date_effective_basis": basis,
    }


def _event(list_id: str, listing_id: str, step: Step, before: State | None, now: Row) -> Row:
    rules = step.rules
    places = [p for state in (step.state, before) if state is not None for p in state.destinations]
    places += [r["country_id"] for r in rules]
    if not any(p is not None for p in places):
        places = [c for _, c in step.state.addresses]
    announced = min((r["announced_date"] for r in rules if r["announced_date"] is not None), default=None)
    numbers = dict.fromkeys(r["document_number"] for r in rules if r["document_number"] is not None)
    detail = [f"FR Doc. {', '.join(numbers)}"] if numbers else []
    detail += [] if announced is None else [f"announced {announced}"]
    detail += list(dict.fromkeys(r["reason"] for r in rules if r["reason"] is not None))
    return {
        "event_id": event_id(listing_id, step.kind, step.known_at),
        "event_date": step.day,
        "event_date_earliest": step.earliest,
        **_days_of_rule(step),
        "kind": step.kind,
        "listing_id": listing_id,
        "list_id": list_id,
        "authority_id": authority_of(list_id),
        "country_id": min((p for p in places if p is not None), default=None),
        "name": step.state.name,
        "detail": "; ".join(detail) or None,
        "citation": "; ".join(dict.fromkeys(r["citation"] for r in rules if r["citation"] is not None)) or None,
        "url": next((r["url"] for r in reversed(rules) if r["url"] is not None), None),
        "known_at": now["known_from"],
        "snapshot_id": now["snapshot_id"],
    }
