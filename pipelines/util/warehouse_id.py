"""By what a warehouse is known to processes that see its folder under other names: a number in a file of its own."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path

NAME = ".warehouse-id"


def read_id(folder: Path) -> str | None:
    """The number of the warehouse in a folder; None where it has none."""
    try:
        return (folder / NAME).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def id_of(folder: Path) -> str:
    """The number of the warehouse in a folder, which is given one where it has none; of two that do so at once one is first."""
    found = read_id(folder)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{NAME}.{uuid.uuid4().hex}"
    draft.write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")
    try:
        with suppress(FileExistsError):
            (folder / NAME).hardlink_to(draft)
    finally:
        draft.unlink()
    return (folder / NAME).read_text(encoding="ascii").strip()
