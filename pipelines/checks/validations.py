"""Outcomes of expectations, and those of a current core remembered for as long as the same is expected of it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assets import progress
from pipelines.checks.expectations import Expectation
from pipelines.util.state import State

MOST_ROWS = 20
"""Offending rows that are kept with a result."""

Limits = Mapping[str, str | int]
"""What DuckDB may take: ``memory_limit``, ``threads``."""

Status = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True)
class Validation:
    """Outcome of one expectation: a row of ``meta.validations``. ``n_set_aside``: rows that broke it and are not published."""

    table_name: str
    expectation: str
    severity: str
    status: Status
    description: str
    observed: str | None
    n_unexpected: int | None
    offending_rows: str | None
    validated_at: datetime
    n_set_aside: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether it keeps the data from being published: a critical one that failed or could not run."""
        return self.severity == "critical" and self.status in ("failed", "error")

    @property
    def outcome(self) -> str:
        """The status as people are shown it: what only warns has not failed."""
        return "warning" if self.status == "failed" and self.severity == "warning" else self.status


Validate = Callable[[Path, Sequence[Expectation], Limits], list[Validation]]


def why_blocked(validations: Sequence[Validation]) -> str:
    """Which checks keep data from being published, and, where they could not be run, for what reason."""
    parts = []
    for status, what in (("failed", "blocking checks failed"), ("error", "blocking checks could not be run")):
        found = [v for v in validations if v.blocks and v.status == status]
        if found:
            parts.append(f"{what}: {', '.join(f'{v.table_name} {v.expectation}' for v in found)}")
        if found and status == "error":
            text = str(json.loads(found[0].observed or '""')).strip()
            parts[-1] += f" ({text.splitlines()[0][:200] if text else 'unknown reason'})"
            if "Out of Memory" in text:
                parts[-1] += ". Give DuckDB more with BILATERAL_MEMORY_LIMIT (2GB, say) and refresh"
    return "; ".join(parts)


def now() -> datetime:
    """The moment of a validation, in UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def skipped(expectations: Sequence[Expectation], reason: str) -> list[Validation]:
    """Outcomes for expectations that have nothing to look at."""
    return [outcome(e, "skipped", reason) for e in expectations]


def outcome(e: Expectation, status: Status, observed: object, n: int | None = None, rows: str | None = None) -> Validation:
    """The outcome of an expectation; ``error``: it could not be run, which is no failure of the data."""
    return Validation(e.table, e.name, e.severity, status, e.description, json.dumps(observed, default=str), n, rows, now())


def by_table(expectations: Sequence[Expectation]) -> Iterator[list[Expectation]]:
    """The expectations of each table; they count as checked when the next table is asked for."""
    tables: dict[str, list[Expectation]] = {}
    for e in expectations:
        tables.setdefault(e.table, []).append(e)
    with progress.task("checking", len(expectations), "checks") as advance:
        for mine in tables.values():
            yield mine
            advance(len(mine))


def keep_validations(state: State, domain: str, expected: str, validations: Sequence[Validation]) -> None:
    """Remember what the checks of a domain's core found; ``expected``: fingerprint of what they looked for."""
    state.put("validations", {domain: (expected, [asdict(v) for v in validations])})


def kept_validations(state: State, domain: str, expected: str) -> list[Validation] | None:
    """The validations of the current core; None where there are none, or where something else is expected by now."""
    kept = state.get("validations", domain, expected)
    if kept is None:
        return None
    return [Validation(**{**r, "validated_at": datetime.fromisoformat(r["validated_at"])}) for r in kept]


def fingerprint_of_expectations(expectations: Sequence[Expectation], editions: Sequence[str]) -> str:
    """Fingerprint of what is expected; ``editions``: of the core that is asked, and of the reference tables that are read."""
    return hashlib.sha256(repr([list(expectations), list(editions)]).encode()).hexdigest()[:16]
