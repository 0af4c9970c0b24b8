"""What this process has freed goes back to the system between its steps."""

from __future__ import annotations

import ctypes


def give_back() -> bool:
    """Give memory that was freed back to the system; whether there was any, and the library of C knows how.

    Glibc keeps what threads free in pools of theirs: after a month of GDELT was taken in, 280 MB that no later step would use. To
    have it keep no large blocks at all costs half as much processor time again where files are read.
    """
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (OSError, AttributeError, TypeError):
        return False  # another library of C, or another system
