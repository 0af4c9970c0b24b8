"""What the checks of a current core found, remembered for as long as the same is expected of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from pipelines.checks.audit import Validation
from pipelines.checks.expectations import Expectation
from pipelines.util.state import State


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
