"""The state of one list while snapshots are folded into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import polars as pl

from assets.contracts import Folded, History
from assets.sanctions.facts.lists import covered, program_aliases, timezone_of
from assets.sanctions.history.compared.listing_events import ListingEvents
from assets.sanctions.history.compared.open_rows import OpenRows, PastEnds
from assets.sanctions.history.compared.records import Entry, RemarksReader
from assets.sanctions.history.compared.unnamed import Unnamed
from assets.sanctions.history.coverage import TABLE as COVERAGE
from assets.sanctions.history.coverage import Coverage
from assets.sanctions.history.versioned_rows import frame_of


class Book:
    """Rows, events, ends and notes of one list.

    ``is_record``: others write down what an authority announced, so that a change of a row is no act of anybody; ``withdrawn``:
    rows that such a record no longer has, as ``records.Entry``, by native_id.
    ``whole_until``: the last day on which the list was seen whole. ``coverage``: the days that its editions cover.
    ``actors``: actors of listings that follow another one. ``unnamed``: who was seen by id alone.
    ``files_seen``: by detail the last day on which a snapshot covered it. ``format``: of the last snapshot;
    ``is_cut``: whether it was one of the built-in record, from which columns were cut.
    """

    def __init__(self, list_id: str, history: History, remarks: RemarksReader | None, *, is_record: bool = False) -> None:
        self.list_id, self.is_record = list_id, is_record
        self.zone = timezone_of(list_id)
        self.remarks = remarks
        self.events = ListingEvents(list_id, history.open("sanction_events"))
        self.rows = OpenRows(list_id, history)
        self.past_ends = PastEnds(history)
        self.unnamed = Unnamed(history)
        self.list_row = history.open("sanction_lists")
        self.coverage = Coverage(list_id, history)
        self.actors: dict[str, str] = dict(history.notes.get("actors", {}))
        self.files_seen: dict[str, str] = dict(history.notes.get("files_seen", {}))
        self.withdrawn: dict[str, Entry] = {i: Entry(**entry) for i, entry in history.notes.get("withdrawn", {}).items()}
        self.format: str | None = history.notes.get("format")
        self.is_cut: bool = history.notes.get("is_cut", False)
        until = history.notes.get("whole_until")
        self.whole_until = None if until is None else date.fromisoformat(until)

    @property
    def covered_from(self) -> date:
        """The first day over which the history is held."""
        first: date = self.list_row["covered_from"][0]
        return first

    @property
    def covered_until(self) -> date:
        """The last day over which the history is held."""
        last: date = self.list_row["covered_until"][0]
        return last

    def extend_coverage(self, day: date, *, is_whole: bool) -> None:
        """The history is held up to ``day``; ``is_whole``: the whole list was seen on it."""
        self.list_row = covered(self.list_id, self.covered_from if self.list_row.height else day, day)
        self.whole_until = day if is_whole else self.whole_until

    def ends(self) -> dict[str, date]:
        """The ends of listings that are no longer shown, by native_id."""
        return {self.rows.native_id_of(i): end for i, end in self.past_ends.all().items()}

    def remarks_of(self, native_ids: Sequence[str]) -> pl.DataFrame:
        """The remarks of listings whose rows are loaded."""
        held = [(i, self.rows.party(i).listing["remarks"]) for i in native_ids]
        return pl.DataFrame(held, schema={"native_id": pl.String, "remarks": pl.String}, orient="row")

    def folded(self) -> Folded:
        """The result of the fold."""
        return Folded(
            open=self.rows.all_open()
            | {
                "sanction_events": self.events.open_rows(),
                "sanction_lists": self.list_row,
                COVERAGE: frame_of(COVERAGE, self.coverage.open),
                "program_aliases": program_aliases(),
            },
            closed={name: frame_of(name, rows) for name, rows in self.rows.closed.items()}
            | {
                "sanction_events": frame_of("sanction_events", self.events.closed),
                COVERAGE: frame_of(COVERAGE, self.coverage.closed),
            },
            notes={
                "actors": dict(sorted(self.actors.items())),
                "files_seen": self.files_seen,
                "format": self.format,
                "is_cut": self.is_cut,
                "withdrawn": {i: asdict(entry) for i, entry in sorted(self.withdrawn.items())},
                "whole_until": None if self.whole_until is None else self.whole_until.isoformat(),
            },
            kept=self.unnamed.kept(),
        )
