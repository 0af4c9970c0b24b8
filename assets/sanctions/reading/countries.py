"""Countries as lists write them: a code, a name, or the end of an address or of a place of birth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import polars as pl

from assets.actors.registry import actors, code_map, no_countries, places, surfaces

_SLIPS = {"PRC": "CHN", "UK": "GBR", "ROC": "TWN"}
"""Codes that lists write in place of ISO 3166."""
_NO_COUNTRIES = ("inner mongolia", "northern ireland", "new mexico", "new jersey")
"""Regions whose last word is the name of a country, or of another one."""
_NOTE = re.compile(r"\s*\([^()]*\)$")
_NOW = re.compile(r"\b(?:now|currently)\s+(?:the\s+)?([^()]+?)\)?$", re.IGNORECASE)
_OVER = re.compile(r"\b(?:revoked|withdrawn|renounced|deprived|until)\b", re.IGNORECASE)
_PARTS = re.compile(r"\s*[/;]\s*|[.,]\s+")
NOTHING = ("00", "unknown", "na", "-")


def country_of(text: str | None) -> str | None:
    """Country by ISO code, by a common slip for one, or by name; None where unknown."""
    raw = (text or "").strip()
    upper = raw.upper()
    return code_map("iso2").get(upper) or _SLIPS.get(upper) or code_map("country_name").get(raw.casefold())


@cache
def country_written(text: str) -> str | None:
    """Country of a cell as people write it: an adjective, a former state and what it is now, a note, one country and no other.

    ``Pakistani``, ``Former USSR Currently Ukraine``, ``Iraq (previous address)``, ``Russia. Former USSR``. None where it names
    two (``Sudan/South Sudan``), says that somebody is no citizen any more, or names none we know.
    """
    plain = " ".join(text.split()).strip(" .,;")
    name = plain.casefold()
    found = code_map("country_name").get(name) or _adjectives().get(name)
    if found is not None or name in no_countries() or _OVER.search(plain):
        return found
    if (now := _NOW.search(plain)) is not None:
        return country_written(now[1])
    if (without := _NOTE.sub("", plain)) != plain:
        return country_written(without)
    parts = [part.casefold() for part in _PARTS.split(plain)]
    countries = {country_written(part) for part in parts if part not in no_countries()} if len(parts) > 1 else set()
    return countries.pop() if len(countries) == 1 else None


def is_no_country(text: str) -> bool:
    """Whether a cell says that there is no country, or names one that is none of today's, with a note or without."""
    name = " ".join(text.casefold().split())
    return name in NOTHING or name in no_countries() or _NOTE.sub("", name) in no_countries()


@cache
def _adjectives() -> dict[str, str]:
    """States by what their citizens are called, and by other words that surely stand for them and are no place within."""
    states = actors().filter(kind="state")["actor_id"].implode()
    sure = surfaces().filter(
        pl.col("certainty").fill_null(1.0) >= 1.0, pl.col("valid_from").is_null(), pl.col("valid_to").is_null()
    )
    words = sure.filter(~pl.col("surface").is_in(list(places()))).group_by(pl.col("surface").str.to_lowercase()).agg("actor_id")
    one = words.filter(pl.col("actor_id").list.len() == 1).with_columns(pl.col("actor_id").list.first())
    return dict(one.filter(pl.col("actor_id").is_in(states)).iter_rows())


def country_named(text: str, country_ids: Mapping[str, str]) -> str | None:
    """The country that ``text`` names, with or without a note in parentheses and the full stop that ends a sentence.

    Args:
        text: a name.
        country_ids: country_id by case-folded country name.
    """
    name = text.strip().casefold()
    for candidate in (name, name.rstrip("."), _NOTE.sub("", name.rstrip("."))):
        if candidate in country_ids:
            return country_ids[candidate]
    return None


def country_at_the_end(place: str, country_ids: Mapping[str, str]) -> str | None:
    """The country in which a place lies: the longest tail after a comma that names one (``Pyongyang, Korea, North``)."""
    parts = [part.strip() for part in place.split(",")]
    tails = (", ".join(parts[first:]) for first in range(len(parts)))
    return next((country for tail in tails if (country := country_named(tail, country_ids)) is not None), None)


@cache
def country_of_address(address: str) -> str | None:
    """country_id of the country with which an address ends, a postal code behind it or not; None where it ends in none."""
    country_ids = code_map("country_name")
    words = re.sub(r"\([^)]*\)\.?$", "", address).replace(",", " , ").split()
    while words and (words[-1] in ",.;" or any(c.isdigit() for c in words[-1])):
        words.pop()
    for length in range(min(len(words), 6), 0, -1):
        text = " ".join(words[-length:]).replace(" ,", ",").casefold()
        if text in _NO_COUNTRIES:
            return None
        found = country_ids.get(text) or country_ids.get(text.rstrip(".")) or country_ids.get(f"{text}.")
        if found is not None:
            return found
    return None
