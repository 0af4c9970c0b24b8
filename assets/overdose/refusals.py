"""What stands when a file of this domain is refused."""

from __future__ import annotations

from assets.errors import Quarantine

UNUSED = "Nothing of it is used; the bytes are kept."
KEPT = f"{UNUSED} Fetch the file again."


def refusal(name: str, what: str, remedy: str) -> Quarantine:
    """The reason for refusing a file as a whole: what is wrong with it, and what to do."""
    return Quarantine(f"{name}: {what}. {UNUSED} {remedy}")
