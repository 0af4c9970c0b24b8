"""The vintages of OFAC's sdn.csv in the history of a git bundle."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

BUNDLE = Path("sanctions", "ofac_history", "sdn_history_2021-08_2023-12.bundle")
"""Below the folder of real files."""
GONE = "0" * 40
"""What git writes in place of a file that a commit removes."""


def vintages_of(bundle: Path, work: Path) -> Iterator[tuple[str, bytes]]:
    """Each vintage of ``sdn.csv`` on the branch ``dev``, with the moment of its commit as an archive names folders.

    A commit that leaves the file as it was is no vintage, and neither is one that removes it.

    Args:
        bundle: the file.
        work: an empty folder, into which it is unpacked.
    """

    def git(*arguments: str) -> bytes:
        utc = {**os.environ, "TZ": "UTC"}
        return subprocess.run(["git", "-C", str(work), *arguments], env=utc, stdout=subprocess.PIPE, check=True).stdout

    git("clone", "--quiet", "--bare", "--branch", "dev", str(bundle.resolve()), ".")
    raw = ("--raw", "--no-abbrev", "--format=%cd", "--date=format-local:%Y-%m-%dT%H%M%SZ")
    log = git("log", "--reverse", *raw, "dev", "--", "sdn.csv").decode()
    before, moment = GONE, ""
    for line in log.splitlines():
        if not line.startswith(":"):
            moment = line or moment
            continue
        blob = line.split()[3]
        if blob not in (before, GONE):
            yield moment, git("cat-file", "blob", blob)
        before = blob
