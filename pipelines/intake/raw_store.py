"""The raw store: bytes as served, for ever, each snapshot with a receipt that says what became of it.

``<root>/<source>/<retrieved_at>/<file>.zst`` and ``receipt.json``. A snapshot is written aside and renamed into place; what
is there is never changed. Whatever is decided later (a person accepts a quarantined snapshot, other bytes turn up for the
same moment) is a further receipt beside the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import time
import uuid
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Literal, cast

import zstandard

from assets.days import LAST_SECOND
from assets.errors import BilateralError
from pipelines.intake.attempts import Attempt, Finding, Gap, Http
from pipelines.intake.guards import inspect
from pipelines.intake.sources import Source

Verdict = Literal["accepted", "unchanged", "quarantined", "failed"]
Origin = Literal["sample", "archive", "live"]
Precision = Literal["second", "day"]
"""How exactly it is known when a snapshot was retrieved; a day stands for its last second."""

RECEIPT = "receipt.json"
_LEVEL = 3
"""zstd level. 260 vintages of sdn.csv (703 MB), one core: level 1: 1.0 s, 127 MB; level 3: 1.4 s, 119 MB."""
_STALE_S = 3600
"""Age after which a temporary folder of another machine, whose process cannot be looked up, counts as left over."""
_MAX_NAME_BYTES = 200
"""Longest name of a file, so that name and .zst stay below the 255 bytes that file systems allow."""

_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?")
_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z(?:~[0-9a-z]+)*")
_ID = re.compile(r"[a-z0-9_]+")


def folder_name(moment: datetime) -> str:
    """Folder of a snapshot retrieved at that moment, ``2023-10-03T184324Z``. A naive moment is UTC; parts of a second go."""
    utc = moment if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H%M%S}Z"


def parse_moment(name: str) -> tuple[datetime, Precision] | None:
    """Naive UTC moment of ``2023-10-03T184324Z``, or the last second of ``2023-10-03``; None where the name is neither.

    A folder that is named by a day says that its files were had by the end of that day (UTC, as all names): not earlier.
    """
    found = _MOMENT.fullmatch(name)
    if found is None:
        return None
    year, month, day, *clock = found.groups()
    try:
        if clock[0] is None:
            return datetime.combine(date(int(year), int(month), int(day)), LAST_SECOND), "day"
        hour, minute, second = map(int, clock)
        return datetime(int(year), int(month), int(day), hour, minute, second), "second"
    except ValueError:
        return None


@dataclass(frozen=True)
class FileReceipt:
    """One file of a snapshot. ``sha256`` is that of the bytes as served, None where none were kept."""

    name: str
    sha256: str | None
    n_bytes: int
    url: str | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of one attempt to take in a snapshot.

    ``snapshot``: its folder. ``retrieved_at``: naive UTC. ``retrieved_precision``: ``day`` where an archive names the day alone,
    of which ``retrieved_at`` is the last second. ``reason``: why it was not accepted.
    ``snapshot_id``: SHA-256 over the sorted lines ``<sha256 of file>  <file name>``; None where nothing was served.
    ``same_as``: the folder that holds the bytes where this one holds none. ``warnings``: what was unusual.
    """

    source: str
    snapshot: str
    retrieved_at: datetime
    verdict: Verdict
    reason: str | None
    snapshot_id: str | None
    origin: Origin
    files: tuple[FileReceipt, ...] = ()
    same_as: str | None = None
    warnings: tuple[str, ...] = ()
    retrieved_precision: Precision = "second"

    @property
    def retrieved_on(self) -> date | None:
        """The day on which it was retrieved, where that is all that is known."""
        return self.retrieved_at.date() if self.retrieved_precision == "day" else None

    @property
    def n_bytes(self) -> int:
        """Bytes as served, all files."""
        return sum(f.n_bytes for f in self.files)

    def to_json(self) -> bytes:
        """Receipt as it is stored."""
        return json.dumps(asdict(self) | {"retrieved_at": f"{self.retrieved_at.isoformat()}Z"}, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Receipt:
        """Read a stored receipt. Raises ValueError, KeyError or TypeError where it is none."""
        entry = json.loads(data)
        return cls(
            **entry
            | {
                "retrieved_at": datetime.fromisoformat(entry["retrieved_at"].removesuffix("Z")),
                "files": tuple(FileReceipt(**f) for f in entry["files"]),
                "warnings": tuple(entry["warnings"]),
            }
        )


@dataclass(frozen=True)
class Taken:
    """Result of an import or a fetch: the receipts in order of time, and what else a person should know.

    ``problems``: sentences on what was left out and has no receipt. ``notes``: sentences on what was rightly not done.
    ``gaps``: moments (naive UTC) for which the source publishes nothing although it publishes later ones.
    """

    receipts: tuple[Receipt, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The receipt that an attempt gets; ``is_new``: it is yet to be written; ``has_data``: and the bytes with it."""

    receipt: Receipt
    is_new: bool
    has_data: bool


def describe(files: Mapping[str, bytes], http: Mapping[str, Http] | None = None) -> tuple[FileReceipt, ...]:
    """Receipts of the files, sorted by name. Raises BilateralError for a name that cannot be a file's."""
    for name in files:
        _check_name(name)
    answers = http or {}
    return tuple(
        FileReceipt(name, hashlib.sha256(files[name]).hexdigest(), len(files[name]), *_answer(answers.get(name)))
        for name in sorted(files)
    )


def _answer(http: Http | None) -> tuple[str | None, int | None, str | None, str | None]:
    return (None, None, None, None) if http is None else (http.url, http.status, http.etag, http.last_modified)


class UnusableName(BilateralError):
    """A file was served under a name that no file of the store can have."""


def _check_name(name: str) -> None:
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = b""
    if not raw or "/" in name or "\0" in name or name.startswith(".") or len(raw) > _MAX_NAME_BYTES:
        raise UnusableName(
            f"{name[:80]!a} cannot be the name of a file in the raw store: expected 1 to {_MAX_NAME_BYTES} bytes,"
            " no slash, no leading dot"
        )


def snapshot_id(files: tuple[FileReceipt, ...]) -> str | None:
    """SHA-256 over the sorted lines ``<sha256 of file>  <file name>``; None where no bytes were served."""
    lines = sorted(f"{f.sha256}  {f.name}\n".encode("utf-8", "surrogateescape") for f in files if f.sha256 is not None)
    return hashlib.sha256(b"".join(lines)).hexdigest() if lines else None


class RawStore:
    """The snapshots below one folder. Opening it touches nothing; several processes may read and add at the same time."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self._receipts: dict[tuple[str, str], Receipt] = {}
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
        path = self._folder(source) / snapshot / RECEIPT
        try:
            read = Receipt.from_json(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BilateralError(
                f"{path}: this receipt of the raw store cannot be read ({type(error).__name__}: {error})."
                " Restore it from a backup, or move its folder away and take the snapshot in again."
            ) from error
        self._receipts[source, snapshot] = read
        return read

    def receipts(self, source: str, before: datetime | str | None = None) -> Iterator[Receipt]:
        """Receipts from the newest back, of the attempts before a moment (naive UTC) or before a folder where one is given."""
        names = self.snapshots(source)
        end = len(names) if before is None else bisect_left(names, before if isinstance(before, str) else folder_name(before))
        return (self.receipt(source, name) for name in reversed(names[:end]))

    def last_answer(self, source: str, before: datetime | str | None = None) -> Receipt | None:
        """The newest receipt that is accepted or unchanged: what the source served last, as far as it was good."""
        return next((r for r in self.receipts(source, before) if r.verdict in ("accepted", "unchanged")), None)

    def last_accepted(self, source: str, before: datetime | str | None = None) -> Receipt | None:
        """The accepted receipt whose bytes stood last (an unchanged one stands for the one that holds its bytes)."""
        last = self.last_answer(source, before)
        return self.receipt(source, last.same_as) if last is not None and last.verdict == "unchanged" and last.same_as else last

    def read(self, source: str, snapshot: str) -> dict[str, bytes]:
        """The bytes as served, by name of file; of an unchanged or repeated snapshot those that it repeats.

        Raises:
            BilateralError: nothing was served; or a file, which is named, is missing or has not the bytes of the receipt.
        """
        return dict(self.files(source, snapshot))

    def files(self, source: str, snapshot: str) -> RawFiles:
        """The files of a snapshot, each read when it is asked for; a large one can be read in pieces (``open``).

        Raises:
            BilateralError: nothing was served. A file that is missing or damaged is told when it is asked for.
        """
        receipt = self.receipt(source, snapshot)
        if receipt.snapshot_id is None:
            raise BilateralError(f"{source}/{snapshot}: nothing was served, so there is nothing to read ({receipt.reason})")
        folder = self._folder(source) / (receipt.same_as or receipt.snapshot)
        return RawFiles(folder, {f.name: f for f in receipt.files if f.sha256 is not None})

    def put(
        self,
        source: Source,
        retrieved_at: datetime,
        files: Mapping[str, bytes],
        *,
        origin: Origin,
        http: Mapping[str, Http] | None = None,
        warnings: tuple[str, ...] = (),
    ) -> Receipt:
        """Take in one snapshot: accepted, unchanged (the bytes of the last accepted one before it) or quarantined by a guard.

        The same bytes for the same moment again give the receipt that is there. Other bytes for the same moment are stored
        beside the first. Raises BilateralError where the folder cannot be written or a name cannot be a file's.
        """
        described, refusal = describe(files, http), inspect(files, source)
        return self._carry_out(
            self.intake(source).decide(retrieved_at, described, refusal, origin=origin, warnings=warnings), files
        )

    def put_failed(
        self, source: Source, retrieved_at: datetime, reason: str, *, origin: Origin, http: Mapping[str, Http] | None = None
    ) -> Receipt:
        """Record that nothing could be had, and why. The same failure at the same moment gives the receipt that is there."""
        tried = tuple(FileReceipt(name, None, 0, *_answer(answer)) for name, answer in sorted((http or {}).items()))
        return self._carry_out(self.intake(source).decide(retrieved_at, tried, reason, origin=origin), {})

    def take(self, source: Source, findings: Iterable[Finding], *, origin: Origin) -> Taken:
        """Store what a fetcher finds, each attempt before the next one is made.

        An attempt whose files cannot be stored under their names is a failed one. Characters of a server's words that cannot
        be shown (control characters, halves of surrogate pairs) are replaced in reasons and warnings.

        Raises:
            BilateralError: the raw store cannot be written. What was stored before stays.
        """
        receipts, notes, gaps = [], [], []
        for finding in findings:
            if isinstance(finding, Attempt):
                receipts.append(self._store(source, finding, origin))
            elif isinstance(finding, Gap):
                gaps.append(finding.moment)
            else:
                notes.append(finding.text)
        return Taken(tuple(receipts), notes=tuple(notes), gaps=tuple(gaps))

    def _store(self, source: Source, attempt: Attempt, origin: Origin) -> Receipt:
        reason, warnings = attempt.reason, tuple(map(_shown, attempt.warnings))
        if attempt.files is not None:
            try:
                return self.put(source, attempt.moment, attempt.files, origin=origin, http=attempt.http, warnings=warnings)
            except UnusableName as error:
                reason = str(error)
        return self.put_failed(source, attempt.moment, _shown(reason or "nothing was served"), origin=origin, http=attempt.http)

    def accept_reviewed(self, source: Source) -> list[Receipt]:
        """Give an accepted receipt to each quarantined snapshot that a person has reviewed since; returns the new ones."""
        new = []
        for name in self.snapshots(source.id) if source.reviewed else ():
            receipt = self.receipt(source.id, name)
            if receipt.verdict == "quarantined" and receipt.snapshot_id in source.reviewed:
                decision = self.intake(source).review(receipt)
                if decision.is_new:
                    new.append(self._carry_out(decision, {}))
        return new

    def held(self, source: str) -> Held:
        """What is held of a source, to be looked at alone."""
        return Held(self, source)

    def intake(self, source: Source) -> Intake:
        """Decide on any number of snapshots of one source with one listing; the first one removes what a killed run left."""
        if source.id not in self._tidied:
            self._tidied.add(source.id)
            for aside in self._folder(source.id).glob(".tmp-*"):
                if _is_left_over(aside):
                    shutil.rmtree(aside, ignore_errors=True)
        return Intake(self, source)

    def write_aside(self, decision: Decision, files: Mapping[str, bytes]) -> Path:
        """Write a decided snapshot into a hidden folder beside its place, safe on the disk. Safe to call from threads."""
        receipt = decision.receipt
        parent = self._folder(receipt.source)
        aside = parent / f".tmp-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}"
        try:
            aside.mkdir(parents=True)
            for name, data in files.items() if decision.has_data else ():
                _write(aside / f"{name}.zst", zstandard.ZstdCompressor(level=_LEVEL).compress(data))
            _write(aside / RECEIPT, receipt.to_json())
            _sync_folder(aside)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise BilateralError(f"{parent}: the raw store cannot be written: {error.strerror or error}") from error
        return aside

    def publish(self, aside: Path, receipt: Receipt) -> Receipt:
        """Put a snapshot written aside into its place in one step; where another process was first, its receipt is returned."""
        final = self._folder(receipt.source) / receipt.snapshot
        try:
            aside.rename(final)
            _sync_folder(final.parent)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            if not (final / RECEIPT).exists():
                raise BilateralError(f"{final}: the raw store cannot be written: {error.strerror or error}") from error
            return self.receipt(receipt.source, receipt.snapshot)
        self._receipts[receipt.source, receipt.snapshot] = receipt
        return receipt

    def _carry_out(self, decision: Decision, files: Mapping[str, bytes]) -> Receipt:
        return self.publish(self.write_aside(decision, files), decision.receipt) if decision.is_new else decision.receipt

    def _folder(self, source: str) -> Path:
        if not _ID.fullmatch(source):
            raise BilateralError(f"{source!r} is not a source id: expected small letters, digits and _")
        return self.root / source


class RawFiles(Mapping[str, bytes]):
    """The files of one snapshot by name. Each is unpacked, and compared with its receipt, when it is first asked for."""

    def __init__(self, folder: Path, receipts: Mapping[str, FileReceipt]) -> None:
        self._folder = folder
        self._receipts = receipts
        self._unpacked: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._unpacked:
            self._unpacked[name] = _unpack(self._folder / f"{name}.zst", self._receipts[name])
        return self._unpacked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._receipts)

    def __len__(self) -> int:
        return len(self._receipts)

    def __contains__(self, name: object) -> bool:
        return name in self._receipts

    def open(self, name: str) -> BinaryIO:
        """A file as a stream, read in pieces.

        It is compared with its receipt as a whole first: what is read from a damaged file would be used before that is known.
        """
        path, expected = self._folder / f"{name}.zst", self._receipts[name]
        try:
            with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
                digest = hashlib.sha256()
                while piece := stream.read(1 << 20):
                    digest.update(piece)
        except (OSError, zstandard.ZstdError) as error:
            raise _unreadable(path, error) from error
        if digest.hexdigest() != expected.sha256:
            raise _damaged(path, expected)
        return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True))


class Held:
    """What the store holds of one source, as a fetcher sees it: nothing can be added here."""

    def __init__(self, store: RawStore, source: str) -> None:
        self._store = store
        self._source = source

    def last_answer(self) -> Receipt | None:
        """The newest receipt that is accepted or unchanged."""
        return self._store.last_answer(self._source)

    def receipts(self) -> Iterator[Receipt]:
        """All receipts, from the newest back."""
        return self._store.receipts(self._source)

    def read(self, receipt: Receipt) -> dict[str, bytes]:
        """The bytes behind a receipt. Raises BilateralError where they are damaged."""
        return self._store.read(self._source, receipt.snapshot)

    def missing(self, moments: Iterable[datetime]) -> list[datetime]:
        """Those of the moments (naive UTC) of which nothing but failed attempts is held, in order of time."""
        names = self._store.snapshots(self._source)
        return [
            moment
            for moment in sorted(set(moments))
            if all(self._store.receipt(self._source, name).verdict == "failed" for name in _of_moment(names, moment))
        ]


class Intake:
    """Decides what becomes of the snapshots of one source, in whatever order they come.

    Decisions count for later ones before they are written, so that files may be compressed and written in parallel.
    """

    def __init__(self, store: RawStore, source: Source) -> None:
        self._store = store
        self._source = source
        self._names = store.snapshots(source.id)
        self._decided: dict[str, Receipt] = {}

    def held(self, retrieved_at: datetime) -> list[Receipt]:
        """The receipts that there are for that moment."""
        return [self._receipt(name) for name in _of_moment(self._names, retrieved_at)]

    def decide(
        self,
        retrieved_at: datetime,
        files: tuple[FileReceipt, ...],
        refusal: str | None,
        *,
        origin: Origin,
        warnings: tuple[str, ...] = (),
        precision: Precision = "second",
    ) -> Decision:
        """Decide on a snapshot.

        Args:
            retrieved_at: when it was retrieved; a naive moment is UTC.
            files: its files as ``describe`` gives them; files without a hash where nothing was served.
            refusal: what a guard says against it, or why nothing was served.
            origin: where it came from.
            warnings: what was unusual.
            precision: ``day`` where only the day is known; ``retrieved_at`` is then its last second.
        """
        moment = folder_name(retrieved_at)
        identity = snapshot_id(files)
        for receipt in (*self.held(retrieved_at), *(self._held_as_midnight(retrieved_at) if precision == "day" else ())):
            if receipt.snapshot_id == identity and (identity is not None or receipt.reason == refusal):
                is_final = receipt.verdict != "quarantined"
                return Decision(receipt, is_new=False, has_data=False) if is_final else self.review(receipt)
        new = Receipt(
            source=self._source.id,
            snapshot=self._free_name(moment, identity or hashlib.sha256((refusal or "").encode("utf-8", "replace")).hexdigest()),
            retrieved_at=datetime.fromisoformat(moment).replace(tzinfo=None),
            verdict="failed",
            reason=refusal,
            snapshot_id=identity,
            origin=origin,
            files=files,
            warnings=warnings,
            retrieved_precision=precision,
        )
        if identity is None:
            return self._remember(new, has_data=False)
        standing, repeated = self._before(new.snapshot, identity)
        if standing is not None and standing.snapshot_id == identity:
            same = standing.same_as or standing.snapshot
            return self._remember(replace(new, verdict="unchanged", reason=None, same_as=same), has_data=False)
        same_as = None if repeated is None else repeated.same_as or repeated.snapshot
        if refusal is None:
            decided = replace(new, verdict="accepted", same_as=same_as)
        elif identity in self._source.reviewed:
            decided = replace(new, verdict="accepted", reason=None, same_as=same_as, warnings=(*warnings, _in_spite_of(refusal)))
        elif repeated is None:
            decided = replace(new, verdict="quarantined")
        else:
            again = f"{refusal} (the same bytes were quarantined at {repeated.retrieved_at:%Y-%m-%d %H:%M:%S} UTC)"
            decided = replace(new, verdict="quarantined", reason=again, same_as=same_as)
        return self._remember(decided, has_data=same_as is None)

    def review(self, receipt: Receipt) -> Decision:
        """Decide on a quarantined snapshot again: accepted beside its first receipt where a person has reviewed it."""
        if receipt.snapshot_id not in self._source.reviewed:
            return Decision(receipt, is_new=False, has_data=False)
        accepted = replace(
            receipt,
            snapshot=f"{receipt.snapshot}~reviewed",
            verdict="accepted",
            reason=None,
            same_as=receipt.same_as or receipt.snapshot,
            warnings=(*receipt.warnings, _in_spite_of(receipt.reason)),
        )
        at = bisect_left(self._names, accepted.snapshot)
        if self._names[at : at + 1] == [accepted.snapshot]:
            return Decision(self._receipt(accepted.snapshot), is_new=False, has_data=False)
        return self._remember(accepted, has_data=False)

    def _held_as_midnight(self, last_second: datetime) -> list[Receipt]:
        """Receipts of that day's 00:00 from an archive: an earlier version read a folder named by a day as its first instant."""
        return [r for r in self.held(datetime(last_second.year, last_second.month, last_second.day)) if r.origin != "live"]

    def _receipt(self, name: str) -> Receipt:
        decided = self._decided.get(name)
        return decided if decided is not None else self._store.receipt(self._source.id, name)

    def _remember(self, receipt: Receipt, *, has_data: bool) -> Decision:
        insort(self._names, receipt.snapshot)
        self._decided[receipt.snapshot] = receipt
        return Decision(receipt, is_new=True, has_data=has_data)

    def _free_name(self, moment: str, digest: str) -> str:
        taken = {receipt.snapshot for receipt in self.held(datetime.fromisoformat(moment))}
        return next(name for name in (moment, f"{moment}~{digest[:8]}", f"{moment}~{digest}") if name not in taken)

    def _before(self, name: str, identity: str) -> tuple[Receipt | None, Receipt | None]:
        """What stood before that folder, and the quarantined snapshot with these bytes since then, if there is one."""
        repeated = None
        for earlier in reversed(self._names[: bisect_left(self._names, name)]):
            receipt = self._receipt(earlier)
            if receipt.verdict in ("accepted", "unchanged"):
                return receipt, repeated
            if receipt.verdict == "quarantined" and receipt.snapshot_id == identity and repeated is None:
                repeated = receipt
        return None, repeated


def _of_moment(names: list[str], moment: datetime) -> list[str]:
    """Those of the sorted folder names that are of a moment."""
    name = folder_name(moment)
    return names[bisect_left(names, name) : bisect_left(names, f"{name}\x7f")]


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _in_spite_of(refusal: str | None) -> str:
    return f"reviewed and accepted by a person in spite of: {refusal}"


def _unpack(path: Path, expected: FileReceipt) -> bytes:
    try:
        packed = path.read_bytes()
        # The size that the frame claims is checked first: a damaged one must not ask for more memory than the receipt says.
        size = zstandard.get_frame_parameters(packed).content_size
        data = zstandard.ZstdDecompressor().decompress(packed) if size == expected.n_bytes else None
    except (OSError, zstandard.ZstdError) as error:
        raise _unreadable(path, error) from error
    if data is None or hashlib.sha256(data).hexdigest() != expected.sha256:
        raise _damaged(path, expected)
    return data


def _unreadable(path: Path, error: Exception) -> BilateralError:
    return BilateralError(f"{path}: cannot be read from the raw store: {error}. Restore it from a backup.")


def _damaged(path: Path, expected: FileReceipt) -> BilateralError:
    return BilateralError(
        f"{path}: these are not the bytes of the receipt ({expected.n_bytes:,} bytes with SHA-256 {expected.sha256})."
        " The file was changed or damaged: restore it from a backup."
    )


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_left_over(aside: Path) -> bool:
    """Whether the process that wrote this temporary folder is gone."""
    try:
        age = time.time() - aside.stat().st_mtime
    except FileNotFoundError:
        return False
    host, _, process = aside.name.removeprefix(".tmp-").rpartition("-")[0].rpartition("-")
    if age > _STALE_S or host != socket.gethostname() or not process.isdecimal() or int(process) == os.getpid():
        return age > _STALE_S
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
