"""A list that has deltas as well: what one publication adds, removes and changes, beside the list or between two.

- An addition or removal takes effect on the day of the publication, by official notice, known since its last instant, or
  since it was retrieved where that was on the day.
- Of the changes of a listed party only programs added or taken away count; the next full list shows what came of the others.

A delta is never the list: what it does not name stays. A full list of a later day takes precedence over it, and takes from it
no more than better dates for what both show. A list of the same day may have been made before the publication: it retracts
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.days import last_instant
from assets.sanctions.history.compared.fold import ListHistory
from assets.sanctions.history.compared.snapshot import STATED, Moment, RemarksReader, program_cell, programs_in
from assets.sanctions.history.versioned_rows import Row, day_of_snapshot
from assets.sanctions.reading.shape import DETAILS, LISTINGS, MEMBERS

BASIS = "official_notice"
AHEAD = timedelta(days=1)
"""A publication is accepted that is dated so much later than the snapshot that holds it: clocks and zones differ."""
INSTANT = timedelta(microseconds=1)


def fold_with_deltas(
    list_id: str, history: History, snapshots: Iterable[StagedSnapshot], remarks: RemarksReader | None = None
) -> Folded:
    """Fold vintages of a list and deltas, in order of retrieval, into its history.

    Full lists are compared as ``fold_compared`` does. A delta acts at its publication, where nothing later was folded yet,
    else right after what was.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left.
        snapshots: frames in the staged shape, and of deltas: ``delta_publications`` (row, publication, published_at,
            published_on), ``delta_acts`` (row, publication, native_id, action, program), and of the parties to be added
            ``delta_listings`` and ``delta_<detail>``, with the column ``publication``.
        remarks: as ``fold_compared`` takes it.
    """
    deltas = _Deltas(ListHistory(list_id, history, remarks), history.notes.get("deltas", {}))
    for snapshot in snapshots:
        deltas.fold_snapshot(snapshot)
    return deltas.folded()


@dataclass(frozen=True)
class _Publication:
    """A delta as it is folded: ``key`` orders publications."""

    publication: str
    published_at: datetime
    day: date
    snapshot: StagedSnapshot

    @property
    def begins(self) -> datetime:
        """The earliest moment at which it can have come out: the first instant where its day alone is known."""
        return datetime.combine(self.day, time()) if self.published_at == last_instant(self.day) else self.published_at

    @property
    def known_at(self) -> datetime:
        """Its publication; a snapshot of that day that holds it shows that it was out."""
        retrieved_at = self.snapshot.retrieved_at
        return min(self.published_at, retrieved_at) if self.begins <= retrieved_at else self.published_at

    @property
    def key(self) -> str:
        return self.published_at.isoformat()

    def rows(self, name: str) -> pl.DataFrame:
        """Its rows of a staged frame."""
        frame = self.snapshot.frames[f"delta_{name}"]
        return frame.filter(pl.col("publication") == self.publication).drop("publication")

    def details(self) -> dict[str, pl.DataFrame]:
        """Its rows of the details that its format covers."""
        return {name: self.rows(name) for name in DETAILS if f"delta_{name}" in self.snapshot.frames}


@dataclass(frozen=True)
class _Due:
    """What a delta says and what is not overtaken. ``ends``: by native_id the day of a removal that was folded before it."""

    acts: list[Row] = field(default_factory=list)
    ends: dict[str, date] = field(default_factory=dict)

    def ids(self, action: str) -> list[str]:
        return [act["native_id"] for act in self.acts if act["action"] == action]


class _Deltas:
    """What is known of deltas, as long as a list may still be older than they are, beside the ledger of the list.

    ``last``: the last moment folded. ``days``: of the deltas that were folded, by publication. ``acts``: by party (and program)
    the newest act, as key of the publication, its day, and the action (removed where it found somebody to remove). ``fresh``:
    parties that no full list has shown yet.
    """

    def __init__(self, ledger: ListHistory, notes: Mapping[str, Any]) -> None:
        self.ledger = ledger
        self.last = datetime.fromisoformat(notes["last"]) if "last" in notes else datetime.combine(date.min, time())
        self.saw_list: bool = notes.get("saw_list", False)
        self.days: dict[str, str] = dict(notes.get("days", {}))
        self.acts: dict[str, list[str]] = {k: list(v) for k, v in notes.get("acts", {}).items()}
        self.fresh: set[str] = set(notes.get("fresh", ()))

    def folded(self) -> Folded:
        """The result of the fold."""
        found = self.ledger.folded()
        notes = {
            "last": self.last.isoformat(),
            "saw_list": self.saw_list,
            "days": dict(sorted(self.days.items())),
            "acts": dict(sorted(self.acts.items())),
            "fresh": sorted(self.fresh),
        }
        return replace(found, notes={**found.notes, "deltas": notes})

    def fold_snapshot(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot: the deltas in it and the list in it, each at its moment."""
        if MEMBERS in snapshot.frames:
            # who is on the list, and no more
            frames = {n: f for n, f in snapshot.frames.items() if n != MEMBERS} | {"listings": snapshot.frames[MEMBERS]}
            snapshot = replace(snapshot, frames=frames)
        if snapshot.is_repeat:
            # the same delta again says nothing of the list
            if self.saw_list:
                self._fold(snapshot)
            return
        self.saw_list = "listings" in snapshot.frames
        found = []
        if "delta_publications" in snapshot.frames:
            rows = snapshot.frames["delta_publications"].sort("row").iter_rows(named=True)
            found = [_Publication(r["publication"], r["published_at"], r["published_on"], snapshot) for r in rows]
        for publication in found:
            if publication.begins < snapshot.retrieved_at:
                self._fold_delta(publication)
        if self.saw_list:
            self._fold_list(snapshot)
        for publication in found:
            if snapshot.retrieved_at <= publication.begins <= snapshot.retrieved_at + AHEAD:
                self._fold_delta(publication)

    # a full list --------------------------------------------------------------------------------------------------------

    def _fold(self, snapshot: StagedSnapshot) -> datetime:
        """Compare a list with what is known. Returns the moment of it: right after a delta that its snapshot holds besides."""
        moment = max(snapshot.retrieved_at, self.last + INSTANT)
        self.ledger.fold_snapshot(replace(snapshot, retrieved_at=moment))
        self.last = moment
        return moment

    def _fold_list(self, snapshot: StagedSnapshot) -> None:
        """Fold a list. One of the day of a delta, or before it, may lack what the delta did."""
        day = day_of_snapshot(snapshot, self.ledger.zone)
        on = set(self.ledger.shown["native_id"].to_list()) if self.acts else set()
        pending = {k: action for k, (_, of, action) in self.acts.items() if of >= day.isoformat()}
        came = [i for i, action in pending.items() if action == "add" and i in on]
        went = [i for i, action in pending.items() if action in ("remove", "removed") and i not in on]
        facts = dict(snapshot.facts)
        facts["unreadable_ids"] = [*facts.get("unreadable_ids", ()), *came]
        frames = {n: f for n, f in snapshot.frames.items() if not n.startswith("delta_")}
        if went:
            frames = {n: f.filter(~pl.col("native_id").is_in(went)) for n, f in frames.items()}
        frames["listings"] = _with_days(frames["listings"], self._days_of_additions(on, day))
        moment = self._fold(replace(snapshot, frames=frames, facts=facts))
        shown = self.fresh & set(frames["listings"]["native_id"].to_list()) if self.fresh else set()
        # what a delta brought is written in another form by the list: that is not an act of the authority
        listing_ids = {f"{self.ledger.list_id}:{i}" for i in shown}
        self.ledger.events.retract_edits(listing_ids, moment, (*DETAILS, "remarks"))
        self.fresh = {i for i in self.fresh - shown if i in came}
        self.acts = {k: act for k, act in self.acts.items() if act[1] >= day.isoformat()}
        self.days = {k: of for k, of in self.days.items() if of >= day.isoformat()}

    def _days_of_additions(self, on: set[str], day: date) -> dict[str, date]:
        """Days of additions, by native_id, of which a delta could not add the party itself."""
        return {
            i: date.fromisoformat(of)
            for i, (_, of, action) in self.acts.items()
            if action == "add" and i not in on and of <= day.isoformat()
        }

    # a delta ------------------------------------------------------------------------------------------------------------

    def _fold_delta(self, p: _Publication) -> None:
        """Fold one delta. One that was folded before says nothing, nor does one without acts."""
        rows = p.rows("acts").to_dicts()
        if p.publication in self.days or not rows:
            return
        self.days[p.publication] = p.day.isoformat()
        until = self.ledger.whole_until
        is_late = until is not None and p.day < until
        due = self._due(p, rows, is_late=is_late)
        if until is None or not due.acts:
            return
        known_at = p.known_at if p.known_at > self.last else self.last + INSTANT
        day = until if is_late else p.day
        moment = Moment(known_at, day, p.day, p.snapshot.snapshot_id, BASIS, is_public=known_at == p.published_at)
        if self._act(p, due, moment, is_late=is_late):
            self.ledger.extend_coverage(max(moment.day, self.ledger.span[1]), is_whole=False)

    def _due(self, p: _Publication, rows: Sequence[Row], *, is_late: bool) -> _Due:
        """The acts that no newer one has overtaken; of a delta before the last list only additions, for their day."""
        due = _Due()
        for row in rows:
            key = row["native_id"] if row["program"] is None else f"{row['native_id']}:{row['program']}"
            newest = self.acts.get(key)
            if is_late:
                if row["action"] == "add":
                    due.acts.append(row)
            elif newest is None or newest[0] <= p.key:
                self.acts[key] = [p.key, p.day.isoformat(), row["action"]]
                due.acts.append(row)
            elif (row["action"], newest[2]) == ("add", "remove"):
                # its removal was folded before it, and found nothing to remove
                due.ends[row["native_id"]] = date.fromisoformat(newest[1])
                due.acts.append(row)
        return due

    def _act(self, p: _Publication, due: _Due, moment: Moment, *, is_late: bool) -> bool:
        """Do what a delta says. Returns whether anything became known."""
        on = set(self.ledger.shown["native_id"].to_list())
        removed = [i for i in due.ids("remove") if i in on]
        new = p.rows("listings").filter(pl.col("native_id").is_in([] if is_late else [i for i in due.ids("add") if i not in on]))
        revised = self._revised(p, due, on - set(removed))
        if not (removed or new.height or revised.height):
            return False
        self.ledger.close_settled(moment.day)
        if removed:
            self.ledger.remove(removed, moment)
            for native_id in removed:
                self.acts[native_id][2] = "removed"
        if revised.height:
            self.ledger.revise(revised, moment)
        if new.height:
            stated = new.with_columns(pl.lit(p.day).alias("listed_on"), pl.lit(BASIS).alias("listed_on_basis"))
            self.ledger.add({"listings": stated} | p.details(), moment)
        added = set(new["native_id"].to_list())
        self.fresh = (self.fresh | added) - set(removed)
        self.last = moment.known_at
        for native_id in [i for i in due.ends if i in added]:
            self._end(native_id, due.ends[native_id], moment.snapshot_id)
        return True

    def _revised(self, p: _Publication, due: _Due, on: set[str]) -> pl.DataFrame:
        """Listings that are shown as they are known, but for a start or programs that a delta gives, with ``row``."""
        programs: dict[str, dict[str, str]] = defaultdict(dict)
        for act in due.acts:
            if act["program"] is not None and act["native_id"] in on:
                programs[act["native_id"]][act["program"]] = act["action"]
        held = self.ledger.listings(i for i in due.ids("add") if i in on and i not in due.ends)
        started = [i for i, listing in held.items() if self._may_start(listing, p.day)]
        rows = {act["native_id"]: act["row"] for act in due.acts}
        changed = _changed_rows(self.ledger.shown, started, programs, p.day)
        return changed.with_columns(pl.col("native_id").replace_strict(rows, return_dtype=pl.Int64).alias("row"))

    def _may_start(self, listing: Row, day: date) -> bool:
        """Whether an addition on that day can be how a listing came: its start is not stated, and nothing contradicts the day."""
        if listing["valid_from_basis"] in STATED:
            return False
        if listing["valid_from"] is None:
            return bool(day <= self.ledger.span[0])
        return bool(listing["valid_from_earliest"] <= day <= listing["valid_from"] + AHEAD)

    def _end(self, native_id: str, day: date, snapshot_id: str) -> None:
        """End a listing on the day of a removal that was folded before its addition."""
        self.last += INSTANT
        self.ledger.remove([native_id], Moment(self.last, day, day, snapshot_id, BASIS))
        self.fresh.discard(native_id)


def _with_days(listings: pl.DataFrame, days: Mapping[str, date]) -> pl.DataFrame:
    """Listings with the day of their addition, where a delta gives it and the list does not."""
    if not listings["native_id"].is_in(list(days)).any():
        return listings
    blank = [pl.lit(None, LISTINGS[c]).alias(c) for c in ("listed_on", "listed_on_basis") if c not in listings.columns]
    listings = listings.with_columns(blank)
    given = pl.col("native_id").replace_strict(dict(days), default=None, return_dtype=pl.Date)
    is_given = given.is_not_null() & pl.col("listed_on").is_null()
    return listings.with_columns(
        pl.when(is_given).then(given).otherwise("listed_on").alias("listed_on"),
        pl.when(is_given).then(pl.lit(BASIS)).otherwise("listed_on_basis").alias("listed_on_basis"),
    )


def _changed_rows(
    shown: pl.DataFrame, started: Sequence[str], programs: Mapping[str, Mapping[str, str]], day: date
) -> pl.DataFrame:
    """Listings as they are shown, but for a start on ``day`` (``started``) or for programs added and taken away."""
    rows = shown.filter(pl.col("native_id").is_in([*started, *programs]))
    is_started = pl.col("native_id").is_in(list(started))
    cells = {}
    for native_id, cell in rows.select("native_id", "programs").iter_rows():
        asked = programs.get(native_id, {})
        named = dict.fromkeys([*programs_in(cell), *(p for p, a in asked.items() if a == "add_program")])
        # nobody is listed under no program: what takes the last one away was not understood
        cells[native_id] = program_cell(name for name in named if asked.get(name) != "remove_program") or cell
    changed = rows.with_columns(
        pl.when(is_started).then(pl.lit(day)).otherwise("listed_on").alias("listed_on"),
        pl.when(is_started).then(pl.lit(BASIS)).alias("listed_on_basis"),
        pl.col("native_id").replace_strict(cells, default=None, return_dtype=pl.String).alias("programs"),
    )
    is_other = changed["programs"].ne_missing(rows["programs"]) | rows["native_id"].is_in(list(started))
    return changed.filter(is_other)
