"""``python -m benchmarks.fuzz``: damaged files, unruly servers and damaged texts, by the number, with what failed.

    python -m benchmarks.fuzz --parsers 170000 --shapes 100000 --fetcher 25000 --connections 1000 --texts 6000 --seed 1

Exit code 1 where anything failed: an exception, a hang, a mass delisting, evidence that is not where it is said to be. Each
failure is told with the seed and the number of its try.
"""

from __future__ import annotations

import argparse
import logging
import sys

from benchmarks.fuzz.fuzzed_coder import try_coder
from benchmarks.fuzz.fuzzed_fetcher import try_connections, try_fetcher
from benchmarks.fuzz.fuzzed_parsers import try_parsers, try_shapes
from benchmarks.fuzz.tries import Tries

AREAS = {"parsers": try_parsers, "shapes": try_shapes, "fetcher": try_fetcher, "connections": try_connections, "texts": try_coder}
USUAL = {"parsers": 170_000, "shapes": 100_000, "fetcher": 25_000, "connections": 1_000, "texts": 6_000}


def main() -> int:
    """Run the tries; say what came of them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int, default=1)
    for area, n in USUAL.items():
        asked.add_argument(f"--{area}", type=int, default=n, metavar="N", help=f"tries at the {area} (default {n:,})")
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    done: list[Tries] = []
    for area, run in AREAS.items():
        for tries in run(given.seed, getattr(given, area)):
            done.append(tries)
            if tries.n:
                print(tries.line(), flush=True)
            for where, told in tries.failures.items():
                print(f"  {where}", *(f"    {line}" for line in told), sep="\n", flush=True)
    failed = sum(t.n_failed for t in done)
    print(f"{sum(t.n for t in done):,} tries in {sum(t.seconds for t in done):,.0f} s of processor time, {failed:,} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
