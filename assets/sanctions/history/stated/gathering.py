"""From evidence to listings: which rules, actions and entries of texts are about one listing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from rapidfuzz import fuzz

from assets.sanctions.history.stated.evidence import Content, Evidence, read_content
from assets.sanctions.history.versioned_rows import Row
from assets.sanctions.reading.names import slug

SAME_NAME = 85.0
"""Similarity (0 to 100) from which on an entry that came is the one that went, under one destination and first citation."""


@dataclass
class Span:
    """An entry that reads the same in texts that follow each other: the first and the last of them by place in their order."""

    first: int
    last: int
    content: Content


@dataclass
class Listing:
    """The evidence on one listing: rules by day of publication, and the spans of texts that hold it."""

    native_id: str
    actor_key: str
    rules: dict[date, list[Row]] = field(default_factory=lambda: defaultdict(list))
    spans: list[Span] = field(default_factory=list)


class Gathering:
    """The evidence by listing.

    The key that the record of rules gives an entity is the id of its entry; of a further destination with the destination
    after a dot. What only other evidence names has ``<destination>.<name>``. An entry of a text is that of the record where
    destination and name agree, or destination, day of citation and an alias.
    """

    def __init__(self, evidence: Evidence, record: Iterable[tuple[Row, str | None]], actions: Iterable[Row]) -> None:
        self.listings: dict[str, Listing] = {}
        self.by_key: dict[str, str] = {}
        self.by_alias: dict[str, list[tuple[str, date]]] = defaultdict(list)
        self.same: dict[str, str] = {}
        first: dict[str, str] = {}
        for rule, country in record:
            entity, place = rule["entity_key"], _place(country)
            native_id = entity if first.setdefault(entity, place) == place else f"{entity}.{place}"
            self._listing(native_id, entity).rules[rule["publication_date"]].append(rule | {"country_id": country})
            self.by_key[f"{place}.{slug(rule['name'])}"] = native_id
            for alias in aliases_of(rule):
                self.by_alias[f"{place}.{slug(alias)}"].append((native_id, rule["publication_date"]))
        self._follow_texts(evidence)
        for action in actions:
            key = f"{_place(action['country_id'])}.{slug(action['name'])}"
            native_id = self.by_key.get(key) or self.same.get(key, key)
            self._listing(native_id, native_id).rules[action["publication_date"]].append(action)

    def _listing(self, native_id: str, actor_key: str) -> Listing:
        return self.listings.setdefault(native_id, Listing(native_id, actor_key))

    def _follow_texts(self, evidence: Evidence) -> None:
        """Follow the entries from text to text; only what changed between two is looked at."""
        contents = evidence.contents()
        standing: dict[int, str] = {}
        for place, (_, bit) in enumerate(evidence.texts):
            holds = {n for n, (mask, _, _) in enumerate(contents) if mask & bit}
            gone = {standing.pop(n): n for n in standing.keys() - holds}
            came: dict[str, tuple[int, Content]] = {}
            taken = set(standing.values())
            read = [(n, read_content(*contents[n][1:])) for n in holds - standing.keys()]
            named = {self.by_key[content.key] for _, content in read if content.key in self.by_key}
            for n, content in sorted(read, key=lambda pair: pair[1].key):
                alias = self._by_alias(content)
                ids = [self.by_key.get(content.key), None if alias in named else alias, self.same.get(content.key), content.key]
                free = [i for i in ids if i is not None and i not in came and i not in taken]
                came[free[0] if free else self._another(content.key, came.keys() | taken)] = n, content
            went = {i: self.listings[i].spans[-1].content for i in gone if i not in came}
            for new, old in _renamed(went, {i: c for i, (_, c) in came.items() if i not in gone}).items():
                came[old] = came.pop(new)
                self.same[came[old][1].key] = old
            for native_id, (n, content) in came.items():
                self._listing(native_id, native_id).spans.append(Span(place, place, content))
                standing[n] = native_id
            for native_id in standing.values():
                self.listings[native_id].spans[-1].last = place

    def _another(self, key: str, taken: Collection[str]) -> str:
        """A key other than those that are taken, for an entry whose name occurs twice."""
        return next(other for n in count(2) if (other := f"{key}.{n}") not in taken)

    def _by_alias(self, content: Content) -> str | None:
        """The entry of the record that a text prints under another of its names, cited on the day of a rule on it."""
        place = content.key.partition(".")[0]
        days = {day for day, _ in content.cited if day is not None}
        for native_id, day in self.by_alias.get(content.key, ()):
            if day in days:
                return native_id
        for alias in content.aliases:
            found = self.by_key.get(f"{place}.{slug(alias)}")
            if found is not None and days & self.listings[found].rules.keys():
                return found
        return None


def _renamed(went: Mapping[str, Content], came: Mapping[str, Content]) -> dict[str, str]:
    """Which entries that came are entries that went under another spelling: {id that came: id that went}.

    Under one destination, first cited on one day, with names of which one begins with the other or that are alike.
    """
    groups: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for native_id, content in went.items():
        groups[content.key.partition(".")[0], content.begins].append(native_id)
    pairs = []
    for new, content in came.items():
        if content.begins is not None:
            for old in groups.get((content.key.partition(".")[0], content.begins), ()):
                a, b = sorted((slug(content.name), slug(went[old].name)), key=len)
                score = 100.0 if b.startswith(f"{a}-") else fuzz.ratio(a, b)
                if score >= SAME_NAME:
                    pairs.append((-score, new, old))
    found: dict[str, str] = {}
    for _, new, old in sorted(pairs):
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _place(country_id: str | None) -> str:
    """The short key of a destination; Hong Kong is part of that of China (see ``reading.entries.destination``)."""
    return "unknown" if country_id is None else {"HKG": "chn"}.get(country_id, country_id.casefold())


def aliases_of(rule: Row) -> list[str]:
    """Other names that a rule gives an entity."""
    return list(dict.fromkeys(a for part in (rule["aliases"] or "").split(";") if (a := part.strip())))
