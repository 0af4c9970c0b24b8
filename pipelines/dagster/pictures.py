"""Small pictures of marts for those who only look: what ``sql/pictures`` asks of a file, as lines over time.

A query there bears the name of its mart. It begins with the title and how to read it, and gives day, series and value. Dagster
shows no HTML in Markdown, but pictures whose address holds them; so a picture is an SVG in a ``data:`` address.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import groupby, pairwise

import duckdb

from assets.schema import SQL
from pipelines.pages.drawing import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    Chart,
    Key,
    line,
    linear,
    picture,
    place,
    point,
    round_values,
    short,
)

WIDTH, HEIGHT = 640, 130
MARKS = ((BLUE, ""), (ORANGE, "6 3"), (GREEN, "2 3"), (PURPLE, "9 3 2 3"))
"""Colour and dashes of the first, second, third and fourth series."""

Point = tuple[date, float]


@cache
def _asked() -> dict[str, tuple[str, str, str]]:
    """By mart the title, how to read it, and the query."""
    found = {}
    for path in sorted((SQL / "pictures").glob("*.sql")):
        title, reading, *query = path.read_text(encoding="utf-8").splitlines()
        found[path.stem] = (title.removeprefix("-- "), reading.removeprefix("-- "), "\n".join(query))
    return found


def drawn(con: duckdb.DuckDBPyConnection, mart: str) -> str | None:
    """The picture of a mart as Markdown; None where it has none, or what is held gives no line."""
    if mart not in _asked():
        return None
    title, reading, query = _asked()[mart]
    rows = [(day, series, float(value)) for day, series, value in con.execute(query).fetchall() if value is not None]
    by_series = groupby(sorted(rows, key=lambda r: r[1]), key=lambda r: r[1])
    series = {str(name): [(day, value) for day, _, value in mine] for name, mine in by_series}
    if len({day for day, _, _ in rows}) < 2 or len(series) > len(MARKS):
        return None
    return as_markdown(chart_of(mart, title, {name: sorted(points) for name, points in series.items()}), reading)


def as_markdown(chart: Chart, reading: str) -> str:
    """A chart as a picture in Markdown, with what it says for those who do not see it, and how to read it."""
    svg = base64.b64encode(picture(chart, WIDTH).encode()).decode()
    # brackets would end the text that stands for the picture
    return f"![{chart.says.translate(str.maketrans('[]', '()'))}](data:image/svg+xml;base64,{svg})\n\n{reading}"


def chart_of(name: str, title: str, series: dict[str, list[Point]]) -> Chart:
    """The chart of one to four series, each in order of its days."""
    days = [day for points in series.values() for day, _ in points]
    values = [value for points in series.values() for _, value in points]
    ticks = _values(min(*values, 0), max(*values, 0))
    at = linear(ticks[0], ticks[-1], HEIGHT - 4, 4)
    since, until = min(days), max(days)

    def draw(scale: float) -> str:
        x = place(since, scale)
        marks = []
        for (colour, dashes), points in zip(MARKS, series.values(), strict=False):
            for part in unbroken(points):
                placed = [(x(day), at(value)) for day, value in part]
                marks.append(line(placed, colour, dashes, 2) if len(placed) > 1 else point(*placed[0], colour, "", "round", 5))
        return "".join(marks)

    newest = "; ".join(f"{name}: {short(points[-1][1])} at {points[-1][0]}" for name, points in series.items())
    return Chart(
        name=name,
        title=title.rstrip("."),
        says=f"{title} {newest}.",
        since=since,
        until=until,
        height=HEIGHT,
        draw=draw,
        ticks=[(at(value), f"{value:,.10g}") for value in ticks],
        keys=[Key(colour, text, "dashes" if dashes else "line") for (colour, dashes), text in zip(MARKS, series, strict=False)],
        columns=("day", "series", "value"),
        rows=[(day, text, value) for text, points in series.items() for day, value in points],
    )


def unbroken(points: Sequence[Point]) -> list[list[Point]]:
    """Points in parts between which something is missing: where two are much further apart than the nearest two are."""
    gaps = [(b - a).days for (a, _), (b, _) in pairwise(points)]
    widest = 1.5 * min(gaps, default=1)
    parts = [[points[0]]]
    for found, gap in zip(points[1:], gaps, strict=True):
        if gap > widest:
            parts.append([])
        parts[-1].append(found)
    return parts


def _values(low: float, high: float) -> list[float]:
    """Round values around a range of any size: those of a page are for counts, and begin at four."""
    if high == low:
        return [low, low + 1]
    unit = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    return [value * unit for value in round_values(low / unit, high / unit)]
