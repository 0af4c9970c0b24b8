"""Which checks need not be asked again of a build: those that passed on the same tables, of the same code, not long ago."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.publish.audit import Validation
from pipelines.publish.expectations import Expectation
from pipelines.publish.warehouse import depends_on_more, recorded_made_of, scripts

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
    earlier, mine = recorded_made_of(published), recorded_made_of(draft)
    same = {name for name, digest in mine.items() if earlier.get(name) == digest}
    if not same:
        return []
    names = [f.name for f in fields(Validation)]
    with duckdb.connect(str(published), read_only=True) as con:
        rows = con.execute(
            f"""SELECT {", ".join(names)} FROM meta.validations
                WHERE status = 'passed' AND n_set_aside IS NULL AND validated_at > ?""",
            [now - ASKED_AGAIN_AFTER],
        ).fetchall()
    passed = {(v.table_name, v.expectation): v for v in (Validation(*row) for row in rows)}
    found = []
    for e in expectations:
        result = passed.get((e.table, e.name))
        tables = tables_read(e)
        if result is not None and tables is not None and tables <= same:
            found.append(result)
    return found
