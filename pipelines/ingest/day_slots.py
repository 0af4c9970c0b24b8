"""Which days of a source that comes in slots are held whole, by the names of the files that were taken in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt, folder_name
from pipelines.ingest.sources import Source

_A_DAY = {"slots": 96, "days": 1}
"""Files that the kinds of index list for a day: quarter-hours of GDELT 2.0, days of GDELT 1.0."""

_PERIOD = re.compile(r"([0-9]{8})([0-9]{6})?\.(?![A-Z]{3}-[A-Z]{3}\.)", re.IGNORECASE)


def files_a_day(source: Source) -> int:
    """How many files a source publishes for a day (UTC). Raises ValueError for one that does not come in slots or days."""
    for spec in source.files.values():
        if spec.index in _A_DAY:
            return _A_DAY[spec.index]
    raise ValueError(f"{source.id} does not come in slots or days")


def periods(names: Iterable[str]) -> dict[date, set[str]]:
    """The periods that files are of, by day: ``20231115201500.export.CSV`` is a slot of 2023-11-15.

    Other names are left out, and so are files of which the events of a pair of states alone were kept.
    """
    found: dict[date, set[str]] = {}
    for name in names:
        match = _PERIOD.match(name)
        if match is None:
            continue
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            continue
        found.setdefault(day, set()).add(match[2] or "")
    return found


def days_of(receipts: Iterable[Receipt]) -> list[date]:
    """The days of which files were taken in by these receipts, in order."""
    return sorted(periods(_names(receipts)))


def whole_days(raw: RawStore, source: Source, days: Iterable[date], new: Iterable[Receipt] = ()) -> list[date]:
    """Those of the days of which all files are held.

    Args:
        raw: the raw store.
        source: one that comes in slots or days.
        days: UTC; the days asked about.
        new: receipts to count besides those whose snapshot bears the moment of its slot: a day may have come in one folder of
            an archive that is named by another moment.

    Returns:
        The days that are whole, in order. A slot that was never published keeps its day from it.
    """
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
