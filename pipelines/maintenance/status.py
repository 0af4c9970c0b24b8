"""The state of a warehouse: what it has of each source, how old that is, what was refused, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from pipelines.settings import Settings
from pipelines.storage import on_disk
from pipelines.util.readers import connect_for_readers


@dataclass(frozen=True)
class SourceStatus:
    """The last attempt at a source and its newest date; ``idle``: corrections that found nothing, ``decided``: by a person."""

    source: str
    snapshot: str | None
    verdict: str | None
    newest: date | None
    idle: tuple[str, ...] = ()
    decided: str = ""


@dataclass(frozen=True)
class WarehouseStatus:
    """What a warehouse holds and what is wrong with it. ``stale``: sentences; of the built-in record alone none.

    ``last_refresh``: its heartbeat. ``damaged``: files of core that are not as they were written, of those that are read here.
    """

    warehouse: str
    kind: str | None
    last_used: str
    publication_id: str | None
    built_at: datetime | None
    sources: list[SourceStatus]
    tables: list[tuple[Any, ...]]
    failing: list[tuple[Any, ...]]
    set_aside: list[tuple[Any, ...]]
    set_aside_of_table: dict[str, int]
    ages: list[tuple[Any, ...]]
    stale: list[str]
    last_refresh: dict[str, Any] | None = None
    damaged: tuple[str, ...] = ()

    @property
    def of_refresh(self) -> list[str]:
        """What is wrong with the last refresh itself, or waits for the next one, in sentences."""
        beat = self.last_refresh or {}
        ended = f"the last refresh ({beat.get('ended_at')})"
        names = [str(name).partition(": ") for name in beat.get("alerts") or ()]
        held = [what for kind, _, what in names if kind == "not promoted"]
        found = [f"{ended} did not promote {what}; its last good state stays in use" for what in held]
        if beat.get("exit_code") == 1:
            found.append(f"{ended} failed and published nothing: run 'bilateral refresh' again, or read its messages")
        return [*found, *(f"{what}. The next refresh rebuilds it from raw" for what in self.damaged)]

    @property
    def exit_code(self) -> int:
        """0: nothing is wrong. 1: nothing is published. 3: something is, with the last refresh, a source, a check or rows."""
        if self.publication_id is None:
            return 1
        refused = any(h.verdict in ("quarantined", "failed") and not h.decided for h in self.sources)
        critical = any(severity == "critical" for severity, *_ in self.failing)
        wrong = refused or critical or self.set_aside or self.stale or self.of_refresh or any(h.idle for h in self.sources)
        return 3 if wrong else 0


def read_status(settings: Settings) -> WarehouseStatus:
    """Read what is held, how old it is, and what was refused."""
    kind, last = on_disk.kind(settings.warehouse), on_disk.noted_origin(settings.warehouse) or "record"
    beat = on_disk.heartbeat(settings.heartbeat)
    if not settings.published.exists():
        sources, damaged = _sources(settings, {})
        return WarehouseStatus(str(settings.warehouse), kind, last, None, None, sources, [], [], [], {}, [], [], beat, damaged)
    with connect_for_readers(settings.published) as con:
        newest = dict(con.execute("SELECT source, newest_date FROM meta.sources ORDER BY rowid").fetchall())
        publication, built = con.execute("SELECT publication_id, built_at FROM meta.build").fetchall()[0]
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
        of_table = con.execute(
            'SELECT table_name, count(DISTINCT "key") FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL'
        ).fetchall()
        set_aside = con.execute(
            """SELECT source, table_name, "rule", count(DISTINCT "key"), min(reason)
               FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
        # newest date, cadence, and the age that it should not pass; newest vintage, and its greatest age
        ages = con.execute(
            """SELECT source, newest_date, cadence, stale_after_days, last_accepted_at::DATE, max_age_days
               FROM meta.sources WHERE newest_date IS NOT NULL ORDER BY rowid"""
        ).fetchall()
    stale = stale_sentences(ages, datetime.now(UTC).date()) if kind == "real" else []
    sources, damaged = _sources(settings, newest)
    return WarehouseStatus(
        str(settings.warehouse), kind, last, publication, built, sources, rows, failing, set_aside, dict(of_table), ages, stale,
        beat, damaged,
    )  # fmt: skip


def _sources(settings: Settings, newest: dict[str, date | None]) -> tuple[list[SourceStatus], tuple[str, ...]]:
    """The state of each source, and what of it is damaged, in words."""
    if not newest:
        from pipelines.ingest.sources import load_sources  # takes a second, and few need it

        newest = dict.fromkeys(load_sources())
    raw = settings.warehouse / "raw"
    # a source may be held that the published file does not know yet
    known = [*newest, *sorted(path.name for path in raw.glob("[!.]*/") if path.name not in newest)]
    with duckdb.connect() as con:
        verdicts, damaged = on_disk.verdicts(settings.warehouse, con)
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
        found.append(SourceStatus(source, last, verdict, newest.get(source), idle, decided))
    return found, tuple(damaged)


def age_sentences(ages: Sequence[Sequence[Any]], today: date) -> list[str]:
    """How old the newest data are against what their sources declare: a sentence for each that is too old, one for all others."""
    n_open = sum(row[3] is None for row in ages)
    n_fresh = len(ages) - n_open - sum(_is_old(row[1], row[3], today) for row in ages)
    rest = [f"{n:,} {text}" for n, text in ((n_fresh, "within their declared age"), (n_open, "without a declared age")) if n]
    return [*stale_sentences(ages, today), *([f"sources {' and '.join(rest)}"] if rest else [])]


def stale_sentence(newest: date, cadence: str, stale_after: int, today: date) -> str:
    """What is said of data that are older than their source declares."""
    return (
        f"its newest date is {newest}, {(today - newest).days:,} days ago; by its cadence ({cadence}) it should be no more than "
        f"{stale_after:,}: something newer is missing"
    )


def _is_old(newest: date, stale_after: int | None, today: date) -> bool:
    return stale_after is not None and (today - newest).days > stale_after


def stale_sentences(ages: Sequence[Sequence[Any]], today: date) -> list[str]:
    """A sentence for each source whose newest data are older than it declares; each begins with the source and a colon."""
    sentences = []
    for source, newest, cadence, stale_after, vintage, max_age in ages:
        if _is_old(newest, stale_after, today):
            sentences.append(f"{source}: {stale_sentence(newest, cadence, stale_after, today)}")
        if max_age is not None and vintage is not None and (today - vintage).days > max_age:
            sentences.append(
                f"{source}: its newest vintage is of {vintage}, {(today - vintage).days:,} days ago; beyond {max_age:,} days its "
                "figures are not given as the newest known"
            )
    return sentences
