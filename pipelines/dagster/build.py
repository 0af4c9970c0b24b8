"""The one place where all is put together: assets, checks, jobs, schedules, resources."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.dagster.assets import days_assets, room_assets, room_checks
from pipelines.dagster.failures import failure_in_words
from pipelines.dagster.publication import publication_assets
from pipelines.dagster.runs import begin, close_dead
from pipelines.dagster.weekly import audit_published
from pipelines.project import Project
from pipelines.report import Report
from pipelines.rooms import DOMAINS, REFERENCE

log = logging.getLogger(__name__)

SCHEDULES = {
    "refresh_sanctions": ("0 */2 * * 1-5", "America/New_York", "OFAC publishes on weekdays, at any hour"),
    "refresh_overdose": (
        "30 9 * * *",
        "America/New_York",
        "CDC publishes once a month, on a Wednesday; a day's delay is the most",
    ),
    "refresh_news": ("5 * * * *", "UTC", "GDELT publishes every 15 minutes; hourly is fresh enough for days"),
    "refresh_all": ("0 6 * * *", "UTC", "Everything once a day, for those who want one schedule"),
    "audit_published": (
        "0 4 * * 0",
        "UTC",
        "A refresh takes verdicts over and asks the rest as SQL: once a week all is asked",
    ),
}
"""Job -> cron, time zone, why."""


def _sensors(project: Project) -> list[dg.SensorDefinition]:
    """What the daemon looks at between runs. They start nothing."""

    @dg.sensor(
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Marks runs as failed whose process was killed, so that none is shown as running for ever, and tells so.",
    )
    def runs_that_died(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # each run does the same at its start
        ended = close_dead(context.instance)
        problems = _between(project, ended) if ended else []
        return dg.SkipReason("; ".join([f"ended: {', '.join(ended)}" if ended else "no run has died", *problems]))

    @dg.sensor(
        minimum_interval_seconds=3600,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends the alerts that come due without a run: data that grow old, and that no refresh has ended for long.",
    )
    def alerts_between_runs() -> dg.SkipReason:
        problems = _between(project, [])
        return dg.SkipReason("; ".join(problems) or "looked at the age of the data and of the last refresh")

    return [runs_that_died, alerts_between_runs]


def _between(project: Project, died: Sequence[str]) -> list[str]:
    from pipelines.keeping.afterwards import between_refreshes

    return between_refreshes(project.settings, died)


def _of_a_run(context: dg.InitResourceContext, project: Project) -> Iterator[Project]:
    """The project as a run uses it, with a report of its own; the process of the run is noted first, no matter who started it.

    After a run of a refresh the heartbeat is written and the alerts are sent that are due, unless its caller does that.
    """
    if project.tells_at_end:  # else it goes on with what came before the run
        project.report = Report()
    if context.instance is not None and context.run is not None:
        begin(context.instance, context.run.run_id)
    yield project
    if (
        project.tells_at_end
        and context.instance is not None
        and context.run is not None
        and context.run.job_name.startswith("refresh_")
    ):
        _tell(context.instance, context.run.run_id, project)


def _tell(instance: dg.DagsterInstance, run_id: str, project: Project) -> None:
    from pipelines.keeping.afterwards import after_refresh

    failed = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = [e.dagster_event for e in failed if e.dagster_event is not None]
    failures = [failure_in_words(e.step_key, e.step_failure_data.error, project.folder) for e in events]
    if project.report.blocked:
        failures = []  # that a check failed is said by the report
    for problem in after_refresh(project.settings, project.report, failures, 1 if failures else project.report.exit_code):
        log.warning(problem)


def build_definitions(project: Project) -> dg.Definitions:
    """Put a whole project together on the folder of ``project``: the entry point by which tests build one of their own."""
    rooms = {name: room_assets(project, name) for name in project.rooms}
    publication = publication_assets(project.build_expectations())
    jobs: list[Any] = []
    for name in (job for job in SCHEDULES if job.startswith("refresh_")):
        domains = DOMAINS if name == "refresh_all" else (name.removeprefix("refresh_"),)
        selected = [*(a for name in (*REFERENCE, *domains) for a in rooms[name]), *publication]
        jobs.append(
            dg.define_asset_job(
                name,
                selection=dg.AssetSelection.assets(*selected),
                # a step costs more to start in a process of its own than it takes: see A13
                executor_def=dg.in_process_executor,
                description=f"Take in, fold, build, audit and publish: {', '.join(domains)}.",
            )
        )
    jobs.append(audit_published)
    schedules = [
        dg.ScheduleDefinition(
            name=f"{job.name}_schedule",
            job=job,
            cron_schedule=SCHEDULES[job.name][0],
            execution_timezone=SCHEDULES[job.name][1],
            description=SCHEDULES[job.name][2],
            default_status=dg.DefaultScheduleStatus.STOPPED,
        )
        for job in jobs
    ]
    return dg.Definitions(
        assets=[*(a for d in rooms.values() for a in d), *days_assets(project), *publication],
        asset_checks=[check for name in project.rooms for check in room_checks(project, name)],
        jobs=jobs,
        schedules=schedules,
        # a run of single assets, too, has its steps in one process
        executor=dg.in_process_executor,
        sensors=_sensors(project),
        resources={"project": dg.ResourceDefinition(lambda context: _of_a_run(context, project))},
    )
