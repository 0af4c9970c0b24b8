"""Who lists what they published as JSON: the versions of a deposit at Zenodo, and OFAC's own history of changes."""

import hashlib
import json
from collections import Counter
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from assets.days import LAST_SECOND
from assets.errors import BilateralError
from pipelines.ingest.archive import plain_name
from pipelines.ingest.backfill import Copy, OnlineKeeper
from pipelines.ingest.fetch.http import Failure, Requester, Response
from pipelines.ingest.receipts import Basis

ZENODO = "https://zenodo.org"
CHANGES = "https://sanctionslistservice.ofac.treas.gov/changes"
FIRST_YEAR = 2023
_WASHINGTON = ZoneInfo("America/New_York")
_LIST_BYTES = 20_000_000
_MOST_PAGES = 50
_MISFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading an answer raises that is not laid out as it is documented."""


class Deposit(OnlineKeeper):
    """The files of the versions of a deposit whose names match a pattern (https://developers.zenodo.org/#records).

    ``/api/records/<id>/versions`` gives ``hits.hits``, each with ``created`` and ``files`` (``key``, ``size``, ``checksum:
    md5:...``, ``links.self``), and ``links.next`` where there are more. The files were there when it was created, or earlier.
    """

    basis: Basis = "deposit"

    def __init__(self, asker: Requester, record: str, pattern: str, pause_s: float, base: str = ZENODO) -> None:
        """Ask nothing yet. ``record``: the id of any version."""
        super().__init__(asker, pause_s)
        self._record, self._pattern, self._base = record, pattern, base

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The files of all versions. Raises BilateralError where they are not told."""
        url: object = f"{self._base}/api/records/{self._record}/versions"
        found: list[Copy] = []
        n_versions, others, source = 0, set[str](), self.asker.source
        try:
            for _ in range(_MOST_PAGES):
                if not isinstance(url, str):
                    break
                content = json.loads(self.asker.ask(url, _LIST_BYTES).body or b"")
                for version in content["hits"]["hits"]:
                    n_versions += 1
                    moment = _utc(datetime.fromisoformat(version["created"]))
                    for file in version.get("files") or ():
                        name, size = str(file["key"]), file.get("size")
                        if fnmatchcase(name, self._pattern) and source.declared_name(plain_name(name, source)) is not None:
                            n_bytes = size if isinstance(size, int) else None
                            found.append(Copy(moment, name, str(file["links"]["self"]), n_bytes, str(file["checksum"])))
                        else:
                            others.add(name)
                url = content.get("links", {}).get("next")
        except Failure as failure:
            raise BilateralError(f"the versions of record {self._record}: {failure.reason}. Nothing was changed.") from None
        except _MISFORMED:
            raise BilateralError(f"record {self._record}: the answer is not as Zenodo documents. Nothing was changed.") from None
        said = [f"record {self._record}: {n_versions:,} versions, {len(found):,} files"]
        return found, said + ([f"left out: {', '.join(sorted(others)[:5])}"] if others else [])

    def misfit(self, copy: Copy, answer: Response) -> str | None:
        """Where its bytes have not the checksum that is stated."""
        kind, _, stated = (copy.digest or "").partition(":")
        data = answer.body or b""
        if kind != "md5" or hashlib.md5(data, usedforsecurity=False).hexdigest() == stated.casefold():
            return None
        return f"{copy.name}: {len(data):,} bytes that have not the stated MD5 {stated[:40]}"


class Publications(OnlineKeeper):
    """The deltas that OFAC published, of all of its lists, known since they were published. It begins with 2023.

    ``/changes/history/<year>`` gives a list of ``publicationID`` and ``datePublished`` (a moment in Washington, as public
    programs take it), ``/changes/<publicationID>`` the delta as XML.
    """

    basis: Basis = "page"

    def __init__(self, asker: Requester, since: date | None, until: date, pause_s: float, base: str = CHANGES) -> None:
        """Ask nothing yet. ``since``: without it all there is."""
        super().__init__(asker, pause_s)
        self._base, self._years = base, range(FIRST_YEAR if since is None else since.year, until.year + 1)

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The publications of the years; a year that cannot be had is said. Raises BilateralError where none can."""
        found: list[Copy] = []
        said: list[str] = []
        n_of_day: Counter[date] = Counter()
        for year in self._years:
            try:
                content = json.loads(self.asker.ask(f"{self._base}/history/{year}", _LIST_BYTES).body or b"")
                listed = sorted((_published(str(p["datePublished"])), int(p["publicationID"])) for p in content)
            except Failure as failure:
                said.append(f"{year}: {failure.reason}")
                continue
            except _MISFORMED:
                said.append(f"{year}: the answer is not the list of publications that is known")
                continue
            for (day, moment), number in listed:
                n_of_day[day] += 1
                again = f"_{n_of_day[day]}" if n_of_day[day] > 1 else ""
                found.append(Copy(moment, f"{day}_delta{again}.xml", f"{self._base}/{number}"))
            said.append(f"{year}: {len(listed):,} publications")
        if not found:
            raise BilateralError(f"OFAC's history of changes tells no publication: {'; '.join(said)}. Nothing was changed.")
        return found, said


def _published(written: str) -> tuple[date, datetime]:
    """The day in Washington, and the moment in naive UTC; of a day alone (or its midnight) its last second."""
    at = datetime.fromisoformat(written)
    local = at.replace(tzinfo=_WASHINGTON) if at.tzinfo is None else at.astimezone(_WASHINGTON)
    if local.time() == time():
        local = datetime.combine(local.date(), LAST_SECOND, _WASHINGTON)
    return local.date(), _utc(local)


def _utc(at: datetime) -> datetime:
    """Naive UTC, without parts of a second; a naive moment is UTC."""
    return (at if at.tzinfo is None else at.astimezone(UTC)).replace(tzinfo=None, microsecond=0)
