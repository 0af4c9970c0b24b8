"""Checks that show what is wrong with a source where schedules are run: they warn, since publication goes on without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.storage import health

if TYPE_CHECKING:
    from pipelines.ingest.receipts import Receipt
    from pipelines.ingest.sources import Source
    from pipelines.services.warehouse import Warehouse

TAKEN = "snapshots_are_taken"
FRESH = "data_are_fresh"
CURRENT = "holds_what_came_in"
ACCEPTED = "new_snapshots_are_accepted"


def warning(key: dg.AssetKey, name: str, sentences: Sequence[str]) -> dg.AssetCheckResult:
    """The result of a check that warns with these sentences, and passes where there are none."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(sentences) or None,
        metadata={"status": "warning" if sentences else "passed", "sentences": dg.MetadataValue.json(list(sentences))},
    )


def attempts(warehouse: Warehouse, source: str, receipts: Sequence[Receipt]) -> list[str]:
    """What is wrong with the bytes of a source: of what was taken in by this run, and of the attempts since the last good one."""
    found = [
        *(f"{r.snapshot} {r.verdict}: {r.reason}" for r in receipts if _is_bad(r.verdict)),
        *messages_of_run(warehouse, source),
        *health.failed_attempts(warehouse.raw, source),
    ]
    if warehouse.raw.last_accepted(source) is None:
        found.append(nothing_held(warehouse.sources[source]))
    return list(dict.fromkeys(found))


def troubles(warehouse: Warehouse, source: str) -> list[str]:
    """What is wrong with a source now, and what went wrong with it in this run."""
    domain = warehouse.sources[source].domain
    manifest = warehouse.core.current(domain)
    found = [
        *messages_of_run(warehouse, source),
        *health.failed_attempts(warehouse.raw, source),
        *health.quarantined(warehouse.core.snapshots(manifest), source),
        *(f"{n.snapshot} {n.verdict}: {n.reason}" for n in warehouse.report.new if n.source == source and _is_bad(n.verdict)),
        *health.rows_set_aside(warehouse.core, manifest, source),
        *not_promoted(warehouse, source),
    ]
    return list(dict.fromkeys(found))


def not_promoted(warehouse: Warehouse, source: str) -> list[str]:
    """Whether snapshots of a source came in that the current core has not taken, and why where this run knows."""
    domain = warehouse.sources[source].domain
    reviews = warehouse.raw.reviews(warehouse.sources[source])
    judged = warehouse.core.judged(domain, source, warehouse.fingerprint(source), reviews)
    names = health.waiting(warehouse.raw, source, judged)
    why = messages_of_run(warehouse, domain)
    if not names:
        return why
    why += messages_of_run(warehouse, source)
    what = "1 snapshot waits" if len(names) == 1 else f"{len(names):,} snapshots wait"
    return [*why, f"{what} to be taken, the newest of {names[-1]}: what passed last is published"]


def staleness(warehouse: Warehouse, source: str) -> list[str]:
    """Whether the data of a source are older than they may be; the built-in record alone, which ends where it ends, never is."""
    declaration = warehouse.sources[source]
    if warehouse.origin().kind == "record":
        return []
    newest = health.newest_date(warehouse.core, warehouse.core.current(declaration.domain), source)
    text = health.staleness(declaration, newest, datetime.now(UTC).date())
    return [text] if text else []


def nothing_held(source: Source) -> str:
    """What is to be said of a source of which nothing was taken in yet: an empty source must not look like a good one."""
    how = "it is taken in by hand: put its file into an archive" if source.live == "manual" else "a refresh from live asks for it"
    return f"nothing is held of it yet; {how}"


def messages_of_run(warehouse: Warehouse, name: str) -> list[str]:
    """What the report of this run says of a source or domain."""
    report = warehouse.report
    said = [*report.problems, *report.not_promoted]
    return [line for line in said if line.startswith((f"{name}: ", f"{name} "))]


def _is_bad(verdict: str) -> bool:
    return verdict in ("quarantined", "failed")
