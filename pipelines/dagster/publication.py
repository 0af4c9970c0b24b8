"""The build with its marts, and the published file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from assets.schema import declared
from pipelines.dagster.assets import OWNERS, as_written, check_result, check_spec, markdown, mart_metadata, warning_tags
from pipelines.pages import made
from pipelines.project import Project
from pipelines.publish import warehouse
from pipelines.publish.audit import Validation
from pipelines.publish.expectations import Expectation

BUILD = dg.AssetKey(["warehouse", "build"])
PUBLISHED = dg.AssetKey(["warehouse", "bilateral"])
REPORTS = dg.AssetKey(["warehouse", "reports"])

CORE_AS_BUILT = "core_tables_hold_as_built"


def _shown_on(table: str) -> tuple[dg.AssetKey, str]:
    """Asset and name prefix under which a table's checks on the build are shown: a mart has its own, a core table the build."""
    schema, name = table.split(".")
    return (dg.AssetKey([schema, name]), "") if schema == "marts" else (BUILD, f"{name}__")


def _core_as_built(validations: Sequence[Validation]) -> dg.AssetCheckResult:
    """One result for what each core table was already shown to hold before the build, and is validated for again in it."""
    failed = [f"{v.table_name} {v.expectation}" for v in validations if v.blocks]
    return dg.AssetCheckResult(
        asset_key=BUILD,
        check_name=CORE_AS_BUILT,
        passed=not failed,
        metadata={
            "status": "failed" if failed else "passed",
            "n_expectations": len(validations),
            "failed": dg.MetadataValue.json(failed),
        },
    )


def file_metadata(file: Path) -> dict[str, Any]:
    """Rows per table of a warehouse file, and what each source has come to."""
    with duckdb.connect(str(file), read_only=True) as con:
        tables = con.sql("SELECT table_name, n_rows FROM meta.row_counts ORDER BY table_name").pl()
        sources = con.sql("SELECT source, n_snapshots, last_accepted_at, newest_date FROM meta.sources ORDER BY source").pl()
    return {
        "dagster/row_count": int(tables["n_rows"].sum()),
        "bytes": file.stat().st_size,
        "newest_date": str(sources["newest_date"].max() or "none"),
        "sources": markdown(sources),
        "preview": markdown(tables),
    }


def publication_assets(expectations: Sequence[Expectation]) -> list[dg.AssetsDefinition]:
    """The build (marts and audit in one step, since one step owns the file) and the publication."""
    marts = warehouse.scripts("marts")
    core = [dg.AssetKey(name.split(".")) for name in declared() if name.startswith("core.")]
    specs = [
        dg.AssetSpec(
            dg.AssetKey(["marts", m.name]),
            deps=[dg.AssetKey(n.split(".")) for n in sorted(m.needs)],
            description=as_written(
                " ".join([m.text.splitlines()[0].lstrip("- "), *(w.shown for w in m.warnings if w.column is None)])
            ),
            tags=warning_tags(m.warnings),
            group_name="marts",
            kinds={"duckdb", "sql", "table"},
            owners=OWNERS,
            metadata={"dagster/table_name": f"marts.{m.name}"},
        )
        for m in marts
    ]
    specs.append(
        dg.AssetSpec(
            BUILD,
            deps=[*core, *(s.key for s in specs)],
            description="The whole warehouse file, built beside the published one and audited inside DuckDB. "
            "A critical check that fails keeps it from being published.",
            group_name="publication",
            kinds={"duckdb"},
            owners=OWNERS,
        )
    )
    shown = [e for e in expectations if e.scope == "build"]
    names = {(e.table, e.name) for e in shown}
    checks = [check_spec(e, key, blocking=True, prefix=prefix) for e in shown for key, prefix in [_shown_on(e.table)]]
    text = "What each core table was shown to hold on its own asset, run again on the build. All results are in meta.validations."
    checks.append(dg.AssetCheckSpec(CORE_AS_BUILT, asset=BUILD, description=text, blocking=True))

    @dg.multi_asset(name="build", specs=specs, check_specs=checks)
    def build(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> Iterator[Any]:
        file, validations = project.build(context.run.run_id)
        for m in marts:
            yield dg.MaterializeResult(asset_key=dg.AssetKey(["marts", m.name]), metadata=mart_metadata(file, f"marts.{m.name}"))
        versions = dg.MetadataValue.json(project.versions())
        yield dg.MaterializeResult(asset_key=BUILD, metadata={**file_metadata(file), "core_versions": versions})
        for v in validations:
            if (v.table_name, v.expectation) in names:
                key, prefix = _shown_on(v.table_name)
                yield check_result(v, key, prefix)
        yield _core_as_built([v for v in validations if (v.table_name, v.expectation) not in names])

    @dg.multi_asset(
        name="publish",
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=[BUILD],
                description="warehouse/bilateral.duckdb: what analysts open. Replaced in one step by a build that has passed.",
                group_name="publication",
                kinds={"duckdb"},
                owners=OWNERS,
            )
        ],
    )
    def publish(project: dg.ResourceParam[Project]) -> dg.MaterializeResult[None]:
        replaced = project.publish()
        file = project.settings.published
        return dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={
                "replaced": replaced,
                "path": dg.MetadataValue.path(str(file)),
                **file_metadata(file),
            },
        )

    @dg.multi_asset(
        name="reports",
        specs=[
            dg.AssetSpec(
                REPORTS,
                deps=[PUBLISHED],
                description="warehouse/reports/: what the published file holds on a pair of states, as one HTML page that needs "
                "no network; for the pairs that BILATERAL_REPORTS names.",
                group_name="publication",
                kinds={"html"},
                owners=OWNERS,
            )
        ],
    )
    def reports(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> dg.MaterializeResult[None]:
        settings = project.settings
        # nothing was published yet where the first build did not pass
        pairs = settings.report_pairs if settings.published.exists() else []
        done = made.write_all(settings.published, settings.reports_folder, pairs)
        for reason in (*done.left_out, *done.failed):
            context.log.warning(reason)
        project.report.problems += done.failed
        return dg.MaterializeResult(
            asset_key=REPORTS,
            metadata={
                "bytes": sum(f.stat().st_size for f in done.files),
                "not_written": dg.MetadataValue.json([*done.left_out, *done.failed]),
                **{f.stem: dg.MetadataValue.url(f.as_uri()) for f in done.files},
            },
        )

    return [build, publish, reports]
