"""Import of an archive of earlier downloads, ``DIR/<source>/<retrieved_at>/<file>``, into the raw store.

Only the way from files on a disk to bytes by name belongs here; ``pipelines.ingest.raw_store`` decides what becomes of them.
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import json
import lzma
import os
import struct
import time
import zipfile
import zlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import get_args

import zstandard

from assets.errors import BilateralError
from pipelines.ingest.guards import inspect
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Basis, FileReceipt, Ingested, Origin, Precision, Receipt, describe, parse_moment
from pipelines.ingest.sources import Source
from pipelines.util import progress
from pipelines.util.state import JUST_NOW_NS, State

COMPRESSIONS = (".gz", ".zst", ".xz", ".zip")
BASIS = ".basis"
"""File in the folder of a snapshot that says, in one word, what the moment of its name rests on."""

COMES_ALONG = ".record"
"""File in an archive that comes with a program, as the sample of the tests does: it ends where it ends, and is never stale."""

_ZSTD_STEP = 2048
"""Compressed bytes given to zstd at a time: a block of a few bytes may hold 128 KB, so a step stays below about 64 MB."""
_WORKERS = min(4, os.cpu_count() or 1)
"""Threads that read and hash, and as many that compress and write, which is mostly to wait for the disk: all of it releases the
interpreter lock. More would only hold more snapshots."""


@dataclass(frozen=True)
class _Loaded:
    """One folder of the archive. ``refusal``: why it cannot be read or must not feed the tables. ``notes``: what was left out."""

    name: str
    moment: datetime
    precision: Precision
    basis: Basis | None
    files: dict[str, bytes]
    described: tuple[FileReceipt, ...]
    refusal: str | None
    notes: tuple[str, ...]


def archive_sources(folder: Path, sources: Mapping[str, Source]) -> tuple[list[str], list[str]]:
    """Which sources an archive holds.

    Args:
        folder: the archive.
        sources: the declared sources by id.

    Returns:
        Ids of declared sources with a folder in the archive, and a sentence for each folder that is none: a misspelled id
        must not pass in silence. Hidden folders and plain files (a README) are not looked at.

    Raises:
        BilateralError: ``folder`` is no folder that can be read.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise BilateralError(f"{folder}: the archive cannot be read: {error.strerror or error}") from error
    known = [name for name in names if name in sources]
    problems = []
    for name in names:
        if name in sources:
            continue
        if parse_moment(name) is not None:
            problems.append(f"{name}: a date where the id of a source was expected; give the folder above {folder.name}")
        else:
            close = difflib.get_close_matches(name, list(sources), 1)
            meant = f"; did you mean {close[0]}?" if close else "."
            problems.append(f"{name}: not the id of a source{meant} Known ids: {', '.join(sources)}")
    return known, problems


def has_snapshots(folder: Path, sources: Iterable[str]) -> bool:
    """Whether an archive holds a snapshot of one of these sources: a folder named by a moment with something in it."""
    for source in sources:
        # what cannot be read is reported when it is taken in
        with suppress(OSError):
            for entry in (folder / source).iterdir():
                if parse_moment(entry.name) is not None and entry.is_dir() and any(entry.iterdir()):
                    return True
    return False


def import_archive(store: RawStore, source: Source, folder: Path, *, seen: KnownFiles | None = None) -> Ingested:
    """Take in the snapshots of one source from an archive, in order of ``retrieved_at``.

    Args:
        store: where they go.
        source: the source; its snapshots lie in ``folder / source.id``.
        folder: the archive.
        seen: what was taken in before, by path, size and time; None reads everything.

    Returns:
        The receipts of snapshots that were not held yet, and a sentence for everything that was left out. A snapshot that
        cannot be read (a cut gzip, no permission) gets a failed receipt and stops nothing.

    Raises:
        BilateralError: the raw store cannot be written.
    """
    moments, problems = _moments(folder / source.id)
    kind: Origin = "record" if (folder / COMES_ALONG).is_file() else "archive"
    intake = store.intake(source)
    held = frozenset(store.snapshots(source.id))
    receipts: list[Receipt] = []
    held_early: list[str] = []
    # Loads run ahead of the decisions and writes behind them, a few each, so that few snapshots are held in memory;
    # decisions and renames stay in order of time.
    loading: deque[tuple[Future[_Loaded], str | None]] = deque()
    writing: deque[tuple[Future[Path], Receipt]] = deque()
    with (
        ThreadPoolExecutor(_WORKERS, thread_name_prefix="archive") as pool,
        ThreadPoolExecutor(_WORKERS, thread_name_prefix="raw") as writers,
    ):

        def take(loaded: _Loaded, signature: str | None) -> None:
            problems.extend(loaded.notes)
            decision = intake.decide(
                loaded.moment,
                loaded.described,
                loaded.refusal,
                origin=kind,
                precision=loaded.precision,
                basis=loaded.basis,
            )
            if decision.receipt.retrieved_at < loaded.moment:
                held_early.append(loaded.name)
            elif seen is not None and not loaded.notes:
                seen.note(loaded.name, signature, decision.receipt)
            if decision.is_new:
                writing.append((writers.submit(store.write_aside, decision, loaded.files), decision.receipt))

        def publish(at_most: int) -> None:
            while len(writing) > at_most:
                aside, receipt = writing.popleft()
                receipts.append(store.publish(aside.result(), receipt))

        for moment, path, precision in progress.each(moments, f"{source.id}: taking in", "snapshots"):
            signature = None if seen is None else seen.signature(path)
            if seen is not None and seen.holds(path.name, signature, held):
                continue
            loading.append((pool.submit(_load, path, moment, precision, source), signature))
            if len(loading) > _WORKERS:
                load, of_load = loading.popleft()
                take(load.result(), of_load)
                publish(_WORKERS)
        while loading:
            load, of_load = loading.popleft()
            take(load.result(), of_load)
        publish(0)
    if seen is not None:
        seen.save()
    store.save_index(source.id)
    notes = []
    if held_early:
        notes.append(
            f"{source.id}: {len(held_early):,} snapshots named by a day ({held_early[0]}, ...) are held as of 00:00 of it, as an"
            " earlier version read them: known a day early. To have them at its end, move"
            f" raw/{source.id} away and import again"
        )
    return Ingested(receipts=tuple(receipts), problems=tuple(problems), notes=tuple(notes))


def _moments(folder: Path) -> tuple[list[tuple[datetime, Path, Precision]], list[str]]:
    found, problems = [], []
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        return [], [f"{folder.name}: cannot be read: {error.strerror or error}"]
    for entry in entries:
        named = parse_moment(entry.name)
        if named is None:
            problems.append(f"{folder.name}/{entry.name}: left out: expected a folder named as 2023-10-03T184324Z or 2023-10-03")
        elif not entry.is_dir():
            problems.append(f"{folder.name}/{entry.name}: left out: expected a folder with the files of that moment")
        else:
            found.append((named[0], entry, named[1]))
    return sorted(found), sorted(problems)


def _load(path: Path, moment: datetime, precision: Precision, source: Source) -> _Loaded:
    notes: list[str] = []
    basis = _basis(path, notes)
    try:
        files = read_files(sorted(path.iterdir()), source, notes)
        described = describe(files)
    except (BilateralError, OSError) as error:
        text = f"{error.strerror or error} ({error.filename})" if isinstance(error, OSError) else str(error)
        return _Loaded(
            path.name, moment, precision, basis, {}, (), f"{path.name} in the archive cannot be read: {text}", tuple(notes)
        )
    return _Loaded(path.name, moment, precision, basis, files, described, inspect(files, source), tuple(notes))


def _basis(path: Path, notes: list[str]) -> Basis | None:
    try:
        said = (path / BASIS).read_text(encoding="utf-8", errors="replace")[:40].strip()
    except OSError:
        return None
    found: Basis | None = next((basis for basis in get_args(Basis) if basis == said), None)
    if found is None:
        notes.append(f"{path.parent.name}/{path.name}/{BASIS}: {said!r} is none of {', '.join(get_args(Basis))}: left out")
    return found


def _is_of_a_desktop(name: str) -> bool:
    """Whether a file is hidden, or was put there by a program that shows folders or has the file beside it open."""
    return name.startswith((".", "~$")) or name.casefold() in ("thumbs.db", "desktop.ini")


def read_files(paths: Iterable[Path], source: Source, notes: list[str]) -> dict[str, bytes]:
    """Bytes as served, by the names that the source declares, of the files of one snapshot; packed ones are unpacked.

    Args:
        paths: the files; hidden ones are left out, and what is no file with a sentence in ``notes``.
        source: its names of files, and the limit on their size together.
        notes: gets a sentence for everything that was left out.

    Raises:
        BilateralError: there is no file, or one is damaged or too large, or two stand for the same.
        OSError: one cannot be read.
    """
    files: dict[str, bytes] = {}
    origins: dict[str, str] = {}
    left = source.max_bytes
    for entry in paths:
        if _is_of_a_desktop(entry.name):
            continue
        if not entry.is_file():
            what = "not a file" if entry.exists() else "a link to nothing"
            notes.append(f"{source.id}/{entry.parent.name}/{entry.name}: left out: {what}")
            continue
        try:
            entry.name.encode()
        except UnicodeEncodeError:
            raise BilateralError(f"{entry.name!a}: a name that is not UTF-8; give the file another") from None
        with entry.open("rb") as file:
            packed = file.read(source.max_bytes + 1)
        if len(packed) > source.max_bytes:
            raise BilateralError(f"{entry.name}: larger than {source.max_bytes:,} bytes (max_bytes in its declaration)")
        for name, data in files_in(entry.name, packed, source, left).items():
            if name in files:
                raise BilateralError(f"two files for {name}: {origins[name]} and {entry.name}; leave one of them")
            files[name], origins[name] = data, entry.name
            left -= len(data)
            if left < 0:
                raise BilateralError(
                    f"{entry.name}: the files are larger than {source.max_bytes:,} bytes (max_bytes in its declaration)"
                )
    if not files:
        raise BilateralError("the folder holds no file")
    return files


def files_in(name: str, packed: bytes, source: Source, limit: int) -> dict[str, bytes]:
    """The files that one file of an archive stands for, under the names that the source declares; at most ``limit`` bytes.

    Raises:
        BilateralError: it is damaged, or larger.
    """
    plain, suffix = _split(name, source)
    if suffix == ".gz":
        return {_declared(plain, source): gunzip(packed, limit, name)}
    if suffix == ".zst":
        return {_declared(plain, source): unzstd(packed, limit, name)}
    if suffix == ".xz":
        return {_declared(plain, source): unxz(packed, limit, name)}
    if suffix == ".zip":
        members = unzip(packed, limit, name)
        if len(members) == 1 and source.declared_name(plain) is not None:
            return {_declared(plain, source): data for data in members.values()}
        found = {_declared(member, source): data for member, data in members.items()}
        if len(found) < len(members):
            raise BilateralError(f"{name}: two members are the same file: {', '.join(sorted(members))}")
        return found
    return {_declared(plain, source): packed}


def plain_name(name: str, source: Source) -> str:
    """The name of a file without what says that it is packed, where the source does not declare it packed."""
    return _split(name, source)[0]


def _split(name: str, source: Source) -> tuple[str, str]:
    suffix = next((s for s in COMPRESSIONS if name.casefold().endswith(s)), "")
    plain = name[: len(name) - len(suffix)]
    is_declared_so = name in source.files or (source.declared_name(name) is not None and source.declared_name(plain) is None)
    return (name, "") if is_declared_so or not plain else (plain, suffix)


def _declared(name: str, source: Source) -> str:
    declared = source.declared_name(name)
    return name if declared is None else declared


def _too_large(name: str, limit: int) -> BilateralError:
    return BilateralError(f"{name}: unpacked it is larger than the {limit:,} bytes that are left of max_bytes in its declaration")


def gunzip(packed: bytes, limit: int, name: str) -> bytes:
    """Unpack gzip to at most ``limit`` bytes; BilateralError, which names the file, where it is cut, damaged or larger."""
    if not packed:
        raise BilateralError(f"{name}: 0 bytes")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            data = file.read(limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BilateralError(f"{name}: cut or damaged gzip: {error}") from error
    if len(data) > limit:
        raise _too_large(name, limit)
    return data


def unzstd(packed: bytes, limit: int, name: str) -> bytes:
    """Unpack zstd to at most ``limit`` bytes; BilateralError, which names the file, where it is cut, damaged or larger."""
    if not packed:
        raise BilateralError(f"{name}: 0 bytes")
    pieces: list[bytes] = []
    size, position = 0, 0
    frame = zstandard.ZstdDecompressor().decompressobj()
    try:
        while position < len(packed):
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            step = packed[position : position + _ZSTD_STEP]
            pieces.append(frame.decompress(step))
            position += len(step) - len(frame.unused_data)
            size += len(pieces[-1])
            if size > limit:
                raise _too_large(name, limit)
    except zstandard.ZstdError as error:
        raise BilateralError(f"{name}: cut or damaged zstd: {error}") from error
    if not frame.eof:
        raise BilateralError(f"{name}: cut zstd: the file ends before its content does")
    return b"".join(pieces)


def unxz(packed: bytes, limit: int, name: str) -> bytes:
    """Unpack xz to at most ``limit`` bytes; BilateralError, which names the file, where it is cut, damaged or larger."""
    try:
        with lzma.LZMAFile(io.BytesIO(packed)) as file:
            data = file.read(limit + 1)
    except (EOFError, lzma.LZMAError) as error:
        raise BilateralError(f"{name}: cut or damaged xz: {error}") from error
    if len(data) > limit:
        raise _too_large(name, limit)
    return data


def unzip(packed: bytes, limit: int, name: str) -> dict[str, bytes]:
    """Unpack the visible members of a zip, by their names without folders, to at most ``limit`` bytes together.

    Raises:
        BilateralError: it is cut, damaged, encrypted or larger, holds nothing, or two members have one name.
    """
    found: dict[str, bytes] = {}
    left = limit
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for member in archive.infolist():
                plain = PurePosixPath(member.filename).name
                if (
                    member.filename.endswith("/")
                    or not plain
                    or _is_of_a_desktop(plain)
                    or member.filename.startswith("__MACOSX/")
                ):
                    continue
                if plain in found:
                    raise BilateralError(f"{name}: two members are named {plain}")
                with archive.open(member) as file:
                    found[plain] = file.read(left + 1)
                left -= len(found[plain])
                if left < 0:
                    raise _too_large(name, limit)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,  # encrypted; NotImplementedError, an unknown compression, is one too
        ValueError,
        OverflowError,
    ) as error:
        raise BilateralError(f"{name}: cut, damaged or encrypted zip: {error}") from error
    if not found:
        raise BilateralError(f"{name}: a zip without a file in it")
    return found


class KnownFiles:
    """What is remembered of one source in one archive; ``save`` remembers what was noted."""

    def __init__(self, state: State, source: Source, folder: Path, *, trust: bool = True) -> None:
        """Read what is remembered.

        Args:
            state: of the warehouse.
            source: its declaration says which file stands for what: another one, and all is read again.
            folder: the archive.
            trust: whether what is remembered counts; if not, all is read again and noted anew.
        """
        self._state, self._kind = state, f"archives/{source.id}/{folder.resolve()}"
        self._declared = hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16]
        self._known = {n: (v, json.loads(snapshot)) for n, (v, snapshot) in state.entries(self._kind).items()} if trust else {}
        self._noted: dict[str, tuple[str, str]] = {}

    def signature(self, path: Path) -> str | None:
        """Names, sizes and times of the files of a folder; None where these say nothing: an odd file, or one just written."""
        found = [self._declared]
        try:
            for entry in sorted(path.iterdir()):
                state = entry.stat()
                if not entry.is_file() or state.st_mtime_ns > time.time_ns() - JUST_NOW_NS:
                    return None
                found.append(f"{entry.name} {state.st_size} {state.st_mtime_ns}")
        except OSError:
            return None
        return "\n".join(found) if len(found) > 1 else None

    def holds(self, name: str, signature: str | None, snapshots: Collection[str]) -> bool:
        """Whether the files of a folder were taken in as one of these snapshots, and are as they were then."""
        known = self._known.get(name)
        if known is None or known[0] != signature or known[1] not in snapshots:
            return False
        self._noted[name] = known
        return True

    def note(self, name: str, signature: str | None, receipt: Receipt) -> None:
        """Note that a folder was taken in. Of one that could not be read nothing is: it may be readable the next time."""
        if signature is not None and receipt.snapshot_id is not None:
            self._noted[name] = (signature, receipt.snapshot)

    def save(self) -> None:
        """Remember what was noted, where it is not what was read."""
        if self._noted != self._known:
            self._state.put(self._kind, self._noted, alone=True)
