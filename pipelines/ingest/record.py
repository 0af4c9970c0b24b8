"""The packs of the built-in record, and the import of one into the raw store.

``warehouse/record/<source>.tar.zst`` is the archive layout ``<retrieved_at>/<file>`` in order of time, packed with a window that
reaches over the vintage before; ``contents.csv`` names each file with its hash. What comes from elsewhere stands beside the
record; what an earlier edition of it held and this one does not is taken out of the raw store.
"""

import csv
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

import zstandard

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import (
    Attempt,
    Basis,
    FileReceipt,
    Ingested,
    Precision,
    Receipt,
    describe,
    parse_moment,
    snapshot_id,
)
from pipelines.ingest.record_cuts import CUTS
from pipelines.ingest.sources import Source
from pipelines.settings import RECORD
from pipelines.util.atomic_files import write_json

CONTENTS = "contents.csv"
COLUMNS = ("source", "retrieved_at", "basis", "file", "n_bytes", "sha256", "terms", "made_of")
"""Columns of ``contents.csv``. ``basis``: what ``retrieved_at`` rests on; ``made_of``: the file of the folder of real files."""
WINDOW_LOG = 24
"""Packs are written with a window of 16 MB: two vintages of the longest list. To unpack one takes no more memory."""
GONE = "superseded.json"
"""In the raw folder of a source, the snapshots of earlier editions of the record that were taken out."""


@dataclass(frozen=True)
class Vintage:
    """One snapshot of the record: its folder, and its files with their hashes."""

    name: str
    basis: Basis
    files: tuple[FileReceipt, ...]

    @property
    def snapshot_id(self) -> str | None:
        """As the raw store reckons it."""
        return snapshot_id(self.files)


@cache
def contents(folder: Path = RECORD) -> dict[str, list[Vintage]]:
    """The vintages of the record by source, in order of time. Raises BilateralError where the table cannot be read."""
    found: dict[str, dict[str, tuple[Basis, list[FileReceipt]]]] = {}
    try:
        with (folder / CONTENTS).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                files = found.setdefault(row["source"], {}).setdefault(row["retrieved_at"], (cast("Basis", row["basis"]), []))[1]
                files.append(FileReceipt(row["file"], row["sha256"], int(row["n_bytes"])))
    except (OSError, KeyError, ValueError) as error:
        raise BilateralError(f"{folder / CONTENTS}: the record cannot be read: {error}. Get the project again.") from error
    return {s: [Vintage(n, b, tuple(files)) for n, (b, files) in of.items()] for s, of in found.items()}


def digest_of(data: bytes) -> str:
    """The hash by which the table names a file."""
    return hashlib.sha256(data).hexdigest()


def pack_of(source: str, folder: Path = RECORD) -> Path:
    """The pack of a source."""
    return folder / f"{source}.tar.zst"


def write_pack(path: Path, files: Iterator[tuple[str, bytes]]) -> None:
    """Write a pack of files by name, always the same bytes for the same files."""
    settings = zstandard.ZstdCompressionParameters.from_level(19, window_log=WINDOW_LOG, enable_ldm=True, ldm_hash_log=22)
    packer = zstandard.ZstdCompressor(compression_params=settings)
    with (
        path.open("wb") as out,
        packer.stream_writer(out, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, io.BytesIO(data))


def read_pack(path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The snapshots of a pack, one after the other: name and files. Raises BilateralError where it is damaged."""
    try:
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG)
        with path.open("rb") as file, unpacker.stream_reader(file) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            name, files = "", dict[str, bytes]()
            for member in tar:
                folder, _, file_name = member.name.partition("/")
                data = tar.extractfile(member)
                if data is None:
                    continue
                if folder != name and files:
                    yield name, files
                    files = {}
                name = folder
                files[file_name] = data.read()
            if files:
                yield name, files
    except (OSError, tarfile.TarError, zstandard.ZstdError) as error:
        raise BilateralError(f"{path}: this part of the record cannot be read: {error}. Get the project again.") from error


def import_record(store: RawStore, source: Source, folder: Path = RECORD) -> Ingested:
    """Take in what the record has and the store lacks; take out what only an earlier edition had. Raises BilateralError."""
    vintages = contents(folder).get(source.id, [])
    wanted = {v.name: v for v in vintages}
    notes = _supersede(store, source, {v.snapshot_id for v in vintages})
    held = {(r.retrieved_at, r.snapshot_id) for r in store.receipts(source.id)}
    missing = {v.name for v in vintages if (_moment(v)[0], v.snapshot_id) not in held}
    if not missing:
        return Ingested(notes=notes)
    cut = CUTS[source.id].unknown if source.id in CUTS else None

    def checked(item: tuple[str, dict[str, bytes]]) -> Attempt:
        name, files = item
        described = describe(files, {})
        if snapshot_id(described) != wanted[name].snapshot_id:
            raise BilateralError(f"{pack_of(source.id, folder)}: {name} is not what {CONTENTS} says. Get the project again.")
        moment, precision = _moment(wanted[name])
        return Attempt(moment, files, basis=wanted[name].basis, precision=precision, cut=cut, described=described)

    vintages_wanted = (item for item in read_pack(pack_of(source.id, folder)) if item[0] in missing)
    receipts: list[Receipt] = []
    with progress.task(f"{source.id}: taking in", len(missing), "snapshots") as advance:
        for _, receipt, is_new in store.take_ahead(source, vintages_wanted, checked, origin="record"):
            receipts += [receipt] if is_new else []
            advance(1)
    return Ingested(tuple(receipts), notes=notes)


def superseded(root: Path, source: str) -> list[str]:
    """The snapshots of earlier editions of the record that were taken out of a raw store."""
    try:
        return list(json.loads((root / source / GONE).read_bytes()))
    except (OSError, ValueError):
        return []


def _supersede(store: RawStore, source: Source, wanted: set[str | None]) -> tuple[str, ...]:
    """Take the snapshots of an earlier edition out of the store, but for those whose bytes came from elsewhere too."""
    known = {name: store.receipt(source.id, name) for name in store.snapshots(source.id)}
    elsewhere = {r.same_as for r in known.values() if r.origin != "record"}
    gone = [n for n, r in known.items() if r.origin == "record" and r.snapshot_id not in wanted and n not in elsewhere]
    if not gone:
        return ()
    root = store.root / source.id
    write_json(root / GONE, [*superseded(store.root, source.id), *gone])
    for name in gone:
        shutil.rmtree(root / name)
    store.forget(source.id, gone)
    return (f"{source.id}: {len(gone):,} snapshots of an earlier edition of the built-in record were taken out",)


def _moment(vintage: Vintage) -> tuple[datetime, Precision]:
    moment = parse_moment(vintage.name)
    if moment is None:
        raise BilateralError(f"{CONTENTS}: {vintage.name} is no moment. Get the project again.")
    return moment
