"""The build with its marts, the published file, and the job that asks all that is expected of it once a week."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg

from assets.schema import SQL, declared
from pipelines.checks.expectations import Expectation
from pipelines.checks.gx import audit_again
from pipelines.checks.validations import Validation
from pipelines.dagster import metadata
from pipelines.dagster.assets import code_references, expected_spec, reported, warning_tags
from pipelines.dagster.metadata import BUILD, CORE_AS_BUILT, EXPECTED, OWNERS, PUBLISHED, core_key, expected_result, mart_key
from pipelines.publish import build as warehouse
from pipelines.publish.scripts import scripts
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse
from pipelines.util.readers import reading


def publication_assets(expectations: Sequence[Expectation]) -> list[dg.AssetsDefinition]:
    """The build (marts and audit in one step, since one step owns the file) and the publication."""
    marts = scripts("marts")
    core = [core_key(name.removeprefix("core.")) for name in declared() if name.startswith("core.")]
    specs = [
        dg.AssetSpec(
            mart_key(m.name),
            deps=[dg.AssetKey(n.split(".")) for n in sorted(m.needs) if not n.startswith("meta.")],
            description=metadata.as_written(
                " ".join([m.text.splitlines()[0].lstrip("- "), *(w.shown for w in m.warnings if w.column is None)])
            ),
            tags=warning_tags(m.warnings),
            group_name="marts",
            kinds={"duckdb", "sql", "table"},
            owners=OWNERS,
            metadata={
                "dagster/table_name": f"marts.{m.name}",
                **metadata.column_lineage_of(m.name),
                **code_references(SQL / "marts" / f"{m.name}.sql"),
            },
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
    checks = [expected_spec(EXPECTED, mine, mart_key(name), blocking=True) for name, mine in of_marts.items() if mine]
    head = (
        "What each core table was shown to hold on its own asset is asked again of the build, and with it what needs other "
        "domains (below). All results are in meta.validations. "
    )
    cross_source = [e for e in expectations if e.scope == "build" and not e.table.startswith("marts.")]
    checks.append(expected_spec(CORE_AS_BUILT, cross_source, BUILD, blocking=True, head=head))

    @dg.multi_asset(name="build", specs=specs, check_specs=checks, can_subset=True)
    def build(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        selected = context.selected_asset_keys
        if BUILD not in selected:
            yield from marts_alone(context, warehouse, [m.name for m in marts if mart_key(m.name) in selected])
            return
        file, validations = Publish(warehouse).build(context.run.run_id)
        docs = metadata.docs_metadata(warehouse.settings)
        with reading(file) as con:
            for m in (m for m in marts if mart_key(m.name) in selected):
                yield dg.MaterializeResult(asset_key=mart_key(m.name), metadata=metadata.mart_metadata(con, m.name))
        versions = {"core_versions": dg.MetadataValue.json(Publish(warehouse).versions())}
        of_file = metadata.file_metadata(file)
        yield dg.MaterializeResult(asset_key=BUILD, metadata={**of_file, **docs, **versions})
        yield from results_of_marts(context, validations)
        # what was set aside is shown on the tables of core
        others = [replace(v, n_set_aside=None) for v in validations if not v.table_name.startswith("marts.")]
        yield reported(context, expected_result(CORE_AS_BUILT, others, BUILD), blocking=True)

    def results_of_marts(context: dg.AssetExecutionContext, validations: Sequence[Validation]) -> Iterator[Any]:
        for name in (n for n, mine in of_marts.items() if mine and mart_key(n) in context.selected_asset_keys):
            mine = [v for v in validations if v.table_name == f"marts.{name}"]
            yield reported(context, expected_result(EXPECTED, mine, mart_key(name)), blocking=True)

    def marts_alone(context: dg.AssetExecutionContext, warehouse: Warehouse, names: Sequence[str]) -> Iterator[Any]:
        """Marts that were selected without the build: made in a copy of the published file, with what is made of them."""
        made, file, validations = Publish(warehouse).rebuild_marts(names)
        with reading(file) as con:
            for name in made:
                if name in names:
                    yield dg.MaterializeResult(asset_key=mart_key(name), metadata=metadata.mart_metadata(con, name))
                else:
                    context.log_event(dg.AssetMaterialization(mart_key(name), metadata=metadata.mart_metadata(con, name)))
        yield from results_of_marts(context, validations)

    @dg.multi_asset(
        name="publish",
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=[BUILD],
                description="warehouse/bilateral.duckdb: what analysts open. Replaced in one step by a build that has passed. "
                "'bilateral explore' shows it as a page; what its checks found is in warehouse/data_docs.",
                group_name="publication",
                kinds={"duckdb"},
                owners=OWNERS,
                metadata=code_references(warehouse.publish),
            )
        ],
    )
    def publish(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[Any]:
        replaced = Publish(warehouse).publish()
        file = warehouse.settings.published
        shown = {"replaced": replaced, "path": dg.MetadataValue.path(str(file)), **metadata.docs_metadata(warehouse.settings)}
        yield dg.MaterializeResult(asset_key=PUBLISHED, metadata={**metadata.file_metadata(file), **shown})

    return [build, publish]


@dg.op(required_resource_keys={"warehouse"})
def ask_great_expectations(context: dg.OpExecutionContext) -> None:
    """Ask Great Expectations all that is expected of the published file; fail where it finds another verdict than the refresh."""
    warehouse: Warehouse = context.resources.warehouse
    again = audit_again(warehouse.settings.published, warehouse.build_expectations(), warehouse.settings.limits)
    lines = list(again.lines())
    for line in lines:
        context.log.info(line)
    if not again.is_good:
        raise dg.Failure("\n".join(lines), allow_retries=False)


@dg.job(
    executor_def=dg.in_process_executor,
    description="Ask Great Expectations all that is expected of the published file, and compare with what was recorded. "
    "It writes nothing.",
)
def audit_published() -> None:
    """The second audit, as ``bilateral verify --audit``."""
    ask_great_expectations()
