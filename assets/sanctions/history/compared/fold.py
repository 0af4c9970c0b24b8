"""A list whose history is seen by comparing snapshots: the fold of any list staged in ``shape`` into the sanctions tables.

Whatever changed between a snapshot and the one before is found in frames (``snapshot``); each listing that changed is then
revised on its own (``changes``; what a version becomes: ``versions``). The rules are those of the contract: an addition is
dated with the day of the snapshot (an upper bound; the day of the snapshot before is the lower one) in the authority's time
zone; what the first snapshot holds has an unknown start; a removal leaves a current version with ``valid_to``; the cost of a
snapshot is that of comparing it with the one before.

What a list states itself takes precedence over what comparing shows: the first day in force, the day of publication, the end,
a suspension. A stated date that arrives late replaces one that was compared, in a version of its own; the reverse never happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.sanctions.history.compared.changes import add_all, corrected, record_due_ends, remove_all, revise_all
from assets.sanctions.history.compared.snapshot import (
    Moment,
    RemarksReader,
    Snapshot,
    absent,
    changed,
    differing,
    in_scope,
    read_snapshot,
    scope_of,
    under_known_ids,
)
from assets.sanctions.history.compared.state import CurrentList, ListState
from assets.sanctions.history.versioned_rows import Row, day_of_snapshot

REISSUE_DAYS = 3
"""A new id with the name of a listing that was removed at most so many days before is that party under another id."""


def fold_compared(
    list_id: str,
    history: History,
    snapshots: Iterable[StagedSnapshot],
    remarks: RemarksReader | None = None,
    *,
    is_record: bool = False,
) -> Folded:
    """Fold vintages of a list, in order of retrieval, into its history.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left.
        snapshots: frames in the shape of ``assets.sanctions.reading.shape``. Facts that count: ``unreadable_ids`` and
            ``n_illegible`` (listings that are there but cannot be read), ``format`` (differences in details between two
            formats are not acts of the authority), ``cut_ids`` (listings whose remarks are cut: what was known of them stays),
            ``of_new`` (details that count for listings alone that are new), ``is_cut`` (a snapshot of the built-in record:
            what was cut from it and comes with a whole one is no act either). Listings may have no more than an id: who is known
            stays as known, who is not is held until a vintage names it (``Unnamed``).
        remarks: for a list whose remarks hold details. They are read for listings that are new or whose remarks changed;
            a detail for which the snapshot has a frame is not taken from remarks (weak names are, where the frame has none).
        is_record: others write down what an authority announced. What is dated by comparing, or changed in a row, is their work
            and no act: only stated days make events.

    Returns:
        Open rows: listings that are shown with their programs and details; listings removed in the last three days; the
        events of these days and of ends that may still be moved; the list's own row and the table of program aliases. All
        else is closed.
    """
    ledger = ListHistory(list_id, history, remarks, is_record=is_record)
    for snapshot in snapshots:
        ledger.fold_snapshot(snapshot)
    return ledger.folded()


class ListHistory:
    """The history of one list while snapshots are folded into it: what the folds of lists and of deltas work with.

    The state is in ``ListState``, the list as it was seen last in ``CurrentList``; what is done to a listing in ``changes``.
    """

    def __init__(self, list_id: str, history: History, remarks: RemarksReader | None, *, is_record: bool = False) -> None:
        self._state = ListState(list_id, history, remarks, is_record=is_record)
        self._shown = CurrentList(self._state)
        self.list_id = list_id
        self.zone = self._state.zone
        self.events = self._state.events

    @property
    def shown(self) -> pl.DataFrame:
        """The listings that are on the list, as a snapshot would show them."""
        return self._shown.listings

    @property
    def whole_until(self) -> date | None:
        """The last day on which the list was seen whole."""
        return self._state.whole_until

    @property
    def span(self) -> tuple[date, ...]:
        """The first and last day over which the history is held."""
        return self._state.span

    def listings(self, native_ids: Iterable[str]) -> dict[str, Row]:
        """The current versions of listings, by native_id."""
        return self._state.rows.listings(native_ids)

    def extend_coverage(self, day: date, *, is_whole: bool) -> None:
        """The history is held up to ``day``; ``is_whole``: the whole list was seen on it."""
        self._state.extend_coverage(day, is_whole=is_whole)

    def folded(self) -> Folded:
        """The result of the fold."""
        return self._state.folded()

    def fold_snapshot(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot of the list: what it shows, and what it no longer shows."""
        state, before = self._state, self._shown.listings
        day = day_of_snapshot(snapshot, self.zone)
        # a record that is typed some day after its notices says nothing of what was done between two of its editions
        since = None if state.is_record else state.whole_until
        moment = Moment(snapshot.retrieved_at, day, since, snapshot.snapshot_id)
        self.close_settled(day)
        # what ended on its stated day and is no longer shown has no other moment to be noted
        record_due_ends(state, moment)
        if snapshot.is_repeat:
            # nobody was added or removed up to this day: what comes next happened after it
            self._see(snapshot, day)
            return
        seen = self._read(snapshot)
        if state.is_record:
            seen = under_known_ids(seen, corrected(state, before, seen))
        removed, held = absent(before, seen.listings, snapshot)
        seen = state.unnamed.hold(seen, moment, is_whole=snapshot.complete and not snapshot.facts.get("n_illegible"))
        of_new, seen = seen, seen.without(snapshot.facts.get("of_new", ()))
        touched = changed(before, seen.listings)
        for name, frame in seen.details.items():
            scope = scope_of(name, seen.details, state.remarks)
            touched |= differing(self._shown.detail(name, scope), in_scope(name, frame, scope))
        new = seen.listings.join(before, on="native_id", how="anti", maintain_order="left")
        rows = seen.listings.filter(pl.col("native_id").is_in(list(touched))).join(
            before, on="native_id", how="semi", maintain_order="left"
        )
        state.rows.load_parties([*rows["native_id"], *removed])
        read = self._read_remarks([new, rows], removed)
        remove_all(state, removed, read, moment)
        if new.height:
            add_all(state, new, state.unnamed.said_of(of_new), read, moment)
        if rows.height:
            revise_all(state, rows, seen, read, moment)
        record_due_ends(state, moment)
        self._shown.remember(seen, held, is_changed=bool(new.height or rows.height or removed))
        state.files_seen |= {name: day.isoformat() for name in seen.details}
        state.format = snapshot.facts.get("format", state.format)
        state.is_cut = bool(snapshot.facts.get("is_cut"))
        self._see(snapshot, day)

    def _see(self, snapshot: StagedSnapshot, day: date) -> None:
        """Note which days an edition covers. One with listings that cannot be read does not say who is gone.

        A record says nothing of the days between its own day, where it states one, and its retrieval.
        """
        told = snapshot.facts.get("published") if self._state.is_record else None
        day = day if told is None else min(day, date.fromisoformat(told))
        self.extend_coverage(day, is_whole=snapshot.complete)
        coverage, at = self._state.coverage, snapshot.retrieved_at
        if snapshot.complete and not snapshot.facts.get("n_illegible") and not self._state.unnamed.since.height:
            coverage.see_edition(day, self.shown["listed_on"], at, snapshot.snapshot_id)
        else:
            coverage.see_part(day, at, snapshot.snapshot_id)

    def close_settled(self, day: date) -> None:
        """Make removals and events from more than three days before ``day`` final.

        The event of an end stays open while the list shows what has ended: the end may be moved.
        """
        rows, last = self._state.rows, day - timedelta(days=REISSUE_DAYS + 1)
        rows.end_settled(last)
        if self._state.is_record:
            # whatever a record says may be corrected in its next edition
            return
        movable = {("removed", r["listing_id"], r["valid_to"]) for r in rows.with_end("sanction_listings")}
        movable |= {("resumed", r["listing_id"], r["valid_to"]) for r in rows.with_end("sanction_statuses")}
        self.events.close_until(last, movable)

    def remove(self, native_ids: Sequence[str], moment: Moment) -> None:
        """Remove listings."""
        self._state.rows.load_parties(native_ids)
        remove_all(self._state, native_ids, self._read_remarks([], native_ids), moment)
        self._shown.put(self.shown.clear(), without=native_ids)

    def revise(self, listings: pl.DataFrame, moment: Moment) -> None:
        """Revise listings that are on the list: rows of ``shown`` with what is other now, and ``row``."""
        seen = self._read(StagedSnapshot(moment.snapshot_id, moment.known_at, False, {}, {"listings": listings}))
        self._state.rows.load_parties(listings["native_id"])
        revise_all(self._state, seen.listings, seen, {}, moment)
        self._shown.put(seen.listings)

    def add(self, frames: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Add listings that are not on the list: frames in the staged shape."""
        seen = self._read(StagedSnapshot(moment.snapshot_id, moment.known_at, False, {}, frames))
        add_all(self._state, seen.listings, seen, {}, moment)
        self._shown.put(seen.listings)

    def _read(self, snapshot: StagedSnapshot) -> Snapshot:
        day = day_of_snapshot(snapshot, self.zone)
        return read_snapshot(snapshot, self.shown, day, self._state)

    def _read_remarks(self, frames: Sequence[pl.DataFrame], removed: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        """Details that the remarks of these listings hold; of removed ones too, whose events need the country."""
        if self._state.remarks is None or not (removed or any(f.height for f in frames)):
            return {}
        rows = [f.select("native_id", "remarks") for f in frames]
        return self._state.remarks.read(pl.concat([*rows, self._state.remarks_of(removed)]))
