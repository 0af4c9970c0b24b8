"""Who lists what they published as JSON: the versions of a deposit at Zenodo, and OFAC's own history of changes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from assets.days import LAST_SECOND
from assets.errors import BilateralError
from pipelines.ingest.archive import plain_name
from pipelines.ingest.backfill import Copy
from pipelines.ingest.fetch.http import Failure, Requester
from pipelines.ingest.receipts import Basis, Http

ZENODO = "https://zenodo.org"
_RECORD_BYTES = 20_000_000
_MOST_PAGES = 50


class Deposit:
    """The files of the versions of a deposit whose names match a pattern (https://developers.zenodo.org/#records).

    ``/api/records/<id>/versions`` gives ``hits.hits``, each with ``created`` and ``files`` (``key``, ``size``, ``checksum:
    md5:...``, ``links.self``), and ``links.next`` where there are more. The files were there when it was created, or earlier.
    """

    basis: Basis = "deposit"

    def __init__(self, asker: Requester, record: str, pattern: str, pause_s: float, base: str = ZENODO) -> None:
        """Ask nothing yet. ``record``: the id of any version; ``asker`` asks the host of ``base`` and no other."""
        self._asker, self._record, self._pattern, self.pause_s, self._base = asker, record, pattern, pause_s, base

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The files of all versions. Raises BilateralError where they are not told."""
        url: object = f"{self._base}/api/records/{self._record}/versions"
        found: list[Copy] = []
        n_versions, others = 0, set[str]()
        try:
            for _ in range(_MOST_PAGES):
                if not isinstance(url, str):
                    break
                content = json.loads(self._asker.ask(url, _RECORD_BYTES).body or b"")
                for version in content["hits"]["hits"]:
                    n_versions += 1
                    created = datetime.fromisoformat(version["created"])
                    utc = created if created.tzinfo is None else created.astimezone(UTC)
                    moment = utc.replace(tzinfo=None, microsecond=0)
                    for file in version.get("files") or ():
                        copy = _copy(file, moment)
                        name = plain_name(copy.name, self._asker.source)
                        if fnmatchcase(copy.name, self._pattern) and self._asker.source.declared_name(name) is not None:
                            found.append(copy)
                        else:
                            others.add(copy.name)
                url = content.get("links", {}).get("next")
        except Failure as failure:
            raise BilateralError(f"the versions of record {self._record}: {failure.reason}. Nothing was changed.") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise BilateralError(
                f"record {self._record}: the answer is not what Zenodo documents. Nothing was changed."
            ) from None
        said = [f"record {self._record}: {n_versions:,} versions, {len(found):,} files"]
        return found, said + ([f"left out: {', '.join(sorted(others)[:5])}"] if others else [])

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """The bytes of a file. Raises Failure, also where they have not the checksum that is stated."""
        answer = self._asker.ask(copy.place, limit)
        data = answer.body or b""
        kind, _, stated = (copy.digest or "").partition(":")
        if kind == "md5" and hashlib.md5(data, usedforsecurity=False).hexdigest() != stated.casefold():
            raise Failure(f"{copy.name}: {len(data):,} bytes that have not the stated MD5 {stated[:40]}", http=answer.http)
        return data, answer.http


def _copy(file: dict[str, Any], moment: datetime) -> Copy:
    size = file.get("size")
    return Copy(
        moment, str(file["key"]), str(file["links"]["self"]), size if isinstance(size, int) else None, str(file["checksum"])
    )


CHANGES = "https://sanctionslistservice.ofac.treas.gov/changes"
FIRST_YEAR = 2023
_HISTORY_BYTES = 10_000_000


class Publications:
    """The deltas that OFAC published, of all of its lists, known since they were published. It begins with 2023.

    ``/changes/history/<year>`` gives a list of ``publicationID`` and ``datePublished`` (a moment in Washington, as public
    programs take it), ``/changes/<publicationID>`` the delta as XML.
    """

    basis: Basis = "page"

    def __init__(self, asker: Requester, since: date | None, until: date, pause_s: float, base: str = CHANGES) -> None:
        """Ask nothing yet. ``since``: without it all there is; ``asker`` asks OFAC's hosts and no other."""
        self._asker, self._base, self.pause_s = asker, base, pause_s
        self._years = range(FIRST_YEAR if since is None else since.year, until.year + 1)

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The publications of the years; a year that cannot be had is said. Raises BilateralError where none can."""
        found: list[Copy] = []
        said: list[str] = []
        n_of_day: dict[date, int] = {}
        for year in self._years:
            try:
                answer = self._asker.ask(f"{self._base}/history/{year}", _HISTORY_BYTES)
                listed = sorted(
                    (_moment(str(p["datePublished"])), int(p["publicationID"])) for p in json.loads(answer.body or b"")
                )
            except Failure as failure:
                said.append(f"{year}: {failure.reason}")
                continue
            except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
                said.append(f"{year}: the answer is not the list of publications that is known")
                continue
            for (day, moment), number in listed:
                n = n_of_day[day] = n_of_day.get(day, 0) + 1
                name = f"{day}_delta{f'_{n}' if n > 1 else ''}.xml"
                found.append(Copy(moment, name, f"{self._base}/{number}"))
            said.append(f"{year}: {len(listed):,} publications")
        if not found:
            raise BilateralError(f"OFAC's history of changes tells no publication: {'; '.join(said)}. Nothing was changed.")
        return found, said

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """The delta of a publication. Raises Failure."""
        answer = self._asker.ask(copy.place, limit)
        return answer.body or b"", answer.http


def _moment(written: str) -> tuple[date, datetime]:
    """The day in Washington, and the moment in naive UTC; of a day alone (or its midnight) its last second."""
    at = datetime.fromisoformat(written)
    local = at.replace(tzinfo=ZoneInfo("America/New_York")) if at.tzinfo is None else at.astimezone(ZoneInfo("America/New_York"))
    if local.time() == time():
        local = local.replace(hour=LAST_SECOND.hour, minute=LAST_SECOND.minute, second=LAST_SECOND.second)
    return local.date(), local.astimezone(UTC).replace(tzinfo=None, microsecond=0)
