"""Small archives of real layout for whole runs: OFAC vintages of forty parties, made up and marked as such."""

import csv
import re
from collections.abc import Iterator
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


def catalogued(real_data: Path) -> Iterator[tuple[str, str, Path]]:
    """Source, moment of retrieval and path of every real file that a source takes in, but for OFAC's vintages.

    The catalog writes several files of one row as ``name_{a|b}`` or ``name_{2015..2024}``.
    """
    with (real_data / "CATALOG.csv").open(encoding="utf-8") as catalog:
        entries = list(csv.DictReader(catalog))
    for entry in entries:
        source = "articles" if entry["source"] == "headlines" else entry["source"]
        if source in ("us_ofac_sdn", "gdelt_index", "cameo", "plover", "tracker"):
            continue
        found = re.search(r"\{(.+?)\}", entry["path"])
        variants = [""] if found is None else found[1].split("|")
        if found is not None and ".." in found[1]:
            first, last = found[1].split("..")
            variants = [str(year) for year in range(int(first), int(last) + 1)]
        for variant in variants:
            path = real_data / (entry["path"] if found is None else entry["path"].replace(found[0], variant))
            if path.is_file():
                yield source, entry["retrieved_at"], path
