"""The Remarks cell of OFAC's lists: from text to countries and weak names.

Remarks are items joined by ``; `` and ended by a full stop (``DOB 24 Nov 1990; POB Hubei, China; nationality China; Passport
C18165248 (China); a.k.a. 'WEAK'.``). Only what the tables hold now is read: countries with their basis, and the weak aliases,
which stand nowhere else in the legacy files. Dates of birth, identifiers and links are left where they are, in the remarks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WEAK = re.compile(r"(?:alt\. )?([afn])\.k\.a\. '(.+)'\.?")
_STATED = re.compile(r"(?:alt\. )?(nationality of registration|nationality|citizen|POB) +(.+)", re.IGNORECASE)
_BASIS = {
    "nationality of registration": "remark",
    "nationality": "nationality",
    "citizen": "citizenship",
    "pob": "place_of_birth",
}
_PARENTHESIS = re.compile(r"\(([^()]+)\)")
_NOTE = re.compile(r"\s*\([^()]*\)$")
_ABOUT_OTHERS = ("Linked To",)
"""Items that name another party: a country in the name of that party says nothing about this one."""


@dataclass(frozen=True)
class Remarks:
    """What remarks say, each in the order of the text and once.

    ``countries``: pairs of country_id and basis (nationality, citizenship, place_of_birth, remark). ``weak_names``: pairs of
    kind (aka, fka, nka) and name.
    """

    countries: tuple[tuple[str, str], ...] = ()
    weak_names: tuple[tuple[str, str], ...] = ()


def read_remarks(text: str | None, country_ids: Mapping[str, str]) -> Remarks:
    """Read the remarks of one listing.

    Args:
        text: the Remarks cell; None where the list gives none.
        country_ids: country_id by case-folded country name. A place that is none of these gives no country.

    Returns:
        Countries and weak names. A country in parentheses (``Passport C18165248 (China)``) has the basis remark.
    """
    if text is None:
        return Remarks()
    countries: dict[tuple[str, str], None] = {}
    names: dict[tuple[str, str], None] = {}
    for item in text.split("; "):
        if weak := _WEAK.fullmatch(item):
            names[f"{weak[1]}ka", weak[2]] = None
        elif stated := _STATED.fullmatch(item):
            basis = _BASIS[stated[1].casefold()]
            read = _country_at_the_end if basis == "place_of_birth" else _country
            country = read(stated[2], country_ids)
            if country is not None:
                countries[country, basis] = None
        elif not item.startswith(_ABOUT_OTHERS):
            for inner in _PARENTHESIS.findall(item):
                country = country_ids.get(inner.strip().casefold())
                if country is not None:
                    countries[country, "remark"] = None
    return Remarks(tuple(countries), tuple(names))


def _country(text: str, country_ids: Mapping[str, str]) -> str | None:
    """The country that ``text`` names, with or without a note in parentheses and the full stop that ends the remarks."""
    name = text.strip().casefold()
    for candidate in (name, name.rstrip("."), _NOTE.sub("", name.rstrip("."))):
        if candidate in country_ids:
            return country_ids[candidate]
    return None


def _country_at_the_end(place: str, country_ids: Mapping[str, str]) -> str | None:
    """The country in which a place lies: the longest tail after a comma that names one (``Pyongyang, Korea, North``)."""
    parts = place.split(",")
    for first in range(len(parts)):
        country = _country(",".join(parts[first:]), country_ids)
        if country is not None:
            return country
    return None
