"""The build with its marts, and the published file."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.schema import SQL, declared
from pipelines.dagster import OWNERS
from pipelines.dagster.assets import code_references, expected_spec, warning_tags
from pipelines.dagster.handing_on import handed_on
from pipelines.pages import made
from pipelines.project import Project
from pipelines.publish import warehouse
from pipelines.publish.expectations import Expectation
from pipelines.publish.scripts import scripts
from pipelines.steps import doing, told
from pipelines.steps.outcomes import CORE_AS_BUILT, EXPECTED
from pipelines.steps.previews import as_written

BUILD, PUBLISHED, REPORTS = (dg.AssetKey(key) for key in (told.BUILD, told.PUBLISHED, told.REPORTS))


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
        yield from handed_on(context, doing.build(project, context.run.run_id, expectations))

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
    def publish(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> Iterator[Any]:
        yield from handed_on(context, doing.publish(project))

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
    def reports(context: dg.AssetExecutionContext, project: dg.ResourceParam[Project]) -> Iterator[Any]:
        yield from handed_on(context, doing.reports(project))

    return [build, publish, reports]
