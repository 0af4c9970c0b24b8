"""A declared source for tests of what works on any source."""

from __future__ import annotations

from typing import Any

from pipelines.intake.raw_store import RawStore
from pipelines.intake.receipts import Receipt
from pipelines.intake.sources import Source
from pipelines.layers.staged import fed_by

_DECLARED: dict[str, Any] = {
    "id": "us_ofac_sdn",
    "domain": "sanctions",
    "title": "t",
    "publisher": "p",
    "licence": "l",
    "citation": "c",
    "url": "https://example.org",
    "cadence": "daily",
    "timezone": "UTC",
    "live": "manual",
}


def a_source(**given: Any) -> Source:
    """A source with what its declaration must hold; ``given`` is what the test is about (files and limits at least)."""
    return Source(**(_DECLARED | given))


def that_feed(store: RawStore, source: str) -> list[Receipt]:
    """The receipts of the snapshots that feed the next layer, in order of time."""
    return [store.receipt(source, name) for name in fed_by(store, source, store.snapshots(source))]
