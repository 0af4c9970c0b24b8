"""``bilateral status``: what is wrong, what is held, how old it is, and what was refused."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.cli.app import Form, command, read_settings
from pipelines.cli.terminal import print_json, say, section, write_table

if TYPE_CHECKING:
    from pipelines.maintenance.status import WarehouseStatus
    from pipelines.settings import Settings


@command(
    ("bilateral status", "what there is, how old it is, what was refused"),
    ("bilateral status --format json", "for a monitor; the exit code alone says whether something is wrong"),
)
def status(form: Form = "text") -> int:
    """What is wrong; per source the last snapshot, its status and the newest date; per table rows and checks.

    Exit code 0: nothing is wrong. 1: nothing is published. 3: a source, a check or rows need a look.
    """
    settings = read_settings()
    from pipelines.maintenance.status import read_status

    found = read_status(settings)
    if form == "json":
        print_json(_as_json(found))
    else:
        _print(settings, found)
    return found.exit_code


def _as_json(found: WarehouseStatus) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "exit_code": found.exit_code,
        "warehouse": found.warehouse,
        "origin": found.kind,
        "last_used": found.last_used,
        "publication_id": found.publication_id,
        "built_at": None if found.built_at is None else f"{found.built_at.isoformat()}Z",
        "last_refresh": found.last_refresh,
        "sources": [
            {
                "source": h.source,
                "snapshot": h.snapshot,
                "verdict": h.verdict,
                "decision": h.decided or None,
                "newest_date": h.newest,
                "age_days": None if h.newest is None else (today - h.newest).days,
                "idle_corrections": list(h.idle),
            }
            for h in found.sources
        ],
        "stale": found.stale,
        "failing_checks": [
            dict(zip(("severity", "table", "expectation", "description"), row, strict=True)) for row in found.failing
        ],
        "rows_set_aside": [dict(zip(("source", "table", "rule", "n", "reason"), row, strict=True)) for row in found.set_aside],
        "tables": [{"table": row[0], "n_rows": row[1], "passed": row[2], "failed": row[3]} for row in found.tables],
    }


def _print(settings: Settings, found: WarehouseStatus) -> None:
    from pipelines.maintenance.status import age_sentences

    print(f"warehouse {settings.warehouse}  origin {found.kind or 'none yet'}, last used: {found.last_used}")
    if found.built_at is None:
        print("nothing is published yet: run 'bilateral refresh'")
    else:
        print(f"published {settings.published}  built {found.built_at:%Y-%m-%d %H:%M} UTC")
        section("what is wrong", _wrong(found), "\n")
    today = datetime.now(UTC).date()
    print()
    write_table(
        ("source", "last snapshot", "status", "newest date", "age, days"),
        [
            (h.source, h.snapshot, h.verdict, h.newest, None if h.newest is None else (today - h.newest).days)
            for h in found.sources
        ],
        sys.stdout,
        show=_shown,
    )
    if found.built_at is None:
        return
    section("how old the newest data are", age_sentences(found.ages, today), "\n")
    print()
    write_table(
        ("table", "rows", "passed", "failed", "quarantined", "validated (UTC)"),
        [
            (name, n, passed, failed, found.set_aside_of_table.get(name, 0), "-" if at is None else f"{at:%Y-%m-%d %H:%M}")
            for name, n, passed, failed, at in found.tables
        ],
        sys.stdout,
        show=_shown,
    )
    if found.set_aside:
        print("\nquarantined rows (meta.rejects has each, with its key):")
        for source, name, rule, n, reason in found.set_aside:
            say(f"{source} {name} {rule}: {n:,}: {reason}", "  ")


def _wrong(found: WarehouseStatus) -> list[str]:
    """What to look at first, in sentences."""
    wrong = list(found.of_refresh)
    for h in found.sources:
        if h.verdict in ("quarantined", "failed"):
            waits = "'bilateral quarantine' lists what waits" if h.verdict == "quarantined" else ""
            more = "; ".join(text for text in ("what was known before stays", h.decided or waits) if text)
            wrong.append(f"{h.source}: its last snapshot ({h.snapshot}) is {h.verdict}; {more}")
    wrong += [f"a correction that no longer finds what it expects: {h.source}: {text}" for h in found.sources for text in h.idle]
    return [*wrong, *(f"{severity} {table} {name}: {description}" for severity, table, name, description in found.failing)]


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
