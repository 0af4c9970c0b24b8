"""The rooms of ``assets``: the one place of the project that names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.contract import Room

REFERENCE = ("actors",)
"""Rooms without sources: reference tables, which the other rooms look things up in."""

DOMAINS = ("sanctions", "overdose", "news", "policy")
"""Rooms that take in sources, in the order in which they are run and shown."""


def rooms(own_actors: Path | None = None) -> dict[str, Room]:
    """The rooms by name, those of reference tables first.

    Args:
        own_actors: folder with actors and aliases of a user, in the layout of ``assets/actors/data``.
    """
    # imported here, since the names alone are asked for by commands that read the published file and must answer at once
    from assets.actors import room as actors
    from assets.news import room as news
    from assets.overdose import room as overdose
    from assets.policy import room as policy
    from assets.sanctions import room as sanctions

    found = (actors.room(own_actors), sanctions.room(), overdose.room(), news.room(own_actors), policy.room())
    return {room.domain: room for room in found}
