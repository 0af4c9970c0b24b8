"""What is expected of tables that only grew, asked of their new rows alone.

Where a rule held of all rows that a table had, and it is one of single rows, it holds of all that the table has now if it holds
of the new ones. Results are taken over from before with the moment of asking all rows, so that all are asked again after a week.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assets.schema import declared
from pipelines.publish.audit import KEYS, Validation, condition, key_of
from pipelines.publish.carried import ASKED_AGAIN_AFTER, tables_read
from pipelines.publish.expectations import Expectation, name_of, rows_query


@dataclass(frozen=True)
class NewRows:
    """What is new of tables.

    ``of``: by full name of each table that only grew, the new rows as SQL that can stand after FROM. ``same``: full names of
    tables that did not change. ``n_rows``: how many rows the grown tables have now.
    """

    of: Mapping[str, str]
    same: Collection[str]
    n_rows: Mapping[str, int]


def of_new_rows(e: Expectation, new: NewRows, held: Collection[tuple[str, str]] = ()) -> Expectation | None:
    """An expectation asked of new rows alone; None where that would not say whether it holds.

    ``held``: what held of the rows before, by table and name.
    """
    if e.table not in new.of:
        return None
    rows = new.of[e.table]
    if e.kind in KEYS:
        names = key_of(e)
        columns = ", ".join(f'"{name}"' for name in names)
        query = (
            f'SELECT {columns}, count(*) AS n_rows FROM {e.table} WHERE "{names[0]}" IN (SELECT "{names[0]}" FROM {rows})\n'
            f"GROUP BY {columns} HAVING count(*) > 1"
        )
    elif e.query is None or e.where:
        query = f"SELECT * FROM {rows} WHERE {condition(e)}"
    elif e.rows_of == e.table and _is_of_rows_alone(e, new, held):
        query = re.sub(rf"\bFROM {re.escape(e.table)}\b", lambda _: f"FROM {rows}", e.query)
    else:
        return None
    return rows_query(e.table, e.name, query, e.severity, e.description, e.scope)


def _is_of_rows_alone(e: Expectation, new: NewRows, held: Collection[tuple[str, str]]) -> bool:
    """Whether what it says of a row can change with that row alone: what else it reads is the same, or is only looked up in."""
    tables = tables_read(e)
    n_named = len(re.findall(rf"\b{re.escape(e.table)}\b", e.query or ""))
    is_from = len(re.findall(rf"\bFROM {re.escape(e.table)}\b", e.query or "")) == 1
    may_have_grown = set(new.of) if e.is_reference else {name for name in new.of if _is_joined_by_its_key(e, name, held)}
    return tables is not None and n_named == 1 and is_from and tables - {e.table} <= {*new.same, *may_have_grown}


def _is_joined_by_its_key(e: Expectation, name: str, held: Collection[tuple[str, str]]) -> bool:
    """Whether each row joins the one row of another table that it names, as a reference and a key that held say.

    A row that was there before names one that was there before, so that a new row of the other table is joined by new rows alone.
    """
    references = [ref for ref in declared()[e.table].references if ref.table == name] if e.table in declared() else []
    n_named = len(re.findall(rf"\b{re.escape(name)}\b", e.query or ""))
    return n_named == 1 and any(
        {(e.table, name_of(ref)), (name, "key_is_unique")} <= set(held)
        and ref.columns == ref.referenced == declared()[name].key
        and re.search(rf"(?<!LEFT )(?<!ANTI )\bJOIN {re.escape(name)} AS \w+ USING \({', '.join(ref.columns)}\)", e.query or "")
        for ref in references
    )


def ask(
    expectations: Sequence[Expectation],
    passed: Iterable[Validation],
    new: NewRows,
    now: datetime,
    validate: Callable[[Sequence[Expectation]], Sequence[Validation]],
) -> list[Validation]:
    """Results that hold of all rows, since they held of the old ones and hold of the new; what fails is not among them.

    Args:
        expectations: what is to be asked.
        passed: results of the rows before.
        new: what is new.
        now: the moment, naive UTC.
        validate: asks expectations.
    """
    held = {
        (v.table_name, v.expectation): v
        for v in passed
        if v.status == "passed" and v.n_set_aside is None and v.validated_at > now - ASKED_AGAIN_AFTER
    }
    few = [
        (found, held[e.table, e.name]) for e in expectations if (e.table, e.name) in held and (found := of_new_rows(e, new, held))
    ]
    results = validate([e for e, _ in few]) if few else []
    return [
        replace(earlier, observed=_of_all(earlier.observed, new.n_rows[earlier.table_name]))
        for (_, earlier), result in zip(few, results, strict=True)
        if result.status == "passed"
    ]


def _of_all(observed: str | None, n_rows: int) -> str | None:
    """What was observed, with the rows that there are now."""
    found = json.loads(observed or "null")
    return json.dumps(found | {"element_count": n_rows}) if isinstance(found, dict) else observed
