"""A declared source and a published file for tests of what works on any."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.schema import declared
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import FileSpec, Source
from pipelines.publish import build as warehouse
from pipelines.storage.staged import fed_by

_DECLARED: dict[str, Any] = {
    "id": "us_ofac_sdn", "domain": "sanctions", "title": "t", "publisher": "p", "licence": "l", "citation": "c",
    "url": "https://example.org", "cadence": "daily", "timezone": "UTC", "live": "manual", "max_bytes": 1_000_000,
    "max_line_bytes": 10_000, "files": {"sdn.csv": FileSpec(), "add.csv": FileSpec(required=False)},
}  # fmt: skip


def a_source(**given: Any) -> Source:
    """A source with what its declaration must hold; ``given`` is what the test is about, and may be what none declares."""
    return Source(**_DECLARED).model_copy(update=given)


def that_feed(store: RawStore, source: str) -> list[Receipt]:
    """The receipts of the snapshots that feed the next layer, in order of time."""
    return [store.receipt(source, name) for name in fed_by(store, source, store.snapshots(source))]


def a_published_file(path: Path, run: str, n: int, before: Path | None = None) -> Path:
    """A warehouse of ``n`` listings; ``before``: the file published before it."""
    ids = {"listing_id": pl.format("us_ofac_sdn:{}", "native_id"), "actor_id": pl.format("us_ofac_sdn:{}", "native_id")}
    constant = {"list_id": "us_ofac_sdn", "party_type": "entity", "name": "X"}
    days = {"known_from": datetime(2023, 1, 1), "valid_from": date(2023, 1, 1)}
    listings = pl.DataFrame({"native_id": [str(i) for i in range(n)]}).with_columns(
        **ids, **{column: pl.lit(value) for column, value in (constant | days).items()}
    )
    made = {"publication_id": run, "run_id": run, "built_at": datetime(2024, 1, 1), "origin": "real"}
    made |= {"code_fingerprint": "x", "core_versions": "{}"}
    build = pl.DataFrame([made], schema=declared()["meta.build"].polars)
    texts = {name: name.upper() for name in ("title", "publisher", "licence", "citation", "url")}
    texts["licence"] = "Public domain"
    sources = pl.DataFrame([{"source": "us_ofac_sdn", "n_snapshots": 1, "tables": ["sanction_listings"]} | texts])
    warehouse.build(path, {"sanction_listings": listings}, {"build": build, "sources": sources}, before=before)
    return path
