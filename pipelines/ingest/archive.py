"""Import of an archive of earlier downloads, ``DIR/<source>/<retrieved_at>/<file>``, into the raw store.

Only the way from files on a disk to bytes by name belongs here; ``pipelines.ingest.raw_store`` decides what becomes of them.
"""

import gzip
import hashlib
import io
import json
import lzma
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import get_args

import zstandard

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt, Basis, Ingested, Origin, Precision, Receipt, describe, parse_moment
from pipelines.ingest.sources import Source
from pipelines.util.state import JUST_NOW_NS, State
from pipelines.util.suggest import did_you_mean

COMPRESSIONS = (".gz", ".zst", ".xz", ".zip")
BASIS = ".basis"
"""File in the folder of a snapshot that says, in one word, what the moment of its name rests on."""

COMES_ALONG = ".record"
"""File in an archive that comes with a program, as the sample of the tests does: it ends where it ends, and is never stale."""

_ZSTD_STEP = 2048
"""Compressed bytes given to zstd at a time: a block of a few bytes may hold 128 KB, so a step stays below about 64 MB."""


@dataclass(frozen=True)
class _Folder:
    """A snapshot of an archive. ``signature``: its files as they are now; ``notes``: what was left out when it was read."""

    moment: datetime
    path: Path
    precision: Precision
    signature: str | None = None
    notes: list[str] = field(default_factory=list)


def archive_sources(folder: Path, sources: Mapping[str, Source]) -> tuple[list[str], list[str]]:
    """Ids of declared sources in an archive, a sentence for each folder that is none. Raises BilateralError if unreadable."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise BilateralError(f"{folder}: the archive cannot be read: {error.strerror or error}") from error
    problems = []
    for name in (n for n in names if n not in sources):
        if parse_moment(name) is not None:
            problems.append(f"{name}: a date where the id of a source was expected; give the folder above {folder.name}")
        else:
            problems.append(
                f"{name}: not the id of a source.{did_you_mean(name, sources, most=1)} Known ids: {', '.join(sources)}"
            )
    return [name for name in names if name in sources], problems


def has_snapshots(folder: Path, sources: Iterable[str]) -> bool:
    """Whether an archive holds a snapshot of one of these sources: a folder named by a moment with something in it."""
    for source in sources:
        # what cannot be read is reported when it is taken in
        with suppress(OSError):
            for entry in (folder / source).iterdir():
                if parse_moment(entry.name) is not None and entry.is_dir() and any(entry.iterdir()):
                    return True
    return False


def import_archive(raw: RawStore, source: Source, folder: Path, *, state: State | None = None, rehash: bool = False) -> Ingested:
    """Take in the snapshots of one source from ``folder / source.id``, in order of ``retrieved_at``.

    ``state`` remembers what was taken in, which is not read again (but with ``rehash``). A snapshot that cannot be read gets a
    failed receipt and stops nothing; what is left out gets a sentence. Raises BilateralError where raw cannot be written.
    """
    folders, problems = _folders(folder / source.id)
    kind: Origin = "record" if (folder / COMES_ALONG).is_file() else "archive"
    held = frozenset(raw.snapshots(source.id))
    of_archive = f"archives/{source.id}/{folder.resolve()}"
    entries = {} if state is None or rehash else state.entries(of_archive)
    known = {name: (signature, json.loads(snapshot)) for name, (signature, snapshot) in entries.items()}
    noted: dict[str, tuple[str, str]] = {}

    def not_held() -> Iterator[_Folder]:
        for found in progress.each(folders, f"{source.id}: taking in", "snapshots"):
            signature = None if state is None else _signature(found.path, source)
            before = known.get(found.path.name)
            if before is not None and before[0] == signature and before[1] in held:
                noted[found.path.name] = before
            else:
                yield replace(found, signature=signature)

    receipts: list[Receipt] = []
    held_early: list[str] = []
    for taken, receipt, is_new in raw.take_ahead(source, not_held(), lambda found: _load(found, source), origin=kind):
        problems += taken.notes
        receipts += [receipt] if is_new else []
        if receipt.retrieved_at < taken.moment:
            held_early.append(taken.path.name)
        elif taken.signature is not None and not taken.notes and receipt.snapshot_id is not None:
            noted[taken.path.name] = (taken.signature, receipt.snapshot)  # what could not be read may be readable the next time
    if state is not None and noted != known:
        state.put(of_archive, noted, alone=True)
    notes = []
    if held_early:
        notes.append(
            f"{source.id}: {len(held_early):,} snapshots named by a day ({held_early[0]}, ...) are held as of 00:00 of it, as an"
            f" earlier version read them: known a day early. To have them at its end, move raw/{source.id} away and import again"
        )
    return Ingested(tuple(receipts), tuple(problems), tuple(notes))


def _folders(folder: Path) -> tuple[list[_Folder], list[str]]:
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
            found.append(_Folder(named[0], entry, named[1]))
    return sorted(found, key=lambda f: (f.moment, f.path)), sorted(problems)


def _load(found: _Folder, source: Source) -> Attempt:
    attempt = partial(Attempt, found.moment, basis=_basis(found.path, found.notes), precision=found.precision)
    try:
        files = read_files(sorted(found.path.iterdir()), source, found.notes)
        return attempt(files, described=describe(files, {}))
    except (BilateralError, OSError) as error:
        text = f"{error.strerror or error} ({error.filename})" if isinstance(error, OSError) else str(error)
        return attempt(None, f"{found.path.name} in the archive cannot be read: {text}")


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
    """Bytes as served, by declared name, of the files of one snapshot, unpacked; what is left out gets a sentence in ``notes``.

    Raises OSError for one that cannot be read; BilateralError for none, damage, two of one name, or more than ``max_bytes``.
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
                raise BilateralError(f"{entry.name}: the files exceed {source.max_bytes:,} bytes (max_bytes in its declaration)")
    if not files:
        raise BilateralError("the folder holds no file")
    return files


def files_in(name: str, packed: bytes, source: Source, limit: int) -> dict[str, bytes]:
    """The files for which one file of an archive stands, by declared name. Raises BilateralError: damaged, or over ``limit``."""
    plain, suffix = _split(name, source)
    if suffix != ".zip":
        how: dict[str, Callable[[bytes, int, str], bytes]] = {".gz": gunzip, ".zst": unzstd, ".xz": partial(gunzip, kind="xz")}
        unpacked = how[suffix](packed, limit, name) if suffix else packed
        return {source.declared_name(plain) or plain: unpacked}
    members = unzip(packed, limit, name)
    if len(members) == 1 and source.declared_name(plain) is not None:
        return {source.declared_name(plain) or plain: data for data in members.values()}
    found = {source.declared_name(member) or member: data for member, data in members.items()}
    if len(found) < len(members):
        raise BilateralError(f"{name}: two members are the same file: {', '.join(sorted(members))}")
    return found


def plain_name(name: str, source: Source) -> str:
    """The name of a file without what says that it is packed, where the source does not declare it packed."""
    return _split(name, source)[0]


def _split(name: str, source: Source) -> tuple[str, str]:
    suffix = next((s for s in COMPRESSIONS if name.casefold().endswith(s)), "")
    plain = name[: len(name) - len(suffix)]
    is_declared_so = name in source.files or (source.declared_name(name) is not None and source.declared_name(plain) is None)
    return (name, "") if is_declared_so or not plain else (plain, suffix)


def _too_large(name: str, limit: int) -> BilateralError:
    return BilateralError(f"{name}: unpacked it is larger than the {limit:,} bytes that are left of max_bytes in its declaration")


def gunzip(packed: bytes, limit: int, name: str, kind: str = "gzip") -> bytes:
    """Unpack gzip or xz to at most ``limit`` bytes; BilateralError, which names the file, where it is cut, damaged or larger."""
    if not packed:
        raise BilateralError(f"{name}: 0 bytes")
    try:
        with gzip.open(io.BytesIO(packed)) if kind == "gzip" else lzma.open(io.BytesIO(packed)) as stream:
            data = stream.read(limit + 1)
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise BilateralError(f"{name}: cut or damaged {kind}: {error}") from error
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


def unzip(packed: bytes, limit: int, name: str) -> dict[str, bytes]:
    """The visible members of a zip by name without folder, within ``limit`` bytes. Raises BilateralError for a bad zip."""
    found: dict[str, bytes] = {}
    left = limit
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for member in archive.infolist():
                plain = PurePosixPath(member.filename).name
                if not plain or member.is_dir() or _is_of_a_desktop(plain) or member.filename.startswith("__MACOSX/"):
                    continue
                if plain in found:
                    raise BilateralError(f"{name}: two members are named {plain}")
                with archive.open(member) as file:
                    found[plain] = file.read(left + 1)
                left -= len(found[plain])
                if left < 0:
                    raise _too_large(name, limit)
    # RuntimeError: encrypted; NotImplementedError, an unknown compression, is one too
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError,
            ValueError, OverflowError) as error:  # fmt: skip
        raise BilateralError(f"{name}: cut, damaged or encrypted zip: {error}") from error
    if not found:
        raise BilateralError(f"{name}: a zip without a file in it")
    return found


def _signature(path: Path, source: Source) -> str | None:
    """Names, sizes and times of the files of a folder, and how they are declared; None: an odd file, or one just written."""
    found = [hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16]]
    try:
        for entry in sorted(path.iterdir()):
            stat = entry.stat()
            if not entry.is_file() or stat.st_mtime_ns > time.time_ns() - JUST_NOW_NS:
                return None
            found.append(f"{entry.name} {stat.st_size} {stat.st_mtime_ns}")
    except OSError:
        return None
    return "\n".join(found) if len(found) > 1 else None
