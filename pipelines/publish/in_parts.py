"""Marts that are made some values of their first columns at a time, where all at once would not fit into the memory of a build.

A script says so with ``-- in parts: a, b by days of marts.x, marts.y``: what is large of that of which a row of its table is made
are rows of those tables with its a and b, and the table lies in the order of a and b. How many days (or months) they have of each
a and b, by their column ``date``, says how much a part is. What is made in parts has the same rows in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import duckdb

from assets.errors import BilateralError
from assets.schema import headers, names_in
from pipelines.publish.loading import runs

MOST = 150_000
"""Days (or months), summed over pairs of values, that are made at a time, or those of one pair."""

ALL = "true"
"""The condition of a part that is all there is."""


def query_of(text: str) -> str:
    """The query of which a script makes its table.

    Raises:
        BilateralError: it makes none, or several.
    """
    found = re.findall(r"^CREATE TABLE marts\.\w+ AS\n([^;]+);", text, re.MULTILINE)
    if len(found) != 1:
        raise BilateralError("a mart that is made in parts has one CREATE TABLE marts.name AS, and no semicolon within its query")
    return str(found[0])


def make(con: duckdb.DuckDBPyConnection, mart: str, text: str, most: int = MOST) -> None:
    """Make a mart: at once where these are few or its script says nothing of parts, else part by part.

    Args:
        con: the warehouse file, with the tables and the macros that the mart names.
        mart: its full name.
        text: its script.
        most: days (or months), over all pairs, of a part.
    """
    conditions = conditions_of(con, text, most)
    if conditions == [ALL]:
        con.execute(text)
        return
    query = query_of(text)
    for statement in con.extract_statements(text):
        if not re.match(r"(?:\s|--[^\n]*\n)*CREATE TABLE ", statement.query):
            con.execute(statement)
            continue
        begin = f"CREATE TABLE {mart} AS"
        for condition in conditions:
            con.execute(f"{begin} SELECT * FROM (\n{query}\n) AS made WHERE {condition}")
            begin = f"INSERT INTO {mart}"


def conditions_of(con: duckdb.DuckDBPyConnection, text: str, most: int = MOST) -> list[str]:
    """The parts in which a mart is to be made, as conditions of its rows: each row is in one of them, in their order.

    Raises:
        BilateralError: what its script says of parts is not of that form.
    """
    said = headers(text, "in parts")
    if not said:
        return [ALL]
    found = re.fullmatch(r"(\w+, \w+) by (day|month)s of (.+)", said[0])
    if found is None:
        raise BilateralError(f"'-- in parts: {said[0]}' should be '-- in parts: a, b by days (or months) of marts.x, marts.y'")
    columns, unit, tables = found.groups()
    n_rows = sum(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in names_in(tables))
    if n_rows <= most:
        return [ALL]
    first, second = names_in(columns)
    together = " UNION ALL ".join(f"SELECT {first}, {second}, date FROM {table}" for table in names_in(tables))
    # not more than there are rows, and not more than lie between the first and the last: to count them would group them all
    days = con.execute(
        f"""SELECT {first}, {second}, least(count(*), date_diff('{unit}', min(date), max(date)) + 1) FROM ({together})
            WHERE {first} IS NOT NULL AND {second} IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return list(_conditions(first, second, days, most)) or [ALL]


def _conditions(first: str, second: str, days: Sequence[tuple[str, str, int]], most: int) -> Iterator[str]:
    """Ranges that hold all values, also those of no day: conditions without OR, so that only the rows of a part are read.

    Args:
        first: the column by which rows are put together.
        second: the column by which those of one value of the first are, where they are too many.
        days: values of both and how many days they have, ascending.
        most: days of a part.
    """
    within = {value: [(row[1], row[2]) for row in of_it] for value, of_it in groupby(days, key=lambda row: row[0])}
    sizes = [(value, sum(n for _, n in seconds)) for value, seconds in within.items()]
    spans = list(runs(sizes, most))
    # what lies before a value that is parted by itself, and behind it, may have rows of which the tables know nothing
    bound: list[str] = []
    is_open = True
    for number, (begin, end) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < len(spans) else None
        seconds = within[begin]
        if begin == end and sum(n for _, n in seconds) > most:
            if is_open:
                yield " AND ".join([*bound, f"{first} < {_text(begin)}"])
            for part in _ranges(second, list(runs(seconds, most))):
                yield f"{first} = {_text(begin)}{part}"
            bound, is_open = [f"{first} > {_text(begin)}"], True
        else:
            until = [f"{first} < {_text(following)}"] if following is not None else []
            yield " AND ".join([*bound, *until]) or ALL
            bound, is_open = ([f"{first} >= {_text(following)}"], False) if following is not None else ([], False)
    if is_open:
        yield " AND ".join(bound) or ALL


def _ranges(column: str, spans: Sequence[tuple[str, str]]) -> Iterator[str]:
    starts = [begin for begin, _ in spans]
    for number in range(len(starts)):
        since = f" AND {column} >= {_text(starts[number])}" if number else ""
        until = f" AND {column} < {_text(starts[number + 1])}" if number + 1 < len(starts) else ""
        yield since + until


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
