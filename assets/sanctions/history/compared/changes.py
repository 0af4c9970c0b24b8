"""What a snapshot changes: listings that are added, edited and ended, each with its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from assets.days import last_instant
from assets.sanctions.facts.lists import page_of
from assets.sanctions.history.compared import versions
from assets.sanctions.history.compared.snapshot import (
    COMPARED,
    STATED,
    Found,
    Moment,
    Snapshot,
    country_pairs,
    program_cell,
    rows_by_id,
    scope_of,
    target_country,
)
from assets.sanctions.history.compared.state import Ended, Entry, ListState, Party
from assets.sanctions.history.compared.versions import Programs, ended_statuses, revised_statuses
from assets.sanctions.history.versioned_rows import Row, day_of
from assets.sanctions.reading.shape import DETAILS

# added -----------------------------------------------------------------------------------------------------------------


def add_all(state: ListState, new: pl.DataFrame, seen: Snapshot, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Open the listings that a snapshot shows and the one before did not, all at once."""
    past = {} if moment.since is None and not state.span else state.ends()
    replaced: dict[str, Ended] = {}
    if moment.since is not None:
        replaced = versions.replaced_by(new, set(seen.listings["native_id"].to_list()), state.rows.ended, past, moment.day)
    state.actors |= {state.rows.id_of(i): e.listing["actor_id"] for i, e in replaced.items()}
    listings = versions.first_versions(state.list_id, new, replaced, past, state.actors, moment, state.withdrawn)
    listings = state.unnamed.date(listings)
    for native_id in new["native_id"]:
        state.withdrawn.pop(native_id, None)
    state.rows.end_returned(set(listings["listing_id"].to_list()))
    state.rows.have_ends |= bool(listings["valid_to"].count())
    state.rows.open("sanction_listings", listings)
    state.rows.open("sanction_programs", versions.first_programs(listings))
    mine = listings.select("native_id", "listing_id", "known_from", "snapshot_id")
    details = versions.first_details(new, seen, read, state.remarks)
    for name, frame in details.items():
        if name != "statuses" and frame.height:
            state.rows.open(f"sanction_{name}", mine.join(frame, on="native_id", maintain_order="left"))
    countries = country_pairs(details["countries"])
    for listing in listings.iter_rows(named=True):
        old = replaced.get(listing["native_id"])
        if old is not None:
            _let_follow(state, old, listing["valid_from"], moment)
        elif listing["valid_from"] is None:
            continue
        kind, detail = ("added", None) if old is None else ("reissued", f"replaces {old.listing['listing_id']}")
        country = target_country(countries[listing["native_id"]])
        when = (listing["valid_from"], listing["valid_from_earliest"])
        state.events.record(listing, kind, moment, country, detail, when=when, known_at=listing["known_from"], cites=True)
    statuses = rows_by_id(details["statuses"]) if "statuses" in details else {}
    state.rows.load_parties(statuses)
    for native_id, shown in statuses.items():
        party = state.rows.party(native_id)
        revise_statuses(state, party, shown, moment, party.listing["known_from"])


def _let_follow(state: ListState, replaced: Ended, start: date, moment: Moment) -> None:
    """End a replaced listing on the day on which the other begins, and retract the event of its removal."""
    old = replaced.listing
    state.rows.ended.remove(replaced)
    state.events.retract_removal(old)
    listing, programs = old, replaced.programs
    if old["valid_to"] != start:
        later: Row = {"valid_to": start}
        if old["known_from"] < moment.known_at:
            state.rows.close("sanction_listings", [listing], moment.known_at)
            state.rows.close("sanction_programs", programs, moment.known_at)
            later |= moment.known
            listing = moment.of_end(listing)
        listing, programs = listing | later, [row | later for row in programs]
    state.past_ends.add(old["listing_id"], start)
    state.rows.end(Ended(listing, [r if versions.is_ordered(r) else r | {"valid_to": r["valid_from"]} for r in programs]))


# edited ----------------------------------------------------------------------------------------------------------------


def revise_all(state: ListState, rows: pl.DataFrame, seen: Snapshot, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Revise the listings that are shown as before but not in the same way."""
    mine = pl.col("native_id").is_in(rows["native_id"].implode())
    shown = {name: rows_by_id(frame.filter(mine)) for name, frame in seen.details.items()}
    in_text = {name: rows_by_id(frame) for name, frame in read.items()}
    scopes = {name: scope_of(name, seen.details, state.remarks) for name in DETAILS}
    for row in rows.iter_rows(named=True):
        own, text = ({name: by_id[row["native_id"]] for name, by_id in held.items()} for held in (shown, in_text))
        found = Found(own, text, scopes, state.remarks)
        _revise(state, state.rows.party(row["native_id"]), row, found, seen, moment)


def _revise(state: ListState, party: Party, row: Row, found: Found, seen: Snapshot, moment: Moment) -> None:
    old = party.listing
    edited, is_text_new = _revise_listing(state, party, row, seen, moment)
    _set_programs(state, party, versions.following(party.programs, old, party.listing, moment), moment)
    programs = versions.revised_programs(party.programs, party.listing, row["programs"], moment, is_record=state.is_record)
    _set_programs(state, party, programs, moment)
    for name in DETAILS:
        if name == "statuses":
            if name in found.shown:
                revise_statuses(state, party, found.shown[name], moment, old["known_from"])
            continue
        is_changed = _revise_detail(state, name, party, found, row["name"], moment, is_text_new=is_text_new)
        if is_changed and name in found.shown and not seen.is_other_form and _was_seen_with(state, name, old):
            edited.append(name)
    _record_changes(state, party, old, edited, programs, versions.target_of(party, found.countries), moment)


def _revise_listing(state: ListState, party: Party, row: Row, seen: Snapshot, moment: Moment) -> tuple[list[str], bool]:
    """Update a listing to what the snapshot shows. Returns the columns that were edited, and whether the remarks differ."""
    old = party.listing
    later, edited = versions.edits(old, row, seen, state.remarks)
    past = None if row["listed_on"] is None else state.past_ends.all().get(old["listing_id"])
    later |= versions.revised_start(old, row, past, None if state.is_record else state.span[0])
    if later.get("valid_from") is not None and old["valid_from_basis"] in STATED:
        edited.append("valid_from")
    later |= versions.revised_end(old | later, row, seen.not_stated)
    if "valid_to" in later:
        state.rows.have_ends = True
        state.events.retract("removed", old["listing_id"], old["valid_to"])
        if later["valid_to"] is None or later["valid_to"] > moment.day:
            edited.append("valid_to")
    if later:
        state.rows.close("sanction_listings", [old], moment.known_at)
        page = {} if row["url"] is None else {"url": row["url"]}
        basis = {"known_basis": "publication" if moment.is_public else "snapshot", "row_number": row["row"]}
        party.listing = old | later | page | moment.known | basis
    return edited, "remarks" in later


def _set_programs(state: ListState, party: Party, programs: Programs, moment: Moment) -> None:
    party.programs = programs.rows
    state.rows.close("sanction_programs", programs.superseded, moment.known_at)
    state.rows.closed["sanction_programs"] += programs.over


def _revise_detail(
    state: ListState, name: str, party: Party, found: Found, primary: str, moment: Moment, *, is_text_new: bool
) -> bool:
    """Update a detail to what the snapshot shows; whether what the snapshot says of it in a frame of its own changed."""
    wanted, is_spoken_of = found.of(name, is_text_new, primary)
    if wanted is None:
        return False
    revised = versions.revised_detail(name, party.details[name], wanted, is_spoken_of, party.listing["listing_id"], moment)
    state.rows.close(f"sanction_{name}", revised.superseded, moment.known_at)
    party.details[name] = revised.rows
    if name == "names":
        gone, fresh = (
            {(r["name"].casefold(), r["kind"], r["quality"]) for r in rows} for rows in (revised.superseded, revised.fresh)
        )
        return gone != fresh
    return any(found.is_own(name, row) for row in [*revised.superseded, *revised.fresh])


def _was_seen_with(state: ListState, name: str, listing: Row) -> bool:
    """Whether the detail has been shown as long as the listing: else what it now holds is new to us, and no act."""
    last, start = state.files_seen.get(name), listing["valid_from"]
    if listing["valid_from_basis"] in STATED:
        known_from: datetime = listing["known_from"]
        # the last instant of a day, which is in UTC, lies on the next day in Beijing
        start = min(known_from.date(), day_of(known_from, state.zone))
    return last is not None and (start is None or start.isoformat() <= last)


def revise_statuses(state: ListState, party: Party, shown: Sequence[Row], moment: Moment, known_at: datetime) -> None:
    """Update the suspensions to what the snapshot shows, and note those that began or ended."""
    state.rows.have_ends = True
    listing_id = party.listing["listing_id"]
    past = state.past_ends.all().get(listing_id)
    rows = party.details["statuses"]
    revised = revised_statuses(rows, shown, past, listing_id, moment, known_at, is_record=state.is_record)
    stay = {(row["status"], row["valid_from"]) for row in revised.rows}
    for row in revised.superseded if state.is_record else ():
        if (row["status"], row["valid_from"]) not in stay:
            state.events.retract("suspended", listing_id, row["valid_from"])
            state.events.retract("resumed", listing_id, row["valid_to"])
    state.rows.close("sanction_statuses", revised.superseded, moment.known_at)
    for end in revised.moved:
        state.events.retract("resumed", listing_id, end)
    party.details["statuses"] = revised.rows
    country = versions.target_of(party)
    for row in revised.begun:
        begun = (row["valid_from"], None)
        state.events.record_status(party.listing, row, "suspended", moment, country, when=begun, known_at=row["known_from"])
    for row in revised.ended:
        ended = (moment.day, moment.since)
        state.events.record_status(party.listing, row, "resumed", moment, country, when=ended, known_at=moment.known_at)


def _record_changes(
    state: ListState, party: Party, old: Row, edited: list[str], programs: Programs, country: str | None, moment: Moment
) -> None:
    """Note what a snapshot changed of a listing: one event for all edits, else one per program."""
    listing = party.listing
    if state.is_record:
        # whoever wrote the row down corrected it; what the authority did is the listing, on its day
        if listing["valid_from"] != old["valid_from"]:
            state.events.retract("added", listing["listing_id"], old["valid_from"])
            state.events.record(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
        return
    if old["valid_from"] is None and listing["valid_from"] is not None:
        state.events.record(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
    changes = [f"+{p}" for p in programs.added] + [f"-{p}" for p in programs.dropped] + programs.retagged
    if edited or (programs.retagged and not programs.added and not programs.dropped):
        detail = [*edited, *([f"programs {', '.join(changes)}"] if changes else [])]
        state.events.record(listing, "modified", moment, country, "; ".join(detail), cites="citation" in edited)
        return
    for kind, names in (("program_added", programs.added), ("program_removed", programs.dropped)):
        for program in names:
            state.events.record(listing, kind, moment, country, program, program=program)


# ended -----------------------------------------------------------------------------------------------------------------


def remove_all(state: ListState, native_ids: Sequence[str], read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Close listings that are no longer shown. Their rows are loaded; ``read``: details that their remarks hold."""
    countries = country_pairs(read.get("countries"))
    for native_id in native_ids:
        _remove(state, state.rows.id_of(native_id), countries[native_id], moment)


def _remove(state: ListState, listing_id: str, countries: Sequence[tuple[str, str]], moment: Moment) -> None:
    party = state.rows.parties.pop(listing_id)
    listing = party.listing
    for name, rows in party.details.items():
        if name != "statuses":
            state.rows.close(f"sanction_{name}", rows, moment.known_at)
    if state.is_record and (listing["valid_to"] is None or listing["valid_to"] > moment.day):
        _withdraw(state, party, moment)
        return
    statuses = ended_statuses(party.details["statuses"], moment)
    state.rows.close("sanction_statuses", statuses.superseded, moment.known_at)
    state.rows.closed["sanction_statuses"] += statuses.rows
    if listing["valid_to"] is not None and listing["valid_to"] <= moment.day:
        # it ended on the day that the list had stated: that it is shown no longer says nothing new
        state.past_ends.add(listing_id, listing["valid_to"])
        state.rows.end(Ended(listing, party.programs))
        return
    # where no snapshot before was whole, the first one at least showed it
    earliest = moment.since or state.span[0]
    state.events.record(listing, "removed", moment, versions.target_of(party, countries), when=(moment.day, earliest))
    state.rows.close("sanction_listings", [listing], moment.known_at)
    state.rows.close("sanction_programs", party.programs, moment.known_at)
    day = max(moment.day, listing["valid_from"] or moment.day)
    end = {"valid_to": day} | moment.known
    seen = {"valid_to_earliest": earliest, "valid_to_basis": COMPARED, "row_number": None}
    state.past_ends.add(listing_id, day)
    state.rows.ended.append(Ended(moment.of_end(listing | end | seen), [row | end for row in party.programs]))


def _withdraw(state: ListState, party: Party, moment: Moment) -> None:
    """Close what a record no longer has, in the known clock alone: nobody ended it, so no event tells of it, nor of its start."""
    listing = party.listing
    state.rows.close("sanction_listings", [listing], moment.known_at)
    state.rows.close("sanction_programs", party.programs, moment.known_at)
    state.rows.close("sanction_statuses", party.details["statuses"], moment.known_at)
    state.events.retract_all(listing["listing_id"])
    state.withdrawn[listing["native_id"]] = _entry(listing, program_cell(row["program_raw"] for row in party.programs))


def corrected(state: ListState, before: pl.DataFrame, seen: Snapshot) -> dict[str, str]:
    """For ids of a record that are new the id of the row that each corrects: one that is no longer there, each once.

    Args:
        state: the record as it is known.
        before: the listings shown last, as ``CurrentList.listings``.
        seen: what the snapshot says.
    """
    gone = before.join(seen.listings, on="native_id", how="anti").select("native_id", "programs")
    rows = state.rows.listings(gone["native_id"])
    entries = {i: _entry(rows[i], programs) for i, programs in gone.iter_rows()}
    shown = set(seen.listings["native_id"])
    entries |= {i: entry for i, entry in state.withdrawn.items() if i not in shown}
    found: dict[str, str] = {}
    new = seen.listings.join(before, on="native_id", how="anti", maintain_order="left")
    for row in new.iter_rows(named=True) if entries else ():
        now = _entry(row | {"valid_from": row["listed_on"], "list_id": state.list_id}, row["programs"])
        same = [i for i, entry in entries.items() if row["native_id"] not in state.withdrawn and entry.is_corrected(now)]
        if same:
            # of several the one that says the most of the same
            best = max(same, key=lambda i: ((entries[i].programs == now.programs) + (entries[i].start == now.start), i))
            found[row["native_id"]] = best
            del entries[best]
    return found


def _entry(listing: Row, programs: str | None) -> Entry:
    start, page = listing["valid_from"], listing["url"]
    # the page of the list stands where no notice is named
    url = None if page == page_of(listing["list_id"]) else page
    return Entry(listing["name"], listing["party_type"], url, None if start is None else start.isoformat(), programs)


def record_due_ends(state: ListState, moment: Moment) -> None:
    """Note the ends of listings and suspensions that were stated before and whose day has come."""
    noted = state.events.ends()
    for kind, name in (("removed", "sanction_listings"), ("resumed", "sanction_statuses")):
        ends = [r for r in state.rows.with_end(name) if r["valid_to"] <= moment.day]
        due = [r for r in ends if (kind, r["listing_id"], r["valid_to"]) not in noted]
        if kind == "resumed" and due:
            # a suspension that the next one continues has not ended
            goes_on = set(state.rows.detail("statuses").select("listing_id", "valid_from").iter_rows())
            due = [r for r in due if (r["listing_id"], r["valid_to"]) not in goes_on]
        state.rows.load_parties(state.rows.native_id_of(r["listing_id"]) for r in due)
        for row in due:
            party = state.rows.parties[row["listing_id"]]
            known_at = max(row["known_from"], _first_instant(state, row["valid_to"]))
            if kind == "removed" and row["valid_to_basis"] == "official_notice":
                # a notice of that day brought the end, and may have come out late on it
                known_at = min(moment.known_at, max(known_at, last_instant(row["valid_to"])))
            country, when = versions.target_of(party), (row["valid_to"], None)
            if kind == "resumed":
                state.events.record_status(party.listing, row, kind, moment, country, when=when, known_at=known_at)
            else:
                state.events.record(party.listing, kind, moment, country, when=when, known_at=known_at)


def _first_instant(state: ListState, day: date) -> datetime:
    """First instant of a day of the authority, UTC."""
    return datetime.combine(day, time(), ZoneInfo(state.zone)).astimezone(UTC).replace(tzinfo=None)
