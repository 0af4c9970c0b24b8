"""The actors domain: reference tables without a source, made of the files next to this module and of a user's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from assets.actors import registry, state_codes
from assets.contracts import CrossSource, DomainPackage

TABLES = ("actors", "actor_aliases", state_codes.TABLE, "cameo_codes")


def package(own_actors: Path | None = None) -> DomainPackage:
    """The domain. ``own_actors``: folder with actors and aliases of a user, in the layout of ``data``."""

    def reference_tables(_: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        frames = (registry.actors(own_actors), registry.aliases(own_actors), state_codes.codes(), registry.cameo_codes())
        return dict(zip(TABLES, frames, strict=True))

    return DomainPackage("actors", cross_source=CrossSource(TABLES, reference_tables), own_files=own_actors)
