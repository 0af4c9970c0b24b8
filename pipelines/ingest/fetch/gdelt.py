"""GDELT, which publishes its files in slots and an index of them with sizes and checksums: quarter-hours, and days of 1.0."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urljoin

from assets.errors import BilateralError
from assets.news.gdelt.events import pair_of, rows_of_pair
from pipelines.ingest.archive import unzip
from pipelines.ingest.fetch.http import Failure, FetchContext, Requester, Response
from pipelines.ingest.raw_store import SLOTS_A_DAY
from pipelines.ingest.receipts import Attempt, Gap, Http, Note
from pipelines.ingest.sources import Source

SLOT = timedelta(minutes=15)
_LINES = {
    "slots": re.compile(rb"^(\d{1,12}) ([0-9a-f]{32}) (\S{1,300}/(\d{14})(\.\S{1,40})\.zip)\r?$", re.MULTILINE | re.IGNORECASE),
    "days": re.compile(rb"^()([0-9a-f]{32})  ((\d{8})(\.\S{1,40})\.zip)\r?$", re.MULTILINE | re.IGNORECASE),
}
"""Of an index, lines ``size md5 url`` of quarter-hours, and ``md5  name`` of days of GDELT 1.0, which has the other order."""
_INDEX_LINE_BYTES = 130
"""Upper estimate of a line of GDELT's master list (seen: 97 to 112 bytes)."""
_INDEX_LINES_PER_SLOT = 3
_MAX_INDEX_BYTES = 500_000_000
"""GDELT's English master list: three lines for each of 96 slots a day since 2015, about 120 MB in 2026."""
DAY = timedelta(days=1)
_HOST = "data.gdeltproject.org"
"""Its index writes addresses of this host with http."""


@dataclass(frozen=True)
class IndexLine:
    """A line of an index of GDELT: the moment (naive UTC) of a file's snapshot, its checksum, address, and size where stated."""

    slot: datetime
    n_bytes: int | None
    md5: str
    url: str


def parse_index(data: bytes, suffix: str, kind: Literal["slots", "days"], base: str = "") -> dict[datetime, IndexLine]:
    """Lines of files ``YYYYMMDD[HHMMSS]<suffix>.zip`` by moment (a day: the midnight after it); ``base``: address of the list."""
    found = {}
    wanted = suffix.casefold().encode()
    for n_bytes, md5, name, digits, ending in _LINES[kind].findall(data):
        if ending.lower() != wanted:
            continue
        try:
            # Naive UTC, as all moments in the store.
            moment = datetime.strptime(digits.decode().ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007
            moment += DAY if kind == "days" else timedelta()
            url = urljoin(base, name.decode("latin-1"))
        except (ValueError, OverflowError):
            continue
        found[moment] = IndexLine(moment, int(n_bytes) if n_bytes else None, md5.decode().lower(), url)
    return found


def quarter_hours(start: datetime, end: datetime) -> list[datetime]:
    """The slots of GDELT from ``start`` to before ``end`` (naive UTC), each on a full quarter of an hour."""
    first = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    first = first if first >= start else first + SLOT
    return [first + i * SLOT for i in range(max(0, -((first - end) // SLOT)))]


def recent_slots(now: datetime) -> list[datetime]:
    """The slots of the last day up to ``now`` (naive UTC), all of them in each run: one that failed is asked for again."""
    end = now + timedelta(seconds=1)
    return quarter_hours(end - DAY, end)


def gdelt_slots(visit: FetchContext, slots: Iterable[datetime]) -> Iterator[Attempt | Gap | Note]:
    """Fetch quarter-hours of GDELT, each a snapshot whose moment is the slot (naive UTC): then it was published.

    Size and MD5 are those of the index: of ``lastupdate.txt``, and for older slots of the end of ``masterfilelist.txt``. What is
    held is not asked for; gaps are slots that the index leaves out although it names later ones.
    """
    pattern, url = _indexed(visit.source)
    wanted = visit.raw.missing(visit.source.id, (slot for slot in slots if slot <= visit.moment))
    yield from _fetch(visit, wanted, lambda asker: _index(asker, url, pattern.lstrip("*"), wanted))


def gdelt_days(visit: FetchContext, days: Iterable[date], pair: tuple[str, str] | None = None) -> Iterator[Attempt | Gap | Note]:
    """Fetch days of GDELT 1.0, each a snapshot whose moment is the midnight (UTC) that ends the day, its MD5 that of the list.

    ``pair``: ids of two states, of which alone the events are kept, in a file that bears their names: it is not the day. Gaps are
    days that the list leaves out although it names later ones.
    """
    pattern, url = _indexed(visit.source)
    midnights = (datetime(d.year, d.month, d.day) + DAY for d in days)
    enough = (None, pair, pair and pair[::-1])  # the whole day, or the pair in either order
    wanted = visit.raw.missing(
        visit.source.id,
        (midnight for midnight in midnights if midnight <= visit.moment),
        lambda receipt: any(pair_of(file.name) in enough for file in receipt.files),
    )

    def listed(asker: Requester) -> dict[datetime, IndexLine]:
        return parse_index(_ask(asker, url, _MAX_INDEX_BYTES).body or b"", pattern.lstrip("*"), "days", url)

    for finding in _fetch(visit, wanted, listed):
        if isinstance(finding, Attempt) and finding.files is not None and pair is not None:
            yield _of_pair(finding, finding.files, pair)
        else:
            yield Gap(finding.moment - DAY) if isinstance(finding, Gap) else finding


def _of_pair(whole: Attempt, files: Mapping[str, bytes], pair: tuple[str, str]) -> Attempt:
    kept, http = {}, {}
    for name, data in files.items():
        day, _, rest = name.partition(".")
        own = f"{day}.{pair[0]}-{pair[1]}.{rest}"
        try:
            kept[own], http[own] = rows_of_pair(data, pair), whole.http[name]
        except BilateralError as error:
            return replace(whole, files=None, reason=f"{name}: {error}")
    said = f"of {', '.join(files)} the events between {pair[0]} and {pair[1]} alone were kept"
    return replace(whole, files=kept, http=http, warnings=(*whole.warnings, said))


def _fetch(
    visit: FetchContext, wanted: list[datetime], listed: Callable[[Requester], dict[datetime, IndexLine]]
) -> Iterator[Attempt | Gap | Note]:
    """The files of the wanted moments; ``listed`` asks for the index."""
    if not wanted:
        return
    with visit.asker() as asker:
        try:
            lines = listed(asker)
        except Failure as failure:
            yield Attempt(visit.moment, None, f"index: {failure.reason}", {"index": failure.http})
            return
        for number, moment in enumerate(wanted):
            if asker.is_over:
                left = len(wanted) - number
                yield Note(f"{visit.source.id}: its time in this run is over; {left:,} files are left for the next run")
                return
            if moment in lines:
                yield _ask_for(asker, lines[moment])
            elif lines and moment < max(lines):
                yield Gap(moment)


def _indexed(source: Source) -> tuple[str, str]:
    """The pattern of a source that has an index, and the address of the index."""
    for name, spec in source.files.items():
        if spec.index in ("slots", "days") and spec.url is not None:
            return name, spec.url
    raise BilateralError(f"{source.id}: expected a pattern with the url of an index in its declaration (files)")


def _index(asker: Requester, url: str, suffix: str, wanted: list[datetime]) -> dict[datetime, IndexLine]:
    """The short index; where that does not name all that is wanted the end of the master list, or all of it."""

    def listed(url: str, headers: Mapping[str, str] | None = None) -> tuple[dict[datetime, IndexLine], bool]:
        answer = _ask(asker, url, _MAX_INDEX_BYTES, headers)
        body, is_end = answer.body or b"", answer.http.status == 206
        # The first line of an end is cut, and a cut size is a wrong one.
        return parse_index(body[body.find(b"\n") + 1 :] if is_end else body, suffix, "slots"), is_end

    short, _ = listed(url)
    newest = max(short, default=None)
    missing = [slot for slot in wanted if slot not in short and (newest is None or slot < newest)]
    if not missing:
        return short
    master, is_end = urljoin(url, "masterfilelist.txt"), True
    found: dict[datetime, IndexLine] = {}
    if newest is not None:
        n_bytes = ((newest - missing[0]) // SLOT + SLOTS_A_DAY) * _INDEX_LINES_PER_SLOT * _INDEX_LINE_BYTES
        found, is_end = listed(master, {"range": f"bytes=-{n_bytes}"})
    if is_end and (not found or min(found) > missing[0]):
        found, _ = listed(master)
    return found | short


def _ask(asker: Requester, url: str, limit: int, headers: Mapping[str, str] | None = None) -> Response:
    """Ask over https, and by plain http where the certificate is not that of the host: what comes is compared with its MD5."""
    try:
        return asker.ask(url, limit, headers, has_checksum=True)
    except Failure as failure:
        if not failure.is_tls:
            raise
        return asker.ask(url.replace("https://", "http://", 1), limit, headers, has_checksum=True)


def _ask_for(asker: Requester, line: IndexLine) -> Attempt:
    name = line.url.rpartition("/")[2]
    http = {name: Http(line.url)}
    try:
        if line.n_bytes is not None and line.n_bytes > asker.source.max_bytes:
            raise BilateralError(f"{name}: {line.n_bytes:,} bytes by the index, more than max_bytes in its declaration")
        answer = _ask(asker, line.url.replace(f"http://{_HOST}/", f"https://{_HOST}/", 1), asker.source.max_bytes)
        http = {name: answer.http}
        packed = answer.body or b""
        md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
        if line.n_bytes not in (None, len(packed)) or md5 != line.md5:
            stated = line.md5 if line.n_bytes is None else f"{line.n_bytes:,} bytes with {line.md5}"
            raise BilateralError(f"{name}: not the file of the index: {len(packed):,} bytes, MD5 {md5}, by the index {stated}")
        members = unzip(packed, asker.source.max_bytes, name)
    except Failure as failure:
        return Attempt(line.slot, None, f"{name}: {failure.reason}", {name: failure.http})
    except BilateralError as error:
        return Attempt(line.slot, None, str(error), http)
    return Attempt(line.slot, members, http=dict.fromkeys(members, answer.http))
