"""The bridge to Great Expectations: runs expectations inside DuckDB, on a file opened read-only, without copying rows out.

The measure for ``pipelines.checks.audit``, and what ``bilateral verify --audit`` asks. It takes seconds to import.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import Limits, Validation, by_table, outcome
from pipelines.util.readers import connect_for_readers, let_go

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SecondAudit:
    """What was found, and what the file says was found when it was published: status by table and expectation."""

    found: Sequence[Validation]
    recorded: dict[tuple[str, str], str]

    @property
    def broken(self) -> list[Validation]:
        """What does not hold or could not be asked."""
        return [v for v in self.found if v.status in ("failed", "error")]

    @property
    def changed(self) -> list[Validation]:
        """Verdicts that are others than the recorded ones."""
        return [v for v in self.found if self.recorded.get((v.table_name, v.expectation), v.status) != v.status]

    @property
    def is_good(self) -> bool:
        """Whether every critical check holds and no verdict is another than the recorded one."""
        return not self.changed and not any(v.blocks for v in self.found)

    def lines(self) -> Iterator[str]:
        """The outcome in words: what does not hold, what differs, and how many of all."""
        for v in self.broken:
            yield f"{v.severity} {v.table_name} {v.expectation}: {v.description} Observed: {v.observed}"
        for v in self.changed:
            before = self.recorded[v.table_name, v.expectation]
            yield f"{v.table_name} {v.expectation}: {v.status}, recorded when it was published: {before}"
        n_critical = sum(v.blocks for v in self.found)
        n_skipped = sum(status == "skipped" for status in self.recorded.values())
        yield (
            f"{len(self.found) - len(self.broken):,} hold, {n_critical:,} critical and {len(self.broken) - n_critical:,} "
            f"warnings do not, {n_skipped:,} skipped (no data); {len(self.changed):,} verdicts differ from the recorded "
            "ones"
        )


def audit_again(published: Path, expectations: Sequence[Expectation], limits: Limits) -> SecondAudit:
    """Check the published file by Great Expectations, but for domains never loaded. Raises BilateralError if none is readable."""
    with connect_for_readers(published) as con:
        rows = con.execute("SELECT table_name, expectation, status FROM meta.validations").fetchall()
    recorded = {(table, name): status for table, name, status in rows}
    checked = [e for e in expectations if recorded.get((e.table, e.name)) != "skipped"]
    return SecondAudit(validate(published, checked, limits), recorded)


def validate(database: Path, expectations: Sequence[Expectation], limits: Limits = MappingProxyType({})) -> list[Validation]:
    """Run a suite per table on a closed DuckDB file: one Validation each, in order; one that raised is an ``error``."""
    let_go(database)  # it is opened as the library does
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx
    from great_expectations import expectations as classes

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
    # without these engine arguments the dialect closes each cursor before it is read
    source = context.data_sources.add_sql(
        "build",
        connection_string=f"duckdb:///{database}?{urlencode({'access_mode': 'read_only', **limits})}",
        # the stubs of this version lack the argument
        kwargs={  # type: ignore[call-arg]
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
            "pool_reset_on_return": None,
        },
    )
    outcomes: dict[tuple[str, str], Validation] = {}
    for mine in by_table(expectations):
        name = mine[0].table
        schema, table = name.split(".")
        suite = gx.ExpectationSuite(
            name=name,
            expectations=[
                getattr(classes, kind)(**arguments, severity=e.severity, description=e.description, meta={"name": e.name})
                for e in mine
                for kind, arguments in [_class_of(e)]
            ],
        )
        form = {"result_format": "BASIC", "partial_unexpected_count": 0}
        try:
            asset = source.add_table_asset(name, table_name=table, schema_name=schema)
            result = asset.add_batch_definition_whole_table("whole").get_batch().validate(suite, result_format=form)
        except Exception as fault:
            # a table that cannot be looked at is the failure of its own checks
            log.exception("checking %s", name)
            outcomes |= {(name, e.name): outcome(e, "error", f"{type(fault).__name__}: {fault}") for e in mine}
            continue
        by_name = {c.meta["name"]: r for r in result.results if (c := r.expectation_config) is not None and c.meta is not None}
        for e in mine:
            outcomes[name, e.name] = _outcome(e, by_name[e.name])
    # both hold the file open: the engine that runs, and the one that looked the tables up
    source.get_execution_engine().close()
    source.get_engine().dispose()
    return [outcomes[e.table, e.name] for e in expectations]


def _class_of(e: Expectation) -> tuple[str, dict[str, Any]]:
    """The name of the class of Great Expectations that says the same, and its arguments."""
    if e.words:
        return "ExpectColumnValuesToBeInSet", {"column": e.columns[0], "value_set": list(e.words)}
    if len(e.columns) == 1:
        return "ExpectColumnValuesToBeUnique", {"column": e.columns[0]}
    if e.columns:
        return "ExpectCompoundColumnsToBeUnique", {"column_list": list(e.columns)}
    # Great Expectations formats the query with str.format: braces of regular expressions and structs are doubled. It
    # wants to see {batch}, which it writes as a subquery with an alias of its own: in a comment it does no harm.
    query = e.query.replace("{", "{{").replace("}", "}}")
    return "UnexpectedRowsExpectation", {"unexpected_rows_query": f"/* {{batch}} */ {query}"}


def _outcome(expectation: Expectation, result: Any) -> Validation:
    info = result.exception_info or {}
    # one exception has the keys itself, several metrics' exceptions are nested by metric
    raised = [i for i in ([info] if "raised_exception" in info else info.values()) if i.get("raised_exception")]
    found = result.result or {}
    if raised:
        return outcome(expectation, "error", str(raised[0].get("exception_message") or "it could not be run"))
    count = found.get("unexpected_count", None if expectation.columns else found.get("observed_value"))
    if isinstance(count, str):
        count = int(count.split()[0])
    observed = found.get("observed_value", {k: found[k] for k in ("element_count", "unexpected_count") if k in found})
    return outcome(expectation, "passed" if result.success else "failed", observed, None if count is None else int(count))
