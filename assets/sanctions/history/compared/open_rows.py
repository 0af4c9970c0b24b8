"""The rows of a fold: open ones in frames, those about to be revised as Python rows, and what was closed for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

import polars as pl

from assets.contracts import History
from assets.sanctions.history.compared.records import Ended, Party
from assets.sanctions.history.versioned_rows import Row, closed, frame_of, sorted_by_key
from assets.sanctions.reading.shape import DETAILS
from assets.schema import table

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
