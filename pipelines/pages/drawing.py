"""What charts are drawn with: marks, scales, legends, and a chart as a picture of its own, all as SVG.

A chart is drawn in units of its own: a day is ``scale`` wide, heights are pixels. In a page a day is 1 and the browser stretches
the drawing to its place, so that a change of the period shown is a change of one attribute; lines and points keep their width
(``vector-effect``). As a picture of its own it is drawn at its size. Colours are those of Okabe and Ito, which people who confuse
colours can tell apart; what a colour says is also said by place, shape or dashes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pipelines.pages.escaping import plain

BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
GAP, RULE, BAND = "#DDDDDD", "#767676", "#BBD7EA"
FONTS = "Arial, Liberation Sans, DejaVu Sans, Noto Sans, sans-serif"
"""By name first: what draws a PNG takes ``sans-serif`` for one family, which this machine may not have."""


@dataclass(frozen=True)
class Key:
    """An entry of a legend. ``shape``: bar, line, dashes, dot, square, gap."""

    colour: str
    text: str
    shape: str = "bar"


@dataclass(frozen=True)
class Chart:
    """A chart that is still to be drawn.

    ``says``: what it shows, in words, for those who do not see it. ``draw``: the marks at a width of a day. ``ticks``: heights
    and their labels. ``labels``: heights and texts inside the chart. ``columns``, ``rows``: the numbers behind it.
    """

    name: str
    title: str
    says: str
    since: date
    until: date
    height: int
    draw: Callable[[float], str]
    ticks: Sequence[tuple[float, str]]
    keys: Sequence[Key]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    labels: Sequence[tuple[float, str]] = ()
    note: str = ""
    empty: str = field(default="")

    @property
    def days(self) -> int:
        """Width in days."""
        return (self.until - self.since).days + 1


def place(since: date, scale: float) -> Callable[[date], float]:
    """Where a day begins, at a width of a day."""
    return lambda day: (day - since).days * scale


def linear(low: float, high: float, at_low: float, at_high: float) -> Callable[[float], float]:
    """A scale between two values and the heights at which they stand."""
    return lambda value: at_low + (value - low) / (high - low) * (at_high - at_low)


def round_values(low: float, high: float) -> list[float]:
    """Four to seven round values around a range."""
    high = max(high, low + 4)
    span = high - low
    step = 10 ** math.floor(math.log10(span / 4))
    step *= next(m for m in (1, 2, 5, 10) if span / (step * m) <= 6)
    first = math.floor(low / step) * step
    return [first + step * n for n in range(math.ceil((high - first) / step) + 1)]


def short(value: float) -> str:
    """A length as SVG has it: two places after the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points_of(points: Iterable[tuple[float, float]]) -> str:
    """Points as a polyline has them."""
    return " ".join(f"{short(x)},{short(y)}" for x, y in points)


def box(left: float, right: float, top: float, bottom: float, colour: str, says: str) -> str:
    """A box without an edge: shading, which may be thinner than a line."""
    shape = f'x="{short(left)}" y="{short(top)}" width="{short(max(right - left, 0))}" height="{short(max(bottom - top, 0))}"'
    return f'<rect {shape} fill="{colour}"><title>{plain(says)}</title></rect>'


def bar(left: float, right: float, start: float, end: float, colour: str, says: str) -> str:
    """A bar that stays visible where it would be thinner than a line."""
    top, bottom = sorted((start, end))
    shape = f'x="{short(left)}" y="{short(top)}" width="{short(right - left)}" height="{short(max(bottom - top, 1))}"'
    return (
        f'<rect {shape} fill="{colour}" stroke="{colour}" stroke-width="1" vector-effect="non-scaling-stroke">{hint(says)}</rect>'
    )


def hint(says: str) -> str:
    """What a mark says when it is pointed at."""
    return f"<title>{plain(says)}</title>" if says else ""


def point(x: float, y: float, colour: str, says: str, cap: str, size: int = 8) -> str:
    """A dot (cap 'round') or square: the end of a line without length, which no stretching deforms."""
    return (
        f'<path d="M{short(x)} {short(y)}h.001" stroke="{colour}" stroke-width="{size}" stroke-linecap="{cap}" '
        f'vector-effect="non-scaling-stroke">{hint(says)}</path>'
    )


def line(points: Sequence[tuple[float, float]], colour: str, dashes: str, width: int) -> str:
    """A line through points, whose width no stretching changes. ``dashes``: as SVG has them; empty: none."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline points="{points_of(points)}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed} '
        'vector-effect="non-scaling-stroke"/>'
    )


def date_ticks(since: date, until: date, most: int) -> list[tuple[date, str]]:
    """At most so many round dates within a period, with their labels: years, quarters, months or days."""
    days = (until - since).days + 1
    for months in (1, 3, 6, 12, 24, 60, 120):
        if days / 30.4 / months <= most and days >= 60:
            first = since.year * 12 + since.month - 1
            starts = [n for n in range(first, until.year * 12 + until.month) if n % months == 0]
            found = [date(n // 12, n % 12 + 1, 1) for n in starts]
            return [(d, f"{d:%Y}" if months >= 12 else f"{d:%Y-%m}") for d in found if since <= d <= until]
    step = max(1, math.ceil(days / most))
    return [(since + timedelta(n), str(since + timedelta(n))) for n in range(0, days, step)]


def picture(chart: Chart, width: int = 960) -> str:
    """A chart as an SVG of its own, with title, axes, legend and what it says."""
    left, right, top = 64, 16, 34
    across = width - left - right
    keys, foot = [], top + chart.height + 44
    x = y = 0
    for key in chart.keys:
        # letters of this size are at most so wide on average
        room = 44 + round(len(key.text) * 6.3)
        if x and x + room > across:
            x, y = 0, y + 20
        keys.append(
            f'<g transform="translate({left + x} {foot + y})">{swatch(key)}<text x="24" y="11">{plain(key.text)}</text></g>'
        )
        x += room
    height = foot + y + 28
    scale = across / chart.days
    ticks = "".join(
        f'<text x="{left - 6}" y="{short(top + at + 4)}" text-anchor="end">{plain(label)}</text>' for at, label in chart.ticks
    )
    below = top + chart.height + 18
    days = "".join(
        f'<text x="{short(left + (day - chart.since).days * scale)}" y="{below}" text-anchor="middle">{label}</text>'
        for day, label in date_ticks(chart.since, chart.until, 10)
    )
    labels = "".join(f'<text x="{left + 4}" y="{short(top + at)}">{plain(text)}</text>' for at, text in chart.labels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="{FONTS}" font-size="12"><title>{plain(chart.title)}</title><desc>{plain(chart.says)}</desc>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        f'<text x="{left}" y="20" font-size="15" font-weight="bold">{plain(chart.title)}</text>'
        f'<svg x="{left}" y="{top}" width="{across}" height="{chart.height}">{chart.draw(scale)}</svg>'
        f"{ticks}{days}{labels}{''.join(keys)}</svg>"
    )


def swatch(key: Key) -> str:
    """The sign of an entry of a legend, 20 by 14."""
    if key.shape in ("line", "dashes"):
        return line([(0, 7), (20, 7)], key.colour, "5 3" if key.shape == "dashes" else "", 3)
    if key.shape in ("dot", "square"):
        return point(10, 7, key.colour, "", "round" if key.shape == "dot" else "square")
    return f'<rect y="1" width="20" height="12" fill="{key.colour}"/>'
