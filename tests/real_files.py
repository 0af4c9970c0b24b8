"""``python -m tests.real_files BUNDLE OUT``: unpack the vintages of OFAC's sdn.csv that a git bundle holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("BILATERAL_REAL_DATA", ROOT.parent / "shared" / "data"))
"""The folder of real files, whether it is there or not; docs/real-data.md says what is in it."""
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


if __name__ == "__main__":
    print(f"{expand(Path(sys.argv[1]), Path(sys.argv[2]))} vintages written")
