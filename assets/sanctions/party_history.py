"""Of which party a listing was, as it could be decided at each moment: what is asked as known then must not know better.

``parties.decisions`` decides by what is known now. Here the same is asked of what was known at every moment at which a fact that
it compares came or went, of each group of listings by itself: of those that ever shared what they are compared by. How rare a
word is, by which names that are spelt otherwise are looked up, is counted within the group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import polars as pl

from assets.sanctions import parties
from assets.sanctions.party_facts import Facts, Listing, facts
from assets.sanctions.reading.names import transliterations
from assets.sanctions.targets import Rows, evidence
from assets.schema import table

LISTINGS = "sanction_listings"
TABLES = ("party_decisions", "party_actors", "target_evidence", "transliterations")
"""What is made across the lists: the decisions, the party of each listing in known time, the evidence of a party's state, and how
names are read that are compared."""
_COMPARED = ("party_type", "name", "actor_id", "valid_from", "valid_to")
"""Columns of a listing's versions that are compared."""


def decide(rows: Rows) -> dict[str, pl.DataFrame]:
    """Decide which listings are one party, now and then, and what follows from it: ``TABLES``, from the tables of the domain."""
    decided = parties.decisions(facts(rows), parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists())
    of_party = actors(rows, decided)
    return dict(zip(TABLES, (decided, of_party, evidence(rows, of_party), transliterations()), strict=True))


def actors(rows: Rows, decisions: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``core.party_actors``.

    Args:
        rows: a core table (bare name) to all of its rows.
        decisions: rows of ``core.party_decisions``, of now.
    """
    details: set[str] = set()

    def ever(name: str) -> pl.LazyFrame:
        # the last details of a listing are those without an end: so all are
        details.add(name)
        return rows(name) if name == LISTINGS else rows(name).with_columns(pl.lit(None, pl.Datetime("us")).alias("known_to"))

    group_of = _groups(facts(ever), decisions)
    members = pl.DataFrame(list(group_of.items()), schema={"listing_id": pl.String, "group": pl.String}, orient="row")
    found = []
    for back, moments in sorted(_moments(rows, members, details - {LISTINGS}).partition_by("back", as_dict=True).items()):
        at = members.join(moments, on="group").select("listing_id", "moment")
        then = _as_known(rows, at)
        made = decisions if back == (0,) else _decisions_of_groups(facts(then), group_of)
        last = then(LISTINGS).sort("known_from").group_by("listing_id").agg(pl.col("actor_id").last().alias("own_id"))
        found.append(at.join(last.collect(), on="listing_id").join(_decided(made), on="listing_id", how="left"))
    return _intervals(found)


def _groups(ever: Facts, decisions: pl.DataFrame) -> dict[str, str]:
    """Of each listing the group of those with which it could be one party, by what they ever shared: the id of one of them.

    Args:
        ever: the facts with all that was ever stated.
        decisions: rows of ``core.party_decisions``, of now.
    """
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while (above := parent.get(one, one)) != one:
            one = above
        return one

    def join(one: str, other: str) -> None:
        if (a := root(one)) != (b := root(other)):
            parent[max(a, b)] = min(a, b)

    found_by: dict[tuple[str, str], list[str]] = defaultdict(list)
    for x in ever.listings.values():
        for key in {*x.keys, parties.sound_of(x)}:
            found_by[x.party_type, key].append(x.listing_id)
    for kind, key, listing_id in ever.identifiers.select("kind", "key", "listing_id").iter_rows():
        found_by[kind, key].append(listing_id)
    pairs: Iterable[tuple[str, str]] = (
        *(pair for ids in found_by.values() for pair in pairwise(ids)),
        *((x.listing_id, x.actor_id) for x in ever.listings.values()),
        *decisions.select("listing_id", "other_id").iter_rows(),
        *((pair.a, pair.b) for pair in parties.in_registry(ever.listings.values())),
        *((pair.a, pair.b) for pair in parties.of_one_id(ever.listings)),
        *((a, b) for a, b, *_ in parties.read_overrides(parties.OVERRIDES)),
    )
    for one, other in pairs:
        join(one, other)
    return {listing_id: root(listing_id) for listing_id in ever.listings}


def _moments(rows: Rows, members: pl.DataFrame, details: Iterable[str]) -> pl.DataFrame:
    """When what is compared of a group came or went: ``group``, ``moment``, ``back`` (0: the last)."""
    changed = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift().over("listing_id")) for c in _COMPARED)
    is_first = pl.col("known_from") == pl.col("known_from").min().over("listing_id")
    versions = rows(LISTINGS).sort("listing_id", "known_from").filter(changed | is_first)
    held = (
        versions.select("listing_id", pl.col("known_from").alias("moment")),
        *(
            rows(name).select("listing_id", pl.col(clock).alias("moment"))
            for name in sorted(details)
            for clock in ("known_from", "known_to")
        ),
    )
    found = pl.concat(held).drop_nulls().join(members.lazy(), on="listing_id").select("group", "moment").unique()
    back = pl.col("moment").rank("ordinal", descending=True).over("group").cast(pl.Int64) - 1
    return found.with_columns(back.alias("back")).collect()


def _as_known(rows: Rows, at: pl.DataFrame) -> Rows:
    """The core tables of some listings as known at the moment of each (``listing_id``, ``moment``)."""

    def then(name: str) -> pl.LazyFrame:
        known = rows(name).join(at.lazy(), on="listing_id").filter(pl.col("known_from") <= pl.col("moment"))
        until = pl.when(pl.col("known_to") <= pl.col("moment")).then("known_to")
        return known.with_columns(until.alias("known_to")).drop("moment")

    return then


def _decisions_of_groups(compared: Facts, group_of: Mapping[str, str]) -> pl.DataFrame:
    """Rows of ``core.party_decisions`` as decided of each group by itself."""
    rules = parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists()
    of_group: dict[str, dict[str, Listing]] = defaultdict(dict)
    for listing_id, listing in compared.listings.items():
        of_group[group_of[listing_id]][listing_id] = listing
    # one alone is its own party, but where the registry knows it
    alone = [one for listings in of_group.values() if len(listings) == 1 for one in listings.values()]
    known = {group_of[pair.a] for pair in parties.in_registry(alone)}
    asked = {group: listings for group, listings in of_group.items() if len(listings) > 1 or group in known}
    numbers = compared.identifiers.with_columns(
        pl.col("listing_id").replace_strict(group_of, return_dtype=pl.String).alias("group")
    ).partition_by("group", as_dict=True, include_key=False)
    none = compared.identifiers.clear()
    found = [parties.decisions(Facts(listings, numbers.get((group,), none)), *rules) for group, listings in asked.items()]
    return pl.concat([table("core.party_decisions").empty(), *found])


def _decided(decisions: pl.DataFrame) -> pl.DataFrame:
    """The actor of each listing that was decided to be of a party, and the actor of the registry that it is itself."""
    same = decisions.filter("is_same")
    others = same.filter(pl.col("rule") != "registry").select(pl.col("other_id").alias("listing_id"), "actor_id")
    registry = same.filter(rule="registry").select("listing_id", pl.col("other_id").alias("registry_id")).unique("listing_id")
    decided = pl.concat([same.select("listing_id", "actor_id"), others]).unique("listing_id")
    return decided.join(registry, on="listing_id", how="left")


def _intervals(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What was decided at moments, as rows that stand from one to the next; without listings that were always alone."""
    declared = table("core.party_actors")
    if not found:
        return declared.empty()
    decided = pl.concat(found).filter(pl.col("actor_id").is_not_null().any().over("listing_id"))
    said = decided.with_columns(pl.coalesce("actor_id", "own_id").alias("actor_id")).sort("listing_id", "moment")
    is_first = pl.col("moment") == pl.col("moment").min().over("listing_id")
    is_other = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift().over("listing_id")) for c in ("actor_id", "registry_id"))
    rows = said.filter(is_first | is_other).rename({"moment": "known_from"})
    return rows.with_columns(pl.col("known_from").shift(-1).over("listing_id").alias("known_to")).select(declared.polars.names())
