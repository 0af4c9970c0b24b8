"""A list whose history is seen by comparing snapshots: the fold of any list staged in ``shape`` into the sanctions tables.

Whatever changed between a snapshot and the one before is found in frames; each listing that changed is then revised on its
own. The rules are those of the contract: an addition is dated with the day of the snapshot (an upper bound; the day of the
snapshot before is the lower one) in the authority's time zone; what the first snapshot holds has an unknown start; a removal
leaves a current version with ``valid_to``; the cost of a snapshot is that of comparing it with the one before.

What a list states itself goes before what comparing shows: the first day in force, the day of publication, the end, a
suspension. A stated date that arrives late replaces one that was compared, in a version of its own; the reverse never happens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from assets.contract import Folded, History, StagedSnapshot
from assets.days import last_instant, last_instants
from assets.sanctions.facts.lists import authority_of, canonical_programs, covered, page_of, program_aliases, timezone_of
from assets.sanctions.history.rows import (
    Row,
    closed,
    comparable_name,
    day_of,
    day_of_snapshot,
    event_id,
    frame_of,
    known,
    sorted_by_key,
)
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, LISTINGS, OWN_COLUMNS
from assets.schema import table

ReadRemarks = Callable[[pl.DataFrame], Mapping[str, pl.DataFrame]]
"""From native_id and remarks of listings to the detail frames that follow from them (a subset of ``shape.DETAILS``)."""

REISSUE_DAYS = 3
"""A new id with the name of a listing that was removed at most so many days before is that party under another id."""
AHEAD_DAYS = 60
"""A listing is shown at most so many days before it begins: a stated start later than that contradicts what was seen."""
EARLIEST, LATEST_END = date(1950, 1, 1), date(2199, 12, 31)
"""Days outside of these are slips, or stand for no day at all (9999-12-31): they are not believed."""
REQUIRED = {"birth_dates": ("born_from", "born_before", "precision", "is_circa")}
MOST_PIECES = 12
HISTORY_TABLES = ("sanction_listings", "sanction_programs", *(f"sanction_{name}" for name in DETAILS), "sanction_events")
OFAC_LISTS = ("us_ofac_sdn", "us_ofac_cons")
DETAILS_PAGE = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
STATED = ("source_field", "federal_register", "official_notice")
LATIN = re.compile("[A-Za-z]")
"""What a name in another script has none of."""
READ_BASES = ("nationality", "citizenship", "place_of_birth", "remark")
"""Bases of the countries that remarks give."""


@dataclass
class _Party:
    """A listing on the list, taken out of the frames to be revised: its open rows, those of details by name of the detail."""

    listing: Row
    programs: list[Row] = field(default_factory=list)
    details: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in DETAILS})


@dataclass
class _Ended:
    """A listing removed so recently that another id may still turn out to replace it: its current rows."""

    listing: Row
    programs: list[Row]


@dataclass(frozen=True)
class Moment:
    """A snapshot as the rows refer to it. ``since``: the last day seen whole before; None for the first one."""

    known_at: datetime
    day: date
    since: date | None
    snapshot_id: str


@dataclass(frozen=True)
class _Seen:
    """What a snapshot says: ``listings`` (every column of shape.LISTINGS; those in ``silent`` repeat what was known) and details.

    ``is_other_form``: the list comes in another format than last time, so that differences in details are no acts.
    """

    listings: pl.DataFrame
    silent: tuple[str, ...]
    details: Mapping[str, pl.DataFrame]
    is_other_form: bool


def fold_compared(
    list_id: str, history: History, snapshots: Iterable[StagedSnapshot], read_remarks: ReadRemarks | None = None
) -> Folded:
    """Fold vintages of a list, in order of retrieval, into its history.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left.
        snapshots: frames in the shape of ``assets.sanctions.reading.shape``. Facts that count: ``unreadable_ids`` and
            ``n_illegible`` (listings that are there but cannot be read), ``format`` (differences in details between two
            formats are no acts), ``cut_ids`` (listings whose remarks are cut: what was known of them stays).
        read_remarks: for a list whose remarks hold details. They are read for listings that are new or whose remarks changed;
            a detail for which the snapshot has a frame is not taken from remarks (weak names are, where the frame has none).

    Returns:
        Open rows: listings that are shown with their programs and details; listings removed in the last three days; the
        events of these days and of ends that may still be moved; the list's own row and the table of program aliases. All
        else is closed.
    """
    ledger = Ledger(list_id, history, read_remarks)
    for snapshot in snapshots:
        ledger.take_in(snapshot)
    return ledger.folded()


class Ledger:
    """The state of one fold: the open rows as they came, the parties taken out of them, and what was closed."""

    def __init__(self, list_id: str, history: History, read_remarks: ReadRemarks | None) -> None:
        self.list_id = list_id
        self.history = history
        self.read_remarks = read_remarks
        self.zone = timezone_of(list_id)
        self.authority = authority_of(list_id)
        self.list_row = history.open("sanction_lists")
        self.actors: dict[str, str] = dict(history.notes.get("actors", {}))
        self.files_seen: dict[str, str] = dict(history.notes.get("files_seen", {}))
        self.format: str | None = history.notes.get("format")
        self.whole_until: str | None = history.notes.get("whole_until")
        self.closed: dict[str, list[Row]] = {name: [] for name in HISTORY_TABLES}
        self.events: list[Row] = history.open("sanction_events").to_dicts()
        self.parties: dict[str, _Party] = {}
        self.base = {name: history.open(name) for name in HISTORY_TABLES[:-1]}
        # a version that was brought by its absence has no row in a file: what it is about is no longer shown
        is_shown = pl.col("row_number").is_not_null()
        gone, listings = self.base["sanction_listings"].filter(~is_shown), self.base["sanction_listings"].filter(is_shown)
        programs, key = self.base["sanction_programs"], ["listing_id", "known_from"]
        of_gone = defaultdict(list)
        for row in programs.join(gone, on=key, how="semi").iter_rows(named=True):
            of_gone[row["listing_id"], row["known_from"]].append(row)
        self.ended = [_Ended(r, of_gone[r["listing_id"], r["known_from"]]) for r in gone.iter_rows(named=True)]
        self.base |= {"sanction_listings": listings, "sanction_programs": programs.join(gone, on=key, how="anti")}
        self.before = _as_seen(listings, self.base["sanction_programs"])
        self.standing: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}
        self.states_ends = bool(listings["valid_to"].count()) or self.base["sanction_statuses"].height > 0
        self._ends: dict[str, date] | None = None
        self.ends_here: dict[str, date] = {}

    # one snapshot -----------------------------------------------------------------------------------------------------

    def take_in(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot."""
        day = day_of_snapshot(snapshot, self.zone)
        since = None if self.whole_until is None else date.fromisoformat(self.whole_until)
        moment = Moment(snapshot.retrieved_at, day, since, snapshot.snapshot_id)
        self._let_go(day)
        if snapshot.is_repeat:
            # nobody was added or removed up to this day: what comes next happened after it
            self._tell_what_has_come(moment)
            self._cover(day, snapshot.complete)
            return
        # what ended on its stated day and is shown no more has no other moment to be told
        self._tell_what_has_come(moment)
        seen = self._read(snapshot)
        removed, held = self._absent(seen.listings, snapshot)
        touched = _changed(self.before, seen)
        for name, frame in seen.details.items():
            scope = _scope(name, seen.details, self.read_remarks is not None)
            touched |= _differing(self._standing(name, scope), _in_scope(name, frame, scope))
        new = seen.listings.join(self.before, on="native_id", how="anti", maintain_order="left")
        rows = seen.listings.filter(pl.col("native_id").is_in(list(touched))).join(
            self.before, on="native_id", how="semi", maintain_order="left"
        )
        self._take_out([*rows["native_id"], *removed])
        read = self._read_remarks(pl.concat([new, rows]), removed)
        aims = _pairs_by_id(read.get("countries"))
        for native_id in removed:
            self._remove(f"{self.list_id}:{native_id}", aims[native_id], moment)
        if new.height:
            self._add(new, seen, read, moment)
        if rows.height:
            self._revise_all(rows, seen, read, moment)
        self._tell_what_has_come(moment)
        self._remember(seen, bool(new.height or rows.height or removed), held)
        self.files_seen |= {name: day.isoformat() for name in seen.details}
        self.format = snapshot.facts.get("format", self.format)
        self._cover(day, snapshot.complete)

    def _cover(self, day: date, is_whole: bool) -> None:
        self.list_row = covered(self.list_id, self.list_row["covered_from"][0] if self.list_row.height else day, day)
        self.whole_until = day.isoformat() if is_whole else self.whole_until

    def _read(self, snapshot: StagedSnapshot) -> _Seen:
        """What the snapshot says, in one form: one row per id, every column, programs of a cell in order."""
        listings = snapshot.frames["listings"].unique("native_id", keep="first", maintain_order=True)
        silent = tuple(c for c in LISTINGS if c not in listings.columns)
        if "row" in silent:
            listings = listings.with_row_index("row", 1)
        if keep := [c for c in silent if c in self.before.columns and self.before[c].count()]:
            listings = listings.join(self.before.select("native_id", *keep), on="native_id", how="left", maintain_order="left")
        listings = listings.select(
            (pl.col(c) if c in listings.columns else pl.lit(None)).cast(t).alias(c) for c, t in LISTINGS.items()
        )
        if "programs" not in silent:
            listings = listings.with_columns(_cells_in_order(listings["programs"]))
        latest = day_of_snapshot(snapshot, self.zone) + timedelta(days=AHEAD_DAYS)
        listings = listings.with_columns(
            pl.when(pl.col(c).is_between(EARLIEST, end)).then(c).alias(c)
            for c, end in (("listed_on", latest), ("ends_on", LATEST_END))
        )
        listings = self._without_cuts(listings, snapshot.facts.get("cut_ids") or ())
        if listings["ends_on"].null_count() < listings.height:
            listings = self._without_what_is_over(listings)
        details = {name: _conformed(name, snapshot.frames[name], listings) for name in DETAILS if name in snapshot.frames}
        if "statuses" in details:
            # what begins later is taken in when it has begun
            day = day_of_snapshot(snapshot, self.zone)
            details["statuses"] = details["statuses"].filter(pl.col("valid_from") <= day)
        form = snapshot.facts.get("format")
        return _Seen(listings, silent, details, None not in (form, self.format) and form != self.format)

    def _without_cuts(self, listings: pl.DataFrame, cut_ids: Sequence[str]) -> pl.DataFrame:
        """Listings whose remarks, where the file cuts them, are those known before that begin with what is left."""
        if not cut_ids:
            return listings
        before = self.before.filter(pl.col("native_id").is_in(cut_ids)).select("native_id", pl.col("remarks").alias("whole"))
        both = listings.join(before, on="native_id", how="left", maintain_order="left")
        is_cut = pl.col("whole").str.starts_with(pl.col("remarks"))
        return both.with_columns(pl.when(is_cut.fill_null(False)).then("whole").otherwise("remarks").alias("remarks")).drop(
            "whole"
        )

    def _without_what_is_over(self, listings: pl.DataFrame) -> pl.DataFrame:
        """Listings but for those that had ended and gone, and are shown again with no later end than the known one."""
        ends = self._past_ends()
        if not ends:
            return listings
        past = pl.DataFrame({"native_id": [i[len(self.list_id) + 1 :] for i in ends], "past": list(ends.values())})
        over = (
            listings.select("native_id", "ends_on")
            .join(past, on="native_id")
            .filter(pl.col("ends_on") <= pl.col("past"))
            .join(self.before, on="native_id", how="anti")
        )
        return listings.join(over, on="native_id", how="anti", maintain_order="left")

    def _absent(self, seen: pl.DataFrame, snapshot: StagedSnapshot) -> tuple[list[str], list[str]]:
        """Ids on the list that the snapshot does not show: those removed, and those held since it does not say so."""
        absent = self.before.join(seen, on="native_id", how="anti")["native_id"].sort().to_list()
        if snapshot.facts.get("n_illegible") or not snapshot.complete:
            return [], absent
        unreadable = set(snapshot.facts.get("unreadable_ids", ()))
        return [i for i in absent if i not in unreadable], [i for i in absent if i in unreadable]

    def _standing(self, name: str, scope: tuple[str, ...]) -> pl.DataFrame:
        """Open rows of a detail as a snapshot would show them."""
        if (name, scope) not in self.standing:
            fresh = [r for p in self.parties.values() for r in p.details[name]]
            rows = pl.concat([self.base[f"sanction_{name}"], frame_of(f"sanction_{name}", fresh)])
            native_id = pl.col("listing_id").str.slice(len(self.list_id) + 1).alias("native_id")
            self.standing[name, scope] = _in_scope(name, rows.select(native_id, *DETAILS[name].names()[1:]), scope)
        return self.standing[name, scope]

    def _remember(self, seen: _Seen, is_changed: bool, held: list[str]) -> None:
        """Keep what was seen for the comparison with the next snapshot."""
        kept = {}
        of_held = pl.col("native_id").is_in(held)
        for name, frame in seen.details.items():
            scope = _scope(name, seen.details, self.read_remarks is not None)
            kept[name, scope] = pl.concat([_in_scope(name, frame, scope), self.standing[name, scope].filter(of_held)])
        if not is_changed:
            kept = self.standing | kept
        self.standing = kept
        self.before = pl.concat([seen.listings.select(self.before.columns), self.before.filter(of_held)])

    def _read_remarks(self, rows: pl.DataFrame, removed: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        """Details that the remarks of these listings hold; of removed ones too, whose events need the country."""
        if self.read_remarks is None or not (rows.height or removed):
            return {}
        gone = [(i, self.parties[f"{self.list_id}:{i}"].listing["remarks"]) for i in removed]
        schema = {"native_id": pl.String, "remarks": pl.String}
        return self.read_remarks(
            pl.concat([rows.select("native_id", "remarks"), pl.DataFrame(gone, schema=schema, orient="row")])
        )

    def _take_out(self, native_ids: Sequence[str]) -> None:
        """Make parties of the listings that are about to be revised."""
        wanted = [i for n in native_ids if (i := f"{self.list_id}:{n}") not in self.parties]
        if not wanted:
            return
        mine = pl.col("listing_id").is_in(wanted)
        for name in HISTORY_TABLES[:-1]:
            if not self.base[name].height or not (rows := self.base[name].filter(mine)).height:
                continue
            self.base[name] = self.base[name].filter(~mine)
            for row in rows.iter_rows(named=True):
                if name == "sanction_listings":
                    self.parties[row["listing_id"]] = _Party(row)
                elif name == "sanction_programs":
                    self.parties[row["listing_id"]].programs.append(row)
                else:
                    self.parties[row["listing_id"]].details[name.removeprefix("sanction_")].append(row)

    def _let_go(self, day: date) -> None:
        """Close what was removed, and the events, more than three days before ``day``.

        The event of an end stays open while the list shows what has ended: the end may be moved.
        """
        for ended in self.ended:
            if (day - ended.listing["valid_to"]).days > REISSUE_DAYS:
                self.closed["sanction_listings"].append(ended.listing)
                self.closed["sanction_programs"] += ended.programs
        self.ended = [e for e in self.ended if (day - e.listing["valid_to"]).days <= REISSUE_DAYS]
        movable = {("removed", r["listing_id"], r["valid_to"]) for r in self._with_end("sanction_listings")}
        movable |= {("resumed", r["listing_id"], r["valid_to"]) for r in self._with_end("sanction_statuses")}
        stay: list[Row] = []
        gone: list[Row] = []
        for e in self.events:
            is_movable = (e["kind"], e["listing_id"], e["event_date"]) in movable
            (stay if is_movable or (day - e["event_date"]).days <= REISSUE_DAYS else gone).append(e)
        self.events = stay
        self.closed["sanction_events"] += gone

    def _with_end(self, name: str) -> list[Row]:
        """Open rows of listings or statuses that have an end. Most lists state none."""
        if not self.states_ends:
            return []
        rows = self.base[name].filter(pl.col("valid_to").is_not_null()).to_dicts()
        for party in self.parties.values():
            mine = [party.listing] if name == "sanction_listings" else party.details["statuses"]
            rows += [r for r in mine if r["valid_to"] is not None]
        return rows

    def _close(self, name: str, rows: Iterable[Row], known_to: datetime) -> None:
        self.closed[name] += closed(rows, known_to)

    def _past_ends(self) -> dict[str, date]:
        """The end, so far known, of listings that are no longer shown, by listing_id; the latest where there are several."""
        if self._ends is None:
            over = self.history.all("sanction_listings").filter(pl.col("known_to").is_null(), pl.col("valid_to").is_not_null())
            shown = self.history.open("sanction_listings").filter(pl.col("row_number").is_not_null())
            found = over.select("listing_id", "valid_to", "known_from").collect()
            found = found.join(shown, on=["listing_id", "known_from"], how="anti")
            latest = dict(found.group_by("listing_id").agg(pl.col("valid_to").max()).iter_rows())
            self._ends = latest | self.ends_here
        return self._ends

    def _has_ended(self, listing_id: str, end: date) -> None:
        self.ends_here[listing_id] = end
        if self._ends is not None:
            self._ends[listing_id] = end

    # listings that are new ----------------------------------------------------------------------------------------------

    def _add(self, new: pl.DataFrame, seen: _Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Open the listings that a snapshot shows and the one before did not, all at once."""
        past = {} if moment.since is None and not self.list_row.height else self._past_ends()
        replaced = {} if moment.since is None else self._replaced_by(new, seen, past, moment.day)
        listings = self._first_versions(new, replaced, past, moment)
        self._settle(set(listings["listing_id"]))
        mine = listings.select("native_id", "listing_id", "known_from")
        self.states_ends |= bool(listings["valid_to"].count())
        self._open("sanction_listings", listings)
        self._open("sanction_programs", _first_programs(listings))
        details = _details_of(new, seen, read)
        for name, frame in details.items():
            if name != "statuses":
                if not frame.height:
                    continue
                rows = mine.join(frame, on="native_id", maintain_order="left")
                self._open(f"sanction_{name}", rows.with_columns(pl.lit(moment.snapshot_id).alias("snapshot_id")))
        aims = _pairs_by_id(details["countries"])
        for listing in listings.iter_rows(named=True):
            old = replaced.get(listing["native_id"])
            if old is not None:
                self._join(old, listing["valid_from"], moment)
            elif listing["valid_from"] is None:
                continue
            kind, detail = ("added", None) if old is None else ("reissued", f"replaces {old.listing['listing_id']}")
            country = target_country(aims[listing["native_id"]])
            when = (listing["valid_from"], listing["valid_from_earliest"])
            self._tell(listing, kind, moment, country, detail, when=when, known_at=listing["known_from"], cites=True)
        if "statuses" in details and details["statuses"].height:
            suspended = details["statuses"]["native_id"].unique().to_list()
            self._take_out(suspended)
            wanted = _rows_by_id(details["statuses"])
            for native_id in suspended:
                party = self.parties[f"{self.list_id}:{native_id}"]
                self._revise_statuses(party, wanted[native_id], moment, party.listing["known_from"])

    def _settle(self, returned: set[str]) -> None:
        """Close the removals of listings that are back under their own id: no other id can replace them any more."""
        for ended in [e for e in self.ended if e.listing["listing_id"] in returned]:
            self.ended.remove(ended)
            self.closed["sanction_listings"].append(ended.listing)
            self.closed["sanction_programs"] += ended.programs

    def _open(self, name: str, rows: pl.DataFrame) -> None:
        """Put open rows into the frames."""
        schema = table(f"core.{name}").polars
        columns = ((pl.col(c) if c in rows.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
        opened = pl.concat([self.base[name], rows.select(columns)])
        # a frame in many small pieces is slow to search
        self.base[name] = opened.rechunk() if opened.n_chunks() > MOST_PIECES else opened

    def _replaced_by(self, new: pl.DataFrame, seen: _Seen, past: Mapping[str, date], day: date) -> dict[str, _Ended]:
        """For new ids the listing of the same name and type, removed at most three days before, that each replaces."""
        found: dict[str, _Ended] = {}
        # what has come back under its own id was not replaced
        back = set(seen.listings.filter(pl.col("native_id").is_in([e.listing["native_id"] for e in self.ended]))["native_id"])
        free = [e for e in self.ended if e.listing["native_id"] not in back and _began_before_it_went(e.listing)]
        # what the list itself says has ended takes nothing over
        rows = new.filter((pl.col("ends_on") > day).fill_null(True)) if free else new.clear()
        for native_id, name, party_type in rows.select("native_id", "name", "party_type").iter_rows():
            plain = comparable_name(name)
            if not plain or f"{self.list_id}:{native_id}" in past:
                continue
            same = [e for e in free if comparable_name(e.listing["name"]) == plain and e.listing["party_type"] == party_type]
            if same:
                found[native_id] = max(same, key=lambda e: (e.listing["valid_to"], e.listing["listing_id"]))
                free.remove(found[native_id])
        return found

    def _first_versions(
        self, new: pl.DataFrame, replaced: Mapping[str, _Ended], past: Mapping[str, date], moment: Moment
    ) -> pl.DataFrame:
        """Rows of core.sanction_listings for listings that are new, with native_id."""
        ids = new["native_id"].to_list()
        listing_ids = [f"{self.list_id}:{i}" for i in ids]
        self.actors |= {f"{self.list_id}:{i}": e.listing["actor_id"] for i, e in replaced.items()}
        gaps = {i: e.listing["valid_to_earliest"] for i, e in replaced.items()}
        rows = new.with_columns(
            pl.Series("listing_id", listing_ids),
            pl.Series("actor_id", [self.actors.get(i, i) for i in listing_ids]),
            pl.Series("past", [past.get(i) for i in listing_ids], pl.Date),
            pl.Series("gap", [gaps.get(i) for i in ids], pl.Date),
            pl.Series("is_reissue", [i in replaced for i in ids]),
        )
        day, since = pl.lit(moment.day), pl.lit(moment.since, pl.Date)
        stated, ends = pl.col("listed_on"), pl.col("ends_on")
        censored = moment.since is None
        # a re-issue takes over within the gap; a party that returns does not do so before it had gone
        is_stated = (
            stated.is_not_null()
            & (stated >= pl.col("past")).fill_null(True)
            & (~pl.col("is_reissue") | stated.is_between("gap", day)).fill_null(False)
        )
        published_at = last_instants(pl.col("published_on"))
        is_public = (
            (published_at <= moment.known_at)
            & pl.col("past").is_null()
            & ~pl.col("is_reissue")
            # a start that comparing dates cannot have been known before the snapshot that showed it
            & (is_stated | pl.lit(censored))
        ).fill_null(False)
        compared = pl.lit(None, pl.Date) if censored else pl.min_horizontal(day, ends)
        rows = rows.with_columns(is_stated.alias("is_stated"), is_public.alias("is_public")).with_columns(
            pl.when("is_stated").then(stated).otherwise(compared).alias("valid_from")
        )
        has_end = (ends.is_not_null() & (ends >= pl.col("valid_from")).fill_null(True)).alias("has_end")
        pages = pl.lit(page_of(self.list_id))
        if self.list_id in OFAC_LISTS:
            pages = pl.lit(DETAILS_PAGE) + pl.col("native_id")
        return rows.with_columns(has_end).select(
            *("listing_id", "native_id", "actor_id", *OWN_COLUMNS, "programs", "valid_from", "citation"),
            pl.lit(self.list_id).alias("list_id"),
            pl.when("is_stated").then(None).otherwise(pl.min_horizontal(since, "valid_from") if not censored else None)
            .alias("valid_from_earliest"),
            pl.when("is_stated").then(pl.col("listed_on_basis").fill_null("source_field"))
            .otherwise(pl.lit("left_censored" if censored else "snapshot_diff")).alias("valid_from_basis"),
            pl.when("has_end").then(ends).alias("valid_to"),
            pl.when("has_end").then(pl.col("ends_on_basis").fill_null("source_field")).alias("valid_to_basis"),
            pl.coalesce("url", pages).alias("url"),
            pl.when("is_public").then(published_at).otherwise(pl.lit(moment.known_at)).alias("known_from"),
            pl.when("is_public").then(pl.lit("publication")).otherwise(pl.lit("snapshot")).alias("known_basis"),
            pl.lit(moment.snapshot_id).alias("snapshot_id"),
            pl.col("row").alias("row_number"),
        )  # fmt: skip

    def _join(self, replaced: _Ended, start: date, moment: Moment) -> None:
        """Let a replaced listing end on the day on which the other begins, and take back the event of its removal."""
        old = replaced.listing
        self.ended.remove(replaced)
        self.events = [e for e in self.events if e["event_id"] != event_id(old["listing_id"], "removed", old["known_from"])]
        listings, programs = [old], replaced.programs
        if old["valid_to"] != start:
            later: Row = {"valid_to": start}
            if old["known_from"] < moment.known_at:
                self._close("sanction_listings", listings, moment.known_at)
                self._close("sanction_programs", programs, moment.known_at)
                later |= {"known_from": moment.known_at, "snapshot_id": moment.snapshot_id}
            listings, programs = [row | later for row in listings], [row | later for row in programs]
        self._has_ended(old["listing_id"], start)
        self.closed["sanction_listings"] += listings
        self.closed["sanction_programs"] += [r if _is_ordered(r) else r | {"valid_to": r["valid_from"]} for r in programs]

    # a listing that is gone ---------------------------------------------------------------------------------------------

    def _remove(self, listing_id: str, aims: Sequence[tuple[str, str]], moment: Moment) -> None:
        party = self.parties.pop(listing_id)
        listing = party.listing
        for name, rows in party.details.items():
            if name != "statuses":
                self._close(f"sanction_{name}", rows, moment.known_at)
        self._end_statuses(party, moment)
        if listing["valid_to"] is not None and listing["valid_to"] <= moment.day:
            # it ended on the day that the list had stated: that it is shown no longer says nothing new
            self._has_ended(listing_id, listing["valid_to"])
            self.closed["sanction_listings"].append(listing)
            self.closed["sanction_programs"] += party.programs
            return
        # where no snapshot before was whole, the first one at least showed it
        earliest = moment.since or self.list_row["covered_from"][0]
        self._tell(listing, "removed", moment, _target(aims, party), when=(moment.day, earliest))
        self._close("sanction_listings", [listing], moment.known_at)
        self._close("sanction_programs", party.programs, moment.known_at)
        day = max(moment.day, listing["valid_from"] or moment.day)
        end = {"valid_to": day, "known_from": moment.known_at, "snapshot_id": moment.snapshot_id}
        told = {"valid_to_earliest": earliest, "valid_to_basis": "snapshot_diff", "row_number": None}
        self._has_ended(listing_id, day)
        self.ended.append(_Ended(listing | end | told, [row | end for row in party.programs]))

    # listings that were edited ------------------------------------------------------------------------------------------

    def _revise_all(self, rows: pl.DataFrame, seen: _Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
        """Revise the listings that are shown as before but not in the same way."""
        mine = pl.col("native_id").is_in(rows["native_id"].implode())
        shown = {name: _rows_by_id(frame.filter(mine)) for name, frame in seen.details.items()}
        in_text = {name: _rows_by_id(frame) for name, frame in read.items()}
        scopes = {name: _scope(name, seen.details, self.read_remarks is not None) for name in DETAILS}
        for row in rows.iter_rows(named=True):
            native_id = row["native_id"]
            party = self.parties[f"{self.list_id}:{native_id}"]
            found = _Found(
                {name: by_id[native_id] for name, by_id in shown.items()},
                {name: by_id[native_id] for name, by_id in in_text.items()},
                scopes,
            )
            self._revise(party, row, found, seen, moment)

    def _revise(self, party: _Party, row: Row, found: _Found, seen: _Seen, moment: Moment) -> None:
        old, later, edited = party.listing, dict[str, Any](), list[str]()
        for column in OWN_COLUMNS:
            if old[column] != row[column]:
                later[column] = row[column]
                # what a file of comments adds to remarks that were cut is learnt, and no act of the authority; so are the
                # first remarks of a listing that another format brought, which has no such column
                is_learnt = _is_the_rest(old[column], row[column]) or (seen.is_other_form and old[column] is None)
                if column != "remarks" or not is_learnt:
                    edited.append(column)
        if row["citation"] is not None and row["citation"] != old["citation"]:
            later["citation"] = row["citation"]
            edited.append("citation")
        later |= self._revised_start(old, row)
        if later.get("valid_from") is not None and old["valid_from_basis"] in STATED:
            edited.append("valid_from")
        later |= self._revised_end(old | later, row, seen.silent)
        if "valid_to" in later:
            self.states_ends = True
            self._take_back("removed", old["listing_id"], old["valid_to"])
            if later["valid_to"] is None or later["valid_to"] > moment.day:
                edited.append("valid_to")
        if later:
            self._close("sanction_listings", [old], moment.known_at)
            page = {} if row["url"] is None else {"url": row["url"]}
            now = known(moment.known_at, moment.snapshot_id) | {"known_basis": "snapshot", "row_number": row["row"]}
            party.listing = old | later | page | now
        self._follow(party, old, moment)
        added, dropped, retagged = self._revise_programs(party, row["programs"], moment)
        is_text_new = "remarks" in later
        for name in DETAILS:
            if name == "statuses":
                if name in found.shown:
                    self._revise_statuses(party, found.shown[name], moment, old["known_from"])
            elif (
                self._revise_detail(name, party, found, is_text_new, row["name"], moment)
                and name in found.shown
                and not seen.is_other_form
                and self._was_seen_with(name, old)
            ):
                edited.append(name)
        listing, country = party.listing, _target(found.aims, party)
        if old["valid_from"] is None and listing["valid_from"] is not None:
            self._tell(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
        changes = [f"+{p}" for p in added] + [f"-{p}" for p in dropped] + retagged
        if edited or (retagged and not added and not dropped):
            detail = [*edited, *([f"programs {', '.join(changes)}"] if changes else [])]
            self._tell(listing, "modified", moment, country, "; ".join(detail), cites="citation" in edited)
            return
        for program in added:
            self._tell(listing, "program_added", moment, country, program, program=program)
        for program in dropped:
            self._tell(listing, "program_removed", moment, country, program, program=program)

    def _revised_start(self, old: Row, row: Row) -> Row:
        """Columns of a start that the list states now and that is not the known one; none where it cannot be.

        A re-issue begins when the other id ends; a party that returned, not before it had gone; and who was seen on the list
        so long before the stated day was in force before it, by whatever act.
        """
        stated = row["listed_on"]
        if stated is None or stated == old["valid_from"] or old["actor_id"] != old["listing_id"]:
            return {}
        past = self._past_ends().get(old["listing_id"])
        if (past is not None and stated < past) or (old["valid_to"] is not None and stated > old["valid_to"]):
            return {}
        first_seen = old["valid_from"] or self.list_row["covered_from"][0]
        if old["valid_from_basis"] not in STATED and stated > first_seen + timedelta(days=AHEAD_DAYS):
            return {}
        basis = row["listed_on_basis"] or "source_field"
        return {"valid_from": stated, "valid_from_basis": basis, "valid_from_earliest": None}

    def _revised_end(self, listing: Row, row: Row, silent: Sequence[str]) -> Row:
        """Columns of an end that the list states now and that is not the known one."""
        end = row["ends_on"]
        if "ends_on" in silent or end == listing["valid_to"]:
            return {}
        if end is None:
            return {"valid_to": None, "valid_to_basis": None}
        if listing["valid_from"] is not None and end < listing["valid_from"]:
            return {}
        return {"valid_to": end, "valid_to_basis": row["ends_on_basis"] or "source_field"}

    def _take_back(self, kind: str, listing_id: str, day: date | None) -> None:
        """Take back the event of an end that was told and turns out to lie elsewhere."""
        told = (kind, listing_id, day)
        self.events = [e for e in self.events if (e["kind"], e["listing_id"], e["event_date"]) != told]

    def _was_seen_with(self, name: str, listing: Row) -> bool:
        """Whether the detail was shown since the listing is: else what it now holds is learnt, and no act of the authority."""
        last, start = self.files_seen.get(name), listing["valid_from"]
        if listing["valid_from_basis"] in STATED:
            known_from: datetime = listing["known_from"]
            # the last instant of a day, which is one in UTC, lies on the next day in Beijing
            start = min(known_from.date(), day_of(known_from, self.zone))
        return last is not None and (start is None or start.isoformat() <= last)

    def _follow(self, party: _Party, old: Row, moment: Moment) -> None:
        """Let programs that began with the listing begin, and all of them end, as the listing now does."""
        new, stay, moved = party.listing, [], []
        for program in party.programs:
            later: Row = {}
            if program["valid_from"] == old["valid_from"] != new["valid_from"]:
                later = {"valid_from": new["valid_from"], "valid_from_basis": new["valid_from_basis"]}
            if old["valid_to"] != new["valid_to"]:
                later["valid_to"] = _latest(later.get("valid_from", program["valid_from"]), new["valid_to"])
            if later:
                self._close("sanction_programs", [program], moment.known_at)
                moved.append(program | later | known(moment.known_at, moment.snapshot_id))
            else:
                stay.append(program)
        party.programs = stay + moved

    def _revise_programs(self, party: _Party, cell: str | None, moment: Moment) -> tuple[list[str], list[str], list[str]]:
        """Bring the programs up to the cell. Returns canonical programs added and dropped, and re-tags (``A -> B``)."""
        canonical = canonical_programs()
        wanted = programs_in(cell)
        # in an order of their own, whatever fold they come from
        party.programs.sort(key=lambda row: row["program_raw"])
        there = {row["program_raw"] for row in party.programs}
        gone = [row for row in party.programs if row["program_raw"] not in wanted]
        before = {row["program"]: row for row in [*party.programs, *gone]}
        after = {canonical.get(raw, raw) for raw in wanted}
        now = known(moment.known_at, moment.snapshot_id)
        party.programs = [row for row in party.programs if row["program_raw"] in wanted]
        added: dict[str, None] = {}
        retagged: list[str] = []
        listing = party.listing
        for raw in wanted:
            program = canonical.get(raw, raw)
            if raw in there:
                continue
            if program in before:
                start = {c: before[program][c] for c in ("valid_from", "valid_from_basis")}
                retagged.append(f"{before[program]['program_raw']} -> {raw}")
            else:
                start = {"valid_from": _latest(listing["valid_from"], moment.day), "valid_from_basis": "snapshot_diff"}
                added[program] = None
            row = {"listing_id": listing["listing_id"], "program": program, "program_raw": raw}
            party.programs.append(row | start | {"valid_to": _latest(start["valid_from"], listing["valid_to"])} | now)
        # of two names of one program that stood side by side, one may go
        renamed = {text.split(" -> ")[0] for text in retagged}
        retagged += [f"-{r['program_raw']}" for r in gone if r["program"] in after and r["program_raw"] not in renamed]
        dropped = dict.fromkeys(row["program"] for row in gone if row["program"] not in after)
        # a program that is followed and dropped in one snapshot never stood with its new dates
        self._close("sanction_programs", [r for r in gone if r["known_from"] < moment.known_at], moment.known_at)
        self.closed["sanction_programs"] += [
            row | now | {"valid_to": _latest(row["valid_from"], moment.day)} for row in gone if row["program"] in dropped
        ]
        return list(added), list(dropped), retagged

    def _revise_detail(self, name: str, party: _Party, found: _Found, is_text_new: bool, primary: str, moment: Moment) -> bool:
        """Bring a detail up to what is seen; whether what the snapshot says of it in a frame of its own changed."""
        wanted, is_spoken_of = found.of(name, is_text_new, primary)
        if wanted is None:
            return False
        key, table_name = DETAIL_KEYS[name], f"sanction_{name}"
        rows = {tuple(r[c] for c in key): r for r in party.details[name]}
        asked = {tuple(r[c] for c in key): r for r in reversed(wanted)}
        values = [c for c in DETAILS[name].names()[1:] if c not in key]
        stay, gone, fresh = [], [], []
        for k, r in rows.items():
            new = asked.get(k)
            if new is None and not is_spoken_of(r):
                stay.append(r)
            elif new is None or any(new[c] != r[c] for c in values):
                gone.append(r)
            else:
                stay.append(r)
                del asked[k]
        kept = {tuple(r[c] for c in key) for r in stay}
        now = {"listing_id": party.listing["listing_id"]} | known(moment.known_at, moment.snapshot_id)
        for k in dict.fromkeys(tuple(r[c] for c in key) for r in wanted):
            if k in asked and k not in kept:
                fresh.append(now | dict(zip(key, k, strict=True)) | {c: asked[k][c] for c in values})
        self._close(table_name, gone, moment.known_at)
        party.details[name] = stay + fresh
        return any(found.is_told(name, r) for r in [*gone, *fresh])

    # suspensions --------------------------------------------------------------------------------------------------------

    def _revise_statuses(self, party: _Party, shown: Sequence[Row], moment: Moment, known_at: datetime) -> None:
        """Bring the suspensions up to what is shown; one that is shown no more has ended, and stays as a fact of the past."""
        self.states_ends = True
        listing_id = party.listing["listing_id"]
        there = {(r["status"], r["valid_from"]): r for r in party.details["statuses"]}
        past = self._past_ends().get(listing_id)
        # those of a listing that was removed and came back ended with its removal
        asked = {(r["status"], r["valid_from"]): r for r in shown if past is None or r["valid_from"] >= past}
        stay = []
        for k, row in asked.items():
            old = there.pop(k, None)
            said = {c: row[c] for c in ("status", "valid_from", "valid_to", "citation", "url")}
            if old is not None and all(old[c] == v for c, v in said.items()):
                stay.append(old)
                continue
            # known with the listing, but not before it begins: a list that states its past shows its suspensions all at once
            since = min(moment.known_at, max(known_at, last_instant(row["valid_from"])))
            now = known(since if old is None else moment.known_at, moment.snapshot_id)
            stay.append({"listing_id": listing_id} | said | now)
            if old is None:
                self._tell_status(party, stay[-1], "suspended", row["valid_from"], None, since, moment)
                continue
            self._close("sanction_statuses", [old], moment.known_at)
            if old["valid_to"] != row["valid_to"]:
                self._take_back("resumed", listing_id, old["valid_to"])
        for old in there.values():
            ended = self._ended_status(old, moment)
            if ended is not None:
                stay.append(ended)
            if ended is not None and ended is not old:
                self._tell_status(party, ended, "resumed", moment.day, moment.since, moment.known_at, moment)
        party.details["statuses"] = stay

    def _end_statuses(self, party: _Party, moment: Moment) -> None:
        """End the suspensions of a listing that is removed."""
        rows = [self._ended_status(row, moment) for row in party.details["statuses"]]
        self.closed["sanction_statuses"] += [row for row in rows if row is not None]

    def _ended_status(self, row: Row, moment: Moment) -> Row | None:
        """A suspension that is shown no more: as it was where it had ended, else ended by now; None where it never began."""
        if row["valid_to"] is not None and row["valid_to"] <= moment.day:
            return row
        self._close("sanction_statuses", [row], moment.known_at)
        if row["valid_from"] >= moment.day:
            return None
        return row | known(moment.known_at, moment.snapshot_id) | {"valid_to": moment.day}

    # events -------------------------------------------------------------------------------------------------------------

    def _tell_what_has_come(self, moment: Moment) -> None:
        """Tell the ends of listings and suspensions that were stated before and whose day has come."""
        told = {(e["kind"], e["listing_id"], e["event_date"]) for e in self.events}
        for kind, name in (("removed", "sanction_listings"), ("resumed", "sanction_statuses")):
            ends = [r for r in self._with_end(name) if r["valid_to"] <= moment.day]
            due = [r for r in ends if (kind, r["listing_id"], r["valid_to"]) not in told]
            if kind == "resumed" and due:
                # a suspension that the next one continues has not ended
                goes_on = {(r["listing_id"], r["valid_from"]) for r in self._statuses()}
                due = [r for r in due if (r["listing_id"], r["valid_to"]) not in goes_on]
            if not due:
                continue
            self._take_out([r["listing_id"][len(self.list_id) + 1 :] for r in due])
            for row in due:
                party = self.parties[row["listing_id"]]
                known_at = max(row["known_from"], self._start_of(row["valid_to"]))
                if kind == "removed" and row["valid_to_basis"] == "official_notice":
                    # a notice of that day brought the end, and may have come out late on it
                    known_at = min(moment.known_at, max(known_at, last_instant(row["valid_to"])))
                if kind == "resumed":
                    self._tell_status(party, row, kind, row["valid_to"], None, known_at, moment)
                else:
                    country = _target([], party)
                    self._tell(party.listing, kind, moment, country, when=(row["valid_to"], None), known_at=known_at)

    def _statuses(self) -> list[Row]:
        """Open rows of suspensions."""
        return self.base["sanction_statuses"].to_dicts() + [r for p in self.parties.values() for r in p.details["statuses"]]

    def _start_of(self, day: date) -> datetime:
        """First instant of a day of the authority, UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)

    def _tell_status(
        self,
        party: _Party,
        status: Row,
        kind: str,
        day: date,
        earliest: date | None,
        known_at: datetime,
        moment: Moment,
    ) -> None:
        self._tell(party.listing, kind, moment, _target([], party), when=(day, earliest), known_at=known_at)
        page = {} if status["url"] is None else {"url": status["url"]}
        # several suspensions of a listing may become known at once
        key = event_id(party.listing["listing_id"], kind, known_at, status["valid_from"].isoformat())
        self.events[-1] |= page | {"citation": status["citation"], "event_id": key}

    def _tell(
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
    ) -> None:
        """Note an event.

        ``when``: its day and the lower bound of that; by default those of comparing snapshots. ``cites``: the citation of the
        listing is that of the event.
        """
        known_at = moment.known_at if known_at is None else known_at
        day, earliest = (moment.day, moment.since) if when is None else when
        self.events.append(
            {
                "event_id": event_id(listing["listing_id"], kind, known_at, program),
                "event_date": day,
                "event_date_earliest": earliest,
                "kind": kind,
                "listing_id": listing["listing_id"],
                "list_id": self.list_id,
                "authority_id": self.authority,
                "country_id": country_id,
                "name": listing["name"],
                "detail": detail,
                "citation": listing["citation"] if cites else None,
                "url": listing["url"],
                "known_at": known_at,
                "snapshot_id": moment.snapshot_id,
            }
        )

    # result -------------------------------------------------------------------------------------------------------------

    def folded(self) -> Folded:
        """The result of the fold."""
        parties = self.parties.values()
        fresh = {
            "sanction_listings": [p.listing for p in parties] + [e.listing for e in self.ended],
            "sanction_programs": [r for p in parties for r in p.programs] + [r for e in self.ended for r in e.programs],
        } | {f"sanction_{name}": [r for p in parties for r in p.details[name]] for name in DETAILS}
        opened = {name: pl.concat([self.base[name], frame_of(name, rows)]) for name, rows in fresh.items()}
        opened["sanction_events"] = frame_of("sanction_events", self.events)
        return Folded(
            open={name: sorted_by_key(name, frame) for name, frame in opened.items()}
            | {"sanction_lists": self.list_row, "program_aliases": program_aliases()},
            closed={name: frame_of(name, rows) for name, rows in self.closed.items()},
            notes={
                "actors": dict(sorted(self.actors.items())),
                "files_seen": self.files_seen,
                "format": self.format,
                "whole_until": self.whole_until,
            },
        )


@dataclass(frozen=True)
class _Found:
    """What a snapshot says of the details of one listing.

    ``shown``: rows of the frames that the snapshot has. ``in_text``: rows read from the remarks. ``scopes``: for which
    qualities of names and bases of countries the frames speak.
    """

    shown: Mapping[str, list[Row]]
    in_text: Mapping[str, list[Row]]
    scopes: Mapping[str, tuple[str, ...]]

    @property
    def aims(self) -> list[tuple[str, str]]:
        """Countries and their basis, in the order of the remarks."""
        return [(r["country_id"], r["basis"]) for r in self.in_text.get("countries", ())]

    def of(self, name: str, is_text_new: bool, primary: str) -> tuple[list[Row] | None, Callable[[Row], bool]]:
        """Rows wanted of a detail (None: nothing is said of it), and which open rows go where they are not among them."""
        text = self.in_text.get(name) if is_text_new else None
        shown = self.shown.get(name)
        if name == "names":
            wanted: list[Row] = [{"name": primary, "kind": "primary", "quality": "strong"}, *(shown or [])]
            spoken = set(self.scopes["names"]) if shown is not None else set()
            if text is not None and "weak" not in spoken:
                wanted += text
                spoken.add("weak")

            def is_spoken_of(row: Row) -> bool:
                is_read = "other scripts" in spoken or LATIN.search(row["name"]) is not None
                return row["kind"] == "primary" or (row["quality"] in spoken and is_read)

            return wanted, is_spoken_of
        if name == "countries":
            wanted, spoken = list(shown or []), set(self.scopes["countries"]) if shown is not None else set()
            if text is not None and shown is None:
                wanted += text
                spoken |= set(READ_BASES)
            for detail, basis in (("addresses", "address"), ("birth_places", "place_of_birth")):
                rows = self.shown.get(detail)
                if rows is not None:
                    wanted += [{"country_id": r["country_id"], "basis": basis} for r in rows if r["country_id"] is not None]
                    spoken.add(basis)
            return wanted, lambda r: r["basis"] in spoken
        return (text if shown is None else shown), lambda r: True

    def is_told(self, name: str, row: Row) -> bool:
        """Whether a change of a row is a change of that detail: countries of addresses change with the addresses."""
        return name != "countries" or row["basis"] in self.scopes["countries"]


def programs_in(cell: str | None) -> list[str]:
    """Programs of a cell (``SDGT] [IRAN``), each once."""
    return [] if cell is None else list(dict.fromkeys(p for part in cell.split("] [") if (p := part.strip(" []"))))


def target_country(countries: Iterable[tuple[str, str]]) -> str | None:
    """The country that a measure is aimed at: nationality, else citizenship, else list destination, else address.

    Of several of one basis it is the first of those given; of several countries of addresses the first in the alphabet, since
    addresses have no order of their own.
    """
    pairs = list(countries)
    for basis in ("nationality", "citizenship", "list_destination"):
        for country_id, found in pairs:
            if found == basis:
                return country_id
    return min((c for c, found in pairs if found == "address"), default=None)


def _target(aims: Iterable[tuple[str, str]], party: _Party) -> str | None:
    """The country that a measure is aimed at, from the open rows: in the order of the remarks, then of the alphabet."""
    pairs = {(r["country_id"], r["basis"]) for r in party.details["countries"]}
    return target_country([*(p for p in aims if p in pairs), *sorted(pairs)])


def _latest(start: date | None, end: date | None) -> date | None:
    """An end, but not one before its start."""
    return end if start is None or end is None else max(start, end)


def _began_before_it_went(row: Row) -> bool:
    return row["valid_from"] is None or row["valid_to_earliest"] is None or row["valid_from"] <= row["valid_to_earliest"]


def _is_ordered(row: Row) -> bool:
    return row["valid_from"] is None or row["valid_to"] is None or row["valid_from"] <= row["valid_to"]


def _is_the_rest(old: str | None, new: str | None) -> bool:
    """Whether remarks are the old ones, which were cut before their full stop, with their rest."""
    return old is not None and new is not None and not old.endswith(".") and new.startswith(old)


def _as_seen(listings: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """Listings as a snapshot would show them: native_id, own columns, programs in one cell, sorted, and what is stated."""
    cells = programs.group_by("listing_id").agg(pl.col("program_raw").sort().str.join("] [").alias("programs"))
    is_stated = pl.col("valid_from_basis").is_in(STATED)
    return listings.join(cells, on="listing_id", how="left").select(
        "native_id",
        *OWN_COLUMNS,
        "programs",
        pl.when(is_stated).then("valid_from").alias("listed_on"),
        pl.col("valid_to").alias("ends_on"),
        "citation",
    )


def _cells_in_order(cells: pl.Series) -> pl.Series:
    """Cells with several programs, sorted: the order in a cell says nothing. There are few different cells."""
    found = cells.unique().drop_nulls()
    ordered = {cell: "] [".join(sorted(programs_in(cell))) or None for cell in found}
    return cells.replace_strict(ordered, default=None, return_dtype=pl.String)


def _conformed(name: str, frame: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """A detail frame in its declared columns: rows of listings that are shown, with all that a row needs, one per key."""
    schema, key = DETAILS[name], DETAIL_KEYS[name]
    columns = ((pl.col(c) if c in frame.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
    rows = frame.select(columns).drop_nulls(["native_id", *key, *REQUIRED.get(name, ())])
    rows = rows.join(listings, on="native_id", how="semi", maintain_order="left")
    if name == "names":
        rows = rows.filter(pl.col("kind") != "primary")
    if name == "birth_dates":
        rows = rows.filter(pl.col("born_from") < pl.col("born_before"))
    if name == "statuses":
        rows = rows.filter((pl.col("valid_from") < pl.col("valid_to")).fill_null(True))
    return rows.unique(["native_id", *key], keep="first", maintain_order=True)


def _scope(name: str, details: Mapping[str, pl.DataFrame], has_reader: bool) -> tuple[str, ...]:
    """For which qualities of names and bases of countries a snapshot's own frames speak; nothing to tell apart elsewhere.

    Where remarks are read (OFAC), weak names and those in other scripts come with some files alone: a vintage without any such
    name says nothing of them.
    """
    frame = details.get(name)
    if frame is None:
        return ()
    if name == "names":
        spoken = {"weak": (frame["quality"] == "weak").any(), "other scripts": (~frame["name"].str.contains(LATIN.pattern)).any()}
        return ("strong", *(what for what, is_there in spoken.items() if is_there or not has_reader))
    if name == "countries":
        own = ["nationality", "citizenship", "list_destination", "remark"]
        own += [b for b, f in (("address", "addresses"), ("place_of_birth", "birth_places"))
                if f not in details and (frame["basis"] == b).any()]  # fmt: skip
        return tuple(own)
    return ()


def _in_scope(name: str, rows: pl.DataFrame, scope: tuple[str, ...]) -> pl.DataFrame:
    if name == "names":
        is_read = pl.lit("other scripts" in scope) | pl.col("name").str.contains(LATIN.pattern)
        return rows.filter(pl.col("kind") != "primary", pl.col("quality").is_in(scope), is_read)
    return rows.filter(pl.col("basis").is_in(scope)) if name == "countries" else rows


def _changed(before: pl.DataFrame, seen: _Seen) -> set[str]:
    """Ids of listings that differ from before in a column, or state another date or citation."""
    both = seen.listings.join(before, on="native_id", suffix="_before")
    differs = [pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in (*OWN_COLUMNS, "programs", "listed_on", "ends_on")]
    return set(both.filter(pl.any_horizontal(*differs, pl.col("citation").ne_missing(pl.col("citation_before"))))["native_id"])


def _differing(before: pl.DataFrame, seen: pl.DataFrame) -> set[str]:
    """Ids with a row in one of the frames that the other lacks."""
    columns = seen.columns
    gone = before.join(seen, on=columns, how="anti", nulls_equal=True)
    fresh = seen.join(before, on=columns, how="anti", nulls_equal=True)
    return set(gone["native_id"]) | set(fresh["native_id"])


def _rows_by_id(frame: pl.DataFrame) -> dict[str, list[Row]]:
    """Rows by native_id."""
    found = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["native_id"]].append(row)
    return found


def _pairs_by_id(countries: pl.DataFrame | None) -> dict[str, list[tuple[str, str]]]:
    """Pairs of country_id and basis by native_id, in the order of the rows."""
    found = defaultdict(list)
    for native_id, country_id, basis in () if countries is None else countries.iter_rows():
        found[native_id].append((country_id, basis))
    return found


def _first_programs(listings: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.sanction_programs for listings that are new: in force under each as long as on the list."""
    canonical = canonical_programs()
    cells = {cell: programs_in(cell) for cell in listings["programs"].unique().drop_nulls()}
    pairs = [(cell, raw, canonical.get(raw, raw)) for cell, raws in cells.items() for raw in raws]
    schema = dict.fromkeys(("programs", "program_raw", "program"), pl.String)
    return listings.join(pl.DataFrame(pairs, schema=schema, orient="row"), on="programs", maintain_order="left")


def _details_of(new: pl.DataFrame, seen: _Seen, read: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Detail frames of listings that are new, from the frames of the snapshot and the remarks, each row once."""
    mine = new.select("native_id")
    shown = {n: f.join(mine, on="native_id", how="semi", maintain_order="left") for n, f in seen.details.items()}
    text = {n: f.join(mine, on="native_id", how="semi", maintain_order="left") for n, f in read.items()}
    found = text | shown
    primary = new.select("native_id", "name", pl.lit("primary").alias("kind"), pl.lit("strong").alias("quality"))
    names = [primary, *([shown["names"]] if "names" in shown else [])]
    if "names" in text and "weak" not in _scope("names", seen.details, True):
        names.append(text["names"])
    countries = [found.get("countries", pl.DataFrame(schema=DETAILS["countries"]))]
    for detail, basis in (("addresses", "address"), ("birth_places", "place_of_birth")):
        if detail in shown:
            rows = shown[detail].select("native_id", "country_id", pl.lit(basis).alias("basis"))
            countries.append(rows.drop_nulls().sort("native_id", "country_id"))
    found |= {"names": pl.concat(names), "countries": pl.concat(countries)}
    return {n: f.unique(["native_id", *DETAIL_KEYS[n]], keep="first", maintain_order=True) for n, f in found.items()}
