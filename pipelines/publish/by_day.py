"""``marts.events_one_a_day`` by days: an event of a day is made of the rows of that day alone, so that days can be made apart.

Made all at once, its groups of many days' events do not fit into the memory of a build, and it takes half as much time again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import duckdb

from pipelines.publish.loading import runs

MART = "marts.events_one_a_day"

MOST_ROWS = 400_000
"""Events that are put together at a time: two days of GDELT. Four take as long, and half as much memory again."""

MOST_RENEWED = 0.8
"""Share of the events above which all of them are made anew."""

_OF_DAYS = """
WITH events_now AS (
    SELECT e.* FROM core.events AS e WHERE happened_on_a_day(e) AND {days} AND e.known_from >= {earliest}
),
reports_now AS (
    SELECT r.*
    FROM core.event_reports AS r
    WHERE r.known_from >= {earliest} AND r.event_id IN (SELECT e.event_id FROM events_now AS e)
)
SELECT * FROM one_a_day('events_now', 'reports_now')
ORDER BY source_id, target_id, date, event_id
"""
"""As in ``sql/marts/events_one_a_day.sql``, of some days. What happened on a day is known a day before it at the earliest, by
``happened_on_a_day``, and no report before its event, by a check: so older runs are not read."""


def make(con: duckdb.DuckDBPyConnection, text: str, most: int = MOST_ROWS) -> None:
    """Make the mart of all events: at once where they are few, else some days at a time, which lie one behind the other.

    Args:
        con: the warehouse file, with the core tables and the macros that the mart names.
        text: its script.
        most: events that are put together at a time, or those of one day.
    """
    rows = con.execute(
        """SELECT e.event_date, count(*) FROM core.events AS e WHERE happened_on_a_day(e)
           GROUP BY e.event_date ORDER BY e.event_date"""
    ).fetchall()
    spans = list(runs(rows, most))
    if len(spans) < 2:
        con.execute(text)
        return
    begin = f"CREATE TABLE {MART} AS"
    for first, last in spans:
        con.execute(f"{begin} {_of_days(_between(first, last), first)}")
        begin = f"INSERT INTO {MART}"
    for statement in con.extract_statements(text):
        if not re.match(r"(?:\s|--[^\n]*\n)*CREATE TABLE ", statement.query):
            con.execute(statement)


def renew(con: duckdb.DuckDBPyConnection, days: Collection[date] | None) -> bool:
    """Make some days of the mart again, in place of what it has of them; False where all of it is better made anew.

    Args:
        con: the warehouse file, with the mart of before and the core tables of now.
        days: the days; None where any may have changed.
    """
    if days is None:
        return False
    if days:
        named = ", ".join(f"DATE '{day}'" for day in sorted(days))
        query = f"SELECT count(*), count(*) FILTER (date IN ({named})) FROM {MART}"
        ((n_rows, n_changed),) = con.execute(query).fetchall()
        if n_changed > MOST_RENEWED * n_rows:
            return False
        con.execute(f"DELETE FROM {MART} WHERE date IN ({named})")
        con.execute(f"INSERT INTO {MART} {_of_days(f'e.event_date IN ({named})', min(days))}")
    return True


def _between(first: date, last: date) -> str:
    return f"e.event_date BETWEEN DATE '{first}' AND DATE '{last}'"


def _of_days(days: str, first: date) -> str:
    return _OF_DAYS.format(days=days, earliest=f"DATE '{first}' - 1")
