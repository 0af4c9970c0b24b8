"""The list as the last snapshot showed it: what the next one is compared with."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.sanctions.history.compared.book import Book
from assets.sanctions.history.compared.seen import Seen, as_shown, in_scope, scope_of
from assets.sanctions.reading.shape import DETAILS


class Shown:
    """``listings``: those that are on the list, as a snapshot would show them. Their details are made when they are asked for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.listings = as_shown(book.rows.frames["sanction_listings"], book.rows.frames["sanction_programs"])
        self._details: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}

    def detail(self, name: str, scope: tuple[str, ...]) -> pl.DataFrame:
        """Open rows of a detail as a snapshot with this scope would show them."""
        if (name, scope) not in self._details:
            native_id = pl.col("listing_id").str.slice(len(self._book.list_id) + 1).alias("native_id")
            rows = self._book.rows.detail(name).select(native_id, *DETAILS[name].names()[1:])
            self._details[name, scope] = in_scope(name, rows, scope)
        return self._details[name, scope]

    def remember(self, seen: Seen, held: list[str], *, is_changed: bool) -> None:
        """Keep what was seen for the comparison with the next snapshot."""
        kept = {}
        of_held = pl.col("native_id").is_in(held)
        for name, frame in seen.details.items():
            scope = scope_of(name, seen.details, self._book.remarks)
            kept[name, scope] = pl.concat([in_scope(name, frame, scope), self._details[name, scope].filter(of_held)])
        self._details = kept if is_changed else self._details | kept
        self.listings = pl.concat([seen.listings.select(self.listings.columns), self.listings.filter(of_held)])

    def put(self, listings: pl.DataFrame, without: Sequence[str] = ()) -> None:
        """Put listings among those shown, in place of what was known of them."""
        fresh = listings.select(self.listings.columns)
        rest = self.listings.filter(~pl.col("native_id").is_in([*fresh["native_id"], *without]))
        self.listings = pl.concat([fresh, rest])
        self._details = {}
