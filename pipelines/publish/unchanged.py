"""Whether anything is other than when a refresh last found nothing to do: then the next one has nothing to do either.

To find that out otherwise the code of all domains is loaded: 4 s in place of 1. So a refresh that leaves nothing to do notes
names, sizes and times of the files of the program, archive and warehouse, the settings, the versions of Python and its libraries.
The bytes of the published file are compared each time.
"""

import hashlib
import os
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import RECORD, ROOT, Settings
from pipelines.storage.on_disk import noted_origin
from pipelines.util.state import JUST_NOW_NS, State

CODE = ("assets", "pipelines", "sql")
"""Folders of the program."""
LAYERS = ("raw", "core", ".build")
"""Folders of the warehouse that an answer rests on. Staged is made again where it is needed."""
FILES = ("bilateral.duckdb", "published.json")
DEPTH = 3
"""Folders of an archive below each other: source, moment, files."""


@dataclass(frozen=True)
class EnvironmentDigest:
    """What is not of the warehouse, as it was before anything was taken in; ``is_settled``: none of it was just written."""

    digest: str
    origin: str
    is_settled: bool


def environment_digest(settings: Settings, domains: Sequence[str], origin: str) -> EnvironmentDigest | None:
    """The program, its settings and the archive that a refresh is asked for; None for servers, which are asked each time."""
    if origin == "live":
        return None
    digest = hashlib.sha256()
    libraries = [os.stat(path).st_mtime_ns for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}]  # noqa: PTH116
    for part in (sys.version, sorted(libraries), settings.model_dump_json(), list(domains), origin):
        digest.update(f"{part}\0".encode())
    newest = 0
    archive = [RECORD] if origin == "record" else [Path(origin)]
    own = [] if settings.actors is None else [settings.actors]
    for folder, depth in [*((ROOT / name, None) for name in CODE), *((f, None) for f in own), *((f, DEPTH) for f in archive)]:
        for line, changed in _files(str(folder), depth):
            digest.update(f"{line}\0".encode())
            newest = max(newest, changed if depth else 0)
    return EnvironmentDigest(digest.hexdigest(), origin, newest < time.time_ns() - JUST_NOW_NS)


def state(settings: Settings, environment_digest: EnvironmentDigest) -> str:
    """The state of all that the answer rests on: what is around the warehouse, and the warehouse."""
    digest = hashlib.sha256(environment_digest.digest.encode())
    for name in LAYERS:
        for line, _ in _files(str(settings.warehouse / name), None):
            digest.update(f"{line}\0".encode())
    for name in FILES:
        with suppress(OSError):
            found = (settings.warehouse / name).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def note(settings: Settings, state: str, messages: Sequence[str]) -> None:
    """Note that in this state there is nothing to do, and what a refresh says that finds that out."""
    State(settings.warehouse).put("unchanged", {"": (state, list(messages))})


def messages_if_unchanged(settings: Settings, environment_digest: EnvironmentDigest) -> list[str] | None:
    """What a refresh says where nothing is other than when there was nothing to do; None where something is, or may be."""
    messages: list[str] | None = State(settings.warehouse).get("unchanged", "", state(settings, environment_digest))
    if messages is None or noted_origin(settings.warehouse) != environment_digest.origin:
        return None
    from pipelines.publish.checksum import is_as_published

    return messages if is_as_published(settings.published) else None


def _files(folder: str, depth: int | None) -> Iterator[tuple[str, int]]:
    """A line for each file (with size and time) and folder below a folder, but what Python compiled; and that time."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield f"{folder} -", 0
        return
    for entry in found:
        if entry.is_dir():
            if entry.name == "__pycache__":
                continue
            yield f"{entry.path}/", 0
            if depth is None or depth > 1:
                yield from _files(entry.path, None if depth is None else depth - 1)
            continue
        try:
            stat = entry.stat()
        except OSError:
            yield f"{entry.path} -", 0
            continue
        yield f"{entry.path} {stat.st_size} {stat.st_mtime_ns}", stat.st_mtime_ns
