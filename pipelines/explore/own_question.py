"""A query of one's own: its rows within bounds that are said, as a table and as a chart."""

from __future__ import annotations

import io
import itertools
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from assets.errors import BilateralError
from assets.schema import SQL
from pipelines.cli.rows import write_rows
from pipelines.explore.opened import OpenedFile, in_words, said
from pipelines.pages.drawing import (
    BLACK,
    BLUE,
    GAP,
    GREEN,
    ORANGE,
    PURPLE,
    RULE,
    SKY,
    VERMILION,
    Chart,
    Key,
    box,
    line,
    linear,
    place,
    point,
    round_values,
)
from pipelines.pages.escaping import plain
from pipelines.pages.figures import figure, table
from pipelines.readers import refuse_what_does_not_read
from pipelines.suggest import sql_error

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ROWS = 1_000
"""Rows that are shown and drawn: a browser gets slow with more."""
SECONDS = 20.0
"""A query that takes longer is stopped."""
MOST_BARS = 40
_LONGEST_CELL = 2_000
_STYLES = ((BLUE, ""), (VERMILION, "7 3"), (GREEN, "2 3"), (BLACK, "9 3 2 3"), (PURPLE, "5 5"), (ORANGE, "12 3"), (SKY, "1 4"))
"""Colour and dashes of a series: there are as many series as can be told apart."""

FIRST_QUERY = "SELECT period_end, source_id, n_events\nFROM dyad_panel('USA', 'CHN', 'month')\nORDER BY period_end, source_id;"

BOUNDS = (
    f"At most {MOST_ROWS:,} rows are shown and a query is stopped after {SECONDS:.0f} seconds. It reads the published file and "
    "nothing else: no other file, no network. Temporary tables last for one question."
)


@dataclass(frozen=True)
class Answer:
    """Rows of a query. ``has_more``: there are more than were read."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    has_more: bool
    seconds: float


def look(file: OpenedFile, query: str) -> tuple[Answer | None, str]:
    """The answer to a query, and a piece of a page that shows it; or None, and the sentence that says why."""
    found: list[Answer] = []

    def piece() -> str:
        with file.cursor() as con:
            found.append(ask(con, query))
            return in_words(con) + shown(found[0])

    html = said(piece)
    return (found[0] if found else None), html


def drawn(answer: Answer, across: str | None, upwards: str | None, series: str | None) -> str:
    """A chart of an answer as a piece of a page; or the sentence that says why there is none."""
    if not answer.rows:
        return ""
    if across is None or upwards is None:
        return "<p>For a chart, choose a column of days or names (across) and one of numbers (upwards).</p>"
    return said(lambda: chart(answer, across, upwards, series))


def ask(con: DuckDBPyConnection, query: str, most: int = MOST_ROWS, seconds: float = SECONDS) -> Answer:
    """The first rows of a query that only reads.

    Raises:
        BilateralError: it would write or reach beyond the file, is no SQL, takes too long, or fails.
    """
    began = time.monotonic()
    timer = threading.Timer(seconds, con.interrupt)
    timer.start()
    try:
        refuse_what_does_not_read(con, query)
        cursor = con.execute(query)
        columns = [d[0] for d in cursor.description or []]
        found = cursor.fetchmany(most + 1)
    except duckdb.InterruptException as error:
        raise BilateralError(
            f"stopped after {seconds:.0f} seconds. A shorter period may help; 'bilateral sql' has no such bound."
        ) from error
    except duckdb.Error as error:
        raise BilateralError(sql_error(con, error)) from error
    finally:
        timer.cancel()
    return Answer(_apart(columns), found[:most], len(found) > most, time.monotonic() - began)


def _apart(names: Sequence[str]) -> list[str]:
    """Names of columns, each once: a second ``n`` is ``n_2``."""
    found: list[str] = []
    for name in names:
        free = next(n for n in itertools.chain([name], (f"{name}_{k}" for k in itertools.count(2))) if n not in found)
        found.append(free)
    return found


def examples() -> dict[str, str]:
    """Queries to begin with, by the question that each answers."""
    found = {"Events between the United States and China by month": FIRST_QUERY}
    for path in sorted((SQL / "examples").glob("[0-9]*.sql")):
        text = Path(path).read_text(encoding="utf-8")
        question = next((row.lstrip("- ") for row in text.splitlines() if row.startswith("--")), path.stem)
        found[question] = text
    return found


def shown(answer: Answer) -> str:
    """The rows of an answer as a table, with how many there are."""
    n = len(answer.rows)
    what = f"The first {n:,} rows; there are more" if answer.has_more else f"{n:,} row{'' if n == 1 else 's'}"
    begin = f'<p role="status">{what}, in {answer.seconds:.2f} s.</p>'
    return begin + table("The answer", answer.columns, ([_cell(v) for v in row] for row in answer.rows))


def _cell(value: Any) -> str:
    """A value as SQL has it: NULL is a word of its own here, and a number is written in full."""
    match value:
        case None:
            text = "NULL"
        case float():
            text = f"{value:.10g}"
        case datetime():
            text = value.isoformat(sep=" ")
        case bytes():
            text = value.hex()
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}... ({len(text):,} characters)"


def as_csv(answer: Answer) -> bytes:
    """The rows of an answer as CSV."""
    out = io.StringIO()
    write_rows(answer.columns, answer.rows, "csv", out)
    return out.getvalue().encode()


def drawable(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """Columns that may lie across a chart, upwards, and tell series apart: days first, numbers, and columns of few values."""
    across, upwards, series = [], [], []
    dated = []
    for at, name in enumerate(answer.columns):
        known = [row[at] for row in answer.rows if row[at] is not None]
        if not known:
            continue
        if all(isinstance(v, date) for v in known):
            dated.append(name)
        elif all(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in known):
            upwards.append(name)
        else:
            across.append(name)
            if len({str(v) for v in known}) <= len(_STYLES):
                series.append(name)
    return dated + across, upwards, series


def chart(answer: Answer, across: str, upwards: str, series: str | None) -> str:
    """A chart of an answer: lines over days, or a bar for each row.

    Args:
        answer: what was found.
        across: a column of days, or of names for bars.
        upwards: a column of numbers.
        series: a column whose values are drawn apart; None: all are one.

    Raises:
        BilateralError: there are more series than can be told apart, or nothing to draw.
    """
    x, y = answer.columns.index(across), answer.columns.index(upwards)
    known = [row[x] for row in answer.rows if row[x] is not None]
    if not known:
        raise BilateralError(f"{across} has no value in these rows: there is nothing to draw.")
    if all(isinstance(v, date) for v in known):
        return figure(_over_days(answer, x, y, None if series is None else answer.columns.index(series)), numbers=False)
    return _bars(answer, x, y)


def _over_days(answer: Answer, x: int, y: int, by: int | None) -> Chart:
    upwards = answer.columns[y]
    groups: dict[str, list[tuple[date, float | None]]] = {}
    for row in answer.rows:
        if row[x] is not None:
            name = upwards if by is None else _cell(row[by])
            groups.setdefault(name, []).append((_day(row[x]), None if row[y] is None else float(row[y])))
    if len(groups) > len(_STYLES):
        raise BilateralError(f"{len(groups)} series cannot be told apart: choose a column with at most {len(_STYLES)} values.")
    values = [v for points in groups.values() for _, v in points if v is not None]
    days = [d for points in groups.values() for d, _ in points]
    since, until = min(days), max(days)
    low, high = min(values, default=0.0), max(values, default=0.0)
    # a scale begins at 0 unless all values are far from it
    low = min(low, 0) if low < 0.5 * high or low < 0 else low
    steps = round_values(low, high)
    top, height = 8, 240
    up = linear(steps[0], steps[-1], height - 8, top)

    unknown = _unknown(groups.values())

    def draw(scale: float) -> str:
        at = place(since, scale)
        marks = [box(at(a), at(b), top, height, GAP, f"{day}: NULL") for day, a, b in unknown]
        if steps[0] <= 0 <= steps[-1]:
            marks.append(line([(0, up(0)), (((until - since).days + 1) * scale, up(0))], RULE, "", 1))
        for (name, points), (colour, dashes) in zip(groups.items(), _STYLES, strict=False):
            marks += [line([(at(d), up(v)) for d, v in run], colour, dashes, 2) for run in _runs(points) if len(run) > 1]
            marks += [point(at(d), up(v), colour, f"{d}, {name}: {v:,.10g}", "round", 6) for d, v in points if v is not None]
        return "".join(marks)

    n_unknown = sum(v is None for points in groups.values() for _, v in points)
    spans = "; ".join(
        f"{name}: {len(known)} values from {min(known):,.10g} to {max(known):,.10g}"
        for name, points in groups.items()
        if (known := [v for _, v in points if v is not None])
    )
    gaps = f" {n_unknown} rows are NULL: the line breaks there." if n_unknown else ""
    return Chart(
        name="answer",
        title=f"{upwards} by {answer.columns[x]}",
        says=f"{since} to {until}. {spans}.{gaps}",
        since=since,
        until=until,
        height=height,
        draw=draw,
        ticks=[(up(v), f"{v:,.10g}") for v in steps],
        keys=[
            *(Key(colour, name, "dashes" if dashes else "line") for name, (colour, dashes) in zip(groups, _STYLES, strict=False)),
            *([Key(GAP, "NULL: not known", "gap")] if unknown else []),
        ],
        columns=(),
        rows=(),
        note="" if steps[0] <= 0 else "The scale does not begin at 0.",
        empty="" if values else f"{upwards} is NULL in all of these rows: nothing is known that could be drawn.",
    )


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _unknown(groups: Iterable[Sequence[tuple[date, float | None]]]) -> list[tuple[date, date, date]]:
    """Days of which every value is NULL, each with where its shading begins and ends: half way to the days beside it."""
    known: dict[date, bool] = {}
    for day, value in itertools.chain.from_iterable(groups):
        known[day] = known.get(day, False) or value is not None
    days = sorted(known)
    before, after = [days[0], *days[:-1]], [*days[1:], days[-1]]
    return [
        (day, a + (day - a) / 2, day + (b - day) / 2) for a, day, b in zip(before, days, after, strict=True) if not known[day]
    ]


def _runs(points: Sequence[tuple[date, float | None]]) -> list[list[tuple[date, float]]]:
    """Stretches of known values in order of days; where a day has several values they are points without a line."""
    if len({day for day, _ in points}) < len(points):
        return []
    runs: list[list[tuple[date, float]]] = [[]]
    for day, value in sorted(points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((day, value))
    return [run for run in runs if run]


def _bars(answer: Answer, x: int, y: int) -> str:
    """A bar for each of the first rows, with its name and its number beside it."""
    rows = answer.rows[:MOST_BARS]
    known = [float(row[y]) for row in rows if row[y] is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    across = linear(low, high, 0, 1000) if high > low else (lambda _: 0.0)
    lines = []
    for row in rows:
        name = plain(_cell(row[x]))
        if row[y] is None:
            lines.append(f'<li><span>{name}</span><span class="gap">not known</span><span>NULL</span></li>')
            continue
        left, right = sorted((across(0), across(float(row[y]))))
        lines.append(
            f'<li><span>{name}</span><svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect x="{left:.1f}" width="{max(right - left, 1):.1f}" height="14" fill="{BLUE}"/></svg>'
            f"<span>{plain(_cell(row[y]))}</span></li>"
        )
    title = f"{answer.columns[y]} by {answer.columns[x]}"
    cut = f" The first {len(rows)} of {len(answer.rows):,} rows." if len(answer.rows) > len(rows) else ""
    return (
        f'<figure id="chart-answer"><h3>{plain(title)}</h3><p class="says">A bar for each row, from {low:,.10g} to '
        f'{high:,.10g}.{cut}</p><ul class="bars">{"".join(lines)}</ul></figure>'
    )
