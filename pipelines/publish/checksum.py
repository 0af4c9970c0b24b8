"""``published.json``: the checksum of the published file, noted before it is put in place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

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
    """Note the checksum of a file that is about to be published, beside that of the one before.

    It is written first: where the process is killed before the file is in place, the one that is there is the one before.
    """
    with reading(draft) as con:
        row: tuple[str, datetime] = con.execute("SELECT publication_id, built_at FROM meta.build").fetchall()[0]
    new = Publication(row[0], f"{row[1].isoformat()}Z", sha256_of(draft), draft.stat().st_size)
    try:
        before = publications(published)[:1]
    except ValueError:
        before = []
    write_json(record_file(published), with_checksum({"publications": [asdict(p) for p in (new, *before)]}))


def publications(published: Path) -> list[Publication]:
    """The files that may stand as the published one: the last that was made, and the one before; none where none is noted.

    Raises:
        ValueError: the note is not as it was written.
    """
    try:
        content, _ = read_checksummed(record_file(published))
    except FileNotFoundError:
        return []
    entries: list[dict[str, Any]] = content["publications"]
    return [Publication(**entry) for entry in entries]


def is_not_altered(published: Path) -> bool:
    """Whether a file has the bytes that were noted, or none were noted (an earlier version wrote it, or the note is damaged)."""
    try:
        return not publications(published) or is_as_published(published)
    except ValueError:
        return True


def is_as_published(published: Path) -> bool:
    """Whether a file has the bytes that were noted when it was put in place; False where none were."""
    try:
        noted = {(p.n_bytes, p.sha256) for p in publications(published)}
        n_bytes = published.stat().st_size
        return any(n == n_bytes for n, _ in noted) and (n_bytes, sha256_of(published)) in noted
    except (OSError, ValueError):
        return False
