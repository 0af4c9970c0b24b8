"""Which sources and domains a refresh has to run: those of which something came or waits.

A step with nothing to do would find that out, write a dozen events that say what stands there already, and cost more than all the
work of a small refresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.domains import REFERENCE

if TYPE_CHECKING:
    from pipelines.project import Project


def selected(project: Project, domains: Sequence[str]) -> dict[str, list[str]]:
    """The domains whose core a refresh folds, each with those of its sources that are taken in and staged.

    Args:
        project: after ``ingest_ahead``.
        domains: those that are refreshed; reference domains are looked at with them.
    """
    found: dict[str, list[str]] = {}
    wanted = project.sources_in_play(domains)
    for domain in (*REFERENCE, *domains):
        waiting = project.waiting(domain)
        mine = [s for s in wanted if project.sources[s].domain == domain]
        active = [s for s in mine if waiting is None or s in waiting or project.brought_anything(s)]
        if active or waiting != []:
            found[domain] = active
    return found
