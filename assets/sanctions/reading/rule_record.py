"""A record of rules, each of which adds, removes or modifies an entity under a destination: what applies, and what contradicts.

Rules of one entity that were published on one day are one change. Among them removals are applied first, then modifications,
then additions: an entity that is removed and added again in one publication was moved or rewritten, and its listing goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

Rule = dict[str, Any]
"""A row of the record."""


ORDER = ("remove", "modify", "add")


@dataclass
class _Entry:
    """An entity as the rules so far describe it. ``valid_from`` None: it was listed before the record begins.

    ``destinations`` are country_ids in the order of listing, None for an addition without country.
    """

    valid_from: date | None
    destinations: dict[str | None, None] = field(default_factory=dict)


def contradictions(rules: pl.DataFrame) -> dict[int, str]:
    """Rules that contradict the record so far, with the reason: an addition of what is listed, a removal of what is not."""
    wrong: dict[int, str] = {}
    for _ in applied(rules, wrong):
        pass
    return wrong


def applied(rules: pl.DataFrame, wrong: dict[int, str]) -> Iterator[tuple[Rule, str | None]]:
    """Each rule with each country that it is about, in order of entity and publication.

    A removal without country is about all destinations on record, a modification too. Rules that contradict the record are
    left out and noted in ``wrong``.
    """
    order = pl.col("action").replace_strict({a: n for n, a in enumerate(ORDER)}, return_dtype=pl.Int8)
    ordered = rules.sort("entity_key", "publication_date", order, "effective_date", "row")
    entry: _Entry | None = None
    entity: str | None = None
    ended: date | None = None
    for (key, _), group in groupby(ordered.iter_rows(named=True), key=lambda r: (r["entity_key"], r["publication_date"])):
        if key != entity:
            entity, entry, ended = key, None, None
        good = []
        for rule in group:
            reason = _contradiction(entry, ended, rule)
            if reason is not None:
                wrong[rule["row"]] = reason
                continue
            country = rule["country_id"]
            if entry is None:
                # a rule on an entry of which the record holds no addition: it was listed before, under this destination at least
                entry = _Entry(rule["effective_date"] if rule["action"] == "add" else None, {country: None})
            about = list(entry.destinations) if country is None and rule["action"] != "add" else [country]
            for place in about:
                yield rule, place
            if rule["action"] == "remove":
                entry.destinations = {d: None for d in entry.destinations if d not in about}
            else:
                entry.destinations |= dict.fromkeys(about)
            good.append(rule)
        if good and entry is not None and not entry.destinations:
            entry, ended = None, last_removal(good)


def last_removal(rules: Iterable[Rule]) -> date:
    """The day from which an entry is no longer listed: that of the last of the rules that remove it."""
    days: Iterator[date] = (r["effective_date"] for r in rules if r["action"] == "remove")
    return max(days)


def _contradiction(entry: _Entry | None, ended: date | None, rule: Rule) -> str | None:
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
