"""What comes of asking a source (attempts, gaps, notes), and the receipt of what became of each attempt in the raw store.

A fetcher yields attempts, ``RawStore.take`` stores them. Neither knows how the other works.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal

from assets.days import LAST_SECOND
from assets.errors import BilateralError
from pipelines.util.checksummed import with_checksum, without_checksum

Verdict = Literal["accepted", "unchanged", "quarantined", "failed"]
Origin = Literal["record", "archive", "live"]
Precision = Literal["second", "day"]
Basis = Literal["capture", "commit", "deposit", "content", "name", "mtime", "page", "press", "notice", "estimate", "derived"]
"""What a moment of retrieval rests on where somebody else kept the file.

The capture of a web archive; an upper bound, the commit of a repository or the publication of a deposit; what the file says of
itself, its name, or when it was last written; the page that offered it; the day on which the press told it,
or a notice was published, of facts that were written down from these; an estimate; or that it was derived from dated files.
"""


@dataclass(frozen=True)
class Http:
    """What a server said of one file."""

    url: str
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


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
class Attempt:
    """One attempt to get a snapshot.

    ``moment``: when it was retrieved, or published where the source dates its files; naive UTC, the last second of a day where
    only that is known (``precision``), resting on ``basis``. ``files``: as served, None where nothing could be had (``reason``).
    ``http``: what the server said. ``cut``: what was cut from the files. ``described``: the files, where they are hashed.
    """

    moment: datetime
    files: Mapping[str, bytes] | None
    reason: str | None = None
    http: Mapping[str, Http] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    basis: Basis | None = None
    precision: Precision = "second"
    cut: tuple[str, ...] | None = None
    described: tuple[FileReceipt, ...] | None = None


@dataclass(frozen=True)
class Gap:
    """A moment (naive UTC) for which a source publishes nothing although it publishes later ones."""

    moment: datetime


@dataclass(frozen=True)
class Note:
    """A sentence on what was rightly not done."""

    text: str


Finding = Attempt | Gap | Note


_MAX_NAME_BYTES = 200
"""Longest name of a file, so that name and .zst stay below the 255 bytes that file systems allow."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{6}Z)?")


def folder_name(moment: datetime) -> str:
    """Folder of a snapshot retrieved at that moment, ``2023-10-03T184324Z``. A naive moment is UTC; parts of a second go."""
    utc = moment if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H%M%S}Z"


def parse_moment(name: str) -> tuple[datetime, Precision] | None:
    """Naive UTC of ``2023-10-03T184324Z``, or the last second of ``2023-10-03`` (had by its end); None for another name."""
    found = _MOMENT.fullmatch(name)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(name).replace(tzinfo=None)
    except ValueError:
        return None
    return (at, "second") if found[1] else (datetime.combine(at, LAST_SECOND), "day")


@dataclass(frozen=True)
class Receipt:
    """What became of one attempt to take in a snapshot.

    ``snapshot``: its folder. ``retrieved_at``: naive UTC. ``retrieved_precision``: ``day`` where an archive names the day alone,
    of which ``retrieved_at`` is the last second. ``retrieved_basis``: what that rests on, where it is said. ``cut``: of which
    staged frames and columns (``frame.column``) nothing is known, since they were cut: of a snapshot of the built-in record. None
    where the files are as they were served. ``reason``: why it was not accepted.
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
    retrieved_basis: Basis | None = None
    cut: tuple[str, ...] | None = None

    @property
    def retrieved_on(self) -> date | None:
        """The day on which it was retrieved, where that is all that is known."""
        return self.retrieved_at.date() if self.retrieved_precision == "day" else None

    @property
    def n_bytes(self) -> int:
        """Bytes as served, all files."""
        return sum(f.n_bytes for f in self.files)

    def entry(self) -> dict[str, Any]:
        """The receipt as JSON has it, without a seal."""
        return asdict(self) | {"retrieved_at": f"{self.retrieved_at.isoformat()}Z"}

    def to_json(self) -> bytes:
        """Receipt as it is stored, with its seal."""
        return json.dumps(with_checksum(self.entry()), indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Receipt:
        """Read a stored receipt. Raises ValueError, KeyError or TypeError where it is none, or not as it was written."""
        entry, is_sealed = without_checksum(json.loads(data))
        if is_sealed:
            # a later version may have written more; without a seal, a name that is unknown is a damaged one
            entry = {name: value for name, value in entry.items() if name in {f.name for f in fields(cls)}}
        return cls.from_entry(entry)

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Receipt:
        """The receipt of an ``entry``. Raises KeyError or TypeError where it is none."""
        return cls(
            **dict(entry)
            | {
                "retrieved_at": datetime.fromisoformat(entry["retrieved_at"].removesuffix("Z")),
                "files": tuple(FileReceipt(**f) for f in entry["files"]),
                "warnings": tuple(entry["warnings"]),
                "cut": None if entry.get("cut") is None else tuple(entry["cut"]),
            }
        )


@dataclass(frozen=True)
class Ingested:
    """Result of an import or a fetch; ``problems``, ``notes``: sentences; ``gaps``: moments (naive UTC) without a publication."""

    receipts: tuple[Receipt, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[datetime, ...] = ()


def describe(files: Mapping[str, bytes] | None, http: Mapping[str, Http]) -> tuple[FileReceipt, ...]:
    """Receipts of files by name, without a hash where nothing was served. Raises BilateralError for a name no file can have."""
    found = []
    for name in files or ():
        _check_name(name)
    for name in sorted(http if files is None else files):
        data, answer = None if files is None else files[name], http.get(name)
        said = () if answer is None else (answer.url, answer.status, answer.etag, answer.last_modified)
        found.append(FileReceipt(name, None if data is None else hashlib.sha256(data).hexdigest(), len(data or b""), *said))
    return tuple(found)


class UnusableName(BilateralError):
    """A file was served under a name that no file of the store can have."""


def _check_name(name: str) -> None:
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = b""
    if not raw or "/" in name or "\0" in name or name.startswith(".") or len(raw) > _MAX_NAME_BYTES:
        limits = f"1 to {_MAX_NAME_BYTES} bytes, no slash, no leading dot"
        raise UnusableName(f"{name[:80]!a} cannot be the name of a file in the raw store: expected {limits}")


def snapshot_id(files: tuple[FileReceipt, ...]) -> str | None:
    """SHA-256 over the sorted lines ``<sha256 of file>  <file name>``; None where no bytes were served."""
    lines = sorted(f"{f.sha256}  {f.name}\n".encode("utf-8", "surrogateescape") for f in files if f.sha256 is not None)
    return hashlib.sha256(b"".join(lines)).hexdigest() if lines else None


def of_moment(names: list[str], moment: datetime) -> list[str]:
    """Those of the sorted folder names that are of a moment."""
    name = folder_name(moment)
    return names[bisect_left(names, name) : bisect_left(names, f"{name}\x7f")]
