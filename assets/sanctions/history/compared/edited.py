"""Listings that are shown as before but not in the same way: their versions, details, suspensions and the events of all that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from assets.sanctions.history.compared import revise
from assets.sanctions.history.compared.book import Book
from assets.sanctions.history.compared.records import STATED, Moment, Party
from assets.sanctions.history.compared.revise import Programs
from assets.sanctions.history.compared.seen import (
    Found,
    Seen,
    rows_by_id,
    scope_of,
)
from assets.sanctions.history.compared.statuses import revised_statuses
from assets.sanctions.history.versioned_rows import Row, day_of
from assets.sanctions.reading.shape import DETAILS


def revise_all(book: Book, rows: pl.DataFrame, seen: Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Revise the listings that are shown as before but not in the same way."""
    mine = pl.col("native_id").is_in(rows["native_id"].implode())
    shown = {name: rows_by_id(frame.filter(mine)) for name, frame in seen.details.items()}
    in_text = {name: rows_by_id(frame) for name, frame in read.items()}
    scopes = {name: scope_of(name, seen.details, book.remarks) for name in DETAILS}
    for row in rows.iter_rows(named=True):
        own, text = ({name: by_id[row["native_id"]] for name, by_id in held.items()} for held in (shown, in_text))
        found = Found(own, text, scopes, book.remarks)
        _revise(book, book.rows.party(row["native_id"]), row, found, seen, moment)


def _revise(book: Book, party: Party, row: Row, found: Found, seen: Seen, moment: Moment) -> None:
    old = party.listing
    edited, is_text_new = _revise_listing(book, party, row, seen, moment)
    _set_programs(book, party, revise.following(party.programs, old, party.listing, moment), moment)
    programs = revise.revised_programs(party.programs, party.listing, row["programs"], moment, is_record=book.is_record)
    _set_programs(book, party, programs, moment)
    for name in DETAILS:
        if name == "statuses":
            if name in found.shown:
                revise_statuses(book, party, found.shown[name], moment, old["known_from"])
            continue
        is_changed = _revise_detail(book, name, party, found, row["name"], moment, is_text_new=is_text_new)
        if is_changed and name in found.shown and not seen.is_other_form and _was_seen_with(book, name, old):
            edited.append(name)
    _record_changes(book, party, old, edited, programs, revise.target_of(party, found.countries), moment)


def _revise_listing(book: Book, party: Party, row: Row, seen: Seen, moment: Moment) -> tuple[list[str], bool]:
    """Update a listing to what the snapshot shows. Returns the columns that were edited, and whether the remarks differ."""
    old = party.listing
    later, edited = revise.edits(old, row, seen, book.remarks)
    past = None if row["listed_on"] is None else book.past_ends.all().get(old["listing_id"])
    later |= revise.revised_start(old, row, past, None if book.is_record else book.covered_from)
    if later.get("valid_from") is not None and old["valid_from_basis"] in STATED:
        edited.append("valid_from")
    later |= revise.revised_end(old | later, row, seen.not_stated)
    if "valid_to" in later:
        book.rows.have_ends = True
        book.events.retract("removed", old["listing_id"], old["valid_to"])
        if later["valid_to"] is None or later["valid_to"] > moment.day:
            edited.append("valid_to")
    if later:
        book.rows.close("sanction_listings", [old], moment.known_at)
        page = {} if row["url"] is None else {"url": row["url"]}
        basis = {"known_basis": "publication" if moment.is_public else "snapshot", "row_number": row["row"]}
        party.listing = old | later | page | moment.known | basis
    return edited, "remarks" in later


def _set_programs(book: Book, party: Party, programs: Programs, moment: Moment) -> None:
    party.programs = programs.rows
    book.rows.close("sanction_programs", programs.superseded, moment.known_at)
    book.rows.closed["sanction_programs"] += programs.over


def _revise_detail(book: Book, name: str, party: Party, found: Found, primary: str, moment: Moment, *, is_text_new: bool) -> bool:
    """Update a detail to what the snapshot shows; whether what the snapshot says of it in a frame of its own changed."""
    wanted, is_spoken_of = found.of(name, is_text_new, primary)
    if wanted is None:
        return False
    revised = revise.revised_detail(name, party.details[name], wanted, is_spoken_of, party.listing["listing_id"], moment)
    book.rows.close(f"sanction_{name}", revised.superseded, moment.known_at)
    party.details[name] = revised.rows
    if name == "names":
        gone, fresh = (
            {(r["name"].casefold(), r["kind"], r["quality"]) for r in rows} for rows in (revised.superseded, revised.fresh)
        )
        return gone != fresh
    return any(found.is_own(name, row) for row in [*revised.superseded, *revised.fresh])


def _was_seen_with(book: Book, name: str, listing: Row) -> bool:
    """Whether the detail has been shown as long as the listing: else what it now holds is new to us, and no act."""
    last, start = book.files_seen.get(name), listing["valid_from"]
    if listing["valid_from_basis"] in STATED:
        known_from: datetime = listing["known_from"]
        # the last instant of a day, which is in UTC, lies on the next day in Beijing
        start = min(known_from.date(), day_of(known_from, book.zone))
    return last is not None and (start is None or start.isoformat() <= last)


def revise_statuses(book: Book, party: Party, shown: Sequence[Row], moment: Moment, known_at: datetime) -> None:
    """Update the suspensions to what the snapshot shows, and note those that began or ended."""
    book.rows.have_ends = True
    listing_id = party.listing["listing_id"]
    past = book.past_ends.all().get(listing_id)
    rows = party.details["statuses"]
    revised = revised_statuses(rows, shown, past, listing_id, moment, known_at, is_record=book.is_record)
    stay = {(row["status"], row["valid_from"]) for row in revised.rows}
    for row in revised.superseded if book.is_record else ():
        if (row["status"], row["valid_from"]) not in stay:
            book.events.retract("suspended", listing_id, row["valid_from"])
            book.events.retract("resumed", listing_id, row["valid_to"])
    book.rows.close("sanction_statuses", revised.superseded, moment.known_at)
    for end in revised.moved:
        book.events.retract("resumed", listing_id, end)
    party.details["statuses"] = revised.rows
    country = revise.target_of(party)
    for row in revised.begun:
        begun = (row["valid_from"], None)
        book.events.record_status(party.listing, row, "suspended", moment, country, when=begun, known_at=row["known_from"])
    for row in revised.ended:
        ended = (moment.day, moment.since)
        book.events.record_status(party.listing, row, "resumed", moment, country, when=ended, known_at=moment.known_at)


def _record_changes(
    book: Book, party: Party, old: Row, edited: list[str], programs: Programs, country: str | None, moment: Moment
) -> None:
    """Note what a snapshot changed of a listing: one event for all edits, else one per program."""
    listing = party.listing
    if book.is_record:
        # whoever wrote the row down corrected it; what the authority did is the listing, on its day
        if listing["valid_from"] != old["valid_from"]:
            book.events.retract("added", listing["listing_id"], old["valid_from"])
            book.events.record(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
        return
    if old["valid_from"] is None and listing["valid_from"] is not None:
        book.events.record(listing, "added", moment, country, when=(listing["valid_from"], None), cites=True)
    changes = [f"+{p}" for p in programs.added] + [f"-{p}" for p in programs.dropped] + programs.retagged
    if edited or (programs.retagged and not programs.added and not programs.dropped):
        detail = [*edited, *([f"programs {', '.join(changes)}"] if changes else [])]
        book.events.record(listing, "modified", moment, country, "; ".join(detail), cites="citation" in edited)
        return
    for kind, names in (("program_added", programs.added), ("program_removed", programs.dropped)):
        for program in names:
            book.events.record(listing, kind, moment, country, program, program=program)
