"""A clock that was set back: what is taken in now would be put before what was taken in earlier, and be taken for older."""

from __future__ import annotations

from datetime import UTC, datetime

from assets.errors import BilateralError
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import Source


def refuse_clock_set_back(store: RawStore, source: Source, now: datetime) -> None:
    """See that no snapshot that this machine fetched bears a moment that is still to come.

    Args:
        store: the raw store.
        source: about to be asked.
        now: what the clock says; a naive one is UTC.

    Raises:
        BilateralError: one does. Snapshots of archives bear the moments that people gave them, and are not looked at.
    """
    moment = now if now.tzinfo is None else now.astimezone(UTC).replace(tzinfo=None)
    for receipt in store.receipts(source.id):
        if receipt.retrieved_at <= moment:
            return
        if receipt.origin == "live" and receipt.verdict in ("accepted", "unchanged"):
            name = f"{source.id}/{receipt.snapshot}"
            raise BilateralError(
                f"not asked: the clock of this machine says {moment:%Y-%m-%d %H:%M:%S} UTC, and {name} was fetched after that. "
                "The clock was set back, or was ahead then; what is fetched now would be taken for older than what is held. "
                "Nothing of it was changed. Set the clock right and refresh again. Where it is right now, move what bears the "
                f"wrong moment out of the raw store: the folder {store.root / source.id / receipt.snapshot}."
            )
