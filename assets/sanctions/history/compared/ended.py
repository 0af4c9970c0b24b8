"""Listings that are no longer shown, and ends that were stated before and whose day has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from assets.days import last_instant
from assets.sanctions.facts.lists import page_of
from assets.sanctions.history.compared import revise
from assets.sanctions.history.compared.book import Book
from assets.sanctions.history.compared.records import COMPARED, Ended, Entry, Moment, Party
from assets.sanctions.history.compared.seen import Seen, country_pairs, program_cell
from assets.sanctions.history.compared.statuses import ended_statuses
from assets.sanctions.history.versioned_rows import Row


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
    if book.is_record and (listing["valid_to"] is None or listing["valid_to"] > moment.day):
        _withdraw(book, party, moment)
        return
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


def _withdraw(book: Book, party: Party, moment: Moment) -> None:
    """Close what a record no longer has, in the known clock alone: nobody ended it, so no event tells of it, nor of its start."""
    listing = party.listing
    book.rows.close("sanction_listings", [listing], moment.known_at)
    book.rows.close("sanction_programs", party.programs, moment.known_at)
    book.rows.close("sanction_statuses", party.details["statuses"], moment.known_at)
    book.events.retract_all(listing["listing_id"])
    book.withdrawn[listing["native_id"]] = _entry(listing, program_cell(row["program_raw"] for row in party.programs))


def corrected(book: Book, before: pl.DataFrame, seen: Seen) -> dict[str, str]:
    """For ids of a record that are new the id of the row that each corrects: one that is no longer there, each once.

    Args:
        book: the record as it is known.
        before: the listings shown last, as ``Shown.listings``.
        seen: what the snapshot says.
    """
    gone = before.join(seen.listings, on="native_id", how="anti").select("native_id", "programs")
    rows = book.rows.listings(gone["native_id"])
    entries = {i: _entry(rows[i], programs) for i, programs in gone.iter_rows()}
    shown = set(seen.listings["native_id"])
    entries |= {i: entry for i, entry in book.withdrawn.items() if i not in shown}
    found: dict[str, str] = {}
    new = seen.listings.join(before, on="native_id", how="anti", maintain_order="left")
    for row in new.iter_rows(named=True) if entries else ():
        now = _entry(row | {"valid_from": row["listed_on"], "list_id": book.list_id}, row["programs"])
        same = [i for i, entry in entries.items() if row["native_id"] not in book.withdrawn and entry.is_corrected(now)]
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
