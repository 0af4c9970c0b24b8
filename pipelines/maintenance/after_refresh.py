"""What is done at the end of each refresh for those who run it, and between two: the heartbeat, and the alerts that are due."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from assets.errors import BilateralError
from pipelines.maintenance.alerts import (
    Alert,
    Kind,
    age_alerts,
    check_alerts,
    refresh_alerts,
    send_due,
    silence_alerts,
    source_alerts,
    watched_alerts,
    write_heartbeat,
)
from pipelines.maintenance.status import read_status
from pipelines.storage.on_disk import heartbeat
from pipelines.util.disk_errors import disk_error_message
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.services.report import Report
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
    alerts, publication, problems = refresh_alerts(report, failures), None, []
    try:
        found = read_status(settings)
        publication = found.publication_id
        alerts += age_alerts(found.stale) + check_alerts(found.failing)
        alerts += source_alerts((h.source, h.snapshot, h.verdict) for h in found.held)
        if report.published and settings.watched:
            alerts += _watched(settings)
    except (BilateralError, duckdb.Error) as fault:
        problems.append(f"what is old and what is watched could not be looked at: {str(fault).splitlines()[0]}")
    try:
        write_heartbeat(settings.heartbeat, now=now, exit_code=exit_code, publication_id=publication, alerts=alerts)
        problems += send_due(alerts, settings.alert_urls.split(), settings.warehouse / "alerts.json", _where(settings, now), now)
    except OSError as fault:
        why = disk_error_message(fault, settings.heartbeat) or f"{fault.filename}: {fault.strerror}"
        problems.append(f"the heartbeat, or what was told, could not be written: {why}")
    return problems


def between_refreshes(settings: Settings) -> list[str]:
    """Send the alerts that come due without a refresh; return what went wrong, in sentences.

    Data grow old, and runs are not started any more, when nothing runs that could say so at its end.

    Args:
        settings: of the warehouse; without an address for alerts nothing is looked at.
    """
    if not settings.alert_urls.split():
        return []
    now = datetime.now(UTC).replace(tzinfo=None)
    alerts = silence_alerts(heartbeat(settings.heartbeat), now)
    looked_at: list[Kind] = ["no refresh"]
    try:
        found = read_status(settings)
        alerts += age_alerts(found.stale) + check_alerts(found.failing)
        looked_at += ["stale data", "failed expectation"]
    except (BilateralError, duckdb.Error):
        pass  # nothing is published: the refresh that failed at it has told so
    try:
        state = settings.warehouse / "alerts.json"
        return send_due(alerts, settings.alert_urls.split(), state, _where(settings, now), now, looked_at=looked_at)
    except OSError as fault:
        return [f"{fault.filename}: {fault.strerror}: what was told could not be written"]


def _where(settings: Settings, now: datetime) -> str:
    return f"{settings.warehouse} on {platform.node()}, {now:%Y-%m-%d %H:%M} UTC. 'bilateral status' says more."


def _watched(settings: Settings) -> list[Alert]:
    with connect_for_readers(settings.published) as con:
        built = con.execute("SELECT built_at FROM meta.publications ORDER BY built_at DESC LIMIT 2").fetchall()
        return watched_alerts(con, settings.watched, built[1][0] if len(built) > 1 else None)
