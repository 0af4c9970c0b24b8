"""Evidence of a listed party's state besides what its list states as that: who issued its papers, its other listings, its flag.

Each piece of evidence is a row of ``core.target_evidence`` with its basis, strength and words, in known time: who asks what was
known at a moment does not see what was stated later. Which evidence makes a target state, and what takes precedence, is in the
macro ``listing_countries``: what the list states as the party's state always does.

- identifier: the state that issued a number or document which only parties of that state have.
- linked_party: the state of the listed party to which a list links a ship or an aircraft.
- other_list: the state of the same party as another listing of it has it (``core.party_actors``).
- registry: the state of the actor of the registry that the party is.
- flag: the flag of a ship. Weak: a flag is bought, and says little of whom the listing targets.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from assets.actors import registry
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.names import entity_key
from assets.schema import table

STATED_BASES = ("nationality", "citizenship", "list_destination", "address", "registration")
"""Bases on which a list itself states the state of a party."""
COUNTRY_SCHEMES = (
    "bik", "cedula", "chamber_of_commerce", "company_number", "curp", "diplomatic_passport", "dni", "drivers_license",
    "government_gazette", "lei", "license", "military_id", "national_id", "passport", "professional_id", "registration",
    "tax_id", "travel_document", "uscc", "voter_id",
)  # fmt: skip
"""Schemes whose issuing state is, as a rule, a state of the party.

Measured on OFAC's lists of 2019-01, 2021-07 and 2022-01, where address and nationality are stated as well: the issuer is among
the stated states for 96 % of register numbers, 99 % of tax numbers, 93 % of passports and all Unified Social Credit Codes. Left
out is what is given to foreigners too (social security numbers 41 %, visas 60 %, foreigners' cards 80 %, other numbers of persons
82 %), and certificates of birth.
"""
FORGED = r"(?i)fraud|forged|false|fake|stolen"
"""What a list writes beside a document that says nothing about its holder."""
STRENGTHS = {"identifier": "derived", "linked_party": "derived", "other_list": "derived", "registry": "derived", "flag": "weak"}
Rows = Callable[[str], pl.LazyFrame]
"""A core table (bare name) to all of its rows, superseded ones too."""
KEY = ("listing_id", "country_id", "basis")


def evidence(rows: Rows, party_actors: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``core.target_evidence``.

    Args:
        rows: a core table (bare name) to all of its rows.
        party_actors: rows of ``core.party_actors``.
    """
    issued = _issued(rows("sanction_identifiers"))
    ends = _ends(rows("sanction_listings"))
    lasting = _lasting(pl.concat([_stated(rows("sanction_countries")), issued]), ends)
    since = rows("sanction_listings").group_by("listing_id").agg(pl.col("known_from").min().alias("since"))
    found = [
        issued,
        _flags(rows("sanction_listings"), rows("sanction_notes")),
        _borrowed(_owners(rows, ends, _folded_names(rows)), lasting, since, "linked_party"),
        _borrowed(_other_listings(party_actors), lasting, since, "other_list"),
        _of_registry(party_actors),
    ]
    strength = pl.col("basis").replace_strict(STRENGTHS, return_dtype=pl.String).alias("strength")
    declared = table("core.target_evidence")
    return _united(pl.concat(found)).with_columns(strength).collect().select(declared.polars.names()).sort(declared.key)


def _folded_names(rows: Rows) -> pl.DataFrame:
    """The names by which owners of ships and aircraft are found (``name``), and what they are compared by (``key``)."""
    held = (
        rows("sanction_listings").filter(_is_owner()).select("name"),
        rows("sanction_names").filter(quality="strong").select("name"),
        rows("sanction_links").filter(relation="linked_to").select(pl.col("linked_name").alias("name")),
    )
    key = pl.col("name").map_elements(entity_key, return_dtype=pl.String).alias("key")
    return pl.concat(held).drop_nulls().unique().sort("name").collect().with_columns(key)


def _stated(countries: pl.LazyFrame) -> pl.LazyFrame:
    basis = pl.col("basis").str.replace_all("_", " ")
    return countries.filter(pl.col("basis").is_in(STATED_BASES)).select(
        "listing_id", "country_id", "basis", basis.alias("evidence"), "known_from", "known_to"
    )


def _issued(identifiers: pl.LazyFrame) -> pl.LazyFrame:
    words = pl.col("scheme").str.replace_all("_", " ") + " " + pl.col("value")
    return identifiers.filter(
        pl.col("country_id").is_not_null(),
        pl.col("scheme").is_in(COUNTRY_SCHEMES),
        ~pl.col("note").fill_null("").str.contains(FORGED),
    ).select("listing_id", "country_id", pl.lit("identifier").alias("basis"), words.alias("evidence"), "known_from", "known_to")


def _flags(listings: pl.LazyFrame, notes: pl.LazyFrame) -> pl.LazyFrame:
    flown = pl.concat(
        [
            listings.select("listing_id", pl.col("vessel_flag").alias("flag"), "known_from", "known_to"),
            notes.filter(kind="vessel_flag").select("listing_id", pl.col("text").alias("flag"), "known_from", "known_to"),
        ]
    ).drop_nulls("flag")
    flags = flown.select("flag").unique().collect()["flag"]
    states = {flag: state for flag in flags if (state := country_of(flag)) is not None}
    return flown.filter(pl.col("flag").is_in(list(states))).select(
        "listing_id",
        pl.col("flag").replace_strict(states, default=None, return_dtype=pl.String).alias("country_id"),
        pl.lit("flag").alias("basis"),
        (pl.lit("flag of ") + pl.col("flag")).alias("evidence"),
        "known_from",
        "known_to",
    )


# what other listings say ------------------------------------------------------------------------------------------------


def _ends(listings: pl.LazyFrame) -> pl.LazyFrame:
    """When it became known that a listing had ended: what closes then was not retracted."""
    return listings.filter(pl.col("valid_to").is_not_null()).select("listing_id", pl.col("known_from").alias("known_to")).unique()


def _lasting(details: pl.LazyFrame, ends: pl.LazyFrame) -> pl.LazyFrame:
    """Details of listings, those current to the end without an end: a removal does not move a party to another state."""
    ended = ends.with_columns(pl.lit(True).alias("has_ended"))
    both = details.join(ended, on=["listing_id", "known_to"], how="left")
    return both.with_columns(pl.when(pl.col("has_ended").is_null()).then("known_to").alias("known_to")).drop("has_ended")


def _other_listings(party_actors: pl.DataFrame) -> pl.LazyFrame:
    """Pairs of listings of one party: ``listing_id``, ``other_id``, and since and until when they were decided to be one."""
    members = party_actors.lazy().select("listing_id", "actor_id", "known_from", "known_to")
    others = members.rename({"listing_id": "other_id", "known_from": "other_from", "known_to": "other_to"})
    return (
        members.join(others, on="actor_id")
        .select(
            "listing_id",
            "other_id",
            pl.max_horizontal("known_from", "other_from").alias("pair_from"),
            pl.min_horizontal("known_to", "other_to").alias("pair_to"),
        )
        .filter(pl.col("listing_id") != pl.col("other_id"), (pl.col("pair_from") < pl.col("pair_to")).fill_null(True))
    )


def _of_registry(party_actors: pl.DataFrame) -> pl.LazyFrame:
    actors = registry.actors().lazy().select(pl.col("actor_id").alias("registry_id"), "country_id").drop_nulls()
    return (
        party_actors.lazy()
        .join(actors, on="registry_id")
        .select(
            "listing_id",
            "country_id",
            pl.lit("registry").alias("basis"),
            pl.col("registry_id").alias("evidence"),
            "known_from",
            "known_to",
        )
    )


def _owners(rows: Rows, ends: pl.LazyFrame, folded: pl.DataFrame) -> pl.LazyFrame:
    """Pairs of a ship or aircraft and the listing of its list that has the name to which it is linked.

    Until a second one has it: which is meant is not known then.
    """
    listings = rows("sanction_listings").select("listing_id", "list_id", "party_type", "name", "known_from").collect()
    craft = listings.filter(pl.col("party_type").is_in(["vessel", "aircraft"])).select("listing_id", "list_id").unique()
    links = _lasting(rows("sanction_links").filter(relation="linked_to"), ends).collect()
    wanted = links.join(craft, on="listing_id").join(folded, left_on="linked_name", right_on="name").drop_nulls("key")
    owners = listings.filter(_is_owner()).select("listing_id", "list_id", "name", "known_from")
    aliases = rows("sanction_names").filter(quality="strong").select("listing_id", "name", "known_from").collect()
    ids = owners.select("listing_id", "list_id").unique()
    named = pl.concat([owners, ids.join(aliases, on="listing_id").select(owners.columns)])
    bearers = (
        named.join(folded, on="name")
        .drop_nulls("key")
        .join(wanted.select("list_id", "key").unique(), on=["list_id", "key"], how="semi")
        .group_by("list_id", "key", pl.col("listing_id").alias("other_id"))
        .agg(pl.col("known_from").min().alias("named_from"))
        .sort("named_from", "other_id")
        .group_by("list_id", "key", maintain_order=True)
        .agg(
            pl.col("other_id").first(),
            pl.col("named_from").first(),
            pl.col("named_from").slice(1, 1).first().alias("second_from"),
        )
    )
    return (
        wanted.join(bearers, on=["list_id", "key"])
        .select(
            "listing_id",
            "other_id",
            pl.max_horizontal("known_from", "named_from").alias("pair_from"),
            pl.min_horizontal("known_to", "second_from").alias("pair_to"),
        )
        .filter((pl.col("pair_from") < pl.col("pair_to")).fill_null(True))
        .lazy()
    )


def _is_owner() -> pl.Expr:
    """Whether a party may own a ship or an aircraft."""
    return pl.col("party_type").is_in(["person", "entity"])


def _borrowed(pairs: pl.LazyFrame, countries: pl.LazyFrame, since: pl.LazyFrame, basis: str) -> pl.LazyFrame:
    """The countries of the second listing of each pair for the first: not known before both listings were."""
    others = {"listing_id": "other_id"}
    return (
        pairs.join(countries.rename(others), on="other_id")
        .join(since, on="listing_id")
        .join(since.rename(others | {"since": "other_since"}), on="other_id")
        .select(
            "listing_id",
            "country_id",
            pl.lit(basis).alias("basis"),
            (pl.col("other_id") + ": " + pl.col("evidence")).alias("evidence"),
            pl.max_horizontal("known_from", "since", "other_since", "pair_from").alias("known_from"),
            pl.min_horizontal("known_to", "pair_to").alias("known_to"),
        )
        .filter((pl.col("known_from") < pl.col("known_to")).fill_null(True))
    )


def _united(found: pl.LazyFrame) -> pl.LazyFrame:
    """Rows that say the same over times that meet, as one: with the words of the first of them."""
    until = pl.col("known_to").fill_null(pl.datetime(9999, 12, 31, time_unit="us"))
    rows = found.sort(*KEY, "known_from", "evidence").with_columns(until.alias("until"))
    before = pl.col("until").cum_max().shift(1).over(KEY)
    begins = (before.is_null() | (pl.col("known_from") > before)).alias("begins")
    return (
        rows.with_columns(begins)
        .with_columns(pl.col("begins").cast(pl.Int32).cum_sum().over(KEY).alias("part"))
        .group_by(*KEY, "part", maintain_order=True)
        .agg(
            pl.col("evidence").first(),
            pl.col("known_from").min(),
            pl.when(pl.col("known_to").null_count() == 0).then(pl.col("known_to").max()).alias("known_to"),
        )
    )
