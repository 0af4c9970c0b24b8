"""Questions to the published file (``sql``, ``find``, ``demo``), and to the coder of events (``code``, ``resolve``)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from assets.errors import BilateralError
from pipelines.cli.app import Limit, RowsForm, command, day_of, read_settings, tell

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.settings import Settings


@command(
    ("bilateral sql \"FROM listed_on(DATE '2023-11-15') LIMIT 5\"", "parties listed on a day"),
    ('bilateral sql "FROM marts.timeline" --format csv > timeline.csv', "rows for another tool"),
    ("bilateral sql --file question.sql --format json", "a query from a file"),
)
def sql(
    query: Annotated[str | None, Argument(metavar="QUERY", help="The query.")] = None,
    file: Annotated[str | None, Option("--file", metavar="FILE", help="Read the query from FILE (-: standard input).")] = None,
    form: RowsForm = "table",
    limit: Limit = None,
) -> int:
    """Query the published file, read-only: rows on standard output, nothing else."""
    settings = read_settings()
    import duckdb

    from pipelines.cli.input import as_text, text_of
    from pipelines.cli.terminal import write_answer
    from pipelines.util.readers import connect_for_readers, refuse_what_does_not_read
    from pipelines.util.suggest import sql_error

    if (query is None) == (file is None):
        raise BilateralError("give one query, or --file with a file that holds it")
    text = as_text(query) if query is not None else text_of(file or "-")
    with connect_for_readers(settings.published) as con:
        try:
            refuse_what_does_not_read(con, text)
            write_answer(con.execute(text), form, limit)
        except duckdb.Error as error:
            raise BilateralError(sql_error(con, error)) from error
    return 0


NO_MATCH = 4
"""Exit code of ``find`` where nothing that was asked for matches."""


@command(
    ('bilateral find "institute of forensic science" --on 2023-11-15', "in force on a day"),
    ("bilateral find --file suppliers.txt --format csv", "a name in each line of a file"),
    ('bilateral find "Gebran Basil" --loose', "the likest parties, whether they match or not"),
)
def find(
    name: Annotated[str | None, Argument(metavar="NAME", help="A name in any script.")] = None,
    file: Annotated[str | None, Option("--file", metavar="FILE", help="A name in each line of FILE (-: standard input).")] = None,
    on: Annotated[str | None, Option("--on", metavar="DATE", help="Only listings in force on that day.")] = None,
    threshold: Annotated[
        float, Option("--threshold", metavar="SCORE", min=0, max=1, help="Lowest score to show; 0.87 is a match.")
    ] = 0.87,
    loose: Annotated[bool, Option("--loose", help="The best matches, whatever their score: --threshold 0.")] = False,
    most: Annotated[int, Option("--most", metavar="N", min=1, help="At most N parties a name.")] = 10,
    form: RowsForm = "table",
) -> int:
    """Listed parties that match a name, with score, reason, list and interval. Lists without data are named on standard error.

    Exit code 0: a party matches (its score is an alarm). 4: none does. 1: the question could not be answered.
    """
    settings = read_settings()
    from assets.sanctions.facts.lists import lists
    from pipelines.cli.terminal import fold, width_of, write_rows
    from pipelines.util.readers import connect_for_readers

    day = day_of("--on", on)
    wanted = _names(name, file)
    with connect_for_readers(settings.published) as con:
        # a list that does not cover the day may have held others: said beside the rows, never in them
        gaps = (
            []
            if day is None
            else con.execute("SELECT list_id, answer FROM list_coverage_on(?) WHERE NOT is_covered", [day]).fetchall()
        )
        searched = {row[0] for row in con.execute("SELECT DISTINCT list_id FROM core.sanction_listings").fetchall()}
        names, rows = _candidates(con, wanted, day, 0 if loose else threshold, most)
    for list_id, answer in gaps:
        print(f"{list_id} does not cover {day}. {answer}", file=sys.stderr)
    if missing := [list_id for list_id in sorted(lists()["list_id"]) if list_id not in searched]:
        text = f"not searched, since there are no data of them: {', '.join(missing)}"
        print(fold(text, width_of(sys.stderr)), file=sys.stderr)
    code = 0 if any(row[names.index("is_alarm")] for row in rows) else NO_MATCH
    if form == "table":
        if code == NO_MATCH:
            what = repr(wanted[0]) if name is not None else f"any of {len(wanted):,} names"
            print(f"no listed party matches {what}" + (f" on {day}" if day else "") + ("; the likest ones:" if rows else ""))
        first = 1 if name is not None else 0
        names, rows = names[first:], [row[first:] for row in rows]
    if rows or form != "table":
        write_rows(names, rows, form)
    return code


def _names(name: str | None, file: str | None) -> list[str]:
    """The names to look for. Raises BilateralError where neither or both of the two say them."""
    from pipelines.cli.input import as_text, lines_of

    if (name is None) == (file is None):
        raise BilateralError("give one name, or --file with a name in each line")
    if name is not None:
        return [as_text(name)]
    with lines_of(file or "-") as lines:
        return [line.strip() for line in lines if line.strip()]


def _candidates(
    con: DuckDBPyConnection, wanted: list[str], day: date | None, threshold: float, most: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of the likest parties of each name, from a score on."""
    import polars as pl

    from assets.sanctions.screening import ALARM, NameIndex
    from assets.schema import SQL

    queries = SQL / "queries"
    listed = pl.DataFrame(con.sql((queries / "screening_names.sql").read_text(encoding="utf-8")))
    # what the registry of actors calls a firm or body is asked as well
    columns = ("asked_no", "actor_id", "name", "country_id", "factor")
    known = con.execute(f"SELECT {', '.join(columns)} FROM registry_readings($names)", {"names": wanted}).fetchall()
    # a listing that was not in force that day takes no place of one that was
    ranked = NameIndex(listed).candidates([*wanted, *(row[2] for row in known)], most if day is None else 5 * most)
    given = {"asked": wanted, "day": day, "most": most, "threshold": threshold}
    given |= {c: ranked[c].to_list() for c in ("asked_no", "name_no", "score", "reason")}
    given |= {f"known_{column}": [row[place] for row in known] for place, column in enumerate(columns)}
    cursor = con.execute((queries / "screening_candidates.sql").read_text(encoding="utf-8"), given | {"alarm": ALARM})
    names = [d[0] for d in cursor.description or []]
    rows = cursor.fetchall()
    if day is None:
        at = names.index("certainty")
        names, rows = names[:at] + names[at + 1 :], [row[:at] + row[at + 1 :] for row in rows]
    return names, rows


_TELL_EVERY_S = 15
"""Seconds after which a long run says how far it is."""


@command(
    ('echo \'{"id": 1, "text": "China sanctioned Raytheon on Monday."}\' | bilateral code', "events as JSON lines"),
    ("bilateral code texts.jsonl > events.jsonl", "from a file"),
)
def code(
    file: Annotated[
        str | None,
        Argument(
            metavar="FILE",
            help="JSON lines {id, text, published?, title?, source?, target?}; published may be called date. Without it, or -: "
            "standard input.",
        ),
    ] = None,
) -> int:
    """Events coded from texts: JSON lines in, one JSON line an event out. With source and target: of these two alone.

    English and Chinese are coded; a line in another language gives {id, error}.
    """
    settings = read_settings()
    from assets.news.coding.jsonl import code_lines, default_coder
    from pipelines.cli.input import lines_of

    n_bad = n_skipped = 0
    last = time.monotonic()
    with lines_of(file) as lines:
        for number, line in enumerate(code_lines(lines, default_coder(settings.actors)), 1):
            print(line.json)
            n_bad += line.is_error
            n_skipped += line.is_skipped
            if time.monotonic() - last > _TELL_EVERY_S:
                last = time.monotonic()
                tell(f"{number:,} lines written so far")
    if n_skipped:
        tell(f"{n_skipped:,} texts in other languages than English and Chinese were skipped; each has a line {{id, skipped}}")
    if n_bad:
        tell(f"{n_bad:,} lines could not be coded; each has a line {{id, error}} in its place")
    return 1 if n_bad else 0


@command(
    ('echo \'{"id": 1, "text": "Beijing briefed Washington."}\' | bilateral resolve', "mentions as JSON lines"),
    ("bilateral resolve texts.jsonl > mentions.jsonl", "from a file"),
)
def resolve(
    file: Annotated[
        str | None,
        Argument(
            metavar="FILE",
            help="JSON lines {id, text, date?, title?}; date may be called published. Without it, or -: standard input.",
        ),
    ] = None,
) -> int:
    """Actors named in texts: JSON lines in, one JSON line a mention out."""
    from pipelines.cli.input import lines_of

    with lines_of(file) as lines:
        for line in _mentions(lines, read_settings()):
            print(line)
    return 0


def _mentions(lines: Iterable[str], settings: Settings) -> Iterator[str]:
    from assets.news.coding.jsonl import day_of, json_line
    from assets.news.text.named_actors import document, mentions_of
    from assets.news.text.phrase_roles import with_roles

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _record(line, number)
        try:
            day = day_of(record, "date", "published")
        except ValueError as error:
            raise BilateralError(f"line {number}: {error}") from error
        text, title = record["text"], record.get("title")
        found = mentions_of(text, day, title, own_actors=settings.actors)
        for mention in with_roles(document(text, title), found):
            yield json_line({"id": record.get("id"), **asdict(mention)})


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BilateralError(f"line {number}: not JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise BilateralError(f"line {number}: expected an object with at least 'text'")
    if not isinstance(record.get("title"), (str, type(None))):
        raise BilateralError(f"line {number}: title is {type(record['title']).__name__}, expected a string")
    return record


@command(("bilateral demo", "the question of 'make demo' again"))
def demo() -> int:
    """Answer one question from the published file, and say what to do next."""
    settings = read_settings()
    from pipelines.cli.terminal import fold, styled, width_of, write_answer
    from pipelines.settings import RECORD, ROOT
    from pipelines.util.readers import connect_for_readers

    width = width_of(sys.stdout)
    with connect_for_readers(settings.published) as con:
        for path in sorted((ROOT / "sql" / "examples").glob("demo_*.sql")):
            text = path.read_text(encoding="utf-8")
            question, *how = (line.lstrip("- ") for line in text.splitlines() if line.startswith("--"))
            print()
            print(styled(fold(question, width), "bold"))
            print(fold(" ".join(how), width or 100))
            print()
            write_answer(con.execute(text), "table", 0, width=100)
        origin = con.execute("SELECT origin FROM meta.build").fetchall()[0][0]
    if origin == "record":
        page = RECORD.relative_to(ROOT) / "README.md"
        note = f"This is the built-in record: real rows, cut to facts, news of 2021-22 only ({page} says what is in it)."
        print("\n" + fold(note, width))
    file = settings.published
    print(
        f"""
{styled("What to do next", "bold")}
  .venv/bin/bilateral site --to public/       the same page as a folder for any static host
  .venv/bin/bilateral report USA CHN          the page of a pair as one file
  make dev                                    the Dagster UI: assets, checks, runs
  .venv/bin/bilateral describe                tables, columns, units, warnings
  .venv/bin/bilateral refresh --from live     what is newer, from the publishers
  .venv/bin/bilateral sql "FROM listed_on(DATE '2023-11-15') LIMIT 5"
From Python, or with DuckDB's own shell:
  .venv/bin/python -c "import duckdb; print(duckdb.connect('{file}', read_only=True).sql('FROM marts.timeline'))"
  duckdb -readonly {file}
{styled("See it", "bold")} in your browser, on http://127.0.0.1:2719/ : pairs of states, parties, acts, SQL, as known on any day
  .venv/bin/bilateral explore"""
    )
    return 0
