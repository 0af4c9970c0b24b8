"""What takes long to make and is the same for every process, kept beside the compiled modules.

Such a file may be deleted at any time. Where it cannot be written, each process makes anew what it would hold.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def kept_or_made(kept: Path, content: Callable[[], str], make: Callable[[], T]) -> T:
    """What ``make`` gives, which can be pickled: as it was kept of this content, else made, and kept for the next time.

    Args:
        kept: the file. It says of which content it is, and holds a hash of itself: one that is cut or damaged counts as none.
        content: stands for all that it is made of: facts, code, versions of libraries.
        make: makes it.
    """
    made_of = content()
    head, _, body = _bytes(kept).partition(b"\n")
    if head == _head(made_of, body):
        found: T = pickle.loads(body)
        return found
    made = make()
    if content() != made_of:  # changed while it was read
        return made
    body = pickle.dumps(made)
    draft = kept.with_name(f".{kept.name}.{os.getpid()}")
    # a folder that cannot be written costs time, and no more
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        draft.write_bytes(_head(made_of, body) + b"\n" + body)
        draft.replace(kept)
    return made


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _head(made_of: str, body: bytes) -> bytes:
    return f"{made_of} {sha256(body).hexdigest()}".encode()
