"""One party under many listings: which listings, of one list or of several, are the same actor, and why.

Rules, strongest first; each decision is a row of ``core.party_decisions`` with what it rests on:

- override: a person has decided (``party_overrides.csv``).
- reissue: the list itself gave the party another id.
- identifier: a strong identifier (passport, register or tax number, IMO, crypto address, ...) is the same, or the publisher
  gives both listings one id (OFAC's lists share their ids).
- registry: the name, country and type of an actor of the registry (a ministry, a firm, an office holder), whose actor_id the
  party then has.
- name: the same strong name after folding, the same type, and a country in common; where no country of one of them is known, a
  name that tells (not of generic words alone) and that no other party bears.

Of several candidates the one whose name is most alike comes first: what a list keeps apart can join with one of them only.

Never one party: different types, dates of birth that exclude each other, two ids of a list that gives each party one id, and
what an override keeps apart. A name of two words alone joins no persons: there must be a date of birth in common.

Pairs that are near and are not joined are noted with the reason (``objection``): a person decides (``party_overrides.csv``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from rapidfuzz import fuzz

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions.facts.lists import list_mirrors, lists
from assets.sanctions.reading.names import (
    distinctive_words,
    entity_key,
    is_distinctive,
    person_key,
    transliterations,
    without_acronym,
    words,
)
from assets.sanctions.targets import COUNTRY_SCHEMES, FORGED, STATED_BASES, evidence
from assets.schema import table

TABLES = ("party_decisions", "target_evidence", "transliterations")
"""What is made across the lists: the decisions, the evidence of a party's state, and how names are read that are compared."""
FACTS = ("facts/party_overrides.csv",)
OVERRIDES = Path(__file__).parent / FACTS[0]
ONE_ID_PER_PARTY = frozenset({"us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "gb_sanctions"})
"""Lists in which two ids are two parties, whatever they share: branches share numbers, families share papers."""
ONE_ID_SPACE = ({"us_ofac_sdn", "us_ofac_cons"},)
"""Lists of one publisher whose ids are ids of parties: the same id on both is the same party."""
STRONG_SCHEMES = frozenset(
    {"passport", "national_id", "tax_id", "uscc", "registration", "imo", "mmsi", "lei", "swift_bic", "aircraft_serial", "duns"}
    | {"un_reference", "eu_reference", "ofsi_group"}
)
"""Schemes that identify one party; besides these every crypto address."""
LEAST_IDENTIFIER = 5
"""Characters, a digit among them, below which an identifier is too short to identify anything (``123``)."""
MOST_SHARING = 40
"""Listings that may share a key before it is taken as meaningless (a register number of ``000000``)."""
ONE_CHINA = {"HKG": "CHN", "MAC": "CHN"}
"""Lists differ in whether a party in Hong Kong or Macao is one of China: for comparing countries these count as one."""
ALIKE = 0.92
"""How alike two names must be (1: the same words) for their listings to be worth a person's look."""
AT_FIRST = datetime(1, 1, 1)
RARE = 12
"""A word that so many names at most bear brings together names that may be alike."""


@dataclass(frozen=True)
class _Listing:
    """What is compared of a listing: its newest version, and its last details.

    ``since``: since when it was known; ``named_since``: since when each strong name was, also of names that it no longer has;
    ``placed_since``: since when each country was; ``born_since``: since when each of ``births`` was.
    """

    listing_id: str
    list_id: str
    party_type: str
    name: str
    actor_id: str
    countries: frozenset[str]
    names: frozenset[str]
    births: tuple[tuple[date, date], ...]
    valid_from: date | None
    since: datetime
    named_since: Mapping[str, datetime]
    placed_since: Mapping[str, datetime]
    born_since: tuple[datetime, ...]


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

    def objection(self, a: str, b: str, *, are_births_sure: bool = True) -> str | None:
        """Why the parties of two listings cannot be one; None where nothing contradicts it.

        ``are_births_sure``: whether dates of birth that exclude each other keep these two apart.
        """
        if self.root(a) == self.root(b):
            return None
        held = (self.actors.get(self.root(a)), self.actors.get(self.root(b)))
        if None not in held and held[0] != held[1]:
            return f"they are {held[0]} and {held[1]} by the registry"
        for x in self.group(a):
            for y in self.group(b):
                if frozenset((x, y)) in self.apart:
                    return f"{x} and {y} are kept apart by an override"
                of_pair = {x, y} == {a, b}
                if reason := _difference(self.listings[x], self.listings[y], are_births_sure or not of_pair):
                    return reason
        return None


def decide(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
    """Decide which listings are one party, from all core tables of the room. Source of the rules: the head of this module."""
    decided = decisions(rows, read_overrides(OVERRIDES), _precedence())
    return {
        "party_decisions": decided,
        "target_evidence": evidence(rows, decided),
        "transliterations": transliterations(),
    }


def decisions(
    rows: Callable[[str], pl.LazyFrame], overrides: Sequence[tuple[str, str, bool, str]], precedence: Mapping[str, int]
) -> pl.DataFrame:
    """Rows of ``core.party_decisions``.

    Args:
        rows: a core table (bare name) to all of its rows, superseded ones too.
        overrides: two listing ids (or a listing and an actor of the registry), whether they are one party, and the reason.
        precedence: per list its rank: a party has the id of its listing on the list of the lowest rank.
    """
    listings = {listing.listing_id: listing for listing in _listings(rows)}
    parties = _Parties(listings, {frozenset((a, b)) for a, b, is_same, _ in overrides if not is_same})
    found: list[dict[str, Any]] = []

    def note(a: str, b: str, rule: str, evidence: str, objection: str | None, since: datetime | None = None) -> None:
        one, other = (a, b) if b not in listings else sorted((a, b))
        found.append(
            {
                "listing_id": one,
                "other_id": other,
                "rule": rule,
                "is_same": objection is None,
                "evidence": evidence,
                "objection": objection,
                "score": _likeness(listings[a].name, listings[b].name) if b in listings else None,
                "known_from": max(since or AT_FIRST, *(listings[i].since for i in (a, b) if i in listings), AT_FIRST),
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
    for a, b, text in _of_one_id(listings):
        objection = parties.objection(a, b, are_births_sure=False)
        if objection is None:
            parties.join(a, b)
        note(a, b, "identifier", text, objection)
    for a, b, text, since in _likest_first(_sharing_identifiers(rows, listings), listings):
        # whose papers and name are the same is one person, whatever one of the lists writes of the birth
        is_named_so = _same_name(listings[a], listings[b])
        objection = parties.objection(a, b, are_births_sure=not is_named_so)
        if objection is None:
            parties.join(a, b)
        note(a, b, "identifier", text, objection, since)
    for a, actor_id, text, since in _in_registry(listings.values()):
        objection = _registry_objection(parties, a, actor_id)
        if objection is None:
            parties.actors[parties.root(a)] = actor_id
        note(a, actor_id, "registry", text, objection, since)
    for a, b, text, lack, shared_since in _likest_first(_sharing_names(listings.values()), listings):
        objection = parties.objection(a, b) or lack
        if objection is None:
            parties.join(a, b)
        note(a, b, "name", text, objection, shared_since)
    for a, b in _alike(listings.values()):
        if parties.root(a) != parties.root(b):
            note(a, b, "alike", "names are alike, type is the same, and no country speaks against it", "it is not the same name")

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


def _likeness(a: str, b: str) -> float:
    """How alike the distinctive words of two names are, whatever their order: 0 to 1."""
    one, other = (" ".join(distinctive_words(name)) for name in (a, b))
    return fuzz.token_sort_ratio(one, other) / 100


def _precedence() -> dict[str, int]:
    return {list_id: rank for rank, list_id in enumerate(lists()["list_id"])}


# what is compared -----------------------------------------------------------------------------------------------------


def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Per listing its current details, or its last ones where it was removed."""
    until = pl.col("known_to").fill_null(pl.datetime(9999, 12, 31, time_unit="us"))
    return rows.filter(until == until.max().over("listing_id"))


def _listings(rows: Callable[[str], pl.LazyFrame]) -> Iterator[_Listing]:
    newest = (
        rows("sanction_listings")
        .sort("listing_id", "known_from")
        .group_by("listing_id", maintain_order=True)
        .last()
        .select("listing_id", "list_id", "party_type", "name", "actor_id", "valid_from")
    )
    since = rows("sanction_listings").group_by("listing_id").agg(pl.col("known_from").min().alias("since"))
    names = (
        _last(rows("sanction_names"))
        .filter(pl.col("quality") == "strong")
        .group_by("listing_id")
        .agg(pl.col("name").unique().sort().alias("names"))
    )
    ever = _since(rows("sanction_names").filter(pl.col("quality") == "strong"), "name")
    named = ever.group_by("listing_id").agg(pl.col("name").alias("named"), pl.col("since").alias("named_since"))
    born = ["listing_id", "born_from", "born_before"]
    births = (
        _last(rows("sanction_birth_dates"))
        .select(born)
        .unique()
        .join(_since(rows("sanction_birth_dates"), *born[1:]), on=born, nulls_equal=True)
        .sort(*born[1:])
        .group_by("listing_id", maintain_order=True)
        .agg(*born[1:], pl.col("since").alias("born_since"))
    )
    joined = newest.join(since, on="listing_id").join(names, on="listing_id", how="left")
    for more in (named, _countries(rows), births):
        joined = joined.join(more, on="listing_id", how="left")
    frame = joined.sort("listing_id").collect()
    # by columns: a row of lists as Python has it takes three times as long
    one = ("listing_id", "list_id", "party_type", "name", "actor_id", "valid_from", "since")
    many = ("names", "named", "named_since", "country_id", "placed_since", "born_from", "born_before", "born_since")
    columns = [frame[name].to_list() for name in one]
    lists_of = [[() if held is None else held for held in frame[name].to_list()] for name in many]
    for (listing_id, list_id, party_type, name, actor_id, valid_from, first), (
        strong,
        names_ever,
        names_since,
        countries,
        countries_since,
        born_from,
        born_before,
        born_since,
    ) in zip(zip(*columns, strict=True), zip(*lists_of, strict=True), strict=True):
        yield _Listing(
            listing_id,
            list_id,
            party_type,
            name,
            actor_id,
            frozenset(countries),
            frozenset((*strong, name)),
            tuple(zip(born_from, born_before, strict=True)),
            valid_from,
            first,
            dict(zip(names_ever, names_since, strict=True)),
            dict(zip(countries, countries_since, strict=True)),
            tuple(born_since),
        )


def _since(details: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Since when each listing is known to have had these values, whether or not it still has them."""
    return details.group_by("listing_id", *columns).agg(pl.col("known_from").min().alias("since"))


def _countries(rows: Callable[[str], pl.LazyFrame]) -> pl.LazyFrame:
    """Per listing its countries (``country_id``), and since when each was known (``placed_since``)."""
    issued = pl.col("scheme").is_in(COUNTRY_SCHEMES) & ~pl.col("note").fill_null("").str.contains(FORGED)
    kinds = (
        (rows("sanction_countries"), pl.col("basis").is_in(STATED_BASES)),
        (rows("sanction_identifiers"), issued),
    )

    def of(details: pl.LazyFrame, is_meant: pl.Expr) -> pl.LazyFrame:
        meant = details.filter(is_meant).drop_nulls("country_id")
        return meant.with_columns(pl.col("country_id").replace(ONE_CHINA)).select("listing_id", "country_id", "known_from")

    last = pl.concat([of(_last(details), is_meant) for details, is_meant in kinds]).select("listing_id", "country_id").unique()
    ever = _since(pl.concat([of(details, is_meant) for details, is_meant in kinds]), "country_id")
    return (
        last.join(ever, on=["listing_id", "country_id"])
        .group_by("listing_id")
        .agg("country_id", pl.col("since").alias("placed_since"))
    )


@cache
def _key(name: str, party_type: str) -> str | None:
    return person_key(name) if party_type == "person" else entity_key(without_acronym(name))


def _same_name(a: _Listing, b: _Listing) -> bool:
    """Whether the primary name of one is a strong name of the other."""
    keys = [{k for n in x.names if (k := _key(n, x.party_type))} for x in (a, b)]
    return _key(a.name, a.party_type) in keys[1] or _key(b.name, b.party_type) in keys[0]


def _since_named(a: _Listing, b: _Listing) -> datetime | None:
    """Since when both had the names that they share; None where that is since they were known."""
    keys = [_since_by_key(x) for x in (a, b)]
    shared = keys[0].keys() & keys[1].keys()
    return min((max(keys[0][k], keys[1][k]) for k in shared), default=None)


def _names_since(x: _Listing) -> list[tuple[str, datetime]]:
    return [*x.named_since.items(), *([] if x.name in x.named_since else [(x.name, x.since)])]


def _since_by_key(x: _Listing) -> dict[str, datetime]:
    """Since when a listing had the names of each key."""
    found: dict[str, datetime] = {}
    for name, since in _names_since(x):
        for key in {_key(name, x.party_type), _primary_key(x) if name == x.name else None} - {None}:
            found[str(key)] = min(since, found.get(str(key), since))
    return found


def _since_placed(a: _Listing, b: _Listing, common: Iterable[str]) -> datetime:
    """Since when a country that they have in common was known of both."""
    return min(max(a.placed_since[c], b.placed_since[c]) for c in common)


def _since_enough(a: _Listing, b: _Listing) -> datetime | None:
    """Since when a date of birth in common was known, where an equal name of two persons needs one; else None."""
    if a.party_type != "person" or _are_of_one_act(a, b) or _share_long_name(a, b):
        return None
    pairs = product(zip(a.births, a.born_since, strict=True), zip(b.births, b.born_since, strict=True))
    return min((max(s, t) for (x, s), (y, t) in pairs if _overlap(x, y)), default=None)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((m for m in moments if m is not None), default=None)


def _difference(a: _Listing, b: _Listing, are_births_sure: bool = True) -> str | None:
    """What makes two listings two parties, whatever they share; None where nothing does."""
    if a.list_id == b.list_id and a.list_id in ONE_ID_PER_PARTY and a.actor_id != b.actor_id:
        return f"{a.list_id} gives each party one id"
    if a.party_type != b.party_type:
        return f"one is {_article(a.party_type)}, the other {_article(b.party_type)}"
    if are_births_sure and a.births and b.births and not _born_alike(a, b):
        return "their dates of birth exclude each other"
    return None


def _article(party_type: str) -> str:
    return f"an {party_type}" if party_type[0] in "ae" else f"a {party_type}"


def _born_alike(a: _Listing, b: _Listing) -> bool:
    return any(_overlap(x, y) for x in a.births for y in b.births)


def _overlap(x: tuple[date, date], y: tuple[date, date]) -> bool:
    return x[0] < y[1] and y[0] < x[1]


def _too_little(a: _Listing, b: _Listing) -> str | None:
    """Why an equal name is not enough for these two, whose countries agree."""
    if a.party_type != "person" or _born_alike(a, b) or _are_of_one_act(a, b):
        return None
    return None if _share_long_name(a, b) else "a name of two words is borne by many, and no date of birth is in common"


def _share_long_name(a: _Listing, b: _Listing) -> bool:
    shared = {k for n in a.names if (k := person_key(n))} & {k for n in b.names if (k := person_key(n))}
    return any(_is_long(k) for k in shared)


def _is_long(key: str) -> bool:
    """Whether the name of a person has three words: one of two is shared by many."""
    return len(key.split()) >= 3


def _are_of_one_act(a: _Listing, b: _Listing) -> bool:
    """Whether both are in one notice (of the same day on one list), or one list repeats the other."""
    if a.list_id == b.list_id:
        return a.valid_from is not None and a.valid_from == b.valid_from
    return (a.list_id, b.list_id) in _mirrors() or (b.list_id, a.list_id) in _mirrors()


@cache
def _mirrors() -> frozenset[tuple[str, str]]:
    return frozenset(list_mirrors().select("mirror_list_id", "list_id").iter_rows())


# who shares what ------------------------------------------------------------------------------------------------------

_Pairs = Iterator[tuple[str, str, str, datetime]]
_Pair = TypeVar("_Pair", tuple[str, str, str, datetime], tuple[str, str, str, str | None, datetime | None])


def _likest_first(pairs: Iterable[_Pair], listings: Mapping[str, _Listing]) -> list[_Pair]:
    """Pairs, those with the most alike primary names first: of two candidates on one list only one can be the party."""
    return sorted(pairs, key=lambda p: (-_likeness(listings[p[0]].name, listings[p[1]].name), p[0], p[1]))


def _of_one_id(listings: Mapping[str, _Listing]) -> Iterator[tuple[str, str, str]]:
    """Pairs of listings on lists that share their ids."""
    for space in ONE_ID_SPACE:
        for one, other in combinations(sorted(space), 2):
            for listing_id in listings:
                list_id, _, native_id = listing_id.partition(":")
                if list_id == one and (twin := f"{other}:{native_id}") in listings:
                    yield listing_id, twin, f"same id {native_id} of one publisher"


def _sharing_identifiers(rows: Callable[[str], pl.LazyFrame], listings: Mapping[str, _Listing]) -> _Pairs:
    """Pairs of listings with a strong identifier in common."""
    value = pl.col("value").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    is_crypto = pl.col("scheme").str.starts_with("crypto:")
    # what other lists state of a party's entry on the UN list is the id of that entry
    of_un = [
        {
            "listing_id": i.listing_id,
            "scheme": "un_reference",
            "value": i.listing_id.split(":", 1)[1],
            "country_id": None,
            "since": i.since,
        }
        for i in listings.values()
        if i.list_id == "un_sc"
    ]
    stated = _last(rows("sanction_identifiers")).select("listing_id", "scheme", "value", "country_id")
    key = ["listing_id", "scheme", "value"]
    first = rows("sanction_identifiers").group_by(key).agg(pl.col("known_from").min().alias("since"))
    stated = stated.join(first, on=key)
    held = (
        pl.concat([stated, pl.LazyFrame(of_un, schema=stated.collect_schema())])
        .filter(pl.col("scheme").is_in(sorted(STRONG_SCHEMES)) | is_crypto)
        # the letters of a crypto address have their case
        .with_columns(pl.when(is_crypto).then(pl.col("value")).otherwise(value).alias("key"))
        .filter(pl.col("key").str.len_chars() >= LEAST_IDENTIFIER, pl.col("key").str.contains("[1-9]"))
        .group_by("scheme", "key")
        .agg(pl.struct("listing_id", "country_id", "since").unique().alias("holders"))
        .filter(pl.col("holders").list.len().is_between(2, MOST_SHARING))
        .sort("scheme", "key")
        .collect()
    )
    for scheme, key, holders in held.iter_rows():
        # a number means something within the country that gave it
        for one, other in combinations(sorted(holders, key=lambda h: (h["listing_id"], h["country_id"] or "", h["since"])), 2):
            a, b = one["listing_id"], other["listing_id"]
            agree = one["country_id"] == other["country_id"] or None in (one["country_id"], other["country_id"])
            if a != b and agree and _may_be_one(listings[a], listings[b]):
                yield a, b, f"same {scheme.replace('_', ' ')} {key}", max(one["since"], other["since"])


def _sharing_names(listings: Iterable[_Listing]) -> Iterator[tuple[str, str, str, str | None, datetime | None]]:
    """Pairs of one type with a strong name in common, primary on one side at least, what is lacking, and since when."""
    holders: dict[tuple[str, str], list[_Listing]] = defaultdict(list)
    for listing in listings:
        for key in sorted(_keys(listing)):
            holders[listing.party_type, key].append(listing)
    shared = {key: held for key, held in holders.items() if 2 <= len(held) <= MOST_SHARING}
    for (_, key), held in sorted(shared.items(), key=lambda item: item[0]):
        states = _states(held)
        for a, b in combinations(held, 2):
            keys = _primary_key(a), _primary_key(b)
            if not _may_be_one(a, b) or key not in keys:
                continue
            if common := a.countries & b.countries:
                text = f"same name {a.name!r}, type and country ({', '.join(sorted(common))})"
                named, alone = _since_named(a, b), _too_little_alone(a, b, keys[0] == keys[1], states)
                since = named if alone is None else _latest(named, _since_placed(a, b, common))
                yield a.listing_id, b.listing_id, text, _too_little(a, b), _latest(since, _since_enough(a, b))
            elif a.list_id == b.list_id and keys[0] == keys[1]:
                text = f"same name {a.name!r} and type, listed under several destinations"
                yield a.listing_id, b.listing_id, text, _too_little(a, b), _latest(_since_named(a, b), _since_enough(a, b))
            elif a.countries and b.countries:
                which = " and ".join(", ".join(sorted(x.countries)) for x in (a, b))
                lack = f"their countries differ: {which}"
                yield a.listing_id, b.listing_id, f"same name {a.name!r} and type", lack, _since_named(a, b)
            else:
                text = f"same name {a.name!r} and type; no country of {'both' if a.countries == b.countries else 'one'} is known"
                alone = _too_little_alone(a, b, keys[0] == keys[1], states)
                yield a.listing_id, b.listing_id, text, alone, _latest(_since_named(a, b), _since_enough(a, b))


def _keys(listing: _Listing) -> set[str]:
    """What the strong names of a listing are compared by; of short names, which firms share, the primary one alone."""
    found = {k for n in listing.names if (k := _key(n, listing.party_type))}
    return found if (primary := _primary_key(listing)) is None else found | {primary}


def _primary_key(listing: _Listing) -> str | None:
    """What the primary name is compared by: of a short one every word, the legal form too (``VAD, AO``)."""
    key = _key(listing.name, listing.party_type)
    if key is not None or listing.party_type != "entity":
        return key
    letters = "".join(distinctive_words(listing.name))
    return f"= {' '.join(words(listing.name))}" if len(letters) >= 3 and not letters.isdigit() else None


def _states(held: Sequence[_Listing]) -> int:
    """How many parties of different countries have a name: the number of sets of countries that have none in common.

    A list that has an entry for each destination holds one party under all of them.
    """
    of_party: dict[str, set[str]] = defaultdict(set)
    for x in held:
        of_party[x.listing_id if x.list_id in ONE_ID_PER_PARTY else x.list_id] |= x.countries
    apart: list[set[str]] = []
    for countries in (found for found in of_party.values() if found):
        near = [other for other in apart if other & countries]
        apart = [other for other in apart if not other & countries] + [countries.union(*near)]
    return len(apart)


def _too_little_alone(a: _Listing, b: _Listing, are_primary: bool, n_states: int) -> str | None:
    """Why an equal name is not enough for these two where a country of one at least is not known."""
    if a.party_type in ("vessel", "aircraft"):
        return "ships and aircraft share names, and no number or country is in common"
    if n_states > 1:
        return "parties of several countries bear the name, and a country is not known"
    if a.party_type == "person":
        return _too_little(a, b)
    if not is_distinctive(a.name) or not is_distinctive(b.name):
        return "the name is of generic words or a single one, and a country is not known"
    return None if are_primary else "an alias alone is the same, and a country is not known"


def _alike(listings: Iterable[_Listing]) -> Iterator[tuple[str, str]]:
    """Pairs of listings of different lists whose primary names are nearly the same: found by the rare words that they share."""
    bearers: dict[tuple[str, str], list[_Listing]] = defaultdict(list)
    for listing in listings:
        for word in set(distinctive_words(listing.name)):
            if len(word) >= 4:
                bearers[listing.party_type, word].append(listing)
    seen = set()
    shared = {key: held for key, held in bearers.items() if 2 <= len(held) <= RARE and len({x.list_id for x in held}) > 1}
    for (party_type, _), held in sorted(shared.items(), key=lambda item: item[0]):
        if party_type not in ("person", "entity"):
            continue
        for a, b in combinations(held, 2):
            if a.list_id == b.list_id or (a.listing_id, b.listing_id) in seen:
                continue
            seen.add((a.listing_id, b.listing_id))
            if a.countries and b.countries and not a.countries & b.countries:
                continue
            is_other_name = _key(a.name, party_type) != _key(b.name, party_type)
            may_be_born_alike = not (a.births and b.births) or _born_alike(a, b)
            if is_other_name and may_be_born_alike and _likeness(a.name, b.name) >= ALIKE:
                yield a.listing_id, b.listing_id


def _may_be_one(a: _Listing, b: _Listing) -> bool:
    """Whether it is worth asking: of a list that gives each party one id, no two."""
    return a.list_id != b.list_id or a.list_id not in ONE_ID_PER_PARTY


def _in_registry(listings: Iterable[_Listing]) -> _Pairs:
    """Listings with the name, the type and the country of an actor of the registry."""
    kinds = {"firm": "entity", "body": "entity", "person": "person"}
    # of some there is nothing but a name, which others have too ("Sergei Ivanov")
    is_told_apart = ~pl.col("actor_id").is_in(registry.known_by_name())
    actors = registry.actors().filter(pl.col("kind").is_in(list(kinds)), is_told_apart)
    known = {row["actor_id"]: row for row in actors.iter_rows(named=True)}
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    aliases = registry.aliases().filter(pl.col("scheme") == "surface").select("alias", "actor_id").iter_rows()
    every = [*aliases, *((row["name"], row["actor_id"]) for row in known.values())]
    for name, actor_id in every:
        if actor_id in known:
            party_type = kinds[known[actor_id]["kind"]]
            if key := _key(name, party_type):
                names[party_type, key].add(actor_id)
    shorts = {
        (plain, known[actor_id]["country_id"]): actor_id
        for plain, actor_id in ((_short(name), actor_id) for name, actor_id in every if actor_id in known)
        if plain and known[actor_id]["kind"] == "firm"
    }
    for listing in listings:
        for key in sorted({k for n in listing.names if (k := _key(n, listing.party_type))}):
            bearers = names.get((listing.party_type, key))
            if bearers is None:
                continue
            of_actor = {a: ONE_CHINA.get(known[a]["country_id"], known[a]["country_id"]) for a in bearers}
            found = {a for a, country in of_actor.items() if country in listing.countries}
            text = f"same name {listing.name!r}, type and country as in the registry of actors"
            is_enough = _is_long(key) if listing.party_type == "person" else is_distinctive(listing.name)
            if not listing.countries and is_enough:
                found = set(bearers)
                text = f"same name {listing.name!r} and type as in the registry of actors; no country of the listing is known"
            if len(found) == 1:
                actor_id = found.pop()
                since = min(t for n, t in _names_since(listing) if _key(n, listing.party_type) == key)
                if listing.countries and not (is_enough and len(bearers) == 1):
                    since = max(since, listing.placed_since[of_actor[actor_id]])
                yield listing.listing_id, actor_id, text, since
        if listing.party_type == "entity":
            for name, country in product(sorted(listing.names), sorted(listing.countries)):
                if (actor_id := shorts.get((_short(name) or "", country))) is not None:
                    text = f"short name {name!r} and country of a firm of the registry of actors"
                    since = max(listing.named_since.get(name, listing.since), listing.placed_since[country])
                    yield listing.listing_id, actor_id, text, since


def _short(name: str) -> str | None:
    """A name that is one short word, as firms are called in short (DJI); None for others."""
    found = distinctive_words(name)
    return found[0] if len(found) == 1 and 3 <= len(found[0]) <= 5 and not found[0].isdigit() else None


def _registry_objection(parties: _Parties, listing_id: str, actor_id: str) -> str | None:
    if frozenset((listing_id, actor_id)) in parties.apart:
        return "they are kept apart by an override"
    held = parties.actors.get(parties.root(listing_id))
    return None if held in (None, actor_id) else f"it is {held} by another name"
