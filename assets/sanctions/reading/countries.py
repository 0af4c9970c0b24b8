"""Countries as lists write them: a code, a name, or the end of an address or of a place of birth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from assets.actors.registry import code_map

_SLIPS = {"PRC": "CHN", "UK": "GBR", "ROC": "TWN"}
"""Codes that lists write in place of ISO 3166."""
_NO_COUNTRIES = ("inner mongolia", "northern ireland", "new mexico", "new jersey")
"""Regions whose last word is the name of a country, or of another one."""
_NOTE = re.compile(r"\s*\([^()]*\)$")


def country_of(text: str | None) -> str | None:
    """Country by ISO code, by a common slip for one, or by name; None where unknown."""
    raw = (text or "").strip()
    upper = raw.upper()
    return code_map("iso2").get(upper) or _SLIPS.get(upper) or code_map("country_name").get(raw.casefold())


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
