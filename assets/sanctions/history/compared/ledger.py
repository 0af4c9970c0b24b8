"""A list whose history is seen by comparing snapshots: the fold of any list staged in ``shape`` into the sanctions tables.

Whatever changed between a snapshot and the one before is found in frames (``seen``); each listing that changed is then revised
on its own (``revise``, ``statuses``). The rules are those of the contract: an addition is dated with the day of the snapshot
(an upper bound; the day of the snapshot before is the lower one) in the authority's time zone; what the first snapshot holds
has an unknown start; a removal leaves a current version with ``valid_to``; the cost of a snapshot is that of comparing it with
the one before.

What a list states itself takes precedence over what comparing shows: the first day in force, the day of publication, the end,
a suspension. A stated date that arrives late replaces one that was compared, in a version of its own; the reverse never happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from assets.contract import Folded, History, StagedSnapshot
from assets.days import last_instant
from assets.sanctions.facts.lists import covered, program_aliases, timezone_of
from assets.sanctions.history.compared import additions, revise
from assets.sanctions.history.compared.event_log import EventLog
from assets.sanctions.history.compared.open_rows import OpenRows, PastEnds
from assets.sanctions.history.compared.records import COMPARED, STATED, Ended, Moment, Party, RemarksReader
from assets.sanctions.history.compared.revise import Programs
from assets.sanctions.history.compared.seen import (
    Found,
    Seen,
    absent,
    as_shown,
    changed,
    country_pairs,
    differing,
    in_scope,
    read_snapshot,
    rows_by_id,
    scope_of,
    target_country,
)
from assets.sanctions.history.compared.statuses import ended_statuses, revised_statuses
from assets.sanctions.history.rows import Row, day_of, day_of_snapshot, frame_of
from assets.sanctions.reading.shape import DETAILS

REISSUE_DAYS = 3
"""A new id with the name of a listing that was removed at most so many days before is that party under another id."""
REMARKS = {"native_id": pl.String, "remarks": pl.String}


def fold_compared(
    list_id: str, history: History, snapshots: Iterable[StagedSnapshot], remarks: RemarksReader | None = None
) -> Folded:
    """Fold vintages of a list, in order of retrieval, into its history.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left.
        snapshots: frames in the shape of ``assets.sanctions.reading.shape``. Facts that count: ``unreadable_ids`` and
            ``n_illegible`` (listings that are there but cannot be read), ``format`` (differences in details between two
            formats are no acts), ``cut_ids`` (listings whose remarks are cut: what was known of them stays).
        remarks: for a list whose remarks hold details. They are read for listings that are new or whose remarks changed;
            a detail for which the snapshot has a frame is not taken from remarks (weak names are, where the frame has none).

    Returns:
        Open rows: listings that are shown with their programs and details; listings removed in the last three days; the
        events of these days and of ends that may still be moved; the list's own row and the table of program aliases. All
        else is closed.
    """
    ledger = Ledger(list_id, history, remarks)
    for snapshot in snapshots:
        ledger.fold_snapshot(snapshot)
    return ledger.folded()


class Ledger:
    """The history of one list while snapshots are folded into it.

    ``shown``: the listings that are on the list, as a snapshot would show them. ``whole_until``: the last day on which the
    list was seen whole. ``events``: the log of events.
    """

    def __init__(self, list_id: str, history: History, remarks: RemarksReader | None) -> None:
        self.list_id = list_id
        self.zone = timezone_of(list_id)
        self.events = EventLog(list_id, history.open("sanction_events"))
        self._remarks = remarks
        self._rows = OpenRows(list_id, history)
        self._past_ends = PastEnds(history)
        self._list_row = history.open("sanction_lists")
        self._actors: dict[str, str] = dict(history.notes.get("actors", {}))
        self._files_seen: dict[str, str] = dict(history.notes.get("files_seen", {}))
        self._format: str | None = history.notes.get("format")
        until = history.notes.get("whole_until")
        self.whole_until = None if until is None else date.fromisoformat(until)
        self.shown = as_shown(self._rows.frames["sanction_listings"], self._rows.frames["sanction_programs"])
        self._details_known: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}

    @property
    def covered_from(self) -> date:
        """The first day over which the history is held."""
        first: date = self._list_row["covered_from"][0]
        return first

    @property
    def covered_until(self) -> date:
        """The last day over which the history is held."""
        last: date = self._list_row["covered_until"][0]
        return last

    def listings(self, native_ids: Iterable[str]) -> dict[str, Row]:
        """The versions of listings as they stand, by native_id."""
        return self._rows.listings(native_ids)

    # what may be folded -----------------------------------------------------------------------------------------------

    def fold_snapshot(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot of the list: what it shows, and what it no longer shows."""
        day = day_of_snapshot(snapshot, self.zone)
        moment = Moment(snapshot.retrieved_at, day, self.whole_until, snapshot.snapshot_id)
        self.close_settled(day)
        # what ended on its stated day and is shown no more has no other moment to be noted
        self._record_due_ends(moment)
        if snapshot.is_repeat:
            # nobody was added or removed up to this day: what comes next happened after it
            self.cover(day, is_whole=snapshot.complete)
            return
        seen = self._read(snapshot)
        removed, held = absent(self.shown, seen.listings, snapshot)
        touched = changed(self.shown, seen.listings)
        for name, frame in seen.details.items():
            scope = scope_of(name, seen.details, self._remarks)
            touched |= differing(self._known(name, scope), in_scope(name, frame, scope))
        new = seen.listings.join(self.shown, on="native_id", how="anti", maintain_order="left")
        rows = seen.listings.filter(pl.col("native_id").is_in(list(touched))).join(
            self.shown, on="native_id", how="semi", maintain_order="left"
        )
        self._rows.load_parties([*rows["native_id"], *removed])
        read = self._read_remarks([new, rows], removed)
        self._remove_all(removed, read, moment)
        if new.height:
            self._add_all(new, seen, read, moment)
        if rows.height:
            self._revise_all(rows, seen, read, moment)
        self._record_due_ends(moment)
        self._remember(seen, held, is_changed=bool(new.height or rows.height or removed))
        self._files_seen |= {name: day.isoformat() for name in seen.details}
        self._format = snapshot.facts.get("format", self._format)
        self.cover(day, is_whole=snapshot.complete)

    def cover(self, day: date, *, is_whole: bool) -> None:
        """The history is held up to ``day``; ``is_whole``: the whole list was seen on it."""
        self._list_row = covered(self.list_id, self.covered_from if self._list_row.height else day, day)
        self.whole_until = day if is_whole else self.whole_until

    def close_settled(self, day: date) -> None:
        """Let what was removed, and the events, more than three days before ``day`` stand for good.

        The event of an end stays open while the list shows what has ended: the end may be moved.
        """
        last = day - timedelta(days=REISSUE_DAYS + 1)
        self._rows.end_settled(last)
        movable = {("removed", r["listing_id"], r["valid_to"]) for r in self._rows.with_end("sanction_listings")}
        movable |= {("resumed", r["listing_id"], r["valid_to"]) for r in self._rows.with_end("sanction_statuses")}
        self.events.close_until(last, movable)

    def remove(self, native_ids: Sequence[str], moment: Moment) -> None:
        """Remove listings."""
        self._rows.load_parties(native_ids)
        self._remove_all(native_ids, self._read_remarks([], native_ids), moment)
        self._show(self.shown.clear(), without=native_ids)

    def revise(self, listings: pl.DataFrame, moment: Moment) -> None:
        """Revise listings that are on the list: rows of ``shown`` with what is other now, and ``row``."""
        seen = self._read(StagedSnapshot(moment.snapshot_id, moment.known_at, False, {}, {"listings": listings}))
        self._rows.load_parties(listings["native_id"])
        self._revise_all(seen.listings, seen, {}, moment)
        self._show(seen.listings)

    def add(self, frames: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Add listings that are not on the list: frames in the staged shape."""
        seen = self._read(StagedSnapshot(moment.snapshot_id, moment.known_at, False, {}, frames))
        self._add_all(seen.listings, seen, {}, moment)
        self._show(seen.listings)

    def folded(self) -> Folded:
        """The result of the fold."""
        return Folded(
            open=self._rows.all_open()
            | {
                "sanction_events": self.events.open_rows(),
                "sanction_lists": self._list_row,
                "program_aliases": program_aliases(),
            },
            closed={name: frame_of(name, rows) for name, rows in self._rows.closed.items()}
            | {"sanction_events": frame_of("sanction_events", self.events.closed)},
            notes={
                "actors": dict(sorted(self._actors.items())),
                "files_seen": self._files_seen,
                "format": self._format,
                "whole_until": None if self.whole_until is None else self.whole_until.isoformat(),
            },
        )

    # what was known before --------------------------------------------------------------------------------------------

    def _read(self, snapshot: StagedSnapshot) -> Seen:
        day = day_of_snapshot(snapshot, self.zone)
        return read_snapshot(snapshot, self.shown, day, self._format, self._ends)

    def _ends(self) -> dict[str, date]:
        return {self._rows.native_id_of(i): end for i, end in self._past_ends.all().items()}

    def _known(self, name: str, scope: tuple[str, ...]) -> pl.DataFrame:
        """Open rows of a detail as a snapshot with this scope would show them."""
        if (name, scope) not in self._details_known:
            native_id = pl.col("listing_id").str.slice(len(self.list_id) + 1).alias("native_id")
            rows = self._rows.detail(name).select(native_id, *DETAILS[name].names()[1:])
            self._details_known[name, scope] = in_scope(name, rows, scope)
        return self._details_known[name, scope]

    def _remember(self, seen: Seen, held: list[str], *, is_changed: bool) -> None:
        """Keep what was seen for the comparison with the next snapshot."""
        kept = {}
        of_held = pl.col("native_id").is_in(held)
        for name, frame in seen.details.items():
            scope = scope_of(name, seen.details, self._remarks)
            kept[name, scope] = pl.concat([in_scope(name, frame, scope), self._details_known[name, scope].filter(of_held)])
        self._details_known = kept if is_changed else self._details_known | kept
        self.shown = pl.concat([seen.listings.select(self.shown.columns), self.shown.filter(of_held)])

    def _show(self, listings: pl.DataFrame, without: Sequence[str] = ()) -> None:
        """Put listings among those shown, in place of what was known of them."""
        fresh = listings.select(self.shown.columns)
        rest = self.shown.filter(~pl.col("native_id").is_in([*fresh["native_id"], *without]))
        self.shown = pl.concat([fresh, rest])
        self._details_known = {}

    def _read_remarks(self, frames: Sequence[pl.DataFrame], removed: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        """Details that the remarks of these listings hold; of removed ones too, whose events need the country."""
        if self._remarks is None or not (removed or any(f.height for f in frames)):
            return {}
        gone = [(i, self._rows.party(i).listing["remarks"]) for i in removed]
        rows = [f.select("native_id", "remarks") for f in frames]
        return self._remarks.read(pl.concat([*rows, pl.DataFrame(gone, schema=REMARKS, orient="row")]))

    # listings that are new --------------------------------------------------------------------------------------------

    def _add_all(self, new: pl.DataFrame, seen: Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Open the listings that a snapshot shows and the one before did not, all at once."""
        past = {} if moment.since is None and not self._list_row.height else self._ends()
        replaced: dict[str, Ended] = {}
        if moment.since is not None:
            replaced = additions.replaced_by(new, set(seen.listings["native_id"]), self._rows.ended, past, moment.day)
        self._actors |= {self._rows.id_of(i): e.listing["actor_id"] for i, e in replaced.items()}
        listings = additions.first_versions(self.list_id, new, replaced, past, self._actors, moment)
        self._rows.end_returned(set(listings["listing_id"]))
        self._rows.have_ends |= bool(listings["valid_to"].count())
        self._rows.open("sanction_listings", listings)
        self._rows.open("sanction_programs", additions.first_programs(listings))
        mine = listings.select("native_id", "listing_id", "known_from", "snapshot_id")
        details = additions.first_details(new, seen, read, self._remarks)
        for name, frame in details.items():
            if name != "statuses" and frame.height:
                self._rows.open(f"sanction_{name}", mine.join(frame, on="native_id", maintain_order="left"))
        countries = country_pairs(details["countries"])
        for listing in listings.iter_rows(named=True):
            old = replaced.get(listing["native_id"])
            if old is not None:
                self._let_follow(old, listing["valid_from"], moment)
            elif listing["valid_from"] is None:
                continue
            kind, detail = ("added", None) if old is None else ("reissued", f"replaces {old.listing['listing_id']}")
            country = target_country(countries[listing["native_id"]])
            when = (listing["valid_from"], listing["valid_from_earliest"])
            self.events.record(listing, kind, moment, country, detail, when=when, known_at=listing["known_from"], cites=True)
        statuses = rows_by_id(details["statuses"]) if "statuses" in details else {}
        self._rows.load_parties(statuses)
        for native_id, shown in statuses.items():
            party = self._rows.party(native_id)
            self._revise_statuses(party, shown, moment, party.listing["known_from"])

    def _let_follow(self, replaced: Ended, start: date, moment: Moment) -> None:
        """Let a replaced listing end on the day on which the other begins, and take back the event of its removal."""
        old = replaced.listing
        self._rows.ended.remove(replaced)
        self.events.retract_removal(old)
        listing, programs = old, replaced.programs
        if old["valid_to"] != start:
            later: Row = {"valid_to": start}
            if old["known_from"] < moment.known_at:
                self._rows.close("sanction_listings", [listing], moment.known_at)
                self._rows.close("sanction_programs", programs, moment.known_at)
                later |= moment.known
                listing = moment.of_end(listing)
            listing, programs = listing | later, [row | later for row in programs]
        self._past_ends.add(old["listing_id"], start)
        self._rows.end(Ended(listing, [r if revise.is_ordered(r) else r | {"valid_to": r["valid_from"]} for r in programs]))

    # listings that are gone -------------------------------------------------------------------------------------------

    def _remove_all(self, native_ids: Sequence[str], read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        countries = country_pairs(read.get("countries"))
        for native_id in native_ids:
            self._remove(self._rows.id_of(native_id), countries[native_id], moment)

    def _remove(self, listing_id: str, countries: Sequence[tuple[str, str]], moment: Moment) -> None:
        party = self._rows.parties.pop(listing_id)
        listing = party.listing
        for name, rows in party.details.items():
            if name != "statuses":
                self._rows.close(f"sanction_{name}", rows, moment.known_at)
        statuses = ended_statuses(party.details["statuses"], moment)
        self._rows.close("sanction_statuses", statuses.superseded, moment.known_at)
        self._rows.closed["sanction_statuses"] += statuses.rows
        if listing["valid_to"] is not None and listing["valid_to"] <= moment.day:
            # it ended on the day that the list had stated: that it is shown no longer says nothing new
            self._past_ends.add(listing_id, listing["valid_to"])
            self._rows.end(Ended(listing, party.programs))
            return
        # where no snapshot before was whole, the first one at least showed it
        earliest = moment.since or self.covered_from
        self.events.record(listing, "removed", moment, revise.target_of(party, countries), when=(moment.day, earliest))
        self._rows.close("sanction_listings", [listing], moment.known_at)
        self._rows.close("sanction_programs", party.programs, moment.known_at)
        day = max(moment.day, listing["valid_from"] or moment.day)
        end = {"valid_to": day} | moment.known
        seen = {"valid_to_earliest": earliest, "valid_to_basis": COMPARED, "row_number": None}
        self._past_ends.add(listing_id, day)
        self._rows.ended.append(Ended(moment.of_end(listing | end | seen), [row | end for row in party.programs]))

    # listings that were edited ----------------------------------------------------------------------------------------

    def _revise_all(self, rows: pl.DataFrame, seen: Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Revise the listings that are shown as before but not in the same way."""
        mine = pl.col("native_id").is_in(rows["native_id"].implode())
        shown = {name: rows_by_id(frame.filter(mine)) for name, frame in seen.details.items()}
        in_text = {name: rows_by_id(frame) for name, frame in read.items()}
        scopes = {name: scope_of(name, seen.details, self._remarks) for name in DETAILS}
        for row in rows.iter_rows(named=True):
            own, text = ({name: by_id[row["native_id"]] for name, by_id in held.items()} for held in (shown, in_text))
            found = Found(own, text, scopes, self._remarks)
            self._revise(self._rows.party(row["native_id"]), row, found, seen, moment)

    def _revise(self, party: Party, row: Row, found: Found, seen: Seen, moment: Moment) -> None:
        old = party.listing
        edited, is_text_new = self._revise_listing(party, row, seen, moment)
        self._set_programs(party, revise.following(party.programs, old, party.listing, moment), moment)
        programs = revise.revised_programs(party.programs, party.listing, row["programs"], moment)
        self._set_programs(party, programs, moment)
        for name in DETAILS:
            if name == "statuses":
                if name in found.shown:
                    self._revise_statuses(party, found.shown[name], moment, old["known_from"])
                continue
            is_changed = self._revise_detail(name, party, found, row["name"], moment, is_text_new=is_text_new)
            if is_changed and name in found.shown and not seen.is_other_form and self._was_seen_with(name, old):
                edited.append(name)
        self._record_changes(party, old, edited, programs, revise.target_of(party, found.countries), moment)

    def _revise_listing(self, party: Party, row: Row, seen: Seen, moment: Moment) -> tuple[list[str], bool]:
        """Bring a listing up to what is seen. Returns the columns that were edited, and whether the remarks read otherwise."""
        old = party.listing
        later, edited = revise.edits(old, row, seen, self._remarks)
        past = None if row["listed_on"] is None else self._past_ends.all().get(old["listing_id"])
        later |= revise.revised_start(old, row, past, self.covered_from)
        if later.get("valid_from") is not None and old["valid_from_basis"] in STATED:
            edited.append("valid_from")
        later |= revise.revised_end(old | later, row, seen.not_stated)
        if "valid_to" in later:
            self._rows.have_ends = True
            self.events.retract("removed", old["listing_id"], old["valid_to"])
            if later["valid_to"] is None or later["valid_to"] > moment.day:
                edited.append("valid_to")
        if later:
            self._rows.close("sanction_listings", [old], moment.known_at)
            page = {} if row["url"] is None else {"url": row["url"]}
            basis = {"known_basis": "publication" if moment.is_public else "snapshot", "row_number": row["row"]}
            party.listing = old | later | page | moment.known | basis
        return edited, "remarks" in later

    def _set_programs(self, party: Party, programs: Programs, moment: Moment) -> None:
        party.programs = programs.rows
        self._rows.close("sanction_programs", programs.superseded, moment.known_at)
        self._rows.closed["sanction_programs"] += programs.over

    def _revise_detail(self, name: str, party: Party, found: Found, primary: str, moment: Moment, *, is_text_new: bool) -> bool:
        """Bring a detail up to what is seen; whether what the snapshot says of it in a frame of its own changed."""
        wanted, is_spoken_of = found.of(name, is_text_new, primary)
        if wanted is None:
            return False
        revised = revise.revised_detail(name, party.details[name], wanted, is_spoken_of, party.listing["listing_id"], moment)
        self._rows.close(f"sanction_{name}", revised.superseded, moment.known_at)
        party.details[name] = revised.rows
        return any(found.is_own(name, row) for row in [*revised.superseded, *revised.fresh])

    def _was_seen_with(self, name: str, listing: Row) -> bool:
        """Whether the detail was shown since the listing is: else what it now holds is learnt, and no act of the authority."""
        last, start = self._files_seen.get(name), listing["valid_from"]
        if listing["valid_from_basis"] in STATED:
            known_from: datetime = listing["known_from"]
            # the last instant of a day, which is one in UTC, lies on the next day in Beijing
            start = min(known_from.date(), day_of(known_from, self.zone))
        return last is not None and (start is None or start.isoformat() <= last)

    def _revise_statuses(self, party: Party, shown: Sequence[Row], moment: Moment, known_at: datetime) -> None:
        """Bring the suspensions up to what is shown, and note those that began or ended."""
        self._rows.have_ends = True
        listing_id = party.listing["listing_id"]
        past = self._past_ends.all().get(listing_id)
        revised = revised_statuses(party.details["statuses"], shown, past, listing_id, moment, known_at)
        self._rows.close("sanction_statuses", revised.superseded, moment.known_at)
        for end in revised.moved:
            self.events.retract("resumed", listing_id, end)
        party.details["statuses"] = revised.rows
        country = revise.target_of(party)
        for row in revised.begun:
            begun = (row["valid_from"], None)
            self.events.record_status(party.listing, row, "suspended", moment, country, when=begun, known_at=row["known_from"])
        for row in revised.ended:
            ended = (moment.day, moment.since)
            self.events.record_status(party.listing, row, "resumed", moment, country, when=ended, known_at=moment.known_at)

    # events -----------------------------------------------------------------------------------------------------------

    def _record_changes(
        self, party: Party, old: Row, edited: list[str], programs: Programs, country: str | None, moment: Moment
    ) -> None:
        """Note what a snapshot changed of a listing: one event for all edits, else one per program."""
        listing = party.listing
        if old["valid_from"] is None and listing["valid_from"] is not None:
            self.events.record(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
        changes = [f"+{p}" for p in programs.added] + [f"-{p}" for p in programs.dropped] + programs.retagged
        if edited or (programs.retagged and not programs.added and not programs.dropped):
            detail = [*edited, *([f"programs {', '.join(changes)}"] if changes else [])]
            self.events.record(listing, "modified", moment, country, "; ".join(detail), cites="citation" in edited)
            return
        for kind, names in (("program_added", programs.added), ("program_removed", programs.dropped)):
            for program in names:
                self.events.record(listing, kind, moment, country, program, program=program)

    def _record_due_ends(self, moment: Moment) -> None:
        """Note the ends of listings and suspensions that were stated before and whose day has come."""
        noted = self.events.ends()
        for kind, name in (("removed", "sanction_listings"), ("resumed", "sanction_statuses")):
            ends = [r for r in self._rows.with_end(name) if r["valid_to"] <= moment.day]
            due = [r for r in ends if (kind, r["listing_id"], r["valid_to"]) not in noted]
            if kind == "resumed" and due:
                # a suspension that the next one continues has not ended
                goes_on = set(self._rows.detail("statuses").select("listing_id", "valid_from").iter_rows())
                due = [r for r in due if (r["listing_id"], r["valid_to"]) not in goes_on]
            self._rows.load_parties(self._rows.native_id_of(r["listing_id"]) for r in due)
            for row in due:
                party = self._rows.parties[row["listing_id"]]
                known_at = max(row["known_from"], self._first_instant(row["valid_to"]))
                if kind == "removed" and row["valid_to_basis"] == "official_notice":
                    # a notice of that day brought the end, and may have come out late on it
                    known_at = min(moment.known_at, max(known_at, last_instant(row["valid_to"])))
                country, when = revise.target_of(party), (row["valid_to"], None)
                if kind == "resumed":
                    self.events.record_status(party.listing, row, kind, moment, country, when=when, known_at=known_at)
                else:
                    self.events.record(party.listing, kind, moment, country, when=when, known_at=known_at)

    def _first_instant(self, day: date) -> datetime:
        """First instant of a day of the authority, UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)
