"""The rows of a list on their way into the staged shape (``shape.py``): what the parsers of complete lists share.

A parser hands over parties and details one by one; here they are typed, rid of repetitions, and counted, and countries are
looked up. What the list says of itself and of its parties is the parsers' business, one module a publisher.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from assets.actors.registry import code_map, no_countries
from assets.sanctions import shape
from assets.sanctions.partial_dates import PartialDate
from pipelines.contract import REJECTS, Judgement, RowGuard, Staged, StagedInfo, judge_rows
from pipelines.errors import Quarantine

MOST_VALUE = 200
"""Characters of a bad value that are kept with its reason."""
MOST_NAMED = 10
"""Country names without an actor that are told by name."""
FEW_UNKNOWN = 0.02
"""Share of the statements on countries that may name none we know before a warning tells of it."""
FEW_PARTIES = 25
"""Parties by which a section of a list may shrink without a question: on days of action some dozens come and go."""
KEYS: dict[str, tuple[str, ...]] = {
    "names": ("native_id", "name", "kind", "quality"),
    "countries": ("native_id", "country_id", "basis"),
    "identifiers": ("native_id", "scheme", "value"),
    "addresses": ("native_id", "address"),
    "birth_dates": ("native_id", "born"),
    "birth_places": ("native_id", "place"),
    "links": ("native_id", "relation", "linked_name"),
    "notes": ("native_id", "kind", "text"),
    "statuses": ("native_id", "status", "valid_from"),
}
"""What tells rows of a detail apart: of several that agree in it the first counts."""
_NO_COUNTRY = ("00", "unknown", "na")


class Collected:
    """The parties and details of one file, as far as they were read.

    ``details``: the frames that the format speaks of; they are there even where nothing is said.
    """

    def __init__(self, file: str, details: Iterable[str]) -> None:
        self.file = file
        self.n_read = 0
        self.parties: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in details}
        self.rejects: list[tuple[str, int, str | None, str, str]] = []
        self._names = code_map("country_name")
        self._codes = code_map("iso2")
        self._none = no_countries()
        self._n_countries = 0
        self._unknown: Counter[str] = Counter()
        self._unreadable: set[str] = set()
        self.n_illegible = 0

    # parties ----------------------------------------------------------------------------------------------------------

    def party(self, native_id: str | None, name: str | None, party_type: str | None, **columns: Any) -> bool:
        """Take in the next party. False where it was rejected: it has no id, no name, an unknown type, or an earlier row's id."""
        self.n_read += 1
        row = self.n_read
        if native_id is None:
            self.reject_unreadable(row, None, name, "the id is missing")
            return False
        for is_bad, column, value, reason in (
            (native_id in self.parties, "native_id", native_id, "the id stands in an earlier row"),
            (name is None, "name", name, "the name is empty"),
            (party_type is None, "party_type", name, "the type of the party is none that is known"),
        ):
            if is_bad:
                self._unreadable.add(native_id)
                self.reject(row, column, value, reason)
                return False
        self.parties[native_id] = {"row": row, "native_id": native_id, "name": name, "party_type": party_type} | columns
        return True

    def reject(self, row: int, column: str | None, value: str | None, reason: str) -> None:
        """Note what could not be read."""
        self.rejects.append((self.file, row, column, (value or "")[:MOST_VALUE], reason))

    def reject_unreadable(self, row: int, native_id: str | None, value: str | None, reason: str) -> None:
        """Note a record of a party that is there and cannot be read; without an id, none can be taken as removed."""
        if native_id is None:
            self.n_illegible += 1
        else:
            self._unreadable.add(native_id)
        self.reject(row, None if native_id is not None else "native_id", value, reason)

    # countries --------------------------------------------------------------------------------------------------------

    def country(self, name: str | None, code: str | None = None) -> str | None:
        """The actor of a country by its ISO 3166-1 alpha-2 code, else by its name; None where neither is known (counted)."""
        found = None if code is None else self._codes.get(code.upper())
        if found is None and name is not None:
            found = self._names.get(name.casefold())
        stated = name if name is not None else code
        if stated is None or stated.casefold() in _NO_COUNTRY:
            return found
        self._n_countries += 1
        if found is None and stated.casefold() not in self._none:
            self._unknown[stated] += 1
        return found

    def country_named(self, name: str) -> str | None:
        """The actor of a country by its name alone, for a guess that is not counted."""
        return self._names.get(name.casefold())

    # details ----------------------------------------------------------------------------------------------------------

    def name(self, native_id: str, name: str | None, kind: str, quality: str = "strong") -> None:
        """An alias. The primary name is that of the party; its repetition is no alias."""
        if name is not None and name != self.parties[native_id]["name"]:
            self.rows["names"].append((native_id, name, kind, quality))

    def stated_country(self, native_id: str, country_id: str | None, basis: str) -> None:
        """A country that is stated besides addresses."""
        if country_id is not None:
            self.rows["countries"].append((native_id, country_id, basis))

    def identifier(
        self, native_id: str, scheme: str, value: str | None, country_id: str | None = None, note: str | None = None
    ) -> None:
        """A document, a number, an electronic address. The number of a ship stands without the letters IMO."""
        if value is not None:
            value = re.sub(r"(?i)^IMO\s*(?=[0-9])", "", value) if scheme == "imo" else value
            self.rows["identifiers"].append((native_id, scheme, value, country_id, note))

    def address(
        self,
        native_id: str,
        parts: Iterable[str | None],
        city: str | None,
        country: str | None,
        country_id: str | None,
        note: str | None = None,
    ) -> None:
        """An address: its parts in order without the country, which stands last."""
        line = ", ".join(p for p in (*parts, country) if p is not None)
        if line:
            self.rows["addresses"].append((native_id, line, city, country_id, country, note))

    def birth_date(self, native_id: str, written: str | None, when: PartialDate | None) -> None:
        """A date of birth as written, and what it means; one that cannot be read is kept as a note."""
        if when is not None:
            row = (native_id, written or when.text, when.first, when.before, when.precision, when.is_circa)
            self.rows["birth_dates"].append(row)
        elif written is not None:
            self.note(native_id, "born", written)

    def birth_place(self, native_id: str, place: str | None, country_id: str | None) -> None:
        """A place of birth."""
        if place is not None:
            self.rows["birth_places"].append((native_id, place, country_id))
            self.stated_country(native_id, country_id, "place_of_birth")

    def link(self, native_id: str, relation: str, linked_name: str | None, linked_listing_id: str | None = None) -> None:
        """A link to another party."""
        if linked_name is not None:
            self.rows["links"].append((native_id, relation, linked_name, linked_listing_id))

    def note(self, native_id: str, kind: str, text: str | None) -> None:
        """Anything else that is stated."""
        if text is not None:
            self.rows["notes"].append((native_id, kind, text))

    # result -----------------------------------------------------------------------------------------------------------

    def staged(self, published: date | None, **facts: Any) -> Staged:
        """The staged snapshot.

        Facts: ``published`` (day of the list as it says itself, ISO), ``sections`` (parties by type), ``n_undated`` (parties
        without a day of listing), ``n_countries`` and ``unknown_countries`` (statements that name a country, and the names
        that are none we know, with how often), ``unreadable_ids`` and ``n_illegible`` (parties that are there and cannot be
        read, so that none is taken as removed), and those given.

        Raises:
            Quarantine: not one party could be read.
        """
        if not self.parties:
            raise Quarantine(
                f"{self.file} holds no party that can be read ({self.n_read:,} records): an empty list is not a mass delisting. "
                "The last good list stands; fetch again, or look at the kept bytes."
            )
        columns = self.listings()
        frames = {"listings": columns} | {name: self._detail(name) for name in list(self.rows)}
        facts = {
            "published": None if published is None else published.isoformat(),
            "sections": dict(sorted(Counter(p["party_type"] for p in self.parties.values()).items())),
            "n_undated": columns["listed_on"].null_count() if "listed_on" in columns.columns else columns.height,
            "n_countries": self._n_countries,
            "unknown_countries": dict(self._unknown.most_common(MOST_NAMED)),
            "n_unknown_countries": self._unknown.total(),
            "unreadable_ids": sorted(self._unreadable - set(self.parties)),
            "n_illegible": self.n_illegible,
        } | facts
        n_rejected = self.n_read - len(self.parties)
        return Staged(frames, pl.DataFrame(self.rejects, schema=REJECTS, orient="row"), self.n_read, facts, n_rejected)

    def listings(self) -> pl.DataFrame:
        """The parties as ``shape.LISTINGS`` has them, without the last columns where they are never filled."""
        names = shape.LISTINGS.names()
        rows = [tuple(party.get(name) for name in names) for party in self.parties.values()]
        frame = pl.DataFrame(rows, schema=shape.LISTINGS, orient="row")
        # a column after programs that is never filled is one that the format does not speak of
        optional = names[names.index("programs") + 1 :]
        return frame.drop(name for name in optional if frame[name].null_count() == frame.height)

    def _detail(self, name: str) -> pl.DataFrame:
        frame = pl.DataFrame(self.rows.pop(name), schema=shape.DETAILS[name], orient="row")
        return frame.unique(KEYS[name], keep="first", maintain_order=True)


def judge_list(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a complete list against the last accepted one: its rows, its sections, its age, and what of it is unknown.

    A section is a type of party. One that lost more than ``FEW_PARTIES`` parties and fell below ``min_share`` is a part of
    the list that was not delivered, even where the whole list is still large enough. Source of the limits: sources.yml.
    """
    rows = judge_rows(info, baseline, guard)
    refusals, warnings = list(rows.refusals), list(rows.warnings)
    facts = info.facts
    if baseline is not None:
        for section, before in baseline.facts.get("sections", {}).items():
            now = facts["sections"].get(section, 0)
            if before - now > FEW_PARTIES and now < guard.min_share * before:
                refusals.append(
                    f"{now:,} parties of the type {section} where the last accepted snapshot had {before:,}: below the limit of "
                    f"{guard.min_share:.0%}; a part of the list is missing"
                )
        published, last = facts["published"], baseline.facts.get("published")
        if published is not None and last is not None and published < last:
            warnings.append(f"the list is of {published} by its own word, the last accepted snapshot of {last}: an older edition")
    warnings += told(facts)
    return Judgement(tuple(refusals), tuple(warnings))


def told(facts: Mapping[str, Any]) -> list[str]:
    """What a person should hear of a staged list that is no reason to refuse it."""
    warnings = []
    if facts["n_unknown_countries"] > FEW_UNKNOWN * facts["n_countries"]:
        named = ", ".join(f"{name} ({n:,})" for name, n in facts["unknown_countries"].items())
        warnings.append(
            f"{facts['n_unknown_countries']:,} of {facts['n_countries']:,} statements name a country that is not in the registry "
            f"of actors ({named}): kept as written, without a country"
        )
    if facts["n_illegible"]:
        warnings.append(f"the id of {facts['n_illegible']:,} records cannot be read: no listing is taken as removed")
    elif facts["unreadable_ids"]:
        n = len(facts["unreadable_ids"])
        warnings.append(f"{n:,} listings are there but cannot be read: they stay as they were known")
    return warnings
