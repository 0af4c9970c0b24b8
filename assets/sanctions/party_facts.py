"""What is compared of listings to decide which of them are one party: a row of facts each, and by what they are looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import polars as pl

from assets.sanctions.reading.names import distinctive_words, entity_key, person_key, without_acronym, words
from assets.sanctions.targets import COUNTRY_SCHEMES, FORGED, STATED_BASES, Rows

STRONG_SCHEMES = frozenset(
    {"passport", "national_id", "tax_id", "uscc", "registration", "imo", "mmsi", "lei", "swift_bic", "aircraft_serial", "duns"}
    | {"un_reference", "eu_reference", "ofsi_group"}
)
"""Schemes that identify one party; besides these every crypto address."""
LEAST_IDENTIFIER = 5
"""Characters, a digit among them, below which an identifier is too short to identify anything (``123``)."""
ONE_CHINA = {"HKG": "CHN", "MAC": "CHN"}
"""Lists differ in whether a party in Hong Kong or Macao is one of China: for comparing countries these count as one."""
LONG_ENOUGH = 4
"""Letters that a word has at least by which names that are alike are looked up."""
READ = {
    "sanction_listings": ("listing_id", "list_id", "party_type", "name", "actor_id", "valid_from", "known_from"),
    "sanction_names": ("listing_id", "name", "quality", "known_from", "known_to"),
    "sanction_countries": ("listing_id", "country_id", "basis", "known_from", "known_to"),
    "sanction_identifiers": ("listing_id", "scheme", "value", "country_id", "note", "known_from", "known_to"),
    "sanction_birth_dates": ("listing_id", "born_from", "born_before", "known_from", "known_to"),
}
"""The columns of core tables (bare names) from which the facts of a listing follow, and from nothing else."""


@dataclass(frozen=True)
class Listing:
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


@dataclass(frozen=True)
class Facts:
    """The facts of some listings, or of all.

    ``listings``: a row a listing, in order of ``listing_id``: what ``as_listings`` reads, ``keys``, by which its strong names are
    compared, and ``words``, by which names that are alike are looked up. ``identifiers``: a row for each strong identifier
    (``listing_id``, ``kind``: the scheme, ``key``: as it is compared, ``country_id``, ``since``).
    """

    listings: pl.DataFrame
    identifiers: pl.DataFrame

    def of(self, ids: Collection[str]) -> Facts:
        """The facts of some of the listings."""
        return Facts(*(frame.filter(_is_of(ids)) for frame in (self.listings, self.identifiers)))

    def with_those(self, ids: Collection[str], now: Facts) -> Facts:
        """These, and in place of what they say of some listings what others say of them."""
        pairs = ((self.listings, now.listings, ["listing_id"]), (self.identifiers, now.identifiers, _ORDER))
        return Facts(*(pl.concat([before.filter(~_is_of(ids)), after]).sort(order) for before, after, order in pairs))

    def lookup(self, column: str) -> pl.DataFrame:
        """By what listings are found (``keys``, ``words``): a row for each, ``listing_id``, ``kind`` (type of party), ``key``."""
        found = self.listings.select("listing_id", pl.col("party_type").alias("kind"), pl.col(column).alias("key"))
        return found.filter(pl.col("key").list.len() > 0).explode("key")


_ORDER = ["kind", "key", "listing_id", "country_id", "since"]


def _is_of(ids: Collection[str]) -> pl.Expr:
    return pl.col("listing_id").is_in(sorted(ids))


def facts(rows: Rows, ids: Collection[str] | None = None) -> Facts:
    """The facts of all listings, or of those named, from the core tables of the room."""

    def of(name: str) -> pl.LazyFrame:
        # an expression for each would be asked of every row
        return rows(name) if ids is None else rows(name).filter(_is_of(ids))

    held, identifiers = pl.collect_all([_listings(of), _identifiers(of)])
    party_types, primary, strong = (held[c].to_list() for c in ("party_type", "name", "names"))
    keys = [sorted(name_keys(*one)) for one in zip(party_types, primary, strong, strict=True)]
    rare = [sorted(rare_words(*one)) for one in zip(party_types, primary, strict=True)]
    looked_up = {"keys": pl.Series(keys, dtype=pl.List(pl.String)), "words": pl.Series(rare, dtype=pl.List(pl.String))}
    return Facts(held.with_columns(**looked_up), identifiers)


def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Per listing its current details, or its last ones where it was removed."""
    until = pl.col("known_to").fill_null(pl.datetime(9999, 12, 31, time_unit="us"))
    return rows.filter(until == until.max().over("listing_id"))


def _listings(rows: Rows) -> pl.LazyFrame:
    newest = (
        rows("sanction_listings")
        .sort("listing_id", "known_from")
        .group_by("listing_id", maintain_order=True)
        .last()
        .select("listing_id", "list_id", "party_type", "name", "actor_id", "valid_from")
    )
    since = rows("sanction_listings").group_by("listing_id").agg(pl.col("known_from").min().alias("since"))
    strong = pl.col("quality") == "strong"
    names = _last(rows("sanction_names")).filter(strong).group_by("listing_id").agg(pl.col("name").unique().sort().alias("names"))
    ever = _since(rows("sanction_names").filter(strong), "name").sort("name")
    named = ever.group_by("listing_id", maintain_order=True).agg(
        pl.col("name").alias("named"), pl.col("since").alias("named_since")
    )
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
    joined = newest.join(since, on="listing_id")
    for more in (names, named, _countries(rows), births):
        joined = joined.join(more, on="listing_id", how="left")
    return joined.with_columns(pl.col("names").fill_null([])).sort("listing_id")


def as_listings(frame: pl.DataFrame) -> Iterator[Listing]:
    """Rows of ``Facts.listings``, in their order."""
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
        yield Listing(
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


def _countries(rows: Rows) -> pl.LazyFrame:
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
        .sort("country_id")
        .group_by("listing_id", maintain_order=True)
        .agg("country_id", pl.col("since").alias("placed_since"))
    )


def _identifiers(rows: Rows) -> pl.LazyFrame:
    value = pl.col("value").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    is_crypto = pl.col("scheme").str.starts_with("crypto:")
    key = ["listing_id", "scheme", "value"]
    first = rows("sanction_identifiers").group_by(key).agg(pl.col("known_from").min().alias("since"))
    stated = _last(rows("sanction_identifiers")).select(*key, "country_id").join(first, on=key)
    # what other lists state of a party's entry on the UN list is the id of that entry
    of_un = (
        rows("sanction_listings")
        .filter(list_id="un_sc")
        .group_by("listing_id")
        .agg(pl.col("known_from").min().alias("since"))
        .select(
            "listing_id",
            pl.lit("un_reference").alias("scheme"),
            pl.col("listing_id").str.strip_prefix("un_sc:").alias("value"),
            pl.lit(None, pl.String).alias("country_id"),
            "since",
        )
    )
    return (
        pl.concat([stated, of_un])
        .filter(pl.col("scheme").is_in(sorted(STRONG_SCHEMES)) | is_crypto)
        # the letters of a crypto address have their case
        .with_columns(pl.when(is_crypto).then(pl.col("value")).otherwise(value).alias("key"))
        .filter(pl.col("key").str.len_chars() >= LEAST_IDENTIFIER, pl.col("key").str.contains("[1-9]"))
        .select("listing_id", pl.col("scheme").alias("kind"), "key", "country_id", "since")
        .unique()
        .sort(_ORDER)
    )


# by what names are compared ---------------------------------------------------------------------------------------------


@cache
def key_of(name: str, party_type: str) -> str | None:
    """What a strong name is compared by; None where too little is left of it to tell."""
    return person_key(name) if party_type == "person" else entity_key(without_acronym(name))


def primary_key(name: str, party_type: str) -> str | None:
    """What the primary name is compared by: of a short one every word, the legal form too (``VAD, AO``)."""
    key = key_of(name, party_type)
    if key is not None or party_type != "entity":
        return key
    letters = "".join(distinctive_words(name))
    return f"= {' '.join(words(name))}" if len(letters) >= 3 and not letters.isdigit() else None


def name_keys(party_type: str, primary: str, strong: Collection[str]) -> set[str]:
    """What the strong names of a listing are compared by; of short names, which firms share, the primary one alone."""
    found = {k for n in (*strong, primary) if (k := key_of(n, party_type))}
    return found if (key := primary_key(primary, party_type)) is None else found | {key}


def rare_words(party_type: str, primary: str) -> set[str]:
    """The words by which a party whose name is nearly the same is looked up: of a person or firm, those of the primary name."""
    if party_type not in ("person", "entity"):
        return set()
    return {word for word in distinctive_words(primary) if len(word) >= LONG_ENOUGH}
