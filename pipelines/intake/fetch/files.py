"""Sources that serve files: each at one address, at an address that holds a date, or in pages.

A snapshot is whole: where a file that it must have cannot be had, nothing of it is kept but the receipt with the reason.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx

from assets.errors import BilateralError
from pipelines.intake.archive import unzip
from pipelines.intake.fetch.asking import Answer, Asker, Failure, FetchPolicy, FetchSettings, open_client
from pipelines.intake.fetch.feeds import fetch_feeds
from pipelines.intake.fetch.slots import DAY, gdelt_days, gdelt_slots, recent_slots
from pipelines.intake.raw_store import FileReceipt, Http, RawStore, Receipt, Taken
from pipelines.intake.sources import FileSpec, Source

MOST_PAGES = 500
"""More pages than any source has: an answer that always names a next page must end somewhere."""
EDITION = "views.json"
"""What a Socrata portal says of a data set; ``rowsUpdatedAt`` in it tells one edition from the next."""


def fetch_source(
    store: RawStore,
    source: Source,
    settings: FetchSettings,
    *,
    now: datetime,
    policy: FetchPolicy | None = None,
    client_factory: Callable[[FetchSettings, FetchPolicy], httpx.Client] = open_client,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Ask a source for what it serves now.

    Args:
        store: where it goes.
        source: whom to ask, as declared.
        settings: time-outs, tries, user agent.
        now: the moment of retrieval; a naive one is UTC.
        policy: which addresses may be asked; the strict one by default.
        client_factory: makes the HTTP client.
        sleep: waits between two tries.

    Returns:
        One receipt: accepted, unchanged, quarantined, or failed with the reason. A source with an index of quarter-hours
        (GDELT) gives one for each slot of the last day that is not held. A source that is taken in by hand
        gives a note and no receipt.

    Raises:
        BilateralError: the raw store cannot be written.
    """
    if source.live == "manual":
        return Taken(notes=(f"{source.id}: not fetched; it is taken in by hand with `bilateral refresh --from DIR`",))
    context: dict[str, Any] = {"now": now, "policy": policy, "client_factory": client_factory, "sleep": sleep}
    indexes = {spec.index for spec in source.files.values()}
    if "slots" in indexes:
        return gdelt_slots(store, source, settings, recent_slots(now), **context)
    if "days" in indexes:
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return gdelt_days(store, source, settings, [(today - n * DAY).date() for n in range(1, 8)], **context)
    if "feeds" in indexes:
        return fetch_feeds(store, source, settings, **context)
    last = store.last_answer(source.id)
    seen = {} if last is None else {f.name: f for f in last.files if f.sha256 is not None}
    files: dict[str, bytes] = {}
    http: dict[str, Http] = {}
    failures: list[str] = []
    policy = policy or FetchPolicy()
    with client_factory(settings, policy) as client:
        asker = Asker(client, source, settings, policy, sleep)
        for name, spec in source.files.items():
            if spec.url is None or spec.via not in (None, settings.socrata):
                continue
            left = source.max_bytes - sum(map(len, files.values()))
            try:
                if spec.pages is not None:
                    if last is not None and _edition(files) is not None and _edition(files) == _edition_of(store, last):
                        return _repeated(store, source, last, now)
                    for page, answer in _pages(asker, name, spec, left):
                        files[page], http[page] = answer.body or b"", answer.http
                    continue
                url = _dated(spec, source, now)
                answer = asker.ask(url, left, _conditions(seen.get(name), url))
                http[name] = answer.http
                if answer.body is None and last is not None:
                    http[name] = _kept(answer.http, seen[name])
                    files[name] = store.read(source.id, last.snapshot)[name]
                elif spec.zipped:
                    members = unzip(answer.body or b"", left, name)
                    del http[name]
                    files |= members
                    http |= dict.fromkeys(members, answer.http)
                else:
                    files[name] = answer.body or b""
            except Failure as failure:
                http[name] = failure.http
                failures.append(f"{name}: {failure.reason}")
                # A file that is absent from a snapshot says nothing, so the others need not wait for an optional one.
                if spec.required or spec.pages is not None:
                    return Taken((store.put_failed(source, now, failures[-1], origin="live", http=http),))
            except BilateralError as error:
                return Taken((store.put_failed(source, now, str(error), origin="live", http=http),))
    if not files:
        return Taken((store.put_failed(source, now, "; ".join(failures), origin="live", http=http),))
    warnings = tuple(f"a file was left out: {failure}" for failure in failures)
    return Taken((store.put(source, now, files, origin="live", http=http, warnings=warnings),))


def _conditions(seen: FileReceipt | None, url: str) -> dict[str, str]:
    """Headers that let the server answer "not modified" where it served the held bytes from this very address."""
    if seen is None or seen.url != url:
        return {}
    pairs = (("if-none-match", seen.etag), ("if-modified-since", seen.last_modified))
    return {name: value for name, value in pairs if value is not None and value.isascii() and value.isprintable()}


def _kept(http: Http, seen: FileReceipt) -> Http:
    """A 304 need not repeat the marks of the bytes that it stands for."""
    return Http(http.url, http.status, http.etag or seen.etag, http.last_modified or seen.last_modified)


def _dated(spec: FileSpec, source: Source, now: datetime) -> str:
    """The address with the day that it asks for, in the source's time zone: a list of a date is asked for by that date."""
    moment = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
    day = moment.astimezone(ZoneInfo(source.timezone)).date() - timedelta(days=spec.days_back)
    return (spec.url or "").replace("{date}", day.isoformat())


# pages ----------------------------------------------------------------------------------------------------------------


def _pages(asker: Asker, pattern: str, spec: FileSpec, limit: int) -> Iterator[tuple[str, Answer]]:
    """The pages of a file, each under its name, until one says that it is the last."""
    url, size = spec.url or "", 0
    for number in range(1, MOST_PAGES + 1):
        answer = _page(asker, url, spec, number, limit - size)
        body = answer.body or b""
        size += len(body)
        yield str(PurePosixPath(pattern.replace("*", f"{number:04d}"))), answer
        content = _json(body, asker, answer.http)
        if spec.pages == "next_page_url":
            following = content.get("next_page_url") if isinstance(content, Mapping) else None
            if not isinstance(following, str):
                return
            url = following
        elif not isinstance(content, list) or len(content) < spec.page_rows:
            return
    raise Failure(f"{asker.source.id}: more than {MOST_PAGES} pages of {url[:200]}", http=Http(url))


def _page(asker: Asker, url: str, spec: FileSpec, number: int, limit: int) -> Answer:
    token = asker.settings.socrata_token
    headers = {} if token is None or spec.pages == "next_page_url" else {"x-app-token": token}
    if spec.pages == "socrata":
        # rows come in no order unless one is asked for, and without a limit only the first thousand
        asked = {"$order": ":id", "$limit": spec.page_rows, "$offset": (number - 1) * spec.page_rows}
        return asker.ask(f"{url}?{urlencode(asked, safe='$:')}", limit, headers)
    if spec.pages == "soda3":
        if token is None:
            raise Failure("SODA3 needs an application token (BILATERAL_SOCRATA_TOKEN), or choose the setting api", http=Http(url))
        page = {"pageNumber": number, "pageSize": spec.page_rows}
        posted = json.dumps({"query": "SELECT *", "page": page, "includeSynthetic": False}).encode()
        return asker.ask(url, limit, headers | {"content-type": "application/json"}, posted=posted)
    return asker.ask(url, limit, headers)


def _json(body: bytes, asker: Asker, http: Http) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Failure(f"a page of {asker.source.id} is not JSON: it begins with {body[:40]!r}", http=http) from None


def _edition(files: Mapping[str, bytes]) -> int | None:
    """When the rows were updated, by what the portal says beside them; None where it does not say."""
    try:
        said = json.loads(files[EDITION])
    except (KeyError, ValueError, RecursionError):
        return None
    updated = said.get("rowsUpdatedAt") if isinstance(said, Mapping) else None
    return updated if isinstance(updated, int) else None


def _edition_of(store: RawStore, receipt: Receipt) -> int | None:
    return _edition(store.read(receipt.source, receipt.snapshot))


def _repeated(store: RawStore, source: Source, last: Receipt, now: datetime) -> Taken:
    """The edition that is held, taken in again without asking for its rows: unchanged."""
    held = store.read(source.id, last.snapshot)
    http = {f.name: Http(f.url or "", f.http_status, f.etag, f.last_modified) for f in last.files}
    return Taken((store.put(source, now, held, origin="live", http=http),))
