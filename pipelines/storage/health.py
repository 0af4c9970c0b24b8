"""What whoever runs the schedules should know of a source: what did not come in, what waits, what is old. Sentences for people.

Read from what is kept (receipts, snapshots of the core, newest dates), so that each run says it as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice, takewhile

import polars as pl

from assets.schema import declared
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import Source
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest
from pipelines.storage.quarantined_rows import lines, rows_of
from pipelines.storage.snapshot_status import feeding, to_judge

MOST_SENTENCES = 5
"""How many snapshots are named before the rest is counted."""


def failed_attempts(raw: RawStore, source: str) -> list[str]:
    """The attempts since the last good one that failed or were quarantined for their bytes, the newest first."""
    since = takewhile(lambda r: r.verdict in ("failed", "quarantined"), raw.receipts(source))
    return _named(f"{r.snapshot} {r.verdict}: {r.reason}" for r in since)


def quarantined(snapshots: pl.DataFrame, source: str) -> list[str]:
    """The snapshots since the last accepted one whose content was refused (rows of ``meta.snapshots``), the newest first."""
    of_source = snapshots.filter((pl.col("source") == source) & pl.col("verdict").is_in(["accepted", "quarantined"]))
    rows = of_source.sort("snapshot", descending=True).select("snapshot", "verdict", "reason").iter_rows()
    refused = takewhile(lambda row: row[1] == "quarantined", rows)
    return _named(f"{snapshot} {verdict}: {reason}" for snapshot, verdict, reason in refused)


def waiting(raw: RawStore, source: str, judged: pl.DataFrame) -> list[str]:
    """The snapshots that came in and that the current core has not taken: it is the last one that passed."""
    names, _ = to_judge(raw.snapshots(source), judged)
    before = raw.last_accepted(source, before=names[0]) if names else None
    return feeding([raw.receipt(source, name) for name in names], before)


def rows_set_aside(core: CoreStore, manifest: Manifest, source: str) -> list[str]:
    """A sentence for each table and rule by which rows of a source are kept from being published."""
    return lines(rows_of(core, manifest).filter(pl.col("source") == source))


def newest_date(core: CoreStore, manifest: Manifest, source: str) -> date | None:
    """The newest date in the data of a source, as its tables declare it; None where they hold none."""
    found = []
    for name in manifest.sources[source].tables if source in manifest.sources else ():
        newest = declared()[f"core.{name}"].newest
        files = [core.parts(manifest.domain) / file for _, file in manifest.published_files(source, name)]
        if newest is None or newest.source is None or not files:
            continue
        column = pl.col(newest.column)
        last = pl.date(column, 12, 31) if declared()[f"core.{name}"].polars[newest.column].is_integer() else column.cast(pl.Date)
        day = pl.scan_parquet(files).select(last.max()).collect().item()
        found += [day] if day is not None else []
    return max(found, default=None)


def staleness(source: Source, newest: date | None, today: date) -> str:
    """What is to be said of a source whose newest date is older than it may be; empty where it is not, or no age is declared."""
    if source.stale_after_days is None or newest is None or (today - newest).days <= source.stale_after_days:
        return ""
    how = (
        "it is fetched: see whether its address or layout has changed"
        if source.live == "fetch"
        else "it is taken in by hand: download the newest file into the archive and refresh from there"
    )
    return (
        f"the newest date in the data is {newest}, {(today - newest).days:,} days ago; it should be no more than "
        f"{source.stale_after_days:,} (cadence: {source.cadence}); {how}"
    )


def _named(sentences: Iterator[str]) -> list[str]:
    found: Sequence[str] = list(islice(sentences, MOST_SENTENCES))
    left = sum(1 for _ in sentences)
    return [*found, *([f"and {left:,} more"] if left else [])]
