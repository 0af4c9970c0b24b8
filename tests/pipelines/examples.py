"""A declared source and a published file for tests of what works on any."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.schema import declared
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import Source
from pipelines.publish import build as warehouse
from pipelines.storage.staged import fed_by

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


def a_published_file(path: Path, run: str, n: int, before: Path | None = None) -> Path:
    """A warehouse of ``n`` listings; ``before``: the file published before it."""
    listings = pl.DataFrame(
        {
            "listing_id": [f"us_ofac_sdn:{i}" for i in range(n)],
            "list_id": ["us_ofac_sdn"] * n,
            "native_id": [str(i) for i in range(n)],
            "actor_id": [f"us_ofac_sdn:{i}" for i in range(n)],
            "party_type": ["entity"] * n,
            "name": ["X"] * n,
            "known_from": [datetime(2023, 1, 1)] * n,
            "valid_from": [date(2023, 1, 1)] * n,
        }
    )
    build = pl.DataFrame(
        [
            {
                "publication_id": run,
                "run_id": run,
                "built_at": datetime(2024, 1, 1),
                "origin": "real",
                "code_fingerprint": "x",
                "core_versions": "{}",
            }
        ],
        schema=declared()["meta.build"].polars,
    )
    texts = {name: name.upper() for name in ("title", "publisher", "licence", "citation", "url")}
    texts["licence"] = "Public domain"
    sources = pl.DataFrame([{"source": "us_ofac_sdn", "n_snapshots": 1, "tables": ["sanction_listings"]} | texts])
    warehouse.build(path, {"sanction_listings": listings}, {"build": build, "sources": sources}, before=before)
    return path
