"""What an operator is told without asking: what went wrong, what is old, what happened to names that are watched.

Pure but for ``send``. An alert is told once, again after a day while it lasts, and once more when it is over.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, with_checksum

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.services.report import Report

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
    """Something to be told. ``subject``: what it is about; with the kind it names the alert.

    ``is_once``: it is not told again while it lasts.
    """

    kind: Kind
    subject: str
    text: str
    is_once: bool = False

    @property
    def name(self) -> str:
        """What the alert is called through all refreshes."""
        return f"{self.kind}: {self.subject}"


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
    rows = [(v.severity, v.table_name, v.expectation, v.description) for v in report.validations if v.blocks]
    return found + check_alerts(rows)


def check_alerts(rows: Iterable[Sequence[str]]) -> list[Alert]:
    """What is to be told of checks that fail: severity, table, expectation, description of each. A warning is told once."""
    return [
        Alert("failed expectation", f"{table} {expectation}", f"{severity}: {description}", is_once=severity == "warning")
        for severity, table, expectation, description in rows
    ]


def source_alerts(held: Iterable[tuple[str, str | None, str | None]]) -> list[Alert]:
    """What is to be told of sources by their last attempt: source, snapshot, verdict. It lasts until a better one comes."""
    return [
        Alert("failed source", source, f"its last attempt ({snapshot}) failed; what was known before stays")
        for source, snapshot, verdict in held
        if verdict == "failed"
    ]


def age_alerts(sentences: Iterable[str]) -> list[Alert]:
    """What is to be told of sources whose newest data are older than they declare: sentences that begin with the source."""
    return [Alert("stale data", text.partition(":")[0], text) for text in sentences]


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


def watched_alerts(con: DuckDBPyConnection, names: Sequence[str], after: datetime | None) -> list[Alert]:
    """What the publication was the first to hold of names that are watched.

    Args:
        con: the published file.
        names: a pair of states (USA-CHN), the id of an actor or of a listing, the id of a list or source, or a part of a name.
        after: when the publication before was built; None where there was none: then nothing is new.
    """
    if not names or after is None:
        return []
    from pipelines.share.changes import Span, changes_in

    cursor = changes_in(con, Span(datetime(1, 1, 1), datetime(9999, 1, 1), after), in_short=False)
    columns = [d[0] for d in cursor.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    found = []
    for name in names:
        mine = [row for row in rows if _is_of(row, name)]
        if mine:
            lines = [_line(row) for row in mine[:MOST_WATCHED]]
            more = len(mine) - len(lines)
            text = "\n".join([*lines, *([f"and {more:,} more (bilateral changes)"] if more else [])])
            # each publication has news of its own
            found.append(Alert("watched", f"{name} since {after:%Y-%m-%d %H:%M}", text))
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


# what is told, and when -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueAlerts:
    """What is to be told now, what is over, and what is then known to have been told."""

    now: list[Alert]
    over: list[str]
    state: dict[str, dict[str, str]]


def due_alerts(
    alerts: Iterable[Alert], told: Mapping[str, Mapping[str, str]], now: datetime, looked_at: Collection[Kind] | None = None
) -> DueAlerts:
    """Which alerts are to be told.

    Args:
        alerts: what there is.
        told: by name, the text and moment of what was told before and was not over then.
        now: the present moment, naive UTC.
        looked_at: the kinds of which ``alerts`` has all; what was told of others goes on. Default: all kinds.
    """
    by_name: dict[str, Alert] = {}
    for alert in alerts:
        earlier = by_name.get(alert.name)
        text = alert.text if earlier is None or alert.text in earlier.text else f"{earlier.text}\n{alert.text}"
        by_name[alert.name] = Alert(alert.kind, alert.subject, text, alert.is_once)
    to_tell, state = [], {}
    for name, alert in by_name.items():
        before = told.get(name)
        is_due = before is None or (not alert.is_once and now - datetime.fromisoformat(before["at"]) >= AGAIN_AFTER)
        if is_due:
            to_tell.append(alert)
        if alert.kind != "watched":
            state[name] = {"text": alert.text, "at": now.isoformat() if before is None or is_due else before["at"]}
    # a quarantine is told when it comes: that no other came since does not end it
    gone = [name for name in told if name not in by_name and not name.startswith("quarantine: ")]
    over = [name for name in gone if looked_at is None or name.partition(": ")[0] in looked_at]
    if looked_at is not None:
        state |= {name: dict(told[name]) for name in told if name not in by_name and name not in over}
    return DueAlerts(to_tell, over, state)


def message(told: DueAlerts, where: str) -> tuple[str, str]:
    """Title and text of the message."""
    kinds = sorted({alert.kind for alert in told.now})
    title = f"bilateral: {', '.join(kinds) if kinds else 'over'}"
    lines = [f"{alert.kind}: {alert.subject}\n{alert.text}" for alert in told.now]
    lines += [f"over: {name}" for name in told.over]
    return title, "\n\n".join([*lines, where])


def read_state(path: Path) -> dict[str, dict[str, str]]:
    """What was told before; nothing where that is not known: it is then told again."""
    try:
        return dict(read_checksummed(path)[0]["told"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def keep_state(path: Path, told: DueAlerts) -> None:
    """Keep what was told."""
    write_json(path, with_checksum({"told": told.state}))


def send(urls: Sequence[str], title: str, text: str) -> list[str]:
    """Send a message to each address of apprise; return what went wrong, in sentences that name no secret."""
    try:
        import apprise
    except ImportError:
        return ["alerts were not sent: apprise is not installed ('pip install apprise')"]
    problems = []
    with _silent():
        for number, url in enumerate(urls, 1):
            # an address has passwords and tokens in it: only its place in the list and its kind are ever written
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


@contextmanager
def _silent() -> Iterator[None]:
    """Keep the libraries that send from writing of addresses, in which passwords stand, into logs and warnings."""
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def send_due(
    alerts: Sequence[Alert],
    urls: Sequence[str],
    state: Path,
    where: str,
    now: datetime,
    *,
    looked_at: Collection[Kind] | None = None,
    sender: Callable[..., list[str]] = send,
) -> list[str]:
    """Send what is due and note that it was; return what went wrong.

    Args:
        alerts: what there is.
        urls: where to; without one nothing is sent or noted.
        state: file in which is kept what was told.
        where: which warehouse, in words.
        now: naive UTC.
        looked_at: the kinds of which ``alerts`` has all (``due_alerts``).
        sender: sends title and text to the addresses.
    """
    if not urls:
        return []
    told = due_alerts(alerts, read_state(state), now, looked_at)
    problems = sender(urls, *message(told, where)) if told.now or told.over else []
    if not problems:
        # what nobody took is told again
        keep_state(state, told)
    return problems


# for outside monitors -------------------------------------------------------------------------------------------------


def write_heartbeat(path: Path, *, now: datetime, exit_code: int, publication_id: str | None, alerts: Sequence[Alert]) -> None:
    """Write the file by which an outside monitor sees that refreshes run, and how the last one ended.

    Its moment of change is that of the end of the refresh; a monitor need read no more than ``exit_code``.
    """
    entry = {
        "ended_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "exit_code": exit_code,
        "publication_id": publication_id,
        "alerts": sorted({alert.name for alert in alerts}),
    }
    write_json(path, with_checksum(entry))
