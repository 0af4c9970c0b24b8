"""What must hold of a table: read from its declaration (keys, NOT NULL, CHECK, references) and from ``sql/checks``.

An expectation is light and importable without Great Expectations; ``pipelines.publish.audit`` turns it into one and runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assets.errors import BilateralError
from assets.schema import SQL, Table, declared

Severity = Literal["critical", "warning"]
Scope = Literal["domain", "build"]


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold.

    ``kind`` is the class in Great Expectations, ``kwargs`` its arguments. ``scope`` is ``build`` where tables of other
    domains are needed: it is then run on the whole build, else on the domain's own core tables before anything is built.
    """

    table: str
    name: str
    kind: str
    kwargs: tuple[tuple[str, object], ...]
    severity: Severity
    description: str
    scope: Scope = "domain"

    @property
    def query(self) -> str | None:
        """The SQL that gives the offending rows, where the expectation is one."""
        return dict(self.kwargs).get("unexpected_rows_query")  # type: ignore[return-value]


def rows_query(table: str, name: str, query: str, severity: Severity, description: str, scope: Scope) -> Expectation:
    """An expectation that ``query`` returns no row."""
    return Expectation(
        table, name, "UnexpectedRowsExpectation", (("unexpected_rows_query", query),), severity, description, scope
    )


def from_declaration(table: Table, own: Iterable[str]) -> list[Expectation]:
    """Expectations that follow from a table's declaration. ``own``: names of the tables of its domain."""
    found = []
    if len(table.key) == 1:
        found.append(
            Expectation(
                table.name,
                "key_is_unique",
                "ExpectColumnValuesToBeUnique",
                (("column", table.key[0]),),
                "critical",
                f"{table.key[0]} is the key: one row each.",
            )
        )
    elif table.key:
        found.append(
            Expectation(
                table.name,
                "key_is_unique",
                "ExpectCompoundColumnsToBeUnique",
                (("column_list", list(table.key)),),
                "critical",
                f"({', '.join(table.key)}) is the key: one row each.",
            )
        )
    if required := [c.name for c in table.columns if c.not_null]:
        missing = " OR ".join(f'"{c}" IS NULL' for c in required)
        query = f"SELECT * FROM {table.name} WHERE {missing}"
        text = f"Declared NOT NULL: {', '.join(required)}."
        found.append(rows_query(table.name, "required_columns_are_never_null", query, "critical", text, "domain"))
    for number, (columns, check) in enumerate(table.checks, 1):
        vocabulary = re.fullmatch(r"\((\w+) IN \((.*)\)\)", check)
        if vocabulary:
            found.append(
                Expectation(
                    table.name,
                    f"{vocabulary[1]}_in_vocabulary",
                    "ExpectColumnValuesToBeInSet",
                    (("column", vocabulary[1]), ("value_set", re.findall(r"'([^']*)'", vocabulary[2]))),
                    "critical",
                    f"{vocabulary[1]} is one of {vocabulary[2]}.",
                )
            )
            continue
        query = f"SELECT * FROM {table.name} WHERE NOT {check}"
        found.append(
            rows_query(
                table.name, f"check_{number}_{'_'.join(columns)}"[:90], query, "critical", f"Declared: CHECK {check}.", "domain"
            )
        )
    mine = set(own)
    for ref in table.references:
        match = " AND ".join(f"o.{there} = t.{here}" for here, there in zip(ref.columns, ref.referenced, strict=True))
        held = " AND ".join(f"t.{here} IS NOT NULL" for here in ref.columns)
        query = f"SELECT t.* FROM {table.name} t WHERE {held} AND NOT EXISTS (FROM {ref.table} o WHERE {match})"
        name = f"{'_'.join(ref.columns)}_exists_in_{ref.table.split('.')[1]}"
        found.append(
            rows_query(table.name, name, query, "critical", f"Every {', '.join(ref.columns)} is a row of {ref.table}.",
                       "domain" if ref.table in mine else "build")
        )  # fmt: skip
    return found


@cache
def from_checks() -> tuple[Expectation, ...]:
    """Expectations of ``sql/checks``: a file is one SELECT of offending rows; its first comment lines say what and why."""
    found = []
    for path in sorted((SQL / "checks").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^-- (critical|warning|table|scope): *(.+)$", text, re.MULTILINE))
        severity: Severity | None = next((s for s in ("critical", "warning") if s in head), None)
        if severity is None or "table" not in head:
            raise BilateralError(
                f"sql/checks/{path.name}: it must begin with '-- critical: why' or '-- warning: why' and '-- table: <name>'"
            )
        query = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip().rstrip(";")
        scope: Scope = "build" if head.get("scope") == "build" or head["table"].startswith("marts.") else "domain"
        found.append(rows_query(head["table"], path.stem.split("__", 1)[-1], query, severity, head[severity], scope))
    return tuple(found)


def expectations_of(name: str, own: Iterable[str]) -> list[Expectation]:
    """All expectations of a table by full name, declaration first. ``own``: the tables of its domain."""
    declaration = declared().get(name)
    derived = [] if declaration is None else from_declaration(declaration, own)
    return derived + [e for e in from_checks() if e.table == name]
