"""The domains of ``assets``: the one place of the project that names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.contracts import DomainPackage

REFERENCE = ("actors",)
"""Domains without sources: reference tables, which the other domains look things up in."""

DOMAINS = ("sanctions", "overdose", "news", "policy")
"""Domains that take in sources, in the order in which they are run and shown."""


def packages(own_actors: Path | None = None) -> dict[str, DomainPackage]:
    """The domains by name, those of reference tables first; ``own_actors``: a folder with actors and aliases of a user's own."""
    # imported here, since the names alone are asked for by commands that read the published file and must answer at once
    from assets.actors import domain as actors
    from assets.news import domain as news
    from assets.overdose import domain as overdose
    from assets.policy import domain as policy
    from assets.sanctions import domain as sanctions

    found = (actors.package(own_actors), sanctions.package(), overdose.package(), news.package(own_actors), policy.package())
    return {package.domain: package for package in found}
