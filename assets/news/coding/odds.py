"""Chances and the logarithm of their odds, on which voices are joined."""

from __future__ import annotations

import math

FLOOR = 1e-4
"""Chances are kept this far from 0 and 1."""


def logit(p: float) -> float:
    """The logarithm of the odds, of a probability kept off 0 and 1."""
    p = min(max(p, FLOOR), 1 - FLOOR)
    return math.log(p / (1 - p))


def logistic(z: float) -> float:
    """The probability with this logit."""
    return 1 / (1 + math.exp(-z))
