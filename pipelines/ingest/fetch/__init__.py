"""The live fetcher: asks a source politely and yields what it served, whole. It stores nothing.

``http`` holds one request, ``network`` its connection; ``files``, ``gdelt`` and ``feeds`` the ways in which sources serve.
``pipelines.ingest.guards`` refuses, and ``pipelines.ingest.raw_store`` keeps, what came.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import date, datetime

from assets.errors import BilateralError
from pipelines.ingest.fetch.feeds import fetch_feeds
from pipelines.ingest.fetch.files import fetch_files
from pipelines.ingest.fetch.gdelt import DAY, gdelt_days, gdelt_slots, quarter_hours, recent_slots
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.fetch.secrets import Veil
from pipelines.ingest.receipts import Attempt, Finding, Note

log = logging.getLogger(__name__)

DAYS_BACK = 7
"""Days that are over and of which an hourly run asks for those that are not held, where a source publishes by days."""


def fetch(visit: FetchContext, days: Collection[date] | None = None) -> Iterator[Finding]:
    """Ask a source for what it serves now, or of a source with an index (GDELT) for what it published of ``days`` (UTC).

    Whatever goes wrong is a failed attempt. The next file is asked for when the caller asks for the next attempt.
    """
    veil = Veil.of(visit.settings)
    try:
        for finding in _findings(visit, days):
            yield veil.over(finding)
    except BilateralError:
        raise
    except Exception as fault:  # whatever a server sends must not end a refresh, in which the other sources are still to come
        log.error("fetching %s\n%s", visit.source.id, veil.fault())
        reason = f"the fetcher failed on what was served: {type(fault).__name__}: {fault}"
        yield veil.over(Attempt(visit.moment, None, f"{reason}. Please report this, with refresh.log"))


def _findings(visit: FetchContext, days: Collection[date] | None) -> Iterator[Finding]:
    source = visit.source
    indexes = {spec.index for spec in source.files.values()}
    if source.live == "manual":
        yield Note(f"{source.id}: not fetched; it is ingested by hand with `bilateral refresh --from DIR`")
    elif "slots" in indexes:
        midnights = [datetime(day.year, day.month, day.day) for day in days or ()]
        named = [slot for start in midnights for slot in quarter_hours(start, start + DAY)]
        yield from gdelt_slots(visit, recent_slots(visit.moment) if days is None else named)
    elif "days" in indexes:
        over = [(visit.moment - n * DAY).date() for n in range(1, DAYS_BACK + 1)]
        yield from gdelt_days(visit, over if days is None else days)
    elif "feeds" in indexes:
        yield fetch_feeds(visit)
    else:
        yield fetch_files(visit)
