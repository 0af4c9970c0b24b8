"""How much the tests look at that could be looked at without end: drawn examples, moments of a kill."""

import os

from hypothesis import settings

DEEP = os.environ.get("BILATERAL_DEEP_TESTS") == "1"
"""All that is written in the tests, as the nightly run has it; else as much as a change can wait for."""


def examples(n: int, usual: int | None = None) -> settings:
    """Settings for ``n`` drawn examples where tests are deep, else ``usual`` (a twentieth of them, and at least six)."""
    return settings(max_examples=n if DEEP else usual or max(6, n // 20), deadline=None)
