"""The states by the codes that federal statistics use.

Belongs here: FIPS codes of states. Does not: VSRR's own jurisdictions (``vsrr``), actors (``assets.actors``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

FACTS = ("data/states.csv",)
_STATES = Path(__file__).parent / FACTS[0]


@cache
def states_by_name() -> dict[str, str]:
    """Name, case-folded, to actor, of the same."""
    named = pl.read_csv(_STATES, infer_schema=False).select("name", "actor_id")
    return {name.casefold(): actor for name, actor in named.iter_rows()}


@cache
def states() -> dict[str, str]:
    """Two-digit FIPS code to actor, of the 50 states, the District of Columbia and Puerto Rico."""
    return dict(pl.read_csv(_STATES, infer_schema=False).select("fips", "actor_id").iter_rows())


PARTS_OF_THE_NATION = 51
"""The states and the District of Columbia; national figures leave Puerto Rico out."""
