"""The Dagster assets that every room has: a raw and a staged asset per source, one multi-asset for its core tables.

An asset calls a method of the project and reports what came of it; what it computes is in the rooms' pure functions.
"""

import inspect
import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from assets.contract import Room
from assets.schema import SQL, UsageWarning, declared
from pipelines.dagster import OWNERS, health_checks, pictures
from pipelines.dagster.backfill import days_asset, note_whole_days
from pipelines.dagster.keys import raw_key, staged_key
from pipelines.intake.receipts import Receipt
from pipelines.intake.sources import Source
from pipelines.project import Project
from pipelines.publish.audit import Validation
from pipelines.publish.expectations import Expectation
from pipelines.settings import ROOT

PREVIEW_ROWS = 8
LOOKED_AT = 500
"""Rows of a core table of which the preview shows those that say most."""
NEWEST = 50
"""The same of a mart, of its newest rows: so many are found without reading the whole table."""


def as_written(text: str) -> str:
    """A text as Dagster shows it as written: its Markdown would take ``<kind>`` for HTML and drop it."""
    return re.sub(r"<(?=[a-zA-Z/!?])", r"\\<", text)


def column_schema(name: str) -> dg.TableSchema:
    """Columns of a declared table as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name, c.type, description=as_written(c.comment), constraints=dg.TableColumnConstraints(nullable=not c.not_null)
            )
            for c in declared()[name].columns
        ]
    )


def warning_tags(warnings: Iterable[UsageWarning]) -> dict[str, str]:
    """Tags by which Dagster finds assets that have a usage warning: a word of the vocabulary each."""
    return {f"warning/{w.word}": "" for w in warnings}


def code_references(*places: Path | Callable[..., Any]) -> dict[str, dg.CodeReferencesMetadataValue]:
    """Where an asset is made, as Dagster links it to an editor: files, and functions with their line."""
    found = [(place, 1) if isinstance(place, Path) else _line_of(place) for place in places]
    with warnings.catch_warnings():
        # Dagster says of each that it may still change
        warnings.simplefilter("ignore", dg.BetaWarning)
        lines = [dg.LocalFileCodeReference(file_path=str(f), line_number=n, label=str(f.relative_to(ROOT))) for f, n in found]
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=list(lines))}


def _line_of(function: Callable[..., Any]) -> tuple[Path, int]:
    """The file and line of a function, also where arguments were given to it before."""
    while isinstance(function, partial):
        function = function.func
    code = inspect.unwrap(function).__code__
    return Path(code.co_filename), code.co_firstlineno


def markdown(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A frame as a Markdown table, long cells cut."""
    if not frame.columns:
        return dg.MetadataValue.md("(no columns)")
    cut = [
        [("" if v is None else as_written(str(v)[:80]).replace("|", "\\|").replace("\n", " ")) for v in row]
        for row in frame.rows()
    ]
    lines = ["| " + " | ".join(row) + " |" for row in [frame.columns, ["---"] * frame.width, *cut]]
    return dg.MetadataValue.md("\n".join(lines))


def telling(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame that say most, for a preview: those with the most cells that are neither empty nor 0."""
    said = [pl.col(c).is_not_null() & ((pl.col(c) != 0) if t.is_numeric() else True) for c, t in frame.schema.items()]
    if not said:
        return frame
    return frame.sort(pl.sum_horizontal(said), descending=True, maintain_order=True).head(PREVIEW_ROWS)


EXPECTED = "expectations_hold"
"""The check of a table that shows all that is expected of it: one event a table, however many expectations it has."""


def expected_spec(
    name: str, expectations: Sequence[Expectation], asset: dg.AssetKey, *, blocking: bool, head: str = ""
) -> dg.AssetCheckSpec:
    """The asset check that shows expectations. ``blocking``: a critical one that fails keeps later steps from running."""
    # what Dagster calls non-blocking is not harmless: a domain that fails is held back by itself
    critical = "keeps the build from being published" if blocking else "holds its domain back"
    names = _named_in_full if len({e.table for e in expectations}) > 1 else _named
    lines = [f"- `{names(e.table, e.name)}` ({e.severity}): {as_written(e.description)}" for e in expectations]
    queries = [f"{names(e.table, e.name)}\n```sql\n{e.query}\n```" for e in expectations if e.query]
    return dg.AssetCheckSpec(
        name=name,
        asset=asset,
        description="\n".join([f"{head}A critical one that fails {critical}; a warning blocks nothing.", "", *lines]),
        blocking=blocking,
        metadata={"n_expectations": len(expectations), "sql": dg.MetadataValue.md("\n\n".join(queries))},
    )


def expected_result(name: str, validations: Sequence[Validation], asset: dg.AssetKey) -> dg.AssetCheckResult:
    """What was found of expectations as one result: each with its outcome, and the offending rows of those that fail."""
    names = _named_in_full if len({v.table_name for v in validations}) > 1 else _named
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
        asset_key=asset,
        check_name=name,
        passed=not bad and not n_aside,
        severity=dg.AssetCheckSeverity.ERROR if any(v.blocks for v in bad) else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description="; ".join(sentences) or None,
    )


def _status_of(validations: Sequence[Validation]) -> str:
    """The outcome of all: that of the worst; skipped where nothing could be asked of any."""
    found = {"failed" if v.outcome == "error" else v.outcome for v in validations}
    return next((o for o in ("failed", "warning", "passed") if o in found), "skipped" if found else "passed")


def _named(_: str, name: str) -> str:
    return name


def _named_in_full(table: str, name: str) -> str:
    return f"{table} {name}"


def table_metadata(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Row count, newest date, snapshot ids and a preview of a core table's Parquet files."""
    declaration = declared()[f"core.{name}"]
    frame = pl.scan_parquet(list(files)) if files else declaration.empty().lazy()
    asked = [pl.len().alias("n")]
    if declaration.newest is not None:
        asked.append(pl.col(declaration.newest.column).max().alias("newest"))
    if "snapshot_id" in declaration.polars:
        asked.append(pl.col("snapshot_id").unique().sort().implode().alias("ids"))
    row = frame.select(asked).collect().row(0, named=True)
    found: dict[str, Any] = {"dagster/row_count": row["n"]}
    if "newest" in row:
        found["newest_date"] = "none" if row["newest"] is None else str(row["newest"])
    if "ids" in row:
        found |= {"n_snapshots": len(row["ids"]), "snapshot_ids": dg.MetadataValue.json(row["ids"][-20:])}
    found["preview"] = markdown(telling(frame.head(LOOKED_AT).collect()))
    return found


def raw_asset(source: Source, text: str) -> dg.AssetsDefinition:
    """The asset that takes in a source's bytes."""
    key = raw_key(source.id)

    @dg.multi_asset(
        name=f"raw_{source.id}",
        specs=[
            dg.AssetSpec(
                key,
                description=f"{text}\n\nBytes as served, never changed afterwards. A row is a snapshot, with its receipt.",
                group_name=source.domain,
                kinds={"file"},
                owners=OWNERS,
                metadata=code_references(ROOT / source.declared_in),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                health_checks.ACCEPTED,
                asset=key,
                description="The source answered, what was new passed the guards on its bytes, and something is held of it "
                "(warning: blocks nothing).",
            )
        ],
    )
    def ingest(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> Iterator[Any]:
        receipts = project.ingest(source.id)
        if source.days_since is not None:
            note_whole_days(context, project, source, receipts)
        held = project.raw.snapshots(source.id)
        newest = project.raw.last_accepted(source.id)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "dagster/row_count": len(held),
                "new_snapshots": len(receipts),
                "newest_snapshot": newest.snapshot if newest else "none",
                "snapshot_id": (newest.snapshot_id if newest else None) or "none",
                "preview": markdown(_receipts_frame(receipts)),
            },
        )
        yield health_checks.warning(key, health_checks.ACCEPTED, health_checks.attempts(project, source.id, receipts))

    return ingest


def _receipts_frame(receipts: Sequence[Receipt]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"snapshot": r.snapshot, "verdict": r.verdict, "reason": r.reason, "bytes": sum(f.n_bytes for f in r.files)}
            for r in receipts[-20:]
        ],
        schema={"snapshot": pl.String, "verdict": pl.String, "reason": pl.String, "bytes": pl.Int64},
    )


def staged_asset(source_id: str, domain: str, text: str, reader: Callable[..., Any]) -> dg.AssetsDefinition:
    """The asset that turns a source's bytes into typed rows: whatever is new, of any day."""
    key = staged_key(source_id)

    @dg.multi_asset(
        name=f"staged_{source_id}",
        specs=[
            dg.AssetSpec(
                key,
                deps=[raw_key(source_id)],
                description=f"{text}\n\nTyped, one row per source row; what cannot be read is in the rejects, with the reason.",
                group_name=domain,
                kinds={"polars", "parquet"},
                owners=OWNERS,
                metadata=code_references(reader),
            )
        ],
    )
    def stage(project: dg.ResourceParam[Project]) -> dg.MaterializeResult[None]:
        names = project.stage(source_id)
        records = [(n, project.staged.record(source_id, n) or {}) for n in names]
        metadata: dict[str, Any] = {
            "staged_now": len(names),
            "rows_read": sum(r.get("n_read") or 0 for _, r in records),
            "rows_rejected": sum(r.get("n_rejected") or 0 for _, r in records),
            "refused": dg.MetadataValue.json({n: r["refusal"] for n, r in records if r.get("refusal")}),
        }
        newest = project.raw.last_accepted(source_id)
        frames = project.staged.scans(source_id, newest.snapshot) if newest is not None else {}
        for name, frame in frames.items():
            metadata[f"preview_{name}"] = markdown(frame.head(PREVIEW_ROWS).collect())
        if frames:
            first = next(iter(frames.values()))
            metadata["dagster/row_count"] = sum(f.select(pl.len()).collect().item() for f in frames.values())
            metadata["dagster/column_schema"] = dg.TableSchema(
                columns=[dg.TableColumn(c, str(t)) for c, t in first.collect_schema().items()]
            )
            metadata["newest_snapshot"] = newest.snapshot if newest else "none"
            metadata["snapshot_ids"] = dg.MetadataValue.json([newest.snapshot_id if newest else None])
        return dg.MaterializeResult(asset_key=key, metadata=metadata)

    return stage


def _makers(room: Room, table: str) -> list[Callable[..., Any]]:
    """The functions that make the rows of a core table: folds, each once, and what is made across sources."""
    folds = {_line_of(s.fold): s.fold for s in room.sources if table in s.tables}
    across = [room.across.derive] if room.across is not None and table in room.across.tables else []
    return [*folds.values(), *across]


def core_assets(
    room: Room, tables: Sequence[str], deps: Sequence[dg.AssetKey], expectations: Mapping[str, Sequence[Expectation]]
) -> dg.AssetsDefinition:
    """The core tables of a domain, folded together; a check of each with the expectations that need no other domain."""
    domain = room.domain

    @dg.multi_asset(
        name=f"core_{domain}",
        specs=[
            dg.AssetSpec(
                dg.AssetKey(["core", name]),
                deps=list(deps),
                description=as_written(declared()[f"core.{name}"].comment),
                tags=warning_tags(declared()[f"core.{name}"].warnings),
                group_name=domain,
                kinds={"polars", "parquet"},
                owners=OWNERS,
                metadata={
                    "dagster/column_schema": column_schema(f"core.{name}"),
                    "dagster/table_name": f"core.{name}",
                    **code_references(SQL / "core" / f"{name}.sql", *_makers(room, name)),
                },
            )
            for name in tables
        ],
        # not blocking in Dagster's sense: a domain that fails is held back by itself, and the others are published
        check_specs=[
            *(
                expected_spec(EXPECTED, expectations[name], dg.AssetKey(["core", name]), blocking=False)
                for name in tables
                if expectations[name]
            ),
            *(
                dg.AssetCheckSpec(
                    health_checks.CURRENT,
                    asset=dg.AssetKey(["core", name]),
                    description="All that came in is in it: neither the domain nor a source of the table is held back (warning).",
                )
                for name in tables
            ),
        ],
        # bytes are taken in first, while another process gets ready to check
        op_tags={"dagster/priority": "-1"},
    )
    def fold(project: dg.ResourceParam[Project]) -> Iterator[Any]:
        manifest, validations = project.fold(domain)
        for name in tables:
            yield dg.MaterializeResult(
                asset_key=dg.AssetKey(["core", name]),
                metadata=table_metadata(name, project.core.files(manifest, name)),
                data_version=dg.DataVersion(manifest.edition or "empty"),
            )
        for name in tables:
            if expectations[name]:
                found = [v for v in validations if v.table_name == f"core.{name}"]
                yield expected_result(EXPECTED, found, dg.AssetKey(["core", name]))
        # where the domain is held back, the results above are those of what passed last
        held = {s: health_checks.held_back(project, s) for s in project.sources if project.sources[s].domain == domain}
        for name in tables:
            whole = health_checks.said_in_this_run(project, domain)
            texts = [(s, t) for s in project.sources_of(name) for t in held[s] if t not in whole]
            sentences = [t if t.startswith(f"{s}: ") else f"{s}: {t}" for s, t in texts]
            yield health_checks.warning(
                dg.AssetKey(["core", name]), health_checks.CURRENT, list(dict.fromkeys([*whole, *sentences]))
            )

    return fold


def mart_metadata(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Row count, newest date, columns, a picture and a preview of a mart in a warehouse file."""
    columns = con.execute(
        "SELECT column_name, type, description FROM meta.columns WHERE table_name = ? ORDER BY position", [name]
    ).fetchall()
    schema = dg.TableSchema(columns=[dg.TableColumn(n, t, as_written(text)) for n, t, text in columns])
    names = {n for n, _, _ in columns}
    date = next((c for c in ("date", "period_end") if c in names), "NULL")
    count, newest = con.execute(f"SELECT count(*), max({date}) FROM {name}").fetchall()[0]
    preview = con.sql(f"FROM {name} {_newest_that_say_something(columns, date)} LIMIT {NEWEST}").pl()
    found = {"dagster/row_count": count, "dagster/column_schema": schema}
    if (picture := pictures.drawn(con, name.removeprefix("marts."))) is not None:
        found["picture"] = dg.MetadataValue.md(picture)
    found["preview"] = markdown(telling(preview))
    return found if newest is None else found | {"newest_date": str(newest)}


def _newest_that_say_something(columns: Sequence[tuple[str, str, str]], date: str) -> str:
    """The end of a query for the newest rows of a mart whose first measure is neither unknown nor 0."""
    counts = [n for n, t, _ in columns if t == "BIGINT" and re.match(r"n_(?!lists|days)", n)]
    measures = [*counts, *(n for n, t, _ in columns if t == "DOUBLE")]
    return f"{f'WHERE {measures[0]} <> 0 ' if measures else ''}{'' if date == 'NULL' else f'ORDER BY {date} DESC'}"


def room_checks(project: Project, domain: str) -> list[dg.AssetChecksDefinition]:
    """What is wrong with the sources of a room, shown on their staged assets."""
    room = project.rooms[domain]
    sources = [c.source for c in room.sources]
    return [health_checks.source_checks(domain, sources, dg.AssetKey(["core", room.tables[0]]))] if sources else []


def room_assets(project: Project, domain: str) -> list[dg.AssetsDefinition]:
    """All assets of a room."""
    found: list[dg.AssetsDefinition] = []
    room = project.rooms[domain]
    for code in room.sources:
        source = project.sources[code.source]
        text = f"{source.title} ({source.publisher}). Cadence: {source.cadence}."
        found.append(raw_asset(source, text))
        found.append(staged_asset(source.id, domain, text, code.stage))
    deps = [staged_key(c.source) for c in room.sources]
    # names and codes of states are looked up in the actors' registry while rows are shaped
    deps += [dg.AssetKey(["core", "actor_aliases"])] if room.sources else []
    expected = project.expectations(domain)
    checks = {t: [e for e in expected if e.table == f"core.{t}"] for t in room.tables}
    return [*found, core_assets(room, room.tables, deps, checks)]


def days_assets(project: Project) -> list[dg.AssetsDefinition]:
    """The assets by which days of the past are taken in, of the sources that come in days; no job of a refresh holds them."""
    sources = [s for s in project.sources.values() if s.days_since is not None]
    first = min((s.days_since for s in sources if s.days_since is not None), default=None)
    return [] if first is None else [days_asset(s, first, code_references(ROOT / s.declared_in)) for s in sources]
