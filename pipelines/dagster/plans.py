"""The plan of a run as the UI draws it, for runs that Dagster does not run.

To make one, all definitions are put together, which takes longer than a small refresh. Plans stay in Dagster's storage under
numbers, so a plan is made once for a set of steps and a state of the program; ``plans.json`` in Dagster's folder has the numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.layers.atomic_files import write_json
from pipelines.sealed import read_sealed, sealed
from pipelines.steps.order import Plan
from pipelines.unchanged import state_of_code

MOST_KEPT = 50
"""Plans whose numbers are kept."""


@dataclass(frozen=True)
class Planned:
    """Numbers of the snapshots of a job and of its plan, and by asset what it is made of."""

    job: str
    plan: str
    deps: dict[dg.AssetKey, list[dg.AssetKey]]


def planned(instance: dg.DagsterInstance, job: str, plans: Sequence[Plan]) -> Planned:
    """The plan of a run of a job with these steps; made where it is not known."""
    keys = sorted(key for plan in plans for key in plan.makes)
    named = hashlib.sha256(repr((state_of_code(), dg.__version__, job, keys)).encode()).hexdigest()
    file = _file(instance)
    known = _known(file)
    found = known.get(named)
    storage = instance.run_storage
    if found is not None and storage.has_job_snapshot(found["job"]) and storage.has_execution_plan_snapshot(found["plan"]):
        deps = {dg.AssetKey(asset.split("/")): [dg.AssetKey(d.split("/")) for d in of] for asset, of in found["deps"].items()}
        return Planned(found["job"], found["plan"], deps)
    made = _made(instance, job, {dg.AssetKey(key) for key in keys})
    entry = {
        "job": made.job,
        "plan": made.plan,
        "deps": {asset.to_user_string(): [d.to_user_string() for d in of] for asset, of in made.deps.items()},
    }
    newest = dict([*((name, one) for name, one in known.items() if name != named), (named, entry)][-MOST_KEPT:])
    write_json(file, sealed(newest))
    return made


def _made(instance: dg.DagsterInstance, name: str, keys: set[dg.AssetKey]) -> Planned:
    from dagster._core.execution.api import create_execution_plan
    from dagster._core.snap import snapshot_from_execution_plan

    from pipelines.dagster.build import build_definitions
    from pipelines.project import Project

    whole = build_definitions(Project()).resolve_job_def(name)
    job = whole.get_subset(asset_selection=keys)
    number = job.get_job_snapshot_id()
    storage = instance.run_storage
    for snapshot in filter(None, (job.get_parent_job_snapshot(), job.get_job_snapshot())):
        if not storage.has_job_snapshot(snapshot.snapshot_id):
            storage.add_job_snapshot(snapshot)
    plan = storage.add_execution_plan_snapshot(snapshot_from_execution_plan(create_execution_plan(job), number))
    graph = job.asset_layer.asset_graph
    return Planned(number, plan, {key: sorted(graph.get(key).parent_keys) for key in keys})


def _file(instance: dg.DagsterInstance) -> Path:
    return Path(instance.root_directory) / "plans.json"


def _known(file: Path) -> dict[str, Any]:
    try:
        return read_sealed(file)[0]
    except (OSError, ValueError):
        return {}
