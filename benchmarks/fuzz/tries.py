"""A count of tries and what went wrong in them, each with what makes it again."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.util.deadline import OutOfTime, deadline

HANG_S = 20.0
"""Processor seconds after which a try has hung: the slowest good one takes a tenth."""


@dataclass
class Tries:
    """What came of the tries at one thing. ``outcomes``: how often it ended how; ``failures``: by place in the code, a few."""

    name: str
    n: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    slowest_s: float = 0.0

    @contextmanager
    def one(self, label: str) -> Iterator[None]:
        """One try, named so that it can be made again; whatever escapes it is a failure, and so is one that takes too long."""
        self.n += 1
        started = time.process_time()
        try:
            with deadline(HANG_S):
                yield
        except OutOfTime:
            self.fail("HUNG", label, f"not at its end after {HANG_S:,.0f} s")
        except Exception as fault:
            places = traceback.extract_tb(fault.__traceback__)
            own = [p for p in places if "/assets/" in p.filename or "/pipelines/" in p.filename] or places
            where = f"{type(fault).__name__} in {Path(own[-1].filename).name}:{own[-1].lineno} {own[-1].name}"
            self.fail(where, label, str(fault)[:200])
        spent = time.process_time() - started
        self.seconds += spent
        self.slowest_s = max(self.slowest_s, spent)

    def fail(self, where: str, label: str, said: str) -> None:
        """Note a failure; of each place in the code the first few are told, all are counted."""
        self.outcomes[f"FAILED: {where}"] += 1
        told = self.failures.setdefault(where, [])
        if len(told) < 3:
            told.append(f"{label}: {said!r}")

    @property
    def n_failed(self) -> int:
        """How many tries failed."""
        return sum(n for outcome, n in self.outcomes.items() if outcome.startswith("FAILED"))

    def line(self) -> str:
        """One line for people."""
        ended = ", ".join(f"{n:,} {outcome}" for outcome, n in sorted(self.outcomes.items(), key=lambda o: -o[1]))
        return f"{self.name:<34}{self.n:>9,} tries {self.seconds:>8.1f} s (slowest {self.slowest_s:.2f})  {ended}"
