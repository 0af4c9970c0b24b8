"""The command line. Queries need DuckDB alone and answer at once; Dagster is imported only where a job is run."""

from __future__ import annotations

import argparse
import csv
import difflib
import importlib.metadata
import json
import logging
import os
import shutil
import signal
import socket
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import duckdb
from pydantic import ValidationError

from assets.errors import BilateralError
from pipelines.readers import connect_for_readers, in_words, refuse_what_does_not_read
from pipelines.rooms import DOMAINS
from pipelines.settings import ROOT, Settings

if TYPE_CHECKING:
    import dagster as dg

    from pipelines.project import Project

DAGSTER_YAML = """# Written by bilateral, and again where it differs. Delete this line to have your changes left alone.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: pipelines.dagster.event_log
  class: KeptOpenEventLog
  config:
    home:
      env: DAGSTER_HOME
python_logs:
  managed_python_loggers: [pipelines]
  python_log_level: INFO
"""
"""Nothing is told to anybody, and no newsletter is offered; what the pipeline says stands in the log of its run."""

EARLIER_DAGSTER_YAML = """telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    granularity: op
    default_limit: 1
"""
"""What version 0.1.0 wrote."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code. A problem is told in words on standard error, never as a traceback."""
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        return args.run(args, read_settings())
    except BilateralError as error:
        print(f"bilateral: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as stop:
        print("\nbilateral: stopped; the published file is whole, and the next refresh goes on from here", file=sys.stderr)
        return 128 + (stop.signal if isinstance(stop, Stopped) else signal.SIGINT)
    except BrokenPipeError:
        # the reader of a pipe has seen enough; point stdout elsewhere so that the interpreter does not complain on exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def read_settings() -> Settings:
    """The settings of the environment; a wrong one ends the program with code 2 and a line that names it."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "BILATERAL_" + "_".join(str(p) for p in problem["loc"]).upper()
            print(f"bilateral: {name}: {problem['msg']} (found {problem['input']!r})", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bilateral", description="The bilateral-relations warehouse.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace, Settings], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    command = add("refresh", refresh, "Take in what is new, fold, build, audit, publish.")
    command.add_argument(
        "--from", dest="origin", metavar="sample|live|DIR", help="origin (default: the one last used; at first the sample)"
    )
    command.add_argument("--only", metavar="sanctions,overdose,news", help="domains to refresh (default: all)")
    command = add("sql", sql, "Query the published file, read-only.")
    command.add_argument("query")
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command = add("describe", describe, "Tables, columns, units, warnings, sources.")
    command.add_argument("table", nargs="?", help="core.events, dyad_day, listed_on, ... (default: all)")
    add("status", status, "Per source: last snapshot, newest date, age, verdict. Per table: rows, last validation.")
    command = add("resolve", resolve, "Actors named in texts: JSON lines in, one JSON line a mention out.")
    command.add_argument("file", nargs="?", help="JSON lines {id, text, date?} (default: standard input)")
    command = add("code", code, "Events coded from texts: JSON lines in, one JSON line an event out.")
    command.add_argument(
        "file", nargs="?", help="JSON lines {id, text, published, title?, source?, target?} (default: standard input)"
    )
    command = add("find", find, "Listed parties that match a name.")
    command.add_argument("name", nargs="?")
    command.add_argument("--file", metavar="FILE", help="screen a name per line of FILE (-: standard input)")
    command.add_argument("--on", metavar="DATE", help="only listings in force on that day")
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command = add("try", try_source, "What the reader of a source makes of files: frames, rejects, judgement. Writes nothing.")
    command.add_argument("source", help="id of a declared source, as in 'bilateral status'")
    command.add_argument("file", nargs="+", type=Path, help="files of one snapshot, also .gz, .zst, .zip, or a folder with them")
    add("demo", demo, "Answer one question from the published file, and say what to do next.")
    add("doctor", doctor, "Check the installation and say how to mend what is wrong.")
    return parser


# reading --------------------------------------------------------------------------------------------------------------


def open_published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the published file for a command: read-only, and closed to all else (``pipelines.readers``)."""
    return connect_for_readers(settings.published)


def sql(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral sql``: rows on standard output, nothing else."""
    with open_published(settings) as con:
        try:
            refuse_what_does_not_read(con, args.query)
            _write(con, args.query, args.format, sys.stdout)
        except duckdb.Error as error:
            raise BilateralError(in_words(error)) from error
    return 0


def _write(con: duckdb.DuckDBPyConnection, query: str, form: str, out: IO[str]) -> None:
    if form == "table":
        relation = con.sql(query)
        if relation is not None:
            out.flush()
            relation.show(max_rows=10_000, max_width=1_000, max_col_width=120)
        return
    cursor = con.execute(query)
    _write_rows(cursor.fetchmany, [d[0] for d in cursor.description or []], form, out)


def _write_rows(fetch: Callable[[int], list[Any]], names: Sequence[str], form: str, out: IO[str]) -> None:
    """Rows as CSV, or as one JSON array of objects."""
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        while rows := fetch(10_000):
            writer.writerows([["" if v is None else _plain(v) for v in row] for row in rows])
        return
    out.write("[")
    first = True
    while rows := fetch(10_000):
        for row in rows:
            out.write("\n" if first else ",\n")
            first = False
            json.dump(dict(zip(names, map(_plain, row), strict=True)), out, ensure_ascii=False)
    out.write("\n]\n" if not first else "]\n")


def _plain(value: Any) -> Any:
    """A value as JSON has it: dates and times as ISO text, whole decimals as integers, what is not finite as null."""
    match value:
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(v) for v in value]
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)


def describe(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral describe``: the data dictionary."""
    with open_published(settings) as con:
        if args.table is None:
            rows = con.execute(
                """SELECT table_name, n_rows, any_value(table_description)
                   FROM meta.columns LEFT JOIN meta.row_counts USING (table_name) GROUP BY ALL ORDER BY table_name"""
            ).fetchall()
            for name, n, text in rows:
                print(f"{name}  ({'' if n is None else f'{n:,} rows'})\n    {text}")
            macros = con.execute(
                """SELECT function_name, parameters, comment FROM duckdb_functions()
                   WHERE function_type = 'table_macro' AND NOT internal ORDER BY 1"""
            ).fetchall()
            for name, parameters, text in macros:
                print(f"{name}({', '.join(parameters)})  (macro)\n    {text or ''}")
            return 0
        name = args.table
        rows = con.execute(
            """SELECT table_name, column_name, type, is_key, description, table_description FROM meta.columns
               WHERE table_name = ? OR split_part(table_name, '.', 2) = ? ORDER BY table_name, position""",
            [name, name],
        ).fetchall()
        if not rows and _describe_macro(con, name):
            return 0
        if not rows:
            raise BilateralError(f"There is no table and no macro {name}. 'bilateral describe' lists all.")
        seen = None
        for table_name, column, kind, is_key, text, table_text in rows:
            if table_name != seen:
                seen = table_name
                print(f"{table_name}\n    {table_text}")
            print(f"  {column}  {kind}{'  key' if is_key else ''}\n      {text}")
        if seen is not None and seen.startswith("core."):
            _describe_sources(con, seen.removeprefix("core."), settings)
    return 0


def _describe_macro(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Print a macro with its usage; false where there is none of that name."""
    found = con.execute(
        """SELECT DISTINCT function_name, parameters, comment FROM duckdb_functions()
           WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND function_name = ?""",
        [name.partition("(")[0]],
    ).fetchall()
    for macro, parameters, text in found:
        print(f"{macro}({', '.join(parameters)})  (macro)\n    {text or ''}")
    return bool(found)


def _describe_sources(con: duckdb.DuckDBPyConnection, table: str, settings: Settings) -> None:
    from pipelines.project import Project

    for row in con.execute(
        "SELECT source, title, publisher, licence, citation FROM meta.sources WHERE list_contains(?, source) ORDER BY source",
        [Project(settings).sources_of(table)],
    ).fetchall():
        print("  source {}: {} ({}). Licence: {}. Cite: {}".format(*row))


def rows_set_aside(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], list[tuple[Any, ...]]]:
    """How many rows of each table were set aside; and by source, table and rule, how many and why.

    Nothing in a file that was published before rows could be set aside.
    """
    columns = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'meta' AND table_name = 'rejects'"
    ).fetchall()
    if ("rule",) not in columns:
        return {}, []
    of_table = con.execute(
        'SELECT table_name, count(DISTINCT "key") FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL'
    ).fetchall()
    of_rule = con.execute(
        """SELECT source, table_name, "rule", count(DISTINCT "key"), min(reason)
           FROM meta.rejects WHERE table_name IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return dict(of_table), of_rule


def status(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 all commands have one signature
    """``bilateral status``: what is held, how old it is, and what was refused."""
    from pipelines.project import Project

    project = Project(settings)
    origin = project.origin()
    print(f"warehouse {settings.warehouse}  origin {origin.kind or 'none yet'}, last used: {origin.last}")
    newest: dict[str, Any] = {}
    if settings.published.exists():
        with open_published(settings) as con:
            newest = dict(con.execute("SELECT source, newest_date FROM meta.sources").fetchall())
            built = con.execute("SELECT built_at FROM meta.build").fetchall()[0][0]
        print(f"published {settings.published}  built {built:%Y-%m-%d %H:%M} UTC")
    else:
        print("nothing is published yet: run 'bilateral refresh'")
    today = datetime.now(UTC).date()
    width = max(map(len, project.sources)) + 2
    print(f"\n{'source':<{width}}{'last snapshot':<21}{'verdict':<13}{'newest date':<13}{'age, days':>9}")
    for source in project.sources:
        held = project.raw.snapshots(source)
        last = held[-1] if held else None
        verdict = "-" if last is None else _verdict(project, source, last)
        day = newest.get(source)
        age = "-" if day is None else f"{(today - day).days:,}"
        print(f"{source:<{width}}{last or '-':<21}{verdict:<13}{day or '-'!s:<13}{age:>9}")
        for text in project.idle_corrections(source):
            print(f"  warning: {text}")
    if settings.published.exists():
        with open_published(settings) as con:
            rows = con.execute(
                """SELECT r.table_name, r.n_rows, count(v.expectation) FILTER (v.status = 'passed'),
                          count(v.expectation) FILTER (v.status IN ('failed', 'error')),
                          max(v.validated_at)
                   FROM meta.row_counts r LEFT JOIN meta.validations v USING (table_name) GROUP BY ALL ORDER BY 1"""
            ).fetchall()
            of_table, set_aside = rows_set_aside(con)
        print(f"\n{'table':<30}{'rows':>12}{'passed':>8}{'failed':>8}{'set aside':>11}  validated (UTC)")
        for name, n, passed, failed, at in rows:
            aside = of_table.get(name, 0)
            print(f"{name:<30}{n:>12,}{passed:>8}{failed:>8}{aside:>11,}  {'-' if at is None else f'{at:%Y-%m-%d %H:%M}'}")
        if set_aside:
            print("\nrows set aside (meta.rejects has each, with its key):")
        for source, name, rule, n, reason in set_aside:
            print(f"  {source} {name} {rule}: {n:,}: {reason}")
    return 0


def _verdict(project: Project, source: str, snapshot: str) -> str:
    """The last word on a snapshot: of the core, which judges its content, else of the receipt."""
    import polars as pl

    judged = project.core.snapshots(project.core.current(project.sources[source].domain))
    mine = judged.filter((pl.col("source") == source) & (pl.col("snapshot") == snapshot))["verdict"]
    return mine[0] if len(mine) else project.raw.receipt(source, snapshot).verdict


def resolve(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral resolve``: actors named in texts."""
    from assets.news.text.mentions import mentions_of

    with _lines(args.file) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            record = _record(line, number)
            on = record.get("date")
            try:
                day = None if on is None else date.fromisoformat(str(on)[:10])
            except ValueError as error:
                raise BilateralError(f"line {number}: date {on!r} is not YYYY-MM-DD") from error
            for mention in mentions_of(record["text"], day, record.get("title"), own_actors=settings.actors):
                print(json.dumps({"id": record.get("id"), **asdict(mention)}, ensure_ascii=False))
    return 0


def code(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral code``: events coded from texts; exit code 1 where a line could not be coded."""
    from assets.news.coding.jsonl import code_lines, default_coder

    n_bad = 0
    with _lines(args.file) as lines:
        for line in code_lines(lines, default_coder(settings.actors)):
            print(line.json)
            n_bad += line.is_error
    if n_bad:
        print(f"bilateral: {n_bad:,} lines could not be coded; each has a line {{id, error}} in its place", file=sys.stderr)
    return 1 if n_bad else 0


def _lines(file: str | None) -> IO[str]:
    if file is None or file == "-":
        return sys.stdin
    try:
        return Path(file).open(encoding="utf-8")
    except OSError as error:
        raise BilateralError(f"{file} cannot be read: {error.strerror}") from error


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise BilateralError(f"line {number}: not JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise BilateralError(f"line {number}: expected an object with at least 'text'")
    return record


def find(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral find``: listed parties that match a name, or each name of a file."""
    try:
        day = None if args.on is None else date.fromisoformat(args.on)
    except ValueError as error:
        raise BilateralError(f"--on {args.on}: expected a date as YYYY-MM-DD") from error
    if (args.name is None) == (args.file is None):
        raise BilateralError("give one name, or --file with a name in each line")
    if args.file is None:
        names = [args.name]
    else:
        with _lines(args.file) as lines:
            names = [name for line in lines if (name := line.strip())]
    with open_published(settings) as con:
        query = """SELECT asked, score, list_id, name, party_type, target_ids, valid_from, valid_to, matched_name, reason,
               listing_id, actor_id
           FROM find_parties($names)
           WHERE $day::DATE IS NULL
              OR ((valid_from IS NULL OR valid_from <= $day) AND (valid_to IS NULL OR $day < valid_to))
           ORDER BY asked_no, score DESC"""
        given = {"names": names, "day": day}
        if args.format != "table":
            cursor = con.execute(query, given)
            _write_rows(cursor.fetchmany, [d[0] for d in cursor.description or []], args.format, sys.stdout)
            return 0
        relation = con.sql(query, params=given)
        found = relation.fetchall()
        if not found:
            asked = f"{args.name!r}" if args.file is None else f"any of {len(names):,} names"
            print(f"no listed party matches {asked}" + (f" on {day}" if day else ""))
            return 0
        shown = relation if args.file is not None else relation.project("* EXCLUDE (asked)")
        sys.stdout.flush()
        shown.show(max_rows=1_000, max_width=1_000, max_col_width=60)
    return 0


# running --------------------------------------------------------------------------------------------------------------


def try_source(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral try``: what the reader of a source makes of files. Code 0 where they would be accepted, 1 where not."""
    from pipelines.layers.trial import in_lines, try_files
    from pipelines.project import Project

    project = Project(settings)
    if args.source not in project.sources:
        close = difflib.get_close_matches(args.source, list(project.sources), 1)
        meant = f"; did you mean {close[0]}?" if close else "."
        raise BilateralError(f"{args.source}: not the id of a source{meant} Known ids: {', '.join(project.sources)}")
    source = project.sources[args.source]
    code = next(c for c in project.rooms[source.domain].sources if c.source == source.id)
    trial = try_files(source, code, args.file)
    for line in in_lines(trial):
        print(line)
    return 0 if trial.is_accepted else 1


def prepare_dagster_home(settings: Settings) -> None:
    """Give Dagster its folder below the warehouse, unless DAGSTER_HOME names another, and the settings that it needs there."""
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(settings.dagster_home)))
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    found = file.read_text(encoding="utf-8") if file.exists() else None
    ours = found is None or found == EARLIER_DAGSTER_YAML or found.startswith(DAGSTER_YAML.splitlines()[0])
    if ours and found != DAGSTER_YAML:
        file.write_text(DAGSTER_YAML, encoding="utf-8")


def refresh(args: argparse.Namespace, settings: Settings) -> int:
    """``bilateral refresh``: run the job in this process; exit code 0, 1 or 3 as in docs/commands.md."""
    wanted = DOMAINS if args.only is None else tuple(d.strip() for d in args.only.split(","))
    if unknown := [d for d in wanted if d not in DOMAINS]:
        raise BilateralError(f"--only {args.only}: {', '.join(unknown)} is none of {', '.join(DOMAINS)}. Nothing was changed.")
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    from pipelines.project import Project
    from pipelines.publish.audit import AuditProcess

    started = datetime.now(UTC)
    project = Project(settings, say=lambda line: print(line, flush=True))
    origin = project.choose_origin(args.origin)
    print(f"refresh of {', '.join(wanted)} from {origin}", flush=True)
    prepare_dagster_home(settings)
    # faults of the program go to a file for whoever mends it; on the screen they are told in words
    logging.basicConfig(filename=settings.warehouse / "refresh.log", level=logging.WARNING, format="%(asctime)s %(message)s")
    audit = AuditProcess()
    project.validate = audit.validate
    try:
        with _stoppable() as raise_if_stopped, project.lock():
            failures = _run_job(project, wanted)
            raise_if_stopped()
    finally:
        audit.close()
    seconds = (datetime.now(UTC) - started).total_seconds()
    return _summary(project, failures, seconds)


def _run_job(project: Project, domains: Sequence[str]) -> list[str]:
    import dagster as dg

    from pipelines.dagster.build import build_definitions
    from pipelines.dagster.runs import begin, tags

    definitions = build_definitions(project)
    name = f"refresh_{domains[0]}" if len(domains) == 1 else "refresh_all"
    job = definitions.resolve_job_def(name)
    groups = {"actors", "marts", "publication", *domains}
    in_play = set(project.sources_in_play(domains))
    keys = [
        s.key
        for s in definitions.resolve_all_asset_specs()
        if s.group_name in groups and (s.key.path[0] not in ("raw", "staged") or s.key.path[1] in in_play)
    ]
    with dg.DagsterInstance.get() as instance:
        run_id = str(uuid.uuid4())
        begin(instance, run_id)
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=tags(),
            raise_on_error=False,
            asset_selection=keys,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if project.report.blocked:
        return []
    return [_failure(e) for e in result.all_events if e.event_type_value == "STEP_FAILURE"]


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end. ``signal``: its number."""

    def __init__(self, number: int) -> None:
        """Note the signal."""
        super().__init__(number)
        self.signal = number


@contextmanager
def _stoppable() -> Iterator[Callable[[], None]]:
    """End on SIGINT and SIGTERM, also where the program was started deaf to them, as a script does in the background.

    Dagster puts handlers of its own in place while it runs a job, which make both signals one and the run a failed one. What
    arrived is therefore noted beside the handlers as well.

    Yields:
        A function that raises Stopped if a signal has arrived.
    """

    def stop(number: int, _: object) -> None:
        raise Stopped(number)

    def raise_if_stopped() -> None:
        try:
            numbers = noted.recv(64)
        except BlockingIOError:
            return
        for number in numbers:
            if number in (signal.SIGINT, signal.SIGTERM):
                raise Stopped(number)

    noted, arriving = socket.socketpair()
    with noted, arriving:
        noted.setblocking(False)
        arriving.setblocking(False)
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        descriptor = signal.set_wakeup_fd(arriving.fileno(), warn_on_full_buffer=False)
        try:
            yield raise_if_stopped
        finally:
            signal.set_wakeup_fd(descriptor)
            for number, handler in before.items():
                signal.signal(number, handler)


def _failure(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    error = data.error if data is not None else None
    # the reason lies deepest, unless somebody wrote it down for people
    while error is not None and error.cause is not None and error.cls_name != BilateralError.__name__:
        error = error.cause
    text = "unknown reason" if error is None else error.message.strip().splitlines()[0]
    text = text.removeprefix(f"{BilateralError.__module__}.{BilateralError.__name__}: ")
    return f"step {event.step_key} failed: {text}"


def _summary(project: Project, failures: list[str], seconds: float) -> int:
    report = project.report
    settings = project.settings
    trouble = [n for n in report.new if n.verdict in ("quarantined", "failed")]
    counts = {v: sum(n.verdict == v for n in report.new) for v in ("accepted", "unchanged", "quarantined", "failed")}
    print("\nsnapshots: " + ", ".join(f"{n:,} {v}" for v, n in counts.items()))
    for n in trouble[:20]:
        print(f"  {n.verdict} {n.source} {n.snapshot}: {n.reason}")
    rejected = sum(n.n_rejected or 0 for n in report.new)
    if rejected:
        print(f"rows that could not be read: {rejected:,} (meta.rejects says which, and why)")
    if report.set_aside:
        print("rows set aside, since they break a rule (meta.rejects has each, with its key and the rule):")
        for line in report.set_aside:
            print(f"  {line}")
    for line in [*report.problems, *report.left_out, *(f"HELD BACK {h}" for h in report.held_back), *failures]:
        print(f"  {line}")
    if report.idle_corrections:
        print("corrections that no longer find what they expect:")
        for line in report.idle_corrections:
            print(f"  {line}")
    for source in dict.fromkeys(n.source for n in report.new if n.warnings):
        unusual = [n for n in report.new if n.source == source and n.warnings]
        print(f"  note {source}: {len(unusual)} accepted with a remark (meta.snapshots), the last: {unusual[-1].warnings}")
    if report.validations:
        kinds = [(v.severity, v.status) for v in report.validations]
        n_aside = sum(v.status == "passed" and bool(v.n_set_aside) for v in report.validations)
        print(
            f"checks: {sum(s == 'passed' for _, s in kinds):,} passed"
            + (f" ({n_aside:,} of them with rows set aside)" if n_aside else "")
            + ", "
            f"{sum(k == ('critical', 'failed') or k == ('critical', 'error') for k in kinds):,} critical failed, "
            f"{sum(k == ('warning', 'failed') or k == ('warning', 'error') for k in kinds):,} warnings, "
            f"{sum(s == 'skipped' for _, s in kinds):,} skipped (nothing loaded)"
        )
        for v in report.validations:
            if v.status in ("failed", "error"):
                print(f"  {v.severity} {v.table_name} {v.expectation}: {v.description} Observed: {v.observed}")
    if settings.published.exists():
        with open_published(settings) as con:
            for source, day in con.execute(
                "SELECT source, newest_date FROM meta.sources WHERE newest_date IS NOT NULL ORDER BY 1"
            ).fetchall():
                print(f"newest date in {source}: {day}")
            rows = con.execute("SELECT table_name, n_rows FROM meta.row_counts WHERE n_rows > 0").fetchall()
            print("rows: " + ", ".join(f"{name} {n:,}" for name, n in rows))
    if failures:
        print(f"\nNOT PUBLISHED ({seconds:.1f} s): the published file is as it was. 'make dev' shows the run and its log.")
        return 1
    if report.blocked:
        print(f"\nNOT PUBLISHED ({seconds:.1f} s): critical checks failed; the published file is as it was.")
    elif report.published:
        print(f"\npublished {settings.published} in {seconds:.1f} s")
    else:
        print(f"\nnothing new ({seconds:.1f} s): {settings.published} stays as it is")
    return report.exit_code


def demo(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 all commands have one signature
    """``bilateral demo``: one question, answered from the published file."""
    with open_published(settings) as con:
        for path in sorted((ROOT / "sql" / "examples").glob("demo_*.sql")):
            text = path.read_text(encoding="utf-8")
            print()
            for line in text.splitlines()[:3]:
                print(line.lstrip("- "), flush=True)
            con.sql(text).show(max_rows=60, max_width=200, max_col_width=90)
        origin = con.execute("SELECT origin FROM meta.build").fetchall()[0][0]
    if origin == "sample":
        print("\nThis is the built-in sample: small, and partly made up (warehouse/sample/README.md says which part).")
    print(
        f"""
What to do next
  make dev                                    the Dagster UI: assets, checks, runs, schedules
  .venv/bin/bilateral describe                tables, columns, units, warnings
  .venv/bin/bilateral sql "FROM listed_on(DATE '2023-11-15') LIMIT 5"
  duckdb -readonly {settings.published}       the DuckDB command line, where you have it; from Python:
  .venv/bin/python -c "import duckdb; print(duckdb.connect('{settings.published}', read_only=True).sql('FROM marts.timeline'))"
  .venv/bin/bilateral refresh --from live     real data (replaces the sample)"""
    )
    return 0


def doctor(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 all commands have one signature
    """``bilateral doctor``: exit code 0 where all is well, else 1."""
    findings: list[tuple[bool, str, str]] = []
    version = sys.version_info
    findings.append(
        (version >= (3, 11), f"Python {version.major}.{version.minor}", "install Python 3.11 or newer, then 'make setup'")
    )
    for package in ("dagster", "polars", "duckdb", "great-expectations", "duckdb-sqlalchemy", "pyarrow"):
        try:
            findings.append((True, f"{package} {importlib.metadata.version(package)}", ""))
        except importlib.metadata.PackageNotFoundError:
            findings.append((False, f"{package} is not installed", "run 'make setup'"))
    import assets
    import pipelines

    here = all(Path(m.__file__ or "").is_relative_to(ROOT) for m in (assets, pipelines))
    findings.append((here, "pipelines and assets are imported from this checkout", "run 'make setup' in this checkout"))
    folder = settings.warehouse if settings.warehouse.exists() else settings.warehouse.parent
    findings.append(
        (os.access(folder, os.W_OK), f"{settings.warehouse} can be written", "set BILATERAL_WAREHOUSE to a folder of yours")
    )
    free = shutil.disk_usage(folder).free / 1e9
    findings.append((free > 2, f"{free:,.0f} GB free", "free some disk space: raw snapshots are kept for ever"))
    if settings.published.exists():
        try:
            with open_published(settings) as con:
                built = con.execute("SELECT built_at FROM meta.build").fetchall()[0][0]
            findings.append((True, f"published file built {built:%Y-%m-%d %H:%M} UTC", ""))
        except (BilateralError, duckdb.Error) as error:
            findings.append(
                (False, f"{settings.published}: {error}", "delete the file and run 'bilateral refresh': it is rebuilt from raw")
            )
    else:
        findings.append((True, "nothing published yet ('bilateral refresh' does)", ""))
    for well, text, remedy in findings:
        print(f"{'ok  ' if well else 'MEND'}  {text}" + ("" if well else f"  ->  {remedy}"))
    return 0 if all(well for well, _, _ in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
