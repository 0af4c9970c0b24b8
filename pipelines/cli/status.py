"""``bilateral status``: what is wrong, what is held, how old it is, and what was refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.cli.terminal import fold, styled, width_of, write_table
from pipelines.maintenance.status import SourceStatus, WarehouseStatus, age_sentences, read_status

if TYPE_CHECKING:
    from pipelines.settings import Settings


def status(settings: Settings, form: str = "text") -> int:
    """``bilateral status``: what is held, how old it is, and what was refused; the code says whether something is wrong."""
    found = read_status(settings)
    if form == "json":
        print(json.dumps(_as_json(found), indent=1, ensure_ascii=False, default=str))
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
            for h in found.held
        ],
        "stale": found.stale,
        "failing_checks": [
            dict(zip(("severity", "table", "expectation", "description"), row, strict=True)) for row in found.failing
        ],
        "rows_set_aside": [dict(zip(("source", "table", "rule", "n", "reason"), row, strict=True)) for row in found.set_aside],
        "tables": [{"table": row[0], "n_rows": row[1], "passed": row[2], "failed": row[3]} for row in found.tables],
    }


def _print(settings: Settings, found: WarehouseStatus) -> None:
    print(f"warehouse {settings.warehouse}  origin {found.kind or 'none yet'}, last used: {found.last_used}")
    if found.built_at is None:
        print("nothing is published yet: run 'bilateral refresh'")
        _sources(found.held)
        return
    print(f"published {settings.published}  built {found.built_at:%Y-%m-%d %H:%M} UTC")
    _wrong(found.held, found.failing, found.of_refresh)
    _sources(found.held)
    _told(found.ages)
    print()
    _table(
        ("table", "rows", "passed", "failed", "set aside", "validated (UTC)"),
        [
            (name, n, passed, failed, found.set_aside_of_table.get(name, 0), "-" if at is None else f"{at:%Y-%m-%d %H:%M}")
            for name, n, passed, failed, at in found.tables
        ],
    )
    if found.set_aside:
        print("\nrows set aside (meta.rejects has each, with its key):")
        for source, name, rule, n, reason in found.set_aside:
            print(fold(f"{source} {name} {rule}: {n:,}: {reason}", width_of(sys.stdout), "  "))


def _wrong(held: Sequence[SourceStatus], failing: Sequence[Sequence[str]], of_refresh: Sequence[str]) -> None:
    """What to look at first; nothing where nothing is wrong."""
    bad = [h for h in held if h.verdict in ("quarantined", "failed")]
    idle = [f"{h.source}: {text}" for h in held for text in h.idle]
    if not bad and not failing and not idle and not of_refresh:
        return
    width = width_of(sys.stdout)
    print("\n" + styled("what is wrong", "bold"))
    for text in of_refresh:
        print(fold(text, width, "  "))
    for h in bad:
        waits = "'bilateral quarantine' lists what waits" if h.verdict == "quarantined" else ""
        said = "; ".join(text for text in ("what was known before stays", h.decided or waits) if text)
        print(fold(f"{h.source}: its last snapshot ({h.snapshot}) is {h.verdict}; {said}", width, "  "))
    for text in idle:
        print(fold(f"a correction that no longer finds what it expects: {text}", width, "  "))
    for severity, table, expectation, description in failing:
        print(fold(f"{severity} {table} {expectation}: {description}", width, "  "))


def _sources(held: Sequence[SourceStatus]) -> None:
    today = datetime.now(UTC).date()
    print()
    _table(
        ("source", "last snapshot", "verdict", "newest date", "age, days"),
        [(h.source, h.snapshot, h.verdict, h.newest, None if h.newest is None else (today - h.newest).days) for h in held],
    )


def _told(ages: Sequence[Sequence[Any]]) -> None:
    found = age_sentences(ages, datetime.now(UTC).date())
    if not found:
        return
    width = width_of(sys.stdout)
    print("\n" + styled("how old the newest data are", "bold"))
    for text in found:
        print(fold(text, width, "  "))


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    write_table(names, rows, sys.stdout, width=width_of(sys.stdout), show=_shown)


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
