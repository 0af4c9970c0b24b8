"""Which days of a source that comes in slots or days are held whole: asked at every refresh, without the clients of the web."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta

from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt, folder_name
from pipelines.ingest.sources import Source

SLOTS_A_DAY = 96
_A_DAY = {"slots": SLOTS_A_DAY, "days": 1}
"""Files that the kinds of index list for a day: quarter-hours of GDELT 2.0, days of GDELT 1.0."""

_PERIOD = re.compile(r"([0-9]{8})([0-9]{6})?\.(?![A-Z]{3}-[A-Z]{3}\.)", re.IGNORECASE)


def files_a_day(source: Source) -> int:
    """How many files a source publishes for a day (UTC). Raises ValueError for one that does not come in slots or days."""
    for spec in source.files.values():
        if spec.index in _A_DAY:
            return _A_DAY[spec.index]
    raise ValueError(f"{source.id} does not come in slots or days")


def periods(names: Iterable[str]) -> dict[date, set[str]]:
    """The periods of files by day: ``20231115201500.export.CSV`` is a slot. Files of a pair of states alone are left out."""
    found: dict[date, set[str]] = {}
    for match in filter(None, map(_PERIOD.match, names)):
        with suppress(ValueError):  # no day
            found.setdefault(date.fromisoformat(match[1]), set()).add(match[2] or "")
    return found


def days_of(receipts: Iterable[Receipt]) -> list[date]:
    """The days of which files were taken in by these receipts, in order."""
    return sorted(periods(_names(receipts)))


def whole_days(raw: RawStore, source: Source, days: Iterable[date], new: Iterable[Receipt] = ()) -> list[date]:
    """Days (UTC) of which all files are held; ``new``: receipts to count too, as an archive may have a day in one folder."""
    wanted, n_files = sorted(set(days)), files_a_day(source)
    by_folder = periods(_names(new))
    names = raw.snapshots(source.id)
    found = []
    for day in wanted:
        # the snapshot of a slot bears its moment; that of a day of 1.0 the midnight that ends it
        first, last = (folder_name(datetime(d.year, d.month, d.day)) for d in (day, day + timedelta(days=1)))
        own = periods(_names(raw.receipt(source.id, name) for name in names if first <= name <= f"{last}\x7f"))
        if len(own.get(day, set()) | by_folder.get(day, set())) >= n_files:
            found.append(day)
    return found


def _names(receipts: Iterable[Receipt]) -> Iterable[str]:
    return (f.name for r in receipts if r.verdict in ("accepted", "unchanged") for f in r.files)
