"""Names of the assets of a source. The graph of the UI shows the last part of a name alone, so these differ in it."""

from __future__ import annotations

import dagster as dg

from pipelines.steps import told


def raw_key(source: str) -> dg.AssetKey:
    """The bytes of a source as served."""
    return dg.AssetKey(told.raw(source))


def staged_key(source: str) -> dg.AssetKey:
    """The typed rows of a source, on which its checks are shown."""
    return dg.AssetKey(told.staged(source))


def days_key(source: str) -> dg.AssetKey:
    """The asset whose partitions are the days of a source that comes in slots."""
    return dg.AssetKey(told.days(source))
