"""The rows of a list on their way into the staged shape (``shape.py``): what the parsers of complete lists share.

A parser hands over parties and details one by one; here they are typed, rid of repetitions, and counted. What a list says of
itself and of its parties is the parsers' business, one module a publisher. Lists are of two kinds: those whose records have an
id of their own (``NumberedList``), and those in which a party is known by its name alone (``NamedList``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from assets.actors.registry import code_map, no_countries
from assets.contract import REJECTS, Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import Quarantine
from assets.sanctions.reading.dates import EARLIEST, PartialDate, day_in
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, LISTINGS
from assets.sanctions.reading.text_files import KEPT, MOST_VALUE, Reject

MOST_NAMED = 10
"""Country names without an actor that are told by name."""
FEW_UNKNOWN = 0.02
"""Share of the statements on countries that may name none we know before a warning tells of it."""
FEW_PARTIES = 25
"""Parties by which a section of a list may shrink without a question: on days of action some dozens come and go."""
_NO_COUNTRY = ("00", "unknown", "na")


class Collected:
    """The parties and details of one file, as far as they were read.

    ``details``: the frames that the format speaks of; they are there even where nothing is said. ``n_read``: records of the file.
    ``parties``: columns of ``shape.LISTINGS`` by lasting id. ``n_illegible``: records that may be of any listing, so that none is
    taken as removed. ``unknown_countries``: names that are none we know, with how often.
    """

    def __init__(self, file: str, details: Iterable[str]) -> None:
        self.file = file
        self.n_read = 0
        self.parties: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in details}
        self.rejects: list[Reject] = []
        self.n_illegible = 0
        self.unknown_countries: Counter[str] = Counter()

    # what cannot be read ----------------------------------------------------------------------------------------------

    def reject(self, row: int, column: str | None, value: str | None, reason: str) -> None:
        """Note what could not be read."""
        self.rejects.append((self.file, row, column, (value or "")[:MOST_VALUE], reason))

    def reject_illegible(self, row: int, column: str | None, value: str | None, reason: str) -> None:
        """Note a record of which nobody can tell whose it is."""
        self.n_illegible += 1
        self.reject(row, column, value, reason)

    def reject_rows(self, rejects: Iterable[Reject]) -> None:
        """Note records of which nobody can tell whose they are, with their reasons."""
        for _, row, column, value, reason in rejects:
            self.reject_illegible(row, column, value, reason)

    def day(
        self, row: int, column: str, text: str, formats: Iterable[str], written: str, earliest: date = EARLIEST
    ) -> date | None:
        """A day in one of these formats; one that cannot be read is noted, and the row kept without it.

        Args:
            row: number of the row.
            column: its name.
            text: the cell; an empty one says nothing.
            formats: how days are written, for ``strptime``.
            written: the same for people.
            earliest: days before it are slips of the pen.
        """
        day = day_in(text, *formats, earliest=earliest)
        if text and day is None:
            self.reject(row, column, text, f"no day as {written}; the row is kept without it")
        return day

    # details ----------------------------------------------------------------------------------------------------------

    def name(self, native_id: str, name: str | None, kind: str = "aka", quality: str = "strong") -> None:
        """An alias. The primary name is that of the party; its repetition is no alias."""
        if name:
            self.rows["names"].append((native_id, name, kind, quality))

    def stated_country(self, native_id: str, country_id: str | None, basis: str) -> None:
        """A country that is stated besides addresses."""
        if country_id is not None:
            self.rows["countries"].append((native_id, country_id, basis))

    def identifier(
        self, native_id: str, scheme: str, value: str | None, country_id: str | None = None, note: str | None = None
    ) -> None:
        """A document, a number, an electronic address. The number of a ship stands without the letters IMO."""
        if value:
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
        self.address_line(native_id, line, country_id, country, city, note)

    def address_line(
        self,
        native_id: str,
        line: str,
        country_id: str | None,
        country: str | None = None,
        city: str | None = None,
        note: str | None = None,
    ) -> None:
        """An address that stands in one line, with its country where that is written in it."""
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
        if text:
            self.rows["notes"].append((native_id, kind, text))

    # result -----------------------------------------------------------------------------------------------------------

    def _staged(self, listings: pl.DataFrame, n_read: int, n_rejected: int, facts: Mapping[str, Any]) -> Staged:
        frames = {"listings": listings} | {name: self._detail(name) for name in list(self.rows)}
        rejects = pl.DataFrame(sorted(self.rejects, key=lambda r: r[1]), schema=REJECTS, orient="row")
        own = {
            "unknown_countries": dict(self.unknown_countries.most_common(MOST_NAMED)),
            "n_unknown_countries": self.unknown_countries.total(),
            "n_illegible": self.n_illegible,
        }
        return Staged(frames, rejects, n_read, own | dict(facts), n_rejected)

    def _listings(self) -> pl.DataFrame:
        names = LISTINGS.names()
        rows = [tuple(party.get(name) for name in names) for party in self.parties.values()]
        return pl.DataFrame(rows, schema=LISTINGS, orient="row")

    def _detail(self, name: str) -> pl.DataFrame:
        rows = self.rows.pop(name)
        if name == "names":
            rows = [row for row in rows if row[1] != self.parties[row[0]]["name"]]
        frame = pl.DataFrame(rows, schema=DETAILS[name], orient="row")
        return frame.unique(["native_id", *DETAIL_KEYS[name]], keep="first", maintain_order=True)


class NamedList(Collected):
    """A list without ids: its rows are joined by what names the party, and parties are put into ``parties`` by the parser.

    A row that is rejected may be of any listing.
    """

    def staged(self, **facts: Any) -> Staged:
        """The staged snapshot; rejected are the rows of which nobody can tell whose they are.

        Facts: ``unknown_countries``, ``n_unknown_countries``, ``n_illegible``, and those given.
        """
        return self._staged(self._listings(), self.n_read, self.n_illegible, facts)


class NumberedList(Collected):
    """A list each of whose records is a party with an id of its own. Countries are looked up and counted."""

    def __init__(self, file: str, details: Iterable[str]) -> None:
        super().__init__(file, details)
        self.names = code_map("country_name")
        self._codes = code_map("iso2")
        self._none = no_countries()
        self._n_countries = 0
        self._unreadable: set[str] = set()

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

    def reject_unreadable(self, row: int, native_id: str | None, value: str | None, reason: str) -> None:
        """Note a record of a party that is there and cannot be read; without an id, none can be taken as removed."""
        if native_id is None:
            self.reject_illegible(row, "native_id", value, reason)
        else:
            self._unreadable.add(native_id)
            self.reject(row, None, value, reason)

    def country(self, name: str | None, code: str | None = None) -> str | None:
        """The actor of a country by its ISO 3166-1 alpha-2 code, else by its name; None where neither is known (counted)."""
        found = None if code is None else self._codes.get(code.upper())
        if found is None and name is not None:
            found = self.names.get(name.casefold())
        stated = name if name is not None else code
        if stated is None or stated.casefold() in _NO_COUNTRY:
            return found
        self._n_countries += 1
        if found is None and stated.casefold() not in self._none:
            self.unknown_countries[stated] += 1
        return found

    def staged(self, published: date | None, **facts: Any) -> Staged:
        """The staged snapshot.

        Listings are without the last columns where these are never filled: such a format does not speak of them.

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
                f"{KEPT}"
            )
        listings = self._listings()
        optional = listings.columns[listings.columns.index("programs") + 1 :]
        own = {
            "published": None if published is None else published.isoformat(),
            "sections": dict(sorted(Counter(p["party_type"] for p in self.parties.values()).items())),
            "n_undated": listings["listed_on"].null_count(),
            "n_countries": self._n_countries,
            "unreadable_ids": sorted(self._unreadable - set(self.parties)),
        }
        listings = listings.drop(name for name in optional if listings[name].null_count() == listings.height)
        return self._staged(listings, self.n_read, self.n_read - len(self.parties), own | facts)


def judge_list(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a complete list against the last accepted one: its rows, its sections, its age, and what of it is unknown.

    A section is a type of party. One that lost more than ``FEW_PARTIES`` parties and fell below ``min_share`` is a part of
    the list that was not delivered, even where the whole list is still large enough. Source of the limits: the declaration.
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


def judge_named(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a list without ids by its rows, and tell what of it is unknown."""
    rows = judge_rows(info, baseline, guard)
    return Judgement(rows.refusals, (*rows.warnings, *told(info.facts)))


def told(facts: Mapping[str, Any]) -> list[str]:
    """What a person should hear of a staged list that is no reason to refuse it."""
    warnings = []
    n_countries = facts.get("n_countries")
    if facts["n_unknown_countries"] > FEW_UNKNOWN * (n_countries or 0):
        named = ", ".join(f"{name} ({n:,})" for name, n in facts["unknown_countries"].items())
        warnings.append(
            f"{facts['n_unknown_countries']:,}{'' if n_countries is None else f' of {n_countries:,}'} statements name a country "
            f"that is not in the registry of actors ({named}): kept as written, without a country"
        )
    if facts["n_illegible"]:
        warnings.append(f"the id of {facts['n_illegible']:,} records cannot be read: no listing is taken as removed")
    elif facts.get("unreadable_ids"):
        n = len(facts["unreadable_ids"])
        warnings.append(f"{n:,} listings are there but cannot be read: they stay as they were known")
    return warnings
