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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import combinations, groupby, product
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from rapidfuzz import fuzz

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions.facts.lists import list_mirrors, lists
from assets.sanctions.party_facts import ONE_CHINA, Facts, Listing, as_listings, key_of, primary_key
from assets.sanctions.reading.names import distinctive_words, is_distinctive, person_key
from assets.schema import table

FACTS = ("facts/party_overrides.csv",)
OVERRIDES = Path(__file__).parent / FACTS[0]
ONE_ID_PER_PARTY = frozenset({"us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "gb_sanctions"})
"""Lists in which two ids are two parties, whatever they share: branches share numbers, families share papers."""
ONE_ID_SPACE = ({"us_ofac_sdn", "us_ofac_cons"},)
"""Lists of one publisher whose ids are ids of parties: the same id on both is the same party."""
MOST_SHARING = 40
"""Listings that may share a key before it is taken as meaningless (a register number of ``000000``)."""
ALIKE = 0.92
"""How alike two names must be (1: the same words) for their listings to be worth a person's look."""
AT_FIRST = datetime(1, 1, 1)
KEY = ("listing_id", "other_id", "rule")
Override = tuple[str, str, bool, str]
"""What a person has decided: two ids, whether they are one party, and the reason."""
RARE = 12
"""A word that so many names at most bear brings together names that may be alike."""


@dataclass
class _Parties:
    """Listings joined so far: a forest of ids, and per root its members and registry actor."""

    listings: Mapping[str, Listing]
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


_Identified = tuple[str, str, str, datetime]
"""Two ids, the evidence in words, and since when both had it."""
_Named = tuple[str, str, str, str | None, datetime | None]
"""Two ids, the evidence in words, what is lacking, and since when both had it."""
_Pair = TypeVar("_Pair", _Identified, _Named)


@dataclass(frozen=True)
class Pairs:
    """Pairs of listings that are weighed, by what they have in common."""

    by_identifier: Sequence[_Identified]
    by_name: Sequence[_Named]
    alike: Sequence[tuple[str, str]]


def decisions(compared: Facts, overrides: Sequence[Override], precedence: Mapping[str, int]) -> pl.DataFrame:
    """Rows of ``core.party_decisions``.

    Args:
        compared: the facts of all listings.
        overrides: two listing ids (or a listing and an actor of the registry), whether they are one party, and the reason.
        precedence: per list its rank: a party has the id of its listing on the list of the lowest rank.
    """
    listings = {listing.listing_id: listing for listing in as_listings(compared.listings)}
    pairs = Pairs(
        list(sharing_identifiers(shared(compared.identifiers, MOST_SHARING), listings)),
        list(sharing_names(grouped(shared(compared.lookup("keys"), MOST_SHARING), listings))),
        list(alike(grouped(shared(compared.lookup("words"), RARE), listings))),
    )
    return decided(listings, pairs, overrides, precedence)


def shared(lookup: pl.DataFrame, most: int) -> pl.DataFrame:
    """The rows of ``kind`` and ``key`` by which several listings are found, and no more than so many: else it says nothing."""
    return lookup.filter(pl.len().over("kind", "key").is_between(2, most))


def grouped(lookup: pl.DataFrame, listings: Mapping[str, Listing]) -> Iterator[tuple[str, list[Listing]]]:
    """What listings are found by, in order, each with these listings in the order of their rows."""
    found = lookup.group_by("kind", "key", maintain_order=True).agg("listing_id").sort("kind", "key")
    for key, ids in found.select("key", "listing_id").iter_rows():
        yield key, [listings[i] for i in ids]


def decided(
    listings: Mapping[str, Listing], pairs: Pairs, overrides: Sequence[Override], precedence: Mapping[str, int]
) -> pl.DataFrame:
    """Rows of ``core.party_decisions`` of some listings, of which none is weighed against any other."""
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
    for a, b, text, since in _likest_first(pairs.by_identifier, listings):
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
    for a, b, text, lack, shared_since in _likest_first(pairs.by_name, listings):
        objection = parties.objection(a, b) or lack
        if objection is None:
            parties.join(a, b)
        note(a, b, "name", text, objection, shared_since)
    for a, b in pairs.alike:
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

    rows = [row | {"actor_id": actor_of(row["listing_id"])} for row in found]
    frame = pl.DataFrame(rows, schema=table("core.party_decisions").polars, orient="row")
    return frame.unique(KEY, keep="first", maintain_order=True).sort(KEY)


def read_overrides(path: Path) -> list[Override]:
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


def precedence_of_lists() -> dict[str, int]:
    """Per list its rank: a party on several has its id on the first."""
    return {list_id: rank for rank, list_id in enumerate(lists()["list_id"])}


# what speaks for and against ------------------------------------------------------------------------------------------------


def _same_name(a: Listing, b: Listing) -> bool:
    """Whether the primary name of one is a strong name of the other."""
    keys = [{k for n in x.names if (k := key_of(n, x.party_type))} for x in (a, b)]
    return key_of(a.name, a.party_type) in keys[1] or key_of(b.name, b.party_type) in keys[0]


def _since_named(a: Listing, b: Listing) -> datetime | None:
    """Since when both had the names that they share; None where that is since they were known."""
    keys = [_since_by_key(x) for x in (a, b)]
    shared = keys[0].keys() & keys[1].keys()
    return min((max(keys[0][k], keys[1][k]) for k in shared), default=None)


def _names_since(x: Listing) -> list[tuple[str, datetime]]:
    return [*x.named_since.items(), *([] if x.name in x.named_since else [(x.name, x.since)])]


def _since_by_key(x: Listing) -> dict[str, datetime]:
    """Since when a listing had the names of each key."""
    found: dict[str, datetime] = {}
    for name, since in _names_since(x):
        for key in {key_of(name, x.party_type), primary_key(name, x.party_type) if name == x.name else None} - {None}:
            found[str(key)] = min(since, found.get(str(key), since))
    return found


def _since_placed(a: Listing, b: Listing, common: Iterable[str]) -> datetime:
    """Since when a country that they have in common was known of both."""
    return min(max(a.placed_since[c], b.placed_since[c]) for c in common)


def _since_enough(a: Listing, b: Listing) -> datetime | None:
    """Since when a date of birth in common was known, where an equal name of two persons needs one; else None."""
    if a.party_type != "person" or _are_of_one_act(a, b) or _share_long_name(a, b):
        return None
    pairs = product(zip(a.births, a.born_since, strict=True), zip(b.births, b.born_since, strict=True))
    return min((max(s, t) for (x, s), (y, t) in pairs if _overlap(x, y)), default=None)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((m for m in moments if m is not None), default=None)


def _difference(a: Listing, b: Listing, are_births_sure: bool = True) -> str | None:
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


def _born_alike(a: Listing, b: Listing) -> bool:
    return any(_overlap(x, y) for x in a.births for y in b.births)


def _overlap(x: tuple[date, date], y: tuple[date, date]) -> bool:
    return x[0] < y[1] and y[0] < x[1]


def _too_little(a: Listing, b: Listing) -> str | None:
    """Why an equal name is not enough for these two, whose countries agree."""
    if a.party_type != "person" or _born_alike(a, b) or _are_of_one_act(a, b):
        return None
    return None if _share_long_name(a, b) else "a name of two words is borne by many, and no date of birth is in common"


def _share_long_name(a: Listing, b: Listing) -> bool:
    shared = {k for n in a.names if (k := person_key(n))} & {k for n in b.names if (k := person_key(n))}
    return any(_is_long(k) for k in shared)


def _is_long(key: str) -> bool:
    """Whether the name of a person has three words: one of two is shared by many."""
    return len(key.split()) >= 3


def _are_of_one_act(a: Listing, b: Listing) -> bool:
    """Whether both are in one notice (of the same day on one list), or one list repeats the other."""
    if a.list_id == b.list_id:
        return a.valid_from is not None and a.valid_from == b.valid_from
    return (a.list_id, b.list_id) in _mirrors() or (b.list_id, a.list_id) in _mirrors()


@cache
def _mirrors() -> frozenset[tuple[str, str]]:
    return frozenset(list_mirrors().select("mirror_list_id", "list_id").iter_rows())


# who shares what ------------------------------------------------------------------------------------------------------


def _likest_first(pairs: Iterable[_Pair], listings: Mapping[str, Listing]) -> list[_Pair]:
    """Pairs, those with the most alike primary names first: of two candidates on one list only one can be the party."""
    return sorted(pairs, key=lambda p: (-_likeness(listings[p[0]].name, listings[p[1]].name), p[0], p[1]))


def _of_one_id(listings: Mapping[str, Listing]) -> Iterator[tuple[str, str, str]]:
    """Pairs of listings on lists that share their ids."""
    for space in ONE_ID_SPACE:
        for one, other in combinations(sorted(space), 2):
            for listing_id in listings:
                list_id, _, native_id = listing_id.partition(":")
                if list_id == one and (twin := f"{other}:{native_id}") in listings:
                    yield listing_id, twin, f"same id {native_id} of one publisher"


def sharing_identifiers(identifiers: pl.DataFrame, listings: Mapping[str, Listing]) -> Iterator[_Identified]:
    """Pairs of listings with a strong identifier in common: of rows of ``Facts.identifiers``, in their order."""
    for (scheme, key), holders in groupby(identifiers.iter_rows(), key=lambda row: (row[1], row[2])):
        # a number means something within the country that gave it
        for one, other in combinations(sorted(holders, key=lambda h: (h[0], h[3] or "", h[4])), 2):
            a, b = one[0], other[0]
            agree = one[3] == other[3] or None in (one[3], other[3])
            if a != b and agree and _may_be_one(listings[a], listings[b]):
                yield a, b, f"same {scheme.replace('_', ' ')} {key}", max(one[4], other[4])


def sharing_names(held_by: Iterable[tuple[str, Sequence[Listing]]]) -> Iterator[_Named]:
    """Pairs of one type with a strong name in common, primary on one side at least, what is lacking, and since when.

    Args:
        held_by: by what a name is compared, and all listings of a type that have such a name.
    """
    for key, held in held_by:
        states = _states(held)
        for a, b in combinations(held, 2):
            keys = primary_key(a.name, a.party_type), primary_key(b.name, b.party_type)
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


def _states(held: Sequence[Listing]) -> int:
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


def _too_little_alone(a: Listing, b: Listing, are_primary: bool, n_states: int) -> str | None:
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


def alike(held_by: Iterable[tuple[str, Sequence[Listing]]]) -> Iterator[tuple[str, str]]:
    """Pairs of listings of different lists whose primary names are nearly the same.

    Args:
        held_by: a rare word, and all listings of a type in whose names it is.
    """
    seen = set()
    for _, held in held_by:
        for a, b in combinations(held, 2):
            if a.list_id == b.list_id or (a.listing_id, b.listing_id) in seen:
                continue
            seen.add((a.listing_id, b.listing_id))
            if a.countries and b.countries and not a.countries & b.countries:
                continue
            is_other_name = key_of(a.name, a.party_type) != key_of(b.name, b.party_type)
            may_be_born_alike = not (a.births and b.births) or _born_alike(a, b)
            if is_other_name and may_be_born_alike and _likeness(a.name, b.name) >= ALIKE:
                yield a.listing_id, b.listing_id


def _may_be_one(a: Listing, b: Listing) -> bool:
    """Whether it is worth asking: of a list that gives each party one id, no two."""
    return a.list_id != b.list_id or a.list_id not in ONE_ID_PER_PARTY


def _in_registry(listings: Iterable[Listing]) -> Iterator[_Identified]:
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
            if key := key_of(name, party_type):
                names[party_type, key].add(actor_id)
    shorts = {
        (plain, known[actor_id]["country_id"]): actor_id
        for plain, actor_id in ((_short(name), actor_id) for name, actor_id in every if actor_id in known)
        if plain and known[actor_id]["kind"] == "firm"
    }
    for listing in listings:
        for key in sorted({k for n in listing.names if (k := key_of(n, listing.party_type))}):
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
                since = min(t for n, t in _names_since(listing) if key_of(n, listing.party_type) == key)
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
