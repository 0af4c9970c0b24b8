"""One party under many listings: which listings, of one list or of several, are the same actor, and why.

Rules, strongest first; each decision is a row of ``core.party_decisions`` with what it rests on:

- override: a person has decided (``party_overrides.csv``).
- reissue: the list itself gave the party another id.
- identifier: a strong identifier (passport, register or tax number, IMO, crypto address, ...) is the same, or the publisher
  gives both listings one id (OFAC's lists share their ids).
- registry: the name, country and type of an actor of the registry (a ministry, a firm, an office holder), whose actor_id the
  party then has. A body of a state has it by its primary name alone.
- name: the same name, of one at least the primary one, the same type, and what makes the name tell: a date of birth, a place in
  common (a country that the list states, of birth, or that its program names), that nobody else on either list bears it.
- alike: nearly the same primary name (another romanisation, a slip of the pen), the same type, and a date of birth or a place.

The more alike come first: what a list keeps apart can join with one of them only.

Never one party: different types, dates of birth that exclude each other, different numbers of which a party has one (IMO,
USCC), two entries of one section of a list with different names, two ids of a list that gives each party one id, and what an
override keeps apart. So an alias joins no listings of other countries or programs, and none beside which the list has an entry
of that name: a parent and its subsidiary stay two. A listing with the name of a firm of the registry that another entry of its
list is (China Unicom's Hong Kong subsidiary) is of its group (rule ``group``).

Pairs that are near and are not joined are noted with the reason (``objection``): a person decides (``party_overrides.csv``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations, groupby, product
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions.facts.lists import list_mirrors, lists
from assets.sanctions.party_facts import LISTED_BY_REGIME, ONE_CHINA, Facts, Identifier, Listing, as_persons, key_of
from assets.sanctions.reading.names import consonants, distinctive_words, is_distinctive, without_acronym, words
from assets.schema import table

FACTS = ("facts/party_overrides.csv",)
OVERRIDES = Path(__file__).parent / FACTS[0]
ONE_ID_PER_PARTY = frozenset({"us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "gb_sanctions"})
"""Lists in which two ids are two parties, whatever they share: branches share numbers, families share papers."""
ID_BY_REGIME = frozenset({"un_sc", "gb_sanctions"})
"""Of these, lists that give a party another id under each of their regimes."""
RECORDS = frozenset({"cn_countermeasures", "cn_mofcom", "us_state_isn", "us_cbp_wro"})
"""Lists that have an entry for each measure: a party has as many as measures, under whatever of its names."""
AMENDED = frozenset({"us_bis_entity_list", "us_csl"})
"""Lists that write an entry anew beside the old one."""
ONE_ID_SPACE = ({"us_ofac_sdn", "us_ofac_cons"},)
"""Lists of one publisher whose ids are ids of parties: the same id on both is the same party."""
MOST_SHARING = 40
"""Listings that may share a key before it is taken as meaningless (a register number of ``000000``)."""
ALIKE = 0.92
"""How alike two names must be (1: the same words) for their listings to be worth a person's look."""
MANY_NAMES = 3
"""Names that two entries for one person share where the day of birth is not known, or one of them has it wrong."""
RARE = 12
"""A word that so many names at most bear brings together names that may be alike."""
LONG_ENOUGH = 4
"""Letters that such a word has at least."""
_BRACKETS = re.compile(r"\([^)]*\)")
AT_FIRST = datetime(1, 1, 1)
KEY = ("listing_id", "other_id", "rule")
Override = tuple[str, str, bool, str]
"""What a person has decided: two ids, whether they are one party, and the reason."""


class _Pair(NamedTuple):
    """Two ids that are weighed: the evidence in words, what is lacking, since when both had it; ``rank``: low ones first."""

    a: str
    b: str
    rule: str
    evidence: str
    lack: str | None
    since: datetime | None
    rank: tuple[float, ...] = ()
    are_births_sure: bool = True


@dataclass
class _Parties:
    """Listings joined so far: a forest of ids, and per root its members and registry actor."""

    listings: Mapping[str, Listing]
    apart: set[frozenset[str]]
    parent: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    """Of an actor of the registry a listing that it is."""

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

    def name(self, listing_id: str, actor_id: str) -> None:
        """Take a party for an actor of the registry, with all that are it already."""
        self.join(listing_id, self.bearers.setdefault(actor_id, listing_id))
        self.actors[self.root(listing_id)] = actor_id

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

    def registry_objection(self, listing_id: str, actor_id: str, is_exact: bool) -> str | None:
        """Why a party cannot be an actor of the registry, or one party with those that are.

        ``is_exact``: whether it is by its primary name, or by another word for word.
        """
        if any(frozenset((x, actor_id)) in self.apart for x in self.group(listing_id)):
            return "they are kept apart by an override"
        held = self.actors.get(self.root(listing_id))
        if held not in (None, actor_id):
            return f"it is {held} by another name"
        bearer = self.bearers.get(actor_id)
        if bearer is None:
            return None
        one, other = self.listings[listing_id], self.listings[bearer]
        is_of_group = not is_exact and one.primary != other.primary
        return self.objection(listing_id, bearer) or (f"{bearer} is it, and this one {_IS_OF_GROUP}" if is_of_group else None)


def decisions(compared: Facts, overrides: Sequence[Override], precedence: Mapping[str, int]) -> pl.DataFrame:
    """Rows of ``core.party_decisions``; arguments as for ``decided``."""
    frame = pl.DataFrame(decided(compared, overrides, precedence), schema=table("core.party_decisions").polars, orient="row")
    return frame.unique(KEY, keep="first", maintain_order=True).sort(KEY)


def decided(compared: Facts, overrides: Sequence[Override], precedence: Mapping[str, int]) -> list[dict[str, Any]]:
    """What is decided, a row for each reason: of several of one ``KEY`` the first counts.

    Args:
        compared: the facts of all listings.
        overrides: two listing ids (or a listing and an actor of the registry), whether they are one party, and the reason.
        precedence: per list its rank: a party has the id of its listing on the list of the lowest rank.
    """
    listings = as_persons(compared.listings)
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

    def weigh(pairs: Iterable[_Pair]) -> None:
        for pair in pairs:
            objection = parties.objection(pair.a, pair.b, are_births_sure=pair.are_births_sure) or pair.lack
            if objection is None:
                parties.join(pair.a, pair.b)
            if pair.rule != "alike" or objection is None or _likeness(listings[pair.a].name, listings[pair.b].name) >= ALIKE:
                note(pair.a, pair.b, pair.rule, pair.evidence, objection, pair.since)

    for a, b, is_same, reason in sorted(overrides):
        if a not in listings or (":" in b and b not in listings):
            continue  # a listing that is not known yet; the ids of the registry have no colon
        if not is_same:
            note(a, b, "override", reason, "a person has decided that they are two")
        elif b in listings:
            parties.join(a, b)
            note(a, b, "override", reason, None)
        else:
            parties.name(a, b)
            note(a, b, "override", reason, None)
    for listing in listings.values():
        if listing.actor_id in listings and listing.actor_id != listing.listing_id:
            parties.join(listing.listing_id, listing.actor_id)
            note(listing.listing_id, listing.actor_id, "reissue", "the list gave the party another id", None)
    weigh(of_one_id(listings))
    by_number = sharing_identifiers(compared.identifiers, listings)
    weigh(sorted(by_number, key=lambda p: (-_likeness(listings[p.a].name, listings[p.b].name), p.a, p.b)))
    of_registry = in_registry(listings.values())
    for pair in sorted(of_registry, key=lambda p: (p.rank, precedence.get(listings[p.a].list_id, len(precedence)), p.a, p.b)):
        objection = parties.registry_objection(pair.a, pair.b, is_exact=pair.rank[0] < 2 or not pair.rank[1])
        if objection is None:
            parties.name(pair.a, pair.b)
        is_of_group = objection is not None and objection.endswith((_IS_BESIDE, _IS_OF_GROUP))
        note(pair.a, pair.b, "group" if is_of_group else "registry", pair.evidence, objection, pair.since)
    by_name = [*sharing_names(listings), *alike(listings)]
    weigh(sorted(by_name, key=lambda p: (p.lack is not None, p.rank, p.a, p.b)))

    def actor_of(listing_id: str) -> str:
        known = parties.actors.get(parties.root(listing_id))
        if known is not None:
            return known
        group = parties.group(listing_id)
        first = min(group, key=lambda i: (precedence.get(listings[i].list_id, len(precedence)), len(i), i))
        # the listing that stands for a re-issued one keeps the actor that the list's own history gave it
        return listings[first].actor_id if len(group) > 1 else listings[listing_id].actor_id

    rows = [row | {"actor_id": actor_of(row["listing_id"])} for row in found]
    # what is of a group by one name and the same party by another is the same party
    return [row for row in rows if row["rule"] != "group" or row["actor_id"] != row["other_id"]]


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


@cache
def _likeness(a: str, b: str) -> float:
    """How alike the distinctive words of two names are, whatever their order: 0 to 1."""
    one, other = (" ".join(distinctive_words(name)) for name in (a, b))
    return fuzz.token_sort_ratio(one, other) / 100


def precedence_of_lists() -> dict[str, int]:
    """Per list its rank: a party on several has its id on the first."""
    return {list_id: rank for rank, list_id in enumerate(lists()["list_id"])}


# what speaks for and against ------------------------------------------------------------------------------------------------

_IS_BESIDE = "has an entry of its own for each"
_IS_OF_GROUP = "has another name of it"


def _difference(a: Listing, b: Listing, are_births_sure: bool = True) -> str | None:
    """What makes two listings two parties, whatever they share; None where nothing does."""
    is_of_one_list = a.list_id == b.list_id and a.list_id in ONE_ID_PER_PARTY and a.actor_id != b.actor_id
    if is_of_one_list and not _are_twice_listed(a, b):
        return f"{a.list_id} {_IS_BESIDE}"
    if a.party_type != b.party_type:
        return f"one is {_article(a.party_type)}, the other {_article(b.party_type)}"
    is_of_one_section = a.section == b.section and a.list_id not in RECORDS and a.actor_id != b.actor_id
    if is_of_one_section and not is_of_one_list and not _have_one_name(a, b):
        return f"{a.section} {_IS_BESIDE}"
    for scheme in a.numbers.keys() & b.numbers.keys():
        if a.numbers[scheme].isdisjoint(b.numbers[scheme]):
            return f"they have different numbers ({scheme})"
    if are_births_sure and _birth(a, b) == "other" and not _are_listed_together(a, b):
        return "their dates of birth exclude each other"
    return None


def _are_listed_together(a: Listing, b: Listing) -> bool:
    """Whether two states listed within a month a person of one long name, country and age: one is wrong on the birth."""
    if a.list_id == b.list_id or a.primary != b.primary or not _is_long(a.primary) or not a.countries & b.countries:
        return False
    if a.valid_from is None or b.valid_from is None or abs(a.valid_from - b.valid_from) > timedelta(days=31):
        return False
    return any(abs(x[0] - y[0]) <= timedelta(days=10 * 366) for x, y in product(a.births, b.births))


def _are_twice_listed(a: Listing, b: Listing) -> bool:
    """Whether a party has two ids: taken off and listed again, or a person whom two programs listed.

    That is the same name and a place over times that do not meet, or the same long name and the same day of birth, or the same
    year and other names besides.
    """
    is_named_so = a.primary is not None and (a.primary in b.keys or b.primary in a.keys) and a.party_type == b.party_type
    if is_named_so and (_is_after(a, b) or _is_after(b, a)):
        return not a.places.isdisjoint(b.places) and (a.party_type != "person" or _is_long(a.primary) or _birth(a, b) == "same")
    is_one_person = a.party_type == "person" == b.party_type and a.primary == b.primary and _is_long(a.primary)
    if is_one_person and a.list_id in ID_BY_REGIME and _regime(a) != _regime(b):
        return _birth(a, b) == "same"
    has_many_names = len(a.keys.keys() & b.keys.keys()) >= MANY_NAMES and _birth(a, b) == "same"
    return is_one_person and (_is_same_day(a, b) or has_many_names)


def _regime(x: Listing) -> str:
    """What an id begins with on a list of several regimes: ``SOi`` of ``SOi.002``, ``IRN`` of ``IRN0054``."""
    return x.listing_id.partition(":")[2].rstrip("0123456789.")


def _is_after(later: Listing, earlier: Listing) -> bool:
    """Whether an entry took the place of another: it began before the other ended, or after, and goes on."""
    if later.valid_from is None or earlier.valid_to is None:
        return False
    goes_on = later.valid_to is None or later.valid_to > earlier.valid_to
    is_begun_later = earlier.valid_from is not None and earlier.valid_from < later.valid_from
    return earlier.valid_to <= later.valid_from or (goes_on and is_begun_later)


def _have_one_name(a: Listing, b: Listing) -> bool:
    """Whether entries of one section are one party: one for each destination, or for each other name as the list itself says."""
    is_long_person = a.party_type == "person" and _is_long(a.primary) and _is_long(b.primary)
    if a.list_id in LISTED_BY_REGIME and (a.primary == b.primary or (is_long_person and sound_of(a) == sound_of(b))):
        return True
    one, other = (_as_spelt(x.name) for x in (a, b))
    if one == other or not a.addresses.isdisjoint(b.addresses):
        return True
    # the Entity List names an older entry as another name of a newer one
    is_named_so = any(x.primary in y.keys and len(distinctive_words(x.name)) > 1 for x, y in ((a, b), (b, a)))
    return a.list_id in AMENDED and is_named_so and bool(a.countries & b.countries)


@cache
def _as_spelt(name: str) -> tuple[str, ...]:
    """The words of a name, its legal form too, in whatever order."""
    return tuple(sorted(_SHORT_FORMS.get(w, w) for w in words(without_acronym(name))))


_SHORT_FORMS = {"limited": "ltd", "company": "co", "corporation": "corp", "incorporated": "inc"}


def _article(party_type: str) -> str:
    return f"an {party_type}" if party_type[0] in "ae" else f"a {party_type}"


def _birth(a: Listing, b: Listing) -> str | None:
    """Whether the dates of birth of two are the same, near (a slip of the pen) or other; None where one has none."""
    if not a.births or not b.births:
        return None
    pairs = [*product(a.births, b.births)]
    if any(_overlap(x, y) for x, y in pairs):
        return "same"
    share_names = len(a.keys.keys() & b.keys.keys()) >= MANY_NAMES and any(x[0].year == y[0].year for x, y in pairs)
    return "near" if share_names or any(_is_slip(x, y) for x, y in pairs) else "other"


def _overlap(x: tuple[date, date], y: tuple[date, date]) -> bool:
    return x[0] < y[1] and y[0] < x[1]


def _is_slip(x: tuple[date, date], y: tuple[date, date]) -> bool:
    """Whether two days differ in one of day, month and year or in their order, or a vague date by a few years.

    The first of January stands for a year whose day nobody knows.
    """
    if _is_day(x) and _is_day(y):
        if x[0].year == y[0].year and (1, 1) in {(d.month, d.day) for d in (x[0], y[0])}:
            return True
        (p, q), same = (x[0], y[0]), [x[0].day == y[0].day, x[0].month == y[0].month, x[0].year == y[0].year]
        return sum(same) >= 2 or (same[2] and (p.day, p.month) == (q.month, q.day))
    return max(x[0] - y[1], y[0] - x[1]) <= timedelta(days=5 * 366)


def _is_day(x: tuple[date, date]) -> bool:
    return x[1] - x[0] <= timedelta(days=1)


def _is_same_day(a: Listing, b: Listing) -> bool:
    return any(_is_day(x) and x == y for x, y in product(a.births, b.births))


def _is_long(key: str | None) -> bool:
    """Whether the name of a person has three words: one of two is shared by many."""
    return key is not None and len(key.split()) >= 3


def _are_of_one_act(a: Listing, b: Listing) -> bool:
    """Whether both are in one notice (of the same day on one list), or one list repeats the other."""
    if a.list_id == b.list_id:
        return a.valid_from is not None and a.valid_from == b.valid_from
    return (a.list_id, b.list_id) in _mirrors() or (b.list_id, a.list_id) in _mirrors()


@cache
def _mirrors() -> frozenset[tuple[str, str]]:
    return frozenset(list_mirrors().select("mirror_list_id", "list_id").iter_rows())


def _countries_of(places: Iterable[str]) -> set[str]:
    return {place for place in places if place.isupper()}


class _Weighed(NamedTuple):
    """What is lacking for two of one name to be one party, and on what it rests that they are."""

    lack: str | None
    by_place: frozenset[str] = frozenset()
    by_birth: bool = False


def _weighed(a: Listing, b: Listing, *, are_primary: bool, is_long: bool, is_alone: bool, n_states: int) -> _Weighed:
    """Whether two listings of one name, or nearly one, are one party.

    ``are_primary``: it is the primary name of both. ``is_long``: it tells: three words of a person's, of a firm's one that is not
    generic. ``is_alone``: nobody else on either list bears it so. ``n_states``: parties of different countries that bear it.
    """
    mine, others = _countries_of(a.places), _countries_of(b.places)
    are_elsewhere = bool(mine and others) and mine.isdisjoint(others)
    near = frozenset() if are_elsewhere else a.places & b.places
    where = " and ".join(", ".join(sorted(x.places)) or "unknown" for x in (a, b))
    if a.party_type == "person":
        birth = _birth(a, b)
        if birth == "same" and (near or is_long or (_is_same_day(a, b) and not are_elsewhere) or _are_of_one_act(a, b)):
            return _Weighed(None, by_birth=True)
        if are_elsewhere:
            return _Weighed(f"their countries differ: {where}")
        if birth == "near":
            is_enough = bool(near) and (is_long or is_alone)
            return _Weighed(None if is_enough else "their dates of birth differ, and little else is in common", near)
        if is_long and not is_alone:
            return _Weighed("one of the lists has two persons of that name")
        if near and (is_long or is_alone):
            return _Weighed(None, frozenset() if are_primary and is_long else near)
        if _are_of_one_act(a, b) or (is_long and are_primary):
            return _Weighed(None)
        return _Weighed("a name of two words is borne by many, and no date of birth is in common")
    if stated := a.countries & b.countries:
        if are_primary or is_alone:
            return _Weighed(None, frozenset() if are_primary and is_long and n_states <= 1 else stated)
        return _Weighed("one of the lists has an entry of that name besides")
    if a.list_id == b.list_id and are_primary and (a.party_type == "entity" or a.list_id in RECORDS):
        return _Weighed(None)
    if are_elsewhere and a.countries and b.countries:
        return _Weighed(f"their countries differ: {where}")
    if _countries_of(near) and is_alone and (are_primary or is_long):
        return _Weighed(None, near)
    if a.party_type != "entity":
        return _Weighed("ships and aircraft share names, and no number or country is in common")
    if n_states > 1 and not (are_primary and near and is_alone):
        return _Weighed("parties of several countries bear the name, and a country is not known")
    if are_elsewhere:
        # one of them has no country but that of the regulation that lists it
        is_enough = are_primary and is_long and is_alone
        return _Weighed(None if is_enough else f"their countries differ: {where}")
    if is_alone and ((are_primary and (is_long or near)) or (is_long and near)):
        return _Weighed(None, near)
    if are_primary and is_long:
        return _Weighed(None)
    if not is_long:
        return _Weighed("the name is of generic words or a single one, and a country is not known")
    return _Weighed("an alias alone is the same, and a country is not known")


def _since(a: Listing, b: Listing, weighed: _Weighed, named: datetime | None) -> datetime | None:
    """Since when two had in common what they are joined by."""
    moments = [] if named is None else [named]
    if a.list_id == b.list_id and a.list_id in ONE_ID_PER_PARTY:
        moments += [x.ended_since for x in (a, b) if x.ended_since is not None]
    if weighed.by_place:
        moments.append(min(max(a.placed_since[p], b.placed_since[p]) for p in weighed.by_place))
    if weighed.by_birth:
        born = product(zip(a.births, a.born_since, strict=True), zip(b.births, b.born_since, strict=True))
        moments.append(min(max(s, t) for (x, s), (y, t) in born if _overlap(x, y)))
    return max(moments, default=None)


# who shares what ------------------------------------------------------------------------------------------------------


def of_one_id(listings: Mapping[str, Listing]) -> Iterator[_Pair]:
    """Pairs of listings on lists that share their ids."""
    for space in ONE_ID_SPACE:
        for one, other in combinations(sorted(space), 2):
            for listing_id in listings:
                list_id, _, native_id = listing_id.partition(":")
                if list_id == one and (twin := f"{other}:{native_id}") in listings:
                    text = f"same id {native_id} of one publisher"
                    yield _Pair(listing_id, twin, "identifier", text, None, None, are_births_sure=False)


def sharing_identifiers(identifiers: Sequence[Identifier], listings: Mapping[str, Listing]) -> Iterator[_Pair]:
    """Pairs of listings with a strong identifier in common: of ``Facts.identifiers``, in their order."""
    for (scheme, key), rows in groupby(identifiers, key=lambda row: (row[1], row[2])):
        holders = list(rows)
        if len(holders) > MOST_SHARING:
            continue
        # a number means something within the country that gave it
        for one, other in combinations(sorted(holders, key=lambda h: (h[0], h[3] or "", h[4])), 2):
            a, b = listings[one[0]], listings[other[0]]
            agree = one[3] == other[3] or None in (one[3], other[3])
            if a != b and agree and _may_be_one(a, b):
                text = f"same {scheme.replace('_', ' ')} {key}"
                # whose papers and name are the same is one person, whatever one of the lists writes of the birth
                is_named_so = a.primary in b.keys or b.primary in a.keys
                since = max(one[4], other[4])
                yield _Pair(a.listing_id, b.listing_id, "identifier", text, None, since, are_births_sure=not is_named_so)


def _sharing(
    listings: Mapping[str, Listing], of: Callable[[Listing], Iterable[str]], most: int
) -> Iterator[tuple[str, list[Listing]]]:
    """What listings of one type are found by, in order, and these."""
    found: dict[tuple[str, str], list[Listing]] = defaultdict(list)
    for listing in listings.values():
        for key in of(listing):
            found[listing.party_type, key].append(listing)
    for by in sorted(by for by, held in found.items() if 2 <= len(held) <= most):
        yield by[1], found[by]


def sharing_names(listings: Mapping[str, Listing]) -> Iterator[_Pair]:
    """Pairs of one type with a strong name in common, primary on one side at least, what is lacking, and since when."""
    for key, held in _sharing(listings, lambda x: x.keys, MOST_SHARING):
        n_states = _states(held)
        for a, b in combinations(held, 2):
            if not _may_be_one(a, b) or key not in (a.primary, b.primary):
                continue
            are_primary = a.primary == b.primary
            name = a.name if key == a.primary else b.name
            weighed = _weighed(
                a,
                b,
                are_primary=are_primary,
                is_long=_is_long(key) if a.party_type == "person" else is_distinctive(without_acronym(name)),
                is_alone=not _rivals(a, key, held) and not _rivals(b, key, held),
                n_states=n_states,
            )
            text = f"same name {name!r} and type"
            if common := a.places & b.places:
                text += f", in common: {', '.join(sorted(common))}"
            since = _since(a, b, weighed, max(a.keys[key], b.keys[key]))
            is_other = _as_spelt(a.name) != _as_spelt(b.name)
            rank = (not weighed.by_birth, not are_primary, is_other, -_likeness(a.name, b.name), not a.countries & b.countries)
            yield _Pair(a.listing_id, b.listing_id, "name", text, weighed.lack, since, rank)


def _rivals(x: Listing, key: str, held: Iterable[Listing]) -> bool:
    """Whether another entry of a listing's section bears a name as much as it does: as its primary name, or as one of several."""

    def is_rival(y: Listing) -> bool:
        if y.section != x.section or y.actor_id == x.actor_id or (key == x.primary != y.primary):
            return False
        if x.list_id in RECORDS or (_are_twice_listed(x, y) if x.list_id in ONE_ID_PER_PARTY else _have_one_name(x, y)):
            return False
        return x.list_id in ONE_ID_PER_PARTY or y.primary != x.primary

    return any(is_rival(y) for y in held)


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


def alike(listings: Mapping[str, Listing]) -> Iterator[_Pair]:
    """Pairs of listings of different sections whose primary names are nearly the same."""
    seen = set()
    for _, held in _sharing(listings, _looked_up_by, RARE):
        for a, b in combinations(held, 2):
            pair = (a.listing_id, b.listing_id)
            at_one_address = not a.addresses.isdisjoint(b.addresses)
            if (a.section == b.section and not at_one_address) or pair in seen or a.primary == b.primary:
                continue
            if None in (key_of(a.name, a.party_type), key_of(b.name, b.party_type)):
                continue  # of a short name each letter counts
            seen.add(pair)
            likeness = _likeness(a.name, b.name)
            if not _are_spelt_alike(a, b) or _birth(a, b) == "other":
                if likeness >= ALIKE and not _difference(a, b):
                    since = _by_another_name(a, b)
                    lack = "it is not the same name" if since is None else None
                    yield _Pair(
                        *pair, "alike", "names are alike and type is the same", lack, since, (True, True, True, -likeness)
                    )
                continue
            n_words = min(len(distinctive_words(x.name)) for x in (a, b))
            is_long = n_words >= 3 if a.party_type == "person" else True
            weighed = _weighed(a, b, are_primary=True, is_long=is_long, is_alone=is_long or at_one_address, n_states=1)
            is_told = weighed.by_birth or _countries_of(a.places & b.places) or (a.party_type == "entity" and n_words >= 4)
            if weighed.lack is None and not is_told:
                weighed = _Weighed("the names are spelt otherwise, and no country or date of birth is in common")
            since = _since(a, b, weighed, None)
            rank = (not weighed.by_birth, True, True, -likeness)
            yield _Pair(*pair, "alike", "names are spelt alike and type is the same", weighed.lack, since, rank)


def _by_another_name(a: Listing, b: Listing) -> datetime | None:
    """Since when two have another name and a country in common; None where they do not."""
    names, places = a.keys.keys() & b.keys.keys(), _countries_of(a.places & b.places)
    if not names or not places:
        return None
    named = min(max(a.keys[n], b.keys[n]) for n in names)
    return max(named, min(max(a.placed_since[p], b.placed_since[p]) for p in places))


def _looked_up_by(x: Listing) -> list[str]:
    """By what a person or firm whose name is spelt otherwise is found: words of the primary name, and the sound of all."""
    if x.party_type not in ("person", "entity"):
        return []
    found = _spelling(x.name)
    return [*{w for w in found if len(w) >= LONG_ENOUGH}, sound_of(x)]


def sound_of(x: Listing) -> str:
    """How the words of a primary name sound, whatever their order."""
    return _sound_of(x.name)


@cache
def _sound_of(name: str) -> str:
    return " ".join(sorted(map(_sound, _spelling(name))))


@cache
def _spelling(name: str) -> tuple[str, ...]:
    """The words of a name that are compared letter by letter: without acronyms in brackets."""
    return distinctive_words(_BRACKETS.sub(" ", name)) or distinctive_words(name)


@cache
def _sound(word: str) -> str:
    return consonants(word).lstrip("aeiou")


def _are_spelt_alike(a: Listing, b: Listing) -> bool:
    """Whether each word of one name is a word of the other in another spelling; numbers and single letters are what they are.

    An initial of a person that the other name lacks does not count.
    """
    one, other = ([*_spelling(x.name)] for x in (a, b))
    if a.party_type == "person" and len(one) != len(other) and 1 not in {len(w) for w in min(one, other, key=len)}:
        one, other = ([w for w in words if len(w) > 1] for words in (one, other))
    if len(one) != len(other):
        return a.party_type == "entity" and "".join(one) == "".join(other)
    for word in one:
        likest = min(other, key=lambda w: (OSA.distance(word, w), w))
        if not _is_spelling(word, likest, a.party_type):
            return False
        other.remove(likest)
    return True


def _is_spelling(a: str, b: str, party_type: str) -> bool:
    if a == b:
        return True
    if min(len(a), len(b)) < 4 or not (a + b).isalpha():
        return False
    if party_type == "entity":
        # Hunan is not Henan
        is_ending = (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 2
        return min(len(a), len(b)) >= 6 and (is_ending or OSA.distance(a, b) <= 1)
    return (_sound(a) == _sound(b) and len(_sound(a)) >= 2) or OSA.distance(a, b) <= (1 if min(len(a), len(b)) < 8 else 2)


def _may_be_one(a: Listing, b: Listing) -> bool:
    """Whether it is worth asking: of a list that gives each party one id, no two."""
    return a.list_id != b.list_id or a.list_id not in ONE_ID_PER_PARTY or _are_twice_listed(a, b)


class _Registry(NamedTuple):
    """Actors of the registry that may be listed: by id, by type of party and what a name is compared by, and by short name."""

    known: Mapping[str, Mapping[str, Any]]
    names: Mapping[tuple[str, str], Mapping[str, int]]
    shorts: Mapping[tuple[str, str], str]
    words: Mapping[str, frozenset[tuple[str, ...]]]


@cache
def _registry() -> _Registry:
    kinds = {"firm": "entity", "body": "entity", "person": "person"}
    # of some there is nothing but a name, which others have too ("Sergei Ivanov")
    is_told_apart = ~pl.col("actor_id").is_in(registry.known_by_name())
    actors = registry.actors().filter(pl.col("kind").is_in(list(kinds)), is_told_apart)
    known = {row["actor_id"]: row for row in actors.iter_rows(named=True)}
    aliases = registry.aliases().filter(pl.col("scheme") == "surface").select("alias", "actor_id").iter_rows()
    every = [*((row["name"], row["actor_id"], 0) for row in known.values()), *((*alias, 1) for alias in aliases)]
    names: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    shorts, spelt = {}, defaultdict(set)
    for name, actor_id, rank in every:
        if actor_id in known:
            party_type = kinds[known[actor_id]["kind"]]
            if key := key_of(name, party_type):
                names[party_type, key].setdefault(actor_id, rank)
            spelt[actor_id].add(distinctive_words(name))
            if (plain := _short(name)) and known[actor_id]["kind"] == "firm":
                shorts[plain, known[actor_id]["country_id"]] = actor_id
    return _Registry(known, names, shorts, {actor_id: frozenset(found) for actor_id, found in spelt.items()})


def namesakes(x: Listing) -> Iterator[str]:
    """Actors of the registry with a name of a listing, of whatever country: more than it can be."""
    _, names, shorts, _ = _registry()
    for key in x.keys:
        yield from names.get((x.party_type, key), ())
    for short, country in product(filter(None, map(_short, x.names)), x.placed_since):
        if (firm := shorts.get((short, country))) is not None:
            yield firm


def in_registry(listings: Iterable[Listing]) -> Iterator[_Pair]:
    """Listings with the name, the type and the country of an actor of the registry; those with its own name come first."""
    known, names, shorts, spelt = _registry()
    for listing in listings:
        for key, since in sorted(listing.keys.items()):
            is_primary = key == listing.primary
            # another name of a listing is no proof that it is a ministry or an army
            bearers = {
                actor_id: rank
                for actor_id, rank in names.get((listing.party_type, key), {}).items()
                if is_primary or known[actor_id]["kind"] != "body"
            }
            if not bearers:
                continue
            of_actor = {a: ONE_CHINA.get(known[a]["country_id"], known[a]["country_id"]) for a in bearers}
            places = listing.countries or _countries_of(listing.places)
            found = {a for a, country in of_actor.items() if country in places}
            text = f"same name {listing.name!r}, type and country as in the registry of actors"
            is_enough = _is_long(key) if listing.party_type == "person" else is_distinctive(listing.name)
            if not places and is_enough:
                found = set(bearers)
                text = f"same name {listing.name!r} and type as in the registry of actors; no country of the listing is known"
            if len(found) == 1:
                (actor_id,) = found
                if places and not (is_enough and len(bearers) == 1):
                    since = max(since, listing.placed_since[of_actor[actor_id]])
                exact = {distinctive_words(n) for n in listing.names} & spelt[actor_id]
                rank = (bearers[actor_id] + 2 * (not is_primary), not exact)
                yield _Pair(listing.listing_id, actor_id, "registry", text, None, since, rank)
        if listing.party_type == "entity":
            short_names = sorted(name for name in listing.names if _short(name))
            for name, country in product(short_names, sorted(listing.countries)):
                if (firm := shorts.get((_short(name) or "", country))) is not None:
                    text = f"short name {name!r} and country of a firm of the registry of actors"
                    since = max(listing.named_since.get(name, listing.since), listing.placed_since[country])
                    yield _Pair(listing.listing_id, firm, "registry", text, None, since, (4, name != listing.name))


@cache
def _short(name: str) -> str | None:
    """A name that is one short word, as firms are called in short (DJI); None for others."""
    found = distinctive_words(name)
    return found[0] if len(found) == 1 and 3 <= len(found[0]) <= 5 and not found[0].isdigit() else None
