"""The build with its marts, and the published file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from assets.schema import SQL, declared
from pipelines.dagster import OWNERS
from pipelines.dagster.assets import (
    EXPECTED,
    as_written,
    code_references,
    expected_result,
    expected_spec,
    markdown,
    mart_metadata,
    warning_tags,
)
from pipelines.pages import made
from pipelines.project import Project
from pipelines.publish import column_lineage, warehouse
from pipelines.publish.expectations import Expectation
from pipelines.publish.scripts import scripts
from pipelines.settings import Settings

BUILD = dg.AssetKey(["warehouse", "build"])
PUBLISHED = dg.AssetKey(["warehouse", "bilateral"])
REPORTS = dg.AssetKey(["warehouse", "reports"])

CORE_AS_BUILT = "core_tables_hold_as_built"
"""The check that shows what is expected of core tables once all are in one file; a mart has a check of its own."""


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


def column_lineage_of(mart: str) -> dict[str, Any]:
    """The columns that each column of a mart is made of, those made of none left out.

    As Dagster has it, and as a table: the web server that comes with it draws no lineage of columns.
    """
    made_of = {column: of for column, of in column_lineage.held()[mart].items() if of}
    deps = {c: [dg.TableColumnDep(dg.AssetKey(n.split(".")[:2]), n.split(".")[2]) for n in of] for c, of in made_of.items()}
    lines = ["| column | made of |", "| --- | --- |", *(f"| {c} | {', '.join(of)} |" for c, of in made_of.items())]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "columns_made_of": dg.MetadataValue.md("\n".join(lines)),
    }


def docs_metadata(settings: Settings) -> dict[str, dg.MetadataValue[Any]]:
    """The address of the page with what was found of all expectations, where it is written."""
    page = settings.warehouse / "data_docs" / "index.html"
    return {"data_docs": dg.MetadataValue.url(page.as_uri())} if page.exists() else {}


def publication_assets(expectations: Sequence[Expectation]) -> list[dg.AssetsDefinition]:
    """The build (marts and audit in one step, since one step owns the file) and the publication."""
    marts = scripts("marts")
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
            metadata={"dagster/table_name": f"marts.{m.name}", **code_references(SQL / "marts" / f"{m.name}.sql")},
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
            metadata=code_references(warehouse.build),
        )
    )
    of_marts = {m.name: [e for e in expectations if e.table == f"marts.{m.name}"] for m in marts}
    checks = [
        expected_spec(EXPECTED, mine, dg.AssetKey(["marts", name]), blocking=True) for name, mine in of_marts.items() if mine
    ]
    head = (
        "What each core table was shown to hold on its own asset is asked again of the build, and with it what needs other "
        "domains (below). All results are in meta.validations. "
    )
    across = [e for e in expectations if e.scope == "build" and not e.table.startswith("marts.")]
    checks.append(expected_spec(CORE_AS_BUILT, across, BUILD, blocking=True, head=head))

    @dg.multi_asset(name="build", specs=specs, check_specs=checks)
    def build(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> Iterator[Any]:
        file, validations = project.build(context.run.run_id)
        with duckdb.connect(str(file), read_only=True) as con:
            metadata = {m.name: mart_metadata(con, f"marts.{m.name}") | column_lineage_of(m.name) for m in marts}
        for name, found in metadata.items():
            yield dg.MaterializeResult(asset_key=dg.AssetKey(["marts", name]), metadata=found)
        versions = dg.MetadataValue.json(project.versions())
        found = {**file_metadata(file), **docs_metadata(project.settings), "core_versions": versions}
        yield dg.MaterializeResult(asset_key=BUILD, metadata=found)
        for name, mine in of_marts.items():
            if mine:
                of_mart = [v for v in validations if v.table_name == f"marts.{name}"]
                yield expected_result(EXPECTED, of_mart, dg.AssetKey(["marts", name]))
        # what was set aside is shown on the tables of core
        others = [replace(v, n_set_aside=None) for v in validations if not v.table_name.startswith("marts.")]
        yield expected_result(CORE_AS_BUILT, others, BUILD)

    @dg.multi_asset(
        name="publish",
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=[BUILD],
                description="warehouse/bilateral.duckdb: what analysts open. Replaced in one step by a build that has passed. "
                "Pages to look at are in warehouse/reports and warehouse/data_docs: paste their addresses into the browser, "
                "which follows no link from here to a file.",
                group_name="publication",
                kinds={"duckdb"},
                owners=OWNERS,
                metadata=code_references(warehouse.publish),
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
                **docs_metadata(project.settings),
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
                metadata=code_references(made.write_all),
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
