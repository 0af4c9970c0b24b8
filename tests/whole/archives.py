"""Small archives of real layout for whole runs: OFAC vintages of forty parties, made up and marked so; the real files."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelines.services.sorting import expanded

SDN = "us_ofac_sdn"
PARTIES = 40


def sdn(changes: dict[int, str] | None = None, *, without: tuple[int, ...] = (), more: int = 0) -> bytes:
    """A vintage in OFAC's layout. ``changes``: remarks by id; ``without``: ids left out; ``more``: further parties."""
    remarks = dict.fromkeys(range(1, PARTIES + more + 1), "nationality China.") | (changes or {})
    unsaid = ",".join(["-0- "] * 7)
    rows = (
        f'{n},"MADE UP PARTY {n}","individual","SDGT",{unsaid},"{said}"\r\n' for n, said in remarks.items() if n not in without
    )
    return ("".join(rows) + "\x1a").encode()


def put(archive: Path, source: str, moment: str, name: str, data: bytes) -> None:
    folder = archive / source / moment
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def vintages(archive: Path, *data: bytes, since: int = 1) -> Path:
    for day, content in enumerate(data, since):
        put(archive, SDN, f"2023-01-{day:02}", "sdn.csv", content)
    return archive


def catalogued(real_data: Path) -> Iterator[tuple[str, str, Path]]:
    """Source, moment of retrieval and path of every real file that a source takes in, but for OFAC's vintages."""
    with (real_data / "CATALOG.csv").open(encoding="utf-8") as catalog:
        for entry in csv.DictReader(catalog):
            source = "articles" if entry["source"] == "headlines" else entry["source"]
            if source not in (SDN, "gdelt_index", "cameo", "plover", "tracker"):
                yield from ((source, entry["retrieved_at"], p) for p in expanded(real_data, entry["path"]) if p.is_file())


def real_archive(real_data: Path, archive: Path, wanted: Callable[[str, str, Path], bool] = lambda *_: True) -> Path:
    """An archive of the real files but for OFAC's vintages, of the seed article with its date."""
    for source, moment, path in catalogued(real_data):
        if wanted(source, moment, path):
            put(archive, source, moment, path.name, path.read_bytes())
    for article in (archive / "articles").glob("*/*.txt"):
        published = '{"published": "2023-12-22", "outlet": "South China Morning Post"}'
        article.with_name(f"{article.name}.meta.json").write_text(published)
    return archive
