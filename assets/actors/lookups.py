"""Actors and names in plain Python: what the finder of actors and the event coder look up, without a frame or a database.

It is made from ``registry``, once per process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.actors import registry


class Surface(NamedTuple):
    """A name as news text writes it and one actor that it may stand for: a row of ``registry.surfaces``, days as ISO dates."""

    surface: str
    actor_id: str | None
    country_id: str | None
    sector: str | None
    valid_from: str | None
    valid_to: str | None
    certainty: float


class Known(NamedTuple):
    """An actor."""

    kind: str
    name: str
    country_id: str | None


class Term(NamedTuple):
    """A term of office: a row of ``registry.terms``, days as ISO dates."""

    actor_id: str
    sector: str
    valid_from: str
    valid_to: str | None


class Scale(NamedTuple):
    """What a CAMEO code implies: columns of ``core.cameo_codes``."""

    cameo_root: str
    plover_event: str | None
    goldstein: float | None
    quad_schrodt: int
    quad_gdelt: int


@dataclass(frozen=True)
class Lookups:
    """The registry in plain Python; shared between callers, so not to be changed.

    Attributes:
        surfaces: in the order of all their columns, NULL last.
        actors: by actor_id.
        terms: as in ``registry.terms``.
        places: names of cities and regions.
        roles: words, sector, weight.
        former_leaders: names that stand for the state of a former leader.
        cameo: by CAMEO code.
    """

    surfaces: list[Surface]
    actors: dict[str, Known]
    terms: list[Term]
    places: frozenset[str]
    roles: dict[str, tuple[str, int]]
    former_leaders: frozenset[str]
    cameo: dict[str, Scale]


def party_of(actor_id: str, country_id: str | None) -> str:
    """Whom an actor acts for: its state, else the organisation that it is a part of (``UN.SC``: ``UN``), else itself.

    Two actors of one party are not two sides of an event. The id of a part begins with that of its organisation; a region is a
    part of nothing.
    """
    if country_id is not None:
        return country_id
    return actor_id if actor_id.startswith("REG.") else actor_id.partition(".")[0]


@cache
def lookups(extra: Path | None = None) -> Lookups:
    """The lookups of the packaged actors and those of a user's folder, read once. Raises BilateralError for a wrong file."""
    return _read(_made(extra))


def _made(extra: Path | None = None) -> dict[str, Any]:
    """The lookups as rows of plain values."""
    order = Surface._fields
    surfaces = registry.surfaces(extra).select(order).sort(order, nulls_last=True)
    days = pl.col(pl.Date).dt.to_string("iso")
    return {
        "surfaces": surfaces.with_columns(days).rows(),
        "actors": registry.actors(extra).select("actor_id", *Known._fields).rows(),
        "terms": registry.terms(extra).select(Term._fields).with_columns(days).rows(),
        "places": sorted(registry.places()),
        "roles": registry.roles().select("words", "sector", pl.col("weight").cast(pl.Int64)).rows(),
        "former_leaders": sorted(set(registry.former_leaders())),
        "cameo": registry.cameo_codes().select("cameo_code", *Scale._fields).rows(),
    }


def _read(made: dict[str, Any]) -> Lookups:
    return Lookups(
        surfaces=[Surface._make(row) for row in made["surfaces"]],
        actors={actor: Known._make(rest) for actor, *rest in made["actors"]},
        terms=[Term._make(row) for row in made["terms"]],
        places=frozenset(made["places"]),
        roles={words: (sector, weight) for words, sector, weight in made["roles"]},
        former_leaders=frozenset(made["former_leaders"]),
        cameo={code: Scale._make(rest) for code, *rest in made["cameo"]},
    )
