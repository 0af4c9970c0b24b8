"""Listings that a snapshot shows and the one before did not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.sanctions.history.compared import additions, revise
from assets.sanctions.history.compared.book import Book
from assets.sanctions.history.compared.edited import revise_statuses
from assets.sanctions.history.compared.records import Ended, Moment
from assets.sanctions.history.compared.seen import (
    Seen,
    country_pairs,
    rows_by_id,
    target_country,
)
from assets.sanctions.history.versioned_rows import Row


def add_all(book: Book, new: pl.DataFrame, seen: Seen, read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Open the listings that a snapshot shows and the one before did not, all at once."""
    past = {} if moment.since is None and not book.list_row.height else book.ends()
    replaced: dict[str, Ended] = {}
    if moment.since is not None:
        replaced = additions.replaced_by(new, set(seen.listings["native_id"].to_list()), book.rows.ended, past, moment.day)
    book.actors |= {book.rows.id_of(i): e.listing["actor_id"] for i, e in replaced.items()}
    listings = additions.first_versions(book.list_id, new, replaced, past, book.actors, moment, book.withdrawn)
    listings = book.unnamed.date(listings)
    for native_id in new["native_id"]:
        book.withdrawn.pop(native_id, None)
    book.rows.end_returned(set(listings["listing_id"].to_list()))
    book.rows.have_ends |= bool(listings["valid_to"].count())
    book.rows.open("sanction_listings", listings)
    book.rows.open("sanction_programs", additions.first_programs(listings))
    mine = listings.select("native_id", "listing_id", "known_from", "snapshot_id")
    details = additions.first_details(new, seen, read, book.remarks)
    for name, frame in details.items():
        if name != "statuses" and frame.height:
            book.rows.open(f"sanction_{name}", mine.join(frame, on="native_id", maintain_order="left"))
    countries = country_pairs(details["countries"])
    for listing in listings.iter_rows(named=True):
        old = replaced.get(listing["native_id"])
        if old is not None:
            _let_follow(book, old, listing["valid_from"], moment)
        elif listing["valid_from"] is None:
            continue
        kind, detail = ("added", None) if old is None else ("reissued", f"replaces {old.listing['listing_id']}")
        country = target_country(countries[listing["native_id"]])
        when = (listing["valid_from"], listing["valid_from_earliest"])
        book.events.record(listing, kind, moment, country, detail, when=when, known_at=listing["known_from"], cites=True)
    statuses = rows_by_id(details["statuses"]) if "statuses" in details else {}
    book.rows.load_parties(statuses)
    for native_id, shown in statuses.items():
        party = book.rows.party(native_id)
        revise_statuses(book, party, shown, moment, party.listing["known_from"])


def _let_follow(book: Book, replaced: Ended, start: date, moment: Moment) -> None:
    """End a replaced listing on the day on which the other begins, and retract the event of its removal."""
    old = replaced.listing
    book.rows.ended.remove(replaced)
    book.events.retract_removal(old)
    listing, programs = old, replaced.programs
    if old["valid_to"] != start:
        later: Row = {"valid_to": start}
        if old["known_from"] < moment.known_at:
            book.rows.close("sanction_listings", [listing], moment.known_at)
            book.rows.close("sanction_programs", programs, moment.known_at)
            later |= moment.known
            listing = moment.of_end(listing)
        listing, programs = listing | later, [row | later for row in programs]
    book.past_ends.add(old["listing_id"], start)
    book.rows.end(Ended(listing, [r if revise.is_ordered(r) else r | {"valid_to": r["valid_from"]} for r in programs]))
