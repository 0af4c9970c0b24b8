"""Which checks need not be asked again of a build: those that passed on the same tables, of the same code, not long ago.

Of a build that put some days of dyads in place of others, what falls apart by pairs of states is asked of these pairs alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.publish.audit import Validation
from pipelines.publish.dyads_in_place import RenewedDyads
from pipelines.publish.expectations import Expectation
from pipelines.publish.recorded import recorded_made_of
from pipelines.publish.scripts import depends_on_more, scripts
from pipelines.readers import reading

ASKED_AGAIN_AFTER = timedelta(days=7)
"""A result is taken over for so long: whatever carries it wrongly is found within a week."""


def tables_read(expectation: Expectation) -> set[str] | None:
    """Full names of the tables that an expectation reads, through macros too; None where it asks for more than tables."""
    query = re.sub(r"--.*|'(?:[^']|'')*'", "", expectation.query or "")
    called = set(re.findall(r"\b(\w+)\s*\(", query))
    macros = [script for script in scripts("macros") if script.name in called]
    if depends_on_more(query) or not all(macro.is_of_tables_alone for macro in macros):
        return None
    named = set(re.findall(r"\b(?:core|marts|meta)\.\w+", query))
    return named.union({expectation.table}, *(macro.needs for macro in macros))


def carried(published: Path, draft: Path, expectations: Sequence[Expectation], now: datetime) -> list[Validation]:
    """The results of the published file that hold for a draft too.

    Only what passed, with no row set aside, is taken over, and only where every table that is read was made of the same by the
    same code (``meta.row_counts.made_of``).

    Args:
        published: the file published now.
        draft: the file that is to take its place.
        expectations: what is expected of the draft.
        now: the moment, naive UTC.
    """
    same = same_tables(published, draft)
    if not same:
        return []
    passed = passed_in(published, now)
    found = []
    for e in expectations:
        result = passed.get((e.table, e.name))
        tables = tables_read(e)
        if result is not None and tables is not None and tables <= same:
            found.append(result)
    return found


def of_core(
    checked: Sequence[Validation], asked: Sequence[Expectation], expectations: Sequence[Expectation], now: datetime
) -> list[Validation]:
    """The results of the checks of a current core that hold of a draft too, whose tables are the rows of its files.

    Only what passed, with no row set aside, and reads no more than core tables as they are loaded: what ``sql/derive`` adds or
    changes is asked of the draft.

    Args:
        checked: what was found of the core.
        asked: what had been asked of it.
        expectations: what is expected of the draft.
        now: the moment, naive UTC.
    """
    asked_of = {(e.table, e.name): e.kwargs for e in asked}
    passed = {
        (v.table_name, v.expectation): v
        for v in checked
        if v.status == "passed" and v.n_set_aside is None and v.validated_at > now - ASKED_AGAIN_AFTER
    }
    return [
        passed[e.table, e.name]
        for e in expectations
        if (e.table, e.name) in passed and asked_of.get((e.table, e.name)) == e.kwargs and reads_what_was_loaded(e)
    ]


def reads_what_was_loaded(e: Expectation) -> bool:
    """Whether it reads nothing but core tables, and of those nothing that ``sql/derive`` adds or changes."""
    tables = tables_read(e)
    if tables is None or not all(name.startswith("core.") for name in tables):
        return False
    words = set(re.findall(r"\w+", f"{e.kwargs} {e.where}"))
    for script in scripts("derive"):
        for name in tables & set(script.writes):
            columns = script.sets(name)
            # of a whole row the changed columns are compared too
            if not columns or columns & words or re.search(r"\b(DISTINCT|EXCEPT|INTERSECT|GROUP BY ALL)\b", e.query or ""):
                return False
    return True


def same_tables(published: Path, draft: Path) -> set[str]:
    """Full names of the tables of a draft that were made of the same as those of the published file, by the same code."""
    earlier = recorded_made_of(published)
    return {name for name, digest in recorded_made_of(draft).items() if earlier.get(name) == digest}


def passed_in(published: Path, now: datetime) -> dict[tuple[str, str], Validation]:
    """The results of a file that may be taken over, by table and name."""
    names = [f.name for f in fields(Validation)]
    with reading(published) as con:
        rows = con.execute(
            f"""SELECT {", ".join(names)} FROM meta.validations
                WHERE status = 'passed' AND n_set_aside IS NULL AND validated_at > ?""",
            [now - ASKED_AGAIN_AFTER],
        ).fetchall()
    return {(v.table_name, v.expectation): v for v in (Validation(*row) for row in rows)}


DAYS, MONTHS = "marts.dyad_day", "marts.dyad_month"
PAIR = {"source_id", "target_id"}
_LISTS_VINTAGE = re.compile(r"\blists_vintage_")
"""Columns that may be new in rows of pairs that are not among the renewed."""


def narrowed(
    published: Path, expectations: Sequence[Expectation], renewed: RenewedDyads, now: datetime
) -> list[tuple[Expectation, Validation]]:
    """Expectations to be asked of the renewed pairs alone, each with the result that holds for all others.

    Such a result was found of the published file not long ago, and reads nothing but the days and months of dyads, of which the
    others are as they were, and from when to when listings are certain, of which what changed is among the renewed.

    Args:
        published: the file published now.
        expectations: what is to be asked.
        renewed: the pairs and months of which rows changed.
        now: the moment, naive UTC.
    """
    passed = passed_in(published, now)
    found = []
    for e in expectations:
        result = passed.get((e.table, e.name))
        tables = tables_read(e)
        is_known = (
            tables is not None and tables <= {DAYS, MONTHS, "marts.listing_dyads"} and not _LISTS_VINTAGE.search(e.query or "")
        )
        if result is not None and is_known and set(e.apart_by) >= PAIR:
            found.append((of_renewed(e, renewed), result))
    return found


def of_renewed(e: Expectation, renewed: RenewedDyads) -> Expectation:
    """An expectation asked of the renewed pairs alone.

    Where it falls apart by days or months too, it is asked of the months in which something changed; where by runs of months, of
    those since the month before the first of these.
    """
    if set(e.apart_by) > PAIR:
        days, months = renewed.in_months("date"), renewed.in_months("period_end")
    elif e.is_of_runs:
        days, months = renewed.in_runs("date"), renewed.in_runs("period_end")
    else:
        days = months = renewed.of_pairs()
    body = (e.query or "").rstrip().rstrip(";").replace(DAYS, "renewed_days").replace(MONTHS, "renewed_months")
    query = (
        f"WITH renewed_days AS (SELECT * FROM {DAYS} WHERE {days}), renewed_months AS (SELECT * FROM {MONTHS} WHERE {months})\n"
        f"SELECT * FROM (\n{body}\n) AS found"
    )
    return replace(e, kwargs=(("unexpected_rows_query", query),))
