"""Decisions on parties after some listings changed: these and what they touch are decided anew, all others stand.

What is decided of two listings follows from their facts, from those of all that share what they share, and from the parties that
both are of. So it can be another decision only where one of these changed. The rules are those of ``parties``; what comes of both
ways is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.contract import Earlier
from assets.sanctions import parties
from assets.sanctions.parties import ONE_ID_SPACE, OVERRIDES, Override, Pairs, grouped, shared
from assets.sanctions.party_facts import READ, Facts, as_listings, facts
from assets.sanctions.reading.names import transliterations
from assets.sanctions.targets import Rows, evidence, folded_names

TABLES = ("party_decisions", "target_evidence", "transliterations")
"""What is made across the lists: the decisions, the evidence of a party's state, and how names are read that are compared."""
FACTS_KEPT, NAMES_KEPT = ("party_facts", "party_identifiers"), "party_names_folded"
KEPT = (*FACTS_KEPT, NAMES_KEPT)
"""What is kept for the next time: the frames of ``Facts``, and names with what they are compared by."""
MOST_RENEWED = 0.3
"""Share of the listings that may be touched; of more, all are decided."""


def decide(rows: Rows) -> dict[str, pl.DataFrame]:
    """Decide which listings are one party, from all core tables of the room; and keep what ``renew`` compares the next time."""
    compared = facts(rows)
    made = parties.decisions(compared, parties.read_overrides(OVERRIDES), parties.precedence_of_lists())
    return _made(rows, made, compared, folded_names(rows)) | {"transliterations": transliterations()}


def renew(rows: Rows, earlier: Earlier) -> dict[str, pl.DataFrame]:
    """What ``decide`` gives of these rows, from what it gave of earlier ones; without the tables that are as they were."""
    touched = touched_by(earlier)
    before = Facts(*(earlier.made(name) for name in FACTS_KEPT))
    if len(touched) > before.listings.height * MOST_RENEWED:
        return decide(rows)
    now = before.with_those(touched, facts(rows, touched))
    rules = parties.read_overrides(OVERRIDES), parties.precedence_of_lists()
    made = renewed(before, now, touched, earlier.made("party_decisions"), *rules)
    return _made(rows, made, now, folded_names(rows, earlier.made(NAMES_KEPT)))


def _made(rows: Rows, decisions: pl.DataFrame, compared: Facts, folded: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {
        "party_decisions": decisions,
        "target_evidence": evidence(rows, decisions, folded),
        **dict(zip(FACTS_KEPT, (compared.listings, compared.identifiers), strict=True)),
        NAMES_KEPT: folded,
    }


def touched_by(earlier: Earlier) -> set[str]:
    """The listings of which a row that is compared is new, or gone."""
    found: set[str] = set()
    for name, columns in READ.items():
        gone, new = pl.collect_all([part.select(columns) for part in earlier.differing(name)])
        for one, other in ((gone, new), (new, gone)):
            if one.height:
                found.update(one.join(other, on=columns, how="anti", nulls_equal=True)["listing_id"])
    return found


def renewed(
    before: Facts,
    now: Facts,
    touched: Collection[str],
    made: pl.DataFrame,
    overrides: Sequence[Override],
    precedence: Mapping[str, int],
) -> pl.DataFrame:
    """Rows of ``core.party_decisions`` of all listings, as ``parties.decisions`` gives them.

    Args:
        before: the facts of all listings when ``made`` was decided.
        now: the same now.
        touched: the listings whose facts may be others.
        made: what was decided by the same rules of the facts before.
        overrides: as for ``parties.decisions``.
        precedence: as for ``parties.decisions``.
    """
    changed = _changed(before, now, touched)
    if not changed:
        return made
    both = (before, now)
    keys, words = (_BothTimes(*(f.lookup(column) for f in both)) for column in ("keys", "words"))
    identifiers = _BothTimes(before.identifiers, now.identifiers)
    first = changed | _of_one_publisher(changed) | _re_issued(changed, both)
    first |= keys.who_share_with(changed, parties.MOST_SHARING) | identifiers.who_share_with(changed, parties.MOST_SHARING)
    first |= words.who_share_what_is_rare_at_one_time(changed, parties.RARE)
    weighed = _Weighed(made, overrides)
    # not the actors that overrides name: they bind nothing together
    anew = weighed.all_of(first) & {i for f in both for i in f.listings["listing_id"]}

    rare = _with_one_of(anew, shared(words.after, parties.RARE))
    listings = {one.listing_id: one for one in as_listings(now.of(anew.union(rare["listing_id"])).listings)}
    alike = [pair for pair in parties.alike(grouped(rare, listings)) if not anew.isdisjoint(pair)]
    # a pair of names that are alike is told with the parties of both
    told = weighed.all_of(anew.union(*alike))
    named = _with_one_of(told, shared(keys.after, parties.MOST_SHARING))
    identified = _with_one_of(told, shared(identifiers.after, parties.MOST_SHARING))
    beside = told.union(named["listing_id"], identified["listing_id"]) - listings.keys()
    listings |= {one.listing_id: one for one in as_listings(now.of(beside).listings)}
    pairs = Pairs(
        [pair for pair in parties.sharing_identifiers(identified, listings) if told.issuperset(pair[:2])],
        [pair for pair in parties.sharing_names(grouped(named, listings)) if told.issuperset(pair[:2])],
        alike,
    )
    found = parties.decided({i: listings[i] for i in sorted(told & listings.keys())}, pairs, overrides, precedence)
    is_anew = pl.any_horizontal(pl.col("listing_id", "other_id").is_in(sorted(anew)))
    return pl.concat([made.filter(~is_anew), found.filter(is_anew)]).sort(parties.KEY)


def _changed(before: Facts, now: Facts, touched: Collection[str]) -> set[str]:
    """Of the listings that were touched, those that are compared by other facts than before."""
    found: set[str] = set()
    one, other = before.of(touched), now.of(touched)
    rows = [{row[0]: row for row in frame.iter_rows()} for frame in (one.listings, other.listings)]
    found.update(i for i in rows[0].keys() | rows[1].keys() if rows[0].get(i) != rows[1].get(i))
    identifiers = [set(frame.iter_rows()) for frame in (one.identifiers, other.identifiers)]
    return found.union(row[0] for row in identifiers[0] ^ identifiers[1])


def _of_one_publisher(changed: Collection[str]) -> set[str]:
    """Ids that would be the same party on other lists that share their ids."""
    split = [listing_id.partition(":") for listing_id in changed]
    return {
        f"{other}:{native_id}" for space in ONE_ID_SPACE for list_id, _, native_id in split if list_id in space for other in space
    }


def _re_issued(changed: Collection[str], both: Iterable[Facts]) -> set[str]:
    """The listings for which one of these stands after a new id, and those that stand for one of these."""
    found: set[str] = set()
    for f in both:
        names = f.listings.select("listing_id", "actor_id").filter(pl.col("listing_id") != pl.col("actor_id"))
        found.update(names.filter(pl.col("actor_id").is_in(sorted(changed)))["listing_id"])
        found.update(names.filter(pl.col("listing_id").is_in(sorted(changed)))["actor_id"])
    return found


def _with_one_of(ids: Collection[str], lookup: pl.DataFrame) -> pl.DataFrame:
    """The rows of what one of these listings is found by."""
    of_them = lookup.filter(pl.col("listing_id").is_in(sorted(ids))).select("kind", "key").unique()
    return lookup.join(of_them, on=["kind", "key"], how="semi", maintain_order="left")


@dataclass(frozen=True)
class _BothTimes:
    """By what listings are found (``listing_id``, ``kind``, ``key``), before and after."""

    before: pl.DataFrame
    after: pl.DataFrame

    def who_share_with(self, changed: Collection[str], most: int) -> set[str]:
        """All listings that are found by what one of these is or was found by, before or now, where it says something."""
        by = self._by_what(changed)
        return {i for lookup in (self.before, self.after) for i in shared(self._found(lookup, by), most)["listing_id"]}

    def who_share_what_is_rare_at_one_time(self, changed: Collection[str], most: int) -> set[str]:
        """The listings that are found by what was rare and is no longer, or is rare now and was not, because of these."""
        by = self._by_what(changed)
        found = [self._found(lookup, by) for lookup in (self.before, self.after)]
        is_rare = pl.len() <= most
        counted = [lookup.group_by("kind", "key").agg(is_rare.alias("is_rare")) for lookup in found]
        one, other = counted
        both = by.join(one, on=["kind", "key"], how="left").join(other, on=["kind", "key"], how="left", suffix="_now")
        # what nobody is found by is rare
        turned = both.filter(pl.col("is_rare").fill_null(True) != pl.col("is_rare_now").fill_null(True)).select("kind", "key")
        return {i for lookup in found for i in shared(self._found(lookup, turned), most)["listing_id"]}

    def _by_what(self, changed: Collection[str]) -> pl.DataFrame:
        of_them = pl.col("listing_id").is_in(sorted(changed))
        return pl.concat([f.filter(of_them).select("kind", "key") for f in (self.before, self.after)]).unique()

    @staticmethod
    def _found(lookup: pl.DataFrame, by: pl.DataFrame) -> pl.DataFrame:
        return lookup.join(by, on=["kind", "key"], how="semi")


class _Weighed:
    """Which listings were weighed against which: each pair of them has a row among the decisions."""

    def __init__(self, made: pl.DataFrame, overrides: Iterable[Override]) -> None:
        rows = made.filter(~pl.col("rule").is_in(["alike", "registry"])).select("listing_id", "other_id").iter_rows()
        self.others: dict[str, set[str]] = defaultdict(set)
        for a, b in [*rows, *((a, b) for a, b, *_ in overrides)]:
            self.others[a].add(b)
            self.others[b].add(a)

    def all_of(self, ids: Iterable[str]) -> set[str]:
        """These listings with all that were weighed against them, and against these, and so on."""
        found, waiting = set(ids), list(ids)
        while waiting:
            new = self.others.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found
