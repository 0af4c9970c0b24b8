"""Errors that are written for people: what was wrong, where, what was kept, what to do."""

from __future__ import annotations

from collections.abc import Sequence

UNUSED = "Nothing of it is used; the bytes are kept."
KEPT = f"{UNUSED} Fetch the file again."
"""What stands when a file is refused."""


class BilateralError(Exception):
    """A problem whose message is the whole answer: it is shown without a traceback."""


class Quarantine(BilateralError):
    """A snapshot must not feed the next layer; the message is the reason, for a person."""


def refusal(name: str, what: str, remedy: str) -> Quarantine:
    """The reason for refusing a file as a whole: what is wrong with it, and what to do."""
    return Quarantine(f"{name}: {what}. {UNUSED} {remedy}")


def first_few(names: Sequence[str], n: int = 5) -> str:
    """Name the first ``n``, and tell how many more there are."""
    return ", ".join(names[:n]) + (f" and {len(names) - n:,} more" if len(names) > n else "")
