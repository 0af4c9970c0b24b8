"""What the nightly run says of publishers that changed: a title and a text for an issue; nothing where none did.

    python .github/nightly_issue.py nightly/issue.md

A change is what only a person can take up: a file that a guard or a reader refused, an address that is gone or leads elsewhere,
rows that break a rule, a correction that no longer finds what it expects. A server that was not reached is named beside those and
makes no issue of its own: the next night asks again.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipelines.maintenance.health import failed_attempts, quarantined
from pipelines.maintenance.status import read_status
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings

MOVED = re.compile(r"HTTP (?:404|410)\b|redirects to .*not asked|is not an address|where 200 was expected")


def changes(settings: Settings) -> tuple[list[str], list[str], list[str]]:
    """Sources that changed, what of each in lines, and what was not reached in lines."""
    warehouse = Warehouse(settings, lambda _: None)
    found, lines, unreached = [], [], []
    for source in warehouse.sources.values():
        if source.live != "fetch":
            continue
        judged = warehouse.core.snapshots(warehouse.core.current(source.domain))
        refused = quarantined(judged, source.id)
        attempts = failed_attempts(warehouse.raw, source.id)
        changed = [*refused, *(text for text in attempts if "quarantined: " in text or MOVED.search(text))]
        unreached += [f"{source.id}: {text}" for text in attempts if text not in changed]
        if changed:
            found.append(source.id)
            lines += [f"{source.id}: {text}" for text in changed]
    state = read_status(settings)
    for status in state.sources:
        lines += [f"{status.source}: {text}" for text in status.idle]
        found += [status.source] if status.idle and status.source not in found else []
    for source_id, table, rule, n, reason in state.set_aside:
        lines.append(f"{source_id}: {n} rows of {table} set aside by {rule}: {reason}")
        found += [source_id] if source_id not in found else []
    return found, lines, unreached


def issue(settings: Settings) -> tuple[str, str] | None:
    """Title and text of an issue; None where no publisher changed."""
    found, lines, unreached = changes(settings)
    if not found:
        return None
    text = ["The nightly run asked all sources as they are today.", "", "### Changed", *(f"- {line}" for line in lines)]
    if unreached:
        text += ["", "### Not reached", *(f"- {line}" for line in unreached)]
    text += ["", "`bilateral try SOURCE FILE` shows what a reader makes of a file; the run keeps its log for 30 days."]
    return f"nightly: changed at the publisher: {', '.join(sorted(found))}", "\n".join(text) + "\n"


if __name__ == "__main__":
    told = issue(Settings())
    if told is not None:
        Path(sys.argv[1]).write_text(told[1], encoding="utf-8")
        print(told[0])
