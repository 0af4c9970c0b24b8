"""What is compared of listings to decide which of them are one party: the facts of each, and the numbers that identify it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cache, cached_property

import polars as pl

from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.names import distinctive_words, entity_key, person_key, without_acronym, words
from assets.sanctions.reading.party_types import is_like_a_person
from assets.sanctions.targets import COUNTRY_SCHEMES, FORGED, STATED_BASES, Rows

DETAILS = tuple(f"sanction_{n}" for n in ("addresses", "birth_dates", "countries", "identifiers", "names", "programs"))
"""The tables of details that are compared."""
STRONG_SCHEMES = frozenset(
    {"passport", "national_id", "tax_id", "uscc", "registration", "imo", "mmsi", "lei", "swift_bic", "aircraft_serial", "duns"}
    | {"un_reference", "eu_reference", "ofsi_group"}
)
"""Schemes that identify one party; besides these every crypto address."""
ONE_OF_EACH = frozenset({"imo", "lei", "uscc"})
"""Schemes of which a party has one number for good: two of them are two parties."""
LEAST_IDENTIFIER = 5
"""Characters, a digit among them, below which an identifier is too short to identify anything (``123``)."""
ONE_CHINA = {"HKG": "CHN", "MAC": "CHN"}
"""Lists differ in whether a party in Hong Kong or Macao is one of China: for comparing countries these count as one."""
LISTED_BY_REGIME = ("ca_sema",)
"""Lists whose country is that of the regulation: Iran Air stands under Russia."""
OF_ONE_STATE = ("eu_sectoral_annexes",)
"""Lists whose programs are about one state, which is that of a party for which no other is stated."""
LISTED_BY_NAME = ("us_bis_dpl", "us_csl")
"""Lists that have an entry for each name of a party, at the same addresses."""
TYPE_NOT_STATED = ("us_state_isn", "us_bis_entity_list", "us_csl")
"""Lists that name persons and firms and do not say which is which: a party is read as an entity."""
_SHORT_FOR = {"DPRK": "PRK", "DRC": "COD", "DRCONGO": "COD", "CAR": "CAF", "BURMA": "MMR", "UKRAINE": "RUS", "DARFUR": "SDN",
              "IFSR": "IRN", "IRGC": "IRN", "SOUTHSUDAN": "SSD", "SOUTH SUDAN": "SSD", "TALIBAN": "AFG", "HRIT-IR": "IRN",
              "HRIT-SY": "SYR", "FSE-SY": "SYR", "IFCA": "IRN", "EU-833": "RUS"}  # fmt: skip
"""Programs that write their country otherwise. Those named after Ukraine are about Russia's war, and list parties of both."""
_SUBJECTS = {
    "terror": r"SDGT|FTO|SDT|Al-Qaida|Counter-Terrorism|Hamas",
    "rights": r"GLOMAG|MAGNIT|Global Human Rights|Global Anti-Corruption|Justice for Victims|Extremist Settler",
    "weapons": r"NPWMD|ISN|Chemical Weapons|\(Nuclear\)",
    "cyber": r"CYBER|Cyber",
}
"""What a program is about that names no country."""


@dataclass(frozen=True)
class Listing:
    """What is compared of a listing: its newest version, and its last details.

    ``countries``: those that the list states; ``places``: these, birth places, and what its programs are about: countries by id,
    subjects by a word. ``since``: since when it was known; ``named_since``: since when each strong name was, also of names that
    it no longer has; ``placed_since``: since when each place was; ``born_since``: since when each of ``births`` was;
    ``ended_since``: since when the end was. ``numbers``: by scheme, of the schemes of which a party has one. ``addresses``: as
    they are written, of lists that have an entry for each name of a party.
    """

    listing_id: str
    list_id: str
    party_type: str
    name: str
    actor_id: str
    valid_from: date | None
    valid_to: date | None
    ended_since: datetime | None
    since: datetime
    countries: frozenset[str]
    places: frozenset[str]
    names: frozenset[str]
    births: tuple[tuple[date, date], ...]
    named_since: Mapping[str, datetime]
    placed_since: Mapping[str, datetime]
    born_since: tuple[datetime, ...]
    numbers: Mapping[str, frozenset[str]]
    addresses: frozenset[str]

    @cached_property
    def primary(self) -> str | None:
        """What the primary name is compared by: of a short one every word, the legal form too (``VAD, AO``)."""
        key = key_of(self.name, self.party_type)
        if key is not None or self.party_type != "entity":
            return key
        letters = "".join(distinctive_words(self.name))
        return f"= {' '.join(words(self.name))}" if len(letters) >= 3 and not letters.isdigit() else None

    @cached_property
    def keys(self) -> Mapping[str, datetime]:
        """What its strong names are compared by, and since when; of short names, which firms share, the primary alone."""
        keys = {name: key_of(name, self.party_type) for name in {*self.names, *self.named_since}} | {self.name: self.primary}
        held = {key for name, key in keys.items() if name in self.names}
        found: dict[str, datetime] = {}
        for name, key in keys.items():
            if key is not None and key in held:
                since = self.named_since.get(name, self.since)
                found[key] = min(since, found.get(key, since))
        return found

    @property
    def section(self) -> str:
        """The list, or the part of it (a regulation, a list among several) in which a party has one entry."""
        parts = self.listing_id.split(":")
        if self.list_id in LISTED_BY_REGIME:
            return f"{self.list_id}:{parts[1].partition('.')[0]}"
        return ":".join(parts[:2]) if len(parts) > 2 else self.list_id


Identifier = tuple[str, str, str, str | None, datetime]


@dataclass(frozen=True)
class Facts:
    """Listings by id, in order, and a row for each strong identifier that has several rows, in order.

    ``identifiers``: ``listing_id``, kind (the scheme), key (as it is compared), ``country_id``, ``since``.
    """

    listings: dict[str, Listing]
    identifiers: list[Identifier]


def facts(rows: Rows) -> Facts:
    """The facts of all listings, from the core tables of the domain; the types of listings as their lists state them."""
    held, identifiers = pl.collect_all([_listings(rows), strong_identifiers(rows)])
    numbers: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    of_one = identifiers.filter(pl.col("kind").is_in(sorted(ONE_OF_EACH))).group_by("listing_id", "kind").agg("key")
    for listing_id, kind, keys in of_one.iter_rows():
        numbers[listing_id][kind] = frozenset(keys)
    addresses = dict(_addresses(rows).iter_rows())
    # by columns: a row of lists as Python has it takes three times as long
    many = ("names", "named", "named_since", "country_id", "is_stated", "placed_since", "born_from", "born_before", "born_since")
    one = [field.name for field in fields(Listing)[:9]]  # up to ``since``
    columns = [held[name].to_list() for name in one]
    lists_of = [[() if values is None else values for values in held[name].to_list()] for name in many]
    listings = {}
    for values, (names, named, named_since, places, are_stated, placed_since, born_from, born_before, born_since) in zip(
        zip(*columns, strict=True), zip(*lists_of, strict=True), strict=True
    ):
        own = dict(zip(one, values, strict=True))
        stated = frozenset(place for place, is_stated in zip(places, are_stated, strict=True) if is_stated)
        listings[own["listing_id"]] = Listing(
            **own,
            countries=stated,
            places=stated if stated and own["list_id"] in OF_ONE_STATE else frozenset(places),
            names=frozenset((*names, own["name"])),
            births=tuple(zip(born_from, born_before, strict=True)),
            named_since=dict(zip(named, named_since, strict=True)),
            placed_since=dict(zip(places, placed_since, strict=True)),
            born_since=tuple(born_since),
            numbers=numbers.get(own["listing_id"], {}),
            addresses=addresses.get(own["listing_id"], frozenset()),
        )
    return Facts(listings, identifiers.filter(pl.len().over("kind", "key") > 1).rows())


def as_persons(listings: Mapping[str, Listing]) -> dict[str, Listing]:
    """The listings, those of lists without types as persons where another list has a person of that name."""
    persons = {key for x in listings.values() if x.party_type == "person" for key in x.keys}

    def is_person(x: Listing) -> bool:
        is_open = x.party_type == "entity" and x.list_id in TYPE_NOT_STATED and is_like_a_person(x.name)
        return is_open and person_key(x.name) in persons

    return {i: replace(x, party_type="person") if is_person(x) else x for i, x in listings.items()}


@cache
def places_of(program: str) -> tuple[str, ...]:
    """What a program is about: its country by id, and its subject."""
    subject = [word for word, pattern in _SUBJECTS.items() if re.search(pattern, program)]
    plain = re.sub(r"\(.*?\)|-?E\.?O\.?\d+|\d+$|^CAATSA - |^BPI-", "", program).strip(" -")
    for name in (plain, plain.partition("-")[0].strip(), "-".join(plain.split("-")[:2])):
        country = _SHORT_FOR.get(name.upper()) or (country_of(name) if len(name) > 3 else None)
        if country is not None:
            return (ONE_CHINA.get(country, country).replace("UKR", "RUS"), *subject)
    return tuple(subject)


def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Per listing its current details, or its last ones where it was removed."""
    until = pl.col("known_to").fill_null(pl.datetime(9999, 12, 31, time_unit="us"))
    return rows.filter(until == until.max().over("listing_id"))


def _listings(rows: Rows) -> pl.LazyFrame:
    ended_since = pl.when(pl.col("valid_to").is_not_null()).then("known_from").alias("ended_since")
    newest = (
        rows("sanction_listings")
        .sort("listing_id", "known_from")
        .group_by("listing_id", maintain_order=True)
        .last()
        .select("listing_id", "list_id", "party_type", "name", "actor_id", "valid_from", "valid_to", ended_since)
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
    for more in (names, named, _places(rows), births):
        joined = joined.join(more, on="listing_id", how="left")
    return joined.with_columns(pl.col("names").fill_null([])).sort("listing_id")


def _since(details: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Since when each listing is known to have had these values, whether or not it still has them."""
    return details.group_by("listing_id", *columns).agg(pl.col("known_from").min().alias("since"))


def _places(rows: Rows) -> pl.LazyFrame:
    """Per listing its places (``country_id``), whether the list states them as its countries, and since when each was known."""
    by_regime = pl.col("listing_id").str.split(":").list.first().is_in(LISTED_BY_REGIME) & (pl.col("basis") == "list_destination")
    stated = rows("sanction_countries").with_columns((pl.col("basis").is_in(STATED_BASES) & ~by_regime).alias("is_stated"))
    issued = pl.col("scheme").is_in(COUNTRY_SCHEMES) & ~pl.col("note").fill_null("").str.contains(FORGED)
    issuers = rows("sanction_identifiers").filter(issued).with_columns(pl.lit(True).alias("is_stated"))
    programs = (
        rows("sanction_programs")
        .select("listing_id", "program", "known_from", "known_to")
        .with_columns(
            pl.col("program").map_elements(lambda p: list(places_of(p)), return_dtype=pl.List(pl.String)).alias("country_id"),
            pl.lit(False).alias("is_stated"),
        )
    )
    columns = ("listing_id", "country_id", "is_stated", "known_from", "known_to")
    held = (stated, issuers, programs.explode("country_id"))
    one_china = pl.col("country_id").replace(ONE_CHINA)
    last = pl.concat([_last(f.select(columns)).drop_nulls("country_id") for f in held]).with_columns(one_china)
    ever = _since(pl.concat([f.select(columns) for f in held]).drop_nulls("country_id").with_columns(one_china), "country_id")
    return (
        last.group_by("listing_id", "country_id")
        .agg(pl.col("is_stated").any())
        .join(ever, on=["listing_id", "country_id"])
        .sort("country_id")
        .group_by("listing_id", maintain_order=True)
        .agg("country_id", "is_stated", pl.col("since").alias("placed_since"))
    )


def _addresses(rows: Rows) -> pl.DataFrame:
    """The addresses of listings on lists that have an entry for each name of a party; a town alone is none."""
    of_list = pl.col("listing_id").str.split(":").list.first().is_in(LISTED_BY_NAME)
    street = pl.col("address").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    held = rows("sanction_addresses").filter(of_list, pl.col("address").str.contains("[0-9].*,.*,")).with_columns(street)
    found = held.group_by("listing_id").agg(pl.col("address").unique()).collect()
    return found.with_columns(pl.col("address").map_elements(frozenset, return_dtype=pl.Object))


def strong_identifiers(rows: Rows) -> pl.LazyFrame:
    """The last strong identifiers of listings: ``listing_id``, ``kind``, ``key``, ``country_id``, ``since``."""
    value = pl.col("value").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    is_crypto = pl.col("scheme").str.starts_with("crypto:")
    key = ["listing_id", "scheme", "value"]
    first = rows("sanction_identifiers").group_by(key).agg(pl.col("known_from").min().alias("since"))
    stated = _last(rows("sanction_identifiers")).select(*key, "country_id").join(first, on=key)
    # what other lists state of a party's entry on the UN list is the id of that entry
    of_un = (
        rows("sanction_listings")
        .filter(list_id="un_sc")
        .group_by("listing_id", "native_id")
        .agg(pl.col("known_from").min().alias("since"))
        .select(
            "listing_id",
            pl.lit("un_reference").alias("scheme"),
            pl.col("native_id").alias("value"),
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
        .sort("kind", "key", "listing_id", "country_id", "since")
    )


# by what names are compared ---------------------------------------------------------------------------------------------


@cache
def key_of(name: str, party_type: str) -> str | None:
    """What a strong name is compared by; None where too little is left of it to tell."""
    return person_key(name) if party_type == "person" else entity_key(without_acronym(name))
