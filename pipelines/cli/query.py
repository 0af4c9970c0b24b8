"""Questions to the published file: ``sql``, ``find``, ``demo``."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

from assets.errors import BilateralError
from pipelines.cli.input import as_text, lines_of, text_of
from pipelines.cli.rows import write_answer, write_rows
from pipelines.cli.terminal import fold, styled, width_of, write_table
from pipelines.util.readers import connect_for_readers, refuse_what_does_not_read
from pipelines.util.suggest import sql_error

if TYPE_CHECKING:
    from pipelines.settings import Settings


def sql(settings: Settings, query: str | None, file: str | None, form: str, limit: int | None) -> int:
    """``bilateral sql``: rows on standard output, nothing else."""
    if (query is None) == (file is None):
        raise BilateralError("give one query, or --file with a file that holds it")
    asked = as_text(query) if query is not None else text_of(file or "-")
    with connect_for_readers(settings.published) as con:
        try:
            refuse_what_does_not_read(con, asked)
            write_answer(con.execute(asked), form, limit)
        except duckdb.Error as error:
            raise BilateralError(sql_error(con, error)) from error
    return 0


NO_MATCH = 4
"""Exit code of ``find`` where nothing that was asked for matches."""


def find(settings: Settings, name: str | None, file: str | None, on: str | None, form: str, threshold: float, most: int) -> int:
    """``bilateral find``: listed parties that match a name, or each name of a file, the likest first.

    ``threshold``: the least score of a party that is shown; ``most``: so many parties a name. Of what is shown that is an alarm
    whose score reaches the threshold of one (``is_alarm``).
    """
    try:
        day = None if on is None else date.fromisoformat(on)
    except ValueError as error:
        raise BilateralError(f"--on {on}: expected a date as YYYY-MM-DD") from error
    asked = _asked(name, file)
    with connect_for_readers(settings.published) as con:
        # a list that does not cover the day may have held others: said beside the rows, never in them
        gaps = (
            []
            if day is None
            else con.execute("SELECT list_id, answer FROM list_coverage_on(?) WHERE NOT is_covered", [day]).fetchall()
        )
        searched = {row[0] for row in con.execute("SELECT DISTINCT list_id FROM core.sanction_listings").fetchall()}
        names, rows = _candidates(con, asked, day, threshold, most)
    for list_id, answer in gaps:
        print(f"{list_id} does not cover {day}. {answer}", file=sys.stderr)
    if missing := [list_id for list_id in _every_list() if list_id not in searched]:
        said = f"not searched, since no data of them were taken in: {', '.join(missing)}"
        print(fold(said, width_of(sys.stderr)), file=sys.stderr)
    code = 0 if any(row[names.index("is_alarm")] for row in rows) else NO_MATCH
    if form != "table":
        write_rows(names, rows, form, sys.stdout)
        return code
    if code == NO_MATCH:
        what = repr(asked[0]) if name is not None else f"any of {len(asked):,} names"
        print(f"no listed party matches {what}" + (f" on {day}" if day else "") + ("; the likest ones:" if rows else ""))
    if rows:
        first = 1 if name is not None else 0
        write_table(names[first:], [row[first:] for row in rows], sys.stdout, width=width_of(sys.stdout))
    return code


def _every_list() -> list[str]:
    from assets.sanctions.facts.lists import lists

    return sorted(lists()["list_id"])


def _asked(name: str | None, file: str | None) -> list[str]:
    """The names to look for. Raises BilateralError where neither or both of the two say them."""
    if (name is None) == (file is None):
        raise BilateralError("give one name, or --file with a name in each line")
    if name is not None:
        return [as_text(name)]
    with lines_of(file or "-") as lines:
        return [line.strip() for line in lines if line.strip()]


def _candidates(
    con: duckdb.DuckDBPyConnection, asked: list[str], day: date | None, threshold: float, most: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of the likest parties of each name, from a score on."""
    from assets.sanctions.screening import ALARM, NameIndex
    from assets.schema import SQL

    queries = SQL / "queries"
    held = con.sql((queries / "screening_names.sql").read_text(encoding="utf-8")).pl()
    # what the registry of actors calls a firm or body is asked as well
    columns = ("asked_no", "actor_id", "name", "country_id", "factor")
    known = con.execute(f"SELECT {', '.join(columns)} FROM registry_readings($names)", {"names": asked}).fetchall()
    # a listing that was not in force that day takes no place of one that was
    ranked = NameIndex(held).candidates([*asked, *(row[2] for row in known)], most if day is None else 5 * most)
    given = {"asked": asked, "day": day, "most": most, "threshold": threshold}
    given |= {c: ranked[c].to_list() for c in ("asked_no", "name_no", "score", "reason")}
    given |= {f"known_{column}": [row[place] for row in known] for place, column in enumerate(columns)}
    cursor = con.execute((queries / "screening_candidates.sql").read_text(encoding="utf-8"), given | {"alarm": ALARM})
    names = [d[0] for d in cursor.description or []]
    rows = cursor.fetchall()
    if day is None:
        at = names.index("certainty")
        names, rows = names[:at] + names[at + 1 :], [row[:at] + row[at + 1 :] for row in rows]
    return names, rows


def demo(settings: Settings) -> int:
    """``bilateral demo``: one question, answered from the published file."""
    from pipelines.settings import RECORD, ROOT

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
        note = f"This is the built-in record: real rows, cut to facts, news of 2021-22 alone ({page}: what of each source)."
        print("\n" + fold(note, width))
    file = settings.published
    print(
        f"""
{styled("What to do next", "bold")}
  .venv/bin/bilateral site --to public/       the same page as a folder for any static host
  .venv/bin/bilateral report USA CHN          the page of a pair as one file
  make dev                                    the Dagster UI: assets, checks, runs
  .venv/bin/bilateral describe                tables, columns, units, warnings
  .venv/bin/bilateral refresh --from live     what is new since
  .venv/bin/bilateral sql "FROM listed_on(DATE '2023-11-15') LIMIT 5"
From Python, or with DuckDB's own shell:
  .venv/bin/python -c "import duckdb; print(duckdb.connect('{file}', read_only=True).sql('FROM marts.timeline'))"
  duckdb -readonly {file}
{styled("See it", "bold")} in your browser, on http://127.0.0.1:2719/ : pairs of states, parties, acts, SQL, as known on any day
  .venv/bin/bilateral explore"""
    )
    return 0
