"""The job of a week: Great Expectations is asked all that is expected of the published file."""

# no postponed annotations: Dagster looks at the type of ``context``

import dagster as dg

from pipelines.checks.gx import audit_again
from pipelines.services.warehouse import Warehouse


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
