"""Sources that serve files: each at one address, at an address that holds a date, or in pages.

A snapshot is whole: where a file that it must have cannot be had, nothing of it is kept but the receipt with the reason.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

import httpx

from assets.errors import BilateralError
from pipelines.ingest.archive import unzip
from pipelines.ingest.fetch.http import Failure, FetchContext, Requester, Response
from pipelines.ingest.receipts import Attempt, FileReceipt, Http, Receipt
from pipelines.ingest.sources import FileSpec

MOST_PAGES = 500
"""More pages than any source has: an answer that always names a next page must end somewhere."""
EDITION = "views.json"
"""What a Socrata portal says of a data set; ``rowsUpdatedAt`` in it distinguishes one edition from the next."""


def fetch_files(visit: FetchContext) -> Attempt:
    """All files of a source as one snapshot: none where one that is required or a page fails, those held where the edition is."""
    snapshot = _Snapshot(visit)
    with visit.asker() as asker:
        for name, spec in visit.source.files.items():
            if spec.url is None or spec.via not in (None, visit.settings.socrata):
                continue
            try:
                if spec.pages is None:
                    snapshot.add_file(asker, name, spec)
                elif snapshot.is_of_the_edition_that_is_held():
                    return snapshot.repeated()
                else:  # of pages of which one fails none is kept
                    pages = dict(_pages(asker, name, spec, snapshot.left()))
                    snapshot.files |= {page: answer.body or b"" for page, answer in pages.items()}
                    snapshot.http |= {page: answer.http for page, answer in pages.items()}
            except Failure as failure:
                snapshot.http[name] = failure.http
                snapshot.failures.append(f"{name}: {failure.reason}")
                # A file that is absent from a snapshot says nothing, so the others need not wait for an optional one; nor for a
                # search whose pages name each other. The pages of a data set are one vintage: it is whole or not at all.
                if spec.required or spec.pages not in (None, "next_page_url"):
                    return Attempt(visit.moment, None, snapshot.failures[-1], snapshot.http)
            except BilateralError as error:
                return Attempt(visit.moment, None, str(error), snapshot.http)
    if not snapshot.files:
        return Attempt(visit.moment, None, "; ".join(snapshot.failures), snapshot.http)
    warnings = (*snapshot.notes, *(f"a file was left out: {failure}" for failure in snapshot.failures))
    return Attempt(visit.moment, snapshot.files, None, snapshot.http, warnings)


@dataclass
class _Snapshot:
    """What a visit has got so far, beside what the last one brought."""

    visit: FetchContext
    files: dict[str, bytes] = field(default_factory=dict)
    http: dict[str, Http] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    last: Receipt | None = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.visit.raw.last_answer(self.visit.source.id)

    def _last_files(self) -> dict[str, bytes]:
        return {} if self.last is None else self.visit.raw.read(self.last.source, self.last.snapshot)

    def left(self) -> int:
        """Bytes that the source may still send."""
        return self.visit.source.max_bytes - sum(map(len, self.files.values()))

    def add_file(self, asker: Requester, name: str, spec: FileSpec) -> None:
        """Ask for one file; the held file counts where it is not modified."""
        try:
            self._add(asker, name, spec, address_of(self.visit, asker, spec))
        except Failure as failure:
            if spec.fallback is None:
                raise
            try:
                self._add(asker, name, spec, spec.fallback)
            except Failure as second:
                raise Failure(f"{failure.reason}; {second.reason}", http=failure.http) from None
            self.notes.append(f"{name}: {failure.reason}; had from {httpx.URL(spec.fallback).host} instead")

    def _add(self, asker: Requester, name: str, spec: FileSpec, url: str) -> None:
        left = self.left()
        seen = None if self.last is None else next((f for f in self.last.files if f.name == name and f.sha256 is not None), None)
        answer = asker.ask(url, left, _conditions(seen, url))
        self.http[name] = answer.http
        if answer.body is None and self.last is not None and seen is not None:
            # a 304 need not repeat the marks of the bytes that it stands for
            marks = answer.http.etag or seen.etag, answer.http.last_modified or seen.last_modified
            self.http[name] = Http(answer.http.url, answer.http.status, *marks)
            self.files[name] = self._last_files()[name]
        elif spec.zipped:
            members = unzip(answer.body or b"", left, name)
            del self.http[name]
            self.files |= members
            self.http |= dict.fromkeys(members, answer.http)
        else:
            self.files[name] = answer.body or b""

    def is_of_the_edition_that_is_held(self) -> bool:
        """Whether the portal's rows were last updated when those that are held were."""
        edition = _edition(self.files)
        return self.last is not None and edition is not None and edition == _edition(self._last_files())

    def repeated(self) -> Attempt:
        """The snapshot that is held, once more, without asking for its rows: unchanged."""
        assert self.last is not None
        http = {f.name: Http(f.url or "", f.http_status, f.etag, f.last_modified) for f in self.last.files}
        return Attempt(self.visit.moment, self._last_files(), None, http)


def address_of(visit: FetchContext, asker: Requester, spec: FileSpec) -> str:
    """The address of a file with its key and day. Raises Failure where no key is set, or the list of titles tells no day."""
    url = spec.url or ""
    if spec.key is not None:
        key = getattr(asker.settings, spec.key)
        if key is None:
            setting = f"BILATERAL_{spec.key.upper()}"
            raise Failure(f"not asked: {httpx.URL(url).host} answers no query without a key; set {setting}", http=Http(url))
        url = f"{url}&{urlencode({'key': key})}"
    if "{date}" not in url:
        return url
    moment = visit.moment.replace(tzinfo=UTC).astimezone(ZoneInfo(visit.source.timezone))
    day = moment.date().isoformat()
    if spec.ecfr_title is not None:
        day = _newest_day(asker, spec.ecfr_title, urljoin(url, "/api/versioner/v1/titles.json"))
    # a list of a date is asked for by that date, in the source's time zone
    return url.replace("{date}", day)


def _conditions(seen: FileReceipt | None, url: str) -> dict[str, str]:
    """Headers that let the server answer "not modified" where it served the held bytes from this very address."""
    if seen is None or seen.url != url:
        return {}
    pairs = (("if-none-match", seen.etag), ("if-modified-since", seen.last_modified))
    return {name: value for name, value in pairs if value is not None and value.isascii() and value.isprintable()}


def _newest_day(asker: Requester, title: int, url: str) -> str:
    """The newest day of a title of the eCFR, which answers 404 for later ones (``up_to_date_as_of``). Raises Failure."""
    answer = asker.ask(url, 1_000_000)
    try:
        days = [entry["up_to_date_as_of"] for entry in json.loads(answer.body or b"")["titles"] if entry["number"] == title]
        return date.fromisoformat(days[0]).isoformat()
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise Failure(f"{url} does not say up to which day title {title} is edited", http=answer.http) from None


def _pages(asker: Requester, pattern: str, spec: FileSpec, limit: int) -> Iterator[tuple[str, Response]]:
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


def _page(asker: Requester, url: str, spec: FileSpec, number: int, limit: int) -> Response:
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


def _json(body: bytes, asker: Requester, http: Http) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Failure(f"a page of {asker.source.id} is not JSON: it begins with {body[:40]!r}", http=http) from None


def _edition(files: Mapping[str, bytes]) -> int | None:
    """When the rows were updated, by what the portal says next to them; None where it does not say."""
    try:
        said = json.loads(files[EDITION])
    except (KeyError, ValueError, RecursionError):
        return None
    updated = said.get("rowsUpdatedAt") if isinstance(said, Mapping) else None
    return updated if isinstance(updated, int) else None
