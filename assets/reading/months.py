"""English names of months. Not from ``calendar``, whose names follow the locale of the machine."""

from __future__ import annotations

NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT = tuple(name[:3] for name in NAMES)
"""The first three letters: Jan, Feb, ..."""

BY_NAME = {name.casefold(): number for number, name in enumerate(NAMES, start=1)}
"""Whole name in small letters -> 1 to 12."""
BY_SHORT = {name.casefold(): number for number, name in enumerate(SHORT, start=1)}
"""The first three letters, small -> 1 to 12."""
BY_ANY = BY_NAME | BY_SHORT | {"sept": 9}
"""Whole names and abbreviations, small and without a full stop -> 1 to 12."""
