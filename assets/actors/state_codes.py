"""Codes of states, each with the days on which it stood for its state: the one place to join other people's data by.

Of ``data/state_codes.csv``: COW (State System Membership, v2016), GW (Gleditsch and Ward's list with its microstates, to
2020), of both what held in 1946 or later; ISO 3166-1 numeric codes; codes that ISO 3166-3 calls withdrawn; FIPS codes of states
whose outlying parts have one of their own. Letters in use, and other FIPS codes, are those of ``aliases_codes.csv``.
"""

from __future__ import annotations

import polars as pl

from assets.actors import registry
from assets.schema import table

TABLE = "actor_codes"
_WITHOUT_M49 = "TWN"
"""M49 has the numbers of ISO 3166-1 and none for Taiwan."""


def codes() -> pl.DataFrame:
    """Return ``core.actor_codes``: at any day one code of a scheme for a state, and one state for a code."""
    dates = pl.col("valid_from", "valid_to").str.to_date("%Y-%m-%d")
    listed = pl.read_csv(registry.DATA / "state_codes.csv", infer_schema=False).with_columns(dates)
    ends = registry.actors().filter(kind="state").select("actor_id", ends="valid_to")
    letters = (
        registry.aliases()
        .filter(pl.col("scheme").is_in(["iso2", "iso3", "fips"]) & pl.struct("scheme", "actor_id").is_unique())
        .join(ends, on="actor_id")
        .join(listed.group_by("scheme", "actor_id").agg(since=pl.col("valid_to").max()), on=["scheme", "actor_id"], how="left")
        .join(listed.filter(scheme="fips"), on=["scheme", "actor_id"], how="anti")
        .select("scheme", "actor_id", code="alias", valid_from="since", valid_to="ends")
        .select(listed.columns)
    )
    m49 = listed.filter(pl.col("actor_id") != _WITHOUT_M49, scheme="iso_numeric").with_columns(scheme=pl.lit("m49"))
    declared = table(f"core.{TABLE}")
    return declared.conform(pl.concat([listed, letters, m49])).sort("scheme", "code", "valid_from", nulls_last=False)
