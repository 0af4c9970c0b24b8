"""Names of the assets of a source. The graph of the UI shows the last part of a name alone, so these differ in it."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg


def raw_key(source: str) -> dg.AssetKey:
    """The bytes of a source as served."""
    return dg.AssetKey(["raw", source])


def staged_key(source: str) -> dg.AssetKey:
    """The typed rows of a source, on which its checks are shown."""
    return dg.AssetKey(["staged", f"{source}_rows"])


def days_key(source: str) -> dg.AssetKey:
    """The asset whose partitions are the days of a source that comes in slots."""
    return dg.AssetKey(["raw", f"{source}_days"])


def in_refresh(spec: dg.AssetSpec, domains: Collection[str], in_play: Collection[str]) -> bool:
    """Whether a refresh of domains makes an asset: of their sources those ``in_play``, and no days of the past.

    Args:
        spec: of the asset.
        domains: to be folded, reference domains too where they are.
        in_play: ids of the sources that have or may get anything.
    """
    if spec.group_name not in {"marts", "publication", *domains} or spec.partitions_def is not None:
        return False
    return spec.key.path[0] not in ("raw", "staged") or spec.key in {k(s) for s in in_play for k in (raw_key, staged_key)}
