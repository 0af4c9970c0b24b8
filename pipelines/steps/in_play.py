"""Which steps a refresh needs: those of sources of which something came or waits, and those whose shown state is no longer true.

A step of a source or domain with nothing to do would find that out, write a dozen events that say what stands there already,
and cost more than all the work of a small refresh. So it is left out, and what the UI shows of its assets is of the run that
made them. What it shows of their health depends on the day too: where that has changed, the source gets its steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.rooms import REFERENCE
from pipelines.steps import health_checks
from pipelines.steps.health_checks import ACCEPTED, CURRENT, FRESH, TAKEN
from pipelines.steps.told import Key, core, raw, staged

if TYPE_CHECKING:
    from pipelines.project import Project

Said = tuple[bool, str | None]
"""What is shown of a check: whether it passed, and its sentences."""
ShownChecks = Mapping[tuple[Key, str], Said]
"""By asset and name of a check of health its last result, as the UI shows it."""


def groups_in_play(project: Project, domains: Sequence[str], shown: ShownChecks) -> dict[str, list[str]]:
    """The domains whose core a refresh folds, each with those of its sources that are taken in and staged.

    Args:
        project: after ``ingest_ahead``.
        domains: those that are refreshed; reference domains are looked at with them.
        shown: the results of earlier runs, at least of ``checks_of_health``.
    """
    found: dict[str, list[str]] = {}
    wanted = project.sources_in_play(domains)
    for domain in (*REFERENCE, *domains):
        waiting = project.waiting(domain)
        mine = [s for s in wanted if project.sources[s].domain == domain]
        told = [s for s in mine if _is_told_otherwise(project, s, shown)]
        active = [s for s in mine if waiting is None or s in waiting or s in told or project.brought_anything(s)]
        is_shown = all(shown.get((core(name), CURRENT)) == (True, None) for name in project.tables(domain))
        if active or waiting != [] or not is_shown:
            found[domain] = active
    return found


def _is_told_otherwise(project: Project, source: str, shown: ShownChecks) -> bool:
    """Whether what is shown of the health of a source is not, or not any more, what is to be said of it."""
    said = {
        (staged(source), TAKEN): health_checks.troubles(project, source),
        (staged(source), FRESH): health_checks.staleness(project, source),
        (raw(source), ACCEPTED): health_checks.attempts(project, source, []),
    }
    return any(shown.get(key) != (not sentences, health_checks.in_one(sentences)) for key, sentences in said.items())


def checks_of_health(project: Project) -> list[tuple[Key, str]]:
    """The checks of all sources and domains whose results say which steps a refresh needs."""
    found = [
        (key, name)
        for source in project.sources
        for key, name in ((staged(source), TAKEN), (staged(source), FRESH), (raw(source), ACCEPTED))
    ]
    return found + [(core(name), CURRENT) for domain in project.rooms for name in project.tables(domain)]
