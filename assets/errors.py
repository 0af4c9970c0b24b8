"""Errors that are written for people: what was wrong, where, what was kept, what to do."""

from __future__ import annotations


class BilateralError(Exception):
    """A problem whose message is the whole answer: it is shown without a traceback."""


class Quarantine(BilateralError):
    """A snapshot must not feed the next layer; the message is the reason, for a person."""
