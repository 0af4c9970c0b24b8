"""Marts of events that are made by days: an event of a day is made of the rows of that day alone, so that days can be made apart.

Made all at once, ``marts.events_one_a_day`` has groups of many days' events that do not fit into the memory of a build, and it
takes half as much time again. ``marts.event_counts`` counts what is known of days alone beside it, day by day as well.
"""

from __future__ import annotations

import re
from datetime import date

import duckdb

from pipelines.publish.loading import runs

MART = "marts.events_one_a_day"
COUNTS = "marts.event_counts"

MOST_ROWS = 400_000
"""Rows that are put together at a time: two days of GDELT. Four take as long, and half as much memory again."""

_OF_DAYS = {
    MART: """
WITH events_now AS (
    SELECT e.* FROM core.events AS e WHERE happened_on_a_day(e) AND e.event_date {days} AND e.known_from >= {earliest}
),
reports_now AS (
    SELECT r.*
    FROM core.event_reports AS r
    WHERE r.known_from >= {earliest} AND r.event_id IN (SELECT e.event_id FROM events_now AS e)
)
SELECT * FROM one_a_day('events_now', 'reports_now')
ORDER BY source_id, target_id, date, event_id
""",
    COUNTS: """
WITH days_now AS (
    SELECT d.* FROM core.event_days AS d WHERE d.event_date {days} AND d.known_from >= {earliest}
),
events_now AS (
    SELECT e.* FROM marts.events_one_a_day AS e WHERE e.date {days}
)
SELECT * FROM counted_by_day('days_now', 'events_now')
ORDER BY source_id, target_id, date, cameo_code, plover_event, quad_schrodt, goldstein
""",
}
"""As in their files in ``sql/marts``, of some days. What happened on a day is known a day before it at the earliest, by
``happened_on_a_day``, and no report before its event, by a check: so older runs are not read."""

MARTS = frozenset(_OF_DAYS)
"""The marts that are made so, by full name."""

_ROWS = {MART: "core.events AS e WHERE happened_on_a_day(e)", COUNTS: "core.event_days AS e"}
"""What each is made of, a row of which has its day in ``event_date``."""


def make(con: duckdb.DuckDBPyConnection, mart: str, text: str, most: int = MOST_ROWS) -> None:
    """Make a mart of all days: at once where they have few rows, else some days at a time, which lie one behind the other.

    Args:
        con: the warehouse file, with the core tables and the macros that the mart names.
        mart: its full name.
        text: its script.
        most: rows that are put together at a time, or those of one day.
    """
    rows = con.execute(f"SELECT e.event_date, count(*) FROM {_ROWS[mart]} GROUP BY e.event_date ORDER BY e.event_date").fetchall()
    spans = list(runs(rows, most))
    if len(spans) == 1:
        con.execute(text)
        return
    begin = f"CREATE TABLE {mart} AS"
    if not spans:
        # beside no row of its own, none of what else it reads is to be read
        con.execute(f"{begin} {_of_days(mart, 'IN (NULL)', date.min)}")
    for first, last in spans:
        between = f"BETWEEN DATE '{first}' AND DATE '{last}'"
        con.execute(f"{begin} {_of_days(mart, between, first)}")
        begin = f"INSERT INTO {mart}"
    for statement in con.extract_statements(text):
        if not re.match(r"(?:\s|--[^\n]*\n)*CREATE TABLE ", statement.query):
            con.execute(statement)


def _of_days(mart: str, days: str, first: date) -> str:
    return _OF_DAYS[mart].format(days=days, earliest=f"DATE '{first}' - 1")
