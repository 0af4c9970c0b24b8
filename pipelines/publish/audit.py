"""The bridge to Great Expectations: runs expectations inside DuckDB, on a file opened read-only, without copying rows out.

Great Expectations is imported inside the functions: it takes seconds, and loading the definitions must not.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from pipelines import progress
from pipelines.publish.data_docs import write_page
from pipelines.publish.expectations import Expectation

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

MOST_ROWS = 20
"""Offending rows that are kept with a result."""

Limits = Mapping[str, str | int]
"""What DuckDB may take: ``memory_limit``, ``threads``."""

_LOOK_AGAIN_S = 0.3
"""How often who waits for the checks looks how many are done, seconds."""

Status = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True)
class Validation:
    """Outcome of one expectation: a row of ``meta.validations``. ``n_set_aside``: rows that broke it and are not published."""

    table_name: str
    expectation: str
    severity: str
    status: Status
    description: str
    observed: str | None
    n_unexpected: int | None
    offending_rows: str | None
    validated_at: datetime
    n_set_aside: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether it keeps the data from being published: a critical one that failed or could not run."""
        return self.severity == "critical" and self.status in ("failed", "error")


def why_blocked(validations: Sequence[Validation]) -> str:
    """Which checks keep data from being published, and, where they could not be run, for what reason."""
    parts = []
    for status, what in (("failed", "blocking checks failed"), ("error", "blocking checks could not be run")):
        found = [v for v in validations if v.blocks and v.status == status]
        if found:
            parts.append(f"{what}: {', '.join(f'{v.table_name} {v.expectation}' for v in found)}")
        if found and status == "error":
            text = str(json.loads(found[0].observed or '""')).strip()
            parts[-1] += f" ({text.splitlines()[0][:200] if text else 'unknown reason'})"
            if "Out of Memory" in text:
                parts[-1] += ". Give DuckDB more with BILATERAL_MEMORY_LIMIT (2GB, say) and refresh"
    return "; ".join(parts)


def skipped(expectations: Sequence[Expectation], reason: str) -> list[Validation]:
    """Outcomes for expectations that have nothing to look at."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        Validation(e.table, e.name, e.severity, "skipped", e.description, json.dumps(reason), None, None, now)
        for e in expectations
    ]


def validate(
    database: Path, expectations: Sequence[Expectation], docs: Path | None = None, limits: Limits = MappingProxyType({})
) -> list[Validation]:
    """Run expectations on a DuckDB file.

    Args:
        database: closed DuckDB file with the tables (or views) that the expectations name.
        expectations: what to run; grouped into one suite per table.
        docs: folder for the page of these results (``data_docs``); None writes none.
        limits: configuration of DuckDB (``memory_limit``, ``threads``); without it DuckDB takes most of the machine.

    Returns:
        One Validation per expectation, in the order given. An expectation that raised is an ``error``, not a failure.
    """
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
    for name, mine in _by_table(expectations):
        schema, table = name.split(".")
        suite = gx.ExpectationSuite(
            name=name,
            expectations=[
                getattr(classes, e.kind)(**_arguments(e), severity=e.severity, description=e.description, meta={"name": e.name})
                for e in mine
            ],
        )
        form = {"result_format": "SUMMARY", "partial_unexpected_count": MOST_ROWS}
        try:
            asset = source.add_table_asset(name, table_name=table, schema_name=schema)
            result = asset.add_batch_definition_whole_table("whole").get_batch().validate(suite, result_format=form)
        except Exception as fault:
            # a table that cannot be looked at is the failure of its own checks
            log.exception("checking %s", name)
            outcomes |= {(name, e.name): _not_run(e, f"{type(fault).__name__}: {fault}") for e in mine}
            continue
        by_name = {c.meta["name"]: r for r in result.results if (c := r.expectation_config) is not None and c.meta is not None}
        for e in mine:
            outcomes[name, e.name] = _outcome(e, by_name[e.name])
    engine = source.get_execution_engine()
    with engine.engine.connect() as con:
        validations = [_with_rows(con, e, outcomes[e.table, e.name]) for e in expectations]
    # both hold the file open: the engine that runs, and the one that looked the tables up
    engine.close()
    source.get_engine().dispose()
    if docs is not None:
        write_page(docs, validations)
    return validations


def _by_table(expectations: Sequence[Expectation]) -> Iterator[tuple[str, list[Expectation]]]:
    """The expectations of each table; they count as checked when the next table is asked for."""
    with progress.task("checking", len(expectations), "checks") as advance:
        for name in dict.fromkeys(e.table for e in expectations):
            mine = [e for e in expectations if e.table == name]
            yield name, mine
            advance(len(mine))


# in a process of its own -----------------------------------------------------------------------------------------------

Validate = Callable[[Path, Sequence[Expectation], Path | None, Limits], list[Validation]]


class AuditProcess:
    """A process that imports Great Expectations, which takes seconds, while this one takes in and folds.

    It runs ``validate`` on request, one at a time, and ends when this process does, however that ends.
    """

    def __init__(self) -> None:
        # spawned: a fork of a process whose libraries run threads may hang
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_get_ready)
        self._pool.submit(_do_nothing)  # the process is started with the first request

    def validate(
        self, database: Path, expectations: Sequence[Expectation], docs: Path | None, limits: Limits
    ) -> list[Validation]:
        """As the function of that name; what it raises there is raised here."""
        done_file = database.with_name(".checked")
        try:
            asked = self._pool.submit(_validate_there, database, list(expectations), docs, dict(limits), done_file)
            with progress.task("checking", len(expectations), "checks") as advance:
                n_done = 0
                while not wait([asked], timeout=_LOOK_AGAIN_S).done:
                    n = _read_number(done_file)
                    advance(max(0, n - n_done))
                    n_done = max(n_done, n)
            return asked.result()
        except BrokenProcessPool:
            # it was ended from outside: what it would have done is done here
            return validate(database, expectations, docs, limits)
        finally:
            done_file.unlink(missing_ok=True)

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown(cancel_futures=True)


def _get_ready() -> None:
    """Prepare the process: an interrupt is for the one that asks, and it ends with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations  # noqa: F401


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the pool would wait for requests for ever if its parent was killed


def _do_nothing() -> None:
    """The first request, which starts the process."""


class _DoneFile:
    """Reports to the process that asks how many checks are done: their number is in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._n = 0

    @contextmanager
    def task(self, what: str, total: int | None, unit: str) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 it asked itself
        yield self._advance

    def _advance(self, n: int) -> None:
        self._n += n
        # nobody may be left to read it, or the folder be gone
        with suppress(OSError):
            self._file.write_text(str(self._n), encoding="utf-8")


def _read_number(file: Path) -> int:
    try:
        return int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0  # not there yet, or half written


def _validate_there(
    database: Path, expectations: Sequence[Expectation], docs: Path | None, limits: Limits, done_file: Path
) -> list[Validation]:
    try:
        with progress.watched_by(_DoneFile(done_file)):
            return validate(database, expectations, docs, limits)
    except Exception as fault:
        # not every exception of a library survives the way between processes
        raise RuntimeError(f"{type(fault).__name__}: {fault}") from None


def _with_rows(con: Connection, expectation: Expectation, outcome: Validation) -> Validation:
    """Add offending rows to a failed query: a summary from Great Expectations counts them without showing them."""
    if outcome.status != "failed" or expectation.query is None:
        return outcome
    try:
        rows = [dict(r) for r in con.exec_driver_sql(expectation.query).mappings().fetchmany(MOST_ROWS)]
    except Exception:
        # that it failed is known: the rows are for whoever looks into it
        log.exception("showing the rows of %s %s", expectation.table, expectation.name)
        return outcome
    return replace(outcome, offending_rows=json.dumps(rows, default=str))


def _arguments(expectation: Expectation) -> dict[str, Any]:
    arguments = dict(expectation.kwargs)
    if expectation.query is not None:
        # Great Expectations formats the query with str.format: braces of regular expressions and structs are doubled. It
        # wants to see {batch}, which it writes as a subquery with an alias of its own: in a comment it does no harm.
        query = expectation.query.replace("{", "{{").replace("}", "}}")
        arguments["unexpected_rows_query"] = f"/* {{batch}} */ {query}"
    return arguments


def _not_run(expectation: Expectation, text: str) -> Validation:
    """The outcome of an expectation that could not be run: an error, which is no failure of the data."""
    now = datetime.now(UTC).replace(tzinfo=None)
    about = (expectation.table, expectation.name, expectation.severity)
    return Validation(*about, "error", expectation.description, json.dumps(text), None, None, now)


def _outcome(expectation: Expectation, result: Any) -> Validation:
    now = datetime.now(UTC).replace(tzinfo=None)
    info = result.exception_info or {}
    # one exception has the keys itself, several metrics' exceptions are nested by metric
    raised = [i for i in ([info] if "raised_exception" in info else info.values()) if i.get("raised_exception")]
    found = result.result or {}
    if raised:
        text = str(raised[0].get("exception_message") or "it could not be run")
        return _not_run(expectation, text)
    rows = found.get("partial_unexpected_list") or []
    count = found.get("unexpected_count", found.get("observed_value") if expectation.query is not None else None)
    if expectation.query is not None and isinstance(count, str):
        count = int(count.split()[0])
    observed = found.get("observed_value", {k: found[k] for k in ("element_count", "unexpected_count") if k in found})
    return Validation(
        table_name=expectation.table,
        expectation=expectation.name,
        severity=expectation.severity,
        status="passed" if result.success else "failed",
        description=expectation.description,
        observed=json.dumps(observed, default=str),
        n_unexpected=None if count is None else int(count),
        offending_rows=json.dumps(rows[:MOST_ROWS], default=str) if rows else None,
        validated_at=now,
    )
