"""``bilateral status``: what is wrong, what is held, how old it is, and what was refused."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.cli import on_disk
from pipelines.cli.terminal import fold, styled, width_of, write_table
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings


@dataclass(frozen=True)
class Held:
    """State of a source: the last attempt at it, its verdict, and the newest date in the data.

    ``idle``: corrections that did not find what they expect in its last accepted snapshot, in sentences. ``decided``: the last
    decision of a person on that attempt.
    """

    source: str
    snapshot: str | None
    verdict: str | None
    newest: date | None
    idle: tuple[str, ...] = ()
    decided: str = ""


def status(settings: Settings) -> int:
    """``bilateral status``: what is held, how old it is, and what was refused."""
    kind = on_disk.kind(settings.warehouse)
    print(f"warehouse {settings.warehouse}  origin {kind or 'none yet'}, last used: {on_disk.last_origin(settings.warehouse)}")
    if not settings.published.exists():
        print("nothing is published yet: run 'bilateral refresh'")
        _sources(_held(settings, {}))
        return 0
    with connect_for_readers(settings.published) as con:
        newest = dict(con.execute("SELECT source, newest_date FROM meta.sources ORDER BY rowid").fetchall())
        built = con.execute("SELECT built_at FROM meta.build").fetchall()[0][0]
        rows = con.execute(
            """SELECT r.table_name, r.n_rows, count(v.expectation) FILTER (v.status = 'passed'),
                      count(v.expectation) FILTER (v.status IN ('failed', 'error')),
                      max(v.validated_at)
               FROM meta.row_counts r LEFT JOIN meta.validations v USING (table_name) GROUP BY ALL ORDER BY 1"""
        ).fetchall()
        failing = con.execute(
            """SELECT severity, table_name, expectation, description FROM meta.validations
               WHERE status IN ('failed', 'error') ORDER BY ALL"""
        ).fetchall()
        of_table, set_aside = rows_set_aside(con)
        ages = _ages(con)
    print(f"published {settings.published}  built {built:%Y-%m-%d %H:%M} UTC")
    held = _held(settings, newest)
    _wrong(held, failing)
    _sources(held)
    _told(ages)
    print()
    _table(
        ("table", "rows", "passed", "failed", "set aside", "validated (UTC)"),
        [
            (name, n, passed, failed, of_table.get(name, 0), "-" if at is None else f"{at:%Y-%m-%d %H:%M}")
            for name, n, passed, failed, at in rows
        ],
    )
    if set_aside:
        print("\nrows set aside (meta.rejects has each, with its key):")
        for source, name, rule, n, reason in set_aside:
            print(f"  {source} {name} {rule}: {n:,}: {reason}")
    return 0


def _held(settings: Settings, newest: dict[str, date | None]) -> list[Held]:
    if not newest:
        from pipelines.intake.sources import load_sources

        newest = dict.fromkeys(load_sources())
    raw = settings.warehouse / "raw"
    # a source may be held that the published file does not know yet
    known = (
        [*newest, *sorted(p.name for p in raw.iterdir() if p.is_dir() and p.name not in newest)] if raw.is_dir() else list(newest)
    )
    with duckdb.connect() as con:
        verdicts = on_disk.judged(settings.warehouse, con)
    found = []
    for source in known:
        names = on_disk.snapshots(settings.warehouse, source)
        last = names[-1] if names else None
        verdict = None
        if last is not None:
            verdict = verdicts.get((source, last)) or on_disk.receipt(settings.warehouse, source, last).get("verdict", "?")
        accepted = max((name for of, name in verdicts if of == source and verdicts[of, name] == "accepted"), default=None)
        idle = () if accepted is None else tuple(on_disk.idle_corrections(settings.warehouse, source, accepted))
        decided = "" if last is None else on_disk.decision(settings.warehouse, source, last)
        found.append(Held(source, last, verdict, newest.get(source), idle, decided))
    return found


def _wrong(held: Sequence[Held], failing: Sequence[Sequence[str]]) -> None:
    """What to look at first; nothing where nothing is wrong."""
    bad = [h for h in held if h.verdict in ("quarantined", "failed")]
    idle = [f"{h.source}: {text}" for h in held for text in h.idle]
    if not bad and not failing and not idle:
        return
    width = width_of(sys.stdout)
    print("\n" + styled("what is wrong", "bold"))
    for h in bad:
        waits = "'bilateral quarantine' lists what waits" if h.verdict == "quarantined" else ""
        said = "; ".join(text for text in ("what was known before stays", h.decided or waits) if text)
        print(fold(f"{h.source}: its last snapshot ({h.snapshot}) is {h.verdict}; {said}", width, "  "))
    for text in idle:
        print(fold(f"a correction that no longer finds what it expects: {text}", width, "  "))
    for severity, table, expectation, description in failing:
        print(fold(f"{severity} {table} {expectation}: {description}", width, "  "))


def _sources(held: Sequence[Held]) -> None:
    today = datetime.now(UTC).date()
    print()
    _table(
        ("source", "last snapshot", "verdict", "newest date", "age, days"),
        [(h.source, h.snapshot, h.verdict, h.newest, None if h.newest is None else (today - h.newest).days) for h in held],
    )


def _ages(con: DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Of each source with dates: newest date, cadence, the age that it should not pass; newest vintage, and its greatest age.

    Nothing of a file that was published before sources declared them.
    """
    has_ages = con.execute(
        """SELECT 1 FROM duckdb_columns()
           WHERE schema_name = 'meta' AND table_name = 'sources' AND column_name = 'stale_after_days'"""
    ).fetchall()
    if not has_ages:
        return []
    return con.execute(
        """SELECT source, newest_date, cadence, stale_after_days, last_accepted_at::DATE, max_age_days
           FROM meta.sources WHERE newest_date IS NOT NULL ORDER BY rowid"""
    ).fetchall()


def age_sentences(ages: Sequence[Sequence[Any]], today: date) -> list[str]:
    """How old the newest data are against what their sources declare: a sentence for each that is too old, one for all others."""
    said, n_fresh, n_open = [], 0, 0
    for source, newest, cadence, stale_after, vintage, max_age in ages:
        old = stale_after is not None and (today - newest).days > stale_after
        if old:
            said.append(
                f"{source}: its newest date is {newest}, {(today - newest).days:,} days ago; by its cadence ({cadence}) it "
                f"should be no more than {stale_after:,}: something newer is missing"
            )
        n_fresh += stale_after is not None and not old
        n_open += stale_after is None
        if max_age is not None and vintage is not None and (today - vintage).days > max_age:
            said.append(
                f"{source}: its newest vintage is of {vintage}, {(today - vintage).days:,} days ago; beyond {max_age:,} days its "
                "figures are not given as the newest known"
            )
    rest = [
        f"{n:,} {text}" for n, text in ((n_fresh, "within the age that they declare"), (n_open, "without a declared age")) if n
    ]
    return [*said, *([f"sources {' and '.join(rest)}"] if rest else [])]


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


def rows_set_aside(con: DuckDBPyConnection) -> tuple[dict[str, int], list[tuple[Any, ...]]]:
    """How many rows of each table were set aside; and by source, table and rule, how many and why.

    Nothing in a file that was published before rows could be set aside.
    """
    columns = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'meta' AND table_name = 'rejects'"
    ).fetchall()
    if ("rule",) not in columns:
        return {}, []
    of_table = con.execute(
        'SELECT table_name, count(DISTINCT "key") FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL'
    ).fetchall()
    of_rule = con.execute(
        """SELECT source, table_name, "rule", count(DISTINCT "key"), min(reason)
           FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return dict(of_table), of_rule
