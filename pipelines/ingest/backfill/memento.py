"""Archives of the web, by what is documented of them; none was asked by this project.

- the CDX interface of the Wayback Machine: a list of lists, its first the names of the columns, a key to go on by at the end of a
  cut one (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server);
- TimeMaps in link-format, perhaps in several pages (RFC 7089, sections 5 and 6), of any archive that has them;
- ``<14 digits>id_/`` before an address: the bytes as they were served (pywb and the Wayback Machine);
- ``Memento-Datetime`` with each capture: an archive answers with the nearest one where it lacks the one that was asked for.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urljoin, urlsplit

from assets.errors import BilateralError
from pipelines.ingest.backfill import Copy, OnlineKeeper, is_of_the_keeper
from pipelines.ingest.fetch.http import Failure, Requester, Response
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


class WebArchive(OnlineKeeper):
    """The captures of the addresses of a source in one archive."""

    basis: Basis = "capture"

    def __init__(
        self, asker: Requester, index: str, addresses: Sequence[Address], since: date | None, until: date | None, pause_s: float
    ) -> None:
        """``index``: the CDX interface (``.../cdx/search/cdx``), or what stands before an address in that of its TimeMap.

        ``since``, ``until``: days (UTC) within which addresses must have been in use. ``pause_s``: between two requests.
        """
        super().__init__(asker, pause_s)
        self._index, self._since, self._until = index, since, until
        self._is_cdx = urlsplit(index).path.endswith(_CDX)
        first, last = since or date.min, until or date.max
        self._addresses = [a for a in addresses if a.since <= last.year and (a.until or last.year) >= first.year]

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The captures with status 200, as far as the index tells it. Raises BilateralError where the archive does not answer."""
        found: list[Copy] = []
        said: list[str] = []
        left_out: Counter[str] = Counter()
        for number, address in enumerate(self._addresses):
            if not self._is_cdx and "*" in address.url:
                left_out["addresses left out: only a CDX interface finds what varies"] += 1
                continue
            if number:
                self.asker.sleep(self.pause_s)
            try:
                captures = list(self._by_cdx(address) if self._is_cdx else self._by_timemap(address, left_out))
            except Failure as problem:
                if is_of_the_keeper(problem):
                    raise BilateralError(f"the archive does not say what it holds: {problem.reason}. Try again later.") from None
                said.append(f"{address.url}: {'0 captures' if problem.http.status == 404 else f'not known: {problem.reason}'}")
                continue
            said.append(f"{address.url}: {len(captures):,} captures")
            found += captures
        return found, [*said, *(f"{n:,} {what}" for what, n in sorted(left_out.items()))]

    def _by_cdx(self, address: Address) -> Iterator[Copy]:
        begin, star, rest = address.url.partition("*")
        filters = ["statuscode:200", *(["original:" + ".*".join(map(re.escape, address.url.split("*")))] if rest else [])]
        asked: dict[str, str | list[str]] = {
            "url": begin + star, "output": "json", "fl": ",".join(_FIELDS), "filter": filters, "limit": str(_PAGE_ROWS),
            "showResumeKey": "true",
        }  # fmt: skip
        days = (("from", self._since), ("to", self._until))
        asked |= {name: f"{day:%Y%m%d}" for name, day in days if day is not None}
        for _ in range(_MOST_PAGES):
            answer = self.asker.ask(f"{self._index}?{urlencode(asked, doseq=True)}", _INDEX_BYTES)
            rows, more = _rows(answer.body or b"", answer.http)
            for row in rows:
                moment = _of_stamp(row["timestamp"]) if row["statuscode"] in ("200", "-") else None
                if moment is not None:
                    place = urljoin(self._index, f"/web/{row['timestamp']}id_/{row['original']}")
                    size = int(row["length"]) if row["length"].isdecimal() and len(row["length"]) < 16 else None
                    yield Copy(moment, address.file, place, size, row["digest"] if row["digest"] not in ("", "-") else None)
            if more is None:
                return
            asked["resumeKey"] = more
            self.asker.sleep(self.pause_s)
        raise Failure(f"the index goes on after {_MOST_PAGES * _PAGE_ROWS:,} captures", http=Http(address.url))

    def _by_timemap(self, address: Address, left_out: Counter[str]) -> Iterator[Copy]:
        host, scheme = urlsplit(self._index).netloc, urlsplit(self._index).scheme
        todo, seen = [f"{self._index}{address.url}"], set[str]()
        while todo and len(seen) < _MOST_PAGES:
            page = todo.pop(0)
            if page in seen:
                continue
            if seen:
                self.asker.sleep(self.pause_s)
            seen.add(page)
            answer = self.asker.ask(page, _INDEX_BYTES)
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
                    yield Copy(link.moment, address.file, _STAMP.sub(r"/\1id_/", there, count=1))
                elif "timemap" in link.rel and "self" not in link.rel:
                    todo.append(there)

    def misfit(self, copy: Copy, answer: Response) -> str | None:
        """Where the archive answers with another capture than this one."""
        stamp = _STAMP.search(answer.address)
        told = [_http_date(answer.memento_datetime), _of_stamp(stamp[1]) if stamp is not None else None]
        other = next((moment for moment in told if moment is not None and moment != copy.moment), None)
        return None if other is None else f"the archive answers with the capture of {other:%Y-%m-%d %H:%M:%S} UTC instead"


def _rows(body: bytes, http: Http) -> tuple[list[dict[str, str]], str | None]:
    """The lines of a CDX index by column, and the key to go on by. Raises Failure where it is no index."""
    try:
        lines: list[list[str]] = json.loads(body) if body.strip() else []
        names, *rest = lines or [list(_FIELDS)]
        more = str(rest[-1][0]) if rest[-2:-1] == [[]] else None
        rows = [{str(n): str(v) for n, v in zip(names, line, strict=True)} for line in (rest if more is None else rest[:-2])]
        return [{field: row[field] for field in _FIELDS} for row in rows], more
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise Failure(f"the answer is no CDX index: it begins {body[:60]!r}", http=http) from None
