"""Where the runs of the command line belong, so that the UI shows them on its overview and on the page of their job.

``execute_in_process`` keeps a run without saying of which code location its job is, and the UI leaves such a run out wherever
it shows jobs. Dagster's own record of it can say so: the run is one of the location that ``make dev`` and the services load.
"""

from __future__ import annotations

from functools import partial

import dagster as dg
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

MODULE = "pipelines.definitions"
"""The module from which Dagster loads the definitions, and the name of its code location."""

REPOSITORY = "__repository__"
"""Dagster's name of the repository that holds the definitions of a module."""


def of_job(name: str) -> RemoteJobOrigin:
    """The origin of a job of this project, as the UI compares it: location, repository, name."""
    location = ManagedGrpcPythonEnvCodeLocationOrigin(LoadableTargetOrigin(module_name=MODULE), location_name=MODULE)
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, REPOSITORY), name)


def say_where_from(instance: dg.DagsterInstance, job: str) -> None:
    """Have the runs that ``instance`` makes from now on recorded as runs of this job of the code location."""
    origin = of_job(job)
    instance.create_run_for_job = partial(instance.create_run_for_job, remote_job_origin=origin)  # type: ignore[method-assign]
