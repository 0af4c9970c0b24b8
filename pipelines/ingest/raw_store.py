"""The raw store: bytes as served, for ever, each snapshot with a receipt that says what became of it.

``<root>/<source>/<retrieved_at>/<file>.zst`` and ``receipt.json``. A snapshot is written aside and renamed into place; what
is there is never changed. Whatever is decided later (a person accepts a quarantined snapshot, other bytes turn up for the
same moment) is a further receipt next to the first.
"""

import os
import re
import shutil
import socket
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

import zstandard

from assets.errors import BilateralError
from pipelines.ingest.decisions import Decision, Reviews, SnapshotDecider, reviews_in
from pipelines.ingest.guards import inspect
from pipelines.ingest.raw_files import LEVEL, RESTORE, DamagedRaw, RawFiles, is_left_over, sync_files, sync_folder
from pipelines.ingest.receipts import (
    Attempt,
    FileReceipt,
    Finding,
    Gap,
    Ingested,
    Origin,
    Receipt,
    UnusableName,
    describe,
    folder_name,
    of_moment,
)  # fmt: skip
from pipelines.ingest.sources import Source
from pipelines.util.state import SmallFiles, State

RECEIPT = "receipt.json"
DAMAGED = ".damaged"
"""Folder of a source for snapshots that are not as they were written."""
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z(?:~[0-9a-z]+)*")
_ID = re.compile(r"[a-z0-9_]+")
_AT_ONCE = min(4, os.cpu_count() or 1)
"""Threads that read and hash, and as many that compress and write, which is mostly to wait for the disk: all of it releases the
interpreter lock. More would only hold more snapshots."""

T = TypeVar("T")
R = TypeVar("R")


class RawStore:
    """The snapshots below one folder. Opening it touches nothing; several processes may read and add at the same time."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._state = State(self.root.parent)
        self._indexes: dict[str, SmallFiles] = {}
        self._tidied: set[str] = set()

    def snapshots(self, source: str) -> list[str]:
        """Folder names of all attempts, in order of time, then of name. Costs one listing of a folder."""
        try:
            with os.scandir(self._folder(source)) as entries:
                return sorted(entry.name for entry in entries if _FOLDER.fullmatch(entry.name))
        except FileNotFoundError:
            return []

    def receipt(self, source: str, snapshot: str) -> Receipt:
        """The receipt in that folder. Raises BilateralError, naming the file, where it cannot be read."""
        held = self._receipts.get((source, snapshot))
        if held is not None:
            return held
        index = self._index(source)
        known = index.get(snapshot)
        if known is None:
            read = self.receipt_in_file(source, snapshot)
            index.note(snapshot, read.entry())
        else:
            read = Receipt.from_entry(known)
        self._receipts[source, snapshot] = read
        return read

    def receipt_in_file(self, source: str, snapshot: str) -> Receipt:
        """The receipt as it stands in its own file, whatever is known of it. Raises as ``receipt`` does."""
        path = self._folder(source) / snapshot / RECEIPT
        try:
            return Receipt.from_json(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"this ingestion record cannot be read ({type(error).__name__}: {error}). {RESTORE}"
            todo = "Or take the snapshot in again, where an archive has it."
            raise DamagedRaw(path.parent, f"{path}: {why} {todo}") from error

    def _index(self, source: str) -> SmallFiles:
        if source not in self._indexes:
            self._indexes[source] = SmallFiles(self._state, self._folder(source), RECEIPT)
        return self._indexes[source]

    def save_index(self, source: str) -> None:
        """Remember the receipts that were read or written, where the warehouse may be written: not to open them next time."""
        self._index(source).save()

    def receipts(self, source: str, before: str | None = None) -> Iterator[Receipt]:
        """Receipts from the newest back, of the attempts before a folder where one is given."""
        return (self.receipt(source, name) for name in reversed(self.snapshots(source)) if before is None or name < before)

    def last_answer(self, source: str, before: str | None = None) -> Receipt | None:
        """The newest receipt that is accepted or unchanged: what the source served last, as far as it was good."""
        return next((r for r in self.receipts(source, before) if r.verdict in ("accepted", "unchanged")), None)

    def last_accepted(self, source: str, before: str | None = None) -> Receipt | None:
        """The accepted receipt whose bytes were in use last (an unchanged one stands for the one that holds its bytes)."""
        last = self.last_answer(source, before)
        return self.receipt(source, last.same_as) if last is not None and last.verdict == "unchanged" and last.same_as else last

    def missing(
        self, source: str, moments: Iterable[datetime], counts: Callable[[Receipt], bool] = lambda _: True
    ) -> list[datetime]:
        """Those of the moments (naive UTC) of which nothing but failed attempts, or what does not count, is held, in order."""
        names = self.snapshots(source)

        def is_held(moment: datetime) -> bool:
            receipts = (self.receipt(source, name) for name in of_moment(names, moment))
            return any(r.verdict != "failed" and counts(r) for r in receipts)

        return [moment for moment in sorted(set(moments)) if not is_held(moment)]

    def refuse_clock_set_back(self, source: str, now: datetime) -> None:
        """Raise BilateralError where something was fetched after ``now`` (UTC): what comes now would be taken for older."""
        moment = now.replace(tzinfo=None)
        ahead = takewhile(lambda receipt: receipt.retrieved_at > moment, self.receipts(source))
        receipt = next((r for r in ahead if r.origin == "live" and r.verdict in ("accepted", "unchanged")), None)
        if receipt is not None:
            raise BilateralError(
                f"not asked: the clock of this machine says {moment:%Y-%m-%d %H:%M:%S} UTC, and {source}/{receipt.snapshot} was"
                " fetched after that. The clock was set back, or was ahead then; what is fetched now would be taken for older"
                " than what is held. Nothing of it was changed. Set the clock right and refresh again. Where it is right now,"
                f" move what bears the wrong moment out of the raw store: the folder {self.root / source / receipt.snapshot}."
            )

    def read(self, source: str, snapshot: str) -> dict[str, bytes]:
        """The bytes as served, by name; of an unchanged or repeated snapshot those that it repeats. Raises as ``files``."""
        return dict(self.files(source, snapshot))

    def files(self, source: str, snapshot: str) -> RawFiles:
        """The files of a snapshot, each compared when it is asked for. Raises BilateralError where nothing was served."""
        receipt = self.receipt(source, snapshot)
        if receipt.snapshot_id is None:
            raise BilateralError(f"{source}/{snapshot}: nothing was served, so there is nothing to read ({receipt.reason})")
        folder = self._folder(source) / (receipt.same_as or receipt.snapshot)
        return RawFiles(folder, {f.name: f for f in receipt.files if f.sha256 is not None})

    def put(self, source: Source, retrieved_at: datetime, files: Mapping[str, bytes], *, origin: Origin, **more: Any) -> Receipt:
        """Store one snapshot; ``more``: of its attempt. Raises as ``keep`` does, also where a name cannot be a file's."""
        return self._carry_out(source, Attempt(retrieved_at, files, **more), origin)

    def keep(self, source: Source, attempt: Attempt, *, origin: Origin) -> Receipt:
        """Store an attempt: accepted, unchanged (the bytes of the last accepted one before), quarantined by a guard, or failed.

        The same again for one moment gives the receipt that is there. Raises BilateralError where the folder cannot be written.
        """
        attempt = replace(attempt, warnings=tuple(map(_shown, attempt.warnings)))
        if attempt.files is not None:
            try:
                return self._carry_out(source, attempt, origin)
            except UnusableName as error:
                attempt = replace(attempt, reason=str(error))
        failed = replace(attempt, files=None, reason=_shown(attempt.reason or "nothing was served"))
        return self._carry_out(source, failed, origin)

    def take(self, source: Source, findings: Iterable[Finding], *, origin: Origin) -> Ingested:
        """Store what a fetcher finds, one by one. Raises BilateralError where the raw store cannot be written."""
        receipts, notes, gaps = [], [], []
        for finding in findings:
            if isinstance(finding, Attempt):
                receipts.append(self.keep(source, finding, origin=origin))
            elif isinstance(finding, Gap):
                gaps.append(finding.moment)
            else:
                notes.append(finding.text)
        self.save_index(source.id)
        return Ingested(tuple(receipts), notes=tuple(notes), gaps=tuple(gaps))

    def take_ahead(
        self, source: Source, wanted: Iterable[T], load: Callable[[T], Attempt], *, origin: Origin
    ) -> Iterator[tuple[T, Receipt, bool]]:
        """Store what is at hand, loaded ahead and written behind, in threads; yields each with receipt, and whether that is new.

        Raises BilateralError where the raw store cannot be written, and what ``load`` raises.
        """
        intake = self.intake(source)

        def loaded(item: T) -> tuple[Attempt, tuple[FileReceipt, ...], str | None]:
            attempt = load(item)
            return attempt, *_judged(attempt, source)

        def written(decided: tuple[T, Attempt, Decision]) -> Path | None:
            _, attempt, decision = decided
            return self.write_aside(decision, attempt.files or {}) if decision.is_new else None

        judged = _ahead(loaded, wanted)
        decided = ((item, found[0], intake.decide(*found, origin)) for item, found in judged)
        for (item, _, decision), aside in _ahead(written, decided):
            yield item, decision.receipt if aside is None else self.publish(aside, decision.receipt), decision.is_new
        self.save_index(source.id)

    def accept_reviewed(self, source: Source) -> list[Receipt]:
        """Give an accepted receipt to each quarantined snapshot that a person has reviewed since; returns the new ones."""
        new = []
        reviews = self.reviews(source)
        for name in self.snapshots(source.id) if reviews.digest else ():
            receipt = self.receipt(source.id, name)
            if receipt.verdict == "quarantined" and reviews.accepts(receipt.snapshot_id):
                decision = self.intake(source).review(receipt)
                if decision.is_new:
                    new.append(self.publish(self.write_aside(decision, {}), decision.receipt))
        return new

    def set_aside(self, damaged: DamagedRaw) -> Path:
        """Move a damaged snapshot to ``.damaged``, where nothing reads it and its bytes stay; the same may be restored."""
        folder = self._folder(damaged.source)
        aside = folder / DAMAGED
        aside.mkdir(parents=True, exist_ok=True)
        names = (damaged.snapshot, *(f"{damaged.snapshot}.{number}" for number in range(2, 1_000)))
        target = next(aside / name for name in names if not (aside / name).exists())
        (folder / damaged.snapshot).rename(target)
        sync_folder(folder)
        self._receipts.pop((damaged.source, damaged.snapshot), None)
        return target

    def forget(self, source: str, names: Iterable[str]) -> None:
        """Forget the receipts of snapshots whose folders are gone."""
        for name in names:
            self._receipts.pop((source, name), None)

    def intake(self, source: Source) -> SnapshotDecider:
        """Decide on any number of snapshots of one source with one listing; the first one removes what a killed run left."""
        if source.id not in self._tidied:
            self._tidied.add(source.id)
            for aside in self._folder(source.id).glob(".tmp-*"):
                if is_left_over(aside):
                    shutil.rmtree(aside, ignore_errors=True)
        return SnapshotDecider(source, self.snapshots(source.id), partial(self.receipt, source.id), self.reviews(source))

    def reviews(self, source: Source) -> Reviews:
        """What people decided on snapshots of a source, here and in its declaration."""
        return reviews_in(self._folder(source.id), source.id, source.reviewed)

    def write_aside(self, decision: Decision, files: Mapping[str, bytes]) -> Path:
        """Write a decided snapshot into a hidden folder next to its place, safe on the disk. Safe to call from threads."""
        receipt = decision.receipt
        parent = self._folder(receipt.source)
        aside = parent / f".tmp-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}"
        try:
            aside.mkdir(parents=True)
            for name, data in files.items() if decision.has_data else ():
                with (aside / f"{name}.zst").open("xb") as file:
                    file.write(zstandard.ZstdCompressor(level=LEVEL).compress(data))
            (aside / RECEIPT).write_bytes(receipt.to_json())
            sync_files(aside)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise BilateralError(f"{parent}: the raw store cannot be written: {error.strerror or error}") from error
        return aside

    def publish(self, aside: Path, receipt: Receipt) -> Receipt:
        """Put a snapshot written aside into its place in one step; where another process was first, its receipt is returned."""
        final = self._folder(receipt.source) / receipt.snapshot
        try:
            aside.rename(final)
            sync_folder(final.parent)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not (final / RECEIPT).exists():
                raise BilateralError(f"{final}: the raw store cannot be written: {error.strerror or error}") from error
            return self.receipt(receipt.source, receipt.snapshot)
        self._receipts[receipt.source, receipt.snapshot] = receipt
        self._index(receipt.source).note(receipt.snapshot, receipt.entry())
        return receipt

    def _carry_out(self, source: Source, attempt: Attempt, origin: Origin) -> Receipt:
        decision = self.intake(source).decide(attempt, *_judged(attempt, source), origin)
        if not decision.is_new:
            return decision.receipt
        return self.publish(self.write_aside(decision, attempt.files or {}), decision.receipt)

    def _folder(self, source: str) -> Path:
        if not _ID.fullmatch(source):
            raise BilateralError(f"{source!r} is not a source id: expected small letters, digits and _")
        return self.root / source


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _judged(attempt: Attempt, source: Source) -> tuple[tuple[FileReceipt, ...], str | None]:
    """The files of an attempt as its receipt has them, and why they must not feed the tables."""
    described = describe(attempt.files, attempt.http) if attempt.described is None else attempt.described
    return described, attempt.reason if attempt.files is None else inspect(attempt.files, source)


def _ahead(do: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
    """Each item with what comes of it, in order; some are done ahead in threads, and few are held."""
    with ThreadPoolExecutor(_AT_ONCE, "raw") as pool:
        under_way: deque[tuple[T, Future[R]]] = deque()
        for item in items:
            under_way.append((item, pool.submit(do, item)))
            if len(under_way) > _AT_ONCE:
                first, done = under_way.popleft()
                yield first, done.result()
        for first, done in under_way:
            yield first, done.result()


# which days of a source that comes in slots or days are held whole

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
