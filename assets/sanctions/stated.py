"""A list whose history is stated: the fold of records of rules (each with publication and effective date) into the tables.

The newest snapshot holds every record so far; its history is written anew from it, since what was known when follows from
the dates of publication and not from the day on which the record was taken in.

Rules of one entity that were published on one day are one change. Among them removals are applied first, then
modifications, then additions: an entry that is removed and added again in one publication was moved or rewritten, and its
listing goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

import polars as pl

from assets.sanctions.lists import authority_of, covered, timezone_of
from assets.sanctions.rows import Row, closed, day_of, event_id, frame_of, known, revised
from pipelines.contract import Folded, History, StagedSnapshot

ORDER = ("remove", "modify", "add")


@dataclass
class _Entry:
    """An entity as the rules so far describe it. ``valid_from`` None: it was listed before the record begins.

    ``destinations`` are country_ids in the order of listing, None for an addition without country.
    """

    name: str
    party_type: str
    valid_from: date | None
    destinations: dict[str | None, None] = field(default_factory=dict)
    aliases: dict[str, None] = field(default_factory=dict)
    citations: dict[str, None] = field(default_factory=dict)
    reason: str | None = None
    url: str | None = None
    is_listed: bool = True


@dataclass(frozen=True)
class _Change:
    """What the rules of one publication day did to an entity: how it stood before (None: not listed) and after."""

    entity_key: str
    published: date
    before: _Entry | None
    after: _Entry
    rules: tuple[Row, ...]


def contradictions(rules: pl.DataFrame) -> dict[int, str]:
    """Rows that contradict the record so far, with the reason: an addition of what is listed, a removal of what is not."""
    wrong: dict[int, str] = {}
    for _ in _changes(rules, wrong):
        pass
    return wrong


def fold_stated(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Write the history of a list from the newest record of its rules.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left; kept where there is no snapshot.
        snapshots: frames as ``assets.sanctions.entity_list.stage`` gives them.

    Returns:
        Everything as open rows, nothing closed: the next snapshot replaces it.
    """
    newest = max(snapshots, key=lambda s: s.retrieved_at, default=None)
    names = ("sanction_lists", "sanction_listings", "sanction_names", "sanction_countries", "sanction_events")
    if newest is None:
        return Folded(open={name: history.open(name) for name in names}, notes=dict(history.notes))
    rules = newest.frames["rules"]
    tables: dict[str, list[Row]] = {name: [] for name in names[1:]}
    for _, changes in groupby(_changes(rules, {}), key=lambda c: c.entity_key):
        _write(tables, list_id, list(changes), newest.snapshot_id)
    until = day_of(newest.retrieved_at, timezone_of(list_id))
    first = rules["publication_date"].min()
    start = min(first, until) if isinstance(first, date) else until
    return Folded(
        open={"sanction_lists": covered(list_id, start, until)} | {name: frame_of(name, rows) for name, rows in tables.items()}
    )


# what the rules did ---------------------------------------------------------------------------------------------------


def _changes(rules: pl.DataFrame, wrong: dict[int, str]) -> Iterator[_Change]:
    """Changes in order of entity and publication. Rows that contradict the record are left out and noted in ``wrong``."""
    order = pl.col("action").replace_strict({a: n for n, a in enumerate(ORDER)}, return_dtype=pl.Int8)
    ordered = rules.sort("entity_key", "publication_date", order, "effective_date", "row")
    entry: _Entry | None = None
    entity: str | None = None
    ended: date | None = None
    for (key, published), group in groupby(ordered.iter_rows(named=True), key=lambda r: (r["entity_key"], r["publication_date"])):
        if key != entity:
            entity, entry, ended = key, None, None
        before = deepcopy(entry)
        good = []
        for rule in group:
            reason = _contradiction(entry, ended, rule)
            if reason is None:
                entry = _applied(entry, rule)
                good.append(rule)
            else:
                wrong[rule["row"]] = reason
        if good and entry is not None:
            entry.is_listed = bool(entry.destinations)
            yield _Change(key, published, before, deepcopy(entry), tuple(good))
            if not entry.is_listed:
                entry, ended = None, _end(good)


def _end(rules: Iterable[Row]) -> date:
    """The day from which an entity is no longer listed: that of the last of the rules that remove it."""
    return max(r["effective_date"] for r in rules if r["action"] == "remove")


def _contradiction(entry: _Entry | None, ended: date | None, rule: Row) -> str | None:
    """What a rule says against the record: the entry as it stands, or the day on which it ended; None where nothing."""
    country = rule["country_id"]
    if entry is None:
        if ended is not None and rule["action"] != "add":
            return "is about an entity that an earlier rule removed"
        if ended is not None and rule["effective_date"] < ended:
            return "takes effect before the day on which an earlier rule removed the entity"
        return None
    if rule["action"] == "add" and country in entry.destinations:
        return "adds an entity to a destination under which it is listed already"
    if rule["action"] == "remove" and country is not None and country not in entry.destinations:
        return "removes an entity from a destination under which it is not listed"
    if rule["action"] == "remove" and entry.valid_from is not None and rule["effective_date"] < entry.valid_from:
        return "removes an entity before the day from which it is listed"
    return None


def _applied(entry: _Entry | None, rule: Row) -> _Entry:
    """The entry after one rule."""
    action, country = rule["action"], rule["country_id"]
    if entry is None:
        entry = _Entry(rule["name"], rule["party_type"], rule["effective_date"] if action == "add" else None)
        # a rule on an entry of which the record holds no addition: it was listed before, under this destination at least
        entry.destinations[country] = None
    entry.citations[rule["citation"] or f"FR Doc. {rule['document_number']}"] = None
    entry.url = rule["url"] or entry.url
    if action == "remove":
        if country is None:
            entry.destinations.clear()
        else:
            del entry.destinations[country]
        return entry
    entry.name, entry.party_type = rule["name"], rule["party_type"]
    entry.reason = rule["reason"] or entry.reason
    aliases = dict.fromkeys(a for part in (rule["aliases"] or "").split(";") if (a := part.strip()))
    if action == "add":
        entry.aliases |= aliases
        entry.destinations[country] = None
        return entry
    entry.aliases = aliases or entry.aliases
    if country is not None:
        entry.destinations[country] = None
    return entry


# how it is written ----------------------------------------------------------------------------------------------------


def _write(tables: dict[str, list[Row]], list_id: str, changes: list[_Change], snapshot_id: str) -> None:
    """Append the rows of one entity, whose changes are in order of publication."""
    key = changes[0].entity_key
    listing_id = f"{list_id}:{key}"
    version: Row | None = None
    names: list[Row] = []
    countries: list[Row] = []
    for change in changes:
        moment = datetime.combine(change.published, time())
        after, last = change.after, change.rules[-1]
        now = known(moment, snapshot_id)
        columns = _listing(after, change)
        if version is None or any(version[c] != v for c, v in columns.items()):
            if version is not None:
                tables["sanction_listings"] += closed([version], moment)
            ids = {"listing_id": listing_id, "list_id": list_id, "native_id": key, "actor_id": listing_id}
            version = ids | {"known_basis": "publication"} | columns | now | {"row_number": last["row"]}
        # what was first told together with its end was never known to be in force: it has no open names and countries
        wanted_names = [(after.name, "primary"), *((a, "aka") for a in after.aliases if a != after.name)]
        wanted_countries = [(c,) for c in after.destinations if c is not None]
        if not after.is_listed:
            wanted_names, wanted_countries = [], []
        names, gone, fresh = revised(names, ("name", "kind"), wanted_names, {"listing_id": listing_id, "quality": "strong"} | now)
        tables["sanction_names"] += closed(gone, moment)
        names += fresh
        countries, gone, fresh = revised(
            countries, ("country_id",), wanted_countries, {"listing_id": listing_id, "basis": "list_destination"} | now
        )
        tables["sanction_countries"] += closed(gone, moment)
        countries += fresh
        tables["sanction_events"].append(_event(list_id, listing_id, change, now))
        if not after.is_listed:
            tables["sanction_listings"].append(version)
            version = None
    if version is not None:
        tables["sanction_listings"].append(version)
    tables["sanction_names"] += names
    tables["sanction_countries"] += countries


def _listing(entry: _Entry, change: _Change) -> dict[str, Any]:
    """The columns of a version that the rules decide. A removal is dated by the last rule that removes."""
    return {
        "party_type": entry.party_type,
        "name": entry.name,
        "valid_from": entry.valid_from,
        "valid_from_basis": "left_censored" if entry.valid_from is None else "federal_register",
        "valid_to": None if entry.is_listed else _end(change.rules),
        "valid_to_basis": None if entry.is_listed else "federal_register",
        "citation": "; ".join(entry.citations),
        "url": entry.url,
        "remarks": entry.reason,
    }


def _event(list_id: str, listing_id: str, change: _Change, now: Row) -> Row:
    rules = change.rules
    if not change.after.is_listed:
        kind, day = "removed", _end(rules)
    elif change.before is None and change.after.valid_from is not None:
        kind, day = "added", change.after.valid_from
    else:
        kind, day = "modified", min(r["effective_date"] for r in rules)
    countries = [c for entry in (change.after, change.before) if entry is not None for c in entry.destinations]
    countries += [r["country_id"] for r in rules]
    announced = min((r["announced_date"] for r in rules if r["announced_date"] is not None), default=None)
    numbers = dict.fromkeys(r["document_number"] for r in rules if r["document_number"] is not None)
    detail = [f"FR Doc. {', '.join(numbers)}"] if numbers else []
    detail += [] if announced is None else [f"announced {announced}"]
    detail += list(dict.fromkeys(r["reason"] for r in rules if r["reason"] is not None))
    return {
        "event_id": event_id(listing_id, kind, now["known_from"]),
        "event_date": day,
        "event_date_earliest": None,
        "kind": kind,
        "listing_id": listing_id,
        "list_id": list_id,
        "authority_id": authority_of(list_id),
        "country_id": min((c for c in countries if c is not None), default=None),
        "name": change.after.name,
        "detail": "; ".join(detail) or None,
        "citation": "; ".join(dict.fromkeys(r["citation"] for r in rules if r["citation"] is not None)) or None,
        "url": next((r["url"] for r in reversed(rules) if r["url"] is not None), None),
        "known_at": now["known_from"],
        "snapshot_id": now["snapshot_id"],
    }
