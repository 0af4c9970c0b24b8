"""What is noted of the published file: its checksum beside it (``published.json``), and in it of what it was made."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.util.atomic_files import write_json
from pipelines.util.checksummed import read_checksummed, sha256_of, with_checksum
from pipelines.util.readers import reading


@dataclass(frozen=True)
class Publication:
    """A published file: its id, when it was built, its bytes."""

    publication_id: str
    built_at: str
    sha256: str
    n_bytes: int


def record_file(published: Path) -> Path:
    """Where the checksum of a published file is noted."""
    return published.with_name("published.json")


def note_publication(draft: Path, published: Path) -> None:
    """Note the checksum of a file before it is put in place, beside that of the one before: a kill may come in between."""
    with reading(draft) as con:
        row: tuple[str, datetime] = con.execute("SELECT publication_id, built_at FROM meta.build").fetchall()[0]
    new = Publication(row[0], f"{row[1].isoformat()}Z", sha256_of(draft), draft.stat().st_size)
    try:
        before = publications(published)[:1]
    except ValueError:
        before = []
    write_json(record_file(published), with_checksum({"publications": [asdict(p) for p in (new, *before)]}))


def publications(published: Path) -> list[Publication]:
    """The files that may stand as the published one: the last that was made, and the one before. Raises ValueError if damaged."""
    try:
        content, _ = read_checksummed(record_file(published))
    except FileNotFoundError:
        return []
    entries: list[dict[str, Any]] = content["publications"]
    return [Publication(**entry) for entry in entries]


def is_as_published(published: Path, *, unnoted: bool = False) -> bool:
    """Whether a file has the bytes that were noted when it was put in place; ``unnoted``: what to say where none were."""
    try:
        noted = {(p.n_bytes, p.sha256) for p in publications(published)}
        if not noted:
            return unnoted  # an earlier version wrote it
        n_bytes = published.stat().st_size
        return any(n == n_bytes for n, _ in noted) and (n_bytes, sha256_of(published)) in noted
    except ValueError:
        return unnoted  # the note is damaged
    except OSError:
        return False


def published_versions(published: Path) -> dict[str, str]:
    """Core versions and code fingerprint of the published file; empty where there is none that can be read."""
    if not published.exists():
        return {}
    try:
        with reading(published) as con:
            row = con.execute("SELECT core_versions, code_fingerprint FROM meta.build").fetchall()[0]
        core_versions: dict[str, str] = json.loads(row[0])
    except (duckdb.Error, ValueError, IndexError):
        return {}  # damaged, or a file of something else: it is built anew
    return core_versions | {"code": row[1]}
