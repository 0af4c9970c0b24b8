"""What a core is at one moment: the files of each source and table, by name, and what is published of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from assets.schema import table

NO_FILES: Mapping[str, Any] = {"open": None, "closed": []}
"""What a state says of a table of which it has no rows."""


@dataclass
class SourceState:
    """What a manifest says of a source; paths below ``parts``. ``reviews``: digest of decisions on its snapshots."""

    fingerprint: str = ""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    snapshots: str | None = None
    baseline: dict[str, Any] | None = None
    digest: str = ""
    rejects: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    reviews: str = ""

    def files_of(self, name: str) -> list[str]:
        """The files of a table (bare name), that of its open rows first."""
        entry = self.tables.get(name, NO_FILES)
        return [file for file in (entry["open"], *entry["closed"]) if file is not None]

    def files(self) -> Iterator[str]:
        """All files that the state refers to."""
        for name in self.tables:
            yield from self.files_of(name)
        yield from self.rejects
        yield from self.kept.values()
        if self.snapshots is not None:
            yield self.snapshots


class HistoryFiles:
    """What earlier folds left in the files of a source's state, as a fold sees it."""

    def __init__(self, parts: Path, state: SourceState) -> None:
        self._parts, self._state = parts, state
        self.notes: Mapping[str, Any] = state.notes

    def open(self, name: str) -> pl.DataFrame:
        """Rows that a later snapshot may still change."""
        file = self._state.tables.get(name, NO_FILES)["open"]
        return table(f"core.{name}").empty() if file is None else pl.read_parquet(self._parts / file)

    def all(self, name: str) -> pl.LazyFrame:
        """All rows folded so far."""
        files = self._state.files_of(name)
        return pl.scan_parquet([self._parts / f for f in files]) if files else table(f"core.{name}").empty().lazy()

    def kept(self, name: str) -> pl.DataFrame | None:
        """A frame that the last fold kept for itself."""
        file = self._state.kept.get(name)
        return None if file is None else pl.read_parquet(self._parts / file)


@dataclass
class Manifest:
    """The core of a domain at one moment.

    ``version``: of what the folds made. ``set_aside``: the file of rows that broke a rule and are not published, ``kept`` the
    copies without them of the files in which they stand: the folds' own files stay whole, so that a corrected rule brings the
    rows back. ``sums``: SHA-256 of each file, noted when it was written. ``damaged``: what it named that is not as it was
    written, with what is wrong.
    """

    domain: str
    version: str = ""
    sources: dict[str, SourceState] = field(default_factory=dict)
    set_aside: str | None = None
    kept: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        """Version of what is published: of the folds, and of what was set aside."""
        return self.version if self.set_aside is None else f"{self.version}-{self.set_aside.split('.')[1]}"

    def published_files(self, source: str, name: str) -> list[tuple[str, str]]:
        """The files of a source's rows of a core table: as folded, and the one to be read in its place."""
        return [(f, self.kept.get(f, f)) for f in self.sources.get(source, SourceState()).files_of(name)]

    def files(self) -> set[str]:
        """All files that it refers to."""
        own = {*self.kept.values(), *([] if self.set_aside is None else [self.set_aside])}
        return own | {file for state in self.sources.values() for file in state.files()}

    def without(self, damaged: Mapping[str, str]) -> Manifest:
        """The manifest without the sources that rest on damaged files, and without what was made across sources or set aside."""
        whole = {n: s for n, s in self.sources.items() if n != self.domain and damaged.keys().isdisjoint(s.files())}
        left = Manifest(self.domain, sources=whole, damaged={f"parts/{file}": what for file, what in damaged.items()})
        files = left.files()
        left.sums = {file: digest for file, digest in self.sums.items() if file in files}
        left.sign()
        return left

    def content(self) -> dict[str, Any]:
        """What is stored of it."""
        return {name: value for name, value in asdict(self).items() if name != "damaged"}

    def sign(self) -> None:
        """Set the version by what the sources hold."""
        content = {k: [s.fingerprint, s.digest] for k, s in sorted(self.sources.items())}
        self.version = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class NewSnapshot:
    """A snapshot that this refresh saw for the first time, with its verdict."""

    source: str
    snapshot: str
    verdict: str
    reason: str | None
    warnings: str | None
    n_rows: int | None
    n_rejected: int | None


def stands_as(current: Manifest, candidate: Manifest) -> bool:
    """Whether a candidate's sources say what the current ones say, in the same files where rows of these were set aside."""

    def content(manifest: Manifest) -> dict[str, tuple[str, str]]:
        return {k: (s.fingerprint, s.digest) for k, s in manifest.sources.items() if k != manifest.domain}

    cross_source = current.sources.get(current.domain, SourceState())
    files = {f for s in (*candidate.sources.values(), cross_source) for f in s.files()}
    return content(candidate) == content(current) and set(current.kept) <= files


def digest_across(candidate: Manifest, fingerprint: str) -> str:
    """What the tables made across the sources of a candidate are made of."""
    content = [[k, s.fingerprint, s.digest] for k, s in sorted(candidate.sources.items()) if k != candidate.domain]
    return hashlib.sha256(json.dumps([fingerprint, content]).encode()).hexdigest()[:12]


def across_that_stands(candidate: Manifest, current: Manifest, digest: str, new: SourceState | None = None) -> SourceState | None:
    """What was made across these very sources without these very rows, by ``new`` or in the current core; None if neither."""
    for before in (new, current.sources.get(candidate.domain)):
        if before is not None and before.digest == digest and before.notes.get("set_aside") == candidate.set_aside:
            return before
    return None
