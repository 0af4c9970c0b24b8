"""Bytes on the disk of the raw store: packed, compared with their receipt when they are read, safe on the disk when written."""

import hashlib
import io
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from assets.errors import BilateralError
from pipelines.ingest.receipts import FileReceipt

LEVEL = 3
"""zstd level. 260 vintages of sdn.csv (703 MB), one core: level 1: 1.0 s, 127 MB; level 3: 1.4 s, 119 MB."""
RESTORE = "Restore it from a backup: 'bilateral restore BACKUP --force' puts back what is missing or differs, and nothing else."
_AT_ONCE = 1 << 24
"""Bytes up to which a stream is over the whole file: it is opened several times, and unpacked and compared each time else."""
_STALE_S = 3600
"""Age after which a temporary folder of another machine, whose process cannot be looked up, counts as left over."""


class DamagedRaw(BilateralError):
    """A snapshot of the raw store is not as it was written. ``source``, ``snapshot``: its folder."""

    def __init__(self, folder: Path, text: str) -> None:
        super().__init__(text)
        self.source, self.snapshot = folder.parent.name, folder.name


class RawFiles(Mapping[str, bytes]):
    """The files of one snapshot by name, each unpacked and compared with its receipt when it is asked for; the last is held."""

    def __init__(self, folder: Path, receipts: Mapping[str, FileReceipt]) -> None:
        self._folder = folder
        self._receipts = receipts
        self._last: tuple[str, bytes] | None = None

    def __getitem__(self, name: str) -> bytes:
        last = self._last
        if last is None or last[0] != name:
            self._last = last = (name, unpack(self._folder / f"{name}.zst", self._receipts[name]))
        return last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._receipts)

    def __len__(self) -> int:
        return len(self._receipts)

    def __contains__(self, name: object) -> bool:
        return name in self._receipts

    def open(self, name: str) -> BinaryIO:
        """A file as a stream, compared as a whole first: pieces of a damaged file would be used before that is known."""
        path, expected = self._folder / f"{name}.zst", self._receipts[name]
        if expected.n_bytes <= _AT_ONCE:
            return io.BytesIO(self[name])
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


def unpack(path: Path, expected: FileReceipt) -> bytes:
    """The bytes of a packed file. Raises BilateralError where they are not those of the receipt."""
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


def _unreadable(path: Path, error: Exception) -> DamagedRaw:
    return DamagedRaw(path.parent, f"{path}: cannot be read from the raw store: {error}. {RESTORE}")


def _damaged(path: Path, expected: FileReceipt) -> DamagedRaw:
    return DamagedRaw(
        path.parent,
        f"{path}: these are not the recorded bytes ({expected.n_bytes:,} bytes with SHA-256 {expected.sha256})."
        f" The file was changed or damaged. {RESTORE}",
    )


def sync_files(folder: Path) -> None:
    """Make the files of a folder, and their names, safe on the disk: to wait for each as it is written takes longer."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Make the names in a folder safe on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_left_over(aside: Path) -> bool:
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
