"""OFAC's own history of changes: each publication of a year, as a delta of its lists, known since it was published.

``/changes/history/<year>`` gives a list of ``publicationID`` and ``datePublished`` (a moment in Washington, as public programs
take it), ``/changes/<publicationID>`` the delta as XML. It begins with 2023.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from assets.days import LAST_SECOND
from assets.errors import BilateralError
from pipelines.ingest.attempts import Basis, Http
from pipelines.ingest.backfill import Copy
from pipelines.ingest.fetch.http import Failure, Requester

CHANGES = "https://sanctionslistservice.ofac.treas.gov/changes"
FIRST_YEAR = 2023
_HISTORY_BYTES = 10_000_000


class Publications:
    """The deltas that OFAC published, of all of its lists."""

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
