"""``marts.dyad_day`` and ``marts.dyad_month`` in a copy of the published file: only the rows that changed are made anew.

A row of a day follows from a few things alone that the macro ``dyad_days`` works out before it lays out the calendar: they are
compared with those of the file before. To compare them takes a tenth of what it takes to write all days.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb

from assets.schema import SQL
from pipelines.publish import in_parts

INPUTS = SQL / "renew" / "dyad_inputs.sql"
DIFFERENCES = SQL / "renew" / "dyad_differences.sql"
VINTAGES = SQL / "renew" / "dyad_vintages.sql"
PAIRS = SQL / "renew" / "dyad_pairs.sql"

MOST_RENEWED = 0.5
"""Share of the days of a calendar above which all of it is made anew."""

MOST_RUNS = 16
"""Pieces in which the days of a pair may lie on average: rows that are put in come last, and each piece is one more to read."""


@cache
def _script() -> str:
    return (SQL / "marts" / "dyad_day.sql").read_text(encoding="utf-8")


@cache
def days_now() -> str:
    """The query of ``sql/marts/dyad_day.sql``: all days as known now, by the macro ``dyad_days``."""
    query = in_parts.query_of(_script())
    if query.count("dyad_days(") != 1:
        raise ValueError("dyad_day.sql: expected a query that calls dyad_days once")
    return query


@dataclass(frozen=True)
class RenewedDyads:
    """The pairs and months of which rows were taken out or put in, or of which what is listed is not as before.

    ``pairs``: those of which any row may be another. ``grown``: those of which only rows of months behind that of ``since`` are,
    the first day of a month; their calendars went on from it, or begin behind it. What names an edition of a list
    (``lists_vintage_...``) may be new in rows of others too.
    """

    pairs: frozenset[tuple[str, str]]
    months: frozenset[date]
    grown: frozenset[tuple[str, str]] = frozenset()
    since: date = date.max

    def in_months(self, date: str) -> str:
        """The condition of the rows of the months of which rows changed, and of some others. ``date``: the column of the day."""
        if not self.months:
            return "false"
        first, last = (_text(day) for day in (min(self.months).replace(day=1), max(self.months)))
        # the days that lie together come first: a name is compared where they do not tell
        within = f"{date} BETWEEN {first} AND {last} AND last_day({date}) IN ({_texts(set(self.months))})"
        return f"{within} AND {_of_pairs(self.pairs | self.grown)}"

    def in_runs(self, date: str) -> str:
        """The condition of the rows of pairs since the month before the first in which something changed, and of some others."""
        since = f"{date} >= {_text(self.since)}" if self.grown else "false"
        return f"{since} OR {_of_pairs(self.pairs)}" if self.pairs else since

    def of_pairs(self) -> str:
        """The condition of all rows of the pairs, and of some others."""
        return _of_pairs(self.pairs | self.grown)


MOST_NAMED = 100
"""Pairs or days that are named one by one: of more, all are asked, or all from the first to the last."""


def _of_pairs(pairs: frozenset[tuple[str, str]]) -> str:
    if len(pairs) > MOST_NAMED:
        return "true"
    # by the columns that the tables are sorted by, so that the others are not read
    sides = [f"{side}_id IN ({_texts({pair[n] for pair in pairs})})" for n, side in enumerate(("source", "target"))]
    return "(" + " AND ".join([*sides, f"source_id || ' ' || target_id IN ({_texts({' '.join(pair) for pair in pairs})})"]) + ")"


def inputs_macro(text: str) -> str:
    """The statement that makes the temporary macro ``dyad_inputs``: the macro ``dyad_days`` with another last SELECT.

    Raises:
        ValueError: the text is not that of the macro.
    """
    found = re.search(r"CREATE OR REPLACE MACRO dyad_days(\([^()]*\) AS TABLE\n.*\n\)\n)(?:--[^\n]*\n)*SELECT\n", text, re.DOTALL)
    if found is None:
        raise ValueError("dyad_days.sql: expected a macro that ends with a SELECT after its WITH")
    last = re.sub(r"^--.*\n", "", INPUTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return f"CREATE OR REPLACE TEMP MACRO dyad_inputs{found[1]}{last}"


def what_changed(con: duckdb.DuckDBPyConnection, macro: str) -> str | None:
    """The condition of the rows of ``marts.dyad_day`` that are not those of the file before; None where all may be others.

    Rows of which only the edition of the lists is another are not among them: the temporary table ``vintages`` has the day of the
    newest edition of the sources of which it is.

    Args:
        con: the copy in use, and the file before attached as ``earlier``.
        macro: the text of the macro ``dyad_days``.
    """
    con.execute(inputs_macro(macro))
    query = days_now().replace("dyad_days(", "dyad_inputs(")
    (here,) = con.execute("SELECT current_database()").fetchall()[0]
    for database, name in (("earlier", "inputs_before"), (here, "inputs_now")):
        con.execute(f"USE {database}")
        try:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        finally:
            con.execute(f"USE {here}")
    rows = con.execute(DIFFERENCES.read_text(encoding="utf-8")).fetchall()
    renewed = _texts({source for what, source, *_ in rows if what == "vintage" and source is not None})
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE vintages AS
            SELECT source_id, first_date AS vintage_date FROM inputs_now WHERE input = 'vintage' AND source_id IN ({renewed})"""
    )
    con.execute("DROP TABLE temp.inputs_before; DROP TABLE temp.inputs_now; DROP MACRO temp.dyad_inputs")
    return _condition(rows)


def _condition(rows: list[tuple[str, str | None, str | None, list[date] | None, date | None]]) -> str | None:
    pairs: set[str] = set()
    sources: set[str] = set()
    days: set[date] = set()
    days_of: dict[str, set[date]] = defaultdict(set)
    until: date | None = None
    for what, source, target, dates, common_until in rows:
        until = common_until
        if what == "vintage":
            continue
        if what == "organisation" or common_until is None:
            return None  # of whom events are told has changed, or one of the calendars is empty
        if what == "pair" and dates is None:
            pairs.add(f"{source} {target}")
        elif what == "source" and source is not None:
            sources.add(source)
        elif source is not None:
            # few days: those of all pairs of the source, since a condition for each pair would be asked of every day
            days_of[source] |= set(dates or ())
        elif what == "day":
            days |= set(dates or ())
    # literals, and no join: DuckDB lays out those days alone
    parts = [f"date > {_text(until)}"]
    if pairs:
        parts.append(f"source_id || ' ' || target_id IN ({_texts(pairs)})")
    if sources:
        parts.append(f"source_id IN ({_texts(sources)})")
    if days:
        parts.append(_on(days))
    parts += [f"source_id = {_text(source)} AND {_on(of)}" for source, of in sorted(days_of.items()) if source not in sources]
    return " OR ".join(f"({part})" for part in parts)


def _on(days: set[date]) -> str:
    if len(days) > MOST_NAMED:
        return f"date BETWEEN {_text(min(days))} AND {_text(max(days))}"
    return f"date IN ({_texts(days)})"


def _texts(values: set[str] | set[date]) -> str:
    # a list that is empty is no SQL
    return ", ".join(sorted(_text(value) for value in values)) or "NULL"


def _text(value: str | date | None) -> str:
    quoted = "'" + str(value).replace("'", "''") + "'"
    return f"DATE {quoted}" if isinstance(value, date) else quoted


def renew_days(con: duckdb.DuckDBPyConnection, macro: str) -> RenewedDyads | None:
    """Put the rows of ``marts.dyad_day`` that changed in place of those before; None where it is better made anew.

    The pairs and months of what was taken out or put in are in the temporary table ``renewed_months`` afterwards.
    """
    changed = what_changed(con, macro)
    if changed is None:
        return None
    n_rows, n_changed = con.execute(f"SELECT count(*), count(*) FILTER ({changed}) FROM marts.dyad_day").fetchall()[0]
    n_runs, n_pairs = con.execute(
        """SELECT count(*) FILTER (source_id <> last_source OR target_id <> last_target) + 1,
                  count(DISTINCT (source_id, target_id))
           FROM (
               SELECT source_id, target_id, lag(source_id) OVER () AS last_source, lag(target_id) OVER () AS last_target
               FROM marts.dyad_day
           )"""
    ).fetchall()[0]
    if n_changed > n_rows * MOST_RENEWED or n_runs > n_pairs * MOST_RUNS:
        return None
    con.execute(
        "CREATE OR REPLACE TEMP TABLE renewed_months (source_id VARCHAR, target_id VARCHAR, period_end DATE, first_date DATE)"
    )
    note = f"""INSERT INTO renewed_months
               SELECT source_id, target_id, last_day(date), min(date) FROM marts.dyad_day WHERE {changed} GROUP BY ALL"""
    con.execute(note)
    con.execute(f"DELETE FROM marts.dyad_day WHERE {changed}")
    # as the script of the table has it: the calendar is the side that streams, and keeps its order
    con.execute("SET disabled_optimizers = 'build_side_probe_side'")
    for part in in_parts.conditions_of(con, _script()):
        con.execute(f"INSERT INTO marts.dyad_day SELECT * FROM (\n{days_now()}\n) AS d WHERE {part} AND ({changed})")
    con.execute("RESET disabled_optimizers")
    con.execute(note)
    months = con.execute("SELECT DISTINCT period_end FROM renewed_months").fetchall()
    pairs = con.execute(PAIRS.read_text(encoding="utf-8")).fetchall()
    return RenewedDyads(
        frozenset((s, t) for s, t, since in pairs if since is None),
        frozenset(month for (month,) in months),
        frozenset((s, t) for s, t, since in pairs if since is not None),
        min((since for *_, since in pairs if since is not None), default=date.max),
    )


def renew_months(con: duckdb.DuckDBPyConnection) -> None:
    """Put the rows of ``marts.dyad_month`` of the months that ``renew_days`` noted in place of those before.

    In all other rows of both tables the edition of the lists is set.
    """
    of_them = "(source_id, target_id, {}) IN (SELECT source_id, target_id, period_end FROM renewed_months)"
    con.execute(f"DELETE FROM marts.dyad_month WHERE {of_them.format('period_end')}")
    con.execute(
        f"""INSERT INTO marts.dyad_month
            WITH days_now AS (
                SELECT * FROM marts.dyad_day WHERE {of_them.format("last_day(date)")}
            )
            SELECT * EXCLUDE (date) FROM dyad_periods('days_now', 'month') ORDER BY source_id, target_id, period_end"""
    )
    con.execute(VINTAGES.read_text(encoding="utf-8"))
    con.execute("DROP TABLE temp.renewed_months; DROP TABLE temp.vintages")
