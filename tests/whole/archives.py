"""Small archives of real layout for whole runs: OFAC vintages of forty parties, made up and marked as such."""

from __future__ import annotations

from pathlib import Path

PARTIES = 40


def sdn(changes: dict[int, str] | None = None, *, without: tuple[int, ...] = (), more: int = 0) -> bytes:
    """A vintage in OFAC's layout. ``changes``: remarks by id; ``without``: ids left out; ``more``: further parties."""
    lines = []
    for number in range(1, PARTIES + more + 1):
        if number in without:
            continue
        remarks = (changes or {}).get(number, "nationality China.")
        cells = [str(number), f'"MADE UP PARTY {number}"', '"individual"', '"SDGT"', *["-0- "] * 7, f'"{remarks}"']
        lines.append(",".join(cells) + "\r\n")
    return ("".join(lines) + "\x1a").encode()


def put(archive: Path, source: str, moment: str, name: str, data: bytes) -> None:
    """Write one file of an archive."""
    folder = archive / source / moment
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
