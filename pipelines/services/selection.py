"""Which sources and domains a refresh has to run: those of which something came or waits.

A step with nothing to do would find that out, write a dozen events that say what stands there already, and cost more than all the
work of a small refresh.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.domains import REFERENCE
from pipelines.services.ingest import Ingest
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse


def selected(warehouse: Warehouse, domains: Sequence[str]) -> dict[str, list[str]]:
    """The domains whose core a refresh folds, each with those of its sources that are taken in and staged.

    Args:
        warehouse: after ``ingest_ahead``.
        domains: those that are refreshed; reference domains are looked at with them.
    """
    found: dict[str, list[str]] = {}
    wanted = Ingest(warehouse).sources_in_play(domains)
    for domain in (*REFERENCE, *domains):
        waiting = Transform(warehouse).waiting(domain)
        mine = [s for s in wanted if warehouse.sources[s].domain == domain]
        active = [s for s in mine if waiting is None or s in waiting or Ingest(warehouse).brought_anything(s)]
        if active or waiting != []:
            found[domain] = active
    return found
