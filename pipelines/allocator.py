"""How a process takes memory and gives it back."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> bool:
    """Give memory that was freed back to the system; whether there was any, and the library of C knows how.

    Glibc keeps what threads free in pools of theirs: after a month of GDELT was taken in, 280 MB that no later step would use. To
    have it keep no large blocks at all costs half as much processor time again where files are read.
    """
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (OSError, AttributeError, TypeError):
        return False  # another library of C, or another system


AT_LEAST = 200_000
"""Objects that are made until Python looks for those that refer to each other and to which nothing else does."""


def collect_rarely() -> None:
    """Have Python look for garbage in cycles a hundredth as often as it would: a call before anything large is imported.

    Most objects of this program stay (modules, declarations) or go by themselves when nothing refers to them; to look at all of
    them time and again took an eighth of the processor time of a refresh.
    """
    gc.set_threshold(AT_LEAST, 20, 50)
