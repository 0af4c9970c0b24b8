"""Names of the assets. The graph of the UI shows the last part of a name alone, so these differ in it."""

from __future__ import annotations

import dagster as dg

BUILD = dg.AssetKey(["warehouse", "build"])
PUBLISHED = dg.AssetKey(["warehouse", "bilateral"])


def raw_key(source: str) -> dg.AssetKey:
    """The bytes of a source as served."""
    return dg.AssetKey(["raw", source])


def staged_key(source: str) -> dg.AssetKey:
    """The typed rows of a source, on which its checks are shown."""
    return dg.AssetKey(["staged", f"{source}_rows"])


def days_key(source: str) -> dg.AssetKey:
    """The asset whose partitions are the days of a source that comes in slots."""
    return dg.AssetKey(["raw", f"{source}_days"])


def core_key(table: str) -> dg.AssetKey:
    """A core table by its bare name."""
    return dg.AssetKey(["core", table])


def mart_key(name: str) -> dg.AssetKey:
    """A mart by its bare name."""
    return dg.AssetKey(["marts", name])
