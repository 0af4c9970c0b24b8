"""What an operator is told without asking: what went wrong, what is old, what happened to names that are watched.

At the end of each refresh, and between two, by the sensors of Dagster. An alert is told once, again after a day while it lasts,
and once more when it is over; apprise sends it.
"""

import logging
import platform
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb

from assets.errors import BilateralError
from pipelines.maintenance.status import read_status
from pipelines.services.report import Report
from pipelines.settings import Settings
from pipelines.storage.on_disk import heartbeat
from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, with_checksum
from pipelines.util.disk_errors import disk_error_message
from pipelines.util.readers import connect_for_readers, records

Kind = Literal[
    "failed refresh", "no refresh", "failed source", "quarantine", "not promoted", "stale data", "failed expectation", "watched"
]

AGAIN_AFTER = timedelta(days=1)
"""After so long an alert that lasts is told again."""
SILENT_AFTER = timedelta(days=2)
"""If no refresh has ended for so long, that is an alert: schedules that run ask each source once a day at least."""
MOST_WATCHED = 50
"""Changes of watched names that one message tells; how many more there are is said."""


@dataclass(frozen=True)
class Alert:
    """Something to be told, named by its kind and what it is about; ``is_once``: it is not told again while it lasts."""

    kind: Kind
    subject: str
    text: str
    is_once: bool = False

    @property
    def name(self) -> str:
        """What the alert is called through all refreshes."""
        return f"{self.kind}: {self.subject}"


def after_refresh(settings: Settings, report: Report, failures: Sequence[str], exit_code: int) -> list[str]:
    """Write the heartbeat and send what is due; return what went wrong with either. ``failures``: of steps, in words."""
    now = datetime.now(UTC).replace(tzinfo=None)
    alerts, publication, problems = refresh_alerts(report, failures), None, []
    try:
        found = read_status(settings)
        publication = found.publication_id
        alerts += state_alerts(found.stale, found.failing)
        alerts += [
            Alert("failed source", h.source, f"its last attempt ({h.snapshot}) failed; what was known before stays")
            for h in found.sources
            if h.verdict == "failed"
        ]
        if report.published and settings.watched:
            with connect_for_readers(settings.published) as con:
                built = con.execute("SELECT built_at FROM meta.publications ORDER BY built_at DESC LIMIT 2").fetchall()
                alerts += watched_alerts(con, settings.watched, built[1][0] if len(built) > 1 else None)
    except (BilateralError, duckdb.Error) as fault:
        problems.append(f"what is old and what is watched could not be looked at: {str(fault).splitlines()[0]}")
    try:
        write_heartbeat(settings.heartbeat, now=now, exit_code=exit_code, publication_id=publication, alerts=alerts)
        problems += _send_due(settings, alerts, now)
    except OSError as fault:
        why = disk_error_message(fault, settings.heartbeat) or f"{fault.filename}: {fault.strerror}"
        problems.append(f"the heartbeat or the list of sent alerts could not be written: {why}")
    return problems


def between_refreshes(settings: Settings) -> list[str]:
    """Send alerts that come due without a refresh; return what went wrong, in sentences. Without an address it looks at nothing.

    Data grow old, and runs are not started any more, when nothing runs that could say so at its end.
    """
    if not settings.alert_urls.split():
        return []
    now = datetime.now(UTC).replace(tzinfo=None)
    alerts = silence_alerts(heartbeat(settings.heartbeat), now)
    looked_at: list[Kind] = ["no refresh"]
    try:
        found = read_status(settings)
        alerts += state_alerts(found.stale, found.failing)
        looked_at += ["stale data", "failed expectation"]
    except (BilateralError, duckdb.Error):
        pass  # nothing is published: the refresh that failed at it has told so
    try:
        return _send_due(settings, alerts, now, looked_at)
    except OSError as fault:
        return [f"{fault.filename}: {fault.strerror}: the list of sent alerts could not be written"]


def _send_due(settings: Settings, alerts: Sequence[Alert], now: datetime, looked_at: Collection[Kind] | None = None) -> list[str]:
    where = f"{settings.warehouse} on {platform.node()}, {now:%Y-%m-%d %H:%M} UTC. 'bilateral status' says more."
    return send_due(alerts, settings.alert_urls.split(), settings.warehouse / "alerts.json", where, now, looked_at=looked_at)


def write_heartbeat(path: Path, *, now: datetime, exit_code: int, publication_id: str | None, alerts: Sequence[Alert]) -> None:
    """Write what an outside monitor looks at: its time is that of the end of the refresh, ``exit_code`` says how it ended."""
    entry = {
        "ended_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "exit_code": exit_code,
        "publication_id": publication_id,
        "alerts": sorted({alert.name for alert in alerts}),
    }
    write_json(path, with_checksum(entry))


def refresh_alerts(report: Report, failures: Sequence[str]) -> list[Alert]:
    """What a refresh has to tell; ``failures``: steps that failed, in words."""
    found = [Alert("failed refresh", "all", text) for text in failures]
    if report.blocked:
        found.append(Alert("failed refresh", "all", "critical checks failed on the build; the published file is as it was"))
    found += [Alert("failed source", text.partition(":")[0], text) for text in report.problems]
    for new in report.new:
        if new.verdict == "quarantined":
            found.append(Alert("quarantine", f"{new.source}/{new.snapshot}", new.reason or "refused by a guard"))
        elif new.verdict == "failed":
            found.append(Alert("failed source", new.source, new.reason or "nothing was served"))
    found += [Alert("not promoted", text.partition(":")[0], text) for text in report.not_promoted]
    # of a build that was published its own table of validations says it, also when nothing new is built
    failing = [(v.severity, v.table_name, v.expectation, v.description) for v in report.validations if v.blocks]
    return found + state_alerts([], failing)


def state_alerts(stale: Iterable[str], failing: Iterable[Sequence[str]]) -> list[Alert]:
    """What is to be told of what is published, whatever was done last. A warning is told once.

    ``stale``: sentences that begin with their source. ``failing``: severity, table, expectation, description of each failing
    check.
    """
    return [Alert("stale data", text.partition(":")[0], text) for text in stale] + [
        Alert("failed expectation", f"{table} {expectation}", f"{severity}: {description}", is_once=severity == "warning")
        for severity, table, expectation, description in failing
    ]


def silence_alerts(beat: Mapping[str, Any] | None, now: datetime) -> list[Alert]:
    """What is to be told where no refresh has ended for ``SILENT_AFTER``; ``beat``: the last heartbeat, ``now``: naive UTC."""
    try:
        ended = datetime.fromisoformat(str((beat or {})["ended_at"])).replace(tzinfo=None)
    except (KeyError, ValueError):
        return []  # on a new folder nothing is late
    if now - ended < SILENT_AFTER:
        return []
    text = f"the last one ended at {ended:%Y-%m-%d %H:%M} UTC. Is its timer or schedule on, and does one hang?"
    return [Alert("no refresh", "all", text)]


def watched_alerts(con: duckdb.DuckDBPyConnection, names: Sequence[str], after: datetime | None) -> list[Alert]:
    """What the publication was the first to hold of watched names; nothing without one before (``after``: when that was built).

    A name is a pair of states (USA-CHN), the id of an actor, listing, list or source, or a part of a name.
    """
    if not names or after is None:
        return []
    from pipelines.share.changes import Span, changes_in

    rows = records(changes_in(con, Span(datetime(1, 1, 1), datetime(9999, 1, 1), after), in_short=False))
    found = []
    for name in names:
        mine = [row for row in rows if _is_of(row, name)]
        if mine:
            lines = [_line(row) for row in mine[:MOST_WATCHED]]
            if len(mine) > MOST_WATCHED:
                lines.append(f"and {len(mine) - MOST_WATCHED:,} more (bilateral changes)")
            # each publication has news of its own
            found.append(Alert("watched", f"{name} since {after:%Y-%m-%d %H:%M}", "\n".join(lines)))
    return found


def _is_of(row: Mapping[str, Any], name: str) -> bool:
    one, is_pair, other = name.partition("-")
    if is_pair and len(one) == len(other) == 3 and name.isupper():
        return {row["actor_id"], row["target_id"]} == {one, other}
    ids = (row["actor_id"], row["target_id"], row["topic"], row["change_id"])
    if name in ids or (":" in name and name in str(row["change_id"])):
        return True
    words = f"{row['what'] or ''} {row['detail'] or ''}".casefold()
    return len(name) > 3 and name.casefold() in words


def _line(row: Mapping[str, Any]) -> str:
    parts = (row["date"], row["kind"].replace("_", " "), row["topic"], row["what"], row["detail"])
    return "  ".join(str(part) for part in parts if part)


@dataclass(frozen=True)
class DueAlerts:
    """What is to be told now, what is over, and what is then known to have been told."""

    now: list[Alert]
    over: list[str]
    state: dict[str, dict[str, str]]


def due_alerts(
    alerts: Iterable[Alert], sent: Mapping[str, Mapping[str, str]], now: datetime, looked_at: Collection[Kind] | None = None
) -> DueAlerts:
    """Which alerts are to be told now (naive UTC).

    ``sent``: by name, text and moment of what was told before and was not over then. ``looked_at``: the kinds of which
    ``alerts`` has all (default: all); what was told of others goes on.
    """
    by_name: dict[str, Alert] = {}
    for alert in alerts:
        same = by_name.get(alert.name)
        text = alert.text if same is None or alert.text in same.text else f"{same.text}\n{alert.text}"
        by_name[alert.name] = Alert(alert.kind, alert.subject, text, alert.is_once)
    to_tell, state = [], {}
    for name, alert in by_name.items():
        before = sent.get(name)
        is_due = before is None or (not alert.is_once and now - datetime.fromisoformat(before["at"]) >= AGAIN_AFTER)
        if is_due:
            to_tell.append(alert)
        if alert.kind != "watched":
            state[name] = {"text": alert.text, "at": now.isoformat() if before is None or is_due else before["at"]}
    # a quarantine is told when it comes: that no other came since does not end it
    gone = [name for name in sent if name not in by_name and not name.startswith("quarantine: ")]
    over = [name for name in gone if looked_at is None or name.partition(": ")[0] in looked_at]
    if looked_at is not None:
        state |= {name: dict(sent[name]) for name in sent if name not in by_name and name not in over}
    return DueAlerts(to_tell, over, state)


def send_due(
    alerts: Iterable[Alert],
    urls: Sequence[str],
    state: Path,
    where: str,
    now: datetime,
    *,
    looked_at: Collection[Kind] | None = None,
) -> list[str]:
    """Send what is due to ``urls`` (without one nothing is sent or noted) and note that it was; return what went wrong.

    ``state``: the file of what was told; where it cannot be read, all is told again. ``where``: which warehouse, in words.
    ``looked_at``: as for ``due_alerts``.
    """
    if not urls:
        return []
    try:
        before = dict(read_checksummed(state)[0]["told"])
    except (OSError, ValueError, KeyError, TypeError):
        before = {}
    due = due_alerts(alerts, before, now, looked_at)
    problems = []
    if due.now or due.over:
        title = f"bilateral: {', '.join(sorted({alert.kind for alert in due.now})) or 'over'}"
        lines = [*(f"{alert.name}\n{alert.text}" for alert in due.now), *(f"over: {name}" for name in due.over)]
        problems = send(urls, title, "\n\n".join([*lines, where]))
    if not problems:
        # what nobody took is told again
        write_json(state, with_checksum({"told": due.state}))
    return problems


def send(urls: Sequence[str], title: str, text: str) -> list[str]:
    """Send a message to each address of apprise; return what went wrong, in sentences that name no secret."""
    try:
        import apprise
    except ImportError:
        return ["alerts were not sent: apprise is not installed ('pip install apprise')"]
    # an address has passwords and tokens in it: only its place in the list and its kind are ever written
    for name in ("apprise", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    problems = []
    with warnings.catch_warnings(action="ignore"):
        for number, url in enumerate(urls, 1):
            kind = url.partition("://")[0] if "://" in url else "no address"
            named = f"address {number} of BILATERAL_ALERT_URLS ({kind})"
            one = apprise.Apprise()
            try:
                if not one.add(url):
                    problems.append(f"{named} is none that apprise knows")
                elif not one.notify(title=title, body=text):
                    problems.append(f"{named} did not take the message")
            except Exception as fault:  # whatever a library of many services does must not end a refresh
                problems.append(f"{named} failed: {type(fault).__name__}")
    return problems
