"""Of which party a listing was, as it could be decided at each moment: what is asked as known then must not know better.

``parties.decisions`` decides by what is known now. Here the same is asked of what was known at every moment at which a fact that
it compares came or went, of each group of listings by itself: of those that ever shared what they are compared by. How rare a
word is, by which names that are spelt otherwise are looked up, is counted within the group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

import polars as pl

from assets.sanctions import parties
from assets.sanctions.party_facts import DETAILS, Facts, as_persons, facts, strong_identifiers
from assets.sanctions.reading.names import transliterations
from assets.sanctions.targets import Rows, evidence
from assets.schema import table

LISTINGS = "sanction_listings"
TABLES = ("party_decisions", "party_actors", "target_evidence", "transliterations")
"""What is made across the lists: the decisions, the party of each listing in known time, the evidence of a party's state, and how
names are read that are compared."""
AT = "\x1f"
"""Between a listing's id and the moment at which it is looked at: it sorts before what an id is made of."""
_COMPARED = ("party_type", "name", "actor_id", "valid_from", "valid_to")
"""Columns of a listing's versions that are compared."""


def decide(rows: Rows) -> dict[str, pl.DataFrame]:
    """Decide which listings are one party, now and then, and what follows from it: ``TABLES``, from the tables of the domain."""
    compared = facts(rows)
    decided = parties.decisions(compared, parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists())
    of_party = actors(rows, compared, decided)
    return dict(zip(TABLES, (decided, of_party, evidence(rows, of_party), transliterations()), strict=True))


def actors(rows: Rows, compared: Facts, decisions: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``core.party_actors``, from the core tables, the facts of now and the rows of ``core.party_decisions``."""
    # the last details of a listing are those without an end: so all are
    ever = strong_identifiers(lambda name: rows(name).with_columns(known_to=pl.lit(None, pl.Datetime("us"))))
    group_of = _groups(compared, ever.collect(), decisions)
    members = pl.DataFrame(list(group_of.items()), schema={"listing_id": pl.String, "group": pl.String}, orient="row")
    at = members.join(_moments(rows, members), on="group").select("listing_id", "moment", "back")
    made = [decisions.with_columns(back=pl.lit(0, pl.Int64)), _decisions_then(rows, at.filter(pl.col("back") > 0), group_of)]
    own = rows(LISTINGS).join(at.lazy(), on="listing_id").filter(pl.col("known_from") <= pl.col("moment")).sort("known_from")
    last = own.group_by("listing_id", "moment", "back").agg(pl.col("actor_id").last().alias("own_id")).collect()
    return _intervals(last.join(_decided(pl.concat(made)), on=["listing_id", "back"], how="left"))


def _groups(compared: Facts, identifiers: pl.DataFrame, decisions: pl.DataFrame) -> dict[str, str]:
    """Of each listing that could be of a party with others or of the registry, by all that it ever stated, the group of these.

    ``identifiers``: the strong ones that listings ever had. ``decisions``: rows of ``core.party_decisions``, of now.
    """
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while (above := parent.get(one, one)) != one:
            one = above
        return one

    def join(one: str, other: str) -> None:
        if (a := root(one)) != (b := root(other)):
            parent[max(a, b)] = min(a, b)

    # most have had no names but those of now: these are compared by what was found of them already
    names = {i: frozenset((x.name, *x.named_since)) for i, x in compared.listings.items()}
    ever = as_persons({i: x if names[i] == x.names else replace(x, names=names[i]) for i, x in compared.listings.items()})
    found_by: dict[tuple[str, str], list[str]] = defaultdict(list)
    for x in ever.values():
        for key in {*x.keys, parties.sound_of(x)}:
            found_by[x.party_type, key].append(x.listing_id)
    for listing_id, kind, key in identifiers.select("listing_id", "kind", "key").iter_rows():
        found_by[kind, key].append(listing_id)
    pairs: Iterable[tuple[str, str]] = (
        *(pair for ids in found_by.values() for pair in pairwise(ids)),
        *((x.listing_id, x.actor_id) for x in ever.values()),
        *decisions.select("listing_id", "other_id").iter_rows(),
        *((x.listing_id, actor_id) for x in ever.values() for actor_id in parties.namesakes(x)),
        *((pair.a, pair.b) for pair in parties.of_one_id(ever)),
        *((a, b) for a, b, *_ in parties.read_overrides(parties.OVERRIDES)),
    )
    for one, other in pairs:
        join(one, other)
    # who is joined with nobody is always a party of its own
    return {i: root(i) for i in (*parent, *parent.values()) if i in ever}


def _moments(rows: Rows, members: pl.DataFrame) -> pl.DataFrame:
    """When what is compared of a group came or went: ``group``, ``moment``, ``back`` (0: the last)."""
    changed = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift().over("listing_id")) for c in _COMPARED)
    is_first = pl.col("known_from") == pl.col("known_from").min().over("listing_id")
    versions = rows(LISTINGS).sort("listing_id", "known_from").filter(changed | is_first)
    held = (
        versions.select("listing_id", pl.col("known_from").alias("moment")),
        *(rows(n).select("listing_id", pl.col(c).alias("moment")) for n in DETAILS for c in ("known_from", "known_to")),
    )
    found = pl.concat(held).drop_nulls().join(members.lazy(), on="listing_id").select("group", "moment").unique()
    back = pl.col("moment").rank("ordinal", descending=True).over("group").cast(pl.Int64) - 1
    return found.with_columns(back.alias("back")).collect()


def _decisions_then(rows: Rows, at: pl.DataFrame, group_of: Mapping[str, str]) -> pl.DataFrame:
    """Rows of ``core.party_decisions`` as decided of each group by itself at each of its moments, and ``back``.

    ``at``: listings (``listing_id``) and their moments (``moment``, ``back``). ``group_of``: the group of each.
    """

    def then(name: str) -> pl.LazyFrame:
        # a listing at a moment has an id of its own: all moments are read at once
        known = rows(name).join(at.lazy(), on="listing_id").filter(pl.col("known_from") <= pl.col("moment"))
        until = pl.when(pl.col("known_to") <= pl.col("moment")).then("known_to")
        listing_id = pl.concat_str("listing_id", "back", separator=AT)
        return known.with_columns(until.alias("known_to"), listing_id.alias("listing_id")).drop("moment", "back")

    rules = parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists()
    compared = facts(then)
    groups: dict[tuple[str, int], Facts] = defaultdict(lambda: Facts({}, []))
    for at_moment, listing in compared.listings.items():
        listing_id, _, back = at_moment.partition(AT)
        groups[group_of[listing_id], int(back)].listings[listing_id] = replace(listing, listing_id=listing_id)
    for at_moment, kind, number, country_id, since in compared.identifiers:
        listing_id, _, back = at_moment.partition(AT)
        groups[group_of[listing_id], int(back)].identifiers.append((listing_id, kind, number, country_id, since))
    # one alone is its own party, but where the registry knows it
    asked = {k: g for k, g in groups.items() if len(g.listings) > 1 or any(parties.in_registry(g.listings.values()))}
    found = [row | {"back": back} for (_, back), group in asked.items() for row in parties.decided(group, *rules)]
    schema = table("core.party_decisions").polars | {"back": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row").unique([*parties.KEY, "back"], keep="first", maintain_order=True)


def _decided(decisions: pl.DataFrame) -> pl.DataFrame:
    """The actor of each listing that was decided to be of a party, and the actor of the registry that it is itself."""
    same, key = decisions.filter("is_same"), ["listing_id", "back"]
    others = same.filter(pl.col("rule") != "registry").select(pl.col("other_id").alias("listing_id"), "back", "actor_id")
    registry = same.filter(rule="registry").select(*key, pl.col("other_id").alias("registry_id")).unique(key)
    decided = pl.concat([same.select(*key, "actor_id"), others]).unique(key)
    return decided.join(registry, on=key, how="left")


def _intervals(found: pl.DataFrame) -> pl.DataFrame:
    """What was decided at moments, as rows that stand from one to the next; without listings that were always alone."""
    declared = table("core.party_actors")
    decided = found.filter(pl.col("actor_id").is_not_null().any().over("listing_id"))
    said = decided.with_columns(pl.coalesce("actor_id", "own_id").alias("actor_id")).sort("listing_id", "moment")
    is_first = pl.col("moment") == pl.col("moment").min().over("listing_id")
    is_other = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift().over("listing_id")) for c in ("actor_id", "registry_id"))
    rows = said.filter(is_first | is_other).rename({"moment": "known_from"})
    return rows.with_columns(pl.col("known_from").shift(-1).over("listing_id").alias("known_to")).select(declared.polars.names())
