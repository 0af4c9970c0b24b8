"""The one place where all is put together: assets, checks, jobs, schedules, resources."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from assets.errors import BilateralError
from pipelines.dagster.assets import days_assets, domain_assets, domain_checks
from pipelines.dagster.publication import audit_published, publication_assets
from pipelines.dagster.runs import begin, close_dead, failure_message
from pipelines.domains import DOMAINS, REFERENCE
from pipelines.maintenance.alerts import after_refresh, between_refreshes
from pipelines.services.ingest import Ingest
from pipelines.services.report import keep, kept
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings

REPORTED_BY = "bilateral/told"
"""The tag of a run of the command line, which writes the heartbeat and sends the alerts itself."""
SCHEDULES = {
    "refresh_sanctions": ("0 */2 * * 1-5", "America/New_York", "OFAC publishes on weekdays, at any hour"),
    "refresh_overdose": ("30 9 * * *", "America/New_York", "CDC publishes once a month, on a Wednesday; a day's delay at most"),
    "refresh_news": ("5 * * * *", "UTC", "GDELT publishes every 15 minutes; hourly is fresh enough for days"),
    "refresh_policy": ("0 7 * * 1", "UTC", "Votes come about once a year"),
    "refresh_all": ("0 6 * * *", "UTC", "Everything once a day, for those who want one schedule"),
    "audit_published": ("0 4 * * 0", "UTC", "A refresh takes verdicts over and asks the rest as SQL: once a week all is asked"),
}
"""Job -> cron, time zone, why."""
OF_A_SCHEDULE = "dagster/schedule_name"
"""Tag that Dagster gives to the runs of a schedule."""


def _sensors(warehouse: Warehouse) -> list[dg.SensorDefinition]:
    """What the daemon looks at between runs. They start nothing."""

    @dg.sensor(
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Marks runs as failed whose process was killed, so that none is shown as running for ever.",
    )
    def runs_that_died(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # each run does the same at its start
        ended = close_dead(context.instance)
        return dg.SkipReason(f"ended: {', '.join(ended)}" if ended else "no run has died")

    @dg.sensor(
        minimum_interval_seconds=3600,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends the alerts that come due without a run: data that grow old, and that no refresh has ended for long.",
    )
    def alerts_between_runs() -> dg.SkipReason:
        problems = between_refreshes(warehouse.settings)
        return dg.SkipReason("; ".join(problems) or "looked at the age of the data and of the last refresh")

    return [
        runs_that_died,
        alerts_between_runs,
        *(
            dg.run_status_sensor(
                run_status=status,
                name=f"tell_of_{status.value.lower()}",
                default_status=dg.DefaultSensorStatus.RUNNING,
                description="Writes the heartbeat after a refresh that the command line did not run, and sends its alerts.",
            )(partial(tell_of, warehouse=warehouse))
            for status in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
        ),
    ]


def tell_of(context: dg.RunStatusSensorContext, warehouse: Warehouse) -> dg.SkipReason:
    """Write the heartbeat after a run of a refresh, and send the alerts that are due."""
    run = context.dagster_run
    failed = context.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = [e.dagster_event for e in failed if e.dagster_event is not None]
    failures = [failure_message(e.step_key, e.step_failure_data.error, warehouse.folder) for e in events]
    has_died = run.status == dg.DagsterRunStatus.FAILURE and not failures
    # one of the command line that was killed told nobody
    if not run.job_name.startswith("refresh_") or (REPORTED_BY in run.tags and not has_died):
        return dg.SkipReason("not a refresh, or the command line reports it")
    report = kept(warehouse.folder, run.run_id, remove=True)
    if has_died:
        failures = [context.dagster_event.message or "the run failed"]
    if report.blocked:
        failures = []  # that a check failed is said by the report
    problems = after_refresh(warehouse.settings, report, failures, 1 if failures else report.exit_code)
    return dg.SkipReason("; ".join(problems) or "heartbeat written, alerts sent")


def _of_a_run(context: dg.InitResourceContext, warehouse: Warehouse) -> Iterator[Warehouse]:
    """The warehouse as the steps of a run in this process use it, with what other processes have reported of the run."""
    if context.instance is None or context.run is None:
        yield warehouse
        return
    run = context.run
    if warehouse.settings.executor == "in_process":
        begin(context.instance, run.run_id)
    if REPORTED_BY in run.tags and warehouse.settings.executor == "in_process":
        yield warehouse  # its caller has the report, with what came before the run
        return
    warehouse.report = kept(warehouse.folder, run.run_id)
    if OF_A_SCHEDULE in run.tags:
        _ask_live(warehouse)
    yield warehouse
    if run.job_name.startswith("refresh_"):
        keep(warehouse.folder, run.run_id, warehouse.report)


def executor(settings: Settings) -> dg.ExecutorDefinition:
    """Where the steps of a run are run."""
    if settings.executor == "in_process":
        # a step costs more to start in a process of its own than it takes: see A13
        return dg.in_process_executor
    if settings.executor == "multiprocess":
        return dg.multiprocess_executor
    try:
        from dagster_dask import dask_executor
    except ImportError:
        needed = "pip install -e '.[dask]'"
        raise BilateralError(f"BILATERAL_EXECUTOR=dask needs dagster-dask: {needed}. Nothing was changed.") from None
    found: dg.ExecutorDefinition = dask_executor.configured({"cluster": {"existing": {"address": settings.dask}}}, name="dask")
    return found


def _ask_live(warehouse: Warehouse) -> None:
    """Have a schedule refresh from the sources, also where only the record was so far. Raises dg.Failure where none answers."""
    from pipelines.ingest.fetch.network import addresses_of, refuse_offline  # clients of the web take long to import

    last = warehouse.origin().last
    if last == "live" or Path(last).is_absolute():
        return
    Ingest(warehouse).choose_origin("live")
    try:
        refuse_offline(addresses_of(source for source in warehouse.sources.values() if source.live == "fetch"))
    except BilateralError as error:
        raise dg.Failure(f"a schedule asks the sources themselves, and none can be reached: {error}") from None


def build_definitions(warehouse: Warehouse) -> dg.Definitions:
    """Put a whole warehouse together on the folder of ``project``: the entry point by which tests build one of their own."""
    packages = {name: domain_assets(warehouse, name) for name in warehouse.packages}
    publication = publication_assets(warehouse.build_expectations())
    jobs: list[Any] = [audit_published]
    for name in (job for job in SCHEDULES if job.startswith("refresh_")):
        domains = DOMAINS if name == "refresh_all" else (name.removeprefix("refresh_"),)
        selection = dg.AssetSelection.assets(*(a for name in (*REFERENCE, *domains) for a in packages[name]), *publication)
        text = f"Take in, fold, build, audit and publish: {', '.join(domains)}."
        jobs.append(dg.define_asset_job(name, selection, executor_def=executor(warehouse.settings), description=text))
    schedules = []
    for job in jobs:
        cron, zone, why = SCHEDULES[job.name]
        name = f"{job.name}_schedule"
        schedules.append(dg.ScheduleDefinition(name=name, job=job, cron_schedule=cron, execution_timezone=zone, description=why))
    return dg.Definitions(
        assets=[*(a for d in packages.values() for a in d), *days_assets(warehouse), *publication],
        asset_checks=[check for name in warehouse.packages for check in domain_checks(warehouse, name)],
        jobs=jobs,
        schedules=schedules,
        executor=executor(warehouse.settings),
        sensors=_sensors(warehouse),
        resources={"warehouse": dg.ResourceDefinition(lambda context: _of_a_run(context, warehouse))},
    )
