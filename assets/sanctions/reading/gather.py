"""The rows of a list on their way into the staged shape (``shape.py``): what the parsers of complete lists share.

A parser hands over parties and details one by one; here they are typed, rid of repetitions, and counted. What a list says of
itself and of its parties is the parsers' business, one module a publisher. Lists are of two kinds: those whose records have an
id of their own, and those in which a party is known by its name alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import polars as pl

from assets.actors.registry import code_map
from assets.contracts import GROWS_DAYS, MOST_VALUE, REJECTS, Judgement, Reject, RowGuard, Staged, StagedInfo, fallen, judge_rows
from assets.errors import Quarantine
from assets.sanctions.reading.countries import NOTHING, country_of, country_written, is_no_country
from assets.sanctions.reading.dates import EARLIEST, PartialDate, day_in
from assets.sanctions.reading.one_list import KEPT
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, LISTINGS

MOST_NAMED = 10
"""Country names without an actor that are given by name."""
FEW_UNKNOWN = 0.02
"""Share of the statements on countries that may name none we know before there is a warning."""
OLD_DAYS = 730
"""A list on which nobody was put for longer is told of: but for lists of a single order all are added to every year."""
FEW_PARTIES = 25
"""Parties by which a section of a list may shrink without a question: on days of action some dozens come and go."""


class Gatherer:
    """The parties and details of one file, as far as they were read.

    ``ids``: ``native`` where each record is a party with an id of its own; ``name`` where rows are joined by an id that is made
    of what names the party: there a row that is rejected may be of any listing, and rows have numbers of the parser's.
    ``details``: the frames that the format covers; they are there even where nothing is said. ``n_read``: records of the
    file. ``parties``: columns of ``shape.LISTINGS`` by lasting id. ``n_joined``: rows that went into the party of an earlier
    row. ``n_illegible``: records that may be of any listing, so that none is taken as removed. ``unknown_countries``: names
    that are none we know, with how often.
    """

    def __init__(self, file: str, details: Iterable[str], ids: Literal["native", "name"] = "native") -> None:
        self.file, self.ids = file, ids
        self.n_read = 0
        self.parties: dict[str, dict[str, Any]] = {}
        self.n_joined = 0
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in details}
        self.rejects: list[Reject] = []
        self.n_illegible = 0
        self.unknown_countries: Counter[str] = Counter()
        self.names = code_map("country_name")
        self._codes = code_map("iso2")
        self._n_countries = 0
        self._unreadable: set[str] = set()

    # parties ----------------------------------------------------------------------------------------------------------

    def party(
        self,
        native_id: str | None,
        name: str | None,
        party_type: str | None,
        *,
        row: int | None = None,
        value: str | None = None,
        **columns: Any,
    ) -> dict[str, Any] | None:
        """Note the next party.

        Args:
            native_id: its id; where ids are made of names, empty where the name has no letter.
            name: its primary name.
            party_type: person, entity, vessel, aircraft; None where the list has an unknown one.
            row: number of the row; by default the next one, which then counts as read.
            value: what stands in the reject of a party without a name, in place of the name.
            columns: others of ``shape.LISTINGS``.

        Returns:
            The columns of the party, or of the earlier row that it is joined with (see ``row`` there). None where it was
            rejected: it has no id, no name, an unknown type, or an earlier row's native id.
        """
        if row is None:
            self.n_read += 1
            row = self.n_read
        if self.ids == "name":
            if not native_id:
                self.reject_illegible(row, "name", name if value is None else value, "the name is empty")
                return None
            if native_id in self.parties:
                self.n_joined += 1
                return self.parties[native_id]
        elif not self._is_readable(row, native_id, name, party_type):
            return None
        party = {"row": row, "native_id": native_id, "name": name, "party_type": party_type} | columns
        return self.parties.setdefault(str(native_id), party)

    def _is_readable(self, row: int, native_id: str | None, name: str | None, party_type: str | None) -> bool:
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
        return True

    def country(self, name: str | None, code: str | None = None) -> str | None:
        """The actor of a country by its ISO 3166-1 alpha-2 code, else by its name; None where neither is known (counted).

        Lists without ids write codes and names in one column, and codes that are none.
        """
        found = None if code is None else self._codes.get(code.upper())
        if found is None and name is not None:
            found = (self.names.get(name.casefold()) if self.ids == "native" else country_of(name)) or country_written(name)
        stated = name if name is not None else code
        if not stated or stated.casefold() in NOTHING:
            return found
        self._n_countries += 1
        if found is None and not is_no_country(stated):
            self.unknown_countries[stated] += 1
        return found

    # what cannot be read ----------------------------------------------------------------------------------------------

    def reject(self, row: int, column: str | None, value: str | None, reason: str) -> None:
        """Note what could not be read."""
        self.rejects.append((self.file, row, column, (value or "")[:MOST_VALUE], reason))

    def reject_illegible(self, row: int, column: str | None, value: str | None, reason: str) -> None:
        """Note a record of which nobody can tell whose it is."""
        self.n_illegible += 1
        self.reject(row, column, value, reason)

    def reject_unreadable(self, row: int, native_id: str | None, value: str | None, reason: str) -> None:
        """Note a record of a party that is there and cannot be read; without an id, none can be taken as removed."""
        if native_id is None:
            self.reject_illegible(row, "native_id", value, reason)
        else:
            self._unreadable.add(native_id)
            self.reject(row, None, value, reason)

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

    def staged(self, published: date | None = None, **facts: Any) -> Staged:
        """The staged snapshot.

        Where records have ids, listings are without the last columns where these are never filled: such a format does not speak
        of them. Rejected are the records that are no party, else the rows of which nobody can tell whose they are.

        Facts: ``n_illegible``, ``unknown_countries`` and ``n_unknown_countries`` (the names that are none we know, with how
        often), ``newest_start`` (the latest stated day of listing, ISO), ``published`` (day of the list as it says itself, ISO),
        and those given. Where records have ids besides: ``sections`` (parties by type), ``n_undated`` (parties without a
        day of listing), ``n_countries`` (statements that name a country) and ``unreadable_ids`` (parties that are there and
        cannot be read, so that they are not taken as removed).

        Raises:
            Quarantine: records have ids, and not one party could be read.
        """
        listings = self._listings()
        own: dict[str, Any] = {
            "unknown_countries": dict(self.unknown_countries.most_common(MOST_NAMED)),
            "n_unknown_countries": self.unknown_countries.total(),
            "n_illegible": self.n_illegible,
            "newest_start": None if (newest := listings["listed_on"].max()) is None else str(newest),
            "ids_are_made": self.ids == "name",
            "published": None if published is None else published.isoformat(),
        }
        n_rejected = self.n_illegible
        if self.ids == "native":
            if not self.parties:
                raise Quarantine(
                    f"{self.file} holds no party that can be read ({self.n_read:,} records): "
                    f"an empty list is not a mass delisting. {KEPT}"
                )
            n_rejected = self.n_read - len(self.parties)
            own |= {
                "sections": dict(sorted(Counter(p["party_type"] for p in self.parties.values()).items())),
                "n_undated": listings["listed_on"].null_count(),
                "n_countries": self._n_countries,
                "unreadable_ids": sorted(self._unreadable - set(self.parties)),
            }
            optional = listings.columns[listings.columns.index("programs") + 1 :]
            listings = listings.drop(name for name in optional if listings[name].null_count() == listings.height)
        frames = {"listings": listings} | {name: self._detail(name) for name in list(self.rows)}
        rejects = pl.DataFrame(sorted(self.rejects, key=lambda r: r[1]), schema=REJECTS, orient="row")
        return Staged(frames, rejects, self.n_read, own | facts, n_rejected)

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


def judge_list(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a complete list against the last accepted one: its rows, its sections, and what of it is unknown.

    A section is a type of party. One that lost more than ``FEW_PARTIES`` parties and fell below ``min_share`` is a part of
    the list that was not delivered, even where the whole list is still large enough; after ``GROWS_DAYS`` that is only told
    (OFAC's consolidated list held 74 ships in 2018 and none in 2020). Source of the limits: the declaration.
    """
    judged = judge_rows(info, baseline, guard)
    if baseline is None:
        return judged + Judgement(warnings=tuple(warnings_of(info)))
    for section, before in baseline.facts.get("sections", {}).items():
        now, least = info.facts["sections"].get(section, 0), guard.least(info, baseline)
        if before - now > FEW_PARTIES and now < least * before:
            text = f"{now:,} parties of the type {section} where the last accepted snapshot had {before:,}: below the limit of "
            text += f"{least:.0%}; a part of the list is missing"
            judged += fallen(text) if info.days_after(baseline) <= GROWS_DAYS else Judgement(warnings=(text,))
    return judged + Judgement(warnings=tuple(warnings_of(info)))


def judge_named(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a list without ids by its rows, and warn of what in it is unknown."""
    return judge_rows(info, baseline, guard) + Judgement(warnings=tuple(warnings_of(info)))


def warnings_of(info: StagedInfo) -> list[str]:
    """What a person should hear of a staged list that is no reason to refuse it."""
    warnings, facts = [], info.facts
    n_countries = facts.get("n_countries")
    if facts["n_unknown_countries"] > FEW_UNKNOWN * (n_countries or 0):
        named = ", ".join(f"{name} ({n:,})" for name, n in facts["unknown_countries"].items())
        warnings.append(
            f"{facts['n_unknown_countries']:,}{'' if n_countries is None else f' of {n_countries:,}'} statements name a country "
            f"that is not in the registry of actors ({named}): kept as written, without a country"
        )
    if unread := facts.get("unread_elements"):
        named = ", ".join(f"{path} ({n:,})" for path, n in unread.items())
        warnings.append(f"elements that no reader knows: {named}; what they say is in the kept bytes and not in the warehouse")
    if facts["n_illegible"]:
        warnings.append(f"the id of {facts['n_illegible']:,} records cannot be read: no listing is taken as removed")
    elif facts.get("unreadable_ids"):
        n = len(facts["unreadable_ids"])
        warnings.append(f"{n:,} listings are there but cannot be read: they stay as they were known")
    newest = facts.get("newest_start")
    if newest is not None and (days := (info.retrieved_at.date() - date.fromisoformat(newest)).days) > OLD_DAYS:
        warnings.append(
            f"its newest stated start is {newest}, {days / 365.25:.1f} years before it was retrieved: an old copy, or a list on "
            "which nobody was put since"
        )
    return warnings
