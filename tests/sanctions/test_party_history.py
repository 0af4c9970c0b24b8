"""Of which party a listing was, as it could be decided then: what a table of then alone would have decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sanctions import parties, party_history
from assets.sanctions.party_facts import facts
from assets.sanctions.targets import Rows
from pipelines.checks.expectations import from_checks
from tests.depth import examples
from tests.sanctions.test_parties import World

LISTS = ("us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "us_bis_entity_list", "cn_mofcom")
IDS = [f"{list_id}:QDe.00{n}" for list_id in LISTS for n in range(1, 4)]
NAMES = (
    "Wuhan Example Chemical", "Wuhan Example Chemicals", "Wuhan Sample Chemical Ltd", "Huawei Technologies Co., Ltd.",
    "Central Bank", "VAD, AO", "Wei Wang", "WANG, Wei", "Garcia Example, Maria Luisa", "Maria Luisa Garcia Exampel",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A listing as a test draws it."""

    name: str
    party_type: str = "entity"
    aliases: tuple[str, ...] = ()
    country: str | None = "CHN"
    born: str | None = None
    actor_id: str | None = None
    identifier: str | None = None
    since: int = 1
    is_removed: bool = False


def world_of(held: Mapping[str, Listed]) -> World:
    world = World()
    for listing_id, one in held.items():
        before = {name: len(rows) for name, rows in world.rows.items()}
        more = (one.born and f"born={one.born}", one.actor_id and f"actor={one.actor_id}", one.identifier)
        head = " ".join([listing_id, one.party_type, one.country or "-", *filter(None, more)])
        world.listing(f"{head}: {' aka '.join([one.name, *one.aliases])}")
        for name, rows in world.rows.items():
            for row in rows[before[name] :]:
                row["known_from"] = datetime(2023, 1, one.since)
                if one.is_removed:
                    row["known_to"] = datetime(2023, 6, 1)
    return world


LISTED = st.builds(
    Listed,
    st.sampled_from(NAMES),
    st.sampled_from(["entity", "entity", "person", "vessel"]),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple),
    st.sampled_from(["CHN", "HKG", "RUS", None]),
    st.sampled_from([None, "1970", "1970-03-01", "1980"]),
    st.sampled_from([None, None, None, *IDS[:4]]),
    st.sampled_from([None, "passport=AB12345", "passport=CD67890", "tax_id=AB12345", "un_reference=QDe.001"]),
    st.integers(1, 4),
    st.booleans(),
)
MOMENTS = (*(datetime(2023, 1, day) for day in range(1, 6)), datetime(2023, 7, 1))


def decided(rows: Rows) -> pl.DataFrame:
    return parties.decisions(facts(rows), parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists())


def known_at(moment: datetime, rows: Rows) -> Rows:
    def then(name: str) -> pl.LazyFrame:
        until = pl.when(pl.col("known_to") <= moment).then("known_to")
        return rows(name).filter(pl.col("known_from") <= moment).with_columns(until.alias("known_to"))

    return then


def actors_of(rows: Rows) -> dict[str, str]:
    """Of each listing that is of a party with others or of the registry, its actor."""
    same = decided(rows).filter("is_same")
    others = same.filter(pl.col("rule") != "registry").select(pl.col("other_id").alias("listing_id"), "actor_id")
    return dict(pl.concat([same.select("listing_id", "actor_id"), others]).iter_rows())


def history(rows: Rows) -> pl.DataFrame:
    return party_history.actors(rows, facts(rows), decided(rows))


@examples(150, 12)
@given(st.dictionaries(st.sampled_from(IDS), LISTED, max_size=10))
def test_at_every_moment_it_is_what_was_decided_from_what_was_known_then(held: dict[str, Listed]) -> None:
    rows = world_of(held).read()
    made = history(rows)
    own = {i: one.actor_id or i for i, one in held.items()}
    for moment in MOMENTS:
        then = made.filter(pl.col("known_from") <= moment, (pl.col("known_to") > moment).fill_null(True))
        known = [i for i, one in held.items() if datetime(2023, 1, one.since) <= moment]
        of_then = dict(then.select("listing_id", "actor_id").iter_rows())
        alone = actors_of(known_at(moment, rows))
        assert {i: of_then.get(i, own[i]) for i in known} == {i: alone.get(i, own[i]) for i in known}


def test_a_listing_is_of_a_party_from_when_the_other_was_known_and_no_more_when_its_country_is_another() -> None:
    world = World("un_sc:QDe.001: Wuhan Example Chemical", "us_ofac_sdn:7: Wuhan Example Chemical")
    first, second, third = datetime(2023, 1, 1), datetime(2023, 2, 1), datetime(2023, 3, 1)
    for table in world.rows.values():
        for row in table:
            row["known_from"] = first if row["listing_id"] == "us_ofac_sdn:7" else second
    (moved,) = (row for row in world.rows["sanction_countries"] if row["listing_id"] == "un_sc:QDe.001")
    world.rows["sanction_countries"].append(moved | {"country_id": "RUS", "known_from": third})
    moved["known_to"] = third
    of_un = history(world.read()).filter(listing_id="un_sc:QDe.001")
    assert of_un.select("actor_id", "known_from", "known_to").rows() == [
        ("us_ofac_sdn:7", second, third), ("un_sc:QDe.001", third, None),
    ]  # fmt: skip


@pytest.mark.parametrize(("actor", "n"), [("a", 0), ("b", 1)])
def test_the_check_finds_a_party_that_is_not_the_one_of_now(actor: str, n: int) -> None:
    (check,) = (e.query for e in from_checks() if (e.table, e.name) == ("core.party_actors", "now_as_decided_now"))
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute(
            "CREATE TABLE core.sanction_listings AS SELECT 'l' AS listing_id, 'a' AS actor_id, NULL::TIMESTAMP AS known_to"
        )
        con.execute(
            f"CREATE TABLE core.party_actors AS SELECT 'l' AS listing_id, '{actor}' AS actor_id, NULL::TIMESTAMP AS known_to"
        )
        assert len(con.sql(str(check)).fetchall()) == n
