"""Each address of the live sources asked once, for its first bytes: what it answers, and what a refresh would make of that."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.fetch.feeds import own_table, read_feeds
from pipelines.ingest.fetch.files import address_of
from pipelines.ingest.fetch.http import Failure, FetchContext, FetchPolicy, open_client
from pipelines.ingest.fetch.secrets import Veil
from pipelines.ingest.guards import refusal_of_beginning
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Http
from pipelines.ingest.sources import FileSpec, Source
from pipelines.settings import FetchSettings

FIRST_BYTES = 65_536
_AT_ONCE = 8


@dataclass(frozen=True)
class ProbeResult:
    """What became of one address. ``is_good``: a refresh would take in what it serves, as far as its beginning tells."""

    source: str
    file: str
    host: str
    status: int | None
    n_bytes: int | None
    seconds: float
    is_good: bool
    says: str


def ask_each(
    sources: Iterable[Source],
    settings: FetchSettings,
    now: datetime,
    raw: RawStore,
    open_with: Callable[[FetchSettings, FetchPolicy], httpx.Client] = open_client,
) -> list[ProbeResult]:
    """Ask each address of the live sources once, one after the other at each source (``now``: UTC). Nothing is taken in."""
    once = settings.model_copy(update={"max_tries": 1})
    live = [source for source in sources if source.live == "fetch"]

    def ask(source: Source) -> list[ProbeResult]:
        bare = source.model_copy(update={"max_tries": None})
        visit = FetchContext(bare, once, now, raw, open_client=open_with)
        veil = Veil.of(settings, [])
        return [replace(a, says=veil.text(a.says)) for a in _ask(visit)]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [a for answers in progress.each(list(pool.map(ask, live)), "asking", "sources") for a in answers]


def _ask(visit: FetchContext) -> Iterator[ProbeResult]:
    source = visit.source
    if any(spec.index == "feeds" for spec in source.files.values()):
        for feed in read_feeds(visit.settings.feeds or own_table(source)):
            yield _ask_one(replace(visit, source=source.model_copy(update={"hosts": (feed.site,)})), feed.feed, feed.url, None)
        return
    for name, spec in source.files.items():
        if spec.url is not None and spec.via in (None, visit.settings.socrata) and spec.pages != "soda3":
            yield _ask_one(visit, name, None, spec)


def _ask_one(visit: FetchContext, name: str, url: str | None, spec: FileSpec | None) -> ProbeResult:
    begun = time.monotonic()
    host = urlsplit(url or (spec.url if spec is not None else None) or "").hostname or ""
    http, n_bytes, is_good = Http(url or ""), None, False
    try:
        with visit.asker() as asker:
            if url is None and spec is not None:
                url = address_of(visit, asker, spec)  # may ask the list of days, whole
            only = replace(asker, first_bytes=FIRST_BYTES)
            wanted = f"{url}?$limit=1" if spec is not None and spec.pages == "socrata" else str(url)
            headers = {"range": f"bytes=0-{FIRST_BYTES - 1}"}
            answer = only.ask(wanted, visit.source.max_bytes, headers, has_checksum=visit.source.http_with_checksum)
        http, n_bytes = answer.http, answer.n_bytes
        # the list of a pattern is an index, and no file of it
        of_bytes = None if spec is None or spec.index is not None or spec.zipped else spec
        refusal = refusal_of_beginning(answer.body or b"", of_bytes)
        if refusal is None and n_bytes is not None and n_bytes > visit.source.max_bytes:
            refusal = f"{n_bytes:,} bytes, more than {visit.source.max_bytes:,} (max_bytes in its declaration)"
        is_good = refusal is None
        via = urlsplit(answer.address).hostname
        redirected = "" if via in (host, None) else f"; from {via}"
        says = f"would be refused: {refusal}" if refusal is not None else f"would be accepted{_known(visit, name, http)}"
        says += redirected
    except Failure as failure:
        http, says = failure.http, failure.reason
    except BilateralError as error:
        says = str(error)
    says = re.sub(r"\s+", " ", says)
    return ProbeResult(visit.source.id, name, host, http.status, n_bytes, time.monotonic() - begun, is_good, says)


def _known(visit: FetchContext, name: str, http: Http) -> str:
    last = visit.raw.last_answer(visit.source.id)
    seen = None if last is None else next((f for f in last.files if f.name == name), None)
    if seen is None:
        return "; there are no data of it yet" if last is None else ""
    marks = (seen.etag or "", seen.last_modified or "")
    return "; unchanged by its own word" if any(marks) and marks == (http.etag or "", http.last_modified or "") else ""
