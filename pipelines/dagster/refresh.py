"""A refresh of the command line: a run of Dagster's own engine, with the steps that have something to do.

In this process, unless the settings name another executor: then this process takes in, and each step has a process of its own.
"""

import logging
from collections.abc import Sequence
from uuid import uuid4

import dagster as dg

from pipelines.dagster import storage_kept_open
from pipelines.dagster.assets import ACCEPTED
from pipelines.dagster.build import REPORTED_BY, build_definitions
from pipelines.dagster.home import damage_message
from pipelines.dagster.metadata import BUILD, PUBLISHED, core_key, folded_key, mart_key, raw_key, staged_key
from pipelines.dagster.runs import begin, failure_message, release
from pipelines.domains import REFERENCE
from pipelines.publish.scripts import scripts
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import kept
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import ROOT
from pipelines.util.disk_errors import disk_error_message

log = logging.getLogger(__name__)

LOCATION = "pipelines.definitions"
"""The code location that ``make dev`` and the services load."""
TAGS = {"dagster/code_location": LOCATION, ".dagster/repository": f"__repository__@{LOCATION}", REPORTED_BY: "command line"}
"""By which the UI finds the runs of a job, the job of a run that is to be executed again, and who tells of its end."""
INTERRUPTS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt", "Stopped")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What people are to read is said by the command line."""


def run_refresh(warehouse: Warehouse, domains: Sequence[str]) -> list[str]:
    """Run the steps of these domains that have something to do, after ``ingest_ahead``; return those that failed, in words.

    Where Dagster's storage is damaged or does not answer, the run is kept in memory, and the report says so.
    """
    try:
        with storage_kept_open(), dg.DagsterInstance.get() as instance:
            return _run(warehouse, domains, instance)
    except Exception as error:
        problem = disk_error_message(error, warehouse.folder) or damage_message(error)
        if problem is None:
            raise
        log.exception("Dagster's storage")
        warehouse.tell_problem(f"Dagster's record of this run is not complete: {problem}")
        with dg.DagsterInstance.ephemeral() as instance:
            return _run(warehouse, domains, instance)


def _run(warehouse: Warehouse, domains: Sequence[str], instance: dg.DagsterInstance) -> list[str]:
    name = f"refresh_{domains[0]}" if len(domains) == 1 else "refresh_all"
    groups = selected(warehouse, domains)
    taken_in = [source for of_domain in groups.values() for source in of_domain]
    keys = {key(source) for source in taken_in for key in (raw_key, staged_key, folded_key)} | {BUILD, PUBLISHED}
    keys |= {core_key(table) for domain in groups for table in warehouse.tables(domain)}
    unchanged = Publish(warehouse).unchanged(groups)  # marts that stay as they are
    keys |= {mart_key(m.name) for m in scripts("marts") if f"marts.{m.name}" not in unchanged}
    result: dg.ExecuteInProcessResult | dg.JobExecutionResult
    if warehouse.settings.executor == "in_process" or not instance.is_persistent:
        # what else is checked each step says by itself (``assets.reported``)
        checks = {dg.AssetCheckKey(raw_key(source), ACCEPTED) for source in taken_in}
        job = build_definitions(warehouse).resolve_job_def(name).get_subset(asset_selection=keys, asset_check_selection=checks)
        run_id = str(uuid4())
        begin(instance, run_id)  # before there is a record of it: killed before its first step, it would look alive
        result = job.execute_in_process(instance=instance, raise_on_error=False, tags=TAGS, run_config=QUIET, run_id=run_id)
        release(instance, run_id)
    else:
        for source in taken_in:
            Ingest(warehouse).ingest(source)  # what was said of it ahead
        left, of_settings = sorted(keys - {raw_key(source) for source in taken_in}), job_of_settings.__name__
        made = dg.build_reconstructable_job(__name__, of_settings, (name,), reconstructor_working_directory=str(ROOT))
        result = dg.execute_job(made, instance, asset_selection=left, raise_on_error=False, tags=TAGS, run_config=QUIET)
        warehouse.report.add(kept(warehouse.folder, result.run_id, remove=True))
    failures = []
    for failed in result.get_step_failure_events():
        error = failed.step_failure_data.error
        if error is not None and error.cls_name in INTERRUPTS:
            # Dagster takes an interrupt that did not come by its UI for a failure
            instance.report_run_canceled(result.dagster_run, "somebody asked the refresh to end")
            raise KeyboardInterrupt
        log.error("step %s: %s", failed.step_key, error)
        failures.append(failure_message(failed.step_key, error, warehouse.folder))
    return [] if warehouse.report.blocked else failures  # that a check failed is said by the report


def selected(warehouse: Warehouse, domains: Sequence[str]) -> dict[str, list[str]]:
    """Domains whose core a refresh folds, with their sources of which something came or waits: an idle step costs."""
    found: dict[str, list[str]] = {}
    wanted = Ingest(warehouse).sources_in_play(domains)
    for domain in (*REFERENCE, *domains):
        waiting = Transform(warehouse).waiting(domain)
        mine = [s for s in wanted if warehouse.sources[s].domain == domain]
        active = [s for s in mine if waiting is None or s in waiting or Ingest(warehouse).brought_anything(s)]
        if active or waiting != []:
            found[domain] = active
    return found


def job_of_settings(name: str) -> dg.JobDefinition:
    """A job as another process makes it: of the warehouse of its environment."""
    return build_definitions(Warehouse()).resolve_job_def(name)
