"""What a snapshot of a list is: one file; and what stands when it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from assets.errors import Quarantine, first_few

KEPT = "The last good list stands; fetch again, or look at the kept bytes."


def one_file(files: Mapping[str, bytes], what: str) -> tuple[str, bytes]:
    """The only file of a snapshot. Raises Quarantine where there is none, or more than one."""
    name = the_one_name(files, what)
    return name, files[name]


def the_one_name(files: Mapping[str, bytes], what: str) -> str:
    """The name of the only file of a snapshot, which is not read yet. Raises Quarantine where there is none, or more than one."""
    if len(files) != 1:
        held = first_few(sorted(files)) or "no file"
        raise Quarantine(
            f"{what}: a snapshot is one file, this one holds {held}. Put each file in a folder of its own. "
            "The last good list stands."
        )
    return next(iter(files))
