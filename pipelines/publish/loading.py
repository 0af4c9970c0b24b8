"""How rows of the core come into a warehouse file: sorted, and where a table is large, in runs that fit into memory.

A table declared ``-- runs of: known_from`` is sorted within runs of some hundred thousand rows that became known one after the
other: to sort all events at once takes more than their number in time and memory.

``BILATERAL_SINGLE_EVENTS`` names pairs of states of which single events are published; core holds all events whatever is set. Of
GDELT's events that panels by day count, a build takes the rows of the pairs that are named, and of all others what days need of
them (``core.event_days``); any other event whole.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from duckdb import DuckDBPyConnection

from assets.actors import registry
from assets.errors import BilateralError
from assets.schema import Table

RUN_ROWS = 400_000
"""Rows of a run: two days of GDELT. A run of whole days has more where one day has."""


def load(con: DuckDBPyConnection, table: Table, files: Sequence[Path], most: int = RUN_ROWS, rows: str | None = None) -> None:
    """Put rows of Parquet files behind those of a table; ``most``: rows of a run, ``rows``: what it takes where not all."""
    if not files:
        return
    paths = [str(path) for path in files]
    order = ", ".join(f'"{column}"' for column in table.order)
    insert = f"INSERT INTO {table.name} BY NAME"
    if table.in_runs_of is None:
        con.execute(f"{insert} SELECT * FROM read_parquet(?) ORDER BY {order}", [paths])
        return
    days = con.execute(
        f'SELECT CAST("{table.in_runs_of}" AS DATE) AS day, count(*) FROM read_parquet(?) GROUP BY day ORDER BY day', [paths]
    ).fetchall()
    # the last instant of a day belongs to it, whatever its fraction of a second
    within = f'"{table.in_runs_of}" >= CAST($first AS DATE) AND "{table.in_runs_of}" < CAST($last AS DATE) + 1'
    taken = rows or f"SELECT * FROM read_parquet($files) WHERE {within}"
    for first, last in runs(days, most):
        con.execute(f"{insert} {taken} ORDER BY {order}", {"files": paths, "first": first, "last": last})


T = TypeVar("T", date, str)


def runs(days: Sequence[tuple[T, int]], most: int = RUN_ROWS) -> Iterator[tuple[T, T]]:
    """First and last day of each run of days (ascending, with their rows): at most ``most`` rows together, or one day."""
    first: T | None = None
    last: T | None = None
    n_before = 0
    for day, n_rows in days:
        if first is not None and last is not None and n_before + n_rows > most:
            yield first, last
            first, n_before = None, 0
        first, last, n_before = first or day, day, n_before + n_rows
    if first is not None and last is not None:
        yield first, last


MARTS_BY_DAY = {"events_one_a_day": "core.events AS e WHERE happened_on_a_day(e)", "event_counts": "core.event_days AS e"}
"""The marts that are made so, and what each is made of, a row of which has its day in ``event_date``.

Their scripts read the days from the variable ``first_day`` to ``last_day``, all where these are not set. What happened on a day
is known a day before it at the earliest, by ``happened_on_a_day``, and no report before its event, by a check: so older rows
are not read."""


def make_by_day(con: DuckDBPyConnection, mart: str, text: str, most: int = RUN_ROWS) -> None:
    """Make a mart (bare name; ``text``: its script) some days at a time, which lie one behind the other.

    Made at once its groups do not fit into the memory of a build. ``most``: rows at a time; 800,000 take half as much again.
    """
    rows = con.execute(f"SELECT e.event_date, count(*) FROM {MARTS_BY_DAY[mart]} GROUP BY ALL ORDER BY ALL").fetchall()
    insert = re.sub(r"CREATE TABLE (\S+) AS", r"INSERT INTO \1", con.extract_statements(text)[0].query, count=1)
    # beside no row of its own, none of what else it reads is to be read
    for number, (first, last) in enumerate(list(runs(rows, most)) or [(date.min, date.min)]):
        con.execute(f"SET VARIABLE first_day = DATE '{first}'; SET VARIABLE last_day = DATE '{last}'")
        con.execute(insert if number else text)
    con.execute("RESET VARIABLE first_day; RESET VARIABLE last_day")


EVENTS, REPORTS, DAYS, THEMES = "core.events", "core.event_reports", "core.event_days", "core.gdelt_themes"

MACROS = ("first_panel_day", "happened_on_a_day", "dyad_side")
"""Macros of ``sql/macros`` that must be there before rows are loaded so."""

_WITHIN = "{0}.known_from >= CAST($first AS DATE) AND {0}.known_from < CAST($last AS DATE) + 1"

_IS_COUNTED = """coalesce(
        e.coder = 'gdelt' AND happened_on_a_day(e)
        AND coalesce(
            dyad_side(e.source_id, e.source_country_id) || '-' || dyad_side(e.target_id, e.target_country_id) NOT IN ({pairs}),
            true
        ), false
    )"""

_ROWS = {
    EVENTS: f"""
SELECT e.* FROM read_parquet($files) AS e
WHERE {_WITHIN.format("e")}
    AND NOT {_IS_COUNTED}""",
    DAYS: f"""
SELECT
    e.origin, e.event_date, e.source_id, e.source_country_id, e.source_sector, e.target_id, e.target_country_id, e.target_sector,
    e.cameo_code, e.plover_event, e.quad_schrodt, e.goldstein, e.known_from, e.snapshot_id,
    CAST(count(*) AS INTEGER) AS n_rows,
    CAST(sum(e.n_reports) AS BIGINT) AS n_reports
FROM read_parquet($files) AS e
WHERE {_WITHIN.format("e")}
    AND {_IS_COUNTED}
GROUP BY ALL""",
    THEMES: f"""
SELECT r.* FROM read_parquet($files) AS r
WHERE {_WITHIN.format("r")}
    AND len(list_filter([{{pairs}}], lambda p: list_has_all(string_split(r.country_ids, ';'), string_split(p, '-')))) > 0""",
    # a report in GDELT's files is known with its event, and named after its origin
    REPORTS: f"""
SELECT r.* FROM read_parquet($files) AS r
WHERE {_WITHIN.format("r")}
    AND (
        NOT starts_with(r.event_id, 'gdelt_')
        OR r.event_id IN (SELECT e.event_id FROM core.events AS e WHERE {_WITHIN.format("e")})
    )""",
}


def rows_of_single_events(pairs: Iterable[tuple[str, str]] | None) -> Mapping[str, str]:
    """What core tables take of their files, by full name, for ``pairs`` of actor ids (None: all); not those that take all.

    Each is a SELECT with ``$files`` and the days of ``known_from`` from ``$first`` to ``$last``; that of reports reads the
    events loaded before them. Raises BilateralError where one is no actor of the registry: its events would be looked for in
    vain.
    """
    if pairs is None:
        return {}
    named = sorted({f"{a}-{b}" for pair in pairs for a, b in (pair, pair[::-1])})
    if unknown := sorted({actor for pair in named for actor in pair.split("-")} - set(registry.actors()["actor_id"])):
        raise BilateralError(f"BILATERAL_SINGLE_EVENTS: {', '.join(unknown)} is no state of the registry. Nothing was published.")
    listed = ", ".join(f"'{pair}'" for pair in named)
    return {name: text.replace("{pairs}", listed) for name, text in _ROWS.items()}


def digest_of(rows: Mapping[str, str]) -> str:
    """A hash of what is taken; empty where all rows are."""
    return hashlib.sha256(json.dumps(dict(rows), sort_keys=True).encode()).hexdigest()[:12] if rows else ""
