"""The state of a list's history while snapshots are folded into it: open rows, events, coverage, the list as it was seen last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

import polars as pl

from assets.contracts import Folded, History
from assets.sanctions.facts.lists import authority_of, covered, program_aliases, timezone_of
from assets.sanctions.history.compared.snapshot import (
    COMPARED,
    Moment,
    RemarksReader,
    Snapshot,
    Unnamed,
    as_shown,
    in_scope,
    scope_of,
)
from assets.sanctions.history.coverage import TABLE as COVERAGE
from assets.sanctions.history.coverage import Coverage
from assets.sanctions.history.versioned_rows import Row, closed, comparable_name, event_id, frame_of, sorted_by_key
from assets.sanctions.reading.shape import DETAILS
from assets.schema import table


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


# open rows -------------------------------------------------------------------------------------------------------------


TABLES = ("sanction_listings", "sanction_programs", *(f"sanction_{name}" for name in DETAILS))
"""The tables of listings and of what is said of them."""
MOST_PIECES = 12
"""Pieces of a frame before it is put together: one in many small pieces is slow to search."""


class OpenRows:
    """Rows of the tables of listings while snapshots are folded.

    ``frames``: open rows as they came. ``parties``: listings taken out of the frames to be revised, by listing_id. ``ended``:
    listings removed in the last days. ``closed``: rows that no later snapshot changes, by table. ``have_ends``: whether there may
    be open rows with an end; most lists state none.
    """

    def __init__(self, list_id: str, history: History) -> None:
        self.list_id = list_id
        self.closed: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.parties: dict[str, Party] = {}
        frames = {name: history.open(name) for name in TABLES}
        # a version that was brought by its absence has no row in a file: what it is about is no longer shown
        is_shown = pl.col("row_number").is_not_null()
        gone, listings = frames["sanction_listings"].filter(~is_shown), frames["sanction_listings"].filter(is_shown)
        programs, key = frames["sanction_programs"], ["listing_id", "known_from"]
        of_gone = defaultdict(list)
        for row in programs.join(gone, on=key, how="semi").iter_rows(named=True):
            of_gone[row["listing_id"], row["known_from"]].append(row)
        self.ended = [Ended(r, of_gone[r["listing_id"], r["known_from"]]) for r in gone.iter_rows(named=True)]
        self.frames = frames | {"sanction_listings": listings, "sanction_programs": programs.join(gone, on=key, how="anti")}
        self.have_ends = bool(listings["valid_to"].count()) or frames["sanction_statuses"].height > 0

    def id_of(self, native_id: str) -> str:
        """The listing_id of an id of the list."""
        return f"{self.list_id}:{native_id}"

    def native_id_of(self, listing_id: str) -> str:
        """The id that the list itself gives a listing."""
        return listing_id[len(self.list_id) + 1 :]

    def load_parties(self, native_ids: Iterable[str]) -> None:
        """Take the listings that are about to be revised out of the frames."""
        wanted = [i for n in native_ids if (i := self.id_of(n)) not in self.parties]
        if not wanted:
            return
        mine = pl.col("listing_id").is_in(wanted)
        for name in TABLES:
            if not self.frames[name].height or not (rows := self.frames[name].filter(mine)).height:
                continue
            self.frames[name] = self.frames[name].filter(~mine)
            for row in rows.iter_rows(named=True):
                if name == "sanction_listings":
                    self.parties[row["listing_id"]] = Party(row)
                elif name == "sanction_programs":
                    self.parties[row["listing_id"]].programs.append(row)
                else:
                    self.parties[row["listing_id"]].details[name.removeprefix("sanction_")].append(row)

    def party(self, native_id: str) -> Party:
        """A listing that was taken out of the frames."""
        return self.parties[self.id_of(native_id)]

    def open(self, name: str, rows: pl.DataFrame) -> None:
        """Put open rows into the frames; columns that they lack are NULL, others are left out."""
        schema = table(f"core.{name}").polars
        columns = ((pl.col(c) if c in rows.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
        opened = pl.concat([self.frames[name], rows.select(columns)])
        self.frames[name] = opened.rechunk() if opened.n_chunks() > MOST_PIECES else opened

    def end(self, ended: Ended) -> None:
        """Close a listing that was removed, with its programs: its rows stay as they are."""
        self.closed["sanction_listings"].append(ended.listing)
        self.closed["sanction_programs"] += ended.programs

    def end_settled(self, last: date) -> None:
        """Close what was removed up to the day ``last``: no other id replaces it any more."""
        for ended in self.ended:
            if ended.listing["valid_to"] <= last:
                self.end(ended)
        self.ended = [e for e in self.ended if e.listing["valid_to"] > last]

    def end_returned(self, listing_ids: set[str]) -> None:
        """Close the removals of listings that are back under their own id: no other id can replace them."""
        for ended in [e for e in self.ended if e.listing["listing_id"] in listing_ids]:
            self.ended.remove(ended)
            self.end(ended)

    def with_end(self, name: str) -> list[Row]:
        """Open rows of listings or statuses that have an end."""
        if not self.have_ends:
            return []
        rows = self.frames[name].filter(pl.col("valid_to").is_not_null()).to_dicts()
        for party in self.parties.values():
            mine = [party.listing] if name == "sanction_listings" else party.details["statuses"]
            rows += [r for r in mine if r["valid_to"] is not None]
        return rows

    def detail(self, name: str) -> pl.DataFrame:
        """All open rows of a detail."""
        fresh = [r for p in self.parties.values() for r in p.details[name]]
        return pl.concat([self.frames[f"sanction_{name}"], frame_of(f"sanction_{name}", fresh)])

    def listings(self, native_ids: Iterable[str]) -> dict[str, Row]:
        """Open rows of listings by native_id."""
        wanted = set(native_ids)
        held = self.frames["sanction_listings"].filter(pl.col("native_id").is_in(list(wanted))).to_dicts()
        held += [p.listing for p in self.parties.values() if p.listing["native_id"] in wanted]
        return {row["native_id"]: row for row in held}

    def all_open(self) -> dict[str, pl.DataFrame]:
        """The open rows of every table, those of ended listings too, in the order of its key."""
        parties = self.parties.values()
        fresh = {
            "sanction_listings": [p.listing for p in parties] + [e.listing for e in self.ended],
            "sanction_programs": [r for p in parties for r in p.programs] + [r for e in self.ended for r in e.programs],
        } | {f"sanction_{name}": [r for p in parties for r in p.details[name]] for name in DETAILS}
        return {name: sorted_by_key(name, pl.concat([self.frames[name], frame_of(name, rows)])) for name, rows in fresh.items()}

    def close(self, name: str, rows: Iterable[Row], known_to: datetime) -> None:
        """Close rows: they are superseded from ``known_to`` on."""
        self.closed[name] += closed(rows, known_to)


class PastEnds:
    """The end, so far known, of listings that are no longer shown, by listing_id; the latest where there are several."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._found: dict[str, date] | None = None
        self._here: dict[str, date] = {}

    def all(self) -> dict[str, date]:
        """All of them. They are read from the history once, when they are first asked for."""
        if self._found is None:
            over = self._history.all("sanction_listings").filter(pl.col("known_to").is_null(), pl.col("valid_to").is_not_null())
            shown = self._history.open("sanction_listings").filter(pl.col("row_number").is_not_null())
            found = over.select("listing_id", "valid_to", "known_from").collect()
            found = found.join(shown, on=["listing_id", "known_from"], how="anti")
            latest = dict(found.group_by("listing_id").agg(pl.col("valid_to").max()).iter_rows())
            self._found = latest | self._here
        return self._found

    def add(self, listing_id: str, end: date) -> None:
        """Remember that a listing has ended."""
        self._here[listing_id] = end
        if self._found is not None:
            self._found[listing_id] = end


# events ----------------------------------------------------------------------------------------------------------------


class ListingEvents:
    """Events that may still be retracted, and final ones (``closed``)."""

    def __init__(self, list_id: str, rows: pl.DataFrame) -> None:
        self._list_id, self._authority = list_id, authority_of(list_id)
        self._open: list[Row] = rows.to_dicts()
        self.closed: list[Row] = []

    def record(
        self,
        listing: Row,
        kind: str,
        moment: Moment,
        country_id: str | None,
        detail: str | None = None,
        *,
        when: tuple[date, date | None] | None = None,
        known_at: datetime | None = None,
        program: str | None = None,
        cites: bool = False,
    ) -> Row:
        """Note an event; returns its row.

        Args:
            listing: the listing that it is about, as it now reads.
            kind: added, removed, modified, ...
            moment: when it was seen.
            country_id: at which the measure is directed.
            detail: in words.
            when: its day and the lower bound of that; by default those of comparing snapshots.
            known_at: since when it is known; by default since it was seen.
            program: where there is one event per program.
            cites: the citation of the listing is that of the event.
        """
        known_at = moment.known_at if known_at is None else known_at
        day, earliest = (moment.day, moment.since) if when is None else when
        if moment.basis != COMPARED and known_at == moment.known_at:
            # the day is stated, and no bound of a comparison
            earliest = None
        row = {
            "event_id": event_id(listing["listing_id"], kind, known_at, program),
            "event_date": day,
            "event_date_earliest": earliest,
            "kind": kind,
            "listing_id": listing["listing_id"],
            "list_id": self._list_id,
            "authority_id": self._authority,
            "country_id": country_id,
            "name": listing["name"],
            "detail": detail,
            "citation": listing["citation"] if cites else None,
            "url": listing["url"],
            "known_at": known_at,
            "snapshot_id": moment.snapshot_id,
        }
        self._open.append(row)
        return row

    def record_status(
        self,
        listing: Row,
        status: Row,
        kind: str,
        moment: Moment,
        country_id: str | None,
        *,
        when: tuple[date, date | None],
        known_at: datetime,
    ) -> None:
        """Note that a listing was suspended or resumed, as its row of core.sanction_statuses says."""
        row = self.record(listing, kind, moment, country_id, when=when, known_at=known_at)
        # several suspensions of a listing may become known at once
        row["event_id"] = event_id(listing["listing_id"], kind, known_at, status["valid_from"].isoformat())
        row["citation"] = status["citation"]
        row["url"] = row["url"] if status["url"] is None else status["url"]

    def ends(self) -> set[tuple[str, str, date]]:
        """The events that may still be retracted, as kind, listing_id and day."""
        return {(e["kind"], e["listing_id"], e["event_date"]) for e in self._open}

    def retract(self, kind: str, listing_id: str, day: date | None) -> None:
        """Retract the event of an end that turns out to lie elsewhere."""
        what = (kind, listing_id, day)
        self._open = [e for e in self._open if (e["kind"], e["listing_id"], e["event_date"]) != what]

    def retract_all(self, listing_id: str) -> None:
        """Retract every event of a listing that a record withdrew."""
        self._open = [e for e in self._open if e["listing_id"] != listing_id]

    def retract_removal(self, listing: Row) -> None:
        """Retract the event that removed a listing which another id turns out to go on."""
        removal = event_id(listing["listing_id"], "removed", listing["known_from"])
        self._open = [e for e in self._open if e["event_id"] != removal]

    def retract_edits(self, listing_ids: Collection[str], known_at: datetime, columns: Collection[str]) -> None:
        """Retract what was noted at a moment as edits of these listings, as far as it is about these columns and details."""
        kept = []
        for event in self._open:
            if event["kind"] == "modified" and event["known_at"] == known_at and event["listing_id"] in listing_ids:
                rest = [part for part in (event["detail"] or "").split("; ") if part not in columns]
                if not rest:
                    continue
                event = event | {"detail": "; ".join(rest)}
            kept.append(event)
        self._open = kept

    def close_until(self, last: date, movable: Collection[tuple[str, str, date]]) -> None:
        """Make the events up to the day ``last`` final, except those of ends (kind, listing_id, day) that may move."""
        stay: list[Row] = []
        for e in self._open:
            is_open = e["event_date"] > last or (e["kind"], e["listing_id"], e["event_date"]) in movable
            (stay if is_open else self.closed).append(e)
        self._open = stay

    def open_rows(self) -> pl.DataFrame:
        """Rows of core.sanction_events that may still be retracted."""
        return frame_of("sanction_events", self._open)


# the state of a list ---------------------------------------------------------------------------------------------------


class ListState:
    """Rows, events, ends and notes of one list.

    ``is_record``: others write down what an authority announced, so that a change of a row is no act of anybody; ``withdrawn``:
    rows that such a record no longer has, as ``records.Entry``, by native_id.
    ``span``: the first and last day over which the history is held, if any. ``whole_until``: the last day on which the
    list was seen whole. ``coverage``: the days that its editions cover.
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
        held = history.open("sanction_lists").select("covered_from", "covered_until").rows()
        self.span: tuple[date, ...] = held[0] if held else ()
        self.coverage = Coverage(list_id, history)
        self.actors: dict[str, str] = dict(history.notes.get("actors", {}))
        self.files_seen: dict[str, str] = dict(history.notes.get("files_seen", {}))
        self.withdrawn: dict[str, Entry] = {i: Entry(**entry) for i, entry in history.notes.get("withdrawn", {}).items()}
        self.format: str | None = history.notes.get("format")
        self.is_cut: bool = history.notes.get("is_cut", False)
        until = history.notes.get("whole_until")
        self.whole_until = None if until is None else date.fromisoformat(until)

    def extend_coverage(self, day: date, *, is_whole: bool) -> None:
        """The history is held up to ``day``; ``is_whole``: the whole list was seen on it."""
        self.span = (self.span[0] if self.span else day, day)
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
                "sanction_lists": covered(self.list_id, *self.span) if self.span else table("core.sanction_lists").empty(),
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


# the list as it was seen last ------------------------------------------------------------------------------------------


class CurrentList:
    """``listings``: those that are on the list, as a snapshot would show them. Their details are made when they are asked for."""

    def __init__(self, state: ListState) -> None:
        self._state = state
        self.listings = as_shown(state.rows.frames["sanction_listings"], state.rows.frames["sanction_programs"])
        self._details: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}

    def detail(self, name: str, scope: tuple[str, ...]) -> pl.DataFrame:
        """Open rows of a detail as a snapshot with this scope would show them."""
        if (name, scope) not in self._details:
            native_id = pl.col("listing_id").str.slice(len(self._state.list_id) + 1).alias("native_id")
            rows = self._state.rows.detail(name).select(native_id, *DETAILS[name].names()[1:])
            self._details[name, scope] = in_scope(name, rows, scope)
        return self._details[name, scope]

    def remember(self, seen: Snapshot, held: list[str], *, is_changed: bool) -> None:
        """Keep what was seen for the comparison with the next snapshot."""
        kept = {}
        of_held = pl.col("native_id").is_in(held)
        for name, frame in seen.details.items():
            scope = scope_of(name, seen.details, self._state.remarks)
            kept[name, scope] = pl.concat([in_scope(name, frame, scope), self._details[name, scope].filter(of_held)])
        self._details = kept if is_changed else self._details | kept
        self.listings = pl.concat([seen.listings.select(self.listings.columns), self.listings.filter(of_held)])

    def put(self, listings: pl.DataFrame, without: Sequence[str] = ()) -> None:
        """Put listings among those shown, in place of what was known of them."""
        fresh = listings.select(self.listings.columns)
        rest = self.listings.filter(~pl.col("native_id").is_in([*fresh["native_id"], *without]))
        self.listings = pl.concat([fresh, rest])
        self._details = {}
