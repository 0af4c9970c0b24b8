"""Archives of the web, by what is documented of them; none was asked by this project.

- the CDX interface of the Wayback Machine: a list of lists, its first the names of the columns, a key to go on by at the end of a
  cut one (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server);
- TimeMaps in link-format, perhaps in several pages (RFC 7089, sections 5 and 6), of any archive that has them;
- ``<14 digits>id_/`` before an address: the bytes as they were served (pywb and the Wayback Machine);
- ``Memento-Datetime`` with each capture: an archive answers with the nearest one where it lacks the one that was asked for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urljoin, urlsplit

from assets.errors import BilateralError
from pipelines.ingest.backfill import Copy, is_of_the_keeper
from pipelines.ingest.fetch.http import Failure, Requester
from pipelines.ingest.receipts import Basis, Http
from pipelines.ingest.sources import Address

_CDX = "/cdx/search/cdx"
_FIELDS = ("timestamp", "original", "statuscode", "digest", "length")
_PAGE_ROWS = 10_000
_MOST_PAGES = 100
_INDEX_BYTES = 100_000_000
_LINK = re.compile(r'<([^<>\s]+)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s;,"]+))*)\s*,?')
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')
_STAMP = re.compile(r"/(\d{14})(?:[a-z]{2}_)?/")


@dataclass(frozen=True)
class Link:
    """A link of a TimeMap: its address, what it is (``rel``), and the moment of a memento, naive UTC."""

    address: str
    rel: frozenset[str]
    moment: datetime | None


def parse_links(text: str) -> list[Link]:
    """The links of a TimeMap in link-format; what is none is skipped, and so is a moment that is none."""
    found = []
    for address, rest in _LINK.findall(text):
        parameters = {name.casefold(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        rel = frozenset(parameters.get("rel", "").casefold().split())
        found.append(Link(address, rel, _http_date(parameters.get("datetime"))))
    return found


def _http_date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _of_stamp(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007 (naive UTC, as all moments in the store)
    except ValueError:
        return None


class WebArchive:
    """The captures of the addresses of a source in one archive."""

    basis: Basis = "capture"

    def __init__(
        self, asker: Requester, index: str, addresses: Sequence[Address], since: date | None, until: date | None, pause_s: float
    ) -> None:
        """Ask nothing yet.

        Args:
            asker: asks the host of ``index`` and no other.
            index: the CDX interface (``.../cdx/search/cdx``), or what stands before an address in that of its TimeMap.
            addresses: under which the files of the source were served.
            since: first day (UTC); addresses that were not in use by then are not asked for.
            until: last day (UTC).
            pause_s: between two requests, seconds.
        """
        self._asker, self._index, self.pause_s = asker, index, pause_s
        self._since, self._until = since, until
        self._is_cdx = urlsplit(index).path.endswith(_CDX)
        self._addresses = [
            a
            for a in addresses
            if (until is None or a.since <= until.year) and (since is None or (a.until or 9999) >= since.year)
        ]

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The captures with status 200, as far as the index tells it. Raises BilateralError where the archive does not answer."""
        found: list[Copy] = []
        said: list[str] = []
        left_out: Counter[str] = Counter()
        for number, address in enumerate(self._addresses):
            if number:
                self._asker.sleep(self.pause_s)
            try:
                if not self._is_cdx and "*" in address.url:
                    left_out["addresses left out: only a CDX interface finds what varies"] += 1
                    continue
                captures = list(self._by_cdx(address.url) if self._is_cdx else self._by_timemap(address.url, left_out))
            except Failure as problem:
                if is_of_the_keeper(problem):
                    raise BilateralError(f"the archive does not say what it holds: {problem.reason}. Try again later.") from None
                said.append(f"{address.url}: {'0 captures' if problem.http.status == 404 else f'not known: {problem.reason}'}")
                continue
            said.append(f"{address.url}: {len(captures):,} captures")
            found += [Copy(moment, address.file, place, size, digest) for moment, place, size, digest in captures]
        return found, [*said, *(f"{n:,} {what}" for what, n in sorted(left_out.items()))]

    def _by_cdx(self, address: str) -> Iterator[tuple[datetime, str, int | None, str | None]]:
        begin, star, rest = address.partition("*")
        filters = ["statuscode:200", *(["original:" + ".*".join(map(re.escape, address.split("*")))] if rest else [])]
        asked: dict[str, str | list[str]] = {
            "url": begin + star,
            "output": "json",
            "fl": ",".join(_FIELDS),
            "filter": filters,
            "limit": str(_PAGE_ROWS),
            "showResumeKey": "true",
        }
        asked |= {} if self._since is None else {"from": f"{self._since:%Y%m%d}"}
        asked |= {} if self._until is None else {"to": f"{self._until:%Y%m%d}"}
        for _ in range(_MOST_PAGES):
            answer = self._asker.ask(f"{self._index}?{urlencode(asked, doseq=True)}", _INDEX_BYTES)
            rows = _rows(answer.body or b"", answer.http)
            for row in rows:
                moment = _of_stamp(row["timestamp"]) if row["statuscode"] in ("200", "-") else None
                if moment is not None:
                    place = urljoin(self._index, f"/web/{row['timestamp']}id_/{row['original']}")
                    size = int(row["length"]) if row["length"].isdecimal() and len(row["length"]) < 16 else None
                    yield moment, place, size, row["digest"] if row["digest"] not in ("", "-") else None
            if "resumeKey" not in rows.more:
                return
            asked["resumeKey"] = rows.more["resumeKey"]
            self._asker.sleep(self.pause_s)
        raise Failure(f"the index goes on after {_MOST_PAGES * _PAGE_ROWS:,} captures", http=Http(address))

    def _by_timemap(self, address: str, left_out: Counter[str]) -> Iterator[tuple[datetime, str, int | None, str | None]]:
        host, scheme = urlsplit(self._index).netloc, urlsplit(self._index).scheme
        todo, seen = [f"{self._index}{address}"], set[str]()
        while todo and len(seen) < _MOST_PAGES:
            page = todo.pop(0)
            if page in seen:
                continue
            if seen:
                self._asker.sleep(self.pause_s)
            seen.add(page)
            answer = self._asker.ask(page, _INDEX_BYTES)
            for link in parse_links((answer.body or b"").decode("utf-8", "replace")):
                try:
                    parts = urlsplit(urljoin(page, link.address))
                except ValueError:  # not an address
                    continue
                if parts.netloc != host:
                    if "memento" in link.rel:
                        left_out[f"captures left out: they lie at {parts.netloc[:80]}, see --archive"] += 1
                    continue
                there = parts._replace(scheme=scheme).geturl()
                if "memento" in link.rel and link.moment is not None:
                    yield link.moment, _STAMP.sub(r"/\1id_/", there, count=1), None, None
                elif "timemap" in link.rel and "self" not in link.rel:
                    todo.append(there)

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """The bytes of a capture. Raises Failure, also where the archive answers with another capture than this one."""
        answer = self._asker.ask(copy.place, limit)
        stamp = _STAMP.search(answer.address)
        told = [_http_date(answer.memento_datetime), _of_stamp(stamp[1]) if stamp is not None else None]
        other = next((moment for moment in told if moment is not None and moment != copy.moment), None)
        if other is not None:
            raise Failure(f"the archive answers with the capture of {other:%Y-%m-%d %H:%M:%S} UTC instead", http=answer.http)
        return answer.body or b"", answer.http


class _Rows(list[dict[str, str]]):
    more: dict[str, str]


def _rows(body: bytes, http: Http) -> _Rows:
    """The lines of a CDX index by column; ``more`` has the key to go on by. Raises Failure where it is no index."""
    found = _Rows()
    found.more = {}
    if not body.strip():
        return found
    try:
        lines: Iterable[list[str]] = json.loads(body)
        names, *rest = lines or [list(_FIELDS)]
        for number, line in enumerate(rest):
            if line == [] and number == len(rest) - 2:
                found.more = {"resumeKey": str(rest[-1][0])}
                return found
            row = {str(name): str(value) for name, value in zip(names, line, strict=True)}
            found.append({field: row[field] for field in _FIELDS})
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise Failure(f"the answer is no CDX index: it begins {body[:60]!r}", http=http) from None
    return found
