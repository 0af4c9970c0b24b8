"""What the layers ask of other processes that help them: to stage snapshots, and to fold some apart from the others.

A helper sees the same raw, staged and core folders, and runs the same code (the fingerprint of a source says whether it does).
It never decides: it writes files under names that nothing refers to yet, and who asked for them, and holds the lock of the
warehouse, puts them into use. So a helper may die, be late or do a thing twice, and nothing is lost or half done. What is not
given back is done by who asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.layers.judging import Fed


@dataclass(frozen=True)
class Batch:
    """Snapshots that are folded together, and the label by which their files are called."""

    label: str
    fed: Sequence[Fed]


@dataclass(frozen=True)
class FoldedApart:
    """What a fold of some snapshots on an empty history gave: its notes, and the files of its rows in ``parts``.

    ``closed``: by bare name of a core table, a file of rows. ``rejects``: a file, where there are any.
    """

    notes: Mapping[str, Any]
    closed: Mapping[str, str] = field(default_factory=dict)
    rejects: str | None = None


class Helpers(Protocol):
    """Other processes, on this machine or on others."""

    def stage(self, source: str, fingerprint: str, days: Sequence[Sequence[str]]) -> Iterator[Mapping[str, str]]:
        """Stage snapshots.

        Args:
            source: their source.
            fingerprint: of the code by which the caller would stage them.
            days: names of snapshots, as they are to be given out.

        Yields:
            Of each day that was done, by name of the snapshot, the folder of its draft; in any order, some not at all.
        """
        ...

    def fold(
        self, source: str, fingerprint: str, batches: Sequence[Batch]
    ) -> AbstractContextManager[Iterator[FoldedApart | None]]:
        """Fold batches apart from each other.

        Args:
            source: their source.
            fingerprint: of the code by which the caller would fold them.
            batches: what to fold.

        Returns:
            What each batch gave, in their order; None where it was not done.
        """
        ...
