"""Listings that are no longer shown, and ends that were stated before and whose day has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from assets.days import last_instant
from assets.sanctions.history.compared import revise
from assets.sanctions.history.compared.book import Book
from assets.sanctions.history.compared.records import COMPARED, Ended, Moment
from assets.sanctions.history.compared.seen import (
    country_pairs,
)
from assets.sanctions.history.compared.statuses import ended_statuses


def remove_all(book: Book, native_ids: Sequence[str], read: Mapping[str, pl.DataFrame], moment: Moment) -> None:
    """Close listings that are no longer shown. Their rows are loaded; ``read``: details that their remarks hold."""
    countries = country_pairs(read.get("countries"))
    for native_id in native_ids:
        _remove(book, book.rows.id_of(native_id), countries[native_id], moment)


def _remove(book: Book, listing_id: str, countries: Sequence[tuple[str, str]], moment: Moment) -> None:
    party = book.rows.parties.pop(listing_id)
    listing = party.listing
    for name, rows in party.details.items():
        if name != "statuses":
            book.rows.close(f"sanction_{name}", rows, moment.known_at)
    statuses = ended_statuses(party.details["statuses"], moment)
    book.rows.close("sanction_statuses", statuses.superseded, moment.known_at)
    book.rows.closed["sanction_statuses"] += statuses.rows
    if listing["valid_to"] is not None and listing["valid_to"] <= moment.day:
        # it ended on the day that the list had stated: that it is shown no longer says nothing new
        book.past_ends.add(listing_id, listing["valid_to"])
        book.rows.end(Ended(listing, party.programs))
        return
    # where no snapshot before was whole, the first one at least showed it
    earliest = moment.since or book.covered_from
    book.events.record(listing, "removed", moment, revise.target_of(party, countries), when=(moment.day, earliest))
    book.rows.close("sanction_listings", [listing], moment.known_at)
    book.rows.close("sanction_programs", party.programs, moment.known_at)
    day = max(moment.day, listing["valid_from"] or moment.day)
    end = {"valid_to": day} | moment.known
    seen = {"valid_to_earliest": earliest, "valid_to_basis": COMPARED, "row_number": None}
    book.past_ends.add(listing_id, day)
    book.rows.ended.append(Ended(moment.of_end(listing | end | seen), [row | end for row in party.programs]))


def record_due_ends(book: Book, moment: Moment) -> None:
    """Note the ends of listings and suspensions that were stated before and whose day has come."""
    noted = book.events.ends()
    for kind, name in (("removed", "sanction_listings"), ("resumed", "sanction_statuses")):
        ends = [r for r in book.rows.with_end(name) if r["valid_to"] <= moment.day]
        due = [r for r in ends if (kind, r["listing_id"], r["valid_to"]) not in noted]
        if kind == "resumed" and due:
            # a suspension that the next one continues has not ended
            goes_on = set(book.rows.detail("statuses").select("listing_id", "valid_from").iter_rows())
            due = [r for r in due if (r["listing_id"], r["valid_to"]) not in goes_on]
        book.rows.load_parties(book.rows.native_id_of(r["listing_id"]) for r in due)
        for row in due:
            party = book.rows.parties[row["listing_id"]]
            known_at = max(row["known_from"], _first_instant(book, row["valid_to"]))
            if kind == "removed" and row["valid_to_basis"] == "official_notice":
                # a notice of that day brought the end, and may have come out late on it
                known_at = min(moment.known_at, max(known_at, last_instant(row["valid_to"])))
            country, when = revise.target_of(party), (row["valid_to"], None)
            if kind == "resumed":
                book.events.record_status(party.listing, row, kind, moment, country, when=when, known_at=known_at)
            else:
                book.events.record(party.listing, kind, moment, country, when=when, known_at=known_at)


def _first_instant(book: Book, day: date) -> datetime:
    """First instant of a day of the authority, UTC."""
    return datetime.combine(day, time(), ZoneInfo(book.zone)).astimezone(UTC).replace(tzinfo=None)
