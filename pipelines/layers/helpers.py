"""What the layers ask of other processes that help them: to stage snapshots, to fold some apart from the others, or a source.

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

from pipelines.intake.reviews import Reviews
from pipelines.layers.judging import Fed
from pipelines.layers.manifest import NewSnapshot, SourceState


@dataclass(frozen=True)
class Day:
    """Snapshots of a source that are staged by one helper, one after the other.

    ``fingerprint``: of the code by which who asks would stage them.
    """

    source: str
    fingerprint: str
    names: Sequence[str]


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


@dataclass(frozen=True)
class WholeSource:
    """A source whose fold one helper does from its beginning to its end.

    ``fingerprint``: of the code by which who asks would fold it. ``held``: what the current core holds of it. ``reviews``: what
    people decided on its snapshots.
    """

    source: str
    fingerprint: str
    held: SourceState
    reviews: Reviews


@dataclass(frozen=True)
class FoldedSource:
    """What the fold of a whole source gave. ``written``: the files in ``parts`` that it wrote."""

    held: SourceState
    new: Sequence[NewSnapshot]
    written: frozenset[str]


class Helpers(Protocol):
    """Other processes, on this machine or on others."""

    def stage(self, days: Sequence[Day]) -> Iterator[tuple[Day, Mapping[str, str]]]:
        """Stage snapshots.

        Args:
            days: of one source or of many, as they are to be given out.

        Yields:
            Each day that was done, with the folder of its draft by name of the snapshot; in any order, some not at all.
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

    def fold_sources(
        self, domain: str, sources: Sequence[WholeSource]
    ) -> AbstractContextManager[Iterator[tuple[str, FoldedSource]]]:
        """Fold whole sources of a domain, while the caller does what it has not given away.

        Returns:
            What each source gave, by its name; in any order, some not at all.
        """
        ...
