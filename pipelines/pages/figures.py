"""Charts and tables as pieces of a page: HTML in which all that a source served is text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipelines.pages.drawing import Chart, date_ticks, swatch
from pipelines.pages.escaping import plain


def figure(chart: Chart, *, numbers: bool = True) -> str:
    """A chart that the browser stretches to its place, with what it says, its axes and its legend.

    Args:
        chart: what is drawn.
        numbers: put the table of its numbers behind it.
    """
    name = f"chart-{chart.name}"
    begin = f'<figure id="{name}"><h3>{plain(chart.title)}</h3><p class="says" id="{name}-says">{plain(chart.says)}</p>'
    if chart.empty:
        return f'{begin}<p class="warn">{plain(chart.empty)}</p></figure>'
    ticks = "".join(
        f'<text x="58" y="{min(max(at + 4, 11), chart.height - 1):.1f}" text-anchor="end">{plain(text)}</text>'
        for at, text in chart.ticks
    )
    days = "".join(
        f'<text x="{(day - chart.since).days / chart.days:.2%}" y="15">{text}</text>'
        for day, text in date_ticks(chart.since, chart.until, 6)
    )
    labels = "".join(f'<text x="4" y="{at:.1f}">{plain(text)}</text>' for at, text in chart.labels)
    keys = "".join(
        f'<li><svg width="20" height="14" aria-hidden="true">{swatch(key)}</svg> {plain(key.text)}</li>' for key in chart.keys
    )
    note = f'<p class="note">{plain(chart.note)}</p>' if chart.note else ""
    behind = (
        f"<details><summary>The numbers behind it ({len(chart.rows):,} rows)</summary>{numbers_of(chart)}</details>"
        if numbers
        else ""
    )
    return (
        f'{begin}<div class="plot"><svg class="y" width="64" height="{chart.height}" aria-hidden="true">{ticks}</svg>'
        f'<div class="area"><svg class="zoom" role="img" aria-label="{plain(chart.title)}" aria-describedby="{name}-says" '
        f'width="100%" height="{chart.height}" viewBox="0 0 {chart.days} {chart.height}" preserveAspectRatio="none" '
        f'data-height="{chart.height}">{chart.draw(1)}</svg>'
        f'<svg class="over" width="100%" height="{chart.height}" aria-hidden="true">{labels}</svg></div>'
        f'<svg class="x" width="100%" height="20" aria-hidden="true">{days}</svg></div>'
        f'<ul class="keys">{keys}</ul>{note}{behind}</figure>'
    )


def numbers_of(chart: Chart) -> str:
    """The numbers behind a chart as a table."""
    return table(f"{chart.title}: the numbers. Periods of which nothing is held are left out.", chart.columns, chart.rows)


class Html(str):
    """Markup of this program's own making; all other text is escaped."""


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table that scrolls in its place. None is shown as not known."""
    head = "".join(f'<th scope="col">{plain(c)}</th>' for c in columns)
    body = "".join("<tr>" + "".join(f"<td>{_cell(v)}</td>" for v in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{plain(caption)}"><table><caption>{plain(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    if isinstance(value, Html):
        return value
    if value is None:
        return "not known"
    return f"{value:,}" if isinstance(value, int) else plain(value)
