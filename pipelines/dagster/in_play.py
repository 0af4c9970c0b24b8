"""Which steps a refresh needs: those of sources of which something came or waits, and those whose shown state is no longer true.

A step of a source or domain with nothing to do would find that out, write a dozen events that say what stands there already,
and cost more than all the work of a small refresh. So it is left out, and what the UI shows of its assets is of the run that
made them. What it shows of their health depends on the day too: where that has changed, the source gets its steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.dagster import health_checks
from pipelines.dagster.health_checks import ACCEPTED, CURRENT, FRESH, TAKEN
from pipelines.dagster.keys import raw_key, staged_key
from pipelines.rooms import REFERENCE

if TYPE_CHECKING:
    from pipelines.project import Project

Said = tuple[bool, str | None]
"""What is shown of a check: whether it passed, and its sentences."""


def groups_in_play(project: Project, domains: Sequence[str], instance: dg.DagsterInstance) -> dict[str, list[str]]:
    """The domains whose core a refresh folds, each with those of its sources that are taken in and staged.

    Args:
        project: after ``ingest_ahead``.
        domains: those that are refreshed; reference domains are looked at with them.
        instance: where the results of earlier runs are.
    """
    shown = _shown(instance, project, domains)
    found: dict[str, list[str]] = {}
    wanted = project.sources_in_play(domains)
    for domain in (*REFERENCE, *domains):
        waiting = None if project.has_damage(domain) else project.waiting(domain)
        mine = [s for s in wanted if project.sources[s].domain == domain]
        told = [s for s in mine if _is_told_otherwise(project, s, shown)]
        active = [s for s in mine if waiting is None or s in waiting or s in told or project.brought_anything(s)]
        tables = [dg.AssetKey(["core", name]) for name in project.tables(domain)]
        is_shown = all(shown.get(dg.AssetCheckKey(key, CURRENT)) == (True, None) for key in tables)
        if active or waiting != [] or not is_shown:
            found[domain] = active
    return found


def _is_told_otherwise(project: Project, source: str, shown: Mapping[dg.AssetCheckKey, Said]) -> bool:
    """Whether what is shown of the health of a source is not, or not any more, what is to be said of it."""
    staged = staged_key(source)
    accepted = dg.AssetCheckKey(raw_key(source), ACCEPTED)
    said = {
        dg.AssetCheckKey(staged, TAKEN): health_checks.troubles(project, source),
        dg.AssetCheckKey(staged, FRESH): health_checks.staleness(project, source),
        accepted: health_checks.attempts(project, source, []),
    }
    return any(shown.get(key) != _as_shown(sentences) for key, sentences in said.items())


def _as_shown(sentences: Sequence[str]) -> Said:
    return not sentences, health_checks.in_one(sentences)


def _shown(instance: dg.DagsterInstance, project: Project, domains: Collection[str]) -> dict[dg.AssetCheckKey, Said]:
    """The last results of the checks of sources and domains, as the UI shows them."""
    keys = [
        dg.AssetCheckKey(key, name)
        for source in project.sources.values()
        if source.domain in domains
        for key, name in (
            (staged_key(source.id), TAKEN),
            (staged_key(source.id), FRESH),
            (raw_key(source.id), ACCEPTED),
        )
    ]
    keys += [dg.AssetCheckKey(dg.AssetKey(["core", name]), CURRENT) for d in (*REFERENCE, *domains) for name in project.tables(d)]
    found: dict[dg.AssetCheckKey, Said] = {}
    for key, record in instance.event_log_storage.get_latest_asset_check_execution_by_key(keys).items():
        event = None if record.event is None else record.event.dagster_event
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            found[key] = (evaluation.passed, evaluation.description)
    return found
