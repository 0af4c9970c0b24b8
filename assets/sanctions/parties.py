"""One party under many listings: which listings, of one list or of several, are the same actor, and why.

Rules, strongest first; each decision is a row of ``core.party_decisions`` with what it rests on:

- override: a person has decided (``party_overrides.csv``).
- reissue: the list itself gave the party another id.
- identifier: a strong identifier (passport, register or tax number, IMO, crypto address, ...) is the same.
- name: the same strong name after folding, a country in common, the same type.
- registry: the same for an actor of the registry (a ministry, a firm, an office holder), whose actor_id the party then has.

Never one party: different types, dates of birth that exclude each other, two ids of a list that gives each party one id, and
what an override keeps apart. A name of two words alone joins no persons: there must be a date of birth in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
from rapidfuzz import fuzz

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions.facts.lists import lists
from assets.sanctions.reading.names import entity_key, person_key, telling_words, transliterations
from assets.schema import table

TABLES = ("party_decisions", "transliterations")
"""What is made across the lists: the decisions, and how names are read that are compared."""
FACTS = ("facts/party_overrides.csv",)
OVERRIDES = Path(__file__).parent / FACTS[0]
ONE_ID_PER_PARTY = frozenset({"us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "gb_sanctions"})
"""Lists in which two ids are two parties, whatever they share: branches share numbers, families share papers."""
STRONG_SCHEMES = frozenset(
    {"passport", "national_id", "tax_id", "uscc", "registration", "imo", "mmsi", "lei", "swift_bic", "aircraft_serial", "duns"}
    | {"un_reference", "eu_reference", "ofsi_group"}
)
"""Schemes that identify one party; besides these every crypto address."""
LEAST_IDENTIFIER = 5
"""Characters, a digit among them, below which an identifier is too short to tell anything (``123``)."""
MOST_SHARING = 40
"""Listings that may share a key before it is taken as telling nothing (a register number of ``000000``)."""
ONE_CHINA = {"HKG": "CHN", "MAC": "CHN"}
"""Lists differ in whether a party in Hong Kong or Macao is one of China: for comparing countries these count as one."""
TARGET_BASES = ("nationality", "citizenship", "list_destination", "address")


@dataclass(frozen=True)
class _Listing:
    """What is compared of a listing: its newest version, and the details that stood last."""

    listing_id: str
    list_id: str
    party_type: str
    name: str
    actor_id: str
    countries: frozenset[str]
    names: frozenset[str]
    births: tuple[tuple[date, date], ...]


@dataclass
class _Parties:
    """Listings joined so far: a forest of ids, and per root its members and registry actor."""

    listings: Mapping[str, _Listing]
    apart: set[frozenset[str]]
    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)

    def root(self, listing_id: str) -> str:
        while self.parent.get(listing_id, listing_id) != listing_id:
            listing_id = self.parent[listing_id]
        return listing_id

    def group(self, listing_id: str) -> list[str]:
        return self.members.get(self.root(listing_id), [listing_id])

    def join(self, a: str, b: str) -> None:
        one, other = sorted((self.root(a), self.root(b)))
        if one != other:
            self.members[one] = [*self.group(one), *self.group(other)]
            self.members.pop(other, None)
            self.parent[other] = one
            if other in self.actors:
                self.actors[one] = self.actors.pop(other)

    def objection(self, a: str, b: str) -> str | None:
        """Why the parties of two listings cannot be one; None where nothing speaks against it."""
        if self.root(a) == self.root(b):
            return None
        held = (self.actors.get(self.root(a)), self.actors.get(self.root(b)))
        if None not in held and held[0] != held[1]:
            return f"they are {held[0]} and {held[1]} by the registry"
        for x in self.group(a):
            for y in self.group(b):
                if frozenset((x, y)) in self.apart:
                    return f"{x} and {y} are kept apart by an override"
                if reason := _difference(self.listings[x], self.listings[y]):
                    return reason
        return None


def decide(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """Decide which listings are one party, from all core tables of the room. Source of the rules: the head of this module."""
    return {
        "party_decisions": decisions(rows, read_overrides(OVERRIDES), _precedence()),
        "transliterations": transliterations(),
    }


def decisions(
    rows: Callable[[str], pl.LazyFrame], overrides: Sequence[tuple[str, str, bool, str]], precedence: Mapping[str, int]
) -> pl.DataFrame:
    """Rows of ``core.party_decisions``.

    Args:
        rows: a core table (bare name) to all of its rows, those that no longer stand too.
        overrides: two listing ids (or a listing and an actor of the registry), whether they are one party, and the reason.
        precedence: per list its rank: a party has the id of its listing on the list of the lowest rank.
    """
    listings = {listing.listing_id: listing for listing in _listings(rows)}
    parties = _Parties(listings, {frozenset((a, b)) for a, b, is_same, _ in overrides if not is_same})
    found: list[dict[str, Any]] = []

    def note(a: str, b: str, rule: str, evidence: str, objection: str | None) -> None:
        score = None
        if b in listings:
            score = fuzz.token_sort_ratio(*(" ".join(telling_words(listings[i].name)) for i in (a, b))) / 100
        one, other = (a, b) if b not in listings else sorted((a, b))
        found.append(
            {
                "listing_id": one,
                "other_id": other,
                "rule": rule,
                "is_same": objection is None,
                "evidence": evidence if objection is None else f"{evidence}; but {objection}",
                "score": score,
            }
        )

    for a, b, is_same, reason in sorted(overrides):
        if a not in listings:
            continue
        if not is_same:
            note(a, b, "override", reason, "a person has decided that they are two")
        elif b in listings:
            parties.join(a, b)
            note(a, b, "override", reason, None)
        else:
            parties.actors[parties.root(a)] = b
            note(a, b, "override", reason, None)
    for listing in listings.values():
        if listing.actor_id in listings and listing.actor_id != listing.listing_id:
            parties.join(listing.listing_id, listing.actor_id)
            note(listing.listing_id, listing.actor_id, "reissue", "the list gave the party another id", None)
    for rule, pairs in (
        ("identifier", _sharing_identifiers(rows, listings)),
        ("registry", _in_registry(listings.values())),
        ("name", _sharing_names(listings.values())),
    ):
        for a, b, evidence in pairs:
            if rule == "registry":
                objection = _registry_objection(parties, a, b)
                if objection is None:
                    parties.actors[parties.root(a)] = b
            else:
                objection = parties.objection(a, b) or (_too_little(listings[a], listings[b]) if rule == "name" else None)
                if objection is None:
                    parties.join(a, b)
            note(a, b, rule, evidence, objection)

    def actor_of(listing_id: str) -> str:
        known = parties.actors.get(parties.root(listing_id))
        if known is not None:
            return known
        group = parties.group(listing_id)
        first = min(group, key=lambda i: (precedence.get(listings[i].list_id, len(precedence)), len(i), i))
        # the listing that stands for a re-issued one keeps the actor that the list's own history gave it
        return listings[first].actor_id if len(group) > 1 else listings[listing_id].actor_id

    decided = [row | {"actor_id": actor_of(row["listing_id"])} for row in found]
    frame = pl.DataFrame(decided, schema=table("core.party_decisions").polars, orient="row")
    key = ["listing_id", "other_id", "rule"]
    return frame.unique(key, keep="first", maintain_order=True).sort(key)


def read_overrides(path: Path) -> list[tuple[str, str, bool, str]]:
    """Read the reviewed decisions: CSV with listing_id, other_id, is_same (true, false), reason.

    Raises:
        BilateralError: a column or cell is not as it should be; the row is named.
    """
    frame = pl.read_csv(path, infer_schema=False)
    wanted = ["listing_id", "other_id", "is_same", "reason"]
    if frame.columns != wanted:
        raise BilateralError(f"{path.name}: expected the columns {', '.join(wanted)}, not {', '.join(frame.columns)}")
    found = []
    for number, (one, other, is_same, reason) in enumerate(frame.iter_rows(), 1):
        if is_same not in ("true", "false") or not one or not other or one == other or not reason:
            raise BilateralError(
                f"{path.name}, row {number}: expected two different ids, true or false, and a reason, "
                f"not {one!r}, {other!r}, {is_same!r}, {reason!r}"
            )
        found.append((one, other, is_same == "true", reason))
    return found


def _precedence() -> dict[str, int]:
    return {list_id: rank for rank, list_id in enumerate(lists()["list_id"])}


# what is compared -----------------------------------------------------------------------------------------------------


def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Per listing the details that stand, or that stood when it was removed."""
    until = pl.col("known_to").fill_null(pl.datetime(9999, 12, 31, time_unit="us"))
    return rows.filter(until == until.max().over("listing_id"))


def _listings(rows: Callable[[str], pl.LazyFrame]) -> Iterator[_Listing]:
    newest = (
        rows("sanction_listings")
        .sort("listing_id", "known_from")
        .group_by("listing_id", maintain_order=True)
        .last()
        .select("listing_id", "list_id", "party_type", "name", "actor_id")
    )
    names = (
        _last(rows("sanction_names"))
        .filter(pl.col("quality") == "strong")
        .group_by("listing_id")
        .agg(pl.col("name").unique().sort().alias("names"))
    )
    countries = (
        _last(rows("sanction_countries"))
        .filter(pl.col("basis").is_in(TARGET_BASES))
        .group_by("listing_id")
        .agg(pl.col("country_id").replace(ONE_CHINA).unique().sort().alias("countries"))
    )
    births = _last(rows("sanction_birth_dates")).group_by("listing_id").agg(pl.struct("born_from", "born_before").alias("births"))
    joined = newest.join(names, on="listing_id", how="left").join(countries, on="listing_id", how="left")
    for row in joined.join(births, on="listing_id", how="left").sort("listing_id").collect().iter_rows(named=True):
        yield _Listing(
            row["listing_id"],
            row["list_id"],
            row["party_type"],
            row["name"],
            row["actor_id"],
            frozenset(row["countries"] or ()),
            frozenset(row["names"] or ()) | {row["name"]},
            tuple(sorted((b["born_from"], b["born_before"]) for b in row["births"] or ())),
        )


def _key(name: str, party_type: str) -> str | None:
    return person_key(name) if party_type == "person" else entity_key(name)


def _difference(a: _Listing, b: _Listing) -> str | None:
    """What makes two listings two parties, whatever they share; None where nothing does."""
    if a.list_id == b.list_id and a.list_id in ONE_ID_PER_PARTY and a.actor_id != b.actor_id:
        return f"{a.list_id} gives each party one id"
    if a.party_type != b.party_type:
        return f"one is {_article(a.party_type)}, the other {_article(b.party_type)}"
    if a.births and b.births and not _born_alike(a, b):
        return "their dates of birth exclude each other"
    return None


def _article(party_type: str) -> str:
    return f"an {party_type}" if party_type[0] in "ae" else f"a {party_type}"


def _born_alike(a: _Listing, b: _Listing) -> bool:
    return any(x[0] < y[1] and y[0] < x[1] for x in a.births for y in b.births)


def _too_little(a: _Listing, b: _Listing) -> str | None:
    """Why an equal name is not enough for these two."""
    if a.party_type != "person" or _born_alike(a, b):
        return None
    shared = {k for n in a.names if (k := person_key(n))} & {k for n in b.names if (k := person_key(n))}
    if all(len(k.split()) < 3 for k in shared):
        return "a name of two words is borne by many, and no date of birth is in common"
    return None


# who shares what ------------------------------------------------------------------------------------------------------

_Pairs = Iterator[tuple[str, str, str]]


def _sharing_identifiers(rows: Callable[[str], pl.LazyFrame], listings: Mapping[str, _Listing]) -> _Pairs:
    """Pairs of listings with a strong identifier in common."""
    value = pl.col("value").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    is_crypto = pl.col("scheme").str.starts_with("crypto:")
    # what other lists state of a party's entry on the UN list is the id of that entry
    of_un = [
        {"listing_id": i.listing_id, "scheme": "un_reference", "value": i.listing_id.split(":", 1)[1], "country_id": None}
        for i in listings.values()
        if i.list_id == "un_sc"
    ]
    stated = _last(rows("sanction_identifiers")).select("listing_id", "scheme", "value", "country_id")
    held = (
        pl.concat([stated, pl.LazyFrame(of_un, schema=stated.collect_schema())])
        .filter(pl.col("scheme").is_in(sorted(STRONG_SCHEMES)) | is_crypto)
        # the letters of a crypto address have their case
        .with_columns(pl.when(is_crypto).then(pl.col("value")).otherwise(value).alias("key"))
        .filter(pl.col("key").str.len_chars() >= LEAST_IDENTIFIER, pl.col("key").str.contains("[1-9]"))
        .group_by("scheme", "key")
        .agg(pl.struct("listing_id", "country_id").unique().alias("holders"))
        .filter(pl.col("holders").list.len().is_between(2, MOST_SHARING))
        .sort("scheme", "key")
        .collect()
    )
    for scheme, key, holders in held.iter_rows():
        # a number means something within the country that gave it
        for one, other in combinations(sorted(holders, key=lambda h: (h["listing_id"], h["country_id"] or "")), 2):
            a, b = one["listing_id"], other["listing_id"]
            agree = one["country_id"] == other["country_id"] or None in (one["country_id"], other["country_id"])
            if a != b and agree and _may_be_one(listings[a], listings[b]):
                yield a, b, f"same {scheme.replace('_', ' ')} {key}"


def _sharing_names(listings: Iterable[_Listing]) -> _Pairs:
    """Pairs of listings of one type with a strong name in common, primary on one side at least, and a country in common."""
    holders: dict[tuple[str, str], list[_Listing]] = defaultdict(list)
    for listing in listings:
        for key in sorted({k for n in listing.names if (k := _key(n, listing.party_type))}):
            holders[listing.party_type, key].append(listing)
    for (party_type, key), held in sorted(holders.items(), key=lambda item: item[0]):
        if not 2 <= len(held) <= MOST_SHARING:
            continue
        for a, b in combinations(held, 2):
            if not _may_be_one(a, b) or key not in (_key(a.name, party_type), _key(b.name, party_type)):
                continue
            if common := a.countries & b.countries:
                yield a.listing_id, b.listing_id, f"same name {a.name!r}, type and country ({', '.join(sorted(common))})"
            elif a.list_id == b.list_id and _key(a.name, party_type) == _key(b.name, party_type):
                yield a.listing_id, b.listing_id, f"same name {a.name!r} and type, listed under several destinations"


def _may_be_one(a: _Listing, b: _Listing) -> bool:
    """Whether it is worth asking: of a list that gives each party one id, no two."""
    return a.list_id != b.list_id or a.list_id not in ONE_ID_PER_PARTY


def _in_registry(listings: Iterable[_Listing]) -> _Pairs:
    """Listings with the name, the type and the country of an actor of the registry."""
    kinds = {"firm": "entity", "body": "entity", "person": "person"}
    actors = registry.actors().filter(pl.col("kind").is_in(list(kinds)))
    known = {row["actor_id"]: row for row in actors.iter_rows(named=True)}
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    aliases = registry.aliases().filter(pl.col("scheme") == "surface").select("alias", "actor_id").iter_rows()
    for name, actor_id in [*aliases, *((row["name"], row["actor_id"]) for row in known.values())]:
        if actor_id in known:
            party_type = kinds[known[actor_id]["kind"]]
            if key := _key(name, party_type):
                names[party_type, key].add(actor_id)
    for listing in listings:
        for key in sorted({k for n in listing.names if (k := _key(n, listing.party_type))}):
            found = {
                a
                for a in names.get((listing.party_type, key), ())
                if ONE_CHINA.get(known[a]["country_id"], known[a]["country_id"]) in listing.countries
            }
            if len(found) == 1:
                evidence = f"same name {listing.name!r}, type and country as in the registry of actors"
                yield listing.listing_id, found.pop(), evidence


def _registry_objection(parties: _Parties, listing_id: str, actor_id: str) -> str | None:
    if frozenset((listing_id, actor_id)) in parties.apart:
        return "they are kept apart by an override"
    held = parties.actors.get(parties.root(listing_id))
    return None if held in (None, actor_id) else f"it is {held} by another name"
