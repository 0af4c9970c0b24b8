"""The first service: what the origin has of a source comes into raw."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from assets.errors import BilateralError
from pipelines.ingest import origin as origins
from pipelines.ingest.archive import import_archive
from pipelines.ingest.receipts import Ingested, Receipt
from pipelines.ingest.record import import_record
from pipelines.ingest.sources import Source
from pipelines.services.report import Report
from pipelines.services.warehouse import Warehouse
from pipelines.storage.core import log
from pipelines.util.disk_errors import disk_error_message


class Ingest:
    """Ingest sources into the raw store of a warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def choose_origin(self, wanted: str | None) -> str:
        """Resolve ``--from``: record, live, a folder, or None for the origin last used. Raises BilateralError if it is empty."""
        wh = self.warehouse
        wh.chosen_origin = origins.choose_origin(wanted, wh.origin(), wh.folder, wh.sources, wh.say)
        return wh.chosen_origin

    def sources_in_play(self, domains: Collection[str]) -> list[str]:
        """Sources of these domains that a refresh from the chosen origin can bring anything of, or of which raw has something."""
        origin = self.warehouse.chosen_origin or self.choose_origin(None)
        return origins.sources_in_play(origin, self.warehouse.sources, domains, self.warehouse.raw)

    def ingest_ahead(self, source_ids: Collection[str]) -> bool:
        """Ingest sources before any step is run, for the next ``ingest`` of each to give; whether anything came of it."""
        wh = self.warehouse
        wh.ahead = {}
        for source_id in source_ids:
            wh.report = Report()
            receipts = self.ingest(source_id)
            wh.ahead[source_id] = (receipts, wh.report)
        wh.report = Report()
        return any(map(self.brought_anything, source_ids))

    def brought_anything(self, source_id: str) -> bool:
        """Whether ``ingest_ahead`` took anything of a source in, or has something to say of it."""
        receipts, report = self.warehouse.ahead.get(source_id, ([], Report()))
        return bool(receipts or report.problems)

    def ingest(self, source_id: str, days: Collection[str] | None = None) -> list[Receipt]:
        """Ingest what is new of a source, or of ``days`` (ISO) of it; a problem is a receipt or in the report, no exception."""
        wh = self.warehouse
        if days is None and source_id in wh.ahead:
            receipts, report = wh.ahead.pop(source_id)
            wh.report.problems += report.problems
            return receipts
        source = wh.sources[source_id]
        origin = wh.chosen_origin or self.choose_origin(None)
        with wh.lock():
            try:
                taken = wh.without_damaged(lambda: self._take_in(source, origin, days))
                receipts = [*taken.receipts, *wh.without_damaged(lambda: wh.raw.accept_reviewed(source))]
            except BilateralError as problem:
                wh.report.problems.append(f"{source_id}: {problem}")
                wh.say(f"{source_id}: {problem}")
                return []
            except Exception as fault:  # a fault on what one source served must not keep the others from being published
                log.exception("ingesting %s", source_id)
                unwritten = disk_error_message(fault, wh.folder)
                text = unwritten or f"the program failed on what it was given: {type(fault).__name__}: {fault}"
                more = "" if unwritten else "; nothing more of it was ingested. Please report this, with refresh.log"
                wh.report.problems.append(f"{source_id}: {text}{more}")
                wh.say(f"{source_id}: {text}")
                return []
            origins.note_origin(wh.folder, origin)
        wh.report.problems += taken.problems
        for note in (*taken.notes, *taken.problems):
            wh.say(f"  {note}")
        if taken.gaps:
            first, last = taken.gaps[0], taken.gaps[-1]
            wh.say(f"  {source_id}: {len(taken.gaps):,} slots are missing at the source, {first} to {last} UTC")
        accepted = sum(r.verdict == "accepted" for r in receipts)
        bad_ones = sum(r.verdict in ("quarantined", "failed") for r in receipts)
        summary = f"{accepted:,} new snapshots" + (f", {bad_ones:,} not accepted" if bad_ones else "")
        wh.say(f"{source_id}: {summary}" if receipts else f"{source_id}: nothing new")
        return receipts

    def _take_in(self, source: Source, origin: str, days: Collection[str] | None) -> Ingested:
        wh = self.warehouse
        if origin == origins.RECORD_ORIGIN:
            return import_record(wh.raw, source)
        if origin != "live":
            folder = Path(origin)
            if not (folder / source.id).exists():
                return Ingested()  # an archive need not have every source
            return import_archive(wh.raw, source, folder, state=wh.state, rehash=wh.rehash)
        # clients of the web take longer to import than a refresh that finds nothing new takes otherwise
        from pipelines.ingest.fetch import fetch
        from pipelines.ingest.fetch.http import FetchContext

        now = wh.now().replace(microsecond=0)
        wh.raw.refuse_clock_set_back(source.id, now)
        visit = FetchContext(source, wh.settings.fetch, now, wh.raw)
        named = None if days is None else sorted(map(date.fromisoformat, days))
        return wh.raw.take(source, fetch(visit, named), origin="live")
