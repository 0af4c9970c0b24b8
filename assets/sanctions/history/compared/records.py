"""What a fold by comparison passes around: the moment of a snapshot, and listings taken out of the frames as Python rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from assets.sanctions.history.versioned_rows import Row, comparable_name, known
from assets.sanctions.reading.shape import DETAILS

COMPARED = "snapshot_diff"
"""Basis of a day that was found by comparing two snapshots."""
STATED = ("source_field", "federal_register", "official_notice")
"""Bases of days that a list or its notice states."""


@dataclass
class Party:
    """A listing on the list, taken out of the frames to be revised: its open rows, those of details by name of the detail."""

    listing: Row
    programs: list[Row] = field(default_factory=list)
    details: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in DETAILS})


@dataclass
class Ended:
    """A listing removed so recently that another id may still turn out to replace it: its current rows."""

    listing: Row
    programs: list[Row]


@dataclass(frozen=True)
class Entry:
    """What a row of a record of notices is known by when its id changes: whom, by which notice, from which day, under what."""

    name: str
    party_type: str
    url: str | None
    start: str | None
    programs: str | None

    def is_corrected(self, later: Entry) -> bool:
        """Whether the other row is this one, corrected: the same name and notice, and the same day or the same programs."""
        whom = comparable_name(self.name), self.party_type
        if not whom[0] or whom != (comparable_name(later.name), later.party_type) or self.url != later.url:
            return False
        return self.start == later.start or (self.url is not None and self.programs == later.programs)


@dataclass(frozen=True)
class Moment:
    """When something is seen, as the rows refer to it.

    ``since``: the last day seen whole before; None for the first snapshot. ``basis``: that of the days of additions and
    removals: by comparison, where ``since`` is their lower bound, or one that is stated. ``is_public``: everybody could know
    it at ``known_at``, which is the moment of its publication.
    """

    known_at: datetime
    day: date
    since: date | None
    snapshot_id: str
    basis: str = COMPARED
    is_public: bool = False

    @property
    def known(self) -> Row:
        """The columns of a row that is current from this moment on."""
        return known(self.known_at, self.snapshot_id)

    def of_program(self, program: Row) -> Row:
        """A program that became known now; days that a comparison would have found are on the day that is stated."""
        return program | {"valid_from_basis": self.basis} if program["valid_from_basis"] == COMPARED else program

    def of_end(self, ended: Row) -> Row:
        """A version with an end that became known now; where the end is stated, it has no lower bound."""
        if self.basis == COMPARED or ended["valid_to_basis"] != COMPARED:
            return ended
        basis = {"known_basis": "publication"} if self.is_public else {}
        return ended | {"valid_to_basis": self.basis, "valid_to_earliest": None} | basis


@dataclass(frozen=True)
class RemarksReader:
    """How the remarks of a list are read, for a list whose remarks hold details.

    ``read``: from native_id and remarks of listings to the detail frames that follow from them (a subset of
    ``shape.DETAILS``); it is asked for listings that are new or whose remarks changed. ``quality``: that of the names in
    remarks. ``bases``: those of the countries in them. ``is_continued``: whether remarks are the old ones, which the file had
    cut, with their rest: that is new to us, not an act of the authority. ``kept``: from remarks and a party type to what
    of them the built-in record passes on.
    """

    read: Callable[[pl.DataFrame], Mapping[str, pl.DataFrame]]
    quality: str
    bases: tuple[str, ...]
    is_continued: Callable[[str, str], bool]
    kept: Callable[[str, str], str | None]
