"""Two states side by side: which pairs there are, what is asked of one, and what is held of it as pieces of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.explore.opened import OpenedFile, day_of, in_words, rows, said
from pipelines.pages.charts import charts
from pipelines.pages.drawing import Chart
from pipelines.pages.escaping import link, plain
from pipelines.pages.figures import Html, figure, numbers_of, table
from pipelines.pages.holdings import Holdings, Question, Row, read
from pipelines.pages.page import in_short

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_PAIR = ("USA", "CHN")
GRAINS = {"by the length of the period": None, "day": "day", "week": "week", "month": "month"}
MOST_FACTS = 100
"""So many facts of the chronicle are shown: more would slow the page; the report has all."""
MOST_NUMBERS = 500
"""So many rows behind a chart."""


def offered(file: OpenedFile) -> tuple[dict[str, dict[str, tuple[str, str]]], str]:
    """States to choose from, each with those that something is held with; where there are none, why, as a piece of a page."""
    found: dict[str, dict[str, tuple[str, str]]] = {}

    def piece() -> str:
        with file.cursor() as con:
            found.update(pairs(con))
        return ""

    problem = said(piece)
    return found, problem


def pairs(con: DuckDBPyConnection) -> dict[str, dict[str, tuple[str, str]]]:
    """States by name, and for each the others with which a pair is held, those of which most is held first.

    The first state and its first other one are the pair that the project began with, where it is held.

    Raises:
        BilateralError: the file holds no pair.
    """
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for row in sorted(rows(con, "pairs", {}), key=lambda row: {row["source_id"], row["target_id"]} != set(FIRST_PAIR)):
        one, other = (row["source_id"], row["source_name"]), (row["target_id"], row["target_name"])
        for (a, a_name), (b, b_name) in ((one, other), (other, one)):
            found.setdefault((a_name, a), {})[f"{b_name} ({b})"] = (a, b)
    if not found:
        raise BilateralError("this file holds no event and no listing between two states: 'bilateral refresh' takes some in.")
    return {f"{name} ({a})": found[name, a] for name, a in sorted(found, key=lambda state: (state[1] != FIRST_PAIR[0], state))}


def question(pair: tuple[str, str], since: str, until: str, grain: str | None, as_known: str) -> Question:
    """What a person asks with the widgets of the page.

    Raises:
        BilateralError: a date is none, or the period ends before it begins.
    """
    first, last = day_of("From", since), day_of("To", until)
    if first is not None and last is not None and first > last:
        raise BilateralError(f"From {first} to {last}: the period ends before it begins.")
    return Question(*pair, first, last, day_of("As known on", as_known), grain)


def look(
    file: OpenedFile, pair: tuple[str, str], since: str, until: str, grain: str, as_known: str
) -> tuple[Holdings | None, str]:
    """What is held of what a person asks, and a piece of a page that shows it; or None, and the sentence that says why."""
    found: list[Holdings] = []

    def piece() -> str:
        asked = question(pair, since, until, GRAINS[grain], as_known)
        with file.cursor() as con:
            found.append(read(con, asked))
            return in_words(con) + shown(found[0])

    html = said(piece)
    return (found[0] if found else None), html


def shown(held: Holdings) -> str:
    """What is held of a pair, as a piece of a page."""
    a, b = held.question.source, held.question.target
    as_known = held.question.as_known
    known = "as known now" if as_known is None else f"as known at the beginning of {as_known} (UTC), beside what is known now"
    heading = f"<h2>{plain(held.names[a])} and {plain(held.names[b])}</h2>"
    period = (
        f"<p>{held.since} to {held.until} by {held.grain}, {plain(known)}. Grey: nothing is held that could say; never none.</p>"
    )
    return (
        heading
        + period
        + take_away(held)
        + (_vintages(held) if as_known else "")
        + in_short(held)
        + "".join(figure(chart, numbers=False) for chart in charts(held))
    )


def _vintages(held: Holdings) -> str:
    """How old what was known on the day was: the last day held of each source of events, lists and counts."""
    as_known = held.question.as_known
    assert as_known is not None
    last: dict[str, date] = {}
    for row in held.coverage:
        day = min(row["until"], held.known_until)
        last[row["name"]] = max(last.get(row["name"], day), day)
    ages = "; ".join(f"{name}: {day}, {(as_known - day).days} days old" for name, day in sorted(last.items()))
    return f"<p>Newest day held then within the period: {plain(ages or 'none')}.</p>"


def drawn(held: Holdings) -> dict[str, Chart]:
    """The charts of a pair by their titles, for the table of numbers."""
    return {chart.title: chart for chart in charts(held) if not chart.empty}


def numbers(chart: Chart, words: str = "") -> str:
    """The numbers behind a chart, of the rows that hold all words."""
    found = [row for row in chart.rows if _holds(words, row)]
    cut = f"; the first {MOST_NUMBERS} are here, words or a shorter period show others" if len(found) > MOST_NUMBERS else ""
    return _counted(len(found), len(chart.rows), "row", words, cut) + numbers_of(replace(chart, rows=found[:MOST_NUMBERS]))


def chronicle(held: Holdings, words: str = "") -> str:
    """The newest facts of a pair that hold all words, as a table."""
    found = [fact for fact in held.chronicle if _holds(words, (fact["headline"], fact["kind"], fact["citation"]))]
    cut = f"; the newest {MOST_FACTS} are here, a shorter period shows others" if len(found) > MOST_FACTS else ""
    not_told = f"<p>{held.not_told}</p>" if held.not_told else ""
    return (
        _counted(len(found), len(held.chronicle), "fact", words, cut)
        + not_told
        + table(
            "Facts, the newest first",
            ("day", "direction", "kind", "what", "citation or outlet", "known from"),
            [_fact(fact) for fact in found[:MOST_FACTS]],
        )
    )


def _holds(words: str, values: Iterable[object]) -> bool:
    text = " ".join(str(v) for v in values if v is not None).casefold()
    return all(word in text for word in words.casefold().split())


def _counted(n: int, n_all: int, what: str, words: str, cut: str) -> str:
    found = f"{n:,} of {n_all:,} {what}s" if words.strip() else f"{n:,} {what}s"
    return f'<p role="status">{found}{cut}.</p>'


def _fact(fact: Row) -> Sequence[object]:
    day: date = fact["date"]
    precision = {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}
    return (
        precision.get(fact["date_precision"], str(day)),
        "both" if fact["kind"] == "article" else f"{fact['source_id']} to {fact['target_id']}",
        fact["kind"],
        Html(link(fact["url"], fact["headline"])),
        fact["citation"] or "",
        f"{fact['known_from']:%Y-%m-%d}",
    )


def take_away(held: Holdings) -> str:
    """How to have the same without this page: the report, and the panel as SQL."""
    q = held.question
    command = f"bilateral report {q.source} {q.target} --from {held.since} --to {held.until}"
    macro = f"dyad_panel('{q.source}', '{q.target}', '{held.grain}'"
    if q.as_known is not None:
        command += f" --as-known {q.as_known}"
        macro = macro.replace("dyad_panel(", "dyad_panel_as_known(") + f", DATE '{q.as_known}'"
    return f"<p>The same to keep: <code>{plain(command)}</code>. In SQL: <code>{plain(f'FROM {macro});')}</code></p>"
