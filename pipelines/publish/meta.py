"""The tables of ``meta`` that tell what a published file was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime

import polars as pl

from assets.schema import declared
from pipelines.ingest.sources import Source
from pipelines.publish.build import now
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest
from pipelines.storage.quarantined_rows import rows_of
from pipelines.storage.staged import StagedStore


def meta_frames(
    core: CoreStore,
    staged: StagedStore,
    manifests: Collection[Manifest],
    sources: Collection[Source],
    *,
    tables: Mapping[str, Collection[str]],
    versions: Mapping[str, str],
    run_id: str,
    origin: str,
) -> dict[str, pl.DataFrame]:
    """Frames for ``meta.sources``, ``meta.snapshots``, ``meta.amendments``, ``meta.rejects`` and ``meta.build``.

    ``manifests``: the current core of each domain. ``tables``: by source the core tables (bare names) with rows of it.
    ``versions``: editions of the cores by domain, and ``code``: the fingerprint of the code of the build.
    """
    schemas = declared()
    snapshots = pl.concat([core.snapshots(m) for m in manifests])
    accepted = snapshots.filter(pl.col("verdict") == "accepted")
    stated = [
        s.model_dump()
        | {
            "source": s.id,
            "max_gap_days": None if s.list is None else s.list.max_gap_days,
            "n_snapshots": accepted.filter(pl.col("source") == s.id).height,
            "last_accepted_at": accepted.filter(pl.col("source") == s.id)["retrieved_at"].max(),
            "newest_date": None,
            "tables": list(tables[s.id]),
        }
        for s in sources
    ]
    with_rejects = accepted.filter(pl.col("n_rejected") > 0).select("source", "snapshot").iter_rows()
    rejects = [
        staged.rejects(source, snapshot).with_columns(pl.lit(source).alias("source"), pl.lit(snapshot).alias("snapshot"))
        for source, snapshot in with_rejects
    ] + [core.rejects(m) for m in manifests]
    amending = {s.id for s in sources if s.amendments}
    amended = [staged.amendments(s, name) for s, name in accepted.select("source", "snapshot").iter_rows() if s in amending]
    empty = schemas["meta.rejects"].empty()
    rejects.append(_set_aside_as_rejects(core, manifests, snapshots))
    core_versions = {k: v for k, v in versions.items() if k != "code"}
    built_at = now()
    return {
        "sources": pl.DataFrame(stated, schema=schemas["meta.sources"].polars),
        "snapshots": snapshots,
        "amendments": pl.concat([schemas["meta.amendments"].empty(), *amended]),
        "rejects": pl.concat([empty, *(schemas["meta.rejects"].conform(r) for r in rejects)]),
        "build": pl.DataFrame(
            [
                {
                    "publication_id": publication_id(built_at, run_id, versions),
                    "run_id": run_id,
                    "built_at": built_at,
                    "origin": origin,
                    "code_fingerprint": versions["code"],
                    "core_versions": json.dumps(core_versions),
                }
            ],
            schema=schemas["meta.build"].polars,
        ),
    }


def publication_id(built_at: datetime, run_id: str, versions: Mapping[str, str]) -> str:
    """The name of a publication: names sort as the publications came, and no two builds share one."""
    made_of = json.dumps([built_at.isoformat(), run_id, dict(versions)], sort_keys=True)
    return f"{built_at:%Y%m%dT%H%M%SZ}-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"


def _set_aside_as_rejects(core: CoreStore, manifests: Collection[Manifest], snapshots: pl.DataFrame) -> pl.DataFrame:
    """What was set aside, as rows of ``meta.rejects``."""
    first = (
        snapshots.filter(pl.col("verdict") == "accepted")
        .sort("snapshot")
        .unique(["source", "snapshot_id"], keep="first", maintain_order=True)
        .select("source", "snapshot_id", "snapshot")
    )
    listing = pl.concat([rows_of(core, m) for m in manifests])
    return listing.join(first, on=["source", "snapshot_id"], how="left", maintain_order="left").drop("snapshot_id")
