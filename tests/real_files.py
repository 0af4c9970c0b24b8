"""``python -m tests.real_files BUNDLE OUT``: unpack the vintages of OFAC's sdn.csv that a git bundle holds."""

import csv
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from assets.days import LAST_SECOND
from pipelines.record.make import unpacked
from pipelines.services.sorting import expanded

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("BILATERAL_REAL_DATA", ROOT.parent / "shared" / "data"))
"""The folder of real files, whether it is there or not; tests/real-data.md says what is in it."""
SDN_BUNDLE = Path("sanctions", "ofac_history", "sdn_history_2021-08_2023-12.bundle")
"""Vintages of sdn.csv, below the folder."""
GONE = "0" * 40
"""What git writes in place of a file that a commit removes."""


def expand(bundle: Path, out: Path) -> int:
    """Write each vintage of ``sdn.csv`` on the branch ``dev`` of a bundle as ``out/<moment of its commit>/sdn.csv``.

    A commit that leaves the file as it was is no vintage, and neither is one that removes it.

    Returns:
        The number of vintages written.
    """
    with tempfile.TemporaryDirectory(prefix="bilateral-bundle-") as work:

        def git(*arguments: str) -> bytes:
            utc = {**os.environ, "TZ": "UTC"}
            return subprocess.run(["git", "-C", work, *arguments], env=utc, stdout=subprocess.PIPE, check=True).stdout

        git("clone", "--quiet", "--bare", "--branch", "dev", str(bundle.resolve()), ".")
        raw = ("--raw", "--no-abbrev", "--format=%cd", "--date=format-local:%Y-%m-%dT%H%M%SZ")
        log = git("log", "--reverse", *raw, "dev", "--", "sdn.csv").decode()
        written, before, moment = 0, GONE, ""
        for line in log.splitlines():
            if not line.startswith(":"):
                moment = line or moment
                continue
            blob = line.split()[3]
            if blob not in (before, GONE):
                folder = out / moment
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "sdn.csv").write_bytes(git("cat-file", "blob", blob))
                written += 1
            before = blob
    return written


def vintages(source: str) -> Iterator[tuple[datetime, str, dict[str, bytes]]]:
    """Moment of retrieval, trust and unpacked files of every snapshot that the two catalogs name of a source, in order of time.

    The catalogs write several files of one row as ``name_{a|b}`` or ``name_{2015..2024}``; a row whose moment is a range (a
    history in a bundle) is left out.
    """
    found: dict[tuple[datetime, str], dict[str, bytes]] = {}
    for catalog in (FOLDER / "CATALOG.csv", FOLDER / "more" / "CATALOG.csv"):
        for entry in csv.DictReader(catalog.read_text(encoding="utf-8").splitlines()):
            moment = _moment(entry["retrieved_at"])
            if entry["source"] != source or moment is None:
                continue
            for path in expanded(FOLDER, entry["path"]):
                found.setdefault((moment, entry["trust"]), {}).update(unpacked(path))
    yield from ((moment, trust, files) for (moment, trust), files in sorted(found.items(), key=lambda f: f[0]))


def _moment(written: str) -> datetime | None:
    written = f"{written}-12-31" if re.fullmatch(r"\d{4}", written) else written
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return datetime.combine(datetime.fromisoformat(written), LAST_SECOND)
    plain = written.replace(":", "")
    return datetime.strptime(plain, "%Y-%m-%dT%H%M%SZ") if re.fullmatch(r"[\d-]{10}T\d{6}Z", plain) else None  # noqa: DTZ007 naive is UTC


if __name__ == "__main__":
    print(f"{expand(Path(sys.argv[1]), Path(sys.argv[2]))} vintages written")
