"""Marts of events that are made by days: an event of a day is made of the rows of that day alone, so that days can be made apart.

Made all at once, ``marts.events_one_a_day`` has groups of many days' events that do not fit into the memory of a build, and it
takes half as much time again. ``marts.event_counts`` counts what is known of days alone beside it, day by day as well.
"""

from __future__ import annotations

import re
from datetime import date

import duckdb

from pipelines.publish.loading import RUN_ROWS, runs

MARTS = {"events_one_a_day": "core.events AS e WHERE happened_on_a_day(e)", "event_counts": "core.event_days AS e"}
"""The marts that are made so, and what each is made of, a row of which has its day in ``event_date``.

Their scripts read the days from the variable ``first_day`` to ``last_day``, all where these are not set. What happened on a day
is known a day before it at the earliest, by ``happened_on_a_day``, and no report before its event, by a check: so older rows
are not read."""


def make(con: duckdb.DuckDBPyConnection, mart: str, text: str, most: int = RUN_ROWS) -> None:
    """Make a mart some days at a time, which lie one behind the other.

    Args:
        con: the warehouse file, with the core tables and the macros that the mart names.
        mart: its name, without the schema.
        text: its script.
        most: rows that are put together at a time, or those of one day. 800,000 take as long, and half as much memory again.
    """
    rows = con.execute(f"SELECT e.event_date, count(*) FROM {MARTS[mart]} GROUP BY e.event_date ORDER BY e.event_date").fetchall()
    insert = re.sub(r"CREATE TABLE (\S+) AS", r"INSERT INTO \1", con.extract_statements(text)[0].query, count=1)
    # beside no row of its own, none of what else it reads is to be read
    for number, (first, last) in enumerate(list(runs(rows, most)) or [(date.min, date.min)]):
        con.execute(f"SET VARIABLE first_day = DATE '{first}'; SET VARIABLE last_day = DATE '{last}'")
        con.execute(insert if number else text)
    con.execute("RESET VARIABLE first_day; RESET VARIABLE last_day")
