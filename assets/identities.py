"""How many of the identities (ids, names, keys) of one snapshot another one still holds, from a sample that both draw alike.

The sample is that of the smallest hashes (bottom-k sketch: Broder, On the resemblance and containment of documents, 1997). It is
exact for up to ``SAMPLE`` identities; beyond that the standard error of a share is at most 1.6 points.
"""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

SAMPLE = 1000
"""Hashes that are kept of a snapshot: 5 kB, so that hundreds of vintages can be remembered."""
FEWEST = 5
"""Identities of the earlier snapshot in the common sample, below which no share is told."""
_SPREAD = 2654435761
"""Knuth's multiplier: the checksums of numbers in a row are not in a row. Odd, so that different ones stay different."""


@dataclass(frozen=True)
class Identity:
    """Which columns of a staged frame say who or what a row is.

    ``ids``: the id of the publisher, or the columns of a key. ``name``: the column of names, if there is one. ``are_made``: ids
    are made by the reader of what a row says, so that a name that is still there outweighs an id that is not. ``newest``: the
    column of days where the frame may hold several editions, of which the newest counts. ``instead``: the frame of a snapshot
    that holds ids alone and lacks ``frame``.
    """

    frame: str
    ids: tuple[str, ...]
    name: str | None = None
    are_made: bool = False
    newest: str | None = None
    instead: str | None = None

    def samples(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
        """The samples of ``ids`` and ``names`` of staged frames; none where the frame is not there or has no rows."""
        frame = frames.get(self.frame, frames.get(self.instead or ""))
        if frame is None or not frame.height:
            return {}
        if self.newest is not None:
            frame = frame.filter(pl.col(self.newest).eq_missing(pl.col(self.newest).max()))
        shown = {"ids": pl.concat_str([pl.col(c).cast(pl.String) for c in self.ids], separator="\x1f")}
        if self.name in frame.columns:
            shown["names"] = pl.col(self.name).str.strip_chars().str.to_lowercase()
        return {what: sample(values.drop_nulls().to_list()) for what, values in frame.select(**shown).to_dict().items()}


@dataclass(frozen=True)
class Overlap:
    """``kept``: share of the earlier identities that are still there. ``known``: share of the later ones that were there."""

    kept: float
    known: float


def sample(values: Iterable[str]) -> str:
    """The sample of these identities, as text."""
    checksums = pl.Series(map(zlib.crc32, map(str.encode, values)), dtype=pl.UInt64)
    hashes = (checksums * _SPREAD % (1 << 32)).unique().sort()
    return base64.b64encode(array("I", hashes.head(SAMPLE)).tobytes()).decode()


def overlap(earlier: str, later: str) -> Overlap | None:
    """What two samples have in common; None where too few of the earlier one can be told."""
    then, now = (_hashes(text) for text in (earlier, later))
    # a full sample says nothing of hashes above its largest
    end = min((max(hashes) for hashes in (then, now) if len(hashes) == SAMPLE), default=0xFFFFFFFF)
    then, now = ({h for h in hashes if h <= end} for hashes in (then, now))
    if len(then) < FEWEST:
        return None
    both = len(then & now)
    return Overlap(both / len(then), both / len(now) if now else 0.0)


def _hashes(text: str) -> set[int]:
    return set(array("I", base64.b64decode(text)))
