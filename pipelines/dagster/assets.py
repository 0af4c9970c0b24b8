"""The Dagster assets of every domain: a raw, a staged and a folded one per source, and one multi-asset for its core tables.

A source that comes in days has one more, with a partition a day, green where a day is whole; the raw asset has none, so that a
job with it starts without asking for a day. An asset calls a method of a service and reports what came of it.
"""

import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dagster as dg
import polars as pl

from assets.contracts import DomainPackage
from assets.errors import first_few
from assets.schema import SQL, UsageWarning, declared
from pipelines.checks.expectations import Expectation
from pipelines.dagster import metadata
from pipelines.dagster.metadata import EXPECTED, OWNERS, core_key, days_key, folded_key, raw_key, staged_key, warning
from pipelines.ingest.raw_store import days_of, files_a_day, whole_days
from pipelines.ingest.sources import Source
from pipelines.maintenance import health
from pipelines.services.ingest import Ingest
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import ROOT
from pipelines.storage.manifest import Manifest

ACCEPTED = "new_snapshots_are_accepted"
TAKEN = "snapshots_are_taken"
FRESH = "data_are_fresh"
CURRENT = "holds_what_came_in"
WHOLE = "days_are_whole"


def column_schema(name: str) -> dg.TableSchema:
    """Columns of a declared table as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.name,
                c.type,
                description=metadata.as_written(c.comment),
                constraints=dg.TableColumnConstraints(nullable=not c.not_null),
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


def expected_spec(
    name: str, expectations: Sequence[Expectation], asset: dg.AssetKey, *, blocking: bool, head: str = ""
) -> dg.AssetCheckSpec:
    """The asset check that shows expectations. ``blocking``: a critical one that fails keeps later steps from running."""
    # what Dagster calls non-blocking is not harmless: a domain that fails is not promoted, by itself
    critical = "keeps the build from being published" if blocking else "holds its domain back"
    named = list(zip(metadata.names([(e.table, e.name) for e in expectations]), expectations, strict=True))
    lines = [f"- `{n}` ({e.severity}): {metadata.as_written(e.description)}" for n, e in named]
    queries = [f"{n}\n```sql\n{e.query}\n```" for n, e in named if e.query]
    return dg.AssetCheckSpec(
        name=name,
        asset=asset,
        description="\n".join([f"{head}A critical one that fails {critical}; a warning blocks nothing.", "", *lines]),
        blocking=blocking,
        metadata={"n_expectations": len(expectations), "sql": dg.MetadataValue.md("\n\n".join(queries))},
    )


def _asset_of(
    source: Source,
    step: str,
    key: dg.AssetKey,
    text: str,
    made_by: Path | Callable[..., Any],
    deps: Sequence[dg.AssetKey] = (),
    checks: Mapping[str, str] = MappingProxyType({}),
    first_day: date | None = None,
    priority: int = 0,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare a function as the step of one asset of a source; with ``first_day`` it has a partition a day, taken in one run."""
    # one calendar for all: a job cannot mix two; today is open
    days = [] if first_day is None else [dg.DailyPartitionsDefinition(str(first_day), timezone="UTC", end_offset=1)]
    spec = dg.AssetSpec(
        key,
        deps=deps,
        description=f"{source.title} ({source.publisher}). Cadence: {source.cadence}.\n\n{text}",
        group_name=source.domain,
        kinds={"file"} if isinstance(made_by, Path) else {"polars", "parquet"},
        owners=OWNERS,
        metadata=code_references(made_by),
        # a day that is not whole must not be green: what is, is said by events of its own
        skippable=bool(days),
        partitions_def=days[0] if days else None,
    )
    of_it = [dg.AssetCheckSpec(name, asset=key, description=description) for name, description in checks.items()]
    backfill = dg.BackfillPolicy.single_run() if days else None
    name, tags = step.format(source.id), {"dagster/priority": str(priority)}
    return dg.multi_asset(name=name, specs=[spec], check_specs=of_it, backfill_policy=backfill, op_tags=tags)


def raw_asset(source: Source) -> dg.AssetsDefinition:
    """The asset that takes in a source's bytes."""
    key = raw_key(source.id)
    text = "Bytes as served, never changed. A row is a snapshot, with its ingestion record."
    accepted = "The source answered, what was new passed the guards on its bytes, there are data of it (warning: blocks nothing)."

    @_asset_of(source, "raw_{}", key, text, ROOT / source.declared_in, checks={ACCEPTED: accepted})
    def ingest(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        receipts = Ingest(warehouse).ingest(source.id)
        if source.days_since is not None:
            for event in days_materialized(source, whole_days(warehouse.raw, source, days_of(receipts), receipts)):
                context.log_event(event)
        newest = warehouse.raw.last_accepted(source.id)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "dagster/row_count": len(warehouse.raw.snapshots(source.id)),
                "new_snapshots": len(receipts),
                "newest_snapshot": newest.snapshot if newest else "none",
                "snapshot_id": (newest.snapshot_id if newest else None) or "none",
                "preview": metadata.table(
                    ("snapshot", "verdict", "reason", "bytes"),
                    [(r.snapshot, r.verdict, r.reason, r.n_bytes) for r in receipts[-20:]],
                ),
            },
        )
        yield warning(key, ACCEPTED, health.attempts(warehouse, source.id, receipts))

    return ingest


def staged_asset(source: Source, reader: Callable[..., Any], priority: int = 0) -> dg.AssetsDefinition:
    """The asset that turns a source's bytes into typed rows: whatever is new, of any day."""
    key = staged_key(source.id)
    text = "Typed, one row per source row; what cannot be read is in the rejects, with the reason."

    @_asset_of(source, "staged_{}", key, text, reader, [raw_key(source.id)], priority=priority)
    def stage(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        names = Transform(warehouse).stage(source.id)
        records = [(n, warehouse.staged.record(source.id, n) or {}) for n in names]
        shown: dict[str, Any] = {
            "staged_now": len(names),
            "rows_read": sum(r.get("n_read") or 0 for _, r in records),
            "rows_rejected": sum(r.get("n_rejected") or 0 for _, r in records),
            "refused": dg.MetadataValue.json({n: r["refusal"] for n, r in records if r.get("refusal")}),
        }
        newest = warehouse.raw.last_accepted(source.id)
        scans = warehouse.staged.scans(source.id, newest.snapshot) if newest is not None else {}
        if newest is not None and scans:
            shown |= {"newest_snapshot": newest.snapshot, "snapshot_ids": dg.MetadataValue.json([newest.snapshot_id])}
        yield dg.MaterializeResult(asset_key=key, metadata=shown | metadata.staged_metadata(scans))

    return stage


def folded_asset(source: Source, made_by: Callable[..., Any], deps: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset that applies new snapshots of a source to its history; what fails in it is reported with the core tables."""
    key = folded_key(source.id)
    text = "The history of its rows in both times, from which core tables are made once it has passed their checks."

    @_asset_of(source, "folded_{}", key, text, made_by, [staged_key(source.id), *deps])
    def fold_source(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        try:
            state, new = Transform(warehouse).fold_source(source.id)
        except Exception as fault:
            yield dg.MaterializeResult(asset_key=key, metadata={"failed": f"{type(fault).__name__}: {fault}"})
            return
        shown = [(n.snapshot, n.verdict, n.reason, n.n_rows, n.n_rejected) for n in new[-20:]]
        preview = metadata.table(("snapshot", "verdict", "reason", "rows", "rejected"), shown)
        files = [warehouse.core.parts(source.domain) / file for name in state.tables for file in state.files_of(name)]
        n_rows = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)  # their columns may differ
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={"dagster/row_count": n_rows, "new_snapshots": len(new), "preview": preview},
            data_version=dg.DataVersion(state.digest or "empty"),
        )

    return fold_source


def _makers(package: DomainPackage, table: str) -> list[Callable[..., Any]]:
    """The functions that make the rows of a core table: folds, each once, and what is made across sources."""
    folds = {_line_of(s.fold): s.fold for s in package.sources if table in s.tables}
    across = package.cross_source
    return [*folds.values(), *([across.derive] if across is not None and table in across.tables else [])]


def core_assets(
    package: DomainPackage, tables: Sequence[str], deps: Sequence[dg.AssetKey], expectations: Mapping[str, Sequence[Expectation]]
) -> dg.AssetsDefinition:
    """The core tables of a domain, promoted together; a check of each with the expectations that need no other domain."""
    domain = package.domain
    all_in = "All that came in is in it: neither the domain nor a source of the table kept back (warning)."

    @dg.multi_asset(
        name=f"core_{domain}",
        specs=[
            dg.AssetSpec(
                core_key(name),
                deps=[*map(folded_key, package.sources_of(name)), *deps],
                description=metadata.as_written(declared()[f"core.{name}"].comment),
                tags=warning_tags(declared()[f"core.{name}"].warnings),
                group_name=domain,
                kinds={"polars", "parquet"},
                owners=OWNERS,
                metadata={
                    "dagster/column_schema": column_schema(f"core.{name}"),
                    "dagster/table_name": f"core.{name}",
                    **code_references(SQL / "core" / f"{name}.sql", *_makers(package, name)),
                },
            )
            for name in tables
        ],
        # not blocking in Dagster's sense: a domain that fails is not promoted, by itself, and the others are published
        check_specs=[
            *(expected_spec(EXPECTED, expectations[t], core_key(t), blocking=False) for t in tables if expectations[t]),
            *(dg.AssetCheckSpec(CURRENT, asset=core_key(t), description=all_in) for t in tables),
        ],
        # a selection may leave out the folded assets, which stand between it and what is staged
        op_tags={"dagster/priority": "-2"},
        can_subset=True,
    )
    def fold(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        manifest, validations = Transform(warehouse).fold(domain)
        for name in (t for t in tables if core_key(t) in context.selected_asset_keys):
            yield dg.MaterializeResult(
                asset_key=core_key(name),
                metadata=metadata.table_metadata(name, warehouse.core.files(manifest, name)),
                data_version=dg.DataVersion(manifest.edition or "empty"),
            )
        for name, mine in ((t, [v for v in validations if v.table_name == f"core.{t}"]) for t in tables if expectations[t]):
            yield reported(context, metadata.expected_result(EXPECTED, mine, core_key(name)))
        # where the domain is not promoted, the results above are those of what passed last
        held = {s: health.not_promoted(warehouse, s, manifest) for s, x in warehouse.sources.items() if x.domain == domain}
        of_domain = health.messages_of_run(warehouse, domain)
        for name in tables:
            texts = [(s, t) for s in warehouse.sources_of(name) for t in held[s] if t not in of_domain]
            sentences = [t if t.startswith(f"{s}: ") else f"{s}: {t}" for s, t in texts]
            yield reported(context, warning(core_key(name), CURRENT, list(dict.fromkeys([*of_domain, *sentences]))))
        if not context.selected_asset_check_keys:  # where ``domain_checks`` is no part of the run either
            for key, found in messages_of_sources(warehouse, manifest).items():
                yield reported(context, warning(key.asset_key, key.name, found))

    return fold


def reported(
    context: dg.AssetExecutionContext, result: dg.AssetCheckResult, *, blocking: bool = False
) -> dg.AssetCheckResult | dg.AssetCheckEvaluation:
    """The result of a check; where the run did not select it, as one event that says and does the same, and not three."""
    key = dg.AssetCheckKey(result.asset_key or dg.AssetKey([]), result.check_name or "")
    if key in context.selected_asset_check_keys:
        return result
    found = (result.passed, result.metadata, None, result.severity, result.description)
    return dg.AssetCheckEvaluation(key.asset_key, key.name, *found, blocking)


def messages_of_sources(warehouse: Warehouse, current: Manifest) -> dict[dg.AssetCheckKey, list[str]]:
    """What is to be said of each source of a domain: of what was not taken of it, and of the age of its data."""
    return {
        dg.AssetCheckKey(staged_key(code.source), name): found(warehouse, code.source, current)
        for code in warehouse.packages[current.domain].sources
        for name, found in ((TAKEN, health.troubles), (FRESH, health.age))
    }


def domain_checks(warehouse: Warehouse, domain: str) -> list[dg.AssetChecksDefinition]:
    """Two checks for each source of a domain on its staged asset, made again by each run once the core has been folded."""
    package = warehouse.packages[domain]
    texts = {
        TAKEN: "Nothing failed or was quarantined, and all was promoted (warning: blocks nothing).",
        FRESH: "The newest date in the data is as young as its cadence lets expect (warning: blocks nothing).",
    }
    specs = [
        dg.AssetCheckSpec(name, asset=staged_key(code.source), additional_deps=[core_key(package.tables[0])], description=text)
        for code in package.sources
        for name, text in texts.items()
    ]

    @dg.multi_asset_check(name=f"health_{domain}", specs=specs, can_subset=True)
    def look(context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.AssetCheckResult]:
        found = messages_of_sources(warehouse, warehouse.core.current(domain))
        for key in sorted(context.selected_asset_check_keys):
            yield warning(key.asset_key, key.name, found[key])

    return [look] if specs else []


def domain_assets(warehouse: Warehouse, domain: str) -> list[dg.AssetsDefinition]:
    """All assets of a domain."""
    found: list[dg.AssetsDefinition] = []
    package = warehouse.packages[domain]
    # names and codes of states are looked up in the actors' registry while rows are shaped
    deps = [core_key("actor_aliases")] if package.sources else []
    for code in package.sources:
        source = warehouse.sources[code.source]
        # what a second process works at is waited for when all else is done
        staged = staged_asset(source, code.stage, -1 if source.id in warehouse.beside else 0)
        found += [raw_asset(source), staged, folded_asset(source, code.fold, deps)]
    expected = warehouse.expectations(domain)
    checks = {t: [e for e in expected if e.table == f"core.{t}"] for t in package.tables}
    return [*found, core_assets(package, package.tables, deps, checks)]


def days_materialized(source: Source, whole: Iterable[date]) -> Iterator[dg.AssetMaterialization]:
    """Days of a source that are held whole, each as a partition that is materialized."""
    for day in whole:
        yield dg.AssetMaterialization(days_key(source.id), partition=day.isoformat())


def days_asset(source: Source, first: date) -> dg.AssetsDefinition:
    """The asset by which days of a source are taken in; ``first``: day of the calendar that all such sources share."""
    key = days_key(source.id)
    n_files = files_a_day(source)
    files = "its file" if n_files == 1 else f"its {n_files} files"
    text = (
        "By the day (UTC). Materialize days to ingest what is missing of them; the next refresh publishes it. A day is green "
        f"where {files} are there, whoever ingested them."
    )
    whole = {WHOLE: f"Of each requested day {files} are there (warning: what there is, is used)."}

    @_asset_of(source, "raw_{}_days", key, text, ROOT / source.declared_in, checks=whole, first_day=first)
    def take_in(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        days = sorted(map(date.fromisoformat, context.partition_keys))
        receipts = Ingest(warehouse).ingest(source.id, set(context.partition_keys))
        whole = whole_days(warehouse.raw, source, {*days, *days_of(receipts)}, receipts)
        for event in days_materialized(source, whole):
            context.log_event(event)
        missing = [day for day in days if day not in whole]
        sentences = list(health.messages_of_run(warehouse, source.id))
        if missing:
            named = first_few([str(day) for day in missing])
            sentences.append(f"not whole: {named}. Ask again later; slots that were never published stay missing")
        yield warning(key, WHOLE, sentences)

    return take_in


def days_assets(warehouse: Warehouse) -> list[dg.AssetsDefinition]:
    """The assets by which days of the past are taken in, of the sources that come in days; no job of a refresh holds them."""
    sources = [s for s in warehouse.sources.values() if s.days_since is not None]
    first = min((s.days_since for s in sources if s.days_since is not None), default=None)
    return [] if first is None else [days_asset(s, first) for s in sources]
