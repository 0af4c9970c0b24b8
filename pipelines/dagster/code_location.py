"""Where the runs of the command line belong, so that the UI shows them on its overview and on the page of their job.

The UI leaves out a run wherever it shows jobs, if the record of the run does not say of which code location its job is. So the
runs of the command line are recorded as of the location that ``make dev`` and the services load.
"""

from __future__ import annotations

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
