"""Copies of what cannot be made again, beside a refresh; and back from them.

A backup is a folder: ``raw/`` and ``origin.json`` as they lie in the warehouse, ``published/`` with the published file as one
version, and ``backup.json``, which lists every file with its SHA-256. What it lists already is not copied again: files of
raw never change. Nothing is ever deleted from it.
"""

import hashlib
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.decisions import REVIEWS
from pipelines.ingest.origin import kind_of
from pipelines.ingest.raw_files import DamagedRaw, sync_folder
from pipelines.ingest.raw_store import RECEIPT, RawStore
from pipelines.publish.checksum import publications, record_file
from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, sha256_of, with_checksum

MANIFEST = "backup.json"
PUBLISHED = "published/bilateral.duckdb"
_PIECE = 1 << 20
_TRIES = 3


@dataclass
class CopyResult:
    """What a backup or a restore did. ``problems``: what was not copied, and why, in sentences."""

    n_files: int = 0
    n_bytes: int = 0
    n_kept: int = 0
    publication_id: str | None = None
    problems: list[str] = field(default_factory=list)


def back_up(warehouse: Path, folder: Path, sources: Sequence[str]) -> CopyResult:
    """Bring a backup up to date, without the lock of the warehouse.

    The published file is copied first and then raw, so that raw has all that the file was made of, whatever a refresh adds
    meanwhile. Raises BilateralError where ``folder`` is that of another warehouse, lies within this one, or cannot be
    written.
    """
    raw = RawStore(warehouse / "raw")
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(warehouse) or warehouse.is_relative_to(folder):
        raise BilateralError(f"{folder}: a backup within {warehouse} would be lost with it. Take a folder on another disk.")
    if not raw.root.is_dir():
        raise BilateralError(f"{raw.root} does not exist: there is nothing to back up yet.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            return _back_up(warehouse, raw, folder, sources)
    except Timeout:
        raise BilateralError(f"another backup is writing to {folder}; nothing was changed.") from None


def _back_up(warehouse: Path, raw: RawStore, folder: Path, sources: Sequence[str]) -> CopyResult:
    kind = kind_of(raw, sources)
    manifest = _manifest(folder) if (folder / MANIFEST).exists() else {"files": {}, "kind": kind}
    known: dict[str, dict[str, Any]] = dict(manifest["files"])
    done = CopyResult()
    _copy_published(warehouse, folder, known, done)
    if (warehouse / "origin.json").exists():
        known["origin.json"] = _copy(warehouse / "origin.json", folder / "origin.json")
    for path in progress.each(list(_raw_files(raw, sources, known, folder, done)), "backing up raw", "files"):
        name = path.relative_to(warehouse).as_posix()
        noted = known.get(name)
        if noted is not None and _size(folder / name) == noted["n_bytes"]:
            done.n_kept += 1
            if _size(path) != noted["n_bytes"]:
                done.problems.append(f"{name} differs from its copy, which was left as it is: see 'bilateral verify'")
            continue
        known[name] = _copy(path, folder / name, done)
    content = {
        "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "kind": kind,
        "publication_id": done.publication_id,
        "files": known,
    }
    write_json(folder / MANIFEST, with_checksum(content))
    sync_folder(folder)
    return done


def _manifest(folder: Path) -> dict[str, Any]:
    """What a backup lists. Raises BilateralError where that cannot be read."""
    try:
        content, _ = read_checksummed(folder / MANIFEST)
        if not isinstance(content.get("files"), dict):
            raise ValueError("it lists no files")
    except FileNotFoundError:
        raise BilateralError(f"{folder}: there is no backup here ({MANIFEST} is missing). Nothing was changed.") from None
    except ValueError as error:
        raise BilateralError(
            f"{folder / MANIFEST} is damaged ({error}). Nothing was changed. Its files may be whole: raw/ in it can be copied "
            "by hand and compared by 'bilateral verify'; for a new list, back up into another folder."
        ) from error
    return content


def _raw_files(
    raw: RawStore, sources: Sequence[str], known: Mapping[str, Mapping[str, Any]], copies: Path, done: CopyResult
) -> Iterator[Path]:
    """All files of whole snapshots, each receipt last, and all decisions; what is not copied yet is compared with its receipt."""
    sources_stored = {path.name for path in raw.root.iterdir() if path.is_dir() and not path.name.startswith(".")}
    for source in sorted(sources_stored & set(sources)) + sorted(sources_stored - set(sources)):
        for snapshot in raw.snapshots(source):
            folder = raw.root / source / snapshot
            try:
                receipt = raw.receipt(source, snapshot)
                stored = raw.files(source, snapshot) if receipt.snapshot_id is not None and receipt.same_as is None else None
                for name in stored or ():
                    place = f"raw/{source}/{snapshot}/{name}.zst"
                    is_copied = place in known and _size(copies / place) == known[place]["n_bytes"]
                    if stored is not None and not is_copied:
                        stored.open(name).close()
                    yield folder / f"{name}.zst"
                yield folder / RECEIPT
            except DamagedRaw as damage:
                done.problems.append(f"not backed up, since it is damaged: {damage}")
        yield from sorted((raw.root / source / REVIEWS).glob("[!.]*.json"))


def _copy_published(warehouse: Path, folder: Path, known: dict[str, dict[str, Any]], done: CopyResult) -> None:
    """Copy the published file as one version: the copy has the checksum that was noted of a publication."""
    published, copy = warehouse / "bilateral.duckdb", folder / PUBLISHED
    if not published.exists():
        return
    for _ in range(_TRIES):
        try:
            noted = publications(published)
        except ValueError:
            noted = []
        if noted and known.get(PUBLISHED) == {"sha256": noted[0].sha256, "n_bytes": _size(copy)}:
            done.publication_id = noted[0].publication_id
            done.n_kept += 1
            return
        draft = copy.with_name(f".{copy.name}.new")
        # a file that is replaced meanwhile is read to its end: it stays what it was when it was opened
        copied = _copy(published, draft)
        match = next((p for p in noted if p.sha256 == copied["sha256"]), None)
        if match is not None or not noted:
            draft.replace(copy)
            known[PUBLISHED] = copied
            if match is None:
                record_file(copy).unlink(missing_ok=True)
            else:
                done.publication_id = match.publication_id
                write_json(record_file(copy), with_checksum({"publications": [match.__dict__]}))
            done.n_files, done.n_bytes = done.n_files + 1, done.n_bytes + copied["n_bytes"]
            return
        draft.unlink()
    done.problems.append("the published file is not as it was published and was not backed up: see 'bilateral verify'")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _copy(source: Path, target: Path, done: CopyResult | None = None) -> dict[str, Any]:
    """Copy a file, safe on the disk under its name in one step; return its hash and size, which are counted in ``done``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.copying")
    digest, n_bytes = hashlib.sha256(), 0
    with source.open("rb") as read, draft.open("wb") as write:
        while piece := read.read(_PIECE):
            digest.update(piece)
            n_bytes += len(piece)
            write.write(piece)
        write.flush()
        os.fsync(write.fileno())
    draft.replace(target)
    if done is not None:
        done.n_files, done.n_bytes = done.n_files + 1, done.n_bytes + n_bytes
    return {"sha256": digest.hexdigest(), "n_bytes": n_bytes}


def restore(folder: Path, warehouse: Path, *, force: bool = False) -> CopyResult:
    """Put a backup into the folder of a warehouse, whose lock the caller holds; ``force``: into one in use, what raw lacks.

    Raises BilateralError where there is no backup, or the warehouse is in use.
    """
    folder = folder.expanduser().resolve()
    manifest = _manifest(folder)
    files: Mapping[str, Mapping[str, Any]] = manifest["files"]
    raw = RawStore(warehouse / "raw")
    if not force and (raw.root.is_dir() or (warehouse / "bilateral.duckdb").exists()):
        todo = "Name an empty folder in BILATERAL_WAREHOUSE, or put back what raw lacks by --force."
        raise BilateralError(f"{warehouse} is in use: nothing was restored. {todo}")
    done = CopyResult()
    # the receipt of a snapshot last: without it there is none
    in_order = sorted((name for name in files if name.startswith("raw/")), key=lambda name: (name.endswith(RECEIPT), name))
    by_folder: dict[str, list[str]] = defaultdict(list)
    for name in in_order:
        by_folder[name.rpartition("/")[0]].append(name)
    for place, names in progress.each(sorted(by_folder.items()), "restoring raw", "snapshots"):
        is_there = (warehouse / place).exists() or place.endswith(f"/{REVIEWS}")
        wanted = [name for name in names if not _is_as_listed(warehouse / name, files[name])]
        done.n_kept += len(names) - len(wanted)
        damaged = [name for name in wanted if not _is_as_listed(folder / name, files[name])]
        done.problems += [f"{folder / name} is damaged in the backup; it was not restored" for name in damaged]
        # half a snapshot is none
        for name in wanted if is_there or not damaged else ():
            if name not in damaged:
                _copy(folder / name, warehouse / name, done)
    for name, target in (("origin.json", "origin.json"), (PUBLISHED, "bilateral.duckdb")):
        if name not in files or (warehouse / target).exists():
            continue
        if not _is_as_listed(folder / name, files[name]):
            done.problems.append(f"{folder / name} is damaged in the backup; it was not restored")
            continue
        _copy(folder / name, warehouse / target, done)
        if name == PUBLISHED:
            done.publication_id = manifest.get("publication_id")
            if (note := record_file(folder / PUBLISHED)).exists():
                shutil.copyfile(note, record_file(warehouse / target))
    return done


def _is_as_listed(path: Path, listed: Mapping[str, Any]) -> bool:
    return _size(path) == listed["n_bytes"] and bool(sha256_of(path) == listed["sha256"])
