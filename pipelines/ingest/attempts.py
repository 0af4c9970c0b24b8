"""What comes of asking a source, before anything is stored: attempts, gaps, notes.

A fetcher yields them, ``RawStore.take`` stores them. Neither knows how the other works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Basis = Literal["capture", "commit", "deposit", "content", "name", "mtime", "page", "press", "notice", "estimate", "derived"]
"""What a moment of retrieval rests on where somebody else kept the file.

The capture of a web archive; an upper bound, the commit of a repository or the publication of a deposit; what the file says of
itself, its name, or when it was last written; the page that offered it; the day on which the press told it,
or a notice was published, of facts that were written down from these; an estimate; or that it was derived from dated files.
"""


@dataclass(frozen=True)
class Http:
    """What a server said of one file."""

    url: str
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Attempt:
    """One attempt to get a snapshot.

    Attributes:
        moment: when it was retrieved, or published where the source dates its files; naive UTC.
        files: name to bytes as served; None where nothing could be had.
        reason: why nothing could be had.
        http: what the server said, by name of file, also of files that could not be had.
        warnings: what was unusual, a sentence each.
        basis: what the moment rests on, where somebody else kept the files.
    """

    moment: datetime
    files: Mapping[str, bytes] | None
    reason: str | None = None
    http: Mapping[str, Http] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    basis: Basis | None = None


@dataclass(frozen=True)
class Gap:
    """A moment (naive UTC) for which a source publishes nothing although it publishes later ones."""

    moment: datetime


@dataclass(frozen=True)
class Note:
    """A sentence on what was rightly not done."""

    text: str


Finding = Attempt | Gap | Note
