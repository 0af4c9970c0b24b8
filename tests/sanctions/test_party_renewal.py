"""Parties decided anew where something changed: the same as all decided anew, after any changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.sanctions import parties
from assets.sanctions.parties import decisions
from assets.sanctions.party_facts import facts
from assets.sanctions.party_renewal import renewed, touched_by
from tests.depth import examples
from tests.sanctions.test_parties import World

LISTS = ("us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "us_bis_entity_list", "cn_mofcom")
RANKS = {list_id: rank for rank, list_id in enumerate(LISTS)}
IDS = [f"{list_id}:QDe.00{n}" for list_id in LISTS for n in range(1, 4)]
NAMES = (
    "Wuhan Example Chemical",
    "Wuhan Example Chemicals",
    "Wuhan Sample Chemical Ltd",
    "Huawei Technologies Co., Ltd.",
    "Central Bank",
    "VAD, AO",
    "Wei Wang",
    "WANG, Wei",
    "Garcia Example, Maria Luisa",
    "Maria Luisa Garcia Exampel",
)
OVERRIDES = [
    (IDS[0], IDS[9], True, "court file"),
    (IDS[1], IDS[10], False, "two firms of one name"),
    (IDS[12], "CHN.HUAWEI", True, "its own word"),
]
YEAR = (date(1970, 1, 1), date(1971, 1, 1))


@dataclass(frozen=True)
class Listed:
    """A listing as a test draws it."""

    name: str
    party_type: str = "entity"
    aliases: tuple[str, ...] = ()
    country: str | None = "CHN"
    born: tuple[date, date] | None = None
    actor_id: str | None = None
    identifier: tuple[str, str] | None = None
    since: int = 1
    is_removed: bool = False


def world_of(held: Mapping[str, Listed]) -> World:
    world = World()
    for listing_id, one in held.items():
        before = {name: len(rows) for name, rows in world.rows.items()}
        identifiers: dict[str, str] = {} if one.identifier is None else dict([one.identifier])
        details = {"country": one.country, "aliases": one.aliases, "born": one.born, "actor_id": one.actor_id}
        world.listing(listing_id, one.name, one.party_type, **details, **identifiers)  # type: ignore[arg-type]
        for name, rows in world.rows.items():
            for row in rows[before[name] :]:
                row["known_from"] = datetime(2023, 1, one.since)
                if one.is_removed:
                    row["known_to"] = datetime(2023, 6, 1)
    return world


class Before:
    """What was read before beside what is read now."""

    def __init__(self, before: World, now: World) -> None:
        self.rows = before.read(), now.read()

    def made(self, name: str) -> pl.DataFrame:
        raise KeyError(name)

    def differing(self, table: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        one, other = self.rows
        return one(table), other(table)


def after(before: World, made: pl.DataFrame, now: World, overrides: Sequence[parties.Override] = OVERRIDES) -> pl.DataFrame:
    """What is decided now, from what was decided before; the facts of all listings with it are those of all rows."""
    touched = touched_by(Before(before, now))
    held = facts(before.read())
    whole = held.with_those(touched, facts(now.read(), touched))
    assert_frame_equal(whole.listings, facts(now.read()).listings)
    assert_frame_equal(whole.identifiers, facts(now.read()).identifiers)
    return renewed(held, whole, touched, made, overrides, RANKS)


LISTED = st.builds(
    Listed,
    st.sampled_from(NAMES),
    st.sampled_from(["entity", "entity", "person", "vessel"]),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple),
    st.sampled_from(["CHN", "HKG", "RUS", None]),
    st.sampled_from([None, YEAR, (date(1970, 3, 1), date(1970, 3, 2)), (date(1980, 1, 1), date(1981, 1, 1))]),
    st.sampled_from([None, None, None, *IDS[:4]]),
    st.sampled_from([None, ("passport", "AB12345"), ("passport", "CD67890"), ("tax_id", "AB12345"), ("un_reference", "QDe.001")]),
    st.integers(1, 4),
    st.booleans(),
)
CHANGES = st.dictionaries(st.sampled_from(IDS), st.one_of(st.none(), LISTED), min_size=1, max_size=4)


@examples(300, 30)
@given(st.dictionaries(st.sampled_from(IDS), LISTED, max_size=14), st.lists(CHANGES, min_size=1, max_size=4), st.integers(2, 5))
def test_after_any_changes_the_decisions_are_those_of_deciding_all(
    first: dict[str, Listed], steps: list[dict[str, Listed | None]], most: int
) -> None:
    """Listings come, go, are renamed, re-issued, moved and told apart; what too many share, and what is rare, turns with few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parties, "MOST_SHARING", most)
        patch.setattr(parties, "RARE", most)
        held = dict(first)
        before = world_of(held)
        made = decisions(facts(before.read()), OVERRIDES, RANKS)
        for step in steps:
            held = {i: one for i, one in (held | step).items() if one is not None}
            now = world_of(held)
            made = after(before, made, now)
            assert_frame_equal(made, decisions(facts(now.read()), OVERRIDES, RANKS))
            before = now


def some(n: int) -> dict[str, Listed]:
    """Firms that have nothing in common, each on two lists."""
    return {f"{list_id}:{i}": Listed(f"Quux{i}{i} Fabrik{i} Norte") for i in range(n) for list_id in ("eu_fsf", "cn_mofcom")}


def test_only_what_changed_and_what_it_touches_is_decided_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    held = some(40)
    before = world_of(held)
    made = decisions(facts(before.read()), (), RANKS)
    assert made.height == 40
    asked: list[set[str]] = []

    def counted(listings: Mapping[str, Any], *rest: Any, decided: Callable[..., pl.DataFrame] = parties.decided) -> pl.DataFrame:
        asked.append(set(listings))
        return decided(listings, *rest)

    monkeypatch.setattr(parties, "decided", counted)
    now = world_of(held | {"eu_fsf:7": replace(held["eu_fsf:7"], country="RUS")})
    found = after(before, made, now, ())
    assert asked == [{"eu_fsf:7", "cn_mofcom:7"}]
    assert found.filter(listing_id="cn_mofcom:7")["is_same"].to_list() == [False]
    assert_frame_equal(found.filter(pl.col("is_same")), made.filter(pl.col("listing_id") != "cn_mofcom:7"))


def test_a_change_of_what_is_not_compared_decides_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    held = some(3)
    before = world_of(held)
    made = decisions(facts(before.read()), (), RANKS)
    monkeypatch.setattr(parties, "decided", lambda *_: pytest.fail("something was decided"))
    now = world_of(held)
    # a later version of the same, as another program would make it
    again = {"known_from": datetime(2023, 5, 1), "snapshot_id": "t"}
    now.rows["sanction_listings"].append(now.rows["sanction_listings"][0] | again)
    assert after(before, made, now, ()).equals(made)


def test_an_actor_that_an_override_names_stays_the_party_of_others() -> None:
    before = {IDS[3]: Listed("Huawei Technologies Co., Ltd.")}
    made = decisions(facts(world_of(before).read()), OVERRIDES, RANKS)
    now = world_of(before | {IDS[12]: Listed("Wuhan Example Chemical")})
    found = after(world_of(before), made, now)
    assert_frame_equal(found, decisions(facts(now.read()), OVERRIDES, RANKS))
    assert set(found["actor_id"]) == {"CHN.HUAWEI"}
    assert found.height == 2
