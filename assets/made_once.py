"""What takes long to make and is the same for every process, kept beside the compiled modules.

It may be deleted at any time, and where it cannot be written it is made by each process.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def made_once(name: str, beside: Path, content: str, make: Callable[[], T]) -> T:
    """What ``make`` gives, from the file of an earlier process where that was made of the same.

    Args:
        name: of the file.
        beside: the module that makes it.
        content: stands for all that it is made of: facts, code, versions of libraries; the version of Python counts anyway.
        make: makes something that can be pickled.
    """
    path = beside.parent / "__pycache__" / f"{name}.pickle"
    head = sha256(f"{content} {sys.version}".encode()).hexdigest().encode()
    try:
        held = path.read_bytes()
    except OSError:
        held = b""
    digest, packed = held[len(head) : 2 * len(head)], held[2 * len(head) :]
    if held.startswith(head) and sha256(packed).hexdigest().encode() == digest:  # else of another content, or damaged
        kept: T = pickle.loads(packed)
        return kept
    made = make()
    packed = pickle.dumps(made)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        draft.write_bytes(head + sha256(packed).hexdigest().encode() + packed)
        draft.replace(path)
    return made
