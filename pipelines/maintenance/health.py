"""What whoever runs the schedules should know of a source: what did not come in, what waits, what is old. Sentences for people.

Read from what is kept (receipts, snapshots of the core, newest dates), so that each run says it as long as it lasts; beside it
what the run itself reports.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice, takewhile

import polars as pl

from assets.schema import declared
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import Source
from pipelines.maintenance.status import stale_sentence
from pipelines.services.warehouse import Warehouse
from pipelines.storage.manifest import Manifest
from pipelines.storage.quarantined_rows import lines, rows_of
from pipelines.storage.snapshot_status import feeding, to_judge

MOST_SENTENCES = 5
"""How many snapshots are named before the rest is counted."""
_BAD = ("quarantined", "failed")


def attempts(warehouse: Warehouse, source: str, receipts: Sequence[Receipt]) -> list[str]:
    """What is wrong with the bytes of a source: of what was taken in by this run, and of the attempts since the last good one."""
    found = [
        *(f"{r.snapshot} {r.verdict}: {r.reason}" for r in receipts if r.verdict in _BAD),
        *messages_of_run(warehouse, source),
        *failed_attempts(warehouse.raw, source),
    ]
    if warehouse.raw.last_accepted(source) is None:
        is_manual = warehouse.sources[source].live == "manual"
        how = "it is ingested by hand: put its file into an archive" if is_manual else "a refresh from live asks for it"
        found.append(f"no data of it yet; {how}")  # an empty source must not look like a good one
    return list(dict.fromkeys(found))


def troubles(warehouse: Warehouse, source: str, manifest: Manifest) -> list[str]:
    """What is wrong with a source now, and what went wrong with it in this run; ``manifest``: the current one of its domain."""
    found = [
        *messages_of_run(warehouse, source),
        *failed_attempts(warehouse.raw, source),
        *quarantined(warehouse.core.snapshots(manifest), source),
        *(f"{n.snapshot} {n.verdict}: {n.reason}" for n in warehouse.report.new if n.source == source and n.verdict in _BAD),
        *lines(rows_of(warehouse.core, manifest).filter(pl.col("source") == source)),
        *not_promoted(warehouse, source, manifest),
    ]
    return list(dict.fromkeys(found))


def not_promoted(warehouse: Warehouse, source: str, manifest: Manifest) -> list[str]:
    """Whether snapshots of a source came in that the current core has not taken, and why where this run knows."""
    raw = warehouse.raw
    reviews = raw.reviews(warehouse.sources[source])
    judged = warehouse.core.judged(manifest, source, warehouse.fingerprint(source), reviews)
    todo, _ = to_judge(raw.snapshots(source), judged)
    names = feeding([raw.receipt(source, n) for n in todo], raw.last_accepted(source, before=todo[0]) if todo else None)
    why = messages_of_run(warehouse, manifest.domain)
    if not names:
        return why
    why += messages_of_run(warehouse, source)
    what = "1 snapshot waits" if len(names) == 1 else f"{len(names):,} snapshots wait"
    return [*why, f"{what} to be taken, the newest of {names[-1]}: what passed last is published"]


def age(warehouse: Warehouse, source: str, manifest: Manifest) -> list[str]:
    """Whether the data of a source are older than they may be; the built-in record alone, which ends where it ends, never is."""
    if warehouse.origin().kind == "record":
        return []
    text = staleness(warehouse.sources[source], _newest_date(warehouse, source, manifest), datetime.now(UTC).date())
    return [text] if text else []


def messages_of_run(warehouse: Warehouse, name: str) -> list[str]:
    """What the report of this run says of a source or domain."""
    said = [*warehouse.report.problems, *warehouse.report.not_promoted]
    return [line for line in said if line.startswith((f"{name}: ", f"{name} "))]


def failed_attempts(raw: RawStore, source: str) -> list[str]:
    """The attempts since the last good one that failed or were quarantined for their bytes, the newest first."""
    since = takewhile(lambda r: r.verdict in _BAD, raw.receipts(source))
    return _named(f"{r.snapshot} {r.verdict}: {r.reason}" for r in since)


def quarantined(snapshots: pl.DataFrame, source: str) -> list[str]:
    """The snapshots since the last accepted one whose content was refused (rows of ``meta.snapshots``), the newest first."""
    of_source = snapshots.filter((pl.col("source") == source) & pl.col("verdict").is_in(["accepted", "quarantined"]))
    rows = of_source.sort("snapshot", descending=True).select("snapshot", "verdict", "reason").iter_rows()
    refused = takewhile(lambda row: row[1] == "quarantined", rows)
    return _named(f"{snapshot} {verdict}: {reason}" for snapshot, verdict, reason in refused)


def staleness(source: Source, newest: date | None, today: date) -> str:
    """What is to be said of a source whose newest date is older than it may be; empty where it is not, or no age is declared."""
    if source.stale_after_days is None or newest is None or (today - newest).days <= source.stale_after_days:
        return ""
    how = (
        "it is fetched: see whether its address or layout has changed"
        if source.live == "fetch"
        else "it is ingested by hand: download the newest file into the archive and refresh from there"
    )
    return f"{stale_sentence(newest, source.cadence, source.stale_after_days, today)}; {how}"


def _newest_date(warehouse: Warehouse, source: str, manifest: Manifest) -> date | None:
    """The newest date in the data of a source, as its tables declare it; None where they hold none."""
    found = []
    for name in manifest.sources[source].tables if source in manifest.sources else ():
        newest = declared()[f"core.{name}"].newest
        files = [warehouse.core.parts(manifest.domain) / file for _, file in manifest.published_files(source, name)]
        if newest is None or newest.source is None or not files:
            continue
        column = pl.col(newest.column)
        last = pl.date(column, 12, 31) if declared()[f"core.{name}"].polars[newest.column].is_integer() else column.cast(pl.Date)
        day = pl.scan_parquet(files).select(last.max()).collect().item()
        found += [day] if day is not None else []
    return max(found, default=None)


def _named(sentences: Iterator[str]) -> list[str]:
    found: Sequence[str] = list(islice(sentences, MOST_SENTENCES))
    left = sum(1 for _ in sentences)
    return [*found, *([f"and {left:,} more"] if left else [])]
