"""What is done at the end of each refresh for those who run it: the heartbeat, and the alerts that are due."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from assets.errors import BilateralError
from pipelines.cli.status import standing
from pipelines.keeping.alerts import Alert, of_ages, of_failing, of_held, of_refresh, tell, watched, write_heartbeat
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.report import Report
    from pipelines.settings import Settings


def after_refresh(settings: Settings, report: Report, failures: Sequence[str], exit_code: int) -> list[str]:
    """Write the heartbeat and send the alerts that are due; return what went wrong with either, in sentences.

    Args:
        settings: of the warehouse.
        report: what the refresh did.
        failures: steps that failed, or why nothing was tried, in words.
        exit_code: of the refresh.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    alerts, publication, problems = of_refresh(report, failures), None, []
    try:
        found = standing(settings)
        publication = found.publication_id
        alerts += of_ages(found.stale) + of_failing(found.failing)
        alerts += of_held((h.source, h.snapshot, h.verdict) for h in found.held)
        if report.published and settings.watched:
            alerts += _watched(settings)
    except (BilateralError, duckdb.Error) as fault:
        problems.append(f"what is old and what is watched could not be looked at: {str(fault).splitlines()[0]}")
    try:
        write_heartbeat(settings.heartbeat, now=now, exit_code=exit_code, publication_id=publication, alerts=alerts)
        where = f"{settings.warehouse} on {platform.node()}, {now:%Y-%m-%d %H:%M} UTC. 'bilateral status' says more."
        problems += tell(alerts, settings.alert_urls.split(), settings.warehouse / "alerts.json", where, now)
    except OSError as fault:
        problems.append(f"{fault.filename}: {fault.strerror}: the heartbeat, or what was told, could not be written")
    return problems


def _watched(settings: Settings) -> list[Alert]:
    with connect_for_readers(settings.published) as con:
        built = con.execute("SELECT built_at FROM meta.publications ORDER BY built_at DESC LIMIT 2").fetchall()
        return watched(con, settings.watched, built[1][0] if len(built) > 1 else None)
