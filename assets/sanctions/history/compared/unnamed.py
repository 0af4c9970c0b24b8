"""Listings that a vintage shows by their ids alone, until another one names them: since when, and what was said of them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from assets.contracts import History
from assets.sanctions.history.compared.records import COMPARED, Moment
from assets.sanctions.history.compared.seen import Seen
from assets.sanctions.reading.shape import DETAILS

SINCE = pl.Schema({"native_id": pl.String, "first_seen": pl.Date, "seen_after": pl.Date})
"""``seen_after``: the last day on which the list was seen whole before, without it; NULL where it never was."""


class Unnamed:
    """``since``: rows of ``SINCE``. ``details``: what vintages without names said last of these listings, by detail."""

    def __init__(self, history: History) -> None:
        kept = {name: history.kept(f"unnamed_{name}") for name in ("since", *DETAILS)}
        since = kept.pop("since")
        self.since = SINCE.to_frame() if since is None else since
        self.details = {name: frame for name, frame in kept.items() if frame is not None}

    def kept(self) -> dict[str, pl.DataFrame]:
        """The frames that the next fold is handed."""
        if not self.since.height:
            return {}
        said = {n: f.join(self.since, on="native_id", how="semi", maintain_order="left") for n, f in self.details.items()}
        return {"unnamed_since": self.since} | {f"unnamed_{name}": frame for name, frame in said.items()}

    def hold(self, seen: Seen, moment: Moment, *, is_whole: bool) -> Seen:
        """Note listings without a name; what is left of the snapshot. Who a whole list does not show came and went unnamed."""
        if is_whole:
            self.since = self.since.join(seen.listings, on="native_id", how="semi", maintain_order="left")
        unnamed = seen.listings.filter(pl.col("name").is_null())
        if not unnamed.height:
            return seen
        days = pl.lit(moment.day).alias("first_seen"), pl.lit(moment.since, pl.Date).alias("seen_after")
        fresh = unnamed.join(self.since, on="native_id", how="anti", maintain_order="left").select("native_id", *days)
        self.since = pl.concat([self.since, fresh])
        self.details |= {n: f.join(unnamed, on="native_id", how="semi", maintain_order="left") for n, f in seen.details.items()}
        details = {n: f.join(unnamed, on="native_id", how="anti", maintain_order="left") for n, f in seen.details.items()}
        return replace(seen, listings=seen.listings.filter(pl.col("name").is_not_null()), details=details)

    def said_of(self, seen: Seen) -> Seen:
        """What a snapshot says, and what was said before of listings that it names first, of details that it lacks."""
        return replace(seen, details={**self.details, **seen.details}) if self.since.height else seen

    def date(self, listings: pl.DataFrame) -> pl.DataFrame:
        """First versions of listings that are named now: those that were seen before began when they were first seen."""
        if not self.since.height:
            return listings
        both = listings.join(self.since, on="native_id", how="left", maintain_order="left")
        self.since = self.since.join(listings, on="native_id", how="anti", maintain_order="left")
        is_dated = pl.col("first_seen").is_not_null() & pl.col("valid_from_basis").is_in([COMPARED, "left_censored"])
        is_new = pl.col("seen_after").is_not_null()
        return both.with_columns(
            pl.when(is_dated).then(pl.when(is_new).then("first_seen")).otherwise("valid_from").alias("valid_from"),
            pl.when(is_dated).then("seen_after").otherwise("valid_from_earliest").alias("valid_from_earliest"),
            pl.when(is_dated)
            .then(pl.when(is_new).then(pl.lit(COMPARED)).otherwise(pl.lit("left_censored")))
            .otherwise("valid_from_basis")
            .alias("valid_from_basis"),
        ).drop("first_seen", "seen_after")
