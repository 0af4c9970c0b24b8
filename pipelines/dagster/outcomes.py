"""Results of checks as they are shown: all that is expected of a table in one, each with its outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from pipelines.dagster.previews import markdown

if TYPE_CHECKING:
    from pipelines.checks.validations import Validation

EXPECTED = "expectations_hold"
"""The check of a table that shows all that is expected of it: one event a table, however many expectations it has."""
CORE_AS_BUILT = "core_tables_hold_as_built"
"""The check that shows what is expected of core tables once all are in one file; a mart has a check of its own."""


def expected_result(name: str, validations: Sequence[Validation], key: dg.AssetKey) -> dg.AssetCheckResult:
    """What was found of expectations as one result: each with its outcome, and the offending rows of those that fail."""
    names = naming(v.table_name for v in validations)
    bad = [v for v in validations if v.status in ("failed", "error")]
    # what is published keeps the rule, but not all of what the source said: a warning, not a silent green
    n_aside = sum(v.n_set_aside or 0 for v in validations)
    sentences = [
        f"{names(v.table_name, v.expectation)} "
        f"{'warns' if v.outcome == 'warning' else f'({v.severity}) {v.outcome}'}: {v.description}"
        for v in bad
    ]
    sentences += [
        f"{names(v.table_name, v.expectation)} passed with {v.n_set_aside:,} set aside (meta.rejects). {v.description}"
        for v in validations
        if v.n_set_aside and v not in bad
    ]
    is_of_one_table = names is _named
    found = pl.DataFrame(
        [
            (names(v.table_name, v.expectation), v.outcome, v.observed, v.n_set_aside)
            for v in (validations if is_of_one_table else bad)
        ],
        schema={"expectation": pl.String, "status": pl.String, "observed": pl.String, "set aside": pl.Int64},
        orient="row",
    )
    metadata: dict[str, Any] = {
        "status": _status_of(validations),
        "n_expectations": len(validations),
        "n_failed": sum(v.outcome != "warning" for v in bad),
        "n_warnings": sum(v.outcome == "warning" for v in bad),
        "found": markdown(found),
    }
    if n_aside:
        metadata["n_set_aside"] = n_aside
    rows = {
        names(v.table_name, v.expectation): json.loads(v.offending_rows)
        for v in validations
        if v.offending_rows and (v in bad or v.n_set_aside)
    }
    if rows:
        metadata["offending_rows"] = dg.MetadataValue.json(rows)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not bad and not n_aside,
        severity=dg.AssetCheckSeverity.ERROR if any(v.blocks for v in bad) else dg.AssetCheckSeverity.WARN,
        description="; ".join(sentences) or None,
        metadata=metadata,
    )


def _status_of(validations: Sequence[Validation]) -> str:
    """The outcome of all: that of the worst; skipped where nothing could be asked of any."""
    found = {"failed" if v.outcome == "error" else v.outcome for v in validations}
    return next((o for o in ("failed", "warning", "passed") if o in found), "skipped" if found else "passed")


def naming(tables: Iterable[str]) -> Callable[[str, str], str]:
    """How expectations are named: where they are of several tables, with their table."""
    return _named_in_full if len(set(tables)) > 1 else _named


def _named(_: str, name: str) -> str:
    return name


def _named_in_full(table: str, name: str) -> str:
    return f"{table} {name}"
