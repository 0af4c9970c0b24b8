"""``python -m benchmarks.peers [NAME ...] [--times N]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import page
from benchmarks.peers.comparisons import COMPARISONS
from benchmarks.peers.running import TIMES, Absent, Failed, compare


def main(arguments: list[str] | None = None) -> int:
    """Run the named comparisons, all of them without a name, and write the page. Returns the exit code."""
    known = {c.name: c for c in COMPARISONS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--times", type=int, default=None, help=f"runs of each contender (else {TIMES})")
    parser.add_argument("--page", action="store_true", help="write the page from the results that are kept, run nothing")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in known]:
        print(f"there is no comparison {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    code = 0
    for name in [] if asked.page else asked.names or known:
        with tempfile.TemporaryDirectory(prefix="bilateral-peers-") as folder:
            try:
                page.keep(name, compare(known[name], Path(folder), times=asked.times), list(known))
            except Absent as what:
                print(f"{name}: skipped, {what}")
            except Failed as fault:
                print(f"{name}: {fault}", file=sys.stderr)
                code = 1
    page.write(page.held())
    print(f"{page.beside(page.PAGE)}, {page.beside(page.CHART)} and {page.beside(page.RESULTS)} are written")
    return code


if __name__ == "__main__":
    sys.exit(main())
